//! The octets that a suffix may consist of.

use std::ffi::OsStr;
use std::fmt;
use std::os::unix::ffi::OsStrExt;

use sockeye_common::hex::{self, HexError};

/// A set of octets, and what it was called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// As the user wrote it, safe for a terminal.
    pub name: String,
    /// In ascending order, each once.
    pub octets: Vec<u8>,
}

/// Sets with a name.
const NAMED: &[(&str, &[(u8, u8)])] = &[
    ("printable", &[(0x20, 0x7e)]),
    ("upper", &[(b'A', b'Z')]),
    ("lower", &[(b'a', b'z')]),
    ("alpha", &[(b'A', b'Z'), (b'a', b'z')]),
    ("alnum", &[(b'0', b'9'), (b'A', b'Z'), (b'a', b'z')]),
    ("digits", &[(b'0', b'9')]),
    ("any", &[(0x00, 0xff)]),
];

impl Set {
    /// Reads a set: a name, `hex:DIGITS`, `text:CHARACTERS`, or characters, where `A-Z` is a range.
    ///
    /// # Errors
    /// [`SetError`] if it has no octet, its hex is none, or a range runs backwards.
    pub fn parse(argument: &OsStr) -> Result<Self, SetError> {
        let mut octets = Self::members(argument.as_bytes())?;
        octets.sort_unstable();
        octets.dedup();
        if octets.is_empty() {
            return Err(SetError::Empty);
        }
        Ok(Self { name: sockeye_cli::escape::escape_octets(argument.as_bytes()), octets })
    }

    fn members(argument: &[u8]) -> Result<Vec<u8>, SetError> {
        if let Some((_, ranges)) = NAMED.iter().find(|(name, _)| name.as_bytes() == argument) {
            return Ok(ranges.iter().flat_map(|(first, last)| *first..=*last).collect());
        }
        if let Some(digits) = argument.strip_prefix(b"hex:") {
            return hex::decode(&String::from_utf8_lossy(digits)).map_err(SetError::Hex);
        }
        if let Some(text) = argument.strip_prefix(b"text:") {
            return Ok(text.to_vec());
        }
        let mut members = Vec::new();
        let mut rest = argument;
        loop {
            rest = match rest {
                [first, b'-', last, rest @ ..] => {
                    if first > last {
                        return Err(SetError::Backwards { first: *first, last: *last });
                    }
                    members.extend(*first..=*last);
                    rest
                }
                [octet, rest @ ..] => {
                    members.push(*octet);
                    rest
                }
                [] => return Ok(members),
            };
        }
    }
}

/// Why an argument is no set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetError {
    /// It has no octet.
    Empty,
    /// What follows `hex:` is not hex.
    Hex(HexError),
    /// A range whose first octet is above the last.
    Backwards {
        /// The first.
        first: u8,
        /// The last.
        last: u8,
    },
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a set without octets"),
            Self::Hex(error) => write!(f, "after \"hex:\", {error}"),
            Self::Backwards { first, last } => {
                let range = crate::working::text(&[*first, b'-', *last]);
                write!(f, "the range {range} runs backwards (text: in front takes every character as it stands)")
            }
        }
    }
}

impl std::error::Error for SetError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets(text: &str) -> Vec<u8> {
        Set::parse(OsStr::new(text)).unwrap().octets
    }

    #[test]
    fn every_form() {
        for (name, len) in [
            ("printable", 95),
            ("upper", 26),
            ("lower", 26),
            ("alpha", 52),
            ("alnum", 62),
            ("digits", 10),
            ("any", 256),
        ] {
            assert_eq!(octets(name).len(), len, "{name}");
        }
        assert_eq!(octets("UQ"), b"QU");
        assert_eq!(octets("UUU"), b"U");
        assert_eq!(octets("a-c0-1-"), b"-01abc");
        assert_eq!(octets("-a"), b"-a");
        assert_eq!(octets("a-"), b"-a");
        assert_eq!(octets("text:upper"), b"epru");
        assert_eq!(octets("text:a-c"), b"-ac");
        assert_eq!(octets("hex:ff00"), [0, 0xff]);
        assert_eq!(Set::parse(OsStr::from_bytes(b"\xff-\xff")).unwrap().octets, [0xff]);
    }

    #[test]
    fn what_is_none() {
        let error = |text: &str| Set::parse(OsStr::new(text)).unwrap_err().to_string();
        assert_eq!(error(""), "a set without octets");
        assert_eq!(error("hex:"), "a set without octets");
        assert!(error("hex:4").contains("stands alone"));
        assert!(error("z-a").starts_with("the range z-a runs backwards"));
    }
}
