//! The UDP checksum: what is summed, and what is transmitted.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use sockeye_common::addr::IpText;
use sockeye_common::checksum::{PseudoHeader, udp_transmitted};

use crate::explain::Event;
use crate::protocol::{Protocol, by_name};
use crate::working::{Field, Part, Section, Working};

/// UDP's protocol number.
const UDP: u8 = 17;
/// Octets of a UDP header.
const HEADER_LEN: u16 = 8;
/// The most octets of data behind an IPv4 header without options: 65,535 less 20 and 8.
pub const MAX_DATA_V4: usize = 65_507;
/// The most octets of data that UDP's 16-bit Length can say: 65,535 less 8.
pub const MAX_DATA_V6: usize = 65_527;

/// A datagram whose checksum is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Where it comes from.
    pub src: SocketAddr,
    /// Where it goes.
    pub dst: SocketAddr,
    /// What it carries.
    pub data: Vec<u8>,
}

/// A checksum with all its working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whose checksum it is.
    #[serde(serialize_with = "by_name")]
    pub protocol: Protocol,
    /// The address that the datagram comes from.
    pub src_addr: String,
    /// The port that it comes from.
    pub src_port: u16,
    /// The address that it goes to.
    pub dst_addr: String,
    /// The port that it goes to.
    pub dst_port: u16,
    /// Header and data, in octets.
    pub length_octets: u16,
    /// The addition.
    #[serde(flatten)]
    pub working: Working,
    /// Whether the complement was zero and goes out as all ones.
    pub zero_became_all_ones: bool,
    /// What stands in the Checksum field.
    pub checksum: u16,
    /// The same as it is sent, high octet first: `f752`.
    pub checksum_octets: String,
}

/// Why a datagram cannot exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatagramError {
    /// One address is IPv4 and the other is not.
    Families {
        /// The source.
        src: SocketAddr,
        /// The destination.
        dst: SocketAddr,
    },
    /// More data than a datagram over IPv4 can have.
    TooLongForV4,
    /// More data than Length can say.
    TooLongForV6,
}

impl Datagram {
    /// Computes the checksum, telling every step.
    ///
    /// # Errors
    /// [`DatagramError`] if there is no such datagram.
    ///
    /// # Source
    /// RFC 768, RFC 8200 section 8.1.
    pub fn compute(&self, explain: &mut dyn FnMut(Event)) -> Result<Report, DatagramError> {
        let length = self.length()?;
        let pseudo = self.pseudo_header(length)?;
        explain(Event::PseudoHeader { family: Family::of(self.src.ip()), length_octets: pseudo.octets().len() });
        if let (SocketAddr::V6(src), SocketAddr::V6(dst)) = (self.src, self.dst)
            && src.ip().to_ipv4_mapped().is_some()
            && dst.ip().to_ipv4_mapped().is_some()
        {
            explain(Event::MappedAddresses);
        }
        explain(Event::LengthTwice { length });
        explain(Event::FieldCountsAsZero);
        let working = Working::of(vec![
            pseudo_section(&pseudo, length),
            self.header_section(length),
            Section::of_data(format!("Data ({})", octets(self.data.len())), self.data.clone()),
        ]);
        if let Some(octet) = working.words.last().filter(|word| word.padded).and_then(|word| word.octets.first()) {
            explain(Event::Padded { octet: *octet });
        }
        explain(Event::Carried { carries: working.carries() });
        explain(Event::order_independence(&working));
        explain(Event::Complemented { folded: working.folded, complement: working.complement });
        let checksum = udp_transmitted(working.complement);
        if working.complement == 0 {
            explain(Event::ZeroBecameAllOnes);
        }
        Ok(Report {
            protocol: Protocol::Udp,
            src_addr: IpText(self.src.ip()).to_string(),
            src_port: self.src.port(),
            dst_addr: IpText(self.dst.ip()).to_string(),
            dst_port: self.dst.port(),
            length_octets: length,
            zero_became_all_ones: working.complement == 0,
            working,
            checksum,
            checksum_octets: format!("{checksum:04x}"),
        })
    }

    /// What Length says.
    fn length(&self) -> Result<u16, DatagramError> {
        let (limit, error) = if self.src.is_ipv4() {
            (MAX_DATA_V4, DatagramError::TooLongForV4)
        } else {
            (MAX_DATA_V6, DatagramError::TooLongForV6)
        };
        if self.data.len() > limit {
            return Err(error);
        }
        u16::try_from(self.data.len()).ok().and_then(|data| data.checked_add(HEADER_LEN)).ok_or(error)
    }

    fn pseudo_header(&self, length: u16) -> Result<PseudoHeader, DatagramError> {
        match (self.src.ip(), self.dst.ip()) {
            (IpAddr::V4(src), IpAddr::V4(dst)) => Ok(PseudoHeader::V4 { src, dst, protocol: UDP, length }),
            (IpAddr::V6(src), IpAddr::V6(dst)) => {
                Ok(PseudoHeader::V6 { src, dst, length: length.into(), next_header: UDP })
            }
            _ => Err(DatagramError::Families { src: self.src, dst: self.dst }),
        }
    }

    fn header_section(&self, length: u16) -> Section {
        let rows = [
            ("Source Port", self.src.port(), self.src.port().to_string()),
            ("Destination Port", self.dst.port(), self.dst.port().to_string()),
            ("Length", length, length_meaning(length)),
            ("Checksum", 0, "counts as zero in the sum".to_owned()),
        ];
        let fields = rows.into_iter().zip((0..).step_by(2)).map(|((name, value, meaning), offset_octets)| Field {
            name,
            offset_octets,
            octets: value.to_be_bytes().to_vec(),
            meaning,
        });
        Section::of_fields(Part::Header, "UDP header (8 octets)", fields.collect())
    }
}

fn pseudo_section(pseudo: &PseudoHeader, length: u16) -> Section {
    let (version, source) = match pseudo {
        PseudoHeader::V4 { .. } => ("IPv4", "RFC 768"),
        PseudoHeader::V6 { .. } => ("IPv6", "RFC 8200 section 8.1"),
    };
    let mut fields: Vec<Field> = pseudo.fields().into_iter().map(Field::from).collect();
    for field in &mut fields {
        match field.name {
            "Protocol" | "Next Header" => field.meaning.push_str(" (UDP)"),
            "Length" | "Upper-Layer Packet Length" => field.meaning = length_meaning(length),
            _ => {}
        }
    }
    let mut section = Section::of_fields(Part::PseudoHeader, "", fields);
    section.title =
        format!("{version} pseudo-header ({}, summed but never sent; {source})", octets(section.octets.len()));
    section
}

fn length_meaning(length: u16) -> String {
    format!("{length} = {HEADER_LEN} of header + {} of data", length.saturating_sub(HEADER_LEN))
}

/// A number of octets in words.
pub fn octets(count: usize) -> String {
    format!("{count} octet{}", if count == 1 { "" } else { "s" })
}

/// The version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Family {
    /// Version 4.
    #[serde(rename = "ipv4")]
    V4,
    /// Version 6.
    #[serde(rename = "ipv6")]
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(addr: IpAddr) -> Self {
        if addr.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

impl fmt::Display for DatagramError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Families { src, dst } => write!(
                f,
                "source {} is {} and destination {} is {}: a datagram has two addresses of one family",
                IpText(src.ip()),
                Family::of(src.ip()),
                IpText(dst.ip()),
                Family::of(dst.ip())
            ),
            Self::TooLongForV4 => write!(
                f,
                "data: more than the {MAX_DATA_V4} octets that fit behind an IPv4 header (65535 less 20 of IPv4 and 8 of UDP)"
            ),
            Self::TooLongForV6 => write!(
                f,
                "data: more than the {MAX_DATA_V6} octets that UDP's Length can say (65535 less 8 of header); jumbograms (RFC 2675) are not computed"
            ),
        }
    }
}

impl std::error::Error for DatagramError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::checksum::Sum;

    use super::*;

    fn datagram(src: &str, dst: &str, data: &[u8]) -> Datagram {
        Datagram { src: src.parse().unwrap(), dst: dst.parse().unwrap(), data: data.to_vec() }
    }

    fn computed(datagram: &Datagram) -> (Report, Vec<Event>) {
        let mut events = Vec::new();
        let report = datagram.compute(&mut |event| events.push(event)).unwrap();
        (report, events)
    }

    /// Data, UDP length, checksum over IPv4 and over IPv6 (fd00::1 and fd00::2): reference/netsum.md, B1, where scapy,
    /// tshark, tcpdump and the kernel agree.
    const WORKED: &[(&str, u16, u16, u16)] = &[
        ("ABCDE", 13, 0xf752, 0x1151),
        ("ABCDEUQUQUQ", 19, 0x0347, 0x1d45),
        ("ABCDEQUQUQU", 19, 0xf752, 0x1151),
        ("ABCD", 12, 0x3c55, 0x5653),
        ("ABCDUQUQUQ", 18, 0x3c55, 0x5653),
    ];

    #[test]
    fn the_worked_example() {
        for (data, length, v4, v6) in WORKED {
            let (report, _) = computed(&datagram("10.0.0.1:5000", "10.0.0.2:6000", data.as_bytes()));
            assert_eq!((report.length_octets, report.checksum), (*length, *v4), "{data} over IPv4");
            let (report, _) = computed(&datagram("[fd00::1]:5000", "[fd00::2]:6000", data.as_bytes()));
            assert_eq!((report.length_octets, report.checksum), (*length, *v6), "{data} over IPv6");
        }
        for (data, total, folded) in
            [("ABCDE", 0x1_08ac, 0x08ad), ("ABCDEUQUQUQ", 0x1_fcb7, 0xfcb8), ("ABCDEQUQUQU", 0x2_08ab, 0x08ad)]
        {
            let (report, _) = computed(&datagram("10.0.0.1:5000", "10.0.0.2:6000", data.as_bytes()));
            assert_eq!((report.working.total, report.working.folded), (total, folded), "{data}");
        }
    }

    #[test]
    fn a_computed_zero_goes_out_as_all_ones() {
        // Payload c0df: reference/netsum.md, B5.
        let (report, events) = computed(&datagram("10.0.0.1:5000", "10.0.0.2:6000", &[0xc0, 0xdf]));
        assert_eq!((report.working.folded, report.working.complement), (0xffff, 0));
        assert_eq!((report.checksum, report.zero_became_all_ones), (0xffff, true));
        assert!(events.contains(&Event::ZeroBecameAllOnes));
    }

    #[test]
    fn what_is_told_is_what_happened() {
        let (_, events) = computed(&datagram("10.0.0.1:5000", "10.0.0.2:6000", b"ABCDE"));
        assert_eq!(
            events,
            [
                Event::PseudoHeader { family: Family::V4, length_octets: 12 },
                Event::LengthTwice { length: 13 },
                Event::FieldCountsAsZero,
                Event::Padded { octet: b'E' },
                Event::Carried { carries: 1 },
                Event::OrderIndependent { folded: 0x08ad, swapped_total: 0x1_ad07, swapped_folded: 0xad08 },
                Event::Complemented { folded: 0x08ad, complement: 0xf752 },
            ]
        );
        let (_, events) = computed(&datagram("[::ffff:10.0.0.1]:1", "[::ffff:10.0.0.2]:2", b"AB"));
        assert!(events.contains(&Event::MappedAddresses));
        assert!(!events.iter().any(|event| matches!(event, Event::Padded { .. })));
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for (src, dst, limit, error) in [
            ("10.0.0.1:1", "10.0.0.2:2", MAX_DATA_V4, DatagramError::TooLongForV4),
            ("[fd00::1]:1", "[fd00::2]:2", MAX_DATA_V6, DatagramError::TooLongForV6),
        ] {
            let mut datagram = datagram(src, dst, &vec![0; limit]);
            let (report, _) = computed(&datagram);
            assert_eq!(usize::from(report.length_octets), limit + 8);
            datagram.data.push(0);
            assert_eq!(datagram.compute(&mut |_| ()), Err(error));
        }
        let mixed = datagram("10.0.0.1:1", "[::1]:2", b"").compute(&mut |_| ()).unwrap_err();
        assert_eq!(
            mixed.to_string(),
            "source 10.0.0.1 is IPv4 and destination ::1 is IPv6: a datagram has two addresses of one family"
        );
    }

    proptest! {
        #[test]
        fn the_working_equals_the_fast_path(src: SocketAddr, port: u16, data: Vec<u8>) {
            let dst = match src {
                SocketAddr::V4(_) => "192.0.2.7:0".parse::<SocketAddr>(),
                SocketAddr::V6(_) => "[2001:db8::7]:0".parse::<SocketAddr>(),
            };
            let mut dst = dst.unwrap();
            dst.set_port(port);
            let (report, events) = computed(&Datagram { src, dst, data: data.clone() });
            let length = report.length_octets;
            let pseudo = match (src.ip(), dst.ip()) {
                (IpAddr::V4(src), IpAddr::V4(dst)) => PseudoHeader::V4 { src, dst, protocol: 17, length },
                (IpAddr::V6(src), IpAddr::V6(dst)) => PseudoHeader::V6 { src, dst, length: length.into(), next_header: 17 },
                _ => unreachable!(),
            };
            let mut sum: Sum = pseudo.sum();
            sum.add_u16(src.port()).add_u16(port).add_u16(length).add_u16(0).add(&data);
            prop_assert_eq!(report.checksum, udp_transmitted(sum.checksum()));
            // With the checksum in its field the receiver's sum is all ones, whichever zero was sent.
            prop_assert_eq!(sum.add(if data.len() % 2 == 1 { &[0] } else { &[] }).add_u16(report.checksum).folded(), 0xffff);
            let swapped = events.iter().any(|event| matches!(event,
                Event::OrderIndependent { folded, swapped_folded, .. } if folded.swap_bytes() == *swapped_folded));
            prop_assert!(swapped, "{:?}", events);
        }
    }
}
