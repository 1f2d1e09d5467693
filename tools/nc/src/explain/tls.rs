//! TLS in events: what was agreed, and the certificates.

use serde::Serialize;
use sockeye_cli::escape::escape;

/// What a handshake agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Handshake {
    /// The protocol version.
    pub version: String,
    /// The cipher suite, by its name in the registry of IANA.
    pub cipher_suite: String,
    /// The group of the key exchange.
    pub group: Option<String>,
    /// The application protocol (ALPN) that was chosen.
    pub alpn: Option<String>,
    /// The name that the client asked for (SNI).
    pub server_name: Option<String>,
    /// Whether the peer's certificate was checked.
    pub verified: bool,
    /// How long it took, in microseconds.
    pub took_us: u64,
}

/// A certificate that the peer sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Certificate {
    /// Its place: 0 is the peer's own.
    pub depth: usize,
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// From when.
    pub not_before: String,
    /// Until when.
    pub not_after: String,
    /// The names that it is for.
    pub names: Vec<String>,
    /// SHA-256 of it, in hex.
    pub sha256: String,
}

impl Handshake {
    /// In one line.
    pub(super) fn line(&self) -> String {
        let Self { version, cipher_suite, group, alpn, server_name, verified, took_us } = self;
        let part = |what: &str, value: &Option<String>| {
            value.as_ref().map_or_else(String::new, |value| format!(", {what} {}", escape(value)))
        };
        let (group, alpn, server_name) = (part("group", group), part("ALPN", alpn), part("server name", server_name));
        let verified = if *verified { "the peer's certificate is good" } else { "the peer was not verified" };
        format!("TLS handshake in {took_us} us: {version} {cipher_suite}{group}{alpn}{server_name}; {verified}")
    }
}

impl Certificate {
    /// In one line.
    pub(super) fn line(&self) -> String {
        let Self { depth, subject, issuer, not_before, not_after, names, sha256 } = self;
        let (subject, issuer, names) = (escape(subject), escape(issuer), names.join(", "));
        let names = if names.is_empty() { String::new() } else { format!(", for {}", escape(&names)) };
        format!(
            "certificate {depth}: subject {subject}, issuer {issuer}, valid {not_before} to {not_after}{names}, \
             SHA-256 {sha256}"
        )
    }
}
