//! What else a reader of a URL should know.

use std::fmt;

use serde::Serialize;
use sockeye_cli::escape::escape;
use url::Url;

use super::malformed::url_of_address;
use crate::departure::{Departure, departures};
use crate::spans::Split;
use crate::specific;

/// Something that is right by the standard, and perhaps not what was meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "remark", rename_all = "snake_case")]
pub enum Remark {
    /// `example.com:8080/x`: an opaque path that begins with digits, behind a scheme with a dot or before a slash.
    SchemeLooksLikeHost {
        /// With a scheme before it.
        suggestion: String,
    },
    /// `fe80::1`: an IPv6 address without brackets whose first group happens to be a scheme.
    SchemeIsOfAddress {
        /// The address in brackets, behind a scheme.
        suggestion: String,
    },
    /// The zone was taken off for the parser, which refuses it.
    ZoneIsNotOfTheStandard,
    /// The path of a blob URL is a URL, whose origin is the blob's.
    BlobOrigin {
        /// Scheme, host and port.
        origin: String,
    },
    /// The library's value is not the standard's.
    LibraryDeparts(Departure),
    /// `http://:secret@h/`: a password of nobody.
    PasswordWithoutUsername,
    /// More than one `@`: what seems to be the host may not be it.
    HostIsAfterTheLastAt {
        /// The host.
        host: String,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SchemeLooksLikeHost { suggestion } => {
                write!(
                    f,
                    "what seems to be a host and port is a scheme and a path; did you mean {}?",
                    escape(suggestion)
                )
            }
            Self::SchemeIsOfAddress { suggestion } => {
                write!(
                    f,
                    "an IPv6 address without brackets is a scheme and a path; did you mean {}?",
                    escape(suggestion)
                )
            }
            Self::ZoneIsNotOfTheStandard => {
                f.write_str("the WHATWG standard has no zones: it was taken off and the rest parsed (RFC 9844)")
            }
            Self::BlobOrigin { origin } => {
                write!(f, "the path is a URL itself, and its origin counts: {}", escape(origin))
            }
            Self::LibraryDeparts(Departure::HostDropped { host }) => write!(
                f,
                "the standard, and so a browser, keeps the host \"{}\": the library url 2.5 drops it",
                escape(host)
            ),
            Self::LibraryDeparts(Departure::OtherPath { path }) => {
                write!(
                    f,
                    "the path is \"{}\" by the standard, and so to a browser: the library url 2.5 differs",
                    escape(path)
                )
            }
            Self::PasswordWithoutUsername => f.write_str(
                "there is a password and no username: HTTP sends it with an empty one (RFC 7617), and most servers refuse that",
            ),
            Self::HostIsAfterTheLastAt { host } => write!(f, "the host is what follows the last @: {}", escape(host)),
        }
    }
}

/// All there is to say of `url`, which is `split`.
pub(super) fn remarks(input: &str, split: &Split, url: &Url) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let scheme = url.scheme();
    remarks.extend(url_of_address(split.trimmed.of(input)).map(|suggestion| Remark::SchemeIsOfAddress { suggestion }));
    let port_like = url.path().split('/').next().unwrap_or_default();
    let digits = !port_like.is_empty() && port_like.bytes().all(|octet| octet.is_ascii_digit());
    // Numbers alone may be meant: tel:112.
    let host_like = scheme.contains('.') || scheme == "localhost" || url.path().contains('/');
    if url.cannot_be_a_base() && digits && host_like {
        let suggestion = format!("http://{}", split.trimmed.of(input));
        if Url::parse(&suggestion).is_ok() {
            remarks.push(Remark::SchemeLooksLikeHost { suggestion });
        }
    }
    let origin = (scheme == "blob").then(|| specific::web_origin(url.path())).flatten();
    remarks.extend(origin.map(|origin| Remark::BlobOrigin { origin }));
    if split.zone.is_some() {
        remarks.push(Remark::ZoneIsNotOfTheStandard);
    }
    remarks.extend(departures(input, split, url).into_iter().map(Remark::LibraryDeparts));
    if url.username().is_empty() && url.password().is_some_and(|password| !password.is_empty()) {
        remarks.push(Remark::PasswordWithoutUsername);
    }
    if let (2.., Some(host)) = (split.at_signs, url.host_str()) {
        remarks.push(Remark::HostIsAfterTheLastAt { host: host.to_owned() });
    }
    remarks
}
