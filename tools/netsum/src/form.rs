//! The headers that hold checksums, as a table: their fields, what else is summed, and what zero means.

use std::net::{Ipv4Addr, Ipv6Addr};

use sockeye_capture::layers::{Algorithm, Zero};
use sockeye_common::addr::IpText;
use sockeye_common::hex;
use sockeye_common::words::counted;

use crate::working::Field;

/// When a pseudo-header is summed too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pseudo {
    /// Over both versions of IP.
    Always,
    /// Over IPv6 alone.
    OverV6,
    /// Over neither.
    Never,
}

/// What the octets of a field are, which says how they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Number,
    /// A number that counts octets.
    Octets,
    Hex,
    Address,
    /// Header and data.
    Length,
    /// UDP-Lite's coverage.
    Coverage,
    /// Header length in words of four octets, in the high half.
    DataOffset,
    TcpFlags,
    VersionIhl,
    FragmentOffset,
    Protocol,
    IcmpType(&'static [(u8, &'static str)]),
    /// Tenths of a second.
    Tenths,
    Checksum,
}

/// One field of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    name: &'static str,
    len: usize,
    shown: Shown,
}

const fn row(name: &'static str, len: usize, shown: Shown) -> Row {
    Row { name, len, shown }
}

/// A header that holds a checksum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The word for it on the command line: `udp`.
    pub name: &'static str,
    /// Its name: `UDP`.
    pub title: &'static str,
    /// What it is the header of: `datagram`.
    pub unit: &'static str,
    /// The protocol's number in IP.
    pub number: Option<u8>,
    /// How the checksum is computed.
    pub algorithm: Algorithm,
    /// Whether a pseudo-header is summed.
    pub pseudo: Pseudo,
    /// What zero says over IPv4.
    pub zero: Zero,
    /// Whether the header begins with two ports.
    pub has_ports: bool,
    /// Where the checksum is specified.
    pub source: &'static str,
    /// What it covers, in a sentence, where there is no pseudo-header.
    pub alone: &'static str,
    rows: &'static [Row],
}

impl Form {
    /// The one that is called `name`.
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.name == name)
    }

    /// Octets of the header without options.
    pub fn fixed_len(&self) -> usize {
        self.rows.iter().map(|row| row.len).sum()
    }

    /// Where the checksum is in the header.
    pub fn checksum_at(&self) -> usize {
        self.rows.iter().take_while(|row| row.shown != Shown::Checksum).map(|row| row.len).sum()
    }

    /// Where the field called `name` is in the header, and how long it is.
    pub fn place(&self, name: &str) -> Option<(usize, usize)> {
        let at = self.rows.iter().take_while(|row| row.name != name).map(|row| row.len).sum();
        self.rows.iter().find(|row| row.name == name).map(|row| (at, row.len))
    }

    /// The fields of a header, whose checksum counts as zero; what stands behind the fixed ones are its options.
    ///
    /// `length` is that of the whole, header and data, in octets.
    pub fn fields(&self, header: &[u8], length: usize, stored: Option<u32>) -> Vec<Field> {
        let mut rest = header;
        let mut fields = Vec::new();
        let options = [row("Options", usize::MAX, Shown::Hex)];
        for row in self.rows.iter().chain(&options) {
            let (octets, behind) = rest.split_at(row.len.min(rest.len()));
            if octets.is_empty() {
                break;
            }
            let offset_octets = header.len().saturating_sub(rest.len());
            let meaning = match row.shown {
                Shown::Checksum => match stored {
                    Some(stored) => format!("{} stored, counts as zero", digits(self.algorithm, stored)),
                    None => "counts as zero".to_owned(),
                },
                shown => meaning(shown, octets, header.len(), length),
            };
            fields.push(Field { name: row.name, offset_octets, octets: octets.to_vec(), meaning });
            rest = behind;
        }
        fields
    }
}

/// A checksum as hexadecimal digits, as many as its field has.
pub fn digits(algorithm: Algorithm, checksum: u32) -> String {
    format!("{checksum:0width$x}", width = algorithm.width().saturating_mul(2))
}

/// The word for an algorithm.
pub const fn algorithm_name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Internet => "internet",
        Algorithm::Crc32c => "crc32c",
    }
}

/// What a protocol number stands for, where this table has it.
pub fn protocol_title(number: u8) -> Option<&'static str> {
    FORMS.iter().find(|form| form.number == Some(number)).map(|form| form.title)
}

/// `13 = 8 of header + 5 of data`.
pub fn length_meaning(length: usize, header_len: usize) -> String {
    format!("{length} = {header_len} of header + {} of data", length.saturating_sub(header_len))
}

fn meaning(shown: Shown, octets: &[u8], header_len: usize, length: usize) -> String {
    let number = octets.iter().fold(0_u64, |number, octet| number << 8 | u64::from(*octet));
    match shown {
        Shown::Number => number.to_string(),
        Shown::Octets => crate::form::octets(usize::try_from(number).unwrap_or(usize::MAX)),
        Shown::Hex | Shown::Checksum => format!("0x{}", hex::encode(octets)),
        Shown::Address => address(octets),
        Shown::Length if number == 0 && length > usize::from(u16::MAX) => {
            format!("0: {} is more than 16 bits say (RFC 2675)", length_meaning(length, header_len))
        }
        Shown::Length if usize::try_from(number) == Ok(length) => length_meaning(length, header_len),
        Shown::Length => format!("{number}"),
        Shown::Coverage if number == 0 => "0: the whole datagram".to_owned(),
        Shown::Coverage => format!("{number} of {length} octets are covered"),
        Shown::DataOffset => {
            let words = number >> 4;
            let reserved = match number & 0xf {
                0 => String::new(),
                reserved => format!(", reserved bits {reserved:04b}"),
            };
            format!("{words} words of 4 octets: {} of header{reserved}", octets_of(words.saturating_mul(4)))
        }
        Shown::TcpFlags => flags(number),
        Shown::VersionIhl => {
            format!("version {}, {} of header", number >> 4, octets_of((number & 0xf).saturating_mul(4)))
        }
        Shown::FragmentOffset => fragment_offset(number),
        Shown::Protocol => match u8::try_from(number).ok().and_then(protocol_title) {
            Some(title) => format!("{number} ({title})"),
            None => number.to_string(),
        },
        Shown::IcmpType(names) => match names.iter().find(|(known, _)| u64::from(*known) == number) {
            Some((_, name)) => format!("{number} ({name})"),
            None => number.to_string(),
        },
        Shown::Tenths => format!("{number} tenths of a second"),
    }
}

fn octets_of(count: u64) -> String {
    octets(usize::try_from(count).unwrap_or(usize::MAX))
}

/// A number of octets in words.
pub fn octets(count: usize) -> String {
    counted(count, "octet")
}

fn address(octets: &[u8]) -> String {
    if let Ok(v4) = <[u8; 4]>::try_from(octets) {
        return Ipv4Addr::from(v4).to_string();
    }
    match <[u8; 16]>::try_from(octets) {
        Ok(v6) => IpText(Ipv6Addr::from(v6).into()).to_string(),
        Err(_) => format!("0x{}", hex::encode(octets)),
    }
}

/// The control bits of TCP, the highest first.
pub const TCP_FLAGS: [&str; 8] = ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"];

fn flags(number: u64) -> String {
    let set: Vec<&str> = TCP_FLAGS
        .iter()
        .zip((0..8_u32).rev())
        .filter(|(_, bit)| number >> bit & 1 == 1)
        .map(|(name, _)| *name)
        .collect();
    if set.is_empty() { "none".to_owned() } else { set.join(" ") }
}

fn fragment_offset(number: u64) -> String {
    let mut words = Vec::new();
    for (bit, name) in [(15, "reserved bit"), (14, "DF"), (13, "MF")] {
        if number >> bit & 1 == 1 {
            words.push(name.to_owned());
        }
    }
    words.push(format!("offset {}", octets_of((number & 0x1fff).saturating_mul(8))));
    words.join(", ")
}

/// Types of ICMP that people meet (RFC 792 and others; IANA, ICMP Parameters).
const ICMP_TYPES: &[(u8, &str)] = &[
    (0, "echo reply"),
    (3, "destination unreachable"),
    (5, "redirect"),
    (8, "echo"),
    (9, "router advertisement"),
    (10, "router solicitation"),
    (11, "time exceeded"),
    (12, "parameter problem"),
    (13, "timestamp"),
    (14, "timestamp reply"),
];

/// Types of ICMPv6 that people meet (RFC 4443, RFC 4861, RFC 3810).
const ICMPV6_TYPES: &[(u8, &str)] = &[
    (1, "destination unreachable"),
    (2, "packet too big"),
    (3, "time exceeded"),
    (4, "parameter problem"),
    (128, "echo request"),
    (129, "echo reply"),
    (130, "multicast listener query"),
    (131, "multicast listener report"),
    (132, "multicast listener done"),
    (133, "router solicitation"),
    (134, "router advertisement"),
    (135, "neighbor solicitation"),
    (136, "neighbor advertisement"),
    (137, "redirect"),
    (143, "multicast listener report, version 2"),
];

/// Types of IGMP (RFC 1112, RFC 2236, RFC 9776).
const IGMP_TYPES: &[(u8, &str)] = &[
    (0x11, "membership query"),
    (0x12, "membership report, version 1"),
    (0x16, "membership report, version 2"),
    (0x17, "leave group"),
    (0x22, "membership report, version 3"),
];

const PORTS: [Row; 2] = [row("Source Port", 2, Shown::Number), row("Destination Port", 2, Shown::Number)];
const CHECKSUM: Row = row("Checksum", 2, Shown::Checksum);

/// What most rows of [`FORMS`] share.
const BASE: Form = Form {
    name: "raw",
    title: "raw octets",
    unit: "run of octets",
    number: None,
    algorithm: Algorithm::Internet,
    pseudo: Pseudo::Never,
    zero: Zero::Counts,
    has_ports: false,
    source: "RFC 1071",
    alone: "the octets are summed as they are given, with nothing in front",
    rows: &[],
};

/// Octets without a header, and without a field for the checksum.
pub static RAW: Form = BASE;

/// Octets without a header, as CRC32c takes them.
pub static RAW_CRC32C: Form = Form {
    algorithm: Algorithm::Crc32c,
    source: "RFC 9260 appendix A",
    alone: "the octets are taken as they are given, with nothing in front",
    ..BASE
};

/// Every header that is known.
///
/// # Source
/// Each row names its own; the numbers are IANA's Assigned Internet Protocol Numbers.
pub static FORMS: &[Form] = &[
    Form {
        name: "ip",
        title: "IPv4",
        unit: "header",
        source: "RFC 791 section 3.1",
        alone: "the checksum of an IPv4 header covers the header with its options and nothing that follows: every router \
                that lowers the TTL changes it, and each transport has one of its own (RFC 791 section 3.1)",
        number: Some(4),
        rows: &[
            row("Version, IHL", 1, Shown::VersionIhl),
            row("Type of Service", 1, Shown::Hex),
            row("Total Length", 2, Shown::Octets),
            row("Identification", 2, Shown::Number),
            row("Flags, Fragment Offset", 2, Shown::FragmentOffset),
            row("Time to Live", 1, Shown::Number),
            row("Protocol", 1, Shown::Protocol),
            row("Header Checksum", 2, Shown::Checksum),
            row("Source Address", 4, Shown::Address),
            row("Destination Address", 4, Shown::Address),
        ],
        ..BASE
    },
    Form {
        name: "udp",
        title: "UDP",
        unit: "datagram",
        number: Some(17),
        pseudo: Pseudo::Always,
        zero: Zero::Absent,
        has_ports: true,
        source: "RFC 768",
        rows: &[PORTS[0], PORTS[1], row("Length", 2, Shown::Length), CHECKSUM],
        ..BASE
    },
    Form {
        name: "udplite",
        title: "UDP-Lite",
        unit: "datagram",
        number: Some(136),
        pseudo: Pseudo::Always,
        zero: Zero::Forbidden,
        has_ports: true,
        source: "RFC 3828 section 3.1",
        rows: &[PORTS[0], PORTS[1], row("Checksum Coverage", 2, Shown::Coverage), CHECKSUM],
        ..BASE
    },
    Form {
        name: "tcp",
        title: "TCP",
        unit: "segment",
        number: Some(6),
        pseudo: Pseudo::Always,
        has_ports: true,
        source: "RFC 9293 section 3.1",
        rows: &[
            PORTS[0],
            PORTS[1],
            row("Sequence Number", 4, Shown::Number),
            row("Acknowledgment Number", 4, Shown::Number),
            row("Data Offset, Reserved", 1, Shown::DataOffset),
            row("Flags", 1, Shown::TcpFlags),
            row("Window", 2, Shown::Number),
            CHECKSUM,
            row("Urgent Pointer", 2, Shown::Number),
        ],
        ..BASE
    },
    Form {
        name: "icmp",
        title: "ICMP",
        unit: "message",
        number: Some(1),
        source: "RFC 792",
        alone: "ICMP over IPv4 has no pseudo-header: the sum is over the message alone, whoever sent it (RFC 792); \
                ICMPv6 has one",
        rows: &[
            row("Type", 1, Shown::IcmpType(ICMP_TYPES)),
            row("Code", 1, Shown::Number),
            CHECKSUM,
            row("Rest of Header", 4, Shown::Hex),
        ],
        ..BASE
    },
    Form {
        name: "icmpv6",
        title: "ICMPv6",
        unit: "message",
        number: Some(58),
        pseudo: Pseudo::Always,
        source: "RFC 4443 section 2.3",
        rows: &[
            row("Type", 1, Shown::IcmpType(ICMPV6_TYPES)),
            row("Code", 1, Shown::Number),
            CHECKSUM,
            row("Message Body", 4, Shown::Hex),
        ],
        ..BASE
    },
    Form {
        name: "igmp",
        title: "IGMP",
        unit: "message",
        number: Some(2),
        source: "RFC 2236 section 2.3",
        alone: "IGMP has no pseudo-header: the sum is over the whole payload of the IPv4 packet (RFC 2236 section 2.3)",
        rows: &[
            row("Type", 1, Shown::IcmpType(IGMP_TYPES)),
            row("Max Resp Time", 1, Shown::Tenths),
            CHECKSUM,
            row("Group Address", 4, Shown::Address),
        ],
        ..BASE
    },
    Form {
        name: "sctp",
        title: "SCTP",
        unit: "packet",
        number: Some(132),
        algorithm: Algorithm::Crc32c,
        has_ports: true,
        source: "RFC 9260 section 6.8 and appendix A",
        alone: "SCTP has no pseudo-header: the CRC covers the common header and the chunks, and a packet that was \
                delivered to the wrong host is known by its Verification Tag (RFC 9260 sections 6.8 and 8.5)",
        rows: &[PORTS[0], PORTS[1], row("Verification Tag", 4, Shown::Hex), row("Checksum", 4, Shown::Checksum)],
        ..BASE
    },
    Form {
        name: "dccp",
        title: "DCCP",
        unit: "packet",
        number: Some(33),
        pseudo: Pseudo::Always,
        has_ports: true,
        source: "RFC 4340 section 9.1",
        rows: &[PORTS[0], PORTS[1], row("Data Offset", 1, Shown::Number), row("CCVal, CsCov", 1, Shown::Hex), CHECKSUM],
        ..BASE
    },
    Form {
        name: "ospf",
        title: "OSPF",
        unit: "packet",
        number: Some(89),
        pseudo: Pseudo::OverV6,
        source: "RFC 2328 appendix D.4, RFC 5340 appendix A.3.1",
        alone: "OSPF over IPv4 has no pseudo-header, and its sum leaves out the 8 octets of authentication (RFC 2328 \
                appendix D.4)",
        rows: &[
            row("Version", 1, Shown::Number),
            row("Type", 1, Shown::Number),
            row("Packet Length", 2, Shown::Octets),
            row("Router ID", 4, Shown::Address),
            row("Area ID", 4, Shown::Address),
            CHECKSUM,
        ],
        ..BASE
    },
    Form {
        name: "pim",
        title: "PIM",
        unit: "message",
        number: Some(103),
        pseudo: Pseudo::OverV6,
        source: "RFC 7761 section 4.9",
        alone: "PIM over IPv4 has no pseudo-header; of a Register message only the first 8 octets are covered (RFC 7761 \
                section 4.9)",
        rows: &[row("Version, Type", 1, Shown::Hex), row("Reserved", 1, Shown::Number), CHECKSUM],
        ..BASE
    },
    Form {
        name: "vrrp",
        title: "VRRP",
        unit: "packet",
        number: Some(112),
        pseudo: Pseudo::OverV6,
        source: "RFC 9568 section 5.2.8",
        alone: "this version of VRRP has no pseudo-header over IPv4 (RFC 3768 section 5.3.8)",
        rows: &[
            row("Version, Type", 1, Shown::Hex),
            row("Virtual Router ID", 1, Shown::Number),
            row("Priority", 1, Shown::Number),
            row("Count of Addresses", 1, Shown::Number),
            row("Advertisement Interval", 2, Shown::Hex),
            CHECKSUM,
        ],
        ..BASE
    },
    Form {
        name: "gre",
        title: "GRE",
        unit: "packet",
        number: Some(47),
        source: "RFC 2784 section 2.4",
        alone: "GRE has no pseudo-header: the sum is over its header and the packet inside (RFC 2784 section 2.4)",
        rows: &[
            row("Flags, Version", 2, Shown::Hex),
            row("Protocol Type", 2, Shown::Hex),
            CHECKSUM,
            row("Reserved1", 2, Shown::Hex),
        ],
        ..BASE
    },
    Form {
        name: "eigrp",
        title: "EIGRP",
        unit: "packet",
        number: Some(88),
        source: "RFC 7868 section 6.3",
        alone: "EIGRP has no pseudo-header: the sum is over the packet alone (RFC 7868 section 6.3)",
        rows: &[row("Version", 1, Shown::Number), row("Opcode", 1, Shown::Number), CHECKSUM],
        ..BASE
    },
    Form {
        name: "icmp.ext",
        title: "ICMP extension",
        unit: "structure",
        source: "RFC 4884 section 7",
        alone: "the extension of an ICMP error is summed for itself, from its version on (RFC 4884 section 7)",
        rows: &[row("Version, Reserved", 2, Shown::Hex), CHECKSUM],
        ..BASE
    },
    Form {
        name: "carp",
        title: "CARP",
        unit: "packet",
        source: "OpenBSD, ip_carp.h",
        alone: "CARP has no pseudo-header over IPv4: the sum is over the packet alone",
        rows: &[
            row("Version, Type", 1, Shown::Hex),
            row("Virtual Host ID", 1, Shown::Number),
            row("Advertisement Skew", 1, Shown::Number),
            row("Authentication Length", 1, Shown::Number),
            row("Reserved", 1, Shown::Number),
            row("Advertisement Base", 1, Shown::Number),
            CHECKSUM,
        ],
        ..BASE
    },
    Form {
        name: "rsvp",
        title: "RSVP",
        unit: "message",
        number: Some(46),
        source: "RFC 2205 section 3.1.1",
        alone: "RSVP has no pseudo-header: the sum is over the message alone (RFC 2205 section 3.1.1)",
        rows: &[
            row("Version, Flags", 1, Shown::Hex),
            row("Message Type", 1, Shown::Number),
            CHECKSUM,
            row("Send TTL", 1, Shown::Number),
            row("Reserved", 1, Shown::Number),
            row("RSVP Length", 2, Shown::Octets),
        ],
        ..BASE
    },
    Form {
        name: "pgm",
        title: "PGM",
        unit: "packet",
        number: Some(113),
        zero: Zero::Absent,
        has_ports: true,
        source: "RFC 3208 section 8",
        alone: "PGM has no pseudo-header: the sum is over the packet alone (RFC 3208 section 8)",
        rows: &[PORTS[0], PORTS[1], row("Type", 1, Shown::Hex), row("Options", 1, Shown::Hex), CHECKSUM],
        ..BASE
    },
    Form {
        name: "mipv6",
        title: "Mobility Header",
        unit: "message",
        number: Some(135),
        pseudo: Pseudo::Always,
        source: "RFC 6275 section 6.1.1",
        rows: &[
            row("Payload Proto", 1, Shown::Number),
            row("Header Len", 1, Shown::Number),
            row("MH Type", 1, Shown::Number),
            row("Reserved", 1, Shown::Number),
            CHECKSUM,
        ],
        ..BASE
    },
    Form {
        name: "hip",
        title: "HIP",
        unit: "packet",
        number: Some(139),
        pseudo: Pseudo::Always,
        source: "RFC 7401 section 5.1.1",
        rows: &[
            row("Next Header", 1, Shown::Number),
            row("Header Length", 1, Shown::Number),
            row("Packet Type", 1, Shown::Number),
            row("Version", 1, Shown::Hex),
            CHECKSUM,
            row("Controls", 2, Shown::Hex),
        ],
        ..BASE
    },
    Form {
        name: "shim6",
        title: "Shim6",
        unit: "message",
        number: Some(140),
        source: "RFC 5533 section 5.3",
        alone: "the sum is over the shim header alone, from its Next Header on (RFC 5533 section 5.3)",
        rows: &[
            row("Next Header", 1, Shown::Number),
            row("Header Ext Len", 1, Shown::Number),
            row("Type", 1, Shown::Hex),
            row("Type-specific", 1, Shown::Hex),
            CHECKSUM,
        ],
        ..BASE
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_has_one_checksum_on_an_even_octet() {
        for form in FORMS {
            let checksums: Vec<&Row> = form.rows.iter().filter(|row| row.shown == Shown::Checksum).collect();
            let [checksum] = &checksums[..] else { panic!("{}", form.name) };
            assert_eq!(checksum.len, form.algorithm.width(), "{}", form.name);
            assert_eq!(form.checksum_at() % 2, 0, "{}", form.name);
            assert_eq!(form.fixed_len() % 2, 0, "{}", form.name);
            assert!(form.pseudo == Pseudo::Always || !form.alone.is_empty(), "{}", form.name);
            assert_eq!(form.has_ports, form.place("Source Port") == Some((0, 2)), "{}", form.name);
            assert_eq!(Form::named(form.name), Some(form));
        }
        for protocol in sockeye_capture::layers::Protocol::ALL {
            assert!(Form::named(protocol.name()).is_some(), "{}", protocol.name());
        }
        for (name, at) in [("ip", 10), ("udp", 6), ("tcp", 16), ("icmp", 2), ("sctp", 8), ("ospf", 12), ("gre", 4)] {
            assert_eq!(Form::named(name).unwrap().checksum_at(), at, "{name}");
        }
    }

    #[test]
    fn fields_of_a_header_with_options() {
        let form = Form::named("tcp").unwrap();
        let header = [&[0, 80, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0x60, 0x12, 0xff, 0xff, 0, 0, 0, 0][..], &[2, 4, 5, 0xb4]];
        let fields = form.fields(&header.concat(), 24, Some(0xabcd));
        let meanings: Vec<(&str, &str)> = fields.iter().map(|field| (field.name, field.meaning.as_str())).collect();
        assert_eq!(
            meanings,
            [
                ("Source Port", "80"),
                ("Destination Port", "1"),
                ("Sequence Number", "1"),
                ("Acknowledgment Number", "2"),
                ("Data Offset, Reserved", "6 words of 4 octets: 24 octets of header"),
                ("Flags", "ACK SYN"),
                ("Window", "65535"),
                ("Checksum", "abcd stored, counts as zero"),
                ("Urgent Pointer", "0"),
                ("Options", "0x020405b4"),
            ]
        );
        assert_eq!(fields.last().map(|field| field.offset_octets), Some(20));
        // AE of RFC 9768 is one of the bits that RFC 9293 reserves.
        let reserved = form.fields(&[&header.concat()[..12], &[0x61]].concat(), 24, None);
        assert_eq!(
            reserved.last().map(|field| field.meaning.as_str()),
            Some("6 words of 4 octets: 24 octets of header, reserved bits 0001")
        );
        // Cut short, what is there is shown.
        assert_eq!(form.fields(&[0, 80, 0], 3, None).len(), 2);
        assert_eq!(fragment_offset(0x6001), "DF, MF, offset 8 octets");
        assert_eq!(flags(0), "none");
    }
}
