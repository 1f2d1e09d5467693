//! Sockets of other processes, by copies of their descriptors.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc, makes sockets to compare with")]

use std::fs;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use sockeye_cli::escape::escape_octets;
use sockeye_cli::{Failure, Status};
use sockeye_sys::pidfd::PidFd;
use sockeye_sys::sock_diag::Extensions;
use sockeye_sys::{CallError, Family, NetNs, Protocol, SockType, socket};

use crate::cli::{WantedOwners, Whose};
use crate::explain::counted;
use crate::owners::{Ownership, socket_inode};
use crate::shell::processes::command;
use crate::sockopts::table::{Nature, OPTIONS, Opt, Shape, Value};
use crate::sockopts::{Setting, Socket, denied_hint};
use crate::why::port_of;

/// Room for the longest value: a name of TCP_CA_NAME_MAX or IFNAMSIZ octets.
const ROOM: usize = 64;

/// The number of SO_NETNS_COOKIE, which libc does not have. Other kernels than these architectures' refuse it, or answer
/// with another length.
///
/// # Source
/// Linux, include/uapi/asm-generic/socket.h; since Linux 5.14.
const SO_NETNS_COOKIE: i32 = 71;

/// What an operand means.
#[derive(Debug, Default)]
pub struct Sought {
    /// The descriptors, each with its process.
    pub descriptors: Vec<(u32, u32)>,
    /// Of what is there, but may not be looked into.
    pub fault: Option<Failure>,
    /// How many sockets have the port and no process.
    pub held_by_none: usize,
}

/// The descriptors that are meant.
///
/// # Errors
/// [`Failure`] if a process may not be looked into, or there is none.
pub fn descriptors(whose: &Whose) -> Result<Sought, Failure> {
    let sought = |descriptors| Sought { descriptors, ..Sought::default() };
    match whose {
        Whose::Descriptor { pid, fd } => Ok(sought(vec![(*pid, *fd)])),
        Whose::Process(pid) => of_process(*pid).map(sought),
        Whose::Port(service) => {
            let port = port_of(service, Protocol::TCP)?;
            let (mut sockets, _) = super::bind::all_sockets(Extensions::EMPTY, &mut |_| {})?;
            sockets.retain(|socket| socket.local.port() == port);
            let (holders, _) = super::holders(&sockets, WantedOwners::All);
            let hidden = |socket: &&crate::socket::Socket| holders.ownership(socket.inode) == Ownership::Hidden;
            let fault = sockets.iter().find(hidden).map(|socket| {
                let local = format!("{}: held by a process that may not be looked into", socket.local);
                Failure::host(local).hint(denied_hint(yama()))
            });
            let each = sockets.iter().flat_map(|socket| holders.of(socket.inode));
            let descriptors = each.map(|owner| (owner.pid, owner.fd)).collect();
            let nobodys = |socket: &&crate::socket::Socket| holders.ownership(socket.inode) == Ownership::Nobody;
            Ok(Sought { descriptors, fault, held_by_none: sockets.iter().filter(nobodys).count() })
        }
    }
}

fn of_process(pid: u32) -> Result<Vec<(u32, u32)>, Failure> {
    let folder = format!("/proc/{pid}/fd");
    // The same words as for one of its descriptors.
    PidFd::open(pid).map_err(|error| not_opened(pid, &error))?;
    let fail = |error: io::Error| Failure::call(Status::HOST, "open", &folder, &error).hint(denied_hint(yama()));
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

/// A process that cannot be opened: it is not there, or the number is that of a thread.
fn not_opened(pid: u32, error: &CallError) -> Failure {
    let failure = Failure::host(error.to_string());
    match of_status(pid, "Tgid:").filter(|process| *process != pid.to_string()) {
        Some(process) => failure.hint(format!("a thread of process {process}")),
        None => failure,
    }
}

/// A field of `/proc/PID/status`.
fn of_status(pid: u32, field: &str) -> Option<String> {
    let status = fs::read(format!("/proc/{pid}/status")).ok()?;
    String::from_utf8_lossy(&status).lines().find_map(|line| Some(line.strip_prefix(field)?.trim().to_owned()))
}

/// What is said where an operand led to no socket.
pub fn nothing(whose: &Whose, held_by_none: usize) -> String {
    match whose {
        Whose::Process(pid) if of_status(*pid, "State:").is_some_and(|state| state.starts_with('Z')) => {
            format!("process {pid} has ended, and its parent has not waited for it")
        }
        Whose::Process(pid) => format!("process {pid} has no socket"),
        Whose::Descriptor { pid, fd } => format!("descriptor {fd} of process {pid} is no socket"),
        Whose::Port(_) if held_by_none > 0 => {
            let sockets = counted(held_by_none, "socket has", "sockets have");
            format!("{whose}: {sockets} that port, and no process: ports -tanp 'sport = {whose}' shows them")
        }
        Whose::Port(_) => format!("{whose}: no TCP or UDP socket here has that port"),
    }
}

/// The options of one socket.
///
/// # Errors
/// [`Failure`] if the process may not be looked into; with [`Status::NO`] if the descriptor is no socket, or is closed.
pub fn read(pid: u32, fd: u32) -> Result<Socket, Failure> {
    let process = PidFd::open(pid).map_err(|error| not_opened(pid, &error))?;
    let copy = match process.descriptor(fd) {
        Ok(copy) => copy,
        Err(error) => {
            return Err(match error.errno() {
                Some(libc::EBADF) => Failure::new(Status::NO, format!("process {pid} has no descriptor {fd}")),
                Some(libc::EPERM) => Failure::host(error.to_string()).hint(denied_hint(yama())),
                _ => Failure::host(error.to_string()),
            });
        }
    };
    // Asked of what is no socket, and of a descriptor for the name alone (O_PATH).
    let is_file = |error: &io::Error| matches!(error.raw_os_error(), Some(libc::ENOTSOCK | libc::EBADF));
    let int = |number, name: &str| {
        socket::option(&copy, libc::SOL_SOCKET, number).map_err(|error| {
            if is_file(&error) {
                let file = fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap_or_default();
                let file = escape_octets(file.as_os_str().as_encoded_bytes());
                return Failure::new(Status::NO, format!("descriptor {fd} of process {pid} is no socket: {file}"));
            }
            let subject = format!("{name} of descriptor {fd} of process {pid}");
            Failure::call(Status::NO, "getsockopt", subject, &error)
        })
    };
    let nature = Nature {
        family: int(libc::SO_DOMAIN, "SO_DOMAIN")?,
        kind: int(libc::SO_TYPE, "SO_TYPE")?,
        protocol: int(libc::SO_PROTOCOL, "SO_PROTOCOL")?,
    };
    let new = new_socket(nature, &copy, pid);
    let mut settings = vec![nonblocking(&copy)];
    settings.extend(OPTIONS.iter().filter(|option| option.of.is(nature)).filter_map(|option| {
        let value = value_of(&copy, option)?;
        let default = new.as_ref().and_then(|new| value_of(new, option));
        Some(Setting::new(option, nature, value, default))
    }));
    if let Some(new) = &new {
        follow_tos(new, &mut settings);
    }
    let ends = socket2::SockRef::from(&copy);
    let internet = |end: io::Result<socket2::SockAddr>| end.ok()?.as_socket();
    let command = command(pid).unwrap_or_default();
    let (local, peer) = (internet(ends.local_addr()), internet(ends.peer_addr()));
    Ok(Socket { pid, fd, command, nature, kind: kind_of(nature), local, peer, is_compared: new.is_some(), settings })
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

/// A new socket of the same kind in the same network namespace, whose settings are the defaults of many options. `None` if we
/// may not make one there.
fn new_socket(nature: Nature, like: &OwnedFd, pid: u32) -> Option<socket2::Socket> {
    let protocol = (nature.protocol != 0).then(|| nature.protocol.into());
    let make = || socket2::Socket::new(nature.family.into(), nature.kind.into(), protocol).ok();
    let cookie = namespace_cookie(like);
    let is_beside = |new: &socket2::Socket| namespace_cookie(new) == cookie;
    make().filter(is_beside).or_else(|| {
        let there = NetNs::open(format!("/proc/{pid}/ns/net")).ok()?;
        there.run(make).ok()?.filter(is_beside)
    })
}

/// The number of a socket's network namespace; `None` on kernels that do not tell.
fn namespace_cookie(socket: &impl AsFd) -> Option<Vec<u8>> {
    socket::option_octets(socket, libc::SOL_SOCKET, SO_NETNS_COOKIE, 8).ok()
}

/// Takes the mark off a priority that the kernel has set when the program set IP_TOS: the new socket gets that too, and tells
/// which it is.
fn follow_tos(new: &socket2::Socket, settings: &mut [Setting]) {
    let tos = settings.iter().find(|setting| setting.option == "IP_TOS").and_then(|setting| match setting.value {
        Value::Number(tos, _) => u32::try_from(tos).ok(),
        _ => None,
    });
    let Some(tos) = tos.filter(|tos| new.set_tos_v4(*tos).is_ok()) else { return };
    let priority = socket::option(new, libc::SOL_SOCKET, libc::SO_PRIORITY).ok();
    let follows = |setting: &&mut Setting| match setting.value {
        Value::Number(value, _) => {
            setting.option == "SO_PRIORITY" && tos != 0 && Some(value) == priority.map(i64::from)
        }
        _ => false,
    };
    if let Some(setting) = settings.iter_mut().find(follows) {
        setting.changed = None;
    }
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

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd as _;

    use super::*;

    #[test]
    fn what_follows_from_another_setting_is_not_marked() {
        let own = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::DGRAM, None).unwrap();
        let read = |own: &socket2::Socket| read(std::process::id(), own.as_raw_fd().try_into().unwrap()).unwrap();
        let changed = |socket: &Socket, name: &str| {
            socket.settings.iter().find(|setting| setting.option == name).unwrap().changed
        };
        own.set_tos_v4(0x10).unwrap();
        let socket = read(&own);
        assert!(socket.is_compared);
        assert_eq!((changed(&socket, "IP_TOS"), changed(&socket, "SO_PRIORITY")), (Some(true), None));
        own.set_priority(3).unwrap();
        assert_eq!(changed(&read(&own), "SO_PRIORITY"), Some(true));
    }

    #[test]
    fn what_is_no_socket_is_named() {
        let pid = std::process::id();
        let file = fs::File::open("/dev/null").unwrap();
        let told = |fd| read(pid, fd).unwrap_err();
        let null = told(file.as_raw_fd().try_into().unwrap());
        assert!(null.to_string().ends_with(&format!(" of process {pid} is no socket: /dev/null")), "{null}");
        let closed = told(1_000_000);
        assert!(closed.to_string().contains(&format!("process {pid} has no descriptor 1000000")), "{closed}");
        assert_eq!((null.status(), closed.status()), (Status::NO, Status::NO));
        let gone = descriptors(&Whose::Process(1 << 23)).unwrap_err();
        assert_eq!((gone.to_string(), gone.status()), (told_of_none(), Status::HOST));
    }

    fn told_of_none() -> String {
        read(1 << 23, 3).unwrap_err().to_string()
    }
}
