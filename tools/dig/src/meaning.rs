//! What an answer means: each header flag, the status, each section, and the two kinds of no.

use std::collections::{HashMap, HashSet};

use crate::edns::OptionCode;
use crate::exchange::Answer;
use crate::explain::{Event, Transport};
use crate::header;
use crate::message::Message;
use crate::name::Name;
use crate::printer;
use crate::record::Record;
use crate::registry::{Rcode, Type};

/// Hands every fact about the answer to `explain`, until that fails.
///
/// # Errors
/// What `explain` says.
pub fn explain<E>(answer: &Answer, explain: &mut dyn FnMut(Event) -> Result<(), E>) -> Result<(), E> {
    let message = &answer.message;
    explain(Event::Status { rcode: message.rcode(), meaning: rcode(message.rcode()) })?;
    for event in flags(answer) {
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
    match conclusion(answer, &name) {
        Some(event) => explain(event),
        None => Ok(()),
    }
}

/// What a status says about the name.
fn rcode(rcode: Rcode) -> &'static str {
    match rcode {
        Rcode::NOERROR => "the server could answer; whether there are records is in the answer section",
        Rcode::FORMERR => "the server could not read the query",
        Rcode::SERVFAIL => "the server tried and failed: its own fault, or that of the servers that it asked",
        Rcode::NXDOMAIN => "there is no such name",
        Rcode::NOTIMP => "the server does not do this kind of query",
        Rcode::REFUSED => "the server will not answer this, or not to us",
        Rcode::BADVERS => "the server does not speak this version of EDNS",
        Rcode::BADCOOKIE => "the server wants its own cookie in the query",
        _ => "see the list of RCODEs at IANA",
    }
}

fn flags(answer: &Answer) -> Vec<Event> {
    let message = &answer.message;
    let has = |flag| message.header.has(flag);
    let asked = |flag| answer.query.header.has(flag);
    let mut events = Vec::new();
    let mut say = |flag: header::Flag, meaning| {
        events.push(Event::Flag { flag: flag.name, set: has(flag), meaning });
    };
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
