//! netsum against tshark, which judges the same frames, and against the kernel, which makes its own.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream, UdpSocket};

use sockeye_test_support::{Background, Case, Net, run};

use crate::captures::{Specimen, by_link_type, pcap_of, specimens};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("netsum::agrees_with_tshark", &["tshark", "mergecap"], agrees_with_tshark),
        Case::new("netsum::the_kernels_own_packets", &["tcpdump"], the_kernels_own_packets),
    ]
}

const PROTOCOLS: [&str; 5] = ["ip", "udp", "tcp", "icmp", "icmpv6"];

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
fn tshark(net: &Net, file: &str) -> Vec<(String, String, String)> {
    let mut command = net.peer("tshark");
    command.args(["-n", "-r", file, "-T", "fields", "-E", "separator=/t", "-e", "frame.number"]);
    for protocol in PROTOCOLS {
        command.args(["-e", &format!("{protocol}.checksum.status")]);
    }
    for option in ["ip.check_checksum", "udp.check_checksum", "tcp.check_checksum"] {
        command.args(["-o", &format!("{option}:TRUE")]);
    }
    for option in ["ip.defragment", "ipv6.defragment"] {
        command.args(["-o", &format!("{option}:FALSE")]);
    }
    let run = run(&mut command);
    run.status(0);
    let mut found = Vec::new();
    for line in run.out().lines() {
        let mut columns = line.split('\t');
        let number = columns.next().unwrap();
        for (protocol, statuses) in PROTOCOLS.iter().zip(columns) {
            for status in statuses.split(',').filter(|status| !status.is_empty()) {
                found.push((number.to_owned(), (*protocol).to_owned(), status.to_owned()));
            }
        }
    }
    found
}

/// Holds netsum's judgement of `file`, which has the frames of `specimens` in this order, to tshark's. Returns how many
/// checksums there were.
fn compare(net: &Net, file: &str, specimens: &[&Specimen]) -> usize {
    let theirs = tshark(net, file);
    let out = run(net.tool("netsum").args(["verify", "--tsv", file])).stderr_is("").out();
    let ours: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    for (specimen, number) in specimens.iter().zip(1..) {
        let number = format!("{number}");
        let of_frame: Vec<_> = theirs.iter().filter(|(frame, ..)| *frame == number).collect();
        let rows: Vec<_> = ours.iter().filter(|row| row[0] == number).collect();
        let story = format!("{file}, {}: netsum {rows:?}, tshark {of_frame:?}", specimen.name);
        assert_eq!(rows.len(), of_frame.len(), "{story}");
        assert_eq!(rows.len(), specimen.verdicts.len(), "{story}");
        for (row, (_, protocol, status)) in rows.iter().zip(of_frame) {
            assert_eq!(row[1], protocol, "{story}");
            assert!(statuses(row[5]).contains(&status.as_str()), "{story}");
        }
    }
    ours.len()
}

fn agrees_with_tshark(net: &Net) {
    let specimens = specimens();
    let groups = by_link_type(&specimens);
    let mut compared = 0;
    let mut files = Vec::new();
    for (link_type, group) in &groups {
        let file = format!("{link_type}.pcap");
        fs::write(net.dir().join(&file), pcap_of(group, *link_type)).unwrap();
        compared += compare(net, &file, group);
        files.push(file);
    }
    assert!(compared > 50, "only {compared} checksums were compared");
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
