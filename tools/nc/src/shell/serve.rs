//! One process for many clients: epoll(7) around a [`Service`].

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock and the limits of this process")]

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use socket2::Socket;
use sockeye_cli::{Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};

use self::clients::{Clients, Port};
use super::listen::{announce, try_accept};
use super::wire::{Received, Wire};
use super::{FAILED, Session};
use crate::address::Address;
use crate::explain::server::Did;
use crate::hub::{Hub, Kind, Ways};
use crate::options::{App, Listen, Model, Traffic};
use crate::service::{Apps, ClientId, Service};

mod clients;
mod datagrams;
mod models;

pub(super) use self::models::Job;

/// Octets that one read takes from a client.
const ROOM_LEN: usize = 1 << 16;
/// How many events one epoll_wait(2) brings.
const EVENTS: usize = 256;
/// How many clients are accepted before those that are there have their turn.
const ACCEPTS: usize = 256;
/// How long a handshake of TLS may take if `-w` says nothing.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// When descriptors or processes are short and none of ours is to be had back, how often that is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What epoll(7) says is ready, if it is not a client: their numbers begin at 1 and do not come so far.
const LISTENER: u64 = 0;
const INPUT: u64 = u64::MAX;

/// Serves `listen`'s application, in the way that `--serve` says.
pub(super) fn app(session: &mut Session<'_, '_>, listen: &Listen, app: App, socket: Socket) -> Result<Status, Failure> {
    // The C library reads /etc/localtime when it is first asked for the time of day, and not again.
    let _ = now();
    if session.options.transport.is_datagram() {
        return datagrams::run(session, listen, app, &socket);
    }
    match listen.model {
        Some(model @ (Model::Fork | Model::Thread)) => models::run(session, listen, Job::App(app), model, socket),
        Some(Model::Iterative) => {
            let limits = Limits { at_once: 1, ..Limits::of(listen) };
            run(session, limits, Some(socket), &mut Apps::new(app, now))
        }
        Some(Model::Event) | None => {
            raise_limit();
            run(session, Limits::of(listen), Some(socket), &mut Apps::new(app, now))
        }
    }
}

/// Serves clients who hear each other, or share the standard streams.
pub(super) fn hub(
    session: &mut Session<'_, '_>,
    listen: &Listen,
    kind: Kind,
    socket: Socket,
) -> Result<Status, Failure> {
    raise_limit();
    let Traffic { ignore_input, shutdown_at_eof, send_only, .. } = session.options.traffic;
    let ways = Ways { input: !ignore_input, received: !send_only, shutdown_at_eof };
    run(session, Limits::of(listen), Some(socket), &mut Hub::new(kind, ways))
}

/// Does a job for each client that takes a process of ours.
pub(super) fn jobs(
    session: &mut Session<'_, '_>,
    listen: &Listen,
    job: Job<'_>,
    socket: Socket,
) -> Result<Status, Failure> {
    let mut one_by_one = listen.clone();
    if listen.model == Some(Model::Iterative) {
        one_by_one.max_conns = Some(1);
    }
    models::run(session, &one_by_one, job, Model::Fork, socket)
}

/// How long a handshake of TLS may take.
fn handshake_time(session: &Session<'_, '_>) -> Duration {
    session.connect_limit().unwrap_or(HANDSHAKE_TIME)
}

/// The time in words, as RFC 867 suggests it.
fn now() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    let said = sockeye_sys::local_time::format(seconds, "%A, %B %d, %Y %H:%M:%S-%Z");
    said.unwrap_or_else(|| seconds.to_string()) + "\r\n"
}

/// As many descriptors as this process may have: each client is one.
pub(super) fn raise_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // Without it there are fewer clients, and accept(2) says so.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// The longest queue that the system allows for connections that wait for accept(2).
pub(super) fn longest_backlog() -> i32 {
    let read = std::fs::read_to_string("/proc/sys/net/core/somaxconn");
    read.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(libc::SOMAXCONN)
}

/// When no more clients are taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// So many at once; who comes then waits in the backlog.
    pub(super) at_once: usize,
    /// So many in all.
    pub(super) in_all: Option<u64>,
}

impl Limits {
    pub(super) fn of(listen: &Listen) -> Self {
        let in_all = if listen.keep_open { listen.max_clients } else { Some(1) };
        Self { at_once: listen.max_conns.unwrap_or(usize::MAX), in_all }
    }
}

/// Serves clients of `listener` until as many as `limits` allow have come and gone.
///
/// # Errors
/// [`Failure`] if epoll(7), the listener or a standard stream fails. What a client does ends nobody but that client.
pub(super) fn run(
    session: &mut Session<'_, '_>,
    limits: Limits,
    listener: Option<Socket>,
    service: &mut dyn Service,
) -> Result<Status, Failure> {
    let mut server = Server::new(session, limits, service)?;
    if let Some(listener) = &listener {
        server.watch(listener, LISTENER)?;
    }
    server.listener = listener;
    server.run()
}

/// Serves one client, the `number`th, that has been accepted.
fn run_one(
    session: &mut Session<'_, '_>,
    socket: Socket,
    peer: &Address,
    number: u64,
    service: &mut dyn Service,
) -> Result<Status, Failure> {
    let mut server = Server::new(session, Limits { at_once: 1, in_all: Some(number) }, service)?;
    server.accepted = number.saturating_sub(1);
    server.welcome(socket, peer)?;
    server.run()
}

/// Why no clients are accepted now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Paused {
    /// As many are there as may be.
    Full,
    /// There are no more descriptors, or no more memory.
    Short(Instant),
}

struct Server<'call, 'run, 'out> {
    session: &'call mut Session<'run, 'out>,
    service: &'call mut dyn Service,
    limits: Limits,
    listener: Option<Socket>,
    epoll: OwnedFd,
    clients: Clients,
    accepted: u64,
    paused: Option<Paused>,
    /// Somebody was told that descriptors are short, and the queue has not been empty since.
    told: bool,
    input: InputState,
    /// Nothing is read now: somebody has much to take.
    congested: bool,
    /// Standard input is not read now: the same, or nobody is there to take it.
    input_held: bool,
    /// Clients that have more to be read although their descriptors have nothing.
    again: Vec<ClientId>,
    room: Vec<u8>,
}

/// How standard input is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum InputState {
    /// Not at all.
    Closed,
    /// By epoll(7).
    Watched,
    /// It is always ready: a file.
    Always,
}

impl<'call, 'run, 'out> Server<'call, 'run, 'out> {
    fn new(
        session: &'call mut Session<'run, 'out>,
        limits: Limits,
        service: &'call mut dyn Service,
    ) -> Result<Self, Failure> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)
            .map_err(|error| Failure::call(FAILED, "epoll_create1", "the clients", &error.into()))?;
        let shake = handshake_time(session);
        let clients = Clients::new(session.options.idle_timeout, shake);
        let mut server = Self {
            session,
            service,
            limits,
            listener: None,
            epoll,
            clients,
            accepted: 0,
            paused: None,
            told: false,
            input: InputState::Closed,
            congested: false,
            input_held: false,
            again: Vec::new(),
            room: vec![0; ROOM_LEN],
        };
        if server.service.wants_input() {
            server.watch_input()?;
        }
        Ok(server)
    }

    fn watch(&self, fd: impl AsFd, token: u64) -> Result<(), Failure> {
        epoll::add(&self.epoll, fd, epoll::EventData::new_u64(token), epoll::EventFlags::IN)
            .map_err(|error| Failure::call(FAILED, "epoll_ctl", "the clients", &error.into()))
    }

    fn watch_input(&mut self) -> Result<(), Failure> {
        let data = epoll::EventData::new_u64(INPUT);
        self.input = match epoll::add(&self.epoll, self.session.input.fd(), data, epoll::EventFlags::IN) {
            Ok(()) => InputState::Watched,
            // Files and /dev/null are always ready, and epoll(7) does not take them.
            Err(rustix::io::Errno::PERM) => InputState::Always,
            Err(error) => return Err(Failure::call(FAILED, "epoll_ctl", "standard input", &error.into())),
        };
        Ok(())
    }

    fn run(&mut self) -> Result<Status, Failure> {
        loop {
            self.settle()?;
            if self.listener.is_none() && self.clients.is_empty() {
                return Ok(Status::YES);
            }
            for (token, events) in self.wait()? {
                match token {
                    LISTENER => self.accept()?,
                    // What was ready a moment ago may have to wait by now.
                    INPUT if self.input_held => {}
                    INPUT => self.read_input()?,
                    id => self.serve(ClientId(id), events),
                }
                self.settle()?;
            }
            for id in std::mem::take(&mut self.again) {
                self.serve(id, epoll::EventFlags::IN);
                self.settle()?;
            }
            if self.input == InputState::Always && !self.input_held {
                self.read_input()?;
            }
            let now = Instant::now();
            self.clients.sweep(now);
            self.clients.tidy(now);
        }
    }

    /// Waits until something is ready, or until the next deadline.
    fn wait(&self) -> Result<Vec<(u64, epoll::EventFlags)>, Failure> {
        let at_once = !self.again.is_empty() || (self.input == InputState::Always && !self.input_held);
        let retry = if let Some(Paused::Short(until)) = self.paused { Some(until) } else { None };
        let until = if at_once { Some(Instant::now()) } else { self.clients.deadline().into_iter().chain(retry).min() };
        let timeout = until.map(|until| until.saturating_duration_since(Instant::now()));
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let mut events: Vec<epoll::Event> = Vec::with_capacity(EVENTS);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Failure::call(FAILED, "epoll_wait", "the clients", &error.into())),
        }
        Ok(events.into_iter().map(|event| (event.data.u64(), event.flags)).collect())
    }

    /// Takes those who wait.
    fn accept(&mut self) -> Result<(), Failure> {
        for _ in 0..ACCEPTS {
            if self.limits.in_all.is_some_and(|in_all| self.accepted >= in_all) {
                // Nobody else is served: who comes now is refused instead of being left to wait.
                self.listener = None;
            }
            let Some(listener) = &self.listener else { return Ok(()) };
            if self.clients.len() >= self.limits.at_once {
                return self.pause(Paused::Full);
            }
            match try_accept(self.session, listener) {
                Ok(Some((socket, peer))) => {
                    announce(self.session, &peer);
                    self.welcome(socket, &peer)?;
                }
                Ok(None) => {
                    self.told = false;
                    return Ok(());
                }
                Err(error) if is_shortage(&error) => {
                    if !std::mem::replace(&mut self.told, true) {
                        let (why, here) = (sockeye_cli::failure::errno_text(&error), self.clients.len());
                        self.session.warn(format!(
                            "accept: {why}: {here} clients are here, and others wait until one of them leaves"
                        ));
                    }
                    let until = Instant::now().checked_add(TRY_AGAIN);
                    return self.pause(Paused::Short(until.unwrap_or_else(Instant::now)));
                }
                Err(error) => return Err(Failure::call(FAILED, "accept", "a connection", &error)),
            }
        }
        Ok(())
    }

    fn pause(&mut self, why: Paused) -> Result<(), Failure> {
        if self.paused.is_none()
            && let Some(listener) = &self.listener
        {
            epoll::delete(&self.epoll, listener)
                .map_err(|error| Failure::call(FAILED, "epoll_ctl", "the listening socket", &error.into()))?;
        }
        self.paused = Some(why);
        Ok(())
    }

    /// Accepts again, if there may be a place.
    fn resume(&mut self, somebody_left: bool) -> Result<(), Failure> {
        let goes_on = match self.paused {
            None => false,
            Some(Paused::Full) => self.clients.len() < self.limits.at_once,
            Some(Paused::Short(until)) => somebody_left || Instant::now() >= until,
        };
        if goes_on {
            self.paused = None;
            if let Some(listener) = &self.listener {
                self.watch(listener, LISTENER)?;
            }
        }
        Ok(())
    }

    /// Somebody new.
    fn welcome(&mut self, socket: Socket, peer: &Address) -> Result<(), Failure> {
        self.accepted += 1;
        let id = ClientId(self.accepted);
        let wire = Wire::new(socket, self.session.options.transport, Some(peer.clone()));
        let wire = match self.session.server_connection()? {
            Some(connection) => wire.with_tls(connection),
            None => wire,
        };
        if let Err(error) = self.clients.add(&self.epoll, id, wire, peer.clone(), Instant::now()) {
            self.session.warn(format!("epoll_ctl {peer}: {error}"));
            return Ok(());
        }
        let mut port = Port { clients: &mut self.clients, session: self.session };
        self.service.opened(id, peer, &mut port);
        Ok(())
    }

    /// Something is ready at a client.
    fn serve(&mut self, id: ClientId, events: epoll::EventFlags) {
        let hears = epoll::EventFlags::IN | epoll::EventFlags::HUP | epoll::EventFlags::ERR;
        if events.intersects(epoll::EventFlags::OUT | epoll::EventFlags::ERR) {
            Port { clients: &mut self.clients, session: self.session }.flush(id);
            if self.service.streams() && self.clients.takes_more(id) {
                let mut port = Port { clients: &mut self.clients, session: self.session };
                self.service.ready(id, &mut port);
            }
        }
        if events.intersects(hears) {
            self.receive(id, events.intersects(epoll::EventFlags::HUP | epoll::EventFlags::ERR));
        }
    }

    /// One read from a client.
    fn receive(&mut self, id: ClientId, gone: bool) {
        let (holds_back, held) = (self.service.holds_back(), self.congested);
        let Some(client) = self.clients.get(id) else { return };
        if held && !gone && !client.lingers() && !client.wire.is_handshaking() {
            return;
        }
        // Who has something to say may have to hear first: TLS agrees on keys.
        if !client.is_read(holds_back) && !client.wire.is_handshaking() {
            if gone {
                // Both directions have ended, or a RST came: what waits for it will not be taken.
                let why = client.wire.take_error().ok().flatten();
                client.fault(why.unwrap_or_else(|| io::Error::from_raw_os_error(libc::EPIPE)));
                self.clients.touch(id);
            }
            return;
        }
        let received = client.wire.receive(&mut self.room);
        let more = client.wire.holds_input();
        let lingers = client.lingers();
        self.clients.touch(id);
        match received {
            Ok(Received::NotReady | Received::Datagram(_)) => {}
            // What comes after our end is not read by anybody; its end is waited for.
            Ok(Received::Octets(_)) if lingers => {}
            Ok(Received::Octets(len)) => {
                self.clients.heard(id, len, Instant::now());
                self.clients.explain(self.session, id, || Did::Sent { length_octets: len });
                let octets = self.room.get(..len).unwrap_or_default();
                let mut port = Port { clients: &mut self.clients, session: self.session };
                self.service.received(id, octets, &mut port);
            }
            Ok(Received::End) => {
                if let Some(client) = self.clients.get(id) {
                    client.source_open = false;
                }
                if !lingers {
                    self.clients.explain(self.session, id, || Did::Ended);
                    let mut port = Port { clients: &mut self.clients, session: self.session };
                    self.service.ended(id, &mut port);
                }
                return;
            }
            Err(error) => {
                if let Some(client) = self.clients.get(id) {
                    client.fault(error);
                }
                return;
            }
        }
        if more {
            self.again.push(id);
        }
    }

    /// Reads no more, or again, as it suits the service.
    fn hold(&mut self) -> Result<(), Failure> {
        let congested = self.service.is_congested(&Port { clients: &mut self.clients, session: self.session });
        if congested != self.congested {
            self.congested = congested;
            self.clients.hold(congested, Instant::now());
        }
        let input_held = congested || !self.service.takes_input();
        if input_held != std::mem::replace(&mut self.input_held, input_held) && self.input == InputState::Watched {
            if input_held {
                self.forget_input()?;
            } else {
                self.watch_input()?;
            }
        }
        Ok(())
    }

    /// Without any event the end of a pipe would still be told, over and over.
    fn forget_input(&self) -> Result<(), Failure> {
        epoll::delete(&self.epoll, self.session.input.fd())
            .map_err(|error| Failure::call(FAILED, "epoll_ctl", "standard input", &error.into()))
    }

    fn read_input(&mut self) -> Result<(), Failure> {
        let read = self.session.input.read(&mut self.room);
        match read {
            Ok(None) => return Ok(()),
            Ok(Some(len)) if len > 0 => {
                let octets = self.room.get(..len).unwrap_or_default();
                let mut port = Port { clients: &mut self.clients, session: self.session };
                self.service.input(octets, &mut port);
                return Ok(());
            }
            Err(error) if !self.session.input.is_none_at_all(&error) => {
                return Err(Failure::call(FAILED, "read", "standard input", &error));
            }
            Ok(_) | Err(_) => {}
        }
        if self.input == InputState::Watched {
            self.forget_input()?;
        }
        self.input = InputState::Closed;
        let mut port = Port { clients: &mut self.clients, session: self.session };
        self.service.input_ended(&mut port);
        if self.service.is_over() {
            self.listener = None;
        }
        Ok(())
    }

    /// Does what follows for every client with which something happened: closes, waits for something else, lets go.
    fn settle(&mut self) -> Result<(), Failure> {
        self.print()?;
        let mut somebody_left = false;
        let (streams, holds_back) = (self.service.streams(), self.service.holds_back());
        loop {
            // Whoever leaves may have been the one for whom the others waited.
            self.hold()?;
            let Some(first) = self.clients.next_touched() else { break };
            let mut next = Some(first);
            while let Some(id) = next {
                if let Some(left) = self.clients.settle(&self.epoll, id, streams, holds_back, Instant::now()) {
                    somebody_left = true;
                    left.tell(self.session, id);
                    let mut port = Port { clients: &mut self.clients, session: self.session };
                    self.service.left(id, &mut port);
                }
                next = self.clients.next_touched();
            }
        }
        self.resume(somebody_left)
    }

    /// Writes what services have printed. Everything else waits for it: what cannot be written need not be read.
    fn print(&mut self) -> Result<(), Failure> {
        let printed = std::mem::take(&mut self.clients.printed);
        let mut rest = printed.as_slice();
        let mut ready = false;
        while !rest.is_empty() {
            match self.session.sink.write(rest, ready) {
                Ok(Some(len)) => rest = rest.get(len..).unwrap_or_default(),
                Ok(None) => {
                    let Some(fd) = self.session.sink.fd() else { break };
                    poll(&mut [PollFd::new(fd, Events::OUT)], None)
                        .map_err(|error| Failure::call(FAILED, "poll", "standard output", &error))?;
                    ready = true;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Err(Failure::ClosedPipe),
                Err(error) => return Err(Failure::call(FAILED, "write", "standard output", &error)),
            }
            ready = false;
        }
        Ok(())
    }
}

/// Whether accept(2) failed for want of something that others may give back.
fn is_shortage(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM))
}
