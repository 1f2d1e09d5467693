//! `netsum fix`: a capture copied octet by octet, with its checksums repaired, or damaged for an exercise.
//!
//! - [`frame`]: what is done to one frame
//! - [`summary`]: what is said of it

pub mod frame;
pub mod summary;

use std::io::{self, Write};

use sockeye_capture::CaptureError;
use sockeye_capture::rewrite::{RewriteError, Rewriter};
use sockeye_cli::{Failure, Output, Status};

use self::frame::{Editor, Plan};
use self::summary::{HEADING, Summary};
use crate::cli::Fix;
use crate::shell::confine::{self, confine};
use crate::shell::target::Target;
use crate::shell::{self, Packed};

/// Copies the capture and rewrites what is bad.
///
/// # Errors
/// [`Failure`] if it cannot be opened or read to its end, in which case what there is has been copied all the same; or if
/// the copy cannot be written, in which case there is none.
pub fn run(job: &Fix, output: &mut Output<'_>) -> Result<Status, Failure> {
    let packed = Packed::open(&job.input)?;
    let mut summary = Summary::new(shell::shown(&job.input), shell::shown(&job.out), job.plan.damage.is_some());
    let name = packed.name.clone();
    let fault = if job.out == "-" {
        confine(&confine::with_what_is_open(), output)?;
        let mut refused = None;
        let stdout = Stdout { output, refused: &mut refused };
        let copied = copy(packed, stdout, job.plan, false, &mut summary, &mut |_| Ok(()))?;
        if let Some(failure) = refused {
            return Err(failure);
        }
        copied.capture_fault(&name)?
    } else {
        let mut target = Target::open(&job.out, &job.input)?;
        confine(&confine::with_a_copy(), output)?;
        let lists = job.verbose || output.is_json() || output.is_explained();
        let mut lines = Lines { lists, headed: false };
        let show = &mut |editor: &Editor| lines.show(editor, output);
        let copied = copy(packed, target.file(), job.plan, lists, &mut summary, show)?;
        if let Some(error) = &copied.write {
            return Err(target.failure(error));
        }
        let fault = copied.capture_fault(&name)?;
        target.commit()?;
        if lines.headed && !output.is_json() {
            output.raw(b"\n")?;
        }
        fault
    };
    if job.out == "-" {
        // Standard output has the copy.
        output.flush()?;
        summary.sentences().for_each(|sentence| output.note(sentence));
    } else {
        output.result(&summary)?;
    }
    match fault {
        Some(fault) => Err(fault),
        None if summary.still_bad() > 0 && job.plan.damage.is_none() => Ok(Status::NO),
        None => Ok(Status::YES),
    }
}

/// How a copy ended.
#[derive(Default)]
struct Copied {
    is_capture: bool,
    capture: Option<CaptureError>,
    write: Option<io::Error>,
}

impl Copied {
    /// The fault of the capture that the run ends with, if there is one.
    ///
    /// # Errors
    /// The same, if it was no capture at all: nothing is to be left of it.
    fn capture_fault(self, name: &str) -> Result<Option<Failure>, Failure> {
        match self.capture.map(|error| shell::capture_failure(name, &error)) {
            Some(failure) if !self.is_capture => Err(failure),
            fault => Ok(fault),
        }
    }

    fn note(&mut self, error: RewriteError) {
        match error {
            RewriteError::Capture(error) => self.capture = self.capture.take().or(Some(error)),
            RewriteError::Write(error) => self.write = self.write.take().or(Some(error)),
        }
    }
}

/// Copies a capture from its first octet to its last, whatever stands in between. `lists` says that `show` writes lines,
/// over which a progress line would write.
fn copy(
    packed: Packed,
    out: impl Write,
    plan: Plan,
    lists: bool,
    summary: &mut Summary,
    show: &mut dyn FnMut(&Editor) -> Result<(), Failure>,
) -> Result<Copied, Failure> {
    let Packed { stream, len, .. } = packed;
    let mut progress = None;
    let mut rewriter = Rewriter::new(stream, out);
    let mut editor = Editor::new(plan);
    let mut copied = Copied::default();
    loop {
        let frame = match rewriter.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => break,
            Err(error) => {
                copied.note(error);
                break;
            }
        };
        editor.edit(&frame);
        summary.count(&editor, frame.fcs_len);
        if let Some(octets) = editor.octets() {
            rewriter.octets_mut().copy_from_slice(octets);
        }
        if summary.frames.is_multiple_of(PROGRESS_EVERY) && !lists {
            progress.get_or_insert_with(|| shell::progress(len)).position(rewriter.stream().position());
        }
        show(&editor)?;
    }
    drop(progress);
    copied.is_capture = rewriter.is_capture();
    summary.compression = rewriter.stream().compression();
    if copied.write.is_none()
        && copied.is_capture
        && let Err(error) = rewriter.finish()
    {
        copied.note(error);
    }
    Ok(copied)
}

/// Frames between two looks at the progress line.
const PROGRESS_EVERY: u64 = 65_536;

/// Shows what is done, where that is wanted.
struct Lines {
    lists: bool,
    headed: bool,
}

impl Lines {
    fn show(&mut self, editor: &Editor, output: &mut Output<'_>) -> Result<(), Failure> {
        let left = if output.is_explained() { editor.left.as_slice() } else { &[] };
        if !self.lists || (editor.changes.is_empty() && left.is_empty()) {
            return Ok(());
        }
        if !self.headed && !output.is_json() {
            output.raw(HEADING.as_bytes())?;
            output.raw(b"\n")?;
        }
        self.headed = true;
        // From the outside in, as everywhere else.
        editor.changes.iter().rev().try_for_each(|change| output.result(change))?;
        left.iter().rev().try_for_each(|left| output.event(left))
    }
}

/// Standard output as a place for octets. What it says is kept, as a closed pipe is no fault.
struct Stdout<'a, 'w> {
    output: &'a mut Output<'w>,
    refused: &'a mut Option<Failure>,
}

impl Write for Stdout<'_, '_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        let written = self.output.raw(octets);
        self.keep(written)?;
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.output.flush();
        self.keep(flushed)
    }
}

impl Stdout<'_, '_> {
    fn keep(&mut self, written: Result<(), Failure>) -> io::Result<()> {
        written.map_err(|failure| {
            *self.refused = Some(failure);
            io::ErrorKind::Other.into()
        })
    }
}
