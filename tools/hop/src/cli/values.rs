//! Values of options.

use std::time::Duration;

use sockeye_cli::Failure;
use sockeye_common::number::digits;

use crate::options::Wait;

/// An octet, in decimal or in hexadecimal behind 0x.
pub(super) fn octet(text: &str) -> Result<u8, String> {
    let number = digits(text).and_then(|(digits, radix)| u8::from_str_radix(digits, radix).ok());
    number.ok_or_else(|| "not a number from 0 to 255".to_owned())
}

/// A port.
pub(super) fn port(text: &str) -> Result<u16, String> {
    text.parse().ok().filter(|port| *port > 0).ok_or_else(|| "not a port from 1 to 65535".to_owned())
}

/// The longest time that anything may be given: a month.
const LONGEST_S: f64 = 31.0 * 86_400.0;

/// Seconds, with a fraction if need be.
pub(super) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !seconds.is_finite() {
        return Err("not a number of seconds".to_owned());
    }
    if !(0.0..=LONGEST_S).contains(&seconds) {
        return Err("not from 0 to 31 days".to_owned());
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// The name of an interface. The kernel would take an empty one for none.
pub(super) fn interface(name: &str) -> Result<String, Failure> {
    if name.is_empty() { Err(Failure::usage("the interface is an empty text")) } else { Ok(name.to_owned()) }
}

/// How long to wait: `MAX[,HERE[,NEAR]]`, as traceroute(8) has it.
pub(super) fn wait(text: &str) -> Result<Wait, String> {
    let mut parts = text.split(',');
    let most = seconds(parts.next().unwrap_or_default())?;
    let mut factor = |otherwise: f64| match parts.next() {
        None => Ok(otherwise),
        Some(text) => match text.parse() {
            Ok(factor) if (0.0..=1e6).contains(&factor) => Ok(factor),
            _ => Err("HERE and NEAR are factors from 0 to 1000000".to_owned()),
        },
    };
    let (here, near) = (factor(super::trace::WAIT.here)?, factor(super::trace::WAIT.near)?);
    match parts.next() {
        Some(_) => Err("more than MAX,HERE,NEAR".to_owned()),
        None => Ok(Wait { most, here, near }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_both_notations() {
        assert_eq!((octet("0xb8"), octet("184")), (Ok(184), Ok(184)));
        assert!(octet("256").is_err() && octet("0x").is_err() && octet("-1").is_err());
    }

    #[test]
    fn times_have_an_end_and_a_beginning() {
        assert_eq!(seconds("0.25"), Ok(Duration::from_millis(250)));
        for wrong in ["", "-1", "inf", "nan", "1e300", "3000000"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_three_parts_of_a_wait() {
        assert_eq!(wait("2"), Ok(Wait { most: Duration::from_secs(2), ..super::super::trace::WAIT }));
        assert_eq!(wait("2,0,0").map(|wait| (wait.here, wait.near)), Ok((0.0, 0.0)));
        assert!(wait("2,-1").is_err() && wait("2,1,1,1").is_err() && wait("2,x").is_err());
    }
}
