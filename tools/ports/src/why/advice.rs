//! What helps where bind(2) fails. Each piece of advice that is another call of bind(2) can be tried before it is given.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::Serialize;
use sockeye_common::addr::{IpText, mapped_v4};
use sockeye_sys::Protocol;

use super::errno::Errno;
use super::rules::{Host, Prediction, Question, Rule, predict};
use crate::free::{Fate, fate};
use crate::owners::Holders;
use crate::socket::{Socket, protocol_label};

/// So many addresses of this host are named; the user can ask for more.
const MAX_ADDRESSES: usize = 3;

/// Something that helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "help", rename_all = "snake_case")]
pub enum Help {
    /// The holder gives it up.
    Stop {
        /// The process.
        pid: u32,
        /// Its name, made safe for a terminal.
        command: String,
        /// Its descriptors for the socket.
        fds: Vec<u32>,
    },
    /// The holder is a process that we may not look into.
    LookAsRoot,
    /// Set SO_REUSEADDR.
    ReuseAddress,
    /// Set SO_REUSEPORT.
    ReusePort,
    /// Set IPV6_V6ONLY.
    V6Only,
    /// Bind another address.
    Address {
        /// Which.
        #[serde(serialize_with = "as_text")]
        address: IpAddr,
    },
    /// Bind another port.
    Port {
        /// Which.
        port: u16,
    },
    /// It ends by itself.
    Wait {
        /// When, in milliseconds.
        expires_ms: u32,
    },
    /// `ports free`.
    Free {
        /// Which port.
        port: u16,
    },
    /// The capability CAP_NET_BIND_SERVICE.
    Capability,
    /// Lower `ip_unprivileged_port_start`.
    LowerLimit {
        /// To this.
        port: u16,
    },
    /// Keep the kernel from choosing the port for connections.
    Reserve {
        /// Which.
        port: u16,
    },
    /// `IP_FREEBIND`, or the setting for everybody.
    Nonlocal {
        /// The setting.
        setting: &'static str,
    },
    /// Say of which link a link-local address is.
    Scope {
        /// The address with the interface behind it.
        address: String,
    },
    /// Duplicate address detection takes a second or two.
    WaitForAddress,
    /// A wider range of ports for the kernel to choose from.
    WidenRange,
}

fn as_text<S: serde::Serializer>(addr: &IpAddr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&IpText(*addr))
}

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stop { pid, command, fds } => {
                let fds: Vec<String> = fds.iter().map(u32::to_string).collect();
                write!(f, "stop {command} (kill {pid}), or let it close descriptor {}", fds.join(" "))
            }
            Self::LookAsRoot => f.write_str("its process is another user's: ask again as root to see which"),
            Self::ReuseAddress => f.write_str("set SO_REUSEADDR before bind"),
            Self::ReusePort => f.write_str("set SO_REUSEPORT before bind"),
            Self::V6Only => f.write_str("set IPV6_V6ONLY before bind, and leave IPv4 to the other"),
            Self::Address { address } => write!(f, "bind {} instead", IpText(*address)),
            Self::Port { port } => write!(f, "bind port {port} instead"),
            Self::Wait { expires_ms } => write!(f, "wait {} s", expires_ms.div_ceil(1000)),
            Self::Free { port } => write!(f, "ports free {port} (as root) ends it now"),
            Self::Capability => f.write_str("run it as root, or: setcap cap_net_bind_service=+ep PROGRAM"),
            Self::LowerLimit { port } => {
                write!(f, "for everybody: sysctl net.ipv4.ip_unprivileged_port_start={port}")
            }
            Self::Reserve { port } => {
                write!(f, "for the next time: sysctl net.ipv4.ip_local_reserved_ports={port}")
            }
            Self::Nonlocal { setting } => {
                write!(f, "to bind it before it is there: set IP_FREEBIND, or sysctl {setting}=1")
            }
            Self::Scope { address } => write!(f, "name the link in sin6_scope_id: {address}"),
            Self::WaitForAddress => f.write_str("wait until duplicate address detection is over: a second or two"),
            Self::WidenRange => f.write_str("sysctl net.ipv4.ip_local_port_range with a wider range"),
        }
    }
}

/// Something to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is.
    pub help: Help,
    /// The call of bind(2) that it comes to, if it comes to one.
    pub question: Option<Question>,
}

impl Candidate {
    fn deed(help: Help) -> Self {
        Self { help, question: None }
    }

    fn call(help: Help, question: Question) -> Self {
        Self { help, question: Some(question) }
    }
}

/// What may help, best first, where bind(2) fails with `errno`.
///
/// `used` are the ports of the protocol that any socket has.
pub fn candidates(
    question: &Question,
    errno: Errno,
    prediction: &Prediction,
    host: &Host,
    owners: &Holders,
    used: &dyn Fn(u16) -> bool,
) -> Vec<Candidate> {
    let rule = match prediction {
        Prediction::Fails { rule, .. } if rule.errno() == errno => Some(*rule),
        _ => None,
    };
    match (errno, rule) {
        (_, Some(Rule::RangeUsedUp)) => vec![Candidate::deed(Help::WidenRange)],
        (_, Some(Rule::Tentative)) => vec![Candidate::deed(Help::WaitForAddress)],
        (_, Some(Rule::NoScope | Rule::NoSuchInterface)) => links(question, host),
        (_, Some(Rule::MappedV6Only)) => {
            let SocketAddr::V6(addr) = question.addr else { return Vec::new() };
            mapped_v4(*addr.ip()).map(|v4| to_address(question, v4.into())).into_iter().collect()
        }
        (_, Some(Rule::NoIpv6)) => vec![to_address(question, Ipv4Addr::UNSPECIFIED.into())],
        (Errno::EADDRINUSE, _) if question.addr.port() == 0 => vec![Candidate::deed(Help::WidenRange)],
        (Errno::EADDRINUSE, _) => in_use(question, prediction, host, owners, used),
        (Errno::EACCES, _) => low_port(question, used),
        (Errno::EADDRNOTAVAIL, _) => foreign(question, host),
        _ => Vec::new(),
    }
}

fn in_use(
    question: &Question,
    prediction: &Prediction,
    host: &Host,
    owners: &Holders,
    used: &dyn Fn(u16) -> bool,
) -> Vec<Candidate> {
    let culprits: Vec<&Socket> =
        prediction.culprits().iter().filter_map(|place| Some(&host.holders.get(*place)?.socket)).collect();
    let port = question.addr.port();
    let mut all = Vec::new();
    // A UDP socket that shares its port takes datagrams from the other, or gets none.
    if question.protocol == Protocol::TCP || question.addr.ip().is_multicast() {
        if !question.reuse_address {
            all.push(Candidate::call(Help::ReuseAddress, Question { reuse_address: true, ..*question }));
        }
        if !question.reuse_port {
            all.push(Candidate::call(Help::ReusePort, Question { reuse_port: true, ..*question }));
        }
    }
    if question.addr.is_ipv6() && question.addr.ip().is_unspecified() && !question.v6only {
        all.push(Candidate::call(Help::V6Only, Question { v6only: true, ..*question }));
    }
    let timed: Option<Vec<u32>> = culprits.iter().map(|socket| socket.expires_ms()).collect();
    if let Some(expires_ms) = timed.and_then(|all| all.into_iter().max()) {
        all.push(Candidate::deed(Help::Wait { expires_ms }));
    }
    all.extend(holders_to_stop(&culprits, owners).into_iter().map(Candidate::deed));
    if question.protocol == Protocol::TCP
        && !culprits.is_empty()
        && culprits.iter().all(|socket| fate(socket) == Fate::Destroy)
    {
        all.push(Candidate::deed(Help::Free { port }));
    }
    if culprits.iter().any(|socket| owners.hides(socket.inode)) {
        all.push(Candidate::deed(Help::LookAsRoot));
    }
    all.extend(other_addresses(question, host));
    if let Some(next) = (port..=u16::MAX).skip(1).find(|port| !used(*port)) {
        all.push(to_port(question, next));
    }
    let connects = |socket: &Socket| socket.has_peer();
    if host.ephemeral.contains(&port) && !culprits.is_empty() && culprits.iter().all(|socket| connects(socket)) {
        all.push(Candidate::deed(Help::Reserve { port }));
    }
    all
}

fn holders_to_stop(culprits: &[&Socket], owners: &Holders) -> Vec<Help> {
    let mut found: Vec<Help> = Vec::new();
    for owner in culprits.iter().flat_map(|socket| owners.of(socket.inode)) {
        let known = found.iter_mut().find_map(|help| match help {
            Help::Stop { pid, fds, .. } if *pid == owner.pid => Some(fds),
            _ => None,
        });
        match known {
            Some(fds) if !fds.contains(&owner.fd) => fds.push(owner.fd),
            Some(_) => {}
            None => found.push(Help::Stop { pid: owner.pid, command: owner.command.to_owned(), fds: vec![owner.fd] }),
        }
    }
    found
}

fn to_address(question: &Question, address: IpAddr) -> Candidate {
    let addr = SocketAddr::new(address, question.addr.port());
    Candidate::call(
        Help::Address { address },
        Question { addr, v6only: question.v6only && addr.is_ipv6(), ..*question },
    )
}

fn to_port(question: &Question, port: u16) -> Candidate {
    let mut addr = question.addr;
    addr.set_port(port);
    Candidate::call(Help::Port { port }, Question { addr, ..*question })
}

/// Addresses of this host in the family of the question; link-local ones would need more words.
fn own_addresses<'a>(question: &'a Question, host: &'a Host) -> impl Iterator<Item = IpAddr> + 'a {
    let link = |addr: &IpAddr| matches!(addr, IpAddr::V6(addr) if addr.is_unicast_link_local());
    let same = |addr: &IpAddr| addr.is_ipv4() == question.addr.is_ipv4();
    host.addresses
        .iter()
        .map(|own| own.addr)
        .filter(move |addr| same(addr) && !link(addr) && *addr != question.addr.ip())
}

fn other_addresses(question: &Question, host: &Host) -> Vec<Candidate> {
    let second = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
    let loopback = (question.addr.ip() == IpAddr::V4(Ipv4Addr::LOCALHOST)).then_some(second);
    let candidates = own_addresses(question, host).chain(loopback).map(|address| to_address(question, address));
    // Only those that will do: each is tried, and what fails again helps nobody.
    let works = |candidate: &Candidate| {
        candidate.question.is_some_and(|question| predict(&question, host) == Prediction::Succeeds)
    };
    candidates.filter(works).take(MAX_ADDRESSES).collect()
}

fn foreign(question: &Question, host: &Host) -> Vec<Candidate> {
    let any: IpAddr = if question.addr.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let mut all: Vec<Candidate> =
        own_addresses(question, host).take(MAX_ADDRESSES).map(|address| to_address(question, address)).collect();
    all.push(to_address(question, any));
    let setting = if question.addr.is_ipv4() { "net.ipv4.ip_nonlocal_bind" } else { "net.ipv6.ip_nonlocal_bind" };
    all.push(Candidate::deed(Help::Nonlocal { setting }));
    all
}

fn low_port(question: &Question, used: &dyn Fn(u16) -> bool) -> Vec<Candidate> {
    let port = question.addr.port();
    let habit = if port == 80 { 8080 } else { port.saturating_add(8000) };
    let other = (habit..=u16::MAX).find(|port| !used(*port)).map(|port| to_port(question, port));
    [Candidate::deed(Help::Capability), Candidate::deed(Help::LowerLimit { port })].into_iter().chain(other).collect()
}

fn links(question: &Question, host: &Host) -> Vec<Candidate> {
    let SocketAddr::V6(addr) = question.addr else { return Vec::new() };
    let own = host.addresses.iter().filter(|own| own.addr == IpAddr::V6(*addr.ip())).map(|own| own.index);
    let any = addr.ip().is_multicast().then_some(&host.interfaces).into_iter().flatten().map(|(index, _)| *index);
    let each = own.chain(any).take(MAX_ADDRESSES).map(|interface| {
        let mut scoped = addr;
        scoped.set_scope_id(interface);
        let link = host.interface(interface).map_or_else(|| interface.to_string(), str::to_owned);
        let address = format!("{}%{link}", IpText(IpAddr::V6(*addr.ip())));
        Candidate::call(Help::Scope { address }, Question { addr: scoped.into(), ..*question })
    });
    each.collect()
}

/// The call in the words of the manual: `bind 0.0.0.0:8080 (tcp, SO_REUSEADDR)`.
pub fn call(question: &Question, interface: &dyn Fn(u32) -> String) -> String {
    let mut text = "bind ".to_owned();
    let addr = question.addr;
    match addr {
        SocketAddr::V4(addr) => text.push_str(&addr.to_string()),
        SocketAddr::V6(v6) => {
            text.push('[');
            text.push_str(&IpText(addr.ip()).to_string());
            if v6.scope_id() != 0 {
                text.push('%');
                text.push_str(&interface(v6.scope_id()));
            }
            text.push_str("]:");
            text.push_str(&v6.port().to_string());
        }
    }
    let family = if addr.is_ipv4() { sockeye_sys::Family::INET } else { sockeye_sys::Family::INET6 };
    let mut options = vec![protocol_label(question.protocol, family).to_owned()];
    for (set, name) in [
        (question.v6only, "IPV6_V6ONLY"),
        (question.reuse_address, "SO_REUSEADDR"),
        (question.reuse_port, "SO_REUSEPORT"),
    ] {
        if set {
            options.push(name.to_owned());
        }
    }
    if let Some(device) = question.device {
        options.push(format!("SO_BINDTODEVICE {}", interface(device)));
    }
    format!("{text} ({})", options.join(", "))
}
