//! What can be wrong with a capture.

use std::{fmt, io};

use sockeye_common::errno::cause;
use sockeye_common::hex;

use crate::pcapng::SHB;
use crate::unpack::UnpackError;

/// Why the next frame could not be delivered. Offsets are in octets from the start of the capture.
///
/// Every frame before the fault has been delivered when this is returned.
#[derive(Debug)]
#[non_exhaustive]
pub enum CaptureError {
    /// The stream under the reader failed.
    Io {
        /// How many octets had been read.
        offset: u64,
        /// What the call said.
        source: io::Error,
    },
    /// Nothing to read: not even a magic number.
    Empty,
    /// The magic number is that of a compressed file, and not of one that is unpacked here.
    Compressed {
        /// The format.
        format: Compression,
    },
    /// The file is compressed, and that is where the fault is.
    Unpack(UnpackError),
    /// The magic number is that of another kind of capture.
    Foreign {
        /// What wrote it, or what it is called.
        format: &'static str,
        /// Whether editcap(1) reads it.
        convertible: bool,
    },
    /// The first four octets are no magic number that is known.
    NotACapture {
        /// Those octets.
        found: [u8; 4],
    },
    /// The capture ends inside a record or block.
    Truncated {
        /// Where the field starts.
        offset: u64,
        /// The header, record or block.
        block: &'static str,
        /// The field.
        field: &'static str,
        /// How many octets it needs.
        needed: u64,
        /// How many were left.
        available: u64,
    },
    /// A version that nothing is known about.
    Version {
        /// Where the version starts.
        offset: u64,
        /// The header or block.
        block: &'static str,
        /// Major version.
        major: u16,
        /// Minor version.
        minor: u16,
        /// The major version that is read.
        expected: u16,
    },
    /// A section of pcapng whose Byte-Order Magic is neither order's.
    ByteOrderMagic {
        /// Where it starts.
        offset: u64,
        /// Its octets.
        found: [u8; 4],
    },
    /// A length above what any frame or block has: the file is damaged here.
    TooLong {
        /// Where the length is.
        offset: u64,
        /// The record or block.
        block: &'static str,
        /// The field that holds the length.
        field: &'static str,
        /// What it says.
        length: u64,
        /// The most that is accepted.
        limit: u64,
    },
    /// A block too short for its own fields.
    TooShort {
        /// Where the length is.
        offset: u64,
        /// The block.
        block: &'static str,
        /// Its Block Total Length.
        length: u64,
        /// The least that the block needs.
        minimum: u64,
    },
    /// A block's two lengths, before and after its body, differ.
    LengthsDiffer {
        /// Where the second one is.
        offset: u64,
        /// The block.
        block: &'static str,
        /// The first.
        leading: u32,
        /// The second.
        trailing: u32,
    },
    /// A length inside a block reaches past its end.
    BeyondBlock {
        /// Where the data starts.
        offset: u64,
        /// The block.
        block: &'static str,
        /// The field that holds the data.
        field: &'static str,
        /// How many octets it should have.
        needed: u64,
        /// How many the block has left.
        available: u64,
    },
    /// A packet of an interface that the section has not described.
    UnknownInterface {
        /// Where the block starts.
        offset: u64,
        /// The block.
        block: &'static str,
        /// The interface's number, from 0.
        interface: u32,
        /// How many interfaces are described.
        known: usize,
    },
}

impl CaptureError {
    /// A read that failed behind `offset` octets: of the file, or of what it is compressed with.
    pub(crate) fn from_read(offset: u64, source: io::Error) -> Self {
        match UnpackError::of(&source) {
            Some(fault) => Self::Unpack(fault.clone()),
            None => Self::Io { offset, source },
        }
    }
}

/// Compressed formats that are recognised: two that [`Unpacked`](crate::Unpacked) reads, the others so that their refusal
/// can say what to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// RFC 1952.
    Gzip,
    /// RFC 8878.
    Zstandard,
    /// The .xz format.
    Xz,
    /// The bzip2 format.
    Bzip2,
    /// The LZ4 frame format.
    Lz4,
}

impl Compression {
    /// The format that starts with `octets`, if any.
    pub fn detect(octets: &[u8]) -> Option<Self> {
        const MAGICS: [(&[u8], Compression); 5] = [
            (&[0x1f, 0x8b], Compression::Gzip),
            (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstandard),
            (&[0xfd, b'7', b'z', b'X'], Compression::Xz),
            (b"BZh", Compression::Bzip2),
            (&[0x04, 0x22, 0x4d, 0x18], Compression::Lz4),
        ];
        match octets {
            // What pzstd(1) puts in front: a skippable frame, RFC 8878 section 3.1.2.
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstandard),
            _ => MAGICS.iter().find(|(magic, _)| octets.starts_with(magic)).map(|(_, format)| *format),
        }
    }

    /// The name of the format, which is that of its program.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstandard => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
        }
    }
}

impl fmt::Display for CaptureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { offset, source } => write!(f, "read at octet {offset}: {}", cause(source)),
            Self::Empty => write!(f, "empty: a capture starts with a magic number"),
            Self::Compressed { format } => {
                let name = format.name();
                write!(f, "compressed with {name}, which is not read directly: unpack it with `{name} -dc` first")
            }
            Self::Unpack(fault) => write!(f, "{fault}"),
            Self::Foreign { format, convertible: true } => {
                write!(f, "{format}, which is not read: convert it with `editcap -F pcapng` first")
            }
            Self::Foreign { format, convertible: false } => write!(f, "{format}, which is not read"),
            Self::NotACapture { found } => {
                write!(f, "not a pcap or pcapng capture: it starts with {}", hex::spaced(found))
            }
            Self::Truncated { offset, block, field, needed, available } => {
                write!(f, "cut off in a {block} at octet {offset}: {field} needs {needed} octets, {available} left")
            }
            Self::Version { offset, block, major, minor, expected } => {
                write!(f, "{block} at octet {offset}: version {major}.{minor} where {expected}.x is expected")
            }
            Self::ByteOrderMagic { offset, found } => {
                let found = hex::spaced(found);
                write!(f, "{SHB} at octet {offset}: Byte-Order Magic is {found}, not 1a 2b 3c 4d in either order")
            }
            Self::TooLong { offset, block, field, length, limit } => {
                write!(f, "{block} at octet {offset}: {field} is {length}, more than {limit}: the file is damaged here")
            }
            Self::TooShort { offset, block, length, minimum } => {
                write!(f, "{block} at octet {offset}: Block Total Length is {length}, less than {minimum}")
            }
            Self::LengthsDiffer { offset, block, leading, trailing } => write!(
                f,
                "{block} at octet {offset}: Block Total Length is {trailing} after the body and {leading} before it"
            ),
            Self::BeyondBlock { offset, block, field, needed, available } => {
                write!(f, "{block} at octet {offset}: {field} needs {needed} octets, {available} left in the block")
            }
            Self::UnknownInterface { offset, block, interface, known } => {
                write!(f, "{block} at octet {offset}: interface {interface} is not described, only {known} are")
            }
        }
    }
}

impl std::error::Error for CaptureError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Unpack(fault) => Some(fault),
            _ => None,
        }
    }
}
