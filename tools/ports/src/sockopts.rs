//! Show the socket options of another process.
//!
//! Each value stands beside that of a new socket of the same kind, so that what a program has set can be seen.

pub mod table;

use std::io;
use std::net::SocketAddr;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::{Endpoint, IpText};
use sockeye_sys::{Family, Protocol, SockType};

use self::table::{Nature, Opt, Value};
use crate::cli::{Opts, Whose};
use crate::command::Command;
use crate::owners::{self, Owner};
use crate::record::Coded;
use crate::shell;

/// One option of one socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    /// The name of the constant.
    pub option: &'static str,
    /// The value.
    pub value: Value,
    /// In what unit, if it is a number with one.
    pub unit: Option<&'static str>,
    /// The value of a new socket of the same kind, if there can be one.
    pub default: Option<Value>,
    /// Whether somebody has set it; null where the kernel changes it by itself, or there is nothing to compare.
    pub changed: Option<bool>,
    /// What it means, when it is on.
    pub meaning: &'static str,
}

impl Setting {
    /// Compares what was read with what a new socket has.
    pub fn new(option: &Opt, nature: Nature, value: Value, default: Option<Value>) -> Self {
        let changed = default.as_ref().filter(|_| option.is_steady(nature)).map(|default| *default != value);
        let unit = match (&value, option.name) {
            (Value::Number(_, unit), _) if !unit.is_empty() => Some(*unit),
            (Value::Time(_), _) => Some("us"),
            (Value::Linger(..), _) => Some("s"),
            _ => None,
        };
        Self { option: option.name, value, unit, default, changed, meaning: option.meaning }
    }
}

/// One socket of one process with its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// The process.
    pub pid: u32,
    /// Its descriptor.
    pub fd: u32,
    /// Its name, made safe for a terminal.
    pub command: String,
    /// What it is.
    pub nature: Nature,
    /// The family, type and protocol as a word: `tcp`, `udp6`, `unix`.
    pub kind: String,
    /// The end here, if it has an Internet address.
    pub local: Option<SocketAddr>,
    /// The other end.
    pub peer: Option<SocketAddr>,
    /// Whether there was a new socket in its network namespace to compare with.
    pub is_compared: bool,
    /// Its options.
    pub settings: Vec<Setting>,
}

/// The narrowest column for meanings, in characters: what is narrower still goes beyond the terminal.
const NARROWEST: usize = 20;

/// A sentence in lines of no more than `width` characters, unless a word is longer.
fn folded(sentence: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// What is shown of a socket.
struct Shown<'a> {
    socket: &'a Socket,
    changed_only: bool,
}

impl Shown<'_> {
    fn settings(&self) -> impl Iterator<Item = &Setting> {
        self.socket.settings.iter().filter(|setting| !self.changed_only || setting.changed == Some(true))
    }
}

impl Render for Shown<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Socket { pid, fd, command, kind, local, peer, .. } = self.socket;
        let mut line = String::new();
        owners::push_owners(&mut line, std::iter::once(Owner { pid: *pid, fd: *fd, command }));
        let ends = [local, peer].into_iter().flatten().map(|end| Endpoint::from(*end).to_string());
        let ends = ends.collect::<Vec<_>>().join(" - ");
        let blank = if ends.is_empty() { "" } else { " " };
        text.line(format!("{}: {kind}{blank}{ends}", text.paint(Role::Strong, &line)))?;
        let settings: Vec<&Setting> = self.settings().collect();
        let name = settings.iter().map(|setting| setting.option.len()).max().unwrap_or(0);
        let value = settings.iter().map(|setting| setting.value.to_string().len()).max().unwrap_or(0);
        for setting in settings {
            let shown = format!("{:value$}", setting.value.to_string());
            let (mark, shown) = match setting.changed {
                Some(true) => ("*", text.paint(Role::Warning, &shown)),
                _ => (" ", shown),
            };
            let was = match (&setting.default, setting.changed) {
                (Some(default), Some(true)) => format!(" (new sockets: {default})"),
                _ => String::new(),
            };
            let before = format!("{mark} {:name$}  {shown}  ", setting.option);
            let place = name + value + 6;
            let width = text.width().map_or(usize::MAX, usize::from);
            let folded = folded(&format!("{}{was}", setting.meaning), width.saturating_sub(place).max(NARROWEST));
            let mut lines = folded.iter();
            text.line(format!("{before}{}", lines.next().map_or("", String::as_str)))?;
            for line in lines {
                text.line(format!("{:place$}{line}", ""))?;
            }
        }
        if !self.socket.is_compared {
            text.line("  not compared: no new socket can be made in its network namespace")?;
        } else if self.changed_only && self.settings().next().is_none() {
            text.line("  nothing differs from a new socket")?;
        }
        Ok(())
    }
}

impl Serialize for Shown<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let Socket { pid, fd, command, nature, kind, local, peer, .. } = self.socket;
        let settings: Vec<&Setting> = self.settings().collect();
        let mut object = serializer.serialize_struct("SocketOptions", 13)?;
        object.serialize_field("pid", pid)?;
        object.serialize_field("fd", fd)?;
        let (command, command_hex) = Command(command).parts();
        object.serialize_field("command", &command)?;
        object.serialize_field("command_hex", &command_hex)?;
        object.serialize_field("kind", kind)?;
        let ip = |end: &Option<SocketAddr>| end.map(|end| IpText(end.ip()).to_string());
        let port = |end: &Option<SocketAddr>| end.map(|end| end.port());
        object.serialize_field("family", &Coded::family(Family(nature.family)))?;
        object.serialize_field("socket_type", &Coded::socket_type(SockType(nature.kind)))?;
        object.serialize_field("protocol", &Coded::protocol(Protocol(nature.protocol)))?;
        object.serialize_field("local_address", &ip(local))?;
        object.serialize_field("local_port", &port(local))?;
        object.serialize_field("peer_address", &ip(peer))?;
        object.serialize_field("peer_port", &port(peer))?;
        object.serialize_field("options", &settings)?;
        object.end()
    }
}

/// Runs `ports options`: yes if each operand led to a socket, and otherwise the highest status of what went wrong.
///
/// # Errors
/// None so far: each failure is told where it happens, since the others may be looked at.
pub fn run(job: &Opts, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut status = Status::YES;
    for whose in &job.whose {
        if let Err(failure) = one(whose, job.changed, output) {
            output.failure(&failure);
            status = if failure.status().0 > status.0 { failure.status() } else { status };
        }
    }
    Ok(status)
}

/// Shows the sockets of one operand.
///
/// # Errors
/// The first [`Failure`]; the sockets that could be read have been shown.
fn one(whose: &Whose, changed_only: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    let sought = shell::sockopts::descriptors(whose)?;
    let is_named = matches!(whose, Whose::Descriptor { .. });
    let (mut found, mut fault) = (false, sought.fault);
    for (pid, fd) in sought.descriptors {
        match shell::sockopts::read(pid, fd) {
            Ok(socket) => {
                found = true;
                output.result(&Shown { socket: &socket, changed_only })?;
            }
            // Of those that were listed: closed meanwhile.
            Err(failure) if failure.status() == Status::NO && !is_named => {}
            Err(failure) => fault = fault.or(Some(failure)),
        }
    }
    match fault {
        Some(failure) => Err(failure),
        None if found => Ok(()),
        None => Err(Failure::new(Status::NO, shell::sockopts::nothing(whose, sought.held_by_none))),
    }
}

/// A sentence for a socket whose process may not be looked into.
pub fn denied_hint(yama: Option<u8>) -> &'static str {
    match yama {
        Some(1..) => "another process is only for root here: kernel.yama.ptrace_scope is not 0",
        _ => "only for processes of the same user that may be traced: try as root",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &str, nature: Nature) -> Setting {
        let option = table::OPTIONS.iter().find(|option| option.name == name).unwrap();
        Setting::new(option, nature, Value::Number(64, "hops"), Some(Value::Number(1, "hops")))
    }

    #[test]
    fn what_the_kernel_takes_from_a_syn_is_not_marked() {
        let tcp = Nature { family: libc::AF_INET, kind: libc::SOCK_STREAM, protocol: libc::IPPROTO_TCP };
        let udp = Nature { family: libc::AF_INET, kind: libc::SOCK_DGRAM, protocol: libc::IPPROTO_UDP };
        for name in ["IP_MULTICAST_TTL", "IPV6_MULTICAST_HOPS"] {
            assert_eq!((setting(name, tcp).changed, setting(name, udp).changed), (None, Some(true)), "{name}");
        }
        assert_eq!(setting("IP_TTL", tcp).changed, Some(true));
    }

    #[test]
    fn what_is_not_compared_is_not_called_equal() {
        let nature = Nature { family: libc::AF_INET6, kind: libc::SOCK_STREAM, protocol: libc::IPPROTO_TCP };
        let local = Some("[::1]:80".parse().unwrap());
        let (command, kind) = ("nc".to_owned(), "tcp6".to_owned());
        let mut socket = Socket {
            pid: 7,
            fd: 3,
            command,
            nature,
            kind,
            local,
            peer: None,
            is_compared: false,
            settings: Vec::new(),
        };
        let said = |socket: &Socket| {
            let mut shown = Vec::new();
            Shown { socket, changed_only: true }.render(&mut Text::plain(&mut shown)).unwrap();
            String::from_utf8(shown).unwrap()
        };
        assert!(said(&socket).contains("not compared"));
        socket.is_compared = true;
        assert!(said(&socket).contains("nothing differs"));
    }

    #[test]
    fn meanings_are_folded() {
        assert_eq!(folded("sends small segments at once", 14), ["sends small", "segments at", "once"]);
        assert_eq!(folded("unbreakable word", 4), ["unbreakable", "word"]);
        assert_eq!(folded("as it is", usize::MAX), ["as it is"]);
    }
}
