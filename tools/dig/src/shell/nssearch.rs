//! `+nssearch`: who serves the zone, and what each of them says its SOA record is.

use sockeye_cli::{Failure, Output};

use super::dialogue::{self, Outcome, Word};
use super::trace::{going_on, no_more};
use super::{NO_ANSWER, Session};
use crate::annotate::Direction;
use crate::explain::Event;
use crate::nssearch;
use crate::options::{Lookup, Server};
use crate::registry::Type;

impl Session<'_> {
    pub(super) fn nssearch(
        &mut self,
        lookup: &Lookup,
        servers: Vec<Server>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let asked = Lookup { qtype: Type::NS, ..lookup.clone() };
        let task = self.new_task(&asked, servers)?;
        let answer = match self.hold_step(&asked, task, output)? {
            Outcome::Answer(answer) => answer,
            outcome => return self.no_answer(&outcome, output),
        };
        self.status = super::ANSWERED;
        let names = nssearch::servers(&answer.message);
        let mut servers = Vec::new();
        for name in &names {
            servers.extend(self.addresses(lookup, name, output)?);
        }
        no_more(&names, &servers)?;
        if names.is_empty() {
            // Here dig's text says nothing at all.
            self.only_json(output, &format!("'{}' has no NS records: it is no zone's apex", lookup.name));
        }
        // dig prints what stands below this answer, and not the answer.
        self.show_footer(&asked, &answer, output)?;
        let asked = Lookup { qtype: Type::SOA, ..going_on(lookup, &asked, &answer) };
        self.ask_authorities(&asked, servers, output)
    }

    /// Asks every server once, all at the same time, and prints what comes as it comes.
    fn ask_authorities(
        &mut self,
        asked: &Lookup,
        servers: Vec<Server>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        if servers.is_empty() {
            return Ok(());
        }
        let mut tasks = Vec::new();
        for server in servers {
            let mut task = self.new_task(asked, vec![server])?;
            task.tries = 1;
            tasks.push(task);
        }
        let mut answered = false;
        dialogue::hold_all(tasks, asked, self.globals.source, &mut |_, word| match word {
            Word::Events(mut events) => {
                // That one of them does not answer is no reason to give up.
                events.retain(|event| !matches!(event, Event::NoServers));
                self.tell(&events, asked.show.comments, false, output)
            }
            Word::Sending(ask) => {
                self.announce(asked, &ask, output)?;
                self.wire(asked, Direction::Sent, &ask, &ask.octets, output)
            }
            Word::Received(ask, octets) => self.wire(asked, Direction::Received, &ask, &octets, output),
            Word::Answered(answer) => self.show_body(asked, &answer, output),
            Word::Ended(outcome) => match outcome? {
                Outcome::Answer(answer) => {
                    answered = true;
                    self.opt_missing(asked, &answer, output)?;
                    self.show_body(asked, &answer, output)?;
                    self.show_footer(asked, &answer, output)
                }
                Outcome::GaveUp => Ok(()),
                outcome => {
                    answered = true;
                    self.no_answer(&outcome, output)
                }
            },
        })?;
        if !answered {
            self.status = NO_ANSWER;
            self.tell(&[Event::NoZoneServers], true, false, output)?;
            self.only_json(output, "none of the zone's servers answered");
        }
        Ok(())
    }
}
