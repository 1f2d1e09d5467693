//! lab: the experiments of a socket-programming course, run for real.
//!
//! - [`tour`]: the experiment that comes first, with hosts or without
//! - [`catalog`]: the lab files that lab brings with it
//! - [`language`]: lab files, read; [`placeholder`]: what stands in braces in them, `backslash` behind backslashes; [`written`]: their statements as text
//! - [`model`]: an experiment, as a lab file says it; [`filter`]: which frames are meant; [`frames`]: what a frame is
//! - [`judge`]: whether what was seen is what theory says
//! - [`record`]: what happened, in the order of time
//! - [`wire`]: what a wire does to frames, as a state machine
//! - [`stage`]: what the machine allows, and the hosts and ports of the tour
//! - [`story`], [`verified`], [`left`], [`report`], [`explain`]: what is shown; [`view`]: the records as a ladder, a page, a capture
//! - [`calls`]: socket calls, typed; [`apps`]: servers and clients; [`names`]: a name server
//! - [`show`], [`draw`]: an experiment and its network, told
//! - [`cli`], [`manual`]: the options and the man page
//! - [`shell`]: makes the network, runs the tools, captures
#![forbid(unsafe_code)]

pub mod apps;
mod backslash;
pub mod calls;
pub mod catalog;
pub mod cli;
pub mod draw;
pub mod explain;
pub mod filter;
pub mod frames;
pub mod judge;
pub mod language;
pub mod left;
pub mod manual;
pub mod model;
pub mod names;
pub mod placeholder;
pub mod record;
pub mod report;
pub mod shell;
pub mod show;
pub mod stage;
pub mod story;
pub mod tour;
pub mod verified;
pub mod view;
pub mod wire;
pub mod written;

use std::path::Path;

use clap::CommandFactory;
use sockeye_cli::{Confined, Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Cli, Job, Options};
use crate::report::Probed;
use crate::show::{Checked, Listed, Shown, Told};

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
            Job::Show { experiment, answer } => show(experiment, *answer, output),
            Job::Check(file) => check(file, output),
            Job::Probe => probe(output),
            Job::Run(order) => shell::run(order, output),
            Job::Verify(orders) => shell::verify::verify(orders, output),
            Job::Shell(asked) => shell::shell(asked, output),
            Job::Clean { dry_run } => shell::clean::clean(*dry_run, output),
            Job::Anchor => shell::session::wait_here(output).map(|()| Status::YES),
            Job::Init => shell::run::nursery::init(output).map(|()| Status::YES),
            Job::Calls(calls) => shell::calls::run(calls, output),
            Job::Serve(serve) => shell::serve::run(serve, output),
            Job::Client(client) => shell::client::run(client, output),
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

/// Lists the experiments.
fn list(output: &mut Output<'_>) -> Result<Status, Failure> {
    shell::explain_privilege(output)?;
    let column = catalog::EXPERIMENTS.iter().map(|entry| entry.name.len()).max().unwrap_or(0);
    for entry in catalog::EXPERIMENTS {
        if let Ok(lab) = entry.lab() {
            output.result(&Listed::of(&lab, column))?;
        }
    }
    Ok(Status::YES)
}

/// Tells what an experiment is.
fn show(experiment: &str, answer: bool, output: &mut Output<'_>) -> Result<Status, Failure> {
    let lab = shell::file::load(experiment)?;
    output.result(&Shown::of(&lab, experiment, answer, output.width()))?;
    Ok(Status::YES)
}

/// Says whether a lab file is well written.
fn check(file: &Path, output: &mut Output<'_>) -> Result<Status, Failure> {
    let (name, text) = shell::file::read(file)?;
    // It may be anybody's, and nothing but its text is needed any more.
    let _ = Confined::enter_briefly();
    match language::parse(&text) {
        Ok(lab) => {
            let checks = lab.steps.iter().map(|step| step.expectations.len()).sum();
            let (nodes, steps) = (lab.network.nodes.len(), lab.steps.len());
            output.result(&Checked { file: name, name: lab.name, nodes, steps, checks })?;
            Ok(Status::YES)
        }
        Err(mistakes) => {
            for mistake in &mistakes {
                output.result(&Told::of(&name, &text, mistake))?;
            }
            Ok(Status::NO)
        }
    }
}
