//! The datagram path: gathers what the input has, and sends it with as few calls as possible.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::io;
use std::time::{Duration, Instant};

use sockeye_cli::Failure;
use sockeye_cli::failure::errno_text;
use sockeye_common::words::counted;
use sockeye_sys::socket::Datagram;

use super::Conversation;
use crate::datagram::{Outbox, TooLong};
use crate::dump::Way;
use crate::explain::{Event, Place};
use crate::options::DatagramCut;
use crate::relay::Direction::{Inbound, Outbound};
use crate::report::Ledger;
use crate::shell::{FAILED, listen};

/// Losses are told as they come, but not more often.
const LOSSES_EVERY: Duration = Duration::from_millis(100);

/// What the path remembers.
#[derive(Debug, Default)]
pub(super) struct Tracking {
    pub(super) ledger: Ledger,
    /// Why nothing goes out now, and how many datagrams were lost to it.
    trouble: Option<(i32, u64)>,
    /// The kernel's count of what it dropped, and how much of it was told.
    drops: u32,
    drops_told: u32,
    told_at: Option<Instant>,
}

/// An error that may go away by itself, as that of an interface that is down.
fn may_pass(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::ENETUNREACH | libc::EHOSTUNREACH | libc::ENETDOWN | libc::EPERM | libc::ENOBUFS | libc::EHOSTDOWN)
    )
}

/// Why `cut` cannot be done.
pub(super) fn too_long(cut: DatagramCut, error: TooLong) -> Failure {
    let asked = match cut {
        DatagramCut::Size(size) => size.to_string(),
        DatagramCut::File => "file".to_owned(),
        // These are cut to what can be sent.
        DatagramCut::Read | DatagramCut::Line => String::new(),
    };
    let longest = error.longest_octets;
    Failure::new(FAILED, format!("--datagram {asked}: longer than a datagram can be, {longest} octets"))
}

impl Conversation<'_, '_, '_> {
    /// Whether the input is to be read.
    pub(super) fn wants_input(&self) -> bool {
        let nothing_waits = self.outbox.as_ref().is_none_or(Outbox::is_empty);
        self.relay.can_read(Outbound) && nothing_waits && self.wire.has_audience()
    }

    /// Whether something waits to be sent: an empty datagram has no octet that the relay could count.
    pub(super) fn has_outbound(&self) -> bool {
        let waits = self.outbox.as_ref().is_some_and(|outbox| !outbox.is_empty());
        (self.relay.can_write(Outbound) && self.filters.is_due())
            || (waits && self.relay.sink_is_open(Outbound) && self.filters.is_due())
    }

    /// Reads what the input has, as long as it does not have to be waited for.
    pub(super) fn gather(&mut self) -> Result<(), Failure> {
        let Some(outbox) = &mut self.outbox else { return Ok(()) };
        let (mut octets, mut first, mut ended) = (0, true, false);
        loop {
            let room = outbox.room();
            if room.is_empty() || ended {
                break;
            }
            let input = &mut self.session.input;
            match if first { input.read(room) } else { input.read_now(room) } {
                Ok(None) => break,
                Ok(Some(0)) => {
                    octets += outbox.ended();
                    ended = true;
                }
                Ok(Some(length_octets)) => {
                    let filled = outbox.filled(length_octets);
                    octets += filled.map_err(|error| too_long(self.session.options.traffic.datagram, error))?;
                    self.session.explain(|| Event::Read { from: Place::Stdin, length_octets });
                }
                Err(error) => {
                    self.session.explain(|| Event::failed("read", "standard input", &error));
                    if !self.session.input.is_none_at_all(&error) {
                        return Err(Failure::call(FAILED, "read", "standard input", &error));
                    }
                    ended = true;
                }
            }
            first = false;
        }
        let now = Instant::now();
        self.relay.filled(Outbound, octets, now);
        if self.outbox.as_ref().is_some_and(|outbox| !outbox.is_empty()) {
            self.filters.wait_before_sending(now);
        }
        if ended {
            self.input_ended(now);
        }
        Ok(())
    }

    /// Sends what was gathered, until the socket takes no more.
    pub(super) fn send_gathered(&mut self) {
        while let Some(outbox) = self.outbox.as_mut().filter(|outbox| !outbox.is_empty() && self.filters.is_due()) {
            let most = if self.filters.paces() { 1 } else { usize::MAX };
            let sent = match self.filters.datagrams(outbox.pending().take(most)) {
                Some(changed) => self.wire.send_many(changed.iter().map(Vec::as_slice)),
                None => self.wire.send_many(outbox.pending().take(most)),
            };
            match sent {
                Ok(None) => return,
                Ok(Some(count)) => {
                    let now = Instant::now();
                    if self.session.taps.is_some() {
                        let changed = self.filters.datagrams(outbox.pending().take(count));
                        let gone: Vec<Vec<u8>> =
                            changed.unwrap_or_else(|| outbox.pending().take(count).map(<[u8]>::to_vec).collect());
                        for datagram in gone {
                            self.session.tap(Way::Out, self.wire.peer().cloned(), &datagram, 0);
                        }
                    }
                    if count > 0 {
                        self.filters.line_has_gone(now);
                    }
                    for _ in 0..count {
                        let Some(length_octets) = outbox.done() else { break };
                        self.relay.drained(Outbound, length_octets, now);
                        self.tracking.ledger.sent += 1;
                        self.tracking.ledger.sent_octets += u64::try_from(length_octets).unwrap_or(0);
                        self.session.explain(|| Event::Wrote { to: Place::Peer, length_octets, left_octets: 0 });
                    }
                    if let Some((_, lost)) = self.tracking.trouble.take() {
                        let peer = self.wire.peer_text();
                        let lost = counted(lost, "datagram");
                        self.session.warn(format!("send {peer}: works again; {lost} did not go out"));
                    }
                }
                Err(error) if may_pass(&error) => {
                    let lost = outbox.done().unwrap_or(0);
                    self.relay.given_up(Outbound, lost, Instant::now());
                    self.trouble(&error);
                }
                Err(error) => return self.failed("send", error),
            }
        }
    }

    /// Tells once that nothing goes out now.
    fn trouble(&mut self, error: &io::Error) {
        let errno = error.raw_os_error().unwrap_or(0);
        if let Some((known, lost)) = &mut self.tracking.trouble {
            *lost += 1;
            if std::mem::replace(known, errno) == errno {
                return;
            }
        } else {
            self.tracking.trouble = Some((errno, 1));
        }
        let peer = self.wire.peer_text();
        self.session.explain(|| Event::failed("send", &peer, error));
        self.session.warn(format!("send {peer}: {}; going on", errno_text(error)));
    }

    /// A datagram is in the room for what comes in.
    pub(super) fn datagram_came(&mut self, datagram: &Datagram, now: Instant) {
        let stranger =
            self.wire.is_stranger(datagram.peer) || datagram.peer.is_some_and(|peer| !self.session.admits(&peer));
        let cut_octets = datagram.full_len.saturating_sub(datagram.len);
        if !stranger {
            self.take(datagram, cut_octets, now);
        }
        self.session.explain(|| Event::Datagram {
            peer: datagram.peer.map(Into::into),
            length_octets: datagram.full_len,
            cut_octets,
            stranger,
        });
        if cut_octets > 0 && !stranger {
            let len = datagram.full_len;
            let kept = datagram.len;
            self.session.warn(format!("a datagram of {len} octets was cut to {kept}: {cut_octets} are lost"));
        }
    }

    /// Lets a datagram of the peer's go its way, and answers what a filter answers.
    fn take(&mut self, datagram: &Datagram, cut_octets: usize, now: Instant) {
        self.count(datagram.full_len, datagram.drops);
        if let Some(sender) = datagram.peer
            && self.wire.met(sender)
        {
            listen::announce(self.session, &sender.into());
        }
        if self.session.taps.is_some() {
            let came = self.relay.room(Inbound).get(..datagram.len).unwrap_or_default();
            self.session.tap(Way::In, datagram.peer.map(Into::into), came, cut_octets);
        }
        if let Some(judge) = &mut self.session.judge {
            let sender = datagram.peer.map_or_else(|| self.wire.peer_text(), |peer| peer.to_string());
            let came = self.relay.room(Inbound).get(..datagram.len).unwrap_or_default();
            judge.datagram(&sender, came, datagram.full_len);
        }
        self.relay.filled(Inbound, datagram.len, now);
        let answer = self.filters.inbound(&mut self.relay);
        self.filters.came(now);
        if !answer.is_empty() {
            // Of its own, between whatever else goes out.
            let _ = self.wire.send_many([answer.as_slice()]);
        }
    }

    /// Counts a datagram that came.
    fn count(&mut self, full_len: usize, drops: Option<u32>) {
        self.tracking.ledger.received += 1;
        self.tracking.ledger.received_octets += u64::try_from(full_len).unwrap_or(0);
        self.tracking.drops = drops.unwrap_or(self.tracking.drops);
    }

    /// Says what the kernel has dropped since this was last said, under `-v`.
    pub(super) fn tell_drops(&mut self, at_once: bool) {
        let Tracking { drops, drops_told, told_at, .. } = &mut self.tracking;
        let dropped = drops.wrapping_sub(*drops_told);
        if dropped == 0 || (!at_once && told_at.is_some_and(|told| told.elapsed() < LOSSES_EVERY)) {
            return;
        }
        (*drops_told, *told_at) = (*drops, Some(Instant::now()));
        let all = *drops;
        let sentence = format!("lost {dropped} datagrams (of {all} so far): the receive buffer was full");
        self.session.explain(|| Event::Dropped { datagrams: dropped, so_far: all });
        self.session.say(sentence);
    }

    /// When [`Self::tell_drops`] has something to say.
    pub(super) fn drops_deadline(&self) -> Option<Instant> {
        let Tracking { drops, drops_told, told_at, .. } = &self.tracking;
        told_at.filter(|_| drops != drops_told)?.checked_add(LOSSES_EVERY)
    }

    /// Passes on what one call has brought, without asking poll(2) in between.
    pub(super) fn drain_received(&mut self) -> Result<(), Failure> {
        while self.wire.holds_datagrams() && !self.sink_full && self.relay.can_read(Inbound) {
            self.receive();
            if self.relay.can_write(Inbound) && self.filters.may_show() {
                self.write_output(false)?;
            }
        }
        self.tell_drops(false);
        Ok(())
    }
}
