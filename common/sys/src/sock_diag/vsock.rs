//! Vsock sockets (vsock(7)) as the kernel lists them.

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use super::parse::{BatchEnd, ParseError, each_row};
use super::{SOCK_DIAG_BY_FAMILY, StateMask, octet};
use crate::netlink::{self, Builder, Message};
use crate::numbers::{Family, SockType, TcpState};

/// A vsock socket.
///
/// # Source
/// Linux, include/uapi/linux/vm_sockets_diag.h, struct vsock_diag_msg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VsockSocket {
    /// Stream, datagrams or messages.
    pub socket_type: SockType,
    /// By the numbers of TCP, of which it has closed, SYN-SENT, established, closing and listen.
    pub state: TcpState,
    /// Which directions shutdown(2) has closed: 1 receiving, 2 sending.
    pub shutdown: u8,
    /// The machine here and its port; all ones is any.
    pub local: (u32, u32),
    /// The machine there and its port; all ones is none.
    pub peer: (u32, u32),
    /// Joins it to the `socket:[N]` of `/proc/PID/fd`.
    pub inode: u32,
    /// Names the socket for as long as this kernel runs.
    pub cookie: u64,
}

/// struct nlmsghdr, struct vsock_diag_req.
pub(super) fn request(states: StateMask) -> Vec<u8> {
    let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, netlink::NLM_F_REQUEST | netlink::NLM_F_DUMP);
    builder.u8(octet(Family::VSOCK.0)).u8(0).u16(0).u32(states.0).u32(0).u32(0).u32(u32::MAX).u32(u32::MAX);
    builder.finish()
}

/// Reads one batch of a dump of vsock sockets, as [`super::parse_batch`] does for the Internet's.
///
/// # Errors
/// - [`ParseError::Truncated`] if a message is shorter than it says or than struct vsock_diag_msg. The rows before it
///   have been handed over.
/// - [`ParseError::Family`] if a row is of another family.
pub fn parse_vsock_batch(batch: &[u8], row: &mut dyn FnMut(VsockSocket)) -> Result<BatchEnd, ParseError> {
    each_row(batch, &mut |message| {
        row(parse_row(message)?);
        Ok(())
    })
}

fn parse_row(message: &Message<'_>) -> Result<VsockSocket, ParseError> {
    let mut reader = Reader::new(message.payload);
    ParseError::expect_family(reader.u8("vdiag_family")?, Family::VSOCK, message)?;
    let socket_type = SockType(reader.u8("vdiag_type")?.into());
    let state = TcpState::from(reader.u8("vdiag_state")?);
    let shutdown = reader.u8("vdiag_shutdown")?;
    let mut word = |field| reader.u32_in(ByteOrder::HOST, field);
    let local = (word("vdiag_src_cid")?, word("vdiag_src_port")?);
    let peer = (word("vdiag_dst_cid")?, word("vdiag_dst_port")?);
    let inode = word("vdiag_ino")?;
    let (low, high) = (word("vdiag_cookie")?, word("vdiag_cookie")?);
    let cookie = u64::from(high) << 32 | u64::from(low);
    Ok(VsockSocket { socket_type, state, shutdown, local, peer, inode, cookie })
}
