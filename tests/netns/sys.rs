//! Namespaces, links and the dump, as `sockeye-sys` makes and lists them.

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol as SocketProtocol, Socket, Type};
use sockeye_common::checksum;
use sockeye_sys::addrinfo::{self, AiFlags, Hints};
use sockeye_sys::nameinfo::{NiFlags, nameinfo};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::sock_diag::{Closing, Closings, InetSocket, Request, SockDiag, SocketId, TimerKind, Wanted, dump};
use sockeye_sys::socket::refuse_echo_requests;
use sockeye_sys::{Family, NetNs, Protocol, TcpState, interface, link, namespace};
use sockeye_test_support::{Case, DEADLINE, Net};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("sys::veth_carries_both_families", &[], veth_carries_both_families),
        Case::new("sys::links_refuse_what_is_wrong", &[], links_refuse_what_is_wrong),
        Case::new("sys::a_link_without_its_peer_is_not_running", &[], a_link_without_its_peer_is_not_running),
        Case::new("sys::a_program_starts_in_a_namespace", &["ip"], a_program_starts_in_a_namespace),
        Case::new("sys::hosts_file_by_bind_mount", &[], hosts_file_by_bind_mount),
        Case::new("sys::dump_shows_time_wait", &[], dump_shows_time_wait),
        Case::new("sys::dump_shows_the_accept_queue", &[], dump_shows_the_accept_queue),
        Case::new("sys::dump_sees_only_its_namespace", &[], dump_sees_only_its_namespace),
        Case::new("sys::a_socket_is_destroyed_by_its_cookie", &[], a_socket_is_destroyed_by_its_cookie_and_no_other),
        Case::new("sys::time_wait_is_destroyed", &[], time_wait_is_destroyed_and_its_port_is_free),
        Case::new("sys::word_that_is_lost_is_told_as_lost", &[], word_that_is_lost_is_told_as_lost),
        Case::new("sys::link_local_addresses_have_a_scope", &[], link_local_addresses_have_a_scope),
        Case::new("sys::echo_requests_are_kept_from_a_raw_socket", &[], echo_requests_are_kept_from_a_raw_socket),
    ]
}

/// Two hosts on one wire: `a0` with .1 and `b0` with .2, both families, ready to carry.
fn two_hosts() -> (NetNs, NetNs) {
    let (a, b) = (NetNs::create().unwrap(), NetNs::create().unwrap());
    a.run(|| link::create_veth("a0", "b0", Some(&b))).unwrap().unwrap();
    for (host, name, number) in [(&a, "a0", 1), (&b, "b0", 2)] {
        host.run(|| {
            link::add_address(name, IpAddr::from([10, 9, 0, number]), 24).unwrap();
            link::add_address(name, format!("fd09::{number}").parse().unwrap(), 64).unwrap();
            interface::set_tx_checksum_offload(name, false).unwrap();
            interface::bring_up(name).unwrap();
        })
        .unwrap();
    }
    for (host, name) in [(&a, "a0"), (&b, "b0")] {
        host.run(|| link::wait_until_running(name, DEADLINE)).unwrap().unwrap();
    }
    (a, b)
}

fn rows(family: Family, protocol: Protocol) -> Vec<InetSocket> {
    let mut rows = Vec::new();
    dump(&Request::new(family, protocol), &mut |row| rows.push(row)).unwrap();
    rows
}

/// Asks until the answer holds: softirqs finish a handshake or a close in their own time.
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(started.elapsed() < DEADLINE, "never: {what}");
        std::thread::yield_now();
    }
}

fn veth_carries_both_families(_: &Net) {
    let (a, b) = two_hosts();
    for address in ["10.9.0.2:5000", "[fd09::2]:5000"] {
        let listener = b.run(|| TcpListener::bind(address).unwrap()).unwrap();
        let mut client = a.run(|| TcpStream::connect(address).unwrap()).unwrap();
        client.write_all(b"over the wire").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        let mut text = String::new();
        let (mut server, peer) = listener.accept().unwrap();
        server.read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), peer), ("over the wire", client.local_addr().unwrap()));
    }
    a.run(|| link::delete("a0").unwrap()).unwrap();
    let gone = b.run(|| interface::index("b0").unwrap_err()).unwrap();
    assert_eq!(gone.to_string(), "if_nametoindex b0: No such device", "a pair is deleted at both ends");
}

fn links_refuse_what_is_wrong(_: &Net) {
    link::create_veth("a0", "a1", None).unwrap();
    let address = "10.9.0.1".parse().unwrap();
    link::add_address("a0", address, 24).unwrap();
    let refusals = [
        link::create_veth("a0", "a2", None).unwrap_err(),
        link::create_veth("a-name-of-25-octets-in-all", "a2", None).unwrap_err(),
        link::add_address("a0", address, 24).unwrap_err(),
        link::add_address("a0", address, 33).unwrap_err(),
        link::add_address("zz", address, 24).unwrap_err(),
        link::delete("lo").unwrap_err(),
    ];
    let kinds = refusals.each_ref().map(|error| (error.call, error.errno().unwrap()));
    let call = |index: usize| kinds[index];
    assert_eq!(call(0), ("RTM_NEWLINK", 17), "{}", refusals[0]);
    assert_eq!(call(1).0, "RTM_NEWLINK", "{}", refusals[1]);
    assert_eq!(call(2), ("RTM_NEWADDR", 17), "{}", refusals[2]);
    assert_eq!(call(3), ("RTM_NEWADDR", 22), "{}", refusals[3]);
    assert_eq!(call(4), ("if_nametoindex", 19), "{}", refusals[4]);
    assert_eq!(call(5), ("RTM_DELLINK", 95), "{}", refusals[5]);
    assert!(refusals[2].to_string().contains("10.9.0.1/24 dev a0"), "{}", refusals[2]);
}

fn a_link_without_its_peer_is_not_running(_: &Net) {
    link::create_veth("a0", "a1", None).unwrap();
    interface::bring_up("a0").unwrap();
    assert!(link::is_running("lo").unwrap());
    assert!(!link::is_running("a0").unwrap(), "its peer is down");
    interface::bring_up("a1").unwrap();
    for name in ["a0", "a1"] {
        link::wait_until_running(name, DEADLINE).unwrap();
    }
    interface::take_down("a1").unwrap();
    assert!(!link::is_running("a1").unwrap());
}

fn a_program_starts_in_a_namespace(net: &Net) {
    let (a, _b) = two_hosts();
    let mut command = net.peer("ip");
    command.args(["-brief", "address", "show", "dev", "a0"]);
    namespace::command_in(&mut command, &a).unwrap();
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("10.9.0.1/24") && text.contains("fd09::1/64"), "{text}");
    assert!(interface::index("a0").is_err(), "the test itself has stayed where it was");
}

fn hosts_file_by_bind_mount(net: &Net) {
    let hosts = net.dir().join("hosts");
    fs::write(&hosts, b"192.0.2.201 web.lab.test www\n192.0.2.9 b\xfccher.test\n").unwrap();
    let nsswitch = net.dir().join("nsswitch.conf");
    fs::write(&nsswitch, "hosts: files\n").unwrap();
    namespace::unshare_mount().unwrap();
    namespace::bind_mount(&hosts, "/etc/hosts").unwrap();
    // Not every machine has one; glibc then looks into the hosts file first anyway.
    if fs::exists("/etc/nsswitch.conf").unwrap() {
        namespace::bind_mount(&nsswitch, "/etc/nsswitch.conf").unwrap();
    }
    let hints = Hints { flags: AiFlags::CANONNAME, family: Family::INET, ..Hints::default() };
    let answer = addrinfo::lookup(Some("www"), None, &hints).unwrap();
    assert_eq!(answer.len(), 3);
    assert_eq!(answer[0].addr.ip().to_string(), "192.0.2.201");
    assert_eq!(answer[0].canonname.as_deref(), Some("web.lab.test"));
    let name = |address: &str| nameinfo(&address.parse().unwrap(), NiFlags::NUMERICSERV | NiFlags::NAMEREQD);
    assert_eq!(name("192.0.2.201:1").unwrap().host, "web.lab.test");
    assert_eq!(name("192.0.2.9:1").unwrap().host, "b\\252cher.test", "octets that are not UTF-8 survive");
    assert!(!fs::read_to_string("/proc/1/root/etc/hosts").is_ok_and(|text| text.contains("web.lab.test")));
}

fn dump_shows_time_wait(_: &Net) {
    let listener = TcpListener::bind("127.0.0.1:5000").unwrap();
    let client = TcpStream::connect("127.0.0.1:5000").unwrap();
    let here = client.local_addr().unwrap();
    let (mut server, _) = listener.accept().unwrap();
    drop(client);
    assert_eq!(server.read(&mut [0; 1]).unwrap(), 0);
    drop(server);
    let waiting = until("TIME-WAIT", || {
        let mut all = rows(Family::INET, Protocol::TCP);
        all.retain(|row| row.local == here);
        assert!(all.len() <= 1, "{all:?}");
        all.pop().filter(|row| row.state == TcpState::TimeWait)
    });
    assert_eq!(waiting.timer.kind, TimerKind::TimeWait);
    assert!((1..=60_000).contains(&waiting.timer.expires_ms), "{:?}", waiting.timer);
    assert_eq!((waiting.inode, waiting.peer.port()), (0, 5000));
}

fn dump_shows_the_accept_queue(_: &Net) {
    let listener = TcpListener::bind("127.0.0.1:5000").unwrap();
    let clients = [(); 3].map(|()| TcpStream::connect("127.0.0.1:5000").unwrap());
    let queued = |count| {
        let listener = rows(Family::INET, Protocol::TCP).into_iter().find(|row| row.state == TcpState::Listen).unwrap();
        (listener.rqueue == count).then_some(())
    };
    until("three connections wait", || queued(3));
    listener.accept().unwrap();
    until("two connections wait", || queued(2));
    drop(clients);
}

fn dump_sees_only_its_namespace(_: &Net) {
    let other = NetNs::create().unwrap();
    let here = UdpSocket::bind("127.0.0.1:5000").unwrap();
    let there = other.run(|| UdpSocket::bind("127.0.0.1:5001").unwrap()).unwrap();
    let ports = || rows(Family::INET, Protocol::UDP).iter().map(|row| row.local.port()).collect::<Vec<_>>();
    assert_eq!(ports(), [5000]);
    assert_eq!(other.run(ports).unwrap(), [5001]);
    drop((here, there));
}

fn link_local_addresses_have_a_scope(_: &Net) {
    link::create_veth("a0", "a1", None).unwrap();
    link::add_address("a0", "fe80::1".parse().unwrap(), 64).unwrap();
    for name in ["a0", "a1"] {
        interface::bring_up(name).unwrap();
    }
    link::wait_until_running("a0", DEADLINE).unwrap();
    let answer = addrinfo::lookup(Some("fe80::1%a0"), Some("5000"), &Hints::default()).unwrap();
    let address: SocketAddr = answer[0].addr;
    let socket = UdpSocket::bind(address).unwrap();
    let rows = rows(Family::INET6, Protocol::UDP);
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].local, rows[0].interface), (address, interface::index("a0").unwrap()));
    drop(socket);
}

/// The two ends of a connection, as the dump names them.
fn ends(listener: &TcpListener, client: &TcpStream) -> (SocketId, SocketId) {
    let (here, there) = (client.local_addr().unwrap(), listener.local_addr().unwrap());
    let all = rows(if here.is_ipv4() { Family::INET } else { Family::INET6 }, Protocol::TCP);
    let end = |local, peer| SocketId::from(all.iter().find(|row| (row.local, row.peer) == (local, peer)).unwrap());
    (end(here, there), end(there, here))
}

fn a_socket_is_destroyed_by_its_cookie_and_no_other(_: &Net) {
    for any in ["127.0.0.1:0", "[::1]:0"] {
        let listener = TcpListener::bind(any).unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        let (client_end, server_end) = ends(&listener, &client);
        let mut diag = SockDiag::open().unwrap();
        let other = SocketId { cookie: server_end.cookie ^ 1, ..server_end };
        let refused = diag.destroy(&other).unwrap_err();
        assert!(refused.to_string().starts_with("SOCK_DESTROY IPPROTO_TCP "), "{refused}");
        client.write_all(b"x").unwrap();
        server.read_exact(&mut [0]).unwrap();
        let mut closings = Closings::open(Wanted { udp: false, ..Wanted::ALL }).unwrap();
        diag.destroy(&server_end).unwrap();
        let aborted = server.read(&mut [0]).unwrap_err();
        assert_eq!(aborted.kind(), ErrorKind::ConnectionAborted);
        assert_eq!(client.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
        drop((server, client));
        // Both are told of once nobody holds them any more.
        let mut expected = vec![client_end.cookie, server_end.cookie];
        while !expected.is_empty() {
            match closings.next(Some(DEADLINE)).unwrap().unwrap() {
                Closing::Socket(row) => {
                    assert_eq!(row.protocol, Protocol::TCP);
                    expected.retain(|cookie| *cookie != row.cookie);
                }
                Closing::Lost => panic!("two sockets fit into the buffer"),
            }
        }
        assert!(diag.destroy(&server_end).is_err(), "it is gone");
    }
}

fn time_wait_is_destroyed_and_its_port_is_free(_: &Net) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let client = TcpStream::connect(at).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    server.shutdown(Shutdown::Write).unwrap();
    drop(client);
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    drop((server, listener));
    let in_time_wait =
        || rows(Family::INET, Protocol::TCP).into_iter().find(|row| row.state == TcpState::TimeWait && row.local == at);
    let row = until("TIME-WAIT", in_time_wait);
    SockDiag::open().unwrap().destroy(&SocketId::from(&row)).unwrap();
    assert_eq!(in_time_wait(), None);
}

fn word_that_is_lost_is_told_as_lost(_: &Net) {
    // The buffer is at most 16 MiB of the kernel's memory, and a word takes more than 500 octets of it.
    const CLOSED: u32 = 50_000;
    let mut closings = Closings::open(Wanted { tcp: false, ..Wanted::ALL }).unwrap();
    assert_eq!(closings.dropped(), Some(0));
    for _ in 0..CLOSED {
        UdpSocket::bind("127.0.0.1:0").unwrap();
    }
    // The kernel tells in its own time. Nothing is read until it says that something was lost.
    let mut full = [PollFd::new(closings.as_fd(), Events::EMPTY)];
    assert_eq!(poll(&mut full, Some(DEADLINE)).unwrap(), 1, "nothing was lost");
    assert!(full[0].ready().contains(Events::ERR));
    assert_eq!(closings.next(Some(Duration::ZERO)).unwrap(), Some(Closing::Lost));
    let mut came = 0;
    until("each of them came or was counted", || {
        while let Some(closing) = closings.next(Some(Duration::ZERO)).unwrap() {
            came += u32::from(matches!(closing, Closing::Socket(_)));
        }
        (came + closings.dropped().unwrap() >= CLOSED).then_some(())
    });
    assert!(came > 0, "what fitted is there");
    // The socket by which the loopback interface was set up may be told of so late.
    assert!(came + closings.dropped().unwrap() < CLOSED + 10, "and none twice");
}

fn echo_requests_are_kept_from_a_raw_socket(_: &Net) {
    // Type of the reply, and where it stands: behind the IP header, which IPv4 hands over.
    for (addr, request, reply, at) in [("127.0.0.1:0", 8_u8, 0_u8, 20), ("[::1]:0", 128, 129, 0)] {
        let addr: SocketAddr = addr.parse().unwrap();
        let protocol = if addr.is_ipv4() { SocketProtocol::ICMPV4 } else { SocketProtocol::ICMPV6 };
        let mut socket = Socket::new(Domain::for_address(addr), Type::RAW, Some(protocol)).unwrap();
        socket.set_read_timeout(Some(DEADLINE)).unwrap();
        refuse_echo_requests(&socket, addr.is_ipv6()).unwrap();
        let mut octets = [request, 0, 0, 0, 0, 1, 0, 2];
        if addr.is_ipv4() {
            let sum = checksum::compute(&octets).to_be_bytes();
            octets[2..4].copy_from_slice(&sum);
        }
        socket.send_to(&octets, &addr.into()).unwrap();
        let mut came = [0; 100];
        let len = socket.read(&mut came).unwrap();
        assert_eq!((came[at], len), (reply, at + octets.len()), "{addr}");
    }
}
