//! `url URL...`: each URL taken apart, one after the other, from the command line and from files.

use std::cell::RefCell;
use std::fmt;
use std::io::{self, Write};
use std::rc::Rc;

use sockeye_cli::escape::{escape, escape_octets};
use sockeye_cli::output::{ExplainTo, Terminal};
use sockeye_cli::{Failure, Output, Presentation, Status};

use crate::anatomy;
use crate::cli::{Dissect, Form};
use crate::csv;
use crate::dissect;
use crate::models::Choice;
use crate::parts::Whatwg;
use crate::plain;
use crate::record;
use crate::refusal::Refusal;
use crate::rfc3986::{self, Components};
use crate::shell::counter::Counter;
use crate::shell::lines::{Block, Lines};
use crate::shell::{confine, crew};
use crate::template::{Parts, Template};

/// Every how many lines of a file the progress is shown. A file with fewer is not long.
const LONG: u64 = 1 << 15;

/// Takes each URL apart. One that is malformed or cannot be resolved is told of, and the others go on.
///
/// # Errors
/// [`Failure`] with the status of the first URL or file that failed, or if the output cannot be written.
pub fn run(job: &Dissect, output: &mut Output<'_>) -> Result<Status, Failure> {
    let is_whole = !output.is_explained() && !job.resolve && job.base_to_show().is_none();
    let is_short = output.is_json() && is_whole && job.model_for(output) == Choice::Whatwg;
    if !job.files.is_empty() {
        confine::to_files(&job.files, job.resolve, output)?;
    }
    let mut run = Run { job, output, failed: None, shown: false, is_short, line: Vec::new(), kept: None };
    if let Form::Csv(fields) = &job.form {
        csv::header(fields, &mut run.line);
        run.output.raw(&run.line)?;
    }
    if job.makes {
        run.change(None, Place::CommandLine)?;
    }
    for url in &job.urls {
        run.take(url.as_encoded_bytes(), Place::CommandLine)?;
    }
    for file in &job.files {
        match Lines::open(file) {
            Ok(lines) => run.file(lines)?,
            Err(failure) => run.fail(failure.into())?,
        }
    }
    run.failed.map_or(Ok(Status::YES), |status| Err(Failure::Silent(status)))
}

/// Where a URL stands.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    CommandLine,
    Line { file: &'a str, number: u64 },
}

impl Place<'_> {
    /// What went wrong with the URL in this place.
    fn of(&self, refusal: impl Into<Refusal>) -> Refusal {
        let file = match *self {
            Self::CommandLine => None,
            Self::Line { file, number } => Some((file, number)),
        };
        refusal.into().at(&self.to_string(), file)
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CommandLine => Ok(()),
            Self::Line { file, number } => write!(f, "{file}:{number}: "),
        }
    }
}

struct Run<'a, 'o> {
    job: &'a Dissect,
    output: &'a mut Output<'o>,
    /// The status of the first failure.
    failed: Option<Status>,
    /// Whether something was shown, from which the next table is set off.
    shown: bool,
    /// Whether a plain URL has a line of JSON and nothing else.
    is_short: bool,
    /// The line in the making.
    line: Vec<u8>,
    /// Where failures go while a thread works on a block of lines.
    kept: Option<Kept>,
}

/// What a thread made of a block of lines: what it would have printed, and after how many octets of that each failure came.
#[derive(Default)]
struct Kept {
    out: Rc<RefCell<Vec<u8>>>,
    failures: Vec<(usize, Refusal)>,
}

/// The same without what threads cannot share.
struct Made {
    out: Vec<u8>,
    failures: Vec<(usize, Refusal)>,
    last: u64,
}

/// A writer to octets that can be looked at meanwhile.
struct Shared(Rc<RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Does the work on a block of lines for a [`Run`] that is `json` and `is_short` as that is.
fn work(job: &Dissect, json: bool, is_short: bool, file: &str, block: &Block) -> Result<Made, Failure> {
    let kept = Kept::default();
    let shared = Rc::clone(&kept.out);
    let mut output = Output::new("url", Terminal::default(), Shared(Rc::clone(&shared)), io::sink());
    output.present(Presentation { json, ..Presentation::default() }, ExplainTo::Stdout);
    let mut run =
        Run { job, output: &mut output, failed: None, shown: false, is_short, line: Vec::new(), kept: Some(kept) };
    for (number, url) in block.urls() {
        run.take(url, Place::Line { file, number })?;
    }
    let failures = run.kept.take().map(|kept| kept.failures).unwrap_or_default();
    output.flush()?;
    Ok(Made { out: shared.take(), failures, last: block.last() })
}

impl Run<'_, '_> {
    fn file(&mut self, mut lines: Lines) -> Result<(), Failure> {
        let file = lines.name().to_owned();
        let is_line = self.is_short || !matches!(self.job.form, Form::Whole);
        let to_terminal = self.output.width().is_some();
        if lines.is_long() && is_line && !to_terminal && !self.job.verify && crew::hands() > 1 {
            return self.shared(&file, lines);
        }
        let mut counter = Counter::default();
        loop {
            if lines.is_dry() {
                // Whoever writes the file may wait for what becomes of it.
                self.output.flush()?;
            }
            match lines.next_url() {
                Ok(None) => return Ok(()),
                Ok(Some((number, url))) => {
                    self.take(url, Place::Line { file: &file, number })?;
                    // Results on the same terminal show how it goes.
                    if number % LONG == 0 && self.output.width().is_none() {
                        counter.show(number);
                    }
                }
                Err(failure) => {
                    return self.fail(failure.into());
                }
            }
        }
    }

    /// A long file, of which every URL is a line by itself: threads share it.
    fn shared(&mut self, file: &str, mut lines: Lines) -> Result<(), Failure> {
        let (job, json, is_short) = (self.job, self.output.is_json(), self.is_short);
        let mut counter = Counter::default();
        let mut unread = None;
        crew::in_order(
            // What was read before is shown before the failure to read on.
            || {
                Ok(lines.next_block().unwrap_or_else(|failure| {
                    unread = Some(failure);
                    None
                }))
            },
            |block| work(job, json, is_short, file, &block),
            |made| {
                let Made { out, failures, last } = made?;
                let mut written = 0;
                for (end, failure) in failures {
                    self.output.raw(out.get(written..end).unwrap_or_default())?;
                    written = end;
                    self.fail(failure)?;
                }
                self.output.raw(out.get(written..).unwrap_or_default())?;
                if last > LONG {
                    counter.show(last);
                }
                Ok::<(), Failure>(())
            },
        )?;
        if let Some(failure) = unread {
            self.fail(failure.into())?;
        }
        Ok(())
    }

    /// Takes one URL apart and shows it.
    fn take(&mut self, octets: &[u8], place: Place<'_>) -> Result<(), Failure> {
        if self.is_over() {
            return Ok(());
        }
        let text = match str::from_utf8(octets) {
            Ok(text) => text,
            Err(error) => {
                let valid = error.valid_up_to();
                let around = octets.get(valid.saturating_sub(100)..octets.len().min(valid + 100)).unwrap_or(octets);
                let failure =
                    Failure::new(Status::NO, format!("\"{}\": not UTF-8 at octet {valid}", escape_octets(around)));
                return self.fail(place.of(failure.hint("percent-encode what is not UTF-8")));
            }
        };
        self.change(Some(text), place)
    }

    /// Whether a bad URL was the end.
    fn is_over(&self) -> bool {
        self.job.verify && self.failed.is_some()
    }

    /// Changes a URL, or makes one of nothing, and shows what comes of it.
    fn change(&mut self, text: Option<&str>, place: Place<'_>) -> Result<(), Failure> {
        let Some(edits) = &self.job.edits else { return self.take_text(text.unwrap_or_default(), place) };
        let resolved = match self.job.base.as_deref().zip(text) {
            None => None,
            Some((base, text)) => match anatomy::resolved(base, text, self.job.model) {
                Ok((url, _)) => Some(url),
                Err(refusal) => return self.fail(place.of(*refusal)),
            },
        };
        let text = resolved.as_deref().or(text);
        for changed in edits.apply(text).unwrap_or_else(|why| vec![Err(why)]) {
            match changed {
                _ if self.is_over() => return Ok(()),
                Ok(changed) => self.take_text(&changed, place)?,
                Err(why) => {
                    let failure = Failure::new(Status::NO, escape(&why));
                    self.fail(place.of(match text {
                        Some(text) => Refusal::new(text, failure),
                        None => failure.into(),
                    }))?;
                }
            }
        }
        Ok(())
    }

    fn take_text(&mut self, text: &str, place: Place<'_>) -> Result<(), Failure> {
        self.line.clear();
        let resolved = match (self.job.base_to_show(), &self.job.form) {
            (Some(base), Form::Get(_) | Form::Csv(_)) => match anatomy::resolved(base, text, self.job.model) {
                Ok((url, _)) => Some(url),
                Err(refusal) => return self.fail(place.of(*refusal)),
            },
            _ => None,
        };
        let text = resolved.as_deref().unwrap_or(text);
        if self.job.model == Some(Choice::Rfc3986) && matches!(self.job.form, Form::Get(_) | Form::Csv(_)) {
            return self.take_uri(text, place);
        }
        match (&self.job.form, plain::read(text)) {
            (Form::Get(template), Some(url)) => self.fill(template, &url, text, place)?,
            (Form::Get(template), None) => match dissect::parse(text) {
                Ok((split, url)) => self.fill(template, &Whatwg::new(text, &split, &url), text, place)?,
                Err(malformed) => self.fail(place.of(malformed))?,
            },
            (Form::Csv(fields), Some(url)) => csv::write_plain(&url, fields, &mut self.line),
            (Form::Csv(fields), None) => {
                if let Err(malformed) = csv::write_any(text, fields, &mut self.line) {
                    self.fail(place.of(malformed))?;
                }
            }
            (Form::Text, _) => {
                self.line.extend_from_slice(text.as_bytes());
                self.line.push(b'\n');
            }
            (Form::Whole, Some(url)) if self.is_short => record::write(&url, &mut self.line),
            (Form::Whole, _) => return self.show(text, place),
        }
        self.output.raw(&self.line)
    }

    /// A line of a text that is read by RFC 3986.
    fn take_uri(&mut self, text: &str, place: Place<'_>) -> Result<(), Failure> {
        match (rfc3986::parse(text), &self.job.form) {
            (Ok(uri), Form::Get(template)) => self.fill(template, &Components::of_cut(text, &uri.cut), text, place)?,
            (Ok(uri), Form::Csv(fields)) => csv::write_uri(text, &uri, fields, &mut self.line),
            (Ok(_), Form::Whole | Form::Text) => {}
            (Err(fault), _) => self.fail(place.of(Refusal::new(text, anatomy::refused_by_rfc3986(text, &fault))))?,
        }
        self.output.raw(&self.line)
    }

    /// A line by a template. One that cannot be filled is told of, and nothing of it is shown.
    fn fill(&mut self, template: &Template, url: &impl Parts, text: &str, place: Place<'_>) -> Result<(), Failure> {
        match template.fill(url, &mut self.line, &mut |_| {}) {
            Ok(()) => self.line.push(b'\n'),
            Err(fault) => {
                self.line.clear();
                self.fail(place.of(Refusal::new(text, Failure::new(Status::NO, fault.to_string()))))?;
            }
        }
        Ok(())
    }

    /// The whole URL with all that is known of it.
    fn show(&mut self, text: &str, place: Place<'_>) -> Result<(), Failure> {
        if let Some(failure) = anatomy::one(text, self.job, &mut self.shown, self.output)? {
            self.fail(place.of(failure))?;
        }
        Ok(())
    }

    fn fail(&mut self, refusal: Refusal) -> Result<(), Failure> {
        self.failed.get_or_insert(refusal.failure.status());
        let Some(kept) = &mut self.kept else { return refusal.show(self.output) };
        self.output.flush()?;
        let end = kept.out.borrow().len();
        kept.failures.push((end, refusal));
        Ok(())
    }
}

/// The failure, said to be of the text in that place. A URL that is malformed is an answer, and no wrong command line.
pub(crate) fn at(place: impl fmt::Display, failure: Failure) -> Failure {
    match failure {
        Failure::Fault { status, message, hint, excerpt } => {
            let status = if status == Status::USAGE { Status::NO } else { status };
            Failure::Fault { status, message: format!("{place}{message}"), hint, excerpt }
        }
        other => other,
    }
}
