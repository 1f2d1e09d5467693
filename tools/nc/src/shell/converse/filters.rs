//! What the options do to a stream on its way through the relay.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::time::{Duration, Instant};

use crate::filter::{Crlf, Telnet};
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
}

impl Filters {
    pub(super) fn new(traffic: &Traffic) -> Self {
        Self {
            crlf: traffic.crlf.then(Crlf::default),
            telnet: traffic.telnet.then(Telnet::default),
            interval: traffic.interval,
            next_line_at: None,
        }
    }

    /// Whether what goes out must be looked at.
    pub(super) fn touch_outbound(&self) -> bool {
        self.crlf.is_some() || self.telnet.is_some() || self.interval.is_some()
    }

    /// What was just read from the input.
    pub(super) fn outbound(&mut self, relay: &mut Relay) {
        if let Some(crlf) = &mut self.crlf {
            let octets = crlf.apply(relay.pending(Outbound));
            relay.replace(Outbound, &octets);
        }
    }

    /// What was just read from the peer.
    pub(super) fn inbound(&mut self, relay: &mut Relay) {
        if let Some(telnet) = &mut self.telnet {
            let (data, answer) = telnet.apply(relay.pending(Inbound));
            relay.replace(Inbound, &data);
            relay.append(Outbound, &answer);
        }
    }

    /// As much of `pending` as goes out at once: a line, if lines are paced.
    pub(super) fn line<'a>(&self, pending: &'a [u8]) -> &'a [u8] {
        let end = pending.iter().position(|octet| *octet == b'\n').filter(|_| self.interval.is_some());
        end.and_then(|end| pending.get(..=end)).unwrap_or(pending)
    }

    pub(super) fn line_has_gone(&mut self, now: Instant) {
        self.next_line_at = self.interval.and_then(|interval| now.checked_add(interval));
    }

    /// When the next line may go.
    pub(super) fn next_line_at(&self) -> Option<Instant> {
        self.next_line_at
    }

    pub(super) fn is_due(&self) -> bool {
        self.next_line_at.is_none_or(|at| at <= Instant::now())
    }
}
