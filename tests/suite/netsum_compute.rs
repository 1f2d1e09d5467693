//! netsum: checksums worked out from typed fields, from packets and from captures.

use serde_json::Value;
use sockeye_test_support::{Run, run, run_with_input, tool};

use crate::captures::{pcap_of, specimens};

fn netsum(args: &[&str]) -> Run {
    run(tool("netsum").args(args))
}

/// The data objects of JSON lines, results alone.
fn results(run: &Run) -> Vec<Value> {
    let lines = run.out();
    let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["type"] == "result").map(|line| line["data"].clone()).collect()
}

/// Arguments and the checksum that scapy 2.5 puts into the same packet.
const BY_SCAPY: &[(&[&str], &str)] = &[
    (&["tcp", "10.0.0.1:5000", "10.0.0.2:6000", "ABCDE", "--seq=1", "--ack=2", "--flags=PA", "--window=512"], "a543"),
    (
        &[
            "tcp",
            "[fd00::1]:5000",
            "[fd00::2]:6000",
            "ABCDE",
            "--seq=1",
            "--ack=2",
            "--flags=psh,ack",
            "--window=0x200",
        ],
        "bf41",
    ),
    (&["tcp", "10.0.0.1:5000", "10.0.0.2:6000", "", "--seq=1", "--flags=syn", "--options=020405b4"], "592b"),
    (&["icmp", "ping", "--rest=12340001"], "06fa"),
    (&["icmpv6", "fd00::1", "fd00::2", "ping", "--rest=12340001"], "94ae"),
    (&["igmp", "224.1.2.3", "--max-resp=20"], "07e7"),
    (&["ip", "10.0.0.1", "10.0.0.2", "--ttl=63", "--id=1", "--length=33", "--flags=df", "--tos=0x10"], "27b9"),
    (&["sctp", "10.0.0.1:5000", "10.0.0.2:6000", "hex:0b000004", "--tag=0xdeadbeef"], "72d579af"),
];

#[test]
fn every_protocol_as_scapy_has_it() {
    for (args, checksum) in BY_SCAPY {
        netsum(&[args, &["-q"][..]].concat()).status(0).stdout_is(format!("{checksum}\n")).stderr_is("");
        // The same in every form.
        netsum(args).status(0).stdout_has(&format!("\nChecksum    {checksum}\n"));
        netsum(&[args, &["--table"][..]].concat()).status(0).stdout_has(&format!("│ Checksum   ┆ {checksum} "));
        let json = netsum(&[args, &["--json"][..]].concat());
        let [data] = &results(json.status(0))[..] else { panic!("{}", json.story()) };
        assert_eq!((&data["protocol"], &data["calculated_octets"]), (&Value::from(args[0]), &Value::from(*checksum)));
        let number = u32::from_str_radix(checksum, 16).unwrap();
        let swapped = if checksum.len() == 4 { number.swap_bytes() >> 16 } else { number.swap_bytes() };
        assert_eq!(data["calculated"], number);
        assert_eq!(data["calculated_little_endian"], swapped);
        assert_eq!(data["verdict"], Value::Null);
        for absent in ["frame", "offset_octets", "stored", "stored_octets"] {
            assert!(data.as_object().unwrap().contains_key(absent) && data[absent].is_null(), "{absent}");
        }
    }
}

#[test]
fn raw_octets_by_both_algorithms() {
    // RFC 1071 section 3, and the check value of CRC32c as it is sent.
    netsum(&["raw", "-q", "hex:0001f203f4f5f6f7"]).status(0).stdout_is("220d\n");
    netsum(&["raw", "-q", "--crc32c", "123456789"]).status(0).stdout_is("839206e3\n");
    let run = netsum(&["raw", "--explain", "--crc32c", "123456789"]);
    run.stdout_has("  00  00000000 f26b8303 e13b70f7").stdout_has("5f16d052 ad7d5351").stdout_has("= e3069283");
    // There is no field that could count as zero.
    assert!(!run.out().contains("checksum field"), "{}", run.story());
}

#[test]
fn the_division_octet_by_octet() {
    netsum(&["sctp", "10.0.0.1:5000", "10.0.0.2:6000", "hex:0b000004"]).status(0).stdout_is(
        "\
SCTP header (12 octets)
  octets       field             value
  13 88        Source Port       5000
  17 70        Destination Port  6000
  00 00 00 00  Verification Tag  0x00000000
  00 00 00 00  Checksum          counts as zero

Chunks (4 octets)
  0b 00 00 04  |....|

CRC32c, octet by octet: remainder = remainder >> 8 xor table[low octet xor octet]
  octet  table[..]      remainder
                        ffffffff
  13     [ec] ae7367ca  ae8c9835  Source Port
  88     [bd] 0d3d3e1a  0d93b282
  17     [95] a759e80b  a7547bb9  Destination Port
  70     [c9] bb3ffd08  bb98a973
  00     [73] 62c8a7f9  62733f50  Verification Tag
  00     [50] 5125dad3  5147a9ec
  00     [ec] ae7367ca  ae222063
  00     [63] 72966096  723842b6
  00     [b6] 94b49521  94c6ad63  Checksum
  00     [63] 72966096  7202a63b
  00     [3b] a96ae28a  a918e02c
  00     [2c] 6dfe410e  6d5759ee

  0b     [e5] d6c1bc06  d6aceb5f  \"\\x0b\"
  00     [5f] 0f36e6f7  0fe04a1c  \"\\x00\"
  00     [1c] 5d1d08bf  5d12e8f5  \"\\x00\"
  04     [f1] 0105ec76  0158fe9e  \"\\x04\"

Complement  ~0158fe9e = fea70161
Octets      61 01 a7 fe on the wire (the CRC's lowest first); a little-endian host loads them as fea70161, the CRC itself
Checksum    6101a7fe
",
    );
}

#[test]
fn what_is_not_covered_is_shown_and_not_summed() {
    let lite = |coverage: &str, data: &str| {
        netsum(&["udplite", "--coverage", coverage, "10.0.0.1:5000", "10.0.0.2:6000", data])
    };
    lite("10", "ABCDE")
        .status(0)
        .stdout_has("Not covered (3 octets)\n  43 44 45  \"CDE\"\n")
        .stdout_has("10 of 13 octets");
    let last = |run: Run| run.status(0).out().lines().last().unwrap().to_owned();
    assert_eq!(last(lite("10", "ABxyz")), last(lite("10", "ABCDE")));
    assert_ne!(last(lite("0", "ABxyz")), last(lite("0", "ABCDE")));
    lite("0", "ABCDE").stdout_has("0: the whole datagram");
}

#[test]
fn jumbograms_have_their_length_in_the_pseudo_header_alone() {
    let data = vec![b'x'; 65_528];
    let jumbo = |option: &[&str]| {
        let ends = ["udp", "-q", "[fd00::1]:5000", "[fd00::2]:6000", "-"];
        run_with_input(tool("netsum").args(ends).args(option), &data)
    };
    jumbo(&[]).status(2).stdout_is("").stderr_has("--jumbo");
    // Length 0, 65,536 in the pseudo-header, 32,764 words of 7878: by hand, modulo ffff.
    let words: u32 = 0xfd00 + 1 + 0xfd00 + 2 + 1 + 17 + 5000 + 6000 + 32_764 * 0x7878 % 0xffff;
    jumbo(&["--jumbo"]).status(0).stdout_is(format!("{:04x}\n", 0xffff - words % 0xffff));
    // The pseudo-header of IPv4 has 16 bits for the length.
    for protocol in ["udp", "tcp"] {
        let ends = [protocol, "-q", "--jumbo", "10.0.0.1:5000", "10.0.0.2:6000", "-"];
        run_with_input(tool("netsum").args(ends), &data).status(2).stdout_is("").stderr_has("behind an IPv4 header");
    }
}

#[test]
fn errors_name_the_field_and_say_what_is_possible() {
    let ends = ["10.0.0.1:1", "10.0.0.2:2", "x"];
    for (args, said) in [
        (
            &["udplite", "--coverage=7"][..],
            "--coverage 7: the 8 octets of the header are always covered; 0 covers everything",
        ),
        (&["udplite", "--coverage=10"], "--coverage 10: the datagram has 9 octets, header included"),
        (&["tcp", "--options=010101"], "--options: 3 octets, and options fill words of four octets"),
        (
            &["tcp", "--flags=nak"],
            "invalid value 'nak' for '--flags <FLAGS>': names with commas between them are wanted",
        ),
        (&["sctp", "--tag=1"], "data: 1 octet, and chunks fill words of four octets: each is a type, flags, "),
        (&["tcp", "--window=65536"], "'--window <OCTETS>': a number from 0 to 65535 is wanted"),
        (&["tcp", "--seq=-1"], "'--seq <NUMBER>': a number from 0 to 4294967295 is wanted"),
        (&["sctp", "--tag=x"], "'--tag <NUMBER>': a number from 0 to 4294967295 is wanted"),
    ] {
        netsum(&[args, &ends].concat()).status(2).stdout_is("").stderr_has(said);
    }
    for (args, said) in [
        (&["ip", "10.0.0.1", "::1"][..], "source 10.0.0.1 is IPv4 and destination ::1 is IPv6: a header has two"),
        (&["ip", "fd00::1", "fd00::2"], "source fd00::1 is IPv6: only the header of IPv4 has a checksum"),
        (&["ip", "10.0.0.1:5", "10.0.0.2"], "source \"10.0.0.1:5\": an address without a port is wanted here"),
        (&["ip", "10.0.0.1", "10.0.0.2", "--length=19"], "--length 19: the header alone has 20 octets"),
        (
            &["ip", "10.0.0.1", "10.0.0.2", "--offset=7"],
            "'--offset <OCTETS>': a multiple of 8 from 0 to 65528 is wanted",
        ),
        (&["ip", "10.0.0.1", "10.0.0.2", "--protocol=smtp"], "a number from 0 to 255 is wanted, or one of ip, udp"),
        (&["icmpv6", "10.0.0.1", "10.0.0.2"], "source 10.0.0.1 is IPv4: ICMPv6 has IPv6 addresses"),
        (&["icmp", "--rest=1234"], "'--rest <HEX>': four octets are wanted, eight digits, and these are 2"),
        (&["icmp", "hex:4"], "data \"hex:4\": after \"hex:\", the digit at position 1 stands alone"),
        (&["igmp", "nowhere"], "'<GROUP>'"),
    ] {
        netsum(args).status(2).stdout_is("").stderr_has(said);
    }
    // Forms of output do not go together, whether they stand before the command or behind it.
    for option in ["--quiet", "--table"] {
        netsum(&["--json", "raw", "x", option]).status(2).stdout_is("").stderr_has(option).stderr_has("--json");
    }
    netsum(&["raw", "x", "--table", "--quiet"]).status(2).stdout_is("");
    netsum(&["--explain", "raw", "x", "--table"]).status(0).stdout_has("carries: ").stdout_has("│ Checksum");
}

#[test]
fn reasons_differ_by_protocol() {
    let explained = |args: &[&str]| netsum(&[args, &["--explain"]].concat());
    explained(&["icmp", "x"]).stdout_has("no pseudo-header: ICMP over IPv4 has no pseudo-header");
    explained(&["icmpv6", "fd00::1", "fd00::2"]).stdout_has("pseudo-header: ICMPv6 knows no addresses");
    explained(&["ip", "10.0.0.1", "10.0.0.2"]).stdout_has("nothing that follows: every router that lowers the TTL");
    explained(&["tcp", "10.0.0.1:1", "10.0.0.2:2", ""]).stdout_has("delivered to the wrong host fails (RFC 9293");
    // The sum is ffff: TCP's rule for zero is none, ICMP's too, UDP over IPv6 may not send it.
    explained(&["icmp", "--type=255", "--code=255"]).stdout_has("zero: the complement is 0000 and goes out as it is");
    let zero = netsum(&["udp", "-q", "[fd00::1]:1", "[fd00::2]:2", "hex:0000"]).out();
    let data = format!("hex:{}", zero.trim());
    explained(&["udp", "[fd00::1]:1", "[fd00::2]:2", &data])
        .stdout_has("zero: a computed 0000 goes out as ffff: 0000 would say that none was computed")
        .stdout_has("Checksum    ffff");
}

/// The datagram of reference/netsum.md, B1, its UDP checksum one too high.
const DAMAGED: &str = "450000210001000040 1166c90a0000010a000002 13881770000df753 4142434445";

#[test]
fn every_checksum_of_a_packet_in_hex() {
    let run = netsum(&["packet", DAMAGED]);
    run.status(1).stderr_is("");
    run.stdout_has(
        "The packet: 33 octets, taken for IPv4 without a link layer: its first digit is 4 (--link says otherwise)\n",
    )
    .stdout_has("\nIPv4 checksum at octet 10 of the frame, 10.0.0.1 > 10.0.0.2\n\nIPv4 header (20 octets)\n")
    .stdout_has("  00 00        Header Checksum         66c9 stored, counts as zero\n")
    .stdout_has("Checksum    66c9\nStored      66c9: good\n\nUDP checksum at octet 26 of the frame, 10.0.0.1:5000 > ")
    .stdout_has("  45 (00)  4500  108ac  +1     \"E\" and a padding octet\n")
    .stdout_has("Checksum    f752\nStored      f753: bad\n");
    netsum(&["packet", "-q", DAMAGED]).status(1).stdout_is("66c9\nf752\n");
    netsum(&["packet", "--table", DAMAGED])
        .status(1)
        .stdout_has("│ Checksum   ┆ f752 ")
        .stdout_has("Stored      f753: bad\n");
    netsum(&["packet", "--explain", DAMAGED])
        .stdout_has("good: the field holds 66c9, the sum calls for 66c9: everything covered")
        .stdout_has("bad: the field holds f753, the sum calls for f752: the sum is not ffff");
    // From standard input, as a dump; behind an Ethernet header; as it is.
    let dump = "\t0x0000:  4500 0021 0001 0000 4011 66c9 0a00 0001\n\t0x0010:  0a00 0002 1388 1770 000d f752 4142 4344\n\
                \t0x0020:  45\n";
    run_with_input(tool("netsum").args(["packet", "-q", "-"]), dump.as_bytes()).status(0).stdout_is("66c9\nf752\n");
    // What tcpdump dumps of a message below the fields that it explains is no packet.
    let part = format!("\t  unknown option, length: 8\n\t    0x0000:  0100 0100 0000 000f\n{dump}");
    run_with_input(tool("netsum").args(["packet", "-q", "-"]), part.as_bytes()).status(0).stdout_is("66c9\nf752\n");
    let framed = format!("020000000002 020000000001 0800 {DAMAGED}");
    let run = netsum(&["packet", &framed]);
    run.status(1).stdout_has("taken for Ethernet: ").stdout_has("UDP checksum at octet 40 ");
    // Each header has its octets in the frame, and Ethernet's fields are there although nothing sums them.
    run.stdout_has("  0..14       14  Ethernet  02:00:00:00:00:01 > 02:00:00:00:00:02, Type 0800 (IPv4)\n")
        .stdout_has("  14..34      20  IPv4      10.0.0.1 > 10.0.0.2, protocol 17 (UDP)\n")
        .stdout_has("  34..42       8  UDP       port 5000 > port 6000\n  42..47       5  data\n")
        .stdout_has("\nEthernet header (14 octets)\n")
        .stdout_has("  02 00 00 00 00 02  Destination Address  02:00:00:00:00:02\n")
        .stdout_has("  08 00              Type                 0800 (IPv4)\n");
    let json = netsum(&["packet", "--json", &framed]).out();
    let first: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let ends: Vec<_> = first["data"]["headers"].as_array().unwrap().iter().map(|span| &span["length_octets"]).collect();
    assert_eq!(ends, [14, 20, 8, 5], "{first}");
    let octets = sockeye_common::hex::decode(DAMAGED).unwrap();
    run_with_input(tool("netsum").args(["packet", "-q", "-"]), &octets).status(1).stdout_is("66c9\nf752\n");
    netsum(&["packet", "--link=raw", DAMAGED]).status(1).stdout_has("The packet: 33 octets, RAW\n");
}

#[test]
fn hex_in_options_with_and_without_its_prefix() {
    let sum = |args: &[&str]| netsum(&[args, &["-q"]].concat()).status(0).out();
    let tcp = ["tcp", "10.0.0.1:5000", "10.0.0.2:6000", ""];
    assert_eq!(
        sum(&[&tcp[..], &["--options=hex:020405b4"]].concat()),
        sum(&[&tcp[..], &["--options=020405b4"]].concat())
    );
    assert_eq!(sum(&["icmp", "--rest=hex:12340001"]), sum(&["icmp", "--rest=12340001"]));
    netsum(&["icmp", "--rest=hex:1234"]).status(2).stderr_has("four octets are wanted, eight digits, and these are 2");
    netsum(&[&tcp[..], &["--explain"]].concat()).status(0).stdout_has("so whoever sums the octets as received");
}

#[test]
fn the_reasons_for_what_is_wrong_in_a_packet() {
    // A TTL that went down without an update, and a checksum in host order.
    let stale = DAMAGED.replace("000040 1166c9", "00003f 1166c9").replace("f753", "52f7");
    netsum(&["packet", &stale])
        .status(1)
        .stdout_has("Stored      66c9: bad\n            why: stale: the TTL changed from 64 to 63 without an update\n")
        .stdout_has("            or:  one bit turned over: 0100 in one of 8 words\n")
        .stdout_has("Stored      52f7: bad\n            why: octets swapped\n");
    netsum(&["packet", "--table", &stale]).status(1).stdout_has("52f7: bad\n            why: octets swapped\n");
    netsum(&["packet", "--explain", &stale])
        .status(1)
        .stdout_has(
            "\nwhy: stale: the TTL changed: with a TTL of 64 in place of 63 the sum is right: a difference of 1 ",
        )
        .stdout_has("\nwhy: octets swapped: the field holds the right one with its octets the other way round");
    let run = netsum(&["packet", "--json", &stale]);
    let [_, ip, udp] = &results(run.status(1))[..] else { panic!("{}", run.story()) };
    let values = serde_json::json!({"was": 64, "is": 63});
    assert_eq!(
        ip["why"][0],
        serde_json::json!({"code": "ttl_changed", "name": "stale: the TTL changed", "values": values})
    );
    assert_eq!(udp["why"][0]["code"], "octets_swapped");
    // What is right has none.
    let right = netsum(&["packet", "--json", &DAMAGED.replace("f753", "f752")]);
    assert!(results(right.status(0))[1..].iter().all(|data| data["why"] == serde_json::json!([])), "{}", right.story());
    let run = netsum(&["packet", "-q", &stale]);
    run.status(1).stdout_is("67c9\nf752\n");
}

#[test]
fn the_reasons_of_a_frame_are_those_of_verify() {
    let specimens = specimens();
    for name in ["ip header, bad", "udp over v4, bad", "udp over v6, illegal", "udp over v4, partial"] {
        let Some(specimen) = specimens.iter().find(|specimen| specimen.name == name) else { panic!("{name}") };
        let capture = pcap_of(&[specimen], specimen.link_type);
        let why = |args: &[&str], record: &str| -> Vec<Value> {
            let run = run_with_input(tool("netsum").args(args), &capture);
            results(&run).iter().filter(|data| data["record"] == record).map(|data| data["why"].clone()).collect()
        };
        let of_frame = why(&["--json", "frame", "-", "1"], "working");
        assert_eq!(of_frame, why(&["--json", "verify", "-"], "checksum"), "{name}");
        assert!(of_frame.iter().any(|why| why != &serde_json::json!([])), "{name}");
    }
}

#[test]
fn a_packet_as_data() {
    let run = netsum(&["packet", "--json", DAMAGED]);
    let [packet, ip, udp] = &results(run.status(1))[..] else { panic!("{}", run.story()) };
    assert_eq!(
        *packet,
        serde_json::json!({
            "record": "packet", "frame": 1, "length_octets": 33, "captured_octets": 33,
            "link_type": {"code": 101, "name": "RAW"}, "link_type_guessed": true, "checksums": 2, "headers": [
            {"name": "IPv4", "offset_octets": 0, "length_octets": 20, "says": "10.0.0.1 > 10.0.0.2, protocol 17 (UDP)"},
            {"name": "UDP", "offset_octets": 20, "length_octets": 8, "says": "port 5000 > port 6000"},
            {"name": "data", "offset_octets": 28, "length_octets": 5, "says": null},
        ],
        })
    );
    assert_eq!((&ip["record"], &ip["protocol"], &ip["verdict"]), (&"working".into(), &"ip".into(), &"good".into()));
    assert_eq!((&udp["frame"], &udp["offset_octets"]), (&1.into(), &26.into()));
    assert_eq!((&udp["stored"], &udp["stored_octets"]), (&0xf753.into(), &"f753".into()));
    assert_eq!((&udp["calculated"], &udp["verdict"]), (&0xf752.into(), &"bad".into()));
    assert_eq!((&udp["algorithm"], &udp["src_port"]), (&"internet".into(), &5000.into()));
}

#[test]
fn frames_of_a_capture_as_verify_judges_them() {
    let specimens = specimens();
    for name in ["udp over v4", "udp over v4, none", "udp over v6, illegal", "udp over v4, truncated", "routing header"]
    {
        let specimen = specimens.iter().find(|specimen| specimen.name == name).unwrap();
        let capture = pcap_of(&[specimen, specimen], specimen.link_type);
        let frame = |args: &[&str]| run_with_input(tool("netsum").args(["frame", "-", "2"]).args(args), &capture);
        let run = frame(&["--json"]);
        let verdicts: Vec<Value> = results(&run)[1..].iter().map(|data| data["verdict"].clone()).collect();
        let expected: Vec<&str> = specimen.verdicts.iter().map(|(_, verdict)| *verdict).collect();
        assert_eq!(verdicts, expected, "{name}: {}", run.story());
        run.status(i32::from(expected.contains(&"illegal")));
        frame(&["-q"]).stderr_is("");
        frame(&[]).stdout_has(&format!("Frame 2: {} octets", specimen.original_len));
    }
    let truncated = specimens.iter().find(|specimen| specimen.name == "udp over v4, truncated").unwrap();
    run_with_input(tool("netsum").args(["frame", "-", "1"]), &pcap_of(&[truncated], truncated.link_type))
        .status(0)
        .stdout_has(", 60 of them captured, EN10MB\n")
        .stdout_has(": unverified (truncated)\n");
}

#[test]
fn what_is_no_packet_says_so() {
    let arp = specimens().into_iter().find(|specimen| specimen.name == "arp").unwrap();
    let capture = pcap_of(&[&arp], arp.link_type);
    let frame = |number: &str| run_with_input(tool("netsum").args(["frame", "-", number]), &capture);
    frame("1").status(2).stderr_is("netsum: frame 1: no checksum in it: EtherType 0x0806 is not IP's\n");
    frame("2").status(2).stdout_is("").stderr_is("netsum: standard input: it has one frame, and none with number 2\n");
    netsum(&["fix", "--make-bad=0", "-", "/nonexistent/x"])
        .status(2)
        .stderr_has("'0' for '--make-bad[=<N>]': a number from 1 on is wanted");
    frame("0").status(2).stdout_is("").stderr_has("'0' for '<NUMBER>': a number from 1 on is wanted");
    run_with_input(tool("netsum").args(["packet", "-"]), &capture)
        .status(2)
        .stdout_is("")
        .stderr_is("netsum: packet: this is a capture (netsum frame FILE NUMBER shows one of its frames)\n");
    for (args, said) in [
        (&["packet", "what"][..], "packet: line 1: 'what' is not hex"),
        (&["packet", ""], "packet: no hex digits"),
        (&["packet", "45", "--link=wire"], "ethernet, raw (IP without a link layer), sll"),
        (&["packet", "45"], "the packet: no checksum in it: the "),
        (&["frame", "/nonexistent/x", "1"], "open /nonexistent/x: No such file or directory"),
    ] {
        netsum(args).status(2).stderr_has(said);
    }
}

#[test]
fn checksums_after_nat_and_a_router() {
    // reference/netsum.md, B1.
    netsum(&["update", "-q", "66c9", "--ttl", "64:63"]).status(0).stdout_is("67c9\n");
    netsum(&["update", "-q", "ip:66c9", "udp:f752", "--src", "10.0.0.1:192.168.1.1"])
        .status(0)
        .stdout_is("af20\n3faa\n");
    netsum(&["update", "udp:f752", "--ttl", "64:63", "--src", "10.0.0.1:192.168.1.1"]).status(0).stdout_is(
        "\
UDP checksum f752
  changed             m     m'    HC    ~HC + ~m + m'       total  folded  HC'
  Source Address 1/2  0a00  c0a8  f752  08ad + f5ff + c0a8  1bf54  bf55    40aa
  Source Address 2/2  0001  0101  40aa  bf55 + fffe + 0101  1c054  c055    3faa
Fold         1bf54: bf54 + 1 = bf55
Fold         1c054: c054 + 1 = c055
Not covered  Time to Live: no part of what this checksum covers
Equation 3   HC' = ~(~HC + ~m + m') = 3faa (RFC 1624)
Equation 2   HC' = HC + m + ~m' = 3faa (RFC 1141): the same here
Checksum     3faa
",
    );
    netsum(&["update", "ip:66c9", "--ttl", "64:63", "--table"]).stdout_has("│ Time to Live ┆ 4000 ┆ 3f00 ┆ 66c9 ");
    // Over IPv6, what the recomputed datagram has.
    let over = |src: &str| netsum(&["udp", "-q", src, "[fd00::2]:6000", "ABCDE"]).out();
    let old = format!("udp:{}", over("[fd00::1]:5000").trim());
    netsum(&["update", "-q", &old, "--src", "[fd00::1]:[2001:db8::7]", "--sport", "5000:61000"])
        .status(0)
        .stdout_is(over("[2001:db8::7]:61000"));
}

#[test]
fn what_no_checksum_covers_is_no_update() {
    netsum(&["update", "-q", "--sport=5000:5001", "icmp:1234"])
        .status(2)
        .stdout_is("")
        .stderr_is("netsum: nothing to update: no checksum here covers Source Port\n");
    netsum(&["update", "-q", "--ttl=64:63", "--id=1:2", "udp:f752", "udp:0000"])
        .status(2)
        .stdout_is("")
        .stderr_is("netsum: nothing to update: no checksum here covers Time to Live or Identification\n");
    // Beside one that changes, it is an answer; and in words it always is.
    netsum(&["update", "-q", "--ttl=64:63", "ip:66c9", "udp:f752"]).status(0).stdout_is("67c9\nf752\n");
    netsum(&["update", "-q", "--ttl=64:63", "0x66C9", "ip:0X66c9"]).status(0).stdout_is("67c9\n67c9\n");
    netsum(&["update", "-q", "--ttl=64:63", "--src=10.0.0.1:192.168.1.1", "udp:f752"]).status(0).stdout_is("3faa\n");
    netsum(&["update", "--sport=5000:5001", "icmp:1234"])
        .status(0)
        .stdout_has("Not covered  Source Port: ")
        .stdout_has("Checksum     1234\n");
}

#[test]
fn equation_2_goes_wrong_at_zero() {
    // RFC 1624 section 4.
    netsum(&["update", "dd2f", "--word", "5555:3285", "--explain"])
        .status(0)
        .stdout_has("HC' = ~(~HC + ~m + m') = 0000 (RFC 1624)\n")
        .stdout_has("HC' = HC + m + ~m' = ffff (RFC 1141): the other zero")
        .stdout_has("equation 2: HC + m + ~m' works with the checksum")
        .stdout_has("Checksum     0000\n");
    netsum(&["update", "udp:dd2f", "--hex", "5555:3285"])
        .stdout_has("so ffff is sent\n")
        .stdout_has("Checksum     ffff\n");
    netsum(&["update", "udp:0000", "--hex", "5555:3285", "--explain"])
        .stdout_has("None         0000 says that no checksum was computed, and stays\nChecksum     0000\n")
        .stdout_has("none: 0000 in UDP over IPv4");
}

#[test]
fn updates_beside_the_packet_summed_afresh() {
    let packet = DAMAGED.replace("f753", "f752");
    let nat = ["--src", "10.0.0.1:192.168.1.1", "--dport", "6000:53"];
    let of = |packet: &str, more: &[&str]| netsum(&[&["update", "--packet", packet][..], &nat, more].concat());
    of(&packet, &["-q"]).status(0).stdout_is("af20\n56e5\n");
    of(&packet, &[]).stdout_has("Recomputed   af20: the same\n").stdout_has("Recomputed   56e5: the same\n");
    // What was wrong stays wrong by as much, which is how a receiver finds out.
    of(DAMAGED, &[])
        .status(0)
        .stdout_has("Recomputed   56e5: not the same: the old one was wrong\nChecksum     56e6\n");
    of(&packet, &["udp:f752", "-q"]).stdout_is("56e5\n");
    let json = of(&packet, &["udp:f752", "--json"]);
    let [data] = &results(json.status(0))[..] else { panic!("{}", json.story()) };
    assert_eq!((&data["record"], &data["protocol"]), (&"update".into(), &"udp".into()));
    assert_eq!((&data["calculated_octets"], &data["recomputed"]), (&"56e5".into(), &0x56e5.into()));
    assert_eq!(data["steps"].as_array().unwrap().len(), 3);
    netsum(&["update", "--packet", &packet, "--src", "10.0.0.9:10.0.0.8"])
        .status(2)
        .stdout_is("")
        .stderr_is("netsum: --packet: its Source Address is not what the change says it was\n");
    // Nor is another checksum given without the one that the change is about.
    for (change, field) in [(["--ttl", "63:62"], "Time to Live"), (["--sport", "5001:5002"], "Source Port")] {
        netsum(&[&["update", "--packet", &packet][..], &change].concat())
            .status(2)
            .stdout_is("")
            .stderr_is(&format!("netsum: --packet: its {field} is not what the change says it was\n"));
    }
    netsum(&["update", "--packet", &packet, "--word", "1111:2222"]).status(2).stdout_is("").stderr_has("--word");
}

#[test]
fn what_is_no_update_is_refused_with_what_is() {
    for (args, said) in [
        (&["66c9"][..], "nothing has changed: --ttl, --id, --src"),
        (&["--ttl=64:63"], "<CHECKSUM>"),
        (&["6c9", "--ttl=64:63"], "four hexadecimal digits are wanted, as in f752 or udp:f752"),
        (&["tpc:66c9", "--ttl=64:63"], "no protocol \"tpc\": ip, udp, udplite, tcp"),
        (&["sctp:66c9", "--ttl=64:63"], "a CRC32c is no sum: work it out again with netsum sctp"),
        (&["66c9", "--ttl=64"], "'--ttl <OLD:NEW>': OLD:NEW is wanted, with a colon between"),
        (&["66c9", "--ttl=64:256"], "a number from 0 to 255 is wanted"),
        (&["66c9", "--src=10.0.0.1:fd00::1"], "4 octets cannot become 16"),
        (&["66c9", "--src=10.0.0.1:here"], "\"here\" is not an address"),
        (&["66c9", "--word=11:22"], "two words of four hexadecimal digits are wanted"),
        (&["66c9", "--hex=112233:445566"], "3 octets make no words: an even number is wanted"),
        (&["66c9", "--hex=1122:33445566"], "2 octets cannot become 4"),
        (&["66c9", "--ttl=64:63", "--link=raw"], "--packet"),
    ] {
        netsum(&[&["update"][..], args].concat()).status(2).stdout_is("").stderr_has(said);
    }
}
