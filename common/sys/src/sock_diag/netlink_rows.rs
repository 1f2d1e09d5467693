//! Netlink sockets (netlink(7)) as the kernel lists them.

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use super::attributes::{skmeminfo, u32_of};
use super::parse::{BatchEnd, ParseError, each_row};
use super::row::SkMemInfo;
use super::{SOCK_DIAG_BY_FAMILY, octet};
use crate::netlink::{self, Builder, Message};
use crate::numbers::{Family, SockType};

const NETLINK_DIAG_MEMINFO: u16 = 0;
const NETLINK_DIAG_GROUPS: u16 = 1;
const NETLINK_DIAG_FLAGS: u16 = 4;
/// Every netlink protocol.
const NDIAG_PROTO_ALL: u8 = u8::MAX;
/// `NDIAG_SHOW_MEMINFO`, `NDIAG_SHOW_GROUPS`, `NDIAG_SHOW_FLAGS`.
const SHOW: u32 = 1 | 2 | 8;

/// A netlink socket.
///
/// # Source
/// Linux, include/uapi/linux/netlink_diag.h, struct netlink_diag_msg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetlinkSocket {
    /// Raw or datagrams; the kernel makes no difference.
    pub socket_type: SockType,
    /// `NETLINK_ROUTE` is 0, `NETLINK_SOCK_DIAG` 4.
    pub protocol: u8,
    /// 1 if it is connected to another netlink socket.
    pub state: u8,
    /// Its address: often the number of the process; zero is the kernel.
    pub portid: u32,
    /// Whom it is connected to.
    pub dst_portid: u32,
    /// The groups that it is connected to.
    pub dst_group: u32,
    /// Joins it to the `socket:[N]` of `/proc/PID/fd`; zero of those that the kernel holds.
    pub inode: u32,
    /// Names the socket for as long as this kernel runs.
    pub cookie: u64,
    /// The multicast groups that it has joined, counted from 1.
    pub groups: Vec<u32>,
    /// Bits: 1 a dump is running, 2 pktinfo, 4 broadcast errors, 8 no ENOBUFS, 16 all namespaces, 32 short acknowledgements.
    pub flags: Option<u32>,
    /// Memory figures.
    pub skmeminfo: Option<SkMemInfo>,
}

/// struct nlmsghdr, struct netlink_diag_req.
pub(super) fn request() -> Vec<u8> {
    let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, netlink::NLM_F_REQUEST | netlink::NLM_F_DUMP);
    builder.u8(octet(Family::NETLINK.0)).u8(NDIAG_PROTO_ALL).u16(0).u32(0).u32(SHOW).u32(u32::MAX).u32(u32::MAX);
    builder.finish()
}

/// Reads one batch of a dump of netlink sockets, as [`super::parse_batch`] does for the Internet's.
///
/// # Errors
/// - [`ParseError::Truncated`] if a message is shorter than it says or than struct netlink_diag_msg. The rows before it
///   have been handed over.
/// - [`ParseError::Family`] if a row is of another family.
pub fn parse_netlink_batch(batch: &[u8], row: &mut dyn FnMut(NetlinkSocket)) -> Result<BatchEnd, ParseError> {
    each_row(batch, &mut |message| {
        row(parse_row(message)?);
        Ok(())
    })
}

fn parse_row(message: &Message<'_>) -> Result<NetlinkSocket, ParseError> {
    let mut reader = Reader::new(message.payload);
    ParseError::expect_family(reader.u8("ndiag_family")?, Family::NETLINK, message)?;
    let socket_type = SockType(reader.u8("ndiag_type")?.into());
    let protocol = reader.u8("ndiag_protocol")?;
    let state = reader.u8("ndiag_state")?;
    let portid = reader.u32_in(ByteOrder::HOST, "ndiag_portid")?;
    let dst_portid = reader.u32_in(ByteOrder::HOST, "ndiag_dst_portid")?;
    let dst_group = reader.u32_in(ByteOrder::HOST, "ndiag_dst_group")?;
    let inode = reader.u32_in(ByteOrder::HOST, "ndiag_ino")?;
    let low = reader.u32_in(ByteOrder::HOST, "ndiag_cookie")?;
    let high = reader.u32_in(ByteOrder::HOST, "ndiag_cookie")?;
    let mut socket = NetlinkSocket {
        socket_type,
        protocol,
        state,
        portid,
        dst_portid,
        dst_group,
        inode,
        cookie: u64::from(high) << 32 | u64::from(low),
        groups: Vec::new(),
        flags: None,
        skmeminfo: None,
    };
    for (kind, value) in netlink::attributes(reader.rest()) {
        match kind {
            NETLINK_DIAG_MEMINFO => socket.skmeminfo = skmeminfo(value),
            NETLINK_DIAG_GROUPS => socket.groups = groups(value),
            NETLINK_DIAG_FLAGS => socket.flags = u32_of(value),
            _ => {}
        }
    }
    Ok(socket)
}

/// The bits of a map of unsigned longs, counted from 1.
fn groups(value: &[u8]) -> Vec<u32> {
    let (words, _) = value.as_chunks::<{ size_of::<usize>() }>();
    let bits = words.iter().flat_map(|word| {
        let word = usize::from_ne_bytes(*word);
        (0..usize::BITS).map(move |bit| word >> bit & 1 != 0)
    });
    (1_u32..).zip(bits).filter(|(_, set)| *set).map(|(group, _)| group).collect()
}
