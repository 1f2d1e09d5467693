//! Addresses, networks and byte order, in every notation and with the arithmetic shown.
//!
//! - [`given`]: what a text is: an address, a network, a link-layer address; the core
//! - [`bits`], [`mac`], [`reverse`]: addresses as numbers, as 48 and 64 bits, as names in the DNS
//! - [`address`], [`embedded`], [`multicast`]: all that is said of one address; [`readings`]: what the C library makes of its text
//! - [`network`], [`link`]: all that is said of a network, and of a MAC address
//! - [`cidr`]: blocks of addresses as sets; [`plan`]: the commands that cut and join them; [`same`]: who thinks who is near
//! - [`route`], [`lpm`]: routing tables, and which route wins
//! - [`order`]: byte order; [`interfaces`]: this machine's; [`registry`]: IANA's special ranges
//! - [`show`]: `addr ADDRESS...`; [`template`], [`fields`]: the lines of `--get`
//! - [`sheet`]: what a person reads, in columns
//! - [`explain`]: the arithmetic as data
//! - [`cli`], [`manual`]: the options and the man page
//! - [`shell`]: what the system is asked for
#![forbid(unsafe_code)]

pub mod address;
pub mod bits;
pub mod cidr;
pub mod cli;
pub mod embedded;
pub mod explain;
pub mod fields;
pub mod given;
pub mod interfaces;
pub mod link;
pub mod lpm;
pub mod mac;
pub mod manual;
pub mod multicast;
pub mod network;
pub mod order;
pub mod plan;
pub mod readings;
pub mod registry;
pub mod reverse;
pub mod route;
pub mod same;
pub mod sheet;
pub mod shell;
pub mod show;
pub mod template;

use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool};

use crate::cli::{Job, Options};

/// The tool.
#[derive(Debug)]
pub struct Addr;

impl Tool for Addr {
    const NAME: &'static str = "addr";
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
        shell::confine::to_job(&options.job, output)?;
        match &options.job {
            Job::Show(job) => show::run(job, output),
            Job::Port(job) => order::ports(job, output),
            Job::Order(job) => order::numbers(job, output),
            Job::Split(job) => plan::split::run(job, output),
            Job::Vlsm(job) => plan::vlsm::run(job, output),
            Job::Supernet(job) => plan::join::run(job, output),
            Job::Range(job) => plan::range::run(job, output),
            Job::Overlap(job) => plan::overlap::run(job, output),
            Job::Same(job) => same::run(job, output),
            Job::Lpm(job) => lpm::run(job, output),
            Job::Interfaces(job) => interfaces::run(job, output),
            Job::Registry(job) => registry::run(job, output),
        }
    }
}
