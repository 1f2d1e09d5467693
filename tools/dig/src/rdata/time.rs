//! Times and durations as dig writes them.

use std::fmt::Write as _;

use sockeye_common::calendar::civil;
use sockeye_common::words::counted;

const UNITS: [(&str, u32); 5] = [("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];

/// How often each unit fits, the largest first, and none that does not fit at all. Nothing is 0 seconds.
fn parts(seconds: u32) -> impl Iterator<Item = (&'static str, u32)> {
    let mut rest = seconds;
    UNITS.into_iter().filter_map(move |(unit, length)| {
        let count = rest / length;
        rest %= length;
        (count > 0 || seconds == 0 && length == 1).then_some((unit, count))
    })
}

/// `1 week 2 days`
pub(crate) fn spelled_out(text: &mut String, seconds: u32) {
    for (index, (unit, count)) in parts(seconds).enumerate() {
        let blank = if index > 0 { " " } else { "" };
        let _ = write!(text, "{blank}{}", counted(count, unit));
    }
}

/// `1w2d`
pub fn ttl_units(text: &mut String, seconds: u32) {
    for (unit, count) in parts(seconds) {
        let _ = write!(text, "{count}{}", unit.get(..1).unwrap_or_default());
    }
}

/// `YYYYMMDDHHMMSS` of seconds since 1970, which count modulo 2^32: the time meant is the one nearest to `now`.
///
/// # Source
/// RFC 4034 section 3.1.5.
pub(crate) fn stamp(text: &mut String, seconds: u32, now: Option<u32>) {
    let wraps = now.is_some_and(|now| seconds.wrapping_sub(now) > 0x8000_0000 && seconds > now);
    let instant = i64::from(seconds) - if wraps { 1 << 32 } else { 0 };
    let (days, second) = (instant.div_euclid(86_400), instant.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let _ = write!(text, "{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}");
}
