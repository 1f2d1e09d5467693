//! What a row of the kernel brings besides its fixed part, in a form that takes little room.
//!
//! A hundred thousand sockets are held at once, and each brings half a kibioctet of TCP_INFO, memory and more. Most of it
//! is the same from row to row: what is kept of a row is how its words differ from those of a sample.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use sockeye_sys::TcpState;
use sockeye_sys::sock_diag::InetSocket;

use crate::socket::Socket;

/// How many rows share a sample.
const ROWS: usize = 128;
/// The octets of a word.
const WORD: usize = 4;
/// A set of words has an octet that says which of them differ.
const SET: usize = 8 * WORD;

/// A row with its extensions.
#[derive(Clone, Debug)]
pub enum Details {
    /// As it came.
    Whole(Box<InetSocket>),
    /// Its attributes, to be read where they are wanted.
    Packed(Packed),
}

impl Details {
    /// The row. `socket` is the one that these are the details of.
    pub fn of(&self, socket: &Socket) -> Cow<'_, InetSocket> {
        match self {
            Self::Whole(row) => Cow::Borrowed(row),
            Self::Packed(packed) => Cow::Owned(packed.row(socket)),
        }
    }
}

impl PartialEq for Details {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Whole(one), Self::Whole(other)) => one == other,
            (Self::Packed(one), Self::Packed(other)) => one.attributes() == other.attributes(),
            _ => false,
        }
    }
}

impl Eq for Details {}

/// Attributes among those of other rows.
#[derive(Clone)]
pub struct Packed {
    chunk: Arc<Chunk>,
    /// Where they start in it.
    start: u32,
}

struct Chunk {
    /// The attributes of the first row.
    sample: Box<[u8]>,
    /// Of each row its length in octets, and how it differs from the sample.
    octets: Box<[u8]>,
}

impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Packed").field(&self.attributes()).finish()
    }
}

impl Packed {
    /// The attributes as the kernel sent them.
    pub fn attributes(&self) -> Vec<u8> {
        let start = usize::try_from(self.start).unwrap_or(usize::MAX);
        unpack(&self.chunk.sample, self.chunk.octets.get(start..).unwrap_or_default())
    }

    fn row(&self, socket: &Socket) -> InetSocket {
        let state = TcpState::from(socket.state.number());
        let mut row = InetSocket {
            family: socket.family,
            timer: socket.timer,
            interface: socket.interface.unwrap_or(0),
            cookie: socket.cookie,
            rqueue: socket.recv_queue,
            wqueue: socket.send_queue,
            uid: socket.uid.unwrap_or(0),
            inode: socket.inode.unwrap_or(0),
            ..InetSocket::bare(socket.protocol, state, socket.local, socket.peer)
        };
        row.read_attributes(&self.attributes());
        row
    }
}

/// Packs row after row.
#[derive(Default)]
pub struct Packer {
    sample: Vec<u8>,
    octets: Vec<u8>,
    starts: Vec<u32>,
}

impl Packer {
    /// Takes in the attributes of a row.
    pub fn push(&mut self, attributes: &[u8]) {
        if self.starts.is_empty() {
            self.sample.extend_from_slice(attributes);
        }
        self.starts.push(u32::try_from(self.octets.len()).unwrap_or(u32::MAX));
        pack(&self.sample, attributes, &mut self.octets);
    }

    /// How many rows have been taken in and not been handed out.
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.starts.is_empty()
    }

    /// Whether no further row should share this sample.
    pub fn is_full(&self) -> bool {
        self.starts.len() >= ROWS
    }

    /// Hands out the rows, in the order in which they came, and starts anew.
    pub fn finish(&mut self) -> impl Iterator<Item = Packed> + use<> {
        let chunk = Arc::new(Chunk { sample: self.sample.as_slice().into(), octets: self.octets.as_slice().into() });
        self.sample.clear();
        self.octets.clear();
        std::mem::take(&mut self.starts).into_iter().map(move |start| Packed { chunk: Arc::clone(&chunk), start })
    }
}

/// Appends the length of `row` and the words in which it is not `sample`: of eight words an octet that says which, then the
/// distance of each. What is left behind the last whole word stands as it is.
fn pack(sample: &[u8], row: &[u8], octets: &mut Vec<u8>) {
    push_number(octets, u32::try_from(row.len()).unwrap_or(u32::MAX));
    let words = row.len() / WORD * WORD;
    let (words, rest) = row.split_at_checked(words).unwrap_or((row, &[]));
    for (set, samples) in words.chunks(SET).zip(samples(sample)) {
        let place = octets.len();
        octets.push(0);
        let mut differ = 0;
        for (bit, (one, other)) in set.chunks(WORD).zip(words_of(samples)).enumerate() {
            let distance = word(one).wrapping_sub(other);
            if distance != 0 {
                differ |= 1 << bit;
                push_number(octets, fold(distance));
            }
        }
        if let Some(octet) = octets.get_mut(place) {
            *octet = differ;
        }
    }
    octets.extend_from_slice(rest);
}

/// What [`pack`] was given. Octets that it has not written give something, and not for ever.
fn unpack(sample: &[u8], octets: &[u8]) -> Vec<u8> {
    let mut octets = octets;
    let len = usize::try_from(take_number(&mut octets)).unwrap_or(0).min(usize::from(u16::MAX));
    let mut row = Vec::with_capacity(len);
    let words = len / WORD * WORD;
    for samples in samples(sample) {
        if row.len() >= words {
            break;
        }
        let differ = take(&mut octets);
        for (bit, other) in words_of(samples).take((words - row.len()).div_ceil(WORD)).enumerate() {
            let distance = if differ & 1 << bit == 0 { 0 } else { unfold(take_number(&mut octets)) };
            row.extend_from_slice(&other.wrapping_add(distance).to_le_bytes());
        }
    }
    row.extend(octets.iter().take(len - row.len()));
    row
}

/// Sets of eight words of a sample, and zeros for ever behind it.
fn samples(sample: &[u8]) -> impl Iterator<Item = &[u8]> {
    sample.chunks(SET).chain(std::iter::repeat(&[][..]))
}

/// Eight words: of what is there, and zeros.
fn words_of(set: &[u8]) -> impl Iterator<Item = u32> {
    set.chunks(WORD).map(word).chain(std::iter::repeat(0)).take(SET / WORD)
}

/// A word, of which the last octets may be missing.
fn word(octets: &[u8]) -> u32 {
    if let Ok(whole) = octets.try_into() {
        return u32::from_le_bytes(whole);
    }
    octets.iter().rev().fold(0, |word, octet| word << 8 | u32::from(*octet))
}

/// A distance, which may be below zero, as a number that is small where the distance is: 0, -1, 1, -2 are 0, 1, 2, 3.
fn fold(distance: u32) -> u32 {
    let sign = distance.cast_signed() >> 31;
    (distance << 1) ^ sign.cast_unsigned()
}

fn unfold(folded: u32) -> u32 {
    (folded >> 1) ^ (folded & 1).wrapping_neg()
}

/// A number in as many octets as it needs, seven bits in each, the low ones first.
fn push_number(octets: &mut Vec<u8>, number: u32) {
    let mut rest = number;
    while rest >= 0x80 {
        octets.push(rest.to_le_bytes()[0] | 0x80);
        rest >>= 7;
    }
    octets.push(rest.to_le_bytes()[0]);
}

fn take_number(octets: &mut &[u8]) -> u32 {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let octet = take(octets);
        number |= u32::from(octet & 0x7f) << shift;
        if octet < 0x80 {
            break;
        }
    }
    number
}

fn take(octets: &mut &[u8]) -> u8 {
    let Some((first, rest)) = octets.split_first() else { return 0 };
    *octets = rest;
    *first
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_sys::sock_diag::{InetSocket, Timer, TimerKind};
    use sockeye_sys::{Protocol, TcpState};

    use super::*;
    use crate::kind::Kind;

    fn rows(packer: &mut Packer, rows: &[Vec<u8>]) -> Vec<Packed> {
        for row in rows {
            packer.push(row);
        }
        packer.finish().collect()
    }

    #[test]
    fn rows_that_are_alike_take_little_room() {
        let sample: Vec<u8> = (0..480_u32).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect();
        let mut other = sample.clone();
        other[100] = other[100].wrapping_add(1);
        other[200] = other[200].wrapping_sub(1);
        let packed = rows(&mut Packer::default(), &[sample.clone(), other.clone()]);
        assert_eq!((packed[0].attributes(), packed[1].attributes()), (sample, other));
        // Two octets of length and 15 sets of words, twice; and two distances.
        assert_eq!(packed[0].chunk.octets.len(), 2 * 17 + 2);
    }

    #[test]
    fn a_packer_starts_anew() {
        let mut packer = Packer::default();
        let first = rows(&mut packer, &[vec![1; 40], vec![2; 40]]);
        assert!(packer.is_empty());
        let second = rows(&mut packer, &[vec![3; 12]]);
        assert_eq!((first[1].attributes(), second[0].attributes()), (vec![2; 40], vec![3; 12]));
        while !packer.is_full() {
            packer.push(&[7]);
        }
        assert_eq!(packer.len(), ROWS);
    }

    #[test]
    fn the_row_that_is_read_again_is_the_row_that_came() {
        let (local, peer) = ("127.0.0.1:80".parse().unwrap(), "127.0.0.1:4000".parse().unwrap());
        let row = InetSocket {
            timer: Timer { kind: TimerKind::KeepAlive, retransmits: 2, expires_ms: 77 },
            interface: 3,
            cookie: 9,
            rqueue: 4,
            wqueue: 5,
            uid: 6,
            inode: 7,
            ..InetSocket::bare(Protocol::TCP, TcpState::CloseWait, local, peer)
        };
        // INET_DIAG_SHUTDOWN, and INET_DIAG_CONG as the kernel pads it.
        let attributes = [
            &5_u16.to_ne_bytes()[..],
            &8_u16.to_ne_bytes(),
            &[3, 0, 0, 0],
            &9_u16.to_ne_bytes(),
            &4_u16.to_ne_bytes(),
            b"reno\0\0\0\0",
        ]
        .concat();
        let mut whole = row.clone();
        whole.read_attributes(&attributes);
        assert_eq!((whole.shutdown, whole.congestion.as_deref()), (Some(3), Some("reno")));
        let mut socket = Socket::new(Kind::Tcp, row, false);
        let packed = rows(&mut Packer::default(), &[attributes]).remove(0);
        assert!(format!("{packed:?}").starts_with("Packed("));
        socket.details = Some(Details::Packed(packed));
        assert_eq!(socket.details().unwrap().into_owned(), whole);
    }

    proptest! {
        #[test]
        fn what_is_packed_is_unpacked(given: Vec<Vec<u8>>) {
            let packed = rows(&mut Packer::default(), &given);
            prop_assert_eq!(packed.iter().map(Packed::attributes).collect::<Vec<_>>(), given);
        }

        #[test]
        fn no_octets_panic(sample: Vec<u8>, octets: Vec<u8>) {
            prop_assert!(u16::try_from(unpack(&sample, &octets).len()).is_ok());
        }

        #[test]
        fn distances_fold_and_unfold(distance: u32) {
            prop_assert_eq!(unfold(fold(distance)), distance);
        }
    }
}
