//! gzip and Zstandard, unpacked as a stream: [`Unpacked`] stands between a capture's reader and its file.
//!
//! What a file is packed with is seen from its first octets. Memory is the buffer of the input and, for Zstandard, the
//! window that the frame asks for, of which no more than 128 MiB are granted: as much as zstd(1) grants.
//!
//! # Source
//! RFC 1952 (gzip; members follow each other: section 2.2), RFC 8878 (Zstandard; frames follow each other, and may be
//! skippable: section 3.1).

use std::io::{self, BufRead as _, Read};
use std::{fmt, mem};

use flate2::bufread::GzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::error::Compression;
use crate::input::Input;

/// How many octets tell what a file is packed with.
const MAGIC_LEN: usize = 4;
/// How many octets are unpacked of a gzip file at once: flate2 drops what it has of them where it meets damage.
const GZIP_STEP: usize = 16 << 10;
/// A last Zstandard block with nothing in it, and room for the checksum that may stand behind it (RFC 8878 section 3.1.1.2).
const LAST_BLOCK: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// What comes out of `R`, unpacked if it is packed with gzip or Zstandard, and as it is if not.
pub struct Unpacked<R> {
    state: State<R>,
    format: Option<Compression>,
}

enum State<R> {
    /// Nothing has been read.
    Start(Input<R>),
    Plain(Input<R>),
    Gzip(Box<GzDecoder<Input<R>>>),
    Zstandard(Box<Zstandard<R>>),
    /// So many octets have been read, and there is nothing more to get.
    Over(u64),
}

impl<R: Read> Unpacked<R> {
    /// Unpacks `stream`, which needs no buffer of its own.
    pub const fn new(stream: R) -> Self {
        Self { state: State::Start(Input::new(stream)), format: None }
    }

    /// Takes `stream` as it is: the rest of a file that is not packed, of which `position` octets have been used.
    pub(crate) const fn plain(stream: R, position: u64) -> Self {
        Self { state: State::Plain(Input::at(stream, position)), format: None }
    }

    /// How many octets of the file have been used: packed ones if it is packed.
    pub fn position(&self) -> u64 {
        match &self.state {
            State::Start(input) | State::Plain(input) => input.position(),
            State::Gzip(decoder) => decoder.get_ref().position(),
            State::Zstandard(zstandard) => zstandard.input.position(),
            State::Over(position) => *position,
        }
    }

    /// What the file is packed with and unpacked from, once something has been read.
    pub const fn compression(&self) -> Option<Compression> {
        self.format
    }

    /// Looks at the first octets.
    fn start(&mut self) -> io::Result<()> {
        let State::Start(input) = &mut self.state else { return Ok(()) };
        input.fill(MAGIC_LEN)?;
        let format = Compression::detect(input.octets());
        let State::Start(input) = mem::replace(&mut self.state, State::Over(0)) else { return Ok(()) };
        self.state = match format {
            Some(Compression::Gzip) => State::Gzip(Box::new(GzDecoder::new(input))),
            Some(Compression::Zstandard) => State::Zstandard(Box::new(Zstandard::new(input))),
            // What else it may be packed with, the reader of the capture refuses by name.
            _ => State::Plain(input),
        };
        self.format = format.filter(|_| !matches!(self.state, State::Plain(_)));
        Ok(())
    }

    /// One member has been unpacked: whether there is another.
    ///
    /// Zeros behind the last one are what tapes fill up with, and are left out, as gzip(1) does.
    fn next_member(&mut self) -> io::Result<bool> {
        let State::Gzip(decoder) = &mut self.state else { return Ok(false) };
        let input = decoder.get_mut();
        input.fill(MAGIC_LEN)?;
        if Compression::detect(input.octets()) == Some(Compression::Gzip) {
            let position = input.position();
            if let State::Gzip(decoder) = mem::replace(&mut self.state, State::Over(position)) {
                self.state = State::Gzip(Box::new(GzDecoder::new(decoder.into_inner())));
            }
            return Ok(true);
        }
        let behind = input.position();
        loop {
            let rest = input.fill_buf()?;
            if rest.is_empty() {
                return Ok(false);
            }
            if rest.iter().any(|octet| *octet != 0) {
                return Err(
                    UnpackError { format: Compression::Gzip, offset: behind, fault: UnpackFault::Surplus }.into()
                );
            }
            let len = rest.len();
            input.consume(len);
        }
    }

    fn read_some(&mut self, space: &mut [u8]) -> io::Result<usize> {
        self.start()?;
        loop {
            let decoder = match &mut self.state {
                State::Start(input) | State::Plain(input) => return input.read(space),
                State::Zstandard(zstandard) => return zstandard.read(space),
                State::Over(_) => return Ok(0),
                State::Gzip(decoder) => decoder,
            };
            let step = space.len().min(GZIP_STEP);
            match decoder.read(space.get_mut(..step).unwrap_or_default()) {
                Ok(0) => {}
                Ok(read) => return Ok(read),
                Err(source) => return Err(gzip_fault(source, decoder.get_ref().position())),
            }
            if !self.next_member()? {
                return Ok(0);
            }
        }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        if space.is_empty() {
            return Ok(0);
        }
        let read = self.read_some(space);
        if matches!(&read, Err(fault) if UnpackError::of(fault).is_some()) {
            self.state = State::Over(self.position());
        }
        read
    }
}

impl<R: Read> fmt::Debug for Unpacked<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unpacked").field("position", &self.position()).finish_non_exhaustive()
    }
}

/// What flate2 says, told apart from what the stream under it says.
fn gzip_fault(source: io::Error, offset: u64) -> io::Error {
    let fault = match source.kind() {
        io::ErrorKind::UnexpectedEof => UnpackFault::Cut,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => UnpackFault::Damaged(source.to_string()),
        _ => return source,
    };
    UnpackError { format: Compression::Gzip, offset, fault }.into()
}

/// Zstandard frames, one behind the other.
struct Zstandard<R> {
    input: Input<R>,
    decoder: FrameDecoder,
    in_frame: bool,
    /// What was wrong, to be told when all before it has been read.
    fault: Option<UnpackError>,
}

impl<R: Read> Zstandard<R> {
    fn new(input: Input<R>) -> Self {
        Self { input, decoder: FrameDecoder::new(), in_frame: false, fault: None }
    }

    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.decoder.read(space)?;
            if read > 0 {
                return Ok(read);
            }
            if let Some(fault) = self.fault.take() {
                return Err(fault.into());
            }
            match (self.in_frame, self.decoder.is_finished()) {
                (false, _) if !self.frame_header()? => return Ok(0),
                (false, _) => {}
                (true, true) => self.end_of_frame(),
                (true, false) => self.block()?,
            }
        }
    }

    /// Reads the header of a frame, or past one that is to be skipped; `false` at the end.
    fn frame_header(&mut self) -> io::Result<bool> {
        if !self.input.fill(1)? {
            return Ok(false);
        }
        let offset = self.input.position();
        let mut watched = Watched { input: &mut self.input, ended: false, fault: None };
        match self.decoder.reset(&mut watched) {
            Ok(()) => {
                self.in_frame = true;
                Ok(true)
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                let length = u64::from(length);
                if io::copy(&mut self.input.by_ref().take(length), &mut io::sink())? < length {
                    return Err(self.error(UnpackFault::Cut).into());
                }
                Ok(true)
            }
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) => {
                Err(UnpackError { format: Compression::Zstandard, offset, fault: UnpackFault::Surplus }.into())
            }
            Err(error) => {
                let fault = watched.fault(&error)?;
                Err(self.error(fault).into())
            }
        }
    }

    fn block(&mut self) -> io::Result<()> {
        let mut watched = Watched { input: &mut self.input, ended: false, fault: None };
        if let Err(error) = self.decoder.decode_blocks(&mut watched, BlockDecodingStrategy::UptoBlocks(1)) {
            let fault = watched.fault(&error)?;
            self.fault = Some(self.error(fault));
            // The decoder holds a window back until the frame is over: so that it gives what it has, it is told so.
            let _ = self.decoder.decode_blocks(&LAST_BLOCK[..], BlockDecodingStrategy::UptoBlocks(1));
            self.in_frame = false;
        }
        Ok(())
    }

    fn end_of_frame(&mut self) {
        self.in_frame = false;
        let stored = self.decoder.get_checksum_from_data();
        if stored.is_some() && stored != self.decoder.get_calculated_checksum() {
            self.fault = Some(self.error(UnpackFault::Damaged("the checksum of the content differs".to_owned())));
        }
    }

    fn error(&self, fault: UnpackFault) -> UnpackError {
        UnpackError { format: Compression::Zstandard, offset: self.input.position(), fault }
    }
}

/// Remembers how the stream ended, which the errors of the decoder bury.
struct Watched<'a, R> {
    input: &'a mut Input<R>,
    ended: bool,
    fault: Option<io::Error>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        match self.input.read(space) {
            Ok(read) => {
                self.ended = read == 0 && !space.is_empty();
                Ok(read)
            }
            Err(fault) => {
                self.fault = Some(fault);
                Err(io::ErrorKind::Other.into())
            }
        }
    }
}

impl<R> Watched<'_, R> {
    fn fault(self, error: &FrameDecoderError) -> io::Result<UnpackFault> {
        match (self.fault, error) {
            (Some(fault), _) => Err(fault),
            (None, FrameDecoderError::WindowSizeTooBig { requested, max }) => {
                Ok(UnpackFault::Damaged(format!("a window of {requested} octets, more than {max}")))
            }
            (None, _) if self.ended => Ok(UnpackFault::Cut),
            (None, error) => Ok(UnpackFault::Damaged(error.to_string())),
        }
    }
}

/// What is wrong with packed data. All that could be unpacked before has been, but for at most 16 KiB in front of damage in
/// a gzip file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnpackError {
    /// What it is packed with.
    pub format: Compression,
    /// Where in the packed file, in octets: how far it had been read.
    pub offset: u64,
    /// What is wrong there.
    pub fault: UnpackFault,
}

/// What is wrong with packed data.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnpackFault {
    /// It ends too early.
    Cut,
    /// It is not what the format allows, or its checksum is wrong.
    Damaged(String),
    /// Something else stands behind it.
    Surplus,
}

impl UnpackError {
    /// What [`Unpacked`] said by way of an error of the standard library.
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref())
    }
}

impl fmt::Display for UnpackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, offset, fault } = self;
        let format = format.name();
        match fault {
            UnpackFault::Cut => write!(f, "{format} data cut off at octet {offset} of the compressed file"),
            UnpackFault::Damaged(why) => {
                write!(f, "{format} data damaged before octet {offset} of the compressed file: {why}")
            }
            UnpackFault::Surplus => {
                write!(f, "what stands behind the {format} data, at octet {offset} of the compressed file, is none")
            }
        }
    }
}

impl std::error::Error for UnpackError {}

impl From<UnpackError> for io::Error {
    fn from(error: UnpackError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}

#[cfg(test)]
mod tests;
