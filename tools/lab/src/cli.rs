//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sockeye_cli::{Exit, Invocation, Presentation, parse_clap};

use crate::shell::Tour;

/// Run the experiments of a socket-programming course, and check what is seen
#[derive(Parser, Debug)]
#[command(name = "lab", version, disable_help_subcommand = true)]
#[command(subcommand_required = true, arg_required_else_help = false)]
pub struct Cli {
    /// How things are shown.
    #[command(flatten)]
    presentation: Presentation,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// See the suite at work: a datagram from its URL to the wire, and a TCP connection
    ///
    /// Makes two hosts where the system allows it, and uses the loopback interface elsewhere. Every step shows what is
    /// typed and what comes of it, and checks that theory and practice agree.
    Tour(TourArgs),
    /// List the experiments
    List,
    /// Try whether hosts can be made here; if not, say why and what helps
    Probe,
}

#[derive(Args, Debug)]
struct TourArgs {
    /// Stay on the loopback interface, even where two hosts could be made
    #[arg(long)]
    loopback: bool,
    /// Keep the capture of what was sent
    #[arg(long, value_name = "FILE", conflicts_with = "loopback")]
    pcap: Option<PathBuf>,
}

/// What the command line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How things are shown.
    pub presentation: Presentation,
    /// What is to be done.
    pub job: Job,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Job {
    /// Run the tour.
    Tour(Tour),
    /// List the experiments.
    List,
    /// Try whether hosts can be made.
    Probe,
}

/// Reads a command line.
///
/// # Errors
/// [`Exit`]: help, version, or what is wrong with it.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let Cli { presentation, command } = parse_clap::<Cli>(invocation)?;
    let job = match command {
        Command::Tour(TourArgs { loopback, pcap }) => Job::Tour(Tour { loopback, pcap }),
        Command::List => Job::List,
        Command::Probe => Job::Probe,
    };
    Ok(Options { presentation, job })
}
