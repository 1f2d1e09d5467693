//! What a wire does to the frames that go in at one of its ends: a state machine without sockets and without a clock.
//!
//! Frames and the time go in; what became of them, and when something happens next, come out. Times count from a moment
//! that the caller chooses. A frame passes the queue, then the transmitter, which sends as fast as the rate allows, and then
//! the wire, where it is delayed, doubled or lost.
//!
//! The chances of a frame depend on the seed and on its number alone, not on the conditions: who changes the loss from
//! 10 % to 20 % loses the same frames, and others besides.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use sockeye_common::random::Random;

use crate::model::{Condition, Conditions};
use crate::record::Fate;

#[cfg(test)]
mod laws;

/// As long as the queue of a Linux interface (txqueuelen).
const QUEUE: u32 = 1_000;
/// What one direction holds, whatever its delay and its queue: so many frames, and so many octets. More would be the memory of
/// the machine.
const HELD: (usize, usize) = (50_000, 32 << 20);

/// What became of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// When it went in.
    pub sent: Duration,
    /// When it came out; `None` if it did not.
    pub due: Option<Duration>,
    /// What became of it.
    pub fate: Fate,
    /// The octets.
    pub octets: Vec<u8>,
}

/// One direction of a wire.
#[derive(Clone, Debug)]
pub struct Direction {
    conditions: Conditions,
    random: Random,
    queue: VecDeque<Frame>,
    /// The frame that is being transmitted, and until when.
    transmitted: Option<(Frame, Duration)>,
    flying: BinaryHeap<Reverse<Flying>>,
    /// When the last frame arrives that does not overtake.
    latest: Duration,
    departed: u64,
    /// The frames that have gone in and are not out yet, and their octets.
    held: (usize, usize),
}

/// A frame that has gone in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Frame {
    octets: Vec<u8>,
    sent: Duration,
    chances: Chances,
    fate: Fate,
}

/// What chance has in store for a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chances {
    lost: bool,
    overtakes: bool,
    /// By how much of the jitter it is early or late, in millionths.
    shift: i32,
}

/// A frame on the wire: ordered by when it arrives, then by when it departed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Flying {
    due: Duration,
    number: u64,
    frame: Frame,
}

impl Ord for Flying {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

impl PartialOrd for Flying {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Direction {
    /// An empty wire. The same seed gives the same chances to the frames.
    pub fn new(seed: u64, conditions: Conditions) -> Self {
        Self {
            conditions,
            random: Random::new(seed),
            queue: VecDeque::new(),
            transmitted: None,
            flying: BinaryHeap::new(),
            latest: Duration::ZERO,
            departed: 0,
            held: (0, 0),
        }
    }

    /// When something happens next, if nothing goes in: the time for [`Direction::advance`].
    pub fn next(&self) -> Option<Duration> {
        let transmitted = self.transmitted.as_ref().map(|(_, until)| *until);
        let arrives = self.flying.peek().map(|Reverse(flying)| flying.due);
        transmitted.into_iter().chain(arrives).min()
    }

    /// A frame goes in.
    pub fn send(&mut self, octets: Vec<u8>, now: Duration, out: &mut dyn FnMut(Passed)) {
        self.advance(now, out);
        let lost = self.random.unit() < self.conditions.loss;
        let doubled = self.random.unit() < self.conditions.duplication && !lost;
        let (first, second) = (self.chances(lost), self.chances(false));
        if self.conditions.cut {
            out(Passed { sent: now, due: None, fate: Fate::Cut, octets });
            return;
        }
        let copy = doubled.then(|| octets.clone());
        let room = self.enqueue(Frame { octets, sent: now, chances: first, fate: Fate::Arrived }, now, out);
        // A frame for which there was no room has no second one; a second one for which there is none was never there.
        if let (true, Some(octets)) = (room, copy) {
            self.enqueue(Frame { octets, sent: now, chances: second, fate: Fate::Duplicate }, now, out);
        }
        self.advance(now, out);
    }

    /// Time has come to `now`: hands out what has happened until then, in the order in which it did.
    pub fn advance(&mut self, now: Duration, out: &mut dyn FnMut(Passed)) {
        while let Some(next) = self.next().filter(|next| *next <= now) {
            if let Some((frame, _)) = self.transmitted.take_if(|(_, until)| *until <= next) {
                self.depart(frame, next, out);
                self.transmit(next, out);
            } else if let Some(Reverse(Flying { due, frame, .. })) = self.flying.pop() {
                let Frame { octets, sent, fate, .. } = frame;
                self.release(octets.len());
                out(Passed { sent, due: Some(due), fate, octets });
            }
        }
    }

    /// Cuts the wire, and loses all that is on it or waits for it; or restores it.
    pub fn cut(&mut self, cut: bool, now: Duration, out: &mut dyn FnMut(Passed)) {
        self.advance(now, out);
        self.conditions.cut = cut;
        if !cut {
            return;
        }
        // Nothing is left that what comes later could overtake.
        self.latest = Duration::ZERO;
        self.held = (0, 0);
        let mut flying: Vec<Flying> = self.flying.drain().map(|Reverse(flying)| flying).collect();
        flying.sort_unstable();
        let transmitted = self.transmitted.take().map(|(frame, _)| frame);
        for frame in flying.into_iter().map(|flying| flying.frame).chain(transmitted).chain(self.queue.drain(..)) {
            out(Passed { sent: frame.sent, due: None, fate: Fate::Cut, octets: frame.octets });
        }
    }

    /// Changes conditions. Frames that are on the wire stay as they are; those that wait are sent at the new rate.
    pub fn change(&mut self, changes: &[Condition], now: Duration, out: &mut dyn FnMut(Passed)) {
        self.advance(now, out);
        let before = self.conditions.rate;
        for change in changes {
            self.conditions.apply(*change);
        }
        if let Some((_, until)) = self.transmitted.as_mut().filter(|_| before != self.conditions.rate) {
            // The rest of the frame goes at the new rate.
            let left = until.saturating_sub(now).as_nanos();
            let left = match (before, self.conditions.rate) {
                (Some(before), Some(rate)) => left.saturating_mul(before.into()).div_ceil(u128::from(rate.max(1))),
                _ => 0,
            };
            *until = now.saturating_add(nanoseconds(left));
        }
        self.advance(now, out);
    }

    /// The frames that have gone in and are not out yet: what will become of each unless the wire is cut, and when it went in.
    pub fn under_way(&self) -> impl Iterator<Item = (Duration, Fate, &[u8])> {
        let flying = self.flying.iter().map(|Reverse(flying)| &flying.frame);
        let waiting = self.transmitted.iter().map(|(frame, _)| frame).chain(&self.queue);
        flying.chain(waiting).map(|frame| {
            let fate = if frame.chances.lost { Fate::Lost } else { frame.fate };
            (frame.sent, fate, frame.octets.as_slice())
        })
    }

    /// A frame of so many octets is out.
    fn release(&mut self, octets: usize) {
        self.held = (self.held.0.saturating_sub(1), self.held.1.saturating_sub(octets));
    }

    fn chances(&mut self, lost: bool) -> Chances {
        let overtakes = self.random.unit() < self.conditions.reordering;
        // At most a million either way: it fits.
        let shift = i32::try_from(self.random.draw() % 2_000_001).unwrap_or(0).saturating_sub(1_000_000);
        Chances { lost, overtakes, shift }
    }

    /// Returns whether there was room.
    fn enqueue(&mut self, frame: Frame, now: Duration, out: &mut dyn FnMut(Passed)) -> bool {
        let room = if self.conditions.queue == 0 { QUEUE } else { self.conditions.queue };
        let full = self.transmitted.is_some() && self.queue.len() >= usize::try_from(room).unwrap_or(usize::MAX);
        let (frames, octets) = (self.held.0.saturating_add(1), self.held.1.saturating_add(frame.octets.len()));
        if full || frames > HELD.0 || octets > HELD.1 {
            if frame.fate != Fate::Duplicate {
                out(Passed { sent: frame.sent, due: None, fate: Fate::QueueFull, octets: frame.octets });
            }
            return false;
        }
        self.held = (frames, octets);
        self.queue.push_back(frame);
        self.transmit(now, out);
        true
    }

    /// Begins to transmit what waits, if nothing is being transmitted.
    fn transmit(&mut self, now: Duration, out: &mut dyn FnMut(Passed)) {
        while self.transmitted.is_none() {
            let Some(frame) = self.queue.pop_front() else { return };
            match self.conditions.rate {
                None => self.depart(frame, now, out),
                Some(rate) => {
                    let until = now.saturating_add(time(frame.octets.len(), rate));
                    self.transmitted = Some((frame, until));
                }
            }
        }
    }

    /// The last bit of a frame is on the wire.
    fn depart(&mut self, frame: Frame, now: Duration, out: &mut dyn FnMut(Passed)) {
        let Chances { lost, overtakes, shift } = frame.chances;
        if lost {
            self.release(frame.octets.len());
            out(Passed { sent: frame.sent, due: None, fate: Fate::Lost, octets: frame.octets });
            return;
        }
        let Conditions { delay, jitter, .. } = self.conditions;
        let due = if overtakes {
            now
        } else {
            let shifted = jitter.saturating_mul(shift.unsigned_abs()) / 1_000_000;
            let delay = if shift < 0 { delay.saturating_sub(shifted) } else { delay.saturating_add(shifted) };
            let due = now.saturating_add(delay);
            // Where the delay has become shorter, what comes now waits for what is on the wire.
            if jitter.is_zero() { due.max(self.latest) } else { due }
        };
        if !overtakes {
            self.latest = self.latest.max(due);
        }
        self.departed = self.departed.saturating_add(1);
        self.flying.push(Reverse(Flying { due, number: self.departed, frame }));
    }
}

/// How long so many octets take at `rate` bits a second. A rate of 0 is taken as 1.
fn time(octets: usize, rate: u64) -> Duration {
    let bits = u128::try_from(octets).unwrap_or(u128::MAX).saturating_mul(8);
    nanoseconds(bits.saturating_mul(1_000_000_000).div_ceil(u128::from(rate.max(1))))
}

fn nanoseconds(count: u128) -> Duration {
    Duration::from_nanos(u64::try_from(count).unwrap_or(u64::MAX))
}
