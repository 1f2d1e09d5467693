//! From the root to the answer: asks one server after the other, follows referrals and aliases, and remembers.
//!
//! It has no socket and no clock: `ask` is somebody who asks a server, and times come in as seconds.
//!
//! # Source
//! RFC 1034 section 5.3.3, RFC 2308 section 5.

use std::collections::HashMap;
use std::net::IpAddr;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::zone::{records, target};
use super::{Code, Found, is_for, upwards};

/// Questions that one question may lead to.
const QUESTIONS: u32 = 40;
/// How deep the address of a server may hang on that of another one.
const DEPTH: u32 = 4;
/// Aliases that may be followed.
const CHAIN: u32 = 12;

/// Asks a server, and brings its answer, if it gives one.
pub type Ask<'a> = &'a mut dyn FnMut(IpAddr, &Query) -> Option<Message>;

/// What is known: records; or that there are none, and the SOA record that says so.
type Known = (Vec<Record>, Option<(Code, Record)>);

/// A resolver and its cache.
#[derive(Clone, Debug)]
pub struct Resolver {
    roots: Vec<IpAddr>,
    cache: HashMap<(Name, RecordType), Kept>,
}

/// Something that is remembered.
#[derive(Clone, Debug)]
struct Kept {
    /// The records; none if there are none.
    records: Vec<Record>,
    /// With none: what was said instead, and whether the name exists.
    nothing: Option<(Code, Record)>,
    /// Until when, in seconds of the clock that comes in.
    until: u64,
}

impl Resolver {
    /// A resolver that knows the addresses in a file of hints, and nothing else.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn new(hints: &str) -> Result<Self, String> {
        let roots: Vec<IpAddr> = records(hints)?.iter().filter_map(address).collect();
        if roots.is_empty() { Err("it has no address".to_owned()) } else { Ok(Self { roots, cache: HashMap::new() }) }
    }

    /// Answers a question at `now`, in seconds of any clock that only goes forward.
    pub fn resolve(&mut self, query: &Query, now: u64, ask: Ask<'_>) -> Found {
        let mut left = QUESTIONS;
        self.follow(query.name(), query.query_type(), now, &mut left, 0, ask)
            .unwrap_or(Found { code: Code::ServFail, ..Found::default() })
    }

    /// Follows aliases until there is an answer.
    fn follow(
        &mut self,
        qname: &Name,
        qtype: RecordType,
        now: u64,
        left: &mut u32,
        depth: u32,
        ask: Ask<'_>,
    ) -> Option<Found> {
        let mut found = Found::default();
        let mut name = qname.clone();
        for _ in 0..CHAIN {
            if self.kept(&name, qtype, now).is_none() && self.kept(&name, RecordType::CNAME, now).is_none() {
                self.descend(&name, qtype, now, left, depth, ask)?;
            }
            if let Some((records, nothing)) = self.kept(&name, qtype, now) {
                found.answers.extend(records);
                if let Some((code, soa)) = nothing {
                    found.code = code;
                    found.authorities.push(soa);
                }
                return Some(found);
            }
            let (aliases, _) = self.kept(&name, RecordType::CNAME, now)?;
            name = aliases.first().and_then(target)?;
            found.answers.extend(aliases);
        }
        None
    }

    /// Asks from the nearest zone whose servers are known downwards, until one has an answer, and keeps that.
    fn descend(
        &mut self,
        name: &Name,
        qtype: RecordType,
        now: u64,
        left: &mut u32,
        depth: u32,
        ask: Ask<'_>,
    ) -> Option<()> {
        let (mut zone, mut servers) = self.nearest(name, now, left, depth, ask);
        loop {
            let response = servers.iter().find_map(|server| {
                *left = left.checked_sub(1)?;
                let response = ask(*server, &Query::query(name.clone(), qtype))?;
                let answers = matches!(response.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
                answers.then_some(response)
            })?;
            // A server may speak about its own zone, and about nothing else.
            let own = |record: &&Record| zone.zone_of(&record.name);
            let answers: Vec<Record> = response.answers.iter().filter(own).cloned().collect();
            let has = |kind| answers.iter().any(|record| is_for(record, name, kind));
            if has(qtype) || has(RecordType::CNAME) {
                self.keep(answers, now);
                return Some(());
            }
            if let Some(soa) =
                response.authorities.iter().filter(own).find(|record| record.record_type() == RecordType::SOA)
            {
                let code = if response.metadata.response_code == ResponseCode::NXDomain {
                    Code::NxDomain
                } else {
                    Code::NoError
                };
                self.keep_nothing(name, qtype, code, soa, now);
                return Some(());
            }
            let referral: Vec<Record> = response
                .authorities
                .iter()
                .filter(|record| {
                    record.record_type() == RecordType::NS && zone.zone_of(&record.name) && record.name != zone
                })
                .filter(|record| record.name.zone_of(name))
                .cloned()
                .collect();
            // Neither an answer nor somebody who knows better.
            let below = referral.first()?.name.clone();
            self.keep(referral.clone(), now);
            let glue =
                response.additionals.iter().filter(own).filter(|record| address(record).is_some()).cloned().collect();
            self.keep(glue, now);
            servers = self.addresses(&referral, now, left, depth, ask)?;
            zone = below;
        }
    }

    /// The nearest zone above `name` whose servers are remembered, or the root.
    fn nearest(&mut self, name: &Name, now: u64, left: &mut u32, depth: u32, ask: Ask<'_>) -> (Name, Vec<IpAddr>) {
        for above in upwards(name).filter(|above| !above.is_root()) {
            if let Some((servers, None)) = self.kept(&above, RecordType::NS, now)
                && let Some(found) = self.addresses(&servers, now, left, depth, ask)
            {
                return (above, found);
            }
        }
        (Name::root(), self.roots.clone())
    }

    /// The addresses of servers: remembered, or asked for.
    fn addresses(
        &mut self,
        servers: &[Record],
        now: u64,
        left: &mut u32,
        depth: u32,
        ask: Ask<'_>,
    ) -> Option<Vec<IpAddr>> {
        let names: Vec<Name> = servers.iter().filter_map(target).collect();
        let mut found = Vec::new();
        for name in &names {
            for kind in [RecordType::A, RecordType::AAAA] {
                let known = self.kept(name, kind, now).map(|(records, _)| records).unwrap_or_default();
                found.extend(known.iter().filter_map(address));
            }
        }
        if !found.is_empty() {
            return Some(found);
        }
        if depth >= DEPTH {
            return None;
        }
        names.iter().find_map(|name| {
            let answer = self.follow(name, RecordType::A, now, left, depth + 1, ask)?;
            let found: Vec<IpAddr> = answer.answers.iter().filter_map(address).collect();
            (!found.is_empty()).then_some(found)
        })
    }

    /// What is remembered, with the time that is left as TTL.
    fn kept(&self, name: &Name, kind: RecordType, now: u64) -> Option<Known> {
        let kept = self.cache.get(&(name.to_lowercase(), kind)).filter(|kept| kept.until > now)?;
        let left = u32::try_from(kept.until - now).unwrap_or(u32::MAX);
        let aged = |record: &Record| {
            let mut record = record.clone();
            record.ttl = left;
            record
        };
        Some((kept.records.iter().map(aged).collect(), kept.nothing.as_ref().map(|(code, soa)| (*code, aged(soa)))))
    }

    fn keep(&mut self, records: Vec<Record>, now: u64) {
        let mut sets: HashMap<(Name, RecordType), Vec<Record>> = HashMap::new();
        for record in records {
            sets.entry((record.name.to_lowercase(), record.record_type())).or_default().push(record);
        }
        for (key, records) in sets {
            let ttl = records.iter().map(|record| record.ttl).min().unwrap_or(0);
            // What may not be remembered at all answers the question that is being asked.
            self.cache.insert(key, Kept { records, nothing: None, until: now + u64::from(ttl.max(1)) });
        }
    }

    fn keep_nothing(&mut self, name: &Name, kind: RecordType, code: Code, soa: &Record, now: u64) {
        let minimum = match &soa.data {
            RData::SOA(data) => data.minimum,
            _ => 0,
        };
        let until = now + u64::from(soa.ttl.min(minimum).max(1));
        self.cache.insert(
            (name.to_lowercase(), kind),
            Kept { records: Vec::new(), nothing: Some((code, soa.clone())), until },
        );
    }
}

fn address(record: &Record) -> Option<IpAddr> {
    match &record.data {
        RData::A(addr) => Some(IpAddr::V4(addr.0)),
        RData::AAAA(addr) => Some(IpAddr::V6(addr.0)),
        _ => None,
    }
}
