//! Who speaks first on a connection, and what.

use serde::Serialize;
use sockeye_common::hex;

use super::Http;
use crate::dissect::Dissection;
use crate::percent;

/// The first octets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// Who speaks first.
    pub speaker: Speaker,
    /// What the client says, in hexadecimal; `None` unless it speaks first and we know its words.
    pub octets: Option<String>,
    /// The same as text, if it is.
    pub text: Option<String>,
    /// What there is to know of it.
    pub note: Option<&'static str>,
}

/// Who speaks first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The client.
    Client,
    /// The server: the client waits for its greeting.
    Server,
    /// Both at once.
    Both,
    /// The scheme's protocol is not known here.
    Unknown,
    /// There is no connection.
    Nobody,
}

/// A client's words end with this where lines are meant.
const CRLF: &str = "\r\n";

impl First {
    /// What is said where there is nothing to connect to.
    pub(super) fn nobody() -> Self {
        Self { speaker: Speaker::Nobody, octets: None, text: None, note: None }
    }

    fn client(octets: &[u8], note: Option<&'static str>) -> Self {
        let text = String::from_utf8(octets.to_vec()).ok();
        Self { speaker: Speaker::Client, octets: Some(hex::encode(octets)), text, note }
    }

    fn silent(speaker: Speaker, note: &'static str) -> Self {
        Self { speaker, octets: None, text: None, note: Some(note) }
    }

    /// Who speaks first to a URL of `scheme`, and what a client says that does.
    pub(super) fn of(url: &Dissection, scheme: &str, http: Option<&Http>) -> Self {
        if let Some(http) = http {
            return Self::client(request(http).as_bytes(), Some(http_note(scheme)));
        }
        match scheme {
            "gopher" | "gophers" => Self::client(&selector(url), Some("the selector (RFC 4266 section 2.1)")),
            "ftp" | "ftps" => Self::silent(Speaker::Server, "the server greets with 220 (RFC 959 section 5.4)"),
            "smtp" | "smtps" => Self::silent(Speaker::Server, "the server greets with 220 (RFC 5321 section 3.1)"),
            "imap" | "imaps" => Self::silent(Speaker::Server, "the server greets (RFC 9051 section 2.2)"),
            "pop" | "pop3" | "pop3s" => {
                Self::silent(Speaker::Server, "the server greets with +OK (RFC 1939 section 4)")
            }
            "nntp" => Self::silent(Speaker::Server, "the server greets with 200 or 201 (RFC 3977 section 5.1)"),
            "dict" => Self::silent(Speaker::Server, "the server greets with 220 (RFC 2229 section 3.1)"),
            "vnc" => Self::silent(Speaker::Server, "the server says its version (RFC 6143 section 7.1.1)"),
            "ssh" | "sftp" | "scp" => {
                Self::silent(Speaker::Both, "both say who they are, as SSH-2.0-NAME (RFC 4253 section 4.2)")
            }
            _ => Self::silent(Speaker::Unknown, "what is said first is this scheme's own matter, and not known here"),
        }
    }
}

/// The head of a request, as short as it may be.
///
/// # Source
/// RFC 9112 sections 3 and 3.2; RFC 6455 section 4.1 for WebSockets.
fn request(http: &Http) -> String {
    let mut lines = vec![format!("GET {} HTTP/1.1", http.target), format!("Host: {}", http.host)];
    lines.extend(http.authorization.iter().map(|value| format!("Authorization: {value}")));
    if http.upgrade {
        lines.push("Upgrade: websocket".to_owned());
        lines.push("Connection: Upgrade".to_owned());
        // The nonce of the RFC's example: a client takes sixteen random octets.
        lines.push("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==".to_owned());
        lines.push("Sec-WebSocket-Version: 13".to_owned());
    } else {
        lines.push("Accept: */*".to_owned());
    }
    lines.join(CRLF) + CRLF + CRLF
}

fn http_note(scheme: &str) -> &'static str {
    match scheme {
        "https" => "if the server chooses http/1.1; over h2 the same goes in frames (RFC 9113 section 8.3)",
        "ws" | "wss" => "the key is that of RFC 6455's example; a client takes sixteen random octets",
        _ => "clients add headers of their own, such as User-Agent",
    }
}

/// What a gopher client sends: the path without its slash and the type, decoded; a search behind a tab; a line end.
fn selector(url: &Dissection) -> Vec<u8> {
    let path = url.path.value.as_deref().unwrap_or_default();
    let mut rest = path.strip_prefix('/').unwrap_or(path).chars();
    rest.next();
    let mut octets = percent::decode(rest.as_str()).into_owned();
    if let Some(search) = url.query.value.as_deref() {
        octets.push(b'?');
        octets.extend_from_slice(&percent::decode(search));
    }
    octets.extend(CRLF.as_bytes());
    octets
}
