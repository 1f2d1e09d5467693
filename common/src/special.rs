//! The special-purpose address ranges, by the names in IANA's registries.
//!
//! The rows are those of the IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190) as of 2025-10-09.
//! Multicast is in neither, since it has registries of its own; it is listed here for what it is (see [`multicast`]).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use crate::prefix::Prefix;

/// A range with a purpose of its own.
///
/// The five answers are the registry's columns (RFC 6890 section 2.2.1, RFC 8190 section 2); `None` is its "N/A", or an
/// entry that ended and has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Which addresses.
    pub prefix: Prefix,
    /// The name in the registry.
    pub name: &'static str,
    /// Where it is specified: `RFC 1122 section 3.2.1.3`.
    pub rfc: &'static str,
    /// Whether such an address may be the source of a packet that crosses a link.
    pub source: Option<bool>,
    /// Whether such an address may be the destination of a packet that crosses a link.
    pub destination: Option<bool>,
    /// Whether a router may forward a packet to such an address.
    pub forwardable: Option<bool>,
    /// Whether a packet to such an address may leave its administrative domain.
    pub globally_reachable: Option<bool>,
    /// Whether every implementation of IP must treat such an address in a special way.
    pub reserved_by_protocol: Option<bool>,
}

/// The rows of the IPv4 registry, in its order.
pub fn ipv4() -> impl Iterator<Item = &'static Range> {
    IPV4.iter()
}

/// The rows of the IPv6 registry, in its order.
pub fn ipv6() -> impl Iterator<Item = &'static Range> {
    IPV6.iter()
}

/// The multicast blocks of both families. They have none of the five answers.
///
/// # Source
/// RFC 5771 section 3, RFC 4291 section 2.7.
pub fn multicast() -> impl Iterator<Item = &'static Range> {
    MULTICAST.iter()
}

/// Every range: IPv4, IPv6, multicast.
pub fn all() -> impl Iterator<Item = &'static Range> {
    ipv4().chain(ipv6()).chain(multicast())
}

/// The most specific range that `addr` is in.
pub fn lookup(addr: IpAddr) -> Option<&'static Range> {
    let family = if addr.is_ipv4() { IPV4 } else { IPV6 };
    family.iter().chain(MULTICAST).filter(|range| range.prefix.contains(addr)).max_by_key(|range| range.prefix.length())
}

const T: Option<bool> = Some(true);
const F: Option<bool> = Some(false);
const NONE: Option<bool> = None;

/// The five answers in the order of the registry's columns, for ranges that are alike.
type Answers = [Option<bool>; 5];
/// Source, destination, forwardable, globally reachable; reserved by protocol is false.
const ORDINARY: Answers = [T, T, T, T, F];
/// As [`ORDINARY`], but only within an administrative domain.
const LOCAL: Answers = [T, T, T, F, F];
/// On no wire, but not reserved by IP itself.
const UNUSED: Answers = [F, F, F, F, F];
/// On no wire, by IP itself.
const NEVER: Answers = [F, F, F, F, T];
/// The registry has no answers.
const UNANSWERED: Answers = [NONE, NONE, NONE, NONE, NONE];

const fn row(addr: IpAddr, length: u8, name: &'static str, rfc: &'static str, answers: Answers) -> Range {
    let [source, destination, forwardable, globally_reachable, reserved_by_protocol] = answers;
    let prefix = Prefix::of_first(addr, length);
    Range { prefix, name, rfc, source, destination, forwardable, globally_reachable, reserved_by_protocol }
}

const fn v4(octets: [u8; 4], length: u8, name: &'static str, rfc: &'static str, answers: Answers) -> Range {
    let [a, b, c, d] = octets;
    row(IpAddr::V4(Ipv4Addr::new(a, b, c, d)), length, name, rfc, answers)
}

/// `start` is the address up to its last non-zero group.
const fn v6(start: &[u16], length: u8, name: &'static str, rfc: &'static str, answers: Answers) -> Range {
    let mut bits = 0_u128;
    let mut left = 8_u32;
    let mut rest = start;
    while let [group, tail @ ..] = rest {
        left -= 1;
        bits |= (*group as u128) << (16 * left);
        rest = tail;
    }
    row(IpAddr::V6(Ipv6Addr::from_bits(bits)), length, name, rfc, answers)
}

const THIS_HOST: Answers = [T, F, F, F, T];
const LINK_LOCAL: Answers = [T, T, F, F, T];
const DUMMY: Answers = [T, F, F, F, F];
/// TEREDO and 6to4: reachable as far as the IPv4 address inside is.
const EMBEDDED: Answers = [T, T, T, NONE, F];

static IPV4: &[Range] = &[
    v4([0, 0, 0, 0], 8, "This network", "RFC 791 section 3.2", THIS_HOST),
    v4([0, 0, 0, 0], 32, "This host on this network", "RFC 1122 section 3.2.1.3", THIS_HOST),
    v4([10, 0, 0, 0], 8, "Private-Use", "RFC 1918", LOCAL),
    v4([100, 64, 0, 0], 10, "Shared Address Space", "RFC 6598", LOCAL),
    v4([127, 0, 0, 0], 8, "Loopback", "RFC 1122 section 3.2.1.3", NEVER),
    v4([169, 254, 0, 0], 16, "Link Local", "RFC 3927", LINK_LOCAL),
    v4([172, 16, 0, 0], 12, "Private-Use", "RFC 1918", LOCAL),
    v4([192, 0, 0, 0], 24, "IETF Protocol Assignments", "RFC 6890 section 2.1", UNUSED),
    v4([192, 0, 0, 0], 29, "IPv4 Service Continuity Prefix", "RFC 7335", LOCAL),
    v4([192, 0, 0, 8], 32, "IPv4 dummy address", "RFC 7600", DUMMY),
    v4([192, 0, 0, 9], 32, "Port Control Protocol Anycast", "RFC 7723", ORDINARY),
    v4([192, 0, 0, 10], 32, "Traversal Using Relays around NAT Anycast", "RFC 8155", ORDINARY),
    v4([192, 0, 0, 170], 32, "NAT64/DNS64 Discovery", "RFC 8880, RFC 7050 section 2.2", NEVER),
    v4([192, 0, 0, 171], 32, "NAT64/DNS64 Discovery", "RFC 8880, RFC 7050 section 2.2", NEVER),
    v4([192, 0, 2, 0], 24, "Documentation (TEST-NET-1)", "RFC 5737", UNUSED),
    v4([192, 31, 196, 0], 24, "AS112-v4", "RFC 7535", ORDINARY),
    v4([192, 52, 193, 0], 24, "AMT", "RFC 7450", ORDINARY),
    v4([192, 88, 99, 0], 24, "Deprecated (6to4 Relay Anycast)", "RFC 7526", UNANSWERED),
    v4([192, 88, 99, 2], 32, "6a44-relay anycast address", "RFC 6751", LOCAL),
    v4([192, 168, 0, 0], 16, "Private-Use", "RFC 1918", LOCAL),
    v4([192, 175, 48, 0], 24, "Direct Delegation AS112 Service", "RFC 7534", ORDINARY),
    v4([198, 18, 0, 0], 15, "Benchmarking", "RFC 2544", LOCAL),
    v4([198, 51, 100, 0], 24, "Documentation (TEST-NET-2)", "RFC 5737", UNUSED),
    v4([203, 0, 113, 0], 24, "Documentation (TEST-NET-3)", "RFC 5737", UNUSED),
    v4([240, 0, 0, 0], 4, "Reserved", "RFC 1112 section 4", NEVER),
    v4([255, 255, 255, 255], 32, "Limited Broadcast", "RFC 8190, RFC 919 section 7", [F, T, F, F, T]),
];

static IPV6: &[Range] = &[
    v6(&[0, 0, 0, 0, 0, 0, 0, 1], 128, "Loopback Address", "RFC 4291", NEVER),
    v6(&[], 128, "Unspecified Address", "RFC 4291", THIS_HOST),
    v6(&[0, 0, 0, 0, 0, 0xffff], 96, "IPv4-mapped Address", "RFC 4291", NEVER),
    v6(&[0x64, 0xff9b], 96, "IPv4-IPv6 Translat.", "RFC 6052", ORDINARY),
    v6(&[0x64, 0xff9b, 1], 48, "IPv4-IPv6 Translat.", "RFC 8215", LOCAL),
    v6(&[0x100], 64, "Discard-Only Address Block", "RFC 6666", LOCAL),
    v6(&[0x100, 0, 0, 1], 64, "Dummy IPv6 Prefix", "RFC 9780", DUMMY),
    v6(&[0x2001], 23, "IETF Protocol Assignments", "RFC 2928", UNUSED),
    v6(&[0x2001], 32, "TEREDO", "RFC 4380, RFC 8190", EMBEDDED),
    v6(&[0x2001, 1, 0, 0, 0, 0, 0, 1], 128, "Port Control Protocol Anycast", "RFC 7723", ORDINARY),
    v6(&[0x2001, 1, 0, 0, 0, 0, 0, 2], 128, "Traversal Using Relays around NAT Anycast", "RFC 8155", ORDINARY),
    v6(&[0x2001, 1, 0, 0, 0, 0, 0, 3], 128, "DNS-SD Service Registration Protocol Anycast", "RFC 9665", ORDINARY),
    v6(&[0x2001, 2], 48, "Benchmarking", "RFC 5180, erratum 1752", LOCAL),
    v6(&[0x2001, 3], 32, "AMT", "RFC 7450", ORDINARY),
    v6(&[0x2001, 4, 0x112], 48, "AS112-v6", "RFC 7535", ORDINARY),
    v6(&[0x2001, 0x10], 28, "Deprecated (previously ORCHID)", "RFC 4843", UNANSWERED),
    v6(&[0x2001, 0x20], 28, "ORCHIDv2", "RFC 7343", ORDINARY),
    v6(&[0x2001, 0x30], 28, "Drone Remote ID Protocol Entity Tags (DETs) Prefix", "RFC 9374", ORDINARY),
    v6(&[0x2001, 0xdb8], 32, "Documentation", "RFC 3849", UNUSED),
    v6(&[0x2002], 16, "6to4", "RFC 3056", EMBEDDED),
    v6(&[0x2620, 0x4f, 0x8000], 48, "Direct Delegation AS112 Service", "RFC 7534", ORDINARY),
    v6(&[0x3fff], 20, "Documentation", "RFC 9637", UNUSED),
    v6(&[0x5f00], 16, "Segment Routing (SRv6) SIDs", "RFC 9602", LOCAL),
    v6(&[0xfc00], 7, "Unique-Local", "RFC 4193, RFC 8190", LOCAL),
    v6(&[0xfe80], 10, "Link-Local Unicast", "RFC 4291", LINK_LOCAL),
];

static MULTICAST: &[Range] = &[
    v4([224, 0, 0, 0], 4, "Multicast", "RFC 5771", UNANSWERED),
    v6(&[0xff00], 8, "Multicast", "RFC 4291 section 2.7", UNANSWERED),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn name(addr: &str) -> Option<&'static str> {
        lookup(addr.parse().unwrap()).map(|range| range.name)
    }

    /// The prefixes as the registries write them, so that a slip in an octet or a group of the tables shows.
    #[test]
    fn the_rows_are_the_registries() {
        let text = |rows: &mut dyn Iterator<Item = &'static Range>| {
            rows.map(|range| range.prefix.to_string()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            text(&mut ipv4()),
            "0.0.0.0/8 0.0.0.0/32 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 \
             192.0.0.0/29 192.0.0.8/32 192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 \
             192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.88.99.2/32 192.168.0.0/16 192.175.48.0/24 \
             198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32"
        );
        assert_eq!(
            text(&mut ipv6()),
            "::1/128 ::/128 ::ffff:0.0.0.0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 \
             2001:1::1/128 2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 \
             2001:20::/28 2001:30::/28 2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10"
        );
        assert_eq!(text(&mut multicast()), "224.0.0.0/4 ff00::/8");
        assert_eq!(all().count(), ipv4().count() + ipv6().count() + 2);
    }

    #[test]
    fn each_row_ends_where_it_ends() {
        for range in all() {
            let (addr, length) = (range.prefix.first(), range.prefix.length());
            let inside = |addr| {
                let found = lookup(addr).unwrap();
                assert!(
                    found.prefix.length() >= length && range.prefix.contains(found.prefix.first()),
                    "{range:?}: {found:?}"
                );
            };
            inside(addr);
            inside(range.prefix.last());
            let (before, after) = match (addr, range.prefix.last()) {
                (IpAddr::V4(first), IpAddr::V4(last)) => (
                    first.to_bits().checked_sub(1).map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits))),
                    last.to_bits().checked_add(1).map(|bits| IpAddr::from(Ipv4Addr::from_bits(bits))),
                ),
                (IpAddr::V6(first), IpAddr::V6(last)) => (
                    first.to_bits().checked_sub(1).map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits))),
                    last.to_bits().checked_add(1).map(|bits| IpAddr::from(Ipv6Addr::from_bits(bits))),
                ),
                mixed => panic!("{mixed:?}"),
            };
            for outside in [before, after].into_iter().flatten() {
                assert!(!range.prefix.contains(outside), "{range:?}: {outside}");
                assert_ne!(lookup(outside), Some(range));
            }
        }
    }

    #[test]
    fn prefixes_are_canonical_and_differ() {
        for range in all() {
            let (addr, length) = (range.prefix.first(), range.prefix.length());
            assert!(range.prefix.contains(addr), "host bits are set in {}", range.prefix);
            assert!(length <= if addr.is_ipv4() { 32 } else { 128 });
            assert_eq!(all().filter(|other| other.prefix == range.prefix).count(), 1, "{}", range.prefix);
        }
    }

    #[test]
    fn the_most_specific_wins() {
        for (addr, expected) in [
            ("0.0.0.0", "This host on this network"),
            ("0.0.0.1", "This network"),
            ("192.0.0.7", "IPv4 Service Continuity Prefix"),
            ("192.0.0.8", "IPv4 dummy address"),
            ("192.0.0.11", "IETF Protocol Assignments"),
            ("192.88.99.1", "Deprecated (6to4 Relay Anycast)"),
            ("192.88.99.2", "6a44-relay anycast address"),
            ("255.255.255.254", "Reserved"),
            ("255.255.255.255", "Limited Broadcast"),
            ("2001:0:1::", "TEREDO"),
            ("2001:1::", "IETF Protocol Assignments"),
            ("2001:1::3", "DNS-SD Service Registration Protocol Anycast"),
            ("::1", "Loopback Address"),
            ("::ffff:10.0.0.1", "IPv4-mapped Address"),
            ("239.255.255.250", "Multicast"),
            ("ff02::1", "Multicast"),
        ] {
            assert_eq!(name(addr), Some(expected), "{addr}");
        }
        for addr in ["1.1.1.1", "9.255.255.255", "128.0.0.1", "2606:4700::1", "::2", "fec0::1"] {
            assert_eq!(name(addr), None, "{addr}");
        }
    }

    /// ipcalc, sipcalc, subnetcalc, grepcidr, netmask and ip name none of these.
    #[test]
    fn what_other_tools_do_not_name() {
        for (addr, expected) in [
            ("100.64.0.1", "Shared Address Space"),
            ("192.0.2.1", "Documentation (TEST-NET-1)"),
            ("198.19.255.255", "Benchmarking"),
            ("192.88.99.1", "Deprecated (6to4 Relay Anycast)"),
            ("2001:db8::1", "Documentation"),
            ("3fff:fff::1", "Documentation"),
            ("64:ff9b::8.8.8.8", "IPv4-IPv6 Translat."),
            ("2002:c000:201::1", "6to4"),
            ("100::1", "Discard-Only Address Block"),
            ("5f00::1", "Segment Routing (SRv6) SIDs"),
        ] {
            assert_eq!(name(addr), Some(expected), "{addr}");
        }
    }

    /// The columns of one row of each kind, checked against the registry by hand.
    #[test]
    fn the_answers_are_the_registry_s() {
        for (addr, expected) in [
            ("0.0.0.0", [T, F, F, F, T]),
            ("10.0.0.1", [T, T, T, F, F]),
            ("127.0.0.1", [F, F, F, F, T]),
            ("169.254.1.1", [T, T, F, F, T]),
            ("192.0.0.8", [T, F, F, F, F]),
            ("192.0.0.9", [T, T, T, T, F]),
            ("192.0.2.1", [F, F, F, F, F]),
            ("192.88.99.1", [NONE; 5]),
            ("255.255.255.255", [F, T, F, F, T]),
            ("::", [T, F, F, F, T]),
            ("64:ff9b::1", [T, T, T, T, F]),
            ("64:ff9b:1::1", [T, T, T, F, F]),
            ("2001::1", [T, T, T, NONE, F]),
            ("fe80::1", [T, T, F, F, T]),
        ] {
            let range = lookup(addr.parse().unwrap()).unwrap();
            let found = [
                range.source,
                range.destination,
                range.forwardable,
                range.globally_reachable,
                range.reserved_by_protocol,
            ];
            assert_eq!(found, expected, "{addr}");
        }
    }

    /// RFC 6890 section 2.2.1: what is no valid destination is neither forwardable nor globally reachable.
    #[test]
    fn no_row_contradicts_itself() {
        for range in all() {
            assert!(range.destination != F || range.forwardable == F && range.globally_reachable == F, "{range:?}");
        }
    }
}
