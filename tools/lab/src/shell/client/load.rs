//! Many clients at once, in one process with one poll(2).
//!
//! Each connects, says a line, and waits for it to come back: then it is served. It stays until all are served, or until its
//! time is over, says a second line, waits for that, and leaves. What the server takes is read when most are served; the clock
//! stands still meanwhile.

use std::io;
use std::os::fd::AsFd;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::net::{RecvFlags, SendFlags, recv, send};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Socket, Type};
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::poll::{Events, PollFd, poll};

use super::census;
use crate::apps;
use crate::apps::report::{Census, Load, Report};
use crate::shell::serve::show;

/// What each client says, twice.
const LINE: &[u8] = b"hello\n";
/// While not all are served, how often it is looked at what the server takes.
const LOOK: Duration = Duration::from_millis(250);
/// Between two numbers of clients, how often it is looked whether the server has done with those before.
const REST: Duration = Duration::from_millis(10);

/// Runs so many clients, once for each number. The status says whether all of them were served.
///
/// # Errors
/// [`Failure`] if this host does not allow so many descriptors.
pub fn run(plan: &apps::Crowd, output: &mut Output<'_>) -> Result<Status, Failure> {
    raise_limit(plan.clients.iter().copied().max().unwrap_or_default())?;
    let servers = census::servers(plan.addr);
    let idle = census::count(&servers);
    let mut status = Status::YES;
    for (index, clients) in plan.clients.iter().enumerate() {
        if index > 0 {
            rest(&servers, idle.as_ref(), plan.limit);
        }
        let mut crowd = Crowd::new(plan, *clients);
        crowd.run(&servers)?;
        let load = crowd.account();
        if load.failed > 0 {
            status = Status::NO;
        }
        show(&Report::Load(load), output)?;
    }
    Ok(status)
}

/// Waits until the server has no more processes and threads than at first: those of clients that have left may still be
/// ending, and would be counted with the next ones.
fn rest(servers: &[u32], idle: Option<&Census>, limit: Duration) {
    let Some(idle) = idle else { return };
    let started = Instant::now();
    while started.elapsed() < limit {
        match census::count(servers) {
            Some(now) if now.processes > idle.processes || now.threads > idle.threads => sleep(REST),
            _ => return,
        }
    }
}

/// Each client is a descriptor.
fn raise_limit(clients: u32) -> Result<(), Failure> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Without it there are fewer, which is said below.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    let needed = u64::from(clients) + 32;
    match getrlimit(Resource::Nofile).current {
        Some(limit) if limit < needed => Err(Failure::host(format!(
            "{clients} clients need {needed} descriptors, and this process may have {limit}"
        ))
        .hint("ulimit -n says how many a process may have")),
        _ => Ok(()),
    }
}

/// How far a client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Connecting,
    /// The line is out; so many of its octets have come back.
    Waiting(usize),
    /// It was served, and stays: until everybody was, but so long at least and so long at most.
    Staying {
        least: Instant,
        most: Instant,
    },
    /// The same for the second line.
    Leaving(usize),
    Done,
}

struct Caller {
    socket: Option<Socket>,
    stage: Stage,
}

struct Crowd<'a> {
    plan: &'a apps::Crowd,
    callers: Vec<Caller>,
    served: u32,
    failed: u32,
    why: Option<String>,
    at_once: u32,
    took: Duration,
    /// How long it was looked at the server: this is not the server's time.
    looking: Duration,
    census: Option<Census>,
    /// How many were served at once when the server was looked at.
    counted_at: u32,
}

impl<'a> Crowd<'a> {
    fn new(plan: &'a apps::Crowd, clients: u32) -> Self {
        let callers = (0..clients).map(|_| Caller { socket: None, stage: Stage::Connecting }).collect();
        Self {
            plan,
            callers,
            served: 0,
            failed: 0,
            why: None,
            at_once: 0,
            took: Duration::ZERO,
            looking: Duration::ZERO,
            census: None,
            counted_at: 0,
        }
    }

    fn run(&mut self, servers: &[u32]) -> Result<(), Failure> {
        let started = Instant::now();
        let mut looked = started;
        for index in 0..self.callers.len() {
            self.connect(index);
        }
        while self.callers.iter().any(|caller| caller.stage != Stage::Done) {
            let now = Instant::now();
            if now.duration_since(started) >= self.plan.limit {
                self.give_up();
                break;
            }
            let ready = self.wait(now)?;
            for index in ready {
                self.advance(index);
            }
            let staying = self.staying();
            self.at_once = self.at_once.max(staying);
            if staying > self.counted_at && (self.all_served() || looked.elapsed() >= LOOK) {
                self.look(servers);
                self.counted_at = staying;
                looked = Instant::now();
            }
            self.wake();
        }
        self.took = started.elapsed().saturating_sub(self.looking);
        Ok(())
    }

    /// Looks at what the server takes. Those who stay do so for that much longer.
    fn look(&mut self, servers: &[u32]) {
        let begun = Instant::now();
        self.census = census::count(servers);
        let spent = begun.elapsed();
        self.looking += spent;
        for caller in &mut self.callers {
            if let Stage::Staying { least, most } = &mut caller.stage {
                *least += spent;
                *most += spent;
            }
        }
    }

    fn connect(&mut self, index: usize) {
        let addr = self.plan.addr;
        let made = Socket::new(Domain::for_address(addr), Type::STREAM, None).and_then(|socket| {
            socket.set_nonblocking(true)?;
            match socket.connect(&addr.into()) {
                Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(error),
                _ => Ok(socket),
            }
        });
        match made {
            Ok(socket) => {
                if let Some(caller) = self.callers.get_mut(index) {
                    caller.socket = Some(socket);
                }
            }
            Err(error) => self.fail(index, "connect", &error),
        }
    }

    /// Those who can go on. Nobody is waited for longer than until the next one leaves.
    fn wait(&self, now: Instant) -> Result<Vec<usize>, Failure> {
        let mut fds = Vec::with_capacity(self.callers.len());
        let mut until = LOOK;
        for caller in &self.callers {
            let events = match caller.stage {
                Stage::Connecting => Events::OUT,
                Stage::Waiting(_) | Stage::Leaving(_) => Events::IN,
                Stage::Staying { least, most } => {
                    let next = if now < least { least } else { most };
                    until = until.min(next.saturating_duration_since(now));
                    fds.push(PollFd::idle());
                    continue;
                }
                Stage::Done => {
                    fds.push(PollFd::idle());
                    continue;
                }
            };
            fds.push(caller.socket.as_ref().map_or_else(PollFd::idle, |socket| PollFd::new(socket.as_fd(), events)));
        }
        poll(&mut fds, Some(until)).map_err(|error| Failure::call(Status::HOST, "poll", "the clients", &error))?;
        Ok(fds.iter().enumerate().filter(|(_, fd)| !fd.ready().is_empty()).map(|(index, _)| index).collect())
    }

    fn advance(&mut self, index: usize) {
        let Some(Caller { socket: Some(socket), stage }) = self.callers.get_mut(index) else { return };
        let result = match *stage {
            Stage::Connecting => match socket.take_error() {
                Ok(None) => say(socket).map(|()| Stage::Waiting(0)),
                Ok(Some(error)) | Err(error) => Err(error),
            },
            Stage::Waiting(heard) => hear(socket).map(|more| match heard + more {
                all if all >= LINE.len() => {
                    let least = Instant::now() + self.plan.hold;
                    Stage::Staying { least, most: least.max(Instant::now() + self.plan.stay) }
                }
                some => Stage::Waiting(some),
            }),
            Stage::Leaving(heard) => hear(socket).map(|more| match heard + more {
                all if all >= LINE.len() => Stage::Done,
                some => Stage::Leaving(some),
            }),
            stage @ (Stage::Staying { .. } | Stage::Done) => Ok(stage),
        };
        match result {
            Ok(Stage::Done) => self.finish(index),
            Ok(next) => {
                if let Some(caller) = self.callers.get_mut(index) {
                    caller.stage = next;
                }
            }
            Err(error) => self.fail(index, "talking", &error),
        }
    }

    fn finish(&mut self, index: usize) {
        if let Some(caller) = self.callers.get_mut(index) {
            *caller = Caller { socket: None, stage: Stage::Done };
            self.served += 1;
        }
    }

    fn fail(&mut self, index: usize, doing: &str, error: &io::Error) {
        if let Some(caller) = self.callers.get_mut(index) {
            *caller = Caller { socket: None, stage: Stage::Done };
            self.failed += 1;
            self.why.get_or_insert_with(|| format!("{doing}: {}", errno_text(error)));
        }
    }

    /// Those whose time is over say their second line; all of them when everybody was served.
    fn wake(&mut self) {
        let now = Instant::now();
        let all = self.all_served();
        for index in 0..self.callers.len() {
            let Some(Caller { socket: Some(socket), stage: Stage::Staying { least, most } }) = self.callers.get(index)
            else {
                continue;
            };
            if now < *least || (now < *most && !all) {
                continue;
            }
            match say(socket) {
                Ok(()) => {
                    if let Some(caller) = self.callers.get_mut(index) {
                        caller.stage = Stage::Leaving(0);
                    }
                }
                Err(error) => self.fail(index, "send", &error),
            }
        }
    }

    /// Whether nobody waits to be served any more.
    fn all_served(&self) -> bool {
        !self.callers.iter().any(|caller| matches!(caller.stage, Stage::Connecting | Stage::Waiting(_)))
    }

    fn staying(&self) -> u32 {
        let staying = self.callers.iter().filter(|caller| matches!(caller.stage, Stage::Staying { .. })).count();
        u32::try_from(staying).unwrap_or(u32::MAX)
    }

    fn give_up(&mut self) {
        let late = io::Error::from_raw_os_error(libc::ETIMEDOUT);
        for index in 0..self.callers.len() {
            if self.callers.get(index).is_some_and(|caller| caller.stage != Stage::Done) {
                self.fail(index, "waiting for the server", &late);
            }
        }
    }

    fn account(self) -> Load {
        Load {
            name: self.plan.name.clone(),
            clients: u32::try_from(self.callers.len()).unwrap_or(u32::MAX),
            served: self.served,
            failed: self.failed,
            why: self.why,
            at_once: self.at_once,
            took_us: u64::try_from(self.took.as_micros()).unwrap_or(u64::MAX),
            server: self.census,
        }
    }
}

/// Six octets always fit into an empty buffer.
fn say(socket: &Socket) -> io::Result<()> {
    send(socket, LINE, SendFlags::NOSIGNAL)?;
    Ok(())
}

fn hear(socket: &Socket) -> io::Result<usize> {
    let mut room = [0; 64];
    match recv(socket, &mut room[..], RecvFlags::DONTWAIT) {
        Ok((0, _)) => Err(io::Error::other("the server closed the connection")),
        Ok((heard, _)) => Ok(heard),
        Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => Ok(0),
        Err(error) => Err(error.into()),
    }
}
