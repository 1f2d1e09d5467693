//! What stands in a column of one row.
//!
//! A cell that is empty is one that does not apply, or that the kernel does not tell.

use std::cell::OnceCell;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use sockeye_common::addr::IpText;
use sockeye_sys::TcpState;
use sockeye_sys::sock_diag::{InetSocket, SkMemInfo, Timer, TimerKind};
use sockeye_sys::tcp_info::TcpInfo;

use super::Column;
use crate::details::Details;
use crate::endpoint;
use crate::entry::{Address, Entry, Listed};
use crate::listing::info;
use crate::names::Names;
use crate::owners::{self, Holders};
use crate::socket::Socket;
use crate::state::State;

/// What the rows of one network namespace have in common.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Names for numbers.
    pub names: &'a Names,
    /// Who holds what, if anybody looked.
    pub holders: Option<&'a Holders>,
    /// The namespace, safe for a terminal, if it is told.
    pub netns: Option<&'a str>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The socket.
    pub entry: &'a Entry,
    /// What it has in common with others.
    pub context: Context<'a>,
    /// Its extensions, once one was asked for.
    unpacked: OnceCell<Box<InetSocket>>,
}

/// For whom a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A person: units beside numbers where they vary, a sign for what is not known.
    Person,
    /// Another program.
    Program,
}

impl<'a> Row<'a> {
    /// A socket with what it has in common with others.
    pub fn new(entry: &'a Entry, context: Context<'a>) -> Self {
        Self { entry, context, unpacked: OnceCell::new() }
    }

    /// The socket, if it is of the Internet families.
    pub fn inet(&self) -> Option<&'a Socket> {
        self.entry.as_inet()
    }

    /// The row with its extensions, where any was asked for: of the Internet families.
    pub fn details(&self) -> Option<&InetSocket> {
        let socket = self.inet()?;
        Some(match socket.details.as_ref()? {
            Details::Whole(row) => row,
            packed @ Details::Packed(_) => self.unpacked.get_or_init(|| Box::new(packed.of(socket).into_owned())),
        })
    }

    /// Memory figures.
    pub fn skmeminfo(&self) -> Option<SkMemInfo> {
        if self.inet().is_some() { self.details()?.skmeminfo } else { self.entry.skmeminfo() }
    }

    /// Which directions shutdown(2) has closed: 1 receiving, 2 sending.
    pub fn shutdown(&self) -> Option<u8> {
        if self.inet().is_some() { self.details()?.shutdown } else { self.entry.shutdown() }
    }

    /// `SO_MARK`, which the kernel tells only to those who have CAP_NET_ADMIN.
    pub fn mark(&self) -> Option<u32> {
        self.details()?.mark
    }

    /// The control group's inode number.
    pub fn cgroup(&self) -> Option<u64> {
        self.details()?.cgroup
    }

    /// TCP_INFO. That of a listener is about its queue.
    pub fn tcp_info(&self) -> Option<&TcpInfo> {
        self.details()?.tcp_info.as_ref().filter(|_| !self.is_listener())
    }

    /// The congestion control, which can be asked for with TCP_INFO.
    pub fn congestion(&self) -> Option<&str> {
        self.details()?.congestion.as_deref()
    }

    /// What sits between TCP and the process.
    pub fn ulp(&self) -> Option<&str> {
        Some(self.details()?.ulp.as_ref()?.name.as_str())
    }

    /// Whether it waits for connections: then its queues count connections.
    pub fn is_listener(&self) -> bool {
        matches!(self.entry.state(), State::Tcp(TcpState::Listen) | State::Listening)
    }

    /// Whether it is a TCP socket that is bound and nothing else: what the kernel has in its queues is of times past.
    pub fn is_only_bound(&self) -> bool {
        self.inet().is_some_and(Socket::is_only_bound)
    }

    /// The zone of a link-local address here.
    pub fn scope(&self) -> Option<u32> {
        match self.inet()?.local {
            SocketAddr::V6(local) if local.scope_id() != 0 => Some(local.scope_id()),
            _ => None,
        }
    }

    /// The timer, if one runs.
    pub fn timer(&self) -> Option<Timer> {
        self.inet().map(|socket| socket.timer).filter(|timer| timer.kind != TimerKind::Off)
    }

    /// The end there, if there is one and it has an address and a port.
    pub fn inet_peer(&self) -> Option<SocketAddr> {
        self.inet().filter(|socket| socket.has_peer()).map(|socket| socket.peer)
    }
}

/// What a timer is for, in a word.
pub fn timer_name(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::Off => "off",
        TimerKind::Retransmission => "retransmit",
        TimerKind::KeepAlive => "keepalive",
        TimerKind::TimeWait => "time-wait",
        TimerKind::ZeroWindowProbe => "probe",
        TimerKind::DelayedAck => "delayed-ack",
        TimerKind::Unknown(_) => "unknown",
    }
}

/// The directions that shutdown(2) has closed.
///
/// # Source
/// Linux, include/net/sock.h, RCV_SHUTDOWN and SEND_SHUTDOWN.
pub fn shutdown_words(bits: u8) -> &'static str {
    match bits & 3 {
        0 => "none",
        1 => "receive",
        2 => "send",
        _ => "both",
    }
}

impl Column {
    /// The number in a column of numbers.
    pub fn number(self, row: &Row<'_>) -> Option<u64> {
        let entry = row.entry;
        match self {
            Self::RecvQ | Self::SendQ if row.is_only_bound() => None,
            Self::RecvQ => entry.queues().0.map(u64::from),
            Self::SendQ => entry.queues().1.map(u64::from),
            Self::LocalPort => port(entry.local()),
            Self::PeerPort if row.inet().is_some() => row.inet_peer().map(|peer| peer.port().into()),
            Self::PeerPort => port(entry.peer()),
            Self::Uid => entry.uid().map(u64::from),
            Self::Inode => entry.inode().map(u64::from),
            Self::Cookie => entry.known_cookie(),
            Self::Expires => row.timer().map(|timer| timer.expires_ms.into()),
            Self::Retransmits => row.timer().map(|timer| timer.retransmits.into()),
            Self::BacklogFill => entry.queues().0.filter(|_| row.is_listener()).map(u64::from),
            Self::BacklogLimit => entry.queues().1.filter(|_| row.is_listener()).map(u64::from),
            Self::Mark => row.mark().map(u64::from),
            Self::CgroupId => row.cgroup(),
            Self::Tos => row.details()?.tos.map(u64::from),
            Self::Tclass => row.details()?.traffic_class.map(u64::from),
            _ => row.skmeminfo().and_then(|memory| self.memory(&memory)).or_else(|| self.info(row.tcp_info()?)),
        }
    }

    fn memory(self, memory: &SkMemInfo) -> Option<u64> {
        let figure = match self {
            Self::RmemAlloc => memory.rmem_alloc,
            Self::Rcvbuf => memory.rcvbuf,
            Self::WmemAlloc => memory.wmem_alloc,
            Self::Sndbuf => memory.sndbuf,
            Self::FwdAlloc => memory.fwd_alloc,
            Self::WmemQueued => memory.wmem_queued,
            Self::Optmem => memory.optmem,
            Self::BacklogMemory => memory.backlog?,
            Self::Drops => memory.drops?,
            _ => return None,
        };
        Some(figure.into())
    }

    fn info(self, info: &TcpInfo) -> Option<u64> {
        match self {
            Self::Rtt => info::rtt_us(info).map(u64::from),
            Self::Rttvar => info::rttvar_us(info).map(u64::from),
            Self::MinRtt => info::min_rtt_us(info).map(u64::from),
            Self::Rto => info.rto_us().map(u64::from),
            Self::Cwnd => info.snd_cwnd().map(u64::from),
            Self::Ssthresh => info::ssthresh(info).map(u64::from),
            Self::Mss => info.snd_mss().map(u64::from),
            Self::Pmtu => info.pmtu().map(u64::from),
            Self::SndWnd => info.snd_wnd().map(u64::from),
            Self::RcvWnd => info.rcv_wnd().map(u64::from),
            Self::BytesSent => info.bytes_sent(),
            Self::BytesAcked => info.bytes_acked(),
            Self::BytesReceived => info.bytes_received(),
            Self::BytesRetrans => info.bytes_retrans(),
            Self::SegsOut => info.segs_out().map(u64::from),
            Self::SegsIn => info.segs_in().map(u64::from),
            Self::Retrans => info.total_retrans().map(u64::from),
            Self::Unacked => info.unacked().map(u64::from),
            Self::Lost => info.lost().map(u64::from),
            Self::DeliveryRate => info.delivery_rate(),
            Self::PacingRate => info::pacing_rate(info),
            Self::LastSent => info::last_sent_ms(info).map(u64::from),
            Self::LastReceived => info::last_received_ms(info).map(u64::from),
            _ => None,
        }
    }

    /// Appends the cell.
    pub fn push(self, text: &mut String, row: &Row<'_>, reader: Reader) {
        if self.is_number() {
            if let Some(number) = self.number(row) {
                push_number(text, number);
            }
            return;
        }
        let (entry, context) = (row.entry, &row.context);
        match self {
            Self::Netns => text.push_str(context.netns.unwrap_or_default()),
            Self::Proto => text.push_str(entry.label()),
            Self::Family => text.push_str(entry.family().name().unwrap_or_default()),
            Self::State => push_state(text, entry.state()),
            Self::Local => match row.inet() {
                Some(socket) => endpoint::push_local(text, socket, context.names),
                None => push_other(text, entry.local(), context.names, reader),
            },
            Self::Peer => match row.inet() {
                Some(socket) => endpoint::push_peer(text, socket, context.names),
                None => push_other(text, entry.peer(), context.names, reader),
            },
            Self::LocalAddress => push_address(text, entry.local()),
            Self::PeerAddress if row.inet().is_none() || row.inet_peer().is_some() => push_address(text, entry.peer()),
            Self::Owner | Self::Pid | Self::Process | Self::Fd => self.push_holders(text, row, reader),
            Self::User => push_user(text, entry.uid(), context.names),
            Self::Timer => push_timer(text, row.timer(), reader),
            Self::Interface => push_interface(text, entry.interface(), context.names),
            Self::Scope => push_interface(text, row.scope(), context.names),
            Self::V6only => push_answer(text, row.inet().and_then(|socket| socket.v6only)),
            Self::DualStack => push_answer(text, dual_stack(row)),
            Self::Memory => row.skmeminfo().into_iter().for_each(|memory| info::push_memory(text, &memory)),
            Self::Info => row.tcp_info().into_iter().for_each(|tcp| info::push_line(text, tcp, row.congestion())),
            Self::Congestion => text.push_str(row.congestion().unwrap_or_default()),
            Self::Cgroup => {
                let path = row.cgroup().and_then(|id| context.names.cgroup(id));
                text.push_str(path.unwrap_or_default());
            }
            Self::Ulp => text.push_str(row.ulp().unwrap_or_default()),
            Self::Shutdown => text.push_str(row.shutdown().map(shutdown_words).unwrap_or_default()),
            _ => {}
        }
    }

    fn push_holders(self, text: &mut String, row: &Row<'_>, reader: Reader) {
        let Some(holders) = row.context.holders else { return };
        let inode = Listed::inode(row.entry);
        let empty = text.len();
        if self == Self::Owner {
            owners::push_owners(text, holders.of(inode));
        } else {
            let mut before = None;
            for owner in holders.of(inode) {
                // A process with several descriptors is one process.
                if before.is_some() && (self == Self::Fd || before != Some(owner.pid)) {
                    text.push(',');
                }
                match self {
                    Self::Fd => push_number(text, owner.fd.into()),
                    Self::Pid if before != Some(owner.pid) => push_number(text, owner.pid.into()),
                    Self::Process if before != Some(owner.pid) => owners::push_command(text, owner.command),
                    _ => {}
                }
                before = Some(owner.pid);
            }
        }
        if text.len() == empty && reader == Reader::Person && holders.hides(inode) {
            text.push('?');
        }
    }

    /// How many columns the cell takes on a terminal. `scratch` is for those that must be written to know.
    pub fn width(self, row: &Row<'_>, scratch: &mut String) -> usize {
        let names = row.context.names;
        let known = match (self, row.entry) {
            _ if self.is_number() => Some(self.number(row).map_or(1, digits)),
            (Self::Proto, entry) => Some(entry.label().len()),
            (Self::State, entry) => entry.state().name().map(str::len),
            (Self::Local, Entry::Inet(socket)) if !names.has_services() && socket.interface.is_none() => {
                ipv4_width(socket.local)
            }
            (Self::Peer, Entry::Inet(socket)) if socket.has_peer() && !names.has_services() && !names.has_hosts() => {
                ipv4_width(socket.peer)
            }
            _ => None,
        };
        known.unwrap_or_else(|| {
            scratch.clear();
            self.push(scratch, row, Reader::Person);
            columns_of(scratch).max(1)
        })
    }
}

/// How many columns a text takes, where every character takes one: what is outside ASCII stands only in names.
pub fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// `192.0.2.1:80`, without writing it.
fn ipv4_width(end: SocketAddr) -> Option<usize> {
    let IpAddr::V4(address) = end.ip() else { return None };
    let octets: usize = address.octets().into_iter().map(|octet| digits(octet.into())).sum();
    // Three dots and a colon. Port zero is a star.
    Some(octets + 4 + digits(end.port().into()))
}

/// The number behind the colon of an end.
fn port(end: Address<'_>) -> Option<u64> {
    match end {
        Address::Inet { addr, .. } => Some(addr.port().into()),
        Address::Netlink { portid, .. } => Some(portid.into()),
        Address::Vsock { port, .. } => (port != u32::MAX).then_some(port.into()),
        Address::Unix { inode, .. } => inode.map(u64::from),
        Address::Packet { .. } | Address::None => None,
    }
}

/// Whether a socket that waits does so on every address of both families.
pub fn dual_stack(row: &Row<'_>) -> Option<bool> {
    let socket = row.inet()?;
    socket.v6only.map(|_| socket.is_dual_stack_wildcard())
}

fn digits(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Appends a number in decimal, which the formatting machinery does as well and takes longer for.
pub fn push_number(text: &mut String, number: u64) {
    let mut buffer = [0_u8; 20];
    let mut rest = number;
    let mut used = 0;
    for place in buffer.iter_mut().rev() {
        *place = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        used += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let digits = buffer.get(buffer.len() - used..).unwrap_or_default();
    text.push_str(std::str::from_utf8(digits).unwrap_or_default());
}

fn push_state(text: &mut String, state: State) {
    match state.name() {
        Some(name) => text.push_str(name),
        None => push_number(text, state.number().into()),
    }
}

fn push_address(text: &mut String, end: Address<'_>) {
    // Writing to a String cannot fail.
    let _ = match end {
        Address::Inet { addr, .. } => write!(text, "{}", IpText(addr.ip())),
        Address::Unix { name: Some(name), .. } => {
            endpoint::push_unix_name(text, name);
            Ok(())
        }
        Address::Vsock { cid, .. } if cid != u32::MAX => write!(text, "{cid}"),
        _ => Ok(()),
    };
}

/// An end outside the Internet families. A program gets the name of a Unix-domain socket without the inode, which has a
/// column of its own.
fn push_other(text: &mut String, end: Address<'_>, names: &Names, reader: Reader) {
    match end {
        Address::Unix { name, .. } if reader == Reader::Program => {
            if let Some(name) = name {
                endpoint::push_unix_name(text, name);
            }
        }
        end => endpoint::push_other(text, end, names),
    }
}

fn push_user(text: &mut String, uid: Option<u32>, names: &Names) {
    let Some(uid) = uid else { return };
    match names.user(uid) {
        Some(name) => text.push_str(name),
        None => push_number(text, uid.into()),
    }
}

fn push_interface(text: &mut String, index: Option<u32>, names: &Names) {
    let Some(index) = index else { return };
    match names.interface(index) {
        Some(name) => text.push_str(name),
        None => push_number(text, index.into()),
    }
}

fn push_answer(text: &mut String, answer: Option<bool>) {
    text.push_str(match answer {
        Some(true) => "yes",
        Some(false) => "no",
        None => "",
    });
}

/// `retransmit 1.572s 3x` for a person; the numbers have columns of their own for a program.
fn push_timer(text: &mut String, timer: Option<Timer>, reader: Reader) {
    let Some(timer) = timer else { return };
    text.push_str(timer_name(timer.kind));
    if reader == Reader::Program {
        return;
    }
    text.push(' ');
    info::push_duration_ms(text, timer.expires_ms);
    if timer.retransmits > 0 {
        text.push(' ');
        push_number(text, timer.retransmits.into());
        text.push('x');
    }
}
