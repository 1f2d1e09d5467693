//! A notice as a line of text and as one JSON object.

use std::fmt::Write as _;
use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_common::addr::IpText;
use sockeye_sys::TcpState;

use super::layout::{self, Part};
use super::notice::{Lasted, Micros, Notice, SeenBy, What};
use super::when::{Stamp, span};
use crate::endpoint::{push_local, push_peer};
use crate::names::Names;
use crate::owners::{Held, push_command};
use crate::record::{Coded, InterfaceRecord};
use crate::socket::Socket;
use crate::state::State;

/// A notice with everything that is shown of it.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The notice.
    pub notice: &'a Notice,
    /// Its time of day.
    pub stamp: &'a Stamp,
    /// Interfaces.
    pub names: &'a Names,
    /// Who holds the socket; `None` if nobody has looked.
    pub owners: Option<&'a [Held]>,
}

/// Both ends and the way the connection was opened: `127.0.0.1:80 <- 127.0.0.1:5000`. Where that is too long, the peer
/// stands on a line of its own.
pub fn ends(socket: &Socket, accepted: bool, names: &Names) -> Vec<Part> {
    let mut local = String::new();
    push_local(&mut local, socket, names);
    if !socket.has_peer() {
        return vec![Part::new(1, None, local)];
    }
    let mut peer = String::new();
    push_peer(&mut peer, socket, names);
    vec![Part::new(1, None, local), Part::new(1, None, format!("{} {peer}", if accepted { "<-" } else { "->" }))]
}

/// The first that holds a socket, and how many more do: `nginx[812] and 3 more`. The descriptor is left out: it is
/// another one in the next connection.
pub fn owner(owners: Option<&[Held]>) -> Option<String> {
    let owners = owners?;
    let first = owners.first()?;
    let mut text = String::new();
    push_command(&mut text, &first.command);
    // Writing to a String cannot fail.
    let _ = write!(text, "[{}]", first.pid);
    let mut others: Vec<u32> = owners.iter().map(|owner| owner.pid).filter(|pid| *pid != first.pid).collect();
    others.dedup();
    if !others.is_empty() {
        let _ = write!(text, " and {} more", others.len());
    }
    Some(text)
}

impl Render for Line<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Notice { socket, opened, what, seen } = self.notice;
        let what = match what {
            What::Changed { from, to, lasted } => {
                // Whatever was not stamped by the kernel happened at some time before.
                let about = if seen.by == SeenBy::Tracepoint { "" } else { "~" };
                changed(*from, *to, *lasted, about).with(None, left(socket, *to))
            }
            What::StillWaiting => {
                Part::new(2, Some(Role::Dim), "TIME-WAIT").with(None, left(socket, Some(socket.state)))
            }
            What::Retransmitted { timeouts: None } => {
                Part::new(2, Some(Role::Warning), format!("retransmits in {}", name(socket.state)))
            }
            What::Retransmitted { timeouts: Some(times) } => {
                let said = format!("retransmits in {}, timeout {times} in a row", name(socket.state));
                Part::new(2, Some(Role::Warning), said)
            }
            What::ResetSent { reason } => Part::new(2, Some(Role::Bad), because("sends RST", reason.as_deref())),
            What::ResetReceived { reason } => Part::new(2, Some(Role::Bad), because("receives RST", reason.as_deref())),
        };
        let mut parts = vec![Part::new(0, Some(Role::Dim), &self.stamp.time_of_day)];
        parts.extend(ends(socket, opened.is_accepted(), self.names));
        parts.push(what.breaking());
        parts.extend(owner(self.owners).map(|owner| Part::new(2, None, owner)));
        layout::write(text, &parts)
    }
}

/// How long TIME-WAIT goes on.
fn left(socket: &Socket, to: Option<State>) -> String {
    let expires = socket.expires_ms().filter(|_| to == Some(State::Tcp(TcpState::TimeWait)));
    expires.map(|left| format!(" ({} left)", span(Micros::from(left).saturating_mul(1_000)))).unwrap_or_default()
}

fn changed(from: Option<State>, to: Option<State>, lasted: Lasted, about: &str) -> Part {
    let lasted = match lasted {
        Lasted::Unknown => String::new(),
        Lasted::For(micros, _) => format!(" after {about}{}", span(micros)),
        Lasted::AtLeast(micros, _) => format!(" after more than {about}{}", span(micros)),
    };
    let waits = from == Some(State::Tcp(TcpState::TimeWait));
    let plain = |words: String| Part::new(2, None, words);
    match (from, to) {
        (None, Some(to)) => plain("new: ".to_owned()).with(Some(role(to)), name(to)),
        (None, None) => plain("opened and closed between two listings".to_owned()),
        (Some(_), None) if waits => plain(format!("TIME-WAIT over{lasted}")),
        (Some(from), None) => plain(format!("{} -> closed{lasted}", name(from))),
        (Some(from), Some(to)) => {
            plain(format!("{} -> ", name(from))).with(Some(role(to)), name(to)).with(None, lasted)
        }
    }
}

fn because(what: &str, reason: Option<&str>) -> String {
    reason.map_or_else(|| what.to_owned(), |reason| format!("{what}: {reason}"))
}

fn name(state: State) -> &'static str {
    state.name().unwrap_or("an unknown state")
}

fn role(state: State) -> Role {
    match state {
        State::Tcp(TcpState::Established | TcpState::Listen) | State::Connected => Role::Good,
        State::Tcp(TcpState::TimeWait) => Role::Dim,
        State::Tcp(TcpState::CloseWait | TcpState::SynSent) => Role::Warning,
        _ => Role::Strong,
    }
}

/// Every field of a notice, under names that carry their unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record<'a> {
    event: &'static str,
    time: &'a str,
    monotonic_us: Micros,
    /// It happened at that time, or by so much earlier.
    time_error_us: Micros,
    seen_by: &'static str,
    protocol: Coded,
    family: Coded,
    local_address: String,
    local_port: u16,
    /// Null where there is no peer.
    peer_address: Option<String>,
    peer_port: Option<u16>,
    interface: Option<InterfaceRecord<'a>>,
    /// Whether the peer opened the connection.
    accepted: bool,
    /// How that is known; null where there is no connection.
    accepted_by: Option<&'static str>,
    /// Null of what was not there before, and of what is no change.
    from_state: Option<State>,
    /// Null of what is closed, and of what is no change.
    to_state: Option<State>,
    /// How long the state before had lasted.
    duration_us: Option<Micros>,
    /// Where it had begun before the watch: how long it lasted at least.
    duration_at_least_us: Option<Micros>,
    /// By how much either may be wrong.
    duration_error_us: Option<Micros>,
    /// Until TIME-WAIT ends.
    expires_ms: Option<u32>,
    timeouts_in_a_row: Option<u8>,
    reset_reason: Option<&'a str>,
    uid: Option<u32>,
    inode: Option<u32>,
    /// Zero where the kernel did not tell it.
    cookie: u64,
    /// Null where nobody has looked.
    owners: Option<&'a [Held]>,
}

impl<'a> Record<'a> {
    /// Puts together what is known.
    pub fn new(line: &Line<'a>) -> Self {
        let Notice { seen, socket, opened, what } = line.notice;
        let (from, to, lasted) = match what {
            What::Changed { from, to, lasted } => (*from, *to, *lasted),
            _ => (None, None, Lasted::Unknown),
        };
        let reason = match what {
            What::ResetSent { reason } | What::ResetReceived { reason } => reason.as_deref(),
            _ => None,
        };
        let (duration_us, duration_at_least_us, duration_error_us) = match lasted {
            Lasted::Unknown => (None, None, None),
            Lasted::For(micros, error) => (Some(micros), None, Some(error)),
            Lasted::AtLeast(micros, error) => (None, Some(micros), Some(error)),
        };
        let peer = socket.has_peer().then_some(socket.peer);
        let waits = *what == What::StillWaiting;
        Self {
            event: what.name(),
            time: &line.stamp.iso,
            monotonic_us: seen.at,
            time_error_us: seen.early,
            seen_by: seen.by.name(),
            protocol: Coded::protocol(socket.protocol),
            family: Coded::family(socket.family),
            local_address: IpText(socket.local.ip()).to_string(),
            local_port: socket.local.port(),
            peer_address: peer.map(|peer| IpText(peer.ip()).to_string()),
            peer_port: peer.map(|peer| peer.port()),
            interface: socket.interface.map(|index| InterfaceRecord::new(index, line.names)),
            accepted: opened.is_accepted(),
            accepted_by: peer.map(|_| opened.name()),
            from_state: from,
            to_state: to,
            duration_us,
            duration_at_least_us,
            duration_error_us,
            expires_ms: socket.expires_ms().filter(|_| to.is_some() || waits),
            timeouts_in_a_row: if let What::Retransmitted { timeouts } = what { *timeouts } else { None },
            reset_reason: reason,
            uid: socket.uid,
            inode: socket.inode,
            cookie: socket.cookie,
            owners: line.owners,
        }
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Record::new(self).serialize(serializer)
    }
}
