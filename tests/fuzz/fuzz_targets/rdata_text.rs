//! Rdata of every type in every class as text: none panics in any style, and what is printed is safe for a terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::rdata::Rdata;
use sockeye_dig::registry::{Class, Type};
use sockeye_dig::span::Span;
use sockeye_dig::style::Style;

fuzz_target!(|octets: &[u8]| {
    let [high, low, class, switches, split, rdata @ ..] = octets else { return };
    let rtype = Type(u16::from_be_bytes([*high, *low]) % 300);
    let class = [Class::IN, Class::CH, Class::HS, Class::ANY, Class(u16::from(*class))][usize::from(*class % 5)];
    // The octets in front are there to be pointed to.
    let span = Span { offset: 5, length: rdata.len() };
    let Ok(rdata) = Rdata::parse(octets, span, rtype, class) else { return };
    let on = |bit: u8| switches & bit != 0;
    let style = Style {
        multiline: on(1),
        rr_comments: on(2).then_some(on(4)),
        crypto: on(8),
        split: on(16).then_some(u16::from(*split)),
        unknown_format: on(32),
        expand_aaaa: on(64),
        ..Style::default()
    };
    let text = rdata.text(&style);
    for line in text.lines() {
        assert!(
            line.bytes().all(|octet| octet == b'\t' || (0x20..0x7f).contains(&octet)),
            "{line:?} reaches the terminal as it is"
        );
    }
    assert!(on(1) || text.lines().count() <= 1, "{text:?} has lines without +multiline");
    let mut at = span.offset;
    for field in rdata.fields.iter().flatten() {
        assert!(
            field.span.offset >= at && field.span.end() <= span.end(),
            "{} is not behind the field before",
            field.name
        );
        at = field.span.end();
        let _ = rdata.field_text(field, &style);
    }
});
