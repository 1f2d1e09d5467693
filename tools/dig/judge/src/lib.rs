//! What hickory-resolver makes of a DNSSEC chain.
//!
//! A crate of its own, so that its code lies together in the executable: a dig that is not asked to validate then never
//! touches a page of it, and stays as small in memory as it was.
#![forbid(unsafe_code)]

use std::net::SocketAddr;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::Resolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::dnssec::{Algorithm, Proof, PublicKeyBuf, TrustAnchors};
use hickory_resolver::proto::rr::{LowerName, Name, Record, RecordType};

/// The keys that are trusted without a chain.
#[derive(Clone)]
pub struct Anchors(Arc<TrustAnchors>);

impl Anchors {
    /// The root's keys of 2017 and 2024.
    pub fn of_the_root() -> Self {
        Self(Arc::new(TrustAnchors::default()))
    }

    /// The keys of a text of DNSKEY records.
    ///
    /// # Errors
    /// What is wrong with the text, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        TrustAnchors::from_str(text).map(|anchors| Self(Arc::new(anchors))).map_err(|error| error.to_string())
    }

    /// Whether this key of this zone is one. `labels` are the zone's, without the root's.
    pub fn contains<'a>(&self, labels: impl Iterator<Item = &'a [u8]>, algorithm: u8, key: &[u8]) -> bool {
        let key = PublicKeyBuf::new(key.to_vec(), Algorithm::from_u8(algorithm));
        Name::from_labels(labels).is_ok_and(|name| self.0.contains_with_name(&key, &LowerName::from(name)))
    }
}

/// What it comes to.
///
/// # Source
/// RFC 4035 section 4.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// A chain of signatures leads from a trust anchor to the records.
    Secure,
    /// A zone on the way is proven to be unsigned.
    Insecure,
    /// Nobody can tell: something on the way could not be asked.
    Indeterminate,
    /// It should be signed and is not, or not rightly.
    Bogus,
}

/// What to look up, and through whom.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// The labels of the name, without the root's.
    pub labels: &'a [&'a [u8]],
    /// The type.
    pub qtype: u16,
    /// The server.
    pub server: SocketAddr,
    /// How often to ask.
    pub attempts: usize,
    /// How long to wait for an answer; `None` for hickory-resolver's own five seconds.
    pub timeout: Option<Duration>,
}

/// Has hickory-resolver look the name up and validate what comes. The text says why, where the judgement does not.
pub fn judge(question: &Question<'_>, anchors: &Anchors) -> (Judgement, Option<String>) {
    let Ok(name) = Name::from_labels(question.labels.iter().copied()) else {
        return (Judgement::Indeterminate, Some("hickory-resolver does not take this name".to_owned()));
    };
    let mut options = ResolverOpts::default();
    options.validate = true;
    options.timeout = question.timeout.unwrap_or(options.timeout);
    options.attempts = question.attempts;
    options.use_hosts_file = ResolveHosts::Never;
    options.cache_size = 64;
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return (Judgement::Indeterminate, Some("no event loop for hickory-resolver".to_owned()));
    };
    let looked_up = runtime.block_on(async {
        Resolver::builder_with_config(config(question.server), TokioRuntimeProvider::default())
            .with_options(options)
            .with_trust_anchor(Arc::clone(&anchors.0))
            .build()?
            .lookup(name, RecordType::from(question.qtype))
            .await
    });
    match looked_up {
        Ok(lookup) => (worst(lookup.answers().iter()), None),
        Err(error) => refused(&error),
    }
}

fn config(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.to_vec());
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

fn worst<'a>(records: impl Iterator<Item = &'a Record>) -> Judgement {
    // A signature by a key that nobody needed is indeterminate, and takes nothing away.
    let judged = records.filter(|record| record.record_type() != RecordType::RRSIG);
    judged.map(|record| judgement(record.proof)).max().unwrap_or(Judgement::Indeterminate)
}

fn judgement(proof: Proof) -> Judgement {
    match proof {
        Proof::Secure => Judgement::Secure,
        Proof::Insecure => Judgement::Insecure,
        Proof::Bogus => Judgement::Bogus,
        Proof::Indeterminate => Judgement::Indeterminate,
    }
}

/// A lookup without records: a no that is proven or not, or none at all.
fn refused(error: &NetError) -> (Judgement, Option<String>) {
    match error {
        NetError::Dns(DnsError::Nsec { proof, .. }) => {
            let why = match proof {
                Proof::Secure => "NSEC or NSEC3 records prove that there is no such record",
                _ => "no NSEC or NSEC3 record proves that there is no such record",
            };
            (judgement(*proof), Some(why.to_owned()))
        }
        NetError::Dns(DnsError::NoRecordsFound(no)) => {
            let authorities = no.authorities.as_deref().unwrap_or_default();
            (worst(authorities.iter()), Some("there is no such record".to_owned()))
        }
        NetError::Dns(DnsError::DnssecBogus) => (Judgement::Bogus, None),
        other => (Judgement::Indeterminate, Some(other.to_string())),
    }
}
