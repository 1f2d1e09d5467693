//! When memory that clients have taken is given back to the system.

use std::time::{Duration, Instant};

/// Less than this is not worth looking through the heap for.
const WORTH: usize = 1 << 20;
/// The same when nobody is there any more: the last few leave pages that they shared with those who left before.
const WORTH_AT_LAST: usize = 1 << 16;
/// How long after the ebb: who leaves is seldom alone, and a crowd that comes and goes should find its memory again.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much all clients take, and the most that it was since memory was given back.
#[derive(Debug, Default)]
pub(super) struct Tide {
    octets: usize,
    high: usize,
    /// When memory is given back.
    due: Option<Instant>,
}

impl Tide {
    /// A client that took `before` octets takes `after`.
    pub(super) fn change(&mut self, before: usize, after: usize) {
        self.octets = self.octets.saturating_sub(before).saturating_add(after);
        self.high = self.high.max(self.octets);
    }

    #[cfg(test)]
    pub(super) fn octets(&self) -> usize {
        self.octets
    }

    /// A third of what was taken is free, and it is worth while.
    fn has_ebbed(&self) -> bool {
        let free = self.high.saturating_sub(self.octets);
        let worth = if self.octets == 0 { WORTH_AT_LAST } else { WORTH };
        free >= worth && free >= self.high / 3
    }

    /// When to ask [again](Self::is_out).
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.due
    }

    /// Whether memory is to be given back now. It is told once.
    pub(super) fn is_out(&mut self, now: Instant) -> bool {
        if !self.has_ebbed() {
            self.due = None;
            return false;
        }
        match self.due {
            None => self.due = now.checked_add(PATIENCE),
            Some(due) if due <= now => {
                (self.high, self.due) = (self.octets, None);
                return true;
            }
            Some(_) => {}
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_given_back_some_time_after_a_third_of_it_is_free() {
        let begin = Instant::now();
        let at = |tenths| begin + PATIENCE / 10 * tenths;
        let mut tide = Tide::default();
        tide.change(0, 6 * WORTH);
        tide.change(WORTH, 0);
        assert!(!tide.is_out(at(0)) && tide.deadline().is_none(), "too little is free");
        tide.change(5 * WORTH, 4 * WORTH);
        assert!(!tide.is_out(at(1)));
        assert_eq!(tide.deadline(), Some(at(11)));
        assert!(!tide.is_out(at(10)));
        tide.change(0, WORTH);
        assert!(!tide.is_out(at(11)) && tide.deadline().is_none(), "they have come back");
        tide.change(WORTH, 0);
        assert!(!tide.is_out(at(12)));
        assert!(tide.is_out(at(22)));
        assert!(!tide.is_out(at(50)) && tide.deadline().is_none(), "once");
        tide.change(4 * WORTH, WORTH - 1);
        assert!(!tide.is_out(at(51)) && !tide.is_out(at(50)));
        assert!(tide.is_out(at(61)));
        tide.change(WORTH - 1, 1);
        assert!(!tide.is_out(at(71)) && tide.deadline().is_none(), "so little is not looked for");
        tide.change(1, 0);
        assert!(!tide.is_out(at(72)) && tide.is_out(at(82)), "but when nobody is left");
        tide.change(0, WORTH_AT_LAST - 1);
        tide.change(WORTH_AT_LAST - 1, 0);
        assert!(!tide.is_out(at(90)) && tide.deadline().is_none(), "one small client after the other");
    }
}
