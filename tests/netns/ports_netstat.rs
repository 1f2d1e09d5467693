//! The `netstat` dialect beside netstat of net-tools 2.10, on sockets of every kind that it lists.
//!
//! Rows are compared to the blank, in any order: the kernel's lists have none. What moves from one run to the next (timers)
//! is taken out of both; where ours is right and netstat is not, the reason stands beside it.

use std::fs;
use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use sockeye_test_support::{Background, Case, Net, Run, run, tool, wait_until};

use crate::ports_sockets::{connected, connections, listener, listener_v6only, tcp};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_netstat::every_option_shows_what_netstat_shows", &["netstat", "ip"], every_option),
        Case::new("ports_netstat::routes_interfaces_groups", &["netstat", "ip"], other_displays),
        Case::new("ports_netstat::departs_where_netstat_is_wrong", &["netstat"], departures),
        Case::new(
            "ports_netstat::names_of_hosts_and_networks",
            &["netstat", "ip", "unshare"],
            names_of_hosts_and_networks,
        ),
        Case::new("ports_netstat::counters_in_netstats_sentences", &["netstat", "unshare"], counters),
        Case::new("ports_netstat::holders_and_who_may_not_see_them", &[], holders),
        Case::new("ports_netstat::names_and_statuses", &["netstat"], names_and_statuses),
        Case::new("ports_netstat::again_and_again", &[], again),
    ]
}

/// Ours by the name that makes it speak so.
struct Ours(PathBuf);

impl Ours {
    fn new(net: &Net) -> Self {
        let path = net.dir().join("netstat");
        std::os::unix::fs::symlink(tool("ports").get_program(), &path).unwrap();
        Self(path)
    }

    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(&self.0);
        command.env("LC_ALL", "C.UTF-8").args(line.split_whitespace());
        command
    }

    fn run(&self, line: &str) -> Run {
        run(&mut self.command(line))
    }
}

fn theirs(net: &Net, line: &str) -> Run {
    run(&mut peer_command(net, line))
}

/// A run of both in a mount namespace of their own, where `setup` is done first.
fn both_behind(net: &Net, ours: &Ours, setup: &str, line: &str) -> [Run; 2] {
    [ours.command(line), peer_command(net, line)].map(|command| {
        let mut inside = net.peer("unshare");
        inside.args(["-m", "sh", "-ec", &format!("{setup}; exec \"$@\""), "sh"]);
        run(inside.arg(command.get_program()).args(command.get_args()).env("LC_ALL", "C.UTF-8"))
    })
}

#[track_caller]
fn assert_same_behind(net: &Net, ours: &Ours, setup: &str, line: &str) {
    let [here, there] = both_behind(net, ours, setup, line);
    assert_eq!(here.out(), there.out(), "netstat {line}\n{}\n{}", here.story(), there.story());
    assert_eq!(here.status, there.status, "netstat {line}\n{}\n{}", here.story(), there.story());
}

fn peer_command(net: &Net, line: &str) -> Command {
    let mut command = net.peer("netstat");
    command.env("LC_ALL", "C.UTF-8").args(line.split_whitespace());
    command
}

/// An address that fills its column.
const LONG: &str = "2001:db8:1111:2222:3333:4444:5555:6666";

/// Sockets of every kind that netstat lists.
#[derive(Default)]
struct Zoo {
    sockets: Vec<Socket>,
    udp: Vec<UdpSocket>,
    listeners: Vec<UnixListener>,
    streams: Vec<UnixStream>,
    datagrams: Vec<UnixDatagram>,
}

impl Zoo {
    fn new(net: &Net) -> Self {
        net.ip(&format!("address add {LONG}/128 dev lo nodad"));
        let mut zoo = Self::default();
        zoo.tcp();
        zoo.others();
        zoo.unix(net);
        zoo
    }

    fn tcp(&mut self) {
        for (local, to) in [
            ("127.0.0.1:22", "127.0.0.1:22"),
            ("[::1]:65000", "[::1]:65000"),
            // Over IPv6 that carries IPv4.
            ("[::]:80", "127.0.0.1:80"),
            (&format!("[{LONG}]:8080"), &format!("[{LONG}]:8080")),
        ] {
            let (server, to) = (listener(local, 5), to.parse().unwrap());
            self.sockets.extend(connections(&server, to));
            self.sockets.extend([connected(to), server]);
        }
        self.sockets.push(listener_v6only("[::]:81", 5));
        self.sockets.push(listener("0.0.0.0:8443", 5));
    }

    fn others(&mut self) {
        for at in ["0.0.0.0:53", "[::]:123", "127.0.0.1:5353"] {
            self.udp.push(UdpSocket::bind(at).unwrap());
        }
        if let Some(last) = self.udp.last() {
            last.connect("127.0.0.1:53").unwrap();
        }
        // Where the kernel has it still.
        for at in ["0.0.0.0:7777", "[::]:7778"] {
            let at: SocketAddr = at.parse().unwrap();
            if let Ok(lite) = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::from(136))) {
                lite.set_only_v6(true).ok();
                lite.bind(&at.into()).unwrap();
                self.sockets.push(lite);
            }
        }
    }

    fn unix(&mut self, net: &Net) {
        let path = net.dir().join("listener");
        let server = UnixListener::bind(&path).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        let served = server.accept().unwrap().0;
        // One that nobody has accepted.
        let waiting = UnixStream::connect(&path).unwrap();
        let bound = UnixDatagram::bind(net.dir().join("datagrams")).unwrap();
        let (one, other) = UnixStream::pair().unwrap();
        let sequence = Socket::new(Domain::UNIX, Type::SEQPACKET, None).unwrap();
        sequence.bind(&SockAddr::unix("\0sequence").unwrap()).unwrap();
        sequence.listen(1).unwrap();
        self.listeners.push(server);
        self.streams.extend([client, served, waiting, one, other]);
        self.datagrams.push(bound);
        self.sockets.push(sequence);
    }
}

/// A line without what differs from one moment to the next, and without what differs for a reason.
fn still(line: &str, ours: bool) -> String {
    let mut line = line.to_owned();
    for kind in ["on (", "keepalive (", "timewait (", "probe ("] {
        if let Some((before, timer)) = line.split_once(kind) {
            // The seconds move.
            let counts = timer.split_once('/').map_or("", |(_, counts)| counts);
            line = format!("{before}{kind}/{counts}");
        }
    }
    // Between fork(2) and execve(2) the child of another test holds the same sockets, under the same name.
    if let Some((before, program)) = line.split_once("/netns-") {
        let rest = program.split_once(' ').map_or("", |(_, rest)| rest.trim_start());
        line = format!(
            "{} PID/netns {rest}",
            before.trim_end_matches(|character: char| character.is_ascii_digit()).trim_end()
        );
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    if line.starts_with("tcp") && words.get(5) == Some(&"LISTEN") {
        // netstat has no limit of the queue.
        let limit = if ours { "     5" } else { "     0" };
        assert_eq!(line.get(13..19), Some(limit), "{line}");
        line.replace_range(13..19, "     -");
    }
    line
}

fn lines(run: &Run, ours: bool) -> Vec<String> {
    let mut lines: Vec<String> = run.out().lines().map(|line| still(line, ours)).collect();
    lines.sort();
    lines
}

/// Both print the same, if need be once more: the child of another test holds our descriptors until it is another program.
#[track_caller]
fn assert_same(net: &Net, ours: &Ours, line: &str) {
    const TIMES: u32 = 50;
    let both = || (ours.run(line), theirs(net, line));
    let differ = |(here, there): &(Run, Run)| lines(here, true) != lines(there, false);
    let (here, there) = (1..TIMES).map(|_| both()).find(|runs| !differ(runs)).unwrap_or_else(both);
    assert_eq!(lines(&here, true), lines(&there, false), "netstat {line}\n{}\n{}", here.story(), there.story());
    assert_eq!(here.status, there.status, "netstat {line}\n{}\n{}", here.story(), there.story());
}

/// Options, alone and together, in every order that people type. `-n` is everywhere: netstat asks name servers.
const LINES: &[&str] = &[
    "-n",
    "-nt",
    "-nu",
    "-nU",
    "-nx",
    "-nl",
    "-an",
    "-nat",
    "-nlt",
    "-natp",
    "-patn",
    "-tulpn",
    "-plunt",
    "-tanop",
    "-nao",
    "-naW",
    "-tanW",
    "-anx",
    "-anxp",
    "-nxl",
    "-nxe",
    "-n4at",
    "-n6at",
    "-n46at",
    "-nlte",
    "-tlpen",
    "-ntlee",
    "-ntv",
    "-nNF",
    "-n -A inet",
    "-n -A inet6",
    "-n -A unix",
    "-n -A inet,inet6",
    "-n -x -A inet",
    "-n -A inet6,unix -t",
    "-n --protocol=unix",
    "-n --ip",
    "-n --inet --tcp",
    "-n --inet6 --udp --all",
    "--numeric --tcp --listening --programs",
    "--numeric --unix --list --prog",
    "-tl --numeric-hosts",
    "-tul --numeric-hosts",
    "-tle --numeric-hosts --numeric-ports",
    "-tl --numeric-hosts --numeric-ports --extend",
    "-tl --numeric-hosts --numeric-ports --numeric-users -e",
    "-n --udplite --all --wide --timers",
];

fn every_option(net: &Net) {
    let ours = Ours::new(net);
    let _zoo = Zoo::new(net);
    // The other end may take its time to acknowledge a FIN.
    wait_until("every FIN is acknowledged", || !ours.run("-tan").out().contains("FIN_WAIT1"));
    for line in LINES {
        assert_same(net, &ours, line);
    }
}

/// Two joined interfaces, with routes of every sort.
fn neighbours(net: &Net) {
    net.ip("link add veth0 type veth peer name veth1");
    net.ip("link add veth10 type veth peer name veth11");
    net.ip("address add 192.0.2.1/24 dev veth0");
    for interface in ["veth0", "veth1"] {
        net.ip(&format!("link set {interface} addrgenmode none"));
        net.ip(&format!("link set {interface} up"));
    }
    net.ip("link set veth1 promisc on");
    net.ip("link set veth0 allmulticast on arp off dynamic on trailers off");
    net.ip("route add 198.51.100.0/24 via 192.0.2.2 metric 100");
    net.ip("route add 10.9.9.9/32 dev veth1");
    net.ip("route add unreachable 203.0.113.0/24");
    net.ip("route add default via 192.0.2.3 mtu 1400 advmss 1200 window 777 rtt 100ms");
    net.ip("-6 address add 2001:db8::1/64 dev veth0 nodad");
    net.ip("-6 route add 2001:db8:9::/48 via 2001:db8::5 dev veth0 metric 1000000");
    net.ip("-6 route add 2001:db8:a::/48 via 2001:db8::5 dev veth0 expires 10000");
    net.ip("-6 route add unreachable 2001:db8:b::/48");
    for (label, address) in [("veth0:1", "192.0.2.77/24"), ("veth0:10", "192.0.2.78/24"), ("veth0:1", "192.0.2.79/24")]
    {
        net.ip(&format!("address add {address} dev veth0 label {label}"));
    }
    // A name that fills its column, and what leads nowhere.
    net.ip("link add fifteen-letters type veth peer name veth12");
    net.ip("link set fifteen-letters up");
    net.ip("address add 10.77.0.1/24 dev fifteen-letters");
    net.ip("route add 100.64.0.0/10 dev fifteen-letters metric 4294967295");
    net.ip("route add blackhole 203.0.112.0/24");
    net.ip("route add throw 203.0.111.0/24");
    net.ip("route add prohibit 203.0.110.0/24");
    net.ip("route add 0.0.0.0/1 via 192.0.2.9");
    net.ip("route add 172.16.0.0/12 nexthop via 192.0.2.5 nexthop via 10.77.0.9");
    net.ip("-6 route add blackhole 2001:db8:c::/48");
    net.ip("-6 route add default nexthop via fe80::1 dev veth0 nexthop via fe80::2 dev fifteen-letters");
}

fn other_displays(net: &Net) {
    let ours = Ours::new(net);
    neighbours(net);
    for line in [
        "-rn",
        "--route -n",
        "-rne",
        "-rnF",
        "-rn46",
        "-rn64",
        "-rn -A inet6,inet",
        "-rN",
        "-r6N",
        "-r6n",
        "-rn -A inet6",
        "-rnt",
        "-rnC",
        "-rneC",
        "-rneeC",
        "-rnFC",
        "-rn6C",
        "-gn",
        "-n --groups",
        "-gnr",
        "-ntrW",
        "-rx",
        "-rr",
        "-ii",
        "-ri",
    ] {
        assert_same(net, &ours, line);
    }
    // What fills its column: netstat cuts the interface's name, and does not find its counters.
    let without = |run: &Run| {
        let out = run.out();
        out.lines().filter(|line| !line.contains("fiftee")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without(&ours.run("-rnee")), without(&theirs(net, "-rnee")));
    ours.run("-rnee")
        .stdout_has("10.77.0.0       0.0.0.0         255.255.255.0   U     0      0        0 fifteen-letters 0");
    theirs(net, "-rnee").stdout_has("10.77.0.0       0.0.0.0         255.255.255.0   U     0      0        0 fiftee ");
    for line in ["-i", "-ia", "-ian", "-ti", "--interfaces", "-ai", "-gi"] {
        // Packets may come between the two.
        wait_until(line, || without(&ours.run(line)) == without(&theirs(net, line)));
    }
    ours.run("-r")
        .status(0)
        .stdout_has("default         192.0.2.3       0.0.0.0         UG     1240 777      100 veth0\n");
    ours.run("-6r").status(0).stdout_has("[::]/0 ");
    let routes = ours.run("-rn --json");
    routes
        .status(0)
        .stdout_has(r#""destination":"198.51.100.0","prefix_length":24,"gateway":"192.0.2.2","interface":"veth0""#);
    ours.run("-i --json").stdout_has(r#""name":"veth1","mtu_octets":1500"#);
    ours.run("-g --json").stdout_has(r#""interface":"lo","references":1,"group":"224.0.0.1""#);
    ours.run("-ie").status(1).stderr_has("use ip -s address");
}

/// What the manual says of it, line by line.
fn departures(net: &Net) {
    let ours = Ours::new(net);
    let both = |line: &str| (ours.run(line).out(), theirs(net, line).out());
    let bound: SocketAddr = "127.0.0.1:9999".parse().unwrap();
    let held = tcp(bound);
    held.bind(&bound.into()).unwrap();
    // Before Linux 6.8 nobody lists it.
    let known = run(net.tool("ports").arg("-tan")).out().contains("BOUND");
    let row = "tcp        0      0 127.0.0.1:9999          0.0.0.0:*               CLOSE      \n";
    let (here, there) = both("-nat");
    assert_eq!((here.contains(row), there.contains(":9999")), (known, false));

    let device: SocketAddr = "[::]:7006".parse().unwrap();
    let on_lo = tcp(device);
    on_lo.bind_device(Some(b"lo")).unwrap();
    on_lo.bind(&device.into()).unwrap();
    on_lo.listen(7).unwrap();
    let (here, there) = both("-nlt");
    assert!(
        here.contains("tcp6       0      7 ::%lo:7006              :::*                    LISTEN     \n"),
        "{here}"
    );
    assert!(
        there.contains("tcp6       0      0 :::7006                 :::*                    LISTEN     \n"),
        "{there}"
    );

    let raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(253))).unwrap();
    let (here, there) = both("-nwa");
    let row =
        |state: &str| format!("raw        0      0 0.0.0.0:253             0.0.0.0:*               {state:<11}\n");
    assert!(here.ends_with(&row("CLOSE")) && there.ends_with(&row("7")), "{here}{there}");
    drop(raw);

    let server = listener("127.0.0.1:22", 5);
    let client = connected("127.0.0.1:22".parse().unwrap());
    let (served, _) = server.accept().unwrap();
    served.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.recv(&mut [MaybeUninit::uninit(); 1]).unwrap(), 0);
    drop(client);
    drop(served);
    wait_until("TIME_WAIT", || both("-nte").0.contains("TIME_WAIT   -          0         \n"));
    assert!(both("-nte").1.contains("TIME_WAIT   0          0         \n"));

    let _named = UnixDatagram::bind(net.dir().join("two words")).unwrap();
    let (here, there) = both("-nx");
    assert!(here.contains("/two words\n") && there.contains("/two\n"), "{here}{there}");
}

/// As /etc/hosts, /etc/networks and nsswitch.conf have them, netstat prints them too.
fn names_of_hosts_and_networks(net: &Net) {
    let ours = Ours::new(net);
    neighbours(net);
    let write = |name: &str, text: &str| fs::write(net.dir().join(name), text).unwrap();
    write(
        "hosts",
        "127.0.0.1 localhost lo\n::1 six\n192.0.2.2 a-gateway-with-a-long-name.example\n10.9.9.9 nine\n0.0.0.0 any\n\
        224.0.0.1 all-systems.mcast.example\nff02::1 all-nodes\n2001:db8:9:: a-network-of-ipv6-with-a-long-name.example\n\
        2001:db8::5 five # no\n203.0.113.0 not-a-network\n",
    );
    write("networks", "default 0.0.0.0\na-network-with-a-long-name 192.0.2.0\nlab 10.77\nwide 172.16.0.0 w\n");
    write("nsswitch.conf", "hosts: files\nnetworks: files\nservices: files\nprotocols: files\npasswd: files\n");
    let dir = net.dir().display();
    let setup = ["hosts", "networks", "nsswitch.conf"]
        .map(|name| format!("touch /etc/{name}; mount --bind {dir}/{name} /etc/{name}"))
        .join("; ");
    let _server = listener("127.0.0.1:22", 5);
    let _pair = (
        connected("127.0.0.1:22".parse().unwrap()),
        UdpSocket::bind("[::1]:53").unwrap(),
        UdpSocket::bind("0.0.0.0:53").unwrap(),
    );
    for line in
        ["-r", "-re", "-rW", "-r6", "-r --numeric-ports", "-r --numeric-hosts", "-g", "-gW", "-4t", "-ua", "-W4t"]
    {
        assert_same_behind(net, &ours, &setup, line);
    }
    let [here, _] = both_behind(net, &ours, &setup, "-r");
    here.stdout_has("198.51.100.0    a-gateway-with- ").stdout_has("a-network-with- 0.0.0.0 ").stdout_has("nine ");
}

/// A list of the kernel's with other values: each its own, or all of them zero.
fn revalued(list: &str, zero: bool) -> String {
    let mut next = 1_000_000_u32;
    let mut word = |word: &str| {
        next += 1;
        let value = if zero { 0 } else { next };
        if word.parse::<i64>().is_ok() { value.to_string() } else { word.to_owned() }
    };
    let line = |line: &str| line.split_ascii_whitespace().map(&mut word).collect::<Vec<_>>().join(" ");
    list.lines().map(line).map(|line| line + "\n").collect()
}

/// What older kernels count, and what this one has no SCTP for.
const OLD_COUNTERS: &str = "TcpExt: PAWSPassive SockMallocOOM TCPAbortOnSyn TCPDirectCopyFromBacklog TCPFACKReorder \
    TCPForwardRetrans TCPHPHitsToUser TCPLostRetransmits TCPPrequeued TCPSchedulerFailed NewAndUnknown\n\
    TcpExt: 1 1 1 1 1 1 1 1 1 1 1\n";
const SCTP_COUNTERS: &str = "SctpCurrEstab 1\nSctpActiveEstabs 1\nSctpPassiveEstabs 1\nSctpAborteds 1\nSctpShutdowns 1\n\
    SctpOutOfBlues 1\nSctpChecksumErrors 1\nSctpOutCtrlChunks 1\nSctpOutOrderChunks 1\nSctpOutUnorderChunks 1\n\
    SctpInCtrlChunks 1\nSctpInOrderChunks 1\nSctpInUnorderChunks 1\nSctpFragUsrMsgs 1\nSctpReasmUsrMsgs 1\n\
    SctpOutSCTPPacks 1\nSctpInSCTPPacks 1\nSctpT1InitExpireds 1\n";

fn counters(net: &Net) {
    let ours = Ours::new(net);
    let kernels = |name: &str| fs::read_to_string(format!("/proc/thread-self/net/{name}")).unwrap();
    let dir = net.dir().join("net");
    fs::create_dir_all(dir.join("sctp")).unwrap();
    // Both read lists of ours in place of the kernel's.
    let setup = format!("mount -t tmpfs none /proc; cp -r {} /proc/; ln -s . /proc/thread-self", dir.display());
    for zero in [false, true] {
        let write = |name: &str, list: &str| fs::write(dir.join(name), revalued(list, zero)).unwrap();
        write("snmp", &kernels("snmp"));
        write("netstat", &(kernels("netstat") + OLD_COUNTERS));
        write("snmp6", &kernels("snmp6"));
        write("sctp/snmp", SCTP_COUNTERS);
        for line in
            ["-s", "-s6", "-st", "-su", "-sU", "-sw", "-sS", "-stu", "-s4", "-sv", "-sae", "-s6t", "-s6u", "-s6w"]
        {
            assert_same_behind(net, &ours, &setup, line);
        }
    }
    let server = listener("127.0.0.1:22", 5);
    let _pair = (connected("127.0.0.1:22".parse().unwrap()), server.accept().unwrap());
    ours.run("-st").status(0).stdout_has("Tcp:\n    1 active connection openings\n    1 passive connection openings\n");
    ours.run("-st --json")
        .stdout_has(r#"{"schema":"ports/1","type":"result","data":{"group":"Tcp","name":"ActiveOpens","value":1}}"#);
    ours.run("-sx").status(1).stderr_is("netstat: unix: the kernel keeps no statistics of this family\n");
    assert_eq!(theirs(net, "-sx").status, 1);
}

fn holders(net: &Net) {
    let ours = Ours::new(net);
    let shared = listener("127.0.0.1:7001", 5);
    let mut command = Command::new("sh");
    // It alone inherits the socket: what other threads of this process start meanwhile does not.
    command.args(["-c", "echo ready; kill -STOP $$"]).stdin(OwnedFd::from(shared.try_clone().unwrap()));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let other = Background::spawn_as_it_is(command);
    other.wait_for_stdout("ready");
    let (own, pid) = (std::process::id(), other.pid());
    let comm = fs::read_to_string("/proc/self/comm").unwrap();
    let each = format!("{own}/{},{pid}/sh", comm.trim_end());
    let first = ours.run("-nltp");
    first
        .status(0)
        .stderr_has("netstat: some sockets have more holders than the one that is shown: -W names them all\n");
    assert!(!first.out().contains(',') && first.out().contains('/'), "{}", first.out());
    let wide = ours.run("-nltpW");
    wide.status(0).stderr_is("");
    let reversed = format!("{pid}/sh,{own}/{}", comm.trim_end());
    assert!(wide.out().contains(&each) || wide.out().contains(&reversed), "{}", wide.out());
    // Somebody else may not look into them.
    let mut nobody = ours.command("-nltp");
    run(nobody.uid(65_534).gid(65_534))
        .status(0)
        .stdout_has("LISTEN      -                   \n")
        .stderr_has("(Not all processes could be identified, non-owned process info\n will not be shown");
    ours.run("-nltp --json").stdout_has(r#""command":"sh""#);
    drop(other);
}

fn names_and_statuses(net: &Net) {
    let ours = Ours::new(net);
    let _server = listener("127.0.0.1:22", 5);
    let _wild = listener("[::]:80", 5);
    ours.run("-lt")
        .status(0)
        .stdout_has("tcp        0      5 localhost:ssh           0.0.0.0:*               LISTEN     \n")
        .stdout_has("tcp6       0      5 [::]:http               [::]:*                  LISTEN     \n");
    for line in ["-Q", "--num", "--foo", "-ri", "-T", "-A foo", "-M", "-n -t"] {
        assert_eq!(ours.run(line).status, theirs(net, line).status, "netstat {line}");
    }
    ours.run("-Q").stderr_is("netstat: invalid option -- 'Q' (see netstat --help)\n");
    ours.run("-nt xyz").status(0).stderr_is("netstat: xyz: not looked at: netstat takes no filter (ports and ss do)\n");
    ours.run("-h").status(0).stdout_has("Usage: netstat [OPTIONS]");
    let first = |run: &Run| run.out().split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(first(&ours.run("-V")), first(&theirs(net, "-V")));
    ours.run("-ntl --explain").status(0).stdout_has("LISTEN (2): waits for connections");
    ours.run("-nl --json").status(0).stdout_has(r#""netid":"tcp""#).stdout_has(r#""local_port":22"#);
}

fn again(net: &Net) {
    let ours = Ours::new(net);
    let _server = listener("127.0.0.1:22", 5);
    let again = Background::spawn(ours.command("-nltc"));
    let title = b"Active Internet connections (only servers)\n";
    wait_until("a second listing", || {
        let out = again.stdout_so_far();
        out.windows(title.len()).filter(|window| window == title).count() >= 2
    });
    again.kill();
}
