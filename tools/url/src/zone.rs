//! Zones of IPv6 addresses, which neither standard has: how a URL writes one, and what the system calls it.
//!
//! # Source
//! RFC 6874 section 2 wrote them behind `%25`, percent-encoded where need be; RFC 9844 took that back.

use std::borrow::Cow;

use sockeye_common::addr::{AddrError, Zone};

use crate::percent;
use crate::spans::{Span, Split, significant};

/// The zone of `input`, which is `split`, as the system knows it: behind `%25` its percent-encoding is undone.
pub fn name<'a>(input: &'a str, split: &Split) -> Option<Cow<'a, str>> {
    let (zone, with_sign) = split.zone.zip(split.zone_with_sign)?;
    let text = significant(zone.of(input));
    let sign = Span { end: zone.start, ..with_sign };
    if significant(sign.of(input)) != "%25" || percent::count(&text) == 0 {
        return Some(text);
    }
    // What is not UTF-8 stays, and is refused for its `%`.
    let decoded = String::from_utf8(percent::decode(&text).into_owned());
    Some(decoded.map_or(text, Cow::Owned))
}

/// `input`, which is `split`, without the zone and the sign before it: no parser of the standard takes them.
pub fn taken_off<'a>(input: &'a str, split: &Split) -> Cow<'a, str> {
    match split.zone_with_sign {
        Some(zone) => {
            let before = Span { start: 0, end: zone.start };
            let after = Span { start: zone.end, end: input.len() };
            format!("{}{}", before.of(input), after.of(input)).into()
        }
        None => input.into(),
    }
}

/// Whether the system could have a zone of that name.
///
/// # Errors
/// What no zone has.
pub fn check(name: &str) -> Result<(), AddrError> {
    name.parse::<Zone>().map(drop)
}

/// The zone as it stands in a URL, where nothing is outside ASCII.
pub fn in_url(name: &str) -> Cow<'_, str> {
    if name.is_ascii() && !name.contains('%') {
        return name.into();
    }
    let encoded = percent::encode_foreign(name.replace('%', "%25").as_bytes());
    String::from_utf8_lossy(&percent::with_capital_digits(&encoded)).into_owned().into()
}

/// An address in brackets with a zone, as it stands in a URL, in them: in RFC 6874's form, which every reader of zones takes.
pub fn put_into(host: &str, zone: &str) -> String {
    format!("{}%25{zone}]", host.trim_end_matches(']'))
}

/// A URL with the zone of that name put into its host, if it has a zone.
pub fn put_back<'a>(url: &'a str, host: Option<&str>, name: Option<&str>) -> Cow<'a, str> {
    match (host, name) {
        // A bracket stands nowhere before the host.
        (Some(host), Some(name)) => url.replacen(host, &put_into(host, &in_url(name)), 1).into(),
        _ => url.into(),
    }
}

/// A host without the zone that it may have.
pub fn without(host: &str) -> Cow<'_, str> {
    match host.split_once('%') {
        Some((address, _)) if host.starts_with('[') => format!("{address}]").into(),
        _ => host.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spans::split;

    #[test]
    fn a_zone_is_written_in_ascii_and_read_back() {
        for (host, expected, written) in [
            ("[fe80::1%eth0]", "eth0", "[fe80::1%25eth0]"),
            ("[fe80::1%25eth0]", "eth0", "[fe80::1%25eth0]"),
            ("[fe80::1%25]", "25", "[fe80::1%2525]"),
            ("[fe80::1%2\t5e\nth0]", "eth0", "[fe80::1%25eth0]"),
            ("[fe80::1%\tveth+1]", "veth+1", "[fe80::1%25veth+1]"),
            ("[fe80::1%a\u{202e}b]", "a\u{202e}b", "[fe80::1%25a%E2%80%AEb]"),
            ("[fe80::1%25a%e2%80%aeb]", "a\u{202e}b", "[fe80::1%25a%E2%80%AEb]"),
            ("[fe80::1%25%65th0]", "eth0", "[fe80::1%25eth0]"),
        ] {
            let input = format!("http://{host}/");
            let found = name(&input, &split(&input).unwrap()).unwrap();
            assert_eq!(found, expected, "{host}");
            assert_eq!(put_into("[fe80::1]", &in_url(&found)), written, "{host}");
            assert_eq!(check(&found), Ok(()), "{host}");
        }
    }

    #[test]
    fn what_no_zone_has_is_refused_however_it_is_written() {
        for host in
            ["[fe80::1%25a%ffb]", "[fe80::1%25a%2fb]", "[fe80::1%25a%0ab]", "[fe80::1%a%62]", "[fe80::1%25%2562]"]
        {
            let input = format!("http://{host}/");
            assert!(check(&name(&input, &split(&input).unwrap()).unwrap()).is_err(), "{host}");
        }
    }
}
