//! What the kernel does with a program, after its documentation: checks it, and runs it over a socket.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use proptest::prelude::*;
use sockeye_sys::Family;
use sockeye_sys::sock_diag::InetSocket;
use sockeye_sys::{Protocol, TcpState};

use super::super::bytecode::*;
use super::super::condition::{Condition, Facts, Filter, Side, Subject, Test};
use super::super::predicate::Field;
use super::super::tree::Tree;
use super::filter;
use crate::details::Details;
use crate::samples::socket;
use crate::socket::Socket;

fn u16_at(octets: &[u8], at: usize) -> u16 {
    u16::from_ne_bytes(octets[at..at + 2].try_into().unwrap())
}

fn u32_at(octets: &[u8], at: usize) -> u32 {
    u32::from_ne_bytes(octets[at..at + 4].try_into().unwrap())
}

/// The least length of an operation, or `None` if it is not whole.
fn least(octets: &[u8]) -> Option<usize> {
    let least = match *octets.first()? {
        JMP | AUTO => 4,
        S_GE | S_LE | D_GE | D_LE | DEV_COND => 8,
        MARK_COND | CGROUP_COND => 12,
        S_COND | D_COND => {
            let (address, longest) = match *octets.get(4)? {
                0 => (0, 0),
                2 => (4, 32),
                10 => (16, 128),
                _ => return None,
            };
            if *octets.get(5)? > longest {
                return None;
            }
            12 + address
        }
        _ => return None,
    };
    (octets.len() >= least).then_some(least)
}

/// Whether the kernel takes the program.
///
/// # Source
/// Linux, net/ipv4/inet_diag.c, inet_diag_bc_audit().
fn is_taken(program: &[u8]) -> bool {
    let mut starts = HashSet::new();
    let mut jumps = Vec::new();
    let mut at = 0;
    while at < program.len() {
        starts.insert(at);
        let rest = &program[at..];
        let Some(least) = least(rest) else { return false };
        let (yes, no) = (usize::from(rest[1]), usize::from(u16_at(rest, 2)));
        for offset in [yes, no] {
            if offset < least || offset > rest.len() + 4 || offset % 4 != 0 {
                return false;
            }
        }
        jumps.push(at + no);
        at += yes;
    }
    at == program.len() && jumps.into_iter().all(|to| to >= program.len() || starts.contains(&to))
}

/// Whether the program accepts the socket.
///
/// # Source
/// Linux, net/ipv4/inet_diag.c, inet_diag_bc_run().
fn accepts(program: &[u8], socket: &Subject<'_>, ends: (SocketAddr, SocketAddr), auto: bool) -> bool {
    let mut at = 0;
    while at < program.len() {
        let op = &program[at..];
        let port = |side: SocketAddr| side.port();
        let holds = match op[0] {
            JMP => false,
            S_GE => port(ends.0) >= u16_at(op, 6),
            S_LE => port(ends.0) <= u16_at(op, 6),
            D_GE => port(ends.1) >= u16_at(op, 6),
            D_LE => port(ends.1) <= u16_at(op, 6),
            AUTO => auto,
            S_COND => host_holds(op, socket.family, ends.0),
            D_COND => host_holds(op, socket.family, ends.1),
            DEV_COND => socket.interface.unwrap_or(0) == u32_at(op, 4),
            MARK_COND => socket.mark().unwrap_or(0) & u32_at(op, 8) == u32_at(op, 4),
            CGROUP_COND => socket.cgroup().unwrap_or(0) == u64::from_ne_bytes(op[4..12].try_into().unwrap()),
            other => panic!("operation {other}"),
        };
        at += if holds { usize::from(op[1]) } else { usize::from(u16_at(op, 2)) };
    }
    at == program.len()
}

fn host_holds(op: &[u8], family: Family, end: SocketAddr) -> bool {
    let wanted = Family(i32::from(op[4]));
    let port = u32_at(op, 8);
    if port != u32::MAX && port != u32::from(end.port()) {
        return false;
    }
    let bits = usize::from(op[5]);
    let found = match end.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    let begins = |found: &[u8]| (0..bits).all(|bit| (found[bit / 8] ^ op[12 + bit / 8]) & (0x80 >> (bit % 8)) == 0);
    if wanted == Family::UNSPEC || wanted == family {
        return begins(&found);
    }
    let mapped = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];
    family == Family::INET6 && wanted == Family::INET && found.starts_with(&mapped) && begins(&found[12..])
}

fn ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0..4_u8, 0..3_u8).prop_map(|(a, b)| IpAddr::V4(Ipv4Addr::new(10, a, 0, b))),
        Just(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
        (0..3_u16).prop_map(|a| IpAddr::V6(Ipv6Addr::new(0xfd99, 0, 0, 0, 0, 0, 0, a))),
        Just(IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
        (0..3_u8).prop_map(|a| IpAddr::V6(Ipv4Addr::new(10, 0, 0, a).to_ipv6_mapped())),
    ]
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::Local), Just(Side::Peer)]
}

fn port() -> impl Strategy<Value = u16> {
    prop_oneof![0..4_u16, Just(u16::MAX), Just(u16::MAX - 1)]
}

/// What the kernel can test, and some of what it cannot.
fn test() -> impl Strategy<Value = Test> {
    prop_oneof![
        4 => (side(), ip(), 0..=128_u8).prop_map(|(side, ip, length)| {
            let length = if ip.is_ipv4() { length.min(32) } else { length };
            Test::Prefix { side, ip, length }
        }),
        4 => (side(), port(), port()).prop_map(|(side, one, other)| {
            Test::Ports { side, first: one.min(other), last: one.max(other) }
        }),
        1 => prop_oneof![Just(Test::Family(Family::INET)), Just(Test::Family(Family::INET6))],
        1 => (0..3_u32).prop_map(Test::Device),
        1 => (0..4_u32).prop_map(|mark| Test::Mark { mark: mark & 2, mask: 2 }),
        1 => (1..3_u64).prop_map(Test::Cgroup),
        1 => Just(Test::PortNotBound),
        1 => (1..8_u32).prop_map(|bits| Test::States(sockeye_sys::sock_diag::StateMask(bits << 1))),
        1 => (0..3_u64).prop_map(|first| Test::Number { field: Field::RecvQueue, first, last: first + 1 }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    test().prop_map(Tree::Leaf).prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Tree::All),
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Tree::Any),
            inner.prop_map(|part| Tree::Not(Box::new(part))),
        ]
    })
}

prop_compose! {
    fn any_socket()(
        (local, peer) in (ip(), ip()).prop_map(|(local, peer)| match (local, peer) {
            // Both ends are of one family.
            (one, other) if one.is_ipv4() != other.is_ipv4() => (one, one),
            same => same,
        }),
        ports in (port(), port()),
        interface in 0..3_u32,
        (mark, cgroup) in (0..4_u32, 1..3_u64),
        recv_queue in 0..4_u32,
        state in 1..4_u8,
        auto in any::<bool>(),
    ) -> (Socket, bool) {
        let (local, peer) = (SocketAddr::new(local, ports.0), SocketAddr::new(peer, ports.1));
        let state = TcpState::from(state);
        let plain = socket(Protocol::TCP, state, &local.to_string(), &peer.to_string());
        let row = InetSocket {
            timer: plain.timer,
            interface,
            cookie: 1,
            rqueue: recv_queue,
            inode: 1,
            mark: Some(mark),
            cgroup: Some(cgroup),
            ..InetSocket::bare(plain.protocol, state, local, peer)
        };
        let interface = (interface != 0).then_some(interface);
        (Socket { interface, recv_queue, details: Some(Details::Whole(Box::new(row))), ..plain }, auto)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn the_kernel_and_the_evaluator_agree(
        condition in condition(),
        sockets in proptest::collection::vec(any_socket(), 1..8),
    ) {
        let program = Program::new(&condition);
        let filter = Filter { states: None, condition };
        let mut exact = true;
        if let Some(program) = &program {
            prop_assert!(is_taken(&program.octets), "{:?}", program.lines());
            exact = program.exact;
        }
        for (socket, auto) in &sockets {
            let bound = if *auto { HashSet::new() } else { HashSet::from([socket.cookie]) };
            let wanted = filter.matches(socket, &Facts { bound: Some(&bound), holders: None });
            let Some(program) = &program else {
                continue;
            };
            let sent = accepts(&program.octets, &Subject::from(socket), (socket.local, socket.peer), *auto);
            prop_assert!(sent || !wanted, "the kernel keeps back what is wanted: {:#?}", program.lines());
            if exact {
                prop_assert_eq!(sent, wanted, "{:#?}", program.lines());
            }
        }
    }
}

#[test]
fn a_program_in_words() {
    let lines = |query: &str| filter(query).program().map(|program| (program.exact, program.lines()));
    assert_eq!(
        lines("( sport = :22 or dst 10/8 ) and not dport >= 1024").unwrap(),
        (
            true,
            vec![
                "   0 S_COND port 22, else 16".to_owned(),
                "  12 JMP to 32".to_owned(),
                "  16 D_COND AF_INET 10.0.0.0/8, else refuse".to_owned(),
                "  32 D_GE 1024, else accept".to_owned(),
                "  40 JMP to refuse".to_owned(),
            ]
        )
    );
    assert_eq!(lines("sport < 1024 and process nc").unwrap(), (false, vec!["   0 S_LE 1023, else refuse".to_owned()]));
    assert_eq!(lines("sport < 1024 or process nc"), None, "any socket may be wanted");
    assert_eq!(lines("not (sport < 1024 and process nc)"), None);
    assert_eq!(
        lines("not (sport < 1024 or process nc)").unwrap(),
        (false, vec!["   0 S_LE 1023, else accept".to_owned(), "   8 JMP to refuse".to_owned()])
    );
    assert_eq!(lines("state established"), None);
    assert_eq!(lines("dst *"), None);
    assert_eq!(lines("sport < 0").unwrap(), (true, vec!["   0 JMP to refuse".to_owned()]));
    assert_eq!(
        lines("autobound dev eth0 fwmark 1/3 cgroup '/a b' inet").unwrap().1,
        [
            "   0 AUTO, else refuse",
            "   4 S_GE 32768, else refuse",
            "  12 S_LE 60999, else refuse",
            "  20 DEV_COND 2, else refuse",
            "  28 MARK_COND 0x1/0x3, else refuse",
            "  40 CGROUP_COND 77, else refuse",
            "  52 S_COND AF_INET6 ::/0, else accept",
            "  80 JMP to refuse",
        ]
    );
}

#[test]
fn a_query_without_end_is_left_to_the_evaluator() {
    let many = (1..2000).map(|port| format!("sport = :{port}")).collect::<Vec<_>>().join(" or ");
    let filter = filter(&many);
    let program = filter.program().unwrap();
    assert!(is_taken(&program.octets) && program.exact);
    let far = (1..6000).map(|port| format!("sport = :{port}")).collect::<Vec<_>>().join(" or ");
    assert_eq!(super::filter(&far).program(), None);
}
