//! The fields of the lists of `/proc/net`.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The fields of a line.
pub(super) fn fields(line: &str) -> impl Iterator<Item = &str> {
    line.split_ascii_whitespace()
}

/// A number in hexadecimal digits.
pub(super) fn hex(digits: &str) -> Option<u32> {
    u32::from_str_radix(digits, 16).ok()
}

/// An address as a word of the host's order: `0100007F` is 127.0.0.1 where the host is little-endian.
pub(super) fn ipv4(digits: &str) -> Option<Ipv4Addr> {
    Some(Ipv4Addr::from(hex(digits).filter(|_| digits.len() == 8)?.to_ne_bytes()))
}

/// An address as 32 digits, in network order.
pub(super) fn ipv6(digits: &str) -> Option<Ipv6Addr> {
    u128::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 32).map(Ipv6Addr::from_bits)
}
