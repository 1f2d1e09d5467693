//! Texts that are no URLs: why, where, and what may have been meant.

use std::fmt;

use sockeye_cli::escape::escape;
use sockeye_common::addr;
use url::{ParseError, Url};

use crate::models::{self, Purpose};
use crate::refusal::quoted;
use crate::rfc3986::reading::Reading;
use crate::spans::{SchemeKind, Span, Split};

/// A text that is no URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// As it was given.
    pub input: String,
    /// What is wrong, in words.
    pub fault: String,
    /// Where, if that can be told.
    pub span: Option<Span>,
    /// What to try.
    pub hint: Option<String>,
}

impl Malformed {
    /// What it is for, if RFC 3986 takes it and only WHATWG does not.
    pub fn purpose(&self) -> Option<Purpose> {
        let reading = Reading::of(&self.input);
        reading.is_taken().then(|| models::purpose(&reading))
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.span.map_or(0, |span| span.start);
        write!(f, "{}: {}", quoted(&self.input, at), self.fault)?;
        match self.span {
            Some(span) if !span.is_empty() => {
                write!(f, ": {} at octets {span}", quoted(span.of(&self.input), 0))
            }
            Some(span) => write!(f, " at octet {}", span.start),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Malformed {}

/// Why a text has no scheme.
pub(super) fn without_scheme(input: &str) -> Malformed {
    let bare = input.trim();
    let why = if bare.is_empty() {
        "the text is empty"
    } else if bare.contains(':') {
        "what stands before the first colon is not a scheme"
    } else {
        "it has no scheme"
    };
    Malformed {
        input: input.to_owned(),
        fault: format!("relative URL without a base: {why}"),
        span: None,
        hint: guess(bare),
    }
}

/// Of a longer text nobody wants to read what it may have been, in octets.
const LONGEST_GUESS: usize = 200;

/// What a text without a scheme may have been meant to be.
fn guess(bare: &str) -> Option<String> {
    if bare.len() > LONGEST_GUESS {
        return None;
    }
    let tried = |guess: &str| format!("try {}", escape(guess));
    if let Some(url) = url_of_address(bare) {
        return Some(tried(&url));
    }
    if bare.split_once(':').is_some_and(|(before, after)| !before.is_empty() && after.starts_with("//")) {
        return Some("a scheme is a letter, then letters, digits, +, - and .; RFC 3986 section 3.1".to_owned());
    }
    let begins_like_host = |first: char| first.is_alphanumeric() || first == '[';
    let guess = match bare.split_once("//") {
        Some((scheme, rest)) if ["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) => {
            format!("{}://{rest}", scheme.to_ascii_lowercase())
        }
        Some(("" | ":", rest)) => format!("http://{rest}"),
        _ if bare.starts_with('/') => format!("file://{bare}"),
        _ if bare.starts_with(begins_like_host) => format!("http://{bare}"),
        _ => return None,
    };
    Url::parse(&guess).is_ok().then(|| tried(&guess))
}

/// What to write for an IPv6 address without brackets, with or without a zone.
pub(super) fn url_of_address(text: &str) -> Option<String> {
    let bare_v6 = !text.starts_with('[') && matches!(text.parse(), Ok(addr::Host::V6 { .. }));
    bare_v6.then(|| format!("http://[{text}]/"))
}

/// Why the crate refuses what is cut as `split`.
pub(super) fn refused(input: &str, split: &Split, error: ParseError) -> Malformed {
    let host_hint = match error {
        ParseError::InvalidIpv6Address => Some("an IPv6 address stands in brackets, as in http://[2001:db8::1]:8080/"),
        ParseError::InvalidIpv4Address => Some("a host whose last label is a number is an IPv4 address"),
        _ if split.kind == SchemeKind::File && split.host.is_some_and(|host| host.of(input).contains([':', '@'])) => {
            Some("a file URL has neither userinfo nor port")
        }
        _ => None,
    };
    let (fault, span) = match error {
        ParseError::EmptyHost => ("empty host", split.host),
        ParseError::IdnaError => ("invalid domain name", split.host),
        ParseError::InvalidPort => ("invalid port: a port is a number up to 65535", split.port),
        ParseError::InvalidIpv4Address => ("invalid IPv4 address", split.host),
        ParseError::InvalidIpv6Address => ("invalid IPv6 address", split.host),
        ParseError::InvalidDomainCharacter => ("the host has a character that no host may have", split.host),
        ParseError::Overflow => ("longer than 4 GiB", None),
        _ => ("not a URL", None),
    };
    let empty_file_host = split.kind != SchemeKind::File || error != ParseError::EmptyHost;
    Malformed {
        input: input.to_owned(),
        fault: fault.to_owned(),
        span: span.filter(|_| empty_file_host),
        hint: host_hint.map(str::to_owned),
    }
}
