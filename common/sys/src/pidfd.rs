//! Other processes, by descriptor: their end and their signals without a mistaken number, and their own descriptors
//! (pidfd_getfd(2)), to ask a foreign socket what only its holder may ask.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use crate::error::{CallError, check};

/// A process, by a descriptor: its number may be another's meanwhile, the descriptor stays its own.
#[derive(Debug)]
pub struct PidFd {
    fd: OwnedFd,
    pid: u32,
}

impl PidFd {
    /// Opens a process of this PID namespace.
    ///
    /// # Errors
    /// [`CallError`] with ESRCH if there is no such process, ENOSYS before Linux 5.3.
    pub fn open(pid: u32) -> Result<Self, CallError> {
        let fail = |error| CallError::new("pidfd_open", format!("process {pid}"), error);
        let number = libc::pid_t::try_from(pid).map_err(|_| fail(io::Error::from_raw_os_error(libc::ESRCH)))?;
        // SAFETY: pidfd_open takes two numbers and no pointers.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, number, 0_u32) };
        Ok(Self { fd: owned(fd).map_err(fail)?, pid })
    }

    /// A copy of the process's descriptor: of the same socket or file, with the same options and position.
    ///
    /// Whoever reads from it, shuts it down or changes it does so to the process as well.
    ///
    /// # Errors
    /// [`CallError`] with EPERM if we may not trace the process (ptrace(2)), EBADF if it has no such descriptor, ESRCH if it
    /// has ended, ENOSYS before Linux 5.6.
    pub fn descriptor(&self, fd: u32) -> Result<OwnedFd, CallError> {
        let fail = |error| CallError::new("pidfd_getfd", format!("descriptor {fd} of process {}", self.pid), error);
        let number = libc::c_int::try_from(fd).map_err(|_| fail(io::Error::from_raw_os_error(libc::EBADF)))?;
        // SAFETY: pidfd_getfd takes three numbers and no pointers.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, self.fd.as_raw_fd(), number, 0_u32) };
        owned(fd).map_err(fail)
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// [`CallError`] with ESRCH if the process has ended and was waited for, EPERM if it is not ours.
    pub fn signal(&self, signal: i32) -> Result<(), CallError> {
        // SAFETY: the call takes numbers and a null pointer, for a signal without further information.
        let sent = unsafe {
            libc::syscall(
                libc::SYS_pidfd_send_signal,
                self.fd.as_raw_fd(),
                signal,
                std::ptr::null::<libc::siginfo_t>(),
                0_u32,
            )
        };
        check(libc::c_int::try_from(sent).unwrap_or(-1))
            .map_err(|error| CallError::new("pidfd_send_signal", format!("process {}", self.pid), error))?;
        Ok(())
    }

    /// Moves this process to where the other is: its mount and network namespaces, and its user namespace if that is another.
    /// To be called while this process has a single thread.
    ///
    /// # Errors
    /// [`CallError`] with EPERM if we may not, ESRCH if the process has ended, EINVAL before Linux 5.8.
    ///
    /// # Source
    /// setns(2), "fd refers to a PID file descriptor".
    pub fn join_namespaces(&self, user: bool) -> Result<(), CallError> {
        self.join(libc::CLONE_NEWNS | libc::CLONE_NEWNET | if user { libc::CLONE_NEWUSER } else { 0 })
    }

    /// Has the programs that the calling thread starts live in the PID namespace of the other. The thread can start no
    /// thread any more.
    ///
    /// # Errors
    /// As [`PidFd::join_namespaces`].
    pub fn join_pid_namespace(&self) -> Result<(), CallError> {
        self.join(libc::CLONE_NEWPID)
    }

    fn join(&self, kinds: libc::c_int) -> Result<(), CallError> {
        // SAFETY: setns takes two numbers.
        check(unsafe { libc::setns(self.fd.as_raw_fd(), kinds) })
            .map_err(|error| CallError::new("setns", format!("namespaces of process {}", self.pid), error))?;
        Ok(())
    }
}

/// Readable once the process has ended.
impl AsFd for PidFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Takes the descriptor that a call returned.
fn owned(result: libc::c_long) -> io::Result<OwnedFd> {
    let fd: RawFd = check(libc::c_int::try_from(result).unwrap_or(-1))?;
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the copy must be of what the test has opened")]

    use std::net::TcpListener;

    use super::*;

    #[test]
    fn the_copy_is_of_the_same_socket() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = PidFd::open(std::process::id()).unwrap();
        let copy = own.descriptor(u32::try_from(listener.as_raw_fd()).unwrap()).unwrap();
        let copy = TcpListener::from(copy);
        assert_ne!(copy.as_raw_fd(), listener.as_raw_fd());
        assert_eq!(copy.local_addr().unwrap(), listener.local_addr().unwrap());
    }

    #[test]
    fn a_process_is_told_to_end_and_has_no_number_then() {
        use std::os::unix::process::ExitStatusExt as _;
        let mut sleeper = std::process::Command::new("sleep").arg("1000").spawn().unwrap();
        let process = PidFd::open(sleeper.id()).unwrap();
        process.signal(libc::SIGTERM).unwrap();
        assert_eq!(sleeper.wait().unwrap().signal(), Some(libc::SIGTERM));
        assert_eq!(process.signal(libc::SIGTERM).unwrap_err().errno(), Some(libc::ESRCH));
    }

    #[test]
    fn what_is_not_there_is_named() {
        let own = PidFd::open(std::process::id()).unwrap();
        let error = own.descriptor(1_000_000).unwrap_err();
        let pid = std::process::id();
        assert_eq!(error.to_string(), format!("pidfd_getfd descriptor 1000000 of process {pid}: Bad file descriptor"));
        assert_eq!(own.descriptor(u32::MAX).unwrap_err().errno(), Some(libc::EBADF));
        let error = PidFd::open(u32::MAX).unwrap_err();
        assert_eq!(error.to_string(), "pidfd_open process 4294967295: No such process");
        // Beyond the largest number that Linux gives.
        assert_eq!(PidFd::open(1 << 23).unwrap_err().errno(), Some(libc::ESRCH));
    }
}
