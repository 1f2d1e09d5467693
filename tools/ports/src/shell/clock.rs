//! The time of day, time that passes, and waiting.
#![expect(clippy::disallowed_methods, reason = "the shell: clocks")]

use std::io;
use std::os::fd::AsFd as _;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sockeye_sys::local_time;
use sockeye_sys::poll::{Events, PollFd, poll};

/// A moment as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Since 1970-01-01T00:00:00Z.
    pub since_1970: Duration,
    /// Local time: `12:03:04.123`.
    pub clock: String,
}

/// The time of day.
pub fn now() -> Moment {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since_1970.as_secs()).unwrap_or(i64::MAX);
    let clock = local_time::format(seconds, "%H:%M:%S").unwrap_or_else(|| "--:--:--".to_owned());
    Moment { since_1970, clock: format!("{clock}.{:03}", since_1970.subsec_millis()) }
}

/// Time that passes.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts at zero.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// What it shows.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits, or returns false at once when nobody reads standard output any more.
pub fn pause(time: Duration) -> bool {
    let stdout = io::stdout();
    let mut fds = [PollFd::new(stdout.as_fd(), Events::EMPTY)];
    // A pipe has an error then, and a socket has been hung up: it tells nothing else, being asked for nothing.
    let Ok(ready) = poll(&mut fds, Some(time)) else {
        std::thread::sleep(time);
        return true;
    };
    ready == 0
}
