//! `-f`: the lookups of a file.

#![expect(clippy::disallowed_methods, reason = "the shell: the file")]

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use sockeye_cli::failure::errno_text;
use sockeye_cli::{Exit, Failure, Output, Status};

use super::{Session, refuse};
use crate::args::Asked;
use crate::options::{Batch, Plan};
use crate::{batch, cli};

/// The file cannot be read.
const NO_FILE: Status = Status(8);

/// Asks for the names of the line, then for those of the file.
///
/// # Errors
/// [`Failure`] with dig's statuses.
pub(super) fn run(batch: &Batch, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut file = BufReader::new(open(&batch.file, output)?);
    let mut session = Session::new(&batch.globals)?;
    for lookup in &batch.lookups {
        session.lookup(lookup, output)?;
    }
    let mut status = session.status;
    let mut begun = false;
    let mut defaults = batch.defaults.clone();
    let mut line = Vec::new();
    while {
        line.clear();
        let limit = u64::try_from(batch::LINE_MAX).unwrap_or(u64::MAX);
        file.by_ref().take(limit).read_until(b'\n', &mut line).unwrap_or(0) > 0
    } {
        if !begun && batch::is_passed_over(&line) {
            continue;
        }
        begun = true;
        let options = match defaults.read(&batch::words(&line), &mut super::resolve) {
            Ok(options) => options,
            Err(asked) => return tell(asked, output),
        };
        for warning in &options.warnings {
            output.stderr_text(warning);
        }
        output.raw(options.preamble.as_bytes())?;
        match &options.plan {
            Plan::Refuse(refusal) => return refuse(refusal, output),
            Plan::Lookups(globals, lookups) => {
                let mut session = Session::new(globals)?;
                for lookup in lookups {
                    session.lookup(lookup, output)?;
                    status = session.status;
                }
            }
            _ => {}
        }
    }
    Ok(status)
}

/// A text that a line asks for, such as the version; the run ends there.
fn tell(asked: Asked, output: &mut Output<'_>) -> Result<Status, Failure> {
    match cli::text(asked) {
        Exit::Text { text, on_stderr: true, status } => {
            output.stderr_line(text.trim_end());
            Ok(status)
        }
        Exit::Text { text, on_stderr: false, status } => output.raw(text.as_bytes()).map(|()| status),
        Exit::Failure(failure) => Err(failure),
    }
}

fn open(path: &str, output: &mut Output<'_>) -> Result<Box<dyn Read>, Failure> {
    if path == "-" {
        return Ok(Box::new(io::stdin()));
    }
    match File::open(path) {
        Ok(file) => Ok(Box::new(file)),
        Err(error) => {
            output.stderr_line(format!("{path}: {}", errno_text(&error)));
            Err(Failure::new(NO_FILE, "couldn't open specified batch file"))
        }
    }
}
