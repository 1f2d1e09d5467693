//! Runs experiments, each in a process of its own, and says which of them showed what theory says.

use std::collections::VecDeque;
use std::io::{self, BufRead as _, BufReader, Read};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::pidfd::PidFd;
use sockeye_sys::{namespace, process, signals};

use super::file;
use crate::verified::{Outcome, Summary, Verified};
use crate::{catalog, record};

/// What is to be verified, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Orders {
    /// Names or files; all of the list if there is none.
    pub experiments: Vec<String>,
    /// How many at a time; a guess if it is not said.
    pub jobs: Option<usize>,
    /// Whether what this machine cannot do counts as passed.
    pub skip_impossible: bool,
    /// The seed of all of them.
    pub seed: u64,
}

/// Something that happened.
enum News {
    /// An experiment is over.
    Over(usize, Verified),
    /// lab was told to end.
    Signal(u8),
}

/// Verifies experiments.
///
/// # Errors
/// [`Failure`] if there is no such experiment, if lab cannot start itself, or was told to end.
pub fn verify(orders: &Orders, output: &mut Output<'_>) -> Result<Status, Failure> {
    let start = Instant::now();
    let mut names = orders.experiments.clone();
    if names.is_empty() {
        names.extend(catalog::EXPERIMENTS.iter().map(|entry| entry.name.to_owned()));
    }
    if names.iter().any(|name| name == "-") {
        let failure = Failure::usage("-: standard input is read once, and every experiment is a process of its own");
        return Err(failure.hint("put it into a file, or use lab run"));
    }
    // What cannot be read is said before anything is run.
    names.iter().try_for_each(|name| file::load(name).map(drop))?;
    let (sender, news) = mpsc::channel();
    catch_signals(sender.clone())?;
    let mut work = Work { waiting: names.into_iter().enumerate().collect(), running: Vec::new(), sender };
    let jobs = orders.jobs.unwrap_or_else(guess).max(1);
    let mut summary = Summary::default();
    loop {
        while work.running.len() < jobs && work.start_next(orders.seed)? {}
        if work.running.is_empty() {
            break;
        }
        let verified = work.next(&news)?;
        output.result(&verified)?;
        output.flush()?;
        summary.count(&verified);
    }
    summary.duration_ms = milliseconds(start.elapsed());
    let passed = summary.failed.is_empty() && (summary.impossible.is_empty() || orders.skip_impossible);
    output.result(&summary)?;
    Ok(if passed { Status::YES } else { Status::NO })
}

/// Most of the time of an experiment is spent waiting; but what is measured in one is disturbed by the others.
fn guess() -> usize {
    thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2)).min(4)
}

/// The experiments that are running. Dropping it ends them: each is told to, and takes away what it has made.
struct Work {
    waiting: VecDeque<(usize, String)>,
    running: Vec<(usize, PidFd)>,
    sender: Sender<News>,
}

impl Work {
    /// Starts the next one, if there is one.
    fn start_next(&mut self, seed: u64) -> Result<bool, Failure> {
        let Some((index, name)) = self.waiting.pop_front() else { return Ok(false) };
        let failed = |error: io::Error| Failure::call(Status::HOST, "start", "/proc/self/exe", &error);
        let mut command = Command::new("/proc/self/exe");
        command.arg0("lab").args(["run", "--fast", "--json", "--seed", &seed.to_string(), "--", &name]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C is for this process, which then ends the others in order.
        command.process_group(0);
        let child = namespace::die_with_parent(&mut command).spawn().map_err(failed)?;
        let handle = PidFd::open(child.id()).map_err(|error| Failure::host(error.to_string()))?;
        self.running.push((index, handle));
        let sender = self.sender.clone();
        let work = move || {
            // Nobody listens any more if lab was told to end.
            let _ = sender.send(News::Over(index, attend(name, child)));
        };
        thread::Builder::new().spawn(work).map_err(|error| Failure::call(Status::HOST, "clone", "a thread", &error))?;
        Ok(true)
    }

    /// Waits until one of them is over.
    fn next(&mut self, news: &Receiver<News>) -> Result<Verified, Failure> {
        match news.recv() {
            Ok(News::Over(index, verified)) => {
                self.running.retain(|(running, _)| *running != index);
                Ok(verified)
            }
            Ok(News::Signal(number)) => {
                self.end(news);
                Err(Failure::Silent(Status(number.saturating_add(128))))
            }
            // A sender is here.
            Err(_) => Err(Failure::host("verify: nobody is left to tell")),
        }
    }

    /// Tells all of them to end, and waits for that.
    fn end(&mut self, news: &Receiver<News>) {
        let number = process::signal_number("TERM").unwrap_or_default();
        for (_, handle) in &self.running {
            // It may have ended by itself.
            let _ = handle.signal(number);
        }
        while !self.running.is_empty() {
            match news.recv() {
                Ok(News::Over(index, _)) => self.running.retain(|(running, _)| *running != index),
                // Who insists does not wait.
                Ok(News::Signal(_)) | Err(_) => return,
            }
        }
    }
}

fn catch_signals(sender: Sender<News>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::call(Status::HOST, "sigaction", "SIGINT, SIGTERM, SIGHUP", &error);
    let mut caught = signals::catch_endings().map_err(failed)?;
    let work = move || {
        let mut number = [0];
        while caught.read_exact(&mut number).is_ok() && sender.send(News::Signal(number[0])).is_ok() {}
    };
    thread::Builder::new().spawn(work).map(drop).map_err(failed)
}

/// Reads what a run says and waits for its end.
fn attend(name: String, mut child: Child) -> Verified {
    let start = Instant::now();
    // Read beside the other: a full pipe would stop it.
    let stderr = child.stderr.take().map(|mut pipe| {
        thread::spawn(move || {
            let mut text = String::new();
            // What is no text is no message of ours.
            let _ = pipe.read_to_string(&mut text);
            text
        })
    });
    let Heard { checks, mut failed } = child.stdout.take().map(heard).unwrap_or_default();
    let status = child.wait().map_or(-1, |status| status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
    let said = stderr.and_then(|thread| thread.join().ok()).unwrap_or_default();
    let outcome = match (status, checks) {
        (0, Some(_)) => Outcome::Passed,
        (4, _) => Outcome::Impossible,
        _ => Outcome::Failed,
    };
    // What did not come to its end says why, whatever was seen before.
    if outcome != Outcome::Passed && (failed.is_empty() || checks.is_none()) {
        let said = said.trim();
        let said = said.strip_prefix("lab: ").unwrap_or(said);
        failed.push(if said.is_empty() { format!("lab run ended with status {status}") } else { said.to_owned() });
    }
    let checks = checks.unwrap_or(0);
    Verified { experiment: name, outcome, checks, failed, duration_ms: milliseconds(start.elapsed()) }
}

/// What a run says that matters here.
#[derive(Default)]
struct Heard {
    /// How much was judged; nothing if the run did not come to its end.
    checks: Option<usize>,
    /// What was not seen, with what was there in its place, and what could not be done.
    failed: Vec<String>,
}

/// The records that matter here, in what `lab run --json` writes.
#[derive(Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Said {
    Verdict {
        check: String,
        passed: bool,
        found: Option<String>,
    },
    Broke {
        why: String,
    },
    Finished {
        checks: usize,
    },
    #[serde(other)]
    Else,
}

/// Reads all that comes, a line at a time, and keeps what matters.
fn heard(pipe: impl Read) -> Heard {
    #[derive(Deserialize)]
    struct Envelope {
        data: Said,
    }
    let (mut lines, mut line, mut heard) = (BufReader::new(pipe), Vec::new(), Heard::default());
    while lines.read_until(b'\n', &mut line).is_ok_and(|len| len > 0) {
        match serde_json::from_slice(&line).map(|Envelope { data }| data) {
            Ok(Said::Verdict { check, passed: false, found }) => {
                heard.failed.push(format!("{check}: {}", record::in_its_place(found.as_deref())));
            }
            Ok(Said::Broke { why }) => heard.failed.push(why),
            Ok(Said::Finished { checks }) => heard.checks = Some(checks),
            // What did not come to its end is told by the status.
            Ok(Said::Verdict { .. } | Said::Else) | Err(_) => {}
        }
        line.clear();
    }
    heard
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
