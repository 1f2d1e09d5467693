//! The client: each address of the name in turn, until one answers.

#![expect(clippy::disallowed_methods, reason = "the shell: makes sockets and reads the clock")]

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Instant;

use socket2::{Domain, SockAddr, Socket};
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Status};
use sockeye_sys::Family;
use sockeye_sys::addrinfo::{AddrInfo, AiFlags, Hints};
use sockeye_sys::poll::{Events, PollFd, poll};

use super::converse::Outcome;
use super::names::{self, hints};
use super::wire::Wire;
use super::{FAILED, Session};
use crate::explain::Event;
use crate::options::{Connect, Role, Transport};
use crate::report::{self, Destination};

/// Connects to every port in turn. Yes if one of them answered.
pub(super) fn run(session: &mut Session<'_, '_>) -> Result<Status, Failure> {
    let options = session.options;
    let Role::Connect(Connect { host, ports, .. }) = &options.role else { return Ok(FAILED) };
    let mut all = Vec::new();
    for spec in ports {
        all.extend(session.ports(spec)?);
    }
    let mut status = FAILED;
    for port in all {
        let Some(mut wire) = reach(session, host, port)? else { continue };
        status = Status::YES;
        let policy = session.policy();
        match session.converse(&mut wire, policy)? {
            Outcome::Ended => {}
            Outcome::Lost(failure) => return Err(failure),
            Outcome::Refused(failure) => {
                // OpenBSD nc finds out with -v only, because only then it sends a probe.
                if session.is_loud() {
                    session.output.failure(&failure);
                }
                status = if options.verbose > 0 { FAILED } else { status };
            }
        }
    }
    match status {
        Status::YES => Ok(Status::YES),
        // Whatever there was to say was said with each attempt.
        status => Err(Failure::Silent(status)),
    }
}

/// Why an address was not reached.
enum Attempt {
    /// The call, what it was about and what the kernel said; the run goes on with the next address.
    Failed(String),
    /// The local address that was asked for cannot be used, whatever the peer.
    Local(Failure),
    /// The local address is of the other family: this address was never an option.
    OtherFamily(Failure),
}

/// Tries each address of `host`. `None` if none answered, which has been said by then.
fn reach(session: &mut Session<'_, '_>, host: &str, port: u16) -> Result<Option<Wire>, Failure> {
    let transport = session.options.transport;
    let service = port.to_string();
    let hints = hints(transport, session.options.family);
    let found = session
        .lookup(Some(host), Some(&service), hints)
        .map_err(|error| Failure::new(FAILED, report::unresolved(host, &service, &error.text())))?;
    let mut other_family = None;
    let mut tried = false;
    for info in &found {
        let addr = names::numeric(&info.addr);
        let destination = Destination { host: host.to_owned(), addr, port, transport };
        match attempt(session, info, &destination) {
            Ok(socket) => {
                if session.options.verbose > 0 {
                    let service = session.service(&info.addr);
                    session.say(destination.succeeded(service.as_deref()));
                }
                return Ok(Some(Wire::new(socket, transport, Some(info.addr.into()))));
            }
            Err(Attempt::Local(failure)) => return Err(failure),
            Err(Attempt::OtherFamily(failure)) => other_family = Some(failure),
            Err(Attempt::Failed(sentence)) => {
                tried = true;
                if session.is_loud() {
                    session.output.failure(&Failure::new(FAILED, sentence));
                }
            }
        }
    }
    match other_family {
        Some(failure) if !tried => Err(failure),
        _ => Ok(None),
    }
}

/// Makes a socket, binds it if a local address was asked for, and connects it.
fn attempt(session: &mut Session<'_, '_>, info: &AddrInfo, destination: &Destination) -> Result<Socket, Attempt> {
    let socket = session.socket(info).map_err(|error| Attempt::Failed(destination.failed(&errno_text(&error))))?;
    bind_local(session, &socket, info)?;
    session.explain(|| Event::connect(&info.addr.into()));
    let start = Instant::now();
    match connect(&socket, &info.addr, session.options.connect_timeout) {
        Ok(()) => {
            let local = local_addr(&socket);
            let took = start.elapsed();
            session.explain(|| Event::connected(destination.transport, local.map(Into::into), info.addr.into(), took));
            Ok(socket)
        }
        Err(error) => {
            session.explain(|| Event::failed("connect", info.addr, &error));
            let cause = errno_text(&error);
            let timed_out = error.raw_os_error() == Some(libc::EINPROGRESS);
            Err(Attempt::Failed(if timed_out { destination.timed_out(&cause) } else { destination.failed(&cause) }))
        }
    }
}

/// Connects within `timeout`. EINPROGRESS is the error when that has passed.
fn connect(socket: &Socket, addr: &SocketAddr, timeout: Option<std::time::Duration>) -> io::Result<()> {
    match socket.connect(&SockAddr::from(*addr)) {
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {
            let mut fds = [PollFd::new(socket.as_fd(), Events::OUT)];
            // A timeout of zero waits as long as the kernel does.
            if poll(&mut fds, timeout.filter(|timeout| !timeout.is_zero()))? == 0 {
                return Err(error);
            }
            socket.take_error()?.map_or(Ok(()), Err)
        }
        other => other,
    }
}

/// Binds to the address of `-s` and the port of `-p`, if there is one.
fn bind_local(session: &mut Session<'_, '_>, socket: &Socket, info: &AddrInfo) -> Result<(), Attempt> {
    let options = session.options;
    let Role::Connect(Connect { local_host, local_port, .. }) = &options.role else { return Ok(()) };
    if local_host.is_none() && local_port.is_none() {
        return Ok(());
    }
    let hints =
        Hints { flags: AiFlags::PASSIVE, family: info.family, socktype: info.socktype, protocol: info.protocol };
    let found = session.lookup(local_host.as_deref(), Some(local_port.as_deref().unwrap_or("0")), hints);
    let found = found.map_err(|error| {
        let failure = Failure::new(FAILED, format!("getaddrinfo: {}", error.text()));
        match error.code {
            sockeye_sys::gai::GaiCode::ADDRFAMILY => Attempt::OtherFamily(failure),
            _ => Attempt::Local(failure),
        }
    })?;
    let Some(local) = found.first() else { return Ok(()) };
    // UDP has no TIME-WAIT: there the option would only let a second socket take the datagrams of a first.
    if session.options.transport == Transport::Tcp {
        session.reuse_address(socket);
    }
    session.bind(socket, local.addr).map_err(Attempt::Local)
}

pub(super) fn local_addr(socket: &Socket) -> Option<SocketAddr> {
    socket.local_addr().ok().and_then(|addr| addr.as_socket())
}

impl Session<'_, '_> {
    /// socket(2): close-on-exec, and never blocking.
    pub(super) fn socket(&mut self, info: &AddrInfo) -> io::Result<Socket> {
        let (family, socktype, protocol) = (info.family, info.socktype, info.protocol);
        self.explain(|| Event::Socket { family: family.into(), socktype: socktype.into(), protocol: protocol.into() });
        let domain = if family == Family::INET6 { Domain::IPV6 } else { Domain::IPV4 };
        let made = Socket::new(domain, socktype.0.into(), Some(protocol.0.into()))
            .and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
        if let Err(error) = &made {
            self.explain(|| Event::failed("socket", family, error));
        }
        made
    }

    /// Sets SO_REUSEADDR.
    pub(super) fn reuse_address(&mut self, socket: &Socket) {
        let meaning = "a port whose last connection is in TIME-WAIT can be used again";
        self.option_was(&socket.set_reuse_address(true), "SO_REUSEADDR", 1, meaning);
    }

    /// Tells that an option was set. One that was not is no error: without it, bind(2) says what is wrong.
    pub(super) fn option_was(&mut self, set: &io::Result<()>, name: &'static str, value: i32, meaning: &'static str) {
        if set.is_ok() {
            self.explain(|| Event::SocketOption { name, value, meaning });
        }
    }

    /// bind(2).
    ///
    /// # Errors
    /// [`Failure`] that names the address, which OpenBSD's does not.
    pub(super) fn bind(&mut self, socket: &Socket, addr: SocketAddr) -> Result<(), Failure> {
        self.explain(|| Event::bind(&addr.into()));
        if let Err(error) = socket.bind(&SockAddr::from(addr)) {
            self.explain(|| Event::failed("bind", addr, &error));
            let failure = Failure::call(FAILED, "bind", addr, &error);
            let low = error.kind() == io::ErrorKind::PermissionDenied && addr.port() < 1024;
            return Err(if low { failure.hint("ports below 1024 need CAP_NET_BIND_SERVICE") } else { failure });
        }
        if let Some(local) = local_addr(socket) {
            self.explain(|| Event::Bound { local: local.into() });
        }
        Ok(())
    }
}
