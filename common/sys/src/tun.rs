//! A TUN device: an interface whose other side is a program. What the kernel sends through it is read here as IP packets,
//! and what is written here arrives in the kernel.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use crate::error::{CallError, check};
use crate::interface;

/// The device that makes interfaces.
const CLONE_DEVICE: &str = "/dev/net/tun";

/// One TUN interface. It is gone when this is dropped.
#[derive(Debug)]
pub struct Tun(File);

impl Tun {
    /// Makes the interface `name` in the network namespace of the calling thread. It is down and has no address.
    ///
    /// # Errors
    /// [`CallError`] with ENOENT or EACCES if the device is not there or not to be opened, EBUSY if the interface exists,
    /// EPERM without CAP_NET_ADMIN.
    ///
    /// # Source
    /// Linux, Documentation/networking/tuntap.rst.
    pub fn create(name: &str) -> Result<Self, CallError> {
        open(name, libc::IFF_TUN).map(Self)
    }

    /// Waits for the next packet that the kernel sends. One that is longer than `buffer` is cut.
    ///
    /// # Errors
    /// EIO while the interface is down.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match (&self.0).read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }

    /// Lets a packet arrive.
    ///
    /// # Errors
    /// EINVAL if it is no IP packet, EIO while the interface is down.
    pub fn send(&self, packet: &[u8]) -> io::Result<()> {
        // A packet goes as a whole or not at all.
        (&self.0).write_all(packet)
    }
}

impl AsFd for Tun {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Makes an interface of the kind `IFF_TUN` or `IFF_TAP`: packets or frames and nothing before them.
#[expect(clippy::disallowed_methods, reason = "a device is opened as a file")]
pub(crate) fn open(name: &str, kind: libc::c_int) -> Result<File, CallError> {
    let device = File::options()
        .read(true)
        .write(true)
        .open(CLONE_DEVICE)
        .map_err(|error| CallError::new("open", CLONE_DEVICE, error))?;
    let mut request = interface::request("TUNSETIFF", name)?;
    request.ifr_ifru.ifru_flags = libc::c_short::try_from(kind | libc::IFF_NO_PI).unwrap_or_default();
    // SAFETY: TUNSETIFF reads and writes a whole ifreq.
    check(unsafe { libc::ioctl(device.as_raw_fd(), libc::TUNSETIFF as _, &raw mut request) })
        .map_err(|error| CallError::new("TUNSETIFF", name, error))?;
    Ok(device)
}
