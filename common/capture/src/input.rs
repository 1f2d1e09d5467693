//! A stream with a buffer: what both the reader of captures and the unpacking under it read from.

use std::io::{self, Read};

use crate::decoder::wide;

/// How much a stream is asked for at once.
pub(crate) const CHUNK_LEN: usize = 256 << 10;

/// A stream and what has been read ahead of it.
#[derive(Debug)]
pub(crate) struct Input<R> {
    stream: R,
    buffer: Vec<u8>,
    /// What has been used and is still there is `buffer[kept..start]`.
    kept: usize,
    /// The octets read and not yet consumed are `buffer[start..end]`.
    start: usize,
    end: usize,
    position: u64,
}

impl<R> Input<R> {
    pub(crate) const fn new(stream: R) -> Self {
        Self::at(stream, 0)
    }

    /// A stream that goes on where `position` octets have been consumed already.
    pub(crate) const fn at(stream: R, position: u64) -> Self {
        Self { stream, buffer: Vec::new(), kept: 0, start: 0, end: 0, position }
    }

    /// What has been read and not been consumed.
    #[inline]
    pub(crate) fn octets(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// How many octets have been read and not been consumed.
    pub(crate) const fn available(&self) -> usize {
        self.end - self.start
    }

    /// How many octets have been consumed.
    pub(crate) const fn position(&self) -> u64 {
        self.position
    }

    /// How many octets the buffer has room for.
    #[cfg(test)]
    pub(crate) const fn capacity(&self) -> usize {
        self.buffer.len()
    }

    /// The stream itself, whose octets may be ahead of those consumed.
    pub(crate) const fn stream(&self) -> &R {
        &self.stream
    }

    /// Consumes `len` octets, or as many as there are.
    #[inline]
    pub(crate) fn consume(&mut self, len: usize) {
        let start = self.start.saturating_add(len).min(self.end);
        self.position = self.position.saturating_add(wide(start - self.start));
        self.start = start;
    }

    /// Consumes `len` octets and lends them.
    #[inline]
    pub(crate) fn lend(&mut self, len: usize) -> &[u8] {
        let start = self.start;
        self.consume(len);
        self.buffer.get(start..self.start).unwrap_or_default()
    }

    /// Where in the buffer that is which has not been consumed.
    pub(crate) const fn offset(&self) -> usize {
        self.start
    }

    /// Hands out the buffer, all that has been used of it at its place, and goes on with `buffer`, into which it takes what
    /// has not been. Returns where the buffer starts in the stream.
    pub(crate) fn change(&mut self, buffer: &mut Vec<u8>) -> u64 {
        let from = self.position.saturating_sub(wide(self.start));
        // A buffer of the usual length is kept as it is: filling it with zeros would cost as much as reading.
        let len = self.available().max(CHUNK_LEN);
        if buffer.len() != len {
            *buffer = vec![0; len];
        }
        let rest = self.buffer.get(self.start..self.end).unwrap_or_default();
        if let Some(space) = buffer.get_mut(..rest.len()) {
            space.copy_from_slice(rest);
        }
        self.end = self.available();
        (self.kept, self.start) = (0, 0);
        std::mem::swap(&mut self.buffer, buffer);
        from
    }

    /// What has been used since the last [`Input::release`] or [`Input::fill`] that read.
    pub(crate) fn used(&self) -> &[u8] {
        self.buffer.get(self.kept..self.start).unwrap_or_default()
    }

    /// The same, to be changed.
    pub(crate) fn used_mut(&mut self) -> &mut [u8] {
        self.buffer.get_mut(self.kept..self.start).unwrap_or_default()
    }

    /// Gives up what has been used.
    pub(crate) const fn release(&mut self) {
        self.kept = self.start;
    }
}

impl<R: Read> Input<R> {
    /// Reads until `needed` octets are there; `false` if the stream ends before. What has been used is given up.
    ///
    /// The buffer grows only as octets arrive, so that a length that lies costs nothing.
    pub(crate) fn fill(&mut self, needed: usize) -> io::Result<bool> {
        while self.available() < needed {
            if self.start > 0 {
                self.buffer.copy_within(self.start..self.end, 0);
                self.end -= self.start;
                self.start = 0;
            }
            self.kept = 0;
            if self.end == self.buffer.len() {
                self.buffer.resize(self.buffer.len().saturating_mul(2).max(CHUNK_LEN), 0);
            }
            let space = self.buffer.get_mut(self.end..).unwrap_or_default();
            let read = read(&mut self.stream, space)?;
            if read == 0 {
                return Ok(false);
            }
            self.end += read;
        }
        Ok(true)
    }
}

/// Large reads go past the buffer where nothing is in it.
impl<R: Read> Read for Input<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if self.available() == 0 {
            if space.len() >= CHUNK_LEN / 4 {
                let read = read(&mut self.stream, space)?;
                self.position = self.position.saturating_add(wide(read));
                return Ok(read);
            }
            self.fill(1)?;
        }
        let read = self.octets().read(space)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> io::BufRead for Input<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.available() == 0 {
            self.fill(1)?;
        }
        Ok(self.octets())
    }

    fn consume(&mut self, len: usize) {
        Self::consume(self, len);
    }
}

/// One read that no signal interrupts.
fn read(stream: &mut impl Read, space: &mut [u8]) -> io::Result<usize> {
    let available = space.len();
    loop {
        match stream.read(space) {
            // A Read that claims more than it was given room for is not believed.
            Ok(read) => return Ok(read.min(available)),
            Err(interrupted) if interrupted.kind() == io::ErrorKind::Interrupted => {}
            Err(fault) => return Err(fault),
        }
    }
}
