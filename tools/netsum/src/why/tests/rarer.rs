//! The rarer mistakes: with IPv6, with partial coverage, with zeros, and with SCTP.

use super::{DST, SRC, TCP, UDP, checksum, codes, folded, ipv4, pseudo, store, tcp, total, udp, with};

const SRC6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const DST6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
const VIA6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0x17, 0, 0, 0x33, 0, 0, 0, 0, 0, 0, 9];

/// IPv6 with a Payload Length of 0 where it does not fit.
fn ipv6(dst: [u8; 16], next_header: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    [&[0x60, 0, 0, 0][..], &length, &[next_header, 64], &SRC6, &dst, payload].concat()
}

fn pseudo6(dst: [u8; 16], length: u32) -> Vec<u8> {
    [&SRC6[..], &dst, &length.to_be_bytes(), &[0, 0, 0, UDP]].concat()
}

fn length6(datagram: &[u8]) -> u32 {
    u32::try_from(datagram.len()).unwrap()
}

#[test]
fn the_first_destination_in_place_of_the_final_one() {
    let datagram = udp(b"hello");
    let sum = checksum(&[&pseudo6(VIA6, length6(&datagram)), &datagram]);
    let routed = [&[UDP, 2, 2, 1, 0, 0, 0, 0], &DST6[..], &with(datagram, 6, sum)].concat();
    assert_eq!(codes(&ipv6(VIA6, 43, &routed)), [["header_addresses"]]);
}

#[test]
fn a_length_of_32_bits_cut_to_16() {
    let mut datagram = udp(b"");
    datagram.resize(70_000, 0x21);
    datagram[4..6].fill(0);
    let sum = checksum(&[&pseudo6(DST6, length6(&datagram) & 0xffff), &datagram]);
    let length = u32::try_from(datagram.len() + 8).unwrap().to_be_bytes();
    let jumbo = [&[UDP, 0, 0xc2, 4][..], &length, &with(datagram, 6, sum)].concat();
    let found = codes(&ipv6(DST6, 0, &jumbo));
    // What is left out is 1, which may also be one bit.
    assert_eq!(found, [["length_cut", "one_bit"]]);
}

#[test]
fn offload_over_v6() {
    let datagram = udp(b"hello");
    for (code, length) in [("offload", length6(&datagram)), ("offload_without_length", 0)] {
        let stored = folded(total(&[&pseudo6(DST6, length)]));
        assert_eq!(codes(&ipv6(DST6, UDP, &with(datagram.clone(), 6, stored))), [[code]]);
    }
}

#[test]
fn zeros_where_the_other_zero_is_due() {
    // A word that makes the sum ffff.
    let mut datagram = udp(&[0, 0]);
    let fill = checksum(&[&pseudo6(DST6, length6(&datagram)), &datagram]);
    datagram[8..10].copy_from_slice(&fill.to_be_bytes());
    assert_eq!(codes(&ipv6(DST6, UDP, &datagram)), [["zero_not_replaced"]]);
    datagram[9] ^= 1;
    assert_eq!(codes(&ipv6(DST6, UDP, &datagram)), [["left_zero"]]);

    let mut segment = tcp(&[0, 0]);
    let fill = checksum(&[&pseudo(TCP, &segment), &segment]);
    segment[20..22].copy_from_slice(&fill.to_be_bytes());
    assert_eq!(codes(&ipv4(TCP, &[], &segment))[1], [""; 0]);
    assert_eq!(codes(&ipv4(TCP, &[], &with(segment, 16, 0xffff)))[1], ["other_zero"]);
    let mut packet = ipv4(TCP, &[], b"");
    store(&mut packet, 0);
    let fill = checksum(&[&packet[..20]]);
    packet[4..6].copy_from_slice(&(fill + 1).to_be_bytes());
    store(&mut packet, 0xffff);
    assert_eq!(codes(&packet), [["other_zero"]]);
}

#[test]
fn partial_coverage() {
    // UDP-Lite that covers header and four octets of twenty.
    let mut packet = [&[0x13, 0x88, 0x17, 0x70, 0, 12, 0, 0][..], b"four and sixteen at all"].concat();
    packet.truncate(28);
    let pseudo = |length: u8| [&SRC[..], &DST, &[0, 136, 0, length]].concat();
    for (code, sum) in [
        ("coverage_ignored", checksum(&[&pseudo(28), &packet])),
        ("coverage_as_length", checksum(&[&pseudo(12), &packet[..12]])),
    ] {
        let found = codes(&ipv4(136, &[], &with(packet.clone(), 6, sum)));
        assert_eq!(found[1].first(), Some(&code), "{found:?}");
    }
    let right = checksum(&[&pseudo(28), &packet[..12]]);
    assert_eq!(codes(&ipv4(136, &[], &with(packet, 6, right)))[1], [""; 0]);
}

/// A CRC with its bits reversed, a bit at a time.
fn crc(polynomial: u32, octets: &[u8]) -> u32 {
    !octets.iter().fold(u32::MAX, |remainder, octet| {
        (0..8).fold(remainder ^ u32::from(*octet), |remainder, _| {
            (remainder >> 1) ^ if remainder & 1 == 1 { polynomial } else { 0 }
        })
    })
}

#[test]
fn mistakes_with_sctp() {
    let packet = [0, 1, 0, 2, 0, 0, 0, 9, 0, 0, 0, 0, 11, 0, 0, 4];
    let stored = |value: u32| {
        let mut packet = packet.to_vec();
        packet[8..12].copy_from_slice(&value.to_be_bytes());
        packet
    };
    // SCTP sends the low octet of the remainder first.
    let right = crc(0x82f6_3b78, &packet).swap_bytes();
    let (mut a, mut b) = (1_u32, 0_u32);
    for octet in packet {
        a += u32::from(octet);
        b += a;
    }
    for (code, value) in [
        ("octets_swapped", right.swap_bytes()),
        ("not_complemented", !right),
        ("adler32", ((b % 65_521) << 16) | (a % 65_521)),
        ("crc32", crc(0xedb8_8320, &packet).swap_bytes()),
        ("crc_field_not_zeroed", crc(0x82f6_3b78, &stored(right)).swap_bytes()),
        ("internet_sum", u32::from(checksum(&[&packet]))),
        ("unknown", right ^ 0x0012_3400),
    ] {
        assert_eq!(codes(&ipv4(132, &[], &stored(value)))[1], [code]);
    }
    assert_eq!(codes(&ipv4(132, &[], &stored(right)))[1], [""; 0]);
}
