//! Address blocks: every address that starts with the same bits.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::addr::IpText;

/// An address block: every address that starts with the same bits.
///
/// Sorted, IPv4 comes before IPv6, a lower first address before a higher one, and what is larger before what is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix {
    addr: IpAddr,
    length: u8,
}

impl Prefix {
    /// The block of `length` bits that `addr` is in; `None` if the family has fewer bits.
    pub fn new(addr: IpAddr, length: u8) -> Option<Self> {
        let addr = match addr {
            IpAddr::V4(addr) if length <= 32 => IpAddr::V4(Ipv4Addr::from_bits(addr.to_bits() & mask_v4(length))),
            IpAddr::V6(addr) if length <= 128 => IpAddr::V6(Ipv6Addr::from_bits(addr.to_bits() & mask_v6(length))),
            IpAddr::V4(_) | IpAddr::V6(_) => return None,
        };
        Some(Self { addr, length })
    }

    /// For tables, whose tests hold them to it: no bit of `addr` is set behind `length`.
    pub(crate) const fn of_first(addr: IpAddr, length: u8) -> Self {
        Self { addr, length }
    }

    /// The block of one address.
    pub fn host(addr: IpAddr) -> Self {
        Self { addr, length: width(addr) }
    }

    /// The first address.
    pub fn first(self) -> IpAddr {
        self.addr
    }

    /// The last address.
    pub fn last(self) -> IpAddr {
        match self.addr {
            IpAddr::V4(addr) => IpAddr::V4(Ipv4Addr::from_bits(addr.to_bits() | !mask_v4(self.length))),
            IpAddr::V6(addr) => IpAddr::V6(Ipv6Addr::from_bits(addr.to_bits() | !mask_v6(self.length))),
        }
    }

    /// How many bits its addresses have in common.
    pub fn length(self) -> u8 {
        self.length
    }

    /// How many bits an address of its family has: 32 or 128.
    pub fn width(self) -> u8 {
        width(self.addr)
    }

    /// The mask: ones where its addresses have their bits in common.
    pub fn mask(self) -> IpAddr {
        match self.addr {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::from_bits(mask_v4(self.length))),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(mask_v6(self.length))),
        }
    }

    /// Whether `addr` is in it. An IPv4-mapped IPv6 address is an IPv6 address here.
    pub fn contains(self, addr: IpAddr) -> bool {
        match (self.addr, addr) {
            (IpAddr::V4(first), IpAddr::V4(addr)) => first.to_bits() == addr.to_bits() & mask_v4(self.length),
            (IpAddr::V6(first), IpAddr::V6(addr)) => first.to_bits() == addr.to_bits() & mask_v6(self.length),
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }

    /// Whether every address of `other` is in it; it holds itself.
    pub fn covers(self, other: Self) -> bool {
        self.length <= other.length && self.contains(other.addr)
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", IpText(self.addr), self.length)
    }
}

fn width(addr: IpAddr) -> u8 {
    if addr.is_ipv4() { 32 } else { 128 }
}

fn mask_v4(length: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0)
}

fn mask_v6(length: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(length)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prefix(addr: &str, length: u8) -> Prefix {
        Prefix::new(addr.parse().unwrap(), length).unwrap()
    }

    #[test]
    fn host_bits_are_cleared_and_the_family_has_its_limit() {
        for (addr, length, text, last, mask) in [
            ("192.0.2.33", 27, "192.0.2.32/27", "192.0.2.63", "255.255.255.224"),
            ("192.0.2.33", 0, "0.0.0.0/0", "255.255.255.255", "0.0.0.0"),
            ("192.0.2.33", 32, "192.0.2.33/32", "192.0.2.33", "255.255.255.255"),
            ("2001:db8::1", 64, "2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff::"),
            ("2001:db8::1", 0, "::/0", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"),
        ] {
            let found = prefix(addr, length);
            let shown = (found.to_string(), found.last().to_string(), found.mask().to_string());
            assert_eq!(shown, (text.to_owned(), last.to_owned(), mask.to_owned()), "{addr}/{length}");
            assert_eq!(found.width(), if addr.contains(':') { 128 } else { 32 });
        }
        assert_eq!(Prefix::new("192.0.2.1".parse().unwrap(), 33), None);
        assert_eq!(Prefix::new("::".parse().unwrap(), 129), None);
    }

    #[test]
    fn what_covers_what() {
        assert!(prefix("10.0.0.0", 8).covers(prefix("10.1.0.0", 16)));
        assert!(prefix("10.0.0.0", 8).covers(prefix("10.0.0.0", 8)));
        assert!(!prefix("10.1.0.0", 16).covers(prefix("10.0.0.0", 8)));
        assert!(!prefix("0.0.0.0", 0).covers(prefix("::", 0)));
        assert!(prefix("10.0.0.0", 8) < prefix("10.0.0.0", 9), "the larger first");
        assert_eq!(Prefix::host("::1".parse().unwrap()).to_string(), "::1/128");
    }
}
