//! `urn:` URIs.

use serde::Serialize;

use crate::rfc3986::Components;
use crate::rfc3986::normalise::Rule;

/// A name in a namespace.
///
/// # Source
/// RFC 8141 section 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Urn {
    /// The namespace identifier (NID).
    pub namespace: String,
    /// The namespace-specific string (NSS).
    pub specific: String,
    /// For the resolver, behind `?+`.
    pub r_component: Option<String>,
    /// For the resource, behind `?=`.
    pub q_component: Option<String>,
    /// Within the resource, behind `#`.
    pub f_component: Option<String>,
    /// What two equivalent names have in common: section 3.
    pub assigned_name: String,
    /// What RFC 8141 does not allow.
    pub faults: Vec<String>,
}

pub(super) fn read(uri: &Components) -> Urn {
    let mut faults = Vec::new();
    let (namespace, specific) = uri.path.split_once(':').unwrap_or((&uri.path, ""));
    let (namespace, specific) = (namespace.to_owned(), specific.to_owned());
    let inner = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-';
    let ends = !namespace.starts_with('-') && !namespace.ends_with('-');
    if !(2..=32).contains(&namespace.len()) || !namespace.bytes().all(inner) || !ends {
        faults.push("a namespace has 2 to 32 letters, digits and hyphens, no hyphen at its ends".to_owned());
    }
    if specific.is_empty() || specific.starts_with('/') {
        faults.push("what the namespace names must not be empty, nor begin with a slash".to_owned());
    }
    if uri.host.is_some() {
        faults.push("no // stands behind urn:".to_owned());
    }
    let query = uri.query.as_deref();
    let (r_component, q_component) = match query {
        Some(query) if query.starts_with('+') => {
            let rest = query.get(1..).unwrap_or_default();
            let (r, q) = rest.split_once("?=").map_or((rest, None), |(r, q)| (r, Some(q)));
            (Some(r.to_owned()), q.map(str::to_owned))
        }
        Some(query) if query.starts_with('=') => (None, query.get(1..).map(str::to_owned)),
        Some(_) => {
            faults.push("behind ? belongs + (for the resolver) or = (for the resource)".to_owned());
            (None, None)
        }
        None => (None, None),
    };
    if r_component.as_deref() == Some("") || q_component.as_deref() == Some("") {
        faults.push("a component behind ?+ or ?= is not empty".to_owned());
    }
    // Section 3.1: scheme and namespace without regard to case, and the digits of %XX.
    let mut name = Components { path: specific.clone(), ..Components::default() };
    Rule::Case.apply(&mut name);
    let assigned_name = format!("urn:{}:{}", namespace.to_ascii_lowercase(), name.path);
    let f_component = uri.fragment.clone();
    Urn { namespace, specific, r_component, q_component, f_component, assigned_name, faults }
}

impl Urn {
    pub(super) fn rows(&self) -> Vec<(String, String)> {
        let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut rows = vec![row("namespace (NID)", &self.namespace), row("in it (NSS)", &self.specific)];
        let rest = [
            ("r-component", &self.r_component),
            ("q-component", &self.q_component),
            ("f-component", &self.f_component),
        ];
        rows.extend(rest.iter().filter_map(|(name, value)| value.as_ref().map(|value| row(name, value))));
        rows.push(row("equivalent to", &self.assigned_name));
        rows
    }
}
