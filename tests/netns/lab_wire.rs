//! The network that lab makes, and its wires: the frames that hosts send through them, and what becomes of those.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use sockeye_lab::model::{
    Address, Condition, Conditions, End, File, Link, Medium, Network as Description, Node, NodeKind, Route, Setting,
};
use sockeye_lab::record::Fate;
use sockeye_lab::shell::network::{Network, Setup};
use sockeye_lab::shell::wire::Passed;
use sockeye_sys::sock_diag::{Request, dump};
use sockeye_sys::{Family, Protocol, TcpState, interface, link, namespace};
use sockeye_test_support::{Case, Net, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("lab_wire::every_datagram_crosses", &[], |_| every_datagram_crosses(true)),
        Case::new("lab_wire::every_datagram_crosses_without_tap", &[], |net| {
            without_tap(net);
            every_datagram_crosses(false);
        }),
        Case::new("lab_wire::a_seed_loses_the_same_datagrams", &[], |_| a_seed_loses_the_same_datagrams()),
        Case::new("lab_wire::doubled_datagrams_arrive_twice", &[], |_| doubled_datagrams_arrive_twice()),
        Case::new("lab_wire::what_was_sent_before_a_change_meets_the_wire_as_it_was", &[], |_| {
            what_was_sent_before_a_change_meets_the_wire_as_it_was();
        }),
        Case::new("lab_wire::a_cut_is_silent_and_ends", &[], |_| a_cut_is_silent_and_ends()),
        Case::new("lab_wire::a_delay_is_a_delay", &[], |_| a_delay_is_a_delay()),
        Case::new("lab_wire::a_rate_is_kept_and_its_queue", &[], |_| a_rate_is_kept_and_its_queue()),
        Case::new("lab_wire::a_stream_crosses_whole", &[], |_| a_stream_crosses_whole(true)),
        Case::new("lab_wire::a_stream_crosses_whole_without_tap", &[], |net| {
            without_tap(net);
            a_stream_crosses_whole(false);
        }),
        Case::new("lab_wire::no_orphan_is_left", &[], |_| no_orphan_is_left()),
        Case::new("lab_wire::settings_files_and_mtu", &[], settings_files_and_mtu),
        Case::new("lab_wire::routers_and_switches", &[], |_| routers_and_switches()),
        Case::new("lab_wire::an_interface_gets_back_what_it_had", &[], |_| an_interface_gets_back_what_it_had()),
    ]
}

/// From here on this thread, and those that it makes, find no TAP device.
fn without_tap(net: &Net) {
    let nothing = net.dir().join("nothing");
    std::fs::write(&nothing, "").unwrap();
    namespace::unshare_mount().unwrap();
    namespace::bind_mount(&nothing, "/dev/net/tun").unwrap();
}

/// Whether this machine lets us make TAP devices: on some, only root may open that file.
fn may_have_tap() -> bool {
    std::fs::File::options().read(true).write(true).open("/dev/net/tun").is_ok()
}

fn node(name: &str, kind: NodeKind) -> Node {
    Node { name: name.to_owned(), kind }
}

fn end(node: &str, interface: &str, addresses: &[&str]) -> End {
    let address = |text: &&str| {
        let (addr, prefix) = text.split_once('/').unwrap();
        Address { addr: addr.parse().unwrap(), prefix: prefix.parse().unwrap() }
    };
    End {
        node: node.to_owned(),
        interface: interface.to_owned(),
        addresses: addresses.iter().map(address).collect(),
        mtu: None,
    }
}

/// Alice and Bob, and a wire between them.
fn pair(conditions: Conditions) -> Description {
    Description {
        nodes: vec![node("alice", NodeKind::Host), node("bob", NodeKind::Host)],
        links: vec![Link {
            name: "middle".to_owned(),
            ends: [
                end("alice", "eth0", &["10.0.0.1/24", "fd00::1/64"]),
                end("bob", "eth0", &["10.0.0.2/24", "fd00::2/64"]),
            ],
            medium: Medium::Wire([conditions; 2]),
        }],
        ..Description::default()
    }
}

/// As [`pair`], without IPv6: with the neighbour known, no frame is sent but those of the test.
fn pair_v4(conditions: Conditions) -> Description {
    let mut description = pair(conditions);
    for end in &mut description.links[0].ends {
        end.addresses.truncate(1);
    }
    description
}

/// A network whose frames are kept.
struct Lab {
    network: Network,
    frames: Arc<Mutex<Vec<Passed>>>,
}

impl Lab {
    fn new(description: &Description, seed: u64) -> Self {
        let frames = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&frames);
        let on_frame = Arc::new(move |passed| kept.lock().unwrap().push(passed));
        let setup = Setup { seed, on_frame: Some(on_frame), ..Setup::default() };
        Self { network: Network::build(description, &setup, &mut |_| {}).unwrap(), frames }
    }

    fn socket(&self, host: &str, addr: &str) -> UdpSocket {
        let socket = self.network.host(host).unwrap().run(|| UdpSocket::bind((addr, 6000)).unwrap()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        socket
    }

    /// The UDP datagrams so far, by the number that is their data.
    fn datagrams(&self) -> Vec<(u32, Passed)> {
        let frames = self.frames.lock().unwrap();
        let mut found: Vec<(u32, Passed)> =
            frames.iter().filter_map(|frame| Some((number(&frame.octets)?, frame.clone()))).collect();
        found.sort_by_key(|(number, _)| *number);
        found
    }

    /// Waits until this one has met its fate.
    fn told(&self, number: u32) -> Passed {
        let find = || self.datagrams().into_iter().find(|(other, _)| *other == number);
        wait_until(&format!("datagram {number} has met its fate"), || find().is_some());
        find().unwrap().1
    }

    /// Waits until so many have met their fate.
    fn all(&self, count: usize) -> Vec<(u32, Passed)> {
        wait_until(&format!("{count} datagrams have met their fate"), || self.datagrams().len() >= count);
        let found = self.datagrams();
        assert_eq!(found.len(), count);
        found
    }
}

/// The number in a UDP datagram to port 6000.
fn number(octets: &[u8]) -> Option<u32> {
    let ip = octets.get(14..)?;
    let udp = match octets.get(12..14)? {
        [0x08, 0x00] if ip.get(9) == Some(&17) => ip.get(20..)?,
        [0x86, 0xdd] if ip.get(6) == Some(&17) => ip.get(40..)?,
        _ => return None,
    };
    (udp.get(2..4)? == 6000_u16.to_be_bytes()).then_some(())?;
    Some(u32::from_be_bytes(udp.get(8..12)?.try_into().ok()?))
}

fn send(socket: &UdpSocket, to: &str, number: u32, length: usize) {
    let mut data = number.to_be_bytes().to_vec();
    data.resize(length, 0);
    socket.send_to(&data, (to, 6000)).unwrap();
}

fn receive(socket: &UdpSocket) -> u32 {
    let mut data = [0; 2048];
    let length = socket.recv(&mut data).unwrap();
    u32::from_be_bytes(data[..4].try_into().unwrap_or_else(|_| panic!("{length} octets")))
}

fn every_datagram_crosses(tap: bool) {
    let lab = Lab::new(&pair(Conditions::default()), 1);
    assert_eq!(has_veth(&lab), !(tap && may_have_tap()), "the kind of wire that was to be tried");
    for (here, there) in [("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")] {
        let (alice, bob) = (lab.socket("alice", here), lab.socket("bob", there));
        for number in 0..100 {
            send(&alice, there, number, 4 + usize::try_from(number).unwrap());
            assert_eq!(receive(&bob), number);
            send(&bob, here, number + 1_000, 1_400);
            assert_eq!(receive(&alice), number + 1_000);
        }
    }
    for (number, passed) in lab.all(400) {
        assert_eq!((&*passed.link, passed.fate), ("middle", Fate::Arrived));
        let ends = if number < 1_000 { ("alice", "bob") } else { ("bob", "alice") };
        assert_eq!((&*passed.from, &*passed.to), ends);
        assert!(passed.arrived.unwrap() >= passed.sent);
        // Locally administered, and always the same.
        assert_eq!(passed.octets[6..12], [2, 0, 0, 0, if number < 1_000 { 1 } else { 2 }, 0]);
    }
}

/// Whether alice's interface is an end of a veth pair: another interface belongs to it.
fn has_veth(lab: &Lab) -> bool {
    let alice = lab.network.host("alice").unwrap();
    // A veth can be deleted only as a pair; a TAP device that somebody holds cannot have a second holder.
    let second = alice.run(|| sockeye_sys::tap::Tap::create("eth0").map(drop)).unwrap();
    second.unwrap_err().errno() != Some(16)
}

fn a_seed_loses_the_same_datagrams() {
    let fates = |seed| {
        let lab = Lab::new(&pair_v4(Conditions { loss: 0.3, ..Conditions::default() }), seed);
        let alice = lab.socket("alice", "10.0.0.1");
        let _bob = lab.socket("bob", "10.0.0.2");
        know(&lab, "alice", "10.0.0.2", 2);
        for number in 0..200 {
            send(&alice, "10.0.0.2", number, 100);
        }
        lab.all(200).iter().map(|(_, passed)| passed.fate).collect::<Vec<_>>()
    };
    let first = fates(7);
    let lost = first.iter().filter(|fate| **fate == Fate::Lost).count();
    assert_eq!(lost, LOST_WITH_SEED_7);
    assert_eq!(fates(7), first);
    assert_ne!(fates(8), first);
}

/// What SplitMix64 makes of the seed 7 and the name of the wire: the chances do not depend on the machine.
const LOST_WITH_SEED_7: usize = 64;

/// Lets a host know the MAC address of another without asking.
fn know(lab: &Lab, host: &str, addr: &str, node: u8) {
    let addr: IpAddr = addr.parse().unwrap();
    lab.network.host(host).unwrap().run(|| link::add_neighbour("eth0", addr, [2, 0, 0, 0, node, 0])).unwrap().unwrap();
}

fn doubled_datagrams_arrive_twice() {
    let lab = Lab::new(&pair_v4(Conditions { duplication: 0.5, ..Conditions::default() }), 3);
    let (alice, bob) = (lab.socket("alice", "10.0.0.1"), lab.socket("bob", "10.0.0.2"));
    // What waits for ARP is sent by whoever brings the answer, while others are sent past it.
    know(&lab, "alice", "10.0.0.2", 2);
    let mut doubled = 0;
    for number in 0..100 {
        send(&alice, "10.0.0.2", number, 100);
    }
    send(&alice, "10.0.0.2", u32::MAX, 4);
    // The order is kept: about those before it we have been told by then.
    lab.told(u32::MAX);
    let told: Vec<u32> = lab.datagrams().into_iter().map(|(number, _)| number).filter(|number| *number < 100).collect();
    let mut seen = Vec::new();
    while seen.len() < told.len() {
        seen.extend(Some(receive(&bob)).filter(|number| *number < 100));
    }
    for number in 0..100 {
        let copies = told.iter().filter(|other| **other == number).count();
        assert_eq!(seen.iter().filter(|other| **other == number).count(), copies);
        doubled += copies - 1;
    }
    assert!((30..70).contains(&doubled), "{doubled}");
    let duplicates =
        lab.datagrams().iter().filter(|(number, one)| *number < 100 && one.fate == Fate::Duplicate).count();
    assert_eq!(duplicates, doubled);
}

fn what_was_sent_before_a_change_meets_the_wire_as_it_was() {
    let lab = Lab::new(&pair_v4(Conditions::default()), 0);
    let alice = lab.socket("alice", "10.0.0.1");
    know(&lab, "alice", "10.0.0.2", 2);
    for round in 0..100 {
        // The wire stands still meanwhile.
        lab.network.under_way(|| (0..20).for_each(|number| send(&alice, "10.0.0.2", round * 20 + number, 100)));
        lab.network.change("middle", None, &[Condition::Loss(1.0)]).unwrap();
        lab.network.change("middle", None, &[Condition::Loss(0.0)]).unwrap();
    }
    assert!(lab.all(2_000).iter().all(|(_, passed)| passed.fate == Fate::Arrived));
}

fn a_cut_is_silent_and_ends() {
    let lab = Lab::new(&pair(Conditions::default()), 0);
    let (alice, bob) = (lab.socket("alice", "10.0.0.1"), lab.socket("bob", "10.0.0.2"));
    send(&alice, "10.0.0.2", 0, 100);
    assert_eq!(receive(&bob), 0);
    lab.network.cut("middle").unwrap();
    // The interfaces do not notice: sending succeeds.
    for number in 1..4 {
        send(&alice, "10.0.0.2", number, 100);
    }
    lab.all(4);
    lab.network.restore("middle").unwrap();
    send(&alice, "10.0.0.2", 4, 100);
    assert_eq!(receive(&bob), 4);
    // What is on its way when the wire is cut does not arrive either.
    lab.network.change("middle", Some("alice"), &[Condition::Delay(Duration::from_secs(3600))]).unwrap();
    send(&alice, "10.0.0.2", 5, 100);
    // The frame has gone in once another, from the other end, has been through after it.
    send(&bob, "10.0.0.1", 6, 100);
    assert_eq!(receive(&alice), 6);
    wait_until("the frame is on the wire", || {
        lab.network.cut("middle").unwrap();
        lab.network.restore("middle").unwrap();
        lab.datagrams().iter().any(|(number, _)| *number == 5)
    });
    lab.network.change("middle", None, &[Condition::Delay(Duration::ZERO)]).unwrap();
    send(&alice, "10.0.0.2", 7, 100);
    assert_eq!(receive(&bob), 7);
    let fates: Vec<(u32, Fate)> = lab.all(8).iter().map(|(number, passed)| (*number, passed.fate)).collect();
    let cut = [1, 2, 3, 5];
    assert!(
        fates.iter().all(|(number, fate)| *fate == if cut.contains(number) { Fate::Cut } else { Fate::Arrived }),
        "{fates:?}"
    );
    let missing = lab.network.cut("elsewhere").unwrap_err().to_string();
    assert!(missing.contains("link elsewhere: no wire"), "{missing}");
    let missing = lab.network.change("middle", Some("carol"), &[]).unwrap_err().to_string();
    assert!(missing.contains("wire middle: has no end at carol"), "{missing}");
}

fn a_delay_is_a_delay() {
    let delay = Duration::from_millis(20);
    let lab = Lab::new(&pair(Conditions { delay, ..Conditions::default() }), 0);
    let (alice, bob) = (lab.socket("alice", "10.0.0.1"), lab.socket("bob", "10.0.0.2"));
    know(&lab, "alice", "10.0.0.2", 2);
    know(&lab, "bob", "10.0.0.1", 1);
    for number in 0..20 {
        let start = Instant::now();
        send(&alice, "10.0.0.2", number, 100);
        assert_eq!(receive(&bob), number);
        send(&bob, "10.0.0.1", number, 100);
        assert_eq!(receive(&alice), number);
        assert!(start.elapsed() >= 2 * delay, "{:?}", start.elapsed());
    }
    for (_, passed) in lab.all(40) {
        assert!(passed.arrived.unwrap() - passed.sent >= delay);
    }
    // A shorter way, from one end only, and at once.
    lab.network.change("middle", Some("bob"), &[Condition::Delay(Duration::ZERO)]).unwrap();
    send(&bob, "10.0.0.1", 100, 100);
    assert_eq!(receive(&alice), 100);
    let back = lab.told(100);
    let there = lab.datagrams().into_iter().find(|(_, passed)| &*passed.from == "alice").unwrap().1;
    assert!(there.arrived.unwrap() - there.sent >= delay && back.arrived.is_some());
}

fn a_rate_is_kept_and_its_queue() {
    // A datagram of 958 octets is a frame of 1,000: 8 ms at a million bits a second.
    let rate = 1_000_000;
    let lab = Lab::new(&pair_v4(Conditions { rate: Some(rate), queue: 10, ..Conditions::default() }), 0);
    let alice = lab.socket("alice", "10.0.0.1");
    know(&lab, "alice", "10.0.0.2", 2);
    for number in 0..40 {
        send(&alice, "10.0.0.2", number, 958);
    }
    let all = lab.all(40);
    let arrived: Vec<&Passed> =
        all.iter().map(|(_, passed)| passed).filter(|passed| passed.arrived.is_some()).collect();
    // One is transmitted and ten wait, whatever the machine does; if it is slow, more of them find room.
    assert!(arrived.len() >= 11, "{}", arrived.len());
    assert!(all.iter().all(|(_, passed)| matches!(passed.fate, Fate::Arrived | Fate::QueueFull)));
    // Never more bits than the rate allows, since the first was sent.
    let mut bits = 0;
    for passed in &arrived {
        assert_eq!(passed.octets.len(), 1_000);
        bits += 8_000;
        let span = passed.arrived.unwrap() - arrived[0].sent;
        assert!(u128::from(rate) * span.as_nanos() >= bits * 1_000_000_000, "{bits} bits in {span:?}");
    }
}

fn a_stream_crosses_whole(tap: bool) {
    const SIZE: usize = 20_000_000;
    let lab = Lab::new(&pair(Conditions::default()), 0);
    assert_eq!(has_veth(&lab), !(tap && may_have_tap()));
    let at: SocketAddr = "10.0.0.2:7000".parse().unwrap();
    let listener = lab.network.host("bob").unwrap().run(|| TcpListener::bind(at).unwrap()).unwrap();
    let mut client = lab.network.host("alice").unwrap().run(|| TcpStream::connect(at).unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let octet = |index: usize| u8::try_from(index % 251).unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            let data: Vec<u8> = (0..SIZE).map(octet).collect();
            client.write_all(&data).unwrap();
        });
        let (mut buffer, mut received) = (vec![0; 1 << 20], 0);
        loop {
            let length = server.read(&mut buffer).unwrap();
            if length == 0 {
                break;
            }
            assert!(buffer[..length].iter().enumerate().all(|(index, found)| *found == octet(received + index)));
            received += length;
        }
        assert_eq!(received, SIZE);
    });
    let frames = lab.frames.lock().unwrap();
    assert!(frames.iter().all(|passed| passed.octets.len() <= 1_514), "no frame is longer than a real one");
    assert!(frames.iter().all(|passed| passed.fate == Fate::Arrived));
}

fn routers_and_switches() {
    let cable = |name: &str, ends| Link { name: name.to_owned(), ends, medium: Medium::Cable };
    let wire =
        |name: &str, ends| Link { name: name.to_owned(), ends, medium: Medium::Wire([Conditions::default(); 2]) };
    let route = |node: &str, via: &str| Route {
        node: node.to_owned(),
        to: None,
        via: Some(via.parse().unwrap()),
        interface: None,
    };
    let description = Description {
        nodes: vec![
            node("alice", NodeKind::Host),
            node("carol", NodeKind::Host),
            node("s1", NodeKind::Switch),
            node("r1", NodeKind::Router),
            node("bob", NodeKind::Host),
        ],
        links: vec![
            cable("a", [end("alice", "eth0", &["10.0.1.1/24", "fd00:1::1/64"]), end("s1", "port1", &[])]),
            wire("c", [end("carol", "eth0", &["10.0.1.2/24", "fd00:1::2/64"]), end("s1", "port2", &[])]),
            cable("r", [end("s1", "port3", &[]), end("r1", "eth0", &["10.0.1.254/24", "fd00:1::fe/64"])]),
            cable(
                "b",
                [
                    end("r1", "eth1", &["10.0.2.254/24", "fd00:2::fe/64"]),
                    end("bob", "eth0", &["10.0.2.1/24", "fd00:2::1/64"]),
                ],
            ),
        ],
        routes: vec![
            route("alice", "10.0.1.254"),
            route("alice", "fd00:1::fe"),
            route("bob", "10.0.2.254"),
            route("bob", "fd00:2::fe"),
        ],
        ..Description::default()
    };
    let lab = Lab::new(&description, 0);
    for (alice_addr, bob_addr, carol_addr) in
        [("10.0.1.1", "10.0.2.1", "10.0.1.2"), ("fd00:1::1", "fd00:2::1", "fd00:1::2")]
    {
        let (alice, bob, carol) =
            (lab.socket("alice", alice_addr), lab.socket("bob", bob_addr), lab.socket("carol", carol_addr));
        send(&alice, bob_addr, 1, 100);
        assert_eq!(receive(&bob), 1);
        send(&bob, alice_addr, 2, 100);
        assert_eq!(receive(&alice), 2);
        send(&alice, carol_addr, 3, 100);
        assert_eq!(receive(&carol), 3);
        // Carol knows no way to Bob.
        let error = carol.send_to(b"lost", (bob_addr, 6000)).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::NetworkUnreachable);
    }
}

fn an_interface_gets_back_what_it_had() {
    let mut description = pair(Conditions::default());
    let to = Some(Address { addr: "10.9.0.0".parse().unwrap(), prefix: 16 });
    let route = Route { node: "alice".to_owned(), to, via: Some("10.0.0.2".parse().unwrap()), interface: None };
    description.routes.push(route.clone());
    let lab = Lab::new(&description, 0);
    let alice = lab.network.host("alice").unwrap();
    let works = || {
        let v4 = alice.run(|| UdpSocket::bind("10.0.0.1:0").unwrap().send_to(b"x", "10.9.0.1:9").is_ok()).unwrap();
        let v6 = alice.run(|| UdpSocket::bind("[fd00::1]:0").is_ok()).unwrap();
        (v4, v6)
    };
    assert_eq!(works(), (true, true));
    lab.network.interface("alice", "eth0", false).unwrap();
    assert_eq!(works(), (false, false));
    lab.network.interface("alice", "eth0", true).unwrap();
    assert_eq!(works(), (true, true));
    lab.network.route(&route, false).unwrap();
    assert_eq!(works(), (false, true));
    let own = Address { addr: "fd00::1".parse().unwrap(), prefix: 64 };
    lab.network.address("alice", "eth0", own, false).unwrap();
    assert_eq!(works(), (false, false));
    // What was taken away does not come back with the interface.
    lab.network.interface("alice", "eth0", false).unwrap();
    lab.network.interface("alice", "eth0", true).unwrap();
    assert_eq!(works(), (false, false));
}

fn no_orphan_is_left() {
    let lab = Lab::new(&pair(Conditions::default()), 0);
    let at: SocketAddr = "10.0.0.2:7000".parse().unwrap();
    let listener = lab.network.host("bob").unwrap().run(|| TcpListener::bind(at).unwrap()).unwrap();
    let alice = lab.network.host("alice").unwrap();
    let mut client = alice.run(|| TcpStream::connect(at).unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    lab.network.cut("middle").unwrap();
    client.write_all(b"lost").unwrap();
    drop((client, server, listener));
    let netns = alice.netns().unwrap().try_clone().unwrap();
    let sockets = || {
        let mut states = Vec::new();
        let request = Request::new(Family::INET, Protocol::TCP);
        netns.run(|| dump(&request, &mut |row| states.push(row.state)).unwrap()).unwrap();
        states
    };
    assert_eq!(sockets(), [TcpState::FinWait1], "it tries to reach bob, and nobody holds it");
    drop(lab);
    assert_eq!(sockets(), []);
}

fn settings_files_and_mtu(net: &Net) {
    let mut description = pair(Conditions::default());
    description.links[0].ends[0].mtu = Some(1_280);
    let setting =
        |name: &str, value: &str| Setting { node: "alice".to_owned(), name: name.to_owned(), value: value.to_owned() };
    description.settings.push(setting("net.ipv4.ip_default_ttl", "33"));
    description.files.push(File {
        node: "alice".to_owned(),
        path: "/etc/hosts".to_owned(),
        text: "10.0.0.2 bob.lab.test\n".to_owned(),
    });
    let setup = Setup { folder: Some(net.dir().to_owned()), ..Setup::default() };
    let network = Network::build(&description, &setup, &mut |_| {}).unwrap();
    let show = |host: &str, path: &str| {
        let mut cat = std::process::Command::new("cat");
        cat.arg(path).current_dir(net.dir());
        let output = network.host(host).unwrap().adopt(&mut cat).unwrap().output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(show("alice", "/etc/hosts"), "10.0.0.2 bob.lab.test\n");
    assert!(!show("bob", "/etc/hosts").contains("lab.test"), "only alice has it");
    let ttl = |host| show(host, "/proc/sys/net/ipv4/ip_default_ttl");
    assert_eq!((ttl("alice").as_str(), ttl("bob").as_str()), ("33\n", "64\n"));
    network.set(&setting("net.ipv4.ip_default_ttl", "34")).unwrap();
    assert_eq!(ttl("alice"), "34\n");
    let mtu = |host: &str| network.host(host).unwrap().run(|| interface::flags_and_mtu("eth0").unwrap().1).unwrap();
    assert_eq!((mtu("alice"), mtu("bob")), (1_280, 1_500));
    let wrong = network.set(&setting("net.ipv4.no_such_thing", "1")).unwrap_err().to_string();
    assert!(wrong.contains("write /proc/sys/net/ipv4/no_such_thing: "), "{wrong}");
    description.files[0].path.push_str(" not");
    let wrong = Network::build(&description, &setup, &mut |_| {}).unwrap_err().to_string();
    assert!(wrong.contains("file alice /etc/hosts not: this machine has no such file"), "{wrong}");
}
