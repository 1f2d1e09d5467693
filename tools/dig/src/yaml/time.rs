//! Points in time as ISO 8601 writes them.

use sockeye_common::calendar::civil;

const US_PER_S: u64 = 1_000_000;
const S_PER_DAY: u64 = 86_400;

/// `2026-11-21T08:38:42.777Z`, or with six digits. `since_1970` is in microseconds.
///
/// # Source
/// RFC 3339 section 5.6.
pub(super) fn text(since_1970_us: u64, microseconds: bool) -> String {
    let seconds = since_1970_us / US_PER_S;
    let fraction = since_1970_us % US_PER_S;
    let (year, month, day) = civil(i64::try_from(seconds / S_PER_DAY).unwrap_or(i64::MAX));
    let of_day = seconds % S_PER_DAY;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let fraction = if microseconds { format!("{fraction:06}") } else { format!("{:03}", fraction / 1000) };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_easy_to_get_wrong() {
        // Seconds as `date -u -d .. +%s` prints them.
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"),
            (1_709_164_800, "2024-02-29T00:00:00"),
            (1_767_225_599, "2025-12-31T23:59:59"),
            (1_795_250_322, "2026-11-21T08:38:42"),
            (4_107_542_400, "2100-03-01T00:00:00"),
        ] {
            assert_eq!(text(seconds * US_PER_S, false), format!("{expected}.000Z"));
        }
        assert_eq!(text(1_777_999, false), "1970-01-01T00:00:01.777Z");
        assert_eq!(text(1_000_042, true), "1970-01-01T00:00:01.000042Z");
        // No time at all panics.
        text(u64::MAX, true);
    }
}
