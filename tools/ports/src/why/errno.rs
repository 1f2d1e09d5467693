//! What bind(2) and socket(2) leave in errno.

use std::fmt;
use std::io;

use serde::Serialize;
use serde::ser::SerializeStruct;

/// An error number of Linux; those that have no name here are shown as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Errno(pub i32);

impl Errno {
    /// Forbidden by a filter or a security module.
    pub const EPERM: Self = Self(1);
    /// A privilege is missing.
    pub const EACCES: Self = Self(13);
    /// No such interface.
    pub const ENODEV: Self = Self(19);
    /// The arguments do not fit together.
    pub const EINVAL: Self = Self(22);
    /// The kernel does not have the protocol.
    pub const EPROTONOSUPPORT: Self = Self(93);
    /// The kernel does not have the family.
    pub const EAFNOSUPPORT: Self = Self(97);
    /// Another socket has it.
    pub const EADDRINUSE: Self = Self(98);
    /// No interface here has the address; of connect(2), no port is left.
    pub const EADDRNOTAVAIL: Self = Self(99);

    /// The name of the constant.
    ///
    /// # Source
    /// errno(3); the numbers are those of every architecture that Rust's Linux targets share except MIPS and SPARC.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::EPERM => "EPERM",
            Self::EACCES => "EACCES",
            Self::ENODEV => "ENODEV",
            Self::EINVAL => "EINVAL",
            Self::EPROTONOSUPPORT => "EPROTONOSUPPORT",
            Self::EAFNOSUPPORT => "EAFNOSUPPORT",
            Self::EADDRINUSE => "EADDRINUSE",
            Self::EADDRNOTAVAIL => "EADDRNOTAVAIL",
            _ => return None,
        })
    }

    /// The words of strerror(3).
    pub fn words(self) -> String {
        sockeye_common::errno::cause(&io::Error::from_raw_os_error(self.0))
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name}: {}", self.words()),
            None => write!(f, "errno {}: {}", self.0, self.words()),
        }
    }
}

impl Serialize for Errno {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Errno", 2)?;
        object.serialize_field("code", &self.0)?;
        object.serialize_field("name", &self.name())?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_this_system() {
        for (errno, kind) in [
            (Errno::EADDRINUSE, io::ErrorKind::AddrInUse),
            (Errno::EADDRNOTAVAIL, io::ErrorKind::AddrNotAvailable),
            (Errno::EACCES, io::ErrorKind::PermissionDenied),
            (Errno::EINVAL, io::ErrorKind::InvalidInput),
        ] {
            assert_eq!(io::Error::from_raw_os_error(errno.0).kind(), kind);
        }
        assert_eq!(Errno::EADDRINUSE.to_string(), "EADDRINUSE: Address already in use");
        assert_eq!(Errno::ENODEV.words(), "No such device");
        assert_eq!(Errno::EAFNOSUPPORT.words(), "Address family not supported by protocol");
        assert!(Errno(4095).to_string().starts_with("errno 4095"));
    }
}
