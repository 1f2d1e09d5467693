//! A name server without sockets: what it answers out of its zones, and how it finds what is in those of others.
//!
//! - [`zone`]: records, and what an authoritative server makes of them
//! - [`resolver`]: from the root to the answer, and a cache
//!
//! Messages and master files are read and written by hickory-proto. Its server is not used: its referrals are authoritative
//! and without glue (hickory-server 0.26.3), so that nobody can follow them.

pub mod resolver;
pub mod zone;

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, Record, RecordType};

use self::zone::Zone;

/// The longest answer over UDP to a question that says nothing about it, in octets (RFC 1035 section 2.3.4).
const PLAIN_LIMIT: u16 = 512;
/// What we take ourselves over UDP: what passes every network in one packet.
pub const PAYLOAD: u16 = 1232;

/// What a server has found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Whether a server says so of its own zone.
    pub authoritative: bool,
    /// What became of the question.
    pub code: Code,
    /// The answer.
    pub answers: Vec<Record>,
    /// Whose zone it is: a referral, or the SOA record that says that there is nothing.
    pub authorities: Vec<Record>,
    /// The addresses that go with a referral.
    pub additionals: Vec<Record>,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Code {
    /// It was answered, perhaps with nothing.
    #[default]
    NoError,
    /// There is no such name.
    NxDomain,
    /// The servers that should know did not say.
    ServFail,
    /// This server does not answer such questions.
    Refused,
}

/// Reads a question. `None` if it is none that is answered at all.
pub fn read(octets: &[u8]) -> Option<(Message, Query)> {
    let message = Message::from_vec(octets).ok()?;
    let query = message.queries.first()?.clone();
    let asks = message.metadata.message_type == MessageType::Query && message.metadata.op_code == OpCode::Query;
    (asks && message.queries.len() == 1).then_some((message, query))
}

/// What the zones say to a question; `None` if it is about none of them.
pub fn look_up(zones: &[Zone], query: &Query) -> Option<Found> {
    let about = |zone: &&Zone| zone.origin().zone_of(query.name());
    let zone = zones.iter().filter(about).max_by_key(|zone| zone.origin().num_labels())?;
    Some(zone.look_up(query.name(), query.query_type()))
}

/// The octets of an answer. Over UDP it has no more than the asker takes: what is longer is left out, and TC says so.
pub fn answer(request: &Message, query: &Query, found: Found, recursive: bool, over_udp: bool) -> Option<Vec<u8>> {
    let mut message = Message::response(request.metadata.id, OpCode::Query);
    message.metadata.recursion_desired = request.metadata.recursion_desired;
    message.metadata.recursion_available = recursive;
    message.metadata.authoritative = found.authoritative;
    message.metadata.response_code = match found.code {
        Code::NoError => ResponseCode::NoError,
        Code::NxDomain => ResponseCode::NXDomain,
        Code::ServFail => ResponseCode::ServFail,
        Code::Refused => ResponseCode::Refused,
    };
    message.add_query(query.clone());
    if request.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(PAYLOAD);
        message.set_edns(edns);
    }
    let limit = request.edns.as_ref().map_or(PLAIN_LIMIT, |edns| edns.max_payload().max(PLAIN_LIMIT));
    let empty = message.clone();
    message.answers = found.answers;
    message.authorities = found.authorities;
    message.additionals = found.additionals;
    let octets = message.to_vec().ok()?;
    if !over_udp || octets.len() <= usize::from(limit) {
        return Some(octets);
    }
    let mut truncated = empty;
    truncated.metadata.truncation = true;
    truncated.to_vec().ok()
}

/// The names above `name`, itself first, the root last.
fn upwards(name: &Name) -> impl Iterator<Item = Name> {
    let labels = usize::from(name.num_labels());
    let name = name.clone();
    (0..=labels).rev().map(move |count| name.trim_to(count))
}

/// Whether a record answers a question for `kind`.
fn is_for(record: &Record, name: &Name, kind: RecordType) -> bool {
    record.name == *name && record.record_type() == kind
}

#[cfg(test)]
mod tests;
