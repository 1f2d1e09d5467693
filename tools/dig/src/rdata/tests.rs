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

/// Hex digits as octets.
fn hex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits.bytes().filter(u8::is_ascii_hexdigit).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

#[test]
fn the_examples_of_the_specifications() {
    let rows: &[(&str, &str, &str)] = &[
        // RFC 1706 section 8, RFC 1876 section 4, RFC 1183 section 3.2, RFC 1035 section 3.4.2
        ("NSAP", "47 0005 80 005a00 0000 0001 e133 ffffff000161 00", "0x47000580005a0000000001e133ffffff00016100"),
        ("LOC", "00331613 89172dd0 70be15f0 00988d20", "42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m"),
        ("ISDN", "0f 313530383632303238303033323137 03 303034", "\"150862028003217\" \"004\""),
        ("WKS", "c0000204 06 000004 40 000000000000 80", "192.0.2.4 6 21 25 80"),
        // RFC 3403 section 6.2, RFC 2874, RFC 3123 section 9
        (
            "NAPTR",
            "0064 000a 01 75 07 4532552b736970 18 215e2e2a24217369703a696e666f406578616d706c652e2100",
            "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.!\" .",
        ),
        ("A6", "40 0000000000000001 03 7065 66 00", "64 ::1 pef."),
        ("APL", "0001 15 03 c0a820 0001 1c 84 0a000001", "1:192.168.32.0/21 !1:10.0.0.1/28"),
        // RFC 4034 sections 2.3, 3.3 and 4.3 (shortened), RFC 4509 section 2.3
        ("DNSKEY", "0100 03 05 01030102", "256 3 5 AQMBAg=="),
        (
            "RRSIG",
            "0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52 07 6578616d706c65 03 636f6d 00 010203",
            "A 5 3 86400 20030322173103 20030220173103 2642 example.com. AQID",
        ),
        (
            "NSEC",
            "04 686f7374 07 6578616d706c65 03 636f6d 00 0006 400100000003 041b 000000000000000000000000000000000000000000000000000020",
            "host.example.com. A MX RRSIG NSEC TYPE1234",
        ),
        (
            "DS",
            "ec45 05 01 2bb183af5f22588179a53b0a98631fad1a292118",
            "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118",
        ),
        // RFC 5155 section 3.3 and appendix A
        (
            "NSEC3",
            "01 01 000c 04 aabbccdd 14 174eb2409fe28bcb4887a1836f957f0a8425e27b 0007 22010000000290",
            "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM",
        ),
        ("NSEC3PARAM", "01 00 0000 00", "1 0 0 -"),
        // RFC 4025 section 3.2, RFC 8777 section 4.4, RFC 8005 section 6 (shortened)
        ("IPSECKEY", "0a 01 02 c0000226 0103", "10 1 2 192.0.2.38 AQM="),
        ("IPSECKEY", "0a 00 02 0103", "10 0 2 . AQM="),
        ("AMTRELAY", "0a 81 cb007102", "10 1 1 203.0.113.2"),
        ("HIP", "02 02 0003 2001 030100 03727673 00", "2 2001 AwEA rvs."),
        // RFC 4398, RFC 4255, RFC 6698, RFC 8976, RFC 7477
        ("CERT", "0001 ffff 08 00", "PKIX 65535 RSASHA256 AA=="),
        ("SSHFP", "02 01 123456789abcdef67890123456789abcdef67890", "2 1 123456789ABCDEF67890123456789ABCDEF67890"),
        ("TLSA", "03 01 02 92003b", "3 1 2 92003B"),
        ("CSYNC", "00000042 0003 0004 60000008", "66 3 A NS AAAA"),
        // RFC 6742, RFC 7043, RFC 7553
        ("NID", "000a 00144fffff20ee64", "10 14:4fff:ff20:ee64"),
        ("L32", "000a 0a010200", "10 10.1.2.0"),
        ("EUI48", "00005e00532a", "00-00-5e-00-53-2a"),
        ("EUI64", "00005eef1000002a", "00-00-5e-ef-10-00-00-2a"),
        ("URI", "000a 0001 6674703a2f2f6674702f", "10 1 \"ftp://ftp/\""),
        // RFC 9460 appendix D.2
        ("SVCB", "0010 03666f6f00 0003 0002 0035", "16 foo. port=53"),
        ("SVCB", "0001 03666f6f00 029b 0009 68656c6c6fd2716f6f", "1 foo. key667=\"hello\\210qoo\""),
        ("SVCB", "0010 03666f6f00 0001 000c 08 665c6f6f2c626172 02 6832", "16 foo. alpn=\"f\\\\\\\\oo\\\\,bar,h2\""),
        ("HTTPS", "0000 03666f6f00", "0 foo."),
        // Unknown variants keep their octets.
        ("LOC", "01 00", "\\# 2 0100"),
        ("AMTRELAY", "0a 04 01", "\\# 3 0A0401"),
        ("APL", "0003 00 01 05", "\\# 5 0003000105"),
        ("TYPE65533", "00", "\\# 1 00"),
    ];
    let told = |(rtype, digits, _): &(&str, &str, &str)| {
        parsed(rtype.parse().unwrap(), Class::IN, &hex(digits)).map(|rdata| rdata.text(&Style::default()))
    };
    let wrong: Vec<_> =
        rows.iter().filter(|row| told(row).as_deref() != Ok(row.2)).map(|row| (row, told(row))).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn several_lines() {
    // dig 9.18 +multiline.
    let style = Style { multiline: true, ..Style::default() };
    let rows: &[(&str, &str, &str)] = &[
        (
            "SOA",
            "016100 016200 00000001 00001c20 00000e11 00127500 00000000",
            "a. b. (\n\t\t\t\t1          ; serial\n\t\t\t\t7200       ; refresh (2 hours)\n\t\t\t\t3601       \
             ; retry (1 hour 1 second)\n\t\t\t\t1209600    ; expire (2 weeks)\n\t\t\t\t0          ; minimum \
             (0 seconds)\n\t\t\t\t)",
        ),
        (
            "DNSKEY",
            "0101 03 0d 0102",
            "257 3 13 (\n\t\t\t\tAQI=\n\t\t\t\t) ; KSK; alg = ECDSAP256SHA256 ; key id = 1296",
        ),
        ("KEY", "0200 03 08 01", "512 3 8 (\n\t\t\t\tAQ==\n\t\t\t\t); alg = RSASHA256 ; key id = 1544"),
        ("OPENPGPKEY", "01", "( AQ== )"),
        ("DHCID", "0002 01 636f", "( AAIBY28= ) ; 2 1 2"),
        ("HIP", "01 02 0001 20 03 016100", "( 2 20\n\t\t\t\tAw==\n\t\t\t\ta. )"),
        ("TLSA", "03 01 01 ab", "3 1 1 (\n\t\t\t\tAB )"),
        ("TYPE65280", "0102", "\\# 2 ( 0102 )"),
        ("TXT", "0161", "\"a\""),
    ];
    for (rtype, digits, expected) in rows {
        let rdata = parsed(rtype.parse().unwrap(), Class::IN, &hex(digits)).unwrap();
        assert_eq!(rdata.text(&style), *expected, "{rtype}");
    }
    let key = parsed(Type(48), Class::IN, &hex("0101 03 0d 0102")).unwrap();
    let secret = Style { crypto: false, ..Style::default() };
    assert_eq!(key.text(&secret), "257 3 13 [key id = 1296]");
    let remarked = Style { rr_comments: Some(true), ..Style::default() };
    assert_eq!(key.text(&remarked), "257 3 13 AQI=  ; KSK; alg = ECDSAP256SHA256 ; key id = 1296");
    assert_eq!(parsed(Type(43), Class::IN, &hex("0001 08 05 ab")).unwrap().text(&secret), "1 8 5 [omitted]");
}

#[test]
fn the_generic_form_has_whole_names() {
    let message = b"\x03lab\0\0\x0a\x04mail\xc0\x00";
    let rdata = Rdata::parse(message, Span { offset: 5, length: 9 }, Type::MX, Class::IN).unwrap();
    let style = Style { unknown_format: true, ..Style::default() };
    assert_eq!(rdata.text(&style), "\\# 12 000A046D61696C036C616200");
}

#[test]
fn times_are_those_near_to_now() {
    // RFC 4034 section 3.1.5.
    let stamp = |seconds, now| {
        let mut text = String::new();
        time::stamp(&mut text, seconds, now);
        text
    };
    assert_eq!(stamp(951_782_400, None), "20000229000000");
    assert_eq!(stamp(u32::MAX, None), "21060207062815");
    assert_eq!(stamp(u32::MAX, Some(1_795_000_000)), "19691231235959");
    assert_eq!(stamp(0, Some(1_795_000_000)), "19700101000000");
}

proptest::proptest! {
    /// Whatever the octets: no panic, the fields fill the rdata in order, and the text has no control character but the
    /// line ends of several lines.
    #[test]
    fn any_octets_of_any_type(rtype in 0_u16..300, class in 0_u16..5, octets in proptest::collection::vec(proptest::arbitrary::any::<u8>(), 0..80)) {
        let Ok(rdata) = parsed(Type(rtype), Class(class), &octets) else { return Ok(()) };
        let mut at = 0;
        for field in rdata.fields.iter().flatten() {
            proptest::prop_assert_eq!(field.span.offset, at);
            at = field.span.end();
        }
        for style in [
            Style::default(),
            Style { multiline: true, ..Style::default() },
            Style { unknown_format: true, crypto: false, ..Style::default() },
        ] {
            let text = rdata.text(&style);
            proptest::prop_assert!(text.chars().all(|letter| letter.is_ascii_graphic() || matches!(letter, ' ' | '\n' | '\t')));
        }
        for field in rdata.fields.iter().flatten() {
            rdata.field_text(field, &Style::default());
        }
    }
}
