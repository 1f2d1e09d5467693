//! The way into an executable without the start of the Rust runtime.
//!
//! Before `main` the runtime asks the C library where the stack of the process ends, for the message that it prints when one
//! overflows. glibc reads and parses /proc/self/maps to answer that: a quarter of a millisecond-long call. Here `main` is what
//! the C library calls, and does what the runtime does but for that: an overflow ends in a plain SIGSEGV.

#![expect(clippy::disallowed_methods, reason = "the outermost shell: a run that has returned its status ends here")]

use std::panic::{UnwindSafe, catch_unwind};

/// What the runtime ends with after a panic.
const PANICKED: u8 = 101;

/// What the C library calls as `main`: `$start`, a `fn() -> u8`, whose value is the exit status.
///
/// For a binary that is `#![no_main]` where the C library is glibc, which hands argv to the standard library by itself.
#[macro_export]
macro_rules! entry {
    ($start:expr) => {
        // SAFETY: nothing else in the executable is called `main`, since it is `no_main`; the parameters that C gives to `main`
        // may be left out.
        #[unsafe(no_mangle)]
        extern "C" fn main() -> core::ffi::c_int {
            $crate::entry::enter($start)
        }
    };
}

/// Runs `start` as the runtime would, and ends the process with the status that it returns, 101 after a panic.
pub fn enter(start: impl FnOnce() -> u8 + UnwindSafe) -> ! {
    occupy_standard_descriptors();
    // SAFETY: ignoring a signal runs no code of ours. A closed pipe then is an error of write(2), and not the end.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
    let status = catch_unwind(start).unwrap_or(PANICKED);
    // Flushes what std::io::stdout() still holds.
    std::process::exit(i32::from(status))
}

/// Opens /dev/null in place of the descriptors 0 to 2 that are closed, so that no other file comes to be one of them.
fn occupy_standard_descriptors() {
    let mut descriptors = [0, 1, 2].map(|fd| libc::pollfd { fd, events: 0, revents: 0 });
    // SAFETY: poll(2) writes to the three structures, which live until it is back. It does not wait.
    if unsafe { libc::poll(descriptors.as_mut_ptr(), 3, 0) } <= 0 {
        return;
    }
    for _ in descriptors.iter().filter(|descriptor| descriptor.revents & libc::POLLNVAL != 0) {
        // SAFETY: the path is a string with its NUL. open(2) takes the lowest number that is free, which is one of these.
        unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) };
    }
}
