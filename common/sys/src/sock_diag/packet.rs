//! Packet sockets (packet(7)) as the kernel lists them.

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use super::attributes::{skmeminfo, u32_of, words};
use super::parse::{BatchEnd, ParseError, each_row};
use super::row::SkMemInfo;
use super::{SOCK_DIAG_BY_FAMILY, octet};
use crate::netlink::{self, Builder, Message};
use crate::numbers::{Family, SockType};
use crate::registry::flags;

const PACKET_DIAG_INFO: u16 = 0;
const PACKET_DIAG_MCLIST: u16 = 1;
const PACKET_DIAG_RX_RING: u16 = 2;
const PACKET_DIAG_TX_RING: u16 = 3;
const PACKET_DIAG_FANOUT: u16 = 4;
const PACKET_DIAG_UID: u16 = 5;
const PACKET_DIAG_MEMINFO: u16 = 6;
const PACKET_DIAG_FILTER: u16 = 7;
/// The length of struct packet_diag_mclist.
const MCLIST_LEN: usize = 44;
/// The length of struct sock_filter.
const INSTRUCTION_LEN: usize = 8;

flags! {
    /// What each row brings besides its fixed part.
    ///
    /// # Source
    /// Linux, include/uapi/linux/packet_diag.h.
    PacketShow(u32) {
        /// Interface, user and flags.
        INFO = 1 << 0, "PACKET_SHOW_INFO";
        /// What it has joined.
        MCLIST = 1 << 1, "PACKET_SHOW_MCLIST";
        /// The rings.
        RING_CFG = 1 << 2, "PACKET_SHOW_RING_CFG";
        /// The group of sockets that share the packets.
        FANOUT = 1 << 3, "PACKET_SHOW_FANOUT";
        /// Memory figures.
        MEMINFO = 1 << 4, "PACKET_SHOW_MEMINFO";
        /// The filter, which the kernel shows only to those who have CAP_NET_ADMIN.
        FILTER = 1 << 5, "PACKET_SHOW_FILTER";
    }
}

/// What a packet socket was told to do.
///
/// # Source
/// Linux, include/uapi/linux/packet_diag.h, struct packet_diag_info.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PacketInfo {
    /// The interface, zero for all.
    pub interface: u32,
    /// The version of the ring's frames: 0, 1, 2 for TPACKET_V1 to V3.
    pub version: u32,
    /// `PACKET_RESERVE`, in octets.
    pub reserve: u32,
    /// `PACKET_COPY_THRESH`, in octets.
    pub copy_thresh: u32,
    /// `PACKET_TIMESTAMP`.
    pub timestamp: u32,
    /// Bits: 1 running, 2 auxdata, 4 origdev, 8 vnethdr, 16 loss.
    pub flags: u32,
}

/// A ring of frames shared with the kernel.
///
/// # Source
/// Linux, include/uapi/linux/packet_diag.h, struct packet_diag_ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    /// In octets.
    pub block_len: u32,
    /// How many blocks.
    pub blocks: u32,
    /// In octets.
    pub frame_len: u32,
    /// How many frames.
    pub frames: u32,
    /// When a block that is not full is handed over, in milliseconds.
    pub retire_ms: u32,
    /// What each block keeps for the program, in octets.
    pub private_len: u32,
    /// `TP_FT_REQ_*`.
    pub features: u32,
}

impl Ring {
    fn parse(value: &[u8]) -> Option<Self> {
        let [block_len, blocks, frame_len, frames, retire_ms, private_len, features] = words(value)?;
        Some(Self { block_len, blocks, frame_len, frames, retire_ms, private_len, features })
    }
}

/// A packet socket.
///
/// # Source
/// Linux, include/uapi/linux/packet_diag.h, struct packet_diag_msg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketSocket {
    /// [`SockType::RAW`] with the link's header, [`SockType::DGRAM`] without.
    pub socket_type: SockType,
    /// The EtherType that it takes, 3 for all, 0 for none.
    pub protocol: u16,
    /// Joins it to the `socket:[N]` of `/proc/PID/fd`.
    pub inode: u32,
    /// Names the socket for as long as this kernel runs.
    pub cookie: u64,
    /// Its interface and flags.
    pub info: Option<PacketInfo>,
    /// How many multicast groups or promiscuous modes it has asked for.
    pub memberships: Option<usize>,
    /// The ring for what comes.
    pub rx_ring: Option<Ring>,
    /// The ring for what goes.
    pub tx_ring: Option<Ring>,
    /// The group of sockets that share the packets: number in the low half, mode in the high one.
    pub fanout: Option<u32>,
    /// The user that made it.
    pub uid: Option<u32>,
    /// Memory figures.
    pub skmeminfo: Option<SkMemInfo>,
    /// The classic BPF program: struct sock_filter after struct sock_filter.
    pub filter: Option<Box<[u8]>>,
}

impl PacketSocket {
    /// How many instructions the filter has.
    pub fn filter_len(&self) -> Option<usize> {
        self.filter.as_ref().map(|filter| filter.len() / INSTRUCTION_LEN)
    }
}

/// struct nlmsghdr, struct packet_diag_req.
pub(super) fn request(show: PacketShow) -> Vec<u8> {
    let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, netlink::NLM_F_REQUEST | netlink::NLM_F_DUMP);
    builder.u8(octet(Family::PACKET.0)).u8(0).u16(0).u32(0).u32(show.0).u32(u32::MAX).u32(u32::MAX);
    builder.finish()
}

/// Reads one batch of a dump of packet sockets, as [`super::parse_batch`] does for the Internet's.
///
/// # Errors
/// - [`ParseError::Truncated`] if a message is shorter than it says or than struct packet_diag_msg. The rows before it
///   have been handed over.
/// - [`ParseError::Family`] if a row is of another family.
pub fn parse_packet_batch(batch: &[u8], row: &mut dyn FnMut(PacketSocket)) -> Result<BatchEnd, ParseError> {
    each_row(batch, &mut |message| {
        row(parse_row(message)?);
        Ok(())
    })
}

fn parse_row(message: &Message<'_>) -> Result<PacketSocket, ParseError> {
    let mut reader = Reader::new(message.payload);
    ParseError::expect_family(reader.u8("pdiag_family")?, Family::PACKET, message)?;
    let socket_type = SockType(reader.u8("pdiag_type")?.into());
    let protocol = reader.u16_in(ByteOrder::HOST, "pdiag_num")?;
    let inode = reader.u32_in(ByteOrder::HOST, "pdiag_ino")?;
    let low = reader.u32_in(ByteOrder::HOST, "pdiag_cookie")?;
    let high = reader.u32_in(ByteOrder::HOST, "pdiag_cookie")?;
    let mut socket = PacketSocket {
        socket_type,
        protocol,
        inode,
        cookie: u64::from(high) << 32 | u64::from(low),
        info: None,
        memberships: None,
        rx_ring: None,
        tx_ring: None,
        fanout: None,
        uid: None,
        skmeminfo: None,
        filter: None,
    };
    for (kind, value) in netlink::attributes(reader.rest()) {
        match kind {
            PACKET_DIAG_INFO => {
                socket.info = words(value).map(|[interface, version, reserve, copy_thresh, timestamp, flags]| {
                    PacketInfo { interface, version, reserve, copy_thresh, timestamp, flags }
                });
            }
            PACKET_DIAG_MCLIST => socket.memberships = Some(value.len() / MCLIST_LEN),
            PACKET_DIAG_RX_RING => socket.rx_ring = Ring::parse(value),
            PACKET_DIAG_TX_RING => socket.tx_ring = Ring::parse(value),
            PACKET_DIAG_FANOUT => socket.fanout = u32_of(value),
            PACKET_DIAG_UID => socket.uid = u32_of(value),
            PACKET_DIAG_MEMINFO => socket.skmeminfo = skmeminfo(value),
            PACKET_DIAG_FILTER => socket.filter = Some(value.into()),
            _ => {}
        }
    }
    Ok(socket)
}
