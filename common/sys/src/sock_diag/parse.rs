//! From the octets of a dump to rows. Pure: it reads what a kernel sent, or what somebody claims that it did.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};

use super::SOCK_DIAG_BY_FAMILY;
use super::row::{InetSocket, SkMemInfo, Timer};
use crate::netlink::{self, Message, Verdict};
use crate::numbers::{Family, Protocol, TcpState};
use crate::tcp_info::TcpInfo;

const INET_DIAG_INFO: u16 = 2;
const INET_DIAG_CONG: u16 = 4;
const INET_DIAG_TOS: u16 = 5;
const INET_DIAG_TCLASS: u16 = 6;
const INET_DIAG_SKMEMINFO: u16 = 7;
const INET_DIAG_SHUTDOWN: u16 = 8;
const INET_DIAG_PROTOCOL: u16 = 10;
const INET_DIAG_SKV6ONLY: u16 = 11;
const INET_DIAG_MARK: u16 = 15;
const INET_DIAG_CGROUP_ID: u16 = 21;

/// How a batch ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchEnd {
    /// `None` while more batches follow; otherwise the error number that the dump ended with, zero if none.
    pub finished: Option<i32>,
    /// A message carried `NLM_F_DUMP_INTR`: the table changed under the dump.
    pub interrupted: bool,
}

/// Octets that are no answer to a dump.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// A message ends before its fixed part does. The offset is from the start of the batch, or of the message's payload
    /// for the fields of struct inet_diag_msg.
    Truncated(Truncated),
    /// A row of a family that was not asked for.
    Family {
        /// The family's number.
        found: u8,
        /// Where its message's payload starts, in octets from the start of the batch.
        offset: usize,
    },
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated(fault) => fault.fmt(f),
            Self::Family { found, offset } => {
                write!(
                    f,
                    "idiag_family at octet {offset}: expected {} or {}, found {found}",
                    Family::INET,
                    Family::INET6
                )
            }
        }
    }
}

impl std::error::Error for ParseError {}

impl From<Truncated> for ParseError {
    fn from(fault: Truncated) -> Self {
        Self::Truncated(fault)
    }
}

/// Reads one batch of a dump, as one recv(2) returned it, and hands over its rows.
///
/// `protocol` is what was asked for: rows do not say it, but for a few protocols. Messages of unknown types and
/// attributes of unknown types are passed over; short structures are those of older kernels, long ones of newer.
///
/// # Errors
/// - [`ParseError::Truncated`] if a message is shorter than it says or than struct inet_diag_msg. The rows before it
///   have been handed over.
/// - [`ParseError::Family`] if a row is neither of IPv4 nor of IPv6.
///
/// # Source
/// sock_diag(7); netlink(7).
pub fn parse_batch(batch: &[u8], protocol: Protocol, row: &mut dyn FnMut(InetSocket)) -> Result<BatchEnd, ParseError> {
    let mut end = BatchEnd::default();
    for message in netlink::messages(batch) {
        let message = message?;
        end.interrupted |= message.flags & netlink::NLM_F_DUMP_INTR != 0;
        match message.kind {
            netlink::NLMSG_DONE | netlink::NLMSG_ERROR => {
                end.finished = Some(Verdict::parse(&message).errno);
                break;
            }
            SOCK_DIAG_BY_FAMILY => row(parse_row(&message, protocol)?),
            _ => {}
        }
    }
    Ok(end)
}

/// struct inet_diag_msg and the attributes behind it.
fn parse_row(message: &Message<'_>, protocol: Protocol) -> Result<InetSocket, ParseError> {
    let mut reader = Reader::new(message.payload);
    let family = reader.u8("idiag_family")?;
    let state = TcpState::from(reader.u8("idiag_state")?);
    let kind = reader.u8("idiag_timer")?.into();
    let retransmits = reader.u8("idiag_retrans")?;
    let local_port = reader.u16("idiag_sport")?;
    let peer_port = reader.u16("idiag_dport")?;
    let local: [u8; 16] = reader.array("idiag_src")?;
    let peer: [u8; 16] = reader.array("idiag_dst")?;
    let interface = reader.u32_in(ByteOrder::HOST, "idiag_if")?;
    let cookie_low = reader.u32_in(ByteOrder::HOST, "idiag_cookie")?;
    let cookie_high = reader.u32_in(ByteOrder::HOST, "idiag_cookie")?;
    let expires_ms = reader.u32_in(ByteOrder::HOST, "idiag_expires")?;
    let rqueue = reader.u32_in(ByteOrder::HOST, "idiag_rqueue")?;
    let wqueue = reader.u32_in(ByteOrder::HOST, "idiag_wqueue")?;
    let uid = reader.u32_in(ByteOrder::HOST, "idiag_uid")?;
    let inode = reader.u32_in(ByteOrder::HOST, "idiag_inode")?;
    let family = Family(family.into());
    let address = |octets, port| {
        address(family, octets, port, interface)
            .ok_or(ParseError::Family { found: u8::try_from(family.0).unwrap_or(0), offset: message.offset })
    };
    let mut socket = InetSocket {
        family,
        protocol,
        state,
        timer: Timer { kind, retransmits, expires_ms },
        local: address(local, local_port)?,
        peer: address(peer, peer_port)?,
        interface,
        cookie: u64::from(cookie_high) << 32 | u64::from(cookie_low),
        rqueue,
        wqueue,
        uid,
        inode,
        skmeminfo: None,
        tcp_info: None,
        congestion: None,
        tos: None,
        traffic_class: None,
        shutdown: None,
        v6only: None,
        mark: None,
        cgroup: None,
    };
    for (kind, value) in netlink::attributes(reader.rest()) {
        apply(&mut socket, kind, value);
    }
    Ok(socket)
}

fn address(family: Family, octets: [u8; 16], port: u16, interface: u32) -> Option<SocketAddr> {
    match family {
        Family::INET => {
            let [a, b, c, d, ..] = octets;
            Some((IpAddr::V4(Ipv4Addr::from([a, b, c, d])), port).into())
        }
        Family::INET6 => {
            let ip = Ipv6Addr::from(octets);
            // Elsewhere the interface is what the socket is bound to, and no part of the address.
            let scope_id = if ip.is_unicast_link_local() { interface } else { 0 };
            Some(SocketAddrV6::new(ip, port, 0, scope_id).into())
        }
        _ => None,
    }
}

/// Stores one attribute. What is too short to be read is as if it had not come.
fn apply(socket: &mut InetSocket, kind: u16, value: &[u8]) {
    let first = value.first().copied();
    match kind {
        INET_DIAG_INFO if socket.protocol == Protocol::TCP && !value.is_empty() => {
            socket.tcp_info = Some(TcpInfo::new(value));
        }
        INET_DIAG_CONG => {
            socket.congestion = Some(String::from_utf8_lossy(value).trim_end_matches('\0').to_owned());
        }
        INET_DIAG_TOS => socket.tos = first,
        INET_DIAG_TCLASS => socket.traffic_class = first,
        INET_DIAG_SKMEMINFO => socket.skmeminfo = skmeminfo(value),
        INET_DIAG_SHUTDOWN => socket.shutdown = first,
        INET_DIAG_PROTOCOL => {
            if let Some(number) = first {
                socket.protocol = Protocol(number.into());
            }
        }
        INET_DIAG_SKV6ONLY => socket.v6only = first.map(|value| value != 0),
        INET_DIAG_MARK => socket.mark = Reader::new(value).u32_in(ByteOrder::HOST, "INET_DIAG_MARK").ok(),
        INET_DIAG_CGROUP_ID => socket.cgroup = Reader::new(value).u64_in(ByteOrder::HOST, "INET_DIAG_CGROUP_ID").ok(),
        _ => {}
    }
}

fn skmeminfo(value: &[u8]) -> Option<SkMemInfo> {
    let mut reader = Reader::new(value);
    let mut next = || reader.u32_in(ByteOrder::HOST, "INET_DIAG_SKMEMINFO").ok();
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
