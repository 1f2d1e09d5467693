//! The kernel's list of sockets, over netlink (sock_diag(7)): exact under churn where `/proc/net/tcp` is not.
//!
//! [`SockDiag`] asks; [`parse_batch`] reads the answer and is plain code over octets; [`InetSocket`] is one row.
//!
//! ```no_run
//! use sockeye_sys::sock_diag::{Request, SockDiag, StateMask};
//! use sockeye_sys::{Family, Protocol};
//!
//! let mut diag = SockDiag::open()?;
//! let request = Request { states: StateMask::LISTEN, ..Request::new(Family::INET, Protocol::TCP) };
//! diag.dump(&request, &mut |row| println!("{} {}", row.local, row.inode))?;
//! # Ok::<(), sockeye_sys::sock_diag::DumpError>(())
//! ```

mod attributes;
mod destroy;
mod exact;
mod netlink_rows;
mod packet;
mod parse;
#[cfg(test)]
mod recordings;
mod row;
mod unix;
mod vsock;

use std::{fmt, io};

use crate::error::{CallError, cause};
use crate::netlink::{self, Builder};
use crate::numbers::{Family, Protocol, TcpState};
use crate::registry::flags;

pub use attributes::{CongestionInfo, MemInfo, MptcpMap, SockOptions, UlpInfo};
pub use destroy::{Closing, Closings, SocketId, Wanted, parse_closings};
pub use exact::ANY_COOKIE;
pub use netlink_rows::{NetlinkSocket, parse_netlink_batch};
pub use packet::{PacketInfo, PacketShow, PacketSocket, Ring, parse_packet_batch};
pub use parse::{BatchEnd, ParseError, parse_batch, parse_dumps};
pub use row::{InetSocket, SkMemInfo, Timer, TimerKind};
pub use unix::{UnixName, UnixShow, UnixSocket, Vfs, parse_unix_batch};
pub use vsock::{VsockSocket, parse_vsock_batch};

/// Both the request and each row.
const SOCK_DIAG_BY_FAMILY: u16 = 20;
/// The request for TCP before Linux 3.3, and its rows: of both families, in one walk through the kernel's table.
///
/// # Source
/// Linux, include/uapi/linux/inet_diag.h, and net/ipv4/inet_diag.c, `inet_diag_dump_compat()`.
const TCPDIAG_GETSOCK: u16 = 18;
const INET_DIAG_REQ_BYTECODE: u16 = 1;
const INET_DIAG_REQ_PROTOCOL: u16 = 3;

flags! {
    /// Which states a dump lists: bit N is state number N.
    ///
    /// # Source
    /// Linux, include/net/tcp_states.h.
    StateMask(u32) {
        /// TCP connections; UDP sockets that are connected.
        ESTABLISHED = 1 << 1, "ESTABLISHED";
        /// Our SYN is out.
        SYN_SENT = 1 << 2, "SYN-SENT";
        /// A SYN came. Linux lists its connection requests under this bit and [`Self::NEW_SYN_RECEIVED`].
        SYN_RECEIVED = 1 << 3, "SYN-RECEIVED";
        /// Our FIN is out.
        FIN_WAIT_1 = 1 << 4, "FIN-WAIT-1";
        /// Our FIN was acknowledged.
        FIN_WAIT_2 = 1 << 5, "FIN-WAIT-2";
        /// Waiting for old segments.
        TIME_WAIT = 1 << 6, "TIME-WAIT";
        /// UDP sockets that are not connected.
        CLOSED = 1 << 7, "CLOSED";
        /// The peer's FIN came.
        CLOSE_WAIT = 1 << 8, "CLOSE-WAIT";
        /// Our FIN followed the peer's.
        LAST_ACK = 1 << 9, "LAST-ACK";
        /// Listeners. Asked for alone, the kernel need not walk through the connections.
        LISTEN = 1 << 10, "LISTEN";
        /// Both FINs are out.
        CLOSING = 1 << 11, "CLOSING";
        /// Connection requests.
        NEW_SYN_RECEIVED = 1 << 12, "NEW-SYN-RECEIVED";
        /// Bound and nothing else, since Linux 6.8; older kernels ignore the bit. Such rows say [`TcpState::Closed`].
        BOUND_INACTIVE = 1 << 13, "BOUND-INACTIVE";
    }
}

impl StateMask {
    /// Every state that has a name.
    pub const ALL: Self = Self(0x3ffe);
}

impl From<TcpState> for StateMask {
    fn from(state: TcpState) -> Self {
        Self(1_u32.checked_shl(state.number().into()).unwrap_or(0))
    }
}

impl FromIterator<TcpState> for StateMask {
    fn from_iter<I: IntoIterator<Item = TcpState>>(states: I) -> Self {
        states.into_iter().fold(Self::EMPTY, |mask, state| mask | state.into())
    }
}

flags! {
    /// What each row brings besides its fixed part. The kernel adds some attributes unasked.
    ///
    /// # Source
    /// sock_diag(7); Linux, include/uapi/linux/inet_diag.h: bit N-1 asks for attribute N.
    Extensions(u8) {
        /// Four memory figures, superseded by `SKMEMINFO`.
        MEMINFO = 1 << 0, "INET_DIAG_MEMINFO";
        /// struct tcp_info.
        INFO = 1 << 1, "INET_DIAG_INFO";
        /// What the congestion control wants to tell.
        VEGASINFO = 1 << 2, "INET_DIAG_VEGASINFO";
        /// The congestion control's name.
        CONG = 1 << 3, "INET_DIAG_CONG";
        /// The TOS octet of IPv4.
        TOS = 1 << 4, "INET_DIAG_TOS";
        /// The traffic class of IPv6.
        TCLASS = 1 << 5, "INET_DIAG_TCLASS";
        /// Memory figures, limits and drops.
        SKMEMINFO = 1 << 6, "INET_DIAG_SKMEMINFO";
        /// Which directions are shut down.
        SHUTDOWN = 1 << 7, "INET_DIAG_SHUTDOWN";
    }
}

/// What a dump asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// [`Family::INET`] or [`Family::INET6`]. [`Family::UNSPEC`] is both, of TCP alone: the kernel then walks through its
    /// table once and not twice.
    pub family: Family,
    /// TCP or UDP; UDPLITE, RAW, SCTP and MPTCP where the kernel has them.
    pub protocol: Protocol,
    /// Which states.
    pub states: StateMask,
    /// Which attributes.
    pub extensions: Extensions,
    /// Which of them, as a program that the kernel runs on each socket; empty for all. One that it does not like, or
    /// does not know yet, is refused with EINVAL.
    ///
    /// # Source
    /// Linux, include/uapi/linux/inet_diag.h, struct inet_diag_bc_op.
    pub bytecode: Vec<u8>,
}

impl Request {
    /// Every state, no extension, no filter.
    pub const fn new(family: Family, protocol: Protocol) -> Self {
        Self { family, protocol, states: StateMask::ALL, extensions: Extensions::EMPTY, bytecode: Vec::new() }
    }

    /// The octets of the netlink message: struct nlmsghdr, struct inet_diag_req_v2, attributes where they are needed.
    pub fn emit(&self) -> Vec<u8> {
        if self.family == Family::UNSPEC && self.protocol == Protocol::TCP {
            return self.emit_both();
        }
        let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, netlink::NLM_F_REQUEST | netlink::NLM_F_DUMP);
        builder
            .u8(octet(self.family.0))
            .u8(octet(self.protocol.0))
            .u8(self.extensions.0)
            .u8(0)
            .u32(self.states.0)
            // struct inet_diag_sockid: a dump looks at ports and addresses only through bytecode.
            .octets(&[0; 40])
            // "No cookie", twice.
            .u32(u32::MAX)
            .u32(u32::MAX);
        if !self.bytecode.is_empty() {
            builder.attribute(INET_DIAG_REQ_BYTECODE, &self.bytecode);
        }
        push_protocol(&mut builder, self.protocol);
        builder.finish()
    }

    /// struct nlmsghdr, struct inet_diag_req, the program.
    fn emit_both(&self) -> Vec<u8> {
        let mut builder = Builder::new(TCPDIAG_GETSOCK, netlink::NLM_F_REQUEST | netlink::NLM_F_DUMP);
        builder
            // Family and two lengths, which the kernel does not look at.
            .octets(&[0; 3])
            .u8(self.extensions.0)
            .octets(&[0; 40])
            .u32(u32::MAX)
            .u32(u32::MAX)
            .u32(self.states.0)
            // idiag_dbs, not used either.
            .u32(0);
        if !self.bytecode.is_empty() {
            builder.attribute(INET_DIAG_REQ_BYTECODE, &self.bytecode);
        }
        builder.finish()
    }
}

/// Appends a protocol that the octet of the request cannot hold.
fn push_protocol(builder: &mut Builder, protocol: Protocol) {
    if u8::try_from(protocol.0).is_err() {
        builder.attribute(INET_DIAG_REQ_PROTOCOL, &protocol.0.to_ne_bytes());
    }
}

/// Numbers beyond an octet, as MPTCP's, are in an attribute. Kernels that do not know it look here, and refuse 255.
fn octet(number: i32) -> u8 {
    u8::try_from(number).unwrap_or(u8::MAX)
}

/// What a dump came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dumped {
    /// How many rows were delivered.
    pub rows: usize,
    /// The kernel said that the table changed in a way that may have made the list inexact (`NLM_F_DUMP_INTR`).
    pub interrupted: bool,
}

/// A netlink socket for dumps. It looks into the network namespace of the thread that opened it.
#[derive(Debug)]
pub struct SockDiag {
    socket: netlink::Socket,
}

impl SockDiag {
    /// Opens the socket. Needs no privilege.
    ///
    /// # Errors
    /// [`DumpError::Call`] if the kernel was built without `sock_diag`.
    pub fn open() -> Result<Self, DumpError> {
        let socket = netlink::Socket::open(libc::NETLINK_SOCK_DIAG).map_err(DumpError::Call)?;
        Ok(Self { socket })
    }

    /// The inode of this socket, by which it is among the netlink sockets that it lists; `None` if the kernel does not say.
    pub fn inode(&self) -> Option<u32> {
        use std::os::fd::AsFd as _;
        use std::os::unix::fs::MetadataExt as _;
        let copy = self.socket.as_fd().try_clone_to_owned().ok()?;
        std::fs::File::from(copy).metadata().ok()?.ino().try_into().ok()
    }

    /// Lists the sockets that `request` asks for, one call of `row` each.
    ///
    /// After a [`DumpError::Malformed`] or [`DumpError::Call`], the rest of the answer may still be on its way: open another.
    ///
    /// # Errors
    /// - [`DumpError::Refused`] if the kernel does not list this family or protocol.
    /// - [`DumpError::Call`] if sending or receiving failed.
    /// - [`DumpError::Malformed`] if the kernel's answer cannot be read.
    pub fn dump(&mut self, request: &Request, row: &mut dyn FnMut(InetSocket)) -> Result<Dumped, DumpError> {
        let about = About { family: request.family, protocol: Some(request.protocol) };
        self.run(&request.emit(), about, &mut |batch, rows| {
            parse_batch(batch, request.protocol, &mut |socket| {
                *rows += 1;
                row(socket);
            })
        })
    }

    /// As [`Self::dump`], with the attributes of each row as octets behind it, for those who keep many of them: of these,
    /// only what says which protocol it is of and which families it serves has been read.
    /// [`InetSocket::read_attributes`] reads the others.
    ///
    /// # Errors
    /// As [`Self::dump`].
    pub fn dump_rows(
        &mut self,
        request: &Request,
        row: &mut dyn FnMut(InetSocket, &[u8]),
    ) -> Result<Dumped, DumpError> {
        let about = About { family: request.family, protocol: Some(request.protocol) };
        self.run(&request.emit(), about, &mut |batch, rows| {
            parse::parse_batch_rows(batch, request.protocol, &mut |socket, attributes| {
                *rows += 1;
                row(socket, attributes);
            })
        })
    }

    /// Hands over what the kernel answers as it comes, the message that ends the dump included.
    ///
    /// # Errors
    /// As [`Self::dump`].
    pub fn dump_octets(&mut self, request: &Request, keep: &mut dyn FnMut(&[u8])) -> Result<Dumped, DumpError> {
        let about = About { family: request.family, protocol: Some(request.protocol) };
        self.run(&request.emit(), about, &mut |batch, rows| {
            let end = parse_batch(batch, request.protocol, &mut |_| *rows += 1)?;
            keep(batch);
            Ok(end)
        })
    }

    /// Lists Unix-domain sockets in these states, with what `show` names.
    ///
    /// # Errors
    /// As [`Self::dump`].
    pub fn dump_unix(
        &mut self,
        states: StateMask,
        show: UnixShow,
        row: &mut dyn FnMut(UnixSocket),
    ) -> Result<Dumped, DumpError> {
        self.run(&unix::request(states, show), About::of(Family::UNIX), &mut |batch, rows| {
            parse_unix_batch(batch, &mut |socket| {
                *rows += 1;
                row(socket);
            })
        })
    }

    /// Lists packet sockets, with what `show` names. They have no states.
    ///
    /// # Errors
    /// As [`Self::dump`].
    pub fn dump_packet(&mut self, show: PacketShow, row: &mut dyn FnMut(PacketSocket)) -> Result<Dumped, DumpError> {
        self.run(&packet::request(show), About::of(Family::PACKET), &mut |batch, rows| {
            parse_packet_batch(batch, &mut |socket| {
                *rows += 1;
                row(socket);
            })
        })
    }

    /// Lists netlink sockets of every protocol, with memory, groups and flags. They have no states.
    ///
    /// # Errors
    /// As [`Self::dump`].
    pub fn dump_netlink(&mut self, row: &mut dyn FnMut(NetlinkSocket)) -> Result<Dumped, DumpError> {
        self.run(&netlink_rows::request(), About::of(Family::NETLINK), &mut |batch, rows| {
            parse_netlink_batch(batch, &mut |socket| {
                *rows += 1;
                row(socket);
            })
        })
    }

    /// Lists vsock sockets in these states.
    ///
    /// # Errors
    /// As [`Self::dump`].
    pub fn dump_vsock(&mut self, states: StateMask, row: &mut dyn FnMut(VsockSocket)) -> Result<Dumped, DumpError> {
        self.run(&vsock::request(states), About::of(Family::VSOCK), &mut |batch, rows| {
            parse_vsock_batch(batch, &mut |socket| {
                *rows += 1;
                row(socket);
            })
        })
    }

    /// Sends a request and hands every batch of the answer to `parse`, which also counts the rows.
    fn run(&mut self, message: &[u8], about: About, parse: &mut ParseBatch<'_>) -> Result<Dumped, DumpError> {
        let fail = |call| move |error| DumpError::Call(CallError::new(call, "NETLINK_SOCK_DIAG", error));
        self.socket.send(message).map_err(fail("send"))?;
        let mut dumped = Dumped::default();
        loop {
            let batch = self.socket.receive().map_err(fail("recv"))?;
            let end = parse(batch, &mut dumped.rows).map_err(DumpError::Malformed)?;
            dumped.interrupted |= end.interrupted;
            match end.finished {
                None => {}
                Some(0) => return Ok(dumped),
                Some(errno) => return Err(DumpError::Refused { about, errno }),
            }
        }
    }
}

/// Reads one batch and counts its rows.
type ParseBatch<'a> = dyn FnMut(&[u8], &mut usize) -> Result<BatchEnd, ParseError> + 'a;

/// What a request was about, for those who are told that it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// The family.
    pub family: Family,
    /// The protocol, of the Internet families.
    pub protocol: Option<Protocol>,
}

impl About {
    /// A family that has no protocols.
    pub const fn of(family: Family) -> Self {
        Self { family, protocol: None }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.family)?;
        self.protocol.map_or(Ok(()), |protocol| write!(f, " {protocol}"))
    }
}

/// Lists sockets once: [`SockDiag::open`] and [`SockDiag::dump`].
///
/// # Errors
/// As those two.
pub fn dump(request: &Request, row: &mut dyn FnMut(InetSocket)) -> Result<Dumped, DumpError> {
    SockDiag::open()?.dump(request, row)
}

/// A dump that failed.
#[derive(Debug)]
pub enum DumpError {
    /// A system call failed.
    Call(CallError),
    /// The kernel answered with an error number: it does not know the protocol (ENOENT, EINVAL), or denies it.
    Refused {
        /// What was asked for.
        about: About,
        /// The error number, positive.
        errno: i32,
    },
    /// The kernel's answer cannot be read.
    Malformed(ParseError),
}

impl DumpError {
    /// Whether this kernel cannot list this protocol at all, so that `/proc/net` must be asked.
    pub fn is_unsupported(&self) -> bool {
        let errno = match self {
            Self::Call(error) => error.errno(),
            Self::Refused { errno, .. } => Some(*errno),
            Self::Malformed(_) => None,
        };
        matches!(
            errno,
            Some(libc::ENOENT | libc::EINVAL | libc::EPROTONOSUPPORT | libc::EOPNOTSUPP | libc::EAFNOSUPPORT)
        )
    }
}

impl DumpError {
    /// Whether somebody keeps us from asking: a filter of system calls, a security module.
    pub fn is_denied(&self) -> bool {
        let errno = match self {
            Self::Call(error) => error.errno(),
            Self::Refused { errno, .. } => Some(*errno),
            Self::Malformed(_) => None,
        };
        matches!(errno, Some(libc::EPERM | libc::EACCES | libc::ENOSYS))
    }
}

impl fmt::Display for DumpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(error) => error.fmt(f),
            Self::Refused { about, errno } => {
                let words = cause(&io::Error::from_raw_os_error(*errno));
                write!(f, "sock_diag {about}: {words}")
            }
            Self::Malformed(fault) => write!(f, "sock_diag: {fault}"),
        }
    }
}

impl std::error::Error for DumpError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Call(error) => Some(error),
            Self::Refused { .. } => None,
            Self::Malformed(fault) => Some(fault),
        }
    }
}

/// The octets of a recording: lines that start with `#` say where it comes from.
#[cfg(test)]
fn recorded(text: &str) -> Vec<u8> {
    let digits: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    sockeye_common::hex::decode(&digits).unwrap()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the dump must list what the test has opened")]

    use std::fs;
    use std::net::{TcpListener, TcpStream, UdpSocket};
    use std::os::fd::{AsFd, AsRawFd};
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use crate::tcp_info::TcpInfo;

    /// The number that /proc/self/fd and the dump agree on.
    fn inode(socket: impl AsFd) -> u32 {
        let path = format!("/proc/self/fd/{}", socket.as_fd().as_raw_fd());
        fs::metadata(path).unwrap().ino().try_into().unwrap()
    }

    fn rows(request: &Request) -> Vec<InetSocket> {
        let mut rows = Vec::new();
        let dumped = dump(request, &mut |row| rows.push(row)).unwrap();
        assert_eq!(dumped.rows, rows.len());
        rows
    }

    #[test]
    fn the_request_in_octets() {
        let request = Request {
            states: StateMask::LISTEN | StateMask::BOUND_INACTIVE,
            extensions: Extensions::INFO,
            ..Request::new(Family::INET6, Protocol::TCP)
        };
        let octets = request.emit();
        assert_eq!(octets.len(), 72);
        assert_eq!(octets[..4], 72_u32.to_ne_bytes());
        assert_eq!(octets[4..6], 20_u16.to_ne_bytes());
        assert_eq!(octets[6..8], 0x301_u16.to_ne_bytes());
        assert_eq!(octets[16..20], [10, 6, 2, 0]);
        assert_eq!(octets[20..24], 0x2400_u32.to_ne_bytes());
        assert_eq!(octets[24..64], [0; 40]);
        assert_eq!(octets[64..], [0xff; 8]);
    }

    #[test]
    fn bytecode_and_great_protocol_numbers_are_attributes() {
        let bytecode = vec![1, 4, 8, 0];
        let request = Request { bytecode: bytecode.clone(), ..Request::new(Family::INET, Protocol::MPTCP) };
        let octets = request.emit();
        assert_eq!(octets.len(), 88);
        assert_eq!(octets[..4], 88_u32.to_ne_bytes());
        assert_eq!(octets[17], 255, "a kernel that does not know the attribute shall refuse");
        assert_eq!(
            octets[72..],
            [
                &8_u16.to_ne_bytes()[..],
                &1_u16.to_ne_bytes(),
                &bytecode,
                &8_u16.to_ne_bytes(),
                &3_u16.to_ne_bytes(),
                &262_i32.to_ne_bytes()
            ]
            .concat()
        );
    }

    #[test]
    fn the_kernel_filters() {
        let listeners: Vec<_> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let port = listeners[1].local_addr().unwrap().port();
        // INET_DIAG_BC_S_EQ: yes is behind both words, no behind the end; the second word is the port.
        let [low, high] = port.to_ne_bytes();
        let [no_low, no_high] = 12_u16.to_ne_bytes();
        let bytecode = vec![11, 8, no_low, no_high, 0, 0, low, high];
        let request = Request { bytecode, states: StateMask::LISTEN, ..Request::new(Family::INET, Protocol::TCP) };
        let ports: Vec<u16> = rows(&request).iter().map(|row| row.local.port()).collect();
        assert_eq!(ports, [port]);
        let refused = dump(&Request { bytecode: vec![99, 4, 8, 0], ..request }, &mut |_| {}).unwrap_err();
        assert!(refused.is_unsupported(), "{refused}");
    }

    #[test]
    fn masks_and_states_agree() {
        for state in TcpState::ALL {
            let mask = StateMask::from(state);
            assert_eq!(Some(mask.to_string().as_str()), state.name());
        }
        assert_eq!(TcpState::ALL.into_iter().collect::<StateMask>(), StateMask::ALL);
        assert_eq!(StateMask::from(TcpState::Unknown(200)), StateMask::EMPTY);
    }

    #[test]
    fn an_own_listener_is_listed_exactly_once() {
        for (address, family) in [("127.0.0.1:0", Family::INET), ("[::1]:0", Family::INET6)] {
            let Ok(listener) = TcpListener::bind(address) else {
                assert_eq!(family, Family::INET6, "IPv4 is everywhere");
                continue;
            };
            let number = inode(&listener);
            let states = StateMask::LISTEN;
            let extensions = Extensions::SKMEMINFO | Extensions::INFO;
            let rows = rows(&Request { states, extensions, ..Request::new(family, Protocol::TCP) });
            let mine: Vec<_> = rows.iter().filter(|row| row.inode == number).collect();
            assert_eq!(mine.len(), 1, "{rows:?}");
            assert_eq!(mine[0].local, listener.local_addr().unwrap());
            assert_eq!((mine[0].state, mine[0].peer.port(), mine[0].rqueue), (TcpState::Listen, 0, 0));
            assert!(mine[0].wqueue > 0, "the backlog");
            assert!(mine[0].skmeminfo.is_some());
            assert_eq!(mine[0].tcp_info.as_ref().and_then(TcpInfo::state), Some(TcpState::Listen));
            assert!(rows.iter().all(|row| row.state == TcpState::Listen), "nothing but what was asked for");
        }
    }

    #[test]
    fn both_ends_of_a_connection_are_listed_and_one_socket_serves_two_dumps() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut diag = SockDiag::open().unwrap();
        let mut ends = Vec::new();
        let tcp = Request { states: StateMask::ESTABLISHED, ..Request::new(Family::INET, Protocol::TCP) };
        diag.dump(&tcp, &mut |row| {
            if [inode(&client), inode(&server)].contains(&row.inode) {
                ends.push((row.inode, row.local, row.peer, row.state));
            }
        })
        .unwrap();
        ends.sort_unstable();
        let (here, there) = (client.local_addr().unwrap(), server.local_addr().unwrap());
        let established = TcpState::Established;
        let mut expected = vec![(inode(&client), here, there, established), (inode(&server), there, here, established)];
        expected.sort_unstable();
        assert_eq!(ends, expected);
        let mut found = 0;
        diag.dump(&Request::new(Family::INET, Protocol::UDP), &mut |row| {
            if row.inode == inode(&udp) {
                assert_eq!((row.local, row.state), (udp.local_addr().unwrap(), TcpState::Closed));
                found += 1;
            }
        })
        .unwrap();
        assert_eq!(found, 1);
    }

    #[test]
    fn a_family_that_no_kernel_lists_is_refused_with_its_name() {
        let request = Request::new(Family::INET, Protocol(253));
        let error = dump(&request, &mut |_| {}).unwrap_err();
        assert!(error.is_unsupported(), "{error}");
        assert!(error.to_string().starts_with("sock_diag AF_INET 253: "), "{error}");
    }
}
