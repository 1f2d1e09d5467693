//! Wait until a port is in a state.
//!
//! Whether it is, is a pure question to a list of sockets; the shell asks it again and again.

use std::io;
use std::net::IpAddr;
use std::str::FromStr;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::Host;
use sockeye_sys::sock_diag::StateMask;
use sockeye_sys::{Protocol, TcpState};

use crate::cli::Wait;
use crate::endpoint;
use crate::names::Names;
use crate::record::{Coded, Record};
use crate::shell;
use crate::socket::Socket;
use crate::state::State;
use crate::why::{link_of, port_of};

/// What ends the wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// A socket is in this state; of UDP, LISTEN is one that takes datagrams from anybody.
    State(TcpState),
    /// No process has a socket on the port. TIME-WAIT and what the kernel still closes may be left.
    Gone,
    /// No socket is on the port.
    Free,
}

impl FromStr for Until {
    type Err = String;

    /// Reads a state as RFC 9293, ss or netstat spells it, `gone` or `free`.
    fn from_str(text: &str) -> Result<Self, String> {
        match State::named(text) {
            Some(State::Tcp(TcpState::Closed)) => Ok(Self::Free),
            Some(State::Tcp(state)) => Ok(Self::State(state)),
            Some(State::Unconnected) => Ok(Self::State(TcpState::Listen)),
            Some(State::Connected) => Ok(Self::State(TcpState::Established)),
            _ if text.eq_ignore_ascii_case("gone") => Ok(Self::Gone),
            _ if text.eq_ignore_ascii_case("free") => Ok(Self::Free),
            _ => Err("one of listen, bound, syn-sent, syn-received, established, fin-wait-1, fin-wait-2, close-wait, \
                      closing, last-ack, time-wait, gone, free"
                .to_owned()),
        }
    }
}

impl Until {
    /// How it is written: of UDP there are no states of TCP.
    pub fn label(self, protocol: Protocol) -> &'static str {
        match self {
            Self::State(TcpState::Listen) if protocol == Protocol::UDP => "unconnected",
            Self::State(TcpState::Established) if protocol == Protocol::UDP => "connected",
            Self::State(state) => State::Tcp(state).name().unwrap_or("unknown"),
            Self::Gone => "gone",
            Self::Free => "free",
        }
    }

    /// Whether a socket of the protocol can be so at all.
    pub fn exists(self, protocol: Protocol) -> bool {
        let of_udp = [TcpState::Listen, TcpState::Established].map(Self::State);
        protocol != Protocol::UDP || of_udp.contains(&self) || matches!(self, Self::Gone | Self::Free)
    }

    /// The states that the kernel must be asked for. Listeners alone cost some microseconds, everything else a walk through
    /// every connection of the host.
    pub fn asked(self, protocol: Protocol) -> StateMask {
        match (self, protocol) {
            (Self::State(TcpState::Listen), Protocol::TCP) => StateMask::LISTEN,
            _ => StateMask::ALL,
        }
    }

    /// Whether an answer of the kernel's ends the wait. Of a list that changed while it was read, for the `changed`th time
    /// in a row, what is there is true; what is missing may be there, and the kernel is asked again, but not for ever.
    pub fn is_ended(self, sockets: &[Socket], changed: usize) -> bool {
        const TRIES: usize = 3;
        let by_presence = matches!(self, Self::State(_));
        self.is_reached(sockets) && (by_presence || changed == 0 || changed >= TRIES)
    }

    /// Whether the sockets of a port end the wait.
    pub fn is_reached(self, sockets: &[Socket]) -> bool {
        match self {
            Self::State(wanted) => sockets.iter().any(|socket| is_in(socket, wanted)),
            Self::Gone => sockets.iter().all(|socket| socket.inode.is_none()),
            Self::Free => sockets.is_empty(),
        }
    }
}

fn is_in(socket: &Socket, wanted: TcpState) -> bool {
    match socket.state {
        State::Unconnected => wanted == TcpState::Listen,
        State::Connected => wanted == TcpState::Established,
        state => state == State::Tcp(wanted),
    }
}

/// Whether a socket is on the port, and on the address if one was given.
pub fn is_on(socket: &Socket, protocol: Protocol, port: u16, address: Option<IpAddr>) -> bool {
    socket.protocol == protocol
        && socket.local.port() == port
        && address.is_none_or(|wanted| takes_address(socket, wanted))
}

/// Whether what is sent to this address may be for the socket: of one on every address each is its own.
pub fn takes_address(socket: &Socket, wanted: IpAddr) -> bool {
    let (own, wanted) = (socket.local.ip(), wanted.to_canonical());
    let every = own.is_unspecified() && (wanted.is_ipv4() == own.is_ipv4() || socket.is_dual_stack_wildcard());
    own.to_canonical() == wanted || every
}

/// So many sockets are shown.
const MAX_SHOWN: usize = 20;

/// How the wait ended.
#[derive(Clone, Debug)]
pub struct Waited<'a> {
    /// What was waited for.
    pub until: Until,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// The port.
    pub port: u16,
    /// Whether it came.
    pub reached: bool,
    /// How long it took, in milliseconds.
    pub waited_ms: u64,
    /// How often the kernel was asked.
    pub polls: u64,
    /// The sockets of the port as they are now: those of the state, where one was waited for and came.
    pub sockets: &'a [Socket],
    /// Names for numbers.
    pub names: &'a Names,
}

impl Render for Waited<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let seconds = format!("{}.{:03} s", self.waited_ms / 1000, self.waited_ms % 1000);
        let (port, until) = (self.port, self.until.label(self.protocol));
        if self.reached {
            text.line(format!("port {port} is {} after {seconds}", text.paint(Role::Good, until)))?;
        } else {
            text.line(format!("port {port} is not {} after {seconds}", text.paint(Role::Bad, until)))?;
        }
        for socket in self.sockets.iter().take(MAX_SHOWN) {
            let mut line = "  ".to_owned();
            endpoint::push_local(&mut line, socket, self.names);
            if socket.has_peer() {
                line.push_str(" - ");
                endpoint::push_peer(&mut line, socket, self.names);
            }
            line.push(' ');
            line.push_str(socket.state.name().unwrap_or("unknown"));
            text.line(line)?;
        }
        match self.sockets.len().saturating_sub(MAX_SHOWN) {
            0 => Ok(()),
            more => text.line(format!("  and {more} more (--json has all)")),
        }
    }
}

impl Serialize for Waited<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let sockets: Vec<Record<'_>> =
            self.sockets.iter().map(|socket| Record::new(socket, self.names, None)).collect();
        let mut object = serializer.serialize_struct("Waited", 7)?;
        object.serialize_field("protocol", &Coded::protocol(self.protocol))?;
        object.serialize_field("local_port", &self.port)?;
        object.serialize_field("until", self.until.label(self.protocol))?;
        object.serialize_field("reached", &self.reached)?;
        object.serialize_field("waited_ms", &self.waited_ms)?;
        object.serialize_field("polls", &self.polls)?;
        object.serialize_field("sockets", &sockets)?;
        object.end()
    }
}

/// Runs `ports wait`: yes if the state came.
///
/// # Errors
/// [`Failure`] if it cannot be done.
pub fn run(job: &Wait, output: &mut Output<'_>) -> Result<Status, Failure> {
    shell::confine::to_listing(false, output)?;
    let port = port_of(&job.target.service, job.protocol)?;
    let address = job.target.host.as_ref().and_then(Host::ip);
    let link = link_of(job.target.host.as_ref())?;
    let watched = shell::wait::until(job, port, address, link)?;
    watched.doubts.notes().for_each(|note| output.note(note));
    let mut sockets = watched.sockets;
    if let (true, Until::State(wanted)) = (watched.reached, job.until) {
        sockets.retain(|socket| is_in(socket, wanted));
    }
    let names = shell::names(&sockets, true);
    let waited = Waited {
        until: job.until,
        protocol: job.protocol,
        port,
        reached: watched.reached,
        waited_ms: watched.waited_ms,
        polls: watched.polls,
        sockets: &sockets,
        names: &names,
    };
    output.event(&Polled { polls: watched.polls, interval_ms: watched.interval_ms })?;
    output.result(&waited)?;
    Ok(if watched.reached { Status::YES } else { Status::NO })
}

/// How the kernel was asked.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(tag = "event", rename = "polled")]
struct Polled {
    polls: u64,
    interval_ms: u64,
}

impl Render for Polled {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self { polls, interval_ms } = self;
        match polls {
            1 => text.line("asked NETLINK_SOCK_DIAG once"),
            _ => text.line(format!("asked NETLINK_SOCK_DIAG {polls} times, every {interval_ms} ms")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::socket;

    fn tcp(state: TcpState, local: &str) -> Socket {
        let peer = if local.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
        socket(Protocol::TCP, state, local, peer)
    }

    #[test]
    fn states_as_people_type_them() {
        for (text, until) in [
            ("listen", Until::State(TcpState::Listen)),
            ("TIME_WAIT", Until::State(TcpState::TimeWait)),
            ("Fin-Wait-2", Until::State(TcpState::FinWait2)),
            ("estab", Until::State(TcpState::Established)),
            ("bound", Until::State(TcpState::BoundInactive)),
            ("FIN_WAIT1", Until::State(TcpState::FinWait1)),
            ("syn_recv", Until::State(TcpState::SynReceived)),
            ("unconnected", Until::State(TcpState::Listen)),
            ("closed", Until::Free),
            ("gone", Until::Gone),
            ("free", Until::Free),
        ] {
            assert_eq!(text.parse(), Ok(until), "{text}");
        }
        assert!("frob".parse::<Until>().unwrap_err().contains("time-wait"));
    }

    #[test]
    fn udp_has_no_states_of_tcp() {
        let listens = Until::State(TcpState::Listen);
        let open = Until::State(TcpState::Established);
        assert_eq!((listens.label(Protocol::UDP), open.label(Protocol::UDP)), ("unconnected", "connected"));
        assert_eq!((listens.label(Protocol::TCP), open.label(Protocol::TCP)), ("LISTEN", "ESTABLISHED"));
        let never = Until::State(TcpState::TimeWait);
        assert!(never.exists(Protocol::TCP) && !never.exists(Protocol::UDP));
        for until in [listens, open, Until::Gone, Until::Free] {
            assert!(until.exists(Protocol::UDP), "{until:?}");
        }
    }

    #[test]
    fn what_ends_a_wait() {
        let waiting = Socket { inode: None, ..tcp(TcpState::TimeWait, "127.0.0.1:80") };
        let listener = tcp(TcpState::Listen, "127.0.0.1:80");
        let listens = Until::State(TcpState::Listen);
        assert!(listens.is_reached(&[waiting.clone(), listener.clone()]));
        assert!(!listens.is_reached(std::slice::from_ref(&waiting)) && !listens.is_reached(&[]));
        assert!(Until::Gone.is_reached(std::slice::from_ref(&waiting)), "no process has it");
        assert!(!Until::Gone.is_reached(&[waiting.clone(), listener]));
        assert!(!Until::Free.is_reached(&[waiting]) && Until::Free.is_reached(&[]));
        let udp = socket(Protocol::UDP, TcpState::Closed, "0.0.0.0:53", "0.0.0.0:0");
        assert!(listens.is_reached(&[udp]));
        assert_eq!(listens.asked(Protocol::TCP), StateMask::LISTEN, "cheap where it can be");
        assert_eq!(Until::Free.asked(Protocol::TCP), StateMask::ALL);
    }

    #[test]
    fn what_is_missing_in_a_list_that_changed_is_not_believed_at_once() {
        let listens = [socket(Protocol::TCP, TcpState::Listen, "127.0.0.1:80", "0.0.0.0:0")];
        for until in [Until::Gone, Until::Free] {
            assert_eq!([0, 1, 2, 3].map(|changed| until.is_ended(&[], changed)), [true, false, false, true]);
            assert!(!until.is_ended(&listens, 0));
        }
        assert!(Until::State(TcpState::Listen).is_ended(&listens, 1), "what is there is there");
    }

    #[test]
    fn which_sockets_are_on_a_port() {
        let on = |local: &str, address: &str| {
            let mut socket = tcp(TcpState::Listen, local);
            socket.v6only = local.starts_with('[').then_some(false);
            is_on(&socket, Protocol::TCP, 80, Some(address.parse().unwrap()))
        };
        assert!(on("127.0.0.1:80", "127.0.0.1") && on("0.0.0.0:80", "127.0.0.1") && on("[::]:80", "127.0.0.1"));
        assert!(on("[::ffff:127.0.0.1]:80", "127.0.0.1") && on("[::]:80", "::1"));
        assert!(!on("0.0.0.0:80", "::1") && !on("127.0.0.2:80", "127.0.0.1") && !on("127.0.0.1:81", "127.0.0.1"));
        assert!(!is_on(&tcp(TcpState::Listen, "127.0.0.1:80"), Protocol::UDP, 80, None));
    }
}
