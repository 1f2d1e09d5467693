//! URLs from files and from standard input, a line each.
#![expect(clippy::disallowed_methods, reason = "a shell: opens files and reads standard input")]

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStrExt;

use sockeye_cli::escape::escape_octets;
use sockeye_cli::{Failure, Status};

/// How much is read at once, in octets.
const CHUNK: usize = 256 * 1024;

/// How many octets of lines stand together, about: a line of JSON is forty times its URL, and what becomes of a block should fit into a
/// processor's cache.
const BLOCK: usize = 16 * 1024;

/// A file of more than so many octets is long.
const LONG: u64 = 1 << 20;

/// The longest line that is read, in octets. Nobody has such a URL, and a device without line ends would take all memory.
const LONGEST: usize = 16 << 20;

/// Octets in front of a text that say it is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a file that are URLs. Memory is that of the longest line.
pub struct Lines {
    name: String,
    reader: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    number: u64,
    /// Whether it is a regular file of more than [`LONG`] octets.
    is_long: bool,
}

/// Lines that stand together, the last without its line end perhaps.
#[derive(Debug)]
pub struct Block {
    /// How many lines stand before it.
    before: u64,
    octets: Vec<u8>,
}

impl Block {
    /// The lines that are URLs, with their numbers, as [`Lines::next_url`] has them.
    pub fn urls(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let numbered = self.octets.split_inclusive(|octet| *octet == b'\n').zip(self.before + 1..);
        numbered.filter_map(|(line, number)| Some((number, url(line, number)?)))
    }

    /// The number of its last line.
    pub fn last(&self) -> u64 {
        let ends = self.octets.split(|octet| *octet == b'\n').skip(1).count();
        self.before.saturating_add(u64::try_from(ends).unwrap_or(u64::MAX))
    }
}

impl Lines {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// [`Failure`] that names the call and the file: the command line is wrong.
    pub fn open(path: &OsStr) -> Result<Self, Failure> {
        if path == "-" {
            return Ok(Self::new("standard input".to_owned(), Box::new(io::stdin()), false));
        }
        let name = escape_octets(path.as_bytes());
        let file =
            File::open(OsString::from(path)).map_err(|error| Failure::call(Status::USAGE, "open", &name, &error))?;
        let is_long = file.metadata().is_ok_and(|about| about.is_file() && about.len() > LONG);
        Ok(Self::new(name, Box::new(file), is_long))
    }

    fn new(name: String, reader: Box<dyn Read>, is_long: bool) -> Self {
        Self { name, reader: BufReader::with_capacity(CHUNK, reader), line: Vec::new(), number: 0, is_long }
    }

    /// Whether it is worth while to share the work on it.
    pub fn is_long(&self) -> bool {
        self.is_long
    }

    /// The next lines together; `None` at the end.
    ///
    /// # Errors
    /// As [`Lines::next_url`].
    pub fn next_block(&mut self) -> Result<Option<Block>, Failure> {
        let mut octets = Vec::with_capacity(BLOCK + BLOCK / 16);
        let mut read = || -> io::Result<usize> {
            let chunk = u64::try_from(BLOCK).unwrap_or(u64::MAX);
            let read = self.reader.by_ref().take(chunk).read_to_end(&mut octets)?;
            if octets.last().is_some_and(|last| *last != b'\n') {
                read_line(&mut self.reader, &mut octets)?;
            }
            Ok(read)
        };
        read().map_err(|error| Failure::call(Status::HOST, "read", &self.name, &error))?;
        if octets.is_empty() {
            return Ok(None);
        }
        let block = Block { before: self.number, octets };
        self.number = block.last();
        Ok(Some(block))
    }

    /// What messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the next line may have to be waited for.
    pub fn is_dry(&self) -> bool {
        self.reader.buffer().is_empty()
    }

    /// The number of the next line that has a URL, from 1, and its octets without the line end (LF or CR LF). Lines without
    /// anything but blanks, and those that begin with `#`, have none.
    ///
    /// # Errors
    /// [`Failure`] that names the call and the file: this host failed.
    pub fn next_url(&mut self) -> Result<Option<(u64, &[u8])>, Failure> {
        loop {
            self.line.clear();
            let read = read_line(&mut self.reader, &mut self.line);
            if read.map_err(|error| Failure::call(Status::HOST, "read", &self.name, &error))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if is_url(&self.line) {
                break;
            }
        }
        let number = self.number;
        Ok(url(&self.line, number).map(|url| (number, url)))
    }
}

/// Reads to the end of a line, or of the file. The octets of the line are added to `line`.
fn read_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let most = u64::try_from(LONGEST + 1).unwrap_or(u64::MAX);
    let read = reader.take(most).read_until(b'\n', line)?;
    if read > LONGEST && line.last() != Some(&b'\n') {
        return Err(io::Error::other(format!("a line is longer than {LONGEST} octets")));
    }
    Ok(read)
}

/// What a line has for a URL, if it has any.
fn url(line: &[u8], number: u64) -> Option<&[u8]> {
    if !is_url(line) {
        return None;
    }
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Some(if number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line })
}

fn is_url(line: &[u8]) -> bool {
    let first = line.iter().find(|octet| !octet.is_ascii_whitespace());
    first.is_some_and(|octet| *octet != b'#') && line != BYTE_ORDER_MARK
}
