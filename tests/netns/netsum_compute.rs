//! netsum's numbers in packets that tshark judges.

use std::fs;
use std::net::Ipv6Addr;

use serde_json::Value;
use sockeye_capture::{LinkType, Timestamp, pcap};
use sockeye_test_support::harness::Net;
use sockeye_test_support::{Case, run};

pub(crate) fn cases() -> Vec<Case> {
    vec![Case::new("netsum_compute::tshark_finds_every_number_good", &["tshark"], tshark_finds_every_number_good)]
}

const V4: [&str; 2] = ["10.0.0.1", "10.0.0.2"];
const V6: [&str; 2] = ["fd00::1", "fd00::2"];

/// Arguments, protocol number, and the field of tshark that judges.
const PACKETS: &[(&[&str], u8, &str)] = &[
    (&["udp", "@", "ABCDE"], 17, "udp"),
    (&["udp", "@", "ABCDEQUQUQU"], 17, "udp"),
    (&["udp", "@", ""], 17, "udp"),
    (&["udplite", "@", "ABCDE"], 136, "udp"),
    (&["udplite", "@", "ABCDE", "--coverage=8"], 136, "udp"),
    (&["udplite", "@", "ABCDE", "--coverage=11"], 136, "udp"),
    (&["tcp", "@", "odd", "--seq=4294967295", "--flags=syn,ack", "--options=020405b4"], 6, "tcp"),
    (&["tcp", "@", "even", "--urgent=3", "--flags=PAU"], 6, "tcp"),
    (&["sctp", "@", "hex:0b000004", "--tag=0xdeadbeef"], 132, "sctp"),
    (&["sctp", "@", "hex:00030015000000010000000000000000414243444500 0000"], 132, "sctp"),
    (&["icmp", "ping", "--rest=12340001"], 1, "icmp"),
    (&["icmp", "--type=255", "--code=255"], 1, "icmp"),
    (&["igmp", "224.1.2.3"], 2, "igmp"),
    (&["icmpv6", "fd00::1", "fd00::2", "ping", "--rest=12340001"], 58, "icmpv6"),
];

/// The packet whose checksum netsum computes, with the checksum in its place.
fn payload(net: &Net, args: &[&str], ends: [&str; 2]) -> Vec<u8> {
    let [src, dst] = if ends == V4 { ends.map(str::to_owned) } else { ends.map(|end| format!("[{end}]")) };
    let (src, dst) = (format!("{src}:5000"), format!("{dst}:6000"));
    let mut command = net.tool("netsum");
    for arg in args {
        if *arg == "@" {
            command.args([&src, &dst])
        } else {
            command.arg(arg)
        };
    }
    let line = run(command.arg("--json")).status(0).stderr_is("").out();
    let line: Value = serde_json::from_str(&line).unwrap();
    let data = &line["data"];
    let hex = |value: &Value| sockeye_common::hex::decode(value.as_str().unwrap()).unwrap();
    let mut octets = Vec::new();
    for section in data["sections"].as_array().unwrap() {
        if section["part"] == "pseudo_header" {
            continue;
        }
        octets.extend(hex(&section["octets"]));
        for field in section["fields"].as_array().unwrap() {
            if field["name"] == "Checksum" {
                let at = usize::try_from(field["offset_octets"].as_u64().unwrap()).unwrap();
                let checksum = hex(&data["calculated_octets"]);
                octets[at..at + checksum.len()].copy_from_slice(&checksum);
            }
        }
    }
    octets
}

/// Behind an IPv4 header whose checksum is netsum's too.
fn over_v4(net: &Net, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = payload.len() + 20;
    let options = [format!("--protocol={protocol}"), format!("--length={length}")];
    let checksum = run(net.tool("netsum").args(["ip", "-q", V4[0], V4[1]]).args(options)).status(0).out();
    let mut octets = vec![0x45, 0, 0, u8::try_from(length).unwrap(), 0, 0, 0, 0, 64, protocol];
    octets.extend(u16::from_str_radix(checksum.trim(), 16).unwrap().to_be_bytes());
    octets.extend([10, 0, 0, 1, 10, 0, 0, 2]);
    octets.extend(payload);
    octets
}

fn over_v6(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut octets = vec![0x60, 0, 0, 0, 0, u8::try_from(payload.len()).unwrap(), protocol, 64];
    octets.extend(V6.iter().flat_map(|end| end.parse::<Ipv6Addr>().unwrap().octets()));
    octets.extend(payload);
    octets
}

fn tshark_finds_every_number_good(net: &Net) {
    let mut writer = pcap::Writer::new(Vec::new(), LinkType::RAW, pcap::Format::default()).unwrap();
    let mut expected = Vec::new();
    for (args, protocol, field) in PACKETS {
        for ends in [V4, V6] {
            // ICMP and IGMP belong to IPv4, ICMPv6 to IPv6; all others to both.
            if matches!(*field, "icmp" | "igmp") && ends == V6 || *field == "icmpv6" && ends == V4 {
                continue;
            }
            let payload = payload(net, args, ends);
            let packet = if ends == V4 { over_v4(net, *protocol, &payload) } else { over_v6(*protocol, &payload) };
            writer.write(Timestamp::default(), packet.len(), &packet).unwrap();
            expected.push((args, *field, ends == V4));
        }
    }
    fs::write(net.dir().join("ours.pcap"), writer.into_inner()).unwrap();

    let fields = ["ip", "udp", "tcp", "sctp", "icmp", "igmp", "icmpv6"];
    let mut tshark = net.peer("tshark");
    tshark.args(["-n", "-r", "ours.pcap", "-T", "fields", "-E", "separator=/t"]);
    for field in fields {
        tshark.args(["-e", &format!("{field}.checksum.status")]);
    }
    for option in [
        "ip.check_checksum:TRUE",
        "udp.check_checksum:TRUE",
        "tcp.check_checksum:TRUE",
        "sctp.checksum:CRC 32c",
        "udplite.check_checksum:TRUE",
        "udplite.ignore_checksum_coverage:FALSE",
    ] {
        tshark.args(["-o", option]);
    }
    let judged = run(&mut tshark);
    judged.status(0);
    let out = judged.out();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{}", judged.story());
    for (line, (args, field, is_v4)) in lines.iter().zip(&expected) {
        let found: Vec<(&str, &str)> =
            fields.into_iter().zip(line.split('\t')).filter(|(_, status)| !status.is_empty()).collect();
        // 1 is good: epan/proto.h, PROTO_CHECKSUM_E_GOOD.
        let good = if *is_v4 { vec![("ip", "1"), (*field, "1")] } else { vec![(*field, "1")] };
        assert_eq!(found, good, "{args:?}: {line:?}");
    }
    // And read back, each is what it was: the sheet made from the frame ends in the number that the frame holds.
    for number in 1..=expected.len() {
        let sheet = run(net.tool("netsum").args(["frame", "ours.pcap", &number.to_string()]));
        sheet.status(0).stdout_has(": good\n");
    }
}
