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
const PATCHED_RECORD_HEADER_LEN: usize = 24;
const IXIA_FILE_HEADER_LEN: usize = 28;
pub(crate) const MAJOR: u16 = 2;
pub(crate) const MINOR: u16 = 4;
/// The bit of the link-type field that says that the FCS length above it is meant.
const FCS_PRESENT: u32 = 0x0400_0000;

/// What a magic number says of the file behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    order: ByteOrder,
    resolution: Resolution,
    /// How long the file header is.
    pub(crate) header_len: usize,
    record_header_len: usize,
}

impl Dialect {
    /// What `magic` says, if it is one of a file that is read.
    ///
    /// # Source
    /// draft-ietf-opsawg-pcap section 4 for the two that count micro- and nanoseconds. Alexey Kuznetzov's patched libpcap
    /// had the interface's index, the protocol, and the packet type behind the lengths of a record; files of Ixia's test
    /// sets (lcap, by their hardware or software) have their own size behind the file header. The last two are known from
    /// what reads them: libpcap and Wireshark. SuSE 6.3 wrote four octets more under Kuznetzov's number, and Nokia under
    /// the common one: nothing in the file says so.
    pub(crate) fn of(magic: [u8; 4]) -> Option<Self> {
        [ByteOrder::Big, ByteOrder::Little].into_iter().find_map(|order| {
            let (resolution, header_len, record_header_len) = match order.u32(magic) {
                0xa1b2_c3d4 => (Resolution::MICRO, FILE_HEADER_LEN, RECORD_HEADER_LEN),
                0xa1b2_3c4d => (Resolution::NANO, FILE_HEADER_LEN, RECORD_HEADER_LEN),
                0xa1b2_cd34 => (Resolution::MICRO, FILE_HEADER_LEN, PATCHED_RECORD_HEADER_LEN),
                0x1c00_01ab | 0x1c00_01ac => (Resolution::MICRO, IXIA_FILE_HEADER_LEN, RECORD_HEADER_LEN),
                _ => return None,
            };
            Some(Self { order, resolution, header_len, record_header_len })
        })
    }
}

/// What else writes files that start with `magic`, and whether editcap(1) reads them.
///
/// # Source
/// libpcap's list of magic numbers that are reserved; RFC 1761 for snoop; Wireshark's list of file types.
pub(crate) fn foreign(magic: [u8; 4]) -> Option<(&'static str, bool)> {
    Some(match &magic {
        b"snoo" => ("a snoop capture", true),
        b"btsn" => ("a Bluetooth snoop capture", true),
        b"GMBU" | b"RTSS" => ("a capture of Microsoft Network Monitor", true),
        b"TRSN" => ("a capture of a Sniffer", true),
        b"XCP\0" => ("a capture of NetXRay or Sniffer for Windows", true),
        b"iptr" => ("a trace of iptrace", true),
        _ => match [u32::from_be_bytes(magic), u32::from_le_bytes(magic)] {
            [0xa1b2_34cd, _] | [_, 0xa1b2_34cd] => ("a capture of Francisco Mesquita's libpcap", false),
            [0xa12b_3c4d, _] | [_, 0xa12b_3c4d] => ("a capture of Navtel's libpcap", false),
            [0xa1b2_c3cb, _] | [_, 0xa1b2_c3cb] => ("a capture of CBPF", false),
            _ => return None,
        },
    })
}

/// A capture file whose header has been read.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) interface: Interface,
    order: ByteOrder,
    record_header_len: usize,
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
    pub(crate) fn parse(reader: &mut Reader<'_>, dialect: Dialect, position: u64) -> Result<Self, CaptureError> {
        let Dialect { order, resolution, record_header_len, .. } = dialect;
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
        Ok(Self {
            interface: Interface { link_type, snaplen, resolution, offset_s: 0, fcs_len },
            order,
            record_header_len,
            lengths,
        })
    }

    #[inline]
    pub(crate) fn step(&self, input: &[u8], position: u64) -> Result<Step, CaptureError> {
        let header_len = self.record_header_len;
        let header = input.get(..header_len).unwrap_or_default();
        // What a patched libpcap put behind these is not used.
        let [seconds, fraction, first, second, ..] = *header.as_chunks::<4>().0 else {
            return Ok(Step::Need(Need::new(RECORD, "record header", 0, header_len)));
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
        let consumed = header_len + len;
        if input.len() < consumed {
            return Ok(Step::Need(Need::new(RECORD, "Packet Data", header_len, len)));
        }
        // Some files have a fraction of a second or more: it is carried over.
        let timestamp = self.interface.resolution.timestamp(fraction.into(), seconds.into());
        Ok(Step::Frame(Record {
            start: header_len,
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
