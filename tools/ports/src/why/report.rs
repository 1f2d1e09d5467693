//! The answer of `ports why`, as text and JSON.

use std::collections::HashMap;
use std::io;

use serde::Serialize;
use serde::ser::SerializeStruct;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_common::addr::IpText;
use sockeye_sys::{Protocol, TcpState};

use super::advice::{self, Help};
use super::errno::Errno;
use super::proof::{self, Trial, Tried};
use super::range::{self, Range};
use super::rules::{Apart, Conflict, Holder, Host, Prediction, Question, Rule, conflict};
use super::sentences::{self, Part, rule_says, unexplained};
use crate::byte_order;
use crate::columns::cell::Context;
use crate::endpoint;
use crate::entry::Entry;
use crate::explain::counted;
use crate::names::Names;
use crate::owners::{self, Holders, Ownership};
use crate::record::{Coded, Record};
use crate::socket::Socket;
use crate::state::State;
use crate::watch::layout;

/// How full the range is from which the kernel chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fullness {
    /// The counts.
    pub range: Range,
    /// The processes that have most sockets there, as `name[pid]`, with their number.
    pub holders: Vec<(String, usize)>,
}

/// A socket that waits on the port in another network namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// What the namespace is called: safe for a terminal.
    pub netns: String,
    /// The socket, without its interface.
    pub socket: Socket,
}

/// So many of them are named.
const MAX_ELSEWHERE: usize = 3;

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
    /// Every trial bind of this answer, its own first.
    pub trials: Vec<Trial>,
    /// What helps, and whether it was tried: what was tried and failed is not here.
    pub advice: Vec<(Help, Option<bool>)>,
    /// Sockets on the port that this one becomes without htons(), or that becomes this one.
    pub misplaced: &'a [Socket],
    /// Sockets of the same protocol that have the port in other network namespaces.
    pub elsewhere: &'a [Elsewhere],
    /// Of port 0.
    pub fullness: Option<Fullness>,
    /// What the rules say of the other protocol, where none was asked for.
    pub other_protocol: Option<Prediction>,
    /// So many sockets are shown, those that are alike as one.
    pub limit: usize,
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
    fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let of_protocol = |(_, holder): &(usize, &Holder)| holder.socket.protocol == self.question.protocol;
        let own = self.trials.iter().find(|trial| trial.question == self.question);
        self.host.holders.iter().enumerate().filter(of_protocol).map(move |(place, holder)| {
            let conflict = conflict(&self.question, holder, self.host.uid);
            let in_the_way = proof::in_the_way(conflict, own, place);
            let proof = proof::proof(&self.trials, place, self.host);
            Part { question: &self.question, holder, conflict, in_the_way, proof }
        })
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

    /// What the kernel looks at before it looks at ports, where that is why.
    fn reason(&self) -> Option<String> {
        self.rule().and_then(|rule| rule_says(rule, &self.question, self.host))
    }

    /// Sentences about the port, beside the sockets on it.
    fn notes(&self) -> Vec<String> {
        let port = self.question.addr.port();
        let mut notes = Vec::new();
        if self.rule().is_none()
            && let Some(errno) = self.errno().filter(|_| self.fullness.is_none())
        {
            notes.extend(self.not_foreseen(errno));
        }
        notes.extend(self.cannot_both_listen());
        notes.extend(self.not_found());
        if port != 0 && port < self.host.unprivileged_from && self.succeeds() == Some(true) && self.host.may_bind_low {
            notes.push(format!(
                "ports below {} need CAP_NET_BIND_SERVICE: we have it here, another user gets EACCES",
                self.host.unprivileged_from
            ));
        }
        notes.extend(self.chosen_by_the_kernel());
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
        notes.extend(self.elsewhere_says());
        notes
    }

    /// A port of the range from which the kernel takes those of connections: it can be had now, and be taken when it is wanted.
    fn chosen_by_the_kernel(&self) -> Option<String> {
        let (host, port) = (self.host, self.question.addr.port());
        let (first, last) = (host.ephemeral.start(), host.ephemeral.end());
        if port == 0 || !host.ephemeral.contains(&port) || self.succeeds() == Some(false) {
            return None;
        }
        Some(if host.is_reserved(port) {
            format!("the kernel chooses ports from {first} to {last}, and leaves this one out: it is reserved")
        } else {
            let setting = range::with_reserved(&host.reserved, port);
            format!(
                "the kernel chooses ports from {first} to {last}: a connection may have it later (sysctl {setting})"
            )
        })
    }

    /// An error that the rules did not foresee.
    fn not_foreseen(&self, errno: Errno) -> Option<String> {
        match &self.prediction {
            Prediction::Unsure { .. } | Prediction::Fails { rule: Rule::InUse, .. } if errno == Errno::EADDRINUSE => {
                let open = self.parts().filter(|part| part.in_the_way.is_none()).count();
                (open > 1).then(|| "at least one of those in doubt is in the way: the trial bind failed".to_owned())
            }
            _ => Some(unexplained(errno, &self.question, self.host).to_owned()),
        }
    }

    /// A socket in the way whose process was looked for in vain.
    fn not_found(&self) -> Option<String> {
        let found = |ownership| {
            let in_the_way = |part: &Part<'_>| part.in_the_way != Some(false) && part.holder.socket.inode.is_some();
            self.parts().any(|part| in_the_way(&part) && self.owners.ownership(part.holder.socket.inode) == ownership)
        };
        let says = sentences::without_process(
            found(Ownership::Nobody),
            found(Ownership::Hidden) && self.host.uid == 0,
            self.host.outermost,
        );
        says.map(str::to_owned)
    }

    /// SO_REUSEADDR on both sides lets two sockets be bound, and one of them listen.
    fn cannot_both_listen(&self) -> Option<String> {
        let shares = |part: &Part<'_>| {
            let waits = part.holder.socket.state == State::Tcp(TcpState::BoundInactive);
            let apart = matches!(part.conflict, Conflict::No(Apart::ReuseAddress))
                || matches!(part.conflict, Conflict::Unless(_)) && part.proof.address == Some(true);
            let both_share = self.question.reuse_port && part.holder.reuse.is_some_and(|reuse| reuse.port);
            waits && apart && !both_share
        };
        let found = self.succeeds() == Some(true) && self.parts().any(|part| shares(&part));
        let says =
            "bind succeeds, but only one of them can listen: once the other does, listen(2) fails with EADDRINUSE";
        found.then(|| says.to_owned())
    }

    fn other_protocol_says(&self) -> Option<String> {
        let name = if self.question.protocol == Protocol::TCP { "UDP" } else { "TCP" };
        Some(match self.other_protocol.as_ref()? {
            Prediction::Fails { rule: Rule::InUse, culprits } => {
                let mut who = String::new();
                let sockets = culprits.iter().filter_map(|place| self.host.holders.get(*place));
                owners::push_owners(&mut who, sockets.flat_map(|holder| self.owners.of(holder.socket.inode)));
                let by = if who.is_empty() { String::new() } else { format!(" by {who}") };
                format!("{name} has ports of its own: there this one is in use{by}")
            }
            Prediction::Succeeds | Prediction::Fails { .. } | Prediction::Unsure { .. } => return None,
        })
    }

    /// Who has the port where it is another port.
    fn elsewhere_says(&self) -> Vec<String> {
        let mut says: Vec<String> = Vec::new();
        // Where it is taken here too, that is the answer.
        if self.succeeds() == Some(false) {
            return says;
        }
        for Elsewhere { netns, socket } in self.elsewhere.iter().take(MAX_ELSEWHERE) {
            let mut line = format!("in network namespace {netns}: ");
            endpoint::push_local(&mut line, socket, self.names);
            line.push(' ');
            line.push_str(socket.state.name().unwrap_or("in a state of its own"));
            if self.owners.ownership(socket.inode) == Ownership::Held {
                line.push_str(", ");
                owners::push_owners(&mut line, self.owners.of(socket.inode));
            }
            says.push(line);
        }
        match self.elsewhere.len().saturating_sub(MAX_ELSEWHERE) {
            0 => {}
            more => says.push(format!("and {} more in other network namespaces", counted(more, "socket", "sockets"))),
        }
        if !says.is_empty() {
            says.push("each network namespace has ports of its own: that is not in the way here".to_owned());
        }
        says
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

impl Fullness {
    fn says(&self) -> Vec<String> {
        let range = &self.range;
        let mut says = vec![format!(
            "the kernel chooses from {} to {}: for this address {} free, {} in use, {} reserved{}",
            range.first,
            range.last,
            range.free,
            range.in_use,
            range.reserved,
            if range.reserved > 0 { " (net.ipv4.ip_local_reserved_ports)" } else { "" }
        )];
        let each =
            self.holders.iter().map(|(who, sockets)| format!("{who} {}", counted(*sockets, "socket", "sockets")));
        let each: Vec<String> = each.collect();
        if !each.is_empty() {
            says.push(format!("in the range most are of: {}", each.join(", ")));
        }
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

impl Render for Answer<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let call = text.paint(Role::Strong, &self.call());
        let verdict = self.verdict(text);
        text.line(format!("{call}: {verdict}"))?;
        if self.same_as_before {
            text.line(format!("  {}", text.paint(Role::Dim, "as above")))?;
        } else {
            let reason = self.reason();
            if let Some(reason) = &reason {
                wrapped(text, "  ", reason)?;
            }
            if reason.is_some() && self.parts().next().is_some() {
                wrapped(text, "  ", "the kernel looks at what has the port only after that:")?;
            }
            self.holders(text)?;
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

fn role_of(part: &Part<'_>) -> Role {
    match part.in_the_way {
        Some(true) => Role::Bad,
        None => Role::Warning,
        Some(false) => Role::Dim,
    }
}

/// So many sockets that differ in the peer alone are shown one by one.
const FEW: usize = 3;

/// Sockets that differ in the peer alone, together; in the order of the first of each.
fn groups<'p>(parts: impl Iterator<Item = Part<'p>>, owners: &Holders) -> Vec<Vec<Part<'p>>> {
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut groups: Vec<Vec<Part<'p>>> = Vec::new();
    for part in parts {
        let socket = &part.holder.socket;
        let mut pids: Vec<u32> = owners.of(socket.inode).map(|owner| owner.pid).collect();
        pids.dedup();
        let found = owners.ownership(socket.inode);
        let alike =
            format!("{} {:?} {pids:?} {found:?} {:?} {:?}", socket.local, socket.state, part.conflict, part.in_the_way);
        let place = *places.entry(alike).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(part),
            None => groups.push(vec![part]),
        }
    }
    groups
}

impl Answer<'_> {
    /// The sockets, those that are alike together.
    fn holders(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (mut shown, mut left) = (0_usize, 0_usize);
        for group in groups(self.parts(), self.owners) {
            if shown >= self.limit {
                left = left.saturating_add(group.len());
                continue;
            }
            match group.last() {
                Some(last) if group.len() > FEW => {
                    self.many(text, last, group.len())?;
                    shown = shown.saturating_add(1);
                }
                _ => {
                    group.iter().try_for_each(|part| self.holder(text, part))?;
                    shown = shown.saturating_add(group.len());
                }
            }
        }
        if left == 0 {
            Ok(())
        } else {
            text.line(format!("  and {} more (--limit)", counted(left, "socket", "sockets")))
        }
    }

    /// A line for sockets that differ in the peer alone; `last` is one of them.
    fn many(&self, text: &mut Text<'_>, last: &Part<'_>, count: usize) -> io::Result<()> {
        let socket = &last.holder.socket;
        let mut line = format!("{count} sockets of ");
        endpoint::push_local(&mut line, socket, self.names);
        line.push(' ');
        line.push_str(socket.state.name().unwrap_or("in a state of its own"));
        let mut before = None;
        for owner in self.owners.of(socket.inode).filter(|owner| before.replace(owner.pid) != Some(owner.pid)) {
            line.push_str(", ");
            owners::push_command(&mut line, owner.command);
            line.push('[');
            line.push_str(&owner.pid.to_string());
            line.push(']');
        }
        line.push_str(self.nobody(socket));
        listed(text, role_of(last), &line)?;
        wrapped(text, "    ", &format!("each: {}", last.says(self.host)))
    }

    /// Why no process is named, where none is.
    fn nobody(&self, socket: &Socket) -> &'static str {
        match self.owners.ownership(socket.inode) {
            Ownership::Held => "",
            Ownership::Hidden if self.host.uid == 0 => ", no process found",
            Ownership::Hidden => ", process hidden",
            Ownership::Nobody if socket.inode.is_some() => ", no process found",
            Ownership::Nobody => ", no process",
        }
    }

    fn holder(&self, text: &mut Text<'_>, part: &Part<'_>) -> io::Result<()> {
        let holder = part.holder;
        let socket = &holder.socket;
        let mut line = String::new();
        endpoint::push_local(&mut line, socket, self.names);
        if socket.has_peer() {
            line.push_str(" - ");
            endpoint::push_peer(&mut line, socket, self.names);
        }
        line.push(' ');
        line.push_str(socket.state.name().unwrap_or("in a state of its own"));
        if self.owners.ownership(socket.inode) == Ownership::Held {
            line.push_str(", ");
            owners::push_owners(&mut line, self.owners.of(socket.inode));
        }
        line.push_str(self.nobody(socket));
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
        listed(text, role_of(part), &line)?;
        wrapped(text, "    ", &part.says(self.host))
    }
}

/// A socket and what is said of it between commas, over as many lines as it needs.
fn listed(text: &mut Text<'_>, role: Role, line: &str) -> io::Result<()> {
    let mut parts = layout::listed(1, Some(role), line).into_iter();
    let first = parts.next().map(|first| first.indented(2));
    let parts: Vec<layout::Part> = first.into_iter().chain(parts).collect();
    layout::write_within(text, &parts, 6)
}

/// A sentence over as many lines as it needs, broken at blanks that are not part of a name in quotes, no wider than the terminal.
pub(crate) fn wrapped(text: &mut Text<'_>, indent: &str, sentence: &str) -> io::Result<()> {
    let width = text.width().map_or(usize::MAX, usize::from);
    let mut line = indent.to_owned();
    for word in owners::outside_quotes(sentence, ' ') {
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
        let holders: Vec<HolderRecord<'_>> = self.parts().map(|part| self.record(&part)).collect();
        let advice: Vec<AdviceRecord<'_>> = self
            .advice
            .iter()
            .map(|(help, tried)| AdviceRecord { help, says: help.to_string(), tried: *tried == Some(true) })
            .collect();
        let elsewhere: Vec<Record<'_>> = self.elsewhere.iter().map(|found| self.far_record(found)).collect();
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
        let mut object = serializer.serialize_struct("Answer", 21)?;
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
        object.serialize_field("elsewhere", &elsewhere)?;
        object.serialize_field("notes", &self.reason().into_iter().chain(self.notes()).collect::<Vec<_>>())?;
        object.serialize_field("advice", &advice)?;
        object.serialize_field("range", &self.fullness.as_ref().map(|full| &full.range))?;
        object.end()
    }
}

impl Answer<'_> {
    fn far_record<'s>(&'s self, found: &'s Elsewhere) -> Record<'s> {
        let context = Context { names: self.names, holders: Some(self.owners), netns: Some(&found.netns) };
        Record::of(&Entry::Inet(found.socket.clone()), context)
    }

    fn record<'s>(&'s self, part: &Part<'s>) -> HolderRecord<'s> {
        let holder = part.holder;
        HolderRecord {
            socket: Record::new(&holder.socket, self.names, Some(self.owners)),
            in_the_way: part.in_the_way,
            why: part.says(self.host),
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

#[cfg(test)]
mod tests {
    use sockeye_sys::TcpState;

    use super::*;
    use crate::samples::socket;
    use crate::why::proof::Proof;
    use crate::why::rules::{predict, sample_host};

    fn question() -> Question {
        Question {
            protocol: Protocol::TCP,
            addr: "127.0.0.1:80".parse().unwrap(),
            v6only: false,
            reuse_address: false,
            reuse_port: false,
            device: None,
        }
    }

    #[test]
    fn many_sockets_without_a_process_say_so_as_one_does() {
        for (inode, expected) in [(None, "TIME-WAIT, no process\n"), (Some(7), "TIME-WAIT, no process found\n")] {
            let waits = |port: u16| {
                let socket = socket(Protocol::TCP, TcpState::TimeWait, "127.0.0.1:80", &format!("127.0.0.1:{port}"));
                Holder { socket: Socket { inode, uid: None, ..socket }, reuse: None, v6only: None }
            };
            let host = sample_host((4000..4004).map(waits).collect());
            let (owners, names, question) = (Holders::default(), Names::default(), question());
            let answer = Answer {
                question,
                host: &host,
                owners: &owners,
                names: &names,
                prediction: predict(&question, &host),
                tried: None,
                trials: Vec::new(),
                advice: Vec::new(),
                misplaced: &[],
                elsewhere: &[],
                fullness: None,
                other_protocol: None,
                limit: 20,
                same_as_before: false,
            };
            let mut octets = Vec::new();
            answer.render(&mut Text::plain(&mut octets)).unwrap();
            let text = String::from_utf8(octets).unwrap();
            assert!(text.contains(&format!("\n  4 sockets of 127.0.0.1:80 {expected}")), "{text}");
        }
    }

    #[test]
    fn sockets_that_differ_in_the_peer_alone_stand_together() {
        let question = question();
        let holder = |state, peer: &str| Holder {
            socket: socket(Protocol::TCP, state, "127.0.0.1:80", peer),
            reuse: None,
            v6only: None,
        };
        let holders = [
            holder(TcpState::Established, "127.0.0.1:4000"),
            holder(TcpState::Established, "127.0.0.1:4001"),
            holder(TcpState::CloseWait, "127.0.0.1:4002"),
            holder(TcpState::Established, "127.0.0.1:4003"),
        ];
        let part = |holder| Part {
            question: &question,
            holder,
            conflict: Conflict::Yes,
            in_the_way: Some(true),
            proof: Proof::default(),
        };
        let found = groups(holders.iter().map(part), &Holders::default());
        assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [3, 1]);
    }
}
