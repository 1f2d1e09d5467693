//! A socket as one JSON object.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use sockeye_common::addr::IpText;
use sockeye_sys::sock_diag::{SkMemInfo, Timer, TimerKind, UnixName};
use sockeye_sys::tcp_info::TcpInfo;
use sockeye_sys::{Family, Protocol, SockType};

use crate::columns::Column;
use crate::columns::cell::{Context, Reader, Row, dual_stack, shutdown_words, timer_name};
use crate::entry::{Address, Entry, Listed};
use crate::kind::Kind;
use crate::listing::info;
use crate::names::Names;
use crate::owners::{Holders, Owner};
use crate::socket::Socket;
use crate::state::State;

/// A number of a registry with its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Coded {
    code: i32,
    name: Option<&'static str>,
}

impl Coded {
    /// An address family by the name of its constant.
    pub fn family(family: Family) -> Self {
        Self { code: family.0, name: family.name() }
    }

    /// A protocol in the small letters of protocols(5).
    pub fn protocol(protocol: Protocol) -> Self {
        Self { code: protocol.0, name: Kind::of_protocol(protocol).map(Kind::netid) }
    }

    /// A socket type by the name of its constant.
    pub fn socket_type(kind: SockType) -> Self {
        Self { code: kind.0, name: kind.name() }
    }

    /// The state of the congestion control.
    ///
    /// # Source
    /// Linux, include/uapi/linux/tcp.h, enum tcp_ca_state.
    fn congestion_state(code: u8) -> Self {
        let name = ["open", "disorder", "cwr", "recovery", "loss"].get(usize::from(code)).copied();
        Self { code: code.into(), name }
    }

    fn timer(kind: TimerKind) -> Self {
        let (code, name) = match kind {
            TimerKind::Unknown(code) => (code, None),
            TimerKind::Off => (0, Some(timer_name(kind))),
            TimerKind::Retransmission => (1, Some(timer_name(kind))),
            TimerKind::KeepAlive => (2, Some(timer_name(kind))),
            TimerKind::TimeWait => (3, Some(timer_name(kind))),
            TimerKind::ZeroWindowProbe => (4, Some(timer_name(kind))),
            TimerKind::DelayedAck => (5, Some(timer_name(kind))),
        };
        Self { code: code.into(), name }
    }
}

impl fmt::Display for Coded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => f.write_str(name),
            None => self.code.fmt(f),
        }
    }
}

/// An interface by number and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InterfaceRecord<'a> {
    index: u32,
    name: Option<&'a str>,
}

impl<'a> InterfaceRecord<'a> {
    /// An interface of this number.
    pub fn new(index: u32, names: &'a Names) -> Self {
        Self { index, name: names.interface(index) }
    }
}

/// A timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TimerRecord {
    kind: Coded,
    expires_ms: u32,
    /// How often it has expired.
    retransmits: u8,
}

impl From<Timer> for TimerRecord {
    fn from(timer: Timer) -> Self {
        Self { kind: Coded::timer(timer.kind), expires_ms: timer.expires_ms, retransmits: timer.retransmits }
    }
}

/// A control group by number and path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct CgroupRecord<'a> {
    id: u64,
    path: Option<&'a str>,
}

/// Memory of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_field_names, reason = "a name carries its unit")]
pub struct MemoryRecord {
    rmem_octets: u32,
    rcvbuf_octets: u32,
    wmem_octets: u32,
    sndbuf_octets: u32,
    fwd_alloc_octets: u32,
    wmem_queued_octets: u32,
    optmem_octets: u32,
    backlog_octets: Option<u32>,
}

impl From<SkMemInfo> for MemoryRecord {
    fn from(memory: SkMemInfo) -> Self {
        Self {
            rmem_octets: memory.rmem_alloc,
            rcvbuf_octets: memory.rcvbuf,
            wmem_octets: memory.wmem_alloc,
            sndbuf_octets: memory.sndbuf,
            fwd_alloc_octets: memory.fwd_alloc,
            wmem_queued_octets: memory.wmem_queued,
            optmem_octets: memory.optmem,
            backlog_octets: memory.backlog,
        }
    }
}

/// What TCP knows of a connection. Null is what this kernel does not tell, or has not measured yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct InfoRecord {
    rtt_us: Option<u32>,
    rttvar_us: Option<u32>,
    min_rtt_us: Option<u32>,
    rto_us: Option<u32>,
    backoff: Option<u8>,
    unanswered_retransmits: Option<u8>,
    mss_octets: Option<u32>,
    pmtu_octets: Option<u32>,
    cwnd_segments: Option<u32>,
    ssthresh_segments: Option<u32>,
    congestion_state: Option<Coded>,
    snd_wnd_octets: Option<u32>,
    rcv_wnd_octets: Option<u32>,
    bytes_sent: Option<u64>,
    bytes_acked: Option<u64>,
    bytes_received: Option<u64>,
    bytes_retrans: Option<u64>,
    notsent_octets: Option<u32>,
    segs_out: Option<u32>,
    segs_in: Option<u32>,
    data_segs_out: Option<u32>,
    data_segs_in: Option<u32>,
    retrans_segments: Option<u32>,
    unacked_segments: Option<u32>,
    lost_segments: Option<u32>,
    out_of_order_segments: Option<u32>,
    delivery_rate_octets_per_s: Option<u64>,
    pacing_rate_octets_per_s: Option<u64>,
    busy_us: Option<u64>,
    rwnd_limited_us: Option<u64>,
    sndbuf_limited_us: Option<u64>,
    last_sent_ms: Option<u32>,
    last_received_ms: Option<u32>,
    last_ack_received_ms: Option<u32>,
    options: Vec<&'static str>,
    snd_wscale: Option<u8>,
    rcv_wscale: Option<u8>,
}

impl From<&TcpInfo> for InfoRecord {
    fn from(tcp: &TcpInfo) -> Self {
        let options = info::options(tcp);
        let scales = tcp.window_scales().filter(|_| options.contains(&"wscale"));
        Self {
            rtt_us: info::rtt_us(tcp),
            rttvar_us: info::rttvar_us(tcp),
            min_rtt_us: info::min_rtt_us(tcp),
            rto_us: tcp.rto_us(),
            backoff: tcp.backoff(),
            unanswered_retransmits: tcp.retransmits(),
            mss_octets: tcp.snd_mss(),
            pmtu_octets: tcp.pmtu(),
            cwnd_segments: tcp.snd_cwnd(),
            ssthresh_segments: info::ssthresh(tcp),
            congestion_state: tcp.ca_state().map(Coded::congestion_state),
            snd_wnd_octets: tcp.snd_wnd(),
            rcv_wnd_octets: tcp.rcv_wnd(),
            bytes_sent: tcp.bytes_sent(),
            bytes_acked: tcp.bytes_acked(),
            bytes_received: tcp.bytes_received(),
            bytes_retrans: tcp.bytes_retrans(),
            notsent_octets: tcp.notsent_bytes(),
            segs_out: tcp.segs_out(),
            segs_in: tcp.segs_in(),
            data_segs_out: tcp.data_segs_out(),
            data_segs_in: tcp.data_segs_in(),
            retrans_segments: tcp.total_retrans(),
            unacked_segments: tcp.unacked(),
            lost_segments: tcp.lost(),
            out_of_order_segments: tcp.rcv_ooopack(),
            delivery_rate_octets_per_s: tcp.delivery_rate(),
            pacing_rate_octets_per_s: info::pacing_rate(tcp),
            busy_us: tcp.busy_time_us(),
            rwnd_limited_us: tcp.rwnd_limited_us(),
            sndbuf_limited_us: tcp.sndbuf_limited_us(),
            last_sent_ms: info::last_sent_ms(tcp),
            last_received_ms: info::last_received_ms(tcp),
            last_ack_received_ms: tcp.last_ack_recv_ms(),
            snd_wscale: scales.map(|(peers, _)| peers),
            rcv_wscale: scales.map(|(_, ours)| ours),
            options,
        }
    }
}

/// Every field of a socket, under names that carry their unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Record<'a> {
    /// Null where only the own namespace is listed.
    netns: Option<&'a str>,
    netid: &'static str,
    /// Null outside the Internet families.
    protocol: Option<Coded>,
    family: Coded,
    state: State,
    /// Address, port and service are null outside the Internet families; the names are null in them.
    local_address: Option<String>,
    local_port: Option<u16>,
    local_service: Option<&'a str>,
    local_name: Option<String>,
    /// Of Unix-domain sockets: `path`, `abstract` or `none`.
    local_name_kind: Option<&'static str>,
    /// The octets of a Unix-domain name that is not UTF-8, of which `local_name` then is not all.
    local_name_hex: Option<String>,
    /// Null where there is no peer.
    peer_address: Option<String>,
    peer_port: Option<u16>,
    peer_service: Option<&'a str>,
    /// Null where nobody asked for it, or nobody knows it.
    peer_host: Option<&'a str>,
    peer_name: Option<String>,
    /// As those of the local end.
    peer_name_kind: Option<&'static str>,
    peer_name_hex: Option<String>,
    /// Of Unix-domain sockets.
    peer_inode: Option<u32>,
    interface: Option<InterfaceRecord<'a>>,
    scope: Option<InterfaceRecord<'a>>,
    /// Null where the kernel does not say: of connections, and of IPv4.
    v6only: Option<bool>,
    dual_stack: Option<bool>,
    /// Null of a listener, as is the next; the two behind them are null of everything else.
    recv_queue_octets: Option<u32>,
    send_queue_octets: Option<u32>,
    accept_queue_connections: Option<u32>,
    accept_queue_limit_connections: Option<u32>,
    /// Null where none runs.
    timer: Option<TimerRecord>,
    /// Until the kernel forgets a TIME-WAIT.
    expires_ms: Option<u32>,
    uid: Option<u32>,
    /// Null where nobody asked for it.
    user: Option<&'a str>,
    inode: Option<u32>,
    /// Null where only /proc lists it.
    cookie: Option<u64>,
    /// Null where nobody looked.
    owners: Option<Vec<Owner<'a>>>,
    /// Whether somebody may hold it whom we may not look into; null where nobody looked.
    owners_hidden: Option<bool>,
    /// Null where nobody asked for it, as is what follows.
    memory: Option<MemoryRecord>,
    drops_packets: Option<u32>,
    congestion: Option<String>,
    tcp_info: Option<InfoRecord>,
    tos: Option<u8>,
    tclass: Option<u8>,
    mark: Option<u32>,
    cgroup: Option<CgroupRecord<'a>>,
    ulp: Option<String>,
    shutdown: Option<&'static str>,
}

impl<'a> Record<'a> {
    /// Puts together what is known of a socket of the Internet families.
    pub fn new(socket: &Socket, names: &'a Names, holders: Option<&'a Holders>) -> Self {
        Self::of(&Entry::Inet(socket.clone()), Context { names, holders, netns: None })
    }

    /// Puts together what is known of a socket.
    pub fn of(entry: &Entry, context: Context<'a>) -> Self {
        let Context { names, holders, netns } = context;
        let row = &Row::new(entry, context);
        let inet = row.inet();
        let listener = row.is_listener();
        let (receive, send) = entry.queues();
        let queue = |octets: Option<u32>| octets.filter(|_| !listener && !row.is_only_bound());
        let backlog = |connections: Option<u32>| connections.filter(|_| listener);
        let peer = row.inet_peer();
        let details = row.details();
        let interface = |index| InterfaceRecord::new(index, names);
        let (local, other) = (Name::of(row, Column::Local, entry.local()), Name::of(row, Column::Peer, entry.peer()));
        Self {
            netns,
            netid: entry.label(),
            protocol: inet.map(|socket| Coded::protocol(socket.protocol)),
            family: Coded::family(entry.family()),
            state: entry.state(),
            local_address: inet.map(|socket| IpText(socket.local.ip()).to_string()),
            local_port: inet.map(|socket| socket.local.port()),
            local_service: inet.and_then(|socket| names.service(socket.protocol, socket.local.port())),
            local_name: local.text,
            local_name_kind: local.kind,
            local_name_hex: local.hex,
            peer_address: peer.map(|peer| IpText(peer.ip()).to_string()),
            peer_port: peer.map(|peer| peer.port()),
            peer_service: inet.zip(peer).and_then(|(socket, peer)| names.service(socket.protocol, peer.port())),
            peer_host: peer.and_then(|peer| names.host(peer.ip())),
            peer_name: other.text,
            peer_name_kind: other.kind,
            peer_name_hex: other.hex,
            peer_inode: entry.peer_inode(),
            interface: entry.interface().map(interface),
            scope: row.scope().map(interface),
            v6only: inet.and_then(|socket| socket.v6only),
            dual_stack: dual_stack(row),
            recv_queue_octets: queue(receive),
            send_queue_octets: queue(send),
            accept_queue_connections: backlog(receive),
            accept_queue_limit_connections: backlog(send),
            timer: row.timer().map(Into::into),
            expires_ms: inet.and_then(Socket::expires_ms),
            uid: entry.uid(),
            user: entry.uid().and_then(|uid| names.user(uid)),
            inode: entry.inode(),
            cookie: entry.known_cookie(),
            owners: holders.map(|holders| holders.of(Listed::inode(entry)).collect()),
            owners_hidden: holders.map(|holders| holders.hides(Listed::inode(entry))),
            memory: row.skmeminfo().map(Into::into),
            drops_packets: row.skmeminfo().and_then(|memory| memory.drops),
            congestion: row.congestion().map(str::to_owned),
            tcp_info: row.tcp_info().map(Into::into),
            tos: details.and_then(|row| row.tos),
            tclass: details.and_then(|row| row.traffic_class),
            mark: row.mark(),
            cgroup: row.cgroup().map(|id| CgroupRecord { id, path: names.cgroup(id) }),
            ulp: row.ulp().map(str::to_owned),
            shutdown: row.shutdown().map(shutdown_words),
        }
    }
}

/// An end that is not of the Internet families.
#[derive(Debug, Default, PartialEq, Eq)]
struct Name {
    /// Of a Unix-domain socket the name alone, without sign or quotes; null where there is none.
    text: Option<String>,
    kind: Option<&'static str>,
    hex: Option<String>,
}

impl Name {
    fn of(row: &Row<'_>, column: Column, end: Address<'_>) -> Self {
        match end {
            Address::Unix { name, .. } => Self::of_unix(name),
            Address::Inet { .. } | Address::None => Self::default(),
            _ => {
                let mut text = String::new();
                column.push(&mut text, row, Reader::Program);
                Self { text: Some(text), ..Self::default() }
            }
        }
    }

    fn of_unix(name: Option<&UnixName>) -> Self {
        let (octets, kind) = match name {
            None => return Self { kind: Some("none"), ..Self::default() },
            Some(UnixName::Path(path)) => (path, "path"),
            Some(UnixName::Abstract(name)) => (name, "abstract"),
        };
        let text = String::from_utf8_lossy(octets);
        let hex = matches!(text, Cow::Owned(_)).then(|| sockeye_common::hex::encode(octets));
        Self { text: Some(text.into_owned()), kind: Some(kind), hex }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_told_all_that_people_are() {
        let mut octets = vec![0; 240];
        (octets[1], octets[2]) = (4, 3);
        octets[72..76].copy_from_slice(&250_000_u32.to_ne_bytes());
        octets[224..228].copy_from_slice(&7_u32.to_ne_bytes());
        let tcp = TcpInfo::new(&octets);
        let words = info::lines(&tcp, None).join("; ");
        assert!(
            ["unanswered 3", "in loss recovery", "out of order 7"].iter().all(|said| words.contains(said)),
            "{words}"
        );
        let record = InfoRecord::from(&tcp);
        assert_eq!((record.unanswered_retransmits, record.out_of_order_segments), (Some(3), Some(7)));
        assert_eq!(record.congestion_state, Some(Coded { code: 4, name: Some("loss") }));
        assert_eq!(Coded::congestion_state(9), Coded { code: 9, name: None });
        assert_eq!((record.rtt_us, record.rttvar_us), (None, None), "the first is not measured, the other a guess");
    }

    #[test]
    fn names_of_unix_domain_sockets_are_told_apart() {
        let told = |name: &UnixName| {
            let Name { text, kind, hex } = Name::of_unix(Some(name));
            (text.unwrap(), kind.unwrap(), hex)
        };
        assert_eq!(told(&UnixName::Path(b"@foo"[..].into())), ("@foo".to_owned(), "path", None));
        assert_eq!(told(&UnixName::Abstract(b"foo"[..].into())), ("foo".to_owned(), "abstract", None));
        assert_eq!(told(&UnixName::Path(b"/a b\x1b"[..].into())).0, "/a b\u{1b}", "as it is, for a program");
        let broken = told(&UnixName::Abstract(b"a\xff"[..].into()));
        assert_eq!(broken, ("a\u{fffd}".to_owned(), "abstract", Some("61ff".to_owned())));
        assert_eq!(Name::of_unix(None), Name { kind: Some("none"), ..Name::default() });
    }
}
