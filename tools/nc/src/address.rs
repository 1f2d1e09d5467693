//! Who is at the other end, whatever the family.

use std::fmt;
use std::net::SocketAddr;

use serde::{Serialize, Serializer};
use sockeye_common::sockaddr::{Sockaddr, SockaddrUn};

/// AF_VSOCK.
const AF_VSOCK: u16 = 40;

/// An address of any family that nc speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// IPv4 or IPv6, and a port.
    Inet(SocketAddr),
    /// Unix-domain: a path, an abstract name, or none.
    Unix(SockaddrUn),
    /// vsock(7).
    Vsock {
        /// Which machine.
        cid: u32,
        /// Which port of it.
        port: u32,
    },
}

impl Address {
    /// The structure that the kernel is given.
    pub fn sockaddr(&self) -> Sockaddr {
        match self {
            Self::Inet(addr) => Sockaddr::from(*addr),
            Self::Unix(unix) => Sockaddr::Unix(unix.clone()),
            Self::Vsock { cid, port } => {
                // svm_reserved1, svm_port and svm_cid in the order of this machine, svm_flags and svm_zero (vsock(7)).
                let mut data = vec![0; 2];
                data.extend(port.to_ne_bytes());
                data.extend(cid.to_ne_bytes());
                data.extend([0; 4]);
                Sockaddr::Other { family: AF_VSOCK, data }
            }
        }
    }

    /// The address and port, if it has such.
    pub fn inet(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(addr) => Some(*addr),
            Self::Unix(_) | Self::Vsock { .. } => None,
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(addr: SocketAddr) -> Self {
        Self::Inet(addr)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inet(addr) => addr.fmt(f),
            Self::Unix(unix) => unix.fmt(f),
            Self::Vsock { cid: u32::MAX, port } => write!(f, "vsock:any:{port}"),
            Self::Vsock { cid, port } => write!(f, "vsock:{cid}:{port}"),
        }
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
