//! Who may connect: lists of addresses, networks and ranges (`--allow`, `--deny`). Names are looked up by the shell.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// What an entry of a list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Addresses.
    Addresses(Addresses),
    /// A name, and how many bits of each of its addresses count.
    Name {
        /// As it was given.
        name: String,
        /// `None` is all of them.
        bits: Option<u8>,
    },
}

/// Some addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Addresses {
    /// Those whose first bits are the same.
    Network {
        /// One of them.
        addr: IpAddr,
        /// How many bits count.
        bits: u8,
    },
    /// IPv4 addresses each of whose octets is in a set.
    Octets(Box<[Octets; 4]>),
}

/// A set of octets, a bit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Octets([u64; 4]);

/// Why an entry cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryError {
    /// More bits than an address has.
    Bits {
        /// As it was given.
        text: String,
        /// How many there are.
        most: u8,
    },
    /// An octet, or a range of them, is none.
    Octet(String),
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bits { text, most } => write!(f, "\"{text}\" is not a number of bits from 0 to {most}"),
            Self::Octet(text) => write!(f, "\"{text}\" is neither an octet, nor a range such as 1-9, nor *"),
        }
    }
}

impl std::error::Error for EntryError {}

/// Reads `10.0.0.1`, `10.0.0.0/8`, `10.0-3.*.1,4`, `2001:db8::/32`, `host.example`, `host.example/24`.
///
/// # Errors
/// [`EntryError`] if it looks like an address and is none. What looks like a name is not judged here.
pub fn entry(text: &str) -> Result<Entry, EntryError> {
    let (host, bits) = match text.split_once('/') {
        Some((host, bits)) => (host, Some(bits)),
        None => (text, None),
    };
    let number = |most: u8| {
        bits.map(|text| {
            let number: Option<u8> = text.parse().ok().filter(|bits| *bits <= most);
            number.ok_or_else(|| EntryError::Bits { text: text.to_owned(), most })
        })
        .transpose()
    };
    if let Ok(addr) = host.parse::<IpAddr>() {
        let most = width(&addr);
        return Ok(Entry::Addresses(Addresses::Network { addr, bits: number(most)?.unwrap_or(most) }));
    }
    let parts: Vec<&str> = host.split('.').collect();
    let is_pattern = host.bytes().all(|octet| octet.is_ascii_digit() || b".,-*".contains(&octet));
    if let (true, Ok(parts)) = (is_pattern, <[&str; 4]>::try_from(parts)) {
        if let Some(bits) = bits {
            return Err(EntryError::Bits { text: bits.to_owned(), most: 0 });
        }
        let mut sets = [Octets::default(); 4];
        for (set, part) in sets.iter_mut().zip(parts) {
            *set = Octets::parse(part).ok_or_else(|| EntryError::Octet(part.to_owned()))?;
        }
        return Ok(Entry::Addresses(Addresses::Octets(Box::new(sets))));
    }
    if is_pattern {
        return Err(EntryError::Octet(host.to_owned()));
    }
    Ok(Entry::Name { name: host.to_owned(), bits: number(128)? })
}

/// The entries of a file: separated by blanks and line feeds, with comments behind `#`, each with its line from 1.
pub fn file_entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().zip(1..).flat_map(|(line, number)| {
        let line = line.split('#').next().unwrap_or_default();
        line.split_whitespace().map(move |entry| (number, entry))
    })
}

/// Bits of an address of this family.
pub fn width(addr: &IpAddr) -> u8 {
    if addr.is_ipv4() { 32 } else { 128 }
}

impl Octets {
    /// `7`, `1-9`, `-9`, `250-`, `*`, and several of them separated by commas.
    fn parse(text: &str) -> Option<Self> {
        let mut set = Self::default();
        for part in text.split(',') {
            let (low, high) = match part.split_once('-') {
                _ if part == "*" => (0, 255),
                None => (part.parse::<u8>().ok()?, part.parse::<u8>().ok()?),
                Some((low, high)) => (
                    if low.is_empty() { 0 } else { low.parse().ok()? },
                    if high.is_empty() { 255 } else { high.parse().ok()? },
                ),
            };
            if low > high {
                return None;
            }
            for octet in low..=high {
                if let Some(word) = set.0.get_mut(usize::from(octet >> 6)) {
                    *word |= 1 << (octet & 63);
                }
            }
        }
        Some(set)
    }

    fn contains(self, octet: u8) -> bool {
        self.0.get(usize::from(octet >> 6)).is_some_and(|word| word >> (octet & 63) & 1 == 1)
    }
}

impl Addresses {
    /// Whether `ip` is one of them. An IPv4 address is the same when IPv6 carries it (`::ffff:0:0/96`).
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self, ip.to_canonical()) {
            (Self::Octets(sets), IpAddr::V4(ip)) => {
                sets.iter().zip(Ipv4Addr::octets(&ip)).all(|(set, octet)| set.contains(octet))
            }
            (Self::Network { addr: IpAddr::V4(addr), bits }, IpAddr::V4(ip)) => {
                let differs = addr.to_bits() ^ ip.to_bits();
                differs.checked_shr(32_u32.saturating_sub(u32::from(*bits))).unwrap_or(0) == 0
            }
            (Self::Network { addr: IpAddr::V6(addr), bits }, IpAddr::V6(ip)) => {
                let differs = addr.to_bits() ^ ip.to_bits();
                differs.checked_shr(128_u32.saturating_sub(u32::from(*bits))).unwrap_or(0) == 0
            }
            // `::ffff:192.0.2.1` in a list means the same as `192.0.2.1`.
            (Self::Network { addr: IpAddr::V6(addr), bits }, ip @ IpAddr::V4(_)) => addr
                .to_ipv4_mapped()
                .is_some_and(|addr| Self::Network { addr: addr.into(), bits: bits.saturating_sub(96) }.contains(ip)),
            _ => false,
        }
    }
}

/// The lists of one listener.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lists {
    /// If there are some, nobody else may connect. `None` is everybody.
    pub allow: Option<Vec<Addresses>>,
    /// Who may not, even if allowed.
    pub deny: Vec<Addresses>,
}

impl Lists {
    /// Whether `ip` may connect.
    pub fn admit(&self, ip: IpAddr) -> bool {
        let is_in = |list: &Vec<Addresses>| list.iter().any(|addresses| addresses.contains(ip));
        self.allow.as_ref().is_none_or(is_in) && !is_in(&self.deny)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn contains(text: &str, ip: &str) -> bool {
        let Ok(Entry::Addresses(addresses)) = entry(text) else { panic!("{text}") };
        addresses.contains(ip.parse().unwrap())
    }

    #[test]
    fn addresses_networks_and_ranges_are_what_they_say() {
        for (text, inside, outside) in [
            ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("192.0.2.1", "::ffff:192.0.2.1", "::ffff:192.0.2.2"),
            ("::ffff:192.0.2.1", "192.0.2.1", "192.0.2.2"),
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.1.2.3/8", "10.255.255.255", "11.0.0.0"),
            ("10.0.0.0/31", "10.0.0.1", "10.0.0.2"),
            ("0.0.0.0/0", "255.255.255.255", "::1"),
            ("::/0", "::1", "0.0.0.0"),
            ("2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"),
            ("10.0-3.*.1,4", "10.3.99.4", "10.3.99.3"),
            ("10.0-3.*.1,4", "10.0.0.1", "10.4.0.1"),
            ("192.168.-9.250-", "192.168.9.250", "192.168.10.250"),
            ("*.*.*.*", "8.8.8.8", "::1"),
        ] {
            assert!(contains(text, inside), "{text} {inside}");
            assert!(!contains(text, outside), "{text} {outside}");
        }
    }

    #[test]
    fn what_is_no_address_is_a_name_or_an_error() {
        for text in ["host.example", "localhost/24", "a", "10.0.0.1.example"] {
            assert!(matches!(entry(text), Ok(Entry::Name { .. })), "{text}");
        }
        for (text, why) in [
            ("192.0.2.1/33", "\"33\" is not a number of bits from 0 to 32"),
            ("::1/129", "from 0 to 128"),
            ("::1/x", "\"x\" is not"),
            ("10.0.0.256", "\"256\" is neither"),
            ("10.0.0.9-1", "\"9-1\" is neither"),
            ("10.0.0", "\"10.0.0\" is neither"),
            ("1.2.3.*/8", "\"8\" is not"),
        ] {
            let error = entry(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn a_file_has_comments_and_lines() {
        let text = "# ours\n10.0.0.0/8 ::1\n\n host.example # theirs\n";
        let found: Vec<_> = file_entries(text).collect();
        assert_eq!(found, [(2, "10.0.0.0/8"), (2, "::1"), (4, "host.example")]);
    }

    #[test]
    fn to_be_denied_is_stronger_than_to_be_allowed() {
        let list = |texts: &[&str]| -> Vec<Addresses> {
            let read = |text: &&str| match entry(text) {
                Ok(Entry::Addresses(addresses)) => addresses,
                other => panic!("{other:?}"),
            };
            texts.iter().map(read).collect()
        };
        let ip = |text: &str| text.parse().unwrap();
        assert!(Lists::default().admit(ip("::1")));
        let lists = Lists { allow: Some(list(&["10.0.0.0/8"])), deny: list(&["10.1.0.0/16"]) };
        assert!(lists.admit(ip("10.2.0.1")));
        assert!(!lists.admit(ip("10.1.0.1")) && !lists.admit(ip("192.0.2.1")));
        assert!(!Lists { allow: Some(Vec::new()), deny: Vec::new() }.admit(ip("::1")), "an empty list allows nobody");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in ".{0,40}", ip in any::<[u8; 16]>()) {
            if let Ok(Entry::Addresses(addresses)) = entry(&text) {
                addresses.contains(IpAddr::from(ip));
            }
            file_entries(&text).for_each(drop);
        }

        #[test]
        fn a_network_is_its_first_bits(addr in any::<u32>(), other in any::<u32>(), bits in 0_u8..=32) {
            let network = Addresses::Network { addr: Ipv4Addr::from_bits(addr).into(), bits };
            let same = u64::from(addr ^ other) >> (32 - bits) == 0;
            prop_assert_eq!(network.contains(Ipv4Addr::from_bits(other).into()), same);
        }
    }
}
