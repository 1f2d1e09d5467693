//! What the `ss` dialect wants to know beyond the sockets.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc and /etc")]

pub mod destroy;

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::io::Read as _;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::{fs, io};

use sockeye_cli::escape::{escape, escape_octets};
use sockeye_cli::{Failure, Status};
use sockeye_sys::error::CallError;
use sockeye_sys::namespace::NetNs;
use sockeye_sys::sock_diag::{DumpError, SockDiag, parse_dumps};
use sockeye_sys::{Protocol, TcpState};

use crate::cli::{Show, WantedOwners};
use crate::entry::Entry;
use crate::kind::{Kind, Kinds};
use crate::names::Names;
use crate::selection::{Selection, Which};
use crate::shell::dump::steady;
use crate::shell::processes::command;
use crate::shell::settings;
use crate::socket::Socket;
use crate::ss::row::Lore;
use crate::ss::summary::{ByFamily, Summary};
use crate::state::State;
use crate::why::range;

/// Goes into a network namespace: one of `ip netns` by its name, any other by the path of its file.
///
/// # Errors
/// [`Failure`] if there is none of that name, or this may not enter it.
pub fn enter(name: &str) -> Result<(), Failure> {
    let path = if name.contains('/') { PathBuf::from(name) } else { Path::new("/run/netns").join(name) };
    let fail = |error: CallError| Failure::new(Status(1), format!("network namespace {}: {error}", escape(name)));
    NetNs::open(path).map_err(fail)?.enter().map_err(|error| {
        let failure = fail(error);
        if super::is_root() { failure } else { failure.hint("needs CAP_SYS_ADMIN: try as root") }
    })
}

/// The text of a filter file; `-` is standard input.
///
/// # Errors
/// [`Failure`] with ss's status if it cannot be read.
pub fn filter_file(path: &str) -> Result<String, Failure> {
    let read = if path == "-" { io::read_to_string(io::stdin()) } else { fs::read_to_string(path) };
    read.map_err(|error| Failure::call(Status(255), "read", escape(path), &error))
}

/// What the kernel says of the sockets of a selection, message after message.
///
/// # Errors
/// [`Failure`] if it says nothing.
pub fn raw_dump(selection: &Selection) -> Result<Vec<u8>, Failure> {
    let fail = |error: DumpError| Failure::host(error.to_string());
    let mut diag = SockDiag::open().map_err(fail)?;
    let mut octets = Vec::new();
    for (_, request) in selection.requests() {
        let list = &mut |octets: &mut Vec<u8>| diag.dump_octets(&request, &mut |batch| octets.extend_from_slice(batch));
        steady(&mut octets, list).map_err(fail)?;
    }
    Ok(octets)
}

/// Writes a file.
///
/// # Errors
/// [`Failure`] if it cannot be written.
pub fn write(path: &str, octets: &[u8]) -> Result<(), Failure> {
    fs::write(path, octets).map_err(|error| Failure::call(Status::HOST, "write", escape(path), &error))
}

/// The sockets of a file that [`raw_dump`] filled, if the environment names one.
///
/// # Errors
/// [`Failure`] if it cannot be read, or is something else.
pub fn recorded() -> Result<Option<Vec<Entry>>, Failure> {
    let Some(path) = std::env::var_os("TCPDIAG_FILE") else { return Ok(None) };
    let shown = path.to_string_lossy().into_owned();
    let octets = messages(&path).map_err(|error| Failure::call(Status::HOST, "read", escape(&shown), &error))?;
    let mut entries = Vec::new();
    parse_dumps(&octets, Protocol::TCP, &mut |row| entries.push(Entry::Inet(Socket::new(Kind::Tcp, row, true))))
        .map_err(|fault| Failure::host(format!("{}: {fault}", escape(&shown))))?;
    Ok(Some(entries))
}

/// A file of netlink messages, up to the first that cannot be one: a device that never ends may be named too.
///
/// # Source
/// netlink(7): a message tells its length first, header and all, and the next begins at a multiple of four.
fn messages(path: &OsStr) -> io::Result<Vec<u8>> {
    const HEADER: usize = 16;
    let mut file = fs::File::open(path)?;
    let (mut octets, mut next) = (Vec::new(), 0_usize);
    while io::Read::by_ref(&mut file).take(1 << 16).read_to_end(&mut octets)? > 0 {
        while let Some(length) = octets.get(next..).and_then(|rest| rest.first_chunk()) {
            let length = u32::from_ne_bytes(*length) as usize;
            if length < HEADER {
                return Ok(octets);
            }
            next = next.saturating_add(length).next_multiple_of(4);
        }
    }
    Ok(octets)
}

/// What rows need for their words.
pub fn lore(entries: &[Entry], show: Show) -> Lore {
    let mut lore = Lore { names: super::names(entries, show.numeric), ..Lore::default() };
    if !show.numeric {
        lore.protocols = crate::names::protocols(&fs::read("/etc/protocols").unwrap_or_default());
        lore.ephemeral = ephemeral_ports();
        lore.processes = processes(entries);
    }
    if show.resolve {
        add_hosts(&mut lore.names, entries);
    }
    if show.extended || show.cgroup {
        let paths = super::cgroups::paths(entries.iter().filter_map(Entry::cgroup).collect());
        lore.cgroups = paths.into_iter().map(|(id, path)| (id, escape_octets(&path))).collect();
    }
    if show.processes {
        let (holders, _) = super::holders(entries, WantedOwners::All);
        if show.threads {
            let pids: HashSet<u32> =
                entries.iter().flat_map(|entry| holders.of(entry.inode())).map(|owner| owner.pid).collect();
            lore.threads = pids.into_iter().map(|pid| (pid, threads(pid))).collect();
        }
        lore.holders = Some(holders);
    }
    lore
}

/// The ports that the kernel gives out by itself.
///
/// # Source
/// ip(7), ip_local_port_range.
fn ephemeral_ports() -> (u16, u16) {
    let range = settings::setting("ipv4/ip_local_port_range").and_then(|text| range::ephemeral(&text));
    // The default is ss's.
    range.map_or((1024, 4999), RangeInclusive::into_inner)
}

/// The names of the processes that netlink addresses seem to be the numbers of.
fn processes(entries: &[Entry]) -> HashMap<u32, String> {
    let portids = entries.iter().filter_map(|entry| match entry {
        Entry::Netlink(netlink) if netlink.row.portid != 0 => Some(netlink.row.portid),
        _ => None,
    });
    let portids: HashSet<u32> = portids.filter(|portid| i32::try_from(*portid).is_ok()).collect();
    portids.into_iter().filter_map(|pid| Some((pid, command(pid)?))).collect()
}

/// The threads of a process, in order of their numbers.
fn threads(pid: u32) -> Vec<(u32, String)> {
    let listed = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let threads = listed.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let mut threads: Vec<(u32, String)> = threads.filter_map(|thread| Some((thread, command(thread)?))).collect();
    threads.sort_unstable();
    threads
}

/// Takes in the names of hosts. Whoever has none keeps its number, and an IPv4-mapped address is the host of the IPv4 one.
fn add_hosts(names: &mut Names, entries: &[Entry]) {
    let sockets = entries.iter().filter_map(Entry::as_inet);
    let addresses: HashSet<IpAddr> = sockets
        .flat_map(|socket| [socket.local.ip(), socket.peer.ip()])
        .filter(|ip| !ip.is_unspecified())
        .map(|ip| ip.to_canonical())
        .collect();
    let (hosts, _) = super::resolve::hosts(addresses.into_iter().collect());
    for (address, name) in hosts {
        names.add_host(address, &name);
    }
}

/// The counts of this namespace.
///
/// # Errors
/// [`Failure`] if the kernel does not list its TCP sockets.
pub fn summary() -> Result<Summary, Failure> {
    // Before there is a socket of our own.
    let file = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (four, six) = (file("/proc/thread-self/net/sockstat"), file("/proc/thread-self/net/sockstat6"));
    let selection = Selection { states: Which::All.mask(), ..Selection::new(Kinds::of(Kind::Tcp)) };
    let entries = super::survey(&selection, &mut |_| {})?.entries;
    let mut summary = Summary::default();
    for socket in entries.iter().filter_map(Entry::as_inet) {
        count(&mut summary, socket);
    }
    let by_family = |line4: &str, line6: &str| ByFamily {
        ipv4: field(&four, line4, "inuse").unwrap_or(0),
        ipv6: field(&six, line6, "inuse").unwrap_or(0),
    };
    summary.sockets = field(&four, "sockets", "used").unwrap_or(0);
    summary.raw = by_family("RAW", "RAW6");
    summary.udp = by_family("UDP", "UDP6");
    summary.fragments = by_family("FRAG", "FRAG6");
    Ok(summary)
}

fn count(summary: &mut Summary, socket: &Socket) {
    let State::Tcp(state) = socket.state else { return };
    summary.tcp_total += 1;
    let forgotten = socket.expires_ms().is_some();
    match state {
        // FIN-WAIT-2 without a process is kept where TIME-WAIT is.
        _ if forgotten => summary.tcp_time_wait += 1,
        TcpState::Established | TcpState::CloseWait => summary.tcp_established += 1,
        TcpState::FinWait1 | TcpState::FinWait2 | TcpState::LastAck | TcpState::Closing if socket.inode.is_none() => {
            summary.tcp_orphaned += 1;
        }
        _ => {}
    }
    if forgotten || matches!(state, TcpState::Closed | TcpState::BoundInactive) {
        summary.tcp_closed += 1;
    } else if socket.local.is_ipv4() {
        summary.tcp.ipv4 += 1;
    } else {
        summary.tcp.ipv6 += 1;
    }
}

/// `NAME: key number key number`.
fn field(text: &str, name: &str, key: &str) -> Option<u32> {
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    let mut words = line.split_whitespace();
    words.find(|word| *word == key)?;
    words.next()?.parse().ok()
}
