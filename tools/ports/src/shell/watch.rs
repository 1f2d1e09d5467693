//! The sources of a watch: listings, close messages, trace events, signals, the clock.
#![expect(clippy::disallowed_methods, reason = "the shell: waits for the kernel, signals and the end of the time")]

use std::collections::HashMap;
use std::io::{self, IsTerminal as _, PipeReader, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use sockeye_cli::{Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::sock_diag::{ANY_COOKIE, DumpError, InetSocket, Request, SockDiag, SocketId, StateMask, Wanted};
use sockeye_sys::{Family, Protocol, TcpState, clock, interface, signals};

use super::closes::Closes;
use super::processes;
use super::trace::Instance;
use crate::cli::WantedOwners;
use crate::filter::{Filter, Query};
use crate::kind::Kind;
use crate::names::Names;
use crate::owners::{Holders, push_owners};
use crate::socket::Socket;
use crate::state::State;
use crate::watch::explain::UNTRACED;
use crate::watch::notice::{Micros, Notice};
use crate::watch::pace::Pace;
use crate::watch::timeline::{MOVING, Past, Question, Scope, Timeline};

/// Close messages come in swarms: between two looks at them, at least so long.
const BREATH: Micros = 10_000;
/// A round asks again for what its answers brought up, but not for ever.
const LAYERS: usize = 4;
/// How long a run may take to end after a signal: who reads its output may not take the rest.
const GRACE: Duration = Duration::from_millis(200);
/// How many processes' descriptors are read is bounded by time: one part in so many.
const OWNER_SHARE: u64 = 20;

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setup {
    /// TCP.
    pub tcp: bool,
    /// UDP.
    pub udp: bool,
    /// Sockets of the IPv4 family.
    pub ipv4: bool,
    /// Sockets of the IPv6 family.
    pub ipv6: bool,
    /// How often the kernel lists them.
    pub interval: Duration,
    /// Whether trace events are wanted where they are to be had.
    pub trace: bool,
    /// When it ends by itself.
    pub duration: Option<Duration>,
    /// Which of these sockets.
    pub query: Query,
}

/// What the sources are, for those who want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sources {
    /// Sockets that were there at the start.
    pub sockets: usize,
    /// Why there are no close messages, if there are none.
    pub no_closes: Option<String>,
    /// Why there are no trace events, if there are none.
    pub no_trace: Option<String>,
}

/// A socket that was closed, as the kernel told, and what was known of it.
#[derive(Clone, Debug)]
pub struct Close {
    /// The kernel's row.
    pub row: InetSocket,
    /// When.
    pub at: Micros,
    /// What was known of it.
    pub past: Option<Past>,
    /// In which state the small socket is that was left of it, TIME-WAIT or still FIN-WAIT-2; `None` if none was.
    pub left: Option<State>,
    /// Whether the peer opened it, as far as that was seen, or a listener on its local port tells.
    pub accepted: bool,
}

/// What a round brought.
#[derive(Debug, Default)]
pub struct Round {
    /// What happened, in order of time.
    pub notices: Vec<Notice>,
    /// What was closed.
    pub closes: Vec<Close>,
    /// The kernel had no room for some close messages.
    pub closes_lost: bool,
    /// The ring buffer had no room for some trace events.
    pub traces_lost: bool,
    /// Why it ends, if it does.
    pub end: Option<End>,
}

/// Why a watch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A signal came.
    Signal(u8),
    /// The time is over.
    Time,
    /// Nobody reads standard output any more.
    Unread,
}

/// All the sources together.
#[derive(Debug)]
pub struct Watcher {
    diag: SockDiag,
    closes: Option<Closes>,
    trace: Trace,
    signals: PipeReader,
    timeline: Timeline,
    scopes: Vec<Scope>,
    moving: Vec<Scope>,
    whole_pace: Pace,
    moving_pace: Pace,
    deadline: Option<Micros>,
    interval: Micros,
    last: Micros,
    /// What the wall clock is ahead of the monotonic one.
    ahead: u64,
    owners: Owners,
    wants_closes: bool,
    /// What the kernel leaves out of its listings.
    bytecode: Vec<u8>,
}

impl Watcher {
    /// Opens the sources, and lists what is there. From now on SIGINT, SIGTERM and SIGHUP end the watch, not the process.
    ///
    /// # Errors
    /// [`Failure`] if the kernel lists no sockets.
    pub fn open(setup: &Setup, filter: &Filter, wants_closes: bool) -> Result<(Self, Sources), Failure> {
        refuse(filter)?;
        let signals =
            signals::catch_endings().map_err(|error| Failure::call(Status::HOST, "pipe", "for signals", &error))?;
        let diag = SockDiag::open().map_err(|error| refused(&error))?;
        let scopes = scopes(setup, wants_closes);
        let wanted = Wanted { tcp: setup.tcp, udp: setup.udp, ipv4: setup.ipv4, ipv6: setup.ipv6 };
        let (closes, no_closes) = split(Closes::open(wanted));
        let (trace, no_trace) =
            if setup.trace && setup.tcp { split(Instance::open()) } else { (None, Some(UNTRACED.to_owned())) };
        let trace = Arc::new(Mutex::new(trace));
        let signals = end_in_time(signals, Arc::clone(&trace))
            .map_err(|error| Failure::call(Status::HOST, "thread", "for signals", &error))?;
        let interval = micros(setup.interval);
        let now = clock::monotonic_us();
        let mut watcher = Self {
            diag,
            closes,
            timeline: Timeline::new(no_trace.is_none()),
            trace,
            signals,
            moving: scopes
                .iter()
                .filter(|scope| scope.protocol == Protocol::TCP)
                .map(|scope| Scope { states: MOVING, ..*scope })
                .collect(),
            scopes,
            whole_pace: Pace::new(interval),
            moving_pace: Pace::new(interval),
            deadline: setup.duration.map(|duration| now.saturating_add(micros(duration))),
            interval,
            last: now,
            ahead: clock::wall_us().saturating_sub(now),
            owners: Owners::default(),
            wants_closes,
            bytecode: filter.program().map(|program| program.octets).unwrap_or_default(),
        };
        watcher.list_all(now)?;
        watcher.timeline.start();
        let inodes = watcher.timeline.inodes();
        watcher.owners.learn(&inodes, now);
        let sources = Sources { sockets: watcher.timeline.len(), no_closes, no_trace };
        Ok((watcher, sources))
    }

    /// Waits for something to happen, and says what did.
    ///
    /// # Errors
    /// [`Failure`] if the kernel does not list the sockets any more.
    pub fn round(&mut self) -> Result<Round, Failure> {
        let mut round = Round { end: self.wait()?, ..Round::default() };
        let now = clock::monotonic_us();
        self.last = now;
        if self.whole_pace.due() <= now {
            self.list_all(now)?;
        } else if self.moving_pace.due() <= now {
            self.list_moving(now)?;
        }
        self.take_closes(&mut round);
        self.take_traces(&mut round);
        for _ in 0..LAYERS {
            let questions = self.timeline.settle(clock::monotonic_us());
            if questions.is_empty() {
                break;
            }
            for question in &questions {
                let found = self.ask(question);
                self.timeline.answer(question, found, clock::monotonic_us());
            }
        }
        round.notices = self.timeline.take();
        let inodes: Vec<u32> = round.notices.iter().filter_map(|notice| notice.socket.inode).collect();
        self.owners.learn(&inodes, clock::monotonic_us());
        Ok(round)
    }

    /// The sockets in TIME-WAIT, each with the microseconds that are left.
    pub fn waiting(&self) -> impl Iterator<Item = (&Socket, Micros)> {
        let now = clock::monotonic_us();
        self.timeline.waiting().map(move |(socket, due)| (socket, due.saturating_sub(now)))
    }

    /// How far apart the listings are now: those of the states that change soon, and those of all.
    pub fn resolution(&self) -> (Micros, Micros) {
        (self.moving_pace.apart(), self.whole_pace.apart())
    }

    /// Who holds the socket with this inode, as far as that is known.
    pub fn owner(&self, inode: Option<u32>) -> Option<&str> {
        self.owners.known.get(&inode?).map(String::as_str).filter(|owner| !owner.is_empty())
    }

    /// Microseconds since 1970 of a time of the monotonic clock.
    pub fn wall(&self, at: Micros) -> u64 {
        at.saturating_add(self.ahead)
    }

    fn wait(&mut self) -> Result<Option<End>, Failure> {
        loop {
            let now = clock::monotonic_us();
            if self.deadline.is_some_and(|deadline| deadline <= now) {
                return Ok(Some(End::Time));
            }
            let breath = self.last.saturating_add(BREATH);
            let listing = self.whole_pace.due().min(self.moving_pace.due());
            let ends = self.timeline.next_end().map(|end| end.max(breath));
            // Trace events cost nothing to look at, however dear the listings are.
            let traces = locked(&self.trace).as_ref().map(|_| self.last.saturating_add(self.interval));
            let until = [Some(listing), ends, traces, self.deadline].into_iter().flatten().min().unwrap_or(now);
            let breathing = breath > now;
            let until = if breathing { until.min(breath) } else { until };
            let stdout = io::stdout();
            let closes = match &self.closes {
                Some(closes) if !breathing => PollFd::new(closes.as_fd(), Events::IN),
                _ => PollFd::idle(),
            };
            let mut fds = [
                PollFd::new(self.signals.as_fd(), Events::IN),
                // Asked for nothing, it still tells that nobody reads.
                PollFd::new(stdout.as_fd(), Events::EMPTY),
                closes,
            ];
            poll(&mut fds, Some(Duration::from_micros(until.saturating_sub(now))))
                .map_err(|error| Failure::call(Status::HOST, "poll", "the sources", &error))?;
            let [signal, stdout, closes] = fds;
            let (signalled, unread, told) =
                (!signal.ready().is_empty(), !stdout.ready().is_empty(), !closes.ready().is_empty());
            if signalled {
                let mut number = [0];
                let _ = self.signals.read(&mut number);
                return Ok(Some(End::Signal(number[0])));
            }
            if unread {
                return Ok(Some(End::Unread));
            }
            let now = clock::monotonic_us();
            let due = |time: Option<Micros>| time.is_some_and(|time| time <= now);
            if told || listing <= now || due(ends) || due(traces) {
                return Ok(None);
            }
        }
    }

    fn list_all(&mut self, now: Micros) -> Result<(), Failure> {
        let before = clock::thread_cpu_us();
        let scopes = self.scopes.clone();
        self.list(&scopes)?;
        self.whole_pace.ran(now, clock::thread_cpu_us().saturating_sub(before));
        // It has listed these too.
        self.moving_pace.put_off(now);
        Ok(())
    }

    fn list_moving(&mut self, now: Micros) -> Result<(), Failure> {
        let before = clock::thread_cpu_us();
        let scopes = self.moving.clone();
        self.list(&scopes)?;
        self.moving_pace.ran(now, clock::thread_cpu_us().saturating_sub(before));
        Ok(())
    }

    fn list(&mut self, scopes: &[Scope]) -> Result<(), Failure> {
        self.timeline.begin();
        for scope in scopes {
            let request = Request {
                states: scope.states,
                bytecode: self.bytecode.clone(),
                ..Request::new(scope.family, scope.protocol)
            };
            let timeline = &mut self.timeline;
            let at = clock::monotonic_us();
            let dumped = self.diag.dump(&request, &mut |row| timeline.row(model(row), at));
            match dumped {
                Ok(dumped) => self.timeline.end(scope, dumped.interrupted),
                // A kernel without udp_diag still has TCP.
                Err(error) if error.is_unsupported() && scope.protocol != Protocol::TCP => {
                    self.scopes.retain(|other| other.protocol != scope.protocol);
                }
                Err(error) => return Err(refused(&error)),
            }
        }
        Ok(())
    }

    fn ask(&mut self, question: &Question) -> Option<Socket> {
        let Socket { cookie, .. } = question.socket;
        // What cannot be asked for now is asked for again when the next listing lacks it.
        let found =
            self.find(&question.socket, if question.ended.is_some() || cookie == 0 { ANY_COOKIE } else { cookie });
        found.filter(|found| !self.wants_closes || found.state != State::Tcp(TcpState::TimeWait))
    }

    fn find(&mut self, socket: &Socket, cookie: u64) -> Option<Socket> {
        let id = SocketId {
            family: socket.family,
            protocol: socket.protocol,
            local: socket.local,
            peer: socket.peer,
            interface: socket.interface.unwrap_or(0),
            cookie,
        };
        self.diag.find(&id).ok().flatten().map(model)
    }

    fn take_closes(&mut self, round: &mut Round) {
        let Some(closes) = &mut self.closes else { return };
        let now = clock::monotonic_us();
        let mut rows = Vec::new();
        round.closes_lost = closes.drain(&mut |row| rows.push(row));
        if round.closes_lost {
            self.whole_pace.at_once();
        }
        let scopes = &self.scopes;
        rows.retain(|row: &InetSocket| {
            scopes.iter().any(|scope| scope.family == row.family && scope.protocol == row.protocol)
        });
        for row in rows {
            let socket = closing(row.clone());
            if self.wants_closes {
                let left = (row.protocol == Protocol::TCP && socket.peer.port() != 0)
                    .then(|| self.find(&socket, ANY_COOKIE).filter(|found| found.expires_ms().is_some()))
                    .flatten()
                    .map(|found| found.state);
                let past = self.timeline.past(&socket);
                let accepted = past.is_some_and(|past| past.accepted)
                    || (past.is_none() && self.timeline.is_listening(socket.local.port()));
                round.closes.push(Close { row, at: now, past, left, accepted });
            }
            self.timeline.closed(socket, now);
        }
    }

    fn take_traces(&mut self, round: &mut Round) {
        let mut trace = locked(&self.trace);
        let Some(trace) = trace.as_mut() else { return };
        let timeline = &mut self.timeline;
        round.traces_lost = trace.drain(clock::monotonic_us(), &mut |event| timeline.traced(event));
    }
}

/// The trace instance, which whoever ends the run takes away.
type Trace = Arc<Mutex<Option<Instance>>>;

fn locked(trace: &Trace) -> MutexGuard<'_, Option<Instance>> {
    trace.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Watcher {
    fn drop(&mut self) {
        locked(&self.trace).take();
    }
}

/// Passes a signal on. A run that is stuck in a write which nobody reads does not see it: it is ended from here, without
/// leaving the trace instance behind.
fn end_in_time(mut signals: PipeReader, trace: Trace) -> io::Result<PipeReader> {
    let (reader, mut writer) = io::pipe()?;
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let mut number = [0];
        if signals.read_exact(&mut number).is_err() || writer.write_all(&number).is_err() {
            return;
        }
        thread::sleep(GRACE);
        locked(&trace).take();
        std::process::exit(128_i32.saturating_add(number[0].into()));
    })?;
    Ok(reader)
}

/// Listings of /proc would not do: they have no cookies, and lose and double sockets while others come and go.
fn refused(error: &DumpError) -> Failure {
    let failure = Failure::host(error.to_string());
    if error.is_unsupported() {
        failure.hint("this kernel does not list sockets by sock_diag: try modprobe tcp_diag as root")
    } else {
        failure
    }
}

/// What a filter may ask for is what every source tells.
fn refuse(filter: &Filter) -> Result<(), Failure> {
    let needs = filter.needs();
    let what = match (needs.holders, needs.marks, needs.cgroups, needs.bound) {
        (true, ..) => "processes",
        (_, true, ..) => "marks",
        (_, _, true, _) => "control groups",
        (.., true) => "autobound",
        _ => return Ok(()),
    };
    let hint = "addresses, ports, states, families, users and inodes are";
    Err(Failure::usage(format!("filter: {what} are not to be had of sockets that come and go")).hint(hint))
}

/// A row of TCP or UDP as the other modules know sockets.
pub fn model(row: InetSocket) -> Socket {
    let kind = Kind::of_protocol(row.protocol).unwrap_or(Kind::Tcp);
    Socket::new(kind, row, false)
}

/// The row of a close message. Its state is CLOSE, which in a listing would be what is only bound, and has no peer.
pub fn closing(row: InetSocket) -> Socket {
    let socket = model(row);
    let state = if socket.protocol == Protocol::TCP { State::Tcp(TcpState::Closed) } else { State::Unconnected };
    Socket { state, ..socket }
}

fn split<T>(opened: Result<T, String>) -> (Option<T>, Option<String>) {
    match opened {
        Ok(value) => (Some(value), None),
        Err(why) => (None, Some(why)),
    }
}

fn micros(duration: Duration) -> Micros {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// What is listed. TIME-WAIT is nothing to those who wait for the end only, and there may be very many.
fn scopes(setup: &Setup, ends_only: bool) -> Vec<Scope> {
    let others = [StateMask::ESTABLISHED, StateMask::CLOSED, StateMask::LISTEN, StateMask::BOUND_INACTIVE];
    let tcp = if ends_only { others.into_iter().fold(MOVING, StateMask::union) } else { StateMask::ALL };
    let mut scopes = Vec::new();
    for (wanted, protocol, states) in
        [(setup.tcp, Protocol::TCP, tcp), (setup.udp, Protocol::UDP, StateMask::ESTABLISHED.union(StateMask::CLOSED))]
    {
        for (family_wanted, family) in [(setup.ipv4, Family::INET), (setup.ipv6, Family::INET6)] {
            if wanted && family_wanted {
                scopes.push(Scope { family, protocol, states });
            }
        }
    }
    scopes
}

/// Whether standard output is a terminal, on which a line can be rewritten.
pub fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// The names of the interfaces, read as they are needed.
pub fn learn_interface(names: &mut Names, socket: &Socket) {
    if let Some(index) = socket.interface.filter(|index| names.interface(*index).is_none())
        && let Some(name) = interface::name(index)
    {
        names.add_interface(index, &name);
    }
}

/// Who holds what, as far as anybody has looked.
#[derive(Debug, Default)]
struct Owners {
    /// By inode; empty if nobody was found.
    known: HashMap<u32, String>,
    /// To be looked for when there is time.
    wanted: Vec<u32>,
    due: Micros,
}

impl Owners {
    /// As many sockets as are remembered.
    const MOST: usize = 20_000;

    /// Looks for the holders of those that nobody has looked for, all in one search, unless the last one was dear and is
    /// not long ago.
    fn learn(&mut self, inodes: &[u32], now: Micros) {
        let room = Self::MOST.saturating_sub(self.wanted.len());
        self.wanted.extend(inodes.iter().filter(|inode| !self.known.contains_key(inode)).take(room));
        if self.wanted.is_empty() || now < self.due {
            return;
        }
        let mut wanted = std::mem::take(&mut self.wanted);
        wanted.sort_unstable();
        wanted.dedup();
        if self.known.len() > Self::MOST {
            self.known.clear();
        }
        let (holders, _) = processes::search(&wanted, WantedOwners::First);
        for inode in wanted {
            self.known.insert(inode, shown(&holders, inode));
        }
        let cost = clock::monotonic_us().saturating_sub(now);
        self.due = now.saturating_add(cost.saturating_mul(OWNER_SHARE));
    }
}

/// `nginx[812]`, without the descriptor: it is another one in the next connection.
fn shown(holders: &Holders, inode: u32) -> String {
    let mut text = String::new();
    push_owners(&mut text, holders.of(Some(inode)));
    text.rsplit_once(" fd ").map_or(text.clone(), |(owner, _)| owner.to_owned())
}
