//! Octets as hexadecimal text, both ways.

use std::fmt;

use crate::escape::quoted;

/// Lower-case hex without separators: `1f90`.
pub fn encode(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len().saturating_mul(2));
    push(&mut text, octets);
    text
}

/// Appends lower-case hex without separators.
pub fn push(text: &mut String, octets: &[u8]) {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('?');
    for octet in octets {
        text.push(digit(octet >> 4));
        text.push(digit(octet & 0xf));
    }
}

/// Lower-case hex with a blank between octets: `1f 90`.
pub fn spaced(octets: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len().saturating_mul(3));
    for (index, octet) in octets.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        push(&mut text, &[*octet]);
    }
    text
}

/// Octets from hex digits of either case. Blanks, tabs, line ends and colons may stand between octets, and `0x` in front.
///
/// # Errors
/// [`HexError`] with the position of what is wrong, in characters from 0.
pub fn decode(text: &str) -> Result<Vec<u8>, HexError> {
    let start = if text.starts_with("0x") || text.starts_with("0X") { 2 } else { 0 };
    let mut octets = Vec::with_capacity(text.len() / 2);
    let mut high: Option<(usize, u8)> = None;
    for (position, character) in text.chars().enumerate().skip(start) {
        let digit = character.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        match (high, digit) {
            (None, Some(digit)) => high = Some((position, digit)),
            (Some((_, first)), Some(digit)) => {
                octets.push(first << 4 | digit);
                high = None;
            }
            (None, None) if matches!(character, ' ' | '\t' | '\n' | '\r' | ':') => {}
            (Some((position, _)), None) if matches!(character, ' ' | '\t' | '\n' | '\r' | ':') => {
                return Err(HexError::HalfOctet { position });
            }
            (_, None) => return Err(HexError::NotADigit { position, character }),
        }
    }
    match high {
        Some((position, _)) => Err(HexError::HalfOctet { position }),
        None => Ok(octets),
    }
}

/// Why a text is not hex.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HexError {
    /// A character that is neither a digit nor a separator.
    NotADigit {
        /// Where, in characters from 0.
        position: usize,
        /// What stands there.
        character: char,
    },
    /// A digit without its partner: an octet is two digits.
    HalfOctet {
        /// Where the lone digit stands, in characters from 0.
        position: usize,
    },
}

impl fmt::Display for HexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotADigit { position, character } => {
                write!(f, "{} at position {} is not a hex digit", quoted(*character), position + 1)
            }
            Self::HalfOctet { position } => {
                write!(f, "the digit at position {} stands alone: an octet is two digits", position + 1)
            }
        }
    }
}

impl std::error::Error for HexError {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_people_paste() {
        for text in ["4142", "0x4142", "41 42", "41:42", "41\n42", "0X41 42 "] {
            assert_eq!(decode(text).unwrap(), [0x41, 0x42], "{text:?}");
        }
        assert_eq!(decode("").unwrap(), []);
        assert_eq!(decode("4g").unwrap_err(), HexError::NotADigit { position: 1, character: 'g' });
        assert_eq!(decode("414").unwrap_err(), HexError::HalfOctet { position: 2 });
        assert_eq!(decode("4 1").unwrap_err(), HexError::HalfOctet { position: 0 });
        assert_eq!(decode("é").unwrap_err().to_string(), "'é' at position 1 is not a hex digit");
        assert_eq!(spaced(&[0x1f, 0x90]), "1f 90");
    }

    proptest! {
        #[test]
        fn there_and_back(octets: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&octets)).unwrap(), octets.clone());
            prop_assert_eq!(decode(&spaced(&octets)).unwrap(), octets);
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = decode(&text);
        }
    }
}
