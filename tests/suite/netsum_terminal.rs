//! netsum on a terminal of 80 columns.

use sockeye_common::hex;
use sockeye_test_support::{run, run_with_input, tool};

use crate::captures::{by_link_type, pcap_of, specimens};

const COLUMNS: usize = 80;

/// The lines that are wider than the terminal. Colour takes no place.
fn too_wide(args: &[&str], input: &[u8]) -> Vec<String> {
    let mut command = tool("netsum");
    command.args(args).args(["--color", "always"]).env("SOCKEYE_COLUMNS", COLUMNS.to_string());
    let shown = if input.is_empty() { run(&mut command) } else { run_with_input(&mut command, input) };
    assert!(!shown.out().is_empty(), "{}", shown.story());
    shown.out().lines().map(without_colour).filter(|line| line.chars().count() > COLUMNS).collect()
}

fn without_colour(line: &str) -> String {
    let mut pieces = line.split('\u{1b}');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |plain, piece| plain + piece.split_once('m').map_or("", |(_, rest)| rest))
}

#[test]
fn what_is_worked_out_fits() {
    let (src, dst) = ("10.0.0.1:5000", "10.0.0.2:6000");
    let (src6, dst6) =
        ("[2001:db8:1111:2222:3333:4444:5555:6666]:5000", "[2001:db8:1111:2222:3333:4444:5555:7777]:6000");
    for args in [
        &["udp", "--explain", src, dst, "ABCDE"][..],
        &["udp", "--explain", src6, dst6, "hex:c0df"],
        &["tcp", "--explain", "--table", src6, dst6, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
        &["udplite", "--explain", "--coverage", "8", src, dst, "ABCDE"],
        &["sctp", "--explain", src, dst, "hex:0b000004"],
        &["icmp", "--explain", "ping"],
        &["packet", "--explain", "4500002100010000401166c90a0000010a00000213881770000df7534142434445"],
        &["update", "--explain", "--src", "10.0.0.1:192.168.1.1", "--dport", "6000:53", "ip:66c9", "udp:f752"],
        &["update", "--explain", "--word", "5555:3285", "udp:0000", "dd2f"],
        &["solve", "ABCDE"],
        &["solve", "--explain", "-k", "6", "--set", "QU", "ABCDE"],
        &["solve", "--explain", "--src", src, "--dst", dst, "--force", "1234", "--at", "1", "ABCDE"],
        &["same", "--explain", "ABCDE", "ABCDEUQUQUQ"],
        &["same", "--explain", "ABCDE", "ABCDEQUQUQU"],
        &["same", "hex:0000", "hex:ffff"],
    ] {
        assert_eq!(too_wide(args, b""), [""; 0], "{args:?}");
    }
}

#[test]
fn what_is_judged_fits() {
    let specimens = specimens();
    for (link_type, specimens) in by_link_type(&specimens) {
        let capture = pcap_of(&specimens, link_type);
        for args in [&["verify", "--explain", "-"][..], &["verify", "--summary", "-"]] {
            assert_eq!(too_wide(args, &capture), [""; 0], "{args:?} {link_type}");
        }
        let dumps: Vec<String> = specimens
            .iter()
            .filter(|specimen| !specimen.verdicts.is_empty())
            .map(|specimen| format!("0000  {}\n", hex::spaced(&specimen.octets)))
            .collect();
        let args = ["packet", "--explain", "--link", &link_type.0.to_string(), "-"];
        assert_eq!(too_wide(&args, dumps.concat().as_bytes()), [""; 0], "{link_type}");
    }
}
