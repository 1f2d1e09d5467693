//! `+trace +tree`: every server of every zone on the way, and what each of them said.
//!
//! [`Tree::take`] takes what came from a zone's servers and says which zone is next; it owns no socket.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::delegation::{Security, State};
use crate::exchange::Answer;
use crate::header;
use crate::message::Message;
use crate::name::Name;
use crate::record::Record;
use crate::registry::{Class, Rcode, Type};
use crate::style::Style;
use crate::trace;

/// Where a server's address came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressFrom {
    /// The referral had it.
    Glue,
    /// The C library was asked.
    Resolved,
}

/// What a server is worth, by what it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Records that answer.
    Answer,
    /// The name has no such records.
    NoData,
    /// The name does not exist.
    NoName,
    /// A zone below knows more.
    Referral,
    /// A referral up or aside.
    BadReferral,
    /// A referral to the zone that the server is asked as a server of.
    HorizontalReferral,
    /// It knows nothing of the zone (RFC 9499, section 7).
    Lame,
    /// REFUSED.
    Refused,
    /// Another rcode that is no answer.
    Error,
    /// A message that cannot be read, or is not about the question.
    Unreadable,
    /// Nothing came, or the connection failed.
    Unreachable,
    /// The server's name has no address.
    NoAddress,
}

/// What one server said, or why it said nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Said {
    /// The server's name.
    pub name: String,
    /// Its address.
    pub address: Option<IpAddr>,
    /// Where that came from.
    pub address_from: Option<AddressFrom>,
    /// How long the answer took.
    pub rtt_us: Option<u64>,
    /// Its rcode.
    pub rcode: Option<Rcode>,
    /// Its AA flag.
    pub authoritative: Option<bool>,
    /// What that comes to.
    pub verdict: Verdict,
    /// The zone that it refers to.
    pub referral: Option<String>,
    /// Why nothing came.
    pub reason: Option<String>,
    /// It says something else than most servers of the zone.
    pub differs: bool,
}

impl Said {
    /// A server that said nothing.
    pub fn nothing(name: &Name, address: Option<(IpAddr, AddressFrom)>, verdict: Verdict, reason: &str) -> Self {
        Self {
            name: name.to_string(),
            address: address.map(|(address, _)| address),
            address_from: address.map(|(_, from)| from),
            rtt_us: None,
            rcode: None,
            authoritative: None,
            verdict,
            referral: None,
            reason: Some(reason.to_owned()),
            differs: false,
        }
    }

    /// A server of `zone` that answered.
    pub fn new(name: &Name, address: (IpAddr, AddressFrom), zone: &Name, answer: &Answer) -> Self {
        let (verdict, referral) = judge(zone, &answer.message);
        Self {
            rtt_us: Some(u64::try_from(answer.rtt.as_micros()).unwrap_or(u64::MAX)),
            rcode: Some(answer.message.rcode()),
            authoritative: Some(answer.message.header.has(header::AA)),
            referral: referral.map(|zone| zone.to_string()),
            reason: None,
            ..Self::nothing(name, Some(address), verdict, "")
        }
    }
}

/// What a message of a server of `zone` is worth, and the zone that it refers to.
fn judge(zone: &Name, message: &Message) -> (Verdict, Option<Name>) {
    match message.rcode() {
        Rcode::NOERROR => {}
        Rcode::NXDOMAIN => return (Verdict::NoName, None),
        Rcode::REFUSED => return (Verdict::Refused, None),
        _ => return (Verdict::Error, None),
    }
    if !message.answer.is_empty() {
        return (Verdict::Answer, None);
    }
    if trace::is_referral(message) {
        let owner = message.authority.iter().find(|record| record.rtype == Type::NS).map(|record| record.owner.clone());
        let verdict = match &owner {
            Some(owner) if owner.is_below(zone) => Verdict::Referral,
            Some(owner) if owner.matches(zone) => Verdict::HorizontalReferral,
            _ => Verdict::BadReferral,
        };
        return (verdict, owner);
    }
    if message.header.has(header::AA) { (Verdict::NoData, None) } else { (Verdict::Lame, None) }
}

/// One zone on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Zone {
    /// Its name.
    pub zone: String,
    /// How it is tied to the zone above.
    pub security: Security,
    /// What its servers said, in the order of the referral.
    pub servers: Vec<Said>,
}

/// What the servers of a zone said: each with its message, if there is one.
pub type Replies = Vec<(Said, Option<Message>)>;

/// Whom to ask next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// The zone.
    pub zone: Name,
    /// Its servers, and the addresses that came with their names.
    pub servers: Vec<(Name, Vec<IpAddr>)>,
    /// What the parent said.
    pub referral: Message,
}

/// The whole way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "tree")]
pub struct Tree {
    /// What was asked for.
    pub qname: String,
    /// The type.
    pub qtype: Type,
    /// The class.
    pub qclass: Class,
    /// Who named the servers of the root.
    pub resolver: String,
    /// The zones, from the root down.
    pub zones: Vec<Zone>,
    /// How it ended: the verdict about the last zone's first server that answered.
    pub outcome: Option<Verdict>,
    /// The records of the answer.
    pub records: Vec<String>,
}

impl Tree {
    /// Takes what the servers of a zone said: each with its message, if there is one.
    pub fn take(&mut self, zone: &Name, security: Security, mut said: Replies) -> Option<Next> {
        mark_differences(&mut said);
        let first = said.iter().find(|(said, _)| is_telling(said.verdict));
        self.outcome = first.or(said.first()).map(|(said, _)| said.verdict);
        let first = first.and_then(|(said, message)| message.clone().map(|message| (said.verdict, message)));
        let servers = said.into_iter().map(|(said, _)| said).collect();
        self.zones.push(Zone { zone: zone.to_string(), security, servers });
        let (verdict, message) = first?;
        if verdict == Verdict::Referral {
            return next(&message);
        }
        let style = Style::default();
        let text = |record: &Record| {
            format!("{} {} {} {} {}", record.owner, record.ttl, record.class, record.rtype, record.rdata.text(&style))
        };
        self.records = message.answer.iter().map(text).collect();
        None
    }

    /// Whether there are more zones than referrals that dig follows.
    pub fn goes_on_too_long(&self) -> bool {
        self.zones.len() > usize::try_from(trace::MOST_REFERRALS).unwrap_or(usize::MAX)
    }
}

/// The most servers of a zone that are asked: every zone has fewer, and a message has room for thousands.
const MOST_SERVERS: usize = 64;
/// The most addresses of a server that are asked.
pub(crate) const MOST_ADDRESSES: usize = 16;

/// The zone that a message refers to, with the addresses that came along. A server that is named twice is one.
pub fn next(message: &Message) -> Option<Next> {
    let section = if message.answer.is_empty() { &message.authority } else { &message.answer };
    let zone = section.iter().find(|record| record.rtype == Type::NS)?.owner.clone();
    let glue = |name: &Name| -> Vec<IpAddr> {
        let of_name = message.additional.iter().filter(|record| record.owner.matches(name));
        of_name.filter_map(address).take(MOST_ADDRESSES).collect()
    };
    let mut servers: Vec<(Name, Vec<IpAddr>)> = Vec::new();
    let named = section.iter().filter(|record| record.rtype == Type::NS && record.owner.matches(&zone));
    for name in named.filter_map(|record| record.rdata.target()) {
        if servers.len() < MOST_SERVERS && servers.iter().all(|(known, _)| !known.matches(name)) {
            servers.push((name.clone(), glue(name)));
        }
    }
    Some(Next { zone, servers, referral: message.clone() })
}

fn address(record: &Record) -> Option<IpAddr> {
    match record.rtype {
        Type::A => <[u8; 4]>::try_from(record.rdata.octets.as_slice()).ok().map(IpAddr::from),
        Type::AAAA => <[u8; 16]>::try_from(record.rdata.octets.as_slice()).ok().map(IpAddr::from),
        _ => None,
    }
}

/// Everything in which servers of one zone should agree: what they say, not how old it is.
fn gist(said: &Said, message: &Message) -> (Verdict, Option<Rcode>, Option<bool>, BTreeSet<String>) {
    let style = Style::default();
    let section = if message.answer.is_empty() { &message.authority } else { &message.answer };
    let signs = |record: &&Record| !matches!(record.rtype, Type(46 | 47 | 50));
    let records = section
        .iter()
        .filter(signs)
        .map(|record| format!("{} {} {}", record.owner, record.rtype, record.rdata.text(&style)).to_ascii_lowercase())
        .collect();
    (said.verdict, said.rcode, said.authoritative, records)
}

/// Whether somebody may go by that.
fn is_telling(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Answer | Verdict::NoData | Verdict::NoName | Verdict::Referral)
}

/// Marks those who say something else than most of those who said something.
fn mark_differences(said: &mut [(Said, Option<Message>)]) {
    let gists: Vec<_> =
        said.iter().map(|(said, message)| message.as_ref().map(|message| gist(said, message))).collect();
    let count = |gist: &_| gists.iter().flatten().filter(|other| *other == gist).count();
    // Of two that are as frequent, the first one is the rule.
    let Some(rule) = gists.iter().flatten().rev().max_by_key(|gist| count(gist)).cloned() else { return };
    for ((said, _), gist) in said.iter_mut().zip(&gists) {
        said.differs = gist.as_ref().is_some_and(|gist| *gist != rule);
    }
}

impl Render for Tree {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(format!(
            "{} {} {}, from the root's servers that {} names",
            self.qname, self.qclass, self.qtype, self.resolver
        ))?;
        let mut indent = String::new();
        for zone in &self.zones {
            let security = match zone.security.state {
                State::Signed | State::Root => text.paint(Role::Good, &zone.security.words()),
                State::Broken | State::Unproven => text.paint(Role::Bad, &zone.security.words()),
                _ => text.paint(Role::Dim, &zone.security.words()),
            };
            text.line(format!("{indent}└─ {}  {security}", text.paint(Role::Heading, &zone.zone)))?;
            indent.push_str("   ");
            let is_last = self.zones.last().is_some_and(|last| last == zone) && self.records.is_empty();
            for (index, server) in zone.servers.iter().enumerate() {
                let corner = if is_last && index + 1 == zone.servers.len() { "└─" } else { "├─" };
                server.render(&format!("{indent}{corner} "), text)?;
            }
        }
        for (index, record) in self.records.iter().enumerate() {
            let corner = if index + 1 == self.records.len() { "└─" } else { "├─" };
            text.line(format!("{indent}{corner} {}", text.paint(Role::Strong, record)))?;
        }
        Ok(())
    }
}

impl Said {
    fn render(&self, before: &str, text: &mut Text<'_>) -> io::Result<()> {
        let address = self.address.map(|address| format!(" {address}")).unwrap_or_default();
        let glue = if self.address_from == Some(AddressFrom::Glue) { " (glue)" } else { "" };
        let mut parts = vec![format!("{before}{}{address}{glue}", self.name)];
        parts.extend(self.rtt_us.map(|rtt| format!("{}.{:03} ms", rtt / 1000, rtt % 1000)));
        let (role, words) = self.words();
        parts.push(text.paint(role, &words));
        parts.extend(self.differs.then(|| text.paint(Role::Warning, "DIFFERS from the others")));
        text.line(parts.join("  "))
    }

    fn words(&self) -> (Role, String) {
        let referral = self.referral.as_deref().unwrap_or_default();
        let rcode = self.rcode.map(|rcode| rcode.to_string()).unwrap_or_default();
        let reason = self.reason.as_deref().unwrap_or_default();
        match self.verdict {
            Verdict::Answer if self.authoritative == Some(true) => (Role::Good, "aa answer".to_owned()),
            Verdict::Answer => (Role::Warning, "an answer without aa: not an authority".to_owned()),
            Verdict::NoData => (Role::Good, "aa no such records (NODATA)".to_owned()),
            Verdict::NoName if self.authoritative == Some(true) => {
                (Role::Good, "aa no such name (NXDOMAIN)".to_owned())
            }
            Verdict::NoName => (Role::Warning, "NXDOMAIN without aa: not an authority".to_owned()),
            Verdict::Referral => (Role::Dim, format!("refers to {referral}")),
            Verdict::BadReferral => (Role::Bad, format!("LAME: refers to {referral}, which is not below")),
            Verdict::HorizontalReferral => (Role::Bad, format!("LAME: refers to {referral} again")),
            Verdict::Lame => (Role::Bad, "LAME: knows nothing of the zone".to_owned()),
            Verdict::Refused => (Role::Bad, "REFUSED".to_owned()),
            Verdict::Error => (Role::Bad, format!("ERROR: {rcode}")),
            Verdict::Unreadable => (Role::Bad, format!("UNREADABLE: {reason}")),
            Verdict::Unreachable => (Role::Bad, format!("NO ANSWER: {reason}")),
            Verdict::NoAddress => (Role::Bad, format!("NO ADDRESS: {reason}")),
        }
    }
}

#[cfg(test)]
mod tests;
