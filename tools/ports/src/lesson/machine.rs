//! TCP's state machine: what leads from one state to the next, and the machine drawn.

use serde::Serialize;
use sockeye_sys::TcpState;

use crate::state::State;

/// What leads from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// The state before.
    pub from: State,
    /// The state after.
    pub to: State,
    /// What happens: a call of the process here, or a segment that comes.
    pub event: &'static str,
    /// The segment that the TCP here sends for it.
    pub sends: Option<&'static str>,
}

const fn step(from: TcpState, event: &'static str, sends: Option<&'static str>, to: TcpState) -> Transition {
    Transition { from: State::Tcp(from), to: State::Tcp(to), event, sends }
}

/// Every transition of an undisturbed connection, and how one ends that does not come about or is broken off here. A reset
/// that comes ends each of them, but for LISTEN.
///
/// # Source
/// RFC 9293 section 3.3.2, figure 5, with the notes below it; what it calls OPEN, SEND and CLOSE are the calls of Linux,
/// where bind(2) makes a state of its own and a listener never sends a SYN.
pub const TRANSITIONS: [Transition; 29] = {
    use TcpState::{
        BoundInactive as Bound, CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen,
        SynReceived, SynSent, TimeWait,
    };
    [
        step(Closed, "bind(2)", None, Bound),
        step(Closed, "listen(2) without bind(2): the kernel chooses a port", None, Listen),
        step(Closed, "connect(2) without bind(2): the kernel chooses a port", Some("SYN"), SynSent),
        step(Bound, "listen(2)", None, Listen),
        step(Bound, "connect(2)", Some("SYN"), SynSent),
        step(Bound, "close(2)", None, Closed),
        step(Listen, "a SYN comes", Some("SYN and ACK"), SynReceived),
        step(Listen, "close(2)", None, Closed),
        step(SynSent, "a SYN with an ACK comes", Some("ACK"), Established),
        step(SynSent, "a SYN alone comes: both called connect(2)", Some("SYN and ACK"), SynReceived),
        step(SynSent, "close(2)", None, Closed),
        step(SynSent, "an RST comes: connect(2) fails with ECONNREFUSED", None, Closed),
        step(SynSent, "nothing comes for too long: connect(2) fails with ETIMEDOUT", None, Closed),
        step(SynReceived, "the ACK of our SYN comes", None, Established),
        step(SynReceived, "an RST comes, or nothing for too long", None, Closed),
        step(Established, "close(2) or shutdown(2)", Some("FIN"), FinWait1),
        step(Established, "a FIN comes", Some("ACK"), CloseWait),
        step(Established, "close(2) with data unread, or SO_LINGER of zero", Some("RST"), Closed),
        step(FinWait1, "the ACK of our FIN comes", None, FinWait2),
        step(FinWait1, "a FIN comes, ours not acknowledged: both closed", Some("ACK"), Closing),
        step(FinWait1, "a FIN comes with the ACK of ours", Some("ACK"), TimeWait),
        step(FinWait2, "a FIN comes", Some("ACK"), TimeWait),
        step(FinWait2, "orphaned, and net.ipv4.tcp_fin_timeout passes", None, Closed),
        step(CloseWait, "close(2) or shutdown(2)", Some("FIN"), LastAck),
        step(CloseWait, "close(2) with data unread, or SO_LINGER of zero", Some("RST"), Closed),
        step(FinWait1, "an orphan, and nothing comes for too long", None, Closed),
        step(Closing, "the ACK of our FIN comes", None, TimeWait),
        step(LastAck, "the ACK of our FIN comes", None, Closed),
        step(TimeWait, "60 s pass (RFC 9293: twice the longest life of a segment)", None, Closed),
    ]
};

/// The state as it stands in the machine: a request that has no socket yet is SYN-RECEIVED.
pub fn normal(state: TcpState) -> TcpState {
    if state == TcpState::NewSynReceived { TcpState::SynReceived } else { state }
}

/// What leads into `state`.
pub fn entered(state: TcpState) -> impl Iterator<Item = &'static Transition> {
    TRANSITIONS.iter().filter(move |step| step.to == State::Tcp(normal(state)))
}

/// What leads out of `state`.
pub fn left(state: TcpState) -> impl Iterator<Item = &'static Transition> {
    TRANSITIONS.iter().filter(move |step| step.from == State::Tcp(normal(state)))
}

/// The machine, no wider than 72 columns. Each name has a blank on either side for the brackets that mark it.
const DRAWING: &str = "\
\u{20}                                 CLOSED
                                    | bind
                                    v
                     listen       BOUND        connect, SYN out
                  .-----------------+------------------.
                  v                                    v
                LISTEN                              SYN-SENT
                  | SYN in            SYN in           | SYN,ACK in
                  | SYN,ACK out       SYN,ACK out      | ACK out
                  v              .---------------------|
             SYN-RECEIVED  <-----'                     |
                  | ACK in                             |
                  '-----------------.                  |
                                    v                  |
              close                  ESTABLISHED <-----'
              FIN out               |             FIN in, ACK out
                  .-----------------+------------------.
                  v                                    v
        .-   FIN-WAIT-1  -----------.             CLOSE-WAIT
        |         |                 | FIN in           | close
FIN,ACK |         | ACK in          | ACK out          | FIN out
     in |         v                 v                  v
ACK out |    FIN-WAIT-2          CLOSING            LAST-ACK
        |         | FIN in          | ACK in           | ACK in
        |         | ACK out         |                  |
        |         v                 |                  |
        '->   TIME-WAIT  <----------'                  |
                  | 60 s                               |
                  '-----------------.------------------'
                                    v
                                  CLOSED
";

/// A piece of a line of the drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Lines and words between the states.
    Plain(&'static str),
    /// A state, with the two columns around it.
    State(TcpState, &'static str),
}

/// The machine line by line, cut at the names of the states.
pub fn drawing() -> impl Iterator<Item = Vec<Piece>> {
    DRAWING.lines().map(pieces)
}

fn pieces(line: &'static str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some((at, name, state)) = first_name(rest) {
        let (before, behind) = rest.split_at(at);
        let (_, after) = behind.split_at(name.len());
        // The blanks around the name belong to it.
        pieces.push(Piece::Plain(before.strip_suffix(' ').unwrap_or(before)));
        pieces.push(Piece::State(state, name));
        rest = after.strip_prefix(' ').unwrap_or(after);
    }
    pieces.push(Piece::Plain(rest));
    pieces
}

/// The first state that a line names: where, how, and which.
fn first_name(line: &'static str) -> Option<(usize, &'static str, TcpState)> {
    TcpState::ALL
        .into_iter()
        .filter_map(|state| {
            let name = State::Tcp(state).name()?;
            let at = line.find(name)?;
            // TIME-WAIT is not part of any other; CLOSED and CLOSING, WAIT-1 and WAIT-2 differ in themselves.
            Some((at, line.get(at..at.checked_add(name.len())?)?, state))
        })
        .min_by_key(|(at, ..)| *at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_drawing_fits_and_has_every_state() {
        let mut drawn = Vec::new();
        for line in drawing() {
            for piece in &line {
                if let Piece::State(state, name) = piece {
                    assert_eq!(State::Tcp(*state).name(), Some(*name));
                    drawn.push(*state);
                }
            }
        }
        assert!(DRAWING.lines().all(|line| line.len() <= 72));
        for state in TcpState::ALL {
            let expected = match state {
                TcpState::NewSynReceived => 0,
                TcpState::Closed => 2,
                _ => 1,
            };
            assert_eq!(drawn.iter().filter(|drawn| **drawn == state).count(), expected, "{state}");
        }
    }

    #[test]
    fn both_ways_out_of_fin_wait_1_to_time_wait_are_drawn() {
        let row = |name: &str| DRAWING.lines().position(|line| line.contains(name)).unwrap();
        let (from, to) = (row("FIN-WAIT-1"), row("TIME-WAIT"));
        let rows: Vec<&str> = DRAWING.lines().collect();
        // A rail of its own, left of FIN-WAIT-2, from the one to the other.
        let rail = rows[from].find(".-").unwrap();
        assert_eq!(rows[to].get(rail..rail + 3), Some("'->"));
        assert!(rows[from + 1..to].iter().all(|line| line.get(rail..=rail) == Some("|")), "{DRAWING}");
        assert!(rail < rows[from + 4].find("FIN-WAIT-2").unwrap());
    }

    #[test]
    fn every_name_has_room_for_its_brackets() {
        for line in DRAWING.lines() {
            let pieces = pieces(line);
            let columns: usize = pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Plain(text) => text.len(),
                    Piece::State(_, name) => name.len() + 2,
                })
                .sum();
            // The blank behind a name at the end of a line is not written.
            assert!(columns == line.len() || columns == line.len() + 1, "{line}");
        }
    }

    #[test]
    fn the_machine_has_a_way_into_and_out_of_every_state() {
        for state in TcpState::ALL {
            assert!(entered(state).count() > 0, "{state}");
            assert!(left(state).count() > 0, "{state}");
        }
        let ways = |steps: Vec<&Transition>| steps.iter().map(|step| step.event).collect::<Vec<_>>();
        assert_eq!(
            ways(left(TcpState::CloseWait).collect()),
            ["close(2) or shutdown(2)", "close(2) with data unread, or SO_LINGER of zero"]
        );
        let clients = ["connect(2) without bind(2): the kernel chooses a port", "connect(2)"];
        assert_eq!(ways(entered(TcpState::SynSent).collect()), clients);
        assert_eq!(ways(entered(TcpState::Closing).collect()), ["a FIN comes, ours not acknowledged: both closed"]);
        assert_eq!(left(TcpState::NewSynReceived).count(), 2, "the same state as SYN-RECEIVED");
    }
}
