//! Where the `url` crate is known to depart from the standard, and so from what a browser does.
//!
//! [`standard`] mends what the crate has; what it cannot mend is a remark beside the value. All of it was found by comparing
//! the crate's 2.5.8 with another implementation (ada, in Node.js).

use serde::Serialize;
use url::{Host, Position, Url};

use crate::encode::{Set, encode};
use crate::percent;
use crate::spans::{SchemeKind, Span, Split, is_drive_letter, significant};

/// A component that the standard reads otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "departure", rename_all = "snake_case")]
pub enum Departure {
    /// The crate drops the host of a file URL before a drive letter.
    HostDropped {
        /// The host that the standard keeps.
        host: String,
    },
    /// The crate keeps a drive letter from `..` in any scheme, and a `|` in it, and drops empty segments of file URLs.
    OtherPath {
        /// The path that the standard has, not percent-encoded.
        path: String,
    },
}

/// A URL that the standard refuses, and the crate takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A backslash behind a port, where it is no slash.
    BackslashAfterPort,
    /// `foo://@`: no userinfo without a host.
    UserinfoWithoutHost,
}

impl Refusal {
    /// What is wrong.
    pub fn words(self) -> &'static str {
        match self {
            Self::BackslashAfterPort => "invalid port: in this scheme a backslash does not end it",
            Self::UserinfoWithoutHost => "empty host: one must follow the @",
        }
    }
}

/// `url` with what the standard has, as far as the crate can be told.
///
/// # Errors
/// [`Refusal`] for what the standard has not at all.
///
/// # Source
/// WHATWG URL, section 4.4, "port state", "host state" and "file host state".
pub fn standard(input: &str, split: &Split, mut url: Url) -> Result<Url, Refusal> {
    if split.kind == SchemeKind::Other && split.port.is_some() && significant(split.path.of(input)).starts_with('\\') {
        return Err(Refusal::BackslashAfterPort);
    }
    let text = |span: Option<Span>| span.map(|span| significant(span.of(input))).unwrap_or_default();
    if split.userinfo.is_some() && text(split.host).is_empty() {
        return Err(Refusal::UserinfoWithoutHost);
    }
    for departure in departures(input, split, &url) {
        match departure {
            // What the crate does not take stays, and is told of.
            Departure::HostDropped { host } => drop(url.set_host(Some(&host))),
            Departure::OtherPath { path } => url = with_path(url, &path),
        }
    }
    // The standard encodes it in paths since November 2024.
    if !url.cannot_be_a_base() && url.path().contains('^') {
        let path = url.path().replace('^', "%5E");
        url = with_path(url, &path);
    }
    Ok(url)
}

/// `url` with that path.
///
/// # Source
/// WHATWG URL, section 4.5, for the `/.` that keeps two slashes without an authority from being read as one.
fn with_path(mut url: Url, path: &str) -> Url {
    if url.has_authority() {
        url.set_path(path);
        return url;
    }
    // The crate's set_path neither writes the `/.` nor takes it away.
    let dot = if path.starts_with("//") { "/." } else { "" };
    Url::parse(&format!("{}:{dot}{path}{}", url.scheme(), &url[Position::AfterPath..])).unwrap_or(url)
}

/// `url`, which is [`standard`], in the standard's own text: also with a path that the crate cannot hold.
pub fn text(input: &str, split: &Split, url: &Url) -> String {
    let path = departures(input, split, url).into_iter().find_map(|departure| match departure {
        Departure::OtherPath { path } => Some(encode(path.as_bytes(), Set::Path, b"")),
        Departure::HostDropped { .. } => None,
    });
    match path {
        Some(path) => format!("{}{path}{}", &url[..Position::BeforePath], &url[Position::AfterPath..]),
        None => url.to_string(),
    }
}

/// What the standard has otherwise than `url`, which is `split`.
pub fn departures(input: &str, split: &Split, url: &Url) -> Vec<Departure> {
    let mut found = Vec::new();
    let text = |span: Option<Span>| span.map(|span| significant(span.of(input))).unwrap_or_default();
    if split.kind == SchemeKind::File && url.host().is_none() {
        let host = Host::parse(&text(split.host)).ok().filter(|host| *host != Host::Domain("localhost".to_owned()));
        found.extend(host.map(|host| Departure::HostDropped { host: host.to_string() }));
    }
    // Only drive letters and files have paths of their own.
    let raw = split.path.of(input);
    if !url.cannot_be_a_base() && (split.kind == SchemeKind::File || raw.contains([':', '|'])) {
        let path_text = significant(raw);
        let path = path(split.kind, &path_text);
        if percent::decode(&path) != percent::decode(url.path()) {
            found.push(Departure::OtherPath { path });
        }
    }
    found
}

/// The path that the standard makes of `text`, but for percent-encoding.
///
/// # Source
/// WHATWG URL, section 4.4, "path state"; section 4.2, "shorten a url's path".
pub(crate) fn path(kind: SchemeKind, text: &str) -> String {
    let slashed = if kind == SchemeKind::Other { text.to_owned() } else { text.replace('\\', "/") };
    if slashed.is_empty() && kind == SchemeKind::Other {
        return slashed;
    }
    let mut segments: Vec<String> = Vec::new();
    let mut rest = slashed.strip_prefix('/').unwrap_or(&slashed).split('/').peekable();
    while let Some(segment) = rest.next() {
        let dots = segment.replace("%2e", ".").replace("%2E", ".");
        let is_file = kind == SchemeKind::File;
        match dots.as_str() {
            "." => {}
            ".." => {
                let drive_stays = is_file && segments.len() == 1 && segments.iter().all(|only| is_drive_letter(only));
                if !drive_stays {
                    segments.pop();
                }
            }
            _ => {
                let drive = is_file && segments.is_empty() && is_drive_letter(segment);
                segments.push(if drive { segment.replace('|', ":") } else { segment.to_owned() });
                continue;
            }
        }
        if rest.peek().is_none() {
            segments.push(String::new());
        }
    }
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spans::split;

    fn of(input: &str) -> Vec<Departure> {
        departures(input, &split(input).unwrap(), &Url::parse(input).unwrap())
    }

    #[test]
    fn known_departures_are_found() {
        let path = |path: &str| vec![Departure::OtherPath { path: path.to_owned() }];
        for (input, expected) in [
            // What Node.js 20 has for each.
            ("http://h/C:/../x", path("/x")),
            ("http://h/a/b:/../x", path("/a/x")),
            ("file:///C|/x", path("/C:/x")),
            ("file:\\\\\\\\host\\share", path("//host/share")),
            ("file://h//x", path("//x")),
            ("file://srv/C:/x", vec![Departure::HostDropped { host: "srv".to_owned() }]),
        ] {
            assert_eq!(of(input), expected, "{input}");
        }
    }

    #[test]
    fn what_the_crate_has_otherwise_is_mended() {
        let mended = |input: &str| {
            let split = split(input).unwrap();
            standard(input, &split, Url::parse(input).unwrap())
                .map(|url| (departures(input, &split, &url), url.to_string()))
        };
        for (input, expected) in [
            // What Node.js 20 has for each.
            ("file://srv/C:/x", "file://srv/C:/x"),
            ("file://SRV/C|/..//x?q#f", "file://srv/C://x?q#f"),
            ("file:///C|/x", "file:///C:/x"),
            ("file:///C|/x/../..", "file:///C:/"),
            ("http://h/C:/../x y\u{e4}?q", "http://h/x%20y%C3%A4?q"),
            ("foo://h/C|/../", "foo://h/"),
            ("foo:/.//C:/../../x?q#f", "foo:/x?q#f"),
            ("foo:/.//C:/../x", "foo:/.//x"),
            ("foo:/C:/..//x", "foo:/.//x"),
            // What the percent-encode sets say: Node.js 20 is older.
            ("http://h^@g/a^b?c^d#e^f", "http://h%5E@g/a%5Eb?c^d#e^f"),
            ("file:///C|/../^", "file:///C:/%5E"),
            ("foo:/.//^/C:/..", "foo:/.//%5E/"),
            ("foo:^", "foo:^"),
        ] {
            assert_eq!(mended(input), Ok((Vec::new(), expected.to_owned())), "{input}");
        }
        // The crate drops empty segments of a file whatever it is told.
        assert_eq!(mended("file://h//x").unwrap().0, [Departure::OtherPath { path: "//x".to_owned() }]);
        assert_eq!(mended("foo://h:1\\x"), Err(Refusal::BackslashAfterPort));
        assert_eq!(mended("foo://@"), Err(Refusal::UserinfoWithoutHost));
    }

    #[test]
    fn where_there_is_none_nothing_is_said() {
        for input in [
            "http://h",
            "http://h/a b\u{e4}%2e/%2E%2e/\\x\t/./..",
            "http://h/../../",
            "file:///C:/../x",
            "file://localhost/x",
            "file://LOCALHOST/C:/x",
            "file:C|/x",
            "file:x",
            "foo://h",
            "foo://h:1/\\x",
            "foo:/../..",
            "foo:/.//p",
            "foo:a/../b",
            "mailto:a@b.c",
        ] {
            assert_eq!(of(input), [], "{input}");
        }
    }
}
