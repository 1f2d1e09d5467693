//! The client: each address of the name in turn, until one answers.

#![expect(clippy::disallowed_methods, reason = "the shell: makes sockets and reads the clock")]

use std::ffi::OsStr;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::time::Instant;

use socket2::{Domain, SockAddr, Socket};
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Status};
use sockeye_common::sockaddr::{SockaddrUn, UnixName};
use sockeye_sys::addrinfo::{AddrInfo, AiFlags, Hints};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{Family, Protocol, SockType};

use super::converse::Outcome;
use super::names::{self, hints};
use super::wire::Wire;
use super::{CLOSED, FAILED, SILENT, Session, scan};
use crate::address::Address;
use crate::explain::tcp::Moment;
use crate::explain::{Event, OptionValue};
use crate::options::{Connect, Dialect, Role, Transport};
use crate::report::{self, Destination};

/// What a UDP socket asks for.
const RECEIVE_BUFFER: usize = 8 << 20;

/// Connects to every port in turn. Yes if one of them answered.
pub(super) fn run(session: &mut Session<'_, '_>) -> Result<Status, Failure> {
    let options = session.options;
    let Role::Connect(connect) = &options.role else { return Ok(FAILED) };
    if connect.pass_socket {
        super::pass::check()?;
    }
    if options.transport.is_unix() || options.transport.is_vsock() {
        return super::local::connect(session, connect);
    }
    if !options.socket.source_route.is_empty() {
        session.say("-g: routers and hosts drop packets with a source route unless accept_source_route is set there");
    }
    let host = &connect.host;
    let all = session.all_ports(connect)?;
    // Behind a proxy or TLS there is more to a connection than connect(2), and a path is not many ports: one at a time.
    let has_ports = matches!(options.transport, Transport::Tcp | Transport::Udp | Transport::Sctp);
    if connect.scan && has_ports && options.proxy.is_none() && options.tls.is_none() {
        return scan::run(session, host, all);
    }
    let mut status = FAILED;
    let mut all = all.into_iter().peekable();
    while let Some(port) = all.next() {
        session.goes_on = all.peek().is_some() && !connect.pass_socket;
        let reached = match &options.proxy {
            Some(proxy) => session.reach_through(proxy, host, port)?,
            None => reach(session, host, port, true)?,
        };
        let Some(wire) = reached else { continue };
        status = session.after_connect(connect, wire, host)?;
        if connect.pass_socket {
            break;
        }
    }
    match status {
        Status::YES => Ok(Status::YES),
        // Whatever there was to say was said with each attempt.
        status => Err(Failure::Silent(status)),
    }
}

/// Why an address was not reached.
pub(super) enum Attempt {
    /// The call, what it was about and what the kernel said; the run goes on with the next address.
    Failed(String),
    /// The local address that was asked for cannot be used, whatever the peer.
    Local(Failure),
    /// The local address is of the other family: this address was never an option.
    OtherFamily(Failure),
}

/// Tries each address of `host`. `None` if none answered, which has been said by then.
///
/// A proxy is not the `destination`: that it was reached is not said.
pub(super) fn reach(
    session: &mut Session<'_, '_>,
    host: &str,
    port: u16,
    is_destination: bool,
) -> Result<Option<Wire>, Failure> {
    let (transport, dialect, fatal) = (session.options.transport, session.options.dialect, session.fatal());
    let service = port.to_string();
    let hints = hints(transport, session.options.family);
    // Whom a listener connects to, its client has asked for.
    let is_proxy = !is_destination && matches!(session.options.role, Role::Connect(_));
    let found = session.lookup(Some(host), Some(&service), hints).map_err(|error| match dialect {
        Dialect::Ncat if is_proxy => Failure::new(FAILED, report::unresolved_proxy(host, &error.text())),
        _ => Failure::new(fatal, report::unresolved(dialect, host, &service, &error.text())),
    })?;
    let mut other_family = None;
    let mut tried = false;
    for info in &found {
        let addr = names::numeric(&info.addr);
        let destination = Destination { host: host.to_owned(), addr, port, transport, dialect };
        match attempt(session, info, &destination) {
            Ok(socket) => {
                if session.options.verbose > 0 && is_destination {
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
                    let is_ncats = is_proxy && dialect == Dialect::Ncat;
                    let sentence = if is_ncats { format!("Proxy connection failed: {sentence}") } else { sentence };
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
    let socket = session.socket(info).map_err(|error| match error.raw_os_error() {
        // No other address will do better, and it is no refusal by a peer.
        Some(libc::EPROTONOSUPPORT | libc::ESOCKTNOSUPPORT) => Attempt::Local(session.no_such_socket(&error)),
        _ => Attempt::Failed(destination.failed(&errno_text(&error))),
    })?;
    session.set_options(&socket, info.family).map_err(Attempt::Local)?;
    bind_local(session, &socket, info)?;
    session.sign(&socket, info.addr).map_err(Attempt::Local)?;
    session.explain_state(Moment::BeforeConnect, &socket);
    session.explain(|| Event::connect(&info.addr.into()));
    let start = Instant::now();
    let made = connect_within(&socket, &SockAddr::from(info.addr), session.connect_limit())
        .and_then(|()| if session.met_itself(&socket) { Err(refused()) } else { Ok(()) });
    session.explain_state(Moment::AfterConnect, &socket);
    match made {
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

/// What a port is where nobody listens.
fn refused() -> io::Error {
    io::Error::from_raw_os_error(libc::ECONNREFUSED)
}

/// Connects within `timeout`. EINPROGRESS is the error when that has passed.
pub(super) fn connect_within(socket: &Socket, addr: &SockAddr, timeout: Option<std::time::Duration>) -> io::Result<()> {
    match socket.connect(addr) {
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {
            let mut fds = [PollFd::new(socket.as_fd(), Events::OUT)];
            if poll(&mut fds, timeout)? == 0 {
                return Err(error);
            }
            socket.take_error()?.map_or(Ok(()), Err)
        }
        other => other,
    }
}

/// Binds to the address of `-s` and the port of `-p`, if there is one.
fn bind_local(session: &mut Session<'_, '_>, socket: &Socket, info: &AddrInfo) -> Result<(), Attempt> {
    let Some(local) = session.local_for(info)? else { return Ok(()) };
    session.bind_before_connect(socket, local).map_err(Attempt::Local)
}

pub(super) fn local_addr(socket: &Socket) -> Option<SocketAddr> {
    socket.local_addr().ok().and_then(|addr| addr.as_socket())
}

/// The local address, whatever the family.
pub(super) fn local_address(socket: &Socket) -> Option<Address> {
    socket.local_addr().ok().and_then(|addr| address(&addr))
}

/// The structure that a call is given.
pub(super) fn raw_addr(addr: &Address) -> io::Result<SockAddr> {
    match addr {
        Address::Inet(addr) => Ok(SockAddr::from(*addr)),
        Address::Unix(unix) => match unix.name() {
            UnixName::Unnamed => Err(io::ErrorKind::InvalidInput.into()),
            UnixName::Pathname(path) => SockAddr::unix(OsStr::from_bytes(path)),
            // With the NUL in front, which makes it abstract.
            UnixName::Abstract(_) => SockAddr::unix(OsStr::from_bytes(unix.sun_path())),
        },
        Address::Vsock { cid, port } => Ok(SockAddr::vsock(*cid, *port)),
    }
}

/// What a call said, if the family is one that nc speaks.
pub(super) fn address(raw: &SockAddr) -> Option<Address> {
    if let Some(addr) = raw.as_socket() {
        return Some(addr.into());
    }
    if let Some((cid, port)) = raw.as_vsock_address() {
        return Some(Address::Vsock { cid, port });
    }
    if !raw.is_unix() {
        return None;
    }
    let unix = match (raw.as_pathname(), raw.as_abstract_namespace()) {
        (Some(path), _) => SockaddrUn::pathname(path.as_os_str().as_bytes()).ok()?,
        (_, Some(name)) => SockaddrUn::abstract_name(name).ok()?,
        _ => SockaddrUn::unnamed(),
    };
    Some(Address::Unix(unix))
}

impl Session<'_, '_> {
    /// Does with a connection what it was made for.
    pub(super) fn after_connect(&mut self, connect: &Connect, wire: Wire, host: &str) -> Result<Status, Failure> {
        let options = self.options;
        self.confine_to_peer();
        let mut wire = self.secure_client(wire, host)?;
        if connect.scan {
            return Ok(Status::YES);
        }
        if connect.pass_socket {
            return self.pass_socket(&wire);
        }
        if let Some(program) = &connect.program {
            self.run_program_on(program, wire)?;
            return Ok(Status::YES);
        }
        let policy = self.policy();
        match self.converse(&mut wire, policy)? {
            Outcome::Ended if options.transport.is_datagram() => {
                if options.dialect != Dialect::Ncat {
                    self.say(report::datagrams(&self.ledger));
                }
                let silent = options.status && self.ledger.received == 0;
                Ok(if silent { SILENT } else { Status::YES })
            }
            Outcome::Ended => Ok(Status::YES),
            Outcome::Lost(failure) => Err(failure),
            Outcome::Refused(_) if options.dialect == Dialect::Ncat => {
                let status = if options.status { CLOSED } else { FAILED };
                Err(Failure::new(status, format!("{}.", errno_text(&refused()))))
            }
            Outcome::Refused(failure) => {
                // OpenBSD nc finds out with -v only, because only then it sends a probe.
                if options.status || self.is_loud() {
                    self.output.failure(&failure);
                }
                self.say(report::CLOSED);
                Ok(match (options.status, options.verbose) {
                    (true, _) => CLOSED,
                    (false, 0) => Status::YES,
                    (false, _) => FAILED,
                })
            }
        }
    }

    /// Whether a TCP socket came out at itself: the system chose as its local port the very one that was asked for
    /// (RFC 9293 section 3.5, simultaneous open). With `-p` the user chose it, and may want to see that.
    fn met_itself(&self, socket: &Socket) -> bool {
        let chosen = matches!(&self.options.role, Role::Connect(connect) if connect.local_port.is_some());
        let peer = socket.peer_addr().ok().and_then(|addr| addr.as_socket());
        self.options.transport == Transport::Tcp && !chosen && peer.is_some() && peer == local_addr(socket)
    }

    /// The ports to connect to, in the order in which that is done.
    fn all_ports(&mut self, connect: &Connect) -> Result<Vec<u16>, Failure> {
        let mut all = Vec::new();
        for spec in &connect.ports {
            all.extend(self.ports(spec)?);
        }
        if connect.shuffle {
            let mut octets = vec![0; all.len().saturating_mul(size_of::<u64>())];
            sockeye_sys::random::fill(&mut octets)
                .map_err(|error| Failure::call(FAILED, "getrandom", "the order of the ports", &error))?;
            let (numbers, _) = octets.as_chunks::<{ size_of::<u64>() }>();
            let mut numbers = numbers.iter().map(|number| u64::from_ne_bytes(*number));
            crate::scan::shuffle(&mut all, || numbers.next().unwrap_or(0));
        }
        Ok(all)
    }

    /// The address of `-s` and the port of `-p` in the family of `info`, if there is one.
    pub(super) fn local_for(&mut self, info: &AddrInfo) -> Result<Option<SocketAddr>, Attempt> {
        let Role::Connect(Connect { local_host, local_port, .. }) = &self.options.role else { return Ok(None) };
        if local_host.is_none() && local_port.is_none() {
            return Ok(None);
        }
        let hints =
            Hints { flags: AiFlags::PASSIVE, family: info.family, socktype: info.socktype, protocol: info.protocol };
        let found = self.lookup(local_host.as_deref(), Some(local_port.as_deref().unwrap_or("0")), hints);
        let found = found.map_err(|error| {
            let failure = self.unknown_source(local_host.as_deref(), local_port.as_deref(), &error);
            match error.code {
                sockeye_sys::gai::GaiCode::ADDRFAMILY => Attempt::OtherFamily(failure),
                _ => Attempt::Local(failure),
            }
        })?;
        Ok(found.first().map(|local| local.addr))
    }

    /// Binds a socket that is going to connect.
    pub(super) fn bind_before_connect(&mut self, socket: &Socket, local: SocketAddr) -> Result<(), Failure> {
        // UDP has no TIME-WAIT: there the option would only let a second socket take the datagrams of a first.
        if self.options.transport == Transport::Tcp {
            self.reuse_address(socket);
        }
        self.bind(socket, &local.into())
    }

    /// socket(2): close-on-exec, and never blocking.
    pub(super) fn socket(&mut self, info: &AddrInfo) -> io::Result<Socket> {
        self.socket_of(info.family, info.socktype, info.protocol)
    }

    /// socket(2) says that this kernel does not have the transport.
    pub(super) fn no_such_socket(&self, error: &io::Error) -> Failure {
        let name = self.options.transport.name();
        let failure = Failure::call(FAILED, "socket", name, error);
        let absent = [libc::EPROTONOSUPPORT, libc::ESOCKTNOSUPPORT, libc::EAFNOSUPPORT];
        if error.raw_os_error().is_some_and(|number| absent.contains(&number)) {
            failure.hint(format!("this kernel does not have it, or its module is not loaded (modprobe {name})"))
        } else {
            failure
        }
    }

    /// The same for a family that getaddrinfo(3) does not know.
    pub(super) fn socket_of(&mut self, family: Family, socktype: SockType, protocol: Protocol) -> io::Result<Socket> {
        self.explain(|| Event::Socket { family: family.into(), socktype: socktype.into(), protocol: protocol.into() });
        let made = Socket::new(Domain::from(family.0), socktype.0.into(), Some(protocol.0.into()))
            .and_then(|socket| socket.set_nonblocking(true).map(|()| socket));
        if let Ok(socket) = &made
            && self.options.transport == Transport::Udp
            && self.options.socket.receive_buffer.is_none()
        {
            // The kernel grants what it may, and what it grants is all that there is between a burst and a loss.
            let set = socket.set_recv_buffer_size(RECEIVE_BUFFER);
            let granted = socket.recv_buffer_size().ok().and_then(|len| u64::try_from(len).ok()).unwrap_or(0);
            let meaning = "so many octets were granted of the 8 MiB that were asked for, its own bookkeeping included";
            self.option_was(&set, "SO_RCVBUF", granted, meaning);
        }
        if let Err(error) = &made {
            self.explain(|| Event::failed("socket", family, error));
        }
        made
    }

    /// Sets SO_REUSEADDR.
    pub(super) fn reuse_address(&mut self, socket: &Socket) {
        if self.options.socket.no_reuse_address {
            return;
        }
        let meaning = "a port whose last connection is in TIME-WAIT can be used again";
        self.option_was(&socket.set_reuse_address(true), "SO_REUSEADDR", 1, meaning);
    }

    /// Tells that an option was set. One that was not is no error: without it, bind(2) says what is wrong.
    pub(super) fn option_was(&mut self, set: &io::Result<()>, name: &'static str, value: u64, meaning: &'static str) {
        if set.is_ok() {
            self.explain(|| Event::SocketOption { name, value: OptionValue::Number(value), meaning });
        }
    }

    /// Who has the address that is in use, for somebody who looks: a script's standard error stays as it was.
    pub(super) fn holder(&self, addr: &Address, error: &io::Error) -> Option<String> {
        let looks = self.is_loud() && self.options.dialect != Dialect::Ncat;
        let protocol = match self.options.transport {
            Transport::Tcp => Protocol::TCP,
            Transport::Udp => Protocol::UDP,
            _ => return None,
        };
        let addr = addr.inet().filter(|_| looks && error.kind() == io::ErrorKind::AddrInUse)?;
        super::holder::of(&addr, protocol)
    }

    /// bind(2).
    ///
    /// # Errors
    /// [`Failure`] that names the address, which OpenBSD's does not.
    pub(super) fn bind(&mut self, socket: &Socket, addr: &Address) -> Result<(), Failure> {
        self.explain(|| Event::bind(addr));
        if let Err(error) = raw_addr(addr).and_then(|raw| socket.bind(&raw)) {
            self.explain(|| Event::failed("bind", addr, &error));
            let failure = match self.options.dialect {
                Dialect::Ncat => Failure::new(self.fatal(), report::unbound(addr, &errno_text(&error))),
                Dialect::OpenBsd | Dialect::Traditional => Failure::call(FAILED, "bind", addr, &error),
            };
            if let Some(holder) = self.holder(addr, &error) {
                return Err(failure.hint(holder));
            }
            let low = error.kind() == io::ErrorKind::PermissionDenied && addr.inet().is_some_and(|a| a.port() < 1024);
            return Err(if low { failure.hint("ports below 1024 need CAP_NET_BIND_SERVICE") } else { failure });
        }
        if let Some(local) = local_address(socket) {
            self.explain(|| Event::Bound { local });
        }
        Ok(())
    }
}
