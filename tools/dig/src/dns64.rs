//! `+dns64prefix`: the prefixes under which a resolver makes up IPv6 addresses.
//!
//! The name `ipv4only.arpa` has two IPv4 addresses and no other. IPv6 addresses of it are made up, and the two IPv4
//! addresses stand in them behind the prefix.

use std::fmt::Write as _;
use std::net::Ipv6Addr;

use crate::message::Message;
use crate::registry::Type;

/// 192.0.0.170 and 192.0.0.171.
///
/// # Source
/// RFC 7050 section 2.2.
const WELL_KNOWN: [u32; 2] = [0xc000_00aa, 0xc000_00ab];

/// The lengths that a prefix may have, in bits.
///
/// # Source
/// RFC 6052 section 2.2.
const LENGTHS: [u8; 6] = [96, 64, 56, 48, 40, 32];

/// A prefix and its length in bits.
pub type Prefix = (Ipv6Addr, u8);

/// The prefixes behind which both addresses stand, in the order of the records, each once.
///
/// # Source
/// RFC 7050 section 3.
pub fn prefixes(message: &Message) -> Vec<Prefix> {
    let found: Vec<u128> = message
        .answer
        .iter()
        .filter(|record| record.rtype == Type::AAAA)
        .filter_map(|record| <[u8; 16]>::try_from(record.rdata.octets.as_slice()).ok().map(u128::from_be_bytes))
        .collect();
    let mut prefixes = Vec::new();
    for address in &found {
        for length in LENGTHS {
            let prefix = address & !(u128::MAX >> length);
            let stands_behind = |ipv4: &u32| {
                found
                    .iter()
                    .any(|other| embedded(*other, length) == Some(*ipv4) && other & !(u128::MAX >> length) == prefix)
            };
            let candidate = (Ipv6Addr::from(prefix), length);
            if embedded(*address, length).is_some_and(|ipv4| WELL_KNOWN.contains(&ipv4))
                && WELL_KNOWN.iter().all(stands_behind)
                && !prefixes.contains(&candidate)
            {
                prefixes.push(candidate);
            }
        }
    }
    prefixes
}

/// The IPv4 address behind a prefix of that length. Bits 64 to 71 are none of it, and zero.
fn embedded(address: u128, length: u8) -> Option<u32> {
    let [high, low] = [address >> 64, address & u128::from(u64::MAX)];
    if length == 96 {
        return u32::try_from(low & u128::from(u32::MAX)).ok();
    }
    if low >> 56 != 0 {
        return None;
    }
    // Without those eight bits the address is 120 bits long, and the 32 behind the prefix are what is looked for.
    let joined = high << 56 | low;
    u32::try_from(joined >> (88 - u32::from(length)) & u128::from(u32::MAX)).ok()
}

/// One prefix a line.
pub fn text(prefixes: &[Prefix]) -> String {
    let mut text = String::new();
    for (prefix, length) in prefixes {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{prefix}/{length}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_places_of_rfc_6052() {
        // RFC 6052 section 2.4, with 192.0.2.33.
        for (address, length) in [
            ("2001:db8:c000:221::", 32),
            ("2001:db8:1c0:2:21::", 40),
            ("2001:db8:122:c000:2:2100::", 48),
            ("2001:db8:122:3c0:0:221::", 56),
            ("2001:db8:122:344:c0:2:2100::", 64),
            ("2001:db8:122:344::192.0.2.33", 96),
        ] {
            let address: Ipv6Addr = address.parse().unwrap();
            assert_eq!(embedded(address.to_bits(), length), Some(0xc000_0221), "{address}");
        }
    }

    #[test]
    fn both_addresses_have_to_stand_behind_the_same_prefix() {
        for (addresses, expected) in [
            (&["64:ff9b::c000:aa", "64:ff9b::c000:ab"][..], "64:ff9b::/96\n"),
            (&["64:ff9b::c000:ab", "64:ff9b::c000:aa"], "64:ff9b::/96\n"),
            (&["64:ff9b::c000:aa", "64:ff9b:1::c000:ab"], ""),
            (&["64:ff9b::c000:aa"], ""),
            (
                &["2001:db8:1:2:c0:0:aa00:0", "2001:db8:c000:aa::", "2001:db8:1:2:c0:0:ab00:0", "2001:db8:c000:ab::"],
                "2001:db8:1:2::/64\n2001:db8::/32\n",
            ),
            (&["2001:db8::1"], ""),
            (&[], ""),
        ] {
            let mut message = Message::parse(&[0; crate::header::LEN]).unwrap();
            message.answer = addresses
                .iter()
                .map(|address| {
                    let octets = address.parse::<Ipv6Addr>().unwrap().octets();
                    crate::trace::tests::record_of(Type::AAAA, &octets)
                })
                .collect();
            assert_eq!(text(&prefixes(&message)), expected, "{addresses:?}");
        }
    }
}
