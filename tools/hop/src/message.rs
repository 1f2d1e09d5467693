//! ICMP and ICMPv6 messages taken apart, with the packet that an error quotes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_common::wire::{Reader, Truncated};

use crate::extension::{self, Object};
use crate::icmp::{Class, Kind};
use crate::options::Family;

/// Protocol numbers (IANA, "Assigned Internet Protocol Numbers").
const ICMP: u8 = 1;
const TCP: u8 = 6;
const UDP: u8 = 17;
const ICMPV6: u8 = 58;

/// How many octets a quotation has at least before extensions, where its length is not said (RFC 4884 section 5.5).
const OLD_QUOTATION_LEN: usize = 128;

/// The header of a packet: what there is to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Header {
    /// Source address.
    pub src: IpAddr,
    /// Destination address.
    pub dst: IpAddr,
    /// TTL or hop limit.
    pub ttl: u8,
    /// Type of service or traffic class.
    pub tos: u8,
    /// Total Length of IPv4, with the header; the same computed for IPv6. In octets.
    pub length_octets: u32,
    /// The protocol behind it.
    pub protocol: u8,
}

/// The header behind the IP header of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "protocol", rename_all = "snake_case")]
pub enum Upper {
    /// ICMP or ICMPv6 echo.
    Icmp {
        /// Identifier.
        id: u16,
        /// Sequence Number.
        seq: u16,
    },
    /// UDP.
    Udp {
        /// Source Port.
        src_port: u16,
        /// Destination Port.
        dst_port: u16,
        /// Checksum.
        checksum: u16,
    },
    /// TCP.
    Tcp {
        /// Source Port.
        src_port: u16,
        /// Destination Port.
        dst_port: u16,
        /// Sequence Number.
        sequence: u32,
    },
    /// Another protocol, or too little of it.
    Unknown,
}

/// The packet that an error is about, as much as there is of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    /// Its IP header.
    pub header: Header,
    /// What follows.
    pub upper: Upper,
    /// The octets behind that header: of the data that was sent.
    pub data: Vec<u8>,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Type and code.
    pub kind: Kind,
    /// What it carries.
    pub body: Body,
}

/// What a message carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// An echo request or reply.
    Echo {
        /// Identifier.
        id: u16,
        /// Sequence Number.
        seq: u16,
        /// The data.
        data: Vec<u8>,
    },
    /// An error.
    Error {
        /// The MTU of the next link, in octets, of those errors that have one.
        mtu: Option<u32>,
        /// The packet that it is about.
        quoted: Quoted,
        /// What the router added.
        objects: Vec<Object>,
    },
    /// Neither.
    Other,
}

/// Reads an IPv4 or IPv6 header and leaves the reader behind it, options and the extensions that probes may have included.
///
/// # Errors
/// [`Truncated`] if it is not whole.
///
/// # Source
/// RFC 791 section 3.1, RFC 8200 section 3.
pub fn header(family: Family, reader: &mut Reader<'_>) -> Result<Header, Truncated> {
    match family {
        Family::Ipv4 => header_v4(reader),
        Family::Ipv6 => header_v6(reader),
    }
}

fn header_v4(reader: &mut Reader<'_>) -> Result<Header, Truncated> {
    const LEAST: usize = 20;
    let words = reader.u8("Version, IHL")? & 0xf;
    let tos = reader.u8("Type of Service")?;
    let length_octets = reader.u16("Total Length")?.into();
    reader.skip(4, "Identification, Flags, Fragment Offset")?;
    let ttl = reader.u8("Time to Live")?;
    let protocol = reader.u8("Protocol")?;
    reader.skip(2, "Header Checksum")?;
    let src = Ipv4Addr::from(reader.array::<4>("Source Address")?).into();
    let dst = Ipv4Addr::from(reader.array::<4>("Destination Address")?).into();
    reader.skip((usize::from(words) * 4).saturating_sub(LEAST), "Options")?;
    Ok(Header { src, dst, ttl, tos, length_octets, protocol })
}

fn header_v6(reader: &mut Reader<'_>) -> Result<Header, Truncated> {
    const HEADER_LEN: u32 = 40;
    const FRAGMENT: u8 = 44;
    let first = reader.u32("Version, Traffic Class, Flow Label")?;
    let tos = first.to_be_bytes();
    let tos = (tos.first().copied().unwrap_or(0) << 4) | (tos.get(1).copied().unwrap_or(0) >> 4);
    let length_octets = u32::from(reader.u16("Payload Length")?) + HEADER_LEN;
    let mut protocol = reader.u8("Next Header")?;
    let ttl = reader.u8("Hop Limit")?;
    let src = Ipv6Addr::from(reader.array::<16>("Source Address")?).into();
    let dst = Ipv6Addr::from(reader.array::<16>("Destination Address")?).into();
    if protocol == FRAGMENT {
        protocol = reader.u8("Next Header of the fragment")?;
        reader.skip(7, "Fragment header")?;
    }
    Ok(Header { src, dst, ttl, tos, length_octets, protocol })
}

/// Reads a message with its type in the first octet.
///
/// # Errors
/// [`Truncated`] if it is not whole, or does not quote a whole IP header.
///
/// # Source
/// RFC 792, RFC 4443, RFC 4884 section 5.
pub fn parse(family: Family, octets: &[u8]) -> Result<Message, Truncated> {
    let mut reader = Reader::new(octets);
    let icmp_type = reader.u8("Type")?;
    let code = reader.u8("Code")?;
    let kind = Kind { family, icmp_type, code };
    reader.skip(2, "Checksum")?;
    let is_request = matches!((family, icmp_type), (Family::Ipv4, 8) | (Family::Ipv6, 128));
    let body = match kind.class() {
        Class::EchoReply => echo(&mut reader)?,
        Class::Other if is_request => echo(&mut reader)?,
        Class::Other => Body::Other,
        _ => error(kind, &mut reader)?,
    };
    Ok(Message { kind, body })
}

fn echo(reader: &mut Reader<'_>) -> Result<Body, Truncated> {
    let id = reader.u16("Identifier")?;
    let seq = reader.u16("Sequence Number")?;
    Ok(Body::Echo { id, seq, data: reader.rest().to_vec() })
}

fn error(kind: Kind, reader: &mut Reader<'_>) -> Result<Body, Truncated> {
    let rest: [u8; 4] = reader.array("rest of the header")?;
    let mtu = match (kind.family, kind.class()) {
        (Family::Ipv4, Class::TooBig) => Some(u32::from(u16::from_be_bytes([rest[2], rest[3]]))),
        (Family::Ipv6, Class::TooBig) => Some(u32::from_be_bytes(rest)),
        _ => None,
    };
    let len = match (kind.family, kind.icmp_type) {
        (Family::Ipv4, 3 | 11 | 12) => usize::from(rest[1]) * 4,
        (Family::Ipv6, 1 | 3) => usize::from(rest[0]) * 8,
        _ => 0,
    };
    let (quotation, objects) = split(reader.rest(), len);
    let mut quotation = Reader::new(quotation);
    let header = header(kind.family, &mut quotation)?;
    let upper = upper(header.protocol, &mut quotation);
    Ok(Body::Error { mtu, quoted: Quoted { header, upper, data: quotation.rest().to_vec() }, objects })
}

/// Parts the quotation from the extensions behind it. `len` is what the message says, and 0 if it says nothing.
fn split(octets: &[u8], len: usize) -> (&[u8], Vec<Object>) {
    let at = if len == 0 { OLD_QUOTATION_LEN } else { len };
    match octets.split_at_checked(at) {
        Some((quotation, extensions)) if !extensions.is_empty() => match extension::parse(extensions) {
            Ok(objects) => (quotation, objects),
            // Not extensions, but more of the quotation.
            Err(_) if len == 0 => (octets, Vec::new()),
            Err(_) => (quotation, Vec::new()),
        },
        _ => (octets, Vec::new()),
    }
}

/// What follows the IP header. Eight octets are there in any case where a router keeps to RFC 792.
pub fn upper(protocol: u8, reader: &mut Reader<'_>) -> Upper {
    let start = reader.clone();
    let read = match protocol {
        ICMP | ICMPV6 => upper_icmp(reader),
        UDP => upper_udp(reader),
        TCP => upper_tcp(reader),
        _ => return Upper::Unknown,
    };
    read.unwrap_or_else(|_| {
        *reader = start;
        Upper::Unknown
    })
}

fn upper_icmp(reader: &mut Reader<'_>) -> Result<Upper, Truncated> {
    reader.skip(4, "Type, Code, Checksum")?;
    Ok(Upper::Icmp { id: reader.u16("Identifier")?, seq: reader.u16("Sequence Number")? })
}

fn upper_udp(reader: &mut Reader<'_>) -> Result<Upper, Truncated> {
    let (src_port, dst_port) = (reader.u16("Source Port")?, reader.u16("Destination Port")?);
    reader.skip(2, "Length")?;
    Ok(Upper::Udp { src_port, dst_port, checksum: reader.u16("Checksum")? })
}

fn upper_tcp(reader: &mut Reader<'_>) -> Result<Upper, Truncated> {
    let (src_port, dst_port) = (reader.u16("Source Port")?, reader.u16("Destination Port")?);
    Ok(Upper::Tcp { src_port, dst_port, sequence: reader.u32("Sequence Number")? })
}

/// The objects behind the quoted data of an error that the kernel has queued. `at` is where it found them; without that,
/// they are looked for behind the 128 octets of old routers, of which `headers_len` are not in `data`.
///
/// # Source
/// RFC 4884 sections 5.5 and 7.
pub fn queued_objects(data: &[u8], at: Option<u16>, headers_len: usize) -> Vec<Object> {
    let at = at.map_or_else(|| OLD_QUOTATION_LEN.saturating_sub(headers_len), usize::from);
    let extensions = data.get(at..).unwrap_or_default();
    if extensions.is_empty() { Vec::new() } else { extension::parse(extensions).unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::wire::Writer;

    use super::*;

    /// A UDP datagram of 10.0.0.1:5000 to 10.0.0.2:33434 with TTL 1, as a router quotes it.
    fn quotation(data: &[u8]) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u8(0x45).u8(0xb8).u16(28 + u16::try_from(data.len()).unwrap()).u32(0).u8(1).u8(UDP).u16(0);
        writer.octets(&[10, 0, 0, 1]).octets(&[10, 0, 0, 2]);
        writer.u16(5000).u16(33434).u16(8 + u16::try_from(data.len()).unwrap()).u16(0xabcd).octets(data);
        writer.into_octets()
    }

    fn time_exceeded(length_words: u8, rest: &[u8]) -> Vec<u8> {
        let mut octets = vec![11, 0, 0, 0, 0, length_words, 0, 0];
        octets.extend(rest);
        octets
    }

    const LABELS: [u8; 12] = [0x20, 0, 0, 0, 0, 8, 1, 1, 0, 1, 0x01, 0x40];

    #[test]
    fn a_quotation_of_eight_octets_is_enough() {
        let message = parse(Family::Ipv4, &time_exceeded(0, &quotation(&[]))).unwrap();
        let Body::Error { mtu, quoted, objects } = message.body else { panic!("no error") };
        assert_eq!((mtu, objects), (None, Vec::new()));
        assert_eq!(quoted.upper, Upper::Udp { src_port: 5000, dst_port: 33434, checksum: 0xabcd });
        assert_eq!((quoted.header.ttl, quoted.header.tos, quoted.header.length_octets), (1, 0xb8, 28));
    }

    #[test]
    fn extensions_are_found_where_the_length_says_and_where_old_routers_have_them() {
        let mut whole = quotation(&[7; 100]);
        assert_eq!(whole.len(), 128);
        whole.extend(LABELS);
        for words in [32, 0] {
            let message = parse(Family::Ipv4, &time_exceeded(words, &whole)).unwrap();
            let Body::Error { quoted, objects, .. } = message.body else { panic!("no error") };
            assert_eq!((quoted.data.len(), objects.len()), (100, 1), "{words}");
        }
        // The kernel gives what is behind the UDP header.
        assert_eq!(queued_objects(&whole[28..], Some(100), 28).len(), 1);
        assert_eq!(queued_objects(&whole[28..], None, 28).len(), 1);
        assert!(queued_objects(&whole[28..60], None, 28).is_empty());
    }

    #[test]
    fn a_long_quotation_without_extensions_is_kept_whole() {
        let message = parse(Family::Ipv4, &time_exceeded(0, &quotation(&[7; 300]))).unwrap();
        let Body::Error { quoted, objects, .. } = message.body else { panic!("no error") };
        assert_eq!((quoted.data.len(), objects.len()), (300, 0));
    }

    #[test]
    fn the_mtu_of_both_families() {
        let mut octets = vec![3, 4, 0, 0, 0, 0, 0x05, 0x78];
        octets.extend(quotation(&[]));
        let v4 = parse(Family::Ipv4, &octets).unwrap();
        assert!(matches!(v4.body, Body::Error { mtu: Some(1400), .. }), "{v4:?}");
        let mut octets = vec![2, 0, 0, 0, 0, 0, 0x05, 0x00, 0x60, 0, 0, 0, 0, 8, 58, 64];
        octets.extend([0; 32]);
        octets.extend([128, 0, 0, 0, 0x12, 0x34, 0, 9]);
        let v6 = parse(Family::Ipv6, &octets).unwrap();
        let Body::Error { mtu, quoted, .. } = v6.body else { panic!("no error") };
        assert_eq!((mtu, quoted.upper), (Some(1280), Upper::Icmp { id: 0x1234, seq: 9 }));
    }

    #[test]
    fn every_prefix_of_a_message_is_read_or_truncated() {
        let whole = time_exceeded(0, &quotation(b"data"));
        for len in 0..whole.len() {
            match parse(Family::Ipv4, &whole[..len]) {
                Ok(_) => assert!(len >= 28, "{len}"),
                Err(_) => assert!(len < 28, "{len}"),
            }
        }
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>, icmp_type in 0_u8..13) {
            for family in [Family::Ipv4, Family::Ipv6] {
                let _ = parse(family, &octets);
                let mut typed = vec![icmp_type];
                typed.extend(&octets);
                let _ = parse(family, &typed);
            }
        }
    }
}
