//! Multicast: scopes, groups that are well known, and the link-layer addresses that they are sent to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_common::addr::{IpText, ipv6_scope};
use sockeye_common::prefix::Prefix;

use crate::mac::Mac;

/// ff02::1:ff00:0/104, in which each address has the group of its last 24 bits.
const SOLICITED_NODES: u128 = 0xff02 << 112 | 0x1_ff00_0000;

/// What a group's address says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Multicast {
    /// How far it reaches.
    pub scope: Option<&'static str>,
    /// Who is in it, if that is known to everybody.
    pub group: Option<&'static str>,
    /// What its flags say (IPv6): RFC 4291 section 2.7, RFC 3306, RFC 3956.
    pub flags: Vec<&'static str>,
    /// The network whose owner made the group up (IPv6 with P=1).
    pub unicast_prefix: Option<String>,
    /// Where the routers of the group meet (IPv6 with R=1).
    pub rendezvous_point: Option<String>,
    /// The link-layer address of its frames on an Ethernet.
    pub mac: String,
}

/// What the address of a group says; `None` if it is not that of a group.
pub fn of(addr: IpAddr) -> Option<Multicast> {
    let mac = mac(addr)?.to_string();
    Some(match addr {
        IpAddr::V4(addr) => Multicast {
            scope: Some(scope_v4(addr)),
            group: group_v4(addr),
            flags: Vec::new(),
            unicast_prefix: None,
            rendezvous_point: None,
            mac,
        },
        IpAddr::V6(addr) => Multicast {
            scope: ipv6_scope(addr),
            group: group_v6(addr),
            flags: flags(addr),
            unicast_prefix: unicast_prefix(addr).map(|prefix| prefix.to_string()),
            rendezvous_point: text(rendezvous_point(addr)),
            mac,
        },
    })
}

/// Where frames to a group go on an Ethernet; `None` if it is no group.
///
/// # Source
/// RFC 1112 section 6.4: the last 23 bits; RFC 2464 section 7: the last 32.
pub fn mac(addr: IpAddr) -> Option<Mac> {
    if !addr.is_multicast() {
        return None;
    }
    Some(match addr {
        IpAddr::V4(addr) => {
            let [_, b, c, d] = addr.octets();
            Mac([0x01, 0x00, 0x5e, b & 0x7f, c, d])
        }
        IpAddr::V6(addr) => {
            let [.., a, b, c, d] = addr.octets();
            Mac([0x33, 0x33, a, b, c, d])
        }
    })
}

/// The group to which neighbour solicitations for an address go: its last 24 bits behind ff02::1:ff00:0/104. `None` for what has no
/// neighbours: a group, the unspecified and the loopback address, and an IPv4-mapped one.
///
/// # Source
/// RFC 4291 section 2.7.1.
pub fn solicited_node(addr: Ipv6Addr) -> Option<Ipv6Addr> {
    let none = addr.is_multicast() || addr.is_unspecified() || addr.is_loopback() || addr.to_ipv4_mapped().is_some();
    (!none).then(|| Ipv6Addr::from_bits(SOLICITED_NODES | addr.to_bits() & 0xff_ffff))
}

/// How far a group of IPv4 reaches.
///
/// # Source
/// RFC 5771 section 4, RFC 2365 section 6.
fn scope_v4(addr: Ipv4Addr) -> &'static str {
    match addr.octets() {
        [224, 0, 0, _] => "Link-Local",
        [239, 255, ..] => "IPv4 Local Scope",
        [239, 192..=195, ..] => "Organization-Local",
        [239, ..] => "administratively scoped",
        [232, ..] => "Global, source-specific",
        _ => "Global",
    }
}

/// # Source
/// IANA, IPv4 Multicast Address Space Registry.
fn group_v4(addr: Ipv4Addr) -> Option<&'static str> {
    Some(match addr.octets() {
        [224, 0, 0, 1] => "all systems on this subnet",
        [224, 0, 0, 2] => "all routers on this subnet",
        [224, 0, 0, 4] => "DVMRP routers",
        [224, 0, 0, 5] => "OSPF routers",
        [224, 0, 0, 6] => "OSPF designated routers",
        [224, 0, 0, 9] => "RIP version 2 routers",
        [224, 0, 0, 10] => "EIGRP routers",
        [224, 0, 0, 12] => "DHCP servers and relay agents",
        [224, 0, 0, 13] => "PIM routers",
        [224, 0, 0, 18] => "VRRP",
        [224, 0, 0, 22] => "IGMP version 3",
        [224, 0, 0, 102] => "HSRP version 2, GLBP",
        [224, 0, 0, 107] => "PTP peer delay",
        [224, 0, 0, 251] => "multicast DNS",
        [224, 0, 0, 252] => "LLMNR",
        [224, 0, 1, 1] => "NTP",
        [224, 0, 1, 129..=132] => "PTP",
        [233, 252, 0, _] => "documentation (MCAST-TEST-NET, RFC 6676)",
        [239, 255, 255, 250] => "SSDP",
        [239, 255, 255, 253] => "SLP",
        _ => return None,
    })
}

/// # Source
/// IANA, IPv6 Multicast Address Space Registry: "variable scope" groups have any scope.
fn group_v6(addr: Ipv6Addr) -> Option<&'static str> {
    let [first, ..] = addr.segments();
    let bits = addr.to_bits();
    if bits >> 24 == SOLICITED_NODES >> 24 {
        return Some("solicited nodes: the neighbours whose address ends in these 24 bits");
    }
    if let [0xff00..=0xff0f, 0, 0, 0, 0, 0xdb8, ..] = addr.segments() {
        return Some("documentation (RFC 6676)");
    }
    if first & 0xfff0 != 0xff00 || bits << 16 >> 48 != 0 {
        return None;
    }
    let scope = first & 0xf;
    Some(match bits & 0xffff_ffff {
        1 if matches!(scope, 1 | 2) => "all nodes",
        2 if matches!(scope, 1 | 2 | 5) => "all routers",
        4 if scope == 2 => "DVMRP routers",
        5 if scope == 2 => "OSPF routers",
        6 if scope == 2 => "OSPF designated routers",
        9 if scope == 2 => "RIP routers",
        0xa if scope == 2 => "EIGRP routers",
        0xd if scope == 2 => "PIM routers",
        0x12 if scope == 2 => "VRRP",
        0x16 if scope == 2 => "MLD version 2 routers",
        0x1a if scope == 2 => "RPL nodes",
        0x6a if scope == 2 => "all snoopers",
        0x6b if scope == 2 => "PTP peer delay",
        0x1_0002 if scope == 2 => "DHCP relay agents and servers",
        0x1_0003 if scope == 2 => "LLMNR",
        0x1_0003 if scope == 5 => "DHCP servers",
        0xc => "SSDP",
        0xfb => "multicast DNS",
        0x101 => "NTP",
        0x181..=0x184 => "PTP",
        _ => return None,
    })
}

/// # Source
/// RFC 4291 section 2.7; RFC 3306 section 4 for P, RFC 3956 section 3 for R. RFC 4607 section 1: with P and no prefix it is a group of
/// one source.
fn flags(addr: Ipv6Addr) -> Vec<&'static str> {
    let [_, second, ..] = addr.octets();
    let mut said = vec![if second & 0x10 == 0 { "T=0: assigned by IANA" } else { "T=1: transient" }];
    if let [0xff30..=0xff3f, 0, 0, 0, 0, 0, ..] = addr.segments() {
        said.push("P=1 without a prefix: source-specific (RFC 4607)");
    } else if second & 0x20 != 0 {
        said.push("P=1: made of a unicast prefix");
    }
    if second & 0x40 != 0 {
        said.push("R=1: holds the address of its rendezvous point");
    }
    said
}

/// The network that a group is made of: its length in the fourth octet, its bits in the eight behind that.
///
/// # Source
/// RFC 3306 section 4. A length of 0 is that of a source-specific group, which has no network.
fn unicast_prefix(addr: Ipv6Addr) -> Option<Prefix> {
    let [_, second, _, length, ..] = addr.octets();
    let bits = addr.to_bits() << 32 & u128::from(u64::MAX) << 64;
    let made = second & 0x20 != 0 && (1..=64).contains(&length);
    made.then(|| Prefix::new(IpAddr::V6(Ipv6Addr::from_bits(bits)), length)).flatten()
}

/// The rendezvous point: that network, and at its end the low half of the third octet.
///
/// # Source
/// RFC 3956 section 3: the flags are 7, and the digit is not 0.
fn rendezvous_point(addr: Ipv6Addr) -> Option<Ipv6Addr> {
    let [_, second, third, ..] = addr.octets();
    let id = u128::from(third & 0xf);
    let IpAddr::V6(network) = unicast_prefix(addr)?.first() else { return None };
    (second & 0x70 == 0x70 && id != 0).then(|| Ipv6Addr::from_bits(network.to_bits() | id))
}

/// The text of an address for which there is one: `ff02::1:ff00:1`.
pub fn text(addr: Option<Ipv6Addr>) -> Option<String> {
    addr.map(|addr| IpText(IpAddr::V6(addr)).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn multicast(text: &str) -> Multicast {
        of(text.parse().unwrap()).unwrap()
    }

    #[test]
    fn groups_scopes_and_frames() {
        for (addr, scope, group, mac) in [
            ("224.0.0.1", Some("Link-Local"), Some("all systems on this subnet"), "01:00:5e:00:00:01"),
            ("239.255.255.250", Some("IPv4 Local Scope"), Some("SSDP"), "01:00:5e:7f:ff:fa"),
            // IANA: the next one after the peer delay of PTP is Saratoga's.
            ("224.0.0.107", Some("Link-Local"), Some("PTP peer delay"), "01:00:5e:00:00:6b"),
            ("224.0.0.108", Some("Link-Local"), None, "01:00:5e:00:00:6c"),
            // RFC 1112: the highest bit of the second octet is lost.
            ("224.128.0.1", Some("Global"), None, "01:00:5e:00:00:01"),
            ("ff02::1", Some("Link-Local"), Some("all nodes"), "33:33:00:00:00:01"),
            ("ff05::2", Some("Site-Local"), Some("all routers"), "33:33:00:00:00:02"),
            ("ff05::1", Some("Site-Local"), None, "33:33:00:00:00:01"),
            ("ff0e::101", Some("Global"), Some("NTP"), "33:33:00:00:01:01"),
            ("ff02::1:2", Some("Link-Local"), Some("DHCP relay agents and servers"), "33:33:00:01:00:02"),
            ("ff02::fb", Some("Link-Local"), Some("multicast DNS"), "33:33:00:00:00:fb"),
            ("ff00::1", None, None, "33:33:00:00:00:01"),
        ] {
            let found = multicast(addr);
            assert_eq!((found.scope, found.group, found.mac.as_str()), (scope, group, mac), "{addr}");
        }
        assert!(multicast("ff02::1:ff28:9c5a").group.unwrap().contains("solicited"));
        assert_eq!(multicast("ff02::1").flags, ["T=0: assigned by IANA"]);
        assert_eq!(multicast("ff7e:140:2001:db8::1").flags.len(), 3);
        assert_eq!(of("10.0.0.1".parse().unwrap()), None);
        // The network 2001:db8:beef:feed::/64, whose length is 0x40, with 1 for the rendezvous point.
        let found = multicast("ff7e:140:2001:db8:beef:feed:0:1");
        assert_eq!(found.unicast_prefix.as_deref(), Some("2001:db8:beef:feed::/64"));
        assert_eq!(found.rendezvous_point.as_deref(), Some("2001:db8:beef:feed::1"));
        // A group of 3ffe:ffff:1::/48, whose length is 0x30, and a source-specific one.
        let found = multicast("ff3e:30:3ffe:ffff:1::1");
        assert_eq!((found.unicast_prefix.as_deref(), found.rendezvous_point), (Some("3ffe:ffff:1::/48"), None));
        assert_eq!(multicast("ff3e::1").unicast_prefix, None);
        assert!(multicast("ff3e::8000:1").flags[1].contains("source-specific"));
        assert!(multicast("ff3e:30:3ffe:ffff:1::1").flags[1].contains("made of a unicast prefix"));
        for text in ["233.252.0.1", "ff0e::db8:0:1"] {
            assert!(multicast(text).group.unwrap().contains("RFC 6676"), "{text}");
        }
        assert_eq!((multicast("233.252.1.1").group, multicast("ff0e::db9:0:1").group), (None, None));
    }

    #[test]
    fn the_example_of_rfc_4291() {
        // RFC 4291 section 2.7.1.
        let addr = "4037::01:800:200e:8c6c".parse().unwrap();
        assert_eq!(text(solicited_node(addr)).unwrap(), "ff02::1:ff0e:8c6c");
        for text in ["::", "::1", "ff02::1", "::ffff:1.2.3.4"] {
            assert_eq!(solicited_node(text.parse().unwrap()), None, "{text}");
        }
    }
}
