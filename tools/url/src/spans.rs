//! Where each component stands in the input: a splitter by delimiters, after the states of the WHATWG parser.
//!
//! The `url` crate knows positions only in its own, normalised text. Here the input is cut where the standard's states
//! change and nothing is decoded, so every [`Span`] is a slice of what the user wrote. ASCII tabs and line ends, which the
//! standard removes before it parses, stay inside a span and are left outside where they stand at its edge.

use std::borrow::Cow;

use serde::Serialize;

/// A run of the input, in octets: from `start` up to, not including, `end`. Both stand between characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Span {
    /// The first octet.
    pub start: usize,
    /// The octet behind the last one.
    pub end: usize,
}

impl Span {
    /// The part of `input` that the span covers; empty if it is not a part of it.
    pub fn of(self, input: &str) -> &str {
        input.get(self.start..self.end).unwrap_or_default()
    }

    /// How many octets it covers.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing: the component is there, between its delimiters, and has no text.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The span without the tabs and line ends at its edges.
    fn tidy(self, input: &str) -> Self {
        let text = self.of(input);
        let end = self.start + text.trim_end_matches(is_ignored).len();
        let start = self.end - text.trim_start_matches(is_ignored).len();
        Self { start: start.min(end), end }
    }

    /// The part of the span that lies in `outer`; where it has nothing but what is ignored, the place nearest to it.
    fn within(self, outer: Self) -> Self {
        Self { start: self.start.clamp(outer.start, outer.end), end: self.end.clamp(outer.start, outer.end) }
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match f.width() {
            Some(_) => f.pad(&format!("{}..{}", self.start, self.end)),
            None => write!(f, "{}..{}", self.start, self.end),
        }
    }
}

/// How the standard treats a scheme.
///
/// # Source
/// WHATWG URL, section 4.2, "special scheme".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemeKind {
    /// http, https, ws, wss, ftp: an authority always, a backslash is a slash, the host is a domain or an address.
    Special,
    /// file: special, without userinfo and port, and its host may be missing.
    File,
    /// Any other: the host is opaque, and a path that does not begin with a slash is opaque too.
    Other,
}

impl SchemeKind {
    /// The kind of a scheme in lower case.
    pub fn of(scheme: &str) -> Self {
        match scheme {
            "http" | "https" | "ws" | "wss" | "ftp" => Self::Special,
            "file" => Self::File,
            _ => Self::Other,
        }
    }

    /// Whether `character` ends an authority, as a slash does.
    pub(crate) fn is_slash(self, character: char) -> bool {
        character == '/' || (character == '\\' && self != Self::Other)
    }
}

/// The input, cut at its delimiters. A component that is not there has no span; one that is empty has an empty span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// All but the controls and blanks that are ignored at both ends.
    pub trimmed: Span,
    /// Without the colon.
    pub scheme: Span,
    /// How the scheme is treated.
    pub kind: SchemeKind,
    /// What stands for the `//` before the authority: any number of slashes for a special scheme, perhaps none.
    pub slashes: Option<Span>,
    /// Userinfo, host and port with what separates them.
    pub authority: Option<Span>,
    /// What stands before the last `@` of the authority.
    pub userinfo: Option<Span>,
    /// The userinfo up to its first colon.
    pub username: Option<Span>,
    /// The userinfo after its first colon.
    pub password: Option<Span>,
    /// With the brackets of an IPv6 address, and with the zone.
    pub host: Option<Span>,
    /// The zone inside the brackets, without the `%` or `%25` before it.
    pub zone: Option<Span>,
    /// What is left of the host for a parser that knows no zones is the host without this: the zone with its `%`.
    pub zone_with_sign: Option<Span>,
    /// Without the colon.
    pub port: Option<Span>,
    /// The path; always there, perhaps empty.
    pub path: Span,
    /// Without the question mark.
    pub query: Option<Span>,
    /// Without the number sign.
    pub fragment: Option<Span>,
    /// How many `@` the authority has.
    pub at_signs: usize,
}

/// Whether the standard removes `character` before it parses.
pub fn is_ignored(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r')
}

/// `text` without the characters that are removed before parsing.
pub fn significant(text: &str) -> Cow<'_, str> {
    if !text.contains(is_ignored) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter(|character| !is_ignored(*character)).collect())
}

/// Cuts `input` as the WHATWG parser without a base URL would. `None` if it has no scheme.
///
/// Whether the components are valid is not asked here: what the standard refuses is cut all the same.
///
/// # Source
/// WHATWG URL, section 4.4: the states of the basic URL parser, by name in the comments.
pub fn split(input: &str) -> Option<Split> {
    let trimmed = trim(input);
    let (scheme, after_colon) = scheme(input, trimmed)?;
    let kind = SchemeKind::of(&significant(scheme.of(input)).to_ascii_lowercase());
    let (slashes, after_slashes) = slashes(input, kind, Span { start: after_colon, end: trimmed.end });
    let rest = Span { start: after_slashes, end: trimmed.end };
    let mut cut = Authority::default();
    let has_authority = match kind {
        SchemeKind::Special => true,
        // "file state" and "path or authority state": it takes two slashes.
        SchemeKind::File | SchemeKind::Other => {
            slashes.is_some_and(|span| significant(span.of(input)).chars().count() == 2)
        }
    };
    let mut path_start = if has_authority { after_slashes } else { after_colon };
    if has_authority {
        cut = authority(input, kind, rest);
        path_start = cut.span.map_or(path_start, |span| span.end);
    }
    let (path, query, fragment) = tail(input, Span { start: path_start, end: trimmed.end });
    let tidy = |span: Option<Span>| span.map(|span| span.tidy(input));
    let authority = tidy(cut.span);
    let inner = |span: Option<Span>| tidy(span).zip(authority).map(|(span, whole)| span.within(whole));
    Some(Split {
        trimmed,
        scheme,
        kind,
        slashes: if has_authority { tidy(slashes) } else { None },
        authority,
        userinfo: inner(cut.userinfo),
        username: inner(cut.username),
        password: inner(cut.password),
        host: inner(cut.host),
        zone: inner(cut.zone),
        zone_with_sign: cut.zone_with_sign,
        port: inner(cut.port),
        path: path.tidy(input),
        query: tidy(query),
        fragment: tidy(fragment),
        at_signs: cut.at_signs,
    })
}

/// The input without C0 controls and blanks at its ends.
fn trim(input: &str) -> Span {
    let ignored = |character: char| character <= ' ';
    let end = input.trim_end_matches(ignored).len();
    let start = input.len() - input.trim_start_matches(ignored).len();
    Span { start: start.min(end), end }
}

/// "Scheme start state" and "scheme state": the scheme, and where its colon ends.
fn scheme(input: &str, trimmed: Span) -> Option<(Span, usize)> {
    let text = trimmed.of(input);
    let colon = text.find(':')?;
    let mut characters = text.get(..colon)?.chars().filter(|character| !is_ignored(*character));
    let rest = |character: char| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.');
    if !characters.next()?.is_ascii_alphabetic() || !characters.all(rest) {
        return None;
    }
    let end = trimmed.start + colon;
    Some((Span { start: trimmed.start, end }.tidy(input), end + 1))
}

/// The slashes after the scheme: all there are for a special scheme ("special authority ignore slashes state"), up to
/// two for file, two or none for any other. `None` if there is none; the second value is where they end.
fn slashes(input: &str, kind: SchemeKind, rest: Span) -> (Option<Span>, usize) {
    let limit = if kind == SchemeKind::Special { usize::MAX } else { 2 };
    let mut count = 0;
    let mut end = rest.start;
    for (offset, character) in rest.of(input).char_indices() {
        if count < limit && kind.is_slash(character) {
            count += 1;
            end = rest.start + offset + 1;
        } else if !is_ignored(character) {
            break;
        }
    }
    ((count > 0).then_some(Span { start: rest.start, end }), end)
}

#[derive(Default)]
struct Authority {
    span: Option<Span>,
    userinfo: Option<Span>,
    username: Option<Span>,
    password: Option<Span>,
    host: Option<Span>,
    zone: Option<Span>,
    zone_with_sign: Option<Span>,
    port: Option<Span>,
    at_signs: usize,
}

/// "Authority state", "host state", "port state"; "file host state" for file.
fn authority(input: &str, kind: SchemeKind, rest: Span) -> Authority {
    let ends = |character: char| kind.is_slash(character) || matches!(character, '?' | '#');
    let text = rest.of(input);
    let mut end = rest.start + text.find(ends).unwrap_or(text.len());
    if kind == SchemeKind::File {
        let host = Span { start: rest.start, end };
        if is_drive_letter(&significant(host.of(input))) {
            // The drive letter is the path's already.
            let nothing = Span { start: rest.start, end: rest.start };
            return Authority { span: Some(nothing), host: Some(nothing), ..Authority::default() };
        }
        let (zone, zone_with_sign) = zone(input, host);
        return Authority { span: Some(host), host: Some(host), zone, zone_with_sign, ..Authority::default() };
    }
    let all = Span { start: rest.start, end };
    let at = all.of(input).rfind('@').map(|offset| all.start + offset);
    let userinfo = at.map(|at| Span { start: all.start, end: at });
    let host_start = at.map_or(all.start, |at| at + 1);
    let host_end = host_end(input, Span { start: host_start, end });
    let port = (host_end < end).then(|| {
        // The crate, unlike the standard, lets a backslash end the port of any scheme.
        let port = Span { start: host_end + 1, end };
        end = port.of(input).find('\\').map_or(end, |offset| port.start + offset);
        Span { start: port.start, end }
    });
    let host = Span { start: host_start, end: host_end };
    let (zone, zone_with_sign) = zone(input, host);
    let colon = userinfo.and_then(|span| span.of(input).find(':').map(|offset| span.start + offset));
    Authority {
        span: Some(Span { start: rest.start, end }),
        userinfo,
        username: userinfo.map(|span| Span { end: colon.unwrap_or(span.end), ..span }),
        password: userinfo.zip(colon).map(|(span, colon)| Span { start: colon + 1, ..span }),
        host: Some(host),
        zone,
        zone_with_sign,
        port,
        at_signs: all.of(input).matches('@').count(),
    }
}

/// The first colon that does not stand in brackets, or the end.
fn host_end(input: &str, host_and_port: Span) -> usize {
    let mut in_brackets = false;
    let colon = host_and_port.of(input).find(|character| {
        match character {
            '[' => in_brackets = true,
            ']' => in_brackets = false,
            _ => {}
        }
        character == ':' && !in_brackets
    });
    colon.map_or(host_and_port.end, |offset| host_and_port.start + offset)
}

/// The zone of a bracketed host, without and with the sign before it.
///
/// The standard has none. RFC 6874 wrote `%25`, RFC 9844 took that back, and people write `%`; what could be either, as
/// in `%25]`, is the zone 25.
fn zone(input: &str, host: Span) -> (Option<Span>, Option<Span>) {
    let host = host.tidy(input);
    let text = host.of(input);
    if !text.starts_with('[') || !text.ends_with(']') {
        return (None, None);
    }
    let Some(sign) = text.find('%').map(|offset| host.start + offset) else { return (None, None) };
    let with_sign = Span { start: sign, end: host.end - 1 };
    let after = Span { start: sign + 1, ..with_sign };
    let zone = Span { start: behind_escape(input, after).unwrap_or(after.start), ..after };
    (Some(zone), Some(with_sign))
}

/// Where the zone begins if `25` stands before it: tabs and line ends between the two digits do not count.
fn behind_escape(input: &str, after_sign: Span) -> Option<usize> {
    let mut characters = after_sign.of(input).char_indices().filter(|(_, character)| !is_ignored(*character));
    let ((_, '2'), (_, '5'), (offset, _)) = (characters.next()?, characters.next()?, characters.next()?) else {
        return None;
    };
    Some(after_sign.start + offset)
}

/// "Path state" or "opaque path state", "query state", "fragment state".
fn tail(input: &str, rest: Span) -> (Span, Option<Span>, Option<Span>) {
    let text = rest.of(input);
    let hash = text.find('#').map(|offset| rest.start + offset);
    let before_hash = Span { end: hash.unwrap_or(rest.end), ..rest };
    let mark = before_hash.of(input).find('?').map(|offset| rest.start + offset);
    let path = Span { end: mark.unwrap_or(before_hash.end), ..rest };
    let query = mark.map(|mark| Span { start: mark + 1, end: before_hash.end });
    let fragment = hash.map(|hash| Span { start: hash + 1, end: rest.end });
    (path, query, fragment)
}

/// A letter, then `:` or `|`.
///
/// # Source
/// WHATWG URL, section 4.2, "Windows drive letter".
pub(crate) fn is_drive_letter(text: &str) -> bool {
    let mut characters = text.chars();
    matches!(
        (characters.next(), characters.next(), characters.next()),
        (Some(letter), Some(':' | '|'), None) if letter.is_ascii_alphabetic()
    )
}

#[cfg(test)]
pub(crate) mod tests;
