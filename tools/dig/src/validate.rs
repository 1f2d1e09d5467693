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

use crate::name::Name;
use crate::rdata::{dnskey, stamp};
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
            .map(|record| record.rdata.octets.clone())
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
    rrsigs.filter_map(|record| read_signature(&record.rdata.octets, now)).collect()
}

/// The zone that signs the records, if any is signed.
pub fn signer(records: &[Record]) -> Option<Name> {
    let rrsig = records.iter().find(|record| record.rtype == Type(46))?;
    Name::parse(&mut Reader::at(&rrsig.rdata.octets, SIGNER_AT)?).ok()
}

fn read_ds(zone: &Name, octets: &[u8], keys: &[Vec<u8>]) -> Result<Ds, Truncated> {
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

/// Where the signer's name begins in the rdata.
const SIGNER_AT: usize = 18;

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
        stamp(&mut text, seconds, Some(today));
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
            left => format!("until {} ({} day{} left)", self.expiration, left / DAY, if left / DAY == 1 { "" } else { "s" }),
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
            let said = if self.ds.is_empty() { "no DS: the delegation is unsigned" } else { "no keys that could be had" };
            lines.push((said.to_owned(), Role::Warning));
        }
        lines
    }
}
