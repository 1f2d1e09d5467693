//! Two standards side by side: what WHATWG URL and RFC 3986 make of one text, component by component, and whether they
//! and curl go to the same host.
//!
//! - [`Comparison`]: the values, the reasons and the hosts
//! - `why`: the reasons
//! - [`explain`]: the steps as data; [`report`]: the table and the warning; [`warning`]: that alone

pub mod explain;
pub mod report;
pub mod warning;
mod why;

use clap::ValueEnum;
use serde::Serialize;

use crate::component::Component;
use crate::curl::{self, CurlError};
use crate::dissect::{Dissection, HostKind, Malformed};
use crate::percent;
use crate::rfc3986::normalise::{decode_unreserved, normalise};
use crate::rfc3986::reading::{Kind, Part, Reading};
use crate::rfc3986::{Components, PathRule};
use crate::specific;
use crate::zone;

/// By which standard a URL is read.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// WHATWG URL, as browsers do
    Whatwg,
    /// RFC 3986, strictly
    Rfc3986,
    /// Both, side by side
    Both,
}

/// What two standards make of one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// Why the readers do not go to the same host; `None` if they do.
    pub host_warning: Option<String>,
    /// To which host each of them goes.
    pub hosts: Vec<HostOf>,
    /// What curl takes a text without a scheme for.
    pub guess: Option<String>,
    /// What each makes of every component; empty where WHATWG refuses the text.
    pub components: Vec<Row>,
    /// The text as RFC 3986 reads it.
    pub rfc3986: Reading,
    /// Whether the table shows what is the same, too.
    #[serde(skip)]
    pub in_full: bool,
    /// Whether the warning was given already, among the steps.
    #[serde(skip)]
    pub warned: bool,
}

/// Where a reader goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HostOf {
    /// Who reads.
    pub reader: Reader,
    /// The host, lower-cased and decoded as this reader does it.
    pub host: Option<String>,
    /// Why there is none, if the text is refused.
    pub refused: Option<String>,
    /// The host that the delimiters alone would give, where the text is refused.
    pub by_delimiters: Option<String>,
}

/// Who reads a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// WHATWG URL: a browser.
    Whatwg,
    /// RFC 3986 to the letter.
    Rfc3986,
    /// libcurl, and so the tool curl.
    Curl,
}

impl Reader {
    /// The reader's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whatwg => "WHATWG",
            Self::Rfc3986 => "RFC 3986",
            Self::Curl => "curl",
        }
    }
}

/// One component by both standards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// `scheme`, `userinfo`, `host`, `port`, `path`, `query`, `fragment`.
    pub component: &'static str,
    /// WHATWG's value: it normalises while it parses.
    pub whatwg: Option<String>,
    /// RFC 3986's: as it stands in the text.
    pub rfc3986: Option<String>,
    /// How far they are the same.
    pub agreement: Agreement,
    /// Why they are not; empty where they are.
    pub why: Vec<String>,
}

/// How far two readings of a component are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// Octet by octet.
    Same,
    /// Once RFC 3986's is normalised by its section 6.2.
    Normalised,
    /// Not at all.
    Different,
}

/// Compares what the standards make of `input`.
pub fn compare(input: &str, whatwg: Result<&Dissection, &Malformed>) -> Comparison {
    let rfc3986 = Reading::of(input);
    let components = whatwg.map_or_else(|_| Vec::new(), |whatwg| rows(whatwg, &rfc3986));
    let by_curl = curl(input);
    let host_warning = if !same_host(whatwg, &rfc3986) {
        Some(why::host_differs(whatwg, &rfc3986).join("; "))
    } else if !curl_agrees(whatwg, &rfc3986, &by_curl) {
        Some(why::curl_differs(whatwg, &by_curl))
    } else {
        None
    };
    let guess = by_curl.as_ref().ok().filter(|url| url.guessed && rfc3986.kind == Kind::RelativePathReference);
    let guess = guess.map(|url| format!("{}://{input}", String::from_utf8_lossy(&url.scheme)));
    let hosts = vec![whatwg_host(whatwg), rfc3986_host(&rfc3986), curl_host(by_curl)];
    Comparison { host_warning, hosts, guess, components, rfc3986, in_full: false, warned: false }
}

fn whatwg_host(whatwg: Result<&Dissection, &Malformed>) -> HostOf {
    let reader = Reader::Whatwg;
    match whatwg {
        Ok(url) => HostOf { reader, host: there(url), refused: None, by_delimiters: None },
        Err(malformed) => HostOf { reader, host: None, refused: Some(malformed.fault.clone()), by_delimiters: None },
    }
}

/// The host, if there is one that is not empty.
fn there(url: &Dissection) -> Option<String> {
    url.host.value.clone().filter(|_| !matches!(url.host_kind, HostKind::None | HostKind::Empty))
}

fn rfc3986_host(reading: &Reading) -> HostOf {
    let reader = Reader::Rfc3986;
    let host = reading.host.as_ref().filter(|host| !host.text.is_empty());
    if let Some(fault) = reading.fault.as_ref().filter(|_| reading.refuses_authority()) {
        let by_delimiters = host.map(|host| host.text.clone());
        return HostOf { reader, host: None, refused: Some(fault.to_string()), by_delimiters };
    }
    let text = |host: &Part| host.normalised.clone().unwrap_or_else(|| host.text.to_ascii_lowercase());
    HostOf { reader, host: host.map(text).filter(|host| !host.is_empty()), refused: None, by_delimiters: None }
}

/// The text as the tool curl reads it.
fn curl(input: &str) -> Result<curl::Url, CurlError> {
    curl::Url::parse(input.as_bytes(), curl::Rules { any_scheme: false, ..curl::Rules::default() })
}

/// The host that curl would have resolved.
fn curl_name(url: &curl::Url) -> Option<String> {
    let host = String::from_utf8_lossy(url.host.as_deref().unwrap_or_default()).into_owned();
    // libidn2 converts as UTS #46 has it.
    let ascii = if host.is_ascii() { None } else { idna::domain_to_ascii(&host).ok() };
    Some(ascii.unwrap_or(host)).filter(|host| !host.is_empty())
}

fn curl_host(by_curl: Result<curl::Url, CurlError>) -> HostOf {
    let reader = Reader::Curl;
    match by_curl {
        Ok(url) => HostOf { reader, host: curl_name(&url), refused: None, by_delimiters: None },
        Err(error) => HostOf { reader, host: None, refused: Some(error.to_string()), by_delimiters: None },
    }
}

/// Whether curl goes where a browser does. What it refuses for something else than the host is in no doubt, and an address
/// of mail or a telephone number is not handed to it.
fn curl_agrees(
    whatwg: Result<&Dissection, &Malformed>,
    reading: &Reading,
    by_curl: &Result<curl::Url, CurlError>,
) -> bool {
    let curls = match by_curl {
        Ok(url) => curl_name(url),
        Err(CurlError::Slashes | CurlError::NoHost | CurlError::Hostname | CurlError::Ipv6) => None,
        Err(_) => return true,
    };
    let Ok(url) = whatwg else { return curls.is_none() || reading.kind != Kind::Uri };
    if url.scheme.value.as_deref().is_some_and(specific::is_address) {
        return true;
    }
    match (there(url), curls) {
        (None, None) => true,
        (Some(ours), Some(curls)) => {
            // An opaque host stays percent-encoded to WHATWG, and so to whoever compares it with a list: curl decodes it.
            zone::without(&curls).eq_ignore_ascii_case(&ours) || same_address(&curls, &ours)
        }
        _ => false,
    }
}

/// Whether both go to the same host, as far as a URI has one: a relative reference goes nowhere by itself.
fn same_host(whatwg: Result<&Dissection, &Malformed>, reading: &Reading) -> bool {
    let theirs = rfc3986_host(reading);
    let Ok(url) = whatwg else {
        // A port that is too large is no host.
        let port = whatwg.is_err_and(|malformed| malformed.fault.starts_with("invalid port"));
        return theirs.host.is_none() || reading.kind != Kind::Uri || port;
    };
    match (there(url), theirs) {
        (None, HostOf { host: None, .. }) => true,
        (Some(ours), HostOf { host: Some(host), .. }) => {
            let decoded = percent::decode(&host);
            let unicode = url.host_unicode.as_deref().is_some_and(|unicode| unicode.as_bytes() == &*decoded);
            zone::without(&host).eq_ignore_ascii_case(&ours) || unicode || same_address(&host, &ours)
        }
        // A zone that an IRI may have.
        (Some(ours), HostOf { host: None, by_delimiters: Some(host), .. })
            if reading.fault.as_ref().is_some_and(|fault| fault.rule == "ZoneID" && fault.iri) =>
        {
            same_address(&host, &ours)
        }
        // A name of an IRI that nothing but its letters' case and Punycode changes.
        (Some(ours), HostOf { host: None, by_delimiters: Some(host), .. }) => {
            // An opaque host is percent-encoded, as RFC 3987 section 3.1 makes a URI of an IRI.
            let opaque = url.host_kind == HostKind::Opaque && percent::decode(&ours) == host.as_bytes();
            !host.is_ascii() && (opaque || url.host_unicode.as_deref() == Some(&*host.to_lowercase()))
        }
        _ => false,
    }
}

/// Whether both are the same IPv6 address: WHATWG writes no dotted quad where RFC 5952 does.
fn same_address(a: &str, b: &str) -> bool {
    let address = |host: &str| {
        let host = zone::without(host);
        let inside = host.strip_prefix('[')?.strip_suffix(']')?;
        inside.parse::<std::net::Ipv6Addr>().ok()
    };
    address(a).is_some_and(|a| Some(a) == address(b))
}

fn rows(url: &Dissection, reading: &Reading) -> Vec<Row> {
    let userinfo = userinfo(url);
    let empty = || url.host.value.clone().filter(|_| url.host_kind != HostKind::None);
    let host = there(url).or_else(empty);
    let path = Some(&reading.path);
    // What is refused for one component is normalised in the others all the same.
    let refused = (!reading.is_taken()).then(|| normalise(&Components::of(&url.input)).0);
    let values: [(&'static str, Option<String>, Option<&Part>); 7] = [
        ("scheme", url.scheme.value.clone(), reading.scheme.as_ref()),
        ("userinfo", userinfo, reading.userinfo.as_ref()),
        ("host", host, reading.host.as_ref()),
        ("port", url.port.value.clone(), reading.port.as_ref()),
        ("path", url.path.value.clone(), path),
        ("query", url.query.value.clone(), reading.query.as_ref()),
        ("fragment", url.fragment.value.clone(), reading.fragment.as_ref()),
    ];
    let row = |(component, whatwg, part): (&'static str, Option<String>, Option<&Part>)| {
        let agreement =
            agreement(component, whatwg.as_deref(), part, normal(component, part, refused.as_ref()), url, reading);
        let why = match agreement {
            Agreement::Same => Vec::new(),
            _ => why::of(component, agreement, url, reading),
        };
        // Where the texts are the same, what differs is what is made of them.
        let read = part.filter(|part| agreement == Agreement::Different && whatwg.as_deref() == Some(&*part.text));
        let read = read.and_then(|part| part.normalised.clone());
        Row { component, whatwg, rfc3986: read.or_else(|| part.map(|part| part.text.clone())), agreement, why }
    };
    values.into_iter().map(row).collect()
}

/// Username and password as one.
fn userinfo(url: &Dissection) -> Option<String> {
    let password = url.password.value.as_ref().map(|password| format!(":{password}")).unwrap_or_default();
    url.username.value.as_ref().map(|username| format!("{username}{password}"))
}

/// The component as RFC 3986 normalises it; of a `refused` text as it would be alone.
fn normal<'a>(component: &str, part: Option<&'a Part>, refused: Option<&'a Components>) -> Option<&'a str> {
    let Some(uri) = refused else { return part?.normalised.as_deref() };
    match component {
        "scheme" => uri.scheme.as_deref(),
        "userinfo" => uri.userinfo.as_deref(),
        "host" => uri.host.as_deref(),
        "port" => uri.port.as_deref(),
        "path" => Some(&*uri.path),
        "query" => uri.query.as_deref(),
        _ => uri.fragment.as_deref(),
    }
}

fn agreement(
    component: &str,
    whatwg: Option<&str>,
    part: Option<&Part>,
    normal: Option<&str>,
    url: &Dissection,
    reading: &Reading,
) -> Agreement {
    let text = part.map(|part| &*part.text);
    // What is refused for its userinfo may have the same host nevertheless.
    if text == whatwg && (component != "host" || reading.refuses_authority()) {
        return Agreement::Same;
    }
    if component == "host" && !same_host(Ok(url), reading) {
        return Agreement::Different;
    }
    if text == whatwg {
        return Agreement::Same;
    }
    let number = |port: Option<&str>| port.filter(|port| !port.is_empty()).and_then(|port| port.parse::<u16>().ok());
    let same = match component {
        // What is left out is the default, or empty.
        "port" => number(text).or(url.effective_port.number) == url.effective_port.number,
        "host" => whatwg.is_none_or(|host| host.eq_ignore_ascii_case(normal.unwrap_or_default())),
        _ => whatwg.map(decode_unreserved) == normal.map(decode_unreserved),
    };
    if same { Agreement::Normalised } else { Agreement::Different }
}

/// What was changed in the component of that name.
fn changes(component: &str, url: &Dissection) -> Vec<&'static str> {
    let parts: &[&Component] = match component {
        "scheme" => &[&url.scheme],
        "userinfo" => &[&url.username, &url.password],
        "host" => &[&url.host],
        "port" => &[&url.port],
        "path" => &[&url.path],
        "query" => &[&url.query],
        _ => &[&url.fragment],
    };
    let mut words: Vec<_> = parts.iter().flat_map(|part| &part.changes).map(|change| change.words()).collect();
    words.dedup();
    words
}

/// What a URI reference is for: to locate, to name, or to be resolved first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A URL: it says where, and how to get there.
    Locates,
    /// A URI that is no URL.
    Names,
    /// Nothing before it is resolved.
    Reference,
}

/// Whether a text is a URL: there is a protocol, and a host or a path below a root.
///
/// # Source
/// RFC 3986 section 1.1.3: a URL also says how a resource is reached, by its network location for one.
pub fn purpose(reading: &Reading) -> Purpose {
    let Some(scheme) = &reading.scheme else { return Purpose::Reference };
    let hierarchical = reading.authority.is_some() || reading.path_rule == Some(PathRule::Absolute);
    purpose_of(&scheme.text.to_ascii_lowercase(), hierarchical)
}

/// As [`purpose`], of a scheme in lower case, and of whether an authority or a slash follows it.
pub(crate) fn purpose_of(scheme: &str, hierarchical: bool) -> Purpose {
    let leads = crate::scheme::lookup(scheme).is_some() || matches!(scheme, "file" | "blob");
    if leads || hierarchical { Purpose::Locates } else { Purpose::Names }
}

#[cfg(test)]
mod tests;
