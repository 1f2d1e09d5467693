//! The OPT pseudo-section: what EDNS says, an option a line.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use sockeye_common::hex;
use sockeye_common::wire::Reader;

use crate::edns::{self, Edns, EdnsOption, OptionCode};
use crate::name::Name;
use crate::options::Compat;
use crate::rdata;

/// The pseudo-section; `verdict` is what there is to say of the cookie.
pub(super) fn pseudosection(text: &mut String, opt: &Edns, verdict: &str, compat: Compat) {
    text.push_str(";; OPT PSEUDOSECTION:\n");
    let _ = write!(text, "; EDNS: version: {}, flags:", opt.version);
    if opt.dnssec_ok() {
        text.push_str(" do");
    }
    if opt.flags & edns::CO != 0 {
        text.push_str(" co");
    }
    let unknown = opt.flags & !(edns::DO | edns::CO);
    if unknown == 0 {
        let _ = writeln!(text, "; udp: {}", opt.udp_size);
    } else {
        let _ = writeln!(text, "; MBZ: 0x{unknown:04x}, udp: {}", opt.udp_size);
    }
    for option in &opt.options {
        push_option(text, option, verdict, compat);
    }
}

fn push_option(text: &mut String, option: &EdnsOption, verdict: &str, compat: Compat) {
    let data = option.data.as_slice();
    text.push_str("; ");
    push_name(text, option.code, compat);
    text.push(':');
    match option.code {
        OptionCode::COOKIE if !data.is_empty() => {
            text.push(' ');
            hex::push(text, data);
            text.push_str(verdict);
        }
        OptionCode::EDE if data.len() >= 2 => push_error(text, option),
        OptionCode::PADDING if !data.is_empty() => {
            let _ = write!(text, " ({} bytes)", data.len());
        }
        _ if data.is_empty() => {}
        code => match known(code, data, compat) {
            Some(value) => {
                text.push(' ');
                text.push_str(&value);
            }
            None if code == OptionCode::CLIENT_SUBNET => {
                let _ = write!(text, " {} ", hex::spaced(data));
            }
            None => {
                let _ = write!(text, " {} (\"{}\")", hex::spaced(data), printable(data));
            }
        },
    }
    text.push('\n');
}

fn push_name(text: &mut String, code: OptionCode, compat: Compat) {
    match (code, compat) {
        (OptionCode::KEEPALIVE, Compat::V9_18) => text.push_str("TCP KEEPALIVE"),
        (OptionCode::PADDING, Compat::V9_18) => text.push_str("PAD"),
        (OptionCode::REPORT_CHANNEL, Compat::V9_20) => text.push_str("Report-Channel"),
        (OptionCode::REPORT_CHANNEL, Compat::V9_18) => text.push_str("OPT=18"),
        _ => match code.name() {
            Some(name) => text.push_str(name),
            None => {
                let _ = write!(text, "OPT={}", code.0);
            }
        },
    }
}

/// ` 18 (Prohibited): (what the server said)`
fn push_error(text: &mut String, option: &EdnsOption) {
    let Some((code, said)) = option.extended_error() else { return };
    let _ = write!(text, " {}", code.0);
    if let Some(name) = code.name() {
        let _ = write!(text, " ({name})");
    }
    if !said.is_empty() {
        let _ = write!(text, ": ({})", visible(said));
    }
}

/// What the data of an option says, if it is one that dig takes apart and this is how it should be.
fn known(code: OptionCode, data: &[u8], compat: Compat) -> Option<String> {
    match code {
        OptionCode::LLQ => llq(data),
        OptionCode::CLIENT_SUBNET => subnet(data),
        OptionCode::EXPIRE => {
            let seconds = u32::from_be_bytes(data.try_into().ok()?);
            Some(format!("{seconds} ({})", spelled_out(seconds)))
        }
        OptionCode::KEEPALIVE => keepalive(data),
        OptionCode::KEY_TAG => Some(data.chunks(2).map(tag).collect::<Option<Vec<_>>>()?.join(", ")),
        OptionCode::CLIENT_TAG | OptionCode::SERVER_TAG => tag(data),
        OptionCode::REPORT_CHANNEL if compat == Compat::V9_20 => agent(data),
        _ => None,
    }
}

/// Four numbers of two octets, one of eight, one of four.
///
/// # Source
/// RFC 8764 section 3.2.
pub(crate) fn llq(data: &[u8]) -> Option<String> {
    let (version, rest) = data.split_first_chunk()?;
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
///
/// # Source
/// RFC 7871 section 6.
pub(crate) fn subnet(data: &[u8]) -> Option<String> {
    let ([family_high, family_low, source, scope], prefix) = data.split_first_chunk()?;
    let mut text = String::new();
    match u16::from_be_bytes([*family_high, *family_low]) {
        0 => text.push('0'),
        1 => text = Ipv4Addr::from(filled(prefix)?).to_string(),
        2 => rdata::push_ipv6(&mut text, filled(prefix)?.into()),
        _ => return None,
    }
    let _ = write!(text, "/{source}/{scope}");
    Some(text)
}

/// The octets, and zeros behind them.
fn filled<const N: usize>(octets: &[u8]) -> Option<[u8; N]> {
    let mut whole = [0; N];
    whole.get_mut(..octets.len())?.copy_from_slice(octets);
    Some(whole)
}

/// Tenths of a second.
///
/// # Source
/// RFC 7828 section 3.1.
pub(crate) fn keepalive(data: &[u8]) -> Option<String> {
    let tenths = u16::from_be_bytes(data.try_into().ok()?);
    Some(format!("{}.{} secs", tenths / 10, tenths % 10))
}

/// Two octets, a number.
pub(crate) fn tag(data: &[u8]) -> Option<String> {
    Some(u16::from_be_bytes(data.try_into().ok()?).to_string())
}

/// The agent domain of DNS error reports.
///
/// # Source
/// RFC 9567 section 5.
pub(crate) fn agent(data: &[u8]) -> Option<String> {
    let mut reader = Reader::new(data);
    let name = Name::parse(&mut reader).ok()?;
    reader.is_empty().then(|| name.to_string())
}

/// `2 weeks 1 day`
pub(crate) fn spelled_out(seconds: u32) -> String {
    let mut text = String::new();
    rdata::push_duration(&mut text, seconds);
    text
}

/// Octets as ASCII, a dot for what is not printable.
pub(crate) fn printable(octets: &[u8]) -> String {
    octets.iter().map(|octet| if (0x20..=0x7e).contains(octet) { char::from(*octet) } else { '.' }).collect()
}

/// A server's own words: UTF-8 as it is, a dot for every octet that is not text and every character that a terminal
/// acts on.
pub fn visible(octets: &[u8]) -> String {
    let Ok(text) = std::str::from_utf8(octets) else { return printable(octets) };
    text.chars().map(|character| if acts_on_a_terminal(character) { '.' } else { character }).collect()
}

fn acts_on_a_terminal(character: char) -> bool {
    character != '\\' && sockeye_cli::escape::escape(character.encode_utf8(&mut [0; 4])).starts_with('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_and_what_a_terminal_would_act_on() {
        let shown = |code: u16, data: &[u8]| {
            let mut text = String::new();
            push_option(&mut text, &EdnsOption::new(OptionCode(code), data.to_vec()), " (bad)", Compat::V9_18);
            text
        };
        for (code, data, line) in [
            (3, &b"ns-odd\x01\""[..], "; NSID: 6e 73 2d 6f 64 64 01 22 (\"ns-odd.\"\")\n"),
            (3, b"", "; NSID:\n"),
            (10, b"", "; COOKIE:\n"),
            (10, b"ABCDEFGH", "; COOKIE: 4142434445464748 (bad)\n"),
            (11, b"\0\x64", "; TCP KEEPALIVE: 10.0 secs\n"),
            (12, &[0; 8], "; PAD: (8 bytes)\n"),
            (15, b"\0\x12", "; EDE: 18 (Prohibited)\n"),
            (15, b"\0\x16say \"no\"\xc3\xbc", "; EDE: 22 (No Reachable Authority): (say \"no\"\u{fc})\n"),
            (15, b"\x27\x0ftext", "; EDE: 9999: (text)\n"),
            (15, b"\0\0\x1b[2J\\\xc2\x9b\0", "; EDE: 0 (Other): (.[2J\\..)\n"),
            (15, b"\0\0\xff\x1b", "; EDE: 0 (Other): (..)\n"),
            (65001, b"\x01\x02abc\xff", "; OPT=65001: 01 02 61 62 63 ff (\"..abc.\")\n"),
            (4, b"", "; OPT=4:\n"),
            (1, &[0; 18], "; LLQ: Version: 0, Opcode: 0, Error: 0, Identifier: 0, Lifetime: 0\n"),
            (2, b"\0\0\x0e\x10", "; OPT=2: 00 00 0e 10 (\"....\")\n"),
            (5, b"\x08\x0d", "; OPT=5: 08 0d (\"..\")\n"),
            (8, b"\0\x01\x18\x10\xc0\0\x02", "; CLIENT-SUBNET: 192.0.2.0/24/16\n"),
            (8, b"\0\x02\x20\0\x20\x01\x0d\xb8", "; CLIENT-SUBNET: 2001:db8::/32/0\n"),
            (8, b"\0\0\0\0", "; CLIENT-SUBNET: 0/0/0\n"),
            (9, b"\0\x01\x51\x80", "; EXPIRE: 86400 (1 day)\n"),
            (9, b"", "; EXPIRE:\n"),
            (14, b"\0\x01\0\x02", "; KEY-TAG: 1, 2\n"),
            (16, b"\x01\x02", "; CLIENT-TAG: 258\n"),
            (17, b"\0\x01", "; SERVER-TAG: 1\n"),
            (18, b"\x01a\0", "; OPT=18: 01 61 00 (\".a.\")\n"),
        ] {
            assert_eq!(shown(code, data), line);
        }
    }
}
