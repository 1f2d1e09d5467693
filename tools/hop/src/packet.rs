//! What probes carry: data from which an answer tells which probe it is about, and whether anything was changed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sockeye_common::checksum::{self, Sum};
use sockeye_common::wire::{Reader, Writer};

use crate::options::{Family, Flow, Protocol};

/// The octets of an ICMP echo header, and of a UDP header.
pub const HEADER_LEN: usize = 8;

/// What the data of every probe of a run has in common, so that it is known as ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(pub u32);

/// Writes an echo request.
///
/// With [`Flow::Fixed`], the first word of the data is the complement of the sequence number, so that the checksum is the
/// same for every probe: routers that balance load may look at it, as they look at ports. That takes two octets of data.
///
/// The kernel replaces the identifier and the checksum if the socket is one for ICMP datagrams, and the checksum of ICMPv6
/// always.
pub fn echo(family: Family, id: u16, seq: u16, token: Token, len: usize, flow: Flow) -> Vec<u8> {
    const CHECKSUM_AT: usize = 2;
    let mut writer = Writer::new();
    writer.u8(if family == Family::Ipv4 { 8 } else { 128 }).u8(0).u16(0).u16(id).u16(seq);
    writer.octets(&echo_data(seq, token, len, flow));
    if family == Family::Ipv4 {
        let sum = checksum::compute(writer.as_slice());
        writer.patch_u16(CHECKSUM_AT, sum);
    }
    writer.into_octets()
}

/// The data of an echo request, which comes back in the reply.
pub fn echo_data(seq: u16, token: Token, len: usize, flow: Flow) -> Vec<u8> {
    let first = match flow {
        Flow::Fixed => !seq,
        Flow::Vary => 0,
    };
    filled(first, token, len)
}

/// The data of a datagram: the number of the probe in its first two octets. The checksum, which no router looks at, is then
/// another one for each probe, and the ports are free to stay.
pub fn datagram(seq: u16, token: Token, len: usize) -> Vec<u8> {
    filled(seq, token, len)
}

/// A word, the token and a pattern, cut to `len` octets.
fn filled(first: u16, token: Token, len: usize) -> Vec<u8> {
    let mut data = Vec::with_capacity(len.max(6));
    data.extend(first.to_be_bytes());
    data.extend(token.0.to_be_bytes());
    // Bits of every kind, as ping(8) has it.
    data.extend((data.len()..len).map(|place| place.to_le_bytes()[0]));
    data.truncate(len);
    data
}

/// The number that the data of a datagram carries, if there is enough of it and it is of this run.
pub fn datagram_seq(data: &[u8], token: Token) -> Option<u16> {
    let mut reader = Reader::new(data);
    let seq = reader.u16("number").ok()?;
    match reader.u32("token") {
        Ok(found) => (found == token.0).then_some(seq),
        // A quotation may end anywhere.
        Err(_) => Some(seq),
    }
}

/// The checksum that a datagram goes out with, by which a quotation without data tells which one it is about.
///
/// # Source
/// RFC 768, RFC 8200 section 8.1.
pub fn udp_checksum(src: (IpAddr, u16), dst: (IpAddr, u16), data: &[u8]) -> u16 {
    const UDP: u16 = 17;
    let length = u16::try_from(HEADER_LEN + data.len()).unwrap_or(u16::MAX);
    let mut sum = Sum::new();
    for addr in [src.0, dst.0] {
        match addr {
            IpAddr::V4(addr) => sum.add(&Ipv4Addr::octets(&addr)),
            IpAddr::V6(addr) => sum.add(&Ipv6Addr::octets(&addr)),
        };
    }
    sum.add_u16(UDP).add_u16(length).add_u16(src.1).add_u16(dst.1).add_u16(length).add(data);
    checksum::udp_transmitted(sum.checksum())
}

/// How many octets of data make a packet of `size` octets.
pub fn data_len(family: Family, protocol: Protocol, size: u16) -> usize {
    match protocol {
        Protocol::Icmp | Protocol::Udp => usize::from(size).saturating_sub(family.header_len() + HEADER_LEN),
        Protocol::Tcp => 0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: Token = Token(0xc0ff_ee11);

    #[test]
    fn the_shortest_and_the_usual_datagram() {
        assert_eq!(datagram(0x0102, TOKEN, 1), [1]);
        assert_eq!(datagram(0x0102, TOKEN, 8), [1, 2, 0xc0, 0xff, 0xee, 0x11, 6, 7]);
        assert_eq!(data_len(Family::Ipv4, Protocol::Udp, 60), 32);
        assert_eq!(data_len(Family::Ipv6, Protocol::Icmp, 80), 32);
        assert_eq!(data_len(Family::Ipv4, Protocol::Icmp, 1), 0);
    }

    #[test]
    fn the_pattern_goes_round() {
        let data = datagram(1, TOKEN, 700);
        assert_eq!(data.len(), 700);
        assert!(data.iter().enumerate().skip(6).all(|(index, octet)| index.to_le_bytes()[0] == *octet), "{data:?}");
    }

    proptest! {
        #[test]
        fn every_probe_of_a_fixed_flow_has_one_checksum(id: u16, a: u16, b: u16, len in 2_usize..200, token: u32) {
            let sum = |seq| {
                let octets = echo(Family::Ipv4, id, seq, Token(token), len, Flow::Fixed);
                assert!(checksum::verify(&octets));
                (octets[2], octets[3])
            };
            prop_assert_eq!(sum(a), sum(b));
        }

        #[test]
        fn every_datagram_has_a_checksum_of_its_own(a: u16, b: u16, len in 2_usize..200, token: u32) {
            // 0 and 65535 are the same to ones' complement arithmetic.
            prop_assume!(a % 0xffff != b % 0xffff);
            let end = ("192.0.2.1".parse().unwrap(), 5000);
            let sum = |seq| udp_checksum(end, end, &datagram(seq, Token(token), len));
            prop_assert_ne!(sum(a), sum(b));
        }

        #[test]
        fn the_number_comes_back_from_any_quotation(seq: u16, len in 2_usize..100, cut in 2_usize..100, token: u32) {
            let data = datagram(seq, Token(token), len);
            let quoted = &data[..cut.min(len)];
            prop_assert_eq!(datagram_seq(quoted, Token(token)), Some(seq));
            if quoted.len() >= 6 {
                prop_assert_eq!(datagram_seq(quoted, Token(!token)), None, "another run's");
            }
        }
    }
}
