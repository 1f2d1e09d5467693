//! The working as data: each socket call with what went in and what came out.

use std::fmt;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Confined, Render, Text};
use sockeye_common::hex;
use sockeye_sys::addrinfo::{AddrInfo, Hints};
use sockeye_sys::errno;
use sockeye_sys::gai::GaiError;
use sockeye_sys::{Family, Protocol, SockType};

use crate::address::Address;
use crate::generate::Account;
use crate::options::Transport;
use crate::relay::End;
use crate::scan::{State, Verdict};

pub mod segment;
pub mod server;
pub mod tcp;
pub mod tls;

/// One event and its time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// Since the start, in microseconds.
    pub at_us: u64,
}

/// What happened, as facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// getaddrinfo(3) is asked.
    Lookup {
        /// Which host; null is this one.
        node: Option<String>,
        /// Which port.
        service: Option<String>,
        /// ai_family of the hints.
        family: Number,
        /// ai_socktype of the hints.
        socktype: Number,
        /// ai_protocol of the hints.
        protocol: Number,
        /// ai_flags of the hints, by name.
        flags: Vec<&'static str>,
    },
    /// One entry of its answer.
    Found {
        /// ai_addr.
        addr: Address,
        /// ai_family.
        family: Number,
        /// ai_socktype.
        socktype: Number,
        /// ai_protocol.
        protocol: Number,
    },
    /// socket(2).
    Socket {
        /// The address family.
        family: Number,
        /// The type.
        socktype: Number,
        /// The protocol.
        protocol: Number,
    },
    /// setsockopt(2).
    SocketOption {
        /// The option's name in C.
        name: &'static str,
        /// The value.
        value: OptionValue,
        /// What it is for.
        meaning: &'static str,
    },
    /// bind(2).
    Bind {
        /// The address.
        addr: Address,
        /// The structure that the kernel is given.
        sockaddr: Layout,
    },
    /// What the socket was bound to.
    Bound {
        /// The local address, with the port that the system chose if it was zero.
        local: Address,
    },
    /// A wait that was asked for.
    Pause {
        /// How long, in microseconds.
        delay_us: u64,
        /// What others see meanwhile.
        meaning: &'static str,
    },
    /// A message to or from a proxy.
    Proxy {
        /// `peer` if it went to the proxy, `stdin` if it came for us.
        to: Place,
        /// Its octets.
        octets: String,
    },
    /// A program has the connection now.
    Program {
        /// Its process.
        pid: u32,
        /// The file and the arguments.
        argv: Vec<String>,
    },
    /// What is not needed any more was given up.
    Confined(Box<Confined>),
    /// sendmsg(2) has taken the socket to the other end of standard output (SCM_RIGHTS).
    SocketPassed {
        /// To whom it is connected.
        peer: String,
    },
    /// That program has ended.
    ProgramEnded {
        /// Its process.
        pid: u32,
        /// What it ended with, if by itself.
        exit_status: Option<i32>,
        /// What ended it, if it was a signal.
        signal: Option<i32>,
    },
    /// listen(2).
    Listen {
        /// How many connections may wait for accept(2).
        backlog: i32,
    },
    /// accept(2) returned.
    Accepted {
        /// The local address.
        local: Option<Address>,
        /// Who connected.
        peer: Address,
    },
    /// Who is at the other end of a Unix-domain socket (SO_PEERCRED).
    PeerCredentials {
        /// Its process.
        pid: i32,
        /// Its user.
        uid: u32,
        /// Its group.
        gid: u32,
    },
    /// connect(2).
    Connect {
        /// The address.
        addr: Address,
        /// The structure that the kernel is given.
        sockaddr: Layout,
    },
    /// connect(2) has succeeded.
    Connected {
        /// The local address.
        local: Option<Address>,
        /// The peer.
        peer: Address,
        /// How long it took, in microseconds.
        took_us: u64,
        /// What that means.
        meaning: &'static str,
    },
    /// The state of a TCP connection.
    TcpState {
        /// When it was looked at.
        when: tcp::Moment,
        /// Its name.
        state: String,
        /// What it means.
        meaning: Option<&'static str>,
    },
    /// What the kernel knows about a TCP connection at its end.
    TcpInfo(tcp::Numbers),
    /// A scan has its answer from an address.
    Scanned {
        /// The address and port.
        peer: Address,
        /// What was found.
        state: State,
        /// The error number, if the kernel gave one.
        errno: Option<Number>,
        /// What that means.
        meaning: &'static str,
    },
    /// A call failed.
    Failed {
        /// The call.
        call: &'static str,
        /// What it was about.
        subject: String,
        /// The error number, if the kernel gave one.
        errno: Option<Number>,
        /// What strerror(3) says.
        message: String,
        /// What that means here.
        meaning: Option<&'static str>,
    },
    /// Octets were read.
    Read {
        /// From where.
        from: Place,
        /// How many.
        length_octets: usize,
    },
    /// Octets were written.
    Wrote {
        /// To where.
        to: Place,
        /// How many.
        length_octets: usize,
        /// How many are still waiting in the buffer.
        left_octets: usize,
    },
    /// A datagram came.
    Datagram {
        /// Who sent it.
        peer: Option<Address>,
        /// Its length.
        length_octets: usize,
        /// How much of it did not fit (MSG_TRUNC).
        cut_octets: usize,
        /// It is not from the peer of this conversation and was left out.
        stranger: bool,
    },
    /// The kernel dropped datagrams because the receive buffer was full (SO_RXQ_OVFL).
    Dropped {
        /// Since this was last said.
        datagrams: u32,
        /// Since the socket was made.
        so_far: u32,
    },
    /// A source has ended.
    Ended {
        /// Which.
        from: Place,
        /// What follows.
        meaning: &'static str,
    },
    /// shutdown(2) with SHUT_WR.
    Shutdown {
        /// What follows.
        meaning: &'static str,
    },
    /// A TLS handshake is complete.
    TlsHandshake(Box<tls::Handshake>),
    /// A certificate of the peer's chain.
    TlsCertificate(Box<tls::Certificate>),
    /// A read or a datagram (`--segments`).
    Segment(Box<segment::Segment>),
    /// What has become of somebody's messages (`--expect`).
    Account(Box<Account>),
    /// Something with one of a server's clients.
    Client(Box<server::Client>),
    /// The conversation is over.
    Done {
        /// Why.
        why: &'static str,
        /// Octets that went to the peer.
        sent_octets: u64,
        /// Octets that came from the peer.
        received_octets: u64,
        /// From its first octet to its last, in microseconds.
        duration_us: u64,
    },
}

/// What a socket option is set to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum OptionValue {
    /// A number, or a switch as 0 and 1.
    Number(u64),
    /// An address.
    Text(String),
}

impl fmt::Display for OptionValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(&escape(text)),
        }
    }
}

/// The two ends of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// The connection.
    Peer,
}

impl Place {
    fn words(self) -> &'static str {
        match self {
            Self::Stdin => "standard input",
            Self::Stdout => "standard output",
            Self::Peer => "the peer",
        }
    }
}

/// A number that has a name in C.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Number {
    /// The number.
    pub code: i32,
    /// Its name, if it has one.
    pub name: Option<&'static str>,
}

impl Number {
    fn words(&self) -> String {
        self.name.map_or_else(|| self.code.to_string(), str::to_owned)
    }
}

impl From<Family> for Number {
    fn from(family: Family) -> Self {
        Self { code: family.0, name: family.name() }
    }
}

impl From<SockType> for Number {
    fn from(socktype: SockType) -> Self {
        Self { code: socktype.0, name: socktype.name() }
    }
}

impl From<Protocol> for Number {
    fn from(protocol: Protocol) -> Self {
        Self { code: protocol.0, name: protocol.name() }
    }
}

/// A sockaddr, octet by octet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Layout {
    /// All octets, as they lie in memory.
    pub octets: String,
    /// The fields in their order.
    pub fields: Vec<FieldView>,
}

/// One field of a sockaddr.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldView {
    /// The name in C.
    pub name: &'static str,
    /// Where it starts, in octets.
    pub offset_octets: usize,
    /// Its octets.
    pub octets: String,
    /// What they mean.
    pub meaning: String,
}

impl From<&Address> for Layout {
    fn from(addr: &Address) -> Self {
        let sockaddr = addr.sockaddr();
        let view = |field: sockeye_common::layout::Field| FieldView {
            name: field.name,
            offset_octets: field.offset,
            octets: hex::encode(&field.octets),
            meaning: field.meaning,
        };
        Self { octets: hex::encode(&sockaddr.emit()), fields: sockaddr.fields().into_iter().map(view).collect() }
    }
}

impl Event {
    /// A question to getaddrinfo(3).
    pub fn lookup(node: Option<&str>, service: Option<&str>, hints: &Hints) -> Self {
        Self::Lookup {
            node: node.map(str::to_owned),
            service: service.map(str::to_owned),
            family: hints.family.into(),
            socktype: hints.socktype.into(),
            protocol: hints.protocol.into(),
            flags: hints.flags.names().collect(),
        }
    }

    /// One entry of its answer.
    pub fn found(info: &AddrInfo) -> Self {
        Self::Found {
            addr: info.addr.into(),
            family: info.family.into(),
            socktype: info.socktype.into(),
            protocol: info.protocol.into(),
        }
    }

    /// A connect(2) that is about to be made.
    pub fn connect(addr: &Address) -> Self {
        Self::Connect { addr: addr.clone(), sockaddr: addr.into() }
    }

    /// A bind(2) that is about to be made.
    pub fn bind(addr: &Address) -> Self {
        Self::Bind { addr: addr.clone(), sockaddr: addr.into() }
    }

    /// A connect(2) that succeeded.
    pub fn connected(transport: Transport, local: Option<Address>, peer: Address, took: Duration) -> Self {
        let meaning = match transport {
            Transport::Tcp => "SYN, SYN-ACK and ACK have gone; both sides are ESTABLISHED",
            Transport::Sctp => "INIT, INIT-ACK, COOKIE-ECHO and COOKIE-ACK have gone; both sides are ESTABLISHED",
            Transport::UnixStream | Transport::VsockStream => {
                "the connection waits in the peer's backlog, or is accepted"
            }
            Transport::Udp | Transport::UnixDatagram | Transport::VsockDatagram => {
                "the socket knows its peer; nothing was sent"
            }
        };
        Self::Connected { local, peer, took_us: u64::try_from(took.as_micros()).unwrap_or(u64::MAX), meaning }
    }

    /// The verdict of a scan.
    pub fn scanned(peer: SocketAddr, verdict: Verdict, datagrams: bool) -> Self {
        let state = verdict.state(datagrams);
        let number = match verdict {
            Verdict::Closed => Some(libc::ECONNREFUSED),
            Verdict::Failed(number) => Some(number),
            Verdict::Open | Verdict::OurOwn | Verdict::Silent => None,
        };
        let known = number.and_then(errno::known);
        let meaning = match verdict {
            Verdict::OurOwn => "we met ourselves: our own port was the one asked for, and nobody else has it",
            _ => known.map_or(state.meaning(), |(_, meaning)| meaning),
        };
        let errno = number.map(|code| Number { code, name: known.map(|(name, _)| name) });
        Self::Scanned { peer: peer.into(), state, errno, meaning }
    }

    /// A call for names or addresses that failed.
    pub fn unresolved(call: &'static str, subject: impl fmt::Display, error: &GaiError) -> Self {
        let (message, meaning) = (error.text(), error.code.name());
        Self::Failed { call, subject: subject.to_string(), errno: None, message, meaning }
    }

    /// A call that failed, and what the error means here.
    pub fn failed(call: &'static str, subject: impl fmt::Display, error: &io::Error) -> Self {
        let known = error.raw_os_error().and_then(errno::known);
        Self::Failed {
            call,
            subject: subject.to_string(),
            errno: error.raw_os_error().map(|code| Number { code, name: known.map(|(name, _)| name) }),
            message: sockeye_cli::failure::errno_text(error),
            meaning: known.map(|(_, meaning)| meaning),
        }
    }
}

/// Why a conversation ended, in words.
pub fn why(end: End) -> &'static str {
    match end {
        End::BothEnded => "both directions have ended",
        End::PeerEnded => "the peer has ended and the input is quiet",
        End::ConnectionLost => "the connection is gone",
        End::OutputGone => "nobody reads standard output any more",
        End::QuitAfterEof => "the time of -q has passed since the input ended",
        End::AllCame => "everything that --expect waited for has come",
        End::ReceiveLimit => "as many reads as -W allows have come",
        End::Idle => "nothing moved for the time of -w",
    }
}

impl Render for Step {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let time = Duration::from_micros(self.at_us);
        let time = text.paint(Role::Dim, &format!("{:>4}.{:06}", time.as_secs(), time.subsec_micros()));
        write!(text, "{time}  ")?;
        self.event.render(text)
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Bind { addr, sockaddr } => structure(text, "bind", addr, sockaddr),
            Self::Connect { addr, sockaddr } => structure(text, "connect", addr, sockaddr),
            Self::Connected { .. } | Self::Accepted { .. } => {
                let line = text.paint(Role::Good, &self.line());
                text.line(line)
            }
            Self::Failed { .. } => {
                let line = text.paint(Role::Bad, &self.line());
                text.line(line)
            }
            _ => text.line(self.line()),
        }
    }
}

/// A call that takes a sockaddr, and the sockaddr.
fn structure(text: &mut Text<'_>, call: &str, addr: &Address, layout: &Layout) -> io::Result<()> {
    text.line(format!("{call} {addr}, sockaddr of {} octets:", layout.octets.len() / 2))?;
    for field in &layout.fields {
        let FieldView { name, octets, meaning, .. } = field;
        text.line(format!("             {name:<13} {octets:<32} {meaning}"))?;
    }
    Ok(())
}

impl Event {
    /// The event in one line.
    fn line(&self) -> String {
        match self {
            Self::Lookup { node, service, family, socktype, protocol, flags } => {
                let quoted = |text: &Option<String>| {
                    text.as_ref().map_or_else(|| "NULL".to_owned(), |text| format!("\"{}\"", escape(text)))
                };
                let flags = if flags.is_empty() { "0".to_owned() } else { flags.join("|") };
                format!(
                    "getaddrinfo node {} service {}, hints {} {} {} flags {flags}",
                    quoted(node),
                    quoted(service),
                    family.words(),
                    socktype.words(),
                    protocol.words(),
                )
            }
            Self::Found { addr, family, socktype, protocol } => {
                format!("  -> {addr} {} {} {}", family.words(), socktype.words(), protocol.words())
            }
            Self::Socket { family, socktype, protocol } => {
                format!("socket {} {} {}", family.words(), socktype.words(), protocol.words())
            }
            Self::SocketOption { name, value, meaning } => format!("setsockopt {name} = {value}: {meaning}"),
            Self::Bind { addr, .. } => format!("bind {addr}"),
            Self::Connect { addr, .. } => format!("connect {addr}"),
            Self::Bound { local } => format!("local address is {local}"),
            Self::Pause { delay_us, meaning } => format!("waiting {delay_us} us {meaning}"),
            Self::Proxy { to: Place::Peer, octets } => format!("to the proxy: {octets}"),
            Self::Proxy { octets, .. } => format!("from the proxy: {octets}"),
            Self::Program { pid, argv } => format!("process {pid} has the connection: {}", escape(&argv.join(" "))),
            Self::SocketPassed { peer } => {
                format!("sendmsg SCM_RIGHTS: the other end of standard output has the connection to {}", escape(peer))
            }
            Self::ProgramEnded { pid, signal: Some(signal), .. } => {
                format!("process {pid} was ended by signal {signal}")
            }
            Self::ProgramEnded { pid, exit_status, .. } => {
                format!("process {pid} has ended with status {}", exit_status.unwrap_or_default())
            }
            Self::Confined(confined) => confined.line(),
            Self::Listen { backlog } => format!("listen, backlog {backlog}: so many connections may wait for accept"),
            Self::PeerCredentials { pid, uid, gid } => {
                format!("the peer is process {pid} of user {uid} and group {gid} (SO_PEERCRED)")
            }
            Self::Accepted { local, peer } => format!("accepted {}", pair(local.as_ref(), peer)),
            Self::Connected { local, peer, took_us, meaning } => {
                format!("connected {} in {took_us} us: {meaning}", pair(local.as_ref(), peer))
            }
            Self::TcpState { when, state, meaning } => {
                let meaning = meaning.map_or_else(String::new, |meaning| format!(": {meaning}"));
                format!("TCP state {} is {state}{meaning}", when.words())
            }
            Self::TcpInfo(numbers) => numbers.line(),
            Self::Scanned { peer, state, errno, meaning } => {
                let errno = errno.as_ref().map_or_else(String::new, |errno| format!(" ({})", errno.words()));
                format!("{peer} is {}{errno}: {meaning}", state.words())
            }
            Self::Failed { call, subject, errno, message, meaning } => {
                let errno = errno.as_ref().map_or_else(String::new, |errno| format!(" ({})", errno.words()));
                let meaning = meaning.map_or_else(String::new, |meaning| format!(": {meaning}"));
                format!("{call} {}: {message}{errno}{meaning}", escape(subject))
            }
            Self::Read { from, length_octets } => format!("read {length_octets} octets from {}", from.words()),
            Self::Wrote { to, length_octets, left_octets: 0 } => {
                format!("wrote {length_octets} octets to {}", to.words())
            }
            Self::Wrote { to, length_octets, left_octets } => {
                format!("wrote {length_octets} octets to {}, {left_octets} are left", to.words())
            }
            Self::Datagram { peer, length_octets, cut_octets, stranger } => {
                let peer = peer.as_ref().map_or_else(|| "an unknown sender".to_owned(), ToString::to_string);
                let cut = if *cut_octets == 0 { String::new() } else { format!(", {cut_octets} did not fit") };
                let stranger = if *stranger { ", not our peer: left out" } else { "" };
                format!("datagram of {length_octets} octets from {peer}{cut}{stranger}")
            }
            Self::Dropped { datagrams, so_far } => {
                format!("the kernel dropped {datagrams} datagrams, {so_far} so far: the receive buffer was full")
            }
            Self::Ended { from, meaning } => format!("{} has ended: {meaning}", from.words()),
            Self::Segment(segment) => segment.line(),
            Self::Account(account) => account.line(),
            Self::Client(client) => client.line(),
            Self::TlsHandshake(handshake) => handshake.line(),
            Self::TlsCertificate(certificate) => certificate.line(),
            Self::Shutdown { meaning } => format!("shutdown SHUT_WR: {meaning}"),
            Self::Done { why, sent_octets, received_octets, duration_us } => {
                format!("over, {why}: sent {sent_octets} octets, received {received_octets}, in {duration_us} us")
            }
        }
    }
}

/// Both addresses of a connection.
fn pair(local: Option<&Address>, peer: &Address) -> String {
    local.map_or_else(|| format!("to {peer}"), |local| format!("local {local} peer {peer}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(event: Event) -> String {
        let mut shown = Vec::new();
        Step { event, at_us: 1_234_567 }.render(&mut Text::plain(&mut shown)).unwrap();
        String::from_utf8(shown).unwrap()
    }

    #[test]
    fn a_sockaddr_is_shown_octet_by_octet() {
        let addr = Address::Inet("127.0.0.1:8080".parse().unwrap());
        let text = shown(Event::connect(&addr));
        assert!(text.starts_with("   1.234567  connect 127.0.0.1:8080, sockaddr of 16 octets:\n"), "{text}");
        for octets in ["1f90 ", "7f000001 ", "0000000000000000 "] {
            assert!(text.contains(octets), "{octets}\n{text}");
        }
    }

    #[test]
    fn a_failure_says_the_name_of_the_error_and_what_it_means() {
        let refused = io::Error::from_raw_os_error(libc::ECONNREFUSED);
        let text = shown(Event::failed("connect", "127.0.0.1:81", &refused));
        assert!(text.contains("connect 127.0.0.1:81: Connection refused (ECONNREFUSED): somebody is there"), "{text}");
        let unknown = shown(Event::failed("x", "\u{1b}[2J", &io::Error::from_raw_os_error(4095)));
        assert!(unknown.contains("(4095)") && !unknown.contains('\u{1b}'), "{unknown}");
    }
}
