//! The standard streams as they are: blocking or not, read or not.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::time::Duration;
use std::{error, fmt};

use sockeye_sys::{signals, stdio};

/// How long a reader may take nothing after a signal that is to end the process, until the rest is not written.
const PATIENCE: Duration = Duration::from_secs(2);
/// What a pipe takes without a wait when it is ready: PIPE_BUF.
const READY_LEN: usize = 4096;

/// Standard output or standard error without a buffer: whatever is written is taken, or an error says that it was not.
///
/// A descriptor does not block where another process that shares it made it so. What it does not take then waits until it does.
///
/// Where SIGINT, SIGTERM and SIGHUP are caught, as by who has something to take away before the end, they would not end a process
/// that waits for a reader who has stopped. So the wait is for the reader and for them: a reader who then takes nothing for
/// [`PATIENCE`] is given up, and a slow one still gets everything.
#[derive(Debug)]
pub(crate) struct Stream<D> {
    descriptor: D,
    given_up: Option<GivenUp>,
}

/// Nobody took what was to be written, and a signal had come that ends the process.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GivenUp {
    /// Its number.
    pub(crate) signal: u8,
}

impl<D: AsFd> Stream<D> {
    pub(crate) fn new(descriptor: D) -> Self {
        Self { descriptor, given_up: None }
    }

    /// Waits until the descriptor takes something, or has none to take it.
    fn wait(&mut self) -> io::Result<()> {
        loop {
            // From before the wait: what comes during it has its whole time after it.
            let ended_by = signals::ended_by();
            if stdio::wait_to_write(&self.descriptor, PATIENCE)? {
                return Ok(());
            }
            if let Some(signal) = ended_by {
                let given_up = GivenUp { signal };
                self.given_up = Some(given_up);
                return Err(given_up.into());
            }
        }
    }
}

impl<D: AsFd> Write for Stream<D> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if let Some(given_up) = self.given_up {
            return Err(given_up.into());
        }
        loop {
            let mut part = octets;
            if signals::catches_endings() {
                self.wait()?;
                part = octets.get(..READY_LEN).unwrap_or(octets);
            }
            match stdio::write(&self.descriptor, part) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => self.wait()?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => return written,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<GivenUp> for io::Error {
    fn from(given_up: GivenUp) -> Self {
        Self::other(given_up)
    }
}

impl fmt::Display for GivenUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "nobody reads it, and signal {} has come", self.signal)
    }
}

impl error::Error for GivenUp {}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a thread that writes while the test reads")]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use super::*;

    /// A reader, and a writer that does not block.
    fn pair() -> (UnixStream, UnixStream) {
        let (reader, writer) = UnixStream::pair().unwrap();
        writer.set_nonblocking(true).unwrap();
        (reader, writer)
    }

    #[test]
    fn what_is_not_taken_now_is_taken_later() {
        let (mut reader, writer) = pair();
        let sent: Vec<u8> = (0..1_000_003_u32).map(|number| number.to_le_bytes()[1]).collect();
        let expected = sent.clone();
        let sender = std::thread::spawn(move || Stream::new(writer).write_all(&sent).unwrap());
        let mut came = Vec::new();
        reader.read_to_end(&mut came).unwrap();
        sender.join().unwrap();
        assert!(came == expected, "{} octets came", came.len());
    }

    #[test]
    fn a_reader_who_left_is_told_of() {
        let (reader, writer) = pair();
        drop(reader);
        assert_eq!(Stream::new(writer).write_all(b"x").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }
}
