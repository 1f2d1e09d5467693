//! What an HTTP proxy is asked for, and what it answers. No sockets.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The longest head of a request, in octets.
pub const HEAD_LEN: usize = 65_536;

/// Fields that are between a client and its proxy, and not the server's business (RFC 9110 section 7.6.1).
const HOP_BY_HOP: [&str; 7] =
    ["connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "upgrade"];

/// What a client wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The host, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What the server is sent in front of everything else. `None` for CONNECT: the client speaks to it itself.
    pub head: Option<Vec<u8>>,
}

/// Why a client does not get it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// 400: this is no request.
    Bad,
    /// 407: who are you?
    WhoAreYou,
    /// 431: the head does not end.
    TooLong,
    /// 501: another protocol than HTTP.
    NotHttp,
    /// 502: the server was not reached.
    NotReached,
}

impl Refusal {
    /// Its status code and reason phrase.
    pub fn status(self) -> &'static str {
        match self {
            Self::Bad => "400 Bad Request",
            Self::WhoAreYou => "407 Proxy Authentication Required",
            Self::TooLong => "431 Request Header Fields Too Large",
            Self::NotHttp => "501 Not Implemented",
            Self::NotReached => "502 Bad Gateway",
        }
    }

    /// The whole answer.
    pub fn answer(self) -> Vec<u8> {
        let status = self.status();
        let asks = if self == Self::WhoAreYou { "Proxy-Authenticate: Basic realm=\"nc\"\r\n" } else { "" };
        format!("HTTP/1.0 {status}\r\n{asks}Content-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
    }
}

/// What CONNECT is answered when the server was reached.
pub const CONNECTED: &[u8] = b"HTTP/1.0 200 OK\r\n\r\n";

/// Where the head of a request ends in `octets`, if it does.
pub fn head_len(octets: &[u8]) -> Option<usize> {
    let crlf = octets.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4);
    let lf = octets.windows(2).position(|two| two == b"\n\n").map(|at| at + 2);
    crlf.into_iter().chain(lf).min()
}

/// Reads the head of a request. `auth` is `user:password` that the client must have said, if it must.
///
/// # Errors
/// [`Refusal`].
pub fn read(head: &[u8], auth: Option<&str>) -> Result<Wanted, Refusal> {
    let text = std::str::from_utf8(head).map_err(|_| Refusal::Bad)?;
    let mut lines = text.lines();
    let mut words = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some(version), None) = (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refusal::Bad);
    };
    let is_token = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic());
    if !version.starts_with("HTTP/1.") || !is_token(method) || !is_token(target) {
        return Err(Refusal::Bad);
    }
    // Line ends of both kinds end a line for `str::lines`, and the last one is the empty line.
    let fields =
        lines.filter(|line| !line.is_empty()).map(field_line).collect::<Option<Vec<_>>>().ok_or(Refusal::Bad)?;
    let field = |wanted: &str| fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, v)| *v);
    if let Some(auth) = auth {
        let wanted = format!("Basic {}", STANDARD.encode(auth));
        if !is_same(field("proxy-authorization").unwrap_or_default(), &wanted) {
            return Err(Refusal::WhoAreYou);
        }
    }
    if method == "CONNECT" {
        let (host, port) = authority(target, None).ok_or(Refusal::Bad)?;
        return Ok(Wanted { host, port, head: None });
    }
    let Some((scheme, rest)) = target.split_once("://") else { return Err(Refusal::Bad) };
    if !scheme.eq_ignore_ascii_case("http") {
        return Err(Refusal::NotHttp);
    }
    let (place, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // Who the client is to the server is in its Authorization, not in the address.
    let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
    let (host, port) = authority(place, Some(80)).ok_or(Refusal::Bad)?;
    let path = path.split('#').next().unwrap_or_default();
    let slash = if path.starts_with('/') { "" } else { "/" };
    let named = field("connection").unwrap_or_default().to_ascii_lowercase();
    let is_ours = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        HOP_BY_HOP.contains(&name.as_str()) || named.split(',').any(|named| named.trim() == name)
    };
    let mut out = format!("{method} {slash}{path} {version}\r\n");
    for (name, value) in fields.iter().filter(|(name, _)| !is_ours(name)) {
        out += &[name, ": ", value, "\r\n"].concat();
    }
    out += "Connection: close\r\n\r\n";
    Ok(Wanted { host, port, head: Some(out.into_bytes()) })
}

/// Name and value of a field. `None` for what one server would take for another field than the next does: a blank in or
/// behind the name or in front of it, which once went on with the line before, and a carriage return in the value.
///
/// # Source
/// RFC 9112 sections 2.2, 5.1 and 5.2.
fn field_line(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_graphic());
    let is_value = value.bytes().all(|octet| octet == b'\t' || !octet.is_ascii_control());
    (is_name && is_value).then(|| (name, value.trim()))
}

/// `host:port`, `[v6]:port`; without a port if there is a `default`.
fn authority(text: &str, default: Option<u16>) -> Option<(String, u16)> {
    let (host, port) = super::endpoint(text);
    let port = match port {
        None => default?,
        Some(port) => port.parse().ok().filter(|port| *port != 0)?,
    };
    (!host.is_empty()).then(|| (host.to_owned(), port))
}

/// Whether two texts are the same, in a time that does not tell where they differ.
fn is_same(one: &str, other: &str) -> bool {
    let differs = one.bytes().zip(other.bytes()).fold(0, |differs, (one, other)| differs | (one ^ other));
    one.len() == other.len() && differs == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wanted(head: &str) -> Result<(String, u16, Option<String>), Refusal> {
        read(head.as_bytes(), None).map(|w| (w.host, w.port, w.head.map(|head| String::from_utf8(head).unwrap())))
    }

    #[test]
    fn connect_is_a_place() {
        assert_eq!(wanted("CONNECT h.test:443 HTTP/1.1\r\nHost: x\r\n\r\n"), Ok(("h.test".into(), 443, None)));
        assert_eq!(wanted("CONNECT [::1]:1 HTTP/1.0\n\n"), Ok(("::1".into(), 1, None)));
        for wrong in
            ["CONNECT h HTTP/1.1", "CONNECT h:0 HTTP/1.1", "CONNECT h:99999 HTTP/1.1", "CONNECT :1 HTTP/1.1", "x", ""]
        {
            assert_eq!(wanted(&format!("{wrong}\r\n\r\n")), Err(Refusal::Bad), "{wrong}");
        }
    }

    #[test]
    fn a_request_loses_what_is_the_proxys() {
        let head = "POST http://me@h.test:8080/a?b#c HTTP/1.1\r\nHost: h.test:8080\r\nConnection: x-hop, keep-alive\r\n\
                    X-Hop: 1\r\nProxy-Connection: keep-alive\r\nContent-Length: 3\r\n\r\n";
        let (host, port, sent) = wanted(head).unwrap();
        assert_eq!((host.as_str(), port), ("h.test", 8080));
        assert_eq!(
            sent.unwrap(),
            "POST /a?b HTTP/1.1\r\nHost: h.test:8080\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
        );
        assert!(wanted("GET http://h HTTP/1.0\r\n\r\n").unwrap().2.unwrap().starts_with("GET / HTTP/1.0\r\n"));
        assert_eq!(wanted("GET http://[::1]?q HTTP/1.0\r\n\r\n").unwrap().0, "::1");
        assert_eq!(wanted("GET https://h/ HTTP/1.0\r\n\r\n"), Err(Refusal::NotHttp));
        assert_eq!(wanted("GET / HTTP/1.0\r\n\r\n"), Err(Refusal::Bad));
        for field in ["Content-Length : 3", " A: b", "A b: c", "A: b\rC: d", "no colon", ": x"] {
            assert_eq!(wanted(&format!("GET http://h/ HTTP/1.1\r\n{field}\r\n\r\n")), Err(Refusal::Bad), "{field:?}");
        }
    }

    #[test]
    fn who_must_say_who_it_is_is_asked() {
        let head = |field: &str| format!("CONNECT h:1 HTTP/1.1\r\n{field}\r\n\r\n");
        let read = |field: &str| read(head(field).as_bytes(), Some("Aladdin:open sesame"));
        assert!(read("proxy-authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==").is_ok());
        for wrong in ["X: y", "Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=", "Proxy-Authorization: Digest x"]
        {
            assert_eq!(read(wrong), Err(Refusal::WhoAreYou), "{wrong}");
        }
        assert!(String::from_utf8(Refusal::WhoAreYou.answer()).unwrap().contains("Proxy-Authenticate: Basic realm="));
    }

    #[test]
    fn a_head_ends_at_an_empty_line() {
        assert_eq!(head_len(b"GET x\r\nA: b\r\n\r\nbody\n\n"), Some(15));
        assert_eq!(head_len(b"GET x\n\nbody\r\n\r\n"), Some(7));
        assert_eq!(head_len(b"GET x\r\n"), None);
    }

    proptest! {
        #[test]
        fn no_head_makes_it_panic(head: Vec<u8>, line in "(GET|CONNECT) [a-z:/\\[\\]@?#]{0,30} HTTP/1.1\r\n[A-Za-z: ,\r\n]{0,60}") {
            let _ = read(&head, Some("a:b"));
            let _ = read(line.as_bytes(), None);
            head_len(&head);
        }
    }
}
