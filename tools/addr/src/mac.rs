//! Link-layer addresses of 48 and 64 bits, in the notations that people write.
//!
//! # Source
//! IEEE Std 802-2014 section 8; RFC 4291 appendix A and RFC 9542 section 2.2.1 for the modified EUI-64.
#![expect(clippy::many_single_char_names, reason = "the octets of an address, in their order")]

use std::fmt;
use std::net::Ipv6Addr;

use sockeye_common::hex;

/// Individual or group: the lowest bit of the first octet, and the first bit on an Ethernet.
const GROUP: u8 = 0x01;
/// Universal or local: the bit above it.
const LOCAL: u8 = 0x02;
/// What stands between the two halves of a MAC in an EUI-64.
const FILLER: [u8; 2] = [0xff, 0xfe];

/// A MAC address (EUI-48).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mac(pub [u8; 6]);

/// An identifier of 64 bits: as IEEE gives it, or turned, as IPv6 has it in the second half of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Eui64(pub [u8; 8]);

impl Mac {
    /// Whether it is a group's: broadcast or multicast.
    pub fn is_group(self) -> bool {
        let [first, ..] = self.0;
        first & GROUP != 0
    }

    /// Whether somebody here made it up; otherwise a manufacturer bought its first three octets.
    pub fn is_local(self) -> bool {
        let [first, ..] = self.0;
        first & LOCAL != 0
    }

    /// The modified EUI-64 that an interface with this address makes: `ff:fe` in the middle, and the universal/local bit turned.
    ///
    /// # Source
    /// RFC 4291 appendix A.
    pub fn modified_eui64(self) -> Eui64 {
        let [a, b, c, d, e, f] = self.0;
        let [x, y] = FILLER;
        Eui64([a ^ LOCAL, b, c, x, y, d, e, f])
    }

    /// The EUI-64 of this address as IEEE has it: `ff:fe` in the middle, and no bit turned.
    pub fn eui64(self) -> Eui64 {
        self.modified_eui64().turned()
    }

    /// With colons, as Linux prints it.
    pub fn colons(self) -> String {
        joined(&self.0, ":")
    }

    /// With hyphens, as IEEE and Windows print it.
    pub fn hyphens(self) -> String {
        joined(&self.0, "-")
    }

    /// Three groups of four digits, as Cisco prints it.
    pub fn dots(self) -> String {
        let [a, b, c, d, e, f] = self.0;
        [[a, b], [c, d], [e, f]].map(|pair| hex::encode(&pair)).join(".")
    }

    /// The IPv6 addresses that are sent to this one, if it is one of IPv6's multicast: those end in these four octets.
    ///
    /// # Source
    /// RFC 2464 section 7.
    pub fn ipv6_groups(self) -> Option<[u8; 4]> {
        match self.0 {
            [0x33, 0x33, rest @ ..] => Some(rest),
            _ => None,
        }
    }

    /// The 23 bits of the IPv4 groups that are sent to this one: 32 groups share it.
    ///
    /// # Source
    /// RFC 1112 section 6.4.
    pub fn ipv4_groups(self) -> Option<u32> {
        match self.0 {
            [0x01, 0x00, 0x5e, b @ 0..=0x7f, c, d] => Some(u32::from_be_bytes([0, b, c, d])),
            _ => None,
        }
    }
}

impl Eui64 {
    /// With the universal/local bit turned: the modified EUI-64 of one that IEEE gave, and back.
    ///
    /// # Source
    /// RFC 4291 appendix A.
    #[must_use]
    pub fn turned(self) -> Self {
        let [first, rest @ ..] = self.0;
        let [b, c, d, e, f, g, h] = rest;
        Self([first ^ LOCAL, b, c, d, e, f, g, h])
    }

    /// The MAC address that this, modified, was made of, if `ff:fe` stands in its middle.
    ///
    /// # Source
    /// RFC 4291 appendix A.
    pub fn mac(self) -> Option<Mac> {
        let [a, b, c, x, y, d, e, f] = self.0;
        ([x, y] == FILLER).then_some(Mac([a ^ LOCAL, b, c, d, e, f]))
    }

    /// The second half of an IPv6 address.
    pub fn of_address(addr: Ipv6Addr) -> Self {
        let [.., a, b, c, d, e, f, g, h] = addr.octets();
        Self([a, b, c, d, e, f, g, h])
    }

    /// The address with the first half of `prefix` and this as its second.
    pub fn address(self, prefix: Ipv6Addr) -> Ipv6Addr {
        let low = u128::from(u64::from_be_bytes(self.0));
        Ipv6Addr::from_bits(prefix.to_bits() >> 64 << 64 | low)
    }

    /// With hyphens: with colons it would be an IPv6 address.
    pub fn hyphens(self) -> String {
        joined(&self.0, "-")
    }

    /// As the second half of an IPv6 address is written, no group shortened: `5054:00ff:fe12:3456`.
    pub fn groups(self) -> String {
        let [a, b, c, d, e, f, g, h] = self.0;
        [[a, b], [c, d], [e, f], [g, h]].map(|pair| hex::encode(&pair)).join(":")
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.colons())
    }
}

impl fmt::Display for Eui64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hyphens())
    }
}

fn joined(octets: &[u8], between: &str) -> String {
    octets.iter().map(|octet| hex::encode(&[*octet])).collect::<Vec<_>>().join(between)
}

/// The octets of a text in one of the notations: `52:54:00:12:34:56` with one or two digits each, the same with hyphens,
/// `5254.0012.3456`, `525400-123456`, or the digits alone. `None` if it is none of them, or not of `N` octets.
pub fn parse<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|octet| octet.is_ascii_hexdigit());
    for separator in [':', '-'] {
        let parts: Vec<&str> = text.split(separator).collect();
        if parts.len() == N && parts.iter().all(|part| part.len() <= 2 && digits(part)) {
            let octets: Vec<u8> = parts.iter().map(|part| u8::from_str_radix(part, 16).ok()).collect::<Option<_>>()?;
            return octets.try_into().ok();
        }
    }
    let groups = |separator: char, size: usize| {
        text.contains(separator) && text.split(separator).all(|part| part.len() == size && digits(part))
    };
    if digits(text) || groups('.', 4) || (N == 6 && groups('-', 6)) {
        let bare: String = text.chars().filter(char::is_ascii_hexdigit).collect();
        return (bare.len() == N * 2).then(|| hex::decode(&bare).ok()?.try_into().ok()).flatten();
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_notation_is_read() {
        let expected = Some([0x52, 0x54, 0, 0x12, 0x34, 0x56]);
        for text in [
            "52:54:00:12:34:56",
            "52:54:0:12:34:56",
            "52-54-00-12-34-56",
            "5254.0012.3456",
            "525400-123456",
            "525400123456",
            "52:54:00:12:34:56",
        ] {
            assert_eq!(parse::<6>(text), expected, "{text}");
        }
        for text in ["", "52:54:00:12:34", "52:54:00:12:34:5g", "52:54:00:12:34:567", "5254.0012.345", "::1", "1.2.3.4"]
        {
            assert_eq!(parse::<6>(text), None, "{text}");
        }
        assert_eq!(parse::<8>("5054:00ff"), None);
        assert_eq!(parse::<8>("50:54:00:ff:fe:12:34:56"), Some([0x50, 0x54, 0, 0xff, 0xfe, 0x12, 0x34, 0x56]));
    }

    #[test]
    fn the_example_of_rfc_4291() {
        // RFC 4291 appendix A: 34-56-78-9A-BC-DE.
        let mac = Mac(parse("34-56-78-9A-BC-DE").unwrap());
        assert_eq!(mac.modified_eui64().hyphens(), "36-56-78-ff-fe-9a-bc-de");
        assert!(!mac.is_group() && !mac.is_local());
        assert_eq!((mac.hyphens(), mac.dots()), ("34-56-78-9a-bc-de".to_owned(), "3456.789a.bcde".to_owned()));
        let addr: Ipv6Addr = "2001:db8::3656:78ff:fe9a:bcde".parse().unwrap();
        assert_eq!(Eui64::of_address(addr).mac(), Some(mac));
        assert_eq!(mac.modified_eui64().address("2001:db8::1".parse().unwrap()), addr);
        assert_eq!(Eui64::of_address("2001:db8::1".parse().unwrap()).mac(), None);
        assert_eq!(mac.eui64().hyphens(), "34-56-78-ff-fe-9a-bc-de", "IEEE turns nothing");
        assert_eq!(mac.eui64().turned(), mac.modified_eui64());
    }

    #[test]
    fn groups_are_told_from_one() {
        assert!(Mac([0xff; 6]).is_group());
        assert_eq!(Mac([1, 0, 0x5e, 0x7f, 0xff, 0xfa]).ipv4_groups(), Some(0x7f_fffa));
        assert_eq!(Mac([1, 0, 0x5e, 0x80, 0, 1]).ipv4_groups(), None);
        assert_eq!(Mac([0x33, 0x33, 0xff, 1, 2, 3]).ipv6_groups(), Some([0xff, 1, 2, 3]));
    }

    proptest! {
        #[test]
        fn there_and_back(octets: [u8; 6]) {
            let mac = Mac(octets);
            for text in [mac.colons(), mac.hyphens(), mac.dots(), hex::encode(&octets)] {
                prop_assert_eq!(parse::<6>(&text), Some(octets));
            }
            prop_assert_eq!(mac.modified_eui64().mac(), Some(mac));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = (parse::<6>(&text), parse::<8>(&text));
        }
    }
}
