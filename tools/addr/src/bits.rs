//! Addresses as numbers, in 32 or 128 bits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sockeye_common::number::grouped;

/// The address as a number: the most significant bit is the one that is sent first.
pub fn number(addr: IpAddr) -> u128 {
    match addr {
        IpAddr::V4(addr) => u128::from(addr.to_bits()),
        IpAddr::V6(addr) => addr.to_bits(),
    }
}

/// The address of `family`'s family with that number; bits that the family does not have are lost.
pub fn address(family: IpAddr, number: u128) -> IpAddr {
    match family {
        IpAddr::V4(_) => {
            let [.., a, b, c, d] = number.to_be_bytes();
            IpAddr::V4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::from_bits(number)),
    }
}

/// How many bits an address of its family has.
pub fn width(addr: IpAddr) -> u8 {
    if addr.is_ipv4() { 32 } else { 128 }
}

/// The highest number of the family.
pub fn highest(family: IpAddr) -> u128 {
    if family.is_ipv4() { u128::from(u32::MAX) } else { u128::MAX }
}

/// The octets of the address as they are sent.
pub fn octets(addr: IpAddr) -> Vec<u8> {
    match addr {
        IpAddr::V4(addr) => addr.octets().to_vec(),
        IpAddr::V6(addr) => addr.octets().to_vec(),
    }
}

/// The octets in binary, joined by `between`: `11000000.00000000.00000010.00100001`.
pub fn binary(octets: &[u8], between: &str) -> String {
    octets.iter().map(|octet| format!("{octet:08b}")).collect::<Vec<_>>().join(between)
}

/// 2 to the power of `bits`, in decimal. `bits` is 128 at most.
pub fn power_of_two(bits: u8) -> String {
    match 1_u128.checked_shl(u32::from(bits)) {
        Some(power) => power.to_string(),
        None => "340282366920938463463374607431768211456".to_owned(),
    }
}

/// How many addresses there are from `first` to `last`, in decimal.
pub fn count(first: u128, last: u128) -> String {
    match last.saturating_sub(first).checked_add(1) {
        Some(count) => count.to_string(),
        None => power_of_two(128),
    }
}

/// So many addresses, in words: `1 address`, `65,536 addresses`.
pub fn addresses(count: &str) -> String {
    let noun = if count == "1" { "address" } else { "addresses" };
    format!("{} {noun}", grouped(count))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_people_know_them() {
        assert_eq!(number("127.0.0.1".parse().unwrap()), 2_130_706_433);
        assert_eq!(power_of_two(64), "18446744073709551616");
        assert_eq!(power_of_two(128), "340282366920938463463374607431768211456");
        assert_eq!(count(0, u128::MAX), power_of_two(128));
        assert_eq!(count(5, 5), "1");
        assert_eq!(binary(&[192, 1], "."), "11000000.00000001");
    }

    proptest! {
        #[test]
        fn there_and_back(addr: IpAddr) {
            prop_assert_eq!(address(addr, number(addr)), addr);
            prop_assert!(number(addr) <= highest(addr));
        }
    }
}
