//! The states of WHATWG's parser, each with texts that take its branches: written from the standard, section 4.4.

use super::*;

/// A row: the state or rule, the text, the base or nothing, and the URL or nothing for a failure.
type Row<'a> = (&'a str, &'a str, &'a str, &'a str);

const SHAPES: &[Row<'_>] = &[
    ("leading and trailing C0 controls and space", " \u{0}\u{1f}http://h/\u{1f} ", "", "http://h/"),
    ("ASCII tab or newline", "ht\ttp:/\n/h\r/a\tb", "", "http://h/ab"),
    ("scheme start", "1http://h/", "", ""),
    ("scheme start", "//h/", "", ""),
    ("scheme", "a+b-c.1:x", "", "a+b-c.1:x"),
    ("scheme", "HTTP://h", "", "http://h/"),
    ("scheme", "a_b:x", "", ""),
    ("no scheme", "x", "", ""),
    ("no scheme, opaque base", "x", "mailto:a@b", ""),
    ("no scheme, opaque base", "#x", "mailto:a@b#y", "mailto:a@b#x"),
    ("special relative or authority", "http:x", "http://h/a/b", "http://h/a/x"),
    ("special relative or authority", "http:/x", "http://h/a/b", "http://h/x"),
    ("special relative or authority", "http://g/x", "http://h/a/b", "http://g/x"),
    ("special, another scheme", "https:x", "http://h/a/b", "https://x/"),
    ("special authority slashes", "http:h/p", "", "http://h/p"),
    ("special authority slashes", "http:/h/p", "", "http://h/p"),
    ("special authority ignore slashes", "http:////h/p", "", "http://h/p"),
    ("special authority ignore slashes", "http:\\\\h\\p", "", "http://h/p"),
    ("special authority ignore slashes", "///g/p", "http://h/", "http://g/p"),
    ("path or authority", "foo:/p", "", "foo:/p"),
    ("path or authority", "foo://h/p", "", "foo://h/p"),
    ("relative", "", "http://h/a?q#f", "http://h/a?q"),
    ("relative", "?x", "http://h/a?q#f", "http://h/a?x"),
    ("relative", "#x", "http://h/a?q#f", "http://h/a?q#x"),
    ("relative", "x", "http://h/a/b?q#f", "http://h/a/x"),
    ("relative slash", "/x", "http://u:p@h:1/a/b", "http://u:p@h:1/x"),
    ("relative slash", "\\x", "http://h/a/b", "http://h/x"),
    ("relative slash", "\\x", "foo://h/a/b", "foo://h/a/\\x"),
    ("relative slash", "//g", "foo://h/a/b", "foo://g"),
    ("relative slash", "/\\x", "foo://h/a/b", "foo://h/\\x"),
    ("relative slash", "/\\evil.example/x", "foo:/a/b", "foo:/\\evil.example/x"),
    ("relative slash", "/\\[", "foo:///a", "foo:///\\["),
    ("relative", "x", "foo://h", "foo://h/x"),
    ("relative", "x", "foo:/.//a", "foo:/.//x"),
    ("relative", "..", "foo:/.//a", "foo:/"),
    ("relative", "x", "http://h/C:", "http://h/x"),
    ("relative", "../x", "http://h/C:/b", "http://h/x"),
    ("port", "//h:1\\x", "foo://g", ""),
    ("authority", "//@", "foo://g", ""),
    ("authority", "http://u@h/", "", "http://u@h/"),
    ("authority", "http://u:p@h/", "", "http://u:p@h/"),
    ("authority", "http://u:p:q@h/", "", "http://u:p%3Aq@h/"),
    ("authority", "http://a@b@h/", "", "http://a%40b@h/"),
    ("authority", "http://:@h/", "", "http://h/"),
    ("authority", "http://u@/", "", ""),
    ("authority", "http://u@", "", ""),
    ("host", "http:///", "", ""),
    ("host", "http://:80/", "", ""),
    ("host", "foo://:80/", "", ""),
    ("host", "http://[::1]:80/", "", "http://[::1]/"),
    ("host", "http://[::1/", "", ""),
    ("port", "http://h:/", "", "http://h/"),
    ("port", "http://h:080/", "", "http://h/"),
    ("port", "http://h:81/", "", "http://h:81/"),
    ("port", "http://h:65535/", "", "http://h:65535/"),
    ("port", "http://h:65536/", "", ""),
    ("port", "http://h:8a/", "", ""),
    ("port", "foo://h:80/", "", "foo://h:80/"),
    ("file", "file:/x", "", "file:///x"),
    ("file", "file:x", "", "file:///x"),
    ("file", "file:", "file:///a/b?q", "file:///a/b?q"),
    ("file", "file:?x", "file:///a/b?q", "file:///a/b?x"),
    ("file", "file:#x", "file:///a/b?q", "file:///a/b?q#x"),
    ("file slash", "file:\\x", "", "file:///x"),
    ("file host", "file://h/x", "", "file://h/x"),
    ("file host", "file://localhost/x", "", "file:///x"),
    ("file host", "file://C:/x", "", "file:///C:/x"),
    ("file, drive letter of the base", "/x", "file:///C:/a/b", "file:///C:/x"),
    ("file, drive letter of the base", "..", "file:///C:/a", "file:///C:/"),
    ("file, drive letter of the base", "/", "file://srv/C:/a", "file://srv/C:/"),
    ("file, drive letter of the base", "x", "file:///C:", "file:///C:/x"),
    ("file, drive letter of the base", "/D|/x", "file://srv/C:/a", "file://srv/D:/x"),
    ("file, drive letter of the reference", "C|/x", "file://srv/a/b", "file://srv/C:/x"),
    ("file, drive letter of the reference", "file:C|?q", "file:///a/b", "file:///C:?q"),
    ("file, no drive letter", "C|x", "file:///a/b", "file:///a/C|x"),
    ("file, empty segments", "////x", "file:///a", "file:////x"),
    ("file, empty segments", "y", "file:////x\u{e4} /z", "file:////x%C3%A4%20/y"),
    ("path start", "http://h", "", "http://h/"),
    ("path start", "foo://h", "", "foo://h"),
    ("path start", "http://h?q", "", "http://h/?q"),
    ("path start", "foo://h?q", "", "foo://h?q"),
    ("path, single dot", "http://h/a/./b", "", "http://h/a/b"),
    ("path, single dot", "http://h/a/%2E", "", "http://h/a/"),
    ("path, double dot", "http://h/a/../b", "", "http://h/b"),
    ("path, double dot", "http://h/a/.%2e/b", "", "http://h/b"),
    ("path, double dot", "http://h/../../b", "", "http://h/b"),
    ("path, double dot", "http://h/a/..", "", "http://h/"),
    ("path, empty segments", "http://h//a//b", "", "http://h//a//b"),
    ("path, backslash", "http://h/a\\b", "", "http://h/a/b"),
    ("path, backslash", "foo://h/a\\b", "", "foo://h/a\\b"),
    ("path percent-encode set", "http://h/ \"<>`{}\u{e4}", "", "http://h/%20%22%3C%3E%60%7B%7D%C3%A4"),
    ("path percent-encode set", "^", "http://h/a^/b^", "http://h/a%5E/%5E"),
    ("path, percent sign", "http://h/%zz%41", "", "http://h/%zz%41"),
    ("opaque path", "mailto:a b", "", "mailto:a b"),
    ("opaque path", "foo:a\u{e4}", "", "foo:a%C3%A4"),
    ("opaque path", "foo:a/../b", "", "foo:a/../b"),
    ("serializing, path of two slashes", "foo:/.//p", "", "foo:/.//p"),
    ("query, special", "http://h/?'\"<> #", "", "http://h/?%27%22%3C%3E%20#"),
    ("query, not special", "foo://h/?'", "", "foo://h/?'"),
    ("query", "http://h/?a?b/../c", "", "http://h/?a?b/../c"),
    ("fragment", "http://h/# \"<>`{}", "", "http://h/#%20%22%3C%3E%60{}"),
    ("fragment", "http://h/##", "", "http://h/##"),
    ("host parser", "http://EX.com/", "", "http://ex.com/"),
    ("host parser", "http://e%78.com/", "", "http://ex.com/"),
    ("host parser", "http://a b/", "", ""),
    ("host parser", "http://a%00b/", "", ""),
    ("host parser", "http://a<b/", "", ""),
    ("host parser", "http://b\u{fc}cher/", "", "http://xn--bcher-kva/"),
    ("ends in a number", "http://1/", "", "http://0.0.0.1/"),
    ("ends in a number", "http://a.1/", "", ""),
    ("ends in a number", "http://1.2.3.4./", "", "http://1.2.3.4/"),
    ("ends in a number", "http://1.2.3.4../", "", "http://1.2.3.4../"),
    ("IPv4 parser", "http://0x7f.1/", "", "http://127.0.0.1/"),
    ("IPv4 parser", "http://0300.0250.0.1/", "", "http://192.168.0.1/"),
    ("IPv4 parser", "http://4294967295/", "", "http://255.255.255.255/"),
    ("IPv4 parser", "http://4294967296/", "", ""),
    ("IPv4 parser", "http://1.2.3.256/", "", ""),
    ("IPv4 parser", "http://1.2.3.4.5/", "", ""),
    ("IPv4 parser", "http://09/", "", ""),
    ("IPv4 parser", "http://0x/", "", "http://0.0.0.0/"),
    ("IPv6 parser", "http://[1:2:3:4:5:6:7:8]/", "", "http://[1:2:3:4:5:6:7:8]/"),
    ("IPv6 parser", "http://[1:2:3:4:5:6:7]/", "", ""),
    ("IPv6 parser", "http://[::1.2.3.4]/", "", "http://[::102:304]/"),
    ("IPv6 parser", "http://[::1.2.3]/", "", ""),
    ("IPv6 parser", "http://[1::2::3]/", "", ""),
    ("IPv6 serializer", "http://[0:1:0:0:1:0:0:0]/", "", "http://[0:1:0:0:1::]/"),
    ("opaque-host parser", "foo://A%41b/", "", "foo://A%41b/"),
    ("opaque-host parser", "foo://a b/", "", ""),
    ("opaque-host parser", "foo://\u{e4}/", "", "foo://%C3%A4/"),
    ("opaque-host parser", "foo://127.1/", "", "foo://127.1/"),
];

#[test]
fn every_state_takes_its_branches() {
    let mut wrong = Vec::new();
    for (state, text, base, expected) in SHAPES {
        let found = if base.is_empty() {
            Url::parse(text).ok().map(String::from)
        } else {
            Resolution::of(base, text).whatwg.url
        };
        let found = found.unwrap_or_default();
        if found != *expected {
            wrong.push(format!("{state}: {text:?} with {base:?} is {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_parsed_and_printed_is_parsed_to_the_same() {
    for (state, _, _, expected) in SHAPES.iter().filter(|(.., expected)| !expected.is_empty()) {
        assert_eq!(standard(expected).unwrap().0, *expected, "{state}");
    }
}
