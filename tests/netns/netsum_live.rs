//! `netsum verify --live`: what passes an interface, held to tcpdump, and every way in which it ends.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::process::Stdio;

use serde_json::Value;
use socket2::{Domain, Protocol, Socket, Type};
use sockeye_sys::{NetNs, interface, link, namespace};
use sockeye_test_support::{Background, Case, DEADLINE, Net, Run, run, tools_dir, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("netsum_live::judges_as_from_tcpdump_s_file", &["ip", "tcpdump"], as_from_a_file),
        Case::new("netsum_live::loopback_is_shown_once", &[], loopback_is_shown_once),
        Case::new("netsum_live::a_count_and_a_time_end_it", &["ip"], a_count_and_a_time_end_it),
        Case::new("netsum_live::a_bad_checksum_is_status_1", &["ip"], a_bad_checksum_is_status_1),
        Case::new("netsum_live::a_signal_ends_it_with_the_summary", &["ip"], a_signal_ends_it),
        Case::new("netsum_live::drops_are_counted", &["ip"], drops_are_counted),
        Case::new("netsum_live::an_interface_that_goes", &["ip"], an_interface_that_goes),
        Case::new("netsum_live::refusals", &["setpriv"], refusals),
        Case::new("netsum_live::a_tag_that_was_taken_off_is_put_back", &["ip", "python3"], a_tag_is_put_back),
        Case::new("netsum_live::any_is_all_interfaces", &["ip"], any_is_all_interfaces),
        Case::new("netsum_live::lines_come_at_once_and_a_closed_pipe_ends_it", &["ip"], through_a_pipe),
    ]
}

/// `a0`, 10.9.0.1, in here and `b0`, 10.9.0.2, in the namespace that is returned. Neither says anything by itself: no
/// IPv6, and no question for an address.
fn wire(net: &Net) -> NetNs {
    let b = NetNs::create().unwrap();
    let here = NetNs::current().unwrap();
    link::create_veth("a0", "b0", Some(&b)).unwrap();
    let ends = [(&here, "a0", 1, 2), (&b, "b0", 2, 1)];
    for (host, name, own, _) in ends {
        ip(net, host, &format!("link set dev {name} address {} addrgenmode none", hardware(own)));
        host.run(|| {
            link::add_address(name, IpAddr::from([10, 9, 0, own]), 24).unwrap();
            interface::set_tx_checksum_offload(name, false).unwrap();
            interface::bring_up(name).unwrap();
        })
        .unwrap();
    }
    for (host, name, _, other) in ends {
        host.run(|| link::wait_until_running(name, DEADLINE)).unwrap().unwrap();
        let line = format!("neighbour replace 10.9.0.{other} lladdr {} nud permanent dev {name}", hardware(other));
        ip(net, host, &line);
    }
    b
}

fn hardware(number: u8) -> String {
    format!("02:00:00:00:00:0{number}")
}

fn ip(net: &Net, host: &NetNs, line: &str) {
    let mut command = net.peer("ip");
    command.args(line.split(' '));
    namespace::command_in(&mut command, host).unwrap();
    run(&mut command).status(0);
}

/// netsum, once it listens.
fn live(net: &Net, interface: &str, options: &[&str]) -> Background {
    let mut command = net.tool("netsum");
    command.args(["verify", "--live", interface]).args(options);
    let watcher = Background::spawn(command);
    watcher.wait_for_stderr(&format!("listening on {interface}\n"));
    watcher
}

/// Datagrams from 10.9.0.1:7001 to 10.9.0.2:7000, where somebody takes them.
struct Sender {
    socket: UdpSocket,
    _receiver: UdpSocket,
}

impl Sender {
    fn new(b: &NetNs) -> Self {
        let receiver = b.run(|| UdpSocket::bind("10.9.0.2:7000").unwrap()).unwrap();
        let socket = UdpSocket::bind("10.9.0.1:7001").unwrap();
        socket.connect("10.9.0.2:7000").unwrap();
        Self { socket, _receiver: receiver }
    }

    fn send(&self, data: &[u8]) {
        assert_eq!(self.socket.send(data).unwrap(), data.len());
    }
}

/// A datagram with a checksum of 1, where f752 and the like would be right.
fn send_bad() {
    let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::UDP)).unwrap();
    let to: SocketAddr = (Ipv4Addr::new(10, 9, 0, 2), 0).into();
    let datagram = b"\x1b\x59\x1b\x58\x00\x0d\x00\x01ABCDE";
    assert_eq!(socket.send_to(datagram, &to.into()).unwrap(), datagram.len());
}

/// The columns of `--tsv`.
fn rows(out: &str) -> Vec<Vec<String>> {
    out.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// The last object of `--json`.
fn summary(told: &Run) -> Value {
    let out = told.out();
    let last: Value = serde_json::from_str(out.lines().last().unwrap()).unwrap();
    assert_eq!(last["data"]["record"], "summary", "{}", told.story());
    last["data"].clone()
}

fn as_from_a_file(net: &Net) {
    let b = wire(net);
    let sender = Sender::new(&b);
    for (offload, verdict) in [(false, "good"), (true, "partial")] {
        interface::set_tx_checksum_offload("a0", offload).unwrap();
        let mut command = net.peer("tcpdump");
        command.args(["-i", "a0", "-n", "-U", "--immediate-mode", "-Z", "root", "-c", "4", "-w", "a0.pcap"]);
        let tcpdump = Background::spawn(command);
        tcpdump.wait_for_stderr("listening on a0");
        let watcher = live(net, "a0", &["--tsv", "-c", "4"]);
        sender.send(b"ABCDE");
        send_bad();
        sender.send(b"");
        sender.send(&[7; 1400]);
        tcpdump.wait().status(0);
        let told = watcher.wait();
        told.status(1).stderr_is("netsum: listening on a0\n");
        let filed = run(net.tool("netsum").args(["verify", "--tsv", "a0.pcap"]));
        filed.status(1);
        told.stdout_is(&filed.stdout);
        let found = rows(&told.out());
        let verdicts: Vec<_> = found.iter().filter(|row| row[1] == "udp").map(|row| row[5].as_str()).collect();
        assert_eq!(verdicts, [verdict, "bad", verdict, verdict], "{}", told.story());
    }
}

fn loopback_is_shown_once(net: &Net) {
    interface::bring_up("lo").unwrap();
    let receiver = UdpSocket::bind("127.0.0.1:7000").unwrap();
    let sender = UdpSocket::bind("127.0.0.1:7001").unwrap();
    let watcher = live(net, "lo", &["--json", "-c", "2"]);
    for data in [&b"ABCDE"[..], b"ABCDEQUQUQU"] {
        sender.send_to(data, receiver.local_addr().unwrap()).unwrap();
    }
    let told = watcher.wait();
    told.status(0);
    let out = told.out();
    let stored: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["data"].take())
        .filter(|data| data["protocol"] == "udp" && data["record"] == "checksum")
        .map(|data| data["stored"].clone())
        .collect();
    // The pseudo-header has the length: two datagrams, not one of them twice.
    assert!(stored.len() == 2 && stored[0] != stored[1], "{}", told.story());
    assert_eq!(summary(&told)["frames"], 2);
}

fn a_count_and_a_time_end_it(net: &Net) {
    let b = wire(net);
    let sender = Sender::new(&b);
    let watcher = live(net, "a0", &["--count", "2"]);
    for _ in 0..3 {
        sender.send(b"ABCDE");
    }
    watcher.wait().status(0).stdout_has("2 frames, 4 checksums: nothing bad");
    let watcher = live(net, "a0", &["--seconds", "0.5"]);
    watcher.wait().status(0).stdout_has("0 frames, 0 checksums: no checksum found");
    for wrong in ["0", "-1", "nan", "x"] {
        run(net.tool("netsum").args(["verify", "--live", "a0", &format!("--seconds={wrong}")]))
            .status(2)
            .stderr_has("a number of seconds from 0.001 to 2678400 is wanted, such as 10 or 0.5");
    }
}

fn a_bad_checksum_is_status_1(net: &Net) {
    let b = wire(net);
    let _sender = Sender::new(&b);
    let watcher = live(net, "a0", &["-c", "1"]);
    send_bad();
    watcher.wait().status(1).stdout_has("1 frame, 2 checksums: 1 bad");
}

fn a_signal_ends_it(net: &Net) {
    let b = wire(net);
    let sender = Sender::new(&b);
    for name in ["INT", "TERM", "HUP"] {
        let watcher = live(net, "a0", &[]);
        // What was sent before the signal is there, though nothing was shown of it yet.
        sender.send(b"ABCDE");
        watcher.signal(name);
        watcher.wait().status(0).stdout_has("1 frame, 2 checksums: nothing bad");
        let watcher = live(net, "a0", &[]);
        send_bad();
        watcher.signal(name);
        watcher.wait().status(1).stdout_has("1 frame, 2 checksums: 1 bad");
    }
}

/// A process that is stopped fetches nothing: the ring fills up, and what comes then is dropped and counted.
fn drops_are_counted(net: &Net) {
    const SENT: u64 = 20_000;
    let b = wire(net);
    let sender = Sender::new(&b);
    for options in [&["--json"][..], &["--summary"]] {
        let watcher = live(net, "a0", options);
        watcher.signal("STOP");
        let stat = format!("/proc/{}/stat", watcher.pid());
        wait_until("netsum is stopped", || fs::read_to_string(&stat).is_ok_and(|text| text.contains(") T ")));
        for _ in 0..SENT {
            sender.send(&[7; 1400]);
        }
        watcher.signal("INT");
        watcher.signal("CONT");
        let told = watcher.wait();
        told.status(0);
        if options == ["--json"] {
            let summary = summary(&told);
            let (frames, drops) = (summary["frames"].as_u64().unwrap(), summary["kernel_drops"].as_u64().unwrap());
            // 16 MiB hold so many of 1442 octets and not twice as many.
            assert!(frames > 5_000 && drops > 5_000, "{summary:#}");
            assert_eq!(frames + drops, SENT);
        } else {
            told.stdout_has("dropped by the kernel, which nobody fetched in time");
            assert!(!told.out().contains("\n0 frames dropped"), "{}", told.story());
        }
    }
}

fn an_interface_that_goes(net: &Net) {
    let b = wire(net);
    let sender = Sender::new(&b);
    let watcher = live(net, "a0", &[]);
    sender.send(b"ABCDE");
    interface::take_down("a0").unwrap();
    let told = watcher.wait();
    told.status(3).stdout_has("1 frame, 2 checksums: nothing bad");
    told.stderr_has("netsum: capture on a0: the interface is down\n");
    run(net.tool("netsum").args(["verify", "--live", "a0"]))
        .status(3)
        .stdout_is("")
        .stderr_is("netsum: capture on a0: the interface is down\n");

    interface::bring_up("a0").unwrap();
    link::wait_until_running("a0", DEADLINE).unwrap();
    let watcher = live(net, "a0", &[]);
    send_to_anybody();
    link::delete("a0").unwrap();
    let told = watcher.wait();
    told.status(3).stdout_has("2 checksums: nothing bad");
    // Down comes before gone, and either may be seen.
    told.stderr_has("netsum: capture on a0: ");
}

/// A datagram for whom no address has to be asked for.
fn send_to_anybody() {
    let socket = UdpSocket::bind("10.9.0.1:7002").unwrap();
    socket.set_broadcast(true).unwrap();
    socket.send_to(b"ABCDE", "10.9.0.255:7000").unwrap();
}

fn refusals(net: &Net) {
    interface::bring_up("lo").unwrap();
    let mut command = net.peer("setpriv");
    command.args(["--bounding-set=-net_raw", "--inh-caps=-net_raw"]).arg(tools_dir().join("netsum"));
    run(command.args(["verify", "--live", "lo"])).status(4).stdout_is("").stderr_is(
        "netsum: capture on lo: Operation not permitted (needs CAP_NET_RAW: run as root, or grant it with `setcap \
         cap_net_raw+ep PROGRAM`)\n",
    );
    link::create_veth("a0", "a1", None).unwrap();
    let told = run(net.tool("netsum").args(["verify", "--live", "nosuch"]));
    told.status(2).stdout_is("").stderr_has("netsum: capture on nosuch: no such interface (there are: ");
    assert!(["lo", "a0", "a1"].iter().all(|name| told.err().contains(name)), "{}", told.story());
    for options in [&["-c", "1"][..], &["--seconds", "1"], &["--promiscuous"]] {
        let mut command = net.tool("netsum");
        run(command.args(["verify", "x.pcap"]).args(options)).status(2).stderr_has("cannot be used with");
        let mut command = net.tool("netsum");
        run(command.arg("verify").args(options)).status(2).stderr_has("--live");
    }
    run(net.tool("netsum").args(["verify", "--live", "lo", "x.pcap"])).status(2).stderr_has("cannot be used with");
}

/// The receiving kernel takes the tag off before a packet socket sees the frame.
fn a_tag_is_put_back(net: &Net) {
    let b = wire(net);
    let watcher = live(net, "a0", &["--tsv", "-c", "1"]);
    let frame = "020000000001 020000000002 8100 2005 0800 \
                 45000021000100004011 66c9 0a000001 0a000002 13881770 000d f752 4142434445";
    let program = "import socket,sys; s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW); s.bind(('b0',0)); \
                   s.send(bytes.fromhex(sys.argv[1]))";
    let mut python = net.peer("python3");
    python.args(["-c", program, frame]);
    namespace::command_in(&mut python, &b).unwrap();
    run(&mut python).status(0);
    // Four octets further than without it: 24 and 40.
    watcher.wait().status(0).stdout_is("1\tip\t28\t0x66c9\t0x66c9\tgood\n1\tudp\t44\t0xf752\t0xf752\tgood\n");
}

fn any_is_all_interfaces(net: &Net) {
    let b = wire(net);
    let sender = Sender::new(&b);
    interface::bring_up("lo").unwrap();
    let receiver = UdpSocket::bind("127.0.0.1:7000").unwrap();
    let local = UdpSocket::bind("127.0.0.1:7001").unwrap();
    let watcher = live(net, "any", &["-c", "2"]);
    local.send_to(b"ABCDE", receiver.local_addr().unwrap()).unwrap();
    sender.send(b"ABCDE");
    let told = watcher.wait();
    told.status(0)
        .stdout_has("127.0.0.1:7001 > 127.0.0.1:7000")
        .stdout_has("10.9.0.1:7001 > 10.9.0.2:7000")
        .stdout_has("2 frames, 4 checksums: nothing bad");
}

fn through_a_pipe(net: &Net) {
    let b = wire(net);
    let sender = Sender::new(&b);
    let watcher = live(net, "a0", &["--tsv"]);
    sender.send(b"ABCDE");
    // Nothing has ended it: the line is here because it was written at once.
    watcher.wait_for_stdout("\tudp\t");
    watcher.signal("INT");
    assert_eq!(rows(&watcher.wait().status(0).out()).len(), 2);

    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = net.tool("netsum");
    command.args(["verify", "--live", "a0", "--tsv"]).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    let mut watcher = Background::spawn_as_it_is(command);
    watcher.wait_for_stderr("listening on a0\n");
    drop(reader);
    // It does so although nothing passes.
    wait_until("netsum sees that nobody reads", || !watcher.is_running());
    watcher.wait().status(0).stderr_is("netsum: listening on a0\n");
}
