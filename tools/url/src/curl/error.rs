//! Why libcurl refuses a URL, in its words.

use std::fmt;

/// What is wrong with a URL or a component.
///
/// # Source
/// curl_url_strerror(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CurlError {
    /// Empty, too long, or with control characters or blanks.
    Malformed,
    /// A port that is no number of 16 bits.
    Port,
    /// No scheme, or no scheme's spelling.
    Scheme,
    /// A scheme that libcurl has no code for.
    Unsupported,
    /// None, or more than three.
    Slashes,
    /// A host elsewhere, a drive letter, or no path.
    File,
    /// Nothing where the host belongs.
    NoHost,
    /// A character that no name has.
    Hostname,
    /// No IPv6 address in the brackets.
    Ipv6,
}

impl fmt::Display for CurlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "Malformed input to a URL function",
            Self::Port => "Port number was not a decimal number between 0 and 65535",
            Self::Scheme => "Bad scheme",
            Self::Unsupported => "Unsupported URL scheme",
            Self::Slashes => "Unsupported number of slashes following scheme",
            Self::File => "Bad file:// URL",
            Self::NoHost => "No host part in the URL",
            Self::Hostname => "Bad hostname",
            Self::Ipv6 => "Bad IPv6 address",
        })
    }
}

impl std::error::Error for CurlError {}
