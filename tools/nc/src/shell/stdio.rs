//! Standard input and output as the relay needs them: a write never waits, and nobody else's descriptor changes.

#![expect(clippy::disallowed_methods, reason = "the shell: takes hold of the standard streams, reads the clock")]

use std::fs::{File, OpenOptions};
use std::io::{self, IoSliceMut, IsTerminal, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::time::Instant;

use rustix::io::{Errno, ReadWriteFlags};
use socket2::SockRef;
use sockeye_sys::socket::set_pipe_size;

use crate::generate::Messages;
use crate::options::Generate;

/// What a pipe may hold once it has shown that it carries bulk: 1 MiB, the limit for ordinary users.
const PIPE_LEN: usize = 1 << 20;
/// A pipe holds this much by default; a read that brings as much says that the pipe was full.
const BULK: usize = 1 << 16;
/// PIPE_BUF: what a pipe that poll(2) reports as writable takes without making the writer wait.
const NEVER_WAITS: usize = 4096;

/// Standard input.
pub(super) struct Input {
    file: File,
    grown: bool,
    /// Messages of our own instead (`--generate`).
    messages: Option<Messages>,
    speaker: Speaker,
}

/// Who speaks where a user would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speaker {
    /// The user, or what stands for one.
    User,
    /// A program of ours.
    Program,
    /// A server, to whose client we are the proxy.
    Server,
}

impl Input {
    /// Takes hold of descriptor 0.
    pub(super) fn open(generate: Option<Generate>) -> io::Result<Self> {
        let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
        Ok(Self { file, grown: false, messages: generate.map(Messages::new), speaker: Speaker::User })
    }

    /// What somebody says over a socket of ours.
    pub(super) fn of(file: File, speaker: Speaker) -> Self {
        Self { file, grown: true, messages: None, speaker }
    }

    /// Who speaks, for messages.
    pub(super) fn name(&self) -> &'static str {
        match self.speaker {
            Speaker::User => "standard input",
            Speaker::Program => "the program",
            Speaker::Server => "the server",
        }
    }

    /// Whether somebody else than a user speaks, who may be done with listening and still have something to say.
    pub(super) fn is_ours(&self) -> bool {
        self.speaker != Speaker::User
    }

    /// If what is read is made here: when there is more of it.
    pub(super) fn made_at(&self) -> Option<Instant> {
        self.messages.as_ref().map(|messages| messages.next_at().unwrap_or_else(Instant::now))
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Whether its pages can be passed on.
    pub(super) fn is_file_or_pipe(&self) -> bool {
        self.messages.is_none()
            && self.file.metadata().is_ok_and(|metadata| metadata.is_file() || metadata.file_type().is_fifo())
    }

    /// One read(2), to be called when poll(2) says that it does not wait. `None` if another process was faster.
    pub(super) fn read(&mut self, room: &mut [u8]) -> io::Result<Option<usize>> {
        if let Some(messages) = &mut self.messages {
            return Ok(messages.next(room, Instant::now()));
        }
        self.read_with(|mut file| file.read(room))
    }

    /// The same with another call than read(2).
    pub(super) fn read_with(&mut self, mut call: impl FnMut(&File) -> io::Result<usize>) -> io::Result<Option<usize>> {
        let len = unless_not_ready(retry(|| call(&self.file)))?;
        if len.is_some_and(|len| len >= BULK) && !self.grown {
            self.grown = true;
            // Only pipes have a size, and not everybody may change it.
            let _ = set_pipe_size(&self.file, PIPE_LEN);
        }
        Ok(len)
    }

    /// One read that does not wait, without poll(2) having been asked; `None` if it would, or if it cannot be known.
    pub(super) fn read_now(&mut self, room: &mut [u8]) -> io::Result<Option<usize>> {
        if self.messages.is_some() {
            return self.read(room);
        }
        let metadata = self.file.metadata()?;
        if metadata.is_file() {
            return self.read(room);
        }
        if !metadata.file_type().is_fifo() {
            return Ok(None);
        }
        // No offset: a pipe has none.
        let read = rustix::io::preadv2(&self.file, &mut [IoSliceMut::new(room)], u64::MAX, ReadWriteFlags::NOWAIT);
        match read {
            Ok(len) => Ok(Some(len)),
            // It is empty, or the kernel cannot say: poll(2) can.
            Err(Errno::AGAIN | Errno::INTR | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether `error` says that there is no input, or none any more, which is an end and no fault.
    ///
    /// nohup(1) gives a descriptor that cannot be read (EBADF), and a terminal refuses a process in the background that
    /// nobody could bring to the front (EIO). A program that ends without having read everything resets the pair of sockets
    /// between us, behind all that it has said (ECONNRESET).
    pub(super) fn is_none_at_all(&self, error: &io::Error) -> bool {
        match error.raw_os_error() {
            Some(libc::EBADF) => true,
            Some(libc::EIO) => self.file.is_terminal(),
            Some(libc::ECONNRESET) => self.speaker == Speaker::Program,
            _ => false,
        }
    }
}

/// Standard output.
///
/// The descriptor may be shared with other processes, so that O_NONBLOCK, which belongs to all of them, must not be set
/// on it. A pipe or a terminal is opened once more instead, and the new description is ours alone.
pub(super) enum Sink {
    /// Descriptor 1 was closed when we started.
    Closed,
    /// Never waits: a file, a device, or a description of our own that does not block.
    Ready { file: File, grown: bool },
    /// A socket, which can be told not to wait for each call.
    Socket(File),
    /// The input of a program of ours, which is to see where it ends.
    Program(File),
    /// May wait for more than [`NEVER_WAITS`] octets, and without poll(2) having said that it is ready.
    Waits(File),
}

impl Sink {
    /// Takes hold of descriptor 1.
    pub(super) fn open() -> io::Result<Self> {
        if sockeye_sys::stdio::stdout_was_closed() {
            return Ok(Self::Closed);
        }
        let file = File::from(io::stdout().as_fd().try_clone_to_owned()?);
        let kind = file.metadata()?.file_type();
        if kind.is_socket() {
            return Ok(Self::Socket(file));
        }
        if !kind.is_fifo() && !file.is_terminal() {
            return Ok(Self::Ready { file, grown: true });
        }
        let own =
            OpenOptions::new().write(true).custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY).open("/proc/self/fd/1");
        Ok(own.map_or(Self::Waits(file), |file| Self::Ready { file, grown: false }))
    }

    /// What to poll, if there is anything.
    pub(super) fn fd(&self) -> Option<BorrowedFd<'_>> {
        match self {
            Self::Closed => None,
            Self::Ready { file, .. } | Self::Socket(file) | Self::Program(file) | Self::Waits(file) => {
                Some(file.as_fd())
            }
        }
    }

    /// Nothing more will be written.
    pub(super) fn end(&mut self) {
        if let Self::Program(file) = self {
            // If it has gone, it knows.
            let _ = SockRef::from(&*file).shutdown(std::net::Shutdown::Write);
        }
    }

    /// Writes what can be written without waiting; `None` if that is nothing. `ready` is what poll(2) has just said.
    pub(super) fn write(&mut self, octets: &[u8], ready: bool) -> io::Result<Option<usize>> {
        match self {
            Self::Closed => Err(io::Error::from_raw_os_error(libc::EBADF)),
            Self::Ready { file, grown } => {
                if octets.len() >= BULK && !*grown {
                    *grown = true;
                    let _ = set_pipe_size(&*file, PIPE_LEN);
                }
                unless_not_ready(retry(|| file.write(octets)))
            }
            Self::Socket(file) | Self::Program(file) => {
                unless_not_ready(retry(|| SockRef::from(&*file).send_with_flags(octets, libc::MSG_DONTWAIT)))
            }
            Self::Waits(_) if !ready => Ok(None),
            Self::Waits(file) => {
                let some = octets.get(..NEVER_WAITS).unwrap_or(octets);
                unless_not_ready(retry(|| file.write(some)))
            }
        }
    }
}

/// Repeats a call for as long as a signal interrupts it.
pub(super) fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Turns EAGAIN into `None`.
pub(super) fn unless_not_ready<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixStream;

    use sockeye_sys::poll::{Events, PollFd, poll};

    use super::*;

    fn ready(sink: &Sink) -> bool {
        let mut fds = [PollFd::new(sink.fd().unwrap(), Events::OUT)];
        poll(&mut fds, Some(std::time::Duration::ZERO)).unwrap() > 0
    }

    /// Writes until nothing more goes, and returns how much went. It would hang if a write waited.
    fn fill(sink: &mut Sink) -> usize {
        let flood = vec![7; 3 * PIPE_LEN];
        let mut written = 0;
        loop {
            let ready = ready(sink);
            match sink.write(&flood, ready).unwrap() {
                Some(len) => written += len,
                None if !ready => return written,
                None => {}
            }
        }
    }

    #[test]
    fn no_write_waits_although_the_descriptor_would() {
        let (reader, writer) = io::pipe().unwrap();
        let mut pipe = Sink::Waits(File::from(std::os::fd::OwnedFd::from(writer)));
        assert!(pipe.write(b"x", false).unwrap().is_none(), "only poll(2) knows whether it would wait");
        assert_eq!(fill(&mut pipe), BULK, "a pipe holds 64 KiB");
        drop(reader);
        assert_eq!(pipe.write(b"x", true).unwrap_err().kind(), io::ErrorKind::BrokenPipe);

        let (socket, peer) = UnixStream::pair().unwrap();
        let mut socket = Sink::Socket(File::from(std::os::fd::OwnedFd::from(socket)));
        assert!(fill(&mut socket) > 0);
        drop(peer);
        assert_eq!(socket.write(b"x", true).unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_descriptor_that_was_closed_is_an_error_with_the_first_octet() {
        assert_eq!(Sink::Closed.write(b"x", false).unwrap_err().raw_os_error(), Some(libc::EBADF));
        assert!(Sink::Closed.fd().is_none());
    }
}
