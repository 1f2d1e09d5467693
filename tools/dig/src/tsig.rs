//! Transaction signatures: what is signed, and whether what comes back is.
//!
//! [`sign`] appends a signature to a query's octets; a [`Conversation`] verifies the messages that answer it, one or,
//! in a transfer, many. [`key`] makes a [`Key`] of `-y`, [`keyfile`] and [`keypair`] read the files of `-k`.
//!
//! # Source
//! RFC 8945.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use serde::Serialize;
use sockeye_common::wire::{Reader, Writer};

use crate::fault::{Fault, FaultKind};
use crate::header;
use crate::message::Message;
use crate::name::Name;
use crate::record::Record;
use crate::registry::{Class, Type};

mod algorithm;
pub mod key;
pub mod keyfile;
pub mod keypair;

pub use algorithm::Algorithm;
use algorithm::Digest;

/// How far the clocks of both ends may be apart, in seconds, as dig says in its queries.
pub const FUDGE_S: u16 = 300;
/// BADSIG of the field Error.
pub const BADSIG: u16 = 16;
/// BADKEY of the field Error.
pub const BADKEY: u16 = 17;
/// BADTIME of the field Error.
pub const BADTIME: u16 = 18;
/// BADTRUNC of the field Error.
pub const BADTRUNC: u16 = 22;
/// The offset of ARCOUNT in a message.
const ARCOUNT: usize = 10;

/// A key that both ends have.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name, in lower case.
    pub name: Name,
    /// How it signs.
    pub algorithm: Algorithm,
    /// How many octets of a MAC are sent and wanted; `None` for all of them.
    pub mac_len: Option<usize>,
    secret: Vec<u8>,
}

/// The secret stays one.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("name", &self.name).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

impl Key {
    /// A key. `bits` is the length of the MAC in bits, 0 for the whole of it.
    pub fn new(name: &Name, algorithm: Algorithm, bits: usize, secret: Vec<u8>) -> Self {
        let mac_len = (bits > 0).then(|| bits.div_ceil(8).min(algorithm.digest_len()));
        Self { name: name.to_lower_case(), algorithm, mac_len, secret }
    }

    /// How many bits the secret has.
    pub fn secret_bits(&self) -> usize {
        self.secret.len().saturating_mul(8)
    }

    /// How many octets the record of a signature may take, with the whole of the MAC.
    pub fn signature_len(&self) -> usize {
        const TYPE_TO_RDLENGTH: usize = 10;
        const TIME_TO_MAC_SIZE: usize = 10;
        const ORIGINAL_ID_TO_OTHER_LEN: usize = 6;
        let names = self.name.as_wire().len() + self.algorithm.wire_name().as_wire().len();
        names + self.algorithm.digest_len() + TYPE_TO_RDLENGTH + TIME_TO_MAC_SIZE + ORIGINAL_ID_TO_OTHER_LEN
    }

    fn digest(&self) -> Digest {
        Digest::new(self.algorithm, &self.secret)
    }
}

/// The rdata of a TSIG record.
///
/// # Source
/// RFC 8945 section 4.2.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// Algorithm Name.
    pub algorithm: Name,
    /// Time Signed, in seconds since 1970; 48 bits.
    pub time_s: u64,
    /// Fudge, in seconds.
    pub fudge_s: u16,
    /// MAC.
    pub mac: Vec<u8>,
    /// Original ID.
    pub original_id: u16,
    /// Error.
    pub error: u16,
    /// Other Data: the server's time for BADTIME.
    pub other: Vec<u8>,
}

impl Signature {
    /// Reads the rdata of a record of `message`.
    ///
    /// # Errors
    /// [`Fault`] if a field is cut or octets follow the last one.
    pub fn parse(message: &[u8], record: &Record) -> Result<Self, Fault> {
        let span = record.rdata.span;
        let input = message.get(..span.end()).unwrap_or(message);
        let mut reader =
            Reader::at(input, span.offset).ok_or(Fault::new(FaultKind::UnexpectedEnd, "RDATA", span.offset))?;
        let algorithm = Name::parse(&mut reader)?;
        let high = reader.u16("Time Signed").map_err(Fault::end)?;
        let low = reader.u32("Time Signed").map_err(Fault::end)?;
        let fudge_s = reader.u16("Fudge").map_err(Fault::end)?;
        let mac = sized(&mut reader, "MAC")?;
        let original_id = reader.u16("Original ID").map_err(Fault::end)?;
        let error = reader.u16("Error").map_err(Fault::end)?;
        let other = sized(&mut reader, "Other Data")?;
        if !reader.is_empty() {
            return Err(Fault::new(FaultKind::ExtraData, "RDATA", reader.offset()));
        }
        let time_s = u64::from(high) << 32 | u64::from(low);
        Ok(Self { algorithm, time_s, fudge_s, mac, original_id, error, other })
    }

    /// The rdata.
    pub fn emit(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.octets(self.algorithm.as_wire());
        self.emit_timers(&mut writer);
        writer.u16(length(&self.mac)).octets(&self.mac).u16(self.original_id).u16(self.error);
        writer.u16(length(&self.other)).octets(&self.other);
        writer.into_octets()
    }

    /// The record: class ANY, a TTL of zero.
    pub fn emit_record(&self, owner: &Name) -> Vec<u8> {
        let rdata = self.emit();
        let mut writer = Writer::new();
        writer.octets(owner.as_wire()).u16(Type::TSIG.0).u16(Class::ANY.0).u32(0).u16(length(&rdata)).octets(&rdata);
        writer.into_octets()
    }

    /// Time Signed and Fudge.
    fn emit_timers(&self, writer: &mut Writer) {
        let [_, _, time @ ..] = self.time_s.to_be_bytes();
        writer.octets(&time).u16(self.fudge_s);
    }

    /// What of the signature is signed itself.
    ///
    /// # Source
    /// RFC 8945 section 4.3.3; 5.3.1 for the messages of a transfer behind the first.
    fn variables(&self, key: &Key, ttl: u32, timers_only: bool) -> Vec<u8> {
        let mut writer = Writer::new();
        if timers_only {
            self.emit_timers(&mut writer);
            return writer.into_octets();
        }
        writer.octets(key.name.as_wire()).u16(Class::ANY.0).u32(ttl);
        writer.octets(self.algorithm.to_lower_case().as_wire());
        self.emit_timers(&mut writer);
        writer.u16(self.error).u16(length(&self.other)).octets(&self.other);
        writer.into_octets()
    }
}

fn sized(reader: &mut Reader<'_>, field: &'static str) -> Result<Vec<u8>, Fault> {
    let length = reader.u16(field).map_err(Fault::end)?;
    Ok(reader.octets(usize::from(length), field).map_err(Fault::end)?.to_vec())
}

/// Names and rdata of messages are never longer than 16 bits can say.
fn length(octets: &[u8]) -> u16 {
    u16::try_from(octets.len()).unwrap_or(u16::MAX)
}

/// A length of 16 bits and the octets: how a MAC goes into the next one.
fn prefixed(octets: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.u16(length(octets)).octets(octets);
    writer.into_octets()
}

/// Signs a query: the message with its signature, and the MAC, which the answer's covers too.
///
/// # Source
/// RFC 8945 section 5.1.
pub fn sign(octets: &[u8], key: &Key, time_s: u64) -> (Vec<u8>, Vec<u8>) {
    let mut signer = Signer::new(key);
    let signed = signer.sign(octets, &Signature::by(key, time_s));
    (signed, signer.prior)
}

impl Signature {
    /// What a signer says of itself; the MAC and the id come when a message is signed.
    pub fn by(key: &Key, time_s: u64) -> Self {
        Self { algorithm: key.algorithm.wire_name(), time_s, fudge_s: FUDGE_S, ..Self::default() }
    }
}

/// Signs messages that belong together: a query, or the answers to one.
#[derive(Clone, Debug)]
pub struct Signer<'a> {
    key: &'a Key,
    /// The MAC of the signed message before, which goes into the next one.
    prior: Vec<u8>,
    messages: u64,
}

impl<'a> Signer<'a> {
    /// A signer of a query.
    pub fn new(key: &'a Key) -> Self {
        Self { key, prior: Vec::new(), messages: 0 }
    }

    /// A signer of the answers to a query with that MAC.
    pub fn answering(key: &'a Key, query_mac: &[u8]) -> Self {
        Self { key, prior: query_mac.to_vec(), messages: 0 }
    }

    /// The message with its signature. `like` has all but the MAC and the id.
    pub fn sign(&mut self, octets: &[u8], like: &Signature) -> Vec<u8> {
        self.sign_behind(&[], octets, like)
    }

    /// As [`Self::sign`], where messages without a signature of their own went before.
    pub fn sign_behind(&mut self, unsigned: &[Vec<u8>], octets: &[u8], like: &Signature) -> Vec<u8> {
        let mut signature = Signature { original_id: leading_u16(octets), ..like.clone() };
        let mut digest = self.key.digest();
        if !self.prior.is_empty() {
            digest.update(&prefixed(&self.prior));
        }
        for message in unsigned {
            digest.update(message);
        }
        digest.update(octets);
        digest.update(&signature.variables(self.key, 0, self.messages > 0));
        let mut mac = digest.finish();
        mac.truncate(self.key.mac_len.unwrap_or(usize::MAX));
        self.prior.clone_from(&mac);
        self.messages += 1;
        signature.mac = mac;
        let mut signed = octets.to_vec();
        signed.extend(signature.emit_record(&self.key.name));
        let arcount = octets.get(ARCOUNT..ARCOUNT + 2).map_or(0, leading_u16).wrapping_add(1);
        patch(&mut signed, ARCOUNT, arcount);
        signed
    }
}

fn leading_u16(octets: &[u8]) -> u16 {
    octets.first_chunk().map_or(0, |two| u16::from_be_bytes(*two))
}

fn patch(octets: &mut [u8], at: usize, value: u16) {
    if let Some(field) = octets.get_mut(at..at + 2) {
        field.copy_from_slice(&value.to_be_bytes());
    }
}

/// The verification of what answers one signed query.
#[derive(Clone, Debug)]
pub struct Conversation {
    key: Arc<Key>,
    /// The MAC of the last signed message: the query's, then the last answer's.
    prior: Vec<u8>,
    /// The digest of that MAC and of what came since without a signature. `None` before the first answer.
    running: Option<Digest>,
    /// The last message had no signature.
    ends_unsigned: bool,
}

impl Conversation {
    /// Waits for the answers to a query that was signed with that MAC.
    pub fn new(key: Arc<Key>, query_mac: Vec<u8>) -> Self {
        Self { key, prior: query_mac, running: None, ends_unsigned: false }
    }

    /// Signs a query and waits for its answers.
    pub fn begin(key: Arc<Key>, octets: &[u8], time_s: u64) -> (Vec<u8>, Self) {
        let (signed, mac) = sign(octets, &key, time_s);
        (signed, Self::new(key, mac))
    }

    /// Verifies the next message. In a transfer messages behind the first may have no signature: what is to be said of
    /// them the next signed one says.
    ///
    /// # Errors
    /// [`VerifyError`]: in dig's words by [`fmt::Display`].
    ///
    /// # Source
    /// RFC 8945 sections 5.2, 5.3.1 and 5.4.
    pub fn verify(&mut self, octets: &[u8], message: &Message, now_s: u64) -> Result<(), VerifyError> {
        let is_first = self.running.is_none();
        self.ends_unsigned = message.tsig.is_none();
        let Some(record) = &message.tsig else {
            // Only of the first message it is known that it has to have one.
            self.digest().update(octets);
            return if is_first { Err(VerifyError::Expected) } else { Ok(()) };
        };
        let signature = Signature::parse(octets, record).map_err(|_| VerifyError::FormErr)?;
        let verdict = self.judge(octets, record, &signature, now_s);
        // The next message's MAC covers this one's, whatever this one is worth.
        self.prior.clone_from(&signature.mac);
        self.running = None;
        let _ = self.digest();
        verdict
    }

    /// Whether what came last was not signed: of a whole transfer the last message has to be.
    ///
    /// # Source
    /// RFC 8945 section 5.3.1.
    pub fn ends_unsigned(&self) -> bool {
        self.ends_unsigned
    }

    /// The digest that runs: begun with the last MAC.
    fn digest(&mut self) -> &mut Digest {
        let (key, prior) = (&self.key, &self.prior);
        self.running.get_or_insert_with(|| {
            let mut digest = key.digest();
            digest.update(&prefixed(prior));
            digest
        })
    }

    fn judge(&mut self, octets: &[u8], record: &Record, signature: &Signature, now_s: u64) -> Result<(), VerifyError> {
        let is_first = self.running.is_none();
        if !record.owner.matches(&self.key.name) || !signature.algorithm.matches(&self.key.algorithm.wire_name()) {
            return Err(VerifyError::Failure);
        }
        let full = self.key.algorithm.digest_len();
        if signature.mac.len() > full {
            return Err(VerifyError::FormErr);
        }
        if !signature.mac.is_empty() {
            // RFC 8945 section 5.2.2.1: less than half, or less than ten octets, is no signature.
            if signature.mac.len() < (full / 2).max(10) {
                return Err(VerifyError::FormErr);
            }
            let mut digest = self.digest().clone();
            digest.update(&without_signature(octets, record, signature));
            digest.update(&signature.variables(&self.key, record.ttl, !is_first));
            if !digest.matches(&signature.mac) {
                return Err(VerifyError::Failure);
            }
        } else if signature.error != BADSIG && signature.error != BADKEY {
            return Err(VerifyError::Failure);
        }
        let fudge_s = u64::from(signature.fudge_s);
        if now_s.abs_diff(signature.time_s) > fudge_s {
            return Err(VerifyError::ClockSkew);
        }
        if !signature.mac.is_empty() && signature.mac.len() < self.key.mac_len.unwrap_or(full) {
            return Err(VerifyError::Truncated);
        }
        if signature.error == BADTIME {
            return Err(VerifyError::ClockSkew);
        }
        if signature.error != 0 {
            return Err(VerifyError::Indicated(signature.error));
        }
        Ok(())
    }
}

/// The message as it was signed: without the record, with the id and the count of then.
fn without_signature(octets: &[u8], record: &Record, signature: &Signature) -> Vec<u8> {
    let mut signed = octets.get(..record.owner_span.offset).unwrap_or(octets).to_vec();
    let arcount = signed.get(ARCOUNT..header::LEN).map_or(0, leading_u16).wrapping_sub(1);
    patch(&mut signed, 0, signature.original_id);
    patch(&mut signed, ARCOUNT, arcount);
    signed
}

/// What an exchange needs to sign its queries.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The key.
    pub key: Arc<Key>,
    /// The time of day: this many seconds since 1970 ..
    pub unix_s: u64,
    /// .. at that moment.
    pub at: Instant,
    /// `+fuzztime`: the time that the signatures carry, whatever it is.
    pub fuzz_time_s: Option<u64>,
}

impl Signing {
    /// What to sign with.
    pub fn time_s(&self, now: Instant) -> u64 {
        self.fuzz_time_s.unwrap_or_else(|| self.clock_s(now))
    }

    /// The time of day, in seconds since 1970.
    pub fn clock_s(&self, now: Instant) -> u64 {
        self.unix_s.saturating_add(now.saturating_duration_since(self.at).as_secs())
    }
}

/// Why a message does not count as signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyError {
    /// It has no signature.
    Expected,
    /// The signature is none, or of a length that none has.
    FormErr,
    /// Another key, another algorithm, or another MAC.
    Failure,
    /// It was signed at another time.
    ClockSkew,
    /// Fewer octets of the MAC than were agreed on.
    Truncated,
    /// The server says what it found wrong with the query's signature.
    Indicated(u16),
}

/// dig's words.
impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expected => "expected a TSIG or SIG(0)",
            Self::FormErr => "FORMERR",
            Self::Failure | Self::Truncated => "tsig verify failure",
            Self::ClockSkew => "clocks are unsynchronized",
            Self::Indicated(_) => "tsig indicates error",
        })
    }
}

impl VerifyError {
    /// The same for who does not know the words.
    pub fn meaning(self) -> String {
        match self {
            Self::Expected => "the query was signed, but this answer is not: it may be anybody's".to_owned(),
            Self::FormErr => "the signature is malformed, or too short to be one".to_owned(),
            Self::Failure => {
                "the signature is not that of our key: a wrong secret, a wrong key, or a forged or changed answer"
                    .to_owned()
            }
            Self::ClockSkew => {
                "the signature is of another time than ours: the clocks differ, or an old answer is played again"
                    .to_owned()
            }
            Self::Truncated => "the signature is shorter than the key asks for".to_owned(),
            Self::Indicated(BADSIG) => "BADSIG: the server finds that our signature is not that of the key".to_owned(),
            Self::Indicated(BADKEY) => {
                "BADKEY: the server does not know the key, or not with this algorithm".to_owned()
            }
            Self::Indicated(BADTRUNC) => "BADTRUNC: our signature is shorter than the server allows".to_owned(),
            Self::Indicated(error) => format!("the server says that error {error} is wrong with our signature"),
        }
    }
}

impl std::error::Error for VerifyError {}

#[cfg(test)]
mod tests;
