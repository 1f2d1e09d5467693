//! DNS messages: none panics, nothing is larger than the message can hold, and the text that is shown is safe for a
//! terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_cli::{Render as _, Text};
use sockeye_dig::annotate::{Annotation, Direction, Wire};
use sockeye_dig::message::{Message, Section};
use sockeye_dig::printer;

fn safe(text: &str) {
    assert!(text.bytes().all(|octet| (0x20..0x7f).contains(&octet)), "{text:?} reaches the terminal as it is");
}

/// Every octet is in one row, in order, and every line of the text is a short comment.
fn annotated(octets: &[u8]) {
    let annotation = Annotation::new(octets);
    let mut at = 0;
    for (part, row) in annotation.rows() {
        assert_eq!(row.span.offset, at, "{}: {}", part.name, row.field);
        assert!(row.span.length > 0);
        at = row.span.end();
    }
    assert_eq!(at, octets.len());
    let mut text = Vec::new();
    let wire = Wire { direction: Direction::Given, peer: None, transport: None, annotation };
    wire.render(&mut Text::plain(&mut text)).unwrap();
    for line in String::from_utf8(text).unwrap().lines() {
        assert!(line.starts_with(";; wire:") && line.chars().count() <= 100, "{line:?}");
        assert!(!line.chars().any(char::is_control), "{line:?} reaches the terminal as it is");
    }
}

fuzz_target!(|octets: &[u8]| {
    annotated(octets);
    let Ok(message) = Message::parse(octets) else { return };
    assert!(message.unread <= octets.len() && message.length == octets.len());
    let mut records = 0;
    for section in [Section::Answer, Section::Authority, Section::Additional] {
        for record in message.section(section) {
            records += 1;
            safe(&record.owner.to_string());
            for split in [0, 44, 56] {
                let style = sockeye_dig::style::Style { split: Some(split), ..Default::default() };
                safe(&record.rdata.text(&style));
            }
            assert!(record.owner.to_string().parse::<sockeye_dig::name::Name>().is_ok(), "{}", record.owner);
        }
    }
    // A record takes eleven octets at least.
    assert!(records <= octets.len() / 11);
    printer::short(&Default::default(), &message).lines().for_each(safe);
    if let Some(fault) = &message.fault {
        printer::bad_packet(fault, octets).lines().for_each(safe);
    }
});
