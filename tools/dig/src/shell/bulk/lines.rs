//! The file of `-f`, line by line, without waiting for it where it is a pipe.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};

use crate::batch;

/// How much to read at once, in octets.
const CHUNK: usize = 64 * 1024;

/// What there is to do next.
pub(super) enum Next {
    /// A line is there.
    Line,
    /// Nothing before more of the file has come.
    Wait,
    /// No more lines.
    End,
}

/// The file.
pub(super) struct Lines {
    file: File,
    /// Reading never waits: it is not a pipe, a terminal or a socket.
    is_regular: bool,
    len: Option<u64>,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    taken: u64,
    /// dig passes over comments in front of the first line.
    begun: bool,
    line: Vec<u8>,
}

impl Lines {
    /// Opens the file; `-` is standard input.
    pub(super) fn open(path: &str) -> io::Result<Self> {
        let file = if path == "-" { File::from(io::stdin().as_fd().try_clone_to_owned()?) } else { File::open(path)? };
        let metadata = file.metadata()?;
        let is_regular = metadata.is_file() || metadata.is_dir();
        Ok(Self {
            file,
            is_regular,
            len: metadata.is_file().then_some(metadata.len()),
            buffer: Vec::with_capacity(CHUNK),
            start: 0,
            ended: false,
            taken: 0,
            begun: false,
            line: Vec::new(),
        })
    }

    /// The length of the file in octets, if it has one.
    pub(super) fn len(&self) -> Option<u64> {
        self.len
    }

    /// How many octets of it have become lines.
    pub(super) fn taken(&self) -> u64 {
        self.taken
    }

    /// Goes to the next line, if it is there.
    pub(super) fn next(&mut self) -> Next {
        loop {
            let rest = self.buffer.get(self.start..).unwrap_or_default();
            let Some(len) = batch::line_len(rest, self.ended) else {
                if self.ended {
                    return Next::End;
                }
                if !self.is_regular {
                    return Next::Wait;
                }
                self.read();
                continue;
            };
            self.line.clear();
            self.line.extend(rest.get(..len).unwrap_or_default());
            self.start += len;
            self.taken = self.taken.saturating_add(u64::try_from(len).unwrap_or_default());
            if self.begun || !batch::is_passed_over(&self.line) {
                self.begun = true;
                return Next::Line;
            }
        }
    }

    /// The line that [`Self::next`] went to.
    pub(super) fn line(&self) -> &[u8] {
        &self.line
    }

    /// Reads once. An error is the end, as it is to dig: that of a directory, for one.
    pub(super) fn read(&mut self) {
        self.buffer.drain(..self.start.min(self.buffer.len()));
        self.start = 0;
        let filled = self.buffer.len();
        self.buffer.resize(filled + CHUNK, 0);
        let got = loop {
            match self.file.read(self.buffer.get_mut(filled..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.unwrap_or(0),
            }
        };
        self.buffer.truncate(filled + got);
        self.ended = got == 0;
    }
}

impl AsFd for Lines {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}
