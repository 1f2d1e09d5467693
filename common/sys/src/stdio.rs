//! What the standard descriptors were before the runtime touched them.
//!
//! The Rust runtime opens /dev/null in place of descriptors 0 to 2 that are closed at the start, so that later files do
//! not land there. A tool whose standard output is closed (`tool >&-`) would then lose its results without a word.

use std::sync::atomic::{AtomicBool, Ordering};

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether nothing could be written to descriptor 1 when the process began: it was closed, or open for reading only.
///
/// The runtime passes over EBADF, by which the kernel would tell of the second (`tool 1</dev/null`).
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

extern "C" fn look() {
    // SAFETY: fcntl(2) with F_GETFL takes no pointer and changes nothing; it needs nothing of the runtime, which is not
    // set up yet when this runs.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFL) };
    let unwritable = flags == -1 || flags & libc::O_ACCMODE == libc::O_RDONLY;
    STDOUT_WAS_CLOSED.store(unwritable, Ordering::Relaxed);
}

// SAFETY: .init_array holds pointers to functions that the loader calls before main; `look` has the right signature and
// neither panics nor uses std.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;
