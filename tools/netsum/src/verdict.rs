//! Judges the checksums of one frame.

use std::net::{IpAddr, SocketAddr};

use serde::{Serialize, Serializer};
use sockeye_capture::layers::{Checksum, Header, Presence, Stop};
use sockeye_capture::{Frame, dissect};
use sockeye_common::addr::IpText;
use sockeye_common::checksum::{Sum, udp_transmitted};

use crate::protocol::Protocol;

/// What a stored checksum is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The sum with it is all ones.
    Good,
    /// It is not.
    Bad,
    /// It holds the pseudo-header's sum, not complemented: what a sender leaves whose network interface does the rest.
    Partial,
    /// UDP over IPv4 with zero: the sender computed none.
    None,
    /// UDP over IPv6 with zero, which RFC 8200 does not allow.
    Illegal,
    /// What it covers is not all there.
    Unverified,
}

impl Verdict {
    /// All of them, as they stand in a summary.
    pub const ALL: [Self; 6] = [Self::Good, Self::Bad, Self::Partial, Self::None, Self::Illegal, Self::Unverified];

    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Partial => "partial",
            Self::None => "none",
            Self::Illegal => "illegal",
            Self::Unverified => "unverified",
        }
    }

    /// Whether a receiver would drop the packet.
    pub const fn is_damage(self) -> bool {
        matches!(self, Self::Bad | Self::Illegal)
    }
}

/// Why a checksum cannot be judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// The capture kept only the beginning of the frame.
    Truncated,
    /// It is one fragment, and the checksum covers the whole datagram.
    Fragment,
    /// A length reaches past what encloses it, or is less than its own header.
    Length,
}

/// The sums behind a verdict, each folded to 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sums {
    /// Of the pseudo-header, where there is one.
    pub pseudo_header: Option<u16>,
    /// Of all that is covered, pseudo-header included, the field counting as zero.
    pub covered: u16,
    /// The same with what the field holds.
    pub with_stored: u16,
    /// How many octets are covered, without the pseudo-header.
    pub length: usize,
}

/// One checksum, judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Check {
    /// The frame's number; the first is 1.
    pub frame: u64,
    /// Whose checksum it is.
    pub protocol: Protocol,
    /// Where the field is, in octets from the start of the frame.
    pub offset: usize,
    /// What the field holds.
    pub stored: u16,
    /// What it should hold, where that was computed.
    pub calculated: Option<u16>,
    /// The sums that the verdict rests on, where they were computed.
    pub sums: Option<Sums>,
    /// What it is worth.
    pub verdict: Verdict,
    /// Why it could not be judged.
    pub obstacle: Option<Obstacle>,
    /// Where the packet comes from and where it goes; behind a routing header, the final destination, and behind a Home
    /// Address option, that address.
    pub addrs: (IpAddr, IpAddr),
    /// The ports, where there are some.
    pub ports: Option<(u16, u16)>,
}

impl Check {
    /// Address and port of both sides: `10.0.0.1:5000 > 10.0.0.2:6000`.
    pub fn flow(&self) -> String {
        let (src, dst) = self.addrs;
        match self.ports {
            Some((from, to)) => format!("{} > {}", endpoint(src, from), endpoint(dst, to)),
            None => format!("{} > {}", IpText(src), IpText(dst)),
        }
    }
}

fn endpoint(addr: IpAddr, port: u16) -> String {
    match addr {
        IpAddr::V4(_) => SocketAddr::new(addr, port).to_string(),
        IpAddr::V6(_) => format!("[{}]:{port}", IpText(addr)),
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            record: &'a str,
            frame: u64,
            protocol: Protocol,
            src_addr: String,
            src_port: Option<u16>,
            dst_addr: String,
            dst_port: Option<u16>,
            offset_octets: usize,
            stored: u16,
            stored_octets: String,
            calculated: Option<u16>,
            calculated_octets: Option<String>,
            verdict: Verdict,
            obstacle: Option<Obstacle>,
        }
        Data {
            record: "checksum",
            frame: self.frame,
            protocol: self.protocol,
            src_addr: IpText(self.addrs.0).to_string(),
            src_port: self.ports.map(|ports| ports.0),
            dst_addr: IpText(self.addrs.1).to_string(),
            dst_port: self.ports.map(|ports| ports.1),
            offset_octets: self.offset,
            stored: self.stored,
            stored_octets: format!("{:04x}", self.stored),
            calculated: self.calculated,
            calculated_octets: self.calculated.map(|calculated| format!("{calculated:04x}")),
            verdict: self.verdict,
            obstacle: self.obstacle,
        }
        .serialize(serializer)
    }
}

/// Hands every checksum of `frame` to `found`, from the outside in, and says why there are no more headers.
pub fn judge(frame: &Frame<'_>, found: &mut dyn FnMut(Check)) -> Stop {
    let mut layers = dissect(frame.link_type, frame.octets, frame.original_len);
    for layer in layers.by_ref() {
        let Some(checksum) = layer.checksum() else { continue };
        let (protocol, addrs, ports) = match layer.header {
            Header::Ipv4(ip) => (Protocol::Ip, (ip.src.into(), ip.dst.into()), None),
            Header::Udp(udp) => (Protocol::Udp, (udp.upper.src, udp.upper.dst), Some((udp.src_port, udp.dst_port))),
            Header::Tcp(tcp) => (Protocol::Tcp, (tcp.upper.src, tcp.upper.dst), Some((tcp.src_port, tcp.dst_port))),
            Header::Icmp(icmp) => (Protocol::Icmp, (icmp.upper.src, icmp.upper.dst), None),
            Header::Icmpv6(icmp) => (Protocol::Icmpv6, (icmp.upper.src, icmp.upper.dst), None),
            // A kind whose checksum this version does not know.
            _ => continue,
        };
        let (verdict, sums, obstacle) = weigh(frame.octets, protocol, addrs.0.is_ipv6(), &checksum);
        let Checksum { offset, stored, .. } = checksum;
        let calculated = sums.map(|sums| calculated(protocol, sums));
        let frame = frame.number;
        found(Check { frame, protocol, offset, stored, calculated, sums, verdict, obstacle, addrs, ports });
    }
    layers.stop()
}

/// What the field should hold.
fn calculated(protocol: Protocol, sums: Sums) -> u16 {
    if protocol == Protocol::Udp { udp_transmitted(!sums.covered) } else { !sums.covered }
}

/// # Source
/// RFC 768 and RFC 8200 section 8.1 for UDP's zero; RFC 1071 section 1 for the sum that must be all ones.
fn weigh(
    frame: &[u8],
    protocol: Protocol,
    ipv6: bool,
    checksum: &Checksum,
) -> (Verdict, Option<Sums>, Option<Obstacle>) {
    let unsummed = protocol == Protocol::Udp && checksum.stored == 0;
    if unsummed && !ipv6 {
        return (Verdict::None, None, None);
    }
    let sums = match obstacle(checksum.covered.presence) {
        None => sums(frame, checksum).ok_or(Obstacle::Length),
        Some(obstacle) => Err(obstacle),
    };
    match sums {
        Ok(sums) if unsummed => (Verdict::Illegal, Some(sums), None),
        Err(_) if unsummed => (Verdict::Illegal, None, None),
        Err(obstacle) => (Verdict::Unverified, None, Some(obstacle)),
        Ok(sums) => (compare(protocol, sums, checksum), Some(sums), None),
    }
}

fn compare(protocol: Protocol, sums: Sums, checksum: &Checksum) -> Verdict {
    let offloads = matches!(protocol, Protocol::Udp | Protocol::Tcp);
    match sums.with_stored {
        // Both zeros of ones' complement come to this, as they do at a receiver.
        0xffff => Verdict::Good,
        _ if offloads && sums.pseudo_header == Some(checksum.stored) => Verdict::Partial,
        _ => Verdict::Bad,
    }
}

fn obstacle(presence: Presence) -> Option<Obstacle> {
    match presence {
        Presence::Whole => None,
        Presence::Cut => Some(Obstacle::Truncated),
        Presence::Fragment => Some(Obstacle::Fragment),
        Presence::Inconsistent => Some(Obstacle::Length),
    }
}

/// Sums what is covered; `None` if the field is not in it.
fn sums(frame: &[u8], checksum: &Checksum) -> Option<Sums> {
    let covered = checksum.covered.of(frame);
    let (before, rest) = covered.split_at_checked(checksum.offset.checked_sub(checksum.covered.start)?)?;
    let (_, after) = rest.split_at_checked(2)?;
    let pseudo = checksum.pseudo_header.map(|pseudo| pseudo.sum());
    let mut sum = pseudo.unwrap_or_default();
    sum.add(before).add(after);
    if covered.len() % 2 == 1 {
        // The padding octet, so that the stored checksum is added as a word of its own.
        sum.add(&[0]);
    }
    let without = sum.folded();
    Some(Sums {
        pseudo_header: pseudo.map(Sum::folded),
        covered: without,
        with_stored: sum.add_u16(checksum.stored).folded(),
        length: covered.len(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_capture::LinkType;

    use super::*;

    fn judged(octets: &[u8], original_len: usize) -> Vec<Check> {
        let frame = Frame {
            number: 1,
            timestamp: None,
            interface: 0,
            link_type: LinkType::RAW,
            original_len,
            octets,
            file_offset: 0,
            fcs_len: 0,
        };
        let mut found = Vec::new();
        judge(&frame, &mut |check| found.push(check));
        found
    }

    /// A UDP datagram over IPv4 with `stored` in its Checksum.
    fn datagram(stored: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        let mut octets = vec![0x45, 0];
        octets.extend_from_slice(&(length + 28).to_be_bytes());
        octets.extend_from_slice(&[0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x13, 0x88, 0x17, 0x70]);
        octets.extend_from_slice(&(length + 8).to_be_bytes());
        octets.extend_from_slice(&stored.to_be_bytes());
        octets.extend_from_slice(data);
        octets
    }

    #[test]
    fn the_worked_example_in_every_state() {
        // reference/netsum.md, B1: f752 is right; 1421 is the pseudo-header's sum alone.
        for (stored, verdict, calculated) in [
            (0xf752, Verdict::Good, Some(0xf752)),
            (0xf753, Verdict::Bad, Some(0xf752)),
            (0x1421, Verdict::Partial, Some(0xf752)),
            // Complemented, it is not what a sender leaves.
            (!0x1421, Verdict::Bad, Some(0xf752)),
            (0, Verdict::None, None),
        ] {
            let octets = datagram(stored, b"ABCDE");
            let [ip, udp] = &judged(&octets, octets.len())[..] else { panic!("two checksums") };
            assert_eq!(
                (ip.protocol, ip.offset, ip.calculated, ip.verdict),
                (Protocol::Ip, 10, Some(0x66c9), Verdict::Bad)
            );
            assert_eq!((udp.protocol, udp.offset, udp.stored), (Protocol::Udp, 26, stored));
            assert_eq!((udp.verdict, udp.calculated), (verdict, calculated), "{stored:04x}");
        }
    }

    #[test]
    fn both_zeros_are_the_same_sum() {
        // The complement of the sum over c0df is zero: reference/netsum.md, B5.
        let octets = datagram(0xffff, &[0xc0, 0xdf]);
        let udp = judged(&octets, octets.len())[1];
        assert_eq!((udp.verdict, udp.calculated), (Verdict::Good, Some(0xffff)));
        // An IPv4 header whose sum is ffff has 0 as its checksum; ffff passes at a receiver all the same.
        let mut header = datagram(0, &[]);
        header.truncate(20);
        let short = !judged(&header, 28)[0].calculated.unwrap();
        header[4..6].copy_from_slice(&(!short + 1).to_be_bytes());
        for stored in [0x0000_u16, 0xffff] {
            header[10..12].copy_from_slice(&stored.to_be_bytes());
            let ip = judged(&header, 28)[0];
            assert_eq!((ip.verdict, ip.calculated), (Verdict::Good, Some(0)), "{stored:04x}");
        }
    }

    #[test]
    fn what_is_not_all_there_is_not_judged() {
        let octets = datagram(0xf752, b"ABCDE");
        let cut = judged(&octets[..30], octets.len())[1];
        assert_eq!((cut.verdict, cut.obstacle), (Verdict::Unverified, Some(Obstacle::Truncated)));
        let mut first = octets.clone();
        first[6] = 0x20;
        let fragment = judged(&first, octets.len())[1];
        assert_eq!((fragment.verdict, fragment.obstacle), (Verdict::Unverified, Some(Obstacle::Fragment)));
        for length in [7, 14] {
            let mut lying = octets.clone();
            lying[25] = length;
            let lying = judged(&lying, octets.len())[1];
            assert_eq!((lying.verdict, lying.obstacle), (Verdict::Unverified, Some(Obstacle::Length)), "{length}");
        }
    }

    #[test]
    fn a_header_is_judged_whatever_its_total_length() {
        let mut octets = datagram(0xf752, b"ABCDE");
        octets[10..12].copy_from_slice(&[0x66, 0xc9]);
        // A bit flips on the way: 33 becomes 1.
        octets[3] = 1;
        let [ip] = &judged(&octets, octets.len())[..] else { panic!("one checksum") };
        assert_eq!((ip.protocol, ip.calculated, ip.verdict), (Protocol::Ip, Some(0x66e9), Verdict::Bad));
    }

    proptest! {
        #[test]
        fn the_calculated_one_is_good_and_any_other_is_not(data: Vec<u8>, stored: u16) {
            let wrong = datagram(stored, &data);
            let found = judged(&wrong, wrong.len())[1];
            if let Some(calculated) = found.calculated {
                prop_assert_eq!(found.verdict == Verdict::Good, stored == calculated);
                let right = datagram(calculated, &data);
                prop_assert_eq!(judged(&right, right.len())[1].verdict, Verdict::Good);
            } else {
                prop_assert_eq!((found.verdict, stored), (Verdict::None, 0));
            }
        }

        #[test]
        fn no_frame_panics(octets: Vec<u8>, extra in 0_usize..64) {
            for check in judged(&octets, octets.len() + extra) {
                prop_assert!(check.offset + 2 <= octets.len());
                prop_assert_eq!(check.obstacle.is_some(), check.verdict == Verdict::Unverified);
            }
        }
    }
}
