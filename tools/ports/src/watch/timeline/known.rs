//! A socket that is here, and what is remembered of one that was.

use std::net::SocketAddr;

use sockeye_sys::sock_diag::{Timer, TimerKind};
use sockeye_sys::{Protocol, TcpState};

use super::super::chain::Ends;
use super::super::notice::{Lasted, Micros, Opened, Seen};
use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

/// A socket that is here.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) socket: Socket,
    /// Since when it is in its state; `None` if that began before the watch.
    pub(super) since: Option<Seen>,
    /// When it was first seen.
    pub(super) first: Micros,
    /// By how much earlier it may have appeared.
    pub(super) first_early: Micros,
    /// When it was last seen in its state.
    pub(super) seen: Micros,
    /// The round that last listed it.
    pub(super) round: u32,
    /// How many listings in a row lacked it.
    pub(super) lacked: u8,
    pub(super) opened: Opened,
    /// When its TIME-WAIT is expected to end.
    pub(super) due: Option<Micros>,
    /// When the kernel stamped that it listens no longer: whether it is closed, or only shut down, shows later.
    pub(super) silent: Option<Micros>,
    /// Whether it was there before the watch.
    pub(super) older: bool,
}

impl Known {
    /// How long it has been in its state when that ends.
    pub(super) fn lasted(&self, end: Seen) -> Lasted {
        match self.since {
            Some(since) => Lasted::For(end.at.saturating_sub(since.at), since.early.max(end.early)),
            None => Lasted::AtLeast(end.at.saturating_sub(self.first), end.early),
        }
    }
}

/// What is known of a socket when it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The end here that it was last seen with: the kernel may have forgotten it since.
    pub local: SocketAddr,
    /// The other end.
    pub peer: SocketAddr,
    /// Who opened the connection.
    pub opened: Opened,
    /// The state that it was last seen in.
    pub state: State,
    /// When it was first seen.
    pub first: Micros,
    /// By how much earlier it may have appeared.
    pub first_early: Micros,
    /// Whether it was there before the watch.
    pub older: bool,
    /// The inode that it had.
    pub inode: Option<u32>,
    /// When listings began to lack it; `None` if none did.
    pub until: Option<Seen>,
}

impl Past {
    pub(super) fn of(known: &Known) -> Self {
        let Known { first, older, opened, first_early, .. } = *known;
        let Socket { state, local, peer, inode, .. } = known.socket;
        Self { local, peer, opened, state, first, first_early, older, inode, until: None }
    }
}

/// Whether the kernel finds it by its ends alone: listeners may share theirs, and what is only bound is in no table.
pub(super) fn can_be_asked_for(socket: &Socket) -> bool {
    socket.has_peer() && !matches!(socket.state, State::Connected | State::Unconnected | State::Tcp(TcpState::Listen))
}

pub(super) fn is_waiting(socket: &Socket) -> bool {
    socket.state == State::Tcp(TcpState::TimeWait)
}

/// Whether it is the small socket that the kernel leaves of a connection whose process has closed it, in TIME-WAIT or
/// still in FIN-WAIT-2. Its cookie is that of the whole one only if somebody had asked for that before.
///
/// # Source
/// Linux, net/ipv4/tcp_minisocks.c, `tcp_time_wait()`, and net/ipv4/inet_diag.c: its timer is the one of TIME-WAIT.
pub(super) fn is_left(socket: &Socket) -> bool {
    is_waiting(socket) || (socket.state == State::Tcp(TcpState::FinWait2) && socket.timer.kind == TimerKind::TimeWait)
}

/// A socket of which only the ends are known.
pub(super) fn unknown(ends: &Ends) -> Socket {
    Socket {
        kind: Kind::Tcp,
        protocol: Protocol::TCP,
        family: ends.family,
        state: State::Tcp(TcpState::Closed),
        local: ends.local,
        peer: ends.peer,
        interface: None,
        recv_queue: 0,
        send_queue: 0,
        timer: Timer { kind: TimerKind::Off, retransmits: 0, expires_ms: 0 },
        uid: None,
        inode: None,
        cookie: 0,
        v6only: None,
        details: None,
    }
}
