//! Numbers as ss writes them.

use std::fmt::Write as _;

/// Appends `value` in at most `digits` significant digits, without zeros at the end: C's `%.Ng`.
pub(super) fn push_general(text: &mut String, value: f64, digits: usize) {
    if value == 0.0 {
        return text.push('0');
    }
    // The exponent is that of the rounded value: 9.9999996 has one more digit before the point than it seems.
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let most = i32::try_from(digits).unwrap_or(i32::MAX);
    if exponent < -4 || exponent >= most {
        text.push_str(without_zeros(mantissa));
        let sign = if exponent < 0 { '-' } else { '+' };
        // Writing to a String cannot fail.
        let _ = write!(text, "e{sign}{:02}", exponent.unsigned_abs());
    } else {
        let behind = usize::try_from(most - 1 - exponent).unwrap_or(0);
        text.push_str(without_zeros(&format!("{value:.behind$}")));
    }
}

fn without_zeros(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

/// Appends microseconds as milliseconds, in up to six digits.
pub(super) fn push_ms(text: &mut String, us: u32) {
    push_general(text, f64::from(us) / 1000.0, 6);
}

/// Appends bits per second: `exact` as a whole number, otherwise in three digits with a prefix.
pub(super) fn push_bandwidth(text: &mut String, bits: f64, exact: bool) {
    const UNITS: [(f64, char); 4] = [(1e12, 'T'), (1e9, 'G'), (1e6, 'M'), (1e3, 'k')];
    if exact {
        let _ = write!(text, "{bits:.0}");
        return;
    }
    // What rounds up to a thousand is one of the next unit, where ss writes 1e+03.
    match UNITS.into_iter().find(|(unit, _)| bits >= unit * 0.9995) {
        Some((unit, prefix)) => {
            push_general(text, bits / unit, 3);
            text.push(prefix);
        }
        None => push_general(text, bits, 6),
    }
}

/// Appends the time until a timer expires: `119min`, `1min2sec`, `15sec`, `1.572sec`, `40ms`.
///
/// ss 6.1 writes the fourth as `1.572ms`, and nothing at all for zero.
pub(super) fn push_timer(text: &mut String, ms: u32) {
    let (minutes, seconds, millis) = (ms / 60_000, ms / 1000 % 60, ms % 1000);
    let _ = match (minutes, seconds) {
        (10.., _) | (1.., 0) => write!(text, "{minutes}min"),
        (1.., _) => write!(text, "{minutes}min{seconds}sec"),
        (0, 10..) => write!(text, "{seconds}sec"),
        (0, 1..) if millis > 0 => write!(text, "{seconds}.{millis:03}sec"),
        (0, 1..) => write!(text, "{seconds}sec"),
        // With three digits, as if there were more to the left.
        (0, 0) if millis > 0 => write!(text, "{millis:03}ms"),
        (0, 0) => write!(text, "0ms"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(push: impl FnOnce(&mut String)) -> String {
        let mut text = String::new();
        push(&mut text);
        text
    }

    #[test]
    fn general_numbers_as_printf_3_writes_them() {
        for (value, digits, expected) in [
            (0.0, 6, "0"),
            (204.0, 6, "204"),
            (0.007, 6, "0.007"),
            (12.345_678, 6, "12.3457"),
            (2.886_718_75, 6, "2.88672"),
            (120_000.0, 6, "120000"),
            (1_234_567.0, 6, "1.23457e+06"),
            (999_999.7, 6, "1e+06"),
            (0.000_05, 6, "5e-05"),
            (0.000_1, 6, "0.0001"),
            (12.34, 3, "12.3"),
            (374.0, 3, "374"),
        ] {
            assert_eq!(written(|text| push_general(text, value, digits)), expected);
        }
    }

    #[test]
    fn bandwidth_has_a_prefix_unless_exact() {
        for (bits, expected) in [
            (0.0, "0"),
            (999.0, "999"),
            (999.6, "1k"),
            (1000.0, "1k"),
            (85_515_624.0, "85.5M"),
            (999_700_000.0, "1G"),
            (1_070_240_895_144.0, "1.07T"),
        ] {
            assert_eq!(written(|text| push_bandwidth(text, bits, false)), expected);
        }
        assert_eq!(written(|text| push_bandwidth(text, 1_070_240_895_144.0, true)), "1070240895144");
    }

    #[test]
    fn timers_get_coarser_the_longer_they_run() {
        for (ms, expected) in [
            (0, "0ms"),
            (7, "007ms"),
            (476, "476ms"),
            (1572, "1.572sec"),
            (2000, "2sec"),
            (15_804, "15sec"),
            (62_500, "1min2sec"),
            (60_000, "1min"),
            (7_199_000, "119min"),
        ] {
            assert_eq!(written(|text| push_timer(text, ms)), expected);
        }
    }
}
