//! Times that go on, where an experiment's clock was set to zero while something happened.

use std::borrow::Cow;

use crate::record::{Micros, Record, What};

/// The records with the times of each step on one clock, the last that is set in it: what comes before that is negative.
pub(super) fn on_one_clock(records: &[Record]) -> Cow<'_, [Record]> {
    if !records.iter().any(|record| matches!(record.what, What::Clock { .. })) {
        return Cow::Borrowed(records);
    }
    let mut shifted = records.to_vec();
    let (mut step, mut behind): (usize, Micros) = (0, 0);
    for record in shifted.iter_mut().rev() {
        if record.step != step {
            (step, behind) = (record.step, 0);
        }
        record.at_us = record.at_us.saturating_sub(behind);
        match &mut record.what {
            What::Frame(frame) => frame.arrived_us = frame.arrived_us.map(|arrived| arrived.saturating_sub(behind)),
            What::Clock { was_us } => behind = behind.saturating_add(*was_us),
            _ => {}
        }
    }
    Cow::Owned(shifted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::sample::{sent, udp};

    fn clock(at_us: Micros, was_us: Micros, step: usize) -> Record {
        Record { at_us, step, what: What::Clock { was_us } }
    }

    #[test]
    fn times_before_the_last_zero_of_a_step_are_negative() {
        let frame = |ms: i64, step: usize| Record { step, ..sent(1, ms, udp(true, 6000, b"a")) };
        let records =
            [frame(5, 1), frame(8, 2), clock(0, 10_000, 2), frame(1, 2), clock(0, 4_000, 2), frame(2, 2), frame(7, 3)];
        let times: Vec<(Micros, Option<Micros>)> = on_one_clock(&records)
            .iter()
            .map(|record| match &record.what {
                What::Frame(frame) => (record.at_us, frame.arrived_us),
                _ => (record.at_us, None),
            })
            .collect();
        let frame = |us| (us, Some(us));
        assert_eq!(
            times,
            [frame(5_000), frame(-6_000), (-4_000, None), frame(-3_000), (0, None), frame(2_000), frame(7_000)]
        );
        assert!(matches!(on_one_clock(&records[..2]), Cow::Borrowed(_)));
    }
}
