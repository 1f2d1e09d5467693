//! Takes URLs apart: every component with its span in the input, what the parser made of it, and what a socket needs.
//!
//! - [`dissect`]: from a text to a [`dissect::Dissection`]; the core
//! - [`spans`]: where the components stand in the input
//! - [`whatwg`]: the `url` crate, which decides what is a URL and normalises it
//! - [`rfc3986`]: a strict parser of our own for the generic syntax, its resolution and its normalisation
//! - [`models`]: what the two standards make of one text, side by side
//! - [`base`]: a reference against a base by both; [`specific`]: what mailto, data, urn, file, blob and tel say of the rest
//! - [`departure`]: where that crate is known to depart from the standard
//! - [`component`], [`path`], [`query`], [`percent`]: a component, the path's segments and its file, the query's parameters,
//!   percent-encoding
//! - [`scheme`], [`socket`]: default ports and transports; what connect(2) would get; [`zone`]: what neither standard has
//! - [`template`]: the language of `--get`; [`parts`], [`plain`]: what it takes from a URL, and the short way to that
//! - [`change`]: what changes a URL; [`curl`]: libcurl's model; [`trurl`]: the dialect of that name
//! - [`explain`]: the working as data; [`report`], [`ruler`]: the tables, and the anatomy above them; [`record`], [`csv`]: the
//!   same as JSON by the short way, and as comma-separated values
//! - [`anatomy`], [`many`]: `url URL...`, for one and for all; [`refusal`]: what went wrong with one; [`same`], [`diff`], [`connect`], [`encode`]: the commands
//! - [`shell`]: getaddrinfo(3), where the user asked for it
//! - [`cli`], [`manual`]: the options and the man page
#![forbid(unsafe_code)]

pub mod anatomy;
pub mod base;
pub mod change;
pub mod cli;
pub mod component;
pub mod connect;
pub mod csv;
pub mod curl;
pub mod departure;
pub mod diff;
pub mod dissect;
pub mod encode;
pub mod explain;
pub mod manual;
pub mod many;
pub mod models;
pub mod parts;
pub mod path;
pub mod percent;
pub mod plain;
pub mod query;
pub mod record;
pub mod refusal;
pub mod report;
pub mod rfc3986;
pub mod ruler;
pub mod same;
pub mod scheme;
pub mod shell;
pub mod socket;
pub mod spans;
pub mod specific;
pub mod template;
pub mod trurl;
pub mod whatwg;
pub mod zone;

use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Job, Options};
use crate::explain::Event;
use crate::shell::confine;

/// The tool `url`.
#[derive(Debug)]
pub struct Url;

impl Tool for Url {
    const NAME: &'static str = "url";
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
        let confined = match &options.job {
            Job::Dissect(job) if !job.files.is_empty() => return many::run(job, output),
            Job::Trurl(job) => return trurl::run(job, output),
            Job::Dissect(job) => confine::to_the_line(job.resolve),
            Job::Connect(job) => confine::to_the_line(job.resolve),
            Job::Same(_) | Job::Diff(_) | Job::Encode(_) | Job::Decode(_) => confine::to_the_line(false),
        };
        let ended = match &options.job {
            Job::Dissect(job) => many::run(job, output),
            Job::Same(job) => same::run(job, output),
            Job::Diff(job) => diff::run(job, output),
            Job::Connect(job) => connect::run(job, output),
            Job::Encode(job) => encode::run_encode(job, output),
            Job::Decode(job) => encode::run_decode(job, output),
            Job::Trurl(job) => trurl::run(job, output),
        };
        // Nothing comes before a warning about the host.
        let told = output.event(&Event::Confined(Box::new(confined)));
        ended.and_then(|status| told.map(|()| status))
    }
}
