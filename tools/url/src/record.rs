//! A plain URL as the JSON that its [`Dissection`](crate::dissect::Dissection) would be, written octet by octet.
//!
//! The long way builds a dissection and hands it to serde; for a file of a million URLs that is most of the time. What this
//! writes is held to the other to the octet by a test.

use sockeye_cli::escape::acts;

use crate::path::extension_start;
use crate::percent;
use crate::plain::Plain;
use crate::scheme::{self, Transport};
use crate::spans::Span;

/// A component that is not there.
const ABSENT: &str = r#"{"span":null,"text":null,"value":null,"decoded":null,"decoded_octets":null,"changes":[]}"#;

/// Appends the line, with its end, to `line`.
pub fn write(url: &Plain<'_>, line: &mut Vec<u8>) {
    line.reserve(4096 + url.text.len() * 8);
    let mut json = Json { url, line };
    json.raw(r#"{"schema":"url/1","type":"result","data":{"input":""#);
    json.raw(url.text);
    json.raw(r#"","model":"whatwg","normalised":""#);
    json.raw(url.text);
    json.raw(r#"","purpose":"locates","scheme_kind":"special","opaque_path":false,"scheme":"#);
    json.bare(Span { start: 0, end: url.scheme.name.len() });
    json.raw(r#","authority":"#);
    json.bare(url.authority());
    json.raw(r#","username":"#);
    json.raw(ABSENT);
    json.raw(r#","password":"#);
    json.raw(ABSENT);
    json.raw(r#","host":"#);
    json.bare(url.host);
    json.host();
    json.raw(r#","zone":"#);
    json.raw(ABSENT);
    json.port();
    json.raw(r#","path":"#);
    json.component(url.path);
    json.segments();
    json.file();
    json.raw(r#","query":"#);
    json.optional(url.query);
    json.parameters();
    json.raw(r#","fragment":"#);
    json.optional(url.fragment);
    json.raw(r#","violations":[],"remarks":[]"#);
    json.socket();
    json.raw(",\"models\":null,\"specific\":null,\"resolution\":null}}\n");
}

struct Json<'a, 'l> {
    url: &'a Plain<'a>,
    line: &'l mut Vec<u8>,
}

impl<'a> Json<'a, '_> {
    fn raw(&mut self, text: &str) {
        self.line.extend_from_slice(text.as_bytes());
    }

    fn of(&self, span: Span) -> &'a str {
        self.url.of(span)
    }

    fn number(&mut self, number: usize) {
        let digit = |number: usize| b'0' + u8::try_from(number % 10).unwrap_or_default();
        // Most are places in a text of less than a hundred octets.
        match number {
            0..10 => self.line.push(digit(number)),
            10..100 => self.line.extend_from_slice(&[digit(number / 10), digit(number)]),
            100..1000 => self.line.extend_from_slice(&[digit(number / 100), digit(number / 10), digit(number)]),
            _ => self.line.extend_from_slice(number.to_string().as_bytes()),
        }
    }

    fn span(&mut self, span: Span) {
        self.raw(r#"{"start":"#);
        self.number(span.start);
        self.raw(r#","end":"#);
        self.number(span.end);
        self.raw("}");
    }

    /// A text of a URL in quotation marks: it has nothing that JSON escapes.
    fn quoted(&mut self, text: &str) {
        self.raw("\"");
        self.raw(text);
        self.raw("\"");
    }

    /// Any text in quotation marks.
    fn text(&mut self, text: &str) {
        if text.contains(|character| matches!(character, '"' | '\\') || acts(character)) {
            escaped(text, self.line);
        } else {
            self.quoted(text);
        }
    }

    /// A component without percent-encoding.
    fn bare(&mut self, span: Span) {
        let text = self.of(span);
        self.component_start(span, text);
        self.raw(r#"","decoded":""#);
        self.raw(text);
        self.raw(r#"","decoded_octets":null,"changes":[]}"#);
    }

    fn component_start(&mut self, span: Span, text: &str) {
        self.raw(r#"{"span":{"start":"#);
        self.number(span.start);
        self.raw(r#","end":"#);
        self.number(span.end);
        self.raw(r#"},"text":""#);
        self.raw(text);
        self.raw(r#"","value":""#);
        self.raw(text);
    }

    fn component(&mut self, span: Span) {
        let text = self.of(span);
        if !self.is_escaped(text) {
            return self.bare(span);
        }
        self.component_start(span, text);
        self.raw("\"");
        self.decoded(text);
        self.raw(r#","changes":[]}"#);
    }

    /// Whether a part of the URL has percent-encoding: most have none in the whole.
    fn is_escaped(&self, text: &str) -> bool {
        self.url.escaped && text.bytes().any(|octet| octet == b'%')
    }

    fn optional(&mut self, span: Option<Span>) {
        match span {
            Some(span) => self.component(span),
            None => self.raw(ABSENT),
        }
    }

    /// The members `decoded` and `decoded_octets` of a text with percent-encoding.
    fn decoded(&mut self, text: &str) {
        let octets = percent::decode(text);
        self.raw(r#","decoded":"#);
        if let Ok(decoded) = str::from_utf8(&octets) {
            self.text(decoded);
            self.raw(r#","decoded_octets":null"#);
        } else {
            self.raw(r#"null,"decoded_octets":"#);
            self.quoted(&sockeye_common::hex::encode(&octets));
        }
    }

    fn host(&mut self) {
        let host = self.of(self.url.host);
        self.raw(r#","host_kind":"domain","host_unicode":""#);
        self.raw(host);
        self.raw(r#"","host_labels":["#);
        for (index, label) in host.split('.').enumerate() {
            self.raw(if index == 0 { r#"{"ascii":""# } else { r#",{"ascii":""# });
            self.raw(label);
            self.raw(r#"","unicode":""#);
            self.raw(label);
            self.raw("\"}");
        }
        self.raw("]");
    }

    fn port(&mut self) {
        let scheme = self.url.scheme;
        self.raw(r#","port":"#);
        if let Some((number, span)) = self.url.port {
            self.bare(span);
            self.raw(r#","effective_port":{"number":"#);
            self.number(number.into());
            self.raw(r#","explicit":true,"source":"url","service":"#);
            match scheme::service(number) {
                Some(service) => self.quoted(service),
                None => self.raw("null"),
            }
        } else {
            self.raw(ABSENT);
            self.raw(r#","effective_port":{"number":"#);
            self.number(scheme.port.into());
            self.raw(r#","explicit":false,"source":""#);
            self.raw(scheme.source);
            self.raw(r#"","service":""#);
            self.raw(scheme.service);
            self.raw("\"");
        }
        self.raw("}");
    }

    fn segments(&mut self) {
        self.raw(r#","path_segments":["#);
        let path = self.url.path;
        let mut start = path.start + 1;
        for text in self.of(Span { start, ..path }).split('/') {
            if start > path.start + 1 {
                self.raw(",");
            }
            let span = Span { start, end: start + text.len() };
            start = span.end + 1;
            self.raw(r#"{"span":{"start":"#);
            self.number(span.start);
            self.raw(r#","end":"#);
            self.number(span.end);
            self.raw(r#"},"value":""#);
            self.raw(text);
            self.raw("\"");
            if self.is_escaped(text) {
                self.decoded(text);
            } else {
                self.raw(r#","decoded":""#);
                self.raw(text);
                self.raw(r#"","decoded_octets":null"#);
            }
            self.raw("}");
        }
        self.raw("]");
    }

    fn file(&mut self) {
        self.raw(r#","file":"#);
        let name = self.of(self.url.path).rsplit('/').next().unwrap_or_default();
        if name.is_empty() {
            return self.raw("null");
        }
        let cut = extension_start(name);
        let stem = cut.and_then(|dot| name.get(..dot)).unwrap_or(name);
        self.raw(r#"{"name":"#);
        self.lossy(name);
        self.raw(r#","stem":"#);
        self.lossy(stem);
        self.raw(r#","extension":"#);
        let Some(extension) = cut.and_then(|dot| name.get(dot + 1..)) else {
            return self.raw(r#"null,"extensions":[]}"#);
        };
        self.lossy(extension);
        self.raw(r#","extensions":["#);
        let parts = name.trim_start_matches('.').split('.').skip(1).filter(|part| !part.is_empty());
        for (index, part) in parts.enumerate() {
            if index > 0 {
                self.raw(",");
            }
            self.lossy(part);
        }
        self.raw("]}");
    }

    /// A text decoded, with U+FFFD for what is not UTF-8.
    fn lossy(&mut self, text: &str) {
        if self.is_escaped(text) {
            let octets = percent::decode(text);
            self.text(&String::from_utf8_lossy(&octets));
        } else {
            self.quoted(text);
        }
    }

    fn parameters(&mut self) {
        self.raw(r#","parameters":["#);
        let Some(query) = self.url.query else { return self.raw("]") };
        let mut start = query.start;
        let mut first = true;
        for text in self.of(query).split('&') {
            let span = Span { start, end: start + text.len() };
            start = span.end + 1;
            if text.is_empty() {
                continue;
            }
            if !first {
                self.raw(",");
            }
            first = false;
            self.parameter(span, text);
        }
        self.raw("]");
    }

    fn parameter(&mut self, span: Span, text: &str) {
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        let name_span = Span { end: span.start + name.len(), ..span };
        self.raw(r#"{"span":"#);
        self.span(span);
        self.raw(r#","text":""#);
        self.raw(text);
        self.raw(r#"","name":"#);
        self.form(name);
        self.raw(r#","value":"#);
        self.form(value.unwrap_or_default());
        self.raw(r#","name_span":"#);
        self.span(name_span);
        self.raw(r#","value_span":"#);
        match value {
            Some(_) => self.span(Span { start: name_span.end + 1, ..span }),
            None => self.raw("null"),
        }
        self.raw("}");
    }

    /// A name or value decoded as forms encode it.
    fn form(&mut self, text: &str) {
        if text.bytes().any(|octet| matches!(octet, b'%' | b'+')) {
            let octets = percent::decode_form(text);
            self.text(&String::from_utf8_lossy(&octets));
        } else {
            self.quoted(text);
        }
    }

    fn socket(&mut self) {
        let scheme = self.url.scheme;
        let port = self.url.port.map_or(scheme.port, |(number, _)| number);
        self.raw(r#","socket":{"host":""#);
        self.raw(self.of(self.url.host));
        self.raw(r#"","port":"#);
        self.number(port.into());
        self.raw(match scheme.transport {
            Transport::Tcp => r#","transport":"tcp","#,
            Transport::Udp => r#","transport":"udp","#,
        });
        self.raw(r#""numeric":false,"resolved":false,"addresses":[]}"#);
    }
}

/// Appends a text in quotation marks, with escapes as the suite's JSON has them: RFC 8259 section 7's, and `\u` for all else
/// that acts on a terminal.
fn escaped(text: &str, line: &mut Vec<u8>) {
    line.push(b'"');
    let mut octets = [0; 4];
    for character in text.chars() {
        let utf8 = character.encode_utf8(&mut octets);
        match character {
            '"' => line.extend_from_slice(b"\\\""),
            '\\' => line.extend_from_slice(b"\\\\"),
            '\u{8}' => line.extend_from_slice(b"\\b"),
            '\u{c}' => line.extend_from_slice(b"\\f"),
            '\n' => line.extend_from_slice(b"\\n"),
            '\r' => line.extend_from_slice(b"\\r"),
            '\t' => line.extend_from_slice(b"\\t"),
            _ if acts(character) => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    line.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                }
            }
            _ => line.extend_from_slice(utf8.as_bytes()),
        }
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_cli::output::{ExplainTo, Terminal};
    use sockeye_cli::{Output, Presentation};

    use super::*;
    use crate::dissect::dissect;
    use crate::plain;

    /// The long way.
    fn by_serde(text: &str) -> String {
        let mut out = Vec::new();
        let mut output = Output::new("url", Terminal::default(), &mut out, std::io::sink());
        output.present(Presentation { json: true, ..Presentation::default() }, ExplainTo::Stdout);
        output.result(&dissect(text, &mut |_| {}).unwrap()).unwrap();
        output.flush().unwrap();
        drop(output);
        String::from_utf8(out).unwrap()
    }

    fn by_hand(text: &str) -> Option<String> {
        let mut line = Vec::new();
        write(&plain::read(text)?, &mut line);
        Some(String::from_utf8(line).unwrap())
    }

    #[test]
    fn the_usual_comes_out_alike() {
        for text in [
            "http://example.com/",
            "https://www.example.com:8443/a/b%20c/archive.tar.gz?q=1&&b&c=&=d&e+f=%22%5C%ff&g==h#top%0a",
            "wss://h:9999/%ff/%e2%82%ac.t%22xt?%c2%9b=%e2%80%ae#%7f",
            "ftp://h/.profile?#",
            "http://h/%c2%ad?%ef%bf%b2#%cd%8f",
        ] {
            assert_eq!(by_hand(text).unwrap(), by_serde(text));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn what_is_written_by_hand_is_what_serde_writes(text in plain::tests::texts()) {
            let Some(line) = by_hand(&text) else { return Ok(()) };
            prop_assert_eq!(line, by_serde(&text));
        }
    }
}
