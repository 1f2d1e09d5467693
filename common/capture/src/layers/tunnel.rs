//! Headers between one packet and another inside it: GRE and what runs over it, and tunnels over UDP.

use sockeye_common::wire::Reader;

use super::link::{IPV4, IPV6};
use super::{Gre, Header, Layer, Layers, Next, Stop, protocol};

const GRE_LEN: usize = 4;
const VXLAN_LEN: usize = 8;
const GENEVE_LEN: usize = 8;
const GTP_LEN: usize = 8;
const L2TP_LEN: usize = 6;
const LISP_LEN: usize = 8;
const NSH_LEN: usize = 8;
const UDP_LEN: usize = 8;

/// EtherTypes, and Protocol Types of GRE, of what tunnels carry.
const BRIDGED: u16 = 0x6558;
const PPP: u16 = 0x880b;
const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;
pub(super) const NSH: u16 = 0x894f;

/// The bits of GRE's first two octets: RFC 2784, RFC 2890, and RFC 2637 for the last.
const GRE_CHECKSUM: u16 = 0x8000;
const GRE_ROUTING: u16 = 0x4000;
const GRE_KEY: u16 = 0x2000;
const GRE_SEQUENCE: u16 = 0x1000;
const GRE_ACKNOWLEDGMENT: u16 = 0x0080;

/// Bits that are zero where the header is that of RFC 2890 (RFC 8086 section 3.2).
const GRE_RESERVED: u16 = 0x4fff;

/// A tunnel over UDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tunnel {
    Vxlan,
    VxlanGpe,
    Geneve,
    Gre,
    Gtp,
    L2tp,
    Lisp,
    Mpls,
    Sctp,
}

impl Tunnel {
    /// What is sent to a UDP port. 8472 is Linux's for VXLAN from before it was assigned.
    ///
    /// # Source
    /// IANA, Service Name and Transport Protocol Port Number Registry.
    #[inline]
    pub(super) const fn of_port(port: u16) -> Option<Self> {
        Some(match port {
            1701 => Self::L2tp,
            2152 => Self::Gtp,
            4341 => Self::Lisp,
            4754 => Self::Gre,
            4789 | 8472 => Self::Vxlan,
            4790 => Self::VxlanGpe,
            6081 => Self::Geneve,
            6635 => Self::Mpls,
            9899 => Self::Sctp,
            _ => return None,
        })
    }
}

/// Whether a sender of UDP over IPv6 to `port` may leave the checksum out: where the specification of a tunnel says so.
///
/// # Source
/// RFC 6935 section 5, RFC 6936; RFC 7348, RFC 8086, RFC 7510, RFC 8926, RFC 9300, 3GPP TS 29.281. L2TP has no such rule,
/// nor does SCTP over UDP (RFC 6951).
pub(super) const fn may_leave_zero(port: u16) -> bool {
    !matches!(Tunnel::of_port(port), None | Some(Tunnel::L2tp | Tunnel::Sctp))
}

impl Layers<'_> {
    /// Goes on behind the UDP header at the cursor, as its destination port says.
    pub(super) fn tunnel(&mut self, tunnel: Tunnel) -> Option<Layer> {
        let start = self.at;
        let [.., high, low, _, _] = *self.fixed("UDP", UDP_LEN)? else { return None };
        let len = match usize::from(u16::from_be_bytes([high, low])) {
            // A jumbogram's: what the network layer says.
            0 => self.network.end.saturating_sub(start),
            len => len,
        };
        self.narrow(start, len);
        self.at = start.saturating_add(UDP_LEN);
        if self.at >= self.end || self.at >= self.octets.len() {
            // No data; or none captured, and none that must be there.
            return self.stop_at(Stop::Payload);
        }
        // What SCTP's segment and GRE's checksum cover ends with the datagram.
        self.network.end = start.saturating_add(len);
        self.guessed = true;
        match tunnel {
            Tunnel::Vxlan => self.vxlan(),
            Tunnel::VxlanGpe => self.vxlan_gpe(),
            Tunnel::Geneve => self.geneve(),
            Tunnel::Gre => self.gre(),
            Tunnel::Gtp => self.gtp(),
            Tunnel::L2tp => self.l2tp(),
            Tunnel::Lisp => self.lisp(),
            Tunnel::Mpls => self.mpls(),
            Tunnel::Sctp => self.sctp_over_udp(),
        }
    }

    /// RFC 7348 section 5. What it reserves a receiver ignores: Linux and Cisco have a group policy there, and others a Next
    /// Protocol, which is taken at its word if it is a known one.
    fn vxlan(&mut self) -> Option<Layer> {
        let [flags, _, _, next, a, b, c, _] = *self.fixed("VXLAN", VXLAN_LEN)? else { return None };
        if flags & 0x08 == 0 {
            return self.stop_at(Stop::Payload);
        }
        let named = if flags & 0x04 == 0 { None } else { generic_next(next) };
        Some(self.carrier(VXLAN_LEN, "VXLAN", BRIDGED.into(), number(a, b, c), named.unwrap_or(Next::Ethernet)))
    }

    /// draft-ietf-nvo3-vxlan-gpe section 3.
    fn vxlan_gpe(&mut self) -> Option<Layer> {
        let [flags, _, _, next, a, b, c, _] = *self.fixed("VXLAN-GPE", VXLAN_LEN)? else { return None };
        let carried = match (flags & 0x3c, next) {
            (0x0c, next) => generic_next(next),
            (0x08, _) => Some(Next::Ethernet),
            _ => None,
        };
        let Some(carried) = carried else { return self.stop_at(Stop::Payload) };
        Some(self.carrier(VXLAN_LEN, "VXLAN-GPE", next.into(), number(a, b, c), carried))
    }

    /// RFC 8300 section 2: the length is in the last six bits of the first two octets, in words of four octets.
    pub(super) fn nsh(&mut self) -> Option<Layer> {
        let [first, second, _, next, a, b, c, _] = *self.fixed("NSH", NSH_LEN)? else { return None };
        let header_len = usize::from(second & 0x3f) * 4;
        if first >> 6 != 0 || header_len < NSH_LEN {
            return self.malformed("NSH", "Length", self.at, header_len / 4);
        }
        self.fixed("NSH", header_len)?;
        match generic_next(next) {
            Some(carried) => Some(self.carrier(header_len, "NSH", next.into(), number(a, b, c), carried)),
            None => self.stop_at(Stop::Payload),
        }
    }

    /// RFC 8926 section 3.4.
    fn geneve(&mut self) -> Option<Layer> {
        let [first, flags, high, low, a, b, c, _] = *self.fixed("Geneve", GENEVE_LEN)? else { return None };
        let header_len = GENEVE_LEN + usize::from(first & 0x3f) * 4;
        // Version 0; a control packet carries no one's data. What is reserved is ignored.
        if first >> 6 != 0 || flags & 0x80 != 0 {
            return self.stop_at(Stop::Payload);
        }
        self.fixed("Geneve", header_len)?;
        let carried = u16::from_be_bytes([high, low]);
        Some(self.carrier(header_len, "Geneve", carried.into(), number(a, b, c), carried_by_gre(carried)))
    }

    /// A G-PDU: 3GPP TS 29.281 section 5.
    fn gtp(&mut self) -> Option<Layer> {
        let [flags, 255, high, low, a, b, c, d] = *self.fixed("GTP-U", GTP_LEN)? else {
            return self.stop_at(Stop::Payload);
        };
        // Version 1, and not GTP'.
        if flags >> 4 != 3 {
            return self.stop_at(Stop::Payload);
        }
        self.narrow(self.at + GTP_LEN, u16::from_be_bytes([high, low]).into());
        let mut header_len = GTP_LEN;
        if flags & 7 != 0 {
            header_len += 4;
            let mut next = *self.fixed("GTP-U", header_len)?.last()?;
            while flags & 4 != 0 && next != 0 {
                let words = *self.fixed("GTP-U", header_len + 1)?.last()?;
                if words == 0 {
                    return self.stop_at(Stop::Payload);
                }
                header_len += usize::from(words) * 4;
                next = *self.fixed("GTP-U", header_len)?.last()?;
            }
        }
        Some(self.carrier(header_len, "GTP-U", 0, u32::from_be_bytes([a, b, c, d]), Next::Ip))
    }

    /// A data message of version 2: RFC 2661 section 3.1.
    fn l2tp(&mut self) -> Option<Layer> {
        let mut reader = Reader::new(self.fixed("L2TP", L2TP_LEN)?);
        let flags = reader.u16("flags").ok()?;
        if flags & 0x8000 != 0 || flags & 0xf != 2 {
            return self.stop_at(Stop::Payload);
        }
        let has = |bit: u16, len: usize| if flags & bit == 0 { 0 } else { len };
        let mut header_len = L2TP_LEN + has(0x4000, 2) + has(0x0800, 4);
        if flags & 0x4000 != 0 {
            self.narrow(self.at, reader.u16("Length").ok()?.into());
        }
        if flags & 0x0200 != 0 {
            let octets = self.fixed("L2TP", header_len + 2)?;
            header_len += 2 + octets.last_chunk::<2>().map_or(0, |size| usize::from(u16::from_be_bytes(*size)));
        }
        let octets = self.fixed("L2TP", header_len)?;
        let mut ids = Reader::at(octets, 2 + has(0x4000, 2))?;
        let id = ids.u32("Tunnel ID and Session ID").ok()?;
        Some(self.carrier(header_len, "L2TP", 0, id, Next::Ppp))
    }

    /// RFC 9300 section 5.
    fn lisp(&mut self) -> Option<Layer> {
        self.fixed("LISP", LISP_LEN)?;
        Some(self.carrier(LISP_LEN, "LISP", 0, 0, Next::Ip))
    }

    /// RFC 2784 section 2, RFC 2890 section 2; RFC 2637 section 4.1 for version 1.
    pub(super) fn gre(&mut self) -> Option<Layer> {
        let [a, b, c, d] = *self.fixed("GRE", GRE_LEN)? else { return None };
        let (flags, protocol) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let version = b & 7;
        if self.guessed && flags & GRE_RESERVED != 0 {
            return self.stop_at(Stop::Payload);
        }
        let has = |bit: u16, len: usize| if flags & bit == 0 { 0 } else { len };
        let optional = has(GRE_CHECKSUM | GRE_ROUTING, 4) + has(GRE_KEY, 4) + has(GRE_SEQUENCE, 4);
        let header_len = match version {
            0 => GRE_LEN + optional,
            1 => GRE_LEN + optional + has(GRE_ACKNOWLEDGMENT, 4),
            _ => return self.malformed("GRE", "Version", self.at, version.into()),
        };
        let mut reader = Reader::at(self.fixed("GRE", header_len)?, GRE_LEN)?;
        let (mut checksum, mut key, mut sequence) = (None, None, None);
        if flags & (GRE_CHECKSUM | GRE_ROUTING) != 0 {
            let stored = reader.u16("Checksum").ok()?;
            checksum = (flags & GRE_CHECKSUM != 0).then_some(stored);
            reader.skip(2, "Reserved1").ok()?;
        }
        if flags & GRE_KEY != 0 {
            key = reader.u32("Key").ok();
        }
        if flags & GRE_SEQUENCE != 0 {
            sequence = reader.u32("Sequence Number").ok();
        }
        let upper = self.describe(protocol::GRE);
        let start = self.at + header_len;
        let layer = self.conclude(
            header_len,
            Header::Gre(Gre { version, protocol, key, sequence, checksum, upper }),
            upper.segment,
        );
        self.at = start;
        self.next = match (version, protocol) {
            // The routing of RFC 1701 puts a list behind the header, and nobody uses it.
            _ if flags & GRE_ROUTING != 0 => Next::Nothing,
            (0, ERSPAN) if flags & GRE_SEQUENCE == 0 => Next::Ethernet,
            (0, ERSPAN) => Next::Erspan(2),
            (0, ERSPAN_III) => Next::Erspan(3),
            (0, carried) => carried_by_gre(carried),
            (_, PPP) => {
                let len = key.map_or(0, |key| usize::try_from(key >> 16).unwrap_or(0));
                self.narrow(start, len);
                // One without data only acknowledges.
                if len == 0 { Next::Nothing } else { Next::Ppp }
            }
            _ => Next::Nothing,
        };
        Some(layer)
    }

    /// draft-foschiano-erspan sections 4.2 and 4.3.
    pub(super) fn erspan(&mut self, version: u8) -> Option<Layer> {
        let header_len = if version == 2 { 8 } else { 12 };
        let octets = self.fixed("ERSPAN", header_len)?;
        let (id, next, more) = match *octets {
            [_, _, high, low, ..] if version == 2 => (u16::from_be_bytes([high, low]) & 0x3ff, Next::Ethernet, 0),
            [_, _, high, low, .., frame_type, last] => {
                let next = match frame_type >> 2 & 0x1f {
                    0 => Next::Ethernet,
                    2 => Next::Ip,
                    _ => Next::Nothing,
                };
                (u16::from_be_bytes([high, low]) & 0x3ff, next, usize::from(last & 1) * 8)
            }
            _ => return None,
        };
        self.fixed("ERSPAN", header_len + more)?;
        Some(self.carrier(header_len + more, "ERSPAN", 0, id.into(), next))
    }

    /// RFC 3378 section 3: version 3, and twelve bits that are zero.
    pub(super) fn etherip(&mut self) -> Option<Layer> {
        match self.fixed("EtherIP", 2)? {
            [0x30, 0] => Some(self.carrier(2, "EtherIP", BRIDGED.into(), 0, Next::Ethernet)),
            [first, ..] => self.malformed("EtherIP", "Version", self.at, (first >> 4).into()),
            [] => None,
        }
    }
}

/// What stands behind a Protocol Type of GRE or Geneve.
fn carried_by_gre(carried: u16) -> Next {
    match carried {
        BRIDGED => Next::Ethernet,
        PPP => Next::Ppp,
        _ => Next::EtherType(carried),
    }
}

/// The Next Protocol numbers that VXLAN-GPE and NSH share.
fn generic_next(next: u8) -> Option<Next> {
    Some(match next {
        1 => Next::EtherType(IPV4),
        2 => Next::EtherType(IPV6),
        3 => Next::Ethernet,
        4 => Next::Nsh,
        5 => Next::Mpls,
        _ => return None,
    })
}

/// A number of 24 bits.
fn number(a: u8, b: u8, c: u8) -> u32 {
    u32::from_be_bytes([0, a, b, c])
}
