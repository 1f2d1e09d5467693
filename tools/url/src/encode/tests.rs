use proptest::prelude::*;

use super::*;

const SETS: [Set; 9] = [
    Set::C0Control,
    Set::Fragment,
    Set::Query,
    Set::SpecialQuery,
    Set::Path,
    Set::Userinfo,
    Set::Component,
    Set::Form,
    Set::Unreserved,
];

/// What of printable ASCII a set has.
fn has(set: Set) -> String {
    (b' '..=b'~').filter(|octet| set.has(*octet)).map(char::from).collect()
}

#[test]
fn the_sets_are_those_of_the_standard() {
    // WHATWG URL section 1.3, each written out in the order of ASCII.
    for (set, expected) in [
        (Set::C0Control, ""),
        (Set::Fragment, " \"<>`"),
        (Set::Query, " \"#<>"),
        (Set::SpecialQuery, " \"#'<>"),
        (Set::Path, " \"#<>?^`{}"),
        (Set::Userinfo, " \"#/:;<=>?@[\\]^`{|}"),
        (Set::Component, " \"#$%&+,/:;<=>?@[\\]^`{|}"),
        (Set::Form, " !\"#$%&'()+,/:;<=>?@[\\]^`{|}~"),
        // RFC 3986 section 2.3.
        (Set::Unreserved, " !\"#$%&'()*+,/:;<=>?@[\\]^`{|}"),
    ] {
        assert_eq!(has(set), expected, "{set:?}");
        for octet in [0, 0x1f, 0x7f, 0x80, 0xff] {
            assert!(set.has(octet), "{set:?} {octet}");
        }
    }
}

#[test]
fn octets_are_encoded_by_their_set() {
    for (text, set, keep, encoded) in [
        ("a b", Set::Component, "", "a%20b"),
        ("a b+c", Set::Form, "", "a+b%2Bc"),
        ("a/b?c=d&e", Set::Path, "", "a/b%3Fc=d&e"),
        ("a/b?c=d&e", Set::Component, "", "a%2Fb%3Fc%3Dd%26e"),
        ("a/b?c=d&e", Set::Component, "/=", "a/b%3Fc=d%26e"),
        ("\u{e4}\n", Set::C0Control, "\u{e4}", "%C3%A4%0A"),
        ("it's", Set::SpecialQuery, "", "it%27s"),
        ("100%", Set::Path, "", "100%"),
        ("100%", Set::Component, "", "100%25"),
        ("-._~!*'()", Set::Unreserved, "", "-._~%21%2A%27%28%29"),
        // What encodeURIComponent leaves: ECMAScript section 19.2.6.4.
        ("-._~!*'()", Set::Component, "", "-._~!*'()"),
    ] {
        assert_eq!(encode(text.as_bytes(), set, keep.as_bytes()), encoded, "{text} {set:?}");
    }
}

#[test]
fn octets_are_decoded_all_or_but_for_a_set() {
    for (text, set, keep, decoded) in [
        ("a%20b+c", None, "", &b"a b+c"[..]),
        ("a%20b+c", Some(Set::Form), "", b"a b c"),
        ("%zz%4%", None, "", b"%zz%4%"),
        ("%ff%00", None, "", b"\xff\0"),
        ("%2F%41%7e", None, "/", b"%2FA~"),
        // RFC 3986 section 6.2.2.2: what is unreserved only.
        ("%2F%41%7e%20", Some(Set::Unreserved), "", b"%2FA~%20"),
    ] {
        assert_eq!(decode(text.as_bytes(), set, keep.as_bytes()), decoded, "{text} {set:?}");
    }
}

#[test]
fn names_are_had_in_punycode_and_in_unicode() {
    let both = |text: &str| {
        let made = |name| String::from_utf8(named(text.as_bytes(), name).unwrap()).unwrap();
        (made(Name::Punycode), made(Name::Unicode))
    };
    let of = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(both("B\u{fc}cher.example"), of("xn--bcher-kva.example", "b\u{fc}cher.example"));
    assert_eq!(both("xn--bcher-kva.example"), of("xn--bcher-kva.example", "b\u{fc}cher.example"));
    assert_eq!(
        both("https://u@xn--bcher-kva.example:1/%41?q#\u{e4}"),
        of("https://u@xn--bcher-kva.example:1/%41?q#\u{e4}", "https://u@b\u{fc}cher.example:1/%41?q#\u{e4}")
    );
    assert_eq!(both("127.0.0.1"), of("127.0.0.1", "127.0.0.1"));
    assert_eq!(both("http://[::1]/"), of("http://[::1]/", "http://[::1]/"));
    assert!(named(b"a b", Name::Punycode).is_err());
    assert!(named(b"\xff", Name::Unicode).is_err());
}

#[test]
fn a_terminal_is_sent_nothing_that_it_obeys() {
    assert_eq!(harmless(b"a\\b\n\t\x1b[31m\xc2\x9b"), "a\\b\n\t\\x1b[31m\\u{9b}");
    assert_eq!(harmless("\u{202e}b\u{e4}\u{200d}".as_bytes()), "\\u{202e}b\u{e4}\u{200d}");
}

proptest! {
    #[test]
    fn what_is_encoded_and_decoded_is_the_same(octets: Vec<u8>, index in 0..SETS.len()) {
        let set = SETS[index];
        // The sets that do not have the percent sign itself lose what is encoded already.
        let octets: Vec<u8> = octets.into_iter().filter(|octet| set.has(b'%') || *octet != b'%').collect();
        let form = (set == Set::Form).then_some(set);
        prop_assert_eq!(decode(encode(&octets, set, &[]).as_bytes(), form, &[]), octets);
    }

    #[test]
    fn the_crate_encodes_a_form_alike(text: String) {
        let theirs: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        prop_assert_eq!(encode(text.as_bytes(), Set::Form, &[]), theirs);
    }
}
