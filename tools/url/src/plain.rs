//! The short way for plain URLs: those in which the standard changes nothing and objects to nothing.
//!
//! Most URLs of a large file are plain: a scheme of the web in lower case, a name in lower-case ASCII, a path without dot
//! segments, nothing that must be percent-encoded. Of these every component's value is its text, and one look at each octet
//! takes them apart. What is not plain goes the long way through the `url` crate; a test holds both to the same values.

use crate::scheme::{self, Scheme};
use crate::spans::Span;

/// A plain URL. Everything borrows from its text, and all of it is ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain<'a> {
    /// All of it.
    pub text: &'a str,
    /// A special scheme other than file.
    pub scheme: &'static Scheme,
    /// A domain.
    pub host: Span,
    /// The port, which is not the scheme's, and where it stands.
    pub port: Option<(u16, Span)>,
    /// The path, which begins with a slash.
    pub path: Span,
    /// Without the question mark.
    pub query: Option<Span>,
    /// Without the number sign.
    pub fragment: Option<Span>,
    /// Whether there is percent-encoding anywhere.
    pub escaped: bool,
}

/// The octets of a host that mean themselves.
const HOST: u8 = 1;
/// Those of a path.
const PATH: u8 = 2;
/// Those of a query: of a special scheme, so without `'`.
const QUERY: u8 = 4;
/// Those of a fragment.
const FRAGMENT: u8 = 8;

/// What each octet may be a part of. The percent sign is none: what follows it must be looked at.
///
/// # Source
/// WHATWG URL, section 4.3, "URL code points"; section 1.3, the percent-encode sets.
static CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut octet: u8 = 0;
    while octet < 128 {
        let mut class = 0;
        if octet.is_ascii_lowercase() || octet.is_ascii_digit() || matches!(octet, b'-' | b'.') {
            class |= HOST;
        }
        let rest = matches!(
            octet,
            b'!' | b'$'
                | b'&'
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b','
                | b'-'
                | b'.'
                | b'/'
                | b':'
                | b';'
                | b'='
                | b'@'
                | b'_'
                | b'~'
        );
        if octet.is_ascii_alphanumeric() || rest {
            class |= PATH | QUERY | FRAGMENT;
        }
        match octet {
            b'?' => class |= QUERY | FRAGMENT,
            b'\'' => class |= PATH | FRAGMENT,
            _ => {}
        }
        #[expect(clippy::indexing_slicing, reason = "of a constant, by a number below its length")]
        {
            table[octet as usize] = class;
        }
        octet += 1;
    }
    table
}

fn is(octet: u8, class: u8) -> bool {
    CLASS.get(usize::from(octet)).is_some_and(|classes| classes & class != 0)
}

/// Takes `text` apart if it is plain. `None` says nothing about it but that the long way must be gone.
pub fn read(text: &str) -> Option<Plain<'_>> {
    let octets = text.as_bytes();
    let name = ["https", "http", "ftp", "wss", "ws"]
        .into_iter()
        .find(|name| octets.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.starts_with(b"://")))?;
    let scheme = scheme::lookup(name)?;
    let host_start = name.len() + 3;
    let host = Span { start: host_start, end: run(octets, host_start, HOST) };
    is_name(octets.get(host.start..host.end)?).then_some(())?;
    let mut at = host.end;
    let mut port = None;
    if octets.get(at) == Some(&b':') {
        let (number, end) = port_number(octets, at + 1)?;
        if number == scheme.port {
            return None;
        }
        port = Some((number, Span { start: at + 1, end }));
        at = end;
    }
    // Without a slash the standard adds one.
    (octets.get(at) == Some(&b'/')).then_some(())?;
    let mut escaped = false;
    let path = Span { start: at, end: escaped_run(octets, at, PATH, &mut escaped)? };
    no_dot_segments(octets.get(path.start..path.end)?).then_some(())?;
    at = path.end;
    let mut query = None;
    if octets.get(at) == Some(&b'?') {
        let end = escaped_run(octets, at + 1, QUERY, &mut escaped)?;
        query = Some(Span { start: at + 1, end });
        at = end;
    }
    let mut fragment = None;
    if octets.get(at) == Some(&b'#') {
        let end = escaped_run(octets, at + 1, FRAGMENT, &mut escaped)?;
        fragment = Some(Span { start: at + 1, end });
        at = end;
    }
    (at == octets.len()).then_some(Plain { text, scheme, host, port, path, query, fragment, escaped })
}

/// Where the octets of `class` that begin at `start` end.
fn run(octets: &[u8], start: usize, class: u8) -> usize {
    let rest = octets.get(start..).unwrap_or_default();
    rest.iter().position(|octet| !is(*octet, class)).map_or(octets.len(), |length| start + length)
}

/// As [`run`], with `%XX` among them, of which it takes note. `None` where a percent sign has no two digits behind it, which the
/// standard minds.
fn escaped_run(octets: &[u8], start: usize, class: u8, escaped: &mut bool) -> Option<usize> {
    let mut at = start;
    loop {
        at = run(octets, at, class);
        if octets.get(at) != Some(&b'%') {
            return Some(at);
        }
        let digits = octets.get(at + 1..at + 3)?;
        digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
        *escaped = true;
        at += 3;
    }
}

/// Whether a host is a domain that IDNA leaves as it is: no label is empty or Punycode, and the last begins with a letter, so
/// that it is no number.
fn is_name(host: &[u8]) -> bool {
    let mut start = true;
    let mut rest = host;
    while let Some((octet, after)) = rest.split_first() {
        if start && (*octet == b'.' || rest.starts_with(b"xn--")) {
            return false;
        }
        start = *octet == b'.';
        rest = after;
    }
    let last = host.iter().rposition(|octet| *octet == b'.').map_or(0, |dot| dot + 1);
    host.get(last).is_some_and(u8::is_ascii_lowercase)
}

/// The port at `start` and where it ends; only without leading zeros.
fn port_number(octets: &[u8], start: usize) -> Option<(u16, usize)> {
    let mut number: u32 = 0;
    let mut end = start;
    while let Some(digit) = octets.get(end).filter(|octet| octet.is_ascii_digit()) {
        number = number * 10 + u32::from(digit - b'0');
        end += 1;
        if number == 0 || number > u32::from(u16::MAX) {
            return None;
        }
    }
    Some((u16::try_from(number).ok().filter(|number| *number > 0)?, end))
}

/// Whether no segment may be one of dots. Some that only begin like one count as such: they are rare.
fn no_dot_segments(path: &[u8]) -> bool {
    let mut rest = path;
    while let Some(slash) = rest.iter().position(|octet| *octet == b'/') {
        rest = rest.get(slash + 1..).unwrap_or_default();
        match rest {
            [b'%', b'2', b'e' | b'E', ..] | [b'.'] | [b'.', b'.' | b'/' | b'%', ..] => return false,
            _ => {}
        }
    }
    true
}

impl<'a> Plain<'a> {
    /// The text at a place.
    pub fn of(&self, span: Span) -> &'a str {
        span.of(self.text)
    }

    /// Where host and port stand.
    pub fn authority(&self) -> Span {
        Span { start: self.host.start, end: self.port.map_or(self.host.end, |(_, span)| span.end) }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dissect::{HostKind, dissect};

    /// Texts that are plain, or nearly.
    pub(crate) fn texts() -> impl Strategy<Value = String> {
        let piece = || {
            prop_oneof![
                8 => "[a-z0-9._~!$&()*+,;=:@/-]{0,9}",
                2 => "%[0-9a-fA-F]{2}",
                1 => "%2[eE]|/|\\.|\\.\\.|/\\.|/\\./|%|\\\\|'|\\[|\\^|[A-Z]|\"|[ä€]|\t| ",
            ]
        };
        let pieces = || prop::collection::vec(piece(), 0..5).prop_map(|pieces| pieces.concat());
        let host = prop_oneof![
            6 => "[a-z0-9-]{1,6}(\\.[a-z][a-z0-9-]{0,4}){0,3}",
            1 => "xn--bcher-kva|1\\.2\\.3\\.4|0x7f|a\\.1|\\[::1\\]|a_b|A\\.b|a\\.\\.b|a\\.|u@h|u:p@h|bücher|xn--a|a--b",
        ];
        let scheme = prop_oneof![8 => "https?|ftp|wss?", 1 => "HTTP|file|foo|gopher"];
        (
            scheme,
            host,
            "(:[0-9]{0,6})?|:80|:443",
            prop_oneof![9 => Just("/"), 1 => Just("")],
            pieces(),
            "\\??",
            pieces(),
            "#?",
            pieces(),
        )
            .prop_map(|(scheme, host, port, slash, path, mark, query, hash, fragment)| {
                format!("{scheme}://{host}{port}{slash}{path}{mark}{query}{hash}{fragment}")
            })
    }

    #[test]
    fn the_usual_is_plain_and_the_rest_goes_the_long_way() {
        for text in [
            "http://example.com/",
            "https://a-b.example.com:8443/a/b%20c/.well-known/x.html?q=1&q=a+b%2F#top?!'",
            "ws://localhost:1/'x'",
            "ftp://h/?#",
        ] {
            assert!(read(text).is_some(), "{text}");
        }
        for text in [
            "",
            "http:",
            "http://",
            "http://h",
            "HTTP://h/",
            "http://H/",
            "http://h:80/",
            "http://h:080/",
            "http://h:/",
            "http://h:0/",
            "http://h:65536/",
            "http://u@h/",
            "http://h./",
            "http://.h/",
            "http://1.2/",
            "http://xn--a/",
            "http://a.xn--a/",
            "http://[::1]/",
            "http://h/.",
            "http://h/a/../b",
            "http://h/%2e",
            "http://h/%",
            "http://h/%2",
            "http://h/%2g",
            "http://h/a b",
            "http://h/a\\b",
            "http://h/?'",
            "http://h/[",
            "http://h/ä",
            "http://h/\t",
            " http://h/",
            "http://h/ ",
            "file:///x",
            "foo://h/",
            "http:/h/",
            "http:///h/",
        ] {
            assert!(read(text).is_none(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn the_short_way_is_the_long_one(text in texts()) {
            let Some(plain) = read(&text) else { return Ok(()) };
            let url = dissect(&text, &mut |_| {}).unwrap();
            prop_assert_eq!(&url.normalised, &text);
            let spans = [url.scheme.span, url.host.span, url.port.span, url.path.span, url.query.span, url.fragment.span];
            let scheme = Span { start: 0, end: plain.scheme.name.len() };
            let port = plain.port.map(|(_, span)| span);
            prop_assert_eq!(spans, [Some(scheme), Some(plain.host), port, Some(plain.path), plain.query, plain.fragment]);
            for (name, component) in url.components() {
                prop_assert_eq!(&component.text, &component.value, "{}", name);
                prop_assert_eq!(&component.changes, &[], "{}", name);
            }
            prop_assert_eq!(url.host_kind, HostKind::Domain);
            prop_assert_eq!(url.host_unicode.as_deref(), Some(plain.of(plain.host)));
            prop_assert_eq!(url.authority.span, Some(plain.authority()));
            prop_assert_eq!(url.effective_port.number, Some(plain.port.map_or(plain.scheme.port, |(number, _)| number)));
            prop_assert!(url.violations.is_empty() && url.remarks.is_empty());
        }
    }
}
