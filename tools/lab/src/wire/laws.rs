//! The laws of a wire, over random schedules.

use proptest::prelude::*;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

/// A frame: how long after the one before it, in microseconds, and how many octets.
type Sent = (u64, usize);

fn schedule() -> impl Strategy<Value = Vec<Sent>> {
    prop::collection::vec((0..3_000_u64, 1..1_514_usize), 1..120)
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let fraction = || prop_oneof![Just(0.0), 0.0..1.0_f64];
    let time = || (0..20_000_u64).prop_map(Duration::from_micros);
    let rate = prop::option::of(8_000..50_000_000_u64);
    (time(), time(), fraction(), fraction(), fraction(), rate, 0..30_u32).prop_map(
        |(delay, jitter, loss, duplication, reordering, rate, queue)| Conditions {
            delay,
            jitter,
            loss,
            duplication,
            reordering,
            rate,
            queue,
            cut: false,
        },
    )
}

/// A frame whose first octets are its number.
fn frame(number: usize, length: usize) -> Vec<u8> {
    let mut octets = u32::try_from(number).unwrap().to_be_bytes().to_vec();
    octets.resize(length.max(4), 0);
    octets
}

fn number(passed: &Passed) -> usize {
    usize::try_from(u32::from_be_bytes(passed.octets[..4].try_into().unwrap())).unwrap()
}

/// Sends all, and advances to each deadline, until nothing is on the wire. With `lazily`, deadlines in between are missed.
fn run(seed: u64, conditions: Conditions, schedule: &[Sent], lazily: bool) -> Vec<Passed> {
    let mut wire = Direction::new(seed, conditions);
    let (mut now, mut passed) = (Duration::ZERO, Vec::new());
    for (index, (gap, length)) in schedule.iter().enumerate() {
        now += Duration::from_micros(*gap);
        while let Some(next) = wire.next().filter(|next| !lazily && *next <= now) {
            wire.advance(next, &mut |out| passed.push(out));
        }
        wire.send(frame(index, *length), now, &mut |out| passed.push(out));
    }
    while let Some(next) = wire.next() {
        wire.advance(if lazily { next + SECOND } else { next }, &mut |out| passed.push(out));
    }
    passed
}

fn arrived(passed: &[Passed]) -> Vec<&Passed> {
    passed.iter().filter(|passed| passed.due.is_some()).collect()
}

proptest! {
    #[test]
    fn every_frame_has_one_fate_and_only_doubled_ones_a_second(seed: u64, conditions in conditions(), schedule in schedule()) {
        let passed = run(seed, conditions, &schedule, false);
        for index in 0..schedule.len() {
            let own: Vec<&Passed> = passed.iter().filter(|passed| number(passed) == index).collect();
            let (second, first): (Vec<&Passed>, Vec<&Passed>) = own.into_iter().partition(|one| one.fate == Fate::Duplicate);
            prop_assert_eq!(first.len(), 1);
            prop_assert!(second.len() <= 1);
            prop_assert!(second.is_empty() || first[0].fate == Fate::Arrived);
        }
        for one in &passed {
            prop_assert_eq!(one.due.is_some(), matches!(one.fate, Fate::Arrived | Fate::Duplicate));
            prop_assert!(one.due.is_none_or(|due| due >= one.sent));
        }
    }

    #[test]
    fn without_loss_and_a_full_queue_nothing_is_lost(seed: u64, conditions in conditions(), schedule in schedule()) {
        let passed = run(seed, Conditions { loss: 0.0, queue: 1_000, ..conditions }, &schedule, false);
        prop_assert!(passed.iter().all(|one| one.due.is_some()));
    }

    #[test]
    fn without_jitter_and_overtaking_the_order_is_kept(
        seed: u64,
        conditions in conditions(),
        schedule in schedule(),
        delays in prop::collection::vec(0..20_000_u64, 120),
    ) {
        let conditions = Conditions { jitter: Duration::ZERO, reordering: 0.0, ..conditions };
        let numbers: Vec<usize> = arrived(&run(seed, conditions, &schedule, false)).into_iter().map(number).collect();
        prop_assert!(numbers.is_sorted());
        // Nor does a wire that becomes shorter let anything overtake.
        let mut wire = Direction::new(seed, conditions);
        let (mut now, mut numbers) = (Duration::ZERO, Vec::new());
        for (index, ((gap, length), delay)) in schedule.iter().zip(delays).enumerate() {
            now += Duration::from_micros(*gap);
            let mut out = |out: Passed| numbers.extend(out.due.map(|_| number(&out)));
            wire.change(&[Condition::Delay(Duration::from_micros(delay))], now, &mut out);
            wire.send(frame(index, *length), now, &mut out);
        }
        prop_assert!(numbers.is_sorted());
    }

    #[test]
    fn the_rate_is_never_exceeded(seed: u64, conditions in conditions(), schedule in schedule(), rate in 8_000..50_000_000_u64) {
        let conditions = Conditions { jitter: Duration::ZERO, reordering: 0.0, rate: Some(rate), ..conditions };
        let passed = run(seed, conditions, &schedule, false);
        let arrived = arrived(&passed);
        for first in 0..arrived.len() {
            let mut bits = 0_u128;
            for later in first + 1..arrived.len() {
                bits += 8 * arrived[later].octets.len() as u128;
                let span = arrived[later].due.unwrap().saturating_sub(arrived[first].due.unwrap());
                prop_assert!(bits * 1_000_000_000 <= u128::from(rate) * span.as_nanos());
            }
        }
    }

    #[test]
    fn a_transmitter_that_has_frames_does_not_idle(seed: u64, schedule in schedule(), rate in 8_000..50_000_000_u64) {
        let conditions = Conditions { rate: Some(rate), queue: 1_000, ..Conditions::default() };
        let mut free = Duration::ZERO;
        for one in run(seed, conditions, &schedule, false) {
            free = free.max(one.sent) + time(one.octets.len(), rate);
            prop_assert_eq!(one.due, Some(free));
        }
    }

    #[test]
    fn no_more_frames_wait_than_the_queue_holds(seed: u64, schedule in schedule(), queue in 1..20_u32, rate in 8_000..500_000_u64) {
        let conditions = Conditions { rate: Some(rate), queue, ..Conditions::default() };
        let mut wire = Direction::new(seed, conditions);
        let (mut now, mut full) = (Duration::ZERO, 0);
        for (index, (gap, length)) in schedule.iter().enumerate() {
            now += Duration::from_micros(*gap);
            wire.advance(now, &mut |_| {});
            let before = wire.queue.len();
            let mut dropped = false;
            wire.send(frame(index, *length), now, &mut |out| dropped |= out.fate == Fate::QueueFull);
            full += u32::from(dropped);
            prop_assert_eq!(dropped, before == usize::try_from(queue).unwrap());
            prop_assert!(wire.queue.len() <= usize::try_from(queue).unwrap());
        }
        // The first is transmitted at once; the queue takes as many as it holds.
        prop_assert!(usize::try_from(full).unwrap() <= schedule.len().saturating_sub(1 + usize::try_from(queue).unwrap()));
    }

    #[test]
    fn the_same_seed_gives_the_same_fates(seed: u64, conditions in conditions(), schedule in schedule()) {
        prop_assert_eq!(run(seed, conditions, &schedule, false), run(seed, conditions, &schedule, false));
    }

    #[test]
    fn who_looks_late_sees_the_same(seed: u64, conditions in conditions(), schedule in schedule()) {
        let sorted = |lazily| {
            let mut passed = run(seed, conditions, &schedule, lazily);
            passed.sort_by_key(|one| (number(one), one.fate == Fate::Duplicate));
            passed
        };
        prop_assert_eq!(sorted(false), sorted(true));
    }

    #[test]
    fn a_frames_chances_depend_on_its_number_alone(seed: u64, schedule in schedule(), few in 0.0..0.5_f64, more in 0.5..1.0_f64) {
        let lost = |loss, delay| {
            let conditions = Conditions { loss, delay: Duration::from_millis(delay), ..Conditions::default() };
            let passed = run(seed, conditions, &schedule, false);
            let mut lost: Vec<usize> = passed.iter().filter(|one| one.fate == Fate::Lost).map(number).collect();
            lost.sort_unstable();
            lost
        };
        let seldom = lost(few, 0);
        prop_assert_eq!(&seldom, &lost(few, 50));
        let often = lost(more, 0);
        prop_assert!(seldom.iter().all(|number| often.contains(number)));
    }

    #[test]
    fn a_cut_loses_what_is_on_the_wire_and_what_comes(
        seed: u64, conditions in conditions(), schedule in schedule(), at: prop::sample::Index, back: prop::sample::Index,
    ) {
        let (at, back) = (at.index(schedule.len()), back.index(schedule.len() + 1));
        let mut wire = Direction::new(seed, Conditions { queue: 1_000, loss: 0.0, duplication: 0.0, ..conditions });
        let (mut now, mut passed) = (Duration::ZERO, Vec::new());
        let (mut cut, mut restored) = (Duration::MAX, Duration::MAX);
        for (index, (gap, length)) in schedule.iter().enumerate() {
            now += Duration::from_micros(*gap) + Duration::from_nanos(1);
            if index == at {
                wire.cut(true, now, &mut |out| passed.push(out));
                prop_assert_eq!(wire.next(), None);
                cut = now;
            }
            if index == back && back > at {
                wire.cut(false, now, &mut |out| passed.push(out));
                restored = now;
            }
            wire.send(frame(index, *length), now, &mut |out| passed.push(out));
        }
        while let Some(next) = wire.next() {
            wire.advance(next, &mut |out| passed.push(out));
        }
        prop_assert_eq!(passed.len(), schedule.len());
        for one in passed {
            // What went in before the cut either came out before it, or was lost by it.
            let expected = (one.sent < cut && one.due.is_some()) || one.sent >= restored;
            prop_assert_eq!(one.fate == Fate::Arrived, expected);
            prop_assert!(one.sent >= cut || one.due.is_none_or(|due| due <= cut));
        }
    }
}

#[test]
fn a_tenth_is_a_tenth() {
    let conditions = Conditions { loss: 0.1, duplication: 0.1, reordering: 0.1, ..Conditions::default() };
    let passed = run(7, conditions, &vec![(10, 64); 10_000], false);
    for fate in [Fate::Lost, Fate::Duplicate] {
        let count = passed.iter().filter(|one| one.fate == fate).count();
        assert!((850..1_150).contains(&count), "{fate:?}: {count}");
    }
}

#[test]
fn jitter_goes_both_ways_evenly_and_no_further() {
    let conditions =
        Conditions { delay: Duration::from_millis(10), jitter: Duration::from_millis(4), ..Conditions::default() };
    let passed = run(7, conditions, &vec![(100_000, 64); 2_000], false);
    let late: Vec<u128> = passed.iter().map(|one| one.due.unwrap().saturating_sub(one.sent).as_micros()).collect();
    assert!(late.iter().all(|late| (6_000..=14_000).contains(late)));
    let mean = late.iter().sum::<u128>() / 2_000;
    assert!((9_800..10_200).contains(&mean), "{mean}");
    assert!(late.iter().filter(|late| **late < 7_000).count() > 150, "the edges are reached too");
}

#[test]
fn who_overtakes_goes_without_delay() {
    let conditions = Conditions { delay: Duration::from_millis(10), reordering: 0.25, ..Conditions::default() };
    let passed = run(7, conditions, &vec![(1_000, 64); 1_000], false);
    let at_once = passed.iter().filter(|one| one.due == Some(one.sent)).count();
    assert!((200..300).contains(&at_once), "{at_once}");
    let delayed = passed.iter().filter(|one| one.due == Some(one.sent + Duration::from_millis(10))).count();
    assert_eq!(at_once + delayed, 1_000);
    assert!(!passed.iter().map(number).is_sorted());
}

#[test]
fn a_change_of_rate_counts_from_now() {
    // 1,000 octets at 8,000 bits a second: a second each.
    let mut wire = Direction::new(0, Conditions { rate: Some(8_000), ..Conditions::default() });
    let mut passed = Vec::new();
    let mut out = |one: Passed| passed.push(one.due.unwrap().as_millis());
    for number in 0..3 {
        wire.send(frame(number, 1_000), Duration::ZERO, &mut out);
    }
    // Half of the first has gone: the rest, and the others, at twice the rate.
    wire.change(&[Condition::Rate(Some(16_000))], SECOND / 2, &mut out);
    assert_eq!(wire.next(), Some(SECOND * 3 / 4));
    wire.advance(SECOND, &mut out);
    wire.change(&[Condition::Rate(None)], SECOND, &mut out);
    assert_eq!(wire.next(), None);
    assert_eq!(passed, [750, 1_000, 1_000]);
}

#[test]
fn nothing_waits_for_what_a_cut_has_lost() {
    let mut wire = Direction::new(0, Conditions { delay: SECOND * 3_600, ..Conditions::default() });
    let mut passed = Vec::new();
    let mut out = |one: Passed| passed.push((one.fate, one.due));
    wire.send(frame(0, 64), Duration::ZERO, &mut out);
    wire.cut(true, SECOND, &mut out);
    wire.cut(false, SECOND * 2, &mut out);
    wire.change(&[Condition::Delay(SECOND)], SECOND * 2, &mut out);
    wire.send(frame(1, 64), SECOND * 2, &mut out);
    wire.advance(SECOND * 3, &mut out);
    assert_eq!(passed, [(Fate::Cut, None), (Fate::Arrived, Some(SECOND * 3))]);
}

#[test]
fn numbers_beyond_all_clocks_do_not_panic() {
    let conditions = Conditions {
        delay: Duration::MAX,
        jitter: Duration::MAX,
        rate: Some(0),
        queue: u32::MAX,
        ..Conditions::default()
    };
    let mut wire = Direction::new(0, conditions);
    wire.send(frame(0, 1_514), Duration::MAX, &mut |_| {});
    wire.send(frame(1, 1_514), Duration::MAX, &mut |_| {});
    wire.change(&[Condition::Rate(Some(u64::MAX))], Duration::ZERO, &mut |_| {});
    wire.advance(Duration::MAX, &mut |_| {});
    wire.cut(true, Duration::ZERO, &mut |_| {});
    assert_eq!(wire.next(), None);
}

#[test]
fn a_wire_holds_no_more_than_there_is_memory_for() {
    let delay = Duration::from_secs(3600);
    for (length, most) in [(60, 50_000), (65_536, (32 << 20) / 65_536)] {
        let mut wire = Direction::new(1, Conditions { delay, ..Conditions::default() });
        let mut full = 0;
        for index in 0..60_000 {
            wire.send(frame(index, length), SECOND, &mut |passed| full += usize::from(passed.fate == Fate::QueueFull));
        }
        assert_eq!(60_000 - full, most);
        // When they are out, or lost, there is room again.
        wire.cut(true, SECOND, &mut |_| {});
        wire.cut(false, SECOND, &mut |_| {});
        wire.send(frame(0, length), SECOND, &mut |passed| panic!("{passed:?}"));
        let mut arrived = 0;
        wire.advance(delay + SECOND, &mut |passed| arrived += usize::from(passed.due.is_some()));
        assert_eq!((arrived, wire.held), (1, (0, 0)));
    }
}

proptest! {
    #[test]
    fn what_is_under_way_is_what_nobody_was_told_of(seed: u64, conditions in conditions(), schedule in schedule()) {
        let mut wire = Direction::new(seed, conditions);
        let (mut now, mut passed) = (Duration::ZERO, Vec::new());
        for (index, (gap, length)) in schedule.iter().enumerate() {
            now += Duration::from_micros(*gap);
            wire.send(frame(index, *length), now, &mut |out| passed.push(out));
        }
        let told = passed.len();
        let mut expected: Vec<_> = wire.under_way().map(|(sent, fate, octets)| (sent, fate, octets.to_vec())).collect();
        while let Some(next) = wire.next() {
            wire.advance(next, &mut |out| passed.push(out));
        }
        let mut became: Vec<_> = passed.drain(told..).map(|one| (one.sent, one.fate, one.octets)).collect();
        let key = |one: &(Duration, Fate, Vec<u8>)| (one.0, one.2.clone(), format!("{:?}", one.1));
        expected.sort_by_key(key);
        became.sort_by_key(key);
        prop_assert_eq!(expected, became);
        prop_assert_eq!(wire.under_way().count(), 0);
    }
}
