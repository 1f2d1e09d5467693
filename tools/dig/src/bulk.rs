//! Many lookups at once: which are under way, whose answer a datagram is, when to ask again, and in which order the results
//! are shown.
//!
//! Owns no socket and reads no clock. The shell gives each lookup to [`Window`], which remembers it by the socket and the id
//! of its query, and each result to [`LineUp`], which hands them on in the order of the lookups.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasherDefault, Hasher};
use std::time::{Duration, Instant};

use crate::header;
use crate::name::{MAX_LABEL_LEN, MAX_LEN};
use crate::registry::Rcode;

/// The octets of a query in front of its name and behind it: all queries with the same options have the same ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// The header behind its id.
    header: [u8; header::LEN - 2],
    /// QTYPE and QCLASS, and the records behind the question.
    behind: Vec<u8>,
}

/// QTYPE and QCLASS, in octets.
const TYPE_AND_CLASS: usize = 4;

impl Form {
    /// The form of a query for the root.
    pub fn of_root(query: &[u8]) -> Option<Self> {
        let (header, rest) = query.split_at_checked(header::LEN)?;
        let (root, behind) = rest.split_first()?;
        if *root != 0 || behind.len() < TYPE_AND_CLASS {
            return None;
        }
        Some(Self { header: header.get(2..)?.try_into().ok()?, behind: behind.to_vec() })
    }

    /// The question of a query for that name, in `question`. `false` if the name needs more care: it has escapes, is
    /// not ASCII, or is none.
    pub fn question(&self, name: &str, question: &mut Vec<u8>) -> bool {
        question.clear();
        if name != "." {
            for label in name.strip_suffix('.').unwrap_or(name).split('.') {
                let plain = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
                if label.is_empty() || label.len() > MAX_LABEL_LEN || !label.bytes().all(plain) {
                    return false;
                }
                question.push(u8::try_from(label.len()).unwrap_or_default());
                question.extend_from_slice(label.as_bytes());
            }
        }
        question.push(0);
        question.extend(self.behind.iter().take(TYPE_AND_CLASS));
        question.len() <= MAX_LEN + TYPE_AND_CLASS
    }

    /// Appends the query with that id and question.
    pub fn emit(&self, id: u16, question: &[u8], datagram: &mut Vec<u8>) {
        datagram.extend_from_slice(&id.to_be_bytes());
        datagram.extend_from_slice(&self.header);
        datagram.extend_from_slice(question);
        datagram.extend(self.behind.get(TYPE_AND_CLASS..).unwrap_or_default());
    }
}

/// How stubbornly to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How many servers there are.
    pub servers: usize,
    /// How often to ask in all; at least once a server.
    pub tries: u32,
    /// How long one try may take.
    pub timeout: Duration,
}

/// How many lookups may be under way at once.
///
/// A server's socket holds some hundred queries; what comes faster than they are answered is lost, and costs seconds. A wide
/// window therefore opens with the answers that come, and half of it closes when none does (as RFC 5681 has it for TCP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opening {
    limit: usize,
    open: usize,
}

impl Opening {
    /// As wide as it is at first, at most, and as it remains whatever is lost.
    pub const LEAST: usize = 100;

    /// A window that may become that wide.
    pub fn new(limit: usize) -> Self {
        let limit = limit.max(1);
        Self { limit, open: limit.min(Self::LEAST) }
    }

    /// How wide it is now.
    pub fn width(&self) -> usize {
        self.open
    }

    /// An answer came.
    pub fn answered(&mut self) {
        self.open = self.limit.min(self.open + 1);
    }

    /// Queries were lost.
    pub fn lost(&mut self) {
        self.open = (self.open / 2).max(self.limit.min(Self::LEAST));
    }
}

/// The number of a lookup in the window, as long as it is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(usize);

/// A lookup that is under way.
#[derive(Clone, Debug)]
pub struct Flight<J> {
    /// What it is about.
    pub job: J,
    /// The server that is asked, counted from 0.
    pub server: usize,
    /// When the last query went out.
    pub sent: Instant,
    patience: Patience,
    tries_left: u32,
    until: Instant,
    /// The socket and the id of the query that is out.
    key: Option<Key>,
}

impl<J> Flight<J> {
    /// The socket of the query that is out.
    pub fn socket(&self) -> Option<u16> {
        self.key.map(|key| key.socket)
    }

    fn is_first_try(&self) -> bool {
        self.server == 0 && self.tries_left == self.patience.tries.max(1)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    socket: u16,
    id: u16,
}

/// Ids are random already: there is nothing to be mixed.
#[derive(Clone, Copy, Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        // The table takes its position from one end and its tags from the other.
        self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15)
    }

    fn write(&mut self, octets: &[u8]) {
        for octet in octets {
            self.write_u16(u16::from(*octet));
        }
    }

    fn write_u16(&mut self, value: u16) {
        self.0 = self.0 << 16 | u64::from(value);
    }
}

/// Whose answer a datagram is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// An answer to the question of that lookup, with nothing in its header that needs another query.
    Answer(Ticket),
    /// It came for that lookup, and is not a plain answer to its question.
    Odd(Ticket),
    /// Nobody's: late, or not meant for us.
    Stray,
}

/// What comes of a try that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterFailure {
    /// It is among those to be sent again.
    Again,
    /// Nobody is left to ask.
    GiveUp,
}

/// The lookups that are under way, by socket and id.
#[derive(Clone, Debug)]
pub struct Window<J> {
    slots: Vec<Slot<J>>,
    free: Vec<usize>,
    keys: HashMap<Key, usize, BuildHasherDefault<AsItIs>>,
    /// Those that wait to be sent, in order.
    to_send: VecDeque<Ticket>,
    /// No deadline is earlier.
    check_at: Option<Instant>,
}

#[derive(Clone, Debug)]
struct Slot<J> {
    flight: Option<Flight<J>>,
    /// The question on the wire; the room is used again.
    question: Vec<u8>,
}

impl<J> Default for Window<J> {
    fn default() -> Self {
        Self { slots: Vec::new(), free: Vec::new(), keys: HashMap::default(), to_send: VecDeque::new(), check_at: None }
    }
}

impl<J> Window<J> {
    /// How many lookups are under way.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes a lookup in, to be sent.
    pub fn start(&mut self, job: J, question: &[u8], patience: Patience, now: Instant) -> Ticket {
        let tries_left = patience.tries.max(1);
        let flight = Flight { job, server: 0, sent: now, patience, tries_left, until: now, key: None };
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { flight: None, question: Vec::with_capacity(question.len()) });
            self.slots.len() - 1
        });
        if let Some(slot) = self.slots.get_mut(index) {
            slot.flight = Some(flight);
            slot.question.clear();
            slot.question.extend_from_slice(question);
        }
        self.to_send.push_back(Ticket(index));
        Ticket(index)
    }

    /// The next lookup to be sent.
    pub fn next_to_send(&self) -> Option<Ticket> {
        self.to_send.front().copied()
    }

    /// A lookup that is under way, and its question on the wire.
    pub fn get(&self, ticket: Ticket) -> Option<(&Flight<J>, &[u8])> {
        let slot = self.slots.get(ticket.0)?;
        Some((slot.flight.as_ref()?, &slot.question))
    }

    /// The same, to change what it is about.
    pub fn job_mut(&mut self, ticket: Ticket) -> Option<&mut J> {
        Some(&mut self.slots.get_mut(ticket.0)?.flight.as_mut()?.job)
    }

    /// Takes the next lookup from those to be sent: its query goes out on that socket, with that id. `false` if a query
    /// with that id is out there already; nothing has happened then.
    pub fn send(&mut self, socket: u16, id: u16, now: Instant) -> bool {
        let Some(ticket) = self.next_to_send() else { return false };
        let key = Key { socket, id };
        if self.keys.contains_key(&key) {
            return false;
        }
        self.to_send.pop_front();
        let Some(flight) = self.slots.get_mut(ticket.0).and_then(|slot| slot.flight.as_mut()) else { return false };
        flight.key = Some(key);
        flight.sent = now;
        flight.until = now.checked_add(flight.patience.timeout).unwrap_or(now);
        self.check_at = Some(self.check_at.map_or(flight.until, |at| at.min(flight.until)));
        self.keys.insert(key, ticket.0);
        true
    }

    /// What was taken to be sent did not go out: it is the next one again. Of several the last one first.
    pub fn unsend(&mut self, ticket: Ticket) {
        if self.forget_key(ticket) {
            self.to_send.push_front(ticket);
        }
    }

    fn forget_key(&mut self, ticket: Ticket) -> bool {
        let flight = self.slots.get_mut(ticket.0).and_then(|slot| slot.flight.as_mut());
        match flight.and_then(|flight| flight.key.take()) {
            Some(key) => self.keys.remove(&key).is_some(),
            None => false,
        }
    }

    /// Says whose answer a datagram is. The socket is connected: its sender is the server.
    pub fn arrival(&self, socket: u16, datagram: &[u8]) -> Arrival {
        let Some((header, rest)) = datagram.split_first_chunk::<{ header::LEN }>() else { return Arrival::Stray };
        let [id0, id1, high, low, qd0, qd1, ..] = *header;
        let key = Key { socket, id: u16::from_be_bytes([id0, id1]) };
        let asked =
            |slot: &Slot<J>| rest.get(..slot.question.len()).is_some_and(|got| same_question(got, &slot.question));
        if let Some(&index) = self.keys.get(&key) {
            let is_plain = is_plain(high, low) && [qd0, qd1] == [0, 1];
            let ours = self.slots.get(index).is_some_and(asked);
            return if is_plain && ours { Arrival::Answer(Ticket(index)) } else { Arrival::Odd(Ticket(index)) };
        }
        // A wrong id. If the question is one of those that went out there, dig would say so; but after another try it may as
        // well be the late answer to the first one.
        let once_there = |flight: &Flight<J>| flight.socket() == Some(socket) && flight.is_first_try();
        let on_socket = |slot: &Slot<J>| slot.flight.as_ref().is_some_and(once_there);
        match self.slots.iter().position(|slot| on_socket(slot) && asked(slot)) {
            Some(index) => Arrival::Odd(Ticket(index)),
            None => Arrival::Stray,
        }
    }

    /// Takes a lookup out.
    pub fn finish(&mut self, ticket: Ticket) -> Option<Flight<J>> {
        let slot = self.slots.get_mut(ticket.0)?;
        let flight = slot.flight.take()?;
        self.free.push(ticket.0);
        match flight.key {
            Some(key) => drop(self.keys.remove(&key)),
            None => self.to_send.retain(|waiting| *waiting != ticket),
        }
        Some(flight)
    }

    /// The try that is out came to nothing: the same server again, or the next one.
    pub fn fail(&mut self, ticket: Ticket) -> AfterFailure {
        if !self.forget_key(ticket) {
            return AfterFailure::Again;
        }
        let Some(flight) = self.slots.get_mut(ticket.0).and_then(|slot| slot.flight.as_mut()) else {
            return AfterFailure::GiveUp;
        };
        if flight.tries_left > 1 {
            flight.tries_left -= 1;
        } else {
            flight.server += 1;
            if flight.server >= flight.patience.servers {
                return AfterFailure::GiveUp;
            }
        }
        self.to_send.push_back(ticket);
        AfterFailure::Again
    }

    /// When to look for tries that took too long, at the latest.
    pub fn check_at(&self) -> Option<Instant> {
        self.check_at
    }

    /// The tries that took too long, in the order of the lookups.
    pub fn overdue(&mut self, now: Instant) -> Vec<Ticket> {
        if self.check_at.is_none_or(|at| now < at) {
            return Vec::new();
        }
        let mut late = Vec::new();
        self.check_at = None;
        for (index, slot) in self.slots.iter().enumerate() {
            let Some(flight) = slot.flight.as_ref().filter(|flight| flight.key.is_some()) else { continue };
            if flight.until <= now {
                late.push(Ticket(index));
            } else {
                self.check_at = Some(self.check_at.map_or(flight.until, |at| at.min(flight.until)));
            }
        }
        late
    }

    /// The lookups whose query is out on that socket.
    pub fn on_socket(&self, socket: u16) -> Vec<Ticket> {
        let there = |slot: &Slot<J>| slot.flight.as_ref().is_some_and(|flight| flight.socket() == Some(socket));
        let slots = self.slots.iter().enumerate();
        slots.filter(|(_, slot)| there(slot)).map(|(index, _)| Ticket(index)).collect()
    }
}

/// A response to a query, not truncated, with an rcode that says nothing about the query itself.
fn is_plain(high: u8, low: u8) -> bool {
    // QR and Opcode QUERY; TC clear.
    let response = high & 0b1111_1010 == 0b1000_0000;
    response
        && matches!(Rcode(u16::from(low & 0xf)), Rcode::NOERROR | Rcode::SERVFAIL | Rcode::NXDOMAIN | Rcode::REFUSED)
}

/// Whether both ask the same: the name in either case, the type and the class as they are.
///
/// # Source
/// RFC 4343 for the name.
fn same_question(got: &[u8], asked: &[u8]) -> bool {
    if got == asked {
        return true;
    }
    let split = asked.len().saturating_sub(TYPE_AND_CLASS);
    match (got.split_at_checked(split), asked.split_at_checked(split)) {
        (Some((got, rest)), Some((asked, behind))) => rest == behind && got.eq_ignore_ascii_case(asked),
        _ => false,
    }
}

/// Results on their way to the output, in the order of the lookups.
///
/// What is done before its turn waits here. It may not become more than [`LineUp::ROOM`]: then nothing new is begun until
/// the oldest lookup is done.
#[derive(Clone, Debug)]
pub struct LineUp<T> {
    /// The number of the lookup whose turn it is.
    turn: u64,
    /// The number of the next lookup.
    next: u64,
    /// What is done: the first place is that of the turn.
    done: VecDeque<Option<(T, usize)>>,
    /// The length of all texts in `done`, in octets.
    octets: usize,
}

impl<T> Default for LineUp<T> {
    fn default() -> Self {
        Self { turn: 0, next: 0, done: VecDeque::new(), octets: 0 }
    }
}

impl<T> LineUp<T> {
    /// How much may wait, in octets.
    pub const ROOM: usize = 16 << 20;

    /// The number of a new lookup.
    pub fn number(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// The number of the lookup whose turn it is.
    pub fn turn(&self) -> u64 {
        self.turn
    }

    /// Whether another lookup may begin.
    pub fn has_room(&self) -> bool {
        self.done.len().saturating_mul(size_of::<Option<(T, usize)>>()).saturating_add(self.octets) < Self::ROOM
    }

    /// Whether it is the turn of that lookup. If it is, it has had its turn.
    pub fn pass(&mut self, number: u64) -> bool {
        if number != self.turn {
            return false;
        }
        self.turn += 1;
        self.done.pop_front();
        true
    }

    /// Has a result of so many octets wait for its turn.
    pub fn put(&mut self, number: u64, result: T, octets: usize) {
        let place = number.checked_sub(self.turn).and_then(|place| usize::try_from(place).ok());
        let Some(place) = place else { return };
        if place >= self.done.len() {
            self.done.resize_with(place + 1, || None);
        }
        if let Some(empty) = self.done.get_mut(place) {
            *empty = Some((result, octets));
            self.octets = self.octets.saturating_add(octets);
        }
    }

    /// The next result, if it is there.
    pub fn take(&mut self) -> Option<T> {
        let (result, octets) = self.done.front_mut()?.take()?;
        self.done.pop_front();
        self.octets = self.octets.saturating_sub(octets);
        self.turn += 1;
        Some(result)
    }
}

#[cfg(test)]
mod tests;
