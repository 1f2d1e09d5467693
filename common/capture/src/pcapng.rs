//! pcapng: blocks in sections.
//!
//! Blocks that carry no packet are skipped by their length, without being held in memory. Options are walked leniently:
//! one that is malformed ends the walk, not the capture.
//!
//! # Source
//! draft-ietf-opsawg-pcapng; the obsolete Packet Block from its appendix.

mod writer;

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use crate::decoder::{MAX_FRAME_LEN, Need, Record, Step, beyond_block, narrow, wide};
use crate::error::CaptureError;
use crate::frame::{Interface, Resolution};
use crate::link_type::LinkType;

pub use writer::Writer;

/// The block type of a section header: the same in both orders.
pub(crate) const SECTION_HEADER: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];
const INTERFACE_DESCRIPTION: u32 = 1;
const OBSOLETE_PACKET: u32 = 2;
const SIMPLE_PACKET: u32 = 3;
const ENHANCED_PACKET: u32 = 6;

pub(crate) const SHB: &str = "Section Header Block";
const IDB: &str = "Interface Description Block";
const PB: &str = "Packet Block";
const SPB: &str = "Simple Packet Block";
const EPB: &str = "Enhanced Packet Block";
const OTHER: &str = "block";

const TOTAL_LENGTH: &str = "Block Total Length";
/// Type and Total Length.
const BLOCK_HEADER_LEN: usize = 8;
/// The second Total Length.
const TRAILER_LEN: usize = 4;
/// The least a block has.
const MIN_BLOCK_LEN: u32 = 12;
/// The most that a block that must be held whole may have: a frame and its options.
const MAX_BLOCK_LEN: u32 = MAX_FRAME_LEN + (1 << 16);
const MAJOR: u16 = 1;
/// The most interfaces that a section may describe: a packed file of nothing else would take a thousand times its length.
const MAX_INTERFACES: usize = 1 << 20;

/// Options that matter here.
const FLAGS: u16 = 2;
const IF_TSRESOL: u16 = 9;
const IF_FCSLEN: u16 = 13;
const IF_TSOFFSET: u16 = 14;

/// The section that is being read.
#[derive(Debug, Default)]
pub(crate) struct Section {
    /// `None` until the first section header.
    order: Option<ByteOrder>,
    interfaces: Vec<Interface>,
    /// The body of a block has been skipped; its second length must be this.
    trailer: Option<u32>,
}

/// A block that is in the input as a whole.
struct Block<'a> {
    name: &'static str,
    /// From the type to the end of the body: offsets in it are offsets in the block.
    octets: &'a [u8],
    position: u64,
    order: ByteOrder,
    total: usize,
}

impl<'a> Block<'a> {
    /// Reads the body.
    fn reader(&self) -> Reader<'a> {
        Reader::at(self.octets, BLOCK_HEADER_LEN).unwrap_or_else(|| Reader::new(&[]))
    }

    fn u16(&self, reader: &mut Reader<'_>, field: &'static str) -> Result<u16, CaptureError> {
        reader.u16_in(self.order, field).map_err(beyond_block(self.name, self.position))
    }

    fn u32(&self, reader: &mut Reader<'_>, field: &'static str) -> Result<u32, CaptureError> {
        reader.u32_in(self.order, field).map_err(beyond_block(self.name, self.position))
    }

    fn data(&self, reader: &mut Reader<'a>, len: u32) -> Result<&'a [u8], CaptureError> {
        reader.octets(narrow(len), "Packet Data").map_err(beyond_block(self.name, self.position))
    }
}

impl Section {
    /// The interfaces that have been described.
    pub(crate) fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Whether there is a section at all.
    pub(crate) const fn is_started(&self) -> bool {
        self.order.is_some()
    }

    /// Whether a block boundary has been reached.
    pub(crate) fn may_end(&self) -> bool {
        self.trailer.is_none() && self.order.is_some()
    }

    pub(crate) fn step(&mut self, input: &[u8], position: u64) -> Result<Step, CaptureError> {
        if let Some(leading) = self.trailer {
            return self.skipped(leading, input, position);
        }
        let Some([a, b, c, d, length @ ..]) = input.first_chunk::<BLOCK_HEADER_LEN>() else {
            return Ok(Step::Need(Need::new(OTHER, "Block Type and Total Length", 0, BLOCK_HEADER_LEN)));
        };
        let block_type = [*a, *b, *c, *d];
        if block_type == SECTION_HEADER {
            return self.section_header(*length, input, position);
        }
        // A capture starts with a section header, which sets the order.
        let order = self.order.unwrap_or(ByteOrder::Big);
        let total = order.u32(*length);
        let name = match order.u32(block_type) {
            ENHANCED_PACKET => EPB,
            SIMPLE_PACKET => SPB,
            OBSOLETE_PACKET => PB,
            INTERFACE_DESCRIPTION => IDB,
            _ => return self.skip(total, position),
        };
        let block = match whole(name, order, total, input, position)? {
            Ok(block) => block,
            Err(need) => return Ok(Step::Need(need)),
        };
        match name {
            EPB => self.enhanced_packet(&block).map(Step::Frame),
            SPB => self.simple_packet(&block).map(Step::Frame),
            PB => self.obsolete_packet(&block).map(Step::Frame),
            _ => {
                self.describe(interface(&block)?, position)?;
                Ok(Step::Skip(Need::new(name, "body", 0, block.total)))
            }
        }
    }

    fn section_header(&mut self, length: [u8; 4], input: &[u8], position: u64) -> Result<Step, CaptureError> {
        let need = Need::new(SHB, "Byte-Order Magic", BLOCK_HEADER_LEN, 4);
        let Some(magic) = input.get(BLOCK_HEADER_LEN..).and_then(|rest| rest.first_chunk::<4>()) else {
            return Ok(Step::Need(need));
        };
        let order = match *magic {
            [0x1a, 0x2b, 0x3c, 0x4d] => ByteOrder::Big,
            [0x4d, 0x3c, 0x2b, 0x1a] => ByteOrder::Little,
            found => return Err(CaptureError::ByteOrderMagic { offset: position.saturating_add(8), found }),
        };
        let block = match whole(SHB, order, order.u32(length), input, position)? {
            Ok(block) => block,
            Err(need) => return Ok(Step::Need(need)),
        };
        let mut reader = block.reader();
        block.u32(&mut reader, "Byte-Order Magic")?;
        let major = block.u16(&mut reader, "Major Version")?;
        let minor = block.u16(&mut reader, "Minor Version")?;
        if major != MAJOR {
            let offset = position.saturating_add(12);
            return Err(CaptureError::Version { offset, block: SHB, major, minor, expected: MAJOR });
        }
        // Section Length is left alone: writers that cannot seek leave it unknown, and blocks are walked one by one.
        self.order = Some(order);
        self.interfaces.clear();
        Ok(Step::Skip(Need::new(SHB, "body", 0, block.total)))
    }

    /// A block that carries no packet: all but its second length is dropped unseen.
    fn skip(&mut self, total: u32, position: u64) -> Result<Step, CaptureError> {
        if total < MIN_BLOCK_LEN {
            return Err(too_short(OTHER, total, position));
        }
        self.trailer = Some(total);
        Ok(Step::Skip(Need::new(OTHER, "body", 0, narrow(total).saturating_sub(TRAILER_LEN))))
    }

    fn skipped(&mut self, leading: u32, input: &[u8], position: u64) -> Result<Step, CaptureError> {
        let need = Need::new(OTHER, TOTAL_LENGTH, 0, TRAILER_LEN);
        let Some(trailer) = input.first_chunk::<TRAILER_LEN>() else { return Ok(Step::Need(need)) };
        let trailing = self.order.unwrap_or(ByteOrder::Big).u32(*trailer);
        if trailing != leading {
            return Err(CaptureError::LengthsDiffer { offset: position, block: OTHER, leading, trailing });
        }
        self.trailer = None;
        Ok(Step::Skip(need))
    }

    fn describe(&mut self, interface: Interface, position: u64) -> Result<(), CaptureError> {
        let id = self.interfaces.len();
        if id == MAX_INTERFACES {
            return Err(CaptureError::TooLong {
                offset: position,
                block: IDB,
                field: "Interface ID",
                length: wide(id),
                limit: wide(MAX_INTERFACES - 1),
            });
        }
        self.interfaces.push(interface);
        Ok(())
    }

    fn enhanced_packet(&self, block: &Block<'_>) -> Result<Record, CaptureError> {
        let mut reader = block.reader();
        let id = block.u32(&mut reader, "Interface ID")?;
        let interface = self.interface(id, block)?;
        stamped_packet(id, interface, &mut reader, block)
    }

    fn obsolete_packet(&self, block: &Block<'_>) -> Result<Record, CaptureError> {
        let mut reader = block.reader();
        let id = u32::from(block.u16(&mut reader, "Interface ID")?);
        block.u16(&mut reader, "Drops Count")?;
        let interface = self.interface(id, block)?;
        stamped_packet(id, interface, &mut reader, block)
    }

    fn simple_packet(&self, block: &Block<'_>) -> Result<Record, CaptureError> {
        let interface = self.interface(0, block)?;
        let mut reader = block.reader();
        let original_len = block.u32(&mut reader, "Original Packet Length")?;
        // The only block without a captured length: what the interface's limit left of the frame.
        let captured = if interface.snaplen == 0 { original_len } else { original_len.min(interface.snaplen) };
        let start = reader.offset();
        let len = block.data(&mut reader, captured)?.len();
        Ok(Record {
            start,
            len,
            consumed: block.total,
            timestamp: None,
            interface: 0,
            link_type: interface.link_type,
            original_len,
            fcs_len: interface.fcs_len,
        })
    }

    fn interface(&self, id: u32, block: &Block<'_>) -> Result<&Interface, CaptureError> {
        self.interfaces.get(narrow(id)).ok_or(CaptureError::UnknownInterface {
            offset: block.position,
            block: block.name,
            interface: id,
            known: self.interfaces.len(),
        })
    }
}

/// What the Enhanced and the obsolete Packet Block have alike: from the timestamp on.
fn stamped_packet<'a>(
    id: u32,
    interface: &Interface,
    reader: &mut Reader<'a>,
    block: &Block<'a>,
) -> Result<Record, CaptureError> {
    let high = block.u32(reader, "Timestamp (Upper 4 octets)")?;
    let low = block.u32(reader, "Timestamp (Lower 4 octets)")?;
    let captured = block.u32(reader, "Captured Packet Length")?;
    let original_len = block.u32(reader, "Original Packet Length")?;
    let start = reader.offset();
    let len = block.data(reader, captured)?.len();
    let fcs_len = options(reader, block.order)
        .find(|(code, _)| *code == FLAGS)
        .and_then(|(_, value)| value.first_chunk::<4>().map(|flags| block.order.u32(*flags)))
        .and_then(|flags| u8::try_from((flags >> 5) & 0xf).ok())
        // Zero here means that the interface knows.
        .filter(|octets| *octets != 0)
        .unwrap_or(interface.fcs_len);
    let ticks = (u64::from(high) << 32) | u64::from(low);
    Ok(Record {
        start,
        len,
        consumed: block.total,
        timestamp: Some(interface.resolution.timestamp(ticks, interface.offset_s)),
        interface: id,
        link_type: interface.link_type,
        original_len,
        fcs_len,
    })
}

fn interface(block: &Block<'_>) -> Result<Interface, CaptureError> {
    let mut reader = block.reader();
    let link_type = LinkType(block.u16(&mut reader, "LinkType")?);
    block.u16(&mut reader, "Reserved")?;
    let snaplen = block.u32(&mut reader, "SnapLen")?;
    let mut interface = Interface { link_type, snaplen, resolution: Resolution::MICRO, offset_s: 0, fcs_len: 0 };
    for (code, value) in options(&mut reader, block.order) {
        match (code, value) {
            (IF_TSRESOL, [resolution, ..]) => interface.resolution = Resolution::from_octet(*resolution),
            (IF_FCSLEN, [length, ..]) => interface.fcs_len = fcs_octets(*length),
            (IF_TSOFFSET, value) => {
                if let Some(seconds) = value.first_chunk::<8>() {
                    interface.offset_s = block.order.u64(*seconds).cast_signed();
                }
            }
            _ => {}
        }
    }
    Ok(interface)
}

/// How many octets a frame check sequence has whose length an interface gives. The draft counts bits, but its example is 4, which
/// writers have taken for octets: no sequence has less than eight bits.
fn fcs_octets(length: u8) -> u8 {
    if length < 8 { length } else { length.div_ceil(8) }
}

/// The options from `reader` on, which stands at the end of the data or of the fixed fields.
fn options<'a>(reader: &mut Reader<'a>, order: ByteOrder) -> impl Iterator<Item = (u16, &'a [u8])> {
    std::iter::from_fn(move || {
        // Blocks start on a multiple of four, so that offsets in one are padded alike.
        reader.skip(reader.offset().wrapping_neg() % 4, "Padding").ok()?;
        let code = reader.u16_in(order, "Option Type").ok().filter(|code| *code != 0)?;
        let len = reader.u16_in(order, "Option Length").ok()?;
        Some((code, reader.octets(len.into(), "Option Value").ok()?))
    })
}

/// The block at the start of `input`, or what is missing of it.
fn whole<'a>(
    name: &'static str,
    order: ByteOrder,
    total: u32,
    input: &'a [u8],
    position: u64,
) -> Result<Result<Block<'a>, Need>, CaptureError> {
    if total < MIN_BLOCK_LEN {
        return Err(too_short(name, total, position));
    }
    if total > MAX_BLOCK_LEN {
        return Err(CaptureError::TooLong {
            offset: position.saturating_add(4),
            block: name,
            field: TOTAL_LENGTH,
            length: total.into(),
            limit: MAX_BLOCK_LEN.into(),
        });
    }
    let leading = total;
    let total = narrow(total);
    let need = Need::new(name, "body", BLOCK_HEADER_LEN, total.saturating_sub(BLOCK_HEADER_LEN));
    let Some((octets, trailer)) = input.get(..total).and_then(|block| block.split_last_chunk::<TRAILER_LEN>()) else {
        return Ok(Err(need));
    };
    let trailing = order.u32(*trailer);
    if trailing != leading {
        let offset = position.saturating_add(wide(octets.len()));
        return Err(CaptureError::LengthsDiffer { offset, block: name, leading, trailing });
    }
    Ok(Ok(Block { name, octets, position, order, total }))
}

fn too_short(block: &'static str, total: u32, position: u64) -> CaptureError {
    let offset = position.saturating_add(4);
    CaptureError::TooShort { offset, block, length: total.into(), minimum: MIN_BLOCK_LEN.into() }
}
