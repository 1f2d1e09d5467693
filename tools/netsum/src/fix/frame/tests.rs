//! Packets built here, with checksums that are wrong, partial, quoted, or covered by others.

use proptest::prelude::*;
use sockeye_capture::LinkType;

use super::*;

const SRC: [u8; 4] = [10, 0, 0, 1];
const DST: [u8; 4] = [10, 0, 0, 2];
const REPAIR: Plan = Plan { fill_partial: false, quoted: false, damage: None };

fn frame(octets: &[u8], original_len: usize) -> Frame<'_> {
    Frame {
        number: 7,
        timestamp: None,
        interface: 0,
        link_type: LinkType::RAW,
        original_len,
        octets,
        file_offset: 0,
        fcs_len: 0,
    }
}

/// IPv4 with a checksum of zero, which is wrong.
fn ipv4(fragment: u16, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let total = u16::try_from(payload.len() + 20).unwrap();
    let mut packet = vec![0x45, 0];
    packet.extend(total.to_be_bytes());
    packet.extend([0, 1]);
    packet.extend(fragment.to_be_bytes());
    packet.extend([64, protocol, 0, 0]);
    packet.extend([SRC, DST].concat());
    packet.extend(payload);
    packet
}

/// UDP with `checksum` in its field.
fn udp(dst_port: u16, checksum: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len() + 8).unwrap();
    let fields = [5000, dst_port, length, checksum].map(u16::to_be_bytes).concat();
    [&fields, data].concat()
}

/// What `plan` makes of a frame: its octets, what was changed and what was left, from the outside in.
fn edited(plan: Plan, octets: &[u8], original_len: usize) -> (Vec<u8>, Vec<Change>, Vec<Left>) {
    let mut editor = Editor::new(plan);
    editor.edit(&frame(octets, original_len));
    let out = editor.octets().unwrap_or(octets).to_vec();
    (out, editor.changes.into_iter().rev().collect(), editor.left.into_iter().rev().collect())
}

fn verdicts(octets: &[u8]) -> Vec<Verdict> {
    let mut found = Vec::new();
    judge(&frame(octets, octets.len()), &mut |check| found.push(check.verdict));
    found
}

fn repaired(octets: &[u8]) -> Vec<u8> {
    let (out, ..) = edited(REPAIR, octets, octets.len());
    assert!(verdicts(&out).iter().all(|verdict| *verdict == Verdict::Good), "{:?}", verdicts(&out));
    out
}

#[test]
fn the_worked_example_is_repaired() {
    let packet = ipv4(0, 17, &udp(6000, 0x1234, b"ABCDE"));
    let (out, changes, left) = edited(REPAIR, &packet, packet.len());
    // reference/netsum.md, B1.
    assert_eq!((&out[10..12], &out[26..28]), (&[0x66, 0xc9][..], &[0xf7, 0x52][..]));
    let said: Vec<_> =
        changes.iter().map(|change| (change.check.offset, change.check.stored, change.written)).collect();
    assert_eq!((said, left.len()), (vec![(10, 0, 0x66c9), (26, 0x1234, 0xf752)], 0));
    assert!(changes.iter().all(|change| change.reason == Reason::Bad));
    assert_eq!(edited(REPAIR, &out, out.len()), (out, vec![], vec![]));
}

#[test]
fn both_zeros_are_kept() {
    // reference/netsum.md, B5: the complement of the sum over c0df is zero, and goes out as ffff. tcprewrite makes it 0.
    let mut packet = repaired(&ipv4(0, 17, &udp(6000, 1, &[0xc0, 0xdf])));
    packet[26..28].copy_from_slice(&[0xff, 0xff]);
    assert_eq!(verdicts(&packet), [Verdict::Good, Verdict::Good]);
    assert_eq!(edited(REPAIR, &packet, packet.len()), (packet.clone(), vec![], vec![]));
    // None over IPv4 stays none.
    packet[26..28].copy_from_slice(&[0, 0]);
    assert_eq!(edited(REPAIR, &packet, packet.len()), (packet, vec![], vec![]));
    // A header whose checksum comes out as zero, and that has ffff, passes at a receiver.
    let mut header = repaired(&ipv4(0, 17, &udp(6000, 1, b"")));
    let sum = u16::from_be_bytes([header[10], header[11]]);
    let id = u16::from_be_bytes([header[4], header[5]]);
    header[4..6].copy_from_slice(&(id + sum).to_be_bytes());
    header[10..12].copy_from_slice(&[0xff, 0xff]);
    assert_eq!(verdicts(&header)[0], Verdict::Good);
    assert_eq!(edited(REPAIR, &header, header.len()).1, vec![]);
}

#[test]
fn partial_ones_are_completed_on_request() {
    let mut packet = repaired(&ipv4(0, 17, &udp(6000, 1, b"ABCDE")));
    packet[26..28].copy_from_slice(&[0x14, 0x21]);
    let (out, changes, left) = edited(REPAIR, &packet, packet.len());
    assert_eq!((&out, changes.len(), left[0].why), (&packet, 0, Why::Partial));
    let (out, changes, left) = edited(Plan { fill_partial: true, ..REPAIR }, &packet, packet.len());
    assert_eq!((&out[26..28], left.len()), (&[0xf7, 0x52][..], 0));
    assert_eq!(changes[0].reason, Reason::Partial);
}

#[test]
fn what_is_not_whole_is_left_alone_but_for_its_header() {
    let datagram = udp(6000, 0x1234, &[b'x'; 32]);
    for (packet, original_len, why) in [
        (ipv4(0x2000, 17, &datagram), 60, Why::Fragment),
        (ipv4(0, 17, &datagram)[..50].to_vec(), 60, Why::Truncated),
        (ipv4(0, 17, &[&datagram[..4], &[0, 99], &datagram[6..]].concat()), 60, Why::Length),
    ] {
        let (out, changes, left) = edited(REPAIR, &packet, original_len);
        assert_eq!((changes.len(), changes[0].check.offset), (1, 10), "{why:?}");
        assert_eq!(left.iter().map(|left| left.why).collect::<Vec<_>>(), [why]);
        assert_eq!((&out[..10], &out[12..]), (&packet[..10], &packet[12..]));
    }
}

/// VXLAN: UDP that covers a frame with IPv4 and UDP.
fn tunnel(outer: u16, inner: u16) -> Vec<u8> {
    let packet = ipv4(0, 17, &udp(6000, inner, b"ABCDE"));
    let ethernet = [&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0][..], &packet].concat();
    ipv4(0, 17, &udp(4789, outer, &[&[8, 0, 0, 0, 0, 0, 1, 0][..], &ethernet].concat()))
}

#[test]
fn inner_checksums_come_before_outer_ones() {
    let right = repaired(&tunnel(1, 1));
    assert_eq!(verdicts(&right).len(), 4);
    // The inner datagram is damaged after the outer checksum was computed: repairing it makes the outer one right.
    let mut late = right.clone();
    let at = late.len() - 7;
    late[at] ^= 0x40;
    let (out, changes, _) = edited(REPAIR, &late, late.len());
    assert_eq!((out, changes.len()), (right.clone(), 1));
    // And when the outer one was computed over the damage, it has to follow.
    let mut early = right.clone();
    early[at] ^= 0x40;
    let outer = u16::from_be_bytes([early[26], early[27]]);
    let updated = sockeye_common::checksum::update(outer, word(&right, at), word(&early, at));
    early[26..28].copy_from_slice(&updated.to_be_bytes());
    assert_eq!(verdicts(&early)[1], Verdict::Good);
    let (out, changes, _) = edited(REPAIR, &early, early.len());
    assert_eq!(out, right);
    let reasons: Vec<Reason> = changes.iter().map(|change| change.reason).collect();
    assert_eq!(reasons, [Reason::Covering, Reason::Bad]);
    // Where the outer one cannot be computed, the inner one stays.
    early[6] = 0x20;
    let (_, changes, left) = edited(REPAIR, &early, early.len());
    assert_eq!(changes.len(), 1, "the header whose flags were changed");
    let whys: Vec<Why> = left.iter().map(|left| left.why).collect();
    assert_eq!(whys, [Why::Fragment, Why::Inside]);
}

/// The 16-bit word that octet `at` is in.
fn word(octets: &[u8], at: usize) -> u16 {
    let at = at & !1;
    u16::from_be_bytes([octets[at], octets[at + 1]])
}

#[test]
fn quotations_are_repaired_on_request() {
    let quoted = ipv4(0, 17, &udp(6000, 0x1234, b"ABCDE"));
    let error = [&[3, 3, 0, 0, 0, 0, 0, 0][..], &quoted].concat();
    let packet = ipv4(0, 1, &error);
    let (out, changes, left) = edited(REPAIR, &packet, packet.len());
    assert_eq!(changes.len(), 2, "IPv4 and ICMP");
    assert_eq!(left.iter().map(|left| left.why).collect::<Vec<_>>(), [Why::Quoted, Why::Quoted]);
    assert_eq!(verdicts(&out), [Verdict::Good, Verdict::Good, Verdict::Bad, Verdict::Bad]);
    let (out, ..) = edited(Plan { quoted: true, ..REPAIR }, &packet, packet.len());
    assert_eq!(verdicts(&out), [Verdict::Good; 4]);
}

fn damaging(one_in: u64, seed: u64) -> Plan {
    Plan { damage: Some(Damage { one_in, seed }), ..REPAIR }
}

#[test]
fn damage_is_what_the_seed_says() {
    let right = repaired(&tunnel(1, 1));
    let (first, changes, _) = edited(damaging(1, 1), &right, right.len());
    assert_eq!(verdicts(&first), [Verdict::Bad; 4]);
    assert!(changes.iter().all(|change| change.reason == Reason::Damage));
    assert_eq!(edited(damaging(1, 1), &right, right.len()).0, first);
    assert_ne!(edited(damaging(1, 2), &right, right.len()).0, first);
    // Of many seeds, each checksum is chosen by about half, and what covers a chosen one is good if it is not chosen.
    let mut bad = [0; 4];
    for seed in 0..200 {
        let (out, changes, _) = edited(damaging(2, seed), &right, right.len());
        let found = verdicts(&out);
        for (count, verdict) in bad.iter_mut().zip(&found) {
            *count += u32::from(*verdict == Verdict::Bad);
        }
        let damaged = changes.iter().filter(|change| change.reason == Reason::Damage).count();
        assert_eq!(found.iter().filter(|verdict| **verdict == Verdict::Bad).count(), damaged, "seed {seed}");
        assert_eq!(repaired(&out), right, "seed {seed}");
    }
    assert!(bad.iter().all(|count| (60..140).contains(count)), "{bad:?}");
}

proptest! {
    #[test]
    fn damage_is_repaired_to_the_octet(data: Vec<u8>, seed: u64, one_in in 1_u64..4) {
        let right = repaired(&ipv4(0, 17, &udp(6000, 1, &data)));
        let (damaged, ..) = edited(damaging(one_in, seed), &right, right.len());
        prop_assert_eq!(repaired(&damaged), right);
    }

    #[test]
    fn repairing_twice_changes_nothing_more(mut octets: Vec<u8>, extra in 0_usize..40, quoted: bool, fill_partial: bool) {
        let plan = Plan { fill_partial, quoted, damage: None };
        if let Some(first) = octets.first_mut() {
            *first = 0x45 | (*first & 0x20);
        }
        let (once, changes, left) = edited(plan, &octets, octets.len() + extra);
        let fields: Vec<usize> = changes
            .iter()
            .flat_map(|change| change.check.offset..change.check.offset + change.check.algorithm.width())
            .collect();
        for (at, (before, after)) in octets.iter().zip(&once).enumerate() {
            prop_assert!(before == after || fields.contains(&at), "octet {}", at);
        }
        let (twice, again, still) = edited(plan, &once, octets.len() + extra);
        prop_assert_eq!((twice, again.len()), (once, 0));
        prop_assert_eq!(still.len(), left.len());
    }
}
