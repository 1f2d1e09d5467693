//! One row of a listing, of whatever kind.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::SocketAddr;

use sockeye_sys::Family;
use sockeye_sys::sock_diag::{InetSocket, NetlinkSocket, PacketSocket, SkMemInfo, UnixName, UnixSocket, VsockSocket};

use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

/// A socket of any kind.
///
/// Its accessors are what every listing and filter asks for; what only one kind has is in the variant. The rows of the
/// rarer kinds are boxed: a hundred thousand TCP sockets pay nothing for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Of the Internet families.
    Inet(Socket),
    /// Unix domain.
    Unix(UnixEntry),
    /// Frames of an interface.
    Packet(PacketEntry),
    /// Netlink.
    Netlink(NetlinkEntry),
    /// Between a virtual machine and its host.
    Vsock(VsockEntry),
}

/// A Unix-domain socket, with the name of its peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixEntry {
    /// As the kernel lists it.
    pub row: Box<UnixSocket>,
    /// The name of the socket that [`UnixSocket::peer`] is, where it has one.
    pub peer_name: Option<UnixName>,
}

/// A packet socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketEntry {
    /// As the kernel lists it.
    pub row: Box<PacketSocket>,
}

/// A netlink socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetlinkEntry {
    /// As the kernel lists it.
    pub row: Box<NetlinkSocket>,
}

/// A vsock socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VsockEntry {
    /// As the kernel lists it.
    pub row: Box<VsockSocket>,
}

/// One end of a socket, whatever it looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Address<'a> {
    /// An address and a port. Of a raw socket the port is its protocol, of a ping socket its identifier.
    Inet {
        /// Address and port; an IPv4-mapped address stays IPv6.
        addr: SocketAddr,
        /// Here: what the socket is bound to. There: the zone of a link-local address.
        interface: Option<u32>,
    },
    /// A name, and the inode that joins both ends.
    Unix {
        /// `None` of a socket without a name.
        name: Option<&'a UnixName>,
        /// `None` where there is no such end, or no process has it yet.
        inode: Option<u32>,
    },
    /// What a packet socket takes.
    Packet {
        /// The EtherType, 3 for all.
        protocol: u16,
        /// The interface, `None` for all.
        interface: Option<u32>,
    },
    /// A netlink address.
    Netlink {
        /// `NETLINK_ROUTE` is 0.
        protocol: u8,
        /// Zero is the kernel.
        portid: u32,
    },
    /// A vsock address; all ones is any.
    Vsock {
        /// The machine.
        cid: u32,
        /// Its port.
        port: u32,
    },
    /// There is no such end.
    None,
}

/// What the searches for owners and names need of a row, whichever type it has.
pub trait Listed {
    /// The inode, if a process can hold it.
    fn inode(&self) -> Option<u32>;
    /// The interface, if there is one.
    fn interface(&self) -> Option<u32>;
    /// The inode of the other end, of a Unix-domain socket.
    fn peer_inode(&self) -> Option<u32> {
        None
    }
}

impl Listed for Socket {
    fn inode(&self) -> Option<u32> {
        self.inode
    }

    fn interface(&self) -> Option<u32> {
        self.interface
    }
}

impl Listed for Entry {
    fn inode(&self) -> Option<u32> {
        match self {
            // The kernel's own.
            Self::Netlink(netlink) if netlink.row.portid == 0 => None,
            _ => Self::inode(self),
        }
    }

    fn interface(&self) -> Option<u32> {
        Self::interface(self)
    }

    fn peer_inode(&self) -> Option<u32> {
        Self::peer_inode(self)
    }
}

/// Zero stands for "none" in inodes and interfaces.
fn some(number: u32) -> Option<u32> {
    (number != 0).then_some(number)
}

impl Entry {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Inet(socket) => socket.kind,
            Self::Unix(unix) => Kind::unix(unix.row.socket_type),
            Self::Packet(packet) => Kind::packet(packet.row.socket_type),
            Self::Netlink(_) => Kind::Netlink,
            Self::Vsock(vsock) => Kind::vsock(vsock.row.socket_type),
        }
    }

    /// Its address family.
    pub fn family(&self) -> Family {
        match self {
            Self::Inet(socket) => socket.family,
            Self::Unix(_) => Family::UNIX,
            Self::Packet(_) => Family::PACKET,
            Self::Netlink(_) => Family::NETLINK,
            Self::Vsock(_) => Family::VSOCK,
        }
    }

    /// The short name of kind and family: `tcp6`, `u_str`.
    pub fn label(&self) -> &'static str {
        self.kind().label(self.family())
    }

    /// What it is doing.
    pub fn state(&self) -> State {
        match self {
            Self::Inet(socket) => socket.state,
            Self::Unix(unix) => State::listed(self.kind(), unix.row.state),
            // These have no states.
            Self::Packet(_) | Self::Netlink(_) => State::Unconnected,
            Self::Vsock(vsock) => State::listed(self.kind(), vsock.row.state),
        }
    }

    /// What the kernel calls the receive queue; what it counts depends on kind and state.
    pub fn recv_queue(&self) -> u32 {
        match self {
            Self::Inet(socket) => socket.recv_queue,
            Self::Unix(unix) => unix.row.rqueue.unwrap_or(0),
            Self::Packet(_) | Self::Netlink(_) => self.skmeminfo().map_or(0, |memory| memory.rmem_alloc),
            Self::Vsock(_) => 0,
        }
    }

    /// What the kernel calls the send queue; what it counts depends on kind and state.
    pub fn send_queue(&self) -> u32 {
        match self {
            Self::Inet(socket) => socket.send_queue,
            Self::Unix(unix) => unix.row.wqueue.unwrap_or(0),
            Self::Netlink(_) => self.skmeminfo().map_or(0, |memory| memory.wmem_alloc),
            Self::Packet(_) | Self::Vsock(_) => 0,
        }
    }

    /// Both queues, where they are known: /proc tells no limit of an accept queue, and no queue of a Unix-domain socket.
    pub fn queues(&self) -> (Option<u32>, Option<u32>) {
        match self {
            Self::Inet(socket) => (Some(socket.recv_queue), socket.known_send_queue()),
            Self::Unix(unix) => (unix.row.rqueue, unix.row.wqueue),
            other => (Some(other.recv_queue()), Some(other.send_queue())),
        }
    }

    /// Names it for as long as this kernel runs. `None` where only /proc lists it: the kernel counts from one.
    pub fn known_cookie(&self) -> Option<u64> {
        Some(self.cookie()).filter(|cookie| *cookie != 0)
    }

    /// The user that made it, where the kernel says.
    pub fn uid(&self) -> Option<u32> {
        match self {
            Self::Inet(socket) => socket.uid,
            Self::Unix(unix) => unix.row.uid,
            Self::Packet(packet) => packet.row.uid,
            Self::Netlink(_) | Self::Vsock(_) => None,
        }
    }

    /// What joins it to the descriptors of processes; `None` if no process can hold it.
    pub fn inode(&self) -> Option<u32> {
        match self {
            Self::Inet(socket) => socket.inode,
            Self::Unix(unix) => some(unix.row.inode),
            Self::Packet(packet) => some(packet.row.inode),
            Self::Netlink(netlink) => some(netlink.row.inode),
            Self::Vsock(vsock) => some(vsock.row.inode),
        }
    }

    /// The inode of the other end, of a Unix-domain socket.
    pub fn peer_inode(&self) -> Option<u32> {
        match self {
            Self::Unix(unix) => unix.row.peer,
            _ => None,
        }
    }

    /// Names it for as long as this kernel runs. Zero where only /proc lists it.
    pub fn cookie(&self) -> u64 {
        match self {
            Self::Inet(socket) => socket.cookie,
            Self::Unix(unix) => unix.row.cookie,
            Self::Packet(packet) => packet.row.cookie,
            Self::Netlink(netlink) => netlink.row.cookie,
            Self::Vsock(vsock) => vsock.row.cookie,
        }
    }

    /// The interface that it is bound to, by index.
    pub fn interface(&self) -> Option<u32> {
        match self {
            Self::Inet(socket) => socket.interface,
            Self::Packet(packet) => packet.row.info.and_then(|info| some(info.interface)),
            Self::Unix(_) | Self::Netlink(_) | Self::Vsock(_) => None,
        }
    }

    /// The row with its extensions, of the Internet families, where any was asked for.
    pub fn details(&self) -> Option<Cow<'_, InetSocket>> {
        self.as_inet()?.details()
    }

    /// `SO_MARK`, which the kernel tells only to those who have CAP_NET_ADMIN.
    pub fn mark(&self) -> Option<u32> {
        self.details()?.mark
    }

    /// The control group's inode number.
    pub fn cgroup(&self) -> Option<u64> {
        self.details()?.cgroup
    }

    /// Memory figures.
    pub fn skmeminfo(&self) -> Option<SkMemInfo> {
        match self {
            Self::Inet(_) => self.details()?.skmeminfo,
            Self::Unix(unix) => unix.row.skmeminfo,
            Self::Packet(packet) => packet.row.skmeminfo,
            Self::Netlink(netlink) => netlink.row.skmeminfo,
            Self::Vsock(_) => None,
        }
    }

    /// Which directions shutdown(2) has closed: 1 receiving, 2 sending.
    pub fn shutdown(&self) -> Option<u8> {
        match self {
            Self::Inet(_) => self.details()?.shutdown,
            Self::Unix(unix) => unix.row.shutdown,
            Self::Vsock(vsock) => Some(vsock.row.shutdown),
            Self::Packet(_) | Self::Netlink(_) => None,
        }
    }

    /// The end here.
    pub fn local(&self) -> Address<'_> {
        match self {
            Self::Inet(socket) => Address::Inet { addr: socket.local, interface: socket.interface },
            Self::Unix(unix) => Address::Unix { name: unix.row.name.as_ref(), inode: some(unix.row.inode) },
            Self::Packet(packet) => Address::Packet { protocol: packet.row.protocol, interface: self.interface() },
            Self::Netlink(netlink) => Address::Netlink { protocol: netlink.row.protocol, portid: netlink.row.portid },
            Self::Vsock(vsock) => {
                let (cid, port) = vsock.row.local;
                Address::Vsock { cid, port }
            }
        }
    }

    /// The other end. Of the Internet families it is the wildcard where there is none.
    pub fn peer(&self) -> Address<'_> {
        match self {
            Self::Inet(socket) => Address::Inet { addr: socket.peer, interface: zone(socket.peer) },
            Self::Unix(UnixEntry { row, peer_name }) if row.peer.is_some() || peer_name.is_some() => {
                Address::Unix { name: peer_name.as_ref(), inode: row.peer }
            }
            Self::Netlink(netlink) if netlink.row.state == 1 => {
                Address::Netlink { protocol: netlink.row.protocol, portid: netlink.row.dst_portid }
            }
            Self::Vsock(vsock) => match vsock.row.peer {
                (u32::MAX, u32::MAX) => Address::None,
                (cid, port) => Address::Vsock { cid, port },
            },
            Self::Unix(_) | Self::Packet(_) | Self::Netlink(_) => Address::None,
        }
    }

    /// The socket, if it is of the Internet families.
    pub fn as_inet(&self) -> Option<&Socket> {
        match self {
            Self::Inet(socket) => Some(socket),
            _ => None,
        }
    }

    /// The socket, if it is of the Internet families.
    pub fn into_inet(self) -> Option<Socket> {
        match self {
            Self::Inet(socket) => Some(socket),
            _ => None,
        }
    }

    /// The order of a listing: by kind, what waits first, then by address, and never by chance.
    pub fn listing_order(&self, other: &Self) -> Ordering {
        if let (Self::Inet(one), Self::Inet(other)) = (self, other) {
            return one.listing_order(other);
        }
        key(self).cmp(&key(other)).then(self.cookie().cmp(&other.cookie()))
    }
}

fn key(entry: &Entry) -> (Kind, u8, Option<&[u8]>, u32, u32) {
    let (name, number) = match entry.local() {
        Address::Unix { name: Some(UnixName::Path(name) | UnixName::Abstract(name)), .. } => (Some(&**name), 0),
        Address::Packet { protocol, .. } => (None, protocol.into()),
        Address::Netlink { protocol, .. } => (None, protocol.into()),
        Address::Vsock { port, .. } => (None, port),
        _ => (None, 0),
    };
    (entry.kind(), entry.state().rank(), name, number, entry.inode().unwrap_or(0))
}

/// The zone of a link-local address.
fn zone(addr: SocketAddr) -> Option<u32> {
    match addr {
        SocketAddr::V6(addr) => some(addr.scope_id()),
        SocketAddr::V4(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::sock_diag::Vfs;
    use sockeye_sys::{Protocol, SockType, TcpState};

    use super::*;
    use crate::samples::socket;

    fn inet(protocol: Protocol, state: u8, local: SocketAddr, peer: SocketAddr, cookie: u64) -> Entry {
        let socket = socket(protocol, TcpState::from(state), &local.to_string(), &peer.to_string());
        Entry::Inet(Socket { cookie, ..socket })
    }

    fn unix(inode: u32, name: &str) -> Entry {
        let name = (!name.is_empty()).then(|| UnixName::Path(name.as_bytes().into()));
        let vfs = Some(Vfs { inode: 7, device: 1 });
        let row = UnixSocket { name, vfs, ..UnixSocket::bare(SockType::STREAM, TcpState::Listen, inode) };
        Entry::Unix(UnixEntry { row: Box::new(row), peer_name: None })
    }

    #[test]
    fn ends_of_every_kind() {
        let unix = unix(4711, "/run/x");
        let name = UnixName::Path(b"/run/x"[..].into());
        assert_eq!(unix.local(), Address::Unix { name: Some(&name), inode: Some(4711) });
        assert_eq!((unix.peer(), unix.label(), unix.state()), (Address::None, "u_str", State::Listening));
        let local = "[fe80::1%3]:80".parse().unwrap();
        let tcp = inet(Protocol::TCP, 10, local, "[fe80::2%3]:9".parse().unwrap(), 1);
        assert_eq!((tcp.label(), tcp.local()), ("tcp6", Address::Inet { addr: local, interface: None }));
        assert!(matches!(tcp.peer(), Address::Inet { interface: Some(3), .. }), "the zone of the address");
    }
}
