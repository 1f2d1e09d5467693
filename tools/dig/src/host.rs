//! The `host` dialect: BIND's host, whose executable ours is when it is called by that name.
//!
//! [`args`] reads the line, [`Settings`] is what it asks for, [`tries`] says which names stand for the one that was
//! written, [`Settings::follow_ups`] what is asked after an answer, and [`page`] is what is printed.

use crate::exchange::Answer;
use crate::explain::Event;
use crate::message::Message;
use crate::name::Name;
use crate::options::{Globals, Lookup, Refusal};
use crate::registry::Type;
use crate::search;
use crate::transport::Transport;

pub mod args;
pub mod page;

/// What a line asks for.
#[derive(Clone, Debug)]
pub enum Request {
    /// Nothing: the line is wrong, and this is how host says so.
    Refuse(Refusal),
    /// Ask name servers.
    Ask(Box<Settings>),
}

/// What to ask, and what to show of the answers.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Port, families, time, dots.
    pub globals: Globals,
    /// The lookup; its name is as it was written, or the reverse name of an address.
    pub lookup: Lookup,
    /// `-v`, `-d`, `-a`: whole messages.
    pub verbose: bool,
    /// No type was said: ask for A, then for AAAA and MX.
    pub defaults: bool,
    /// What to show of a zone transfer.
    pub listing: Listing,
    /// `-A`: no signatures and no proofs.
    pub without_signatures: bool,
    /// `-C`: ask every server of the zone for its SOA record.
    pub compare: bool,
    /// The name may be short for others.
    pub searched: bool,
    /// What a line that cannot be asked ends with.
    pub wrong: u8,
}

/// Which records of a zone transfer are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// A, AAAA, NS and PTR.
    Hosts,
    /// Those of one type.
    Of(Type),
    /// All of them.
    Everything,
}

impl Settings {
    /// Whether records of a type are shown of an answer to a question for `asked`.
    pub fn shows(&self, asked: Type, rtype: Type) -> bool {
        // RRSIG, NSEC, NSEC3
        if self.without_signatures && matches!(rtype, Type(46 | 47 | 50)) {
            return false;
        }
        if asked != Type::AXFR {
            return true;
        }
        match self.listing {
            Listing::Everything => true,
            Listing::Of(only) => rtype == only,
            Listing::Hosts => matches!(rtype, Type::A | Type::AAAA | Type::NS | Type::PTR),
        }
    }

    /// What to ask after an answer about addresses: the other kind of address and the mail servers, of the name that the
    /// aliases lead to.
    pub fn follow_ups(&self, answer: &Answer) -> Vec<Lookup> {
        if !self.defaults || self.lookup.qtype != Type::A {
            return Vec::new();
        }
        let name = canonical(&answer.query.question.qname, &answer.message).without_last_dot();
        let tcp = answer.tcp_from_here(&self.lookup);
        [Type::AAAA, Type::MX].map(|qtype| Lookup { name: name.clone(), qtype, tcp, ..self.lookup.clone() }).to_vec()
    }
}

/// The name at the end of the aliases. No more of them are followed than there are records.
fn canonical(name: &Name, answer: &Message) -> Name {
    let mut name = name.clone();
    for _ in 0..answer.answer.len() {
        let alias = answer.answer.iter().find(|record| record.rtype == Type::CNAME && record.owner.matches(&name));
        match alias.and_then(|record| record.rdata.target()) {
            Some(target) => name = target.clone(),
            None => break,
        }
    }
    name
}

/// One of the names to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The name.
    pub name: String,
    /// Where it comes from.
    pub from: Origin,
}

/// Where a name comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From the line as it stands.
    Line,
    /// From the line as it stands, before the search list.
    LineFirst,
    /// From the line as it stands, and the search list has nothing to add.
    LineInVain,
    /// From the line, with a domain of the search list behind it.
    List,
}

/// The names to ask for, in order: the next one if the one before does not exist.
pub fn tries(name: &str, searched: bool, domains: &[String], ndots: Option<u32>) -> Vec<Try> {
    if !searched {
        return vec![Try { name: name.to_owned(), from: Origin::Line }];
    }
    let enough = search::has_enough_dots(name, ndots);
    let names = search::names(name, domains, ndots);
    let last = names.len().saturating_sub(1);
    let from = |index| match index {
        0 if last > 0 && names.first().is_some_and(|first| first == name) => Origin::LineFirst,
        _ if index < last || (name.is_empty() && !enough) => Origin::List,
        _ if enough => Origin::LineInVain,
        _ => Origin::Line,
    };
    names.iter().enumerate().map(|(index, name)| Try { name: name.clone(), from: from(index) }).collect()
}

/// When a lookup begins anew, which `-v` tells: in TCP after a truncated answer, and with the same server after a connection
/// that failed or could not be made.
#[derive(Clone, Debug)]
pub struct Beginnings {
    /// How many failures are left until the next server's turn comes.
    tries_left: u32,
    transport: Transport,
    anew: bool,
}

impl Beginnings {
    /// Before the first query of a lookup that may ask a server so often, and has begun.
    pub fn new(tries: u32, transport: Transport) -> Self {
        Self { tries_left: tries, transport, anew: false }
    }

    /// How often a server may still be asked: once at least.
    pub fn tries_left(&self) -> u32 {
        self.tries_left.max(1)
    }

    /// Takes note of what happened.
    pub fn note(&mut self, event: &Event) {
        // A datagram that nobody answered is only sent again.
        let anew = match event {
            Event::SetupFailed { .. } => true,
            Event::CommunicationsError { .. } => !self.transport.is_datagrams(),
            _ => return,
        };
        self.tries_left = self.tries_left.saturating_sub(1);
        self.anew = anew && self.tries_left > 0;
    }

    /// Whether the query that goes out next begins a lookup.
    pub fn begins(&mut self, transport: Transport) -> bool {
        let changed = std::mem::replace(&mut self.transport, transport) != transport;
        std::mem::take(&mut self.anew) || changed
    }
}

#[cfg(test)]
mod tests;
