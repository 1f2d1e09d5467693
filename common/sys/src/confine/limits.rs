//! Limits of the process, where zero means none at all.
//!
//! # Source
//! setrlimit(2).

use std::io;

use crate::error::check;

/// Refuses every new descriptor, with EMFILE, and every new process of a user who is not root, with EAGAIN.
///
/// What is open stays open. poll(2) then takes no descriptors either; select(2) does.
///
/// # Errors
/// What the first call that failed said.
pub(super) fn nothing_new() -> io::Result<()> {
    // Zero for both, so that there is no way back without CAP_SYS_RESOURCE.
    let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    for resource in [libc::RLIMIT_NPROC, libc::RLIMIT_NOFILE] {
        // SAFETY: the kernel reads one structure, which lives until it is back.
        check(unsafe { libc::setrlimit(resource, &raw const none) })?;
    }
    Ok(())
}
