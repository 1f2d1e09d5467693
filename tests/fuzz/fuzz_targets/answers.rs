//! What servers answer a lookup, message after message: the dialogue comes to an end, it asks with messages that can be read,
//! and everything that is said of an answer or of what happened is safe for a terminal.
//!
//! The first two octets say what is asked and how; each message has its length in front, as over TCP. Instead of a length,
//! 0xff and another octet say that something else happened.
#![no_main]

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use libfuzzer_sys::fuzz_target;
use sockeye_cli::escape::acts;
use sockeye_cli::{Render as _, Text};
use sockeye_dig::edns::{Edns, EdnsOption, OptionCode};
use sockeye_dig::exchange::{Answer, Ask, Exchange, Input, Step, Task, Timeouts};
use sockeye_dig::explain::{Event, Transport};
use sockeye_dig::header::Header;
use sockeye_dig::message::{Message, Query};
use sockeye_dig::options::{Compat, Lookup, Server};
use sockeye_dig::question::Question;
use sockeye_dig::record::Record;
use sockeye_dig::registry::{Class, Type};
use sockeye_dig::trace::Walk;
use sockeye_dig::transport::TlsFailure;
use sockeye_dig::tsig::{Algorithm, Key, Signing};
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

/// An event, as `--explain` shows it.
fn told(event: &Event) {
    let mut text = Vec::new();
    event.render(&mut Text::plain(&mut text)).expect("a vector takes all");
    safe(&String::from_utf8(text).expect("what is shown is text"));
}

fn task(how: u8, more: u8, now: Instant) -> Task {
    let question = Question::new("a.test".parse().unwrap(), TYPES[usize::from(how & 7)], Class::IN);
    let cookie = EdnsOption::new(OptionCode::COOKIE, vec![7; 8]);
    let edns = |options| Edns { udp_size: 1232, extended_rcode: 0, version: more >> 1 & 1, flags: 0, options };
    let mut query = Query::new(Header::default(), question, (more & 1 != 0).then(|| edns(vec![cookie])));
    query.ixfr_serial = (query.question.qtype == Type::IXFR).then_some(1);
    let key = |bits| Arc::new(Key::new(&"k".parse().unwrap(), Algorithm::Sha256, bits, b"a secret".to_vec()));
    let server = Server { addr: "192.0.2.1:53".parse().unwrap(), written: "192.0.2.1".to_owned() };
    Task {
        query,
        name: "a.test".to_owned(),
        servers: vec![server.clone(), server],
        tries: 3,
        timeouts: Timeouts { datagram: Duration::from_secs(5), connection: Duration::from_secs(10) },
        transport: if how & 8 == 0 { Transport::Udp } else { Transport::Tcp },
        ignore_truncation: how & 16 != 0,
        retry_bad_cookie: true,
        show_bad_cookie: how & 32 != 0,
        negotiate_edns: true,
        best_effort: how & 64 != 0,
        skip_servfail: how & 128 != 0,
        qid: Some(0x1234),
        signing: (more & 4 != 0).then(|| Signing { key: key(0), unix_s: 1_700_000_000, at: now, fuzz_time_s: None }),
    }
}

/// What happens next: a message, or something else.
fn next<'a>(rest: &mut &'a [u8], transport: Transport, server: SocketAddr) -> Input<'a> {
    const OTHER: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 53);
    const BROKEN: &TlsFailure = &TlsFailure::HalfIdentity;
    let Some((head, mut behind)) = rest.split_first_chunk::<2>() else { return Input::TimedOut };
    let mut sender = server;
    if let [0xff, what] = *head {
        *rest = behind;
        match what & 7 {
            1 => return Input::SetupFailed("connection refused"),
            2 => return Input::Failed("end of file"),
            3 => return Input::TlsFailed(BROKEN),
            4 => return Input::HttpRefused((what & 8 != 0).then_some(404)),
            // The rest is the message of somebody else.
            5 => sender = OTHER,
            _ => return Input::TimedOut,
        }
    } else {
        let len = usize::from(u16::from_be_bytes(*head)).min(behind.len());
        (behind, *rest) = behind.split_at(len);
    }
    if transport == Transport::Udp { Input::Datagram(sender, behind) } else { Input::Message(behind) }
}

fuzz_target!(|octets: &[u8]| {
    let Some((&[how, more], mut rest)) = octets.split_first_chunk::<2>() else { return };
    let now = Instant::now();
    let task = task(how, more, now);
    let server = task.servers[0].addr;
    let question = task.query.question.clone();
    let mut exchange = Exchange::new(task, now);
    let mut walk = Walk::new();
    let mut watch = watch::Watch::new(question);
    let mut step = exchange.start(0x1234, now, &mut |event| told(&event));
    let mut transport = Transport::Udp;
    // Each message and each silence is one step.
    for _ in 0..octets.len() + 8 {
        let mut asked = |ask: &Ask| {
            assert!(Message::parse_own(&ask.octets).is_ok_and(|message| message.fault.is_none()));
            transport = ask.transport;
        };
        match &step {
            Step::Ask(ask) => asked(ask),
            Step::ShowAndAsk(answer, ask) => {
                shown(answer, how);
                asked(ask);
            }
            Step::ShowAndWait(answer, _) | Step::Answer(answer) => {
                shown(answer, how);
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
        let input = next(&mut rest, transport, server);
        step = exchange.handle(&input, 0x1234, now, &mut |event| told(&event));
    }
    panic!("the dialogue does not end");
});
