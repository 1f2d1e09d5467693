//! The command line.

mod change;
mod connect;
mod diff;
mod dissect;
mod encode;
mod same;
mod short;
mod trurl;

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use clap::{CommandFactory, Parser, Subcommand};
use sockeye_cli::escape::escape_octets;
use sockeye_cli::{Exit, Failure, Invocation, Presentation, command_first, parse_clap};

use self::dissect::DissectArgs;

pub use connect::Connect;
pub use diff::Diff;
pub use dissect::{Dissect, Form};
pub use encode::{Code, Name};
pub use same::Same;
pub use trurl::Trurl;

/// Take a URL apart as browsers do, and show what a socket gets from it
#[derive(Parser, Debug)]
#[command(name = "url", version, disable_help_subcommand = true)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(flatten)]
    dissect: DissectArgs,
    #[command(flatten)]
    presentation: Presentation,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Say whether two URLs are the same, and by which rule
    Same(same::SameArgs),
    /// Show where two URLs differ, component by component
    Diff(diff::DiffArgs),
    /// Show what an HTTP client would ask, connect to and send
    Connect(connect::ConnectArgs),
    /// Percent-encode a text by a chosen set
    Encode(encode::EncodeArgs),
    /// Undo percent-encoding
    Decode(encode::DecodeArgs),
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
    /// Take URLs apart.
    Dissect(Dissect),
    /// `url same`.
    Same(Same),
    /// `url diff`.
    Diff(Diff),
    /// `url connect`.
    Connect(Connect),
    /// `url encode`.
    Encode(Code),
    /// `url decode`.
    Decode(Code),
    /// What `trurl` does, called by its name.
    Trurl(Box<Trurl>),
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
    if invocation.name == "trurl" {
        return trurl::parse(invocation);
    }
    match short::parse(&invocation.args) {
        Some(options) => Ok(options),
        None => by_clap(invocation),
    }
}

fn by_clap(invocation: &Invocation) -> Result<Options, Exit> {
    let args = command_first(&invocation.args, is_command);
    let invocation = Invocation { args, ..invocation.clone() };
    let cli: Cli = parse_clap(&invocation)?;
    let presentation = cli.presentation;
    let job = match cli.command {
        None => {
            if let Some(command) =
                cli.dissect.first_word().filter(|word| is_command(word) && is_bare(&invocation, word))
            {
                let refused = format!("{command} is a command: the options of taking URLs apart do not go with it");
                return Err(Failure::usage(refused).hint(format!("see url {command} --help")).into());
            }
            Job::Dissect(cli.dissect.job(presentation)?)
        }
        Some(Command::Same(args)) => Job::Same(args.job()?),
        Some(Command::Diff(args)) => Job::Diff(args.job()?),
        Some(Command::Connect(args)) => Job::Connect(args.job()?),
        Some(Command::Encode(args)) => Job::Encode(args.job()?),
        Some(Command::Decode(args)) => Job::Decode(args.job()?),
    };
    Ok(Options { presentation, job })
}

/// The names of the commands, sorted. That clap knows these and no others is held by a test.
const COMMANDS: [&str; 5] = ["connect", "decode", "diff", "encode", "same"];

/// Whether a word names a command.
fn is_command(word: &str) -> bool {
    COMMANDS.contains(&word)
}

/// Whether `word` stands on the line before any `--`, behind which everything is a URL.
fn is_bare(invocation: &Invocation, word: &str) -> bool {
    invocation.args.iter().take_while(|arg| *arg != "--").any(|arg| arg == word)
}

/// A URL as text.
///
/// # Errors
/// [`Failure`] that says where it stops being UTF-8.
fn text(url: OsString) -> Result<String, Failure> {
    url.into_string().map_err(|url| {
        let octets = url.as_bytes();
        let shown = escape_octets(octets);
        let valid = str::from_utf8(octets).err().map_or(octets.len(), |error| error.valid_up_to());
        Failure::usage(format!("\"{shown}\": not UTF-8 at octet {valid}")).hint("percent-encode what is not UTF-8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(args: &[&str]) -> Result<Options, String> {
        let invocation = Invocation { name: "url".into(), args: args.iter().map(Into::into).collect() };
        parse(&invocation).map_err(|exit| match exit {
            Exit::Failure(failure) => failure.to_string(),
            Exit::Text { text, .. } => text,
        })
    }

    fn urls(args: &[&str]) -> Vec<OsString> {
        match options(args).unwrap().job {
            Job::Dissect(dissect) => dissect.urls,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn urls_without_a_command_are_taken_apart() {
        assert_eq!(urls(&["http://a", "http://b"]), ["http://a", "http://b"]);
        assert_eq!(urls(&["http://a", "same"]), ["http://a", "same"]);
        assert_eq!(urls(&["--", "same"]), ["same"], "behind -- a command's name is a URL");
        assert_eq!(urls(&["--resolve", "--", "diff"]), ["diff"]);
    }

    #[test]
    fn options_of_presentation_may_stand_before_a_command() {
        for line in [
            &["same", "a:", "b:", "--json"][..],
            &["--json", "same", "a:", "b:"],
            &["--color=never", "--json", "same", "a:", "b:"],
        ] {
            let options = options(line).unwrap();
            assert!(options.presentation.json);
            assert_eq!(options.job, Job::Same(Same { first: "a:".into(), second: "b:".into() }));
        }
    }

    #[test]
    fn an_option_of_taking_apart_before_a_command_is_refused() {
        let refused = options(&["--resolve", "same", "a:", "b:"]).unwrap_err();
        assert!(refused.contains("same is a command: "), "{refused}");
    }
}
