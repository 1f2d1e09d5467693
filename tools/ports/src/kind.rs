//! The kinds of sockets that a listing can have.

use sockeye_sys::{Family, Protocol, SockType};

/// A kind of socket: what `ss` calls a netid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// UDP-Lite, RFC 3828. Linux has it no more since 6.20.
    UdpLite,
    /// Raw IP, raw(7).
    Raw,
    /// A ping socket: ICMP echo without privilege, icmp(7).
    Ping,
    /// Multipath TCP, RFC 8684: the connection; its subflows are TCP's.
    Mptcp,
    /// SCTP, RFC 9260.
    Sctp,
    /// DCCP, RFC 4340. Linux had it until 6.15.
    Dccp,
    /// Unix domain, octets.
    UnixStream,
    /// Unix domain, datagrams.
    UnixDgram,
    /// Unix domain, messages over a connection.
    UnixSeqpacket,
    /// Frames of an interface with the header of the link.
    PacketRaw,
    /// Frames of an interface without it.
    PacketDgram,
    /// Netlink.
    Netlink,
    /// Between a virtual machine and its host, octets.
    VsockStream,
    /// Between a virtual machine and its host, datagrams.
    VsockDgram,
    /// Between a virtual machine and its host, messages.
    VsockSeqpacket,
}

impl Kind {
    /// Every kind, in the order of a listing.
    pub const ALL: [Self; 17] = [
        Self::Tcp,
        Self::Udp,
        Self::UdpLite,
        Self::Raw,
        Self::Ping,
        Self::Mptcp,
        Self::Sctp,
        Self::Dccp,
        Self::UnixStream,
        Self::UnixDgram,
        Self::UnixSeqpacket,
        Self::PacketRaw,
        Self::PacketDgram,
        Self::Netlink,
        Self::VsockStream,
        Self::VsockDgram,
        Self::VsockSeqpacket,
    ];

    /// The name that `ss` gives it: `tcp`, `icmp` for a ping socket, `u_str`, `p_raw`, `nl`, `v_str`.
    pub const fn netid(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::UdpLite => "udplite",
            Self::Raw => "raw",
            Self::Ping => "icmp",
            Self::Mptcp => "mptcp",
            Self::Sctp => "sctp",
            Self::Dccp => "dccp",
            Self::UnixStream => "u_str",
            Self::UnixDgram => "u_dgr",
            Self::UnixSeqpacket => "u_seq",
            Self::PacketRaw => "p_raw",
            Self::PacketDgram => "p_dgr",
            Self::Netlink => "nl",
            Self::VsockStream => "v_str",
            Self::VsockDgram => "v_dgr",
            Self::VsockSeqpacket => "v_seq",
        }
    }

    /// The name with a `6` behind it for sockets of the IPv6 family: `tcp6`, `udp6`.
    pub fn label(self, family: Family) -> &'static str {
        if family != Family::INET6 {
            return self.netid();
        }
        match self {
            Self::Tcp => "tcp6",
            Self::Udp => "udp6",
            Self::UdpLite => "udplite6",
            Self::Raw => "raw6",
            Self::Ping => "icmp6",
            Self::Mptcp => "mptcp6",
            Self::Sctp => "sctp6",
            Self::Dccp => "dccp6",
            other => other.netid(),
        }
    }

    /// The kind that goes by this name, with or without a `6`.
    pub fn from_netid(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.netid() == name || kind.label(Family::INET6) == name)
    }

    /// The protocol by which sock_diag lists it; of the Internet families only. Ping sockets it does not list.
    pub const fn protocol(self) -> Option<Protocol> {
        match self {
            Self::Tcp => Some(Protocol::TCP),
            Self::Udp => Some(Protocol::UDP),
            Self::UdpLite => Some(Protocol::UDPLITE),
            Self::Raw => Some(Protocol::RAW),
            Self::Ping => Some(Protocol::ICMP),
            Self::Mptcp => Some(Protocol::MPTCP),
            Self::Sctp => Some(Protocol::SCTP),
            Self::Dccp => Some(Protocol::DCCP),
            _ => None,
        }
    }

    /// The kind that sock_diag lists by this protocol.
    pub fn of_protocol(protocol: Protocol) -> Option<Self> {
        let protocol = if protocol == Protocol::ICMPV6 { Protocol::ICMP } else { protocol };
        Self::ALL.into_iter().find(|kind| kind.protocol() == Some(protocol))
    }

    /// Whether it is of the Internet families.
    pub const fn is_inet(self) -> bool {
        self.protocol().is_some()
    }

    /// Whether it has the states of TCP: also MPTCP and DCCP, which borrow them.
    pub const fn has_tcp_states(self) -> bool {
        matches!(self, Self::Tcp | Self::Mptcp | Self::Dccp)
    }

    /// The kind of a Unix-domain socket of this type.
    pub fn unix(socket_type: SockType) -> Self {
        match socket_type {
            SockType::DGRAM => Self::UnixDgram,
            SockType::SEQPACKET => Self::UnixSeqpacket,
            _ => Self::UnixStream,
        }
    }

    /// The kind of a packet socket of this type.
    pub fn packet(socket_type: SockType) -> Self {
        if socket_type == SockType::RAW { Self::PacketRaw } else { Self::PacketDgram }
    }

    /// The kind of a vsock socket of this type.
    pub fn vsock(socket_type: SockType) -> Self {
        match socket_type {
            SockType::DGRAM => Self::VsockDgram,
            SockType::SEQPACKET => Self::VsockSeqpacket,
            _ => Self::VsockStream,
        }
    }

    const fn bit(self) -> u32 {
        // Seventeen kinds: it fits.
        1 << self as u32
    }
}

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u32);

sockeye_sys::set_operations!(Kinds);

impl Kinds {
    /// No kind.
    pub const NONE: Self = Self(0);
    /// TCP and UDP.
    pub const TCP_UDP: Self = Self(Kind::Tcp.bit() | Kind::Udp.bit());
    /// Unix domain, of every type.
    pub const UNIX: Self = Self(Kind::UnixStream.bit() | Kind::UnixDgram.bit() | Kind::UnixSeqpacket.bit());
    /// Frames of interfaces, of both types.
    pub const PACKET: Self = Self(Kind::PacketRaw.bit() | Kind::PacketDgram.bit());
    /// Netlink.
    pub const NETLINK: Self = Self(Kind::Netlink.bit());
    /// Vsock, of every type.
    pub const VSOCK: Self = Self(Kind::VsockStream.bit() | Kind::VsockDgram.bit() | Kind::VsockSeqpacket.bit());

    /// Those that have no connection ever, and no state.
    pub const STATELESS: Self = Self::PACKET.union(Self::NETLINK);

    /// The set of one kind.
    pub const fn of(kind: Kind) -> Self {
        Self(kind.bit())
    }

    /// Whether the kind is in the set.
    pub const fn contains(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }

    /// The kinds, in the order of a listing.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.contains(*kind))
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        kinds.into_iter().fold(Self::NONE, |all, kind| all.union(Self::of(kind)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_bits_are_each_ones_own() {
        let mut all = Kinds::NONE;
        for kind in Kind::ALL {
            assert!(!all.contains(kind), "{kind:?} has a bit of its own");
            all |= Kinds::of(kind);
            assert_eq!(Kind::from_netid(kind.netid()), Some(kind));
            assert_eq!(Kind::from_netid(kind.label(Family::INET6)), Some(kind));
            assert_eq!(kind.protocol().and_then(Kind::of_protocol), kind.is_inet().then_some(kind));
        }
        assert_eq!(all.iter().collect::<Kinds>(), all);
        assert_eq!(all.iter().count(), Kind::ALL.len());
        assert_eq!(Kind::from_netid("tipc"), None);
        assert_eq!(all.without(Kinds::UNIX).iter().count(), Kind::ALL.len() - 3);
    }

    #[test]
    fn types_become_kinds() {
        assert_eq!(Kind::unix(SockType::DGRAM), Kind::UnixDgram);
        assert_eq!(Kind::unix(SockType::SEQPACKET), Kind::UnixSeqpacket);
        assert_eq!(Kind::packet(SockType::RAW), Kind::PacketRaw);
        assert_eq!(Kind::packet(SockType::DGRAM), Kind::PacketDgram);
        assert_eq!(Kind::vsock(SockType::STREAM), Kind::VsockStream);
        assert_eq!(Kind::of_protocol(Protocol::ICMPV6), Some(Kind::Ping));
        assert_eq!(Kind::of_protocol(Protocol(7)), None);
    }
}
