//! `netsum verify`: a whole capture, frame by frame.

use std::collections::BTreeSet;

use sockeye_capture::Frame;
use sockeye_cli::progress::Progress;
use sockeye_cli::{Failure, Output, Status};

use crate::cli::{Style, Verify};
use crate::explain::Event;
use crate::listing::{Extent, HEADING, Listing, push_tsv};
use crate::shell::{self, Capture};
use crate::tally::Tally;
use crate::verdict::{Check, Verdict, judge};

/// Frames between two looks at the progress line, which the first of them starts: less is read in no time.
const PROGRESS_EVERY: u64 = 65_536;

/// Opens the capture and judges every checksum in it.
///
/// # Errors
/// [`Failure`] if it cannot be opened; otherwise as [`report`].
pub fn run(job: &Verify, output: &mut Output<'_>) -> Result<Status, Failure> {
    report(&mut Capture::open(&job.file)?, job.style, output)
}

/// Judges every checksum of the capture. What comes before a fault of the capture is reported like any other.
///
/// # Errors
/// [`Failure`] if the capture cannot be read to its end, after everything before the fault has been reported; or if none
/// of its link types can be read.
pub fn report(capture: &mut Capture, style: Style, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut progress = None;
    let mut report = Report::new(style, shell::stdout_is_terminal());
    let mut found = Vec::new();
    let fault = loop {
        let position = capture.reader.position();
        let frame = match capture.reader.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => break None,
            Err(error) => break Some(capture.failure(&error)),
        };
        found.clear();
        report.count(&frame, &mut found);
        if frame.number % PROGRESS_EVERY == 0 && !(report.has_listed && report.on_terminal) {
            progress.get_or_insert_with(|| capture.progress()).position(position);
        }
        report.list(&found, &mut progress, output)?;
    };
    drop(progress.take());
    // A file that is no capture at all has nothing to report.
    if fault.is_none() || report.tally.frames > 0 {
        report.finish(output)?;
    }
    match fault {
        Some(fault) => Err(fault),
        None => report.status(&capture.name),
    }
}

/// What has been found so far, and what has been shown of it.
struct Report {
    style: Style,
    tally: Tally,
    listing: Listing,
    has_listed: bool,
    /// Whether lines and the progress line would write over each other. Asked once: it is a system call.
    on_terminal: bool,
    explained: BTreeSet<Verdict>,
    line: String,
}

impl Report {
    fn new(style: Style, on_terminal: bool) -> Self {
        let listing = match style {
            Style::Listing(extent) => Listing::new(extent),
            Style::Tsv => Listing::new(Extent::All),
        };
        Self {
            style,
            tally: Tally::default(),
            listing,
            has_listed: false,
            on_terminal,
            explained: BTreeSet::new(),
            line: String::new(),
        }
    }

    /// Judges `frame` and puts its checksums into `found`.
    fn count(&mut self, frame: &Frame<'_>, found: &mut Vec<Check>) {
        let stop = judge(frame, &mut |check| found.push(check));
        for check in &*found {
            self.tally.check(check);
        }
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        self.tally.frame(frame.link_type, count, stop);
    }

    /// Shows those of `found` that are to be listed by now.
    fn list(
        &mut self,
        found: &[Check],
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        for check in found {
            self.explain(check, output)?;
            let mut ready = Vec::new();
            self.listing.take(*check, &mut |check| ready.push(check));
            if !ready.is_empty() && self.on_terminal {
                progress.take();
            }
            for check in ready {
                self.show(&check, output)?;
            }
        }
        Ok(())
    }

    fn explain(&mut self, check: &Check, output: &mut Output<'_>) -> Result<(), Failure> {
        if output.is_explained() && self.style == Style::Listing(Extent::All) {
            self.heading(output)?;
        }
        if let Some(event) = Event::verified(check) {
            output.event(&event)?;
        }
        if self.explained.insert(check.verdict) {
            output.event(&Event::FirstOf { verdict: check.verdict, frame: check.frame })?;
        }
        Ok(())
    }

    fn show(&mut self, check: &Check, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.style == Style::Tsv {
            self.has_listed = true;
            self.line.clear();
            push_tsv(&mut self.line, check);
            return output.raw(self.line.as_bytes());
        }
        self.heading(output)?;
        output.result(check)
    }

    /// Shows the heading, once, above the first line that is there for a person.
    fn heading(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        if !self.has_listed && !output.is_json() {
            output.raw(HEADING.as_bytes())?;
            output.raw(b"\n")?;
        }
        self.has_listed = true;
        Ok(())
    }

    /// Shows what was held back, and the summary.
    fn finish(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut ready = Vec::new();
        std::mem::replace(&mut self.listing, Listing::new(Extent::Nothing)).finish(&mut |check| ready.push(check));
        for check in ready {
            self.show(&check, output)?;
        }
        match self.style {
            Style::Tsv => Ok(()),
            Style::Listing(_) => {
                if self.has_listed && !output.is_json() {
                    output.raw(b"\n")?;
                }
                output.result(&self.tally)
            }
        }
    }

    /// Whether anything is bad; a capture of which nothing can be read is not called good.
    fn status(&self, name: &str) -> Result<Status, Failure> {
        if self.tally.checksums() == 0
            && let Some((link_type, _)) = self.tally.unread.first_key_value()
        {
            return Err(Failure::usage(format!("{name}: no checksum judged: link type {link_type} is not read")));
        }
        Ok(if self.tally.damaged() > 0 { Status::NO } else { Status::YES })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use sockeye_capture::{LinkType, StreamReader, Timestamp, pcap};
    use sockeye_cli::output::Terminal;

    use super::*;

    /// reference/netsum.md, B1: ABCDE from 10.0.0.1:5000 to 10.0.0.2:6000.
    const DATAGRAM: &[u8] = b"\x45\0\0\x21\0\x01\0\0\x40\x11\x66\xc9\x0a\0\0\x01\x0a\0\0\x02\
        \x13\x88\x17\x70\0\x0d\xf7\x52ABCDE";

    fn judged(capture: &[u8]) -> (Result<Status, Failure>, String) {
        let mut capture = Capture {
            reader: StreamReader::new(Box::new(Cursor::new(capture.to_vec()))),
            name: "capture".to_owned(),
            len: None,
        };
        let mut stdout = Vec::new();
        let mut output = Output::new("netsum", Terminal::default(), &mut stdout, std::io::sink());
        let ended = report(&mut capture, Style::Tsv, &mut output);
        output.flush().unwrap();
        drop(output);
        (ended, String::from_utf8(stdout).unwrap())
    }

    #[test]
    fn every_prefix_is_reported_and_is_an_error_unless_a_frame_ends_there() {
        let mut writer = pcap::Writer::new(Vec::new(), LinkType::RAW, pcap::Format::default()).unwrap();
        let mut ends = Vec::new();
        for len in [DATAGRAM.len(), 27, 19, 1, 0, DATAGRAM.len()] {
            writer.write(Timestamp::default(), DATAGRAM.len(), &DATAGRAM[..len]).unwrap();
        }
        let capture = writer.into_inner();
        let (whole, rows) = judged(&capture);
        assert_eq!(whole.unwrap(), Status::YES);
        assert_eq!(
            rows,
            "1\tip\t10\t0x66c9\t0x66c9\tgood\n1\tudp\t26\t0xf752\t0xf752\tgood\n\
            2\tip\t10\t0x66c9\t0x66c9\tgood\n6\tip\t10\t0x66c9\t0x66c9\tgood\n6\tudp\t26\t0xf752\t0xf752\tgood\n"
        );
        for len in 0..capture.len() {
            let (ended, shown) = judged(&capture[..len]);
            assert!(rows.starts_with(&shown), "{len}: {shown}");
            match ended {
                Ok(status) => {
                    assert_eq!(status, Status::YES, "{len}");
                    ends.push(len);
                }
                Err(failure) => assert_eq!(failure.status(), Status::USAGE, "{len}: {failure}"),
            }
        }
        assert_eq!(ends, [24, 73, 116, 151, 168, 184]);
    }
}
