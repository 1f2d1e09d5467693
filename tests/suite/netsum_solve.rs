//! netsum: what keeps a checksum, what forces it, and which payloads share one.

use serde_json::Value;
use sockeye_common::hex;
use sockeye_test_support::{Run, run, run_with_input, tool};

const ENDPOINTS: [&str; 4] = ["--src", "10.0.0.1:5000", "--dst", "10.0.0.2:6000"];

fn netsum(args: &[&str]) -> Run {
    run(tool("netsum").args(args))
}

fn solve(args: &[&str]) -> Run {
    netsum(&[&["solve"], args].concat())
}

/// The checksum of a datagram, computed by the other command.
fn checksum(data: &str) -> String {
    netsum(&["udp", "-q", "10.0.0.1:5000", "10.0.0.2:6000", data]).status(0).out().trim_end().to_owned()
}

fn data_of(run: &Run) -> Vec<Value> {
    let line = |line: &str| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    run.out().lines().map(|text| line(text)["data"].clone()).collect()
}

/// reference/netsum.md, B1.
#[test]
fn the_counts_of_the_reference() {
    let counts = |args: &[&str]| solve(&[&["-q", "--count"], args].concat()).status(0).out();
    assert!(counts(&["-k", "1-6", "ABCDE"]).starts_with("0\n0\n0\n0\n0\n43394185\n"));
    assert!(counts(&["-k", "1-6", "ABCD"]).starts_with("0\n0\n0\n0\n51560\n43394185\n"));
    assert_eq!(counts(&["-k", "6", "--set", "upper", "ABCDE"]), "53992\n");
    assert_eq!(counts(&["-k", "6", "--set", "A-Z", "ABCDE"]), "53992\n");
    assert_eq!(counts(&["-k", "6", "--set", "alnum", "ABCDE"]), "5071306\n");
    for data in ["ABCDE", "ABCD"] {
        assert_eq!(counts(&["-k", "1-4", "--set", "any", data]), "0\n1\n256\n65537\n");
    }
    // By a dynamic programme over residues in Python, without the two sums that ours counts by.
    assert_eq!(
        counts(&["-k", "64", "--set", "any", "ABCDE"]),
        "204590034789694012353307774444279333600051359130119682272427885003765377738209307649376276770685945337453755370\
         206546896372226791972939191980371542017\n"
    );
}

#[test]
fn the_table_to_the_octet() {
    solve(&["ABCDE"]).status(0).stderr_is("").stdout_is(
        "\
\"ABCDE\", 5 octets, an odd number: of what follows, the 1st, 3rd, .. octet is a low half, the 2nd, 4th, .. a high one
UDP sums the length twice, so k octets keep the checksum if
  256*H + L + 2*k = 0 (mod 65535), H the sum of those in high halves, L of those in low ones

  k        suffixes  one in  first
  1               0       -  -
  2               0       -  -
  3               0       -  -
  4               0       -  -
  5               0       -  -
  6      43,394,185  16,940  \"  Ua~~\"
  7   1,600,039,900  43,645  \"   a3~~\"
  8  78,519,474,000  84,491  \"    1A~~\"
",
    );
    solve(&["ABCDE", "-k", "2", "--set", "any"]).status(0).stdout_has("\nThe only one with k = 2:\n  hex:fbff\n");
    solve(&["ABCD", "-k", "2", "--set", "any"]).status(0).stdout_has("\nThe only one with k = 2:\n  hex:fffb\n");
    solve(&["ABCDE", "-k", "6", "--set", "UQ"]).stdout_has("The only one with k = 6:\n  \"QUQUQU\"\n");
    solve(&["ABCD", "-k", "6", "--set", "UQ"]).stdout_has("The only one with k = 6:\n  \"UQUQUQ\"\n");
    solve(&["ABCDE", "-k", "6", "-n", "2"]).stdout_has("The first 2 with k = 6:\n  \"  Ua~~\"\n  \"  Ub~}\"\n");
    solve(&["ABCDE", "-k", "3", "--set", "any", "-n", "300"]).stdout_has("\nAll 256 with k = 3:\n");
}

#[test]
fn every_listed_suffix_keeps_the_checksum() {
    for data in ["ABCDE", "ABCD", ""] {
        let kept = checksum(data);
        for args in [&["-k", "6-9"][..], &["-k", "6", "--sample", "3", "-n", "4"], &["-k", "2-64", "--set", "any"]] {
            let found = solve(&[&["-q", data], args].concat());
            found.status(0).stderr_is("");
            assert!(found.out().lines().count() >= 4, "{}", found.story());
            for suffix in found.out().lines() {
                let attached = match suffix.strip_prefix("hex:") {
                    Some(digits) => {
                        format!("hex:{}{digits}", hex::encode(data.as_bytes()))
                    }
                    None => format!("text:{data}{suffix}"),
                };
                assert_eq!(checksum(&attached), kept, "{data:?} {suffix:?}");
            }
        }
    }
}

#[test]
fn a_seed_draws_the_same_suffixes() {
    let drawn = |seed: &str| solve(&["ABCDE", "-k", "6", "--sample", seed, "-n", "3", "-q"]).status(0).out();
    assert_eq!(drawn("1"), drawn("1"));
    assert_ne!(drawn("1"), drawn("2"));
    assert_eq!(drawn("1").lines().count(), 3);
    solve(&["ABCDE", "-k", "6", "--sample", "1", "-n", "3"]).stdout_has("\n3 of them with k = 6, drawn with seed 1:\n");
    solve(&["ABCDE", "-k", "6-7", "--sample", "1"]).stdout_has("  sample\n");
}

#[test]
fn each_protocol_sums_the_length_in_its_own_way() {
    for (protocol, rule) in [
        ("udp", "UDP sums the length twice, so k octets keep the checksum if\n  256*H + L + 2*k = 0 (mod 65535)"),
        ("tcp", "TCP sums the length once, so k octets keep the checksum if\n  256*H + L + k = 0 (mod 65535)"),
        ("icmpv6", "ICMPv6 sums the length once, so k octets keep the checksum if\n  256*H + L + k = 0 (mod 65535)"),
        ("icmp", "ICMP sums no length, so k octets keep the checksum if\n  256*H + L = 0 (mod 65535)"),
        ("raw", "no length is summed, so k octets keep the checksum 3679 if\n  256*H + L = 0 (mod 65535)"),
    ] {
        solve(&["ABCDE", "-k", "6", "--protocol", protocol]).status(0).stdout_has(rule);
    }
    // Two octets: fffb and four make ffff, fffd and two, ffff and none; and zeros where no length is summed.
    for (protocol, found) in [("udp", "hex:fffb\n"), ("tcp", "hex:fffd\n"), ("raw", "hex:0000\nhex:ffff\n")] {
        solve(&["ABCD", "-k", "2", "--set", "any", "--protocol", protocol, "-q"]).status(0).stdout_is(found);
    }
}

#[test]
fn a_forced_checksum_is_the_one_that_is_computed() {
    let force = |args: &[&str]| solve(&[&ENDPOINTS[..], &["-q", "ABCDE", "--force", "1234"], args].concat());
    force(&["--at", "2"]).status(0).stdout_is("(c\n");
    assert_eq!(checksum("AB(cE"), "1234");
    force(&["--at", "1"]).status(0).stdout_is("a(\n");
    assert_eq!(checksum("Aa(DE"), "1234");
    force(&["--at", "1", "--insert"]).status(0).stdout_is("hex:1ae5\n");
    assert_eq!(checksum("hex:411ae542434445"), "1234");
    let suffixes = force(&["-k", "3", "--set", "any", "-n", "5"]);
    assert_eq!(suffixes.out().lines().count(), 5, "{}", suffixes.story());
    for suffix in suffixes.out().lines() {
        assert_eq!(checksum(&format!("hex:4142434445{}", suffix.trim_start_matches("hex:"))), "1234");
    }
    // The same from the checksum as a capture shows it, for a protocol whose other fields are not known.
    solve(&["-q", "ABCDE", "--from", "f752", "--force", "0x1234", "--at", "2"]).stdout_is("(c\n");
    solve(&["-q", "ABCDE", "--from", "f752", "--force", "1234", "--at", "2", "--protocol", "tcp"]).stdout_is("(c\n");
    solve(&[&ENDPOINTS[..], &["ABCDE", "--force", "1234", "--at", "2"]].concat()).status(0).stdout_is(
        "\"ABCDE\", 5 octets: one word can turn the checksum f752 into 1234\n  \
         28 63 \"(c\" at octet 2, instead of 4344: checksum 1234\n  \"AB(cE\"\n",
    );
}

#[test]
fn both_zeros_are_answers_and_said_to_be() {
    // ABCD without CD is AB: any zero in its place.
    solve(&["ABCD", "--protocol", "raw", "--force", "bebd", "--at", "2", "-q"]).stdout_is("hex:0000\nhex:ffff\n");
    solve(&["ABCD", "--protocol", "raw", "--force", "bebd", "--at", "2"]).stdout_has("two words can turn");
    solve(&[&ENDPOINTS[..], &["ABCD", "--force", "0", "--at", "0"]].concat())
        .status(0)
        .stdout_has(": checksum ffff")
        .stdout_has("0000 would say that no checksum was computed, so ffff is sent instead");
    solve(&["ABCD", "--protocol", "raw", "--force", "ffff", "--at", "0"])
        .status(0)
        .stdout_has(": checksum 0000")
        .stdout_has("only zeros sum to that");
    // The rule of UDP is UDP's: of a plain sum 0000 is a checksum like any other.
    let plain = solve(&["AB", "--protocol", "raw", "--force", "0", "--at", "0"]);
    plain.status(0).stdout_has("0000 and ffff are the two zeros of ones' complement. ffff is the complement of 0000");
    assert!(!plain.out().contains("RFC 768"), "{}", plain.story());
    // Zeros may get anything that sums to ffff, and then the checksum computed anew is the other zero.
    solve(&["hex:0000", "--protocol", "raw", "-k", "2", "--set", "hex:ff", "--explain"])
        .stdout_has("only zeros sum to 0000")
        .stdout_has("  hex:ffff");
}

#[test]
fn nothing_found_is_a_no() {
    solve(&["ABCDE", "-k", "1-5"]).status(1).stdout_has("  5         0       -  -");
    solve(&["ABCDE", "-k", "1-5", "-q"]).status(1).stdout_is("");
    solve(&["ABCDE", "-k", "5", "--json"]).status(1);
}

#[test]
fn solutions_as_data() {
    let run = solve(&[&ENDPOINTS[..], &["ABCDE", "-k", "6", "--set", "QU", "--json", "--explain"]].concat());
    run.status(0).stderr_is("");
    let all = data_of(&run);
    assert_eq!(all[0]["event"], "confined");
    let lines = &all[1..];
    let events: Vec<&str> = lines.iter().filter_map(|line| line["event"].as_str()).collect();
    assert_eq!(events, ["lengths_summed", "halves", "counted", "worked", "parity_trap"]);
    assert_eq!(lines[3]["residue"], 0);
    assert_eq!(
        (&lines[3]["high_sum"], &lines[3]["low_sum"], &lines[3]["lengths"]),
        (&255.into(), &243.into(), &12.into())
    );
    assert_eq!((&lines[4]["swapped_octets"], &lines[4]["either_parity"]), (&"555155515551".into(), &false.into()));
    assert_eq!(
        lines[5..],
        [
            serde_json::json!({
                "record": "suffix", "length_octets": 6, "octets": "515551555155", "text": "QUQUQU",
                "checksum": 0xf752, "checksum_octets": "f752",
            }),
            serde_json::json!({
                "record": "summary", "protocol": "udp", "lengths_summed": 2, "data_length_octets": 5, "first_half": "low",
                "checksum": 0xf752, "wanted": null, "residue": 0, "set": "QU", "set_octets": 2, "seed": null,
                "suffixes": [{"length_octets": 6, "count": 1, "count_digits": "1", "one_in": 64.0}],
            }),
        ]
    );
    let drawn = data_of(&solve(&["ABCDE", "-k", "6", "--sample", "7", "-n", "1", "--json"]));
    assert_eq!((drawn.len(), &drawn[1]["seed"]), (2, &7.into()));
    let many = data_of(&solve(&["ABCDE", "-k", "64", "--set", "any", "--count", "--json"]));
    assert_eq!((many.len(), &many[0]["suffixes"][0]["count"]), (1, &Value::Null));
    assert!(many[0]["suffixes"][0]["count_digits"].as_str().unwrap().starts_with("20459003478969401235"));
    let word = data_of(&solve(&["ABCDE", "--from", "f752", "--force", "1234", "--at", "2", "--json"]));
    assert_eq!(
        word,
        [serde_json::json!({
            "record": "word", "protocol": "udp", "offset_octets": 2, "inserted": false, "octets": "2863", "text": "(c",
            "replaced_octets": "4344", "checksum_before": 0xf752, "wanted": 0x1234, "checksum": 0x1234, "checksum_octets": "1234", "data_octets": "4142286345",
        })]
    );
}

#[test]
fn the_working_is_explained() {
    solve(&["ABCDE", "-k", "6", "--set", "QU", "--explain"])
        .stdout_has("worked: \"QUQUQU\": 256*255 + 243 + 12 = 65535, which is 0 modulo 65535\n")
        .stdout_has("parity: \"QUQUQU\" does it behind an odd number of octets only.")
        .stdout_has("it would have to be \"UQUQUQ\"\n")
        .stdout_has("none of the 2^6 suffixes is tried");
    // Of equal halves no trap is made: zeros behind the plain sum.
    solve(&["ABCDE", "-k", "2", "--set", "any", "--protocol", "raw", "--explain"]).stdout_has(
        "hex:0000 does it behind any number of octets, as its high and its low halves sum to the same, modulo 257",
    );
    solve(&["ABCDE", "-k", "3", "--set", "any", "--explain"])
        .stdout_has("its length is odd, swapping its octets in pairs");
    solve(&["ABCDE", "--from", "f752", "--force", "1234", "--at", "1", "--explain"])
        .stdout_has("odd offset: octets 1 and 2 lie in two words");
    solve(&["--src", "[fe80::1%eth0]:5000", "--dst", "[fe80::2]:6000", "ABCDE", "--explain"])
        .stdout_has("zone: what follows % names an interface of this host and is never sent or summed");
}

#[test]
fn payloads_that_collide_and_that_do_not() {
    netsum(&["same", "ABCDE", "ABCDEUQUQUQ"]).status(1).stderr_is("").stdout_is(
        "\
A  \"ABCDE\", 5 octets: the words sum to c986
B  \"ABCDEUQUQUQ\", 11 octets: the words sum to bd86

  protocol     lengths  A     B     B - A  checksums
  udp          2        c990  bd9c  f40b   different
  tcp, icmpv6  1        c98b  bd91  f405   different
  raw, icmp    0        c986  bd86  f3ff   different

Different (UDP, whatever addresses, ports and other fields they share): \"UQUQUQ\" is neutral only behind an even number \
of octets. Behind 5 it would be \"QUQUQU\": high and low halves change places, and 256*243 + 255 + 12 = 62475, 3060 short \
of 65535.
",
    );
    for (a, b, protocol, status, said) in [
        ("ABCDE", "ABCDEQUQUQU", "udp", 0, "\"QUQUQU\" is neutral behind 5 octets: 256*255 + 243 + 12 = 65535"),
        (
            "ABCDE",
            "ABCDEQUQUQU",
            "tcp",
            1,
            "\"QUQUQU\" is not neutral behind 5 octets: 256*255 + 243 + 6 = 65529, 6 short",
        ),
        ("ABCD", "CDAB", "udp", 0, "the same words in another order"),
        ("ABCD", "BADC", "udp", 1, "high and low halves exchanged"),
        ("A", "A", "raw", 0, "Same (the plain sum): they are the same octets."),
        ("ABCD", "hex:414243440000", "raw", 0, "hex:0000 is neutral behind 4 octets: 256*0 + 0 = 0"),
        ("hex:0000", "hex:ffff", "icmp", 0, "have less, modulo 65535.\n"),
        ("hex:0000", "hex:ffff", "raw", 0, "Their sums are 0000 and ffff, the two zeros of ones' complement"),
        ("", "", "udp", 0, "A  No octets: the words sum to 0000"),
    ] {
        netsum(&["same", a, b, "--protocol", protocol]).status(status).stdout_has(said);
        netsum(&["same", a, b, "--protocol", protocol, "-q"]).status(status).stdout_is("").stderr_is("");
    }
    netsum(&["same", "ABCDE", "ABCDEQUQUQU", "--explain"])
        .stdout_has("octet    4: A 45(00) total 0c986   B 4551   total 0c9d7  <\n")
        .stdout_has("octet   10: A -      total 0c986   B 55(00) total 1c979  <\n");
    run_with_input(tool("netsum").args(["same", "-", "ABCDE"]), b"ABCDE")
        .status(0)
        .stdout_has("they are the same octets");
    let run = netsum(&["same", "ABCDE", "ABCDEUQUQUQ", "--json"]);
    let [report] = &data_of(&run)[..] else { panic!("{}", run.story()) };
    assert_eq!(
        *report,
        serde_json::json!({
            "record": "comparison", "protocol": "udp", "same": false, "reason": "parity_trap", "base_length_octets": 5,
            "suffix_octets": "555155515551", "swapped_octets": "515551555155",
            "worked": {"protocol": "udp", "suffix_octets": "555155515551", "high_sum": 243, "low_sum": 255,
                       "lengths": 12, "total": 62475, "residue": 62475},
            "a": {"length_octets": 5, "sum": 0xc986}, "b": {"length_octets": 11, "sum": 0xbd86}, "other_zero": false,
            "protocols": [
                {"protocol": "udp", "lengths_summed": 2, "a": 0xc990, "b": 0xbd9c, "difference": 0xf40b, "same": false},
                {"protocol": "tcp", "lengths_summed": 1, "a": 0xc98b, "b": 0xbd91, "difference": 0xf405, "same": false},
                {"protocol": "icmpv6", "lengths_summed": 1, "a": 0xc98b, "b": 0xbd91, "difference": 0xf405, "same": false},
                {"protocol": "raw", "lengths_summed": 0, "a": 0xc986, "b": 0xbd86, "difference": 0xf3ff, "same": false},
                {"protocol": "icmp", "lengths_summed": 0, "a": 0xc986, "b": 0xbd86, "difference": 0xf3ff, "same": false},
            ],
        })
    );
}

#[test]
fn what_is_wrong_is_named() {
    for (args, said) in [
        (&["solve", "--sample=x", "A"][..], "for '--sample <SEED>': a number from 0 on is wanted"),
        (&["solve", "hex:4"][..], "data \"hex:4\": after \"hex:\", the digit at position 1 stands alone"),
        (&["solve", "A", "-k", "65"], "-k \"65\": 65 is not among 1 to 64"),
        (&["solve", "A", "-k", "8-1"], "-k \"8-1\": the range runs backwards"),
        (&["solve", "A", "--set", "z-a"], "--set \"z-a\": the range z-a runs backwards"),
        (&["solve", "A", "--set", "hex:"], "--set \"hex:\": a set without octets"),
        (&["solve", "A", "--force", "12345"], "--force \"12345\": not a checksum: one to four hex digits"),
        (&["solve", "A", "--force", "1"], "--force: UDP sums more than DATA (give --src and --dst, or --from"),
        (&["solve", "A", "--force", "1", "--protocol", "tcp"], "--force: TCP sums more than DATA (give --from with"),
        (&["solve", "A", "--from", "0"], "--from 0000: a UDP datagram without a checksum has none"),
        (
            &["solve", "A", "--src", "10.0.0.1:1", "--dst", "[::1]:1"],
            "source 10.0.0.1 is IPv4 and destination ::1 is IPv6",
        ),
        (&["solve", "A", "--src", "x", "--dst", "10.0.0.1:1"], "source \"x\": "),
        (
            &["solve", "A", "--protocol", "tcp", "--src", "10.0.0.1:1", "--dst", "10.0.0.2:1"],
            "--src: addresses and ports alone make a UDP checksum and no other (--from takes",
        ),
        (
            &["solve", "ABC", "--at", "2"],
            "--at 2: two octets from there reach past the end, the data has 3 octets (--insert puts them in, in front of",
        ),
        (&["solve", "ABC", "--at", "3"], "the data has 3 octets (--insert puts them in, behind the last octet)\n"),
        (&["solve", "ABC", "--at", "4"], "the data has 3 octets\n"),
        (&["solve", "A", "-n", "x"], "for '--number <N>': a number from 0 on is wanted"),
        (&["solve", "A", "--at", "+0"], "for '--at <OFFSET>': a number from 0 on is wanted"),
        (&["update", "\u{1b}:66c9", "--ttl", "64:63"], "no protocol \"\\x1b\": ip, udp"),
        (&["solve", "ABC", "--at", "4", "--insert"], "--at 4: the data has 3 octets"),
        (&["solve", "A", "--insert"], "the following required arguments were not provided: --at"),
        (&["solve", "A", "--at", "0", "-k", "2"], "the argument '--at <OFFSET>' cannot be used with"),
        (&["solve", "A", "--count", "-n", "2"], "cannot be used with"),
        (&["solve", "A", "-q", "--json"], "the argument '--quiet' cannot be used with '--json'"),
        (&["same", "A"], "the following required arguments were not provided: <B>"),
        (&["same", "-", "-"], "A and B are both standard input, which can be read once"),
        (&["same", "A", "hex:x"], "B \"hex:x\": "),
    ] {
        let run = netsum(args);
        run.status(2).stdout_is("").stderr_has(said);
        assert_eq!(run.err().lines().count(), 1, "{}", run.story());
    }
    for (args, len, said) in [
        (&["solve", "-"][..], 65_520, "65520 octets of data and 8 more are more than UDP can carry (65527)"),
        (&["solve", "-"], 70_000, "DATA is longer than the 65527 octets UDP can carry"),
        (&["same", "-", "A"], 65_528, "A is longer than the 65527 octets UDP can carry"),
    ] {
        run_with_input(tool("netsum").args(args), &vec![b'x'; len]).status(2).stdout_is("").stderr_has(said);
    }
}

#[test]
fn nothing_from_outside_reaches_a_terminal_as_it_is() {
    solve(&["\u{1b}[2J", "-k", "2", "--set", "\u{1b}\u{7f}"]).stdout_has("hex:1b5b324a, 4 octets");
    let listed = solve(&["A", "-k", "3", "--set", "any", "-n", "256"]);
    assert!(listed.out().chars().all(|character| character == '\n' || !character.is_control()), "{}", listed.story());
}
