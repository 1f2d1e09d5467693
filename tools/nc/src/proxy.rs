//! Asking a proxy for a connection: SOCKS 4 and 4a, SOCKS 5, HTTP CONNECT.
//!
//! [`Handshake`] owns no socket: it says what to send and how many octets to read, and takes what was read. It never asks
//! for more than the proxy's own answer, so that what follows belongs to the conversation.

use std::net::{IpAddr, Ipv4Addr};

use crate::options::ProxyKind;

mod digest;
pub mod server;

/// The longest answer of an HTTP proxy, in octets.
const HTTP_ANSWER_LEN: usize = 65_536;

/// Where the proxy is to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An address.
    Addr(IpAddr),
    /// A name that the proxy looks up.
    Name(String),
}

impl Target {
    /// What `host` is: an address in numbers, or a name.
    pub fn new(host: &str) -> Self {
        host.parse().map_or_else(|_| Self::Name(host.to_owned()), Self::Addr)
    }

    fn authority(&self, port: u16) -> String {
        match self {
            Self::Addr(IpAddr::V6(addr)) => format!("[{addr}]:{port}"),
            Self::Addr(addr) => format!("{addr}:{port}"),
            Self::Name(name) => format!("{name}:{port}"),
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Send these octets, then read.
    Send(Vec<u8>),
    /// Read this many octets at most, and hand them over.
    Read(usize),
    /// The connection stands.
    Done,
}

/// One dialogue. See the module.
#[derive(Debug)]
pub struct Handshake {
    kind: ProxyKind,
    target: Target,
    port: u16,
    auth: Option<(String, String)>,
    stage: Stage,
    answer: Vec<u8>,
    next: Option<Next>,
    /// What an HTTP proxy wants to know first: its Proxy-Authenticate fields.
    wants: Vec<String>,
    /// It was told once.
    answered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Socks4Reply,
    Socks5Method,
    Socks5Auth,
    Socks5Reply,
    /// BND.ADDR of this many octets, and BND.PORT.
    Socks5Bound(usize),
    HttpAnswer,
    Done,
}

/// Where a proxy is: `host`, `host:port`, `[v6]:port`, and an IPv6 address without a port. `None` is no port.
pub fn endpoint(text: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

impl Handshake {
    /// A dialogue about to begin. `auth` is `user` or `user:password`.
    ///
    /// # Errors
    /// A sentence, if the protocol cannot say it.
    pub fn new(kind: ProxyKind, target: Target, port: u16, auth: Option<&str>) -> Result<Self, String> {
        let auth = auth.map(|auth| auth.split_once(':').unwrap_or((auth, "")));
        let auth = auth.map(|(user, password)| (user.to_owned(), password.to_owned()));
        let long = |text: &str| text.len() > usize::from(u8::MAX);
        if let Target::Name(name) = &target
            && (long(name) || name.contains(['\0', '\r', '\n', ' ']))
        {
            return Err("this name cannot be asked of a proxy".to_owned());
        }
        if let Some((user, password)) = &auth
            && (long(user) || long(password) || user.contains(char::is_control) || password.contains('\0'))
        {
            return Err("user name or password cannot be told to a proxy".to_owned());
        }
        let (stage, first) = match kind {
            ProxyKind::Socks4 => (Stage::Socks4Reply, socks4_request(&target, port, auth.as_ref())?),
            // No authentication (0), and with a password RFC 1929 (2).
            ProxyKind::Socks5 if auth.is_some() => (Stage::Socks5Method, vec![5, 2, 0, 2]),
            ProxyKind::Socks5 => (Stage::Socks5Method, vec![5, 1, 0]),
            ProxyKind::Http => (Stage::HttpAnswer, http_request(&target, port, None)),
        };
        Ok(Self {
            kind,
            target,
            port,
            auth,
            stage,
            answer: Vec::new(),
            next: Some(Next::Send(first)),
            wants: Vec::new(),
            answered: false,
        })
    }

    /// What to do now.
    pub fn step(&mut self) -> Next {
        let missing = |wanted: usize| Next::Read(wanted.saturating_sub(self.answer.len()));
        let read = match self.stage {
            Stage::Done => Next::Done,
            Stage::Socks4Reply => missing(8),
            Stage::Socks5Method | Stage::Socks5Auth => missing(2),
            // The octet behind is the length of a name, or the first of an address.
            Stage::Socks5Reply => missing(5),
            Stage::Socks5Bound(len) => missing(len),
            // Its end is not known before it is there.
            Stage::HttpAnswer => Next::Read(1),
        };
        self.next.take().unwrap_or(read)
    }

    /// Takes what was read: not more than [`Next::Read`] said.
    ///
    /// # Errors
    /// A sentence, if the proxy refused or does not speak the protocol.
    pub fn received(&mut self, octets: &[u8]) -> Result<(), String> {
        self.answer.extend_from_slice(octets);
        let answer = self.answer.as_slice();
        match (self.stage, answer) {
            (Stage::Socks4Reply, [0, 90, _, _, _, _, _, _]) => self.enter(Stage::Done, None),
            (Stage::Socks4Reply, [_, code, _, _, _, _, _, _]) => {
                return Err(format!("connection failed, SOCKS error {code}"));
            }
            (Stage::Socks5Method, [5, 0]) | (Stage::Socks5Auth, [_, 0]) => {
                let request = self.socks5_request();
                self.enter(Stage::Socks5Reply, Some(request));
            }
            (Stage::Socks5Method, [5, 2]) => {
                let Some((user, password)) = &self.auth else {
                    return Err("the proxy wants a user name and a password".to_owned());
                };
                let octet = |text: &str| u8::try_from(text.len()).unwrap_or(u8::MAX);
                let mut request = vec![1, octet(user)];
                request.extend_from_slice(user.as_bytes());
                request.push(octet(password));
                request.extend_from_slice(password.as_bytes());
                self.enter(Stage::Socks5Auth, Some(request));
            }
            (Stage::Socks5Method, [5, 0xff]) => return Err("authentication method negotiation failed".to_owned()),
            (Stage::Socks5Method | Stage::Socks5Reply, [version, _, ..]) if *version != 5 => {
                return Err(format!("the proxy does not speak SOCKS 5 (it answered with {version})"));
            }
            (Stage::Socks5Method, [_, method]) => {
                return Err(format!("the proxy wants method {method}, which we do not have"));
            }
            (Stage::Socks5Auth, [_, _]) => return Err("the proxy does not take this user name and password".to_owned()),
            (Stage::Socks5Reply, [_, code, ..]) if *code != 0 => {
                return Err(format!("connection failed, SOCKSv5 error: {}", socks5_error(*code)));
            }
            // Of BND.ADDR one octet is there already.
            (Stage::Socks5Reply, [_, _, _, 1, _]) => self.enter(Stage::Socks5Bound(3 + 2), None),
            (Stage::Socks5Reply, [_, _, _, 4, _]) => self.enter(Stage::Socks5Bound(15 + 2), None),
            (Stage::Socks5Reply, [_, _, _, 3, len]) => {
                let len = usize::from(*len) + 2;
                self.enter(Stage::Socks5Bound(len), None);
            }
            (Stage::Socks5Reply, [_, _, _, kind, _]) => {
                return Err(format!("the proxy answered with address type {kind}"));
            }
            (Stage::Socks5Bound(len), answer) if answer.len() >= len => self.enter(Stage::Done, None),
            (Stage::HttpAnswer, answer) if answer.ends_with(b"\r\n\r\n") || answer.ends_with(b"\n\n") => {
                let line = answer.split(|octet| *octet == b'\n').next().unwrap_or_default();
                let line = String::from_utf8_lossy(line).trim_end().to_owned();
                let code = line.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1));
                if code == Some("407") {
                    self.wants = fields(answer, "proxy-authenticate");
                }
                if !code.is_some_and(|code| code.len() == 3 && code.starts_with('2')) {
                    return Err(format!("Proxy error: \"{line}\""));
                }
                self.enter(Stage::Done, None);
            }
            (Stage::HttpAnswer, answer) if answer.len() > HTTP_ANSWER_LEN => {
                return Err("the proxy's answer does not end".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    /// The dialogue to have after a refusal that asked for authentication, over a new connection: with the answer to the
    /// best of what was asked for. `None` if it asked for nothing that can be answered.
    ///
    /// The first request has no credentials: a proxy that takes a digest does not get to see the password.
    pub fn again(&self, cnonce: &str) -> Option<Self> {
        let (user, password) = self.auth.as_ref().filter(|_| !self.wants.is_empty())?;
        let uri = self.target.authority(self.port);
        let answer = digest::answer(&self.wants, user, password, "CONNECT", &uri, cnonce)?;
        // Asked again although we have answered: once more if only the nonce was too old (RFC 7616 section 3.3).
        if self.answered && !self.wants.iter().any(|field| digest::is_stale(field)) {
            return None;
        }
        Some(Self {
            kind: self.kind,
            target: self.target.clone(),
            port: self.port,
            auth: if self.answered { None } else { self.auth.clone() },
            answered: true,
            stage: Stage::HttpAnswer,
            answer: Vec::new(),
            next: Some(Next::Send(http_request(&self.target, self.port, Some(&answer)))),
            wants: Vec::new(),
        })
    }

    /// Whether a refusal has asked who we are.
    pub fn asks(&self) -> bool {
        !self.wants.is_empty()
    }

    /// Whether it was told who we are.
    pub fn has_answered(&self) -> bool {
        self.answered
    }

    /// The password, if it was not known before.
    pub fn know(&mut self, password: String) {
        if let Some((_, known)) = &mut self.auth {
            *known = password;
        }
    }

    /// What it speaks.
    pub fn kind(&self) -> ProxyKind {
        self.kind
    }

    fn enter(&mut self, stage: Stage, send: Option<Vec<u8>>) {
        self.stage = stage;
        self.answer.clear();
        self.next = send.map(Next::Send);
    }

    /// RFC 1928 section 4.
    fn socks5_request(&self) -> Vec<u8> {
        let mut request = vec![5, 1, 0];
        match &self.target {
            Target::Addr(IpAddr::V4(addr)) => {
                request.push(1);
                request.extend(addr.octets());
            }
            Target::Addr(IpAddr::V6(addr)) => {
                request.push(4);
                request.extend(addr.octets());
            }
            Target::Name(name) => {
                request.extend([3, u8::try_from(name.len()).unwrap_or(u8::MAX)]);
                request.extend_from_slice(name.as_bytes());
            }
        }
        request.extend(self.port.to_be_bytes());
        request
    }
}

/// The request of SOCKS 4, and 4a where the proxy looks up the name: an address of 0.0.0.1 says that one follows.
fn socks4_request(target: &Target, port: u16, auth: Option<&(String, String)>) -> Result<Vec<u8>, String> {
    let (addr, name) = match target {
        Target::Addr(IpAddr::V4(addr)) => (*addr, None),
        Target::Addr(IpAddr::V6(_)) => return Err("SOCKS 4 knows no IPv6 addresses".to_owned()),
        Target::Name(name) => (Ipv4Addr::new(0, 0, 0, 1), Some(name)),
    };
    let mut request = vec![4, 1];
    request.extend(port.to_be_bytes());
    request.extend(addr.octets());
    request.extend_from_slice(auth.map_or("", |(user, _)| user.as_str()).as_bytes());
    request.push(0);
    if let Some(name) = name {
        request.extend_from_slice(name.as_bytes());
        request.push(0);
    }
    Ok(request)
}

/// The values of the fields of this name, in lower case, of an answer.
fn fields(answer: &[u8], name: &str) -> Vec<String> {
    let text = String::from_utf8_lossy(answer);
    let fields = text.lines().filter_map(|line| line.split_once(':'));
    fields
        .filter(|(field, _)| field.trim().eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim().to_owned())
        .collect()
}

/// CONNECT (RFC 9110 section 9.3.6), with the value of Proxy-Authorization if there is one.
fn http_request(target: &Target, port: u16, auth: Option<&str>) -> Vec<u8> {
    let authority = target.authority(port);
    let auth = auth.map_or_else(String::new, |answer| format!("Proxy-Authorization: {answer}\r\n"));
    format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{auth}\r\n").into_bytes()
}

/// REP of RFC 1928 section 6, in the older tool's words.
fn socks5_error(code: u8) -> &'static str {
    match code {
        1 => "General SOCKS server failure",
        2 => "Connection not allowed by ruleset",
        3 => "Network unreachable",
        4 => "Host unreachable",
        5 => "Connection refused",
        6 => "TTL expired",
        7 => "Command not supported",
        8 => "Address type not supported",
        _ => "Unknown error",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn begin(kind: ProxyKind, host: &str, auth: Option<&str>) -> Handshake {
        Handshake::new(kind, Target::new(host), 80, auth).unwrap()
    }

    fn sends(handshake: &mut Handshake, expected: &[u8]) {
        assert_eq!(handshake.step(), Next::Send(expected.to_vec()));
    }

    #[test]
    fn socks4_and_4a() {
        let mut plain = begin(ProxyKind::Socks4, "192.0.2.1", None);
        sends(&mut plain, &[4, 1, 0, 80, 192, 0, 2, 1, 0]);
        assert_eq!(plain.step(), Next::Read(8));
        plain.received(&[0, 90, 0, 0]).unwrap();
        assert_eq!(plain.step(), Next::Read(4));
        plain.received(&[0; 4]).unwrap();
        assert_eq!(plain.step(), Next::Done);
        let mut named = begin(ProxyKind::Socks4, "a.test", Some("me"));
        sends(&mut named, b"\x04\x01\x00\x50\x00\x00\x00\x01me\0a.test\0");
        assert_eq!(named.received(&[0, 91, 0, 0, 0, 0, 0, 0]).unwrap_err(), "connection failed, SOCKS error 91");
        assert!(Handshake::new(ProxyKind::Socks4, Target::new("::1"), 80, None).is_err());
    }

    /// RFC 1928 sections 3, 4 and 6, RFC 1929 section 2.
    #[test]
    fn socks5_with_and_without_a_password() {
        let mut open = begin(ProxyKind::Socks5, "2001:db8::1", None);
        sends(&mut open, &[5, 1, 0]);
        open.received(&[5, 0]).unwrap();
        let mut request = vec![5, 1, 0, 4];
        request.extend("2001:db8::1".parse::<std::net::Ipv6Addr>().unwrap().octets());
        request.extend([0, 80]);
        sends(&mut open, &request);
        assert_eq!(open.step(), Next::Read(5));
        open.received(&[5, 0, 0, 1, 127]).unwrap();
        assert_eq!(open.step(), Next::Read(5));
        open.received(&[0, 0, 1, 1, 1]).unwrap();
        assert_eq!(open.step(), Next::Done);

        let mut secret = begin(ProxyKind::Socks5, "a.test", Some("me:pw"));
        sends(&mut secret, &[5, 2, 0, 2]);
        secret.received(&[5, 2]).unwrap();
        sends(&mut secret, b"\x01\x02me\x02pw");
        secret.received(&[1, 0]).unwrap();
        sends(&mut secret, b"\x05\x01\x00\x03\x06a.test\x00\x50");
        let refused = secret.received(&[5, 5, 0, 1, 0]).unwrap_err();
        assert_eq!(refused, "connection failed, SOCKSv5 error: Connection refused");
        assert!(begin(ProxyKind::Socks5, "a", None).received(&[5, 255]).is_err());
        assert!(begin(ProxyKind::Socks5, "a", None).received(b"HT").is_err());
    }

    #[test]
    fn http_connect() {
        let mut asked = begin(ProxyKind::Http, "::1", Some("Aladdin:open sesame"));
        sends(&mut asked, b"CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
        assert!(asked.again("c").is_none(), "nobody has asked");
        asked.received(b"HTTP/1.1 407 Who are you?\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n").unwrap_err();
        // RFC 7617 section 2 has these credentials.
        let mut http = asked.again("c").unwrap();
        assert!(
            Handshake::new(ProxyKind::Http, Target::new("h"), 1, Some("a\r\nX: y:p")).is_err(),
            "no fields of a user's"
        );
        let expected = "CONNECT [::1]:80 HTTP/1.1\r\nHost: [::1]:80\r\n\
                        Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n";
        sends(&mut http, expected.as_bytes());
        for octet in b"HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n" {
            assert_eq!(http.step(), Next::Read(1));
            http.received(&[*octet]).unwrap();
        }
        assert_eq!(http.step(), Next::Done);
        let mut refused = begin(ProxyKind::Http, "a", None);
        let said = refused.received(b"HTTP/1.0 403 Forbidden\r\n\r\n").unwrap_err();
        assert_eq!(said, "Proxy error: \"HTTP/1.0 403 Forbidden\"");
    }

    #[test]
    fn a_stale_nonce_is_replaced_once_and_a_wrong_password_is_final() {
        let asked =
            |stale: &str| format!("HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=r, {stale}nonce=n\r\n\r\n");
        let mut first = begin(ProxyKind::Http, "h", Some("u:p"));
        first.received(asked("").as_bytes()).unwrap_err();
        let mut second = first.again("c").unwrap();
        second.received(asked("").as_bytes()).unwrap_err();
        assert!(second.again("c").is_none());
        let mut second = first.again("c").unwrap();
        second.received(asked("stale=TRUE, ").as_bytes()).unwrap_err();
        let mut third = second.again("c").unwrap();
        third.received(asked("stale=true, ").as_bytes()).unwrap_err();
        assert!(third.again("c").is_none(), "it could go on for ever");
    }

    #[test]
    fn where_a_proxy_is() {
        for (text, expected) in [
            ("proxy", ("proxy", None)),
            ("proxy:1080", ("proxy", Some("1080"))),
            ("[::1]:1080", ("::1", Some("1080"))),
            ("[::1]", ("::1", None)),
            ("::1", ("::1", None)),
        ] {
            assert_eq!(endpoint(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_panics(answer: Vec<u8>, kind in 0..3_u8) {
            let kind = [ProxyKind::Socks4, ProxyKind::Socks5, ProxyKind::Http][usize::from(kind)];
            let mut handshake = begin(kind, "a.test", Some("u:p"));
            let mut rest = answer.as_slice();
            loop {
                match handshake.step() {
                    Next::Send(_) => {}
                    Next::Read(len) if len <= rest.len() && len > 0 => {
                        let (octets, behind) = rest.split_at(len);
                        rest = behind;
                        if handshake.received(octets).is_err() {
                            break;
                        }
                    }
                    Next::Read(_) | Next::Done => break,
                }
            }
        }
    }
}
