use super::*;
use crate::fault::FaultKind;

/// The rdata alone as a message, so that offsets are those of the rdata.
fn parsed(rtype: Type, class: Class, octets: &[u8]) -> Result<Rdata, Fault> {
    Rdata::parse(octets, Span { offset: 0, length: octets.len() }, rtype, class)
}

fn text(rtype: Type, octets: &[u8]) -> String {
    parsed(rtype, Class::IN, octets).unwrap().text(&Style::default())
}

#[test]
fn each_type_as_dig_writes_it() {
    // Where a row is not plain: reference/dig.md, "RR texts that are easy to get wrong", or seen from dig 9.18.
    let rows: &[(Type, &[u8], &str)] = &[
        (Type::A, &[192, 0, 2, 1], "192.0.2.1"),
        (Type::AAAA, &[0; 16], "::"),
        (Type::AAAA, b"\x20\x01\x0d\xb8\0\0\0\0\0\x01\0\0\0\0\0\x01", "2001:db8::1:0:0:1"),
        (Type::AAAA, b"\x20\x01\x0d\xb8\0\0\0\x01\0\x01\0\x01\0\x01\0\x01", "2001:db8:0:1:1:1:1:1"),
        (Type::AAAA, b"\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\x02\x01", "::ffff:192.0.2.1"),
        (Type::AAAA, b"\0\0\0\0\0\0\0\0\0\0\0\0\xc0\0\x02\x01", "::192.0.2.1"),
        (Type::AAAA, b"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", "::1"),
        (Type::NS, b"\x02ns\x03lab\0", "ns.lab."),
        (Type::CNAME, b"\0", "."),
        (Type::PTR, b"\x03a.b\0", r"a\.b."),
        (Type::MX, b"\0\x0a\x04mail\0", "10 mail."),
        (Type::MX, b"\xff\xff\0", "65535 ."),
        (Type::SRV, b"\0\x0a\0\x3c\0\x50\x03web\0", "10 60 80 web."),
        (
            Type::SOA,
            b"\x01a\0\x01b\0\xff\xff\xff\xff\0\0\0\x01\0\0\0\x02\0\0\0\x03\x80\0\0\0",
            "a. b. 4294967295 1 2 3 2147483648",
        ),
        (Type::TXT, b"\0", r#""""#),
        (Type::TXT, b"\x03two\x07strings", r#""two" "strings""#),
        (Type::TXT, b"\x06a\"b\\c;", r#""a\"b\\c;""#),
        (Type::TXT, b"\x05\0\t\x7f\xc3\xbc", r#""\000\009\127\195\188""#),
        (Type::SPF, b"\x06v=spf1", r#""v=spf1""#),
        (Type::HINFO, b"\x07RFC8482\0", r#""RFC8482" """#),
        (Type::CAA, b"\0\x05issueca.test", r#"0 issue "ca.test""#),
        (Type::CAA, b"\x80\x05issue;ab\"\x01", r#"128 issue ";ab\"\001""#),
        (Type::CAA, b"\0\x05issue", r#"0 issue """#),
        (Type(65280), b"\x01\x02\x03\x04\x05\x06\x07\x08", r"\# 8 0102030405060708"),
        (Type(65280), b"", r"\# 0"),
        (Type::ANY, b"\xde\xad", r"\# 2 DEAD"),
    ];
    for (rtype, octets, expected) in rows {
        assert_eq!(text(*rtype, octets), *expected, "{rtype}");
    }
}

#[test]
fn long_hex_is_split_into_words_of_56_digits() {
    let rdata = parsed(Type(65282), Class::IN, &[0xab; 30]).unwrap();
    assert_eq!(rdata.text(&Style::default()), format!("\\# 30 {} ABAB", "AB".repeat(28)));
    assert_eq!(rdata.text(&Style { split: Some(0), ..Style::default() }), format!("\\# 30 {}", "AB".repeat(30)));
    assert_eq!(
        parsed(Type(65282), Class::IN, &[0xab; 28]).unwrap().text(&Style::default()),
        format!("\\# 28 {}", "AB".repeat(28))
    );
}

#[test]
fn an_unknown_class_makes_addresses_opaque_and_names_not() {
    assert_eq!(
        parsed(Type::A, Class(300), &[1, 2, 3, 4]).unwrap().text(&Style { split: Some(0), ..Style::default() }),
        r"\# 4 01020304"
    );
    assert_eq!(
        parsed(Type::TXT, Class::CH, b"\x01a").unwrap().text(&Style { split: Some(0), ..Style::default() }),
        r#""a""#
    );
}

#[test]
fn what_the_layout_does_not_allow() {
    let rows: &[(Type, &[u8], FaultKind)] = &[
        (Type::A, &[1, 2, 3], FaultKind::UnexpectedEnd),
        (Type::A, &[1, 2, 3, 4, 5], FaultKind::ExtraData),
        (Type::A, &[], FaultKind::UnexpectedEnd),
        (Type::TXT, &[], FaultKind::UnexpectedEnd),
        (Type::TXT, b"\x05ab", FaultKind::UnexpectedEnd),
        (Type::MX, &[0], FaultKind::UnexpectedEnd),
        (Type::MX, b"\0\x01\0\0", FaultKind::ExtraData),
        (Type::NS, b"\xc0\x00", FaultKind::BadPointer),
        (Type::CAA, b"\0\0", FaultKind::FormErr),
        (Type::CAA, b"\0\0x", FaultKind::FormErr),
        (Type::CAA, b"\0\x05is-ue", FaultKind::FormErr),
        (Type::CAA, b"\0\x09issue", FaultKind::FormErr),
        (Type::HINFO, b"\x01a", FaultKind::UnexpectedEnd),
    ];
    for (rtype, octets, kind) in rows {
        assert_eq!(parsed(*rtype, Class::IN, octets).unwrap_err().kind, *kind, "{rtype} {octets:?}");
    }
}

#[test]
fn fields_know_their_octets_and_names_may_point_before_them() {
    let message = b"\x03lab\0\0\x0a\x04mail\xc0\x00";
    let rdata = Rdata::parse(message, Span { offset: 5, length: 9 }, Type::MX, Class::IN).unwrap();
    assert_eq!(rdata.text(&Style { split: Some(0), ..Style::default() }), "10 mail.lab.");
    let spans: Vec<_> = rdata.fields.as_ref().unwrap().iter().map(|field| (field.name, field.span)).collect();
    assert_eq!(spans, [("PREFERENCE", Span { offset: 5, length: 2 }), ("EXCHANGE", Span { offset: 7, length: 7 })]);
    assert_eq!(rdata.target().unwrap().to_string(), "mail.lab.");
    assert_eq!(rdata.number("PREFERENCE"), Some(10));
}
