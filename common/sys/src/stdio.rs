//! What the standard descriptors were before the runtime touched them, and writing to them without it.
//!
//! The Rust runtime opens /dev/null in place of descriptors 0 to 2 that are closed at the start, so that later files do
//! not land there. A tool whose standard output is closed (`tool >&-`) would then lose its results without a word.

#![expect(clippy::disallowed_methods, reason = "a wait that a signal interrupted goes on for the time that is left")]

use std::io;
use std::os::fd::{AsFd, AsRawFd as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::error::{check, check_len};
use crate::poll::timespec;

static STDOUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

/// Whether nothing could be written to descriptor 1 when the process began: it was closed, or open for reading only.
///
/// The runtime passes over EBADF, by which the kernel would tell of the second (`tool 1</dev/null`).
pub fn stdout_was_closed() -> bool {
    STDOUT_WAS_CLOSED.load(Ordering::Relaxed)
}

/// Writes once, with no buffer in between: what it returns is what the descriptor took.
///
/// # Errors
/// Whatever write(2) says, EINTR and EAGAIN included.
pub fn write(descriptor: impl AsFd, octets: &[u8]) -> io::Result<usize> {
    // SAFETY: the descriptor is open as long as it is borrowed, and the kernel reads no more than `octets` has.
    check_len(unsafe { libc::write(descriptor.as_fd().as_raw_fd(), octets.as_ptr().cast(), octets.len()) })
}

/// Waits until a write to `descriptor` would be taken, or would fail; `false` when `timeout` has passed.
///
/// By select(2), since poll(2) takes no descriptor where the process may have none that is new.
///
/// # Errors
/// EINVAL if the number of `descriptor` is beyond what select(2) takes, which no standard one is.
pub fn wait_to_write(descriptor: impl AsFd, timeout: Duration) -> io::Result<bool> {
    let number = descriptor.as_fd().as_raw_fd();
    let end = number.checked_add(1).filter(|end| usize::try_from(*end).is_ok_and(|end| end <= libc::FD_SETSIZE));
    let end = end.ok_or_else(|| io::Error::from_raw_os_error(libc::EINVAL))?;
    let deadline = Instant::now().checked_add(timeout);
    loop {
        let left = deadline.map(|deadline| timespec(deadline.saturating_duration_since(Instant::now())));
        let left = left.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
        // SAFETY: all zeros is an empty set.
        let mut set: libc::fd_set = unsafe { std::mem::zeroed() };
        // SAFETY: the number is within the set, as `end` says.
        unsafe { libc::FD_SET(number, &raw mut set) };
        let none = std::ptr::null_mut();
        // SAFETY: the set lives until the call is back; `left` is null or a live timespec; a null mask changes none.
        match check(unsafe { libc::pselect(end, none, &raw mut set, none, left, std::ptr::null()) }) {
            Ok(ready) => return Ok(ready > 0),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// How many columns the terminal at a descriptor has; `None` if it is no terminal, or one that does not know.
///
/// The rows do not matter: a terminal may know one of both alone.
///
/// # Source
/// `TIOCGWINSZ`(2const).
pub fn columns(descriptor: impl AsFd) -> Option<u16> {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the descriptor is open as long as it is borrowed, and the kernel writes one struct winsize to `size`.
    let answer = unsafe { libc::ioctl(descriptor.as_fd().as_raw_fd(), libc::TIOCGWINSZ, &raw mut size) };
    (answer == 0 && size.ws_col > 0).then_some(size.ws_col)
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

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::os::fd::{FromRawFd as _, OwnedFd};

    use super::*;

    #[test]
    fn a_pipe_is_waited_for_while_it_is_full_and_while_somebody_reads() {
        let (mut reader, writer) = io::pipe().unwrap();
        // SAFETY: fcntl(2) with F_SETFL takes no pointers.
        assert_eq!(unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) }, 0);
        assert!(wait_to_write(&writer, Duration::MAX).unwrap());
        while write(&writer, &[0; 4096]).is_ok() {}
        assert!(!wait_to_write(&writer, Duration::ZERO).unwrap());
        reader.read_exact(&mut [0; 4096]).unwrap();
        assert!(wait_to_write(&writer, Duration::MAX).unwrap());
        while write(&writer, &[0; 4096]).is_ok() {}
        drop(reader);
        assert!(wait_to_write(&writer, Duration::MAX).unwrap());
    }

    #[test]
    fn columns_count_also_where_there_are_no_rows() {
        let terminal = |rows, columns| {
            let (mut master, mut slave) = (-1, -1);
            let size = libc::winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
            // SAFETY: both numbers and the size are ours for the call, and no name and no settings are given.
            let made = unsafe {
                libc::openpty(&raw mut master, &raw mut slave, std::ptr::null_mut(), std::ptr::null(), &raw const size)
            };
            assert_eq!(made, 0);
            // SAFETY: openpty(3) has just opened them, and nobody else has them.
            let [_master, slave] = [master, slave].map(|descriptor| unsafe { OwnedFd::from_raw_fd(descriptor) });
            super::columns(&slave)
        };
        assert_eq!((terminal(24, 80), terminal(0, 60), terminal(24, 0)), (Some(80), Some(60), None));
        let (reader, _writer) = io::pipe().unwrap();
        assert_eq!(columns(&reader), None);
    }
}
