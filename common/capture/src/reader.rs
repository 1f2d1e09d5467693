//! The two readers: over a slice, whose frames borrow it, and over a stream, whose frames borrow the reader's buffer.

mod batch;
mod piece;

use std::io::{self, Read};

pub use self::batch::Batch;
pub use self::piece::{Course, PIECE_LEN, ReadAt};
use crate::decoder::{Decoder, Need, Record, Step, narrow, wide};
use crate::error::CaptureError;
use crate::frame::{Frame, Interface};
use crate::input::Input;

/// Where frames come from, one after the other.
pub trait FrameSource {
    /// The next frame; `None` at the end, and after an error.
    ///
    /// # Errors
    /// [`CaptureError`], once, when all before the fault has been delivered.
    fn next_frame(&mut self) -> Result<Option<Frame<'_>>, CaptureError>;
}

/// Reads a capture that is in memory, or mapped into it.
#[derive(Debug)]
pub struct SliceReader<'a> {
    rest: &'a [u8],
    decoder: Decoder,
    position: u64,
    frames: u64,
    done: bool,
}

impl<'a> SliceReader<'a> {
    /// A reader of the capture in `octets`.
    pub fn new(octets: &'a [u8]) -> Self {
        Self { rest: octets, decoder: Decoder::default(), position: 0, frames: 0, done: false }
    }

    /// The next frame, which borrows the slice; `None` at the end, and after an error.
    ///
    /// # Errors
    /// [`CaptureError`], once, when all before the fault has been delivered.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'a>>, CaptureError> {
        if self.done {
            return Ok(None);
        }
        let found = self.advance();
        self.done = !matches!(found, Ok(Some(_)));
        found
    }

    /// The interfaces described so far in the current section.
    pub fn interfaces(&self) -> &[Interface] {
        self.decoder.interfaces()
    }

    /// How many octets have been read.
    pub fn position(&self) -> u64 {
        self.position
    }

    fn advance(&mut self) -> Result<Option<Frame<'a>>, CaptureError> {
        loop {
            match self.decoder.step(self.rest, self.position)? {
                Step::Frame(record) => {
                    self.frames = self.frames.saturating_add(1);
                    let frame = frame(&record, self.rest, self.position, self.frames);
                    self.consume(record.consumed);
                    return Ok(Some(frame));
                }
                Step::Skip(need) if need.total() <= self.rest.len() => self.consume(need.total()),
                Step::Need(_) if self.rest.is_empty() && self.decoder.end()? => return Ok(None),
                Step::Skip(need) | Step::Need(need) => return Err(need.truncated(self.position, self.rest.len())),
            }
        }
    }

    fn consume(&mut self, len: usize) {
        self.rest = self.rest.get(len..).unwrap_or_default();
        self.position = self.position.saturating_add(wide(len));
    }
}

impl FrameSource for SliceReader<'_> {
    fn next_frame(&mut self) -> Result<Option<Frame<'_>>, CaptureError> {
        SliceReader::next_frame(self)
    }
}

impl<'a> Iterator for SliceReader<'a> {
    type Item = Result<Frame<'a>, CaptureError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_frame().transpose()
    }
}

/// Reads a capture from a stream, such as a pipe. It has a buffer of its own: `stream` needs none.
#[derive(Debug)]
pub struct StreamReader<R> {
    walk: Walk<R>,
    done: bool,
}

impl<R: Read> StreamReader<R> {
    /// A reader of the capture that comes out of `stream`.
    pub fn new(stream: R) -> Self {
        Self { walk: Walk::new(stream), done: false }
    }

    /// The next frame, which borrows the buffer; `None` at the end, and after an error.
    ///
    /// # Errors
    /// [`CaptureError`], once, when all before the fault has been delivered. A stream that would block or timed out may be
    /// asked again.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, CaptureError> {
        if self.done {
            return Ok(None);
        }
        match self.walk.advance(&mut |_| Ok(())) {
            Ok(Some(record)) => Ok(Some(self.walk.frame(&record))),
            Ok(None) => {
                self.done = true;
                Ok(None)
            }
            Err(fault) => {
                self.done = !is_passing(&fault);
                Err(fault)
            }
        }
    }

    /// The interfaces described so far in the current section.
    pub fn interfaces(&self) -> &[Interface] {
        self.walk.decoder.interfaces()
    }

    /// How many octets have been read of the capture and used.
    pub fn position(&self) -> u64 {
        self.walk.input.position()
    }

    /// What it reads from.
    pub fn stream(&self) -> &R {
        self.walk.input.stream()
    }
}

/// What is done with octets that have been used, before their room is given to others.
pub(crate) type Spill<'a> = dyn FnMut(&[u8]) -> io::Result<()> + 'a;

/// The way through a stream, from frame to frame.
#[derive(Debug)]
pub(crate) struct Walk<R> {
    pub(crate) input: Input<R>,
    pub(crate) decoder: Decoder,
    /// What is being left out, and how many octets of it have been: kept here so that a read that failed can be resumed.
    skipping: Option<(Need, usize)>,
    frames: u64,
}

impl<R: Read> Walk<R> {
    pub(crate) fn new(stream: R) -> Self {
        Self { input: Input::new(stream), decoder: Decoder::default(), skipping: None, frames: 0 }
    }

    /// Finds the next frame; its record is at the start of the input then.
    pub(crate) fn advance(&mut self, spill: &mut Spill<'_>) -> Result<Option<Record>, CaptureError> {
        loop {
            self.skip(spill)?;
            match self.decoder.step(self.input.octets(), self.input.position())? {
                Step::Frame(record) => {
                    self.frames = self.frames.saturating_add(1);
                    return Ok(Some(record));
                }
                Step::Skip(need) => self.skipping = Some((need, 0)),
                Step::Need(need) => {
                    if !self.fill(need.total(), spill)? {
                        if self.input.available() == 0 && self.decoder.end()? {
                            return Ok(None);
                        }
                        return Err(need.truncated(self.input.position(), self.input.available()));
                    }
                }
            }
        }
    }

    /// Uses the record that was found, and gives its frame.
    pub(crate) fn frame(&mut self, record: &Record) -> Frame<'_> {
        let position = self.input.position();
        frame(record, self.input.lend(record.consumed), position, self.frames)
    }

    /// Leaves out what is to be left out, however much that is, without holding it.
    fn skip(&mut self, spill: &mut Spill<'_>) -> Result<(), CaptureError> {
        while let Some((need, skipped)) = self.skipping {
            let left = need.total().saturating_sub(skipped);
            let taken = left.min(self.input.available());
            self.input.consume(taken);
            if taken == left {
                self.skipping = None;
                break;
            }
            let skipped = skipped.saturating_add(taken);
            self.skipping = Some((need, skipped));
            if !self.fill(1, spill)? {
                return Err(need.truncated(self.input.position().saturating_sub(wide(skipped)), skipped));
            }
        }
        Ok(())
    }

    pub(crate) fn fill(&mut self, needed: usize, spill: &mut Spill<'_>) -> Result<bool, CaptureError> {
        spill(self.input.used())
            .and_then(|()| {
                self.input.release();
                self.input.fill(needed)
            })
            .map_err(|source| {
                let read = self.input.position().saturating_add(wide(self.input.available()));
                CaptureError::from_read(read, source)
            })
    }
}

impl<R: Read> FrameSource for StreamReader<R> {
    fn next_frame(&mut self) -> Result<Option<Frame<'_>>, CaptureError> {
        StreamReader::next_frame(self)
    }
}

/// Whether asking the stream again may help.
fn is_passing(fault: &CaptureError) -> bool {
    let CaptureError::Io { source, .. } = fault else { return false };
    matches!(source.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}

/// The frame that `record` describes in `input`, which starts at `position`.
#[inline]
fn frame<'a>(record: &Record, input: &'a [u8], position: u64, number: u64) -> Frame<'a> {
    let octets = input.get(record.start..record.start.saturating_add(record.len)).unwrap_or_default();
    Frame {
        number,
        timestamp: record.timestamp,
        interface: record.interface,
        link_type: record.link_type,
        original_len: narrow(record.original_len).max(octets.len()),
        octets,
        file_offset: position.saturating_add(wide(record.start)),
        fcs_len: record.fcs_len,
    }
}

#[cfg(test)]
mod tests;
