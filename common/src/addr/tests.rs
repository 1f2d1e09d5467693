use proptest::prelude::*;

use super::*;

fn v6(text: &str) -> Host {
    Host::V6 { addr: text.parse().unwrap(), zone: None }
}

fn zoned(text: &str, zone: &str) -> Host {
    Host::V6 { addr: text.parse().unwrap(), zone: Some(Zone(zone.to_owned())) }
}

fn named(text: &str) -> Host {
    Host::Name(text.to_owned())
}

#[test]
fn what_people_write() {
    let v4 = || Host::V4(Ipv4Addr::new(10, 0, 0, 1));
    let number = |port| Some(Service::Number(port));
    let service = |name: &str| Some(Service::Name(name.to_owned()));
    for (text, host, port) in [
        ("10.0.0.1", v4(), None),
        ("10.0.0.1:5000", v4(), number(5000)),
        ("10.0.0.1:http", v4(), service("http")),
        ("10.0.0.1:0", v4(), number(0)),
        ("10.0.0.1:00080", v4(), number(80)),
        ("::", v6("::"), None),
        ("::1", v6("::1"), None),
        ("2001:db8::1:8080", v6("2001:db8::1:8080"), None),
        ("fe80::1%eth0", zoned("fe80::1", "eth0"), None),
        ("fe80::1%2", zoned("fe80::1", "2"), None),
        ("[::1]", v6("::1"), None),
        ("[::1]:80", v6("::1"), number(80)),
        ("[fe80::1%eth0]:ssh", zoned("fe80::1", "eth0"), service("ssh")),
        ("[::ffff:192.0.2.1]:53", v6("::ffff:c000:201"), number(53)),
        ("[FE80::A]:65535", v6("fe80::a"), number(65535)),
        ("localhost", named("localhost"), None),
        ("localhost:3com-tsmux", named("localhost"), service("3com-tsmux")),
        ("_dns.example.com.:whois++", named("_dns.example.com."), service("whois++")),
        ("r3---sn-4g5e.example:443", named("r3---sn-4g5e.example"), number(443)),
        ("1.2.3.4.example", named("1.2.3.4.example"), None),
        ("bücher.example:80", named("bücher.example"), number(80)),
        ("0xyz", named("0xyz"), None),
    ] {
        assert_eq!(text.parse(), Ok(Endpoint { host, port }), "{text:?}");
    }
}

#[test]
fn a_host_has_no_port() {
    assert_eq!("::1".parse(), Ok(v6("::1")));
    assert_eq!("[fe80::1%lo]".parse(), Ok(zoned("fe80::1", "lo")));
    assert_eq!("example.com".parse(), Ok(named("example.com")));
    for text in ["example.com:80", "10.0.0.1:80", "[::1]:80"] {
        let error = text.parse::<Host>().unwrap_err();
        assert_eq!(error.fault, Fault::PortNotWanted, "{text:?}");
        assert_eq!(text.chars().nth(error.position), Some(':'), "{text:?}");
    }
}

#[test]
fn each_refusal_says_why() {
    let long = "a".repeat(64);
    let longer = format!("{}x", "abc.".repeat(63)); // 253 characters
    assert_eq!(longer.len(), 253);
    assert_eq!(longer.parse(), Ok(named(&longer)));
    assert_eq!(format!("{longer}.").parse(), Ok(named(&format!("{longer}."))));
    for (text, words) in [
        ("", "the host is missing"),
        (":80", "the host is missing"),
        ("host:", "the port is missing"),
        ("[::1]:", "the port is missing"),
        ("[]:80", "the host is missing"),
        ("fe80::1%", "the zone is missing"),
        ("10.0.0.256:5000", "256 is more than an octet holds"),
        ("1.2.3.99999999999", "99999999999 is more than an octet holds"),
        ("010.0.0.1", "010 has a leading zero, which some read as octal and some as decimal"),
        ("1.2.3", "not a dotted quad: 3 numbers instead of four (inet_aton reads 1.2.0.3)"),
        ("1.2.3.4.5", "not a dotted quad: 5 numbers instead of four"),
        ("5000", "not a dotted quad: one number instead of four (inet_aton reads 0.0.19.136)"),
        ("0x7f.1:80", "not a dotted quad: 2 numbers instead of four (inet_aton reads 127.0.0.1)"),
        ("0x7f.0.0.1", "not a dotted quad: its numbers are not all decimal (inet_aton reads 127.0.0.1)"),
        ("1..2.3", "not a dotted quad: a number is missing at position 3"),
        ("1.2.3.4.", "not a dotted quad: a number is missing at position 9"),
        ("10.0.0.1:70000", "70000 is more than a port holds (65535)"),
        ("10.0.0.1:-1", "\"-1\" is neither a port number nor a service name"),
        ("10.0.0.1:+80", "\"+80\" is neither a port number nor a service name"),
        ("10.0.0.1:8 0", "' ' at position 11 cannot be part of a port"),
        ("host:80/tcp", "'/' at position 8 cannot be part of a port"),
        ("a b", "' ' at position 2 cannot be part of a host"),
        ("10.0.0.0/8", "'/' at position 9 cannot be part of a host"),
        ("a\u{1b}[31m", "'\\x1b' at position 2 cannot be part of a host"),
        ("-l", "a host name does not begin with a hyphen"),
        ("a..b", "a label is missing at position 3"),
        (".a", "a label is missing at position 1"),
        (&long, "the label at position 1 has 64 characters, and 63 are allowed"),
        (&format!("{longer}y"), "the host at position 1 has 254 characters, and 253 are allowed"),
        ("10.0.0.1%eth0", "only an IPv6 address has a zone, and \"%\" is at position 9"),
        ("fe80::1%a/b", "'/' at position 10 cannot be part of a zone"),
        ("fe80::1%25eth0%", "'%' at position 15 cannot be part of a zone"),
        ("fe80::1%sixteen-octets-0", "the zone at position 9 has 16 characters, and 15 are allowed"),
        ("[::1", "\"[\" has no \"]\""),
        ("[10.0.0.1]:80", "only an IPv6 address stands in brackets"),
        ("[example]:80", "only an IPv6 address stands in brackets"),
        ("[::1]80", "\":\" and a port, or nothing, must follow \"]\" at position 6"),
        ("host:80:90", "two colons or more make an IPv6 address, and 'h' at position 1 cannot be part of one"),
        ("[::g]", "'g' at position 4 cannot be part of an IPv6 address"),
        (".", "a label is missing at position 1"),
        ("...", "a label is missing at position 1"),
        ("1:2:3:4:5:6:7:8:80", "9 groups where an IPv6 address has eight; write [1:2:3:4:5:6:7:8]:80"),
        ("2001:db8::1:http", "'h' at position 13 cannot be part of an IPv6 address; write [2001:db8::1]:http"),
        (":::80", "\"::\" at position 2 is the second, and an address has one; write [::]:80"),
        ("fe80::1%eth0:80", "':' at position 13 cannot be part of a zone; write [fe80::1%eth0]:80"),
        ("1:2:3:4:5:6:7", "7 groups and no \"::\" where an IPv6 address has eight"),
        (
            "1:2:3:4::5:6:7:8",
            "8 groups and \"::\" are more than the eight of an IPv6 address; write [1:2:3:4::5:6:7]:8",
        ),
        ("1::2::3", "\"::\" at position 5 is the second, and an address has one"),
        ("2001:0db80::1", "0db80 has more than the four digits of an IPv6 group"),
        (":1::", "a group is missing at the colon at position 1"),
        ("1::2:", "a group is missing at the colon at position 5"),
        ("::1.2.3.256", "256 is more than an octet holds"),
        ("::1.2.3.4:5", "the dotted quad at position 3 is not the end of the address; write [::1.2.3.4]:5"),
    ] {
        let error = text.parse::<Endpoint>().unwrap_err();
        assert_eq!(error.to_string(), words, "{text:?}");
        assert!(error.position <= text.chars().count(), "{text:?}");
    }
}

#[test]
fn a_position_is_where_the_fault_is() {
    for (text, position) in
        [("10.0.0.256:5000", 7), ("[::1]:x y", 7), ("[::g]:80", 3), ("é é", 1), ("[fe80::1%a/b]:1", 10)]
    {
        assert_eq!(text.parse::<Endpoint>().unwrap_err().position, position, "{text:?}");
    }
}

#[test]
fn numeric_needs_numbers_everywhere() {
    let numeric = |text: &str| text.parse::<Endpoint>().unwrap().numeric();
    assert_eq!(numeric("10.0.0.1:80"), Some("10.0.0.1:80".parse().unwrap()));
    assert_eq!(numeric("[fe80::1%7]:80"), Some("[fe80::1%7]:80".parse().unwrap()));
    for text in ["10.0.0.1", "10.0.0.1:http", "[fe80::1%eth0]:80", "[fe80::1%99999999999]:80", "localhost:80", "::1"] {
        assert_eq!(numeric(text), None, "{text:?}");
    }
}

#[test]
fn rfc_5952_text() {
    for (source, text, canonical) in [
        ("4.1 leading zeros", "2001:0db8::0001", "2001:db8::1"),
        ("4.1 a zero group is 0", "2001:db8:0:1:0000:1:1:1", "2001:db8:0:1:0:1:1:1"),
        ("4.2.1 as much as possible", "2001:db8:0:0:0:0:2:1", "2001:db8::2:1"),
        ("4.2.1 both ends of the run", "2001:db8::0:1", "2001:db8::1"),
        ("4.2.2 not one group alone", "2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
        ("4.2.3 the longest run", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
        ("4.2.3 the first of equals", "2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("4.3 lower case", "2001:DB8::ABCD:EF", "2001:db8::abcd:ef"),
        ("5 IPv4-mapped", "::ffff:c000:201", "::ffff:192.0.2.1"),
        ("5 IPv4-mapped, nothing in it", "::ffff:0:0", "::ffff:0.0.0.0"),
        ("5 IPv4-compatible", "::c000:201", "::192.0.2.1"),
        ("5 the least that looks compatible", "::1:0", "::0.1.0.0"),
        ("RFC 4291 2.5.3 loopback", "0:0:0:0:0:0:0:1", "::1"),
        ("RFC 4291 2.5.2 unspecified", "0:0:0:0:0:0:0:0", "::"),
        ("inet_ntop: one group", "::ffff", "::ffff"),
        ("inet_ntop: IPv4-translated stays hexadecimal", "::ffff:0:192.0.2.1", "::ffff:0:c000:201"),
        ("inet_ntop: NAT64 stays hexadecimal", "64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
        ("inet_ntop: a run at the end", "1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
        ("inet_ntop: eight groups", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
    ] {
        let addr: Ipv6Addr = text.parse().unwrap();
        assert_eq!(IpText(IpAddr::V6(addr)).to_string(), canonical, "{source}");
        assert_eq!(canonical.parse(), Ok(addr), "{source}");
    }
    assert_eq!(
        format!("{:>5}|{:<12}|", IpText("::1".parse().unwrap()), IpText("10.0.0.1".parse().unwrap())),
        "  ::1|10.0.0.1    |"
    );
}

#[test]
fn brackets_only_with_a_port() {
    for (text, canonical) in [
        ("[::1]", "::1"),
        ("[::1]:80", "[::1]:80"),
        ("[FE80::1%eth0]", "fe80::1%eth0"),
        ("10.0.0.1:080", "10.0.0.1:80"),
    ] {
        assert_eq!(text.parse::<Endpoint>().unwrap().to_string(), canonical);
    }
}

#[test]
fn inet_aton_as_glibc_reads_it() {
    // Recorded from Python's socket.inet_aton on glibc 2.36.
    for (text, addr) in [
        ("127.1", Some([127, 0, 0, 1])),
        ("127.0.1", Some([127, 0, 0, 1])),
        ("2130706433", Some([127, 0, 0, 1])),
        ("0x7f.1", Some([127, 0, 0, 1])),
        ("0X7F000001", Some([127, 0, 0, 1])),
        ("010.0.0.1", Some([8, 0, 0, 1])),
        ("1.65535", Some([1, 0, 255, 255])),
        ("1.16777215", Some([1, 255, 255, 255])),
        ("4294967295", Some([255, 255, 255, 255])),
        ("0", Some([0, 0, 0, 0])),
        ("1.16777216", None),
        ("4294967296", None),
        ("1.2.3.4.5", None),
        ("08", None),
        ("0x", None),
        ("+1", None),
        ("1.", None),
        ("", None),
    ] {
        assert_eq!(inet_aton(text), addr.map(Ipv4Addr::from), "{text:?}");
    }
}

#[test]
fn scopes_by_name() {
    for (addr, scope) in [
        ("::", None),
        ("::1", Some("Link-Local")),
        ("fe80::1", Some("Link-Local")),
        ("febf::1", Some("Link-Local")),
        ("fec0::1", Some("Site-Local")),
        ("fd00::1", Some("Global")),
        ("2001:db8::1", Some("Global")),
        ("ff00::1", None),
        ("ff01::1", Some("Interface-Local")),
        ("ff02::1:ff00:1", Some("Link-Local")),
        ("ff33::1", Some("Realm-Local")),
        ("ff04::1", Some("Admin-Local")),
        ("ff05::2", Some("Site-Local")),
        ("ff08::1", Some("Organization-Local")),
        ("ff3e::1", Some("Global")),
        ("ff0f::1", None),
    ] {
        assert_eq!(ipv6_scope(addr.parse().unwrap()), scope, "{addr}");
    }
    assert_eq!(mapped_v4("::ffff:10.0.0.1".parse().unwrap()), Some(Ipv4Addr::new(10, 0, 0, 1)));
    assert_eq!(mapped_v4("::10.0.0.1".parse().unwrap()), None);
}

fn any_host() -> impl Strategy<Value = Host> {
    let zone = proptest::option::of("[a-z0-9._-]{1,15}".prop_map(Zone));
    prop_oneof![
        any::<Ipv4Addr>().prop_map(Host::V4),
        (any_v6(), zone).prop_map(|(addr, zone)| Host::V6 { addr, zone }),
        "[a-zé][a-zA-Z0-9_é-]{0,30}(\\.[a-z0-9-]{1,20}){0,3}\\.?".prop_map(Host::Name),
    ]
}

/// Addresses with runs of zeros, as real ones have.
fn any_v6() -> impl Strategy<Value = Ipv6Addr> {
    (any::<u128>(), any::<u8>()).prop_map(|(bits, keep)| {
        let groups = Ipv6Addr::from_bits(bits).segments();
        let mut kept = [0; 8];
        for (index, group) in groups.into_iter().enumerate() {
            kept[index] = if keep >> index & 1 == 1 { group } else { 0 };
        }
        Ipv6Addr::from(kept)
    })
}

fn any_endpoint() -> impl Strategy<Value = Endpoint> {
    let port = prop_oneof![any::<u16>().prop_map(Service::Number), "[a-z][a-z0-9+_.*-]{0,30}".prop_map(Service::Name),];
    (any_host(), proptest::option::of(port)).prop_map(|(host, port)| Endpoint { host, port })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(endpoint in any_endpoint()) {
        prop_assert_eq!(endpoint.to_string().parse(), Ok(endpoint.clone()));
        prop_assert_eq!(endpoint.host.to_string().parse(), Ok(endpoint.host));
    }

    #[test]
    fn socket_addresses_survive(addr: SocketAddr, bits in any_v6(), scope: u32) {
        let scoped = SocketAddr::V6(SocketAddrV6::new(bits, addr.port(), 0, scope));
        prop_assert_eq!(Endpoint::from(scoped).numeric(), Some(scoped));
        prop_assert_eq!(Endpoint::from(scoped).to_string().parse::<Endpoint>().unwrap().numeric(), Some(scoped));
        prop_assert_eq!(Endpoint::from(addr).numeric().map(|found| found.ip()), Some(addr.ip()));
        prop_assert_eq!(Host::from(addr.ip()).ip(), Some(addr.ip()));
    }

    #[test]
    fn text_differs_from_the_standard_library_only_where_it_must(addr in any_v6()) {
        let compatible = (0x1_0000..=0xffff_ffff).contains(&addr.to_bits());
        prop_assert_eq!(IpText(IpAddr::V6(addr)).to_string() != addr.to_string(), compatible);
    }

    #[test]
    fn no_text_panics(text: String, near in "[0-9a-fx:.%\\[\\]é-]{0,24}") {
        for text in [text, near] {
            let read = text.parse::<Endpoint>();
            if let Err(error) = &read {
                prop_assert!(error.position <= text.chars().count());
                prop_assert!(!error.to_string().contains(char::is_control));
                if let Some(instead) = &error.instead {
                    prop_assert!(instead.parse::<Endpoint>().is_ok(), "{}", instead);
                }
            }
            if let Ok(endpoint) = read {
                prop_assert_eq!(endpoint.to_string().parse(), Ok(endpoint));
            }
            let _ = (text.parse::<Host>(), text.parse::<Service>(), text.parse::<Zone>(), inet_aton(&text));
        }
    }
}
