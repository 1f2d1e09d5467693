//! The HTTP proxy: reads what a client wants, connects to it, and relays.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]

use std::time::{Duration, Instant};

use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_sys::poll::{Events, PollFd, poll};

use super::connect::reach;
use super::stdio::Speaker;
use super::wire::{Received, Wire};
use super::{FAILED, Session};
use crate::explain::{Event, Place};
use crate::proxy::server::{CONNECTED, HEAD_LEN, Refusal, Wanted, head_len, read};

/// How long a client may take to say what it wants.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// How long a client may take to read a refusal.
const ANSWER_TIME: Duration = Duration::from_secs(5);

impl Session<'_, '_> {
    /// Does what the client at `wire` asks for, if it may.
    ///
    /// # Errors
    /// [`Failure`] if the conversation broke. A request that is refused is none.
    pub(super) fn be_a_proxy(&mut self, mut wire: Wire, auth: Option<&str>) -> Result<(), Failure> {
        let Some((octets, head)) = read_head(&mut wire)? else {
            return self.refuse_request(&mut wire, Refusal::TooLong);
        };
        let (head, behind) = octets.split_at(head.min(octets.len()));
        let wanted = match read(head, auth) {
            Ok(wanted) => wanted,
            Err(refusal) => return self.refuse_request(&mut wire, refusal),
        };
        let Wanted { host, port, head } = wanted;
        self.say(format!("{} asks for {}:{port}", wire.peer_text(), escape(&host)));
        let reached = match reach(self, &host, port, false) {
            Ok(reached) => reached,
            Err(failure) => {
                self.say(failure.to_string());
                None
            }
        };
        let Some(mut server) = reached else { return self.refuse_request(&mut wire, Refusal::NotReached) };
        match head {
            None => self.tell(&mut wire, CONNECTED)?,
            Some(head) => self.tell(&mut server, &head)?,
        }
        self.tell(&mut server, behind)?;
        self.relay_to(wire, server)
    }

    fn refuse_request(&mut self, wire: &mut Wire, refusal: Refusal) -> Result<(), Failure> {
        self.say(format!("{}: refused: {}", wire.peer_text(), refusal.status()));
        self.tell(wire, &refusal.answer())?;
        // What it has still to say is read, or close(2) would send a RST that overtakes the answer.
        let _ = wire.shutdown_write();
        let until = Instant::now().checked_add(ANSWER_TIME);
        let mut room = vec![0; HEAD_LEN];
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) || !matches!(poll(&mut [PollFd::new(wire.fd(), Events::IN)], left), Ok(1..))
            {
                return Ok(());
            }
            if !matches!(wire.receive(&mut room), Ok(Received::Octets(_) | Received::NotReady)) {
                return Ok(());
            }
        }
    }

    /// Sends all of `octets`, and waits for that as long as a client may take.
    fn tell(&mut self, wire: &mut Wire, octets: &[u8]) -> Result<(), Failure> {
        let mut rest = octets;
        while !rest.is_empty() {
            let peer = wire.peer_text();
            let failed = |call, error: &std::io::Error| Failure::call(FAILED, call, &peer, error);
            if let Some(len) = wire.send(rest).map_err(|error| failed("send", &error))? {
                rest = rest.get(len..).unwrap_or_default();
                continue;
            }
            let waited = poll(&mut [PollFd::new(wire.fd(), Events::OUT)], Some(HEAD_TIME));
            if waited.map_err(|error| failed("poll", &error))? == 0 {
                return Err(Failure::new(FAILED, format!("{peer}: it takes nothing")));
            }
        }
        if !octets.is_empty() {
            self.explain(|| Event::Wrote { to: Place::Peer, length_octets: octets.len(), left_octets: 0 });
        }
        Ok(())
    }

    /// Relays between a client and its server, each direction until it ends. If one of them breaks, so does the other: what
    /// was cut off must not look as if it were whole.
    fn relay_to(&mut self, mut client: Wire, server: Wire) -> Result<(), Failure> {
        let Some(server) = server.into_socket() else { return Ok(()) };
        let held = server.try_clone().map_err(|error| Failure::call(FAILED, "dup", "the server's socket", &error))?;
        let relayed = self.converse_for(&mut client, server.into(), Speaker::Server);
        if relayed.is_err() {
            for socket in [client.socket(), &held] {
                // close(2) sends a RST then.
                let _ = socket.set_linger(Some(Duration::ZERO));
            }
        }
        relayed
    }
}

/// What the client has sent so far, and how much of it is the head of its request. `None` if that does not end.
fn read_head(wire: &mut Wire) -> Result<Option<(Vec<u8>, usize)>, Failure> {
    let until = Instant::now().checked_add(HEAD_TIME);
    let mut octets = Vec::new();
    let mut room = vec![0; HEAD_LEN];
    loop {
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        let peer = wire.peer_text();
        let failed = |call, error: &std::io::Error| Failure::call(FAILED, call, &peer, error);
        let ready = poll(&mut [PollFd::new(wire.fd(), Events::IN)], left).map_err(|error| failed("poll", &error))?;
        if ready == 0 {
            return Err(Failure::new(FAILED, format!("{peer}: no request in {} s", HEAD_TIME.as_secs())));
        }
        match wire.receive(&mut room).map_err(|error| failed("recv", &error))? {
            Received::Octets(len) => octets.extend(room.get(..len).unwrap_or_default()),
            Received::End => return Err(Failure::new(FAILED, format!("{peer}: it ended without a request"))),
            Received::NotReady | Received::Datagram(_) => {}
        }
        if let Some(head) = head_len(&octets).filter(|head| *head <= HEAD_LEN) {
            return Ok(Some((octets, head)));
        }
        if octets.len() > HEAD_LEN {
            return Ok(None);
        }
    }
}
