//! ports: every TCP and UDP socket of this network namespace, with its state, queues and owner.
//!
//! - [`selection`]: which sockets a listing is about, and the netlink requests that bring them
//! - [`kind`], [`entry`]: the kinds of sockets, and one row of any of them
//! - [`socket`], [`details`], [`state`]: a row of the Internet families, its extensions, and what its state means
//! - [`filter`]: ss's language for which sockets are wanted, and its program for the kernel
//! - [`gather`]: what becomes of sockets as they come; [`doubts`]: what is doubtful about their list
//! - [`owners`]: which processes hold a socket
//! - [`endpoint`], [`names`]: both ends as text
//! - [`list`]: a listing from the first question to the last line; [`netns`]: in which namespaces
//! - [`columns`]: what can be shown of a row; [`listing`]: rows as lines; [`record`]: rows as JSON; [`summary`]: counts
//! - [`explain`]: the working as data
//! - [`target`]: the port that a command is about, as typed
//! - [`byte_order`]: the forgotten htons
//! - [`command`]: names of processes as programs read them
//! - [`why`]: `ports why`
//! - [`free`]: `ports free`
//! - [`wait`]: `ports wait`
//! - [`reach`]: `ports reach`
//! - [`sockopts`]: `ports options`
//! - [`watch`]: `ports watch`
//! - [`log`]: `ports log`
//! - [`lesson`]: `ports explain`
//! - [`backlog`]: `ports backlog`
//! - [`netstat`], [`ss`]: the dialects of those names
//! - [`shell`], [`proc_net`]: sock_diag and /proc
//! - [`cli`], `manual`: the command line
#![forbid(unsafe_code)]

pub mod backlog;
pub mod byte_order;
pub mod cli;
pub mod columns;
pub mod command;
pub mod details;
pub mod doubts;
pub mod endpoint;
pub mod entry;
pub mod explain;
pub mod filter;
pub mod free;
pub mod gather;
pub mod kind;
pub mod lesson;
pub mod list;
pub mod listing;
pub mod log;
mod manual;
pub mod names;
pub mod netns;
pub mod netstat;
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
pub mod ss;
pub mod state;
pub mod summary;
pub mod target;
pub mod wait;
pub mod watch;
pub mod why;

use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Job, Options};
pub(crate) use crate::list::note_hidden;

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
            Job::List(job) => list::run(job, output),
            Job::Why(job) => why::run(job, output),
            Job::Free(job) => free::run(job, output),
            Job::Wait(job) => wait::run(job, output),
            Job::Reach(job) => reach::run(job, output),
            Job::Opts(job) => sockopts::run(job, output),
            Job::Watch(job) => watch::run(job, output),
            Job::Log(job) => log::run(job, output),
            Job::Explain(job) => lesson::run(job, output),
            Job::Backlog(job) => backlog::run(job, output),
            Job::Netstat(job) => netstat::run(job, output),
            Job::Ss(job) => ss::run(job, output),
        }
    }
}
