//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use sockeye_cli::values::number;
use sockeye_cli::{Exit, Invocation, Presentation, parse_clap};

use crate::apps::{Client, Serve};
use crate::calls::Calls;
use crate::shell::verify::Orders;
use crate::shell::{self, Asked, Order, Tour};

mod apps;
mod calls;

use self::apps::{ClientArgs, ServeArgs};
use self::calls::CallsArgs;

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
    /// Show what an experiment is: its network, what is typed, its question
    Show(ShowArgs),
    /// Check that a lab file is well written, without running it
    ///
    /// The exit status is 1 if it has mistakes; each is shown with its line and what was expected there.
    Check(CheckArgs),
    /// Run an experiment, and check what is seen
    ///
    /// The exit status is 0 if everything was seen that theory says, and 1 if something was not.
    Run(RunArgs),
    /// Run experiments, each in a process of its own, and say which showed what theory says
    ///
    /// Times are shortened where an experiment allows it. What was not seen is named, with what was there in its place. The exit
    /// status is 0 if all of them passed.
    Verify(VerifyArgs),
    /// Open a shell on a host of an experiment, to do it by hand
    ///
    /// A second one, from another terminal, joins the network of the first; when the first ends, the network is gone.
    Shell(ShellArgs),
    /// Remove what a lab that was killed has left: processes and working folders
    Clean(CleanArgs),
    /// Try whether hosts can be made here; if not, say why and what helps
    Probe,
    /// Perform socket calls as typed, and show each with what it returned
    Calls(CallsArgs),
    /// Be a server that an experiment needs
    Serve(ServeArgs),
    /// Be a client that an experiment needs
    Client(ClientArgs),
}

#[derive(Args, Debug)]
struct ShowArgs {
    /// The experiment: a name of the list, or a lab file
    #[arg(value_name = "NAME|FILE")]
    experiment: String,
    /// Show the answer too, and what must be seen in each step
    #[arg(long)]
    answer: bool,
}

#[derive(Args, Debug)]
struct CheckArgs {
    /// The lab file; - is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

#[derive(Args, Debug)]
struct RunArgs {
    /// The experiment: a name of the list, or a lab file
    #[arg(value_name = "NAME|FILE")]
    experiment: String,
    /// Take less time, where the experiment allows it
    #[arg(long)]
    fast: bool,
    /// The chances of the wires: the same number, the same losses
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<u64>(..))]
    seed: u64,
    /// Keep what was sent: a capture of each link in this folder
    #[arg(long, value_name = "DIR")]
    pcap: Option<PathBuf>,
    /// Write all of it as a page that needs nothing else: to be printed, or handed in
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Put the answer to the question on the page
    #[arg(long, requires = "html")]
    answer: bool,
    /// Go on after a step that could not be done
    #[arg(long)]
    keep_going: bool,
}

#[derive(Args, Debug)]
struct VerifyArgs {
    /// The experiments: names of the list, or lab files; all of the list if there is none
    #[arg(value_name = "NAME|FILE")]
    experiments: Vec<String>,
    /// How many at a time
    #[arg(long, value_name = "N", value_parser = number::<u16>(1..))]
    jobs: Option<u16>,
    /// Pass even if this machine cannot do some of them
    #[arg(long)]
    skip_impossible: bool,
    /// The chances of the wires: the same number, the same losses
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<u64>(..))]
    seed: u64,
}

#[derive(Args, Debug)]
struct ShellArgs {
    /// The experiment: a name of the list, or a lab file
    #[arg(value_name = "NAME|FILE")]
    experiment: String,
    /// The host; the first if none is named
    host: Option<String>,
    /// The chances of the wires: the same number, the same losses
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<u64>(..))]
    seed: u64,
}

#[derive(Args, Debug)]
struct CleanArgs {
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
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
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How things are shown.
    pub presentation: Presentation,
    /// What is to be done.
    pub job: Job,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// Run the tour.
    Tour(Tour),
    /// List the experiments.
    List,
    /// Show an experiment, with its answer or without.
    Show {
        /// A name of the list, or a lab file.
        experiment: String,
        /// Whether its answer is shown.
        answer: bool,
    },
    /// Check a lab file.
    Check(PathBuf),
    /// Try whether hosts can be made.
    Probe,
    /// Perform socket calls.
    Calls(Calls),
    /// Be a server.
    Serve(Serve),
    /// Be a client.
    Client(Client),
    /// Run an experiment.
    Run(Order),
    /// Run several, and say which passed.
    Verify(Orders),
    /// Open a shell on a host.
    Shell(Asked),
    /// Remove what a lab that was killed has left.
    Clean {
        /// Only say what that is.
        dry_run: bool,
    },
    /// Keep the place of a host.
    Anchor,
    /// Be the first process of an experiment.
    Init,
}

/// Reads a command line.
///
/// # Errors
/// [`Exit`]: help, version, or what is wrong with it.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    // What lab starts itself with is nobody's to type: it has no help, and no completions.
    for (name, job) in [(shell::INIT, Job::Init), (shell::ANCHOR, Job::Anchor)] {
        if invocation.args.first().is_some_and(|arg| arg == name) {
            return Ok(Options { presentation: Presentation::default(), job });
        }
    }
    let Cli { presentation, command } = parse_clap::<Cli>(invocation)?;
    let job = match command {
        Command::Tour(TourArgs { loopback, pcap }) => Job::Tour(Tour { loopback, pcap }),
        Command::List => Job::List,
        Command::Show(ShowArgs { experiment, answer }) => Job::Show { experiment, answer },
        Command::Check(CheckArgs { file }) => Job::Check(file),
        Command::Probe => Job::Probe,
        Command::Calls(calls) => Job::Calls(calls.read()?),
        Command::Serve(serve) => Job::Serve(serve.read()),
        Command::Client(client) => Job::Client(client.read()),
        Command::Run(RunArgs { experiment, fast, seed, pcap, html, answer, keep_going }) => {
            Job::Run(Order { experiment, fast, seed, pcap, html, answer, keep_going })
        }
        Command::Verify(VerifyArgs { experiments, jobs, skip_impossible, seed }) => {
            Job::Verify(Orders { experiments, jobs: jobs.map(usize::from), skip_impossible, seed })
        }
        Command::Shell(ShellArgs { experiment, host, seed }) => Job::Shell(Asked { experiment, host, seed }),
        Command::Clean(CleanArgs { dry_run }) => Job::Clean { dry_run },
    };
    Ok(Options { presentation, job })
}
