//! What routers add to ICMP errors: MPLS labels and the interfaces that a packet came and went by.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_common::checksum;
use sockeye_common::hex;
use sockeye_common::wire::{Reader, Truncated};

/// The only version of the structure.
const VERSION: u8 = 2;
/// A structure of any length has this header.
const HEADER_LEN: usize = 4;

/// One object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "object", rename_all = "snake_case")]
pub enum Object {
    /// The labels that the packet came with, the outermost first (RFC 4950).
    Mpls {
        /// The stack.
        labels: Vec<Label>,
    },
    /// An interface of the router (RFC 5837).
    Interface {
        /// What the packet had to do with it.
        role: Role,
        /// Its ifIndex.
        index: Option<u32>,
        /// Its address.
        addr: Option<IpAddr>,
        /// Its name.
        name: Option<String>,
        /// Its MTU, in octets.
        mtu_octets: Option<u32>,
    },
    /// An object that is not known, or not as its RFC has it.
    Unknown {
        /// Class-Num.
        class: u8,
        /// C-Type.
        c_type: u8,
        /// The octets behind its header.
        octets: String,
    },
}

/// One entry of a label stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// The label.
    pub label: u32,
    /// Traffic class, once called experimental.
    pub traffic_class: u8,
    /// Whether it is the last of the stack.
    pub bottom: bool,
    /// Its TTL.
    pub ttl: u8,
}

/// What a packet had to do with an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It came in by it.
    Incoming,
    /// It came in by it, as a part of another.
    IncomingPart,
    /// It would have gone out by it.
    Outgoing,
    /// The next hop.
    NextHop,
}

/// Why there are no objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtensionError {
    /// The structure ends within a field.
    Truncated(Truncated),
    /// Another version.
    Version(u8),
    /// The checksum is wrong.
    Checksum,
    /// An object that is shorter than its header.
    ObjectLength(u16),
}

impl From<Truncated> for ExtensionError {
    fn from(fault: Truncated) -> Self {
        Self::Truncated(fault)
    }
}

impl fmt::Display for ExtensionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated(fault) => fault.fmt(f),
            Self::Version(version) => write!(f, "version {version}, not {VERSION}"),
            Self::Checksum => f.write_str("the checksum is wrong"),
            Self::ObjectLength(length) => write!(f, "an object of {length} octets, below {HEADER_LEN}"),
        }
    }
}

impl std::error::Error for ExtensionError {}

/// Reads an extension structure, which goes to the end of `octets`.
///
/// # Errors
/// [`ExtensionError`]: routers that know nothing of RFC 4884 have other octets in this place.
///
/// # Source
/// RFC 4884 section 7.
pub fn parse(octets: &[u8]) -> Result<Vec<Object>, ExtensionError> {
    let mut reader = Reader::new(octets);
    let version = reader.u8("Version")? >> 4;
    if version != VERSION {
        return Err(ExtensionError::Version(version));
    }
    reader.skip(1, "Reserved")?;
    // Zero is no checksum.
    if reader.u16("Checksum")? != 0 && !checksum::verify(octets) {
        return Err(ExtensionError::Checksum);
    }
    let mut objects = Vec::new();
    while !reader.is_empty() {
        let length = reader.u16("Length")?;
        let class = reader.u8("Class-Num")?;
        let c_type = reader.u8("C-Type")?;
        let payload = usize::from(length).checked_sub(HEADER_LEN).ok_or(ExtensionError::ObjectLength(length))?;
        let payload = reader.octets(payload, "object payload")?;
        objects.push(object(class, c_type, payload));
    }
    Ok(objects)
}

fn object(class: u8, c_type: u8, payload: &[u8]) -> Object {
    const MPLS: u8 = 1;
    const INTERFACE: u8 = 2;
    let known = match (class, c_type) {
        (MPLS, 1) => labels(payload).ok().map(|labels| Object::Mpls { labels }),
        (INTERFACE, _) => interface(c_type, payload).ok(),
        _ => None,
    };
    known.unwrap_or_else(|| Object::Unknown { class, c_type, octets: hex::encode(payload) })
}

/// # Source
/// RFC 4950 section 5; RFC 3032 section 2.1.
fn labels(payload: &[u8]) -> Result<Vec<Label>, Truncated> {
    let mut reader = Reader::new(payload);
    let mut labels = Vec::new();
    while !reader.is_empty() {
        let entry = reader.u32("label stack entry")?;
        let [.., low, ttl] = entry.to_be_bytes();
        labels.push(Label { label: entry >> 12, traffic_class: (low >> 1) & 7, bottom: low & 1 == 1, ttl });
    }
    Ok(labels)
}

/// # Source
/// RFC 5837 sections 4.1 to 4.4.
fn interface(c_type: u8, payload: &[u8]) -> Result<Object, Truncated> {
    let has = |bit: u8| c_type & bit != 0;
    let role = match c_type >> 6 {
        0 => Role::Incoming,
        1 => Role::IncomingPart,
        2 => Role::Outgoing,
        _ => Role::NextHop,
    };
    let mut reader = Reader::new(payload);
    let index = has(8).then(|| reader.u32("ifIndex")).transpose()?;
    let addr = if has(4) { address(&mut reader)? } else { None };
    let name = has(2).then(|| name(&mut reader)).transpose()?;
    let mtu_octets = has(1).then(|| reader.u32("MTU")).transpose()?;
    Ok(Object::Interface { role, index, addr, name, mtu_octets })
}

fn address(reader: &mut Reader<'_>) -> Result<Option<IpAddr>, Truncated> {
    let family = reader.u16("AFI")?;
    reader.skip(2, "Reserved")?;
    Ok(match family {
        1 => Some(IpAddr::V4(Ipv4Addr::from(reader.array::<4>("IP Address")?))),
        2 => Some(IpAddr::V6(Ipv6Addr::from(reader.array::<16>("IP Address")?))),
        _ => None,
    })
}

fn name(reader: &mut Reader<'_>) -> Result<String, Truncated> {
    let len = reader.u8("Interface Name length")?;
    // Its own octet counts.
    let octets = reader.octets(usize::from(len).saturating_sub(1), "Interface Name")?;
    let text = octets.split(|octet| *octet == 0).next().unwrap_or_default();
    Ok(String::from_utf8_lossy(text).into_owned())
}

/// In a few words, as they stand behind a hop. Names are as they came: escape them.
impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mpls { labels } => {
                f.write_str("MPLS")?;
                for Label { label, traffic_class, bottom, ttl } in labels {
                    write!(f, " label {label} class {traffic_class} TTL {ttl}")?;
                    f.write_str(if *bottom { " (bottom)" } else { "," })?;
                }
                Ok(())
            }
            Self::Interface { role, index, addr, name, mtu_octets } => {
                f.write_str(match role {
                    Role::Incoming => "in by",
                    Role::IncomingPart => "in by a part of",
                    Role::Outgoing => "out by",
                    Role::NextHop => "next hop",
                })?;
                name.iter().try_for_each(|name| write!(f, " {name}"))?;
                index.iter().try_for_each(|index| write!(f, " interface {index}"))?;
                addr.iter().try_for_each(|addr| write!(f, " {addr}"))?;
                mtu_octets.iter().try_for_each(|mtu| write!(f, " MTU {mtu}"))
            }
            Self::Unknown { class, c_type, octets } => {
                write!(f, "object class {class} type {c_type}: {octets}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::wire::Writer;

    use super::*;

    /// A structure with these objects and a right checksum.
    fn structure(objects: &[(u8, u8, &[u8])]) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16(0x2000).u16(0);
        for (class, c_type, payload) in objects {
            writer.u16(u16::try_from(payload.len() + 4).unwrap()).u8(*class).u8(*c_type).octets(payload);
        }
        let sum = checksum::compute(writer.as_slice());
        assert!(writer.patch_u16(2, sum));
        writer.into_octets()
    }

    #[test]
    fn labels_and_interfaces() {
        // RFC 4950 section 5: label 24015, class 5, bottom, TTL 254; RFC 5837 section 4: index, address, name, MTU.
        let stack = (24015_u32 << 12 | 5 << 9 | 1 << 8 | 0xfe).to_be_bytes();
        let mut interface = vec![0, 0, 0, 7, 0, 1, 0, 0, 192, 0, 2, 1, 8];
        interface.extend(b"eth0\0\0\0");
        interface.extend(1500_u32.to_be_bytes());
        let read = parse(&structure(&[(1, 1, &stack), (2, 0x0f, &interface), (9, 9, &[1])])).unwrap();
        assert_eq!(
            read[0],
            Object::Mpls { labels: vec![Label { label: 24015, traffic_class: 5, bottom: true, ttl: 254 }] }
        );
        assert_eq!(read[0].to_string(), "MPLS label 24015 class 5 TTL 254 (bottom)");
        assert_eq!(read[1].to_string(), "in by eth0 interface 7 192.0.2.1 MTU 1500");
        assert_eq!(read[2].to_string(), "object class 9 type 9: 01");
    }

    #[test]
    fn what_is_no_structure_is_said() {
        let mut octets = structure(&[(1, 1, &[0; 4])]);
        assert!(parse(&octets).is_ok());
        octets[6] ^= 1;
        assert_eq!(parse(&octets), Err(ExtensionError::Checksum));
        assert_eq!(parse(&[0x45, 0, 0, 0]), Err(ExtensionError::Version(4)));
        assert_eq!(parse(&[0x20, 0, 0, 0, 0, 3, 1, 1]), Err(ExtensionError::ObjectLength(3)));
        let broken = parse(&structure(&[(2, 0x08, &[1])])).unwrap();
        assert!(matches!(broken[0], Object::Unknown { class: 2, .. }), "{broken:?}");
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = parse(&octets);
            let mut structure = vec![0x20, 0, 0, 0];
            structure.extend(octets);
            for object in parse(&structure).unwrap_or_default() {
                let _ = object.to_string();
            }
        }
    }
}
