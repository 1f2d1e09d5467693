//! pcapng, written: one section, little-endian, times in nanoseconds.

use std::io::{self, Write};

use sockeye_common::order::ByteOrder;
use sockeye_common::wire;

use super::{ENHANCED_PACKET, IF_TSRESOL, INTERFACE_DESCRIPTION, MAJOR, SECTION_HEADER};
use crate::frame::Timestamp;
use crate::link_type::LinkType;

/// The same file on every machine.
const ORDER: ByteOrder = ByteOrder::Little;
const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
/// The blocks of a section of which the length is not known in advance.
const UNKNOWN_LEN: [u8; 8] = [0xff; 8];
const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
const IF_NAME: u16 = 2;
const USER_APPLICATION: u16 = 4;
/// Ten to the minus nine.
const NANOSECONDS: u8 = 9;

/// Writes a pcapng file. Put a `BufWriter` under it if it is a file: each block is one write.
///
/// # Source
/// draft-ietf-opsawg-pcapng sections 4.1 to 4.3.
#[derive(Debug)]
pub struct Writer<W> {
    inner: W,
    interfaces: u32,
}

impl<W: Write> Writer<W> {
    /// Writes the section header, which says that `application` wrote the file.
    ///
    /// # Errors
    /// Whatever the write says.
    pub fn new(mut inner: W, application: &str) -> io::Result<Self> {
        let mut body = wire::Writer::new();
        body.u32_in(ORDER, BYTE_ORDER_MAGIC).u16_in(ORDER, MAJOR).u16_in(ORDER, 0).octets(&UNKNOWN_LEN);
        options(&mut body, &[(USER_APPLICATION, application.as_bytes())]);
        inner.write_all(&block(u32::from_be_bytes(SECTION_HEADER), body.as_slice())?)?;
        Ok(Self { inner, interfaces: 0 })
    }

    /// Describes an interface, and returns the number that frames name it by.
    ///
    /// # Errors
    /// Whatever the write says.
    pub fn interface(&mut self, name: &str, link_type: LinkType) -> io::Result<u32> {
        let mut body = wire::Writer::new();
        body.u16_in(ORDER, link_type.0).u16_in(ORDER, 0).u32_in(ORDER, 0);
        options(&mut body, &[(IF_NAME, name.as_bytes()), (IF_TSRESOL, &[NANOSECONDS])]);
        self.inner.write_all(&block(INTERFACE_DESCRIPTION, body.as_slice())?)?;
        let number = self.interfaces;
        self.interfaces = number.saturating_add(1);
        Ok(number)
    }

    /// Writes a whole frame with a comment, unless that is empty.
    ///
    /// # Errors
    /// Whatever the write says; [`io::ErrorKind::InvalidInput`] if the time is outside 1970 to 2554, the frame has 4 GiB or
    /// no such interface has been described. Nothing is written then.
    pub fn write(&mut self, interface: u32, timestamp: Timestamp, octets: &[u8], comment: &str) -> io::Result<()> {
        if interface >= self.interfaces {
            return Err(unsayable("a frame of an interface that it does not describe"));
        }
        let seconds = u64::try_from(timestamp.seconds).ok().and_then(|seconds| seconds.checked_mul(1_000_000_000));
        let ticks = seconds.and_then(|ticks| ticks.checked_add(timestamp.nanoseconds.into()));
        let ticks = ticks.ok_or_else(|| unsayable("a time outside 1970 to 2554"))?;
        let len = u32::try_from(octets.len()).map_err(|_| unsayable("a frame of 4 GiB"))?;
        let (high, low) = (u32::try_from(ticks >> 32).unwrap_or(0), u32::try_from(ticks & 0xffff_ffff).unwrap_or(0));
        let mut body = wire::Writer::new();
        body.u32_in(ORDER, interface).u32_in(ORDER, high).u32_in(ORDER, low).u32_in(ORDER, len).u32_in(ORDER, len);
        body.octets(octets);
        pad(&mut body, octets.len());
        if !comment.is_empty() {
            options(&mut body, &[(COMMENT, comment.as_bytes())]);
        }
        self.inner.write_all(&block(ENHANCED_PACKET, body.as_slice())?)
    }

    /// What is under it.
    pub fn into_inner(self) -> W {
        self.inner
    }
}

/// A block around its body, which is a multiple of four octets.
fn block(kind: u32, body: &[u8]) -> io::Result<Vec<u8>> {
    let total = u32::try_from(body.len()).ok().and_then(|len| len.checked_add(12));
    let total = total.ok_or_else(|| unsayable("a block of 4 GiB"))?;
    let mut block = wire::Writer::new();
    block.u32_in(ORDER, kind).u32_in(ORDER, total).octets(body).u32_in(ORDER, total);
    Ok(block.into_octets())
}

/// A list of options, ended. One that is longer than its length can say is cut.
fn options(body: &mut wire::Writer, options: &[(u16, &[u8])]) {
    for (code, value) in options {
        let len = u16::try_from(value.len()).unwrap_or(u16::MAX);
        let value = value.get(..len.into()).unwrap_or(value);
        body.u16_in(ORDER, *code).u16_in(ORDER, len).octets(value);
        pad(body, value.len());
    }
    body.u16_in(ORDER, END_OF_OPTIONS).u16_in(ORDER, 0);
}

/// Zeroes up to a multiple of four.
fn pad(body: &mut wire::Writer, len: usize) {
    body.octets([0; 3].get(..len.wrapping_neg() % 4).unwrap_or_default());
}

fn unsayable(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("pcapng cannot hold {what}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::SliceReader;

    proptest! {
        #[test]
        fn what_is_written_is_read(
            frames: Vec<(bool, Vec<u8>, u32, String)>,
            names: [String; 2],
        ) {
            let mut file = Writer::new(Vec::new(), "test").unwrap();
            let links = [LinkType::ETHERNET, LinkType::RAW];
            for (name, link) in names.iter().zip(links) {
                file.interface(name, link).unwrap();
            }
            for (number, (second, octets, nanoseconds, comment)) in frames.iter().enumerate() {
                let stamp = Timestamp { seconds: i64::try_from(number).unwrap(), nanoseconds: nanoseconds % 1_000_000_000 };
                file.write((*second).into(), stamp, octets, comment).unwrap();
            }
            let file = file.into_inner();
            prop_assert_eq!(file.len() % 4, 0);
            let mut reader = SliceReader::new(&file);
            for (number, (second, octets, nanoseconds, _)) in frames.iter().enumerate() {
                let frame = reader.next_frame().unwrap().unwrap();
                prop_assert_eq!(frame.octets, &octets[..]);
                prop_assert_eq!(frame.interface, u32::from(*second));
                prop_assert_eq!(frame.link_type, links[usize::from(*second)]);
                let stamp = Timestamp { seconds: i64::try_from(number).unwrap(), nanoseconds: nanoseconds % 1_000_000_000 };
                prop_assert_eq!(frame.timestamp, Some(stamp));
            }
            prop_assert!(reader.next_frame().unwrap().is_none());
        }
    }

    #[test]
    fn what_the_format_cannot_hold() {
        let mut file = Writer::new(Vec::new(), "test").unwrap();
        assert!(file.write(0, Timestamp::default(), &[], "").is_err());
        file.interface("eth0", LinkType::ETHERNET).unwrap();
        let len = file.inner.len();
        assert!(file.write(0, Timestamp { seconds: -1, nanoseconds: 0 }, &[], "").is_err());
        assert!(file.write(0, Timestamp { seconds: i64::MAX, nanoseconds: 0 }, &[], "").is_err());
        assert_eq!(file.inner.len(), len);
    }
}
