//! Packets from typed fields: what the command line says, laid out as octets.

use std::fmt;
use std::net::IpAddr;

use sockeye_capture::layers::Zero;
use sockeye_common::addr::IpText;
use sockeye_common::checksum::PseudoHeader;
use sockeye_common::wire::Writer;

use crate::form::{Form, Pseudo, RAW, RAW_CRC32C, octets};
use crate::reason::Family;
use crate::subject::Subject;

/// The most octets that UDP's 16-bit Length can say, or IPv6's Payload Length.
const MAX_LENGTH: usize = 65_535;
/// An IPv4 header without options.
const IPV4_LEN: usize = 20;
/// The most octets of data that are worked out: a word of them is a line.
pub const MAX_DATA: usize = 1 << 20;

/// A packet, all but its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// Source and destination, where the command line has them.
    pub addrs: Option<(IpAddr, IpAddr)>,
    /// The rest of the header.
    pub header: Header,
    /// Whether it may be longer than 16 bits say.
    pub jumbo: bool,
}

/// The header's own fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Header {
    /// UDP.
    Udp {
        /// Source and destination port.
        ports: (u16, u16),
    },
    /// UDP-Lite.
    UdpLite {
        /// Source and destination port.
        ports: (u16, u16),
        /// Checksum Coverage, in octets from the start of the header; 0 is all.
        coverage: u16,
    },
    /// TCP.
    Tcp(Tcp),
    /// SCTP: the common header.
    Sctp {
        /// Source and destination port.
        ports: (u16, u16),
        /// Verification Tag.
        tag: u32,
    },
    /// ICMP, ICMPv6 and IGMP: four octets with the checksum, and four more.
    Message {
        /// Which of them.
        form: &'static Form,
        /// Type.
        kind: u8,
        /// Code; IGMP's Max Resp Time.
        code: u8,
        /// What follows the checksum.
        rest: [u8; 4],
    },
    /// IPv4.
    Ip(Ip),
    /// Nothing: the data is all there is.
    Raw {
        /// Whether it is the CRC32c that is wanted.
        crc32c: bool,
    },
}

/// TCP's fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tcp {
    /// Source and destination port.
    pub ports: (u16, u16),
    /// Sequence Number.
    pub sequence: u32,
    /// Acknowledgment Number.
    pub acknowledgment: u32,
    /// The control bits: CWR ECE URG ACK PSH RST SYN FIN.
    pub flags: u8,
    /// Window.
    pub window: u16,
    /// Urgent Pointer.
    pub urgent: u16,
    /// Options: a multiple of four octets, 40 at most.
    pub options: Vec<u8>,
}

/// The fields of an IPv4 header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ip {
    /// Type of Service: DSCP and ECN.
    pub tos: u8,
    /// Total Length; without one, that of the header.
    pub total_length: Option<u16>,
    /// Identification.
    pub identification: u16,
    /// Flags and Fragment Offset, as the header has them.
    pub fragment: u16,
    /// Time to Live.
    pub ttl: u8,
    /// Protocol.
    pub protocol: u8,
    /// Options: a multiple of four octets, 40 at most.
    pub options: Vec<u8>,
}

/// Why there is no such packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypedError {
    /// One address is IPv4 and the other is not.
    Families {
        /// The source.
        src: IpAddr,
        /// The destination.
        dst: IpAddr,
        /// What should have two of one.
        unit: &'static str,
    },
    /// Addresses of the other version of IP.
    WrongFamily {
        /// Whose addresses.
        title: &'static str,
        /// What they must be.
        wanted: Family,
        /// One that is not.
        addr: IpAddr,
    },
    /// More data than fits.
    TooLong {
        /// Whose data.
        title: &'static str,
        /// How much fits, in octets.
        limit: usize,
        /// Why no more does.
        why: String,
    },
    /// A coverage that UDP-Lite does not allow.
    Coverage {
        /// What it is.
        coverage: u16,
        /// Header and data, in octets.
        length: usize,
    },
    /// Options that are no multiple of four octets, or too many.
    Options {
        /// How many octets.
        length: usize,
    },
    /// Chunks that do not fill words.
    Chunks {
        /// How many octets.
        length: usize,
    },
    /// A total length that is less than that of the header.
    TotalLength {
        /// What it is.
        total_length: u16,
        /// The header's.
        header_len: usize,
    },
}

impl Header {
    /// The table's row for it.
    pub fn form(&self) -> &'static Form {
        let name = match self {
            Self::Udp { .. } => "udp",
            Self::UdpLite { .. } => "udplite",
            Self::Tcp(_) => "tcp",
            Self::Sctp { .. } => "sctp",
            Self::Ip(_) => "ip",
            Self::Message { form, .. } => return form,
            Self::Raw { crc32c: true } => return &RAW_CRC32C,
            Self::Raw { crc32c: false } => return &RAW,
        };
        Form::named(name).unwrap_or(&RAW)
    }

    fn ports(&self) -> Option<(u16, u16)> {
        match self {
            Self::Udp { ports } | Self::UdpLite { ports, .. } | Self::Sctp { ports, .. } => Some(*ports),
            Self::Tcp(tcp) => Some(tcp.ports),
            Self::Message { .. } | Self::Ip(_) | Self::Raw { .. } => None,
        }
    }

    /// The length in octets.
    fn len(&self) -> usize {
        let options = match self {
            Self::Tcp(Tcp { options, .. }) | Self::Ip(Ip { options, .. }) => options.len(),
            _ => 0,
        };
        self.form().fixed_len().saturating_add(options)
    }

    /// The octets, the checksum zero; `length` is that of header and data.
    fn octets(&self, addrs: Option<(IpAddr, IpAddr)>, length: usize) -> Vec<u8> {
        let mut octets = Writer::new();
        if let Some((src, dst)) = self.ports() {
            octets.u16(src).u16(dst);
        }
        match self {
            // A jumbogram's is 0: RFC 2675 section 4.
            Self::Udp { .. } => drop(octets.u16(u16::try_from(length).unwrap_or(0)).u16(0)),
            Self::UdpLite { coverage, .. } => drop(octets.u16(*coverage).u16(0)),
            Self::Sctp { tag, .. } => drop(octets.u32(*tag).u32(0)),
            Self::Tcp(tcp) => {
                octets.u32(tcp.sequence).u32(tcp.acknowledgment).u8(words(self.len()) << 4).u8(tcp.flags);
                octets.u16(tcp.window).u16(0).u16(tcp.urgent).octets(&tcp.options);
            }
            Self::Message { kind, code, rest, .. } => drop(octets.u8(*kind).u8(*code).u16(0).octets(rest)),
            Self::Ip(ip) => {
                let total = ip.total_length.unwrap_or(u16::try_from(self.len()).unwrap_or(u16::MAX));
                octets.u8(0x40 | words(self.len())).u8(ip.tos).u16(total).u16(ip.identification).u16(ip.fragment);
                octets.u8(ip.ttl).u8(ip.protocol).u16(0);
                for addr in addrs.iter().flat_map(|(src, dst)| [src, dst]) {
                    match addr {
                        IpAddr::V4(v4) => octets.octets(&v4.octets()),
                        IpAddr::V6(v6) => octets.octets(&v6.octets()),
                    };
                }
                octets.octets(&ip.options);
            }
            Self::Raw { .. } => {}
        }
        octets.into_octets()
    }
}

/// A header's length in words of four octets.
fn words(len: usize) -> u8 {
    u8::try_from(len / 4).unwrap_or(u8::MAX)
}

impl Typed {
    /// What can be said against it before there is data: a terminal would wait for that in vain.
    ///
    /// # Errors
    /// [`TypedError`]
    pub fn check(&self) -> Result<(), TypedError> {
        let form = self.header.form();
        if let Some((src, dst)) = self.addrs {
            if src.is_ipv4() != dst.is_ipv4() {
                return Err(TypedError::Families { src, dst, unit: form.unit });
            }
            let wanted = match form.name {
                "ip" => Family::V4,
                "icmpv6" => Family::V6,
                _ => Family::of(src),
            };
            if wanted != Family::of(src) {
                return Err(TypedError::WrongFamily { title: form.title, wanted, addr: src });
            }
        }
        match &self.header {
            Header::UdpLite { coverage: coverage @ 1..=7, .. } => {
                Err(TypedError::Coverage { coverage: *coverage, length: 0 })
            }
            Header::Tcp(Tcp { options, .. }) | Header::Ip(Ip { options, .. })
                if options.len() % 4 != 0 || options.len() > 40 =>
            {
                Err(TypedError::Options { length: options.len() })
            }
            Header::Ip(Ip { total_length: Some(total_length), .. })
                if usize::from(*total_length) < self.header.len() =>
            {
                Err(TypedError::TotalLength { total_length: *total_length, header_len: self.header.len() })
            }
            _ => Ok(()),
        }
    }

    /// The packet with `data`, whose checksum is wanted.
    ///
    /// # Errors
    /// [`TypedError`] if there is no such packet.
    pub fn subject(&self, data: &[u8]) -> Result<Subject, TypedError> {
        self.check()?;
        if matches!(self.header, Header::Sctp { .. }) && !data.len().is_multiple_of(4) {
            return Err(TypedError::Chunks { length: data.len() });
        }
        let form = self.header.form();
        let header_len = self.header.len();
        let length = self.length(data.len())?;
        let mut octets = self.header.octets(self.addrs, length);
        octets.extend_from_slice(data);
        let left_out = match self.header {
            Header::UdpLite { coverage, .. } if usize::from(coverage) > length => {
                return Err(TypedError::Coverage { coverage, length });
            }
            Header::UdpLite { coverage: 1.., .. } if self.covered(length) < length => {
                Some(self.covered(length)..length)
            }
            _ => None,
        };
        let over_v6 = self.addrs.is_some_and(|(src, _)| src.is_ipv6());
        let zero = match form.zero {
            // None may be left out over IPv6: RFC 8200 section 8.1.
            Zero::Absent if over_v6 => Zero::Forbidden,
            zero => zero,
        };
        Ok(Subject {
            form,
            addrs: self.addrs,
            ports: self.header.ports(),
            pseudo_header: self.pseudo_header(form, length),
            octets,
            header_len,
            field: (header_len > 0).then(|| form.checksum_at()),
            zero,
            left_out,
            stored: None,
        })
    }

    fn covered(&self, length: usize) -> usize {
        match self.header {
            Header::UdpLite { coverage: coverage @ 1.., .. } => coverage.into(),
            _ => length,
        }
    }

    /// Header and data, if there is room for them.
    fn length(&self, data: usize) -> Result<usize, TypedError> {
        let form = self.header.form();
        let header_len = self.header.len();
        let (limit, why) = match self.addrs {
            _ if form.name == "raw" => (MAX_DATA, "that are worked out".to_owned()),
            // IPv4 has no jumbograms: its pseudo-header has 16 bits for the length.
            Some((IpAddr::V6(_), _)) if self.jumbo => (MAX_DATA, "that are worked out".to_owned()),
            Some((IpAddr::V6(_), _)) => (
                MAX_LENGTH.saturating_sub(header_len),
                format!(
                    "that {} can say (65535 less {header_len} of header); --jumbo computes jumbograms (RFC 2675)",
                    if form.name == "udp" { "UDP's Length" } else { "IPv6's Payload Length" }
                ),
            ),
            _ => (
                MAX_LENGTH.saturating_sub(IPV4_LEN).saturating_sub(header_len),
                format!("that fit behind an IPv4 header (65535 less 20 of IPv4 and {header_len} of {})", form.title),
            ),
        };
        if data > limit {
            return Err(TypedError::TooLong { title: form.title, limit, why });
        }
        Ok(header_len.saturating_add(data))
    }

    fn pseudo_header(&self, form: &Form, length: usize) -> Option<PseudoHeader> {
        let protocol = form.number?;
        match (self.addrs?, form.pseudo) {
            (_, Pseudo::Never) => None,
            ((IpAddr::V4(src), IpAddr::V4(dst)), Pseudo::Always) => {
                let length = u16::try_from(length).unwrap_or(u16::MAX);
                Some(PseudoHeader::V4 { src, dst, protocol, length })
            }
            ((IpAddr::V6(src), IpAddr::V6(dst)), _) => {
                let length = u32::try_from(length).unwrap_or(u32::MAX);
                Some(PseudoHeader::V6 { src, dst, length, next_header: protocol })
            }
            _ => None,
        }
    }
}

impl fmt::Display for TypedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Families { src, dst, unit } => write!(
                f,
                "source {} is {} and destination {} is {}: a {unit} has two addresses of one family",
                IpText(*src),
                Family::of(*src),
                IpText(*dst),
                Family::of(*dst)
            ),
            Self::WrongFamily { wanted: Family::V4, addr, .. } => {
                write!(f, "source {} is IPv6: only the header of IPv4 has a checksum", IpText(*addr))
            }
            Self::WrongFamily { title, wanted, addr } => {
                write!(f, "source {} is {}: {title} has {wanted} addresses", IpText(*addr), Family::of(*addr))
            }
            Self::TooLong { limit, why, .. } => write!(f, "data: more than the {limit} octets {why}"),
            Self::Coverage { coverage: coverage @ 1..=7, .. } => write!(
                f,
                "--coverage {coverage}: the 8 octets of the header are always covered; 0 covers everything, 8 the header \
                 alone (RFC 3828 section 3.1)"
            ),
            Self::Coverage { coverage, length } => write!(
                f,
                "--coverage {coverage}: the datagram has {length} octets, header included; 0 covers everything, 8 to \
                 {length} that many (RFC 3828 section 3.1)"
            ),
            Self::Options { length } => write!(
                f,
                "--options: {}, and options fill words of four octets, ten words at most: put 00 (end of options) or 01 \
                 (no operation) behind or between them",
                octets(*length)
            ),
            Self::Chunks { length } => write!(
                f,
                "data: {}, and chunks fill words of four octets: each is a type, flags, two octets of length, a value, and \
                 zeros up to the next word, as in hex:0b000004 for COOKIE ACK (RFC 9260 section 3.2)",
                octets(*length)
            ),
            Self::TotalLength { total_length, header_len } => {
                write!(f, "--length {total_length}: the header alone has {header_len} octets")
            }
        }
    }
}

impl std::error::Error for TypedError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::checksum::{Sum, udp_transmitted, verify};
    use sockeye_common::crc32c::Crc32c;

    use super::*;
    use crate::reason::Reason;
    use crate::subject::{Report, Steps};

    fn addrs(src: &str, dst: &str) -> (IpAddr, IpAddr) {
        (src.parse().unwrap(), dst.parse().unwrap())
    }

    fn over_v4(header: Header) -> Typed {
        Typed { addrs: Some(addrs("10.0.0.1", "10.0.0.2")), header, jumbo: false }
    }

    fn over_v6(header: Header) -> Typed {
        Typed { addrs: Some(addrs("fd00::1", "fd00::2")), header, jumbo: false }
    }

    const UDP: Header = Header::Udp { ports: (5000, 6000) };

    fn computed(typed: &Typed, data: &[u8]) -> (Report, Vec<Reason>) {
        let mut reasons = Vec::new();
        let report = typed.subject(data).unwrap().work(&mut |reason| reasons.push(reason));
        (report, reasons)
    }

    fn sum(report: &Report) -> (u64, u16) {
        let Steps::Sum(working) = &report.steps else { panic!("a sum") };
        (working.total, working.folded)
    }

    /// Data, UDP length, checksum over IPv4 and over IPv6 (fd00::1 and fd00::2): reference/netsum.md, B1, where scapy,
    /// tshark, tcpdump and the kernel agree.
    const WORKED: &[(&str, usize, u32, u32)] = &[
        ("ABCDE", 13, 0xf752, 0x1151),
        ("ABCDEUQUQUQ", 19, 0x0347, 0x1d45),
        ("ABCDEQUQUQU", 19, 0xf752, 0x1151),
        ("ABCD", 12, 0x3c55, 0x5653),
        ("ABCDUQUQUQ", 18, 0x3c55, 0x5653),
    ];

    #[test]
    fn the_worked_example() {
        for (data, length, v4, v6) in WORKED {
            let (report, _) = computed(&over_v4(UDP), data.as_bytes());
            assert_eq!((report.length_octets, report.calculated), (*length, *v4), "{data} over IPv4");
            let (report, _) = computed(&over_v6(UDP), data.as_bytes());
            assert_eq!((report.length_octets, report.calculated), (*length, *v6), "{data} over IPv6");
        }
        for (data, total, folded) in
            [("ABCDE", 0x1_08ac, 0x08ad), ("ABCDEUQUQUQ", 0x1_fcb7, 0xfcb8), ("ABCDEQUQUQU", 0x2_08ab, 0x08ad)]
        {
            let (report, _) = computed(&over_v4(UDP), data.as_bytes());
            assert_eq!(sum(&report), (total, folded), "{data}");
        }
    }

    #[test]
    fn a_computed_zero_goes_out_as_all_ones_where_zero_says_something() {
        // Payload c0df: reference/netsum.md, B5.
        let (report, reasons) = computed(&over_v4(UDP), &[0xc0, 0xdf]);
        assert_eq!((sum(&report).1, report.calculated, report.zero_became_all_ones), (0xffff, 0xffff, true));
        assert!(reasons.contains(&Reason::ZeroBecameAllOnes));
        let message = Typed {
            addrs: None,
            header: Header::Message { form: Form::named("icmp").unwrap(), kind: 0xff, code: 0xff, rest: [0; 4] },
            jumbo: false,
        };
        let (report, reasons) = computed(&message, b"");
        assert_eq!((report.calculated, report.zero_became_all_ones), (0, false));
        assert!(reasons.contains(&Reason::ZeroStays { protocol: "ICMP" }));
        // UDP-Lite never sends 0, nor does UDP over IPv6.
        let lite = Header::UdpLite { ports: (0, 0), coverage: 0 };
        for (typed, title) in [(over_v6(UDP), "UDP"), (over_v4(lite), "UDP-Lite")] {
            // The word that brings the sum to ffff is the checksum of the datagram without it.
            let (without, _) = computed(&typed, &[0, 0]);
            let word = u16::try_from(without.calculated).unwrap().to_be_bytes();
            let (report, reasons) = computed(&typed, &word);
            assert_eq!((report.calculated, report.zero_became_all_ones), (0xffff, true), "{title}");
            assert!(reasons.contains(&Reason::ZeroForbidden { protocol: title }));
        }
    }

    #[test]
    fn what_is_told_is_what_happened() {
        let (_, reasons) = computed(&over_v4(UDP), b"ABCDE");
        assert_eq!(
            reasons,
            [
                Reason::PseudoHeader {
                    family: Family::V4,
                    length_octets: 12,
                    protocol: "UDP",
                    unit: "datagram",
                    has_ports: true,
                    source: "RFC 768"
                },
                Reason::LengthTwice { length: 13, protocol: "UDP" },
                Reason::FieldCountsAsZero,
                Reason::Padded { octet: b'E' },
                Reason::Carried { carries: 1 },
                Reason::OrderIndependent { folded: 0x08ad, swapped_total: 0x1_ad07, swapped_folded: 0xad08 },
                Reason::Complemented { folded: 0x08ad, complement: 0xf752 },
            ]
        );
        let mapped = Typed { addrs: Some(addrs("::ffff:10.0.0.1", "::ffff:10.0.0.2")), header: UDP, jumbo: false };
        let (_, reasons) = computed(&mapped, b"AB");
        assert!(reasons.contains(&Reason::MappedAddresses));
        assert!(!reasons.iter().any(|reason| matches!(reason, Reason::Padded { .. })));
    }

    #[test]
    fn an_ipv4_header() {
        // reference/netsum.md, B1: TTL 64 gives 66c9, TTL 63 gives 67c9, another source af20.
        let header = |ttl| {
            Header::Ip(Ip {
                tos: 0,
                total_length: Some(33),
                identification: 1,
                fragment: 0,
                ttl,
                protocol: 17,
                options: Vec::new(),
            })
        };
        assert_eq!(computed(&over_v4(header(64)), b"").0.calculated, 0x66c9);
        assert_eq!(computed(&over_v4(header(63)), b"").0.calculated, 0x67c9);
        let translated = Typed { addrs: Some(addrs("192.168.1.1", "10.0.0.2")), header: header(64), jumbo: false };
        assert_eq!(computed(&translated, b"").0.calculated, 0xaf20);
    }

    #[test]
    fn coverage_of_udp_lite() {
        let lite = |coverage| over_v4(Header::UdpLite { ports: (5000, 6000), coverage });
        // Only what is covered counts, and the coverage itself.
        let (first, reasons) = computed(&lite(10), b"ABCDE");
        assert!(reasons.contains(&Reason::LeftOut { protocol: "UDP-Lite", covered_octets: 10, length_octets: 13 }));
        assert_eq!(computed(&lite(10), b"ABxyz").0.calculated, first.calculated);
        assert_ne!(computed(&lite(10), b"AxCDE").0.calculated, first.calculated);
        // 0 is all of it, as 13 is, and the two words differ by 13.
        let (all, thirteen) = (computed(&lite(0), b"ABCDE").0, computed(&lite(13), b"ABCDE").0);
        assert_eq!(sum(&all).0 + 13, sum(&thirteen).0);
        for (coverage, data) in [(1, &b"ABCDE"[..]), (7, b"ABCDE"), (14, b"ABCDE")] {
            let length = if coverage < 8 { 0 } else { 13 };
            assert_eq!(lite(coverage).subject(data), Err(TypedError::Coverage { coverage, length }));
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (typed, limit) in [(over_v4(UDP), 65_507), (over_v6(UDP), 65_527)] {
            assert_eq!(computed(&typed, &vec![0; limit]).0.length_octets, limit + 8);
            let error = typed.subject(&vec![0; limit + 1]).unwrap_err();
            assert!(matches!(error, TypedError::TooLong { limit: said, .. } if said == limit), "{error:?}");
        }
        let jumbo = Typed { jumbo: true, ..over_v6(UDP) };
        let (report, reasons) = computed(&jumbo, &vec![b'x'; 65_528]);
        assert!(reasons.contains(&Reason::Jumbogram { length_octets: 65_536 }));
        // Length is 0 in the header and 65,536 in the pseudo-header, which is 1 and 0 as words.
        let mut fast = Sum::new();
        fast.add(&[0xfd, 0, 0, 1, 0xfd, 0, 0, 2, 0, 1, 0, 17, 0x13, 0x88, 0x17, 0x70]).add(&vec![b'x'; 65_528]);
        assert_eq!(report.calculated, u32::from(fast.checksum()));
        let mixed = Typed { addrs: Some(addrs("10.0.0.1", "::1")), header: UDP, jumbo: false };
        assert_eq!(
            mixed.check().unwrap_err().to_string(),
            "source 10.0.0.1 is IPv4 and destination ::1 is IPv6: a datagram has two addresses of one family"
        );
    }

    fn any_header() -> impl Strategy<Value = Header> {
        let ports = any::<(u16, u16)>();
        let message = |name: &'static str| {
            any::<(u8, u8, [u8; 4])>().prop_map(move |(kind, code, rest)| Header::Message {
                form: Form::named(name).unwrap(),
                kind,
                code,
                rest,
            })
        };
        let options = || {
            prop::collection::vec(any::<u8>(), 0..=40).prop_map(|mut octets| {
                octets.truncate(octets.len() / 4 * 4);
                octets
            })
        };
        prop_oneof![
            ports.prop_map(|ports| Header::Udp { ports }),
            (ports, 8_u16..40).prop_map(|(ports, coverage)| Header::UdpLite { ports, coverage }),
            (ports, any::<(u32, u32, u8, u16, u16)>(), options()).prop_map(|(ports, fields, options)| {
                let (sequence, acknowledgment, flags, window, urgent) = fields;
                Header::Tcp(Tcp { ports, sequence, acknowledgment, flags, window, urgent, options })
            }),
            (ports, any::<u32>()).prop_map(|(ports, tag)| Header::Sctp { ports, tag }),
            message("icmp"),
            message("igmp"),
        ]
    }

    proptest! {
        /// With its checksum in place every packet is good at a receiver, who sums by the fast path.
        #[test]
        fn the_working_equals_the_fast_path(
            v6: bool, header in any_header(), data in prop::collection::vec(any::<u8>(), 32..128)
        ) {
            let typed = if v6 { over_v6(header) } else { over_v4(header) };
            // Chunks fill words of four octets.
            let len = if typed.header.form().name == "sctp" { data.len() / 4 * 4 } else { data.len() };
            let subject = typed.subject(&data[..len]).unwrap();
            let report = subject.work(&mut |_| ());
            let mut octets = subject.octets.clone();
            octets.truncate(subject.left_out.map_or(octets.len(), |left_out| left_out.start));
            let field = subject.field.unwrap();
            if typed.header.form().name == "sctp" {
                prop_assert_eq!(report.calculated, Crc32c::new().add(&octets).stored());
                return Ok(());
            }
            octets[field..field + 2].copy_from_slice(&u16::try_from(report.calculated).unwrap().to_be_bytes());
            let mut sum = subject.pseudo_header.map(|pseudo| pseudo.sum()).unwrap_or_default();
            prop_assert_eq!(sum.add(&octets).folded(), 0xffff);
        }

        #[test]
        fn the_header_of_ip_verifies(ttl: u8, protocol: u8, identification: u16, fragment: u16, tos: u8) {
            let ip = Ip { tos, total_length: None, identification, fragment, ttl, protocol, options: vec![1, 1, 1, 0] };
            let typed = over_v4(Header::Ip(ip));
            let subject = typed.subject(&[]).unwrap();
            let checksum = u16::try_from(subject.work(&mut |_| ()).calculated).unwrap();
            let mut octets = subject.octets;
            prop_assert_eq!(octets.len(), 24);
            octets[10..12].copy_from_slice(&checksum.to_be_bytes());
            prop_assert!(verify(&octets));
        }

        #[test]
        fn udp_over_any_addresses(src: std::net::SocketAddr, port: u16, data: Vec<u8>) {
            let dst = if src.is_ipv4() { "192.0.2.7" } else { "2001:db8::7" };
            let typed = Typed {
                addrs: Some((src.ip(), dst.parse().unwrap())),
                header: Header::Udp { ports: (src.port(), port) },
                jumbo: false,
            };
            let (report, reasons) = computed(&typed, &data);
            let mut sum = typed.subject(&data).unwrap().pseudo_header.unwrap().sum();
            let length = u16::try_from(report.length_octets).unwrap();
            sum.add_u16(src.port()).add_u16(port).add_u16(length).add_u16(0).add(&data);
            prop_assert_eq!(report.calculated, u32::from(udp_transmitted(sum.checksum())));
            let swapped = reasons.iter().any(|reason| matches!(reason,
                Reason::OrderIndependent { folded, swapped_folded, .. } if folded.swap_bytes() == *swapped_folded));
            prop_assert!(swapped, "{:?}", reasons);
        }
    }
}
