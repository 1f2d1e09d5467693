use super::first::Speaker;
use super::*;

fn plan(text: &str) -> Plan {
    Plan::new(&dissect::of(text).unwrap(), &[])
}

fn http(text: &str) -> Http {
    plan(text).http.unwrap()
}

#[test]
fn the_host_header_is_that_of_rfc_9110() {
    for (url, host) in [
        ("http://example.com/", "example.com"),
        ("http://EXAMPLE.com:80/", "example.com"),
        ("https://example.com:443/", "example.com"),
        ("https://example.com:80/", "example.com:80"),
        ("http://example.com:8080/", "example.com:8080"),
        ("http://b\u{fc}cher.example/", "xn--bcher-kva.example"),
        ("http://[2001:DB8::1]/", "[2001:db8::1]"),
        ("http://[fe80::1%25eth0]:81/", "[fe80::1]:81"),
        ("http://010.0.0.1/", "8.0.0.1"),
        ("http://user:pw@example.com./", "example.com."),
        ("ws://h:443/", "h:443"),
    ] {
        assert_eq!(http(url).host, host, "{url}");
    }
}

#[test]
fn the_target_is_path_and_query_and_never_the_fragment() {
    for (url, target) in [
        ("http://h", "/"),
        ("http://h#f", "/"),
        ("http://h?q#f", "/?q"),
        ("http://h/a/../b%20c?", "/b%20c?"),
        ("http://h/\u{e4}?\u{e4}", "/%C3%A4?%C3%A4"),
    ] {
        assert_eq!(http(url).target, target, "{url}");
    }
}

#[test]
fn a_server_name_is_a_name_and_has_no_dot_behind_it() {
    let sni = |url: &str| plan(url).tls.map(|tls| (tls.sni, tls.why_no_sni.is_some()));
    assert_eq!(sni("http://h/"), None);
    assert_eq!(sni("https://B\u{fc}cher.example/"), Some((Some("xn--bcher-kva.example".to_owned()), false)));
    assert_eq!(sni("https://example.com./"), Some((Some("example.com".to_owned()), false)));
    assert_eq!(sni("https://127.0.0.1/"), Some((None, true)));
    assert_eq!(sni("wss://[::1]/"), Some((None, true)));
    // An opaque host stays percent-encoded in the URL.
    assert_eq!(sni("imaps://h%41.example./"), Some((Some("hA.example".to_owned()), false)));
    assert_eq!(sni("ircs://%c3%a4.example/"), Some((Some("xn--4ca.example".to_owned()), false)));
    assert_eq!(sni("ircs://%ef%bf%bd.example/"), Some((None, true)));
    assert_eq!(plan("https://h/").tls.unwrap().alpn, ["h2", "http/1.1"]);
    assert_eq!(plan("wss://h/").tls.unwrap().alpn, ["http/1.1"]);
    assert_eq!(plan("ftps://h/").tls.unwrap().alpn, Vec::<&str>::new());
}

#[test]
fn userinfo_becomes_basic_authentication_with_a_warning() {
    // RFC 7617 section 2's own example.
    let url = "http://Aladdin:open%20sesame@h/";
    assert_eq!(http(url).authorization.as_deref(), Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    assert!(plan(url).warnings[0].contains("in the clear"));
    assert!(plan("https://u@h/").warnings[0].contains("inside TLS"));
    assert_eq!(http("https://u@h/").authorization.as_deref(), Some("Basic dTo="));
    assert_eq!(http("https://h/").authorization, None);
    assert!(plan("http://a%3Ab:c@h/").warnings.iter().any(|warning| warning.contains("has a colon")));
}

#[test]
fn base64_is_rfc_4648s() {
    // RFC 4648 section 10.
    for (octets, text) in [
        ("", ""),
        ("f", "Zg=="),
        ("fo", "Zm8="),
        ("foo", "Zm9v"),
        ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ] {
        assert_eq!(base64(octets.as_bytes()), text);
    }
    assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
}

#[test]
fn the_first_octets_are_those_of_the_scheme() {
    let said = |url: &str| plan(url).first.text;
    assert_eq!(
        said("http://u@h:81/a?b#c").as_deref(),
        Some("GET /a?b HTTP/1.1\r\nHost: h:81\r\nAuthorization: Basic dTo=\r\nAccept: */*\r\n\r\n")
    );
    let upgrade = said("wss://h/chat").unwrap();
    assert!(
        upgrade.starts_with("GET /chat HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"),
        "{upgrade}"
    );
    assert!(upgrade.ends_with("Sec-WebSocket-Version: 13\r\n\r\n"), "{upgrade}");
    assert_eq!(said("gopher://h/0/a%20b").as_deref(), Some("/a b\r\n"));
    assert_eq!(said("gopher://h").as_deref(), Some("\r\n"));
    assert_eq!(plan("gopher://h/1%ff").first.octets.as_deref(), Some("ff0d0a"));
    for (url, speaker) in [
        ("ftp://h/", Speaker::Server),
        ("smtp://h/", Speaker::Server),
        ("ssh://h/", Speaker::Both),
        ("redis://h/", Speaker::Unknown),
        ("mailto:a@b.c", Speaker::Nobody),
    ] {
        let first = plan(url).first;
        assert_eq!((first.speaker, first.octets, first.text), (speaker, None, None), "{url}");
    }
}

#[test]
fn what_leads_nowhere_says_why() {
    assert_eq!(plan("mailto:a@b.c").why_none, Some("the URL has no host to connect to"));
    assert_eq!(plan("file://h/x").why_none, Some("a file URL does not say how to connect to its host"));
    assert!(plan("foo://h/").warnings[0].contains("neither the URL nor the scheme foo says a port"));
    assert!(plan("http://[fe80::1%251]/").warnings[0].contains("not in the Host header"));
}
