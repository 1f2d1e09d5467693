//! A packet socket without a ring: each frame that an interface receives at once, and frames to send. packet(7).

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use crate::error::{CallError, check, check_len, retry};
use crate::interface;
use crate::packet_ring::bind;
use crate::socket::{self, socklen};

/// As much as a burst may take, in octets of the kernel's memory.
const BUFFER_LEN: i32 = 8 << 20;

/// A packet socket on one interface.
#[derive(Debug)]
pub struct PacketSocket(OwnedFd);

impl PacketSocket {
    /// Opens one on `name`, an interface of the network namespace of the calling thread.
    ///
    /// # Errors
    /// [`CallError`] with EPERM without CAP_NET_RAW, ENODEV if there is no such interface.
    ///
    /// # Source
    /// packet(7).
    pub fn open(name: &str) -> Result<Self, CallError> {
        let index = interface::index(name)?;
        let kind = libc::SOCK_RAW | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
        // SAFETY: socket takes no pointers.
        let fd = check(unsafe { libc::socket(libc::AF_PACKET, kind, 0) })
            .map_err(|error| CallError::new("socket", name, error))?;
        // SAFETY: the descriptor is new and nobody else's.
        let fd = unsafe { OwnedFd::from_raw_fd(fd) };
        // Root may have more than net.core.rmem_max.
        if socket::set_option(&fd, libc::SOL_SOCKET, libc::SO_RCVBUFFORCE, BUFFER_LEN).is_err() {
            let _ = socket::set_option(&fd, libc::SOL_SOCKET, libc::SO_RCVBUF, BUFFER_LEN);
        }
        bind(&fd, index).map_err(|error| CallError::new("bind", name, error))?;
        Ok(Self(fd))
    }

    /// The next frame that the interface has received. One that is longer than `buffer` is cut.
    ///
    /// # Errors
    /// `WouldBlock` if there is none. ENETDOWN, once, when the interface has gone down.
    pub fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            // SAFETY: all zeros is a valid sockaddr_ll.
            let mut from: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
            let mut len = socklen(size_of_val(&from));
            let received = retry(|| {
                // SAFETY: buffer and address are writable for the lengths given.
                check_len(unsafe {
                    libc::recvfrom(
                        self.0.as_raw_fd(),
                        buffer.as_mut_ptr().cast(),
                        buffer.len(),
                        0,
                        (&raw mut from).cast(),
                        &raw mut len,
                    )
                })
            })?;
            // What is sent through the interface, by this socket too, comes here as well.
            if from.sll_pkttype != libc::PACKET_OUTGOING {
                return Ok(received);
            }
        }
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// ENETDOWN while the interface is down, EMSGSIZE if it is longer than that allows, ENOBUFS if too many wait.
    pub fn send(&self, frame: &[u8]) -> io::Result<()> {
        retry(|| {
            // SAFETY: the pointer and the length are those of a live slice.
            check_len(unsafe { libc::send(self.0.as_raw_fd(), frame.as_ptr().cast(), frame.len(), 0) })
        })
        .map(drop)
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
