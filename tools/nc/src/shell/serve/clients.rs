//! The clients of a server: what each of them has still to take, and when it has been quiet for too long.

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::event::epoll;
use sockeye_cli::failure::errno_text;
use sockeye_sys::poll::Events;

use crate::address::Address;
use crate::explain::Event;
use crate::explain::server::{Client as ClientEvent, Did};
use crate::service::{ClientId, Outgoing};
use crate::shell::Session;
use crate::shell::wire::Wire;

mod tide;

use self::tide::Tide;

/// How long a client may take to end when we have: close(2) with octets that nobody has read sends a RST, which would
/// overtake what it has still to read.
const LINGER: Duration = Duration::from_secs(2);
/// How long a client for whom the others wait may take nothing.
const STUCK: Duration = Duration::from_secs(2);
/// What was sent is cut off the front of a queue only when it is worth the copy.
const COMPACT_LEN: usize = 1 << 16;
/// Room for so many times what is left of a queue is given back.
const SPARE: usize = 4;

/// One client.
pub(super) struct Client {
    pub(super) wire: Wire,
    peer: Address,
    /// What it has still to take, from `sent` on.
    queue: Vec<u8>,
    sent: usize,
    /// It may send more.
    pub(super) source_open: bool,
    closing: Closing,
    fault: Option<io::Error>,
    /// Why it is turned out.
    out: Option<&'static str>,
    waits_for: epoll::EventFlags,
    since: Instant,
    moved: Instant,
    /// When it last took something.
    took: Instant,
    received_octets: u64,
    sent_octets: u64,
}

/// How far the end of a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Closing {
    No,
    /// Our direction, when the queue is empty.
    HalfSoon,
    /// Our end has gone out, and the client is listened to.
    Half,
    /// When the queue is empty.
    Soon,
    /// Our end has gone out; the client's is waited for.
    Lingers(Instant),
}

impl Client {
    fn queued(&self) -> usize {
        self.queue.len().saturating_sub(self.sent)
    }

    /// Whether it is read from now.
    pub(super) fn is_read(&self, holds_back: bool) -> bool {
        self.source_open && (self.lingers() || (self.closing != Closing::Soon && !(holds_back && self.queued() > 0)))
    }

    pub(super) fn lingers(&self) -> bool {
        matches!(self.closing, Closing::Lingers(_))
    }

    /// Whether our end can go out. During a handshake of TLS it would be the end of that.
    fn has_taken_all(&self) -> bool {
        self.queued() == 0 && self.fault.is_none() && !self.wire.is_handshaking()
    }

    fn shutdown_write(&mut self) {
        match self.wire.shutdown_write() {
            // Both directions had ended before: our end went out earlier.
            Err(error) if error.kind() == io::ErrorKind::NotConnected => {}
            Err(error) => self.fault(error),
            Ok(()) => {}
        }
    }

    /// The connection is broken.
    pub(super) fn fault(&mut self, error: io::Error) {
        self.fault.get_or_insert(error);
    }

    /// Sends what can be sent now of the queue.
    fn flush(&mut self) -> usize {
        let mut gone = 0;
        while self.fault.is_none() && self.queued() > 0 {
            match self.wire.send(self.queue.get(self.sent..).unwrap_or_default()) {
                Ok(Some(len)) => {
                    self.sent = self.sent.saturating_add(len);
                    gone += len;
                }
                Ok(None) => break,
                Err(error) => self.fault(error),
            }
        }
        self.compact();
        gone
    }

    /// Gives back the room of what was sent: ten thousand clients that were slow once would keep ten thousand buffers.
    fn compact(&mut self) {
        let left = self.queued();
        if left == 0 {
            (self.queue, self.sent) = (Vec::new(), 0);
        } else if self.sent > COMPACT_LEN || self.sent >= left {
            self.queue.drain(..self.sent);
            self.sent = 0;
            if self.queue.capacity() / SPARE >= left {
                self.queue.shrink_to_fit();
            }
        }
    }

    /// Sends what can be sent now of `octets`, and keeps the rest for it.
    fn send(&mut self, octets: &[u8]) -> usize {
        let mut rest = octets;
        let mut gone = 0;
        while self.queued() == 0 && !rest.is_empty() {
            match self.wire.send(rest) {
                Ok(Some(len)) => {
                    rest = rest.get(len..).unwrap_or_default();
                    gone += len;
                }
                Ok(None) => break,
                Err(error) => {
                    self.fault(error);
                    rest = &[];
                }
            }
        }
        self.queue.extend(rest);
        gone
    }

    /// Octets of memory that it takes, the buffers of TLS aside.
    fn room(&self) -> usize {
        size_of::<Self>() + self.queue.capacity()
    }
}

/// Somebody who is not there any more.
pub(super) struct Left {
    peer: Address,
    why: Why,
    received_octets: u64,
    sent_octets: u64,
}

enum Why {
    Ended,
    TurnedOut(&'static str),
    Broken(io::Error),
}

impl Left {
    /// Says why, under `-v` if it was not by itself.
    pub(super) fn tell(self, session: &mut Session<'_, '_>, id: ClientId) {
        let Self { peer, why, received_octets, sent_octets } = self;
        let by_itself = matches!(why, Why::Ended);
        let why = match why {
            Why::Ended => "both directions have ended".to_owned(),
            Why::TurnedOut(why) => why.to_owned(),
            Why::Broken(error) => errno_text(&error),
        };
        if !by_itself {
            session.say(format!("{peer}: {why}"));
        }
        session.explain(|| {
            let did = Did::Left { why, received_octets, sent_octets };
            Event::Client(Box::new(ClientEvent { client: id.0, peer, did }))
        });
    }
}

/// All of them.
pub(super) struct Clients {
    /// A hash table would hold the places of those who have left, and double although no more clients are there.
    all: BTreeMap<ClientId, Box<Client>>,
    /// Those with which something happened since the last [`Self::settle`].
    touched: Vec<ClientId>,
    /// What goes to standard output.
    pub(super) printed: Vec<u8>,
    idle: Option<Duration>,
    shake: Duration,
    /// When the first of the deadlines may pass. Looking for it through all clients is done only then.
    next_sweep: Option<Instant>,
    /// Since when the others wait for somebody.
    held: Option<Instant>,
    tide: Tide,
}

impl Clients {
    /// `idle` is how long a client may be quiet, `shake` how long a handshake of TLS may take.
    pub(super) fn new(idle: Option<Duration>, shake: Duration) -> Self {
        Self {
            all: BTreeMap::new(),
            touched: Vec::new(),
            printed: Vec::new(),
            idle,
            shake,
            next_sweep: None,
            held: None,
            tide: Tide::default(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(super) fn get(&mut self, id: ClientId) -> Option<&mut Client> {
        self.all.get_mut(&id).map(Box::as_mut)
    }

    /// Has a client send or take something, and counts what it keeps of it.
    fn with(&mut self, id: ClientId, act: impl FnOnce(&mut Client) -> usize) -> Option<usize> {
        let client = self.all.get_mut(&id)?;
        let before = client.room();
        let gone = act(client);
        self.tide.change(before, client.room());
        Some(gone)
    }

    pub(super) fn touch(&mut self, id: ClientId) {
        if self.touched.last() != Some(&id) {
            self.touched.push(id);
        }
    }

    pub(super) fn next_touched(&mut self) -> Option<ClientId> {
        self.touched.pop()
    }

    /// Whether it has taken everything and is to get more.
    pub(super) fn takes_more(&self, id: ClientId) -> bool {
        self.all
            .get(&id)
            .is_some_and(|client| client.queued() == 0 && client.closing == Closing::No && client.fault.is_none())
    }

    pub(super) fn add(
        &mut self,
        epoll: &OwnedFd,
        id: ClientId,
        wire: Wire,
        peer: Address,
        now: Instant,
    ) -> io::Result<()> {
        let waits_for = flags(wire.interest(true, false));
        epoll::add(epoll, wire.fd(), epoll::EventData::new_u64(id.0), waits_for)?;
        if wire.tls().is_some() {
            self.wake_in(self.shake, now);
        }
        if let Some(idle) = self.idle {
            self.wake_in(idle, now);
        }
        let client = Client {
            wire,
            peer,
            queue: Vec::new(),
            sent: 0,
            source_open: true,
            closing: Closing::No,
            fault: None,
            out: None,
            waits_for,
            since: now,
            moved: now,
            took: now,
            received_octets: 0,
            sent_octets: 0,
        };
        self.tide.change(0, client.room());
        self.all.insert(id, Box::new(client));
        self.touch(id);
        Ok(())
    }

    /// It has sent `len` octets.
    pub(super) fn heard(&mut self, id: ClientId, len: usize, now: Instant) {
        if let Some(client) = self.all.get_mut(&id) {
            client.moved = now;
            client.received_octets += u64::try_from(len).unwrap_or_default();
        }
    }

    pub(super) fn explain(&self, session: &mut Session<'_, '_>, id: ClientId, did: impl FnOnce() -> Did) {
        if let Some(client) = self.all.get(&id) {
            session.explain(|| {
                Event::Client(Box::new(ClientEvent { client: id.0, peer: client.peer.clone(), did: did() }))
            });
        }
    }

    /// Has nobody read, or everybody again.
    pub(super) fn hold(&mut self, held: bool, now: Instant) {
        self.held = held.then_some(now);
        self.touched.extend(self.all.keys());
        if held {
            self.wake_in(STUCK, now);
        }
    }

    /// When something is to be done although nothing moves.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.next_sweep.into_iter().chain(self.tide.deadline()).min()
    }

    /// Gives memory back to the system when those who took it have left, or have taken what waited for them.
    pub(super) fn tidy(&mut self, now: Instant) {
        if self.tide.is_out(now) {
            self.touched.shrink_to_fit();
            sockeye_sys::heap::trim();
        }
    }

    fn wake_in(&mut self, wait: Duration, now: Instant) {
        let at = now.checked_add(wait);
        self.next_sweep = self.next_sweep.into_iter().chain(at).min();
    }

    /// Turns out those whose time has passed.
    pub(super) fn sweep(&mut self, now: Instant) {
        if self.next_sweep.is_none_or(|at| at > now) {
            return;
        }
        let mut next: Option<Instant> = None;
        for (id, client) in &mut self.all {
            let mut deadlines = Vec::with_capacity(3);
            if let Closing::Lingers(until) = client.closing {
                deadlines.push((Some(until), "its end did not come"));
            }
            if let Some(idle) = self.idle {
                deadlines.push((client.moved.checked_add(idle), "nothing moved for the time of -w"));
            }
            if let Some(held) = self.held.filter(|_| client.queued() > 0) {
                let why = "turned out: it did not read, and the others waited for it";
                deadlines.push((client.took.max(held).checked_add(STUCK), why));
            }
            if client.wire.is_handshaking() {
                deadlines.push((client.since.checked_add(self.shake), "the TLS handshake took too long"));
            }
            let first = deadlines.into_iter().filter_map(|(at, why)| at.map(|at| (at, why))).min();
            match first {
                Some((at, why)) if at <= now => {
                    client.out = Some(why);
                    self.touched.push(*id);
                }
                Some((at, _)) => next = next.into_iter().chain([at]).min(),
                None => {}
            }
        }
        self.next_sweep = next;
    }

    /// Brings one client up to date. Returns it if it has left.
    pub(super) fn settle(
        &mut self,
        epoll: &OwnedFd,
        id: ClientId,
        streams: bool,
        holds_back: bool,
        now: Instant,
    ) -> Option<Left> {
        let client = self.all.get_mut(&id)?;
        if client.closing == Closing::HalfSoon && client.has_taken_all() {
            client.shutdown_write();
            client.closing = Closing::Half;
        }
        if client.closing == Closing::Soon && client.has_taken_all() {
            client.shutdown_write();
            client.closing = now.checked_add(LINGER).map_or(Closing::Soon, Closing::Lingers);
            self.next_sweep = self.next_sweep.into_iter().chain(now.checked_add(LINGER)).min();
        }
        let client = self.all.get_mut(&id)?;
        let is_over = client.lingers() && !client.source_open && client.wire.is_flushed();
        if is_over || client.fault.is_some() || client.out.is_some() {
            return self.remove(id);
        }
        let writes = client.queued() > 0 || (streams && client.closing == Closing::No);
        let reads = client.is_read(holds_back) && (self.held.is_none() || client.lingers());
        let wanted = flags(client.wire.interest(reads, writes));
        if wanted != client.waits_for {
            client.waits_for = wanted;
            let data = epoll::EventData::new_u64(id.0);
            if let Err(error) = epoll::modify(epoll, client.wire.fd(), data, wanted) {
                client.fault(error.into());
                return self.remove(id);
            }
        }
        None
    }

    /// Its descriptor is closed, which takes it out of epoll(7) too.
    fn remove(&mut self, id: ClientId) -> Option<Left> {
        let client = *self.all.remove(&id)?;
        self.tide.change(client.room(), 0);
        let why = match (client.out, client.fault) {
            (Some(why), _) => Why::TurnedOut(why),
            (None, Some(error)) => Why::Broken(error),
            (None, None) => Why::Ended,
        };
        let Client { peer, received_octets, sent_octets, .. } = client;
        Some(Left { peer, why, received_octets, sent_octets })
    }
}

fn flags(events: Events) -> epoll::EventFlags {
    let mut flags = epoll::EventFlags::empty();
    flags.set(epoll::EventFlags::IN, events.intersects(Events::IN));
    flags.set(epoll::EventFlags::OUT, events.intersects(Events::OUT));
    flags
}

/// The clients as a service sees them.
pub(super) struct Port<'call, 'session, 'run, 'out> {
    pub(super) clients: &'call mut Clients,
    pub(super) session: &'session mut Session<'run, 'out>,
}

impl Port<'_, '_, '_, '_> {
    /// Sends what waits for a client.
    pub(super) fn flush(&mut self, id: ClientId) {
        let flushed = self.clients.with(id, |client| {
            if let Some(stream) = client.wire.tls_mut()
                && let Err(error) = stream.flush()
            {
                client.fault(error);
            }
            client.flush()
        });
        if let Some(gone) = flushed {
            self.went(id, gone);
        }
    }

    fn went(&mut self, id: ClientId, gone: usize) {
        self.clients.touch(id);
        if gone == 0 {
            return;
        }
        #[expect(clippy::disallowed_methods, reason = "the shell: reads the clock")]
        let now = Instant::now();
        let Some(client) = self.clients.all.get_mut(&id) else { return };
        (client.moved, client.took) = (now, now);
        client.sent_octets += u64::try_from(gone).unwrap_or_default();
        let left_octets = client.queued();
        self.clients.explain(self.session, id, || Did::Took { length_octets: gone, left_octets });
    }
}

impl Outgoing for Port<'_, '_, '_, '_> {
    fn send(&mut self, to: ClientId, octets: &[u8]) {
        let Some(client) = self.clients.all.get(&to) else { return };
        if client.closing != Closing::No || client.fault.is_some() || client.out.is_some() {
            return;
        }
        if let Some(gone) = self.clients.with(to, |client| client.send(octets)) {
            self.went(to, gone);
        }
    }

    fn end(&mut self, client: ClientId) {
        if let Some(found) = self.clients.all.get_mut(&client)
            && found.closing == Closing::No
        {
            found.closing = Closing::HalfSoon;
            self.clients.touch(client);
        }
    }

    fn close(&mut self, client: ClientId) {
        if let Some(found) = self.clients.all.get_mut(&client)
            && !matches!(found.closing, Closing::Soon | Closing::Lingers(_))
        {
            found.closing = Closing::Soon;
            self.clients.touch(client);
        }
    }

    fn queued(&self, client: ClientId) -> usize {
        self.clients.all.get(&client).map_or(0, |client| client.queued())
    }

    fn print(&mut self, octets: &[u8]) {
        self.clients.printed.extend(octets);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;
    use crate::options::Transport;

    const MANY: u64 = 200;
    const LEN: usize = 1 << 16;

    fn epoll() -> OwnedFd {
        epoll::create(epoll::CreateFlags::CLOEXEC).unwrap()
    }

    /// Clients who do not read, each with the other end of its connection.
    fn crowd(clients: &mut Clients, epoll: &OwnedFd, now: Instant) -> Vec<UnixStream> {
        let one = |id| {
            let (ours, theirs) = UnixStream::pair().unwrap();
            ours.set_nonblocking(true).unwrap();
            let peer = Address::Inet("192.0.2.1:7".parse().unwrap());
            let wire = Wire::new(ours.into(), Transport::Tcp, Some(peer.clone()));
            clients.add(epoll, ClientId(id), wire, peer, now).unwrap();
            while clients.get(ClientId(id)).unwrap().queued() == 0 {
                clients.with(ClientId(id), |client| client.send(&vec![b'x'; LEN])).unwrap();
            }
            theirs
        };
        (1..=MANY).map(one).collect()
    }

    fn queues(clients: &Clients) -> usize {
        clients.all.values().map(|client| client.queue.capacity()).sum()
    }

    #[test]
    fn who_has_left_is_not_remembered_and_memory_is_given_back_once() {
        let (epoll, begin) = (epoll(), Instant::now());
        let mut clients = Clients::new(None, Duration::ZERO);
        let wait = Duration::from_secs(1);
        for round in 1..=3 {
            let now = begin + 10 * round * wait;
            let theirs = crowd(&mut clients, &epoll, now);
            assert_eq!(clients.tide.octets(), queues(&clients) + clients.len() * size_of::<Client>());
            assert!(!clients.tide.is_out(now) && clients.deadline().is_none(), "nobody has left");
            drop(theirs);
            for id in 1..=MANY {
                clients.get(ClientId(id)).unwrap().fault(io::ErrorKind::BrokenPipe.into());
                assert!(clients.settle(&epoll, ClientId(id), false, true, now).is_some());
            }
            assert_eq!((clients.len(), clients.tide.octets()), (0, 0));
            clients.tidy(now);
            assert_eq!(clients.deadline(), Some(now + wait));
            while clients.next_touched().is_some() {}
            clients.tidy(now + wait);
            assert_eq!((clients.deadline(), clients.touched.capacity()), (None, 0));
        }
    }

    /// Room follows what is left of a queue, and no octet of it is lost on the way.
    #[test]
    fn a_queue_shrinks_as_it_is_taken() {
        let (epoll, now) = (epoll(), Instant::now());
        let mut clients = Clients::new(None, Duration::ZERO);
        let mut theirs = crowd(&mut clients, &epoll, now).swap_remove(0);
        let id = ClientId(1);
        theirs.set_nonblocking(true).unwrap();
        let sent: Vec<u8> = (0..=250).cycle().take(3 << 20).collect();
        clients.with(id, |client| client.send(&sent)).unwrap();
        let mut got = Vec::new();
        let mut room = vec![0; 4096];
        while clients.get(id).unwrap().queued() > 0 {
            while let Ok(len) = theirs.read(&mut room) {
                got.extend_from_slice(&room[..len]);
            }
            clients.with(id, Client::flush).unwrap();
            let client = clients.get(id).unwrap();
            assert!(client.queue.len() <= 2 * client.queued() + COMPACT_LEN);
            assert!(client.queue.capacity() <= SPARE * client.queue.len(), "{}", client.queue.capacity());
        }
        theirs.set_nonblocking(false).unwrap();
        drop(clients);
        theirs.read_to_end(&mut got).unwrap();
        assert!(got.ends_with(&sent));
    }
}
