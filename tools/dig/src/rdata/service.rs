//! SVCB and HTTPS: parameters of a service.
//!
//! # Source
//! RFC 9460 sections 2.1, 2.2 and 7.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use sockeye_common::wire::Reader;

use super::digits::Words;
use super::write::{ipv6, push_escaped};
use super::{big_endian, push_number};
use crate::fault::{Fault, FaultKind};

const MANDATORY: u16 = 0;
const ALPN: u16 = 1;
const NO_DEFAULT_ALPN: u16 = 2;
const PORT: u16 = 3;
const IPV4_HINT: u16 = 4;
const ECH: u16 = 5;
const IPV6_HINT: u16 = 6;
const DOH_PATH: u16 = 7;

const NAMES: [&str; 7] = ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"];

/// The key of the parameter that the reader stands before, if it is one and behind the `last`.
pub(super) fn check(reader: &Reader<'_>, last: Option<u16>) -> Result<u16, Fault> {
    let at = reader.offset();
    let mut reader = reader.clone();
    let key = reader.u16("SvcParamKey").map_err(Fault::end)?;
    let wrong = Fault::new(FaultKind::FormErr, "SvcParamValue", at);
    if last.is_some_and(|last| key <= last) {
        return Err(Fault { field: "SvcParamKey", ..wrong });
    }
    let length = reader.u16("SvcParamValue").map_err(Fault::end)?;
    let value = reader.octets(length.into(), "SvcParamValue").map_err(Fault::end)?;
    let good = match key {
        MANDATORY => is_key_list(value),
        ALPN => !value.is_empty() && strings(value).last() == Some(None),
        NO_DEFAULT_ALPN => value.is_empty(),
        PORT => value.len() == 2,
        IPV4_HINT => !value.is_empty() && value.len().is_multiple_of(4),
        IPV6_HINT => !value.is_empty() && value.len().is_multiple_of(16),
        DOH_PATH => std::str::from_utf8(value).is_ok_and(|path| path.starts_with('/') && asks_for_dns(path)),
        _ => true,
    };
    if good { Ok(key) } else { Err(wrong) }
}

/// The length of the parameter that the reader stands before.
pub(super) fn length(reader: &Reader<'_>) -> usize {
    let mut reader = reader.clone();
    let _ = reader.u16("SvcParamKey");
    reader.u16("SvcParamValue").map_or(4, |length| usize::from(length) + 4)
}

/// Two octets a key, in order, and not `mandatory` itself.
fn is_key_list(value: &[u8]) -> bool {
    let keys: Vec<u64> = value.chunks(2).map(big_endian).collect();
    !value.is_empty()
        && value.len().is_multiple_of(2)
        && keys.is_sorted_by(|one, other| one < other)
        && !keys.contains(&MANDATORY.into())
}

/// Whether every key that the first parameter calls mandatory is there, and `alpn` where there is `no-default-alpn`.
pub(super) fn has_what_is_mandatory(params: &[u8]) -> bool {
    let has = |key| reach(&mut Reader::new(params), key);
    if has(NO_DEFAULT_ALPN) && !has(ALPN) {
        return false;
    }
    let mut reader = Reader::new(params);
    let (Ok(MANDATORY), Ok(length)) = (reader.u16("SvcParamKey"), reader.u16("SvcParamValue")) else { return true };
    let Ok(wanted) = reader.octets(length.into(), "SvcParamValue") else { return false };
    // Both are in order: one walk is enough.
    wanted.as_chunks::<2>().0.iter().all(|key| reach(&mut reader, u16::from_be_bytes(*key)))
}

/// Goes past the parameter with that key, if it is there.
fn reach(reader: &mut Reader<'_>, wanted: u16) -> bool {
    while let (Ok(key), Ok(length)) = (reader.u16("SvcParamKey"), reader.u16("SvcParamValue")) {
        if reader.skip(length.into(), "SvcParamValue").is_err() || key >= wanted {
            return key == wanted;
        }
    }
    false
}

/// Whether it is a template with the variable `dns`.
///
/// # Source
/// RFC 9461 section 5, RFC 6570 section 2.
fn asks_for_dns(template: &str) -> bool {
    let is_octet = |digits: &str| digits.get(..2).is_some_and(|two| two.bytes().all(|digit| digit.is_ascii_hexdigit()));
    if !template.split('%').skip(1).all(is_octet) {
        return false;
    }
    let mut found = false;
    let mut rest = template;
    while let Some((_, special)) = rest.split_once('{') {
        let Some((expression, behind)) = special.split_once('}') else { return false };
        let variables = expression.strip_prefix(['+', '#', '.', '/', ';', '?', '&']).unwrap_or(expression);
        for variable in variables.split(',') {
            let Some(name) = variable_name(variable) else { return false };
            found |= name == "dns";
        }
        rest = behind;
    }
    found
}

/// The name of a variable, without how much of its value is wanted.
fn variable_name(variable: &str) -> Option<&str> {
    let name = match variable.split_once(':') {
        Some((name, length)) => {
            let good = (1..=4).contains(&length.len()) && length.bytes().all(|digit| digit.is_ascii_digit());
            Some(name).filter(|_| good && !length.starts_with('0'))
        }
        None => Some(variable.strip_suffix('*').unwrap_or(variable)),
    }?;
    let good = !name.is_empty() && name.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"_.%".contains(&octet));
    good.then_some(name)
}

/// The character-strings of a value; the last is `None` if they end where the value does, and missing if not.
fn strings(value: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    let mut rest = Some(value);
    std::iter::from_fn(move || match rest {
        None => None,
        Some([]) => {
            rest = None;
            Some(None)
        }
        Some([length, behind @ ..]) => {
            let split = behind.split_at_checked(usize::from(*length)).filter(|(string, _)| !string.is_empty());
            rest = split.map(|(_, behind)| behind);
            split.map(|(string, _)| Some(string))
        }
    })
}

/// `alpn="h2,h3"`
pub(super) fn write(text: &mut String, param: &[u8]) {
    let Some(([key_high, key_low, _, _], value)) = param.split_first_chunk::<4>() else { return };
    let key = u16::from_be_bytes([*key_high, *key_low]);
    push_key(text, key);
    if value.is_empty() {
        return;
    }
    text.push('=');
    let commas = |index: usize, text: &mut String| {
        if index > 0 {
            text.push(',');
        }
    };
    match key {
        MANDATORY => {
            for (index, key) in value.chunks(2).enumerate() {
                commas(index, text);
                push_key(text, u16::try_from(big_endian(key)).unwrap_or_default());
            }
        }
        ALPN => {
            text.push('"');
            for (index, id) in strings(value).flatten().enumerate() {
                commas(index, text);
                push_listed(text, id);
            }
            text.push('"');
        }
        PORT => push_number(text, big_endian(value)),
        IPV4_HINT => {
            for (index, addr) in value.as_chunks::<4>().0.iter().enumerate() {
                commas(index, text);
                let _ = write!(text, "{}", Ipv4Addr::from(*addr));
            }
        }
        IPV6_HINT => {
            for (index, addr) in value.as_chunks::<16>().0.iter().enumerate() {
                commas(index, text);
                ipv6(text, Ipv6Addr::from(*addr));
            }
        }
        ECH => Words::ONE.base64(text, value),
        _ => {
            text.push('"');
            push_escaped(text, value);
            text.push('"');
        }
    }
}

fn push_key(text: &mut String, key: u16) {
    match NAMES.get(usize::from(key)) {
        Some(name) => text.push_str(name),
        None => {
            let _ = write!(text, "key{key}");
        }
    }
}

/// An item of a list: a comma or a backslash in it gets a backslash, and then both are escaped again.
fn push_listed(text: &mut String, item: &[u8]) {
    for octet in item {
        match octet {
            b',' => text.push_str(r"\\,"),
            b'\\' => text.push_str(r"\\\\"),
            _ => push_escaped(text, std::slice::from_ref(octet)),
        }
    }
}
