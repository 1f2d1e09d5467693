//! netsum: computes, explains and verifies Internet checksums.
//!
//! - [`protocol`]: the protocols whose checksums are known
//! - [`udp`]: what UDP sums, and what it transmits
//! - [`working`]: the addition, every step as data
//! - [`verdict`]: what each checksum of a frame is worth
//! - [`listing`], [`tally`]: which of them are listed, and the count
//! - [`verify`]: a whole capture
//! - [`explain`]: why the steps are what they are, as data
//! - [`worksheet`]: the addition on paper
//! - [`data`]: DATA on the command line
//! - [`cli`], [`manual`]: the options and the man page
//! - [`shell`]: files and standard input
#![forbid(unsafe_code)]

pub mod cli;
pub mod data;
pub mod explain;
pub mod listing;
pub mod manual;
pub mod protocol;
pub mod shell;
pub mod tally;
pub mod udp;
pub mod verdict;
pub mod verify;
pub mod working;
pub mod worksheet;

use clap::CommandFactory;
use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Cli, Job, Options};
use crate::explain::Event;

/// The tool.
#[derive(Debug)]
pub struct Netsum;

impl Tool for Netsum {
    const NAME: &'static str = "netsum";
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
            Job::Udp(job) => compute(job, output),
            Job::Verify(job) => verify::run(job, output),
        }
    }
}

/// Computes one checksum and shows its working.
fn compute(job: &cli::Udp, output: &mut Output<'_>) -> Result<Status, Failure> {
    let data = shell::load(job.data.clone(), udp::MAX_DATA_V6)?;
    let datagram = udp::Datagram { src: job.src, dst: job.dst, data };
    let report = output
        .narrate(|explain| {
            if job.zone_left_out {
                explain(Event::ZoneLeftOut);
            }
            datagram.compute(explain)
        })?
        .map_err(|error| Failure::usage(error.to_string()))?;
    if job.quiet {
        output.raw(format!("{}\n", report.checksum_octets).as_bytes())?;
    } else {
        if output.is_explained() && !output.is_json() {
            output.raw(b"\n")?;
        }
        output.result(&report)?;
    }
    Ok(Status::YES)
}
