//! The shell around a live capture: the ring, the signals that end it, the clock.
#![expect(clippy::disallowed_methods, reason = "the shell: waits for frames, signals and the end of the time")]

use std::io::{self, PipeReader, Read};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use sockeye_capture::Frame;
use sockeye_capture::live::LiveError;
use sockeye_capture::live::ring::{Ring, Seen};
use sockeye_cli::{Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::signals;

use crate::cli::Live;

/// For so long frames that came before the end may still be in a block that the kernel has not handed over.
const LINGER: Duration = Duration::from_millis(150);

/// Frames of an interface.
#[derive(Debug)]
pub struct Source {
    ring: Ring,
    signals: PipeReader,
    deadline: Option<Instant>,
    /// Until when the last frames are waited for, once the end has come.
    lingers: Option<Instant>,
    /// Why it ends, if not because it was asked to.
    fault: Option<Failure>,
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// There may be frames.
    Frames,
    /// A signal asked for the end, the time is over, or the interface went; all that came before is there.
    End,
}

impl Source {
    /// Opens the interface. From now on SIGINT, SIGTERM and SIGHUP end the capture, not the process.
    ///
    /// # Errors
    /// [`Failure`] with the interface, and what to do about a missing privilege.
    pub fn open(job: &Live) -> Result<Self, Failure> {
        let ring = Ring::open(&job.interface, job.promiscuous).map_err(|error| failure(&error))?;
        let signals =
            signals::catch_endings().map_err(|error| Failure::call(Status::HOST, "pipe", "for signals", &error))?;
        let deadline = job.time.and_then(|time| Instant::now().checked_add(time));
        Ok(Self { ring, signals, deadline, lingers: None, fault: None })
    }

    /// Waits for frames or the end. The end is told only when the kernel has had the time to hand over what it has.
    ///
    /// # Errors
    /// [`Failure`] if poll(2) fails, or nobody reads standard output any more.
    pub fn wait(&mut self) -> Result<Wake, Failure> {
        let until = self.lingers.or(self.deadline);
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            if self.lingers.is_some() {
                return Ok(Wake::End);
            }
            self.linger();
            return Ok(Wake::Frames);
        }
        let stdout = io::stdout();
        let mut fds = [
            PollFd::new(self.ring.as_fd(), Events::IN),
            PollFd::new(self.signals.as_fd(), Events::IN),
            // Asked for nothing, it still tells that nobody reads.
            PollFd::new(stdout.as_fd(), Events::EMPTY),
        ];
        poll(&mut fds, left).map_err(|error| Failure::call(Status::HOST, "poll", "the packet socket", &error))?;
        let [_, signal, stdout] = fds;
        if !stdout.ready().is_empty() {
            return Err(Failure::ClosedPipe);
        }
        if !signal.ready().is_empty() {
            // Its number does not matter.
            let _ = self.signals.read(&mut [0]);
            self.linger();
        }
        Ok(Wake::Frames)
    }

    /// Begins the end, once.
    fn linger(&mut self) {
        if self.lingers.is_none() {
            self.lingers = Instant::now().checked_add(LINGER);
        }
    }

    /// Hands the frames that are there to `each`, until it breaks; at most as many as the ring holds, so that an end is
    /// seen under any load.
    ///
    /// An interface that goes down or away begins the end: [`Source::fault`] has why.
    pub fn drain<B>(&mut self, each: &mut dyn FnMut(&Frame<'_>, Seen) -> ControlFlow<B>) -> Option<B> {
        match self.ring.drain(each) {
            Ok(broken) => broken,
            Err(error) => {
                self.fault.get_or_insert(ended(&error));
                self.linger();
                None
            }
        }
    }

    /// Why the capture ended, if not because it was asked to.
    pub fn fault(&mut self) -> Option<Failure> {
        self.fault.take()
    }

    /// How many frames the kernel had no room for.
    pub fn drops(&mut self) -> Option<u64> {
        self.ring.statistics().ok().map(|statistics| statistics.drops)
    }
}

/// In the middle, an interface that is no longer there is no mistake of the command line.
fn ended(error: &LiveError) -> Failure {
    match error {
        LiveError::NoSuchInterface { .. } | LiveError::Down { .. } => Failure::network(error.to_string()),
        _ => Failure::host(error.to_string()),
    }
}

fn failure(error: &LiveError) -> Failure {
    match error {
        LiveError::NoSuchInterface { .. } => Failure::usage(error.to_string()),
        LiveError::Down { .. } => Failure::network(error.to_string()),
        _ => Failure::host(error.to_string()),
    }
}
