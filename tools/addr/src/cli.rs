//! The command line.

mod networks;
mod numbers;
mod route;
mod short;

use std::ffi::OsString;

use clap::{Args, CommandFactory, Parser, Subcommand};
use sockeye_cli::{Exit, Failure, Invocation, Presentation, command_first, parse_clap};
use sockeye_common::prefix::Prefix;

use crate::plan::{network_argument, wrong};
use crate::template::{FIELDS, Template};

pub use networks::{Networks, Overlap, Range, Registry, Same, Split, Vlsm};
pub use numbers::{Interfaces, Order, Port};
pub use route::Lpm;

/// Show addresses and networks in every notation, with the arithmetic
#[derive(Parser, Debug)]
#[command(name = "addr", version, disable_help_subcommand = true)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(flatten)]
    show: ShowArgs,
    #[command(flatten)]
    presentation: Presentation,
    #[command(subcommand)]
    command: Option<Command>,
}

/// The arguments without a command.
#[derive(Args, Debug, Default)]
struct ShowArgs {
    /// An address, a network (A/24, A/255.255.255.0, A 255.255.255.0) or a MAC address
    #[arg(value_name = "ADDRESS")]
    texts: Vec<OsString>,
    /// Take them from a file, one a line; - is standard input
    #[arg(short, long = "file", value_name = "FILE")]
    files: Vec<OsString>,
    /// Print one line each: text with fields in braces, as {text} or {network}
    #[arg(short, long, value_name = "TEMPLATE")]
    get: Option<String>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// A port in network and host order, and what a forgotten htons makes of it
    Port(Port),
    /// A number in network and host order
    Order(numbers::OrderArgs),
    /// Cut a network into equal ones
    Split(Split),
    /// Plan subnets of different sizes in a network, the largest first
    ///
    /// A size is a number of hosts (500), or a length (/26), with a name if you like (lan=500).
    Vlsm(Vlsm),
    /// The smallest network around some, and what they are joined
    Supernet(Networks),
    /// The fewest networks that are exactly a range of addresses
    Range(Range),
    /// Say which networks overlap
    Overlap(Overlap),
    /// Say whether two are one address, or two hosts on one network by the masks of both
    Same(Same),
    /// Longest prefix match: which route wins, and why the others lose
    ///
    /// The table is what ip route, ip -6 route or route -n print, or lines of a network and where it leads.
    Lpm(route::LpmArgs),
    /// The interfaces of this machine and their addresses
    If(Interfaces),
    /// A MAC address or EUI-64: its bits, its notations, its IPv6 addresses
    Mac(MacArgs),
    /// The IPv6 address that a MAC address makes in a network of 64 bits
    Eui64(Eui64Args),
    /// The special-purpose registries of IANA, or what they say of a network
    Special(Registry),
}

#[derive(Args, Debug)]
struct MacArgs {
    /// A MAC address or an EUI-64
    #[arg(value_name = "MAC", required = true)]
    texts: Vec<OsString>,
}

#[derive(Args, Debug)]
struct Eui64Args {
    /// A MAC address or an EUI-64
    #[arg(value_name = "MAC")]
    mac: OsString,
    /// A network of IPv6
    #[arg(value_name = "NETWORK")]
    networks: Vec<String>,
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
    /// Show addresses, networks, MAC addresses.
    Show(Show),
    /// `addr port`.
    Port(Port),
    /// `addr order`.
    Order(Order),
    /// `addr split`.
    Split(Split),
    /// `addr vlsm`.
    Vlsm(Vlsm),
    /// `addr supernet`.
    Supernet(Networks),
    /// `addr range`.
    Range(Range),
    /// `addr overlap`.
    Overlap(Overlap),
    /// `addr same`.
    Same(Same),
    /// `addr lpm`.
    Lpm(Lpm),
    /// `addr if`.
    Interfaces(Interfaces),
    /// `addr special`.
    Registry(Registry),
}

/// Things to show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Show {
    /// Those of the command line.
    pub texts: Vec<OsString>,
    /// Files with more.
    pub files: Vec<OsString>,
    /// One line each.
    pub get: Option<Template>,
    /// Whether they are MAC addresses and nothing else.
    pub only_mac: bool,
    /// Whether what is asked for is the IPv6 address that they make.
    pub addresses: bool,
    /// Networks in which a MAC address makes an address.
    pub networks: Vec<Prefix>,
}

/// The options as clap describes them.
pub fn command() -> clap::Command {
    Cli::command()
}

/// The names of the commands, sorted. That clap knows these and no others is held by a test.
const COMMANDS: [&str; 13] =
    ["eui64", "if", "lpm", "mac", "order", "overlap", "port", "range", "same", "special", "split", "supernet", "vlsm"];

/// Reads the command line.
///
/// # Errors
/// [`Exit`] if the run ends here.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    match short::parse(&invocation.args) {
        Some(options) => Ok(options),
        None => by_clap(invocation),
    }
}

fn by_clap(invocation: &Invocation) -> Result<Options, Exit> {
    let args = command_first(&invocation.args, |word| COMMANDS.contains(&word));
    let cli: Cli = parse_clap(&Invocation { args, ..invocation.clone() })?;
    let presentation = cli.presentation;
    let job = match cli.command {
        None => Job::Show(cli.show.job(presentation)?),
        Some(Command::Port(job)) => Job::Port(job),
        Some(Command::Order(args)) => Job::Order(args.job()),
        Some(Command::Split(job)) => Job::Split(job),
        Some(Command::Vlsm(job)) => Job::Vlsm(job),
        Some(Command::Supernet(job)) => Job::Supernet(job),
        Some(Command::Range(job)) => Job::Range(job),
        Some(Command::Overlap(job)) => Job::Overlap(job),
        Some(Command::Same(job)) => Job::Same(job),
        Some(Command::Lpm(args)) => Job::Lpm(args.job()?),
        Some(Command::If(job)) => Job::Interfaces(job),
        Some(Command::Mac(args)) => Job::Show(Show { texts: args.texts, only_mac: true, ..Show::default() }),
        Some(Command::Eui64(args)) => Job::Show(args.job()?),
        Some(Command::Special(job)) => Job::Registry(job),
    };
    Ok(Options { presentation, job })
}

impl ShowArgs {
    fn job(self, presentation: Presentation) -> Result<Show, Failure> {
        if self.texts.is_empty() && self.files.is_empty() {
            return Err(Failure::usage("no address given").hint("see addr --help"));
        }
        if let Some(command) = self.texts.iter().filter_map(|text| text.to_str()).find(|word| COMMANDS.contains(word)) {
            let refused = format!("{command} is a command, and stands before its arguments");
            return Err(Failure::usage(refused).hint(format!("see addr {command} --help")));
        }
        let get = match self.get {
            None => None,
            Some(_) if presentation.json || presentation.explain => {
                return Err(Failure::usage("--get prints lines of its own: without --json and --explain"));
            }
            Some(text) => Some(Template::compile(&text).map_err(|fault| {
                let names: Vec<&str> = FIELDS.iter().map(|(name, _)| *name).collect();
                Failure::usage(format!("--get \"{}\": {fault}", sockeye_cli::escape::escape(&text)))
                    .hint(format!("the fields are {}", names.join(", ")))
            })?),
        };
        Ok(Show { texts: self.texts, files: self.files, get, ..Show::default() })
    }
}

impl Eui64Args {
    fn job(self) -> Result<Show, Failure> {
        let network = |text: &String| {
            let prefix = network_argument(text)?;
            if prefix.first().is_ipv4() || prefix.length() > 64 {
                let failure = Failure::usage(format!("{prefix}: a network of IPv6 with 64 bits or fewer is wanted"));
                return Err(failure.hint("the other 64 are the interface's"));
            }
            if prefix.first().is_multicast() {
                return Err(Failure::usage(format!("{prefix}: groups (multicast), and no network of interfaces")));
            }
            Ok(prefix)
        };
        let networks = self.networks.iter().map(network).collect::<Result<_, _>>()?;
        // What is no MAC address is here a wrong command line, and no answer.
        let text = self.mac.to_string_lossy();
        if crate::mac::parse::<6>(&text).is_none() && crate::mac::parse::<8>(&text).is_none() {
            return Err(wrong(&text, &crate::given::Fault::NotAMac));
        }
        Ok(Show { texts: vec![self.mac], only_mac: true, addresses: true, networks, ..Show::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &[&str]) -> Result<Options, String> {
        let invocation = Invocation { name: "addr".into(), args: args.iter().map(Into::into).collect() };
        parse(&invocation).map_err(|exit| match exit {
            Exit::Failure(failure) => failure.to_string(),
            Exit::Text { text, .. } => text,
        })
    }

    #[test]
    fn the_commands_are_those_that_clap_knows() {
        let command = Cli::command();
        let mut names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        names.sort_unstable();
        assert_eq!(names, COMMANDS);
    }

    #[test]
    fn options_of_presentation_may_stand_before_a_command() {
        for line in [&["port", "80", "--json"][..], &["--json", "port", "80"]] {
            let options = options(line).unwrap();
            assert!(options.presentation.json && matches!(options.job, Job::Port(_)), "{line:?}");
        }
    }

    #[test]
    fn wrong_lines_are_refused() {
        for (line, words) in [
            (&[][..], "no address given"),
            (&["10.0.0.1", "split"], "split is a command"),
            (&["--get", "{nope}", "::1"], "the fields are input, kind"),
            (&["--get", "{text}", "--json", "::1"], "without --json"),
            (&["eui64", "nonsense"], "neither a MAC"),
            (&["eui64", "52:54:00:12:34:56", "2001:db8::/65"], "64 bits or fewer"),
            (&["eui64", "52:54:00:12:34:56", "ff02::/64"], "no network of interfaces"),
            (&["split", "10.0.0.0/8"], "required"),
            (&["lpm"], "no table"),
            (&["order", "1", "--bits", "8"], "--bits"),
        ] {
            let refused = options(line).unwrap_err();
            assert!(refused.contains(words), "{line:?}: {refused}");
        }
    }
}
