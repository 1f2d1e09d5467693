//! hop against a far host behind a TUN device that answers as no Linux does: short quotations, MPLS labels, answers twice,
//! late, damaged, and the MTU of nobody.

use std::net::{IpAddr, Ipv4Addr};
use std::os::fd::AsFd as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sockeye_common::checksum;
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::tun::Tun;
use sockeye_sys::{interface, link};
use sockeye_test_support::{Case, Net, is_root, run};

use crate::hop_line::{Told, User, allow_icmp, as_user};

const HERE: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 1);
const THERE: Ipv4Addr = Ipv4Addr::new(10, 9, 0, 2);

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("hop_tun::short_quotations", &["setpriv"], short_quotations),
        Case::new("hop_tun::labels_and_interfaces", &["setpriv"], labels_and_interfaces),
        Case::new("hop_tun::twice_late_and_damaged", &["setpriv"], twice_late_and_damaged),
        Case::new("hop_tun::an_mtu_of_nobody", &["setpriv"], an_mtu_of_nobody),
        Case::new("hop_tun::errors_by_the_dozen", &["setpriv"], errors_by_the_dozen),
        Case::new("hop_tun::open_and_reset_at_once", &["setpriv"], open_and_reset_at_once),
    ]
}

/// What is answered to a packet, its IP header included.
type Answers = fn(&[u8]) -> Vec<Vec<u8>>;

/// The far host. It is gone when this is dropped.
struct Far {
    stop: Arc<AtomicBool>,
    player: Option<JoinHandle<()>>,
}

impl Far {
    /// Makes the device in this namespace, and plays. Where only root may open /dev/net/tun, there is nothing to be tested.
    fn start(net: &Net, answers: Answers) -> Self {
        let tun = match Tun::create("far0") {
            Err(error) if !is_root() && error.kind() == std::io::ErrorKind::PermissionDenied => {
                net.lacks(error.to_string())
            }
            made => made.unwrap(),
        };
        link::add_address("far0", IpAddr::V4(HERE), 24).unwrap();
        interface::bring_up("far0").unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&stop);
        let player = thread::spawn(move || {
            let mut buffer = vec![0; 65_536];
            while !ended.load(Ordering::Relaxed) {
                let mut fds = [PollFd::new(tun.as_fd(), Events::IN)];
                if poll(&mut fds, Some(Duration::from_millis(50))).unwrap_or(0) == 0 {
                    continue;
                }
                let Ok(length) = tun.receive(&mut buffer) else { return };
                let packet = &buffer[..length];
                // IPv4 from us, and nothing that the kernel says of itself.
                if length >= 28 && packet[0] == 0x45 && packet[12..16] == HERE.octets() {
                    for answer in answers(packet) {
                        let _ = tun.send(&answer);
                    }
                }
            }
        });
        Self { stop, player: Some(player) }
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(player) = self.player.take() {
            let _ = player.join();
        }
    }
}

/// An IPv4 packet of `from` to us with an ICMP message in it, whose checksum is filled in.
fn icmp(from: Ipv4Addr, mut message: Vec<u8>) -> Vec<u8> {
    let sum = checksum::compute(&message).to_be_bytes();
    message[2..4].copy_from_slice(&sum);
    let length = u16::try_from(20 + message.len()).unwrap().to_be_bytes();
    let mut packet = vec![0x45, 0, length[0], length[1], 0, 0, 0, 0, 64, 1, 0, 0];
    packet.extend(from.octets());
    packet.extend(HERE.octets());
    let sum = checksum::compute(&packet).to_be_bytes();
    packet[10..12].copy_from_slice(&sum);
    packet.extend(message);
    packet
}

/// The router so far away, or the host itself.
fn who(packet: &[u8]) -> (Ipv4Addr, [u8; 2]) {
    match packet[8] {
        ttl @ 1..=2 => (Ipv4Addr::new(10, 9, 9, ttl), [11, 0]),
        _ => (THERE, [3, 3]),
    }
}

/// An error about `packet` that quotes `len` octets of it.
fn error(from: Ipv4Addr, kind: [u8; 2], rest: [u8; 4], packet: &[u8], len: usize) -> Vec<u8> {
    let mut message = vec![kind[0], kind[1], 0, 0];
    message.extend(rest);
    message.extend(&packet[..len.min(packet.len())]);
    icmp(from, message)
}

fn told(net: &Net, user: User, args: &[&str]) -> Told {
    Told(run(as_user(net, user).args(args).arg("--json")))
}

const PATH: [&str; 3] = ["10.9.9.1", "10.9.9.2", "10.9.0.2"];

/// Eight octets behind the IP header, as RFC 792 has it.
fn short_quotations(net: &Net) {
    let _far = Far::start(net, |packet| {
        let (from, kind) = who(packet);
        vec![error(from, kind, [0; 4], packet, 28)]
    });
    for (user, protocol) in
        [(User::Root, "-U"), (User::Root, "-I"), (User::Nobody, "-U"), (User::Nobody, "-T"), (User::Root, "-T")]
    {
        let told = told(net, user, &["trace", protocol, "-w", "30,0,0", "10.9.0.2"]);
        assert_eq!(told.status(0).path(), PATH, "{user:?} {protocol}\n{}", told.0.story());
    }
}

fn labels_and_interfaces(net: &Net) {
    let _far = Far::start(net, |packet| {
        let (from, kind) = who(packet);
        let mut message = vec![kind[0], kind[1], 0, 0, 0, 32, 0, 0];
        message.extend(packet);
        message.resize(8 + 128, 0);
        // RFC 4950: label 24015, class 0, bottom, TTL 1; RFC 5837: incoming, index 3, name.
        let mut structure = vec![0x20, 0, 0, 0, 0, 8, 1, 1, 0x05, 0xdc, 0xf1, 0x01];
        structure.extend([0, 16, 2, 0x0a, 0, 0, 0, 3, 8, b'w', b'a', 0x1b, b'0', 0, 0, 0]);
        let sum = checksum::compute(&structure).to_be_bytes();
        structure[2..4].copy_from_slice(&sum);
        message.extend(structure);
        vec![icmp(from, message)]
    });
    for (user, protocol) in [(User::Root, "-U"), (User::Root, "-I"), (User::Nobody, "-U"), (User::Nobody, "-T")] {
        let told = told(net, user, &["trace", protocol, "-q", "1", "-w", "30,0,0", "10.9.0.2"]);
        assert_eq!(told.status(0).path(), PATH, "{user:?} {protocol}\n{}", told.0.story());
        for hop in told.records("hop") {
            let extensions = &hop["probes"][0]["answer"]["extensions"];
            assert_eq!(extensions[0]["labels"][0]["label"], 24015, "{user:?} {protocol}: {hop}");
            assert_eq!((&extensions[1]["role"], &extensions[1]["index"]), (&"incoming".into(), &3.into()), "{hop}");
        }
        // A name from the network does not act on a terminal.
        let text = run(as_user(net, user).args(["trace", protocol, "-q", "1", "-w", "30,0,0", "10.9.0.2"]));
        text.status(0)
            .stdout_has("\n    MPLS label 24015 class 0 TTL 1 (bottom)\n")
            .stdout_has("\n    in by wa\\x1b0 interface 3\n");
    }
}

/// Each echo request is answered after the next one, then twice; the data of the second is damaged.
fn twice_late_and_damaged(net: &Net) {
    let _far = Far::start(net, |packet| {
        // The number of the probe: 1 is held back until 2 has been answered.
        let seq = u16::from_be_bytes([packet[26], packet[27]]);
        let mut message = packet[20..].to_vec();
        message[0] = 0;
        message[2..4].fill(0);
        match seq {
            1 => Vec::new(),
            2 => {
                let mut first = message.clone();
                // What the first one had: its number and, for the same checksum, its complement.
                first[6..10].copy_from_slice(&[0, 1, 0xff, 0xfe]);
                vec![icmp(THERE, message), icmp(THERE, first)]
            }
            3 => vec![icmp(THERE, message.clone()), icmp(THERE, message)],
            _ => {
                let mut damaged = message;
                damaged[40] ^= 0xff;
                vec![icmp(THERE, damaged)]
            }
        }
    });
    allow_icmp();
    for user in [User::Root, User::Nobody] {
        let told = told(net, user, &["ping", "-c", "4", "-i", "0.05", "-W", "30", "10.9.0.2"]);
        let summary = told.status(0).one("summary");
        for (name, count) in [("received", 4), ("lost", 0), ("duplicates", 1), ("reordered", 1), ("damaged", 1)] {
            assert_eq!(summary[name], count, "{name}\n{}", told.0.story());
        }
    }
}

/// A router that says that fragmentation is needed, and no MTU: the next smaller usual size is tried (RFC 1191).
fn an_mtu_of_nobody(net: &Net) {
    let _far = Far::start(net, |packet| {
        let (from, kind) = who(packet);
        if packet[8] > 1 && packet.len() > 1006 {
            return vec![error(Ipv4Addr::new(10, 9, 9, 1), [3, 4], [0; 4], packet, 28)];
        }
        vec![error(from, kind, [0; 4], packet, 28)]
    });
    for user in [User::Root, User::Nobody] {
        let told = told(net, user, &["trace", "--mtu", "-q", "1", "-w", "30,0,0", "10.9.0.2"]);
        assert_eq!(told.status(0).path(), PATH, "{user:?}\n{}", told.0.story());
        assert_eq!(told.one("trace")["path_mtu_octets"], 1006, "{}", told.0.story());
    }
}

/// Each probe is answered by a dozen errors, which come while the next one is sent: none of them is about that one.
fn errors_by_the_dozen(net: &Net) {
    const COUNT: u64 = 200;
    let _far = Far::start(net, |packet| {
        let told = error(Ipv4Addr::new(10, 9, 9, 1), [3, 4], [0, 0, 0x05, 0x14], packet, 60);
        vec![told; 12]
    });
    allow_icmp();
    let count = COUNT.to_string();
    for (user, protocol) in [(User::Nobody, "-U"), (User::Root, "-U"), (User::Nobody, "--icmp")] {
        for how in ["probe", "dont"] {
            let args = ["ping", protocol, "-M", how, "-s", "1400", "-c", &count, "-i", "0.002", "-W", "30", "10.9.0.2"];
            let told = told(net, user, &args);
            let summary = told.status(1).one("summary");
            assert_eq!(
                (&summary["sent"], &summary["refused"]),
                (&COUNT.into(), &0.into()),
                "{user:?} {protocol} {how}: {summary}"
            );
            assert!(told.records("not_sent").is_empty());
        }
    }
}

/// A segment from there, without options, in answer to `packet`.
fn segment(packet: &[u8], flags: u8, sequence: u32) -> Vec<u8> {
    let acked = u32::from_be_bytes([packet[24], packet[25], packet[26], packet[27]]).wrapping_add(1);
    let mut tcp = [&packet[22..24], &packet[20..22]].concat();
    tcp.extend(sequence.to_be_bytes());
    tcp.extend(acked.to_be_bytes());
    tcp.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    let mut pseudo = [THERE.octets(), HERE.octets()].concat();
    pseudo.extend([0, 6, 0, 20]);
    pseudo.extend(&tcp);
    let sum = checksum::compute(&pseudo).to_be_bytes();
    tcp[16..18].copy_from_slice(&sum);
    let mut whole = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0];
    whole.extend(THERE.octets());
    whole.extend(HERE.octets());
    let sum = checksum::compute(&whole).to_be_bytes();
    whole[10..12].copy_from_slice(&sum);
    whole.extend(tcp);
    whole
}

/// A connection that is opened and reset at once was open.
fn open_and_reset_at_once(net: &Net) {
    const COUNT: u64 = 50;
    let _far = Far::start(net, |packet| {
        const SYN: u8 = 2;
        const RST_ACK: u8 = 0x14;
        if packet[9] != 6 || packet[33] != SYN {
            return Vec::new();
        }
        vec![segment(packet, SYN | 0x10, 1000), segment(packet, RST_ACK, 1001)]
    });
    let told = told(net, User::Nobody, &["ping", "-T", "-c", "50", "-i", "0.002", "-W", "5", "10.9.0.2"]);
    let summary = told.status(0).one("summary");
    assert_eq!((&summary["received"], &summary["lost"]), (&COUNT.into(), &0.into()), "{summary}");
    assert!(told.records("answer").iter().all(|answer| answer["says"] == "connected"), "{}", told.0.story());
}
