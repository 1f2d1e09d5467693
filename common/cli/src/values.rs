//! Values of options that every tool reads alike: whole numbers and times, each with its range.

use std::ops::{Bound, RangeBounds, RangeInclusive};
use std::time::Duration;

use sockeye_common::number::digits;

/// A month in seconds: what no time of an option needs to be longer than.
pub const MONTH_S: f64 = 31.0 * 86_400.0;

/// Reads whole numbers of this range that fit into `T`: in decimal or, behind 0x, in hexadecimal, without a sign.
pub fn number<T: TryFrom<u128> + 'static>(
    range: impl RangeBounds<u128> + 'static,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    let least = match range.start_bound() {
        Bound::Included(least) => *least,
        Bound::Excluded(below) => below.saturating_add(1),
        Bound::Unbounded => 0,
    };
    let most = match range.end_bound() {
        Bound::Included(most) => *most,
        Bound::Excluded(above) => above.saturating_sub(1),
        Bound::Unbounded => u128::MAX,
    };
    let most = most.min(u128::MAX.checked_shr(128_u32.saturating_sub(bits::<T>())).unwrap_or(0));
    move |text| {
        let written = digits(text);
        let number = written.and_then(|(digits, radix)| u128::from_str_radix(digits, radix).ok());
        let fitting = number.filter(|number| (least..=most).contains(number));
        fitting.and_then(|number| T::try_from(number).ok()).ok_or_else(|| {
            let is_too_large = written.is_some() && number.is_none_or(|number| number > most);
            // An end that nobody comes near is told to those alone who did.
            if most < u128::from(u64::MAX) || is_too_large {
                format!("a number from {least} to {most} is wanted")
            } else {
                format!("a number from {least} on is wanted")
            }
        })
    }
}

/// The width of an unsigned type.
fn bits<T>() -> u32 {
    u32::try_from(size_of::<T>()).unwrap_or(u32::MAX).saturating_mul(8)
}

/// Reads times of this range, in seconds, which may have a fraction.
pub fn seconds(
    range: RangeInclusive<f64>,
) -> impl Fn(&str) -> Result<Duration, String> + Clone + Send + Sync + 'static {
    move |text| {
        // `parse` would take a sign and words too.
        let is_plain = text.starts_with(|first: char| first.is_ascii_digit() || first == '.');
        let seconds = text.parse().ok().filter(|seconds| is_plain && range.contains(seconds));
        seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| {
            let (least, most) = (range.start(), range.end());
            format!("a number of seconds from {least} to {most} is wanted, such as 10 or 0.5")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_two_notations_and_a_range() {
        assert_eq!(number::<u8>(..)("0xff"), Ok(255));
        assert_eq!(number::<u32>(..)("4294967295"), Ok(u32::MAX));
        assert_eq!(number::<u128>(1..)(&u128::MAX.to_string()), Ok(u128::MAX));
        assert_eq!((number::<u16>(28..)("28"), number::<u64>(1..=10)("10")), (Ok(28), Ok(10)));
        for wrong in [
            "256",
            "-1",
            "+1",
            "",
            "0x",
            "0x+1",
            "x",
            "0x100",
            "1.5",
            " 1",
            "99999999999999999999999999999999999999999",
        ] {
            assert_eq!(number::<u8>(..)(wrong), Err("a number from 0 to 255 is wanted".to_owned()), "{wrong}");
        }
        let of_ten = Err("a number from 1 to 10 is wanted".to_owned());
        assert_eq!((number::<u8>(1..=10)("0"), number::<u8>(1..11)("11")), (of_ten.clone(), of_ten));
        let from_one = number::<u64>(1..);
        assert_eq!((from_one("0"), from_one("x")), {
            let wrong = || Err("a number from 1 on is wanted".to_owned());
            (wrong(), wrong())
        });
        assert_eq!(
            from_one("18446744073709551616"),
            Err("a number from 1 to 18446744073709551615 is wanted".to_owned())
        );
    }

    #[test]
    fn times_have_a_beginning_and_an_end() {
        let hour = seconds(0.001..=3600.0);
        assert_eq!(hour("0.25"), Ok(Duration::from_millis(250)));
        assert_eq!((hour(".5"), hour("1e3")), (Ok(Duration::from_millis(500)), Ok(Duration::from_secs(1000))));
        for wrong in ["", "0", "-1", "+1", "inf", "nan", "1e300", "3600.1", "1 s", "."] {
            let said = "a number of seconds from 0.001 to 3600 is wanted, such as 10 or 0.5".to_owned();
            assert_eq!(hour(wrong), Err(said), "{wrong}");
        }
        assert_eq!(seconds(0.0..=MONTH_S)("0"), Ok(Duration::ZERO));
    }
}
