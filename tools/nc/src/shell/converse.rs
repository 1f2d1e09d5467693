//! Drives a [`Relay`]: poll(2), and the reads and writes that it allows.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use sockeye_cli::Failure;
use sockeye_sys::poll::{Events, PollFd, poll};

use self::datagrams::Tracking;
use self::filters::Filters;
use super::shortcut::Shortcut;
use super::stdio::{Input, Sink, Speaker};
use super::tls::Stream;
use super::wire::{Received, Wire};
use super::{FAILED, Session};
use crate::datagram::Outbox;
use crate::dump::Way;
use crate::explain::{self, Event, Place};
use crate::generate::Judge;
use crate::options::{Dialect, Role, Transport};
use crate::relay::Direction::{Inbound, Outbound};
use crate::relay::{End, Next, Policy, Relay};
use crate::report;

mod datagrams;
mod filters;

/// Octets that a stream's buffers hold. Reads and writes of 1 MiB carry more than twice as much as those of 16 KiB.
const STREAM_LEN: usize = 1 << 20;
/// Room for any UDP datagram, IPv6's included.
const DATAGRAM_RECEIVE_LEN: usize = 65_536;

/// The shortest idle time that can be told from none.
const SHORTEST_IDLE: Duration = Duration::from_millis(1);

/// How long `-q` waits longer for octets to be acknowledged, and how often it looks: the kernel tells nobody.
const SENDING_MOMENT: Duration = Duration::from_secs(2);
const ACKNOWLEDGED_EVERY: Duration = Duration::from_millis(5);

/// How a conversation ended.
pub(super) enum Outcome {
    /// As it should.
    Ended,
    /// The connection broke, or nothing moved while something was to be sent.
    Lost(Failure),
    /// Nobody listens there: what UDP learns when it is too late.
    Refused(Failure),
}

/// One conversation.
struct Conversation<'call, 'run, 'out> {
    session: &'call mut Session<'run, 'out>,
    wire: &'call mut Wire,
    relay: Relay,
    /// Where the outbound octets are instead of in the relay's buffer, if they come from a file or a pipe.
    shortcut: Option<Shortcut>,
    /// Where they are instead if they are datagrams.
    outbox: Option<Outbox>,
    filters: Filters,
    tracking: Tracking,
    /// Why the connection was lost.
    fault: Option<(&'static str, io::Error)>,
    /// Standard output takes nothing until poll(2) says so.
    sink_full: bool,
    /// Whoever reads standard output has been told that this is all, if there is a way.
    sink_ended: bool,
    /// When the time of `-q` had passed.
    quit_since: Option<Instant>,
    /// After the time of `-q` it was seen what the socket has.
    looked: bool,
}

/// What poll(2) found.
struct Ready {
    input: Events,
    wire: Events,
    sink: Events,
}

impl Session<'_, '_> {
    /// Relays between `other`, a socket that does not block, and `wire`, each direction until it ends.
    ///
    /// # Errors
    /// [`Failure`] if one of them breaks. That nobody reads any more is an end.
    pub(super) fn converse_for(&mut self, wire: &mut Wire, other: OwnedFd, speaker: Speaker) -> Result<(), Failure> {
        let output = other.try_clone().map_err(|error| Failure::call(FAILED, "dup", "a socket", &error))?;
        let input = std::mem::replace(&mut self.input, Input::of(File::from(other), speaker));
        let sink = std::mem::replace(&mut self.sink, Sink::Program(File::from(output)));
        let policy = Policy { shutdown_at_eof: true, leave_with_peer: false, ignore_input: false, ..self.policy() };
        let outcome = self.converse(wire, policy);
        (self.input, self.sink) = (input, sink);
        match outcome {
            Ok(Outcome::Ended) | Err(Failure::ClosedPipe) => Ok(()),
            Ok(Outcome::Lost(failure) | Outcome::Refused(failure)) | Err(failure) => Err(failure),
        }
    }

    /// Relays between the standard streams and `wire` until `policy` says that it is over.
    ///
    /// # Errors
    /// [`Failure`] if standard input or output fails: what ends a listener too.
    pub(super) fn converse(&mut self, wire: &mut Wire, policy: Policy) -> Result<Outcome, Failure> {
        // A time of our own, for what a sender has left behind, is not told of.
        let asked = policy.idle.filter(|limit| self.options.idle_timeout == Some(*limit));
        // `-w 0` still moves what is ready, as OpenBSD's poll(2) without a wait does.
        let policy = Policy { idle: policy.idle.map(|idle| idle.max(SHORTEST_IDLE)), ..policy };
        let start = Instant::now();
        let mut conversation = Conversation::new(self, wire, policy, start)?;
        let end = conversation.run();
        conversation.tell_drops(true);
        conversation.session.ledger = conversation.tracking.ledger;
        if end.is_ok() && conversation.fault.is_none() {
            conversation.say_goodbye();
        }
        let (sent_octets, received_octets) = conversation.totals();
        let fault = conversation.fault.take();
        let unsent = conversation.relay.pending(Outbound).len();
        let (keeps_boundaries, peer) = (conversation.wire.keeps_boundaries(), conversation.wire.peer_text());
        self.explain_info(wire.socket());
        if let Ok(end) = &end {
            let why = explain::why(if fault.is_some() { End::ConnectionLost } else { *end });
            let duration_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            self.explain(|| Event::Done { why, sent_octets, received_octets, duration_us });
        }
        if self.options.dialect == Dialect::Ncat {
            let connects = matches!(self.options.role, Role::Connect(_));
            match (&end, &fault, asked) {
                (Ok(End::Idle), None, Some(limit)) => {
                    let status = if connects { FAILED } else { self.fatal() };
                    return Ok(Outcome::Lost(Failure::new(status, report::idle(limit, connects))));
                }
                (Ok(_), None, _) if connects => {
                    self.say(report::transferred(sent_octets, received_octets, start.elapsed()));
                }
                _ => {}
            }
        }
        Ok(match (end?, fault) {
            (_, Some((call, error))) => {
                let failure = Failure::call(FAILED, call, peer, &error);
                if keeps_boundaries && error.kind() == io::ErrorKind::ConnectionRefused {
                    Outcome::Refused(failure)
                } else {
                    Outcome::Lost(failure.hint(format!("received {received_octets} octets, sent {sent_octets}")))
                }
            }
            (End::Idle, None) if unsent > 0 => {
                let message = format!("send {peer}: timed out with {unsent} octets unsent");
                Outcome::Lost(Failure::new(FAILED, message))
            }
            (End::OutputGone, None) => return Err(Failure::ClosedPipe),
            _ => Outcome::Ended,
        })
    }
}

impl<'call, 'run, 'out> Conversation<'call, 'run, 'out> {
    fn new(
        session: &'call mut Session<'run, 'out>,
        wire: &'call mut Wire,
        policy: Policy,
        start: Instant,
    ) -> Result<Self, Failure> {
        // What is read at once from the input is one datagram, and must not be longer than can be sent.
        let (outbound, inbound) =
            wire.longest_datagram().map_or((STREAM_LEN, STREAM_LEN), |longest| (longest, DATAGRAM_RECEIVE_LEN));
        let traffic = &session.options.traffic;
        let inbound = traffic.read_size.unwrap_or(inbound);
        let outbox = wire.can_batch().then(|| Outbox::new(traffic.datagram, outbound)).transpose();
        let outbox = outbox.map_err(|error| datagrams::too_long(traffic.datagram, error))?;
        if outbox.is_some() {
            wire.receive_batches(inbound);
        }
        let outbound = outbox.as_ref().map_or(outbound, Outbox::capacity);
        let relay = Relay::new(policy, outbound, inbound, start);
        // The terminal is whose octets --escape is about.
        let escapes = traffic.escape && io::stdout().is_terminal();
        let filters = Filters::new(traffic, escapes);
        let can_splice =
            wire.can_splice() && session.input.is_file_or_pipe() && !filters.touch_outbound() && session.taps.is_none();
        let shortcut = can_splice.then(|| Shortcut::open(outbound).ok()).flatten();
        Ok(Self {
            session,
            wire,
            relay,
            shortcut,
            outbox,
            filters,
            tracking: Tracking::default(),
            fault: None,
            sink_full: false,
            sink_ended: false,
            quit_since: None,
            looked: false,
        })
    }
}

impl Conversation<'_, '_, '_> {
    fn totals(&self) -> (u64, u64) {
        let (_, sent) = self.relay.counts(Outbound);
        let (received, _) = self.relay.counts(Inbound);
        (sent, received)
    }

    fn run(&mut self) -> Result<End, Failure> {
        loop {
            let all_came = self.session.judge.as_ref().is_some_and(Judge::is_complete);
            if all_came && !self.relay.can_write(Inbound) && !self.wire.holds_input() {
                return Ok(End::AllCame);
            }
            if !self.relay.source_is_open(Inbound)
                && !self.relay.can_write(Inbound)
                && !self.sink_ended
                && self.fault.is_none()
            {
                self.sink_ended = true;
                self.session.sink.end();
            }
            if let Some(until) = self.holds_until() {
                self.relay.held(until);
            }
            match self.relay.next(Instant::now()) {
                Next::Done(end) if self.must_arrive(end) && self.is_still_sending() => {
                    let ready = self.wait(Instant::now().checked_add(ACKNOWLEDGED_EVERY))?;
                    self.step(&ready)?;
                }
                // What has come already is not left behind: an answer, or that nobody listens there.
                Next::Done(End::QuitAfterEof) if self.wire.keeps_boundaries() && !self.looked => {
                    self.looked = true;
                    let ready = self.wait(Some(Instant::now()))?;
                    self.step(&ready)?;
                }
                Next::Done(end) => return Ok(end),
                Next::ShutdownWrite => self.shutdown(),
                Next::Wait(until) => {
                    let ready = self.wait(until)?;
                    self.step(&ready)?;
                }
            }
        }
    }

    /// Whether what was sent may be lost if the connection is closed now, although the peer has not ended.
    fn must_arrive(&self, end: End) -> bool {
        let send_only = self.session.options.traffic.send_only;
        // A program that has gone takes nothing more, but what it has said is on its way.
        let program_gone = self.session.input.is_ours() && end == End::OutputGone;
        end == End::QuitAfterEof || program_gone || (send_only && end == End::BothEnded)
    }

    /// The peer of TLS must be told that this is all, or it takes it for cut off. Without TLS the kernel does that.
    ///
    /// What was not sent is cut off, and then the peer is not told.
    fn say_goodbye(&mut self) {
        if self.wire.tls().is_none() || !self.relay.pending(Outbound).is_empty() {
            return;
        }
        let until = Instant::now().checked_add(SENDING_MOMENT);
        while let (Ok(()), Some(false)) = (self.wire.shutdown_write(), self.wire.tls().map(Stream::is_flushed)) {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            match poll(&mut [PollFd::new(self.wire.fd(), Events::OUT)], left) {
                Ok(ready) if ready > 0 => {}
                _ => return,
            }
        }
    }

    /// Whether octets are still on their way when the time of `-q` has passed.
    ///
    /// Linux drops them if the socket is closed and the peer says anything more. They get a moment to arrive.
    fn is_still_sending(&mut self) -> bool {
        let now = Instant::now();
        let since = *self.quit_since.get_or_insert(now);
        now.saturating_duration_since(since) < SENDING_MOMENT && self.wire.unacknowledged() > 0
    }

    /// When what waits to be sent may go, if that is for us to say.
    fn paced(&self) -> Option<Instant> {
        let waits = self.relay.can_write(Outbound) || self.outbox.as_ref().is_some_and(|outbox| !outbox.is_empty());
        self.filters.next_line_at().filter(|_| waits)
    }

    /// Until when nothing moves because we wait ourselves: a pace of our own is no silence.
    fn holds_until(&self) -> Option<Instant> {
        self.paced().into_iter().chain(self.session.input.made_at().filter(|_| self.wants_input())).max()
    }

    /// Waits until something can move, or until `until`.
    fn wait(&self, until: Option<Instant>) -> Result<Ready, Failure> {
        let paced = self.paced();
        let shown = self.filters.show_at().filter(|_| self.relay.can_write(Inbound));
        let until = until.into_iter().chain(self.drops_deadline()).chain(paced).chain(shown).min();
        let relay = &self.relay;
        let made_at = self.session.input.made_at().filter(|_| self.wants_input());
        let until = until.into_iter().chain(made_at).min();
        let input = if made_at.is_some() {
            PollFd::idle()
        } else if self.wants_input() {
            PollFd::new(self.session.input.fd(), Events::IN)
        } else {
            PollFd::idle()
        };
        let wanted = self.wire.interest(relay.can_read(Inbound), self.has_outbound());
        // With nothing to move, a connection whose two directions have ended would be reported again and again. While
        // only the input keeps us, a RST says that it does so in vain.
        let in_vain = !relay.source_is_open(Inbound) && relay.can_read(Outbound);
        let wire = if wanted.is_empty() && !in_vain { PollFd::idle() } else { PollFd::new(self.wire.fd(), wanted) };
        let sink = match self.session.sink.fd() {
            Some(_) if relay.can_write(Inbound) && !self.filters.may_show() => PollFd::idle(),
            Some(fd) if relay.can_write(Inbound) => PollFd::new(fd, Events::OUT),
            // To notice that the reader of a pipe has gone before there is something for it.
            Some(fd) if relay.sink_is_open(Inbound) && relay.source_is_open(Inbound) => PollFd::new(fd, Events::EMPTY),
            _ => PollFd::idle(),
        };
        let mut fds = [input, wire, sink];
        let timeout = if relay.can_read(Inbound) && (self.fault.is_some() || self.wire.holds_input()) {
            Some(Duration::ZERO)
        } else {
            until.map(|until| until.saturating_duration_since(Instant::now()))
        };
        poll(&mut fds, timeout).map_err(|error| Failure::call(FAILED, "poll", self.wire.peer_text(), &error))?;
        let [input, wire, sink] = fds;
        let made = made_at.is_some_and(|at| at <= Instant::now());
        let input = if made { Events::IN } else { input.ready() };
        Ok(Ready { input, wire: wire.ready(), sink: sink.ready() })
    }

    /// Moves what can be moved. What was just read is written at once, without asking poll(2) in between.
    fn step(&mut self, ready: &Ready) -> Result<(), Failure> {
        let gone = Events::ERR | Events::HUP;
        if !ready.input.is_empty() {
            self.read_input()?;
        }
        if self.has_outbound() {
            self.send();
        } else if ready.wire.intersects(Events::OUT)
            && let Some(Err(error)) = self.wire.tls_mut().map(Stream::flush)
        {
            self.failed("send", error);
        }
        let readable = ready.wire.intersects(Events::IN | gone) || self.fault.is_some() || self.wire.holds_input();
        if readable && self.relay.can_read(Inbound) {
            self.receive();
        } else if ready.wire.intersects(gone) && !self.relay.source_is_open(Inbound) {
            // A RST behind the FIN answers what was sent last: nobody took it.
            match self.wire.take_error() {
                Ok(Some(error)) => self.failed("send", error),
                _ => self.relay.peer_takes_no_more(Instant::now()),
            }
        }
        if self.relay.can_write(Inbound) && self.filters.may_show() {
            if !self.sink_full || !ready.sink.is_empty() {
                // A pipe that is full and that nobody reads any more is not writable, and yet the write does not wait.
                self.write_output(ready.sink.intersects(Events::OUT | gone))?;
            }
        } else if ready.sink.intersects(gone) {
            self.relay.output_gone(Instant::now());
        }
        self.drain_received()?;
        self.session.check_taps()
    }

    /// One read from the input, into the relay's buffer or into the pipe that stands for it.
    fn fill_outbound(&mut self) -> io::Result<Option<usize>> {
        let room = self.relay.room(Outbound);
        if let Some(shortcut) = &self.shortcut {
            match self.session.input.read_with(|file| shortcut.fill(file, room.len())) {
                // Not every file system can splice.
                Err(error) if error.raw_os_error() == Some(libc::EINVAL) => self.shortcut = None,
                other => return other,
            }
        }
        self.session.input.read(room)
    }

    fn read_input(&mut self) -> Result<(), Failure> {
        if self.outbox.is_some() {
            return self.gather();
        }
        let read = self.fill_outbound();
        let now = Instant::now();
        match read {
            Ok(None) => {}
            Ok(Some(0)) => self.input_ended(now),
            Ok(Some(length_octets)) => {
                self.relay.filled(Outbound, length_octets, now);
                self.session.explain(|| Event::Read { from: Place::Stdin, length_octets });
                self.filters.outbound(&mut self.relay, now);
            }
            Err(error) => {
                let name = self.session.input.name();
                self.session.explain(|| Event::failed("read", name, &error));
                if !self.session.input.is_none_at_all(&error) {
                    return Err(Failure::call(FAILED, "read", name, &error));
                }
                self.input_ended(now);
            }
        }
        Ok(())
    }

    fn input_ended(&mut self, now: Instant) {
        self.relay.source_ended(Outbound, now);
        let traffic = &self.session.options.traffic;
        let meaning = match (traffic.shutdown_at_eof, traffic.quit_after_eof) {
            (_, Some(Duration::ZERO)) if self.wire.keeps_boundaries() => {
                "datagrams that have gone were all: this is over"
            }
            (_, Some(_)) => "the sending direction is shut down, and the time of -q begins",
            (true, None) => "the sending direction is shut down, because of -N",
            (false, None) => "the sending direction stays open, because there is no -N",
        };
        self.session.explain(|| Event::Ended { from: Place::Stdin, meaning });
    }

    fn send(&mut self) {
        if self.outbox.is_some() {
            return self.send_gathered();
        }
        let pending = self.filters.line(self.relay.pending(Outbound));
        let line = pending.len();
        let sent = match &self.shortcut {
            Some(shortcut) => shortcut.drain(self.wire, pending.len()),
            None => self.wire.send(pending),
        };
        match sent {
            Ok(None) => {}
            Ok(Some(length_octets)) => {
                let now = Instant::now();
                if self.session.taps.is_some() {
                    let gone = pending.get(..length_octets).unwrap_or_default();
                    self.session.tap(Way::Out, self.wire.peer().cloned(), gone, 0);
                }
                self.relay.drained(Outbound, length_octets, now);
                if length_octets == line {
                    self.filters.line_has_gone(now);
                }
                let left_octets = self.relay.pending(Outbound).len();
                self.session.explain(|| Event::Wrote { to: Place::Peer, length_octets, left_octets });
            }
            Err(error) => self.failed("send", error),
        }
    }

    fn receive(&mut self) {
        let received = self.wire.receive(self.relay.room(Inbound));
        let now = Instant::now();
        match received {
            // Nothing more had arrived before the connection broke. An end behind an error is no FIN.
            Ok(Received::NotReady | Received::End) if self.fault.is_some() => {
                let rest = self.filters.rest();
                self.relay.append(Inbound, &rest);
                self.relay.connection_lost(now);
            }
            Ok(Received::NotReady) => {}
            Ok(Received::End) => self.peer_ended(now),
            Ok(Received::Octets(length_octets)) => self.octets_came(length_octets, now),
            Ok(Received::Datagram(datagram)) => self.datagram_came(&datagram, now),
            Err(error) => self.failed(self.wire.receive_call(), error),
        }
    }

    fn peer_ended(&mut self, now: Instant) {
        let rest = self.filters.rest();
        self.relay.append(Inbound, &rest);
        self.relay.source_ended(Inbound, now);
        let meaning = match self.wire.tls() {
            Some(_) => "its close_notify came; what we send may still be read there",
            None if self.session.options.transport != Transport::Tcp => {
                "it sends no more; what we send may still be read there"
            }
            None => "its FIN came; what we send may still be read there",
        };
        self.session.explain(|| Event::Ended { from: Place::Peer, meaning });
    }

    /// Octets of a stream are in the room for what comes in.
    fn octets_came(&mut self, length_octets: usize, now: Instant) {
        if self.session.taps.is_some() {
            let came = self.relay.room(Inbound).get(..length_octets).unwrap_or_default();
            self.session.tap(Way::In, self.wire.peer().cloned(), came, 0);
        }
        if let Some(judge) = &mut self.session.judge {
            let came = self.relay.room(Inbound).get(..length_octets).unwrap_or_default();
            judge.read(&self.wire.peer_text(), came);
        }
        self.relay.filled(Inbound, length_octets, now);
        self.session.explain(|| Event::Read { from: Place::Peer, length_octets });
        let answer = self.filters.inbound(&mut self.relay);
        self.relay.append(Outbound, &answer);
        self.filters.came(now);
    }

    /// A call on the connection failed: what was to be sent is lost, and what the peer had sent before can still be read.
    ///
    /// The kernel tells an error only once. Of a stream there is an end behind it, of datagrams nothing.
    fn failed(&mut self, call: &'static str, error: io::Error) {
        let peer = self.wire.peer_text();
        self.session.explain(|| Event::failed(call, &peer, &error));
        self.fault.get_or_insert((call, error));
        self.relay.peer_takes_no_more(Instant::now());
    }

    fn shutdown(&mut self) {
        match self.wire.shutdown_write() {
            Ok(()) => {
                let meaning = if self.wire.keeps_boundaries() {
                    "datagrams have no end; the peer sees nothing of it"
                } else if self.wire.tls().is_some() {
                    "close_notify goes out, and a FIN; the peer sees the end of its input, and may go on sending"
                } else if self.session.options.transport != Transport::Tcp {
                    "the peer sees the end of its input, and may go on sending"
                } else {
                    "a FIN goes out; the peer sees the end of its input, and may go on sending"
                };
                self.session.explain(|| Event::Shutdown { meaning });
            }
            // A connection that is gone needs no FIN; whoever reads from it is told.
            Err(error) => {
                let peer = self.wire.peer_text();
                self.session.explain(|| Event::failed("shutdown", &peer, &error));
            }
        }
    }

    fn write_output(&mut self, ready: bool) -> Result<(), Failure> {
        let written = self.session.sink.write(self.relay.pending(Inbound), ready);
        let now = Instant::now();
        match written {
            Ok(None) => self.sink_full = true,
            Ok(Some(length_octets)) => {
                self.relay.drained(Inbound, length_octets, now);
                let left_octets = self.relay.pending(Inbound).len();
                self.sink_full = left_octets > 0;
                self.session.explain(|| Event::Wrote { to: Place::Stdout, length_octets, left_octets });
            }
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.session.explain(|| Event::failed("write", "standard output", &error));
                self.relay.output_gone(now);
            }
            Err(error) => {
                self.session.explain(|| Event::failed("write", "standard output", &error));
                return Err(Failure::call(FAILED, "write", "standard output", &error));
            }
        }
        Ok(())
    }
}
