//! URLs as comma-separated values: a line each, of chosen columns.
//!
//! # Source
//! RFC 4180 section 2: lines end in CR LF, the first has the names of the columns, and what has a comma, a quotation mark
//! or a line end in it stands in quotation marks. It knows no null: what a URL has not and what is empty there are alike.

use std::borrow::Cow;
use std::str::FromStr;

use sockeye_cli::escape::{escape, escape_octets};

use crate::component::Component;
use crate::dissect::{self, Dissection, HostKind, Malformed};
use crate::path::extension_start;
use crate::percent;
use crate::plain::Plain;
use crate::rfc3986::{HostRule, Reference};
use crate::scheme;
use crate::spans::Span;

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "named by the table below")]
pub enum Field {
    Input,
    Url,
    Scheme,
    Username,
    Password,
    Host,
    HostKind,
    HostUnicode,
    Zone,
    Port,
    EffectivePort,
    Service,
    Path,
    File,
    Extension,
    Query,
    Fragment,
    UsernameDecoded,
    PasswordDecoded,
    PathDecoded,
    FragmentDecoded,
}

/// The columns by name: those of JSON, and the first word of what they are.
const NAMES: &[(&str, Field)] = &[
    ("input", Field::Input),
    ("url", Field::Url),
    ("scheme", Field::Scheme),
    ("username", Field::Username),
    ("password", Field::Password),
    ("host", Field::Host),
    ("host_kind", Field::HostKind),
    ("host_unicode", Field::HostUnicode),
    ("zone", Field::Zone),
    ("port", Field::Port),
    ("effective_port", Field::EffectivePort),
    ("service", Field::Service),
    ("path", Field::Path),
    ("file", Field::File),
    ("extension", Field::Extension),
    ("query", Field::Query),
    ("fragment", Field::Fragment),
    ("username_decoded", Field::UsernameDecoded),
    ("password_decoded", Field::PasswordDecoded),
    ("path_decoded", Field::PathDecoded),
    ("fragment_decoded", Field::FragmentDecoded),
];

/// The columns where none were chosen.
pub const USUAL: &[Field] = &[
    Field::Url,
    Field::Scheme,
    Field::Username,
    Field::Password,
    Field::Host,
    Field::Port,
    Field::Path,
    Field::Query,
    Field::Fragment,
];

impl Field {
    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, field)| *field == self).map_or("", |(name, _)| name)
    }

    /// All names, for a message.
    pub fn names() -> String {
        NAMES.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }

    /// What the column has for a URL; nothing where it has no such component.
    fn of(self, url: &Dissection) -> Cow<'_, str> {
        let value = |component: &'_ Component| component.value.clone().unwrap_or_default();
        let decoded =
            |component: &Component| escape_octets(&percent::decode(component.value.as_deref().unwrap_or_default()));
        let number = |number: Option<u16>| number.map(|number| number.to_string()).unwrap_or_default();
        let file = url.file.as_ref();
        match self {
            Self::Input => escape(&url.input),
            Self::Url => url.with_zone(),
            Self::Scheme => value(&url.scheme).into(),
            Self::Username => value(&url.username).into(),
            Self::Password => value(&url.password).into(),
            Self::Host => value(&url.host).into(),
            Self::HostKind => url.host_kind.name().into(),
            Self::HostUnicode => escape(url.host_unicode.as_deref().unwrap_or_default()),
            Self::Zone => escape(url.zone.value.as_deref().unwrap_or_default()),
            // As --get has it: the one that stands there, be it the scheme's own.
            Self::Port if url.effective_port.explicit => number(url.effective_port.number).into(),
            Self::Port => value(&url.port).into(),
            Self::EffectivePort => number(url.effective_port.number).into(),
            Self::Service => url.effective_port.service.unwrap_or_default().into(),
            Self::Path => value(&url.path).into(),
            Self::File => escape(file.map(|file| file.name.as_str()).unwrap_or_default()),
            Self::Extension => escape(file.and_then(|file| file.extension.as_deref()).unwrap_or_default()),
            Self::Query => value(&url.query).into(),
            Self::Fragment => value(&url.fragment).into(),
            Self::UsernameDecoded => decoded(&url.username).into(),
            Self::PasswordDecoded => decoded(&url.password).into(),
            Self::PathDecoded => decoded(&url.path).into(),
            Self::FragmentDecoded => decoded(&url.fragment).into(),
        }
    }

    /// The same of a plain URL.
    fn of_plain<'a>(self, url: &Plain<'a>) -> Cow<'a, str> {
        let text = |span: Option<_>| span.map(|span| url.of(span)).unwrap_or_default();
        let name = || url.of(url.path).rsplit('/').next().unwrap_or_default();
        let lossy = |text: &'a str| -> Cow<'a, str> {
            if !text.contains('%') {
                return Cow::Borrowed(text);
            }
            escape(&String::from_utf8_lossy(&percent::decode(text))).into_owned().into()
        };
        let decoded = |text: &'a str| -> Cow<'a, str> {
            if text.contains('%') { escape_octets(&percent::decode(text)).into() } else { Cow::Borrowed(text) }
        };
        let port = url.port.map_or(url.scheme.port, |(number, _)| number);
        match self {
            Self::Input | Self::Url => Cow::Borrowed(url.text),
            Self::Scheme => Cow::Borrowed(url.scheme.name),
            Self::Host | Self::HostUnicode => Cow::Borrowed(url.of(url.host)),
            Self::HostKind => HostKind::Domain.name().into(),
            Self::Port => Cow::Borrowed(text(url.port.map(|(_, span)| span))),
            Self::EffectivePort => port.to_string().into(),
            Self::Service if url.port.is_none() => url.scheme.service.into(),
            Self::Service => scheme::service(port).unwrap_or_default().into(),
            Self::Path => Cow::Borrowed(url.of(url.path)),
            Self::File => lossy(name()),
            Self::Extension => {
                let name = name();
                lossy(extension_start(name).and_then(|dot| name.get(dot + 1..)).unwrap_or_default())
            }
            Self::Query => Cow::Borrowed(text(url.query)),
            Self::Fragment => Cow::Borrowed(text(url.fragment)),
            Self::PathDecoded => decoded(url.of(url.path)),
            Self::FragmentDecoded => decoded(text(url.fragment)),
            Self::Username | Self::Password | Self::Zone | Self::UsernameDecoded | Self::PasswordDecoded => {
                Cow::Borrowed("")
            }
        }
    }

    /// The same of a URI reference by RFC 3986: each component as it stands in `text`.
    fn of_uri<'a>(self, text: &'a str, uri: &Reference) -> Cow<'a, str> {
        let of = |span: Option<Span>| span.map(|span| span.of(text)).unwrap_or_default();
        let cut = &uri.cut;
        let (username, password) = of(cut.userinfo).split_once(':').unwrap_or((of(cut.userinfo), ""));
        let path = Some(cut.path.of(text)).filter(|path| path.starts_with('/')).unwrap_or_default();
        let name = || path.rsplit('/').next().unwrap_or_default();
        let file = |name: &str| escape(&String::from_utf8_lossy(&percent::decode(name))).into_owned();
        let decoded = |text: &str| escape_octets(&percent::decode(text));
        match self {
            Self::Input | Self::Url => escape(text),
            Self::Scheme => of(cut.scheme).into(),
            Self::Username => username.into(),
            Self::Password => password.into(),
            Self::Host => escape(of(cut.host)),
            Self::HostKind => uri.host_rule.map_or("", HostRule::name).into(),
            Self::HostUnicode if uri.host_rule == Some(HostRule::RegName) => {
                let (unicode, valid) = idna::domain_to_unicode(of(cut.host));
                if valid.is_ok() { escape(&unicode).into_owned().into() } else { Cow::default() }
            }
            Self::HostUnicode => Cow::default(),
            Self::Zone => escape(of(uri.zone.map(|zone| zone.span))),
            Self::Port => of(cut.port).into(),
            Self::EffectivePort => {
                uri.effective_port(text).map(|(port, _)| port.to_string()).unwrap_or_default().into()
            }
            Self::Service => uri.effective_port(text).and_then(|(_, service)| service).unwrap_or_default().into(),
            Self::Path => cut.path.of(text).into(),
            Self::File => file(name()).into(),
            Self::Extension => {
                file(extension_start(name()).and_then(|dot| name().get(dot + 1..)).unwrap_or_default()).into()
            }
            Self::Query => of(cut.query).into(),
            Self::Fragment => of(cut.fragment).into(),
            Self::UsernameDecoded => decoded(username).into(),
            Self::PasswordDecoded => decoded(password).into(),
            Self::PathDecoded => decoded(cut.path.of(text)).into(),
            Self::FragmentDecoded => decoded(of(cut.fragment)).into(),
        }
    }
}

impl Reference {
    /// The port that a connection would go to and its service: the one that stands there, or the scheme's own.
    fn effective_port(&self, text: &str) -> Option<(u16, Option<&'static str>)> {
        let scheme = self.cut.scheme.and_then(|scheme| scheme::lookup(&scheme.of(text).to_ascii_lowercase()));
        let port = self.cut.port.map(|port| port.of(text)).filter(|port| !port.is_empty());
        let Some(port) = port else {
            let scheme = scheme.filter(|_| self.cut.host.is_some())?;
            return Some((scheme.port, Some(scheme.service)));
        };
        let number = port.parse().ok()?;
        let own = scheme.filter(|scheme| scheme.port == number).map(|scheme| scheme.service);
        Some((number, own.or_else(|| scheme::service(number))))
    }
}

/// A name that no column has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField(pub String);

impl std::fmt::Display for UnknownField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no column is called \"{}\"; there are {}", escape(&self.0), Field::names())
    }
}

impl std::error::Error for UnknownField {}

impl FromStr for Field {
    type Err = UnknownField;

    fn from_str(text: &str) -> Result<Self, UnknownField> {
        let found = NAMES.iter().find(|(name, _)| *name == text).map(|(_, field)| *field);
        found.ok_or_else(|| UnknownField(text.to_owned()))
    }
}

/// Appends the line of headings.
pub fn header(fields: &[Field], line: &mut Vec<u8>) {
    record(fields, line, |field| field.name().into());
}

/// Appends the line of a URL.
pub fn write(url: &Dissection, fields: &[Field], line: &mut Vec<u8>) {
    record(fields, line, |field| field.of(url));
}

/// Appends the line of any text by WHATWG URL.
///
/// # Errors
/// [`Malformed`] if it is no URL.
pub fn write_any(text: &str, fields: &[Field], line: &mut Vec<u8>) -> Result<(), Malformed> {
    write(&dissect::of(text)?, fields, line);
    Ok(())
}

/// Appends the line of a URI reference, which `text` is by RFC 3986.
pub fn write_uri(text: &str, uri: &Reference, fields: &[Field], line: &mut Vec<u8>) {
    record(fields, line, |field| field.of_uri(text, uri));
}

/// Appends the line of a plain URL.
pub fn write_plain(url: &Plain<'_>, fields: &[Field], line: &mut Vec<u8>) {
    record(fields, line, |field| field.of_plain(url));
}

fn record<'a>(fields: &[Field], line: &mut Vec<u8>, value: impl Fn(Field) -> Cow<'a, str>) {
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            line.push(b',');
        }
        let value = value(*field);
        if value.contains(['"', ',', '\r', '\n']) {
            line.push(b'"');
            line.extend_from_slice(value.replace('"', "\"\"").as_bytes());
            line.push(b'"');
        } else {
            line.extend_from_slice(value.as_bytes());
        }
    }
    line.extend_from_slice(b"\r\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dissect::dissect;
    use crate::{plain, rfc3986};

    fn line(text: &str, fields: &[Field]) -> String {
        let mut line = Vec::new();
        write(&dissect(text, &mut |_| {}).unwrap(), fields, &mut line);
        String::from_utf8(line).unwrap()
    }

    fn all() -> Vec<Field> {
        NAMES.iter().map(|(_, field)| *field).collect()
    }

    #[test]
    fn a_line_has_the_chosen_columns_and_quotes_what_it_must() {
        assert_eq!(
            line("http://u:p@h:81/a,b?q=1#f", USUAL),
            "\"http://u:p@h:81/a,b?q=1#f\",http,u,p,h,81,\"/a,b\",q=1,f\r\n"
        );
        let fields = [Field::PathDecoded, Field::HostUnicode, Field::EffectivePort, Field::Service, Field::HostKind];
        assert_eq!(
            line("https://xn--bcher-kva.example/%22%0a%ff", &fields),
            "\"/\"\"\\n\\xff\",bücher.example,443,https,domain\r\n"
        );
        assert_eq!(line("mailto:a@b.c", USUAL), "mailto:a@b.c,mailto,,,,,a@b.c,,\r\n");
        assert_eq!(
            line("http://[fe80::1%25lo]/x.tar.gz", &[Field::Zone, Field::File, Field::Extension]),
            "lo,x.tar.gz,gz\r\n"
        );
        // A zone may hold any character that is no blank: this one turns the rest of a line round.
        assert_eq!(
            line("http://[fe80::1%25a\u{202e}b]/", &[Field::Zone, Field::Url]),
            "a\\u{202e}b,http://[fe80::1%25a%E2%80%AEb]/\r\n"
        );
        let mut heading = Vec::new();
        header(USUAL, &mut heading);
        assert_eq!(heading, b"url,scheme,username,password,host,port,path,query,fragment\r\n");
    }

    #[test]
    fn by_rfc_3986_a_component_is_what_stands_there() {
        let by_uri = |text: &str, fields: &[Field]| {
            let mut line = Vec::new();
            write_uri(text, &rfc3986::parse(text).unwrap(), fields, &mut line);
            String::from_utf8(line).unwrap()
        };
        assert_eq!(
            by_uri("HTTP://u%41:p:q@010.1:80/%7e/../a,b?q#F", USUAL),
            "\"HTTP://u%41:p:q@010.1:80/%7e/../a,b?q#F\",HTTP,u%41,p:q,010.1,80,\"/%7e/../a,b\",q,F\r\n"
        );
        let more = [Field::HostKind, Field::HostUnicode, Field::Zone, Field::EffectivePort, Field::Service];
        for (text, line) in [
            ("HTTPS://xn--bcher-kva.example/", "reg-name,bücher.example,,443,https\r\n"),
            ("http://192.0.2.1:/", "IPv4address,,,80,http\r\n"),
            ("ssh://[fe80::1%25lo]:443/", "IPv6address,,lo,443,https\r\n"),
            ("http://h:99999/", "reg-name,h,,,\r\n"),
            ("//h:53", "reg-name,h,,53,domain\r\n"),
            ("mailto:a@b.c", ",,,,\r\n"),
            ("../a", ",,,,\r\n"),
        ] {
            assert_eq!(by_uri(text, &more), line, "{text}");
        }
        let decoded = [
            Field::UsernameDecoded,
            Field::PasswordDecoded,
            Field::PathDecoded,
            Field::File,
            Field::Extension,
            Field::FragmentDecoded,
        ];
        assert_eq!(
            by_uri("http://%75:%0a@h/a%2fb/c%20d.tar.gz#%ff", &decoded),
            "u,\\n,/a/b/c d.tar.gz,c d.tar.gz,gz,\\xff\r\n"
        );
        assert_eq!(by_uri("mailto:a@b.c", &decoded), ",,a@b.c,,,\r\n", "without a hierarchy there is no file");
    }

    proptest! {
        #[test]
        fn of_a_plain_url_both_standards_have_the_same(text in plain::tests::texts()) {
            let Some(short) = plain::read(&text) else { return Ok(()) };
            let Ok(uri) = rfc3986::parse(&text) else { return Ok(()) };
            for field in all().into_iter().filter(|field| *field != Field::HostKind) {
                prop_assert_eq!(field.of_plain(&short), field.of_uri(&text, &uri), "{:?}", field);
            }
        }
    }

    #[test]
    fn url_and_port_are_those_of_get() {
        let fields = [Field::Url, Field::Port];
        for (text, expected) in [
            ("http://h:80/", "http://h/,80\r\n"),
            ("http://h/", "http://h/,\r\n"),
            ("http://h:81/", "http://h:81/,81\r\n"),
            ("http://[fe80::1%25a]:80/", "http://[fe80::1%25a]/,80\r\n"),
            ("http://u@[fe80::1%a]:8/[fe80::1]", "http://u@[fe80::1%25a]:8/[fe80::1],8\r\n"),
        ] {
            assert_eq!(line(text, &fields), expected, "{text}");
            let (split, url) = dissect::parse(text).unwrap();
            let template = crate::template::Template::parse(b"{url},{port}", crate::template::How::default());
            let mut got = Vec::new();
            let parts = crate::parts::Whatwg::new(text, &split, &url);
            template.unwrap().fill(&parts, &mut got, &mut |_| {}).unwrap();
            assert_eq!(String::from_utf8(got).unwrap() + "\r\n", expected, "{text}");
        }
    }

    #[test]
    fn every_column_has_a_name_that_reads_back() {
        for (name, field) in NAMES {
            assert_eq!(name.parse(), Ok(*field));
            assert_eq!(field.name(), *name);
        }
        assert!("nope".parse::<Field>().unwrap_err().to_string().contains("effective_port"));
    }

    proptest! {
        #[test]
        fn the_short_way_writes_what_the_long_one_does(text in plain::tests::texts()) {
            let Some(short) = plain::read(&text) else { return Ok(()) };
            let mut by_hand = Vec::new();
            write_plain(&short, &all(), &mut by_hand);
            prop_assert_eq!(String::from_utf8(by_hand).unwrap(), line(&text, &all()));
        }
    }
}
