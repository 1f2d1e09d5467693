//! What the options do to a stream on its way through the relay.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::time::{Duration, Instant};

use crate::filter::{Crlf, Escape, Telnet};
use crate::options::Traffic;
use crate::relay::Direction::{Inbound, Outbound};
use crate::relay::Relay;

/// The filters of one conversation. Without any, octets go through untouched.
#[derive(Debug, Default)]
pub(super) struct Filters {
    crlf: Option<Crlf>,
    telnet: Option<Telnet>,
    /// From one line to the next (`-i`).
    interval: Option<Duration>,
    next_line_at: Option<Instant>,
    escape: Option<Escape>,
    /// From a read to the write that follows (`--delay`), both ways.
    delay: Option<Duration>,
    show_at: Option<Instant>,
}

impl Filters {
    pub(super) fn new(traffic: &Traffic, escapes: bool) -> Self {
        Self {
            crlf: traffic.crlf.then(Crlf::default),
            telnet: traffic.telnet.then(Telnet::default),
            interval: traffic.interval,
            next_line_at: None,
            escape: escapes.then(Escape::default),
            delay: traffic.delay,
            show_at: None,
        }
    }

    /// Whether what goes out must be looked at.
    pub(super) fn touch_outbound(&self) -> bool {
        self.crlf.is_some() || self.telnet.is_some() || self.interval.is_some() || self.delay.is_some()
    }

    /// What was just read from the input.
    pub(super) fn outbound(&mut self, relay: &mut Relay, now: Instant) {
        self.wait_before_sending(now);
        if let Some(crlf) = &mut self.crlf {
            let octets = crlf.apply(relay.pending(Outbound));
            relay.replace(Outbound, &octets);
        }
    }

    /// Input has come that goes out after the time of `--delay`.
    pub(super) fn wait_before_sending(&mut self, now: Instant) {
        if let Some(delay) = self.delay {
            // The time of -i may end later.
            self.next_line_at = self.next_line_at.max(now.checked_add(delay));
        }
    }

    /// The datagrams as they go out, if they are not as they were read.
    pub(super) fn datagrams<'a>(&self, datagrams: impl Iterator<Item = &'a [u8]>) -> Option<Vec<Vec<u8>>> {
        self.crlf.is_some().then(|| datagrams.map(|datagram| Crlf::default().apply(datagram)).collect())
    }

    /// Whether datagrams go out one by one.
    pub(super) fn paces(&self) -> bool {
        self.interval.is_some() || self.delay.is_some()
    }

    /// What was just read from the peer. Returns what it is to be answered.
    pub(super) fn inbound(&mut self, relay: &mut Relay) -> Vec<u8> {
        let mut answer = Vec::new();
        if let Some(telnet) = &mut self.telnet {
            let (data, refusals) = telnet.apply(relay.pending(Inbound));
            relay.replace(Inbound, &data);
            answer = refusals;
        }
        if let Some(escape) = &mut self.escape {
            let shown = escape.apply(relay.pending(Inbound));
            relay.replace(Inbound, &shown);
        }
        answer
    }

    /// What was kept back of what the peer has sent, when nothing more comes.
    pub(super) fn rest(&mut self) -> Vec<u8> {
        self.escape.as_mut().map(Escape::rest).unwrap_or_default()
    }

    /// Something has come that is written after the time of `--delay`.
    pub(super) fn came(&mut self, now: Instant) {
        self.show_at = self.delay.and_then(|delay| now.checked_add(delay));
    }

    /// When what has come may be written.
    pub(super) fn show_at(&self) -> Option<Instant> {
        self.show_at
    }

    pub(super) fn may_show(&self) -> bool {
        self.show_at.is_none_or(|at| at <= Instant::now())
    }

    /// As much of `pending` as goes out at once: a line, if lines are paced.
    pub(super) fn line<'a>(&self, pending: &'a [u8]) -> &'a [u8] {
        // To look for its end costs more than to send it.
        if self.interval.is_none() {
            return pending;
        }
        let end = pending.iter().position(|octet| *octet == b'\n');
        end.and_then(|end| pending.get(..=end)).unwrap_or(pending)
    }

    pub(super) fn line_has_gone(&mut self, now: Instant) {
        self.next_line_at = self.interval.or(self.delay).and_then(|wait| now.checked_add(wait));
    }

    /// When the next line may go.
    pub(super) fn next_line_at(&self) -> Option<Instant> {
        self.next_line_at
    }

    pub(super) fn is_due(&self) -> bool {
        self.next_line_at.is_none_or(|at| at <= Instant::now())
    }
}
