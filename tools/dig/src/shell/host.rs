//! The `host` dialect: names, searches and follow-ups, one dialogue after the other.

use std::collections::VecDeque;

use sockeye_cli::{Failure, Output, Status};

use super::dialogue::{self, Outcome, Told, Word};
use super::trace::no_more;
use super::{Session, confine, key, show};
use crate::exchange::{Answer, Task};
use crate::explain::Event;
use crate::host::{self, Beginnings, Origin, Request, Settings, Try, page};
use crate::name::Name;
use crate::options::{Lookup, Server};
use crate::query::{self, QueryError};
use crate::registry::{Rcode, Type};
use crate::xfr::State;
use crate::{json, meaning, nssearch, printer, search};

/// Something was found, and nothing was said not to be there.
const FOUND: Status = Status(0);
const NOT_FOUND: Status = Status(1);

/// Does what the line asks.
pub(super) fn run(request: &Request, output: &mut Output<'_>) -> Result<Status, Failure> {
    output.rename("host");
    match request {
        Request::Refuse(refusal) => super::refuse(refusal, output),
        Request::Ask(settings) => Host::new(settings, output)?.run(output),
    }
}

/// One call.
struct Host<'a> {
    settings: &'a Settings,
    session: Session<'a>,
    /// The server of the line still has to be told.
    server_untold: bool,
    /// What the call ends with, once something was said.
    status: Option<Status>,
    /// How often a server may be asked for the names of the search list together.
    tries_left: Option<u32>,
    /// The servers that the messages of a transfer named, for `-C`.
    listed: Vec<Name>,
    /// How the answer with the servers came, for `-C`: it is told when they are found.
    receipt: String,
}

impl<'a> Host<'a> {
    fn new(settings: &'a Settings, output: &mut Output<'_>) -> Result<Self, Failure> {
        let session = Session::new(&settings.globals, key::load(&settings.globals, output)?)?;
        Ok(Self {
            settings,
            session,
            server_untold: !settings.lookup.servers.is_empty(),
            status: None,
            tries_left: None,
            listed: Vec::new(),
            receipt: String::new(),
        })
    }

    fn run(mut self, output: &mut Output<'_>) -> Result<Status, Failure> {
        self.session.read_conf()?;
        let mut lookup = self.settings.lookup.clone();
        let mut profile = confine::for_lookups(&self.settings.globals, std::slice::from_ref(&lookup));
        if self.settings.compare {
            profile = profile.with_names();
        }
        confine::confine(&profile, output)?;
        let mut tries: VecDeque<Try> = self.tries(&lookup)?.into();
        let mut follow_ups = Vec::new();
        let mut from = Origin::Line;
        while let Some(next) = tries.pop_front() {
            match self.look_up(&lookup, &next, !tries.is_empty(), output)? {
                Ended::GoOn { tcp } => lookup.tcp = tcp,
                Ended::Nowhere => break,
                Ended::Answered(answer) => {
                    if self.settings.compare {
                        self.compare(&answer, output)?;
                    }
                    // The list has nothing to add to a name that it has led to.
                    from = if next.from == Origin::LineInVain { next.from } else { Origin::Line };
                    follow_ups = self.settings.follow_ups(&answer);
                    break;
                }
            }
        }
        for lookup in follow_ups {
            self.tries_left = None;
            let next = Try { name: lookup.name.clone(), from };
            self.look_up(&lookup, &next, false, output)?;
        }
        Ok(self.status.unwrap_or(NOT_FOUND))
    }

    /// The names to ask for until one exists.
    fn tries(&self, lookup: &Lookup) -> Result<Vec<Try>, Failure> {
        let conf = self.session.conf.clone().unwrap_or_default();
        let domains = search::domains(self.settings.searched, None, &conf);
        let name = super::in_ascii(lookup, &lookup.name)?;
        Ok(host::tries(&name, self.settings.searched, &domains, self.settings.globals.ndots.or(conf.ndots)))
    }

    /// Asks for one name and shows what there is to show.
    fn look_up(&mut self, lookup: &Lookup, next: &Try, more: bool, output: &mut Output<'_>) -> Result<Ended, Failure> {
        let written = lookup.name.as_str();
        let lookup = &Lookup { name: next.name.clone(), ..lookup.clone() };
        let query =
            query::build(lookup, self.session.cookie).map_err(|error| self.not_a_query(lookup, next, &error))?;
        // Also where no server can be asked.
        Self::text(&page::trying(self.settings, &query.question.qname), output)?;
        let Some(servers) = self.session.acceptable_servers(lookup, output)? else { return Ok(Ended::Nowhere) };
        let mut task = Task { name: written.to_owned(), ..self.session.new_task(lookup, servers)? };
        task.tries = self.tries_left.unwrap_or(task.tries);
        match self.hold(lookup, &query.question.qname, task, output)? {
            Outcome::Answer(answer) if answer.message.rcode() == Rcode::NXDOMAIN && more => {
                if next.from == Origin::LineFirst {
                    Self::text(&page::received(self.settings, &answer), output)?;
                }
                Ok(Ended::GoOn { tcp: answer.tcp_from_here(lookup) })
            }
            Outcome::Answer(answer) => {
                self.show(written, next.from, &answer, output)?;
                let found = answer.message.rcode() == Rcode::NOERROR;
                Ok(if found { Ended::Answered(answer) } else { Ended::Nowhere })
            }
            outcome => {
                Self::no_answer(&outcome, output)?;
                Ok(Ended::Nowhere)
            }
        }
    }

    fn no_answer(outcome: &Outcome, output: &mut Output<'_>) -> Result<(), Failure> {
        match outcome {
            Outcome::Answer(_) => {}
            Outcome::BadPacket(packet) => {
                let text = printer::bad_packet(&packet.fault, &packet.octets);
                return show(output, &text, &json::Result::unreadable(packet));
            }
            Outcome::Dropped(why) => Self::only_json(output, why),
            Outcome::GaveUp => Self::only_json(output, "no servers could be reached"),
        }
        Ok(())
    }

    fn only_json(output: &mut Output<'_>, message: &str) {
        if output.is_json() {
            output.failure(&Failure::new(NOT_FOUND, message));
        }
    }

    /// Holds a dialogue and tells what happens on the way.
    fn hold(&mut self, lookup: &Lookup, qname: &Name, task: Task, output: &mut Output<'_>) -> Result<Outcome, Failure> {
        let written = task.name.clone();
        let mut beginnings = Beginnings::new(task.tries, task.transport);
        let mut dialler = std::mem::take(&mut self.session.dialler);
        let outcome = dialogue::hold(task, lookup, &mut dialler, &mut |told| match told {
            Told::Events { events, .. } => {
                for event in events {
                    beginnings.note(event);
                }
                self.session.tell(events, false, false, output)
            }
            Told::Asking(ask) => {
                if beginnings.begins(ask.transport) {
                    Self::text(&page::trying(self.settings, qname), output)?;
                }
                output.flush()
            }
            // One message of a transfer, of which more are to come.
            Told::Answered(answer) => {
                if self.settings.compare {
                    nssearch::add_servers(&mut self.listed, &answer.message);
                }
                let text = self.page(&written, answer);
                Self::result(&text, answer, output)
            }
            Told::Sending(_) | Told::Received(..) => Ok(()),
        });
        self.session.dialler = dialler;
        self.tries_left = Some(beginnings.tries_left());
        outcome
    }

    /// An answer, and behind it how it came.
    fn show(&mut self, written: &str, from: Origin, answer: &Answer, output: &mut Output<'_>) -> Result<(), Failure> {
        let rcode = answer.message.rcode();
        // With -C host shows nothing of the question for servers, unless it went on searching.
        let silent = self.settings.compare && !(rcode == Rcode::NXDOMAIN && from != Origin::Line);
        let mut text = String::new();
        if !silent {
            text += &self.page(written, answer);
        }
        let receipts = match answer.transfer.map(|progress| progress.state) {
            None => page::receipts(from, rcode),
            Some(State::Failed(_)) if silent => 0,
            Some(State::Failed(failure)) => {
                text.extend([failure.to_string().as_str(), "\n"]);
                0
            }
            Some(_) => 1,
        };
        let receipt = page::received(self.settings, answer).repeat(receipts);
        if silent && rcode == Rcode::NOERROR {
            self.receipt = receipt;
        } else {
            text += &receipt;
        }
        Self::result(&text, answer, output)
    }

    /// The server if it is still to be told, and the answer. The call ends with what is said here.
    fn page(&mut self, written: &str, answer: &Answer) -> String {
        let mut text = String::new();
        if std::mem::take(&mut self.server_untold) {
            text += &page::server(&answer.server);
        }
        text += &page::answer(self.settings, written, answer);
        if answer.message.rcode() != Rcode::NOERROR {
            self.status = Some(NOT_FOUND);
        }
        self.status.get_or_insert(FOUND);
        text
    }

    fn result(text: &str, answer: &Answer, output: &mut Output<'_>) -> Result<(), Failure> {
        if output.is_explained() {
            meaning::explain(answer, super::unix_s(), &mut |event| output.event(&event))?;
        }
        show(output, text, &json::Result::new(answer))
    }

    /// Text that JSON has no place for.
    fn text(text: &str, output: &mut Output<'_>) -> Result<(), Failure> {
        if output.is_json() { Ok(()) } else { output.raw(text.as_bytes()) }
    }

    /// `-C`: asks every server of the zone for its SOA record, and prints what comes as it comes.
    fn compare(&mut self, answer: &Answer, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut lookup = Lookup { qtype: Type::SOA, servers: Vec::new(), ..self.settings.lookup.clone() };
        lookup.tcp = answer.tcp_from_here(&lookup);
        lookup.flags.rd = false;
        let qname = answer.query.question.qname.clone();
        lookup.name = qname.to_string();
        let names = match self.settings.lookup.qtype {
            // -C in front of -a or -l: all servers among the records.
            Type::ANY | Type::AXFR => {
                let mut names = std::mem::take(&mut self.listed);
                nssearch::add_servers(&mut names, &answer.message);
                names
            }
            _ => nssearch::servers(&answer.message),
        };
        let mut servers = Vec::new();
        for name in &names {
            servers.extend(self.session.addresses(&lookup, name, output)?);
        }
        Self::text(&std::mem::take(&mut self.receipt), output)?;
        no_more(&names, &servers)?;
        if servers.is_empty() {
            return Ok(());
        }
        Self::text(&page::trying(self.settings, &qname), output)?;
        self.ask_authorities(&lookup, servers, output)
    }

    fn ask_authorities(
        &mut self,
        lookup: &Lookup,
        servers: Vec<Server>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let mut tasks = Vec::new();
        for server in servers {
            let task = self.session.new_task(lookup, vec![server])?;
            tasks.push(Task { tries: 1, name: self.settings.lookup.name.clone(), ..task });
        }
        let mut answered = false;
        dialogue::hold_all(tasks, lookup, self.settings.globals.source, &mut |_, word| match word {
            Word::Events(mut events) => {
                // That one of them does not answer is no reason to give up.
                events.retain(|event| !matches!(event, Event::NoServers));
                self.session.tell(&events, false, false, output)
            }
            Word::Ended(outcome) => match outcome? {
                Outcome::Answer(answer) => {
                    answered = true;
                    let text = self.page(&self.settings.lookup.name, &answer) + &page::received(self.settings, &answer);
                    Self::result(&text, &answer, output)
                }
                outcome => Self::no_answer(&outcome, output),
            },
            _ => Ok(()),
        })?;
        if !answered {
            self.session.tell(&[Event::NoZoneServers], true, false, output)?;
            Self::only_json(output, "none of the zone's servers answered");
        }
        Ok(())
    }

    /// host's words for a name that is none; other ones if a domain of the search list was to stand behind it.
    fn not_a_query(&self, lookup: &Lookup, next: &Try, error: &QueryError) -> Failure {
        let wrong = Status(self.settings.wrong);
        let written = &self.settings.lookup.name;
        let message = match error {
            QueryError::Name(fault) if next.from == Origin::List => {
                let domain = lookup.name.strip_prefix(written.as_str()).unwrap_or_default().trim_matches('.');
                let (culprit, fault) = match written.parse::<Name>() {
                    Err(fault) => (written.as_str(), fault),
                    Ok(_) => (domain, *fault),
                };
                format!("'{culprit}' is not in legal name syntax ({fault})")
            }
            QueryError::Name(fault) => format!("'{written}' is not a legal name ({fault})"),
            QueryError::Cookie => "the query cannot be made".to_owned(),
        };
        Failure::new(wrong, message)
    }
}

/// What came of a name.
enum Ended {
    /// It does not exist, and the search goes on.
    GoOn {
        /// [`Lookup::tcp`] of the next name.
        tcp: Option<bool>,
    },
    /// There is nothing to go on from.
    Nowhere,
    /// An answer.
    Answered(Box<Answer>),
}
