//! What DNSSEC's records say, and what they prove.

use std::cmp::Ordering;
use std::collections::HashSet;

use super::words::{about, date, digest_type};
use crate::explain::{About, Event};
use crate::message::{Message, Section};
use crate::name::Name;
use crate::nsec3::{Gap, Parameters};
use crate::rdata::dnskey;
use crate::record::Record;
use crate::registry::{Rcode, Type};

/// A line for each record of DNSSEC. `name` is what was asked for, or what its aliases lead to; `qtype` the type that was
/// asked for; `now` is in seconds since 1970.
pub(super) fn records(message: &Message, name: &Name, qtype: Type, now: u32) -> Vec<Event> {
    let mut events = Vec::new();
    let hashes = Hashes::new(message, name);
    for section in [Section::Answer, Section::Authority, Section::Additional] {
        for record in message.section(section) {
            let meaning = match record.rtype.0 {
                39 => Some("names below it are looked up under the other name; a CNAME record made from it may stand beside it".to_owned()),
                43 | 59 => Some(ds(record)),
                46 => signature(record, now),
                47 => Some(nsec(record, message, name, qtype)),
                48 | 60 => key(record),
                50 => nsec3(record, message, hashes.as_ref(), qtype),
                51 => nsec3_parameters(record),
                _ => None,
            };
            let Some(meaning) = meaning else { continue };
            let subject = match record.rdata.field("Type Covered") {
                Some(field) => format!("{} of {} {}", record.rtype, record.owner, text(record, field.name)),
                None => format!("{} of {}", record.rtype, record.owner),
            };
            events.push(Event::Remark { about: About::Record, subject, meaning });
        }
    }
    if let Some(tsig) = &message.tsig {
        let meaning = format!(
            "the message is signed with the key of this name by {}, at the time {}, which may be {} s off",
            text(tsig, "Algorithm Name"),
            text(tsig, "Time Signed"),
            text(tsig, "Fudge")
        );
        events.push(Event::Remark { about: About::Record, subject: format!("TSIG of {}", tsig.owner), meaning });
    }
    events
}

/// A field of the rdata as it stands in a zone file.
fn text(record: &Record, name: &str) -> String {
    let field = record.rdata.field(name);
    field.map(|field| record.rdata.field_text(field, &crate::style::Style::default())).unwrap_or_default()
}

fn algorithm(record: &Record) -> String {
    let number = record.rdata.number("Algorithm").unwrap_or_default();
    let name = u8::try_from(number).ok().and_then(dnskey::algorithm);
    name.map_or_else(|| format!("algorithm {number}"), |name| format!("{name} ({number})"))
}

fn ds(record: &Record) -> String {
    let digest = record.rdata.number("Digest Type").unwrap_or_default();
    let (tag, algorithm) = (record.rdata.number("Key Tag").unwrap_or_default(), algorithm(record));
    if record.rtype.0 == 59 && record.rdata.number("Algorithm") == Some(0) {
        return "the child asks its parent to remove the DS records: the zone stops being signed".to_owned();
    }
    let who = if record.rtype.0 == 59 { "the child asks its parent for the digest" } else { "the parent vouches" };
    format!("{who} of key {tag}, {algorithm}: digest type {digest} is {}", digest_type(digest))
}

fn key(record: &Record) -> Option<String> {
    let flags = record.rdata.number("Flags")?;
    let tag = dnskey::tag(&record.rdata.uncompressed());
    let role = match (flags & 0x100, flags & 1) {
        (0, _) => "no zone key: it may not sign the zone",
        (_, 0) => "signs the records of the zone (ZSK)",
        _ => "signs the zone's keys, and the parent's DS record is of it (KSK)",
    };
    let revoked = if flags & 0x80 == 0 { "" } else { "; revoked: not to be trusted any more" };
    Some(format!("key {tag}, {}: {role}{revoked}", algorithm(record)))
}

/// # Source
/// RFC 4034 section 3.1: times count modulo 2^32, and Labels leaves out the asterisk of a wildcard.
fn signature(record: &Record, now: u32) -> Option<String> {
    let rdata = &record.rdata;
    let (begins, ends) = (rdata.number("Signature Inception")?, rdata.number("Signature Expiration")?);
    let is_past = |time: u32| now.wrapping_sub(time) < 1 << 31;
    let state = if is_past(ends) && ends != now {
        format!("EXPIRED {} ago, at {}", about(now.wrapping_sub(ends)), date(ends, now))
    } else if !is_past(begins) {
        format!("NOT YET VALID: begins in {}, at {}", about(begins.wrapping_sub(now)), date(begins, now))
    } else {
        format!("expires in {}, at {}", about(ends.wrapping_sub(now)), date(ends, now))
    };
    let tag = rdata.number("Key Tag")?;
    let signer = rdata.target().map(ToString::to_string).unwrap_or_default();
    let labels = usize::try_from(rdata.number("Labels")?).unwrap_or(usize::MAX);
    let of_owner = record.owner.labels().filter(|label| *label != b"*").count();
    let wildcard = if labels < of_owner {
        let above = ancestor(&record.owner, of_owner.saturating_sub(labels));
        format!(
            "; Labels is {labels} and the name has {of_owner}: the record was made from the wildcard {}",
            wildcard_of(&above)
        )
    } else {
        String::new()
    };
    Some(format!("signed by key {tag} of {signer} with {}, {state}{wildcard}", algorithm(record)))
}

/// `*.lab.test.` of `lab.test.`
fn wildcard_of(name: &Name) -> String {
    if name.is_root() { "*.".to_owned() } else { format!("*.{name}") }
}

/// What an NSEC record proves of the name.
///
/// # Source
/// RFC 4035 section 5.4.
fn nsec(record: &Record, message: &Message, name: &Name, qtype: Type) -> String {
    let types = text(record, "Type Bit Maps");
    let Some(next) = record.rdata.target() else { return "no next name".to_owned() };
    if record.owner.matches(name) {
        return no_type(&types, message, qtype);
    }
    if covers(&record.owner, next, name) {
        return format!("proves that {name} does not exist: there is no name between it and {next}");
    }
    // The wildcard that could have answered.
    for above in 1..=name.labels().count() {
        let wildcard: Option<Name> = wildcard_of(&ancestor(name, above)).parse().ok();
        let Some(wildcard) = wildcard else { continue };
        if record.owner.matches(&wildcard) {
            return format!("is the wildcard itself: it has no record of type {qtype} ({types})");
        }
        if covers(&record.owner, next, &wildcard) {
            return format!(
                "proves that no wildcard {wildcard} could have answered: there is no name between it and {next}"
            );
        }
    }
    format!("the name exists, with {types}; the next one is {next}")
}

fn no_type(types: &str, message: &Message, qtype: Type) -> String {
    let has = |rtype: Type| types.split(' ').any(|name| name == rtype.to_string());
    if qtype != Type::ANY && !has(qtype) && message.rcode() == Rcode::NOERROR {
        let cut = if has(Type::NS) && !has(Type::SOA) {
            ", and is a delegation without DS if DS is not among them"
        } else {
            ""
        };
        return format!("proves that the name has no {qtype} record: its types are {types}{cut}");
    }
    format!("the name exists, with the types {types}")
}

/// The name without its first labels.
fn ancestor(name: &Name, without: usize) -> Name {
    let skipped: usize = name.labels().take(without).map(|label| label.len().saturating_add(1)).sum();
    let wire = name.as_wire().get(skipped..).unwrap_or(&[0]);
    Name::parse(&mut sockeye_common::wire::Reader::new(wire)).unwrap_or_default()
}

/// Whether `name` lies between the two in the zone's order; behind the last name the first comes again.
fn covers(owner: &Name, next: &Name, name: &Name) -> bool {
    let (owner, next, name) = (sort_key(owner), sort_key(next), sort_key(name));
    if owner.cmp(&next) == Ordering::Less { owner < name && name < next } else { owner < name || name < next }
}

/// Labels from right to left in lower case: what names are sorted by.
///
/// # Source
/// RFC 4034 section 6.1.
fn sort_key(name: &Name) -> Vec<Vec<u8>> {
    let mut labels: Vec<Vec<u8>> = name.labels().map(<[u8]>::to_ascii_lowercase).collect();
    labels.reverse();
    labels
}

/// The hashes of a name, of the names above it up to the zone's, and of their wildcards. One zone hashes in one way, so
/// that they are calculated once for a message.
struct Hashes {
    parameters: Parameters,
    /// The name first.
    names: Vec<(Name, Vec<u8>)>,
    /// The wildcard right above the name first.
    wildcards: Vec<(Name, Vec<u8>)>,
    /// Which of `names` exists, by one of the records.
    closest: Option<usize>,
}

impl Hashes {
    /// The hashes by the parameters of the first NSEC3 record; `None` if there is none, or it wants too much work.
    fn new(message: &Message, name: &Name) -> Option<Self> {
        let records = || message.authority.iter().chain(&message.answer).filter(|record| record.rtype.0 == 50);
        let first = records().next()?;
        let parameters = Parameters::of(first)?;
        let depth = name.labels().count().checked_sub(first.owner.labels().count().saturating_sub(1))?;
        let hashed = |name: Name| {
            let hash = parameters.hash(&name);
            (name, hash)
        };
        let names: Vec<_> = (0..=depth).map(|above| hashed(ancestor(name, above))).collect();
        let wildcards =
            (1..=depth).filter_map(|above| wildcard_of(&ancestor(name, above)).parse().ok()).map(hashed).collect();
        let owners: HashSet<Vec<u8>> = records().filter_map(Gap::of).map(|gap| gap.owner).collect();
        let closest = names.iter().position(|(_, hash)| owners.contains(hash));
        Some(Self { parameters, names, wildcards, closest })
    }
}

/// What an NSEC3 record proves of the name.
///
/// # Source
/// RFC 5155 sections 5 and 8: the closest name that exists is matched, the name one label longer and the wildcard under the
/// closest one are covered.
fn nsec3(record: &Record, message: &Message, hashes: Option<&Hashes>, qtype: Type) -> Option<String> {
    let opt_out =
        if record.rdata.number("Flags")? & 1 == 0 { "" } else { " (or that it is an unsigned delegation: opt-out)" };
    let types = text(record, "Type Bit Maps");
    let gap = Gap::of(record)?;
    let next = text(record, "Next Hashed Owner Name").to_ascii_lowercase();
    let plain = format!("no hashed name between it and {next}");
    let same = |hashes: &&Hashes| Parameters::of(record).is_some_and(|parameters| parameters == hashes.parameters);
    let Some(hashes) = hashes.filter(same) else { return Some(plain) };
    let (name, _) = hashes.names.first()?;
    let exists = hashes.names.iter().position(|(_, hash)| *hash == gap.owner);
    if exists == Some(0) {
        return Some(format!("is the hash of {name} and {}", no_type(&types, message, qtype)));
    }
    if let Some((of, _)) = exists.filter(|at| hashes.closest == Some(*at)).and_then(|at| hashes.names.get(at)) {
        return Some(format!("is the hash of {of}: that name exists, and is the closest one above {name}"));
    }
    // One label more than what exists, and the wildcard beside it; without a record of that, whatever is covered.
    let (candidates, wildcards) = match hashes.closest.map(|closest| closest.checked_sub(1)) {
        Some(Some(at)) => (hashes.names.get(at..=at), hashes.wildcards.get(at..=at)),
        Some(None) => (None, hashes.wildcards.get(..1)),
        None => (Some(hashes.names.as_slice()), Some(hashes.wildcards.as_slice())),
    };
    let candidates = candidates.unwrap_or_default();
    if let Some((of, _)) = candidates.iter().find(|(_, hash)| gap.covers(hash)) {
        return Some(format!(
            "proves that {of} does not exist{opt_out}: its hash would lie between this one and the next"
        ));
    }
    let covered = wildcards.unwrap_or_default().iter().find(|(_, hash)| gap.covers(hash));
    Some(covered.map_or(plain, |(wildcard, _)| format!("proves that no wildcard {wildcard} could have answered")))
}

fn nsec3_parameters(record: &Record) -> Option<String> {
    let iterations = record.rdata.number("Iterations")?;
    let advice = if iterations > 0 { ", where 0 is what RFC 9276 wants" } else { "" };
    Some(format!("names are hashed with SHA-1 and {iterations} more iterations{advice}, salt {}", text(record, "Salt")))
}
