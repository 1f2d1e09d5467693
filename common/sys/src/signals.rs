//! What a signal does to this process.

use std::io;

use crate::error::check;

/// Makes writing to a closed pipe or socket an error (EPIPE) and not the end. Rust programs start like this.
///
/// # Errors
/// Whatever sigaction(2) says; nothing is known to.
pub fn ignore_sigpipe() -> io::Result<()> {
    set_disposition(libc::SIGPIPE, libc::SIG_IGN)
}

/// Makes writing to a closed pipe or socket end the process, as it does C programs: for what is started next.
///
/// # Errors
/// As [`ignore_sigpipe`].
pub fn restore_sigpipe() -> io::Result<()> {
    set_disposition(libc::SIGPIPE, libc::SIG_DFL)
}

/// Makes Ctrl-C end the process, whatever the shell that started it in the background had decided.
///
/// # Errors
/// As [`ignore_sigpipe`].
pub fn restore_sigint() -> io::Result<()> {
    set_disposition(libc::SIGINT, libc::SIG_DFL)
}

fn set_disposition(signal: libc::c_int, disposition: libc::sighandler_t) -> io::Result<()> {
    // SAFETY: all zeros is a valid sigaction: no handler, no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = disposition;
    // SAFETY: the new action is a whole sigaction without a handler, the old one is not asked for.
    check(unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) }).map(drop)
}
