//! The shell: files and standard input.
#![expect(clippy::disallowed_methods, reason = "the shell: reads files and standard input")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read};

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Status};

use crate::data::Source;

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

fn open(path: &OsStr) -> Result<File, Failure> {
    File::open(path).map_err(|error| Failure::call(Status::USAGE, "open", shown(path), &error))
}

fn read(stream: impl Read, name: &str, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    stream.take(most).read_to_end(&mut octets).map_err(|error| Failure::call(Status::USAGE, "read", name, &error))?;
    Ok(octets)
}

/// A file name that is safe on a terminal.
fn shown(path: &OsStr) -> String {
    escape(&path.to_string_lossy()).into_owned()
}
