//! How many lines have been read, on standard error while that is a terminal.
//!
//! Not by the suite's progress line: what that links costs each call of a tool whose call is done in a millisecond as much as its work.
#![expect(clippy::disallowed_methods, reason = "a shell: asks whether standard error is a terminal, and writes to it")]

use std::io::{self, IsTerminal, Write};

/// What takes a line of a terminal away: to its first column, and erased to its end (ECMA-48, "EL").
const WIPE: &str = "\r\u{1b}[K";

/// A count. Dropping it wipes it.
#[derive(Debug, Default)]
pub struct Counter {
    shown: bool,
}

impl Counter {
    /// Shows how many lines have been read.
    pub fn show(&mut self, lines: u64) {
        let mut stderr = io::stderr().lock();
        if stderr.is_terminal() {
            self.shown = true;
            // Nobody is left to tell when it is gone.
            let _ = write!(stderr, "{WIPE}{lines} lines");
        }
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        if self.shown {
            let _ = io::stderr().write_all(WIPE.as_bytes());
        }
    }
}
