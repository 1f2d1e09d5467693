//! Sockets made and set up, each call told.
#![expect(clippy::disallowed_methods, reason = "the shell: makes sockets")]

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol as SocketProtocol, Socket, Type};
use sockeye_cli::failure::errno_text;
use sockeye_sys::errqueue::{IntOption, PathMtu};

use crate::explain::Event;
use crate::options::{Common, Family, Flow, Fragment};

/// What a socket is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// ICMP echo without root.
    IcmpDatagram,
    /// All of ICMP.
    IcmpRaw,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

impl Kind {
    fn numbers(self, family: Family) -> (Type, SocketProtocol) {
        let icmp = if family == Family::Ipv4 { SocketProtocol::ICMPV4 } else { SocketProtocol::ICMPV6 };
        match self {
            Self::IcmpDatagram => (Type::DGRAM, icmp),
            Self::IcmpRaw => (Type::RAW, icmp),
            Self::Udp => (Type::DGRAM, SocketProtocol::UDP),
            Self::Tcp => (Type::STREAM, SocketProtocol::TCP),
        }
    }

    fn names(self, family: Family) -> (&'static str, &'static str, &'static str) {
        let icmp = if family == Family::Ipv4 { "IPPROTO_ICMP" } else { "IPPROTO_ICMPV6" };
        let domain = if family == Family::Ipv4 { "AF_INET" } else { "AF_INET6" };
        match self {
            Self::IcmpDatagram => (domain, "SOCK_DGRAM", icmp),
            Self::IcmpRaw => (domain, "SOCK_RAW", icmp),
            Self::Udp => (domain, "SOCK_DGRAM", "IPPROTO_UDP"),
            Self::Tcp => (domain, "SOCK_STREAM", "IPPROTO_TCP"),
        }
    }

    /// The call as it stands in messages.
    pub(super) fn call(self, family: Family) -> String {
        let (domain, socktype, protocol) = self.names(family);
        format!("socket({domain}, {socktype}, {protocol})")
    }
}

/// socket(2), without anything set.
pub(super) fn bare(kind: Kind, family: Family, tell: &mut dyn FnMut(Event)) -> io::Result<Socket> {
    let domain = if family == Family::Ipv4 { Domain::IPV4 } else { Domain::IPV6 };
    let (socktype, protocol) = kind.numbers(family);
    let made = Socket::new(domain, socktype, Some(protocol));
    let (family, socktype, protocol) = kind.names(family);
    tell(Event::Socket { family, socktype, protocol, error: made.as_ref().err().map(errno_text) });
    let socket = made?;
    socket.set_nonblocking(true)?;
    if kind == Kind::IcmpRaw {
        // Whoever has them all the same passes over them.
        let _ = sockeye_sys::socket::refuse_echo_requests(&socket, domain == Domain::IPV6);
    }
    Ok(socket)
}

/// The options that every socket of a run has.
pub(super) fn set_up(socket: &Socket, family: Family, common: &Common, tell: &mut dyn FnMut(Event)) -> io::Result<()> {
    let v4 = family == Family::Ipv4;
    let either = |four, six| if v4 { four } else { six };
    let mut set = |option: IntOption, value: i32, meaning: &'static str| {
        option.set(socket, value)?;
        tell(Event::SocketOption { name: option.name, value, meaning });
        io::Result::Ok(())
    };
    set(either(IntOption::IP_RECVERR, IntOption::IPV6_RECVERR), 1, "queue the ICMP errors about what is sent here")?;
    set(either(IntOption::IP_RECVTTL, IntOption::IPV6_RECVHOPLIMIT), 1, "tell the TTL of what comes")?;
    set(IntOption::SO_TIMESTAMPNS, 1, "have the kernel stamp what comes with the time")?;
    // Linux 5.9 and later; without it extensions are looked for where old routers have them.
    let extensions = either(IntOption::IP_RECVERR_RFC4884, IntOption::IPV6_RECVERR_RFC4884);
    let _ = set(extensions, 1, "tell where the extensions of an ICMP error begin");
    if let Some(fragment) = common.fragment {
        let value = match fragment {
            Fragment::Do => PathMtu::Do,
            Fragment::Want => PathMtu::Want,
            Fragment::Dont => PathMtu::Dont,
            Fragment::Probe => PathMtu::Probe,
        };
        let option = either(IntOption::IP_MTU_DISCOVER, IntOption::IPV6_MTU_DISCOVER);
        set(option, value as i32, "what becomes of packets that are longer than a link carries")?;
    }
    if common.broadcast {
        set(IntOption::SO_BROADCAST, 1, "let what is sent go to a broadcast address")?;
    }
    if common.tos != 0 {
        set(either(IntOption::IP_TOS, IntOption::IPV6_TCLASS), common.tos.into(), "type of service")?;
    }
    if !v4 && common.flow == Flow::Fixed {
        set(IntOption::IPV6_AUTOFLOWLABEL, 0, "no flow label, so that it is the same for all")?;
    }
    if let Some(interface) = &common.interface {
        socket.bind_device(Some(interface.as_bytes()))?;
    }
    Ok(())
}

/// bind(2).
pub(super) fn bind(socket: &Socket, addr: SocketAddr, tell: &mut dyn FnMut(Event)) -> io::Result<()> {
    socket.bind(&addr.into())?;
    tell(Event::Bind { addr });
    Ok(())
}

/// The address of this end.
pub(super) fn local(socket: &Socket) -> Option<SocketAddr> {
    socket.local_addr().ok().and_then(|addr| addr.as_socket())
}
