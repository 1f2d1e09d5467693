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

/// What a lookup has to say, in full.
#[derive(Default)]
pub(super) struct Said {
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: Vec<u8>,
    pub(super) status: Option<Status>,
    /// dig stops here.
    pub(super) stop: Option<Failure>,
}

impl Said {
    /// What `work` says.
    pub(super) fn capture(look: Look, work: impl FnOnce(&mut Output<'_>) -> Result<Status, Failure>) -> Self {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let terminal = Terminal { stdout_colour: look.colour, ..Terminal::default() };
        let mut output = Output::new("dig", terminal, &mut stdout, &mut stderr);
        output.present(look.presentation, ExplainTo::Stdout);
        let done = work(&mut output).and_then(|status| output.flush().map(|()| status));
        // What could be said before a failure is said.
        let _ = output.flush();
        drop(output);
        match done {
            Ok(status) => Self { stdout, stderr, status: Some(status), stop: None },
            Err(failure) => Self { stdout, stderr, status: None, stop: Some(failure) },
        }
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
    results: Receiver<(u64, Said)>,
    result: Sender<(u64, Said)>,
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
            let number = job.number;
            let said = session(&job, self.look);
            let _ = self.result.send((number, said));
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
                let number = job.number;
                if result.send((number, session(&job, look))).is_err() || wake.write_all(b"!").is_err() {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("lookup".to_owned()).spawn(work).map(drop)
    }

    /// A result, if there is one.
    pub(super) fn take(&mut self) -> Option<(u64, Said)> {
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

/// The lookup as it would be done alone.
fn session(job: &Job, look: Look) -> Said {
    let greeting = job.banner();
    let globals = Globals { greeting, ..job.kind.globals.clone() };
    let lookup = Lookup { name: job.name.clone(), ..job.kind.said().clone() };
    Said::capture(look, |output| {
        if let Some(preface) = &job.preface {
            preface.say(output)?;
        }
        // What was said before it turned out to need a session.
        output.raw(job.notices.as_bytes())?;
        let mut session = Session::new(&globals, job.kind.key.clone())?;
        session.lookup(&lookup, output)?;
        Ok(session.status)
    })
}
