//! The host: `IP-literal / IPv4address / reg-name`, of which the first that matches wins.

use serde::Serialize;

use super::grammar::{Class, Grammar, is_sub_delim, is_unreserved, scan};
use super::{Fault, Zone, ZoneForm, fault, quoted};
use crate::spans::Span;

/// Which rule a host follows.
///
/// # Source
/// RFC 3986 section 3.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum HostRule {
    /// In brackets.
    #[serde(rename = "IPv6address")]
    Ipv6Address,
    /// In brackets, with a version that is yet to come.
    #[serde(rename = "IPvFuture")]
    IpvFuture,
    /// Four numbers up to 255, in decimal and without leading zeros.
    #[serde(rename = "IPv4address")]
    Ipv4Address,
    /// Any other, even empty.
    #[serde(rename = "reg-name")]
    RegName,
}

impl HostRule {
    /// The name in appendix A.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipv6Address => "IPv6address",
            Self::IpvFuture => "IPvFuture",
            Self::Ipv4Address => "IPv4address",
            Self::RegName => "reg-name",
        }
    }
}

/// Which rule the host at `span` follows, and its zone.
pub(super) fn check(
    input: &str,
    span: Span,
    port: Option<Span>,
    grammar: Grammar,
) -> Result<(HostRule, Option<Zone>), Fault> {
    let text = span.of(input);
    if text.starts_with('[') {
        return literal(input, span, grammar);
    }
    let all = Span { end: port.map_or(span.end, |port| port.end), ..span };
    if port.is_some() && ipv6_address(all.of(input)).is_ok() {
        return Err(fault(span.start, "IP-literal", "3.2.2", "an IPv6 address as a host stands in brackets"));
    }
    if is_ipv4_address(text) {
        return Ok((HostRule::Ipv4Address, None));
    }
    let allowed = |character| is_unreserved(character) || is_sub_delim(character);
    let class = Class { name: "host", rule: "reg-name", section: "3.2.2", allowed, private: false };
    scan(input, span, &class, grammar)?;
    Ok((HostRule::RegName, None))
}

/// `IP-literal = "[" ( IPv6address / IPvFuture ) "]"`, with a zone perhaps.
fn literal(input: &str, span: Span, grammar: Grammar) -> Result<(HostRule, Option<Zone>), Fault> {
    let text = span.of(input);
    let Some(close) = text.find(']') else {
        return Err(fault(span.start, "IP-literal", "3.2.2", "the bracket is not closed"));
    };
    let inside = Span { start: span.start + 1, end: span.start + close };
    if inside.end + 1 < span.end {
        return Err(fault(
            inside.end + 1,
            "authority",
            "3.2",
            "only a colon and a port may follow the closing bracket",
        ));
    }
    let text = inside.of(input);
    if text.starts_with(['v', 'V']) {
        future(text).map_err(|(offset, why)| fault(inside.start + offset, "IPvFuture", "3.2.2", why))?;
        return Ok((HostRule::IpvFuture, None));
    }
    let zone = zone(text).map(|(offset, form)| Zone { span: Span { start: inside.start + offset, ..inside }, form });
    let address = text.split('%').next().unwrap_or_default();
    ipv6_address(address).map_err(|(offset, why)| fault(inside.start + offset, "IPv6address", "3.2.2", why))?;
    if let Some(zone) = zone {
        // RFC 6874 section 2: ZoneID = 1*( unreserved / pct-encoded ).
        if zone.span.is_empty() {
            return Err(fault(zone.span.start, "ZoneID", "3.2.2", "the zone is empty"));
        }
        let class = Class { name: "zone", rule: "ZoneID", section: "3.2.2", allowed: is_unreserved, private: false };
        scan(input, zone.span, &class, grammar)?;
    }
    Ok((HostRule::Ipv6Address, zone))
}

/// Where the zone in `literal` begins, and how it is written. `%25` alone is the zone 25.
fn zone(literal: &str) -> Option<(usize, ZoneForm)> {
    let sign = literal.find('%')?;
    let rest = literal.get(sign..)?;
    let encoded = rest.strip_prefix("%25").is_some_and(|zone| !zone.is_empty());
    Some(if encoded { (sign + 3, ZoneForm::Rfc6874) } else { (sign + 1, ZoneForm::Rfc9844) })
}

/// `IPvFuture = "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`.
fn future(text: &str) -> Result<(), (usize, String)> {
    let Some(dot) = text.find('.') else {
        return Err((text.len(), "a dot belongs between the version and the address of a future kind".to_owned()));
    };
    let version = text.get(1..dot).unwrap_or_default();
    if version.is_empty() || !version.bytes().all(|octet| octet.is_ascii_hexdigit()) {
        return Err((1, "the version of an address is a hexadecimal number".to_owned()));
    }
    let address = text.get(dot + 1..).unwrap_or_default();
    if address.is_empty() {
        return Err((dot + 1, "no address follows the version".to_owned()));
    }
    let allowed = |character| is_unreserved(character) || is_sub_delim(character) || character == ':';
    let bad = address.char_indices().find(|(_, character)| !allowed(*character));
    bad.map_or(Ok(()), |(offset, character)| {
        Err((dot + 1 + offset, format!("{} may not stand in an address of a future kind", quoted(character))))
    })
}

/// `IPv4address = dec-octet "." dec-octet "." dec-octet "." dec-octet`.
///
/// # Source
/// RFC 3986 section 3.2.2. `010` is no `dec-octet`: what has one is a name.
fn is_ipv4_address(text: &str) -> bool {
    text.split('.').count() == 4 && text.split('.').all(is_dec_octet)
}

/// 0 to 255 in decimal, without leading zeros.
fn is_dec_octet(text: &str) -> bool {
    let plain = text == "0" || !text.starts_with('0');
    plain && text.bytes().all(|octet| octet.is_ascii_digit()) && text.parse::<u8>().is_ok()
}

/// `IPv6address`, all nine forms of it: eight groups, the last two perhaps as an IPv4 address, and `::` once for one
/// group of zeros or more.
///
/// # Errors
/// The octet at which it fails, and why.
fn ipv6_address(text: &str) -> Result<(), (usize, String)> {
    let Some(elision) = text.find("::") else {
        let (count, end) = groups(text, 0, true)?;
        return match count {
            8 => Ok(()),
            _ => Err((end, format!("an IPv6 address without \"::\" has eight groups, not {count}"))),
        };
    };
    let (head, tail) = (text.get(..elision).unwrap_or_default(), text.get(elision + 2..).unwrap_or_default());
    let (before, _) = if head.is_empty() { (0, 0) } else { groups(head, 0, false)? };
    let (after, end) = if tail.is_empty() { (0, text.len()) } else { groups(tail, elision + 2, true)? };
    if before + after > 7 {
        return Err((end, format!("\"::\" stands for one group at least, and there are {} already", before + after)));
    }
    Ok(())
}

/// How many groups there are, and where they end. An IPv4 address counts as two, and may only be the last.
fn groups(text: &str, start: usize, last: bool) -> Result<(usize, usize), (usize, String)> {
    let mut at = start;
    let mut count = 0;
    let mut pieces = text.split(':').peekable();
    while let Some(piece) = pieces.next() {
        let is_last = pieces.peek().is_none();
        if last && is_last && is_ipv4_address(piece) {
            count += 2;
        } else if piece.is_empty() {
            return Err((at, "a group of an IPv6 address is empty".to_owned()));
        } else if let Some((offset, bad)) = piece.char_indices().find(|(_, character)| !character.is_ascii_hexdigit()) {
            let why = match bad {
                '.' => "an IPv4 address may only be the end of an IPv6 address, four numbers up to 255 without leading zeros".to_owned(),
                _ => format!("{} is no hexadecimal digit", quoted(bad)),
            };
            return Err((at + offset, why));
        } else if piece.len() > 4 {
            return Err((at + 4, "a group of an IPv6 address has four digits at most".to_owned()));
        } else {
            count += 1;
        }
        at += piece.len() + 1;
    }
    Ok((count, start + text.len()))
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_nine_forms_of_an_ipv6_address() {
        // One row for each line of the rule, and its limits; RFC 3986 section 3.2.2.
        for text in [
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:1.2.3.4",
            "::2:3:4:5:6:7:8",
            "::2:3:4:5:6:1.2.3.4",
            "1::3:4:5:6:7:8",
            "::3:4:5:6:7:8",
            "1:2::4:5:6:7:8",
            "1:2:3::5:6:7:8",
            "1:2:3:4::6:7:8",
            "1:2:3:4:5::7:8",
            "1:2:3:4:5::1.2.3.4",
            "1:2:3:4:5:6::8",
            "1:2:3:4:5:6:7::",
            "::",
            "ABCD:ef01::",
        ] {
            assert_eq!(ipv6_address(text), Ok(()), "{text}");
        }
        for (text, octet) in [
            ("", 0),
            (":", 0),
            ("1:2:3:4:5:6:7", 13),
            ("1:2:3:4:5:6:7:8:9", 17),
            ("1:2:3:4:5:6:7::8", 16),
            ("1::2::3", 5),
            (":::", 2),
            ("12345::", 4),
            ("::1.2.3.256", 3),
            ("::1.2.3.04", 3),
            ("1.2.3.4::", 1),
            ("::1.2.3.4:5", 3),
            ("::g", 2),
            ("1:2:3:4:5:6:7:1.2.3.4", 21),
        ] {
            assert_eq!(ipv6_address(text).map_err(|(octet, _)| octet), Err(octet), "{text}");
        }
    }

    proptest! {
        #[test]
        fn addresses_are_those_of_the_standard_library(text in "[0-9a-f:.]{0,20}") {
            prop_assert_eq!(ipv6_address(&text).is_ok(), text.parse::<Ipv6Addr>().is_ok());
            prop_assert_eq!(is_ipv4_address(&text), text.parse::<Ipv4Addr>().is_ok());
        }

        #[test]
        fn what_looks_like_an_address_is_read_as_the_standard_library_does(
            groups in proptest::collection::vec("([0-9a-f]{1,4}|)", 1..10),
            quad in proptest::option::of("[0-2]?[0-9]?[0-9](\\.[0-2]?[0-9]?[0-9]){3}"),
        ) {
            let text = groups.into_iter().chain(quad).collect::<Vec<_>>().join(":");
            prop_assert_eq!(ipv6_address(&text).is_ok(), text.parse::<Ipv6Addr>().is_ok(), "{}", text);
        }
    }
}
