//! netsum: computes, explains and verifies Internet checksums.
//!
//! - [`protocol`]: the protocols whose checksums are known
//! - [`form`]: the headers that hold them, field by field
//! - [`typed`]: packets from typed fields
//! - [`subject`]: what a checksum covers, and the checksum worked out
//! - [`packet`], [`examine`]: the checksums of a packet that is there already
//! - [`update`]: a checksum after a few words changed
//! - [`working`], [`crc`]: the addition and the division, every step as data
//! - [`reason`]: why the steps are what they are, as data
//! - [`verdict`]: what each checksum of a frame is worth
//! - [`reassembly`]: fragments put together, and the whole judged
//! - [`listing`], [`only`], [`tsv`], [`tally`]: which of them are listed, their lines with tabs, and the count
//! - [`verify`], [`scan`]: a whole capture; a batch of its frames by itself
//! - [`why`]: the mistakes that reproduce a stored value
//! - [`fix`]: a whole capture, rewritten
//! - [`explain`]: why a verdict is what it is, as data
//! - [`worksheet`]: the working on paper
//! - [`solve`]: what keeps or forces a checksum
//! - [`same`]: whether two payloads have one checksum
//! - [`data`]: DATA on the command line
//! - [`cli`], [`manual`]: the options and the man page
//! - [`shell`]: files and standard input
#![forbid(unsafe_code)]

pub mod cli;
pub mod crc;
pub mod data;
pub mod examine;
pub mod explain;
pub mod fix;
pub mod form;
pub mod headers;
pub mod listing;
pub mod live;
pub mod manual;
pub mod only;
pub mod packet;
pub mod protocol;
pub mod quick;
pub mod reason;
pub mod reassembly;
pub mod same;
#[cfg(test)]
pub(crate) mod samples;
pub mod scan;
pub mod shell;
pub mod solve;
pub mod subject;
pub mod tally;
pub mod tsv;
pub mod typed;
pub mod update;
pub mod verdict;
pub mod verify;
pub mod why;
pub mod working;
pub mod worksheet;

use clap::CommandFactory;
use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Cli, Compute, Job, Options, WorkingStyle};
use crate::reason::Reason;
use crate::subject::Subject;
use crate::worksheet::Tables;

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
            Job::Compute(job) => compute(job, output),
            Job::Packet(job) => examine::packet(job, output),
            Job::Frame(job) => examine::frame(job, output),
            Job::Update(job) => update::run(job, output),
            Job::Verify(job) => verify::run(job, output),
            Job::Solve(job) => solve::run(job, output),
            Job::Same(job) => same::run(job, output),
            Job::Fix(job) => fix::run(job, output),
        }
    }
}

/// Computes one checksum and shows its working.
fn compute(job: &Compute, output: &mut Output<'_>) -> Result<Status, Failure> {
    // Nothing that is too long is longer than this.
    let data = shell::load(job.data.clone(), typed::MAX_DATA)?;
    shell::confine::confine_briefly(output)?;
    let subject = job.typed.subject(&data).map_err(|error| Failure::usage(error.to_string()))?;
    if job.zone_left_out {
        output.event(&Reason::ZoneLeftOut)?;
    }
    show(&subject, job.style, output)?;
    Ok(Status::YES)
}

/// Works one checksum out and shows that.
fn show(subject: &Subject, style: WorkingStyle, output: &mut Output<'_>) -> Result<(), Failure> {
    let report = output.narrate(|explain| subject.work(explain))?;
    if style == WorkingStyle::Quiet {
        return output.raw(format!("{}\n", report.calculated_octets).as_bytes());
    }
    set_apart(output)?;
    match style {
        WorkingStyle::Tables => output.result(&Tables(&report)),
        _ => output.result(&report),
    }
}

/// Leaves a line between a working and its result, where a person reads both.
fn set_apart(output: &mut Output<'_>) -> Result<(), Failure> {
    if output.is_explained() && !output.is_json() { output.raw(b"\n") } else { Ok(()) }
}
