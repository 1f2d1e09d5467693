use proptest::prelude::*;
use sockeye_capture::{SliceReader, pcap};

use super::capture::Finder;
use super::hex_text::{Dump, TextError};
use super::*;
use crate::message::tests::answer;

/// A query for `alias.lab. IN A`.
fn query() -> Vec<u8> {
    b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x05alias\x03lab\0\0\x01\0\x01".to_vec()
}

fn framed_message(message: &[u8]) -> Vec<u8> {
    let mut octets = u16::try_from(message.len()).unwrap().to_be_bytes().to_vec();
    octets.extend(message);
    octets
}

/// As xxd writes it.
fn xxd(octets: &[u8]) -> String {
    let line = |(at, line): (usize, &[u8])| {
        let words: Vec<String> = line.chunks(2).map(sockeye_common::hex::encode).collect();
        format!("{:08x}: {:39}  abcd ef01\n", at * 16, words.join(" "))
    };
    octets.chunks(16).enumerate().map(line).collect()
}

/// As od -A x -t x1, hexdump -C, tcpdump -x and tshark -x write it.
fn dump(octets: &[u8], offset: fn(usize) -> String, behind: &str) -> String {
    let line =
        |(at, line): (usize, &[u8])| format!("{} {}{behind}\n", offset(at * 16), sockeye_common::hex::spaced(line));
    octets.chunks(16).enumerate().map(line).collect()
}

#[test]
fn every_way_to_write_octets_down() {
    let octets = answer();
    let digits = sockeye_common::hex::encode(&octets);
    let c_array: Vec<String> = octets.iter().map(|octet| format!("0x{octet:02x}")).collect();
    let python: Vec<String> = octets.iter().map(|octet| format!("\\x{octet:02x}")).collect();
    let hex = sockeye_common::hex::spaced(&octets);
    let dig: Vec<String> =
        octets.chunks(16).map(|line| format!("{}          abc.. \n", sockeye_common::hex::spaced(line))).collect();
    for text in [
        digits.clone(),
        digits.to_uppercase(),
        format!("0x{digits}"),
        format!("# a comment\n{digits}\n"),
        hex.clone(),
        hex.replace(' ', ":"),
        format!("{{ {} }}", c_array.join(", ")),
        format!("b\"{}\"", python.concat()),
        format!(";; Got bad packet: FORMERR\n78 bytes\n{}", dig.concat()),
        xxd(&octets),
        dump(&octets, |at| format!("{at:06x}"), "") + "00004e\n",
        dump(&octets, |at| format!("{at:07o}"), "") + "0000116\n",
        dump(&octets, |at| format!("{at:07}"), "") + "0000078\n",
        dump(&octets, |at| format!("{at:08x} "), "  |..ab cd|") + "0000004e\n",
        dump(&octets, |at| format!("{at:06o}"), "  >..ab cd<"),
        dump(&octets, |at| format!("{at:04x} "), "   ab cd"),
        dump(&octets, |at| format!(";; wire: 0x{at:04x} "), "  QNAME  ab"),
    ] {
        let items = text_messages(&text, None).unwrap_or_else(|error| panic!("{error}:\n{text}"));
        assert_eq!(items.len(), 1, "{text}");
        assert_eq!(items[0].octets, octets, "{text}");
        let as_file = messages(text.as_bytes(), None).unwrap();
        assert_eq!(as_file, items);
    }
}

#[test]
fn repeated_lines_and_several_dumps() {
    let text = "0000000 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n0000020 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n*\n0000060 01 02\n0000062\n";
    let mut octets: Vec<u8> = (0..16).collect();
    octets.extend([0; 32]);
    octets.extend([1, 2]);
    assert_eq!(hex_text::parse(text).unwrap(), [Dump { octets, is_packet: false }]);
    let two = xxd(&answer()) + "\n" + &xxd(&query());
    let items = text_messages(&two, None).unwrap();
    assert_eq!((items.len(), &items[0].octets, &items[1].octets), (2, &answer(), &query()));
    assert_eq!(items[1].number, 2);
}

#[test]
fn texts_that_are_no_hex() {
    for (text, error) in [
        ("", TextError::Empty),
        ("; nothing", TextError::Empty),
        ("12 3z", TextError::Word { line: 1, word: "3z".into() }),
        ("12\n345", TextError::Odd { line: 2, word: "345".into() }),
        ("0000000 3412 8085\n", TextError::HostOrder),
        ("00000000: 1234\n00000010: 1234\n", TextError::Offsets),
    ] {
        assert_eq!(hex_text::parse(text), Err(error), "{text:?}");
    }
}

#[test]
fn lengths_in_front_of_messages_are_recognised() {
    let one = framed_message(&answer());
    let items = messages(&one, None).unwrap();
    assert_eq!((items.len(), &items[0].octets), (1, &answer()));
    let two = [one.clone(), framed_message(&query())].concat();
    let items = messages(&two, None).unwrap();
    assert_eq!(items.iter().map(|item| item.octets.clone()).collect::<Vec<_>>(), [answer(), query()]);
    // A message whose id is as large as the rest is long stays what it is.
    let mut message = answer();
    message[..2].copy_from_slice(&76_u16.to_be_bytes());
    assert_eq!(messages(&message, None).unwrap()[0].octets, message);
    // One octet is missing: no stream of messages, but octets all the same.
    assert_eq!(messages(&one[..one.len() - 1], None).unwrap()[0].octets, one[..one.len() - 1]);
}

fn ipv4(protocol: u8, payload: &[u8], back: bool) -> Vec<u8> {
    let (src, dst) = if back { (2, 1) } else { (1, 2) };
    let mut packet = vec![0x45, 0];
    packet.extend(u16::try_from(payload.len() + 20).unwrap().to_be_bytes());
    packet.extend([0, 1, 0, 0, 64, protocol, 0, 0, 192, 0, 2, src, 192, 0, 2, dst]);
    packet.extend(payload);
    packet
}

fn udp(src: u16, dst: u16, payload: &[u8], back: bool) -> Vec<u8> {
    let mut datagram = [src.to_be_bytes(), dst.to_be_bytes()].concat();
    datagram.extend(u16::try_from(payload.len() + 8).unwrap().to_be_bytes());
    datagram.extend([0, 0]);
    datagram.extend(payload);
    ipv4(17, &datagram, back)
}

fn tcp(ports: (u16, u16), sequence: u32, flags: u8, payload: &[u8], back: bool) -> Vec<u8> {
    let mut segment = [ports.0.to_be_bytes(), ports.1.to_be_bytes()].concat();
    segment.extend(sequence.to_be_bytes());
    segment.extend([0, 0, 0, 1, 0x50, flags, 4, 0, 0, 0, 0, 0]);
    segment.extend(payload);
    ipv4(6, &segment, back)
}

/// What is found in a capture of these packets, of which no more than `snaplen` octets were kept.
fn found(packets: &[Vec<u8>], wanted: Option<u64>, snaplen: usize) -> Vec<(u64, Vec<u8>, usize)> {
    let mut file = pcap::Writer::new(Vec::new(), LinkType::RAW, pcap::Format::default()).unwrap();
    for packet in packets {
        let kept = &packet[..packet.len().min(snaplen)];
        file.write(Timestamp::default(), packet.len(), kept).unwrap();
    }
    let octets = file.into_inner();
    assert_eq!(kind(&octets), Kind::Capture);
    let mut finder = Finder::new(wanted);
    let mut items = Vec::new();
    let mut reader = SliceReader::new(&octets);
    while let Some(frame) = reader.next_frame().unwrap() {
        finder.frame(&frame, &mut |item| items.push(item));
    }
    finder.end(&mut |item| items.push(item));
    items.into_iter().map(|item| (item.number, item.octets, item.missing)).collect()
}

#[test]
fn messages_of_a_capture() {
    const SYN: u8 = 2;
    const ACK: u8 = 16;
    let stream = [framed_message(&answer()), framed_message(&query())].concat();
    let back = |sequence: u32, flags, part: &[u8]| tcp((53, 4001), sequence, flags, part, true);
    let packets = [
        udp(4000, 53, &query(), false),
        udp(53, 4000, &answer(), true),
        back(u32::MAX - 2, SYN, b""),
        back(u32::MAX - 1, ACK, &stream[..2]),
        // The sequence number starts again from zero in here, and the segment is sent twice.
        back(0, ACK, &stream[2..50]),
        back(0, ACK, &stream[2..50]),
        back(48, ACK, &stream[50..]),
        udp(4000, 5000, &query(), false),
    ];
    let all = vec![(1, query(), 0), (2, answer(), 0), (4, answer(), 0), (7, query(), 0)];
    assert_eq!(found(&packets, None, 65535), all);
    for (number, message, _) in all {
        assert_eq!(found(&packets, Some(number), 65535), [(number, message, 0)]);
    }
    assert_eq!(found(&packets, Some(8), 65535), [(8, query(), 0)], "on any port, if that frame is asked for");
    for nothing in [3, 5, 6, 9] {
        assert_eq!(found(&packets, Some(nothing), 65535), [], "frame {nothing}");
    }
}

#[test]
fn what_was_not_captured_is_missing() {
    let cut = found(&[udp(53, 4000, &answer(), true)], None, 28 + 30);
    assert_eq!(cut, [(1, answer()[..30].to_vec(), 48)]);
    let packets = [
        tcp((53, 4001), 1, 16, &framed_message(&answer())[..40], true),
        // Forty octets are lost.
        tcp((53, 4001), 81, 16, &framed_message(&query()), true),
    ];
    assert_eq!(found(&packets, None, 65535), [(1, answer()[..38].to_vec(), 40), (2, query(), 0)]);
    let packets = [tcp((53, 4001), 1, 16, &framed_message(&answer())[..40], true)];
    assert_eq!(found(&packets, None, 65535), [(1, answer()[..38].to_vec(), 40)], "the capture ends before the message");
    // TLS on the port of DNS.
    let tls = tcp((53, 4001), 1, 16, b"\0\x01\x02\x03\x04", true);
    assert_eq!(found(&[tls.clone(), tls], None, 65535), []);
}

#[test]
fn packets_that_tcpdump_and_tshark_write_down() {
    let packets = [udp(4000, 53, &query(), false), udp(53, 4000, &answer(), true)];
    let tcpdump = |packet: &Vec<u8>| {
        let line = |(at, line): (usize, &[u8])| {
            let words: Vec<String> = line.chunks(2).map(sockeye_common::hex::encode).collect();
            format!("\t0x{:04x}:  {}\n", at * 16, words.join(" "))
        };
        "08:57:50.0 IP 192.0.2.1.4000 > 192.0.2.2.53: 4660+ A? alias.lab. (27)\n".to_owned()
            + &packet.chunks(16).enumerate().map(line).collect::<String>()
    };
    let text: String = packets.iter().map(tcpdump).collect();
    let items = text_messages(&text, None).unwrap();
    assert_eq!(
        items.iter().map(|item| (item.number, item.octets.clone())).collect::<Vec<_>>(),
        [(1, query()), (2, answer())]
    );
    assert_eq!(items[1].origin.unwrap().src.to_string(), "192.0.2.2:53");
    // With an Ethernet header, as tshark -x has it.
    let mut framed = vec![0; 12];
    framed.extend([8, 0]);
    framed.extend(&packets[1]);
    let text = dump(&framed, |at| format!("{at:04x} "), "   ......");
    let items = text_messages(&text, None).unwrap();
    assert_eq!((items.len(), &items[0].octets), (1, &answer()));
}

proptest! {
    #[test]
    fn no_text_panics(text: String) {
        let _ = text_messages(&text, None);
    }

    #[test]
    fn no_text_of_hex_panics(text in "([0-9a-f]{2,8}[ :\n|>*x]{1,3}){0,40}") {
        let _ = text_messages(&text, Some(1));
    }

    #[test]
    fn octets_come_back_from_every_dump(octets in proptest::collection::vec(any::<u8>(), 1..100)) {
        for text in [sockeye_common::hex::encode(&octets), xxd(&octets), dump(&octets, |at| format!("{at:08x} "), "  |....|")] {
            let dumps = hex_text::parse(&text).unwrap();
            prop_assert_eq!(dumps.len(), 1);
            prop_assert_eq!(&dumps[0].octets, &octets);
        }
    }

    #[test]
    fn no_segments_panic(parts in proptest::collection::vec((any::<u32>(), any::<u8>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..20)) {
        let packets: Vec<Vec<u8>> = parts.iter().map(|(sequence, flags, part)| tcp((53, 4001), sequence % 100, *flags, part, true)).collect();
        found(&packets, None, 65535);
        found(&packets, Some(2), 50);
    }
}
