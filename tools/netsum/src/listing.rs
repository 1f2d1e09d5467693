//! Which checksums of a capture are listed, and how a line looks.

use std::fmt::Write as _;
use std::io;

use serde::{Serialize, Serializer};
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::only::Only;
use crate::verdict::{Check, Obstacle, Verdict};
use crate::why::{Entry, Reason};

/// A capture with no more checksums than this is listed whole: who captured one exchange wants to see all of it.
pub const LISTED_WHOLE: usize = 40;

/// The line above the others.
pub const HEADING: &str = "  frame  proto   offset  stored  calc  verdict     flow";

/// How wide verdicts are.
const VERDICT_COLUMNS: usize = 10;

/// Where a continued line starts: below the protocol.
const INDENT: &str = "         ";

/// A checksum with what stands behind its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The checksum.
    pub check: Check,
    /// What reproduces it if it is not right, the most likely first.
    pub why: Vec<Reason>,
    /// The fragments that it was put together from, if it was.
    pub whole: Option<Whole>,
}

/// A datagram that came in fragments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Whole {
    /// The numbers of their frames, in the order of the datagram's octets.
    pub frames: Vec<u64>,
    /// How long it is, in octets, without the IP header.
    #[serde(rename = "length_octets")]
    pub length: usize,
}

impl From<Check> for Row {
    fn from(check: Check) -> Self {
        Self { check, why: Vec::new(), whole: None }
    }
}

/// Which checksums are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of a small capture, those that are not good of a large one.
    #[default]
    Fitting,
    /// All.
    All,
    /// What is asked for.
    Only(Only),
    /// None: the summary says enough.
    Nothing,
}

/// Decides which checksums are listed, holding back no more than [`LISTED_WHOLE`] of them.
#[derive(Clone, Debug)]
pub struct Listing {
    extent: Extent,
    held: Vec<Row>,
    large: bool,
}

impl Listing {
    /// A listing of nothing yet.
    pub const fn new(extent: Extent) -> Self {
        Self { extent, held: Vec::new(), large: false }
    }

    /// Takes a checksum in, and hands out those that are to be listed by now.
    pub fn take(&mut self, row: Row, out: &mut dyn FnMut(Row)) {
        match self.extent {
            Extent::All => out(row),
            Extent::Only(only) if only.takes(&row.check) => out(row),
            Extent::Only(_) | Extent::Nothing => {}
            Extent::Fitting if !self.large && self.held.len() < LISTED_WHOLE => self.held.push(row),
            Extent::Fitting => {
                self.large = true;
                let held = std::mem::take(&mut self.held);
                held.into_iter().chain([row]).filter(|row| row.check.verdict != Verdict::Good).for_each(out);
            }
        }
    }

    /// Whether `check` may be listed, now or later.
    pub fn takes(&self, check: &Check) -> bool {
        match self.extent {
            Extent::Only(only) => only.takes(check),
            _ => true,
        }
    }

    /// Whether what is good is not listed from here on.
    pub fn leaves_good_out(&self) -> bool {
        match self.extent {
            Extent::All => false,
            Extent::Only(only) => !only.has(Verdict::Good),
            Extent::Nothing => true,
            Extent::Fitting => self.large,
        }
    }

    /// Hands out what was held back.
    pub fn finish(self, out: &mut dyn FnMut(Row)) {
        self.held.into_iter().for_each(out);
    }
}

impl Render for Row {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let check = &self.check;
        let calculated = check.calculated.map_or("-".to_owned(), |calculated| check.digits(calculated));
        let columns = format!(
            "{:7}  {:7} {:6}  {:6}  {calculated:4}  ",
            check.frame,
            check.protocol.name(),
            check.offset,
            check.digits(check.stored),
        );
        let mut flow = check.flow();
        if check.quoted {
            flow.push_str(" (quoted)");
        }
        if let Some(remark) = remark(check) {
            flow.push_str(": ");
            flow.push_str(remark);
        }
        if let Some(whole) = &self.whole {
            // Writing to a String cannot fail.
            let _ = write!(flow, ": whole, of {} fragments", whole.frames.len());
        }
        let name = check.verdict.name();
        let width = columns.len().saturating_add(VERDICT_COLUMNS).saturating_add(flow.len()).saturating_add(2);
        let verdict = match role(check.verdict) {
            Some(role) => text.paint(role, name),
            None => name.to_owned(),
        };
        let most = text.width().map_or(usize::MAX, usize::from);
        if width <= most {
            let pad = VERDICT_COLUMNS.saturating_sub(name.len());
            text.line(format!("{columns}{verdict}{:pad$}  {flow}", ""))?;
        } else {
            text.line(format!("{columns}{verdict}"))?;
            match flow.split_once(" > ") {
                // Two long IPv6 addresses.
                Some((from, to)) if INDENT.len().saturating_add(flow.len()) > most => {
                    text.line(format!("{INDENT}{from}"))?;
                    text.line(format!("{INDENT}> {to}"))?;
                }
                _ => text.line(format!("{INDENT}{flow}"))?,
            }
        }
        // What every row of a verdict has is said with it.
        if matches!(check.verdict, Verdict::Bad | Verdict::Good) {
            for (reason, nth) in self.why.iter().zip(0..) {
                let lead = if nth == 0 { "why: " } else { "or:  " };
                text.prose(&format!("{INDENT}{lead}"), &reason.short())?;
            }
        }
        Ok(())
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            #[serde(flatten)]
            check: &'a Check,
            why: Vec<Entry<'a>>,
            reassembled: &'a Option<Whole>,
        }
        Data { check: &self.check, why: self.why.iter().map(Entry).collect(), reassembled: &self.whole }
            .serialize(serializer)
    }
}

pub(crate) fn role(verdict: Verdict) -> Option<Role> {
    match verdict {
        Verdict::Good => Some(Role::Good),
        Verdict::Bad | Verdict::Illegal => Some(Role::Bad),
        Verdict::Partial | Verdict::Unverified => Some(Role::Warning),
        Verdict::None => None,
    }
}

/// What stands behind a verdict that does not explain itself.
pub(crate) fn remark(check: &Check) -> Option<&'static str> {
    match (check.verdict, check.obstacle) {
        (Verdict::Partial, _) => Some("offload"),
        (_, Some(Obstacle::Truncated)) => Some("truncated"),
        (_, Some(Obstacle::Quoted)) => Some("not quoted whole"),
        (_, Some(Obstacle::Fragment)) => Some("fragment"),
        (_, Some(Obstacle::Length)) => Some("length"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::check;

    /// The frames listed out of `count`, of which every tenth is bad, and how many were listed before the end.
    fn listed(extent: Extent, count: u64) -> (Vec<u64>, usize) {
        let mut listing = Listing::new(extent);
        let mut frames = Vec::new();
        for frame in 1..=count {
            let verdict = if frame % 10 == 0 { Verdict::Bad } else { Verdict::Good };
            listing.take(check(frame, verdict).into(), &mut |row| frames.push(row.check.frame));
        }
        let before = frames.len();
        listing.finish(&mut |row| frames.push(row.check.frame));
        (frames, before)
    }

    #[test]
    fn small_ones_whole_and_large_ones_without_what_is_good() {
        assert_eq!(listed(Extent::Fitting, 40), ((1..=40).collect(), 0));
        assert_eq!(listed(Extent::Fitting, 41), (vec![10, 20, 30, 40], 4));
        assert_eq!(listed(Extent::Fitting, 60), (vec![10, 20, 30, 40, 50, 60], 6));
        assert_eq!(listed(Extent::All, 60), ((1..=60).collect(), 60));
        assert_eq!(listed(Extent::Nothing, 60), (vec![], 0));
    }

    /// A row as it stands on a terminal of 80 columns, or in a pipe.
    fn shown(row: &Row, width: Option<u16>) -> String {
        shown_on(row, sockeye_cli::output::Terminal { width, ..Default::default() })
    }

    fn shown_on(row: &Row, terminal: sockeye_cli::output::Terminal) -> String {
        let mut stdout = Vec::new();
        let mut output = sockeye_cli::Output::new("netsum", terminal, &mut stdout, io::sink());
        output.result(row).unwrap();
        output.flush().unwrap();
        drop(output);
        String::from_utf8(stdout).unwrap()
    }

    #[test]
    fn a_row_fits_a_terminal() {
        let mut row = Row::from(Check { ports: Some((5000, 6000)), ..check(1, Verdict::Bad) });
        let columns = "      1  udp         40  0001    0002  bad";
        let flow = "192.0.2.1:5000 > 192.0.2.1:6000";
        assert_eq!(shown(&row, None), format!("{columns}         {flow}\n"));
        assert_eq!(shown(&row, Some(82)), shown(&row, None));
        assert_eq!(shown(&row, Some(81)), format!("{columns}\n         {flow}\n"));
        // In colour no blanks are left at the end either.
        let terminal = sockeye_cli::output::Terminal { width: Some(81), stdout_colour: true, ..Default::default() };
        let coloured = shown_on(&row, terminal);
        let first = coloured.lines().next().unwrap();
        assert!(first.contains("\u{1b}[") && !first.contains("bad "), "{coloured:?}");
        let long = "2001:db8:1234:5678:9abc:def0:1234:5678".parse().unwrap();
        row.check.addrs = (long, long);
        row.why = vec![Reason::NotComplemented, Reason::OctetsSwapped];
        assert_eq!(
            shown(&row, Some(80)),
            format!(
                "{columns}\n         [{long}]:5000\n         > [{long}]:6000\n         why: not complemented\n         \
                 or:  octets swapped\n"
            )
        );
    }
}
