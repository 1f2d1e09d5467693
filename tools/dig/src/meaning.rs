//! What an answer means: each header flag, the status, each section, and the two kinds of no.

use std::collections::{HashMap, HashSet};

use crate::annotate::type_words;
use crate::edns::OptionCode;
use crate::exchange::Answer;
use crate::explain::{About, Event, Transport};
use crate::header;
use crate::message::Message;
use crate::name::Name;
use crate::printer;
use crate::record::Record;
use crate::registry::{Rcode, Type};

mod dnssec;
mod options;
mod words;

/// Hands every fact about the answer to `explain`, until that fails. `now` is in seconds since 1970.
///
/// # Errors
/// What `explain` says.
pub fn explain<E>(answer: &Answer, now: u64, explain: &mut dyn FnMut(Event) -> Result<(), E>) -> Result<(), E> {
    let message = &answer.message;
    let opcode = message.header.opcode();
    if let Some(meaning) = words::opcode(opcode) {
        let (subject, meaning) = (format!("opcode {opcode}"), meaning.to_owned());
        explain(Event::Remark { about: About::Opcode, subject, meaning })?;
    }
    if !message.header.has(header::QR) {
        return explain_query(answer, explain);
    }
    explain(Event::Status { rcode: message.rcode(), meaning: words::rcode(message.rcode()) })?;
    for event in flags(answer) {
        explain(event)?;
    }
    for event in options::edns(answer).into_iter().chain(options::warnings(message)) {
        explain(event)?;
    }
    for option in message.edns.iter().flat_map(|edns| &edns.options).filter(|option| option.code == OptionCode::EDE) {
        if let Some((code, text)) = option.extended_error() {
            explain(Event::ExtendedError { code, text: printer::visible(text) })?;
        }
    }
    for event in sections(message) {
        explain(event)?;
    }
    let (name, aliases) = chain(answer);
    for event in aliases {
        explain(event)?;
    }
    // Signatures count the seconds modulo 2^32.
    let now = u32::try_from(now & 0xffff_ffff).unwrap_or_default();
    for event in dnssec::records(message, &name, answer.query.question.qtype, now) {
        explain(event)?;
    }
    match conclusion(answer, &name) {
        Some(event) => explain(event),
        None => Ok(()),
    }
}

/// What a query wants.
fn explain_query<E>(answer: &Answer, explain: &mut dyn FnMut(Event) -> Result<(), E>) -> Result<(), E> {
    let message = &answer.message;
    let flags = [
        (header::AA, "only an answer of an authority, please; servers take no notice"),
        (header::TC, "truncated, which no query is"),
        (header::RD, "ask other servers for me, please"),
        (header::RA, "means nothing in a query"),
        (header::Z, "a reserved bit, which has to be clear"),
        (header::AD, "say whether the answer has been validated, please"),
        (header::CD, "send the answer even if validation fails, please"),
    ];
    explain(Event::Flag { flag: header::QR.name, set: false, meaning: "this is a query" })?;
    for (flag, meaning) in flags.into_iter().filter(|(flag, _)| message.header.has(*flag)) {
        explain(Event::Flag { flag: flag.name, set: true, meaning })?;
    }
    for question in &message.questions {
        let what = type_words(question.qtype).map(|words| format!(": {words}")).unwrap_or_default();
        let subject = format!("question for {} {} {}", question.qname, question.qclass, question.qtype);
        let meaning = format!("records of type {}{what}", question.qtype);
        explain(Event::Remark { about: About::Question, subject, meaning })?;
    }
    for event in options::edns(answer).into_iter().chain(options::warnings(message)) {
        explain(event)?;
    }
    Ok(())
}

fn flags(answer: &Answer) -> Vec<Event> {
    let message = &answer.message;
    let has = |flag| message.header.has(flag);
    let asked = |flag| answer.query.header.has(flag);
    let mut events = Vec::new();
    let mut say = |flag: header::Flag, meaning| {
        events.push(Event::Flag { flag: flag.name, set: has(flag), meaning });
    };
    say(header::QR, "this is a response");
    say(
        header::AA,
        if has(header::AA) {
            "the server is an authority for the name: this does not come from a cache"
        } else {
            "the server is no authority for the name: it has this from a cache, from other servers, or refers to them"
        },
    );
    if has(header::TC) {
        say(
            header::TC,
            match answer.transport {
                Transport::Udp => "the answer was cut to fit into a datagram",
                _ => "cut even over TCP, which is a fault of the server",
            },
        );
    }
    if has(header::RD) && !asked(header::RD) {
        say(header::RD, "the query did not want recursion, and the answer says that it did");
    } else if has(header::RD) {
        say(header::RD, "the query wanted recursion, and the answer repeats that");
    } else if asked(header::RD) {
        say(header::RD, "the query wanted recursion, and the answer does not repeat that, as it should");
    }
    say(
        header::RA,
        match (has(header::RA), asked(header::RD)) {
            (true, true) => "the server asks other servers for us, as rd in the query wanted",
            (true, false) => "the server would ask other servers for us, but rd was clear in the query",
            (false, true) => "the server does not ask other servers for us, though rd in the query wanted it",
            (false, false) => "the server does not ask other servers for us; nobody wanted it to",
        },
    );
    if has(header::AD) {
        say(header::AD, "the server says that it has validated this with DNSSEC; trust that as far as the path to it");
    }
    // An authority does not validate what it knows itself.
    if !has(header::AD) && !has(header::AA) && has(header::RA) && asked(header::AD) {
        say(
            header::AD,
            "the server does not say that it has validated this: the zone is not signed, or it does not validate",
        );
    }
    if has(header::CD) {
        say(header::CD, "the server was told not to validate");
    }
    if has(header::Z) {
        say(header::Z, "a reserved bit, which has to be clear");
    }
    events
}

fn sections(message: &Message) -> Vec<Event> {
    let mut events = Vec::new();
    let mut say = |section, records: &[Record], meaning: String| {
        if !records.is_empty() {
            events.push(Event::Section { section, records: records.len(), meaning });
        }
    };
    let types = |records: &[Record]| {
        let mut seen = HashSet::new();
        let names: Vec<String> =
            records.iter().filter(|record| seen.insert(record.rtype)).map(|record| record.rtype.to_string()).collect();
        names.join(", ")
    };
    say("ANSWER", &message.answer, format!("what was asked for ({})", types(&message.answer)));
    let authority = if message.authority.iter().any(|record| record.rtype == Type::SOA) {
        "the zone that speaks, and how long a no may be remembered"
    } else if !message.authority.iter().any(|record| record.rtype == Type::NS) {
        "what proves the answer"
    } else if message.answer.is_empty() {
        "the servers to ask instead"
    } else {
        "the servers of the zone"
    };
    say("AUTHORITY", &message.authority, format!("{authority} ({})", types(&message.authority)));
    let additional = if message.additional.iter().all(|record| matches!(record.rtype, Type::A | Type::AAAA)) {
        "addresses that will be needed next"
    } else {
        "what may help"
    };
    say("ADDITIONAL", &message.additional, format!("{additional} ({})", types(&message.additional)));
    events
}

/// Follows the aliases from the name that was asked, as data and down to the last name. Each alias is followed once: a
/// loop ends.
pub(crate) fn chain(answer: &Answer) -> (Name, Vec<Event>) {
    let mut name = answer.query.question.qname.clone();
    let mut events = Vec::new();
    if answer.query.question.qtype == Type::CNAME {
        return (name, events);
    }
    let cnames = answer.message.answer.iter().filter(|record| record.rtype == Type::CNAME);
    let mut aliases: HashMap<Vec<u8>, &Record> = HashMap::new();
    for record in cnames {
        // Of two aliases of one name the first counts.
        aliases.entry(record.owner.as_wire().to_ascii_lowercase()).or_insert(record);
    }
    while let Some(target) =
        aliases.remove(&name.as_wire().to_ascii_lowercase()).and_then(|record| record.rdata.target())
    {
        events.push(Event::Alias { owner: name.to_string(), target: target.to_string() });
        name = target.clone();
    }
    (name, events)
}

/// The kind of no about the name where the aliases end, or the referral; nothing if there is an answer.
pub(crate) fn conclusion(answer: &Answer, name: &Name) -> Option<Event> {
    let message = &answer.message;
    let negative_ttl_s = message
        .authority
        .iter()
        .find(|record| record.rtype == Type::SOA)
        .and_then(|soa| soa.rdata.number("MINIMUM").map(|minimum| minimum.min(soa.ttl)));
    if message.rcode() == Rcode::NXDOMAIN {
        return Some(Event::NoName { name: name.to_string(), negative_ttl_s });
    }
    let question = &answer.query.question;
    // Aliases have been followed as far as they go.
    if question.qtype != Type::CNAME && is_alias(&message.answer, name) {
        return Some(Event::AliasLoop { name: name.to_string() });
    }
    if message.rcode() != Rcode::NOERROR {
        return None;
    }
    let answers =
        |record: &&Record| question.qtype == Type::ANY || record.rtype == question.qtype && record.owner.matches(name);
    if message.answer.iter().any(|record| answers(&record)) {
        return None;
    }
    let servers: Vec<&Record> = message.authority.iter().filter(|record| record.rtype == Type::NS).collect();
    match servers.first() {
        Some(first) if negative_ttl_s.is_none() && !message.header.has(header::AA) => Some(Event::Referral {
            zone: first.owner.to_string(),
            servers: servers.iter().filter_map(|record| record.rdata.target()).map(ToString::to_string).collect(),
        }),
        // Without an SOA record this is no negative answer, and there is one record at least: the alias.
        _ if negative_ttl_s.is_none() && *name != question.qname => {
            Some(Event::AliasLeadsAway { name: name.to_string() })
        }
        _ => Some(Event::NoData { name: name.to_string(), negative_ttl_s }),
    }
}

/// Whether the name is itself an alias of the answer.
fn is_alias(answer: &[Record], name: &Name) -> bool {
    answer.iter().any(|record| record.rtype == Type::CNAME && record.owner.matches(name))
}

#[cfg(test)]
mod tests;
