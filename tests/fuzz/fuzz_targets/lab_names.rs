//! Zones, questions and answers of lab's name servers: none panics, an answer is no longer than the asker takes, and what
//! answers make a resolver do has an end.
//!
//! A zone stands in front, behind the first NUL a question, and behind that the answers of the servers that are asked.
#![no_main]

use hickory_proto::op::Message as Answer;
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};
use libfuzzer_sys::fuzz_target;
use sockeye_dig::message::Message;
use sockeye_lab::names::resolver::{QUESTIONS, Resolver, STEPS};
use sockeye_lab::names::zone::Zone;
use sockeye_lab::names::{Found, answer, look_up, read};

const HINTS: &str = ". 60 IN NS a.root.\na.root. 60 IN A 10.0.0.1\n";

fuzz_target!(|octets: &[u8]| {
    let (zone, question) = octets.split_at(octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len()));
    let zone = Zone::parse(&String::from_utf8_lossy(zone));
    let zones: Vec<Zone> = zone.into_iter().collect();
    let question = question.get(1..).unwrap_or_default();
    let Some((request, query)) = read(question) else { return };
    let found = look_up(&zones, &query).unwrap_or_default();
    for (found, over_udp) in [(found.clone(), true), (found, false), (Found::default(), true)] {
        let Some(octets) = answer(&request, &query, found, false, over_udp) else { continue };
        let takes = request.edns.as_ref().map_or(512, |edns| edns.max_payload().max(512));
        // A question that is longer than an answer may be is repeated whole.
        assert!(!over_udp || octets.len() <= usize::from(takes), "{} octets", octets.len());
        assert!(Message::parse(&octets).is_ok_and(|message| message.fault.is_none() && message.unread == 0));
    }

    let answers = answers(question);
    let mut resolver = Resolver::new(HINTS).expect("the hints have an address");
    // The second question finds what the first one left behind, the third that half of it has run out.
    for now in [0, 0, 1 << 31] {
        let mut asked = 0;
        resolver.resolve(&query, now, &mut |_, _| {
            asked += 1;
            answers.get((asked - 1) % answers.len().max(1)).cloned()
        });
        assert!(asked <= QUESTIONS as usize, "{asked} questions");
        // The last look may bring what one answer had.
        assert!(resolver.steps() as usize <= STEPS as usize + octets.len(), "{} steps", resolver.steps());
    }
});

/// The messages behind the first one.
fn answers(octets: &[u8]) -> Vec<Answer> {
    let mut rest = octets;
    let messages = std::iter::from_fn(|| {
        let mut decoder = BinDecoder::new(rest);
        let message = Answer::read(&mut decoder).ok()?;
        rest = rest.get(decoder.index()..)?;
        Some(message)
    });
    messages.skip(1).collect()
}
