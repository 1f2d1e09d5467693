//! netsum fix: what it changes, what it leaves, and where it writes.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::process::{Command, Stdio};

use serde_json::Value;
use sockeye_test_support::{Run, run, run_with_input, tool};

use crate::captures::{by_link_type, flat_specimens, pcap_of};
use crate::netsum::{Scratch, capture_of, data, netsum};

/// What `netsum fix - -` makes of a capture.
fn fixed(options: &[&str], capture: &[u8]) -> Vec<u8> {
    run_with_input(tool("netsum").arg("fix").args(options).args(["-", "-"]), capture).stdout
}

fn shell(line: &str, args: &[&str]) -> Run {
    let netsum = tool("netsum").get_program().to_string_lossy().into_owned();
    run(Command::new("/bin/sh").args(["-c", line, &netsum]).args(args))
}

/// Frame, offset and verdict of every checksum.
fn judged(capture: &[u8]) -> Vec<(usize, usize, String)> {
    let out = run_with_input(tool("netsum").args(["verify", "--tsv", "-"]), capture).out();
    out.lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|row| (row[0].parse().unwrap(), row[2].parse().unwrap(), row[5].to_owned()))
        .collect()
}

#[test]
fn over_every_link_only_what_is_bad_changes() {
    for (link_type, group) in by_link_type(&flat_specimens()) {
        let capture = pcap_of(&group, link_type);
        let before = judged(&capture);
        let out = fixed(&[], &capture);
        assert_eq!(out.len(), capture.len());
        // The places of the fields that may change: frames stand behind each other, with 16 octets before each.
        let mut starts = Vec::new();
        let mut at = 24;
        for specimen in &group {
            starts.push(at + 16);
            at += 16 + specimen.octets.len();
        }
        let bad: Vec<usize> = before
            .iter()
            .filter(|(.., verdict)| matches!(verdict.as_str(), "bad" | "illegal"))
            .map(|(frame, offset, _)| starts[frame - 1] + offset)
            .collect();
        for (place, (old, new)) in capture.iter().zip(&out).enumerate() {
            let is_field = bad.iter().any(|field| (*field..field + 4).contains(&place));
            assert!(old == new || is_field, "{link_type}: octet {place} was not bad");
        }
        let after = judged(&out);
        for ((frame, offset, was), (.., is)) in before.iter().zip(&after) {
            let expected = if matches!(was.as_str(), "bad" | "illegal") { "good" } else { was };
            assert_eq!(is, expected, "{}, offset {offset}", group[frame - 1].name);
        }
        // Damaged and repaired, it is the same to the octet.
        let damaged = fixed(&["--make-bad"], &out);
        let good = after.iter().filter(|(.., verdict)| verdict == "good").count();
        let bad = judged(&damaged).iter().filter(|(.., verdict)| verdict == "bad").count();
        assert_eq!(bad, good, "{link_type}");
        assert_eq!(fixed(&[], &damaged), out, "{link_type}");
        // And every prefix is copied as far as it goes.
        if link_type.0 == 1 {
            continue;
        }
        for cut in (24..out.len()).step_by(5) {
            let prefix = fixed(&[], &capture[..cut]);
            assert_eq!(prefix.len(), cut);
        }
    }
}

#[test]
fn what_is_done_is_said() {
    let dir = Scratch::new("fix-said");
    let names = ["udp over v4", "udp over v4, bad", "udp over v4, partial", "first fragment", "udp over v6, illegal"];
    let capture = dir.file("in.pcap", &capture_of(&names));
    let out = dir.file("out.pcap", b"older");
    netsum(&["fix", "-v", &capture, &out]).status(0).stderr_is("").stdout_is(
        "  frame  protocol  offset  stored    written
      2  udp           40  f753      f752      10.0.0.1:5000 > 10.0.0.2:6000: was bad
      5  udp           60  0000      1151      [fd00::1]:5000 > [fd00::2]:6000: was zero, which IPv6 does not allow

┌──────────┬───────────┐
│ protocol ┆ rewritten │
╞══════════╪═══════════╡
│ udp      ┆         2 │
│ all      ┆         2 │
└──────────┴───────────┘
left alone: 1 in fragments of a datagram
left alone: 1 partial (--fill-partial completes them)
5 frames, 9 checksums: 2 rewritten
",
    );
    netsum(&["verify", "-s", &out]).status(0).stdout_has("nothing bad");
    netsum(&["fix", "--fill-partial", &capture, &out]).status(0).stdout_has("9 checksums: 3 rewritten");
    assert!(!netsum(&["verify", "--tsv", &out]).out().contains("partial"));
    netsum(&["fix", "--explain", &capture, &out])
        .stdout_has("      4  udp           40  b154      -         10.0.0.1:5000 > 10.0.0.2:6000: left alone, in fragments of a datagram");
    let lines = netsum(&["fix", "--json", "--explain", &capture, &out]).status(0).out();
    assert_eq!(data(lines.lines().next().unwrap(), "event")["event"], "confined");
    let lines: Vec<&str> = lines.lines().skip(1).collect();
    let change = data(lines[0], "result");
    assert_eq!((&change["record"], &change["frame"], &change["reason"]), (&"change".into(), &2.into(), &"bad".into()));
    assert_eq!((&change["stored_octets"], &change["written_octets"]), (&"f753".into(), &"f752".into()));
    let left = data(lines[1], "event");
    assert_eq!((&left["record"], &left["why"], &left["frame"]), (&"left_alone".into(), &"partial".into(), &3.into()));
    let summary = data(lines.last().unwrap(), "result");
    assert_eq!((&summary["changed"], &summary["protocols"]["udp"]), (&2.into(), &2.into()));
    assert_eq!((&summary["left"]["fragment"], &summary["still_bad"]), (&1.into(), &0.into()));
    assert_eq!((&summary["reasons"]["illegal"], &summary["compression"]), (&1.into(), &Value::Null));
}

#[test]
fn damage_is_listed_and_follows_its_seed() {
    let dir = Scratch::new("fix-damage");
    let capture = dir.file("in.pcap", &capture_of(&["udp over v4"; 40]));
    let [first, again, other] = ["a", "b", "c"].map(|name| dir.file(name, b""));
    let run = netsum(&["fix", "--make-bad=4", "--json", &capture, &first]);
    let listed: Vec<(u64, u64)> = run
        .out()
        .lines()
        .map(|line| data(line, "result"))
        .filter(|line| line["record"] == "change")
        .map(|line| (line["frame"].as_u64().unwrap(), line["offset_octets"].as_u64().unwrap()))
        .collect();
    let bad: Vec<(u64, u64)> = judged(&fs::read(&first).unwrap())
        .into_iter()
        .filter(|(.., verdict)| verdict == "bad")
        .map(|(frame, offset, _)| (frame as u64, offset as u64))
        .collect();
    assert_eq!(listed, bad);
    assert!((5..40).contains(&bad.len()), "about 20 of 80: {}", bad.len());
    netsum(&["fix", "--make-bad=4", &capture, &again]).status(0).stdout_has(": damaged\n");
    netsum(&["fix", "--make-bad=4", "--seed=2", &capture, &other]).status(0);
    assert!(fs::read(&first).unwrap() == fs::read(&again).unwrap());
    assert!(fs::read(&first).unwrap() != fs::read(&other).unwrap());
    for args in [&["fix", "--seed=2", &capture, &other][..], &["fix", "--make-bad=0", &capture, &other]] {
        netsum(args).status(2).stdout_is("");
    }
    netsum(&["fix", "--make-bad", "--fill-partial", &capture, &other]).status(2).stderr_has("cannot be used with");
}

#[test]
fn the_copy_is_there_as_a_whole_or_not_at_all() {
    let dir = Scratch::new("fix-place");
    let octets = capture_of(&["udp over v4, bad"]);
    let capture = dir.file("in.pcap", &octets);
    let older = dir.file("older", b"older");
    // The same file, by whatever name.
    let link = dir.file("link", b"");
    fs::remove_file(&link).unwrap();
    symlink(&capture, &link).unwrap();
    for out in [&capture, &link] {
        let said = format!("netsum: {out}: OUT is the file that IN is: give it another name\n");
        netsum(&["fix", &capture, out]).status(2).stdout_is("").stderr_is(&said);
        shell("\"$0\" fix - \"$2\" < \"$1\"", &[&capture, out]).status(2).stderr_is(&said);
    }
    assert_eq!(fs::read(&capture).unwrap(), octets);
    // What is no capture leaves the older file, and nothing beside it.
    let none = dir.file("none", b"GET / HTTP/1.1\r\n");
    netsum(&["fix", &none, &older]).status(2).stdout_is("").stderr_has("not a pcap or pcapng capture");
    // What ends within its own header is none either.
    let stub = run_with_input(tool("netsum").args(["fix", "-", "-"]), &octets[..23]);
    stub.status(2).stdout_is("").stderr_has("cut off in ");
    netsum(&["fix", "/nonexistent/x", &older]).status(2).stderr_has("open /nonexistent/x: No such file or directory");
    assert_eq!(fs::read(&older).unwrap(), b"older");
    // A file that grows beyond what is allowed, as on a full disk; the signal that comes with it is ignored.
    let large = dir.file("large.pcap", &capture_of(&vec!["udp over v4, bad"; 2000]));
    shell("trap '' XFSZ; ulimit -f 10; exec \"$0\" fix \"$1\" \"$2\"", &[&large, &older])
        .status(4)
        .stderr_has("File too large");
    assert_eq!(fs::read(&older).unwrap(), b"older");
    // A good one takes its place, with its mode, through a link.
    fs::set_permissions(&older, fs::Permissions::from_mode(0o640)).unwrap();
    fs::remove_file(&link).unwrap();
    symlink(&older, &link).unwrap();
    netsum(&["fix", &capture, &link]).status(0).stdout_has("1 rewritten");
    assert_eq!(fs::metadata(&older).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    netsum(&["verify", &older]).status(0);
    let mut names: Vec<String> = fs::read_dir(std::path::Path::new(&older).parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["in.pcap", "large.pcap", "link", "none", "older"]);
    // Devices and pipes are written as they stand.
    netsum(&["fix", &capture, "/dev/null"]).status(0).stdout_has("1 rewritten");
    netsum(&["fix", &capture, "/dev/full"]).status(4).stderr_is("netsum: write /dev/full: No space left on device\n");
    netsum(&["fix", &capture, "/nonexistent/x"])
        .status(2)
        .stderr_has("create /nonexistent/x: No such file or directory");
    for missing in ["new/", "new//", "older/"] {
        let out = format!("{}/{missing}", std::path::Path::new(&older).parent().unwrap().display());
        netsum(&["fix", &capture, &out]).status(2).stdout_is("").stderr_has(&format!("netsum: create {out}: "));
    }
    netsum(&["fix", &capture, "/"]).status(2).stderr_has("open /: Is a directory");
}

#[test]
fn a_name_as_long_as_one_may_be_is_written() {
    let dir = Scratch::new("fix-long-name");
    let capture = dir.file("in.pcap", &capture_of(&["udp over v4, bad"]));
    let out = dir.file(&"n".repeat(255), b"older");
    netsum(&["fix", &capture, &out]).status(0);
    assert_eq!(fs::metadata(&out).unwrap().len(), fs::metadata(&capture).unwrap().len());
}

#[test]
fn an_interrupt_leaves_the_older_file_and_nothing_else() {
    let dir = Scratch::new("fix-interrupt");
    let older = dir.file("older", b"older");
    let mut command = tool("netsum");
    command.args(["fix", "-", &older]).stdin(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds: most of it has been read, and written, when this returns.
    stdin.write_all(&capture_of(&vec!["udp over v4, bad"; 20_000])).unwrap();
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    drop(stdin);
    assert_eq!(fs::read(&older).unwrap(), b"older");
    let folder = std::path::Path::new(&older).parent().unwrap();
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
}

#[test]
fn a_cut_capture_is_copied_to_its_last_octet() {
    let dir = Scratch::new("fix-cut");
    let whole = capture_of(&["udp over v4, bad", "udp over v4, bad"]);
    let cut = dir.file("cut.pcap", &whole[..whole.len() - 30]);
    let out = dir.file("out.pcap", b"");
    netsum(&["fix", &cut, &out])
        .status(2)
        .stdout_has("1 frame, 2 checksums: 1 rewritten")
        .stderr_has("cut off in a packet record at octet ");
    let (before, after) = (fs::read(&cut).unwrap(), fs::read(&out).unwrap());
    let differ: Vec<usize> = (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
    assert_eq!((before.len(), differ), (after.len(), vec![24 + 16 + 41]));
}

#[test]
fn standard_output_has_the_copy_and_nothing_else() {
    let octets = capture_of(&["udp over v4, bad"]);
    let run = run_with_input(tool("netsum").args(["fix", "-", "-"]), &octets);
    run.status(0).stderr_is("netsum: 1 frame, 2 checksums: 1 rewritten\n");
    assert_eq!(run.stdout.len(), octets.len());
    for option in ["--json", "--explain", "-v"] {
        let run = run_with_input(tool("netsum").args(["fix", option, "-", "-"]), &octets);
        run.status(2).stdout_is("").stderr_has("OUT is -, and --");
    }
    let packed = run_with_input(Command::new("gzip").arg("-c"), &octets).stdout;
    let unpacked = run_with_input(tool("netsum").args(["fix", "-", "-"]), &packed);
    unpacked.status(0).stdout_is(&run.stdout).stderr_has("netsum: IN is compressed with gzip, OUT is not\n");
    let dir = Scratch::new("fix-stdout");
    let many = dir.file("many.pcap", &capture_of(&vec!["udp over v4"; 4000]));
    let closed = shell("{ \"$0\" fix \"$1\" -; echo $? >&2; } | head -c 10 >/dev/null", &[&many]);
    assert_eq!(closed.err(), "0\n", "{}", closed.story());
    shell("\"$0\" fix \"$1\" - >/dev/full", &[&many])
        .status(4)
        .stderr_is("netsum: write standard output: No space left on device\n");
}
