//! Address families, socket types and protocol numbers, by the names of `<sys/socket.h>` and `<netinet/in.h>`.

use std::fmt;

use crate::registry::registry;

registry! {
    /// An address family.
    ///
    /// # Source
    /// socket(2), address_families(7).
    Family(i32) {
        /// Any: what a hint says that does not care.
        UNSPEC = libc::AF_UNSPEC, "AF_UNSPEC";
        /// Unix domain.
        UNIX = libc::AF_UNIX, "AF_UNIX";
        /// IPv4.
        INET = libc::AF_INET, "AF_INET";
        /// IPv6.
        INET6 = libc::AF_INET6, "AF_INET6";
        /// Netlink.
        NETLINK = libc::AF_NETLINK, "AF_NETLINK";
        /// Frames of an interface.
        PACKET = libc::AF_PACKET, "AF_PACKET";
        /// Between a virtual machine and its host.
        VSOCK = libc::AF_VSOCK, "AF_VSOCK";
    }
}

registry! {
    /// A socket type. Zero, which has no name, is "any" in a hint.
    ///
    /// # Source
    /// socket(2).
    SockType(i32) {
        /// An octet stream: TCP.
        STREAM = libc::SOCK_STREAM, "SOCK_STREAM";
        /// Datagrams: UDP.
        DGRAM = libc::SOCK_DGRAM, "SOCK_DGRAM";
        /// The network layer itself.
        RAW = libc::SOCK_RAW, "SOCK_RAW";
        /// Reliably delivered messages.
        RDM = libc::SOCK_RDM, "SOCK_RDM";
        /// Datagrams in order over a connection.
        SEQPACKET = libc::SOCK_SEQPACKET, "SOCK_SEQPACKET";
    }
}

registry! {
    /// An IP protocol number. Zero is "any" in a hint, and what goes with `SOCK_RAW` in an answer.
    ///
    /// # Source
    /// IANA, Protocol Numbers; 262 is Linux's own.
    Protocol(i32) {
        /// Any, or "as the type says".
        IP = libc::IPPROTO_IP, "IPPROTO_IP";
        /// RFC 792.
        ICMP = libc::IPPROTO_ICMP, "IPPROTO_ICMP";
        /// RFC 9293.
        TCP = libc::IPPROTO_TCP, "IPPROTO_TCP";
        /// RFC 768.
        UDP = libc::IPPROTO_UDP, "IPPROTO_UDP";
        /// RFC 4340.
        DCCP = libc::IPPROTO_DCCP, "IPPROTO_DCCP";
        /// RFC 4443.
        ICMPV6 = libc::IPPROTO_ICMPV6, "IPPROTO_ICMPV6";
        /// RFC 9260.
        SCTP = libc::IPPROTO_SCTP, "IPPROTO_SCTP";
        /// RFC 3828.
        UDPLITE = libc::IPPROTO_UDPLITE, "IPPROTO_UDPLITE";
        /// Raw IP.
        RAW = libc::IPPROTO_RAW, "IPPROTO_RAW";
        /// RFC 8684, as Linux numbers it.
        MPTCP = libc::IPPROTO_MPTCP, "IPPROTO_MPTCP";
    }
}

/// A TCP state, as the kernel counts them.
///
/// # Source
/// RFC 9293 section 3.3.2 for the names; Linux, include/net/tcp_states.h, for the numbers and the last two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TcpState {
    /// Both directions open. Of UDP: connected.
    Established,
    /// Our SYN is out.
    SynSent,
    /// A SYN came, and our SYN is out.
    SynReceived,
    /// Our FIN is out.
    FinWait1,
    /// Our FIN was acknowledged.
    FinWait2,
    /// Both sides have closed; old segments may still arrive.
    TimeWait,
    /// No connection. Of UDP: not connected.
    Closed,
    /// The peer's FIN came; the process here has not closed.
    CloseWait,
    /// After the peer's FIN, our FIN is out.
    LastAck,
    /// Waiting for connections.
    Listen,
    /// Both FINs are out and ours was not acknowledged.
    Closing,
    /// As [`Self::SynReceived`], while there is no socket yet but only a request. Linux's own.
    NewSynReceived,
    /// Bound to a port, neither listening nor connected. Linux's own, since 6.8.
    BoundInactive,
    /// A number that has no name here.
    Unknown(u8),
}

impl TcpState {
    /// Every state that has a name, in the order of the kernel's numbers, which start at 1.
    pub const ALL: [Self; 13] = [
        Self::Established,
        Self::SynSent,
        Self::SynReceived,
        Self::FinWait1,
        Self::FinWait2,
        Self::TimeWait,
        Self::Closed,
        Self::CloseWait,
        Self::LastAck,
        Self::Listen,
        Self::Closing,
        Self::NewSynReceived,
        Self::BoundInactive,
    ];

    /// The kernel's number.
    pub const fn number(self) -> u8 {
        match self {
            Self::Established => 1,
            Self::SynSent => 2,
            Self::SynReceived => 3,
            Self::FinWait1 => 4,
            Self::FinWait2 => 5,
            Self::TimeWait => 6,
            Self::Closed => 7,
            Self::CloseWait => 8,
            Self::LastAck => 9,
            Self::Listen => 10,
            Self::Closing => 11,
            Self::NewSynReceived => 12,
            Self::BoundInactive => 13,
            Self::Unknown(number) => number,
        }
    }

    /// The name as RFC 9293 spells it; Linux's own states in the same manner.
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Established => "ESTABLISHED",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::TimeWait => "TIME-WAIT",
            Self::Closed => "CLOSED",
            Self::CloseWait => "CLOSE-WAIT",
            Self::LastAck => "LAST-ACK",
            Self::Listen => "LISTEN",
            Self::Closing => "CLOSING",
            Self::NewSynReceived => "NEW-SYN-RECEIVED",
            Self::BoundInactive => "BOUND-INACTIVE",
            Self::Unknown(_) => return None,
        })
    }
}

impl From<u8> for TcpState {
    fn from(number: u8) -> Self {
        Self::ALL.into_iter().find(|state| state.number() == number).unwrap_or(Self::Unknown(number))
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => f.pad(&self.number().to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_number_comes_back() {
        for number in 0..=u8::MAX {
            assert_eq!(TcpState::from(number).number(), number);
        }
        assert_eq!(TcpState::from(10), TcpState::Listen);
        assert_eq!(TcpState::from(13).to_string(), "BOUND-INACTIVE");
        assert_eq!(TcpState::from(99).to_string(), "99");
        assert_eq!(TcpState::ALL.iter().position(|state| *state == TcpState::BoundInactive), Some(12));
    }

    #[test]
    fn numbers_without_a_name_print() {
        assert_eq!(Family::INET6.to_string(), "AF_INET6");
        assert_eq!(SockType(0).to_string(), "0");
        assert_eq!(Protocol(253).to_string(), "253");
    }
}
