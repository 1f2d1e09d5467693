use proptest::prelude::*;

use super::*;
use crate::dissect::dissect;

fn of(input: &str) -> Comparison {
    compare(input, dissect(input, &mut |_| {}).as_ref())
}

/// The hosts by both standards; `refused` and `none` for what is not there.
fn hosts(input: &str) -> (String, String) {
    let text = |host: &HostOf| match (&host.host, &host.refused) {
        (Some(host), _) => host.clone(),
        (None, Some(_)) => "refused".to_owned(),
        (None, None) => "none".to_owned(),
    };
    let comparison = of(input);
    let [whatwg, rfc3986, _] = &*comparison.hosts else { panic!("{comparison:?}") };
    (text(whatwg), text(rfc3986))
}

#[test]
fn a_host_that_depends_on_the_reader_is_warned_of_with_the_reason() {
    for (input, whatwg, rfc3986, why) in [
        ("http://example.com\\@evil.example/", "example.com", "refused", "a backslash is a slash"),
        ("http://a@b@c/", "c", "refused", "the last @"),
        ("http://010.0.0.1/", "8.0.0.1", "010.0.0.1", "leading 0 as octal"),
        ("http://0x7f.0.0.1/", "127.0.0.1", "0x7f.0.0.1", "0x as hexadecimal"),
        ("http://127.1/", "127.0.0.1", "127.1", "a short form"),
        ("http://2130706433/", "127.0.0.1", "2130706433", "a short form"),
        ("http://127.0.0.1./", "127.0.0.1", "127.0.0.1.", "drops the dot"),
        ("http://0x7f%2e1/", "127.0.0.1", "0x7f.1", "undoes percent-encoding"),
        ("ldap://a%2ecom/", "a%2ecom", "a.com", "stays percent-encoded"),
        ("ldap://%41.com/", "%41.com", "a.com", "stays percent-encoded"),
        ("foo://EX%41.com/", "EX%41.com", "exa.com", "stays percent-encoded"),
        ("http://\u{ff45}x\u{3002}com/", "ex.com", "refused", "fullwidth letters and dots"),
        ("http://ex\u{ff0e}com/", "ex.com", "refused", "fullwidth letters and dots"),
        ("http://ex%E3%80%82com/", "ex.com", "ex%E3%80%82com", "undoes percent-encoding"),
        ("http:/ex.com", "ex.com", "none", "any number of slashes"),
        ("http:///ex.com", "ex.com", "none", "any number of slashes"),
        ("http:ex.com", "ex.com", "none", "any number of slashes"),
        ("http:\\\\ex.com/", "ex.com", "refused", "a backslash is a slash"),
        ("http://ex.com\t.evil.example/", "ex.com.evil.example", "refused", "tabs and line ends"),
        ("ht\ntp://ex.com/", "ex.com", "refused", "tabs and line ends"),
        ("http://1.2.3.256/", "refused", "1.2.3.256", "only four numbers up to 255"),
        ("http://1.2.3.4.5/", "refused", "1.2.3.4.5", "only four numbers up to 255"),
    ] {
        assert_eq!(hosts(input), (whatwg.into(), rfc3986.into()), "{input}");
        let warning = of(input).host_warning.unwrap_or_else(|| panic!("{input}"));
        assert!(warning.contains(why), "{input}: {warning}");
    }
    assert_eq!(of("http://example.com\\@evil.example/").hosts[1].by_delimiters.as_deref(), Some("evil.example"));
}

#[test]
fn a_zone_outside_ascii_is_no_other_host_and_maps_nothing() {
    let zone = of("http://[FE80::1%\u{e4}]/");
    assert_eq!((&zone.host_warning, zone.hosts[1].refused.is_some()), (&None, true));
    let host = zone.components.iter().find(|row| row.component == "host").unwrap();
    assert!(host.why.iter().any(|why| why.contains("neither standard has zones")), "{host:?}");
    assert!(!host.why.iter().any(|why| why.contains("UTS #46")), "{host:?}");
    assert!(of("http://[fe80::1%a\tb]/").host_warning.is_some(), "no IRI has a tab");
}

#[test]
fn nothing_is_warned_of_where_both_go_to_the_same_host() {
    for input in [
        "http://example.com/",
        "HTTP://EXAMPLE.com:80/%7e",
        "http://%65x.com/",
        "http://127.0.0.1/",
        "http://[::1]/",
        "http://[2001:DB8:0:0:1:0:0:1]/",
        "http://[::ffff:192.0.2.1]/",
        "http://[fe80::1%25eth0]/",
        "http://u:p@h/a b",
        "http://h/a\\b",
        "http://h/^",
        "http://b\u{fc}cher.example/",
        "http://B\u{dc}CHER.example/",
        "http://b%C3%BCcher.example/",
        // Whoever reads it decodes it, and comes to the same address.
        "http://127%2e0%2e0%2e1/",
        "http://1%2e2.3.4/",
        "foo://b\u{fc}cher/",
        "foo://127.1/",
        "file:/etc",
        "file:///etc",
        "file://localhost/etc",
        "file://srv/share",
        // Where the url crate departs from the standard, the standard counts.
        "file://srv/C:/x",
        "file:///C|/x/../..",
        "x://h:80\\x",
        "foo://h:1\\x",
        "foo://@",
        "mailto:a@b.example",
        "data:,x",
        "urn:a:b",
        "tel:112",
        "//h/p",
        "/p",
        "p",
        "http://h:70000/",
    ] {
        assert_eq!(of(input).host_warning, None, "{input}");
    }
}

#[test]
fn curl_is_the_third_reader() {
    for (input, curl, warned) in [
        // What libcurl 8.14.1 has for each, by trurl.
        ("http://example.com\\@evil.example/", "evil.example", true),
        ("http://a@b@c/", "Bad hostname", true),
        ("http://010.0.0.1/", "8.0.0.1", true),
        ("http:/ex.com", "ex.com", true),
        ("http:///ex.com", "ex.com", true),
        ("http:////ex.com", "Unsupported number of slashes following scheme", true),
        ("http://1.2.3.256/", "1.2.3.256", true),
        ("http://127.0.0.1./", "127.0.0.1.", true),
        ("ex.com:8080/x", "ex.com", true),
        ("http://example.com/", "example.com", false),
        ("http://EXAMPLE.com/", "EXAMPLE.com", false),
        ("http://b\u{fc}cher.example/", "xn--bcher-kva.example", false),
        ("http://[::1]/", "[::1]", false),
        ("http://[fe80::1%25eth0]/", "[fe80::1]", false),
        ("http://h/a b", "Malformed input to a URL function", false),
        ("foo://h/", "Unsupported URL scheme", false),
        ("mailto:a@b.example", "b.example", false),
        ("ex.com/x", "ex.com", false),
    ] {
        let comparison = of(input);
        let found = &comparison.hosts[2];
        assert_eq!(found.host.as_ref().or(found.refused.as_ref()).map(String::as_str), Some(curl), "{input}");
        assert_eq!(comparison.host_warning.is_some(), warned, "{input}: {:?}", comparison.host_warning);
    }
    assert!(of("ex.com:8080/x").host_warning.unwrap().contains("takes what stands before the colon for a host"));
}

#[test]
fn curl_guesses_what_a_text_without_a_scheme_is() {
    assert_eq!(of("example.com/x").guess.as_deref(), Some("http://example.com/x"));
    assert_eq!(of("ftp.example.com").guess.as_deref(), Some("ftp://ftp.example.com"));
    assert_eq!(of("http://h/").guess, None);
    assert_eq!(of("/p").guess, None);
}

#[test]
fn components_agree_or_say_why_not() {
    use Agreement::*;
    for (input, component, agreement, why) in [
        ("HTTP://h/", "scheme", Normalised, "lower-cased"),
        ("http://H/", "host", Normalised, "lower-cased"),
        ("http://h", "path", Normalised, "slash added"),
        ("http://h:80/", "port", Normalised, "default port left out"),
        ("http://h:0080/", "port", Normalised, "default port left out"),
        ("http://h:/", "port", Normalised, "empty, left out"),
        ("http://h/a/../b", "path", Normalised, "dot segments resolved"),
        ("http://h/%7Efoo", "path", Same, ""),
        ("http://h/%2e%2e/x", "path", Normalised, "dot segments"),
        ("http://h\\p", "path", Different, "a backslash is a slash"),
        ("http://h/a b", "path", Different, "percent-encoded"),
        ("http://h/\u{e4}", "path", Different, "percent-encoded"),
        ("http://h/?\u{e4}", "query", Different, "percent-encoded"),
        ("http://@h/", "userinfo", Different, "an empty userinfo out"),
        ("http://a@b@c/", "userinfo", Different, "the last @"),
        ("http:/h/p", "path", Different, "any number of slashes"),
        ("http://h/a\tb", "path", Different, "tabs and line ends"),
        ("file:///C:/../x", "path", Different, "drive letters"),
        ("foo://H/", "host", Same, ""),
        ("http://a@b@c/", "host", Same, ""),
        ("ldap://a%2ecom/", "host", Different, "stays percent-encoded"),
        ("http://1%2e2.3.4/", "host", Normalised, "only when it normalises"),
        ("http://h/p?q#f", "query", Same, ""),
        ("ldap://h:389/", "port", Same, ""),
    ] {
        let comparison = of(input);
        let row = comparison.components.iter().find(|row| row.component == component).unwrap();
        assert_eq!(row.agreement, agreement, "{input}: {row:?}");
        let said = row.why.join("; ");
        assert!(said.contains(why), "{input}: {said}");
        assert_eq!(row.why.is_empty(), agreement == Same, "{input}");
    }
}

#[test]
fn no_row_that_differs_shows_the_same_text_twice() {
    for input in ["ldap://a%2ecom/", "http://a@b@c/", "foo://EX%41.com/", "http://1%2e2.3.4/"] {
        for row in of(input).components {
            assert!(row.agreement != Agreement::Different || row.whatwg != row.rfc3986, "{input}: {row:?}");
        }
    }
}

#[test]
fn a_url_locates_and_another_uri_names() {
    for (input, expected) in [
        ("http://h/", Purpose::Locates),
        ("file:///etc", Purpose::Locates),
        ("foo://h", Purpose::Locates),
        ("urn:isbn:0", Purpose::Names),
        ("mailto:a@b", Purpose::Names),
        ("data:,x", Purpose::Names),
        ("tel:112", Purpose::Names),
        ("www.example.com", Purpose::Reference),
        ("/p", Purpose::Reference),
    ] {
        assert_eq!(purpose(&Reading::of(input)), expected, "{input}");
    }
}

proptest! {
    // What both standards have: no case, no escapes, no dots, no numbers for a host.
    #[test]
    fn both_agree_where_the_standards_do(
        input in "(http|https|ftp|foo)://([a-z]{1,3}(:[a-z]{1,3})?@)?[a-z]{1,3}(\\.[a-z]{2,3}){0,2}(:[1-9][0-9]{3})?(/[a-z0-9]{0,3}){1,3}(\\?[a-z=&]{0,5})?(#[a-z]{0,3})?"
    ) {
        let comparison = of(&input);
        prop_assert_eq!(comparison.host_warning, None);
        prop_assert!(comparison.components.iter().all(|row| row.agreement == Agreement::Same));
    }

    #[test]
    fn no_text_is_too_odd_to_be_compared(input in "((http|foo|file):)?[/\\\\]{0,3}([a-z0-9.@:%\\[\\]\t\u{e4}\u{ff0e}-]|%2e){0,12}[/\\\\?#]?\\PC{0,8}") {
        let comparison = of(&input);
        for row in &comparison.components {
            prop_assert_eq!(row.why.is_empty(), row.agreement == Agreement::Same);
        }
        explain::Event::of(&comparison);
    }
}

#[test]
fn curl_is_held_against_every_scheme_that_is_no_address() {
    for (input, warned) in [
        ("file:u@evil.com/x", true),
        ("javascript:x@b.com", true),
        ("data:,x@b.com", true),
        ("mailto:a@b.com", false),
        ("tel:123", false),
        ("file:///etc/passwd", false),
        ("file:/x", false),
        ("data:text/plain,x", false),
        ("urn:isbn:1", false),
        ("blob:http://h/x", false),
    ] {
        let found = compare(input, crate::dissect::of(input).as_ref());
        assert_eq!(found.host_warning.is_some(), warned, "{input}: {:?}", found.host_warning);
    }
}
