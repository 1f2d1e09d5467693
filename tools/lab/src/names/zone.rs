//! A zone, and what an authoritative server says out of it.
//!
//! # Source
//! RFC 1034 section 4.3.2, RFC 2308 (what is not there), without wildcards and DNSSEC.

use hickory_proto::rr::{Name, RData, Record, RecordSet, RecordType};
use hickory_proto::serialize::txt::Parser;

use super::{Code, Found, is_for, upwards};

/// A chain of CNAME records that is longer goes in a circle.
const CHAIN: usize = 16;

/// A zone.
#[derive(Clone, Debug)]
pub struct Zone {
    origin: Name,
    soa: Record,
    records: Vec<Record>,
}

impl Zone {
    /// Reads a master file (RFC 1035 section 5). The zone has the name of its SOA record.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let records = records(text)?;
        let mut soas = records.iter().filter(|record| record.record_type() == RecordType::SOA);
        let soa = soas.next().cloned().ok_or("it has no SOA record")?;
        if soas.next().is_some() {
            return Err("it has more than one SOA record".to_owned());
        }
        let origin = soa.name.clone();
        if let Some(stranger) = records.iter().find(|record| !origin.zone_of(&record.name)) {
            return Err(format!("{} is not in {origin}", stranger.name));
        }
        Ok(Self { origin, soa, records })
    }

    /// Its name.
    pub fn origin(&self) -> &Name {
        &self.origin
    }

    /// The records of this name and type.
    fn find(&self, name: &Name, kind: RecordType) -> Vec<Record> {
        self.records.iter().filter(|record| is_for(record, name, kind)).cloned().collect()
    }

    /// What this zone says to a question about a name in it.
    pub fn look_up(&self, qname: &Name, qtype: RecordType) -> Found {
        let mut found = Found { authoritative: true, ..Found::default() };
        let mut name = qname.clone();
        for _ in 0..CHAIN {
            if let Some(servers) = self.cut_above(&name) {
                // Others know. It is not our zone, unless an alias of ours has led here.
                found.authoritative = !found.answers.is_empty();
                found.additionals = self.glue(&servers);
                found.authorities = servers;
                return found;
            }
            let answers = self.find(&name, qtype);
            if !answers.is_empty() {
                found.answers.extend(answers);
                return found;
            }
            let alias = self.find(&name, RecordType::CNAME).into_iter().next();
            let Some(alias) = alias else {
                if !self.exists(&name) {
                    found.code = Code::NxDomain;
                }
                found.authorities.push(self.nothing());
                return found;
            };
            let target = target(&alias);
            found.answers.push(alias);
            match target {
                Some(target) if self.origin.zone_of(&target) => name = target,
                // The asker goes on elsewhere.
                _ => return found,
            }
        }
        found
    }

    /// The NS records where another zone begins, at `name` or above it.
    fn cut_above(&self, name: &Name) -> Option<Vec<Record>> {
        let inside = |above: &Name| self.origin.zone_of(above) && *above != self.origin;
        // The one nearest to our own origin: what lies below it is not ours either.
        upwards(name)
            .filter(inside)
            .filter_map(|above| {
                let servers = self.find(&above, RecordType::NS);
                (!servers.is_empty()).then_some(servers)
            })
            .last()
    }

    /// The addresses of servers, as far as they stand in this zone.
    fn glue(&self, servers: &[Record]) -> Vec<Record> {
        let names = servers.iter().filter_map(target);
        let addresses = |name: Name| [RecordType::A, RecordType::AAAA].map(|kind| self.find(&name, kind));
        names.flat_map(addresses).flatten().collect()
    }

    /// Whether there is anything at this name, or below it.
    fn exists(&self, name: &Name) -> bool {
        self.records.iter().any(|record| name.zone_of(&record.name))
    }

    /// The SOA record that goes with nothing. Its TTL says for how long that may be remembered (RFC 2308 section 3).
    fn nothing(&self) -> Record {
        let mut soa = self.soa.clone();
        if let RData::SOA(data) = &soa.data {
            soa.ttl = soa.ttl.min(data.minimum);
        }
        soa
    }
}

/// The records of a master file.
///
/// # Errors
/// What is wrong, in words.
pub fn records(text: &str) -> Result<Vec<Record>, String> {
    let (_, sets) = Parser::new(text, None, Some(Name::root())).parse().map_err(|error| error.to_string())?;
    Ok(sets.values().flat_map(RecordSet::records_without_rrsigs).cloned().collect())
}

/// The name that a CNAME or NS record leads to.
pub(super) fn target(record: &Record) -> Option<Name> {
    match &record.data {
        RData::CNAME(name) => Some(name.0.clone()),
        RData::NS(name) => Some(name.0.clone()),
        _ => None,
    }
}
