//! The command line.

pub mod backlog;
pub mod explain;
mod foreign;
mod free;
mod getopt;
mod list;
mod log;
mod netstat;
mod options;
mod reach;
mod ss;
mod stream;
mod wait;
mod watch;
mod why;

use std::borrow::Cow;

use clap::{CommandFactory, Parser, Subcommand};
use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Presentation, Status, command_first, parse_clap};

use self::list::ListArgs;

pub use backlog::Backlog;
pub use explain::Explain;
pub use free::Free;
pub use list::{Form, List, WantedOwners};
pub use log::Log;
pub use netstat::{Detail, Display, Netstat, RouteTables};
pub use options::{Opts, Whose};
pub use reach::Reach;
pub use ss::{Action, Show, Ss};
pub use wait::Wait;
pub use watch::Watch;
pub use why::Why;

/// List sockets, their states and owners
#[derive(Parser, Debug)]
#[command(name = "ports", version, args_override_self = true, disable_help_subcommand = true)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    presentation: Presentation,
    #[command(subcommand)]
    command: Option<Command>,
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
    List(Box<List>),
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
    /// What `netstat` does, called by its name.
    Netstat(Box<Netstat>),
    /// What `ss` does, called by its name.
    Ss(Box<Ss>),
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
    match invocation.name.as_str() {
        "ss" => return ss::parse(invocation),
        "netstat" => return netstat::parse(invocation),
        _ => {}
    }
    let args = list::attach_columns(&command_first(&invocation.args, is_command));
    let cli: Cli = parse_clap(&Invocation { args, ..invocation.clone() }).map_err(foreign::advise)?;
    let presentation = cli.presentation;
    let job = match cli.command {
        None => {
            if let Some(command) = cli.list.first_word().filter(|word| is_command(word)) {
                let refused = format!("{command} is a command: the options of a listing do not go with it");
                return Err(Failure::usage(refused).hint(format!("see ports {command} --help")).into());
            }
            Job::List(Box::new(cli.list.job()?))
        }
        Some(Command::Why(args)) => Job::Why(args.job()?),
        Some(Command::Free(args)) => Job::Free(args.job()?),
        Some(Command::Wait(args)) => Job::Wait(args.job()?),
        Some(Command::Reach(args)) => Job::Reach(args.job()),
        Some(Command::Options(args)) => Job::Opts(args.job()),
        Some(Command::Watch(args)) => Job::Watch(args.job()?),
        Some(Command::Log(args)) => Job::Log(args.job()?),
        Some(Command::Explain(args)) => Job::Explain(args.job()?),
        Some(Command::Backlog(args)) => Job::Backlog(args.job()?),
    };
    Ok(Options { presentation, job })
}

/// The end of a run that was asked for a text alone.
fn text(text: String) -> Exit {
    Exit::Text { text, on_stderr: false, status: Status::YES }
}

/// A word of the command line in a message, where an empty one is to be seen too.
pub(crate) fn shown(word: &str) -> Cow<'_, str> {
    if word.is_empty() { Cow::Borrowed("\"\"") } else { escape(word) }
}

/// Digits alone: no sign and no blank.
fn number(word: &str) -> Option<u32> {
    word.bytes().all(|octet| octet.is_ascii_digit()).then(|| word.parse().ok())?
}

/// Whether a word names a command. None of them can begin a filter.
fn is_command(word: &str) -> bool {
    command().get_subcommands().any(|command| command.get_name() == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &[&str]) -> Result<Options, String> {
        let invocation = Invocation { name: "ports".into(), args: args.iter().map(Into::into).collect() };
        parse(&invocation).map_err(|exit| match exit {
            Exit::Failure(failure) => failure.to_string(),
            Exit::Text { text, .. } => text,
        })
    }

    #[test]
    fn options_of_presentation_may_stand_before_a_command() {
        for line in
            [&["why", "80", "--json"][..], &["--json", "why", "80"], &["--color", "never", "--json", "why", "80"]]
        {
            let options = options(line);
            // What a command takes is its own matter; that it is found is this one's.
            match options {
                Ok(Options { presentation, job: Job::Why(_) }) => assert!(presentation.json),
                Err(refused) => assert!(!refused.contains("unexpected argument '--json'"), "{refused}"),
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn an_option_of_the_listing_before_a_command_is_refused() {
        for line in [&["-t", "why", "80"][..], &["-tanp", "free"], &["--json", "-4", "explain"]] {
            let refused = options(line).unwrap_err();
            assert!(refused.contains(" is a command: the options of a listing do not go with it"), "{refused}");
        }
    }
}
