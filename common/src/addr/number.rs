//! Addresses written as numbers: strict, and with a reason for each refusal.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::error::{AddrError, Fault};

/// Whether `text` is digits and nothing else. Not what `parse` thinks a number is: that takes a sign too.
pub(super) fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

/// Whether inet_aton(3) takes `text` for a number in hexadecimal.
fn hexadecimal(text: &str) -> bool {
    crate::number::digits(text).is_some_and(|(_, radix)| radix == 16)
}

/// The dotted quad that `text` is, or `None` if it has something else than numbers and dots and so may be a name.
///
/// # Errors
/// For numbers and dots that are not four decimal octets without leading zeros (RFC 3986 section 3.2.2, IPv4address).
pub(super) fn dotted_quad(text: &str) -> Result<Option<Ipv4Addr>, AddrError> {
    let parts = || text.split('.');
    let numeric = |part: &str| digits(part) || hexadecimal(part);
    if !parts().any(numeric) || !parts().all(|part| part.is_empty() || numeric(part)) {
        return Ok(None);
    }
    if let Ok(addr) = text.parse() {
        return Ok(Some(addr));
    }
    let mut starts = parts().scan(0, |start, part| {
        let this = *start;
        *start += part.len() + 1;
        Some((this, part))
    });
    if let Some((start, _)) = starts.clone().find(|(_, part)| part.is_empty()) {
        return Err(AddrError::at(text, start, Fault::OctetMissing));
    }
    let count = parts().count();
    if count != 4 || !parts().all(digits) {
        return Err(AddrError::at(text, 0, Fault::NotDottedQuad { count, inet_aton: inet_aton(text) }));
    }
    let fault = starts.find_map(|(start, part)| {
        let found = || part.to_owned();
        if part.len() > 1 && part.starts_with('0') {
            Some(AddrError::at(text, start, Fault::LeadingZero { found: found() }))
        } else if part.parse::<u8>().is_err() {
            Some(AddrError::at(text, start, Fault::OctetTooLarge { found: found() }))
        } else {
            None
        }
    });
    Err(fault.unwrap_or_else(|| AddrError::at(text, 0, Fault::NotDottedQuad { count, inet_aton: None })))
}

/// The IPv6 address that `text` is, without zone or brackets.
///
/// # Errors
/// For what is not one of the forms of RFC 4291 section 2.2.
pub(super) fn ipv6(text: &str) -> Result<Ipv6Addr, AddrError> {
    text.parse().map_err(|_| why_not_ipv6(text))
}

/// The first fault of a text that is no IPv6 address.
fn why_not_ipv6(text: &str) -> AddrError {
    let other = |(_, character): &(usize, char)| !(character.is_ascii_hexdigit() || matches!(character, ':' | '.'));
    if let Some((octet, character)) = text.char_indices().find(other) {
        return AddrError::at(text, octet, Fault::NotHex { character });
    }
    let gap = text.find("::");
    if let Some(first) = gap {
        // From its second colon on: the third of ":::" makes a second gap too.
        let later = text.get(first + 1..).and_then(|rest| rest.find("::"));
        if let Some(second) = later {
            return AddrError::at(text, first + 1 + second, Fault::SecondGap);
        }
    }
    if text.starts_with(':') && gap != Some(0) {
        return AddrError::at(text, 0, Fault::LoneColon);
    }
    if text.ends_with(':') && !text.ends_with("::") {
        return AddrError::at(text, text.len() - 1, Fault::LoneColon);
    }
    let mut count = 0;
    let mut start = 0;
    for group in text.split(':') {
        let end = start + group.len();
        if group.contains('.') {
            if end != text.len() {
                return AddrError::at(text, start, Fault::QuadNotLast);
            }
            match dotted_quad(group) {
                Err(error) => return error.after(text.get(..start).unwrap_or_default()),
                Ok(None) => return AddrError::at(text, start, Fault::NotDottedQuad { count: 4, inet_aton: None }),
                Ok(Some(_)) => count += 2,
            }
        } else if group.len() > 4 {
            return AddrError::at(text, start, Fault::GroupTooLong { found: group.to_owned() });
        } else if !group.is_empty() {
            count += 1;
        }
        start = end + 1;
    }
    AddrError::at(text, 0, Fault::GroupCount { count, gap: gap.is_some() })
}

/// What inet_aton(3) reads: one to four numbers, decimal, octal after `0`, or hexadecimal after `0x`.
///
/// The last number fills the octets that are left: `127.1` is 127.0.0.1. Nothing may follow.
///
/// # Source
/// POSIX.1-2024, inet_addr().
pub fn inet_aton(text: &str) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split('.').map(c_number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last()?;
    let left = 4_u32.checked_sub(u32::try_from(first.len()).ok()?).filter(|left| *left > 0)?;
    if u64::from(*last) >= 1 << (8 * left) {
        return None;
    }
    let mut addr = *last;
    for (part, index) in first.iter().zip(0_u32..) {
        addr |= u32::from(u8::try_from(*part).ok()?) << (24 - 8 * index);
    }
    Some(Ipv4Addr::from_bits(addr))
}

/// A number as strtoul(3) with base 0 reads it, without sign or blanks.
fn c_number(text: &str) -> Option<u32> {
    if hexadecimal(text) {
        return u32::from_str_radix(text.get(2..)?, 16).ok();
    }
    if !digits(text) {
        return None;
    }
    let radix = if text.len() > 1 && text.starts_with('0') { 8 } else { 10 };
    u32::from_str_radix(text, radix).ok()
}
