//! The command line.

mod compute;
mod examine;
mod fix;
mod live;
mod same;
mod solve;
mod update;
mod values;
mod verify;

use std::borrow::Cow;

use clap::{Parser, Subcommand};
use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Presentation, parse_clap};

pub use compute::{Compute, Style as WorkingStyle};
pub use examine::{FrameJob, PacketJob};
pub use fix::Fix;
pub use live::Live;
pub use same::Same;
pub use solve::{Place, Solve, Suffixes};
pub use update::UpdateJob;
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
    /// The checksum of a UDP-Lite datagram, which may cover less than all of it
    #[command(name = "udplite")]
    UdpLite(compute::UdpLiteArgs),
    /// The checksum of a TCP segment
    Tcp(compute::TcpArgs),
    /// The checksum of an ICMP message, which knows no addresses
    Icmp(compute::IcmpArgs),
    /// The checksum of an ICMPv6 message
    Icmpv6(compute::Icmpv6Args),
    /// The checksum of an IGMP message
    Igmp(compute::IgmpArgs),
    /// The checksum of an IPv4 header
    Ip(compute::IpArgs),
    /// The CRC32c of an SCTP packet, octet by octet
    Sctp(compute::SctpArgs),
    /// The checksum of any octets
    Raw(compute::RawArgs),
    /// Every checksum of a packet that is given in hex
    ///
    /// Each is worked out word by word, with what the packet holds below it and what that is worth.
    Packet(examine::PacketArgs),
    /// Every checksum of one frame of a capture
    ///
    /// Each is worked out word by word, with what the frame holds below it and what that is worth.
    Frame(examine::FrameArgs),
    /// Bring a checksum up to date after a few words changed
    ///
    /// Shows RFC 1624's equation 3 word by word, beside equation 2, which is wrong at zero. Several checksums are brought up
    /// to date at once, each by what it covers, as NAT does with those of IPv4 and UDP.
    Update(Box<update::UpdateArgs>),
    /// Judge every checksum of a capture, or of several
    ///
    /// Reads pcap and pcapng, compressed or not, and judges the checksums of IPv4 headers and of UDP, TCP, ICMP, SCTP and
    /// others, in tunnels too. A small capture is listed whole; of one with more than 40 checksums, those that are not
    /// good. A table of counts comes last.
    Verify(verify::VerifyArgs),
    /// Find what may be attached to DATA, or put into it, without changing its checksum
    ///
    /// Counts the suffixes of each length that keep the checksum, exactly and without trying them, and lists the first.
    /// With --force they make it another one; with --at it is a word in DATA that does.
    Solve(solve::SolveArgs),
    /// Say whether two payloads have one checksum, and why
    ///
    /// Both are thought to be sent with the same addresses, ports and other header fields, whatever these are. The status
    /// is 0 if the checksums are the same, and 1 if they are not.
    Same(same::SameArgs),
    /// Write a copy of a capture in which the bad checksums are right
    ///
    /// Only bad checksums are rewritten, the inner ones of a tunnel first. Every other octet is as it was, link padding
    /// and pcapng's options among them. Fragments, and packets that were not captured whole, are left alone.
    Fix(fix::FixArgs),
}

impl Command {
    /// The command and its option for another form of output, if one is given.
    fn style(&self) -> Option<(&'static str, &'static str)> {
        let (name, style) = match self {
            Self::Udp(args) => ("udp", args.ends.style),
            Self::UdpLite(args) => ("udplite", args.ends.style),
            Self::Tcp(args) => ("tcp", args.ends.style),
            Self::Icmp(args) => ("icmp", args.style),
            Self::Icmpv6(args) => ("icmpv6", args.style),
            Self::Igmp(args) => ("igmp", args.style),
            Self::Ip(args) => ("ip", args.style),
            Self::Sctp(args) => ("sctp", args.style),
            Self::Raw(args) => ("raw", args.style),
            Self::Solve(args) => return args.quiet.then_some(("solve", "--quiet")),
            Self::Same(args) => return args.quiet.then_some(("same", "--quiet")),
            Self::Packet(args) => ("packet", args.style),
            Self::Frame(args) => ("frame", args.style),
            Self::Update(args) => ("update", args.style),
            Self::Verify(args) => return args.tsv.then_some(("verify", "--tsv")),
            Self::Fix(_) => return None,
        };
        Some((name, style.option()?))
    }
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
    /// Compute a checksum from typed fields.
    Compute(Compute),
    /// Work out those of a packet.
    Packet(PacketJob),
    /// Work out those of a frame.
    Frame(FrameJob),
    /// Bring some up to date.
    Update(Box<UpdateJob>),
    /// Judge those of a capture.
    Verify(Verify),
    /// Find what keeps or forces one.
    Solve(Solve),
    /// Compare those of two payloads.
    Same(Same),
    /// Repair those of a capture.
    Fix(Fix),
}

/// Reads a command line.
///
/// # Errors
/// [`Exit`]: help, version, or what is wrong with it.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let Cli { presentation, command } =
        parse_clap::<Cli>(invocation).map_err(|exit| without_command(exit, invocation))?;
    if let Some((name, option)) = command.style() {
        stands_alone(name, option, presentation)?;
    }
    let job = match command {
        Command::Udp(args) => Job::Compute(args.read()?),
        Command::UdpLite(args) => Job::Compute(args.read()?),
        Command::Tcp(args) => Job::Compute(args.read()?),
        Command::Icmp(args) => Job::Compute(args.read()?),
        Command::Icmpv6(args) => Job::Compute(args.read()?),
        Command::Igmp(args) => Job::Compute(args.read()?),
        Command::Ip(args) => Job::Compute(args.read()?),
        Command::Sctp(args) => Job::Compute(args.read()?),
        Command::Raw(args) => Job::Compute(args.read()?),
        Command::Packet(args) => Job::Packet(args.read()?),
        Command::Frame(args) => Job::Frame(args.read()),
        Command::Update(args) => Job::Update(Box::new(args.read()?)),
        Command::Verify(args) => Job::Verify(args.read(presentation)),
        Command::Solve(args) => Job::Solve(args.read()?),
        Command::Same(args) => Job::Same(args.read()?),
        Command::Fix(args) => Job::Fix(args.read(presentation)?),
    };
    Ok(Options { presentation, job })
}

/// Says which command judges a capture, where a file stands in place of a command.
fn without_command(exit: Exit, invocation: &Invocation) -> Exit {
    let Exit::Failure(failure) = exit else { return exit };
    let said = failure.to_string();
    let is_unknown = |word: &Cow<'_, str>| said.starts_with(&format!("unrecognized subcommand '{word}'"));
    let mut words = invocation.args.iter().filter_map(|arg| arg.to_str()).map(escape);
    // No command is written with one of these, and hardly a file without.
    let file = words.find(|word| word.contains(['.', '/']) && is_unknown(word));
    Exit::Failure(match file {
        Some(file) => {
            failure.hint(format!("netsum verify {file} judges the checksums of a capture; see netsum --help"))
        }
        None => failure,
    })
}

/// Refuses `option` beside one of another form of output: clap does not see those that stand in front of the command.
fn stands_alone(command: &str, option: &str, presentation: Presentation) -> Result<(), Failure> {
    let other = match presentation {
        Presentation { json: true, .. } => "--json",
        // A table stands well behind its reasons.
        Presentation { explain: true, .. } if option != "--table" => "--explain",
        _ => return Ok(()),
    };
    let said = format!("the argument '{option}' cannot be used with '{other}'");
    Err(Failure::usage(said).hint(format!("see netsum {command} --help")))
}
