//! One name, every source side by side: `+compare`.
//!
//! [`crate::shell`] asks; here stand what it found ([`Found`]) and what follows from that ([`Report`]).

use std::collections::BTreeSet;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::gai::report::{Named, ShownError};
use crate::gai_conf::GaiConf;
use crate::hosts::{self, Hosts};
use crate::nsswitch::{self, HostsLine, Reaction, Service, Status};
use crate::printer;
use crate::rfc6724::{self, Destination, Policy, Scope};
use crate::stub::{Candidate, SearchFrom, StubConf};

mod disagree;
mod dns;
pub mod letter;
mod narrate;
mod render;
#[cfg(test)]
mod tests;

pub use disagree::Disagreement;
pub use dns::{DnsAnswer, Outcome};
pub use narrate::explain;

/// An address as getaddrinfo(3) gives it; its port does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addr(pub SocketAddr);

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&printer::address(self.0))
    }
}

impl Serialize for Addr {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What getaddrinfo(3) said: addresses in its order, each once, and the canonical name; or why not.
pub type Addresses = Result<Listed, ShownError>;

/// The addresses of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// In order, each once.
    pub addresses: Vec<Addr>,
    /// The canonical name, if it was asked for.
    pub canonname: Option<String>,
}

/// A source of nsswitch.conf, asked by itself.
#[derive(Clone, Debug)]
pub struct SourceFound {
    /// What the file says of it.
    pub service: Service,
    /// Whether its module is on this machine.
    pub installed: bool,
    /// What it said; `None` if it could not be asked.
    pub answer: Option<Addresses>,
    /// How long that took.
    pub took: Duration,
}

/// A name server that did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Silent {
    /// Which.
    pub server: SocketAddr,
    /// How many questions it left without an answer.
    pub questions: usize,
    /// How long was waited for it; questions that went out together are waited for together.
    pub waited_us: u64,
}

/// A name that was asked for in the DNS, or would have been.
#[derive(Clone, Debug)]
pub struct NameFound {
    /// The name, and where it comes from.
    pub candidate: Candidate,
    /// Whether the C library would come to it; otherwise it is asked because dig would ask for it.
    pub tried: bool,
    /// A; `None` if it was not asked for.
    pub a: Option<DnsAnswer>,
    /// AAAA
    pub aaaa: Option<DnsAnswer>,
}

impl NameFound {
    /// What came of both types.
    pub fn answers(&self) -> impl Iterator<Item = &DnsAnswer> {
        self.a.iter().chain(&self.aaaa)
    }

    /// Whether there is an address, which ends the C library's search.
    pub fn ends_search(&self) -> bool {
        self.answers().any(|answer| answer.outcome == Outcome::Answer)
    }

    /// Whether nobody answered, and in which way: refused at once, or not in time.
    pub fn is_silent(&self) -> bool {
        self.answers().all(|answer| answer.outcome == Outcome::Silence)
    }

    /// The addresses of both types.
    pub fn addresses(&self) -> BTreeSet<IpAddr> {
        self.answers().flat_map(DnsAnswer::addresses).collect()
    }
}

/// What a program gets that asks otherwise.
#[derive(Clone, Debug)]
pub struct ViewFound {
    /// Which program.
    pub program: &'static str,
    /// How it asks.
    pub asks: &'static str,
    /// What it gets.
    pub answer: Addresses,
}

/// A file that may not be there.
#[derive(Clone, Debug)]
pub struct File<T> {
    /// Where.
    pub path: &'static str,
    /// Why it was not read; what then holds is in `content`.
    pub error: Option<String>,
    /// What it says.
    pub content: T,
}

/// Everything that was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The name as it was written.
    pub name: String,
    /// It is an address in numbers: nobody is asked.
    pub numeric: bool,
    /// The hosts file.
    pub hosts: File<Hosts>,
    /// nsswitch.conf's line.
    pub nsswitch: File<HostsLine>,
    /// Whether this C library has a switch at all.
    pub switchable: bool,
    /// Each source by itself.
    pub sources: Vec<SourceFound>,
    /// resolv.conf as the C library reads it.
    pub resolv_conf: File<StubConf>,
    /// The servers that were asked, and whether the command line named them.
    pub servers: (Vec<SocketAddr>, bool),
    /// The servers that dig takes from resolv.conf.
    pub dig_servers: Vec<IpAddr>,
    /// The names.
    pub names: Vec<NameFound>,
    /// The servers that were asked for them in vain.
    pub silent: Vec<Silent>,
    /// What getaddrinfo(3) said.
    pub answer: Addresses,
    /// How long it took to say so.
    pub answer_took: Duration,
    /// Its addresses, with what the kernel would send from.
    pub destinations: Vec<Destination>,
    /// gai.conf.
    pub gai_conf: File<GaiConf>,
    /// Whether this host has an IPv4, and an IPv6 address beside loopback.
    pub configured: (bool, bool),
    /// nscd, a cache that glibc asks first, listens.
    pub nscd: bool,
    /// What other programs get.
    pub views: Vec<ViewFound>,
}

/// All of it, with what follows.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "compare")]
pub struct Report {
    /// The name as it was written.
    pub name: String,
    /// It is an address in numbers: nobody is asked.
    pub numeric: bool,
    /// The hosts file.
    pub hosts: HostsShown,
    /// The sources in their order.
    pub nsswitch: NsswitchShown,
    /// The names that were asked for.
    pub resolver: ResolverShown,
    /// What getaddrinfo(3) returned.
    pub getaddrinfo: AnswerShown,
    /// The table by which addresses are ordered.
    pub policy: PolicyShown,
    /// What other programs get.
    pub views: Vec<ViewShown>,
    /// Who answered, and what a program tries first.
    pub winner: Option<Winner>,
    /// In what the sources differ, and why.
    pub disagreements: Vec<Disagreement>,
}

/// The hosts file's part.
#[derive(Debug, Serialize)]
pub struct HostsShown {
    /// Where.
    pub path: &'static str,
    /// Why it was not read.
    pub error: Option<String>,
    /// The lines about the name.
    pub lines: Vec<HostsLineShown>,
    /// Lines that mean nothing, by number.
    pub ignored_lines: Vec<usize>,
}

/// A line of the hosts file.
#[derive(Debug, Serialize)]
pub struct HostsLineShown {
    /// Which, from 1.
    pub line: usize,
    /// Its address.
    pub address: IpAddr,
    /// The first name.
    pub canonical: String,
    /// The others.
    pub aliases: Vec<String>,
}

/// The part of nsswitch.conf.
#[derive(Debug, Serialize)]
pub struct NsswitchShown {
    /// Where.
    pub path: &'static str,
    /// Why it was not read.
    pub error: Option<String>,
    /// Which line counts; null for the default.
    pub line: Option<usize>,
    /// The line cannot be read.
    pub malformed: bool,
    /// What the line says.
    pub text: String,
    /// nscd listens, which is asked before all sources.
    pub nscd: bool,
    /// The sources.
    pub sources: Vec<SourceShown>,
}

/// A source.
#[derive(Debug, Serialize)]
pub struct SourceShown {
    /// Its name.
    pub name: String,
    /// What it asks, if it is a well-known one.
    pub asks: Option<&'static str>,
    /// What stands in brackets behind it.
    pub actions: Vec<String>,
    /// Whether its module is on this machine.
    pub installed: bool,
    /// Whether the C library comes to it for this name.
    pub reached: bool,
    /// What it came to, asked by itself; null if it could not be asked.
    pub status: Option<Status>,
    /// What then happens.
    pub then: Option<Reaction>,
    /// The answer came from here.
    pub winner: bool,
    /// Its addresses, in the C library's order.
    pub addresses: Vec<Addr>,
    /// Its canonical name.
    pub canonname: Option<String>,
    /// Why it has none.
    pub error: Option<ShownError>,
    /// How long it took; null if it could not be asked.
    pub took_us: Option<u64>,
}

/// The part of resolv.conf and of the DNS.
#[derive(Debug, Serialize)]
pub struct ResolverShown {
    /// Where.
    pub path: &'static str,
    /// Why it was not read.
    pub error: Option<String>,
    /// The servers that were asked.
    pub servers: Vec<SocketAddr>,
    /// The command line named them.
    pub servers_from_command_line: bool,
    /// The search list.
    pub search: Vec<String>,
    /// Where that comes from.
    pub search_from: &'static str,
    /// How many dots make a name be tried as it is first.
    pub ndots: usize,
    /// The names.
    pub names: Vec<NameShown>,
    /// The servers that did not answer.
    pub silent: Vec<Silent>,
}

/// A name in the DNS.
#[derive(Debug, Serialize)]
pub struct NameShown {
    /// The name.
    pub qname: String,
    /// What of the search list was put behind it; null if it is taken as it is.
    pub suffix: Option<String>,
    /// Whether the C library comes to it.
    pub tried: bool,
    /// A; null if not asked for.
    pub a: Option<DnsAnswer>,
    /// AAAA
    pub aaaa: Option<DnsAnswer>,
}

/// What getaddrinfo(3) returned.
#[derive(Debug, Serialize)]
pub struct AnswerShown {
    /// The canonical name.
    pub canonname: Option<String>,
    /// The addresses in its order.
    pub addresses: Vec<AddressShown>,
    /// Why there is none.
    pub error: Option<ShownError>,
    /// How long it took.
    pub took_us: u64,
}

/// An address with everything that orders it.
#[derive(Debug, Serialize)]
pub struct AddressShown {
    /// Its place, from 1.
    pub rank: usize,
    /// A program tries this one first.
    pub winner: bool,
    /// The address.
    pub address: Addr,
    /// Which sources have it.
    pub sources: Vec<String>,
    /// What the kernel would send from; null if it knows no way.
    pub source_address: Option<IpAddr>,
    /// How far it reaches.
    pub scope: Named,
    /// How far its source reaches.
    pub source_scope: Option<Named>,
    /// Its label.
    pub label: u32,
    /// Its source's label.
    pub source_label: Option<u32>,
    /// Its precedence.
    pub precedence: u32,
    /// How many bits it has in common with its source, as far as they count.
    pub common_prefix_bits: Option<u32>,
    /// Why it comes before the next one.
    pub before_next: Option<Decision>,
}

/// Why one address comes before another.
#[derive(Debug, Serialize)]
pub struct Decision {
    /// The rule of RFC 6724 section 6; null if none puts them so.
    pub rule: Option<u8>,
    /// Its name.
    pub name: &'static str,
    /// What it compared.
    pub reason: String,
}

/// The table.
#[derive(Debug, Serialize)]
pub struct PolicyShown {
    /// Where.
    pub path: &'static str,
    /// Why it was not read.
    pub error: Option<String>,
    /// Which tables the file replaces.
    pub replaced: Vec<&'static str>,
    /// Lines that mean nothing, by number.
    pub ignored_lines: Vec<usize>,
}

/// What another program gets.
#[derive(Debug, Serialize)]
pub struct ViewShown {
    /// Which program.
    pub program: &'static str,
    /// How it asks.
    pub asks: &'static str,
    /// What it gets.
    pub addresses: Vec<Addr>,
    /// Why it gets nothing.
    pub error: Option<ShownError>,
}

/// Who answered, and what a program tries first.
#[derive(Debug, Serialize)]
pub struct Winner {
    /// The source; null if none of them answers so by itself.
    pub source: Option<String>,
    /// The first address.
    pub address: Addr,
}

/// The walk along the sources.
struct Walk {
    /// For each source: reached, status, what then.
    steps: Vec<(bool, Option<Status>, Option<Reaction>)>,
    /// The source that answered.
    winner: Option<usize>,
}

/// Follows the sources as the C library does, with what each of them said by itself.
fn walk(found: &Found) -> Walk {
    let mut steps = Vec::new();
    let mut winner = None;
    let mut open = !found.numeric;
    for (index, source) in found.sources.iter().enumerate() {
        let status = match &source.answer {
            _ if !source.installed => Some(Status::Unavail),
            Some(answer) => Some(status(answer)),
            None => None,
        };
        let then = status.map(|status| source.service.reaction(status));
        steps.push((open, status, then));
        if open && status == Some(Status::Success) {
            winner = Some(index);
        }
        open &= then == Some(Reaction::Continue);
    }
    Walk { steps, winner }
}

/// What a source came to, as far as getaddrinfo(3) tells.
fn status(answer: &Addresses) -> Status {
    match answer {
        Ok(_) => Status::Success,
        Err(error) => match error.name {
            Some("EAI_NONAME" | "EAI_NODATA" | "EAI_ADDRFAMILY") => Status::Notfound,
            Some("EAI_AGAIN") => Status::Tryagain,
            _ => Status::Unavail,
        },
    }
}

/// Puts everything together.
pub fn judge(found: &Found) -> Report {
    let walk = walk(found);
    let addresses = found.answer.as_ref().map(|listed| listed.addresses.as_slice()).unwrap_or_default();
    // nscd or a change in between: then no source by itself says what getaddrinfo said.
    let source = walk.winner.and_then(|index| found.sources.get(index)).filter(|source| {
        let own = source.answer.as_ref().and_then(|answer| answer.as_ref().ok());
        own.is_some_and(|own| same_addresses(&own.addresses, addresses))
    });
    let source = source.map(|source| source.service.name.clone());
    Report {
        name: found.name.clone(),
        numeric: found.numeric,
        hosts: hosts_shown(found),
        nsswitch: nsswitch_shown(found, &walk),
        resolver: resolver_shown(found),
        getaddrinfo: answer_shown(found),
        policy: PolicyShown {
            path: found.gai_conf.path,
            error: found.gai_conf.error.clone(),
            replaced: found.gai_conf.content.replaced.clone(),
            ignored_lines: found.gai_conf.content.ignored.clone(),
        },
        views: found.views.iter().map(view_shown).collect(),
        winner: addresses.first().map(|first| Winner { source, address: *first }),
        disagreements: disagree::disagreements(found, &walk),
    }
}

fn same_addresses(a: &[Addr], b: &[Addr]) -> bool {
    let set = |list: &[Addr]| list.iter().map(|addr| addr.0.ip()).collect::<BTreeSet<_>>();
    set(a) == set(b)
}

fn hosts_shown(found: &Found) -> HostsShown {
    let shown = |line: &hosts::Line| HostsLineShown {
        line: line.number,
        address: line.addr,
        canonical: line.canonical.clone(),
        aliases: line.aliases.clone(),
    };
    HostsShown {
        path: found.hosts.path,
        error: found.hosts.error.clone(),
        lines: found.hosts.content.about(&found.name).map(shown).collect(),
        ignored_lines: found.hosts.content.ignored.clone(),
    }
}

fn nsswitch_shown(found: &Found, walk: &Walk) -> NsswitchShown {
    let line = &found.nsswitch.content;
    let sources = found.sources.iter().zip(&walk.steps).enumerate().map(|(index, (source, step))| {
        let (reached, status, then) = *step;
        let (listed, error) = split(source.answer.as_ref());
        SourceShown {
            name: source.service.name.clone(),
            asks: nsswitch::describe(&source.service.name),
            actions: source.service.actions.iter().map(ToString::to_string).collect(),
            installed: source.installed,
            reached,
            status,
            then,
            winner: walk.winner == Some(index),
            addresses: listed.addresses,
            canonname: listed.canonname,
            error,
            took_us: source.answer.is_some().then(|| micros(source.took)),
        }
    });
    let text: Vec<String> = line.services.iter().map(ToString::to_string).collect();
    NsswitchShown {
        path: found.nsswitch.path,
        error: found.nsswitch.error.clone(),
        line: line.number,
        malformed: line.malformed,
        text: text.join(" "),
        nscd: found.nscd,
        sources: sources.collect(),
    }
}

fn split(answer: Option<&Addresses>) -> (Listed, Option<ShownError>) {
    match answer {
        Some(Ok(listed)) => (listed.clone(), None),
        Some(Err(error)) => (Listed::default(), Some(error.clone())),
        None => (Listed::default(), None),
    }
}

fn resolver_shown(found: &Found) -> ResolverShown {
    let conf = &found.resolv_conf.content;
    let names = found.names.iter().map(|name| NameShown {
        qname: name.candidate.name.clone(),
        suffix: name.candidate.suffix.clone(),
        tried: name.tried,
        a: name.a.clone(),
        aaaa: name.aaaa.clone(),
    });
    ResolverShown {
        path: found.resolv_conf.path,
        error: found.resolv_conf.error.clone(),
        servers: found.servers.0.clone(),
        servers_from_command_line: found.servers.1,
        search: conf.search.clone(),
        search_from: match conf.search_from {
            SearchFrom::Environment => "environment",
            SearchFrom::File => "file",
            SearchFrom::HostName => "host_name",
        },
        ndots: conf.ndots,
        names: names.collect(),
        silent: found.silent.clone(),
    }
}

fn answer_shown(found: &Found) -> AnswerShown {
    let (listed, error) = split(Some(&found.answer));
    let policy = &found.gai_conf.content.policy;
    let has = |source: &&SourceFound, ip: IpAddr| {
        let listed = source.answer.as_ref().and_then(|answer| answer.as_ref().ok());
        listed.is_some_and(|listed| listed.addresses.iter().any(|addr| addr.0.ip() == ip))
    };
    let addresses = listed.addresses.iter().zip(&found.destinations).enumerate().map(|(index, (addr, destination))| {
        let source = destination.source;
        let next = found.destinations.get(index.saturating_add(1));
        let scope = |ip| scope_shown(policy.scope(ip));
        AddressShown {
            rank: index.saturating_add(1),
            winner: index == 0,
            address: *addr,
            sources: found
                .sources
                .iter()
                .filter(|source| has(source, addr.0.ip()))
                .map(|source| source.service.name.clone())
                .collect(),
            source_address: source.map(|source| source.addr),
            scope: scope(destination.addr),
            source_scope: source.map(|source| scope(source.addr)),
            label: policy.label(destination.addr).value,
            source_label: source.map(|source| policy.label(source.addr).value),
            precedence: policy.precedence(destination.addr).value,
            common_prefix_bits: source.map(|source| policy.common_prefix(destination.addr, &source)),
            before_next: next.map(|next| decision(policy, destination, next)),
        }
    });
    AnswerShown {
        addresses: addresses.collect(),
        canonname: listed.canonname.clone(),
        error,
        took_us: micros(found.answer_took),
    }
}

/// A duration as JSON has it.
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn scope_shown(scope: Scope) -> Named {
    Named { code: scope.0.into(), name: Some(scope.name()) }
}

/// Why one address comes before another, or that it should not.
pub fn decision(policy: &Policy, first: &Destination, second: &Destination) -> Decision {
    let (ordering, rule) = rfc6724::compare(policy, first, second);
    if ordering == std::cmp::Ordering::Greater {
        let reason = format!("by rule {} ({}) it ought to be the other way round", rule.number(), rule.name());
        return Decision { rule: None, name: "none", reason };
    }
    Decision { rule: Some(rule.number()), name: rule.name(), reason: rule.reason(policy, first, second) }
}

fn view_shown(view: &ViewFound) -> ViewShown {
    let (listed, error) = split(Some(&view.answer));
    ViewShown { program: view.program, asks: view.asks, addresses: listed.addresses, error }
}
