//! One frame by itself: what its octets say, without the frames before it.

use std::net::IpAddr;
use std::ops::Range;

use sockeye_capture::details::{ARP, Arp, Neighbour, TcpOption, tcp_options};
use sockeye_capture::layers::{Presence, Stop, Zero, protocol};
use sockeye_capture::{Header, Layer, LinkType, dissect};
use sockeye_common::checksum::{Sum, verify};

use super::application::Application;

/// Don't Fragment, in the first octet of IPv4's flags.
const DONT_FRAGMENT: u8 = 0x40;

/// An echo's header, and an error's.
const ICMP_HEADER_LEN: usize = 8;

/// What a frame is by its octets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Packet {
    /// Its Ethernet header, if there is all of it.
    pub ethernet: Option<sockeye_capture::layers::Ethernet>,
    /// Its IP header.
    pub ip: Option<Ip>,
    /// What that carries, or what stands in its place.
    pub body: Body,
    /// The octets behind the last header, as a range of the frame's.
    pub payload: Range<usize>,
    /// The checksum of the last header that has one.
    pub checksum: Option<Stored>,
    /// What an application says in the payload.
    pub application: Option<Application>,
    /// What an ICMP error quotes.
    pub quoted: Option<Box<Packet>>,
    /// All headers, for who wants to see them.
    pub layers: Vec<Layer>,
}

/// What of IP matters here, of both versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ip {
    /// Who sent it.
    pub src: IpAddr,
    /// To whom.
    pub dst: IpAddr,
    /// Time to Live or Hop Limit.
    pub ttl: u8,
    /// Whether routers may not cut it.
    pub dont_fragment: bool,
    /// Where it belongs, if it is a part of a datagram.
    pub fragment: Option<sockeye_capture::layers::Fragment>,
}

/// What IP carries, or what stands in its place.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// ARP.
    Arp(Arp),
    /// TCP.
    Tcp(Tcp),
    /// UDP.
    Udp {
        /// Source Port.
        src_port: u16,
        /// Destination Port.
        dst_port: u16,
    },
    /// ICMP or, with IPv6, ICMPv6.
    Icmp(Icmp),
    /// A fragment that does not begin its datagram.
    FragmentData,
    /// Another protocol over IP, by its number.
    Upper(u8),
    /// No IP, by its EtherType.
    EtherType(u16),
    /// Nothing that could be read.
    #[default]
    Unknown,
}

/// A TCP header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tcp {
    /// Source Port.
    pub src_port: u16,
    /// Destination Port.
    pub dst_port: u16,
    /// Sequence Number, as it is in the frame.
    pub sequence: u32,
    /// Acknowledgment Number, as it is in the frame.
    pub acknowledgment: u32,
    /// The control bits.
    pub flags: Flags,
    /// Window, as it is in the frame.
    pub window: u16,
    /// How many octets of data it should have.
    pub len: u32,
    /// Its options.
    pub options: Vec<TcpOption>,
}

/// The control bits of TCP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: u8 = 1;
    /// Synchronise sequence numbers.
    pub const SYN: u8 = 2;
    /// Reset the connection.
    pub const RST: u8 = 4;
    /// Push.
    pub const PSH: u8 = 8;
    /// The acknowledgment number counts.
    pub const ACK: u8 = 16;
    /// The urgent pointer counts.
    pub const URG: u8 = 32;

    /// Whether one of `bits` is set.
    pub const fn has(self, bits: u8) -> bool {
        self.0 & bits != 0
    }

    /// `SYN+ACK`: the bits by name, those that tell most first.
    pub fn names(self) -> String {
        const NAMES: [(u8, &str); 8] = [
            (Flags::SYN, "SYN"),
            (Flags::FIN, "FIN"),
            (Flags::RST, "RST"),
            (Flags::PSH, "PSH"),
            (Flags::ACK, "ACK"),
            (Flags::URG, "URG"),
            (0x40, "ECE"),
            (0x80, "CWR"),
        ];
        let names: Vec<_> = NAMES.iter().filter(|(bit, _)| self.has(*bit)).map(|(_, name)| *name).collect();
        if names.is_empty() { "no flags".to_owned() } else { names.join("+") }
    }
}

/// An ICMP or ICMPv6 message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icmp {
    /// Type.
    pub icmp_type: u8,
    /// Code.
    pub code: u8,
    /// The four octets behind the checksum: identifier and sequence number of an echo, MTU of an error.
    pub rest: [u8; 4],
    /// What it says, if it is about neighbours.
    pub neighbour: Option<Neighbour>,
}

impl Icmp {
    /// Whether it is an echo request or reply of this version of IP, and whether it asks.
    pub const fn echo(&self, v6: bool) -> Option<bool> {
        match (v6, self.icmp_type) {
            (false, 8) | (true, 128) => Some(true),
            (false, 0) | (true, 129) => Some(false),
            _ => None,
        }
    }

    /// How long a packet may be, if it says that one was too long.
    pub const fn mtu(&self, v6: bool) -> Option<u32> {
        let [_, _, high, low] = self.rest;
        match (v6, self.icmp_type, self.code) {
            (false, 3, 4) => Some(u16::from_be_bytes([high, low]) as u32),
            (true, 2, _) => Some(u32::from_be_bytes(self.rest)),
            _ => None,
        }
    }
}

/// A checksum as the frame has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The field.
    pub value: u16,
    /// Whether it is right; `None` where that cannot be said, since not all of what it covers is there.
    pub good: Option<bool>,
    /// Whether the sender said that there is none.
    pub absent: bool,
}

impl Packet {
    /// Reads an Ethernet frame.
    pub fn parse(octets: &[u8]) -> Self {
        let mut walk = dissect(LinkType::ETHERNET, octets, octets.len());
        let layers: Vec<Layer> = walk.by_ref().collect();
        let stop = walk.stop();
        let (own, quoted): (Vec<Layer>, Vec<Layer>) = layers.into_iter().partition(|layer| !layer.quoted);
        let mut packet = Self::of(own, octets);
        if let (Body::Unknown, Stop::EtherType(ether_type)) = (&packet.body, stop) {
            packet.body = match Arp::parse(packet.payload_of(octets)) {
                Some(arp) if ether_type == ARP => {
                    packet.payload = packet.payload.end..packet.payload.end;
                    Body::Arp(arp)
                }
                _ => Body::EtherType(ether_type),
            };
        }
        if !quoted.is_empty() {
            packet.quoted = Some(Box::new(Self::of(quoted, octets)));
        }
        packet
    }

    fn of(layers: Vec<Layer>, octets: &[u8]) -> Self {
        let mut packet = Self::default();
        for layer in &layers {
            packet.add(layer, octets);
            if matches!(layer.header, Header::Tcp(_) | Header::Udp(_)) {
                // What the walk takes for a tunnel by its port is data here.
                break;
            }
        }
        packet.application =
            packet.ports().and_then(|ports| Application::parse(ports, packet.is_tcp(), packet.payload_of(octets)));
        packet.layers = layers;
        packet
    }

    fn add(&mut self, layer: &Layer, octets: &[u8]) {
        self.payload = layer.payload.range();
        match layer.header {
            Header::Ethernet(ethernet) => self.ethernet = Some(ethernet),
            Header::Ipv4(ip) => {
                let flags = octets.get(layer.offset.saturating_add(6)).copied().unwrap_or(0);
                let dont_fragment = flags & DONT_FRAGMENT != 0;
                let (src, dst) = (ip.src.into(), ip.dst.into());
                self.ip = Some(Ip { src, dst, ttl: ip.ttl, dont_fragment, fragment: ip.fragment });
            }
            Header::Ipv6(ip) => {
                // In IPv6 only the sender cuts.
                let (src, dst) = (ip.src.into(), ip.dst.into());
                self.ip = Some(Ip { src, dst, ttl: ip.hop_limit, dont_fragment: true, fragment: None });
            }
            Header::Extension(extension) => {
                if let (Some(ip), Some(fragment)) = (&mut self.ip, extension.fragment) {
                    ip.fragment = Some(fragment);
                }
            }
            Header::Udp(udp) => self.body = Body::Udp { src_port: udp.src_port, dst_port: udp.dst_port },
            Header::Tcp(tcp) => {
                self.body = Body::Tcp(Tcp {
                    src_port: tcp.src_port,
                    dst_port: tcp.dst_port,
                    sequence: tcp.sequence,
                    acknowledgment: tcp.acknowledgment,
                    flags: Flags(tcp.flags),
                    window: tcp.window,
                    len: u32::try_from(layer.payload.len).unwrap_or(u32::MAX),
                    options: tcp_options(octets.get(layer.header_range()).unwrap_or_default()),
                });
            }
            Header::Icmp(icmp) | Header::Icmpv6(icmp) => {
                let message = octets.get(layer.offset..).unwrap_or_default();
                let v6 = icmp.upper.protocol == protocol::ICMPV6;
                let start = layer.offset.saturating_add(ICMP_HEADER_LEN).min(self.payload.end);
                self.payload = start..self.payload.end;
                self.body = Body::Icmp(Icmp {
                    icmp_type: icmp.icmp_type,
                    code: icmp.code,
                    rest: message.get(4..8).and_then(|rest| rest.try_into().ok()).unwrap_or_default(),
                    neighbour: if v6 { Neighbour::parse(message) } else { None },
                });
            }
            Header::FragmentData(_) => self.body = Body::FragmentData,
            Header::Other(upper) => self.body = Body::Upper(upper.protocol),
            _ => {}
        }
        if let Some(stored) = stored(layer, octets) {
            self.checksum = Some(stored);
        }
    }

    /// The octets behind the last header.
    pub fn payload_of<'a>(&self, octets: &'a [u8]) -> &'a [u8] {
        octets.get(self.payload.clone()).unwrap_or_default()
    }

    /// Source and destination port, if it has them.
    pub fn ports(&self) -> Option<(u16, u16)> {
        match self.body {
            Body::Tcp(Tcp { src_port, dst_port, .. }) | Body::Udp { src_port, dst_port } => Some((src_port, dst_port)),
            _ => None,
        }
    }

    /// Whether it is TCP.
    pub const fn is_tcp(&self) -> bool {
        matches!(self.body, Body::Tcp(_))
    }

    /// Its TCP header.
    pub const fn tcp(&self) -> Option<&Tcp> {
        match &self.body {
            Body::Tcp(tcp) => Some(tcp),
            _ => None,
        }
    }

    /// Whether it is of IPv6.
    pub fn is_v6(&self) -> bool {
        self.ip.is_some_and(|ip| ip.src.is_ipv6())
    }
}

/// The checksum of an upper layer. IPv4's own is always right here: nothing between the hosts changes it without need.
fn stored(layer: &Layer, octets: &[u8]) -> Option<Stored> {
    if !matches!(layer.header, Header::Udp(_) | Header::Tcp(_) | Header::Icmp(_) | Header::Icmpv6(_)) {
        return None;
    }
    let checksum = layer.checksum()?;
    let value = u16::try_from(checksum.stored).ok()?;
    let absent = value == 0 && checksum.zero == Zero::Absent;
    let covered = checksum.covered.of(octets);
    let good = (checksum.covered.presence == Presence::Whole && !absent).then(|| match checksum.pseudo_header {
        Some(pseudo) => {
            let mut sum: Sum = pseudo.sum();
            sum.add(covered);
            sum.folded() == 0xffff && !(value == 0 && checksum.zero == Zero::Forbidden)
        }
        None => verify(covered),
    });
    Some(Stored { value, good, absent })
}
