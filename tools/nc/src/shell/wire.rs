//! The connection: a stream, or datagrams to and from one peer or everybody.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd};

use socket2::{SockAddr, Socket};
use sockeye_sys::datagrams::{BATCH, receive_many, send_many};
use sockeye_sys::poll::Events;
use sockeye_sys::socket::{Datagram, output_queue, receive_datagram, report_drops};

use crate::address::Address;
use crate::options::{Reply, Transport};
use crate::shell::stdio::{retry, unless_not_ready};
use crate::shell::tls::Stream;

/// Total Length of IPv4, 65535, counts its own 20 octets of header and the 8 of UDP (RFC 791, RFC 768).
const UDP_OVER_IPV4_LEN: usize = 65_507;
/// Payload Length of IPv6, 65535, counts only UDP's 8 (RFC 8200).
const UDP_OVER_IPV6_LEN: usize = 65_527;

/// A connection that does not block, and who is at its other end.
pub(super) struct Wire {
    link: Link,
    transport: Transport,
    /// `None` takes datagrams from everybody and sends none.
    peer: Option<Address>,
    /// Datagrams that one call has brought.
    batch: Option<Batch>,
    /// Who gets answers, if `peer` is everybody.
    audience: Option<Audience>,
}

/// The peers of a listener for everybody (`--reply`).
struct Audience {
    reply: Reply,
    /// Who has sent, who sent last at the end.
    peers: Vec<SocketAddr>,
    /// Who has still to get a datagram for which the socket had no room.
    owed: VecDeque<SocketAddr>,
}

/// How many peers are remembered. Whoever was silent longest is forgotten first.
const PEERS: usize = 1024;

/// Datagrams that came with one call, in slots of one length.
struct Batch {
    room: Vec<u8>,
    slot_len: usize,
    datagrams: Vec<Datagram>,
    next: usize,
}

/// What carries the octets.
enum Link {
    /// The socket itself.
    Plain(Socket),
    /// TLS over a socket.
    Tls(Box<Stream>),
}

/// What a read brought.
pub(super) enum Received {
    /// Nothing yet.
    NotReady,
    /// The peer's end: FIN, or close_notify.
    End,
    /// So many octets of a stream.
    Octets(usize),
    /// A datagram.
    Datagram(Datagram),
}

impl Wire {
    /// A plain socket.
    pub(super) fn new(socket: Socket, transport: Transport, peer: Option<Address>) -> Self {
        Self { link: Link::Plain(socket), transport, peer, batch: None, audience: None }
    }

    /// The socket below everything.
    pub(super) fn socket(&self) -> &Socket {
        match &self.link {
            Link::Plain(socket) => socket,
            Link::Tls(stream) => stream.socket(),
        }
    }

    /// The socket, if its octets are those of the conversation: behind TLS nobody else can use it.
    pub(super) fn into_socket(self) -> Option<Socket> {
        match self.link {
            Link::Plain(socket) => Some(socket),
            Link::Tls(_) => None,
        }
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.socket().as_fd()
    }

    /// The peer, if there is one.
    pub(super) fn peer(&self) -> Option<&Address> {
        self.peer.as_ref()
    }

    /// The peer for messages.
    pub(super) fn peer_text(&self) -> String {
        self.peer.as_ref().map_or_else(|| "everybody".to_owned(), ToString::to_string)
    }

    /// Whether each write is a datagram and each read brings one.
    pub(super) fn keeps_boundaries(&self) -> bool {
        self.transport.is_datagram()
    }

    /// Whether octets may go to the descriptor behind our back.
    pub(super) fn can_splice(&self) -> bool {
        matches!(self.link, Link::Plain(_)) && matches!(self.transport, Transport::Tcp | Transport::UnixStream)
    }

    /// What to wait for before the next [`Self::receive`] or [`Self::send`].
    pub(super) fn interest(&self, reads: bool, writes: bool) -> Events {
        match &self.link {
            Link::Plain(_) => {
                let reads = if reads { Events::IN } else { Events::EMPTY };
                let writes = if writes { Events::OUT } else { Events::EMPTY };
                reads | writes
            }
            Link::Tls(stream) => stream.interest(reads, writes),
        }
    }

    /// Whether [`Self::receive`] has something although the descriptor has nothing.
    pub(super) fn holds_input(&self) -> bool {
        match &self.link {
            Link::Plain(_) => self.holds_datagrams(),
            Link::Tls(stream) => stream.holds_input(),
        }
    }

    /// Whether datagrams go to the descriptor as they are, so that one call can move many.
    pub(super) fn can_batch(&self) -> bool {
        matches!(self.link, Link::Plain(_)) && self.keeps_boundaries()
    }

    /// Receives many datagrams with one call from now on, each cut to `slot_len` octets, and has the kernel's losses told.
    pub(super) fn receive_batches(&mut self, slot_len: usize) {
        // Not every kind of socket counts them.
        let _ = report_drops(self.socket(), true);
        let room = vec![0; slot_len.saturating_mul(BATCH)];
        self.batch = Some(Batch { room, slot_len, datagrams: Vec::with_capacity(BATCH), next: 0 });
    }

    /// Whether a datagram has come and was not passed on yet.
    pub(super) fn holds_datagrams(&self) -> bool {
        self.batch.as_ref().is_some_and(|batch| batch.next < batch.datagrams.len())
    }

    /// Sends datagrams to the peer: how many of them, from the first, went out without waiting.
    pub(super) fn send_many<'data>(
        &mut self,
        datagrams: impl IntoIterator<Item = &'data [u8]>,
    ) -> io::Result<Option<usize>> {
        let Some(mut audience) = self.audience.take() else {
            return unless_not_ready(send_many(self.socket(), datagrams));
        };
        let told = match datagrams.into_iter().next() {
            Some(datagram) => audience.tell(|to| retry(|| self.socket().send_to(datagram, &SockAddr::from(to)))),
            None => Ok(0),
        };
        self.audience = Some(audience);
        unless_not_ready(told)
    }

    /// Answers those whom `reply` says, from now on.
    pub(super) fn answer(&mut self, reply: Reply, named: Option<SocketAddr>) {
        self.audience = Some(Audience { reply, peers: named.into_iter().collect(), owed: VecDeque::new() });
    }

    /// Whether there is somebody to whom something can be sent.
    pub(super) fn has_audience(&self) -> bool {
        self.audience.as_ref().is_none_or(|audience| !audience.peers.is_empty())
    }

    /// Notes who has sent. True if that is somebody new to whom answers will go.
    pub(super) fn met(&mut self, sender: SocketAddr) -> bool {
        let Some(audience) = &mut self.audience else { return false };
        if matches!(audience.reply, Reply::Peer(_)) || audience.peers.last() == Some(&sender) {
            return false;
        }
        let known = audience.peers.iter().position(|peer| *peer == sender);
        if let Some(at) = known {
            audience.peers.remove(at);
        } else if audience.peers.len() >= PEERS {
            audience.peers.remove(0);
        }
        audience.peers.push(sender);
        known.is_none()
    }

    /// The longest payload that one datagram carries to the peer; a stream has none.
    pub(super) fn longest_datagram(&self) -> Option<usize> {
        match (self.transport.is_datagram(), &self.peer) {
            (false, _) => None,
            (true, Some(Address::Inet(SocketAddr::V6(peer)))) if peer.ip().to_ipv4_mapped().is_none() => {
                Some(UDP_OVER_IPV6_LEN)
            }
            (true, _) => Some(UDP_OVER_IPV4_LEN),
        }
    }

    /// Whether `peer` is somebody else than the one that this conversation is with.
    pub(super) fn is_stranger(&self, sender: Option<SocketAddr>) -> bool {
        match (&self.peer, sender) {
            // The same address may be written in two ways: scope ids and flow labels do not make another peer.
            (Some(Address::Inet(peer)), Some(sender)) => (peer.ip(), peer.port()) != (sender.ip(), sender.port()),
            _ => false,
        }
    }

    /// The name of the call that [`Self::receive`] makes.
    pub(super) fn receive_call(&self) -> &'static str {
        if self.keeps_boundaries() { "recvmsg" } else { "recv" }
    }

    pub(super) fn receive(&mut self, room: &mut [u8]) -> io::Result<Received> {
        let keeps_boundaries = self.keeps_boundaries();
        if let (Link::Plain(socket), Some(batch)) = (&self.link, &mut self.batch) {
            return batch.next(socket, room);
        }
        match &mut self.link {
            Link::Plain(socket) if keeps_boundaries => {
                Ok(unless_not_ready(receive_datagram(socket, room))?.map_or(Received::NotReady, Received::Datagram))
            }
            Link::Plain(socket) => {
                let mut socket = &*socket;
                Ok(match unless_not_ready(retry(|| socket.read(room)))? {
                    None => Received::NotReady,
                    Some(0) => Received::End,
                    Some(len) => Received::Octets(len),
                })
            }
            Link::Tls(stream) => stream.receive(room),
        }
    }

    /// Sends what can be sent without waiting: of a stream a part, of datagrams all of it as one.
    ///
    /// After `None` the next call must have the same octets in front: TLS may have encrypted some of them.
    pub(super) fn send(&mut self, octets: &[u8]) -> io::Result<Option<usize>> {
        match &mut self.link {
            Link::Plain(socket) => unless_not_ready(retry(|| socket.send(octets))),
            Link::Tls(stream) => stream.send(octets),
        }
    }

    /// Why poll(2) reports an error, if nobody was told yet.
    pub(super) fn take_error(&self) -> io::Result<Option<io::Error>> {
        self.socket().take_error()
    }

    /// Octets, and the FIN, that were sent and not acknowledged. Datagrams are not acknowledged.
    pub(super) fn unacknowledged(&self) -> usize {
        if self.transport == Transport::Tcp { output_queue(self.socket()).unwrap_or(0) } else { 0 }
    }

    /// Ends the sending direction. Datagrams have nothing that a peer could see of it.
    pub(super) fn shutdown_write(&mut self) -> io::Result<()> {
        let keeps_boundaries = self.keeps_boundaries();
        match &mut self.link {
            _ if keeps_boundaries => Ok(()),
            Link::Plain(socket) => socket.shutdown(Shutdown::Write),
            Link::Tls(stream) => stream.shutdown_write(),
        }
    }

    /// Puts TLS between the octets and the socket. [`Self::receive`] and [`Self::send`] begin with the handshake.
    pub(super) fn with_tls(self, connection: rustls::Connection) -> Self {
        let link = match self.link {
            Link::Plain(socket) => Link::Tls(Box::new(Stream::new(socket, connection))),
            tls @ Link::Tls(_) => tls,
        };
        Self { link, ..self }
    }

    /// Whether nothing can be said yet: TLS agrees on keys.
    pub(super) fn is_handshaking(&self) -> bool {
        self.tls().is_some_and(Stream::is_handshaking)
    }

    /// Whether the socket has taken everything, a close_notify included.
    pub(super) fn is_flushed(&self) -> bool {
        self.tls().is_none_or(Stream::is_flushed)
    }

    pub(super) fn tls(&self) -> Option<&Stream> {
        if let Link::Tls(stream) = &self.link { Some(stream) } else { None }
    }

    pub(super) fn tls_mut(&mut self) -> Option<&mut Stream> {
        if let Link::Tls(stream) = &mut self.link { Some(stream) } else { None }
    }
}

impl Audience {
    /// Sends a datagram to each of them with `send`: one. The first failure is told when all were tried.
    ///
    /// After `WouldBlock` the next call must have the same datagram: it goes on with those who have not got it.
    fn tell(&mut self, mut send: impl FnMut(SocketAddr) -> io::Result<usize>) -> io::Result<usize> {
        if self.owed.is_empty() {
            let first = if self.reply == Reply::Each { 0 } else { self.peers.len().saturating_sub(1) };
            self.owed.extend(self.peers.iter().skip(first));
        }
        let mut outcome = Ok(1);
        while let Some(peer) = self.owed.pop_front() {
            match send(peer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.owed.push_front(peer);
                    return Err(error);
                }
                sent => outcome = outcome.and_then(|one| sent.map(|_| one)),
            }
        }
        outcome
    }
}

impl Batch {
    /// The next datagram, from what the last call brought or from the next.
    fn next(&mut self, socket: &Socket, room: &mut [u8]) -> io::Result<Received> {
        if self.next >= self.datagrams.len() {
            self.next = 0;
            if unless_not_ready(receive_many(socket, &mut self.room, self.slot_len, &mut self.datagrams))?.is_none() {
                return Ok(Received::NotReady);
            }
        }
        let slot = self.room.chunks_exact(self.slot_len).nth(self.next);
        let (Some(slot), Some(datagram)) = (slot, self.datagrams.get(self.next)) else {
            return Ok(Received::NotReady);
        };
        self.next += 1;
        let len = datagram.len.min(room.len());
        if let (Some(to), Some(from)) = (room.get_mut(..len), slot.get(..len)) {
            to.copy_from_slice(from);
        }
        Ok(Received::Datagram(Datagram { len, ..*datagram }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_got_a_datagram_does_not_get_it_again_when_the_socket_was_full() {
        let peers: Vec<SocketAddr> = (1..=3).map(|port| SocketAddr::from(([192, 0, 2, 1], port))).collect();
        let mut audience = Audience { reply: Reply::Each, peers: peers.clone(), owed: VecDeque::new() };
        let (mut got, mut room) = (Vec::new(), 2);
        let mut send = |to| {
            if room == 0 {
                room = 9;
                return Err(io::ErrorKind::WouldBlock.into());
            }
            room -= 1;
            got.push(to);
            if to == peers[2] { Err(io::Error::from_raw_os_error(libc::ENETUNREACH)) } else { Ok(1) }
        };
        assert_eq!(audience.tell(&mut send).unwrap_err().kind(), io::ErrorKind::WouldBlock);
        assert_eq!(audience.tell(&mut send).unwrap_err().raw_os_error(), Some(libc::ENETUNREACH));
        assert_eq!(got, peers);
        audience.reply = Reply::Last;
        let mut last = Vec::new();
        assert_eq!(
            audience
                .tell(|to| {
                    last.push(to);
                    Ok(1)
                })
                .unwrap(),
            1
        );
        assert_eq!(last, [peers[2]]);
    }
}
