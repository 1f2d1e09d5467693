//! nc -z beside OpenBSD nc, and against a network that says nothing.

use std::collections::BTreeSet;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::CommandExt;
use std::process::Command;

use sockeye_test_support::{Background, Case, Net, Run, peer, run, tool, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_scan::says_what_openbsd_says", &["nc.openbsd"], same_words),
        Case::new("nc_scan::silent_ports_are_waited_for_together", &["nc.openbsd", "ip"], silent_together),
        Case::new("nc_scan::a_range_is_told_upwards_and_at_random_every_port_once", &[], ranges),
        Case::new("nc_scan::every_port_of_loopback_is_asked_and_told", &[], every_port),
        Case::new("nc_scan::names_nobody_asked_for_are_not_looked_up", &["strace"], no_lookups),
        Case::new("nc_scan::an_unreachable_udp_port_is_not_open", &["ip"], unreachable_udp),
    ]
}

fn ours(line: &str) -> Run {
    run(tool("nc").args(line.split_whitespace()))
}

fn theirs(line: &str) -> Run {
    // Its messages start with argv[0].
    run(peer("nc.openbsd").arg0("nc").args(line.split_whitespace()))
}

/// Two listeners of OpenBSD nc that stay, one at the port of a known service.
fn listeners() -> [Background; 2] {
    ["22", "5001"].map(|port| {
        let mut command: Command = peer("nc.openbsd");
        command.args(["-lkvn", "127.0.0.1", port]);
        let listener = Background::spawn(command);
        wait_until("the listener listens", || listener.stderr_so_far().contains(&b'\n'));
        listener
    })
}

/// Whatever is sent to 10.9.0.2 goes nowhere, and nobody says so: no interface has that link-layer address.
fn nowhere(net: &Net) {
    for line in [
        "link add out type veth peer name in",
        "addr add 10.9.0.1/24 dev out",
        "link set out up",
        "link set in up",
        "neigh add 10.9.0.2 lladdr 02:00:00:00:00:99 dev out nud permanent",
    ] {
        net.ip(line);
    }
}

fn same_words(_: &Net) {
    let _listeners = listeners();
    for line in [
        "-zv 127.0.0.1 5001",
        "-z 127.0.0.1 5001",
        "-zv 127.0.0.1 22",
        "-zv 127.0.0.1 ssh",
        "-nzv 127.0.0.1 22",
        "-zv 127.0.0.1 5000-5002",
        "-zv 127.0.0.1 5002-5000",
        "-zv 127.0.0.1 5001 22 5999",
        "-zv localhost 5000-5001",
        "-zv 127.0.0.1 5999",
        "-z 127.0.0.1 5999",
        "127.0.0.1 5001 -zv",
        "-zv -s 127.0.0.2 127.0.0.1 5000-5001",
        "-zv ::1 5001",
        "-zv 10.8.8.8 80-81",
        "-nz no.such.invalid 80",
        "-zv 127.0.0.1 no-such-service",
        "-z 127.0.0.1",
    ] {
        let (ours, theirs) = (ours(line), theirs(line));
        assert_eq!((ours.err(), ours.out(), ours.status), (theirs.err(), theirs.out(), theirs.status), "{line}");
    }
}

fn silent_together(net: &Net) {
    nowhere(net);
    let one = "-nzv -w 1 10.9.0.2 7";
    ours(one).status(1).stderr_is(&theirs(one).err());
    let scan = ours("-nz --json -w 1 10.9.0.2 1-20");
    scan.status(1);
    assert_eq!(scan.out().matches(r#""state":"filtered""#).count(), 20, "{}", scan.story());
    // All are asked before the first is given up: that is what makes twenty seconds one.
    let err = scan.err();
    let before = err.split(r#""event":"scanned""#).next().unwrap();
    assert_eq!(before.matches(r#""event":"connect""#).count(), 20, "{}", scan.story());
    // With -p they cannot be asked together.
    let paced = ours("-nz --json -w 200ms -p 4001 10.9.0.2 1-2");
    let err = paced.err();
    assert_eq!(err.split(r#""event":"scanned""#).next().unwrap().matches(r#""event":"connect""#).count(), 1);
}

fn no_lookups(net: &Net) {
    let _listeners = listeners();
    let trace = net.dir().join("trace");
    run(net.peer("strace").args(["-f", "-e", "trace=openat,sendto,sendmmsg", "-o"]).arg(&trace).args([
        sockeye_test_support::tools_dir().join("nc").to_str().unwrap(),
        "-z",
        "127.0.0.1",
        "5000-5001",
    ]))
    .status(0);
    let trace = std::fs::read_to_string(trace).unwrap();
    assert!(!trace.contains("/etc/services") && !trace.contains("send"), "{trace}");
}

fn unreachable_udp(net: &Net) {
    nowhere(net);
    ours("-nzuv -w 200ms 10.9.0.2 7").status(0).stderr_is("Connection to 10.9.0.2 7 port [udp/*] succeeded!\n");
    ours("-nzuv 10.8.8.8 7")
        .status(1)
        .stderr_is("nc: connect to 10.8.8.8 port 7 (udp) failed: Network is unreachable\n");
    // Nobody answers to ARP: the kernel says so by ICMP, long before the time of -w is over.
    ours("-nzu -w 60 --json 10.9.0.3 7").status(1).stdout_has(r#""state":"unreachable","reason":"No route to host""#);
    // A listener of OpenBSD nc's survives the probe: an empty datagram would end it.
    let there = UdpSocket::bind("127.0.0.1:5002").unwrap();
    ours("-nzu -w 100ms 127.0.0.1 5002").status(0);
    let mut room = [7; 2];
    assert_eq!((there.recv(&mut room).unwrap(), room), (1, [0, 7]));
}

/// A listener and its port.
fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn states(run: &Run) -> Vec<(u64, String)> {
    run.out()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .inspect(|line| assert_eq!((&line["schema"], &line["type"]), (&"nc/1".into(), &"result".into())))
        .map(|line| (line["data"]["port"].as_u64().unwrap(), line["data"]["state"].as_str().unwrap().to_owned()))
        .collect()
}

/// Here and not in the suite: there it would meet the listeners of other tests.
fn ranges(_: &Net) {
    let (_listener, port) = listener();
    let low = port.saturating_sub(40).max(1);
    let range = format!("{}-{low}", low + 79);
    let ordered = run(tool("nc").args(["-nz", "--json", "127.0.0.1", &range]));
    let ordered = states(&ordered);
    assert_eq!(
        ordered.iter().map(|(port, _)| *port).collect::<Vec<_>>(),
        (u64::from(low)..).take(80).collect::<Vec<_>>()
    );
    assert!(ordered.contains(&(u64::from(port), "open".into())));
    let random = run(tool("nc").args(["-nrz", "--json", "127.0.0.1", &range]));
    random.status(0);
    let random: Vec<u64> = states(&random).into_iter().map(|(port, _)| port).collect();
    assert!(!random.is_sorted(), "eighty ports in order is no chance");
    assert_eq!(random.iter().collect::<BTreeSet<_>>().len(), 80);
}

fn every_port(_: &Net) {
    let listeners: Vec<_> = (0..20).map(|_| listener()).collect();
    let ours: BTreeSet<u64> = listeners.iter().map(|(_, port)| u64::from(*port)).collect();
    let scan = run(tool("nc").args(["-nz", "--json", "127.0.0.1", "1-65535"]));
    let scan = states(&scan);
    assert_eq!(scan.len(), 65_535);
    let open: BTreeSet<u64> = scan.into_iter().filter(|(_, state)| state == "open").map(|(port, _)| port).collect();
    assert!(ours.is_subset(&open), "{ours:?} {open:?}");
}
