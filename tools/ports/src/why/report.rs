//! The answer of `ports why`, as text and JSON.

use std::io;

use serde::Serialize;
use serde::ser::SerializeStruct;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_common::addr::IpText;
use sockeye_sys::{Protocol, TcpState};

use super::advice::{self, Help};
use super::errno::Errno;
use super::range::Range;
use super::rules::{Apart, Conflict, Holder, Host, Prediction, Question, Rule, conflict};
use crate::byte_order;
use crate::endpoint;
use crate::names::Names;
use crate::owners::{self, Holders, Ownership};
use crate::record::{Coded, Record};
use crate::socket::Socket;
use crate::state::State;

/// What a trial bind came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Tried {
    /// It was bound, and closed at once.
    Bound,
    /// The kernel refused.
    Refused {
        /// With this.
        errno: Errno,
    },
    /// It was left alone, since it would have taken datagrams from a socket of another.
    NotTried,
}

/// How full the range is from which the kernel chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fullness {
    /// The counts.
    pub range: Range,
}

/// The answer to one question.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// What was asked.
    pub question: Question,
    /// What is known of this host.
    pub host: &'a Host,
    /// Who holds what.
    pub owners: &'a Holders,
    /// Names for numbers.
    pub names: &'a Names,
    /// What the rules say.
    pub prediction: Prediction,
    /// What the kernel said, where it was asked.
    pub tried: Option<Tried>,
    /// What helps, and whether it was tried: what was tried and failed is not here.
    pub advice: Vec<(Help, Option<bool>)>,
    /// Sockets on the port that this one becomes without htons(), or that becomes this one.
    pub misplaced: &'a [Socket],
    /// Of port 0.
    pub fullness: Option<Fullness>,
    /// What the rules say of the other protocol, where none was asked for.
    pub other_protocol: Option<Prediction>,
    /// The answer before this one came to the same, for the same reasons: people need not read them twice.
    pub same_as_before: bool,
}

impl Answer<'_> {
    /// What the kernel said, or the rules where it was not asked; `None` where neither knows.
    pub fn succeeds(&self) -> Option<bool> {
        match self.tried {
            Some(Tried::Bound) => Some(true),
            Some(Tried::Refused { .. }) => Some(false),
            Some(Tried::NotTried) | None => self.prediction.is_sure().then(|| self.prediction.errno().is_none()),
        }
    }

    fn errno(&self) -> Option<Errno> {
        match self.tried {
            Some(Tried::Bound) => None,
            Some(Tried::Refused { errno }) => Some(errno),
            Some(Tried::NotTried) | None => self.prediction.errno(),
        }
    }

    /// Whether the rules and the kernel agree; `None` where only one of them says something.
    fn agree(&self) -> Option<bool> {
        let predicted = self.prediction.errno();
        match self.tried.filter(|_| self.prediction.is_sure())? {
            Tried::Bound => Some(predicted.is_none()),
            Tried::Refused { errno } => Some(predicted == Some(errno)),
            Tried::NotTried => None,
        }
    }

    fn rule(&self) -> Option<Rule> {
        match &self.prediction {
            Prediction::Fails { rule, .. } if Some(rule.errno()) == self.errno() => Some(*rule),
            _ => None,
        }
    }

    /// Every socket that has the port, with its part in the matter.
    fn parts(&self) -> impl Iterator<Item = (&Holder, Conflict)> {
        let of_protocol = |holder: &&Holder| holder.socket.protocol == self.question.protocol;
        let holders = self.host.holders.iter().filter(of_protocol);
        holders.map(|holder| (holder, conflict(&self.question, holder, self.host.uid)))
    }

    /// When the last of those in the way ends by itself, if all of them do.
    fn until_ms(&self) -> Option<u32> {
        let culprits = self.prediction.culprits().iter();
        let each: Option<Vec<u32>> = culprits.map(|place| self.host.holders.get(*place)?.socket.expires_ms()).collect();
        each?.into_iter().max()
    }

    /// The call as it stands in the answer.
    fn call(&self) -> String {
        advice::call(&self.question, &|index| interface_name(self.host, index))
    }

    /// Sentences about the port, beside the sockets on it.
    fn notes(&self) -> Vec<String> {
        let port = self.question.addr.port();
        let mut notes = Vec::new();
        if let Some(rule) = self.rule() {
            notes.extend(rule_says(rule, &self.question, self.host));
        } else if let Some(errno) = self.errno().filter(|_| self.fullness.is_none()) {
            notes.push(unexplained(errno).to_owned());
        }
        if port != 0 && port < self.host.unprivileged_from && self.succeeds() == Some(true) && self.host.may_bind_low {
            notes.push(format!(
                "ports below {} need CAP_NET_BIND_SERVICE: we have it here, another user gets EACCES",
                self.host.unprivileged_from
            ));
        }
        if let Some(full) = &self.fullness {
            notes.extend(full.says());
        }
        if let Some(meant) = byte_order::meant(port) {
            notes.push(format!("{port} is what {meant} becomes without htons(): perhaps {meant} is meant"));
        }
        let mut ports: Vec<u16> = self.misplaced.iter().map(|socket| socket.local.port()).collect();
        ports.dedup();
        for found in ports {
            let mut who = String::new();
            let sockets = self.misplaced.iter().filter(|socket| socket.local.port() == found);
            owners::push_owners(&mut who, sockets.flat_map(|socket| self.owners.of(socket.inode)));
            let who = if who.is_empty() { "a socket".to_owned() } else { who };
            notes.push(format!("{who} has port {found}: that is {port} without htons()"));
        }
        notes.extend(self.other_protocol_says());
        notes
    }

    fn other_protocol_says(&self) -> Option<String> {
        let name = if self.question.protocol == Protocol::TCP { "UDP" } else { "TCP" };
        Some(match self.other_protocol.as_ref()? {
            Prediction::Succeeds => format!("{name} has ports of its own: there this one is free"),
            Prediction::Fails { rule: Rule::InUse, culprits } => {
                let mut who = String::new();
                let sockets = culprits.iter().filter_map(|place| self.host.holders.get(*place));
                owners::push_owners(&mut who, sockets.flat_map(|holder| self.owners.of(holder.socket.inode)));
                let by = if who.is_empty() { String::new() } else { format!(" by {who}") };
                format!("{name} has ports of its own: there this one is in use{by}")
            }
            Prediction::Fails { .. } | Prediction::Unsure { .. } => return None,
        })
    }

    /// Whether rules and kernel agree, as a sentence.
    fn agreement(&self) -> String {
        let named = |errno: Option<Errno>| match errno {
            None => "success".to_owned(),
            Some(errno) => errno.name().map_or_else(|| format!("errno {}", errno.0), str::to_owned),
        };
        match (self.agree(), self.tried) {
            (Some(true), _) => "the rules and a trial bind agree".to_owned(),
            (Some(false), tried) => {
                let predicted = self.prediction.errno();
                let kernel = match tried {
                    Some(Tried::Refused { errno }) => Some(errno),
                    _ => None,
                };
                format!("the rules say {}, a trial bind says {}: the kernel is right", named(predicted), named(kernel))
            }
            (None, Some(Tried::NotTried)) => {
                "by the rules alone: a trial bind would take datagrams from the other socket".to_owned()
            }
            (None, Some(_)) if self.fullness.is_some() => "the rules cannot tell: a trial bind says so".to_owned(),
            (None, Some(_)) => "the list does not show every option of the others: a trial bind says so".to_owned(),
            (None, None) => "by the rules alone, nothing was bound".to_owned(),
        }
    }

    fn verdict(&self, text: &Text<'_>) -> String {
        match (self.succeeds(), self.errno()) {
            (Some(true), _) => text.paint(Role::Good, "works"),
            (Some(false), Some(errno)) => text.paint(Role::Bad, &errno.to_string()),
            _ => text.paint(Role::Warning, "may work, or fail with EADDRINUSE: the list cannot tell"),
        }
    }
}

fn interface_name(host: &Host, index: u32) -> String {
    host.interface(index).map_or_else(|| index.to_string(), str::to_owned)
}

/// What a rule means, unless the sockets in the way say it.
fn rule_says(rule: Rule, question: &Question, host: &Host) -> Option<String> {
    let addr = IpText(question.addr.ip());
    Some(match rule {
        Rule::InUse => return None,
        Rule::NoIpv6 => "this kernel has no IPv6".to_owned(),
        Rule::MappedV6Only => format!("{addr} is an IPv4 address, and IPV6_V6ONLY forbids those"),
        Rule::MulticastStream => "TCP has no multicast".to_owned(),
        Rule::NoScope => format!("{addr} is on every link, and sin6_scope_id does not say which is meant"),
        Rule::NoSuchInterface => "sin6_scope_id is not the index of an interface".to_owned(),
        Rule::ScopeOtherThanDevice => "sin6_scope_id and SO_BINDTODEVICE name different interfaces".to_owned(),
        Rule::ForeignAddress => format!("no interface of this host has {addr}"),
        Rule::Tentative => format!("{addr} is tentative: the host still asks whether somebody else has it"),
        Rule::PrivilegedPort => format!(
            "ports below {} need CAP_NET_BIND_SERVICE (net.ipv4.ip_unprivileged_port_start)",
            host.unprivileged_from
        ),
        Rule::RangeUsedUp => "every port that the kernel may choose is in use".to_owned(),
    })
}

/// What may be behind an error that the rules did not foresee.
fn unexplained(errno: Errno) -> &'static str {
    match errno {
        Errno::EADDRINUSE => {
            "no socket of the list is in the way: kernels before 6.8 do not list those that are only bound, and a socket \
             may have come or gone meanwhile"
        }
        Errno::EPERM | Errno::EACCES => "a BPF program of the control group or a security module may forbid it",
        Errno::EAFNOSUPPORT => "the kernel does not have this address family here",
        _ => "the rules did not foresee this error",
    }
}

impl Fullness {
    fn says(&self) -> Vec<String> {
        let range = &self.range;
        let mut says = vec![format!(
            "the kernel chooses from {} to {}: {} free, {} in use, {} reserved",
            range.first, range.last, range.free, range.in_use, range.reserved
        )];
        if range.one_by_chance && range.free == 1 {
            says.push(
                "the kernel looks at an even number of ports: whether it finds the last one is chance".to_owned(),
            );
        }
        if let Some(busiest) = &range.busiest {
            let peer = busiest.peer;
            let full = if busiest.is_full() { ": the next connect() there fails with EADDRNOTAVAIL" } else { "" };
            says.push(format!(
                "most go to {peer}: {} of {} possible connections{full}",
                busiest.connections, busiest.limit
            ));
        }
        says
    }
}

/// Why a socket is in the way, in words.
fn in_the_way(question: &Question, holder: &Holder, unless: bool, host: &Host) -> String {
    let socket = &holder.socket;
    let shared = match (unless, question.reuse_address && socket.state != State::Tcp(TcpState::Listen)) {
        (false, _) => "",
        (true, true) => "; SO_REUSEADDR helps only if it is set there too, which cannot be read",
        (true, false) => "; whether SO_REUSEPORT is set there cannot be read",
    };
    let other_user = question.reuse_port && socket.uid.is_some_and(|uid| uid != host.uid);
    let nobody = socket.inode.is_none();
    let what = match socket.state {
        State::Tcp(TcpState::Listen) if other_user => {
            "it listens, and SO_REUSEPORT shares a port only among sockets of one user".to_owned()
        }
        State::Tcp(TcpState::Listen) => {
            "it listens: SO_REUSEADDR does not help beside a listener, SO_REUSEPORT only if both set it".to_owned()
        }
        State::Tcp(TcpState::BoundInactive) => {
            "it is bound and neither listens nor connects: the port is taken all the same".to_owned()
        }
        State::Tcp(TcpState::TimeWait) => {
            let ends = format!("it ends in {} s", socket.timer.expires_ms.div_ceil(1000));
            let option = if question.reuse_port && !question.reuse_address { "SO_REUSEPORT" } else { "SO_REUSEADDR" };
            return format!("{ends}; until then {option} helps, if the closed socket had set it too");
        }
        State::Tcp(_) if nobody => "no process has it any more: the kernel is still closing the connection".to_owned(),
        State::Tcp(_) => {
            "a connection keeps its local port until it is closed on this side, listener or not".to_owned()
        }
        _ => "a UDP socket; two share a port only if both set the same option for reuse".to_owned(),
    };
    let wide = if socket.is_dual_stack_wildcard() && question.addr.is_ipv4() {
        "; it is bound to every address of IPv6 and IPv4"
    } else if socket.local.ip().is_unspecified() && !question.addr.ip().is_unspecified() {
        "; it is bound to every address"
    } else {
        ""
    };
    format!("{what}{wide}{shared}")
}

/// Why a socket with the same port is not in the way.
fn apart(why: Apart) -> &'static str {
    match why {
        Apart::Protocol => "it is of the other protocol",
        Apart::Request => "a connection request: its listener has the port",
        Apart::Device => "it is bound to another interface",
        Apart::Address => "it is bound to another address",
        Apart::ReuseAddress => "both set SO_REUSEADDR, and it does not listen",
        Apart::ReusePort => "both set SO_REUSEPORT, and belong to one user",
    }
}

impl Render for Answer<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let call = text.paint(Role::Strong, &self.call());
        let verdict = self.verdict(text);
        text.line(format!("{call}: {verdict}"))?;
        if self.same_as_before {
            text.line(format!("  {}", text.paint(Role::Dim, "as above")))?;
        } else {
            for (holder, conflict) in self.parts() {
                self.holder(text, holder, conflict)?;
            }
            for note in self.notes() {
                wrapped(text, "  ", &note)?;
            }
        }
        if !self.advice.is_empty() {
            text.line("  what helps:")?;
        }
        for (help, tried) in &self.advice {
            let tried = if *tried == Some(true) { " (tried: works)" } else { "" };
            wrapped(text, "    ", &format!("{help}{tried}"))?;
        }
        let agreement = self.agreement();
        if self.same_as_before && self.agree() == Some(true) {
            return Ok(());
        }
        let role = if self.agree() == Some(false) { Role::Warning } else { Role::Dim };
        text.line(format!("  {}", text.paint(role, &agreement)))
    }
}

impl Answer<'_> {
    fn holder(&self, text: &mut Text<'_>, holder: &Holder, conflict: Conflict) -> io::Result<()> {
        let socket = &holder.socket;
        let mut line = String::new();
        endpoint::push_local(&mut line, socket, self.names);
        if socket.has_peer() {
            line.push_str(" - ");
            endpoint::push_peer(&mut line, socket, self.names);
        }
        line.push(' ');
        line.push_str(socket.state.name().unwrap_or("in a state of its own"));
        match self.owners.ownership(socket.inode) {
            Ownership::Held => {
                line.push_str(", ");
                owners::push_owners(&mut line, self.owners.of(socket.inode));
            }
            Ownership::Hidden => line.push_str(", process hidden"),
            Ownership::Nobody => line.push_str(", no process"),
        }
        if let Some(uid) = socket.uid.filter(|_| socket.inode.is_some()) {
            line.push_str(", uid ");
            line.push_str(&uid.to_string());
        }
        let set = |reuse: super::rules::Reuse| match (reuse.address, reuse.port) {
            (true, true) => ", SO_REUSEADDR, SO_REUSEPORT",
            (true, false) => ", SO_REUSEADDR",
            (false, true) => ", SO_REUSEPORT",
            (false, false) => "",
        };
        line.push_str(holder.reuse.map_or("", set));
        let (role, why) = match conflict {
            Conflict::Yes => (Role::Bad, in_the_way(&self.question, holder, false, self.host)),
            Conflict::Unless => (Role::Warning, in_the_way(&self.question, holder, true, self.host)),
            Conflict::No(why) => (Role::Dim, format!("not in the way: {}", apart(why))),
        };
        text.line(format!("  {}", text.paint(role, &line)))?;
        wrapped(text, "    ", &why)
    }
}

/// A sentence over as many lines as it needs, broken at blanks, no wider than the terminal.
pub(crate) fn wrapped(text: &mut Text<'_>, indent: &str, sentence: &str) -> io::Result<()> {
    let width = text.width().map_or(usize::MAX, usize::from);
    let mut line = indent.to_owned();
    for word in sentence.split(' ') {
        let blank = usize::from(line.len() > indent.len());
        if blank > 0 && line.chars().count() + blank + word.chars().count() > width {
            text.line(&line)?;
            line = format!("{indent}  ");
            line.push_str(word);
            continue;
        }
        if blank > 0 {
            line.push(' ');
        }
        line.push_str(word);
    }
    text.line(line)
}

/// A socket that has the port, as JSON.
#[derive(Serialize)]
struct HolderRecord<'a> {
    #[serde(flatten)]
    socket: Record<'a>,
    /// Null where it depends on options that cannot be read.
    in_the_way: Option<bool>,
    why: String,
    reuse_address: Option<bool>,
    reuse_port: Option<bool>,
}

#[derive(Serialize)]
struct AdviceRecord<'a> {
    #[serde(flatten)]
    help: &'a Help,
    says: String,
    tried: bool,
}

impl Serialize for Answer<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let holders: Vec<HolderRecord<'_>> =
            self.parts().map(|(holder, conflict)| self.record(holder, conflict)).collect();
        let advice: Vec<AdviceRecord<'_>> = self
            .advice
            .iter()
            .map(|(help, tried)| AdviceRecord { help, says: help.to_string(), tried: *tried == Some(true) })
            .collect();
        let question = &self.question;
        let scope = match question.addr {
            std::net::SocketAddr::V6(addr) if addr.scope_id() != 0 => Some(addr.scope_id()),
            _ => None,
        };
        let predicted = match &self.prediction {
            Prediction::Succeeds => "succeeds",
            Prediction::Fails { .. } => "fails",
            Prediction::Unsure { .. } => "unsure",
        };
        let mut object = serializer.serialize_struct("Answer", 20)?;
        object.serialize_field("call", "bind")?;
        object.serialize_field("protocol", &Coded::protocol(question.protocol))?;
        object.serialize_field("local_address", &IpText(question.addr.ip()).to_string())?;
        object.serialize_field("local_port", &question.addr.port())?;
        object.serialize_field("scope_id", &scope)?;
        object.serialize_field("v6only", &question.addr.is_ipv6().then_some(question.v6only))?;
        object.serialize_field("reuse_address", &question.reuse_address)?;
        object.serialize_field("reuse_port", &question.reuse_port)?;
        object.serialize_field("device", &question.device.map(|index| interface_name(self.host, index)))?;
        object.serialize_field("succeeds", &self.succeeds())?;
        object.serialize_field("errno", &self.errno())?;
        object.serialize_field("predicted", predicted)?;
        object.serialize_field("predicted_errno", &self.prediction.errno())?;
        object.serialize_field("trial", &self.tried)?;
        object.serialize_field("agree", &self.agree())?;
        object.serialize_field("until_ms", &self.until_ms())?;
        object.serialize_field("holders", &holders)?;
        object.serialize_field("notes", &self.notes())?;
        object.serialize_field("advice", &advice)?;
        object.serialize_field("range", &self.fullness.as_ref().map(|full| &full.range))?;
        object.end()
    }
}

impl Answer<'_> {
    fn record<'s>(&'s self, holder: &Holder, conflict: Conflict) -> HolderRecord<'s> {
        let (in_way, why) = match conflict {
            Conflict::Yes => (Some(true), in_the_way(&self.question, holder, false, self.host)),
            Conflict::Unless => (None, in_the_way(&self.question, holder, true, self.host)),
            Conflict::No(why) => (Some(false), apart(why).to_owned()),
        };
        HolderRecord {
            socket: Record::new(&holder.socket, self.names, Some(self.owners)),
            in_the_way: in_way,
            why,
            reuse_address: holder.reuse.map(|reuse| reuse.address),
            reuse_port: holder.reuse.map(|reuse| reuse.port),
        }
    }
}

/// One step of the working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Step {
    /// The rules were applied.
    Judged {
        /// The call.
        call: String,
        /// What it comes to.
        predicted: String,
    },
    /// A socket was bound, or not, and closed at once.
    TrialBind {
        /// The call.
        call: String,
        /// What it came to.
        trial: Tried,
    },
}

impl Step {
    /// The event of a prediction.
    pub fn judged(question: &Question, prediction: &Prediction, host: &Host) -> Self {
        let predicted = match prediction {
            Prediction::Succeeds => "success".to_owned(),
            Prediction::Unsure { .. } => "unsure: options of other sockets cannot be read".to_owned(),
            Prediction::Fails { rule, .. } => rule.errno().to_string(),
        };
        Self::Judged { call: advice::call(question, &|index| interface_name(host, index)), predicted }
    }

    /// The event of a trial.
    pub fn tried(question: &Question, trial: Tried, host: &Host) -> Self {
        Self::TrialBind { call: advice::call(question, &|index| interface_name(host, index)), trial }
    }
}

impl Render for Step {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Judged { call, predicted } => text.line(format!("rules: {call}: {predicted}")),
            Self::TrialBind { call, trial } => {
                let outcome = match trial {
                    Tried::Bound => "bound, and closed again".to_owned(),
                    Tried::Refused { errno } => errno.to_string(),
                    Tried::NotTried => "left alone".to_owned(),
                };
                text.line(format!("tried: {call}: {outcome}"))
            }
        }
    }
}
