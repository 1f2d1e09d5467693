//! Octets as a person reads them and as an argument that gives them back.

use sockeye_common::hex;

use crate::working::text;

/// Whether every octet is printable ASCII.
pub fn is_printable(octets: &[u8]) -> bool {
    octets.iter().all(|octet| (0x20..=0x7e).contains(octet))
}

/// In quotes if all is printable, a quote and a backslash with a backslash in front; otherwise as hex.
pub fn shown(octets: &[u8]) -> String {
    if is_printable(octets) { format!("\"{}\"", text(octets)) } else { argument(octets) }
}

/// The octets as text, if they are printable.
pub fn printable(octets: &[u8]) -> Option<&str> {
    str::from_utf8(octets).ok().filter(|text| is_printable(text.as_bytes()))
}

/// The octets as DATA on a command line: see [`crate::data::Source::parse`].
pub fn argument(octets: &[u8]) -> String {
    match printable(octets) {
        Some(text) if text == "-" || ["@", "hex:", "text:"].iter().any(|prefix| text.starts_with(prefix)) => {
            format!("text:{text}")
        }
        Some(text) => text.to_owned(),
        None => format!("hex:{}", hex::encode(octets)),
    }
}

/// The octets with the two of each word exchanged.
pub fn swapped(octets: &[u8]) -> Vec<u8> {
    octets.chunks(2).flat_map(|word| word.iter().rev().copied()).collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use proptest::prelude::*;

    use super::*;
    use crate::data::Source;

    #[test]
    fn quotes_and_hex() {
        assert_eq!(shown(b"a\"\\"), "\"a\\\"\\\\\"");
        assert_eq!(shown(b"\x1b[2J"), "hex:1b5b324a");
        assert_eq!(shown(b""), "\"\"");
        assert_eq!(swapped(b"UQUQU"), b"QUQUU");
    }

    proptest! {
        #[test]
        fn an_argument_gives_the_octets_back(data: Vec<u8>, prefix in "(-|@|hex:|text:)?") {
            for octets in [data.clone(), [prefix.as_bytes(), b"ab"].concat(), prefix.into_bytes()] {
                let read = Source::parse(&OsString::from(argument(&octets)));
                prop_assert_eq!(read, Ok(Source::Octets(octets)));
            }
        }
    }
}
