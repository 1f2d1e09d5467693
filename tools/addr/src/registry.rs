//! `addr special`: IANA's special-purpose registries whole, or what they say of an address.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::special;

use crate::address::Special;
use crate::cli::Registry;
use crate::plan::network_argument;
use crate::sheet::Sheet;

/// Rows of the registries.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rows(Vec<Row>);

/// A row, and what it is told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Row {
    /// The network that was asked about; `None` where all rows are shown.
    asked: Option<String>,
    #[serde(flatten)]
    range: Special,
}

/// Shows the registries, or of each network the ranges that it is in and those that are in it.
///
/// # Errors
/// [`Failure`] if one is no network, or standard output does not take the rows.
pub fn run(job: &Registry, output: &mut Output<'_>) -> Result<Status, Failure> {
    if job.networks.is_empty() {
        let rows = Rows(special::all().map(|range| Row { asked: None, range: range.into() }).collect());
        output.list(&rows, &rows.0)?;
        return Ok(Status::YES);
    }
    let mut status = Status::YES;
    let networks = job.networks.iter().map(|text| network_argument(text)).collect::<Result<Vec<_>, _>>()?;
    for prefix in networks {
        let around = special::all().filter(|range| range.prefix.covers(prefix) || prefix.covers(range.prefix));
        let rows = Rows(around.map(|range| Row { asked: Some(prefix.to_string()), range: range.into() }).collect());
        if rows.0.is_empty() {
            status = Status::NO;
            if !output.is_json() {
                output.raw(format!("{prefix}: in no special-purpose range\n").as_bytes())?;
            }
            continue;
        }
        output.list(&rows, &rows.0)?;
    }
    Ok(status)
}

impl Render for Rows {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let legend = "Source and destination of packets, forwardable, globally reachable, reserved by IP: y yes, n no, - no answer";
        let legend = text.paint(Role::Dim, legend);
        text.prose("", &legend)?;
        let mut sheet = Sheet::new(0);
        sheet.headings(["prefix", "s", "d", "f", "g", "r", "name"]);
        for Row { range, .. } in &self.0 {
            let word = |answer: Option<bool>| answer.map_or("-", |answer| if answer { "y" } else { "n" });
            sheet.row([
                range.prefix.as_str(),
                word(range.source),
                word(range.destination),
                word(range.forwardable),
                word(range.globally_reachable),
                word(range.reserved_by_protocol),
                &format!("{} ({})", range.name, range.rfc),
            ]);
        }
        sheet.render(text)
    }
}
