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
/// How long after a reset came in the kernel may note that it was sent, in microseconds.
const LATE: Micros = 10_000;
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
    /// Its cookie, where the event tells it.
    pub cookie: Option<u64>,
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
    /// Its memory is about to be freed: nothing that is told of, but it names the cookie.
    Destroyed,
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
    /// The cookie that an event told. A socket with the same ends and another cookie is another namespace's.
    pub told: Option<u64>,
    /// When it left CLOSED, or a listener made it, if that was seen.
    born: Option<Micros>,
    /// The socket has come to its end.
    pub complete: bool,
    /// Another socket has had the same ends at the same time: one of the two is another namespace's, and nobody knows which.
    has_twin: bool,
    /// How often nothing was found that it could belong to.
    asked: u8,
}

impl Chain {
    const fn new() -> Self {
        Self {
            ends: None,
            steps: Vec::new(),
            cookie: None,
            told: None,
            born: None,
            complete: false,
            has_twin: false,
            asked: 0,
        }
    }

    /// Whether it has come to its end before anything of `other` is known.
    fn is_over_before(&self, other: &Self) -> bool {
        let (end, start) = (self.steps.last(), other.steps.first());
        self.complete && end.zip(start).is_some_and(|((end, _), (start, _))| end <= start)
    }

    /// Whether it can be said whose it is.
    pub const fn has_twin(&self) -> bool {
        self.has_twin
    }

    /// Whether a socket that a listing shows in `state` may have gone through these events.
    pub fn reaches(&self, state: TcpState) -> bool {
        self.steps.iter().any(|(_, step)| match step {
            Step::State { from, to } => {
                same(*to, state) || (state == TcpState::TimeWait && *to == TcpState::Closed && may_wait(*from))
            }
            Step::Retransmitted { state: then } => same(*then, state),
            Step::ResetSent { .. } | Step::ResetReceived { .. } | Step::Destroyed => false,
        })
    }

    /// Whether nothing in it changes a state.
    pub fn is_aside(&self) -> bool {
        !self.steps.iter().any(|(_, step)| matches!(step, Step::State { .. }))
    }

    /// Whether there is nothing but a reset in it, as the kernel sends it behind the end of a socket.
    pub fn is_reset(&self) -> bool {
        self.steps.iter().all(|(_, step)| matches!(step, Step::ResetSent { .. } | Step::ResetReceived { .. }))
    }

    /// Whether TIME-WAIT may be left of it.
    pub fn may_be_left(&self) -> bool {
        self.steps.iter().any(|(_, step)| matches!(step, Step::State { from, to: TcpState::Closed } if may_wait(*from)))
    }

    /// Whether its last step ends a listener.
    pub fn has_listened(&self) -> bool {
        self.steps.last().is_some_and(|(_, step)| matches!(step, Step::State { from: TcpState::Listen, .. }))
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

/// Marks those of nobody yet that have the same ends at the same time. `chains` stand in the order of their first steps.
fn mark_twins(chains: &mut [(u64, Chain)]) {
    let mut before: HashMap<Key, usize> = HashMap::new();
    for index in 0..chains.len() {
        let Some((_, chain)) = chains.get(index).filter(|(_, chain)| chain.cookie.is_none() && !chain.is_aside())
        else {
            continue;
        };
        let Some(key) = chain.key() else { continue };
        let Some(other) = before.insert(key, index) else { continue };
        let meet = chains.get(other).is_some_and(|(_, other)| !other.is_over_before(chain));
        for place in [other, index].into_iter().filter(|_| meet) {
            if let Some((_, chain)) = chains.get_mut(place) {
                chain.has_twin = true;
            }
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub struct Chains {
    /// By the address of the socket, the last that it had.
    open: HashMap<u64, Chain>,
    /// Where the chain of a cookie is, once it is known whose it is.
    addresses: HashMap<u64, u64>,
    /// Those whose address has another socket now.
    over: Vec<Chain>,
    /// The last reset that a socket, or none, of this machine sent to these ends: when, and why.
    resets: HashMap<Key, (Micros, String)>,
    /// Resets that came in and had no reason yet: when, and the address of their socket.
    unexplained: HashMap<Key, (Micros, u64)>,
    passed_over: u64,
}

impl Chains {
    /// Takes in an event.
    pub fn add(&mut self, event: Traced) {
        let Traced { at, address, ends, cookie, step } = event;
        let key = ends.key();
        if let Step::ResetSent { reason: Some(reason) } = &step
            && !self.explain_late(key.mirrored(), at, reason)
        {
            self.resets.insert(key.mirrored(), (at, reason.clone()));
        }
        // Sent where there is no socket: only its receiver has something to tell.
        if address == 0 {
            return;
        }
        let born =
            matches!(step, Step::State { from: TcpState::Closed | TcpState::Listen, to } if to != TcpState::Closed);
        // The memory of a socket that is gone is another's. Processors are not read in order of time.
        let is_over = |before: &Chain| before.steps.iter().all(|(then, _)| *then <= at);
        if born && self.open.get(&address).is_some_and(is_over) {
            self.over.extend(self.open.remove(&address).filter(|before| !before.steps.is_empty()));
        }
        if step == Step::Destroyed && !self.open.contains_key(&address) {
            return;
        }
        if self.open.len().saturating_add(self.over.len()) >= MOST && !self.open.contains_key(&address) {
            self.passed_over = self.passed_over.saturating_add(1);
            return;
        }
        let chain = self.open.entry(address).or_insert_with(Chain::new);
        // Behind the end of a socket, the kernel may have forgotten the peer.
        if key.is_whole() && (chain.ends.is_none() || !chain.complete) {
            chain.ends = Some(ends);
        }
        // The memory may have been another socket's since, of which nothing but the end, without a peer, went through the filter.
        chain.told = chain.told.or(cookie);
        if born {
            chain.born = Some(at);
        }
        let step = match step {
            Step::Destroyed => return,
            Step::ResetReceived { .. } => {
                let born = chain.born.unwrap_or(0).max(at.saturating_sub(PATIENCE));
                let sent = self.resets.remove(&key).filter(|(sent, _)| *sent >= born && *sent <= at);
                if sent.is_none() {
                    self.unexplained.insert(key, (at, address));
                }
                Step::ResetReceived { reason: sent.map(|(_, reason)| reason) }
            }
            other => other,
        };
        chain.complete |= matches!(step, Step::State { to: TcpState::Closed, .. });
        let place = chain.steps.partition_point(|(before, _)| *before <= at);
        chain.steps.insert(place, (at, step));
    }

    /// On one machine a reset may come in before the kernel notes that, and why, it was sent.
    fn explain_late(&mut self, key: Key, sent: Micros, why: &str) -> bool {
        let Some((came, address)) = self.unexplained.remove(&key) else { return false };
        let chain = self.open.get_mut(&address).filter(|_| sent >= came && sent <= came.saturating_add(LATE));
        let steps = chain.into_iter().flat_map(|chain| &mut chain.steps).filter(|(at, _)| *at == came);
        let mut explained = false;
        for (_, step) in steps {
            if let Step::ResetReceived { reason } = step {
                *reason = Some(why.to_owned());
                explained = true;
            }
        }
        explained
    }

    /// Hands out every chain that has something to tell, in the order of their first steps.
    pub fn take(&mut self) -> Vec<(u64, Chain)> {
        let ready: Vec<u64> =
            self.open.iter().filter(|(_, chain)| !chain.steps.is_empty()).map(|(address, _)| *address).collect();
        let open = ready.into_iter().filter_map(|address| Some((address, self.open.remove(&address)?)));
        let mut all: Vec<_> = self.over.drain(..).map(|chain| (0, chain)).collect();
        all.extend(open);
        all.sort_by_key(|(_, chain)| chain.steps.first().map(|(at, _)| *at));
        mark_twins(&mut all);
        all
    }

    /// Whether the events of this socket come from another address: those of this one are not its then.
    pub fn is_elsewhere(&self, cookie: u64, address: u64) -> bool {
        self.addresses.get(&cookie).is_some_and(|known| *known != address)
    }

    /// How many events had no room since this was last asked.
    pub fn passed_over(&mut self) -> u64 {
        std::mem::take(&mut self.passed_over)
    }

    /// Takes back one that [`Self::take`] handed out, unless it has waited for too long.
    pub fn keep(&mut self, address: u64, mut chain: Chain, now: Micros) {
        chain.asked = chain.asked.saturating_add(1);
        if chain.is_stale(now) {
            return;
        }
        if address == 0 {
            self.over.push(chain);
        } else {
            if let Some(cookie) = chain.cookie {
                self.addresses.insert(cookie, address);
            }
            self.open.insert(address, chain);
        }
    }

    /// Forgets whose an open chain was, when the socket is gone without its events having told so.
    pub fn forget(&mut self, cookie: u64) {
        let Some(address) = self.addresses.remove(&cookie) else { return };
        if self.open.get(&address).is_some_and(|chain| chain.cookie == Some(cookie)) {
            self.open.remove(&address);
        }
    }

    /// Forgets resets that nobody received.
    pub fn sweep(&mut self) {
        if self.resets.len() > MOST {
            self.resets.clear();
        }
        // Whoever has been told of has no reason any more.
        self.unexplained.clear();
    }
}
