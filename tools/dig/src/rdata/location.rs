//! LOC: a place on the earth.
//!
//! # Source
//! RFC 1876.

use std::fmt::Write as _;

use super::layout::Form;
use super::{Field, Rdata, big_endian};
use crate::fault::FaultKind;

/// The equator, the prime meridian.
const ORIGIN: i64 = 1 << 31;
/// Thousandths of a second in a degree.
const DEGREE: i64 = 3_600_000;
/// Altitude 0 in centimetres.
const GROUND: i64 = 10_000_000;

/// Whether the sizes are sizes and the place is on the earth.
pub(super) fn check(rdata: &[u8]) -> Result<(), FaultKind> {
    let [version, size, horizontal, vertical, place @ ..] = rdata else { return Ok(()) };
    if *version != 0 {
        return Err(FaultKind::NotImplemented);
    }
    // A digit and a power of ten; nothing has no power.
    let is_size = |octet: &u8| octet >> 4 < 10 && octet & 15 < 10 && (octet >> 4 > 0 || *octet == 0);
    let mut coordinates = place.as_chunks::<4>().0.iter().map(|word| i64::from(u32::from_be_bytes(*word)) - ORIGIN);
    let within = |at: Option<i64>, most: i64| at.is_some_and(|at| at.abs() <= most * DEGREE);
    let good = [size, horizontal, vertical].into_iter().all(is_size)
        && within(coordinates.next(), 90)
        && within(coordinates.next(), 180);
    if good { Ok(()) } else { Err(FaultKind::OutOfRange) }
}

/// `42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m`
pub(super) fn write(text: &mut String, rdata: &Rdata, fields: &[Field]) {
    // Latitude, longitude, altitude stand first, size and precisions last.
    let (sizes, place): (Vec<&Field>, Vec<&Field>) =
        fields.iter().filter(|field| field.form != Form::Version).partition(|field| field.form == Form::Size);
    for (index, field) in place.into_iter().chain(sizes).enumerate() {
        if index > 0 {
            text.push(' ');
        }
        self::field(text, field.form, rdata.octets_of(field));
    }
}

/// One field of it.
pub(super) fn field(text: &mut String, form: Form, octets: &[u8]) {
    let number = i64::try_from(big_endian(octets)).unwrap_or_default();
    let _ = match form {
        Form::Latitude => arc(text, number - ORIGIN, ["N", "S"]),
        Form::Longitude => arc(text, number - ORIGIN, ["E", "W"]),
        Form::Altitude => {
            let centimetres = number - GROUND;
            let sign = if centimetres < 0 { "-" } else { "" };
            write!(text, "{sign}{}.{:02}m", centimetres.abs() / 100, centimetres.abs() % 100)
        }
        Form::Size => size(text, number),
        _ => write!(text, "{number}"),
    };
}

fn arc(text: &mut String, thousandths: i64, [positive, negative]: [&str; 2]) -> std::fmt::Result {
    let side = if thousandths < 0 { negative } else { positive };
    let rest = thousandths.abs();
    let (degrees, minutes, seconds) = (rest / DEGREE, rest / 60_000 % 60, rest % 60_000);
    write!(text, "{degrees} {minutes} {}.{:03} {side}", seconds / 1_000, seconds % 1_000)
}

/// Metres, with centimetres if that is less than one.
fn size(text: &mut String, octet: i64) -> std::fmt::Result {
    let (digit, power) = (octet >> 4, u32::try_from(octet & 15).unwrap_or_default());
    let centimetres = digit.saturating_mul(10_i64.saturating_pow(power));
    match power {
        0 | 1 => write!(text, "0.{centimetres:02}m"),
        _ => write!(text, "{}m", centimetres / 100),
    }
}
