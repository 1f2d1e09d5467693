//! The quick way to judge: of a plain frame both checksums are summed in one go each, and nothing is built.
//!
//! Whatever is not plain, or is bad, or needs a rule for one of the two zeros, takes the way of [`crate::verdict::judge`]: this
//! is a short cut to the same rows, and a test holds the two together.

use std::net::IpAddr;

use sockeye_capture::Frame;
use sockeye_capture::layers::Protocol;
use sockeye_capture::layers::plain::Plain;
use sockeye_common::checksum::{Sum, udp_transmitted};

use crate::tally::Tally;
use crate::verdict::Verdict;
use crate::why::{Endpoint, Reason};

/// A checksum that is good, partial or absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quick {
    /// Whose it is.
    pub protocol: Protocol,
    /// Where the field is, in octets from the start of the frame.
    pub offset: usize,
    /// What it holds.
    pub stored: u16,
    /// What it should hold; unknown of one that is absent.
    pub calculated: Option<u16>,
    /// What it is worth.
    pub verdict: Verdict,
}

impl Quick {
    const fn good(protocol: Protocol, offset: usize, stored: u16) -> Self {
        Self { protocol, offset, stored, calculated: Some(stored), verdict: Verdict::Good }
    }
}

/// A plain frame none of whose checksums is bad.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// The IPv4 header's, if there is one; it is good.
    pub outer: Option<Quick>,
    /// The transport's.
    pub inner: Quick,
    plain: Plain<'a>,
}

impl Judged<'_> {
    /// Its checksums, from the outside in.
    pub fn checks(&self) -> impl Iterator<Item = &Quick> {
        self.outer.iter().chain([&self.inner])
    }

    /// Counts the frame and all about it.
    #[inline]
    pub fn count(&self, tally: &mut Tally) {
        // Not by way of `checks`: what is known of the outer one saves time.
        if self.outer.is_some() {
            tally.plain(Protocol::Ip, Verdict::Good);
        }
        tally.plain(self.inner.protocol, self.inner.verdict);
        tally.plain_frame();
        if self.inner.verdict == Verdict::Partial {
            tally.reason(&Reason::Offload);
        }
    }

    /// The addresses and ports of `frame`, which it was judged from: source, destination.
    #[inline]
    pub fn ends(&self, frame: &Frame<'_>) -> Option<(Endpoint, Endpoint)> {
        let plain = &self.plain;
        let (src_port, dst_port) = (field(frame.octets, plain.transport)?, field(frame.octets, plain.transport + 2)?);
        let (src, dst) = if plain.ipv4_header.is_some() {
            let ([src, dst], _) = plain.addresses().as_chunks::<4>() else { return None };
            (IpAddr::from(*src), IpAddr::from(*dst))
        } else {
            let ([src, dst], _) = plain.addresses().as_chunks::<16>() else { return None };
            (IpAddr::from(*src), IpAddr::from(*dst))
        };
        Some(((src, src_port), (dst, dst_port)))
    }
}

/// Judges `frame`, if it is plain and none of its checksums is bad.
#[inline]
pub fn judge<'a>(frame: &Frame<'a>) -> Option<Judged<'a>> {
    let plain = Plain::of(frame.link_type, frame.octets, frame.original_len)?;
    let outer = match plain.ipv4_header {
        Some(header) => {
            let stored = field(header, 10)?;
            if is_zero(stored) || Sum::new().add(header).folded() != 0xffff {
                return None;
            }
            Some(Quick::good(Protocol::Ip, plain.network + 10, stored))
        }
        None => None,
    };
    Some(Judged { outer, inner: transport(frame, &plain)?, plain })
}

#[inline]
fn transport(frame: &Frame<'_>, plain: &Plain<'_>) -> Option<Quick> {
    let Plain { protocol, summed, length, .. } = *plain;
    let offset = plain.transport + plain.checksum_at();
    let stored = field(frame.octets, offset)?;
    if stored == 0 && protocol == Protocol::Udp && plain.ipv4_header.is_some() {
        return Some(Quick { protocol, offset, stored, calculated: None, verdict: Verdict::None });
    }
    if is_zero(stored) {
        return None;
    }
    // What may have an odd number of octets comes last.
    let mut sum = Sum::new();
    sum.add_u16(plain.number()).add_u16(length);
    let mut pseudo = sum;
    if sum.add(summed).folded() == 0xffff {
        return Some(Quick::good(protocol, offset, stored));
    }
    if pseudo.add(plain.addresses()).folded() != stored {
        return None;
    }
    // Without the field: both sums have a word that is not zero, so that this is none of the two zeros by chance.
    let right = Sum::new().add_u16(sum.folded()).add_u16(!stored).checksum();
    let right = if protocol == Protocol::Udp { udp_transmitted(right) } else { right };
    Some(Quick { protocol, offset, stored, calculated: Some(right), verdict: Verdict::Partial })
}

/// For these there are rules.
const fn is_zero(stored: u16) -> bool {
    stored == 0 || stored == 0xffff
}

#[inline]
fn field(octets: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*octets.get(at..)?.first_chunk::<2>()?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_capture::LinkType;
    use sockeye_capture::layers::Stop;

    use super::*;
    use crate::verdict::{self, Walk};

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

    /// Puts the pseudo-header's sum into the transport's checksum.
    fn partial(octets: &mut [u8]) {
        let plain = Plain::of(LinkType::ETHERNET, octets, octets.len()).unwrap();
        let mut sum = Sum::new();
        let sum = sum.add(plain.addresses()).add_u16(plain.number()).add_u16(plain.length).folded();
        let at = plain.transport + plain.checksum_at();
        octets[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    }

    fn absent(octets: &mut [u8]) {
        let plain = Plain::of(LinkType::ETHERNET, octets, octets.len()).unwrap();
        let at = plain.transport + plain.checksum_at();
        octets[at..at + 2].fill(0);
    }

    #[test]
    fn what_is_right_is_good_at_a_glance() {
        for choice in 0..8 {
            let octets = right(choice & 1 == 1, choice & 2 == 2, choice & 4 == 4, b"ABCDE", 3);
            assert!(judge(&frame(&octets)).is_some(), "{choice}: {octets:02x?}");
        }
    }

    proptest! {
        #[test]
        fn the_short_cut_leads_to_the_same_rows(
            v6: bool, tcp: bool, tagged: bool, data: Vec<u8>, padding in 0_usize..20,
            field in 0..3, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
            cut in 0_usize..3,
        ) {
            let mut octets = right(v6, tcp, tagged, &data, padding);
            match field {
                0 => {}
                1 => partial(&mut octets),
                _ if v6 || tcp => {}
                _ => absent(&mut octets),
            }
            let untouched = damage.is_empty() && cut == 0;
            for (at, octet) in damage {
                // Mostly in the headers: there it matters.
                let at = at.index(80) % octets.len();
                octets[at] = octet;
            }
            octets.truncate(octets.len() - cut);
            let frame = frame(&octets);
            let quick = judge(&frame);
            // What is right, partial or absent is not left to the long way.
            prop_assert!(!untouched || quick.is_some());
            if let Some(judged) = quick {
                let mut rows = Vec::new();
                let walk = verdict::judge(&frame, &mut |check| rows.push(check));
                prop_assert_eq!(walk, Walk { stop: Stop::Payload, is_fragment: false });
                let quick: Vec<Quick> = judged.checks().copied().collect();
                prop_assert_eq!(rows.len(), quick.len());
                for (row, quick) in rows.iter().zip(quick) {
                    prop_assert_eq!(row.verdict, quick.verdict);
                    prop_assert_eq!((row.protocol, row.offset, row.stored), (quick.protocol, quick.offset, quick.stored.into()));
                    prop_assert_eq!(row.calculated, quick.calculated.map(u32::from));
                }
                let [.., row] = &rows[..] else { panic!("no rows") };
                let (src_port, dst_port) = row.ports.unwrap();
                prop_assert_eq!(judged.ends(&frame), Some(((row.addrs.0, src_port), (row.addrs.1, dst_port))));
            }
        }
    }
}
