//! Asks over UDP, waits for each answer as long as it may, and measures.

use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use socket2::{Socket, Type};
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::poll::{Events, PollFd, poll};

use super::connected;
use crate::apps::ping::Statistics;
use crate::apps::report::Report;
use crate::shell::serve::show;

/// The longest datagram.
const ROOM: usize = 65_535;

/// Asks `count` times. The status says whether there was an answer at all.
///
/// # Errors
/// [`Failure`] if there is no socket for it.
pub fn run(
    addr: SocketAddr,
    count: u32,
    timeout: Duration,
    interval: Duration,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let socket = connected(addr, Type::DGRAM)?;
    let mut rtts = Vec::new();
    let mut late = 0;
    for number in 1..=count {
        if number > 1 {
            std::thread::sleep(interval);
        }
        let (rtt_us, text) = ask(&socket, number, timeout, &mut late, output)?;
        rtts.extend(rtt_us);
        show(&Report::Ping { number, rtt_us, text }, output)?;
    }
    let all = Statistics::of(count, late, &rtts);
    show(&Report::Statistics(all), output)?;
    Ok(if rtts.is_empty() { Status::NO } else { Status::YES })
}

/// One question: how long its answer took, and the answer, or why there is none.
fn ask(
    socket: &Socket,
    number: u32,
    timeout: Duration,
    late: &mut u32,
    output: &mut Output<'_>,
) -> Result<(Option<u64>, String), Failure> {
    let asked = Instant::now();
    // An ICMP error about the last question is told here; it says what it says about this one.
    if let Err(error) = socket.send(format!("ping {number}").as_bytes()) {
        return Ok((None, errno_text(&error)));
    }
    let mut room = vec![MaybeUninit::uninit(); ROOM];
    loop {
        let left = timeout.saturating_sub(asked.elapsed());
        let mut fds = [PollFd::new(socket.as_fd(), Events::IN)];
        let ready =
            poll(&mut fds, Some(left)).map_err(|error| Failure::call(Status::HOST, "poll", "the socket", &error))?;
        if ready == 0 {
            return Ok((None, format!("no answer within {timeout:?}")));
        }
        let octets = match rustix::net::recv(socket, &mut room[..], rustix::net::RecvFlags::DONTWAIT) {
            Ok(((octets, _), _)) => octets,
            // The kernel has dropped what it had told of: the checksum was wrong.
            Err(rustix::io::Errno::AGAIN) => continue,
            Err(error) => return Ok((None, errno_text(&error.into()))),
        };
        let took_us = u64::try_from(asked.elapsed().as_micros()).unwrap_or(u64::MAX);
        let text = String::from_utf8_lossy(octets).trim_end().to_owned();
        let of = text.split(' ').next_back().and_then(|word| word.parse::<u32>().ok());
        match of {
            Some(older) if older < number => {
                *late += 1;
                show(&Report::Late { number: older }, output)?;
            }
            // Who had this port before has left, and its last answer comes only now.
            Some(newer) if newer > number => show(&Report::Stray { number: newer }, output)?,
            // Its time is over, although this host has had no time to say so before.
            _ if asked.elapsed() > timeout => {
                *late += 1;
                show(&Report::Late { number }, output)?;
                return Ok((None, format!("no answer within {timeout:?}")));
            }
            _ => return Ok((Some(took_us), text)),
        }
    }
}
