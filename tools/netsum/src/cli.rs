//! The command line.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};

use clap::{Args, Parser, Subcommand};
use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Presentation, parse_clap};
use sockeye_common::addr::{Endpoint, Host, Service};

use crate::data::Source;
use crate::listing::Extent;
use crate::udp::DatagramError;

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
    Udp(UdpArgs),
    /// Judge every checksum of a capture
    ///
    /// Reads pcap and pcapng, and judges the checksums of IPv4 headers, UDP, TCP, ICMP and ICMPv6. A small capture is
    /// listed whole; of one with more than 40 checksums, those that are not good. A table of counts comes last.
    Verify(VerifyArgs),
}

#[derive(Args, Debug)]
struct VerifyArgs {
    /// A pcap or pcapng file, or - for standard input
    #[arg(value_name = "FILE")]
    file: OsString,
    /// List every checksum, however many there are
    #[arg(short, long, conflicts_with = "summary")]
    all: bool,
    /// List no checksum, only the table of counts
    #[arg(short, long)]
    summary: bool,
    /// Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -,
    /// verdict, with tabs between them
    #[arg(long, conflicts_with_all = ["all", "summary", "json", "explain"])]
    tsv: bool,
}

#[derive(Args, Debug)]
struct UdpArgs {
    /// Source address and port: 10.0.0.1:5000 or [fd00::1]:5000
    #[arg(value_name = "SRC:PORT")]
    source: String,
    /// Destination address and port, of the same family
    #[arg(value_name = "DST:PORT")]
    destination: String,
    /// What the datagram carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing.
    /// text: in front takes the rest as it stands, whatever it begins with
    #[arg(value_name = "DATA")]
    data: OsString,
    /// Print the checksum and nothing else
    #[arg(short, long, conflicts_with_all = ["explain", "json"])]
    quiet: bool,
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

/// A capture to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// The file; `-` is standard input.
    pub file: OsString,
    /// What is shown of it.
    pub style: Style,
}

/// What is shown of a capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Lines for a person or JSON, and the summary.
    Listing(Extent),
    /// Lines with tabs, and nothing else.
    Tsv,
}

/// A checksum to be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Udp {
    /// Where the datagram comes from.
    pub src: SocketAddr,
    /// Where it goes.
    pub dst: SocketAddr,
    /// Whether an address had a zone, which is not summed.
    pub zone_left_out: bool,
    /// Where its data is.
    pub data: Source,
    /// Print the checksum alone.
    pub quiet: bool,
}

/// Reads a command line.
///
/// # Errors
/// [`Exit`]: help, version, or what is wrong with it.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let Cli { presentation, command } = parse_clap::<Cli>(invocation)?;
    match &command {
        Command::Udp(UdpArgs { quiet: true, .. }) => stands_alone("udp", "--quiet", presentation)?,
        Command::Verify(VerifyArgs { tsv: true, .. }) => stands_alone("verify", "--tsv", presentation)?,
        _ => {}
    }
    let job = match command {
        Command::Udp(args) => Job::Udp(udp(&args)?),
        Command::Verify(args) => Job::Verify(verify(args, presentation)),
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

fn udp(args: &UdpArgs) -> Result<Udp, Failure> {
    let (src, src_zone) = endpoint("source", &args.source)?;
    let (dst, dst_zone) = endpoint("destination", &args.destination)?;
    // Before data is read: a terminal would wait for it in vain.
    if src.is_ipv4() != dst.is_ipv4() {
        return Err(Failure::usage(DatagramError::Families { src, dst }.to_string()));
    }
    let data = Source::parse(&args.data)
        .map_err(|error| Failure::usage(format!("data \"{}\": {error}", escape(&args.data.to_string_lossy()))))?;
    Ok(Udp { src, dst, zone_left_out: src_zone || dst_zone, data, quiet: args.quiet })
}

fn verify(args: VerifyArgs, presentation: Presentation) -> Verify {
    let style = match args {
        VerifyArgs { tsv: true, .. } => Style::Tsv,
        VerifyArgs { summary: true, .. } => Style::Listing(Extent::Nothing),
        // A program wants all, and a working belongs to a line.
        _ if args.all || presentation.json || presentation.explain => Style::Listing(Extent::All),
        _ => Style::Listing(Extent::Fitting),
    };
    Verify { file: args.file, style }
}

/// A numeric address and port, and whether a zone stood behind the address.
fn endpoint(what: &str, text: &str) -> Result<(SocketAddr, bool), Failure> {
    let wrong = |why: String| Failure::usage(format!("{what} \"{}\": {why}", escape(text)));
    let endpoint: Endpoint = text.parse().map_err(|error| wrong(format!("{error}")))?;
    let addr: IpAddr = endpoint
        .host
        .ip()
        .ok_or_else(|| wrong("a name, and nothing is resolved here: give the address as a number".to_owned()))?;
    let port = match endpoint.port {
        Some(Service::Number(port)) => port,
        Some(Service::Name(_)) => return Err(wrong("the port must be a number (0 to 65535)".to_owned())),
        None => return Err(wrong(missing_port(addr))),
    };
    let zone = matches!(endpoint.host, Host::V6 { zone: Some(_), .. });
    Ok((SocketAddr::new(addr, port), zone))
}

fn missing_port(addr: IpAddr) -> String {
    format!("the port is missing: write {}", SocketAddr::new(addr, 5000))
}
