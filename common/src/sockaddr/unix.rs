//! sockaddr_un: the address whose length is part of it.

use std::fmt::{self, Write};

/// The size of sun_path, in octets.
pub const SUN_PATH_LEN: usize = 108;

/// A Unix-domain socket address, as it lies in memory: the octets of sun_path that its length covers.
///
/// No octets are an unnamed socket, a first octet of NUL is an abstract name that is everything after it, NULs too, and
/// anything else is a pathname up to the first NUL or the end.
///
/// # Source
/// unix(7).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SockaddrUn {
    sun_path: Vec<u8>,
}

/// What a [`SockaddrUn`] names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnixName<'a> {
    /// Nothing: the socket is not bound, or is one of a pair.
    Unnamed,
    /// A file, without the NUL at the end.
    Pathname(&'a [u8]),
    /// A name that is in no file system, without the NUL in front.
    Abstract(&'a [u8]),
}

impl SockaddrUn {
    /// The address of a socket without a name.
    pub fn unnamed() -> Self {
        Self { sun_path: Vec::new() }
    }

    /// The address of a socket file, with a NUL at the end where there is room, as portable programs write it.
    ///
    /// # Errors
    /// [`PathError`] if it is empty, has a NUL, or is more than [`SUN_PATH_LEN`] octets.
    pub fn pathname(path: &[u8]) -> Result<Self, PathError> {
        if path.is_empty() {
            return Err(PathError::Empty);
        }
        if let Some(offset) = path.iter().position(|octet| *octet == 0) {
            return Err(PathError::Nul { offset });
        }
        if path.len() > SUN_PATH_LEN {
            return Err(PathError::TooLong { length: path.len(), limit: SUN_PATH_LEN });
        }
        let mut sun_path = path.to_vec();
        if path.len() < SUN_PATH_LEN {
            sun_path.push(0);
        }
        Ok(Self { sun_path })
    }

    /// The address of an abstract socket. The name may be empty and may hold any octet.
    ///
    /// # Errors
    /// [`PathError::TooLong`] if it and the NUL in front are more than [`SUN_PATH_LEN`] octets.
    pub fn abstract_name(name: &[u8]) -> Result<Self, PathError> {
        if name.len() >= SUN_PATH_LEN {
            return Err(PathError::TooLong { length: name.len(), limit: SUN_PATH_LEN - 1 });
        }
        let mut sun_path = vec![0];
        sun_path.extend_from_slice(name);
        Ok(Self { sun_path })
    }

    /// The address with this sun_path, or `None` if it is too long.
    ///
    /// One octet more than the structure has is allowed to a pathname, if it is NUL: the kernel adds the NUL that the
    /// longest path leaves no room for, and returns a length of 111 (unix(7), BUGS).
    pub(super) fn from_sun_path(sun_path: &[u8]) -> Option<Self> {
        let fits =
            sun_path.len() <= SUN_PATH_LEN || sun_path.iter().position(|octet| *octet == 0) == Some(SUN_PATH_LEN);
        (fits && sun_path.len() <= SUN_PATH_LEN + 1).then(|| Self { sun_path: sun_path.to_vec() })
    }

    /// The octets after sun_family, as many as the address has.
    pub fn sun_path(&self) -> &[u8] {
        &self.sun_path
    }

    /// What the address names.
    pub fn name(&self) -> UnixName<'_> {
        match self.sun_path.as_slice() {
            [] => UnixName::Unnamed,
            [0, name @ ..] => UnixName::Abstract(name),
            path => UnixName::Pathname(path.split(|octet| *octet == 0).next().unwrap_or_default()),
        }
    }
}

impl UnixName<'_> {
    /// What sun_path means, in words.
    pub(super) fn meaning(self) -> String {
        match self {
            Self::Unnamed => "none: the length ends here, so the socket has no name".to_owned(),
            Self::Pathname(_) => format!("pathname {self}"),
            Self::Abstract([]) => format!("abstract name {self}, of no octets"),
            // Who passes sizeof(struct sockaddr_un) with an abstract name gets all of it as the name.
            Self::Abstract([.., 0]) => {
                format!("abstract name {self}, the NULs at the end included: the length says where it ends")
            }
            Self::Abstract(_) => format!("abstract name {self}"),
        }
    }
}

impl fmt::Display for SockaddrUn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

impl fmt::Display for UnixName<'_> {
    /// A path as it is, `@` before an abstract name as ss(8) writes it, `(unnamed)` for none.
    ///
    /// What a terminal would not show as itself is escaped: `\x1b`. So is a backslash, the `@` of a path that starts with one,
    /// and the bracket of a path that is `(unnamed)`, so that no two names look alike.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unnamed => f.write_str("(unnamed)"),
            Self::Abstract(name) => {
                f.write_char('@')?;
                write_escaped(f, name)
            }
            Self::Pathname([b'@', rest @ ..]) => {
                f.write_str("\\x40")?;
                write_escaped(f, rest)
            }
            Self::Pathname(b"(unnamed)") => f.write_str("\\x28unnamed)"),
            Self::Pathname(path) => write_escaped(f, path),
        }
    }
}

fn write_escaped(f: &mut fmt::Formatter<'_>, octets: &[u8]) -> fmt::Result {
    for chunk in octets.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\\' => f.write_str("\\\\")?,
                ' '..='~' => f.write_char(character)?,
                control if control.is_ascii() => write!(f, "\\x{:02x}", u32::from(control))?,
                // Controls, invisible marks and combining characters come out as \u{..}.
                other => write!(f, "{}", other.escape_debug())?,
            }
        }
        for octet in chunk.invalid() {
            write!(f, "\\x{octet:02x}")?;
        }
    }
    Ok(())
}

/// Why a name is none that a Unix-domain socket can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathError {
    /// A pathname of no octets.
    Empty,
    /// A NUL, which ends a pathname.
    Nul {
        /// Where, in octets from 0.
        offset: usize,
    },
    /// More octets than sun_path holds.
    TooLong {
        /// How many it has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
}

impl fmt::Display for PathError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the path is empty"),
            Self::Nul { offset } => write!(f, "the path has a NUL at octet {offset}"),
            Self::TooLong { length, limit } => {
                write!(f, "{length} octets are more than the {limit} that sun_path holds")
            }
        }
    }
}

impl std::error::Error for PathError {}
