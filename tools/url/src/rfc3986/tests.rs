use proptest::prelude::*;

use super::*;

/// Every component of `input` as text, in order; `-` for one that is not there.
fn pieces(input: &str) -> String {
    let cut = cut(input);
    let text = |span: Option<Span>| span.map_or("-", |span| span.of(input)).to_owned();
    [cut.scheme, cut.userinfo, cut.host, cut.port, Some(cut.path), cut.query, cut.fragment].map(text).join("|")
}

#[test]
fn a_reference_is_cut_at_its_delimiters() {
    for (input, expected) in [
        // RFC 3986 section 3 and appendix B.
        ("foo://example.com:8042/over/there?name=ferret#nose", "foo|-|example.com|8042|/over/there|name=ferret|nose"),
        ("urn:example:animal:ferret:nose", "urn|-|-|-|example:animal:ferret:nose|-|-"),
        ("http://www.ics.uci.edu/pub/ietf/uri/#Related", "http|-|www.ics.uci.edu|-|/pub/ietf/uri/|-|Related"),
        // RFC 3986 section 1.1.2.
        ("ftp://ftp.is.co.za/rfc/rfc1808.txt", "ftp|-|ftp.is.co.za|-|/rfc/rfc1808.txt|-|-"),
        ("ldap://[2001:db8::7]/c=GB?objectClass?one", "ldap|-|[2001:db8::7]|-|/c=GB|objectClass?one|-"),
        ("mailto:John.Doe@example.com", "mailto|-|-|-|John.Doe@example.com|-|-"),
        ("news:comp.infosystems.www.servers.unix", "news|-|-|-|comp.infosystems.www.servers.unix|-|-"),
        ("tel:+1-816-555-1212", "tel|-|-|-|+1-816-555-1212|-|-"),
        ("telnet://192.0.2.16:80/", "telnet|-|192.0.2.16|80|/|-|-"),
        (
            "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
            "urn|-|-|-|oasis:names:specification:docbook:dtd:xml:4.1.2|-|-",
        ),
        ("http://u:p@h:1/?a?b#c#d", "http|u:p|h|1|/|a?b|c#d"),
        ("//h/p", "-|-|h|-|/p|-|-"),
        ("a/b:c", "-|-|-|-|a/b:c|-|-"),
        ("", "-|-|-|-||-|-"),
        ("?", "-|-|-|-|||-"),
        ("#", "-|-|-|-||-|"),
        ("x://", "x|-||-||-|-"),
        ("x://@:", "x|||||-|-"),
        // Cut so, and refused.
        ("http://example.com\\@evil.example/", "http|example.com\\|evil.example|-|/|-|-"),
        ("http://a@b@c/", "http|a@b|c|-|/|-|-"),
    ] {
        assert_eq!(pieces(input), expected, "{input}");
    }
}

#[test]
fn hosts_and_paths_follow_a_rule_each() {
    use HostRule::*;
    for (input, host, path) in [
        ("http://example.com/", Some(RegName), PathRule::Abempty),
        ("http://127.0.0.1", Some(Ipv4Address), PathRule::Abempty),
        ("http://255.255.255.255/", Some(Ipv4Address), PathRule::Abempty),
        // Strict dec-octets: these are names (RFC 3986 section 3.2.2, "first-match-wins").
        ("http://010.0.0.1/", Some(RegName), PathRule::Abempty),
        ("http://256.0.0.1/", Some(RegName), PathRule::Abempty),
        ("http://127.1/", Some(RegName), PathRule::Abempty),
        ("http://0x7f.0.0.1/", Some(RegName), PathRule::Abempty),
        ("http://1.2.3.4.5/", Some(RegName), PathRule::Abempty),
        ("http://127%2e0.0.1/", Some(RegName), PathRule::Abempty),
        ("http://[::1]/", Some(Ipv6Address), PathRule::Abempty),
        ("http://[v1.fe80::a+en1]/", Some(IpvFuture), PathRule::Abempty),
        ("http:///p", Some(RegName), PathRule::Abempty),
        ("http:/p", None, PathRule::Absolute),
        ("http:p", None, PathRule::Rootless),
        ("http:", None, PathRule::Empty),
        ("p", None, PathRule::Noscheme),
        ("p/a:b", None, PathRule::Noscheme),
        ("/p", None, PathRule::Absolute),
        ("", None, PathRule::Empty),
        ("//[::1]", Some(Ipv6Address), PathRule::Abempty),
    ] {
        let reference = parse(input).unwrap_or_else(|fault| panic!("{input}: {fault}"));
        assert_eq!((reference.host_rule, reference.path_rule), (host, path), "{input}");
    }
}

#[test]
fn a_zone_is_read_and_its_form_is_named() {
    for (input, form, zone) in [
        ("http://[fe80::1%25eth0]/", ZoneForm::Rfc6874, "eth0"),
        ("http://[fe80::1%eth0]:80/", ZoneForm::Rfc9844, "eth0"),
        ("http://[fe80::1%25]/", ZoneForm::Rfc9844, "25"),
        ("http://[fe80::1%25en%2D1]/", ZoneForm::Rfc6874, "en%2D1"),
    ] {
        let reference = parse(input).unwrap();
        let found = reference.zone.unwrap();
        assert_eq!((found.form, found.span.of(input)), (form, zone), "{input}");
    }
    assert_eq!(parse("http://[::1]/").unwrap().zone, None);
}

#[test]
fn a_fault_says_where_by_which_rule_and_whether_an_iri_may() {
    for (input, octet, rule, iri) in [
        ("1a:b", 0, "scheme", false),
        ("a_b:c", 1, "scheme", false),
        (":a", 0, "path-noscheme", false),
        ("::1", 0, "path-noscheme", false),
        ("http://example.com\\@evil.example/", 18, "userinfo", false),
        ("http://a@b@c/", 8, "userinfo", false),
        ("http://ex ample/", 9, "reg-name", false),
        ("http://b\u{fc}cher.example/", 8, "reg-name", true),
        ("http://h/\u{e4}?\u{e4}#\u{e4}", 9, "segment", true),
        ("http://h/?\u{e000}", 10, "query", true),
        ("http://h/#\u{e000}", 10, "fragment", false),
        ("http://h/\u{e4} b", 9, "segment", false),
        ("http://h/\u{ffff}", 9, "segment", false),
        ("http://h/%", 9, "pct-encoded", false),
        ("http://h/%4", 9, "pct-encoded", false),
        ("http://h/%4g", 9, "pct-encoded", false),
        ("http://h/a^b", 10, "segment", false),
        ("http://h/a|b", 10, "segment", false),
        ("http://h/a\tb", 10, "segment", false),
        ("http://h/[", 9, "segment", false),
        ("http://h/?\"", 10, "query", false),
        ("http://h/#a#b", 11, "fragment", false),
        ("http://h:8a/", 10, "port", false),
        ("http://h:1:2/", 10, "port", false),
        ("http://[::1", 7, "IP-literal", false),
        ("http://[::1]x/", 12, "authority", false),
        ("http://[]/", 8, "IPv6address", false),
        ("http://[1.2.3.4]/", 15, "IPv6address", false),
        ("http://[::g]/", 10, "IPv6address", false),
        ("http://[v.x]/", 9, "IPvFuture", false),
        ("http://[vz.x]/", 9, "IPvFuture", false),
        ("http://[v1]/", 10, "IPvFuture", false),
        ("http://[v1.]/", 11, "IPvFuture", false),
        ("http://[v1.\u{e4}]/", 11, "IPvFuture", false),
        ("http://[fe80::1%]/", 16, "ZoneID", false),
        ("http://[fe80::1%a!]/", 17, "ZoneID", false),
        ("http://::1/", 7, "IP-literal", false),
        ("http://2001:db8::1/", 7, "IP-literal", false),
        (" http://h/", 0, "scheme", false),
        ("http://h/ ", 9, "segment", false),
    ] {
        let fault = parse(input).map(|reference| panic!("{input}: {reference:?}")).unwrap_err();
        assert_eq!((fault.octet, fault.rule, fault.iri), (octet, rule, iri), "{input}: {fault}");
    }
}

#[test]
fn a_fault_is_a_sentence() {
    let said = |input: &str| parse(input).unwrap_err().to_string();
    assert_eq!(
        said("http://example.com\\@evil.example/"),
        "\"\\\\\" may not stand in a userinfo, only as %5C at octet 18 (userinfo, RFC 3986 section 3.2.1)"
    );
    assert_eq!(
        said("http://h/\u{e4}"),
        "\"\u{e4}\" (U+00E4) may not stand in a path, only as %C3%A4 at octet 9 (segment, RFC 3986 section 3.3); an IRI may have it (RFC 3987)"
    );
}

#[test]
fn what_the_grammar_has_is_taken() {
    for input in [
        "a+b-c.1:",
        "x://h:/",
        "x://h:99999999999/",
        "x://u:p:q;x=1@h/",
        "x://%41%zz".trim_end_matches("%zz"),
        "x:/a//b///c;d=e,f!$&'()*+@:",
        "x:a:b@c",
        "x:?a/b?c#d/e?f",
        "../../a",
        "./a:b",
        ";x",
        "?y",
        "#s",
    ] {
        assert!(parse(input).is_ok(), "{input}");
    }
}

proptest! {
    #[test]
    fn the_pieces_cover_the_input(input in "(([a-zA-Z0-9:/?#@%\\[\\]. \\\\\u{e4}-]|://|%41){0,20}|\\PC{0,30})") {
        // No authority and no scheme have to be kept apart from a path here: what is cut is put together as it was.
        let cut = cut(&input);
        let text = |span: Option<Span>, before: &str, after: &str| span.map(|span| format!("{before}{}{after}", span.of(&input))).unwrap_or_default();
        let authority = text(cut.userinfo, "", "@") + &text(cut.host, "", "") + &text(cut.port, ":", "");
        prop_assert_eq!(cut.authority.map(|span| span.of(&input).to_owned()).unwrap_or_default(), authority.clone());
        let slashes = if cut.authority.is_some() { "//" } else { "" };
        let whole = text(cut.scheme, "", ":") + slashes + &authority + cut.path.of(&input) + &text(cut.query, "?", "") + &text(cut.fragment, "#", "");
        prop_assert_eq!(whole, input);
    }

    #[test]
    fn what_is_parsed_and_printed_is_the_same(input in "([a-z]{1,3}:)?(//([a-z]@)?([a-z.]{0,4}|\\[::1\\]|127.0.0.1)(:[0-9]{0,2})?)?(/|[a-z:]|%41){0,8}(\\?[a-z/?]{0,3})?(#[a-z/?]{0,3})?") {
        if parse(&input).is_ok() {
            prop_assert_eq!(Components::of(&input).to_string(), input);
        }
    }

    #[test]
    fn a_fault_lies_in_the_input_and_where_a_character_begins(input in "\\PC{0,30}") {
        if let Err(fault) = parse(&input) {
            prop_assert!(input.is_char_boundary(fault.octet), "{}", fault);
        }
    }

    #[test]
    fn what_follows_both_standards_has_the_same_pieces(
        input in "(http|foo)://([a-z]{1,3}(:[a-z]{1,3})?@)?[a-z]{1,3}(\\.[a-z]{1,3}){0,2}(:[1-9][0-9]{3})?(/[a-z0-9]{0,3}){1,3}(\\?[a-z=&]{0,5})?(#[a-z]{0,3})?"
    ) {
        let cut = cut(&input);
        prop_assert!(parse(&input).is_ok());
        let split = crate::spans::split(&input).unwrap();
        prop_assert_eq!(cut.scheme, Some(split.scheme));
        prop_assert_eq!((cut.userinfo, cut.host, cut.port), (split.userinfo, split.host, split.port));
        prop_assert_eq!((cut.path, cut.query, cut.fragment), (split.path, split.query, split.fragment));
        let crates = url::Url::parse(&input).unwrap();
        prop_assert_eq!(crates.as_str(), input);
    }

    #[test]
    fn what_is_normalised_or_resolved_is_a_reference_still(
        base in "[a-z]{1,2}:(//[a-z]{0,2}(:[0-9]{0,2})?)?(/[a-z.]{0,2}){0,3}(\\?q)?",
        input in "([a-z]{1,2}:)?(//(u@)?(\\[::1(%[0-9a-f]{1,3}|%25[A-Za-z]{1,2})?\\]|[a-z%.2eE]{0,5}))?([a-z.:/]|//|\\.\\./|%2[eEfF]|%3a){0,8}(\\?[a-z%]{0,2})?(#f)?",
    ) {
        if parse(&input).is_err() {
            return Ok(());
        }
        let uri = Components::of(&input);
        let normal = normalise::normalise(&uri).0;
        prop_assert!(parse(&normal.to_string()).is_ok(), "{} became {}", input, normal);
        prop_assert_eq!(normalise::normalise(&normal).0, normal);
        for strict in [true, false] {
            let target = resolve::resolve(&Components::of(&base), &uri, strict).0.to_string();
            prop_assert!(parse(&target).is_ok(), "{} against {} became {}", input, base, target);
        }
    }
}
