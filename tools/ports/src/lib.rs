//! ports: every TCP and UDP socket of this network namespace, with its state, queues and owner.
//!
//! - [`selection`]: which sockets a listing is about, and the netlink requests that bring them
//! - [`kind`], [`entry`]: the kinds of sockets, and one row of any of them
//! - [`socket`], [`state`]: a row of the Internet families, and what its state means
//! - [`filter`]: ss's language for which sockets are wanted, and its program for the kernel
//! - [`owners`]: which processes hold a socket
//! - [`endpoint`], [`names`]: both ends as text
//! - [`listing`]: rows as lines; [`record`]: rows as JSON
//! - [`explain`]: the working as data
//! - [`target`]: the port that a command is about, as typed
//! - [`byte_order`]: the forgotten htons
//! - [`why`]: `ports why`
//! - [`free`]: `ports free`
//! - [`wait`]: `ports wait`
//! - [`reach`]: `ports reach`
//! - [`sockopts`]: `ports options`
//! - [`watch`]: `ports watch`
//! - [`log`]: `ports log`
//! - [`lesson`]: `ports explain`
//! - [`backlog`]: `ports backlog`
//! - [`shell`], [`proc_net`]: sock_diag and /proc
//! - [`cli`], `manual`: the command line
#![forbid(unsafe_code)]

pub mod backlog;
pub mod byte_order;
pub mod cli;
pub mod endpoint;
pub mod entry;
pub mod explain;
pub mod filter;
pub mod free;
pub mod kind;
pub mod lesson;
pub mod listing;
pub mod log;
mod manual;
pub mod names;
pub mod owners;
pub mod proc_net;
pub mod reach;
pub mod record;
#[cfg(test)]
pub(crate) mod samples;
pub mod selection;
pub mod shell;
pub mod socket;
pub mod sockopts;
pub mod state;
pub mod target;
pub mod wait;
pub mod watch;
pub mod why;

use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Job, List, Options};
use crate::entry::Entry;
use crate::explain::{Event, OwnerSearch, counted};
use crate::listing::Listing;
use crate::owners::{Holders, Ownership};
use crate::socket::Socket;

/// The tool.
#[derive(Clone, Copy, Debug)]
pub struct Ports;

impl Tool for Ports {
    const NAME: &'static str = "ports";
    type Options = Options;

    fn command() -> clap::Command {
        cli::command()
    }

    fn manual() -> Manual {
        manual::MANUAL
    }

    fn parse(invocation: &Invocation) -> Result<Options, Exit> {
        cli::parse(invocation)
    }

    fn presentation(options: &Options) -> Presentation {
        options.presentation
    }

    fn run(options: &Options, output: &mut Output<'_>) -> Result<Status, Failure> {
        match &options.job {
            Job::List(job) => list(job, output),
            Job::Why(job) => why::run(job, output),
            Job::Free(job) => free::run(job, output),
            Job::Wait(job) => wait::run(job, output),
            Job::Reach(job) => reach::run(job, output),
            Job::Opts(job) => sockopts::run(job, output),
            Job::Watch(job) => watch::run(job, output),
            Job::Log(job) => log::run(job, output),
            Job::Explain(job) => lesson::run(job, output),
            Job::Backlog(job) => backlog::run(job, output),
        }
    }
}

/// Lists sockets.
fn list(options: &List, output: &mut Output<'_>) -> Result<Status, Failure> {
    let survey = output.narrate(|explain| shell::survey(&options.selection, explain))??;
    if survey.interrupted {
        output.note("the list changed each time that it was read: a socket may be missing, or there twice");
    }
    let mut sockets: Vec<Socket> = survey.entries.into_iter().filter_map(Entry::into_inet).collect();
    sockets.sort_unstable_by(Socket::listing_order);
    let names = shell::names(&sockets, options.numeric);
    let holders = options.owners.map(|wanted| shell::holders(&sockets, wanted));
    if let Some((_, search)) = &holders {
        output.event(&Event::OwnersSearched(*search))?;
    }
    let listing = Listing {
        sockets: &sockets,
        names: &names,
        holders: holders.as_ref().map(|(holders, _)| holders),
        headings: options.headings,
    };
    output.list(&listing, listing.records())?;
    if output.is_explained() {
        explain::states(&sockets).iter().try_for_each(|event| output.event(event))?;
    }
    if let Some((holders, search)) = &holders {
        output.flush()?;
        note_hidden(&sockets, holders, search, output);
    }
    Ok(Status::YES)
}

/// Says on standard error how many owners are missing, since standard output may be cut apart by another tool.
fn note_hidden(sockets: &[Socket], holders: &Holders, search: &OwnerSearch, output: &mut Output<'_>) {
    let hidden = sockets.iter().filter(|socket| holders.ownership(socket.inode) == Ownership::Hidden).count();
    if hidden == 0 {
        return;
    }
    let sockets = counted(hidden, "socket", "sockets");
    let (why, root_would_help) = search.why_hidden();
    let hint = if root_would_help && !shell::is_root() { " (try as root)" } else { "" };
    output.note(format!("owners of {sockets} are hidden: {why}{hint}"));
}
