//! The shell: files and standard input.
#![expect(clippy::disallowed_methods, reason = "the shell: reads files and standard input")]

pub mod confine;
pub mod crew;
pub mod live;
pub mod supply;
pub mod target;

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use sockeye_capture::error::Compression;
use sockeye_capture::{Batch, CaptureError, PIECE_LEN, ReadAt, StreamReader, Unpacked};
use sockeye_cli::escape::escape;
use sockeye_cli::progress::Progress;
use sockeye_cli::{Failure, Status};

use self::crew::Load;
use self::supply::Pieces;
use crate::data::Source;

/// A file of so many octets is worth more than one thread: a smaller one is judged before they are there.
const LARGE: u64 = 4 << 20;

/// Reads the data that `source` names: at most one octet more than `limit`, which is enough to see that it is too much.
///
/// # Errors
/// [`Failure`] with the call and the file.
pub fn load(source: Source, limit: usize) -> Result<Vec<u8>, Failure> {
    match source {
        Source::Octets(octets) => Ok(octets),
        Source::Stdin => read(io::stdin().lock(), "standard input", limit),
        Source::File(path) => read(open(&path)?, &shown(&path), limit),
    }
}

/// A file that may be compressed.
pub struct Packed {
    /// What comes out of it.
    pub stream: Unpacked<Box<dyn Read + Send>>,
    /// What to call it.
    pub name: String,
    /// How many octets it has, if that is known.
    pub len: Option<u64>,
    /// How to read it at any place, if it is a file that is not compressed.
    read_at: Option<Arc<ReadAt>>,
}

impl Packed {
    /// Opens the file `path`, or standard input for `-`.
    ///
    /// # Errors
    /// [`Failure`] with the call and the file.
    pub fn open(path: &OsStr) -> Result<Self, Failure> {
        if path == "-" {
            return Ok(Self::new(Box::new(io::stdin()), "standard input".to_owned(), None));
        }
        let file = open(path)?;
        // The length of a pipe or a device says nothing.
        let len = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|metadata| metadata.len());
        let file = Arc::new(file);
        let read_at = len.is_some_and(|_| is_plain(&file)).then(|| {
            let file = Arc::clone(&file);
            let read_at: Arc<ReadAt> = Arc::new(move |space: &mut [u8], offset| file.read_at(space, offset));
            read_at
        });
        Ok(Self { read_at, ..Self::new(Box::new(file), shown(path), len) })
    }

    fn new(stream: Box<dyn Read + Send>, name: String, len: Option<u64>) -> Self {
        Self { stream: Unpacked::new(stream), name, len, read_at: None }
    }
}

/// A line that says how far the reading of `len` octets has come.
pub fn progress(len: Option<u64>) -> Progress {
    Progress::start("reading", len)
}

/// What to say of a fault in the capture `name`.
pub fn capture_failure(name: &str, error: &CaptureError) -> Failure {
    match error {
        CaptureError::Io { source, .. } => Failure::call(Status::USAGE, "read", name, source),
        error => Failure::usage(format!("{name}: {error}")),
    }
}

/// A capture that is open for reading.
pub struct Capture {
    /// Its frames.
    pub reader: StreamReader<Unpacked<Box<dyn Read + Send>>>,
    /// What to call it.
    pub name: String,
    /// How many octets it has, if that is known.
    pub len: Option<u64>,
    /// How many threads may judge it.
    pub threads: usize,
    /// How to read it at any place, if it can be, and how much at once.
    pub pieces: Option<(Arc<ReadAt>, usize)>,
}

impl Capture {
    /// Opens the capture in the file `path`, or on standard input for `-`.
    ///
    /// # Errors
    /// [`Failure`] with the call and the file.
    pub fn open(path: &OsStr) -> Result<Self, Failure> {
        Packed::open(path).map(Self::of)
    }

    /// A capture that comes out of `stream`, which may be compressed and has `len` octets, if that is known.
    pub fn new(stream: Box<dyn Read + Send>, name: String, len: Option<u64>) -> Self {
        Self::of(Packed::new(stream, name, len))
    }

    fn of(packed: Packed) -> Self {
        let Packed { stream, name, len, read_at } = packed;
        // Of what comes out of a pipe nobody knows how much it is, or how slowly it comes.
        let threads = if len.is_some_and(|len| len >= LARGE) { crew::size() } else { 1 };
        let pieces = read_at.map(|read_at| (read_at, PIECE_LEN));
        Self { reader: StreamReader::new(stream), name, len, threads, pieces }
    }

    /// Has several threads judge what is left of it, and hands what they find to `take`, in order. What does not fit into a batch
    /// is left.
    ///
    /// # Errors
    /// What `take` says, at once. A fault of the capture, when all before it has been taken, is inside the result.
    pub fn share<T: Default + Send, E>(
        &mut self,
        judge: impl Fn(&Batch, &mut T) + Sync,
        take: impl FnMut(&Load<T>) -> Result<(), E>,
    ) -> Result<Result<(), CaptureError>, E> {
        if let Some((read_at, len)) = &self.pieces {
            let pieces = Pieces::new(self.reader.course(*len, Arc::clone(read_at)), Arc::clone(read_at));
            let taken = crew::share(&pieces, self.threads, judge, take);
            // Which tells what is wrong, if anything is.
            self.reader = pieces.into_course().into_reader();
            return taken.map(Ok);
        }
        let stream = supply::Stream::new(&mut self.reader, Unpacked::position);
        crew::share(&stream, self.threads, judge, take)?;
        Ok(stream.into_fault().map_or(Ok(()), Err))
    }

    /// How many octets of the file have been used.
    pub fn position(&self) -> u64 {
        self.reader.stream().position()
    }

    /// What to say of a fault in it.
    pub fn failure(&self, error: &CaptureError) -> Failure {
        capture_failure(&self.name, error)
    }

    /// A line that says how far the reading has come.
    pub fn progress(&self) -> Progress {
        progress(self.len)
    }
}

/// Whether standard output is a terminal, on which results and a progress line would write over each other.
pub fn stdout_is_terminal() -> bool {
    io::stdout().is_terminal()
}

fn open(path: &OsStr) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::call(Status::USAGE, "open", shown(path), &error))
}

/// Whether a file is not compressed; one that cannot be read is none.
fn is_plain(file: &File) -> bool {
    let mut magic = [0; 4];
    file.read_exact_at(&mut magic, 0).is_ok() && Compression::detect(&magic).is_none()
}

fn read(stream: impl Read, name: &str, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    stream.take(most).read_to_end(&mut octets).map_err(|error| Failure::call(Status::USAGE, "read", name, &error))?;
    Ok(octets)
}

/// A file name that is safe on a terminal.
pub fn shown(path: &OsStr) -> String {
    escape(&path.to_string_lossy()).into_owned()
}
