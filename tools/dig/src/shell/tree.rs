//! `+trace +tree`: asks every server of every zone on the way, all of a zone at the same time.

use std::net::{IpAddr, SocketAddr};

use sockeye_cli::{Failure, Output};

use super::dialogue::{self, Outcome, Word};
use super::{ANSWERED, NO_ANSWER, Session, resolve};
use crate::delegation::Security;
use crate::message::Message;
use crate::name::Name;
use crate::options::{Lookup, Server};
use crate::outcome;
use crate::registry::Type;
use crate::tree::{self, AddressFrom, Next, Replies, Said, Tree, Verdict};

/// How often one server is asked, unless the line says otherwise: one datagram may get lost.
const TRIES: u32 = 2;

/// A server that can be asked, with its place among the zone's.
struct Candidate {
    name: Name,
    address: IpAddr,
    from: AddressFrom,
}

impl Candidate {
    /// What came of asking it.
    fn said(&self, zone: &Name, outcome: Option<Outcome>, reason: &str) -> (Said, Option<Message>) {
        let at = (self.address, self.from);
        let nothing = |verdict, why: &str| (Said::nothing(&self.name, Some(at), verdict, why), None);
        match outcome {
            Some(Outcome::Answer(answer)) => (Said::new(&self.name, at, zone, &answer), Some(answer.message)),
            Some(Outcome::BadPacket(packet)) => nothing(Verdict::Unreadable, &packet.fault.to_string()),
            Some(Outcome::Dropped(why)) => nothing(Verdict::Unreadable, why),
            Some(Outcome::GaveUp) | None => nothing(Verdict::Unreachable, reason),
        }
    }
}

impl Session<'_> {
    pub(super) fn tree(
        &mut self,
        lookup: &Lookup,
        servers: Vec<Server>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let root = Lookup { name: ".".to_owned(), qtype: Type::NS, ..lookup.clone() };
        let task = self.new_task(&root, servers)?;
        let answer = match self.hold(&root, task, output)? {
            Outcome::Answer(answer) => answer,
            outcome => return self.no_answer(&outcome, output),
        };
        let mut asked = lookup.clone();
        asked.flags.rd = false;
        let qname = self.new_task(&asked, Vec::new())?.query.question.qname;
        let mut tree = Tree {
            qname: qname.to_string(),
            qtype: lookup.qtype,
            qclass: lookup.qclass,
            resolver: answer.server.addr.ip().to_string(),
            zones: Vec::new(),
            outcome: None,
            records: Vec::new(),
        };
        self.status = NO_ANSWER;
        let mut next = tree::next(&answer.message);
        let mut referral = None;
        while let Some(Next { zone, servers, .. }) = next {
            let said = self.zone_says(&asked, &zone, &servers, output)?;
            let security = self.security(&asked, &zone, referral.as_ref(), &tree, &said)?;
            if let Some(last) = said.iter().rev().find_map(|(_, message)| message.as_ref()) {
                self.status = if self.globals.status { outcome::status(last) } else { ANSWERED };
            }
            next = tree.take(&zone, security, said).filter(|_| !tree.goes_on_too_long());
            referral = next.as_ref().map(|next| next.referral.clone());
        }
        output.result(&tree)
    }

    /// Asks every server of a zone.
    fn zone_says(
        &mut self,
        asked: &Lookup,
        zone: &Name,
        servers: &[(Name, Vec<IpAddr>)],
        output: &mut Output<'_>,
    ) -> Result<Replies, Failure> {
        let mut said = Vec::new();
        let mut candidates = Vec::new();
        for (name, glue) in servers {
            match self.candidates(name, glue) {
                Ok(found) => candidates.extend(found),
                Err(reason) => said.push((Said::nothing(name, None, Verdict::NoAddress, &reason), None)),
            }
        }
        let port = super::port(self.globals, asked);
        let mut tasks = Vec::new();
        for candidate in &candidates {
            let addr = SocketAddr::new(candidate.address, port);
            let server = Server { addr, written: candidate.name.without_last_dot() };
            let mut task = self.new_task(asked, vec![server])?;
            task.tries = asked.tries.unwrap_or(TRIES);
            tasks.push(task);
        }
        let mut outcomes: Vec<(Option<Outcome>, String)> =
            tasks.iter().map(|_| (None, "nothing came".to_owned())).collect();
        dialogue::hold_all(tasks, asked, self.globals.source, &mut |place, word| {
            let Some((outcome, reason)) = outcomes.get_mut(place) else { return Ok(()) };
            match word {
                Word::Events(events) => {
                    for event in &events {
                        if let Some((_, why)) = event.failure() {
                            why.clone_into(reason);
                        }
                        output.event(event)?;
                    }
                }
                Word::Ended(ended) => *outcome = Some(ended?),
                Word::Sending(_) | Word::Received(..) | Word::Answered(_) => {}
            }
            Ok(())
        })?;
        for (candidate, (outcome, reason)) in candidates.into_iter().zip(outcomes) {
            said.push(candidate.said(zone, outcome, &reason));
        }
        Ok(said)
    }

    /// The addresses of a server: those of the referral, or else those that the C library finds.
    fn candidates(&self, name: &Name, glue: &[IpAddr]) -> Result<Vec<Candidate>, String> {
        let candidate = |address: IpAddr, from| Candidate { name: name.clone(), address, from };
        let usable: Vec<Candidate> = glue
            .iter()
            .filter(|address| self.globals.allows(**address))
            .map(|address| candidate(*address, AddressFrom::Glue))
            .collect();
        if !usable.is_empty() {
            return Ok(usable);
        }
        let found = resolve(&name.without_last_dot(), self.globals)?;
        let found: Vec<Candidate> = found
            .into_iter()
            .filter(|addr| self.globals.allows(addr.ip()))
            .map(|addr| candidate(addr.ip(), AddressFrom::Resolved))
            .take(tree::MOST_ADDRESSES)
            .collect();
        if found.is_empty() { Err("not found".to_owned()) } else { Ok(found) }
    }

    /// Asks one of the servers that answered for the zone's keys, and compares them with what the parent said.
    fn security(
        &mut self,
        asked: &Lookup,
        zone: &Name,
        referral: Option<&Message>,
        tree: &Tree,
        said: &[(Said, Option<Message>)],
    ) -> Result<Security, Failure> {
        if !asked.dnssec {
            return Ok(Security::unknown());
        }
        let port = super::port(self.globals, asked);
        let answered = said.iter().filter(|(_, message)| message.is_some()).filter_map(|(said, _)| said.address);
        let servers: Vec<Server> = answered
            .map(|address| Server { addr: SocketAddr::new(address, port), written: address.to_string() })
            .collect();
        let keys = if servers.is_empty() {
            None
        } else {
            let asked = Lookup { name: zone.to_string(), qtype: Type(48), ..asked.clone() };
            let task = self.new_task(&asked, servers)?;
            let mut dialler = std::mem::take(&mut self.dialler);
            let outcome = dialogue::hold(task, &asked, &mut dialler, &mut |_| Ok(()));
            self.dialler = dialler;
            match outcome? {
                Outcome::Answer(answer) => Some(answer.message),
                _ => None,
            }
        };
        let parent_is_signed = tree.zones.last().is_some_and(|above| !above.security.dnskey_key_tags.is_empty());
        Ok(Security::new(zone, parent_is_signed, referral, keys.as_ref()))
    }
}
