//! `netsum verify --live`: the frames of an interface, when they pass.

use std::ffi::OsStr;
use std::ops::ControlFlow;

use sockeye_capture::Frame;
use sockeye_capture::layers::Algorithm;
use sockeye_capture::live::ring::Seen;
use sockeye_cli::{Failure, Output, Status};

use crate::cli::{Live, Style};
use crate::shell;
use crate::shell::confine::{self, confine};
use crate::shell::live::{Source, Wake};
use crate::verdict::{Check, Verdict};
use crate::verify::{Name, Report};

/// Judges what passes, until there were as many frames as asked for, the time is over, or a signal comes.
///
/// # Errors
/// [`Failure`] if the interface cannot be opened; or goes away, after everything before that has been reported.
pub fn run(job: &Live, style: Style, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut source = Source::open(job)?;
    confine(&confine::with_an_interface(), output)?;
    output.note(format!("listening on {}", job.interface));
    let mut report = Report::new(Name::of(OsStr::new(&job.interface)), style, shell::stdout_is_terminal());
    let mut watch = Watch { report: &mut report, left: job.count };
    let ended = watch.until_the_end(&mut source, output);
    report.set_kernel_drops(source.drops());
    report.finish(output)?;
    ended?;
    report.status(&job.interface)
}

struct Watch<'a> {
    report: &'a mut Report,
    /// How many frames are still wanted, if not all.
    left: Option<u64>,
}

impl Watch<'_> {
    fn until_the_end(&mut self, source: &mut Source, output: &mut Output<'_>) -> Result<(), Failure> {
        loop {
            let wake = source.wait()?;
            let drained = source.drain(&mut |frame, seen| match self.take(frame, seen, output) {
                Ok(true) => ControlFlow::Continue(()),
                Ok(false) => ControlFlow::Break(Ok(())),
                Err(failure) => ControlFlow::Break(Err(failure)),
            });
            // Whoever watches sees what passed now, not when a buffer is full.
            output.flush()?;
            match drained {
                Some(ended) => return ended,
                None if wake == Wake::End => return source.fault().map_or(Ok(()), Err),
                None => {}
            }
        }
    }

    /// Takes one frame in; `false` if it was the last one wanted.
    fn take(&mut self, frame: &Frame<'_>, seen: Seen, output: &mut Output<'_>) -> Result<bool, Failure> {
        let mut know = |check: &mut Check| {
            if seen.checksum_pending {
                pending(check);
            }
        };
        self.report.frame(frame, &mut know, &mut None, output)?;
        self.left = self.left.map(|left| left.saturating_sub(1));
        Ok(self.left != Some(0))
    }
}

/// A CRC that is left to the interface is zero, not the sum of a pseudo-header: only the kernel tells it from damage.
fn pending(check: &mut Check) {
    if check.algorithm == Algorithm::Crc32c && check.stored == 0 && check.verdict == Verdict::Bad {
        check.verdict = Verdict::Partial;
    }
}
