use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

/// What getsockname(2) returned on Linux 6.18, x86-64, in octets with their length, and how that reads.
#[cfg(target_endian = "little")]
const RECORDED: &[(&str, &str, &str)] = &[
    ("bound to loopback, port 28080, sin_zero filled with aa", "02006db07f0000010000000000000000", "127.0.0.1:28080"),
    (
        "bound to ::1, port 28080, with scope id 7, which the kernel drops for an address without scope",
        "0a006db0000000000000000000000000000000000000000100000000",
        "[::1]:28080",
    ),
    (
        "bound to fe80::1 on the third interface, port 28081",
        "0a006db100000000fe80000000000000000000000000000103000000",
        "[fe80::1%3]:28081",
    ),
    ("not bound", "0100", "(unnamed)"),
    ("bound with a length of 2: the kernel finds an abstract name", "0100003335623666", "@35b6f"),
    ("bound to sock with a length of 110", "0100736f636b00", "sock"),
    ("bound to sock2 with a length of 7, without the NUL", "0100736f636b3200", "sock2"),
    ("bound to an abstract name with a NUL inside", "0100006e61006d65", "@na\\x00me"),
    ("AF_NETLINK, not bound", "100000000000000000000000", "AF_NETLINK = 16: 00 00 00 00 00 00 00 00 00 00"),
];

#[cfg(target_endian = "little")]
#[test]
fn what_the_kernel_returned() {
    for (what, octets, text) in RECORDED {
        let octets = hex::decode(octets).unwrap();
        let parsed = Sockaddr::parse(&octets).unwrap();
        assert_eq!(parsed.to_string(), *text, "{what}");
        assert_eq!(parsed.emit(), octets, "{what}");
    }
}

/// getsockname(2) returned 111 octets after a bind to a path of 108 times `p`.
#[test]
fn the_longest_path_comes_back_longer_than_the_structure() {
    let path = [b'p'; SUN_PATH_LEN];
    let bound = Sockaddr::from(SockaddrUn::pathname(&path).unwrap()).emit();
    assert_eq!(bound.len(), SOCKADDR_UN_LEN);
    let returned = [bound.as_slice(), &[0]].concat();
    let parsed = Sockaddr::parse(&returned).unwrap();
    assert_eq!(parsed.to_string(), "p".repeat(SUN_PATH_LEN));
    assert_eq!(parsed.emit(), returned);
    for wrong in [[bound.as_slice(), b"p"].concat(), [returned.as_slice(), &[0]].concat()] {
        let found = wrong.len();
        assert_eq!(
            Sockaddr::parse(&wrong),
            Err(SockaddrError::TooLong { structure: "sockaddr_un", expected: SOCKADDR_UN_LEN, found })
        );
    }
}

fn rows(addr: &Sockaddr) -> Vec<(&'static str, usize, String, String)> {
    addr.fields()
        .into_iter()
        .map(|field| (field.name, field.offset, hex::spaced(&field.octets), field.meaning))
        .collect()
}

#[cfg(target_endian = "little")]
#[test]
fn fields_by_their_names_in_c() {
    let row = |name, offset, octets: &str, meaning: &str| (name, offset, octets.to_owned(), meaning.to_owned());
    let parsed: SocketAddr = "127.0.0.1:8080".parse().unwrap();
    assert_eq!(
        rows(&parsed.into()),
        [
            row("sin_family", 0, "02 00", "AF_INET = 2 (host order, little-endian)"),
            row("sin_port", 2, "1f 90", "8080 (network order)"),
            row("sin_addr", 4, "7f 00 00 01", "127.0.0.1 (network order)"),
            row("sin_zero", 8, "00 00 00 00 00 00 00 00", "padding"),
        ]
    );
    let v6 = Sockaddr::V6(SockaddrIn6 {
        port: htons(53),
        flowinfo: crate::order::htonl(0x0ab1_2345),
        addr: "fe80::1".parse().unwrap(),
        scope_id: 3,
    });
    assert_eq!(
        rows(&v6),
        [
            row("sin6_family", 0, "0a 00", "AF_INET6 = 10 (host order, little-endian)"),
            row("sin6_port", 2, "00 35", "53 (network order)"),
            row("sin6_flowinfo", 4, "0a b1 23 45", "flow label 0x12345, traffic class 0xab (network order)"),
            row("sin6_addr", 8, "fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 01", "fe80::1 (network order)"),
            row("sin6_scope_id", 24, "03 00 00 00", "interface index 3 (host order)"),
        ]
    );
    assert_eq!(
        rows(&SockaddrUn::pathname(b"/s").unwrap().into()),
        [
            row("sun_family", 0, "01 00", "AF_UNIX = 1 (host order, little-endian)"),
            row("sun_path", 2, "2f 73 00", "pathname /s"),
        ]
    );
    assert_eq!(
        rows(&Sockaddr::Other { family: 999, data: vec![7] }),
        [row("sa_family", 0, "e7 03", "999 (host order, little-endian)"), row("sa_data", 2, "07", "not taken apart")]
    );
}

#[test]
fn names_that_look_alike_do_not() {
    let path = |octets: &[u8]| SockaddrUn::pathname(octets).unwrap().to_string();
    let name = |octets: &[u8]| SockaddrUn::abstract_name(octets).unwrap().to_string();
    assert_eq!(path(b"/run/a b.sock"), "/run/a b.sock");
    assert_eq!(path("/tmp/bücher".as_bytes()), "/tmp/bücher");
    assert_eq!(path(b"@x"), "\\x40x");
    assert_eq!(name(b"x"), "@x");
    assert_eq!(name(b"@x"), "@@x");
    assert_eq!(name(b"x\0"), "@x\\x00");
    assert_eq!(name(b""), "@");
    assert_eq!(path(b"\x1b[2J\\\xff\t"), "\\x1b[2J\\\\\\xff\\x09");
    assert_eq!(path("\u{202e}\u{9b}".as_bytes()), "\\u{202e}\\u{9b}");
    assert_eq!(SockaddrUn::unnamed().to_string(), "(unnamed)");
    assert_eq!(path(b"(unnamed)"), "\\x28unnamed)");
}

#[test]
fn an_abstract_name_is_as_long_as_the_length_says() {
    let meaning = |octets: &[u8]| SockaddrUn::from_sun_path(octets).unwrap().name().meaning();
    assert_eq!(meaning(b"\0x"), "abstract name @x");
    assert_eq!(meaning(b"\0"), "abstract name @, of no octets");
    assert!(meaning(b"\0x\0\0").contains("the NULs at the end included"));
    assert!(meaning(b"").starts_with("none"));
}

#[test]
fn paths_that_do_not_fit() {
    assert_eq!(SockaddrUn::pathname(b""), Err(PathError::Empty));
    assert_eq!(SockaddrUn::pathname(b"a\0b"), Err(PathError::Nul { offset: 1 }));
    let error = SockaddrUn::pathname(&[b'p'; 109]).unwrap_err();
    assert_eq!(error.to_string(), "109 octets are more than the 108 that sun_path holds");
    assert_eq!(SockaddrUn::pathname(&[b'p'; 107]).unwrap().sun_path().len(), 108);
    assert_eq!(SockaddrUn::pathname(&[b'p'; 108]).unwrap().sun_path().len(), 108);
    assert_eq!(SockaddrUn::abstract_name(&[0; 107]).unwrap().sun_path().len(), 108);
    assert_eq!(SockaddrUn::abstract_name(&[0; 108]), Err(PathError::TooLong { length: 108, limit: 107 }));
}

#[test]
fn errors_say_what_is_missing() {
    let v4 = Sockaddr::from(SocketAddr::from(([127, 0, 0, 1], 80))).emit();
    assert_eq!(Sockaddr::parse(&v4[..6]).unwrap_err().to_string(), "truncated at octet 4: sin_addr needs 4, 2 left");
    assert_eq!(Sockaddr::parse(&[]).unwrap_err().to_string(), "truncated at octet 0: sa_family needs 2, 0 left");
    assert_eq!(
        Sockaddr::parse(&[v4.as_slice(), &[0]].concat()).unwrap_err().to_string(),
        "17 octets are more than the 16 of a sockaddr_in"
    );
}

fn any_sockaddr() -> impl Strategy<Value = Sockaddr> {
    let v4 = any::<(u16, [u8; 4], [u8; 8])>().prop_map(|(port, addr, zero)| {
        Sockaddr::V4(SockaddrIn { port: htons(port), addr: Net32::from_octets(addr), zero })
    });
    let v6 = any::<(u16, [u8; 4], Ipv6Addr, u32)>().prop_map(|(port, flowinfo, addr, scope_id)| {
        Sockaddr::V6(SockaddrIn6 { port: htons(port), flowinfo: Net32::from_octets(flowinfo), addr, scope_id })
    });
    let unix = vec(any::<u8>(), 0..=SUN_PATH_LEN)
        .prop_map(|sun_path| Sockaddr::Unix(SockaddrUn::from_sun_path(&sun_path).unwrap()));
    let other = (11_u16.., vec(any::<u8>(), 0..130)).prop_map(|(family, data)| Sockaddr::Other { family, data });
    prop_oneof![v4, v6, unix, other]
}

proptest! {
    #[test]
    fn what_is_emitted_is_parsed_back(addr in any_sockaddr()) {
        let octets = addr.emit();
        prop_assert_eq!(Sockaddr::parse(&octets), Ok(addr.clone()));
        let fields = addr.fields();
        let laid_out: Vec<u8> = fields.iter().flat_map(|field| field.octets.clone()).collect();
        prop_assert_eq!(&laid_out, &octets);
        for (field, end) in fields.iter().zip(fields.iter().skip(1).map(|next| next.offset)) {
            prop_assert_eq!(field.offset + field.octets.len(), end);
        }
    }

    #[test]
    fn every_prefix_is_an_error_or_a_shorter_address(addr in any_sockaddr()) {
        let octets = addr.emit();
        for end in 0..octets.len() {
            match Sockaddr::parse(&octets[..end]) {
                Err(SockaddrError::Truncated(fault)) => {
                    prop_assert!(end < 2 || matches!(addr, Sockaddr::V4(_) | Sockaddr::V6(_)));
                    prop_assert_eq!(fault.offset + fault.available, end);
                }
                Err(error) => prop_assert!(false, "{}", error),
                Ok(shorter) => {
                    let any_length = matches!(addr, Sockaddr::Unix(_) | Sockaddr::Other { .. });
                    prop_assert!(end >= 2 && any_length);
                    prop_assert_eq!(shorter.emit(), &octets[..end]);
                }
            }
        }
    }

    #[test]
    fn no_octets_panic(family in prop_oneof![Just(AF_UNIX), Just(AF_INET), Just(AF_INET6), any::<u16>()], data: Vec<u8>) {
        let octets = [&ByteOrder::HOST.u16_octets(family)[..], &data].concat();
        let acts = |text: &str| text.contains(|character: char| character.is_control());
        match Sockaddr::parse(&octets) {
            Ok(addr) => {
                prop_assert_eq!(addr.emit(), octets);
                prop_assert!(!acts(&addr.to_string()));
                prop_assert!(addr.fields().iter().all(|field| !acts(&field.meaning)));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
        let _ = Sockaddr::parse(&data);
    }

    #[test]
    fn standard_addresses_survive(ip: std::net::IpAddr, port: u16, flowinfo: u32, scope_id: u32) {
        let addr = match ip {
            std::net::IpAddr::V4(ip) => SocketAddr::V4(SocketAddrV4::new(ip, port)),
            std::net::IpAddr::V6(ip) => SocketAddr::V6(SocketAddrV6::new(ip, port, flowinfo, scope_id)),
        };
        let laid_out = Sockaddr::from(addr);
        prop_assert_eq!(laid_out.emit().len(), if addr.is_ipv4() { SOCKADDR_IN_LEN } else { SOCKADDR_IN6_LEN });
        prop_assert_eq!(laid_out.socket_addr(), Some(addr));
        prop_assert_eq!(laid_out.to_string().parse::<Endpoint>().unwrap(), Endpoint::from(addr));
    }
}
