//! `+yaml` for a session: the same pages, with the time of day.

use std::time::Duration;

use super::Session;
use crate::exchange::{Answer, Ask, BadPacket};
use crate::explain::Event;
use crate::options::{Compat, Lookup};
use crate::printer;
use crate::registry::Type;
use crate::yaml::{self, Passage, Way};

impl Session<'_> {
    /// What dig says about an event; with `+yaml` that is next to nothing.
    pub(super) fn notice(&self, event: &Event, comments: bool) -> Option<String> {
        if self.globals.yaml { yaml::notice(event) } else { printer::notice(event, comments) }
    }

    /// dig 9.20 warns of an answer that does not say what it answers.
    pub(super) fn missing_question(&self, lookup: &Lookup, answer: &Answer) -> &'static str {
        // The messages of a transfer say it once, if at all.
        let asked = !lookup.header_only && !matches!(lookup.qtype, Type::AXFR | Type::IXFR);
        let told = self.globals.compat == Compat::V9_20 && !self.globals.yaml;
        if asked && told && answer.message.questions.is_empty() { ";; missing question section\n" } else { "" }
    }

    /// A message that cannot be read; with `+yaml` it is left out.
    pub(super) fn bad_packet(&self, packet: &BadPacket) -> String {
        if self.globals.yaml { String::new() } else { printer::bad_packet(&packet.fault, &packet.octets) }
    }

    /// The query, which goes out now.
    pub(super) fn yaml_query(&self, lookup: &Lookup, ask: &Ask) -> String {
        let Some(message) = printer::sent(lookup, &ask.octets) else { return String::new() };
        let passage = Passage {
            way: Way::Query,
            server: ask.server.addr,
            transport: ask.transport,
            source: self.globals.source,
            sent_us: now_us(Duration::ZERO),
            length: ask.octets.len(),
        };
        yaml::message(&passage, &message, &lookup.show, self.globals.short, self.globals.compat)
    }

    /// The answer, which came just now.
    pub(super) fn yaml_answer(&self, lookup: &Lookup, answer: &Answer) -> String {
        let passage = Passage {
            way: Way::Response { received_us: now_us(Duration::ZERO), cookie: answer.cookie },
            server: answer.server.addr,
            transport: answer.transport,
            source: self.globals.source,
            sent_us: now_us(answer.rtt),
            length: answer.octets.len(),
        };
        let message = printer::without_last_soa(lookup, answer);
        yaml::message(&passage, &message, &lookup.show, self.globals.short, self.globals.compat)
    }
}

/// The time of day, so long ago, in microseconds since 1970.
fn now_us(ago: Duration) -> u64 {
    u64::try_from(super::since_1970().saturating_sub(ago).as_micros()).unwrap_or(u64::MAX)
}
