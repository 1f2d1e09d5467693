//! The sources of a watch: listings, close messages, trace events, signals, the clock.
#![expect(clippy::disallowed_methods, reason = "the shell: waits for the kernel, signals and the end of the time")]

mod listings;
mod owners;

use std::io::{self, IsTerminal as _, PipeReader, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use sockeye_cli::{Confined, Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::sock_diag::{ANY_COOKIE, DumpError, InetSocket, SockDiag, SocketId, Wanted};
use sockeye_sys::{Protocol, TcpState, clock, interface, signals};

use self::listings::Listings;
use self::owners::Owners;
use super::closes::Closes;
use super::trace::Instance;
use super::{confine, settings};
use crate::cli::WantedOwners;
use crate::filter::{Filter, Query};
use crate::kind::Kind;
use crate::names::Names;
use crate::owners::Held;
use crate::socket::Socket;
use crate::state::State;
use crate::watch::explain::{Loss, Lost, UNTRACED};
use crate::watch::losses::Losses;
use crate::watch::notice::{Micros, Notice, Opened};
use crate::watch::timeline::{Past, Question, Timeline};

/// Close messages come in swarms: between two looks at them, at least so long.
const BREATH: Micros = 10_000;
/// A round asks again for what its answers brought up, but not for ever.
const LAYERS: usize = 4;
/// By how much the clocks may drift apart and a time is still told as before: two lines about one moment shall have one time.
const DRIFT: Micros = 100_000;
/// How long a run may take to end after a signal: who reads its output may not take the rest.
const GRACE: Duration = Duration::from_millis(200);

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
    /// Whether they are listed so often whatever it costs.
    pub interval_is_kept: bool,
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
    /// What was given up once they were open.
    pub confined: Confined,
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
    /// Who opened it, as far as that was seen, or a listener on its local port tells.
    pub opened: Opened,
}

/// What a round brought.
#[derive(Debug, Default)]
pub struct Round {
    /// What happened, in order of time.
    pub notices: Vec<Notice>,
    /// What was closed.
    pub closes: Vec<Close>,
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
    listings: Listings,
    deadline: Option<Micros>,
    interval: Micros,
    last: Micros,
    /// What the wall clock is ahead of the monotonic one.
    ahead: u64,
    owners: Owners,
    wants_closes: bool,
    /// How many sockets are not followed through TIME-WAIT, and how many of them have been told of.
    left_alone: (u64, u64),
    losses: Losses,
}

impl Watcher {
    /// Opens the sources, and lists what is there. From now on SIGINT, SIGTERM and SIGHUP end the watch, not the process.
    ///
    /// # Errors
    /// [`Failure`] if the kernel lists no sockets.
    pub fn open(
        setup: &Setup,
        filter: &Filter,
        wants_closes: bool,
        owners: WantedOwners,
    ) -> Result<(Self, Sources), Failure> {
        refuse(filter)?;
        let signals =
            signals::catch_endings().map_err(|error| Failure::call(Status::HOST, "pipe", "for signals", &error))?;
        let diag = SockDiag::open().map_err(|error| refused(&error))?;
        let wanted = Wanted { tcp: setup.tcp, udp: setup.udp, ipv4: setup.ipv4, ipv6: setup.ipv6 };
        let (closes, no_closes) = split(Closes::open(wanted));
        let (trace, no_trace) = if setup.trace && setup.tcp {
            split(Instance::open(filter.trace_filter(&settings::ephemeral()).as_deref()))
        } else {
            (None, Some(UNTRACED.to_owned()))
        };
        // Before there is another thread, which would keep what this one gives up.
        let confined = confine::to_watch(trace.is_some());
        let trace = Arc::new(Mutex::new(trace));
        let signals = end_in_time(signals, Arc::clone(&trace))
            .map_err(|error| Failure::call(Status::HOST, "thread", "for signals", &error))?;
        let interval = micros(setup.interval);
        let now = clock::monotonic_us();
        let bytecode = filter.program().map(|program| program.octets).unwrap_or_default();
        let mut watcher = Self {
            diag,
            closes,
            timeline: Timeline::new(no_trace.is_none()),
            trace,
            signals,
            listings: Listings::new(setup, wants_closes, no_trace.is_none(), bytecode),
            deadline: setup.duration.map(|duration| now.saturating_add(micros(duration))),
            interval,
            last: now,
            ahead: clock::wall_us().saturating_sub(now),
            owners: Owners::new(owners),
            wants_closes,
            left_alone: (0, 0),
            losses: Losses::default(),
        };
        watcher.listings.run(&mut watcher.diag, &mut watcher.timeline)?;
        watcher.timeline.start();
        let inodes = watcher.timeline.inodes();
        watcher.owners.learn(&inodes, now);
        let sources = Sources { sockets: watcher.timeline.len(), no_closes, no_trace, confined };
        Ok((watcher, sources))
    }

    /// Waits for something to happen, and says what did.
    ///
    /// # Errors
    /// [`Failure`] if the kernel does not list the sockets any more.
    pub fn round(&mut self) -> Result<Round, Failure> {
        let mut round = Round { end: self.wait()?, ..Round::default() };
        self.last = clock::monotonic_us();
        self.ahead = ahead(self.ahead, clock::wall_us().saturating_sub(self.last));
        self.listings.run(&mut self.diag, &mut self.timeline)?;
        self.take_closes(&mut round);
        self.take_traces();
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
        self.count_losses();
        let inodes: Vec<u32> = round.notices.iter().filter_map(|notice| notice.socket.inode).collect();
        self.owners.learn(&inodes, clock::monotonic_us());
        Ok(round)
    }

    /// What did not reach us, as far as it is to be told now; all of it if this is the end.
    pub fn losses(&mut self, at_end: bool) -> Vec<Loss> {
        self.losses.due(clock::monotonic_us(), at_end)
    }

    /// The sockets in TIME-WAIT, who opened them, and the microseconds that are left of each.
    pub fn waiting(&self) -> impl Iterator<Item = (&Socket, Opened, Micros)> {
        let now = self.now();
        self.timeline.waiting().map(move |(socket, opened, due)| (socket, opened, due.saturating_sub(now)))
    }

    /// The monotonic clock.
    pub fn now(&self) -> Micros {
        clock::monotonic_us()
    }

    /// How far apart the listings are now: those of the states that change soon, and those of all.
    pub fn resolution(&self) -> (Micros, Micros) {
        self.listings.resolution()
    }

    /// Who holds the socket with this inode; `None` if nobody has looked.
    pub fn owners(&self, inode: Option<u32>) -> Option<&[Held]> {
        self.owners.of(inode?)
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
            let listing = self.listings.due();
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

    fn ask(&mut self, question: &Question) -> Option<Socket> {
        let Socket { cookie, .. } = question.socket;
        // What cannot be asked for now is asked for again when the next listing lacks it.
        let found =
            self.find(&question.socket, if question.ended.is_some() || cookie == 0 { ANY_COOKIE } else { cookie });
        found.filter(|found| !self.wants_closes || found.state != State::Tcp(TcpState::TimeWait))
    }

    fn find(&mut self, socket: &Socket, cookie: u64) -> Option<Socket> {
        self.diag.find(&SocketId { cookie, ..socket.id() }).ok().flatten().map(model)
    }

    fn take_closes(&mut self, round: &mut Round) {
        let Some(closes) = &mut self.closes else { return };
        let now = clock::monotonic_us();
        let mut rows = Vec::new();
        if let Some(count) = closes.drain(&mut |row| rows.push(row)) {
            self.losses.lost(Lost::CloseMessages, count);
            self.listings.at_once();
        }
        rows.retain(|row: &InetSocket| self.listings.has(row.family, row.protocol));
        for row in rows {
            let socket = closing(row.clone());
            if self.wants_closes {
                let left = (row.protocol == Protocol::TCP && socket.peer.port() != 0)
                    .then(|| self.find(&socket, ANY_COOKIE).filter(|found| found.expires_ms().is_some()))
                    .flatten()
                    .map(|found| found.state);
                let past = self.timeline.past(&socket);
                let opened = past.map_or_else(|| self.timeline.opened(&socket, now), |past| past.opened);
                round.closes.push(Close { row, at: now, past, left, opened });
            }
            self.timeline.closed(socket, now);
        }
    }

    fn take_traces(&mut self) {
        let mut trace = locked(&self.trace);
        let Some(trace) = trace.as_mut() else { return };
        let timeline = &mut self.timeline;
        if let Some(count) = trace.drain(clock::monotonic_us(), &mut |event| timeline.traced(event)) {
            self.losses.lost(Lost::TraceEvents, count);
            self.listings.at_once();
        }
    }

    /// What the timeline had no room for. Of sockets in TIME-WAIT it is told when there are ten times as many.
    fn count_losses(&mut self) {
        let count = self.timeline.passed_over();
        if count > 0 {
            self.losses.lost(Lost::UnmatchedTraceEvents, Some(count));
        }
        let (all, told) = &mut self.left_alone;
        *all = all.saturating_add(self.timeline.left_alone());
        if *all > told.saturating_mul(10) {
            *told = *all;
            self.losses.not_followed(*all);
        }
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

/// What the wall clock is ahead of the monotonic one, which stands still while the machine sleeps: somebody may also have set the
/// other.
const fn ahead(known: u64, measured: u64) -> u64 {
    if known.abs_diff(measured) > DRIFT { measured } else { known }
}

fn micros(duration: Duration) -> Micros {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_day_is_right_again_after_the_machine_slept() {
        let hour = 3_600_000_000;
        assert_eq!([ahead(hour, hour + 40), ahead(hour, hour - DRIFT)], [hour, hour]);
        assert_eq!([ahead(hour, 2 * hour), ahead(2 * hour, hour)], [2 * hour, hour]);
    }
}
