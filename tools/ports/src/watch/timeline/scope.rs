//! Which sockets a dump is about, and which are to be looked for in it.

use std::collections::HashSet;

use sockeye_sys::sock_diag::StateMask;
use sockeye_sys::{Family, Protocol, TcpState};

use crate::socket::Socket;
use crate::state::State;

/// The states of TCP that change soon, or should: few sockets are in them, however many there are.
pub const MOVING: StateMask = StateMask::SYN_SENT
    .union(StateMask::SYN_RECEIVED)
    .union(StateMask::NEW_SYN_RECEIVED)
    .union(StateMask::FIN_WAIT_1)
    .union(StateMask::FIN_WAIT_2)
    .union(StateMask::CLOSE_WAIT)
    .union(StateMask::LAST_ACK)
    .union(StateMask::CLOSING);
/// What is open, or only bound: there may be very many, and few of them change.
pub const SETTLED: StateMask = StateMask::ESTABLISHED.union(StateMask::CLOSED).union(StateMask::BOUND_INACTIVE);

/// Which sockets a dump was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The family; [`Family::UNSPEC`] is both.
    pub family: Family,
    /// The protocol.
    pub protocol: Protocol,
    /// The states.
    pub states: StateMask,
}

impl Scope {
    /// Whether such a dump lists a socket.
    pub fn covers(&self, socket: &Socket) -> bool {
        (self.family == Family::UNSPEC || self.family == socket.family)
            && self.protocol == socket.protocol
            && self.states.contains(mask(socket))
    }
}

/// The bit by which a dump asks for it.
fn mask(socket: &Socket) -> StateMask {
    match socket.state {
        State::Tcp(state) => state.into(),
        other => TcpState::from(other.number()).into(),
    }
}

/// Sockets that are listed together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Listener,
    Moving,
    Settled,
    Waiting,
    Datagrams,
}

impl Class {
    const ALL: [Self; 5] = [Self::Listener, Self::Moving, Self::Settled, Self::Waiting, Self::Datagrams];

    fn of(socket: &Socket) -> Self {
        let mask = mask(socket);
        match socket.protocol {
            Protocol::TCP if MOVING.contains(mask) => Self::Moving,
            Protocol::TCP if mask == StateMask::TIME_WAIT => Self::Waiting,
            Protocol::TCP if mask == StateMask::LISTEN => Self::Listener,
            Protocol::TCP => Self::Settled,
            _ => Self::Datagrams,
        }
    }

    /// Whether a dump may list one of it.
    fn is_in(self, scope: &Scope) -> bool {
        let states = match self {
            Self::Listener => StateMask::LISTEN,
            Self::Moving => MOVING,
            Self::Settled => SETTLED,
            Self::Waiting => StateMask::TIME_WAIT,
            Self::Datagrams => return scope.protocol != Protocol::TCP,
        };
        scope.protocol == Protocol::TCP && scope.states.intersects(states)
    }
}

/// The sockets of each class: ten thousand open connections are not to be walked through for one that closes.
#[derive(Debug, Default)]
pub(super) struct Members {
    listeners: HashSet<u64>,
    moving: HashSet<u64>,
    settled: HashSet<u64>,
    waiting: HashSet<u64>,
    datagrams: HashSet<u64>,
}

impl Members {
    fn of(&mut self, class: Class) -> &mut HashSet<u64> {
        match class {
            Class::Listener => &mut self.listeners,
            Class::Moving => &mut self.moving,
            Class::Settled => &mut self.settled,
            Class::Waiting => &mut self.waiting,
            Class::Datagrams => &mut self.datagrams,
        }
    }

    /// A socket is there.
    pub(super) fn add(&mut self, socket: &Socket) {
        self.of(Class::of(socket)).insert(socket.cookie);
    }

    /// It is not, or its state is about to change.
    pub(super) fn remove(&mut self, socket: &Socket) {
        self.of(Class::of(socket)).remove(&socket.cookie);
    }

    /// How many are in TIME-WAIT.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Those that a dump may list.
    pub(super) fn each(&mut self, scope: &Scope, each: &mut dyn FnMut(u64)) {
        for class in Class::ALL.into_iter().filter(|class| class.is_in(scope)) {
            self.of(class).iter().for_each(|cookie| each(*cookie));
        }
    }
}
