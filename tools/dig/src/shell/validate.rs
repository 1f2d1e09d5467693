//! `+validate`: hickory-resolver's judgement, and the chain as our own queries show it.

#![expect(clippy::disallowed_methods, reason = "the shell: a file of trust anchors")]

use std::time::Duration;

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Output, Status};
use sockeye_dig_judge::{Anchors, Judgement, Question, judge};

use super::dialogue::{self, Outcome};
use super::{Session, TRIES};
use crate::exchange::Answer;
use crate::message::Message;
use crate::name::Name;
use crate::options::{Flags, Lookup};
use crate::registry::Type;
use crate::validate::{self, Link, Validation, Verdict};

/// The trust anchors: the root's keys as hickory-proto has them, or those of a file of DNSKEY records.
fn anchors(file: Option<&str>) -> Result<Anchors, Failure> {
    let Some(file) = file else { return Ok(Anchors::of_the_root()) };
    let subject = format!("trust anchors {file}");
    let text = std::fs::read_to_string(file).map_err(|error| Failure::call(Status(1), "read", &subject, &error))?;
    Anchors::parse(&text).map_err(|error| Failure::new(Status(1), format!("read {subject}: {error}")))
}

impl From<Judgement> for Verdict {
    fn from(judgement: Judgement) -> Self {
        match judgement {
            Judgement::Secure => Self::Secure,
            Judgement::Insecure => Self::Insecure,
            Judgement::Indeterminate => Self::Indeterminate,
            Judgement::Bogus => Self::Bogus,
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
        let anchors = anchors(file)?;
        let question = &answer.query.question;
        let labels: Vec<&[u8]> = question.qname.labels().collect();
        let asked = Question {
            labels: &labels,
            qtype: question.qtype.0,
            server: answer.server.addr,
            attempts: usize::try_from(lookup.tries.unwrap_or(TRIES)).unwrap_or(usize::MAX),
            timeout: self.globals.timeout_s.map(|timeout_s| Duration::from_secs(timeout_s.into())),
        };
        let (judgement, why) = judge(&asked, &anchors);
        let verdict = Verdict::from(judgement);
        let mut why = why.map(|why| escape(&why).into_owned());
        let now = super::unix_s();
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
        anchors: &Anchors,
        now: u64,
    ) -> Result<Vec<Link>, Failure> {
        let is_anchor = |zone: &Name, algorithm: u8, key: &[u8]| anchors.contains(zone.labels(), algorithm, key);
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
