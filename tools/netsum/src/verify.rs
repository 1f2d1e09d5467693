//! `netsum verify`: a whole capture, frame by frame.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io;

use serde::{Serialize, Serializer};
use sockeye_capture::{Batch, CaptureError, Frame};
use sockeye_cli::output::Role;
use sockeye_cli::progress::Progress;
use sockeye_cli::{Failure, Output, Render, Status, Text};

use crate::cli::{Style, Verify};
use crate::explain::Event;
use crate::listing::{Extent, HEADING, Listing, Row, Whole};
use crate::live;
use crate::quick::{self, Judged};
use crate::reassembly::{Datagram, Reassembly};
use crate::scan::{self, Digest, Scan, account};
use crate::shell::confine::{self, confine};
use crate::shell::{self, Capture};
use crate::tally::Tally;
use crate::tsv::Lines;
use crate::verdict::{Check, Verdict, judge};
use crate::why::{self, Flows};

/// Frames between two looks at the progress line, which the first of them starts: less is read in no time.
const PROGRESS_EVERY: u64 = 65_536;

/// Judges every checksum of every capture. One that cannot be opened or read to its end keeps no other from being judged.
///
/// # Errors
/// [`Failure`] if standard output takes no more, or with the status of a capture that cannot be read to its end.
pub fn run(job: &Verify, output: &mut Output<'_>) -> Result<Status, Failure> {
    if let Some(interface) = &job.live {
        return live::run(interface, job.style, output);
    }
    if let [file] = job.files.as_slice() {
        let mut capture = Capture::open(file)?;
        confine(&confine::with_what_is_open(), output)?;
        return report(&mut capture, Name::of(file), job.style, output)?.end;
    }
    confine(&confine::with_files(&job.files), output)?;
    let mut total = Total { files: job.files.len(), unfinished: 0, tally: Tally::default() };
    let mut status = Status::YES;
    for (index, file) in job.files.iter().enumerate() {
        let ended = match Capture::open(file) {
            Ok(mut capture) => {
                title(&capture.name, index > 0, job.style, output)?;
                let reported = report(&mut capture, Name::of(file), job.style, output)?;
                total.tally.add(&reported.tally);
                reported.end
            }
            Err(fault) => Err(fault),
        };
        match ended {
            Ok(ended) if ended == Status::YES => {}
            Ok(ended) => status = ended,
            Err(fault) => {
                total.unfinished += 1;
                output.failure(&fault);
            }
        }
    }
    if matches!(job.style, Style::Listing(_)) && total.tally.frames > 0 {
        title(&format!("all {} files", total.files), true, job.style, output)?;
        output.result(&total)?;
    }
    if total.unfinished > 0 { Err(Failure::Silent(Status::USAGE)) } else { Ok(status) }
}

/// The line above what is said of a file.
fn title(name: &str, apart: bool, style: Style, output: &mut Output<'_>) -> Result<(), Failure> {
    if output.is_json() || matches!(style, Style::Tsv { .. }) {
        return Ok(());
    }
    let name = output.paint(Role::Heading, name);
    output.raw(format!("{}{name}\n", if apart { "\n" } else { "" }).as_bytes())
}

/// A file as the command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// The name of `file`; what is not UTF-8 in it is replaced.
    pub fn of(file: &OsStr) -> Self {
        Self(file.to_string_lossy().into_owned())
    }
}

/// A result and the file that it was found in.
#[derive(Serialize)]
struct Found<'a, T> {
    file: Option<&'a str>,
    #[serde(flatten)]
    found: &'a T,
}

impl<T: Render> Render for Found<'_, T> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.found.render(text)
    }
}

/// What was found in several captures.
struct Total {
    files: usize,
    unfinished: usize,
    tally: Tally,
}

impl Serialize for Total {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            files: usize,
            files_not_read_to_the_end: usize,
            #[serde(flatten)]
            found: Found<'a, Tally>,
        }
        Data {
            files: self.files,
            files_not_read_to_the_end: self.unfinished,
            found: Found { file: None, found: &self.tally },
        }
        .serialize(serializer)
    }
}

impl Render for Total {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.unfinished > 0 {
            text.line(format!("{} of {} files not read to the end", self.unfinished, self.files))?;
        }
        self.tally.render(text)
    }
}

/// What became of one capture.
#[derive(Debug)]
pub struct Reported {
    /// What was found in it.
    pub tally: Tally,
    /// Whether anything is bad; or why the capture cannot be read to its end, or that none of its link types is read.
    pub end: Result<Status, Failure>,
}

/// Judges every checksum of the capture. What comes before a fault of the capture is reported like any other.
///
/// # Errors
/// [`Failure`] if standard output takes no more.
pub fn report(capture: &mut Capture, name: Name, style: Style, output: &mut Output<'_>) -> Result<Reported, Failure> {
    let mut progress = None;
    let mut report = Report::new(name, style, shell::stdout_is_terminal());
    let fault = loop {
        if capture.threads > 1 && report.is_brief(output) {
            match report.share(capture, &mut progress, output)? {
                Ok(()) => capture.threads = 1,
                Err(error) => break Some(capture.failure(&error)),
            }
        }
        let position = capture.position();
        let frame = match capture.reader.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => break None,
            Err(error) => break Some(capture.failure(&error)),
        };
        let number = frame.number;
        report.frame(&frame, &mut |_| {}, &mut progress, output)?;
        if number % PROGRESS_EVERY == 0 && report.has_progress() {
            progress.get_or_insert_with(|| capture.progress()).position(position);
        }
    };
    drop(progress.take());
    // A file that is no capture at all has nothing to report.
    if fault.is_none() || report.tally.frames > 0 {
        report.finish(output)?;
    }
    let end = match fault {
        Some(fault) => Err(fault),
        None => report.status(&capture.name),
    };
    Ok(Reported { tally: report.tally, end })
}

/// What has been found so far, and what has been shown of it.
pub(crate) struct Report {
    name: Name,
    style: Style,
    tally: Tally,
    listing: Listing,
    has_listed: bool,
    /// Whether lines and the progress line would write over each other. Asked once: it is a system call.
    on_terminal: bool,
    explained: BTreeSet<Verdict>,
    /// Checksums of the frame at hand.
    found: Vec<Check>,
    /// What stands in front of each line with tabs.
    prefix: Vec<u8>,
    lines: Lines,
    reassembly: Reassembly,
    flows: Flows,
}

impl Report {
    pub(crate) fn new(name: Name, style: Style, on_terminal: bool) -> Self {
        let listing = match style {
            Style::Listing(extent) => Listing::new(extent),
            Style::Tsv { .. } => Listing::new(Extent::All),
        };
        Self {
            prefix: scan::prefix(style, &name.0),
            name,
            style,
            tally: Tally::default(),
            listing,
            has_listed: false,
            on_terminal,
            explained: BTreeSet::new(),
            found: Vec::new(),
            lines: Lines::default(),
            reassembly: Reassembly::default(),
            flows: Flows::default(),
        }
    }

    /// Judges `frame`, and shows of it what is to be shown by now. `know` may tell a verdict from what else is known.
    #[inline]
    pub(crate) fn frame(
        &mut self,
        frame: &Frame<'_>,
        know: &mut dyn FnMut(&mut Check),
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        if self.is_brief(output)
            && let Some(quick) = quick::judge(frame)
            && self.style.is_brief_about(quick.inner.verdict)
        {
            return self.brief(frame, &quick, progress, output);
        }
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        let datagram = self.count(frame, know, &mut found);
        self.list(frame, &found, progress, output)?;
        self.found = found;
        match datagram {
            Some(datagram) => self.list_whole(&datagram, progress, output),
            None => Ok(()),
        }
    }

    /// Whether nothing is shown of a checksum that is good but, perhaps, its line with tabs.
    fn is_brief(&self, output: &Output<'_>) -> bool {
        match self.style {
            Style::Tsv { .. } => true,
            Style::Listing(_) => !output.is_explained() && self.listing.leaves_good_out(),
        }
    }

    /// Counts the checksums of a plain frame, and shows them if all have a line.
    fn brief(
        &mut self,
        frame: &Frame<'_>,
        quick: &Judged<'_>,
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        quick.count(&mut self.tally);
        let Style::Tsv { only, .. } = self.style else {
            if let Some((src, dst)) = quick.ends(frame) {
                self.flows.note_ends(src, dst);
            }
            return Ok(());
        };
        if !only.is_all() {
            return Ok(());
        }
        self.begin_lines(progress);
        self.lines.quick(&self.prefix, frame.number, quick);
        output.raw(self.lines.octets())
    }

    /// Judges what is left of the capture with several threads, but for what does not fit into a batch.
    ///
    /// # Errors
    /// [`Failure`] if standard output takes no more. A fault of the capture is inside the result.
    fn share(
        &mut self,
        capture: &mut Capture,
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<Result<(), CaptureError>, Failure> {
        let scan = Scan::new(self.style, &self.name.0);
        let len = capture.len;
        let mut shown = 0;
        let judge = |batch: &Batch, digest: &mut Digest| scan.judge(batch, digest);
        capture.share(judge, |load| {
            self.merge(&load.batch, &load.found, progress, output)?;
            if self.tally.frames / PROGRESS_EVERY > shown && self.has_progress() {
                shown = self.tally.frames / PROGRESS_EVERY;
                progress.get_or_insert_with(|| shell::progress(len)).position(load.place.position);
            }
            Ok(())
        })
    }

    /// Takes in what was found in a batch, and does what could not be done without what came before.
    fn merge(
        &mut self,
        batch: &Batch,
        digest: &Digest,
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        self.tally.add(&digest.tally);
        let (mut lines, mut notes) = (0, 0);
        for left in &digest.left {
            let Some(frame) = batch.frame(left.index) else { continue };
            self.pass(digest.lines.octets().get(lines..left.lines), progress, output)?;
            self.flows.adopt(digest.notes.get(notes..left.notes).unwrap_or_default());
            (lines, notes) = (left.lines, left.notes);
            if self.style.has_reasons() {
                self.list(&frame, digest.checks.get(left.checks.clone()).unwrap_or_default(), progress, output)?;
            }
            if left.is_fragment
                && let Some(datagram) = self.reassembly.take(&frame)
            {
                self.list_whole(&datagram, progress, output)?;
            }
        }
        self.flows.adopt(digest.notes.get(notes..).unwrap_or_default());
        self.pass(digest.lines.octets().get(lines..), progress, output)
    }

    /// Shows lines with tabs that are there.
    fn pass(
        &mut self,
        lines: Option<&[u8]>,
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let lines = lines.unwrap_or_default();
        if lines.is_empty() {
            return Ok(());
        }
        self.begin_lines(progress);
        output.raw(lines)
    }

    /// Whether a progress line is in nobody's way.
    const fn has_progress(&self) -> bool {
        !(self.has_listed && self.on_terminal)
    }

    /// Judges `frame` and puts its checksums into `found`; returns the datagram that it makes whole, if it does.
    fn count(
        &mut self,
        frame: &Frame<'_>,
        know: &mut dyn FnMut(&mut Check),
        found: &mut Vec<Check>,
    ) -> Option<Datagram> {
        let walk = judge(frame, &mut |mut check| {
            know(&mut check);
            found.push(check);
        });
        let flows = self.style.has_reasons().then_some(&mut self.flows);
        account(frame.link_type, found, &walk, &mut self.tally, flows);
        if walk.is_fragment { self.reassembly.take(frame) } else { None }
    }

    /// Shows those of `found` that are to be listed by now.
    fn list(
        &mut self,
        frame: &Frame<'_>,
        found: &[Check],
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        if let Style::Tsv { .. } = self.style {
            return self.tabulate(found, progress, output);
        }
        // What is good needs no second look.
        let mut reasons =
            if found.iter().any(why::is_due) { why::explain(frame, &self.flows) } else { Vec::new() }.into_iter();
        for check in found {
            let row = Row { check: *check, why: reasons.next().unwrap_or_default(), whole: None };
            self.take(row, progress, output)?;
        }
        Ok(())
    }

    /// Judges and shows what was put together from fragments.
    fn list_whole(
        &mut self,
        datagram: &Datagram,
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let mut rows = Vec::new();
        let flows = self.style.has_reasons().then_some(&self.flows);
        datagram.judge(flows, &mut |check, why| {
            let whole = Whole { frames: datagram.frames(), length: datagram.payload_len() };
            rows.push(Row { check, why, whole: Some(whole) });
        });
        for row in rows {
            self.tally.check(&row.check);
            match self.style {
                Style::Tsv { .. } => self.tabulate(&[row.check], progress, output)?,
                Style::Listing(_) => self.take(row, progress, output)?,
            }
        }
        Ok(())
    }

    /// Takes one in, and shows those that are to be listed by now.
    fn take(&mut self, row: Row, progress: &mut Option<Progress>, output: &mut Output<'_>) -> Result<(), Failure> {
        if let Some(reason) = row.why.first().filter(|_| !row.check.quoted) {
            self.tally.reason(reason);
        }
        if output.is_explained() && self.listing.takes(&row.check) {
            self.explain(&row, output)?;
        }
        let mut ready = Vec::new();
        self.listing.take(row, &mut |row| ready.push(row));
        if !ready.is_empty() && self.on_terminal {
            progress.take();
        }
        for row in ready {
            self.show(&row, output)?;
        }
        Ok(())
    }

    /// Writes lines with tabs, many at a time.
    fn tabulate(
        &mut self,
        found: &[Check],
        progress: &mut Option<Progress>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let Style::Tsv { only, .. } = self.style else { return Ok(()) };
        let mut wanted = found.iter().filter(|check| only.takes(check)).peekable();
        if wanted.peek().is_none() {
            return Ok(());
        }
        self.begin_lines(progress);
        for check in wanted {
            self.lines.push(&self.prefix);
            self.lines.check(check);
        }
        output.raw(self.lines.octets())
    }

    fn begin_lines(&mut self, progress: &mut Option<Progress>) {
        self.has_listed = true;
        if self.on_terminal {
            progress.take();
        }
        self.lines.clear();
    }

    fn explain(&mut self, row: &Row, output: &mut Output<'_>) -> Result<(), Failure> {
        if let Style::Listing(Extent::All | Extent::Only(_)) = self.style {
            self.heading(output)?;
        }
        let Row { check, why, .. } = row;
        if let Some(event) = Event::verified(check) {
            output.event(&event)?;
        }
        for reason in why.iter().filter(|_| check.verdict != Verdict::Partial) {
            output.event(&Event::Reproduced {
                frame: check.frame,
                protocol: check.protocol,
                reason: reason.clone(),
            })?;
        }
        if self.explained.insert(check.verdict) {
            output.event(&Event::FirstOf { verdict: check.verdict, frame: check.frame })?;
        }
        Ok(())
    }

    fn show(&mut self, row: &Row, output: &mut Output<'_>) -> Result<(), Failure> {
        self.heading(output)?;
        output.result(&Found { file: Some(&self.name.0), found: row })
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

    /// How many frames the kernel dropped because they were not fetched in time.
    pub(crate) fn set_kernel_drops(&mut self, drops: Option<u64>) {
        self.tally.kernel_drops = drops;
    }

    /// Shows what was held back, and the summary.
    pub(crate) fn finish(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        self.tally.reassembly = std::mem::take(&mut self.reassembly).finish();
        let mut ready = Vec::new();
        std::mem::replace(&mut self.listing, Listing::new(Extent::Nothing)).finish(&mut |row| ready.push(row));
        for row in ready {
            self.show(&row, output)?;
        }
        match self.style {
            Style::Tsv { .. } => Ok(()),
            Style::Listing(_) => {
                if self.has_listed && !output.is_json() {
                    output.raw(b"\n")?;
                }
                output.result(&Found { file: Some(&self.name.0), found: &self.tally })
            }
        }
    }

    /// Whether anything is bad; a capture of which nothing can be read is not called good.
    pub(crate) fn status(&self, name: &str) -> Result<Status, Failure> {
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

    use sockeye_capture::{LinkType, Timestamp, pcap};
    use sockeye_cli::output::Terminal;

    use super::*;
    use crate::only::Only;

    /// reference/netsum.md, B1: ABCDE from 10.0.0.1:5000 to 10.0.0.2:6000.
    const DATAGRAM: &[u8] = b"\x45\0\0\x21\0\x01\0\0\x40\x11\x66\xc9\x0a\0\0\x01\x0a\0\0\x02\
        \x13\x88\x17\x70\0\x0d\xf7\x52ABCDE";

    fn judged(capture: &[u8]) -> (Result<Status, Failure>, String) {
        let mut capture = Capture::new(Box::new(Cursor::new(capture.to_vec())), "capture".to_owned(), None);
        let mut stdout = Vec::new();
        let mut output = Output::new("netsum", Terminal::default(), &mut stdout, io::sink());
        let name = Name::of(OsStr::new("capture"));
        let reported =
            report(&mut capture, name, Style::Tsv { with_filename: false, only: Only::ALL }, &mut output).unwrap();
        output.flush().unwrap();
        drop(output);
        (reported.end, String::from_utf8(stdout).unwrap())
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
