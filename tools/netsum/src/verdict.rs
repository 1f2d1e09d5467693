//! Judges the checksums of one frame.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use serde::{Serialize, Serializer};
use sockeye_capture::layers::{Algorithm, Checksum, Fragment, Header, Layer, Presence, Stop, Zero};
use sockeye_capture::{Frame, dissect};
use sockeye_common::addr::IpText;
use sockeye_common::checksum::{PseudoHeader, Sum, udp_transmitted};
use sockeye_common::crc32c::Crc32c;

use crate::protocol::{Protocol, by_name};

/// What a stored checksum is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The sum with it is all ones.
    Good,
    /// It is not.
    Bad,
    /// It holds the pseudo-header's sum, not complemented, or that without the length: what a sender leaves whose network
    /// interface does the rest.
    Partial,
    /// Zero where that is allowed and says that the sender computed none.
    None,
    /// Zero where every sender must compute one: UDP over IPv6 (RFC 8200) outside of tunnels, UDP-Lite.
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
    /// An ICMP error quotes only the beginning of it.
    Quoted,
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
    /// How it is computed.
    pub algorithm: Algorithm,
    /// Where the field is, in octets from the start of the frame.
    pub offset: usize,
    /// What the field holds, as a number in network order.
    pub stored: u32,
    /// What it should hold, where that was computed.
    pub calculated: Option<u32>,
    /// The sums that the verdict rests on, where they were computed.
    pub sums: Option<Sums>,
    /// What it is worth.
    pub verdict: Verdict,
    /// Why it could not be judged.
    pub obstacle: Option<Obstacle>,
    /// Whether an ICMP error quotes the packet that it is in.
    pub quoted: bool,
    /// Where the packet comes from and where it goes; behind a routing header, the final destination, and behind a Home
    /// Address option, that address.
    pub addrs: (IpAddr, IpAddr),
    /// The ports, where there are some.
    pub ports: Option<(u16, u16)>,
}

impl Check {
    /// A value of the field as it is sent, high octet first: `f752`.
    pub fn digits(&self, value: u32) -> String {
        format!("{value:0width$x}", width = self.algorithm.width() * 2)
    }

    /// Address and port of both sides: `10.0.0.1:5000 > 10.0.0.2:6000`.
    pub fn flow(&self) -> String {
        let (src, dst) = self.addrs;
        match self.ports {
            Some((from, to)) => format!("{} > {}", endpoint(src, from), endpoint(dst, to)),
            None => format!("{} > {}", IpText(src), IpText(dst)),
        }
    }
}

/// Address and port, IPv6 in brackets.
pub(crate) fn endpoint(addr: IpAddr, port: u16) -> String {
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
            #[serde(serialize_with = "by_name")]
            protocol: Protocol,
            src_addr: String,
            src_port: Option<u16>,
            dst_addr: String,
            dst_port: Option<u16>,
            offset_octets: usize,
            stored: u32,
            stored_octets: String,
            calculated: Option<u32>,
            calculated_octets: Option<String>,
            verdict: Verdict,
            obstacle: Option<Obstacle>,
            quoted: bool,
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
            stored_octets: self.digits(self.stored),
            calculated: self.calculated,
            calculated_octets: self.calculated.map(|calculated| self.digits(calculated)),
            verdict: self.verdict,
            obstacle: self.obstacle,
            quoted: self.quoted,
        }
        .serialize(serializer)
    }
}

/// How the walk through a frame ended, and what it met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Walk {
    /// Why there are no more headers.
    pub stop: Stop,
    /// Whether it holds a fragment of a datagram.
    pub is_fragment: bool,
}

/// Hands every checksum of `frame` to `found`, from the outside in.
pub fn judge(frame: &Frame<'_>, found: &mut dyn FnMut(Check)) -> Walk {
    judge_each(frame, |_, check| found(check))
}

/// The same, each with what it covers.
#[inline]
pub fn judge_each(frame: &Frame<'_>, mut found: impl FnMut(&Checksum, Check)) -> Walk {
    let mut is_fragment = false;
    let mut layers = dissect(frame.link_type, frame.octets, frame.original_len);
    // By reference, so that no layer is moved: that took a third of the walk.
    while let Some(layer) = &layers.next() {
        is_fragment |= fragment_of(layer).is_some();
        let Some(checksum) = layer.checksum() else { continue };
        found(&checksum, check(frame, layer, &checksum));
    }
    Walk { stop: layers.stop(), is_fragment }
}

/// The verdict on one checksum of `frame`.
#[inline]
pub fn check(frame: &Frame<'_>, layer: &Layer, checksum: &Checksum) -> Check {
    let weighed = weigh(frame.octets, checksum);
    Check {
        frame: frame.number,
        protocol: checksum.protocol,
        algorithm: checksum.algorithm,
        offset: checksum.offset,
        stored: checksum.stored,
        calculated: weighed.calculated,
        sums: weighed.sums,
        verdict: weighed.verdict,
        obstacle: weighed.obstacle,
        quoted: checksum.quoted,
        addrs: addrs(layer),
        ports: layer.ports(),
    }
}

/// What the header says of a fragment, if it is the one that says so and is not only quoted.
#[inline]
pub fn fragment_of(layer: &Layer) -> Option<Fragment> {
    match &layer.header {
        Header::Ipv4(ip) if !layer.quoted => ip.fragment,
        Header::Extension(extension) if !layer.quoted => extension.fragment,
        _ => None,
    }
}

/// The addresses of the layer's packet.
fn addrs(layer: &Layer) -> (IpAddr, IpAddr) {
    match (&layer.header, layer.upper()) {
        (Header::Ipv4(ip), _) => (ip.src.into(), ip.dst.into()),
        (_, Some(upper)) => (upper.src, upper.dst),
        _ => (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::UNSPECIFIED.into()),
    }
}

/// A checksum, computed again and compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// What it is worth.
    pub verdict: Verdict,
    /// What the field should hold, where that was computed.
    pub calculated: Option<u32>,
    /// The sums behind it, where there are some.
    pub sums: Option<Sums>,
    /// Why it could not be judged.
    pub obstacle: Option<Obstacle>,
}

impl Weighed {
    const fn without(verdict: Verdict, obstacle: Option<Obstacle>) -> Self {
        Self { verdict, calculated: None, sums: None, obstacle }
    }
}

/// Computes `checksum` over `octets`, in which its extents lie, and compares.
///
/// # Source
/// RFC 768 and RFC 8200 section 8.1 for UDP's zero; RFC 1071 section 1 for the sum that must be all ones.
pub fn weigh(octets: &[u8], checksum: &Checksum) -> Weighed {
    let weighed = weigh_covered(octets, checksum);
    if weighed.verdict != Verdict::Bad || checksum.or_covered.is_none() {
        return weighed;
    }
    let other = weigh_covered(octets, &instead(checksum));
    // Where not all is there, nobody knows that it does not fit.
    if other.verdict == Verdict::Bad { weighed } else { other }
}

/// `checksum` over what the stored one fits, where it may cover one thing or another.
pub fn settle(octets: &[u8], checksum: Checksum) -> Checksum {
    let fits = |checksum: &Checksum| weigh_covered(octets, checksum).verdict == Verdict::Good;
    let other = instead(&checksum);
    if checksum.or_covered.is_some() && !fits(&checksum) && fits(&other) { other } else { checksum }
}

/// `checksum` over what it may cover instead, if that is anything.
fn instead(checksum: &Checksum) -> Checksum {
    match checksum.or_covered {
        Some((covered, pseudo_header)) => Checksum { covered, pseudo_header, or_covered: None, ..*checksum },
        None => *checksum,
    }
}

fn weigh_covered(octets: &[u8], checksum: &Checksum) -> Weighed {
    let zero = if checksum.stored == 0 { checksum.zero } else { Zero::Counts };
    if zero == Zero::Absent {
        return Weighed::without(Verdict::None, None);
    }
    let weighed = match obstacle(checksum.covered.presence) {
        Some(obstacle) => Err(obstacle),
        None => compute(octets, checksum).ok_or(Obstacle::Length),
    };
    match weighed {
        Ok(weighed) if zero == Zero::Forbidden => Weighed { verdict: Verdict::Illegal, ..weighed },
        Ok(weighed) => weighed,
        Err(_) if zero == Zero::Forbidden => Weighed::without(Verdict::Illegal, None),
        Err(obstacle) => Weighed::without(Verdict::Unverified, Some(obstacle)),
    }
}

/// `None` if the field is not in what is covered.
fn compute(octets: &[u8], checksum: &Checksum) -> Option<Weighed> {
    match checksum.algorithm {
        Algorithm::Internet => {
            let sums = sums(octets, checksum)?;
            let calculated = match checksum.zero {
                Zero::Counts => !sums.covered,
                Zero::Absent | Zero::Forbidden => udp_transmitted(!sums.covered),
            };
            Some(Weighed {
                verdict: compare(sums, checksum),
                calculated: Some(calculated.into()),
                sums: Some(sums),
                obstacle: None,
            })
        }
        Algorithm::Crc32c => {
            let (before, after) = around(octets, checksum)?;
            let crc = Crc32c::new().add(before).add(&[0; 4]).add(after).stored();
            let verdict = if crc == checksum.stored { Verdict::Good } else { Verdict::Bad };
            Some(Weighed { verdict, calculated: Some(crc), sums: None, obstacle: None })
        }
    }
}

fn compare(sums: Sums, checksum: &Checksum) -> Verdict {
    match sums.with_stored {
        // Both zeros of ones' complement come to this, as they do at a receiver.
        0xffff => Verdict::Good,
        _ if offload(sums, checksum).is_some() => Verdict::Partial,
        _ => Verdict::Bad,
    }
}

/// What a sender leaves in the field whose interface does the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offload {
    /// The pseudo-header's sum.
    Whole,
    /// The same with a length of zero: the interface is to cut the segment, and fills in the length of each piece.
    WithoutLength,
}

/// Which of these the field holds, if it does.
pub fn offload(sums: Sums, checksum: &Checksum) -> Option<Offload> {
    let pseudo = sums.pseudo_header.filter(|_| matches!(checksum.protocol, Protocol::Udp | Protocol::Tcp))?;
    let without_length = || {
        let pseudo = match checksum.pseudo_header? {
            PseudoHeader::V4 { src, dst, protocol, .. } => PseudoHeader::V4 { src, dst, protocol, length: 0 },
            PseudoHeader::V6 { src, dst, next_header, .. } => PseudoHeader::V6 { src, dst, length: 0, next_header },
        };
        Some(pseudo.sum().folded())
    };
    if checksum.stored == u32::from(pseudo) {
        Some(Offload::Whole)
    } else if Some(checksum.stored) == without_length().map(u32::from) {
        Some(Offload::WithoutLength)
    } else {
        None
    }
}

fn obstacle(presence: Presence) -> Option<Obstacle> {
    match presence {
        Presence::Whole => None,
        Presence::Cut => Some(Obstacle::Truncated),
        Presence::Fragment => Some(Obstacle::Fragment),
        Presence::Quoted => Some(Obstacle::Quoted),
        Presence::Inconsistent => Some(Obstacle::Length),
    }
}

/// What is covered in front of the field and behind it.
fn around<'a>(octets: &'a [u8], checksum: &Checksum) -> Option<(&'a [u8], &'a [u8])> {
    let covered = checksum.covered.of(octets);
    let (before, rest) = covered.split_at_checked(checksum.offset.checked_sub(checksum.covered.start)?)?;
    let (_, after) = rest.split_at_checked(checksum.algorithm.width())?;
    Some((before, after))
}

/// Sums what is covered; `None` if the field is not in it.
fn sums(octets: &[u8], checksum: &Checksum) -> Option<Sums> {
    let (before, after) = around(octets, checksum)?;
    let pseudo = checksum.pseudo_header.map(|pseudo| pseudo.sum());
    let mut sum = pseudo.unwrap_or_default();
    sum.add(before);
    let mut length = checksum.covered.captured;
    match checksum.left_out {
        None => {
            sum.add(after);
        }
        Some((start, len)) => {
            let at = start.checked_sub(checksum.offset.checked_add(2)?)?;
            let (first, rest) = after.split_at_checked(at)?;
            let (_, last) = rest.split_at_checked(len)?;
            sum.add(first).add(last);
            length = length.checked_sub(len)?;
        }
    }
    if checksum.covered.captured % 2 == 1 {
        // The padding octet, so that the stored checksum is added as a word of its own.
        sum.add(&[0]);
    }
    let without = sum.folded();
    Some(Sums {
        pseudo_header: pseudo.map(Sum::folded),
        covered: without,
        with_stored: sum.add_u16(u16::try_from(checksum.stored).ok()?).folded(),
        length,
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
            assert_eq!((udp.protocol, udp.offset, udp.stored), (Protocol::Udp, 26, u32::from(stored)));
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
        let short = !u16::try_from(judged(&header, 28)[0].calculated.unwrap()).unwrap();
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
                prop_assert_eq!(found.verdict == Verdict::Good, u32::from(stored) == calculated);
                let right = datagram(calculated.try_into().unwrap(), &data);
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
