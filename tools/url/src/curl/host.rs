//! Hosts: names, and the spellings of addresses.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use super::CurlError;
use crate::percent;

/// A host as it is kept, and its zone.
pub(super) type Host = (Vec<u8>, Option<Vec<u8>>);

/// The longest zone: IFNAMSIZ less the NUL at the end.
const ZONE_LIMIT: usize = 15;

/// Reads a host, in brackets or not.
pub(super) fn read(text: &[u8]) -> Result<Host, CurlError> {
    if let Some(inner) = text.strip_prefix(b"[") {
        return ipv6(inner.strip_suffix(b"]").ok_or(CurlError::Ipv6)?);
    }
    if let Some(address) = ipv4(text) {
        return Ok((address.to_string().into_bytes(), None));
    }
    let name = percent::decode_octets(text);
    if is_name(&name) { Ok((name, None)) } else { Err(CurlError::Hostname) }
}

/// Whether no octet of it is refused. Anything outside ASCII is a name.
pub(super) fn is_name(text: &[u8]) -> bool {
    let good = |octet: &u8| {
        octet.is_ascii_alphanumeric() || *octet >= 0x7f || matches!(octet, b'-' | b'.' | b'_' | b'|' | b'~')
    };
    !text.is_empty() && text.iter().all(good)
}

/// One to four numbers, the last of which fills what is left of the address; octal behind a zero, hexadecimal behind
/// `0x`. What is no address so is a name.
fn ipv4(text: &[u8]) -> Option<Ipv4Addr> {
    let parts: Vec<u32> = text.split(|octet| *octet == b'.').map(number).collect::<Option<_>>()?;
    let (last, leading) = parts.split_last()?;
    let (mut address, mut shift) = (0_u32, 32_u32);
    for part in leading {
        shift = shift.checked_sub(8).filter(|shift| *shift > 0)?;
        address |= (*part <= 0xff).then_some(*part)?.checked_shl(shift)?;
    }
    let room = if shift == 32 { u32::MAX } else { 1_u32.checked_shl(shift)?.checked_sub(1)? };
    (*last <= room).then(|| Ipv4Addr::from(address | last))
}

fn number(text: &[u8]) -> Option<u32> {
    let (digits, radix) = match text {
        [b'0', b'x', rest @ ..] => (rest, 16),
        [b'0', rest @ ..] if !rest.is_empty() => (rest, 8),
        _ => (text, 10),
    };
    // from_str_radix would take a sign.
    let all = !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit);
    all.then(|| u32::from_str_radix(str::from_utf8(digits).ok()?, radix).ok()).flatten()
}

/// What stands in brackets. A zone comes behind `%25`, or a bare `%`.
fn ipv6(inner: &[u8]) -> Result<Host, CurlError> {
    let percent = inner.iter().position(|octet| *octet == b'%');
    let (text, zone) = inner.split_at(percent.unwrap_or(inner.len()));
    let zone = match zone {
        [] => None,
        [b'%', b'2', b'5', zone @ ..] | [b'%', zone @ ..] if !zone.is_empty() => Some(zone),
        _ => return Err(CurlError::Ipv6),
    };
    if zone.is_some_and(|zone| zone.len() > ZONE_LIMIT) {
        return Err(CurlError::Ipv6);
    }
    let address: Ipv6Addr = str::from_utf8(text).ok().and_then(|text| text.parse().ok()).ok_or(CurlError::Ipv6)?;
    let short = ntop(address);
    let kept = if short.len() < text.len() { short.as_bytes() } else { text };
    Ok(([b"[", kept, b"]"].concat(), zone.map(<[u8]>::to_vec)))
}

/// The text that inet_ntop(3) gives: the longest run of zeros cut, and an IPv4 address at the end where one is embedded.
fn ntop(address: Ipv6Addr) -> String {
    let words = address.segments();
    let (mut start, mut length) = (0, 0);
    let mut run = 0;
    for (index, word) in words.iter().enumerate() {
        run = if *word == 0 { run + 1 } else { 0 };
        if run > length && run > 1 {
            (start, length) = (index + 1 - run, run);
        }
    }
    let embedded = start == 0 && (length == 6 || (length == 5 && words.get(5) == Some(&0xffff)));
    let shown = if embedded { words.get(..6) } else { words.get(..) }.unwrap_or_default();
    let mut text = String::new();
    for (index, word) in shown.iter().enumerate() {
        if length > 0 && (start..start + length).contains(&index) {
            if index == start {
                text.push_str("::");
            }
            continue;
        }
        if !text.is_empty() && !text.ends_with(':') {
            text.push(':');
        }
        let _ = write!(text, "{word:x}");
    }
    if embedded {
        if !text.ends_with(':') {
            text.push(':');
        }
        let [.., a, b, c, d] = address.octets();
        text += &Ipv4Addr::new(a, b, c, d).to_string();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shortened_as_the_c_library_writes_them() {
        for (text, short) in [
            ("0:0:0:0:0:0:0:0", "::"),
            ("1:0:0:0:0:0:0:2", "1::2"),
            ("0:0:0:0:0:0:1.2.3.4", "::1.2.3.4"),
            ("::ffff:102:304", "::ffff:1.2.3.4"),
            ("1:0:2:0:0:3:0:0", "1:0:2::3:0:0"),
            ("0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"),
            ("::1", "::1"),
            ("1::", "1::"),
        ] {
            assert_eq!(ntop(text.parse().unwrap()), short);
        }
    }
}
