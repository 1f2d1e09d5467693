//! From the octets of a dump to rows. Pure: it reads what a kernel sent, or what somebody claims that it did.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};

use super::row::{InetSocket, Timer};
use super::{SOCK_DIAG_BY_FAMILY, TCPDIAG_GETSOCK, attributes, octet};
use crate::netlink::{self, Message, Verdict};
use crate::numbers::{Family, Protocol, TcpState};

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
        /// What was asked for; of the Internet families, both.
        expected: Family,
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
            Self::Family { expected: Family::INET, found, offset } => {
                let (v4, v6) = (Family::INET, Family::INET6);
                write!(f, "idiag_family at octet {offset}: expected {v4} or {v6}, found {found}")
            }
            Self::Family { expected, found, offset } => {
                write!(f, "sdiag_family at octet {offset}: expected {expected}, found {found}")
            }
        }
    }
}

impl ParseError {
    /// Refuses a row of another family.
    pub(super) fn expect_family(found: u8, expected: Family, message: &Message<'_>) -> Result<(), Self> {
        let same = Family(found.into()) == expected;
        if same { Ok(()) } else { Err(Self::Family { expected, found, offset: message.offset }) }
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
    each_row(batch, &mut |message| {
        row(parse_row(message, protocol)?);
        Ok(())
    })
}

/// Reads dumps of the Internet families that were kept, one behind the other, as [`super::SockDiag::dump_octets`] brings
/// them.
///
/// # Errors
/// As [`parse_batch`].
pub fn parse_dumps(octets: &[u8], protocol: Protocol, row: &mut dyn FnMut(InetSocket)) -> Result<(), ParseError> {
    for message in netlink::messages(octets) {
        let message = message?;
        if message.kind == SOCK_DIAG_BY_FAMILY {
            row(parse_row(&message, protocol)?);
        }
    }
    Ok(())
}

/// As [`parse_batch`], with the attributes of each row as octets behind it: of them, only what says which protocol it is of
/// and which families it serves has been read.
pub(super) fn parse_batch_rows(
    batch: &[u8],
    protocol: Protocol,
    row: &mut dyn FnMut(InetSocket, &[u8]),
) -> Result<BatchEnd, ParseError> {
    each_row(batch, &mut |message| {
        let (socket, attributes) = parse_fixed(message, protocol)?;
        row(socket, attributes);
        Ok(())
    })
}

/// Hands over each row of a batch, and says how the batch ended.
pub(super) fn each_row(
    batch: &[u8],
    row: &mut dyn FnMut(&Message<'_>) -> Result<(), ParseError>,
) -> Result<BatchEnd, ParseError> {
    let mut end = BatchEnd::default();
    for message in netlink::messages(batch) {
        let message = message?;
        end.interrupted |= message.flags & netlink::NLM_F_DUMP_INTR != 0;
        match message.kind {
            netlink::NLMSG_DONE | netlink::NLMSG_ERROR => {
                end.finished = Some(Verdict::parse(&message).errno);
                break;
            }
            SOCK_DIAG_BY_FAMILY | TCPDIAG_GETSOCK => row(&message)?,
            _ => {}
        }
    }
    Ok(end)
}

/// struct inet_diag_msg and the attributes behind it.
pub(super) fn parse_row(message: &Message<'_>, protocol: Protocol) -> Result<InetSocket, ParseError> {
    let (mut socket, attributes) = parse_fixed(message, protocol)?;
    socket.read_attributes(attributes);
    Ok(socket)
}

/// struct inet_diag_msg with what makes the socket what it is, and the octets of its attributes.
pub(super) fn parse_fixed<'a>(message: &Message<'a>, protocol: Protocol) -> Result<(InetSocket, &'a [u8]), ParseError> {
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
        address(family, octets, port, interface).ok_or(ParseError::Family {
            expected: Family::INET,
            found: octet(family.0),
            offset: message.offset,
        })
    };
    let mut socket = InetSocket {
        timer: Timer { kind, retransmits, expires_ms },
        interface,
        cookie: u64::from(cookie_high) << 32 | u64::from(cookie_low),
        rqueue,
        wqueue,
        uid,
        inode,
        ..InetSocket::bare(protocol, state, address(local, local_port)?, address(peer, peer_port)?)
    };
    let attributes = reader.rest();
    for (kind, value) in netlink::attributes(attributes) {
        attributes::apply_nature(&mut socket, kind, value);
    }
    Ok((socket, attributes))
}

impl InetSocket {
    /// Takes in attributes that [`super::SockDiag::dump_rows`] handed over as octets.
    pub fn read_attributes(&mut self, octets: &[u8]) {
        for (kind, value) in netlink::attributes(octets) {
            attributes::apply(self, kind, value);
        }
    }
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
            let scope_id = if needs_zone(&ip) { interface } else { 0 };
            Some(SocketAddrV6::new(ip, port, 0, scope_id).into())
        }
        _ => None,
    }
}

/// Whether an address means something on one link only, so that getpeername(2) gives it a scope id.
///
/// # Source
/// RFC 4007 section 6; RFC 4291 section 2.7 for the scopes of multicast addresses: 1 is the interface, 2 the link.
fn needs_zone(ip: &Ipv6Addr) -> bool {
    let [first, second, ..] = ip.octets();
    ip.is_unicast_link_local() || (first == 0xff && matches!(second & 0x0f, 1 | 2))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::netlink::Builder;
    use crate::sock_diag::attributes::*;
    use crate::sock_diag::{SkMemInfo, TimerKind, recorded};

    fn rows(batch: &[u8], protocol: Protocol) -> (Vec<InetSocket>, Result<BatchEnd, ParseError>) {
        let mut rows = Vec::new();
        let end = parse_batch(batch, protocol, &mut |row| rows.push(row));
        (rows, end)
    }

    /// A batch of one row, with the attributes that `fill` appends.
    fn batch_of_one(flags: u16, fill: impl FnOnce(&mut Builder)) -> Vec<u8> {
        let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, flags);
        // AF_INET, LISTEN, no timer; port 80; addresses, interface and cookie zero; the last five words.
        builder.octets(&[2, 10, 0, 0, 0, 80, 0, 0]).octets(&[0; 44]).octets(&[0; 20]);
        fill(&mut builder);
        builder.finish()
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_recorded_dump_of_tcp_over_ipv4() {
        let (rows, end) = rows(&recorded(include_str!("recorded/tcp4.hex")), Protocol::TCP);
        assert_eq!(end, Ok(BatchEnd { finished: Some(0), interrupted: false }));
        let seen: Vec<_> =
            rows.iter().map(|row| (row.state, row.local.to_string(), row.peer.to_string(), row.inode)).collect();
        let expected = [
            (TcpState::Listen, "127.0.0.1:5001", "0.0.0.0:0", 78619),
            (TcpState::Closed, "127.0.0.2:5002", "0.0.0.0:0", 78623),
            (TcpState::Established, "127.0.0.1:57888", "127.0.0.1:5000", 78617),
            (TcpState::Established, "127.0.0.1:5001", "127.0.0.1:48980", 0),
            (TcpState::TimeWait, "127.0.0.1:48974", "127.0.0.1:5001", 0),
            (TcpState::Established, "127.0.0.1:48980", "127.0.0.1:5001", 78622),
        ];
        for (state, local, peer, inode) in expected {
            let found = seen.iter().filter(|row| **row == (state, local.to_owned(), peer.to_owned(), inode)).count();
            assert_eq!(found, 1, "{state} {local} {peer} {inode} in {seen:#?}");
        }
        assert_eq!(rows.len(), expected.len());
        let listener = rows.iter().find(|row| row.state == TcpState::Listen).unwrap();
        assert_eq!((listener.rqueue, listener.wqueue, listener.uid, listener.cookie), (1, 3, 0, 0x2003));
        assert_eq!(listener.congestion.as_deref(), Some("bbr"));
        let memory = listener.skmeminfo.unwrap();
        assert_eq!((memory.rcvbuf, memory.sndbuf, memory.drops), (131_072, 16_384, Some(0)));
        let waiting = rows.iter().find(|row| row.state == TcpState::TimeWait).unwrap();
        assert_eq!(waiting.timer.kind, TimerKind::TimeWait);
        assert!((59_000..=60_000).contains(&waiting.timer.expires_ms), "{:?}", waiting.timer);
        assert_eq!((waiting.skmeminfo, waiting.shutdown), (None, None));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_recorded_dump_of_tcp_over_ipv6() {
        let (rows, _) = rows(&recorded(include_str!("recorded/tcp6-info.hex")), Protocol::TCP);
        assert_eq!(rows.len(), 2);
        let listener = rows.iter().find(|row| row.state == TcpState::Listen).unwrap();
        assert_eq!(
            (listener.local.to_string(), listener.v6only, listener.wqueue),
            ("[::]:5000".to_owned(), Some(false), 7)
        );
        let mapped = rows.iter().find(|row| row.state == TcpState::Established).unwrap();
        assert_eq!(mapped.local.to_string(), "[::ffff:127.0.0.1]:5000");
        assert_eq!((mapped.family, mapped.rqueue, mapped.v6only), (Family::INET6, 5, None));
        // ss -i said: rto:204 rtt:0.015/0.007 ato:40 mss:32768 wscale:10,10 bytes_received:5 segs_in:3 snd_wnd:65536.
        let info = mapped.tcp_info.as_ref().unwrap();
        assert_eq!((info.rto_us(), info.rtt_us(), info.rttvar_us()), (Some(204_000), Some(15), Some(7)));
        assert_eq!((info.snd_mss(), info.window_scales()), (Some(32_768), Some((10, 10))));
        assert_eq!((info.bytes_received(), info.segs_in(), info.snd_wnd()), (Some(5), Some(3), Some(65_536)));
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn recorded_dumps_of_udp() {
        let (v4, _) = rows(&recorded(include_str!("recorded/udp4.hex")), Protocol::UDP);
        assert_eq!(v4.len(), 1);
        assert_eq!(
            (v4[0].local.to_string(), v4[0].state, v4[0].inode),
            ("0.0.0.0:5003".to_owned(), TcpState::Closed, 78624)
        );
        assert_eq!((v4[0].protocol, v4[0].interface, v4[0].skmeminfo), (Protocol::UDP, 0, None));
        let (v6, _) = rows(&recorded(include_str!("recorded/udp6.hex")), Protocol::UDP);
        assert_eq!(v6.len(), 1);
        assert_eq!((v6[0].local.to_string(), v6[0].interface), ("[fe80::1%3]:5004".to_owned(), 3));
        assert_eq!((v6[0].v6only, v6[0].traffic_class, v6[0].tos), (Some(true), Some(0), Some(0)));
        assert_eq!(v6[0].tcp_info, None);
    }

    #[cfg(target_endian = "little")]
    #[test]
    fn a_recorded_refusal() {
        let (rows, end) = rows(&recorded(include_str!("recorded/raw-refused.hex")), Protocol(255));
        assert!(rows.is_empty());
        assert_eq!(end, Ok(BatchEnd { finished: Some(libc::ENOENT), interrupted: false }));
    }

    #[test]
    fn what_means_something_on_one_link_only_has_the_interface_as_its_zone() {
        let peer = |ip: &str| {
            let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, 0);
            // AF_INET6, ESTABLISHED, no timer; ports 80 and 5353; addresses; interface 3; then what does not matter.
            builder.octets(&[10, 1, 0, 0, 0, 80, 0x14, 0xe9]).octets(&[0; 16]);
            builder.octets(&ip.parse::<Ipv6Addr>().unwrap().octets()).u32(3).octets(&[0; 28]);
            rows(&builder.finish(), Protocol::UDP).0.remove(0).peer.to_string()
        };
        for ip in ["fe80::1", "ff02::fb", "ff12::1", "ff01::1"] {
            assert_eq!(peer(ip), format!("[{ip}%3]:5353"));
        }
        for ip in ["2001:db8::1", "ff05::2", "ff0e::1", "::"] {
            assert_eq!(peer(ip), format!("[{ip}]:5353"));
        }
    }

    #[test]
    fn structures_of_older_and_newer_kernels() {
        let words = |count: u32| (1..=count).flat_map(u32::to_ne_bytes).collect::<Vec<u8>>();
        let memory = |count| {
            let batch = batch_of_one(0, |row| {
                row.attribute(INET_DIAG_SKMEMINFO, &words(count));
            });
            rows(&batch, Protocol::TCP).0[0].skmeminfo
        };
        let full = SkMemInfo {
            rmem_alloc: 1,
            rcvbuf: 2,
            wmem_alloc: 3,
            sndbuf: 4,
            fwd_alloc: 5,
            wmem_queued: 6,
            optmem: 7,
            backlog: Some(8),
            drops: Some(9),
        };
        assert_eq!(memory(6), None);
        assert_eq!(memory(7), Some(SkMemInfo { backlog: None, drops: None, ..full }));
        assert_eq!(memory(8), Some(SkMemInfo { drops: None, ..full }));
        assert_eq!(memory(9), Some(full));
        assert_eq!(memory(12), Some(full));
        for len in [0_usize, 1, 104, 232, 280, 400] {
            let batch = batch_of_one(0, |row| {
                row.attribute(INET_DIAG_INFO, &vec![1; len]);
            });
            let info = rows(&batch, Protocol::TCP).0.remove(0).tcp_info;
            assert_eq!(info.map_or(0, |info| info.octets().len()), len);
        }
    }

    #[test]
    fn unknown_and_broken_attributes_do_not_fail_a_dump() {
        let batch = batch_of_one(netlink::NLM_F_DUMP_INTR, |row| {
            row.attribute(999, &[1, 2, 3]).attribute(INET_DIAG_MARK, &[1]).attribute(INET_DIAG_CGROUP_ID, &[]);
            row.attribute(INET_DIAG_SHUTDOWN, &[3]);
            // One that claims more than there is: the end of the list.
            row.u16(400).u16(INET_DIAG_TOS).u32(7);
        });
        let (rows, end) = rows(&batch, Protocol::TCP);
        assert_eq!(end, Ok(BatchEnd { finished: None, interrupted: true }));
        assert_eq!((rows[0].shutdown, rows[0].mark, rows[0].cgroup, rows[0].tos), (Some(3), None, None, None));
    }

    #[test]
    fn a_row_says_its_protocol_where_the_kernel_tells_it() {
        let batch = batch_of_one(0, |row| {
            row.attribute(INET_DIAG_PROTOCOL, &[58]);
        });
        assert_eq!(rows(&batch, Protocol::RAW).0[0].protocol, Protocol::ICMPV6);
        assert_eq!(rows(&batch_of_one(0, |_| {}), Protocol::RAW).0[0].protocol, Protocol::RAW);
    }

    #[test]
    fn the_rows_before_a_fault_are_handed_over() {
        let good = batch_of_one(0, |_| {});
        let mut short = Builder::new(SOCK_DIAG_BY_FAMILY, 0);
        short.octets(&[2; 71]);
        let (seen, end) = rows(&[good.clone(), short.finish()].concat(), Protocol::TCP);
        assert_eq!(seen.len(), 1);
        let fault = Truncated { field: "idiag_inode", offset: 68, needed: 4, available: 3 };
        assert_eq!(end, Err(ParseError::Truncated(fault)));
        let mut strange = good.clone();
        strange[16] = 17;
        let (seen, end) = rows(&[good, strange].concat(), Protocol::TCP);
        assert_eq!((seen.len(), end), (1, Err(ParseError::Family { expected: Family::INET, found: 17, offset: 104 })));
        assert_eq!(end.unwrap_err().to_string(), "idiag_family at octet 104: expected AF_INET or AF_INET6, found 17");
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = rows(&octets, Protocol::TCP);
        }

        #[test]
        fn no_damage_panics(at: prop::sample::Index, value: u8, cut: prop::sample::Index) {
            for text in [include_str!("recorded/tcp6-info.hex"), include_str!("recorded/udp6.hex")] {
                let mut octets = recorded(text);
                let at = at.index(octets.len());
                octets[at] = value;
                octets.truncate(cut.index(octets.len() + 1));
                let _ = rows(&octets, Protocol::TCP);
            }
        }
    }
}
