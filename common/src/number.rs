//! Numbers as they are typed.

/// What stands behind `0x` or `0X`.
pub fn behind_0x(text: &str) -> Option<&str> {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
}

/// The digits of a number and their radix: 16 behind `0x` or `0X`, else 10.
///
/// There is one at least and nothing else: `from_str_radix` would take a sign.
pub fn digits(text: &str) -> Option<(&str, u32)> {
    checked(behind_0x(text).map_or((text, 10), |digits| (digits, 16)))
}

/// The same as C writes a number: octal behind a zero (C17, section 6.4.4.1).
pub fn digits_of_c(text: &str) -> Option<(&str, u32)> {
    let octal = text.len() > 1 && text.starts_with('0') && behind_0x(text).is_none();
    if octal { checked((text, 8)) } else { digits(text) }
}

fn checked((digits, radix): (&str, u32)) -> Option<(&str, u32)> {
    (!digits.is_empty() && digits.chars().all(|digit| digit.is_digit(radix))).then_some((digits, radix))
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
}
