//! Numbers as they are typed, and as they are read.

/// The hexadecimal digits behind `0x` or `0X`.
///
/// As in all of these, there is one at least and nothing else: `from_str_radix` would take a sign.
pub fn behind_0x(text: &str) -> Option<&str> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    are_digits(digits, 16).then_some(digits)
}

/// The digits of a number and their radix: 16 behind `0x` or `0X`, else 10.
pub fn digits(text: &str) -> Option<(&str, u32)> {
    let hexadecimal = behind_0x(text).map(|digits| (digits, 16));
    hexadecimal.or_else(|| are_digits(text, 10).then_some((text, 10)))
}

/// The same as C writes a number: octal behind a zero (C17, section 6.4.4.1).
pub fn digits_of_c(text: &str) -> Option<(&str, u32)> {
    match digits(text)? {
        (octal, 10) if octal.len() > 1 && octal.starts_with('0') => are_digits(octal, 8).then_some((octal, 8)),
        other => Some(other),
    }
}

/// Sixteen bits as they are printed: one to four hexadecimal digits, perhaps behind `0x` or `0X`.
pub fn four_hexadecimal(text: &str) -> Option<u16> {
    let digits = behind_0x(text).unwrap_or(text);
    let are = digits.len() <= 4 && are_digits(digits, 16);
    u16::from_str_radix(digits, 16).ok().filter(|_| are)
}

/// A decimal number with a comma between groups of three digits, for people.
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn are_digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|digit| digit.is_digit(radix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_have_a_radix_and_no_sign() {
        for (text, plain, of_c) in [
            ("8", Some(("8", 10)), Some(("8", 10))),
            ("0", Some(("0", 10)), Some(("0", 10))),
            ("010", Some(("010", 10)), Some(("010", 8))),
            ("08", Some(("08", 10)), None),
            ("0x1f", Some(("1f", 16)), Some(("1f", 16))),
            ("0X1F", Some(("1F", 16)), Some(("1F", 16))),
            ("", None, None),
            ("0x", None, None),
            ("+8", None, None),
            ("0x+8", None, None),
            ("-1", None, None),
            ("1f", None, None),
            ("1 ", None, None),
        ] {
            assert_eq!((digits(text), digits_of_c(text)), (plain, of_c), "{text:?}");
        }
    }

    #[test]
    fn digits_in_groups_of_three() {
        for (digits, text) in [("1", "1"), ("123", "123"), ("1000", "1,000"), ("123456", "123,456"), ("", "")] {
            assert_eq!(grouped(digits), text);
        }
    }

    #[test]
    fn sixteen_bits_have_four_digits_at_most() {
        for (text, bits) in [("f752", 0xf752), ("0xF752", 0xf752), ("0X12", 0x12), ("8", 8), ("0x0000", 0)] {
            assert_eq!(four_hexadecimal(text), Some(bits), "{text:?}");
        }
        for wrong in ["", "0x", "+8", "0x+8", "0x0x8", "00008", "0x00008", "g", "0x 8"] {
            assert_eq!(four_hexadecimal(wrong), None, "{wrong:?}");
        }
    }
}
