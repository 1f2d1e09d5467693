//! `--base`: a reference against a base, as each standard resolves it.

mod absolute;

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use url::{ParseError, Url};

use crate::departure;
use crate::rfc3986::normalise::normalise;
use crate::rfc3986::resolve::{Branch, resolve};
use crate::rfc3986::{Components, parse};
use crate::spans::split;
use crate::zone;

/// A reference against a base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resolution {
    /// The base, as it was given.
    pub base: String,
    /// The reference, as it was given.
    pub reference: String,
    /// By WHATWG URL section 4.4.
    pub whatwg: Resolved,
    /// By RFC 3986 section 5.2, strictly.
    pub rfc3986: Resolved,
    /// As parsers before RFC 3986 did it, where that is another URL: the base's own scheme does not count (section 5.2.2).
    pub rfc3986_lax: Option<String>,
    /// What came from the base.
    pub branch: Branch,
    /// Whether both come to the same, once normalised.
    pub same: bool,
    /// The hosts, where the two do not come to the same one: WHATWG's first.
    pub hosts_differ: Option<[Option<String>; 2]>,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resolved {
    /// The URL.
    pub url: Option<String>,
    /// Why there is none.
    pub refused: Option<String>,
}

impl Resolved {
    fn of<E: ToString>(resolved: Result<String, E>) -> Self {
        match resolved {
            Ok(url) => Self { url: Some(url), refused: None },
            Err(refused) => Self { url: None, refused: Some(refused.to_string()) },
        }
    }
}

/// One step of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// RFC 3986 took one of its branches.
    Resolved {
        /// Which.
        branch: Branch,
        /// What came out.
        result: Option<String>,
    },
}

impl Resolution {
    /// Resolves `reference` against `base` by both standards.
    pub fn of(base: &str, reference: &str) -> Self {
        let whatwg = join(base, reference);
        let host = |uri: &Components| {
            let host = uri.host.as_deref().map(zone::without);
            host.filter(|host| !host.is_empty()).map(|host| host.to_ascii_lowercase())
        };
        let by_whatwg = whatwg.as_ref().ok().map(|url| Components::of(url));
        let (parsed_base, parsed_reference) = (Components::of(base), Components::of(reference));
        let (target, branch) = resolve(&parsed_base, &parsed_reference, true);
        let lax = resolve(&parsed_base, &parsed_reference, false).0;
        let fault = fault(base, reference);
        let normal = normalise(&target).0;
        let same = fault.is_none() && by_whatwg.as_ref().is_some_and(|url| normalise(url).0 == normal);
        // Also of a reference that is refused: its delimiters say where a parser goes that does not look.
        let hosts_differ = by_whatwg
            .map(|whatwg| [host(&whatwg), host(&normal)])
            .filter(|[whatwg, rfc3986]| whatwg != rfc3986 && !same);
        Self {
            base: base.to_owned(),
            reference: reference.to_owned(),
            rfc3986_lax: (fault.is_none() && lax != target).then(|| lax.to_string()),
            rfc3986: Resolved::of(fault.map_or_else(|| Ok(target.to_string()), Err)),
            whatwg: Resolved::of(whatwg),
            branch,
            same,
            hosts_differ,
        }
    }

    /// The steps.
    pub fn events(&self) -> Vec<Event> {
        vec![Event::Resolved { branch: self.branch, result: self.rfc3986.url.clone() }]
    }
}

/// Where `reference` leads from `base` by the WHATWG standard. Zones, which it does not have, are taken off and put back.
///
/// # Errors
/// What is wrong with either of them.
///
/// # Source
/// WHATWG URL section 4.4, with a base.
pub fn join(base: &str, reference: &str) -> Result<String, String> {
    let of_base = |error: String| format!("the base: {error}");
    let (base, base_zone) = without_zone(base).map_err(of_base)?;
    let (base, parsed_base) = standard(&base).map_err(of_base)?;
    let target = absolute::absolute(&base, reference).ok_or(ParseError::RelativeUrlWithCannotBeABaseBase);
    let target = target.map_err(|error| error.to_string())?;
    let (target, zone) = without_zone(&target)?;
    let (target, parsed) = standard(&target)?;
    let zone = zone.or(base_zone.filter(|_| parsed.host_str() == parsed_base.host_str()));
    Ok(zone::put_back(&target, parsed.host_str(), zone.as_deref()).into_owned())
}

/// `text` as the standard writes it, and as the crate holds it.
fn standard(text: &str) -> Result<(String, Url), String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let split = split(text).ok_or_else(|| ParseError::RelativeUrlWithoutBase.to_string())?;
    let url = departure::standard(text, &split, url).map_err(|refusal| refusal.words().to_owned())?;
    Ok((departure::text(text, &split, &url), url))
}

/// `url` without its zone, and that.
fn without_zone(url: &str) -> Result<(Cow<'_, str>, Option<String>), String> {
    let split = split(url);
    let zoned = split.as_ref().and_then(|split| Some((split, zone::name(url, split)?)));
    let Some((split, name)) = zoned else { return Ok((url.into(), None)) };
    zone::check(&name).map_err(|error| format!("invalid zone: {error}"))?;
    Ok((zone::taken_off(url, split), Some(name.into_owned())))
}

/// Why RFC 3986 does not resolve this.
fn fault(base: &str, reference: &str) -> Option<String> {
    let base_fault = match parse(base) {
        Ok(base) if base.cut.scheme.is_none() => Some("the base has no scheme (RFC 3986 section 5.1)".to_owned()),
        Ok(_) => None,
        Err(fault) => Some(format!("the base: {fault}")),
    };
    base_fault.or_else(|| parse(reference).err().map(|fault| fault.to_string()))
}

impl Render for Resolution {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if let Some(hosts) = &self.hosts_differ {
            text.line(text.paint(Role::Bad, "WARNING: the host of what comes out depends on who resolves it"))?;
            for (name, host) in ["WHATWG", "RFC 3986"].iter().zip(hosts) {
                let host = host.as_deref().map_or("no host".into(), escape);
                text.line(format!("  {name:<9} {}", text.paint(Role::Strong, &host)))?;
            }
        }
        text.line(format!("Reference: {}", escape(&self.reference)))?;
        text.line(format!("Base:      {}", escape(&self.base)))?;
        let shown = |resolved: &Resolved| match (&resolved.url, &resolved.refused) {
            (Some(url), _) => escape(url).into_owned(),
            (None, Some(refused)) => format!("refused: {refused}"),
            (None, None) => String::new(),
        };
        text.prose("WHATWG:    ", &shown(&self.whatwg))?;
        if self.same && self.whatwg.url == self.rfc3986.url {
            text.line("RFC 3986:  the same")?;
        } else {
            let note = if self.same { " (the same once normalised)" } else { "" };
            text.prose("RFC 3986:  ", &format!("{}{note}", shown(&self.rfc3986)))?;
        }
        match &self.rfc3986_lax {
            Some(lax) => text.line(format!("Before it: {} (RFC 3986 section 5.2.2, not strict)", escape(lax))),
            None => Ok(()),
        }
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self::Resolved { branch, .. } = self;
        let lead = text.paint(Role::Dim, &format!("{:<10} {:>8}", "resolve", ""));
        text.line(format!("{lead}  {} (RFC 3986 section 5.2.2)", branch.words()))
    }
}

#[cfg(test)]
mod shapes;
#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "http://a/b/c/d;p?q";

    #[test]
    fn the_standards_resolve_most_alike() {
        for reference in ["g", "../g", "?y", "#s", "//g/", "", "g:h", "/./g", "../../../g"] {
            let found = Resolution::of(BASE, reference);
            assert!(found.same && found.hosts_differ.is_none(), "{reference}: {found:?}");
        }
    }

    #[test]
    fn where_they_do_not_it_shows() {
        let of = |reference: &str| Resolution::of("http://a/b/c?q", reference);
        // The scheme of the base: RFC 3986 section 5.4.2, "http:g".
        let own = of("http:g");
        assert_eq!(own.whatwg.url.as_deref(), Some("http://a/b/g"));
        assert_eq!(own.rfc3986.url.as_deref(), Some("http:g"));
        assert_eq!(own.rfc3986_lax.as_deref(), Some("http://a/b/g"));
        assert_eq!(own.hosts_differ, Some([Some("a".into()), None]));
        // An open redirect: what a filter takes for a path of its own host.
        for reference in [
            "/\\evil.example/x",
            "\\\\evil.example/x",
            "/\t/evil.example/x",
            "///evil.example/x",
            "/\\/\\evil.example/x",
            "http:///evil.example/x",
        ] {
            let found = of(reference);
            let [whatwg, rfc3986] = found.hosts_differ.clone().unwrap_or_else(|| panic!("{reference}: {found:?}"));
            assert_eq!(whatwg.as_deref(), Some("evil.example"), "{reference}");
            assert_ne!(rfc3986.as_deref(), Some("evil.example"), "{reference}");
        }
        // A blank is refused, and the host is in no doubt.
        let blank = of("a b");
        assert_eq!((blank.hosts_differ, blank.same), (None, false));
        assert!(blank.rfc3986.refused.unwrap().contains("at octet 1"));
    }

    #[test]
    fn a_zone_is_of_the_host_that_has_it() {
        for (base, reference, target) in [
            ("http://[fe80::1%25eth0]/a", "b", "http://[fe80::1%25eth0]/b"),
            ("http://[fe80::1%eth0]/a", "", "http://[fe80::1%25eth0]/a"),
            ("http://[fe80::1%25eth0]/a", "//h/b", "http://h/b"),
            ("http://[fe80::1%25eth0]/a", "[x%25y]", "http://[fe80::1%25eth0]/[x%25y]"),
            ("http://[fe80::1%25eth0]/a", "http:[x%25y]", "http://[fe80::1%25eth0]/[x%25y]"),
            ("http://h/a", "//[fe80::1%lo]:81/b", "http://[fe80::1%25lo]:81/b"),
            ("http://h/a", " /\\[fe80::1%25lo]/b", "http://[fe80::1%25lo]/b"),
            ("http://h/a", "foo://[fe80::1%lo]", "foo://[fe80::1%25lo]"),
        ] {
            assert_eq!(join(base, reference), Ok(target.to_owned()), "{base} {reference}");
        }
        let found = Resolution::of("http://[fe80::1%25eth0]/a", "b");
        assert!(found.same && found.hosts_differ.is_none(), "{found:?}");
        assert_eq!(Resolution::of("http://[fe80::1%eth0]/a", "b").hosts_differ, None);
        assert!(join("http://h/", "//[fe80::1%a b]/").is_err_and(|why| why.starts_with("invalid zone")));
        assert!(join("http://[fe80::1%]/", "x").is_err_and(|why| why.starts_with("the base: invalid zone")));
    }

    #[test]
    fn a_base_that_is_none_is_refused() {
        let refused = Resolution::of("/p", "x");
        assert_eq!(refused.whatwg.refused.as_deref(), Some("the base: relative URL without a base"));
        assert_eq!(refused.rfc3986.refused.as_deref(), Some("the base has no scheme (RFC 3986 section 5.1)"));
        assert!(Resolution::of("mailto:a@b", "x").whatwg.refused.is_some());
        assert_eq!(Resolution::of("urn:a:b", "x").rfc3986.url.as_deref(), Some("urn:x"));
    }
}
