//! The name of a process as programs read it: its own octets again, where people get them made safe for a terminal.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// `command` and `command_hex` of a name that was made safe for a terminal: the name itself, and its octets in hexadecimal
/// digits where they are not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command<'a>(pub &'a str);

impl Command<'_> {
    /// The name itself, `U+FFFD` in place of what is not UTF-8, and then its octets too.
    pub fn parts(self) -> (String, Option<String>) {
        match String::from_utf8(octets(self.0)) {
            Ok(text) => (text, None),
            Err(error) => {
                let octets = error.as_bytes();
                (String::from_utf8_lossy(octets).into_owned(), Some(sockeye_common::hex::encode(octets)))
            }
        }
    }
}

impl Serialize for Command<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (text, hex) = self.parts();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("command", &text)?;
        map.serialize_entry("command_hex", &hex)?;
        map.end()
    }
}

/// For `#[serde(flatten, serialize_with)]` of a name.
///
/// # Errors
/// Whatever the serializer says.
pub fn flat<S: Serializer>(shown: impl AsRef<str>, serializer: S) -> Result<S::Ok, S::Error> {
    Command(shown.as_ref()).serialize(serializer)
}

/// What [`sockeye_common::escape::escape_octets`] was given, from what it made of that.
fn octets(shown: &str) -> Vec<u8> {
    let mut octets = Vec::with_capacity(shown.len());
    let mut rest = shown;
    while let Some((plain, escaped)) = rest.split_once('\\') {
        octets.extend_from_slice(plain.as_bytes());
        let Some((taken, after)) = one(escaped) else {
            // Nothing that was escaped has it.
            octets.push(b'\\');
            rest = escaped;
            continue;
        };
        octets.extend_from_slice(&taken);
        rest = after;
    }
    octets.extend_from_slice(rest.as_bytes());
    octets
}

/// What stands behind a backslash, and what follows it.
fn one(escaped: &str) -> Option<(Vec<u8>, &str)> {
    let (kind, rest) = (escaped.chars().next()?, escaped.get(1..)?);
    Some(match kind {
        '\\' => (b"\\".to_vec(), rest),
        't' => (b"\t".to_vec(), rest),
        'n' => (b"\n".to_vec(), rest),
        'r' => (b"\r".to_vec(), rest),
        'x' => {
            let (digits, rest) = rest.split_at_checked(2)?;
            (vec![u8::from_str_radix(digits, 16).ok()?], rest)
        }
        'u' => {
            let (digits, rest) = rest.strip_prefix('{')?.split_once('}')?;
            let character = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            (character.to_string().into_bytes(), rest)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::escape::escape_octets;

    use super::*;

    #[test]
    fn two_names_that_look_alike_for_people_are_two_for_programs() {
        let parts = |name: &[u8]| Command(&escape_octets(name)).parts();
        assert_eq!(parts(b"a\nb"), ("a\nb".to_owned(), None));
        assert_eq!(parts(b"a\\nb"), ("a\\nb".to_owned(), None));
        assert_eq!(parts(b"z\\\\\x1b[31m"), ("z\\\\\x1b[31m".to_owned(), None));
        assert_eq!(parts(b"odd\xff"), ("odd\u{fffd}".to_owned(), Some("6f6464ff".to_owned())));
        assert_eq!(parts("b\u{200b}ü".as_bytes()), ("b\u{200b}ü".to_owned(), None));
    }

    proptest! {
        #[test]
        fn every_name_comes_back(name: Vec<u8>) {
            prop_assert_eq!(octets(&escape_octets(&name)), name);
        }

        #[test]
        fn every_text_comes_back(name: String) {
            prop_assert_eq!(octets(&escape_octets(name.as_bytes())), name.into_bytes());
        }

        #[test]
        fn nothing_panics(shown in "[\\\\xu{}0-9a-fé]*") {
            octets(&shown);
        }
    }
}
