//! `+diff`: asks every server at the same time.

use sockeye_cli::{Failure, Output, Status};

use super::dialogue::{self, Outcome, Word};
use super::trace::no_more;
use super::{NO_ANSWER, Session};
use crate::diff::{Comparison, Reply};
use crate::nssearch;
use crate::options::{Lookup, Server};
use crate::registry::Type;

/// All say the same.
const SAME: Status = Status(0);
/// They do not.
const DIFFERENT: Status = Status(1);

impl Session<'_> {
    pub(super) fn diff(
        &mut self,
        lookup: &Lookup,
        servers: Vec<Server>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let mut asked = lookup.clone();
        let mut servers = servers;
        if lookup.nssearch {
            match self.authorities(lookup, servers, output)? {
                Some(found) => servers = found,
                None => return Ok(()),
            }
            asked.flags.rd = false;
            if asked.qtype == Type::NS {
                asked.qtype = Type::SOA;
            }
        }
        let mut replies: Vec<Reply> = servers.iter().map(|server| Reply::nothing(server, "nothing came")).collect();
        let mut qname = String::new();
        let mut tasks = Vec::new();
        for server in servers {
            let task = self.new_task(&asked, vec![server])?;
            qname = task.query.question.qname.to_string();
            tasks.push(task);
        }
        dialogue::hold_all(tasks, &asked, self.globals.source, &mut |place, word| {
            let Some(reply) = replies.get_mut(place) else { return Ok(()) };
            match word {
                Word::Events(events) => {
                    for event in &events {
                        if let Some((_, reason)) = event.failure() {
                            reply.failure = Some(reason.to_owned());
                        }
                        output.event(event)?;
                    }
                }
                Word::Ended(outcome) => match outcome? {
                    Outcome::Answer(answer) => *reply = Reply::new(&answer),
                    Outcome::BadPacket(packet) => reply.failure = Some(packet.fault.to_string()),
                    Outcome::Dropped(why) => reply.failure = Some(why.to_owned()),
                    Outcome::GaveUp => {}
                },
                Word::Sending(_) | Word::Received(..) | Word::Answered(_) => {}
            }
            Ok(())
        })?;
        let comparison = Comparison::new(qname, asked.qtype, asked.qclass, replies);
        self.status = match comparison.is_answered() {
            false => NO_ANSWER,
            true if comparison.differences.is_empty() => SAME,
            true => DIFFERENT,
        };
        output.result(&comparison)
    }

    /// The servers of the zone, as the servers at hand know them.
    fn authorities(
        &mut self,
        lookup: &Lookup,
        servers: Vec<Server>,
        output: &mut Output<'_>,
    ) -> Result<Option<Vec<Server>>, Failure> {
        let asked = Lookup { qtype: Type::NS, ..lookup.clone() };
        let task = self.new_task(&asked, servers)?;
        let answer = match self.hold(&asked, task, output)? {
            Outcome::Answer(answer) => answer,
            outcome => {
                self.no_answer(&outcome, output)?;
                return Ok(None);
            }
        };
        let names = nssearch::servers(&answer.message);
        let mut found = Vec::new();
        for name in &names {
            found.extend(self.addresses(lookup, name, output)?);
        }
        no_more(&names, &found)?;
        if found.is_empty() {
            let message = format!("'{}' has no name servers of its own", lookup.name);
            return Err(Failure::new(DIFFERENT, message));
        }
        Ok(Some(found))
    }
}
