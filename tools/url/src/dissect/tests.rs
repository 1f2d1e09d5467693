use proptest::prelude::*;
use sockeye_cli::{Render, Text};

use super::*;
use crate::spans::tests::texts;

fn of(input: &str) -> Dissection {
    dissect(input, &mut |_| {}).unwrap()
}

fn refusal(input: &str) -> String {
    let malformed = dissect(input, &mut |_| {}).unwrap_err();
    match &malformed.hint {
        Some(hint) => format!("{malformed} ({hint})"),
        None => malformed.to_string(),
    }
}

fn rendered(dissection: &Dissection) -> String {
    let mut octets = Vec::new();
    dissection.render(&mut Text::plain(&mut octets)).unwrap();
    String::from_utf8(octets).unwrap()
}

#[test]
fn hosts_are_read_as_the_standard_reads_them() {
    use Change::*;
    // Input; host; kind; Unicode; changes.
    type Row<'a> = (&'a str, Option<&'a str>, HostKind, Option<&'a str>, &'a [Change]);
    let rows: &[Row<'_>] = &[
        ("http://example.com/", Some("example.com"), HostKind::Domain, Some("example.com"), &[]),
        ("http://EXAMPLE.com/", Some("example.com"), HostKind::Domain, Some("example.com"), &[Lowercased]),
        ("http://b\u{fc}cher.de", Some("xn--bcher-kva.de"), HostKind::Domain, Some("b\u{fc}cher.de"), &[Idna]),
        ("http://xn--bcher-kva.de", Some("xn--bcher-kva.de"), HostKind::Domain, Some("b\u{fc}cher.de"), &[]),
        ("http://%65x.com/", Some("ex.com"), HostKind::Domain, Some("ex.com"), &[PercentDecoded]),
        // Fullwidth letters and an ideographic full stop are mapped (UTS #46).
        ("http://\u{ff45}x\u{3002}com/", Some("ex.com"), HostKind::Domain, Some("ex.com"), &[Idna]),
        ("http://010.0.0.1/", Some("8.0.0.1"), HostKind::Ipv4, None, &[Ipv4Number]),
        ("http://0x7f.1/", Some("127.0.0.1"), HostKind::Ipv4, None, &[Ipv4Number]),
        ("http://2130706433/", Some("127.0.0.1"), HostKind::Ipv4, None, &[Ipv4Number]),
        ("http://127%2e0%2E0.1/", Some("127.0.0.1"), HostKind::Ipv4, None, &[PercentDecoded]),
        ("http://\u{ff11}27.0.0.1/", Some("127.0.0.1"), HostKind::Ipv4, None, &[Idna, Ipv4Number]),
        // RFC 5952 sections 4 and 5.
        ("http://[2001:DB8:0:0:1:0:0:1]/", Some("[2001:db8::1:0:0:1]"), HostKind::Ipv6, None, &[Ipv6Text]),
        ("http://[2001:db8::1]/", Some("[2001:db8::1]"), HostKind::Ipv6, None, &[]),
        ("http://[fe80::1%25eth0]/", Some("[fe80::1]"), HostKind::Ipv6, None, &[ZoneRemoved]),
        ("foo://EX%41.com/", Some("EX%41.com"), HostKind::Opaque, None, &[]),
        ("foo://127.1/", Some("127.1"), HostKind::Opaque, None, &[]),
        ("foo:///p", Some(""), HostKind::Empty, None, &[]),
        ("file://localhost/x", None, HostKind::Empty, None, &[LocalhostRemoved]),
        ("file://srv/C:/x", Some("srv"), HostKind::Domain, Some("srv"), &[]),
        ("mailto:a@b.c", None, HostKind::None, None, &[]),
        ("foo:/p", None, HostKind::None, None, &[]),
    ];
    for (input, host, kind, unicode, changes) in rows {
        let url = of(input);
        assert_eq!(url.host.value.as_deref().unwrap_or_default(), host.unwrap_or_default(), "{input}");
        assert_eq!(url.host_kind, *kind, "{input}");
        assert_eq!(url.host_unicode.as_deref(), *unicode, "{input}");
        assert_eq!(url.host.changes, *changes, "{input}");
        assert_eq!(url.host.span.is_some(), *kind != HostKind::None, "{input}");
    }
}

#[test]
fn a_file_url_without_slashes_gets_an_empty_host() {
    // WHATWG URL section 4.4, file state: "set url's host to the empty string".
    for input in ["file:/x", "file:x", "file:C:/x"] {
        let url = of(input);
        assert_eq!((url.host.span, url.host.value.as_deref()), (None, Some("")), "{input}");
        assert_eq!((url.host_kind, url.authority.value.as_deref()), (HostKind::Empty, Some("")), "{input}");
    }
}

#[test]
fn ports_say_where_they_come_from() {
    // Input; number; explicit; source; service; value in the normalised URL.
    type Row<'a> = (&'a str, Option<u16>, bool, Option<&'a str>, Option<&'a str>, Option<&'a str>);
    let rows: &[Row<'_>] = &[
        ("http://h/", Some(80), false, Some("WHATWG URL section 4.2"), Some("http"), None),
        ("http://h:80/", Some(80), true, Some("url"), Some("http"), None),
        ("http://h:0443/", Some(443), true, Some("url"), Some("https"), Some("443")),
        ("https://h:/", Some(443), false, Some("WHATWG URL section 4.2"), Some("https"), None),
        ("ldap://h/", Some(389), false, Some("RFC 4516 section 2"), Some("ldap"), None),
        ("ldap://h:389/", Some(389), true, Some("url"), Some("ldap"), Some("389")),
        ("foo://h/", None, false, None, None, None),
        ("foo://h:7/", Some(7), true, Some("url"), None, Some("7")),
    ];
    for (input, number, explicit, source, service, value) in rows {
        let url = of(input);
        let expected = EffectivePort { number: *number, explicit: *explicit, source: *source, service: *service };
        assert_eq!(url.effective_port, expected, "{input}");
        assert_eq!(url.port.value.as_deref(), *value, "{input}");
    }
    assert_eq!(of("http://h:080/").port.changes, [Change::LeadingZeros, Change::DefaultPort]);
    assert_eq!(of("http://h:/").port.changes, [Change::EmptyRemoved]);
}

#[test]
fn normalisation_is_accounted_for() {
    use Change::*;
    let rows: &[(&str, &str, &[Change])] = &[
        ("http://h", "/", &[SlashAdded]),
        ("http://h/a/./b/../%2e%2E/c", "/c", &[DotSegments]),
        ("http://h/a\\b", "/a/b", &[Backslashes]),
        ("http://h/a b\u{e4}", "/a%20b%C3%A4", &[PercentEncoded]),
        ("http://h/a\tb", "/ab", &[TabsRemoved]),
        ("http://h/%7Efoo", "/%7Efoo", &[]),
        ("foo:a\\b/../c d", "a\\b/../c d", &[]),
        ("file:C|/x", "/C:/x", &[SlashAdded, DriveLetter]),
        ("foo:", "", &[]),
        // What was not changed is not said to be.
        ("foo:a b%41", "a b%41", &[]),
        ("file:///C|/x", "/C:/x", &[DriveLetter]),
        ("file:///ab|/x", "/ab|/x", &[]),
    ];
    for (input, path, changes) in rows {
        let url = of(input);
        assert_eq!((url.path.value.as_deref(), &*url.path.changes), (Some(*path), *changes), "{input}");
    }
    let url = of("HTTP://u\u{e4}:@h/?a'b#\u{e4}");
    assert_eq!(url.scheme.changes, [Lowercased]);
    assert_eq!(url.username.value.as_deref(), Some("u%C3%A4"));
    assert_eq!(url.username.decoded.as_deref(), Some("u\u{e4}"));
    assert_eq!((url.password.value, &*url.password.changes), (None, &[EmptyRemoved][..]));
    for (input, username, changes) in [
        ("http://:p@h/", Some(""), &[][..]),
        ("http://:@h/", None, &[EmptyRemoved][..]),
        ("http://@h/", None, &[EmptyRemoved][..]),
    ] {
        let url = of(input);
        assert_eq!((url.username.value.as_deref(), &*url.username.changes), (username, changes), "{input}");
    }
    assert_eq!((url.query.value.as_deref(), &*url.query.changes), (Some("a%27b"), &[PercentEncoded][..]));
    assert_eq!(url.fragment.changes, [PercentEncoded]);
    assert_eq!(of("http://h/%ff%41").path.decoded, None);
    assert_eq!(of("http://h/%ff%41").path.decoded_octets.as_deref(), Some("2fff41"));
}

#[test]
fn a_socket_gets_what_the_url_says() {
    let socket = |input: &str| of(input).socket.unwrap();
    let v4 = socket("http://127.0.0.1:8080/");
    assert!(v4.numeric && !v4.resolved);
    assert_eq!(v4.addresses[0].special.as_ref().unwrap().name, "Loopback");
    let octets = v4.addresses[0].sockaddr.clone().unwrap();
    // The family is in host order, the rest in network order.
    assert_eq!(octets.get(4..), Some("1f907f0000010000000000000000"));
    let scoped = socket("http://[fe80::1%252]/");
    assert_eq!((&*scoped.host, &*scoped.addresses[0].address), ("fe80::1%2", "fe80::1%2"));
    assert!(scoped.addresses[0].sockaddr.is_some());
    assert_eq!(socket("http://[fe80::1%25eth0]/").addresses[0].sockaddr, None);
    let name = socket("https://b\u{fc}cher.de/");
    assert_eq!(name.question(), "getaddrinfo(\"xn--bcher-kva.de\", \"443\")");
    assert!(name.addresses.is_empty() && !name.numeric);
    // An opaque host is a host to whoever connects.
    assert_eq!(socket("coap://192.0.2.1/").addresses[0].family, "AF_INET");
    assert_eq!(socket("coap://192.0.2.1/").transport, Some(scheme::Transport::Udp));
    assert_eq!(socket("foo://h/").question(), "getaddrinfo(\"h\", NULL)");
    for input in ["mailto:a@b.c", "file://srv/x", "urn:isbn:1", "data:,x", "foo:///p", "blob:https://h/1"] {
        assert_eq!(of(input).socket, None, "{input}");
    }
}

#[test]
fn what_may_not_be_meant_is_remarked() {
    let remarks = |input: &str| of(input).remarks.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    assert!(remarks("ex.com:8080/x").ends_with("did you mean http://ex.com:8080/x?"));
    assert!(remarks("localhost:80").ends_with("did you mean http://localhost:80?"));
    assert!(remarks("myhost:8080/x").ends_with("did you mean http://myhost:8080/x?"));
    assert!(remarks("fe80::1%eth0").ends_with("a path; did you mean http://[fe80::1%eth0]/?"));
    assert_eq!(remarks("tel:112"), "");
    assert_eq!(remarks("urn:isbn:1/2"), "");
    assert_eq!(remarks("blob:https://h:8443/1"), "the path is a URL itself, and its origin counts: https://h:8443");
    // As Node.js has it, and without a stack that grows with the depth.
    for opaque in ["blob:ftp://h/1", "blob:blob:https://h/1", "blob:x", &("blob:".repeat(100_000) + "https://h/1")] {
        assert_eq!(remarks(opaque), "");
    }
    assert_eq!(remarks("http://a@b@evil.example/"), "the host is what follows the last @: evil.example");
    assert!(remarks("http://[fe80::1%25lo]/").contains("RFC 9844"));
    assert_eq!(remarks("http://h/C:/../x") + &remarks("file://srv/C:/x"), "", "the values are the standard's");
    assert!(remarks("file://h//x").starts_with("the path is \"//x\" by the standard"));
}

#[test]
fn a_refusal_names_the_text_the_fault_and_the_place() {
    for (input, said) in [
        (
            "example.com/x",
            "\"example.com/x\": relative URL without a base: it has no scheme (try http://example.com/x)",
        ),
        ("//h/x", "\"//h/x\": relative URL without a base: it has no scheme (try http://h/x)"),
        ("http//h", "\"http//h\": relative URL without a base: it has no scheme (try http://h)"),
        ("/etc/x", "\"/etc/x\": relative URL without a base: it has no scheme (try file:///etc/x)"),
        ("", "\"\": relative URL without a base: the text is empty"),
        ("-", "\"-\": relative URL without a base: it has no scheme"),
        (
            "192.0.2.1:80",
            "\"192.0.2.1:80\": relative URL without a base: what stands before the first colon is not a scheme \
             (try http://192.0.2.1:80)",
        ),
        (
            "2001:db8::1",
            "\"2001:db8::1\": relative URL without a base: what stands before the first colon is not a scheme \
             (try http://[2001:db8::1]/)",
        ),
        (
            "::1%lo",
            "\"::1%lo\": relative URL without a base: what stands before the first colon is not a scheme \
             (try http://[::1%lo]/)",
        ),
        (
            "://h/x",
            "\"://h/x\": relative URL without a base: what stands before the first colon is not a scheme (try http://h/x)",
        ),
        ("HTTP//h", "\"HTTP//h\": relative URL without a base: it has no scheme (try http://h)"),
        (
            "1http://h/",
            "\"1http://h/\": relative URL without a base: what stands before the first colon is not a scheme \
             (a scheme is a letter, then letters, digits, +, - and .; RFC 3986 section 3.1)",
        ),
        (
            "ht_tp://h/",
            "\"ht_tp://h/\": relative URL without a base: what stands before the first colon is not a scheme \
             (a scheme is a letter, then letters, digits, +, - and .; RFC 3986 section 3.1)",
        ),
        ("http://", "\"http://\": empty host at octet 7"),
        (
            "file://h:80/x",
            "\"file://h:80/x\": invalid domain name: \"h:80\" at octets 7..11 (a file URL has neither userinfo nor port)",
        ),
        ("http://u@/x", "\"http://u@/x\": empty host at octet 9"),
        (
            "http://h:99999/",
            "\"http://h:99999/\": invalid port: a port is a number up to 65535: \"99999\" at octets 9..14",
        ),
        (
            "http://1.2.3.256/",
            "\"http://1.2.3.256/\": invalid IPv4 address: \"1.2.3.256\" at octets 7..16 \
             (a host whose last label is a number is an IPv4 address)",
        ),
        ("foo://a b/", "\"foo://a b/\": the host has a character that no host may have: \"a b\" at octets 6..9"),
        ("http://\u{1b}[2J/", "\"http://\\x1b[2J/\": invalid domain name: \"\\x1b[2J\" at octets 7..11"),
    ] {
        assert_eq!(refusal(input), said);
    }
    assert!(refusal("http://[::1").contains("invalid IPv6 address: \"[::1\" at octets 7..11"));
    assert!(refusal("http://[fe80::1%25a/b]/").starts_with("\"http://[fe80::1%25a/b]/\": "));
    assert!(refusal("http://[fe80::1%]/").contains("invalid zone"));
}

#[test]
fn steps_come_in_the_parsers_order() {
    let mut events = Vec::new();
    dissect(" http://a@b@[::1%252]:80\\p?q=1#f ", &mut |event| events.push(event)).unwrap();
    let names: Vec<String> = events
        .iter()
        .map(|event| {
            let debug = format!("{event:?}");
            debug.split(' ').next().unwrap_or_default().to_owned()
        })
        .collect();
    let expected = "EndsTrimmed SchemeEnded AuthorityBegan AuthorityEnded UserinfoEnded HostEnded ZoneTaken Cut Cut Cut Cut \
                    Normalised Decoded Normalised HostRead Normalised PortChosen Normalised ParameterDecoded Violated Violated \
                    Violated Violated LaidOut";
    assert_eq!(names.join(" "), expected.split_whitespace().collect::<Vec<_>>().join(" "));
    assert!(events.contains(&Event::AuthorityEnded {
        span: Span { start: 8, end: 24 },
        text: "a@b@[::1%252]:80".to_owned(),
        by: Some('\\'),
    }));
    assert!(events.contains(&Event::UserinfoEnded {
        span: Span { start: 8, end: 11 },
        at_signs: 2,
        has_password: false
    }));
}

#[test]
fn the_words_for_what_was_done_are_true() {
    let told = |input: &str| {
        let mut octets = Vec::new();
        let mut explain = |event: Event| event.render(&mut Text::plain(&mut octets)).unwrap();
        dissect(input, &mut explain).unwrap();
        String::from_utf8(octets).unwrap()
    };
    // inet_aton(3) refuses both.
    assert!(told("http://1.2.3.4./").contains("\"1.2.3.4\": IPv4 number to dotted quad"));
    assert!(told("http://0x/").contains("\"0.0.0.0\": IPv4 number to dotted quad"));
    // RFC 5952 section 5 writes a dotted quad here.
    assert!(
        told("http://[::ffff:1.2.3.4]/").contains("\"[::ffff:102:304]\": IPv6 as WHATWG URL section 3.6 writes it")
    );
    assert!(told("file://localhost/x").contains("\"\" is of the kind empty: it has no octets"));
    assert!(told("foo://[::1]/").contains("a host outside brackets is opaque"));
    assert!(told("http://h/a\tb").contains("1 tab or line end removed"));
}

#[test]
fn decoding_is_a_step() {
    let mut events = Vec::new();
    dissect("http://h/a%20b?c%20#%ff", &mut |event| events.push(event)).unwrap();
    let decoded = |component, value: &str, decoded: Option<&str>| Event::Decoded {
        component,
        value: value.to_owned(),
        decoded: decoded.map(str::to_owned),
    };
    let steps: Vec<_> = events.into_iter().filter(|event| matches!(event, Event::Decoded { .. })).collect();
    assert_eq!(steps, [decoded("path", "/a%20b", Some("/a b")), decoded("fragment", "%ff", None)]);
}

#[test]
fn the_table_shows_every_component() {
    let text = rendered(&of("http://example.com\\@evil.com/"));
    assert!(text.contains("│ host      ┆ 7..18  ┆ example.com  ┆ example.com ┆ domain "), "{text}");
    assert!(text.contains("│ path      ┆ 18..29 ┆ \\\\@evil.com/ ┆ /@evil.com/ ┆ backslashes to slashes "), "{text}");
    assert!(text.contains("│ fragment  ┆ -      ┆ -"), "{text}");
    assert!(text.ends_with("would be resolved by getaddrinfo(\"example.com\", \"80\")\n"), "{text}");
}

proptest! {
    #[test]
    fn any_text_is_taken_apart_or_refused_without_a_control_character(input: String) {
        let mut events = Vec::new();
        let said = match dissect(&input, &mut |event| events.push(event)) {
            Ok(url) => rendered(&url),
            Err(malformed) => malformed.to_string(),
        };
        prop_assert!(!said.replace('\n', "").chars().any(char::is_control), "{said:?}");
    }

    #[test]
    fn url_like_texts_keep_their_spans(rest in texts(), special: bool) {
        let input = format!("{}{rest}", if special { "http://" } else { "" });
        let mut events = Vec::new();
        if let Ok(url) = dissect(&input, &mut |event| events.push(event)) {
            let split = split(&input).unwrap();
            let spans = [split.username, split.password, split.host, split.zone, split.port, split.query, split.fragment];
            let kept =
                [&url.username, &url.password, &url.host, &url.zone, &url.port, &url.query, &url.fragment].map(|c| c.span);
            prop_assert_eq!(kept, spans, "{:?}", input);
            for (name, component) in url.components() {
                prop_assert!(!component.changes.is_empty() || !component.differs(), "{name} of {input:?}: {component:?}");
            }
            let said = rendered(&url);
            prop_assert!(!said.replace('\n', "").chars().any(char::is_control), "{said:?}");
        }
        let mut octets = Vec::new();
        for event in &events {
            event.render(&mut Text::plain(&mut octets)).unwrap();
        }
        let said = String::from_utf8(octets).unwrap();
        prop_assert!(!said.replace('\n', "").chars().any(char::is_control), "{said:?}");
    }
}
