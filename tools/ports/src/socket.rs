//! One socket of a listing.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::net::SocketAddr;

use sockeye_sys::sock_diag::{InetSocket, SocketId, Timer, TimerKind};
use sockeye_sys::{Family, Protocol, TcpState};

use crate::details::Details;
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
    pub details: Option<Details>,
}

impl Socket {
    /// Takes over what the listing needs of a row that was listed as this kind. The row itself is kept in
    /// [`Self::details`] if `details` says so.
    pub fn new(kind: Kind, row: InetSocket, details: bool) -> Self {
        let state = State::listed(kind, row.state);
        // Of these the kernel keeps no owner and fills in zero, which would read as root. Before Linux 6.17 it does so too
        // for orphans, and for what waits for accept(2).
        let expires = row.timer.kind == TimerKind::TimeWait;
        let half_open = state == State::Tcp(TcpState::SynReceived);
        let ownerless = expires || half_open || (row.uid == 0 && row.inode == 0 && kind.has_tcp_states());
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
            details: details.then(|| Details::Whole(Box::new(row))),
        }
    }

    /// What the kernel finds it by.
    pub fn id(&self) -> SocketId {
        SocketId {
            family: self.family,
            protocol: self.protocol,
            local: self.local,
            peer: self.peer,
            interface: self.interface.unwrap_or(0),
            cookie: self.cookie,
        }
    }

    /// The row with its extensions, where any was asked for.
    pub fn details(&self) -> Option<Cow<'_, InetSocket>> {
        self.details.as_ref().map(|details| details.of(self))
    }

    /// What the kernel calls the send queue. Of a listener that only /proc lists it is not known.
    pub fn known_send_queue(&self) -> Option<u32> {
        // The kernel counts cookies from one, and /proc tells none.
        let listens = self.state == State::Tcp(TcpState::Listen);
        (self.cookie != 0 || !listens).then_some(self.send_queue)
    }

    /// Milliseconds until the kernel forgets it: in TIME-WAIT, and in FIN-WAIT-2 after the process has gone.
    pub fn expires_ms(&self) -> Option<u32> {
        (self.timer.kind == TimerKind::TimeWait).then_some(self.timer.expires_ms)
    }

    /// Whether it is a connection that no process has accepted yet: open, also if the peer has closed it meanwhile, and
    /// in nobody's hands.
    ///
    /// In SYN-RECEIVED there is not even that: [`Self::is_half_open`].
    pub fn waits_for_accept(&self) -> bool {
        self.inode.is_none() && matches!(self.state, State::Tcp(TcpState::Established | TcpState::CloseWait))
    }

    /// Whether it is a connection whose handshake a peer has begun and not finished. No process knows of it.
    pub fn is_half_open(&self) -> bool {
        self.state == State::Tcp(TcpState::SynReceived)
    }

    /// Whether it is an orphan: the process has closed it, or ended, and the kernel goes on alone with what was sent.
    ///
    /// In FIN-WAIT-2 it has an end: [`Self::expires_ms`]. TIME-WAIT is no orphan, although nobody holds it either.
    pub fn is_orphan(&self) -> bool {
        let closed = [TcpState::FinWait1, TcpState::FinWait2, TcpState::Closing, TcpState::LastAck];
        self.inode.is_none() && matches!(self.state, State::Tcp(state) if closed.contains(&state))
    }

    /// Whether there is another end. After a connection has failed or ended, the kernel still shows its peer, and its
    /// queues, of a socket that is only bound.
    pub fn has_peer(&self) -> bool {
        !self.is_only_bound() && (self.peer.port() != 0 || !self.peer.ip().is_unspecified())
    }

    /// Whether it has a port, and neither listens nor is connected.
    pub fn is_only_bound(&self) -> bool {
        self.state == State::Tcp(TcpState::BoundInactive)
    }

    /// Whether it waits on every address of both families.
    pub fn is_dual_stack_wildcard(&self) -> bool {
        self.family == Family::INET6 && self.local.ip().is_unspecified() && self.v6only == Some(false)
    }

    /// Whether it and what is bound to the interface `link` can meet: a socket of no interface is on each.
    pub fn shares_link(&self, link: Option<u32>) -> bool {
        !matches!((self.interface, link), (Some(one), Some(other)) if one != other)
    }

    /// The order of a listing: by protocol, listeners first, then by local port, and never by chance.
    pub fn listing_order(&self, other: &Self) -> Ordering {
        // Step by step: of a hundred thousand sockets most differ early, and addresses take long to compare.
        let first = |socket: &Self| (socket.kind, socket.state.rank(), socket.local.port());
        first(self)
            .cmp(&first(other))
            .then_with(|| self.family.cmp(&other.family))
            .then_with(|| self.local.ip().cmp(&other.local.ip()))
            .then_with(|| self.peer.cmp(&other.peer))
            .then_with(|| self.cookie.cmp(&other.cookie))
    }
}

/// The short name of a protocol and family: `tcp`, `tcp6`, `udp`, `udp6`.
pub fn protocol_label(protocol: Protocol, family: Family) -> &'static str {
    Kind::of_protocol(protocol).map_or("?", |kind| kind.label(family))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(state: TcpState, inode: u32) -> InetSocket {
        let (local, peer) = ("127.0.0.1:80".parse().unwrap(), "127.0.0.1:4000".parse().unwrap());
        InetSocket { uid: 7, inode, ..InetSocket::bare(Protocol::TCP, state, local, peer) }
    }

    #[test]
    fn what_nobody_holds_is_told_apart() {
        let told = |state, inode| {
            let socket = Socket::new(Kind::Tcp, row(state, inode), false);
            (socket.waits_for_accept(), socket.is_half_open(), socket.is_orphan())
        };
        let (waits, half_open, orphan, neither) =
            ((true, false, false), (false, true, false), (false, false, true), (false, false, false));
        for state in [TcpState::Established, TcpState::CloseWait] {
            assert_eq!((told(state, 0), told(state, 9)), (waits, neither), "{state}");
        }
        for state in [TcpState::FinWait1, TcpState::FinWait2, TcpState::Closing, TcpState::LastAck] {
            assert_eq!((told(state, 0), told(state, 9)), (orphan, neither), "{state}");
        }
        assert_eq!(told(TcpState::NewSynReceived, 0), half_open);
        assert_eq!((told(TcpState::TimeWait, 0), told(TcpState::SynSent, 9)), (neither, neither));
    }

    #[test]
    fn a_user_who_is_not_kept_is_not_called_root() {
        let uid = |row| Socket::new(Kind::Tcp, row, false).uid;
        assert_eq!(uid(row(TcpState::Established, 0)), Some(7), "the listener's, since Linux 6.17");
        assert_eq!(uid(InetSocket { uid: 0, ..row(TcpState::Established, 0) }), None);
        assert_eq!(uid(InetSocket { uid: 0, ..row(TcpState::Established, 9) }), Some(0));
        assert_eq!(uid(row(TcpState::NewSynReceived, 0)), None);
        let waiting = Timer { kind: TimerKind::TimeWait, retransmits: 0, expires_ms: 59_880 };
        let waiting = Socket::new(Kind::Tcp, InetSocket { timer: waiting, ..row(TcpState::TimeWait, 0) }, false);
        assert_eq!((waiting.uid, waiting.expires_ms()), (None, Some(59_880)));
    }

    #[test]
    fn the_row_is_kept_only_where_that_is_wanted() {
        let row = row(TcpState::Established, 9);
        assert!(Socket::new(Kind::Tcp, row.clone(), false).details().is_none());
        assert_eq!(Socket::new(Kind::Tcp, row.clone(), true).details().as_deref(), Some(&row));
    }
}
