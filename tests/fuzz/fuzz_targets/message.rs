//! DNS messages: none panics, nothing is larger than the message can hold, and the text that is shown is safe for a
//! terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::message::{Message, Section};
use sockeye_dig::printer;

fn safe(text: &str) {
    assert!(text.bytes().all(|octet| (0x20..0x7f).contains(&octet)), "{text:?} reaches the terminal as it is");
}

fuzz_target!(|octets: &[u8]| {
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
