//! The kernel's trace events: the file system in which they are switched on and read.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use crate::error::{CallError, check};

/// Where it is mounted where somebody has done that.
const MOUNTED: &str = "/sys/kernel/tracing";

/// The trace file system, kept for as long as this value lives.
#[derive(Debug)]
pub struct TraceFs {
    /// A folder of it, and of nobody else's where nothing was mounted.
    fd: OwnedFd,
}

impl TraceFs {
    /// The one that is mounted, or a mount of our own that has no place in any tree and goes with the descriptor.
    ///
    /// # Errors
    /// [`CallError`]: EPERM or EACCES without CAP_SYS_ADMIN, ENODEV or ENOSYS where the kernel does not have it (mounts
    /// without a place: since Linux 5.2).
    ///
    /// # Source
    /// fsopen(2), fsmount(2); Linux, Documentation/trace/ftrace.rst.
    pub fn open() -> Result<Self, CallError> {
        #![expect(clippy::disallowed_methods, reason = "a folder is opened to keep it")]
        match File::open(MOUNTED) {
            Ok(folder) if Path::new(MOUNTED).join("instances").is_dir() => Ok(Self { fd: folder.into() }),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                Err(CallError::new("open", MOUNTED, error))
            }
            _ => Self::mount(),
        }
    }

    fn mount() -> Result<Self, CallError> {
        let fail = |call| move |error| CallError::new(call, "tracefs", error);
        // SAFETY: the name is a NUL-terminated string.
        let context = descriptor(unsafe { libc::syscall(libc::SYS_fsopen, c"tracefs".as_ptr(), FSOPEN_CLOEXEC) })
            .map_err(fail("fsopen"))?;
        let null = std::ptr::null::<u8>();
        // SAFETY: this command takes neither key nor value.
        let created =
            unsafe { libc::syscall(libc::SYS_fsconfig, context.as_raw_fd(), FSCONFIG_CMD_CREATE, null, null, 0) };
        check_long(created).map_err(fail("fsconfig"))?;
        // SAFETY: fsmount takes no pointers.
        let fd = descriptor(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), FSMOUNT_CLOEXEC, 0) })
            .map_err(fail("fsmount"))?;
        Ok(Self { fd })
    }

    /// A file or folder in it, by a path that works for as long as this value lives.
    pub fn path(&self, inside: &str) -> PathBuf {
        PathBuf::from(format!("/proc/self/fd/{}/{inside}", self.fd.as_raw_fd()))
    }
}

/// # Source
/// Linux, include/uapi/linux/mount.h.
const FSOPEN_CLOEXEC: libc::c_uint = 1;
const FSMOUNT_CLOEXEC: libc::c_uint = 1;
const FSCONFIG_CMD_CREATE: libc::c_uint = 6;

fn check_long(returned: libc::c_long) -> io::Result<libc::c_int> {
    check(libc::c_int::try_from(returned).unwrap_or(-1))
}

fn descriptor(returned: libc::c_long) -> io::Result<OwnedFd> {
    let fd = check_long(returned)?;
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_there_is_a_tracefs_or_a_reason() {
        match TraceFs::open() {
            Ok(fs) => assert!(fs.path("instances").is_dir()),
            Err(error) => assert!(["open", "fsopen", "fsconfig", "fsmount"].contains(&error.call), "{error}"),
        }
    }
}
