//! The dialect `trurl`: what trurl 0.16.1 does with libcurl 8.14.1, called by its name.
//!
//! [`work`] is one URL from its text to what is shown, [`json`] the layout of `--json`; [`run`] goes through the URLs of
//! the line or of a file and has trurl's words for what goes wrong.

pub mod json;
#[cfg(test)]
mod tests;
pub mod work;

use std::borrow::Cow;

use sockeye_cli::{Failure, Output, Status};

use crate::cli::Trurl;
use crate::curl::{Url, View};
use crate::encode::harmless;
use crate::shell::confine;
use crate::shell::trurl as lines;
use crate::template::{HostForm, How, Part, Parts, Template};

use self::work::{Plan, Sink, Trouble};

/// How trurl ends where the file cannot be had.
const FILE: Status = Status(1);

/// Does what the line says.
///
/// # Errors
/// [`Failure`] with the status of trurl. What there is to say has been said by then.
pub fn run(job: &Trurl, output: &mut Output<'_>) -> Result<Status, Failure> {
    let file = match job.file.as_deref().map(lines::Lines::open).transpose() {
        Ok(file) => file,
        Err(path) => {
            let message = [b"--url-file ", &*path, b" not found"].concat();
            return Err(complain(output, &Trouble::new(FILE, message)));
        }
    };
    confine::to_what_is_open(file.is_some());
    let request = match &job.request {
        Ok(request) => request,
        Err(trouble) => return Err(complain(output, trouble)),
    };
    let mut printer = Printer::new(request, output);
    let ended = match file {
        Some(file) => printer.file(file),
        None if request.urls.is_empty() => printer.one(None),
        None => request.urls.iter().try_for_each(|url| printer.one(Some(url))),
    };
    let json = printer.close(&ended)?;
    if let Some(text) = json {
        output.raw(text)?;
    }
    match ended {
        Ok(()) => Ok(Status::YES),
        Err(Stop::Trouble(trouble)) => Err(complain(output, &trouble)),
        Err(Stop::Output(failure)) => Err(failure),
    }
}

/// Says what ends a run.
fn complain(output: &mut Output<'_>, trouble: &Trouble) -> Failure {
    // In order, where both streams are one terminal.
    if let Err(failure) = output.flush() {
        return failure;
    }
    let message = shown(&trouble.message, lines::stderr_is_terminal());
    output.stderr_text([b"trurl error: ", &*message, b"\ntrurl error: Try trurl -h for help\n"].concat());
    Failure::Silent(trouble.status)
}

/// What is written, as it is; to a terminal without what that would obey.
fn shown(octets: &[u8], to_terminal: bool) -> Cow<'_, [u8]> {
    if to_terminal { Cow::Owned(harmless(octets).into_bytes()) } else { Cow::Borrowed(octets) }
}

/// What is to be done with the URLs, and how they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The URLs of the line.
    pub urls: Vec<Vec<u8>>,
    /// What changes them.
    pub plan: Plan,
    /// `--get`, as it was written.
    pub get: Option<Vec<u8>>,
    /// `--json`.
    pub json: bool,
    /// What options ask for all components.
    pub how: How,
    /// `--keep-port`.
    pub keep_port: bool,
    /// `--quiet`.
    pub quiet: bool,
}

/// Why no further URL is looked at.
#[derive(Debug)]
enum Stop {
    Trouble(Trouble),
    Output(Failure),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Output(failure)
    }
}

/// trurl's output, URL by URL.
struct Printer<'a, 'b> {
    request: &'a Request,
    template: Option<Template>,
    output: &'a mut Output<'b>,
    line: Vec<u8>,
    /// URLs that were read, and objects that were printed.
    read: usize,
    objects: usize,
}

impl<'a, 'b> Printer<'a, 'b> {
    fn new(request: &'a Request, output: &'a mut Output<'b>) -> Self {
        let template = request.get.as_deref().map(|get| Template::trurl(get, request.how));
        let line = if request.json { b"[".to_vec() } else { Vec::new() };
        Self { request, template, output, line, read: 0, objects: 0 }
    }

    fn file(&mut self, mut file: lines::Lines) -> Result<(), Stop> {
        loop {
            match file.next_line() {
                Ok(Some(lines::Line::Url(url))) => self.one(Some(&url))?,
                Ok(Some(lines::Line::TooLong)) => {
                    if !self.request.quiet {
                        self.note(b"skipping long line")?;
                    }
                }
                Ok(None) => return Ok(()),
                Err(words) => return self.note(format!("fgets: {words}").as_bytes()).map_err(Stop::Output),
            }
        }
    }

    fn one(&mut self, url: Option<&[u8]>) -> Result<(), Stop> {
        let request = self.request;
        let done = work::work(url, &request.plan, self);
        self.flush()?;
        done
    }

    fn flush(&mut self) -> Result<(), Failure> {
        let to_terminal = self.output.width().is_some();
        let written = self.output.raw(&shown(&self.line, to_terminal));
        self.line.clear();
        written
    }

    fn note(&mut self, message: &[u8]) -> Result<(), Failure> {
        self.flush()?;
        let message = shown(message, lines::stderr_is_terminal());
        self.output.stderr_text([b"trurl note: ", &*message, b"\n"].concat());
        Ok(())
    }

    /// What ends the array of `--json`.
    fn close(&mut self, ended: &Result<(), Stop>) -> Result<Option<&'static [u8]>, Failure> {
        self.flush()?;
        let unfinished = matches!(ended, Err(Stop::Trouble(trouble)) if trouble.leaves_json_open());
        if !self.request.json || unfinished || matches!(ended, Err(Stop::Output(_))) {
            return Ok(None);
        }
        Ok(Some(if self.read > 0 { b"\n]\n" } else { b"]\n" }))
    }

    /// The URL with a line end. trurl prints nothing where the host has no Punycode, and says so where it has no Unicode.
    fn plain(&mut self, view: View<'_>) {
        let start = self.line.len();
        if view.url.is_whole() && view.append(Part::Url, self.request.how, &mut self.line) {
            self.line.push(b'\n');
        } else {
            self.line.truncate(start);
        }
    }

    fn not_idn(&mut self, url: &Url, times: usize) -> Result<(), Failure> {
        if times > 0 && !url.has_form(HostForm::Unicode) && !self.request.quiet {
            for _ in 0..times {
                self.note(b"Error converting url to IDN [Bad hostname]")?;
            }
        }
        Ok(())
    }
}

impl Sink for Printer<'_, '_> {
    type Stop = Stop;

    fn note(&mut self, message: &[u8]) -> Result<(), Stop> {
        Ok(Printer::note(self, message)?)
    }

    fn show(&mut self, url: &Url, params: Option<&crate::change::pairs::Pairs>) -> Result<(), Stop> {
        let request = self.request;
        self.read = self.read.saturating_add(1);
        let view = View { url, keep_port: request.keep_port, separator: request.plan.separator };
        if request.json {
            self.line.extend_from_slice(if self.objects > 0 { b",\n" } else { b"\n" });
            self.objects = self.objects.saturating_add(1);
            json::append(view, params, request.how, &mut self.line);
            let idn = usize::from(request.how.host == HostForm::Unicode);
            return Ok(self.not_idn(url, idn)?);
        }
        let Some(template) = self.template.take() else {
            self.plain(view);
            let idn = usize::from(request.how.host == HostForm::Unicode);
            return Ok(self.not_idn(url, idn)?);
        };
        let mut notes = Vec::new();
        let filled = template.fill(&view, &mut self.line, &mut |note| notes.push(note.to_string()));
        let asks = template.asks_for(HostForm::Unicode).next().is_some();
        for part in template.asks_for(HostForm::Punycode).filter(|_| !url.has_form(HostForm::Punycode)) {
            notes
                .push(if part == Part::Host { "Bad hostname (host)" } else { "invalid url [Bad hostname]" }.to_owned());
        }
        self.template = Some(template);
        self.not_idn(url, usize::from(asks))?;
        if !request.quiet {
            for note in notes {
                Printer::note(self, note.as_bytes())?;
            }
        }
        filled.map_err(|fault| Trouble::new(work::GET, fault.to_string()))?;
        self.line.push(b'\n');
        Ok(())
    }

    fn nothing(&mut self) {
        self.read = self.read.saturating_add(1);
    }
}
