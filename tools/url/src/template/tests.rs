use super::*;

/// A URL of slices.
struct Sample {
    parts: &'static [(Part, &'static str)],
    explicit: bool,
}

impl Parts for Sample {
    fn append(&self, part: Part, how: How, line: &mut Vec<u8>) -> bool {
        let found = self.parts.iter().find(|(name, _)| *name == part).map(|(_, text)| *text);
        let text = match (part, found) {
            (Part::Port, None) if how.default_port => Some("80"),
            (Part::Host, Some(_)) if how.host == HostForm::Punycode => Some("xn--host"),
            (_, found) => found,
        };
        line.extend_from_slice(text.unwrap_or_default().as_bytes());
        text.is_some()
    }

    fn query(&self) -> Option<&[u8]> {
        self.parts.iter().find(|(name, _)| *name == Part::Query).map(|(_, text)| text.as_bytes())
    }

    fn has_explicit_port(&self) -> bool {
        self.explicit
    }
}

const SAMPLE: Sample = Sample {
    parts: &[
        (Part::Url, "http://u@a.b.example/p%20q/%2f/x.tar.gz?a=1&b=%00%20&a=2+3"),
        (Part::Scheme, "http"),
        (Part::User, "u"),
        (Part::Password, "%00"),
        (Part::Host, "a.b.example"),
        (Part::Path, "/p%20q/%2f/x.tar.gz"),
        (Part::Query, "a=1&b=%00%20&a=2+3&flag&=none"),
    ],
    explicit: false,
};

fn filled(template: &Template) -> (String, Vec<String>) {
    let (mut line, mut notes) = (Vec::new(), Vec::new());
    if let Err(fault) = template.fill(&SAMPLE, &mut line, &mut |note| notes.push(note.to_string())) {
        notes.push(fault.to_string());
    }
    (String::from_utf8(line).unwrap(), notes)
}

fn trurl(text: &str) -> (String, Vec<String>) {
    filled(&Template::trurl(text.as_bytes(), How::default()))
}

#[test]
fn braces_that_nothing_closes_are_text_however_many_there_are() {
    let open = "{a[b".repeat(200_000);
    assert_eq!(trurl(&open), (open.clone(), Vec::new()));
    assert_eq!(trurl("{a}{b").1, ["\"a\" is not a recognized URL component"]);
    assert_eq!(trurl("{a{{b"), ("{a{b".to_owned(), Vec::new()));
}

/// What trurl 0.16.1 prints for templates of our own, over a URL that it would have the same parts of.
#[test]
fn components_escapes_and_doubled_brackets() {
    for (text, line) in [
        ("", ""),
        ("{scheme}://{host}{path}", "http://a.b.example/p q///x.tar.gz"),
        ("{:path} {url:path} {:url:path}", "/p%20q/%2f/x.tar.gz /p%20q/%2f/x.tar.gz /p%20q/%2f/x.tar.gz"),
        ("[host] {host}", "a.b.example {host}"),
        ("{host} [host]", "a.b.example [host]"),
        ("[[{host} [host]", "[{host} a.b.example"),
        ("{{host}} {host}", "{host}} a.b.example"),
        ("{host [host]", "{host [host]"),
        (r"\{[host]\[", "{a.b.example["),
        (r"\n\t\r\\\q\", "\n\t\r\\\\q\\"),
        ("{port}|{default:port}|{options}", "|80|"),
        ("{puny:host}", "xn--host"),
        ("{strict:strict:host}", "a.b.example"),
        ("{query:a}|{query-all:a}|{query-all:none}|{query:flag}|{query:}", "1|1 2 3|||none"),
        ("{query:b}|{:query:b}|{url:query-all:a}", ". |%00%20|1 2+3"),
        ("{query:a", "{query:a"),
    ] {
        assert_eq!(trurl(text), (line.to_owned(), vec![]), "{text}");
    }
}

#[test]
fn faults_come_where_they_stand_and_in_trurls_words() {
    for (text, line, said) in [
        ("ab{nope}cd", "ab", "\"nope\" is not a recognized URL component"),
        ("{ host}", "", "\" host\" is not a recognized URL component"),
        ("{}", "", "Bad --get syntax: {}"),
        ("a{:}b{host}", "a", "Bad --get syntax: {:}b{host}"),
        ("a{nope:x}b", "a", "Bad --get syntax: {nope:x}"),
        ("[must:]", "", "Bad --get syntax: [must:]"),
        ("{::host}", "", "Bad --get syntax: {::host}"),
        ("{path:1}", "", "Bad --get syntax: {path:1}"),
        ("{file}", "", "\"file\" is not a recognized URL component"),
        ("{query-all}", "", "\"query-all\" is not a recognized URL component"),
        ("{puny:idn:host}", "", "idn modifier is mutually exclusive with puny"),
        ("{idn:puny:nope}", "", "puny modifier is mutually exclusive with idn"),
        ("{must:default:zoneid}", "", "missing must:zoneid"),
        ("x{strict:password}y", "x", "problems URL decoding password"),
    ] {
        assert_eq!(trurl(text), (line.to_owned(), vec![said.to_owned()]), "{text}");
    }
    assert_eq!(trurl("<{strict:zoneid}>"), ("<>".to_owned(), vec!["No zoneid part in the URL (zoneid)".to_owned()]));
    let note = "URL decode error, most likely because of rubbish in the input (password)";
    assert_eq!(trurl("<{password}>"), ("<>".to_owned(), vec![note.to_owned()]));
}

#[test]
fn options_stand_for_qualifiers_and_give_way_to_them() {
    let defaults = How { encoded: true, default_port: true, host: HostForm::Punycode, ..How::default() };
    assert_eq!(filled(&Template::trurl(b"{path} {port} {host}", defaults)).0, "/p%20q/%2f/x.tar.gz 80 xn--host");
    assert_eq!(filled(&Template::trurl(b"{idn:host}", defaults)).0, "xn--host");
    let unicode = How { host: HostForm::Unicode, ..How::default() };
    assert_eq!(filled(&Template::trurl(b"{idn:host} {puny:host}", unicode)).0, "a.b.example xn--host");
}

#[test]
fn url_has_segments_labels_and_the_explicit_port() {
    for (text, line) in [
        ("{path:1}|{path:2}|{path:3}|{path:4}", "p q|/|x.tar.gz|"),
        ("{path:-1}|{path:-3}|{:path:-3}|{path:-4}", "x.tar.gz|p q|p%20q|"),
        ("{host:1}|{host:-1}|{host:-3}|{host:4}", "a|example|a|"),
        ("{port:explicit}", "no"),
        ("{file} {extension}", "x.tar.gz gz"),
        ("{scheme}", "http"),
    ] {
        let template = Template::parse(text.as_bytes(), How::default()).unwrap();
        assert_eq!(filled(&template), (line.to_owned(), vec![]), "{text}");
    }
    for text in ["{path:0}", "{path:x}", "{port:1}", "{scheme:1}", "{nope}", "{}", "{idn:puny:host}"] {
        assert!(Template::parse(text.as_bytes(), How::default()).is_err(), "{text}");
    }
    let must = Template::parse(b"{must:path:4}", How::default()).unwrap();
    assert_eq!(filled(&must).1, ["missing must:path:4"]);
}

#[test]
fn addresses_have_no_labels() {
    let sample = |host| Sample { parts: host, explicit: true };
    let template = Template::parse(b"{host:1}{port:explicit}", How::default()).unwrap();
    for host in [&[(Part::Host, "[::1.2.3.4]")], &[(Part::Host, "10.0.0.1")]] {
        let mut line = Vec::new();
        template.fill(&sample(host), &mut line, &mut |_| unreachable!()).unwrap();
        assert_eq!(line, b"yes");
    }
}
