//! `ports backlog`: how full the accept queue of each listener is, once or as it changes.
//!
//! - [`gauge`]: a listener, its requests, and what changes
//! - [`counters`]: what the namespace counts
//! - [`report`]: both as data and text

pub mod counters;
pub mod gauge;
pub mod report;

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::Host;
use sockeye_sys::Protocol;
use sockeye_sys::sock_diag::{Extensions, StateMask};

use crate::cli::backlog::Follow;
use crate::cli::{Backlog, WantedOwners};
use crate::entry::Entry;
use crate::explain::Event;
use crate::kind::{Kind, Kinds};
use crate::selection::Selection;
use crate::shell::{self, clock};
use crate::target::Target;
use crate::wait::takes_address;
use crate::why::link_of;
use counters::Counters;
use gauge::Gauge;
use report::{CountersSeen, Gauges, Seen, Totals};

/// Runs `ports backlog`.
///
/// # Errors
/// [`Failure`] if the kernel does not list the sockets, or standard output does not take the result.
pub fn run(job: &Backlog, output: &mut Output<'_>) -> Result<Status, Failure> {
    shell::confine::to_listing(false, output)?;
    let selection = Selection {
        states: StateMask::LISTEN | StateMask::SYN_RECEIVED | StateMask::NEW_SYN_RECEIVED,
        extensions: Extensions::SKMEMINFO,
        ..Selection::new(Kinds::of(Kind::Tcp))
    };
    for target in &job.ports {
        if port(target).is_none() {
            return Err(Failure::usage(format!(
                "{}: not a service of TCP in /etc/services",
                escape(&target.service.to_string())
            )));
        }
    }
    let (gauges, doubt) = output.narrate(|explain| look(&selection, job, explain))??;
    if let Some(doubt) = doubt {
        output.note(doubt);
    }
    if gauges.is_empty() && job.follow.is_none() {
        output.note(nobody(&job.ports));
        return Ok(Status::NO);
    }
    if gauges.is_empty() {
        output.note(format!("{} yet", nobody(&job.ports)));
    }
    let sockets: Vec<_> = gauges.iter().map(|gauge| gauge.socket.clone()).collect();
    let names = shell::names(&sockets, true);
    let (holders, search) = shell::holders(&sockets, WantedOwners::All);
    output.event(&Event::OwnersSearched(search))?;
    let shown = Gauges { gauges: &gauges, names: &names, holders: &holders };
    if !gauges.is_empty() {
        output.list(&shown, shown.rows())?;
    }
    let counters = Counters::parse(&shell::settings::tcp_counters());
    let totals = Totals::from(counters);
    if !output.is_json() && !gauges.is_empty() {
        output.raw(b"\n")?;
    }
    output.result(&totals)?;
    output.flush()?;
    crate::note_hidden(&sockets, &holders, &search, output);
    if let Some(follow) = &job.follow {
        go_on(&selection, job, follow, (gauges, counters), output)?;
    }
    Ok(Status::YES)
}

fn port(target: &Target) -> Option<u16> {
    shell::port_of(target, Protocol::TCP)
}

fn nobody(ports: &[Target]) -> String {
    match ports {
        [] => "nothing listens on TCP in this network namespace".to_owned(),
        ports if ports.iter().all(|target| target.host.is_none()) => {
            let ports: Vec<String> = ports.iter().map(|target| target.service.to_string()).collect();
            format!("nothing listens on TCP port {}", ports.join(" or "))
        }
        ports => {
            let ends: Vec<String> = ports.iter().map(Target::words).collect();
            format!("nothing listens on TCP {}", ends.join(" or "))
        }
    }
}

/// The listeners as they are now, and what is doubtful of that.
fn look(selection: &Selection, job: &Backlog, explain: &mut dyn FnMut(Event)) -> Result<Look, Failure> {
    let survey = shell::survey(selection, explain)?;
    if let Some(answer) = survey.doubts.unanswered() {
        return Err(Failure::host(answer).hint("/proc/net does not tell how many connections may wait"));
    }
    let doubt = survey.doubts.sentence();
    let sockets = survey.entries.into_iter().filter_map(Entry::into_inet).collect();
    let mut gauges = gauge::gauges(sockets);
    let ends = job.ports.iter().map(|target| {
        let host = target.host.as_ref();
        Ok((host.and_then(Host::ip), link_of(host)?, port(target)))
    });
    let wanted = ends.collect::<Result<Vec<_>, Failure>>()?;
    let is_wanted = |gauge: &Gauge| {
        let local = gauge.socket.local;
        wanted.iter().any(|(address, link, port)| {
            *port == Some(local.port())
                && gauge.socket.shares_link(*link)
                && address.is_none_or(|address| takes_address(&gauge.socket, address))
        })
    };
    gauges.retain(|gauge| job.ports.is_empty() || is_wanted(gauge));
    Ok((gauges, doubt))
}

type Look = (Vec<Gauge>, Option<String>);

/// Shows each change until the time or the count is over, or standard output is closed.
fn go_on(
    selection: &Selection,
    job: &Backlog,
    follow: &Follow,
    (mut before, mut counted): (Vec<Gauge>, Counters),
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let (mut left, mut told) = (follow.count, false);
    let started = clock::Stopwatch::start();
    while left != Some(0) && follow.duration.is_none_or(|limit| started.elapsed() < limit) {
        if !clock::pause(follow.interval) {
            return Ok(());
        }
        let (after, doubt) = look(selection, job, &mut |_| {})?;
        if let Some(doubt) = doubt {
            // What is missing from such a list need not be gone.
            if !std::mem::replace(&mut told, true) {
                output.note(doubt);
            }
            continue;
        }
        let now = Counters::parse(&shell::settings::tcp_counters());
        if left != Some(0)
            && let Some(counted) = CountersSeen::new(counted, now, &clock::now())
        {
            left = left.map(|left| left.saturating_sub(1));
            output.step(&counted)?;
        }
        counted = now;
        let sockets: Vec<_> = after.iter().map(|gauge| gauge.socket.clone()).collect();
        let names = shell::names(&sockets, true);
        for change in gauge::changes(&before, &after) {
            if left == Some(0) {
                break;
            }
            left = left.map(|left| left - 1);
            output.step(&Seen::new(&change, &names, &clock::now()))?;
        }
        output.flush()?;
        before = after;
    }
    Ok(())
}
