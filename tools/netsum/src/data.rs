//! DATA on the command line: text, hex, a file, or standard input.

use std::ffi::OsString;
use std::fmt;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use sockeye_common::hex::{self, HexError};

/// Where data comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It stood on the command line.
    Octets(Vec<u8>),
    /// A file.
    File(OsString),
    /// Standard input.
    Stdin,
}

impl Source {
    /// Reads the argument: `hex:DIGITS`, `@FILE`, `-` for standard input, `text:TEXT`, and everything else as it stands.
    ///
    /// An argument is octets, not characters: what is not UTF-8 is taken as it is.
    ///
    /// # Errors
    /// [`DataError`] if `hex:` is not followed by hex, or `@` by nothing.
    pub fn parse(argument: &OsString) -> Result<Self, DataError> {
        let octets = argument.as_bytes();
        if octets == b"-" {
            return Ok(Self::Stdin);
        }
        if let Some(text) = octets.strip_prefix(b"text:") {
            return Ok(Self::Octets(text.to_vec()));
        }
        if let Some(digits) = octets.strip_prefix(b"hex:") {
            let digits = String::from_utf8_lossy(digits);
            return hex::decode(&digits).map(Self::Octets).map_err(DataError::Hex);
        }
        match octets.strip_prefix(b"@") {
            Some([]) => Err(DataError::NoFile),
            Some(path) => Ok(Self::File(OsString::from_vec(path.to_vec()))),
            None => Ok(Self::Octets(octets.to_vec())),
        }
    }
}

/// Why an argument is not data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataError {
    /// What follows `hex:` is not hex.
    Hex(HexError),
    /// Nothing follows `@`.
    NoFile,
}

impl fmt::Display for DataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hex(error) => write!(f, "after \"hex:\", {error}"),
            Self::NoFile => f.write_str("the file name after \"@\" is missing"),
        }
    }
}

impl std::error::Error for DataError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(argument: &str) -> Result<Source, DataError> {
        Source::parse(&OsString::from(argument))
    }

    #[test]
    fn every_form() {
        let octets = |octets: &[u8]| Ok(Source::Octets(octets.to_vec()));
        assert_eq!(parse("ABCDE"), octets(b"ABCDE"));
        assert_eq!(parse(""), octets(b""));
        assert_eq!(parse("hex:41 42"), octets(b"AB"));
        assert_eq!(parse("hex:"), octets(b""));
        assert_eq!(parse("text:@x"), octets(b"@x"));
        assert_eq!(parse("text:text:"), octets(b"text:"));
        assert_eq!(parse("-"), Ok(Source::Stdin));
        assert_eq!(parse("@-"), Ok(Source::File("-".into())));
        assert_eq!(parse("a@b"), octets(b"a@b"));
        assert_eq!(parse("@"), Err(DataError::NoFile));
        assert_eq!(Source::parse(&OsString::from_vec(vec![0xff, 0])), octets(&[0xff, 0]));
        assert_eq!(
            parse("hex:4").unwrap_err().to_string(),
            "after \"hex:\", the digit at position 1 stands alone: an octet is two digits"
        );
    }
}
