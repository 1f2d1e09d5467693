use proptest::prelude::*;

use super::*;
use crate::verdict::Verdict;

/// A UDP datagram of 8 + 40 octets, right.
fn datagram() -> Vec<u8> {
    let mut octets = vec![0x13, 0x88, 0x17, 0x70, 0, 48, 0, 0];
    octets.extend((0..40_u8).map(|n| n.wrapping_mul(37)));
    let pseudo = [10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, 48];
    let sum = sockeye_common::checksum::compute(&[&pseudo[..], &octets].concat());
    octets[6..8].copy_from_slice(&sum.to_be_bytes());
    octets
}

/// The IPv4 packet with the octets of `datagram` from `start` to `end`.
fn fragment(datagram: &[u8], id: u8, start: usize, end: usize) -> Vec<u8> {
    let end = end.min(datagram.len());
    let payload = &datagram[start..end];
    let more = if end < datagram.len() { 0x2000 } else { 0 };
    let flags = u16::try_from(start / 8).unwrap() | more;
    let mut octets = vec![0x45, 0, 0, u8::try_from(20 + payload.len()).unwrap(), 0, id];
    octets.extend(flags.to_be_bytes());
    octets.extend([64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    octets.extend(payload);
    octets
}

fn frame(number: u64, seconds: i64, octets: &[u8]) -> Frame<'_> {
    Frame {
        number,
        timestamp: Some(Timestamp { seconds, nanoseconds: 0 }),
        interface: 0,
        link_type: LinkType::RAW,
        original_len: octets.len(),
        octets,
        file_offset: 0,
        fcs_len: 0,
    }
}

/// The checksums of the datagrams that `packets` make whole, and how it went.
fn reassembled(packets: &[Vec<u8>]) -> (Vec<(u64, usize, Verdict)>, Outcome) {
    let mut reassembly = Reassembly::default();
    let mut found = Vec::new();
    for (packet, number) in packets.iter().zip(1..) {
        if let Some(datagram) = reassembly.take(&frame(number, 0, packet)) {
            datagram
                .judge(Some(&Flows::default()), &mut |check, _| found.push((check.frame, check.offset, check.verdict)));
        }
    }
    (found, reassembly.finish())
}

/// The fragments of `payload`, which is of `protocol`, cut at these places.
fn cut_at(payload: &[u8], protocol: u8, places: &[usize]) -> Vec<Vec<u8>> {
    let ends = places.iter().copied().chain([payload.len()]);
    let starts = [0].into_iter().chain(places.iter().copied());
    let cut = |(start, end)| {
        let mut octets = fragment(payload, 1, start, end);
        octets[9] = protocol;
        octets
    };
    starts.zip(ends).map(cut).collect()
}

#[test]
fn a_sum_within_the_first_fragment_needs_the_length_of_all() {
    // UDP-Lite with a coverage of 16 octets, and a length in its pseudo-header that only the last fragment tells.
    let mut whole = vec![0x13, 0x88, 0x17, 0x70, 0, 16, 0, 0];
    whole.extend((0..40_u8).map(|n| n.wrapping_mul(37)));
    let pseudo = [10, 0, 0, 1, 10, 0, 0, 2, 0, 136, 0, 48];
    let sum = sockeye_common::checksum::compute(&[&pseudo[..], &whole[..16]].concat());
    whole[6..8].copy_from_slice(&sum.to_be_bytes());
    let (found, outcome) = reassembled(&cut_at(&whole, 136, &[24]));
    assert_eq!((found, outcome.whole), (vec![(1, 26, Verdict::Good)], 1));
    whole[9] ^= 1;
    assert_eq!(reassembled(&cut_at(&whole, 136, &[8, 24])).0, [(1, 26, Verdict::Bad)]);
}

#[test]
fn a_packet_within_a_later_fragment_is_judged_with_all() {
    // GRE with a key, and a packet behind it.
    let mut inner = fragment(&datagram(), 1, 0, 48);
    let sum = sockeye_common::checksum::compute(&inner[..20]);
    inner[10..12].copy_from_slice(&sum.to_be_bytes());
    let whole = [&[0x20, 0, 8, 0, 0, 0, 0, 7], &inner[..]].concat();
    let both = |frame, at| vec![(frame, at, Verdict::Good), (frame, at + 16, Verdict::Good)];
    assert_eq!(reassembled(&cut_at(&whole, 47, &[8])).0, both(2, 20 + 10));
    // Within the first one it was judged there.
    let behind = [&whole[..], &[0; 12]].concat();
    assert_eq!(reassembled(&cut_at(&behind, 47, &[80])).0, []);
    assert_eq!(reassembled(&cut_at(&whole, 47, &[40])).0, [(1, 20 + 8 + 26, Verdict::Good)]);
}

#[test]
fn in_any_order_and_repeated() {
    let whole = datagram();
    let cut = |start, end| fragment(&whole, 1, start, end);
    let (first, second, last) = (cut(0, 16), cut(16, 32), cut(32, 48));
    for (order, at) in [
        (vec![&first, &second, &last], 1),
        (vec![&last, &second, &first], 3),
        (vec![&second, &last, &second, &first], 4),
        (vec![&first, &first, &last, &second], 1),
        // As a mirrored port shows it; and once more when it is whole.
        (vec![&first, &first, &second, &second, &last, &last], 1),
        (vec![&first, &second, &last, &first, &last, &second], 1),
    ] {
        let packets: Vec<Vec<u8>> = order.into_iter().cloned().collect();
        let (found, outcome) = reassembled(&packets);
        assert_eq!(found, [(at, 26, Verdict::Good)]);
        assert_eq!(outcome, Outcome { whole: 1, fragments: 3, ..Outcome::default() });
    }
}

#[test]
fn a_field_that_is_not_in_the_first_fragment() {
    let mut whole = datagram();
    whole[40] ^= 1;
    // Seen whole, a TCP header would be: the field is at octet 16, in the third of the fragments.
    let mut packets: Vec<Vec<u8>> = (0..6).map(|n| fragment(&whole, 1, n * 8, n * 8 + 8)).collect();
    assert_eq!(reassembled(&packets).0, [(1, 26, Verdict::Bad)]);
    for packet in &mut packets {
        packet[9] = 6;
    }
    assert_eq!(reassembled(&packets).0, [(3, 20, Verdict::Bad)]);
}

#[test]
fn what_overlaps_or_contradicts_is_given_up() {
    let whole = datagram();
    let mut other = whole.clone();
    other[20] ^= 1;
    let spoilt = Outcome { spoilt: 1, ..Outcome::default() };
    for packets in [
        // Overlap by eight octets; the rest does not help.
        vec![fragment(&whole, 1, 0, 24), fragment(&whole, 1, 16, 32), fragment(&whole, 1, 32, 48)],
        // The same place with other octets.
        vec![fragment(&whole, 1, 0, 24), fragment(&other, 1, 0, 24), fragment(&whole, 1, 24, 48)],
        // Past the last, and a second last.
        vec![fragment(&whole[..32], 1, 16, 32), fragment(&whole, 1, 32, 48)],
        vec![fragment(&whole, 1, 32, 48), fragment(&whole[..32], 1, 16, 32)],
    ] {
        assert_eq!(reassembled(&packets), (vec![], spoilt));
    }
}

#[test]
fn what_cannot_be_used_is_counted() {
    let whole = datagram();
    let mut uneven = fragment(&whole, 1, 0, 20);
    uneven[6] |= 0x20;
    let (found, outcome) = reassembled(&[uneven, fragment(&whole, 1, 24, 48)]);
    assert_eq!((found, outcome), (vec![], Outcome { unusable_fragments: 1, incomplete: 1, ..Outcome::default() }));
    assert_eq!(reassembled(&[vec![0x45], whole]).1, Outcome::default());
}

#[test]
fn time_goes_by() {
    let whole = datagram();
    let mut reassembly = Reassembly::default();
    let (first, last) = (fragment(&whole, 1, 0, 24), fragment(&whole, 1, 24, 48));
    assert!(reassembly.take(&frame(1, 0, &first)).is_none());
    assert!(reassembly.take(&frame(2, IPV4_S + 1, &last)).is_none());
    assert!(reassembly.take(&frame(3, IPV4_S + 2, &first)).is_some());
    assert_eq!(reassembly.finish(), Outcome { whole: 1, fragments: 2, incomplete: 1, ..Outcome::default() });
}

#[test]
fn only_exact_and_early_repetitions_of_what_is_whole_are_ignored() {
    let whole = datagram();
    let (first, last) = (fragment(&whole, 1, 0, 24), fragment(&whole, 1, 24, 48));
    let mut other = whole.clone();
    other[30] ^= 1;
    // The identification again, with other octets: another datagram.
    let packets = [&first, &last, &fragment(&other, 1, 24, 48), &first].map(Clone::clone);
    let (found, outcome) = reassembled(&packets);
    assert_eq!(found, [(1, 26, Verdict::Good), (4, 26, Verdict::Bad)]);
    assert_eq!(outcome, Outcome { whole: 2, fragments: 4, ..Outcome::default() });
    // The same octets, but more to come.
    let mut longer = last.clone();
    longer[6] |= 0x20;
    let incomplete = Outcome { whole: 1, fragments: 2, incomplete: 1, ..Outcome::default() };
    assert_eq!(reassembled(&[first.clone(), last.clone(), longer]).1, incomplete);
    // Too late to be a repetition.
    let mut reassembly = Reassembly::default();
    for (second, packet) in [(0, &first), (0, &last), (IPV4_S, &last), (IPV4_S + 1, &last)] {
        reassembly.take(&frame(1, second, packet));
    }
    assert_eq!(reassembly.finish(), incomplete);
    // What is remembered is bounded.
    let mut reassembly = Reassembly::default();
    for protocol in 0..100 {
        for id in 0..=u8::MAX {
            for mut packet in [fragment(&whole, id, 0, 24), fragment(&whole, id, 24, 48)] {
                packet[9] = protocol;
                reassembly.take(&frame(1, 0, &packet));
            }
        }
    }
    let kept: usize = reassembly.done.by_key.values().map(|part| part.cost).sum();
    assert!(kept <= MAX_DONE && kept > MAX_DONE / 2, "{kept}");
    assert_eq!((reassembly.done.kept, reassembly.done.ages.len()), (kept, reassembly.done.by_key.len()));
}

#[test]
fn memory_is_bounded_by_number_and_by_octets() {
    let whole = datagram();
    let mut reassembly = Reassembly::default();
    for id in 0..=u8::MAX {
        for protocol in 100..200 {
            let mut first = fragment(&whole, id, 0, 16);
            first[9] = protocol;
            assert!(reassembly.take(&frame(1, 0, &first)).is_none());
        }
    }
    assert_eq!((reassembly.parts.by_key.len(), reassembly.parts.ages.len()), (MAX_DATAGRAMS, MAX_DATAGRAMS));
    assert_eq!(reassembly.finish().dropped, 25_600 - 4096);

    let mut reassembly = Reassembly::default();
    for id in 0..200 {
        let mut large = fragment(&whole, id, 0, 16);
        large.resize(20 + 65_504, 0);
        large[2..4].copy_from_slice(&65_524_u16.to_be_bytes());
        assert!(reassembly.take(&frame(1, 0, &large)).is_none());
        assert!(reassembly.parts.kept <= MAX_KEPT);
    }
    // What is counted is what is there.
    let parts: usize = reassembly.parts.by_key.values().map(|part| part.cost).sum();
    assert_eq!(reassembly.parts.kept, parts);
    assert_eq!(reassembly.finish().dropped, 73);
}

proptest! {
    #[test]
    fn any_cut_in_any_order_is_the_datagram(cuts in prop::collection::btree_set(1_usize..6, 0..5), seed: u64) {
        let whole = datagram();
        let mut edges: Vec<usize> = cuts.into_iter().map(|cut| cut * 8).collect();
        edges.insert(0, 0);
        edges.push(whole.len());
        let mut packets: Vec<Vec<u8>> = edges.windows(2).map(|edge| fragment(&whole, 1, edge[0], edge[1])).collect();
        let count = packets.len();
        let turn = usize::try_from(seed % 7).unwrap() % count;
        packets.rotate_left(turn);
        if seed % 2 == 0 {
            packets.reverse();
        }
        let (found, outcome) = reassembled(&packets);
        if count == 1 {
            prop_assert_eq!(outcome, Outcome::default());
        } else {
            prop_assert_eq!(found.len(), 1);
            prop_assert_eq!(found[0].2, Verdict::Good);
            prop_assert_eq!(outcome.whole, 1);
        }
    }

    #[test]
    fn no_frames_panic_and_what_is_kept_is_counted(packets in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..20)) {
        let mut reassembly = Reassembly::default();
        for packet in &packets {
            let mut packet = packet.clone();
            if let Some(first) = packet.first_mut() {
                *first = if *first % 2 == 0 { 0x45 } else { 0x60 };
            }
            if let Some(datagram) = reassembly.take(&frame(1, 0, &packet)) {
                datagram.judge(Some(&Flows::default()), &mut |_, _| {});
            }
            let kept: usize = reassembly.parts.by_key.values().map(|part| part.cost).sum();
            prop_assert_eq!(reassembly.parts.kept, kept);
        }
    }
}
