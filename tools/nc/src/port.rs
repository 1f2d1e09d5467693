//! Ports as the command line has them: numbers, ranges, names of services.

use crate::number::{NumberError, integer};

/// The largest port.
const PORT_MAX: i64 = 65535;

/// One port operand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortSpec {
    /// From the first to the last, both included. A single port is a range of one.
    Range(u16, u16),
    /// The name of a service, still to be looked up.
    Name(String),
}

/// A port that is none, in the older tool's words: `port number invalid: foo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortError {
    fault: NumberError,
    text: String,
}

impl PortError {
    /// What is said of a service that nobody knows.
    pub fn unknown(name: &str) -> Self {
        Self { fault: NumberError::Invalid, text: name.to_owned() }
    }
}

impl std::fmt::Display for PortError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "port number {}: {}", self.fault, sockeye_cli::escape::escape(&self.text))
    }
}

impl std::error::Error for PortError {}

/// Reads `80`, `1-100`, `100-1` (which is the same) or `http`.
///
/// # Errors
/// [`PortError`] if a number is not one from 1 to 65535, or if the text is neither number nor name.
pub fn parse(text: &str) -> Result<PortSpec, PortError> {
    let starts_as_number = text.starts_with(|first: char| first.is_ascii_digit());
    if let Some((low, high)) = text.split_once('-').filter(|_| starts_as_number) {
        let (low, high) = (number(low)?, number(high)?);
        return Ok(PortSpec::Range(low.min(high), low.max(high)));
    }
    match number(text) {
        Ok(port) => Ok(PortSpec::Range(port, port)),
        Err(error) if error.fault == NumberError::Invalid && may_be_a_name(text) => Ok(PortSpec::Name(text.to_owned())),
        Err(error) => Err(error),
    }
}

/// Reads a number from 1 to 65535.
fn number(text: &str) -> Result<u16, PortError> {
    let error = |fault| PortError { fault, text: text.to_owned() };
    let port = integer(text, 1, PORT_MAX).map_err(error)?;
    u16::try_from(port).map_err(|_| error(NumberError::TooLarge))
}

/// Whether `text` could stand in the services database: it has a letter (RFC 6335 section 5.1).
fn may_be_a_name(text: &str) -> bool {
    text.bytes().any(|octet| octet.is_ascii_alphabetic()) && !text.contains('\0')
}

/// Checks a port to listen on: 0 lets the system choose, a name is looked up later.
///
/// # Errors
/// [`PortError`] for a number above 65535, which getaddrinfo(3) would fold into 16 bits without a word.
pub fn check_local(text: &str) -> Result<(), PortError> {
    match integer(text, 0, PORT_MAX) {
        Err(fault) if fault != NumberError::Invalid => Err(PortError { fault, text: text.to_owned() }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_openbsd_nc_takes_and_what_it_says() {
        for (text, expected) in [
            ("80", Ok(PortSpec::Range(80, 80))),
            ("+5001", Ok(PortSpec::Range(5001, 5001))),
            (" 80", Ok(PortSpec::Range(80, 80))),
            ("5000-5002", Ok(PortSpec::Range(5000, 5002))),
            ("5002-5000", Ok(PortSpec::Range(5000, 5002))),
            ("http", Ok(PortSpec::Name("http".into()))),
            ("http-alt", Ok(PortSpec::Name("http-alt".into()))),
            ("0", Err("port number too small: 0")),
            ("-1", Err("port number too small: -1")),
            ("65536", Err("port number too large: 65536")),
            ("99999999999999999999", Err("port number too large: 99999999999999999999")),
            ("", Err("port number invalid: ")),
            ("1-", Err("port number invalid: ")),
            ("1-x", Err("port number invalid: x")),
            ("0-5", Err("port number too small: 0")),
            ("\u{1b}[2J5", Ok(PortSpec::Name("\u{1b}[2J5".into()))),
        ] {
            assert_eq!(parse(text).map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{text}");
        }
        assert_eq!(PortError::unknown("\u{1b}[2J").to_string(), "port number invalid: \\x1b[2J");
    }

    #[test]
    fn a_listener_may_take_any_port() {
        assert_eq!(check_local("0"), Ok(()));
        assert_eq!(check_local("http"), Ok(()));
        assert_eq!(check_local("65536").unwrap_err().to_string(), "port number too large: 65536");
        assert_eq!(check_local("-1").unwrap_err().to_string(), "port number too small: -1");
    }

    proptest! {
        #[test]
        fn a_range_is_in_order_and_nothing_panics(text in "[0-9+-]{0,12}|\\PC{0,12}") {
            if let Ok(PortSpec::Range(low, high)) = parse(&text) {
                prop_assert!(0 < low && low <= high);
            }
        }
    }
}
