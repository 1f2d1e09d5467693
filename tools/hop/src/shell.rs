//! Sockets, clocks and names.

pub(crate) mod confine;
pub mod names;
pub mod ping;
pub mod prober;
mod receive;
mod sockets;
pub mod trace;

use std::io::PipeReader;

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::signals;

use self::prober::{Need, OpenError, Prober};
use crate::explain::Event;
use crate::options::{Common, Ping, Protocol, Trace};

/// Traces the way to a host and then pings it. A signal during the trace ends both.
///
/// # Errors
/// [`Failure`] if nothing can be sent, or what came cannot be shown.
pub fn both(trace: &Trace, ping: &Ping, output: &mut Output<'_>) -> Result<Status, Failure> {
    let signals = pings_signals()?;
    let ended = trace::drive(trace, &signals, true, output)?;
    if ended.interrupted {
        return Ok(ended.status);
    }
    if !output.is_json() {
        output.raw(b"\n")?;
    }
    ping::drive(ping, &signals, output)
}

/// Makes Ctrl-C and its kind end a run with its summary; SIGINT also where a shell that put it into the background has it ignored:
/// scripts end ping(8) that way.
fn endings() -> Result<PipeReader, Failure> {
    signals::restore_sigint()
        .and_then(|()| signals::catch_endings())
        .map_err(|error| Failure::call(Status::HOST, "sigaction", "SIGINT, SIGTERM, SIGHUP", &error))
}

/// The same, and SIGQUIT asks pings how far they are, as ping(8).
fn pings_signals() -> Result<PipeReader, Failure> {
    let signals = endings()?;
    signals::catch_quit_too().map_err(|error| Failure::host(format!("catch signals: {error}")))?;
    Ok(signals)
}

/// Hands the working over.
fn tell(events: &mut Vec<Event>, output: &mut Output<'_>) -> Result<(), Failure> {
    events.drain(..).try_for_each(|event| output.event(&event))
}

/// What lets everybody send ICMP.
const ICMP_HINT: &str = "root may; so may everybody after sysctl net.ipv4.ping_group_range=\"0 2147483647\", or hop after setcap cap_net_raw+ep";

/// A prober for the first address of the host. Where nobody asked for ICMP and the system does not allow it, UDP takes its place.
fn open(common: &Common, need: Need, output: &mut Output<'_>) -> Result<Prober, Failure> {
    let (target, mut events) = names::resolve(common)?;
    tell(&mut events, output)?;
    let mut attempt = |protocol, output: &mut Output<'_>| {
        let opened = Prober::open(common, Need { protocol, ..need }, target, output.is_explained(), &mut events);
        tell(&mut events, output)?;
        Ok::<_, Failure>(opened)
    };
    match attempt(need.protocol, output)? {
        Ok(prober) => Ok(prober),
        Err(OpenError::NotAllowed { call, cause }) if common.protocol.is_none() => {
            output.note(format!("{call}: {cause}; UDP is sent in its place ({ICMP_HINT})"));
            attempt(Protocol::Udp, output)?.map_err(OpenError::failure)
        }
        Err(error) => Err(error.failure()),
    }
}
