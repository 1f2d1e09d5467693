//! Datagrams, and the ICMP errors about them: recvmsg(2) with what the kernel has to say beside the data.
//!
//! With `IP_RECVERR`, an unprivileged socket learns who sent which ICMP message about its packets, from a queue of its own
//! (`MSG_ERRQUEUE`).

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Duration;

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};

use crate::sockaddr;
use crate::socket::{option, receive_message, set_option};

/// A socket option whose value is an int, with its name in C.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntOption {
    /// The name in the header files.
    pub name: &'static str,
    level: libc::c_int,
    number: libc::c_int,
}

macro_rules! int_options {
    ($($(#[$doc:meta])* $constant:ident = $level:expr, $number:expr;)*) => {
        impl IntOption {
            $($(#[$doc])* pub const $constant: Self =
                Self { name: stringify!($constant), level: $level, number: $number };)*
        }
    };
}

int_options! {
    /// The TTL of packets.
    IP_TTL = libc::IPPROTO_IP, libc::IP_TTL;
    /// The hop limit of packets.
    IPV6_UNICAST_HOPS = libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS;
    /// The type of service.
    IP_TOS = libc::IPPROTO_IP, libc::IP_TOS;
    /// The traffic class.
    IPV6_TCLASS = libc::IPPROTO_IPV6, libc::IPV6_TCLASS;
    /// Whether ICMP errors are queued.
    IP_RECVERR = libc::IPPROTO_IP, libc::IP_RECVERR;
    /// Whether ICMPv6 errors are queued.
    IPV6_RECVERR = libc::IPPROTO_IPV6, libc::IPV6_RECVERR;
    /// Whether it is told where the extensions of RFC 4884 begin (Linux 5.9).
    IP_RECVERR_RFC4884 = libc::IPPROTO_IP, 26;
    /// The same of ICMPv6.
    IPV6_RECVERR_RFC4884 = libc::IPPROTO_IPV6, 31;
    /// Whether the TTL of what comes is told.
    IP_RECVTTL = libc::IPPROTO_IP, libc::IP_RECVTTL;
    /// Whether the hop limit of what comes is told.
    IPV6_RECVHOPLIMIT = libc::IPPROTO_IPV6, libc::IPV6_RECVHOPLIMIT;
    /// What becomes of packets that are longer than the path MTU ([`PathMtu`]).
    IP_MTU_DISCOVER = libc::IPPROTO_IP, libc::IP_MTU_DISCOVER;
    /// The same over IPv6.
    IPV6_MTU_DISCOVER = libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER;
    /// The path MTU of a connected socket.
    IP_MTU = libc::IPPROTO_IP, libc::IP_MTU;
    /// The same over IPv6.
    IPV6_MTU = libc::IPPROTO_IPV6, libc::IPV6_MTU;
    /// Whether the kernel chooses flow labels.
    IPV6_AUTOFLOWLABEL = libc::IPPROTO_IPV6, 70;
    /// Whether what is sent may go to a broadcast address.
    SO_BROADCAST = libc::SOL_SOCKET, libc::SO_BROADCAST;
    /// Whether the time of arrival is told.
    SO_TIMESTAMPNS = libc::SOL_SOCKET, libc::SO_TIMESTAMPNS;
    /// How often a SYN is sent again.
    TCP_SYNCNT = libc::IPPROTO_TCP, libc::TCP_SYNCNT;
}

impl IntOption {
    /// Sets it.
    ///
    /// # Errors
    /// Whatever setsockopt(2) says.
    pub fn set(self, socket: impl AsFd, value: i32) -> io::Result<()> {
        set_option(socket, self.level, self.number, value)
    }

    /// Its value.
    ///
    /// # Errors
    /// Whatever getsockopt(2) says.
    pub fn get(self, socket: impl AsFd) -> io::Result<i32> {
        option(socket, self.level, self.number)
    }
}

/// The values of `IP_MTU_DISCOVER` and `IPV6_MTU_DISCOVER`, which are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum PathMtu {
    /// Fragment wherever it must be.
    Dont = libc::IP_PMTUDISC_DONT,
    /// Fragment here to the path MTU that is known.
    Want = libc::IP_PMTUDISC_WANT,
    /// Refuse what is longer than the path MTU that is known.
    Do = libc::IP_PMTUDISC_DO,
    /// Refuse what is longer than the MTU of the interface only.
    Probe = libc::IP_PMTUDISC_PROBE,
}

/// Which queue of a socket is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// What came for it.
    Data,
    /// The errors about what it sent.
    Errors,
}

/// Whence an error came (`ee_origin`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// This host.
    Local,
    /// An ICMP message.
    Icmp,
    /// An ICMPv6 message.
    Icmp6,
    /// Another number.
    Other(u8),
}

impl From<u8> for Origin {
    /// # Source
    /// Linux, include/uapi/linux/errqueue.h.
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Local,
            2 => Self::Icmp,
            3 => Self::Icmp6,
            other => Self::Other(other),
        }
    }
}

/// struct sock_extended_err.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtendedError {
    /// The error as a call would return it.
    pub errno: i32,
    /// Whence it came.
    pub origin: Origin,
    /// The type of the ICMP message.
    pub icmp_type: u8,
    /// Its code.
    pub icmp_code: u8,
    /// The MTU, where the error is about one.
    pub info: u32,
    /// Where the extensions of RFC 4884 begin in the data that came with it, in octets.
    pub extensions_at: Option<u16>,
    /// Who sent the ICMP message.
    pub offender: Option<SocketAddr>,
}

/// One message from a socket. Lengths are in octets.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// How many octets are in the buffer. Of an error: of the packet that it is about, from behind its UDP header, or from
    /// its ICMP or TCP header.
    pub len: usize,
    /// Who sent it; of an error, for whom the packet was.
    pub peer: Option<SocketAddr>,
    /// TTL or hop limit of the packet that came.
    pub ttl: Option<u8>,
    /// When it came, since 1970-01-01T00:00:00Z.
    pub wall: Option<Duration>,
    /// What is wrong, from the queue of errors.
    pub error: Option<ExtendedError>,
}

/// Receives what is next in a queue, without waiting for it.
///
/// # Errors
/// Whatever recvmsg(2) says: `WouldBlock` if there is nothing. On the data queue, also an error that a packet met on its way,
/// which is in the queue of errors too. Interruptions by a signal are retried.
///
/// # Source
/// ip(7), IP_RECVERR; recvmsg(2).
pub fn receive(socket: impl AsFd, queue: Queue, buffer: &mut [u8]) -> io::Result<Received> {
    let flags = match queue {
        Queue::Data => libc::MSG_DONTWAIT,
        Queue::Errors => libc::MSG_DONTWAIT | libc::MSG_ERRQUEUE,
    };
    let mut received = Received::default();
    let (len, peer, ()) = receive_message(socket, buffer, flags, |header| {
        // Its type is another one with musl.
        let control_len: usize = header.msg_controllen as _;
        // SAFETY: the header is as recvmsg left it: msg_control points to msg_controllen initialised octets.
        let control = unsafe { std::slice::from_raw_parts(header.msg_control.cast::<u8>(), control_len) };
        // What is cut off says no more than what is not there.
        let _ = read_control(control, &mut received);
    })?;
    (received.len, received.peer) = (len.min(buffer.len()), peer);
    Ok(received)
}

/// Reads the control messages that recvmsg(2) filled in.
///
/// # Errors
/// [`Truncated`] if one of them is; those before it have been read.
///
/// # Source
/// cmsg(3).
pub fn read_control(octets: &[u8], received: &mut Received) -> Result<(), Truncated> {
    const WORD: usize = size_of::<usize>();
    let mut reader = Reader::new(octets);
    while !reader.is_empty() {
        let start = reader.offset();
        let len = usize::from_ne_bytes(reader.array("cmsg_len")?);
        let level = i32::from_ne_bytes(reader.array("cmsg_level")?);
        let number = i32::from_ne_bytes(reader.array("cmsg_type")?);
        let header_len = reader.offset() - start;
        let data = reader.octets(len.saturating_sub(header_len), "cmsg_data")?;
        read_one(level, number, data, received)?;
        let pad = data.len().next_multiple_of(WORD) - data.len();
        // The last one need not be padded.
        reader.skip(pad.min(reader.remaining()), "padding")?;
    }
    Ok(())
}

fn read_one(level: i32, number: i32, data: &[u8], received: &mut Received) -> Result<(), Truncated> {
    let mut reader = Reader::new(data);
    match (level, number) {
        (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => {
            // struct timespec: two longs.
            let (seconds, nanoseconds) = if data.len() >= 16 {
                let seconds = i64::from_ne_bytes(reader.array("tv_sec")?);
                (seconds, i64::from_ne_bytes(reader.array("tv_nsec")?))
            } else {
                let seconds = i32::from_ne_bytes(reader.array("tv_sec")?);
                (seconds.into(), i32::from_ne_bytes(reader.array("tv_nsec")?).into())
            };
            if let (Ok(seconds), Ok(nanoseconds @ 0..1_000_000_000)) =
                (u64::try_from(seconds), u32::try_from(nanoseconds))
            {
                received.wall = Some(Duration::new(seconds, nanoseconds));
            }
        }
        (libc::IPPROTO_IP, libc::IP_TTL) | (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT) => {
            received.ttl = u8::try_from(i32::from_ne_bytes(reader.array("TTL")?)).ok();
        }
        (libc::IPPROTO_IP, libc::IP_RECVERR) | (libc::IPPROTO_IPV6, libc::IPV6_RECVERR) => {
            received.error = Some(extended_error(&mut reader)?);
        }
        _ => {}
    }
    Ok(())
}

/// # Source
/// Linux, include/uapi/linux/errqueue.h.
fn extended_error(reader: &mut Reader<'_>) -> Result<ExtendedError, Truncated> {
    const FLAG_INVALID: u8 = 1;
    let errno = reader.u32_in(ByteOrder::HOST, "ee_errno")?;
    let origin = reader.u8("ee_origin")?.into();
    let icmp_type = reader.u8("ee_type")?;
    let icmp_code = reader.u8("ee_code")?;
    reader.skip(1, "ee_pad")?;
    let info = reader.u32_in(ByteOrder::HOST, "ee_info")?;
    let extensions_at = reader.u16_in(ByteOrder::HOST, "ee_rfc4884.len")?;
    let flags = reader.u8("ee_rfc4884.flags")?;
    reader.skip(1, "ee_rfc4884.reserved")?;
    Ok(ExtendedError {
        errno: i32::try_from(errno).unwrap_or(i32::MAX),
        origin,
        icmp_type,
        icmp_code,
        info,
        extensions_at: Some(extensions_at).filter(|at| *at > 0 && flags & FLAG_INVALID == 0),
        offender: sockaddr::parse(reader.rest()),
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the calls are about sockets that the test has opened")]

    use std::net::UdpSocket;

    use proptest::prelude::*;

    use super::*;
    use crate::poll::{Events, PollFd, poll};

    #[test]
    fn a_closed_port_is_told_with_who_said_so() {
        for (address, origin, recverr, kind) in [
            ("127.0.0.1:0", Origin::Icmp, IntOption::IP_RECVERR, (3, 3)),
            ("[::1]:0", Origin::Icmp6, IntOption::IPV6_RECVERR, (1, 4)),
        ] {
            let Ok(holder) = UdpSocket::bind(address) else { continue };
            let target = holder.local_addr().unwrap();
            drop(holder);
            let socket = UdpSocket::bind(address).unwrap();
            recverr.set(&socket, 1).unwrap();
            IntOption::SO_TIMESTAMPNS.set(&socket, 1).unwrap();
            socket.connect(target).unwrap();
            socket.send(b"are you there").unwrap();
            let mut fds = [PollFd::new(socket.as_fd(), Events::IN)];
            poll(&mut fds, None).unwrap();
            let mut buffer = [0; 100];
            let told = receive(&socket, Queue::Errors, &mut buffer).unwrap();
            let error = told.error.unwrap();
            assert_eq!((error.origin, (error.icmp_type, error.icmp_code)), (origin, kind));
            assert_eq!((error.errno, error.offender.map(|addr| addr.ip())), (libc::ECONNREFUSED, Some(target.ip())));
            assert_eq!((&buffer[..told.len], told.peer), (&b"are you there"[..], Some(target)));
            assert!(told.wall.is_some());
            assert_eq!(receive(&socket, Queue::Errors, &mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        }
    }

    #[test]
    fn data_comes_with_its_ttl() {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        IntOption::IP_RECVTTL.set(&receiver, 1).unwrap();
        IntOption::IP_TTL.set(&sender, 7).unwrap();
        assert_eq!(IntOption::IP_TTL.get(&sender).unwrap(), 7);
        sender.send_to(b"x", receiver.local_addr().unwrap()).unwrap();
        poll(&mut [PollFd::new(receiver.as_fd(), Events::IN)], None).unwrap();
        let told = receive(&receiver, Queue::Data, &mut [0; 4]).unwrap();
        assert_eq!((told.len, told.ttl, told.peer), (1, Some(7), Some(sender.local_addr().unwrap())));
        assert_eq!(told.error, None);
    }

    proptest! {
        #[test]
        fn no_control_messages_panic(octets: Vec<u8>, len in 0_usize..64, kind in 0_usize..4) {
            let _ = read_control(&octets, &mut Received::default());
            let (level, number) = [
                (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS),
                (libc::IPPROTO_IP, libc::IP_RECVERR),
                (libc::IPPROTO_IPV6, libc::IPV6_RECVERR),
                (libc::IPPROTO_IPV6, libc::IPV6_HOPLIMIT),
            ][kind];
            let mut control = len.to_ne_bytes().to_vec();
            control.extend(level.to_ne_bytes());
            control.extend(number.to_ne_bytes());
            control.extend(&octets);
            let _ = read_control(&control, &mut Received::default());
        }
    }
}
