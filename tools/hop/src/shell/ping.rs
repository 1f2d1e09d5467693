//! Drives [`Pings`].

use std::io::PipeReader;
use std::time::Duration;

use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::process;

use super::confine::confine;
use super::names::Names;
use super::prober::{Incoming, Need, Prober, Signalled};
use crate::answer::Moment;
use crate::options::{Ping, Protocol};
use crate::ping::report::{Line, Missing, NotSent, Report, SoFar, Start};
use crate::ping::{Config, Pings, Todo};
use crate::show;

/// The shortest interval for those who are not root, as ping(8) has it.
const SHORTEST: Duration = Duration::from_millis(2);

/// The most probes at once for those who are not root, as ping(8) has it.
const PRELOAD: u32 = 3;

/// How often signals are looked for at least.
const LOOK: Duration = Duration::from_millis(20);

/// Pings until it is over or a signal ends it, and shows what came.
///
/// # Errors
/// [`Failure`] if nothing can be sent, or what came cannot be shown.
pub fn run(job: &Ping, output: &mut Output<'_>) -> Result<Status, Failure> {
    drive(job, &super::pings_signals()?, output)
}

pub(super) fn drive(job: &Ping, signals: &PipeReader, output: &mut Output<'_>) -> Result<Status, Failure> {
    check_rights(job)?;
    let mut run = Run::open(job, output)?;
    let mut looked = run.prober.now();
    loop {
        output.flush()?;
        let mut signalled = match run.pings.next(run.prober.drained) {
            Todo::End => break,
            Todo::Wait(until) => {
                looked = run.prober.now();
                run.prober.wait(until, signals)?
            }
            Todo::Send { number, seq, missing } => {
                run.send(number, seq, missing, output)?;
                Signalled::default()
            }
        };
        // Where it is always time for the next probe, a signal wants to be seen, too.
        if run.prober.now().saturating_sub(looked) > LOOK {
            looked = run.prober.now();
            signalled = signalled.or(run.prober.wait(Duration::ZERO, signals)?);
        }
        super::tell(run.prober.events(), output)?;
        run.show_answers(output)?;
        if signalled.asked {
            so_far(&run.pings.report(run.prober.now()), output)?;
        }
        if signalled.ended {
            break;
        }
    }
    output.result(&run.pings.report(run.prober.now()))?;
    Ok(if run.pings.is_success() { Status::YES } else { Status::NO })
}

/// What only root may ask for.
fn check_rights(job: &Ping) -> Result<(), Failure> {
    if process::is_superuser() {
        return Ok(());
    }
    if job.interval < SHORTEST {
        let hint = "seconds between probes are 0.002 at least";
        return Err(Failure::usage("-f and shorter intervals, which flood, are for root").hint(hint));
    }
    if job.preload > PRELOAD {
        return Err(Failure::usage(format!("-l above {PRELOAD} is for root: {}", job.preload)));
    }
    Ok(())
}

/// Pings, and what they are sent with.
struct Run<'a> {
    job: &'a Ping,
    prober: Prober,
    pings: Pings,
    names: Names,
    /// Octets of data in each probe.
    data_len: usize,
}

impl<'a> Run<'a> {
    /// Makes the sockets, gives up what is not needed any more, and says to whom it goes.
    fn open(job: &'a Ping, output: &mut Output<'_>) -> Result<Self, Failure> {
        let protocol = job.common.protocol.unwrap_or(Protocol::Icmp);
        // Pings are about whether answers come, however late: no port is worth one.
        let prober = super::open(&job.common, Need { protocol, wait: job.wait, one_port: false }, output)?;
        confine(&job.common, &prober, false, output)?;
        let target = prober.target.ip();
        if job.common.broadcast && target.is_ipv6() {
            return Err(Failure::usage(format!("-b is for IPv4, and {target} is IPv6")));
        }
        let data_len = if prober.protocol == Protocol::Tcp { 0 } else { usize::from(job.payload) };
        output.result(&Start {
            host: job.common.host.clone(),
            target,
            protocol: prober.protocol.name(),
            port: Some(prober.target.port()).filter(|port| *port > 0),
            payload_octets: data_len,
        })?;
        let Ping { count, interval, preload, wait, deadline, .. } = *job;
        let pings = Pings::new(Config { target, count, interval, preload, wait, deadline });
        Ok(Self { job, prober, pings, names: Names::new(job.common.names), data_len })
    }

    /// Sends a probe, and says what is missing before it, or why it did not go out.
    fn send(&mut self, number: u64, seq: u16, missing: Option<u64>, output: &mut Output<'_>) -> Result<(), Failure> {
        let Self { job, prober, pings, .. } = self;
        if let Some(missing) = missing.filter(|_| !job.quiet) {
            output.result(&Missing { wall_s: stamp(job, &prober.moment()), seq: missing })?;
        }
        match prober.send(seq, job.ttl, self.data_len) {
            Ok(moment) => pings.sent(moment),
            Err(refused) if number == 1 && refused.is_hopeless() => {
                return Err(refused.failure(&job.common, prober.target.ip()));
            }
            Err(refused) => {
                let moment = prober.moment();
                pings.failed(moment);
                if !job.quiet {
                    let (wall_s, cause) = (stamp(job, &moment), errno_text(&refused.error));
                    output.result(&NotSent { wall_s, seq: number, cause, mtu_octets: refused.mtu })?;
                }
            }
        }
        prober.glance();
        Ok(())
    }

    /// Counts the answers that have come, and shows them.
    fn show_answers(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        for Incoming { seq, answer, came } in self.prober.take() {
            let Some(heard) = self.pings.heard(seq, &answer, &came) else { continue };
            if self.job.quiet {
                continue;
            }
            output.result(&Line {
                wall_s: stamp(self.job, &came),
                seq: heard.number,
                name: self.names.of(answer.from),
                answer,
                rtt_us: show::us(heard.rtt),
                arrived: heard.arrived,
                duplicate: heard.duplicate,
                reordered: heard.reordered,
            })?;
        }
        Ok(())
    }
}

/// Says how far it is: on standard error, as ping(8), or as a record.
fn so_far(report: &Report, output: &mut Output<'_>) -> Result<(), Failure> {
    if output.is_json() {
        output.result(&SoFar::of(report))?;
    } else {
        output.flush()?;
        output.stderr_line(SoFar::of(report).line());
    }
    output.flush()
}

/// The time of day, if it is wanted.
fn stamp(job: &Ping, moment: &Moment) -> Option<f64> {
    moment.wall.filter(|_| job.stamps).map(|wall| (wall.as_secs_f64() * 1e6).round() / 1e6)
}
