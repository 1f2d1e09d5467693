//! Copies of what goes past: files (`-o`, `--hex-dump`) and lines on standard error (`--segments`).

#![expect(clippy::disallowed_methods, reason = "the shell: opens files, reads the clock")]

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::time::Duration;

use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_cli::failure::errno_text;

use super::{FAILED, Session};
use crate::address::Address;
use crate::dump::{Form, Hex, Way};
use crate::explain::Event;
use crate::explain::segment::Segment;
use crate::options::Dialect;

/// What is copied.
pub(super) struct Taps {
    raw: Option<Log>,
    hex: Option<(Log, Hex)>,
    segments: bool,
    /// A copy could not be written: the conversation ends with it.
    fault: Option<Failure>,
}

/// A file that grows.
struct Log {
    option: &'static str,
    path: String,
    file: File,
    octets: u64,
}

impl Log {
    fn open(option: &'static str, path: &str, append: bool) -> Result<Self, Failure> {
        let mut options = OpenOptions::new();
        options.create(true).write(true).append(append).truncate(!append);
        let file = options.open(path).map_err(|error| Failure::call(FAILED, option, escape(path), &error))?;
        Ok(Self { option, path: path.to_owned(), file, octets: 0 })
    }

    fn write(&mut self, octets: &[u8]) -> Result<(), Failure> {
        let mut rest = octets;
        while !rest.is_empty() {
            match self.file.write(rest) {
                Ok(len) if len > 0 => {
                    self.octets += u64::try_from(len).unwrap_or_default();
                    rest = rest.get(len..).unwrap_or_default();
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                other => {
                    let why = other.err().map_or_else(|| "nothing is taken".to_owned(), |error| errno_text(&error));
                    let Self { option, path, octets, .. } = self;
                    let said = format!("{option} {}: {why}, after {octets} octets", escape(path));
                    return Err(Failure::new(FAILED, said).hint("the conversation ends where its copy does"));
                }
            }
        }
        Ok(())
    }
}

impl Session<'_, '_> {
    /// Opens the files, before anybody is connected to.
    ///
    /// # Errors
    /// [`Failure`] that names the file.
    pub(super) fn prepare_taps(&mut self) -> Result<(), Failure> {
        let traffic = &self.options.traffic;
        let raw = traffic.output_file.as_ref().map(|path| Log::open("-o", path, traffic.append)).transpose()?;
        let hex = traffic.hex_file.as_ref().map(|path| Log::open("--hex-dump", path, traffic.append)).transpose()?;
        let form = if self.options.dialect == Dialect::Traditional { Form::Traditional } else { Form::Ncat };
        let hex = hex.map(|log| (log, Hex::new(form)));
        if raw.is_some() || hex.is_some() || traffic.segments {
            self.taps = Some(Taps { raw, hex, segments: traffic.segments, fault: None });
        }
        Ok(())
    }

    /// Copies what went past at once, if that was asked for. `cut_octets` of a datagram were lost.
    pub(super) fn tap(&mut self, way: Way, peer: Option<Address>, octets: &[u8], cut_octets: usize) {
        let Some(taps) = &mut self.taps else { return };
        let mut written = taps.raw.as_mut().map_or(Ok(()), |log| log.write(octets));
        if let Some((log, hex)) = &mut taps.hex {
            written = written.and_then(|()| log.write(hex.lines(way, octets).as_bytes()));
        }
        if let Err(fault) = written {
            taps.fault.get_or_insert(fault);
        }
        if taps.segments {
            let segment = Segment::new(way, peer, octets, cut_octets);
            if self.output.is_explained() {
                self.explain(|| Event::Segment(Box::new(segment)));
            } else {
                let time: Duration = self.start.elapsed();
                let line = format!("{:>4}.{:06}  {}", time.as_secs(), time.subsec_micros(), segment.line());
                self.output.stderr_line(line);
            }
        }
    }

    /// Why the copy is not whole.
    ///
    /// # Errors
    /// [`Failure`] of the file.
    pub(super) fn check_taps(&mut self) -> Result<(), Failure> {
        self.taps.as_mut().and_then(|taps| taps.fault.take()).map_or(Ok(()), Err)
    }
}
