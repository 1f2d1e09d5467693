//! netsum: captures of every kind, several at a time, compressed, cut.

use std::io::Write as _;
use std::process::Command;

use sockeye_capture::{LinkType, Timestamp, pcap};
use sockeye_test_support::{run, tool};

use crate::captures::{pcap_of, specimens};
use crate::netsum::{Scratch, capture_of, data, netsum, verify};

/// Where the executable is.
fn netsum_path() -> String {
    tool("netsum").get_program().to_string_lossy().into_owned()
}

/// What `program` makes of `octets`.
fn packed(program: &str, octets: &[u8]) -> Vec<u8> {
    let run = sockeye_test_support::run_with_input(Command::new(program).arg("-c"), octets);
    run.status(0);
    run.stdout
}

#[test]
fn several_files_each_and_all_together() {
    let dir = Scratch::new("several");
    let good = dir.file("good.pcap", &capture_of(&["udp over v4"]));
    let bad = dir.file("bad.pcap", &capture_of(&["udp over v4, bad", "arp"]));
    let run = netsum(&["verify", &good, &bad]);
    run.status(1).stderr_is("");
    let alone = |file: &str| netsum(&["verify", file]).out();
    let each = format!("{good}\n{}\n{bad}\n{}\nall 2 files\n", alone(&good), alone(&bad));
    let out = run.out();
    let total = out.strip_prefix(&each).unwrap_or_else(|| panic!("each as if it were alone\n{}", run.story()));
    assert!(
        total.ends_with("1 frame without a checksum that is judged here\n3 frames, 4 checksums: 1 bad\n"),
        "{total}"
    );
    netsum(&["verify", &good, &good]).status(0);
    let rows = "1\tip\t24\t0x66c9\t0x66c9\tgood\n1\tudp\t40\t0xf752\t0xf752\tgood\n";
    netsum(&["verify", "--tsv", &good, &good]).status(0).stdout_is(format!("{rows}{rows}"));
    let named = rows.lines().map(|row| format!("{good}\t{row}\n")).collect::<Vec<_>>().concat();
    netsum(&["verify", "--tsv", "--with-filename", &good]).status(0).stdout_is(&named);
    netsum(&["verify", "--tsv", "-H", &good, &good]).status(0).stdout_is(format!("{named}{named}"));
    netsum(&["verify", "-H", &good]).status(2).stderr_has("--tsv");
}

#[test]
fn what_cannot_be_read_keeps_nothing_else_from_being_judged() {
    let dir = Scratch::new("unreadable");
    let bad = dir.file("bad.pcap", &capture_of(&["udp over v4, bad"]));
    let whole = capture_of(&["udp over v4", "udp over v4"]);
    let cut = dir.file("cut.pcap", &whole[..whole.len() - 1]);
    let run = netsum(&["verify", "--summary", "/nonexistent/x", &cut, &bad]);
    run.status(2)
        .stderr_has("netsum: open /nonexistent/x: No such file or directory\n")
        .stderr_has(&format!("netsum: {cut}: cut off in a packet record at octet "))
        .stdout_has("2 of 3 files not read to the end\n")
        .stdout_has("\n2 frames, 4 checksums: 1 bad\n");
    assert!(run.out().ends_with("2 frames, 4 checksums: 1 bad\n"), "{}", run.story());
    let out = netsum(&["verify", "--json", "/nonexistent/x", &cut, &bad]).status(2).out();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(data(lines[0], "error")["exit_status"], 2);
    let files: Vec<_> = lines[1..4].iter().map(|line| data(line, "result")["file"].clone()).collect();
    assert_eq!(files, [cut.as_str(), &cut, &cut]);
    let total = data(lines.last().unwrap(), "result");
    assert_eq!(
        (&total["file"], &total["files"], &total["files_not_read_to_the_end"]),
        (&().into(), &3.into(), &2.into())
    );
    assert_eq!((&total["record"], &total["verdicts"]["bad"]), (&"summary".into(), &1.into()));
    // Standard output that takes no more ends all of it.
    let netsum = netsum_path();
    run_shell("\"$0\" verify --all \"$1\" \"$1\" >/dev/full", &[&netsum, &bad])
        .status(4)
        .stderr_is("netsum: write standard output: No space left on device\n");
}

fn run_shell(line: &str, args: &[&str]) -> sockeye_test_support::Run {
    run(Command::new("/bin/sh").args(["-c", line]).args(args))
}

#[test]
fn compressed_captures_from_files_and_pipes() {
    let dir = Scratch::new("compressed");
    let capture = capture_of(&["udp over v4", "udp over v4, bad", "udp over v6, illegal"]);
    let plain = verify(&["--tsv"], &capture).status(1).out();
    let (first, second) = capture.split_at(100);
    let gzip = packed("gzip", &capture);
    let members = [packed("gzip", first), packed("gzip", second)].concat();
    for (name, octets) in [("one.gz", &gzip), ("members.gz", &members)] {
        let file = dir.file(name, octets);
        netsum(&["verify", "--tsv", &file]).status(1).stderr_is("").stdout_is(&plain);
        verify(&["--tsv"], octets).status(1).stderr_is("").stdout_is(&plain);
    }
    let cut = dir.file("cut.gz", &gzip[..gzip.len() - 4]);
    netsum(&["verify", "--tsv", &cut])
        .status(2)
        .stdout_is(&plain)
        .stderr_is(&format!("netsum: {cut}: gzip data cut off at octet {} of the compressed file\n", gzip.len() - 4));
    verify(&[], b"BZh91AY&SY").status(2).stderr_has("compressed with bzip2, which is not read directly");
    // Packed twice, the inner one is refused by name.
    verify(&[], &packed("gzip", &gzip)).status(2).stderr_has("compressed with gzip, which is not read directly");
}

/// A file of 5 MiB: all specimens over Ethernet, again and again. Several threads judge it, if there are processors for them;
/// what comes out of a pipe, one thread does.
#[test]
fn a_large_file_says_what_a_pipe_says() {
    let dir = Scratch::new("large");
    let specimens = specimens();
    let mut some: Vec<_> = specimens.iter().filter(|some| some.link_type == LinkType::ETHERNET).collect();
    let (mut order, mut len) = (1_usize, 0);
    while len < 5 << 20 {
        order = order.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let next = some[(order >> 33) % some.len()];
        len += next.octets.len() + 16;
        some.push(next);
    }
    let whole = pcap_of(&some, LinkType::ETHERNET);
    for (name, octets) in [("whole", &whole[..]), ("cut", &whole[..whole.len() - 5])] {
        let file = dir.file(name, octets);
        for options in [&["--summary"][..], &["--tsv"], &[]] {
            let piped = verify(options, octets);
            let status = if name == "cut" { 2 } else { 1 };
            netsum(&[&["verify"], options, &[&file]].concat()).status(status).stdout_is(piped.out());
            piped.status(status);
        }
    }
}

/// More than 4 MiB when it is compressed too: several threads take what is unpacked, and the file is not read at places.
#[test]
fn a_large_compressed_file_says_what_a_pipe_says() {
    let dir = Scratch::new("large-compressed");
    let specimens = specimens();
    let mut writer = pcap::Writer::new(Vec::new(), LinkType::ETHERNET, pcap::Format::default()).unwrap();
    let mut state = 1_u64;
    for specimen in specimens.iter().filter(|some| some.link_type == LinkType::ETHERNET).cycle().take(4000) {
        writer.write(Timestamp::default(), specimen.octets.len(), &specimen.octets).unwrap();
        // ARP, so to speak, with what gzip cannot make smaller.
        let noise = std::iter::repeat_with(|| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state.to_be_bytes()[0]
        });
        let frame: Vec<u8> = [2; 12].into_iter().chain([8, 6]).chain(noise.take(1400)).collect();
        writer.write(Timestamp::default(), frame.len(), &frame).unwrap();
    }
    let capture = writer.into_inner();
    let whole = packed("gzip", &capture);
    assert!(whole.len() > 4 << 20, "{} octets are judged by one thread", whole.len());
    for (octets, status) in [(&whole[..], 1), (&whole[..whole.len() - 100_000], 2)] {
        let file = dir.file("large.gz", octets);
        for options in ["--summary", "--tsv"] {
            let piped = verify(&[options], octets);
            netsum(&["verify", options, &file]).status(status).stdout_is(piped.out());
            piped.status(status);
        }
    }
}

#[test]
fn a_bomb_costs_no_memory() {
    let dir = Scratch::new("bomb");
    // A pcap file header, and 2 GiB of zeros: 134 million records of no octets each.
    let header = capture_of(&["arp"])[..24].to_vec();
    let path = dir.file("bomb.gz", &packed("gzip", &header));
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    let zeros = packed("gzip", &vec![0; 16 << 20]);
    for _ in 0..8 {
        file.write_all(&zeros).unwrap();
    }
    drop(file);
    // 64 MiB of address space beyond what the program itself needs would not hold the 128 MiB.
    let netsum = netsum_path();
    run_shell("ulimit -v 65536; exec \"$0\" verify -s \"$1\"", &[&netsum, &path])
        .status(0)
        .stdout_has("8388608 frames, 0 checksums: no checksum found\n");
}
