//! URLs as libcurl reads and writes them: RFC 3986 with the habits of a browser's address bar.
//!
//! The reference is libcurl 8.14.1, as trurl 0.16.1 shows it. Everything is octets: a host may be any, and so may what
//! percent-encoding stands for.
//!
//! - [`parse`](Url::parse): a text to a [`Url`]; `host` knows the three kinds of hosts
//! - [`edit`](Url::set): components set one by one; [`redirected`](Url::redirected): a location beside this URL
//! - [`Show`]: back to a text; `schemes` is what libcurl knows of schemes
//!
//! # Source
//! libcurl-url(3), curl_url_set(3), curl_url_get(3), "URL syntax and their use in curl"; behaviour measured.

mod edit;
mod error;
mod host;
mod idn;
mod parse;
mod path;
mod schemes;
mod show;
#[cfg(test)]
mod tests;

pub use error::CurlError;
pub use schemes::{default_port, has_options, is_supported};
pub use show::{Show, View};

/// A URL in its components. What is percent-encoded stays so; a component that is absent is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    /// In lower case unless it was set; empty while a URL is being built.
    pub scheme: Vec<u8>,
    /// Whether the scheme was guessed.
    pub guessed: bool,
    /// Before the first colon of the userinfo.
    pub user: Option<Vec<u8>>,
    /// Behind it.
    pub password: Option<Vec<u8>>,
    /// Behind a semicolon in the userinfo, for the schemes of mail.
    pub options: Option<Vec<u8>>,
    /// A name, an IPv4 address as a dotted quad, or an IPv6 address in brackets; decoded.
    pub host: Option<Vec<u8>>,
    /// The zone of an IPv6 address.
    pub zone: Option<Vec<u8>>,
    /// As it was given, without leading zeros.
    pub port: Option<u16>,
    /// With its leading slash. `None` where it is empty, which shows as a slash.
    pub path: Option<Vec<u8>>,
    /// Without the question mark.
    pub query: Option<Vec<u8>>,
    /// Without the number sign.
    pub fragment: Option<Vec<u8>>,
}

/// How lenient the parser is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Without a scheme, guess one from the host's name.
    pub guess_scheme: bool,
    /// Take schemes that libcurl does not know.
    pub any_scheme: bool,
    /// Take blanks, and encode them.
    pub spaces: bool,
}

impl Default for Rules {
    /// trurl's without options.
    fn default() -> Self {
        Self { guess_scheme: true, any_scheme: true, spaces: false }
    }
}
