//! One socket of a listing.

use std::cmp::Ordering;
use std::net::SocketAddr;

use sockeye_sys::sock_diag::{InetSocket, Timer, TimerKind};
use sockeye_sys::{Family, Protocol, TcpState};

use crate::kind::Kind;
use crate::state::State;

/// A socket. Smaller than what the kernel tells of it, because a hundred thousand of them are held at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// TCP, UDP, UDP-Lite, raw, ping, MPTCP, SCTP or DCCP.
    pub kind: Kind,
    /// The protocol: of a raw socket, the one that it takes.
    pub protocol: Protocol,
    /// Of the socket: an IPv6 one may carry IPv4 in mapped addresses.
    pub family: Family,
    /// What it is doing.
    pub state: State,
    /// The end here.
    pub local: SocketAddr,
    /// The other end: the wildcard and port zero if there is none.
    pub peer: SocketAddr,
    /// The interface that it is bound to, by index.
    pub interface: Option<u32>,
    /// What the kernel calls the receive queue; what it counts depends on the state.
    pub recv_queue: u32,
    /// What the kernel calls the send queue; what it counts depends on the state.
    pub send_queue: u32,
    /// What the kernel waits for. That of TIME-WAIT also runs in FIN-WAIT-2 after the process has gone.
    pub timer: Timer,
    /// The user that made it.
    pub uid: Option<u32>,
    /// Joins it to the descriptors of processes; `None` if no process can hold it.
    pub inode: Option<u32>,
    /// Names it for as long as this kernel runs.
    pub cookie: u64,
    /// Of an IPv6 socket that waits for peers: whether it refuses IPv4.
    pub v6only: Option<bool>,
    /// The row with its extensions, where any was asked for.
    pub details: Option<Box<InetSocket>>,
}

impl Socket {
    /// Takes over what the listing needs of a row that was listed as this kind. The row itself is kept in
    /// [`Self::details`] if `details` says so.
    pub fn new(kind: Kind, row: InetSocket, details: bool) -> Self {
        let state = State::listed(kind, row.state);
        // Of these the kernel keeps no owner and fills in zero, which would read as root.
        let expires = row.timer.kind == TimerKind::TimeWait;
        let ownerless = expires || state == State::Tcp(TcpState::SynReceived);
        Self {
            kind,
            protocol: row.protocol,
            family: row.family,
            state,
            local: row.local,
            peer: row.peer,
            interface: (row.interface != 0).then_some(row.interface),
            recv_queue: row.rqueue,
            send_queue: row.wqueue,
            timer: row.timer,
            uid: (!ownerless).then_some(row.uid),
            inode: (row.inode != 0).then_some(row.inode),
            cookie: row.cookie,
            v6only: row.v6only,
            details: details.then(|| Box::new(row)),
        }
    }

    /// Milliseconds until the kernel forgets it: in TIME-WAIT, and in FIN-WAIT-2 after the process has gone.
    pub fn expires_ms(&self) -> Option<u32> {
        (self.timer.kind == TimerKind::TimeWait).then_some(self.timer.expires_ms)
    }

    /// Whether there is another end.
    pub fn has_peer(&self) -> bool {
        self.peer.port() != 0 || !self.peer.ip().is_unspecified()
    }

    /// Whether it waits on every address of both families.
    pub fn is_dual_stack_wildcard(&self) -> bool {
        self.family == Family::INET6 && self.local.ip().is_unspecified() && self.v6only == Some(false)
    }

    /// The order of a listing: by protocol, listeners first, then by local port, and never by chance.
    pub fn listing_order(&self, other: &Self) -> Ordering {
        let key = |socket: &Self| {
            (socket.kind, socket.state.rank(), socket.local.port(), socket.family, socket.local.ip(), socket.peer)
        };
        key(self).cmp(&key(other)).then(self.cookie.cmp(&other.cookie))
    }
}

/// The short name of a protocol and family: `tcp`, `tcp6`, `udp`, `udp6`.
pub fn protocol_label(protocol: Protocol, family: Family) -> &'static str {
    Kind::of_protocol(protocol).map_or("?", |kind| kind.label(family))
}
