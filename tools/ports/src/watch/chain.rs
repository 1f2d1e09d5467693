//! Trace events of one socket, in order, until it is known whose they are.
//!
//! The kernel names a socket there by its address in memory, which is one socket's from its making to its end.

use std::collections::HashMap;
use std::net::SocketAddr;

use sockeye_sys::{Family, Protocol, TcpState};

use super::key::Key;
use super::notice::Micros;

/// How long it may take until a listing or a close message shows whose the events are, in microseconds.
pub const PATIENCE: Micros = 1_000_000;
/// And in how many rounds at least, however long these take.
const ROUNDS: u8 = 3;
/// How many sockets of other namespaces may wait for that at once.
const MOST: usize = 20_000;

/// Both ends, as an event tells them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// Of the socket.
    pub family: Family,
    /// The end here; without a port while the connection is only asked for.
    pub local: SocketAddr,
    /// The other end.
    pub peer: SocketAddr,
}

impl Ends {
    /// To be compared with sockets.
    pub fn key(&self) -> Key {
        Key::new(Protocol::TCP, self.local, self.peer)
    }
}

/// One trace event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// When.
    pub at: Micros,
    /// The socket's address in the kernel; zero if there is no socket.
    pub address: u64,
    /// Its ends.
    pub ends: Ends,
    /// What happened.
    pub step: Step,
}

/// What a trace event tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The state changed.
    State {
        /// Before.
        from: TcpState,
        /// Now. [`TcpState::Closed`] may also mean TIME-WAIT: another, smaller socket takes over then.
        to: TcpState,
    },
    /// A segment was sent again.
    Retransmitted {
        /// The state meanwhile.
        state: TcpState,
    },
    /// A reset went out.
    ResetSent {
        /// The kernel's word for why.
        reason: Option<String>,
    },
    /// A reset came in.
    ResetReceived {
        /// Why, if it came from this machine.
        reason: Option<String>,
    },
}

/// The events of one socket that have not been told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Both ends, once it has a port.
    pub ends: Option<Ends>,
    /// When, and what.
    pub steps: Vec<(Micros, Step)>,
    /// Whose they are.
    pub cookie: Option<u64>,
    /// The socket has come to its end.
    pub complete: bool,
    /// How often nothing was found that it could belong to.
    asked: u8,
}

impl Chain {
    fn new() -> Self {
        Self { ends: None, steps: Vec::new(), cookie: None, complete: false, asked: 0 }
    }

    /// Whether a socket that a listing shows in `state` may have gone through these events.
    pub fn reaches(&self, state: TcpState) -> bool {
        self.steps.iter().any(|(_, step)| match step {
            Step::State { from, to } => {
                same(*to, state) || (state == TcpState::TimeWait && *to == TcpState::Closed && may_wait(*from))
            }
            Step::Retransmitted { state: then } => same(*then, state),
            Step::ResetSent { .. } | Step::ResetReceived { .. } => false,
        })
    }

    /// Whether nothing in it changes a state.
    pub fn is_aside(&self) -> bool {
        !self.steps.iter().any(|(_, step)| matches!(step, Step::State { .. }))
    }

    /// Its ends to be compared.
    pub fn key(&self) -> Option<Key> {
        self.ends.as_ref().map(Ends::key)
    }

    fn is_stale(&self, now: Micros) -> bool {
        self.cookie.is_none()
            && self.asked >= ROUNDS
            && self.steps.last().is_none_or(|(at, _)| at.saturating_add(PATIENCE) < now)
    }
}

/// Whether what the kernel closes from this state may live on in TIME-WAIT.
pub fn may_wait(state: TcpState) -> bool {
    matches!(state, TcpState::FinWait1 | TcpState::FinWait2 | TcpState::Closing)
}

/// A connection request is the same state whether it has a socket yet or not.
fn same(one: TcpState, other: TcpState) -> bool {
    let plain = |state| if state == TcpState::NewSynReceived { TcpState::SynReceived } else { state };
    plain(one) == plain(other)
}

/// All of them.
#[derive(Debug, Default)]
pub struct Chains {
    open: HashMap<u64, Chain>,
    complete: Vec<Chain>,
    /// The last reset that a socket, or none, of this machine sent to these ends.
    resets: HashMap<Key, String>,
}

impl Chains {
    /// Takes in an event.
    pub fn add(&mut self, event: Traced) {
        let key = event.ends.key();
        let step = match event.step {
            Step::ResetSent { reason } => {
                if let Some(reason) = &reason {
                    self.resets.insert(key.mirrored(), reason.clone());
                }
                Step::ResetSent { reason }
            }
            Step::ResetReceived { .. } => Step::ResetReceived { reason: self.resets.remove(&key) },
            other => other,
        };
        // Sent where there is no socket: only its receiver has something to tell.
        if event.address == 0 || (self.open.len() >= MOST && !self.open.contains_key(&event.address)) {
            return;
        }
        let chain = self.open.entry(event.address).or_insert_with(Chain::new);
        if key.is_whole() {
            chain.ends = Some(event.ends);
        }
        let ends = matches!(step, Step::State { to: TcpState::Closed, .. });
        let place = chain.steps.partition_point(|(at, _)| *at <= event.at);
        chain.steps.insert(place, (event.at, step));
        if ends && let Some(mut chain) = self.open.remove(&event.address) {
            chain.complete = true;
            self.complete.push(chain);
        }
    }

    /// Hands out every chain that has something to tell.
    pub fn take(&mut self) -> Vec<(u64, Chain)> {
        let ready: Vec<u64> =
            self.open.iter().filter(|(_, chain)| !chain.steps.is_empty()).map(|(address, _)| *address).collect();
        let open = ready.into_iter().filter_map(|address| Some((address, self.open.remove(&address)?)));
        let mut all: Vec<_> = self.complete.drain(..).map(|chain| (0, chain)).collect();
        all.extend(open);
        all
    }

    /// Takes back one that [`Self::take`] handed out, unless it has waited for too long.
    pub fn keep(&mut self, address: u64, mut chain: Chain, now: Micros) {
        chain.asked = chain.asked.saturating_add(1);
        if chain.is_stale(now) {
            return;
        }
        if chain.complete {
            self.complete.push(chain);
        } else {
            self.open.insert(address, chain);
        }
    }

    /// Forgets whose an open chain was, when the socket is gone without its events having told so.
    pub fn forget(&mut self, cookie: u64) {
        self.open.retain(|_, chain| chain.cookie != Some(cookie));
    }

    /// Forgets resets that nobody received.
    pub fn sweep(&mut self) {
        if self.resets.len() > MOST {
            self.resets.clear();
        }
    }
}
