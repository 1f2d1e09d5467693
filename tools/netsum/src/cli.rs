//! The command line.

mod compute;
mod verify;

use clap::{Parser, Subcommand};
use sockeye_cli::{Exit, Failure, Invocation, Presentation, parse_clap};

pub use compute::Udp;
pub use verify::{Style, Verify};

/// Compute, explain and verify Internet checksums
#[derive(Parser, Debug)]
#[command(name = "netsum", version, disable_help_subcommand = true)]
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
    /// Work out the checksum of a UDP datagram, by hand and on paper
    ///
    /// Prints the pseudo-header and the header field by field, every 16-bit word with the running total and its carries,
    /// the fold, the complement and the checksum. The last word of the last line is the checksum.
    Udp(compute::UdpArgs),
    /// Judge every checksum of a capture
    ///
    /// Reads pcap and pcapng, and judges the checksums of IPv4 headers, UDP, TCP, ICMP and ICMPv6. A small capture is
    /// listed whole; of one with more than 40 checksums, those that are not good. A table of counts comes last.
    Verify(verify::VerifyArgs),
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
    /// Compute a checksum.
    Udp(Udp),
    /// Judge those of a capture.
    Verify(Verify),
}

/// Reads a command line.
///
/// # Errors
/// [`Exit`]: help, version, or what is wrong with it.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let Cli { presentation, command } = parse_clap::<Cli>(invocation)?;
    match &command {
        Command::Udp(args) if args.quiet => stands_alone("udp", "--quiet", presentation)?,
        Command::Verify(args) if args.tsv => stands_alone("verify", "--tsv", presentation)?,
        _ => {}
    }
    let job = match command {
        Command::Udp(args) => Job::Udp(args.read()?),
        Command::Verify(args) => Job::Verify(args.read(presentation)),
    };
    Ok(Options { presentation, job })
}

/// Refuses `option` beside one of another form of output: clap does not see those that stand in front of the command.
fn stands_alone(command: &str, option: &str, presentation: Presentation) -> Result<(), Failure> {
    let other = match presentation {
        Presentation { json: true, .. } => "--json",
        Presentation { explain: true, .. } => "--explain",
        _ => return Ok(()),
    };
    let said = format!("the argument '{option}' cannot be used with '{other}'");
    Err(Failure::usage(said).hint(format!("see netsum {command} --help")))
}
