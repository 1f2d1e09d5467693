//! netsum: checksums worked out from typed fields, from packets and from captures.

use serde_json::Value;
use sockeye_test_support::{Run, run, run_with_input, tool};

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
        assert_eq!((&data["protocol"], &data["checksum_octets"]), (&Value::from(args[0]), &Value::from(*checksum)));
        let number = u32::from_str_radix(checksum, 16).unwrap();
        let swapped = if checksum.len() == 4 { number.swap_bytes() >> 16 } else { number.swap_bytes() };
        assert_eq!(data["checksum"], number);
        assert_eq!(data["checksum_little_endian"], swapped);
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

Data (4 octets)
  0b 00 00 04  \"\\x0b\\x00\\x00\\x04\"

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
