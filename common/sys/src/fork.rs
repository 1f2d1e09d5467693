//! fork(2), for servers that give each client a process.

#![expect(clippy::disallowed_methods, reason = "the number of threads is a folder of /proc")]

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::error::check;

/// What a child ends with that has panicked, as a Rust program does.
const PANICKED: i32 = 101;

/// Runs `child` in a process of its own, which ends with its result, and returns the process id.
///
/// The child has a copy of everything, open descriptors included, and leaves without running the destructors of what is
/// outside of `child`. What it has buffered, it must flush itself.
///
/// # Errors
/// What fork(2) says: EAGAIN if there are as many processes as may be, ENOMEM. If this process has more than one thread:
/// only the one that calls would live on in the child, and what the others hold would be held for ever.
pub fn fork(child: impl FnOnce() -> i32) -> io::Result<u32> {
    if std::fs::read_dir("/proc/self/task")?.count() != 1 {
        return Err(io::Error::new(io::ErrorKind::Unsupported, "fork: this process has more than one thread"));
    }
    // SAFETY: this process has one thread, so that no lock can be held by a thread which the child does not have.
    let pid = check(unsafe { libc::fork() })?;
    if pid == 0 {
        let status = catch_unwind(AssertUnwindSafe(child)).unwrap_or(PANICKED);
        // SAFETY: _exit does not return; it takes no pointers.
        unsafe { libc::_exit(status) }
    }
    Ok(pid.unsigned_abs())
}
