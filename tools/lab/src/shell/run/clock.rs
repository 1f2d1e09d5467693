//! The clock of an experiment: microseconds of CLOCK_MONOTONIC, which frames, lines and states are all stamped with.

use std::time::{Duration, Instant};

use sockeye_capture::Timestamp;
use sockeye_sys::clock;

use crate::record::Micros;

/// A moment, in microseconds of CLOCK_MONOTONIC.
pub type Moment = u64;

/// Now.
pub fn now() -> Moment {
    clock::monotonic_us()
}

/// What is to be taken from a time of day, in microseconds, to get a [`Moment`].
pub fn wall_offset() -> u64 {
    clock::wall_us().saturating_sub(clock::monotonic_us())
}

/// A duration in microseconds.
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// From when on times are counted.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The start, and each moment at which `clock` was said.
    zeros: Vec<Moment>,
    /// One moment, on both clocks: they are the same one.
    same: (Instant, Moment),
}

impl Clock {
    /// Counts from now.
    pub fn start() -> Self {
        Self { zeros: vec![now()], same: (Instant::now(), now()) }
    }

    /// Counts from now on anew, and says what it showed until then.
    pub fn reset(&mut self) -> Micros {
        let zero = now();
        let was = self.shows(zero);
        self.zeros.push(zero);
        was
    }

    /// The moment of an instant.
    pub fn moment(&self, instant: Instant) -> Moment {
        let (same, moment) = self.same;
        match instant.checked_duration_since(same) {
            Some(since) => moment.saturating_add(micros(since)),
            None => moment.saturating_sub(micros(same.saturating_duration_since(instant))),
        }
    }

    /// The same, as if `clock` had never been said.
    #[must_use]
    pub fn without_resets(&self) -> Self {
        Self { zeros: self.zeros.first().copied().into_iter().collect(), same: self.same }
    }

    /// The time of day of the first zero.
    pub fn time_of_zero(&self) -> Timestamp {
        let wall = self.zeros.first().copied().unwrap_or(0).saturating_add(wall_offset());
        let nanoseconds = u32::try_from(wall % 1_000_000).unwrap_or(0) * 1_000;
        Timestamp { seconds: i64::try_from(wall / 1_000_000).unwrap_or(0), nanoseconds }
    }

    /// The zero that counts now.
    pub fn zero(&self) -> Moment {
        self.zeros.last().copied().unwrap_or(0)
    }

    /// What the clock showed at `moment`: since the last zero before it. Before the first, it is negative.
    pub fn shows(&self, moment: Moment) -> Micros {
        let zero = self.zeros.iter().rev().find(|zero| **zero <= moment).or(self.zeros.first()).copied().unwrap_or(0);
        if moment >= zero { signed(moment - zero) } else { -signed(zero - moment) }
    }
}

fn signed(micros: u64) -> Micros {
    Micros::try_from(micros).unwrap_or(Micros::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_count_from_the_zero_before_them() {
        let clock = Clock { zeros: vec![1_000, 5_000], ..Clock::start() };
        assert_eq!([900, 1_000, 4_999, 5_000, 7_500].map(|moment| clock.shows(moment)), [-100, 0, 3_999, 0, 2_500]);
        assert_eq!(clock.zero(), 5_000);
    }
}
