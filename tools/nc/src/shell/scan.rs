//! Drives a [`Scan`]: sockets that connect without waiting, and epoll(7) for those that take their time.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use socket2::{SockAddr, Socket};
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Status};
use sockeye_sys::Family;
use sockeye_sys::addrinfo::AddrInfo;

use super::connect::{Attempt, local_addr};
use super::names::{self, hints};
use super::stdio::{retry, unless_not_ready};
use super::{CLOSED, FAILED, SILENT, Session};
use crate::explain::Event;
use crate::options::{Connect, Dialect, Options, Role};
use crate::report::{self, Destination, Scanned};
use crate::scan::{Finished, Next, Probe, Rules, Scan, State, Verdict};

/// Enough to wait for many silent ports at once, and few enough for the tables of a home router.
const PARALLEL: usize = 1000;
/// How long a UDP port gets to answer when `-w` does not say.
const UDP_WAIT: Duration = Duration::from_secs(2);
/// What a UDP port is asked with: one octet, as ncat and the traditional nc do. An empty datagram would be less, and
/// ends the listeners of three netcats.
const UDP_PROBE: &[u8] = &[0];
/// How many events one epoll_wait(2) brings.
const EVENTS: usize = 256;

/// An address of the host, and where its sockets are bound first.
struct Target {
    info: AddrInfo,
    local: Option<SocketAddr>,
    text: String,
}

impl Target {
    fn at(&self, port: u16) -> SocketAddr {
        let mut addr = self.info.addr;
        addr.set_port(port);
        addr
    }
}

/// What was found, for the exit status.
#[derive(Default)]
struct Found {
    open: bool,
    silent: bool,
    closed: bool,
}

struct Scanner<'call, 'run, 'out> {
    session: &'call mut Session<'run, 'out>,
    host: &'call str,
    scan: Scan,
    targets: Vec<Target>,
    epoll: OwnedFd,
    /// The sockets that wait, by the number of their port in the scan.
    flying: HashMap<usize, (Probe, Socket)>,
    /// A socket whose connection was refused can be used again, which saves two calls for each closed port.
    spare: Option<(usize, Socket)>,
    datagrams: bool,
    /// Whether failed connections are told.
    loud: bool,
    found: Found,
}

/// Scans `ports` of `host`. Yes if one of them is open.
pub(super) fn run(session: &mut Session<'_, '_>, host: &str, ports: Vec<u16>) -> Result<Status, Failure> {
    let options = session.options;
    let datagrams = options.transport.is_datagram();
    let targets = targets(session, host, ports.first().copied().unwrap_or(0))?;
    let one_port = matches!(&options.role, Role::Connect(Connect { local_port: Some(_), .. }));
    let rules = Rules {
        // Two sockets cannot have the same local port and peer.
        parallel: if one_port { 1 } else { PARALLEL },
        interval: options.traffic.interval.filter(|interval| !interval.is_zero()),
        timeout: session.connect_limit().or(datagrams.then_some(UDP_WAIT)),
    };
    // Whoever looks at one port wants to know why; whoever looks at a thousand, which ones are open.
    let loud = options.verbose > 0 || options.errors || (ports.len() == 1 && session.is_loud());
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)
        .map_err(|error| Failure::call(FAILED, "epoll_create1", "the scan", &error.into()))?;
    session.confine_to_scan();
    let scan = Scan::new(ports, targets.len(), datagrams, rules);
    let mut scanner = Scanner {
        session,
        host,
        scan,
        targets,
        epoll,
        flying: HashMap::new(),
        spare: None,
        datagrams,
        loud,
        found: Found::default(),
    };
    scanner.run()?;
    let Found { open, silent, closed } = scanner.found;
    // Silence from UDP is all that most services ever say: to OpenBSD nc, and to its scripts, it is a success.
    let status = match (open, silent, closed) {
        (true, ..) => Status::YES,
        (_, true, _) if options.status => SILENT,
        (_, true, _) if datagrams => Status::YES,
        (.., true) if options.status => CLOSED,
        _ => FAILED,
    };
    // What there was to say was said with each port.
    if status == Status::YES { Ok(status) } else { Err(Failure::Silent(status)) }
}

/// The addresses of `host`, each with the local address that fits, if one was asked for.
fn targets(session: &mut Session<'_, '_>, host: &str, port: u16) -> Result<Vec<Target>, Failure> {
    let service = port.to_string();
    let (dialect, fatal) = (session.options.dialect, session.fatal());
    let hints = hints(session.options.transport, session.options.family);
    let found = session
        .lookup(Some(host), Some(&service), hints)
        .map_err(|error| Failure::new(fatal, report::unresolved(dialect, host, &service, &error.text())))?;
    let mut targets = Vec::new();
    let mut other_family = None;
    for info in found {
        match session.local_for(&info) {
            Ok(local) => targets.push(Target { text: names::numeric(&info.addr), info, local }),
            Err(Attempt::OtherFamily(failure)) => other_family = Some(failure),
            Err(Attempt::Local(failure)) => return Err(failure),
            Err(Attempt::Failed(sentence)) => return Err(Failure::new(FAILED, sentence)),
        }
    }
    match other_family {
        Some(failure) if targets.is_empty() => Err(failure),
        _ => Ok(targets),
    }
}

impl Scanner<'_, '_, '_> {
    fn run(&mut self) -> Result<(), Failure> {
        loop {
            match self.scan.next(Instant::now()) {
                Next::Start(probe) => self.begin(probe)?,
                Next::Expired(probe) => {
                    let last = self.flying.remove(&probe.port);
                    let seen = last.as_ref().and_then(|(_, socket)| self.look(probe, socket));
                    self.judge(probe, seen.unwrap_or(Verdict::Silent))?;
                }
                Next::Wait(until) => self.wait(until)?,
                Next::Done => return Ok(()),
            }
        }
    }

    /// Sends the question, and looks at once: this host's own ports answer before the call returns.
    fn begin(&mut self, probe: Probe) -> Result<(), Failure> {
        let port = self.scan.port(probe);
        let Some(target) = self.targets.get(probe.addr) else { return self.judge(probe, Verdict::Closed) };
        let (addr, local) = (target.at(port), target.local);
        let socket = if let Some((_, socket)) = self.spare.take().filter(|(of, _)| *of == probe.addr) {
            socket
        } else {
            let family = target.info.family;
            match self.session.socket(&target.info) {
                Ok(socket) => {
                    self.session.set_options(&socket, family)?;
                    if self.datagrams {
                        self.hear_icmp(&socket, family);
                    }
                    socket
                }
                Err(error) => return self.lacking(probe, &error),
            }
        };
        if let Some(local) = local {
            self.session.bind_before_connect(&socket, local)?;
        }
        self.session.explain(|| Event::connect(&addr.into()));
        let asked = match socket.connect(&SockAddr::from(addr)) {
            Ok(()) if self.datagrams => retry(|| socket.send(UDP_PROBE)).map(drop),
            other => other,
        };
        match asked {
            Ok(()) => {}
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {}
            Err(error) => return self.lacking(probe, &error),
        }
        match self.look(probe, &socket) {
            Some(verdict) => {
                // The errors that a UDP socket has queued would be taken for those of its next question.
                if verdict == Verdict::Closed && local.is_none() && !self.datagrams {
                    self.spare = Some((probe.addr, socket));
                }
                self.judge(probe, verdict)
            }
            None => self.fly(probe, socket),
        }
    }

    /// Asks for every ICMP error. Without it, a host or network that cannot be reached looks like silence (udp(7)).
    fn hear_icmp(&mut self, socket: &Socket, family: Family) {
        let (level, name, option) = match family {
            Family::INET6 => (libc::IPPROTO_IPV6, libc::IPV6_RECVERR, "IPV6_RECVERR"),
            _ => (libc::IPPROTO_IP, libc::IP_RECVERR, "IP_RECVERR"),
        };
        let set = sockeye_sys::socket::set_option(socket, level, name, 1);
        self.session.option_was(&set, option, 1, "every ICMP error is told, not only port unreachable");
    }

    /// Nothing yet: epoll(7) tells when there is.
    fn fly(&mut self, probe: Probe, socket: Socket) -> Result<(), Failure> {
        let wanted = if self.datagrams { epoll::EventFlags::IN } else { epoll::EventFlags::OUT };
        let key = epoll::EventData::new_u64(u64::try_from(probe.port).unwrap_or(u64::MAX));
        epoll::add(&self.epoll, &socket, key, wanted)
            .map_err(|error| Failure::call(FAILED, "epoll_ctl", "the scan", &error.into()))?;
        self.flying.insert(probe.port, (probe, socket));
        Ok(())
    }

    /// Something failed before the question was out. What others use up for a moment is worth a wait.
    fn lacking(&mut self, probe: Probe, error: &io::Error) -> Result<(), Failure> {
        let passes = matches!(
            error.raw_os_error(),
            Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM | libc::EADDRNOTAVAIL | libc::EAGAIN)
        );
        if passes && self.scan.put_back(probe) {
            return Ok(());
        }
        if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) {
            return Err(Failure::call(FAILED, "socket", self.host, error));
        }
        self.judge(probe, verdict(error))
    }

    /// What has become of a connection that was begun. `None` if nothing has yet.
    fn look(&self, probe: Probe, socket: &Socket) -> Option<Verdict> {
        let addr = self.targets.get(probe.addr)?.at(self.scan.port(probe));
        if self.datagrams {
            let mut room = [std::mem::MaybeUninit::uninit(); 1];
            return match unless_not_ready(retry(|| socket.recv(&mut room))) {
                Ok(None) => None,
                // An empty answer is one, too.
                Ok(Some(_)) => Some(Verdict::Open),
                Err(error) => Some(verdict(&error)),
            };
        }
        // A second connect(2) says how the first is getting on, in one call for all three answers.
        match retry(|| socket.connect(&SockAddr::from(addr))) {
            Err(error) if matches!(error.raw_os_error(), Some(libc::EALREADY | libc::EINPROGRESS)) => None,
            Err(error) if error.raw_os_error() != Some(libc::EISCONN) => Some(verdict(&error)),
            // On loopback the kernel may choose the very port that is asked for as ours, and a TCP socket may connect
            // to itself (RFC 9293 section 3.5, simultaneous initiation).
            _ if local_addr(socket).is_some_and(|local| (local.ip(), local.port()) == (addr.ip(), addr.port())) => {
                // Reset, so that the port does not stay in TIME-WAIT for a minute.
                let _ = socket.set_linger(Some(Duration::ZERO));
                Some(Verdict::OurOwn)
            }
            _ => Some(Verdict::Open),
        }
    }

    /// Waits for answers, until `until` at most.
    fn wait(&mut self, until: Option<Instant>) -> Result<(), Failure> {
        let timeout = until.map(|until| until.saturating_duration_since(Instant::now()));
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let mut events = Vec::with_capacity(EVENTS);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), timeout.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(Failure::call(FAILED, "epoll_wait", "the scan", &error.into())),
        }
        for event in events {
            let event: epoll::Event = event;
            let Ok(key) = usize::try_from(event.data.u64()) else { continue };
            let Some((probe, socket)) = self.flying.get(&key) else { continue };
            let probe = *probe;
            if let Some(verdict) = self.look(probe, socket) {
                self.flying.remove(&key);
                self.judge(probe, verdict)?;
            }
        }
        Ok(())
    }

    fn judge(&mut self, probe: Probe, verdict: Verdict) -> Result<(), Failure> {
        let port = self.scan.port(probe);
        if let Some(target) = self.targets.get(probe.addr) {
            let (addr, datagrams) = (target.at(port), self.datagrams);
            self.session.explain(|| Event::scanned(addr, verdict, datagrams));
        }
        self.scan.judged(probe, verdict, Instant::now());
        while let Some(finished) = self.scan.finished() {
            self.tell(&finished)?;
        }
        Ok(())
    }

    /// Says what became of a port: in OpenBSD's words on standard error, or in JSON on standard output.
    fn tell(&mut self, finished: &Finished) -> Result<(), Failure> {
        let port = finished.port;
        let Some(last) = finished.tried.last() else { return Ok(()) };
        let state = last.verdict.state(self.datagrams);
        self.found.open |= state == State::Open;
        self.found.silent |= matches!(state, State::OpenOrFiltered | State::Filtered);
        self.found.closed |= state == State::Closed;
        if self.session.output.is_json() {
            let Some(target) = self.targets.get(last.addr) else { return Ok(()) };
            let service = self.session.service(&target.at(port));
            let scanned = Scanned {
                host: self.host.to_owned(),
                addr: target.text.clone(),
                port,
                transport: self.session.options.transport.name(),
                service,
                state,
                reason: last
                    .verdict
                    .error()
                    .filter(|_| last.verdict != Verdict::Silent)
                    .map(|error| errno_text(&error)),
                took_us: u64::try_from(last.took.as_micros()).unwrap_or(u64::MAX),
            };
            return self.session.output.result(&scanned);
        }
        if !self.loud {
            return Ok(());
        }
        for tried in &finished.tried {
            let Some(target) = self.targets.get(tried.addr) else { continue };
            let Options { transport, dialect, .. } = *self.session.options;
            let destination =
                Destination { host: self.host.to_owned(), addr: target.text.clone(), port, transport, dialect };
            let cause = tried.verdict.error().map(|error| errno_text(&error)).unwrap_or_default();
            let sentence = match tried.verdict {
                // Silence is what OpenBSD nc calls success in UDP, and what scripts look for.
                Verdict::Silent if !self.datagrams => destination.timed_out(&cause),
                Verdict::Open | Verdict::Silent => {
                    let service = self.session.service(&target.at(port));
                    self.session.say(destination.succeeded(service.as_deref()));
                    if dialect == Dialect::Ncat {
                        self.session.say(report::transferred(0, 0, tried.took));
                    }
                    continue;
                }
                Verdict::Closed | Verdict::OurOwn | Verdict::Failed(_) => destination.failed(&cause),
            };
            self.session.output.failure(&Failure::new(FAILED, sentence));
        }
        Ok(())
    }
}

/// What an error says of the port.
fn verdict(error: &io::Error) -> Verdict {
    match error.raw_os_error() {
        Some(libc::ECONNREFUSED) => Verdict::Closed,
        other => Verdict::Failed(other.unwrap_or(libc::EIO)),
    }
}
