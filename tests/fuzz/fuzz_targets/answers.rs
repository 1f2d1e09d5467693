//! What servers answer a lookup, message after message: the dialogue comes to an end, it asks with messages that can be read,
//! and everything that is said of an answer is safe for a terminal.
//!
//! The first octet says what is asked and how; each message has its length in front, as over TCP.
#![no_main]

use std::convert::Infallible;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use sockeye_cli::escape::acts;
use sockeye_cli::{Render as _, Text};
use sockeye_dig::exchange::{Answer, Ask, Exchange, Input, Step, Task, Timeouts};
use sockeye_dig::explain::Transport;
use sockeye_dig::header::Header;
use sockeye_dig::message::{Message, Query};
use sockeye_dig::options::{Compat, Lookup, Server};
use sockeye_dig::question::Question;
use sockeye_dig::record::Record;
use sockeye_dig::registry::{Class, Type};
use sockeye_dig::trace::Walk;
use sockeye_dig::{delegation, diff, dns64, json, meaning, nssearch, outcome, printer, tree, validate, watch, yaml};

const TYPES: [Type; 8] = [Type::A, Type::AAAA, Type::SOA, Type::AXFR, Type::IXFR, Type::ANY, Type::NS, Type(48)];

fn safe(text: &str) {
    for line in text.lines() {
        assert!(
            !line.chars().any(|character| character != '\t' && acts(character)),
            "{line:?} reaches the terminal as it is"
        );
    }
}

/// Everything that is shown or concluded.
fn shown(answer: &Answer, how: u8) {
    let mut lookup = Lookup { name: "a.test".to_owned(), qtype: answer.query.question.qtype, ..Lookup::default() };
    lookup.show.style.multiline = how & 1 != 0;
    safe(&printer::answer(&lookup, answer));
    safe(&printer::short_identified(&lookup.show, answer));
    safe(&printer::dns64(&lookup, answer));
    let json =
        serde_json::to_string(&json::Result::new(answer).with_dns64_prefixes(answer)).expect("an answer is JSON");
    assert!(!json.chars().any(char::is_control));
    let explained: Result<(), Infallible> = meaning::explain(answer, 1_700_000_000, &mut |_| Ok(()));
    let Ok(()) = explained;
    let message = &answer.message;
    let passage = yaml::Passage {
        way: yaml::Way::Response { received_us: 1, cookie: None },
        server: answer.server.addr,
        transport: answer.transport,
        source: None,
        sent_us: 0,
        length: answer.octets.len(),
    };
    safe(&yaml::message(&passage, message, &lookup.show, false, Compat::V9_20));
    let _ = (nssearch::servers(message), dns64::prefixes(message), outcome::status(message), tree::next(message));
    safe(&delegation::Security::new(&"test".parse().unwrap(), true, Some(message), Some(message)).words());
    for record in &diff::Reply::new(answer).records {
        safe(record);
    }
    validated(&message.answer);
}

/// What `+validate` shows of a chain in which each zone has said the same.
fn validated(records: &[Record]) {
    const NOW: u64 = 1_700_000_000;
    let link = |zone| validate::link(zone, records, records, &|_, algorithm, _| algorithm == 8, NOW);
    let validation = validate::Validation {
        qname: "a.test.".to_owned(),
        qtype: Type::A,
        verdict: if validate::is_from_wildcard(records) { validate::Verdict::Bogus } else { validate::Verdict::Secure },
        why: None,
        chain: records
            .iter()
            .take(4)
            .map(|record| link(&record.owner))
            .chain(validate::signer(records).as_ref().map(link))
            .collect(),
        signatures: validate::signatures(records, NOW),
    };
    let mut text = Vec::new();
    validation.render(&mut Text::plain(&mut text)).expect("a vector takes all");
    safe(&String::from_utf8(text).expect("what is shown is text"));
}

fuzz_target!(|octets: &[u8]| {
    let Some((how, mut rest)) = octets.split_first() else { return };
    let server = Server { addr: "192.0.2.1:53".parse().unwrap(), written: "192.0.2.1".to_owned() };
    let transport = if how & 8 == 0 { Transport::Udp } else { Transport::Tcp };
    let question = Question::new("a.test".parse().unwrap(), TYPES[usize::from(how & 7)], Class::IN);
    let task = Task {
        query: Query::new(Header::default(), question.clone(), None),
        name: "a.test".to_owned(),
        servers: vec![server.clone(), server.clone()],
        tries: 3,
        timeouts: Timeouts { datagram: Duration::from_secs(5), connection: Duration::from_secs(10) },
        transport,
        ignore_truncation: how & 16 != 0,
        retry_bad_cookie: true,
        show_bad_cookie: how & 32 != 0,
        negotiate_edns: true,
        best_effort: how & 64 != 0,
        skip_servfail: how & 128 != 0,
        qid: Some(0x1234),
        signing: None,
    };
    let now = Instant::now();
    let mut exchange = Exchange::new(task, now);
    let mut walk = Walk::new();
    let mut watch = watch::Watch::new(question);
    let mut step = exchange.start(0x1234, now, &mut |_| {});
    // Each message and each silence is one step.
    for _ in 0..octets.len() + 8 {
        let asked = |ask: &Ask| assert!(Message::parse_own(&ask.octets).is_ok_and(|message| message.fault.is_none()));
        match &step {
            Step::Ask(ask) => asked(ask),
            Step::ShowAndAsk(answer, ask) => {
                shown(answer, *how);
                asked(ask);
            }
            Step::ShowAndWait(answer, _) | Step::Answer(answer) => {
                shown(answer, *how);
                walk.follow(&answer.message);
                let when = watch::When { unix_s: 0, time: String::new() };
                watch.take(Some((answer.server.addr, &answer.message)), when);
            }
            Step::BadPacket(packet) => safe(&printer::bad_packet(&packet.fault, &packet.octets)),
            Step::Wait(_) | Step::Dropped | Step::GiveUp { .. } => {}
        }
        if matches!(step, Step::Answer(_) | Step::BadPacket(_) | Step::Dropped | Step::GiveUp { .. }) {
            return;
        }
        let message = match rest.split_first_chunk::<2>() {
            Some((len, behind)) => {
                let (message, behind) = behind.split_at(usize::from(u16::from_be_bytes(*len)).min(behind.len()));
                rest = behind;
                Some(message)
            }
            None => None,
        };
        let input = match message {
            Some(message) if transport == Transport::Udp => Input::Datagram(server.addr, message),
            Some(message) => Input::Message(message),
            None => Input::TimedOut,
        };
        step = exchange.handle(&input, 0x1234, now, &mut |_| {});
    }
    panic!("the dialogue does not end");
});
