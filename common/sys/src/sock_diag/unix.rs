//! Unix-domain sockets as the kernel lists them.

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use super::attributes::{skmeminfo, u32_of, words};
use super::parse::{BatchEnd, ParseError, each_row};
use super::row::SkMemInfo;
use super::{SOCK_DIAG_BY_FAMILY, StateMask, octet};
use crate::netlink::{self, Builder, Message};
use crate::numbers::{Family, SockType, TcpState};
use crate::registry::flags;

const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_VFS: u16 = 1;
const UNIX_DIAG_PEER: u16 = 2;
const UNIX_DIAG_ICONS: u16 = 3;
const UNIX_DIAG_RQLEN: u16 = 4;
const UNIX_DIAG_MEMINFO: u16 = 5;
const UNIX_DIAG_SHUTDOWN: u16 = 6;
const UNIX_DIAG_UID: u16 = 7;

flags! {
    /// What each row brings besides its fixed part.
    ///
    /// # Source
    /// sock_diag(7); Linux, include/uapi/linux/unix_diag.h.
    UnixShow(u32) {
        /// The name.
        NAME = 1 << 0, "UDIAG_SHOW_NAME";
        /// The file of a path name.
        VFS = 1 << 1, "UDIAG_SHOW_VFS";
        /// The inode of the other end.
        PEER = 1 << 2, "UDIAG_SHOW_PEER";
        /// Connections that wait for accept(2).
        ICONS = 1 << 3, "UDIAG_SHOW_ICONS";
        /// Both queues.
        RQLEN = 1 << 4, "UDIAG_SHOW_RQLEN";
        /// Memory figures.
        MEMINFO = 1 << 5, "UDIAG_SHOW_MEMINFO";
        /// The user, since Linux 5.3.
        UID = 1 << 6, "UDIAG_SHOW_UID";
    }
}

/// What a Unix-domain socket is bound to.
///
/// # Source
/// unix(7), "Address format".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum UnixName {
    /// A path in the file system, as it was given to bind(2). It may be relative, and the file may be gone.
    Path(Box<[u8]>),
    /// A name of Linux's abstract name space, without the NUL that stands before it. Any octet may occur.
    Abstract(Box<[u8]>),
}

impl UnixName {
    fn parse(value: &[u8]) -> Option<Self> {
        match value {
            [] => None,
            [0, name @ ..] => Some(Self::Abstract(name.into())),
            // The kernel counts the NUL behind the path, if the program did.
            path => path.split(|octet| *octet == 0).next().map(|path| Self::Path(path.into())),
        }
    }
}

/// The file that a path name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vfs {
    /// Its inode: not that of the socket.
    pub inode: u32,
    /// Its device as the kernel counts them inside: the major number above 20 bits of the minor.
    pub device: u32,
}

/// A Unix-domain socket.
///
/// # Source
/// sock_diag(7); Linux, include/uapi/linux/unix_diag.h, struct unix_diag_msg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixSocket {
    /// Stream, datagrams or messages.
    pub socket_type: SockType,
    /// [`TcpState::Listen`], [`TcpState::Established`], or [`TcpState::Closed`]: unconnected.
    pub state: TcpState,
    /// Joins it to the `socket:[N]` of `/proc/PID/fd`, and to the peer of another row; zero if no process holds it yet.
    pub inode: u32,
    /// Names the socket for as long as this kernel runs.
    pub cookie: u64,
    /// What it is bound to.
    pub name: Option<UnixName>,
    /// The file of the name.
    pub vfs: Option<Vfs>,
    /// The inode of the other end; `None` if there is none, or nothing was asked for.
    pub peer: Option<u32>,
    /// The inodes of the sockets that wait for accept(2): those of the clients, zero where one has closed already.
    pub pending: Vec<u32>,
    /// Octets not yet read; of a listener, connections that wait for accept(2).
    pub rqueue: Option<u32>,
    /// Octets not yet read by the peer; of a listener, its backlog.
    pub wqueue: Option<u32>,
    /// Memory figures.
    pub skmeminfo: Option<SkMemInfo>,
    /// Which directions shutdown(2) has closed: 1 receiving, 2 sending.
    pub shutdown: Option<u8>,
    /// The user that made it.
    pub uid: Option<u32>,
}

impl UnixSocket {
    /// A row that says nothing but type, state and inode.
    pub const fn bare(socket_type: SockType, state: TcpState, inode: u32) -> Self {
        Self {
            socket_type,
            state,
            inode,
            cookie: 0,
            name: None,
            vfs: None,
            peer: None,
            pending: Vec::new(),
            rqueue: None,
            wqueue: None,
            skmeminfo: None,
            shutdown: None,
            uid: None,
        }
    }
}

/// struct nlmsghdr, struct unix_diag_req.
pub(super) fn request(states: StateMask, show: UnixShow) -> Vec<u8> {
    let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, netlink::NLM_F_REQUEST | netlink::NLM_F_DUMP);
    builder.u8(octet(Family::UNIX.0)).u8(0).u16(0).u32(states.0).u32(0).u32(show.0).u32(u32::MAX).u32(u32::MAX);
    builder.finish()
}

/// Reads one batch of a dump of Unix-domain sockets, as [`super::parse_batch`] does for the Internet's.
///
/// # Errors
/// - [`ParseError::Truncated`] if a message is shorter than it says or than struct unix_diag_msg. The rows before it
///   have been handed over.
/// - [`ParseError::Family`] if a row is of another family.
pub fn parse_unix_batch(batch: &[u8], row: &mut dyn FnMut(UnixSocket)) -> Result<BatchEnd, ParseError> {
    each_row(batch, &mut |message| {
        row(parse_row(message)?);
        Ok(())
    })
}

fn parse_row(message: &Message<'_>) -> Result<UnixSocket, ParseError> {
    let mut reader = Reader::new(message.payload);
    ParseError::expect_family(reader.u8("udiag_family")?, Family::UNIX, message)?;
    let socket_type = SockType(reader.u8("udiag_type")?.into());
    let state = TcpState::from(reader.u8("udiag_state")?);
    reader.skip(1, "pad")?;
    let inode = reader.u32_in(ByteOrder::HOST, "udiag_ino")?;
    let low = reader.u32_in(ByteOrder::HOST, "udiag_cookie")?;
    let high = reader.u32_in(ByteOrder::HOST, "udiag_cookie")?;
    let cookie = u64::from(high) << 32 | u64::from(low);
    let mut socket = UnixSocket { cookie, ..UnixSocket::bare(socket_type, state, inode) };
    for (kind, value) in netlink::attributes(reader.rest()) {
        match kind {
            UNIX_DIAG_NAME => socket.name = UnixName::parse(value),
            UNIX_DIAG_VFS => socket.vfs = words(value).map(|[inode, device]| Vfs { inode, device }),
            UNIX_DIAG_PEER => socket.peer = u32_of(value).filter(|inode| *inode != 0),
            UNIX_DIAG_ICONS => socket.pending = value.chunks(4).filter_map(u32_of).collect(),
            UNIX_DIAG_RQLEN => {
                (socket.rqueue, socket.wqueue) = words(value).map_or((None, None), |[rq, wq]| (Some(rq), Some(wq)));
            }
            UNIX_DIAG_MEMINFO => socket.skmeminfo = skmeminfo(value),
            UNIX_DIAG_SHUTDOWN => socket.shutdown = value.first().copied(),
            UNIX_DIAG_UID => socket.uid = u32_of(value),
            _ => {}
        }
    }
    Ok(socket)
}
