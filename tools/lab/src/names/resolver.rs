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
pub const QUESTIONS: u32 = 40;
/// Looks into the cache, and records out of it, that one question may lead to.
///
/// Answers may hang together so that each server's name leads to all others: without an end, what is remembered of a few
/// answers has more ways through it than anybody can go.
pub const STEPS: u32 = 10_000;
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
    /// What the last question took.
    steps: u32,
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

/// One question on its way: when it came, whom to ask, and what it has taken so far.
struct Errand<'a> {
    now: u64,
    ask: Ask<'a>,
    /// Questions that were sent.
    questions: u32,
    /// Looks into the cache, and records out of it.
    steps: u32,
}

impl Errand<'_> {
    /// Asks a server, if it may still ask.
    fn ask(&mut self, server: IpAddr, query: &Query) -> Option<Message> {
        if self.questions >= QUESTIONS {
            return None;
        }
        self.questions += 1;
        (self.ask)(server, query)
    }

    /// Whether it has taken all that it may.
    const fn is_spent(&self) -> bool {
        self.steps >= STEPS
    }

    fn count(&mut self, records: usize) {
        self.steps = self.steps.saturating_add(u32::try_from(records).unwrap_or(u32::MAX));
    }
}

impl Resolver {
    /// A resolver that knows the addresses in a file of hints, and nothing else.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    pub fn new(hints: &str) -> Result<Self, String> {
        let roots: Vec<IpAddr> = records(hints)?.iter().filter_map(address).collect();
        if roots.is_empty() {
            return Err("it has no address".to_owned());
        }
        Ok(Self { roots, cache: HashMap::new(), steps: 0 })
    }

    /// Answers a question at `now`, in seconds of any clock that only goes forward.
    pub fn resolve(&mut self, query: &Query, now: u64, ask: Ask<'_>) -> Found {
        let mut errand = Errand { now, ask, questions: 0, steps: 0 };
        let found = self.follow(query.name(), query.query_type(), 0, &mut errand);
        self.steps = errand.steps;
        found.unwrap_or(Found { code: Code::ServFail, ..Found::default() })
    }

    /// Looks into the cache for the last question, and records out of it: [`STEPS`], and the records of one more look, at most.
    pub const fn steps(&self) -> u32 {
        self.steps
    }

    /// Follows aliases until there is an answer.
    fn follow(&mut self, qname: &Name, qtype: RecordType, depth: u32, errand: &mut Errand<'_>) -> Option<Found> {
        let mut found = Found::default();
        let mut name = qname.clone();
        for _ in 0..CHAIN {
            if errand.is_spent() {
                return None;
            }
            let knows =
                self.look(&name, qtype, errand).is_some() || self.look(&name, RecordType::CNAME, errand).is_some();
            if !knows {
                self.descend(&name, qtype, depth, errand)?;
            }
            if let Some((records, nothing)) = self.kept(&name, qtype, errand) {
                found.answers.extend(records);
                if let Some((code, soa)) = nothing {
                    found.code = code;
                    found.authorities.push(soa);
                }
                return Some(found);
            }
            let (aliases, _) = self.kept(&name, RecordType::CNAME, errand)?;
            name = aliases.first().and_then(target)?;
            found.answers.extend(aliases);
        }
        None
    }

    /// Asks from the nearest zone whose servers are known downwards, until one has an answer, and keeps that.
    fn descend(&mut self, name: &Name, qtype: RecordType, depth: u32, errand: &mut Errand<'_>) -> Option<()> {
        let (mut zone, mut servers) = self.nearest(name, depth, errand)?;
        loop {
            let query = Query::query(name.clone(), qtype);
            let response = servers.iter().find_map(|server| {
                let response = errand.ask(*server, &query)?;
                let answers = matches!(response.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain);
                answers.then_some(response)
            })?;
            // A server may speak about its own zone, and about nothing else.
            let own = |record: &&Record| zone.zone_of(&record.name);
            let answers: Vec<Record> = response.answers.iter().filter(own).cloned().collect();
            let has = |kind| answers.iter().any(|record| is_for(record, name, kind));
            if has(qtype) || has(RecordType::CNAME) {
                self.keep(answers, errand.now);
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
                self.keep_nothing(name, qtype, code, soa, errand.now);
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
            self.keep(referral.clone(), errand.now);
            let glue =
                response.additionals.iter().filter(own).filter(|record| address(record).is_some()).cloned().collect();
            self.keep(glue, errand.now);
            servers = self.addresses(&referral, depth, errand)?;
            zone = below;
        }
    }

    /// The nearest zone above `name` whose servers are remembered, or the root. `None` if nobody may be asked any more.
    fn nearest(&mut self, name: &Name, depth: u32, errand: &mut Errand<'_>) -> Option<(Name, Vec<IpAddr>)> {
        for above in upwards(name).filter(|above| !above.is_root()) {
            if errand.is_spent() || errand.questions >= QUESTIONS {
                return None;
            }
            if let Some((servers, None)) = self.kept(&above, RecordType::NS, errand)
                && let Some(found) = self.addresses(&servers, depth, errand)
            {
                return Some((above, found));
            }
        }
        Some((Name::root(), self.roots.clone()))
    }

    /// The addresses of servers: remembered, or asked for.
    fn addresses(&mut self, servers: &[Record], depth: u32, errand: &mut Errand<'_>) -> Option<Vec<IpAddr>> {
        let names: Vec<Name> = servers.iter().filter_map(target).collect();
        let mut found = Vec::new();
        for name in &names {
            for kind in [RecordType::A, RecordType::AAAA] {
                if errand.is_spent() {
                    break;
                }
                if let Some(known) = self.look(name, kind, errand) {
                    found.extend(known.records.iter().filter_map(address));
                    errand.count(known.records.len());
                }
            }
        }
        if !found.is_empty() {
            return Some(found);
        }
        if depth >= DEPTH {
            return None;
        }
        names.iter().find_map(|name| {
            let answer = self.follow(name, RecordType::A, depth + 1, errand)?;
            let found: Vec<IpAddr> = answer.answers.iter().filter_map(address).collect();
            (!found.is_empty()).then_some(found)
        })
    }

    /// What is remembered and has not run out.
    fn look(&self, name: &Name, kind: RecordType, errand: &mut Errand<'_>) -> Option<&Kept> {
        errand.count(1);
        self.cache.get(&(name.to_lowercase(), kind)).filter(|kept| kept.until > errand.now)
    }

    /// What is remembered, with the time that is left as TTL.
    fn kept(&self, name: &Name, kind: RecordType, errand: &mut Errand<'_>) -> Option<Known> {
        let kept = self.look(name, kind, errand)?;
        errand.count(kept.records.len());
        let left = u32::try_from(kept.until - errand.now).unwrap_or(u32::MAX);
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
