//! EDNS options as `+yaml` names and writes them.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sockeye_common::hex;

use crate::edns::{EdnsOption, OptionCode};
use crate::name::Name;
use crate::options::Compat;

/// What the option is called.
pub(super) fn name(code: OptionCode, compat: Compat) -> String {
    match (code, compat) {
        (OptionCode::PADDING, Compat::V9_18) => "PAD".to_owned(),
        (OptionCode::REPORT_CHANNEL, Compat::V9_20) => "Report-Channel".to_owned(),
        (OptionCode::REPORT_CHANNEL, Compat::V9_18) => format!("OPT={}", code.0),
        _ => code.name().map_or_else(|| format!("OPT={}", code.0), str::to_owned),
    }
}

/// What stands behind the name and its colon, with a blank in front; nothing for an empty option.
pub(super) fn value(option: &EdnsOption, compat: Compat) -> String {
    if option.data.is_empty() {
        return String::new();
    }
    let known = match option.code {
        OptionCode::LLQ => llq(&option.data),
        OptionCode::CLIENT_SUBNET => subnet(&option.data),
        OptionCode::EXPIRE => expire(&option.data, compat),
        OptionCode::KEEPALIVE => keepalive(&option.data),
        OptionCode::KEY_TAG => key_tags(&option.data, compat),
        OptionCode::CLIENT_TAG | OptionCode::SERVER_TAG => tag(&option.data),
        OptionCode::REPORT_CHANNEL if compat == Compat::V9_20 => agent(&option.data),
        _ => None,
    };
    let text = known
        .unwrap_or_else(|| format!("{} (\"{}\")", hex::spaced(&option.data), crate::printer::printable(&option.data)));
    format!(" {text}")
}

/// Four numbers of two octets, one of eight, one of four.
fn llq(octets: &[u8]) -> Option<String> {
    let (version, rest) = octets.split_first_chunk()?;
    let (opcode, rest) = rest.split_first_chunk()?;
    let (error, rest) = rest.split_first_chunk()?;
    let (id, rest) = rest.split_first_chunk()?;
    let lease = rest.try_into().ok()?;
    Some(format!(
        "Version: {}, Opcode: {}, Error: {}, Identifier: {}, Lifetime: {}",
        u16::from_be_bytes(*version),
        u16::from_be_bytes(*opcode),
        u16::from_be_bytes(*error),
        u64::from_be_bytes(*id),
        u32::from_be_bytes(lease)
    ))
}

/// The address as far as its octets go, and the two prefix lengths.
fn subnet(octets: &[u8]) -> Option<String> {
    let ([family_high, family_low, source, scope], prefix) = octets.split_first_chunk()?;
    let address = match u16::from_be_bytes([*family_high, *family_low]) {
        0 => "0".to_owned(),
        1 => IpAddr::V4(Ipv4Addr::from(filled(prefix)?)).to_string(),
        2 => IpAddr::V6(Ipv6Addr::from(filled(prefix)?)).to_string(),
        _ => return None,
    };
    Some(format!("{address}/{source}/{scope}"))
}

/// The octets, and zeros behind them.
fn filled<const N: usize>(octets: &[u8]) -> Option<[u8; N]> {
    let mut whole = [0; N];
    whole.get_mut(..octets.len())?.copy_from_slice(octets);
    Some(whole)
}

fn expire(octets: &[u8], compat: Compat) -> Option<String> {
    let seconds = u32::from_be_bytes(octets.try_into().ok()?);
    let words = duration(seconds);
    let mut digits = seconds.to_string();
    if compat == Compat::V9_20 {
        return Some(format!("{digits} # {words}"));
    }
    // dig 9.18 has room for nine digits here.
    digits.truncate(9);
    Some(format!("{digits} ({words})"))
}

/// `2 weeks 1 day`
fn duration(seconds: u32) -> String {
    let mut text = String::new();
    let mut rest = seconds;
    for (unit, length) in [("week", 604_800), ("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1)] {
        let count = rest / length;
        rest %= length;
        if count > 0 {
            let (blank, plural) = (if text.is_empty() { "" } else { " " }, if count == 1 { "" } else { "s" });
            // Writing to a String cannot fail.
            let _ = write!(text, "{blank}{count} {unit}{plural}");
        }
    }
    if text.is_empty() { "0 seconds".to_owned() } else { text }
}

fn keepalive(octets: &[u8]) -> Option<String> {
    let tenths = u16::from_be_bytes(octets.try_into().ok()?);
    Some(format!("{}.{} secs", tenths / 10, tenths % 10))
}

fn key_tags(octets: &[u8], compat: Compat) -> Option<String> {
    let tags: Vec<String> = octets.chunks(2).map(tag).collect::<Option<_>>()?;
    let tags = tags.join(", ");
    Some(if compat == Compat::V9_20 { format!("[ {tags} ]") } else { tags })
}

fn tag(octets: &[u8]) -> Option<String> {
    Some(u16::from_be_bytes(octets.try_into().ok()?).to_string())
}

fn agent(octets: &[u8]) -> Option<String> {
    let mut reader = sockeye_common::wire::Reader::new(octets);
    let name = Name::parse(&mut reader).ok()?;
    reader.is_empty().then(|| name.to_string())
}
