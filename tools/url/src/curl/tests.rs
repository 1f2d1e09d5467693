use proptest::prelude::*;

use super::*;
use crate::template::Part;

fn text(url: &Url) -> String {
    let mut line = Vec::new();
    assert!(url.append_text(Show::default(), &mut line));
    String::from_utf8_lossy(&line).into_owned()
}

fn parsed(input: &str) -> Result<String, CurlError> {
    Url::parse(input.as_bytes(), Rules::default()).map(|url| text(&url))
}

#[test]
fn a_scheme_is_guessed_from_the_name() {
    for (input, url) in [
        ("a", "http://a/"),
        ("FTP.a", "ftp://FTP.a/"),
        ("ftp.", "ftp://ftp./"),
        ("ftpx.a", "http://ftpx.a/"),
        ("pop3.a/x", "pop3://pop3.a/x"),
        ("a:80/x", "http://a:80/x"),
        ("mailto:a@b.c", "http://mailto:a@b.c/"),
        ("http:/a", "http://a/"),
        ("http:///a", "http://a/"),
        ("a+b.c-1://x", "a+b.c-1://x/"),
    ] {
        assert_eq!(parsed(input), Ok(url.to_owned()), "{input}");
    }
    let strict = Rules { guess_scheme: false, ..Rules::default() };
    assert_eq!(Url::parse(b"a", strict), Err(CurlError::Scheme));
    assert_eq!(Url::parse(b"mailto:a@b", strict), Err(CurlError::Slashes));
    let curl = Rules { any_scheme: false, ..Rules::default() };
    assert_eq!(Url::parse(b"ipfs://a", curl), Err(CurlError::Unsupported));
    assert_eq!(Url::parse(b"mailto:a", Rules { guess_scheme: false, ..curl }), Err(CurlError::Unsupported));
}

#[test]
fn what_is_refused_and_how() {
    for (input, error) in [
        ("", CurlError::Malformed),
        ("http://a b/", CurlError::Malformed),
        ("http://a/\u{7f}", CurlError::Malformed),
        ("http:a", CurlError::Port),
        ("a:", CurlError::Port),
        ("http://a:65536", CurlError::Port),
        ("http://[::1]x", CurlError::Port),
        ("http:////a", CurlError::Slashes),
        ("http://", CurlError::NoHost),
        ("http://u@:80/", CurlError::NoHost),
        ("http://a@b@c/", CurlError::Hostname),
        ("http://a\\b/", CurlError::Hostname),
        ("http://a%20b", CurlError::Hostname),
        ("http://a%zz", CurlError::Hostname),
        ("http://[::1", CurlError::Ipv6),
        ("http://[v1.x]", CurlError::Ipv6),
        ("http://[::1%]/", CurlError::Ipv6),
        ("http://[::1%25aaaaaaaaaaaaaaaa]", CurlError::Ipv6),
        ("file://h/etc", CurlError::File),
        ("file:///c|/x", CurlError::File),
        ("file:/", CurlError::File),
    ] {
        assert_eq!(parsed(input), Err(error), "{input}");
    }
}

#[test]
fn hosts_of_every_kind() {
    for (host, kept) in [
        ("010.0.0.1", "8.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("4294967295", "255.255.255.255"),
        ("4294967296", "4294967296"),
        ("1.2.65536", "1.2.65536"),
        ("08.1", "08.1"),
        ("0X1", "0X1"),
        ("1.2.3.4.", "1.2.3.4."),
        ("%31.2", "1.2"),
        ("a|b~c_d", "a|b~c_d"),
        ("[ABCD::]", "[ABCD::]"),
        ("[0001::1]", "[1::1]"),
        ("[fe80::1%25]", "[fe80::1%2525]"),
        ("[fe80::1%eth0]", "[fe80::1%25eth0]"),
        ("[::1.2.3.4]", "[::1.2.3.4]"),
        ("[0:0:0:0:0:ffff:1.2.3.4]", "[::ffff:1.2.3.4]"),
    ] {
        assert_eq!(parsed(&format!("http://{host}/")), Ok(format!("http://{kept}/")));
    }
}

#[test]
fn userinfo_with_options_and_without() {
    let parts = |input: &str| {
        let url = Url::parse(input.as_bytes(), Rules::default()).unwrap();
        let text = |part: Option<Vec<u8>>| part.map(|part| String::from_utf8(part).unwrap());
        (text(url.user), text(url.password), text(url.options))
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(parts("imap://a:p;o@c"), (some("a"), some("p"), some("o")));
    assert_eq!(parts("imap://a;o:p@c"), (some("a"), some("p"), some("o")));
    assert_eq!(parts("imap://u:p;a:b@c"), (some("u"), some("p"), some("a:b")));
    assert_eq!(parts("imap://a;@c"), (some("a"), None, None));
    assert_eq!(parts("http://a;o@c"), (some("a;o"), None, None));
    assert_eq!(parts("http://:@c"), (some(""), some(""), None));
}

#[test]
fn a_location_is_joined_as_text() {
    let base = Url::parse(b"http://u:p@a:81/b/c?x#y", Rules::default()).unwrap();
    for (location, url) in [
        ("d", "http://u:p@a:81/b/d"),
        ("../d e?f g", "http://u:p@a:81/d%20e?f+g"),
        ("/d", "http://u:p@a:81/d"),
        ("//z", "http://z/"),
        ("///z", "http://z/"),
        ("?d", "http://u:p@a:81/b/c?d"),
        ("#d", "http://u:p@a:81/b/c?x#d"),
        ("", "http://u:p@a:81/b/c?x#y"),
        ("http:d", "http://u:p@a:81/b/http:d"),
        ("ftp://d", "ftp://d/"),
    ] {
        assert_eq!(base.redirected(location.as_bytes(), Rules::default()).map(|url| text(&url)), Ok(url.to_owned()));
    }
}

#[test]
fn components_are_checked_as_they_are_set() {
    let mut url = Url::parse(b"http://a/", Rules::default()).unwrap();
    for (part, value, encode, error) in [
        (Part::Scheme, "f_o", true, CurlError::Scheme),
        (Part::Scheme, "ftp://", true, CurlError::Scheme),
        (Part::Port, "99999", true, CurlError::Port),
        (Part::Host, "[::1", true, CurlError::Hostname),
        (Part::Host, "a%41", true, CurlError::Hostname),
        (Part::Host, "ä", true, CurlError::Hostname),
        (Part::Host, "a%20b", false, CurlError::Hostname),
    ] {
        assert_eq!(url.set(part, Some(value.as_bytes()), encode, Rules::default()), Err(error), "{value}");
    }
    assert_eq!(text(&url), "http://a/");
    url.set(Part::Path, Some(b"b c"), true, Rules::default()).unwrap();
    url.set(Part::Query, Some(b"b c"), true, Rules::default()).unwrap();
    url.set(Part::Host, Some("ä".as_bytes()), false, Rules::default()).unwrap();
    assert_eq!(text(&url), "http://ä/b%20c?b+c");
}

proptest! {
    #[test]
    fn what_is_printed_is_read_as_the_same(input in "(http|imap|foo)://[a-z:;@%0-9\\[\\].]{0,20}[/a-z.%2e?#=&]{0,20}") {
        if let Ok(url) = Url::parse(input.as_bytes(), Rules::default()) {
            let again = Url::parse(text(&url).as_bytes(), Rules::default());
            // A name that decodes to numbers is an address only then.
            if let Ok(again) = again {
                prop_assert_eq!(text(&again), text(&Url::parse(text(&again).as_bytes(), Rules::default()).unwrap()));
            }
        }
    }

    #[test]
    fn nothing_panics(input in any::<Vec<u8>>(), location in any::<Vec<u8>>()) {
        if let Ok(url) = Url::parse(&input, Rules { guess_scheme: true, any_scheme: true, spaces: true }) {
            let _ = url.redirected(&location, Rules::default());
        }
    }
}
