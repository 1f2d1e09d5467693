//! Whether bind(2) would succeed, by the rules of Linux: from the list of sockets, the addresses and a few settings.
//!
//! Pure: the same facts give the same answer. Where the facts are not enough (nobody may read the SO_REUSEADDR of another
//! user's socket, and no list tells that of a TIME-WAIT), the answer is "unsure", and a trial bind settles it.
//!
//! # Source
//! bind(2), ip(7), ipv6(7), socket(7), tcp(7); Linux, `__inet_bind()`, `__inet6_bind()`, `inet_bind_conflict()`,
//! `inet_rcv_saddr_equal()`, `udp_lib_lport_inuse()`, checked against the kernel by tests/netns/ports_why.rs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::RangeInclusive;

use sockeye_common::addr::{ipv6_scope, mapped_v4};
use sockeye_sys::addresses::{AddressFlags, InterfaceAddress};
use sockeye_sys::{Protocol, TcpState};

use super::errno::Errno;
use crate::socket::Socket;
use crate::state::State;

/// A call of bind(2), and the options that were set before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Address, port and scope.
    pub addr: SocketAddr,
    /// `IPV6_V6ONLY`.
    pub v6only: bool,
    /// `SO_REUSEADDR`.
    pub reuse_address: bool,
    /// `SO_REUSEPORT`.
    pub reuse_port: bool,
    /// `SO_BINDTODEVICE`, by index.
    pub device: Option<u32>,
}

impl Question {
    /// The interface that the socket is bound to: by the scope of its address, which takes the place of the option, or by that.
    ///
    /// # Source
    /// Linux, net/ipv6/af_inet6.c, `__inet6_bind()`.
    pub(super) fn link(&self) -> Option<u32> {
        let scope = match self.addr {
            SocketAddr::V6(addr) if needs_scope(*addr.ip()) && addr.scope_id() != 0 => Some(addr.scope_id()),
            _ => None,
        };
        scope.or(self.device)
    }
}

/// Two options that decide whether two sockets may share a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reuse {
    /// `SO_REUSEADDR`.
    pub address: bool,
    /// `SO_REUSEPORT`.
    pub port: bool,
}

/// A socket that has a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// As it is listed.
    pub socket: Socket,
    /// What its process has set; `None` if that cannot be read.
    pub reuse: Option<Reuse>,
    /// Whether it refuses IPv4. The kernel lists it only of what waits for peers, a process tells it of the others.
    pub v6only: Option<bool>,
}

/// What is known of this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// Sockets of both protocols that have the port.
    pub holders: Vec<Holder>,
    /// The addresses of the interfaces.
    pub addresses: Vec<InterfaceAddress>,
    /// The loopback interface, by index.
    pub loopback: u32,
    /// The interfaces by index, with their names, which are safe for a terminal.
    pub interfaces: Vec<(u32, String)>,
    /// Whether the kernel lists TCP sockets that are only bound.
    pub lists_bound: bool,
    /// Whether the kernel has IPv6.
    pub ipv6: bool,
    /// `net.ipv4.ip_unprivileged_port_start`: ports below need a capability.
    pub unprivileged_from: u16,
    /// Whether we have CAP_NET_BIND_SERVICE.
    pub may_bind_low: bool,
    /// `net.ipv4.ip_nonlocal_bind`.
    pub nonlocal_v4: bool,
    /// `net.ipv6.ip_nonlocal_bind`.
    pub nonlocal_v6: bool,
    /// `net.ipv4.ip_local_port_range`.
    pub ephemeral: RangeInclusive<u16>,
    /// `net.ipv4.ip_local_reserved_ports`.
    pub reserved: Vec<RangeInclusive<u16>>,
    /// Our user.
    pub uid: u32,
    /// Whether our PID namespace is the first, which has every process.
    pub outermost: bool,
}

impl Host {
    /// Whether the kernel never chooses the port by itself.
    pub fn is_reserved(&self, port: u16) -> bool {
        self.reserved.iter().any(|ports| ports.contains(&port))
    }

    /// The name of an interface.
    pub fn interface(&self, index: u32) -> Option<&str> {
        self.interfaces.iter().find(|(known, _)| *known == index).map(|(_, name)| name.as_str())
    }
}

/// Why bind(2) fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The kernel has no IPv6.
    NoIpv6,
    /// An IPv4-mapped address on a socket with `IPV6_V6ONLY`.
    MappedV6Only,
    /// A multicast address on a TCP socket over IPv6.
    MulticastStream,
    /// A link-local address that does not say of which link.
    NoScope,
    /// A scope that is no interface.
    NoSuchInterface,
    /// No interface has the address.
    ForeignAddress,
    /// The address is not yet known to be nobody else's.
    Tentative,
    /// A low port without the capability.
    PrivilegedPort,
    /// Other sockets have it.
    InUse,
    /// Bind to port 0: every port of the range is taken.
    RangeUsedUp,
}

impl Rule {
    /// What bind(2), or socket(2) before it, leaves in errno.
    pub fn errno(self) -> Errno {
        match self {
            Self::NoIpv6 => Errno::EAFNOSUPPORT,
            Self::MappedV6Only | Self::MulticastStream | Self::NoScope => Errno::EINVAL,
            Self::NoSuchInterface => Errno::ENODEV,
            Self::ForeignAddress | Self::Tentative => Errno::EADDRNOTAVAIL,
            Self::PrivilegedPort => Errno::EACCES,
            Self::InUse | Self::RangeUsedUp => Errno::EADDRINUSE,
        }
    }
}

/// What the rules come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prediction {
    /// It succeeds.
    Succeeds,
    /// It fails.
    Fails {
        /// Why.
        rule: Rule,
        /// The sockets in the way, by their places in [`Host::holders`].
        culprits: Vec<usize>,
    },
    /// It fails if one of these has not set the same option for reuse, which cannot be read.
    Unsure {
        /// The sockets, by their places in [`Host::holders`].
        culprits: Vec<usize>,
    },
}

impl Prediction {
    /// The sockets in the way.
    pub fn culprits(&self) -> &[usize] {
        match self {
            Self::Succeeds => &[],
            Self::Fails { culprits, .. } | Self::Unsure { culprits } => culprits,
        }
    }

    /// Whether the rules know.
    pub fn is_sure(&self) -> bool {
        !matches!(self, Self::Unsure { .. })
    }

    /// What bind(2) leaves in errno, where the rules know that it fails.
    pub fn errno(&self) -> Option<Errno> {
        match self {
            Self::Fails { rule, .. } => Some(rule.errno()),
            Self::Succeeds | Self::Unsure { .. } => None,
        }
    }
}

/// Whether a holder is in the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflict {
    /// It is not.
    No(Apart),
    /// It is.
    Yes,
    /// It is, unless something holds that cannot be read.
    Unless(Doubt),
}

/// What would have to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Whether it has set the same option for reuse.
    Reuse,
    /// Whether it has `IPV6_V6ONLY`.
    V6Only,
    /// Either of them would keep the two apart.
    Either,
}

/// What keeps two sockets with the same port apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apart {
    /// TCP and UDP ports have nothing to do with each other.
    Protocol,
    /// A connection request has no port of its own yet.
    Request,
    /// They are bound to different interfaces.
    Device,
    /// No address belongs to both.
    Address,
    /// Both have set SO_REUSEADDR, and the other does not listen.
    ReuseAddress,
    /// Both have set SO_REUSEPORT, and belong to the same user.
    ReusePort,
}

/// Whether bind(2) would succeed for `question`.
///
/// For port 0 only the address is judged: see [`super::range`].
pub fn predict(question: &Question, host: &Host) -> Prediction {
    let fails = |rule| Prediction::Fails { rule, culprits: Vec::new() };
    if let Some(rule) = refused_before_ports(question, host) {
        return fails(rule);
    }
    if question.addr.port() == 0 {
        return Prediction::Succeeds;
    }
    let (mut certain, mut culprits) = (false, Vec::new());
    for (place, holder) in host.holders.iter().enumerate() {
        match conflict(question, holder, host.uid) {
            Conflict::No(_) => continue,
            Conflict::Yes => certain = true,
            Conflict::Unless(_) => {}
        }
        culprits.push(place);
    }
    match (certain, culprits.is_empty()) {
        (_, true) => Prediction::Succeeds,
        (true, false) => Prediction::Fails { rule: Rule::InUse, culprits },
        (false, false) => Prediction::Unsure { culprits },
    }
}

/// What the kernel looks at before it looks at ports. Address and privilege come in another order for each family.
fn refused_before_ports(question: &Question, host: &Host) -> Option<Rule> {
    let low = || {
        let port = question.addr.port();
        (port != 0 && port < host.unprivileged_from && !host.may_bind_low).then_some(Rule::PrivilegedPort)
    };
    match question.addr {
        SocketAddr::V4(addr) => unusable_v4(*addr.ip(), host).or_else(low),
        SocketAddr::V6(_) if !host.ipv6 => Some(Rule::NoIpv6),
        SocketAddr::V6(addr) => {
            if addr.ip().is_multicast() && question.protocol == Protocol::TCP {
                return Some(Rule::MulticastStream);
            }
            low().or_else(|| unusable_v6(*addr.ip(), question, host))
        }
    }
}

fn unusable_v4(addr: Ipv4Addr, host: &Host) -> Option<Rule> {
    let usable = host.nonlocal_v4
        || addr.is_unspecified()
        || addr.is_multicast()
        || addr.is_broadcast()
        || host.addresses.iter().any(|own| is_v4_of(addr, own, host.loopback));
    (!usable).then_some(Rule::ForeignAddress)
}

/// Whether an interface's address makes `addr` usable: it is the same, the broadcast of its network, or anything in the
/// network of the loopback interface.
fn is_v4_of(addr: Ipv4Addr, own: &InterfaceAddress, loopback: u32) -> bool {
    let IpAddr::V4(at) = own.addr else { return false };
    let host_bits = u32::MAX.checked_shr(own.prefix_length.into()).unwrap_or(0);
    let same_network = (at.to_bits() ^ addr.to_bits()) & !host_bits == 0;
    // A /31 or /32 has no broadcast address (RFC 3021).
    let is_broadcast = own.prefix_length < 31 && addr.to_bits() & host_bits == host_bits;
    at == addr || same_network && (own.index == loopback || is_broadcast)
}

fn unusable_v6(addr: Ipv6Addr, question: &Question, host: &Host) -> Option<Rule> {
    if let Some(mapped) = mapped_v4(addr) {
        return if question.v6only { Some(Rule::MappedV6Only) } else { unusable_v4(mapped, host) };
    }
    if addr.is_unspecified() {
        return None;
    }
    if needs_scope(addr) {
        let Some(link) = question.link() else { return Some(Rule::NoScope) };
        if host.interface(link).is_none() {
            return Some(Rule::NoSuchInterface);
        }
        if addr.is_multicast() || host.nonlocal_v6 {
            return None;
        }
        return judged(host.addresses.iter().find(|own| own.addr == addr && own.index == link));
    }
    if addr.is_multicast() || host.nonlocal_v6 {
        return None;
    }
    // Of every interface, but that the loopback address is the loopback interface's alone.
    let there =
        |own: &&InterfaceAddress| !addr.is_loopback() || question.device.is_none_or(|device| own.index == device);
    judged(host.addresses.iter().filter(|own| own.addr == addr).find(there))
}

/// Whether an address means nothing without its link: link-local ones, and multicast no wider than that.
fn needs_scope(addr: Ipv6Addr) -> bool {
    let narrow = || matches!(ipv6_scope(addr), Some("Interface-Local" | "Link-Local"));
    addr.is_unicast_link_local() || addr.is_multicast() && narrow()
}

fn judged(own: Option<&InterfaceAddress>) -> Option<Rule> {
    match own {
        None => Some(Rule::ForeignAddress),
        // An optimistic address may be used (RFC 4429).
        Some(own) if own.flags.contains(AddressFlags::TENTATIVE) && !own.flags.contains(AddressFlags::OPTIMISTIC) => {
            Some(Rule::Tentative)
        }
        Some(_) => None,
    }
}

/// Whether `holder` is in the way of `question`, asked by the user `uid`.
pub fn conflict(question: &Question, holder: &Holder, uid: u32) -> Conflict {
    let Holder { socket, reuse, .. } = holder;
    if socket.protocol != question.protocol {
        return Conflict::No(Apart::Protocol);
    }
    if socket.state == State::Tcp(TcpState::SynReceived) {
        return Conflict::No(Apart::Request);
    }
    if let (Some(one), Some(other)) = (question.link(), socket.interface)
        && one != other
    {
        return Conflict::No(Apart::Device);
    }
    let Some(meets) = meets(question, holder) else { return Conflict::No(Apart::Address) };
    let helps = helping(question, socket, uid);
    match (reuse, meets) {
        (Some(reuse), _) if helps.address && reuse.address => Conflict::No(Apart::ReuseAddress),
        (Some(reuse), _) if helps.port && reuse.port => Conflict::No(Apart::ReusePort),
        (None, Meets::Surely) if helps.address || helps.port => Conflict::Unless(Doubt::Reuse),
        (None, Meets::UnlessV6Only) if helps.address || helps.port => Conflict::Unless(Doubt::Either),
        (_, Meets::UnlessV6Only) => Conflict::Unless(Doubt::V6Only),
        (_, Meets::Surely) => Conflict::Yes,
    }
}

/// Whether a trial would share the port of another UDP socket, and so take datagrams from it.
pub fn takes_datagrams(question: &Question, host: &Host) -> bool {
    let shares = |holder| {
        matches!(
            conflict(question, holder, host.uid),
            Conflict::No(Apart::ReuseAddress | Apart::ReusePort) | Conflict::Unless(_)
        )
    };
    question.protocol == Protocol::UDP
        && (question.reuse_address || question.reuse_port)
        && host.holders.iter().any(shares)
}

/// Which of the options that `question` sets would keep it apart from a socket that has set them too.
pub fn helping(question: &Question, socket: &Socket, uid: u32) -> Reuse {
    let listens = socket.state == State::Tcp(TcpState::Listen);
    let same_user = socket.state == State::Tcp(TcpState::TimeWait) || socket.uid.is_none_or(|owner| owner == uid);
    Reuse { address: question.reuse_address && !listens, port: question.reuse_port && same_user }
}

/// Whether an address belongs to both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meets {
    Surely,
    /// Unless the other has `IPV6_V6ONLY`.
    UnlessV6Only,
}

/// `None` if no address belongs to both.
fn meets(question: &Question, holder: &Holder) -> Option<Meets> {
    if Coverage::of_question(question).meets(&Coverage::of_holder(holder)) {
        return Some(Meets::Surely);
    }
    // bind(2) to an IPv6 address sets IPV6_V6ONLY; where the address came by accept(2) or connect(2) it may be unset, and
    // the kernel compares 0.0.0.0 with whatever is not IPV6_V6ONLY.
    match (is_of_an_ipv6_end(question, &holder.socket), holder.v6only) {
        (false, _) | (true, Some(true)) => None,
        (true, Some(false)) => Some(Meets::Surely),
        (true, None) => Some(Meets::UnlessV6Only),
    }
}

/// Whether 0.0.0.0 is asked for, beside a socket that has an address of IPv6 alone.
pub fn is_of_an_ipv6_end(question: &Question, socket: &Socket) -> bool {
    let every = matches!(question.addr, SocketAddr::V4(addr) if addr.ip().is_unspecified());
    every && matches!(socket.local.ip(), IpAddr::V6(addr) if !addr.is_unspecified() && mapped_v4(addr).is_none())
}

/// Which addresses a socket stands for, in each family; the unspecified one stands for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Coverage {
    v4: Option<Ipv4Addr>,
    v6: Option<Ipv6Addr>,
}

impl Coverage {
    fn new(addr: IpAddr, v6only: bool) -> Self {
        match addr {
            IpAddr::V4(v4) => Self { v4: Some(v4), v6: None },
            IpAddr::V6(v6) => {
                if let Some(v4) = mapped_v4(v6) {
                    return Self { v4: Some(v4), v6: None };
                }
                let both = v6.is_unspecified() && !v6only;
                Self { v4: both.then_some(Ipv4Addr::UNSPECIFIED), v6: Some(v6) }
            }
        }
    }

    fn of_question(question: &Question) -> Self {
        Self::new(question.addr.ip(), question.v6only)
    }

    fn of_holder(holder: &Holder) -> Self {
        Self::new(holder.socket.local.ip(), holder.v6only.unwrap_or(false))
    }

    fn meets(&self, other: &Self) -> bool {
        let v4 = match (self.v4, other.v4) {
            (Some(one), Some(other)) => one == other || one.is_unspecified() || other.is_unspecified(),
            _ => false,
        };
        let v6 = match (self.v6, other.v6) {
            (Some(one), Some(other)) => one == other || one.is_unspecified() || other.is_unspecified(),
            _ => false,
        };
        v4 || v6
    }
}

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(super) use tests::host as sample_host;
