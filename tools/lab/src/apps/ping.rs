//! Round-trip times, and what is left of them in the end.

use serde::Serialize;

/// What came of all questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Statistics {
    /// How many were asked.
    pub sent: u32,
    /// How many were answered in time.
    pub received: u32,
    /// How many answers came after their time; they count as lost.
    pub late: u32,
    /// How many were not answered in time, in hundredths of a percent of those asked.
    pub loss_basis_points: u32,
    /// The shortest time, in microseconds.
    pub rtt_min_us: Option<u64>,
    /// The mean, in microseconds.
    pub rtt_avg_us: Option<u64>,
    /// The longest, in microseconds.
    pub rtt_max_us: Option<u64>,
}

impl Statistics {
    /// Out of the times of the answers, in microseconds.
    pub fn of(sent: u32, late: u32, rtts_us: &[u64]) -> Self {
        let received = u32::try_from(rtts_us.len()).unwrap_or(u32::MAX);
        let lost = u64::from(sent.saturating_sub(received));
        let total: u128 = rtts_us.iter().map(|rtt| u128::from(*rtt)).sum();
        let mean = total.checked_div(u128::from(received)).and_then(|mean| u64::try_from(mean).ok());
        Self {
            sent,
            received,
            late,
            loss_basis_points: (lost * 10_000)
                .checked_div(u64::from(sent))
                .and_then(|part| u32::try_from(part).ok())
                .unwrap_or(0),
            rtt_min_us: rtts_us.iter().min().copied(),
            rtt_avg_us: mean,
            rtt_max_us: rtts_us.iter().max().copied(),
        }
    }
}

/// A time in milliseconds, with its microseconds.
pub fn milliseconds(us: u64) -> String {
    format!("{}.{:03}", us / 1000, us % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_answers() {
        let all = Statistics::of(3, 1, &[100, 300]);
        assert_eq!((all.received, all.late, all.loss_basis_points), (2, 1, 3333));
        assert_eq!((all.rtt_min_us, all.rtt_avg_us, all.rtt_max_us), (Some(100), Some(200), Some(300)));
        let none = Statistics::of(2, 0, &[]);
        assert_eq!((none.loss_basis_points, none.rtt_avg_us), (10_000, None));
        assert_eq!(Statistics::of(0, 0, &[]).loss_basis_points, 0);
        assert_eq!(milliseconds(12_045), "12.045");
    }
}
