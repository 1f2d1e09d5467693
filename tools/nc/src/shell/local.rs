//! Unix-domain sockets and vsock: one address, no names to look up.

#![expect(clippy::disallowed_methods, reason = "the shell: makes and removes socket files, reads the clock")]

use std::ffi::OsStr;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use socket2::{SockAddr, Socket};
use sockeye_cli::escape::escape;
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Status};
use sockeye_common::sockaddr::{SUN_PATH_LEN, SockaddrUn, UnixName};
use sockeye_sys::confine::Removes;
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{Family, Protocol, SockType};

use super::connect::{address, connect_within, local_address, raw_addr};
use super::converse::Outcome;
use super::stdio::{retry, unless_not_ready};
use super::wire::Wire;
use super::{FAILED, Session};
use crate::address::Address;
use crate::explain::Event;
use crate::options::{Connect, Dialect, Listen, Transport};
use crate::port::PortSpec;
use crate::relay::Policy;

/// VMADDR_CID_ANY: every address of this machine.
const CID_ANY: u32 = u32::MAX;
/// VMADDR_PORT_ANY: the system chooses.
const PORT_ANY: u32 = u32::MAX;

/// A socket file that we have made, and its folder if that was made for it. Both go when we do.
#[derive(Default)]
struct Own {
    file: Option<SocketFile>,
    folder: Option<PathBuf>,
}

impl Own {
    /// The folders in which they are: what is to go must not be refused.
    fn removes(&self) -> Removes {
        let paths = self.file.iter().map(|file| &file.path).chain(&self.folder);
        let folder = |path: &PathBuf| match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        let folders: Vec<PathBuf> = paths.map(folder).collect();
        if folders.is_empty() { Removes::Nothing } else { Removes::Beneath(folders) }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        remove(self.file.as_ref(), self.folder.as_deref());
    }
}

/// A path, and which file it was when we had made it: somebody may put another there.
#[derive(Clone)]
struct SocketFile {
    path: PathBuf,
    made: Option<(u64, u64)>,
}

impl SocketFile {
    fn new(path: PathBuf) -> Self {
        let made = Self::identity(&path);
        Self { path, made }
    }

    /// Device and inode.
    fn identity(path: &Path) -> Option<(u64, u64)> {
        std::fs::symlink_metadata(path).ok().map(|found| (found.dev(), found.ino()))
    }

    fn is_still_ours(&self) -> bool {
        self.made.is_some() && self.made == Self::identity(&self.path)
    }
}

fn remove(file: Option<&SocketFile>, folder: Option<&Path>) {
    if let Some(file) = file.filter(|file| file.is_still_ours()) {
        let _ = std::fs::remove_file(&file.path);
    }
    if let Some(folder) = folder {
        let _ = std::fs::remove_dir(folder);
    }
}

/// Connects to each address that the options mean. Yes if one was reached, and the conversations took place.
pub(super) fn connect(session: &mut Session<'_, '_>, options: &Connect) -> Result<Status, Failure> {
    if session.options.transport.is_unix() {
        return connect_to(session, options, &unix(&options.host)?);
    }
    let cid = cid(session, &options.host)?;
    let mut status = Err(Failure::Silent(FAILED));
    // Whether another port comes is not looked at: they are few, and so is what they need.
    session.goes_on = true;
    for spec in &options.ports {
        let ports = match spec {
            PortSpec::Range(low, high) => u32::from(*low)..=u32::from(*high),
            PortSpec::Name(text) => {
                let port = vsock_port(session, text)?;
                port..=port
            }
        };
        for port in ports {
            match connect_to(session, options, &Address::Vsock { cid, port }) {
                Ok(yes) if options.pass_socket => return Ok(yes),
                Ok(yes) => status = Ok(yes),
                Err(failure) if session.is_loud() => session.output.failure(&failure),
                Err(_) => {}
            }
        }
    }
    status
}

fn connect_to(session: &mut Session<'_, '_>, options: &Connect, peer: &Address) -> Result<Status, Failure> {
    let transport = session.options.transport;
    let socket = open(session)?;
    let _own = name_ourselves(session, &socket, options)?;
    session.explain(|| Event::connect(peer));
    let start = Instant::now();
    let connected = raw_addr(peer).and_then(|raw| reach(&socket, &raw, session));
    connected.map_err(|error| {
        session.explain(|| Event::failed("connect", peer, &error));
        let said = match peer {
            Address::Unix(_) if session.options.dialect == Dialect::Ncat => format!("{}.", errno_text(&error)),
            // As OpenBSD's has it, with -v or without.
            Address::Unix(_) => format!("{}: {}", escape(&options.host), errno_text(&error)),
            _ if error.raw_os_error() == Some(libc::EINPROGRESS) => format!("connect to {peer} timed out"),
            _ => format!("connect to {peer} failed: {}", errno_text(&error)),
        };
        Failure::new(FAILED, said)
    })?;
    let (local, took) = (local_address(&socket), start.elapsed());
    session.explain(|| Event::connected(transport, local, peer.clone(), took));
    session.explain_peer(&socket);
    match peer {
        Address::Vsock { cid, port } => {
            session.say(format!("Connection to {cid} {port} port [vsock/*] succeeded!"));
        }
        // OpenBSD's says nothing of these.
        Address::Unix(_) if session.options.dialect == Dialect::Ncat => {
            session.say(format!("Connected to {}.", escape(&options.host)));
        }
        _ => {}
    }
    let wire = Wire::new(socket, transport, Some(peer.clone()));
    session.after_connect(options, wire, &options.host)
}

/// Connects within `-w`. Unix-domain sockets wait for room among those who wait to be accepted only if they may block:
/// otherwise connect(2) says EAGAIN at once.
fn reach(socket: &Socket, raw: &SockAddr, session: &Session<'_, '_>) -> io::Result<()> {
    let timeout = session.connect_limit();
    if session.options.transport != Transport::UnixStream {
        return connect_within(socket, raw, timeout);
    }
    socket.set_write_timeout(timeout)?;
    socket.set_nonblocking(false)?;
    let connected = retry(|| socket.connect(raw)).map_err(|error| match error.kind() {
        io::ErrorKind::WouldBlock => io::Error::from_raw_os_error(libc::ETIMEDOUT),
        _ => error,
    });
    socket.set_nonblocking(true)?;
    // Who gets the socket from us may want to block.
    socket.set_write_timeout(None)?;
    connected
}

/// Binds to what `-s` says. Datagrams over Unix-domain sockets need a name to be answered, so there is one anyway.
fn name_ourselves(session: &mut Session<'_, '_>, socket: &Socket, options: &Connect) -> Result<Own, Failure> {
    let transport = session.options.transport;
    let mut own = Own::default();
    if transport.is_vsock() {
        if options.local_host.is_some() || options.local_port.is_some() {
            let cid = options.local_host.as_deref().map_or(Ok(CID_ANY), |host| cid(session, host))?;
            let port = options.local_port.as_deref().map_or(Ok(PORT_ANY), |text| vsock_port(session, text))?;
            session.bind(socket, &Address::Vsock { cid, port })?;
        }
        return Ok(own);
    }
    let name = match &options.local_host {
        Some(name) => name.clone(),
        None if transport == Transport::UnixDatagram => {
            let folder = temporary_folder()?;
            own.folder = Some(PathBuf::from(&folder));
            format!("{folder}/recv.sock")
        }
        None => return Ok(own),
    };
    let addr = unix(&name)?;
    make_way(session, &addr);
    session.bind(socket, &addr)?;
    // Not before: what bind(2) refuses to replace is not ours.
    own.file = file(&addr).map(SocketFile::new);
    session.socket_files = own.removes();
    if own.file.is_some() {
        remove_at_signal(&own).map_err(|error| Failure::call(FAILED, "pipe", "signals", &error))?;
    }
    session.say(format!("Bound on {}", escape(&name)));
    Ok(own)
}

/// A new folder that is ours alone.
fn temporary_folder() -> Result<String, Failure> {
    let mut octets = [0; 6];
    sockeye_sys::random::fill(&mut octets)
        .map_err(|error| Failure::call(FAILED, "getrandom", "a name for our socket", &error))?;
    let folder = format!("/tmp/nc-{}", sockeye_common::hex::encode(&octets));
    std::fs::DirBuilder::new()
        .mode(0o700)
        .create(&folder)
        .map_err(|error| Failure::call(FAILED, "mkdir", &folder, &error))?;
    Ok(folder)
}

/// Waits for a signal that would end us, on a thread of its own, and removes what is ours first.
///
/// That thread is there before the peer is, and is confined by then, as nothing that shares the memory of who reads from a peer may
/// do more than it.
fn remove_at_signal(own: &Own) -> io::Result<()> {
    let mut signals = sockeye_sys::signals::catch_endings()?;
    let profile = super::confine::with_peer(&own.removes());
    let (file, folder) = (own.file.clone(), own.folder.clone());
    let (is_confined, confined) = std::sync::mpsc::channel();
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        // What does not take hold is told by the thread that speaks to the peer.
        let _ = profile.enter();
        let _ = is_confined.send(());
        let mut number = [0; 1];
        if signals.read_exact(&mut number).is_ok() {
            remove(file.as_ref(), folder.as_deref());
            let [number] = number;
            // The status that a shell reports for who is ended by this signal.
            std::process::exit(128_i32.saturating_add(number.into()));
        }
    })?;
    // It can only be sent.
    let _ = confined.recv();
    Ok(())
}

/// Binds, and for streams listens. The port is common to all transports from here on, but for datagrams.
pub(super) fn listen(session: &mut Session<'_, '_>, options: &Listen) -> Result<Socket, Failure> {
    let transport = session.options.transport;
    let host = options.host.as_deref();
    let (addr, said) = if transport.is_unix() {
        let host = host.unwrap_or_default();
        (unix(host)?, escape(host).to_string())
    } else {
        let cid = host.map_or(Ok(CID_ANY), |host| cid(session, host))?;
        let port = vsock_port(session, &options.port)?;
        (Address::Vsock { cid, port }, format!("{} {port}", escape(host.unwrap_or("any"))))
    };
    let socket = open(session)?;
    make_way(session, &addr);
    session.bind(&socket, &addr)?;
    if transport.is_unix() || transport.is_datagram() {
        session.say(format!("Bound on {said}"));
    }
    if !transport.is_datagram() {
        session.listen(&socket, &addr)?;
        session.say(format!("Listening on {said}"));
    }
    session.listens_at = Some((addr, said));
    Ok(socket)
}

/// Datagrams: who sends first is the peer, if there is a way back to it. With `-k` everybody is heard.
pub(super) fn datagrams(session: &mut Session<'_, '_>, options: &Listen, socket: Socket) -> Result<Status, Failure> {
    let transport = session.options.transport;
    session.drop_privileges();
    let mut policy = session.policy();
    let mut peer = None;
    if options.keep_open {
        policy = Policy { ignore_input: true, idle: None, quit_after_eof: None, ..policy };
    } else {
        peer = first_sender(&socket).map_err(|error| Failure::call(FAILED, "recvfrom", "anybody", &error))?;
        session.say_received();
        if let Some(to) = &peer {
            session.explain(|| Event::connect(to));
            if let Err(error) = raw_addr(to).and_then(|raw| socket.connect(&raw)) {
                session.explain(|| Event::failed("connect", to, &error));
                session.warn(format!("connect {to}: {}", errno_text(&error)));
                // It has gone. What it left is still here, and nothing more comes from it.
                policy = Policy { ignore_input: true, idle: Some(Duration::ZERO), quit_after_eof: None, ..policy };
                peer = None;
            }
        } else {
            session.warn("the sender has no name: it cannot be answered");
            policy = Policy { ignore_input: true, quit_after_eof: None, ..policy };
        }
    }
    session.confine_to_peer();
    match session.converse(&mut Wire::new(socket, transport, peer), policy)? {
        Outcome::Ended | Outcome::Refused(_) => Ok(Status::YES),
        Outcome::Lost(failure) => Err(failure),
    }
}

/// Waits for a datagram, which is left where it is, and says whose it is, if the sender has a name.
fn first_sender(socket: &Socket) -> io::Result<Option<Address>> {
    loop {
        poll(&mut [PollFd::new(socket.as_fd(), Events::IN)], None)?;
        let peeked = retry(|| socket.peek_from(&mut [MaybeUninit::uninit(); 1]));
        if let Some((_, peer)) = unless_not_ready(peeked)? {
            return Ok(
                address(&peer).filter(|addr| !matches!(addr, Address::Unix(unix) if unix.name() == UnixName::Unnamed))
            );
        }
    }
}

/// socket(2).
fn open(session: &mut Session<'_, '_>) -> Result<Socket, Failure> {
    let transport = session.options.transport;
    let family = if transport.is_unix() { Family(libc::AF_UNIX) } else { Family(libc::AF_VSOCK) };
    let socktype = if transport.is_datagram() { SockType::DGRAM } else { SockType::STREAM };
    let socket = session.socket_of(family, socktype, Protocol(0)).map_err(|error| session.no_such_socket(&error))?;
    session.set_options(&socket, family)?;
    Ok(socket)
}

/// Removes a socket file to which nobody listens any more, as one is left by who was killed. One that is in use is left
/// alone, which OpenBSD's does not do, and what is no socket too, which it does not do either: bind(2) refuses then.
fn make_way(session: &mut Session<'_, '_>, addr: &Address) {
    let Some(path) = file(addr).filter(|path| is_socket(path)) else { return };
    // A socket of another type than ours is told apart by its error, and whoever listens there does not notice.
    let probe = Socket::new(libc::AF_UNIX.into(), libc::SOCK_SEQPACKET.into(), None)
        .and_then(|probe| probe.set_nonblocking(true).map(|()| probe))
        .and_then(|probe| probe.connect(&raw_addr(addr)?));
    if !matches!(probe, Err(error) if error.kind() == io::ErrorKind::ConnectionRefused) {
        return;
    }
    session.say(format!("{}: left by somebody who has gone: taken over", escape(&path.to_string_lossy())));
    if let Err(error) = std::fs::remove_file(&path) {
        session.explain(|| Event::failed("unlink", path.display(), &error));
    }
}

fn is_socket(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket())
}

/// The file of an address that has one.
fn file(addr: &Address) -> Option<PathBuf> {
    let Address::Unix(unix) = addr else { return None };
    match unix.name() {
        UnixName::Pathname(path) => Some(PathBuf::from(OsStr::from_bytes(path))),
        UnixName::Abstract(_) | UnixName::Unnamed => None,
    }
}

/// A path, or `@name` in the abstract namespace.
fn unix(text: &str) -> Result<Address, Failure> {
    // The kernel takes 108, without the NUL at the end; who asks for the name of such a socket may not find its end.
    let longest = SUN_PATH_LEN.saturating_sub(1);
    let length = text.len();
    if !text.starts_with('@') && length > longest {
        let said = format!("{}: a path of {length} octets: the limit is {longest} octets", escape(text));
        return Err(Failure::new(FAILED, said));
    }
    let parsed = match text.strip_prefix('@') {
        Some(name) => SockaddrUn::abstract_name(name.as_bytes()),
        None => SockaddrUn::pathname(text.as_bytes()),
    };
    parsed.map(Address::Unix).map_err(|error| Failure::new(FAILED, format!("{}: {error}", escape(text))))
}

/// The number of a machine, or one of the three that have names.
fn cid(session: &Session<'_, '_>, text: &str) -> Result<u32, Failure> {
    match text {
        "any" => Ok(CID_ANY),
        "local" => Ok(1),
        "host" => Ok(2),
        number => number.parse().map_err(|_| {
            let said = format!("--vsock {}: not a CID: a number, `host`, `local` or `any`", escape(number));
            Failure::new(session.fatal(), said)
        }),
    }
}

fn vsock_port(session: &Session<'_, '_>, text: &str) -> Result<u32, Failure> {
    text.parse().map_err(|_| session.unknown_port("port number", text))
}

/// What a call about an address of ours is told, for who accepts connections.
pub(super) fn accepted_from(session: &Session<'_, '_>, raw: &SockAddr) -> Option<Address> {
    match address(raw) {
        // Who connects to a Unix-domain socket has no name, as a rule: it is known by where it came to.
        Some(Address::Unix(unix)) if unix.name() == UnixName::Unnamed => {
            session.listens_at.as_ref().map(|(addr, _)| addr.clone())
        }
        other => other,
    }
}
