//! What stands behind `src` and `dst`: an address or a prefix, perhaps with a port, in every form that people write.
//!
//! An IPv6 address needs no brackets, since two colons and more are never a port: ss reads `fd99::2` as the host `fd99:`
//! with port 2. With a port behind it, brackets are needed; the length of a prefix stands before or behind the bracket.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

use sockeye_common::addr::{AddrError, Host, IpText, Service, Zone};
use sockeye_common::number::behind_0x;
use sockeye_sys::Family;

use super::predicate::{PortPattern, Quoted};

/// An end of a socket, as a query describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostPattern {
    /// `inet:`, `inet6:`, or no word at all.
    Inet {
        /// If a word said so.
        family: Option<Family>,
        /// The address.
        address: Address,
        /// The port.
        port: PortPattern,
    },
    /// `unix:PATTERN`: the path, or the name behind an `@`.
    Unix(String),
    /// `link:PROTOCOL[:DEVICE]`: of packet sockets.
    Link {
        /// The number of `<linux/if_ether.h>`, or a name for it.
        protocol: Option<u16>,
        /// A name or an index.
        device: Option<String>,
    },
    /// `netlink:PROTOCOL[:PORT]`.
    Netlink {
        /// The number of `<linux/netlink.h>`.
        protocol: Option<u32>,
        /// The port identifier: often the number of a process, zero for the kernel.
        port: Option<u32>,
    },
    /// `vsock:CID[:PORT]`.
    Vsock {
        /// The machine.
        cid: Option<u32>,
        /// The port.
        port: Option<u32>,
    },
}

/// An address of the Internet, as a query describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `*`.
    Any,
    /// An address, or a prefix of addresses.
    Prefix {
        /// The address; what lies behind the prefix does not count.
        ip: IpAddr,
        /// How many bits of it count.
        length: u8,
        /// The interface, if one is named.
        zone: Option<Zone>,
    },
    /// A name that is still to be resolved.
    Name(String),
}

/// Reads what stands behind a word and its colon.
type Reader = fn(&str) -> Result<HostPattern, Wrong>;

/// What is wrong, and with which octets of the text.
pub(super) type Wrong = (Range<usize>, String);

/// Reads what stands behind `src` or `dst`.
///
/// # Errors
/// What is wrong, and where in `text`.
pub(super) fn parse(text: &str) -> Result<HostPattern, Wrong> {
    for (word, family) in [("inet:", Family::INET), ("inet6:", Family::INET6)] {
        if let Some(rest) = text.strip_prefix(word) {
            return inet(rest, Some(family)).map_err(|(span, message)| (shift(span, word.len()), message));
        }
    }
    if let Some(path) = text.strip_prefix("unix:") {
        return Ok(HostPattern::Unix(path.to_owned()));
    }
    let others: [(&str, Reader); 3] = [("link:", link), ("netlink:", netlink), ("vsock:", vsock)];
    for (word, read) in others {
        if let Some(rest) = text.strip_prefix(word) {
            return read(rest).map_err(|(span, message)| (shift(span, word.len()), message));
        }
    }
    inet(text, None)
}

fn shift(span: Range<usize>, by: usize) -> Range<usize> {
    span.start + by..span.end + by
}

/// The start of a part of `text`, which must be a slice of it: found by length, since every part here ends where it does.
fn behind(text: &str, rest: &str) -> usize {
    text.len().saturating_sub(rest.len())
}

fn inet(text: &str, family: Option<Family>) -> Result<HostPattern, Wrong> {
    let cut = cut(text)?;
    let port = match cut.port {
        None => PortPattern::Any,
        Some(port) => self::port(port).map_err(|message| (behind(text, port)..text.len(), message))?,
    };
    let whole = || cut.start..cut.start + cut.host.len();
    let mut address = match cut.host {
        "" | "*" | "any" | "all" | "default" => Address::Any,
        host => address_of(host, cut.bracketed, cut.length.is_some()).map_err(|message| (whole(), message))?,
    };
    if let (Some((digits, start)), Address::Any | Address::Name(_)) = (cut.length, &address) {
        return Err((start..start + digits.len(), "a length needs an address in numbers before it".to_owned()));
    }
    if let (Some((digits, start)), Address::Prefix { ip, length, .. }) = (cut.length, &mut address) {
        let most = if ip.is_ipv4() { 32 } else { 128 };
        let wrong = || {
            let mask = ip.is_ipv4() && digits.parse::<Ipv4Addr>().is_ok();
            let mask = if mask { ", or a mask of ones with nothing but zeros behind them" } else { "" };
            (start..start + digits.len(), format!("expected the length of a prefix, 0 to {most}{mask}"))
        };
        *length = prefix_length(digits, ip.is_ipv4()).filter(|bits| *bits <= most).ok_or_else(wrong)?;
    }
    match (family, &address) {
        (Some(Family::INET), Address::Prefix { ip: IpAddr::V6(_), .. }) => {
            Err((whole(), "expected an IPv4 address behind inet:".to_owned()))
        }
        (Some(Family::INET6), Address::Prefix { ip: IpAddr::V4(_), .. }) => {
            Err((whole(), "expected an IPv6 address behind inet6:".to_owned()))
        }
        _ => Ok(HostPattern::Inet { family, address, port }),
    }
}

/// The length of a prefix, for IPv4 also as a mask: `8` and `255.0.0.0` are the same.
fn prefix_length(text: &str, is_ipv4: bool) -> Option<u8> {
    if let Some(bits) = number(text) {
        return u8::try_from(bits).ok();
    }
    let mask = u32::from(text.parse::<Ipv4Addr>().ok().filter(|_| is_ipv4)?);
    let length = mask.leading_ones();
    (length == mask.count_ones()).then(|| u8::try_from(length).ok()).flatten()
}

/// A text taken apart, and nothing understood yet.
struct Cut<'a> {
    host: &'a str,
    /// Where the host starts.
    start: usize,
    bracketed: bool,
    /// The digits behind a slash, and where they start.
    length: Option<(&'a str, usize)>,
    port: Option<&'a str>,
}

fn cut(text: &str) -> Result<Cut<'_>, Wrong> {
    if let Some(inner) = text.strip_prefix('[') {
        let Some((host, rest)) = inner.split_once(']') else {
            return Err((0..text.len(), "the bracket [ has no ]".to_owned()));
        };
        let (host, inside) = match host.split_once('/') {
            Some((host, length)) => (host, Some((length, 1 + host.len() + 1))),
            None => (host, None),
        };
        let (rest, port) = match rest.split_once(':') {
            Some((rest, port)) => (rest, Some(port)),
            None => (rest, None),
        };
        let start = inner.find(']').unwrap_or_default() + 2;
        let length = match (rest.strip_prefix('/'), inside) {
            (Some(length), None) => Some((length, start + 1)),
            (None, inside) if rest.is_empty() => inside,
            _ => return Err((start..start + rest.len(), "expected /LENGTH or :PORT behind the bracket".to_owned())),
        };
        return Ok(Cut { host, start: 1, bracketed: true, length, port });
    }
    if let Some((host, rest)) = text.split_once('/') {
        // The slash ends the address, so that a colon behind it is that of the port even without brackets.
        let (digits, port) = match rest.split_once(':') {
            Some((digits, port)) => (digits, Some(port)),
            None => (rest, None),
        };
        return Ok(Cut { host, start: 0, bracketed: false, length: Some((digits, host.len() + 1)), port });
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => (host, Some(port)),
        _ => (text, None),
    };
    if host.is_empty() && port.is_none() {
        return Err((0..text.len(), "expected an address, a prefix, or :PORT".to_owned()));
    }
    Ok(Cut { host, start: 0, bracketed: false, length: None, port })
}

fn address_of(host: &str, bracketed: bool, has_length: bool) -> Result<Address, String> {
    if !bracketed && let Some(ip) = short_prefix(host) {
        if !has_length {
            return Err(format!(
                "{host} is not a whole address: write {ip}, or {host}/{} for all that begin so",
                8 * host.split('.').count()
            ));
        }
        return Ok(Address::Prefix { ip: IpAddr::V4(ip), length: 32, zone: None });
    }
    let words = |error: AddrError| error.to_string();
    let parsed: Host =
        if bracketed { format!("[{host}]").parse().map_err(words)? } else { host.parse().map_err(words)? };
    Ok(match parsed {
        Host::V4(ip) => Address::Prefix { ip: IpAddr::V4(ip), length: 32, zone: None },
        Host::V6 { addr, zone } => Address::Prefix { ip: IpAddr::V6(addr), length: 128, zone },
        Host::Name(name) => Address::Name(name),
    })
}

/// `10`, `10.1` and `10.1.2`, as routes are written: the octets that are missing are zero.
fn short_prefix(host: &str) -> Option<Ipv4Addr> {
    let mut octets = [0; 4];
    let parts = host.split('.').count();
    if parts > 3 {
        return None;
    }
    for (octet, part) in octets.iter_mut().zip(host.split('.')) {
        *octet = number(part).and_then(|number| u8::try_from(number).ok())?;
    }
    Some(Ipv4Addr::from(octets))
}

/// Reads a port without the colon before it: a number (also behind 0x), two with a hyphen, a service, or `*`.
///
/// # Errors
/// What is wrong.
pub(super) fn port(text: &str) -> Result<PortPattern, String> {
    if matches!(text, "" | "*") {
        return Ok(PortPattern::Any);
    }
    if let Some((first, last)) = text.split_once('-')
        && let (Some(first), Some(last)) = (number(first), number(last))
    {
        let port = |number| u16::try_from(number).map_err(|_| format!("{number} is more than a port holds (65535)"));
        let (first, last) = (port(first)?, port(last)?);
        if first > last {
            return Err(format!("{first}-{last} is empty: the smaller port stands first"));
        }
        return Ok(PortPattern::Range(first, last));
    }
    if let Some(digits) = behind_0x(text)
        && let Ok(port) = u16::from_str_radix(digits, 16)
    {
        return Ok(PortPattern::Range(port, port));
    }
    match text.parse() {
        Ok(Service::Number(port)) => Ok(PortPattern::Range(port, port)),
        Ok(Service::Name(name)) => Ok(PortPattern::Name(name)),
        Err(error) => Err(AddrError::to_string(&error)),
    }
}

/// A number of digits alone, without sign.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The names that ss shows for the protocols of packet sockets.
const LINK_PROTOCOLS: [(&str, u16); 5] =
    [("all", 3), ("ip", 0x800), ("arp", 0x806), ("vlan", 0x8100), ("ipv6", 0x86dd)];

fn link(text: &str) -> Result<HostPattern, Wrong> {
    let (protocol, device) = halves(text);
    let read = |name: &str| {
        let named =
            LINK_PROTOCOLS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, number)| *number);
        let hex = behind_0x(name).and_then(|digits| u16::from_str_radix(digits, 16).ok());
        named.or(hex).or_else(|| number(name)?.try_into().ok())
    };
    let protocol = known(text, protocol, "the protocol of frames: a number, ip, ipv6, arp, vlan, all or *", read)?;
    Ok(HostPattern::Link { protocol, device: device.filter(|name| !matches!(*name, "" | "*")).map(str::to_owned) })
}

/// # Source
/// Linux, include/uapi/linux/netlink.h; the first name for a number is ss's.
const NETLINK_PROTOCOLS: [(&str, u32); 19] = [
    ("rtnl", 0),
    ("route", 0),
    ("firewall", 3),
    ("tcpdiag", 4),
    ("sock_diag", 4),
    ("nflog", 5),
    ("xfrm", 6),
    ("selinux", 7),
    ("iscsi", 8),
    ("audit", 9),
    ("fiblookup", 10),
    ("connector", 11),
    ("nft", 12),
    ("netfilter", 12),
    ("ip6fw", 13),
    ("dnrt", 14),
    ("uevent", 15),
    ("genl", 16),
    ("crypto", 21),
];

fn netlink(text: &str) -> Result<HostPattern, Wrong> {
    let (protocol, port) = halves(text);
    let read = |name: &str| {
        let named =
            NETLINK_PROTOCOLS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, number)| *number);
        named.or_else(|| number(name)?.try_into().ok())
    };
    let protocol = known(text, protocol, "a netlink protocol: a number, rtnl, tcpdiag, genl, uevent .. or *", read)?;
    let read = |name: &str| if name == "kernel" { Some(0) } else { number(name)?.try_into().ok() };
    let port = known(text, port.unwrap_or_default(), "a port of netlink: a number, kernel or *", read)?;
    Ok(HostPattern::Netlink { protocol, port })
}

fn vsock(text: &str) -> Result<HostPattern, Wrong> {
    let (cid, port) = halves(text);
    let read = |name: &str| number(name)?.try_into().ok();
    let cid = known(text, cid, "the number of a machine, or *", read)?;
    let port = known(text, port.unwrap_or_default(), "a port of vsock, or *", read)?;
    Ok(HostPattern::Vsock { cid, port })
}

fn halves(text: &str) -> (&str, Option<&str>) {
    text.split_once(':').map_or((text, None), |(first, second)| (first, Some(second)))
}

/// What `read` makes of a part of `text`; nothing and `*` stand for any.
fn known<T>(text: &str, part: &str, expected: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Wrong> {
    if matches!(part, "" | "*") {
        return Ok(None);
    }
    let start = if text.starts_with(part) { 0 } else { behind(text, part) };
    read(part).map(Some).ok_or_else(|| (start..start + part.len(), format!("expected {expected}")))
}

impl HostPattern {
    /// As it is written, before it is known whether that needs quotation marks: an interface may be called `a>b`.
    fn text(&self) -> String {
        match self {
            Self::Inet { family, address, port } => {
                let word = match (family, address) {
                    (_, Address::Prefix { .. }) | (None, _) => "",
                    (Some(Family::INET), _) => "inet:",
                    (Some(_), _) => "inet6:",
                };
                let port = Some(port).filter(|port| **port != PortPattern::Any);
                let address = match address {
                    Address::Any if port.is_some() => String::new(),
                    Address::Any => "*".to_owned(),
                    Address::Name(name) => name.clone(),
                    Address::Prefix { ip, length, zone } => prefix(*ip, *length, zone.as_ref(), port.is_some()),
                };
                format!("{word}{address}{}", port.map(|port| format!(":{port}")).unwrap_or_default())
            }
            Self::Unix(pattern) => format!("unix:{pattern}"),
            Self::Link { protocol, device } => {
                let device = device.as_ref().map(|device| format!(":{device}")).unwrap_or_default();
                format!("link:{}{device}", Optional(*protocol))
            }
            Self::Netlink { protocol, port } => format!("netlink:{}:{}", Optional(*protocol), Optional(*port)),
            Self::Vsock { cid, port } => format!("vsock:{}:{}", Optional(*cid), Optional(*port)),
        }
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Quoted(&self.text()).fmt(f)
    }
}

fn prefix(ip: IpAddr, length: u8, zone: Option<&Zone>, has_port: bool) -> String {
    let (open, close) = if has_port && ip.is_ipv6() { ("[", "]") } else { ("", "") };
    let zone = zone.map(|zone| format!("%{zone}")).unwrap_or_default();
    let whole = if ip.is_ipv4() { 32 } else { 128 };
    let length = if length == whole { String::new() } else { format!("/{length}") };
    format!("{open}{}{zone}{close}{length}", IpText(ip))
}

/// A number, or `*`.
struct Optional<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for Optional<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(number) => number.fmt(f),
            None => f.write_str("*"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hexadecimal_ports_and_words_for_any_as_in_ss() {
        let shown = |text| parse(text).map(|host| host.to_string()).map_err(|(span, _)| span);
        for (text, expected) in [
            ("127.0.0.1/255.0.0.0", Ok("127.0.0.1/8")),
            ("10.0.0.0/0.0.0.0", Ok("10.0.0.0/0")),
            ("10.0.0.0/255.0.255.0", Err(9..20)),
            ("[::1]/255.0.0.0", Err(6..15)),
            ("any", Ok("*")),
            ("all:80", Ok(":80")),
            ("default", Ok("*")),
            ("1.2.3.4:0x50", Ok("1.2.3.4:80")),
        ] {
            assert_eq!(shown(text), expected.map(str::to_owned), "{text}");
        }
        assert_eq!(port("0x50"), Ok(PortPattern::Range(80, 80)));
        assert!(!matches!(port("0x10000"), Ok(PortPattern::Range(..))));
    }

    #[test]
    fn every_form_of_an_address() {
        for (text, shown) in [
            ("127.0.0.1", "127.0.0.1"),
            ("127.0.0.1:22", "127.0.0.1:22"),
            ("127.0.0.1:ssh", "127.0.0.1:ssh"),
            ("127.0.0.1:*", "127.0.0.1"),
            ("10/8", "10.0.0.0/8"),
            ("10.1/16:80-90", "10.1.0.0/16:80-90"),
            ("10.0.0.0/8:http", "10.0.0.0/8:http"),
            // ss: a host fd99: and port 2.
            ("fd99::2", "fd99::2"),
            // ss refuses the next two.
            ("[fd99::]/16", "fd99::/16"),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
            ("fd99::/16", "fd99::/16"),
            ("fd99::/16:80", "[fd99::]/16:80"),
            ("[fd99::/16]:80", "[fd99::]/16:80"),
            ("[fd99::]/16:80", "[fd99::]/16:80"),
            ("inet6:fd99::/16", "fd99::/16"),
            ("fe80::1%eth0", "fe80::1%eth0"),
            ("[fe80::1%2]:22", "[fe80::1%2]:22"),
            ("[::1]:22", "[::1]:22"),
            ("[::1]", "::1"),
            ("::", "::"),
            ("*", "*"),
            ("*:22", ":22"),
            (":22", ":22"),
            (":*", "*"),
            ("inet:*", "inet:*"),
            ("inet6::22", "inet6::22"),
            ("localhost", "localhost"),
            ("localhost:80", "localhost:80"),
            ("unix:/run/x:y", "unix:/run/x:y"),
            ("link:arp:eth0", "link:2054:eth0"),
            ("link:*", "link:*"),
            ("netlink:rtnl:kernel", "netlink:0:0"),
            ("netlink:*:4711", "netlink:*:4711"),
            ("vsock:3:22", "vsock:3:22"),
        ] {
            assert_eq!(parse(text).map(|host| host.to_string()), Ok(shown.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_has_its_place() {
        for (text, span, message) in [
            ("10", 0..2, "10 is not a whole address: write 10.0.0.0, or 10/8 for all that begin so"),
            ("10.1", 0..4, "10.1 is not a whole address: write 10.1.0.0, or 10.1/16 for all that begin so"),
            ("10.0.0.0/33", 9..11, "expected the length of a prefix, 0 to 32"),
            (
                "10.0.0.0/255.0.255.0",
                9..20,
                "expected the length of a prefix, 0 to 32, or a mask of ones with nothing but zeros behind them",
            ),
            ("[fd99::]/129", 9..12, "expected the length of a prefix, 0 to 128"),
            ("[fd99::/x]:1", 8..9, "expected the length of a prefix, 0 to 128"),
            ("[::1", 0..4, "the bracket [ has no ]"),
            ("[::1]x:2", 5..6, "expected /LENGTH or :PORT behind the bracket"),
            ("", 0..0, "expected an address, a prefix, or :PORT"),
            ("*/8", 2..3, "a length needs an address in numbers before it"),
            ("inet:::1", 5..8, "expected an IPv4 address behind inet:"),
            ("127.0.0.1:70000", 10..15, "70000 is more than a port holds (65535)"),
            ("127.0.0.1:90-80", 10..15, "90-80 is empty: the smaller port stands first"),
            ("netlink:rtnl:x", 13..14, "expected a port of netlink: a number, kernel or *"),
        ] {
            assert_eq!(parse(text), Err((span, message.to_owned())), "{text}");
        }
    }
}
