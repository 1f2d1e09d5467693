//! What a row of the Internet families brings besides its fixed part.
//!
//! Each attribute is read by its length: what is too short to be read is as if it had not come, what a newer kernel has
//! appended is passed over, and an attribute without a name here fails nothing.

use std::net::SocketAddr;

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use super::row::{InetSocket, SkMemInfo};
use crate::netlink;
use crate::numbers::Protocol;
use crate::registry::flags;
use crate::sockaddr;
use crate::tcp_info::TcpInfo;

/// The length of struct sockaddr_storage.
const SOCKADDR_STORAGE_LEN: usize = 128;

pub(super) const INET_DIAG_MEMINFO: u16 = 1;
pub(super) const INET_DIAG_INFO: u16 = 2;
pub(super) const INET_DIAG_VEGASINFO: u16 = 3;
pub(super) const INET_DIAG_CONG: u16 = 4;
pub(super) const INET_DIAG_TOS: u16 = 5;
pub(super) const INET_DIAG_TCLASS: u16 = 6;
pub(super) const INET_DIAG_SKMEMINFO: u16 = 7;
pub(super) const INET_DIAG_SHUTDOWN: u16 = 8;
pub(super) const INET_DIAG_DCTCPINFO: u16 = 9;
pub(super) const INET_DIAG_PROTOCOL: u16 = 10;
pub(super) const INET_DIAG_SKV6ONLY: u16 = 11;
pub(super) const INET_DIAG_LOCALS: u16 = 12;
pub(super) const INET_DIAG_PEERS: u16 = 13;
pub(super) const INET_DIAG_MARK: u16 = 15;
pub(super) const INET_DIAG_BBRINFO: u16 = 16;
pub(super) const INET_DIAG_CLASS_ID: u16 = 17;
pub(super) const INET_DIAG_ULP_INFO: u16 = 19;
pub(super) const INET_DIAG_CGROUP_ID: u16 = 21;
pub(super) const INET_DIAG_SOCKOPT: u16 = 22;

/// What lies between TCP and the process.
///
/// # Source
/// Linux, include/uapi/linux/inet_diag.h, `INET_ULP_INFO_*`; tls.h; mptcp.h.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UlpInfo {
    /// `tls`, `mptcp`, `espintcp`, `smc`.
    pub name: String,
    /// Of TLS: the version as in its record, 0x0304 is TLS 1.3.
    pub tls_version: Option<u16>,
    /// Of TLS: the number of the cipher, `TLS_CIPHER_*`.
    pub tls_cipher: Option<u16>,
    /// Of TLS, which direction the kernel enciphers: 1 none, 2 software, 3 the device, 4 the device wholly.
    pub tls_txconf: Option<u16>,
    /// As the one before it, for receiving.
    pub tls_rxconf: Option<u16>,
    /// Of an MPTCP subflow: the token of the connection here. It names the connection that the subflow belongs to.
    pub mptcp_token: Option<u32>,
    /// Of an MPTCP subflow: the token of the connection there.
    pub mptcp_remote_token: Option<u32>,
    /// Of an MPTCP subflow: its flags, `MPTCP_SUBFLOW_FLAG_*`.
    pub mptcp_flags: Option<u32>,
    /// Of an MPTCP subflow: how its octets map to those of the connection.
    pub mptcp_map: MptcpMap,
}

/// Which octets of an MPTCP connection a subflow carries.
///
/// # Source
/// Linux, include/uapi/linux/mptcp.h, `MPTCP_SUBFLOW_ATTR_*`; RFC 8684 section 3.3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MptcpMap {
    /// Where the mapping begins in the connection.
    pub seq: Option<u64>,
    /// Where it begins in the subflow.
    pub subflow_seq: Option<u32>,
    /// What lies between the numbers of the subflow and TCP's.
    pub offset: Option<u32>,
    /// In octets.
    pub len: Option<u16>,
    /// The number of the address there.
    pub remote_id: Option<u8>,
    /// The number of the address here.
    pub local_id: Option<u8>,
}

impl UlpInfo {
    fn parse(value: &[u8]) -> Self {
        let mut ulp = Self::default();
        for (kind, value) in netlink::attributes(value) {
            match kind {
                1 => ulp.name = text(value),
                2 => netlink::attributes(value).for_each(|(kind, value)| match kind {
                    1 => ulp.tls_version = u16_of(value),
                    2 => ulp.tls_cipher = u16_of(value),
                    3 => ulp.tls_txconf = u16_of(value),
                    4 => ulp.tls_rxconf = u16_of(value),
                    _ => {}
                }),
                3 => netlink::attributes(value).for_each(|(kind, value)| match kind {
                    1 => ulp.mptcp_remote_token = u32_of(value),
                    2 => ulp.mptcp_token = u32_of(value),
                    4 => ulp.mptcp_map.seq = Reader::new(value).u64_in(ByteOrder::HOST, "MAP_SEQ").ok(),
                    5 => ulp.mptcp_map.subflow_seq = u32_of(value),
                    6 => ulp.mptcp_map.offset = u32_of(value),
                    7 => ulp.mptcp_map.len = u16_of(value),
                    8 => ulp.mptcp_flags = u32_of(value),
                    9 => ulp.mptcp_map.remote_id = value.first().copied(),
                    10 => ulp.mptcp_map.local_id = value.first().copied(),
                    _ => {}
                }),
                _ => {}
            }
        }
        ulp
    }
}

/// Four figures of memory, in octets: superseded by [`SkMemInfo`], still what old scripts look at.
///
/// # Source
/// Linux, include/uapi/linux/inet_diag.h, struct inet_diag_meminfo.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemInfo {
    /// In the receive queue.
    pub rmem: u32,
    /// In the send queue.
    pub wmem: u32,
    /// Set aside for later use.
    pub fmem: u32,
    /// In the layer below.
    pub tmem: u32,
}

/// What a congestion control tells of itself.
///
/// # Source
/// Linux, include/uapi/linux/inet_diag.h, union tcp_cc_info.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CongestionInfo {
    /// TCP Vegas, and those that use its structure.
    Vegas {
        /// Whether it is at work.
        enabled: bool,
        /// How many round trips it measured.
        rtt_count: u32,
        /// Of the last window, in microseconds.
        rtt_us: u32,
        /// The least of them, in microseconds.
        min_rtt_us: u32,
    },
    /// Data Center TCP, RFC 8257.
    Dctcp {
        /// Whether it is at work; otherwise it is Reno.
        enabled: bool,
        /// Whether the last segment was marked.
        ce_state: u16,
        /// The share of marked octets, in 1024ths.
        alpha: u32,
        /// Octets acknowledged with a mark.
        acked_ecn: u32,
        /// Octets acknowledged.
        acked_total: u32,
    },
    /// BBR.
    Bbr {
        /// The bandwidth that it believes in, in octets per second.
        bandwidth: u64,
        /// In microseconds.
        min_rtt_us: u32,
        /// In 256ths.
        pacing_gain: u32,
        /// In 256ths.
        cwnd_gain: u32,
    },
}

flags! {
    /// Socket options that a row tells of.
    ///
    /// # Source
    /// Linux, include/uapi/linux/inet_diag.h, struct inet_diag_sockopt: the first octet is the low one here.
    SockOptions(u16) {
        /// `IP_RECVERR`.
        RECVERR = 1 << 0, "recverr";
        /// It is a socket of a protocol with connections; no option.
        IS_ICSK = 1 << 1, "is_icsk";
        /// `IP_FREEBIND`.
        FREEBIND = 1 << 2, "freebind";
        /// `IP_HDRINCL`.
        HDRINCL = 1 << 3, "hdrincl";
        /// `IP_MULTICAST_LOOP`.
        MC_LOOP = 1 << 4, "mc_loop";
        /// `IP_TRANSPARENT`.
        TRANSPARENT = 1 << 5, "transparent";
        /// `IP_MULTICAST_ALL`.
        MC_ALL = 1 << 6, "mc_all";
        /// `IP_NODEFRAG`.
        NODEFRAG = 1 << 7, "nodefrag";
        /// `IP_BIND_ADDRESS_NO_PORT`.
        BIND_ADDRESS_NO_PORT = 1 << 8, "bind_address_no_port";
        /// `IP_RECVERR_RFC4884`.
        RECVERR_RFC4884 = 1 << 9, "recverr_rfc4884";
        /// A connect(2) with TCP Fast Open that waits for the first data.
        DEFER_CONNECT = 1 << 10, "defer_connect";
    }
}

impl SockOptions {
    /// C leaves the order of bit-fields to the machine: on big-endian ones the first is the high bit.
    fn parse(value: &[u8]) -> Option<Self> {
        let of = |octet: u8| u16::from(if ByteOrder::HOST == ByteOrder::Big { octet.reverse_bits() } else { octet });
        let low = of(*value.first()?);
        Some(Self(value.get(1).map_or(low, |high| low | of(*high) << 8)))
    }
}

/// Stores one attribute.
pub(super) fn apply(socket: &mut InetSocket, kind: u16, value: &[u8]) {
    let first = value.first().copied();
    match kind {
        INET_DIAG_MEMINFO => {
            socket.meminfo = words(value).map(|[rmem, wmem, fmem, tmem]| MemInfo { rmem, wmem, fmem, tmem });
        }
        INET_DIAG_INFO if value.is_empty() => {}
        INET_DIAG_INFO if socket.protocol == Protocol::TCP => socket.tcp_info = Some(TcpInfo::new(value)),
        INET_DIAG_INFO => socket.info = Some(value.into()),
        INET_DIAG_VEGASINFO => {
            socket.congestion_info = words(value).map(|[enabled, rtt_count, rtt_us, min_rtt_us]| {
                CongestionInfo::Vegas { enabled: enabled != 0, rtt_count, rtt_us, min_rtt_us }
            });
        }
        INET_DIAG_DCTCPINFO => socket.congestion_info = dctcp(value),
        INET_DIAG_BBRINFO => {
            socket.congestion_info = words(value).map(|[low, high, min_rtt_us, pacing_gain, cwnd_gain]| {
                let bandwidth = u64::from(high) << 32 | u64::from(low);
                CongestionInfo::Bbr { bandwidth, min_rtt_us, pacing_gain, cwnd_gain }
            });
        }
        INET_DIAG_CONG => socket.congestion = Some(text(value)),
        INET_DIAG_TOS => socket.tos = first,
        INET_DIAG_TCLASS => socket.traffic_class = first,
        INET_DIAG_SKMEMINFO => socket.skmeminfo = skmeminfo(value),
        INET_DIAG_SHUTDOWN => socket.shutdown = first,
        INET_DIAG_PROTOCOL | INET_DIAG_SKV6ONLY => apply_nature(socket, kind, value),
        INET_DIAG_LOCALS => socket.locals = addresses(value),
        INET_DIAG_PEERS => socket.peers = addresses(value),
        INET_DIAG_MARK => socket.mark = u32_of(value),
        INET_DIAG_CLASS_ID => socket.class_id = u32_of(value),
        INET_DIAG_ULP_INFO => socket.ulp = Some(UlpInfo::parse(value)),
        INET_DIAG_CGROUP_ID => socket.cgroup = Reader::new(value).u64_in(ByteOrder::HOST, "INET_DIAG_CGROUP_ID").ok(),
        INET_DIAG_SOCKOPT => socket.options = SockOptions::parse(value),
        _ => {}
    }
}

/// Takes in what belongs to the nature of a socket, and no other attribute.
pub(super) fn apply_nature(socket: &mut InetSocket, kind: u16, value: &[u8]) {
    let first = value.first().copied();
    match kind {
        INET_DIAG_PROTOCOL => {
            if let Some(number) = first {
                socket.protocol = Protocol(number.into());
            }
        }
        INET_DIAG_SKV6ONLY => socket.v6only = first.map(|value| value != 0),
        _ => {}
    }
}

/// Reads `SK_MEMINFO_*`, which every family has alike.
pub(super) fn skmeminfo(value: &[u8]) -> Option<SkMemInfo> {
    let mut reader = Reader::new(value);
    let mut next = || reader.u32_in(ByteOrder::HOST, "SK_MEMINFO").ok();
    Some(SkMemInfo {
        rmem_alloc: next()?,
        rcvbuf: next()?,
        wmem_alloc: next()?,
        sndbuf: next()?,
        fwd_alloc: next()?,
        wmem_queued: next()?,
        optmem: next()?,
        backlog: next(),
        drops: next(),
    })
}

fn dctcp(value: &[u8]) -> Option<CongestionInfo> {
    let mut reader = Reader::new(value);
    let enabled = reader.u16_in(ByteOrder::HOST, "dctcp_enabled").ok()? != 0;
    let ce_state = reader.u16_in(ByteOrder::HOST, "dctcp_ce_state").ok()?;
    let [alpha, acked_ecn, acked_total] = words(reader.rest())?;
    Some(CongestionInfo::Dctcp { enabled, ce_state, alpha, acked_ecn, acked_total })
}

/// The first words of a structure, if it has so many.
pub(super) fn words<const N: usize>(value: &[u8]) -> Option<[u32; N]> {
    let mut reader = Reader::new(value);
    let mut words = [0; N];
    for word in &mut words {
        *word = reader.u32_in(ByteOrder::HOST, "word").ok()?;
    }
    Some(words)
}

pub(super) fn u32_of(value: &[u8]) -> Option<u32> {
    words(value).map(|[word]| word)
}

fn u16_of(value: &[u8]) -> Option<u16> {
    Reader::new(value).u16_in(ByteOrder::HOST, "half word").ok()
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).trim_end_matches('\0').to_owned()
}

/// An array of struct sockaddr_storage.
fn addresses(value: &[u8]) -> Vec<SocketAddr> {
    value.chunks(SOCKADDR_STORAGE_LEN).filter_map(sockaddr::parse).collect()
}
