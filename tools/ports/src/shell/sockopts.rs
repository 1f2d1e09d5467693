//! Sockets of other processes, by copies of their descriptors.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc, makes sockets to compare with")]

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use sockeye_cli::Failure;
use sockeye_cli::escape::escape_octets;
use sockeye_common::addr::Endpoint;
use sockeye_sys::pidfd::PidFd;
use sockeye_sys::{Family, Protocol, SockType, socket};

use crate::cli::{WantedOwners, Whose};
use crate::owners::socket_inode;
use crate::sockopts::table::{Nature, OPTIONS, Opt, Shape, Value};
use crate::sockopts::{Setting, Socket, denied_hint};
use crate::why::port_of;

/// Room for the longest value: a name of TCP_CA_NAME_MAX or IFNAMSIZ octets.
const ROOM: usize = 64;

/// The descriptors that are meant, each with its process.
///
/// # Errors
/// [`Failure`] if a process may not be looked into, or there is none.
pub fn descriptors(whose: &Whose) -> Result<Vec<(u32, u32)>, Failure> {
    match whose {
        Whose::Descriptor { pid, fd } => Ok(vec![(*pid, *fd)]),
        Whose::Process(pid) => of_process(*pid),
        Whose::Port(service) => {
            let port = port_of(service, Protocol::TCP)?;
            let mut sockets = super::bind::all_sockets(&mut |_| {})?;
            sockets.retain(|socket| socket.local.port() == port);
            let (holders, _) = super::holders(&sockets, WantedOwners::All);
            let each = sockets.iter().flat_map(|socket| holders.of(socket.inode));
            Ok(each.map(|owner| (owner.pid, owner.fd)).collect())
        }
    }
}

fn of_process(pid: u32) -> Result<Vec<(u32, u32)>, Failure> {
    let folder = format!("/proc/{pid}/fd");
    let fail = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => Failure::usage(format!("{pid}: there is no such process")),
        _ => Failure::call(sockeye_cli::Status::HOST, "open", &folder, &error).hint(denied_hint(yama())),
    };
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let link = fs::read_link(entry.path()).unwrap_or_default();
        let is_socket = socket_inode(link.as_os_str().as_encoded_bytes()).is_some();
        if let (true, Some(fd)) = (is_socket, entry.file_name().to_str().and_then(|fd| fd.parse().ok())) {
            found.push((pid, fd));
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// The options of one socket; `None` if the descriptor is no socket, or is closed.
///
/// # Errors
/// [`Failure`] if the process may not be looked into.
pub fn read(pid: u32, fd: u32) -> Result<Option<Socket>, Failure> {
    let copy = match PidFd::open(pid).and_then(|process| process.descriptor(fd)) {
        Ok(copy) => copy,
        Err(error) if error.errno() == Some(libc::EBADF) => return Ok(None),
        Err(error) => {
            let failure = Failure::host(error.to_string());
            return Err(match error.errno() {
                Some(libc::EPERM) => failure.hint(denied_hint(yama())),
                _ => failure,
            });
        }
    };
    let int = |number| socket::option(&copy, libc::SOL_SOCKET, number);
    let (Ok(family), Ok(kind), Ok(protocol)) = (int(libc::SO_DOMAIN), int(libc::SO_TYPE), int(libc::SO_PROTOCOL))
    else {
        return Ok(None);
    };
    let nature = Nature { family, kind, protocol };
    let new = new_socket(nature);
    let mut settings = vec![nonblocking(&copy)];
    settings.extend(OPTIONS.iter().filter(|option| option.of.is(nature)).filter_map(|option| {
        let value = value_of(&copy, option)?;
        let default = new.as_ref().and_then(|new| value_of(new, option));
        Some(Setting::new(option, value, default))
    }));
    let ends = socket2::SockRef::from(&copy);
    let text = |end: io::Result<socket2::SockAddr>| end.ok()?.as_socket().map(|addr| Endpoint::from(addr).to_string());
    let command = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    let command = escape_octets(command.strip_suffix(b"\n").unwrap_or(&command));
    let (local, peer) = (text(ends.local_addr()), text(ends.peer_addr()));
    Ok(Some(Socket { pid, fd, command, nature, kind: kind_of(nature), local, peer, settings }))
}

/// `O_NONBLOCK` is of the descriptor, and shown first since it explains most.
fn nonblocking(copy: &OwnedFd) -> Setting {
    let on = socket::is_nonblocking(copy).unwrap_or(false);
    Setting {
        option: "O_NONBLOCK",
        value: Value::Switch(on),
        unit: None,
        default: Some(Value::Switch(false)),
        changed: Some(on),
        meaning: "calls return EAGAIN instead of waiting",
    }
}

fn value_of(socket: &impl AsFd, option: &Opt) -> Option<Value> {
    let room = if option.shape == Shape::Text { ROOM } else { 16 };
    let octets = socket::option_octets(socket, option.level, option.number, room).ok()?;
    Value::read(option.shape, &octets)
}

/// A new socket of the same kind, if we may make one.
fn new_socket(nature: Nature) -> Option<socket2::Socket> {
    let protocol = (nature.protocol != 0).then(|| nature.protocol.into());
    socket2::Socket::new(nature.family.into(), nature.kind.into(), protocol).ok()
}

fn kind_of(nature: Nature) -> String {
    let six = if nature.family == libc::AF_INET6 { "6" } else { "" };
    match (nature.family, nature.protocol) {
        (libc::AF_INET | libc::AF_INET6, libc::IPPROTO_TCP) => format!("tcp{six}"),
        (libc::AF_INET | libc::AF_INET6, libc::IPPROTO_UDP) => format!("udp{six}"),
        _ => format!("{} {}", Family(nature.family), SockType(nature.kind)),
    }
}

/// Who may look into other processes, where the kernel has Yama.
fn yama() -> Option<u8> {
    fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").ok()?.trim().parse().ok()
}
