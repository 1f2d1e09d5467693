//! The rules of appendix A for everything but the host.

use super::{Fault, fault, quoted};
use crate::percent;
use crate::spans::Span;

/// Which characters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Grammar {
    /// RFC 3986: ASCII only.
    Uri,
    /// RFC 3987 section 2.2: `ucschar` wherever `unreserved` is, and `iprivate` in the query.
    Iri,
}

/// What a component may have besides `pct-encoded`.
pub(super) struct Class {
    /// The component in words.
    pub name: &'static str,
    /// Its rule in appendix A.
    pub rule: &'static str,
    /// Where that is explained.
    pub section: &'static str,
    /// Which of ASCII it may have.
    pub allowed: fn(char) -> bool,
    /// Whether an IRI has private characters there.
    pub private: bool,
}

/// `unreserved`, RFC 3986 section 2.3.
pub(super) fn is_unreserved(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '.' | '_' | '~')
}

/// `sub-delims`, RFC 3986 section 2.2.
pub(super) fn is_sub_delim(character: char) -> bool {
    matches!(character, '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '=')
}

fn is_pchar(character: char) -> bool {
    is_unreserved(character) || is_sub_delim(character) || matches!(character, ':' | '@')
}

/// `ucschar`, RFC 3987 section 2.2.
fn is_ucschar(character: char) -> bool {
    match u32::from(character) {
        0xa0..=0xd7ff | 0xf900..=0xfdcf | 0xfdf0..=0xffef => true,
        // Planes 1 to 14 without their last two characters; plane 14 from U+E1000 on.
        code @ 0x1_0000..=0xe_fffd => code & 0xffff <= 0xfffd && !(0xe_0000..0xe_1000).contains(&code),
        _ => false,
    }
}

/// `iprivate`, RFC 3987 section 2.2.
fn is_iprivate(character: char) -> bool {
    matches!(u32::from(character), 0xe000..=0xf8ff | 0xf_0000..=0xf_fffd | 0x10_0000..=0x10_fffd)
}

/// Whether every character of the component at `span` is one of its class or of a `%XX`.
pub(super) fn scan(input: &str, span: Span, class: &Class, grammar: Grammar) -> Result<(), Fault> {
    for (offset, character) in span.of(input).char_indices() {
        let octet = span.start + offset;
        let iri = grammar == Grammar::Iri && (is_ucschar(character) || (class.private && is_iprivate(character)));
        if character == '%' {
            let escape = Span { start: octet, end: span.end }.of(input);
            if percent::count(escape.get(..3).unwrap_or_default()) == 0 {
                let why = format!("the % in the {} has no two hexadecimal digits behind it", class.name);
                return Err(fault(octet, "pct-encoded", "2.1", why));
            }
        } else if !(class.allowed)(character) && !iri {
            return Err(fault(octet, class.rule, class.section, unfit(character, class.name)));
        }
    }
    Ok(())
}

/// That a component may not have a character, and how it is written instead.
fn unfit(character: char, component: &str) -> String {
    let mut encoded = String::new();
    for octet in character.to_string().bytes() {
        percent::push_escape(octet, &mut encoded);
    }
    format!("{} may not stand in a {component}, only as {encoded}", quoted(character))
}

/// `scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`.
pub(super) fn scheme(input: &str, span: Span) -> Result<(), Fault> {
    for (offset, character) in span.of(input).char_indices() {
        let octet = span.start + offset;
        if offset == 0 && !character.is_ascii_alphabetic() {
            let why = format!(
                "a scheme begins with a letter, not with {}, and a relative reference has no colon before its first slash",
                quoted(character)
            );
            return Err(fault(octet, "scheme", "3.1", why));
        }
        if !character.is_ascii_alphanumeric() && !matches!(character, '+' | '-' | '.') {
            let why = format!("{} may not stand in a scheme, which has letters, digits, +, - and .", quoted(character));
            return Err(fault(octet, "scheme", "3.1", why));
        }
    }
    Ok(())
}

/// `userinfo = *( unreserved / pct-encoded / sub-delims / ":" )`.
pub(super) fn userinfo(input: &str, span: Span, grammar: Grammar) -> Result<(), Fault> {
    let allowed = |character| is_unreserved(character) || is_sub_delim(character) || character == ':';
    let class = Class { name: "userinfo", rule: "userinfo", section: "3.2.1", allowed, private: false };
    scan(input, span, &class, grammar)
}

/// `port = *DIGIT`: no rule says that it fits into 16 bits.
pub(super) fn port(input: &str, span: Span) -> Result<(), Fault> {
    let bad = span.of(input).char_indices().find(|(_, character)| !character.is_ascii_digit());
    bad.map_or(Ok(()), |(offset, character)| {
        let why = format!("a port has digits only, not {}", quoted(character));
        Err(fault(span.start + offset, "port", "3.2.3", why))
    })
}

/// `*( pchar / "/" )`. Which of the five rules it is follows from what stands before it.
pub(super) fn path(input: &str, span: Span, grammar: Grammar) -> Result<(), Fault> {
    let allowed = |character| is_pchar(character) || character == '/';
    let class = Class { name: "path", rule: "segment", section: "3.3", allowed, private: false };
    scan(input, span, &class, grammar)
}

/// `query = *( pchar / "/" / "?" )`.
pub(super) fn query(input: &str, span: Span, grammar: Grammar) -> Result<(), Fault> {
    let allowed = |character| is_pchar(character) || matches!(character, '/' | '?');
    let class = Class { name: "query", rule: "query", section: "3.4", allowed, private: true };
    scan(input, span, &class, grammar)
}

/// `fragment = *( pchar / "/" / "?" )`.
pub(super) fn fragment(input: &str, span: Span, grammar: Grammar) -> Result<(), Fault> {
    let allowed = |character| is_pchar(character) || matches!(character, '/' | '?');
    let class = Class { name: "fragment", rule: "fragment", section: "3.5", allowed, private: false };
    scan(input, span, &class, grammar)
}
