//! The quick way to say "good": of a plain frame both checksums are summed in one go each, and nothing is built.
//!
//! Whatever is not plain, or not good, or holds one of the two zeros, takes the way of [`crate::verdict::judge`]: this is a
//! short cut to the same rows, and a test holds the two together.

use sockeye_capture::Frame;
use sockeye_capture::layers::Protocol;
use sockeye_capture::layers::plain::Plain;
use sockeye_common::checksum::Sum;

/// A checksum that is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Good {
    /// Whose it is.
    pub protocol: Protocol,
    /// Where the field is, in octets from the start of the frame.
    pub offset: usize,
    /// What it holds, and should.
    pub stored: u16,
}

/// The checksums of `frame`, from the outside in, if it is plain and they are good: an IPv4 header's, if there is one, and
/// the transport's.
#[inline]
pub fn good(frame: &Frame<'_>) -> Option<(Option<Good>, Good)> {
    let plain = Plain::of(frame.link_type, frame.octets, frame.original_len)?;
    let outer = match plain.ipv4_header {
        Some(header) => {
            let stored = field(header, 10)?;
            if Sum::new().add(header).folded() != 0xffff {
                return None;
            }
            Some(Good { protocol: Protocol::Ip, offset: plain.network + 10, stored })
        }
        None => None,
    };
    let (number, at) = match plain.protocol {
        Protocol::Udp => (17, plain.checksum_at()),
        _ => (6, plain.checksum_at()),
    };
    let stored = field(frame.octets, plain.transport + at)?;
    // What may have an odd number of octets comes last.
    let mut sum = Sum::new();
    if sum.add_u16(number).add_u16(plain.length).add(plain.summed).folded() != 0xffff {
        return None;
    }
    Some((outer, Good { protocol: plain.protocol, offset: plain.transport + at, stored }))
}

/// The field at `at`, if it holds neither zero: for those there are rules.
#[inline]
fn field(octets: &[u8], at: usize) -> Option<u16> {
    let stored = u16::from_be_bytes(*octets.get(at..)?.first_chunk::<2>()?);
    (stored != 0 && stored != 0xffff).then_some(stored)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_capture::LinkType;
    use sockeye_capture::layers::Stop;

    use super::*;
    use crate::verdict::{Verdict, judge};

    fn frame(octets: &[u8]) -> Frame<'_> {
        Frame {
            number: 1,
            timestamp: None,
            interface: 0,
            link_type: LinkType::ETHERNET,
            original_len: octets.len(),
            octets,
            file_offset: 0,
            fcs_len: 0,
        }
    }

    /// An Ethernet frame with the right checksums: IPv6 or not, UDP or TCP, a VLAN tag or none, and link padding.
    fn right(v6: bool, tcp: bool, tagged: bool, data: &[u8], padding: usize) -> Vec<u8> {
        let mut segment = [0x13, 0x88, 0x17, 0x70].to_vec();
        if tcp {
            segment.extend_from_slice(&[0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 1, 0, 0, 0, 0, 0]);
        } else {
            segment.extend_from_slice(&u16::try_from(data.len() + 8).unwrap().to_be_bytes());
            segment.extend_from_slice(&[0, 0]);
        }
        segment.extend_from_slice(data);
        let length = u16::try_from(segment.len()).unwrap();
        let number = if tcp { 6 } else { 17 };
        let addresses: Vec<u8> = (1..=if v6 { 32 } else { 8 }).collect();
        let mut sum = Sum::new();
        let checksum = sum.add(&addresses).add_u16(number).add_u16(length).add(&segment).checksum().to_be_bytes();
        let at = if tcp { 16 } else { 6 };
        segment[at..at + 2].copy_from_slice(&checksum);

        let mut octets = vec![2; 12];
        if tagged {
            octets.extend_from_slice(&[0x81, 0, 0, 5]);
        }
        let [_, number] = number.to_be_bytes();
        if v6 {
            octets.extend_from_slice(&[0x86, 0xdd, 0x60, 0, 0, 0]);
            octets.extend_from_slice(&length.to_be_bytes());
            octets.extend_from_slice(&[number, 64]);
            octets.extend_from_slice(&addresses);
        } else {
            let mut header = [0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, number, 0, 0].to_vec();
            header.extend_from_slice(&addresses);
            header[2..4].copy_from_slice(&(length + 20).to_be_bytes());
            let checksum = Sum::new().add(&header).checksum().to_be_bytes();
            header[10..12].copy_from_slice(&checksum);
            octets.extend_from_slice(&[8, 0]);
            octets.extend_from_slice(&header);
        }
        octets.extend_from_slice(&segment);
        octets.resize(octets.len() + padding, 0);
        octets
    }

    #[test]
    fn what_is_right_is_good_at_a_glance() {
        for choice in 0..8 {
            let octets = right(choice & 1 == 1, choice & 2 == 2, choice & 4 == 4, b"ABCDE", 3);
            assert!(good(&frame(&octets)).is_some(), "{choice}: {octets:02x?}");
        }
    }

    proptest! {
        #[test]
        fn the_short_cut_leads_to_the_same_rows(
            v6: bool, tcp: bool, tagged: bool, data: Vec<u8>, padding in 0_usize..20,
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3), cut in 0_usize..3,
        ) {
            let mut octets = right(v6, tcp, tagged, &data, padding);
            for (at, octet) in damage {
                // Mostly in the headers: there it matters.
                let at = at.index(80) % octets.len();
                octets[at] = octet;
            }
            octets.truncate(octets.len() - cut);
            let frame = frame(&octets);
            if let Some((outer, inner)) = good(&frame) {
                let mut rows = Vec::new();
                let stop = judge(&frame, &mut |check| rows.push(check));
                prop_assert_eq!(stop, Stop::Payload);
                let quick: Vec<Good> = outer.into_iter().chain([inner]).collect();
                prop_assert_eq!(rows.len(), quick.len());
                for (row, quick) in rows.iter().zip(quick) {
                    prop_assert_eq!(row.verdict, Verdict::Good);
                    prop_assert_eq!((row.protocol, row.offset, row.stored), (quick.protocol, quick.offset, quick.stored.into()));
                    prop_assert_eq!(row.calculated, Some(row.stored));
                }
            }
        }
    }
}
