//! A batch of frames judged by itself: all that can be said of frames without knowing those before them.
//!
//! It is the same as `verify::Report::frame` does, for a listing that leaves out what is good, and a test holds the two
//! together.

use std::ops::Range;

use sockeye_capture::{Batch, Frame, LinkType};
use sockeye_cli::escape::escape;

use crate::cli::Style;
use crate::quick;
use crate::tally::Tally;
use crate::tsv::Lines;
use crate::verdict::{Check, Verdict, Walk, judge};
use crate::why::{self, Flows, Note};

/// How batches are judged.
#[derive(Clone, Debug)]
pub struct Scan {
    style: Style,
    /// What stands in front of each line with tabs.
    prefix: Vec<u8>,
}

/// What was found in a batch.
#[derive(Debug, Default)]
pub struct Digest {
    /// The counts of all its frames.
    pub tally: Tally,
    /// Lines with tabs.
    pub lines: Lines,
    /// Frames that more is to be done about.
    pub left: Vec<Left>,
    /// Their checksums.
    pub checks: Vec<Check>,
    /// Flows that were met.
    pub notes: Vec<Note>,
    /// Those that are not among the notes yet.
    flows: Flows,
}

/// A frame that is not done with: a reason is to be found, a row to be shown, or a fragment to be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// Which of the checksums are its own.
    pub checks: Range<usize>,
    /// Whether it is a fragment of a datagram.
    pub is_fragment: bool,
    /// How many octets there are of the lines of frames up to it.
    pub lines: usize,
    /// How many notes there are of what was met up to it, as far as it is asked for.
    pub notes: usize,
}

impl Digest {
    /// Forgets all, and keeps the room.
    fn clear(&mut self) {
        // What was noted of flows goes with the notes: none of it is asked for here.
        let Self { tally, lines, left, checks, notes, flows: _ } = self;
        *tally = Tally::default();
        lines.clear();
        left.clear();
        checks.clear();
        notes.clear();
    }
}

impl Scan {
    /// Judges for `style`; `name` is that of the file.
    pub fn new(style: Style, name: &str) -> Self {
        Self { style, prefix: prefix(style, name) }
    }

    /// Replaces what is in `digest` by what is in `batch`.
    pub fn judge(&self, batch: &Batch, digest: &mut Digest) {
        digest.clear();
        for (index, frame) in batch.frames().enumerate() {
            match quick::judge(&frame) {
                Some(quick) if self.style.is_brief_about(quick.inner.verdict) => self.brief(&frame, &quick, digest),
                _ => self.whole(index, &frame, digest),
            }
        }
        digest.flows.drain(&mut digest.notes);
    }

    #[inline]
    fn brief(&self, frame: &Frame<'_>, quick: &quick::Judged<'_>, digest: &mut Digest) {
        quick.count(&mut digest.tally);
        if self.style.has_reasons() {
            if let Some((src, dst)) = quick.ends(frame) {
                digest.flows.note_ends(src, dst);
            }
            return;
        }
        if !matches!(self.style, Style::Tsv { only, .. } if only.is_all()) {
            return;
        }
        digest.lines.quick(&self.prefix, frame.number, quick);
    }

    fn whole(&self, index: usize, frame: &Frame<'_>, digest: &mut Digest) {
        let start = digest.checks.len();
        let Digest { tally, lines, left, checks, notes, flows } = digest;
        let walk = judge(frame, &mut |check| checks.push(check));
        let own = checks.get(start..).unwrap_or_default();
        account(frame.link_type, own, &walk, tally, self.style.has_reasons().then_some(flows));
        let is_left = match self.style {
            Style::Tsv { only, .. } => {
                for check in own.iter().filter(|check| only.takes(check)) {
                    lines.push(&self.prefix);
                    lines.check(check);
                }
                walk.is_fragment
            }
            Style::Listing(_) => {
                walk.is_fragment || own.iter().any(|check| check.verdict != Verdict::Good || why::is_due(check))
            }
        };
        if is_left {
            if walk.is_fragment {
                // Nobody knows yet where the reasons of the datagram will be looked for.
                flows.drain(notes);
            } else {
                let bad = checks.iter().skip(start).filter(|check| check.verdict == Verdict::Bad);
                bad.for_each(|check| flows.excerpt(check, notes));
            }
            let (lines, notes, checks) = (lines.len(), notes.len(), start..checks.len());
            left.push(Left { index, checks, is_fragment: walk.is_fragment, lines, notes });
        } else {
            checks.truncate(start);
        }
    }
}

/// What stands in front of each line with tabs.
pub(crate) fn prefix(style: Style, name: &str) -> Vec<u8> {
    match style {
        Style::Tsv { with_filename: true, .. } => format!("{}\t", escape(name)).into_bytes(),
        _ => Vec::new(),
    }
}

/// Counts a frame and its checksums, and keeps their flows where they are asked for.
pub(crate) fn account(
    link_type: LinkType,
    checks: &[Check],
    walk: &Walk,
    tally: &mut Tally,
    mut flows: Option<&mut Flows>,
) {
    for check in checks {
        tally.check(check);
        if let Some(flows) = &mut flows {
            flows.note(check);
        }
    }
    tally.frame(link_type, u64::try_from(checks.len()).unwrap_or(u64::MAX), walk.stop);
}

#[cfg(test)]
mod tests;
