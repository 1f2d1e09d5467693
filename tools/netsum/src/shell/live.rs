//! The shell around a live capture: the ring, the signals that end it, the clock.
#![expect(clippy::disallowed_methods, reason = "the shell: waits for frames, signals and the end of the time")]

use std::io::{PipeReader, Read};
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
}

/// What a wait ended with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// There may be frames.
    Frames,
    /// A signal asks for the end, or the time is over. The last frames may be there.
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
        Ok(Self { ring, signals, deadline })
    }

    /// Waits for frames or the end.
    ///
    /// # Errors
    /// [`Failure`] if poll(2) fails.
    pub fn wait(&mut self) -> Result<Wake, Failure> {
        let left = self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        let mut fds = [PollFd::new(self.ring.as_fd(), Events::IN), PollFd::new(self.signals.as_fd(), Events::IN)];
        let ready = poll(&mut fds, left).map_err(|error| polled(&error))?;
        let [_, signal] = fds;
        if !signal.ready().is_empty() {
            // Its number does not matter.
            let _ = self.signals.read(&mut [0]);
            return self.linger();
        }
        if ready == 0 || left == Some(Duration::ZERO) { self.linger() } else { Ok(Wake::Frames) }
    }

    /// Gives the kernel the time to hand over what it has.
    fn linger(&self) -> Result<Wake, Failure> {
        poll(&mut [PollFd::new(self.ring.as_fd(), Events::IN)], Some(LINGER)).map_err(|error| polled(&error))?;
        Ok(Wake::End)
    }

    /// Hands every frame that is there to `each`, until it breaks.
    ///
    /// # Errors
    /// [`Failure`] if the interface went down or away.
    pub fn drain<B>(&mut self, each: &mut dyn FnMut(&Frame<'_>, Seen) -> ControlFlow<B>) -> Result<Option<B>, Failure> {
        self.ring.drain(each).map_err(|error| failure(&error))
    }

    /// How many frames the kernel had no room for.
    pub fn drops(&mut self) -> Option<u64> {
        self.ring.statistics().ok().map(|statistics| statistics.drops)
    }
}

fn polled(error: &std::io::Error) -> Failure {
    Failure::call(Status::HOST, "poll", "the packet socket", error)
}

fn failure(error: &LiveError) -> Failure {
    match error {
        LiveError::NoSuchInterface { .. } => Failure::usage(error.to_string()),
        LiveError::Down { .. } => Failure::network(error.to_string()),
        _ => Failure::host(error.to_string()),
    }
}
