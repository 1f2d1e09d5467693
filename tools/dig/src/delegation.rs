//! What a zone says about the signatures of a zone below it: DS, or the proof that there is none.

use serde::Serialize;

use crate::message::Message;
use crate::name::Name;
use crate::nsec3::{Gap, Parameters};
use crate::rdata::dnskey;
use crate::record::Record;
use crate::registry::Type;
use crate::validate;

const DS: Type = Type(43);
const NSEC: Type = Type(47);
const DNSKEY: Type = Type(48);
const NSEC3: Type = Type(50);

/// How a zone is tied to the one above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The root: nothing is above it.
    Root,
    /// A DS record of the parent is the digest of one of the zone's keys.
    Signed,
    /// There are DS records, and none is of a key that the zone has.
    Broken,
    /// The parent proves that there is no DS record.
    Unsigned,
    /// There is no DS record, and the parent, which is signed, does not prove that.
    Unproven,
    /// The parent is not signed either.
    ParentUnsigned,
    /// It was not asked, or nobody answered.
    Unknown,
}

/// The kind of a proof that there is no DS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// An NSEC record of the name.
    Nsec,
    /// An NSEC3 record of the name's hash.
    Nsec3,
    /// An NSEC3 record that leaves unsigned delegations out.
    OptOut,
}

/// The state of one zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Security {
    /// In one word.
    pub state: State,
    /// The tags of the keys that the parent vouches for.
    pub ds_key_tags: Vec<u16>,
    /// The tags of the keys that the zone has.
    pub dnskey_key_tags: Vec<u16>,
    /// How the parent proves that it vouches for none.
    pub proof: Option<Proof>,
}

impl Security {
    /// What is known when nobody was asked.
    pub fn unknown() -> Self {
        Self { state: State::Unknown, ds_key_tags: Vec::new(), dnskey_key_tags: Vec::new(), proof: None }
    }

    /// Reads the parent's referral to `zone` and the zone's answer about its keys. `parent_is_signed` if the parent has
    /// keys of its own.
    ///
    /// # Source
    /// RFC 4035 section 5.2, RFC 5155 sections 6 and 8.9.
    pub fn new(zone: &Name, parent_is_signed: bool, referral: Option<&Message>, keys: Option<&Message>) -> Self {
        let dnskeys: Vec<Vec<u8>> = keys.map(|message| rdata(&message.answer, zone, DNSKEY)).unwrap_or_default();
        let dnskey_key_tags: Vec<u16> = dnskeys.iter().map(|key| dnskey::tag(key)).collect();
        let found = Self { state: State::Root, ds_key_tags: Vec::new(), dnskey_key_tags, proof: None };
        let Some(referral) = referral else { return found };
        let ds: Vec<validate::Ds> = rdata(&referral.authority, zone, DS)
            .iter()
            .filter_map(|octets| validate::read_ds(zone, octets, &dnskeys).ok())
            .collect();
        let ds_key_tags: Vec<u16> = ds.iter().map(|ds| ds.key_tag).collect();
        let proof = if ds.is_empty() { proof(zone, &referral.authority) } else { None };
        let vouched = |ds: &validate::Ds| ds.matches.unwrap_or_else(|| found.dnskey_key_tags.contains(&ds.key_tag));
        let state = match () {
            () if ds.iter().any(vouched) => State::Signed,
            () if !ds.is_empty() && keys.is_none() => State::Unknown,
            () if !ds.is_empty() => State::Broken,
            () if proof.is_some() => State::Unsigned,
            () if parent_is_signed => State::Unproven,
            () => State::ParentUnsigned,
        };
        Self { state, ds_key_tags, proof, ..found }
    }

    /// In a few words.
    pub fn words(&self) -> String {
        let tags = |tags: &[u16]| tags.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let (ds, keys) = (tags(&self.ds_key_tags), tags(&self.dnskey_key_tags));
        let island = if keys.is_empty() { String::new() } else { format!(", although it has the keys {keys}") };
        match (self.state, self.proof) {
            (State::Root, _) if keys.is_empty() => "no keys".to_owned(),
            (State::Root, _) => format!("keys {keys}"),
            (State::Signed, _) => format!("signed: DS {ds} is of one of the keys {keys}"),
            (State::Broken, _) if keys.is_empty() => format!("BROKEN: DS {ds}, and the zone has no keys"),
            (State::Broken, _) => format!("BROKEN: DS {ds} is of none of the keys {keys}"),
            (State::Unsigned, Some(Proof::Nsec)) => format!("unsigned, proven by NSEC{island}"),
            (State::Unsigned, Some(Proof::OptOut)) => format!("unsigned, left out by NSEC3 (opt-out){island}"),
            (State::Unsigned, _) => format!("unsigned, proven by NSEC3{island}"),
            (State::Unproven, _) => format!("no DS, and no proof of that{island}"),
            (State::ParentUnsigned, _) => format!("unsigned, as the zone above it{island}"),
            (State::Unknown, _) if ds.is_empty() => "signatures not looked at".to_owned(),
            (State::Unknown, _) => format!("DS {ds}, and the zone's keys are not known"),
        }
    }
}

fn rdata(records: &[Record], owner: &Name, rtype: Type) -> Vec<Vec<u8>> {
    let those = records.iter().filter(|record| record.rtype == rtype && record.owner.matches(owner));
    those.map(|record| record.rdata.uncompressed().into_owned()).collect()
}

/// How the records prove that the zone has no DS record, if they do. Their signatures are not looked at.
fn proof(zone: &Name, records: &[Record]) -> Option<Proof> {
    records.iter().find_map(|record| match record.rtype {
        NSEC if record.owner.matches(zone) => is_insecure_delegation(record).then_some(Proof::Nsec),
        NSEC3 => nsec3_proof(zone, record),
        _ => None,
    })
}

fn nsec3_proof(zone: &Name, record: &Record) -> Option<Proof> {
    let (hash, gap) = (Parameters::of(record)?.hash(zone), Gap::of(record)?);
    if gap.owner == hash {
        return is_insecure_delegation(record).then_some(Proof::Nsec3);
    }
    let opt_out = record.rdata.number("Flags")? & 1 != 0;
    (opt_out && gap.covers(&hash)).then_some(Proof::OptOut)
}

/// Whether the types of a proof are NS and neither DS nor SOA.
fn is_insecure_delegation(record: &Record) -> bool {
    let has = |wanted: Type| record.rdata.types().any(|rtype| rtype == wanted);
    has(Type::NS) && !has(DS) && !has(Type::SOA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::tests::record_of;

    fn named(owner: &str, rtype: Type, rdata: &[u8]) -> Record {
        Record { owner: owner.parse().unwrap(), ..record_of(rtype, rdata) }
    }

    #[test]
    fn proofs() {
        let zone: Name = "x.test".parse().unwrap();
        // The next name is the root; NS; NS and DS.
        let nsec = |bitmap: &[u8]| named("X.test", NSEC, &[&[0, 0], bitmap].concat());
        assert_eq!(proof(&zone, &[nsec(&[1, 0x20])]), Some(Proof::Nsec));
        assert_eq!(proof(&zone, &[nsec(&[6, 0x20, 0, 0, 0, 0, 0x10])]), None, "there is a DS record");
        assert_eq!(proof(&"y.test".parse().unwrap(), &[nsec(&[1, 0x20])]), None);
        // Everything between the first hash and the last, with opt-out and without.
        for (flags, expected) in [(1, Some(Proof::OptOut)), (0, None)] {
            let rdata = [&[1, flags, 0, 0, 0, 20][..], &[0xff; 20]].concat();
            let record = named("00000000000000000000000000000000.test", NSEC3, &rdata);
            assert_eq!(proof(&zone, &[record]), expected);
        }
    }
}
