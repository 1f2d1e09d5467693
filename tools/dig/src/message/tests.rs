use crate::style::Style;
use proptest::prelude::*;

use super::*;
use crate::edns::{DO, EdnsOption, OptionCode};
use crate::header;
use crate::span::Span;

/// An answer as a server sends it: one question, a CNAME and an A record with compressed names, an OPT record.
pub(crate) fn answer() -> Vec<u8> {
    let mut octets = b"\x12\x34\x85\x80\0\x01\0\x02\0\0\0\x01\x05alias\x03lab\0\0\x01\0\x01".to_vec();
    octets.extend_from_slice(b"\xc0\x0c\0\x05\0\x01\0\0\x0e\x10\0\x06\x03web\xc0\x12");
    octets.extend_from_slice(b"\xc0\x27\0\x01\0\x01\0\0\x0e\x10\0\x04\xc0\0\x02\x50");
    octets.extend_from_slice(b"\0\0\x29\x04\xd0\x01\0\x80\0\0\x06\0\x0f\0\x02\0\x12");
    octets
}

#[test]
fn every_part_of_an_answer() {
    let octets = answer();
    let message = Message::parse(&octets).unwrap();
    assert!(message.is_well_formed(), "{:?}", message.fault);
    assert_eq!((message.unread, message.length), (0, octets.len()));
    assert_eq!(message.header.id, 0x1234);
    assert!(message.header.has(header::QR) && message.header.has(header::AA) && !message.header.has(header::TC));
    assert_eq!(message.questions[0].qname.to_string(), "alias.lab.");
    assert_eq!(message.answer[0].rdata.text(&Style::default()), "web.lab.");
    assert_eq!((message.answer[1].owner.to_string(), message.answer[1].ttl), ("web.lab.".into(), 3600));
    assert_eq!(message.answer[1].owner_span, Span { offset: 45, length: 2 });
    assert_eq!(message.answer[1].rdata.span, Span { offset: 57, length: 4 });
    let edns = message.edns.as_ref().unwrap();
    assert_eq!((edns.udp_size, edns.version, edns.dnssec_ok()), (1232, 0, true));
    assert_eq!(message.rcode(), Rcode(16), "EDNS has the upper eight bits");
    assert_eq!(edns.option(OptionCode::EDE).unwrap().extended_error().unwrap().0.name(), Some("Prohibited"));
    assert!(message.additional.is_empty(), "the pseudo-record is no record of the section");
}

#[test]
fn every_prefix_is_a_fault_that_says_where_and_keeps_what_was_read() {
    let octets = answer();
    for end in 0..octets.len() {
        match Message::parse(&octets[..end]) {
            Err(truncated) => assert!(end < header::LEN && truncated.offset <= end),
            Ok(message) => {
                let fault = message.fault.unwrap_or_else(|| panic!("a prefix of {end} octets is whole"));
                assert!(fault.is_recoverable() && fault.offset <= end, "{fault}");
                assert_eq!(message.answer.len(), usize::from(end >= 45) + usize::from(end >= 61), "{end}");
            }
        }
    }
}

#[test]
fn what_was_read_before_a_fault_is_counted_as_dig_counts() {
    // (what is cut or changed, octets unread): from dig 9.18 and its "extra bytes".
    let whole =
        b"\0\x01\x85\x80\0\x01\0\x01\0\0\0\0\x01a\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";
    for (cut, unread) in [(3, 1), (8, 6), (17, 3), (16, 0)] {
        let message = Message::parse(&whole[..whole.len() - cut]).unwrap();
        assert!(message.fault.is_some_and(|fault| fault.is_recoverable()));
        assert_eq!(message.unread, unread, "{cut} octets cut");
        assert_eq!(message.cut_question.is_some(), cut == 17);
    }
    let mut longer = whole.to_vec();
    longer.extend_from_slice(b"abc");
    let message = Message::parse(&longer).unwrap();
    assert!(message.is_well_formed());
    assert_eq!(message.unread, 3);
}

#[test]
fn things_where_they_should_not_be() {
    let question = b"\x01a\0\0\x01\0\x01";
    let record = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";
    let opt = b"\0\0\x29\x04\xd0\0\0\0\0\0\0";
    let build = |counts: [u8; 4], parts: &[&[u8]]| {
        let mut octets = vec![0, 1, 0x85, 0x80];
        octets.extend(counts.iter().flat_map(|count| [0, *count]));
        octets.extend(parts.concat());
        Message::parse(&octets).unwrap()
    };
    let message = build([1, 1, 0, 2], &[question, record, opt, opt]);
    assert_eq!((message.irregularities.len(), message.additional.len(), message.fault), (1, 1, None), "two OPT");
    let message = build([1, 1, 0, 0], &[question, opt]);
    assert_eq!((message.irregularities.len(), message.answer.len()), (1, 1), "OPT in the answer section");
    let message = build([1, 0, 0, 1], &[question, b"\x01x", opt]);
    assert_eq!((message.irregularities.len(), message.edns.is_none()), (1, true), "OPT that is not the root's");
    let message = build([1, 1, 0, 0], &[question, b"\xc0\x0c\0\x10\0\x03\0\0\0\x3c\0\x02\x01a"]);
    assert_eq!(message.irregularities[0].field, "CLASS");
    let message = build([2, 0, 0, 0], &[question, question]);
    assert_eq!(message.irregularities[0].field, "QNAME");
    let message = build([1, 0, 0, 1], &[question, b"\0\0\x29\x04\xd0\0\0\0\0\0\x06\0\x0a\0\x02ab"]);
    assert_eq!(message.fault.map(|fault| (fault.kind, fault.offset)), Some((FaultKind::BadOption, 34)));
    let message = build([1, 1, 0, 0], &[question, b"\xc0\x0c\0\0\0\x01\0\0\0\x3c\0\0"]);
    assert_eq!(message.fault.map(|fault| fault.kind), Some(FaultKind::FormErr), "type zero");
}

#[test]
fn a_query_as_dig_sends_it() {
    let mut header = Header { id: 0x1234, ..Header::default() };
    header.set(header::RD, true);
    header.set(header::AD, true);
    let query = Query::new(
        header,
        Question::new("example.com".parse().unwrap(), Type::A, Class::IN),
        Some(Edns {
            udp_size: 1232,
            extended_rcode: 0,
            version: 0,
            flags: 0,
            options: vec![EdnsOption::new(OptionCode::COOKIE, vec![1, 2, 3, 4, 5, 6, 7, 8])],
        }),
    );
    let expected = b"\x12\x34\x01\x20\0\x01\0\0\0\0\0\x01\x07example\x03com\0\0\x01\0\x01\
        \0\0\x29\x04\xd0\0\0\0\0\0\x0c\0\x0a\0\x08\x01\x02\x03\x04\x05\x06\x07\x08";
    assert_eq!(query.emit(), expected);
}

fn any_query() -> impl Strategy<Value = Query> {
    // Options of which nobody knows how long they have to be.
    let options = proptest::collection::vec((100_u16.., proptest::collection::vec(any::<u8>(), 0..40)), 0..4);
    let edns = proptest::option::of((any::<(u16, u8, u8, bool)>(), options));
    (crate::name::tests::any_name(), any::<(u16, u16, u16, u16)>(), edns).prop_map(
        |(qname, (id, bits, qtype, qclass), edns)| {
            Query::new(
                Header { id, bits, qdcount: 1, arcount: u16::from(edns.is_some()), ..Header::default() },
                Question::new(qname, Type(qtype), Class(qclass)),
                edns.map(|((udp_size, extended_rcode, version, dnssec), options)| Edns {
                    udp_size,
                    extended_rcode,
                    version,
                    flags: if dnssec { DO } else { 0 },
                    options: options.into_iter().map(|(code, data)| EdnsOption::new(OptionCode(code), data)).collect(),
                }),
            )
        },
    )
}

proptest! {
    #[test]
    fn what_is_emitted_is_parsed_back(query in any_query()) {
        let octets = query.emit();
        let message = Message::parse(&octets).unwrap();
        prop_assert!(message.is_well_formed());
        prop_assert_eq!(message.unread, 0);
        prop_assert_eq!(message.header, query.header);
        prop_assert!(message.questions[0].matches(&query.question));
        prop_assert_eq!(&message.questions[0].qname, &query.question.qname, "the case is kept");
        let parsed = message.edns.map(|mut edns| {
            edns.options.iter_mut().for_each(|option| option.span = Span::default());
            edns
        });
        prop_assert_eq!(parsed, query.edns);
    }

    #[test]
    fn no_octets_panic(octets: Vec<u8>) {
        if let Ok(message) = Message::parse(&octets) {
            prop_assert!(message.unread <= octets.len());
        }
    }

    #[test]
    fn no_change_of_an_answer_panics(at in 0_usize..78, octet: u8, end in 12_usize..79) {
        let mut octets = answer();
        if let Some(changed) = octets.get_mut(at) {
            *changed = octet;
        }
        octets.truncate(end);
        let message = Message::parse(&octets).unwrap();
        for record in message.answer.iter().chain(&message.authority).chain(&message.additional) {
            let text = record.rdata.text(&Style::default());
            prop_assert!(text.bytes().all(|octet| (0x20..=0x7e).contains(&octet)), "{:?}", text);
        }
    }
}
