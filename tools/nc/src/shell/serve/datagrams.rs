//! The built-in services over datagrams: one socket, and everybody's questions.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;

use socket2::{SockAddr, Socket};
use sockeye_cli::{Failure, Status};
use sockeye_sys::datagrams::{BATCH, receive_many};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::socket::Datagram;

use super::now;
use crate::app::Talker;
use crate::explain::server::{Client, Did};
use crate::explain::{Event, Place};
use crate::options::{App, Listen};
use crate::shell::listen::{announce, take_first};
use crate::shell::stdio::{retry, unless_not_ready};
use crate::shell::{FAILED, Session};

/// Services that answer whatever comes (RFC 862, 867, 865, 864). An answer to one of them would be answered, and that
/// answer too, for ever.
const ANSWERERS: [u16; 4] = [7, 13, 17, 19];
/// Room for any datagram.
const DATAGRAM_LEN: usize = 1 << 16;
/// How many peers are remembered by a service that has a conversation with each. Then it begins anew with everybody.
const PEERS: usize = 4096;

struct Responder<'call, 'run, 'out> {
    session: &'call mut Session<'run, 'out>,
    socket: &'call Socket,
    app: App,
    /// For services that are the same to everybody.
    common: Talker,
    /// For those that are not.
    talkers: HashMap<SocketAddr, Talker>,
    unanswered: u64,
}

/// Answers everybody, or without `-k` whoever sends first.
pub(super) fn run(
    session: &mut Session<'_, '_>,
    listen: &Listen,
    app: App,
    socket: &Socket,
) -> Result<Status, Failure> {
    let mut idle = None;
    if !listen.keep_open {
        let peer = take_first(session, socket)?;
        announce(session, &peer.into());
        idle = session.options.idle_timeout;
    }
    session.confine_to_peer();
    let common = Talker::new(app, 1);
    let mut responder = Responder { session, socket, app, common, talkers: HashMap::new(), unanswered: 0 };
    let mut room = vec![0; DATAGRAM_LEN * BATCH];
    let mut datagrams: Vec<Datagram> = Vec::with_capacity(BATCH);
    loop {
        let ready = poll(&mut [PollFd::new(socket.as_fd(), Events::IN)], idle)
            .map_err(|error| Failure::call(FAILED, "poll", "the socket", &error))?;
        if ready == 0 {
            return Ok(Status::YES);
        }
        match unless_not_ready(receive_many(socket, &mut room, DATAGRAM_LEN, &mut datagrams)) {
            Ok(None) => {}
            Ok(Some(())) => {
                for (datagram, slot) in datagrams.iter().zip(room.chunks_exact(DATAGRAM_LEN)) {
                    responder.answer(datagram, slot.get(..datagram.len).unwrap_or_default());
                }
            }
            // Only a socket with one peer is told so: it has gone.
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => return Ok(Status::YES),
            Err(error) => return Err(Failure::call(FAILED, "recvmmsg", "the socket", &error)),
        }
    }
}

impl Responder<'_, '_, '_> {
    fn answer(&mut self, datagram: &Datagram, octets: &[u8]) {
        let Some(peer) = datagram.peer.filter(|peer| self.session.admits(peer)) else { return };
        self.session.explain(|| Event::Datagram {
            peer: Some(peer.into()),
            length_octets: datagram.full_len,
            cut_octets: datagram.full_len.saturating_sub(datagram.len),
            stranger: false,
        });
        if ANSWERERS.contains(&peer.port()) {
            let did = Did::NotAnswered { length_octets: octets.len() };
            self.session.explain(|| Event::Client(Box::new(Client { client: 0, peer: peer.into(), did })));
            return;
        }
        let words = if self.app == App::Daytime { now() } else { String::new() };
        let talker = if self.app == App::KnockKnock {
            if self.talkers.len() >= PEERS && !self.talkers.contains_key(&peer) {
                self.talkers.clear();
            }
            self.talkers.entry(peer).or_insert_with(|| Talker::new(self.app, 1))
        } else {
            &mut self.common
        };
        let Some(answer) = talker.answer(octets, &words) else { return };
        match retry(|| self.socket.send_to(&answer, &SockAddr::from(peer))) {
            Ok(length_octets) => {
                self.session.explain(|| Event::Wrote { to: Place::Peer, length_octets, left_octets: 0 });
            }
            // A datagram may be lost anywhere, here too. A peer that cannot be reached keeps nobody else from an answer.
            Err(error) => {
                self.unanswered += 1;
                let unanswered = self.unanswered;
                self.session.explain(|| Event::failed("sendto", peer, &error));
                if unanswered == 1 {
                    let why = sockeye_cli::failure::errno_text(&error);
                    self.session.say(format!("sendto {peer}: {why} (such losses are told once)"));
                }
            }
        }
    }
}
