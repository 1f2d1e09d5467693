//! Classic pcap, written.

use std::io::{self, Write};

use sockeye_common::order::ByteOrder;

use crate::classic::{FILE_HEADER_LEN, MAJOR, MINOR, RECORD_HEADER_LEN};
use crate::frame::{Resolution, Timestamp};
use crate::link_type::LinkType;

/// What a file header promises about the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The order of its integers.
    pub order: ByteOrder,
    /// The unit of the fractions of seconds.
    pub precision: Precision,
    /// The most octets of a frame, as the header says it. Longer ones are written all the same.
    pub snaplen: u32,
}

/// The unit of the fractions of seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Microseconds: every reader takes them.
    #[default]
    Micro,
    /// Nanoseconds.
    Nano,
}

impl Precision {
    /// As the unit in which an interface counts.
    pub const fn resolution(self) -> Resolution {
        match self {
            Self::Micro => Resolution::MICRO,
            Self::Nano => Resolution::NANO,
        }
    }
}

impl Default for Format {
    /// Little-endian microseconds and tcpdump's limit of 262,144 octets: the same file on every machine.
    fn default() -> Self {
        Self { order: ByteOrder::Little, precision: Precision::Micro, snaplen: 262_144 }
    }
}

/// Writes a classic pcap file. Put a `BufWriter` under it: each record is two small writes.
#[derive(Debug)]
pub struct Writer<W> {
    inner: W,
    format: Format,
}

impl<W: Write> Writer<W> {
    /// Writes the file header.
    ///
    /// # Errors
    /// Whatever the write says.
    pub fn new(mut inner: W, link_type: LinkType, format: Format) -> io::Result<Self> {
        let Format { order, precision, snaplen } = format;
        let magic = match precision {
            Precision::Micro => 0xa1b2_c3d4,
            Precision::Nano => 0xa1b2_3c4d,
        };
        let mut header = sockeye_common::wire::Writer::new();
        header.u32_in(order, magic).u16_in(order, MAJOR).u16_in(order, MINOR).octets(&[0; 8]);
        header.u32_in(order, snaplen).u32_in(order, link_type.0.into());
        debug_assert_eq!(header.len(), FILE_HEADER_LEN);
        inner.write_all(header.as_slice())?;
        Ok(Self { inner, format })
    }

    /// Writes one record. An `original_len` below the number of octets is written as that number.
    ///
    /// # Errors
    /// Whatever the write says; [`io::ErrorKind::InvalidInput`] if the time is outside 1970 to 2106 or the frame has 4 GiB,
    /// which the format cannot say. Nothing is written then.
    pub fn write(&mut self, timestamp: Timestamp, original_len: usize, octets: &[u8]) -> io::Result<()> {
        let Format { order, precision, .. } = self.format;
        let fraction = match precision {
            Precision::Micro => timestamp.nanoseconds / 1_000,
            Precision::Nano => timestamp.nanoseconds,
        };
        let seconds = u32::try_from(timestamp.seconds).map_err(|_| unsayable("a time outside 1970 to 2106"))?;
        let captured = u32::try_from(octets.len()).map_err(|_| unsayable("a frame of 4 GiB"))?;
        let original = u32::try_from(original_len).map_err(|_| unsayable("an original length of 4 GiB"))?.max(captured);
        let mut header = [0; RECORD_HEADER_LEN];
        for (field, value) in header.as_chunks_mut::<4>().0.iter_mut().zip([seconds, fraction, captured, original]) {
            *field = order.u32_octets(value);
        }
        self.inner.write_all(&header)?;
        self.inner.write_all(octets)
    }

    /// Flushes what is under it.
    ///
    /// # Errors
    /// Whatever the flush says.
    pub fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }

    /// What is under it.
    pub fn into_inner(self) -> W {
        self.inner
    }
}

fn unsayable(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("classic pcap cannot hold {what}"))
}
