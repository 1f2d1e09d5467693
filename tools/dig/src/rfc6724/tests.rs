use proptest::prelude::*;

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn from(addr: &str) -> Source {
    let addr = ip(addr);
    let prefix_length = if addr.is_ipv4() { 24 } else { 64 };
    Source { addr, prefix_length, index: Some(1), deprecated: false, home: false, tunnel: false }
}

fn to(addr: &str, source: &str) -> Destination {
    Destination { addr: ip(addr), source: Some(from(source)) }
}

/// `first` comes first, in whichever order they were found, by that rule.
fn first_by(policy: &Policy, first: Destination, second: Destination, rule: Rule) {
    assert_eq!(compare(policy, &first, &second), (Ordering::Less, rule), "{first:?} {second:?}");
    assert_eq!(compare(policy, &second, &first), (Ordering::Greater, rule));
    for found in [[first, second], [second, first]] {
        assert_eq!(sorted(policy, &found), [first, second]);
    }
    assert!(rule.reason(policy, &first, &second).contains(&second.addr.to_string()), "{rule:?}");
}

/// RFC 6724 section 10.2, in its order. glibc agrees on all of them.
#[test]
fn the_examples_of_section_10_2() {
    let deprecated = |mut destination: Destination| {
        destination.source.as_mut().unwrap().deprecated = true;
        destination
    };
    let home = |mut destination: Destination| {
        destination.source.as_mut().unwrap().home = true;
        destination
    };
    for policy in [Policy::rfc6724(), Policy::glibc()] {
        for (first, second, rule) in [
            (to("2001:db8:1::1", "2001:db8:1::2"), to("198.51.100.121", "169.254.13.78"), Rule::MatchingScope),
            (to("198.51.100.121", "198.51.100.117"), to("2001:db8:1::1", "fe80::1"), Rule::MatchingScope),
            (to("2001:db8:1::1", "2001:db8:1::2"), to("10.1.2.3", "10.1.2.4"), Rule::HigherPrecedence),
            (to("fe80::1", "fe80::2"), to("2001:db8:1::1", "2001:db8:1::2"), Rule::SmallerScope),
            (home(to("2001:db8:1::1", "2001:db8:3::1")), to("fe80::1", "fe80::2"), Rule::HomeAddress),
            (to("2001:db8:1::1", "2001:db8:1::2"), deprecated(to("fe80::1", "fe80::2")), Rule::AvoidDeprecated),
            (to("2001:db8:1::1", "2001:db8:1::2"), to("2001:db8:3ffe::1", "2001:db8:3f44::2"), Rule::LongestPrefix),
            (
                to("2002:c633:6401::1", "2002:c633:6401::2"),
                to("2001:db8:1::1", "2002:c633:6401::2"),
                Rule::MatchingLabel,
            ),
            (
                to("2001:db8:1::1", "2001:db8:1::2"),
                to("2002:c633:6401::1", "2002:c633:6401::2"),
                Rule::HigherPrecedence,
            ),
        ] {
            first_by(&policy, first, second, rule);
        }
    }
}

/// RFC 6724 section 10.3: a table that prefers IPv4 changes the third example and neither of the first two.
#[test]
fn the_examples_of_section_10_3() {
    let policy = crate::gai_conf::parse("precedence ::ffff:0:0/96 100\n", Policy::rfc6724()).policy;
    first_by(&policy, to("2001:db8:1::1", "2001:db8:1::2"), to("198.51.100.121", "169.254.13.78"), Rule::MatchingScope);
    first_by(&policy, to("198.51.100.121", "198.51.100.117"), to("2001:db8:1::1", "fe80::1"), Rule::MatchingScope);
    first_by(&policy, to("10.1.2.3", "10.1.2.4"), to("2001:db8:1::1", "2001:db8:1::2"), Rule::HigherPrecedence);
}

#[test]
fn without_a_source_a_destination_is_last() {
    let nowhere = Destination { addr: ip("2001:db8::1"), source: None };
    first_by(&Policy::rfc6724(), to("192.0.2.1", "192.0.2.2"), nowhere, Rule::AvoidUnusable);
    // Two without: precedence and scope still count.
    let other = Destination { addr: ip("192.0.2.1"), source: None };
    first_by(&Policy::glibc(), nowhere, other, Rule::HigherPrecedence);
}

#[test]
fn a_tunnel_is_avoided_and_one_interface_is_one_transport() {
    let mut tunnelled = to("2001:db8:1::1", "2001:db8:1::2");
    tunnelled.source.as_mut().unwrap().tunnel = true;
    let native = to("2001:db8:2::1", "2001:db8:2::2");
    assert_eq!(compare(&Policy::glibc(), &native, &tunnelled).1, Rule::Unchanged);
    tunnelled.source.as_mut().unwrap().index = Some(2);
    first_by(&Policy::glibc(), native, tunnelled, Rule::NativeTransport);
}

/// Where glibc's table is older than the RFC's: unique local addresses.
#[test]
fn glibc_tries_unique_local_addresses_before_ipv4() {
    let (unique, v4) = (to("fd00::1", "fd00::2"), to("192.0.2.1", "192.0.2.2"));
    first_by(&Policy::glibc(), unique, v4, Rule::HigherPrecedence);
    first_by(&Policy::rfc6724(), v4, unique, Rule::HigherPrecedence);
}

#[test]
fn a_longest_prefix_of_ipv4_counts_only_within_the_subnet() {
    let (near, far) = (to("10.1.2.3", "10.1.2.4"), to("10.1.9.9", "10.1.2.4"));
    first_by(&Policy::glibc(), near, far, Rule::LongestPrefix);
    // Without its length nothing is within it.
    let unknown = |mut destination: Destination| {
        destination.source.as_mut().unwrap().prefix_length = 0;
        destination
    };
    assert_eq!(compare(&Policy::glibc(), &unknown(near), &unknown(far)).1, Rule::Unchanged);
    // 20 bits against 16, but neither is in the subnet.
    let (nearer, farther) = (to("10.1.9.9", "10.1.2.4"), to("10.9.9.9", "10.1.2.4"));
    assert_eq!(compare(&Policy::glibc(), &nearer, &farther).1, Rule::Unchanged);
    first_by(&Policy::rfc6724(), nearer, farther, Rule::LongestPrefix);
}

#[test]
fn scopes() {
    for (addr, scope) in [
        ("::1", Scope::LINK_LOCAL),
        ("fe80::1", Scope::LINK_LOCAL),
        ("fec0::1", Scope::SITE_LOCAL),
        ("fd00::1", Scope::GLOBAL),
        ("ff05::2", Scope(5)),
        ("ff0e::1", Scope::GLOBAL),
        ("127.0.0.1", Scope::LINK_LOCAL),
        ("169.254.1.1", Scope::LINK_LOCAL),
        ("10.0.0.1", Scope::GLOBAL),
    ] {
        assert_eq!(Policy::rfc6724().scope(ip(addr)), scope, "{addr}");
        assert_eq!(Policy::glibc().scope(ip(addr)), scope, "{addr}");
    }
    assert_eq!(Policy::rfc6724().scope(ip("::ffff:127.0.0.1")), Scope::LINK_LOCAL);
    assert_eq!(Policy::glibc().scope(ip("::ffff:127.0.0.1")), Scope::GLOBAL);
}

#[test]
fn every_rule_has_its_number() {
    assert_eq!(RULES.map(Rule::number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

/// Addresses that differ where the tables look.
fn addr() -> impl Strategy<Value = IpAddr> {
    let v6 = (
        prop::sample::select(vec![0x2001_0db8_u32, 0x2002_c000, 0x2001_0000, 0xfc00_0000, 0xfe80_0000, 0xfec0_0000, 0]),
        0..4_u32,
        0..4_u64,
    );
    prop_oneof![
        v6.prop_map(|(high, middle, low)| {
            IpAddr::from(Ipv6Addr::from_bits(u128::from(high) << 96 | u128::from(middle) << 64 | u128::from(low)))
        }),
        (prop::sample::select(vec![10_u8, 127, 169, 192]), 0..3_u8, 0..3_u8).prop_map(|(a, c, d)| IpAddr::from([
            a,
            if a == 169 { 254 } else { 0 },
            c,
            d
        ])),
    ]
}

fn destination() -> impl Strategy<Value = Destination> {
    let source = (addr(), any::<[bool; 3]>(), 1..3_u32, prop::sample::select(vec![8_u8, 24, 64, 128]));
    (addr(), prop::option::weighted(0.8, source)).prop_map(|(addr, source)| {
        let source = source.filter(|source| source.0.is_ipv4() == addr.is_ipv4());
        let source = source.map(|(from, [deprecated, home, tunnel], index, length)| Source {
            addr: from,
            prefix_length: if from.is_ipv4() { length.min(32) } else { length },
            index: Some(index),
            deprecated,
            home,
            // As of interfaces: the same index, the same transport.
            tunnel: tunnel && index == 2,
        });
        Destination { addr, source }
    })
}

/// With every interface either a tunnel or not.
fn destinations() -> impl Strategy<Value = Vec<Destination>> {
    (prop::collection::vec(destination(), 0..8), any::<bool>()).prop_map(|(mut all, tunnel)| {
        for source in all.iter_mut().filter_map(|destination| destination.source.as_mut()) {
            source.tunnel = tunnel && source.index == Some(2);
        }
        all
    })
}

proptest! {
    /// Under the default tables no IPv4 address ties with an IPv6 one, and the rules make a total preorder.
    #[test]
    fn the_rules_contradict_themselves_nowhere(all in destinations(), glibc: bool) {
        let policy = if glibc { Policy::glibc() } else { Policy::rfc6724() };
        for a in &all {
            prop_assert_eq!(compare(&policy, a, a).0, Ordering::Equal);
            for b in &all {
                let (ordering, rule) = compare(&policy, a, b);
                prop_assert_eq!(compare(&policy, b, a), (ordering.reverse(), rule));
                for c in &all {
                    let not_after = |a, b| compare(&policy, a, b).0 != Ordering::Greater;
                    prop_assert!(!(not_after(a, b) && not_after(b, c)) || not_after(a, c), "{:?} {:?} {:?}", a, b, c);
                }
            }
        }
    }

    /// Sorting is stable, loses nothing, and leaves no pair the wrong way round.
    #[test]
    fn sorting_sorts(all in destinations(), glibc: bool) {
        let policy = if glibc { Policy::glibc() } else { Policy::rfc6724() };
        let done = sorted(&policy, &all);
        prop_assert_eq!(done.len(), all.len());
        for (index, a) in done.iter().enumerate() {
            prop_assert!(done[index..].iter().all(|b| compare(&policy, a, b).0 != Ordering::Greater));
        }
        let mut oracle = all;
        oracle.sort_by(|a, b| compare(&policy, a, b).0);
        prop_assert_eq!(done, oracle);
    }

    /// Whatever gai.conf says, sorting ends and loses nothing.
    #[test]
    fn any_table_sorts(all in destinations(), rows in prop::collection::vec((addr(), 0..129_u8, 0..4_u32), 0..6)) {
        let line = |(addr, length, value): &(IpAddr, u8, u32)| format!("precedence {addr}/{length} {value}\n");
        let text: String = rows.iter().map(line).collect();
        let policy = crate::gai_conf::parse(&text, Policy::glibc()).policy;
        prop_assert_eq!(sorted(&policy, &all).len(), all.len());
    }
}
