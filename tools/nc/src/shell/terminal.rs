//! Questions to whoever sits at the terminal, whatever the standard streams are.

#![expect(clippy::disallowed_methods, reason = "the shell: opens the terminal")]

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::signals;

/// The longest password.
const LINE_LEN: usize = 1024;

/// A terminal that shows nothing of what is typed, until it is dropped.
struct Silent {
    file: File,
    before: Termios,
}

impl Drop for Silent {
    fn drop(&mut self) {
        let _ = tcsetattr(&self.file, OptionalActions::Flush, &self.before);
        let _ = self.file.write_all(b"\n");
    }
}

/// Opens the terminal from which we were started.
///
/// # Errors
/// If there is none.
pub(super) fn open() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}

/// Asks at it for a password. Who ends the process instead, by Ctrl-C or another signal, gets the terminal back as it was.
///
/// # Errors
/// If it is none, or its user ends the input instead of answering.
pub(super) fn password(terminal: File, question: &str) -> io::Result<String> {
    let mut endings = signals::catch_endings()?;
    let answer = ask(terminal, question, &endings);
    signals::release_endings()?;
    if let Ok(None) = answer {
        let mut number = [0; 1];
        endings.read_exact(&mut number)?;
        signals::raise(number.map(i32::from)[0]);
    }
    answer?.ok_or_else(|| io::ErrorKind::Interrupted.into())
}

/// `None` if one of the signals came that `endings` brings.
fn ask(file: File, question: &str, endings: &io::PipeReader) -> io::Result<Option<String>> {
    let before = tcgetattr(&file)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    tcsetattr(&file, OptionalActions::Flush, &quiet)?;
    let mut silent = Silent { file, before };
    // Not before: whoever answers at once would see the answer, and lose it.
    silent.file.write_all(question.as_bytes())?;
    let mut line = Vec::new();
    let mut octet = [0];
    while line.len() < LINE_LEN {
        let mut fds = [PollFd::new(silent.file.as_fd(), Events::IN), PollFd::new(endings.as_fd(), Events::IN)];
        poll(&mut fds, None)?;
        let [_, ending] = fds.map(|fd| fd.ready());
        if !ending.is_empty() {
            return Ok(None);
        }
        if silent.file.read(&mut octet)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if octet == *b"\n" {
            break;
        }
        line.extend(octet);
    }
    String::from_utf8(line).map(Some).map_err(|_| io::ErrorKind::InvalidData.into())
}
