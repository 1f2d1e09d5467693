//! Addresses as text, and what an address says of itself.

use std::fmt::{self, Write};
use std::net::{IpAddr, Ipv6Addr};

/// Writes an address as RFC 5952 recommends, which is also as inet_ntop(3) of glibc writes it.
///
/// It differs from the standard library for the IPv4-compatible addresses (RFC 4291 section 2.5.5.1): `::192.0.2.1` and
/// not `::c000:201`, since RFC 5952 section 5 recommends the mixed notation for the well-known prefixes of RFC 4291.
/// 64:ff9b::/96 stays hexadecimal, as every resolver and socket tool prints it.
///
/// # Source
/// RFC 5952 sections 4 and 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpText(pub IpAddr);

impl fmt::Display for IpText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(addr) => addr.fmt(f),
            IpAddr::V6(addr) if f.width().is_none() => write_ipv6(f, addr),
            IpAddr::V6(addr) => {
                let mut text = String::new();
                write_ipv6(&mut text, addr)?;
                f.pad(&text)
            }
        }
    }
}

fn write_ipv6(out: &mut dyn Write, addr: Ipv6Addr) -> fmt::Result {
    if let Some(v4) = addr.to_ipv4_mapped() {
        return write!(out, "::ffff:{v4}");
    }
    match addr.to_bits() {
        // Below ::1:0 the last group alone is not zero, and no octets of an IPv4 address would show: ::1, not ::0.0.0.1.
        bits @ 0x1_0000..=0xffff_ffff => {
            let [.., a, b, c, d] = bits.to_be_bytes();
            write!(out, "::{a}.{b}.{c}.{d}")
        }
        _ => write!(out, "{addr}"),
    }
}

/// The IPv4 address inside an IPv4-mapped one (::ffff:0:0/96).
///
/// # Source
/// RFC 4291 section 2.5.5.2.
pub fn mapped_v4(addr: Ipv6Addr) -> Option<std::net::Ipv4Addr> {
    addr.to_ipv4_mapped()
}

/// The name of the scope of an address: how far from here it means the same host or group.
///
/// `None` for `::`, which has none, and for multicast scopes that are reserved or not assigned.
///
/// # Source
/// RFC 4291 section 2.4 and RFC 4007 section 4 for unicast, RFC 7346 section 2 for multicast.
pub fn ipv6_scope(addr: Ipv6Addr) -> Option<&'static str> {
    let [first, second, ..] = addr.octets();
    if first == 0xff {
        return match second & 0xf {
            0x1 => Some("Interface-Local"),
            0x2 => Some("Link-Local"),
            0x3 => Some("Realm-Local"),
            0x4 => Some("Admin-Local"),
            0x5 => Some("Site-Local"),
            0x8 => Some("Organization-Local"),
            0xe => Some("Global"),
            _ => None,
        };
    }
    match (first, second & 0xc0) {
        _ if addr.is_unspecified() => None,
        _ if addr.is_loopback() => Some("Link-Local"),
        (0xfe, 0x80) => Some("Link-Local"),
        // Deprecated by RFC 3879, but implementations may still treat them so.
        (0xfe, 0xc0) => Some("Site-Local"),
        _ => Some("Global"),
    }
}
