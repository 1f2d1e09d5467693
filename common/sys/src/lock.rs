//! flock(2): whether somebody is at work on a file or folder. The kernel lets go when the holder ends, by whichever way.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd as _;

use crate::error::{check, retry};

/// Locks `file` for as long as it is open here. Waits for whoever has locked it.
///
/// # Errors
/// ENOLCK if there are no more locks.
pub fn lock(file: &File) -> io::Result<()> {
    // SAFETY: flock takes two numbers.
    retry(|| check(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX) })).map(drop)
}

/// Locks `file` if nobody else has. Returns whether it did.
///
/// # Errors
/// ENOLCK if there are no more locks.
pub fn try_lock(file: &File) -> io::Result<bool> {
    // SAFETY: flock takes two numbers.
    match retry(|| check(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) })) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a lock is on a file")]

    use super::*;

    #[test]
    fn one_has_it_until_it_lets_go() {
        let folder = std::env::temp_dir();
        let path = folder.join(format!("sockeye-lock-{}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        let (one, other) = (File::open(&path).unwrap(), File::open(&path).unwrap());
        lock(&one).unwrap();
        assert!(!try_lock(&other).unwrap());
        drop(one);
        assert!(try_lock(&other).unwrap());
        std::fs::remove_dir(&path).unwrap();
    }
}
