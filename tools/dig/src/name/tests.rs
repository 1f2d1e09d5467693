use proptest::prelude::*;

use super::*;

/// The example of RFC 1035 section 4.1.4, at its offsets: F.ISI.ARPA at 20, FOO.F.ISI.ARPA at 40, ARPA at 64, the root at 92.
fn rfc1035_example() -> Vec<u8> {
    let mut message = vec![0; 93];
    message[20..32].copy_from_slice(b"\x01F\x03ISI\x04ARPA\x00");
    message[40..46].copy_from_slice(b"\x03FOO\xc0\x14");
    message[64..66].copy_from_slice(b"\xc0\x1a");
    message
}

#[test]
fn the_compression_example_of_rfc_1035() {
    let message = rfc1035_example();
    for (offset, text, behind) in
        [(20, "F.ISI.ARPA.", 32), (40, "FOO.F.ISI.ARPA.", 46), (64, "ARPA.", 66), (92, ".", 93)]
    {
        let mut reader = Reader::at(&message, offset).unwrap();
        let (name, span) = Name::parse_spanned(&mut reader).unwrap();
        assert_eq!(name.to_string(), text);
        assert_eq!((reader.offset(), span), (behind, Span::between(offset, behind)));
    }
}

#[test]
fn what_decompression_refuses() {
    let fault = |message: &[u8], offset: usize| {
        let mut reader = Reader::at(message, offset).unwrap();
        let fault = Name::parse(&mut reader).unwrap_err();
        assert_eq!(reader.offset(), offset, "a failed read consumes nothing");
        (fault.kind, fault.offset)
    };
    assert_eq!(fault(b"\xc0\x00", 0), (FaultKind::BadPointer, 0), "to itself");
    assert_eq!(fault(b"\xc0\x02\xc0\x00", 2), (FaultKind::BadPointer, 0), "two that point at each other");
    assert_eq!(fault(b"\xc0\x02\x00", 0), (FaultKind::BadPointer, 0), "forwards");
    assert_eq!(fault(b"\x01a\xc0\x00", 0), (FaultKind::BadPointer, 2), "to the start of the name: a loop");
    assert_eq!(fault(b"\x01a\xc0\x03\x01b\xc0\x00", 4), (FaultKind::BadPointer, 2), "back, then forwards");
    assert_eq!(fault(b"\x40", 0), (FaultKind::BadLabelType, 0));
    assert_eq!(fault(b"\x01a\x80", 0), (FaultKind::BadLabelType, 2));
    assert_eq!(fault(b"", 0), (FaultKind::UnexpectedEnd, 0));
    assert_eq!(fault(b"\x03ab", 0), (FaultKind::UnexpectedEnd, 1));
    assert_eq!(fault(b"\x01a", 0), (FaultKind::UnexpectedEnd, 2), "no root label");
    let labels = b"\x3faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".repeat(4);
    assert_eq!(fault(&labels, 0), (FaultKind::NameTooLong, 192));
}

#[test]
fn the_longest_name_is_255_octets() {
    let mut wire = b"\x3faaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".repeat(3);
    wire.push(61);
    wire.extend_from_slice(&[b'b'; 61]);
    wire.push(0);
    assert_eq!(wire.len(), MAX_LEN);
    let name = Name::parse(&mut Reader::new(&wire)).unwrap();
    assert_eq!(name.to_string().parse::<Name>().unwrap(), name);
    wire[192] = 62;
    wire.insert(193, b'b');
    assert_eq!(Name::parse(&mut Reader::new(&wire)).unwrap_err().kind, FaultKind::NameTooLong);
}

/// A chain in which every pointer leads to one label and the next pointer costs no more than its length.
#[test]
fn a_chain_of_pointers_ends_by_the_length_of_the_name() {
    let mut message = vec![0];
    let mut target = 0_u16;
    for _ in 0..5000 {
        let start = u16::try_from(message.len()).unwrap();
        message.extend_from_slice(b"\x01a");
        message.extend_from_slice(&(0xc000 | target).to_be_bytes());
        target = start;
    }
    let mut reader = Reader::at(&message, usize::from(target)).unwrap();
    assert_eq!(Name::parse(&mut reader).unwrap_err().kind, FaultKind::NameTooLong);
}

/// A root label and `pointers` behind it, each to the one before. The last begins at the offset that comes with it.
fn pointers_in_a_row(pointers: u16) -> (Vec<u8>, usize) {
    let mut message = vec![0];
    let mut target = 0_u16;
    for pointer in 0..pointers {
        message.extend((0xc000 | target).to_be_bytes());
        target = 1 + 2 * pointer;
    }
    (message, target.into())
}

#[test]
fn pointers_to_pointers_are_followed_256_times() {
    // Without a bound each name of a message of 64 KiB could cost 8,000 steps, and all of them seconds.
    let (message, last) = pointers_in_a_row(256);
    assert_eq!(Name::parse(&mut Reader::at(&message, last).unwrap()), Ok(Name::root()));
    for pointers in [257, 8000] {
        let (message, last) = pointers_in_a_row(pointers);
        let fault = Name::parse(&mut Reader::at(&message, last).unwrap()).unwrap_err();
        assert_eq!((fault.kind, fault.offset), (FaultKind::TooManyPointers, last - 512));
    }
}

#[test]
fn text_as_dig_takes_and_writes_it() {
    for (text, written) in [
        (".", "."),
        ("lab.test", "lab.test."),
        ("lab.test.", "lab.test."),
        ("CaSe.Test", "CaSe.Test."),
        (r"dot\.ted.test", r"dot\.ted.test."),
        (r"dot\046ted.test", r"dot\.ted.test."),
        (r#"od d"n(a)m;e@s$.t"#, r#"od\032d\"n\(a\)m\;e\@s\$.t."#),
        (r"back\\slash", r"back\\slash."),
        (r"\000\255\127", r"\000\255\127."),
        ("bücher", r"b\195\188cher."),
        ("*.wild", "*.wild."),
        ("tab\there", r"tab\009here."),
    ] {
        let name: Name = text.parse().unwrap();
        assert_eq!(name.to_string(), written, "{text}");
        assert_eq!(name.to_string().parse::<Name>().unwrap(), name, "{text}");
    }
    assert_eq!("lab.test".parse::<Name>().unwrap().without_last_dot(), "lab.test");
    assert_eq!(Name::root().without_last_dot(), ".");
}

#[test]
fn text_that_is_no_name() {
    let long_label = "a".repeat(64);
    let long_name = "aaaaaaaaa.".repeat(26);
    for (text, fault) in [
        ("", NameError::UnexpectedEnd),
        ("a..b", NameError::EmptyLabel),
        ("..", NameError::EmptyLabel),
        (".a", NameError::EmptyLabel),
        (&long_label, NameError::LabelTooLong),
        (&long_name, NameError::TooLong),
        (r"a\300b", NameError::BadEscape),
        (r"a\1x0", NameError::BadEscape),
        (r"a\", NameError::UnexpectedEnd),
        (r"a\1", NameError::UnexpectedEnd),
    ] {
        assert_eq!(text.parse::<Name>().unwrap_err(), fault, "{text}");
    }
}

#[test]
fn letters_match_in_either_case_and_other_octets_do_not() {
    let name = |text: &str| text.parse::<Name>().unwrap();
    assert!(name("A.b").matches(&name("a.B")));
    assert!(!name(r"\193.b").matches(&name(r"\225.b")), "only ASCII has a case");
    assert!(!name("a.b").matches(&name(r"a\.b")));
}

/// Labels of any octets, not too long together.
pub(crate) fn any_name() -> impl Strategy<Value = Name> {
    proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..=30), 0..=8).prop_map(|labels| {
        let mut wire = Vec::new();
        for label in labels {
            wire.push(u8::try_from(label.len()).unwrap());
            wire.extend(label);
        }
        wire.push(0);
        Name { wire }
    })
}

proptest! {
    #[test]
    fn text_and_wire_come_back(name in any_name()) {
        prop_assert_eq!(&name.to_string().parse::<Name>().unwrap(), &name);
        prop_assert_eq!(&Name::parse(&mut Reader::new(name.as_wire())).unwrap(), &name);
        prop_assert!(name.to_string().bytes().all(|octet| (0x21..=0x7e).contains(&octet)));
    }

    #[test]
    fn no_text_panics(text: String) {
        if let Ok(name) = text.parse::<Name>() {
            prop_assert!(name.as_wire().len() <= MAX_LEN);
        }
    }

    #[test]
    fn no_octets_panic(octets: Vec<u8>, offset in 0_usize..300) {
        if let Some(mut reader) = Reader::at(&octets, offset)
            && let Ok(name) = Name::parse(&mut reader)
        {
            prop_assert!(name.as_wire().len() <= MAX_LEN);
            prop_assert!(name.labels().all(|label| label.len() <= MAX_LABEL_LEN));
        }
    }
}

#[test]
fn names_in_unicode_keep_the_case_of_their_ascii() {
    // dig 9.18 +idnout.
    for (wire, shown) in [
        (&b"\x0dxn--bcher-kva\x04test\0"[..], Some("b\u{fc}cher.test.")),
        (b"\x0dXN--BCHER-KVA\x04TEST\0", Some("B\u{fc}CHER.TEST.")),
        (b"\x08xn--p1ai\x03a b\0", Some("\u{440}\u{444}.a\\032b.")),
        (b"\x06xn--74\0", None),
        (b"\x07xn--1ug\0", None),
        (b"\x05plain\0", None),
    ] {
        let name = Name::parse(&mut Reader::new(wire)).unwrap();
        let mut text = "before ".to_owned();
        assert_eq!(name.push_unicode(&mut text), shown.is_some(), "{name}");
        assert_eq!(text, format!("before {}", shown.unwrap_or_default()));
    }
}
