//! Zones and questions of lab's name servers: none panics, and an answer is no longer than the asker takes.
//!
//! A zone stands in front, and behind the first NUL a question.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::message::Message;
use sockeye_lab::names::zone::Zone;
use sockeye_lab::names::{Found, answer, look_up, read};

fuzz_target!(|octets: &[u8]| {
    let (zone, question) = octets.split_at(octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len()));
    let zone = Zone::parse(&String::from_utf8_lossy(zone));
    let zones: Vec<Zone> = zone.into_iter().collect();
    let Some((request, query)) = question.get(1..).and_then(read) else { return };
    let found = look_up(&zones, &query).unwrap_or_default();
    for (found, over_udp) in [(found.clone(), true), (found, false), (Found::default(), true)] {
        let Some(octets) = answer(&request, &query, found, false, over_udp) else { continue };
        let takes = request.edns.as_ref().map_or(512, |edns| edns.max_payload().max(512));
        // A question that is longer than an answer may be is repeated whole.
        assert!(!over_udp || octets.len() <= usize::from(takes), "{} octets", octets.len());
        assert!(Message::parse(&octets).is_ok_and(|message| message.fault.is_none() && message.unread == 0));
    }
});
