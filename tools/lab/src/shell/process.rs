//! Tools running on hosts, and what they print.
//!
//! Both streams of a process are one pipe, as they are one terminal for a user: the order of the lines is the order in
//! which they were written. Each pipe is read by a thread of its own, and everything that happens comes through one
//! channel, the signals to this process included.

use std::io::{self, PipeReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use sockeye_cli::{COLUMNS, Failure, Status};
use sockeye_sys::signals;

use super::network::Host;
use crate::experiment::{CommandLine, Input, Sign};

/// How long anything that a process shall do may take. Everything here is done in milliseconds.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Something that happened.
enum News {
    /// A process printed something.
    Printed(usize, Vec<u8>),
    /// A process closed its streams.
    Closed(usize),
    /// This process was told to end.
    Signal(u8),
}

/// Why a wait was in vain.
#[derive(Debug)]
pub enum Vain {
    /// [`DEADLINE`] has passed.
    Late,
    /// The process ended without it.
    Ended(i32),
    /// This process was told to end.
    Stopped(Failure),
}

/// A process that was started. Dropping it kills it and waits for its end.
#[derive(Debug)]
struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    printed: Vec<u8>,
    /// How much of that has been shown.
    shown: usize,
    closed: bool,
    status: Option<i32>,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processes of an experiment, by number.
#[derive(Debug)]
pub struct Processes {
    all: Vec<Process>,
    columns: Option<u16>,
    sender: Sender<News>,
    news: Receiver<News>,
}

impl Processes {
    /// None yet; what they print shall be no wider than `columns`. From here on, signals that would end this process end
    /// its waits instead.
    ///
    /// # Errors
    /// [`Failure`] if the system has no more descriptors or threads.
    pub fn new(columns: Option<u16>) -> Result<Self, Failure> {
        let (sender, news) = mpsc::channel();
        let failed = |error: io::Error| Failure::call(Status::HOST, "sigaction", "SIGINT, SIGTERM, SIGHUP", &error);
        let mut caught = signals::catch_endings().map_err(failed)?;
        let signals = sender.clone();
        spawn(move || {
            let mut number = [0];
            while caught.read_exact(&mut number).is_ok() && signals.send(News::Signal(number[0])).is_ok() {}
        })?;
        Ok(Self { all: Vec::new(), columns, sender, news })
    }

    /// Starts `executable` on `host` as `line` says, in the folder `folder`. Returns its number here and its pid.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be started.
    pub fn start(
        &mut self,
        host: &Host,
        executable: &Path,
        line: &CommandLine,
        folder: &Path,
    ) -> Result<(usize, u32), Failure> {
        let failed = |error: io::Error| Failure::call(Status::HOST, "start", executable.display(), &error);
        let (reader, writer) = io::pipe().map_err(failed)?;
        let mut command = Command::new(executable);
        command.args(&line.args).current_dir(folder).env_remove("CLICOLOR_FORCE").env_remove(COLUMNS);
        // What goes through grep needs its lines whole.
        if let (Some(columns), None) = (self.columns, &line.only) {
            command.env(COLUMNS, columns.to_string());
        }
        command.stdin(if line.input == Input::Nothing { Stdio::null() } else { Stdio::piped() });
        command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
        // A group of its own: Ctrl-C reaches this process alone, which then ends the others in order.
        command.process_group(0);
        host.adopt(&mut command).map_err(|error| failed(error.into()))?;
        let mut child = command.spawn().map_err(failed)?;
        // The writing ends here: the pipe shall end with the process.
        drop(command);
        let pid = child.id();
        let mut stdin = child.stdin.take();
        if let Input::Text(text) = line.input
            && let Some(mut pipe) = stdin.take()
        {
            // It may end without reading it; what it then says shows why.
            let _ = pipe.write_all(text.as_bytes());
        }
        let number = self.all.len();
        self.all.push(Process { child, stdin, printed: Vec::new(), shown: 0, closed: false, status: None });
        let sender = self.sender.clone();
        spawn(move || listen(number, reader, &sender))?;
        Ok((number, pid))
    }

    /// Waits until a process shows `sign` in what was not shown yet.
    ///
    /// # Errors
    /// [`Vain`] if it does not.
    pub fn await_sign(&mut self, number: usize, sign: &Sign) -> Result<(), Vain> {
        self.wait(number, |process| match sign.is_in(&String::from_utf8_lossy(process.unshown())) {
            true => Some(Ok(())),
            false if process.closed => Some(Err(())),
            false => None,
        })?
        .or_else(|()| Err(Vain::Ended(self.reap(number)?)))
    }

    /// Waits for the end of a process and returns its exit status.
    ///
    /// # Errors
    /// [`Vain`] if it does not end.
    pub fn await_end(&mut self, number: usize) -> Result<i32, Vain> {
        self.wait(number, |process| process.closed.then_some(()))?;
        self.reap(number)
    }

    /// Ends the standard input of a process.
    pub fn end_input(&mut self, number: usize) {
        if let Some(process) = self.all.get_mut(number) {
            process.stdin = None;
        }
    }

    /// Kills a process and returns its exit status.
    pub fn kill(&mut self, number: usize) -> Option<i32> {
        let process = self.all.get_mut(number)?;
        // It may have ended by itself.
        let _ = process.child.kill();
        process.status = process.child.wait().ok().map(code);
        process.status
    }

    /// The pid of a process.
    pub fn pid(&self, number: usize) -> u32 {
        self.all.get(number).map_or(0, |process| process.child.id())
    }

    /// Everything that a process has printed so far.
    pub fn printed(&self, number: usize) -> String {
        let printed = self.all.get(number).map(|process| process.printed.as_slice()).unwrap_or_default();
        String::from_utf8_lossy(printed).into_owned()
    }

    /// What it has printed since this was called last.
    pub fn news(&mut self, number: usize) -> String {
        let Some(process) = self.all.get_mut(number) else { return String::new() };
        let text = String::from_utf8_lossy(process.unshown()).into_owned();
        process.shown = process.printed.len();
        text
    }

    /// Whether this process was told to end and has not noticed yet.
    pub fn stopped(&mut self) -> Option<Failure> {
        while let Ok(news) = self.news.try_recv() {
            if let Some(stop) = self.note(news) {
                return Some(stop);
            }
        }
        None
    }

    fn wait<T>(&mut self, number: usize, mut done: impl FnMut(&Process) -> Option<T>) -> Result<T, Vain> {
        let start = Instant::now();
        loop {
            if let Some(value) = self.all.get(number).and_then(&mut done) {
                return Ok(value);
            }
            let left = DEADLINE.saturating_sub(start.elapsed());
            // The channel cannot hang up: a sender is here.
            let Ok(news) = self.news.recv_timeout(left) else { return Err(Vain::Late) };
            if let Some(stop) = self.note(news) {
                return Err(Vain::Stopped(stop));
            }
        }
    }

    fn note(&mut self, news: News) -> Option<Failure> {
        match news {
            News::Printed(number, octets) => {
                self.all.get_mut(number)?.printed.extend_from_slice(&octets);
                None
            }
            News::Closed(number) => {
                self.all.get_mut(number)?.closed = true;
                None
            }
            News::Signal(number) => Some(Failure::Silent(Status(number.saturating_add(128)))),
        }
    }

    /// The status of a process that has closed its streams, and so is about to end.
    fn reap(&mut self, number: usize) -> Result<i32, Vain> {
        let start = Instant::now();
        let Some(process) = self.all.get_mut(number) else { return Err(Vain::Late) };
        loop {
            if let Some(status) = process.status {
                return Ok(status);
            }
            process.status = process.child.try_wait().ok().flatten().map(code);
            if process.status.is_none() && start.elapsed() > DEADLINE {
                return Err(Vain::Late);
            }
            thread::yield_now();
        }
    }
}

impl Process {
    fn unshown(&self) -> &[u8] {
        self.printed.get(self.shown..).unwrap_or_default()
    }
}

/// The status as a shell has it.
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

fn listen(number: usize, mut pipe: PipeReader, news: &Sender<News>) {
    let mut buffer = [0; 8192];
    while let Ok(len @ 1..) = pipe.read(&mut buffer) {
        if news.send(News::Printed(number, buffer.get(..len).unwrap_or_default().to_vec())).is_err() {
            return;
        }
    }
    // Nobody is left to tell when the experiment is over.
    let _ = news.send(News::Closed(number));
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::call(Status::HOST, "clone", "a thread", &error);
    thread::Builder::new().spawn(work).map(drop).map_err(failed)
}
