//! One run of a process with a deadline, and what became of it.

use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::DEADLINE;

/// What became of a process.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was run, as a shell would show it.
    pub command: String,
    /// The exit status; 128 and the signal's number for a process that a signal ended, as shells have it.
    pub status: i32,
    /// Everything on standard output.
    pub stdout: Vec<u8>,
    /// Everything on standard error.
    pub stderr: Vec<u8>,
}

impl Run {
    /// Standard output as text.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text.
    pub fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Expects this exit status.
    #[track_caller]
    pub fn status(&self, status: i32) -> &Self {
        assert!(self.status == status, "expected status {status}\n{}", self.story());
        self
    }

    /// Expects this standard output, whole.
    #[track_caller]
    pub fn stdout_is(&self, text: impl AsRef<[u8]>) -> &Self {
        let text = text.as_ref();
        assert!(self.stdout == text, "expected stdout {:?}\n{}", String::from_utf8_lossy(text), self.story());
        self
    }

    /// Expects this text somewhere in standard output.
    #[track_caller]
    pub fn stdout_has(&self, text: &str) -> &Self {
        assert!(self.out().contains(text), "expected {text:?} in stdout\n{}", self.story());
        self
    }

    /// Expects this standard error, whole.
    #[track_caller]
    pub fn stderr_is(&self, text: &str) -> &Self {
        assert!(self.err() == text, "expected stderr {text:?}\n{}", self.story());
        self
    }

    /// Expects this text somewhere in standard error.
    #[track_caller]
    pub fn stderr_has(&self, text: &str) -> &Self {
        assert!(self.err().contains(text), "expected {text:?} in stderr\n{}", self.story());
        self
    }

    /// The whole story, for the message of a failed expectation. Long outputs are cut.
    pub fn story(&self) -> String {
        let cut = |octets: &[u8]| {
            let shown = octets.get(..4000).unwrap_or(octets);
            let rest = octets.len().saturating_sub(shown.len());
            let tail = if rest > 0 { format!("\n... and {rest} octets more") } else { String::new() };
            format!("{}{tail}", String::from_utf8_lossy(shown))
        };
        format!(
            "$ {}\nstatus: {}\nstdout: {}\nstderr: {}",
            self.command,
            self.status,
            cut(&self.stdout),
            cut(&self.stderr)
        )
    }
}

/// Runs `command` to its end with nothing on standard input.
///
/// # Panics
/// If it cannot be started or does not end within [`DEADLINE`].
#[track_caller]
pub fn run(command: &mut Command) -> Run {
    run_with_input(command, &[])
}

/// Runs the command that `command` makes until what it tells is `good`.
///
/// # Panics
/// With what the last run told, if none is within [`DEADLINE`].
#[track_caller]
pub fn run_until(mut command: impl FnMut() -> Command, good: impl Fn(&Run) -> bool) -> Run {
    let start = Instant::now();
    loop {
        let told = run(&mut command());
        if good(&told) {
            return told;
        }
        assert!(start.elapsed() < DEADLINE, "not within {DEADLINE:?}, at last\n{}", told.story());
        // A poll interval, not a guess at how long the thing takes.
        thread::sleep(Duration::from_millis(5));
    }
}

/// Runs `command` to its end with `input` on standard input, through a pipe that is closed behind it.
///
/// # Panics
/// If it cannot be started or does not end within [`DEADLINE`].
#[track_caller]
pub fn run_with_input(command: &mut Command, input: &[u8]) -> Run {
    let shown = show(command);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("start {shown}: {error}"));
    let stdin = child.stdin.take();
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let (sender, receiver) = mpsc::channel();
    // Detached threads: a process that was left behind may hold a pipe open for longer than the test lives.
    let input = input.to_vec();
    thread::spawn(move || {
        // The process may end without reading it all.
        let _ = stdin.map(|mut pipe| pipe.write_all(&input));
    });
    let errors = sender.clone();
    thread::spawn(move || sender.send((true, read_all(stdout))));
    thread::spawn(move || errors.send((false, read_all(stderr))));
    let mut run = Run { command: shown, status: -1, stdout: Vec::new(), stderr: Vec::new() };
    for _ in 0..2 {
        match receiver.recv_timeout(DEADLINE) {
            Ok((true, octets)) => run.stdout = octets,
            Ok((false, octets)) => run.stderr = octets,
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                panic!("no end within {DEADLINE:?}\n{}", run.story());
            }
        }
    }
    let mut ended = None;
    crate::wait_until("the process ended", || {
        ended = child.try_wait().ok().flatten();
        ended.is_some()
    });
    run.status = ended.map_or(-1, code);
    run
}

fn read_all(pipe: Option<impl Read>) -> Vec<u8> {
    let mut octets = Vec::new();
    // What was read before a fault is what there is.
    let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut octets));
    octets
}

/// The status as a shell has it.
pub(crate) fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0))
}

/// The command as a shell would show it.
pub(crate) fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
