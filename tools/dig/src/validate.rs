//! A DNSSEC chain, link by link: `+validate`.
//!
//! The judgement is hickory-resolver's ([`crate::shell`] asks it); what is shown of each zone on the way, its keys, what
//! its parent says of them and how long the signatures last, is read here from the answers to our own queries.

use std::io;

use ring::digest;
use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::wire::{Reader, Truncated};
use sockeye_common::words::counted;

use crate::name::Name;
use crate::rdata::{dnskey, time};
use crate::record::Record;
use crate::registry::Type;

/// What it comes to.
///
/// # Source
/// RFC 4035 section 4.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A chain of signatures leads from a trust anchor to the records.
    Secure,
    /// A zone on the way is proven to be unsigned.
    Insecure,
    /// Nobody can tell: something on the way could not be asked.
    Indeterminate,
    /// It should be signed and is not, or not rightly.
    Bogus,
}

/// A DS record: what the parent says of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ds {
    /// Key Tag.
    pub key_tag: u16,
    /// Algorithm.
    pub algorithm: u8,
    /// Digest Type.
    pub digest_type: u8,
    /// Whether one of the zone's keys has this digest; null for a digest that cannot be computed here.
    pub matches: Option<bool>,
}

/// A DNSKEY record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Key {
    /// The tag, computed.
    pub key_tag: u16,
    /// Flags: 256 is a zone key, 1 a secure entry point.
    pub flags: u16,
    /// Algorithm.
    pub algorithm: u8,
    /// A trust anchor of this run.
    pub is_anchor: bool,
}

/// An RRSIG record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Signature {
    /// Type Covered.
    pub covered: Type,
    /// Key Tag.
    pub key_tag: u16,
    /// Signer's Name.
    pub signer: String,
    /// Signature Inception, `YYYYMMDDHHMMSS`.
    pub inception: String,
    /// Signature Expiration, `YYYYMMDDHHMMSS`.
    pub expiration: String,
    /// From now on, in seconds; negative once it has expired.
    pub expires_in_s: i64,
    /// Whether it has begun.
    pub has_begun: bool,
}

/// One zone of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Its name.
    pub zone: String,
    /// What the parent says of its keys; empty for the root and for an unsigned delegation.
    pub ds: Vec<Ds>,
    /// Its keys.
    pub keys: Vec<Key>,
    /// The signatures over its keys.
    pub signatures: Vec<Signature>,
}

/// The whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "validation")]
pub struct Validation {
    /// The name that was asked for.
    pub qname: String,
    /// The type.
    pub qtype: Type,
    /// What it comes to.
    pub verdict: Verdict,
    /// Why, where the verdict does not say it.
    pub why: Option<String>,
    /// The zones from the trust anchor down.
    pub chain: Vec<Link>,
    /// The signatures over what was answered.
    pub signatures: Vec<Signature>,
}

/// Reads the link of a zone from the records of the answers to DS and DNSKEY. `now` is in seconds since 1970.
pub fn link(
    zone: &Name,
    ds: &[Record],
    dnskey: &[Record],
    is_anchor: &dyn Fn(&Name, u8, &[u8]) -> bool,
    now: u64,
) -> Link {
    let of_zone = |records: &[Record], rtype: Type| -> Vec<Vec<u8>> {
        records
            .iter()
            .filter(|record| record.rtype == rtype && record.owner.matches(zone))
            .map(|record| record.rdata.uncompressed().into_owned())
            .collect()
    };
    let keys = of_zone(dnskey, Type(48));
    Link {
        zone: zone.to_string(),
        ds: of_zone(ds, Type(43)).iter().filter_map(|octets| read_ds(zone, octets, &keys).ok()).collect(),
        keys: keys.iter().filter_map(|octets| read_key(zone, octets, is_anchor).ok()).collect(),
        signatures: signatures(dnskey, now).into_iter().filter(|signature| signature.covered == Type(48)).collect(),
    }
}

/// The signatures among the records of a section.
pub fn signatures(records: &[Record], now: u64) -> Vec<Signature> {
    let rrsigs = records.iter().filter(|record| record.rtype == Type(46));
    rrsigs.filter_map(|record| read_signature(&record.rdata.uncompressed(), now)).collect()
}

/// The zone that signs the records, if any is signed.
pub fn signer(records: &[Record]) -> Option<Name> {
    records.iter().find(|record| record.rtype == Type(46))?.rdata.target().cloned()
}

/// Whether a signature says that a record was made from a wildcard: it has fewer labels than the record's owner.
///
/// # Source
/// RFC 4035 section 5.3.4.
pub fn is_from_wildcard(records: &[Record]) -> bool {
    const LABELS_AT: usize = 3;
    records.iter().filter(|record| record.rtype == Type(46)).any(|record| {
        let labels = record.owner.labels().filter(|label| *label != b"*").count();
        record.rdata.octets.get(LABELS_AT).is_some_and(|signed| usize::from(*signed) < labels)
    })
}

pub(crate) fn read_ds(zone: &Name, octets: &[u8], keys: &[Vec<u8>]) -> Result<Ds, Truncated> {
    let mut reader = Reader::new(octets);
    let key_tag = reader.u16("Key Tag")?;
    let algorithm = reader.u8("Algorithm")?;
    let digest_type = reader.u8("Digest Type")?;
    let matches = digest_of(digest_type).map(|digest| {
        keys.iter().any(|key| dnskey::tag(key) == key_tag && key_digest(digest, zone, key) == reader.rest())
    });
    Ok(Ds { key_tag, algorithm, digest_type, matches })
}

/// The digest of a key: of the owner in small letters, and the rdata.
///
/// # Source
/// RFC 4034 section 5.1.4.
fn key_digest(algorithm: &'static digest::Algorithm, zone: &Name, key: &[u8]) -> Vec<u8> {
    let owner = zone.as_wire().to_ascii_lowercase();
    digest::digest(algorithm, &[&owner, key].concat()).as_ref().to_vec()
}

fn digest_of(digest_type: u8) -> Option<&'static digest::Algorithm> {
    Some(match digest_type {
        1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        2 => &digest::SHA256,
        4 => &digest::SHA384,
        _ => return None,
    })
}

fn digest_name(digest_type: u8) -> String {
    match digest_type {
        1 => "SHA-1".to_owned(),
        2 => "SHA-256".to_owned(),
        4 => "SHA-384".to_owned(),
        other => format!("digest {other}"),
    }
}

fn read_key(zone: &Name, octets: &[u8], is_anchor: &dyn Fn(&Name, u8, &[u8]) -> bool) -> Result<Key, Truncated> {
    let mut reader = Reader::new(octets);
    let flags = reader.u16("Flags")?;
    reader.u8("Protocol")?;
    let algorithm = reader.u8("Algorithm")?;
    let is_anchor = is_anchor(zone, algorithm, reader.rest());
    Ok(Key { key_tag: dnskey::tag(octets), flags, algorithm, is_anchor })
}

fn read_signature(octets: &[u8], now: u64) -> Option<Signature> {
    let mut reader = Reader::new(octets);
    let covered = Type(reader.u16("Type Covered").ok()?);
    reader.octets(6, "Algorithm, Labels and Original TTL").ok()?;
    let expiration = reader.u32("Signature Expiration").ok()?;
    let inception = reader.u32("Signature Inception").ok()?;
    let key_tag = reader.u16("Key Tag").ok()?;
    let signer = Name::parse(&mut reader).ok()?.to_string();
    let today = u32::try_from(now & 0xffff_ffff).unwrap_or_default();
    let text = |seconds: u32| {
        let mut text = String::new();
        time::stamp(&mut text, seconds, Some(today));
        text
    };
    Some(Signature {
        covered,
        key_tag,
        signer,
        inception: text(inception),
        expiration: text(expiration),
        expires_in_s: distance(today, expiration),
        has_begun: distance(today, inception) <= 0,
    })
}

/// From one time to another, in seconds, both modulo 2^32.
///
/// # Source
/// RFC 1982 section 3, as RFC 4034 section 3.1.5 asks for.
fn distance(from: u32, to: u32) -> i64 {
    i64::from(to.wrapping_sub(from).cast_signed())
}

impl Key {
    fn role(&self) -> &'static str {
        const SECURE_ENTRY_POINT: u16 = 1;
        const REVOKED: u16 = 0x80;
        match self.flags {
            flags if flags & REVOKED != 0 => "revoked",
            flags if flags & SECURE_ENTRY_POINT != 0 => "KSK",
            _ => "ZSK",
        }
    }
}

impl Signature {
    fn lifetime(&self) -> String {
        const DAY: i64 = 86_400;
        match self.expires_in_s {
            _ if !self.has_begun => format!("from {} on, which is not yet", self.inception),
            left if left < 0 => format!("until {}, which is past", self.expiration),
            left if left < DAY => format!("until {} (less than a day left)", self.expiration),
            left => {
                format!("until {} ({} left)", self.expiration, counted(left / DAY, "day"))
            }
        }
    }

    fn is_current(&self) -> bool {
        self.has_begun && self.expires_in_s >= 0
    }
}

fn algorithm(number: u8) -> String {
    dnskey::algorithm(number).map_or_else(|| format!("algorithm {number}"), str::to_owned)
}

impl Verdict {
    fn sentence(self) -> &'static str {
        match self {
            Self::Secure => "secure: a chain of signatures leads from a trust anchor to the answer",
            Self::Insecure => "insecure: a zone on the way is proven to be unsigned",
            Self::Indeterminate => "indeterminate: something on the way could not be found out",
            Self::Bogus => "BOGUS: the answer should be signed, and is not, or not rightly",
        }
    }

    fn role(self) -> Role {
        match self {
            Self::Secure => Role::Good,
            Self::Insecure | Self::Indeterminate => Role::Warning,
            Self::Bogus => Role::Bad,
        }
    }
}

impl Render for Validation {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let verdict = text.paint(self.verdict.role(), self.verdict.sentence());
        text.line(";; VALIDATION:")?;
        text.line(format!("; {} {}: {verdict}", self.qname, self.qtype))?;
        if let Some(why) = &self.why {
            text.line(format!(";   {why}"))?;
        }
        for link in &self.chain {
            for (index, (line, role)) in link.lines().into_iter().enumerate() {
                let zone = if index == 0 { link.zone.as_str() } else { "" };
                let line = text.paint(role, &line);
                text.line(format!("; {zone:<23} {line}"))?;
            }
        }
        for signature in &self.signatures {
            let Signature { covered, key_tag, signer, .. } = signature;
            let line = format!("{covered} signed by key {key_tag} of {signer} {}", signature.lifetime());
            let line = text.paint(if signature.is_current() { Role::Dim } else { Role::Bad }, &line);
            text.line(format!("; {:<23} {line}", ""))?;
        }
        text.blank()
    }
}

impl Link {
    fn lines(&self) -> Vec<(String, Role)> {
        let mut lines = Vec::new();
        for ds in &self.ds {
            let said = match ds.matches {
                Some(true) => "is the digest of a key below",
                Some(false) => "fits none of the keys below",
                None => "cannot be computed here",
            };
            let role = if ds.matches == Some(false) { Role::Warning } else { Role::Dim };
            let Ds { key_tag, digest_type, .. } = ds;
            lines.push((
                format!("DS {key_tag} ({}, {}) {said}", algorithm(ds.algorithm), digest_name(*digest_type)),
                role,
            ));
        }
        for key in &self.keys {
            let anchor = if key.is_anchor { ", a trust anchor" } else { "" };
            lines.push((
                format!("DNSKEY {} ({}, {}{anchor})", key.key_tag, key.role(), algorithm(key.algorithm)),
                Role::Dim,
            ));
        }
        for signature in &self.signatures {
            let role = if signature.is_current() { Role::Dim } else { Role::Bad };
            lines.push((format!("the keys are signed by {} {}", signature.key_tag, signature.lifetime()), role));
        }
        if self.keys.is_empty() {
            let said =
                if self.ds.is_empty() { "no DS: the delegation is unsigned" } else { "no keys that could be had" };
            lines.push((said.to_owned(), Role::Warning));
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    fn record(owner: &[u8], rtype: u16, rdata: &[u8]) -> Record {
        let mut octets = b"\0\x01\x80\0\0\0\0\x01\0\0\0\0".to_vec();
        octets.extend(owner);
        octets.extend(rtype.to_be_bytes());
        octets.extend(b"\0\x01\0\0\x0e\x10");
        octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
        octets.extend(rdata);
        Message::parse(&octets).unwrap().answer.remove(0)
    }

    /// The key of RFC 4034 section 5.4, whose tag is 60485 and whose digest stands there too.
    const KEY: &str = "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvx\
        egXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
    const DIGEST: &str = "2bb183af5f22588179a53b0a98631fad1a292118";

    fn decoded(text: &str) -> Vec<u8> {
        let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut octets = Vec::new();
        let (mut bits, mut count) = (0_u32, 0);
        for digit in text.chars().filter_map(|digit| digits.find(digit)) {
            bits = bits << 6 | u32::try_from(digit).unwrap();
            count += 6;
            if count >= 8 {
                count -= 8;
                octets.push(u8::try_from(bits >> count & 0xff).unwrap());
            }
        }
        octets
    }

    #[test]
    fn a_digest_is_of_the_key_and_of_no_other() {
        const OWNER: &[u8] = b"\x05dskey\x07EXAMPLE\x03com\0";
        let mut key = b"\x01\0\x03\x05".to_vec();
        key.extend(decoded(KEY));
        let mut ds = b"\xec\x45\x05\x01".to_vec();
        ds.extend(sockeye_common::hex::decode(DIGEST).unwrap());
        let zone: Name = "dskey.example.com".parse().unwrap();
        let anchored = |_: &Name, algorithm: u8, _: &[u8]| algorithm == 5;
        let chain = link(&zone, &[record(OWNER, 43, &ds)], &[record(OWNER, 48, &key)], &anchored, 0);
        assert_eq!(chain.ds, [Ds { key_tag: 60485, algorithm: 5, digest_type: 1, matches: Some(true) }]);
        assert_eq!(chain.keys, [Key { key_tag: 60485, flags: 256, algorithm: 5, is_anchor: true }]);
        key.push(0);
        let other = link(&zone, &[record(OWNER, 43, &ds)], &[record(OWNER, 48, &key)], &anchored, 0);
        assert_eq!(other.ds[0].matches, Some(false));
        let strange = link(&zone, &[record(OWNER, 43, b"\xec\x45\x05\x03abc")], &[], &anchored, 0);
        assert_eq!(strange.ds[0].matches, None);
        assert!(link(&"x".parse().unwrap(), &[record(OWNER, 43, &ds)], &[], &anchored, 0).ds.is_empty());
    }

    /// RRSIG of an A record of `*.w.` by key 7 of `w.`, from second 1000 to 2000.
    const RRSIG: &[u8] = b"\0\x01\x08\x01\0\0\x0e\x10\0\0\x07\xd0\0\0\x03\xe8\0\x07\x01w\0sig";

    #[test]
    fn a_signature_has_a_beginning_and_an_end() {
        let records = [record(b"\x01x\x01w\0", 46, RRSIG)];
        for (now, begun, left) in [(999, false, 1001), (1000, true, 1000), (2000, true, 0), (2001, true, -1)] {
            let signature = signatures(&records, now).remove(0);
            assert_eq!((signature.has_begun, signature.expires_in_s), (begun, left), "{now}");
        }
        // The same with a pointer to the owner's second label in place of the signer's name.
        let compressed = [&RRSIG[..18], b"\xc0\x0esig"].concat();
        assert_eq!(signatures(&[record(b"\x01x\x01w\0", 46, &compressed)], 1500), signatures(&records, 1500));
        let signature = signatures(&records, 1500).remove(0);
        assert_eq!(
            (signature.key_tag, signature.signer.as_str(), signature.expiration.as_str()),
            (7, "w.", "19700101003320")
        );
        // 2^32 seconds later the same octets mean the same again.
        assert_eq!(signatures(&records, (1 << 32) + 1500)[0].expires_in_s, 500);
        assert_eq!(signer(&records), Some("w".parse().unwrap()));
        assert!(is_from_wildcard(&records));
        assert!(!is_from_wildcard(&[record(b"\x01*\x01w\0", 46, RRSIG)]));
    }
}
