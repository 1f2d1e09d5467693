use proptest::prelude::*;

use super::*;

impl Edits {
    fn each(&self, text: Option<&str>) -> Result<Vec<String>, String> {
        self.apply(text)?.into_iter().collect()
    }
}

fn edits() -> Edits {
    Edits::none()
}

fn set_to(text: &str) -> Set {
    let (target, encode, if_absent, value) = target_and_value(text).unwrap();
    Set { target, value, encode, if_absent }
}

fn changed(model: Choice, url: &str, sets: &[&str]) -> Result<String, String> {
    let edits = Edits { model, sets: sets.iter().map(|text| set_to(text)).collect(), ..edits() };
    edits.each(Some(url)).map(|urls| urls.join(" "))
}

#[test]
fn components_segments_and_labels_are_set() {
    let url = "http://u:p@www.example.com:81/a/b%2Fc?q#f";
    for (set, result) in [
        ("scheme=https", "https://u:p@www.example.com:81/a/b%2Fc?q#f"),
        ("user=", "http://:p@www.example.com:81/a/b%2Fc?q#f"),
        ("user=a@b", "http://a%40b:p@www.example.com:81/a/b%2Fc?q#f"),
        ("password=", "http://u@www.example.com:81/a/b%2Fc?q#f"),
        ("host=ä.example", "http://u:p@ä.example:81/a/b%2Fc?q#f"),
        ("port=", "http://u:p@www.example.com/a/b%2Fc?q#f"),
        ("port?=5", "http://u:p@www.example.com:81/a/b%2Fc?q#f"),
        ("path=x y", "http://u:p@www.example.com:81/x%20y?q#f"),
        ("path:=x%20y", "http://u:p@www.example.com:81/x%20y?q#f"),
        ("path:2=d/e", "http://u:p@www.example.com:81/a/d%2Fe?q#f"),
        ("path:-2=", "http://u:p@www.example.com:81/b%2Fc?q#f"),
        ("host:1=ftp", "http://u:p@ftp.example.com:81/a/b%2Fc?q#f"),
        ("host:-1=org", "http://u:p@www.example.org:81/a/b%2Fc?q#f"),
        ("query=a b", "http://u:p@www.example.com:81/a/b%2Fc?a+b#f"),
        ("fragment=", "http://u:p@www.example.com:81/a/b%2Fc?q"),
    ] {
        assert_eq!(changed(Choice::Whatwg, url, &[set]), Ok(result.to_owned()), "{set}");
    }
    assert_eq!(changed(Choice::Rfc3986, "urn:a:b", &["query=c"]), Ok("urn:a:b?c".to_owned()));
    assert_eq!(
        changed(Choice::Whatwg, "http://[fe80::1]/", &["zoneid=eth0"]),
        Ok("http://[fe80::1%25eth0]/".to_owned())
    );
    assert_eq!(changed(Choice::Whatwg, "http://h:80/", &["path=a"]), Ok("http://h:80/a".to_owned()));
}

#[test]
fn a_path_of_two_slashes_is_no_host() {
    for (url, set, result) in [
        ("web+a:/b", "path=//x", "web+a:/.//x"),
        ("web+a:/b", "path:=/.//x", "web+a:/.//x"),
        ("web+a:/q//y", "path:1=", "web+a:/.//y"),
        ("web+a:/.//y", "path:1=b", "web+a:/b/y"),
        ("web+a:/.//y", "query=z", "web+a:/.//y?z"),
        ("web+a:/.//y", "host=h", "web+a://h//y"),
    ] {
        assert_eq!(changed(Choice::Whatwg, url, &[set]), Ok(result.to_owned()), "{url} {set}");
    }
    let said = changed(Choice::Rfc3986, "web+a:/b", &["path=//x"]).unwrap_err();
    assert!(said.contains("would not stay apart"), "to RFC 3986 the dot is a segment: {said}");
}

#[test]
fn a_path_does_not_become_a_host() {
    // Behind a special scheme any number of slashes begins the authority.
    for (url, set) in [
        ("foo:/evil/x", "scheme=http"),
        ("foo:evil/x", "scheme=http"),
        ("foo:///evil/x", "scheme=https"),
        ("file:///evil/x", "scheme=ftp"),
        ("http://h/evil/x", "host="),
    ] {
        let said = changed(Choice::Whatwg, url, &[set]).unwrap_err();
        assert!(
            said.starts_with("the result is \"") && said.contains("the path would be read as one"),
            "{url} {set}: {said}"
        );
    }
    for (url, sets, result) in [
        ("foo:/a/x", &["scheme=http", "host=h"][..], "http://h/a/x"),
        ("http://h/a", &["scheme=file"], "file://h/a"),
        ("foo:/a/x", &["scheme=file"], "file:/a/x"),
        ("http://h/a", &["scheme=foo", "host="], "foo:/a"),
    ] {
        assert_eq!(changed(Choice::Whatwg, url, sets), Ok(result.to_owned()), "{url} {sets:?}");
    }
    let made = Edits { sets: ["scheme=http", "path=/evil/x"].map(set_to).to_vec(), ..edits() };
    assert!(made.each(None).unwrap_err().contains("the path would be read as one"));
}

#[test]
fn a_zone_is_encoded_where_it_is_outside_ascii() {
    for (url, set) in [
        ("http://[fe80::1%a\u{202e}b]/", "path=/"),
        ("http://[fe80::1%25a%e2%80%aeb]/", "path=/"),
        ("http://[fe80::1]/", "zoneid=a\u{202e}b"),
    ] {
        assert_eq!(changed(Choice::Whatwg, url, &[set]), Ok("http://[fe80::1%25a%E2%80%AEb]/".to_owned()), "{url}");
    }
    let tidy = changed(Choice::Whatwg, "http://[fe80::1%a\nb]:8\n0/", &["path=x"]);
    assert_eq!(tidy, Ok("http://[fe80::1%25ab]:80/x".to_owned()));
}

#[test]
fn what_cannot_be_is_refused() {
    for (url, set, why) in [
        ("http://h/", "port=x", "port: not a number"),
        ("http://h/", "port=99999", "a port is a number up to 65535"),
        ("http://h/", "host=a/b", "would not stay apart"),
        ("http://h/", "path:=a?b", "would not stay apart"),
        ("http://h/", "host=", "empty host"),
        ("http://[::1]/", "zoneid=a%62", "invalid zone"),
        ("http://h/a", "path:2=x", "path:2: the path has 1 in all"),
        ("http://10.0.0.1/a", "host:1=x", "host:1: an address has no labels"),
        ("http://h/a", "zoneid=x", "zoneid: the host is no IPv6 address"),
        ("mailto:a@b", "user=x", "user: a URL without a host has none"),
        ("h", "path=x", "relative URL without a base"),
    ] {
        let said = changed(Choice::Whatwg, url, &[set]).unwrap_err();
        assert!(said.contains(why), "{set}: {said}");
    }
    for text in ["options=x", "url=x", "path:0=x", "nope=x", "port:1=x", "host"] {
        assert!(target_and_value(text).is_err(), "{text}");
    }
    let curl = Edits { only_curl: true, ..edits() };
    assert!(curl.each(Some("foo://h/")).unwrap_err().contains("libcurl has no code"));
}

#[test]
fn the_query_keeps_what_is_not_changed() {
    let edits = Edits {
        trims: vec![Trim::new(b"utm_*")],
        replaces: vec![(("a").to_owned() + "=x y", false), ("new=ä".to_owned(), true)],
        pairs: vec!["p=1&2".to_owned()],
        segments: vec!["s/t".to_owned()],
        ..edits()
    };
    let url = "http://h/p?a=1&b=%7e%C3%a4&utm_x=2&a=3";
    assert_eq!(edits.each(Some(url)), Ok(vec!["http://h/p/s%2Ft?a=x+y&b=%7e%C3%a4&new=%C3%A4&p=1%262".to_owned()]));
    let sorted = Edits { sort: true, separator: b';', ..self::edits() };
    assert_eq!(sorted.each(Some("http://h/?b;a=%7e")), Ok(vec!["http://h/?a=%7e;b".to_owned()]));
}

#[test]
fn every_combination_and_redirections() {
    let ports = (Target::Part(Part::Port), true, vec!["1".to_owned(), String::new()]);
    let hosts = (Target::Part(Part::Host), true, vec!["x".to_owned(), "y".to_owned()]);
    let edits = Edits { iterates: vec![ports, hosts], ..edits() };
    let all = edits.each(Some("http://h/")).unwrap();
    assert_eq!(all, ["http://x:1/", "http://y:1/", "http://x/", "http://y/"]);
    for model in [Choice::Whatwg, Choice::Rfc3986] {
        let to = |location: &str| {
            let edits = Edits { model, redirect: Some(location.to_owned()), ..self::edits() };
            edits.each(Some("http://u@h/a/b?c")).map(|urls| urls.concat())
        };
        assert_eq!(to("../d?e"), Ok("http://u@h/d?e".to_owned()));
        assert_eq!(to("//g"), Ok(if model == Choice::Whatwg { "http://g/" } else { "http://g" }.to_owned()));
    }
    for (url, location, target) in [
        ("http://h/", "///e/x", "http://e/x"),
        ("foo://h/b/c", "\\a", "foo://h/b/\\a"),
        ("http://[fe80::1%25eth0]/a", "b", "http://[fe80::1%25eth0]/b"),
        ("http://h/", "//[fe80::1%25eth0]/b", "http://[fe80::1%25eth0]/b"),
    ] {
        let edits = Edits { redirect: Some(location.to_owned()), ..self::edits() };
        assert_eq!(edits.each(Some(url)), Ok(vec![target.to_owned()]), "{location}");
    }
    let spaces = Edits { model: Choice::Rfc3986, spaces: true, ..self::edits() };
    assert_eq!(
        spaces.each(Some("http://h/a b?c d#e f")),
        Ok(vec!["http://h/a b?c d#e f".replace(' ', "%20").replace("c%20d", "c+d")])
    );
}

#[test]
fn a_url_is_made_of_nothing() {
    let edits = Edits { sets: ["scheme=ftp", "host=h", "path=a"].map(set_to).to_vec(), ..edits() };
    assert_eq!(edits.each(None), Ok(vec!["ftp://h/a".to_owned()]));
}

proptest! {
    #[test]
    fn no_other_component_becomes_the_host(
        url in "(http|foo|file):[/\\\\]{0,4}([a-zC:|.%?#@]|%2e|\\[::1%a\\]){0,8}",
        sets in proptest::collection::vec("(scheme=(http|foo|file)|path:?=[/\\\\a.:]{0,5}|path:-1=[a.]?|port=8?|user=u?|query=q?)", 0..3),
    ) {
        let has_host = |url: &str| dissect::parse(url).is_ok_and(|(_, url)| url.host_str().is_some_and(|host| !host.is_empty()));
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        if let Ok(result) = changed(Choice::Whatwg, &url, &sets) {
            prop_assert!(has_host(&url) || !has_host(&result), "{} {:?} became {}", url, sets, result);
            prop_assert!(changed(Choice::Whatwg, &result, &[]).is_ok(), "{} {:?} became {}", url, sets, result);
        }
    }
}
