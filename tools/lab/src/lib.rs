//! lab: the experiments of a socket-programming course, run for real.
//!
//! - [`experiment`]: steps, actions and expectations as data, and how they are judged
//! - [`tour`]: the script of the tour
//! - [`topology`], [`stage`]: hosts, links and ports, as a description
//! - [`report`], [`explain`]: what is shown
//! - [`cli`], [`manual`]: the options and the man page
//! - [`shell`]: makes the network, runs the tools, captures
#![forbid(unsafe_code)]

pub mod cli;
pub mod experiment;
pub mod explain;
pub mod manual;
pub mod report;
pub mod shell;
pub mod stage;
pub mod topology;
pub mod tour;

use clap::CommandFactory;
use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Cli, Job, Options};
use crate::report::{Entry, Probed};
use crate::stage::Stage;

/// The tool.
#[derive(Debug)]
pub struct Lab;

impl Tool for Lab {
    const NAME: &'static str = "lab";
    type Options = Options;

    fn command() -> clap::Command {
        Cli::command()
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
            Job::Tour(tour) => shell::tour(tour, output),
            Job::List => list(output),
            Job::Probe => probe(output),
        }
    }
}

/// Says whether hosts can be made here.
fn probe(output: &mut Output<'_>) -> Result<Status, Failure> {
    let privilege = shell::privilege::probe();
    let status = if privilege.namespaces { Status::YES } else { Status::NO };
    output.result(&Probed { privilege })?;
    Ok(status)
}

/// Lists the experiments: the tour, until there are more.
fn list(output: &mut Output<'_>) -> Result<Status, Failure> {
    shell::explain_privilege(output)?;
    let steps = Stage::two_hosts(&topology::PAIR).map_or(0, |stage| tour::steps(&stage).len());
    output.result(&Entry { name: tour::NAME, summary: tour::SUMMARY, steps, command: "lab tour" })?;
    Ok(Status::YES)
}
