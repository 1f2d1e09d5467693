//! The command line.

pub mod backlog;
pub mod explain;
mod free;
mod log;
mod options;
mod reach;
mod wait;
mod watch;
mod why;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};
use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Presentation, parse_clap};

use crate::kind::Kind;
use crate::selection::{Selection, Which};

pub use backlog::Backlog;
pub use explain::Explain;
pub use free::Free;
pub use log::Log;
pub use options::Opts;
pub use reach::Reach;
pub use wait::Wait;
pub use watch::Watch;
pub use why::Why;

/// List sockets, their states and owners
#[derive(Parser, Debug)]
#[command(name = "ports", version, args_override_self = true, disable_help_subcommand = true)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    /// TCP sockets (without -t and -u: both)
    #[arg(short, long, help_heading = "Which sockets")]
    tcp: bool,
    /// UDP sockets
    #[arg(short, long, help_heading = "Which sockets")]
    udp: bool,
    /// Those that wait for peers: LISTEN, and UDP sockets that are not connected
    #[arg(short, long, help_heading = "Which sockets")]
    listening: bool,
    /// All states, also listening, only bound, half-open and TIME-WAIT; wins over -l
    #[arg(short, long, help_heading = "Which sockets")]
    all: bool,
    /// Sockets of the IPv4 family (without -4 and -6: both)
    #[arg(short = '4', long, help_heading = "Which sockets")]
    ipv4: bool,
    /// Sockets of the IPv6 family, those that carry IPv4 included
    #[arg(short = '6', long, help_heading = "Which sockets")]
    ipv6: bool,
    /// Ports as numbers, not as the names of services(5). Addresses are always numbers
    #[arg(short, long, help_heading = "What is shown")]
    numeric: bool,
    /// Every process and descriptor that holds the socket
    #[arg(short, long, aliases = ["program", "programs"], help_heading = "What is shown")]
    processes: bool,
    /// One owner a socket, and no further search once each has one; implies -p
    #[arg(long, help_heading = "What is shown")]
    first_owner: bool,
    /// Leave out the line of headings
    #[arg(short = 'H', long, help_heading = "What is shown")]
    no_header: bool,
    #[command(flatten)]
    presentation: Presentation,
    #[command(subcommand)]
    command: Option<Command>,
    /// Taken only to be refused with a sentence.
    #[arg(hide = true)]
    operands: Vec<OsString>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Say why a port is not to be had, and what helps
    Why(why::WhyArgs),
    /// Destroy what keeps a port: TIME-WAIT and orphans, after asking
    Free(free::FreeArgs),
    /// Wait until a port is in a state
    Wait(wait::WaitArgs),
    /// Say from where each listener can be reached
    Reach(reach::ReachArgs),
    /// Show the socket options of another process
    Options(options::OptsArgs),
    /// Show each change of state as it happens
    Watch(watch::WatchArgs),
    /// Show each connection as it closes
    Log(log::LogArgs),
    /// Explain a state, or the sockets of a process or port
    Explain(explain::ExplainArgs),
    /// Show how full the accept queues are
    Backlog(backlog::BacklogArgs),
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
    /// List sockets.
    List(List),
    /// `ports why`.
    Why(Why),
    /// `ports free`.
    Free(Free),
    /// `ports wait`.
    Wait(Wait),
    /// `ports reach`.
    Reach(Reach),
    /// `ports options`.
    Opts(Opts),
    /// `ports watch`.
    Watch(Watch),
    /// `ports log`.
    Log(Log),
    /// `ports explain`.
    Explain(Explain),
    /// `ports backlog`.
    Backlog(Backlog),
}

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Which sockets.
    pub selection: Selection,
    /// Whether ports stay numbers.
    pub numeric: bool,
    /// Whether owners are wanted, and which.
    pub owners: Option<WantedOwners>,
    /// Whether a line of headings stands first.
    pub headings: bool,
}

/// Which owners are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedOwners {
    /// Every process that holds the socket: each must be looked into.
    All,
    /// Any one: the search ends when each socket has it.
    First,
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
    let cli: Cli = parse_clap(invocation)?;
    let presentation = cli.presentation;
    let job = match cli.command {
        None => Job::List(list(cli)?),
        Some(Command::Why(args)) => Job::Why(args.job()?),
        Some(Command::Free(args)) => Job::Free(args.job()?),
        Some(Command::Wait(args)) => Job::Wait(args.job()?),
        Some(Command::Reach(args)) => Job::Reach(args.job()?),
        Some(Command::Options(args)) => Job::Opts(args.job()?),
        Some(Command::Watch(args)) => Job::Watch(args.job()?),
        Some(Command::Log(args)) => Job::Log(args.job()?),
        Some(Command::Explain(args)) => Job::Explain(args.job()?),
        Some(Command::Backlog(args)) => Job::Backlog(args.job()?),
    };
    Ok(Options { presentation, job })
}

/// The options of a listing.
fn list(cli: Cli) -> Result<List, Exit> {
    if let Some(operand) = cli.operands.first() {
        let shown = operand.to_string_lossy();
        let refused = format!("{}: filters by state, address or port are not understood", escape(&shown));
        return Err(Failure::usage(refused).hint("choose with -t -u -l -a -4 -6; see ports --help").into());
    }
    // Neither of a pair is both of it.
    let pair = |one: bool, other: bool| (one || !other, other || !one);
    let (tcp, udp) = pair(cli.tcp, cli.udp);
    let kinds = [(tcp, Kind::Tcp), (udp, Kind::Udp)];
    let (ipv4, ipv6) = pair(cli.ipv4, cli.ipv6);
    let which = match (cli.all, cli.listening) {
        (true, _) => Which::All,
        (false, true) => Which::Listening,
        (false, false) => Which::Connections,
    };
    let owners = match (cli.first_owner, cli.processes) {
        (true, _) => Some(WantedOwners::First),
        (false, true) => Some(WantedOwners::All),
        (false, false) => None,
    };
    Ok(List {
        selection: Selection {
            ipv4,
            ipv6,
            states: which.mask(),
            ..Selection::new(kinds.into_iter().filter(|(wanted, _)| *wanted).map(|(_, kind)| kind).collect())
        },
        numeric: cli.numeric,
        owners,
        headings: !cli.no_header,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Kinds;

    fn parsed(args: &[&str]) -> Result<List, String> {
        let invocation = Invocation { name: "ports".into(), args: args.iter().map(Into::into).collect() };
        let parsed = parse(&invocation).map(|options| match options.job {
            Job::List(list) => list,
            other => panic!("{other:?}"),
        });
        parsed.map_err(|exit| match exit {
            Exit::Failure(failure) => failure.to_string(),
            Exit::Text { text, .. } => text,
        })
    }

    #[test]
    fn no_selector_is_tcp_and_udp_of_both_families() {
        let both = Selection::new(Kinds::TCP_UDP);
        assert_eq!(parsed(&[]).unwrap().selection, both);
        assert_eq!(parsed(&["-tu46"]).unwrap().selection, both);
        assert_eq!(parsed(&["-u6"]).unwrap().selection, Selection { kinds: Kinds::of(Kind::Udp), ipv4: false, ..both });
    }

    #[test]
    fn clusters_from_habit() {
        let habit = parsed(&["-tulnp"]).unwrap();
        assert_eq!(
            (habit.selection.states, habit.numeric, habit.owners),
            (Which::Listening.mask(), true, Some(WantedOwners::All))
        );
        assert_eq!(parsed(&["-tulanp"]).unwrap().selection.states, Which::All.mask());
        assert_eq!(parsed(&["-alnp"]).unwrap().selection.states, Which::All.mask(), "whatever the order");
        assert_eq!(parsed(&["-tt", "-nn", "-t"]), parsed(&["-tn"]), "said twice is said");
        assert_eq!(parsed(&["--programs"]), parsed(&["-p"]), "netstat's word");
        assert!(!parsed(&["-H"]).unwrap().headings);
        assert_eq!(parsed(&["-p", "--first-owner"]).unwrap().owners, Some(WantedOwners::First));
    }

    #[test]
    fn a_filter_is_refused_with_a_sentence() {
        assert_eq!(
            parsed(&["-t", "sport = :80\u{1b}"]).unwrap_err(),
            "sport = :80\\x1b: filters by state, address or port are not understood (choose with -t -u -l -a -4 -6; \
             see ports --help)"
        );
        assert!(parsed(&["-x"]).unwrap_err().starts_with("unexpected argument '-x'"));
    }
}
