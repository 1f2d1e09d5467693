//! A query with everything looked up, and how it judges a socket.
//!
//! Where the kernel can judge too, both must say the same: [`super::Program`] is held to this by a test.

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::{IpAddr, SocketAddr};

use sockeye_cli::escape::escape_octets;
use sockeye_sys::Family;
use sockeye_sys::sock_diag::{StateMask, UnixName};

use super::predicate::Field;
use super::tree::Tree;
use super::{glob, states};
use crate::entry::{Address, Entry};
use crate::owners::{Holders, Ownership};
use crate::socket::Socket;

/// One end of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Here.
    Local,
    /// There.
    Peer,
}

/// One test, in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// The socket is listed under one of these bits.
    States(StateMask),
    /// The first `length` bits of the address are those of `ip`. An IPv4 one matches addresses in `::ffff:0:0/96` too.
    Prefix {
        /// Which end.
        side: Side,
        /// The address.
        ip: IpAddr,
        /// How many bits count.
        length: u8,
    },
    /// The address is one of this link.
    Zone {
        /// Which end.
        side: Side,
        /// The interface.
        interface: u32,
    },
    /// The port is one of these.
    Ports {
        /// Which end.
        side: Side,
        /// The first.
        first: u16,
        /// The last.
        last: u16,
    },
    /// The socket is of this family.
    Family(Family),
    /// The socket is bound to this interface; zero is none.
    Device(u32),
    /// What the mask leaves of the mark is this.
    Mark {
        /// This.
        mark: u32,
        /// The bits that count.
        mask: u32,
    },
    /// The socket belongs to this control group.
    Cgroup(u64),
    /// bind(2) did not choose the port, as far as the kernel remembers.
    PortNotBound,
    /// A number lies between these two, both included.
    Number {
        /// Which.
        field: Field,
        /// From here.
        first: u64,
        /// To here.
        last: u64,
    },
    /// A process that holds it has such a name.
    Process(String),
    /// A Unix-domain socket with such a path.
    Unix {
        /// Which end.
        side: Side,
        /// With `*`, `?` and `[..]`.
        pattern: String,
    },
    /// A packet socket.
    Packet {
        /// For these frames.
        protocol: Option<u16>,
        /// Of this interface.
        interface: Option<u32>,
    },
    /// A netlink socket.
    Netlink {
        /// Which end: the other is zero unless it is connected.
        side: Side,
        /// Of this protocol.
        protocol: Option<u32>,
        /// With this port.
        port: Option<u32>,
    },
    /// A vsock socket.
    Vsock {
        /// Which end.
        side: Side,
        /// On this machine.
        cid: Option<u32>,
        /// With this port.
        port: Option<u32>,
    },
}

/// An expression in numbers.
pub type Condition = Tree<Test>;

/// What a query comes to on this host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// As [`super::Query::states`].
    pub states: Option<StateMask>,
    /// The tests; always true if there are none.
    pub condition: Condition,
}

/// What a test may look at.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The bits under which the kernel lists it; none if it has no state.
    pub states: StateMask,
    /// Its family.
    pub family: Family,
    /// Between what it stands.
    pub ends: Ends<'a>,
    /// The interface that it is bound to.
    pub interface: Option<u32>,
    /// The socket, of the Internet families: its mark and its control group are read where a test wants them.
    pub socket: Option<&'a Socket>,
    /// Who made it.
    pub uid: Option<u32>,
    /// What joins it to descriptors.
    pub inode: Option<u32>,
    /// Its name in the kernel.
    pub cookie: u64,
    /// The receive queue.
    pub recv_queue: u32,
    /// The send queue.
    pub send_queue: u32,
}

impl Subject<'_> {
    /// Its mark, where the kernel tells.
    pub fn mark(&self) -> Option<u32> {
        self.socket?.details()?.mark
    }

    /// Its control group, where the kernel tells.
    pub fn cgroup(&self) -> Option<u64> {
        self.socket?.details()?.cgroup
    }
}

/// Between what a socket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends<'a> {
    /// Internet addresses.
    Inet {
        /// Here.
        local: SocketAddr,
        /// There.
        peer: SocketAddr,
    },
    /// Names, where there are any.
    Unix {
        /// Here.
        local: Option<&'a UnixName>,
        /// There.
        peer: Option<&'a UnixName>,
    },
    /// Frames.
    Packet {
        /// Of this protocol.
        protocol: u16,
        /// Of this interface; zero is any.
        interface: u32,
    },
    /// Netlink.
    Netlink {
        /// Its protocol.
        protocol: u32,
        /// Its port here.
        local: u32,
        /// Its port there.
        peer: u32,
    },
    /// Machines and ports.
    Vsock {
        /// Here.
        local: (u32, u32),
        /// There.
        peer: (u32, u32),
    },
}

impl<'a> From<&'a Socket> for Subject<'a> {
    fn from(socket: &'a Socket) -> Self {
        Self {
            states: states::bits(socket.state),
            family: socket.family,
            ends: Ends::Inet { local: socket.local, peer: socket.peer },
            interface: socket.interface,
            socket: Some(socket),
            uid: socket.uid,
            inode: socket.inode,
            cookie: socket.cookie,
            recv_queue: socket.recv_queue,
            send_queue: socket.send_queue,
        }
    }
}

impl<'a> From<&'a Entry> for Subject<'a> {
    fn from(entry: &'a Entry) -> Self {
        let ends = match (entry, entry.local(), entry.peer()) {
            (Entry::Inet(socket), ..) => return Self::from(socket),
            (_, Address::Packet { protocol, interface }, _) => {
                Ends::Packet { protocol, interface: interface.unwrap_or(0) }
            }
            (Entry::Netlink(netlink), ..) => Ends::Netlink {
                protocol: netlink.row.protocol.into(),
                local: netlink.row.portid,
                peer: netlink.row.dst_portid,
            },
            (Entry::Vsock(vsock), ..) => Ends::Vsock { local: vsock.row.local, peer: vsock.row.peer },
            (_, local, peer) => Ends::Unix { local: name(local), peer: name(peer) },
        };
        Self {
            states: states::bits(entry.state()),
            family: entry.family(),
            ends,
            interface: entry.interface(),
            socket: None,
            uid: entry.uid(),
            inode: entry.inode(),
            cookie: entry.cookie(),
            recv_queue: entry.recv_queue(),
            send_queue: entry.send_queue(),
        }
    }
}

fn name(address: Address<'_>) -> Option<&UnixName> {
    match address {
        Address::Unix { name, .. } => name,
        _ => None,
    }
}

/// What a test needs that does not stand in the socket. Ask [`Filter::needs`] which of it is wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// Who holds what. Without it no test for a process holds.
    pub holders: Option<&'a Holders>,
    /// The cookies of the sockets whose port bind(2) chose. Without it no port counts as chosen.
    pub bound: Option<&'a HashSet<u64>>,
}

impl Filter {
    /// Whether a socket is wanted.
    pub fn matches<'a>(&self, socket: impl Into<Subject<'a>>, facts: &Facts<'_>) -> bool {
        let subject = socket.into();
        self.states.is_none_or(|states| states.intersects(subject.states))
            && self.condition.holds(&mut |test| test.judge(&subject, facts)) == Some(true)
    }
}

impl Test {
    /// Whether the socket passes; `None` if nobody can know: its user is not kept, or its owners are hidden. Then it passes
    /// neither the test nor its opposite.
    fn judge(&self, subject: &Subject<'_>, facts: &Facts<'_>) -> Option<bool> {
        let unknown = match self {
            Self::Number { field: Field::Uid, .. } => subject.uid.is_none(),
            Self::Process(_) | Self::Number { field: Field::Pid, .. } => {
                facts.holders.is_some_and(|holders| holders.ownership(subject.inode) == Ownership::Hidden)
            }
            _ => false,
        };
        (!unknown).then(|| self.holds(subject, facts))
    }

    /// Whether the socket passes.
    pub fn holds(&self, subject: &Subject<'_>, facts: &Facts<'_>) -> bool {
        match self {
            Self::States(states) => states.intersects(subject.states),
            Self::Family(family) => subject.family == *family,
            Self::Device(interface) => subject.interface.unwrap_or(0) == *interface,
            Self::Mark { mark, mask } => subject.mark().unwrap_or(0) & mask == *mark,
            Self::Cgroup(cgroup) => subject.cgroup() == Some(*cgroup),
            Self::PortNotBound => facts.bound.is_none_or(|bound| !bound.contains(&subject.cookie)),
            Self::Number { field, first, last } => {
                number(*field, subject, facts, &|value| (*first..=*last).contains(&value))
            }
            Self::Process(pattern) => owners(subject, facts).any(|(_, command)| is_called(pattern, command)),
            Self::Prefix { side, ip, length } => {
                end(subject, *side).is_some_and(|end| has_prefix(end.ip(), *ip, *length))
            }
            Self::Zone { side, interface } => end(subject, *side).is_some_and(|end| {
                let scope = match end {
                    SocketAddr::V6(end) => end.scope_id(),
                    SocketAddr::V4(_) => 0,
                };
                *interface == if scope == 0 { subject.interface.unwrap_or(0) } else { scope }
            }),
            Self::Ports { side, first, last } => {
                end(subject, *side).is_some_and(|end| (*first..=*last).contains(&end.port()))
            }
            Self::Unix { side, pattern } => match (subject.ends, side) {
                (Ends::Unix { local: name, .. }, Side::Local) | (Ends::Unix { peer: name, .. }, Side::Peer) => {
                    is_called(pattern, &unix_text(name)) || is_called(pattern, &shown(name))
                }
                _ => false,
            },
            Self::Packet { protocol, interface } => match subject.ends {
                Ends::Packet { protocol: frames, interface: of } => {
                    is(protocol.map(u32::from), frames.into()) && is(*interface, of)
                }
                _ => false,
            },
            Self::Netlink { side, protocol, port } => match subject.ends {
                Ends::Netlink { protocol: of, local, peer } => is(*protocol, of) && is(*port, pick(*side, local, peer)),
                _ => false,
            },
            Self::Vsock { side, cid, port } => match subject.ends {
                Ends::Vsock { local, peer } => {
                    let (machine, number) = pick(*side, local, peer);
                    is(*cid, machine) && is(*port, number)
                }
                _ => false,
            },
        }
    }
}

fn pick<T>(side: Side, local: T, peer: T) -> T {
    match side {
        Side::Local => local,
        Side::Peer => peer,
    }
}

/// Whether a pattern means this name: also where it is the name as a listing shows it, in which `*` and `[` are no pattern,
/// and a quotation mark has a backslash before it.
fn is_called(pattern: &str, name: &str) -> bool {
    let plain = pattern.replace("\\\"", "\"");
    plain == name || glob::matches(&plain, name)
}

/// A Unix-domain name as a listing shows it, without quotes.
fn shown(name: Option<&UnixName>) -> String {
    match name {
        None => String::new(),
        Some(UnixName::Path(path)) => escape_octets(path),
        Some(UnixName::Abstract(name)) => format!("@{}", escape_octets(name)),
    }
}

/// A name as a pattern sees it: that of the abstract name space behind an `@`, and nothing where there is none.
fn unix_text(name: Option<&UnixName>) -> Cow<'_, str> {
    match name {
        None => Cow::Borrowed(""),
        Some(UnixName::Path(path)) => String::from_utf8_lossy(path),
        Some(UnixName::Abstract(name)) => Cow::Owned(format!("@{}", String::from_utf8_lossy(name))),
    }
}

/// Whether it is that, or whether anything will do.
fn is(wanted: Option<u32>, found: u32) -> bool {
    wanted.is_none_or(|wanted| wanted == found)
}

fn end(subject: &Subject<'_>, side: Side) -> Option<SocketAddr> {
    match subject.ends {
        Ends::Inet { local, peer } => Some(pick(side, local, peer)),
        _ => None,
    }
}

fn owners<'a>(subject: &Subject<'_>, facts: &Facts<'a>) -> impl Iterator<Item = (u32, &'a str)> {
    let inode = subject.inode;
    facts.holders.into_iter().flat_map(move |holders| holders.of(inode)).map(|owner| (owner.pid, owner.command))
}

fn number(field: Field, subject: &Subject<'_>, facts: &Facts<'_>, wanted: &dyn Fn(u64) -> bool) -> bool {
    match field {
        Field::Pid => owners(subject, facts).any(|(pid, _)| wanted(pid.into())),
        Field::Uid => subject.uid.is_some_and(|uid| wanted(uid.into())),
        Field::Inode => subject.inode.is_some_and(|inode| wanted(inode.into())),
        Field::RecvQueue => wanted(subject.recv_queue.into()),
        Field::SendQueue => wanted(subject.send_queue.into()),
    }
}

/// Whether both addresses begin alike, as the kernel compares them: an IPv4 prefix is looked for in mapped addresses too.
///
/// # Source
/// Linux, net/ipv4/inet_diag.c, inet_diag_bc_run().
fn has_prefix(found: IpAddr, wanted: IpAddr, length: u8) -> bool {
    match (found, wanted) {
        (IpAddr::V4(found), IpAddr::V4(wanted)) => {
            begin_alike(found.to_bits().into(), wanted.to_bits().into(), length, 32)
        }
        (IpAddr::V6(found), IpAddr::V6(wanted)) => begin_alike(found.to_bits(), wanted.to_bits(), length, 128),
        (IpAddr::V6(found), IpAddr::V4(_)) => {
            found.to_ipv4_mapped().is_some_and(|found| has_prefix(IpAddr::V4(found), wanted, length))
        }
        (IpAddr::V4(_), IpAddr::V6(_)) => false,
    }
}

fn begin_alike(one: u128, other: u128, length: u8, width: u32) -> bool {
    (one ^ other).checked_shr(width.saturating_sub(length.into())).unwrap_or(0) == 0
}
