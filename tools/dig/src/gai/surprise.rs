//! What in a question to the C library, or in its answer, is likely not what was meant.

use std::net::IpAddr;

use sockeye_sys::Family;
use sockeye_sys::addrinfo::{AddrInfo, AiFlags, Hints};
use sockeye_sys::gai::GaiError;
use sockeye_sys::nameinfo::NiFlags;

use super::meaning::is_numeric;

/// What may surprise in getaddrinfo(3)'s question and answer, one sentence each.
pub fn surprises(
    node: Option<&str>,
    service: Option<&str>,
    hints: Option<&Hints>,
    answer: &Result<Vec<AddrInfo>, GaiError>,
) -> Vec<String> {
    let entries = answer.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    found.extend(entries.first().and_then(|entry| other_port(service?, entry.addr.port())));
    found.extend(entries.first().and_then(|entry| other_address(node?, entry.addr.ip())));
    found.extend(hints.into_iter().flat_map(|hints| idle_flags(node, hints)));
    found
}

/// A number that is no port: glibc reads it as strtoul(3) does and keeps the low 16 bits.
fn other_port(service: &str, port: u16) -> Option<String> {
    let (digits, negative) = match service.trim_start().strip_prefix(['-', '+']) {
        Some(digits) => (digits, service.trim_start().starts_with('-')),
        None => (service.trim_start(), false),
    };
    let is_number = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let same = digits.parse() == Ok(port) && !negative;
    (is_number && !same).then(|| {
        format!("service {service} is no port (0 to 65535): the C library took its low 16 bits, which are port {port}")
    })
}

/// An address in a form of inet_aton(3) that people do not write on purpose.
fn other_address(node: &str, addr: IpAddr) -> Option<String> {
    let usual = node.split_once('%').map_or(node, |(addr, _)| addr).parse::<IpAddr>().is_ok();
    (is_numeric(node) && !usual)
        .then(|| format!("node {node} is not a name but the address {addr} in an old form of inet_aton(3)"))
}

/// Flags that change nothing here.
fn idle_flags(node: Option<&str>, hints: &Hints) -> Vec<String> {
    let flags = hints.flags;
    let has = |flag: AiFlags| flags.contains(flag);
    let old = AiFlags::IDN_ALLOW_UNASSIGNED | AiFlags::IDN_USE_STD3_ASCII_RULES;
    [
        (has(AiFlags::PASSIVE) && node.is_some(), "AI_PASSIVE has no effect with a node"),
        (has(AiFlags::V4MAPPED) && hints.family != Family::INET6, "AI_V4MAPPED has no effect without AF_INET6"),
        (has(AiFlags::ALL) && !has(AiFlags::V4MAPPED), "AI_ALL has no effect without AI_V4MAPPED"),
        (has(AiFlags::CANONIDN) && !has(AiFlags::CANONNAME), "AI_CANONIDN has no effect without AI_CANONNAME"),
        (flags.intersects(old), "the flags for unassigned characters and STD3 have no effect since glibc 2.28"),
    ]
    .into_iter()
    .filter(|(idle, _)| *idle)
    .map(|(_, words)| words.to_owned())
    .collect()
}

/// What may surprise in getnameinfo(3)'s question.
pub fn surprises_of_name(flags: NiFlags) -> Vec<String> {
    let old = NiFlags::IDN_ALLOW_UNASSIGNED | NiFlags::IDN_USE_STD3_ASCII_RULES;
    let mut found = Vec::new();
    if flags.contains(NiFlags::NUMERICSERV | NiFlags::DGRAM) {
        found.push("NI_DGRAM has no effect with NI_NUMERICSERV".to_owned());
    }
    if flags.intersects(old) {
        found.push("the flags for unassigned characters and STD3 have no effect since glibc 2.28".to_owned());
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ports_that_are_none() {
        for (service, port, told) in [
            ("80", 80, false),
            ("http", 80, false),
            ("0080", 80, false),
            ("65535", 65535, false),
            // Each seen with glibc 2.36.
            ("99999", 34463, true),
            ("65536", 0, true),
            ("-1", 65535, true),
            (" 80", 80, false),
        ] {
            assert_eq!(other_port(service, port).is_some(), told, "{service}");
        }
    }

    #[test]
    fn addresses_that_look_like_something_else() {
        let addr = "192.0.2.5".parse().unwrap();
        assert!(other_address("192.0.517", addr).unwrap().contains("192.0.2.5"));
        for node in ["192.0.2.5", "::1", "fe80::1%lo", "web.lab.test"] {
            assert_eq!(other_address(node, addr), None, "{node}");
        }
    }

    proptest! {
        #[test]
        fn no_word_panics(service in "[-+ 0-9]{0,7}|\\PC{0,5}", node in "[0-9a-fx.:%]{0,9}|\\PC{0,5}", port: u16) {
            let _ = (other_port(&service, port), other_address(&node, [0, 0, 0, 0].into()));
        }
    }
}
