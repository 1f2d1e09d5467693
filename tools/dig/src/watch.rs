//! `+watch`: asks again when what is known has run out, and says when it has become something else.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::message::Message;
use crate::question::Question;
use crate::registry::{Class, Rcode, Type};
use crate::style::Style;

/// How long to wait where nobody says how long the answer holds, in seconds.
const UNKNOWN_TTL_S: u32 = 5;

/// What has become of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The first answer.
    First,
    /// Others than before.
    Changed,
    /// The same as before.
    Same,
    /// Nobody answered.
    Failed,
}

/// One round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "watch")]
pub struct Round {
    /// What has become of the records.
    pub event: Change,
    /// Counted from 1.
    pub round: u32,
    /// When, in seconds since 1970.
    pub unix_s: u64,
    /// The same as a date and a time of day, here.
    pub time: String,
    /// The name that is asked for, as it is in the query.
    pub qname: String,
    /// The type.
    pub qtype: Type,
    /// The class.
    pub qclass: Class,
    /// Who answered.
    pub server: Option<String>,
    /// Its port.
    pub server_port: Option<u16>,
    /// The rcode.
    pub rcode: Option<Rcode>,
    /// After how many seconds to ask again.
    pub ttl_s: u32,
    /// The answer now.
    pub records: BTreeSet<String>,
    /// What it has not had before.
    pub added: BTreeSet<String>,
    /// What it has no more.
    pub removed: BTreeSet<String>,
}

/// When a round was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// In seconds since 1970.
    pub unix_s: u64,
    /// As a date and a time of day.
    pub time: String,
}

/// What is known so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    question: Question,
    known: Option<(Rcode, BTreeSet<String>)>,
    round: u32,
}

impl Watch {
    /// A watch that has not begun.
    pub fn new(question: Question) -> Self {
        Self { question, known: None, round: 0 }
    }

    /// Takes what a round brought, and from whom.
    pub fn take(&mut self, answer: Option<(SocketAddr, &Message)>, when: When) -> Round {
        self.round = self.round.saturating_add(1);
        let mut round = Round {
            event: Change::Failed,
            round: self.round,
            unix_s: when.unix_s,
            time: when.time,
            qname: self.question.qname.to_string(),
            qtype: self.question.qtype,
            qclass: self.question.qclass,
            server: answer.map(|(server, _)| server.ip().to_string()),
            server_port: answer.map(|(server, _)| server.port()),
            rcode: None,
            ttl_s: UNKNOWN_TTL_S,
            records: BTreeSet::new(),
            added: BTreeSet::new(),
            removed: BTreeSet::new(),
        };
        let Some((_, message)) = answer else { return round };
        let style = Style::default();
        round.rcode = Some(message.rcode());
        round.records = message
            .answer
            .iter()
            .map(|record| format!("{} {} {}", record.owner, record.rtype, record.rdata.text(&style)))
            .collect();
        round.ttl_s = holds_for(message);
        let now = (message.rcode(), round.records.clone());
        round.event = match &self.known {
            None => Change::First,
            Some(known) if *known == now => Change::Same,
            Some((_, before)) => {
                round.added = &now.1 - before;
                round.removed = before - &now.1;
                Change::Changed
            }
        };
        self.known = Some(now);
        round
    }

    /// How many rounds there were.
    pub fn rounds(&self) -> u32 {
        self.round
    }
}

/// How long an answer holds: the smallest TTL, or what the SOA record of a negative one says; a second at least.
///
/// # Source
/// RFC 2308 section 5; RFC 2181 section 8: a TTL with its first bit set counts as zero.
fn holds_for(message: &Message) -> u32 {
    let counted = |ttl: u32| if ttl > i32::MAX.cast_unsigned() { 0 } else { ttl };
    let soa = || {
        let soa = message.authority.iter().find(|record| record.rtype == Type::SOA)?;
        Some(counted(soa.rdata.number("MINIMUM")?).min(counted(soa.ttl)))
    };
    message.answer.iter().map(|record| counted(record.ttl)).min().or_else(soa).unwrap_or(UNKNOWN_TTL_S).max(1)
}

impl Render for Round {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (time, ttl) = (&self.time, self.ttl_s);
        let rcode = self.rcode.map(|rcode| rcode.to_string()).unwrap_or_default();
        let asked = format!("{} {}", self.qname, self.qtype);
        match self.event {
            Change::Same => Ok(()),
            Change::Failed => {
                text.line(format!("{time} {}", text.paint(Role::Bad, &format!("{asked}: nobody answered"))))
            }
            Change::First if self.records.is_empty() => {
                text.line(format!("{time}   {asked}: {rcode}, no records (for {ttl} s)"))
            }
            Change::First => {
                self.records.iter().try_for_each(|record| text.line(format!("{time}   {record} (for {ttl} s)")))
            }
            Change::Changed => {
                for record in &self.removed {
                    text.line(format!("{time} {}", text.paint(Role::Bad, &format!("- {record}"))))?;
                }
                for record in &self.added {
                    text.line(format!("{time} {}", text.paint(Role::Good, &format!("+ {record} (for {ttl} s)"))))?;
                }
                if self.added.is_empty() && self.removed.is_empty() {
                    text.line(format!("{time} {asked}: now {rcode}"))?;
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::tests::message;

    fn question() -> Question {
        Question::new("x.".parse().unwrap(), Type::A, Class::IN)
    }

    fn server() -> SocketAddr {
        ([192, 0, 2, 53], 53).into()
    }

    fn when() -> When {
        When { unix_s: 1, time: "2026-11-21 12:00:00".into() }
    }

    #[test]
    fn what_has_become_of_the_records() {
        let mut watch = Watch::new(question());
        let mut take = |message: Option<&Message>| watch.take(message.map(|message| (server(), message)), when());
        let one = message(&["x. A"], &[]);
        let other = message(&["x. A", "x. NS ns."], &[]);
        let none = message(&[], &["test. SOA"]);
        assert_eq!(take(Some(&one)).event, Change::First);
        assert_eq!(
            (take(Some(&one)).event, take(None).event, take(Some(&one)).event),
            (Change::Same, Change::Failed, Change::Same)
        );
        let round = take(Some(&other));
        assert_eq!((round.event, round.added.len(), round.removed.len(), round.ttl_s), (Change::Changed, 1, 0, 60));
        let round = take(Some(&none));
        // The SOA record of the test has a MINIMUM of 0: a second is the least.
        assert_eq!((round.event, round.removed.len(), round.ttl_s, round.round), (Change::Changed, 2, 1, 6));
        assert_eq!(holds_for(&message(&[], &[])), UNKNOWN_TTL_S);
        let mut endless = one;
        endless.answer[0].ttl = 0x8000_0000;
        assert_eq!(holds_for(&endless), 1, "nobody waits for seventy years");
    }

    #[test]
    fn what_is_printed() {
        let mut watch = Watch::new(question());
        let mut lines = |message: Option<&Message>| {
            let mut octets = Vec::new();
            let round = watch.take(message.map(|message| (server(), message)), when());
            round.render(&mut Text::plain(&mut octets)).unwrap();
            String::from_utf8(octets).unwrap()
        };
        let one = message(&["x. A"], &[]);
        assert_eq!(lines(Some(&one)), "2026-11-21 12:00:00   x. A 192.0.2.1 (for 60 s)\n");
        assert_eq!(lines(Some(&one)), "");
        assert_eq!(lines(None), "2026-11-21 12:00:00 x. A: nobody answered\n");
        let mut gone = message(&[], &[]);
        assert_eq!(lines(Some(&gone)), "2026-11-21 12:00:00 - x. A 192.0.2.1\n");
        gone.header.bits |= 3;
        assert_eq!(lines(Some(&gone)), "2026-11-21 12:00:00 x. A: now NXDOMAIN\n");
        let mut watch = Watch::new(question());
        let mut octets = Vec::new();
        watch.take(Some((server(), &gone)), when()).render(&mut Text::plain(&mut octets)).unwrap();
        let said = String::from_utf8(octets).unwrap();
        assert_eq!(said, "2026-11-21 12:00:00   x. A: NXDOMAIN, no records (for 5 s)\n");
        let round = watch.take(None, when());
        assert_eq!((round.qname.as_str(), round.qtype, round.server, round.unix_s), ("x.", Type::A, None, 1));
    }
}
