//! What the DNS says of one name and type.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::Serialize;

use crate::exchange::Answer;
use crate::explain::Event;
use crate::meaning;
use crate::registry::{Rcode, Type};

/// The kinds of yes and no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There are addresses.
    Answer,
    /// The name exists and has no address of this family.
    NoData,
    /// There is no such name.
    NxDomain,
    /// The server failed, refused, or answered with another rcode.
    Rcode,
    /// The server refers to others, or an alias leads to where it knows nothing.
    Elsewhere,
    /// Aliases that lead in a circle.
    Loop,
    /// Nobody answered, or not in a way that can be read.
    Silence,
    /// The name is none.
    BadName,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DnsAnswer {
    /// The kind.
    pub outcome: Outcome,
    /// The rcode; null if nothing came.
    pub rcode: Option<Rcode>,
    /// The addresses, each with its TTL.
    pub records: Vec<AddressRecord>,
    /// The smallest TTL of the answer, aliases included.
    pub ttl_s: Option<u32>,
    /// How long a no may be remembered.
    pub negative_ttl_s: Option<u32>,
    /// The aliases that were followed: owner and target.
    pub aliases: Vec<(String, String)>,
    /// Who answered.
    pub server: Option<SocketAddr>,
    /// How long that took.
    pub rtt_us: Option<u64>,
    /// Why nothing came, in dig's word.
    pub error: Option<String>,
}

/// An address and how long it may be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct AddressRecord {
    /// The address.
    pub address: IpAddr,
    /// The TTL.
    pub ttl_s: u32,
}

impl DnsAnswer {
    /// Nothing came.
    pub fn failed(outcome: Outcome, error: impl Into<String>) -> Self {
        Self {
            outcome,
            rcode: None,
            records: Vec::new(),
            ttl_s: None,
            negative_ttl_s: None,
            aliases: Vec::new(),
            server: None,
            rtt_us: None,
            error: Some(error.into()),
        }
    }

    /// What an answer to a question for A or AAAA says.
    pub fn new(answer: &Answer) -> Self {
        let message = &answer.message;
        let (name, events) = meaning::chain(answer);
        let aliases = events.into_iter().filter_map(|event| match event {
            Event::Alias { owner, target } => Some((owner, target)),
            _ => None,
        });
        let aliases: Vec<(String, String)> = aliases.collect();
        let wanted = answer.query.question.qtype;
        let records: Vec<AddressRecord> = message
            .answer
            .iter()
            .filter(|record| record.rtype == wanted && record.owner.matches(&name))
            .filter_map(|record| Some(AddressRecord { address: ip(&record.rdata.octets)?, ttl_s: record.ttl }))
            .collect();
        let (outcome, negative_ttl_s) = match meaning::conclusion(answer, &name) {
            Some(Event::NoName { negative_ttl_s, .. }) => (Outcome::NxDomain, negative_ttl_s),
            Some(Event::NoData { negative_ttl_s, .. }) => (Outcome::NoData, negative_ttl_s),
            Some(Event::AliasLoop { .. }) => (Outcome::Loop, None),
            Some(_) => (Outcome::Elsewhere, None),
            None if message.rcode() != Rcode::NOERROR => (Outcome::Rcode, None),
            None => (Outcome::Answer, None),
        };
        // Of what is no answer to the question the TTL is of no weight.
        let used = message.answer.iter().filter(|record| record.rtype == wanted || record.rtype == Type::CNAME);
        Self {
            outcome,
            rcode: Some(message.rcode()),
            ttl_s: used.map(|record| record.ttl).min(),
            records,
            negative_ttl_s,
            aliases,
            server: Some(answer.server.addr),
            rtt_us: Some(u64::try_from(answer.rtt.as_micros()).unwrap_or(u64::MAX)),
            error: None,
        }
    }

    /// The addresses.
    pub fn addresses(&self) -> impl Iterator<Item = IpAddr> {
        self.records.iter().map(|record| record.address)
    }
}

/// `NOERROR`, `NODATA`, `NXDOMAIN`, `SERVFAIL`, or why nothing came.
impl fmt::Display for DnsAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.outcome, self.rcode, &self.error) {
            (Outcome::NoData, ..) => f.write_str("NODATA"),
            (Outcome::Elsewhere, ..) => f.write_str("elsewhere"),
            (Outcome::Loop, ..) => f.write_str("alias loop"),
            (_, Some(rcode), _) => write!(f, "{rcode}"),
            (_, None, Some(error)) => f.write_str(error),
            (_, None, None) => f.write_str("nothing"),
        }
    }
}

fn ip(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).ok().map(IpAddr::from);
    v4.or_else(|| <[u8; 16]>::try_from(octets).ok().map(IpAddr::from))
}
