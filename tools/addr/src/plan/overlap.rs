//! `addr overlap`: which of some networks have addresses in common.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};

use super::networks;
use crate::bits;
use crate::cidr::Relation;
use crate::cli::Overlap;
use crate::explain::Event;
use crate::sheet::Sheet;

/// Networks compared in pairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report {
    /// Whether any two overlap.
    overlap: bool,
    /// The pairs: those that overlap, or all.
    pairs: Vec<Pair>,
    /// How many pairs there are.
    pairs_total: usize,
}

/// Two networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Pair {
    /// One.
    first: String,
    /// What it does to the other.
    relation: Relation,
    /// The other.
    second: String,
    /// How many addresses they have in common, in decimal.
    common_addresses: String,
}

/// Compares networks.
///
/// # Errors
/// [`Failure`] if one is none, or standard output does not take the pairs.
pub fn run(job: &Overlap, output: &mut Output<'_>) -> Result<Status, Failure> {
    let networks = networks(&job.networks, &job.files)?;
    if networks.len() < 2 {
        return Err(Failure::usage("two networks at least are compared"));
    }
    let mut pairs = Vec::new();
    let mut overlap = false;
    for (index, first) in networks.iter().enumerate() {
        for second in networks.iter().skip(index + 1) {
            let relation = Relation::of(*first, *second);
            overlap |= relation != Relation::Disjoint;
            if relation == Relation::Disjoint && !job.all && networks.len() > 2 {
                continue;
            }
            let smaller = if first.length() > second.length() { first } else { second };
            let common = match relation {
                Relation::Disjoint => "0".to_owned(),
                _ => bits::power_of_two(smaller.width() - smaller.length()),
            };
            if first.width() == second.width() {
                let (larger, smaller) =
                    if first.length() <= second.length() { (*first, *second) } else { (*second, *first) };
                output.event(&Event::looked_up(smaller.first()))?;
                output.event(&Event::compared(smaller.first(), larger))?;
            }
            pairs.push(Pair {
                first: first.to_string(),
                relation,
                second: second.to_string(),
                common_addresses: common,
            });
        }
    }
    let pairs_total = networks.len() * networks.len().saturating_sub(1) / 2;
    output.result(&Report { overlap, pairs, pairs_total })?;
    Ok(if overlap { Status::YES } else { Status::NO })
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut sheet = Sheet::new(0);
        for Pair { first, relation, second, common_addresses } in &self.pairs {
            let common = match relation {
                Relation::Disjoint => String::new(),
                _ => format!("{} in common", bits::grouped(common_addresses)),
            };
            let role = if *relation == Relation::Disjoint { Role::Dim } else { Role::Warning };
            sheet.marked(role, [first, relation.word(), second, &common]);
        }
        sheet.render(text)?;
        if self.overlap {
            return Ok(());
        }
        let good = text.paint(Role::Good, "no two overlap");
        let plural = if self.pairs_total == 1 { "" } else { "s" };
        text.line(format!("{good} ({} pair{plural})", self.pairs_total))
    }
}
