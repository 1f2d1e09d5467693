use proptest::prelude::*;
use sockeye_cli::{Render as _, Text};

use super::*;
use crate::message::tests::answer;
use crate::transport::Transport;

fn rows(octets: &[u8]) -> Vec<(usize, usize, &'static str, String)> {
    let annotation = Annotation::new(octets);
    annotation.rows().map(|(_, row)| (row.span.offset, row.span.length, row.field, row.value.clone())).collect()
}

fn text(octets: &[u8]) -> String {
    let wire = Wire {
        direction: Direction::Received,
        peer: None,
        transport: Some(Transport::Udp),
        annotation: Annotation::new(octets),
    };
    let mut text = Vec::new();
    wire.render(&mut Text::plain(&mut text)).unwrap();
    String::from_utf8(text).unwrap()
}

/// What holds of every message.
fn hold(octets: &[u8]) {
    let annotation = Annotation::new(octets);
    let mut at = 0;
    for (part, row) in annotation.rows() {
        assert_eq!(row.span.offset, at, "{}: {} is not behind the row before", part.name, row.field);
        assert!(row.span.length > 0, "{}: {} has no octets", part.name, row.field);
        at = row.span.end();
    }
    assert_eq!(at, octets.len(), "every octet is in a row");
    match Message::parse(octets) {
        Err(_) => assert!(annotation.fault.is_some() && octets.len() < header::LEN),
        Ok(message) => {
            assert_eq!(
                annotation.fault.is_some(),
                message.fault.is_some(),
                "{:?} {:?}",
                annotation.fault,
                message.fault
            );
            let trailing = annotation.parts.iter().any(|part| part.kind == PartKind::Trailing);
            assert_eq!(trailing, message.fault.is_none() && message.unread > 0);
        }
    }
    let shown = text(octets);
    for line in shown.lines() {
        assert!(line.starts_with(";; wire:"), "{line:?} is no comment");
        assert!(line.chars().count() <= 100, "{line:?} is too long");
        assert!(!line.chars().any(char::is_control), "{line:?} acts on a terminal");
    }
    // The octets of the text are those of the message: the hex column, read back.
    let dumped: usize = shown.lines().filter(|line| line.starts_with(";; wire: 0x")).count();
    assert!(dumped >= annotation.rows().count());
}

#[test]
fn an_answer_octet_by_octet() {
    let rows = rows(&answer());
    let expected = [
        (0, 2, "ID", "4660: ties an answer to its query"),
        (2, 2, "flags", "0x8580: qr aa rd ra"),
        (4, 2, "QDCOUNT", "1 question"),
        (6, 2, "ANCOUNT", "2 records in the answer section"),
        (8, 2, "NSCOUNT", "0 records in the authority section"),
        (10, 2, "ARCOUNT", "1 record in the additional section"),
        (12, 6, "QNAME", "label \"alias\", 5 octets"),
        (18, 4, "QNAME", "label \"lab\", 3 octets"),
        (22, 1, "QNAME", "end of alias.lab."),
        (23, 2, "QTYPE", "A (1): an IPv4 address"),
        (25, 2, "QCLASS", "IN (1): the Internet"),
        (27, 2, "NAME", "-> 0x000c alias.lab."),
        (29, 2, "TYPE", "CNAME (5): the name is an alias"),
        (31, 2, "CLASS", "IN (1): the Internet"),
        (33, 4, "TTL", "3600 s: 1 hour in a cache at most"),
        (37, 2, "RDLENGTH", "6 octets of rdata"),
        (39, 4, "CNAME", "label \"web\", 3 octets"),
        (43, 2, "CNAME", "-> 0x0012 lab., makes web.lab."),
        (45, 2, "NAME", "-> 0x0027 web.lab."),
        (47, 2, "TYPE", "A (1): an IPv4 address"),
        (49, 2, "CLASS", "IN (1): the Internet"),
        (51, 4, "TTL", "3600 s: 1 hour in a cache at most"),
        (55, 2, "RDLENGTH", "4 octets of rdata"),
        (57, 4, "ADDRESS", "192.0.2.80"),
        (61, 1, "NAME", ". (the root: no labels)"),
        (62, 2, "TYPE", "OPT (41): EDNS, about the message"),
        (64, 2, "UDP payload size", "1232: the largest datagram to send back"),
        (66, 1, "EXTENDED-RCODE", "1: upper bits of 16 (BADVERS)"),
        (67, 1, "VERSION", "0: of EDNS"),
        (68, 2, "EDNS flags", "0x8000"),
        (70, 2, "RDLENGTH", "6 octets of rdata"),
        (72, 2, "OPTION-CODE", "15 = EDE: why it went so"),
        (74, 2, "OPTION-LENGTH", "2 octets of data"),
        (76, 2, "INFO-CODE", "18: Prohibited"),
    ];
    let rows: Vec<_> = rows.iter().map(|row| (row.0, row.1, row.2, row.3.as_str())).collect();
    assert_eq!(rows, expected);
    hold(&answer());
}

#[test]
fn the_text_is_aligned_and_every_line_is_a_comment() {
    let text = text(&answer());
    for line in [
        ";; wire: received over UDP: 78 octets",
        ";; wire: header: 12 octets, the same fields in every message",
        ";; wire: 0x0000  12 34                    ID                4660: ties an answer to its query",
        ";; wire:         1... .... .... ....        QR              1: a response",
        ";; wire:         .000 0... .... ....        Opcode          0: QUERY",
        ";; wire: question 1: alias.lab. IN A",
        ";; wire: 0x000c  05 61 6c 69 61 73        QNAME             label \"alias\", 5 octets",
        ";; wire: answer 1: alias.lab. IN CNAME",
        ";; wire: 0x001b  c0 0c                    NAME              -> 0x000c alias.lab.",
        ";; wire: additional 1: EDNS (OPT)",
        ";; wire:         1... .... .... ....        DO              1: DNSSEC OK: send signatures too",
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line} is not in\n{text}");
    }
}

#[test]
fn pointers_to_pointers_and_long_chains() {
    // ns.lab. by a pointer to a pointer, and a chain of seven.
    let mut octets = b"\0\x01\x80\0\0\0\0\x07\0\0\0\0".to_vec();
    octets.extend_from_slice(b"\x03lab\0\0\x02\0\x01\0\0\0\0\0\x05\x02ns\xc0\x0c");
    for target in [0x1e_u8, 0x20, 0x2c, 0x38, 0x44, 0x50] {
        octets.extend_from_slice(&[0xc0, target]);
        octets.extend_from_slice(b"\0\x0a\0\x01\0\0\0\0\0\0");
    }
    hold(&octets);
    let rows = rows(&octets);
    let owner =
        |number: usize| rows.iter().filter(|row| row.2 == "NAME" && row.3.starts_with("->")).nth(number).unwrap();
    assert_eq!(owner(0).3, "-> 0x001e -> 0x000c lab.");
    assert_eq!(owner(1).3, "-> 0x0020 -> 0x001e -> 0x000c lab.");
    assert!(owner(5).3.ends_with("-> ... lab."), "{}", owner(5).3);
}

#[test]
fn a_message_that_breaks_is_told_up_to_there_and_dumped_from_there() {
    let whole = answer();
    for (end, changed, part, field, summary) in [
        (5, None, "header", "QDCOUNT", "the message breaks at 0x0004: QDCOUNT: too few octets are left for it"),
        (4, None, "header", "", "the message breaks at 0x0004: QDCOUNT: the message ends before it"),
        (20, None, "question 1", "label", "the message breaks at 0x0013: label: too few octets are left for it"),
        (50, None, "answer 2", "CLASS", "the message breaks at 0x0031: CLASS: too few octets are left for it"),
        (59, None, "answer 2", "RDATA", "the message breaks at 0x0039: RDATA: too few octets are left for it"),
        (
            78,
            Some((28, 0x1b)),
            "answer 1",
            "compression pointer",
            "the message breaks at 0x001b: compression pointer: does not point backwards to a name",
        ),
        (
            78,
            Some((12, 0x45)),
            "question 1",
            "label length",
            "the message breaks at 0x000c: label length: begins with the bits 01 or 10, as none may",
        ),
        (
            78,
            Some((75, 1)),
            "additional 1",
            "OPTION-DATA",
            "the message breaks at 0x004c: OPTION-DATA: an EDNS option that is not as its definition says",
        ),
    ] {
        let mut octets = whole[..end].to_vec();
        if let Some((at, octet)) = changed {
            octets[at] = octet;
        }
        hold(&octets);
        let annotation = Annotation::new(&octets);
        let [.., last, broken] = &annotation.parts[..] else { panic!("two parts at least") };
        assert_eq!((last.name.as_str(), broken.name.as_str(), broken.kind), (part, "undecoded", PartKind::Broken));
        assert_eq!(broken.summary, summary);
        assert_eq!(broken.rows.last().map_or("", |row| row.field), field);
    }
}

#[test]
fn trailing_octets_and_records_out_of_place() {
    let mut octets = answer();
    octets.extend_from_slice(b"rest\x1b");
    hold(&octets);
    assert!(
        text(&octets)
            .contains(";; wire: trailing: 5 octets behind the last record, of which the header says nothing\n")
    );
    assert!(text(&octets).contains(";; wire: 0x004e  72 65 73 74 1b                                   |rest.|\n"));
    let mut octets = answer();
    // The first record in class CH.
    octets[32] = 3;
    assert!(text(&octets).contains(";; wire: answer 1: alias.lab. CH CNAME: of another class than the rest\n"));
}

#[test]
fn every_option_field_by_field() {
    for (code, data, expected) in [
        (3, &b"ns-lab"[..], &[("NSID", "\"ns-lab\"")][..]),
        (3, b"\x01\x02", &[("NSID", "2 octets")]),
        (
            8,
            b"\0\x01\x18\0\xc0\0\x02",
            &[
                ("FAMILY", "1: IPv4"),
                ("SOURCE PREFIX", "24 bits of the address are told"),
                ("SCOPE PREFIX", "0 bits of it the answer is for"),
                ("ADDRESS", "192.0.2.0/24"),
            ],
        ),
        (9, b"\0\x01\x51\x80", &[("EXPIRE", "86400 s: in 1 day a secondary forgets the zone")]),
        (10, b"12345678", &[("Client Cookie", "from the client, comes back as it is")]),
        (
            10,
            b"12345678abcdefgh",
            &[
                ("Client Cookie", "from the client, comes back as it is"),
                ("Server Cookie", "from the server, for the next query"),
            ],
        ),
        (11, b"\0\x64", &[("TIMEOUT", "100 x 100 ms: an idle connection stays for 10.0 s")]),
        (12, b"\0\0\0", &[("PADDING", "zeros, to hide the length")]),
        (
            13,
            b"\x03lab\0",
            &[("CLOSEST TRUST POINT", "label \"lab\", 3 octets"), ("CLOSEST TRUST POINT", "end of lab.")],
        ),
        (
            14,
            b"\0\x01\0\x02",
            &[("KEY-TAG", "1: a trust anchor of the client"), ("KEY-TAG", "2: a trust anchor of the client")],
        ),
        (15, b"\0\x07old", &[("INFO-CODE", "7: Signature Expired"), ("EXTRA-TEXT", "\"old\"")]),
        (
            19,
            b"\x02\0\0\0\0\x07",
            &[("LABELCOUNT", "2 labels: of the zone's name"), ("TYPE", "0: SOA serial"), ("VERSION", "7")],
        ),
        (5, b"\x08\x0d", &[("LIST", "algorithms that the client understands: 8, 13")]),
        (65001, b"\x01", &[("OPTION-DATA", "1 octet")]),
    ] {
        let mut octets = b"\0\x01\x80\0\0\0\0\0\0\0\0\x01\0\0\x29\x04\xd0\0\0\0\0".to_vec();
        octets.extend((u16::try_from(data.len()).unwrap() + 4).to_be_bytes());
        octets.extend(u16::to_be_bytes(code));
        octets.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        octets.extend(data);
        hold(&octets);
        let rows = rows(&octets);
        let told: Vec<_> = rows.iter().filter(|row| row.0 >= 27).map(|row| (row.2, row.3.as_str())).collect();
        assert_eq!(told, expected, "option {code}");
    }
}

#[test]
fn in_a_query_ad_is_a_wish() {
    for (bits, said) in [
        (0x0120, "1: say whether it was validated"),
        (0x0100, "0: not asked whether it was validated"),
        (0x8020, "1: authentic data: it was validated"),
        (0x8000, "0: not validated"),
    ] {
        let flags = words::flags(bits);
        assert_eq!(flags.iter().find(|flag| flag.field == "AD").map(|flag| flag.value.as_str()), Some(said));
    }
}

#[test]
fn durations() {
    for (seconds, words) in [
        (0, "0 seconds"),
        (1, "1 second"),
        (300, "5 minutes"),
        (90_061, "1 day 1 hour 1 minute 1 second"),
        (604_800, "1 week"),
    ] {
        assert_eq!(crate::printer::spelled_out(seconds), words);
    }
}

proptest! {
    #[test]
    fn every_octet_is_in_one_row_in_order(octets: Vec<u8>) {
        hold(&octets);
    }

    #[test]
    fn every_octet_of_a_changed_answer_too(at in 0_usize..78, octet: u8, end in 0_usize..79) {
        let mut octets = answer();
        octets[at] = octet;
        octets.truncate(end);
        hold(&octets);
    }

    #[test]
    fn every_octet_of_records_of_any_type_too(rtype in 0_u16..300, class in 0_u16..5, rdata in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut octets = b"\0\x01\x80\0\0\0\0\x01\0\0\0\0\x03lab\0".to_vec();
        octets.extend(rtype.to_be_bytes());
        octets.extend(class.to_be_bytes());
        octets.extend([0; 4]);
        octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
        octets.extend(rdata);
        hold(&octets);
    }
}
