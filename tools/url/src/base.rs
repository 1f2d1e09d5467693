//! `--base`: a reference against a base, as each standard resolves it.

use std::borrow::Cow;
use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use url::Url;

use crate::rfc3986::normalise::normalise;
use crate::rfc3986::resolve::{Branch, resolve};
use crate::rfc3986::{Components, parse};
use crate::spans::{SchemeKind, significant};

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
        let whatwg = Url::parse(base)
            .map_err(|error| format!("the base: {error}"))
            .and_then(|base| base.join(&for_the_crate(&base, reference)).map_err(|error| error.to_string()));
        let host = |host: Option<&str>| host.filter(|host| !host.is_empty()).map(str::to_ascii_lowercase);
        let whatwg_host = whatwg.as_ref().ok().map(|url| host(url.host_str()));
        let (parsed_base, parsed_reference) = (Components::of(base), Components::of(reference));
        let (target, branch) = resolve(&parsed_base, &parsed_reference, true);
        let lax = resolve(&parsed_base, &parsed_reference, false).0;
        let fault = fault(base, reference);
        let normal = normalise(&target).0;
        let same =
            fault.is_none() && whatwg.as_ref().is_ok_and(|url| normalise(&Components::of(url.as_str())).0 == normal);
        // Also of a reference that is refused: its delimiters say where a parser goes that does not look.
        let hosts_differ = whatwg_host
            .map(|whatwg| [whatwg, host(normal.host.as_deref())])
            .filter(|[whatwg, rfc3986]| whatwg != rfc3986 && !same);
        Self {
            base: base.to_owned(),
            reference: reference.to_owned(),
            rfc3986_lax: (fault.is_none() && lax != target).then(|| lax.to_string()),
            rfc3986: Resolved::of(fault.map_or_else(|| Ok(target.to_string()), Err)),
            whatwg: Resolved::of(whatwg.map(String::from)),
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

/// `reference` as the crate (2.5.8) must have it to do what the standard says: it takes `///h` for an empty host, where a
/// special scheme skips further slashes, and a backslash for a slash, where the base's scheme is not special.
///
/// # Source
/// WHATWG URL section 4.4, "special authority ignore slashes state" and "relative state".
fn for_the_crate<'a>(base: &Url, reference: &'a str) -> Cow<'a, str> {
    let text = significant(reference.trim_matches(|character: char| character <= ' '));
    let special = SchemeKind::of(base.scheme()) == SchemeKind::Special;
    if base.scheme() != "file" && !special && !base.cannot_be_a_base() && text.starts_with('\\') {
        return Cow::Owned(format!("./{text}"));
    }
    let rest = text.trim_start_matches(['/', '\\']);
    if special && text.len() - rest.len() > 2 { Cow::Owned(format!("//{rest}")) } else { Cow::Borrowed(reference) }
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
    fn a_base_that_is_none_is_refused() {
        let refused = Resolution::of("/p", "x");
        assert_eq!(refused.whatwg.refused.as_deref(), Some("the base: relative URL without a base"));
        assert_eq!(refused.rfc3986.refused.as_deref(), Some("the base has no scheme (RFC 3986 section 5.1)"));
        assert!(Resolution::of("mailto:a@b", "x").whatwg.refused.is_some());
        assert_eq!(Resolution::of("urn:a:b", "x").rfc3986.url.as_deref(), Some("urn:x"));
    }
}
