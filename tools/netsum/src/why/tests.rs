//! A packet for each hypothesis, its checksum made by the very mistake.

mod rarer;

use proptest::prelude::*;
use sockeye_capture::{Frame, LinkType};

use super::{Flows, Reason, explain};

const SRC: [u8; 4] = [10, 0, 0, 1];
const DST: [u8; 4] = [10, 0, 0, 2];
const UDP: u8 = 17;
const TCP: u8 = 6;

/// The sum as it is done by hand, without the fold.
fn total(parts: &[&[u8]]) -> u64 {
    let octets = parts.concat();
    octets.chunks(2).map(|pair| u64::from(pair[0]) << 8 | pair.get(1).copied().map_or(0, u64::from)).sum()
}

fn folded(mut total: u64) -> u16 {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    u16::try_from(total).unwrap()
}

fn checksum(parts: &[&[u8]]) -> u16 {
    !folded(total(parts))
}

fn length(octets: &[u8]) -> [u8; 2] {
    u16::try_from(octets.len()).unwrap().to_be_bytes()
}

fn pseudo(protocol: u8, segment: &[u8]) -> Vec<u8> {
    [&SRC[..], &DST, &[0, protocol], &length(segment)].concat()
}

/// A datagram with zero in the field.
fn udp(data: &[u8]) -> Vec<u8> {
    let mut datagram = vec![0x13, 0x88, 0x17, 0x70, 0, 0, 0, 0];
    datagram.extend_from_slice(data);
    let length = length(&datagram);
    datagram[4..6].copy_from_slice(&length);
    datagram
}

fn tcp(data: &[u8]) -> Vec<u8> {
    [&[0x13, 0x88, 0x17, 0x70, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 0x20, 0, 0, 0, 0, 0][..], data].concat()
}

/// IPv4 with its right checksum.
fn ipv4(protocol: u8, options: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut header = vec![0x45 + u8::try_from(options.len() / 4).unwrap(), 0, 0, 0, 0, 1, 0, 0, 64, protocol, 0, 0];
    header.extend_from_slice(&SRC);
    header.extend_from_slice(&DST);
    header.extend_from_slice(options);
    let total = u16::try_from(header.len() + payload.len()).unwrap();
    header[2..4].copy_from_slice(&total.to_be_bytes());
    let sum = checksum(&[&header]);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    [&header, payload].concat()
}

/// The segment with `stored` in the field at `at`.
fn with(mut segment: Vec<u8>, at: usize, stored: u16) -> Vec<u8> {
    segment[at..at + 2].copy_from_slice(&stored.to_be_bytes());
    segment
}

/// The codes of the reasons of each checksum.
fn codes(packet: &[u8]) -> Vec<Vec<&'static str>> {
    let reasons = explain(&frame(packet), &Flows::default());
    reasons.iter().map(|reasons| reasons.iter().map(Reason::code).collect()).collect()
}

/// Where a capture announces a frame check sequence that its packets do not have.
#[test]
fn an_announced_check_sequence_hides_nothing() {
    let datagram = udp(b"hello");
    for (code, mistake) in UDP_MISTAKES {
        let packet = ipv4(UDP, &[], &with(datagram.clone(), 6, mistake(&datagram)));
        let reasons = |fcs_len| explain(&Frame { fcs_len, ..frame(&packet) }, &Flows::default());
        for fcs_len in [4, u8::MAX] {
            assert_eq!(reasons(fcs_len), reasons(0), "{code}, {fcs_len}");
        }
    }
}

fn frame(packet: &[u8]) -> Frame<'_> {
    Frame {
        number: 1,
        timestamp: None,
        interface: 0,
        link_type: LinkType::RAW,
        original_len: packet.len(),
        octets: packet,
        file_offset: 0,
        fcs_len: 0,
    }
}

/// Those of the transport of a packet over IPv4.
fn of_transport(protocol: u8, segment: &[u8], behind: &[u8]) -> Vec<&'static str> {
    codes(&[&ipv4(protocol, &[], segment), behind].concat())[1].clone()
}

/// The mistakes with UDP: their codes, and how they are made.
type Mistake = (&'static str, fn(&[u8]) -> u16);

const UDP_MISTAKES: &[Mistake] = &[
    ("offload", |datagram| folded(total(&[&pseudo(UDP, datagram)]))),
    ("offload_without_length", |_| folded(total(&[&SRC, &DST, &[0, UDP]]))),
    ("not_complemented", |datagram| !checksum(&[&pseudo(UDP, datagram), datagram])),
    ("octets_swapped", |datagram| checksum(&[&pseudo(UDP, datagram), datagram]).swap_bytes()),
    ("no_pseudo_header", |datagram| checksum(&[datagram])),
    ("length_once", |datagram| checksum(&[&SRC, &DST, &[0, UDP], datagram])),
    ("length_without_header", |datagram| checksum(&[&pseudo(UDP, &datagram[8..]), datagram])),
    ("length_swapped", |datagram| {
        let [high, low] = length(datagram);
        checksum(&[&SRC, &DST, &[0, UDP, low, high], datagram])
    }),
    ("protocol_swapped", |datagram| checksum(&[&SRC, &DST, &[UDP, 0], &length(datagram), datagram])),
    ("length_and_protocol_swapped", |datagram| {
        let [high, low] = length(datagram);
        checksum(&[&SRC, &DST, &[UDP, 0, low, high], datagram])
    }),
    ("field_not_zeroed", |datagram| {
        let right = checksum(&[&pseudo(UDP, datagram), datagram]);
        match checksum(&[&pseudo(UDP, datagram), &with(datagram.to_vec(), 6, right)]) {
            0 => 0xffff,
            sum => sum,
        }
    }),
    ("field_not_zeroed", |datagram| {
        let partial = folded(total(&[&pseudo(UDP, datagram)]));
        checksum(&[&pseudo(UDP, datagram), &with(datagram.to_vec(), 6, partial)])
    }),
    ("carries_dropped", |datagram| !u16::try_from(total(&[&pseudo(UDP, datagram), datagram]) & 0xffff).unwrap()),
    ("data_left_out", |datagram| checksum(&[&pseudo(UDP, datagram), &datagram[..8]])),
    ("one_bit", |datagram| {
        let mut was = datagram.to_vec();
        was[9] ^= 0x10;
        checksum(&[&pseudo(UDP, &was), &was])
    }),
];

/// Those that need a lone last octet.
const ODD_MISTAKES: &[Mistake] = &[
    ("pad_in_front", |datagram| {
        let (last, rest) = datagram.split_last().unwrap();
        checksum(&[&pseudo(UDP, datagram), rest, &[0, *last]])
    }),
    ("last_octet_left_out", |datagram| {
        let (_, rest) = datagram.split_last().unwrap();
        checksum(&[&pseudo(UDP, datagram), rest])
    }),
];

#[test]
fn every_mistake_with_udp_is_named_first() {
    let datagram = udp(b"A datagram of some length, and odd.");
    for (code, mistake) in UDP_MISTAKES.iter().chain(ODD_MISTAKES) {
        let found = of_transport(UDP, &with(datagram.clone(), 6, mistake(&datagram)), &[]);
        assert_eq!(found.first(), Some(code), "{found:?}");
    }
}

#[test]
fn a_dropped_carry_of_the_fold() {
    // Words whose sum is 1ffff: folded once 10000, whose carry is lost.
    let mut datagram = udp(&[0xff, 0xff, 0, 0]);
    let so_far = total(&[&pseudo(UDP, &datagram), &datagram]);
    let fill = u16::try_from(0x1_ffff - so_far).unwrap();
    datagram[10..12].copy_from_slice(&fill.to_be_bytes());
    let sum = total(&[&pseudo(UDP, &datagram), &datagram]);
    assert_eq!(sum, 0x1_ffff);
    let stored = !u16::try_from(((sum & 0xffff) + (sum >> 16)) & 0xffff).unwrap();
    let found = of_transport(UDP, &with(datagram, 6, stored), &[]);
    assert!(found.contains(&"folded_once"), "{found:?}");
}

#[test]
fn octets_behind_the_datagram() {
    let datagram = udp(b"odd");
    let padding = [0x5a, 0x17, 0x33, 0x71, 0x55];
    let sum = checksum(&[&pseudo(UDP, &datagram), &datagram, &padding]);
    assert_eq!(of_transport(UDP, &with(datagram.clone(), 6, sum), &padding), ["padding_summed"]);
    let counted = [&SRC[..], &DST, &[0, UDP], &length(&[&datagram[..], &padding].concat())].concat();
    let sum = checksum(&[&counted, &datagram, &padding]);
    assert_eq!(of_transport(UDP, &with(datagram, 6, sum), &padding), ["padding_summed"]);
}

#[test]
fn mistakes_with_tcp_and_icmp() {
    let segment = tcp(b"hello");
    for (code, stored) in [
        ("left_zero", 0),
        ("length_left_out", checksum(&[&SRC, &DST, &[0, TCP], &segment])),
        ("no_pseudo_header", checksum(&[&segment])),
        ("data_left_out", checksum(&[&pseudo(TCP, &segment), &segment[..20]])),
    ] {
        assert_eq!(of_transport(TCP, &with(segment.clone(), 16, stored), &[]), [code]);
    }
    let echo = [8, 0, 0, 0, 0, 1, 0, 1, b'p', b'i', b'n', b'g'];
    let stored = checksum(&[&pseudo(1, &echo), &echo]);
    assert_eq!(of_transport(1, &with(echo.to_vec(), 2, stored), &[]), ["pseudo_header_added"]);
}

#[test]
fn what_other_packets_of_the_flow_had() {
    let datagram = udp(b"hello");
    let right = checksum(&[&pseudo(UDP, &datagram), &datagram]);
    let sent = ipv4(UDP, &[], &with(datagram, 6, right));
    let mut flows = Flows::default();
    crate::verdict::judge(&frame(&sent), &mut |check| flows.note(&check));
    // The IP header is right again, the datagram is not.
    let translated = |src: [u8; 4], dst: [u8; 4], ports: [u16; 2]| {
        let mut packet = sent.clone();
        packet[12..16].copy_from_slice(&src);
        packet[16..20].copy_from_slice(&dst);
        packet[20..22].copy_from_slice(&ports[0].to_be_bytes());
        packet[22..24].copy_from_slice(&ports[1].to_be_bytes());
        store(&mut packet, 0);
        let sum = checksum(&[&packet[..20]]);
        store(&mut packet, sum);
        let reasons = explain(&frame(&packet), &flows);
        assert!(reasons[0].is_empty(), "{reasons:?}");
        reasons[1].first().map(Reason::short)
    };
    let nat = |what: &str| Some(format!("stale: the {what} (NAT)"));
    assert_eq!(translated([192, 0, 2, 77], DST, [5000, 6000]), nat("source was 10.0.0.1"));
    assert_eq!(translated([192, 0, 2, 77], DST, [61234, 6000]), nat("source was 10.0.0.1:5000"));
    assert_eq!(translated(SRC, DST, [61234, 6000]), nat("source was port 5000"));
    assert_eq!(translated(SRC, [192, 0, 2, 80], [5000, 8080]), nat("destination was 10.0.0.2:6000"));
    // A flow with neither end says nothing.
    let both = translated([192, 0, 2, 77], [192, 0, 2, 80], [1, 2]).unwrap();
    assert!(!both.contains("NAT"), "{both}");
}

/// An IPv4 header, right, and then changed.
fn header(change: impl FnOnce(&mut Vec<u8>)) -> Vec<Vec<&'static str>> {
    let datagram = udp(b"data");
    let sum = checksum(&[&pseudo(UDP, &datagram), &datagram]);
    let mut packet = ipv4(UDP, &[7, 7, 4, 10, 9, 8, 7, 1], &with(datagram, 6, sum));
    change(&mut packet);
    codes(&packet)
}

fn store(packet: &mut [u8], stored: u16) {
    packet[10..12].copy_from_slice(&stored.to_be_bytes());
}

/// The header with zero in the field.
fn zeroed(packet: &[u8]) -> Vec<u8> {
    let mut packet = packet.to_vec();
    packet[10..12].fill(0);
    packet
}

#[test]
fn headers_that_changed_on_the_way() {
    assert_eq!(header(|packet| packet[8] = 63), [vec!["ttl_changed", "one_bit"], vec![]]);
    assert_eq!(header(|packet| packet[8] = 69), [vec!["ttl_changed"], vec![]]);
    assert_eq!(header(|packet| packet[1] = 3), [vec!["tos_changed"], vec![]]);
    assert_eq!(header(|packet| packet[12..16].copy_from_slice(&[192, 168, 7, 9])), [["address_changed"]; 2]);
    // One bit of an address may be that, or a change of it.
    assert_eq!(header(|packet| packet[15] ^= 0x40), [["address_changed", "one_bit"]; 2]);
}

#[test]
fn headers_that_were_summed_wrongly() {
    assert_eq!(header(|packet| store(packet, 0)), [vec!["left_zero"], vec![]]);
    assert_eq!(
        header(|packet| {
            let sum = checksum(&[&zeroed(packet)]);
            store(packet, sum);
        })[0],
        ["beyond_header"]
    );
    assert_eq!(
        header(|packet| {
            let sum = checksum(&[&zeroed(packet)[..20]]);
            store(packet, sum);
        })[0],
        ["options_left_out"]
    );
    assert_eq!(
        header(|packet| {
            packet[8] -= 1;
            let sum = checksum(&[&packet[..28]]);
            store(packet, sum);
        })[0],
        // 0100 is one bit away from the right one as often as not.
        ["field_not_zeroed"]
    );
}

proptest! {
    #[test]
    fn every_mistake_is_among_those_named(data in prop::collection::vec(any::<u8>(), 2..80)) {
        let datagram = udp(&data);
        let odd = if data.len() % 2 == 1 { ODD_MISTAKES } else { &[] };
        let right = checksum(&[&pseudo(UDP, &datagram), &datagram]);
        for (code, mistake) in UDP_MISTAKES.iter().chain(odd) {
            let stored = mistake(&datagram);
            // By chance right, or no checksum at all.
            if stored == 0 || stored == right || right == 0 {
                continue;
            }
            let found = of_transport(UDP, &with(datagram.clone(), 6, stored), &[]);
            let is_partial = matches!(found[..], ["offload" | "offload_without_length"]);
            prop_assert!(found.contains(code) || is_partial, "{code}: {found:?}");
        }
    }

    #[test]
    fn a_wrong_one_always_has_a_reason(data: Vec<u8>, stored in 1_u16..) {
        let datagram = with(udp(&data), 6, stored);
        let packet = ipv4(UDP, &[], &datagram);
        let right = checksum(&[&pseudo(UDP, &datagram), &udp(&data)]);
        let found = codes(&packet);
        prop_assert_eq!(found[1].is_empty(), stored == right || (right == 0 && stored == 0xffff), "{:?}", found);
    }

    #[test]
    fn no_frame_panics(octets: Vec<u8>) {
        let _ = codes(&octets);
        let _ = codes(&ipv4(UDP, &[], &octets));
        let _ = codes(&ipv4(TCP, &[], &octets));
    }
}
