//! Performs socket calls one after another, each shown before it is made and again when it has returned.

use std::collections::BTreeMap;
use std::io::{self, BufRead, IsTerminal, Read};
use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::net::{self, AddressFamily, RecvFlags, SendFlags, SocketAddrAny, SocketType};
use socket2::SockRef;
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{errno, interface, socket};

use crate::calls::Calls;
use crate::calls::option::{Kind, SocketOption, Value};
use crate::calls::report::{Called, Errno, Event, Hex, excerpt};
use crate::calls::script::{self, Address, Call, Direction, Flag, Ready, SocketKind, Statement, Target};

/// What one send takes while the kernel is to be filled, in octets.
const FILL_LEN: usize = 1 << 16;

/// Performs the calls of a script, or those that come line by line from standard input.
///
/// # Errors
/// [`Failure`] if the script names a socket that there is not, or standard output takes nothing. That a call fails is
/// no failure of the run, unless it shall stop there: that is [`Status::NO`].
pub fn run(calls: &Calls, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut machine = Machine { output, sockets: BTreeMap::new(), order: Vec::new(), stop: calls.stop };
    let (flow, status) = match &calls.script {
        Some(script) => (machine.perform(script)?, Status::YES),
        None => machine.converse()?,
    };
    machine.leave()?;
    Ok(if flow.is_break() { Status::NO } else { status })
}

/// A socket that is open.
struct Open {
    fd: OwnedFd,
    listens: bool,
}

struct Machine<'call, 'out> {
    output: &'call mut Output<'out>,
    sockets: BTreeMap<i32, Open>,
    /// Their descriptors: the one that was made, or asked for, last is the last.
    order: Vec<i32>,
    stop: bool,
}

/// What became of a call.
#[derive(Default)]
struct Returned {
    value: i64,
    told: Option<String>,
    octets: Option<Vec<u8>>,
    /// An address to be shown field by field.
    addr: Option<SocketAddr>,
}

impl Returned {
    fn value(value: usize) -> Self {
        Self { value: i64::try_from(value).unwrap_or(i64::MAX), ..Self::default() }
    }
}

impl Machine<'_, '_> {
    /// Reads statements from standard input until it ends. A line that cannot be read, or is about a socket or an interface
    /// that there is not, is told, and the next one is read.
    fn converse(&mut self) -> Result<(ControlFlow<()>, Status), Failure> {
        let prompt = io::stdin().is_terminal() && !self.output.is_json();
        let mut status = Status::YES;
        loop {
            if prompt {
                self.output.raw(b"> ")?;
                self.output.flush()?;
            }
            let Some(line) = read_line()? else { return Ok((ControlFlow::Continue(()), status)) };
            let wrong = |error: script::ScriptError| Failure::usage(error.message).pointing(line.trim_end(), error.at);
            match script::parse(&line).map_err(wrong).and_then(|statements| self.perform(&statements)) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(flow) => return Ok((flow, status)),
                Err(failure) if failure.status() == Status::USAGE => {
                    self.output.failure(&failure);
                    status = Status::USAGE;
                }
                Err(failure) => return Err(failure),
            }
        }
    }

    fn perform(&mut self, statements: &[Statement]) -> Result<ControlFlow<()>, Failure> {
        for statement in statements {
            let flow = match statement {
                Statement::Socket(kind) => self.socket(*kind)?,
                Statement::Call(target, call) => {
                    let fd = self.find(*target)?;
                    self.call(fd, call)?
                }
                Statement::Use(target) => {
                    let fd = self.find(*target)?;
                    self.order.retain(|other| *other != fd);
                    self.order.push(fd);
                    ControlFlow::Continue(())
                }
                Statement::Pause(time) => self.pause(*time)?,
                Statement::Wait => self.wait()?,
                Statement::Repeat(times, statements) => self.repeat(*times, statements)?,
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn repeat(&mut self, times: u32, statements: &[Statement]) -> Result<ControlFlow<()>, Failure> {
        for _ in 0..times {
            if self.perform(statements)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn find(&self, target: Target) -> Result<i32, Failure> {
        let found = match target {
            Target::Current => self.order.last().copied(),
            Target::Fd(fd) => self.sockets.contains_key(&fd).then_some(fd),
            Target::Listener => {
                self.order.iter().rev().find(|fd| self.sockets.get(fd).is_some_and(|open| open.listens)).copied()
            }
        };
        found.ok_or_else(|| {
            Failure::usage(match target {
                Target::Current => "no socket is open: begin with `socket tcp`".to_owned(),
                Target::Fd(fd) => format!("on {fd}: the script has no socket with this descriptor"),
                Target::Listener => "listener: no socket listens".to_owned(),
            })
        })
    }

    fn socket(&mut self, kind: SocketKind) -> Result<ControlFlow<()>, Failure> {
        let (family, socktype, text) = match kind {
            SocketKind::Tcp => (AddressFamily::INET, SocketType::STREAM, "AF_INET, SOCK_STREAM"),
            SocketKind::Udp => (AddressFamily::INET, SocketType::DGRAM, "AF_INET, SOCK_DGRAM"),
            SocketKind::Tcp6 => (AddressFamily::INET6, SocketType::STREAM, "AF_INET6, SOCK_STREAM"),
            SocketKind::Udp6 => (AddressFamily::INET6, SocketType::DGRAM, "AF_INET6, SOCK_DGRAM"),
        };
        self.make(format!("socket({text}, 0)"), |machine| {
            let fd = net::socket(family, socktype, None)?;
            Ok(Returned { value: machine.keep(fd), ..Returned::default() })
        })
    }

    /// Takes a new socket in, and uses it from here on.
    fn keep(&mut self, fd: OwnedFd) -> i64 {
        let number = fd.as_raw_fd();
        self.sockets.insert(number, Open { fd, listens: false });
        self.order.push(number);
        number.into()
    }

    /// Makes a call: says it, does it, says what it returned.
    fn make(
        &mut self,
        call: String,
        work: impl FnOnce(&mut Self) -> io::Result<Returned>,
    ) -> Result<ControlFlow<()>, Failure> {
        // What waits is seen waiting.
        self.announce(&call)?;
        let started = Instant::now();
        let ended = work(self);
        let took_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        let mut called =
            Called { record: "call", call, returned: Some(-1), errno: None, told: None, octets: None, took_us };
        let mut events = Vec::new();
        let flow = match ended {
            Ok(returned) => {
                called.returned = Some(returned.value);
                called.told = returned.told;
                called.octets = returned.octets.map(Hex);
                events.extend(returned.addr.map(Event::sockaddr));
                ControlFlow::Continue(())
            }
            Err(error) => {
                let known = error.raw_os_error().and_then(errno::known);
                let code = error.raw_os_error().unwrap_or_default();
                called.errno = Some(Errno { code, name: known.map(|(name, _)| name), text: errno_text(&error) });
                events.extend(known.map(|(name, meaning)| Event::Errno { name, meaning }));
                if self.stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            }
        };
        self.show(&called)?;
        for event in events {
            self.output.event(&event)?;
        }
        self.output.flush()?;
        Ok(flow)
    }

    fn announce(&mut self, call: &str) -> Result<(), Failure> {
        if !self.output.is_json() {
            self.output.raw(call.as_bytes())?;
        }
        self.output.flush()
    }

    fn show(&mut self, called: &Called) -> Result<(), Failure> {
        if self.output.is_json() {
            return self.output.result(called);
        }
        self.output.raw(format!("{}\n", called.result()).as_bytes())
    }

    fn call(&mut self, fd: i32, call: &Call) -> Result<ControlFlow<()>, Failure> {
        let flow = match call {
            Call::SetOption(option, value) => self.set_option(fd, option, *value)?,
            Call::GetOption(option) => self.option(fd, option)?,
            Call::Bind(address) => self.with_address("bind", fd, address, |fd, addr| Ok(net::bind(fd, &addr)?))?,
            Call::Connect(address) => {
                self.with_address("connect", fd, address, |fd, addr| Ok(net::connect(fd, &addr)?))?
            }
            Call::Disconnect => self.on(format!("connect({fd}, AF_UNSPEC)"), fd, |fd| {
                net::connect_unspec(fd)?;
                Ok(Returned::default())
            })?,
            Call::Listen(backlog) => {
                let flow = self.on(format!("listen({fd}, {backlog})"), fd, |fd| {
                    net::listen(fd, *backlog)?;
                    Ok(Returned::default())
                })?;
                if let Some(open) = self.sockets.get_mut(&fd) {
                    open.listens = SockRef::from(&open.fd).is_listener().unwrap_or(false);
                }
                flow
            }
            Call::Accept => self.accept(fd)?,
            Call::Send(octets, flags) => self.send(fd, None, octets, flags)?,
            Call::SendTo(address, octets, flags) => self.send(fd, Some(address), octets, flags)?,
            Call::Recv(length, flags) => self.receive("recv", fd, *length, flags)?,
            Call::RecvFrom(length, flags) => self.receive("recvfrom", fd, *length, flags)?,
            Call::Shutdown(direction) => {
                let (how, name) = match direction {
                    Direction::Read => (net::Shutdown::Read, "SHUT_RD"),
                    Direction::Write => (net::Shutdown::Write, "SHUT_WR"),
                    Direction::Both => (net::Shutdown::Both, "SHUT_RDWR"),
                };
                self.on(format!("shutdown({fd}, {name})"), fd, |fd| {
                    net::shutdown(fd, how)?;
                    Ok(Returned::default())
                })?
            }
            Call::Close => return self.close(fd),
            Call::GetSockName => {
                self.on(format!("getsockname({fd})"), fd, |fd| Ok(named(Some(net::getsockname(fd)?))))?
            }
            Call::GetPeerName => self.on(format!("getpeername({fd})"), fd, |fd| Ok(named(net::getpeername(fd)?)))?,
            Call::Poll(ready, timeout) => self.poll(fd, *ready, *timeout)?,
            Call::Nonblock(on) => {
                let name = if *on { "O_NONBLOCK" } else { "0" };
                self.on(format!("fcntl({fd}, F_SETFL, {name})"), fd, |fd| {
                    let flags = fcntl_getfl(fd)?;
                    let flags = if *on { flags | OFlags::NONBLOCK } else { flags - OFlags::NONBLOCK };
                    fcntl_setfl(fd, flags)?;
                    Ok(Returned::default())
                })?
            }
            Call::WriteUntilFull => self.on(format!("send({fd}, ..., MSG_DONTWAIT) until it would wait"), fd, fill)?,
            Call::Queue(queue) => {
                let name = if *queue == Ready::In { "SIOCINQ" } else { "SIOCOUTQ" };
                self.on(format!("ioctl({fd}, {name})"), fd, |fd| {
                    let octets = if *queue == Ready::In { socket::input_queue(fd) } else { socket::output_queue(fd) }?;
                    Ok(Returned { told: Some(format!(", {octets} octets")), ..Returned::default() })
                })?
            }
        };
        self.explain_state(fd)?;
        Ok(flow)
    }

    /// Makes a call on an open socket.
    fn on(
        &mut self,
        call: String,
        fd: i32,
        work: impl FnOnce(&OwnedFd) -> io::Result<Returned>,
    ) -> Result<ControlFlow<()>, Failure> {
        self.make(call, |machine| match machine.sockets.get(&fd) {
            Some(open) => work(&open.fd),
            None => Err(io::Error::from_raw_os_error(libc::EBADF)),
        })
    }

    /// bind(2) and connect(2).
    fn with_address(
        &mut self,
        name: &str,
        fd: i32,
        address: &Address,
        work: impl FnOnce(&OwnedFd, SocketAddr) -> io::Result<()>,
    ) -> Result<ControlFlow<()>, Failure> {
        let addr = scoped(address)?;
        let flow = self.on(format!("{name}({fd}, {addr})"), fd, |fd| {
            work(fd, addr)?;
            Ok(Returned::default())
        })?;
        self.output.event(&Event::sockaddr(addr))?;
        Ok(flow)
    }

    fn accept(&mut self, fd: i32) -> Result<ControlFlow<()>, Failure> {
        self.make(format!("accept({fd})"), |machine| {
            let open = machine.sockets.get(&fd).ok_or_else(|| io::Error::from_raw_os_error(libc::EBADF))?;
            let (accepted, peer) = net::acceptfrom(&open.fd)?;
            Ok(Returned { value: machine.keep(accepted), ..named(peer) })
        })
    }

    fn close(&mut self, fd: i32) -> Result<ControlFlow<()>, Failure> {
        self.order.retain(|other| *other != fd);
        self.make(format!("close({fd})"), |machine| {
            drop(machine.sockets.remove(&fd));
            Ok(Returned::default())
        })
    }

    fn send(
        &mut self,
        fd: i32,
        to: Option<&Address>,
        octets: &[u8],
        flags: &[Flag],
    ) -> Result<ControlFlow<()>, Failure> {
        let to = to.map(scoped).transpose()?;
        let names = flag_names(flags);
        let what = format!("{}, {}{names}", excerpt(octets), octets.len());
        let call = match to {
            Some(addr) => format!("sendto({fd}, {what}, {addr})"),
            None => format!("send({fd}, {what})"),
        };
        let flags = flags.iter().fold(SendFlags::empty(), |all, flag| all | send_flag(*flag));
        self.on(call, fd, |fd| {
            let sent = match to {
                Some(addr) => net::sendto(fd, octets, flags, &addr)?,
                None => net::send(fd, octets, flags)?,
            };
            Ok(Returned { octets: octets.get(..sent).map(<[u8]>::to_vec), addr: to, ..Returned::value(sent) })
        })
    }

    fn receive(&mut self, name: &str, fd: i32, length: usize, flags: &[Flag]) -> Result<ControlFlow<()>, Failure> {
        let names = flag_names(flags);
        let with_peer = name == "recvfrom";
        let flags = flags.iter().fold(RecvFlags::empty(), |all, flag| all | receive_flag(*flag));
        self.on(format!("{name}({fd}, {length}{names})"), fd, |fd| {
            let mut buffer = vec![0; length];
            let (kept, whole, peer) = if with_peer {
                net::recvfrom(fd, &mut buffer[..], flags)?
            } else {
                let (kept, whole) = net::recv(fd, &mut buffer[..], flags)?;
                (kept, whole, None)
            };
            buffer.truncate(kept);
            let peer = peer.and_then(|peer| SocketAddr::try_from(peer).ok());
            let ended = whole == 0 && length > 0 && SockRef::from(fd).r#type()? == socket2::Type::STREAM;
            let brought = if ended { "(end of file)".to_owned() } else { excerpt(&buffer) };
            let told = peer.map_or_else(|| format!(" {brought}"), |peer| format!(" {brought} from {peer}"));
            Ok(Returned { told: Some(told), octets: Some(buffer), addr: peer, ..Returned::value(whole) })
        })
    }

    fn set_option(&mut self, fd: i32, option: &SocketOption, value: Value) -> Result<ControlFlow<()>, Failure> {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::Time(None) => "off".to_owned(),
            Value::Time(Some(time)) => format!("{time:?}"),
        };
        let flow = self.on(format!("setsockopt({fd}, {}, {text})", option.c_name), fd, |fd| {
            match value {
                Value::Number(number) => socket::set_option(fd, option.level, option.number, number)?,
                Value::Time(time) if option.kind == Kind::Linger => SockRef::from(fd).set_linger(time)?,
                Value::Time(time) if option.number == libc::SO_SNDTIMEO => SockRef::from(fd).set_write_timeout(time)?,
                Value::Time(time) => SockRef::from(fd).set_read_timeout(time)?,
            }
            Ok(Returned::default())
        })?;
        self.output.event(&Event::Option { name: option.c_name, meaning: option.meaning })?;
        Ok(flow)
    }

    fn option(&mut self, fd: i32, option: &SocketOption) -> Result<ControlFlow<()>, Failure> {
        self.on(format!("getsockopt({fd}, {})", option.c_name), fd, |fd| {
            let told = option_text(fd, option)?;
            Ok(Returned { told: Some(format!(", {told}")), ..Returned::default() })
        })
    }

    fn poll(&mut self, fd: i32, ready: Ready, timeout: Option<Duration>) -> Result<ControlFlow<()>, Failure> {
        let (events, name) = if ready == Ready::In { (Events::IN, "POLLIN") } else { (Events::OUT, "POLLOUT") };
        let limit = timeout.map_or_else(|| "-1".to_owned(), |timeout| timeout.as_millis().to_string());
        self.on(format!("poll({fd}, {name}, {limit})"), fd, |fd| {
            let mut fds = [PollFd::new(fd.as_fd(), events)];
            let count = poll(&mut fds, timeout)?;
            let [found] = fds;
            let names: Vec<_> = found.ready().names().collect();
            let told = if count == 0 { "timeout".to_owned() } else { names.join("|") };
            Ok(Returned { told: Some(format!(" ({told})")), ..Returned::value(count) })
        })
    }

    fn pause(&mut self, time: Duration) -> Result<ControlFlow<()>, Failure> {
        self.idle(format!("pause {time:?}"), || {
            std::thread::sleep(time);
            Ok(None)
        })
    }

    fn wait(&mut self) -> Result<ControlFlow<()>, Failure> {
        self.idle("wait".to_owned(), || {
            let line = read_line()?;
            Ok(Some(if line.is_some() { ": a line came" } else { ": the input has ended" }.to_owned()))
        })
    }

    /// What is no call of the kernel.
    fn idle(
        &mut self,
        call: String,
        work: impl FnOnce() -> Result<Option<String>, Failure>,
    ) -> Result<ControlFlow<()>, Failure> {
        self.announce(&call)?;
        let started = Instant::now();
        let told = work()?;
        let took_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.show(&Called { record: "call", call, returned: None, errno: None, told, octets: None, took_us })?;
        self.output.flush()?;
        Ok(ControlFlow::Continue(()))
    }

    /// Says the state of a TCP socket, if the working is shown.
    fn explain_state(&mut self, fd: i32) -> Result<(), Failure> {
        if !self.output.is_explained() {
            return Ok(());
        }
        let Some(open) = self.sockets.get(&fd) else { return Ok(()) };
        let Some(state) = socket::tcp_info(&open.fd).ok().and_then(|info| info.state()) else { return Ok(()) };
        self.output.event(&Event::State { fd, state: state.to_string() })?;
        self.output.flush()
    }

    /// Says what the end of the process closes.
    fn leave(&mut self) -> Result<(), Failure> {
        if self.sockets.is_empty() {
            return Ok(());
        }
        self.output.event(&Event::Left { fds: self.sockets.keys().copied().collect() })
    }
}

/// A line is no longer than this, in octets.
const LINE: u64 = 1 << 16;

/// A line of standard input; `None` at its end.
fn read_line() -> Result<Option<String>, Failure> {
    let mut octets = Vec::new();
    let read = io::stdin().lock().take(LINE).read_until(b'\n', &mut octets);
    let read = read.map_err(|error| Failure::call(Status::HOST, "read", "standard input", &error))?;
    if octets.len() as u64 == LINE && octets.last() != Some(&b'\n') {
        return Err(Failure::usage(format!("standard input: no line is longer than {LINE} octets")));
    }
    Ok((read > 0).then(|| String::from_utf8_lossy(&octets).into_owned()))
}

/// The address with the index of its interface.
fn scoped(address: &Address) -> Result<SocketAddr, Failure> {
    let mut addr = address.addr;
    if let (Some(zone), SocketAddr::V6(v6)) = (&address.zone, &mut addr) {
        let index = match zone.index() {
            Some(index) => index,
            None => interface::index(zone.as_str()).map_err(|error| Failure::usage(error.to_string()))?,
        };
        v6.set_scope_id(index);
    }
    Ok(addr)
}

/// An address that the kernel told.
fn named(addr: Option<SocketAddrAny>) -> Returned {
    let addr = addr.and_then(|addr| SocketAddr::try_from(addr).ok());
    Returned { told: addr.map(|addr| format!(", {addr}")), addr, ..Returned::default() }
}

/// The value of an option in words.
fn option_text(fd: &OwnedFd, option: &SocketOption) -> io::Result<String> {
    let socket = SockRef::from(fd);
    let time = |time: Option<Duration>| time.map_or_else(|| "off".to_owned(), |time| format!("{time:?}"));
    Ok(match option.kind {
        Kind::Flag | Kind::Number => socket::option(fd, option.level, option.number)?.to_string(),
        Kind::Linger => time(socket.linger()?),
        Kind::Timeout if option.number == libc::SO_SNDTIMEO => time(socket.write_timeout()?),
        Kind::Timeout => time(socket.read_timeout()?),
        Kind::Error => match socket::option(fd, option.level, option.number)? {
            0 => "0 (no error)".to_owned(),
            number => {
                let name = errno::known(number).map_or_else(|| number.to_string(), |(name, _)| name.to_owned());
                format!("{name} ({})", errno_text(&io::Error::from_raw_os_error(number)))
            }
        },
        Kind::Info => {
            let info = socket::tcp_info(fd)?;
            info.state().map_or_else(|| "no state".to_owned(), |state| state.to_string())
        }
    })
}

/// Sends until the kernel takes no more.
fn fill(fd: &OwnedFd) -> io::Result<Returned> {
    let octets = vec![b'A'; FILL_LEN];
    let mut total = 0_usize;
    loop {
        match net::send(fd, &octets, SendFlags::DONTWAIT) {
            Ok(sent) => total = total.saturating_add(sent),
            Err(rustix::io::Errno::AGAIN) => {
                let told = format!(" octets, then EAGAIN ({})", errno_text(&rustix::io::Errno::AGAIN.into()));
                return Ok(Returned { told: Some(told), ..Returned::value(total) });
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// `, MSG_PEEK|MSG_DONTWAIT`, or nothing.
fn flag_names(flags: &[Flag]) -> String {
    let names: Vec<_> = flags
        .iter()
        .map(|flag| match flag {
            Flag::Peek => "MSG_PEEK",
            Flag::WaitAll => "MSG_WAITALL",
            Flag::DontWait => "MSG_DONTWAIT",
            Flag::Oob => "MSG_OOB",
            Flag::More => "MSG_MORE",
            Flag::Trunc => "MSG_TRUNC",
        })
        .collect();
    if names.is_empty() { String::new() } else { format!(", {}", names.join("|")) }
}

fn send_flag(flag: Flag) -> SendFlags {
    match flag {
        Flag::DontWait => SendFlags::DONTWAIT,
        Flag::Oob => SendFlags::OOB,
        Flag::More => SendFlags::MORE,
        Flag::Peek | Flag::WaitAll | Flag::Trunc => SendFlags::empty(),
    }
}

fn receive_flag(flag: Flag) -> RecvFlags {
    match flag {
        Flag::Peek => RecvFlags::PEEK,
        Flag::WaitAll => RecvFlags::WAITALL,
        Flag::DontWait => RecvFlags::DONTWAIT,
        Flag::Oob => RecvFlags::OOB,
        Flag::Trunc => RecvFlags::TRUNC,
        Flag::More => RecvFlags::empty(),
    }
}
