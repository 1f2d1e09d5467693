//! `addr range`: from a first and a last address to the fewest networks.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::addr::IpText;
use sockeye_common::words::counted;

use super::wrong;
use crate::bits;
use crate::cidr::{Run, blocks};
use crate::cli::Range;
use crate::explain::Event;
use crate::given::parse_ip;

/// A range as networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report {
    /// The first address.
    first: String,
    /// The last.
    last: String,
    /// How many there are, in decimal.
    addresses: String,
    /// The fewest networks that are exactly those.
    networks: Vec<String>,
}

/// Reads a range: `FIRST-LAST`.
///
/// # Errors
/// [`Failure`]: the command line is wrong.
fn run_of(first: &str, last: Option<&str>) -> Result<Run, Failure> {
    let (from, to) = match last {
        Some(last) => (first, last),
        None => first
            .split_once('-')
            .ok_or_else(|| Failure::usage(format!("\"{}\": a range is FIRST-LAST, or two addresses", escape(first))))?,
    };
    let read = |text: &str| parse_ip(text.trim()).map_err(|fault| wrong(text, &fault));
    let short = !to.contains(['.', ':']);
    let (from, to) = (read(from)?, read(to)?);
    Run::new(from, to).ok_or_else(|| {
        let families = from.is_ipv4() != to.is_ipv4();
        let why = if families { "they are of two families" } else { "the first is behind the last" };
        let failure = Failure::usage(format!("{} to {}: {why}", IpText(from), IpText(to)));
        if short && from.is_ipv4() { failure.hint("write the last address whole") } else { failure }
    })
}

/// Says which networks a range is.
///
/// # Errors
/// [`Failure`] if it is no range, or standard output does not take the networks.
pub fn run(job: &Range, output: &mut Output<'_>) -> Result<Status, Failure> {
    let run = run_of(&job.first, job.last.as_deref())?;
    let blocks = blocks(run);
    for block in &blocks {
        output.event(&Event::Taken { block: block.prefix.to_string(), zeros: block.zeros, room: block.room })?;
    }
    output.result(&Report {
        first: IpText(run.first).to_string(),
        last: IpText(run.last).to_string(),
        addresses: run.count(),
        networks: blocks.iter().map(|block| block.prefix.to_string()).collect(),
    })?;
    Ok(Status::YES)
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let strong = text.paint(Role::Strong, &format!("{} - {}", self.first, self.last));
        let networks = counted(self.networks.len(), "network");
        text.line(format!("{strong}  {}, {networks}", bits::addresses(&self.addresses)))?;
        self.networks.iter().try_for_each(|network| text.line(format!("  {network}")))
    }
}
