use proptest::prelude::*;
use url::{Host, Url};

use super::*;
use crate::percent;

/// Every component that is there, by name, span and text.
fn shown(input: &str) -> String {
    let Some(split) = split(input) else { return "no scheme".to_owned() };
    let all = [
        ("scheme", Some(split.scheme)),
        ("username", split.username),
        ("password", split.password),
        ("host", split.host),
        ("zone", split.zone),
        ("port", split.port),
        ("path", Some(split.path)),
        ("query", split.query),
        ("fragment", split.fragment),
    ];
    let parts: Vec<String> = all
        .into_iter()
        .filter_map(|(name, span)| span.map(|span| format!("{name} {span} {}", span.of(input).escape_debug())))
        .collect();
    parts.join(" | ")
}

const RFC_3986: &[(&str, &str)] = &[
    // Section 1.1.2, the examples in their order.
    ("ftp://ftp.is.co.za/rfc/rfc1808.txt", "scheme 0..3 ftp | host 6..18 ftp.is.co.za | path 18..34 /rfc/rfc1808.txt"),
    (
        "http://www.ietf.org/rfc/rfc2396.txt",
        "scheme 0..4 http | host 7..19 www.ietf.org | path 19..35 /rfc/rfc2396.txt",
    ),
    (
        "ldap://[2001:db8::7]/c=GB?objectClass?one",
        "scheme 0..4 ldap | host 7..20 [2001:db8::7] | path 20..25 /c=GB | query 26..41 objectClass?one",
    ),
    ("mailto:John.Doe@example.com", "scheme 0..6 mailto | path 7..27 John.Doe@example.com"),
    ("news:comp.infosystems.www.servers.unix", "scheme 0..4 news | path 5..38 comp.infosystems.www.servers.unix"),
    ("tel:+1-816-555-1212", "scheme 0..3 tel | path 4..19 +1-816-555-1212"),
    ("telnet://192.0.2.16:80/", "scheme 0..6 telnet | host 9..19 192.0.2.16 | port 20..22 80 | path 22..23 /"),
    (
        "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
        "scheme 0..3 urn | path 4..51 oasis:names:specification:docbook:dtd:xml:4.1.2",
    ),
    // Section 3.
    (
        "foo://example.com:8042/over/there?name=ferret#nose",
        "scheme 0..3 foo | host 6..17 example.com | port 18..22 8042 | path 22..33 /over/there | query 34..45 name=ferret \
         | fragment 46..50 nose",
    ),
    // Section 7.6: the host is not cnn.example.com.
    (
        "ftp://cnn.example.com&story=breaking_news@10.0.0.1/top_story.htm",
        "scheme 0..3 ftp | username 6..41 cnn.example.com&story=breaking_news | host 42..50 10.0.0.1 | path 50..64 \
         /top_story.htm",
    ),
];

const WHATWG: &[(&str, &str)] = &[
    // A backslash is a slash for a special scheme and for no other.
    ("http://example.com\\@evil.com/", "scheme 0..4 http | host 7..18 example.com | path 18..29 \\\\@evil.com/"),
    (
        "foo://example.com\\@evil.com/",
        "scheme 0..3 foo | username 6..18 example.com\\\\ | host 19..27 evil.com | path 27..28 /",
    ),
    ("http:\\\\h\\p", "scheme 0..4 http | host 7..8 h | path 8..10 \\\\p"),
    // The last @ ends the userinfo, its first colon the username.
    ("http://a@b@c/", "scheme 0..4 http | username 7..10 a@b | host 11..12 c | path 12..13 /"),
    ("http://u:p:q@h", "scheme 0..4 http | username 7..8 u | password 9..12 p:q | host 13..14 h | path 14..14 "),
    ("http://@h", "scheme 0..4 http | username 7..7  | host 8..9 h | path 9..9 "),
    ("http://:@h:", "scheme 0..4 http | username 7..7  | password 8..8  | host 9..10 h | port 11..11  | path 11..11 "),
    // A special scheme takes any number of slashes.
    ("http:/ex.com", "scheme 0..4 http | host 6..12 ex.com | path 12..12 "),
    ("http:ex.com/x", "scheme 0..4 http | host 5..11 ex.com | path 11..13 /x"),
    ("http:///ex.com", "scheme 0..4 http | host 8..14 ex.com | path 14..14 "),
    // What looks like a host and a port is a scheme and a path.
    ("ex.com:8080/x", "scheme 0..6 ex.com | path 7..13 8080/x"),
    // Only what stands outside brackets is a port.
    ("http://[::1]:8080?x", "scheme 0..4 http | host 7..12 [::1] | port 13..17 8080 | path 17..17  | query 18..19 x"),
    ("http://[fe80::1%25eth0]/", "scheme 0..4 http | host 7..23 [fe80::1%25eth0] | zone 18..22 eth0 | path 23..24 /"),
    ("http://[fe80::1%eth0]/", "scheme 0..4 http | host 7..21 [fe80::1%eth0] | zone 16..20 eth0 | path 21..22 /"),
    ("http://[fe80::1%25]/", "scheme 0..4 http | host 7..19 [fe80::1%25] | zone 16..18 25 | path 19..20 /"),
    (
        "http://[fe80::1%2\t5\neth0]/",
        "scheme 0..4 http | host 7..25 [fe80::1%2\\t5\\neth0] | zone 20..24 eth0 | path 25..26 /",
    ),
    // Blanks and controls at the ends, tabs and line ends anywhere.
    (" \u{1}http://h/ \n", "scheme 2..6 http | host 9..10 h | path 10..11 /"),
    ("ht\ttp:\n//e\tx.com\t:8\t0/", "scheme 0..5 ht\\ttp | host 9..16 e\\tx.com | port 18..21 8\\t0 | path 21..22 /"),
    ("http:/\t/h/\t?\tq", "scheme 0..4 http | host 8..9 h | path 9..10 / | query 13..14 q"),
    // A query ends at #, a fragment at the end.
    ("http://h?a?b#c#d?e", "scheme 0..4 http | host 7..8 h | path 8..8  | query 9..12 a?b | fragment 13..18 c#d?e"),
    ("http://h#", "scheme 0..4 http | host 7..8 h | path 8..8  | fragment 9..9 "),
    // The file scheme has its own states.
    ("file:///etc/passwd", "scheme 0..4 file | host 7..7  | path 7..18 /etc/passwd"),
    ("file:/etc", "scheme 0..4 file | path 5..9 /etc"),
    ("file:etc?q", "scheme 0..4 file | path 5..8 etc | query 9..10 q"),
    ("file://srv:1/a@b", "scheme 0..4 file | host 7..12 srv:1 | path 12..16 /a@b"),
    ("file://C|/x", "scheme 0..4 file | host 7..7  | path 7..11 C|/x"),
    // Opaque and rooted paths without an authority.
    ("data:text/plain,a#b", "scheme 0..4 data | path 5..17 text/plain,a | fragment 18..19 b"),
    ("web+demo:/p//q", "scheme 0..8 web+demo | path 9..14 /p//q"),
    ("blob:https://h/1", "scheme 0..4 blob | path 5..16 https://h/1"),
    ("foo:////p", "scheme 0..3 foo | host 6..6  | path 6..9 //p"),
    // Characters of more than one octet.
    (
        "http://b\u{fc}cher.example/\u{2603}?\u{e4}",
        "scheme 0..4 http | host 7..22 bücher.example | path 22..26 /☃ | query 27..29 ä",
    ),
    // No scheme.
    ("example.com/x", "no scheme"),
    ("//h/p", "no scheme"),
    ("", "no scheme"),
    (":x", "no scheme"),
    ("1a:x", "no scheme"),
    ("a b:x", "no scheme"),
];

#[test]
fn components_stand_where_the_standards_say() {
    for (input, expected) in RFC_3986.iter().chain(WHATWG) {
        assert_eq!(shown(input), *expected, "{input:?}");
    }
}

/// Texts that are URLs more often than not: pieces that the parser's states react to.
pub(crate) fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("http:"),
        Just("https://"),
        Just("file://"),
        Just("foo://"),
        Just("ws:"),
        Just("//"),
        Just("/"),
        Just("\\"),
        Just(":"),
        Just("@"),
        Just("?"),
        Just("#"),
        Just("["),
        Just("]"),
        Just("[::1]"),
        Just("[fe80::1%25e]"),
        Just("%"),
        Just("%41"),
        Just("\t"),
        Just("\n"),
        Just(" "),
        Just("a"),
        Just("B.c"),
        Just("80"),
        Just("C|"),
        Just(".."),
        Just("%2e"),
        Just("\u{e4}"),
        Just("\u{ff0e}"),
        Just("\0"),
        Just("&"),
        Just("="),
        Just("127.1"),
        Just("localhost"),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The spans that follow one another, in order: the zone lies inside the host.
fn leaves(split: &Split) -> Vec<Span> {
    let optional = [split.username, split.password, split.host, split.port];
    let tail = [Some(split.path), split.query, split.fragment];
    std::iter::once(Some(split.scheme)).chain(optional).chain(tail).flatten().collect()
}

fn laws(input: &str) -> Result<(), TestCaseError> {
    let Some(split) = split(input) else { return Ok(()) };
    let mut at = split.trimmed.start;
    for span in leaves(&split) {
        prop_assert!(at <= span.start && span.start <= span.end, "{span:?} after {at} in {input:?}");
        prop_assert!(input.get(span.start..span.end).is_some(), "{span:?} cuts a character of {input:?}");
        let gap = Span { start: at, end: span.start }.of(input);
        let delimiter = |character: char| is_ignored(character) || ":/\\@?#".contains(character);
        prop_assert!(gap.chars().all(delimiter), "{gap:?} is lost from {input:?}");
        at = span.end;
    }
    let tail = Span { start: at, end: split.trimmed.end }.of(input);
    prop_assert!(tail.chars().all(is_ignored), "{tail:?} is lost from the end of {input:?}");
    let outside = [Span { start: 0, end: split.trimmed.start }, Span { start: split.trimmed.end, end: input.len() }];
    prop_assert!(outside.iter().all(|span| span.of(input).chars().all(|character| character <= ' ')));
    Ok(())
}

/// What the text at each span means is what the `url` crate says of the whole.
fn agrees(input: &str) -> Result<(), TestCaseError> {
    let Ok(url) = Url::parse(input) else { return Ok(()) };
    let split = split(input).ok_or_else(|| TestCaseError::fail(format!("{input:?} has no scheme for us")))?;
    let text = |span: Option<Span>| span.map(|span| significant(span.of(input)));
    let same = |span: Option<Span>, value: Option<&str>| {
        percent::decode(&text(span).unwrap_or_default()) == percent::decode(value.unwrap_or_default())
    };
    prop_assert_eq!(significant(split.scheme.of(input)).to_ascii_lowercase(), url.scheme());
    prop_assert!(same(split.username, Some(url.username())), "username of {input:?}");
    prop_assert!(same(split.password, url.password()), "password of {input:?}");
    prop_assert!(
        same(split.query, url.query()) && split.query.is_some() == url.query().is_some(),
        "query of {input:?}"
    );
    prop_assert!(same(split.fragment, url.fragment()), "fragment of {input:?}");
    prop_assert_eq!(split.fragment.is_some(), url.fragment().is_some());
    let port = text(split.port).and_then(|port| port.parse().ok());
    prop_assert_eq!(port.or_else(|| url.port_or_known_default()), url.port_or_known_default(), "port of {:?}", input);
    let host = text(split.host).unwrap_or_default();
    let read = match split.kind {
        _ if host.is_empty() => None,
        SchemeKind::File if url.host().is_none() => None,
        SchemeKind::Other => Host::parse_opaque(&host).ok(),
        SchemeKind::Special | SchemeKind::File => Host::parse(&host).ok(),
    };
    prop_assert_eq!(read, url.host().map(|host| host.to_owned()).filter(|host| *host != Host::Domain(String::new())));
    // The path alone, behind an authority or a scheme of its own, is parsed as it is in the whole.
    let mark = |span: Option<Span>, mark| if span.is_some() { mark } else { "" };
    let path = format!("{}{}{}", split.path.of(input), mark(split.query, "?"), mark(split.fragment, "#"));
    let alone = match split.kind {
        SchemeKind::Special => format!("http://h{path}"),
        SchemeKind::File => return Ok(()),
        SchemeKind::Other if split.authority.is_some() => format!("foo://h:1{path}"),
        SchemeKind::Other => format!("foo:{path}"),
    };
    let alone = Url::parse(&alone).map_err(|error| TestCaseError::fail(format!("{alone:?}: {error}")))?;
    prop_assert_eq!(alone.path(), url.path(), "path of {:?}", input);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn spans_cover_any_text_in_order(input: String) {
        laws(&input)?;
    }

    #[test]
    fn spans_cover_url_like_text_in_order(input in texts()) {
        laws(&input)?;
    }

    #[test]
    fn the_text_at_a_span_is_what_the_crate_read(input in texts()) {
        agrees(&input)?;
    }

    #[test]
    fn the_text_at_a_span_of_a_special_url_is_what_the_crate_read(rest in texts()) {
        agrees(&format!("http://{rest}"))?;
    }
}

#[test]
fn what_is_only_ignored_lies_inside_the_authority() {
    // An empty userinfo before, and an empty port behind: the tabs belong to neither, and not to the authority.
    for input in ["http:/\t\\\t\t@b\t/p", "http://b:\t\t/p"] {
        let split = split(input).unwrap();
        let authority = split.authority.unwrap();
        let inner = [split.userinfo, split.username, split.host, split.port];
        for span in inner.into_iter().flatten() {
            assert!(authority.start <= span.start && span.end <= authority.end, "{span} of {authority} in {input:?}");
        }
        assert_eq!(split.host.unwrap().of(input), "b");
    }
}
