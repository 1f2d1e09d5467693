//! Numbers and times of the command line, judged in the older tool's words: invalid, too small, too large.

use std::fmt;
use std::time::Duration;

/// The longest time in seconds: what fits into a C int of milliseconds, as the older tool has it.
const SECONDS_MAX: i64 = 2_147_483;

/// What is wrong with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberError {
    /// It is none.
    Invalid,
    /// It is below the least that is allowed.
    TooSmall,
    /// It is above the most that is allowed.
    TooLarge,
}

impl fmt::Display for NumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Invalid => "invalid",
            Self::TooSmall => "too small",
            Self::TooLarge => "too large",
        })
    }
}

/// Reads a decimal integer with an optional sign that lies between `min` and `max`.
///
/// White space in front of it is skipped, as strtoll(3) does: scripts get numbers padded from wc(1) and its like.
///
/// # Errors
/// [`NumberError`]: a number of any length is too small or too large, never invalid.
pub fn integer(text: &str, min: i64, max: i64) -> Result<i64, NumberError> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() || !digits.bytes().all(|octet| octet.is_ascii_digit()) {
        return Err(NumberError::Invalid);
    }
    let beyond = if negative { NumberError::TooSmall } else { NumberError::TooLarge };
    let magnitude: i64 = digits.parse().map_err(|_| beyond)?;
    let value = if negative { -magnitude } else { magnitude };
    match value {
        value if value < min => Err(NumberError::TooSmall),
        value if value > max => Err(NumberError::TooLarge),
        value => Ok(value),
    }
}

/// Reads a time: seconds as the older tool has them, or with a fraction, or with a unit (`500ms`, `1.5`, `2m`).
///
/// # Errors
/// [`NumberError`] if it is none, below zero, or longer than 2147483 seconds.
pub fn time(text: &str) -> Result<Duration, NumberError> {
    time_up_to(text, SECONDS_MAX)
}

/// [`time`] with another most: what the older tool keeps in seconds has the range of an int or of an unsigned int.
///
/// # Errors
/// [`NumberError`] if it is none, below zero, or longer than `most` seconds.
pub fn time_up_to(text: &str, most: i64) -> Result<Duration, NumberError> {
    if let Ok(seconds) = integer(text, 0, most) {
        return Ok(Duration::from_secs(seconds.unsigned_abs()));
    }
    let (number, unit_ms) = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)]
        .into_iter()
        .find_map(|(suffix, unit)| text.strip_suffix(suffix).map(|number| (number, unit)))
        .unwrap_or((text, 1_000));
    let negative = number.starts_with('-');
    let unsigned = number.strip_prefix(['-', '+']).unwrap_or(number);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|octet| octet.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return Err(NumberError::Invalid);
    }
    if negative {
        return Err(NumberError::TooSmall);
    }
    // Nanoseconds of the unit, with nine digits of the fraction; what comes after them is below a nanosecond.
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| NumberError::TooLarge)? };
    let fraction: u128 = format!("{fraction:0<9}").get(..9).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let nanoseconds = whole
        .checked_mul(1_000_000_000)
        .and_then(|units| units.checked_add(fraction))
        .and_then(|units| units.checked_mul(unit_ms))
        .map_or(u128::MAX, |units| units / 1_000);
    if nanoseconds > u128::from(most.unsigned_abs()) * 1_000_000_000 {
        return Err(NumberError::TooLarge);
    }
    u64::try_from(nanoseconds).map(Duration::from_nanos).map_err(|_| NumberError::TooLarge)
}

/// Reads a probability between 0 and 1, in parts of a million.
pub fn probability_ppm(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|octet| octet.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !digits(whole) || !digits(fraction) {
        return None;
    }
    let millionths: u32 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    whole.checked_mul(1_000_000)?.checked_add(millionths).filter(|ppm| *ppm <= 1_000_000)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_with_and_without_a_unit() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("1", Ok(1_000)),
            ("+2", Ok(2_000)),
            (" \t2", Ok(2_000)),
            ("2 ", Err(NumberError::Invalid)),
            ("500ms", Ok(500)),
            ("1.5", Ok(1_500)),
            (".5s", Ok(500)),
            ("2m", Ok(120_000)),
            ("1h", Ok(3_600_000)),
            ("2147483", Ok(2_147_483_000)),
            ("2147484", Err(NumberError::TooLarge)),
            ("99999999999", Err(NumberError::TooLarge)),
            ("99999999999999999999999999999999999999999", Err(NumberError::TooLarge)),
            ("340282366920938463463374607431768211455h", Err(NumberError::TooLarge)),
            ("-5", Err(NumberError::TooSmall)),
            ("-0.5", Err(NumberError::TooSmall)),
            ("abc", Err(NumberError::Invalid)),
            ("", Err(NumberError::Invalid)),
            (".", Err(NumberError::Invalid)),
            ("ms", Err(NumberError::Invalid)),
            ("1.2.3", Err(NumberError::Invalid)),
            ("1 s", Err(NumberError::Invalid)),
        ] {
            assert_eq!(time(text), expected.map(Duration::from_millis), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whole_seconds_come_back(seconds in 0..=SECONDS_MAX) {
            prop_assert_eq!(time(&seconds.to_string()), Ok(Duration::from_secs(seconds.unsigned_abs())));
            prop_assert_eq!(integer(&seconds.to_string(), 0, SECONDS_MAX), Ok(seconds));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = time(&text);
            let _ = integer(&text, -1, 1);
        }
    }
}
