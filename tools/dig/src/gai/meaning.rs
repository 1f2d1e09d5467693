//! What a question to the C library asks for, and what its answer means.

use std::net::{IpAddr, Ipv6Addr};

use sockeye_common::hex;
use sockeye_common::number::digits_of_c;
use sockeye_common::sockaddr::Sockaddr;
use sockeye_sys::Family;
use sockeye_sys::addrinfo::{AddrInfo, AiFlags, Hints};
use sockeye_sys::gai::{GaiCode, GaiError};
use sockeye_sys::nameinfo::{NameInfo, NiFlags};

use super::Request;
use crate::explain::Event;
use crate::rfc6724::{self, Destination, Policy};

const AI_MEANINGS: &[(AiFlags, &str)] = &[
    (AiFlags::PASSIVE, "without a node, the wildcard address, for bind(2)"),
    (AiFlags::CANONNAME, "the canonical name too, in the first entry"),
    (AiFlags::NUMERICHOST, "the node has to be an address in numbers: ask nobody"),
    (AiFlags::V4MAPPED, "with AF_INET6, IPv4 addresses as ::ffff:a.b.c.d if there is no IPv6 one"),
    (AiFlags::ALL, "with AI_V4MAPPED, both, even if there is an IPv6 one"),
    (AiFlags::ADDRCONFIG, "only families of which this host has an address beside loopback"),
    (AiFlags::IDN, "the node in the locale's characters, to be encoded"),
    (AiFlags::CANONIDN, "the canonical name in the locale's characters"),
    (AiFlags::NUMERICSERV, "the service is a port number: look up no name"),
    (AiFlags::IDN_ALLOW_UNASSIGNED, "nothing any more, since glibc 2.28"),
    (AiFlags::IDN_USE_STD3_ASCII_RULES, "nothing any more, since glibc 2.28"),
];

const NI_MEANINGS: &[(NiFlags, &str)] = &[
    (NiFlags::NUMERICHOST, "the address in numbers: ask nobody"),
    (NiFlags::NUMERICSERV, "the port in numbers"),
    (NiFlags::NOFQDN, "only the first label for hosts of the local domain"),
    (NiFlags::NAMEREQD, "no name is an error, not a reason to answer in numbers"),
    (NiFlags::DGRAM, "the service of UDP, where it differs from that of TCP"),
    (NiFlags::IDN, "the name in the locale's characters"),
    (NiFlags::IDN_ALLOW_UNASSIGNED, "nothing any more, since glibc 2.28"),
    (NiFlags::IDN_USE_STD3_ASCII_RULES, "nothing any more, since glibc 2.28"),
];

/// Where names are looked up.
const NSSWITCH: &str = "the C library looks where /etc/nsswitch.conf says, in the hosts file first as a rule";

impl Request {
    /// What the question asks for.
    pub fn explain(&self, explain: &mut dyn FnMut(Event)) {
        let mut hint = |hint: String, meaning| explain(Event::Hint { hint, meaning });
        let (call, meaning) = match self {
            Self::Forward { node, hints, .. } => {
                explain_hints(node.as_deref(), hints, &mut hint);
                ("getaddrinfo", where_looked(node.as_deref(), hints.flags.contains(AiFlags::NUMERICHOST)))
            }
            Self::Bare { node, .. } => {
                hint("hints NULL".to_owned(), "to glibc AI_V4MAPPED|AI_ADDRCONFIG, elsewhere no flag");
                ("getaddrinfo", where_looked(node.as_deref(), false))
            }
            Self::Reverse { flags, .. } => {
                for (flag, meaning) in NI_MEANINGS.iter().filter(|(flag, _)| flags.contains(*flag)) {
                    hint(flag.to_string(), meaning);
                }
                let numeric = flags.contains(NiFlags::NUMERICHOST);
                ("getnameinfo", if numeric { "the address is looked up nowhere" } else { NSSWITCH })
            }
        };
        if let Self::Reverse { addr, .. } = self {
            explain_sockaddr(&[], &Sockaddr::from(*addr), explain);
        }
        explain(Event::LibraryAsked { call, meaning });
    }

    /// Why every address comes with these types and protocols.
    fn why_these_kinds(&self, kinds: &[String]) -> &'static str {
        let (service, any_type) = match self {
            Self::Forward { service, hints, .. } => (service, hints.socktype.0 == 0 && hints.protocol.0 == 0),
            Self::Bare { service, .. } => (service, true),
            Self::Reverse { .. } => return "",
        };
        let by_name = service.as_ref().is_some_and(|service| !service.bytes().all(|octet| octet.is_ascii_digit()));
        match (any_type, by_name, kinds.len()) {
            (false, ..) => "the hints name the type or the protocol",
            (true, true, _) => "the services file has the service for no other type",
            (true, false, 3..) => "no hint names a type, so each address comes once for a stream, datagrams and raw",
            (true, false, _) => "no hint names a type",
        }
    }

    /// What the failure means for this question.
    fn failure(&self, code: GaiCode) -> &'static str {
        match (code, self) {
            (GaiCode::NONAME, Self::Reverse { flags, .. }) if flags.contains(NiFlags::NUMERICHOST) => {
                "NI_NUMERICHOST forbids the name that NI_NAMEREQD wants"
            }
            (GaiCode::NONAME, Self::Reverse { .. }) => "no source has a name for the address",
            (GaiCode::NONAME, Self::Forward { node: None, service: None, .. }) => "neither a node nor a service",
            (GaiCode::NONAME, Self::Forward { service: Some(service), hints, .. })
                if hints.flags.contains(AiFlags::NUMERICSERV) && service.parse::<u16>().is_err() =>
            {
                "the service is no number though it had to be"
            }
            (GaiCode::NONAME, Self::Forward { hints, .. }) if hints.flags.contains(AiFlags::NUMERICHOST) => {
                "the node is no address in numbers though it had to be"
            }
            (GaiCode::NONAME, Self::Forward { node: Some(node), hints, .. })
                if !node.is_ascii() && !hints.flags.contains(AiFlags::IDN) =>
            {
                "the node is not ASCII: only AI_IDN encodes it for the DNS"
            }
            (GaiCode::NONAME, _) => {
                "no source has the name, or the host has no address of the family with AI_ADDRCONFIG"
            }
            (GaiCode::NODATA, _) => "the name exists and has no address of the family that was asked for",
            (GaiCode::AGAIN, _) => "no server answered, or one failed: asking later may help",
            (GaiCode::ADDRFAMILY, _) => "the node is an address of another family",
            (GaiCode::SERVICE, _) => "no such service for this socket type",
            (GaiCode::BADFLAGS, _) => "flags that libc does not know, or AI_CANONNAME without a node",
            (GaiCode::FAMILY, _) => "the C library knows no such address family",
            (GaiCode::SOCKTYPE, _) => "no such socket type, or not with this protocol",
            (GaiCode::FAIL, _) => "the name server says that it never will answer this",
            (GaiCode::MEMORY, _) => "not enough memory",
            (GaiCode::SYSTEM, _) => "a system call failed: errno has the cause",
            (GaiCode::OVERFLOW, _) => "the name is longer than the buffer for it",
            (GaiCode::IDN_ENCODE, _) => "the name is no text in this locale's characters: see LC_ALL",
            _ => "see getaddrinfo(3)",
        }
    }
}

/// Where getaddrinfo(3) looks for the node.
fn where_looked(node: Option<&str>, only_numeric: bool) -> &'static str {
    match node {
        None => "without a node no address is looked up",
        Some(node) if is_numeric(node) => "the node is an address in numbers, which is looked up nowhere",
        Some(_) if only_numeric => "the node may not be looked up",
        Some(_) => NSSWITCH,
    }
}

/// What each hint asks for.
fn explain_hints(node: Option<&str>, hints: &Hints, hint: &mut dyn FnMut(String, &'static str)) {
    if node.is_none() {
        hint("node NULL".to_owned(), "this host");
    }
    for (flag, meaning) in AI_MEANINGS.iter().filter(|(flag, _)| hints.flags.contains(*flag)) {
        hint(flag.to_string(), meaning);
    }
    match hints.family {
        Family::UNSPEC => hint("AF_UNSPEC".to_owned(), "IPv6 and IPv4 addresses"),
        Family::INET => hint("AF_INET".to_owned(), "IPv4 addresses only"),
        Family::INET6 => hint("AF_INET6".to_owned(), "IPv6 addresses only"),
        _ => {}
    }
    match (hints.socktype.0, hints.protocol.0) {
        (0, 0) => hint("ai_socktype 0".to_owned(), "any type: every address comes once for each that fits"),
        (0, _) => hint("ai_protocol".to_owned(), "the types that this protocol has"),
        (_, 0) => hint("ai_protocol 0".to_owned(), "the protocols that this type has"),
        _ => {}
    }
}

/// What came back from getaddrinfo(3) means: how many entries and why, and the octets of each sockaddr.
pub fn explain_entries(request: &Request, answer: &Result<Vec<AddrInfo>, GaiError>, explain: &mut dyn FnMut(Event)) {
    let entries = match answer {
        Ok(entries) => entries,
        Err(error) => {
            return explain(Event::LibraryFailed { name: error.name(), meaning: request.failure(error.code) });
        }
    };
    let mut addresses: Vec<IpAddr> = Vec::new();
    let mut kinds: Vec<String> = Vec::new();
    for entry in entries {
        let protocol = if entry.protocol.0 == 0 { "0".to_owned() } else { entry.protocol.to_string() };
        let kind = format!("{}/{protocol}", entry.socktype);
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
        if !addresses.contains(&entry.addr.ip()) {
            addresses.push(entry.addr.ip());
        }
    }
    let meaning = request.why_these_kinds(&kinds);
    explain(Event::LibraryAnswered { entries: entries.len(), addresses: addresses.len(), kinds, meaning });
    for (index, entry) in entries.iter().enumerate() {
        if entries.iter().take(index).any(|earlier| earlier.sockaddr == entry.sockaddr) {
            continue;
        }
        let same = (1..).zip(entries).filter(|(_, other)| other.sockaddr == entry.sockaddr);
        let numbers: Vec<usize> = same.map(|(number, _)| number).collect();
        if let Ok(sockaddr) = Sockaddr::parse(&entry.sockaddr) {
            explain_sockaddr(&numbers, &sockaddr, explain);
        }
    }
}

/// Each field with its octets.
fn explain_sockaddr(entries: &[usize], sockaddr: &Sockaddr, explain: &mut dyn FnMut(Event)) {
    for field in sockaddr.fields() {
        let octets = hex::encode(&field.octets);
        explain(Event::SockaddrField {
            entries: entries.to_vec(),
            offset: field.offset,
            field: field.name,
            octets,
            meaning: field.meaning,
        });
    }
}

/// Why each address comes before the next one. The destinations are in the C library's order, each address once.
pub fn explain_order(policy: &Policy, destinations: &[Destination], explain: &mut dyn FnMut(Event)) {
    for pair in destinations.windows(2) {
        let [first, second] = pair else { continue };
        let (ordering, rule) = rfc6724::compare(policy, first, second);
        let (number, name, reason) = if ordering == std::cmp::Ordering::Greater {
            (None, "none", format!("by rule {} it ought to be the other way round", rule.number()))
        } else {
            (Some(rule.number()), rule.name(), rule.reason(policy, first, second))
        };
        explain(Event::OrderDecided { first: first.addr, second: second.addr, rule: number, name, reason });
    }
}

/// What came back from getnameinfo(3) means.
pub fn explain_name(request: &Request, answer: &Result<NameInfo, GaiError>) -> Event {
    match answer {
        Ok(found) if !is_numeric(&found.host) => Event::LibraryNamed { meaning: "a name for the address" },
        Ok(_) => Event::LibraryNamed { meaning: "no name: the address in numbers" },
        Err(error) => Event::LibraryFailed { name: error.name(), meaning: request.failure(error.code) },
    }
}

/// Whether libc takes the node for an address: IPv6 with or without a scope, or what inet_aton(3) reads, as `0x7f.1`.
pub(crate) fn is_numeric(node: &str) -> bool {
    let addr = node.split_once('%').map_or(node, |(addr, _)| addr);
    if addr.parse::<Ipv6Addr>().is_ok() {
        return true;
    }
    let parts: Option<Vec<u64>> = node.split('.').map(number).collect();
    let Some((last, leading)) = parts.as_deref().and_then(<[u64]>::split_last) else { return false };
    let Some(room) = 4_usize.checked_sub(leading.len()).filter(|room| *room > 0) else { return false };
    leading.iter().all(|part| *part < 256) && *last < 1 << (8 * room)
}

/// Decimal, `0x` hexadecimal, or octal behind a zero.
fn number(text: &str) -> Option<u64> {
    digits_of_c(text).and_then(|(digits, radix)| u64::from_str_radix(digits, radix).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libc_takes_for_an_address() {
        for numeric in ["1.2.3.4", "::1", "fe80::1%lo", "0x7f.1", "2130706433", "0177.0.0.1", "192.0.517", "0"] {
            assert!(is_numeric(numeric), "{numeric}");
        }
        for name in ["web.lab.test", "", ".", "1.2.3.4.5", "256.0.0.1", "1.2.3.256", "4294967296", "+1", "08", "1."] {
            assert!(!is_numeric(name), "{name}");
        }
    }

    #[test]
    fn only_a_name_is_looked_up() {
        let last = |node: Option<&str>, flags| {
            let hints = Hints { flags, ..Hints::default() };
            let mut last = String::new();
            let request = Request::Forward { node: node.map(str::to_owned), service: None, hints };
            request.explain(&mut |event| last = event.sentence());
            last
        };
        assert!(last(Some("web.lab.test"), AiFlags::EMPTY).contains("/etc/nsswitch.conf"));
        for (node, flags) in [
            (Some("1.2.3.4"), AiFlags::EMPTY),
            (Some("0x7f.1"), AiFlags::EMPTY),
            (Some("web.lab.test"), AiFlags::NUMERICHOST),
            (None, AiFlags::PASSIVE),
        ] {
            assert!(!last(node, flags).contains("/etc/nsswitch.conf"), "{node:?}");
        }
    }
}
