//! EDNS options as `+yaml` names and writes them.

use sockeye_common::hex;

use crate::edns::{EdnsOption, OptionCode};
use crate::options::Compat;
use crate::printer::{agent, keepalive, llq, printable, spelled_out, subnet, tag};

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
    if known.is_none() && option.code == OptionCode::CLIENT_SUBNET {
        // dig's own words for a broken one, which are no YAML any more.
        return format!("\n {} ", hex::spaced(&option.data));
    }
    let text = known.unwrap_or_else(|| format!("{} (\"{}\")", hex::spaced(&option.data), printable(&option.data)));
    format!(" {text}")
}

fn expire(octets: &[u8], compat: Compat) -> Option<String> {
    let seconds = u32::from_be_bytes(octets.try_into().ok()?);
    let words = spelled_out(seconds);
    let mut digits = seconds.to_string();
    if compat == Compat::V9_20 {
        return Some(format!("{digits} # {words}"));
    }
    // dig 9.18 has room for nine digits here.
    digits.truncate(9);
    Some(format!("{digits} ({words})"))
}

fn key_tags(octets: &[u8], compat: Compat) -> Option<String> {
    let tags: Vec<String> = octets.chunks(2).map(tag).collect::<Option<_>>()?;
    let tags = tags.join(", ");
    Some(if compat == Compat::V9_20 { format!("[ {tags} ]") } else { tags })
}
