//! What became of each socket, put together from listings, close messages and trace events.
//!
//! [`Timeline`] has no sockets and no clock. A round goes: [`Timeline::begin`], a [`Timeline::row`] for each row of a
//! dump, [`Timeline::end`]; what the other sources brought with [`Timeline::closed`] and [`Timeline::traced`]; then
//! [`Timeline::settle`] puts it together and returns what must be asked of the kernel about single sockets
//! ([`Timeline::answer`]), until there is nothing to ask. [`Timeline::take`] hands out what happened, in order of time.
//!
//! The listing of this network namespace is the truth. Trace events come from every namespace and do not name theirs:
//! they only say *when* that happened which a listing, or a close message, shows to have happened here.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};
use std::net::SocketAddr;

use sockeye_sys::sock_diag::{StateMask, Timer, TimerKind};
use sockeye_sys::{Family, Protocol, TcpState};

use super::chain::{Chain, Chains, Ends, Step, Traced, may_wait};
use super::key::Key;
use super::notice::{Lasted, Micros, Notice, SeenBy, What};
use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

/// How many sockets that are gone are remembered, so that a late message about one does not make it appear again.
const REMEMBERED: usize = 4096;
/// How many listings in a row must lack a socket that cannot be asked for by its ends.
const LACKED: u8 = 2;
/// How many questions a round may ask. What is left over waits for the next.
const QUESTIONS: usize = 20_000;

/// Which sockets a dump was about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// The family.
    pub family: Family,
    /// The protocol.
    pub protocol: Protocol,
    /// The states.
    pub states: StateMask,
}

impl Scope {
    fn covers(&self, socket: &Socket) -> bool {
        self.family == socket.family && self.protocol == socket.protocol && self.states.contains(mask(socket))
    }
}

/// The bit by which a dump asks for it.
fn mask(socket: &Socket) -> StateMask {
    match socket.state {
        State::Tcp(state) => state.into(),
        other => TcpState::from(other.number()).into(),
    }
}

/// The states of TCP that change soon, or should: few sockets are in them, however many there are.
pub const MOVING: StateMask = StateMask::SYN_SENT
    .union(StateMask::SYN_RECEIVED)
    .union(StateMask::NEW_SYN_RECEIVED)
    .union(StateMask::FIN_WAIT_1)
    .union(StateMask::FIN_WAIT_2)
    .union(StateMask::CLOSE_WAIT)
    .union(StateMask::LAST_ACK)
    .union(StateMask::CLOSING);

/// A socket that is here.
#[derive(Debug)]
struct Known {
    socket: Socket,
    /// Since when it is in its state; `None` if that began before the watch.
    since: Option<Micros>,
    /// When it was first seen.
    first: Micros,
    /// Whether it was there before the watch.
    older: bool,
    /// The round that last listed it.
    round: u32,
    /// How many listings in a row lacked it.
    lacked: u8,
    accepted: bool,
    /// When its TIME-WAIT is expected to end.
    due: Option<Micros>,
    /// When the kernel stamped that it listens no longer: whether it is closed, or only shut down, shows later.
    silent: Option<Micros>,
}

/// What the kernel is to be asked about one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The socket as it was last known; its cookie is zero if only its ends are.
    pub socket: Socket,
    /// When its end was told of, and by what. What follows it may have another cookie.
    pub ended: Option<(Micros, SeenBy)>,
}

/// What is known of a socket when it is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// The end here that it was last seen with: the kernel may have forgotten it since.
    pub local: SocketAddr,
    /// The other end.
    pub peer: SocketAddr,
    /// Whether the peer opened the connection, as far as that is known.
    pub accepted: bool,
    /// The state that it was last seen in.
    pub state: State,
    /// When it was first seen.
    pub first: Micros,
    /// Whether it was there before the watch.
    pub older: bool,
    /// The inode that it had.
    pub inode: Option<u32>,
    /// When listings began to lack it; `None` if none did.
    pub until: Option<Micros>,
}

impl Past {
    fn of(known: &Known) -> Self {
        let Known { first, older, accepted, .. } = *known;
        let Socket { state, local, peer, inode, .. } = known.socket;
        Self { local, peer, accepted, state, first, older, inode, until: None }
    }
}

/// What became of each socket.
#[derive(Debug, Default)]
pub struct Timeline {
    known: HashMap<u64, Known>,
    by_key: HashMap<Key, u64>,
    /// Those in [`MOVING`].
    moving: HashSet<u64>,
    /// How many listeners each port has.
    listening: HashMap<u16, usize>,
    chains: Chains,
    round: u32,
    /// Whether every socket that was here at the start has been listed.
    started: bool,
    /// Rows that differ from what is known, until the trace had its say.
    differing: Vec<(Socket, Micros, SeenBy)>,
    /// Sockets that listings lacked.
    missing: Vec<u64>,
    /// Close messages that have not been looked into.
    closed: Vec<(Socket, Micros)>,
    gone: VecDeque<u64>,
    /// What was known of each of them, if anything was.
    gone_past: HashMap<u64, Option<Past>>,
    expiring: BinaryHeap<Reverse<(Micros, u64)>>,
    notices: Vec<Notice>,
    /// Whether the trace tells of retransmissions, so that the listing need not.
    traces: bool,
}

impl Timeline {
    /// One to which trace events come, or not.
    pub fn new(traces: bool) -> Self {
        Self { traces, ..Self::default() }
    }

    /// Begins a round of listings.
    pub fn begin(&mut self) {
        self.round = self.round.wrapping_add(1);
    }

    /// Takes in one row of a listing.
    pub fn row(&mut self, socket: Socket, now: Micros) {
        let Some(known) = self.known.get_mut(&socket.cookie) else {
            if !self.started {
                self.insert(socket, None, now);
            } else if !self.gone_past.contains_key(&socket.cookie) {
                self.differing.push((socket, now, SeenBy::Listing));
            }
            return;
        };
        known.round = self.round;
        known.lacked = 0;
        if known.socket.state == socket.state && known.socket.peer == socket.peer {
            self.refresh(&socket, now);
        } else {
            self.differing.push((socket, now, SeenBy::Listing));
        }
    }

    /// Takes over what a listing says of a socket whose state it does not change.
    fn refresh(&mut self, socket: &Socket, now: Micros) {
        let Some(known) = self.known.get_mut(&socket.cookie) else { return };
        let timeouts = |timer: &Timer| (timer.kind == TimerKind::Retransmission).then_some(timer.retransmits);
        let again = timeouts(&socket.timer) > timeouts(&known.socket.timer).or(Some(0)) && !self.traces;
        let expires = socket.state == State::Tcp(TcpState::TimeWait);
        known.silent = None;
        known.socket.timer = socket.timer;
        // An accepted connection gets its inode when accept(2) returns; an orphan keeps what it had.
        known.socket.inode = socket.inode.or(known.socket.inode);
        known.socket.uid = socket.uid.or(known.socket.uid);
        if again {
            let what = What::Retransmitted { timeouts: timeouts(&socket.timer) };
            self.tell(socket.cookie, now, what, SeenBy::Listing);
        }
        if expires {
            self.expect_end(socket.cookie, now);
        }
    }

    /// Ends the listing of one scope. An interrupted dump proves nothing by what it lacks.
    pub fn end(&mut self, scope: &Scope, interrupted: bool) {
        if interrupted {
            return;
        }
        let round = self.round;
        let missing = &mut self.missing;
        let mut look = |cookie: u64, known: &mut Known| {
            if known.round != round && scope.covers(&known.socket) {
                known.lacked = known.lacked.saturating_add(1);
                if can_be_asked_for(&known.socket) || known.lacked >= LACKED {
                    missing.push(cookie);
                }
            }
        };
        if scope.protocol == Protocol::TCP && MOVING.contains(scope.states) {
            // Ten thousand open connections are not to be walked through twenty times a second.
            for cookie in &self.moving {
                if let Some(known) = self.known.get_mut(cookie) {
                    look(*cookie, known);
                }
            }
        } else {
            self.known.iter_mut().for_each(|(cookie, known)| look(*cookie, known));
        }
    }

    /// Ends the first round: what it listed was there before, and is not told of.
    pub fn start(&mut self) {
        self.started = true;
    }

    /// Takes in a close message: the row of a socket that was destroyed.
    pub fn closed(&mut self, socket: Socket, at: Micros) {
        self.closed.push((socket, at));
    }

    /// Takes in a trace event.
    pub fn traced(&mut self, event: Traced) {
        self.chains.add(event);
    }

    /// What is known of a socket: by its cookie, or, where TIME-WAIT has taken over under another, by its ends.
    pub fn past(&self, socket: &Socket) -> Option<Past> {
        let heir = || self.known.get(self.by_key.get(&Key::of(socket))?).filter(|known| is_left(&known.socket));
        let here = self.known.get(&socket.cookie).or_else(heir).map(Past::of);
        // A reset takes it out of the listings; the message comes when its process closes it.
        here.or_else(|| *self.gone_past.get(&socket.cookie)?)
    }

    /// Whether somebody listens on this port.
    pub fn is_listening(&self, port: u16) -> bool {
        self.listening.contains_key(&port)
    }

    /// The inodes of the sockets that are here.
    pub fn inodes(&self) -> Vec<u32> {
        self.known.values().filter_map(|known| known.socket.inode).collect()
    }

    /// How many sockets are here.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// The sockets in TIME-WAIT, and when each is expected to end.
    pub fn waiting(&self) -> impl Iterator<Item = (&Socket, Micros)> {
        self.expiring.iter().filter_map(|Reverse((due, cookie))| {
            let known = self.known.get(cookie)?;
            (known.due == Some(*due)).then_some((&known.socket, *due))
        })
    }

    /// When a TIME-WAIT ends next.
    pub fn next_end(&self) -> Option<Micros> {
        self.expiring.peek().map(|Reverse((due, _))| *due)
    }

    /// Puts together what the sources brought. What it returns is to be asked of the kernel.
    pub fn settle(&mut self, now: Micros) -> Vec<Question> {
        let mut questions = Questions::default();
        let closed = std::mem::take(&mut self.closed);
        let consumed = self.settle_chains(&closed, &mut questions, now);
        for (socket, at, seen_by) in std::mem::take(&mut self.differing) {
            self.change(socket, at, seen_by);
        }
        for (socket, at) in closed {
            if !consumed.contains(&socket.cookie) {
                self.settle_closed(socket, at, &mut questions);
            }
        }
        for cookie in std::mem::take(&mut self.missing) {
            let Some(known) = self.known.get(&cookie) else { continue };
            if can_be_asked_for(&known.socket) {
                questions.add(known.socket.clone(), None);
            } else {
                self.remove(cookie, now, SeenBy::Listing);
            }
        }
        while let Some(Reverse((_, cookie))) = self.expiring.peek().copied().filter(|Reverse((due, _))| *due <= now) {
            self.expiring.pop();
            if let Some(known) = self.known.get_mut(&cookie).filter(|known| is_waiting(&known.socket)) {
                known.due = None;
                questions.add(known.socket.clone(), None);
            }
        }
        self.chains.sweep();
        questions.all
    }

    /// Tells of the trace events whose socket is known now. Returns the sockets whose close message is used up.
    fn settle_chains(&mut self, closed: &[(Socket, Micros)], questions: &mut Questions, now: Micros) -> HashSet<u64> {
        let mut consumed = HashSet::new();
        let mut chains = self.chains.take();
        if chains.is_empty() {
            return consumed;
        }
        let evidence = Evidence::new(&self.differing, closed);
        chains.sort_by_key(|(_, chain)| chain.steps.first().map(|(at, _)| *at));
        for (address, mut chain) in chains {
            let base = self.confirm(&mut chain, &evidence);
            let Some(cookie) = chain.cookie else {
                if let Some(ends) = chain.ends {
                    let socket = self.by_key.get(&ends.key()).and_then(|cookie| self.known.get(cookie));
                    // A listener that is only shut down is not found by its ends: that proves nothing.
                    if socket.is_none_or(|known| can_be_asked_for(&known.socket)) {
                        questions.add(socket.map_or_else(|| unknown(&ends), |known| known.socket.clone()), None);
                    }
                }
                self.chains.keep(address, chain, now);
                continue;
            };
            let listened = |(_, step): &(Micros, Step)| matches!(step, Step::State { from: TcpState::Listen, .. });
            // What listened may live on: only the message itself tells of its end.
            if chain.complete && !chain.steps.last().is_some_and(listened) {
                consumed.insert(cookie);
            }
            let waiting = chain.key().and_then(|key| evidence.rows.get(&key)).filter(|row| is_left(row));
            for (at, step) in std::mem::take(&mut chain.steps) {
                match (waiting, &step) {
                    (Some(row), Step::State { from, to: TcpState::Closed }) if may_wait(*from) => {
                        self.follow(cookie, row.cookie);
                        self.change(row.clone(), at, SeenBy::Tracepoint);
                    }
                    _ => self.apply(cookie, base.as_ref(), at, step, questions),
                }
            }
            if !chain.complete {
                self.chains.keep(address, chain, now);
            }
        }
        consumed
    }

    /// Finds out whose the events of a chain are, if that can be known yet.
    fn confirm(&self, chain: &mut Chain, evidence: &Evidence) -> Option<Socket> {
        if let Some(cookie) = chain.cookie {
            return self.known.get(&cookie).map(|known| known.socket.clone());
        }
        let key = chain.key()?;
        let row = evidence.rows.get(&key).filter(|socket| fits(chain, socket)).cloned();
        let close = || evidence.close(key).filter(|_| chain.complete);
        let aside = || {
            let known = self.known.get(self.by_key.get(&key)?)?;
            (chain.is_aside() && fits(chain, &known.socket)).then(|| known.socket.clone())
        };
        let mut socket = row.or_else(close).or_else(aside)?;
        chain.cookie = Some(socket.cookie);
        if let Some(ends) = chain.ends.filter(|_| socket.peer.port() == 0) {
            // The kernel forgets the peer before it tells of the end.
            socket.local = ends.local;
            socket.peer = ends.peer;
        }
        Some(socket)
    }

    /// Tells of one trace event.
    fn apply(&mut self, cookie: u64, base: Option<&Socket>, at: Micros, step: Step, questions: &mut Questions) {
        match step {
            Step::State { from, to: TcpState::Closed } => {
                let Some(known) = self.known.get_mut(&cookie) else { return };
                if from == TcpState::Listen {
                    known.silent = Some(at);
                } else if may_wait(from) {
                    questions.add(known.socket.clone(), Some((at, SeenBy::Tracepoint)));
                } else {
                    self.remove(cookie, at, SeenBy::Tracepoint);
                }
            }
            Step::State { from, to } => {
                let known = self.known.get(&cookie).map(|known| &known.socket);
                let Some(socket) = known.or(base) else { return };
                let socket = Socket { state: State::listed(Kind::Tcp, to), ..socket.clone() };
                if known.is_none() && !matches!(from, TcpState::Closed | TcpState::Listen) {
                    // It was there before anything was known of it.
                    self.insert(Socket { state: State::listed(Kind::Tcp, from), ..socket.clone() }, None, at);
                }
                self.change(socket, at, SeenBy::Tracepoint);
            }
            Step::Retransmitted { .. } => {
                self.tell(cookie, at, What::Retransmitted { timeouts: None }, SeenBy::Tracepoint);
            }
            Step::ResetSent { reason } => self.tell(cookie, at, What::ResetSent { reason }, SeenBy::Tracepoint),
            Step::ResetReceived { reason } => {
                self.tell(cookie, at, What::ResetReceived { reason }, SeenBy::Tracepoint);
            }
        }
    }

    /// Looks into a close message that no trace event explains.
    fn settle_closed(&mut self, socket: Socket, at: Micros, questions: &mut Questions) {
        let ended = Some((at, SeenBy::CloseMessage));
        match self.known.get(&socket.cookie) {
            // What follows it under the same cookie is told by the listing already.
            Some(known) if is_left(&known.socket) => {}
            Some(known) if can_be_asked_for(&known.socket) => questions.add(known.socket.clone(), ended),
            Some(_) => self.remove(socket.cookie, at, SeenBy::CloseMessage),
            None if self.gone_past.contains_key(&socket.cookie) || socket.local.port() == 0 => {}
            None if socket.protocol == Protocol::TCP && socket.peer.port() != 0 => questions.add(socket, ended),
            None => self.came_and_went(socket, at),
        }
    }

    /// Takes in what the kernel answered.
    pub fn answer(&mut self, question: &Question, found: Option<Socket>, now: Micros) {
        let asked = question.socket.cookie;
        let (at, seen_by) = question.ended.unwrap_or((now, SeenBy::Listing));
        // Where there is no connection, a listener is found in its place.
        let meant = |socket: &Socket| question.socket.peer.port() == 0 || socket.state != State::Tcp(TcpState::Listen);
        let found = found.filter(meant);
        let same = |socket: &Socket| asked == 0 || socket.cookie == asked || is_left(socket);
        let Some(found) = found.filter(same) else {
            if self.known.contains_key(&asked) {
                self.remove(asked, at, seen_by);
            } else if question.ended.is_some() {
                self.came_and_went(question.socket.clone(), at);
            }
            return;
        };
        match self.known.get(&found.cookie) {
            Some(known) if known.socket.state == found.state => {
                if asked != 0 && asked != found.cookie {
                    // What follows it has been listed, and what it was itself is over.
                    self.remove(asked, at, seen_by);
                }
                self.refresh(&found, now);
            }
            None if self.gone_past.contains_key(&found.cookie) => {}
            _ => self.differing.push((found, at, seen_by)),
        }
    }

    /// What happened since the last call, in order of time.
    pub fn take(&mut self) -> Vec<Notice> {
        let mut notices = std::mem::take(&mut self.notices);
        notices.sort_by_key(|notice| notice.at);
        notices
    }

    fn insert(&mut self, socket: Socket, since: Option<Micros>, now: Micros) {
        let accepted = socket.has_peer() && (is_asked_for(&socket) || self.is_listening(socket.local.port()));
        self.by_key.insert(Key::of(&socket), socket.cookie);
        self.count_listener(&socket, true);
        let (cookie, waits) = (socket.cookie, is_waiting(&socket));
        self.note_motion(&socket, true);
        let (first, older) = (now, since.is_none());
        let known =
            Known { since, first, older, round: self.round, lacked: 0, accepted, due: None, silent: None, socket };
        self.known.insert(cookie, known);
        if waits {
            self.expect_end(cookie, now);
        }
    }

    /// Tells of a new state, or a new socket.
    fn change(&mut self, socket: Socket, at: Micros, seen_by: SeenBy) {
        let (cookie, to) = (socket.cookie, Some(socket.state));
        if is_left(&socket)
            && let Some(before) = self.by_key.get(&Key::of(&socket)).copied()
        {
            self.follow(before, cookie);
        }
        let Some(known) = self.known.get_mut(&cookie) else {
            self.insert(socket, Some(at), at);
            return self.tell(cookie, at, What::Changed { from: None, to, lasted: Lasted::Unknown }, seen_by);
        };
        if known.socket.state == socket.state && known.socket.peer == socket.peer {
            return self.refresh(&socket, at);
        }
        let (at, seen_by) = known.silent.take().map_or((at, seen_by), |stamped| (stamped, SeenBy::Tracepoint));
        let (from, lasted) = (Some(known.socket.state), lasted(known, at));
        let before = Key::of(&known.socket);
        let old = std::mem::replace(&mut known.socket, socket);
        known.socket.inode = known.socket.inode.or(old.inode);
        known.socket.uid = known.socket.uid.or(old.uid);
        known.since = Some(at);
        known.accepted |= known.socket.has_peer() && self.listening.contains_key(&known.socket.local.port());
        let new = known.socket.clone();
        self.count_listener(&old, false);
        self.count_listener(&new, true);
        if before != Key::of(&new) {
            self.forget_key(before, cookie);
            self.by_key.insert(Key::of(&new), cookie);
        }
        self.note_motion(&new, true);
        if is_waiting(&new) {
            self.expect_end(cookie, at);
        }
        self.tell(cookie, at, What::Changed { from, to, lasted }, seen_by);
    }

    /// A connection goes on in FIN-WAIT-2 or TIME-WAIT under another cookie if nobody had asked for the first before that.
    fn follow(&mut self, before: u64, cookie: u64) {
        if before == cookie || self.known.contains_key(&cookie) {
            return;
        }
        let Some(mut known) = self.known.remove(&before) else { return };
        self.note_motion(&known.socket, false);
        self.chains.forget(before);
        self.remember(before, None);
        known.socket.cookie = cookie;
        self.by_key.insert(Key::of(&known.socket), cookie);
        self.known.insert(cookie, known);
    }

    /// Tells of the end of a socket.
    fn remove(&mut self, cookie: u64, at: Micros, seen_by: SeenBy) {
        let Some(known) = self.known.remove(&cookie) else { return };
        let (at, seen_by) = known.silent.map_or((at, seen_by), |stamped| (stamped, SeenBy::Tracepoint));
        self.forget_key(Key::of(&known.socket), cookie);
        self.count_listener(&known.socket, false);
        self.note_motion(&known.socket, false);
        self.chains.forget(cookie);
        self.remember(cookie, Some(Past { until: Some(at), ..Past::of(&known) }));
        let (from, lasted) = (Some(known.socket.state), lasted(&known, at));
        let what = What::Changed { from, to: None, lasted };
        self.notices.push(Notice { at, socket: known.socket, accepted: known.accepted, what, seen_by });
    }

    /// Tells of a socket of which nothing but its end was seen.
    fn came_and_went(&mut self, socket: Socket, at: Micros) {
        if self.gone_past.contains_key(&socket.cookie) {
            return;
        }
        self.remember(socket.cookie, None);
        let accepted = self.is_listening(socket.local.port()) && socket.has_peer();
        let what = What::Changed { from: None, to: None, lasted: Lasted::Unknown };
        self.notices.push(Notice { at, socket, accepted, what, seen_by: SeenBy::CloseMessage });
    }

    fn tell(&mut self, cookie: u64, at: Micros, what: What, seen_by: SeenBy) {
        if let Some(known) = self.known.get(&cookie) {
            let (socket, accepted) = (known.socket.clone(), known.accepted);
            self.notices.push(Notice { at, socket, accepted, what, seen_by });
        }
    }

    fn remember(&mut self, cookie: u64, past: Option<Past>) {
        if self.gone_past.insert(cookie, past).is_none() {
            self.gone.push_back(cookie);
        }
        if self.gone.len() > REMEMBERED
            && let Some(oldest) = self.gone.pop_front()
        {
            self.gone_past.remove(&oldest);
        }
    }

    fn forget_key(&mut self, key: Key, cookie: u64) {
        if self.by_key.get(&key) == Some(&cookie) {
            self.by_key.remove(&key);
        }
    }

    /// Keeps count of the sockets that a listing of [`MOVING`] must show.
    fn note_motion(&mut self, socket: &Socket, here: bool) {
        if here && socket.protocol == Protocol::TCP && MOVING.contains(mask(socket)) {
            self.moving.insert(socket.cookie);
        } else {
            self.moving.remove(&socket.cookie);
        }
    }

    fn count_listener(&mut self, socket: &Socket, more: bool) {
        if socket.state != State::Tcp(TcpState::Listen) {
            return;
        }
        let count = self.listening.entry(socket.local.port()).or_default();
        *count = if more { count.saturating_add(1) } else { count.saturating_sub(1) };
        if *count == 0 {
            self.listening.remove(&socket.local.port());
        }
    }

    fn expect_end(&mut self, cookie: u64, now: Micros) {
        let Some(known) = self.known.get_mut(&cookie).filter(|known| known.due.is_none()) else { return };
        let left = known.socket.expires_ms().map_or(0, u64::from).max(1).saturating_mul(1_000);
        let due = now.saturating_add(left);
        known.due = Some(due);
        self.expiring.push(Reverse((due, cookie)));
    }
}

/// What listings and close messages prove, by the ends of the socket.
struct Evidence {
    rows: HashMap<Key, Socket>,
    closed: HashMap<Key, Socket>,
}

impl Evidence {
    fn new(rows: &[(Socket, Micros, SeenBy)], closed: &[(Socket, Micros)]) -> Self {
        let rows = rows.iter().map(|(socket, ..)| (Key::of(socket), socket.clone())).collect();
        let closed = closed.iter().map(|(socket, _)| {
            let key = Key::of(socket);
            (if socket.peer.port() == 0 { key.without_peer() } else { key }, socket.clone())
        });
        Self { rows, closed: closed.collect() }
    }

    /// The close message of the socket with these ends. The kernel may have forgotten its peer already.
    fn close(&self, key: Key) -> Option<Socket> {
        self.closed.get(&key).or_else(|| self.closed.get(&key.without_peer())).cloned()
    }
}

/// What to ask, each socket once.
#[derive(Debug, Default)]
struct Questions {
    all: Vec<Question>,
    asked: HashSet<Key>,
}

impl Questions {
    fn add(&mut self, socket: Socket, ended: Option<(Micros, SeenBy)>) {
        let key = Key::of(&socket);
        if self.asked.insert(key) {
            if self.all.len() < QUESTIONS {
                self.all.push(Question { socket, ended });
            }
        } else if ended.is_some()
            && let Some(known) = self.all.iter_mut().find(|question| Key::of(&question.socket) == key)
        {
            known.ended = known.ended.or(ended);
        }
    }
}

fn lasted(known: &Known, at: Micros) -> Lasted {
    match known.since {
        Some(since) => Lasted::For(at.saturating_sub(since)),
        None => Lasted::AtLeast(at.saturating_sub(known.first)),
    }
}

/// Whether the kernel finds it by its ends alone: listeners may share theirs, and what is only bound is in no table.
fn can_be_asked_for(socket: &Socket) -> bool {
    socket.has_peer() && !matches!(socket.state, State::Connected | State::Unconnected | State::Tcp(TcpState::Listen))
}

fn is_waiting(socket: &Socket) -> bool {
    socket.state == State::Tcp(TcpState::TimeWait)
}

/// Whether it is the small socket that the kernel leaves of a connection whose process has closed it, in TIME-WAIT or
/// still in FIN-WAIT-2. Its cookie is that of the whole one only if somebody had asked for that before.
///
/// # Source
/// Linux, net/ipv4/tcp_minisocks.c, `tcp_time_wait()`, and net/ipv4/inet_diag.c: its timer is the one of TIME-WAIT.
fn is_left(socket: &Socket) -> bool {
    is_waiting(socket) || (socket.state == State::Tcp(TcpState::FinWait2) && socket.timer.kind == TimerKind::TimeWait)
}

/// Whether the peer has asked for it. Where both ask at once, it was SYN-SENT first.
fn is_asked_for(socket: &Socket) -> bool {
    matches!(socket.state, State::Tcp(TcpState::SynReceived | TcpState::NewSynReceived))
}

fn fits(chain: &Chain, socket: &Socket) -> bool {
    matches!(socket.state, State::Tcp(state) if chain.reaches(state))
}

/// A socket of which only the ends are known.
fn unknown(ends: &Ends) -> Socket {
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

#[cfg(test)]
mod tests;
