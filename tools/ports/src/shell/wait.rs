//! Asking the kernel again and again.
#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock and sleeps between two questions")]

use std::net::IpAddr;
use std::time::{Duration, Instant};

use sockeye_cli::Failure;
use sockeye_cli::progress::Progress;
use sockeye_sys::Family;
use sockeye_sys::sock_diag::{Request, SockDiag, StateMask};

use crate::cli::Wait;
use crate::doubts::Doubts;
use crate::kind::Kind;
use crate::socket::Socket;
use crate::wait::is_on;

/// Between two questions for listeners alone, which cost the kernel some microseconds.
const OFTEN: Duration = Duration::from_millis(10);
/// Between two questions for which it walks through every connection.
const SELDOM: Duration = Duration::from_millis(50);

/// How a wait ended.
#[derive(Clone, Debug)]
pub struct Watched {
    /// Whether what was waited for came.
    pub reached: bool,
    /// How long it took, in milliseconds.
    pub waited_ms: u64,
    /// How often the kernel was asked.
    pub polls: u64,
    /// The time between two questions, in milliseconds.
    pub interval_ms: u64,
    /// The sockets of the port in the last answer.
    pub sockets: Vec<Socket>,
    /// What is doubtful about that answer.
    pub doubts: Doubts,
}

/// Asks until the sockets of `port` are as the job wants them, or its time is over. With `link`, those that are bound to another
/// interface are left out.
///
/// # Errors
/// [`Failure`] if the kernel does not list its sockets.
pub fn until(job: &Wait, port: u16, address: Option<IpAddr>, link: Option<u32>) -> Result<Watched, Failure> {
    let states = job.until.asked(job.protocol);
    let interval = if states == StateMask::LISTEN { OFTEN } else { SELDOM };
    let kind = if job.protocol == sockeye_sys::Protocol::UDP { Kind::Udp } else { Kind::Tcp };
    let mut diag = SockDiag::open().map_err(|error| Failure::host(error.to_string()))?;
    let start = Instant::now();
    let (mut polls, mut changed) = (0, 0);
    let mut progress = None;
    loop {
        polls += 1;
        let (mut sockets, mut interrupted) = (Vec::new(), false);
        for family in [Family::INET, Family::INET6] {
            let request = Request { states, ..Request::new(family, job.protocol) };
            let row = &mut |row| {
                let socket = Socket::new(kind, row, false);
                let elsewhere = matches!((socket.interface, link), (Some(one), Some(other)) if one != other);
                if !elsewhere && is_on(&socket, job.protocol, port, address) {
                    sockets.push(socket);
                }
            };
            interrupted |= diag.dump(&request, row).map_err(|error| Failure::host(error.to_string()))?.interrupted;
        }
        changed = if interrupted { changed + 1 } else { 0 };
        let waited = start.elapsed();
        let reached = job.until.is_ended(&sockets, changed);
        let left = job.timeout.map(|timeout| timeout.saturating_sub(waited));
        if reached || left.is_some_and(|left| left.is_zero()) {
            let milliseconds = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
            let (waited_ms, interval_ms) = (milliseconds(waited), milliseconds(interval));
            let doubts = Doubts::of(interrupted);
            return Ok(Watched { reached, waited_ms, polls, interval_ms, sockets, doubts });
        }
        progress.get_or_insert_with(|| Progress::start("waiting for the port", None));
        std::thread::sleep(left.map_or(interval, |left| left.min(interval)));
    }
}
