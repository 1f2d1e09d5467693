//! A capture copied octet by octet, with frames changed on the way: [`Rewriter`].
//!
//! Nothing is taken apart that is not looked at, so that every block, option and padding octet comes out as it went in,
//! and so does what stands behind a fault. Memory is one buffer.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::{error, fmt};

use crate::error::CaptureError;
use crate::frame::Frame;
use crate::reader::Walk;

/// Copies a capture from `R` to `W`.
#[derive(Debug)]
pub struct Rewriter<R, W> {
    walk: Walk<R>,
    out: W,
    /// Where the last frame is in what the input has used.
    last: Range<usize>,
}

impl<R: Read, W: Write> Rewriter<R, W> {
    /// Copies what comes out of `stream` to `out`. Neither needs a buffer of its own.
    pub fn new(stream: R, out: W) -> Self {
        Self { walk: Walk::new(stream), out, last: 0..0 }
    }

    /// The next frame; `None` at the end. What stands in front of it is written, in time.
    ///
    /// # Errors
    /// [`RewriteError`]. Behind a fault of the capture there is no further frame, but [`Rewriter::finish`] copies the rest.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, RewriteError> {
        let Self { walk, out, last } = self;
        let mut failed = None;
        let found = walk.advance(&mut |used| out.write_all(used).map_err(|fault| set_aside(&mut failed, fault)));
        if let Some(fault) = failed {
            return Err(RewriteError::Write(fault));
        }
        let Some(record) = found.map_err(RewriteError::Capture)? else { return Ok(None) };
        let start = walk.input.used().len().saturating_add(record.start);
        *last = start..start.saturating_add(record.len);
        Ok(Some(walk.frame(&record)))
    }

    /// The octets of the last frame, to be changed.
    pub fn octets_mut(&mut self) -> &mut [u8] {
        self.walk.input.used_mut().get_mut(self.last.clone()).unwrap_or_default()
    }

    /// Whether it is a capture at all: its header has been read.
    pub fn is_capture(&self) -> bool {
        self.walk.decoder.is_started()
    }

    /// How many octets its buffer has room for.
    #[cfg(test)]
    pub(crate) fn buffered(&self) -> usize {
        self.walk.input.capacity()
    }

    /// What it reads from.
    pub fn stream(&self) -> &R {
        self.walk.input.stream()
    }

    /// Writes all that is left, whatever it is, and gives back where it was written.
    ///
    /// # Errors
    /// [`RewriteError`]
    pub fn finish(self) -> Result<W, RewriteError> {
        let Self { mut walk, mut out, .. } = self;
        let mut failed = None;
        loop {
            let len = walk.input.available();
            walk.input.consume(len);
            let more = walk.fill(1, &mut |used| out.write_all(used).map_err(|fault| set_aside(&mut failed, fault)));
            match (failed.take(), more) {
                (Some(fault), _) => return Err(RewriteError::Write(fault)),
                (None, Ok(true)) => {}
                (None, Ok(false)) => break,
                (None, Err(fault)) => return Err(RewriteError::Capture(fault)),
            }
        }
        out.flush().map_err(RewriteError::Write)?;
        Ok(out)
    }
}

/// Keeps a fault of the output, so that it is not taken for one of the input.
fn set_aside(failed: &mut Option<io::Error>, fault: io::Error) -> io::Error {
    *failed = Some(fault);
    io::ErrorKind::Other.into()
}

/// Why a capture is not copied to its end.
#[derive(Debug)]
pub enum RewriteError {
    /// It cannot be read on.
    Capture(CaptureError),
    /// The copy cannot be written.
    Write(io::Error),
}

impl fmt::Display for RewriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Capture(fault) => write!(f, "{fault}"),
            Self::Write(fault) => write!(f, "write: {fault}"),
        }
    }
}

impl error::Error for RewriteError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Capture(fault) => Some(fault),
            Self::Write(fault) => Some(fault),
        }
    }
}
