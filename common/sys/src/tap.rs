//! A TAP device: an Ethernet interface whose other side is a program. What the kernel sends through it is read here as
//! frames, and what is written here arrives in the kernel.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use crate::error::{CallError, check};
use crate::tun;

/// One TAP interface. It is gone when this is dropped.
#[derive(Debug)]
pub struct Tap(File);

impl Tap {
    /// Makes the interface `name` in the network namespace of the calling thread. It is down and has no address; no frame
    /// through it is longer than its MTU allows, and none has a checksum that is left to hardware.
    ///
    /// # Errors
    /// [`CallError`] with ENOENT or EACCES if the device is not there or not to be opened, EBUSY if the interface exists,
    /// EPERM without CAP_NET_ADMIN.
    ///
    /// # Source
    /// Linux, Documentation/networking/tuntap.rst.
    pub fn create(name: &str) -> Result<Self, CallError> {
        let device = tun::open(name, libc::IFF_TAP)?;
        // Frames are taken until there is none.
        set_nonblocking(&device).map_err(|error| CallError::new("fcntl", name, error))?;
        Ok(Self(device))
    }

    /// The next frame that the kernel has sent. One that is longer than `buffer` is cut.
    ///
    /// # Errors
    /// `WouldBlock` if there is none. EIO while the interface is down.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.0).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// Lets a frame arrive.
    ///
    /// # Errors
    /// EINVAL if it is too short to be one, EIO while the interface is down.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        // A frame goes as a whole or not at all.
        (&self.0).write_all(frame)
    }
}

impl AsFd for Tap {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn set_nonblocking(device: &File) -> io::Result<()> {
    // SAFETY: neither call takes a pointer.
    let flags = check(unsafe { libc::fcntl(device.as_raw_fd(), libc::F_GETFL) })?;
    // SAFETY: as above.
    check(unsafe { libc::fcntl(device.as_raw_fd(), libc::F_SETFL, flags | libc::O_NONBLOCK) }).map(drop)
}
