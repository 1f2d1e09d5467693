//! nc: TCP and UDP connections and listens that show their working.
//!
//! - [`cli`]: the command line, from which [`options`] come; [`number`] and [`port`] read its values
//! - [`manual`]: what the man page says beyond the options
//! - [`relay`]: the conversation as a state machine without I/O
//! - [`scan`]: many ports at once as a state machine without I/O
//! - [`datagram`]: what one datagram is
//! - [`service`]: what a server for many clients does; [`app`]: the built-in services;
//!   [`hub`]: clients who hear each other; [`access`]: who may connect
//! - [`filter`]: what is done to octets on their way; [`dump`]: what went past, as text
//! - [`generate`]: messages that can be recognised, and what became of them
//! - [`what`]: what a line means, here and elsewhere
//! - [`report`]: the sentences that OpenBSD nc says, word for word
//! - [`explain`]: the working as data
//! - `shell`: everything with sockets, clocks and descriptors
#![forbid(unsafe_code)]

pub mod access;
pub mod address;
pub mod app;
pub mod cli;
pub mod datagram;
pub mod dump;
pub mod explain;
pub mod filter;
pub mod generate;
pub mod hub;
pub mod manual;
pub mod number;
pub mod options;
pub mod port;
pub mod program;
pub mod proxy;
pub mod relay;
pub mod report;
pub mod scan;
pub mod service;
mod shell;
mod source_route;
pub mod tos;
pub mod what;

use clap::CommandFactory;
use sockeye_cli::output::ExplainTo;
use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::options::Options;

/// The tool.
#[derive(Debug)]
pub struct Nc;

impl Tool for Nc {
    const NAME: &'static str = "nc";
    type Options = Options;

    fn command() -> clap::Command {
        cli::Args::command()
    }

    fn manual() -> Manual {
        manual::MANUAL
    }

    fn parse(invocation: &Invocation) -> Result<Options, Exit> {
        cli::parse(invocation, shell::compat().as_deref())
    }

    fn presentation(options: &Options) -> Presentation {
        // The events are all that nc has to say in JSON: standard output is the relay.
        Presentation { explain: options.presentation.explain || options.presentation.json, ..options.presentation }
    }

    fn explain_to() -> ExplainTo {
        ExplainTo::Stderr
    }

    fn run(options: &Options, output: &mut Output<'_>) -> Result<Status, Failure> {
        shell::run(options, output)
    }
}
