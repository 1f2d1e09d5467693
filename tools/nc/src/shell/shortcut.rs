//! From a file or a pipe into a connection without a copy: splice(2) through a pipe of our own.
//!
//! The pages travel by reference where read(2) and send(2) copy them twice, which carries about half as much again. The
//! pipe stands in for the relay's buffer: it is filled when it is empty, and drained as far as the connection takes it.

use std::fs::File;
use std::io;

use rustix::pipe::{SpliceFlags, splice};
use sockeye_sys::socket::set_pipe_size;

use super::stdio::{retry, unless_not_ready};
use super::wire::Wire;

/// A pipe between standard input and a stream.
pub(super) struct Shortcut {
    reader: io::PipeReader,
    writer: io::PipeWriter,
}

impl Shortcut {
    /// A pipe that holds `len` octets if this user may have it, and less if not.
    pub(super) fn open(len: usize) -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        let _ = set_pipe_size(&writer, len);
        Ok(Self { reader, writer })
    }

    /// Takes at most `len` octets from `file` as read(2) does: from where it stands, and zero is its end.
    ///
    /// # Errors
    /// What read(2) would say, and EINVAL if the file system cannot splice; then nothing has moved.
    pub(super) fn fill(&self, file: &File, len: usize) -> io::Result<usize> {
        Ok(splice(file, None, &self.writer, None, len, SpliceFlags::NONBLOCK)?)
    }

    /// Sends what can be sent without waiting of the `len` octets that are in the pipe.
    pub(super) fn drain(&self, wire: &Wire, len: usize) -> io::Result<Option<usize>> {
        unless_not_ready(retry(|| Ok(splice(&self.reader, None, wire.fd(), None, len, SpliceFlags::NONBLOCK)?)))
    }
}
