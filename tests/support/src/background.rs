//! A process beside the test, killed with it.

use std::io::Read;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use crate::DEADLINE;
use crate::run::{Run, code, run, show};

#[derive(Default)]
struct Seen {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// Streams that have reached their end.
    ended: usize,
}

/// A running process whose output is collected. Dropping it kills it, by its own pid, and waits for it.
pub struct Background {
    command: String,
    child: Child,
    /// Its standard input; `take()` and drop it to give an end of file.
    pub stdin: Option<ChildStdin>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Background {
    /// Starts `command` with a pipe on each standard stream.
    ///
    /// # Panics
    /// If it cannot be started.
    #[track_caller]
    pub fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self::spawn_as_it_is(command)
    }

    /// Starts `command` with the streams that it was given; only piped ones are collected.
    ///
    /// # Panics
    /// If it cannot be started.
    #[track_caller]
    pub fn spawn_as_it_is(mut command: Command) -> Self {
        let shown = show(&command);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("start {shown}: {error}"));
        let seen = Arc::new((Mutex::new(Seen::default()), Condvar::new()));
        collect(child.stdout.take(), &seen, |seen| &mut seen.stdout);
        collect(child.stderr.take(), &seen, |seen| &mut seen.stderr);
        let stdin = child.stdin.take();
        Self { command: shown, child, stdin, seen }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Sends it a signal, by the name that kill(1) has for it.
    ///
    /// # Panics
    /// If it is not there any more.
    #[track_caller]
    pub fn signal(&self, name: &str) {
        run(Command::new("kill").args(["-s", name, &self.pid().to_string()])).status(0);
    }

    /// Waits until `text` has appeared on standard output.
    ///
    /// # Panics
    /// If the stream ends, or [`DEADLINE`] passes, without it.
    #[track_caller]
    pub fn wait_for_stdout(&self, text: &str) -> &Self {
        self.wait_for("stdout", text, |seen| &seen.stdout)
    }

    /// Waits until `text` has appeared on standard error.
    ///
    /// # Panics
    /// If the streams end, or [`DEADLINE`] passes, without it.
    #[track_caller]
    pub fn wait_for_stderr(&self, text: &str) -> &Self {
        self.wait_for("stderr", text, |seen| &seen.stderr)
    }

    #[track_caller]
    fn wait_for(&self, stream: &str, text: &str, pick: fn(&Seen) -> &Vec<u8>) -> &Self {
        let start = Instant::now();
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if contains(pick(&seen), text.as_bytes()) {
                return self;
            }
            let left = DEADLINE.saturating_sub(start.elapsed());
            if left.is_zero() || seen.ended == 2 {
                let why = if left.is_zero() { "in time" } else { "before its end" };
                let story = Run {
                    command: self.command.clone(),
                    status: -1,
                    stdout: seen.stdout.clone(),
                    stderr: seen.stderr.clone(),
                };
                panic!("no {text:?} on {stream} {why}\n{}", story.story());
            }
            seen = changed.wait_timeout(seen, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// What has appeared on standard output so far.
    pub fn stdout_so_far(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).stdout.clone()
    }

    /// What has appeared on standard error so far.
    pub fn stderr_so_far(&self) -> Vec<u8> {
        self.seen.0.lock().unwrap_or_else(PoisonError::into_inner).stderr.clone()
    }

    /// Whether it is still running.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Waits for its end. Its standard input stays as it is: take and drop [`Background::stdin`] first if it reads it.
    ///
    /// # Panics
    /// If it does not end within [`DEADLINE`].
    #[track_caller]
    pub fn wait(mut self) -> Run {
        let mut ended = None;
        crate::wait_until(&format!("{} ended", self.command), || {
            ended = self.child.try_wait().ok().flatten();
            ended.is_some()
        });
        let seen = self.drained();
        Run { command: self.command.clone(), status: ended.map_or(-1, code), stdout: seen.0, stderr: seen.1 }
    }

    /// Kills it and returns what it had printed.
    pub fn kill(mut self) -> Run {
        let _ = self.child.kill();
        let status = self.child.wait().map_or(-1, code);
        let (stdout, stderr) = self.drained();
        Run { command: self.command.clone(), status, stdout, stderr }
    }

    fn drained(&self) -> (Vec<u8>, Vec<u8>) {
        let start = Instant::now();
        let (lock, changed) = &*self.seen;
        let mut seen = lock.lock().unwrap_or_else(PoisonError::into_inner);
        // A grandchild may hold a pipe open for ever: what has come by the deadline is what there is.
        while seen.ended < 2 && start.elapsed() < DEADLINE {
            seen = changed.wait_timeout(seen, DEADLINE).unwrap_or_else(PoisonError::into_inner).0;
        }
        (seen.stdout.clone(), seen.stderr.clone())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(
    pipe: Option<impl Read + Send + 'static>,
    seen: &Arc<(Mutex<Seen>, Condvar)>,
    pick: fn(&mut Seen) -> &mut Vec<u8>,
) {
    let seen = Arc::clone(seen);
    let end = move |seen: &(Mutex<Seen>, Condvar)| {
        seen.0.lock().unwrap_or_else(PoisonError::into_inner).ended += 1;
        seen.1.notify_all();
    };
    let Some(mut pipe) = pipe else { return end(&seen) };
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(len @ 1..) = pipe.read(&mut buffer) {
            let mut all = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
            pick(&mut all).extend_from_slice(buffer.get(..len).unwrap_or_default());
            seen.1.notify_all();
        }
        end(&seen);
    });
}

fn contains(octets: &[u8], text: &[u8]) -> bool {
    text.is_empty() || octets.windows(text.len()).any(|window| window == text)
}
