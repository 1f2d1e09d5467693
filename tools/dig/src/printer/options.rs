//! The OPT pseudo-section: what EDNS says, an option a line.

use std::fmt::Write as _;

use crate::edns::{self, Edns, EdnsOption, OptionCode};

pub(super) fn pseudosection(text: &mut String, opt: &Edns, verdict: &str) {
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
        push_option(text, option, verdict);
    }
}

fn push_option(text: &mut String, option: &EdnsOption, verdict: &str) {
    match option.code {
        OptionCode::COOKIE => {
            text.push_str("; COOKIE: ");
            sockeye_common::hex::push(text, &option.data);
            let _ = writeln!(text, "{verdict}");
        }
        OptionCode::EDE => {
            let Some((code, said)) = option.extended_error() else { return };
            let _ = write!(text, "; EDE: {}", code.0);
            if let Some(name) = code.name() {
                let _ = write!(text, " ({name})");
            }
            if !said.is_empty() {
                let _ = write!(text, ": ({})", visible(said));
            }
            text.push('\n');
        }
        OptionCode::KEEPALIVE if option.data.len() == 2 => {
            let tenths = option.data.iter().fold(0_u32, |value, octet| value << 8 | u32::from(*octet));
            let _ = writeln!(text, "; TCP KEEPALIVE: {}.{} secs", tenths / 10, tenths % 10);
        }
        OptionCode::PADDING if !option.data.is_empty() => {
            let _ = writeln!(text, "; PAD: ({} bytes)", option.data.len());
        }
        code => {
            match code {
                OptionCode::NSID => text.push_str("; NSID:"),
                OptionCode::KEEPALIVE => text.push_str("; TCP KEEPALIVE:"),
                OptionCode::PADDING => text.push_str("; PAD:"),
                OptionCode(number) => {
                    let _ = write!(text, "; OPT={number}:");
                }
            }
            if !option.data.is_empty() {
                let _ =
                    write!(text, " {} (\"{}\")", sockeye_common::hex::spaced(&option.data), printable(&option.data));
            }
            text.push('\n');
        }
    }
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
            push_option(&mut text, &EdnsOption::new(OptionCode(code), data.to_vec()), " (bad)");
            text
        };
        for (code, data, line) in [
            (3, &b"ns-odd\x01\""[..], "; NSID: 6e 73 2d 6f 64 64 01 22 (\"ns-odd.\"\")\n"),
            (3, b"", "; NSID:\n"),
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
        ] {
            assert_eq!(shown(code, data), line);
        }
    }
}
