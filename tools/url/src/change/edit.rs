//! Changes by the standards that `url` knows: components are set in the text's own parts, and what is put together is read
//! again, so that nothing comes out that the standard would not take.

#[cfg(test)]
mod tests;

use std::fmt;

use super::pairs::Pairs;
use super::spec::Trim;
use crate::models::Choice;
use crate::rfc3986::{self, Components};
use crate::spans::significant;
use crate::template::Part;
use crate::{base, curl, dissect, percent, zone};

/// What is to be changed, and by which standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edits {
    /// WHATWG or RFC 3986.
    pub model: Choice,
    /// `--redirect`.
    pub redirect: Option<String>,
    /// `--set`.
    pub sets: Vec<Set>,
    /// `--iterate`: one after the other, all combinations.
    pub iterates: Vec<(Target, bool, Vec<String>)>,
    /// `--append path=`.
    pub segments: Vec<String>,
    /// `--trim query=`.
    pub trims: Vec<Trim>,
    /// `--replace`, and whether it appends.
    pub replaces: Vec<(String, bool)>,
    /// `--append query=`.
    pub pairs: Vec<String>,
    /// `--sort-query`.
    pub sort: bool,
    /// `--query-separator`.
    pub separator: u8,
    /// `--curl`.
    pub only_curl: bool,
    /// `--accept-space`.
    pub spaces: bool,
}

/// `--set`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
    /// What.
    pub target: Target,
    /// Nothing takes it away.
    pub value: String,
    /// Whether it is still to be percent-encoded: `=`, not `:=`.
    pub encode: bool,
    /// `?=`: only where the URL has none.
    pub if_absent: bool,
}

/// What can be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A component.
    Part(Part),
    /// A segment of the path, from 1, or from the end with -1.
    Segment(i32),
    /// A label of the host, counted likewise.
    Label(i32),
}

impl Target {
    /// Reads `component`, `path:N` or `host:N`.
    ///
    /// # Errors
    /// Why it cannot be set.
    pub fn parse(name: &str) -> Result<Self, String> {
        let unknown = || Err(format!("unknown component: {name}"));
        let Some((part, index)) = name.split_once(':') else {
            return match Part::named(name.as_bytes()) {
                Some(Part::Options) => {
                    Err("options are a component of libcurl's: called trurl, this has them".to_owned())
                }
                Some(Part::Url) | None => unknown(),
                Some(part) => Ok(Self::Part(part)),
            };
        };
        let index = index.parse::<i32>().ok().filter(|index| *index != 0);
        match (part, index) {
            ("path", Some(index)) => Ok(Self::Segment(index)),
            ("host", Some(index)) => Ok(Self::Label(index)),
            _ => unknown(),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => f.write_str(part.name()),
            Self::Segment(index) => write!(f, "path:{index}"),
            Self::Label(index) => write!(f, "host:{index}"),
        }
    }
}

/// `component[?][:]=data`, or the name alone and what is wrong with it.
///
/// # Errors
/// What is wrong.
pub fn target_and_value(text: &str) -> Result<(Target, bool, bool, String), String> {
    let (mut name, value) = text.split_once('=').ok_or_else(|| format!("\"{text}\": no component=value"))?;
    let (mut encode, mut if_absent) = (true, false);
    loop {
        if let Some(before) = name.strip_suffix(':') {
            (name, encode) = (before, false);
        } else if let Some(before) = name.strip_suffix('?') {
            (name, if_absent) = (before, true);
        } else {
            break;
        }
    }
    Ok((Target::parse(name)?, encode, if_absent, value.to_owned()))
}

impl Edits {
    /// Nothing at all, by WHATWG URL.
    pub fn none() -> Self {
        Self {
            model: Choice::Whatwg,
            redirect: None,
            sets: Vec::new(),
            iterates: Vec::new(),
            segments: Vec::new(),
            trims: Vec::new(),
            replaces: Vec::new(),
            pairs: Vec::new(),
            sort: false,
            separator: b'&',
            only_curl: false,
            spaces: false,
        }
    }

    /// The URLs that `text`, or nothing, becomes: one, or one for each combination of what is iterated over, or why that one
    /// cannot be.
    ///
    /// # Errors
    /// Why a URL cannot be read, or not be redirected.
    pub fn apply(&self, text: Option<&str>) -> Result<Vec<Result<String, String>>, String> {
        let mut uri = match text {
            Some(text) => self.read(text)?,
            None => Components::default(),
        };
        if let (Some(location), Some(_)) = (&self.redirect, text) {
            uri = self.redirected(&uri, location)?;
        }
        let mut all: Vec<Result<Components, String>> = vec![Ok(uri)];
        for (target, encode, values) in &self.iterates {
            all = all
                .iter()
                .flat_map(|uri| {
                    values.iter().map(|value| {
                        let mut uri = uri.clone()?;
                        set(&mut uri, *target, value, *encode)?;
                        Ok(uri)
                    })
                })
                .collect();
        }
        Ok(all.into_iter().map(|uri| self.finish(uri?)).collect())
    }

    fn finish(&self, mut uri: Components) -> Result<String, String> {
        for Set { target, value, encode, if_absent } in &self.sets {
            if !(*if_absent && is_there(&uri, *target)) {
                set(&mut uri, *target, value, *encode)?;
            }
        }
        for segment in &self.segments {
            if !uri.path.ends_with('/') {
                uri.path.push('/');
            }
            uri.path += &encoded(segment, percent::encode_octets);
        }
        self.query(&mut uri);
        if self.model != Choice::Rfc3986 && uri.host.is_none() && uri.path.starts_with("//") {
            // So WHATWG writes a path that would be read as a host, and to it these two octets are no part of the path.
            uri.path.insert_str(0, "/.");
        }
        let text = uri.to_string();
        if Components::of(&text) != uri {
            return Err(format!("the result is \"{text}\": its components would not stay apart"));
        }
        let read = self.read(&text)?;
        if !has_host(&uri) && has_host(&read) {
            return Err(format!("the result is \"{text}\": there is no host, and the path would be read as one"));
        }
        Ok(text)
    }

    fn query(&self, uri: &mut Components) {
        let nothing = self.trims.is_empty() && self.replaces.is_empty() && self.pairs.is_empty() && !self.sort;
        if nothing {
            return;
        }
        let mut pairs = Pairs::verbatim(uri.query.as_deref().unwrap_or_default().as_bytes(), self.separator);
        for trim in &self.trims {
            pairs.trim(trim, true);
        }
        for (data, append) in &self.replaces {
            pairs.replace(data.as_bytes(), *append);
        }
        for data in &self.pairs {
            pairs.append(data.as_bytes());
        }
        if self.sort {
            pairs.sort();
        }
        if pairs.is_rewritten() {
            uri.query = pairs.query().map(|query| String::from_utf8_lossy(&query).into_owned());
        }
    }

    /// The components of a URL that the standard takes. A zone stays, and so does the port of the scheme.
    fn read(&self, text: &str) -> Result<Components, String> {
        let uri = if self.model == Choice::Rfc3986 {
            let text = if self.spaces { without_blanks(text) } else { text.to_owned() };
            rfc3986::parse(&text).map_err(|fault| format!("\"{text}\": {fault}"))?;
            Components::of(&text)
        } else {
            let (split, url) = dissect::parse(text).map_err(|malformed| malformed.to_string())?;
            let mut uri = of_url(url.as_str());
            if let (Some(zone), Some(host)) = (zone::name(text, &split), &mut uri.host) {
                *host = zone::put_into(host, &zone::in_url(&zone));
            }
            let port = split.port.map(|port| significant(port.of(text))).filter(|port| !port.is_empty());
            if let (None, Some(port)) = (&uri.port, port) {
                uri.port = Some(port.into_owned());
            }
            uri
        };
        let scheme = uri.scheme.as_deref().unwrap_or_default();
        if self.only_curl && !curl::is_supported(scheme.as_bytes()) {
            return Err(format!("\"{text}\": libcurl has no code for the scheme {scheme}"));
        }
        Ok(uri)
    }

    fn redirected(&self, uri: &Components, location: &str) -> Result<Components, String> {
        let wrong = |why: String| format!("--redirect \"{location}\": {why}");
        if self.model == Choice::Rfc3986 {
            rfc3986::parse(location).map_err(|fault| wrong(fault.to_string()))?;
            return Ok(rfc3986::resolve::resolve(uri, &Components::of(location), true).0);
        }
        base::join(&uri.to_string(), location).map(|url| of_url(&url)).map_err(wrong)
    }
}

/// The components of a URL, its path as WHATWG has it: without the `/.` that stands before one of `//` where there is no host.
fn of_url(url: &str) -> Components {
    let mut uri = Components::of(url);
    if uri.host.is_none() && uri.path.starts_with("/.//") {
        uri.path.drain(..2);
    }
    uri
}

/// Blanks as they are encoded where they stand.
fn without_blanks(text: &str) -> String {
    let (before, fragment) = text.split_once('#').map_or((text, None), |(before, after)| (before, Some(after)));
    let (path, query) = before.split_once('?').map_or((before, None), |(path, query)| (path, Some(query)));
    let mut clean = path.replace(' ', "%20");
    if let Some(query) = query {
        clean.push('?');
        clean += &query.replace(' ', "+");
    }
    if let Some(fragment) = fragment {
        clean.push('#');
        clean += &fragment.replace(' ', "%20");
    }
    clean
}

/// Percent-encoded with capital digits, as RFC 3986 section 2.1 asks.
fn encoded(value: &str, encode: impl Fn(&[u8]) -> Vec<u8>) -> String {
    String::from_utf8_lossy(&percent::with_capital_digits(&encode(value.as_bytes()))).into_owned()
}

fn has_host(uri: &Components) -> bool {
    uri.host.as_deref().is_some_and(|host| !host.is_empty())
}

fn is_there(uri: &Components, target: Target) -> bool {
    let userinfo = || uri.userinfo.as_deref().map(|userinfo| userinfo.split_once(':'));
    match target {
        Target::Part(Part::Scheme) => uri.scheme.is_some(),
        Target::Part(Part::User) => uri.userinfo.as_deref().is_some_and(|userinfo| !userinfo.starts_with(':')),
        Target::Part(Part::Password) => matches!(userinfo(), Some(Some(_))),
        Target::Part(Part::Host) => has_host(uri),
        Target::Part(Part::Port) => uri.port.is_some(),
        Target::Part(Part::Path) => !matches!(uri.path.as_str(), "" | "/"),
        Target::Part(Part::Query) => uri.query.is_some(),
        Target::Part(Part::Fragment) => uri.fragment.is_some(),
        Target::Part(Part::Zoneid) => {
            uri.host.as_deref().is_some_and(|host| host.starts_with('[') && host.contains('%'))
        }
        Target::Part(Part::Url | Part::Options) => false,
        Target::Segment(index) => place(index, segments(&uri.path).len()).is_some(),
        Target::Label(index) => uri.host.as_deref().is_some_and(|host| place(index, host.split('.').count()).is_some()),
    }
}

fn set(uri: &mut Components, target: Target, value: &str, encode: bool) -> Result<(), String> {
    let given = (!value.is_empty()).then_some(value);
    let text = |value: &str| if encode { encoded(value, percent::encode_octets) } else { value.to_owned() };
    let refuse = |why: &str| Err(format!("{target}: {why}"));
    match target {
        Target::Part(Part::Scheme) => uri.scheme = given.map(str::to_owned),
        Target::Part(part @ (Part::User | Part::Password)) => {
            if uri.host.is_none() && given.is_some() {
                return refuse("a URL without a host has none");
            }
            uri.userinfo = userinfo(uri.userinfo.as_deref().unwrap_or_default(), part, given.map(text));
        }
        Target::Part(Part::Host) => uri.host = given.map(str::to_owned),
        Target::Part(Part::Port) => {
            if given.is_some_and(|port| !port.bytes().all(|digit| digit.is_ascii_digit())) {
                return refuse("not a number");
            }
            if uri.host.is_none() && given.is_some() {
                return refuse("a URL without a host has none");
            }
            uri.port = given.map(str::to_owned);
        }
        Target::Part(Part::Path) => {
            let path = if encode { encoded(value, percent::encode_path) } else { value.to_owned() };
            uri.path = if path.starts_with('/') || uri.host.is_none() { path } else { format!("/{path}") };
        }
        Target::Part(Part::Query) => {
            uri.query =
                given.map(|value| if encode { encoded(value, percent::encode_query) } else { value.to_owned() });
        }
        Target::Part(Part::Fragment) => uri.fragment = given.map(text),
        Target::Part(Part::Zoneid) => match &mut uri.host {
            Some(host) if host.starts_with('[') => {
                let address = zone::without(host);
                *host = given.map_or_else(
                    || address.to_string(),
                    |zone| {
                        let zone = if encode { zone::in_url(zone) } else { zone.into() };
                        zone::put_into(&address, &zone)
                    },
                );
            }
            _ => return refuse("the host is no IPv6 address"),
        },
        Target::Part(Part::Url | Part::Options) => return refuse("cannot be set"),
        Target::Segment(index) => {
            let mut parts = segments(&uri.path);
            let count = parts.len();
            let Some(at) = place(index, count) else { return refuse(&format!("the path has {count} in all")) };
            replace(&mut parts, at, given.map(text));
            uri.path = format!("/{}", parts.join("/"));
        }
        Target::Label(index) => {
            let host = uri.host.clone().unwrap_or_default();
            if host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok() {
                return refuse("an address has no labels");
            }
            let mut parts: Vec<String> = host.split('.').map(str::to_owned).collect();
            let count = parts.len();
            let Some(at) = place(index, count) else { return refuse(&format!("the host has {count} in all")) };
            replace(&mut parts, at, given.map(str::to_owned));
            uri.host = Some(parts.join("."));
        }
    }
    Ok(())
}

/// The userinfo `old` with another user or password in it, if anything is left of it.
fn userinfo(old: &str, part: Part, new: Option<String>) -> Option<String> {
    let (user, password) = old.split_once(':').map_or((old, None), |(user, password)| (user, Some(password)));
    let (user, password) = match part {
        Part::User => (new.unwrap_or_default(), password.map(str::to_owned)),
        _ => (user.to_owned(), new),
    };
    let password = password.map(|password| format!(":{password}")).unwrap_or_default();
    Some(user + &password).filter(|userinfo| !userinfo.is_empty())
}

fn segments(path: &str) -> Vec<String> {
    path.strip_prefix('/').map(|path| path.split('/').map(str::to_owned).collect()).unwrap_or_default()
}

/// Where the piece of that number stands among `count`.
fn place(index: i32, count: usize) -> Option<usize> {
    let steps = usize::try_from(index.unsigned_abs()).ok()?;
    let at = if index > 0 { steps.checked_sub(1)? } else { count.checked_sub(steps)? };
    (at < count).then_some(at)
}

fn replace(parts: &mut Vec<String>, at: usize, value: Option<String>) {
    match value {
        None => drop(parts.remove(at)),
        Some(value) => {
            if let Some(part) = parts.get_mut(at) {
                *part = value;
            }
        }
    }
}
