//! Laws of the dialogue.

use proptest::prelude::*;

use super::*;
use crate::icmp::Kind;
use crate::options::Family;

const TARGET: [u8; 4] = [192, 0, 2, 99];

fn config() -> Config {
    Config {
        target: TARGET.into(),
        first: 1,
        most: 30,
        queries: 3,
        parallel: 16,
        wait: Wait { most: Duration::from_secs(3), here: 3.0, near: 10.0 },
        mtu: None,
        whole: false,
    }
}

fn icmp(from: u8, icmp_type: u8, code: u8, mtu_octets: Option<u32>) -> Answer {
    let kind = Kind { family: Family::Ipv4, icmp_type, code };
    Answer {
        from: [192, 0, 2, from].into(),
        says: Says::Icmp { kind, mtu_octets },
        ttl: None,
        quoted_ttl: None,
        extensions: Vec::new(),
    }
}

fn at(ms: u64) -> Moment {
    Moment { since_start: Duration::from_millis(ms), wall: None }
}

/// A path of `length` hops, the last one the host, of which those in `dark` say nothing; a probe takes a millisecond a hop.
fn walk(config: Config, length: u8, dark: &[u8]) -> (Vec<Hop>, usize, usize) {
    let mut trace = Trace::new(config);
    let (mut hops, mut sent, mut most) = (Vec::new(), 0, 0);
    let mut under_way: Vec<(u64, u16, u8)> = Vec::new();
    let mut now = 0_u64;
    loop {
        assert!(now < 3_600_000, "no end");
        match trace.next(Duration::from_millis(now)) {
            Todo::End => {
                hops.extend(std::iter::from_fn(|| trace.hop()));
                return (hops, sent, most);
            }
            Todo::Send { seq, ttl, .. } => {
                trace.sent(seq, at(now));
                sent += 1;
                under_way.push((now + u64::from(ttl.min(length)), seq, ttl));
            }
            Todo::Wait(until) => {
                let until = u64::try_from(until.as_millis()).unwrap() + 1;
                now = under_way.iter().map(|(due, ..)| *due).min().map_or(until, |due| due.min(until)).max(now);
            }
        }
        most = most.max(trace.flying().count());
        let due: Vec<_> = under_way.extract_if(.., |(due, ..)| *due <= now).collect();
        for (_, seq, ttl) in due {
            if dark.contains(&ttl.min(length)) {
                continue;
            }
            let answer = if ttl >= length { icmp(99, 3, 3, None) } else { icmp(ttl, 11, 0, None) };
            trace.heard(Some(seq), &answer, &at(now));
        }
        hops.extend(std::iter::from_fn(|| trace.hop()));
    }
}

#[test]
fn a_short_way_asks_few_probes_beyond_its_end() {
    let (hops, sent, most) = walk(config(), 4, &[]);
    assert_eq!(hops.iter().map(|hop| hop.ttl).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert!(hops.iter().all(|hop| hop.probes.len() == 3 && hop.silent() == 0));
    assert_eq!(hops[3].senders(), [IpAddr::from(TARGET)]);
    assert!(sent <= 12 + 16 && most == 16, "{sent} {most}");
}

#[test]
fn an_unreachable_ends_it_and_stars_do_not() {
    let (hops, ..) = walk(config(), 6, &[2, 3]);
    assert_eq!(hops.len(), 6);
    assert_eq!((hops[1].silent(), hops[5].silent()), (3, 0));
    let (hops, sent, _) = walk(config(), 40, &(3..=40).collect::<Vec<_>>());
    assert_eq!((hops.len(), sent), (30, 90), "all of -m");
    let mut trace = Trace::new(Config { queries: 1, parallel: 1, ..config() });
    let Todo::Send { seq, ttl: 1, .. } = trace.next(Duration::ZERO) else { panic!("nothing to send") };
    trace.sent(seq, at(0));
    assert_eq!(trace.heard(Some(seq), &icmp(7, 3, 13, None), &at(1)), Some(1));
    assert_eq!(trace.next(Duration::from_millis(1)), Todo::End);
}

#[test]
fn a_late_answer_counts_until_its_hop_is_shown() {
    let mut trace = Trace::new(Config { queries: 1, parallel: 1, most: 2, ..config() });
    let Todo::Send { seq, .. } = trace.next(Duration::ZERO) else { panic!("nothing to send") };
    trace.sent(seq, at(0));
    assert_eq!(trace.next(Duration::ZERO), Todo::Wait(Duration::from_secs(3)));
    assert_eq!(trace.heard(Some(seq + 1), &icmp(1, 11, 0, None), &at(1)), None, "of no probe");
    assert!(matches!(trace.next(Duration::from_secs(3)), Todo::Send { ttl: 2, .. }));
    assert_eq!(trace.hop().unwrap().silent(), 1);
    assert_eq!(trace.heard(Some(seq), &icmp(1, 11, 0, None), &at(3001)), None);
}

#[test]
fn answers_that_tell_no_number_make_it_go_one_by_one() {
    let mut trace = Trace::new(Config { queries: 1, parallel: 4, most: 4, ..config() });
    for _ in 0..4 {
        let Todo::Send { seq, .. } = trace.next(Duration::ZERO) else { panic!("nothing to send") };
        trace.sent(seq, at(0));
    }
    assert_eq!(trace.heard(None, &icmp(1, 11, 0, None), &at(1)), None);
    assert!(trace.was_ambiguous());
    assert_eq!(trace.next(Duration::from_millis(1)), Todo::Wait(Duration::from_millis(501)));
    let Todo::Send { seq, ttl: 1, .. } = trace.next(Duration::from_millis(501)) else { panic!("nothing to send") };
    trace.sent(seq, at(501));
    assert!(matches!(trace.next(Duration::from_millis(501)), Todo::Wait(_)), "one at a time");
    assert_eq!(trace.heard(None, &icmp(1, 11, 0, None), &at(502)), Some(1));
}

#[test]
fn the_path_mtu_is_found_hop_by_hop() {
    let mut trace = Trace::new(Config { queries: 1, mtu: Some(1500), ..config() });
    let mut now = 0;
    let mut hops = Vec::new();
    // Links of 1500, 1400 and 1300 octets: routers at 1 and 2, the host at 3. This host's own link has 1480.
    let links = [1480, 1400, 1300];
    while let Todo::Send { seq, ttl, size } = trace.next(Duration::from_millis(now)) {
        let size = size.unwrap();
        now += 1;
        if size > links[0] {
            trace.failed(seq, "Message too long", Some(links[0]));
            continue;
        }
        trace.sent(seq, at(now));
        let narrow = (1..ttl.min(3)).find(|hop| size > links[usize::from(*hop)]);
        let answer = match narrow {
            Some(router) => icmp(router, 3, 4, Some(links[usize::from(router)])),
            None if ttl == 3 => icmp(99, 3, 3, None),
            None => icmp(ttl, 11, 0, None),
        };
        trace.heard(Some(seq), &answer, &at(now));
        hops.extend(std::iter::from_fn(|| trace.hop()));
    }
    let mtus: Vec<Vec<u32>> = hops.iter().map(|hop| hop.mtu.iter().map(|mtu| mtu.mtu_octets).collect()).collect();
    assert_eq!(mtus, [vec![1480], vec![1400], vec![1300]]);
    assert_eq!(hops[1].mtu[0].from, Some([192, 0, 2, 1].into()));
    assert_eq!(trace.mtu(), Some(1300));
}

#[test]
fn a_link_that_loses_long_packets_without_a_word_is_found() {
    let mut trace = Trace::new(Config { mtu: Some(1500), ..config() });
    let mut now = 0;
    let mut hops = Vec::new();
    loop {
        match trace.next(Duration::from_millis(now)) {
            Todo::End => break,
            Todo::Wait(until) => now = u64::try_from(until.as_millis()).unwrap(),
            Todo::Send { seq, ttl, size } => {
                trace.sent(seq, at(now));
                // The second link carries 1400.
                if ttl == 1 {
                    trace.heard(Some(seq), &icmp(1, 11, 0, None), &at(now));
                } else if size.unwrap() <= 1400 {
                    trace.heard(Some(seq), &icmp(99, 3, 3, None), &at(now));
                }
            }
        }
        hops.extend(std::iter::from_fn(|| trace.hop()));
    }
    hops.extend(std::iter::from_fn(|| trace.hop()));
    assert_eq!((hops.len(), trace.mtu()), (2, Some(1400)));
    assert_eq!(hops[1].mtu, [HopMtu { mtu_octets: 1400, from: None, silent: true }]);
    assert_eq!((hops[1].silent(), hops[1].probes.len()), (0, 3));
    assert!(now < 60_000, "{now}");
}

#[test]
fn a_silent_host_is_no_black_hole() {
    let mut trace = Trace::new(Config { mtu: Some(1500), most: 3, ..config() });
    let mut now = 0;
    let mut hops = Vec::new();
    loop {
        match trace.next(Duration::from_millis(now)) {
            Todo::End => break,
            Todo::Wait(until) => now = u64::try_from(until.as_millis()).unwrap(),
            Todo::Send { seq, ttl, .. } => {
                trace.sent(seq, at(now));
                if ttl == 1 {
                    trace.heard(Some(seq), &icmp(1, 11, 0, None), &at(now));
                }
            }
        }
        hops.extend(std::iter::from_fn(|| trace.hop()));
    }
    hops.extend(std::iter::from_fn(|| trace.hop()));
    assert_eq!(hops.iter().map(Hop::silent).collect::<Vec<_>>(), [0, 3, 3]);
    assert!(hops.iter().all(|hop| hop.mtu.is_empty()) && trace.mtu() == Some(1500));
}

/// Sends one probe to each of so many hops at once.
fn sent(trace: &mut Trace, count: usize) -> Vec<u16> {
    let mut seqs = Vec::new();
    for _ in 0..count {
        let Todo::Send { seq, .. } = trace.next(Duration::ZERO) else { panic!("nothing to send") };
        trace.sent(seq, at(0));
        seqs.push(seq);
    }
    seqs
}

#[test]
fn a_router_that_was_seen_refuses_at_the_very_next_hop() {
    let mut trace = Trace::new(Config { queries: 1, most: 8, ..config() });
    let seqs = sent(&mut trace, 8);
    trace.heard(Some(seqs[0]), &icmp(1, 11, 0, None), &at(1));
    trace.heard(Some(seqs[1]), &icmp(2, 11, 0, None), &at(2));
    // Of the probes of the hops 3 to 8, only that of 6 got a word.
    trace.heard(Some(seqs[5]), &icmp(2, 3, 1, None), &at(1062));
    assert!(matches!(trace.next(Duration::from_millis(1063)), Todo::Wait(_)));
    assert_eq!(trace.next(Duration::from_secs(60)), Todo::End);
    let hops: Vec<Hop> = std::iter::from_fn(|| trace.hop()).collect();
    assert_eq!(hops.iter().map(|hop| (hop.ttl, hop.silent())).collect::<Vec<_>>(), [(1, 0), (2, 0), (3, 0)]);
    assert_eq!(hops[2].senders(), [IpAddr::from([192, 0, 2, 2])]);
}

#[test]
fn a_refusal_of_somebody_new_stays_where_it_came() {
    let mut trace = Trace::new(Config { queries: 1, most: 4, ..config() });
    let seqs = sent(&mut trace, 4);
    trace.heard(Some(seqs[0]), &icmp(1, 11, 0, None), &at(1));
    trace.heard(Some(seqs[3]), &icmp(7, 3, 1, None), &at(2));
    assert_eq!(trace.next(Duration::from_secs(60)), Todo::End);
    let hops: Vec<Hop> = std::iter::from_fn(|| trace.hop()).collect();
    assert_eq!(hops.iter().map(Hop::silent).collect::<Vec<_>>(), [0, 1, 1, 0]);
}

#[test]
fn a_late_answer_to_a_star_that_nobody_saw_counts() {
    let wait = Wait { most: Duration::from_secs(3), here: 0.0, near: 0.0 };
    let mut trace = Trace::new(Config { queries: 1, parallel: 2, most: 3, wait, ..config() });
    let first = sent(&mut trace, 1)[0];
    let Todo::Send { seq: second, ttl: 2, .. } = trace.next(Duration::from_secs(1)) else { panic!("nothing to send") };
    trace.sent(second, at(1000));
    // The star of the first is not handed out before its answer comes.
    assert!(matches!(trace.next(Duration::from_secs(3)), Todo::Send { ttl: 3, .. }));
    assert_eq!(trace.heard(Some(first), &icmp(1, 11, 0, None), &at(3001)), Some(1));
    assert_eq!(trace.hop().unwrap().silent(), 0);
}

#[test]
fn a_refusal_after_its_hop_was_shown_ends_it() {
    let mut trace = Trace::new(Config { queries: 1, parallel: 2, ..config() });
    let seqs = sent(&mut trace, 2);
    assert!(matches!(trace.next(Duration::from_secs(4)), Todo::Send { ttl: 3, .. }));
    assert_eq!(std::iter::from_fn(|| trace.hop()).count(), 2);
    assert_eq!(trace.heard(Some(seqs[0]), &icmp(1, 11, 0, None), &at(4000)), None);
    assert_eq!(trace.late(), None, "no refusal");
    assert_eq!(trace.heard(Some(seqs[1]), &icmp(1, 3, 1, None), &at(4001)), None);
    assert_eq!(trace.late().map(|late| late.ttl), Some(2));
    assert_eq!(trace.next(Duration::from_secs(4)), Todo::End);
}

#[test]
fn too_long_is_the_end_where_nothing_may_be_fragmented() {
    for whole in [false, true] {
        let mut trace = Trace::new(Config { queries: 1, most: 3, whole, ..config() });
        let seqs = sent(&mut trace, 3);
        trace.heard(Some(seqs[0]), &icmp(1, 11, 0, None), &at(1));
        trace.heard(Some(seqs[1]), &icmp(1, 3, 4, Some(1300)), &at(2));
        trace.heard(Some(seqs[2]), &icmp(1, 3, 4, Some(1300)), &at(3));
        let hops: Vec<Hop> = std::iter::from_fn(|| trace.hop()).collect();
        assert_eq!(hops.len(), if whole { 2 } else { 3 });
    }
}

proptest! {
    #[test]
    fn every_hop_once_and_never_too_many_under_way(
        length in 1_u8..12,
        dark in proptest::collection::vec(1_u8..12, 0..6),
        queries in 1_u8..5,
        parallel in 1_u8..17,
        first in 1_u8..4,
    ) {
        let config = Config { queries, parallel, first, most: 15, ..config() };
        let (hops, sent, most) = walk(config, length, &dark);
        let last = if dark.contains(&length) { 15 } else { length.max(first) };
        prop_assert_eq!(hops.iter().map(|hop| hop.ttl).collect::<Vec<_>>(), (first..=last).collect::<Vec<_>>());
        prop_assert!(most <= usize::from(parallel));
        prop_assert!(sent >= hops.len() * usize::from(queries));
        for hop in &hops {
            let is_dark = dark.contains(&hop.ttl.min(length));
            prop_assert_eq!(hop.silent(), if is_dark { usize::from(queries) } else { 0 });
        }
    }
}
