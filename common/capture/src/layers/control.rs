//! Upper layers of which only the checksum is read.

use sockeye_common::wire::Reader;

use super::{Algorithm, Header, Layer, Layers, Next, Presence, Protocol, Stop, Summed, Zero, protocol};

/// PIM's Register and the part of it that its checksum covers.
const PIM_REGISTER: usize = 1;
const PIM_REGISTER_LEN: usize = 8;
const SCTP_LEN: usize = 12;
const CHUNK_LEN: usize = 4;
const OSPF_V2_LEN: usize = 24;
const OSPF_V3_LEN: usize = 16;
/// OSPFv2's authentication type that replaces the checksum: RFC 2328 appendix D.3.
const OSPF_CRYPTOGRAPHIC: u16 = 2;
/// CARP's only message has this length, and says that seven words of it are authenticated.
const CARP_LEN: usize = 36;

/// When a pseudo-header is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pseudo {
    Never,
    Always,
    OverIpv6,
}

/// What is the same in every packet of a protocol.
struct Rule {
    protocol: Protocol,
    name: &'static str,
    /// The shortest header, with the checksum in it.
    header_len: usize,
    /// Where the checksum is in it.
    at: u8,
    pseudo: Pseudo,
    zero: Zero,
    /// Whether the header starts with the ports.
    has_ports: bool,
}

impl Rule {
    const fn new(protocol: Protocol, name: &'static str, header_len: usize, at: u8, pseudo: Pseudo) -> Self {
        Self { protocol, name, header_len, at, pseudo, zero: Zero::Counts, has_ports: false }
    }

    const fn zero(self, zero: Zero) -> Self {
        Self { zero, ..self }
    }

    const fn with_ports(self) -> Self {
        Self { has_ports: true, ..self }
    }
}

/// The rule for an IP protocol number.
fn rule(number: u8, v6: bool) -> Option<Rule> {
    Some(match number {
        // RFC 9776 section 4.
        protocol::IGMP if !v6 => Rule::new(Protocol::Igmp, "IGMP", 8, 2, Pseudo::Never),
        // RFC 4340 section 9.
        protocol::DCCP => Rule::new(Protocol::Dccp, "DCCP", 12, 6, Pseudo::Always).with_ports(),
        // RFC 2205 section 3.1.1.
        protocol::RSVP => Rule::new(Protocol::Rsvp, "RSVP", 8, 2, Pseudo::Never).zero(Zero::Absent),
        // RFC 7868 section 6.1.
        protocol::EIGRP => Rule::new(Protocol::Eigrp, "EIGRP", 20, 2, Pseudo::Never),
        // RFC 2328 appendix A.3.1; RFC 5340 appendix A.3.1.
        protocol::OSPF if v6 => Rule::new(Protocol::Ospf, "OSPF", OSPF_V3_LEN, 12, Pseudo::Always),
        protocol::OSPF => Rule::new(Protocol::Ospf, "OSPF", OSPF_V2_LEN, 12, Pseudo::Never),
        // RFC 7761 section 4.9.
        protocol::PIM => Rule::new(Protocol::Pim, "PIM", 4, 2, Pseudo::OverIpv6),
        // RFC 3768 section 5.3.8; RFC 9568 section 5.2.8.
        protocol::VRRP => Rule::new(Protocol::Vrrp, "VRRP", 8, 6, Pseudo::OverIpv6),
        // RFC 3208 section 8.
        protocol::PGM => Rule::new(Protocol::Pgm, "PGM", 16, 6, Pseudo::Never).zero(Zero::Absent).with_ports(),
        // RFC 9260 section 6.8. Zero: RFC 9653, and hosts that leave the sum to their interface.
        protocol::SCTP => Rule::new(Protocol::Sctp, "SCTP", SCTP_LEN, 8, Pseudo::Never).zero(Zero::Absent).with_ports(),
        // RFC 6275 section 6.1.1.
        protocol::MOBILITY if v6 => Rule::new(Protocol::Mipv6, "Mobility Header", 8, 4, Pseudo::Always),
        // RFC 3828 section 3.1.
        protocol::UDP_LITE => {
            Rule::new(Protocol::UdpLite, "UDP-Lite", 8, 6, Pseudo::Always).zero(Zero::Forbidden).with_ports()
        }
        // RFC 7401 section 5.1.1.
        protocol::HIP => Rule::new(Protocol::Hip, "HIP", 40, 4, Pseudo::Always),
        // RFC 5533 section 5.3.
        protocol::SHIM6 if v6 => Rule::new(Protocol::Shim6, "Shim6", 8, 4, Pseudo::Never),
        _ => return None,
    })
}

impl Layers<'_> {
    /// An upper layer whose checksum is known, or another one.
    pub(super) fn summed(&mut self, number: u8, v6: bool) -> Option<Layer> {
        let Some(rule) = rule(number, v6) else { return Some(self.other(number)) };
        let octets = self.fixed(rule.name, rule.header_len)?;
        let upper = self.describe(number);
        let has_pseudo = rule.pseudo == Pseudo::Always || rule.pseudo == Pseudo::OverIpv6 && v6;
        let mut summed = Summed {
            protocol: rule.protocol,
            algorithm: if number == protocol::SCTP { Algorithm::Crc32c } else { Algorithm::Internet },
            at: rule.at,
            stored: stored(octets, rule.at, number),
            covered_len: upper.segment.len,
            presence: upper.segment.presence,
            left_out: None,
            pseudo_len: has_pseudo.then(|| in_pseudo(upper.segment.len)),
            zero: rule.zero,
            ports: rule.has_ports.then(|| ports(octets)).flatten(),
            upper,
        };
        if !self.adjust(number, octets, &mut summed) {
            return Some(self.other(number));
        }
        let mut header_len = rule.header_len;
        let carries = number == protocol::PIM && self.registers();
        if carries {
            header_len = PIM_REGISTER_LEN;
        }
        let layer = self.conclude(header_len, Header::Summed(summed), upper.segment);
        if carries {
            self.at += PIM_REGISTER_LEN;
            self.next = Next::Ip;
        }
        Some(layer)
    }

    /// Whether PIM at the cursor is a Register with a packet in it. A Null-Register has only the likeness of one.
    fn registers(&self) -> bool {
        matches!(self.peek(PIM_REGISTER_LEN + 1), Some([0x21, _, _, _, flags, ..]) if flags & 0x40 == 0)
    }

    /// SCTP in a datagram: RFC 6951. With nothing but the port to say so, the first chunk must be one.
    pub(super) fn sctp_over_udp(&mut self) -> Option<Layer> {
        let room = self.end.saturating_sub(self.at);
        match self.peek(SCTP_LEN + CHUNK_LEN) {
            Some(&[.., kind, _, high, low])
                if kind & 0x3f <= 0x14
                    && (CHUNK_LEN..=room - SCTP_LEN).contains(&u16::from_be_bytes([high, low]).into()) =>
            {
                self.summed(protocol::SCTP, self.network.src.is_ipv6())
            }
            _ => self.stop_at(Stop::Payload),
        }
    }

    /// Sets what of `summed` depends on the packet. False if there is no checksum in this one.
    fn adjust(&self, number: u8, octets: &[u8], summed: &mut Summed) -> bool {
        let word =
            |at: usize| Reader::at(octets, at).and_then(|mut reader| reader.u16("Length").ok()).map_or(0, usize::from);
        let octet = |at: usize| octets.get(at).copied().map_or(0, usize::from);
        let segment = summed.upper.segment;
        match number {
            protocol::DCCP => match octet(5) & 0xf {
                0 => {}
                // The header with its options, and words of the data.
                coverage => self.cover(summed, octet(4) * 4 + (coverage - 1) * 4),
            },
            protocol::UDP_LITE => match word(4) {
                0 => {}
                coverage => {
                    self.cover(summed, coverage);
                    at_least(summed, 8);
                }
            },
            protocol::RSVP => self.cover(summed, word(6)),
            protocol::OSPF => return self.ospf(octets, summed),
            protocol::PIM => {
                // Version 1 is in IGMP.
                if octet(0) >> 4 != 2 {
                    return false;
                }
                if octet(0) & 0xf == PIM_REGISTER {
                    self.cover(summed, PIM_REGISTER_LEN);
                    summed.pseudo_len = summed.pseudo_len.map(|_| in_pseudo(PIM_REGISTER_LEN));
                }
            }
            protocol::VRRP => {
                if octet(0) == 0x21 && octet(3) == 7 && segment.len == CARP_LEN {
                    summed.protocol = Protocol::Carp;
                    summed.pseudo_len = None;
                } else if octet(0) >> 4 == 3 {
                    summed.pseudo_len = Some(in_pseudo(segment.len));
                }
            }
            protocol::MOBILITY | protocol::HIP => {
                let len = (octet(1) + 1) * 8;
                self.cover(summed, len);
                summed.pseudo_len = Some(in_pseudo(len));
            }
            protocol::SHIM6 => {
                // Behind a payload header the pseudo-header has addresses that are in no packet.
                if octet(2) & 0x80 != 0 {
                    return false;
                }
                self.cover(summed, (octet(1) + 1) * 8);
            }
            _ => {}
        }
        true
    }

    /// Says that the first `len` octets are covered, of which there cannot be more than the network layer says.
    fn cover(&self, summed: &mut Summed, len: usize) {
        let segment = summed.upper.segment;
        summed.covered_len = len;
        summed.presence = match segment.presence {
            // What is left of it is in another frame, and without it the pseudo-header is not known.
            Presence::Fragment => Presence::Fragment,
            _ if len > segment.len => Presence::Inconsistent,
            _ => self.extent(segment.start, len).presence,
        };
    }

    /// OSPF: the checksum covers what Packet Length says, in version 2 without the authentication.
    fn ospf(&self, octets: &[u8], summed: &mut Summed) -> bool {
        let [version, _, high, low, ..] = *octets else { return false };
        let len = usize::from(u16::from_be_bytes([high, low]));
        self.cover(summed, len);
        match (version, octets.get(14..16)) {
            (2, Some(&[high, low])) if summed.upper.src.is_ipv4() => {
                summed.left_out = Some((16, 8));
                at_least(summed, OSPF_V2_LEN);
                u16::from_be_bytes([high, low]) != OSPF_CRYPTOGRAPHIC
            }
            (3, _) if summed.upper.src.is_ipv6() => {
                summed.pseudo_len = Some(in_pseudo(len));
                at_least(summed, OSPF_V3_LEN);
                true
            }
            _ => false,
        }
    }
}

/// Says that less than `len` octets cannot be covered.
fn at_least(summed: &mut Summed, len: usize) {
    if summed.covered_len < len {
        summed.presence = Presence::Inconsistent;
    }
}

/// A length as a pseudo-header has it: none of an IP packet needs more than 32 bits.
fn in_pseudo(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn ports(octets: &[u8]) -> Option<(u16, u16)> {
    let mut reader = Reader::new(octets);
    Some((reader.u16("Source Port").ok()?, reader.u16("Destination Port").ok()?))
}

/// What the field at `at` holds.
fn stored(octets: &[u8], at: u8, number: u8) -> u32 {
    let Some(mut reader) = Reader::at(octets, at.into()) else { return 0 };
    let found = match number {
        protocol::SCTP => reader.u32("Checksum"),
        _ => reader.u16("Checksum").map(u32::from),
    };
    found.unwrap_or(0)
}
