//! The working: how a text is cut into components, and then how each is read.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::{escape, escape_octets};
use sockeye_cli::output::Role;
use sockeye_cli::{Confined, Render, Text};
use sockeye_common::hex;
use sockeye_common::sockaddr::Sockaddr;
use sockeye_common::words::counted;

use crate::component::{Change, Component};
use crate::dissect::{Dissection, HostKind};
use crate::percent;
use crate::report::cut;
use crate::socket::Address;
use crate::spans::{SchemeKind, Span, Split, is_ignored};

/// One step, in the order in which the parser takes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What is not needed any more was given up.
    Confined(Box<Confined>),
    /// Blanks and control characters at the ends are no part of the URL.
    EndsTrimmed {
        /// Octets before it.
        leading_octets: usize,
        /// Octets behind it.
        trailing_octets: usize,
    },
    /// Tabs and line ends inside are removed.
    TabsRemoved {
        /// How many.
        count: usize,
    },
    /// The first colon ends the scheme.
    SchemeEnded {
        /// The scheme.
        span: Span,
        /// In lower case.
        scheme: String,
        /// What follows from it.
        kind: SchemeKind,
    },
    /// Slashes begin an authority.
    AuthorityBegan {
        /// The slashes; `None` if a special scheme does without.
        span: Option<Span>,
        /// As they stand.
        text: String,
    },
    /// No two slashes: no authority, all is path.
    NoAuthority {
        /// Whether the path begins without a slash.
        opaque_path: bool,
    },
    /// A delimiter ends the authority.
    AuthorityEnded {
        /// The authority.
        span: Span,
        /// As it stands.
        text: String,
        /// The delimiter; `None` at the end of the input.
        by: Option<char>,
    },
    /// The last `@` ends the userinfo.
    UserinfoEnded {
        /// The userinfo.
        span: Span,
        /// How many `@` the authority has.
        at_signs: usize,
        /// Whether a colon separates a password from the username.
        has_password: bool,
    },
    /// A colon outside brackets, or the authority's end, ends the host.
    HostEnded {
        /// The host.
        span: Span,
        /// As it stands.
        text: String,
        /// Whether a port follows.
        before_port: bool,
    },
    /// The zone is taken off, since the standard has none.
    ZoneTaken {
        /// The zone.
        span: Span,
        /// As it stands.
        text: String,
    },
    /// A component after the authority, up to its delimiter.
    Cut {
        /// `port`, `path`, `query`, `fragment`.
        component: &'static str,
        /// Where it stands.
        span: Span,
        /// As it stands.
        text: String,
    },
    /// A component was normalised.
    Normalised {
        /// Which.
        component: &'static str,
        /// As it stood.
        text: Option<String>,
        /// As it is now; `None` if it was left out.
        value: Option<String>,
        /// By what.
        changes: Vec<Change>,
    },
    /// Percent-encoding means something.
    Decoded {
        /// Which component.
        component: &'static str,
        /// As the normalised URL has it.
        value: String,
        /// What it means; `None` if that is not UTF-8.
        decoded: Option<String>,
    },
    /// The host is known for what it is.
    HostRead {
        /// As the normalised URL has it.
        host: Option<String>,
        /// What it is.
        kind: HostKind,
        /// In Unicode, where that is another text.
        unicode: Option<String>,
    },
    /// The port to connect to.
    PortChosen {
        /// In host order; `None` if nobody says.
        port: Option<u16>,
        /// Whether the URL says.
        explicit: bool,
        /// Who says.
        source: Option<&'static str>,
        /// Whose port it is.
        service: Option<&'static str>,
    },
    /// A parameter of the query was decoded.
    ParameterDecoded {
        /// Counted from 1.
        number: usize,
        /// As it stands.
        text: String,
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// The standard tolerates something.
    Violated {
        /// Which rule.
        violation: &'static str,
        /// In words.
        message: &'static str,
        /// How often.
        count: usize,
    },
    /// A name: nothing is asked until the user wants it.
    WouldResolve {
        /// What would be asked.
        call: String,
    },
    /// What getaddrinfo(3) was asked.
    Resolved {
        /// What was asked.
        call: String,
        /// How many addresses came back.
        count: usize,
    },
    /// A socket address, octet by octet.
    LaidOut {
        /// Address and port.
        address: String,
        /// The fields in memory order.
        fields: Vec<FieldText>,
    },
}

/// A field of a socket address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldText {
    /// Its name in C.
    pub name: &'static str,
    /// Where it starts, in octets.
    pub offset_octets: usize,
    /// Its octets in hexadecimal.
    pub octets: String,
    /// What they mean.
    pub meaning: String,
}

impl Event {
    /// How the input is cut, from left to right.
    pub(crate) fn of_split(input: &str, split: &Split, explain: &mut dyn FnMut(Self)) {
        let text = |span: Span| span.of(input).to_owned();
        let Split { trimmed, scheme, kind, .. } = *split;
        let (leading_octets, trailing_octets) = (trimmed.start, input.len() - trimmed.end);
        if leading_octets + trailing_octets > 0 {
            explain(Self::EndsTrimmed { leading_octets, trailing_octets });
        }
        let count = trimmed.of(input).matches(is_ignored).count();
        if count > 0 {
            explain(Self::TabsRemoved { count });
        }
        explain(Self::SchemeEnded { span: scheme, scheme: text(scheme).to_ascii_lowercase(), kind });
        if let Some(authority) = split.authority {
            Self::of_authority(input, split, authority, explain);
        } else {
            explain(Self::NoAuthority { opaque_path: kind == SchemeKind::Other && !text(split.path).starts_with('/') });
        }
        let tail = [("path", Some(split.path)), ("query", split.query), ("fragment", split.fragment)];
        for (component, span) in tail {
            if let Some(span) = span {
                explain(Self::Cut { component, span, text: text(span) });
            }
        }
    }

    fn of_authority(input: &str, split: &Split, authority: Span, explain: &mut dyn FnMut(Self)) {
        let text = |span: Span| span.of(input).to_owned();
        explain(Self::AuthorityBegan { span: split.slashes, text: split.slashes.map(text).unwrap_or_default() });
        let rest = Span { start: authority.end, end: split.trimmed.end };
        let by = rest.of(input).chars().find(|character| !is_ignored(*character));
        explain(Self::AuthorityEnded { span: authority, text: text(authority), by });
        if let Some(span) = split.userinfo {
            let has_password = split.password.is_some();
            explain(Self::UserinfoEnded { span, at_signs: split.at_signs, has_password });
        }
        if let Some(span) = split.host {
            explain(Self::HostEnded { span, text: text(span), before_port: split.port.is_some() });
        }
        if let Some(span) = split.zone {
            explain(Self::ZoneTaken { span, text: text(span) });
        }
        if let Some(span) = split.port {
            explain(Self::Cut { component: "port", span, text: text(span) });
        }
    }

    /// How the components are read.
    pub(crate) fn of_values(url: &Dissection, explain: &mut dyn FnMut(Self)) {
        for (component, part) in url.components() {
            if !part.changes.is_empty() {
                let Component { text, value, changes, .. } = part.clone();
                explain(Self::Normalised { component, text, value, changes });
            }
            // The host is decoded by the parser, the query by its parameters.
            if let Some(value) = part.value.clone().filter(|value| percent::count(value) > 0)
                && !matches!(component, "host" | "query")
            {
                explain(Self::Decoded { component, value, decoded: part.decoded.clone() });
            }
            match component {
                "host" if url.host_kind != HostKind::None => explain(Self::HostRead {
                    host: url.host.value.clone(),
                    kind: url.host_kind,
                    unicode: url.host_unicode.clone().filter(|unicode| Some(unicode) != url.host.value.as_ref()),
                }),
                "port" if url.socket.is_some() => {
                    let port = &url.effective_port;
                    explain(Self::PortChosen {
                        port: port.number,
                        explicit: port.explicit,
                        source: port.source,
                        service: port.service,
                    });
                }
                _ => {}
            }
        }
        for (index, parameter) in url.parameters.iter().enumerate() {
            let (text, name, value) = (parameter.text.clone(), parameter.name.clone(), parameter.value.clone());
            explain(Self::ParameterDecoded { number: index + 1, text, name, value });
        }
        for violation in &url.violations {
            let (count, message) = (violation.count, violation.message);
            explain(Self::Violated { violation: violation.violation, message, count });
        }
        let Some(socket) = &url.socket else { return };
        if !socket.numeric {
            explain(Self::WouldResolve { call: socket.question() });
        }
        Self::of_addresses(&socket.addresses, explain);
    }

    /// The socket addresses, octet by octet.
    pub(crate) fn of_addresses(addresses: &[Address], explain: &mut dyn FnMut(Self)) {
        for addr in addresses.iter().filter_map(|address| address.socket_addr) {
            let sockaddr = Sockaddr::from(addr);
            let fields = sockaddr.fields().into_iter().map(|field| FieldText {
                name: field.name,
                offset_octets: field.offset,
                octets: hex::encode(&field.octets),
                meaning: field.meaning,
            });
            explain(Self::LaidOut { address: sockaddr.to_string(), fields: fields.collect() });
        }
    }
}

/// A quoted, escaped text.
fn quoted(text: &str) -> String {
    format!("\"{}\"", escape(&cut(text)))
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (topic, span, words) = self.words();
        let span = span.map(|span| span.to_string()).unwrap_or_default();
        let lead = text.paint(Role::Dim, &format!("{topic:<10} {span:>8}"));
        text.line(format!("{lead}  {words}"))?;
        if let Self::LaidOut { fields, .. } = self {
            for field in fields {
                let FieldText { name, offset_octets, octets, meaning } = field;
                text.line(format!("{:21}{offset_octets:>2}  {name:<14} {octets:<32} {meaning}", ""))?;
            }
        }
        Ok(())
    }
}

impl Event {
    /// What it is about, where that stands, and what there is to say.
    fn words(&self) -> (&'static str, Option<Span>, String) {
        match self {
            Self::Confined(confined) => ("confined", None, confined.words()),
            Self::EndsTrimmed { leading_octets, trailing_octets } => (
                "input",
                None,
                format!(
                    "{leading_octets} octets before and {trailing_octets} behind the URL are blanks or controls: ignored"
                ),
            ),
            Self::TabsRemoved { count } => {
                let things = if *count == 1 { "tab or line end" } else { "tabs or line ends" };
                ("input", None, format!("{count} {things} removed before parsing"))
            }
            Self::SchemeEnded { span, scheme, kind } => ("scheme", Some(*span), scheme_words(scheme, *kind)),
            Self::AuthorityBegan { span: None, .. } => {
                ("authority", None, "no slashes, but this scheme has an authority always".to_owned())
            }
            Self::AuthorityBegan { span, text } if text == "//" => {
                ("authority", *span, "\"//\" begins the authority (RFC 3986 section 3.2)".to_owned())
            }
            Self::AuthorityBegan { span, text } => {
                ("authority", *span, format!("{} is taken for \"//\" (WHATWG URL section 4.4)", quoted(text)))
            }
            Self::NoAuthority { opaque_path: true } => (
                "authority",
                None,
                "none: no \"//\" follows the scheme, and no slash begins the path, which is opaque".to_owned(),
            ),
            Self::NoAuthority { opaque_path: false } => {
                ("authority", None, "none: no \"//\" follows the scheme (RFC 3986 section 3)".to_owned())
            }
            Self::AuthorityEnded { span, text, by } => {
                let end =
                    by.map_or("at the end of the input".to_owned(), |by| format!("before {}", quoted(&by.to_string())));
                ("authority", Some(*span), format!("{} ends {end}", quoted(text)))
            }
            Self::UserinfoEnded { span, at_signs, has_password } => {
                ("userinfo", Some(*span), userinfo_words(*at_signs, *has_password))
            }
            Self::HostEnded { span, text, before_port } => {
                let end = if *before_port { "at the colon before the port" } else { "with the authority" };
                ("host", Some(*span), format!("{} ends {end}", quoted(text)))
            }
            Self::ZoneTaken { span, text } => {
                ("zone", Some(*span), format!("{} taken off: the standard has no zones (RFC 9844)", quoted(text)))
            }
            Self::Cut { component, span, text } => (component, Some(*span), cut_words(component, text)),
            Self::Normalised { component, text, value, changes } => {
                (component, None, normalised_words(text.as_deref(), value.as_deref(), changes))
            }
            Self::Decoded { component, value, decoded } => {
                let meaning = match decoded {
                    Some(decoded) => quoted(decoded),
                    None => format!("\"{}\", which is not UTF-8", escape_octets(&percent::decode(value))),
                };
                (component, None, format!("{} means {meaning} (RFC 3986 section 2.1)", quoted(value)))
            }
            Self::HostRead { host, kind, unicode } => {
                ("host", None, host_words(host.as_deref(), *kind, unicode.as_deref()))
            }
            Self::PortChosen { port, source, service, .. } => ("port", None, port_words(*port, *source, *service)),
            Self::ParameterDecoded { number, text, name, value } => {
                ("query", None, format!("parameter {number}: {} is {} = {}", quoted(text), quoted(name), quoted(value)))
            }
            Self::Violated { message, count, .. } if *count > 1 => {
                ("violation", None, format!("{message} ({count} times)"))
            }
            Self::Violated { message, .. } => ("violation", None, (*message).to_owned()),
            Self::WouldResolve { call } => {
                ("socket", None, format!("a connection would ask {}; nothing was asked", escape(call)))
            }
            Self::Resolved { call, count } => {
                ("socket", None, format!("{} gave {}", escape(call), counted(*count, "address")))
            }
            Self::LaidOut { address, .. } => ("socket", None, format!("the sockaddr of {address}:")),
        }
    }
}

fn scheme_words(scheme: &str, kind: SchemeKind) -> String {
    let means = match kind {
        SchemeKind::Special => "special: an authority follows always, and a backslash is a slash",
        SchemeKind::File => "special: a host may follow, userinfo and port may not",
        SchemeKind::Other => "not special: a host outside brackets is opaque",
    };
    format!("{} ends at the first colon; {means} (WHATWG URL section 4.2)", quoted(scheme))
}

fn userinfo_words(at_signs: usize, has_password: bool) -> String {
    let which = if at_signs > 1 { format!("the last of {at_signs} \"@\"") } else { "the \"@\"".to_owned() };
    let password = if has_password { "; its first colon ends the username" } else { "; no colon, so no password" };
    format!("{which} ends the userinfo{password} (WHATWG URL section 4.4, authority state)")
}

fn cut_words(component: &str, text: &str) -> String {
    let end = match component {
        "port" => "stands behind the host's colon (RFC 3986 section 3.2.3)",
        "path" => "reaches to the first \"?\" or \"#\", or to the end (RFC 3986 section 3.3)",
        "query" => "reaches from the first \"?\" to the first \"#\", or to the end (RFC 3986 section 3.4)",
        _ => "stands behind the first \"#\"; it is never sent (RFC 3986 section 3.5)",
    };
    format!("{} {end}", quoted(text))
}

fn normalised_words(text: Option<&str>, value: Option<&str>, changes: &[Change]) -> String {
    let from = text.map_or("nothing".to_owned(), quoted);
    let to = value.map_or("nothing".to_owned(), quoted);
    let how: Vec<&str> = changes.iter().map(|change| change.words()).collect();
    format!("{from} becomes {to}: {}", how.join(", "))
}

fn host_words(host: Option<&str>, kind: HostKind, unicode: Option<&str>) -> String {
    let host = host.map_or("nothing".to_owned(), quoted);
    let unicode = unicode.map(|unicode| format!(", in Unicode {}", quoted(unicode))).unwrap_or_default();
    let why = match kind {
        HostKind::Domain => "its last label is no number (WHATWG URL section 3.5)",
        HostKind::Ipv4 => "its last label is a number (WHATWG URL section 3.5)",
        HostKind::Ipv6 => "it stands in brackets (RFC 3986 section 3.2.2)",
        HostKind::Opaque => "the scheme is not special (WHATWG URL section 3.5)",
        HostKind::Empty | HostKind::None => "it has no octets",
    };
    format!("{host} is of the kind {}: {why}{unicode}", kind.words())
}

fn port_words(port: Option<u16>, source: Option<&str>, service: Option<&str>) -> String {
    let Some(port) = port else { return "none in the URL, and the scheme has no default that we know".to_owned() };
    let service = service.map(|service| format!(" ({service})")).unwrap_or_default();
    match source {
        Some("url") | None => format!("{port}{service} stands in the URL"),
        Some(source) => format!("{port}{service} is the scheme's default ({source})"),
    }
}
