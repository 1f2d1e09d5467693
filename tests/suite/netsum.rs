//! netsum: the executable, its output to the octet where scripts read it, its exit statuses.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use sockeye_capture::LinkType;
use sockeye_test_support::{Run, run, run_with_input, tool};

use crate::captures::{Specimen, by_link_type, pcap_of, specimens};

pub(crate) fn netsum(args: &[&str]) -> Run {
    run(tool("netsum").args(args))
}

fn udp4(data: &str) -> Run {
    netsum(&["udp", "10.0.0.1:5000", "10.0.0.2:6000", data])
}

pub(crate) fn verify(options: &[&str], capture: &[u8]) -> Run {
    run_with_input(tool("netsum").arg("verify").args(options).arg("-"), capture)
}

/// One data object of a JSON line.
pub(crate) fn data(line: &str, kind: &str) -> Value {
    let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    assert_eq!((line["schema"].as_str(), line["type"].as_str()), (Some("netsum/1"), Some(kind)), "{line}");
    line["data"].clone()
}

pub(crate) fn specimen(name: &str) -> Specimen {
    specimens().into_iter().find(|specimen| specimen.name == name).unwrap_or_else(|| panic!("no specimen {name}"))
}

pub(crate) fn capture_of(names: &[&str]) -> Vec<u8> {
    let all = specimens();
    let named = |name: &&str| all.iter().find(|specimen| specimen.name == *name);
    let chosen: Vec<&Specimen> =
        names.iter().map(|name| named(name).unwrap_or_else(|| panic!("no specimen {name}"))).collect();
    pcap_of(&chosen, chosen[0].link_type)
}

#[test]
fn the_experiment_of_the_course() {
    // reference/netsum.md, B1: scapy, tshark, tcpdump and the kernel agree.
    for (text, v4, v6) in [
        ("ABCDE", "f752", "1151"),
        ("ABCDEUQUQUQ", "0347", "1d45"),
        ("ABCDEQUQUQU", "f752", "1151"),
        ("ABCD", "3c55", "5653"),
        ("ABCDUQUQUQ", "3c55", "5653"),
    ] {
        let over_v6 = netsum(&["udp", "[fd00::1]:5000", "[fd00::2]:6000", text]);
        for (run, checksum) in [(udp4(text), v4), (over_v6, v6)] {
            run.status(0).stderr_is("");
            assert_eq!(run.out().lines().last().unwrap(), format!("Checksum    {checksum}"), "{text}");
        }
    }
}

#[test]
fn the_whole_worksheet() {
    udp4("ABCDE").status(0).stdout_is(
        "\
IPv4 pseudo-header (12 octets, summed but never sent; RFC 768)
  octets       field                value
  0a 00 00 01  Source Address       10.0.0.1
  0a 00 00 02  Destination Address  10.0.0.2
  00           zero                 0
  11           Protocol             17 (UDP)
  00 0d        Length               13 = 8 of header + 5 of data

UDP header (8 octets)
  octets  field             value
  13 88   Source Port       5000
  17 70   Destination Port  6000
  00 0d   Length            13 = 8 of header + 5 of data
  00 00   Checksum          counts as zero

Data (5 octets)
  41 42 43 44 45  \"ABCDE\"

Sum of 16-bit words, high octet first
  octets   word  total  carry
  0a 00    0a00   0a00         Source Address 1/2
  00 01    0001   0a01         Source Address 2/2
  0a 00    0a00   1401         Destination Address 1/2
  00 02    0002   1403         Destination Address 2/2
  00 11    0011   1414         zero, Protocol
  00 0d    000d   1421         Length

  13 88    1388   27a9         Source Port
  17 70    1770   3f19         Destination Port
  00 0d    000d   3f26         Length
  00 00    0000   3f26         Checksum

  41 42    4142   8068         \"AB\"
  43 44    4344   c3ac         \"CD\"
  45 (00)  4500  108ac  +1     \"E\" and a padding octet

Fold        108ac: 08ac + 1 = 08ad
Complement  ~08ad = f752
Octets      f7 52 on the wire (network order); a little-endian host loads them as 52f7, and ntohs(3) makes that f752
Checksum    f752
",
    );
}

#[test]
fn the_working_as_data() {
    let run = netsum(&["udp", "10.0.0.1:5000", "10.0.0.2:6000", "hex:c0df", "--json", "--explain"]);
    run.status(0).stderr_is("");
    let lines = run.out();
    let lines: Vec<&str> = lines.lines().collect();
    let (last, events) = lines.split_last().unwrap();
    let events: Vec<Value> = events.iter().map(|line| data(line, "event")).collect();
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "confined",
            "pseudo_header",
            "length_twice",
            "field_counts_as_zero",
            "carried",
            "order_independent",
            "complemented",
            "zero_became_all_ones"
        ]
    );
    let result = data(last, "result");
    assert_eq!((&result["calculated"], &result["calculated_octets"]), (&Value::from(0xffff), &Value::from("ffff")));
    assert_eq!((&result["complement"], &result["zero_became_all_ones"]), (&Value::from(0), &Value::from(true)));
    assert_eq!(result["protocol"], "udp");
    assert_eq!(result["sections"][0]["octets"], "0a0000010a0000020011000a");
    let words = result["words"].as_array().unwrap();
    let summed: u64 = words.iter().map(|word| word["value"].as_u64().unwrap()).sum();
    assert_eq!((words.len(), Some(summed)), (11, result["total"].as_u64()));
    let last = words.last().unwrap();
    assert_eq!(
        (&last["total"], &last["padded"], &last["octets"]),
        (&result["total"], &Value::from(false), &Value::from("c0df"))
    );
}

#[test]
fn data_in_every_form() {
    let dir = Scratch::new("forms");
    let file = dir.file("data", b"ABCDE");
    let at_file = format!("@{file}");
    for form in ["ABCDE", "text:ABCDE", "hex:4142434445", "hex:41 42 43 44 45", &at_file] {
        netsum(&["udp", "-q", "10.0.0.1:5000", "10.0.0.2:6000", form]).status(0).stdout_is("f752\n").stderr_is("");
    }
    run_with_input(tool("netsum").args(["udp", "-q", "10.0.0.1:5000", "10.0.0.2:6000", "-"]), b"ABCDE")
        .stdout_is("f752\n");
    udp4("").status(0).stdout_has("Data (0 octets)");
    netsum(&["udp", "10.0.0.1:5000", "10.0.0.2:6000", "--", "-x"]).status(0).stdout_has("\"-x\"");
    udp4("\u{1b}[2J\"").status(0).stdout_has("  1b 5b 32 4a 22  |.[2J\"|\n");
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let good = ["10.0.0.1:5000", "10.0.0.2:6000", "x"];
    let with = |place: usize, word: &'static str| {
        let mut args = vec!["udp"];
        args.extend(good);
        args[place + 1] = word;
        args
    };
    let cases: &[(Vec<&str>, &str)] = &[
        (with(0, "10.0.0.256:5000"), "source \"10.0.0.256:5000\": 256 is more than an octet holds"),
        (with(1, "10.0.0.2"), "destination \"10.0.0.2\": the port is missing: write 10.0.0.2:5000"),
        (with(1, "fd00::1"), "destination \"fd00::1\": the port is missing: write [fd00::1]:5000"),
        (
            with(0, "localhost:1"),
            "source \"localhost:1\": a name, and nothing is resolved here: give the address as a number",
        ),
        (with(0, "10.0.0.1:domain"), "source \"10.0.0.1:domain\": the port must be a number (0 to 65535)"),
        (with(0, "10.0.0.1:65536"), "source \"10.0.0.1:65536\": 65536 is more than a port holds (65535)"),
        (
            with(1, "[::1]:6000"),
            "source 10.0.0.1 is IPv4 and destination ::1 is IPv6: a datagram has two addresses of one family",
        ),
        (
            vec!["udp", "[::1]:5000", "10.0.0.2:6000", "@/nonexistent/x"],
            "source ::1 is IPv6 and destination 10.0.0.2 is IPv4: a datagram has two addresses of one family",
        ),
        (
            with(2, "hex:4"),
            "data \"hex:4\": after \"hex:\", the digit at position 1 stands alone: an octet is two digits",
        ),
        (with(2, "@"), "data \"@\": the file name after \"@\" is missing"),
        (with(2, "@/nonexistent/x"), "open /nonexistent/x: No such file or directory"),
        (with(2, "@/"), "read /: Is a directory"),
        (vec!["verify", "/nonexistent/x"], "open /nonexistent/x: No such file or directory"),
        (vec!["verify", "/"], "read /: Is a directory"),
        (vec!["verify", "/dev/null"], "/dev/null: empty: a capture starts with a magic number"),
    ];
    for (args, said) in cases {
        netsum(args).status(2).stdout_is("").stderr_is(&format!("netsum: {said}\n"));
    }
    // An option in front of the command is the same option.
    for (option, job) in [("--quiet", &["udp", "10.0.0.1:1", "10.0.0.2:2", "x"][..]), ("--tsv", &["verify", "x"])] {
        for other in ["--json", "--explain"] {
            let said = format!(
                "netsum: the argument '{option}' cannot be used with '{other}' (see netsum {} --help)\n",
                job[0]
            );
            for args in [[&[other], job, &[option]].concat(), [job, &[option, other]].concat()] {
                netsum(&args).status(2).stdout_is("").stderr_is(&said);
            }
        }
    }
    // A capture without a command.
    for (args, file) in [(&["./lo.pcap"][..], "./lo.pcap"), (&["--json", "verify.pcapng", "-a"], "verify.pcapng")] {
        netsum(args)
            .status(2)
            .stderr_has(&format!("unrecognized subcommand '{file}'"))
            .stderr_has(&format!("(netsum verify {file} judges the checksums of a capture; see netsum --help)\n"));
    }
    for args in [&[][..], &["udp"], &["sum"], &["udp", "--nope"], &["verify"], &["verify", "--tsv", "--json", "x"]] {
        let run = netsum(args);
        run.status(2).stdout_is("").stderr_has("netsum: ").stderr_has("(see netsum ").stderr_has("--help)");
        assert_eq!(run.err().lines().count(), 1, "{}", run.story());
    }
}

#[test]
fn too_much_data_is_refused_with_the_limit() {
    let checksum = |src: &str, dst: &str, len: usize| {
        run_with_input(tool("netsum").args(["udp", "-q", src, dst, "-"]), &vec![b'x'; len])
    };
    let (v4, v6) = (["10.0.0.1:1", "10.0.0.2:2"], ["[::1]:1", "[::1]:2"]);
    checksum(v4[0], v4[1], 65_507).status(0);
    checksum(v6[0], v6[1], 65_527).status(0);
    checksum(v4[0], v4[1], 65_508).status(2).stdout_is("").stderr_has("more than the 65507 octets");
    checksum(v6[0], v6[1], 65_528)
        .status(2)
        .stdout_is("")
        .stderr_has("more than the 65527 octets")
        .stderr_has("RFC 2675");
}

#[test]
fn every_verdict_over_every_link() {
    for (link_type, group) in by_link_type(&specimens()) {
        let run = verify(&["--tsv"], &pcap_of(&group, link_type));
        let found: Vec<Vec<String>> =
            run.out().lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
        for (specimen, number) in group.iter().zip(1..) {
            let rows = found.iter().filter(|row| row[0] == number.to_string());
            let verdicts: Vec<(&str, &str)> = rows.map(|row| (row[1].as_str(), row[5].as_str())).collect();
            assert_eq!(verdicts, specimen.verdicts, "{}\n{}", specimen.name, run.story());
        }
        let damaged = group
            .iter()
            .flat_map(|specimen| &specimen.verdicts)
            .any(|(_, verdict)| matches!(*verdict, "bad" | "illegal"));
        run.status(i32::from(damaged)).stderr_is("");
    }
}

#[test]
fn tsv_to_the_octet() {
    let names = [
        "udp over v4",
        "udp over v4, partial",
        "udp over v4, none",
        "udp over v4, zero as ffff",
        "arp",
        "first fragment",
    ];
    let run = verify(&["--tsv"], &capture_of(&names));
    run.status(0).stderr_is("").stdout_is(
        "1\tip\t24\t0x66c9\t0x66c9\tgood\n\
         1\tudp\t40\t0xf752\t0xf752\tgood\n\
         2\tip\t24\t0x66c9\t0x66c9\tgood\n\
         2\tudp\t40\t0x1421\t0xf752\tpartial\n\
         3\tip\t24\t0x66c9\t0x66c9\tgood\n\
         3\tudp\t40\t0x0000\t-\tnone\n\
         4\tip\t24\t0x66cc\t0x66cc\tgood\n\
         4\tudp\t40\t0xffff\t0xffff\tgood\n\
         6\tip\t24\t0x46ae\t0x46ae\tgood\n\
         6\tudp\t40\t0xb154\t-\tunverified\n",
    );
    verify(&["--tsv"], &capture_of(&["routing header"])).stdout_is("1\tudp\t84\t0x1151\t0x1151\tgood\n");
}

#[test]
fn a_small_capture_is_listed_whole() {
    let run = verify(&[], &capture_of(&["udp over v4", "udp over v4, bad", "udp over v6, illegal"]));
    run.status(1).stderr_is("").stdout_is(
        "  frame  proto   offset  stored  calc  verdict     flow
      1  ip          24  66c9    66c9  good        10.0.0.1 > 10.0.0.2
      1  udp         40  f752    f752  good        10.0.0.1:5000 > 10.0.0.2:6000
      2  ip          24  66c9    66c9  good        10.0.0.1 > 10.0.0.2
      2  udp         40  f753    f752  bad         10.0.0.1:5000 > 10.0.0.2:6000
         why: carries dropped
         or:  one bit turned over: 0001 in one of 5 words
      3  udp         60  0000    1151  illegal     [fd00::1]:5000 > [fd00::2]:6000

┌──────────┬──────┬─────┬─────────┬──────┬─────────┬────────────┐
│ protocol ┆ good ┆ bad ┆ partial ┆ none ┆ illegal ┆ unverified │
╞══════════╪══════╪═════╪═════════╪══════╪═════════╪════════════╡
│ ip       ┆    2 ┆   0 ┆       0 ┆    0 ┆       0 ┆          0 │
│ udp      ┆    1 ┆   1 ┆       0 ┆    0 ┆       1 ┆          0 │
│ all      ┆    3 ┆   1 ┆       0 ┆    0 ┆       1 ┆          0 │
└──────────┴──────┴─────┴─────────┴──────┴─────────┴────────────┘
           1  carries dropped
           1  left zero
3 frames, 5 checksums: 1 bad, 1 illegal
",
    );
    verify(&["-s"], &capture_of(&["routing header"])).status(0).stdout_has("\n1 frame, 1 checksum: nothing bad\n");
}

#[test]
fn of_a_large_capture_what_is_not_good() {
    let mut names = vec!["udp over v4"; 30];
    names.push("udp over v4, bad");
    let capture = capture_of(&names);
    let lines = |options: &[&str]| verify(options, &capture).out().lines().filter(|line| line.contains(" > ")).count();
    assert_eq!(lines(&[]), 1);
    assert_eq!(lines(&["--all"]), 62);
    assert_eq!(lines(&["--summary"]), 0);
    verify(&[], &capture).status(1).stdout_has("     31  udp         40  f753    f752  bad ");
}

#[test]
fn only_what_is_asked_for_is_listed() {
    let capture = capture_of(&["udp over v4", "udp over v4, bad", "udp over v6, illegal", "tcp over v4"]);
    let rows = |options: &[&str]| -> Vec<String> {
        let run = verify(options, &capture);
        // The summary and the status are of all.
        run.status(1);
        assert!(options.contains(&"--tsv") || run.out().ends_with("4 frames, 7 checksums: 1 bad, 1 illegal\n"));
        let rows = run.out();
        let rows = rows.lines().filter(|line| line.contains(" > ") || line.contains('\t'));
        rows.map(|row| row.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect()
    };
    assert_eq!(rows(&["--only", "bad"]), ["2 udp"]);
    assert_eq!(rows(&["--only", "bad,illegal"]), ["2 udp", "3 udp"]);
    assert_eq!(rows(&["--only=bad", "--only=good", "--only=udp"]), ["1 udp", "2 udp"]);
    assert_eq!(rows(&["--only", "tcp,ip"]), ["1 ip", "2 ip", "4 ip", "4 tcp"]);
    assert_eq!(rows(&["--only", "none"]), [""; 0]);
    assert_eq!(rows(&["--only", "bad", "--explain"]), ["2 udp"]);
    assert_eq!(rows(&["--tsv", "--only", "good,ip"]), ["1 ip", "2 ip", "4 ip"]);
    assert_eq!(rows(&["--tsv", "--only", "illegal"]), ["3 udp"]);
    let json = verify(&["--json", "--only", "illegal"], &capture);
    let out = json.status(1).out();
    let [row, summary] = &out.lines().map(|line| data(line, "result")).collect::<Vec<_>>()[..] else { panic!("{out}") };
    assert_eq!((&row["frame"], &summary["checksums"]), (&Value::from(3), &Value::from(7)));
    verify(&["--only", "worse"], &capture).status(2).stderr_has("possible values: good, bad, partial");
    verify(&["--only", "bad", "--all"], &capture).status(2);
}

#[test]
fn verdicts_as_data() {
    let run = verify(&["--json"], &capture_of(&["udp over v4", "udp over v4, partial", "arp"]));
    run.status(0).stderr_is("");
    let out = run.out();
    let lines: Vec<Value> = out.lines().map(|line| data(line, "result")).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lines[3],
        serde_json::json!({
            "file": "-", "record": "checksum", "frame": 2, "protocol": "udp",
            "src_addr": "10.0.0.1", "src_port": 5000, "dst_addr": "10.0.0.2", "dst_port": 6000,
            "offset_octets": 40, "stored": 0x1421, "stored_octets": "1421",
            "calculated": 0xf752, "calculated_octets": "f752", "verdict": "partial", "obstacle": null, "quoted": false,
            "why": [{"code": "offload", "name": "left to the interface (offload)", "values": null}],
            "reassembled": null,
        })
    );
    let summary = &lines[4];
    assert_eq!((&summary["record"], &summary["frames"]), (&Value::from("summary"), &Value::from(3)));
    assert_eq!((&summary["checksums"], &summary["frames_without_checksum"]), (&Value::from(4), &Value::from(1)));
    assert_eq!(
        (&summary["verdicts"]["good"], &summary["protocols"]["udp"]["partial"]),
        (&Value::from(3), &Value::from(1))
    );
}

#[test]
fn why_a_verdict_is_what_it_is() {
    let run = verify(&["--explain"], &capture_of(&["udp over v4, partial"]));
    run.status(0)
        .stdout_has("udp: frame 1: pseudo-header 1421 and 13 octets without the field sum to 08ad; with the stored 1421 they make 1cce, not ffff")
        .stdout_has("partial: first in frame 1: the field holds the folded sum of the pseudo-header");
}

#[test]
fn a_cut_capture_is_reported_up_to_the_cut() {
    let capture = capture_of(&["udp over v4", "udp over v4, bad"]);
    let run = verify(&[], &capture[..capture.len() - 1]);
    run.status(2).stdout_has("      1  udp         40  f752").stdout_has("1 frame, 2 checksums: nothing bad");
    run.stderr_has("netsum: standard input: cut off in a ");
    assert!(!run.out().contains("f753"), "{}", run.story());
    // The error of a cut stands last among JSON lines too.
    let run = verify(&["--json"], &capture[..capture.len() - 1]);
    assert_eq!(data(run.out().lines().last().unwrap(), "error")["exit_status"], 2);
}

#[test]
fn what_cannot_be_judged_is_not_called_good() {
    let usb = Specimen { link_type: LinkType::USB_LINUX_MMAPPED, ..specimen("arp") };
    verify(&[], &pcap_of(&[&usb], usb.link_type))
        .status(2)
        .stdout_has("1 frame of link type USB_LINUX_MMAPPED, which is not read")
        .stderr_is("netsum: standard input: no checksum judged: link type USB_LINUX_MMAPPED is not read\n");
    verify(&[], &capture_of(&["arp"]))
        .status(0)
        .stdout_is("1 frame without a checksum that is judged here\n1 frame, 0 checksums: no checksum found\n");
    verify(&[], b"GET / HTTP/1.1\r\n").status(2).stdout_is("").stderr_has("not a pcap or pcapng capture");
}

#[test]
fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
    let dir = Scratch::new("streams");
    // More than a pipe and one read of head hold.
    let many = dir.file("many.pcap", &capture_of(&vec!["udp over v4"; 8000]));
    let large = dir.file("large", &vec![b'x'; 60_000]);
    let shell = |line: &str| {
        let netsum = tool("netsum");
        let mut command = Command::new("/bin/sh");
        run(command.args(["-c", line, &netsum.get_program().to_string_lossy(), &many, &large]))
    };
    for job in ["verify --tsv \"$1\"", "verify --all \"$1\"", "udp 10.0.0.1:1 10.0.0.2:2 \"@$2\""] {
        // The status is that of netsum, on the third descriptor.
        let run = shell(&format!("{{ \"$0\" {job}; echo $? >&2; }} | head -1 >&2"));
        // Which of the two is first on the descriptor is up to the scheduler.
        assert!(run.err().lines().any(|line| line == "0") && run.err().lines().count() == 2, "{}", run.story());
        shell(&format!("\"$0\" {job} >/dev/full"))
            .status(4)
            .stderr_is("netsum: write standard output: No space left on device\n");
        shell(&format!("\"$0\" {job} >&-")).status(4).stderr_is("netsum: write standard output: Bad file descriptor\n");
        shell(&format!("\"$0\" {job} >/dev/null 2>&-")).status(0);
    }
}

/// A folder that goes away with the test.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sockeye-netsum-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
