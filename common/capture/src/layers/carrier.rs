//! Link layers that few captures have.

use sockeye_common::wire::Reader;

use super::link::{IPV4, IPV6, after_type, is_followed};
use super::{Layer, Layers, Next, Stop};

const C_HDLC_LEN: usize = 4;
const IPOIB_LEN: usize = 44;
const NFLOG_LEN: usize = 4;
const NFLOG_PAYLOAD: u16 = 9;
const PFLOG_LEN: usize = 4;
const ENC_LEN: usize = 12;
const ITAG_LEN: usize = 4;
const CONTROL_WORD_LEN: usize = 4;
const MAC_LEN: usize = 12;
const FDDI_LEN: usize = 13;
const TOKEN_RING_LEN: usize = 14;
const MACSEC_LEN: usize = 6;
const MACSEC_ICV_LEN: usize = 16;
const MACSEC: u16 = 0x88e5;
/// LLC's Unnumbered Information.
const UI: u8 = 0x03;

impl Layers<'_> {
    /// Cisco HDLC: address, control, an EtherType.
    pub(super) fn c_hdlc(&mut self) -> Option<Layer> {
        let [_, _, high, low] = *self.fixed("Cisco HDLC", C_HDLC_LEN)? else { return None };
        let carried = u16::from_be_bytes([high, low]);
        Some(self.carrier(C_HDLC_LEN, "Cisco HDLC", carried.into(), 0, Next::EtherType(carried)))
    }

    /// The 40 octets of a Global Routing Header that the capturing host makes up, then RFC 4391 section 6.
    pub(super) fn ipoib(&mut self) -> Option<Layer> {
        let [.., high, low, _, _] = *self.fixed("IPoIB", IPOIB_LEN)? else { return None };
        let carried = u16::from_be_bytes([high, low]);
        Some(self.carrier(IPOIB_LEN, "IPoIB", carried.into(), 0, Next::EtherType(carried)))
    }

    /// Netfilter's log: a header, and attributes up to the one that is the packet. Their numbers are in the order of the
    /// host that captured, which no type needs more than an octet to tell.
    pub(super) fn nflog(&mut self) -> Option<Layer> {
        let [family, version, high, low] = *self.fixed("NFLOG", NFLOG_LEN)? else { return None };
        if version != 0 {
            return self.malformed("NFLOG", "Version", self.at, version.into());
        }
        let mut header_len = NFLOG_LEN;
        loop {
            let octets = self.fixed("NFLOG", header_len + 4)?;
            let &[a, b, c, d] = octets.last_chunk::<4>()?;
            let little = d == 0;
            let number = if little { u16::from_le_bytes } else { u16::from_be_bytes };
            let (len, kind) = (usize::from(number([a, b])), number([c, d]));
            if len < 4 {
                return self.malformed("NFLOG", "TLV Length", self.at + header_len, len);
            }
            if kind == NFLOG_PAYLOAD {
                self.narrow(self.at + header_len, len);
                header_len += 4;
                break;
            }
            header_len += len.next_multiple_of(4);
        }
        let next = of_family(family.into());
        let layer = self.carrier(header_len, "NFLOG", family.into(), u16::from_be_bytes([high, low]).into(), next);
        if matches!(next, Next::Nothing) {
            self.finish(Stop::Family(family.into()));
        }
        Some(layer)
    }

    /// OpenBSD's packet filter log: the first octet is the header's length without its padding.
    pub(super) fn pflog(&mut self) -> Option<Layer> {
        let [len, family, ..] = *self.fixed("PFLOG", PFLOG_LEN)? else { return None };
        let header_len = usize::from(len).next_multiple_of(4);
        if header_len < PFLOG_LEN {
            return self.malformed("PFLOG", "Length", self.at, len.into());
        }
        self.fixed("PFLOG", header_len)?;
        let next = of_family(family.into());
        let layer = self.carrier(header_len, "PFLOG", family.into(), 0, next);
        if matches!(next, Next::Nothing) {
            self.finish(Stop::Family(family.into()));
        }
        Some(layer)
    }

    /// OpenBSD's enc(4): family in the host's order, SPI, flags.
    pub(super) fn enc(&mut self) -> Option<Layer> {
        let octets = self.fixed("ENC", ENC_LEN)?;
        let family = octets.first_chunk::<4>().map_or(0, |family| u32::from_be_bytes(*family));
        let family = if family > 0xffff { family.swap_bytes() } else { family };
        let spi = octets.get(4..8)?.first_chunk::<4>().map_or(0, |spi| u32::from_be_bytes(*spi));
        let next = of_family(family);
        let layer = self.carrier(ENC_LEN, "ENC", family, spi, next);
        if matches!(next, Next::Nothing) {
            self.finish(Stop::Family(family));
        }
        Some(layer)
    }

    /// PPP behind an octet that says which way the frame went.
    pub(super) fn ppp_with_dir(&mut self) -> Option<Layer> {
        let [direction] = *self.fixed("direction", 1)? else { return None };
        Some(self.carrier(1, "direction", 0, direction.into(), Next::Ppp))
    }

    /// Frame Relay: an address of two to four octets, then RFC 2427, or the EtherType that Cisco puts there.
    pub(super) fn frame_relay(&mut self) -> Option<Layer> {
        let len = match *self.fixed("Frame Relay", 2)? {
            [first, second] if first & 1 == 0 && second & 1 == 1 => 2,
            _ => match *self.fixed("Frame Relay", 4)? {
                [_, _, third, _] if third & 1 == 1 => 3,
                [.., fourth] if fourth & 1 == 1 => 4,
                _ => return self.malformed("Frame Relay", "address", self.at, 0),
            },
        };
        let octets = self.fixed("Frame Relay", len + 2)?;
        let [high, low, ..] = *octets else { return None };
        let dlci = u32::from(high >> 2) << 4 | u32::from(low >> 4);
        let &[control, second] = octets.last_chunk::<2>()?;
        if control == UI {
            return Some(self.carrier(len + 1, "Frame Relay", 0, dlci, Next::Nlpid));
        }
        let carried = u16::from_be_bytes([control, second]);
        Some(self.carrier(len + 2, "Frame Relay", carried.into(), dlci, Next::EtherType(carried)))
    }

    /// A network layer by its first octet: ISO/IEC TR 9577, RFC 2427 section 4.
    pub(super) fn nlpid(&mut self) -> Option<Layer> {
        match *self.fixed("NLPID", 1)? {
            // Padding of one octet, to bring what follows to an even place.
            [0] => Some(self.carrier(1, "padding", 0, 0, Next::Nlpid)),
            [0x80] => self.snap(1),
            [0xcc] => Some(self.carrier(1, "NLPID", 0xcc, 0, Next::EtherType(IPV4))),
            [0x8e] => Some(self.carrier(1, "NLPID", 0x8e, 0, Next::EtherType(IPV6))),
            [0xcf] => Some(self.carrier(1, "NLPID", 0xcf, 0, Next::Ppp)),
            [other] => self.stop_at(Stop::Nlpid(other)),
            _ => None,
        }
    }

    /// The tag of a backbone service instance, with the customer's addresses behind it: IEEE 802.1ah.
    pub(super) fn itag(&mut self) -> Option<Layer> {
        let [_, a, b, c] = *self.fixed("I-TAG", ITAG_LEN)? else { return None };
        Some(self.carrier(ITAG_LEN, "I-TAG", 0, u32::from_be_bytes([0, a, b, c]), Next::Ethernet))
    }

    /// IEEE 802.1AE: followed where the data is authenticated only, and its check value has the usual length.
    pub(super) fn macsec(&mut self) -> Option<Layer> {
        let [tci, short_len, a, b, c, d] = *self.fixed("MACsec", MACSEC_LEN)? else { return None };
        if tci & 0x8c != 0 {
            // Another version; encrypted; changed.
            return self.stop_at(Stop::EtherType(MACSEC));
        }
        let header_len = if tci & 0x20 == 0 { MACSEC_LEN } else { MACSEC_LEN + 8 };
        let start = self.at + header_len;
        match short_len & 0x3f {
            0 => self.end = self.end.saturating_sub(MACSEC_ICV_LEN).max(start),
            len => self.narrow(start, len.into()),
        }
        let octets = self.fixed("MACsec", header_len + 2)?;
        let carried = octets.last_chunk::<2>().map_or(0, |carried| u16::from_be_bytes(*carried));
        let packet = u32::from_be_bytes([a, b, c, d]);
        let next = after_type(carried);
        if matches!(next, Next::Llc) {
            self.narrow(start + 2, carried.into());
        }
        Some(self.carrier(header_len + 2, "MACsec", carried.into(), packet, next))
    }

    /// FDDI: frame control, addresses, LLC.
    pub(super) fn fddi(&mut self) -> Option<Layer> {
        let [control, ..] = *self.fixed("FDDI", FDDI_LEN)? else { return None };
        // Asynchronous frames with LLC.
        if control & 0xf0 != 0x50 {
            return self.stop_at(Stop::Payload);
        }
        Some(self.carrier(FDDI_LEN, "FDDI", 0, 0, Next::Llc))
    }

    /// Token Ring: access and frame control, addresses, a route if the source's first bit says so, LLC.
    pub(super) fn token_ring(&mut self) -> Option<Layer> {
        let octets = self.fixed("Token Ring", TOKEN_RING_LEN)?;
        let mut reader = Reader::new(octets);
        reader.skip(1, "access control").ok()?;
        if reader.u8("frame control").ok()? & 0xc0 != 0x40 {
            return self.stop_at(Stop::Payload);
        }
        let mut header_len = TOKEN_RING_LEN;
        if octets.get(8)? & 0x80 != 0 {
            let control = self.fixed("Token Ring", TOKEN_RING_LEN + 2)?.get(TOKEN_RING_LEN)?;
            header_len += usize::from(control & 0x1f).max(2);
            self.fixed("Token Ring", header_len)?;
        }
        Some(self.carrier(header_len, "Token Ring", 0, 0, Next::Llc))
    }

    /// What stands behind a bottom label and is no IP: Ethernet, with or without a control word, if it looks like that.
    ///
    /// # Source
    /// RFC 4448 section 4.6, RFC 4385 section 3.
    pub(super) fn control_word(&mut self) -> Option<Layer> {
        match self.peek(CONTROL_WORD_LEN) {
            Some([first, ..]) if first >> 4 == 0 && self.is_ethernet(CONTROL_WORD_LEN) => {
                Some(self.carrier(CONTROL_WORD_LEN, "control word", 0, 0, Next::Ethernet))
            }
            _ if self.is_ethernet(0) => self.ethernet(),
            _ => self.stop_at(Stop::Payload),
        }
    }

    /// Whether an Ethernet header whose EtherType the walk knows may stand `ahead` of the cursor.
    fn is_ethernet(&self, ahead: usize) -> bool {
        self.peek(ahead + MAC_LEN + 2)
            .and_then(|octets| octets.last_chunk::<2>())
            .is_some_and(|carried| is_followed(u16::from_be_bytes(*carried)))
    }
}

/// What an address family of the BSDs, Linux or Windows announces.
pub(super) const fn of_family(family: u32) -> Next {
    match family {
        2 => Next::EtherType(IPV4),
        // AF_INET6 of Linux; Windows; NetBSD and OpenBSD; FreeBSD; Darwin.
        10 | 23 | 24 | 28 | 30 => Next::EtherType(IPV6),
        _ => Next::Nothing,
    }
}
