//! Network and host byte order as distinct types.
//!
//! A port on the wire is a [`Net16`], an IPv4 address is a [`Net32`]: a host integer cannot be stored where the network
//! expects its own order without passing [`htons`] or [`htonl`], the calls of POSIX by their own names.

use std::fmt;

use crate::hex;

/// The order of the octets of an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ByteOrder {
    /// Most significant octet first: network order.
    Big,
    /// Least significant octet first.
    Little,
}

impl ByteOrder {
    /// The order of the machine that this runs on.
    pub const HOST: Self = if cfg!(target_endian = "big") { Self::Big } else { Self::Little };

    /// The order in a word: "big-endian" or "little-endian".
    pub const fn name(self) -> &'static str {
        match self {
            Self::Big => "big-endian",
            Self::Little => "little-endian",
        }
    }

    /// The integer that `octets` mean.
    pub const fn u16(self, octets: [u8; 2]) -> u16 {
        match self {
            Self::Big => u16::from_be_bytes(octets),
            Self::Little => u16::from_le_bytes(octets),
        }
    }

    /// The integer that `octets` mean.
    pub const fn u32(self, octets: [u8; 4]) -> u32 {
        match self {
            Self::Big => u32::from_be_bytes(octets),
            Self::Little => u32::from_le_bytes(octets),
        }
    }

    /// The integer that `octets` mean.
    pub const fn u64(self, octets: [u8; 8]) -> u64 {
        match self {
            Self::Big => u64::from_be_bytes(octets),
            Self::Little => u64::from_le_bytes(octets),
        }
    }

    /// The octets of `value`.
    pub const fn u16_octets(self, value: u16) -> [u8; 2] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }

    /// The octets of `value`.
    pub const fn u32_octets(self, value: u32) -> [u8; 4] {
        match self {
            Self::Big => value.to_be_bytes(),
            Self::Little => value.to_le_bytes(),
        }
    }
}

/// Sixteen bits in network order, as `in_port_t` holds them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Net16([u8; 2]);

impl Net16 {
    /// The value whose octets on the wire are `octets`.
    pub const fn from_octets(octets: [u8; 2]) -> Self {
        Self(octets)
    }

    /// The octets in the order in which they are sent.
    pub const fn octets(self) -> [u8; 2] {
        self.0
    }

    /// The number that a program sees that forgets ntohs(3): on a little-endian host, port 8080 reads as 36895.
    pub const fn without_ntohs(self) -> u16 {
        u16::from_ne_bytes(self.0)
    }
}

/// Thirty-two bits in network order, as `in_addr_t` holds them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Net32([u8; 4]);

impl Net32 {
    /// The value whose octets on the wire are `octets`.
    pub const fn from_octets(octets: [u8; 4]) -> Self {
        Self(octets)
    }

    /// The octets in the order in which they are sent.
    pub const fn octets(self) -> [u8; 4] {
        self.0
    }

    /// The number that a program sees that forgets ntohl(3).
    pub const fn without_ntohl(self) -> u32 {
        u32::from_ne_bytes(self.0)
    }
}

impl fmt::Debug for Net16 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Net16({})", hex::spaced(&self.0))
    }
}

impl fmt::Debug for Net32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Net32({})", hex::spaced(&self.0))
    }
}

/// Host order to network order, 16 bits.
///
/// # Source
/// POSIX.1-2024, htonl().
pub const fn htons(host: u16) -> Net16 {
    Net16(host.to_be_bytes())
}

/// Network order to host order, 16 bits.
///
/// # Source
/// POSIX.1-2024, htonl().
pub const fn ntohs(network: Net16) -> u16 {
    u16::from_be_bytes(network.0)
}

/// Host order to network order, 32 bits.
///
/// # Source
/// POSIX.1-2024, htonl().
pub const fn htonl(host: u32) -> Net32 {
    Net32(host.to_be_bytes())
}

/// Network order to host order, 32 bits.
///
/// # Source
/// POSIX.1-2024, htonl().
pub const fn ntohl(network: Net32) -> u32 {
    u32::from_be_bytes(network.0)
}

/// The number that a peer sees when `host`, a port say, was stored without htons(3) on a little-endian machine.
///
/// Swapped whatever this machine's order is: the question is what happens on the student's.
pub const fn swapped(host: u16) -> u16 {
    host.swap_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_course_example() {
        assert_eq!(htons(8080).octets(), [0x1f, 0x90]);
        assert_eq!(swapped(8080), 36895);
        if ByteOrder::HOST == ByteOrder::Little {
            assert_eq!(htons(8080).without_ntohs(), 36895);
            assert_eq!(htonl(0x7f00_0001).without_ntohl(), 0x0100_007f);
        }
        assert_eq!(htonl(0x7f00_0001).octets(), [127, 0, 0, 1]);
        assert_eq!(format!("{:?} {:?}", htons(8080), htonl(1)), "Net16(1f 90) Net32(00 00 00 01)");
    }

    proptest! {
        #[test]
        fn there_and_back(short: u16, long: u32, wide: u64) {
            prop_assert_eq!(ntohs(htons(short)), short);
            prop_assert_eq!(ntohl(htonl(long)), long);
            for order in [ByteOrder::Big, ByteOrder::Little] {
                prop_assert_eq!(order.u16(order.u16_octets(short)), short);
                prop_assert_eq!(order.u32(order.u32_octets(long)), long);
            }
            prop_assert_eq!(ByteOrder::Big.u64(wide.to_be_bytes()), wide);
            prop_assert_eq!(ByteOrder::Little.u64(wide.to_le_bytes()), wide);
        }
    }
}
