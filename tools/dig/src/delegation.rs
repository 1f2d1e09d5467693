//! What a zone says about the signatures of a zone below it: DS, or the proof that there is none.

use ring::digest;
use serde::Serialize;
use sockeye_common::wire::Reader;

use crate::message::Message;
use crate::name::Name;
use crate::rdata::dnskey;
use crate::record::Record;
use crate::registry::Type;
use crate::validate;

const DS: Type = Type(43);
const NSEC: Type = Type(47);
const DNSKEY: Type = Type(48);
const NSEC3: Type = Type(50);

/// More rounds than any zone may ask for (RFC 9276 section 3.2 has servers stop at far fewer).
const MOST_ITERATIONS: u16 = 2500;

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
    those.map(|record| record.rdata.octets.clone()).collect()
}

/// How the records prove that the zone has no DS record, if they do. Their signatures are not looked at.
fn proof(zone: &Name, records: &[Record]) -> Option<Proof> {
    records.iter().find_map(|record| match record.rtype {
        NSEC if record.owner.matches(zone) => {
            let mut reader = Reader::new(&record.rdata.octets);
            Name::parse(&mut reader).ok()?;
            is_insecure_delegation(reader.rest()).then_some(Proof::Nsec)
        }
        NSEC3 => nsec3_proof(zone, record),
        _ => None,
    })
}

/// # Source
/// RFC 5155 section 3.2.
fn nsec3_proof(zone: &Name, record: &Record) -> Option<Proof> {
    let mut reader = Reader::new(&record.rdata.octets);
    let (algorithm, flags) = (reader.u8("Hash Algorithm").ok()?, reader.u8("Flags").ok()?);
    let iterations = reader.u16("Iterations").ok().filter(|iterations| *iterations <= MOST_ITERATIONS)?;
    let salt_length = reader.u8("Salt Length").ok()?;
    let salt = reader.octets(usize::from(salt_length), "Salt").ok()?;
    let hash_length = reader.u8("Hash Length").ok()?;
    let next = reader.octets(usize::from(hash_length), "Next Hashed Owner Name").ok()?;
    if algorithm != 1 {
        return None;
    }
    let own = base32_hex(record.owner.labels().next()?)?;
    let hash = nsec3_hash(zone, salt, iterations);
    if own == hash {
        return is_insecure_delegation(reader.rest()).then_some(Proof::Nsec3);
    }
    // The span from this hash to the next, which goes around the end once.
    let (hash, own) = (hash.as_slice(), own.as_slice());
    let covered = if own < next { own < hash && hash < next } else { own < hash || hash < next };
    (covered && flags & 1 != 0).then_some(Proof::OptOut)
}

/// The name's hash.
///
/// # Source
/// RFC 5155 section 5.
fn nsec3_hash(name: &Name, salt: &[u8], iterations: u16) -> Vec<u8> {
    let hash =
        |octets: &[u8]| digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &[octets, salt].concat()).as_ref().to_vec();
    (0..iterations).fold(hash(&name.as_wire().to_ascii_lowercase()), |octets, _| hash(&octets))
}

/// Octets of base32 with the extended hex alphabet and without padding.
///
/// # Source
/// RFC 4648 section 7.
fn base32_hex(text: &[u8]) -> Option<Vec<u8>> {
    let (mut octets, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for letter in text {
        let value = char::from(*letter).to_digit(32)?;
        bits = (bits << 5 | value) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            octets.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(octets)
}

/// Whether a type bit map has NS and neither DS nor SOA.
///
/// # Source
/// RFC 4034 section 4.1.2.
fn is_insecure_delegation(bitmaps: &[u8]) -> bool {
    let has = |rtype: Type| {
        let [window, low] = rtype.0.to_be_bytes();
        let mut reader = Reader::new(bitmaps);
        while let (Ok(number), Ok(length)) = (reader.u8("Window Block"), reader.u8("Bitmap Length")) {
            let Ok(bitmap) = reader.octets(usize::from(length), "Bitmap") else { return false };
            if number == window {
                return bitmap.get(usize::from(low / 8)).is_some_and(|octet| octet & (0x80 >> (low % 8)) != 0);
            }
        }
        false
    };
    has(Type::NS) && !has(DS) && !has(Type::SOA)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::tests::record_of;

    #[test]
    fn hashes_of_rfc_5155() {
        // RFC 5155 appendix A: salt aabbccdd, 12 iterations.
        for (name, hash) in [
            ("example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
            ("a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
            ("x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s"),
        ] {
            let computed = nsec3_hash(&name.parse().unwrap(), &[0xaa, 0xbb, 0xcc, 0xdd], 12);
            assert_eq!(base32_hex(hash.as_bytes()).unwrap(), computed, "{name}");
        }
    }

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
