//! URLs from a file or standard input, line by line, as trurl reads them.

#![expect(clippy::disallowed_methods, reason = "the file of --url-file is read here")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal as _, Read};
use std::os::unix::ffi::OsStrExt;

use sockeye_common::errno::cause as errno_text;

/// The longest line with its line end, in octets.
const LIMIT: usize = 4095;

/// The lines of a file.
pub struct Lines {
    reader: Box<dyn BufRead>,
    line: Vec<u8>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// What stands in it, without blanks and carriage return at its end; never empty.
    Url(Vec<u8>),
    /// More than 4094 octets, or a NUL: no URL.
    TooLong,
}

impl Lines {
    /// Opens a file; `-` is standard input.
    ///
    /// # Errors
    /// The path, if it cannot be opened.
    pub fn open(path: &[u8]) -> Result<Self, Vec<u8>> {
        let reader: Box<dyn Read> = if path == b"-" {
            Box::new(std::io::stdin())
        } else {
            Box::new(File::open(OsStr::from_bytes(path)).map_err(|_| path.to_vec())?)
        };
        Ok(Self::new(reader))
    }

    fn new(reader: impl Read + 'static) -> Self {
        Self { reader: Box::new(BufReader::with_capacity(64 * 1024, reader)), line: Vec::new() }
    }

    /// The next line that is not empty; `None` at the end.
    ///
    /// # Errors
    /// What the system says, in words.
    pub fn next_line(&mut self) -> Result<Option<Line>, String> {
        loop {
            self.line.clear();
            let limit = u64::try_from(LIMIT).unwrap_or(u64::MAX);
            (&mut self.reader)
                .take(limit)
                .read_until(b'\n', &mut self.line)
                .map_err(|error| errno_text(&error).clone())?;
            if self.line.is_empty() {
                return Ok(None);
            }
            let whole = self.line.ends_with(b"\n");
            if !whole && self.line.len() >= LIMIT {
                self.reader.skip_until(b'\n').map_err(|error| errno_text(&error).clone())?;
                return Ok(Some(Line::TooLong));
            }
            if self.line.contains(&0) {
                return Ok(Some(Line::TooLong));
            }
            let text = match self.line.strip_suffix(b"\n") {
                Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
                None => &self.line,
            };
            let end = text.iter().rposition(|octet| !b" \t".contains(octet)).map_or(0, |last| last.saturating_add(1));
            if let Some(url @ [_, ..]) = text.get(..end) {
                return Ok(Some(Line::Url(url.to_vec())));
            }
        }
    }
}

/// Whether what is said of URLs goes to a terminal.
pub fn stderr_is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> Vec<Line> {
        let mut lines = Lines::new(std::io::Cursor::new(text.to_vec()));
        std::iter::from_fn(|| lines.next_line().unwrap()).collect()
    }

    #[test]
    fn lines_lose_what_is_at_their_ends() {
        let url = |text: &[u8]| Line::Url(text.to_vec());
        assert_eq!(lines(b"a\r\n\n \t\n\tb \t\nc\r"), [url(b"a"), url(b"\tb"), url(b"c\r")]);
        assert_eq!(lines(b"a\r\r\na\0b\n"), [url(b"a\r"), Line::TooLong]);
    }

    #[test]
    fn a_line_has_4094_octets_at_most() {
        for (length, end, fits) in
            [(4094, "\nb", true), (4095, "\nb", false), (4094, "", true), (4095, "", false), (9000, "\nb", false)]
        {
            let found = lines([vec![b'x'; length], end.as_bytes().to_vec()].concat().as_slice());
            assert_eq!(matches!(found.first(), Some(Line::Url(_))), fits, "{length}");
            assert_eq!(found.len(), if end.is_empty() { 1 } else { 2 });
        }
    }
}
