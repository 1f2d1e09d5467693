//! What `ports explain` says, as data and as text.

use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_sys::TcpState;

use super::facts::{self, Fact};
use super::machine::{self, Piece, Transition};
use crate::endpoint;
use crate::names::Names;
use crate::record::Record;
use crate::socket::{Socket, protocol_label};
use crate::state::State;
use crate::watch::layout::{self, Part};

/// A state explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateLesson {
    /// What the object is: `state`.
    pub kind: &'static str,
    /// The state.
    pub state: State,
    /// As ss and netstat write it.
    pub other_names: &'static [&'static str],
    /// What it means.
    pub meaning: &'static str,
    /// Who must act next.
    pub next: &'static str,
    /// What leads into it.
    pub entered_by: Vec<&'static Transition>,
    /// What leads out of it.
    pub left_by: Vec<&'static Transition>,
    /// How many sockets of this namespace are in it.
    pub sockets: usize,
    #[serde(skip)]
    drawn: bool,
}

impl StateLesson {
    /// What there is to say of a state in which so many sockets are.
    pub fn new(state: State, sockets: usize, drawn: bool) -> Self {
        let (meaning, next) = state.meaning();
        let steps = |of: fn(TcpState) -> Vec<&'static Transition>| match state {
            State::Tcp(state) => of(state),
            _ => Vec::new(),
        };
        Self {
            kind: "state",
            state,
            other_names: other_names(state),
            meaning,
            next,
            entered_by: steps(|state| machine::entered(state).collect()),
            left_by: steps(|state| machine::left(state).collect()),
            sockets,
            drawn,
        }
    }
}

/// How ss and netstat write a state where that is not RFC 9293's name.
fn other_names(state: State) -> &'static [&'static str] {
    match state {
        State::Tcp(TcpState::Established) => &["ESTAB"],
        State::Tcp(TcpState::SynSent) => &["SYN_SENT"],
        State::Tcp(TcpState::SynReceived | TcpState::NewSynReceived) => &["SYN-RECV", "SYN_RECV"],
        State::Tcp(TcpState::FinWait1) => &["FIN_WAIT1"],
        State::Tcp(TcpState::FinWait2) => &["FIN_WAIT2"],
        State::Tcp(TcpState::TimeWait) => &["TIME_WAIT"],
        State::Tcp(TcpState::CloseWait) => &["CLOSE_WAIT"],
        State::Tcp(TcpState::LastAck) => &["LAST_ACK"],
        State::Tcp(TcpState::Closed | TcpState::BoundInactive) | State::Unconnected => &["UNCONN"],
        State::Connected => &["ESTAB", "ESTABLISHED"],
        _ => &[],
    }
}

impl Render for StateLesson {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let name = text.paint(Role::Strong, self.state.name().unwrap_or("unknown"));
        let also = match self.other_names {
            [] => String::new(),
            names => format!(" (elsewhere {})", names.join(", ")),
        };
        text.line(format!("{name}{also}"))?;
        text.prose("  ", self.meaning)?;
        text.prose("  next: ", self.next)?;
        for (heading, steps) in [("entered", &self.entered_by), ("left", &self.left_by)] {
            for step in steps {
                let end = if heading == "left" { ("for", step.to) } else { ("from", step.from) };
                let sends = step.sends.map_or_else(String::new, |sends| format!("; {sends} goes out"));
                let name = end.1.name().unwrap_or("unknown");
                text.prose(&format!("  {heading} "), &format!("{} {name}: {}{sends}", end.0, step.event))?;
            }
        }
        text.line(match self.sockets {
            0 => "  no socket here is in it now".to_owned(),
            1 => "  1 socket here is in it now".to_owned(),
            many => format!("  {many} sockets here are in it now"),
        })?;
        if self.drawn && matches!(self.state, State::Tcp(_)) {
            text.blank()?;
            draw(&[self.state], text)?;
        }
        Ok(())
    }
}

/// The state machine below what it is about.
#[derive(Clone, Debug, Serialize)]
pub struct Drawing {
    /// The states that are marked.
    pub present: Vec<State>,
}

impl Render for Drawing {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.blank()?;
        draw(&self.present, text)
    }
}

/// The state machine, with these states marked.
fn draw(marked: &[State], text: &mut Text<'_>) -> io::Result<()> {
    for pieces in machine::drawing() {
        let mut line = String::new();
        for piece in pieces {
            match piece {
                Piece::Plain(plain) => line.push_str(plain),
                Piece::State(state, name) if is_among(state, marked) => {
                    line.push_str(&text.paint(Role::Strong, &format!("[{name}]")));
                }
                Piece::State(_, name) => {
                    line.push(' ');
                    line.push_str(name);
                    line.push(' ');
                }
            }
        }
        text.line(line.trim_end())?;
    }
    Ok(())
}

fn is_among(state: TcpState, marked: &[State]) -> bool {
    marked.iter().any(|marked| matches!(marked, State::Tcp(marked) if machine::normal(*marked) == state))
}

/// A socket explained.
#[derive(Clone, Debug, Serialize)]
pub struct SocketLesson<'a> {
    /// What the object is: `socket`.
    pub kind: &'static str,
    /// The socket.
    pub socket: Record<'a>,
    /// What its state means.
    pub meaning: &'static str,
    /// Who must act next.
    pub next: &'static str,
    /// What its numbers say.
    pub facts: Vec<Fact>,
    /// The state and the end here, the peer if there is one, and the owners.
    #[serde(skip)]
    line: [String; 3],
}

impl<'a> SocketLesson<'a> {
    /// What there is to say of a socket: `record` as it is listed, `facts` as its numbers say.
    pub fn new(socket: &Socket, names: &Names, record: Record<'a>, owners: &str, facts: Vec<Fact>) -> Self {
        let (meaning, next) = (socket.state.meaning().0, facts::next(socket));
        let mut local = format!("{} ", protocol_label(socket.protocol, socket.family));
        endpoint::push_local(&mut local, socket, names);
        let mut peer = String::new();
        if socket.has_peer() {
            peer.push_str("- ");
            endpoint::push_peer(&mut peer, socket, names);
        }
        let line = [line_with_state(&local, socket.state), peer, owners.to_owned()];
        Self { kind: "socket", socket: record, meaning, next, facts, line }
    }
}

fn line_with_state(line: &str, state: State) -> String {
    format!("{}  {line}", state.name().unwrap_or("unknown"))
}

impl Render for SocketLesson<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let [local, peer, owners] = &self.line;
        let strong = Some(Role::Strong);
        let mut parts = vec![Part::new(0, strong, local)];
        parts.extend((!peer.is_empty()).then(|| Part::new(1, strong, peer)));
        if !owners.is_empty() {
            parts.extend(layout::listed(2, strong, owners));
        }
        layout::write_within(text, &parts, 4)?;
        text.prose("  ", self.meaning)?;
        text.prose("  next: ", self.next)?;
        self.facts.iter().try_for_each(|fact| text.prose("  ", &fact.text))
    }
}

/// The whole machine.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// What the object is: `machine`.
    pub kind: &'static str,
    /// Every transition.
    pub transitions: &'static [Transition],
    /// The states in which sockets are now.
    pub present: Vec<State>,
}

impl Render for Machine {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        draw(&self.present, text)?;
        text.blank()?;
        let rest = if self.present.iter().all(|state| !matches!(state, State::Tcp(_))) {
            "no TCP socket is in any of them now"
        } else {
            "marked: sockets here are in it now"
        };
        text.prose(
            "",
            &format!(
                "TCP by RFC 9293, with Linux's BOUND; {rest}. A reset ends a connection in any state; a listener ignores it. \
            ports explain STATE says more."
            ),
        )
    }
}
