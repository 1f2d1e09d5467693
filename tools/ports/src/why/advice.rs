//! What helps where bind(2) fails. Each piece of advice that is another call of bind(2) can be tried before it is given.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use serde::Serialize;
use sockeye_common::addr::{IpText, mapped_v4};
use sockeye_sys::{Protocol, TcpState};

use super::errno::Errno;
use super::range;
use super::rules::{Holder, Host, Prediction, Question, Rule, predict};
use crate::free::{Fate, fate};
use crate::owners::{Holders, push_command};
use crate::socket::{Socket, protocol_label};
use crate::state::State;

/// So many addresses of this host are named; the user can ask for more.
const MAX_ADDRESSES: usize = 3;

/// Something that helps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "help", rename_all = "snake_case")]
pub enum Help {
    /// The holders give it up: all of them, since each is in the way.
    Stop {
        /// Who.
        processes: Vec<Process>,
        /// They have connections, and the port stays taken while these end.
        lingers: bool,
    },
    /// The server should have set SO_REUSEADDR.
    ReuseInServer,
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
        /// In FIN-WAIT-2: TIME-WAIT follows if the peer closes before.
        longer: bool,
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
        /// The setting with it: what is reserved already stays so.
        setting: String,
    },
    /// `IP_FREEBIND`, or the setting for everybody.
    Nonlocal {
        /// The setting.
        setting: &'static str,
        /// What bind(2) fails with even then; null where it works.
        still_fails: Option<Errno>,
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
    /// Fewer ports that the kernel may not choose.
    ReserveFewer,
}

/// A process that holds a socket in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Process {
    /// The process.
    pub pid: u32,
    /// Its name, made safe for a terminal.
    #[serde(flatten, serialize_with = "crate::command::flat")]
    pub command: String,
    /// Its descriptors for the sockets.
    pub fds: Vec<u32>,
}

/// So many descriptors are written out, and so many processes.
const MAX_NAMED: usize = 8;

fn as_text<S: serde::Serializer>(addr: &IpAddr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&IpText(*addr))
}

impl fmt::Display for Help {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stop { processes, lingers } => {
                f.write_str(&stop(processes))?;
                let then = "; a connection that this side ends first keeps the port beyond that: 60 s in TIME-WAIT, longer \
                            until the peer has closed too";
                f.write_str(if *lingers { then } else { "" })
            }
            Self::ReuseInServer => f.write_str(
                "from the next start on: set SO_REUSEADDR before bind in the server, so that what is left of its connections \
                 does not keep the port from a successor that sets it too",
            ),
            Self::LookAsRoot => f.write_str("no process that we may look into has it: ask again as root to see which"),
            Self::ReuseAddress => f.write_str("set SO_REUSEADDR before bind"),
            Self::ReusePort => f.write_str("set SO_REUSEPORT before bind"),
            Self::V6Only => f.write_str("set IPV6_V6ONLY before bind, and leave IPv4 to the other"),
            Self::Address { address } => write!(f, "bind {} instead", IpText(*address)),
            Self::Port { port } => write!(f, "bind port {port} instead"),
            Self::Wait { expires_ms, longer } => {
                let longer = if *longer { ", and 60 s more if the peer closes meanwhile" } else { "" };
                write!(f, "wait {} s{longer}", expires_ms.div_ceil(1000))
            }
            Self::Free { port } => write!(f, "ports free {port} (as root) ends it now"),
            Self::Capability => f.write_str("run it as root, or: setcap cap_net_bind_service=+ep PROGRAM"),
            Self::LowerLimit { port } => {
                write!(f, "for everybody: sysctl net.ipv4.ip_unprivileged_port_start={port}")
            }
            Self::Reserve { setting, .. } => write!(f, "for the next time: sysctl {setting}"),
            Self::Nonlocal { setting, still_fails } => {
                write!(f, "to bind it before it is there: set IP_FREEBIND, or sysctl {setting}=1")?;
                f.write_str(match *still_fails {
                    None => "",
                    Some(Errno::EADDRINUSE) => "; not enough alone, for then a socket that has the port is in the way (EADDRINUSE)",
                    Some(_) => "; not enough alone, for then the port needs CAP_NET_BIND_SERVICE (EACCES)",
                })
            }
            Self::Scope { address } => write!(f, "name the link in sin6_scope_id: {address}"),
            Self::WaitForAddress => f.write_str("wait until duplicate address detection is over: a second or two"),
            Self::ReserveFewer => f.write_str("sysctl net.ipv4.ip_local_reserved_ports with fewer ports"),
            Self::WidenRange => f.write_str("sysctl net.ipv4.ip_local_port_range with a wider range"),
        }
    }
}

/// Whom to stop.
fn stop(processes: &[Process]) -> String {
    let each = processes.iter().map(|process| {
        let mut text = String::new();
        push_command(&mut text, &process.command);
        format!("{text} (kill {})", process.pid)
    });
    let named: Vec<String> = each.take(MAX_NAMED).collect();
    match (processes, processes.len().saturating_sub(MAX_NAMED)) {
        ([one], _) => {
            let fds: Vec<String> = one.fds.iter().map(u32::to_string).collect();
            let which = match fds.len() {
                0 | 1 => format!("descriptor {}", fds.concat()),
                2..=MAX_NAMED => format!("descriptors {}", fds.join(", ")),
                many => format!("the {many} descriptors"),
            };
            format!("stop {}, or let it close {which}", named.concat())
        }
        ([_, _], _) => format!("stop both: {}", named.join(" and ")),
        (_, 0) => format!("stop all of these: {}", named.join(", ")),
        (_, more) => format!("stop all of these: {}, and {more} more", named.join(", ")),
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
        (_, Some(Rule::RangeUsedUp)) => range_used_up(host),
        (_, Some(Rule::Tentative)) => vec![Candidate::deed(Help::WaitForAddress)],
        (_, Some(Rule::NoScope | Rule::NoSuchInterface)) => links(question, host),
        (_, Some(Rule::MappedV6Only)) => {
            let SocketAddr::V6(addr) = question.addr else { return Vec::new() };
            mapped_v4(*addr.ip()).map(|v4| to_address(question, v4.into())).into_iter().collect()
        }
        (_, Some(Rule::NoIpv6)) => vec![to_address(question, Ipv4Addr::UNSPECIFIED.into())],
        (Errno::EADDRINUSE, _) if question.addr.port() == 0 => range_used_up(host),
        (Errno::EADDRINUSE, _) => in_use(question, prediction, host, owners, used),
        (Errno::EACCES, _) => low_port(question, used),
        (Errno::EADDRNOTAVAIL, _) => foreign(question, host, owners),
        _ => Vec::new(),
    }
}

fn range_used_up(host: &Host) -> Vec<Candidate> {
    let reserved = host.reserved.iter().any(|ports| ports.clone().any(|port| host.ephemeral.contains(&port)));
    let fewer = reserved.then_some(Help::ReserveFewer);
    [Help::WidenRange].into_iter().chain(fewer).map(Candidate::deed).collect()
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
        let longer = culprits.iter().any(|socket| socket.state == State::Tcp(TcpState::FinWait2));
        all.push(Candidate::deed(Help::Wait { expires_ms, longer }));
    }
    all.extend(stopping(&culprits, owners));
    let has_set = |holder: &Holder| holder.reuse.is_some_and(|reuse| reuse.address);
    let connects = |socket: &Socket| socket.has_peer() && question.protocol == Protocol::TCP;
    let of_a_server = |holder: &Holder| connects(&holder.socket) && !has_set(holder);
    if !host.ephemeral.contains(&port)
        && prediction.culprits().iter().filter_map(|place| host.holders.get(*place)).any(of_a_server)
    {
        all.push(Candidate::deed(Help::ReuseInServer));
    }
    if question.protocol == Protocol::TCP
        && !culprits.is_empty()
        && culprits.iter().all(|socket| fate(socket) == Fate::Destroy)
    {
        all.push(Candidate::deed(Help::Free { port }));
    }
    if host.uid != 0 && culprits.iter().any(|socket| owners.hides(socket.inode)) {
        all.push(Candidate::deed(Help::LookAsRoot));
    }
    all.extend(other_addresses(question, host));
    if let Some(next) = (port..=u16::MAX).skip(1).find(|port| !used(*port)) {
        all.push(to_port(question, next));
    }
    let chosen = host.ephemeral.contains(&port) && !host.is_reserved(port);
    if chosen && !culprits.is_empty() && culprits.iter().all(|socket| socket.has_peer()) {
        all.push(Candidate::deed(Help::Reserve { port, setting: range::with_reserved(&host.reserved, port) }));
    }
    all
}

/// Whether close(2) leaves something behind that keeps the port: FIN-WAIT, and TIME-WAIT.
fn lingers(socket: &Socket) -> bool {
    use TcpState::{Closing, Established, FinWait1, FinWait2};
    socket.inode.is_some() && matches!(socket.state, State::Tcp(Established | FinWait1 | FinWait2 | Closing))
}

/// To stop whoever holds these, if that is known.
fn stopping(culprits: &[&Socket], owners: &Holders) -> Option<Candidate> {
    let processes = holders_to_stop(culprits, owners);
    let lingers = culprits.iter().any(|socket| lingers(socket));
    (!processes.is_empty()).then(|| Candidate::deed(Help::Stop { processes, lingers }))
}

fn holders_to_stop(culprits: &[&Socket], owners: &Holders) -> Vec<Process> {
    let mut found: Vec<Process> = Vec::new();
    for owner in culprits.iter().flat_map(|socket| owners.of(socket.inode)) {
        match found.iter_mut().find(|process| process.pid == owner.pid) {
            Some(process) if !process.fds.contains(&owner.fd) => process.fds.push(owner.fd),
            Some(_) => {}
            None => found.push(Process { pid: owner.pid, command: owner.command.to_owned(), fds: vec![owner.fd] }),
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
    let local = [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED].map(IpAddr::V4).contains(&question.addr.ip());
    let loopback = local.then_some(second);
    let candidates = own_addresses(question, host).chain(loopback).map(|address| to_address(question, address));
    // Only those that will do: each is tried, and what fails again helps nobody.
    let works = |candidate: &Candidate| {
        candidate.question.is_some_and(|question| predict(&question, host) == Prediction::Succeeds)
    };
    candidates.filter(works).take(MAX_ADDRESSES).collect()
}

fn foreign(question: &Question, host: &Host, owners: &Holders) -> Vec<Candidate> {
    let any: IpAddr = if question.addr.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let of_a_link = matches!(question.addr, SocketAddr::V6(addr) if addr.ip().is_unicast_link_local());
    let mut all = if of_a_link && question.device.is_none() { links(question, host) } else { Vec::new() };
    all.extend(own_addresses(question, host).take(MAX_ADDRESSES).map(|address| to_address(question, address)));
    all.push(to_address(question, any));
    let setting = if question.addr.is_ipv4() { "net.ipv4.ip_nonlocal_bind" } else { "net.ipv6.ip_nonlocal_bind" };
    // With it the kernel goes on to what it looks at next.
    let anywhere = Host { nonlocal_v4: true, nonlocal_v6: true, ..host.clone() };
    let still = predict(question, &anywhere);
    let still_fails = if still.is_sure() { still.errno() } else { Some(Errno::EADDRINUSE) };
    all.push(Candidate::deed(Help::Nonlocal { setting, still_fails }));
    if !still.culprits().is_empty() {
        let culprits: Vec<&Socket> =
            still.culprits().iter().filter_map(|place| Some(&host.holders.get(*place)?.socket)).collect();
        all.extend(stopping(&culprits, owners));
    }
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

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::owners::Holding;
    use crate::samples::socket;
    use crate::why::rules::sample_host;

    fn holder(state: TcpState, inode: u32) -> Holder {
        let socket = socket(Protocol::TCP, state, "127.0.0.1:5000", "127.0.0.1:4000");
        Holder { socket: Socket { inode: Some(inode), ..socket }, reuse: None, v6only: None }
    }

    fn helps(host: &Host, addr: &str, held: &[Holding]) -> Vec<String> {
        let question = Question {
            protocol: Protocol::TCP,
            addr: addr.parse().unwrap(),
            v6only: false,
            reuse_address: false,
            reuse_port: false,
            device: None,
        };
        let commands = [(10, "nc"), (20, "nginx")].map(|(pid, name)| (pid, name.to_owned()));
        let owners = Holders::new(held.to_vec(), HashMap::from(commands), false);
        let prediction = predict(&question, host);
        let errno = prediction.errno().unwrap();
        let all = candidates(&question, errno, &prediction, host, &owners, &|_| false);
        all.iter().map(|candidate| candidate.help.to_string()).collect()
    }

    const HELD: [Holding; 2] = [Holding { inode: 1, pid: 10, fd: 3 }, Holding { inode: 2, pid: 20, fd: 4 }];

    #[test]
    fn two_holders_must_both_stop() {
        let both = sample_host(vec![holder(TcpState::Listen, 1), holder(TcpState::Listen, 2)]);
        let told = helps(&both, "127.0.0.1:5000", &HELD);
        assert!(told.contains(&"stop both: nc (kill 10) and nginx (kill 20)".to_owned()), "{told:?}");
        let one = sample_host(vec![holder(TcpState::Listen, 1)]);
        let told = helps(&one, "127.0.0.1:5000", &HELD);
        assert!(told.contains(&"stop nc (kill 10), or let it close descriptor 3".to_owned()), "{told:?}");
    }

    #[test]
    fn many_processes_and_descriptors_are_counted() {
        let process = |pid| Process { pid, command: "x".to_owned(), fds: (0..9).collect() };
        assert_eq!(stop(&[process(1)]), "stop x (kill 1), or let it close the 9 descriptors");
        let two = Process { fds: vec![3, 7], ..process(1) };
        assert_eq!(stop(&[two]), "stop x (kill 1), or let it close descriptors 3, 7");
        let many: Vec<Process> = (1..=10).map(process).collect();
        assert!(stop(&many).starts_with("stop all of these: x (kill 1), x (kill 2), "), "{}", stop(&many));
        assert!(stop(&many).ends_with("x (kill 8), and 2 more"), "{}", stop(&many));
    }

    #[test]
    fn to_stop_the_holder_of_a_connection_does_not_free_the_port_at_once() {
        let open = sample_host(vec![holder(TcpState::Established, 1)]);
        let told = helps(&open, "127.0.0.1:5000", &HELD);
        assert!(told.iter().any(|help| help.contains("keeps the port beyond that: 60 s in TIME-WAIT")), "{told:?}");
        assert!(told.iter().any(|help| help.starts_with("from the next start on: set SO_REUSEADDR")), "{told:?}");
        // The peer has closed already: no TIME-WAIT comes.
        let half = sample_host(vec![holder(TcpState::CloseWait, 1)]);
        assert!(!helps(&half, "127.0.0.1:5000", &HELD).iter().any(|help| help.contains("TIME-WAIT")));
        let longer = Help::Wait { expires_ms: 57_001, longer: true };
        assert_eq!(longer.to_string(), "wait 58 s, and 60 s more if the peer closes meanwhile");
    }

    #[test]
    fn a_name_cannot_write_advice() {
        let process = |pid, name: &str| Process { pid, command: name.to_owned(), fds: vec![3] };
        let both = stop(&[process(7, "x (kill 1"), process(8, "nc")]);
        assert_eq!(both, r#"stop both: "x (kill 1" (kill 7) and nc (kill 8)"#);
        assert_eq!(stop(&[process(7, "a, b")]), r#"stop "a, b" (kill 7), or let it close descriptor 3"#);
    }

    #[test]
    fn freebind_alone_is_no_help_where_a_socket_has_the_port() {
        let of_any = |state| {
            let mut holder = holder(state, 1);
            holder.socket.local = "0.0.0.0:5000".parse().unwrap();
            holder.socket.peer = "0.0.0.0:0".parse().unwrap();
            sample_host(vec![holder])
        };
        let told = helps(&of_any(TcpState::Listen), "10.9.9.9:5000", &HELD);
        let freebind = |told: &[String]| told.iter().find(|help| help.contains("IP_FREEBIND")).cloned().unwrap();
        assert!(
            freebind(&told).contains("not enough alone, for then a socket that has the port is in the way"),
            "{told:?}"
        );
        assert!(told.contains(&"stop nc (kill 10), or let it close descriptor 3".to_owned()), "{told:?}");
        let told = helps(&sample_host(Vec::new()), "10.9.9.9:5000", &HELD);
        assert!(freebind(&told).ends_with("net.ipv4.ip_nonlocal_bind=1"), "{told:?}");
        let told = helps(&Host { may_bind_low: false, ..sample_host(Vec::new()) }, "10.9.9.9:80", &HELD);
        assert!(freebind(&told).ends_with("needs CAP_NET_BIND_SERVICE (EACCES)"), "{told:?}");
    }

    #[test]
    fn reserved_ports_are_named_where_they_fill_the_range() {
        let mut host = sample_host(Vec::new());
        let helps = |host: &Host| range_used_up(host).into_iter().map(|candidate| candidate.help).collect::<Vec<_>>();
        assert_eq!(helps(&host), [Help::WidenRange]);
        host.reserved = vec![40_000..=40_003];
        assert_eq!(helps(&host), [Help::WidenRange, Help::ReserveFewer]);
    }

    #[test]
    fn an_address_elsewhere_is_offered() {
        let told = helps(&sample_host(vec![holder(TcpState::Listen, 1)]), "0.0.0.0:5000", &HELD);
        assert!(told.contains(&"bind 127.0.0.2 instead".to_owned()), "{told:?}");
        let told = helps(&sample_host(Vec::new()), "[fe80::7%1]:5000", &[]);
        assert_eq!(told.first().map(String::as_str), Some("name the link in sin6_scope_id: fe80::7%eth0"), "{told:?}");
    }
}
