//! Classic pcap: a file header, then records.
//!
//! # Source
//! draft-ietf-opsawg-pcap.

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use crate::decoder::{MAX_FRAME_LEN, Need, Record, Step, beyond_block, narrow};
use crate::error::CaptureError;
use crate::frame::{Interface, Resolution};
use crate::link_type::LinkType;

pub(crate) const FILE_HEADER: &str = "file header";
pub(crate) const FILE_HEADER_LEN: usize = 24;
pub(crate) const RECORD: &str = "packet record";
pub(crate) const RECORD_HEADER_LEN: usize = 16;
pub(crate) const MAJOR: u16 = 2;
pub(crate) const MINOR: u16 = 4;
/// The bit of the link-type field that says that the FCS length above it is meant.
const FCS_PRESENT: u32 = 0x0400_0000;

/// A capture file whose header has been read.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) interface: Interface,
    order: ByteOrder,
    lengths: Lengths,
}

/// In which order a record has its two lengths. Versions before 2.3 had the original length first, and of 2.3 both exist.
#[derive(Clone, Copy, Debug)]
enum Lengths {
    CapturedFirst,
    OriginalFirst,
    SmallerIsCaptured,
}

impl File {
    /// Reads the file header, the magic number included.
    pub(crate) fn parse(
        reader: &mut Reader<'_>,
        order: ByteOrder,
        resolution: Resolution,
        position: u64,
    ) -> Result<Self, CaptureError> {
        let cut = beyond_block(FILE_HEADER, position);
        reader.skip(4, "Magic Number").map_err(&cut)?;
        let major = reader.u16_in(order, "Major Version").map_err(&cut)?;
        let minor = reader.u16_in(order, "Minor Version").map_err(&cut)?;
        reader.skip(8, "Reserved").map_err(&cut)?;
        let snaplen = reader.u32_in(order, "SnapLen").map_err(&cut)?;
        let network = reader.u32_in(order, "LinkType").map_err(&cut)?;
        let lengths = match (major, minor) {
            (MAJOR, 0..=2) => Lengths::OriginalFirst,
            (MAJOR, 3) => Lengths::SmallerIsCaptured,
            (MAJOR, _) => Lengths::CapturedFirst,
            _ => {
                let offset = position.saturating_add(4);
                return Err(CaptureError::Version { offset, block: FILE_HEADER, major, minor, expected: MAJOR });
            }
        };
        let [_, _, high, low] = network.to_be_bytes();
        let link_type = LinkType(u16::from_be_bytes([high, low]));
        // The length counts 16-bit units: four bits, so at most 30 octets.
        let fcs_len = if network & FCS_PRESENT == 0 { 0 } else { u8::try_from((network >> 28) * 2).unwrap_or(0) };
        Ok(Self { interface: Interface { link_type, snaplen, resolution, offset_s: 0, fcs_len }, order, lengths })
    }

    #[inline]
    pub(crate) fn step(&self, input: &[u8], position: u64) -> Result<Step, CaptureError> {
        let header = input.get(..RECORD_HEADER_LEN).unwrap_or_default();
        let [seconds, fraction, first, second] = *header.as_chunks::<4>().0 else {
            return Ok(Step::Need(Need::new(RECORD, "record header", 0, RECORD_HEADER_LEN)));
        };
        let [seconds, fraction, first, second] =
            [seconds, fraction, first, second].map(|octets| self.order.u32(octets));
        let (captured, original_len) = match self.lengths {
            Lengths::CapturedFirst => (first, second),
            Lengths::OriginalFirst => (second, first),
            Lengths::SmallerIsCaptured => (first.min(second), first.max(second)),
        };
        if captured > MAX_FRAME_LEN {
            return Err(CaptureError::TooLong {
                offset: position.saturating_add(8),
                block: RECORD,
                field: "Captured Packet Length",
                length: captured.into(),
                limit: MAX_FRAME_LEN.into(),
            });
        }
        let len = narrow(captured);
        let consumed = RECORD_HEADER_LEN + len;
        if input.len() < consumed {
            return Ok(Step::Need(Need::new(RECORD, "Packet Data", RECORD_HEADER_LEN, len)));
        }
        // Some files have a fraction of a second or more: it is carried over.
        let timestamp = self.interface.resolution.timestamp(fraction.into(), seconds.into());
        Ok(Step::Frame(Record {
            start: RECORD_HEADER_LEN,
            len,
            consumed,
            timestamp: Some(timestamp),
            interface: 0,
            link_type: self.interface.link_type,
            original_len,
            fcs_len: self.interface.fcs_len,
        }))
    }
}
