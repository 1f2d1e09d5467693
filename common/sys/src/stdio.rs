//! What the standard descriptors were before the runtime touched them.
//!
//! The Rust runtime opens /dev/null in place of descriptors 0 to 2 that are closed at the start, so that later files do
//! not land there. A tool whose standard output is closed (`tool >&-`) would then lose its results without a word.

use std::sync::atomic::{AtomicBool, Ordering};

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether descriptor 1 was closed when the process began.
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

extern "C" fn look() {
    // SAFETY: fcntl(2) with F_GETFD takes no pointer and changes nothing; it needs nothing of the runtime, which is not
    // set up yet when this runs.
    let flags = unsafe { libc::fcntl(libc::STDOUT_FILENO, libc::F_GETFD) };
    STDOUT_WAS_CLOSED.store(flags == -1, Ordering::Relaxed);
}

// SAFETY: .init_array holds pointers to functions that the loader calls before main; `look` has the right signature and
// neither panics nor uses std.
#[used]
#[unsafe(link_section = ".init_array")]
static LOOK: extern "C" fn() = look;
