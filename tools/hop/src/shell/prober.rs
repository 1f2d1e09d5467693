//! Sends probes and hands over what comes back, by whatever sockets this system allows.
#![expect(clippy::disallowed_methods, reason = "the shell: reads the clocks")]

use std::collections::{HashMap, VecDeque};
use std::io::{self, PipeReader, Read as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::time::{Duration, Instant, SystemTime};

use socket2::Socket;
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Status};
use sockeye_common::hex;
use sockeye_sys::errqueue::IntOption;
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{random, signals};

use super::sockets::{self, Kind};
use crate::answer::{Answer, Moment};
use crate::explain::Event;
use crate::options::{Common, Family, Flow, OWN_SOCKETS, Protocol};
use crate::packet::{self, Token};
use crate::show;

/// Where nobody listens, as traceroute(8) has it.
const UDP_PORT: u16 = 33_434;
/// Where somebody may.
const TCP_PORT: u16 = 80;
/// How often a send that meets an error is tried although the queue of errors has nothing new that would explain it.
const TRIES: usize = 8;
/// How often it is tried in any case: who answers a probe with errors without end is not to hold this one up.
const MOST_TRIES: usize = 1000;
/// The longest packet there is.
const LONGEST: usize = 65_535;

/// What the kernel means by "Network is unreachable".
const NO_ROUTE: &str = "this host has no route to it";

/// The same of a connection to a multicast address.
const TO_MANY: &str = "a connection is between two hosts, and this is a multicast address";

/// Why there is no prober.
#[derive(Debug)]
pub(super) enum OpenError {
    /// This user may not send such probes.
    NotAllowed {
        /// socket(2) with its arguments.
        call: String,
        /// Why not.
        cause: String,
    },
    /// Anything else.
    Failed(Failure),
}

impl OpenError {
    pub(super) fn failure(self) -> Failure {
        match self {
            Self::NotAllowed { call, cause } => Failure::host(format!("{call}: {cause}")).hint(super::ICMP_HINT),
            Self::Failed(failure) => failure,
        }
    }
}

/// What probes are to be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    /// What they are made of.
    pub(super) protocol: Protocol,
    /// How long each is waited for at most.
    pub(super) wait: Duration,
    /// Whether all connections of a fixed flow have one port, even if nobody answered the one before.
    pub(super) one_port: bool,
}

/// A probe that did not go out.
#[derive(Debug)]
pub(super) struct NotSent {
    /// The call that failed.
    call: &'static str,
    pub(super) error: io::Error,
    /// The MTU that it exceeds, if that is why.
    pub(super) mtu: Option<u32>,
}

impl NotSent {
    /// Whether the next probe will not go out either: there is no way from here.
    pub(super) fn is_hopeless(&self) -> bool {
        // A queue that is full now, of the interface or of the socket, may have room for the next.
        let is_full = self.call == SEND && matches!(self.error.raw_os_error(), Some(EAGAIN | ENOMEM | ENOBUFS));
        self.mtu.is_none() && self.error.raw_os_error() != Some(EMSGSIZE) && !is_full
    }

    /// As the end of the run.
    pub(super) fn failure(&self, common: &Common, target: IpAddr) -> Failure {
        let subject = match (self.call, &common.interface, common.source) {
            (BIND, _, Some(source)) => source.to_string(),
            (SET, Some(interface), _) => interface.clone(),
            _ => target.to_string(),
        };
        let unreachable = [io::ErrorKind::NetworkUnreachable, io::ErrorKind::HostUnreachable];
        let status = if unreachable.contains(&self.error.kind()) { Status::NETWORK } else { Status::HOST };
        let failure = Failure::call(status, self.call, subject, &self.error);
        match self.error.kind() {
            io::ErrorKind::NetworkUnreachable if common.protocol == Some(Protocol::Tcp) && target.is_multicast() => {
                failure.hint(TO_MANY)
            }
            io::ErrorKind::NetworkUnreachable => failure.hint(NO_ROUTE),
            _ => match self.error.raw_os_error().and_then(|errno| show::why_not_sent(errno, target)) {
                Some(why) if self.call == SEND || self.call == CONNECT => failure.hint(why),
                _ => failure,
            },
        }
    }
}

/// The calls that may fail.
const SOCKET: &str = "socket for";
const SET: &str = "set up for";
const BIND: &str = "bind";
const CONNECT: &str = "connect";
const SEND: &str = "send to";

/// A failure of a call, for those who can do nothing about it.
fn fault(call: &'static str) -> impl Fn(io::Error) -> NotSent {
    move |error| NotSent { call, error, mtu: None }
}

/// "Resource temporarily unavailable".
const EAGAIN: i32 = 11;
/// "Cannot allocate memory".
const ENOMEM: i32 = 12;
/// "Message too long".
const EMSGSIZE: i32 = 90;
/// "No buffer space available".
const ENOBUFS: i32 = 105;

/// What came.
#[derive(Debug)]
pub(super) struct Incoming {
    /// About which probe, if it says so.
    pub(super) seq: Option<u16>,
    pub(super) answer: Answer,
    pub(super) came: Moment,
}

/// What signals said.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Signalled {
    /// It shall end.
    pub(super) ended: bool,
    /// Somebody wants to know how far it is.
    pub(super) asked: bool,
}

impl Signalled {
    /// What was said then or now.
    pub(super) fn or(self, other: Self) -> Self {
        Self { ended: self.ended || other.ended, asked: self.asked || other.asked }
    }
}

/// A socket with one probe.
#[derive(Debug)]
pub(super) struct Own {
    pub(super) seq: u16,
    pub(super) socket: Socket,
}

/// The sockets of a run.
#[derive(Debug)]
pub(super) struct Prober {
    pub(super) common: Common,
    pub(super) family: Family,
    pub(super) protocol: Protocol,
    /// With the destination port, of UDP and TCP.
    pub(super) target: SocketAddr,
    pub(super) token: Token,
    /// The identifier of echo requests, where the kernel does not choose it.
    pub(super) id: u16,
    /// Whether [`Self::main`] is a raw socket.
    pub(super) raw: bool,
    /// The socket of all probes; none where each has its own.
    pub(super) main: Option<Socket>,
    /// Whole ICMP messages, where that is allowed.
    pub(super) listener: Option<Socket>,
    pub(super) own: VecDeque<Own>,
    /// The source port that all probes have.
    pub(super) src_port: Option<u16>,
    /// Octets of data by number.
    pub(super) lens: HashMap<u16, usize>,
    /// Numbers by UDP checksum.
    pub(super) checksums: HashMap<u16, u16>,
    pub(super) incoming: Vec<Incoming>,
    pub(super) buffer: Vec<u8>,
    /// When everything was read that had come.
    pub(super) drained: Duration,
    /// How often a SYN is sent again.
    syns: i32,
    /// Whether a probe that nobody answered yet is given up when the next one needs its port.
    one_port: bool,
    ttl: Option<u8>,
    start: Instant,
    explain: bool,
    /// Whether the options of a socket have been told: all later ones have the same.
    told: bool,
    events: Vec<Event>,
}

impl Prober {
    /// Makes the sockets for probes to `target`.
    pub(super) fn open(
        common: &Common,
        need: Need,
        target: SocketAddr,
        explain: bool,
        events: &mut Vec<Event>,
    ) -> Result<Self, OpenError> {
        let Need { protocol, wait, one_port } = need;
        let (mut token, mut id) = ([0; 4], [0; 2]);
        random::fill(&mut token)
            .and_then(|()| random::fill(&mut id))
            .map_err(|error| OpenError::Failed(Failure::host(format!("getrandom: {error}"))))?;
        let port = match protocol {
            Protocol::Icmp => 0,
            Protocol::Udp => common.port.unwrap_or(UDP_PORT),
            Protocol::Tcp => common.port.unwrap_or(TCP_PORT),
        };
        let mut target = target;
        target.set_port(port);
        let mut prober = Self {
            common: common.clone(),
            family: Family::of(target.ip()),
            protocol,
            target,
            token: Token(u32::from_be_bytes(token)),
            id: u16::from_be_bytes(id),
            raw: false,
            main: None,
            listener: None,
            own: VecDeque::new(),
            src_port: common.src_port,
            lens: HashMap::new(),
            checksums: HashMap::new(),
            incoming: Vec::new(),
            buffer: vec![0; LONGEST + 1],
            drained: Duration::ZERO,
            syns: syns(wait),
            one_port: one_port || common.src_port.is_some(),
            ttl: None,
            start: Instant::now(),
            explain,
            told: false,
            events: Vec::new(),
        };
        let opened = prober.open_sockets();
        events.append(&mut prober.events);
        opened.map(|()| prober)
    }

    fn open_sockets(&mut self) -> Result<(), OpenError> {
        match self.protocol {
            Protocol::Icmp => self.open_icmp(),
            Protocol::Udp => {
                // With the whole message it is known what a router quotes. Without root the queue of errors does.
                self.listener = self.bare(Kind::IcmpRaw).ok().filter(|socket| self.listen(socket).is_ok());
                if self.common.flow == Flow::Fixed {
                    let socket = self.connected_udp().map_err(|refused| self.failed(&refused))?;
                    self.src_port = sockets::local(&socket).map(|addr| addr.port());
                    self.main = Some(socket);
                }
                Ok(())
            }
            Protocol::Tcp => Ok(()),
        }
    }

    fn open_icmp(&mut self) -> Result<(), OpenError> {
        let (socket, raw) = match self.bare(Kind::IcmpDatagram) {
            Ok(socket) => (socket, false),
            Err(refused) => {
                let Ok(socket) = self.bare(Kind::IcmpRaw) else {
                    let call = Kind::IcmpDatagram.call(self.family);
                    return Err(OpenError::NotAllowed { call, cause: errno_text(&refused) });
                };
                (socket, true)
            }
        };
        self.set_up(&socket).map_err(|refused| self.failed(&refused))?;
        if let Some(source) = self.common.source {
            self.bind(&socket, SocketAddr::new(source, 0)).map_err(|refused| self.failed(&refused))?;
        }
        self.raw = raw;
        if !raw {
            // The kernel puts its own there.
            self.id = 0;
        }
        self.main = Some(socket);
        Ok(())
    }

    /// What the listener needs: times, and TTLs where it gets no IP header.
    fn listen(&mut self, socket: &Socket) -> io::Result<()> {
        IntOption::SO_TIMESTAMPNS.set(socket, 1)?;
        match self.family {
            Family::Ipv4 => Ok(()),
            Family::Ipv6 => IntOption::IPV6_RECVHOPLIMIT.set(socket, 1),
        }
    }

    fn failed(&self, refused: &NotSent) -> OpenError {
        OpenError::Failed(refused.failure(&self.common, self.target.ip()))
    }

    fn bare(&mut self, kind: Kind) -> io::Result<Socket> {
        sockets::bare(kind, self.family, &mut |event| self.events.push(event))
    }

    fn set_up(&mut self, socket: &Socket) -> Result<(), NotSent> {
        let told = std::mem::replace(&mut self.told, true);
        let tell = &mut |event| {
            if !told {
                self.events.push(event);
            }
        };
        sockets::set_up(socket, self.family, &self.common, tell).map_err(fault(SET))
    }

    fn bind(&mut self, socket: &Socket, addr: SocketAddr) -> Result<(), NotSent> {
        sockets::bind(socket, addr, &mut |event| self.events.push(event)).map_err(fault(BIND))
    }

    /// The address that a socket is bound to, if it must be: to the source that was asked for, or to the port of the flow.
    fn source(&self, port: Option<u16>) -> Option<SocketAddr> {
        let any = || match self.family {
            Family::Ipv4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Family::Ipv6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        (port.is_some() || self.common.source.is_some())
            .then(|| SocketAddr::new(self.common.source.unwrap_or_else(any), port.unwrap_or(0)))
    }

    fn connected_udp(&mut self) -> Result<Socket, NotSent> {
        let socket = self.bare(Kind::Udp).map_err(fault(SOCKET))?;
        self.set_up(&socket)?;
        let port = if self.common.flow == Flow::Fixed { self.src_port } else { None };
        if let Some(addr) = self.source(port) {
            self.bind(&socket, addr)?;
        }
        socket.connect(&self.target.into()).map_err(fault(CONNECT))?;
        self.events.push(Event::Connect { addr: self.target, local: sockets::local(&socket) });
        Ok(socket)
    }

    /// The time since the sockets were made.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Now, by both clocks.
    pub(super) fn moment(&self) -> Moment {
        Moment { since_start: self.now(), wall: SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok() }
    }

    /// Sends a probe with `len` octets of data and says when.
    pub(super) fn send(&mut self, seq: u16, ttl: Option<u8>, len: usize) -> Result<Moment, NotSent> {
        self.lens.insert(seq, len);
        let sent = match (self.protocol, self.main.is_some()) {
            (Protocol::Tcp, _) => self.connect(seq, ttl),
            (Protocol::Udp, false) => self.send_by_own(seq, ttl, len),
            _ => self.send_by_main(seq, ttl, len),
        };
        if let (true, Err(refused)) = (self.explain, &sent) {
            let error = errno_text(&refused.error);
            self.events.push(Event::Refused { seq, error, mtu_octets: refused.mtu });
        }
        sent
    }

    fn send_by_main(&mut self, seq: u16, ttl: Option<u8>, len: usize) -> Result<Moment, NotSent> {
        let Some(socket) = self.main.take() else {
            return Err(fault(SEND)(io::ErrorKind::NotConnected.into()));
        };
        let octets = match self.protocol {
            Protocol::Icmp => packet::echo(self.family, self.id, seq, self.token, len, self.common.flow),
            _ => packet::datagram(seq, self.token, len),
        };
        let sent = self.emit(&socket, seq, ttl, &octets);
        self.main = Some(socket);
        sent
    }

    fn send_by_own(&mut self, seq: u16, ttl: Option<u8>, len: usize) -> Result<Moment, NotSent> {
        let octets = packet::datagram(seq, self.token, len);
        let socket = self.connected_udp()?;
        self.ttl = None;
        let sent = self.emit(&socket, seq, ttl, &octets);
        self.keep(seq, socket);
        sent
    }

    fn keep(&mut self, seq: u16, socket: Socket) {
        self.own.push_back(Own { seq, socket });
        if self.own.len() > OWN_SOCKETS as usize {
            self.own.pop_front();
        }
    }

    fn set_ttl(&mut self, socket: &Socket, ttl: Option<u8>) -> io::Result<()> {
        if let Some(hops) = ttl.filter(|_| self.ttl != ttl) {
            let option = if self.family == Family::Ipv4 { IntOption::IP_TTL } else { IntOption::IPV6_UNICAST_HOPS };
            option.set(socket, hops.into())?;
            self.ttl = ttl;
        }
        Ok(())
    }

    /// Hands octets to the kernel. An error that an earlier packet met is reported by the next call on its socket: that is no
    /// fault of this probe, and is in the queue of errors. The kernel may note it a moment after it has filled that queue, so
    /// an error, EMSGSIZE too, is only believed where the queue says that it is this host's, or where it stays although nothing
    /// more comes.
    fn emit(&mut self, socket: &Socket, seq: u16, ttl: Option<u8>, octets: &[u8]) -> Result<Moment, NotSent> {
        self.set_ttl(socket, ttl).map_err(fault(SET))?;
        if self.protocol == Protocol::Udp
            && let Some(local) = sockets::local(socket)
        {
            let ends = ((local.ip(), local.port()), (self.target.ip(), self.target.port()));
            let data = octets;
            self.checksums.insert(packet::udp_checksum(ends.0, ends.1, data), seq);
        }
        let mut idle = 0;
        for _ in 0..MOST_TRIES {
            let moment = self.moment();
            let sent = match self.protocol {
                Protocol::Icmp => socket.send_to(octets, &self.target.into()),
                _ => socket.send(octets),
            };
            let Err(error) = sent else {
                self.show_probe(socket, seq, ttl, octets);
                return Ok(moment);
            };
            let drained = self.drain_errors(socket, None);
            idle += usize::from(!drained.any);
            if drained.mtu.is_some() || idle >= TRIES {
                return Err(NotSent { call: SEND, error, mtu: drained.mtu });
            }
        }
        Err(fault(SEND)(io::ErrorKind::Other.into()))
    }

    fn show_probe(&mut self, socket: &Socket, seq: u16, ttl: Option<u8>, octets: &[u8]) {
        if !self.explain {
            return;
        }
        let src_port = match self.protocol {
            Protocol::Icmp => self.raw.then_some(self.id),
            _ => sockets::local(socket).map(|addr| addr.port()),
        };
        self.events.push(Event::Probe {
            seq,
            ttl,
            protocol: self.protocol,
            family: self.family,
            src_port,
            dst_port: Some(self.target.port()).filter(|port| *port > 0),
            octets: hex::encode(octets),
            length_octets: octets.len(),
        });
    }

    /// Begins a connection. All come from one port where the flow is fixed. While one is under way, its port is taken: it is given
    /// up for the next one, or that one takes another port.
    fn connect(&mut self, seq: u16, ttl: Option<u8>) -> Result<Moment, NotSent> {
        let port = self.src_port.filter(|_| self.common.flow == Flow::Fixed);
        let begun = self.begin(seq, ttl, port);
        let in_use = [io::ErrorKind::AddrInUse, io::ErrorKind::AddrNotAvailable];
        if !matches!(&begun, Err(refused) if in_use.contains(&refused.error.kind())) || self.own.is_empty() {
            return begun;
        }
        if self.one_port {
            self.own.clear();
            return self.begin(seq, ttl, port);
        }
        self.begin(seq, ttl, None)
    }

    fn begin(&mut self, seq: u16, ttl: Option<u8>, port: Option<u16>) -> Result<Moment, NotSent> {
        let socket = self.bare(Kind::Tcp).map_err(fault(SOCKET))?;
        self.set_up(&socket)?;
        IntOption::TCP_SYNCNT.set(&socket, self.syns).map_err(fault(SET))?;
        // Closed with a reset, so that the port is free for the next one.
        socket.set_linger(Some(Duration::ZERO)).map_err(fault(SET))?;
        self.ttl = None;
        self.set_ttl(&socket, ttl).map_err(fault(SET))?;
        if let Some(addr) = self.source(port) {
            socket.set_reuse_address(true).map_err(fault(SET))?;
            self.bind(&socket, addr)?;
        }
        let moment = self.moment();
        // What was refused at once is found when the socket is looked at.
        let refused = match socket.connect(&self.target.into()) {
            Ok(()) => None,
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Some(error),
            Err(error) if error.raw_os_error() == Some(EINPROGRESS) => None,
            Err(error) => return Err(fault(CONNECT)(error)),
        };
        if self.common.flow == Flow::Fixed && self.src_port.is_none() {
            self.src_port = sockets::local(&socket).map(|addr| addr.port());
        }
        self.show_probe(&socket, seq, ttl, &[]);
        match refused {
            Some(error) => self.ended(seq, &socket, &error),
            None => self.keep(seq, socket),
        }
        Ok(moment)
    }

    /// Waits until something has come, `until` is past, or a signal came. Says which signals came.
    pub(super) fn wait(&mut self, until: Duration, mut signals: &PipeReader) -> Result<Signalled, Failure> {
        let left = until.saturating_sub(self.now());
        let wanted = if self.protocol == Protocol::Tcp { Events::OUT } else { Events::IN };
        let mut fds = vec![PollFd::new(signals.as_fd(), Events::IN)];
        for socket in self.main.iter().chain(&self.listener) {
            fds.push(PollFd::new(socket.as_fd(), Events::IN));
        }
        for own in &self.own {
            fds.push(PollFd::new(own.socket.as_fd(), wanted));
        }
        let left = if self.incoming.is_empty() { left } else { Duration::ZERO };
        let failed =
            |call| move |error: io::Error| Failure::call(Status::HOST, call, "the sockets and signals", &error);
        poll(&mut fds, Some(left)).map_err(failed("poll"))?;
        let mut signalled = Signalled::default();
        if fds.first().is_some_and(|signal| !signal.ready().is_empty()) {
            let mut numbers = [0; 64];
            let len = signals.read(&mut numbers).map_err(failed("read"))?;
            for number in numbers.iter().take(len) {
                let asked = i32::from(*number) == signals::QUIT;
                signalled.asked |= asked;
                signalled.ended |= !asked;
            }
        }
        self.drain();
        Ok(signalled)
    }

    /// What has come since the last call.
    pub(super) fn take(&mut self) -> Vec<Incoming> {
        std::mem::take(&mut self.incoming)
    }

    /// The working since the last call.
    pub(super) fn events(&mut self) -> &mut Vec<Event> {
        if !self.explain {
            self.events.clear();
        }
        &mut self.events
    }

    pub(super) fn is_explained(&self) -> bool {
        self.explain
    }

    pub(super) fn push_event(&mut self, event: Event) {
        self.events.push(event);
    }
}

/// "Operation now in progress".
const EINPROGRESS: i32 = 115;

/// How often a SYN is sent again: so often that the kernel does not give up before the wait is over. It doubles its time-out of a
/// second each time. A neighbour that is not there is noticed after three seconds, and only who still waits then is told.
fn syns(wait: Duration) -> i32 {
    const LEAST: i32 = 2;
    const MOST: i32 = 6;
    let gives_up = |count: &i32| Duration::from_secs((2_u64 << count) - 1);
    (LEAST..MOST).find(|count| gives_up(count) > wait).unwrap_or(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_is_as_patient_as_the_wait() {
        for (wait_s, count) in [(0, 2), (5, 2), (7, 3), (10, 3), (30, 4), (60, 5), (1_000_000, 6)] {
            assert_eq!(syns(Duration::from_secs(wait_s)), count, "{wait_s} s");
        }
    }
}
