//! IANA's numbers as types that keep the unknown ones.
//!
//! # Source
//! IANA, Domain Name System (DNS) Parameters; RFC 3597 section 5 for numbers without a name.

use std::fmt;
use std::str::FromStr;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};

/// The type of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Type(pub u16);

/// The class of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Class(pub u16);

/// What a message asks to be done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Opcode(pub u8);

/// How it went: twelve bits, of which EDNS carries the upper eight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rcode(pub u16);

/// What an extended DNS error says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ExtendedError(pub u16);

/// The types that have a name here, in the order of their numbers.
pub const TYPES: &[(u16, &str)] = &[
    (1, "A"),
    (2, "NS"),
    (3, "MD"),
    (4, "MF"),
    (5, "CNAME"),
    (6, "SOA"),
    (7, "MB"),
    (8, "MG"),
    (9, "MR"),
    (10, "NULL"),
    (11, "WKS"),
    (12, "PTR"),
    (13, "HINFO"),
    (14, "MINFO"),
    (15, "MX"),
    (16, "TXT"),
    (17, "RP"),
    (18, "AFSDB"),
    (19, "X25"),
    (20, "ISDN"),
    (21, "RT"),
    (22, "NSAP"),
    (23, "NSAP-PTR"),
    (24, "SIG"),
    (25, "KEY"),
    (26, "PX"),
    (27, "GPOS"),
    (28, "AAAA"),
    (29, "LOC"),
    (30, "NXT"),
    (31, "EID"),
    (32, "NIMLOC"),
    (33, "SRV"),
    (34, "ATMA"),
    (35, "NAPTR"),
    (36, "KX"),
    (37, "CERT"),
    (38, "A6"),
    (39, "DNAME"),
    (40, "SINK"),
    (41, "OPT"),
    (42, "APL"),
    (43, "DS"),
    (44, "SSHFP"),
    (45, "IPSECKEY"),
    (46, "RRSIG"),
    (47, "NSEC"),
    (48, "DNSKEY"),
    (49, "DHCID"),
    (50, "NSEC3"),
    (51, "NSEC3PARAM"),
    (52, "TLSA"),
    (53, "SMIMEA"),
    (55, "HIP"),
    (56, "NINFO"),
    (57, "RKEY"),
    (58, "TALINK"),
    (59, "CDS"),
    (60, "CDNSKEY"),
    (61, "OPENPGPKEY"),
    (62, "CSYNC"),
    (63, "ZONEMD"),
    (64, "SVCB"),
    (65, "HTTPS"),
    (66, "DSYNC"),
    (67, "HHIT"),
    (68, "BRID"),
    (99, "SPF"),
    (100, "UINFO"),
    (101, "UID"),
    (102, "GID"),
    (103, "UNSPEC"),
    (104, "NID"),
    (105, "L32"),
    (106, "L64"),
    (107, "LP"),
    (108, "EUI48"),
    (109, "EUI64"),
    (249, "TKEY"),
    (250, "TSIG"),
    (251, "IXFR"),
    (252, "AXFR"),
    (253, "MAILB"),
    (254, "MAILA"),
    (255, "ANY"),
    (256, "URI"),
    (257, "CAA"),
    (258, "AVC"),
    (259, "DOA"),
    (260, "AMTRELAY"),
    (261, "RESINFO"),
    (262, "WALLET"),
    (32768, "TA"),
    (32769, "DLV"),
];

/// Other names that dig takes for a type.
const TYPE_ALIASES: &[(u16, &str)] = &[(65533, "KEYDATA")];

const CLASSES: &[(u16, &str)] = &[(0, "RESERVED0"), (1, "IN"), (3, "CH"), (4, "HS"), (254, "NONE"), (255, "ANY")];

/// Other names that dig takes for a class.
const CLASS_ALIASES: &[(u16, &str)] = &[(3, "CHAOS"), (4, "HESIOD")];

impl Type {
    /// An IPv4 address.
    pub const A: Self = Self(1);
    /// A name server.
    pub const NS: Self = Self(2);
    /// The canonical name of an alias.
    pub const CNAME: Self = Self(5);
    /// The start of authority.
    pub const SOA: Self = Self(6);
    /// A pointer to a name.
    pub const PTR: Self = Self(12);
    /// A host's hardware and system.
    pub const HINFO: Self = Self(13);
    /// A mail exchange.
    pub const MX: Self = Self(15);
    /// Text.
    pub const TXT: Self = Self(16);
    /// An IPv6 address.
    pub const AAAA: Self = Self(28);
    /// A server of a service.
    pub const SRV: Self = Self(33);
    /// Another name for a whole subtree.
    pub const DNAME: Self = Self(39);
    /// The EDNS pseudo-record.
    pub const OPT: Self = Self(41);
    /// Sender policy as text, abandoned.
    pub const SPF: Self = Self(99);
    /// The transaction signature pseudo-record.
    pub const TSIG: Self = Self(250);
    /// What changed in a zone.
    pub const IXFR: Self = Self(251);
    /// A whole zone.
    pub const AXFR: Self = Self(252);
    /// Every type.
    pub const ANY: Self = Self(255);
    /// Who may issue certificates.
    pub const CAA: Self = Self(257);

    /// The mnemonic.
    pub fn name(self) -> Option<&'static str> {
        TYPES.binary_search_by_key(&self.0, |(number, _)| *number).ok().and_then(|at| TYPES.get(at)).map(|row| row.1)
    }
}

impl Class {
    /// The Internet.
    pub const IN: Self = Self(1);
    /// Chaosnet, where servers tell their version.
    pub const CH: Self = Self(3);
    /// Hesiod.
    pub const HS: Self = Self(4);
    /// Every class.
    pub const ANY: Self = Self(255);

    /// The mnemonic.
    pub fn name(self) -> Option<&'static str> {
        CLASSES.iter().find(|(number, _)| *number == self.0).map(|row| row.1)
    }
}

/// A text that names no type or no class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unknown;

fn numbered(text: &str, prefix: &str) -> Option<u16> {
    let digits = text.get(prefix.len()..).filter(|_| starts_with(text, prefix))?;
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

impl FromStr for Type {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        TYPES
            .iter()
            .chain(TYPE_ALIASES)
            .find(|(_, name)| name.eq_ignore_ascii_case(text))
            .map(|(number, _)| *number)
            .or_else(|| numbered(text, "TYPE"))
            .map(Self)
            .ok_or(Unknown)
    }
}

impl FromStr for Class {
    type Err = Unknown;

    fn from_str(text: &str) -> Result<Self, Unknown> {
        CLASSES
            .iter()
            .chain(CLASS_ALIASES)
            .find(|(_, name)| name.eq_ignore_ascii_case(text))
            .map(|(number, _)| *number)
            .or_else(|| numbered(text, "CLASS"))
            .map(Self)
            .ok_or(Unknown)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "TYPE{}", self.0),
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "CLASS{}", self.0),
        }
    }
}

impl Opcode {
    /// A standard query.
    pub const QUERY: Self = Self(0);
    /// A dynamic update.
    pub const UPDATE: Self = Self(5);
}

/// dig's name, `RESERVED3` where there is none.
impl fmt::Display for Opcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("QUERY"),
            1 => f.write_str("IQUERY"),
            2 => f.write_str("STATUS"),
            4 => f.write_str("NOTIFY"),
            5 => f.write_str("UPDATE"),
            other => write!(f, "RESERVED{other}"),
        }
    }
}

impl Rcode {
    /// It went well.
    pub const NOERROR: Self = Self(0);
    /// The server could not read the query.
    pub const FORMERR: Self = Self(1);
    /// The server could not find out.
    pub const SERVFAIL: Self = Self(2);
    /// There is no such name.
    pub const NXDOMAIN: Self = Self(3);
    /// The server does not do this.
    pub const NOTIMP: Self = Self(4);
    /// The server does not do this for us.
    pub const REFUSED: Self = Self(5);
    /// The server does not speak this version of EDNS.
    pub const BADVERS: Self = Self(16);
    /// The server wants its own cookie back first.
    pub const BADCOOKIE: Self = Self(23);

    /// The mnemonic.
    pub fn name(self) -> Option<&'static str> {
        Some(match self.0 {
            0 => "NOERROR",
            1 => "FORMERR",
            2 => "SERVFAIL",
            3 => "NXDOMAIN",
            4 => "NOTIMP",
            5 => "REFUSED",
            6 => "YXDOMAIN",
            7 => "YXRRSET",
            8 => "NXRRSET",
            9 => "NOTAUTH",
            10 => "NOTZONE",
            16 => "BADVERS",
            23 => "BADCOOKIE",
            _ => return None,
        })
    }
}

/// dig's name: `RESERVED11` to `RESERVED15`, and `?3841` beyond.
impl fmt::Display for Rcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name(), self.0) {
            (Some(name), _) => f.write_str(name),
            (None, number @ 11..=15) => write!(f, "RESERVED{number}"),
            (None, number) => write!(f, "?{number}"),
        }
    }
}

const EXTENDED_ERRORS: [&str; 25] = [
    "Other",
    "Unsupported DNSKEY Algorithm",
    "Unsupported DS Digest Type",
    "Stale Answer",
    "Forged Answer",
    "DNSSEC Indeterminate",
    "DNSSEC Bogus",
    "Signature Expired",
    "Signature Not Yet Valid",
    "DNSKEY Missing",
    "RRSIGs Missing",
    "No Zone Key Bit Set",
    "NSEC Missing",
    "Cached Error",
    "Not Ready",
    "Blocked",
    "Censored",
    "Filtered",
    "Prohibited",
    "Stale NXDOMAIN Answer",
    "Not Authoritative",
    "Not Supported",
    "No Reachable Authority",
    "Network Error",
    "Invalid Data",
];

impl ExtendedError {
    /// What it is called.
    ///
    /// # Source
    /// RFC 8914 section 4.
    pub fn name(self) -> Option<&'static str> {
        EXTENDED_ERRORS.get(usize::from(self.0)).copied()
    }
}

/// `{"code":3,"name":"NXDOMAIN"}`
fn serialize_registry<S: Serializer>(code: u16, name: Option<&str>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut value = serializer.serialize_struct("Registered", 2)?;
    value.serialize_field("code", &code)?;
    value.serialize_field("name", &name)?;
    value.end()
}

impl Serialize for Type {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_registry(self.0, self.name(), serializer)
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_registry(self.0, self.name(), serializer)
    }
}

impl Serialize for Rcode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_registry(self.0, self.name(), serializer)
    }
}

impl Serialize for Opcode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_registry(self.0.into(), Some(&self.to_string()), serializer)
    }
}

impl Serialize for ExtendedError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_registry(self.0, self.name(), serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_comes_back_and_the_table_is_sorted() {
        for (number, name) in TYPES {
            assert_eq!(name.to_lowercase().parse(), Ok(Type(*number)));
            assert_eq!(Type(*number).to_string(), *name);
        }
        assert!(TYPES.is_sorted_by_key(|row| row.0));
    }

    #[test]
    fn numbers_without_a_name() {
        assert_eq!("type65280".parse(), Ok(Type(65280)));
        assert_eq!("TYPE1".parse::<Type>().unwrap().to_string(), "A");
        assert_eq!(Type(65280).to_string(), "TYPE65280");
        assert_eq!("CLASS300".parse::<Class>().unwrap().to_string(), "CLASS300");
        assert_eq!("chaos".parse(), Ok(Class::CH));
        for wrong in ["", "TYPE", "TYPE65536", "TYPE-1", "TYPE+1", "16", "BAR", "TYP\u{e9}1"] {
            assert_eq!(wrong.parse::<Type>(), Err(Unknown), "{wrong}");
        }
        assert_eq!(Rcode(11).to_string(), "RESERVED11");
        assert_eq!(Rcode(3841).to_string(), "?3841");
        assert_eq!(Opcode(3).to_string(), "RESERVED3");
    }
}
