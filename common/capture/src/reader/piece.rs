//! Frames of a file that can be read at any place: pieces of it are read side by side, and only finding the frames in them takes
//! turns.

use std::fmt;
use std::io::{self, Read};
use std::sync::Arc;

use super::{Batch, StreamReader, Walk};
use crate::decoder::{Decoder, Need, Step, wide};
use crate::input::{CHUNK_LEN, Input};
use crate::unpack::Unpacked;

/// How much is a good piece: it stays in the cache of the processor that reads it, and there are not too many.
pub const PIECE_LEN: usize = 2 * CHUNK_LEN;

/// Reads octets from an offset on into the room given, and says how many there were: 0 behind the end.
pub type ReadAt = dyn Fn(&mut [u8], u64) -> io::Result<usize> + Send + Sync;

/// The way through a capture whose pieces somebody else reads.
///
/// It tells of no fault: where something is wrong, or too long for a batch, it is over, and the reader that goes on from there
/// ([`Course::into_reader`]) tells.
pub struct Course {
    read_at: Arc<ReadAt>,
    piece_len: usize,
    decoder: Decoder,
    skipping: Option<(Need, usize)>,
    frames: u64,
    position: u64,
    is_over: bool,
}

impl Batch {
    /// Replaces what is in it by the `len` octets of the file from `from` on, or as many as there are. What frames begin in them,
    /// [`Course::find`] will say. The buffer is used again.
    pub fn load(&mut self, from: u64, len: usize, read_at: &ReadAt) {
        self.records.clear();
        self.position = from;
        self.filled = 0;
        // Who looks for frames in what is missing will miss it.
        self.fill(len, read_at);
    }

    /// Reads until there are `len` octets; `false` if there are not so many.
    fn fill(&mut self, len: usize, read_at: &ReadAt) -> bool {
        if self.octets.len() < len {
            self.octets.resize(len, 0);
        }
        while self.filled < len {
            let space = self.octets.get_mut(self.filled..len).unwrap_or_default();
            let room = space.len();
            match read_at(space, self.position.saturating_add(wide(self.filled))) {
                Ok(0) => return false,
                Ok(read) => self.filled += read.min(room),
                Err(interrupted) if interrupted.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return false,
            }
        }
        true
    }

    /// Whether all octets in front of `end` are there, or could be had.
    fn reaches(&self, end: u64, read_at: &ReadAt) -> bool {
        end <= self.position.saturating_add(wide(self.filled))
            || end.checked_sub(1).is_some_and(|last| matches!(read_at(&mut [0], last), Ok(1)))
    }
}

impl<R: Read> StreamReader<R> {
    /// Hands the way over to one who reads the same file, as it is, by `read_at`, in pieces of `piece_len` octets. This reader
    /// is worth nothing afterwards.
    pub fn course(&mut self, piece_len: usize, read_at: Arc<ReadAt>) -> Course {
        Course {
            read_at,
            piece_len: piece_len.max(1),
            position: self.walk.input.position(),
            skipping: self.walk.skipping.take(),
            frames: self.walk.frames,
            decoder: std::mem::take(&mut self.walk.decoder),
            is_over: std::mem::replace(&mut self.done, true),
        }
    }
}

impl Course {
    /// Where the piece starts that has the next frame, and how long a piece is.
    pub fn next_piece(&self) -> (u64, usize) {
        let len = wide(self.piece_len);
        (self.position / len * len, self.piece_len)
    }

    /// How many octets of the file have been used.
    pub const fn position(&self) -> u64 {
        self.position
    }

    /// Finds the frames that begin in what was loaded into `batch`, which is the next piece, and reads what there is of the last
    /// one beyond it. There may be none: then one goes on for long.
    ///
    /// `false` if this is the end, or something is that batches do not have.
    pub fn find(&mut self, batch: &mut Batch) -> bool {
        if self.is_over {
            return false;
        }
        batch.before = self.frames;
        let end = batch.position.saturating_add(wide(self.piece_len));
        while self.position < end {
            if !self.advance(batch) {
                self.is_over = true;
                return !batch.is_empty();
            }
        }
        true
    }

    fn advance(&mut self, batch: &mut Batch) -> bool {
        if let Some((need, skipped)) = self.skipping {
            let end = self.position.saturating_add(wide(need.total().saturating_sub(skipped)));
            if !batch.reaches(end, &*self.read_at) {
                return false;
            }
            (self.skipping, self.position) = (None, end);
            return true;
        }
        let Some(start) = self.position.checked_sub(batch.position).and_then(|start| start.try_into().ok()) else {
            return false;
        };
        let octets: &[u8] = batch.octets.get(start..batch.filled).unwrap_or_default();
        match self.decoder.step(octets, self.position) {
            Ok(Step::Frame(record)) => {
                batch.records.push((start, record));
                self.position = self.position.saturating_add(wide(record.consumed));
                self.frames = self.frames.saturating_add(1);
                true
            }
            Ok(Step::Skip(need)) => {
                self.skipping = Some((need, 0));
                true
            }
            Ok(Step::Need(need)) => {
                need.total() <= CHUNK_LEN && batch.fill(start.saturating_add(need.total()), &*self.read_at)
            }
            Err(_) => false,
        }
    }

    /// A reader that goes on where this has come to, one frame after the other.
    pub fn into_reader(self) -> StreamReader<Unpacked<Box<dyn Read + Send>>> {
        let rest = Rest { read_at: Arc::clone(&self.read_at), position: self.position };
        let stream: Box<dyn Read + Send> = Box::new(rest);
        let input = Input::at(Unpacked::plain(stream, self.position), self.position);
        let Self { decoder, skipping, frames, .. } = self;
        StreamReader { walk: Walk { input, decoder, skipping, frames }, done: false }
    }
}

impl fmt::Debug for Course {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, frames, is_over, .. } = self;
        f.debug_struct("Course")
            .field("position", position)
            .field("frames", frames)
            .field("is_over", is_over)
            .finish_non_exhaustive()
    }
}

/// What a file has from a place on.
struct Rest {
    read_at: Arc<ReadAt>,
    position: u64,
}

impl Read for Rest {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let read = (self.read_at)(space, self.position)?;
        self.position = self.position.saturating_add(wide(read));
        Ok(read)
    }
}
