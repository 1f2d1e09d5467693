//! hop: ping and traceroute in one, with the working shown.
//!
//! - [`options`]: what is asked for
//! - [`packet`]: what probes carry
//! - [`message`], [`icmp`], [`extension`]: what routers and hosts say to them
//! - [`answer`]: an answer, however it came
//! - [`ping`], [`statistics`]: which probe is next and what they come to
//! - [`trace`]: the same of a trace, with what it means
//! - [`show`]: numbers and addresses as text
//! - [`explain`]: the working as data
//! - [`shell`]: sockets, clocks and names
//! - [`cli`], [`manual`]: the command line and the man page
#![forbid(unsafe_code)]

pub mod answer;
pub mod cli;
pub mod explain;
pub mod extension;
pub mod icmp;
pub mod manual;
pub mod message;
pub mod options;
pub mod packet;
pub mod ping;
pub mod shell;
pub mod show;
pub mod statistics;
pub mod trace;

use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::options::{Job, Options};

/// The tool.
#[derive(Clone, Copy, Debug)]
pub struct Hop;

impl Tool for Hop {
    const NAME: &'static str = "hop";
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
        shell::confine::keep_what_sockets_need();
        match &options.job {
            Job::Ping(job) => shell::ping::run(job, output),
            Job::Trace(job) => shell::trace::run(job, output),
            Job::Both(trace, ping) => shell::both(trace, ping, output),
        }
    }
}
