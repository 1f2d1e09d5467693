//! Threads for lookups that are more than a query and its answer: each is a session of its own.

use std::io::{self, PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};

use sockeye_cli::options::ColorWhen;
use sockeye_cli::output::{ExplainTo, Terminal};
use sockeye_cli::{Failure, Output, Presentation, Status};

use super::super::Session;
use super::Job;
use crate::options::{Globals, Lookup};

/// How many threads there are at most: each has a connection of its own, and servers do not like too many.
const THREADS: usize = 64;

/// The most that a lookup may say while others wait, in octets. What has more to say is looked up again when nothing has to
/// be held any more: zone transfers have no end that is known before.
const HELD_MAX: usize = 4 << 20;

/// What came of a lookup.
pub(super) enum Done {
    Said(Said),
    /// More than can be held.
    TooLong(Job),
}

/// What a lookup has to say, in full.
#[derive(Default)]
pub(super) struct Said {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) status: Option<Status>,
    /// dig stops here.
    pub(super) stop: Option<Failure>,
}

/// Octets that are held, up to a limit.
struct Held<'a> {
    octets: &'a mut Vec<u8>,
    is_full: &'a mut bool,
}

impl Write for Held<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        *self.is_full |= self.octets.len().saturating_add(octets.len()) > HELD_MAX;
        if *self.is_full {
            // The lookup ends here; nobody gets to see the error.
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.octets.extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Said {
    /// What `work` says; nothing if it is more than can be held.
    pub(super) fn capture(look: Look, work: impl FnOnce(&mut Output<'_>) -> Result<Status, Failure>) -> Option<Self> {
        let (mut stdout, mut stderr, mut is_full) = (Vec::new(), Vec::new(), false);
        let terminal = Terminal { stdout_colour: look.colour, ..Terminal::default() };
        let held = Held { octets: &mut stdout, is_full: &mut is_full };
        let mut output = Output::new("dig", terminal, held, &mut stderr);
        output.present(look.presentation, ExplainTo::Stdout);
        let done = work(&mut output).and_then(|status| output.flush().map(|()| status));
        // What could be said before a failure is said.
        let _ = output.flush();
        drop(output);
        let (status, stop) = match done {
            Ok(status) => (Some(status), None),
            Err(failure) => (None, Some(failure)),
        };
        (!is_full).then_some(Self { stdout, stderr, status, stop })
    }
}

/// How what is captured is to look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Look {
    presentation: Presentation,
    colour: bool,
}

impl Look {
    /// As the output that it is for.
    pub(super) fn of(output: &Output<'_>) -> Self {
        let presentation =
            Presentation { json: output.is_json(), explain: output.is_explained(), color: ColorWhen::Never };
        Self { presentation, colour: output.has_colour() }
    }
}

/// The threads.
pub(super) struct Workers {
    look: Look,
    /// To the threads; they share one end.
    jobs: Sender<Job>,
    taken: Arc<Mutex<Receiver<Job>>>,
    results: Receiver<(u64, Done)>,
    result: Sender<(u64, Done)>,
    /// An octet for each result, for poll(2).
    woken: PipeReader,
    wake: PipeWriter,
    threads: usize,
    busy: usize,
}

impl Workers {
    pub(super) fn new(look: Look) -> io::Result<Self> {
        let (jobs, taken) = mpsc::channel();
        let (result, results) = mpsc::channel();
        let (woken, wake) = io::pipe()?;
        let taken = Arc::new(Mutex::new(taken));
        Ok(Self { look, jobs, taken, results, result, woken, wake, threads: 0, busy: 0 })
    }

    /// How many lookups they have.
    pub(super) fn busy(&self) -> usize {
        self.busy
    }

    /// Hands over a lookup.
    pub(super) fn submit(&mut self, job: Job) {
        self.busy += 1;
        if self.busy > self.threads && self.threads < THREADS && self.start().is_ok() {
            self.threads += 1;
        }
        if self.threads == 0 {
            // No thread is to be had: then here and now.
            let _ = self.result.send(done(job, self.look));
            let _ = self.wake.write_all(b"!");
            return;
        }
        // The receiver is ours and lives as long as we do.
        let _ = self.jobs.send(job);
    }

    fn start(&self) -> io::Result<()> {
        let (taken, result, look) = (Arc::clone(&self.taken), self.result.clone(), self.look);
        let mut wake = self.wake.try_clone()?;
        let work = move || {
            loop {
                let next = match taken.lock() {
                    Ok(taken) => taken.recv(),
                    Err(_) => return,
                };
                let Ok(job) = next else { return };
                if result.send(done(job, look)).is_err() || wake.write_all(b"!").is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("lookup".to_owned()).spawn(work).map(drop)
    }

    /// A result, if there is one.
    pub(super) fn take(&mut self) -> Option<(u64, Done)> {
        let result = self.results.try_recv().ok()?;
        self.busy = self.busy.saturating_sub(1);
        // Its octet is there or about to be.
        let _ = self.woken.read(&mut [0]);
        Some(result)
    }
}

impl AsFd for Workers {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.woken.as_fd()
    }
}

fn done(job: Job, look: Look) -> (u64, Done) {
    let number = job.number;
    let said = Said::capture(look, |output| alone(&job, output));
    (number, said.map_or_else(|| Done::TooLong(job), Done::Said))
}

/// The lookup as it would be done alone.
pub(super) fn alone(job: &Job, output: &mut Output<'_>) -> Result<Status, Failure> {
    let globals = Globals { greeting: job.banner(), ..job.kind.globals.clone() };
    let lookup = Lookup { name: job.name.clone(), ..job.kind.said().clone() };
    if let Some(preface) = &job.preface {
        preface.say(output)?;
    }
    // What was said before it turned out to need a session.
    output.raw(job.notices.as_bytes())?;
    let mut session = Session::new(&globals, job.kind.key.clone())?;
    session.lookup(&lookup, output)?;
    Ok(session.status)
}
