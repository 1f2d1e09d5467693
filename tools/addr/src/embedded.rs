//! IPv4 addresses inside IPv6 addresses, and what IPv6 addresses an IPv4 address has.
#![expect(clippy::many_single_char_names, reason = "the octets of an address, in their order")]

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_common::special;

/// The mechanism of `::192.0.2.1`, which has no range of its own in the registries.
pub const COMPATIBLE: &str = "IPv4-compatible";
const NAT64: &str = "NAT64";
const SIX_TO_FOUR: &str = "6to4";

/// An IPv4 address inside an IPv6 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Embedded {
    /// By which mechanism.
    pub kind: &'static str,
    /// The IPv4 address.
    pub v4: Ipv4Addr,
    /// Which octets hold it, counted from 0, the end excluded.
    pub octets: (u8, u8),
    /// Where that is specified.
    pub rfc: &'static str,
    /// What else it says: of Teredo, the server.
    pub server: Option<Ipv4Addr>,
    /// Of Teredo, the UDP port of the client as its NAT shows it.
    pub port: Option<u16>,
}

/// The IPv4 address inside `addr`, if a mechanism that is known put one there.
pub fn of(addr: Ipv6Addr) -> Option<Embedded> {
    let octets = addr.octets();
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = octets;
    let last = Ipv4Addr::new(m, n, o, p);
    let found = |kind, v4, octets, rfc| Some(Embedded { kind, v4, octets, rfc, server: None, port: None });
    let bits = addr.to_bits();
    match addr.segments() {
        [0, 0, 0, 0, 0, 0xffff, ..] => found("IPv4-mapped", last, (12, 16), "RFC 4291 section 2.5.5.2"),
        [0, 0, 0, 0, 0xffff, 0, ..] => found("IPv4-translated (SIIT)", last, (12, 16), "RFC 2765, obsolete"),
        // ::1 and the like are no IPv4 address.
        [0, 0, 0, 0, 0, 0, ..] if bits > 0xffff => {
            found(COMPATIBLE, last, (12, 16), "RFC 4291 section 2.5.5.1, deprecated")
        }
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => found(NAT64, last, (12, 16), "RFC 6052 section 2.1"),
        // The network may choose how long its prefix is: with 96 bits the address stands at the end.
        [0x64, 0xff9b, 1, ..] => found("NAT64 within a network", last, (12, 16), "RFC 8215, if its prefix has 96 bits"),
        [0x2002, ..] => found(SIX_TO_FOUR, Ipv4Addr::new(c, d, e, f), (2, 6), "RFC 3056"),
        [0x2001, 0, ..] => Some(Embedded {
            kind: "Teredo",
            v4: Ipv4Addr::new(!m, !n, !o, !p),
            octets: (12, 16),
            rfc: "RFC 4380 section 4",
            server: Some(Ipv4Addr::new(e, f, g, h)),
            port: Some(!u16::from_be_bytes([k, l])),
        }),
        // Behind a prefix of unicast that is in use: link-local, unique local or global.
        _ if matches!((a, b & 0xc0), (0xfe, 0x80)) || a & 0xfe == 0xfc || a & 0xe0 == 0x20 => match (i, j, k, l) {
            (0 | 2, 0, 0x5e, 0xfe) => found("ISATAP", last, (12, 16), "RFC 5214 section 6.1"),
            _ => None,
        },
        _ => None,
    }
}

/// The IPv6 forms of an IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Forms {
    /// What a socket of `AF_INET6` takes and shows for it.
    pub mapped: Ipv6Addr,
    /// Behind a NAT64 with the well-known prefix; `None` for an address that is not global.
    pub nat64: Option<Ipv6Addr>,
    /// The first address of its 6to4 network, of 48 bits; `None` for an address that is not global.
    pub six_to_four: Option<Ipv6Addr>,
}

/// Why an IPv4 address may not stand inside an IPv6 address of that kind, if it may not.
///
/// # Source
/// RFC 6052 section 3.1, RFC 3056 section 2.
pub fn forbidden(kind: &str, v4: Ipv4Addr) -> Option<&'static str> {
    match kind {
        NAT64 if !is_global(v4) => Some("not allowed here: its prefix is for global addresses (RFC 6052 section 3.1)"),
        SIX_TO_FOUR if !is_global(v4) => Some("not allowed here: 6to4 wants a global address (RFC 3056 section 2)"),
        _ => None,
    }
}

fn is_global(addr: Ipv4Addr) -> bool {
    !addr.is_multicast() && special::lookup(addr.into()).is_none_or(|range| range.globally_reachable == Some(true))
}

/// The IPv6 forms of an IPv4 address.
///
/// # Source
/// RFC 6052 section 3.1 forbids the well-known prefix for addresses that are not global, RFC 3056 section 2 the 6to4 network.
pub fn forms(addr: Ipv4Addr) -> Forms {
    let bits = u128::from(addr.to_bits());
    let global = is_global(addr);
    let form = |bits| global.then(|| Ipv6Addr::from_bits(bits));
    Forms {
        mapped: addr.to_ipv6_mapped(),
        nat64: form(0x64_ff9b << 96 | bits),
        six_to_four: form(0x2002 << 112 | bits << 80),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn each_mechanism_hides_it_elsewhere() {
        for (text, kind, v4) in [
            ("::ffff:192.0.2.33", "IPv4-mapped", "192.0.2.33"),
            ("::192.0.2.33", "IPv4-compatible", "192.0.2.33"),
            ("::ffff:0:192.0.2.33", "IPv4-translated (SIIT)", "192.0.2.33"),
            ("64:ff9b::192.0.2.33", "NAT64", "192.0.2.33"),
            ("64:ff9b:1::192.0.2.33", "NAT64 within a network", "192.0.2.33"),
            ("2002:c000:221::1", "6to4", "192.0.2.33"),
            // RFC 4380's own example is of another server; this one is Wikipedia's and every textbook's.
            ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo", "192.0.2.45"),
            ("fe80::5efe:c000:221", "ISATAP", "192.0.2.33"),
            ("2001:db8::200:5efe:192.0.2.33", "ISATAP", "192.0.2.33"),
            ("fd00:1:2:3:0:5efe:192.0.2.33", "ISATAP", "192.0.2.33"),
        ] {
            let found = of(text.parse().unwrap()).unwrap();
            assert_eq!((found.kind, found.v4.to_string().as_str()), (kind, v4), "{text}");
        }
        let teredo = of("2001:0:4136:e378:8000:63bf:3fff:fdd2".parse().unwrap()).unwrap();
        assert_eq!((teredo.server, teredo.port), (Some(Ipv4Addr::new(65, 54, 227, 120)), Some(40_000)));
        for text in ["::", "::1", "2001:db8::1", "fe80::1", "ff02::5efe:1:1", "7ce4::5efe:1:1"] {
            assert_eq!(of(text.parse().unwrap()), None, "{text}");
        }
    }

    #[test]
    fn what_is_not_global_is_forbidden_inside() {
        let said = |text: &str| {
            let inside = of(text.parse().unwrap()).unwrap();
            forbidden(inside.kind, inside.v4).is_some()
        };
        assert!(said("64:ff9b::10.0.0.1") && said("2002:a00:1::1") && said("64:ff9b::224.0.0.1"));
        assert!(!said("64:ff9b::8.8.8.8") && !said("2002:808:808::1") && !said("64:ff9b:1::10.0.0.1"));
        assert!(!said("::ffff:10.0.0.1"));
    }

    #[test]
    fn only_global_addresses_have_global_forms() {
        let of = |text: &str| forms(text.parse().unwrap());
        assert_eq!(of("8.8.8.8").nat64.unwrap().to_string(), "64:ff9b::808:808");
        assert_eq!(of("8.8.8.8").six_to_four.unwrap().to_string(), "2002:808:808::");
        for text in ["10.1.2.3", "127.0.0.1", "0.0.0.0", "224.0.0.251", "255.255.255.255", "192.0.2.1"] {
            assert!(of(text).nat64.is_none() && of(text).six_to_four.is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_put_in_is_found(addr: Ipv4Addr) {
            let Forms { mapped, nat64, six_to_four } = forms(addr);
            for form in [Some(mapped), nat64, six_to_four].into_iter().flatten() {
                prop_assert_eq!(of(form).map(|found| found.v4), Some(addr));
            }
        }
    }
}
