use super::sample::{
    ACK, FIN, PSH, RST, SYN, arp, connection, icmp, lab, run, segment, segment_with, sent, udp, unreachable,
};
use super::*;
use crate::filter::Filter;
use crate::frames::words::Look;

/// The line of each of these frames.
fn words(frames: impl IntoIterator<Item = Vec<u8>>) -> Vec<String> {
    let lab = lab();
    annotate(&run(frames), &lab).iter().map(Annotated::words).collect()
}

/// The numbers of the frames that a filter means.
fn meant(filter: &str, records: &[Record]) -> Vec<u64> {
    let lab = lab();
    let filter = Filter::parse(filter).unwrap();
    annotate(records, &lab).iter().filter(|frame| filter.matches(frame)).map(|frame| frame.frame.number).collect()
}

#[test]
fn every_segment_of_a_connection_has_its_name() {
    assert_eq!(
        words(connection()),
        [
            "SYN, seq 0",
            "SYN+ACK, seq 0, ack 1",
            "ACK 1 (opens)",
            "5 octets \"ABCDE\", seq 1, ack 1",
            "ACK 6",
            "FIN+ACK, seq 6, ack 1 (first FIN)",
            "ACK 7 (acknowledges the FIN)",
            "FIN+ACK, seq 1, ack 7 (second FIN)",
            "ACK 2 (last ACK)",
        ]
    );
}

#[test]
fn a_fin_may_acknowledge_the_other_one() {
    let mut frames = connection();
    frames.remove(6);
    assert_eq!(words(frames).last().unwrap(), "ACK 2 (last ACK)");
}

#[test]
fn both_may_close_at_once() {
    let mut frames = connection();
    frames.truncate(5);
    frames.extend([
        segment(true, FIN | ACK, 6, 1, b""),
        segment(false, FIN | ACK, 1, 6, b""),
        segment(true, ACK, 7, 2, b""),
        segment(false, ACK, 2, 7, b""),
    ]);
    assert_eq!(
        words(frames)[5..],
        [
            "FIN+ACK, seq 6, ack 1 (first FIN)",
            "FIN+ACK, seq 1, ack 6 (second FIN)",
            "ACK 2 (acknowledges the FIN)",
            "ACK 7 (last ACK)",
        ]
    );
}

#[test]
fn both_may_call_at_once() {
    let frames = [
        segment(true, SYN, 0, 0, b""),
        segment(false, SYN, 0, 0, b""),
        segment(true, SYN | ACK, 0, 1, b""),
        segment(false, SYN | ACK, 0, 1, b""),
        segment(true, ACK | PSH, 1, 1, b"A"),
    ];
    assert_eq!(
        words(frames),
        [
            "SYN, seq 0",
            "SYN, seq 0",
            "SYN+ACK, seq 0, ack 1 (retransmission)",
            "SYN+ACK, seq 0, ack 1 (retransmission)",
            "1 octet \"A\", seq 1, ack 1",
        ]
    );
}

#[test]
fn what_was_lost_leaves_its_part_to_the_next() {
    let mut frames = connection();
    // The third segment is lost, so the second is sent again; and so is the acknowledgement of the first FIN.
    frames.insert(3, frames[1].clone());
    frames.insert(4, frames[2].clone());
    frames.insert(9, frames[7].clone());
    frames.insert(10, frames[8].clone());
    let mut records = run(frames);
    for lost in [2, 8] {
        if let What::Frame(frame) = &mut records[lost].what {
            frame.fate = Fate::Lost;
        }
    }
    let lab = lab();
    let shown: Vec<String> = annotate(&records, &lab).iter().map(Annotated::words).collect();
    assert_eq!(shown[2..5], ["ACK 1 (opens, lost)", "SYN+ACK, seq 0, ack 1 (retransmission)", "ACK 1 (opens)"]);
    assert_eq!(
        shown[8..11],
        [
            "ACK 7 (acknowledges the FIN, lost)",
            "FIN+ACK, seq 6, ack 1 (first FIN, retransmission)",
            "ACK 7 (acknowledges the FIN)",
        ]
    );
}

#[test]
fn a_reset_that_answers_a_syn_refuses() {
    let refused = [segment(true, SYN, 0, 0, b""), segment(false, RST | ACK, 0, 1, b"")];
    assert_eq!(words(refused)[1], "RST+ACK, ack 1 (refused)");
    let mut frames = connection();
    frames.truncate(4);
    frames.push(segment(false, RST | ACK, 1, 6, b""));
    assert_eq!(words(frames)[4], "RST+ACK, ack 6 (reset)");
}

#[test]
fn what_was_sent_before_is_a_retransmission_on_that_link() {
    let mut frames = connection();
    frames.insert(1, frames[0].clone());
    frames.insert(5, frames[4].clone());
    let shown = words(frames);
    assert_eq!(shown[1], "SYN, seq 0 (retransmission)");
    assert_eq!(shown[5], "5 octets \"ABCDE\", seq 1, ack 1 (retransmission)");
}

#[test]
fn what_fills_a_gap_is_out_of_order_and_not_sent_again() {
    let mut frames = connection();
    frames.truncate(3);
    frames.extend([
        segment(true, ACK, 11, 1, b"late"),
        segment(false, ACK, 1, 1, b""),
        segment(true, ACK, 1, 1, b"0123456789"),
        segment(true, ACK, 1, 1, b"0123456789"),
    ]);
    let shown = words(frames);
    assert_eq!(shown[3], "4 octets \"late\", seq 11, ack 1 (octets before it are missing)");
    assert_eq!(shown[4], "ACK 1 (duplicate ACK)");
    assert_eq!(shown[5], "10 octets \"0123456789\", seq 1, ack 1 (out of order)");
    assert_eq!(shown[6], "10 octets \"0123456789\", seq 1, ack 1 (retransmission)");
}

#[test]
fn acknowledgements_that_say_nothing_new() {
    let mut frames = connection();
    frames.truncate(5);
    frames.extend([
        segment(true, ACK, 6, 1, b"F"),
        segment(false, ACK, 1, 6, b""),
        segment_with(false, ACK, (1, 6), 0, b""),
        segment(true, ACK, 6, 1, b""),
        segment_with(false, ACK, (1, 6), 0, b""),
        segment_with(false, ACK, (1, 6), 900, b""),
    ]);
    let shown = words(frames);
    assert_eq!(
        shown[6..],
        [
            "ACK 6 (duplicate ACK)",
            "ACK 6 (window update, zero window)",
            "ACK 1 (window probe)",
            "ACK 6 (answers the probe, zero window)",
            "ACK 6 (window update)",
        ]
    );
    let mut frames = connection();
    frames.truncate(5);
    frames.extend([segment(true, ACK, 5, 1, b""), segment(false, ACK, 1, 6, b"")]);
    assert_eq!(words(frames)[5..], ["ACK 1 (keepalive)", "ACK 6 (answers the probe)"]);
}

#[test]
fn where_the_capture_begins_later_the_first_octet_is_1() {
    let mut frames = connection();
    frames.drain(..3);
    assert_eq!(words(frames)[..2], ["5 octets \"ABCDE\", seq 1, ack 1".to_owned(), "ACK 6".to_owned()]);
}

#[test]
fn a_port_that_is_used_again_is_another_connection() {
    let mut frames = connection();
    let mut again = segment(true, SYN, 500, 0, b"");
    frames.push(std::mem::take(&mut again));
    let lab = lab();
    let records = run(frames);
    let shown = annotate(&records, &lab);
    assert_eq!(shown[9].words(), "SYN, seq 0");
    assert_eq!(shown[9].segment.as_ref().unwrap().connection, 2);
    assert_eq!(shown[8].segment.as_ref().unwrap().connection, 1);
}

#[test]
fn each_link_has_its_own_account_and_connections_one_number() {
    let mut records = run(connection());
    let forwarded: Vec<Record> = records
        .iter()
        .cloned()
        .map(|mut record| {
            if let What::Frame(frame) = &mut record.what {
                frame.link = "r1-bob".into();
                frame.number += 100;
            }
            record
        })
        .collect();
    records.extend(forwarded);
    let lab = lab();
    let shown = annotate(&records, &lab);
    for frame in &shown {
        assert!(!frame.is_retransmission(), "{}", frame.words());
        assert_eq!(frame.segment.as_ref().unwrap().connection, 1);
    }
}

#[test]
fn a_frame_that_the_wire_doubled_was_not_sent_again() {
    let mut records = run(connection());
    let mut second = records[3].clone();
    if let What::Frame(frame) = &mut second.what {
        frame.fate = Fate::Duplicate;
        frame.number = 10;
    }
    records.insert(4, second);
    let lab = lab();
    assert_eq!(annotate(&records, &lab)[4].words(), "5 octets \"ABCDE\", seq 1, ack 1 (duplicate)");
    assert_eq!(meant("duplicate", &records), [10]);
    assert!(meant("retransmission", &records).is_empty());
}

#[test]
fn what_is_not_tcp() {
    let asked = udp(true, 6000, b"ABCDE");
    assert_eq!(
        words([arp(1), arp(2), asked.clone(), unreachable(&asked), icmp(true, [8, 0, 0, 0, 0, 9, 0, 3], b"x")]),
        [
            "ARP who has 10.0.0.2? Tell 10.0.0.1",
            "ARP 10.0.0.2 is at 02:00:00:00:00:02",
            "UDP to 6000, 5 octets \"ABCDE\"",
            "ICMP port unreachable (UDP to 10.0.0.2 port 6000)",
            "ICMP echo request 3",
        ]
    );
    assert_eq!(
        words([udp(true, 6000, b""), udp(true, 6000, &[b'A'; 100])]),
        ["UDP to 6000, empty", "UDP to 6000, 100 octets \"A\" × 100",]
    );
    assert_eq!(words([vec![0; 14], vec![1, 2, 3], Vec::new()])[1..], ["unreadable", "unreadable"]);
}

#[test]
fn nothing_of_a_frame_acts_on_a_terminal() {
    let shown = words([
        udp(true, 6000, b"\x1b[2J\r\n\xff"),
        udp(true, 53, b"\0\0\0\0\0\x01\0\0\0\0\0\0\x04\x1b[2J\0\0\x01\0\x01"),
    ]);
    assert_eq!(shown, ["UDP to 6000, 7 octets \"\\x1b[2J\\r\\n\\xff\"", "DNS A \\x1b[2J.?"]);
}

#[test]
fn looks() {
    let lab = lab();
    let records = run(connection());
    let looks: Vec<Look> = annotate(&records, &lab).iter().map(Annotated::look).collect();
    let (o, c) = (Look::Opens, Look::Closes);
    assert_eq!(looks, [o, o, o, Look::Data, Look::Plain, c, c, c, c]);
}

/// One frame of each kind: 1 ARP request, 2 ARP reply, 3 UDP, 4 ICMP error about 3, 5 echo, 6 to 14 a connection.
fn mixture() -> Vec<Record> {
    let asked = udp(true, 6000, b"ABCDE");
    let head = [arp(1), arp(2), asked.clone(), unreachable(&asked), icmp(true, [8, 0, 0, 0, 0, 9, 0, 3], b"x")];
    run(head.into_iter().chain(connection()))
}

#[test]
fn filters() {
    let records = mixture();
    for (filter, expected) in [
        ("arp", &[1, 2][..]),
        ("arp request", &[1]),
        ("arp reply", &[2]),
        ("arp target=10.0.0.2", &[1, 2]),
        ("arp src=bob", &[2]),
        ("udp", &[3]),
        ("udp data=\"BCD\"", &[3]),
        ("udp data=\"BCE\"", &[]),
        ("udp len=5 port=6000 sport=40000 dport=6000", &[3]),
        ("udp len>5", &[]),
        ("udp len>4 len<6", &[3]),
        ("icmp quoted", &[4]),
        ("icmp type=3 code=3 port=6000", &[4]),
        ("icmp echo request", &[5]),
        ("icmp echo reply", &[]),
        ("icmp6", &[]),
        ("ip6", &[]),
        ("ip4 !tcp", &[3, 4, 5]),
        ("tcp syn", &[6, 7]),
        ("tcp syn !ack", &[6]),
        ("tcp fin", &[11, 13]),
        ("tcp rst", &[]),
        ("tcp psh data", &[9]),
        ("tcp data=\"\\x41\\\"\"", &[]),
        ("tcp data=\"\\x41\\x42\"", &[9]),
        ("tcp opens", &[8]),
        ("tcp last-ack", &[14]),
        ("tcp seq=6", &[11]),
        ("tcp ack=7", &[12, 13]),
        ("tcp from=bob window=512", &[7, 10, 12, 13]),
        ("tcp to=bob data", &[9]),
        ("src=10.0.0.2 dst=alice tcp fin", &[13]),
        ("addr=bob udp", &[3]),
        ("src=carol", &[]),
        ("ttl=64 df udp", &[3]),
        ("tcp checksum=bad", &[]),
        ("udp checksum=good", &[3]),
        ("udp !checksum=absent", &[3]),
        ("tcp says=\"last ACK\"", &[14]),
        ("fragment", &[]),
        ("lost", &[]),
        ("", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]),
    ] {
        assert_eq!(meant(filter, &records), expected, "{filter}");
    }
    let lab = lab();
    let stored = annotate(&records, &lab)[2].packet.checksum.unwrap().value;
    for written in [format!("{stored:04x}"), format!("0x{stored:04x}"), format!("0X{stored:04X}")] {
        assert_eq!(meant(&format!("udp checksum={written}"), &records), [3]);
    }
}

#[test]
fn checksums_are_judged() {
    let mut wrong = udp(true, 6000, b"ABCDE");
    let last = wrong.len() - 1;
    wrong[last] ^= 1;
    let mut none = udp(true, 6000, b"ABCDE");
    none[40..42].fill(0);
    let records = run([wrong, none]);
    assert_eq!(meant("checksum=bad", &records), [1]);
    assert_eq!(meant("checksum=absent", &records), [2]);
    assert!(meant("checksum=good", &records).is_empty());
}

#[test]
fn fates() {
    let mut records = run([udp(true, 6000, b"a"), udp(true, 6000, b"b"), udp(true, 6000, b"c"), udp(true, 6000, b"d")]);
    for (record, fate) in records.iter_mut().zip([Fate::Lost, Fate::Cut, Fate::QueueFull]) {
        if let What::Frame(frame) = &mut record.what {
            frame.fate = fate;
        }
    }
    assert_eq!(meant("lost", &records), [1, 2, 3]);
    assert_eq!(meant("cut", &records), [2]);
    assert_eq!(meant("queue-full", &records), [3]);
    assert_eq!(meant("!lost", &records), [4]);
}

#[test]
fn wrong_words_are_named_with_their_place() {
    for (text, span, says) in [
        ("tcp sin", 4..7, "\"sin\" says nothing about a frame"),
        ("tcp port=http", 4..13, "port is a number, not \"http\""),
        ("tcp data=\"abc", 4..13, "a quotation mark is missing"),
        ("tcp from>bob", 4..12, "from is no number"),
        ("src=", 0..4, "src= needs a value"),
        ("target=bob", 0..10, "target is an address"),
        ("!data=\"\\q\"", 0..10, "known are"),
        ("checksum=great", 0..14, "checksum is good, bad"),
        ("checksum=+8", 0..11, "checksum is good, bad"),
        ("checksum=0x0x8", 0..14, "checksum is good, bad"),
        ("dport=+80", 0..9, "dport is a number, not \"+80\""),
        ("udp  color=red", 5..14, "\"color=red\" says nothing"),
    ] {
        let wrong = Filter::parse(text).unwrap_err();
        assert_eq!(wrong.span, span, "{text}");
        assert!(wrong.message.contains(says), "{text}: {}", wrong.message);
    }
    let filter = Filter::parse("tcp from=alice !src=bob dst=10.0.0.1").unwrap();
    assert_eq!(filter.nodes().collect::<Vec<_>>(), ["alice", "bob"]);
}

#[test]
fn no_octets_can_make_it_panic() {
    let whole: Vec<Vec<u8>> = mixture()
        .into_iter()
        .filter_map(|record| match record.what {
            What::Frame(frame) => Some(frame.octets),
            _ => None,
        })
        .collect();
    let lab = lab();
    for octets in &whole {
        let cut: Vec<Record> = (0..octets.len()).map(|len| sent(1, 1, octets[..len].to_vec())).collect();
        assert_eq!(annotate(&cut, &lab).len(), cut.len());
        for at in 0..octets.len() {
            let mut changed = octets.clone();
            changed[at] ^= 0xff;
            let records = run([octets.clone(), changed]);
            for frame in annotate(&records, &lab) {
                assert!(!frame.words().chars().any(char::is_control));
                let _ = frame.look();
            }
        }
    }
}

#[test]
fn headers_from_the_outside_in() {
    let lab = lab();
    let asked = udp(true, 6000, b"ABCDE");
    let records = run([connection()[0].clone(), connection()[3].clone(), arp(1), unreachable(&asked)]);
    let shown: Vec<Vec<String>> = annotate(&records, &lab)
        .iter()
        .map(|frame| frame.headers().into_iter().map(|view| view.name).collect())
        .collect();
    assert_eq!(shown[0], ["Ethernet", "IPv4", "TCP"]);
    assert_eq!(shown[1], ["Ethernet", "IPv4", "TCP", "Data"]);
    assert_eq!(shown[2], ["Ethernet", "ARP"]);
    assert_eq!(shown[3][..3], ["Ethernet", "IPv4", "ICMP"]);
    assert_eq!(shown[3].last().unwrap(), "UDP, quoted");
    let frames = annotate(&records, &lab);
    let tcp = frames[0].headers().remove(2);
    let field = |name: &str| tcp.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    assert_eq!(field("Sequence Number"), Some("0 (in the frame: 1000)"));
    assert_eq!(field("Options"), Some("MSS 1460"));
    assert_eq!(tcp.place, (34, 24));
    assert!(field("Checksum").unwrap().ends_with(" (right)"));
}

/// tests/vectors/lab/README.md says where it comes from.
#[test]
fn a_recorded_run() {
    let file = include_bytes!("../../../../tests/vectors/lab/knock-knock.pcapng");
    let mut reader = sockeye_capture::SliceReader::new(file);
    let mut recorded = Vec::new();
    while let Some(frame) = reader.next_frame().unwrap() {
        recorded.push(frame.octets.to_vec());
    }
    let shown = words(recorded.clone());
    assert_eq!(
        shown,
        [
            "ARP who has 10.0.0.2? Tell 10.0.0.1",
            "ARP 10.0.0.2 is at 02:00:00:00:02:00",
            "SYN, seq 0",
            "SYN+ACK, seq 0, ack 1",
            "ACK 1 (opens)",
            "13 octets \"Knock knock.\\n\", seq 1, ack 1",
            "ACK 14",
            "14 octets \"Who is there?\\n\", seq 1, ack 14",
            "ACK 15",
            "5 octets \"TCP.\\n\", seq 14, ack 15",
            "ACK 19",
            "9 octets \"TCP who?\\n\", seq 15, ack 19",
            "ACK 24",
            "35 octets \"TCP, and I repeat it til\"…, seq 19, ack 24",
            "ACK 54",
            "FIN+ACK, seq 24, ack 54 (first FIN)",
            "ACK 25 (acknowledges the FIN)",
            "46 octets \"I know one about UDP, bu\"…, seq 54, ack 25",
            "ACK 100",
            "FIN+ACK, seq 100, ack 25 (second FIN)",
            "ACK 101 (last ACK)",
        ]
    );
    let lab = lab();
    let records = run(recorded);
    let headers = annotate(&records, &lab)[2].headers();
    let (_, options) = headers[2].fields.last().unwrap();
    assert!(
        options.starts_with("MSS 1460, SACK permitted, timestamp ") && options.ends_with("window scale 10 (× 1024)")
    );
    // The window is scaled where both have said so, and not in their SYNs.
    let window = |number: usize| annotate(&records, &lab)[number].segment.as_ref().unwrap().window;
    assert_eq!((window(2), window(4)), (64_240, 64_512));
    assert_eq!(meant("tcp checksum=bad", &records), Vec::<u64>::new());
    assert_eq!(meant("tcp checksum=good", &records).len(), 19);
}
