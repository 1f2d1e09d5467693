//! Drives [`Walk`].

use std::io::PipeReader;
use std::net::IpAddr;

use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Output, Status};

use super::confine::confine;
use super::names::Names;
use super::prober::{Incoming, Need, Prober};
use crate::options::{Common, Family, Flow, Fragment, Protocol, Trace};
use crate::packet;
use crate::trace::report::{Hop, Line, Named, Start, Summary};
use crate::trace::{Config, Todo, Trace as Walk, notes};

/// Octets of a packet, as traceroute(8) sends them.
const SIZE_V4: u16 = 60;
const SIZE_V6: u16 = 80;
/// Where the search for the path MTU begins: the longest packet of both families that is no jumbogram.
const LONGEST: u16 = u16::MAX;

/// Traces until it is over or a signal ends it, and shows each hop as soon as all is known of it.
///
/// # Errors
/// [`Failure`] if nothing can be sent, or what came cannot be shown.
pub fn run(job: &Trace, output: &mut Output<'_>) -> Result<Status, Failure> {
    drive(job, &super::endings()?, false, output).map(|ended| ended.status)
}

/// How a trace ended.
pub(super) struct Ended {
    pub(super) status: Status,
    /// Whether a signal did it.
    pub(super) interrupted: bool,
}

/// Whether the run `goes_on` when the trace is over says what is kept for it.
pub(super) fn drive(
    job: &Trace,
    signals: &PipeReader,
    goes_on: bool,
    output: &mut Output<'_>,
) -> Result<Ended, Failure> {
    let protocol = job.common.protocol.unwrap_or(Protocol::Udp);
    // Neither this host nor what it remembers of the path is to shorten what the search sends.
    let fragment = if job.mtu { Some(Fragment::Probe) } else { job.common.fragment };
    let common = Common { fragment, ..job.common.clone() };
    let mut prober = super::open(&common, Need { protocol, wait: job.wait.most, one_port: true }, output)?;
    confine(&common, &prober, goes_on, output)?;
    let target = prober.target.ip();
    let size = if job.mtu { LONGEST } else { job.size.unwrap_or(default_size(prober.family)) };
    // Connections of one flow have one port: the next begins when the one before is over.
    let alone = protocol == Protocol::Tcp && common.flow == Flow::Fixed;
    output.result(&start(job, &prober, size, alone))?;
    let mut walk = Walk::new(config(job, &prober, size, alone));
    let mut names = Names::new(job.common.names);
    let mut hops: Vec<Hop> = Vec::new();
    let (mut has_sent, mut interrupted) = (false, false);
    loop {
        let ended = match walk.next(prober.drained) {
            Todo::End => break,
            Todo::Wait(until) => {
                output.flush()?;
                prober.wait(until, signals)?.ended
            }
            Todo::Send { seq, ttl, size: searched } => {
                let size = searched.and_then(|size| u16::try_from(size).ok()).unwrap_or(size);
                match prober.send(seq, Some(ttl), packet::data_len(prober.family, protocol, size)) {
                    Ok(moment) => {
                        has_sent = true;
                        walk.sent(seq, moment);
                    }
                    Err(refused) if !has_sent && refused.is_hopeless() => {
                        return Err(refused.failure(&job.common, target));
                    }
                    Err(refused) => walk.failed(seq, &errno_text(&refused.error), refused.mtu),
                }
                prober.drain();
                false
            }
        };
        super::tell(prober.events(), output)?;
        for Incoming { seq, answer, came } in prober.take() {
            walk.heard(seq, &answer, &came);
        }
        show(&mut walk, (target, job.first), &mut hops, &mut names, output)?;
        if ended {
            interrupted = true;
            break;
        }
    }
    show(&mut walk, (target, job.first), &mut hops, &mut names, output)?;
    let summary = summary(job, &walk, &hops, &prober);
    output.result(&summary)?;
    Ok(Ended { status: if summary.arrived { Status::YES } else { Status::NO }, interrupted })
}

/// What is said first. Packets have `size` octets, and each is sent `alone` or beside others.
fn start(job: &Trace, prober: &Prober, size: u16, alone: bool) -> Start {
    Start {
        host: job.common.host.clone(),
        target: prober.target.ip(),
        protocol: prober.protocol.name(),
        port: Some(prober.target.port()).filter(|port| *port > 0),
        max_hops: job.most,
        packet_octets: size.into(),
        one_by_one: alone,
    }
}

fn config(job: &Trace, prober: &Prober, size: u16, alone: bool) -> Config {
    Config {
        target: prober.target.ip(),
        first: job.first,
        most: job.most,
        queries: job.queries,
        parallel: if alone { 1 } else { job.parallel },
        wait: job.wait,
        mtu: job.mtu.then_some(size.into()),
        whole: matches!(prober.common.fragment, Some(Fragment::Do | Fragment::Probe)),
    }
}

fn default_size(family: Family) -> u16 {
    match family {
        Family::Ipv4 => SIZE_V4,
        Family::Ipv6 => SIZE_V6,
    }
}

/// Shows the hops of which all is known by now. `config` is to whom the trace goes, and its first TTL.
fn show(
    walk: &mut Walk,
    config: (IpAddr, u8),
    hops: &mut Vec<Hop>,
    names: &mut Names,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    while let Some(hop) = walk.hop() {
        let names = hop.senders().into_iter().filter_map(|addr| Some(Named { addr, name: names.of(addr)? })).collect();
        let links_back = hop.other_way_back(config.0, config.1);
        output.result(&Line { hop: hop.clone(), names, links_back })?;
        hops.push(hop);
    }
    Ok(())
}

fn summary(job: &Trace, walk: &Walk, hops: &[Hop], prober: &Prober) -> Summary {
    let target = prober.target.ip();
    let arrived = hops
        .iter()
        .find(|hop| hop.probes.iter().filter_map(|probe| probe.answer()).any(|answer| answer.arrived(target)));
    Summary {
        target,
        arrived: arrived.is_some(),
        hops: arrived.map(|hop| hop.ttl),
        path_mtu_octets: walk.mtu().filter(|_| arrived.is_some()),
        notes: notes::notes(target, hops, prober.protocol, job.most, walk.was_ambiguous(), walk.late()),
    }
}
