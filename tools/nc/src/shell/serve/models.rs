//! A process or a thread for each client: the server models of a course.

#![expect(clippy::disallowed_methods, reason = "the shell: runs processes and threads")]

use std::io::{self, PipeReader};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, PidfdFlags, WaitOptions, pidfd_open, waitpid};
use socket2::Socket;
use sockeye_cli::{Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};

use super::{Limits, ROOM_LEN, TRY_AGAIN, handshake_time, is_shortage, now, run_one};
use crate::address::Address;
use crate::app::{Flow, Talker};
use crate::explain::Event;
use crate::explain::server::{Client, Did};
use crate::options::{App, Listen, Model, Program};
use crate::service::Apps;
use crate::shell::listen::{announce, try_accept};
use crate::shell::wire::{Received, Wire};
use crate::shell::{FAILED, Session};

/// So many processes or threads at once if `--max-conns` says nothing, as ncat has it of programs.
const AT_ONCE: usize = 100;
/// How long a client may take to end when we have.
const LINGER: Duration = Duration::from_secs(2);

/// Somebody who serves a client.
enum Worker {
    /// A process, and the descriptor that is ready when it has ended.
    Process { pid: Pid, ended: OwnedFd },
    /// A thread, and the pipe whose other end it closes.
    Thread { client: u64, peer: Address, handle: JoinHandle<Tally>, ended: PipeReader },
}

impl Worker {
    fn ended(&self) -> BorrowedFd<'_> {
        match self {
            Self::Process { ended, .. } => ended.as_fd(),
            Self::Thread { ended, .. } => ended.as_fd(),
        }
    }
}

/// What a thread has seen.
#[derive(Default)]
struct Tally {
    received_octets: u64,
    sent_octets: u64,
    fault: Option<io::Error>,
}

/// What a worker does for its client.
#[derive(Clone, Copy)]
pub(in crate::shell) enum Job<'call> {
    /// A built-in service.
    App(App),
    /// A program, which has the connection, or with TLS speaks through us.
    Program(&'call Program),
    /// What the client asks of an HTTP proxy, who must say `user:password` if there is one.
    Proxy(Option<&'call str>),
}

struct Boss<'call, 'run, 'out> {
    session: &'call mut Session<'run, 'out>,
    listen: &'call Listen,
    job: Job<'call>,
    model: Model,
    listener: Option<Socket>,
    workers: Vec<Worker>,
    accepted: u64,
}

/// Accepts clients and gives each of them to a worker.
pub(super) fn run(
    session: &mut Session<'_, '_>,
    listen: &Listen,
    job: Job<'_>,
    model: Model,
    listener: Socket,
) -> Result<Status, Failure> {
    sockeye_sys::signals::restore_sigchld().map_err(|error| Failure::call(FAILED, "sigaction", "SIGCHLD", &error))?;
    if listen.leave_zombies {
        session.say("--no-reap: nobody waits for children that have ended: ps(1) shows them as defunct, in state Z");
    }
    Boss { session, listen, job, model, listener: Some(listener), workers: Vec::new(), accepted: 0 }.run()
}

impl Boss<'_, '_, '_> {
    fn run(&mut self) -> Result<Status, Failure> {
        let Limits { in_all, .. } = Limits::of(self.listen);
        let at_once = self.listen.max_conns.unwrap_or(AT_ONCE);
        let mut short = false;
        loop {
            if in_all.is_some_and(|in_all| self.accepted >= in_all) {
                self.listener = None;
            }
            if self.listener.is_none() && self.workers.is_empty() {
                return Ok(Status::YES);
            }
            let first = match &self.listener {
                Some(listener) if self.workers.len() < at_once && !short => PollFd::new(listener.as_fd(), Events::IN),
                _ => PollFd::idle(),
            };
            let mut fds: Vec<PollFd<'_>> = std::iter::once(first)
                .chain(self.workers.iter().map(|worker| PollFd::new(worker.ended(), Events::IN)))
                .collect();
            poll(&mut fds, short.then_some(TRY_AGAIN))
                .map_err(|error| Failure::call(FAILED, "poll", "the listening socket", &error))?;
            let mut ready = fds.iter().map(|fd| !fd.ready().is_empty()).collect::<Vec<_>>().into_iter();
            let somebody_came = ready.next().unwrap_or(false);
            for (worker, ended) in std::mem::take(&mut self.workers).into_iter().zip(ready) {
                if ended { self.let_go(worker) } else { self.workers.push(worker) }
            }
            let told = std::mem::take(&mut short);
            if !somebody_came {
                continue;
            }
            let Some(listener) = &self.listener else { continue };
            let accepted = has_room_for_worker(listener).and_then(|()| try_accept(self.session, listener));
            let taken = match accepted {
                Ok(None) => continue,
                Ok(Some((socket, peer))) => {
                    announce(self.session, &peer);
                    self.accepted += 1;
                    let call = if self.model == Model::Thread { "pthread_create" } else { "fork" };
                    self.give(socket, peer).map_err(|error| (call, error))
                }
                Err(error) => Err(("accept", error)),
            };
            match taken {
                Ok(()) => {}
                Err((call, error)) if is_shortage(&error) || error.raw_os_error() == Some(libc::EAGAIN) => {
                    short = true;
                    if !told {
                        let why = sockeye_cli::failure::errno_text(&error);
                        let busy = self.workers.len();
                        self.session.warn(format!("{call}: {why}: {busy} clients are served, and others wait"));
                    }
                }
                Err((call, error)) => return Err(Failure::call(FAILED, call, "for a client", &error)),
            }
        }
    }

    /// A worker has ended. A process that nobody waits for stays as a zombie, which is what `--no-reap` is to show.
    fn let_go(&mut self, worker: Worker) {
        match worker {
            Worker::Process { pid, .. } if self.listen.leave_zombies => {
                let pid = pid.as_raw_nonzero();
                self.session.say(format!("process {pid} has ended and is a zombie"));
            }
            Worker::Process { pid, .. } => {
                if let Ok(Some((_, status))) = waitpid(Some(pid), WaitOptions::empty()) {
                    let pid = u32::try_from(pid.as_raw_nonzero().get()).unwrap_or_default();
                    let (exit_status, signal) = (status.exit_status(), status.terminating_signal());
                    self.session.explain(|| Event::ProgramEnded { pid, exit_status, signal });
                }
            }
            Worker::Thread { client, peer, handle, .. } => {
                let Tally { received_octets, sent_octets, fault } = handle.join().unwrap_or_default();
                let why = fault.map_or_else(
                    || "both directions have ended".to_owned(),
                    |error| sockeye_cli::failure::errno_text(&error),
                );
                let did = Did::Left { why, received_octets, sent_octets };
                self.session.explain(|| Event::Client(Box::new(Client { client, peer, did })));
            }
        }
    }

    fn give(&mut self, socket: Socket, peer: Address) -> io::Result<()> {
        if let Job::Program(program) = self.job
            && self.session.options.tls.is_none()
        {
            return self.start(program, socket);
        }
        let client = self.accepted;
        let (worker, to, number) = if self.model == Model::Thread {
            (self.thread(socket, peer.clone())?, "thread", client)
        } else {
            let pid = self.process(socket, peer.clone())?;
            let ended = pidfd_open(pid, PidfdFlags::empty())?;
            let number = u64::try_from(pid.as_raw_nonzero().get()).unwrap_or_default();
            (Worker::Process { pid, ended }, "process", number)
        };
        self.workers.push(worker);
        self.session.say(format!("{peer} is served by {to} {number}"));
        self.session.explain(|| Event::Client(Box::new(Client { client, peer, did: Did::Given { to, number } })));
        Ok(())
    }

    /// A program that has the connection itself. One that cannot be started is told, and the next client has one of its own.
    fn start(&mut self, program: &Program, socket: Socket) -> io::Result<()> {
        match self.session.spawn(program, socket) {
            Ok(child) => {
                let pid = pid(child.id())?;
                // It is waited for by its number.
                self.workers.push(Worker::Process { pid, ended: pidfd_open(pid, PidfdFlags::empty())? });
            }
            Err(failure) => self.session.output.failure(&failure),
        }
        Ok(())
    }

    /// A child with the connection. It closes the listening socket: else the port would stay taken for as long as the
    /// child lives.
    fn process(&mut self, socket: Socket, peer: Address) -> io::Result<Pid> {
        let Self { session, job, listener, accepted, .. } = self;
        let pid = sockeye_sys::fork::fork(move || {
            drop(listener.take());
            let outcome = match job {
                Job::App(app) => run_one(session, socket, &peer, *accepted, &mut Apps::new(*app, now)),
                Job::Proxy(auth) => {
                    let wire = Wire::new(socket, session.options.transport, Some(peer));
                    session.be_a_proxy(wire, *auth).map(|()| Status::YES)
                }
                Job::Program(program) => {
                    let wire = Wire::new(socket, session.options.transport, Some(peer));
                    let run = session.secure_server(wire).and_then(|wire| session.run_program_on(program, wire));
                    run.map(|()| Status::YES)
                }
            };
            let _ = session.output.flush();
            match outcome {
                Ok(status) => status.0.into(),
                Err(failure) => {
                    session.output.failure(&failure);
                    FAILED.0.into()
                }
            }
        })?;
        self::pid(pid)
    }

    fn thread(&mut self, socket: Socket, peer: Address) -> io::Result<Worker> {
        let (ended, holds) = io::pipe()?;
        let wire = Wire::new(socket, self.session.options.transport, Some(peer.clone()));
        let connection = self.session.server_connection().map_err(|_| io::ErrorKind::InvalidData)?;
        let mut wire = match connection {
            Some(connection) => wire.with_tls(connection),
            None => wire,
        };
        let (client, idle) = (self.accepted, self.session.options.idle_timeout);
        let shake = handshake_time(self.session);
        let Job::App(app) = self.job else { return Err(io::ErrorKind::Unsupported.into()) };
        let mut talker = Talker::new(app, client);
        let handle = std::thread::Builder::new().name(format!("client {client}")).spawn(move || {
            let mut tally = Tally::default();
            tally.fault = talk(&mut wire, &mut talker, (idle, shake), &mut tally).err();
            drop((wire, holds));
            tally
        })?;
        Ok(Worker::Thread { client, peer, handle, ended })
    }
}

/// Descriptors that a client takes who is served by a process or a thread: the connection and a copy of it, a pipe, and
/// what tells of the end.
const PER_WORKER: usize = 6;

/// Finds out whether there are descriptors for one more worker: it is better to leave a client in the backlog than to
/// accept it and then to have nothing to serve it with.
///
/// # Errors
/// EMFILE or ENFILE.
fn has_room_for_worker(listener: &Socket) -> io::Result<()> {
    let mut copies = Vec::with_capacity(PER_WORKER);
    for _ in 0..PER_WORKER {
        copies.push(listener.try_clone()?);
    }
    Ok(())
}

fn pid(number: u32) -> io::Result<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw).ok_or_else(|| io::ErrorKind::InvalidData.into())
}

/// One client from its first octet to its last, with calls that wait.
///
/// `limits` are how long nothing may move, and how long a handshake of TLS may take.
fn talk(
    wire: &mut Wire,
    talker: &mut Talker,
    limits: (Option<Duration>, Duration),
    tally: &mut Tally,
) -> io::Result<()> {
    let (idle, shake) = limits;
    let shaken_by = Instant::now().checked_add(shake);
    let mut room = vec![0; ROOM_LEN];
    let mut queue = Vec::new();
    let mut source_open = true;
    let mut flow = talker.opened(&now(), &mut queue);
    loop {
        let mut sent = 0;
        while let Some(rest) = queue.get(sent..).filter(|rest| !rest.is_empty()) {
            match wire.send(rest)? {
                Some(len) => sent += len,
                None => break,
            }
        }
        tally.sent_octets += u64::try_from(sent).unwrap_or_default();
        queue.drain(..sent);
        if queue.is_empty() && flow == Flow::Over {
            return say_goodbye(wire, source_open, &mut room);
        }
        if queue.is_empty() && talker.streams() {
            talker.more(&mut queue);
        }
        let hears = source_open && (queue.is_empty() || talker.streams());
        let wanted = wire.interest(hears, !queue.is_empty());
        let left = if hears && wire.holds_input() { Some(Duration::ZERO) } else { idle };
        let shakes_for = shaken_by.filter(|_| wire.is_handshaking());
        let shakes_for = shakes_for.map(|until| until.saturating_duration_since(Instant::now()));
        if shakes_for.is_some_and(|left| left.is_zero()) {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the TLS handshake took too long"));
        }
        let left = left.into_iter().chain(shakes_for).min();
        let mut fds = [PollFd::new(wire.fd(), wanted)];
        if poll(&mut fds, left)? == 0 && left != Some(Duration::ZERO) && left != shakes_for {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "nothing moved for the time of -w"));
        }
        let [ready] = fds.map(|fd| fd.ready());
        if let Some(stream) = wire.tls_mut() {
            stream.flush()?;
        }
        if !hears || !(wire.holds_input() || ready.intersects(Events::IN | Events::HUP | Events::ERR)) {
            continue;
        }
        match wire.receive(&mut room)? {
            Received::NotReady | Received::Datagram(_) => {}
            Received::End => {
                source_open = false;
                flow = talker.client_ended(&mut queue);
            }
            Received::Octets(len) => {
                tally.received_octets += u64::try_from(len).unwrap_or_default();
                flow = talker.heard(room.get(..len).unwrap_or_default(), &mut queue);
            }
        }
    }
}

/// Ends our direction, and waits a moment for the client's end.
fn say_goodbye(wire: &mut Wire, source_open: bool, room: &mut [u8]) -> io::Result<()> {
    wire.shutdown_write()?;
    let until = Instant::now().checked_add(LINGER);
    let mut source_open = source_open;
    while source_open || !wire.is_flushed() {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let ready = poll(&mut [PollFd::new(wire.fd(), wire.interest(source_open, false))], left)?;
        // Who never stops sending is not waited for either.
        if ready == 0 || left == Some(Duration::ZERO) {
            return Ok(());
        }
        wire.shutdown_write()?;
        if source_open && matches!(wire.receive(room)?, Received::End) {
            source_open = false;
        }
    }
    Ok(())
}
