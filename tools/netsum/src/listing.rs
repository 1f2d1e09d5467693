//! Which checksums of a capture are listed, and how a line looks.

use std::fmt::Write as _;
use std::io;

use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::verdict::{Check, Obstacle, Verdict};

/// A capture with no more checksums than this is listed whole: who captured one exchange wants to see all of it.
pub const LISTED_WHOLE: usize = 40;

/// The line above the others.
pub const HEADING: &str = "  frame  protocol  offset  stored    calculated  verdict";

/// Which checksums are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// All of a small capture, those that are not good of a large one.
    #[default]
    Fitting,
    /// All.
    All,
    /// None: the summary says enough.
    Nothing,
}

/// Decides which checksums are listed, holding back no more than [`LISTED_WHOLE`] of them.
#[derive(Clone, Debug)]
pub struct Listing {
    extent: Extent,
    held: Vec<Check>,
    large: bool,
}

impl Listing {
    /// A listing of nothing yet.
    pub const fn new(extent: Extent) -> Self {
        Self { extent, held: Vec::new(), large: false }
    }

    /// Takes a checksum in, and hands out those that are to be listed by now.
    pub fn take(&mut self, check: Check, out: &mut dyn FnMut(Check)) {
        match self.extent {
            Extent::All => out(check),
            Extent::Nothing => {}
            Extent::Fitting if !self.large && self.held.len() < LISTED_WHOLE => self.held.push(check),
            Extent::Fitting => {
                self.large = true;
                let held = std::mem::take(&mut self.held);
                held.into_iter().chain([check]).filter(|check| check.verdict != Verdict::Good).for_each(out);
            }
        }
    }

    /// Hands out what was held back.
    pub fn finish(self, out: &mut dyn FnMut(Check)) {
        self.held.into_iter().for_each(out);
    }
}

impl Render for Check {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let calculated = self.calculated.map_or("-".to_owned(), |calculated| self.digits(calculated));
        let verdict = format!("{:10}", self.verdict.name());
        let verdict = match role(self.verdict) {
            Some(role) => text.paint(role, &verdict),
            None => verdict,
        };
        let why = why(self);
        text.line(format!(
            "{:7}  {:8}  {:6}  {:8}  {calculated:10}  {verdict}  {}{}{}{why}",
            self.frame,
            self.protocol.name(),
            self.offset,
            self.digits(self.stored),
            self.flow(),
            if self.quoted { " (quoted)" } else { "" },
            if why.is_empty() { "" } else { ": " },
        ))
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
fn why(check: &Check) -> &'static str {
    match (check.verdict, check.obstacle) {
        (Verdict::Partial, _) => "the pseudo-header's sum alone (offload)",
        (Verdict::None, _) => "no checksum was computed",
        (Verdict::Illegal, _) => "no sender may leave it zero",
        (_, Some(Obstacle::Truncated)) => "not all was captured",
        (_, Some(Obstacle::Quoted)) => "not all was quoted",
        (_, Some(Obstacle::Fragment)) => "one fragment of a datagram",
        (_, Some(Obstacle::Length)) => "a length that does not fit",
        _ => "",
    }
}

/// Appends the line of `--tsv`: frame, protocol, offset, stored, calculated, verdict.
pub fn push_tsv(line: &mut String, check: &Check) {
    let Check { frame, protocol, algorithm, offset, stored, calculated, verdict, .. } = check;
    let width = algorithm.width() * 2;
    // Writing to a String cannot fail.
    let _ = write!(line, "{frame}\t{}\t{offset}\t0x{stored:0width$x}\t", protocol.name());
    let _ = match calculated {
        Some(calculated) => write!(line, "0x{calculated:0width$x}"),
        None => line.write_str("-"),
    };
    let _ = writeln!(line, "\t{}", verdict.name());
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use sockeye_capture::layers::Algorithm;

    use super::*;
    use crate::protocol::Protocol;

    fn check(frame: u64, verdict: Verdict) -> Check {
        let addr = Ipv4Addr::new(192, 0, 2, 1).into();
        Check {
            frame,
            protocol: Protocol::Udp,
            algorithm: Algorithm::Internet,
            offset: 40,
            stored: 1,
            calculated: Some(2),
            sums: None,
            verdict,
            obstacle: None,
            quoted: false,
            addrs: (addr, addr),
            ports: None,
        }
    }

    /// The frames listed out of `count`, of which every tenth is bad, and how many were listed before the end.
    fn listed(extent: Extent, count: u64) -> (Vec<u64>, usize) {
        let mut listing = Listing::new(extent);
        let mut frames = Vec::new();
        for frame in 1..=count {
            let verdict = if frame % 10 == 0 { Verdict::Bad } else { Verdict::Good };
            listing.take(check(frame, verdict), &mut |check| frames.push(check.frame));
        }
        let before = frames.len();
        listing.finish(&mut |check| frames.push(check.frame));
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

    #[test]
    fn the_line_of_tsv() {
        let mut line = String::new();
        push_tsv(&mut line, &check(7, Verdict::Bad));
        push_tsv(&mut line, &Check { calculated: None, ..check(8, Verdict::Unverified) });
        assert_eq!(line, "7\tudp\t40\t0x0001\t0x0002\tbad\n8\tudp\t40\t0x0001\t-\tunverified\n");
    }
}
