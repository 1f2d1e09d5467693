//! The generic syntax of RFC 3986, strictly: what is a URI reference, where its components stand, and where and by which
//! rule a text fails.
//!
//! - [`cut`] goes by the delimiters alone and always succeeds (appendix B)
//! - [`parse`] checks what was cut against every rule of appendix A
//! - [`resolve`]: section 5, a reference against a base; [`normalise`]: section 6, step by step
//! - [`components`]: the pieces as texts, and how they are put together again (section 5.3)
//! - [`reading`]: all of it for one text, as it is shown
//!
//! Zones are the one departure: RFC 3986 has none, RFC 6874 wrote `%25eth0`, RFC 9844 took that back and leaves `%eth0`
//! to user interfaces. Both are read, and [`ZoneForm`] says which it was.

pub mod components;
mod grammar;
mod host;
pub mod normalise;
pub mod reading;
pub mod resolve;

use std::fmt;

use serde::Serialize;
use sockeye_cli::escape::escape;

use crate::spans::Span;

pub use components::Components;
pub use host::HostRule;

use grammar::Grammar;

/// A text cut at its delimiters, right or wrong. A component that is not there has no span.
///
/// # Source
/// RFC 3986 appendix B; within the authority section 3.2, at the last `@` and at the first colon after any brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Without the colon.
    pub scheme: Option<Span>,
    /// Without the two slashes.
    pub authority: Option<Span>,
    /// What stands before the last `@` of the authority.
    pub userinfo: Option<Span>,
    /// With its brackets; there whenever the authority is, perhaps empty.
    pub host: Option<Span>,
    /// Without the colon.
    pub port: Option<Span>,
    /// Always there, perhaps empty.
    pub path: Span,
    /// Without the question mark.
    pub query: Option<Span>,
    /// Without the number sign.
    pub fragment: Option<Span>,
}

/// A URI reference that follows the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where its components stand.
    pub cut: Cut,
    /// Which rule the host follows; `None` without an authority.
    pub host_rule: Option<HostRule>,
    /// The zone of an IPv6 address.
    pub zone: Option<Zone>,
    /// Which rule the path follows.
    pub path_rule: PathRule,
}

/// A zone, which RFC 3986 does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Without the sign before it.
    pub span: Span,
    /// How it is written.
    pub form: ZoneForm,
}

impl Zone {
    /// Why the grammar refuses it, at the sign before it.
    ///
    /// # Source
    /// RFC 3986 section 3.2.2: an `IPv6address` has no zone. RFC 6874 added one, and RFC 9844 took it back.
    fn fault(self) -> Fault {
        let sign = match self.form {
            ZoneForm::Rfc6874 => "%25".len(),
            ZoneForm::Rfc9844 => "%".len(),
        };
        fault(self.span.start.saturating_sub(sign), "IP-literal", "3.2.2", "an IPv6 address has no zone")
    }
}

/// How a zone is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ZoneForm {
    /// Behind `%25`: RFC 6874, which RFC 9844 made obsolete.
    Rfc6874,
    /// Behind a bare `%`, as users type it: RFC 9844 section 2.
    Rfc9844,
}

/// The five rules for a path.
///
/// # Source
/// RFC 3986 section 3.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum PathRule {
    /// Behind an authority: empty, or begins with a slash.
    #[serde(rename = "path-abempty")]
    Abempty,
    /// Begins with one slash.
    #[serde(rename = "path-absolute")]
    Absolute,
    /// Of a relative reference: no colon in its first segment.
    #[serde(rename = "path-noscheme")]
    Noscheme,
    /// Behind a scheme, without a slash first.
    #[serde(rename = "path-rootless")]
    Rootless,
    /// Nothing.
    #[serde(rename = "path-empty")]
    Empty,
}

impl PathRule {
    /// The name in appendix A.
    pub fn name(self) -> &'static str {
        match self {
            Self::Abempty => "path-abempty",
            Self::Absolute => "path-absolute",
            Self::Noscheme => "path-noscheme",
            Self::Rootless => "path-rootless",
            Self::Empty => "path-empty",
        }
    }
}

/// Why a text is no URI reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The octet at which it fails, from 0.
    pub octet: usize,
    /// The rule that fails, by its name in appendix A.
    pub rule: &'static str,
    /// The section that has the rule.
    pub section: &'static str,
    /// What is wrong, in words.
    pub why: String,
    /// Whether the text is an IRI, which may have most characters outside ASCII (RFC 3987).
    pub iri: bool,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {} ({}, RFC 3986 section {})", self.why, self.octet, self.rule, self.section)?;
        if self.iri { f.write_str("; an IRI may have it (RFC 3987)") } else { Ok(()) }
    }
}

impl std::error::Error for Fault {}

/// Cuts `input` at its delimiters.
pub fn cut(input: &str) -> Cut {
    let end = |from: usize, delimiters: &[char]| {
        let rest = Span { start: from, end: input.len() }.of(input);
        rest.find(delimiters).map_or(input.len(), |offset| from + offset)
    };
    let first = end(0, &[':', '/', '?', '#']);
    let scheme = (first > 0 && begins(input, first, ":")).then_some(Span { start: 0, end: first });
    let after_scheme = scheme.map_or(0, |scheme| scheme.end + 1);
    let authority = begins(input, after_scheme, "//").then(|| {
        let start = after_scheme + 2;
        Span { start, end: end(start, &['/', '?', '#']) }
    });
    let path_start = authority.map_or(after_scheme, |authority| authority.end);
    let path = Span { start: path_start, end: end(path_start, &['?', '#']) };
    let query = begins(input, path.end, "?").then(|| Span { start: path.end + 1, end: end(path.end + 1, &['#']) });
    let before_fragment = query.map_or(path.end, |query| query.end);
    let fragment = begins(input, before_fragment, "#").then(|| Span { start: before_fragment + 1, end: input.len() });
    let (userinfo, host, port) = match authority {
        Some(authority) => cut_authority(input, authority),
        None => (None, None, None),
    };
    Cut { scheme, authority, userinfo, host, port, path, query, fragment }
}

/// Whether `text` stands at octet `at` of `input`.
fn begins(input: &str, at: usize, text: &str) -> bool {
    input.get(at..).is_some_and(|rest| rest.starts_with(text))
}

/// Userinfo, host and port.
fn cut_authority(input: &str, authority: Span) -> (Option<Span>, Option<Span>, Option<Span>) {
    let at = authority.of(input).rfind('@').map(|offset| authority.start + offset);
    let userinfo = at.map(|at| Span { end: at, ..authority });
    let rest = Span { start: at.map_or(authority.start, |at| at + 1), ..authority };
    let text = rest.of(input);
    let bracket = if text.starts_with('[') { text.find(']').unwrap_or(0) } else { 0 };
    let colon = text.get(bracket..).and_then(|text| text.find(':')).map(|offset| rest.start + bracket + offset);
    let host = Span { end: colon.unwrap_or(rest.end), ..rest };
    (userinfo, Some(host), colon.map(|colon| Span { start: colon + 1, ..rest }))
}

/// Reads `input` as a URI reference: a URI or a relative reference.
///
/// # Errors
/// The first [`Fault`], from left to right.
///
/// # Source
/// RFC 3986 section 4.1 and appendix A.
pub fn parse(input: &str) -> Result<Reference, Fault> {
    check(input, Grammar::Uri).map_err(|fault| Fault { iri: check(input, Grammar::Iri).is_ok(), ..fault })
}

fn check(input: &str, grammar: Grammar) -> Result<Reference, Fault> {
    let cut = cut(input);
    if let Some(scheme) = cut.scheme {
        grammar::scheme(input, scheme)?;
    } else if begins(input, 0, ":") {
        return Err(fault(
            0,
            "path-noscheme",
            "4.2",
            "nothing stands before the first colon, and a scheme is a letter at least",
        ));
    }
    if let Some(userinfo) = cut.userinfo {
        grammar::userinfo(input, userinfo, grammar)?;
    }
    let host = cut.host.map(|host| host::check(input, host, cut.port, grammar)).transpose()?;
    if let Some(port) = cut.port {
        grammar::port(input, port)?;
    }
    grammar::path(input, cut.path, grammar)?;
    if let Some(query) = cut.query {
        grammar::query(input, query, grammar)?;
    }
    if let Some(fragment) = cut.fragment {
        grammar::fragment(input, fragment, grammar)?;
    }
    Ok(Reference {
        host_rule: host.map(|(rule, _)| rule),
        zone: host.and_then(|(_, zone)| zone),
        path_rule: path_rule(input, &cut),
        cut,
    })
}

fn path_rule(input: &str, cut: &Cut) -> PathRule {
    if cut.authority.is_some() {
        PathRule::Abempty
    } else if cut.path.is_empty() {
        PathRule::Empty
    } else if begins(input, cut.path.start, "/") {
        PathRule::Absolute
    } else if cut.scheme.is_some() {
        PathRule::Rootless
    } else {
        PathRule::Noscheme
    }
}

/// A fault of which it is not known yet whether an IRI has it too.
fn fault(octet: usize, rule: &'static str, section: &'static str, why: impl Into<String>) -> Fault {
    Fault { octet, rule, section, why: why.into(), iri: false }
}

/// A character in quotes, escaped, and with its number where it may look like another or like nothing.
fn quoted(character: char) -> String {
    let shown = format!("\"{}\"", escape(&character.to_string()));
    if character.is_ascii() { shown } else { format!("{shown} (U+{:04X})", u32::from(character)) }
}

#[cfg(test)]
mod tests;
