//! The listener: one peer after the other.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::io;
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use socket2::{SockAddr, Socket};
use sockeye_cli::{Failure, Status};
use sockeye_sys::Family;
use sockeye_sys::addrinfo::{AddrInfo, AiFlags};
use sockeye_sys::gai::GaiCode;
use sockeye_sys::poll::{Events, PollFd, poll};

use super::connect::{local_addr, local_address};
use super::converse::Outcome;
use super::local::accepted_from;
use super::names::hints;
use super::serve::Job;
use super::stdio::{retry, unless_not_ready};
use super::wire::Wire;
use super::{FAILED, Session};
use crate::address::Address;
use crate::explain::Event;
use crate::explain::tcp::Moment;
use crate::hub::Kind;
use crate::options::{Access, Dialect, FamilyChoice, Listen, Options, Reply, Role, Service, Transport};
use crate::relay::Policy;
use crate::report;

/// How many connections may wait while `-k` serves one. OpenBSD nc lets one wait, and then the others try for minutes.
const BACKLOG: i32 = 128;
/// What `--delay-accept` shows.
const BEFORE_ACCEPT: &str = "between listen and accept: who connects now is connected by the kernel and waits";

/// Waits for peers.
pub(super) fn run(session: &mut Session<'_, '_>) -> Result<Status, Failure> {
    let options = session.options;
    let Role::Listen(listen) = &options.role else { return Ok(FAILED) };
    if listen.max_conns.is_some() && !listen.keep_open {
        session.warn(match options.dialect {
            Dialect::Ncat => {
                "Warning: Maximum connections ignored, since it does not take effect without -k or --broker."
            }
            Dialect::OpenBsd | Dialect::Traditional => "--max-conns has no effect without -k: one client is served",
        });
    }
    if options.transport.is_unix() || options.transport.is_vsock() {
        let socket = super::local::listen(session, listen)?;
        return match (options.transport.is_datagram(), &listen.service) {
            (true, _) => super::local::datagrams(session, listen, socket),
            (false, _) => serve(session, listen, socket),
        };
    }
    let found = addresses(session, listen)?;
    let socket = open(session, &found)?;
    say_waiting(session, &socket);
    match (options.transport.is_datagram(), &listen.service) {
        (false, _) => serve(session, listen, socket),
        (true, Service::App(app)) => super::serve::app(session, listen, *app, socket),
        (true, _) if listen.keep_open => print_all(session, socket),
        (true, _) => answer_first(session, socket),
    }
}

/// The addresses to listen on, of which the first that can be had is taken.
fn addresses(session: &mut Session<'_, '_>, listen: &Listen) -> Result<Vec<AddrInfo>, Failure> {
    let options = session.options;
    let Listen { host, port, .. } = listen;
    let family = match (host, options.family) {
        // Everything, as ncat's: by one socket that takes IPv4 too.
        (None, FamilyChoice::Any) if options.dialect == Dialect::Ncat => FamilyChoice::V6,
        // Without an address, IPv4 only, as OpenBSD's.
        (None, FamilyChoice::Any) => FamilyChoice::V4,
        (_, family) => family,
    };
    let mut hints = hints(options.transport, family);
    hints.flags = AiFlags::PASSIVE;
    let mut found =
        session.lookup(host.as_deref(), Some(port), hints).map_err(|error| match (options.dialect, host) {
            (Dialect::Ncat, _) if error.code == GaiCode::SERVICE => session.unknown_port("port number", port),
            (Dialect::Ncat, Some(host)) => {
                Failure::new(session.fatal(), report::unresolved(options.dialect, host, port, &error.text()))
            }
            _ => Failure::new(session.fatal(), format!("getaddrinfo: {}", error.text())),
        })?;
    if options.dialect == Dialect::Ncat && takes_both(options) {
        // For a host without IPv6.
        hints.family = Family::INET;
        found.extend(session.lookup(None, Some(port), hints).unwrap_or_default());
    }
    if listen.host_order_port && cfg!(target_endian = "little") {
        for info in &mut found {
            let port = info.addr.port();
            info.addr.set_port(port.swap_bytes());
            let said = format!(
                "--host-order-port: without htons(3), the octets of {port} lie in memory as those of {}",
                port.swap_bytes()
            );
            session.warn(&said);
        }
    }
    Ok(found)
}

/// Whether neither an address nor an option asks for one family.
fn takes_both(options: &Options) -> bool {
    options.family == FamilyChoice::Any && matches!(&options.role, Role::Listen(listen) if listen.host.is_none())
}

/// Says what is listened on, under `-v`.
fn say_waiting(session: &mut Session<'_, '_>, socket: &Socket) {
    let options = session.options;
    if options.verbose > 0
        && let Some(local) = local_addr(socket)
        && let Some((host, port)) = session.spoken(&local)
    {
        session.say(report::waiting(options.dialect, options.transport, &host, &port));
        if options.dialect == Dialect::Ncat && local.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) && takes_both(options) {
            // One socket for both, which ncat has two for.
            session.say(report::waiting(options.dialect, options.transport, "0.0.0.0", &port));
        }
    }
}

/// Streams, in whichever way they are served.
fn serve(session: &mut Session<'_, '_>, listen: &Listen, socket: Socket) -> Result<Status, Failure> {
    session.drop_privileges();
    session.pause(listen.delay_accept, BEFORE_ACCEPT)?;
    if let Service::App(app) = listen.service {
        session.confine_to_clients(listen);
        return super::serve::app(session, listen, app, socket);
    }
    match hub_kind(session.options.dialect, listen) {
        Some(kind) => {
            session.confine_to_clients(listen);
            super::serve::hub(session, listen, kind, socket)
        }
        None => accept_each(session, listen, socket),
    }
}

/// Which clients hear each other, or share the standard streams.
fn hub_kind(dialect: Dialect, listen: &Listen) -> Option<Kind> {
    match listen.service {
        Service::Broker => Some(Kind::Broker),
        Service::Chat => Some(Kind::Chat),
        _ => listen.shares_streams(dialect).then_some(Kind::Streams),
    }
}

/// Binds, and for TCP listens on, the first address that can be had.
fn open(session: &mut Session<'_, '_>, found: &[AddrInfo]) -> Result<Socket, Failure> {
    let mut failure = Failure::new(FAILED, "getaddrinfo: no address");
    for info in found {
        match open_one(session, info) {
            Ok(socket) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

fn open_one(session: &mut Session<'_, '_>, info: &AddrInfo) -> Result<Socket, Failure> {
    let socket = session.socket(info).map_err(|error| match error.raw_os_error() {
        Some(libc::EPROTONOSUPPORT | libc::ESOCKTNOSUPPORT) => session.no_such_socket(&error),
        _ => Failure::call(FAILED, "socket", info.family, &error),
    })?;
    session.set_options(&socket, info.family)?;
    if info.family == Family::INET6 && info.addr.ip().is_unspecified() {
        // Whatever the host's default is. To ncat -6 and :: are IPv6 only; OpenBSD nc takes both.
        let only = session.options.dialect == Dialect::Ncat && !takes_both(session.options);
        let meaning = if only { ":: takes IPv6 only" } else { ":: takes IPv4 too, as ::ffff:0:0/96" };
        session.option_was(&socket.set_only_v6(only), "IPV6_V6ONLY", only.into(), meaning);
    }
    if session.options.socket.md5 {
        // IPv4 over a socket of IPv6 has addresses of its own there.
        let mapped = SocketAddr::new(IpAddr::V6(Ipv4Addr::UNSPECIFIED.to_ipv6_mapped()), 0);
        let everybody = match info.addr {
            SocketAddr::V4(_) => vec![SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0)],
            SocketAddr::V6(_) => vec![SocketAddr::new(IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0), mapped],
        };
        for peer in everybody {
            session.sign(&socket, peer)?;
        }
    }
    if session.options.transport == Transport::Udp {
        session.bind(&socket, &info.addr.into())?;
        session.drop_privileges();
        return Ok(socket);
    }
    session.reuse_address(&socket);
    session.bind(&socket, &info.addr.into())?;
    session.listen(&socket, &info.addr.into())?;
    Ok(socket)
}

/// Streams: one connection after the other, or only the first.
fn accept_each(session: &mut Session<'_, '_>, listen: &Listen, listener: Socket) -> Result<Status, Failure> {
    if let Service::HttpProxy { auth } = &listen.service {
        if listen.host.is_none() && auth.is_none() && listen.access == Access::default() {
            session.warn_of_open_proxy();
        }
        let auth = auth.as_deref();
        session.confine_to_clients(listen);
        if listen.keep_open {
            return super::serve::jobs(session, listen, Job::Proxy(auth), listener);
        }
        let (socket, peer) = accept(session, &listener)?;
        drop(listener);
        announce(session, &peer);
        let wire = Wire::new(socket, session.options.transport, Some(peer));
        return session.be_a_proxy(wire, auth).map(|()| Status::YES);
    }
    if let Service::Program(program) = &listen.service {
        session.warn_of_open_program(listen);
        if listen.keep_open {
            return super::serve::jobs(session, listen, Job::Program(program), listener);
        }
    }
    let keep_open = listen.keep_open;
    if keep_open {
        session.confine_to_clients(listen);
    }
    let mut listener = Some(listener);
    let mut accepted = 0;
    while let Some(open) = &listener {
        let (socket, peer) = accept(session, open)?;
        accepted += 1;
        if !keep_open || listen.max_clients.is_some_and(|most| accepted >= most) {
            // Nobody else is served: who comes now is refused instead of being left to wait.
            listener = None;
        }
        announce(session, &peer);
        if let Service::Program(program) = &listen.service {
            let wire = Wire::new(socket, session.options.transport, Some(peer));
            session.secure_server(wire).and_then(|wire| session.run_program_on(program, wire))?;
            continue;
        }
        if !keep_open {
            session.confine_to_peer();
        }
        let policy = Policy { leave_with_peer: true, ..session.policy() };
        let wire = Wire::new(socket, session.options.transport, Some(peer));
        let outcome = match session.secure_server(wire) {
            Ok(mut wire) => session.converse(&mut wire, policy)?,
            Err(failure) => Outcome::Lost(failure),
        };
        match outcome {
            Outcome::Ended => {}
            Outcome::Lost(failure) | Outcome::Refused(failure) if keep_open => session.output.failure(&failure),
            Outcome::Lost(failure) | Outcome::Refused(failure) => return Err(failure),
        }
    }
    Ok(Status::YES)
}

/// Waits for a connection, however long that takes.
fn accept(session: &mut Session<'_, '_>, listener: &Socket) -> Result<(Socket, Address), Failure> {
    loop {
        poll(&mut [PollFd::new(listener.as_fd(), Events::IN)], None)
            .map_err(|error| Failure::call(FAILED, "poll", "the listening socket", &error))?;
        if let Some(accepted) = accept_now(session, listener)? {
            return Ok(accepted);
        }
    }
}

/// accept(2). `None` if nobody is there after all.
fn accept_now(session: &mut Session<'_, '_>, listener: &Socket) -> Result<Option<(Socket, Address)>, Failure> {
    try_accept(session, listener).map_err(|error| Failure::call(FAILED, "accept", "a connection", &error))
}

/// What accept(2) says of a connection that broke before it was accepted, and that is no fault of the listener: "in
/// order to be reliable, treat them as EAGAIN" (accept(2), Errors).
const BROKE_BEFORE: [i32; 8] = [
    libc::ENETDOWN,
    libc::EPROTO,
    libc::ENOPROTOOPT,
    libc::EHOSTDOWN,
    libc::ENONET,
    libc::EHOSTUNREACH,
    libc::EOPNOTSUPP,
    libc::ENETUNREACH,
];

/// accept(2). `None` if nobody is there after all, or was not let in.
///
/// # Errors
/// If there are no more descriptors or there is no more memory: what may pass.
pub(super) fn try_accept(session: &mut Session<'_, '_>, listener: &Socket) -> io::Result<Option<(Socket, Address)>> {
    let accepted = listener.accept().and_then(|(socket, peer)| {
        socket.set_nonblocking(true)?;
        Ok((socket, accepted_from(session, &peer).ok_or(io::ErrorKind::Unsupported)?))
    });
    match accepted {
        Ok((socket, peer)) => {
            session.explain(|| Event::Accepted { local: local_address(&socket), peer: peer.clone() });
            session.explain_peer(&socket);
            if peer.inet().is_some_and(|peer| !session.admits(&peer)) {
                return Ok(None);
            }
            session.explain_state(Moment::Accepted, &socket);
            Ok(Some((socket, peer)))
        }
        // It was gone before we came to it, or a signal came.
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionAborted | io::ErrorKind::Interrupted
            ) || error.raw_os_error().is_some_and(|number| BROKE_BEFORE.contains(&number)) =>
        {
            Ok(None)
        }
        Err(error) => {
            session.explain(|| Event::failed("accept", "the listening socket", &error));
            Err(error)
        }
    }
}

/// Says who came, under `-v`.
pub(super) fn announce(session: &mut Session<'_, '_>, peer: &Address) {
    if session.options.verbose == 0 {
        return;
    }
    match peer {
        Address::Inet(addr) => {
            if let Some((host, port)) = session.spoken(addr) {
                session.say(match session.options.dialect {
                    Dialect::Ncat => report::connection_from(session.options.transport, &host, &port),
                    Dialect::OpenBsd | Dialect::Traditional => report::received(&host, &port),
                });
            }
        }
        Address::Vsock { cid, port } => session.say(report::received(&cid.to_string(), &port.to_string())),
        Address::Unix(_) => session.say_received(),
    }
}

/// Waits for a first datagram, which is left where it is, and connects the socket to whoever sent it.
pub(super) fn take_first(session: &mut Session<'_, '_>, socket: &Socket) -> Result<SocketAddr, Failure> {
    let peer = first_sender(session, socket).map_err(|error| Failure::call(FAILED, "recvfrom", "anybody", &error))?;
    session.explain(|| Event::connect(&peer.into()));
    let start = Instant::now();
    socket.connect(&SockAddr::from(peer)).map_err(|error| {
        session.explain(|| Event::failed("connect", peer, &error));
        Failure::call(FAILED, "connect", peer, &error)
    })?;
    let took = start.elapsed();
    session.explain(|| Event::connected(Transport::Udp, local_addr(socket).map(Into::into), peer.into(), took));
    Ok(peer)
}

/// UDP without `-k`: whoever sends first is the peer of a conversation.
fn answer_first(session: &mut Session<'_, '_>, socket: Socket) -> Result<Status, Failure> {
    let peer = take_first(session, &socket)?;
    announce(session, &peer.into());
    if let Role::Listen(listen) = &session.options.role
        && let Service::Program(program) = &listen.service
    {
        session.warn_of_open_program(listen);
        return session.run_program(program, socket).map(|()| Status::YES);
    }
    session.confine_to_peer();
    let policy = session.policy();
    match session.converse(&mut Wire::new(socket, session.options.transport, Some(peer.into())), policy)? {
        // The peer has gone, and cannot say so in UDP: its host does, with ICMP.
        Outcome::Ended | Outcome::Refused(_) => Ok(Status::YES),
        Outcome::Lost(failure) => Err(failure),
    }
}

/// Waits for a datagram, which is left where it is, and says whose it is.
fn first_sender(session: &mut Session<'_, '_>, socket: &Socket) -> io::Result<SocketAddr> {
    loop {
        poll(&mut [PollFd::new(socket.as_fd(), Events::IN)], None)?;
        let mut room = [MaybeUninit::uninit(); 1];
        let Some((_, peer)) = unless_not_ready(retry(|| socket.peek_from(&mut room)))? else { continue };
        let peer = peer.as_socket().ok_or(io::ErrorKind::Unsupported)?;
        if session.admits(&peer) {
            return Ok(peer);
        }
        // Nobody is to read it.
        unless_not_ready(retry(|| socket.recv(&mut room)))?;
    }
}

/// The one peer that `--reply` names, if it names one.
fn named(reply: &Reply) -> Result<Option<SocketAddr>, Failure> {
    let Reply::Peer(text) = reply else { return Ok(None) };
    let wrong =
        || Failure::new(FAILED, format!("--reply {text}: not last, each, or a peer as 192.0.2.1:7000 or [::1]:7000"));
    text.parse().map(Some).map_err(|_| wrong())
}

/// UDP with `-k`: everything from everybody. Without `--reply` there are no answers: there is not one peer to whom they
/// could go.
fn print_all(session: &mut Session<'_, '_>, socket: Socket) -> Result<Status, Failure> {
    let mut policy = Policy { idle: None, quit_after_eof: None, leave_with_peer: false, ..session.policy() };
    let mut wire = Wire::new(socket, session.options.transport, None);
    let reply = if let Role::Listen(listen) = &session.options.role { listen.reply.as_ref() } else { None };
    match reply {
        Some(reply) => wire.answer(reply.clone(), named(reply)?),
        None => policy.ignore_input = true,
    }
    session.confine_to_peer();
    match session.converse(&mut wire, policy)? {
        Outcome::Ended => Ok(Status::YES),
        Outcome::Lost(failure) | Outcome::Refused(failure) => Err(failure),
    }
}

impl Session<'_, '_> {
    /// listen(2), and before it the pause that was asked for.
    pub(super) fn listen(&mut self, socket: &Socket, addr: &Address) -> Result<(), Failure> {
        let Role::Listen(listen) = &self.options.role else { return Ok(()) };
        self.pause(listen.delay_listen, "between bind and listen: who connects now is refused")?;
        let backlog = listen.backlog.unwrap_or_else(|| match (listen.keep_open, &listen.service) {
            (false, _) => 1,
            (true, Service::Relay) => BACKLOG,
            // They serve many at once, and may be asked by thousands in one moment.
            (true, _) => super::serve::longest_backlog(),
        });
        self.explain(|| Event::Listen { backlog });
        // Two sockets may be bound to one address with SO_REUSEADDR, but only one of them may listen: it shows here.
        socket.listen(backlog).map_err(|error| {
            self.explain(|| Event::failed("listen", addr, &error));
            let failure = Failure::call(FAILED, "listen", addr, &error);
            match self.holder(addr, &error) {
                Some(holder) => failure.hint(holder),
                None => failure,
            }
        })
    }

    /// Says that somebody without a name of its own came to our path.
    pub(super) fn say_received(&mut self) {
        if let Some((_, said)) = &self.listens_at {
            let said = format!("Connection received on {said}");
            self.say(said);
        }
    }

    /// Shows who is at the other end of a Unix-domain socket.
    pub(super) fn explain_peer(&mut self, socket: &Socket) {
        if self.output.is_explained()
            && self.options.transport == Transport::UnixStream
            && let Ok((pid, uid, gid)) = sockeye_sys::socket::peer_credentials(socket)
        {
            self.explain(|| Event::PeerCredentials { pid, uid, gid });
        }
    }

    /// Waits, if that was asked for, and tells what the others see meanwhile.
    fn pause(&mut self, delay: Option<Duration>, meaning: &'static str) -> Result<(), Failure> {
        let Some(delay) = delay else { return Ok(()) };
        let delay_us = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        self.explain(|| Event::Pause { delay_us, meaning });
        poll(&mut [], Some(delay)).map(drop).map_err(|error| Failure::call(FAILED, "poll", "for a pause", &error))
    }
}
