//! Show the socket options of another process.
//!
//! Each value stands beside that of a new socket of the same kind, so that what a program has set can be seen.

pub mod table;

use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_cli::{Failure, Output, Status};

use self::table::{Nature, Opt, Value};
use crate::cli::Opts;
use crate::owners::{self, Owner};
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
    pub fn new(option: &Opt, value: Value, default: Option<Value>) -> Self {
        let changed = default.as_ref().filter(|_| option.steady).map(|default| *default != value);
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
    pub local: Option<String>,
    /// The other end.
    pub peer: Option<String>,
    /// Its options.
    pub settings: Vec<Setting>,
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
        let ends: String = [local.as_deref(), peer.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" - ");
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
            text.line(format!("{mark} {:name$}  {shown}  {}{was}", setting.option, setting.meaning))?;
        }
        if self.changed_only && self.settings().next().is_none() {
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
        let mut object = serializer.serialize_struct("SocketOptions", 10)?;
        object.serialize_field("pid", pid)?;
        object.serialize_field("fd", fd)?;
        object.serialize_field("command", command)?;
        object.serialize_field("kind", kind)?;
        object.serialize_field("family", &nature.family)?;
        object.serialize_field("socket_type", &nature.kind)?;
        object.serialize_field("protocol", &nature.protocol)?;
        object.serialize_field("local", local)?;
        object.serialize_field("peer", peer)?;
        object.serialize_field("options", &settings)?;
        object.end()
    }
}

/// Runs `ports options`: yes if there was a socket.
///
/// # Errors
/// [`Failure`] if none of the sockets may be looked at.
pub fn run(job: &Opts, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut found = false;
    let mut refused = None;
    for whose in &job.whose {
        for (pid, fd) in shell::sockopts::descriptors(whose)? {
            match shell::sockopts::read(pid, fd) {
                Ok(Some(socket)) => {
                    found = true;
                    output.result(&Shown { socket: &socket, changed_only: job.changed })?;
                }
                Err(failure) if refused.is_none() => refused = Some(failure),
                // A descriptor that is no socket, or has been closed meanwhile.
                Ok(None) | Err(_) => {}
            }
        }
    }
    match refused {
        Some(failure) if found => {
            output.note(failure.to_string());
            Ok(Status::YES)
        }
        Some(failure) => Err(failure),
        None if found => Ok(Status::YES),
        None => {
            output.note("no such socket");
            Ok(Status::NO)
        }
    }
}

/// A sentence for a socket whose process may not be looked into.
pub fn denied_hint(yama: Option<u8>) -> &'static str {
    match yama {
        Some(1..) => "another process is only for root here: kernel.yama.ptrace_scope is not 0",
        _ => "only for processes of the same user that may be traced: try as root",
    }
}
