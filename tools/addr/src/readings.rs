//! What the C library makes of a text, call by call, and why a call refuses it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_common::addr::IpText;
use sockeye_common::words::counted;

/// What each call answered, as the shell brings it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// inet_aton(3).
    pub aton: Option<Ipv4Addr>,
    /// inet_pton(3) with `AF_INET`.
    pub pton_v4: Option<Ipv4Addr>,
    /// inet_pton(3) with `AF_INET6`.
    pub pton_v6: Option<Ipv6Addr>,
    /// getaddrinfo(3) with `AI_NUMERICHOST`: the first address with its scope id, or the error by name.
    pub getaddrinfo: Result<(IpAddr, u32), String>,
}

/// What one call makes of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The call.
    pub call: &'static str,
    /// The address that it reads; `None` if it refuses the text.
    pub address: Option<String>,
    /// How it comes to that, or why it refuses: where that is not plain.
    pub why: Option<String>,
}

/// The readings of a text, and whether they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Readings {
    /// What was asked: the text without brackets and port.
    pub text: String,
    /// Call by call.
    pub calls: Vec<Reading>,
    /// Whether one call of a family takes what another of it refuses, or reads it otherwise.
    pub differ: bool,
}

/// The host of a text, as a program would hand it to the C library: without brackets and port.
pub fn host_part(text: &str) -> &str {
    if let Some((host, _)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return host;
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => host,
        _ => text,
    }
}

/// Puts the answers side by side.
pub fn compare(text: &str, answers: &Answers) -> Readings {
    let Answers { aton, pton_v4, pton_v6, getaddrinfo } = answers;
    let is_v6 = text.contains(':');
    let reading = |call, address: Option<IpAddr>, scope: u32, why: Option<String>| {
        let address = address.map(|addr| match scope {
            0 => IpText(addr).to_string(),
            scope => format!("{}%{scope}", IpText(addr)),
        });
        Reading { call, address, why }
    };
    let aton_why = match aton {
        Some(_) => how_aton(text),
        None => Some(why_not_aton(text)),
    };
    let calls = vec![
        reading("inet_aton", aton.map(IpAddr::V4), 0, aton_why),
        reading("inet_pton AF_INET", pton_v4.map(IpAddr::V4), 0, pton_v4.is_none().then(|| why_not_pton_v4(text))),
        reading("inet_pton AF_INET6", pton_v6.map(IpAddr::V6), 0, pton_v6.is_none().then(|| why_not_pton_v6(text))),
        match getaddrinfo {
            Ok((addr, scope)) => {
                let why = match (addr, scope) {
                    (IpAddr::V4(_), _) if pton_v4.is_none() => Some("reads IPv4 as inet_aton does".to_owned()),
                    (_, scope) if *scope != 0 => Some(format!("the zone is interface {scope}")),
                    _ => None,
                };
                reading("getaddrinfo", Some(*addr), *scope, why)
            }
            Err(error) => {
                let zone = text.split_once('%').map(|(_, zone)| zone);
                let why = match zone {
                    Some(zone) if is_v6 && takes_names(text) => format!("{error}: no interface {zone} here"),
                    Some(_) if is_v6 => {
                        format!("{error}: a zone by name only behind a link-local address")
                    }
                    _ => format!("{error}: no number, and a name is not looked up"),
                };
                reading("getaddrinfo", None, 0, Some(why))
            }
        },
    ];
    let differ = if text.contains('%') {
        // That inet_pton takes no zone is as it should be.
        false
    } else if is_v6 {
        pton_v6.map(IpAddr::V6) != getaddrinfo.as_ref().ok().map(|(addr, _)| *addr)
    } else {
        aton != pton_v4 || aton.map(IpAddr::V4) != getaddrinfo.as_ref().ok().map(|(addr, _)| *addr)
    };
    Readings { text: text.to_owned(), calls, differ }
}

/// What is not plain in a text that inet_aton(3) takes.
fn how_aton(text: &str) -> Option<String> {
    let text = text.split(|blank: char| blank.is_ascii_whitespace()).next().unwrap_or_default();
    let parts: Vec<&str> = text.split('.').collect();
    let base = |part: &&str| match part.as_bytes() {
        [b'0', b'x' | b'X', ..] => Some("hexadecimal"),
        [b'0', _, ..] => Some("octal"),
        _ => None,
    };
    let mut said: Vec<String> = Vec::new();
    for name in ["octal", "hexadecimal"] {
        let of_base: Vec<&str> = parts.iter().filter(|part| base(part) == Some(name)).copied().collect();
        if !of_base.is_empty() {
            said.push(format!("{} {name}", of_base.join(", ")));
        }
    }
    match parts.len() {
        1 => said.push("one number of 32 bits".to_owned()),
        2 => said.push("the last of two parts fills three octets".to_owned()),
        3 => said.push("the last of three parts fills two octets".to_owned()),
        _ => {}
    }
    (!said.is_empty()).then(|| said.join("; "))
}

fn why_not_aton(text: &str) -> String {
    if text.contains(':') {
        return "knows IPv4 alone".to_owned();
    }
    let parts: Vec<&str> = text.split('.').collect();
    if parts.len() > 4 {
        return format!("{} parts, and four are the most", parts.len());
    }
    for part in &parts {
        let (digits, radix) = match part.as_bytes() {
            [b'0', b'x' | b'X', ..] => (part.get(2..).unwrap_or_default(), 16),
            [b'0', _, ..] => (*part, 8),
            _ => (*part, 10),
        };
        if part.is_empty() {
            return "a part is missing".to_owned();
        }
        if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
            let kind = match radix {
                16 => "hexadecimal",
                8 => "octal",
                _ => "decimal",
            };
            return format!("{part} is no {kind} number");
        }
    }
    "a part is too large for its octets".to_owned()
}

fn why_not_pton_v4(text: &str) -> String {
    if text.contains(':') {
        return "of the other family".to_owned();
    }
    let parts: Vec<&str> = text.split('.').collect();
    if let Some(part) = parts.iter().find(|part| part.starts_with("0x") || part.starts_with("0X")) {
        return format!("{part}: decimal alone");
    }
    if let Some(part) = parts.iter().find(|part| part.len() > 1 && part.starts_with('0')) {
        return format!("{part}: no leading zero");
    }
    if let Some(part) = parts.iter().find(|part| !part.bytes().all(|digit| digit.is_ascii_digit())) {
        return if part.is_empty() { "a part is missing".to_owned() } else { format!("{part} is no decimal number") };
    }
    if parts.len() != 4 {
        return format!("{}: four octets and nothing else", counted(parts.len(), "part"));
    }
    parts
        .iter()
        .find(|part| part.parse::<u8>().is_err())
        .map_or_else(|| "not four octets".to_owned(), |part| format!("{part} is no octet"))
}

/// Whether the C library takes the name of an interface behind the address of `text`; behind others it takes a number.
///
/// # Source
/// glibc 2.36, asked; its manual is silent. fe80::/10, ff01::/16 and ff02::/16.
fn takes_names(text: &str) -> bool {
    let addr = text.split('%').next().unwrap_or_default();
    addr.parse::<Ipv6Addr>().is_ok_and(|addr| {
        let [first, ..] = addr.segments();
        addr.is_unicast_link_local() || matches!(first & 0xff0f, 0xff01 | 0xff02)
    })
}

fn why_not_pton_v6(text: &str) -> String {
    if !text.contains(':') {
        return "of the other family".to_owned();
    }
    if text.contains('%') {
        return "takes no zone: getaddrinfo and if_nametoindex do".to_owned();
    }
    "not of the forms of RFC 4291 section 2.2".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whys(text: &str) -> Vec<String> {
        let none = Answers { aton: None, pton_v4: None, pton_v6: None, getaddrinfo: Err("EAI_NONAME".to_owned()) };
        compare(text, &none).calls.into_iter().filter_map(|call| call.why).collect()
    }

    #[test]
    fn refusals_have_their_reason() {
        for (text, call, words) in [
            ("1.2.3.4.5", 0, "5 parts"),
            ("1..2", 0, "missing"),
            ("09.1", 0, "09 is no octal number"),
            ("0xg", 0, "0xg is no hexadecimal number"),
            ("256.1.1.1", 0, "too large"),
            ("127.1", 1, "2 parts: four octets"),
            ("2130706433", 1, "1 part: four"),
            ("010.0.0.1", 1, "010: no leading zero"),
            ("0x7f.0.0.1", 1, "0x7f: decimal alone"),
            ("256.0.0.1", 1, "256 is no octet"),
            ("::1", 0, "IPv4 alone"),
            ("fe80::1%nope", 2, "takes no zone"),
            ("fe80::1%nope", 3, "no interface nope here"),
            ("2001:db8::1%lo", 3, "a zone by name only behind a link-local address"),
            ("::1%lo", 3, "only behind a link-local"),
            ("ff02::1%nope", 3, "no interface nope here"),
            ("1.2.3.4", 2, "other family"),
        ] {
            let whys = whys(text);
            assert!(whys[call].contains(words), "{text}: {whys:?}");
        }
    }

    #[test]
    fn what_is_taken_is_told_how() {
        for (text, words) in [
            ("010.0.0.1", Some("010 octal")),
            ("0x7f.1", Some("0x7f hexadecimal; the last of two parts fills three octets")),
            ("2130706433", Some("one number of 32 bits")),
            ("127.0.0.1", None),
            ("1.2.3", Some("the last of three parts fills two octets")),
        ] {
            assert_eq!(how_aton(text).as_deref(), words, "{text}");
        }
    }

    #[test]
    fn brackets_and_ports_are_no_part_of_the_host() {
        for (text, host) in
            [("[fe80::1%lo]:80", "fe80::1%lo"), ("10.0.0.1:80", "10.0.0.1"), ("::1", "::1"), ("127.1", "127.1")]
        {
            assert_eq!(host_part(text), host);
        }
    }
}
