//! Points in time as ISO 8601 writes them.

const US_PER_S: u64 = 1_000_000;
const S_PER_DAY: u64 = 86_400;

/// `2026-11-21T08:38:42.777Z`, or with six digits. `since_1970` is in microseconds.
///
/// # Source
/// RFC 3339 section 5.6; the calendar as in "Algorithms for days and dates": years begin in March, and every 400 of
/// them have the same number of days.
pub(super) fn text(since_1970_us: u64, microseconds: bool) -> String {
    let seconds = since_1970_us / US_PER_S;
    let fraction = since_1970_us % US_PER_S;
    let (year, month, day) = date(seconds / S_PER_DAY);
    let of_day = seconds % S_PER_DAY;
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let fraction = if microseconds { format!("{fraction:06}") } else { format!("{:03}", fraction / 1000) };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction}Z")
}

/// Year, month and day, so many days after the first of January 1970.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_IN_400_YEARS: u64 = 146_097;
    /// From the first of March in the year 0 to the first of January 1970.
    const BEFORE_1970: u64 = 719_468;
    // Times in u64 microseconds are 2^45 days at most: nothing here can overflow.
    let days = days.saturating_add(BEFORE_1970);
    let era = days / DAYS_IN_400_YEARS;
    let of_era = days % DAYS_IN_400_YEARS;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
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
