//! Frames to layers: from the link layer to the transport, one header after the other.
//!
//! [`dissect`] gives an iterator that allocates nothing: each item is one header with its place in the frame, and
//! [`Layers::stop`] says afterwards why there was no further one. Every boundary is checked against what was captured,
//! against what the frame had on the wire, and against the enclosing header's length: no octets can make it panic.
//!
//! Offsets are in octets from the start of the frame.

mod carrier;
mod checksum;
mod control;
mod link;
mod network;
pub mod plain;
mod quotation;
mod transport;
mod tunnel;
mod wireless;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use sockeye_common::checksum::{PseudoHeader, fold};

pub use self::checksum::{Algorithm, Checksum, Protocol, Zero};
use self::tunnel::Tunnel;
use crate::link_type::LinkType;

/// How many headers are walked in one frame. A real frame has less than ten; options and labels can be stacked without end.
const MAX_DEPTH: u8 = 64;

/// IP protocol numbers that the walk knows.
///
/// # Source
/// IANA, Assigned Internet Protocol Numbers.
pub mod protocol {
    /// IPv6 Hop-by-Hop Options.
    pub const HOP_BY_HOP: u8 = 0;
    /// ICMP.
    pub const ICMP: u8 = 1;
    /// IGMP.
    pub const IGMP: u8 = 2;
    /// IPv4 in IP.
    pub const IPV4: u8 = 4;
    /// TCP.
    pub const TCP: u8 = 6;
    /// UDP.
    pub const UDP: u8 = 17;
    /// DCCP.
    pub const DCCP: u8 = 33;
    /// IPv6 in IP.
    pub const IPV6: u8 = 41;
    /// IPv6 Routing header.
    pub const ROUTING: u8 = 43;
    /// IPv6 Fragment header.
    pub const FRAGMENT: u8 = 44;
    /// RSVP.
    pub const RSVP: u8 = 46;
    /// GRE.
    pub const GRE: u8 = 47;
    /// Authentication Header.
    pub const AUTHENTICATION: u8 = 51;
    /// ICMPv6.
    pub const ICMPV6: u8 = 58;
    /// IPv6: nothing follows.
    pub const NO_NEXT_HEADER: u8 = 59;
    /// IPv6 Destination Options.
    pub const DESTINATION_OPTIONS: u8 = 60;
    /// EIGRP.
    pub const EIGRP: u8 = 88;
    /// OSPF.
    pub const OSPF: u8 = 89;
    /// Ethernet within IP, with a header of two octets: RFC 3378.
    pub const ETHERIP: u8 = 97;
    /// PIM.
    pub const PIM: u8 = 103;
    /// VRRP, and CARP, which took its number.
    pub const VRRP: u8 = 112;
    /// PGM.
    pub const PGM: u8 = 113;
    /// SCTP.
    pub const SCTP: u8 = 132;
    /// IPv6 Mobility Header.
    pub const MOBILITY: u8 = 135;
    /// UDP-Lite.
    pub const UDP_LITE: u8 = 136;
    /// MPLS in IP.
    pub const MPLS: u8 = 137;
    /// Host Identity Protocol.
    pub const HIP: u8 = 139;
    /// Shim6.
    pub const SHIM6: u8 = 140;
    /// Ethernet within IP: RFC 8986.
    pub const ETHERNET: u8 = 143;
}

/// How much of what a header announces is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// All of it.
    Whole,
    /// The frame was longer on the wire than what was captured of it.
    Cut,
    /// It, or what encloses it, is one fragment of a datagram: the rest is in other frames.
    Fragment,
    /// An ICMP error quotes no more of it.
    Quoted,
    /// The length is not possible: it reaches past what encloses it, or is less than its own header.
    Inconsistent,
}

/// A run of octets that a header announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Where it starts in the frame.
    pub start: usize,
    /// How many octets it should have.
    pub len: usize,
    /// How many of them are there.
    pub captured: usize,
    /// How the two compare.
    pub presence: Presence,
}

impl Extent {
    /// The octets that are there, as a range of the frame's.
    pub const fn range(&self) -> Range<usize> {
        self.start..self.start.saturating_add(self.captured)
    }

    /// The octets that are there, out of the frame's.
    pub fn of<'a>(&self, frame: &'a [u8]) -> &'a [u8] {
        frame.get(self.range()).unwrap_or_default()
    }
}

/// One header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Where the header starts in the frame.
    pub offset: usize,
    /// How long it is, its options included.
    pub header_len: usize,
    /// What it carries, without link padding.
    pub payload: Extent,
    /// Whether it is part of a packet that an ICMP error quotes: as that packet came to who complains.
    pub quoted: bool,
    /// Its fields.
    pub header: Header,
}

/// The fields of a header, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Header {
    /// Ethernet II or IEEE 802.3.
    Ethernet(Ethernet),
    /// IEEE 802.1Q or 802.1ad tag.
    Vlan(Vlan),
    /// IEEE 802.2 LLC with SNAP.
    Snap {
        /// The EtherType of the payload.
        ether_type: u16,
    },
    /// Linux cooked capture, version 1 or 2.
    LinuxSll(LinuxSll),
    /// BSD NULL or LOOP.
    Loopback {
        /// The address family, as the capturing system numbers it.
        family: u32,
    },
    /// PPPoE session.
    Pppoe {
        /// SESSION_ID.
        session: u16,
        /// LENGTH, in octets.
        length: u16,
    },
    /// PPP.
    Ppp {
        /// The protocol field, expanded if it was compressed.
        protocol: u16,
    },
    /// One MPLS label.
    Mpls(Mpls),
    /// IPv4.
    Ipv4(Ipv4),
    /// IPv6.
    Ipv6(Ipv6),
    /// An IPv6 extension header, or an Authentication Header under either version.
    Extension(Extension),
    /// UDP.
    Udp(Udp),
    /// TCP.
    Tcp(Tcp),
    /// ICMP.
    Icmp(Icmp),
    /// ICMPv6.
    Icmpv6(Icmp),
    /// GRE.
    Gre(Gre),
    /// Another header of a link or of a tunnel.
    Carrier(Carrier),
    /// An upper layer of which only the checksum is read, or the extension structure of an ICMP error.
    Summed(Summed),
    /// A fragment other than the first, which has no header of the upper layer. `header_len` is 0.
    FragmentData(Upper),
    /// An upper layer that the walk does not know. `header_len` is 0.
    Other(Upper),
}

/// Ethernet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ethernet {
    /// Destination address.
    pub dst: [u8; 6],
    /// Source address.
    pub src: [u8; 6],
    /// EtherType; up to 1,500 it is the length of an IEEE 802.3 frame.
    pub ether_type: u16,
}

/// A VLAN tag, without the EtherType in front that announces it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vlan {
    /// Priority code point.
    pub priority: u8,
    /// Drop eligible indicator.
    pub drop_eligible: bool,
    /// VLAN identifier.
    pub id: u16,
    /// The EtherType of the payload.
    pub ether_type: u16,
}

/// A Linux cooked header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinuxSll {
    /// 0 to this host, 1 broadcast, 2 multicast, 3 between others, 4 from this host.
    pub packet_type: u16,
    /// ARPHRD_ type of the interface.
    pub arphrd: u16,
    /// EtherType, or one of Linux's own numbers.
    pub protocol: u16,
    /// The interface's index, which version 2 has.
    pub interface_index: Option<u32>,
}

/// An MPLS label stack entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mpls {
    /// Label, 20 bits.
    pub label: u32,
    /// Traffic class, 3 bits.
    pub traffic_class: u8,
    /// Whether it is the last of the stack.
    pub bottom: bool,
    /// Time to live.
    pub ttl: u8,
}

/// A header of a link or of a tunnel, of which only what it carries is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// What it is.
    pub name: &'static str,
    /// What it says that it carries, by its own numbers: an EtherType, an address family, a PPP protocol; 0 if it says nothing.
    pub carries: u32,
    /// The number of the network, tunnel or circuit; 0 if it has none.
    pub id: u32,
}

/// GRE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gre {
    /// 0, or 1 for PPTP's.
    pub version: u8,
    /// Protocol Type: an EtherType, mostly.
    pub protocol: u16,
    /// Key; in version 1 the payload's length and the call.
    pub key: Option<u32>,
    /// Sequence Number.
    pub sequence: Option<u32>,
    /// Checksum, as stored, if the header has one.
    pub checksum: Option<u16>,
    /// What the network layer says.
    pub upper: Upper,
}

/// What is known of an upper layer of which only the checksum is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summed {
    /// Whose checksum it is.
    pub protocol: Protocol,
    /// How it is computed.
    pub algorithm: Algorithm,
    /// Where the field is, in octets from the start of the header.
    pub at: u8,
    /// What it holds.
    pub stored: u32,
    /// How many octets it covers besides the pseudo-header, from the start of the header on.
    pub covered_len: usize,
    /// How much of them is there.
    pub presence: Presence,
    /// Octets that are not summed: from the start of the header, and how many.
    pub left_out: Option<(u8, u8)>,
    /// The length in the pseudo-header, if there is one.
    pub pseudo_len: Option<u32>,
    /// What a zero in the field says.
    pub zero: Zero,
    /// Source and destination port.
    pub ports: Option<(u16, u16)>,
    /// What the network layer says.
    pub upper: Upper,
}

/// Where a fragment belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fragment {
    /// Identification: 16 bits in IPv4, 32 in IPv6.
    pub identification: u32,
    /// Fragment Offset in octets.
    pub offset: usize,
    /// Whether more fragments follow.
    pub more: bool,
}

/// IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv4 {
    /// Source Address.
    pub src: Ipv4Addr,
    /// Destination Address, as the header has it; see [`Upper::dst`] for a source route's.
    pub dst: Ipv4Addr,
    /// Protocol.
    pub protocol: u8,
    /// Total Length; 0 from a segmentation-offloading sender means the rest of the frame. Otherwise below the header's own
    /// length it is damaged, and the walk ends here.
    pub total_length: u16,
    /// Identification.
    pub identification: u16,
    /// Set if it is a fragment.
    pub fragment: Option<Fragment>,
    /// Time to Live.
    pub ttl: u8,
    /// Header Checksum, as stored.
    pub checksum: u16,
}

/// IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6 {
    /// Source Address, as the header has it; see [`Upper::src`] for a mobile node's.
    pub src: Ipv6Addr,
    /// Destination Address, as the header has it; see [`Upper::dst`] for a routing header's.
    pub dst: Ipv6Addr,
    /// Next Header.
    pub next_header: u8,
    /// Payload Length; 0 in a jumbogram and from a segmentation-offloading sender.
    pub payload_length: u16,
    /// Hop Limit.
    pub hop_limit: u8,
}

/// An extension header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its own number: one of [`protocol`].
    pub kind: u8,
    /// Next Header.
    pub next_header: u8,
    /// Set by a Fragment header, unless the datagram is whole.
    pub fragment: Option<Fragment>,
}

/// What the network layer says of the transport's packet: the pseudo-header's fields, and how much of it there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Upper {
    /// Source address; with a Home Address option, that one.
    pub src: IpAddr,
    /// The final destination: the last of a source route or routing header that has segments left.
    pub dst: IpAddr,
    /// IP protocol number.
    pub protocol: u8,
    /// The whole upper-layer packet, its header included: to the end of the IP payload.
    pub segment: Extent,
    /// Set if it is a fragment.
    pub fragment: Option<Fragment>,
}

/// UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Udp {
    /// Source Port.
    pub src_port: u16,
    /// Destination Port.
    pub dst_port: u16,
    /// Length, which may be less than the IP payload's.
    pub length: u16,
    /// Checksum, as stored: 0 means none.
    pub checksum: u16,
    /// What Length announces, header included.
    pub datagram: Extent,
    /// What the network layer says.
    pub upper: Upper,
}

/// TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tcp {
    /// Source Port.
    pub src_port: u16,
    /// Destination Port.
    pub dst_port: u16,
    /// Sequence Number.
    pub sequence: u32,
    /// Acknowledgment Number.
    pub acknowledgment: u32,
    /// Data Offset in octets. Below 20 it is damaged, and the header is taken to have 20.
    pub data_offset: usize,
    /// The control bits: CWR ECE URG ACK PSH RST SYN FIN.
    pub flags: u8,
    /// Window.
    pub window: u16,
    /// Checksum, as stored.
    pub checksum: u16,
    /// What the network layer says.
    pub upper: Upper,
}

/// ICMP or ICMPv6: the part that every message has, four octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icmp {
    /// Type.
    pub icmp_type: u8,
    /// Code.
    pub code: u8,
    /// Checksum, as stored.
    pub checksum: u16,
    /// What the network layer says.
    pub upper: Upper,
}

impl Layer {
    /// The header's octets, as a range of the frame's.
    pub const fn header_range(&self) -> Range<usize> {
        self.offset..self.offset.saturating_add(self.header_len)
    }
}

impl Upper {
    /// The pseudo-header for an upper-layer packet of `len` octets.
    ///
    /// IPv4's has 16 bits for the length. A longer one, from a segmentation-offloading sender, is folded into them, which
    /// leaves the sum the same.
    pub fn pseudo_header(&self, len: usize) -> PseudoHeader {
        match (self.src, self.dst) {
            (IpAddr::V4(src), IpAddr::V4(dst)) => {
                let length = u64::try_from(len).map_or(0, fold);
                PseudoHeader::V4 { src, dst, protocol: self.protocol, length }
            }
            (src, dst) => PseudoHeader::V6 {
                src: as_v6(src),
                dst: as_v6(dst),
                length: u32::try_from(len).unwrap_or(u32::MAX),
                next_header: self.protocol,
            },
        }
    }
}

/// Both addresses of a packet are of one version, so that nothing is mapped in fact.
fn as_v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(v4) => v4.to_ipv6_mapped(),
        IpAddr::V6(v6) => v6,
    }
}

/// Why there is no further layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stop {
    /// The walk is not over: the iterator has more.
    NotYet,
    /// The last layer was a transport, or carries what the walk does not look into.
    Payload,
    /// A link type that the walk does not know.
    LinkType(LinkType),
    /// An EtherType that is not IP's: ARP is 0x0806.
    EtherType(u16),
    /// An IEEE 802.2 frame without SNAP.
    Llc {
        /// Destination service access point.
        dsap: u8,
        /// Source service access point.
        ssap: u8,
    },
    /// A BSD address family that is not IP's.
    Family(u32),
    /// A PPP protocol that is not IP's.
    PppProtocol(u16),
    /// A network layer that is not IP, as ISO/IEC TR 9577 numbers it.
    Nlpid(u8),
    /// The next header is not there as a whole.
    Truncated {
        /// Which header.
        header: &'static str,
        /// Where it starts.
        offset: usize,
        /// How many octets it needs.
        needed: usize,
        /// How many are left.
        available: usize,
        /// [`Presence::Cut`] if the capture ends first; if what encloses it does, [`Presence::Fragment`] where that is a
        /// fragment, whose next one goes on with the header, [`Presence::Quoted`] in a quotation, and otherwise
        /// [`Presence::Inconsistent`].
        presence: Presence,
    },
    /// A field has a value that no header of its kind has.
    Malformed {
        /// Which header.
        header: &'static str,
        /// Which field.
        field: &'static str,
        /// Where the header starts.
        offset: usize,
        /// What the field holds.
        found: usize,
    },
    /// More headers than any real frame has.
    TooDeep,
}

/// What the octets at the cursor are.
#[derive(Clone, Copy, Debug)]
enum Next {
    Link(LinkType),
    EtherType(u16),
    Llc,
    Mpls,
    Ppp,
    Ethernet,
    /// Behind a bottom label and a control word.
    ControlWord,
    /// IEEE 802.11 without what a capturing host puts in front.
    Wireless,
    /// By its first octet, as ISO/IEC TR 9577 numbers network layers.
    Nlpid,
    /// Behind GRE, which says that it is of this version.
    Erspan(u8),
    Nsh,
    /// Behind UDP.
    Tunnel(Tunnel),
    /// What an ICMP error quotes.
    Quotation,
    /// Its extension structure, which stands behind a quotation of so many octets.
    IcmpExtensions(u16),
    /// By the version in the first four bits.
    Ip,
    Upper(u8),
    Nothing,
}

/// The network layer that the walk is in.
#[derive(Clone, Copy, Debug)]
struct Network {
    src: IpAddr,
    dst: IpAddr,
    fragment: Option<Fragment>,
    /// Where its payload ends by its own word, however much of it the frame has.
    end: usize,
}

/// The layers of one frame, from the outside in.
#[derive(Clone, Debug)]
pub struct Layers<'a> {
    octets: &'a [u8],
    at: usize,
    /// Where the enclosing payload ends on the wire: it may be past what was captured.
    end: usize,
    next: Next,
    network: Network,
    depth: u8,
    /// What it means if something reaches past `end`.
    beyond: Presence,
    quoted: bool,
    /// Whether all that says what stands here is a UDP port: what does not parse then is data.
    guessed: bool,
    /// Holds once `next` is nothing.
    stop: Stop,
}

/// The layers of a frame of `original_len` octets on the wire, of which `octets` were captured.
#[inline]
pub fn dissect(link_type: LinkType, octets: &[u8], original_len: usize) -> Layers<'_> {
    let unspecified = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    Layers {
        octets,
        at: 0,
        end: original_len.max(octets.len()),
        next: Next::Link(link_type),
        network: Network { src: unspecified, dst: unspecified, fragment: None, end: 0 },
        depth: 0,
        beyond: Presence::Inconsistent,
        quoted: false,
        guessed: false,
        stop: Stop::Payload,
    }
}

impl Iterator for Layers<'_> {
    type Item = Layer;

    #[inline]
    fn next(&mut self) -> Option<Layer> {
        // Layers are built where the caller wants them: each step returns what this returns, and leaves its reason to
        // stop in `stop` if it has one, so that nothing is moved about.
        let depth = self.depth;
        self.depth = depth.saturating_add(1);
        match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Nothing => None,
            _ if depth == MAX_DEPTH => self.stop_at(Stop::TooDeep),
            Next::Link(link_type) => self.link(link_type),
            Next::EtherType(ether_type) => self.ether_type(ether_type),
            Next::Llc => self.llc(),
            Next::Mpls => self.mpls(),
            Next::Ppp => self.ppp(),
            Next::Ip => self.ip(),
            Next::Upper(protocol) => self.upper(protocol),
            Next::Ethernet => self.ethernet(),
            rare => self.rare(rare),
        }
    }
}

impl std::iter::FusedIterator for Layers<'_> {}

impl<'a> Layers<'a> {
    /// Why there is no further layer.
    pub fn stop(&self) -> Stop {
        if matches!(self.next, Next::Nothing) { self.stop } else { Stop::NotYet }
    }

    /// Headers that few frames have, away from the path of those that all have.
    #[cold]
    #[inline(never)]
    fn rare(&mut self, next: Next) -> Option<Layer> {
        match next {
            Next::ControlWord => self.control_word(),
            Next::Wireless => self.wireless(),
            Next::Nlpid => self.nlpid(),
            Next::Erspan(version) => self.erspan(version),
            Next::Nsh => self.nsh(),
            Next::Tunnel(tunnel) => self.tunnel(tunnel),
            Next::Quotation => self.quotation(),
            Next::IcmpExtensions(back) => self.icmp_extensions(back),
            _ => None,
        }
    }

    fn finish(&mut self, stop: Stop) {
        self.next = Next::Nothing;
        self.stop = stop;
    }

    /// Ends the walk without a layer.
    #[cold]
    fn stop_at(&mut self, stop: Stop) -> Option<Layer> {
        self.finish(stop);
        None
    }

    /// Ends the walk at a header whose `field` cannot be what it is.
    #[cold]
    fn malformed(&mut self, header: &'static str, field: &'static str, offset: usize, found: usize) -> Option<Layer> {
        self.stop_at(if self.guessed { Stop::Payload } else { Stop::Malformed { header, field, offset, found } })
    }

    /// The `len` octets at the cursor, if they are there.
    #[inline]
    fn peek(&self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.saturating_add(len);
        if end > self.end { None } else { self.octets.get(self.at..end) }
    }

    /// The `len` octets at the cursor, which `header` needs: the walk ends here if they are not there.
    #[inline]
    fn fixed(&mut self, header: &'static str, len: usize) -> Option<&'a [u8]> {
        let found = self.peek(len);
        if found.is_none() {
            self.truncated(header, len);
        }
        found
    }

    #[cold]
    fn truncated(&mut self, header: &'static str, needed: usize) {
        let offset = self.at;
        let available = self.octets.len().min(self.end).saturating_sub(offset);
        let beyond = offset.saturating_add(needed) > self.end;
        let presence = if beyond { self.beyond } else { Presence::Cut };
        self.finish(match presence {
            Presence::Inconsistent if self.guessed => Stop::Payload,
            _ => Stop::Truncated { header, offset, needed, available, presence },
        });
    }

    /// What `len` octets from `start` on come to, within what encloses them.
    #[inline]
    fn extent(&self, start: usize, len: usize) -> Extent {
        let end = start.saturating_add(len);
        let captured = end.min(self.end).min(self.octets.len()).saturating_sub(start);
        let presence = if end > self.end {
            self.beyond
        } else if end > self.octets.len() {
            Presence::Cut
        } else {
            Presence::Whole
        };
        Extent { start, len, captured, presence }
    }

    /// What is left of the enclosing payload from `start` on.
    #[inline]
    fn rest(&self, start: usize) -> Extent {
        self.extent(start, self.end.saturating_sub(start))
    }

    /// A header of `header_len` octets at the cursor, with all that is left as its payload; the cursor moves past it.
    #[inline]
    fn advance(&mut self, header_len: usize, header: Header, next: Next) -> Layer {
        let offset = self.at;
        self.at = self.at.saturating_add(header_len);
        self.next = next;
        Layer { offset, header_len, payload: self.rest(self.at), quoted: self.quoted, header }
    }

    /// The header of a link or tunnel at the cursor.
    fn carrier(&mut self, header_len: usize, name: &'static str, carries: u32, id: u32, next: Next) -> Layer {
        self.advance(header_len, Header::Carrier(Carrier { name, carries, id }), next)
    }

    /// Nothing past `len` octets from `start` on belongs to what follows.
    #[inline]
    fn narrow(&mut self, start: usize, len: usize) {
        self.end = self.end.min(start.saturating_add(len));
    }
}

#[cfg(test)]
mod tests;
