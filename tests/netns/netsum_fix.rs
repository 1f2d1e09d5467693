//! netsum reads what the real tools write, and repairs what they judge.

use std::fs;

use sockeye_capture::LinkType;
use sockeye_test_support::{Case, Net, run};

use crate::captures::{Specimen, UNREAD_BY_TSHARK, by_link_type, flat_specimens, pcap_of, specimens};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new(
            "netsum_fix::what_is_repaired_is_good_to_tshark",
            &["tshark", "mergecap", "editcap", "capinfos"],
            repair,
        ),
        Case::new("netsum_fix::blocks_of_every_kind", &["tshark"], blocks),
        Case::new("netsum_fix::reads_what_others_write", &["tshark", "mergecap", "editcap", "gzip", "zstd"], formats),
    ]
}

/// All specimens in one pcapng file with an interface per link type, and a comment on the first frame.
fn everything(net: &Net) -> usize {
    let specimens = flat_specimens();
    let mut groups = by_link_type(&specimens);
    groups.retain(|(link_type, _)| !UNREAD_BY_TSHARK.contains(link_type));
    let mut files = Vec::new();
    for (link_type, group) in &groups {
        let file = format!("{}.pcap", link_type.0);
        fs::write(net.dir().join(&file), pcap_of(group, *link_type)).unwrap();
        files.push(file);
    }
    run(net.peer("mergecap").args(["-a", "-F", "pcapng", "-w", "merged.pcapng"]).args(&files)).status(0);
    run(net.peer("editcap").args(["-a", "1:kept as it is", "merged.pcapng", "all.pcapng"])).status(0);
    groups.iter().map(|(_, group)| group.len()).sum::<usize>()
}

/// Frame, verdict of tshark and how often.
fn statuses(net: &Net, file: &str) -> Vec<String> {
    let mut command = net.peer("tshark");
    command.args([
        "-n",
        "-r",
        file,
        "-T",
        "fields",
        "-e",
        "frame.number",
        "-e",
        "frame.interface_id",
        "-e",
        "frame.comment",
    ]);
    command.args(["-e", "frame.time_epoch", "-e", "frame.len", "-e", "frame.cap_len"]);
    for protocol in ["ip", "udp", "tcp"] {
        command.args(["-o", &format!("{protocol}.check_checksum:TRUE")]);
    }
    for protocol in ["ip", "udp", "tcp", "icmp", "icmpv6"] {
        command.args(["-e", &format!("{protocol}.checksum.status")]);
    }
    for option in ["ip.defragment", "ipv6.defragment"] {
        command.args(["-o", &format!("{option}:FALSE")]);
    }
    let run = run(&mut command);
    run.status(0).out().lines().map(str::to_owned).collect()
}

fn repair(net: &Net) {
    let frames = everything(net);
    run(net.tool("netsum").args(["fix", "--fill-partial", "all.pcapng", "good.pcapng"])).status(0);
    run(net.tool("netsum").args(["fix", "--make-bad", "good.pcapng", "bad.pcapng"])).status(0);
    run(net.tool("netsum").args(["fix", "bad.pcapng", "again.pcapng"])).status(0);
    let read = |name: &str| fs::read(net.dir().join(name)).unwrap();
    assert!(read("good.pcapng") == read("again.pcapng"), "damaged and repaired, it is the same");
    assert_eq!(read("good.pcapng").len(), read("all.pcapng").len());
    let is_bad = |line: &&String| {
        line.split('\t').skip(6).flat_map(|found| found.split(',')).any(|found| found == "0" || found == "4")
    };
    let (all, good, bad) = (statuses(net, "all.pcapng"), statuses(net, "good.pcapng"), statuses(net, "bad.pcapng"));
    assert_eq!((all.len(), good.len()), (frames, frames));
    assert!(all.iter().filter(is_bad).count() > 5);
    assert_eq!(good.iter().find(is_bad), None);
    assert!(bad.iter().filter(is_bad).count() > 20);
    // Numbers, interfaces, comments, times and lengths are as they were.
    let frame = |line: &String| line.split('\t').take(6).collect::<Vec<_>>().join("\t");
    assert!(all.iter().map(frame).eq(good.iter().map(frame)));
    assert!(good[0].contains("kept as it is"), "{}", good[0]);
    let infos = |name: &str| {
        let out = run(net.peer("capinfos").args(["-M", name])).status(0).out();
        out.lines()
            .filter(|line| !line.contains("SHA") && !line.contains("RIPEMD") && !line.starts_with("File name"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(infos("all.pcapng"), infos("good.pcapng"));
}

fn formats(net: &Net) {
    everything(net);
    let tsv = |name: &str| run(net.tool("netsum").args(["verify", "--tsv", name])).stderr_is("").out();
    let all = tsv("all.pcapng");
    assert!(all.lines().count() > 50);
    for (program, name) in [("gzip", "all.pcapng.gz"), ("zstd", "all.pcapng.zst")] {
        run(net.peer(program).args(["-k", "-q", "all.pcapng"])).status(0);
        assert_eq!(tsv(name), all, "{name}");
        // Ended by its first half: what is there is judged.
        let packed = fs::read(net.dir().join(name)).unwrap();
        fs::write(net.dir().join("cut"), &packed[..packed.len() / 2]).unwrap();
        let cut = run(net.tool("netsum").args(["verify", "--tsv", "cut"]));
        cut.status(2)
            .stderr_has(&format!("{program} data cut off at octet {} of the compressed file", packed.len() / 2));
        assert!(all.starts_with(&cut.out()), "{}", cut.story());
    }
    // Kuznetzov's records and nanoseconds, as editcap writes them.
    let group = specimens();
    let groups = by_link_type(&group);
    let (link_type, group): &(LinkType, Vec<&Specimen>) = &groups[0];
    let file = format!("{}.pcap", link_type.0);
    assert!(group.len() > 20);
    for format in ["modpcap", "nsecpcap", "pcapng"] {
        run(net.peer("editcap").args(["-F", format, &file, format])).status(0);
        assert_eq!(tsv(format), tsv(&file), "{format}");
    }
}

/// A pcapng block, its integers in the order that `order` gives them.
fn block(order: fn(u32) -> [u8; 4], block_type: u32, fields: &[u32], rest: &[u8]) -> Vec<u8> {
    let mut body: Vec<u8> = fields.iter().flat_map(|field| order(*field)).chain(rest.iter().copied()).collect();
    body.resize(body.len().next_multiple_of(4), 0);
    let total = order(u32::try_from(body.len() + 12).unwrap());
    [&order(block_type)[..], &total, &body, &total].concat()
}

/// Two sections in different orders, interfaces with link types and times of their own, every block that carries a packet
/// and others in between: tshark and netsum see the same packets at the same times, and tshark accepts what is repaired.
fn blocks(net: &Net) {
    let [little, big]: [fn(u32) -> [u8; 4]; 2] = [u32::to_le_bytes, u32::to_be_bytes];
    let group = specimens();
    let bad = &group.iter().find(|specimen| specimen.name == "raw v4, bad").unwrap().octets;
    let len = u32::try_from(bad.len()).unwrap();
    let mut file = block(little, 0x0a0d_0d0a, &[0x1a2b_3c4d, 1, u32::MAX, u32::MAX], &[]);
    // 101 is raw IP; a resolution of nanoseconds, and 100 s to be added.
    file.extend(block(little, 1, &[101, 0], &[]));
    let options = [9, 0, 1, 0, 9, 0, 0, 0, 14, 0, 8, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    file.extend(block(little, 1, &[101, 0], &options));
    file.extend(block(little, 6, &[0, 0, 1_500_000, len, len], bad));
    file.extend(block(little, 6, &[1, 0, 1_500_000_001, len, len], bad));
    file.extend(block(little, 9, &[], b"__REALTIME_TIMESTAMP=1404101101501874\n"));
    file.extend(block(little, 0xbad, &[32_473], b"somebody's own"));
    file.extend(block(little, 3, &[len], bad));
    file.extend(block(little, 2, &[0, 0, 7, len, len], bad));
    file.extend(block(big, 0x0a0d_0d0a, &[0x1a2b_3c4d, 0x0001_0000, u32::MAX, u32::MAX], &[]));
    file.extend(block(big, 1, &[101 << 16, 0], &[]));
    file.extend(block(big, 6, &[0, 0, 2_500_000, len, len], bad));
    fs::write(net.dir().join("mixed.pcapng"), &file).unwrap();
    run(net.tool("netsum").args(["fix", "mixed.pcapng", "mended.pcapng"]))
        .status(0)
        .stdout_has("5 frames, 10 checksums: 5 rew");
    for (name, status, verdict) in [("mixed.pcapng", "0", "bad"), ("mended.pcapng", "1", "good")] {
        let mut command = net.peer("tshark");
        command.args(["-r", name, "-Y", "udp", "-o", "udp.check_checksum:TRUE", "-T", "fields"]);
        let theirs = run(command.args(["-e", "frame.time_epoch", "-e", "udp.checksum.status"]));
        let times = ["1.500000000", "101.500000001", "", "0.000007000", "2.500000000"];
        let expected = times.iter().map(|time| format!("{time}\t{status}\n")).collect::<Vec<_>>().concat();
        theirs.status(0).stdout_is(&expected);
        let ours = run(net.tool("netsum").args(["verify", "--tsv", name])).out();
        assert_eq!(ours.lines().filter(|row| row.contains("udp") && row.ends_with(verdict)).count(), times.len());
        let file = fs::read(net.dir().join(name)).unwrap();
        let frames = sockeye_capture::SliceReader::new(&file).map(Result::unwrap);
        let found: Vec<String> =
            frames.map(|frame| frame.timestamp.map_or(String::new(), |time| time.to_string())).collect();
        assert_eq!(found, times, "{name}");
    }
}
