//! Recorded answers of every family, whole, cut, and of older and newer kernels.

use proptest::prelude::*;

use super::attributes::{
    INET_DIAG_BBRINFO, INET_DIAG_DCTCPINFO, INET_DIAG_LOCALS, INET_DIAG_MEMINFO, INET_DIAG_SOCKOPT,
};
use super::attributes::{INET_DIAG_ULP_INFO, INET_DIAG_VEGASINFO};
use super::*;
use crate::numbers::SockType;

const UNIX: &str = include_str!("recorded/unix.hex");
const PACKET: &str = include_str!("recorded/packet.hex");
const NETLINK: &str = include_str!("recorded/netlink.hex");

fn unix_rows(batch: &[u8]) -> (Vec<UnixSocket>, Result<BatchEnd, ParseError>) {
    let mut rows = Vec::new();
    let end = parse_unix_batch(batch, &mut |row| rows.push(row));
    (rows, end)
}

fn packet_rows(batch: &[u8]) -> (Vec<PacketSocket>, Result<BatchEnd, ParseError>) {
    let mut rows = Vec::new();
    let end = parse_packet_batch(batch, &mut |row| rows.push(row));
    (rows, end)
}

fn netlink_rows(batch: &[u8]) -> (Vec<NetlinkSocket>, Result<BatchEnd, ParseError>) {
    let mut rows = Vec::new();
    let end = parse_netlink_batch(batch, &mut |row| rows.push(row));
    (rows, end)
}

fn vsock_rows(batch: &[u8]) -> (Vec<VsockSocket>, Result<BatchEnd, ParseError>) {
    let mut rows = Vec::new();
    let end = parse_vsock_batch(batch, &mut |row| rows.push(row));
    (rows, end)
}

/// The inodes of the recordings, by their headings.
const LISTENER: u32 = 16_276_219;
const VFS_INODE: u32 = 10_010_789;
const RAW_INODE: u32 = 16_276_228;
const IDLE_INODE: u32 = 16_269_006;
const NETLINK_INODE: u32 = 16_269_008;

const DONE: Result<BatchEnd, ParseError> = Ok(BatchEnd { finished: Some(0), interrupted: false });

#[cfg(target_endian = "little")]
#[test]
fn unix_sockets_their_names_and_their_peers() {
    let (rows, end) = unix_rows(&recorded(UNIX));
    assert_eq!((rows.len(), end), (8, DONE));
    let of = |inode| rows.iter().find(|row| row.inode == inode).unwrap();
    let (listener, client, server, waiting) = (of(LISTENER), of(LISTENER + 1), of(LISTENER + 2), of(LISTENER + 3));
    let path = Some(UnixName::Path(b"rec.sock"[..].into()));
    assert_eq!((listener.state, &listener.name, listener.socket_type), (TcpState::Listen, &path, SockType::STREAM));
    assert_eq!((listener.rqueue, listener.wqueue, &listener.pending), (Some(1), Some(3), &vec![LISTENER + 3]));
    assert_eq!(listener.vfs.map(|vfs| vfs.inode), Some(VFS_INODE));
    assert_eq!((client.peer, server.peer), (Some(LISTENER + 2), Some(LISTENER + 1)));
    assert_eq!((server.state, server.rqueue, &server.name), (TcpState::Established, Some(5), &path));
    assert_eq!((waiting.state, waiting.uid), (TcpState::Established, Some(0)));
    let datagrams = of(LISTENER + 4);
    assert_eq!(datagrams.name, Some(UnixName::Abstract(b"a b\x1b\xff"[..].into())));
    // Linux calls it so because another is connected to it.
    assert_eq!((datagrams.socket_type, datagrams.state), (SockType::DGRAM, TcpState::Established));
    assert_eq!(of(LISTENER + 5).peer, Some(LISTENER + 4));
    let (half, other) = (of(LISTENER + 6), of(LISTENER + 7));
    assert_eq!((half.socket_type, half.shutdown, other.shutdown), (SockType::SEQPACKET, Some(2), Some(1)));
    assert!(rows.iter().all(|row| row.skmeminfo.is_some() && row.cookie != 0));
}

#[cfg(target_endian = "little")]
#[test]
fn packet_sockets_their_rings_and_their_filter() {
    let (rows, end) = packet_rows(&recorded(PACKET));
    assert_eq!((rows.len(), end), (2, DONE));
    let raw = rows.iter().find(|row| row.socket_type == SockType::RAW).unwrap();
    assert_eq!((raw.protocol, raw.inode, raw.uid), (0x0800, RAW_INODE, Some(0)));
    assert_eq!(raw.info.map(|info| (info.interface, info.version)), Some((1, 1)));
    assert_eq!((raw.memberships, raw.filter_len()), (Some(1), Some(1)));
    let ring = Ring { block_len: 4096, blocks: 4, frame_len: 2048, frames: 8, ..Ring::default() };
    assert_eq!((raw.rx_ring, raw.tx_ring), (Some(ring), None));
    assert_eq!(raw.fanout.map(|fanout| fanout & 0xffff), Some(7));
    let idle = rows.iter().find(|row| row.socket_type == SockType::DGRAM).unwrap();
    assert_eq!((idle.protocol, idle.inode, idle.rx_ring), (0, IDLE_INODE, None));
    assert!(idle.skmeminfo.is_some());
}

#[cfg(target_endian = "little")]
#[test]
fn netlink_sockets_and_their_groups() {
    let (rows, end) = netlink_rows(&recorded(NETLINK));
    assert_eq!(end, DONE);
    let own = rows.iter().find(|row| row.portid == 4711).unwrap();
    assert_eq!((own.protocol, own.groups.as_slice(), own.inode), (0, &[1, 7, 33][..], NETLINK_INODE));
    assert_eq!(own.flags.map(|flags| flags & 2), Some(2), "PKTINFO");
    assert!(own.skmeminfo.is_some());
    assert!(rows.iter().any(|row| row.portid == 0), "the kernel's own");
}

#[test]
fn a_kernel_without_vsock_diag_refuses() {
    let (rows, end) = vsock_rows(&recorded(include_str!("recorded/vsock-refused.hex")));
    assert_eq!(rows, []);
    if cfg!(target_endian = "little") {
        assert_eq!(end, Ok(BatchEnd { finished: Some(libc::ENOENT), interrupted: false }));
    }
}

/// struct vsock_diag_msg as its header file lays it out; this kernel gives none to record.
fn vsock_message(more: &[u8]) -> Vec<u8> {
    let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, 0);
    builder.octets(&[40, 1, 10, 0]).u32(u32::MAX).u32(5000).u32(2).u32(77).u32(4711).u32(1).u32(2).octets(more);
    builder.finish()
}

#[test]
fn vsock_sockets() {
    for more in [&[][..], &[1, 2, 3, 4, 5, 6, 7, 8]] {
        let (rows, end) = vsock_rows(&vsock_message(more));
        assert_eq!(end, Ok(BatchEnd::default()));
        assert_eq!((rows[0].socket_type, rows[0].state), (SockType::STREAM, TcpState::Listen));
        assert_eq!((rows[0].local, rows[0].peer), ((u32::MAX, 5000), (2, 77)));
        assert_eq!((rows[0].inode, rows[0].cookie), (4711, 0x2_0000_0001));
    }
    let (rows, end) = vsock_rows(&vsock_message(&[])[..40]);
    assert!(rows.is_empty() && end.is_err(), "an answer that is cut");
}

#[cfg(target_endian = "little")]
#[test]
fn every_extension_of_tcp() {
    let mut rows = Vec::new();
    let batch = recorded(include_str!("recorded/tcp4-details.hex"));
    parse_batch(&batch, Protocol::TCP, &mut |row| rows.push(row)).unwrap();
    let client = rows.iter().find(|row| row.peer.port() == 5100).unwrap();
    assert_eq!((client.congestion.as_deref(), client.mark), (Some("bbr"), Some(77)));
    assert!(matches!(client.congestion_info, Some(CongestionInfo::Bbr { .. })), "{:?}", client.congestion_info);
    assert!(client.meminfo.is_some() && client.skmeminfo.is_some() && client.tcp_info.is_some());
    assert!(client.options.unwrap().contains(SockOptions::IS_ICSK) && client.cgroup.is_some());
    let subflow = rows.iter().find(|row| row.peer.port() == 5200).unwrap();
    let ulp = subflow.ulp.as_ref().unwrap();
    assert_eq!(ulp.name, "mptcp");
    let other = rows.iter().find(|row| row.local.port() == 5200).unwrap().ulp.as_ref().unwrap();
    // The other's token is known only to subflows that joined a connection.
    assert_eq!((ulp.mptcp_remote_token, other.mptcp_remote_token), (Some(0), Some(0)));
    assert!(ulp.mptcp_token.is_some_and(|token| token != 0) && ulp.mptcp_token != other.mptcp_token);
}

/// One row of TCP with one attribute.
fn with(kind: u16, value: &[u8]) -> InetSocket {
    let mut builder = Builder::new(SOCK_DIAG_BY_FAMILY, 0);
    builder.octets(&[2, 1, 0, 0, 0, 80, 0, 0]).octets(&[0; 64]).attribute(kind, value);
    let mut rows = Vec::new();
    parse_batch(&builder.finish(), Protocol::TCP, &mut |row| rows.push(row)).unwrap();
    rows.remove(0)
}

fn words(count: u32) -> Vec<u8> {
    (1..=count).flat_map(u32::to_ne_bytes).collect()
}

#[test]
fn attributes_of_older_and_newer_kernels() {
    let memory = MemInfo { rmem: 1, wmem: 2, fmem: 3, tmem: 4 };
    for (count, expected) in [(3, None), (4, Some(memory)), (6, Some(memory))] {
        assert_eq!(with(INET_DIAG_MEMINFO, &words(count)).meminfo, expected);
    }
    let vegas = CongestionInfo::Vegas { enabled: true, rtt_count: 2, rtt_us: 3, min_rtt_us: 4 };
    for (count, expected) in [(3, None), (4, Some(vegas)), (9, Some(vegas))] {
        assert_eq!(with(INET_DIAG_VEGASINFO, &words(count)).congestion_info, expected);
    }
    let bbr = CongestionInfo::Bbr { bandwidth: 0x2_0000_0001, min_rtt_us: 3, pacing_gain: 4, cwnd_gain: 5 };
    for (count, expected) in [(4, None), (5, Some(bbr)), (8, Some(bbr))] {
        assert_eq!(with(INET_DIAG_BBRINFO, &words(count)).congestion_info, expected);
    }
    let halves = [[1_u16, 0].map(u16::to_ne_bytes).concat(), words(3)].concat();
    let dctcp = CongestionInfo::Dctcp { enabled: true, ce_state: 0, alpha: 1, acked_ecn: 2, acked_total: 3 };
    assert_eq!(with(INET_DIAG_DCTCPINFO, &halves).congestion_info, Some(dctcp));
    assert_eq!(with(INET_DIAG_DCTCPINFO, &halves[..12]).congestion_info, None);
}

#[cfg(target_endian = "little")]
#[test]
fn options_are_bits_of_one_octet_or_more() {
    let names = |value: &[u8]| with(INET_DIAG_SOCKOPT, value).options.map(|options| options.to_string());
    assert_eq!(names(&[]), None);
    assert_eq!(names(&[0b0011]).as_deref(), Some("recverr|is_icsk"));
    assert_eq!(names(&[0b0010, 0b0101, 0xff]).as_deref(), Some("is_icsk|bind_address_no_port|defer_connect"));
}

#[test]
fn tls_of_the_kernel_and_addresses_of_sctp() {
    let mut tls = Builder::new(0, 0);
    tls.text(1, "tls").nested(2, |info| {
        let half = |value: u16| value.to_ne_bytes();
        info.attribute(1, &half(0x0304)).attribute(2, &half(51)).attribute(3, &half(2)).attribute(9, &[1]);
    });
    let ulp = with(INET_DIAG_ULP_INFO, &tls.finish()[16..]).ulp.unwrap();
    let expected = UlpInfo {
        name: "tls".to_owned(),
        tls_version: Some(0x0304),
        tls_cipher: Some(51),
        tls_txconf: Some(2),
        ..UlpInfo::default()
    };
    assert_eq!(ulp, expected);
    let mut storage = vec![0; 256];
    storage[..8].copy_from_slice(&[2_u16.to_ne_bytes(), 9_u16.to_be_bytes(), [127, 0], [0, 1]].concat());
    storage[128..130].copy_from_slice(&10_u16.to_ne_bytes());
    let locals = with(INET_DIAG_LOCALS, &storage).locals;
    assert_eq!(locals, ["127.0.0.1:9".parse().unwrap(), "[::]:0".parse().unwrap()]);
}

proptest! {
    #[test]
    fn no_octets_panic(octets: Vec<u8>) {
        let _ = (unix_rows(&octets), packet_rows(&octets), netlink_rows(&octets), vsock_rows(&octets));
    }

    #[test]
    fn no_damage_panics_and_no_cut_answer_is_finished(at: prop::sample::Index, value: u8, cut: prop::sample::Index) {
        for text in [UNIX, PACKET, NETLINK, include_str!("recorded/tcp4-details.hex")] {
            let whole = recorded(text);
            let cut = cut.index(whole.len());
            let part = &whole[..cut];
            let ends = [unix_rows(part).1, packet_rows(part).1, netlink_rows(part).1];
            prop_assert_eq!(ends.iter().filter(|end| **end == DONE).count(), 0);
            let mut broken = whole.clone();
            broken[at.index(whole.len())] = value;
            let _ = (unix_rows(&broken), packet_rows(&broken), netlink_rows(&broken), vsock_rows(&broken));
            let _ = parse_batch(&broken, Protocol::TCP, &mut |_| {});
        }
    }
}
