//! What can be said where more was printed or sent than is kept: that something is there, and never that it is not.

use super::{Finding, Scene};
use crate::model::Check;
use crate::record::{Kept, LeftOut, What};

impl Finding {
    /// The same, where `left_out` was not looked at. Nothing is kept any more after it, so that there is nothing to wait for.
    pub(super) fn with(self, check: &Check, left_out: &LeftOut) -> Self {
        if self.holds && more_cannot_change(check) || !self.holds && self.settled {
            return self;
        }
        let found = if self.holds { "it cannot be told".to_owned() } else { self.found };
        Self::never(format!("{found}; {}", left_out.words()))
    }
}

/// Whether what holds would hold whatever else there was.
fn more_cannot_change(check: &Check) -> bool {
    match check {
        Check::Prints { count, .. } | Check::Frames { count, .. } => count.most == u64::MAX,
        Check::States { .. } | Check::Status { .. } | Check::Running(_) => true,
        Check::LastWord(..)
        | Check::Value { .. }
        | Check::Same(..)
        | Check::Before { .. }
        | Check::Doubling { .. }
        | Check::Spaced { .. }
        | Check::Numbers { .. }
        | Check::Never { .. } => false,
    }
}

impl Scene<'_> {
    /// What is missing of that by which a check is judged.
    pub(super) fn left_out(&self, check: &Check) -> Option<LeftOut> {
        match check {
            Check::Prints { label, .. } | Check::LastWord(label, _) | Check::Value { label, .. } => {
                self.lines_left_out(label)
            }
            Check::Same(one, other) => self.lines_left_out(one).or_else(|| self.lines_left_out(other)),
            Check::Frames { link, ever, .. } => self.frames_left_out(link, *ever),
            Check::Before { link, .. } | Check::Doubling { link, .. } | Check::Spaced { link, .. } => {
                self.frames_left_out(link, false)
            }
            Check::Numbers { link, .. } => self.frames_left_out(link, true),
            Check::States { .. } | Check::Never { .. } => {
                self.find_left_out(0, |left_out, _| left_out.kind == Kept::States)
            }
            Check::Status { .. } | Check::Running(_) => None,
        }
    }

    fn lines_left_out(&self, of: &str) -> Option<LeftOut> {
        let (begun, at) = self.process(of)?;
        self.find_left_out(begun, |left_out, _| {
            left_out.kind == Kept::Lines
                && left_out.label.as_deref() == Some(of)
                && left_out.node.as_deref() == Some(at)
        })
    }

    fn frames_left_out(&self, link: &str, ever: bool) -> Option<LeftOut> {
        self.find_left_out(0, |left_out, step| {
            left_out.kind == Kept::Frames && left_out.link.as_deref() == Some(link) && (ever || step == self.step)
        })
    }

    fn find_left_out(&self, from: usize, is_meant: impl Fn(&LeftOut, usize) -> bool) -> Option<LeftOut> {
        self.records.iter().skip(from).find_map(|record| match &record.what {
            What::LeftOut(left_out) if is_meant(left_out, record.step) => Some(left_out.clone()),
            _ => None,
        })
    }
}
