//! Dates of the Gregorian calendar.

/// Year, month and day of the Gregorian calendar, `days` after the first of January 1970.
pub fn civil(days: i64) -> (i64, i64, i64) {
    // A year here begins in March: the leap day is its last, and the months' lengths repeat every five.
    const FOUR_CENTURIES: i64 = 146_097;
    const MARCH_OF_YEAR_0: i64 = 719_468;
    let days = days.saturating_add(MARCH_OF_YEAR_0);
    let (era, day) = (days.div_euclid(FOUR_CENTURIES), days.rem_euclid(FOUR_CENTURIES));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    (era * 400 + year + carry, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_are_easy_to_get_wrong() {
        // date -u -d @SECONDS +%F, of so many days.
        for (days, date) in [
            (0, (1970, 1, 1)),
            (-1, (1969, 12, 31)),
            (11_015, (2000, 2, 28)),
            (11_016, (2000, 2, 29)),
            (11_017, (2000, 3, 1)),
            (11_322, (2000, 12, 31)),
            (47_540, (2100, 2, 28)),
            (47_541, (2100, 3, 1)),
            (-719_468, (0, 3, 1)),
        ] {
            assert_eq!(civil(days), date, "{days}");
        }
        assert!(civil(i64::MAX).0 > 0);
    }
}
