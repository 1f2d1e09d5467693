//! A notice as a line of text and as one JSON object.

use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_common::addr::IpText;
use sockeye_sys::TcpState;

use super::notice::{Lasted, Micros, Notice, SeenBy, What};
use super::when::{Stamp, span};
use crate::endpoint::{push_local, push_peer};
use crate::names::Names;
use crate::record::Coded;
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
    /// Who holds the socket, as far as that is known.
    pub owner: Option<&'a str>,
}

/// Both ends and the way the connection was opened: `127.0.0.1:80 <- 127.0.0.1:5000`.
pub fn ends(socket: &Socket, accepted: bool, names: &Names) -> String {
    let mut text = String::new();
    push_local(&mut text, socket, names);
    if socket.has_peer() {
        text.push_str(if accepted { " <- " } else { " -> " });
        push_peer(&mut text, socket, names);
    }
    text
}

impl Render for Line<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Notice { socket, accepted, what, seen_by, .. } = self.notice;
        let ends = ends(socket, *accepted, self.names);
        let what = match what {
            What::Changed { from, to, lasted } => {
                // Whatever was not stamped by the kernel happened at some time before.
                let about = if *seen_by == SeenBy::Tracepoint { "" } else { "~" };
                changed(text, *from, *to, *lasted, about) + &left(socket, *to)
            }
            What::Retransmitted { timeouts: None } => {
                text.paint(Role::Warning, &format!("retransmits in {}", name(socket.state)))
            }
            What::Retransmitted { timeouts: Some(times) } => {
                let said = format!("retransmits in {}, timeout {times} in a row", name(socket.state));
                text.paint(Role::Warning, &said)
            }
            What::ResetSent { reason } => text.paint(Role::Bad, &because("sends RST", reason.as_deref())),
            What::ResetReceived { reason } => text.paint(Role::Bad, &because("receives RST", reason.as_deref())),
        };
        let time = text.paint(Role::Dim, &self.stamp.time_of_day);
        let owner = self.owner.map(|owner| format!("  {owner}")).unwrap_or_default();
        text.line(format!("{time} {ends}  {what}{owner}"))
    }
}

/// How long TIME-WAIT goes on.
fn left(socket: &Socket, to: Option<State>) -> String {
    let expires = socket.expires_ms().filter(|_| to == Some(State::Tcp(TcpState::TimeWait)));
    expires.map(|left| format!(" ({} left)", span(Micros::from(left).saturating_mul(1_000)))).unwrap_or_default()
}

fn changed(text: &Text<'_>, from: Option<State>, to: Option<State>, lasted: Lasted, about: &str) -> String {
    let lasted = match lasted {
        Lasted::Unknown => String::new(),
        Lasted::For(micros) => format!(" after {about}{}", span(micros)),
        Lasted::AtLeast(micros) => format!(" after more than {about}{}", span(micros)),
    };
    let waits = from == Some(State::Tcp(TcpState::TimeWait));
    match (from, to) {
        (None, Some(to)) => format!("new: {}", text.paint(role(to), name(to))),
        (None, None) => "opened and closed between two listings".to_owned(),
        (Some(_), None) if waits => format!("TIME-WAIT over{lasted}"),
        (Some(from), None) => format!("{} -> closed{lasted}", name(from)),
        (Some(from), Some(to)) => format!("{} -> {}{lasted}", name(from), text.paint(role(to), name(to))),
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
    what: &'static str,
    time: String,
    monotonic_us: Micros,
    seen_by: &'static str,
    protocol: Coded,
    family: Coded,
    local_address: String,
    local_port: u16,
    /// Null where there is no peer.
    peer_address: Option<String>,
    peer_port: Option<u16>,
    interface: Option<u32>,
    /// Whether the peer opened the connection, as far as a listener on the local port tells.
    accepted: bool,
    /// Null of what was not there before, and of what is no change.
    from_state: Option<State>,
    /// Null of what is closed, and of what is no change.
    to_state: Option<State>,
    /// How long the state before had lasted.
    duration_us: Option<Micros>,
    /// Where it had begun before the watch: how long it lasted at least.
    duration_at_least_us: Option<Micros>,
    /// Until TIME-WAIT ends.
    expires_ms: Option<u32>,
    timeouts_in_a_row: Option<u8>,
    reset_reason: Option<&'a str>,
    uid: Option<u32>,
    inode: Option<u32>,
    /// Zero where the kernel did not tell it.
    cookie: u64,
    owner: Option<&'a str>,
}

impl<'a> Record<'a> {
    /// Puts together what is known.
    pub fn new(line: &Line<'a>) -> Self {
        let Notice { at, socket, accepted, what, seen_by } = line.notice;
        let (from, to, lasted) = match what {
            What::Changed { from, to, lasted } => (*from, *to, *lasted),
            _ => (None, None, Lasted::Unknown),
        };
        let reason = match what {
            What::ResetSent { reason } | What::ResetReceived { reason } => reason.as_deref(),
            _ => None,
        };
        let peer = socket.has_peer().then_some(socket.peer);
        Self {
            what: what.name(),
            time: line.stamp.iso.clone(),
            monotonic_us: *at,
            seen_by: seen_by.name(),
            protocol: Coded::protocol(socket.protocol),
            family: Coded::family(socket.family),
            local_address: IpText(socket.local.ip()).to_string(),
            local_port: socket.local.port(),
            peer_address: peer.map(|peer| IpText(peer.ip()).to_string()),
            peer_port: peer.map(|peer| peer.port()),
            interface: socket.interface,
            accepted: *accepted,
            from_state: from,
            to_state: to,
            duration_us: if let Lasted::For(micros) = lasted { Some(micros) } else { None },
            duration_at_least_us: if let Lasted::AtLeast(micros) = lasted { Some(micros) } else { None },
            expires_ms: to.and_then(|_| socket.expires_ms()),
            timeouts_in_a_row: if let What::Retransmitted { timeouts } = what { *timeouts } else { None },
            reset_reason: reason,
            uid: socket.uid,
            inode: socket.inode,
            cookie: socket.cookie,
            owner: line.owner,
        }
    }
}

impl Serialize for Line<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Record::new(self).serialize(serializer)
    }
}
