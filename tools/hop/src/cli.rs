//! The command line.

mod ping;
mod trace;
mod values;

use std::ffi::OsString;
use std::net::IpAddr;

use clap::{ArgGroup, Args, CommandFactory, Parser, Subcommand};
use sockeye_cli::escape::escape;
use sockeye_cli::values::number;
use sockeye_cli::{Exit, Failure, Invocation, Presentation, command_first, parse_clap};

use crate::options::{Common, Family, Flow, Fragment, Job, Options, Protocol};

/// Trace the way to a host, and ping it
#[derive(Parser, Debug)]
#[command(name = "hop", version, args_override_self = true, disable_help_subcommand = true)]
#[command(args_conflicts_with_subcommands = true)]
struct Cli {
    /// Trace the way to this host, then ping it four times
    #[arg(value_name = "HOST")]
    host: Option<String>,
    #[command(flatten)]
    family: FamilyArgs,
    /// Show the names of addresses too, which asks the resolver
    #[arg(long)]
    names: bool,
    #[command(flatten)]
    presentation: Presentation,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Send probes to a host again and again, and count what comes back
    Ping(ping::PingArgs),
    /// Find the routers on the way to a host
    Trace(trace::TraceArgs),
}

#[derive(Args, Debug)]
struct FamilyArgs {
    /// Use IPv4
    #[arg(short = '4', long, conflicts_with = "ipv6")]
    ipv4: bool,
    /// Use IPv6
    #[arg(short = '6', long)]
    ipv6: bool,
}

impl FamilyArgs {
    fn family(&self) -> Option<Family> {
        if self.ipv4 {
            Some(Family::Ipv4)
        } else if self.ipv6 {
            Some(Family::Ipv6)
        } else {
            None
        }
    }
}

/// What both commands call alike.
#[derive(Args, Debug)]
#[command(group = ArgGroup::new("protocol").multiple(false))]
struct CommonArgs {
    #[command(flatten)]
    family: FamilyArgs,
    /// Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP
    #[arg(short, long, value_name = "PORT", value_parser = number::<u16>(1..))]
    port: Option<u16>,
    /// Source port of UDP and TCP probes
    #[arg(long = "sport", value_name = "PORT", value_parser = number::<u16>(1..))]
    src_port: Option<u16>,
    /// Whether routers that balance load see one flow or many
    #[arg(long, value_enum, default_value_t = Flow::Fixed)]
    flow: Flow,
    /// Type of service of IPv4, traffic class of IPv6
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = number::<u8>(..))]
    tos: u8,
    /// Show addresses only, which is what happens anyhow
    #[arg(short = 'n', overrides_with = "names")]
    numeric: bool,
    /// Show the names of addresses too, which asks the resolver
    #[arg(long)]
    names: bool,
}

impl CommonArgs {
    fn common(&self, host: &str, protocol: Option<Protocol>) -> Result<Common, Failure> {
        let ports = self.port.is_some() || self.src_port.is_some();
        if ports && !matches!(protocol, Some(Protocol::Udp | Protocol::Tcp)) {
            return Err(Failure::usage("ports are for UDP and TCP").hint("add -U or -T"));
        }
        if self.src_port.is_some() && self.flow == Flow::Vary {
            return Err(Failure::usage("--sport is one port, and --flow vary wants many"));
        }
        Ok(Common {
            host: host.to_owned(),
            family: self.family.family(),
            protocol,
            port: self.port,
            src_port: self.src_port,
            tos: self.tos,
            flow: self.flow,
            names: self.names,
            ..Common::default()
        })
    }
}

/// The options as clap describes them.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Reads the command line.
///
/// # Errors
/// [`Exit`] if the run ends here.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let args = command_first(&invocation.args, is_command);
    if let [first, second, ..] = words(&args)[..]
        && !is_command(first)
    {
        return Err(two_words(first, second).into());
    }
    let cli: Cli = parse_clap(&Invocation { args, ..invocation.clone() })?;
    let job = match (cli.command, cli.host) {
        (Some(Command::Ping(args)), _) => Job::Ping(Box::new(args.job()?)),
        (Some(Command::Trace(args)), _) => Job::Trace(Box::new(args.job()?)),
        (None, Some(host)) => both(&host, cli.family.family(), cli.names),
        (None, None) => return Err(Failure::usage("no HOST").hint("see hop --help").into()),
    };
    Ok(Options { presentation: cli.presentation, job })
}

/// How many pings follow the trace of `hop HOST`.
const PINGS: u64 = 4;

/// The trace and the pings of `hop HOST`.
fn both(host: &str, family: Option<Family>, names: bool) -> Job {
    let common = Common { host: host.to_owned(), family, names, ..Common::default() };
    let ping = ping::plain(common.clone(), PINGS);
    Job::Both(Box::new(trace::plain(common)), Box::new(ping))
}

/// The words of a line that are no options and no value of one, up to a command.
fn words(args: &[OsString]) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = args.iter().filter_map(|arg| arg.to_str());
    while let Some(arg) = rest.next() {
        if arg == "--color" {
            rest.next();
        } else if !arg.starts_with('-') {
            words.push(arg);
        }
    }
    words
}

/// A command that there is not, or a host too many.
fn two_words(first: &str, second: &str) -> Failure {
    let what = format!("{} {}: there is no such command, and hop takes one HOST", escape(first), escape(second));
    Failure::usage(what).hint("the commands are ping and trace; see hop --help")
}

/// Whether a word names a command.
fn is_command(word: &str) -> bool {
    command().get_subcommands().any(|command| command.get_name() == word)
}

/// Refuses a source of another family than the host is of.
fn check_source(common: &Common) -> Result<(), Failure> {
    let Some(source) = common.source else { return Ok(()) };
    let own = Family::of(source);
    let host = common
        .host
        .parse::<IpAddr>()
        .ok()
        .map(|addr| Family::of(addr.to_canonical()))
        .map(|family| (common.host.as_str(), family));
    let asked = common.family.map(|family| if family == Family::Ipv4 { ("-4", family) } else { ("-6", family) });
    match host.or(asked).filter(|(_, family)| *family != own) {
        Some((what, family)) => {
            Err(Failure::usage(format!("the source {source} is {}, and {what} is {}", own.name(), family.name())))
        }
        None => Ok(()),
    }
}

/// `-F`: what this host remembers of the path does not count, as with traceroute(8).
fn without_fragments(set: bool) -> Option<Fragment> {
    set.then_some(Fragment::Probe)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::options::{Ping, Trace};

    fn job(line: &str) -> Result<Job, String> {
        let args = line.split_whitespace().map(Into::into).collect();
        parse(&Invocation { name: "hop".into(), args }).map(|options| options.job).map_err(|exit| match exit {
            Exit::Failure(failure) => failure.to_string(),
            Exit::Text { text, .. } => text,
        })
    }

    fn ping(line: &str) -> Ping {
        match job(line) {
            Ok(Job::Ping(ping)) => *ping,
            other => panic!("{line}: {other:?}"),
        }
    }

    fn trace(line: &str) -> Trace {
        match job(line) {
            Ok(Job::Trace(trace)) => *trace,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn letters_of_ping() {
        let read = ping("ping -c 3 -i 0.2 -W 2 -w 10 -s 100 -t 7 -M do -4 -I 192.0.2.1 -q -D h");
        assert_eq!(
            (read.count, read.interval, read.wait),
            (Some(3), Duration::from_millis(200), Duration::from_secs(2))
        );
        assert_eq!((read.deadline, read.payload, read.ttl), (Some(Duration::from_secs(10)), 100, Some(7)));
        assert_eq!(read.common.fragment, Some(Fragment::Do));
        assert_eq!((read.common.family, read.common.protocol), (Some(Family::Ipv4), None));
        assert_eq!(read.common.source, Some("192.0.2.1".parse().unwrap()));
        assert!(read.quiet && read.stamps && !read.common.names);
        assert_eq!(ping("ping -I eth0 h").common.interface.as_deref(), Some("eth0"));
        assert_eq!(ping("ping -U -p 7 h").common.port, Some(7));
    }

    #[test]
    fn letters_of_traceroute() {
        let read = trace("trace -q 1 -m 5 -f 2 -N 4 -w 1,0,0 -T -p 443 --sport 5000 -s 192.0.2.1 -i eth0 -F h");
        assert_eq!((read.queries, read.most, read.first, read.parallel), (1, 5, 2, 4));
        assert_eq!((read.wait.most, read.wait.here, read.wait.near), (Duration::from_secs(1), 0.0, 0.0));
        assert_eq!((read.common.protocol, read.common.port), (Some(Protocol::Tcp), Some(443)));
        assert_eq!((read.common.src_port, read.common.interface.as_deref()), (Some(5000), Some("eth0")));
        assert_eq!(read.common.fragment, Some(Fragment::Probe));
        assert_eq!(trace("trace -I h").common.protocol, Some(Protocol::Icmp));
        // As traceroute(8): longer than ARP takes to give up.
        assert_eq!(trace("trace h").wait.most, Duration::from_secs(5));
        assert_eq!((ping("ping h").payload, ping("ping -T h").payload), (56, 56));
    }

    #[test]
    fn floods_and_one_flow_of_one_port() {
        let read = ping("ping -f h");
        assert_eq!((read.interval, read.quiet), (Duration::ZERO, true));
        assert_eq!(ping("ping -f -i 0.5 h").interval, Duration::from_millis(500));
        assert_eq!((ping("ping h").interval, ping("ping -i 0 h").interval), (Duration::from_secs(1), Duration::ZERO));
        assert_eq!(trace("trace -U --sport 5 --flow fixed h").common.src_port, Some(5));
        assert_eq!(ping("ping -I 192.0.2.1 ::ffff:192.0.2.2").common.source, Some("192.0.2.1".parse().unwrap()));
        for args in [["ping", "-I", "", "h"], ["trace", "-i", "", "h"]] {
            let invocation = Invocation { name: "hop".into(), args: args.map(Into::into).to_vec() };
            let Err(Exit::Failure(failure)) = parse(&invocation) else { panic!("{args:?}") };
            assert_eq!(failure.to_string(), "the interface is an empty text");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (line, said) in [
            ("", "no HOST (see hop --help)"),
            (
                "bing 127.0.0.1",
                "bing 127.0.0.1: there is no such command, and hop takes one HOST (the commands are ping and trace;",
            ),
            ("--color never -4 a\u{1b} b", "a\\x1b b: there is no such command, and hop takes one HOST"),
            ("ping -l 0 h", "a number from 1 to 65536 is wanted"),
            ("ping -l 65 -T h", "-l above 64 needs ICMP, or UDP of one flow"),
            ("ping -b -U h", "-b needs ICMP"),
            ("ping -b -6 h", "-b is for IPv4"),
            ("ping -p 80 h", "ports are for UDP and TCP (add -U or -T)"),
            ("ping -i nan h", "a number of seconds from 0 to 2678400 is wanted"),
            ("ping -c 0 h", "a number from 1 on is wanted"),
            ("trace -I -T h", "cannot be used with"),
            ("trace -f 9 -m 3 h", "the first hop, 9, is behind the last, 3"),
            ("trace -s x h", "an IPv4 or IPv6 address is wanted"),
            ("trace -m 0 h", "a number from 1 to 255 is wanted"),
            ("trace -N 17 h", "a number from 1 to 16 is wanted"),
            ("trace -s ::1 192.0.2.1", "the source ::1 is IPv6, and 192.0.2.1 is IPv4"),
            ("ping -I 192.0.2.1 ::1", "the source 192.0.2.1 is IPv4, and ::1 is IPv6"),
            ("ping -4 -I ::1 h", "the source ::1 is IPv6, and -4 is IPv4"),
            ("trace -T --size 1000 h", "--size needs UDP or ICMP"),
            ("ping -T -s 100 h", "-s needs UDP or ICMP"),
            ("ping -w 0 h", "-w 0 leaves no time"),
            ("ping -U -p http h", "a number from 1 to 65535 is wanted"),
            ("ping -U -p 0 h", "a number from 1 to 65535 is wanted"),
            ("trace --mtu -T h", "--mtu needs UDP or ICMP"),
            ("trace --mtu --size 100 h", "cannot be used with"),
            ("-4 -6 h", "cannot be used with"),
            ("trace --sport 5 --flow vary h", "--sport is one port, and --flow vary wants many"),
            ("ping -s 65508 h", "a number from 0 to 65507 is wanted"),
        ] {
            let refused = job(line).unwrap_err();
            assert!(refused.contains(said), "{line}: {refused}");
        }
    }

    #[test]
    fn to_all_and_several_at_once() {
        let read = ping("ping -b -l 3 h");
        assert_eq!((read.common.broadcast, read.common.protocol, read.preload), (true, Some(Protocol::Icmp), 3));
        assert_eq!((ping("ping h").common.broadcast, ping("ping h").preload), (false, 1));
        assert_eq!(ping("ping -U -l 65536 h").preload, 65_536);
    }

    #[test]
    fn a_host_alone_is_a_trace_and_four_pings() {
        let Ok(Job::Both(trace, ping)) = job("-6 h") else { panic!("no trace and pings") };
        assert_eq!((trace.common.family, ping.common.family), (Some(Family::Ipv6), Some(Family::Ipv6)));
        assert_eq!(ping.count, Some(4));
        assert!(matches!(job("--json ping h"), Ok(Job::Ping(_))), "options of presentation may stand first");
    }
}
