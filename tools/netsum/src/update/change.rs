//! What changed, as it is written on a command line, and why something is no change.

use std::fmt;
use std::net::IpAddr;

use crate::form::{Form, Pseudo, octets};

/// What changed in a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is, in the RFCs' words: `Source Address`.
    pub what: What,
    /// The octets that were there, an even number of them.
    pub old: Vec<u8>,
    /// The octets that are there now, as many.
    pub new: Vec<u8>,
}

/// Which part of a packet changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// TTL, the high octet of its word.
    Ttl,
    /// Identification.
    Identification,
    /// Source Address.
    Source,
    /// Destination Address.
    Destination,
    /// Source Port.
    SourcePort,
    /// Destination Port.
    DestinationPort,
    /// Octets that all the checksums cover.
    Octets,
}

impl What {
    /// Its name in the RFCs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ttl => "Time to Live",
            Self::Identification => "Identification",
            Self::Source => "Source Address",
            Self::Destination => "Destination Address",
            Self::SourcePort => "Source Port",
            Self::DestinationPort => "Destination Port",
            Self::Octets => "word",
        }
    }
}

impl Change {
    /// Whether the checksum of `form` covers what changed; one without a form covers everything.
    pub fn concerns(&self, form: Option<&Form>) -> bool {
        let Some(form) = form else { return true };
        let is_v4 = self.old.len() == 4;
        match self.what {
            What::Ttl | What::Identification => form.name == "ip",
            What::Source | What::Destination if form.name == "ip" => is_v4,
            What::Source | What::Destination => match form.pseudo {
                Pseudo::Always => true,
                Pseudo::OverV6 => !is_v4,
                Pseudo::Never => false,
            },
            What::SourcePort | What::DestinationPort => form.has_ports,
            What::Octets => true,
        }
    }

    /// The words that changed, with what to call each.
    pub(super) fn words(&self) -> Vec<(String, u16, u16)> {
        let word = |octets: &[u8]| octets.iter().fold(0_u16, |word, octet| word << 8 | u16::from(*octet));
        let count = self.old.chunks(2).len();
        let pairs = self.old.chunks(2).zip(self.new.chunks(2)).enumerate();
        let name = |index: usize| match count {
            1 => self.what.name().to_owned(),
            _ => format!("{} {}/{count}", self.what.name(), index.saturating_add(1)),
        };
        pairs.map(|(index, (old, new))| (name(index), word(old), word(new))).collect()
    }
}

/// Why something is no change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeError {
    /// There is no colon between old and new.
    NoColon,
    /// One half is not what it should be.
    Half {
        /// Which half.
        half: String,
        /// What was expected.
        wanted: &'static str,
    },
    /// The halves are not of one length.
    Lengths {
        /// The old one, in octets.
        old: usize,
        /// The new one, in octets.
        new: usize,
    },
    /// An odd number of octets, of which no word can be made.
    Odd {
        /// How many.
        length: usize,
    },
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColon => f.write_str("OLD:NEW is wanted, with a colon between; IPv6 addresses in brackets"),
            Self::Half { half, wanted } => write!(f, "\"{half}\" is not {wanted}"),
            Self::Lengths { old, new } => write!(f, "{old} octets cannot become {new}: both must have one length"),
            Self::Odd { length } => {
                write!(f, "{} make no words: an even number is wanted, from an even place on", octets(*length))
            }
        }
    }
}

impl std::error::Error for ChangeError {}

/// Two addresses, `OLD:NEW`, those of IPv6 in brackets.
///
/// # Errors
/// [`ChangeError`]
pub fn addresses(text: &str) -> Result<(IpAddr, IpAddr), ChangeError> {
    let (old, new) = match text.split_once("]:") {
        Some((old, new)) => (old.strip_prefix('[').unwrap_or(old), new.trim_start_matches('[').trim_end_matches(']')),
        None => text.split_once(':').ok_or(ChangeError::NoColon)?,
    };
    let address = |half: &str| {
        let error =
            || ChangeError::Half { half: half.to_owned(), wanted: "an address (IPv6 in brackets: [OLD]:[NEW])" };
        half.parse::<IpAddr>().map_err(|_| error())
    };
    let (old, new) = (address(old)?, address(new)?);
    match (old.is_ipv4(), new.is_ipv4()) {
        (true, true) | (false, false) => Ok((old, new)),
        (old, _) => {
            let (old, new) = if old { (4, 16) } else { (16, 4) };
            Err(ChangeError::Lengths { old, new })
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pairs_of_addresses() {
        let pair = |text| addresses(text).map(|(old, new)| (old.to_string(), new.to_string()));
        assert_eq!(pair("10.0.0.1:10.0.0.2"), Ok(("10.0.0.1".to_owned(), "10.0.0.2".to_owned())));
        assert_eq!(pair("[fd00::1]:[fd00::2]"), Ok(("fd00::1".to_owned(), "fd00::2".to_owned())));
        assert_eq!(addresses("10.0.0.1"), Err(ChangeError::NoColon));
        assert_eq!(addresses("[::1]:10.0.0.1"), Err(ChangeError::Lengths { old: 16, new: 4 }));
        assert!(matches!(addresses("10.0.0.1:x"), Err(ChangeError::Half { .. })));
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String) {
            let _ = addresses(&text);
        }
    }
}
