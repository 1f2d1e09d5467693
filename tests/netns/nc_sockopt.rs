//! Socket options and the controls of a listener, seen from outside: by ss, by the peer, by what comes and what does not.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::process::Command;

use sockeye_test_support::{Background, Case, DEADLINE, Net, run, run_with_input, tool, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_sockopt::broadcast_needs_b", &[], broadcast),
        Case::new("nc_sockopt::tos_and_ttl_are_on_the_wire", &["tcpdump"], on_the_wire),
        Case::new("nc_sockopt::buffers_keepalive_and_states_as_ss_sees_them", &["ss"], as_ss_sees_them),
        Case::new("nc_sockopt::a_low_ttl_is_dropped_by_m", &[], minimum_ttl),
        Case::new("nc_sockopt::linger_of_zero_resets", &[], linger),
        Case::new("nc_sockopt::groups_are_joined", &["ip"], multicast),
        Case::new("nc_sockopt::a_forgotten_htons", &["ss"], host_order_port),
        Case::new("nc_sockopt::a_delay_before_listen_refuses_and_one_before_accept_does_not", &["ss"], delays),
        Case::new("nc_sockopt::time_wait_without_reuseaddr", &[], no_reuse_address),
    ]
}

fn nc(line: &str) -> Command {
    let mut command = tool("nc");
    command.args(line.split(' '));
    command
}

fn ss(net: &Net, line: &str) -> String {
    run(net.peer("ss").args(line.split(' '))).status(0).out()
}

/// A listener of ours that says that it is ready.
fn listening(line: &str) -> Background {
    let listener = Background::spawn(nc(line));
    wait_until("the listener is ready", || {
        let said = String::from_utf8_lossy(&listener.stderr_so_far()).into_owned();
        said.contains("Listening on") || said.contains("Bound on")
    });
    listener
}

fn broadcast(_: &Net) {
    let peer = UdpSocket::bind("0.0.0.0:5002").unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    run_with_input(&mut nc("-u -q0 127.255.255.255 5002"), b"no").status(1);
    run_with_input(&mut nc("-u -b -q0 127.255.255.255 5002"), b"yes").status(0);
    let mut octets = [0; 9];
    let len = peer.recv(&mut octets).unwrap();
    assert_eq!(&octets[..len], b"yes");
}

fn on_the_wire(net: &Net) {
    let mut sniff = net.peer("tcpdump");
    sniff.args(["-i", "lo", "-nn", "-v", "-l", "--immediate-mode", "-c", "4", "udp or icmp"]);
    let sniffer = Background::spawn(sniff);
    wait_until("tcpdump listens", || String::from_utf8_lossy(&sniffer.stderr_so_far()).contains("listening on"));
    let sink = [UdpSocket::bind("127.0.0.1:5002").unwrap(), UdpSocket::bind("[::1]:5002").unwrap()];
    for line in [
        "-u -q0 -T ef -M 7 127.0.0.1 5002",
        "-u -q0 -T 0x20 127.0.0.1 5002",
        "-u -q0 -T af11 -M 9 ::1 5002",
        "-uq0 ::1 5002",
    ] {
        run_with_input(&mut nc(line), b"x").status(0);
    }
    let told = sniffer.wait();
    let out = told.out();
    let lines: Vec<&str> = out.lines().filter(|line| line.contains("(tos") || line.contains("IP6")).collect();
    assert!(lines[0].contains("tos 0xb8") && lines[0].contains("ttl 7,"), "{lines:?}");
    assert!(lines[1].contains("tos 0x20") && lines[1].contains("ttl 64,"), "{lines:?}");
    assert!(lines[2].contains("class 0x28") && lines[2].contains("hlim 9,"), "{lines:?}");
    assert!(!lines[3].contains("class") && lines[3].contains("hlim 64,"), "{lines:?}");
    drop(sink);
}

fn as_ss_sees_them(net: &Net) {
    let _listener = listening("-lvn -I 5000 -O 6000 127.0.0.1 5001");
    let told = ss(net, "-tlnm sport = :5001");
    assert!(told.contains("rb10000") && told.contains("tb12000"), "twice what was asked for\n{told}");
    let mut client = nc("-I 7000 -O 8000 --keepalive 127.0.0.1 5001");
    client.stdin(std::process::Stdio::piped());
    let _client = Background::spawn(client);
    let established = || ss(net, "-tnmo state established dport = :5001");
    wait_until("it is connected", || established().contains("127.0.0.1:5001"));
    let told = established();
    assert!(told.contains("rb14000") && told.contains("tb16000"), "{told}");
    assert!(told.contains("timer:(keepalive"), "{told}");
    // What the system refuses ends the run, and the option is named.
    run(&mut nc("--explain -D -I 5000 127.0.0.1 5999"))
        .status(1)
        .stderr_has("SO_RCVBUF = 5000")
        .stderr_has("SO_DEBUG = 1");
}

fn minimum_ttl(_: &Net) {
    let peer = TcpListener::bind("127.0.0.1:5001").unwrap();
    // Our own SYN has a TTL of 64, and so has the answer on loopback.
    run_with_input(&mut nc("-m 64 -zv -w 5 127.0.0.1 5001"), b"").status(0);
    run_with_input(&mut nc("-m 65 -zv -w 300ms 127.0.0.1 5001"), b"").status(1).stderr_has("timed out");
    let v6 = TcpListener::bind("[::1]:5001").unwrap();
    run_with_input(&mut nc("-m 65 -zv -w 300ms ::1 5001"), b"").status(1).stderr_has("timed out");
    drop((peer, v6));
}

fn linger(_: &Net) {
    let listener = TcpListener::bind("127.0.0.1:5001").unwrap();
    for (line, kind) in [
        ("--linger 0 -w 200ms 127.0.0.1 5001", Some(std::io::ErrorKind::ConnectionReset)),
        ("-w 200ms 127.0.0.1 5001", None),
    ] {
        let client = Background::spawn(nc(line));
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        client.wait().status(0);
        let end = std::io::Read::read_to_end(&mut stream, &mut Vec::new());
        assert_eq!(end.err().map(|error| error.kind()), kind, "{line}");
    }
}

fn multicast(net: &Net) {
    net.ip("route add 224.0.0.0/4 dev lo");
    let v4 = listening("-luvn --multicast 239.1.2.3%lo 0.0.0.0 5007");
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.set_multicast_loop_v4(true).unwrap();
    socket2::SockRef::from(&sender).set_multicast_if_v4(&Ipv4Addr::LOCALHOST).unwrap();
    wait_until("a datagram to the group arrives", || {
        sender.send_to(b"to the group", "239.1.2.3:5007").unwrap();
        v4.stdout_so_far().starts_with(b"to the group")
    });
    let v6 = listening("-6luvn --multicast ff02::1234%lo :: 5008");
    // Loopback has no route for groups of IPv6: the kernel's list tells.
    let joined = std::fs::read_to_string("/proc/thread-self/net/igmp6").unwrap();
    assert!(joined.contains("ff020000000000000000000000001234"), "{joined}");
    drop(v6);
    run(&mut nc("-lu --multicast 10.0.0.1 5009")).status(1).stderr_has("--multicast 10.0.0.1: not a multicast address");
    run(&mut nc("-lu --multicast 239.1.2.3%none 5009")).status(1).stderr_has("none");
}

fn host_order_port(net: &Net) {
    let _listener = listening("-lvn --host-order-port 127.0.0.1 8080");
    assert!(ss(net, "-tln").contains("127.0.0.1:36895"), "8080 is 0x1f90, 36895 is 0x901f");
    run(&mut nc("-zn 127.0.0.1 36895")).status(0);
    let mut other = nc("-l --host-order-port 127.0.0.1 36895");
    other.stdin(std::process::Stdio::null());
    let other = Background::spawn(other);
    wait_until("it says so", || {
        String::from_utf8_lossy(&other.stderr_so_far()).contains("the octets of 36895 lie in memory as those of 8080")
    });
}

fn delays(net: &Net) {
    let mut command = nc("-l --explain --delay-listen 1h 127.0.0.1 5001");
    command.stdin(std::process::Stdio::null());
    let bound = Background::spawn(command);
    wait_until("it waits", || String::from_utf8_lossy(&bound.stderr_so_far()).contains("between bind and listen"));
    run(&mut nc("-zv 127.0.0.1 5001")).status(1).stderr_has("Connection refused");
    let mut command = nc("-l --explain --backlog 0 --delay-accept 1h 127.0.0.1 5003");
    command.stdin(std::process::Stdio::null());
    let listening = Background::spawn(command);
    wait_until("it waits", || {
        String::from_utf8_lossy(&listening.stderr_so_far()).contains("between listen and accept")
    });
    run(&mut nc("-zv 127.0.0.1 5003")).status(0).stderr_has("succeeded");
    let told = ss(net, "-Htln sport = :5003");
    let words: Vec<&str> = told.split_whitespace().collect();
    assert_eq!(words[..3], ["LISTEN", "1", "0"], "one waits for accept, and the backlog is 0");
}

fn no_reuse_address(_: &Net) {
    // The side that closes first has TIME-WAIT: the server.
    let server = TcpListener::bind("127.0.0.1:5001").unwrap();
    let closer = std::thread::spawn(move || drop(server.accept().unwrap()));
    run_with_input(&mut nc("127.0.0.1 5001"), b"").status(0);
    closer.join().unwrap();
    run(&mut nc("-l --no-reuseaddr 127.0.0.1 5001"))
        .status(1)
        .stderr_has("bind 127.0.0.1:5001: Address already in use");
    let again = listening("-lvn 127.0.0.1 5001");
    drop(again);
}
