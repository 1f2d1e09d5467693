//! Address families, socket types and protocol numbers, by the names of `<sys/socket.h>` and `<netinet/in.h>`.

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
