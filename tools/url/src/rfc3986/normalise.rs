//! Normalisation, in the order of RFC 3986 section 6.2: each step is a rung of the ladder of comparison.

use std::net::Ipv6Addr;

use serde::Serialize;
use sockeye_common::addr::IpText;

use super::Components;
use super::grammar::is_unreserved;
use super::resolve::remove_dot_segments;
use crate::percent;
use crate::scheme;

/// A step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Scheme and host to lower case, the digits of `%XX` to upper case.
    Case,
    /// The address of an IPv6 host as RFC 5952 writes it.
    Ipv6Text,
    /// `%XX` undone where it stands for an unreserved character.
    PercentEncoding,
    /// Dot segments taken out.
    DotSegments,
    /// What the scheme says of ports, paths and hosts.
    Scheme,
}

impl Rule {
    /// The steps in their order.
    pub const ALL: [Self; 5] = [Self::Case, Self::Ipv6Text, Self::PercentEncoding, Self::DotSegments, Self::Scheme];

    /// What it does, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Ipv6Text => "IPv6 text",
            Self::PercentEncoding => "percent-encoding",
            Self::DotSegments => "dot segments",
            Self::Scheme => "scheme-based",
        }
    }

    /// Where it is specified.
    pub fn source(self) -> &'static str {
        match self {
            Self::Case => "RFC 3986 section 6.2.2.1",
            Self::Ipv6Text => "RFC 5952 section 4",
            Self::PercentEncoding => "RFC 3986 section 6.2.2.2",
            Self::DotSegments => "RFC 3986 section 6.2.2.3",
            Self::Scheme => "RFC 3986 section 6.2.3",
        }
    }

    /// What it makes of `uri`.
    pub fn apply(self, uri: &mut Components) {
        match self {
            Self::Case => case(uri),
            Self::Ipv6Text => ipv6_text(uri),
            Self::PercentEncoding => percent_encoding(uri),
            Self::DotSegments => dot_segments(uri),
            Self::Scheme => scheme_based(uri),
        }
    }
}

/// A step that changed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which.
    pub rule: Rule,
    /// Where it is specified.
    pub source: &'static str,
    /// The whole text after it.
    pub result: String,
}

/// Takes every step, and lists those that changed something.
///
/// # Source
/// RFC 3986 sections 6.2.2 and 6.2.3.
pub fn normalise(uri: &Components) -> (Components, Vec<Step>) {
    let mut uri = uri.clone();
    let mut steps = Vec::new();
    // To look whether there is anything to do is less than to compare copies.
    let syntax = Rule::ALL.into_iter().filter(|rule| *rule != Rule::Scheme && !is_settled(&uri));
    let rules: Vec<Rule> = syntax.chain([Rule::Scheme]).collect();
    for rule in rules {
        let before = uri.clone();
        rule.apply(&mut uri);
        if uri != before {
            steps.push(Step { rule, source: rule.source(), result: uri.to_string() });
        }
    }
    (uri, steps)
}

/// Whether nothing but what the scheme says can change `uri`: no capital where case does not count, no `%XX`, no address in
/// brackets, and no dot that begins a segment.
fn is_settled(uri: &Components) -> bool {
    let small =
        |text: &Option<String>| text.as_deref().is_none_or(|text| !text.contains(|c: char| c.is_ascii_uppercase()));
    let whole = |text: &str| !text.contains('%');
    small(&uri.scheme)
        && small(&uri.host)
        && uri.host.as_deref().is_none_or(|host| whole(host) && !host.starts_with('['))
        && [&uri.userinfo, &uri.query, &uri.fragment].into_iter().flatten().all(|text| whole(text))
        && whole(&uri.path)
        && !uri.path.contains("/.")
        && !uri.path.starts_with('.')
}

/// The components that may have `%XX`. In an IP literal a `%` begins a zone.
fn encoded(uri: &mut Components) -> impl Iterator<Item = &mut String> {
    let Components { userinfo, host, path, query, fragment, .. } = uri;
    let host = host.as_mut().filter(|host| !host.starts_with('['));
    [userinfo.as_mut(), host, Some(path), query.as_mut(), fragment.as_mut()].into_iter().flatten()
}

fn case(uri: &mut Components) {
    if let Some(scheme) = &mut uri.scheme {
        scheme.make_ascii_lowercase();
    }
    if let Some(host) = &mut uri.host {
        // A zone is a name of this system's, where case counts.
        let zone = if host.starts_with('[') { host.find('%').unwrap_or(host.len()) } else { host.len() };
        let (address, zone) = host.split_at(zone);
        *host = format!("{}{zone}", address.to_ascii_lowercase());
    }
    for text in encoded(uri) {
        *text = each_escape(text, percent::push_escape);
    }
}

fn percent_encoding(uri: &mut Components) {
    for text in encoded(uri) {
        *text = decode_unreserved(text);
    }
    // A letter that was encoded may be a capital.
    if let Some(host) = uri.host.as_mut().filter(|host| !host.starts_with('[')) {
        let lower = host.to_ascii_lowercase();
        *host = each_escape(&lower, percent::push_escape);
    }
}

/// `text` with every `%XX` that stands for an unreserved character undone, and the digits of the others in upper case.
pub(crate) fn decode_unreserved(text: &str) -> String {
    each_escape(text, |octet, text| match char::from(octet) {
        character if is_unreserved(character) => text.push(character),
        _ => percent::push_escape(octet, text),
    })
}

/// `text` with every `%XX` replaced; a `%` without its digits stays.
fn each_escape(text: &str, mut replace: impl FnMut(u8, &mut String)) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(sign) = rest.find('%') {
        let (before, from_sign) = rest.split_at(sign);
        replaced.push_str(before);
        let escape = from_sign.get(..3).unwrap_or_default();
        rest = if percent::count(escape) == 1 {
            for octet in &*percent::decode(escape) {
                replace(*octet, &mut replaced);
            }
            from_sign.get(3..).unwrap_or_default()
        } else {
            replaced.push('%');
            from_sign.get(1..).unwrap_or_default()
        };
    }
    replaced + rest
}

fn ipv6_text(uri: &mut Components) {
    let Some(host) = &mut uri.host else { return };
    let Some(inside) = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) else { return };
    let (address, zone) = inside.split_at(inside.find('%').unwrap_or(inside.len()));
    if let Ok(address) = address.parse::<Ipv6Addr>() {
        *host = format!("[{}{zone}]", IpText(address.into()));
    }
}

/// Not in a relative reference, where they mean something yet, nor in a path without a slash first, which names no place
/// in a hierarchy.
fn dot_segments(uri: &mut Components) {
    if uri.scheme.is_some() && uri.path.starts_with('/') {
        uri.path = remove_dot_segments(&uri.path);
    }
}

fn scheme_based(uri: &mut Components) {
    let Some(name) = uri.scheme.as_deref() else { return };
    let known = scheme::lookup(name);
    // RFC 3986 section 3.2.3: an empty port goes too.
    let is_default = |port: &str| known.is_some_and(|scheme| port.parse() == Ok(scheme.port));
    if uri.port.as_deref().is_some_and(|port| port.is_empty() || is_default(port)) {
        uri.port = None;
    }
    // RFC 9110 section 4.2.3 for http; RFC 6455 section 3 for ws; RFC 1738 section 3.2.2 for ftp, whose path is below "/".
    let slash = matches!(name, "http" | "https" | "ws" | "wss" | "ftp");
    if slash && uri.host.is_some() && uri.path.is_empty() {
        uri.path.push('/');
    }
    // RFC 8089 section 2: localhost is the empty host.
    if name == "file" && uri.host.as_deref() == Some("localhost") {
        uri.host = Some(String::new());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::parse;
    use super::*;

    fn normalised(text: &str) -> String {
        normalise(&Components::of(text)).0.to_string()
    }

    #[test]
    fn each_step_does_what_its_section_says() {
        for (text, rule, result) in [
            // RFC 3986 section 6.2.2.1 and 6.2.2.2.
            ("HTTP://www.EXAMPLE.com/", Rule::Case, "http://www.example.com/"),
            ("http://h/%3a%5b", Rule::Case, "http://h/%3A%5B"),
            ("http://h/%7Efoo", Rule::PercentEncoding, "http://h/~foo"),
            ("http://%65X%41.com/", Rule::PercentEncoding, "http://exa.com/"),
            ("eXAMPLE://a/./b/../b/%63/%7bfoo%7d", Rule::DotSegments, "example://a/b/c/%7Bfoo%7D"),
            // RFC 3986 section 6.2.3: the four that are the same.
            ("http://example.com", Rule::Scheme, "http://example.com/"),
            ("http://example.com/", Rule::Scheme, "http://example.com/"),
            ("http://example.com:/", Rule::Scheme, "http://example.com/"),
            ("http://example.com:80/", Rule::Scheme, "http://example.com/"),
            ("foo://example.com:80", Rule::Scheme, "foo://example.com:80"),
            ("file://localhost/x", Rule::Scheme, "file:///x"),
            // RFC 5952 section 4.
            ("http://[2001:DB8:0:0:1:0:0:1]/", Rule::Ipv6Text, "http://[2001:db8::1:0:0:1]/"),
            ("http://[::ffff:c000:201]/", Rule::Ipv6Text, "http://[::ffff:192.0.2.1]/"),
        ] {
            let (_, steps) = normalise(&Components::of(text));
            let reached = steps.iter().rfind(|step| step.rule <= rule);
            assert_eq!(reached.map_or(text, |step| &step.result), result, "{text}");
        }
    }

    #[test]
    fn nothing_that_matters_is_touched() {
        for text in [
            "http://example.com/?", // RFC 3986 section 6.2.3: not the same as without the question mark.
            "http://@h/",
            "http://h/a%2Fb?q=%26#%23",
            "http://h//a//",
            "../a/./b",
            "mailto:a/../b",
            "urn:example:a",
            // Found by fuzzing: the zone 2e5th00, not a dot.
            "http://[fe80::1%2e5th00]/",
            "http://[fe80::1%25Eth%2d0]/",
            "foo:/.//p",
        ] {
            assert_eq!(normalised(text), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_settled_is_changed_by_the_scheme_alone(
            text in "([a-zA-Z]{1,3}:)?(//((u|%2e)@)?([a-z.]|[A-Z]|%4[0-9a-f]|\\[::A?\\]){0,3}(:[0-9]{0,3})?)?(/([a-z]|[A-Z]|\\.|%[0-9a-f]{2}){0,2}){0,3}(\\?([a-zA-Z.]|%61)?)?(#([a-zA-Z.]|%61))?"
        ) {
            let uri = Components::of(&text);
            if !is_settled(&uri) {
                return Ok(());
            }
            for rule in Rule::ALL.into_iter().filter(|rule| *rule != Rule::Scheme) {
                let mut after = uri.clone();
                rule.apply(&mut after);
                prop_assert_eq!(&after, &uri, "{:?}", rule);
            }
        }

        #[test]
        fn normalising_twice_is_normalising_once(
            text in "([a-zA-Z]{1,3}:)?(//(([a-z]|%2[eE]){0,3}@)?([a-zA-Z.]|%4[0-9a-fA-F]){0,6}(:[0-9]{0,3})?)?(/([a-zA-Z.]|\\.\\.?|%2[eE]|%[0-9a-fA-F]{2}){0,3}){0,5}(\\?([a-z]|%61){0,3})?(#[a-z])?"
        ) {
            prop_assert!(parse(&text).is_ok());
            let once = normalised(&text);
            prop_assert_eq!(normalised(&once), once.clone());
            prop_assert!(parse(&once).is_ok(), "{} became {}", text, once);
        }
    }
}
