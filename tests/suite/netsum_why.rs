//! netsum: the reasons for what is wrong, and fragments put together, as the executable shows them.

use sockeye_capture::LinkType;
use sockeye_test_support::{run_with_input, tool};

use crate::captures::{Specimen, pcap_of};
use crate::netsum::{capture_of, data, specimen, verify};

/// A datagram in two fragments, the second of them first or last.
fn fragmented(in_order: bool) -> Vec<u8> {
    let first = specimen("first fragment");
    // That of the specimens belongs to another datagram.
    let mut last = specimen("last fragment");
    last.octets[14 + 5] -= 1;
    last.octets[14 + 11] += 1;
    pcap_of(&if in_order { [&first, &last] } else { [&last, &first] }, LinkType::ETHERNET)
}

#[test]
fn a_reason_as_a_line_as_data_and_with_the_numbers() {
    let capture = capture_of(&["ip header, bad"]);
    verify(&[], &capture)
        .status(1)
        .stdout_has(
            "bad         10.0.0.1 > 10.0.0.2\n         why: stale: the TTL changed from 64 to 63 without an update\n         \
             or:  one bit turned over: 0100 in one of 8 words\n",
        )
        .stdout_has("\n           1  stale: the TTL changed\n");
    verify(&["--explain"], &capture).status(1).stdout_has(
        "ip: frame 1: stale: the TTL changed: with a TTL of 64 in place of 63 the sum is right: a difference of 1 times 0100\n",
    );
    let run = verify(&["--json"], &capture);
    let out = run.out();
    let lines: Vec<_> = out.lines().map(|line| data(line, "result")).collect();
    let why = &lines[0]["why"];
    assert_eq!(
        why[0],
        serde_json::json!({"code": "ttl_changed", "name": "stale: the TTL changed", "values": {"was": 64, "is": 63}})
    );
    assert_eq!((&why[1]["code"], &why[1]["values"]["places"]), (&"one_bit".into(), &8.into()));
    assert_eq!(lines[1]["why"], serde_json::json!([]));
    assert_eq!(lines.last().unwrap()["reasons"], serde_json::json!({"ttl_changed": 1}));
}

#[test]
fn the_whole_datagram_follows_the_frame_that_completes_it() {
    verify(&["--tsv"], &fragmented(true)).status(0).stdout_is(
        "1\tip\t24\t0x46ae\t0x46ae\tgood\n1\tudp\t40\t0xb154\t-\tunverified\n2\tip\t24\t0x66b1\t0x66b1\tgood\n\
         1\tudp\t40\t0xb154\t0xb154\tgood\n",
    );
    // In another order the field is in the second frame.
    verify(&["--tsv"], &fragmented(false)).status(0).stdout_is(
        "1\tip\t24\t0x66b1\t0x66b1\tgood\n2\tip\t24\t0x46ae\t0x46ae\tgood\n2\tudp\t40\t0xb154\t-\tunverified\n\
         2\tudp\t40\t0xb154\t0xb154\tgood\n",
    );
    verify(&[], &fragmented(true))
        .status(0)
        .stdout_has("unverified  10.0.0.1:5000 > 10.0.0.2:6000: fragment\n")
        .stdout_has("good        10.0.0.1:5000 > 10.0.0.2:6000: whole, of 2 fragments\n")
        .stdout_has("\n1 datagram put together from 2 fragments\n");
    let run = verify(&["--json"], &fragmented(true));
    let out = run.out();
    let lines: Vec<_> = out.lines().map(|line| data(line, "result")).collect();
    assert_eq!(lines[3]["reassembled"], serde_json::json!({"frames": [1, 2], "length_octets": 72}));
    assert_eq!(lines[4]["reassembly"]["datagrams_whole"], 1);
}

#[test]
fn what_a_mirrored_port_shows_twice_is_one_datagram() {
    let first = specimen("first fragment");
    let mut last = specimen("last fragment");
    last.octets[14 + 5] -= 1;
    last.octets[14 + 11] += 1;
    let capture = pcap_of(&[&first, &first, &last, &last], LinkType::ETHERNET);
    let run = verify(&[], &capture);
    run.status(0).stdout_has("\n1 datagram put together from 2 fragments\n");
    assert!(!run.out().contains("missing"), "{}", run.story());
}

#[test]
fn a_fragmented_datagram_that_is_bad_is_bad() {
    let first = specimen("first fragment");
    let mut last = specimen("last fragment");
    last.octets[14 + 5] -= 1;
    last.octets[14 + 11] += 1;
    // The octet behind the header is summed, and is in no header checksum.
    last.octets[14 + 20] ^= 0x10;
    let capture = pcap_of(&[&first, &last], LinkType::ETHERNET);
    verify(&[], &capture).status(1).stdout_has("whole, of 2 fragments\n         why: one bit turned over: 1000 in ");
    let alone = |specimen: &Specimen| pcap_of(&[specimen], LinkType::ETHERNET);
    verify(&[], &alone(&first)).status(0).stdout_has("\n1 datagram of which fragments are missing\n");
}

/// The complement of the sum, a word at a time.
fn checksum(octets: &[u8]) -> [u8; 2] {
    let sum: u32 = octets.chunks(2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1])).sum();
    (!u16::try_from((sum & 0xffff) + (sum >> 16)).unwrap()).to_be_bytes()
}

#[test]
fn what_is_only_quoted_does_not_count() {
    // Time exceeded, with the header that a router has changed already.
    let quoted = &specimen("ip header, bad").octets[14..14 + 28];
    let mut error = [&[11, 0, 0, 0, 0, 0, 0, 0], quoted].concat();
    let sum = checksum(&error);
    error[2..4].copy_from_slice(&sum);
    let mut frame = specimen("udp over v4");
    frame.octets.truncate(34);
    frame.octets[14 + 3] = 20 + 36;
    frame.octets[14 + 9] = 1;
    frame.octets[24..26].fill(0);
    let sum = checksum(&frame.octets[14..34]);
    frame.octets[24..26].copy_from_slice(&sum);
    frame.octets.extend(error);
    frame.original_len = frame.octets.len();
    let capture = pcap_of(&[&frame], LinkType::ETHERNET);
    verify(&[], &capture)
        .status(0)
        .stdout_has("bad         10.0.0.1 > 10.0.0.2 (quoted)\n         why: stale: the TTL changed from 64 to 63")
        .stdout_has("\n1 bad in what ICMP errors quote, not counted as bad: nobody receives those\n")
        .stdout_has("│ ip       ┆    1 ┆   0 ┆       0 ┆    0 ┆       0 ┆          0 │\n")
        .stdout_has("│ quoted   ┆    0 ┆   1 ┆       0 ┆    0 ┆       0 ┆          1 │\n")
        .stdout_has("4 checksums: nothing bad\n");
    let run = verify(&["--json"], &capture);
    let summary = data(run.out().lines().last().unwrap(), "result");
    assert_eq!((&summary["verdicts"]["bad"], &summary["verdicts"]["good"]), (&0.into(), &2.into()));
    assert_eq!(
        (&summary["quoted"]["bad"], &summary["quoted_bad"], &summary["checksums"]),
        (&1.into(), &1.into(), &4.into())
    );
    verify(&["--tsv"], &capture).status(0).stdout_has("1\tip\t52\t0x66c9\t0x67c9\tbad\n");
    // A copy that is left with it is as good.
    let copy = run_with_input(tool("netsum").args(["fix", "-", "-"]), &capture);
    copy.status(0).stderr_has("left alone: 1 bad, in packets that ICMP errors quote (--quoted repairs them)\n");
    copy.stderr_has("4 checksums: 0 rewritten\n");
    assert!(copy.stdout == capture, "{}", copy.story());
}
