//! `addr supernet`: the smallest network around some, and what they are joined.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::prefix::Prefix;

use super::networks;
use crate::bits;
use crate::cidr;
use crate::cli::Networks;
use crate::explain::Event;
use crate::sheet::Sheet;

/// Networks joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report {
    /// The networks that were given.
    networks: Vec<String>,
    /// The smallest network that holds all of them.
    supernet: String,
    /// How many of its addresses are in none of them, in decimal.
    beyond_addresses: String,
    /// The networks of those.
    beyond: Vec<String>,
    /// The fewest networks that are exactly the addresses of those given.
    aggregate: Vec<String>,
    /// Whether the supernet is exactly that.
    exact: bool,
}

/// Joins networks.
///
/// # Errors
/// [`Failure`] if there are some of each family, or standard output does not take the answer.
pub fn run(job: &Networks, output: &mut Output<'_>) -> Result<Status, Failure> {
    let networks = networks(&job.networks, &job.files)?;
    if networks.is_empty() {
        return Err(Failure::usage("no network given").hint("addr supernet NETWORK..., or -f FILE"));
    }
    let supernet =
        cidr::supernet(&networks).ok_or_else(|| Failure::usage("networks of two families have nothing in common"))?;
    output.event(&Event::aligned(&networks, supernet.length()))?;
    let holes = cidr::holes(supernet, &networks);
    let beyond: Vec<Prefix> = holes.iter().flat_map(|run| cidr::blocks(*run)).map(|block| block.prefix).collect();
    // A hole leaves out one network at least: the sum fits.
    let sum: u128 = holes.iter().map(|run| bits::number(run.last) - bits::number(run.first) + 1).sum();
    let aggregate = cidr::aggregate(&networks);
    let texts = |prefixes: &[Prefix]| prefixes.iter().map(Prefix::to_string).collect::<Vec<_>>();
    output.result(&Report {
        networks: texts(&networks),
        supernet: supernet.to_string(),
        beyond_addresses: sum.to_string(),
        beyond: texts(&beyond),
        exact: aggregate == [supernet],
        aggregate: texts(&aggregate),
    })?;
    Ok(Status::YES)
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let strong = text.paint(Role::Strong, &self.supernet);
        let mut sheet = Sheet::new(2);
        if self.exact {
            text.line(format!("{strong}  exactly the addresses of the {}", self.networks.len()))?;
            return Ok(());
        }
        text.line(format!("{strong}  the smallest network around the {}", self.networks.len()))?;
        for (index, network) in self.aggregate.iter().enumerate() {
            sheet.row([if index == 0 { "exactly" } else { "" }, network]);
        }
        for (index, network) in self.beyond.iter().enumerate() {
            sheet.row([if index == 0 { "beyond them" } else { "" }, network]);
        }
        sheet.render(text)?;
        let beyond = bits::addresses(&self.beyond_addresses);
        let are = if self.beyond_addresses == "1" { "is" } else { "are" };
        text.prose("  ", &format!("A route for {} takes in {beyond} that {are} in none of them.", self.supernet))
    }
}
