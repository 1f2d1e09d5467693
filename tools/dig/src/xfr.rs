//! Zone transfers: which message is the last one.
//!
//! A [`Transfer`] sees each message once and keeps none: a zone of any size takes the memory of one message.
//!
//! # Source
//! RFC 5936 section 2.2 (AXFR), RFC 1995 sections 2 and 4 (IXFR).

use std::fmt;

use crate::message::{Message, Query};
use crate::record::Record;
use crate::registry::Type;
use crate::transport::Transport;

/// How far a transfer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// How many messages have come.
    pub messages: u64,
    /// How many records of the answer sections, up to the last SOA record.
    pub records: u64,
    /// How many octets, lengths in front of messages not counted.
    pub octets: u64,
    /// Whether more is to come.
    pub state: State,
}

/// Whether more is to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Yes.
    More,
    /// No: this was the last message.
    Complete,
    /// The server refuses, or what it sends is no transfer.
    Failed(Failure),
}

/// Why a transfer ends early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The server says no, or nothing.
    Refused,
    /// The first record is no SOA record.
    NoSoa,
}

/// dig's line.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "; Transfer failed.",
            Self::NoSoa => "; Transfer failed.  Didn't start with SOA answer.",
        })
    }
}

/// A transfer that is under way.
#[derive(Clone, Debug)]
pub struct Transfer {
    /// The serial that the client has, if only what changed since is wanted.
    client_serial: Option<u32>,
    shape: Shape,
    progress: Progress,
}

/// What the records so far were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// There were none.
    Empty,
    /// The SOA record of the zone as it is now. The next record of an incremental answer says which form it has.
    Begun { serial: u32 },
    /// The whole zone: it ends with the next SOA record.
    Whole,
    /// Differences: they end with the second SOA record of that serial behind the first.
    Differences { serial: u32, seen: bool },
}

impl Transfer {
    /// The transfer that answers a query, or `None` if it asks for something else or not over a connection.
    pub fn of(query: &Query, transport: Transport) -> Option<Self> {
        let client_serial = match query.question.qtype {
            Type::AXFR => None,
            Type::IXFR => Some(query.ixfr_serial.unwrap_or_default()),
            _ => return None,
        };
        let progress = Progress { messages: 0, records: 0, octets: 0, state: State::More };
        (!transport.is_datagrams()).then_some(Self { client_serial, shape: Shape::Empty, progress })
    }

    /// Whether a message has come.
    pub fn has_begun(&self) -> bool {
        self.progress.messages > 0
    }

    /// Takes the next message, of so many octets.
    pub fn take(&mut self, message: &Message, octets: usize) -> Progress {
        self.progress.messages += 1;
        self.progress.octets += u64::try_from(octets).unwrap_or(u64::MAX);
        // What the rcode says counts as little as in dig, where there are records.
        self.progress.state = if message.answer.is_empty() {
            State::Failed(Failure::Refused)
        } else {
            self.take_records(&message.answer)
        };
        self.progress
    }

    fn take_records(&mut self, records: &[Record]) -> State {
        for record in records {
            self.progress.records += 1;
            let serial = (record.rtype == Type::SOA).then(|| record.rdata.number("SERIAL").unwrap_or_default());
            let state = self.step(serial);
            if state != State::More {
                return state;
            }
        }
        State::More
    }

    /// One record further; `serial` is that of an SOA record.
    fn step(&mut self, serial: Option<u32>) -> State {
        match (self.shape, serial) {
            (Shape::Empty, None) => return State::Failed(Failure::NoSoa),
            (Shape::Empty, Some(serial)) => match self.client_serial {
                None => self.shape = Shape::Whole,
                // The client has all there is.
                Some(ours) if is_current(ours, serial) => return State::Complete,
                Some(_) => self.shape = Shape::Begun { serial },
            },
            (Shape::Begun { .. }, None) => self.shape = Shape::Whole,
            // An empty zone, with nothing between its SOA records.
            (Shape::Begun { serial }, Some(second)) if second == serial => return State::Complete,
            (Shape::Begun { serial }, Some(_)) => self.shape = Shape::Differences { serial, seen: false },
            (Shape::Whole, Some(_)) => return State::Complete,
            (Shape::Differences { serial, seen }, Some(next)) if next == serial => {
                if seen {
                    return State::Complete;
                }
                self.shape = Shape::Differences { serial, seen: true };
            }
            (Shape::Whole | Shape::Differences { .. }, _) => {}
        }
        State::More
    }
}

/// Whether `ours` is `theirs` or comes behind it.
///
/// # Source
/// RFC 1982 section 3.2.
fn is_current(ours: u32, theirs: u32) -> bool {
    ours == theirs || ours.wrapping_sub(theirs) < 1 << 31
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::header::Header;
    use crate::question::Question;
    use crate::registry::Class;

    /// A transfer, fed with SOA serials and `None` for other records, a slice a message.
    fn run(client_serial: Option<u32>, messages: &[&[Option<u32>]]) -> (State, u64) {
        let mut transfer = begin(client_serial);
        let mut state = State::More;
        for records in messages {
            assert_eq!(state, State::More, "a message behind the last one");
            for serial in *records {
                transfer.progress.records += 1;
                state = transfer.step(*serial);
                if state != State::More {
                    break;
                }
            }
        }
        (state, transfer.progress.records)
    }

    fn begin(client_serial: Option<u32>) -> Transfer {
        let qtype = if client_serial.is_some() { Type::IXFR } else { Type::AXFR };
        let question = Question::new("x".parse().unwrap(), qtype, Class::IN);
        let query = Query { ixfr_serial: client_serial, ..Query::new(Header::default(), question, None) };
        assert!(Transfer::of(&query, Transport::Udp).is_none());
        Transfer::of(&query, Transport::Tcp).unwrap()
    }

    const N: Option<u32> = None;

    #[expect(clippy::unnecessary_wraps, reason = "the counterpart of None: a record that is no SOA")]
    const fn s(serial: u32) -> Option<u32> {
        Some(serial)
    }

    #[test]
    fn ends() {
        for (what, client, messages, state, records) in [
            ("RFC 5936 section 2.2", N, &[&[s(3), N][..], &[N, N], &[s(3)]][..], State::Complete, 5),
            ("records behind the end", N, &[&[s(3), N, s(3), N, N]], State::Complete, 3),
            ("another serial at the end ends it too", N, &[&[s(3), N, s(4)]], State::Complete, 3),
            ("an unfinished zone", N, &[&[s(3), N]], State::More, 2),
            ("no SOA", N, &[&[N, s(3)]], State::Failed(Failure::NoSoa), 1),
            ("nothing new", s(3), &[&[s(3), N]], State::Complete, 1),
            ("the client is ahead", s(9), &[&[s(3)]], State::Complete, 1),
            ("serials wrap", s(u32::MAX), &[&[s(3), N, s(3)]], State::Complete, 3),
            ("the whole zone", s(1), &[&[s(3), N], &[N, s(3)]], State::Complete, 4),
            (
                "RFC 1995 section 7",
                s(1),
                &[&[s(3), s(1), N, s(2), N, N, s(2), N][..], &[s(3), N, s(3)]],
                State::Complete,
                11,
            ),
            ("an empty zone", s(1), &[&[s(3), s(3)]], State::Complete, 2),
        ] {
            assert_eq!(run(client, messages), (state, records), "{what}");
        }
    }

    #[test]
    fn a_refusal_and_an_empty_message() {
        for rcode in [5, 0] {
            let message = Message::parse(&[0, 7, 0x80, rcode, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap();
            let progress = begin(None).take(&message, 12);
            assert_eq!((progress.state, progress.messages, progress.octets), (State::Failed(Failure::Refused), 1, 12));
        }
    }

    proptest! {
        #[test]
        fn records_are_counted_once_each(serials in proptest::collection::vec(proptest::option::of(0_u32..4), 0..40), client: Option<u32>) {
            let (state, records) = run(client, &[&serials]);
            let records = usize::try_from(records).unwrap();
            prop_assert!(records <= serials.len());
            prop_assert!(state != State::More || records == serials.len());
        }
    }
}
