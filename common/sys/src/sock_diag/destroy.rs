//! Sockets that end: those that we end, and word of those that have.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;
use std::{fmt, io};

use super::parse::{each_row, parse_row};
use super::row::InetSocket;
use super::{DumpError, SockDiag, octet, push_protocol};
use crate::error::CallError;
use crate::netlink::{self, Builder};
use crate::numbers::{Family, Protocol};
use crate::poll::{Events, PollFd, poll};

const SOCK_DESTROY: u16 = 21;
/// What may wait to be read before the kernel throws words away, in octets of its own memory. It is a wish: without
/// privilege net.core.rmem_max is the limit.
const WANTED_BUFFER: i32 = 8 << 20;

/// What names one socket to the kernel, and no other: its ends and its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketId {
    /// Of the socket: an IPv6 one may carry IPv4 in mapped addresses.
    pub family: Family,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The end here.
    pub local: SocketAddr,
    /// The other end.
    pub peer: SocketAddr,
    /// The interface that it is bound to, zero if none.
    pub interface: u32,
    /// As the dump told it: a socket that has taken the other's place since is left alone.
    pub cookie: u64,
}

impl From<&InetSocket> for SocketId {
    fn from(row: &InetSocket) -> Self {
        let InetSocket { family, protocol, local, peer, interface, cookie, .. } = *row;
        Self { family, protocol, local, peer, interface, cookie }
    }
}

impl SocketId {
    fn destroy(&self) -> Vec<u8> {
        self.message(SOCK_DESTROY, netlink::NLM_F_REQUEST | netlink::NLM_F_ACK)
    }

    /// What asks something about it: struct nlmsghdr, struct inet_diag_req_v2.
    pub(super) fn message(&self, kind: u16, flags: u16) -> Vec<u8> {
        let mut builder = Builder::new(kind, flags);
        builder.u8(octet(self.family.0)).u8(octet(self.protocol.0)).u16(0).u32(u32::MAX);
        builder.octets(&self.local.port().to_be_bytes()).octets(&self.peer.port().to_be_bytes());
        for ip in [self.local.ip(), self.peer.ip()] {
            match ip {
                IpAddr::V4(ip) => builder.octets(&ip.octets()).octets(&[0; 12]),
                IpAddr::V6(ip) => builder.octets(&ip.octets()),
            };
        }
        // The low word stands first, in the host's order each.
        let low = u32::try_from(self.cookie & u64::from(u32::MAX)).unwrap_or(u32::MAX);
        let high = u32::try_from(self.cookie >> 32).unwrap_or(u32::MAX);
        builder.u32(self.interface).u32(low).u32(high);
        push_protocol(&mut builder, self.protocol);
        builder.finish()
    }
}

/// `IPPROTO_TCP 127.0.0.1:80 to 127.0.0.1:4000`.
impl fmt::Display for SocketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to {}", self.protocol, self.local, self.peer)
    }
}

impl SockDiag {
    /// Destroys a socket: a connection is reset, what the peer gets is RST; TIME-WAIT and orphans are forgotten. The process
    /// that holds a socket keeps its descriptor, and with it a port that it has bound.
    ///
    /// # Errors
    /// [`CallError`] with EPERM without CAP_NET_ADMIN, ENOENT if the socket is no more or is only bound, EOPNOTSUPP if the
    /// kernel was built without it.
    ///
    /// # Source
    /// Linux, include/uapi/linux/sock_diag.h, `SOCK_DESTROY`.
    pub fn destroy(&mut self, id: &SocketId) -> Result<(), CallError> {
        self.socket.request("SOCK_DESTROY", &id.to_string(), &id.destroy())
    }
}

/// Which sockets [`Closings`] tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// TCP.
    pub tcp: bool,
    /// UDP.
    pub udp: bool,
    /// Sockets of the IPv4 family.
    pub ipv4: bool,
    /// Sockets of the IPv6 family.
    pub ipv6: bool,
}

impl Wanted {
    /// Every socket that there is word of.
    pub const ALL: Self = Self { tcp: true, udp: true, ipv4: true, ipv6: true };

    /// `SKNLGRP_INET_TCP_DESTROY` and so on.
    fn groups(self) -> impl Iterator<Item = i32> {
        let all = [
            (self.tcp && self.ipv4, 1),
            (self.udp && self.ipv4, 2),
            (self.tcp && self.ipv6, 3),
            (self.udp && self.ipv6, 4),
        ];
        all.into_iter().filter(|(wanted, _)| *wanted).map(|(_, group)| group)
    }
}

/// Word of a socket that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closing {
    /// This one has. Its ends, its cookie and, of TCP, the last [`InetSocket::tcp_info`] are right. Its state is what it
    /// was when its memory was freed, mostly CLOSED: a connection in TIME-WAIT has ended so, too. Queues, user and inode
    /// are zero.
    Socket(Box<InetSocket>),
    /// There was more to tell than the buffer could hold: nobody knows how many sockets more have ended.
    Lost,
}

/// Listens for sockets that end, in the network namespace of the thread that opened it. Needs no privilege.
///
/// # Source
/// Linux, include/uapi/linux/sock_diag.h, enum sknetlink_groups, since 4.3.
#[derive(Debug)]
pub struct Closings {
    socket: netlink::Socket,
    waiting: VecDeque<Closing>,
}

/// Where the number of messages that were thrown away stands in `SO_MEMINFO`.
///
/// # Source
/// Linux, include/uapi/linux/sock_diag.h, `SK_MEMINFO_DROPS`; include/uapi/asm-generic/socket.h.
const SK_MEMINFO_DROPS: usize = 8;
const SO_MEMINFO: libc::c_int = 55;

impl Closings {
    /// Starts to listen.
    ///
    /// # Errors
    /// [`CallError`] if the kernel has no sock_diag, or no such groups.
    pub fn open(wanted: Wanted) -> Result<Self, CallError> {
        let socket = netlink::Socket::open(libc::NETLINK_SOCK_DIAG)?;
        // Beyond the limit for all only with privilege; without it, as much as may be.
        for option in [libc::SO_RCVBUF, libc::SO_RCVBUFFORCE] {
            let _ = crate::socket::set_option(&socket, libc::SOL_SOCKET, option, WANTED_BUFFER);
        }
        socket.bind().map_err(|error| CallError::new("bind", "AF_NETLINK", error))?;
        for group in wanted.groups() {
            socket.join(group).map_err(|error| CallError::new("setsockopt", "NETLINK_ADD_MEMBERSHIP", error))?;
        }
        Ok(Self { socket, waiting: VecDeque::new() })
    }

    /// How many words the kernel has thrown away since this was opened; `None` before Linux 4.12, which does not tell.
    ///
    /// It counts on while [`Closing::Lost`] is told once: ask when nothing is there any more. The count wraps.
    pub fn dropped(&self) -> Option<u32> {
        let word = size_of::<u32>();
        let start = SK_MEMINFO_DROPS.checked_mul(word)?;
        let end = start.checked_add(word)?;
        let octets = crate::socket::option_octets(&self.socket, libc::SOL_SOCKET, SO_MEMINFO, end).ok()?;
        Some(u32::from_ne_bytes(octets.get(start..end)?.try_into().ok()?))
    }

    /// Waits for the next word; `None` when `timeout` has passed, without one only if a signal or a strange message came.
    ///
    /// # Errors
    /// - [`DumpError::Call`] if waiting or receiving failed.
    /// - [`DumpError::Malformed`] if what the kernel says cannot be read; the next call goes on behind it.
    pub fn next(&mut self, timeout: Option<Duration>) -> Result<Option<Closing>, DumpError> {
        if let Some(closing) = self.waiting.pop_front() {
            return Ok(Some(closing));
        }
        let fail = |call| move |error| DumpError::Call(CallError::new(call, "NETLINK_SOCK_DIAG", error));
        if poll(&mut [PollFd::new(self.socket.as_fd(), Events::IN)], timeout).map_err(fail("poll"))? == 0 {
            return Ok(None);
        }
        match self.socket.receive_now() {
            Ok(batch) => {
                let waiting = &mut self.waiting;
                parse_closings(batch, &mut |closing| waiting.push_back(closing)).map_err(DumpError::Malformed)?;
            }
            Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => return Ok(Some(Closing::Lost)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(fail("recv")(error)),
        }
        Ok(self.waiting.pop_front())
    }
}

/// For poll(2) beside other descriptors. What [`Closings::next`] holds back already does not show there: call it until it
/// has nothing.
impl AsFd for Closings {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// Reads what one recv(2) returned of closed sockets. The rows say their protocol themselves.
///
/// # Errors
/// [`ParseError`](super::ParseError), after the rows before it.
pub fn parse_closings(batch: &[u8], closing: &mut dyn FnMut(Closing)) -> Result<(), super::ParseError> {
    each_row(batch, &mut |message| {
        closing(Closing::Socket(Box::new(parse_row(message, Protocol::IP)?)));
        Ok(())
    })
    .map(drop)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "what the test has opened must be told when it closes")]

    use std::net::UdpSocket;

    use proptest::prelude::*;

    use super::*;
    use crate::numbers::TcpState;
    use crate::sock_diag::{Request, dump, recorded};

    #[test]
    fn the_request_in_octets() {
        let id = SocketId {
            family: Family::INET,
            protocol: Protocol::TCP,
            local: "127.0.0.1:80".parse().unwrap(),
            peer: "10.0.0.2:4000".parse().unwrap(),
            interface: 3,
            cookie: 0x1_0000_2003,
        };
        let octets = id.destroy();
        assert_eq!(octets.len(), 72);
        assert_eq!(octets[4..6], 21_u16.to_ne_bytes());
        assert_eq!(octets[6..8], 0x5_u16.to_ne_bytes());
        assert_eq!(octets[16..20], [2, 6, 0, 0]);
        assert_eq!(octets[24..32], [0, 80, 0x0f, 0xa0, 127, 0, 0, 1]);
        assert_eq!(octets[44..48], [10, 0, 0, 2]);
        let word = |value: u32| value.to_ne_bytes();
        assert_eq!(octets[60..], [word(3), word(0x2003), word(1)].concat());
        let mapped = SocketId { family: Family::INET6, local: "[::ffff:127.0.0.1]:80".parse().unwrap(), ..id };
        assert_eq!(mapped.destroy()[16..18], [10, 6]);
        assert_eq!(mapped.destroy()[28..44], [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1]);
        assert_eq!(id.to_string(), "IPPROTO_TCP 127.0.0.1:80 to 10.0.0.2:4000");
    }

    #[test]
    fn groups_are_those_of_the_header_file() {
        assert_eq!(Wanted::ALL.groups().collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(Wanted { udp: false, ipv4: false, ..Wanted::ALL }.groups().collect::<Vec<_>>(), [3]);
    }

    fn closings(batch: &[u8]) -> Vec<InetSocket> {
        let mut all = Vec::new();
        let _ = parse_closings(batch, &mut |closing| match closing {
            Closing::Socket(row) => all.push(*row),
            Closing::Lost => unreachable!("no message says so"),
        });
        all
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_recorded_close_of_tcp_and_of_udp() {
        let tcp = closings(&recorded(include_str!("recorded/destroyed-tcp4.hex")));
        assert_eq!(tcp.len(), 1);
        assert_eq!((tcp[0].protocol, tcp[0].state), (Protocol::TCP, TcpState::Closed));
        assert_eq!(
            (tcp[0].local.to_string(), tcp[0].peer.to_string()),
            ("127.0.0.1:5000".into(), "127.0.0.1:41000".into())
        );
        let info = tcp[0].tcp_info.as_ref().unwrap();
        // The kernel counts each FIN as an octet.
        assert_eq!((info.bytes_received(), info.bytes_acked()), (Some(6), Some(8)));
        let udp = closings(&recorded(include_str!("recorded/destroyed-udp6.hex")));
        assert_eq!(udp.len(), 1);
        assert_eq!((udp[0].protocol, udp[0].local.to_string()), (Protocol::UDP, "[::1]:5003".to_owned()));
        assert_eq!((&udp[0].tcp_info, udp[0].peer.port()), (&None, 0));
    }

    #[test]
    fn an_own_socket_that_is_closed_is_told() {
        let mut closings = Closings::open(Wanted { tcp: false, ..Wanted::ALL }).unwrap();
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let (local, mut cookie) = (socket.local_addr().unwrap(), 0);
        let request = Request::new(Family::INET, Protocol::UDP);
        dump(&request, &mut |row| {
            if row.local == local {
                cookie = row.cookie;
            }
        })
        .unwrap();
        assert_ne!(cookie, 0);
        drop(socket);
        // Others of this machine may come before it; a generous while is the end of it.
        loop {
            match closings.next(Some(Duration::from_secs(20))).unwrap() {
                Some(Closing::Socket(row)) if row.cookie == cookie => {
                    assert_eq!((row.local, row.protocol), (local, Protocol::UDP));
                    break;
                }
                Some(_) => {}
                None => panic!("nobody said that {local} was closed"),
            }
        }
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            closings(&octets);
        }
    }
}
