//! `+validate`: hickory-resolver's judgement, and the chain as our own queries show it.

#![expect(
    clippy::disallowed_methods,
    reason = "the shell: the clock, a file of trust anchors, a runtime for hickory-resolver"
)]

use std::net::SocketAddr;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use hickory_resolver::Resolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::dnssec::{Algorithm, Proof, PublicKeyBuf, TrustAnchors};
use hickory_resolver::proto::rr::{LowerName, Name as HickoryName, Record as HickoryRecord, RecordType};
use sockeye_cli::{Failure, Output, Status};

use super::Session;
use super::dialogue::{self, Outcome};
use crate::exchange::Answer;
use crate::message::Message;
use crate::name::Name;
use crate::options::{Flags, Lookup};
use crate::registry::Type;
use crate::validate::{self, Link, Validation, Verdict};

/// The trust anchors: the root's keys as hickory-proto has them, or those of a file of DNSKEY records.
fn anchors(file: Option<&str>) -> Result<TrustAnchors, Failure> {
    match file {
        None => Ok(TrustAnchors::default()),
        Some(file) => {
            let subject = format!("trust anchors {file}");
            let text =
                std::fs::read_to_string(file).map_err(|error| Failure::call(Status(1), "read", &subject, &error))?;
            TrustAnchors::from_str(&text).map_err(|error| Failure::new(Status(1), format!("read {subject}: {error}")))
        }
    }
}

impl Session<'_> {
    /// Validates what was answered, and shows the chain. The status is that of a resolver that would not pass on what is
    /// bogus, if the status tells anything.
    pub(super) fn validate(
        &mut self,
        lookup: &Lookup,
        answer: &Answer,
        file: Option<&str>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let anchors = Arc::new(anchors(file)?);
        let question = &answer.query.question;
        let (verdict, mut why) = judge(lookup, answer, Arc::clone(&anchors), self.globals.timeout_s);
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        // The answer that was shown may have come without its signatures.
        let signed = self.ask_quietly(lookup, answer, &question.qname, question.qtype)?;
        let records =
            signed.map_or_else(
                Vec::new,
                |message| {
                    if message.answer.is_empty() { message.authority } else { message.answer }
                },
            );
        if verdict == Verdict::Bogus && validate::is_from_wildcard(&records) {
            why = Some(
                "made from a wildcard: hickory-resolver 0.26 does not take every proof of that, ask delv too"
                    .to_owned(),
            );
        }
        let last = validate::signer(&records).unwrap_or_else(|| question.qname.clone());
        let chain = self.chain(lookup, answer, &last, &anchors, now)?;
        let validation = Validation {
            qname: question.qname.to_string(),
            qtype: question.qtype,
            verdict,
            why,
            chain,
            signatures: validate::signatures(&records, now),
        };
        if verdict == Verdict::Bogus && self.globals.status {
            const SERVFAIL: Status = Status(4);
            self.status = SERVFAIL;
        }
        output.result(&validation)
    }

    /// The zones from the first with a trust anchor, or the root, down to the one that signs the answer.
    fn chain(
        &mut self,
        lookup: &Lookup,
        answer: &Answer,
        last: &Name,
        anchors: &TrustAnchors,
        now: u64,
    ) -> Result<Vec<Link>, Failure> {
        let is_anchor = |zone: &Name, algorithm: u8, key: &[u8]| {
            let key = PublicKeyBuf::new(key.to_vec(), Algorithm::from_u8(algorithm));
            hickory_name(zone).is_some_and(|name| anchors.contains_with_name(&key, &LowerName::from(name)))
        };
        let mut chain = Vec::new();
        for zone in last.ancestors() {
            let dnskey = self.ask_quietly(lookup, answer, &zone, Type(48))?;
            let ds = if zone.is_root() { None } else { self.ask_quietly(lookup, answer, &zone, Type(43))? };
            let section = |message: &Option<Message>| message.as_ref().map(|message| message.answer.clone());
            let link = validate::link(
                &zone,
                &section(&ds).unwrap_or_default(),
                &section(&dnskey).unwrap_or_default(),
                &is_anchor,
                now,
            );
            // A name that is no zone has neither keys nor a digest of any.
            if !link.keys.is_empty() || !link.ds.is_empty() {
                chain.push(link);
            }
        }
        // What stands above the topmost anchor proves nothing.
        if let Some(first) = chain.iter().position(|link| link.keys.iter().any(|key| key.is_anchor)) {
            chain.drain(..first);
        }
        Ok(chain)
    }

    /// Asks the server that answered, with DO and CD, and says nothing about it.
    fn ask_quietly(
        &mut self,
        lookup: &Lookup,
        answer: &Answer,
        name: &Name,
        qtype: Type,
    ) -> Result<Option<Message>, Failure> {
        let asked = Lookup {
            name: name.to_string(),
            qtype,
            servers: vec![answer.server.clone()],
            dnssec: true,
            edns: Some(0),
            flags: Flags { cd: true, ..lookup.flags },
            ..lookup.clone()
        };
        let task = self.new_task(&asked, asked.servers.clone())?;
        let outcome = dialogue::hold(task, &asked, &mut self.dialler, &mut |_| Ok(()))?;
        Ok(match outcome {
            Outcome::Answer(answer) => Some(answer.message),
            _ => None,
        })
    }
}

/// Has hickory-resolver look the name up through the server that answered.
fn judge(
    lookup: &Lookup,
    answer: &Answer,
    anchors: Arc<TrustAnchors>,
    timeout_s: Option<u32>,
) -> (Verdict, Option<String>) {
    let question = &answer.query.question;
    let Some(name) = hickory_name(&question.qname) else {
        return (Verdict::Indeterminate, Some("hickory-resolver does not take this name".to_owned()));
    };
    let mut options = ResolverOpts::default();
    options.validate = true;
    if let Some(timeout_s) = timeout_s {
        options.timeout = Duration::from_secs(timeout_s.into());
    }
    options.attempts = usize::try_from(lookup.tries.unwrap_or(3)).unwrap_or(usize::MAX);
    options.use_hosts_file = ResolveHosts::Never;
    options.cache_size = 64;
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return (Verdict::Indeterminate, Some("no event loop for hickory-resolver".to_owned()));
    };
    let looked_up = runtime.block_on(async {
        Resolver::builder_with_config(config(answer.server.addr), TokioRuntimeProvider::default())
            .with_options(options)
            .with_trust_anchor(anchors)
            .build()?
            .lookup(name, RecordType::from(question.qtype.0))
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

fn worst<'a>(records: impl Iterator<Item = &'a HickoryRecord>) -> Verdict {
    // A signature by a key that nobody needed is indeterminate, and takes nothing away.
    let judged = records.filter(|record| record.record_type() != RecordType::RRSIG);
    judged.map(|record| verdict(record.proof)).max().unwrap_or(Verdict::Indeterminate)
}

fn verdict(proof: Proof) -> Verdict {
    match proof {
        Proof::Secure => Verdict::Secure,
        Proof::Insecure => Verdict::Insecure,
        Proof::Bogus => Verdict::Bogus,
        Proof::Indeterminate => Verdict::Indeterminate,
    }
}

/// A lookup without records: a no that is proven or not, or none at all.
fn refused(error: &NetError) -> (Verdict, Option<String>) {
    match error {
        NetError::Dns(DnsError::Nsec { proof, .. }) => {
            let why = match proof {
                Proof::Secure => "NSEC or NSEC3 records prove that there is no such record",
                _ => "no NSEC or NSEC3 record proves that there is no such record",
            };
            (verdict(*proof), Some(why.to_owned()))
        }
        NetError::Dns(DnsError::NoRecordsFound(no)) => {
            let authorities = no.authorities.as_deref().unwrap_or_default();
            (worst(authorities.iter()), Some("there is no such record".to_owned()))
        }
        NetError::Dns(DnsError::DnssecBogus) => (Verdict::Bogus, None),
        other => (Verdict::Indeterminate, Some(sockeye_cli::escape::escape(&other.to_string()).into_owned())),
    }
}

fn hickory_name(name: &Name) -> Option<HickoryName> {
    HickoryName::from_labels(name.labels()).ok()
}
