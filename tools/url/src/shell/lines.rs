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

/// Octets in front of a text that say it is UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The lines of a file that are URLs. Memory is that of the longest line.
pub struct Lines {
    name: String,
    reader: BufReader<Box<dyn Read>>,
    line: Vec<u8>,
    number: u64,
}

impl Lines {
    /// Opens a file, or standard input for `-`.
    ///
    /// # Errors
    /// [`Failure`] that names the call and the file: the command line is wrong.
    pub fn open(path: &OsStr) -> Result<Self, Failure> {
        let (name, reader): (_, Box<dyn Read>) = if path == "-" {
            ("standard input".to_owned(), Box::new(io::stdin()))
        } else {
            let name = escape_octets(path.as_bytes());
            let file = File::open(OsString::from(path))
                .map_err(|error| Failure::call(Status::USAGE, "open", &name, &error))?;
            (name, Box::new(file))
        };
        Ok(Self { name, reader: BufReader::with_capacity(CHUNK, reader), line: Vec::new(), number: 0 })
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
            let read = self.reader.read_until(b'\n', &mut self.line);
            if read.map_err(|error| Failure::call(Status::HOST, "read", &self.name, &error))? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if is_url(&self.line) {
                break;
            }
        }
        let line = self.line.as_slice();
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let line = if self.number == 1 { line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line) } else { line };
        Ok(Some((self.number, line)))
    }
}

fn is_url(line: &[u8]) -> bool {
    let first = line.iter().find(|octet| !octet.is_ascii_whitespace());
    first.is_some_and(|octet| *octet != b'#') && line != BYTE_ORDER_MARK
}
