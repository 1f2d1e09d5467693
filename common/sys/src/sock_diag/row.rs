//! One socket as the kernel lists it.

use std::net::SocketAddr;

use super::attributes::{CongestionInfo, MemInfo, SockOptions, UlpInfo};
use crate::numbers::{Family, Protocol, TcpState};
use crate::tcp_info::TcpInfo;

/// A socket of the Internet families.
///
/// Addresses are as the kernel has them: IPv4-mapped ones stay IPv6. A link-local address, unicast or multicast, carries
/// the interface as its scope id.
///
/// # Source
/// sock_diag(7); Linux, include/uapi/linux/inet_diag.h, struct inet_diag_msg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InetSocket {
    /// [`Family::INET`] or [`Family::INET6`]: of the socket, not of the address text.
    pub family: Family,
    /// What was asked for, or what the row says of itself.
    pub protocol: Protocol,
    /// TCP's state; [`TcpState::Closed`] is bound and no more. UDP has [`TcpState::Established`] if connected,
    /// [`TcpState::Closed`] if not.
    pub state: TcpState,
    /// What the kernel waits for.
    pub timer: Timer,
    /// The end here.
    pub local: SocketAddr,
    /// The other end: the wildcard and port zero if there is none.
    pub peer: SocketAddr,
    /// The interface that the socket is bound to (`SO_BINDTODEVICE`), zero if none.
    pub interface: u32,
    /// Names the socket for as long as this kernel runs. A connection keeps it into FIN-WAIT-2 and TIME-WAIT.
    pub cookie: u64,
    /// Octets not yet read; of a listener, connections that wait for accept(2).
    pub rqueue: u32,
    /// Octets not yet acknowledged (TCP) or sent (UDP); of a listener, its backlog.
    pub wqueue: u32,
    /// The user that made it.
    pub uid: u32,
    /// Joins it to the `socket:[N]` of `/proc/PID/fd`; zero if no process holds it (TIME-WAIT, not yet accepted).
    pub inode: u32,
    /// If [`Extensions::SKMEMINFO`](super::Extensions::SKMEMINFO) was asked for.
    pub skmeminfo: Option<SkMemInfo>,
    /// If [`Extensions::INFO`](super::Extensions::INFO) was asked for and the protocol is TCP.
    pub tcp_info: Option<TcpInfo>,
    /// The congestion control, if [`Extensions::CONG`](super::Extensions::CONG) was asked for.
    pub congestion: Option<String>,
    /// The TOS octet, if asked for.
    pub tos: Option<u8>,
    /// The traffic class, if asked for.
    pub traffic_class: Option<u8>,
    /// Which directions shutdown(2) has closed: 1 receiving, 2 sending. `None` where the kernel does not say.
    pub shutdown: Option<u8>,
    /// Of an IPv6 socket that is listening or unconnected: whether it refuses IPv4.
    pub v6only: Option<bool>,
    /// `SO_MARK`, which the kernel tells only to those who have CAP_NET_ADMIN.
    pub mark: Option<u32>,
    /// The control group's inode number.
    pub cgroup: Option<u64>,
    /// If [`Extensions::MEMINFO`](super::Extensions::MEMINFO) was asked for.
    pub meminfo: Option<MemInfo>,
    /// What [`Extensions::INFO`](super::Extensions::INFO) brings of protocols other than TCP: struct mptcp_info, struct
    /// sctp_info.
    pub info: Option<Box<[u8]>>,
    /// If [`Extensions::VEGASINFO`](super::Extensions::VEGASINFO) was asked for and the congestion control tells any.
    pub congestion_info: Option<CongestionInfo>,
    /// The traffic control class, if [`Extensions::TCLASS`](super::Extensions::TCLASS) was asked for.
    pub class_id: Option<u32>,
    /// What sits between TCP and the process: TLS of the kernel, MPTCP. Told only if
    /// [`Extensions::INFO`](super::Extensions::INFO) was asked for.
    pub ulp: Option<UlpInfo>,
    /// Some socket options, since Linux 5.10. Told unasked.
    pub options: Option<SockOptions>,
    /// Of SCTP: every address here.
    pub locals: Vec<SocketAddr>,
    /// Of SCTP: every address of the peer.
    pub peers: Vec<SocketAddr>,
}

impl InetSocket {
    /// A row that says nothing but its ends and its state. The family is that of the local address.
    pub const fn bare(protocol: Protocol, state: TcpState, local: SocketAddr, peer: SocketAddr) -> Self {
        Self {
            family: if local.is_ipv4() { Family::INET } else { Family::INET6 },
            protocol,
            state,
            timer: Timer { kind: TimerKind::Off, retransmits: 0, expires_ms: 0 },
            local,
            peer,
            interface: 0,
            cookie: 0,
            rqueue: 0,
            wqueue: 0,
            uid: 0,
            inode: 0,
            skmeminfo: None,
            tcp_info: None,
            congestion: None,
            tos: None,
            traffic_class: None,
            shutdown: None,
            v6only: None,
            mark: None,
            cgroup: None,
            meminfo: None,
            info: None,
            congestion_info: None,
            class_id: None,
            ulp: None,
            options: None,
            locals: Vec::new(),
            peers: Vec::new(),
        }
    }
}

/// The timer of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timer {
    /// What it is for.
    pub kind: TimerKind,
    /// How often it has expired: retransmissions, probes.
    pub retransmits: u8,
    /// When it expires, in milliseconds from the dump. In TIME-WAIT, what is left of it.
    pub expires_ms: u32,
}

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimerKind {
    /// There is none.
    Off,
    /// Retransmission, or a probe for the lost tail.
    Retransmission,
    /// Keep-alive.
    KeepAlive,
    /// TIME-WAIT.
    TimeWait,
    /// Zero window probe.
    ZeroWindowProbe,
    /// Delayed acknowledgement.
    DelayedAck,
    /// A number that has no name here.
    Unknown(u8),
}

impl From<u8> for TimerKind {
    fn from(number: u8) -> Self {
        match number {
            0 => Self::Off,
            1 => Self::Retransmission,
            2 => Self::KeepAlive,
            3 => Self::TimeWait,
            4 => Self::ZeroWindowProbe,
            5 => Self::DelayedAck,
            other => Self::Unknown(other),
        }
    }
}

/// Memory of a socket, in octets unless said otherwise.
///
/// # Source
/// sock_diag(7), `SK_MEMINFO_*`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SkMemInfo {
    /// In the receive queue.
    pub rmem_alloc: u32,
    /// `SO_RCVBUF`.
    pub rcvbuf: u32,
    /// In the send queue, as the layer below sees it.
    pub wmem_alloc: u32,
    /// `SO_SNDBUF`.
    pub sndbuf: u32,
    /// Set aside for later use.
    pub fwd_alloc: u32,
    /// In the send queue, as TCP sees it.
    pub wmem_queued: u32,
    /// For options and filters.
    pub optmem: u32,
    /// In packets that came while the socket was in use. `None` before Linux 4.
    pub backlog: Option<u32>,
    /// How many packets were dropped, not octets. `None` before Linux 4.7.
    pub drops: Option<u32>,
}
