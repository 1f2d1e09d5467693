//! What every failed call says: which call, about what, and why.

use std::{fmt, io};

pub use sockeye_common::errno::cause;

/// A system call that failed.
///
/// Prints as `call subject: cause`, as in `bind 0.0.0.0:80: Permission denied`.
#[derive(Debug)]
pub struct CallError {
    /// The call, or for netlink the message type: `setns`, `RTM_NEWLINK`.
    pub call: &'static str,
    /// What it was about: an interface, a path, an address. Empty if there is nothing to name.
    pub subject: String,
    /// What the kernel said.
    pub source: io::Error,
}

impl CallError {
    pub(crate) fn new(call: &'static str, subject: impl Into<String>, source: io::Error) -> Self {
        Self { call, subject: subject.into(), source }
    }

    /// The error number, if the kernel gave one.
    pub fn errno(&self) -> Option<i32> {
        self.source.raw_os_error()
    }

    /// The kind of error, for those who match on it.
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { call, subject, source } = self;
        let blank = if subject.is_empty() { "" } else { " " };
        write!(f, "{call}{blank}{subject}: {}", cause(source))
    }
}

impl std::error::Error for CallError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Keeps the kind, and the words with the call; the number is only in [`CallError::errno`].
impl From<CallError> for io::Error {
    fn from(error: CallError) -> Self {
        Self::new(error.kind(), error)
    }
}

/// Turns the -1 of a system call into the error that it left in errno.
pub(crate) fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// As [`check`], for calls that return a count of octets.
pub(crate) fn check_len(result: libc::ssize_t) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Repeats `call` for as long as a signal interrupts it.
pub(crate) fn retry<T>(mut call: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match call() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_call_the_subject_and_the_cause() {
        let denied = || io::Error::from_raw_os_error(libc::EACCES);
        assert_eq!(CallError::new("bind", "0.0.0.0:80", denied()).to_string(), "bind 0.0.0.0:80: Permission denied");
        let error = CallError::new("unshare", "", denied());
        assert_eq!(error.to_string(), "unshare: Permission denied");
        assert_eq!(error.errno(), Some(libc::EACCES));
        let plain = io::Error::from(error);
        assert_eq!(plain.kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(plain.to_string(), "unshare: Permission denied");
    }

    #[test]
    fn interruptions_are_retried_and_other_errors_are_not() {
        let mut outcomes = vec![Ok(7), Err(libc::EINTR), Err(libc::EINTR)];
        assert_eq!(retry(|| outcomes.pop().unwrap().map_err(io::Error::from_raw_os_error)).unwrap(), 7);
        assert!(retry(|| Err::<(), _>(io::Error::from_raw_os_error(libc::EAGAIN))).is_err());
    }
}
