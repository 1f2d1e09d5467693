//! Times and durations as text.

use sockeye_common::calendar::civil;

use super::notice::Micros;

/// One moment, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// `12:03:04.123`, where the user is.
    pub time_of_day: String,
    /// `2026-11-21T12:03:04.123456Z`.
    pub iso: String,
}

impl Stamp {
    /// Microseconds since 1970, and the local time of that second as `%H:%M:%S` if the C library knows it.
    pub fn new(wall: u64, local: Option<&str>) -> Self {
        let (seconds, micros) = (wall / 1_000_000, wall % 1_000_000);
        let (date, time) = utc(seconds);
        let time_of_day = format!("{}.{:03}", local.unwrap_or(&time), micros / 1_000);
        Self { time_of_day, iso: format!("{date}T{time}.{micros:06}Z") }
    }
}

/// Date and time of day in UTC of so many seconds since 1970.
fn utc(seconds: u64) -> (String, String) {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let (year, month, day) = civil(i64::try_from(days).unwrap_or(i64::MAX));
    let time = format!("{:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60);
    (format!("{year:04}-{month:02}-{day:02}"), time)
}

/// A duration in the unit that suits it: `37 us`, `4.12 ms`, `2.31 s`, `60.0 s`, `12 min 3 s`.
pub fn span(micros: Micros) -> String {
    let scaled = |unit: Micros, name: &str| {
        // Three figures.
        let whole = micros / unit;
        match whole {
            0..10 => format!("{whole}.{:02} {name}", micros % unit * 100 / unit),
            10..100 => format!("{whole}.{} {name}", micros % unit * 10 / unit),
            _ => format!("{whole} {name}"),
        }
    };
    match micros {
        0..1_000 => format!("{micros} us"),
        1_000..1_000_000 => scaled(1_000, "ms"),
        1_000_000..120_000_000 => scaled(1_000_000, "s"),
        _ => {
            let seconds = micros / 1_000_000;
            if seconds < 7_200 {
                format!("{} min {} s", seconds / 60, seconds % 60)
            } else {
                format!("{} h {} min", seconds / 3_600, seconds / 60 % 60)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_and_dates() {
        let stamp = Stamp::new(1_784_116_842_123_456, Some("12:00:42"));
        assert_eq!(stamp.time_of_day, "12:00:42.123");
        // date -u -d @1784116842
        assert_eq!(stamp.iso, "2026-07-15T12:00:42.123456Z");
        for (seconds, date) in [(0, "1970-01-01"), (951_782_400, "2000-02-29"), (4_107_542_400, "2100-03-01")] {
            assert_eq!(utc(seconds), (date.to_owned(), "00:00:00".to_owned()));
        }
    }

    #[test]
    fn durations_have_three_figures() {
        let shown: Vec<String> =
            [0, 37, 4_125, 41_250, 412_500, 2_310_000, 60_040_000, 119_999_999, 723_000_000, 7_260_000_000]
                .map(span)
                .into();
        let expected =
            ["0 us", "37 us", "4.12 ms", "41.2 ms", "412 ms", "2.31 s", "60.0 s", "119 s", "12 min 3 s", "2 h 1 min"];
        assert_eq!(shown, expected);
    }
}
