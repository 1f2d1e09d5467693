//! The relay between standard input and output and one connection, as a state machine without I/O.
//!
//! Two flows run beside each other: outbound from standard input to the peer, inbound from the peer to standard output.
//! Each has a buffer of its own and ends on its own (the half-close of RFC 9293 section 3.6). Whoever drives it tells
//! what was read, written, ended or lost, and when; [`Relay::next`] says what to do. It owns no socket and reads no
//! clock, so that every interleaving can be tested.

use std::time::{Duration, Instant};

#[cfg(test)]
mod tests;

/// How long an input that has brought something may be quiet before it no longer keeps up a conversation whose other
/// side is over.
///
/// A listener leaves with its peer, and a pipeline with its reader, without waiting for the end of standard input. What
/// another process is just writing to that input must not be cut off, though, and a pipe that it feeds is empty every
/// now and then. An input that has brought nothing at all keeps nobody.
pub const QUIET: Duration = Duration::from_millis(100);

/// Which of the two flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From standard input to the peer.
    Outbound,
    /// From the peer to standard output.
    Inbound,
}

/// When a conversation ends, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Standard input is never read: there is nobody to whom it could go.
    pub ignore_input: bool,
    /// Shut down the sending direction when the input has ended (`-N`).
    pub shutdown_at_eof: bool,
    /// Standard input is not read because the line says so (`-d`): with `-N` the sending direction is shut down when the
    /// peer has sent something, as the older tool does it.
    pub shutdown_at_answer: bool,
    /// Leave this long after the input has ended (`-q`).
    pub quit_after_eof: Option<Duration>,
    /// Leave when nothing has moved for this long (`-w`).
    pub idle: Option<Duration>,
    /// Leave when the peer has ended, whether the input has or not: what a listener does.
    pub leave_with_peer: bool,
    /// What comes from the peer goes nowhere (`--send-only`).
    pub drop_received: bool,
    /// Leave when so many reads or datagrams have come (`-W`).
    pub receive_limit: Option<u64>,
}

/// Why a conversation is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Both directions have ended.
    BothEnded,
    /// The peer has ended, and we do not stay without it.
    PeerEnded,
    /// The connection is gone: nothing can be sent or received any more.
    ConnectionLost,
    /// Nobody reads standard output any more.
    OutputGone,
    /// The time of `-q` has passed since the input ended.
    QuitAfterEof,
    /// Nothing has moved for the time of `-w`.
    Idle,
    /// As many reads as `-W` allows have come.
    ReceiveLimit,
    /// Everything that `--expect` waits for has come.
    AllCame,
}

/// What the driver has to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Move octets as [`Relay::can_read`] and [`Relay::can_write`] allow, and ask again at this time at the latest.
    Wait(Option<Instant>),
    /// Shut down the sending direction of the connection. Said once.
    ShutdownWrite,
    /// Close everything.
    Done(End),
}

/// The state machine. See the module.
#[derive(Debug)]
pub struct Relay {
    outbound: Flow,
    inbound: Flow,
    policy: Policy,
    /// When anything last moved or ended.
    moved_at: Instant,
    /// Until when the driver lets nothing go out, whoever else is ready.
    held_until: Option<Instant>,
    /// Reads and datagrams from the peer.
    received: u64,
    /// When the input ended by itself.
    input_ended_at: Option<Instant>,
    shutdown_said: bool,
    output_gone: bool,
    connection_lost: bool,
}

/// One direction: a source, a buffer that is filled only when it is empty, and a sink.
#[derive(Debug)]
struct Flow {
    buffer: Vec<u8>,
    /// Room for one read. What a filter makes of it may be longer.
    capacity: usize,
    start: usize,
    end: usize,
    source_open: bool,
    sink_open: bool,
    read: u64,
    written: u64,
    moved_at: Instant,
}

impl Flow {
    fn new(capacity: usize, now: Instant) -> Self {
        let buffer = vec![0; capacity];
        Self {
            buffer,
            capacity,
            start: 0,
            end: 0,
            source_open: true,
            sink_open: true,
            read: 0,
            written: 0,
            moved_at: now,
        }
    }

    fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Nothing more will come out of this flow.
    fn is_over(&self) -> bool {
        !self.sink_open || (!self.source_open && self.is_empty())
    }
}

impl Relay {
    /// A relay whose buffers hold this many octets. For datagrams, each buffer holds exactly one.
    pub fn new(policy: Policy, outbound_capacity: usize, inbound_capacity: usize, now: Instant) -> Self {
        let mut outbound = Flow::new(outbound_capacity, now);
        outbound.source_open = !policy.ignore_input;
        let mut inbound = Flow::new(inbound_capacity, now);
        inbound.sink_open = !policy.drop_received;
        Self {
            outbound,
            inbound,
            received: 0,
            policy,
            moved_at: now,
            held_until: None,
            input_ended_at: None,
            shutdown_said: false,
            output_gone: false,
            connection_lost: false,
        }
    }

    /// Whether the source of this direction is to be read, into [`Self::room`].
    ///
    /// What comes from the peer for nobody is read too while something goes out, and dropped: a peer that cannot get rid
    /// of its answers takes no more questions.
    pub fn can_read(&self, direction: Direction) -> bool {
        let flow = self.flow(direction);
        let drops = direction == Direction::Inbound && !self.outbound.is_over();
        let limited = direction == Direction::Inbound && self.is_at_limit();
        flow.source_open && flow.is_empty() && (flow.sink_open || drops) && !limited
    }

    /// Whether there is something to write to the sink of this direction: [`Self::pending`].
    pub fn can_write(&self, direction: Direction) -> bool {
        let flow = self.flow(direction);
        flow.sink_open && !flow.is_empty()
    }

    /// Whether the source of this direction may still bring something.
    pub fn source_is_open(&self, direction: Direction) -> bool {
        self.flow(direction).source_open
    }

    /// Whether the sink of this direction still takes something.
    pub fn sink_is_open(&self, direction: Direction) -> bool {
        self.flow(direction).sink_open
    }

    /// Where to read to. Empty while [`Self::can_read`] is false.
    pub fn room(&mut self, direction: Direction) -> &mut [u8] {
        let readable = self.can_read(direction);
        let flow = self.flow_mut(direction);
        let capacity = flow.capacity;
        if readable { flow.buffer.get_mut(..capacity).unwrap_or_default() } else { &mut [] }
    }

    /// Tells that `len` octets were read to the front of [`Self::room`]. Zero is an empty datagram, not an end.
    pub fn filled(&mut self, direction: Direction, len: usize, now: Instant) {
        self.moved_at = now;
        if direction == Direction::Inbound {
            self.received = self.received.saturating_add(1);
        }
        let flow = self.flow_mut(direction);
        let len = len.min(flow.buffer.len());
        flow.read = flow.read.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        if flow.sink_open {
            flow.start = 0;
            flow.end = len;
            flow.moved_at = now;
        }
    }

    /// Puts what a filter made of [`Self::pending`] in its place.
    pub fn replace(&mut self, direction: Direction, octets: &[u8]) {
        let flow = self.flow_mut(direction);
        if flow.sink_open {
            flow.start = 0;
            flow.end = octets.len();
            if flow.buffer.len() < octets.len() {
                flow.buffer.resize(octets.len(), 0);
            }
            if let Some(room) = flow.buffer.get_mut(..octets.len()) {
                room.copy_from_slice(octets);
            }
        }
    }

    /// Adds something of our own behind what is to be written. A direction that was shut down takes nothing more.
    pub fn append(&mut self, direction: Direction, octets: &[u8]) {
        let shut_down = direction == Direction::Outbound && self.shutdown_said;
        if !octets.is_empty() && !shut_down {
            let pending = [self.pending(direction), octets].concat();
            self.replace(direction, &pending);
        }
    }

    fn is_at_limit(&self) -> bool {
        self.policy.receive_limit.is_some_and(|limit| self.received >= limit)
    }

    /// What is to be written.
    pub fn pending(&self, direction: Direction) -> &[u8] {
        let flow = self.flow(direction);
        flow.buffer.get(flow.start..flow.end).unwrap_or_default()
    }

    /// Tells that the first `len` octets of [`Self::pending`] were written.
    pub fn drained(&mut self, direction: Direction, len: usize, now: Instant) {
        self.moved_at = now;
        let flow = self.flow_mut(direction);
        let len = len.min(flow.end - flow.start);
        flow.start += len;
        flow.written = flow.written.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        flow.moved_at = now;
    }

    /// Tells that the first `len` octets of [`Self::pending`] could not be written, and that the rest goes on without them.
    pub fn given_up(&mut self, direction: Direction, len: usize, now: Instant) {
        self.moved_at = now;
        let flow = self.flow_mut(direction);
        flow.start += len.min(flow.end - flow.start);
    }

    /// Tells that the source of this direction has ended: end of file, or the peer's FIN.
    pub fn source_ended(&mut self, direction: Direction, now: Instant) {
        self.moved_at = now;
        self.flow_mut(direction).source_open = false;
        self.flow_mut(direction).moved_at = now;
        if direction == Direction::Outbound {
            self.input_ended_at = Some(now);
        }
    }

    /// Tells that nobody reads standard output any more. What waits for it is dropped.
    pub fn output_gone(&mut self, now: Instant) {
        self.moved_at = now;
        self.inbound.sink_open = false;
        self.inbound.start = self.inbound.end;
        self.inbound.moved_at = now;
        self.output_gone = true;
    }

    /// Tells that the peer takes nothing more, while what it sent can still be read.
    pub fn peer_takes_no_more(&mut self, now: Instant) {
        self.moved_at = now;
        self.outbound.sink_open = false;
    }

    /// Tells that the connection is gone in both directions. What was read before still goes to standard output.
    pub fn connection_lost(&mut self, now: Instant) {
        self.moved_at = now;
        self.inbound.source_open = false;
        self.outbound.sink_open = false;
        self.connection_lost = true;
    }

    /// Tells that the driver lets nothing go out before `until`: the time of [`Policy::idle`] does not begin before that.
    pub fn held(&mut self, until: Instant) {
        self.held_until = Some(until);
    }

    /// Octets read from the source and written to the sink of this direction so far.
    pub fn counts(&self, direction: Direction) -> (u64, u64) {
        let flow = self.flow(direction);
        (flow.read, flow.written)
    }

    /// What to do now.
    pub fn next(&mut self, now: Instant) -> Next {
        if self.outbound.is_over() && self.inbound.is_over() {
            return Next::Done(self.reason());
        }
        if self.is_at_limit() && (self.inbound.is_empty() || !self.inbound.sink_open) {
            return Next::Done(End::ReceiveLimit);
        }
        if self.policy.shutdown_at_eof && !self.shutdown_said && self.has_no_more_to_say() && self.outbound.is_over() {
            self.shutdown_said = true;
            if self.outbound.sink_open {
                return Next::ShutdownWrite;
            }
        }
        let mut wake: Option<Instant> = None;
        let candidates = [
            (self.quiet_deadline(), if self.output_gone { End::OutputGone } else { End::PeerEnded }),
            (self.quit_deadline(), End::QuitAfterEof),
            (self.idle_deadline(), End::Idle),
        ];
        for (deadline, end) in candidates {
            let Some(deadline) = deadline else { continue };
            if deadline <= now {
                return Next::Done(end);
            }
            wake = Some(wake.map_or(deadline, |wake| wake.min(deadline)));
        }
        Next::Wait(wake)
    }

    fn has_no_more_to_say(&self) -> bool {
        self.input_ended_at.is_some() || (self.policy.shutdown_at_answer && self.received > 0)
    }

    fn reason(&self) -> End {
        if self.connection_lost {
            End::ConnectionLost
        } else if self.output_gone {
            End::OutputGone
        } else if self.outbound.source_open || self.policy.ignore_input {
            End::PeerEnded
        } else {
            End::BothEnded
        }
    }

    /// Nothing more can come in, and only the input keeps us: until it is quiet.
    fn quiet_deadline(&self) -> Option<Instant> {
        // That nobody wants what the peer sends does not mean that it has ended.
        let leave = self.output_gone || (self.policy.leave_with_peer && !self.inbound.source_open);
        if !leave || !self.inbound.is_over() || !self.outbound.is_empty() {
            return None;
        }
        let quiet = if self.outbound.read == 0 { Duration::ZERO } else { QUIET };
        self.outbound.moved_at.max(self.inbound.moved_at).checked_add(quiet)
    }

    /// `-q`: what has already been read from the peer is still written out first.
    fn quit_deadline(&self) -> Option<Instant> {
        let ready = self.outbound.is_over() && self.inbound.is_empty();
        self.input_ended_at.filter(|_| ready)?.checked_add(self.policy.quit_after_eof?)
    }

    /// `-w`: the network is not idle while only our own reader is slow.
    fn idle_deadline(&self) -> Option<Instant> {
        if self.can_write(Direction::Inbound) {
            return None;
        }
        self.held_until.unwrap_or(self.moved_at).max(self.moved_at).checked_add(self.policy.idle?)
    }

    fn flow(&self, direction: Direction) -> &Flow {
        match direction {
            Direction::Outbound => &self.outbound,
            Direction::Inbound => &self.inbound,
        }
    }

    fn flow_mut(&mut self, direction: Direction) -> &mut Flow {
        match direction {
            Direction::Outbound => &mut self.outbound,
            Direction::Inbound => &mut self.inbound,
        }
    }
}
