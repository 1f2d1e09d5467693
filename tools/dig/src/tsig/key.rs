//! What `-y` and key files say, made into a [`Key`]; and dig's words for what is wrong with it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sockeye_cli::Status;

use super::{Algorithm, Key};
use crate::name::{Name, NameError};
use crate::options::Refusal;

/// An algorithm's name of this many octets is refused whatever it is.
const MAX_SPEC_LEN: usize = 20;
/// As much of a name or a secret as dig reads, in octets.
const MAX_TEXT_LEN: usize = 1023;

/// An algorithm as it is written: `hmac-sha256`, or `hmac-sha256-128` for the first 128 bits of its MAC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spec {
    /// Which; `None` for one that dig does not know, and goes on without.
    pub algorithm: Option<Algorithm>,
    /// How many bits of the MAC; 0 for all.
    pub bits: usize,
}

/// Why an algorithm ends the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpecFault {
    /// Longer than any name.
    TooLong(String),
    /// The bits are no number, or more than the MAC has.
    Bits {
        /// What was written.
        written: String,
        /// How many the MAC has.
        max: usize,
        /// It is a number.
        is_number: bool,
    },
}

impl SpecFault {
    /// How dig ends then.
    pub fn refusal(&self) -> Refusal {
        let (stdout, message) = match self {
            Self::TooLong(written) => (String::new(), format!("unknown key type '{written}'")),
            Self::Bits { written, max, is_number } => {
                let why = if *is_number { "out of range" } else { "not a valid number" };
                (
                    format!("invalid digest-bits [0..{max}] '{written}': {why}\n"),
                    "couldn't parse digest bits".to_owned(),
                )
            }
        };
        Refusal { stdout, stderr: Vec::new(), message: Some(message), status: Status(1) }
    }
}

impl std::str::FromStr for Spec {
    type Err = SpecFault;

    fn from_str(written: &str) -> Result<Self, SpecFault> {
        if written.len() >= MAX_SPEC_LEN {
            return Err(SpecFault::TooLong(written.to_owned()));
        }
        let lower = written.to_ascii_lowercase();
        for algorithm in Algorithm::ALL {
            let Some(rest) = lower.strip_prefix(algorithm.name()) else { continue };
            if rest.is_empty() {
                return Ok(Self { algorithm: Some(algorithm), bits: 0 });
            }
            if let Some(bits) = rest.strip_prefix('-') {
                return Ok(Self { algorithm: Some(algorithm), bits: digest_bits(bits, algorithm)? });
            }
        }
        Ok(Self::default())
    }
}

fn digest_bits(written: &str, algorithm: Algorithm) -> Result<usize, SpecFault> {
    let max = algorithm.digest_len().saturating_mul(8);
    let is_number = !written.is_empty() && written.bytes().all(|octet| octet.is_ascii_digit());
    match written.parse() {
        Ok(bits) if is_number && bits <= max => Ok(bits),
        _ => Err(SpecFault::Bits { written: written.to_owned(), max, is_number }),
    }
}

/// A key as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyText {
    /// Its algorithm, as written. `-y` may leave it out.
    pub algorithm: Option<String>,
    /// Its name.
    pub name: String,
    /// Its secret in base64.
    pub secret: String,
}

/// `[HMAC:]NAME:SECRET` of `-y`. Empty parts in front do not count.
///
/// `None` if there are fewer than two parts: dig prints its usage then.
pub fn parse_line(line: &str) -> Option<KeyText> {
    let (first, rest) = part(line)?;
    let (second, rest) = part(rest)?;
    // What follows the second colon is the secret, colons and all.
    Some(if rest.is_empty() {
        KeyText { algorithm: None, name: first.to_owned(), secret: second.to_owned() }
    } else {
        KeyText { algorithm: Some(first.to_owned()), name: second.to_owned(), secret: rest.to_owned() }
    })
}

/// As much of `-y` as dig still has when it prints its banner: it has cut the line at colons that separate nothing.
pub fn as_shown(line: &str) -> &str {
    let begin = line.len() - line.trim_start_matches(':').len();
    let Some((_, rest)) = part(line) else { return line };
    let first_end = line.len() - rest.len();
    if rest.starts_with(':') {
        return line.get(..first_end - 1).unwrap_or(line);
    }
    let has_third = rest.split_once(':').is_none_or(|(_, third)| !third.is_empty());
    if has_third || begin == line.len() { line } else { line.strip_suffix(':').unwrap_or(line) }
}

/// The text up to the next colon, and what follows it.
fn part(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(':');
    (!text.is_empty()).then(|| text.split_once(':').unwrap_or((text, "")))
}

impl KeyText {
    /// The algorithm: MD5 where none is named.
    ///
    /// # Errors
    /// [`SpecFault`] ends the call.
    pub fn spec(&self) -> Result<Spec, SpecFault> {
        self.algorithm.as_ref().map_or(Ok(Spec { algorithm: Some(Algorithm::Md5), bits: 0 }), |written| written.parse())
    }

    /// dig's warning where the algorithm is not known.
    pub fn warning(&self) -> Option<String> {
        let written = self.algorithm.as_ref()?;
        matches!(self.spec(), Ok(Spec { algorithm: None, .. }))
            .then(|| format!(";; Warning, ignoring invalid TSIG algorithm {written}"))
    }

    /// The key.
    ///
    /// # Errors
    /// [`KeyFault`] with dig's word for it.
    pub fn key(&self, spec: Spec) -> Result<Key, KeyFault> {
        let name = cut(&self.name);
        let fault = |kind| KeyFault { name: name.to_owned(), kind };
        let secret = decode(cut(&self.secret)).ok_or(fault(KeyFaultKind::Base64))?;
        let algorithm = spec.algorithm.ok_or(fault(KeyFaultKind::Algorithm))?;
        let parsed: Name = name.parse().map_err(|error| fault(KeyFaultKind::Name(error)))?;
        Ok(Key::new(&parsed, algorithm, spec.bits, secret))
    }
}

/// As much as dig keeps.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(MAX_TEXT_LEN);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or(text)
}

/// Base64 in which blanks do not count.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|octet| !matches!(octet, b' ' | b'\t' | b'\n' | b'\r')).collect();
    STANDARD.decode(digits).ok()
}

/// Why a text is no key. dig goes on without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyFault {
    /// The key's name, as written.
    pub name: String,
    /// What is wrong.
    pub kind: KeyFaultKind,
}

/// What is wrong with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFaultKind {
    /// The secret is not base64.
    Base64,
    /// No such algorithm.
    Algorithm,
    /// The name is none.
    Name(NameError),
}

/// dig's line.
impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ";; Couldn't create key {}: ", self.name)?;
        match self.kind {
            KeyFaultKind::Base64 => f.write_str("bad base64 encoding"),
            KeyFaultKind::Algorithm => f.write_str("algorithm is unsupported"),
            KeyFaultKind::Name(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for KeyFault {}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str) -> Option<(Option<String>, String, String)> {
        parse_line(line).map(|text| (text.algorithm, text.name, text.secret))
    }

    #[test]
    fn parts_of_a_line() {
        let owned = |text: &str| text.to_owned();
        for (line, parts) in [
            ("", None),
            ("k", None),
            ("k:", None),
            (":", None),
            (":YWJj", None),
            ("k:YWJj", Some((None, owned("k"), owned("YWJj")))),
            ("k::YWJj", Some((None, owned("k"), owned("YWJj")))),
            ("hmac-sha256:k:", Some((None, owned("hmac-sha256"), owned("k")))),
            (":hmac-md5::k:YWJj", Some((Some(owned("hmac-md5")), owned("k"), owned("YWJj")))),
            ("hmac-md5:k::YWJj:d", Some((Some(owned("hmac-md5")), owned("k"), owned(":YWJj:d")))),
        ] {
            assert_eq!(text(line), parts, "{line}");
        }
    }

    #[test]
    fn what_dig_shows_of_a_line() {
        for (line, shown) in [
            ("hmac-md5:k:YWJj", "hmac-md5:k:YWJj"),
            ("k:YWJj", "k:YWJj"),
            ("hmac-md5:k:", "hmac-md5:k"),
            ("hmac-md5::YWJj", "hmac-md5"),
            ("::hmac-md5::k:YWJj", "::hmac-md5"),
            ("hmac-md5:k::YWJj", "hmac-md5:k::YWJj"),
            (":", ":"),
        ] {
            assert_eq!(as_shown(line), shown);
        }
    }

    #[test]
    fn algorithms_and_their_bits() {
        let spec = |text: &str| text.parse::<Spec>();
        let known = |algorithm, bits| Ok(Spec { algorithm: Some(algorithm), bits });
        assert_eq!(spec("HMAC-SHA256"), known(Algorithm::Sha256, 0));
        assert_eq!(spec("hmac-sha512-512"), known(Algorithm::Sha512, 512));
        assert_eq!(spec("hmac-sha1-080"), known(Algorithm::Sha1, 80));
        for unknown in ["", "sha256", "hmac-md5x", "hmac-sha256.", "gss-tsig", "abcdefghijklmnopqrs"] {
            assert_eq!(spec(unknown), Ok(Spec::default()), "{unknown}");
        }
        assert_eq!(spec("abcdefghijklmnopqrst"), Err(SpecFault::TooLong("abcdefghijklmnopqrst".to_owned())));
        for (text, words) in [
            ("hmac-sha256-512", "invalid digest-bits [0..256] '512': out of range\n"),
            ("hmac-md5-", "invalid digest-bits [0..128] '': not a valid number\n"),
            ("hmac-sha1-+8", "invalid digest-bits [0..160] '+8': not a valid number\n"),
        ] {
            assert_eq!(spec(text).map_err(|fault| fault.refusal().stdout), Err(words.to_owned()));
        }
    }

    #[test]
    fn a_key_or_the_reason_why_not() {
        let key = |line: &str| {
            let text = parse_line(line).unwrap();
            text.key(text.spec().unwrap()).map_err(|fault| fault.to_string())
        };
        let made = key("hmac-sha256-100:K.Example:c2Vj cmV0").unwrap();
        assert_eq!((made.name.to_string().as_str(), made.mac_len, made.secret_bits()), ("k.example.", Some(13), 48));
        assert_eq!(key("k:YWJj").unwrap().algorithm, Algorithm::Md5);
        for (line, words) in [
            ("k:abc", ";; Couldn't create key k: bad base64 encoding"),
            ("k:YWJ=", ";; Couldn't create key k: bad base64 encoding"),
            ("hmac-foo:a..b:abc", ";; Couldn't create key a..b: bad base64 encoding"),
            ("hmac-foo:a..b:YWJj", ";; Couldn't create key a..b: algorithm is unsupported"),
            ("hmac-md5:a..b:YWJj", ";; Couldn't create key a..b: empty label"),
        ] {
            assert_eq!(key(line), Err(words.to_owned()), "{line}");
        }
        let long = "A".repeat(1024);
        assert!(key(&format!("k:{long}")).is_err() && key(&format!("k:{}", &long[..1020])).is_ok());
    }
}
