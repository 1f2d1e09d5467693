//! One text as RFC 3986 reads it: what is shown of it, in the table and as JSON.

use serde::Serialize;

use super::normalise::{self, Step};
use super::{Components, Cut, Fault, HostRule, PathRule, Zone, ZoneForm, cut, parse};
use crate::spans::Span;

/// A text as RFC 3986 reads it. Where it is refused, the components are what the delimiters alone give (appendix B).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Whether the text follows the grammar.
    pub valid: bool,
    /// Why it does not.
    pub fault: Option<Fault>,
    /// What it is, or would be.
    pub kind: Kind,
    /// Without the colon.
    pub scheme: Option<Part>,
    /// Without the two slashes.
    pub authority: Option<Part>,
    /// Before the `@`.
    pub userinfo: Option<Part>,
    /// With its brackets.
    pub host: Option<Part>,
    /// Which rule the host follows; `None` where the text is refused.
    pub host_rule: Option<HostRule>,
    /// The zone of an IPv6 address.
    pub zone: Option<Part>,
    /// How that is written: RFC 3986 has none.
    pub zone_form: Option<ZoneForm>,
    /// Where the grammar refuses the zone, with which the text is taken nevertheless.
    pub zone_fault: Option<Fault>,
    /// Without the colon.
    pub port: Option<Part>,
    /// Always there.
    pub path: Part,
    /// Which rule the path follows; `None` where the text is refused.
    pub path_rule: Option<PathRule>,
    /// Without the question mark.
    pub query: Option<Part>,
    /// Without the number sign.
    pub fragment: Option<Part>,
    /// After every step of section 6.2; `None` where the text is refused.
    pub normalised: Option<String>,
    /// The steps that changed something.
    pub steps: Vec<Step>,
}

/// A component.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Where it stands.
    pub span: Span,
    /// As it stands there.
    pub text: String,
    /// After normalisation (section 6.2); `None` if that left it out, or the text is refused.
    pub normalised: Option<String>,
}

/// What a URI reference is.
///
/// # Source
/// RFC 3986 sections 4.1, 4.2 and 4.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It has a scheme.
    Uri,
    /// `//host/path`.
    NetworkPathReference,
    /// `/path`.
    AbsolutePathReference,
    /// `path`, or a query alone.
    RelativePathReference,
    /// Empty, or a fragment alone.
    SameDocumentReference,
}

impl Kind {
    fn of(input: &str, cut: &Cut) -> Self {
        if cut.scheme.is_some() {
            Self::Uri
        } else if cut.authority.is_some() {
            Self::NetworkPathReference
        } else if cut.path.of(input).starts_with('/') {
            Self::AbsolutePathReference
        } else if cut.path.is_empty() && cut.query.is_none() {
            Self::SameDocumentReference
        } else {
            Self::RelativePathReference
        }
    }

    /// The kind in words, with where it is specified.
    pub fn words(self) -> &'static str {
        match self {
            Self::Uri => "a URI (RFC 3986 section 3)",
            Self::NetworkPathReference => "a network-path reference (RFC 3986 section 4.2)",
            Self::AbsolutePathReference => "an absolute-path reference (RFC 3986 section 4.2)",
            Self::RelativePathReference => "a relative-path reference (RFC 3986 section 4.2)",
            Self::SameDocumentReference => "a same-document reference (RFC 3986 section 4.4)",
        }
    }
}

impl Reading {
    /// Reads `input`.
    pub fn of(input: &str) -> Self {
        let parsed = parse(input);
        let cut = parsed.as_ref().map_or_else(|_| cut(input), |reference| reference.cut);
        let raw = Components::of_cut(input, &cut);
        let (normal, steps) = match &parsed {
            Ok(_) => normalise::normalise(&raw),
            Err(_) => (Components::default(), Vec::new()),
        };
        let part = |span: Option<Span>, normalised: Option<String>| {
            span.map(|span| Part { span, text: span.of(input).to_owned(), normalised })
        };
        let reference = parsed.as_ref().ok();
        let zone = reference.and_then(|reference| reference.zone);
        let path = cut.path;
        let path_normal = reference.map(|_| normal.path.clone());
        Self {
            valid: parsed.is_ok() && zone.is_none(),
            kind: Kind::of(input, &cut),
            authority: part(cut.authority, normal.authority()),
            normalised: reference.map(|_| normal.to_string()),
            scheme: part(cut.scheme, normal.scheme),
            userinfo: part(cut.userinfo, normal.userinfo),
            host: part(cut.host, normal.host),
            host_rule: reference.and_then(|reference| reference.host_rule),
            zone: part(zone.map(|zone| zone.span), zone.map(|zone| zone.span.of(input).to_owned())),
            zone_form: zone.map(|zone| zone.form),
            zone_fault: zone.map(Zone::fault),
            port: part(cut.port, normal.port),
            path: Part { span: path, text: path.of(input).to_owned(), normalised: path_normal },
            path_rule: reference.map(|reference| reference.path_rule),
            query: part(cut.query, normal.query),
            fragment: part(cut.fragment, normal.fragment),
            steps,
            fault: parsed.err(),
        }
    }

    /// Whether the text is read: it follows the grammar, or would without its zone.
    pub fn is_taken(&self) -> bool {
        self.fault.is_none()
    }

    /// What the text is; of one with a zone, that the grammar refuses it, and what it is nevertheless.
    pub fn words(&self) -> String {
        let kind = self.kind.words();
        match &self.zone_fault {
            Some(fault) => format!("refused by the grammar: {fault}; taken with its zone nevertheless, as {kind}"),
            None => kind.to_owned(),
        }
    }

    /// The components by name, in the order in which they stand.
    pub fn components(&self) -> [(&'static str, Option<&Part>); 8] {
        [
            ("scheme", self.scheme.as_ref()),
            ("userinfo", self.userinfo.as_ref()),
            ("host", self.host.as_ref()),
            ("zone", self.zone.as_ref()),
            ("port", self.port.as_ref()),
            ("path", Some(&self.path)),
            ("query", self.query.as_ref()),
            ("fragment", self.fragment.as_ref()),
        ]
    }

    /// The component of that name.
    pub fn component(&self, name: &str) -> Option<&Part> {
        self.components().into_iter().find(|(known, _)| *known == name).and_then(|(_, part)| part)
    }

    /// The rule of RFC 3986 that the component of that name follows; none of it has a zone.
    pub fn rule(&self, name: &'static str) -> &'static str {
        match name {
            "host" => self.host_rule.map_or("", HostRule::name),
            "path" => self.path_rule.map_or("", PathRule::name),
            "zone" => "not of RFC 3986",
            name => name,
        }
    }

    /// Whether it is refused for what stands before the path, or has no authority: nobody can say what the host is.
    pub fn refuses_authority(&self) -> bool {
        self.fault.as_ref().is_some_and(|fault| self.authority.is_none() || fault.octet < self.path.span.start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_of_a_kind() {
        for (input, kind) in [
            ("http://h/", Kind::Uri),
            ("urn:a:b", Kind::Uri),
            ("//h/p", Kind::NetworkPathReference),
            ("/p", Kind::AbsolutePathReference),
            ("p", Kind::RelativePathReference),
            ("?q", Kind::RelativePathReference),
            ("#f", Kind::SameDocumentReference),
            ("", Kind::SameDocumentReference),
        ] {
            assert_eq!(Reading::of(input).kind, kind, "{input}");
        }
    }

    #[test]
    fn components_are_shown_as_they_stand_and_normalised() {
        let reading = Reading::of("HTTP://u@EX%41.com:80/a/../%7e?Q#F");
        let seen: Vec<_> = reading
            .components()
            .into_iter()
            .filter_map(|(name, part)| part.map(|part| (name, &*part.text, part.normalised.as_deref())))
            .collect();
        assert_eq!(
            seen,
            [
                ("scheme", "HTTP", Some("http")),
                ("userinfo", "u", Some("u")),
                ("host", "EX%41.com", Some("exa.com")),
                ("port", "80", None),
                ("path", "/a/../%7e", Some("/~")),
                ("query", "Q", Some("Q")),
                ("fragment", "F", Some("F")),
            ]
        );
        assert_eq!(reading.normalised.as_deref(), Some("http://u@exa.com/~?Q#F"));
    }

    #[test]
    fn a_zone_is_taken_and_is_of_no_grammar() {
        for (input, octet) in [("http://[fe80::1%eth0]/", 15), ("http://[fe80::1%25eth0]:80/", 15), ("//[::1%25]", 6)] {
            let reading = Reading::of(input);
            assert!(reading.is_taken() && !reading.valid && reading.normalised.is_some(), "{input}");
            let fault = reading.zone_fault.clone().unwrap();
            assert_eq!((fault.octet, fault.rule), (octet, "IP-literal"), "{input}");
            assert!(reading.words().starts_with("refused by the grammar: "), "{}", reading.words());
        }
        let plain = Reading::of("http://[fe80::1]/");
        assert!(plain.valid && plain.zone_fault.is_none());
    }

    #[test]
    fn a_refused_text_has_the_components_of_its_delimiters() {
        let reading = Reading::of("http://example.com\\@evil.example/");
        assert!(!reading.valid && reading.refuses_authority());
        assert_eq!(reading.host.unwrap().text, "evil.example");
        assert!(!Reading::of("http://h/ ").refuses_authority());
    }
}
