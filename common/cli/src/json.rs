//! JSON that is safe to look at.
//!
//! JSON must escape the C0 controls, and serde_json does. DEL, the C1 controls and the marks that turn the direction of
//! text may stand in a string as they are, and would act on the terminal of whoever looks at the line.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};

use crate::escape::acts;

/// `value` as one line of JSON in which nothing acts on a terminal.
pub(crate) fn to_vec(value: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut line = Vec::with_capacity(256);
    value.serialize(&mut Serializer::with_formatter(&mut line, Visible)).map_err(io::Error::from)?;
    Ok(line)
}

/// serde_json's compact form, with `\u` escapes for what it would leave.
struct Visible;

impl Formatter for Visible {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        // Most texts are ASCII, of which only DEL acts that serde_json has not escaped before.
        if fragment.bytes().all(|octet| octet < 0x7f) || !fragment.chars().any(acts) {
            return CompactFormatter.write_string_fragment(writer, fragment);
        }
        let mut units = [0; 2];
        for character in fragment.chars() {
            if acts(character) {
                for unit in character.encode_utf16(&mut units) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            } else {
                write!(writer, "{character}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_acts_is_escaped_and_means_the_same() {
        let text = "a\u{9b}31m\u{7f}\u{202e}\u{61c}\u{1b}\"ü\\";
        let line = String::from_utf8(to_vec(&text).unwrap()).unwrap();
        assert_eq!(line, r#""a\u009b31m\u007f\u202e\u061c\u001b\"ü\\""#);
    }

    proptest! {
        #[test]
        fn nothing_acts_and_nothing_changes(text: String) {
            let line = String::from_utf8(to_vec(&text).unwrap()).unwrap();
            prop_assert!(!line.chars().any(acts));
            prop_assert_eq!(serde_json::from_str::<String>(&line).unwrap(), text);
        }
    }
}
