//! What libcurl knows of schemes, built as Debian builds it.

use crate::scheme;

/// Schemes that libcurl can use, FILE included. Its other ones (ipfs) are curl's own and no URL of libcurl's.
const SUPPORTED: &[&str] = &[
    "dict", "file", "ftp", "ftps", "gopher", "gophers", "http", "https", "imap", "imaps", "ldap", "ldaps", "mqtt",
    "pop3", "pop3s", "rtmp", "rtmpe", "rtmps", "rtmpt", "rtmpte", "rtmpts", "rtsp", "scp", "sftp", "smb", "smbs",
    "smtp", "smtps", "telnet", "tftp", "ws", "wss",
];

fn known(scheme: &[u8]) -> Option<&'static str> {
    SUPPORTED.iter().copied().find(|name| name.as_bytes().eq_ignore_ascii_case(scheme))
}

/// Whether libcurl can use URLs of this scheme.
pub fn is_supported(scheme: &[u8]) -> bool {
    known(scheme).is_some()
}

/// The port of a scheme; zero for file.
pub fn default_port(scheme: &[u8]) -> Option<u16> {
    let name = known(scheme)?;
    Some(scheme::lookup(name).map_or(0, |scheme| scheme.port))
}

/// Whether a semicolon in the userinfo begins login options.
pub fn has_options(scheme: &[u8]) -> bool {
    matches!(known(scheme), Some("imap" | "imaps" | "pop3" | "pop3s" | "smtp" | "smtps"))
}

/// The scheme of a host that was given without one.
pub(super) fn guess(host: &[u8]) -> &'static str {
    let begins = |scheme: &str| {
        let dot = scheme.len();
        host.get(..dot).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
            && host.get(dot) == Some(&b'.')
    };
    ["ftp", "dict", "ldap", "imap", "smtp", "pop3"].into_iter().find(|scheme| begins(scheme)).unwrap_or("http")
}
