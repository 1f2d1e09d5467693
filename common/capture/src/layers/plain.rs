//! The most usual frames, recognised at a glance: what a large capture mostly has is not worth a walk.

use super::link::{IPV4, IPV6, VLAN_TAGS};
use super::tunnel::Tunnel;
use super::{Protocol, protocol};
use crate::link_type::LinkType;

const ETHERNET_LEN: usize = 14;
const VLAN_LEN: usize = 4;
const UDP_LEN: usize = 8;
const TCP_LEN: usize = 20;

/// Where the parts are of a whole UDP datagram or TCP segment over IPv4 without options or IPv6 without extension headers,
/// in Ethernet with or without one VLAN tag. [`super::dissect`] finds the same, and nothing behind it.
///
/// Every range lies in the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain<'a> {
    /// The IPv4 header, if it is not IPv6.
    pub ipv4_header: Option<&'a [u8; 20]>,
    /// Where the IP header starts in the frame.
    pub network: usize,
    /// [`Protocol::Udp`] or [`Protocol::Tcp`].
    pub protocol: Protocol,
    /// Where the transport's header starts in the frame.
    pub transport: usize,
    /// Both addresses, and behind them the datagram or segment: what is summed, but for the protocol and the length.
    pub summed: &'a [u8],
    /// The length of the datagram or segment in octets.
    pub length: u16,
}

impl<'a> Plain<'a> {
    /// The parts of a frame of `original_len` octets, of which `octets` were captured; `None` if it takes a walk to find them.
    #[inline]
    pub fn of(link_type: LinkType, octets: &'a [u8], original_len: usize) -> Option<Self> {
        if link_type != LinkType::ETHERNET || original_len != octets.len() {
            return None;
        }
        let ether_type = |at: usize| octets.get(at..)?.first_chunk::<2>().map(|octets| u16::from_be_bytes(*octets));
        let (found, network) = match ether_type(ETHERNET_LEN - 2)? {
            tag if VLAN_TAGS.contains(&tag) => (ether_type(ETHERNET_LEN + VLAN_LEN - 2)?, ETHERNET_LEN + VLAN_LEN),
            found => (found, ETHERNET_LEN),
        };
        let packet = octets.get(network..)?;
        match found {
            IPV4 => Self::ipv4(packet, network),
            IPV6 => Self::ipv6(packet, network),
            _ => None,
        }
    }

    #[inline]
    fn ipv4(packet: &'a [u8], network: usize) -> Option<Self> {
        let header = packet.first_chunk::<20>()?;
        let [0x45, _, total_high, total_low, _, _, flags, offset, _, number, ..] = *header else { return None };
        // Neither More Fragments nor an offset; Don't Fragment and the reserved bit do not matter.
        if flags & 0x3f != 0 || offset != 0 {
            return None;
        }
        let total = usize::from(u16::from_be_bytes([total_high, total_low]));
        let summed = packet.get(12..total)?;
        Self::transport(Some(header), network, network + header.len(), number, summed, summed.get(8..)?)
    }

    #[inline]
    fn ipv6(packet: &'a [u8], network: usize) -> Option<Self> {
        let header = packet.first_chunk::<40>()?;
        let [0x60..=0x6f, _, _, _, length_high, length_low, number, ..] = *header else { return None };
        let length = usize::from(u16::from_be_bytes([length_high, length_low]));
        let summed = packet.get(8..header.len() + length)?;
        Self::transport(None, network, network + header.len(), number, summed, summed.get(32..)?)
    }

    #[inline]
    fn transport(
        ipv4_header: Option<&'a [u8; 20]>,
        network: usize,
        transport: usize,
        number: u8,
        summed: &'a [u8],
        segment: &[u8],
    ) -> Option<Self> {
        let length = u16::try_from(segment.len()).ok()?;
        let protocol = match number {
            protocol::UDP => {
                let [_, _, port_high, port_low, length_high, length_low, _, _] = *segment.first_chunk::<UDP_LEN>()?;
                let port = u16::from_be_bytes([port_high, port_low]);
                if u16::from_be_bytes([length_high, length_low]) != length || Tunnel::of_port(port).is_some() {
                    return None;
                }
                Protocol::Udp
            }
            // A Data Offset that is less than the header is told of.
            protocol::TCP if segment.len() >= TCP_LEN && segment.get(12).is_some_and(|offset| *offset >= 0x50) => {
                Protocol::Tcp
            }
            _ => return None,
        };
        Some(Self { ipv4_header, network, protocol, transport, summed, length })
    }

    /// Both addresses.
    #[inline]
    pub fn addresses(&self) -> &'a [u8] {
        let len = if self.ipv4_header.is_some() { 8 } else { 32 };
        self.summed.get(..len).unwrap_or_default()
    }

    /// The IP protocol number of the transport.
    #[inline]
    pub const fn number(&self) -> u16 {
        if matches!(self.protocol, Protocol::Udp) { protocol::UDP as u16 } else { protocol::TCP as u16 }
    }

    /// Where the transport's checksum is, from the start of its header.
    #[inline]
    pub const fn checksum_at(&self) -> usize {
        if matches!(self.protocol, Protocol::Udp) { 6 } else { 16 }
    }
}
