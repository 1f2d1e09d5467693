//! What comes back: from the queue of errors, as data, as whole ICMP messages, as the outcome of a connect.

use std::io;
use std::net::IpAddr;

use socket2::Socket;
use sockeye_common::wire::Reader;
use sockeye_sys::errqueue::{ExtendedError, Origin, Queue, Received, receive};

use super::prober::{Incoming, Own, Prober};
use crate::answer::{Answer, Moment, Says};
use crate::explain::{Event, Via};
use crate::icmp::{Class, Kind};
use crate::message::{self, Body, Header, Quoted, Upper};
use crate::options::{Family, Protocol};
use crate::packet::{self, HEADER_LEN};

/// How many messages are read from one queue at a time: others want a turn, too.
const BATCH: usize = 1000;
/// How many messages are looked at just behind a probe.
const GLANCES: usize = 4;

/// What was in a queue of errors.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Drained {
    /// Whether anything was.
    pub(super) any: bool,
    /// The MTU that a probe exceeded, by this host's own account.
    pub(super) mtu: Option<u32>,
}

impl Prober {
    /// Reads everything that is there. [`Prober::drained`] is then the time before which nothing is unread: dialogues go by
    /// that, so that no answer counts as late because this process had no processor to read it.
    pub(super) fn drain(&mut self) {
        self.drained = self.now();
        if let Some(listener) = self.listener.take() {
            self.drain_messages(&listener, BATCH);
            self.listener = Some(listener);
        }
        if let Some(main) = self.main.take() {
            self.drain_errors(&main, None);
            self.drain_main(&main, BATCH);
            self.main = Some(main);
        }
        for own in std::mem::take(&mut self.own) {
            let goes_on = if self.protocol == Protocol::Tcp {
                self.look(&own)
            } else {
                let before = self.incoming.len();
                self.drain_errors(&own.socket, Some(own.seq));
                self.drain_data(&own.socket, Some(own.seq), BATCH);
                // A second answer may come, but a socket for each is too much.
                self.incoming.len() == before
            };
            if goes_on {
                self.own.push_back(own);
            }
        }
    }

    /// What there is just behind a probe: where answers come at once, one for each ICMP probe. Everything else waits for
    /// [`Self::drain`], which poll(2) leads to.
    pub(super) fn glance(&mut self) {
        match self.main.take_if(|_| self.protocol == Protocol::Icmp) {
            Some(main) => {
                for _ in 0..GLANCES {
                    if !self.drain_main(&main, 1) || !self.incoming.is_empty() {
                        break;
                    }
                }
                self.main = Some(main);
            }
            None => self.drain(),
        }
    }

    /// Reads so many messages at most. `false` if there were fewer.
    fn drain_main(&mut self, main: &Socket, most: usize) -> bool {
        if self.raw { self.drain_messages(main, most) } else { self.drain_data(main, None, most) }
    }

    /// The next message of a queue. Errors that are no message are what an earlier packet met, and are in the other queue.
    fn next(&mut self, socket: &Socket, queue: Queue) -> Option<Received> {
        for _ in 0..BATCH {
            match receive(socket, queue, &mut self.buffer) {
                Ok(received) => return Some(received),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return None,
                Err(_) => {}
            }
        }
        None
    }

    fn came(&self, received: &Received) -> Moment {
        let now = self.moment();
        Moment { wall: received.wall, ..now }
    }

    fn data(&self, len: usize) -> Vec<u8> {
        self.buffer.get(..len).unwrap_or_default().to_vec()
    }

    fn push(&mut self, incoming: Incoming, via: Via, quoted: Option<(Header, Upper)>) {
        if self.is_explained() {
            let Incoming { seq, answer, .. } = &incoming;
            let (quoted, quoted_upper) = quoted.unzip();
            let event = Event::Came { seq: *seq, via, answer: answer.clone(), quoted, quoted_upper };
            self.push_event(event);
        }
        self.incoming.push(incoming);
    }

    /// Reads a queue of errors. `own` is the probe that they are about where the socket has but one.
    pub(super) fn drain_errors(&mut self, socket: &Socket, own: Option<u16>) -> Drained {
        let mut drained = Drained::default();
        for _ in 0..BATCH {
            let Some(received) = self.next(socket, Queue::Errors) else { break };
            drained.any = true;
            let Some(error) = received.error else { continue };
            match error.origin {
                Origin::Local => drained.mtu = Some(error.info).filter(|mtu| *mtu > 0).or(drained.mtu),
                // The whole message comes by the raw socket.
                Origin::Icmp | Origin::Icmp6 if self.raw || self.listener.is_some() => {}
                Origin::Icmp | Origin::Icmp6 => self.queued(&received, &error, own),
                Origin::Other(_) => {}
            }
        }
        drained
    }

    fn queued(&mut self, received: &Received, error: &ExtendedError, own: Option<u16>) {
        let Some(offender) = error.offender else { return };
        let data = self.data(received.len);
        let ip = self.family.header_len();
        let (seq, headers_len) = match self.protocol {
            Protocol::Icmp => {
                let seq = match message::upper(icmp_number(self.family), &mut Reader::new(&data)) {
                    Upper::Icmp { seq, .. } => Some(seq),
                    _ => None,
                };
                (seq, ip)
            }
            Protocol::Udp => (packet::datagram_seq(&data, self.token), ip + HEADER_LEN),
            Protocol::Tcp => (None, ip),
        };
        let kind = Kind { family: self.family, icmp_type: error.icmp_type, code: error.icmp_code };
        let answer = Answer {
            from: plain(offender.ip()),
            says: Says::Icmp { kind, mtu_octets: (kind.class() == Class::TooBig).then_some(error.info) },
            ttl: received.ttl,
            quoted_ttl: None,
            extensions: message::queued_objects(&data, error.extensions_at, headers_len),
        };
        let came = self.came(received);
        self.push(Incoming { seq: own.or(seq), answer, came }, Via::ErrorQueue, None);
    }

    /// Reads what came for a socket: echo replies without their IP header, or datagrams. So many at most; `false` if there were
    /// fewer.
    fn drain_data(&mut self, socket: &Socket, own: Option<u16>, most: usize) -> bool {
        for _ in 0..most {
            let Some(received) = self.next(socket, Queue::Data) else { return false };
            let data = self.data(received.len);
            let from = received.peer.map_or(self.target.ip(), |peer| plain(peer.ip()));
            let came = self.came(&received);
            if self.protocol == Protocol::Icmp {
                self.message(from, received.ttl, &data, came, Via::Data);
                continue;
            }
            let seq = own.or_else(|| packet::datagram_seq(&data, self.token));
            let sent = seq.and_then(|seq| Some(packet::datagram(seq, self.token, *self.lens.get(&seq)?)));
            let says = Says::Datagram { octets: data.len(), intact: sent.is_some_and(|sent| sent == data) };
            let answer = Answer { from, says, ttl: received.ttl, quoted_ttl: None, extensions: Vec::new() };
            self.push(Incoming { seq, answer, came }, Via::Data, None);
        }
        true
    }

    /// Reads whole ICMP messages, of which many are not for us. So many at most; `false` if there were fewer.
    fn drain_messages(&mut self, socket: &Socket, most: usize) -> bool {
        for _ in 0..most {
            let Some(received) = self.next(socket, Queue::Data) else { return false };
            let data = self.data(received.len);
            let came = self.came(&received);
            match self.family {
                Family::Ipv4 => {
                    let mut reader = Reader::new(&data);
                    // The kernel checked it.
                    let Ok(header) = message::header(Family::Ipv4, &mut reader) else { continue };
                    self.message(header.src, Some(header.ttl), reader.rest(), came, Via::Raw);
                }
                Family::Ipv6 => {
                    let Some(peer) = received.peer else { continue };
                    self.message(peer.ip(), received.ttl, &data, came, Via::Raw);
                }
            }
        }
        true
    }

    /// One ICMP message, if it is an answer to a probe of this run.
    fn message(&mut self, from: IpAddr, ttl: Option<u8>, octets: &[u8], came: Moment, via: Via) {
        let Ok(message) = message::parse(self.family, octets) else { return };
        let answer = |says, quoted_ttl, extensions| Answer { from, says, ttl, quoted_ttl, extensions };
        match message.body {
            Body::Echo { id, seq, data } if message.kind.class() == Class::EchoReply => {
                if self.protocol != Protocol::Icmp || (self.raw && id != self.id) {
                    return;
                }
                let Some(len) = self.lens.get(&seq) else { return };
                let intact = packet::echo_data(seq, self.token, *len, self.common.flow) == data;
                let answer = answer(Says::Echo { octets: octets.len(), intact }, None, Vec::new());
                self.push(Incoming { seq: Some(seq), answer, came }, via, None);
            }
            Body::Error { mtu, quoted, objects } => {
                let Some(seq) = self.about(&quoted) else { return };
                let says = Says::Icmp { kind: message.kind, mtu_octets: mtu };
                let answer = answer(says, Some(quoted.header.ttl), objects);
                self.push(Incoming { seq, answer, came }, via, Some((quoted.header, quoted.upper)));
            }
            Body::Echo { .. } | Body::Other => {}
        }
    }

    /// Which probe a quotation is about: none of ours, one that it does not tell, or the one with this number.
    #[expect(clippy::option_option, reason = "not ours, ours without a number, ours with one")]
    fn about(&self, quoted: &Quoted) -> Option<Option<u16>> {
        if quoted.header.dst != self.target.ip() {
            return None;
        }
        match (self.protocol, quoted.upper) {
            (Protocol::Icmp, Upper::Icmp { id, seq }) => (id == self.id).then_some(Some(seq)),
            (Protocol::Udp, Upper::Udp { src_port, dst_port, checksum }) => {
                if dst_port != self.target.port() {
                    return None;
                }
                match self.src_port {
                    Some(own) if own != src_port => None,
                    Some(_) => {
                        Some(packet::datagram_seq(&quoted.data, self.token).or(self.checksums.get(&checksum).copied()))
                    }
                    None => {
                        self.own.iter().find(|own| local_port(&own.socket) == Some(src_port)).map(|own| Some(own.seq))
                    }
                }
            }
            _ => None,
        }
    }

    /// Looks what became of a connection. `false` if it is over.
    fn look(&mut self, own: &Own) -> bool {
        let before = self.incoming.len();
        self.drain_errors(&own.socket, Some(own.seq));
        if self.incoming.len() > before {
            return false;
        }
        match own.socket.take_error() {
            Ok(Some(error)) => {
                self.ended(own.seq, &own.socket, &error);
                false
            }
            Err(_) => false,
            Ok(None) => {
                let connected = own.socket.peer_addr().is_ok();
                if connected {
                    self.outcome(own.seq, Says::Connected);
                }
                !connected
            }
        }
    }

    /// A connection ended with an error. An ICMP error that did it is in the queue, even if the queue was empty a moment ago.
    pub(super) fn ended(&mut self, seq: u16, socket: &Socket, error: &io::Error) {
        let before = self.incoming.len();
        self.drain_errors(socket, Some(seq));
        if self.incoming.len() > before {
            return;
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => self.outcome(seq, Says::Refused),
            // It was open, and the host has ended it since.
            io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => self.outcome(seq, Says::Connected),
            // Nobody answered: the dialogue knows that by itself.
            _ => {}
        }
    }

    fn outcome(&mut self, seq: u16, says: Says) {
        let answer = Answer { from: self.target.ip(), says, ttl: None, quoted_ttl: None, extensions: Vec::new() };
        let came = Moment { wall: None, ..self.moment() };
        self.push(Incoming { seq: Some(seq), answer, came }, Via::Connect, None);
    }
}

fn local_port(socket: &Socket) -> Option<u16> {
    super::sockets::local(socket).map(|addr| addr.port())
}

/// The protocol number of ICMP.
fn icmp_number(family: Family) -> u8 {
    match family {
        Family::Ipv4 => 1,
        Family::Ipv6 => 58,
    }
}

/// An IPv4 address that comes as `::ffff:a.b.c.d`.
fn plain(addr: IpAddr) -> IpAddr {
    addr.to_canonical()
}
