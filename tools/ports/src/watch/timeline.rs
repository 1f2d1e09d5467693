//! What became of each socket, put together from listings, close messages and trace events.
//!
//! [`Timeline`] has no sockets and no clock. A round goes: [`Timeline::begin`], a [`Timeline::row`] for each row of a
//! dump, [`Timeline::end`]; what the other sources brought with [`Timeline::closed`] and [`Timeline::traced`]; then
//! [`Timeline::settle`] puts it together and returns what must be asked of the kernel about single sockets
//! ([`Timeline::answer`]), until there is nothing to ask. [`Timeline::take`] hands out what happened, in order of time.
//!
//! The listing of this network namespace is the truth. Trace events come from every namespace and do not name theirs:
//! they only say *when* that happened which a listing, or a close message, shows to have happened here.

mod evidence;
mod known;
mod scope;

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet, VecDeque};

use sockeye_sys::sock_diag::{StateMask, Timer, TimerKind};
use sockeye_sys::{Protocol, TcpState};

use self::evidence::{Evidence, Questions};
use self::known::{Known, can_be_asked_for, is_left, is_waiting, unknown};
use self::scope::Members;
use super::chain::{Chain, Chains, Step, Traced, may_wait};
use super::key::Key;
use super::notice::{Lasted, Micros, Notice, Opened, Seen, SeenBy, What};
use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

pub use self::evidence::Question;
pub use self::known::Past;
pub use self::scope::{MOVING, SETTLED, Scope};

/// How many sockets that are gone are remembered, so that a late message about one does not make it appear again.
const REMEMBERED: usize = 4096;
/// How many listings in a row must lack a socket that cannot be asked for by its ends.
const LACKED: u8 = 2;
/// How many sockets are followed through TIME-WAIT: a busy server has hundreds of thousands.
const MOST_WAITING: usize = 10_000;
/// For so long after its listener was closed, a connection is one that the listener made, in microseconds.
const RECENT: Micros = 2_000_000;

/// What became of each socket.
#[derive(Debug, Default)]
pub struct Timeline {
    known: HashMap<u64, Known>,
    by_key: HashMap<Key, u64>,
    members: Members,
    /// How many listeners each port has.
    listening: HashMap<u16, usize>,
    /// When the last listener of a port was closed.
    listened: HashMap<u16, Micros>,
    /// When each scope was last listed.
    listed: Vec<(Scope, Micros)>,
    chains: Chains,
    round: u32,
    /// Whether every socket that was here at the start has been listed.
    started: bool,
    /// Rows that differ from what is known, until the trace had its say.
    differing: Vec<(Socket, Seen)>,
    /// How many of these, and of the notices, have their time.
    timed: (usize, usize),
    /// Sockets that listings lacked.
    missing: Vec<u64>,
    /// Close messages that have not been looked into.
    closed: Vec<(Socket, Micros)>,
    gone: VecDeque<(u64, Option<Key>)>,
    /// What was known of each of them, if anything was.
    gone_past: HashMap<u64, Option<Past>>,
    /// And whose ends these were: a reset is told of after its socket.
    gone_key: HashMap<Key, u64>,
    expiring: BinaryHeap<Reverse<(Micros, u64)>>,
    notices: Vec<Notice>,
    /// Those in TIME-WAIT that were too many to be followed.
    unfollowed: HashSet<u64>,
    /// Those of them that the present listing has shown.
    relisted: HashSet<u64>,
    /// How many have become so since that was asked.
    left_alone: u64,
    /// How many are followed through TIME-WAIT.
    most_waiting: usize,
    /// Whether the trace tells of retransmissions, so that the listing need not.
    traces: bool,
}

impl Timeline {
    /// One to which trace events come, or not.
    pub fn new(traces: bool) -> Self {
        Self { traces, most_waiting: MOST_WAITING, ..Self::default() }
    }

    /// Begins a round of listings.
    pub fn begin(&mut self) {
        self.round = self.round.wrapping_add(1);
        self.timed = (self.differing.len(), self.notices.len());
    }

    /// Takes in one row of a listing that has begun at `started`.
    pub fn row(&mut self, socket: Socket, started: Micros) {
        let Some(known) = self.known.get_mut(&socket.cookie) else {
            if self.unfollowed.contains(&socket.cookie) {
                self.relisted.insert(socket.cookie);
            } else if !self.started {
                self.insert(socket, None, started);
            } else if !self.gone_past.contains_key(&socket.cookie) {
                self.differing.push((socket, Seen::between(started, started, SeenBy::Listing)));
            }
            return;
        };
        known.round = self.round;
        known.lacked = 0;
        if known.socket.state == socket.state && known.socket.peer == socket.peer {
            self.refresh(&socket, started);
        } else {
            self.differing.push((socket, Seen::between(started, started, SeenBy::Listing)));
        }
    }

    /// Takes over what a listing says of a socket whose state it does not change.
    fn refresh(&mut self, socket: &Socket, now: Micros) {
        let Some(known) = self.known.get_mut(&socket.cookie) else { return };
        let timeouts = |timer: &Timer| (timer.kind == TimerKind::Retransmission).then_some(timer.retransmits);
        let again = timeouts(&socket.timer) > timeouts(&known.socket.timer).or(Some(0)) && !self.traces;
        let expires = socket.state == State::Tcp(TcpState::TimeWait);
        let before = std::mem::replace(&mut known.seen, now);
        known.silent = None;
        known.socket.timer = socket.timer;
        // An accepted connection gets its inode when accept(2) returns; an orphan keeps what it had.
        known.socket.inode = socket.inode.or(known.socket.inode);
        known.socket.uid = socket.uid.or(known.socket.uid);
        if again {
            let what = What::Retransmitted { timeouts: timeouts(&socket.timer) };
            self.tell(socket.cookie, Seen::between(before, now, SeenBy::Listing), what);
        }
        if expires {
            self.expect_end(socket.cookie, now);
        }
    }

    /// Ends the listing of one scope, which took from `started` until now. An interrupted dump proves nothing by what it
    /// lacks.
    pub fn end(&mut self, scope: &Scope, interrupted: bool, started: Micros, now: Micros) {
        self.give_times(now);
        if interrupted {
            return;
        }
        let (round, known, missing) = (self.round, &mut self.known, &mut self.missing);
        self.members.each(scope, &mut |cookie| {
            let Some(known) = known.get_mut(&cookie) else { return };
            if known.round != round && scope.covers(&known.socket) {
                known.lacked = known.lacked.saturating_add(1);
                if can_be_asked_for(&known.socket) || known.lacked >= LACKED {
                    missing.push(cookie);
                }
            }
        });
        if scope.states.intersects(StateMask::TIME_WAIT) && scope.protocol == Protocol::TCP && self.started {
            self.unfollowed = std::mem::take(&mut self.relisted);
        }
        match self.listed.iter_mut().find(|(listed, _)| listed == scope) {
            Some((_, at)) => *at = started,
            None => self.listed.push((*scope, started)),
        }
    }

    /// What a listing has shown was so when it ended, and began after the listing before, or after it was last seen to be
    /// otherwise.
    fn give_times(&mut self, now: Micros) {
        let (differing, notices) = std::mem::take(&mut self.timed);
        let mut fresh = self.differing.split_off(differing.min(self.differing.len()));
        for (socket, seen) in &mut fresh {
            let before = self.known.get(&socket.cookie).map(|known| known.seen).max(self.listed_before(socket));
            *seen = Seen::between(before.unwrap_or(seen.at), now, SeenBy::Listing);
        }
        self.differing.extend(fresh);
        for notice in self.notices.iter_mut().skip(notices) {
            let before = notice.seen.at.saturating_sub(notice.seen.early);
            notice.seen = Seen::between(before, now, SeenBy::Listing);
        }
        self.timed = (self.differing.len(), self.notices.len());
    }

    /// When a listing last began that would have had a socket in its state.
    fn listed_before(&self, socket: &Socket) -> Option<Micros> {
        self.listed.iter().filter(|(scope, _)| scope.covers(socket)).map(|(_, at)| *at).max()
    }

    /// When the listing began since which there may be sockets of a protocol that no listing has shown.
    fn all_listed_before(&self, protocol: Protocol) -> Option<Micros> {
        self.listed.iter().filter(|(scope, _)| scope.protocol == protocol).map(|(_, at)| *at).min()
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

    /// Who opened a connection of which only this is known.
    pub fn opened(&self, socket: &Socket, at: Micros) -> Opened {
        let port = socket.local.port();
        let recent = |closed: &Micros| closed.saturating_add(RECENT) >= at;
        match socket.state {
            State::Tcp(TcpState::SynSent) => Opened::Here,
            // Where both ask at once, it was SYN-SENT first.
            State::Tcp(TcpState::SynReceived | TcpState::NewSynReceived) => Opened::ByPeer,
            _ if !socket.has_peer() => Opened::NoListener,
            _ if self.listening.contains_key(&port) || self.listened.get(&port).is_some_and(recent) => Opened::Listener,
            _ => Opened::NoListener,
        }
    }

    /// How many sockets are not followed through TIME-WAIT for want of room, since this was last asked.
    pub fn left_alone(&mut self) -> u64 {
        std::mem::take(&mut self.left_alone)
    }

    /// How many trace events were passed over since this was last asked, because too many were of other namespaces.
    pub fn passed_over(&mut self) -> u64 {
        self.chains.passed_over()
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

    /// The sockets in TIME-WAIT, who opened each, and when it is expected to end.
    pub fn waiting(&self) -> impl Iterator<Item = (&Socket, Opened, Micros)> {
        self.expiring.iter().filter_map(|Reverse((due, cookie))| {
            let known = self.known.get(cookie)?;
            (known.due == Some(*due) && is_waiting(&known.socket)).then_some((&known.socket, known.opened, *due))
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
        let used = self.settle_chains(&closed, &mut questions, now);
        for (socket, seen) in std::mem::take(&mut self.differing) {
            // The trace has been read after the listing, and tells what has become of it since.
            if !used.rows.contains(&socket.cookie) {
                self.change(socket, seen);
            }
        }
        for (socket, at) in closed {
            if !used.closes.contains(&socket.cookie) {
                self.settle_closed(socket, at, &mut questions);
            }
        }
        for cookie in std::mem::take(&mut self.missing) {
            let Some(known) = self.known.get(&cookie) else { continue };
            if can_be_asked_for(&known.socket) {
                questions.add(known.socket.clone(), None);
            } else {
                let seen = Seen::between(known.seen, now, SeenBy::Listing);
                self.remove(cookie, seen);
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

    /// Tells of the trace events whose socket is known now. Returns the sockets of which other sources have nothing more to
    /// tell.
    fn settle_chains(&mut self, closed: &[(Socket, Micros)], questions: &mut Questions, now: Micros) -> Used {
        let mut used = Used::default();
        let chains = self.chains.take();
        if chains.is_empty() {
            return used;
        }
        let evidence = Evidence::new(&self.differing, closed);
        for (address, mut chain) in chains {
            let base = self.confirm(address, &mut chain, &evidence);
            let Some(cookie) = chain.cookie else {
                // Of what has come to its end a close message must tell.
                if let Some(ends) = chain.ends.filter(|_| !chain.complete || chain.may_be_left()) {
                    let socket = self.by_key.get(&ends.key()).and_then(|cookie| self.known.get(cookie));
                    // A listener that is only shut down is not found by its ends: that proves nothing.
                    if socket.is_none_or(|known| can_be_asked_for(&known.socket)) {
                        questions.add(socket.map_or_else(|| unknown(&ends), |known| known.socket.clone()), None);
                    }
                }
                self.chains.keep(address, chain, now);
                continue;
            };
            // What listened may live on: only the message itself tells of its end.
            if chain.complete && !chain.has_listened() {
                used.closes.insert(cookie);
            }
            if !chain.is_aside() {
                used.rows.insert(cookie);
            }
            let waiting = chain.key().and_then(|key| evidence.rows.get(&key)).filter(|row| is_left(row));
            for (at, step) in std::mem::take(&mut chain.steps) {
                match (waiting, &step) {
                    (Some(row), Step::State { from, to: TcpState::Closed }) if may_wait(*from) => {
                        self.follow(cookie, row.cookie);
                        self.change(row.clone(), Seen::stamped(at));
                    }
                    _ => self.apply(cookie, base.as_ref(), at, step, questions),
                }
            }
            if !chain.complete {
                self.chains.keep(address, chain, now);
            }
        }
        used
    }

    /// Finds out whose the events of a chain are, if that can be known yet.
    fn confirm(&self, address: u64, chain: &mut Chain, evidence: &Evidence) -> Option<Socket> {
        if let Some(cookie) = chain.cookie {
            return self.known.get(&cookie).map(|known| known.socket.clone());
        }
        let key = chain.key()?;
        let told = chain.told;
        let same = |socket: &Socket| told.is_none_or(|told| told == socket.cookie);
        // What is left of a connection may have another cookie.
        let row = evidence.rows.get(&key).filter(|socket| fits(chain, socket) && (same(socket) || is_left(socket)));
        let close = || evidence.close(key, told).filter(|closed| chain.complete && self.can_close(chain, closed));
        let named = || {
            let known = self.known.get(&told?)?;
            (Key::of(&known.socket) == key).then(|| known.socket.clone())
        };
        let aside = || {
            let known = self.known.get(self.by_key.get(&key)?)?;
            (chain.is_aside() && same(&known.socket) && fits(chain, &known.socket)).then(|| known.socket.clone())
        };
        let gone = || {
            let cookie = *self.gone_key.get(&key)?;
            (chain.is_reset() && told.is_none_or(|told| told == cookie))
                .then(|| chain.ends.as_ref().map(|ends| Socket { cookie, ..unknown(ends) }))
                .flatten()
        };
        let is_its = |socket: &Socket| chain.is_aside() || !self.chains.is_elsewhere(socket.cookie, address);
        let found = row.cloned().or_else(named).or_else(close).or_else(aside).or_else(gone);
        let mut socket = found.filter(|socket| !chain.has_twin() && is_its(socket))?;
        chain.cookie = Some(socket.cookie);
        if let Some(ends) = chain.ends.filter(|_| socket.peer.port() == 0) {
            // The kernel forgets the peer before it tells of the end.
            socket.local = ends.local;
            socket.peer = ends.peer;
        }
        Some(socket)
    }

    /// Whether a close message may be of these events: that of a listener, which has no peer, is none of a connection to it.
    fn can_close(&self, chain: &Chain, closed: &Socket) -> bool {
        let is_listener = |known: &Known| known.socket.state == State::Tcp(TcpState::Listen);
        !self.known.get(&closed.cookie).is_some_and(is_listener) || chain.has_listened()
    }

    /// Tells of one trace event.
    fn apply(&mut self, cookie: u64, base: Option<&Socket>, at: Micros, step: Step, questions: &mut Questions) {
        let seen = Seen::stamped(at);
        match step {
            Step::State { from, to: TcpState::Closed } => {
                let Some(known) = self.known.get_mut(&cookie) else { return };
                if from == TcpState::Listen {
                    known.silent = Some(at);
                } else if may_wait(from) {
                    questions.add(known.socket.clone(), Some(seen));
                } else {
                    self.remove(cookie, seen);
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
                self.change(socket, seen);
            }
            Step::Retransmitted { .. } => self.tell(cookie, seen, What::Retransmitted { timeouts: None }),
            Step::ResetSent { reason } => self.tell_reset(cookie, base, seen, What::ResetSent { reason }),
            Step::ResetReceived { reason } => self.tell_reset(cookie, base, seen, What::ResetReceived { reason }),
            Step::Destroyed => {}
        }
    }

    /// Tells of a reset. The kernel sends it when it has closed the socket already.
    fn tell_reset(&mut self, cookie: u64, base: Option<&Socket>, seen: Seen, what: What) {
        if self.known.contains_key(&cookie) {
            return self.tell(cookie, seen, what);
        }
        if let (Some(socket), Some(Some(past))) = (base, self.gone_past.get(&cookie)) {
            let socket = Socket { state: past.state, inode: past.inode, ..socket.clone() };
            self.notices.push(Notice { seen, socket, opened: past.opened, what });
        }
    }

    /// Looks into a close message that no trace event explains.
    fn settle_closed(&mut self, socket: Socket, at: Micros, questions: &mut Questions) {
        let known = self.known.get(&socket.cookie);
        let before = known.map(|known| known.seen).or_else(|| self.all_listed_before(socket.protocol));
        let seen = Seen::between(before.unwrap_or(at), at, SeenBy::CloseMessage);
        let ended = Some(seen);
        match known {
            // What follows it under the same cookie is told by the listing already.
            Some(known) if is_left(&known.socket) => {}
            Some(known) if can_be_asked_for(&known.socket) => questions.add(known.socket.clone(), ended),
            Some(_) => self.remove(socket.cookie, seen),
            None if self.gone_past.contains_key(&socket.cookie) || socket.local.port() == 0 => {}
            None if socket.protocol == Protocol::TCP && socket.peer.port() != 0 => questions.add(socket, ended),
            None => self.came_and_went(socket, seen),
        }
    }

    /// Takes in what the kernel answered.
    pub fn answer(&mut self, question: &Question, found: Option<Socket>, now: Micros) {
        let asked = question.socket.cookie;
        let known = self.known.get(&asked).map(|known| known.seen);
        let seen = question.ended.unwrap_or(Seen::between(known.unwrap_or(now), now, SeenBy::Listing));
        // Where there is no connection, a listener is found in its place.
        let meant = |socket: &Socket| question.socket.peer.port() == 0 || socket.state != State::Tcp(TcpState::Listen);
        let found = found.filter(meant);
        let same = |socket: &Socket| asked == 0 || socket.cookie == asked || is_left(socket);
        let Some(found) = found.filter(same) else {
            if self.known.contains_key(&asked) {
                self.remove(asked, seen);
            } else if question.ended.is_some() {
                self.came_and_went(question.socket.clone(), seen);
            }
            return;
        };
        match self.known.get(&found.cookie) {
            Some(known) if known.socket.state == found.state => {
                if asked != 0 && asked != found.cookie {
                    // What follows it has been listed, and what it was itself is over.
                    self.remove(asked, seen);
                }
                self.refresh(&found, now);
            }
            None if self.gone_past.contains_key(&found.cookie) || self.unfollowed.contains(&found.cookie) => {}
            _ => self.differing.push((found, seen)),
        }
    }

    /// What happened since the last call, in order of time.
    pub fn take(&mut self) -> Vec<Notice> {
        let mut notices = std::mem::take(&mut self.notices);
        notices.sort_by_key(|notice| notice.seen.at);
        self.timed.1 = 0;
        notices
    }

    fn insert(&mut self, socket: Socket, since: Option<Seen>, now: Micros) {
        let (cookie, waits) = (socket.cookie, is_waiting(&socket));
        let crowded = waits && self.members.waiting() >= self.most_waiting;
        if crowded && since.is_none() {
            return self.leave_alone(cookie);
        }
        let opened = self.opened(&socket, now);
        self.by_key.insert(Key::of(&socket), cookie);
        self.count_listener(&socket, true, now);
        self.members.add(&socket);
        let known = Known {
            since,
            first: now,
            first_early: since.map_or(0, |since| since.early),
            seen: now,
            older: since.is_none(),
            round: self.round,
            lacked: 0,
            opened,
            due: None,
            silent: None,
            socket,
        };
        self.known.insert(cookie, known);
        if waits && !crowded {
            self.expect_end(cookie, now);
        }
    }

    /// There is no room to follow it through TIME-WAIT: it is remembered only not to be taken for a new one.
    fn leave_alone(&mut self, cookie: u64) {
        if let Some(known) = self.known.remove(&cookie) {
            self.forget_key(Key::of(&known.socket), cookie);
            self.members.remove(&known.socket);
            self.chains.forget(cookie);
        }
        self.left_alone = self.left_alone.saturating_add(u64::from(self.unfollowed.insert(cookie)));
        self.relisted.insert(cookie);
    }

    /// Tells of a new state, or a new socket.
    fn change(&mut self, socket: Socket, seen: Seen) {
        let (cookie, to, at) = (socket.cookie, Some(socket.state), seen.at);
        let waits = is_waiting(&socket);
        let crowded = waits && self.members.waiting() >= self.most_waiting;
        if is_left(&socket)
            && let Some(before) = self.by_key.get(&Key::of(&socket)).copied()
        {
            self.follow(before, cookie);
        }
        let Some(known) = self.known.get_mut(&cookie) else {
            self.insert(socket, Some(seen), at);
            self.tell(cookie, seen, What::Changed { from: None, to, lasted: Lasted::Unknown });
            if crowded {
                self.leave_alone(cookie);
            }
            return;
        };
        if known.socket.state == socket.state && known.socket.peer == socket.peer {
            return self.refresh(&socket, at);
        }
        let seen = known.silent.take().map_or(seen, Seen::stamped);
        let (from, lasted) = (Some(known.socket.state), known.lasted(seen));
        let old = std::mem::replace(&mut known.socket, socket);
        known.socket.inode = known.socket.inode.or(old.inode);
        known.socket.uid = known.socket.uid.or(old.uid);
        known.since = Some(seen);
        known.seen = seen.at;
        let (new, doubtful) = (known.socket.clone(), known.opened == Opened::NoListener);
        if doubtful {
            let opened = self.opened(&new, at);
            if let Some(known) = self.known.get_mut(&cookie) {
                known.opened = opened;
            }
        }
        self.count_listener(&old, false, seen.at);
        self.count_listener(&new, true, seen.at);
        if Key::of(&old) != Key::of(&new) {
            self.forget_key(Key::of(&old), cookie);
            self.by_key.insert(Key::of(&new), cookie);
        }
        self.members.remove(&old);
        self.members.add(&new);
        if waits && !crowded {
            self.expect_end(cookie, seen.at);
        }
        self.tell(cookie, seen, What::Changed { from, to, lasted });
        if crowded {
            self.leave_alone(cookie);
        }
    }

    /// A connection goes on in FIN-WAIT-2 or TIME-WAIT under another cookie if nobody had asked for the first before that.
    fn follow(&mut self, before: u64, cookie: u64) {
        if before == cookie || self.known.contains_key(&cookie) {
            return;
        }
        let Some(mut known) = self.known.remove(&before) else { return };
        self.members.remove(&known.socket);
        self.chains.forget(before);
        self.remember(before, None);
        known.socket.cookie = cookie;
        self.members.add(&known.socket);
        self.by_key.insert(Key::of(&known.socket), cookie);
        self.known.insert(cookie, known);
    }

    /// Tells of the end of a socket.
    fn remove(&mut self, cookie: u64, seen: Seen) {
        let Some(known) = self.known.remove(&cookie) else { return };
        let seen = known.silent.map_or(seen, Seen::stamped);
        self.forget_key(Key::of(&known.socket), cookie);
        self.count_listener(&known.socket, false, seen.at);
        self.members.remove(&known.socket);
        self.chains.forget(cookie);
        self.remember(cookie, Some((Key::of(&known.socket), Past { until: Some(seen), ..Past::of(&known) })));
        let (from, lasted) = (Some(known.socket.state), known.lasted(seen));
        let what = What::Changed { from, to: None, lasted };
        self.notices.push(Notice { seen, socket: known.socket, opened: known.opened, what });
    }

    /// Tells of a socket of which nothing but its end was seen.
    fn came_and_went(&mut self, socket: Socket, seen: Seen) {
        if self.gone_past.contains_key(&socket.cookie) || self.unfollowed.contains(&socket.cookie) {
            return;
        }
        self.remember(socket.cookie, None);
        let opened = self.opened(&socket, seen.at);
        let what = What::Changed { from: None, to: None, lasted: Lasted::Unknown };
        self.notices.push(Notice { seen, socket, opened, what });
    }

    fn tell(&mut self, cookie: u64, seen: Seen, what: What) {
        if let Some(known) = self.known.get(&cookie) {
            let (socket, opened) = (known.socket.clone(), known.opened);
            self.notices.push(Notice { seen, socket, opened, what });
        }
    }

    fn remember(&mut self, cookie: u64, past: Option<(Key, Past)>) {
        let (key, past) = past.unzip();
        if let Some(key) = key {
            self.gone_key.insert(key, cookie);
        }
        if self.gone_past.insert(cookie, past).is_none() {
            self.gone.push_back((cookie, key));
        }
        if self.gone.len() > REMEMBERED
            && let Some((oldest, key)) = self.gone.pop_front()
        {
            self.gone_past.remove(&oldest);
            if let Some(key) = key.filter(|key| self.gone_key.get(key) == Some(&oldest)) {
                self.gone_key.remove(&key);
            }
        }
    }

    fn forget_key(&mut self, key: Key, cookie: u64) {
        if self.by_key.get(&key) == Some(&cookie) {
            self.by_key.remove(&key);
        }
    }

    fn count_listener(&mut self, socket: &Socket, more: bool, at: Micros) {
        if socket.state != State::Tcp(TcpState::Listen) {
            return;
        }
        let port = socket.local.port();
        let count = self.listening.entry(port).or_default();
        *count = if more { count.saturating_add(1) } else { count.saturating_sub(1) };
        if *count == 0 {
            self.listening.remove(&port);
            self.listened.insert(port, at);
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

/// The sockets of which the trace has told what other sources tell too.
#[derive(Debug, Default)]
struct Used {
    rows: HashSet<u64>,
    closes: HashSet<u64>,
}

fn fits(chain: &Chain, socket: &Socket) -> bool {
    matches!(socket.state, State::Tcp(state) if chain.reaches(state))
}

#[cfg(test)]
mod tests;
