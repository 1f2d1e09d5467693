//! What a socket can do and the standard library cannot ask for.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd};

use sockeye_common::sockaddr::Sockaddr;

use crate::error::{check, check_len, retry};
use crate::sockaddr;
use crate::tcp_info::TcpInfo;

/// Room for struct tcp_info of many kernels to come; Linux 6.18 fills 280 octets.
const TCP_INFO_LEN: usize = 1024;

/// What came with one datagram. Lengths are in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// How many octets are in the buffer.
    pub len: usize,
    /// How many octets the datagram had: more than `len` if the buffer was too small (`MSG_TRUNC`).
    pub full_len: usize,
    /// Who sent it. `None` if the family is neither IPv4 nor IPv6, or the socket says nothing.
    pub peer: Option<SocketAddr>,
    /// How many datagrams this socket has dropped since it was made, if [`report_drops`] is on. The kernel leaves it out
    /// while there was none.
    pub drops: Option<u32>,
}

/// Receives one datagram and says how long it really was.
///
/// For datagram sockets only: on a TCP socket, the kernel takes the flag that this needs as an order to discard data.
///
/// # Errors
/// Whatever recvmsg(2) says, `WouldBlock` included. Interruptions by a signal are retried.
pub fn receive_datagram(socket: impl AsFd, buffer: &mut [u8]) -> io::Result<Datagram> {
    let (full_len, peer, drops) = receive_message(socket, buffer, libc::MSG_TRUNC, drop_count)?;
    Ok(Datagram { len: full_len.min(buffer.len()), full_len, peer, drops })
}

/// recvmsg(2): the length that it says, who sent it, and what `read_control` finds in a header whose control messages are
/// initialised octets.
pub(crate) fn receive_message<T>(
    socket: impl AsFd,
    buffer: &mut [u8],
    flags: libc::c_int,
    read_control: impl FnOnce(&libc::msghdr) -> T,
) -> io::Result<(usize, Option<SocketAddr>, T)> {
    let fd = socket.as_fd();
    // SAFETY: all zeros is a valid sockaddr_storage.
    let mut from: libc::sockaddr_storage = unsafe { std::mem::zeroed() };
    // In words, so that the headers in it are aligned.
    let mut control = [0_u64; 64];
    let mut vector = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: all zeros is a valid msghdr; its padding on some machines keeps it from being written out.
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_name = (&raw mut from).cast();
    header.msg_namelen = socklen(size_of_val(&from));
    header.msg_iov = &raw mut vector;
    header.msg_iovlen = 1;
    header.msg_control = control.as_mut_ptr().cast();
    header.msg_controllen = size_of_val(&control) as _;
    let len = retry(|| {
        // SAFETY: everything that the header points to is writable for the length that it says and outlives the call.
        check_len(unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut header, flags) })
    })?;
    let from_len = usize::try_from(header.msg_namelen).unwrap_or(0).min(size_of_val(&from));
    // SAFETY: the storage is initialised all over and at least this long.
    let from = unsafe { std::slice::from_raw_parts((&raw const from).cast::<u8>(), from_len) };
    Ok((len, sockaddr::parse(from), read_control(&header)))
}

/// Looks for SO_RXQ_OVFL among the control messages that recvmsg(2) filled in.
pub(crate) fn drop_count(header: &libc::msghdr) -> Option<u32> {
    // SAFETY: the header is as recvmsg left it: msg_control points to msg_controllen initialised octets.
    let mut next = unsafe { libc::CMSG_FIRSTHDR(header) };
    loop {
        // SAFETY: null, or a whole and aligned header inside the control buffer.
        let message = unsafe { next.as_ref() }?;
        // SAFETY: CMSG_LEN only computes.
        let whole = message.cmsg_len >= unsafe { libc::CMSG_LEN(4) } as _;
        if whole && (message.cmsg_level, message.cmsg_type) == (libc::SOL_SOCKET, libc::SO_RXQ_OVFL) {
            // SAFETY: a u32 stands behind this header, whole, as its length says; it need not be aligned for one.
            return Some(unsafe { libc::CMSG_DATA(next).cast::<u32>().read_unaligned() });
        }
        // SAFETY: `next` is a header inside the control buffer of `header`.
        next = unsafe { libc::CMSG_NXTHDR(header, next) };
    }
}

/// Makes [`receive_datagram`] report dropped datagrams (`SO_RXQ_OVFL`).
///
/// # Errors
/// Whatever setsockopt(2) says.
pub fn report_drops(socket: impl AsFd, on: bool) -> io::Result<()> {
    set_option(socket, libc::SOL_SOCKET, libc::SO_RXQ_OVFL, on.into())
}

/// Sets an option whose value is an int.
///
/// # Errors
/// Whatever setsockopt(2) says.
pub fn set_option(socket: impl AsFd, level: i32, name: i32, value: i32) -> io::Result<()> {
    set_octets(socket, level, name, &value.to_ne_bytes())
}

/// The value of an option that is an int.
///
/// # Errors
/// Whatever getsockopt(2) says: ENOPROTOOPT or EOPNOTSUPP if the socket does not have it.
pub fn option(socket: impl AsFd, level: i32, name: i32) -> io::Result<i32> {
    // Some options of the IP level are one octet where one octet is asked for; an int never is.
    let octets = option_octets(socket, level, name, size_of::<i32>())?;
    octets.try_into().map(i32::from_ne_bytes).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// The value of an option as the kernel lays it out, at most `room` octets of it.
///
/// # Errors
/// As [`option`].
pub fn option_octets(socket: impl AsFd, level: i32, name: i32, room: usize) -> io::Result<Vec<u8>> {
    let mut octets = vec![0_u8; room];
    let mut len = socklen(room);
    // SAFETY: the buffer is writable for `len` octets, and `len` is a live socklen_t.
    check(unsafe {
        libc::getsockopt(socket.as_fd().as_raw_fd(), level, name, octets.as_mut_ptr().cast(), &raw mut len)
    })?;
    octets.truncate(usize::try_from(len).unwrap_or(0));
    Ok(octets)
}

/// Whether calls on it return instead of waiting (`O_NONBLOCK`).
///
/// # Errors
/// Whatever fcntl(2) says.
pub fn is_nonblocking(socket: impl AsFd) -> io::Result<bool> {
    // SAFETY: F_GETFL takes no argument.
    let flags = check(unsafe { libc::fcntl(socket.as_fd().as_raw_fd(), libc::F_GETFL) })?;
    Ok(flags & libc::O_NONBLOCK != 0)
}

/// Sets what goes out with each packet of IPv4 behind its header (`IP_OPTIONS`).
///
/// # Errors
/// Whatever setsockopt(2) says: EINVAL if they are no options that Linux sends.
///
/// # Source
/// ip(7).
pub fn set_ip_options(socket: impl AsFd, octets: &[u8]) -> io::Result<()> {
    set_octets(socket, libc::IPPROTO_IP, libc::IP_OPTIONS, octets)
}

/// Keeps echo requests from a raw ICMP socket (`ICMP_FILTER`, or `ICMPV6_FILTER` with `v6`). On the loopback interface it would be
/// given a copy of each that it sends.
///
/// # Errors
/// Whatever setsockopt(2) says: it has to be such a socket.
///
/// # Source
/// raw(7), RFC 3542 section 3.2.
pub fn refuse_echo_requests(socket: impl AsFd, v6: bool) -> io::Result<()> {
    const ICMP_FILTER: i32 = 1;
    const ICMPV6_FILTER: i32 = 1;
    // A bit for each type, in words of the host's order; one that is set is kept back.
    if v6 {
        let mut words = [0_u32; 8];
        words[128 / 32] = 1 << (128 % 32);
        set_octets(socket, libc::IPPROTO_ICMPV6, ICMPV6_FILTER, &words.map(u32::to_ne_bytes).concat())
    } else {
        set_octets(socket, libc::SOL_RAW, ICMP_FILTER, &(1_u32 << 8).to_ne_bytes())
    }
}

/// Sets an option whose value is some octets.
fn set_octets(socket: impl AsFd, level: i32, name: i32, octets: &[u8]) -> io::Result<()> {
    // SAFETY: the pointer and the length are those of a live slice.
    check(unsafe {
        libc::setsockopt(socket.as_fd().as_raw_fd(), level, name, octets.as_ptr().cast(), socklen(octets.len()))
    })
    .map(drop)
}

/// The longest key of [`set_tcp_md5`], in octets.
pub const TCP_MD5_KEY_LEN: usize = 80;

/// Signs what goes to `peer`, and drops what comes from it without the same signature (`TCP_MD5SIG_EXT`). An unspecified
/// `peer` is everybody of its family, as a listener wants it; the port does not count.
///
/// # Errors
/// Whatever setsockopt(2) says: ENOPROTOOPT if the kernel was built without it. EINVAL if the key is empty or too long.
///
/// # Source
/// RFC 2385; linux/tcp.h, struct tcp_md5sig.
pub fn set_tcp_md5(socket: impl AsFd, peer: SocketAddr, key: &[u8]) -> io::Result<()> {
    const ADDR_LEN: usize = 128;
    const FLAG_PREFIX: u8 = 1;
    // linux/tcp.h; the libc crate has only the one without a prefix.
    const TCP_MD5SIG_EXT: libc::c_int = 32;
    if key.is_empty() || key.len() > TCP_MD5_KEY_LEN {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    let whole = if peer.is_ipv4() { 32 } else { 128 };
    let prefix_bits = if peer.ip().is_unspecified() { 0 } else { whole };
    let mut octets = Sockaddr::from(peer).emit();
    octets.resize(ADDR_LEN, 0);
    octets.extend([FLAG_PREFIX, prefix_bits]);
    octets.extend(u16::try_from(key.len()).unwrap_or_default().to_ne_bytes());
    // Whatever interface.
    octets.extend([0; 4]);
    octets.extend(key);
    octets.resize(ADDR_LEN + 8 + TCP_MD5_KEY_LEN, 0);
    // Laid out as struct tcp_md5sig.
    set_octets(socket, libc::IPPROTO_TCP, TCP_MD5SIG_EXT, &octets)
}

/// What goes out with each packet of IPv4 behind its header (`IP_OPTIONS`).
///
/// # Errors
/// Whatever getsockopt(2) says.
///
/// # Source
/// ip(7).
pub fn ip_options(socket: impl AsFd) -> io::Result<Vec<u8>> {
    option_octets(socket, libc::IPPROTO_IP, libc::IP_OPTIONS, 40)
}

/// Process, user and group of whoever is at the other end of a Unix-domain socket (`SO_PEERCRED`).
///
/// # Errors
/// Whatever getsockopt(2) says.
///
/// # Source
/// unix(7).
pub fn peer_credentials(socket: impl AsFd) -> io::Result<(i32, u32, u32)> {
    let octets = option_octets(socket, libc::SOL_SOCKET, libc::SO_PEERCRED, size_of::<libc::ucred>())?;
    let (words, _) = octets.as_chunks::<4>();
    match words {
        [pid, uid, gid] => Ok((i32::from_ne_bytes(*pid), u32::from_ne_bytes(*uid), u32::from_ne_bytes(*gid))),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Octets that wait to be read (`SIOCINQ`); of UDP, those of the first datagram.
///
/// # Errors
/// Whatever ioctl(2) says: EINVAL on a listening socket.
///
/// # Source
/// tcp(7), udp(7).
pub fn input_queue(socket: impl AsFd) -> io::Result<usize> {
    queue(&socket, libc::FIONREAD as _)
}

/// Octets sent that the peer has not acknowledged (TCP) or the interface has not sent (UDP) (`SIOCOUTQ`).
///
/// # Errors
/// Whatever ioctl(2) says: EINVAL on a listening socket.
///
/// # Source
/// tcp(7), udp(7).
pub fn output_queue(socket: impl AsFd) -> io::Result<usize> {
    queue(&socket, libc::TIOCOUTQ as _)
}

fn queue(socket: &impl AsFd, request: libc::Ioctl) -> io::Result<usize> {
    let mut octets: libc::c_int = 0;
    // SAFETY: both requests write one int to the pointer.
    check(unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), request, &raw mut octets) })?;
    Ok(usize::try_from(octets).unwrap_or(0))
}

/// What the kernel knows about a TCP connection (`TCP_INFO`), as much as this kernel fills in.
///
/// # Errors
/// Whatever getsockopt(2) says: ENOPROTOOPT or EOPNOTSUPP if the socket is not TCP.
///
/// # Source
/// tcp(7).
pub fn tcp_info(socket: impl AsFd) -> io::Result<TcpInfo> {
    option_octets(socket, libc::IPPROTO_TCP, libc::TCP_INFO, TCP_INFO_LEN).map(|octets| TcpInfo::new(&octets))
}

/// Asks for a pipe that holds `len` octets and returns what it holds now (`F_SETPIPE_SZ`).
///
/// # Errors
/// Whatever fcntl(2) says: EPERM above `/proc/sys/fs/pipe-max-size` for an ordinary user, EBADF if it is no pipe.
pub fn set_pipe_size(pipe: impl AsFd, len: usize) -> io::Result<usize> {
    let len = libc::c_int::try_from(len).unwrap_or(libc::c_int::MAX);
    // SAFETY: F_SETPIPE_SZ takes an int and no pointer.
    let held = check(unsafe { libc::fcntl(pipe.as_fd().as_raw_fd(), libc::F_SETPIPE_SZ, len) })?;
    Ok(usize::try_from(held).unwrap_or(0))
}

pub(crate) fn socklen(len: usize) -> libc::socklen_t {
    libc::socklen_t::try_from(len).unwrap_or(libc::socklen_t::MAX)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the calls are about sockets that the test has opened")]

    use std::io::Write;
    use std::net::{TcpListener, TcpStream, UdpSocket};

    use super::*;
    use crate::numbers::TcpState;
    use crate::poll::{Events, PollFd, poll};

    fn udp_pair() -> (UdpSocket, UdpSocket) {
        let receiver = UdpSocket::bind("127.0.0.1:0").unwrap();
        let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
        sender.connect(receiver.local_addr().unwrap()).unwrap();
        (receiver, sender)
    }

    /// Where the kernel has it; who signs with the same key is heard in the suite's test of nc -S.
    #[test]
    fn who_does_not_sign_is_not_answered() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let everybody: SocketAddr = "0.0.0.0:0".parse().unwrap();
        assert_eq!(set_tcp_md5(&listener, everybody, b"").unwrap_err().kind(), io::ErrorKind::InvalidInput);
        set_tcp_md5(&listener, everybody, &[b'x'; TCP_MD5_KEY_LEN + 1]).unwrap_err();
        match set_tcp_md5(&listener, everybody, b"secret") {
            Err(error) if error.raw_os_error() == Some(libc::ENOPROTOOPT) => return,
            other => other.unwrap(),
        }
        let wait = std::time::Duration::from_millis(300);
        TcpStream::connect_timeout(&listener.local_addr().unwrap(), wait).unwrap_err();
    }

    #[test]
    fn a_datagram_that_does_not_fit_says_how_long_it_was() {
        let (receiver, sender) = udp_pair();
        sender.send(b"0123456789").unwrap();
        sender.send(b"").unwrap();
        let mut buffer = [0; 4];
        let cut = receive_datagram(&receiver, &mut buffer).unwrap();
        let peer = Some(sender.local_addr().unwrap());
        assert_eq!(cut, Datagram { len: 4, full_len: 10, peer, drops: None });
        assert_eq!(&buffer, b"0123");
        let empty = receive_datagram(&receiver, &mut buffer).unwrap();
        assert_eq!((empty.len, empty.full_len), (0, 0));
        receiver.set_nonblocking(true).unwrap();
        assert_eq!(receive_datagram(&receiver, &mut buffer).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    }

    #[test]
    fn dropped_datagrams_are_counted() {
        let (receiver, sender) = udp_pair();
        report_drops(&receiver, true).unwrap();
        set_option(&receiver, libc::SOL_SOCKET, libc::SO_RCVBUF, 1).unwrap();
        let mut buffer = [0; 2048];
        for _ in 0..100 {
            sender.send(&buffer).unwrap();
        }
        // The count travels with the next datagram that finds room.
        let mut received = 1;
        assert_eq!(receive_datagram(&receiver, &mut buffer).unwrap().drops, None);
        receiver.set_nonblocking(true).unwrap();
        while receive_datagram(&receiver, &mut buffer).is_ok() {
            received += 1;
        }
        sender.send(b"last").unwrap();
        poll(&mut [PollFd::new(receiver.as_fd(), Events::IN)], None).unwrap();
        let last = receive_datagram(&receiver, &mut buffer).unwrap();
        assert_eq!((last.len, last.drops), (4, Some(100 - received)));
    }

    #[test]
    fn a_count_that_was_cut_off_is_none() {
        // The kernel cuts the last control message to the room that there is (MSG_CTRUNC), if need be to its header.
        let mut control = [0_u64; 4];
        for room in [16_u8, 18, 20, 24] {
            // SAFETY: all zeros is a valid cmsghdr; its padding on some machines keeps it from being written out.
            let mut message: libc::cmsghdr = unsafe { std::mem::zeroed() };
            message.cmsg_len = room.min(20) as _;
            (message.cmsg_level, message.cmsg_type) = (libc::SOL_SOCKET, libc::SO_RXQ_OVFL);
            // SAFETY: the array is aligned for the header and the count behind it, and longer than both.
            unsafe {
                control.as_mut_ptr().cast::<libc::cmsghdr>().write(message);
                libc::CMSG_DATA(control.as_ptr().cast()).cast::<u32>().write_unaligned(7);
            }
            // SAFETY: all zeros is a valid msghdr.
            let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
            header.msg_control = control.as_mut_ptr().cast();
            header.msg_controllen = room as _;
            assert_eq!(drop_count(&header), (room >= 20).then_some(7), "{room}");
        }
    }

    #[test]
    fn queues_and_tcp_info_of_a_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        assert_eq!(input_queue(&server).unwrap(), 0);
        client.write_all(b"hello").unwrap();
        poll(&mut [PollFd::new(server.as_fd(), Events::IN)], None).unwrap();
        assert_eq!(input_queue(&server).unwrap(), 5);
        assert!(output_queue(&client).unwrap() <= 5);
        let info = tcp_info(&server).unwrap();
        assert_eq!((info.state(), info.bytes_received()), (Some(TcpState::Established), Some(5)));
        assert_eq!(output_queue(&listener).unwrap_err().raw_os_error(), Some(libc::EINVAL));
        let (udp, _) = udp_pair();
        assert!(tcp_info(&udp).is_err());
    }

    #[test]
    fn a_pipe_grows() {
        let (reader, _writer) = io::pipe().unwrap();
        assert!(set_pipe_size(&reader, 200_000).unwrap() >= 200_000);
        let (udp, _) = udp_pair();
        assert_eq!(set_pipe_size(&udp, 4096).unwrap_err().raw_os_error(), Some(libc::EBADF));
    }
}
