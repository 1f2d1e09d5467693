//! `netsum verify`: a whole capture, frame by frame.

use std::collections::BTreeSet;

use sockeye_capture::Frame;
use sockeye_cli::progress::Progress;
use sockeye_cli::{Failure, Output, Status};

use crate::cli::{Style, Verify};
use crate::explain::Event;
use crate::listing::{HEADING, Listing, push_tsv};
use crate::shell::{self, Capture};
use crate::tally::Tally;
use crate::verdict::{Check, Verdict, judge};

/// Frames between two looks at the progress line.
const PROGRESS_EVERY: u64 = 4096;

/// Judges every checksum of the capture. What comes before a fault of the capture is reported like any other.
///
/// # Errors
/// [`Failure`] if the capture cannot be read to its end, after everything before the fault has been reported; or if none
/// of its link types can be read.
pub fn run(job: &Verify, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut capture = Capture::open(&job.file)?;
    let mut progress = Some(capture.progress());
    let mut report = Report::new(job.style);
    let mut found = Vec::new();
    let fault = loop {
        let position = capture.reader.position();
        let frame = match capture.reader.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => break None,
            Err(error) => break Some(capture.failure(&error)),
        };
        if frame.number % PROGRESS_EVERY == 0
            && let Some(progress) = &progress
        {
            progress.position(position);
        }
        found.clear();
        report.count(&frame, &mut found);
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
    heading_shown: bool,
    explained: BTreeSet<Verdict>,
    line: String,
}

impl Report {
    fn new(style: Style) -> Self {
        let listing = match style {
            Style::Listing(extent) => Listing::new(extent),
            Style::Tsv => Listing::new(crate::listing::Extent::All),
        };
        Self {
            style,
            tally: Tally::default(),
            listing,
            heading_shown: false,
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
            if !ready.is_empty() && progress.is_some() && shell::stdout_is_terminal() {
                progress.take();
            }
            for check in ready {
                self.show(&check, output)?;
            }
        }
        Ok(())
    }

    fn explain(&mut self, check: &Check, output: &mut Output<'_>) -> Result<(), Failure> {
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
            self.line.clear();
            push_tsv(&mut self.line, check);
            return output.raw(self.line.as_bytes());
        }
        if !self.heading_shown && !output.is_json() {
            output.raw(HEADING.as_bytes())?;
            output.raw(b"\n")?;
        }
        self.heading_shown = true;
        output.result(check)
    }

    /// Shows what was held back, and the summary.
    fn finish(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut ready = Vec::new();
        std::mem::replace(&mut self.listing, Listing::new(crate::listing::Extent::Nothing))
            .finish(&mut |check| ready.push(check));
        for check in ready {
            self.show(&check, output)?;
        }
        match self.style {
            Style::Tsv => Ok(()),
            Style::Listing(_) => {
                if self.heading_shown && !output.is_json() {
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
