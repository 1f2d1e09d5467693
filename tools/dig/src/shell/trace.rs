//! `+trace`: asks and resolves what the walk says, and prints each step as dig does.

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::random;

use super::dialogue::Outcome;
use super::{ANSWERED, BAD_NAME, Session, resolve, show, unix_s};
use crate::cookie::Verdict;
use crate::edns::OptionCode;
use crate::exchange::{Answer, Task};
use crate::explain::Event;
use crate::name::Name;
use crate::options::{Cookie, Lookup, Server};
use crate::registry::Type;
use crate::trace::{Item, Walk};
use crate::{json, meaning, outcome, printer};

impl Session<'_> {
    pub(super) fn trace(
        &mut self,
        lookup: &Lookup,
        servers: Vec<Server>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let mut walk = Walk::new();
        let mut asked = Lookup { name: ".".to_owned(), qtype: Type::NS, ..lookup.clone() };
        // dig has cleared RD for the transfer before it asks for the root's servers.
        asked.flags.rd &= !matches!(lookup.qtype, Type::AXFR | Type::IXFR);
        let mut servers = servers;
        loop {
            let mut task = self.new_task(&asked, servers)?;
            task.name.clone_from(&lookup.name);
            let answer = match self.hold_step(&asked, task, output)? {
                Outcome::Answer(answer) => answer,
                outcome => return self.no_answer(&outcome, output),
            };
            self.show_body(&asked, &answer, output)?;
            servers = self.next_servers(lookup, walk.follow(&answer.message), output)?;
            if answer.transfer.is_none() {
                self.show_footer(&asked, &answer, output)?;
            }
            if servers.is_empty() {
                return Ok(());
            }
            asked = going_on(lookup, &asked, &answer);
        }
    }

    /// As [`Session::hold`], for one step of several.
    pub(super) fn hold_step(
        &mut self,
        lookup: &Lookup,
        task: Task,
        output: &mut Output<'_>,
    ) -> Result<Outcome, Failure> {
        let outcome = self.hold(lookup, task, output)?;
        if let Outcome::Answer(answer) = &outcome {
            self.opt_missing(lookup, answer, output)?;
        }
        Ok(outcome)
    }

    /// Whoever has a cookie of the server, or believes that, expects EDNS in its answer.
    pub(super) fn opt_missing(
        &mut self,
        lookup: &Lookup,
        answer: &Answer,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        if answer.message.edns.is_none() && matches!(lookup.cookie, Cookie::Given(_)) {
            self.tell(&[Event::OptMissing { server: answer.server.addr }], true, false, output)?;
        }
        Ok(())
    }

    /// An answer without what stands below it.
    pub(super) fn show_body(
        &mut self,
        lookup: &Lookup,
        answer: &Answer,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        self.status = if self.globals.status { outcome::status(&answer.message) } else { ANSWERED };
        let mut text = String::new();
        if !output.is_json() {
            self.greet(false, output)?;
            if self.globals.yaml {
                text = self.yaml_answer(lookup, answer);
            }
            if self.globals.short {
                if lookup.show.answer {
                    text += &printer::short_typed(&lookup.show, answer);
                }
            } else if !self.globals.yaml {
                text = printer::answer(lookup, answer);
                if lookup.timing {
                    text += &printer::timing(&answer.timing);
                }
            }
        }
        if output.is_explained() {
            meaning::explain(answer, unix_s(), &mut |event| output.event(&event))?;
        }
        show(output, &text, &json::Result::new(answer))
    }

    /// Says what there is to say about a referral, and finds the addresses of its servers.
    fn next_servers(
        &mut self,
        lookup: &Lookup,
        items: Vec<Item>,
        output: &mut Output<'_>,
    ) -> Result<Vec<Server>, Failure> {
        let mut names = Vec::new();
        let mut servers = Vec::new();
        for item in items {
            match item {
                Item::Bad => self.tell(&[Event::BadReferral], true, false, output)?,
                Item::Horizontal => self.tell(&[Event::HorizontalReferral], true, false, output)?,
                Item::TooMany => return Err(Failure::new(Status(1), "too many lookups")),
                Item::Server(name) => {
                    servers.extend(self.addresses(lookup, &name, output)?);
                    names.push(name);
                }
            }
        }
        no_more(&names, &servers)?;
        shuffle(&mut servers)?;
        Ok(servers)
    }

    /// The addresses of a name server, found as every program finds them.
    pub(super) fn addresses(
        &mut self,
        lookup: &Lookup,
        name: &Name,
        output: &mut Output<'_>,
    ) -> Result<Vec<Server>, Failure> {
        let written = name.without_last_dot();
        let found = resolve(&written, self.globals).and_then(|mut found| {
            found.retain(|addr| self.globals.allows(addr.ip()));
            if found.is_empty() { Err("not found".to_owned()) } else { Ok(found) }
        });
        match found {
            Ok(found) => {
                let port = super::port(self.globals, lookup);
                let server = |mut addr: std::net::SocketAddr| {
                    addr.set_port(port);
                    Server { addr, written: written.clone() }
                };
                Ok(found.into_iter().map(server).collect())
            }
            Err(reason) => {
                self.tell(&[Event::ServerUnknown { name: written, reason }], true, false, output)?;
                Ok(Vec::new())
            }
        }
    }
}

/// dig ends where a referral names servers and none of them has an address.
pub(super) fn no_more(names: &[Name], servers: &[Server]) -> Result<(), Failure> {
    match names.first().filter(|_| servers.is_empty()) {
        Some(first) => {
            let message = format!("couldn't get address for '{}': no more", first.without_last_dot());
            Err(Failure::new(Status(1), message))
        }
        None => Ok(()),
    }
}

/// What is asked of the servers that the answer to `asked` has led to: the lookup, with the cookie and the connections of
/// the step before, and without recursion.
pub(super) fn going_on(lookup: &Lookup, asked: &Lookup, answer: &Answer) -> Lookup {
    let mut next = lookup.clone();
    next.cookie = learnt_cookie(asked, answer);
    next.tcp = answer.tcp_from_here(asked);
    next.flags.rd = false;
    next
}

/// dig sends the cookie that one server gave to the next server too.
fn learnt_cookie(asked: &Lookup, answer: &Answer) -> Cookie {
    let theirs = answer.message.edns.as_ref().and_then(|edns| edns.option(OptionCode::COOKIE));
    match theirs.filter(|_| answer.cookie == Some(Verdict::Good)) {
        Some(cookie) => Cookie::Given(sockeye_common::hex::encode(&cookie.data)),
        None => asked.cookie.clone(),
    }
}

/// dig asks the servers of a zone in random order.
fn shuffle(servers: &mut [Server]) -> Result<(), Failure> {
    for last in (1..servers.len()).rev() {
        let mut octets = [0; 8];
        random::fill(&mut octets).map_err(|error| Failure::call(BAD_NAME, "getrandom", "for an order", &error))?;
        let range = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
        let other = usize::try_from(u64::from_ne_bytes(octets) % range).unwrap_or_default();
        servers.swap(last, other);
    }
    Ok(())
}
