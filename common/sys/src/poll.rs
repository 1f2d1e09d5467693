//! poll(2): which of a few descriptors are ready.
#![expect(clippy::disallowed_methods, reason = "a wait that a signal interrupted goes on for the time that is left")]

use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::{Duration, Instant};

use crate::error::check;
use crate::registry::flags;

flags! {
    /// What poll(2) is asked for, and what it answers.
    ///
    /// # Source
    /// poll(2). The kernel reports the last three whether they were asked for or not.
    Events(i16) {
        /// There is something to read, the end of the file included.
        IN = libc::POLLIN, "POLLIN";
        /// There is urgent data.
        PRI = libc::POLLPRI, "POLLPRI";
        /// Writing would not wait.
        OUT = libc::POLLOUT, "POLLOUT";
        /// The peer has closed its sending direction.
        RDHUP = libc::POLLRDHUP, "POLLRDHUP";
        /// There is an error to be fetched; of the writing end of a pipe, nobody reads.
        ERR = libc::POLLERR, "POLLERR";
        /// Both directions are closed. There may still be something to read.
        HUP = libc::POLLHUP, "POLLHUP";
        /// The descriptor is not open.
        NVAL = libc::POLLNVAL, "POLLNVAL";
    }
}

/// One descriptor to wait for.
#[derive(Clone, Copy, Debug)]
#[repr(transparent)]
pub struct PollFd<'fd> {
    raw: libc::pollfd,
    /// The descriptor stays open for as long as it is waited for.
    borrowed: PhantomData<BorrowedFd<'fd>>,
}

impl<'fd> PollFd<'fd> {
    /// Waits for `events` of `fd`, and for the three that always count.
    pub fn new(fd: BorrowedFd<'fd>, events: Events) -> Self {
        Self::from_raw(fd.as_raw_fd(), events)
    }

    /// An entry that never becomes ready, to keep the others in their places.
    ///
    /// An open descriptor without events would not do: one that has hung up is reported again and again.
    pub fn idle() -> Self {
        Self::from_raw(-1, Events::EMPTY)
    }

    fn from_raw(fd: i32, events: Events) -> Self {
        Self { raw: libc::pollfd { fd, events: events.0, revents: 0 }, borrowed: PhantomData }
    }

    /// What the last [`poll`] found.
    pub fn ready(&self) -> Events {
        Events(self.raw.revents)
    }
}

/// Waits until one of `fds` is ready and returns how many are; zero when `timeout` has passed. `None` waits for ever.
///
/// A signal that comes in between does not end the wait and does not prolong it.
///
/// # Errors
/// EINVAL if there are more entries than RLIMIT_NOFILE allows, ENOMEM.
pub fn poll(fds: &mut [PollFd<'_>], timeout: Option<Duration>) -> io::Result<usize> {
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    loop {
        let left = deadline.map(|deadline| timespec(deadline.saturating_duration_since(Instant::now())));
        let left = left.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        let count = libc::nfds_t::try_from(fds.len()).unwrap_or(libc::nfds_t::MAX);
        // SAFETY: PollFd is a pollfd (repr transparent), `fds` is writable for `count` of them; `left` is null or a live
        // timespec; a null mask changes none.
        match check(unsafe { libc::ppoll(fds.as_mut_ptr().cast(), count, left, std::ptr::null()) }) {
            Ok(ready) => return Ok(usize::try_from(ready).unwrap_or(0)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

pub(crate) fn timespec(duration: Duration) -> libc::timespec {
    libc::timespec {
        tv_sec: libc::time_t::try_from(duration.as_secs()).unwrap_or(libc::time_t::MAX),
        // Below 10^9, which fits everywhere.
        tv_nsec: duration.subsec_nanos().cast_signed().into(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::fd::AsFd;

    use super::*;

    #[test]
    fn a_pipe_becomes_readable_and_then_hangs_up() {
        let (reader, mut writer) = io::pipe().unwrap();
        let mut fds = [PollFd::idle(), PollFd::new(reader.as_fd(), Events::IN)];
        assert_eq!(poll(&mut fds, Some(Duration::ZERO)).unwrap(), 0);
        assert!(fds[1].ready().is_empty());
        writer.write_all(b"x").unwrap();
        assert_eq!(poll(&mut fds, None).unwrap(), 1);
        assert_eq!((fds[0].ready(), fds[1].ready()), (Events::EMPTY, Events::IN));
        drop(writer);
        assert_eq!(poll(&mut fds, None).unwrap(), 1);
        assert!(fds[1].ready().contains(Events::IN | Events::HUP));
    }

    #[test]
    fn a_timeout_beyond_all_clocks_is_none() {
        let (reader, writer) = io::pipe().unwrap();
        drop(writer);
        let mut fds = [PollFd::new(reader.as_fd(), Events::IN)];
        assert_eq!(poll(&mut fds, Some(Duration::MAX)).unwrap(), 1);
    }
}
