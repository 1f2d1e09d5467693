//! What EDNS and each of its options say.

use std::fmt::Write as _;

use crate::cookie::Verdict;
use crate::edns::{CO, DO, Edns, EdnsOption, OptionCode};
use crate::exchange::Answer;
use crate::explain::{About, Event};
use crate::header;
use crate::message::Message;
use crate::printer::visible;
use crate::registry::Rcode;

/// What the OPT record says, or its absence.
pub(super) fn edns(answer: &Answer) -> Vec<Event> {
    let message = &answer.message;
    let mut events = Vec::new();
    let mut say =
        |subject: String, meaning: String| events.push(Event::Remark { about: About::Edns, subject, meaning });
    let Some(edns) = &message.edns else {
        if answer.query.edns.is_some() {
            let meaning = match message.rcode() {
                Rcode::FORMERR | Rcode::NOTIMP => "the server may have stumbled over it: ask again with +noedns",
                _ => {
                    "the query had it, the answer has not: the server does not speak it, or something on the way removes it"
                }
            };
            say("EDNS".to_owned(), meaning.to_owned());
        }
        return events;
    };
    let who = if message.header.has(header::QR) { "the server" } else { "the client" };
    say(
        "EDNS".to_owned(),
        format!("version {}; {who} takes datagrams of up to {} octets", edns.version, edns.udp_size),
    );
    if edns.flags & DO != 0 {
        let meaning = if message.header.has(header::QR) {
            "DNSSEC records were wanted: where they are missing, the zone is not signed or the server has none"
        } else {
            "DNSSEC records are wanted too"
        };
        say("do is set".to_owned(), meaning.to_owned());
    }
    if edns.flags & CO != 0 {
        say("co is set".to_owned(), "compact proofs of non-existence are understood".to_owned());
    }
    let unknown = edns.flags & !(DO | CO);
    if unknown != 0 {
        say(format!("EDNS flags 0x{unknown:04x}"), "bits that have no meaning and have to be clear".to_owned());
    }
    for option in &edns.options {
        events.push(Event::Remark {
            about: About::Option,
            subject: option.code.name().map_or_else(|| format!("option {}", option.code.0), str::to_owned),
            meaning: meaning(answer, edns, option),
        });
    }
    events
}

fn meaning(answer: &Answer, edns: &Edns, option: &EdnsOption) -> String {
    let is_response = answer.message.header.has(header::QR);
    let data = option.data.as_slice();
    match (option.code, data) {
        (OptionCode::LLQ, _) => "a query that stays and is told of changes (RFC 8764)".to_owned(),
        (OptionCode::NSID, []) => "which of its servers answers, please".to_owned(),
        (OptionCode::NSID, _) => format!("the server that answered calls itself {}", visible(data)),
        (OptionCode(5..=7), _) => {
            let what = match option.code.0 {
                5 => "signatures of algorithm",
                6 => "DS digests of type",
                _ => "NSEC3 hashes of algorithm",
            };
            let numbers: Vec<String> = data.iter().map(u8::to_string).collect();
            format!("the client understands {what} {}", numbers.join(", "))
        }
        (OptionCode::CLIENT_SUBNET, [_, _, source, scope, ..]) => subnet(*source, *scope, is_response),
        (OptionCode::EXPIRE, [a, b, c, d]) => {
            let seconds = u32::from_be_bytes([*a, *b, *c, *d]);
            format!("a secondary with this copy of the zone forgets it in {}", super::words::about(seconds))
        }
        (OptionCode::EXPIRE, _) => "how long may a secondary keep the zone?".to_owned(),
        (OptionCode::COOKIE, _) => cookie(answer.cookie, data, is_response).to_owned(),
        (OptionCode::KEEPALIVE, [high, low]) => {
            let tenths = u16::from_be_bytes([*high, *low]);
            format!("a connection may idle for {}.{} s before the server closes it", tenths / 10, tenths % 10)
        }
        (OptionCode::KEEPALIVE, _) => "how long may this connection idle?".to_owned(),
        (OptionCode::PADDING, _) => {
            format!("{} octets that say nothing, so that the length of the message tells nothing either", data.len())
        }
        (OptionCode(13), _) => {
            "all DNSSEC records on the way down from a name that the client trusts, please".to_owned()
        }
        (OptionCode::KEY_TAG, _) => {
            let tags: Vec<String> = data
                .chunks_exact(2)
                .map(|tag| tag.iter().fold(0_u16, |sum, octet| sum << 8 | u16::from(*octet)).to_string())
                .collect();
            format!("the client trusts the keys {} of the zone", tags.join(", "))
        }
        (OptionCode::EDE, _) => match option.extended_error() {
            Some((code, _)) => format!("{}: {}", code.0, super::words::extended_error(code)),
            None => "an extended error without a number".to_owned(),
        },
        (OptionCode::CLIENT_TAG | OptionCode::SERVER_TAG, _) => "a number that both ends have agreed on".to_owned(),
        (OptionCode(18), _) => "whom to tell about what fails in this zone (RFC 9567)".to_owned(),
        (OptionCode(19), []) => "of which version of the zone is the answer?".to_owned(),
        (OptionCode(19), _) => "of which version of the zone the answer is (RFC 9660)".to_owned(),
        _ => {
            let mut text = format!("{} octets that have no meaning here", data.len());
            if edns.version > 0 {
                // Writing to a String cannot fail.
                let _ = write!(text, ", of EDNS version {}", edns.version);
            }
            text
        }
    }
}

fn subnet(source: u8, scope: u8, is_response: bool) -> String {
    match (source, scope, is_response) {
        (0, _, _) => "nothing is told about the client's address, and nobody should tell it on".to_owned(),
        (_, _, false) => format!("the first {source} bits of the client's address, for an answer that suits it"),
        (_, 0, true) => "the answer is the same for every client, whatever the address".to_owned(),
        (_, _, true) if scope > source => {
            format!("the answer is for clients of the same first {scope} bits, but only {source} were told")
        }
        (..) => format!("the answer is for clients of the same first {scope} bits of the address"),
    }
}

fn cookie(verdict: Option<Verdict>, data: &[u8], is_response: bool) -> &'static str {
    match verdict {
        Some(Verdict::Good) => {
            "ours came back with the server's: this is no forgery by somebody who does not see the queries"
        }
        Some(Verdict::Bad) => "it does not begin with ours: forged, or a server that does not do cookies well",
        Some(Verdict::Echoed) => "ours came back and nothing with it: the server copies what it does not understand",
        None if is_response => "the client's eight octets, and behind them the server's, for the next query",
        None if data.len() > 8 => "the client's eight octets, and the server's from an earlier answer",
        None => "eight octets that the answer has to bring back, and the wish for the server's own",
    }
}

/// Octets behind the message, and the query's class of warnings that dig prints about a whole message.
pub(super) fn warnings(message: &Message) -> Vec<Event> {
    let mut events = Vec::new();
    let mut say = |subject: &str, meaning: String| {
        events.push(Event::Remark { about: About::Warning, subject: subject.to_owned(), meaning });
    };
    if message.unread > 0 && message.fault.is_none() {
        say(
            "extra octets",
            format!(
                "{} stand behind the last record: padding in the wrong place, or counts that are too low",
                message.unread
            ),
        );
    }
    for fault in &message.irregularities {
        let meaning = match fault.field {
            "QNAME" => "more than one question, or the same twice: no server answers that",
            "QCLASS" => "questions in two classes",
            "CLASS" => "a record of another class than the question",
            "OPT" => "a second OPT record, or one that is not in the additional section",
            "TSIG" => "a TSIG record that is not the last of the message",
            _ => "something where it should not be",
        };
        say(&format!("octet {}", fault.offset), meaning.to_owned());
    }
    events
}
