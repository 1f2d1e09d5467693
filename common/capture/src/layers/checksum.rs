//! The checksums that headers carry.

use super::tunnel::may_leave_zero;
use super::{Extent, Header, Layer, Presence, Summed};
use sockeye_common::checksum::PseudoHeader;

/// Whose checksum it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Protocol {
    /// An IPv4 header.
    Ip,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// ICMP.
    Icmp,
    /// ICMPv6.
    Icmpv6,
    /// The extension structure of an ICMP or ICMPv6 error.
    IcmpExt,
    /// IGMP.
    Igmp,
    /// SCTP.
    Sctp,
    /// DCCP.
    Dccp,
    /// UDP-Lite.
    UdpLite,
    /// GRE.
    Gre,
    /// OSPF of version 2 or 3.
    Ospf,
    /// EIGRP.
    Eigrp,
    /// PIM.
    Pim,
    /// VRRP.
    Vrrp,
    /// CARP.
    Carp,
    /// RSVP.
    Rsvp,
    /// PGM.
    Pgm,
    /// The Mobility Header of Mobile IPv6.
    Mipv6,
    /// HIP.
    Hip,
    /// Shim6.
    Shim6,
}

impl Protocol {
    /// All of them, as they stand in a summary.
    pub const ALL: [Self; 21] = [
        Self::Ip,
        Self::Udp,
        Self::Tcp,
        Self::Icmp,
        Self::Icmpv6,
        Self::IcmpExt,
        Self::Igmp,
        Self::Sctp,
        Self::Dccp,
        Self::UdpLite,
        Self::Gre,
        Self::Ospf,
        Self::Eigrp,
        Self::Pim,
        Self::Vrrp,
        Self::Carp,
        Self::Rsvp,
        Self::Pgm,
        Self::Mipv6,
        Self::Hip,
        Self::Shim6,
    ];

    /// The word for it in listings: tshark's, where it has one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Icmp => "icmp",
            Self::Icmpv6 => "icmpv6",
            Self::IcmpExt => "icmp.ext",
            Self::Igmp => "igmp",
            Self::Sctp => "sctp",
            Self::Dccp => "dccp",
            Self::UdpLite => "udplite",
            Self::Gre => "gre",
            Self::Ospf => "ospf",
            Self::Eigrp => "eigrp",
            Self::Pim => "pim",
            Self::Vrrp => "vrrp",
            Self::Carp => "carp",
            Self::Rsvp => "rsvp",
            Self::Pgm => "pgm",
            Self::Mipv6 => "mipv6",
            Self::Hip => "hip",
            Self::Shim6 => "shim6",
        }
    }
}

/// How a checksum is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The ones' complement sum of RFC 1071, 16 bits.
    Internet,
    /// SCTP's CRC32c, 32 bits: RFC 9260 appendix A.
    Crc32c,
}

impl Algorithm {
    /// The octets of the field.
    pub const fn width(self) -> usize {
        match self {
            Self::Internet => 2,
            Self::Crc32c => 4,
        }
    }
}

/// What a field that holds zero says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// Zero is a checksum like any other.
    Counts,
    /// The sender computed none, as it may; a computed zero goes out as all ones.
    Absent,
    /// No sender may leave it zero; a computed zero goes out as all ones.
    Forbidden,
}

/// A stored checksum and what it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checksum {
    /// Whose it is.
    pub protocol: Protocol,
    /// How it is computed.
    pub algorithm: Algorithm,
    /// Where the field is in the frame.
    pub offset: usize,
    /// What it holds, as a number in network order: 16 bits, or 32 by [`Algorithm`].
    pub stored: u32,
    /// What it covers besides the pseudo-header, the field itself included.
    pub covered: Extent,
    /// What it may cover instead, with its pseudo-header: a receiver takes either. RFC 7761 section 4.9, for PIM's Register.
    pub or_covered: Option<(Extent, Option<PseudoHeader>)>,
    /// Octets inside `covered` that are not summed, by their place in the frame and their number: both even.
    pub left_out: Option<(usize, usize)>,
    /// The pseudo-header, where the protocol has one.
    pub pseudo_header: Option<PseudoHeader>,
    /// What a zero in the field says.
    pub zero: Zero,
    /// Whether an ICMP error quotes the packet that it is in: then it is as that packet came to who complains, and what
    /// changed addresses on the way back may have changed the quotation.
    pub quoted: bool,
}

impl Summed {
    /// What is covered besides the pseudo-header.
    pub fn covered(&self) -> Extent {
        let Extent { start, captured, .. } = self.upper.segment;
        let len = self.covered_len;
        Extent { start, len, captured: captured.min(len), presence: self.presence }
    }
}

impl Layer {
    /// The checksum that the header carries, if its kind has one. It can be judged if `covered.presence` is whole.
    #[inline]
    pub fn checksum(&self) -> Option<Checksum> {
        let plain = |protocol, at: usize, stored: u16, covered: Extent| Checksum {
            protocol,
            algorithm: Algorithm::Internet,
            offset: self.offset.saturating_add(at),
            stored: stored.into(),
            covered,
            or_covered: None,
            left_out: None,
            pseudo_header: None,
            zero: Zero::Counts,
            quoted: self.quoted,
        };
        Some(match &self.header {
            Header::Ipv4(ip) => {
                let (start, len) = (self.offset, self.header_len);
                let covered = Extent { start, len, captured: len, presence: Presence::Whole };
                plain(Protocol::Ip, 10, ip.checksum, covered)
            }
            Header::Udp(udp) => Checksum {
                pseudo_header: Some(udp.upper.pseudo_header(udp.datagram.len)),
                zero: if udp.upper.src.is_ipv4() || may_leave_zero(udp.dst_port) {
                    Zero::Absent
                } else {
                    Zero::Forbidden
                },
                ..plain(Protocol::Udp, 6, udp.checksum, udp.datagram)
            },
            Header::Tcp(tcp) => Checksum {
                pseudo_header: Some(tcp.upper.pseudo_header(tcp.upper.segment.len)),
                ..plain(Protocol::Tcp, 16, tcp.checksum, tcp.upper.segment)
            },
            Header::Icmp(icmp) => plain(Protocol::Icmp, 2, icmp.checksum, icmp.upper.segment),
            Header::Icmpv6(icmp) => Checksum {
                pseudo_header: Some(icmp.upper.pseudo_header(icmp.upper.segment.len)),
                ..plain(Protocol::Icmpv6, 2, icmp.checksum, icmp.upper.segment)
            },
            Header::Gre(gre) => plain(Protocol::Gre, 4, gre.checksum?, gre.upper.segment),
            Header::Summed(summed) => self.summed(summed),
            _ => return None,
        })
    }

    #[cold]
    fn summed(&self, summed: &Summed) -> Checksum {
        let place = |at: u8| self.offset.saturating_add(at.into());
        Checksum {
            protocol: summed.protocol,
            algorithm: summed.algorithm,
            offset: place(summed.at),
            stored: summed.stored,
            covered: summed.covered(),
            or_covered: Self::registered(summed),
            left_out: summed.left_out.map(|(start, len)| (place(start), len.into())),
            pseudo_header: summed
                .pseudo_len
                .map(|len| summed.upper.pseudo_header(usize::try_from(len).unwrap_or(usize::MAX))),
            zero: summed.zero,
            quoted: self.quoted,
        }
    }

    /// All of a PIM Register, over which some routers sum.
    fn registered(summed: &Summed) -> Option<(Extent, Option<PseudoHeader>)> {
        let whole = summed.upper.segment;
        let is_register = summed.protocol == Protocol::Pim && summed.covered_len < whole.len;
        is_register.then(|| (whole, summed.pseudo_len.map(|_| summed.upper.pseudo_header(whole.len))))
    }

    /// The network and transport layer's addresses, where the header has or inherits some.
    pub fn upper(&self) -> Option<super::Upper> {
        match &self.header {
            Header::Udp(udp) => Some(udp.upper),
            Header::Tcp(tcp) => Some(tcp.upper),
            Header::Icmp(icmp) | Header::Icmpv6(icmp) => Some(icmp.upper),
            Header::Gre(gre) => Some(gre.upper),
            Header::Summed(summed) => Some(summed.upper),
            Header::FragmentData(upper) | Header::Other(upper) => Some(*upper),
            _ => None,
        }
    }

    /// The ports, where the header has some: source, destination.
    pub fn ports(&self) -> Option<(u16, u16)> {
        match &self.header {
            Header::Udp(udp) => Some((udp.src_port, udp.dst_port)),
            Header::Tcp(tcp) => Some((tcp.src_port, tcp.dst_port)),
            Header::Summed(summed) => summed.ports,
            _ => None,
        }
    }
}
