//! netsum against tshark, which judges the same frames, and against the kernel, which makes its own.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};

use sockeye_test_support::{Background, Case, Net, run};

use crate::captures::{Specimen, UNREAD_BY_TSHARK, by_link_type, pcap_of, specimens};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("netsum::agrees_with_tshark", &["tshark", "mergecap"], agrees_with_tshark),
        Case::new("netsum::the_kernels_own_packets", &["tcpdump"], the_kernels_own_packets),
    ]
}

/// The protocols whose checksums tshark gives a status, and the field that has it.
const STATUSES: [(&str, &str); 17] = [
    ("ip", "ip.checksum.status"),
    // Also of UDP-Lite.
    ("udp", "udp.checksum.status"),
    ("tcp", "tcp.checksum.status"),
    ("icmp", "icmp.checksum.status"),
    ("icmpv6", "icmpv6.checksum.status"),
    ("icmp.ext", "icmp.ext.checksum.status"),
    ("igmp", "igmp.checksum.status"),
    ("sctp", "sctp.checksum.status"),
    ("dccp", "dccp.checksum.status"),
    ("gre", "gre.checksum.status"),
    ("eigrp", "eigrp.checksum.status"),
    ("pim", "pim.cksum.status"),
    ("vrrp", "vrrp.checksum.status"),
    ("carp", "carp.checksum.status"),
    ("pgm", "pgm.hdr.cksum.status"),
    ("hip", "hip.checksum.status"),
    ("shim6", "shim6.checksum.status"),
];

/// What tshark leaves unchecked unless it is asked; and no fragment is judged as what it is put together to.
const PREFERENCES: [&str; 10] = [
    "ip.check_checksum:TRUE",
    "udp.check_checksum:TRUE",
    "udplite.check_checksum:TRUE",
    "udplite.ignore_checksum_coverage:FALSE",
    "tcp.check_checksum:TRUE",
    "sctp.checksum:CRC 32c",
    "dccp.check_checksum:TRUE",
    "pgm.check_checksum:TRUE",
    "ip.defragment:FALSE",
    "ipv6.defragment:FALSE",
];

/// What tshark must be told where netsum goes by a second port, or by what the octets look like.
const DECODED_AS: [&str; 3] = ["udp.port==8472,vxlan", "mpls.label==512,pwethcw", "mpls.label==768,pwethnocw"];

/// The statuses that tshark may give where netsum gives this verdict. Numbers: epan/proto.h, PROTO_CHECKSUM_E_.
fn statuses(verdict: &str) -> &'static [&'static str] {
    match verdict {
        "bad" => &["0"],
        "good" => &["1"],
        "unverified" => &["2"],
        "none" => &["3"],
        "illegal" => &["4"],
        // Bad up to 4.0, a verdict of its own since.
        "partial" => &["0", "5"],
        other => panic!("no such verdict: {other}"),
    }
}

/// Frame number, protocol and status of every checksum, by tshark with its checks switched on.
fn tshark(net: &Net, file: &str) -> Vec<(String, &'static str, String)> {
    let mut command = net.peer("tshark");
    command.args(["-n", "-r", file, "-T", "fields", "-E", "separator=/t", "-e", "frame.number"]);
    for (_, field) in STATUSES {
        command.args(["-e", field]);
    }
    for preference in PREFERENCES {
        command.args(["-o", preference]);
    }
    for decoded in DECODED_AS {
        command.args(["-d", decoded]);
    }
    let run = run(&mut command);
    run.status(0);
    let mut found = Vec::new();
    for line in run.out().lines() {
        let mut columns = line.split('\t');
        let number = columns.next().unwrap();
        for ((protocol, _), statuses) in STATUSES.iter().zip(columns) {
            // PGM's has 254 in a second one, which is no status.
            for status in statuses.split(',').filter(|status| status.len() == 1) {
                found.push((number.to_owned(), *protocol, status.to_owned()));
            }
        }
    }
    found
}

/// The verdicts of one protocol, in their order: tshark lists them by protocol.
fn of_protocol<'a>(verdicts: &[(&str, &'a str)], protocol: &str) -> Vec<&'a str> {
    let alike = |found: &str| found == protocol || found == "udplite" && protocol == "udp";
    verdicts.iter().filter(|(found, _)| alike(found)).map(|(_, verdict)| *verdict).collect()
}

/// Holds netsum's judgement of `file`, which has the frames of `specimens` in this order, to what was made bad in them and
/// to tshark's. Returns how many checksums there were.
fn compare(net: &Net, file: &str, specimens: &[&Specimen]) -> usize {
    let theirs = tshark(net, file);
    let out = run(net.tool("netsum").args(["verify", "--tsv", file])).stderr_is("").out();
    let ours: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    for (specimen, number) in specimens.iter().zip(1..) {
        let number = format!("{number}");
        let of_frame: Vec<_> = theirs.iter().filter(|(frame, ..)| *frame == number).collect();
        let rows: Vec<(&str, &str)> = ours.iter().filter(|row| row[0] == number).map(|row| (row[1], row[5])).collect();
        let story = format!("{file}, {}: netsum {rows:?}, tshark {of_frame:?}", specimen.name);
        assert_eq!(rows, specimen.verdicts, "{story}");
        let expected = specimen.tshark.as_ref().map_or(&specimen.verdicts, |(verdicts, _)| verdicts);
        for (protocol, _) in STATUSES {
            let expected = of_protocol(expected, protocol);
            let found: Vec<_> = of_frame.iter().filter(|(_, found, _)| *found == protocol).collect();
            assert_eq!(found.len(), expected.len(), "{protocol}: {story}");
            for ((.., status), verdict) in found.iter().zip(expected) {
                assert!(statuses(verdict).contains(&status.as_str()), "{protocol}: {story}");
            }
        }
    }
    ours.len()
}

fn agrees_with_tshark(net: &Net) {
    let specimens = specimens();
    let mut groups = by_link_type(&specimens);
    groups.retain(|(link_type, _)| !UNREAD_BY_TSHARK.contains(link_type));
    let mut compared = 0;
    let mut files = Vec::new();
    for (link_type, group) in &groups {
        // Three have one name.
        let file = format!("{link_type}.{}.pcap", link_type.0);
        fs::write(net.dir().join(&file), pcap_of(group, *link_type)).unwrap();
        compared += compare(net, &file, group);
        files.push(file);
    }
    assert!(compared > 1000, "only {compared} checksums were compared");
    // All in one pcapng, whose interfaces have link types of their own.
    run(net.peer("mergecap").args(["-a", "-F", "pcapng", "-w", "all.pcapng"]).args(&files)).status(0);
    let all: Vec<&Specimen> = groups.into_iter().flat_map(|(_, group)| group).collect();
    assert_eq!(compare(net, "all.pcapng", &all), compared);
}

/// On a loopback interface nobody completes what the kernel leaves to the interface.
fn the_kernels_own_packets(net: &Net) {
    let mut command = net.peer("tcpdump");
    let filter = "udp or icmp or tcp[tcpflags] & tcp-syn != 0";
    command.args(["-i", "lo", "-n", "-U", "--immediate-mode", "-Z", "root", "-c", "6", "-w", "lo.pcap", filter]);
    let tcpdump = Background::spawn(command);
    tcpdump.wait_for_stderr("listening on lo");
    // Ports for which the sum over the whole datagram is not by chance that of the pseudo-header, as one pair in 65,535 has
    // it: 0xfe20 would then be partial and good at once.
    for (receives, sends) in [("127.0.0.1:7000", "127.0.0.1:7001"), ("[::1]:7000", "[::1]:7001")] {
        let receiver = UdpSocket::bind(receives).unwrap();
        let sender = UdpSocket::bind(sends).unwrap();
        sender.send_to(b"ABCDE", receiver.local_addr().unwrap()).unwrap();
        receiver.recv_from(&mut [0; 16]).unwrap();
    }
    // Nobody listens: the kernel answers with ICMP, whose checksum it always computes itself.
    let sender = UdpSocket::bind("127.0.0.1:7001").unwrap();
    sender.connect("127.0.0.1:9").unwrap();
    sender.send(b"ABCDEQUQUQU").unwrap();
    sender.recv(&mut [0; 16]).unwrap_err();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    stream.write_all(b"x").unwrap();
    tcpdump.wait().status(0);

    let judged = run(net.tool("netsum").args(["verify", "--tsv", "lo.pcap"]));
    judged.status(0).stderr_is("");
    let out = judged.out();
    let rows: Vec<(&str, &str, &str)> =
        out.lines().map(|line| line.split('\t').collect::<Vec<_>>()).map(|row| (row[0], row[1], row[5])).collect();
    // TCP's first sequence number is the kernel's choice, and may be that one in 65,535.
    let segment = |number: &str| {
        let row = out.lines().map(|line| line.split('\t').collect::<Vec<_>>()).find(|row| row[..2] == [number, "tcp"]);
        if row.is_some_and(|row| row[3] == row[4]) { "good" } else { "partial" }
    };
    assert_eq!(
        rows,
        [
            ("1", "ip", "good"),
            ("1", "udp", "partial"),
            ("2", "udp", "partial"),
            ("3", "ip", "good"),
            ("3", "udp", "partial"),
            ("4", "ip", "good"),
            ("4", "icmp", "good"),
            // It quotes the datagram, as that was left to the interface.
            ("4", "ip", "good"),
            ("4", "udp", "partial"),
            ("5", "ip", "good"),
            ("5", "tcp", segment("5")),
            ("6", "ip", "good"),
            ("6", "tcp", segment("6")),
        ],
        "{}",
        judged.story()
    );
    run(net.tool("netsum").args(["verify", "--summary", "lo.pcap"]))
        .status(0)
        .stdout_has("6 frames, 13 checksums: nothing bad");
    // Read from a pipe, it is the same.
    let capture = fs::read(net.dir().join("lo.pcap")).unwrap();
    let piped = sockeye_test_support::run_with_input(net.tool("netsum").args(["verify", "--tsv", "-"]), &capture);
    piped.stdout_is(&judged.stdout);
}
