//! Link-layer headers.

use pnet_packet::ethernet::EthernetPacket;
use pnet_packet::vlan::VlanPacket;
use sockeye_common::wire::{Reader, Truncated};

use super::carrier::of_family;
use super::tunnel::NSH;
use super::{Ethernet, Header, Layer, Layers, LinuxSll, Mpls, Next, Stop, Vlan};
use crate::link_type::LinkType;

const ETHERNET_LEN: usize = 14;
const VLAN_LEN: usize = 4;
const LLC_LEN: usize = 3;
/// Organisation and protocol, behind LLC's three octets or an NLPID.
const SNAP_LEN: usize = 5;
const SLL_LEN: usize = 16;
const SLL2_LEN: usize = 20;
const LOOPBACK_LEN: usize = 4;
const PPPOE_LEN: usize = 6;
const MPLS_LEN: usize = 4;

/// Up to here the type field of Ethernet is a length.
const MAX_802_3_LEN: u16 = 1500;
/// Linux's number for a frame without EtherType that starts with LLC.
const LINUX_802_2: u16 = 4;

/// EtherTypes that the walk follows.
pub(super) const IPV4: u16 = 0x0800;
pub(super) const IPV6: u16 = 0x86dd;
const MPLS_UNICAST: u16 = 0x8847;
const MPLS_MULTICAST: u16 = 0x8848;
const PPPOE_SESSION: u16 = 0x8864;
const ITAG: u16 = 0x88e7;
const MACSEC: u16 = 0x88e5;
/// Ethernet in GRE, in Linux cooked captures of such tunnels.
const BRIDGED: u16 = 0x6558;
/// The tags of 802.1Q and 802.1ad, and two that were used before 802.1ad had its own.
pub(super) const VLAN_TAGS: [u16; 4] = [0x8100, 0x88a8, 0x9100, 0x9200];

/// PPP protocols that the walk follows: RFC 1332, RFC 5072, RFC 3032.
const PPP_IPV4: u16 = 0x0021;
const PPP_IPV6: u16 = 0x0057;
const PPP_MPLS_UNICAST: u16 = 0x0281;
const PPP_MPLS_MULTICAST: u16 = 0x0283;

impl Layers<'_> {
    #[inline]
    pub(super) fn link(&mut self, link_type: LinkType) -> Option<Layer> {
        match link_type {
            LinkType::ETHERNET => self.ethernet(),
            LinkType::LINUX_SLL => self.linux_sll(),
            LinkType::LINUX_SLL2 => self.linux_sll2(),
            LinkType::NULL | LinkType::LOOP => self.loopback(),
            LinkType::RAW | LinkType::RAW_12 | LinkType::RAW_14 => self.ip(),
            LinkType::IPV4 => self.ipv4(),
            LinkType::IPV6 => self.ipv6(),
            LinkType::PPP | LinkType::PPP_HDLC => self.ppp_hdlc(),
            LinkType::PPP_ETHER => self.pppoe(),
            rare => self.rare_link(rare),
        }
    }

    #[cold]
    #[inline(never)]
    fn rare_link(&mut self, link_type: LinkType) -> Option<Layer> {
        match link_type {
            LinkType::C_HDLC => self.c_hdlc(),
            LinkType::PPP_WITH_DIR => self.ppp_with_dir(),
            LinkType::IPOIB => self.ipoib(),
            LinkType::NFLOG => self.nflog(),
            LinkType::PFLOG => self.pflog(),
            LinkType::ENC => self.enc(),
            LinkType::ATM_RFC1483 => self.llc(),
            LinkType::FRELAY => self.frame_relay(),
            LinkType::MPLS => self.mpls(),
            LinkType::FDDI => self.fddi(),
            LinkType::TOKEN_RING => self.token_ring(),
            LinkType::IEEE802_11 => self.wireless(),
            LinkType::IEEE802_11_RADIOTAP => self.radiotap(),
            unknown => self.stop_at(Stop::LinkType(unknown)),
        }
    }

    #[inline]
    pub(super) fn ethernet(&mut self) -> Option<Layer> {
        let octets = self.fixed("Ethernet", ETHERNET_LEN)?;
        let fields = EthernetPacket::new(octets)?;
        let ether_type = fields.get_ethertype().0;
        let header = Header::Ethernet(Ethernet {
            dst: fields.get_destination().octets(),
            src: fields.get_source().octets(),
            ether_type,
        });
        if ether_type > MAX_802_3_LEN {
            return Some(self.advance(ETHERNET_LEN, header, Next::EtherType(ether_type)));
        }
        self.narrow(self.at + ETHERNET_LEN, ether_type.into());
        Some(self.advance(ETHERNET_LEN, header, Next::Llc))
    }

    /// What an EtherType announces.
    #[inline]
    pub(super) fn ether_type(&mut self, ether_type: u16) -> Option<Layer> {
        match ether_type {
            IPV4 => self.ipv4(),
            IPV6 => self.ipv6(),
            MPLS_UNICAST | MPLS_MULTICAST => self.mpls(),
            PPPOE_SESSION => self.pppoe(),
            tag if VLAN_TAGS.contains(&tag) => self.vlan(),
            ITAG => self.itag(),
            MACSEC => self.macsec(),
            NSH => self.nsh(),
            BRIDGED => self.ethernet(),
            unknown => self.stop_at(Stop::EtherType(unknown)),
        }
    }

    fn vlan(&mut self) -> Option<Layer> {
        let octets = self.fixed("VLAN tag", VLAN_LEN)?;
        let fields = VlanPacket::new(octets)?;
        let ether_type = fields.get_ethertype().0;
        let header = Header::Vlan(Vlan {
            priority: fields.get_priority_code_point().0,
            drop_eligible: fields.get_drop_eligible_indicator() == 1,
            id: fields.get_vlan_identifier(),
            ether_type,
        });
        if ether_type > MAX_802_3_LEN {
            return Some(self.advance(VLAN_LEN, header, Next::EtherType(ether_type)));
        }
        self.narrow(self.at + VLAN_LEN, ether_type.into());
        Some(self.advance(VLAN_LEN, header, Next::Llc))
    }

    /// IEEE 802.2: followed if it is SNAP, if it announces IP itself, or with an NLPID behind it (RFC 2684).
    pub(super) fn llc(&mut self) -> Option<Layer> {
        match *self.fixed("LLC", LLC_LEN)? {
            [0xaa, 0xaa, 0x03] => self.snap(LLC_LEN),
            [0x06, 0x06, 0x03] => Some(self.carrier(LLC_LEN, "LLC", 0x06, 0, Next::EtherType(IPV4))),
            [0xfe, 0xfe, 0x03] => Some(self.carrier(LLC_LEN, "LLC", 0xfe, 0, Next::Nlpid)),
            [dsap, ssap, ..] => self.stop_at(Stop::Llc { dsap, ssap }),
            _ => None,
        }
    }

    /// SNAP behind `front` octets: an EtherType of RFC 1042 or of a bridge to Ethernet (IEEE 802.1H), or a bridged frame
    /// (RFC 2427 section 4.2, RFC 2684 section 5.2), which may have a frame check sequence at its end, and padding in front.
    pub(super) fn snap(&mut self, front: usize) -> Option<Layer> {
        let octets = self.fixed("SNAP", front + SNAP_LEN)?;
        let &[a, b, c, high, low] = octets.last_chunk::<SNAP_LEN>()?;
        let ether_type = u16::from_be_bytes([high, low]);
        let (padding, next) = match ([a, b, c], ether_type) {
            ([0, 0, 0 | 0xf8], _) => (0, Next::EtherType(ether_type)),
            // Over ATM two octets of padding follow.
            ([0, 0x80, 0xc2], 1 | 7) if front == LLC_LEN => (2, Next::Ethernet),
            ([0, 0x80, 0xc2], 1 | 7) => (0, Next::Ethernet),
            // Another organisation's numbers.
            _ => return self.stop_at(Stop::Llc { dsap: 0xaa, ssap: 0xaa }),
        };
        let header_len = front + SNAP_LEN + padding;
        self.fixed("SNAP", header_len)?;
        Some(self.advance(header_len, Header::Snap { ether_type }, next))
    }

    fn linux_sll(&mut self) -> Option<Layer> {
        let mut reader = Reader::new(self.fixed("Linux cooked header", SLL_LEN)?);
        let mut fields = || -> Result<LinuxSll, Truncated> {
            let packet_type = reader.u16("Packet Type")?;
            let arphrd = reader.u16("ARPHRD_ Type")?;
            reader.skip(10, "Link-layer Address")?;
            Ok(LinuxSll { packet_type, arphrd, protocol: reader.u16("Protocol Type")?, interface_index: None })
        };
        let sll = fields().ok()?;
        Some(self.advance(SLL_LEN, Header::LinuxSll(sll), after_sll(sll.protocol)))
    }

    fn linux_sll2(&mut self) -> Option<Layer> {
        let mut reader = Reader::new(self.fixed("Linux cooked header, version 2", SLL2_LEN)?);
        let mut fields = || -> Result<LinuxSll, Truncated> {
            let protocol = reader.u16("Protocol Type")?;
            reader.skip(2, "Reserved")?;
            let interface_index = Some(reader.u32("Interface Index")?);
            let arphrd = reader.u16("ARPHRD_ Type")?;
            Ok(LinuxSll { packet_type: reader.u8("Packet Type")?.into(), arphrd, protocol, interface_index })
        };
        let sll = fields().ok()?;
        Some(self.advance(SLL2_LEN, Header::LinuxSll(sll), after_sll(sll.protocol)))
    }

    fn loopback(&mut self) -> Option<Layer> {
        let octets = self.fixed("loopback header", LOOPBACK_LEN)?;
        let family = octets.first_chunk::<4>().map_or(0, |family| u32::from_be_bytes(*family));
        // The capturing host's order is not recorded, but no family needs more than 16 bits.
        let family = if family > 0xffff { family.swap_bytes() } else { family };
        let next = of_family(family);
        let layer = self.advance(LOOPBACK_LEN, Header::Loopback { family }, next);
        if matches!(next, Next::Nothing) {
            self.finish(Stop::Family(family));
        }
        Some(layer)
    }

    /// RFC 2516 section 4.
    fn pppoe(&mut self) -> Option<Layer> {
        let offset = self.at;
        let [version_type, code, a, b, c, d] = *self.fixed("PPPoE", PPPOE_LEN)? else { return None };
        if version_type != 0x11 {
            let found = version_type.into();
            return self.stop_at(Stop::Malformed { header: "PPPoE", field: "VER and TYPE", offset, found });
        }
        let (session, length) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        self.narrow(offset + PPPOE_LEN, length.into());
        let layer = self.advance(PPPOE_LEN, Header::Pppoe { session, length }, Next::Ppp);
        if code != 0 {
            // Discovery: tags, no PPP.
            self.finish(Stop::Payload);
        }
        Some(layer)
    }

    /// PPP with or without address and control octets, the protocol compressed to one octet or not: RFC 1661, RFC 1662.
    pub(super) fn ppp(&mut self) -> Option<Layer> {
        let framed = matches!(self.peek(2), Some([0xff, 0x03]));
        let framing = if framed { 2 } else { 0 };
        let (len, protocol) = match self.fixed("PPP", framing + 1)?.last() {
            // The last octet of a protocol number is odd, and no other is.
            Some(low) if low & 1 == 1 => (1, u16::from(*low)),
            _ => match self.fixed("PPP", framing + 2)? {
                [.., high, low] => (2, u16::from_be_bytes([*high, *low])),
                _ => return None,
            },
        };
        let next = match protocol {
            PPP_IPV4 => Next::EtherType(IPV4),
            PPP_IPV6 => Next::EtherType(IPV6),
            PPP_MPLS_UNICAST | PPP_MPLS_MULTICAST => Next::Mpls,
            _ => Next::Nothing,
        };
        let layer = self.advance(framing + len, Header::Ppp { protocol }, next);
        if matches!(next, Next::Nothing) {
            self.finish(Stop::PppProtocol(protocol));
        }
        Some(layer)
    }

    /// PPP in HDLC-like framing, or Cisco HDLC, which captures do not keep apart.
    fn ppp_hdlc(&mut self) -> Option<Layer> {
        match self.peek(2) {
            Some([0x0f | 0x8f, 0]) => self.c_hdlc(),
            _ => self.ppp(),
        }
    }

    /// One label; after the last one the version tells IPv4 from IPv6, as RFC 4928 section 3 allows. What has another
    /// version is no IP, but perhaps Ethernet over a pseudowire.
    pub(super) fn mpls(&mut self) -> Option<Layer> {
        let octets = self.fixed("MPLS", MPLS_LEN)?;
        let entry = octets.first_chunk::<4>().map_or(0, |entry| u32::from_be_bytes(*entry));
        let [.., ttl] = entry.to_be_bytes();
        let bottom = entry & 0x100 != 0;
        let traffic_class = u8::try_from((entry >> 9) & 7).unwrap_or(0);
        let header = Header::Mpls(Mpls { label: entry >> 12, traffic_class, bottom, ttl });
        let layer = self.advance(MPLS_LEN, header, if bottom { Next::Ip } else { Next::Mpls });
        if bottom && self.peek(1).is_some_and(|first| !matches!(first, [0x40..=0x4f | 0x60..=0x6f])) {
            self.next = Next::ControlWord;
        }
        Some(layer)
    }
}

/// What stands behind a type field that may be a length.
pub(super) const fn after_type(ether_type: u16) -> Next {
    if ether_type > MAX_802_3_LEN { Next::EtherType(ether_type) } else { Next::Llc }
}

/// Whether a frame with this EtherType is followed, or at least so common that it is recognised by it.
pub(super) fn is_followed(ether_type: u16) -> bool {
    const ARP: u16 = 0x0806;
    matches!(ether_type, IPV4 | IPV6 | ARP | MPLS_UNICAST | MPLS_MULTICAST | PPPOE_SESSION | ITAG)
        || VLAN_TAGS.contains(&ether_type)
}

fn after_sll(protocol: u16) -> Next {
    if protocol == LINUX_802_2 { Next::Llc } else { Next::EtherType(protocol) }
}
