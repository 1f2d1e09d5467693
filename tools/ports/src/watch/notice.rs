//! What a watch has to tell, one thing at a time.

use crate::filter::{Facts, Filter};
use crate::socket::Socket;
use crate::state::State;

/// Microseconds of the monotonic clock.
pub type Micros = u64;

/// How something was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SeenBy {
    /// Two listings differ: it happened at some time between them.
    Listing,
    /// The kernel told that it destroyed the socket.
    CloseMessage,
    /// The kernel stamped the change itself.
    Tracepoint,
}

impl SeenBy {
    /// As JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Listing => "listing",
            Self::CloseMessage => "close_message",
            Self::Tracepoint => "tracepoint",
        }
    }
}

/// When something happened, as far as that is known, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// At this time, or before it.
    pub at: Micros,
    /// By how much earlier it may have happened.
    pub early: Micros,
    /// Who says so.
    pub by: SeenBy,
}

impl Seen {
    /// Stamped by the kernel.
    pub fn stamped(at: Micros) -> Self {
        Self { at, early: 0, by: SeenBy::Tracepoint }
    }

    /// At some time after `before`, when it had not happened yet.
    pub fn between(before: Micros, at: Micros, by: SeenBy) -> Self {
        Self { at, early: at.saturating_sub(before), by }
    }
}

/// Who opened a connection, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It was seen in SYN-SENT.
    Here,
    /// It was seen in SYN-RECEIVED, or made by a listener.
    ByPeer,
    /// Somebody listens on its local port, or did so shortly before.
    Listener,
    /// Nobody listens there: it was opened here, unless its listener was closed long ago.
    NoListener,
}

impl Opened {
    /// Whether the peer opened it.
    pub fn is_accepted(self) -> bool {
        matches!(self, Self::ByPeer | Self::Listener)
    }

    /// How that is known, as JSON has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Here => "syn_sent",
            Self::ByPeer => "syn_received",
            Self::Listener => "listener",
            Self::NoListener => "no_listener",
        }
    }
}

/// One thing that happened to one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When, and how that is known.
    pub seen: Seen,
    /// The socket as it is now, or as it was last known.
    pub socket: Socket,
    /// Who opened the connection.
    pub opened: Opened,
    /// What.
    pub what: What,
}

impl Notice {
    /// Whether a filter wants it: the socket as it was before, or as it is now.
    pub fn is_wanted(&self, filter: &Filter) -> bool {
        let passes = |state| filter.matches(&Socket { state, ..self.socket.clone() }, &Facts::default());
        match self.what {
            What::Changed { from, to, .. } if from.is_some() || to.is_some() => from.into_iter().chain(to).any(passes),
            _ => passes(self.socket.state),
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It changed its state. `None` is "not there": before it appeared, and behind its end.
    Changed {
        /// Before.
        from: Option<State>,
        /// Now.
        to: Option<State>,
        /// How long it had been in the state before.
        lasted: Lasted,
    },
    /// It is still in TIME-WAIT.
    StillWaiting,
    /// A segment was sent again.
    Retransmitted {
        /// How often in a row the timer has run out, where that is known.
        timeouts: Option<u8>,
    },
    /// A reset went out.
    ResetSent {
        /// The kernel's word for why.
        reason: Option<String>,
    },
    /// A reset came in.
    ResetReceived {
        /// The kernel's word for why, if a socket of this machine sent it.
        reason: Option<String>,
    },
}

/// How long a state lasted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasted {
    /// There was none, or nothing is known of it.
    Unknown,
    /// So long, and by how much that may be wrong.
    For(Micros, Micros),
    /// It had begun before the watch did: so long at least, and by how much that may be wrong.
    AtLeast(Micros, Micros),
}

impl What {
    /// As JSON has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "changed",
            Self::StillWaiting => "time_wait",
            Self::Retransmitted { .. } => "retransmitted",
            Self::ResetSent { .. } => "reset_sent",
            Self::ResetReceived { .. } => "reset_received",
        }
    }
}
