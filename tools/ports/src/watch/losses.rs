//! What was lost, summed up: under a load that never ends a line a round would hide everything else.

use super::explain::{Loss, Lost};
use super::notice::Micros;

/// How long losses are summed up before they are told of again.
const PAUSE: Micros = 1_000_000;

/// The losses that nobody has been told of.
#[derive(Debug, Default)]
pub struct Losses {
    waiting: Vec<Loss>,
    told: Option<Micros>,
}

impl Losses {
    /// Adds that so many of these were lost; `None` if the kernel does not say how many.
    pub fn lost(&mut self, what: Lost, count: Option<u64>) {
        let known = self.waiting.iter_mut().find_map(|loss| match loss {
            Loss::Lost { what: known, count } if *known == what => Some(count),
            Loss::Lost { .. } | Loss::NotFollowed { .. } => None,
        });
        match known {
            Some(sum) => *sum = sum.zip(count).map(|(sum, count)| sum.saturating_add(count)),
            None => self.waiting.push(Loss::Lost { what, count }),
        }
    }

    /// Adds that so many sockets, since the start, were not followed.
    pub fn not_followed(&mut self, sockets: u64) {
        self.waiting.retain(|loss| matches!(loss, Loss::Lost { .. }));
        self.waiting.push(Loss::NotFollowed { sockets });
    }

    /// What is to be told now: the first losses at once, later ones once a second, and all of them at the end.
    pub fn due(&mut self, now: Micros, at_end: bool) -> Vec<Loss> {
        let rests = self.told.is_some_and(|told| now.saturating_sub(told) < PAUSE);
        if self.waiting.is_empty() || (rests && !at_end) {
            return Vec::new();
        }
        self.told = Some(now);
        std::mem::take(&mut self.waiting)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(count: u64) -> Loss {
        Loss::Lost { what: Lost::TraceEvents, count: Some(count) }
    }

    #[test]
    fn the_first_at_once_and_then_once_a_second() {
        let mut losses = Losses::default();
        losses.lost(Lost::TraceEvents, Some(3));
        assert_eq!(losses.due(5, false), [events(3)]);
        losses.lost(Lost::TraceEvents, Some(4));
        losses.lost(Lost::CloseMessages, Some(1));
        losses.lost(Lost::TraceEvents, Some(5));
        assert_eq!(losses.due(5 + PAUSE - 1, false), []);
        let closes = Loss::Lost { what: Lost::CloseMessages, count: Some(1) };
        assert_eq!(losses.due(5 + PAUSE, false), [events(9), closes]);
        assert_eq!(losses.due(5 + 9 * PAUSE, true), [], "nothing is told twice");
    }

    #[test]
    fn nothing_is_kept_back_at_the_end() {
        let mut losses = Losses::default();
        losses.lost(Lost::TraceEvents, Some(1));
        losses.due(0, false);
        losses.lost(Lost::TraceEvents, Some(2));
        losses.not_followed(10);
        losses.not_followed(100);
        assert_eq!(losses.due(1, true), [events(2), Loss::NotFollowed { sockets: 100 }]);
    }

    #[test]
    fn a_sum_of_which_a_part_is_unknown_is_unknown() {
        let mut losses = Losses::default();
        losses.lost(Lost::CloseMessages, Some(1));
        losses.lost(Lost::CloseMessages, None);
        assert_eq!(losses.due(0, false), [Loss::Lost { what: Lost::CloseMessages, count: None }]);
    }
}
