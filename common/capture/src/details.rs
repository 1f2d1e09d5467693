//! What people want to read in a frame and the walk has no need of: ARP, TCP options, neighbour discovery.
//!
//! Each reads octets that [`crate::dissect`] has found the place of, and none can panic.

use std::net::{Ipv4Addr, Ipv6Addr};

use sockeye_common::wire::{Reader, Truncated};

/// The EtherType of ARP.
pub const ARP: u16 = 0x0806;

/// An ARP packet about IPv4 over Ethernet.
///
/// # Source
/// RFC 826.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arp {
    /// 1 asks, 2 replies.
    pub operation: u16,
    /// Who sends it.
    pub sender_mac: [u8; 6],
    /// The sender's address; unspecified in a probe (RFC 5227).
    pub sender: Ipv4Addr,
    /// Whose MAC address is asked for, if it is known.
    pub target_mac: [u8; 6],
    /// Whose MAC address is asked for.
    pub target: Ipv4Addr,
}

impl Arp {
    /// Reads what stands behind an Ethernet header with [`ARP`] in it. `None` if it is cut short or not about IPv4.
    pub fn parse(octets: &[u8]) -> Option<Self> {
        let mut reader = Reader::new(octets);
        let mut fields = || -> Result<(([u8; 6], u16), Self), Truncated> {
            let kind = reader.array::<6>("Hardware and Protocol Type")?;
            let operation = reader.u16("Operation")?;
            let sender_mac = reader.array("Sender Hardware Address")?;
            let sender = reader.array::<4>("Sender Protocol Address")?.into();
            let target_mac = reader.array("Target Hardware Address")?;
            let target = reader.array::<4>("Target Protocol Address")?.into();
            Ok(((kind, operation), Self { operation, sender_mac, sender, target_mac, target }))
        };
        match fields() {
            Ok((([0, 1, 8, 0, 6, 4], _), arp)) => Some(arp),
            _ => None,
        }
    }
}

/// A TCP option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TcpOption {
    /// Maximum Segment Size, in octets: RFC 9293.
    MaximumSegmentSize(u16),
    /// Window Scale, as a shift: RFC 7323.
    WindowScale(u8),
    /// SACK Permitted: RFC 2018.
    SackPermitted,
    /// SACK: blocks that have been received, each from its first sequence number to the one behind its last.
    Sack(Vec<(u32, u32)>),
    /// Timestamps: its own, and the one that it echoes. RFC 7323.
    Timestamps(u32, u32),
    /// Another one, by its kind.
    Other(u8),
}

/// The options of a TCP header, of which `octets` are all. What is malformed ends the list; padding is left out.
///
/// # Source
/// RFC 9293 section 3.2.
pub fn tcp_options(octets: &[u8]) -> Vec<TcpOption> {
    let mut options = Vec::new();
    let mut reader = Reader::at(octets, 20).unwrap_or_else(|| Reader::new(&[]));
    while let Ok(kind) = reader.u8("Kind") {
        match kind {
            0 => break,
            1 => {}
            _ => {
                let body = reader.u8("Length").ok().and_then(|length| usize::from(length).checked_sub(2));
                let Some(Ok(body)) = body.map(|len| reader.octets(len, "Option")) else { break };
                options.push(tcp_option(kind, body));
            }
        }
    }
    options
}

fn tcp_option(kind: u8, body: &[u8]) -> TcpOption {
    let word = |octets, at| Reader::at(octets, at).and_then(|mut reader| reader.u32("word").ok()).unwrap_or_default();
    match (kind, body) {
        (2, &[high, low]) => TcpOption::MaximumSegmentSize(u16::from_be_bytes([high, low])),
        (3, &[shift]) => TcpOption::WindowScale(shift),
        (4, []) => TcpOption::SackPermitted,
        (5, blocks) => TcpOption::Sack(blocks.chunks_exact(8).map(|block| (word(block, 0), word(block, 4))).collect()),
        (8, stamps) if stamps.len() == 8 => TcpOption::Timestamps(word(stamps, 0), word(stamps, 4)),
        (other, _) => TcpOption::Other(other),
    }
}

/// What a neighbour discovery message is about.
///
/// # Source
/// RFC 4861 section 4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Neighbour {
    /// A router is looked for.
    RouterSolicitation,
    /// A router presents itself.
    RouterAdvertisement,
    /// Who has this address?
    Solicitation(Ipv6Addr),
    /// Who has it.
    Advertisement {
        /// The address.
        target: Ipv6Addr,
        /// Its MAC address, if the message has it.
        mac: Option<[u8; 6]>,
    },
}

impl Neighbour {
    /// Reads an ICMPv6 message, from its type on. `None` if it is no neighbour discovery, or cut short.
    pub fn parse(message: &[u8]) -> Option<Self> {
        let target = || Reader::at(message, 8).and_then(|mut reader| reader.array::<16>("Target Address").ok());
        match message.first()? {
            133 => Some(Self::RouterSolicitation),
            134 => Some(Self::RouterAdvertisement),
            135 => target().map(|target| Self::Solicitation(target.into())),
            136 => target().map(|octets| Self::Advertisement { target: octets.into(), mac: target_mac(message) }),
            _ => None,
        }
    }
}

/// The Target Link-Layer Address option of a Neighbor Advertisement, if it is the first, as all senders have it.
fn target_mac(message: &[u8]) -> Option<[u8; 6]> {
    let mut reader = Reader::at(message, 24)?;
    match reader.array::<2>("Type and Length") {
        Ok([2, 1]) => reader.array("Link-Layer Address").ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// tcpdump of `ping` between two hosts on a veth pair.
    const REQUEST: [u8; 28] = [0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 10, 0, 0, 2];

    #[test]
    fn arp_asks_for_an_address() {
        let arp = Arp::parse(&REQUEST).unwrap();
        assert_eq!(
            (arp.operation, arp.sender.to_string(), arp.target.to_string()),
            (1, "10.0.0.1".into(), "10.0.0.2".into())
        );
        assert_eq!(arp.sender_mac, [2, 0, 0, 0, 0, 1]);
        for len in 0..REQUEST.len() {
            assert_eq!(Arp::parse(&REQUEST[..len]), None);
        }
        let mut token_ring = REQUEST;
        token_ring[1] = 6;
        assert_eq!(Arp::parse(&token_ring), None);
    }

    #[test]
    fn the_options_of_a_syn() {
        // Of a SYN that Linux 6.1 sent.
        let mut header = vec![0; 20];
        header.extend([2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 7, 1, 3, 3, 7]);
        assert_eq!(
            tcp_options(&header),
            [
                TcpOption::MaximumSegmentSize(1460),
                TcpOption::SackPermitted,
                TcpOption::Timestamps(9, 7),
                TcpOption::WindowScale(7),
            ]
        );
        for len in 0..header.len() {
            assert!(tcp_options(&header[..len]).len() < 4);
        }
    }

    #[test]
    fn malformed_options_end_the_list() {
        let of = |options: &[u8]| tcp_options(&[&[0; 20], options].concat());
        assert_eq!(of(&[1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 5]), [TcpOption::Sack(vec![(1, 5)])]);
        assert_eq!(of(&[4, 2, 2, 0, 3, 3, 7]), [TcpOption::SackPermitted]);
        assert_eq!(of(&[4, 2, 0, 3, 3, 7]), [TcpOption::SackPermitted]);
        assert_eq!(of(&[3, 4, 1, 2, 254, 2]), [TcpOption::Other(3), TcpOption::Other(254)]);
    }

    #[test]
    fn neighbours() {
        let target: Ipv6Addr = "fd00::2".parse().unwrap();
        let mut asks = vec![135, 0, 0, 0, 0, 0, 0, 0];
        asks.extend(target.octets());
        assert_eq!(Neighbour::parse(&asks), Some(Neighbour::Solicitation(target)));
        assert_eq!(Neighbour::parse(&asks[..23]), None);
        asks[0] = 136;
        assert_eq!(Neighbour::parse(&asks), Some(Neighbour::Advertisement { target, mac: None }));
        asks.extend([2, 1, 2, 0, 0, 0, 0, 2]);
        let mac = Some([2, 0, 0, 0, 0, 2]);
        assert_eq!(Neighbour::parse(&asks), Some(Neighbour::Advertisement { target, mac }));
        assert_eq!(Neighbour::parse(&[128, 0]), None);
        assert_eq!(Neighbour::parse(&[]), None);
    }
}
