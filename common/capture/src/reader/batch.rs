//! Frames a buffer at a time, so that another thread can have them.

use std::io::Read;

use super::{StreamReader, frame, is_passing};
use crate::decoder::{Record, Step, wide};
use crate::error::CaptureError;
use crate::frame::Frame;
use crate::input::CHUNK_LEN;

/// Frames that one reading of the stream brought, with the octets that they lie in.
#[derive(Debug, Default)]
pub struct Batch {
    pub(super) octets: Vec<u8>,
    /// How many of the octets are there, if they were read as a piece.
    pub(super) filled: usize,
    /// Where the octets start in the capture.
    pub(super) position: u64,
    /// How many frames came before.
    pub(super) before: u64,
    /// Each with where it starts in the octets.
    pub(super) records: Vec<(usize, Record)>,
}

impl Batch {
    /// How many frames there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The frames, in order.
    #[inline]
    pub fn frames(&self) -> impl Iterator<Item = Frame<'_>> {
        self.records.iter().zip(self.before.saturating_add(1)..).map(|(record, number)| self.place(record, number))
    }

    /// The frame at `index`, counted from 0.
    pub fn frame(&self, index: usize) -> Option<Frame<'_>> {
        let record = self.records.get(index)?;
        Some(self.place(record, self.before.saturating_add(1).saturating_add(wide(index))))
    }

    #[inline]
    fn place(&self, (start, record): &(usize, Record), number: u64) -> Frame<'_> {
        let octets = self.octets.get(*start..).unwrap_or_default();
        frame(record, octets, self.position.saturating_add(wide(*start)), number)
    }
}

impl<R: Read> StreamReader<R> {
    /// Replaces what is in `batch` by the next frames: those that are whole in what one reading of the stream brings, at least
    /// one. The buffer in `batch` is used again.
    ///
    /// `false` if there are no more, or if the next is too long for a batch, so that what batches hold is bounded:
    /// [`StreamReader::next_frame`] tells, and goes on where the last batch ended.
    ///
    /// # Errors
    /// [`CaptureError`], as [`StreamReader::next_frame`] has it.
    pub fn next_batch(&mut self, batch: &mut Batch) -> Result<bool, CaptureError> {
        batch.records.clear();
        if self.done {
            return Ok(false);
        }
        let found = self.collect(batch);
        self.done = found.as_ref().is_err_and(|fault| !is_passing(fault));
        batch.position = self.walk.input.change(&mut batch.octets);
        found
    }

    fn collect(&mut self, batch: &mut Batch) -> Result<bool, CaptureError> {
        let walk = &mut self.walk;
        batch.before = walk.frames;
        loop {
            // What is found stays where it is only until more is read.
            if !batch.is_empty() && walk.skipping.is_some_and(|(need, _)| need.total() > walk.input.available()) {
                return Ok(true);
            }
            walk.skip(&mut |_| Ok(()))?;
            match walk.decoder.step(walk.input.octets(), walk.input.position()) {
                Ok(Step::Frame(record)) => {
                    let start = walk.input.offset();
                    batch.records.push((start, record));
                    walk.input.consume(record.consumed);
                    walk.frames = walk.frames.saturating_add(1);
                }
                Ok(Step::Skip(need)) => walk.skipping = Some((need, 0)),
                // Is told when it is alone.
                Ok(Step::Need(_)) | Err(_) if !batch.is_empty() => return Ok(true),
                Ok(Step::Need(need)) if need.total() > CHUNK_LEN => return Ok(false),
                Ok(Step::Need(need)) => {
                    if !walk.fill(need.total(), &mut |_| Ok(()))? {
                        return Ok(false);
                    }
                }
                Err(fault) => return Err(fault),
            }
        }
    }
}
