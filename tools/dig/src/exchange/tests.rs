use super::*;
use crate::edns::Edns;
use crate::message::tests::answer as answer_octets;
use crate::name::Name;
use crate::question::Question;
use crate::registry::{Class, Type};

const ID: u16 = 0x1234;
const FRESH_ID: u16 = 0x5678;
const SECOND: Duration = Duration::from_secs(1);

fn server(text: &str) -> Server {
    Server { addr: text.parse().unwrap(), written: text.to_owned() }
}

/// A dialogue about alias.lab, a fake clock, and the events so far.
struct Play {
    exchange: Exchange,
    now: Instant,
    events: Vec<Event>,
}

impl Play {
    fn new(servers: &[&str], tries: u32) -> Self {
        Self::with(servers, tries, |_| {})
    }

    #[expect(clippy::disallowed_methods, reason = "an Instant has no other beginning")]
    fn with(servers: &[&str], tries: u32, change: impl FnOnce(&mut Task)) -> Self {
        let name: Name = "alias.lab".parse().unwrap();
        let mut task = Task {
            query: Query::new(Header::default(), Question::new(name, Type::A, Class::IN), None),
            name: "alias.lab".into(),
            servers: servers.iter().map(|text| server(text)).collect(),
            tries,
            timeouts: Timeouts { datagram: 5 * SECOND, connection: 10 * SECOND },
            transport: Transport::Udp,
            ignore_truncation: false,
            retry_bad_cookie: true,
            show_bad_cookie: false,
            negotiate_edns: true,
            best_effort: true,
            skip_servfail: false,
            qid: None,
            signing: None,
        };
        change(&mut task);
        let now = Instant::now();
        Self { exchange: Exchange::new(task, now), now, events: Vec::new() }
    }

    fn start(&mut self) -> Ask {
        let events = &mut self.events;
        asked(self.exchange.start(ID, self.now, &mut |event| events.push(event)))
    }

    fn handle(&mut self, input: &Input<'_>) -> Step {
        self.now += SECOND;
        let events = &mut self.events;
        self.exchange.handle(input, FRESH_ID, self.now, &mut |event| events.push(event))
    }

    fn datagram(&mut self, octets: &[u8]) -> Step {
        self.handle(&Input::Datagram("127.0.0.1:53".parse().unwrap(), octets))
    }

    /// The last event but those that only tell what was sent.
    fn last(&self) -> &Event {
        self.events.iter().rev().find(|event| !matches!(event, Event::Asked { .. })).unwrap()
    }
}

fn asked(step: Step) -> Ask {
    match step {
        Step::Ask(ask) => ask,
        other => panic!("expected a query, not {other:?}"),
    }
}

fn answered(step: Step) -> Box<Answer> {
    match step {
        Step::Answer(answer) => answer,
        other => panic!("expected an answer, not {other:?}"),
    }
}

/// The usual answer with some octets of its header changed.
fn changed(change: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut octets = answer_octets();
    change(&mut octets);
    octets
}

#[test]
fn the_answer_that_belongs_to_the_question() {
    let mut play = Play::new(&["127.0.0.1:53"], 3);
    let ask = play.start();
    assert_eq!((ask.transport, ask.server.written.as_str()), (Transport::Udp, "127.0.0.1:53"));
    assert_eq!(ask.until, play.now + 5 * SECOND);
    assert_eq!(ask.octets[..2], ID.to_be_bytes());
    let answer = answered(play.datagram(&answer_octets()));
    assert_eq!((answer.rtt, answer.message.answer.len(), answer.cookie), (SECOND, 2, None));
}

#[test]
fn what_is_not_the_answer_is_told_and_the_wait_goes_on_to_the_same_end() {
    let other_question = changed(|octets| octets[13] = b'A');
    assert!(matches!(answered(primed().datagram(&other_question)), _), "the case of the name does not count");
    let rows: Vec<(Vec<u8>, Event)> = vec![
        (changed(|octets| octets[1] ^= 1), Event::IdMismatch { expected: ID, got: ID ^ 1, transport: Transport::Udp }),
        (changed(|octets| octets[13] = b'x'), Event::QuestionMismatch { got: "xlias.lab/A/IN".into() }),
        (changed(|octets| octets[24] = 28), Event::QuestionMismatch { got: "alias.lab/AAAA/IN".into() }),
        (
            changed(|octets| octets[2] = 0xad),
            Event::OpcodeMismatch { expected: crate::registry::Opcode(0), got: crate::registry::Opcode(5) },
        ),
        (answer_octets()[..8].to_vec(), Event::ShortMessage { length_octets: 8, transport: Transport::Udp }),
    ];
    for (octets, event) in rows {
        let mut play = primed();
        let until = play.now + 5 * SECOND;
        assert!(matches!(play.datagram(&octets), Step::Wait(end) if end == until), "{event:?}");
        assert_eq!(*play.last(), event);
        answered(play.datagram(&answer_octets()));
    }
}

fn primed() -> Play {
    let mut play = Play::new(&["127.0.0.1:53"], 3);
    play.start();
    play
}

#[test]
fn a_datagram_from_elsewhere_is_not_even_read() {
    for from in ["127.0.0.2:53", "127.0.0.1:54"] {
        let mut play = primed();
        let step = play.handle(&Input::Datagram(from.parse().unwrap(), &answer_octets()));
        assert!(matches!(step, Step::Wait(_)));
        let expected = "127.0.0.1:53".parse().unwrap();
        assert_eq!(*play.last(), Event::SourceMismatch { expected, got: from.parse().unwrap() });
    }
}

#[test]
fn a_message_that_says_it_is_a_query_is_taken_with_a_warning() {
    let mut play = primed();
    answered(play.datagram(&changed(|octets| octets[2] = 0x05)));
    assert!(play.events.contains(&Event::ResponseBitClear));
}

#[test]
fn every_try_goes_to_the_same_server_and_then_one_to_each_of_the_rest() {
    let mut play = Play::new(&["127.0.0.1:53", "127.0.0.2:53", "127.0.0.3:53"], 2);
    let mut servers = vec![play.start().server.written];
    loop {
        match play.handle(&Input::TimedOut) {
            Step::Ask(ask) => servers.push(ask.server.written),
            Step::GiveUp { in_setup } => {
                assert!(!in_setup);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(servers, ["127.0.0.1:53", "127.0.0.1:53", "127.0.0.2:53", "127.0.0.3:53"]);
    assert_eq!(play.events.iter().filter(|event| **event == Event::NoServers).count(), 1);
}

#[test]
fn a_connection_has_more_time_than_a_datagram() {
    let mut play = primed();
    let ask = asked(play.datagram(&changed(|octets| octets[2] |= 2)));
    assert_eq!((ask.transport, ask.until), (Transport::Tcp, play.now + 10 * SECOND));
    assert!(matches!(play.last(), Event::Truncated));
    let (unsaid, said) = (Timeouts::of(None), Timeouts::of(Some(2)));
    assert_eq!((unsaid.datagram, unsaid.connection), (5 * SECOND, 10 * SECOND), "seen with dig 9.18.49");
    assert_eq!((said.datagram, said.connection), (2 * SECOND, 2 * SECOND));
}

#[test]
fn a_socket_that_cannot_be_made_is_told_as_dig_tells_it() {
    let mut play = Play::with(&["127.0.0.1:53", "127.0.0.2:53"], 2, |task| task.transport = Transport::Tcp);
    assert_eq!(play.start().transport, Transport::Tcp);
    asked(play.handle(&Input::SetupFailed("connection refused")));
    assert_eq!(*play.last(), Event::NoServers, "for a try that is repeated");
    asked(play.handle(&Input::SetupFailed("connection refused")));
    assert!(matches!(play.last(), Event::SetupFailed { .. }), "not before the next server");
    assert!(matches!(play.handle(&Input::SetupFailed("connection refused")), Step::GiveUp { in_setup: true }));
    assert_eq!(*play.last(), Event::NoServers);
}

#[test]
fn truncation_leads_to_tcp_with_a_fresh_id_from_the_first_server_on() {
    let truncated = changed(|octets| octets[2] |= 2);
    let mut play = primed();
    let ask = asked(play.datagram(&truncated));
    assert_eq!((ask.transport, &ask.octets[..2]), (Transport::Tcp, &FRESH_ID.to_be_bytes()[..]));
    assert_eq!(*play.last(), Event::Truncated);
    let fresh = changed(|octets| octets[..2].copy_from_slice(&FRESH_ID.to_be_bytes()));
    let truncated_again = changed(|octets| {
        octets[..2].copy_from_slice(&FRESH_ID.to_be_bytes());
        octets[2] |= 2;
    });
    let mut twice = play.exchange.clone();
    answered(play.handle(&Input::Message(&fresh)));
    answered(twice.handle(&Input::Message(&truncated_again), 0, play.now, &mut |_| ()));
    let mut ignoring = Play::with(&["127.0.0.1:53"], 3, |task| task.ignore_truncation = true);
    ignoring.start();
    answered(ignoring.datagram(&truncated));
}

#[test]
fn over_tcp_a_message_that_is_not_ours_is_the_end() {
    let mut play = Play::with(&["127.0.0.1:53"], 3, |task| task.transport = Transport::Tcp);
    play.start();
    assert!(matches!(play.handle(&Input::Message(&changed(|octets| octets[0] ^= 1))), Step::Dropped));
}

#[test]
fn what_cannot_be_read_is_shown_and_what_can_be_read_in_part_is_an_answer() {
    let mut play = primed();
    let pointer_to_itself = changed(|octets| octets[28] = 0x1b);
    assert!(matches!(play.datagram(&pointer_to_itself), Step::BadPacket(packet)
        if packet.fault.offset == 27 && packet.octets == pointer_to_itself));
    let mut play = primed();
    let answer = answered(play.datagram(&answer_octets()[..50]));
    assert_eq!(answer.message.answer.len(), 1);
    assert!(play.events.iter().any(|event| matches!(event, Event::Malformed { fault: Some(_) })));
}

fn with_edns(task: &mut Task) {
    let cookie = EdnsOption::new(OptionCode::COOKIE, b"ABCDEFGH".to_vec());
    task.query.edns = Some(Edns { udp_size: 1232, extended_rcode: 0, version: 1, flags: 0, options: vec![cookie] });
}

/// A response with this extended rcode, EDNS version and cookie.
fn with_opt(id: u16, rcode: u16, version: u8, cookie: &[u8]) -> Vec<u8> {
    let mut octets = id.to_be_bytes().to_vec();
    octets.extend([0x85, 0x80 | u8::try_from(rcode & 0xf).unwrap(), 0, 1, 0, 0, 0, 0, 0, 1]);
    octets.extend(b"\x05alias\x03lab\0\0\x01\0\x01\0\0\x29\x04\xd0");
    octets.extend([u8::try_from(rcode >> 4).unwrap(), version, 0, 0]);
    let length = u8::try_from(cookie.len()).unwrap();
    octets.extend([0, length + 4, 0, 10, 0, length]);
    octets.extend(cookie);
    octets
}

#[test]
fn bad_version_and_bad_cookie_are_asked_again() {
    let mut play = Play::with(&["127.0.0.1:53"], 3, with_edns);
    play.start();
    let ask = asked(play.datagram(&with_opt(ID, 16, 0, b"ABCDEFGHserver-1")));
    assert_eq!(*play.last(), Event::BadVersion { version: 0 });
    assert_eq!(Message::parse(&ask.octets).unwrap().edns.unwrap().version, 0);
    let ask = asked(play.datagram(&with_opt(FRESH_ID, 23, 0, b"ABCDEFGHserver-1")));
    assert_eq!(*play.last(), Event::BadCookie { in_tcp: false });
    assert_eq!(ask.transport, Transport::Udp);
    let sent = Message::parse(&ask.octets).unwrap().edns.unwrap();
    assert_eq!(sent.option(OptionCode::COOKIE).unwrap().data, b"ABCDEFGHserver-1");
    let ask = asked(play.datagram(&with_opt(FRESH_ID, 23, 0, b"ABCDEFGHserver-2")));
    assert_eq!(ask.transport, Transport::Tcp);
    let answer = answered(play.handle(&Input::Message(&with_opt(FRESH_ID, 23, 0, b"ABCDEFGHserver-2"))));
    assert_eq!((answer.cookie, answer.message.rcode()), (Some(Verdict::Good), Rcode::BADCOOKIE));
}

#[test]
fn a_cookie_that_is_not_ours_is_told_and_never_learnt() {
    for (cookie, verdict) in [(&b"abcdefghserver-1"[..], Verdict::Bad), (b"ABCDEFGH", Verdict::Echoed)] {
        let mut play = Play::with(&["127.0.0.1:53"], 3, with_edns);
        play.start();
        let answer = answered(play.datagram(&with_opt(ID, 23, 0, cookie)));
        assert_eq!(answer.cookie, Some(verdict));
        assert_eq!(play.events.contains(&Event::ClientCookieMismatch), verdict == Verdict::Bad);
    }
}
