//! netsum's judgement of fragmented datagrams beside tshark's, and of what the kernel sends with and without offload.

use std::fs;
use std::net::UdpSocket;

use sockeye_capture::{LinkType, Timestamp, pcap};
use sockeye_test_support::{Background, Case, Net, run};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("netsum_why::fragments_as_tshark", &["tshark"], fragments_as_tshark),
        Case::new("netsum_why::the_kernels_fragments", &["tcpdump", "ip"], the_kernels_fragments),
        Case::new("netsum_why::offload_on_and_off", &["tcpdump", "ip", "ethtool"], offload_on_and_off),
    ]
}

/// The ones' complement sum, a word at a time.
fn slow_sum(parts: &[&[u8]]) -> u16 {
    let mut octets = parts.concat();
    if octets.len() % 2 == 1 {
        octets.push(0);
    }
    let sum: u32 = octets.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    let sum = (sum & 0xffff) + (sum >> 16);
    u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap()
}

/// A UDP datagram or a TCP segment of `len` octets of data with its checksum, off by `error`.
fn segment(protocol: u8, pseudo_addrs: &[u8], len: usize, error: u16) -> Vec<u8> {
    let data: Vec<u8> = (0..len).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
    let (mut segment, at) = match protocol {
        17 => (vec![0x13, 0x88, 0x17, 0x70, 0, 0, 0, 0], 6),
        _ => (vec![0x13, 0x88, 0x17, 0x70, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 0x20, 0, 0, 0, 0, 0], 16),
    };
    segment.extend(data);
    let length = u16::try_from(segment.len()).unwrap().to_be_bytes();
    if protocol == 17 {
        segment[4..6].copy_from_slice(&length);
    }
    let sum = !slow_sum(&[pseudo_addrs, &[0, protocol], &length, &segment]);
    segment[at..at + 2].copy_from_slice(&(sum ^ error).to_be_bytes());
    segment
}

const V4: [u8; 8] = [10, 0, 0, 1, 10, 0, 0, 2];
const V6: [u8; 32] =
    [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

/// One fragment: the octets of `segment` from `start` to `end`.
fn fragment(v6: bool, protocol: u8, id: u8, segment: &[u8], start: usize, end: usize) -> Vec<u8> {
    let payload = &segment[start..end];
    let more = end < segment.len();
    if v6 {
        let length = u16::try_from(payload.len() + 8).unwrap().to_be_bytes();
        let offset = (u16::try_from(start).unwrap() | u16::from(more)).to_be_bytes();
        return [
            &[0x60, 0, 0, 0, length[0], length[1], 44, 64][..],
            &V6,
            &[protocol, 0, offset[0], offset[1], 0, 0, 0, id],
            payload,
        ]
        .concat();
    }
    let total = u16::try_from(payload.len() + 20).unwrap().to_be_bytes();
    let offset = (u16::try_from(start / 8).unwrap() | if more { 0x2000 } else { 0 }).to_be_bytes();
    let mut header =
        [&[0x45, 0, total[0], total[1], 0, id, offset[0], offset[1], 64, protocol, 0, 0][..], &V4].concat();
    let sum = !slow_sum(&[&header]);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    [&header, payload].concat()
}

/// UDP and TCP over both versions, right and wrong, in order, reversed, and with two datagrams interleaved.
fn fragments() -> Vec<Vec<u8>> {
    let mut packets = Vec::new();
    let mut id = 0;
    for v6 in [false, true] {
        for protocol in [17, 6] {
            for error in [0, 0x0400] {
                let addrs: &[u8] = if v6 { &V6 } else { &V4 };
                let whole = segment(protocol, addrs, 101, error);
                let cut = |id| {
                    [(0, 48), (48, 96), (96, whole.len())]
                        .map(|(start, end)| fragment(v6, protocol, id, &whole, start, end))
                };
                packets.extend(cut(id));
                packets.extend(cut(id + 1).into_iter().rev());
                packets.extend(cut(id + 2).into_iter().zip(cut(id + 3)).flat_map(|(one, other)| [one, other]));
                id += 4;
            }
        }
    }
    packets
}

fn fragments_as_tshark(net: &Net) {
    let mut writer = pcap::Writer::new(Vec::new(), LinkType::RAW, pcap::Format::default()).unwrap();
    let packets = fragments();
    for packet in &packets {
        writer.write(Timestamp::default(), packet.len(), packet).unwrap();
    }
    fs::write(net.dir().join("fragments.pcap"), writer.into_inner()).unwrap();

    let mut command = net.peer("tshark");
    command.args(["-n", "-r", "fragments.pcap", "-T", "fields", "-E", "separator=/t", "-e", "frame.number"]);
    for protocol in ["udp", "tcp"] {
        command.args(["-e", &format!("{protocol}.checksum.status"), "-o", &format!("{protocol}.check_checksum:TRUE")]);
    }
    command.args(["-o", "ip.defragment:TRUE", "-o", "ipv6.defragment:TRUE"]);
    let theirs = run(&mut command);
    theirs.status(0);
    let theirs: Vec<(u64, String)> = theirs
        .out()
        .lines()
        .filter_map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let status = columns[1..].iter().find(|status| !status.is_empty())?;
            Some((columns[0].parse().unwrap(), if *status == "1" { "good" } else { "bad" }.to_owned()))
        })
        .collect();

    // The verdict on a whole datagram stands behind the rows of the frame that completed it.
    let out = run(net.tool("netsum").args(["verify", "--json", "fragments.pcap"]).env_remove("NO_COLOR")).out();
    let ours: Vec<(u64, String)> = out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["data"].clone())
        .filter_map(|row| {
            let frames = row["reassembled"]["frames"].as_array()?;
            let last = frames.iter().filter_map(serde_json::Value::as_u64).max()?;
            Some((last, row["verdict"].as_str()?.to_owned()))
        })
        .collect();
    assert_eq!(ours, theirs);
    assert_eq!(ours.len(), packets.len() / 3);
    let tsv = run(net.tool("netsum").args(["verify", "--tsv", "fragments.pcap"])).out();
    let verdicts =
        |verdict: &str| tsv.lines().filter(|line| line.ends_with(verdict) && !line.contains("\tip\t")).count();
    assert_eq!((verdicts("unverified"), verdicts("good"), verdicts("bad")), (ours.len(), 16, 16), "{tsv}");
}

fn tcpdump(net: &Net, device: &str, count: &str, file: &str, filter: &str) -> Background {
    let mut command = net.peer("tcpdump");
    command.args(["-i", device, "-n", "-U", "--immediate-mode", "-Z", "root", "-c", count, "-w", file, filter]);
    let tcpdump = Background::spawn(command);
    tcpdump.wait_for_stderr("listening on ");
    tcpdump
}

/// The kernel sums a datagram itself if it has to cut it.
fn the_kernels_fragments(net: &Net) {
    net.ip("link set lo mtu 1500");
    let capture = tcpdump(net, "lo", "8", "lo.pcap", "ip or ip6");
    for (receives, sends) in [("127.0.0.1:7000", "127.0.0.1:7001"), ("[::1]:7000", "[::1]:7001")] {
        let receiver = UdpSocket::bind(receives).unwrap();
        let sender = UdpSocket::bind(sends).unwrap();
        sender.send_to(&[b'x'; 5000], receiver.local_addr().unwrap()).unwrap();
        receiver.recv_from(&mut [0; 8192]).unwrap();
    }
    capture.wait().status(0);
    let judged = run(net.tool("netsum").args(["verify", "--tsv", "lo.pcap"]));
    judged.status(0).stderr_is("");
    let out = judged.out();
    let rows: Vec<Vec<&str>> = out.lines().map(|line| line.split('\t').collect()).collect();
    let udp: Vec<(&str, &str)> = rows.iter().filter(|row| row[1] == "udp").map(|row| (row[0], row[5])).collect();
    assert_eq!(udp, [("1", "unverified"), ("1", "good"), ("5", "unverified"), ("5", "good")], "{}", judged.story());
    run(net.tool("netsum").args(["verify", "-s", "lo.pcap"]))
        .status(0)
        .stdout_has("2 datagrams put together from 8 fragments\n");
}

/// What leaves a veth with and without the switch of ethtool, seen where it leaves.
fn offload_on_and_off(net: &Net) {
    net.ip("link add v0 type veth peer name v1");
    net.ip("addr add 10.9.0.1/24 dev v0");
    net.ip("link set v0 up");
    net.ip("link set v1 up");
    net.ip("neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0");
    let verdicts = |switch: &str| {
        run(net.peer("ethtool").args(["-K", "v0", "tx", switch])).status(0);
        let file = format!("{switch}.pcap");
        let capture = tcpdump(net, "v0", "1", &file, "udp port 6000");
        let sender = UdpSocket::bind("10.9.0.1:5000").unwrap();
        sender.send_to(b"ABCDE", "10.9.0.2:6000").unwrap();
        capture.wait().status(0);
        let judged = run(net.tool("netsum").args(["verify", "--tsv", &file]));
        judged.status(0);
        judged.out().lines().map(|line| line.split('\t').next_back().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(verdicts("on"), ["good", "partial"]);
    assert_eq!(verdicts("off"), ["good", "good"]);
    let listed = run(net.tool("netsum").args(["verify", "on.pcap"]));
    listed.status(0).stdout_has(": offload\n").stdout_has("\n           1  left to the interface (offload)\n");
}
