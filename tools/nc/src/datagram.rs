//! What one datagram is: cuts what is read from the input, and holds what waits to be sent.

use std::collections::VecDeque;
use std::ops::Range;

use crate::options::DatagramCut;

/// How many datagrams are gathered before they are sent.
const GATHERED: usize = 64;
/// Octets that are gathered, if the datagrams are short.
const BUFFER_LEN: usize = 1 << 18;

/// Datagrams between the input and the socket.
#[derive(Debug)]
pub struct Outbox {
    cut: DatagramCut,
    /// The longest datagram that can be sent.
    longest: usize,
    buffer: Vec<u8>,
    /// What was read and is in no datagram yet.
    uncut: Range<usize>,
    ready: VecDeque<Range<usize>>,
}

/// What should be one datagram and is longer than one can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// The longest that can be.
    pub longest_octets: usize,
}

impl Outbox {
    /// Nothing yet. No datagram is longer than `longest`.
    ///
    /// # Errors
    /// [`TooLong`] if each should be.
    pub fn new(cut: DatagramCut, longest: usize) -> Result<Self, TooLong> {
        if matches!(cut, DatagramCut::Size(size) if size > longest) {
            return Err(TooLong { longest_octets: longest });
        }
        let buffer = vec![0; BUFFER_LEN.max(longest.saturating_add(1).saturating_mul(2))];
        Ok(Self { cut, longest, buffer, uncut: 0..0, ready: VecDeque::with_capacity(GATHERED) })
    }

    /// Octets that all datagrams together can have before they are sent.
    pub fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// Nothing waits to be sent.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// Where the next read goes to. Empty if what is there is to be sent first.
    pub fn room(&mut self) -> &mut [u8] {
        if self.ready.is_empty() && self.uncut.start > 0 {
            self.buffer.copy_within(self.uncut.clone(), 0);
            self.uncut = 0..self.uncut.len();
        }
        let left = self.buffer.len() - self.uncut.end;
        let room = match self.cut {
            // One read is one datagram: it must have room for the longest.
            DatagramCut::Read if self.ready.len() >= GATHERED || left < self.longest => 0,
            DatagramCut::Read => self.longest,
            DatagramCut::Line | DatagramCut::Size(_) | DatagramCut::File if self.ready.is_empty() => left,
            DatagramCut::Line | DatagramCut::Size(_) | DatagramCut::File => 0,
        };
        self.buffer.get_mut(self.uncut.end..self.uncut.end + room).unwrap_or_default()
    }

    /// Tells that `len` octets were read into [`Self::room`], and returns how many are in datagrams because of it.
    ///
    /// # Errors
    /// [`TooLong`] if all of the input should be one datagram.
    pub fn filled(&mut self, len: usize) -> Result<usize, TooLong> {
        self.uncut.end = self.uncut.end.saturating_add(len).min(self.buffer.len());
        let mut octets = 0;
        match self.cut {
            DatagramCut::Read => octets += self.take(self.uncut.len()),
            DatagramCut::Size(size) => {
                while size > 0 && self.uncut.len() >= size {
                    octets += self.take(size);
                }
            }
            DatagramCut::Line => {
                while let Some(end) = self.line_end() {
                    octets += self.take_line(end);
                }
                // A line that is longer than a datagram can be goes out in several.
                while self.uncut.len() > self.longest {
                    octets += self.take(self.longest);
                }
            }
            DatagramCut::File if self.uncut.len() > self.longest => {
                return Err(TooLong { longest_octets: self.longest });
            }
            DatagramCut::File => {}
        }
        Ok(octets)
    }

    /// Tells that the input has ended, and returns how many octets are in a datagram because of it. The whole input is
    /// one even if there was nothing in it.
    pub fn ended(&mut self) -> usize {
        let left = self.uncut.len();
        if left > 0 || self.cut == DatagramCut::File { self.take(left) } else { 0 }
    }

    /// The datagrams, in their order.
    pub fn pending(&self) -> impl Iterator<Item = &[u8]> {
        self.ready.iter().map(|range| self.buffer.get(range.clone()).unwrap_or_default())
    }

    /// Takes the first datagram off, sent or given up, and returns its length.
    pub fn done(&mut self) -> Option<usize> {
        self.ready.pop_front().map(|range| range.len())
    }

    fn line_end(&self) -> Option<usize> {
        self.buffer.get(self.uncut.clone())?.iter().position(|octet| *octet == b'\n')
    }

    fn take_line(&mut self, end: usize) -> usize {
        let mut left = end;
        while left > self.longest {
            left -= self.take(self.longest);
        }
        self.take(left);
        // The line feed only says where the line ends.
        self.uncut.start += 1;
        end
    }

    fn take(&mut self, len: usize) -> usize {
        let end = self.uncut.start + len;
        self.ready.push_back(self.uncut.start..end);
        self.uncut.start = end;
        len
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(outbox: &mut Outbox, octets: &[u8]) -> Result<usize, TooLong> {
        let room = outbox.room();
        let len = octets.len().min(room.len());
        room[..len].copy_from_slice(&octets[..len]);
        outbox.filled(len)
    }

    fn sent(outbox: &mut Outbox) -> Vec<Vec<u8>> {
        let all = outbox.pending().map(<[u8]>::to_vec).collect();
        while outbox.done().is_some() {}
        all
    }

    #[test]
    fn a_read_is_a_datagram() {
        let mut outbox = Outbox::new(DatagramCut::Read, 10).unwrap();
        assert_eq!((read(&mut outbox, b"one"), read(&mut outbox, b"two")), (Ok(3), Ok(3)));
        assert_eq!(outbox.ended(), 0);
        assert_eq!(sent(&mut outbox), [b"one", b"two"]);
        for _ in 0..GATHERED {
            assert_eq!(outbox.room().len(), 10);
            read(&mut outbox, b"0123456789").unwrap();
        }
        assert!(outbox.room().is_empty(), "what is there goes first");
        assert_eq!(sent(&mut outbox).len(), GATHERED);
        assert!(!outbox.room().is_empty());
    }

    #[test]
    fn lines_whole_split_and_empty() {
        let mut outbox = Outbox::new(DatagramCut::Line, 5).unwrap();
        assert_eq!(read(&mut outbox, b"one\n\ntw"), Ok(3));
        assert_eq!(sent(&mut outbox), [&b"one"[..], b""]);
        assert_eq!(read(&mut outbox, b"o\n0123456\nlast"), Ok(10));
        assert_eq!(sent(&mut outbox), [&b"two"[..], b"01234", b"56"]);
        assert_eq!(outbox.ended(), 4);
        assert_eq!(sent(&mut outbox), [b"last"]);
        assert_eq!(outbox.ended(), 0);
        assert!(outbox.is_empty());
    }

    #[test]
    fn sizes_and_what_is_left() {
        let mut outbox = Outbox::new(DatagramCut::Size(4), 100).unwrap();
        assert_eq!(read(&mut outbox, b"0123456"), Ok(4));
        assert_eq!(sent(&mut outbox), [b"0123"]);
        assert_eq!(read(&mut outbox, b"789"), Ok(4));
        assert_eq!(outbox.ended(), 2);
        assert_eq!(sent(&mut outbox), [&b"4567"[..], b"89"]);
        assert!(Outbox::new(DatagramCut::Size(100), 100).is_ok());
        assert_eq!(Outbox::new(DatagramCut::Size(101), 100).unwrap_err(), TooLong { longest_octets: 100 });
    }

    #[test]
    fn a_file_is_one_even_if_it_is_empty() {
        let mut outbox = Outbox::new(DatagramCut::File, 10).unwrap();
        assert_eq!(outbox.ended(), 0);
        assert_eq!(sent(&mut outbox), [b""]);
        assert_eq!((read(&mut outbox, b"01234"), read(&mut outbox, b"56789")), (Ok(0), Ok(0)));
        assert_eq!(outbox.ended(), 10);
        assert_eq!(sent(&mut outbox), [b"0123456789"]);
        read(&mut outbox, b"0123456789").unwrap();
        assert_eq!(read(&mut outbox, b"x"), Err(TooLong { longest_octets: 10 }));
    }
}
