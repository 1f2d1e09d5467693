//! The one decoder under both readers: told what is there, it says what to do next. It reads nothing itself.

use sockeye_common::wire::{Reader, Truncated};

use crate::classic;
use crate::error::{CaptureError, Compression};
use crate::frame::{Interface, Timestamp};
use crate::link_type::LinkType;
use crate::pcapng::{self, Section};

/// The most octets that a frame may have: far above every real one, so that a damaged length is an error.
pub(crate) const MAX_FRAME_LEN: u32 = 16 << 20;

/// What the decoder wants done.
#[derive(Debug)]
pub(crate) enum Step {
    /// Come back with more input.
    Need(Need),
    /// Drop so many octets, which may be more than the input has.
    Skip(Need),
    /// Here is a frame.
    Frame(Record),
}

/// A field that must be there, by its place from the start of the input given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Need {
    pub(crate) block: &'static str,
    pub(crate) field: &'static str,
    /// Octets before the field.
    pub(crate) at: usize,
    /// Octets of the field.
    pub(crate) len: usize,
}

impl Need {
    pub(crate) const fn new(block: &'static str, field: &'static str, at: usize, len: usize) -> Self {
        Self { block, field, at, len }
    }

    /// How many octets there must be.
    pub(crate) const fn total(&self) -> usize {
        self.at.saturating_add(self.len)
    }

    /// The error when there are only `available` octets from `position` on.
    pub(crate) fn truncated(&self, position: u64, available: usize) -> CaptureError {
        CaptureError::Truncated {
            offset: position.saturating_add(wide(self.at)),
            block: self.block,
            field: self.field,
            needed: wide(self.len),
            available: wide(available.saturating_sub(self.at)),
        }
    }
}

/// A frame by its place in the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Record {
    /// Where its octets start.
    pub(crate) start: usize,
    /// How many were captured.
    pub(crate) len: usize,
    /// How much of the input the whole record is.
    pub(crate) consumed: usize,
    pub(crate) timestamp: Option<Timestamp>,
    pub(crate) interface: u32,
    pub(crate) link_type: LinkType,
    pub(crate) original_len: u32,
    pub(crate) fcs_len: u8,
}

/// The format, once the magic number has been seen.
#[derive(Debug, Default)]
enum Format {
    #[default]
    Unknown,
    Classic(classic::File),
    Pcapng(Section),
}

/// A capture being decoded.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    format: Format,
}

impl Decoder {
    /// What to do with `input`, which starts `position` octets into the capture.
    ///
    /// `input` must start where the last `Skip` or `Frame` ended.
    #[inline]
    pub(crate) fn step(&mut self, input: &[u8], position: u64) -> Result<Step, CaptureError> {
        match &mut self.format {
            Format::Classic(file) => file.step(input, position),
            Format::Pcapng(section) => section.step(input, position),
            Format::Unknown => self.start(input, position),
        }
    }

    /// Whether the header of a capture has been read.
    pub(crate) fn is_started(&self) -> bool {
        match &self.format {
            Format::Unknown => false,
            Format::Classic(_) => true,
            Format::Pcapng(section) => section.is_started(),
        }
    }

    /// Whether the capture may end here.
    pub(crate) fn end(&self) -> Result<bool, CaptureError> {
        match &self.format {
            Format::Unknown => Err(CaptureError::Empty),
            Format::Classic(_) => Ok(true),
            Format::Pcapng(section) => Ok(section.may_end()),
        }
    }

    /// The interfaces of the current section.
    pub(crate) fn interfaces(&self) -> &[Interface] {
        match &self.format {
            Format::Unknown => &[],
            Format::Classic(file) => std::slice::from_ref(&file.interface),
            Format::Pcapng(section) => section.interfaces(),
        }
    }

    fn start(&mut self, input: &[u8], position: u64) -> Result<Step, CaptureError> {
        let Some(magic) = input.first_chunk::<4>() else {
            return Ok(Step::Need(Need::new("file header", "Magic Number", 0, 4)));
        };
        if *magic == pcapng::SECTION_HEADER {
            self.format = Format::Pcapng(Section::default());
            return self.step(input, position);
        }
        let Some(dialect) = classic::Dialect::of(*magic) else { return Err(unknown(*magic)) };
        let need = Need::new(classic::FILE_HEADER, "rest of the header", 4, dialect.header_len - 4);
        let Some(header) = input.get(..need.total()) else { return Ok(Step::Need(need)) };
        let file = classic::File::parse(&mut Reader::new(header), dialect, position)?;
        self.format = Format::Classic(file);
        Ok(Step::Skip(need))
    }
}

/// What a file is that starts with `found` and is not read.
fn unknown(found: [u8; 4]) -> CaptureError {
    match (Compression::detect(&found), classic::foreign(found)) {
        (Some(format), _) => CaptureError::Compressed { format },
        (None, Some((format, convertible))) => CaptureError::Foreign { format, convertible },
        (None, None) => CaptureError::NotACapture { found },
    }
}

/// A fault in reading a field of `block`, which has been taken whole: the block says that it is shorter.
pub(crate) fn beyond_block(block: &'static str, position: u64) -> impl Fn(Truncated) -> CaptureError {
    move |Truncated { field, offset, needed, available }| CaptureError::BeyondBlock {
        offset: position.saturating_add(wide(offset)),
        block,
        field,
        needed: wide(needed),
        available: wide(available),
    }
}

/// A length as a file offset.
pub(crate) fn wide(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

/// A length of a format as one of memory.
pub(crate) fn narrow(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}
