//! From a text to a [`Dissection`]: the splitter's spans and the `url` crate's values, side by side.

mod malformed;
mod remark;

use std::borrow::Cow;

use serde::Serialize;
use url::{Host, Url};

use crate::base::Resolution;
use crate::component::{Change, Component};
use crate::departure::{self, Refusal};
use crate::explain::Event;
use crate::models::{self, Comparison, Purpose};
use crate::path::{self, File, Label, Segment};
use crate::percent;
use crate::query::{self, Parameter};
use crate::scheme;
use crate::socket::{self, Socket};
use crate::spans::{SchemeKind, Span, Split, is_drive_letter, significant, split};
use crate::specific::{self, Specific};
use crate::whatwg::{self, Violation};
use crate::zone;

pub use malformed::Malformed;
pub use remark::Remark;

use malformed::{refused, without_scheme};
use remark::remarks;

/// A URL, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dissection {
    /// As it was given.
    pub input: String,
    /// By which rules it was taken apart.
    pub model: Model,
    /// The whole URL, normalised; without the zone, which has no place in it.
    pub normalised: String,
    /// Whether it is a URL in the strict sense, or a URI that only names.
    pub purpose: Purpose,
    /// How its scheme is treated.
    pub scheme_kind: SchemeKind,
    /// Whether the path is opaque: no slash begins it, and nothing can be resolved against it.
    pub opaque_path: bool,
    /// In lower case, without the colon.
    pub scheme: Component,
    /// Userinfo, host and port.
    pub authority: Component,
    /// Up to the first colon of what stands before the last `@`.
    pub username: Component,
    /// After that colon.
    pub password: Component,
    /// The host, with the brackets of an IPv6 address.
    pub host: Component,
    /// What the host is.
    pub host_kind: HostKind,
    /// The host in Unicode, if it is a domain.
    pub host_unicode: Option<String>,
    /// The labels of a domain in both forms.
    pub host_labels: Vec<Label>,
    /// The zone of an IPv6 address, without the `%`.
    pub zone: Component,
    /// As it stands in the URL.
    pub port: Component,
    /// Which port a connection would go to.
    pub effective_port: EffectivePort,
    /// From the first slash after the authority, or after the scheme.
    pub path: Component,
    /// The path between its slashes.
    pub path_segments: Vec<Segment>,
    /// The file that the path ends with, if it does not end with a slash.
    pub file: Option<File>,
    /// Without the question mark.
    pub query: Component,
    /// The query's parameters in order.
    pub parameters: Vec<Parameter>,
    /// Without the number sign. Never sent.
    pub fragment: Component,
    /// What the standard tolerates and calls an error.
    pub violations: Vec<Violation>,
    /// What else a reader should know.
    pub remarks: Vec<Remark>,
    /// What a socket would need; `None` if the URL leads to none.
    pub socket: Option<Socket>,
    /// What RFC 3986 makes of the same text, where both models are asked.
    pub models: Option<Box<Comparison>>,
    /// What the scheme says of the rest, where it has a syntax of its own.
    pub specific: Option<Box<Specific>>,
    /// How it came out of a reference and a base, where a base was given.
    pub resolution: Option<Box<Resolution>>,
}

/// The rules by which a URL is taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Model {
    /// The WHATWG URL standard: what browsers do.
    Whatwg,
}

/// What a host is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum HostKind {
    /// A name for a resolver.
    Domain,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Text that means something to the scheme only.
    Opaque,
    /// There is an authority, perhaps one that the parser added, and its host is empty.
    Empty,
    /// There is no authority, not even in the normalised URL.
    None,
}

impl HostKind {
    /// The kind as JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Opaque => "opaque",
            Self::Empty => "empty",
            Self::None => "none",
        }
    }

    /// The kind in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Ipv4 => "IPv4 address",
            Self::Ipv6 => "IPv6 address",
            Self::Opaque => "opaque host",
            Self::Empty => "empty",
            Self::None => "none",
        }
    }
}

/// The port that a connection would go to, and who says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EffectivePort {
    /// The port, in host order; `None` if neither the URL nor its scheme says one.
    pub number: Option<u16>,
    /// Whether the URL has it.
    pub explicit: bool,
    /// `url`, or the source of the scheme's default.
    pub source: Option<&'static str>,
    /// The service that IANA assigned it to.
    pub service: Option<&'static str>,
}

/// Takes `input` apart, and tells `explain` how.
///
/// # Errors
/// [`Malformed`] if the WHATWG parser, without a base URL, refuses it, or if it has a zone that cannot be one.
///
/// # Source
/// WHATWG URL, section 4.4.
pub fn dissect(input: &str, explain: &mut dyn FnMut(Event)) -> Result<Dissection, Malformed> {
    let Some(split) = split(input) else { return Err(without_scheme(input)) };
    Event::of_split(input, &split, explain);
    let dissection = read(input, &split)?;
    Event::of_values(&dissection, explain);
    Ok(dissection)
}

/// As [`dissect`], for those who have many and want no steps.
///
/// # Errors
/// As [`dissect`].
pub fn of(input: &str) -> Result<Dissection, Malformed> {
    let Some(split) = split(input) else { return Err(without_scheme(input)) };
    read(input, &split)
}

fn read(input: &str, split: &Split) -> Result<Dissection, Malformed> {
    check_zone(input, split)?;
    let (parsed, violations) = whatwg::parse(&zone::taken_off(input, split));
    let url = parsed.map_err(|error| refused(input, split, error))?;
    let url = standard(input, split, url)?;
    Ok(assemble(input, split, &url, violations))
}

/// Where the components of `input` stand, and the URL: what [`dissect`] begins with, for those who need no more.
///
/// # Errors
/// As [`dissect`].
pub fn parse(input: &str) -> Result<(Split, Url), Malformed> {
    let Some(split) = split(input) else { return Err(without_scheme(input)) };
    check_zone(input, &split)?;
    let url = Url::parse(&zone::taken_off(input, &split)).map_err(|error| refused(input, &split, error))?;
    let url = standard(input, &split, url)?;
    Ok((split, url))
}

/// `url` as the standard has it, where the crate has something else.
fn standard(input: &str, split: &Split, url: Url) -> Result<Url, Malformed> {
    departure::standard(input, split, url).map_err(|refusal| {
        let span = match refusal {
            Refusal::BackslashAfterPort => split.port,
            Refusal::UserinfoWithoutHost => split.host,
        };
        Malformed { input: input.to_owned(), fault: refusal.words().to_owned(), span, hint: None }
    })
}

fn check_zone(input: &str, split: &Split) -> Result<(), Malformed> {
    let Some(name) = zone::name(input, split) else { return Ok(()) };
    zone::check(&name).map_err(|error| Malformed {
        input: input.to_owned(),
        fault: format!("invalid zone: {error}"),
        span: split.zone,
        hint: None,
    })
}

fn assemble(input: &str, split: &Split, url: &Url, violations: Vec<Violation>) -> Dissection {
    let scheme = Component::new(input, Some(split.scheme), Some(url.scheme()));
    let lowercased = scheme.significant() != url.scheme();
    let (host, host_kind) = host(input, split, url);
    let port = port(input, split, url);
    let effective_port = effective_port(url, &port);
    let zone_name = zone::name(input, split);
    let host_unicode = unicode(&host, host_kind);
    let name = host.value.as_deref().filter(|_| host_kind == HostKind::Domain);
    let host_labels = name.map(|name| path::labels(name, host_unicode.as_deref())).unwrap_or_default();
    let path = path_component(input, split, url);
    let path_segments = path::segments(input, &path, split.kind, url.cannot_be_a_base());
    let mut dissection = Dissection {
        input: input.to_owned(),
        model: Model::Whatwg,
        normalised: url.as_str().to_owned(),
        purpose: models::purpose_of(url.scheme(), url.has_authority() || !url.cannot_be_a_base()),
        scheme_kind: split.kind,
        opaque_path: url.cannot_be_a_base(),
        scheme: scheme.changed(Change::Lowercased, lowercased),
        authority: Component::new(input, split.authority, url.has_authority().then(|| url.authority())).accounted_for(),
        username: userinfo(
            input,
            split.username,
            // An empty one stays before the colon of a password.
            Some(url.username()).filter(|name| !name.is_empty() || url.password().is_some()),
        ),
        password: userinfo(input, split.password, url.password()),
        host_unicode,
        host_labels,
        host,
        host_kind,
        zone: Component::new(input, split.zone, zone_name.as_deref()).changed(
            Change::PercentDecoded,
            zone_name.as_deref().is_some_and(|name| name != text_of(input, split.zone)),
        ),
        port,
        effective_port,
        path,
        file: path::file(&path_segments),
        path_segments,
        query: encoded(input, split.query, url.query()),
        parameters: split.query.map(|query| query::parameters(input, query)).unwrap_or_default(),
        fragment: encoded(input, split.fragment, url.fragment()),
        violations,
        remarks: remarks(input, split, url),
        socket: None,
        models: None,
        specific: specific::is_known(url.scheme()).then(|| specific::of(input).map(Box::new)).flatten(),
        resolution: None,
    };
    dissection.confirm(url);
    dissection.socket = socket::of(&dissection);
    dissection
}

impl Dissection {
    /// The URL normalised, and with its zone: without that it leads nowhere.
    pub fn with_zone(&self) -> Cow<'_, str> {
        zone::put_back(&self.normalised, self.host.value.as_deref(), self.zone.value.as_deref())
    }

    /// Forgets every span whose text does not mean what the parser read: no span is better than a wrong one.
    fn confirm(&mut self, url: &Url) {
        let same = |component: &Component| {
            let Some(text) = &component.text else { return true };
            let value = component.value.as_deref().unwrap_or_default();
            percent::decode(&significant(text)) == percent::decode(value)
        };
        for component in [&mut self.username, &mut self.password, &mut self.query, &mut self.fragment] {
            if !same(component) {
                component.forget_span();
            }
        }
        let text = self.port.significant();
        if self.port.text.is_some() && text.parse().ok() != self.effective_port.number && !text.is_empty() {
            self.port.forget_span();
        }
        if self.host.text.is_some() && !self.host_means(url) {
            self.host.forget_span();
            self.zone.forget_span();
        }
        if self.query.span.is_none() {
            self.parameters.clear();
        }
    }

    /// Whether the host's text is read as the host of `url`.
    fn host_means(&self, url: &Url) -> bool {
        let mut text = self.host.significant();
        if let (Some(sign), true) = (text.find('%'), self.zone.text.is_some()) {
            text = Cow::Owned(format!("{}]", text.get(..sign).unwrap_or_default()));
        }
        let read = match self.scheme_kind {
            SchemeKind::Special => Host::parse(&text),
            SchemeKind::File if text.is_empty() => return url.host().is_none(),
            // A drive letter or the name localhost takes the host away.
            SchemeKind::File => {
                return url.host().is_none() || Host::parse(&text).ok() == url.host().map(|h| h.to_owned());
            }
            SchemeKind::Other if text.is_empty() => return url.host().is_none_or(|host| host == Host::Domain("")),
            SchemeKind::Other => Host::parse_opaque(&text),
        };
        read.ok() == url.host().map(|host| host.to_owned())
    }
}

fn encoded(input: &str, span: Option<Span>, value: Option<&str>) -> Component {
    let component = Component::new(input, span, value);
    let differs = component.text.is_some() && Some(&*component.significant()) != value;
    component.changed(Change::PercentEncoded, differs)
}

/// A username or password: the crate leaves out what is empty.
fn userinfo(input: &str, span: Option<Span>, value: Option<&str>) -> Component {
    let component = encoded(input, span, value);
    let empty = component.span.is_some() && component.significant().is_empty();
    if !empty || component.value.is_some() {
        return component;
    }
    Component { changes: vec![Change::EmptyRemoved], ..component }
}

/// What stands at `span` without what is removed before parsing.
fn text_of(input: &str, span: Option<Span>) -> Cow<'_, str> {
    span.map(|span| significant(span.of(input))).unwrap_or_default()
}

fn host_kind(split: &Split, url: &Url) -> HostKind {
    match url.host() {
        Some(Host::Ipv4(_)) => HostKind::Ipv4,
        Some(Host::Ipv6(_)) => HostKind::Ipv6,
        Some(Host::Domain(name)) if !name.is_empty() && split.kind == SchemeKind::Other => HostKind::Opaque,
        Some(Host::Domain(name)) if !name.is_empty() => HostKind::Domain,
        _ if url.has_authority() => HostKind::Empty,
        _ => HostKind::None,
    }
}

fn host(input: &str, split: &Split, url: &Url) -> (Component, HostKind) {
    // The crate has no host where the standard has an empty one.
    let value = url.host_str().or_else(|| url.has_authority().then_some(""));
    let component = Component::new(input, split.host, value);
    let text = text_of(input, split.host);
    let kind = host_kind(split, url);
    let differs = component.value.as_deref() != Some(&*text) && !text.is_empty();
    let decoded = percent::decode(&text);
    let decoded = str::from_utf8(&decoded).unwrap_or_default();
    let escaped = differs && percent::count(&text) > 0;
    let ascii = decoded.is_ascii();
    let component = match kind {
        HostKind::Ipv4 => {
            let quad = component.value.as_deref().unwrap_or_default().to_owned();
            component
                .changed(Change::PercentDecoded, escaped)
                .changed(Change::Idna, differs && !ascii)
                .changed(Change::Ipv4Number, differs && decoded != quad)
        }
        HostKind::Ipv6 => {
            let bare = text.split('%').next().unwrap_or_default().trim_end_matches(']');
            let value = component.value.as_deref().unwrap_or_default().trim_end_matches(']').to_owned();
            let other = bare != value;
            component.changed(Change::Ipv6Text, other).changed(Change::ZoneRemoved, split.zone.is_some())
        }
        HostKind::Domain => component
            .changed(Change::PercentDecoded, escaped)
            .changed(Change::Idna, differs && !ascii)
            .changed(Change::Lowercased, differs && ascii && decoded.bytes().any(|octet| octet.is_ascii_uppercase())),
        HostKind::Opaque => component.changed(Change::PercentEncoded, differs),
        HostKind::Empty | HostKind::None if text.eq_ignore_ascii_case("localhost") => {
            component.changed(Change::LocalhostRemoved, true)
        }
        HostKind::Empty | HostKind::None => component.changed(Change::DriveLetter, !text.is_empty()),
    };
    (component.accounted_for(), kind)
}

/// The name in Unicode, for a domain that can be shown so.
fn unicode(host: &Component, kind: HostKind) -> Option<String> {
    let name = host.value.as_deref().filter(|_| kind == HostKind::Domain)?;
    let (unicode, valid) = idna::domain_to_unicode(name);
    valid.is_ok().then_some(unicode)
}

fn port(input: &str, split: &Split, url: &Url) -> Component {
    let value = url.port().map(|port| port.to_string());
    let component = Component::new(input, split.port, value.as_deref());
    let text = text_of(input, split.port);
    let there = component.span.is_some();
    component
        .changed(Change::EmptyRemoved, there && text.is_empty())
        .changed(Change::LeadingZeros, text.len() > 1 && text.starts_with('0'))
        .changed(Change::DefaultPort, !text.is_empty() && value.is_none())
}

fn effective_port(url: &Url, port: &Component) -> EffectivePort {
    let of_scheme = scheme::lookup(url.scheme());
    if let Ok(number) = port.significant().parse() {
        // The scheme's own name for its own port: wss and https share one number, imaps has it alone.
        let same = of_scheme.filter(|scheme| scheme.port == number).map(|scheme| scheme.service);
        let service = same.or_else(|| scheme::service(number));
        return EffectivePort { number: Some(number), explicit: true, source: Some("url"), service };
    }
    EffectivePort {
        number: of_scheme.map(|scheme| scheme.port),
        explicit: false,
        source: of_scheme.map(|scheme| scheme.source),
        service: of_scheme.map(|scheme| scheme.service),
    }
}

fn path_component(input: &str, split: &Split, url: &Url) -> Component {
    let component = Component::new(input, Some(split.path), Some(url.path()));
    let text = text_of(input, Some(split.path));
    let special = split.kind != SchemeKind::Other;
    let backslashes = special && text.contains('\\');
    let slashed = if backslashes { Cow::Owned(text.replace('\\', "/")) } else { text.clone() };
    let opaque = url.cannot_be_a_base();
    let dots = !opaque && slashed.split('/').any(|segment| path::dots(segment.as_bytes()).is_some());
    let unsafe_character =
        |c: char| !c.is_ascii_graphic() || (!opaque && matches!(c, '"' | '<' | '>' | '`' | '{' | '}'));
    let differs = text != url.path();
    let encoded = differs && text.contains(unsafe_character) && percent::count(url.path()) > 0;
    let bar = |path: &str| {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        first.ends_with('|') && is_drive_letter(first)
    };
    let drive = bar(&slashed) && !bar(url.path());
    component
        .changed(Change::SlashAdded, !opaque && !slashed.starts_with('/') && url.path().starts_with('/'))
        .changed(Change::Backslashes, backslashes)
        .changed(Change::DotSegments, dots)
        .changed(Change::PercentEncoded, encoded)
        .changed(Change::DriveLetter, split.kind == SchemeKind::File && drive)
        .accounted_for()
}

#[cfg(test)]
mod tests;
