//! The processes of an experiment, by label, and what they print, line by line with the time.
//!
//! Both streams of a process are one pipe, as they are one terminal for a user: the order of the lines is the order in
//! which they were written. A thread for each process reads its pipe and waits for its end; everything that happens comes
//! through one channel, the signals to lab included.

use std::borrow::Cow;
use std::io::{self, PipeReader, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use sockeye_cli::{COLUMNS, Failure, Status};
use sockeye_sys::pidfd::PidFd;
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{CallError, process};

use super::super::network::Host;
use super::Stop;
use super::clock::{Moment, now};
use super::limits::{Intake, Room, Tally, line_ends};
use super::nursery::Nursery;
use crate::model::Signal;
use crate::record::What;

/// Something that happened.
#[derive(Debug)]
pub enum News {
    /// A process printed something.
    Printed(usize, Moment, Vec<u8>),
    /// A process has ended; all that it printed came before.
    Ended(usize, Moment, i32),
    /// A socket changed its state.
    State(Moment, What),
    /// lab was told to end.
    Signal(u8),
}

/// A line, or a part of one, that a process printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When its first octet came.
    pub at: Moment,
    /// Without the line end.
    pub text: String,
    /// Whether the line end came.
    pub ended: bool,
}

/// A process that was started.
#[derive(Debug)]
pub struct Process {
    /// What it is called.
    pub label: String,
    /// Where it runs.
    pub node: String,
    /// Its number, as it sees it itself.
    pub pid: u32,
    /// How it ended, and when.
    pub ended: Option<(Moment, i32)>,
    /// What it printed beyond what is kept.
    pub left_out: Arc<Tally>,
    /// Until it has ended.
    handle: Option<PidFd>,
    /// The number of its group, which is that of its shell, if it was started by one.
    group: Option<u32>,
    stdin: Option<Sender<Vec<u8>>>,
    printed: Vec<u8>,
    /// How much of that has become lines.
    lined: usize,
    /// Up to where there is no line end behind that.
    seen: usize,
    /// When the octet behind that came.
    pending_since: Moment,
    /// Up to where what was awaited has been found.
    awaited: usize,
}

impl Process {
    /// Finds `text` behind what was found before, and remembers that. `looked` is how much was looked at for it before: 0
    /// at first.
    pub fn find(&mut self, text: &str, looked: &mut usize) -> bool {
        let wanted = text.as_bytes();
        // What came in pieces may lie across their ends.
        let from = self.awaited.max(looked.saturating_sub(wanted.len()));
        let unseen = self.printed.get(from..).unwrap_or_default();
        let found = if wanted.is_empty() { Some(0) } else { unseen.windows(wanted.len()).position(|w| w == wanted) };
        *looked = self.printed.len();
        if let Some(at) = found {
            self.awaited = from + at + wanted.len();
        }
        found.is_some()
    }

    /// The last thing that it has printed, for those who waited for something else.
    pub fn last_line(&self) -> Option<String> {
        let text = String::from_utf8_lossy(&self.printed);
        text.lines().rfind(|line| !line.trim().is_empty()).map(|line| shortened(line).into_owned())
    }

    /// Notes its end: nobody can be signalled any more.
    pub fn end(&mut self, at: Moment, status: i32) {
        self.ended = Some((at, status));
        self.handle = None;
    }

    /// Forgets what it has printed. Returns how much that was, in lines and octets.
    fn forget(&mut self) -> (u64, usize) {
        let printed = std::mem::take(&mut self.printed);
        self.left_out = Arc::default();
        (self.lined, self.seen, self.awaited) = (0, 0, 0);
        (line_ends(&printed), printed.len())
    }

    /// The lines that are complete.
    fn lines(&mut self, at: Moment, octets: &[u8]) -> Vec<Line> {
        if self.lined == self.printed.len() {
            self.pending_since = at;
        }
        self.printed.extend_from_slice(octets);
        let mut lines = Vec::new();
        while let Some(end) = self.printed.get(self.seen..).and_then(|rest| rest.iter().position(|o| *o == b'\n')) {
            let len = (self.seen + end).saturating_sub(self.lined);
            lines.push(self.line(len, true));
            self.lined += 1;
            self.seen = self.lined;
            self.pending_since = at;
        }
        self.seen = self.printed.len();
        lines
    }

    /// What was printed behind the last line end.
    pub fn rest(&mut self) -> Option<Line> {
        let len = self.printed.len().saturating_sub(self.lined);
        (len > 0).then(|| self.line(len, false))
    }

    fn line(&mut self, len: usize, ended: bool) -> Line {
        let octets = self.printed.get(self.lined..self.lined + len).unwrap_or_default();
        let text = String::from_utf8_lossy(octets).into_owned();
        self.lined += len;
        Line { at: self.pending_since, text, ended }
    }
}

/// How a command is to be started.
#[derive(Clone, Copy, Debug)]
pub struct Start<'a> {
    /// Where.
    pub node: &'a str,
    /// What it is called.
    pub label: &'a str,
    /// What is typed.
    pub line: &'a str,
    /// Whether it runs without any capability.
    pub unprivileged: bool,
    /// Whether something may be typed into it.
    pub typed: bool,
}

/// The processes of an experiment. Dropping them ends them all.
#[derive(Debug)]
pub struct Processes {
    all: Vec<Process>,
    columns: u16,
    folder: PathBuf,
    /// Where programs are looked for, the suite's folder first.
    path: std::ffi::OsString,
    sender: Sender<News>,
    news: Receiver<News>,
    /// For what they print.
    room: Arc<Room>,
    nursery: Nursery,
}

impl Processes {
    /// None yet; what they print shall be no wider than `columns`. Signals that come out of `caught` end waits.
    ///
    /// # Errors
    /// [`Failure`] if the system has no more descriptors or threads.
    pub fn new(
        nursery: Nursery,
        mut caught: PipeReader,
        folder: &Path,
        tools: &Path,
        columns: u16,
    ) -> Result<Self, Failure> {
        let (sender, news) = mpsc::channel();
        let signals = sender.clone();
        spawn(move || {
            let mut number = [0];
            while caught.read_exact(&mut number).is_ok() && signals.send(News::Signal(number[0])).is_ok() {}
        })?;
        let known = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(tools.to_owned()).chain(std::env::split_paths(&known));
        let path = std::env::join_paths(folders).unwrap_or(known);
        Ok(Self {
            all: Vec::new(),
            columns,
            folder: folder.to_owned(),
            path,
            sender,
            news,
            room: Arc::new(Room::for_output()),
            nursery,
        })
    }

    /// Where news may be sent.
    pub fn sender(&self) -> Sender<News> {
        self.sender.clone()
    }

    /// Starts what `start` says on `host`. Returns its index here.
    ///
    /// # Errors
    /// Why it cannot be started: [`Stop::Broke`] if that is about the command, [`Stop::Failed`] if lab could start none.
    pub fn start(&mut self, host: &Host, start: &Start<'_>) -> Result<usize, Stop> {
        let failed = |error: io::Error| not_started(start.line, &error);
        let (reader, writer) = io::pipe().map_err(failed)?;
        let shell = needs_shell(start.line);
        let mut command = self.command(start.line, shell).map_err(|failure| Stop::Broke(failure.to_string()))?;
        command.current_dir(&self.folder).env("PATH", &self.path).env_remove("CLICOLOR_FORCE");
        command.env(COLUMNS, self.columns.to_string());
        command.stdin(if start.typed { Stdio::piped() } else { Stdio::null() });
        command.stdout(writer.try_clone().map_err(failed)?).stderr(writer);
        // A group of its own: Ctrl-C reaches lab alone, which then ends the others in order.
        command.process_group(0);
        let alone = |error: CallError| Failure::call(Status::HOST, "start", start.line, &error.into());
        host.adopt(&mut command).map_err(alone)?;
        if start.unprivileged {
            process::without_capabilities(&mut command);
        }
        let mut child = self.nursery.spawn(command).map_err(failed)?;
        let (number, index) = (child.id(), self.all.len());
        // Nobody waits for it before the thread below: the number is its own.
        let handle = PidFd::open(number).map_err(|error| Failure::host(error.to_string()))?;
        let ending = PidFd::open(number).map_err(|error| Failure::host(error.to_string()))?;
        let stdin = child.stdin.take().map(write_to).transpose()?;
        let process = Process {
            label: start.label.to_owned(),
            node: start.node.to_owned(),
            pid: inner_number(number),
            ended: None,
            left_out: Arc::default(),
            handle: Some(handle),
            group: shell.then_some(number),
            stdin,
            printed: Vec::new(),
            lined: 0,
            seen: 0,
            pending_since: 0,
            awaited: 0,
        };
        let intake = Intake::new(Arc::clone(&self.room), Arc::clone(&process.left_out));
        self.all.push(process);
        let sender = self.sender.clone();
        spawn(move || attend(index, child, ending, reader, intake, &sender))?;
        Ok(index)
    }

    fn command(&self, line: &str, shell: bool) -> Result<Command, Failure> {
        if shell {
            let mut command = Command::new("/bin/sh");
            command.args(["-c", line]);
            return Ok(command);
        }
        let mut words = line.split_whitespace();
        let name = words.next().ok_or_else(|| Failure::host("an empty command line"))?;
        let program = self.program(name).ok_or_else(|| Failure::host(format!("{name}: not found in PATH")))?;
        let mut command = Command::new(program);
        command.arg0(name).args(words);
        Ok(command)
    }

    fn program(&self, name: &str) -> Option<PathBuf> {
        if name.contains('/') {
            return Some(PathBuf::from(name));
        }
        std::env::split_paths(&self.path).map(|folder| folder.join(name)).find(|path| path.is_file())
    }

    /// The newest process of that label.
    pub fn by_label(&self, label: &str) -> Option<usize> {
        self.all.iter().rposition(|process| process.label == label)
    }

    /// A process by its index.
    pub fn get(&self, index: usize) -> Option<&Process> {
        self.all.get(index)
    }

    /// A process by its index, to be changed.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut Process> {
        self.all.get_mut(index)
    }

    /// How many have been started.
    pub fn count(&self) -> usize {
        self.all.len()
    }

    /// Writes to the standard input of a process, in the order of the calls. It may read it when it likes.
    pub fn write(&self, index: usize, octets: &[u8]) -> bool {
        let stdin = self.all.get(index).and_then(|process| process.stdin.as_ref());
        stdin.is_some_and(|stdin| stdin.send(octets.to_vec()).is_ok())
    }

    /// Ends the standard input of a process.
    pub fn end_input(&mut self, index: usize) {
        if let Some(process) = self.all.get_mut(index) {
            process.stdin = None;
        }
    }

    /// Sends a signal to a process; to all of a command line that a shell runs.
    pub fn signal(&self, index: usize, signal: Signal) -> bool {
        let number = process::signal_number(&signal.to_string()).unwrap_or_default();
        self.all.get(index).is_some_and(|process| match process.group {
            Some(group) if process.ended.is_none() => process::signal_group(group, number).is_ok(),
            _ => process.handle.as_ref().is_some_and(|handle| handle.signal(number).is_ok()),
        })
    }

    /// The next thing that happened, if it happens within `timeout`.
    pub fn next_news(&self, timeout: Duration) -> Option<News> {
        self.news.recv_timeout(timeout).ok()
    }

    /// The next thing that has happened already.
    pub fn waiting_news(&self) -> Option<News> {
        self.news.try_recv().ok()
    }

    /// Forgets what a process has printed: nobody asks for it any more.
    pub fn forget(&mut self, index: usize) {
        if let Some((lines, octets)) = self.all.get_mut(index).map(Process::forget) {
            self.room.give_back(lines, octets);
        }
    }

    /// Notes what a process printed and returns the lines that are complete.
    pub fn printed(&mut self, index: usize, at: Moment, octets: &[u8]) -> Vec<Line> {
        self.all.get_mut(index).map(|process| process.lines(at, octets)).unwrap_or_default()
    }
}

/// How much is read at once.
const READ: usize = 16_384;
/// So many reads take out what a pipe can hold at one moment: 64 KiB, unless somebody has changed that.
const PIPE_READS: usize = (1 << 16) / READ;

/// What is quoted of a line in a sentence.
const QUOTED: usize = 200;

/// A line, or its beginning if it is long, to be quoted in a sentence.
pub fn shortened(line: &str) -> Cow<'_, str> {
    match line.char_indices().nth(QUOTED) {
        Some((at, _)) => Cow::Owned(format!("{}...", line.get(..at).unwrap_or_default())),
        None => Cow::Borrowed(line),
    }
}

/// Whether a line has anything in it that a shell is needed for.
fn needs_shell(line: &str) -> bool {
    line.contains(|character| "|&;<>()$`\"'\\*?[]#~!\n".contains(character))
}

/// The number that a process has in its own PID namespace.
fn inner_number(pid: u32) -> u32 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
    numbers.and_then(|numbers| numbers.split_whitespace().next_back()?.parse().ok()).unwrap_or(pid)
}

/// A thread that writes what it is sent, so that nobody else waits for a process that does not read.
fn write_to(mut stdin: ChildStdin) -> Result<Sender<Vec<u8>>, Failure> {
    let (sender, received) = mpsc::channel::<Vec<u8>>();
    spawn(move || {
        for octets in received {
            // It may have ended without reading; what it then prints shows why.
            if stdin.write_all(&octets).is_err() {
                return;
            }
        }
    })?;
    Ok(sender)
}

/// Reads what a process prints until nobody can print any more, and tells of its end in between.
fn attend(
    index: usize,
    mut child: Child,
    ending: PidFd,
    mut pipe: PipeReader,
    mut intake: Intake,
    news: &Sender<News>,
) {
    let mut ending = Some(ending);
    let mut behind = 0;
    loop {
        let mut fds = [
            PollFd::new(pipe.as_fd(), Events::IN),
            ending.as_ref().map_or_else(PollFd::idle, |ending| PollFd::new(ending.as_fd(), Events::IN)),
        ];
        if poll(&mut fds, None).is_err() {
            return;
        }
        let [readable, over] = fds.map(|fd| !fd.ready().is_empty());
        // What it printed itself is in the pipe by now; what its children go on to print has no end, perhaps.
        behind = if over { behind + 1 } else { 0 };
        if readable && behind <= PIPE_READS {
            if !read_once(index, &mut pipe, &mut intake, news) {
                break;
            }
        } else if over {
            ending = None;
            tell_end(index, &mut child, news);
        }
    }
    if ending.is_some() {
        tell_end(index, &mut child, news);
    }
}

fn read_once(index: usize, pipe: &mut PipeReader, intake: &mut Intake, news: &Sender<News>) -> bool {
    let mut buffer = [0; READ];
    match pipe.read(&mut buffer) {
        Ok(len @ 1..) => {
            let at = now();
            let kept = intake.take(buffer.get(..len).unwrap_or_default());
            // Where nothing is kept there is nothing to tell, and nobody to ask whether the experiment is over: the process
            // is ended with it.
            kept.is_empty() || news.send(News::Printed(index, at, kept)).is_ok()
        }
        _ => false,
    }
}

fn tell_end(index: usize, child: &mut Child, news: &Sender<News>) {
    let status = child.wait().map_or(-1, code);
    // Nobody is left to tell when the experiment is over.
    let _ = news.send(News::Ended(index, now(), status));
}

/// The status as a shell has it.
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// A program that is not there is a fault of the experiment, or of what is installed here. That descriptors, processes or memory
/// ran out is none.
fn not_started(line: &str, error: &io::Error) -> Stop {
    let failure = Failure::call(Status::HOST, "start", line, error);
    match error.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::EAGAIN) => Stop::Failed(failure),
        _ => Stop::Broke(failure.to_string()),
    }
}

fn spawn(work: impl FnOnce() + Send + 'static) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::call(Status::HOST, "clone", "a thread", &error);
    thread::Builder::new().spawn(work).map(drop).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_with_something_for_a_shell_is_known() {
        for plain in ["nc -u -l -n 6000", "url http://bob:80/a%20b", "ports -tan", "dig @10.0.0.2 a.example. +short"] {
            assert!(!needs_shell(plain), "{plain}");
        }
        for shell in ["printf ABCDE | nc 10.0.0.2 1", "cat <x", "echo 'a b'", "a && b", "echo $HOME", "ls *"] {
            assert!(needs_shell(shell), "{shell}");
        }
    }
}
