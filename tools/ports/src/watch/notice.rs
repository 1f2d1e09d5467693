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

/// One thing that happened to one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// When.
    pub at: Micros,
    /// The socket as it is now, or as it was last known.
    pub socket: Socket,
    /// Whether a listener had its local port: the peer then opened the connection.
    pub accepted: bool,
    /// What.
    pub what: What,
    /// How it was seen.
    pub seen_by: SeenBy,
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
    /// So long.
    For(Micros),
    /// It had begun before the watch did: at least so long.
    AtLeast(Micros),
}

impl What {
    /// As JSON has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "changed",
            Self::Retransmitted { .. } => "retransmitted",
            Self::ResetSent { .. } => "reset_sent",
            Self::ResetReceived { .. } => "reset_received",
        }
    }
}
