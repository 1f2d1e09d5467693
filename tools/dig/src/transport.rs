//! How a message travels.

use std::time::Duration;

use serde::Serialize;

use crate::options::Lookup;
use crate::registry::Type;

/// How a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// One datagram each way.
    Udp,
    /// A connection, each message behind its length.
    Tcp,
    /// The same inside TLS (RFC 7858).
    Tls,
    /// A request of HTTP/2 in TLS (RFC 8484), by POST.
    HttpsPost,
    /// The same by GET.
    HttpsGet,
    /// A request of HTTP/2 without TLS, by POST.
    HttpPost,
    /// The same by GET.
    HttpGet,
    /// A stream of QUIC (RFC 9250).
    Quic,
    /// A request of HTTP/3 (RFC 8484, RFC 9114).
    Https3,
}

impl Transport {
    /// What a lookup's options ask for. Where they ask for several, `+tls` wins, as in dig.
    ///
    /// Other than in dig, `+notcp` behind `+tls` does not send the query in the clear.
    pub fn of(lookup: &Lookup) -> Self {
        match &lookup.https {
            _ if lookup.quic => Self::Quic,
            _ if lookup.tls.on => Self::Tls,
            Some(Https { version3: true, .. }) => Self::Https3,
            Some(Https { plain: false, get: false, .. }) => Self::HttpsPost,
            Some(Https { plain: false, get: true, .. }) => Self::HttpsGet,
            Some(Https { plain: true, get: false, .. }) => Self::HttpPost,
            Some(Https { plain: true, get: true, .. }) => Self::HttpGet,
            None if lookup.tls.verifies() => Self::Tls,
            // A zone does not fit into datagrams, whatever the line says.
            None if lookup.tcp == Some(true) || lookup.qtype == Type::AXFR => Self::Tcp,
            None => Self::Udp,
        }
    }

    /// As dig prints it in the footer.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
            Self::HttpsPost => "HTTPS",
            Self::HttpsGet => "HTTPS-GET",
            Self::HttpPost => "HTTP",
            Self::HttpGet => "HTTP-GET",
            Self::Quic => "QUIC",
            Self::Https3 => "HTTP3",
        }
    }

    /// The port of its service.
    pub fn port(self) -> u16 {
        match self {
            Self::Udp | Self::Tcp => 53,
            Self::Tls | Self::Quic => 853,
            Self::HttpsPost | Self::HttpsGet | Self::Https3 => 443,
            Self::HttpPost | Self::HttpGet => 80,
        }
    }

    /// Whether messages travel in requests of HTTP.
    pub fn is_http(self) -> bool {
        matches!(self, Self::HttpsPost | Self::HttpsGet | Self::HttpPost | Self::HttpGet | Self::Https3)
    }

    /// Whether one connection can carry one query after another (`+keepopen`).
    pub fn can_be_kept(self) -> bool {
        !matches!(self, Self::Udp | Self::Quic | Self::Https3)
    }

    /// Whether messages can get lost, and answers of others can come in.
    pub fn is_datagrams(self) -> bool {
        self == Self::Udp
    }
}

/// What TLS needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// `+tls`
    pub on: bool,
    /// `+tls-ca[=FILE]`: verify the server's certificate, by the file's authorities or by the system's.
    pub ca: Option<Option<String>>,
    /// `+tls-hostname=NAME`: what the certificate has to be for, if not the server as it was written.
    pub hostname: Option<String>,
    /// `+tls-certfile=FILE`: our own chain.
    pub cert_file: Option<String>,
    /// `+tls-keyfile=FILE`: our own key.
    pub key_file: Option<String>,
}

impl Tls {
    /// Whether the server's certificate has to prove who it is. In dig each of the options but `+tls` itself asks
    /// for that, a certificate of our own too.
    pub fn verifies(&self) -> bool {
        self.ca.is_some() || self.hostname.is_some() || self.cert_file.is_some() || self.key_file.is_some()
    }

    /// Whether it is verified by the authorities of this host.
    pub fn trusts_as_host(&self) -> bool {
        self.verifies() && !matches!(self.ca, Some(Some(_)))
    }
}

/// Why there is no TLS. dig ends the lookup then, without another try.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TlsFailure {
    /// Of our certificate and key only one was given.
    HalfIdentity,
    /// A file of ours cannot be used.
    Context {
        /// What OpenSSL says of it, as dig logs it.
        log: Option<String>,
        /// What it is.
        reason: String,
    },
    /// The server's certificate is not good enough.
    Certificate {
        /// OpenSSL's words.
        reason: &'static str,
    },
    /// The handshake broke.
    Handshake {
        /// How.
        reason: String,
    },
}

/// How long each part of an exchange took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Timing {
    /// The TCP handshake; `None` without one, and on a connection that was open.
    pub connect: Option<Duration>,
    /// The handshake of TLS or QUIC.
    pub tls: Option<Duration>,
    /// From sending the query to the answer's first octet.
    pub first: Duration,
    /// From the start to the whole answer.
    pub whole: Duration,
}

/// What HTTP needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Https {
    /// The path of the URI.
    pub path: String,
    /// GET, not POST.
    pub get: bool,
    /// Without TLS.
    pub plain: bool,
    /// HTTP/3.
    pub version3: bool,
}
