//! What is done to one frame: which checksums are rewritten, in which order, and which are left alone.
//!
//! A tunnel's outer checksum covers the inner packet, so that the inner one is written first and the frame judged again
//! before the outer one is looked at.

use serde::Serialize;
use sockeye_capture::Frame;

use crate::protocol::Protocol;
use crate::verdict::{Check, Obstacle, Verdict, judge};

/// What is to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Whether partial checksums are completed.
    pub fill_partial: bool,
    /// Whether packets that ICMP errors quote are repaired too: the router may have seen them as they are.
    pub quoted: bool,
    /// Whether checksums are damaged instead.
    pub damage: Option<Damage>,
}

/// Which checksums are damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// One in so many, in the long run.
    pub one_in: u64,
    /// What decides which ones, and how.
    pub seed: u64,
}

/// Why a checksum is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It was bad.
    Bad,
    /// It was zero where none may be.
    Illegal,
    /// It was partial.
    Partial,
    /// It was good, and covers another that was rewritten.
    Covering,
    /// It was good, and is to be found by who does the exercise.
    Damage,
}

impl Reason {
    /// What is said of it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Bad => "was bad",
            Self::Illegal => "was zero, which IPv6 does not allow",
            Self::Partial => "was partial",
            Self::Covering => "covers one that was rewritten",
            Self::Damage => "damaged",
        }
    }
}

/// A checksum that is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// As it was found.
    pub check: Check,
    /// What the field holds now.
    pub written: u32,
    /// Why.
    pub reason: Reason,
}

/// Why a checksum that is not known to be good is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It is one fragment of a datagram.
    Fragment,
    /// The capture kept only the beginning of the frame.
    Truncated,
    /// An ICMP error quotes only the beginning of the packet.
    QuotedInPart,
    /// A length contradicts what encloses it.
    Length,
    /// It is partial, and nobody asked for those.
    Partial,
    /// It is bad, in a packet that an ICMP error quotes, and nobody asked for those.
    Quoted,
    /// It is bad, and it cannot be computed, or another covers it that cannot.
    Inside,
}

impl Why {
    /// All of them, as they stand in a summary.
    pub const ALL: [Self; 7] =
        [Self::Fragment, Self::Truncated, Self::QuotedInPart, Self::Length, Self::Partial, Self::Quoted, Self::Inside];

    /// Which ones that are.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Fragment => "in fragments of a datagram",
            Self::Truncated => "in frames that were not captured whole",
            Self::QuotedInPart => "of packets of which an ICMP error quotes the beginning",
            Self::Length => "of packets with a length that does not fit",
            Self::Partial => "partial (--fill-partial completes them)",
            Self::Quoted => "bad, in packets that ICMP errors quote (--quoted repairs them)",
            Self::Inside => "bad, in fragments or in frames that were not captured whole",
        }
    }

    /// Whether something stays in the capture that counts as bad: what is only quoted does not, here as in `verify`.
    pub const fn is_damage(self) -> bool {
        matches!(self, Self::Inside)
    }
}

/// A checksum that is left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// As it was found.
    pub check: Check,
    /// Why.
    pub why: Why,
}

enum Decision {
    Nothing,
    Leave(Why),
    Write(u32, Reason),
}

/// Works on one frame after the other, with the same memory.
#[derive(Debug)]
pub struct Editor {
    plan: Plan,
    /// As found.
    checks: Vec<Check>,
    /// As they are by now.
    now: Vec<Check>,
    octets: Vec<u8>,
    /// What is rewritten, from the inside out.
    pub changes: Vec<Change>,
    /// What is left as it is, from the inside out.
    pub left: Vec<Left>,
}

impl Editor {
    /// An editor that does what `plan` says.
    pub const fn new(plan: Plan) -> Self {
        Self { plan, checks: Vec::new(), now: Vec::new(), octets: Vec::new(), changes: Vec::new(), left: Vec::new() }
    }

    /// The checksums of the last frame, as they were found.
    pub fn checks(&self) -> &[Check] {
        &self.checks
    }

    /// The octets of the last frame, if any was changed.
    pub fn octets(&self) -> Option<&[u8]> {
        if self.changes.is_empty() { None } else { Some(&self.octets) }
    }

    /// Decides about every checksum of `frame`.
    pub fn edit(&mut self, frame: &Frame<'_>) {
        let Self { checks, now, octets, changes, left, .. } = self;
        checks.clear();
        changes.clear();
        left.clear();
        judge(frame, &mut |check| checks.push(check));
        let is_settled = |check: &Check| matches!(check.verdict, Verdict::Good | Verdict::None);
        if self.plan.damage.is_none() && checks.iter().all(is_settled) {
            return;
        }
        octets.clear();
        octets.extend_from_slice(frame.octets);
        now.clone_from(checks);
        for index in (0..self.checks.len()).rev() {
            match self.decide(frame, index) {
                Decision::Nothing => {}
                Decision::Leave(why) => {
                    self.left.extend(self.checks.get(index).map(|check| Left { check: *check, why }));
                }
                Decision::Write(value, reason) => self.write(frame, index, value, reason),
            }
        }
    }

    fn decide(&self, frame: &Frame<'_>, index: usize) -> Decision {
        let (Some(found), Some(now), Some(around)) =
            (self.checks.get(index), self.now.get(index), self.checks.get(..index))
        else {
            return Decision::Nothing;
        };
        if now.verdict == Verdict::Unverified {
            return Decision::Leave(obstacle(now));
        }
        // What covers it: everything around it but the headers of IPv4, which cover themselves.
        let covering = || around.iter().filter(|outer| outer.protocol != Protocol::Ip);
        let quoted = found.quoted;
        let inside = covering().any(|outer| outer.verdict == Verdict::Unverified);
        match (found.verdict.is_damage(), found.verdict) {
            (true, _) if inside => return Decision::Leave(Why::Inside),
            (true, _) if quoted && !self.plan.quoted => return Decision::Leave(Why::Quoted),
            (_, Verdict::Partial) if !self.plan.fill_partial || quoted || inside => {
                return Decision::Leave(Why::Partial);
            }
            _ if inside || (quoted && self.plan.damage.is_some()) => return Decision::Nothing,
            _ => {}
        }
        match self.plan.damage {
            Some(damage) => self.damage(frame, index, found, now, damage),
            None => repair(found, now),
        }
    }

    fn damage(&self, frame: &Frame<'_>, index: usize, found: &Check, now: &Check, damage: Damage) -> Decision {
        // One that is good with another value than is computed, as ffff for 0000, could not be repaired to the octet.
        let (Verdict::Good, Some(calculated), true) =
            (found.verdict, now.calculated, Some(found.stored) == found.calculated)
        else {
            return if found.verdict == Verdict::Good { repair(found, now) } else { Decision::Nothing };
        };
        let mut draw = Draw::of(damage.seed, frame.number, found.offset);
        if !draw.next().is_multiple_of(damage.one_in.max(1)) {
            return repair(found, now);
        }
        // Nearly every value is wrong; those that say something else, such as none or partial, are drawn again.
        (0..64)
            .map(|_| u32::try_from(draw.next() >> 32).unwrap_or(0))
            .map(|drawn| calculated ^ if found.algorithm.width() == 4 { drawn } else { drawn >> 16 })
            .find(|wrong| self.is_bad_with(frame, index, *wrong))
            .map_or(Decision::Nothing, |wrong| Decision::Write(wrong, Reason::Damage))
    }

    fn is_bad_with(&self, frame: &Frame<'_>, index: usize, value: u32) -> bool {
        let mut octets = self.octets.clone();
        let Some(check) = self.checks.get(index) else { return false };
        put(&mut octets, check, value);
        let mut verdicts = Vec::new();
        judge(&Frame { octets: &octets, ..*frame }, &mut |check| verdicts.push(check.verdict));
        verdicts.get(index) == Some(&Verdict::Bad)
    }

    fn write(&mut self, frame: &Frame<'_>, index: usize, written: u32, reason: Reason) {
        let Some(check) = self.checks.get(index).copied() else { return };
        put(&mut self.octets, &check, written);
        self.changes.push(Change { check, written, reason });
        self.now.clear();
        judge(&Frame { octets: &self.octets, ..*frame }, &mut |check| self.now.push(check));
    }
}

fn repair(found: &Check, now: &Check) -> Decision {
    let reason = match (found.verdict, now.verdict) {
        // One that was bad may be good once what it covers is repaired.
        (_, Verdict::Good) | (Verdict::None | Verdict::Unverified, _) => return Decision::Nothing,
        (Verdict::Bad, _) => Reason::Bad,
        (Verdict::Illegal, _) => Reason::Illegal,
        (Verdict::Partial, _) => Reason::Partial,
        (Verdict::Good, _) => Reason::Covering,
    };
    match now.calculated {
        Some(calculated) => Decision::Write(calculated, reason),
        None => Decision::Leave(Why::Inside),
    }
}

fn obstacle(check: &Check) -> Why {
    match check.obstacle {
        Some(Obstacle::Fragment) => Why::Fragment,
        Some(Obstacle::Truncated) => Why::Truncated,
        Some(Obstacle::Quoted) => Why::QuotedInPart,
        _ => Why::Length,
    }
}

/// Puts `value` into the field of `check`.
fn put(octets: &mut [u8], check: &Check, value: u32) {
    let value = value.to_be_bytes();
    let width = check.algorithm.width();
    let field = octets.get_mut(check.offset..check.offset.saturating_add(width));
    if let (Some(field), Some(value)) = (field, value.get(value.len().saturating_sub(width)..)) {
        field.copy_from_slice(value);
    }
}

/// Numbers that look random, and are the same for the same seed and place.
///
/// # Source
/// SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct Draw(u64);

impl Draw {
    fn of(seed: u64, frame: u64, offset: usize) -> Self {
        let mut draw = Self(seed);
        for place in [frame, u64::try_from(offset).unwrap_or(u64::MAX)] {
            draw.0 = draw.next() ^ place;
        }
        draw
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

#[cfg(test)]
mod tests;
