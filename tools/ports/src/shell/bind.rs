//! What `ports why` must know of this host, and its trial binds.
//!
//! A trial makes a socket, sets the options that were asked for, binds it and closes it at once. It never listens and never
//! connects, so that no peer can notice; the port is taken for some microseconds.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc, makes sockets")]

use std::fs;
use std::net::SocketAddr;

use socket2::{Domain, Socket as Endpoint, Type};
use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_sys::pidfd::PidFd;
use sockeye_sys::sock_diag::{Extensions, StateMask};
use sockeye_sys::{Protocol, addresses, interface};

use crate::doubts::Doubts;
use crate::entry::Entry;
use crate::explain::Event;
use crate::kind::Kinds;
use crate::names;
use crate::selection::Selection;
use crate::shell::settings::{self, number, setting};
use crate::shell::survey;
use crate::socket::Socket;
use crate::why::errno::Errno;
use crate::why::range;
use crate::why::rules::{Host, Question, Reuse};

/// Every socket of both protocols and families, in every state, with these extensions, in the order of a listing; and what is
/// doubtful of the list.
///
/// # Errors
/// [`Failure`] if the kernel does not list them.
pub fn all_sockets(extensions: Extensions, explain: &mut dyn FnMut(Event)) -> Result<(Vec<Socket>, Doubts), Failure> {
    let selection = Selection { states: StateMask::ALL, extensions, ..Selection::new(Kinds::TCP_UDP) };
    let survey = survey(&selection, explain)?;
    let mut sockets: Vec<Socket> = survey.entries.into_iter().filter_map(Entry::into_inet).collect();
    sockets.sort_unstable_by(Socket::listing_order);
    Ok((sockets, survey.doubts))
}

/// The settings and addresses of this host, without any holder; and what is to be said of how the list of addresses came, if
/// anything.
///
/// # Errors
/// [`Failure`] if the kernel does not tell its addresses. A setting that cannot be read has its default.
pub fn host() -> Result<(Host, Option<String>), Failure> {
    let addresses = addresses::addresses().map_err(|error| Failure::host(error.to_string()))?;
    let (uid, may_bind_low) = credentials();
    let host = Host {
        holders: Vec::new(),
        addresses: addresses.rows,
        loopback: interface::index("lo").unwrap_or(0),
        interfaces: interfaces(),
        lists_bound: lists_bound(),
        ipv6: fs::metadata("/proc/net/if_inet6").is_ok(),
        unprivileged_from: number("ipv4/ip_unprivileged_port_start").unwrap_or(1024),
        may_bind_low,
        nonlocal_v4: number::<u8>("ipv4/ip_nonlocal_bind") == Some(1),
        nonlocal_v6: number::<u8>("ipv6/ip_nonlocal_bind") == Some(1),
        ephemeral: settings::ephemeral(),
        reserved: setting("ipv4/ip_local_reserved_ports").map(|text| range::reserved(&text)).unwrap_or_default(),
        uid,
        outermost: is_outermost(),
    };
    Ok((host, addresses.doubt))
}

/// Whether this kernel lists TCP sockets that are only bound: since Linux 6.8.
fn lists_bound() -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split(|character: char| !character.is_ascii_digit()).map(str::parse::<u32>);
    let mut number = || numbers.next().and_then(Result::ok).unwrap_or(0);
    (number(), number()) >= (6, 8)
}

/// Whether this is the first PID namespace.
///
/// # Source
/// Linux, include/linux/proc_ns.h: `PROC_PID_INIT_INO`.
fn is_outermost() -> bool {
    fs::read_link("/proc/self/ns/pid").is_ok_and(|link| link.as_os_str() == "pid:[4026531836]")
}

/// Whether IPv6 sockets have IPV6_V6ONLY from the start.
pub fn v6only_by_default() -> bool {
    number::<u8>("ipv6/bindv6only") == Some(1)
}

/// The user that sockets of this thread belong to, and whether it has CAP_NET_BIND_SERVICE.
///
/// # Source
/// proc_pid_status(5), capabilities(7): the capability is number 10.
fn credentials() -> (u32, bool) {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap_or_default();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    // Real, effective, saved, and of the file system: sockets have the last.
    let uid = field("Uid:").and_then(|uids| uids.split_whitespace().nth(3)?.parse().ok()).unwrap_or(0);
    let capabilities = field("CapEff:").and_then(|mask| u64::from_str_radix(mask, 16).ok()).unwrap_or(0);
    (uid, capabilities & (1 << 10) != 0)
}

/// The interfaces by index, and their names made safe for a terminal.
fn interfaces() -> Vec<(u32, String)> {
    let Ok(listed) = fs::read_to_string("/proc/thread-self/net/dev") else { return Vec::new() };
    let names = listed.lines().filter_map(|line| line.rsplit_once(": ").or(line.split_once(':')).map(|(name, _)| name));
    names.filter_map(|name| Some((interface::index(name.trim()).ok()?, escape(name.trim()).into_owned()))).collect()
}

/// The port of a service by its name in /etc/services.
pub fn service(protocol: Protocol, name: &str) -> Option<u16> {
    names::port_of(&fs::read(super::SERVICES).ok()?, protocol, name)
}

/// What a holder has set: the two options that decide about sharing, and of IPv6 whether it refuses IPv4. `None` if its
/// process may not be looked into.
pub fn options_of(pid: u32, fd: u32) -> Option<(Reuse, Option<bool>)> {
    let socket = Endpoint::from(PidFd::open(pid).ok()?.descriptor(fd).ok()?);
    let reuse = Reuse { address: socket.reuse_address().ok()?, port: socket.reuse_port().ok()? };
    Some((reuse, socket.only_v6().ok()))
}

/// Calls bind(2) as asked and closes the socket at once.
///
/// What works without SO_REUSEPORT works with it, and is tried so first: a TCP socket that is bound with it beside one that has
/// not set it leaves a mark on the port. As long as the other has it, Linux lets whoever sets the option bind that address there.
///
/// # Errors
/// The error number of the first call that fails: socket(2), setsockopt(2) or bind(2).
///
/// # Source
/// Linux, net/ipv4/inet_connection_sock.c, `inet_csk_update_fastreuse()` and `sk_reuseport_match()`.
pub fn try_bind(question: &Question) -> Result<(), Errno> {
    let less = Question { reuse_port: false, ..*question };
    if question.protocol == Protocol::TCP && question.reuse_port && attempt(&less).is_ok() {
        return Ok(());
    }
    attempt(question).map_err(|error| Errno(error.raw_os_error().unwrap_or(0)))
}

fn attempt(question: &Question) -> std::io::Result<()> {
    let (kind, protocol) = if question.protocol == Protocol::UDP {
        (Type::DGRAM, socket2::Protocol::UDP)
    } else {
        (Type::STREAM, socket2::Protocol::TCP)
    };
    let socket = Endpoint::new(Domain::for_address(question.addr), kind, Some(protocol))?;
    if question.addr.is_ipv6() {
        socket.set_only_v6(question.v6only)?;
    }
    if question.reuse_address {
        socket.set_reuse_address(true)?;
    }
    if question.reuse_port {
        socket.set_reuse_port(true)?;
    }
    if let Some(device) = question.device.and_then(interface::name) {
        socket.bind_device(Some(device.as_bytes()))?;
    }
    socket.bind(&SocketAddr::into(question.addr))
}
