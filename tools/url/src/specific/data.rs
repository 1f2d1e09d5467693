//! `data:` URLs.

use serde::Serialize;

use super::{Pair, decoded};
use crate::percent;
use crate::rfc3986::Components;

/// A media type and how much content there is.
///
/// # Source
/// RFC 2397 section 3; WHATWG Infra section 7.3 for what base64 forgives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Data {
    /// `text/plain` if the URL has none.
    pub media_type: String,
    /// Of the media type, `charset=US-ASCII` if the URL has neither.
    pub parameters: Vec<Pair>,
    /// Whether the content is in base64.
    pub base64: bool,
    /// How many octets the content has, decoded; `None` if it cannot be.
    pub length_octets: Option<usize>,
    /// What RFC 2397 does not allow.
    pub faults: Vec<String>,
}

pub(super) fn read(uri: &Components) -> Data {
    let query = uri.query.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
    let slashes = uri.authority().map(|authority| format!("//{authority}")).unwrap_or_default();
    let rest = format!("{slashes}{}{query}", uri.path);
    let mut faults = Vec::new();
    let (meta, content) = rest.split_once(',').map_or((&*rest, None), |(meta, content)| (meta, Some(content)));
    if content.is_none() {
        faults.push("a comma belongs before the content".to_owned());
    }
    let (meta, base64) = match meta.rsplit_once(';') {
        Some((before, last)) if last.trim().eq_ignore_ascii_case("base64") => (before, true),
        _ => (meta, false),
    };
    let mut pieces = meta.split(';');
    let media_type = pieces.next().unwrap_or_default().trim();
    let mut parameters: Vec<Pair> = Vec::new();
    for piece in pieces {
        match piece.split_once('=') {
            Some((name, value)) => parameters.push(Pair { name: decoded(name.trim()), value: decoded(value) }),
            None => faults.push(format!("the parameter {} has no =", sockeye_cli::escape::escape(piece))),
        }
    }
    if media_type.is_empty() && parameters.is_empty() {
        parameters.push(Pair { name: "charset".to_owned(), value: "US-ASCII".to_owned() });
    }
    let media_type = if media_type.is_empty() { "text/plain".to_owned() } else { decoded(media_type) };
    if !media_type.split_once('/').is_some_and(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty()) {
        faults.push(format!("{} is no media type", sockeye_cli::escape::escape(&media_type)));
    }
    let octets = content.map(percent::decode);
    let length_octets =
        octets.as_ref().and_then(|octets| if base64 { base64_length(octets) } else { Some(octets.len()) });
    if octets.is_some() && length_octets.is_none() {
        faults.push("the content is no base64".to_owned());
    }
    Data { media_type, parameters, base64, length_octets, faults }
}

/// How many octets the base64 text `octets` stands for: blanks do not count, and the padding may be missing.
fn base64_length(octets: &[u8]) -> Option<usize> {
    let blank = |octet: &&u8| !matches!(octet, b' ' | b'\t' | b'\n' | b'\x0c' | b'\r');
    let text: Vec<u8> = octets.iter().filter(blank).copied().collect();
    let bare = match text.as_slice() {
        [bare @ .., b'=', b'='] | [bare @ .., b'='] if text.len().is_multiple_of(4) => bare,
        bare => bare,
    };
    let digits = bare.iter().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/'));
    // Six bits a digit; a single digit behind whole groups is less than an octet.
    (digits && bare.len() % 4 != 1).then(|| bare.len() / 4 * 3 + (bare.len() % 4).saturating_sub(1))
}

impl Data {
    pub(super) fn rows(&self) -> Vec<(String, String)> {
        let mut rows = vec![("media type".to_owned(), self.media_type.clone())];
        rows.extend(self.parameters.iter().map(|pair| (pair.name.clone(), pair.value.clone())));
        rows.push(("encoding".to_owned(), if self.base64 { "base64" } else { "percent-encoding" }.to_owned()));
        let length = match self.length_octets {
            None => "unknown".to_owned(),
            Some(1) => "1 octet".to_owned(),
            Some(length) => format!("{length} octets"),
        };
        rows.push(("content".to_owned(), length));
        rows
    }
}
