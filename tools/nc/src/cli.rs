//! The command line: short letters as the dialect has them, long options as all have them.
//!
//! [`letters`] turns the letters of a dialect into long options, `args` holds the table of those, `read` turns what
//! stands in it into [`Options`]. What is wrong with a line is said in the dialect's words and with its status.

mod args;
pub mod letters;
mod read;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, FromArgMatches};
use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Status};

pub(crate) use self::args::Args;
use self::letters::LetterError;
use crate::options::{Dialect, Options};
use crate::what;

/// The options in short: printed behind a wrong one, in the shape that scripts know.
pub const USAGE: &str = "\
usage: nc [-46bCDdFhklNnrStUuvz] [-c command] [-e command] [-g hops]
\t  [-G pointer] [-I length] [-i interval] [-M ttl] [-m minttl]
\t  [-O length] [-o file] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [--help] [destination] [port]
";

/// What `-h` prints behind [`USAGE`].
const SUMMARY: &str = "\
\tCommand Summary:
\t\t-4\t\tUse IPv4
\t\t-6\t\tUse IPv6
\t\t-b\t\tAllow broadcast
\t\t-C\t\tSend CRLF as line-ending
\t\t-c command\tRun a command by /bin/sh for the connection
\t\t-D\t\tEnable the debug socket option
\t\t-d\t\tDetach from stdin
\t\t-e command\tRun a command for the connection
\t\t-F\t\tPass socket fd
\t\t-G pointer\tSource routing pointer: 4, 8, 12, ...
\t\t-g hops\t\tLoose source route
\t\t-h\t\tThis help text
\t\t-I length\tTCP receive buffer length
\t\t-i interval\tDelay interval for lines sent, ports scanned
\t\t-k\t\tKeep inbound sockets open for multiple connects
\t\t-l\t\tListen mode, for inbound connects
\t\t-M ttl\t\tOutgoing TTL / Hop Limit
\t\t-m minttl\tMinimum incoming TTL / Hop Limit
\t\t-N\t\tShutdown the network socket after EOF on stdin
\t\t-n\t\tSuppress name/port resolutions
\t\t-O length\tTCP send buffer length
\t\t-o file\t\tCopy everything that moves to a file
\t\t-P proxyuser\tUsername for proxy authentication
\t\t-p port\t\tSpecify local port for remote connects
\t\t-q secs\t\tquit after EOF on stdin and delay of secs
\t\t-r\t\tRandomize remote ports
\t\t-S\t\tEnable the TCP MD5 signature option
\t\t-s sourceaddr\tLocal source address
\t\t-T keyword\tTOS value
\t\t-t\t\tAnswer TELNET negotiation
\t\t-U\t\tUse UNIX domain socket
\t\t-u\t\tUDP mode
\t\t-v\t\tVerbose
\t\t-W recvlimit\tTerminate after receiving a number of packets
\t\t-w timeout\tTimeout for connects and final net reads
\t\t-X proto\tProxy protocol: \"4\", \"5\" (SOCKS) or \"connect\"
\t\t-x addr[:port]\tSpecify proxy address and port
\t\t-z\t\tZero-I/O mode [used for scanning]
\t\t--help\t\tEvery option in full, the long ones too
\tPort numbers can be individual or ranges: lo-hi [inclusive]
";

/// Host and port have defaults there.
const NCAT_USAGE: &str = "ncat [OPTIONS] HOST [PORT...]\n       ncat -l [OPTIONS] [ADDRESS] [PORT]";

/// The dialect of a name: the file stem of `argv[0]`.
fn dialect_of(name: &str) -> Dialect {
    if name == "ncat" { Dialect::Ncat } else { Dialect::OpenBsd }
}

/// Reads a command line. `compat` is NC_COMPAT, if it is set.
///
/// # Errors
/// [`Exit`] if it is wrong, in the words of the dialect and with its status, or if only help was asked for.
pub fn parse(invocation: &Invocation, compat: Option<&str>) -> Result<Options, Exit> {
    let mut args = invocation.args.as_slice();
    let mut dialect = dialect_of(&invocation.name);
    if let Some(name) = compat.filter(|name| !name.is_empty()) {
        dialect = named(dialect, name)?;
    }
    match args {
        [first, rest @ ..] if first.to_string_lossy().starts_with("--compat=") => {
            dialect = named(dialect, first.to_string_lossy().trim_start_matches("--compat="))?;
            args = rest;
        }
        [first, name, rest @ ..] if first == "--compat" => {
            dialect = named(dialect, &name.to_string_lossy())?;
            args = rest;
        }
        _ => {}
    }
    let spoken = Spoken { dialect, name: &invocation.name };
    // What follows is to be explained, not understood.
    let json = args.first().is_some_and(|first| first == "--json");
    if let [first, rest @ ..] = args.get(usize::from(json)..).unwrap_or_default()
        && first == "--what"
    {
        return Ok(read::what(dialect, rest, json));
    }
    // The table of all options takes longer to build than the rest of a start: nobody who only asks for this needs it.
    if let [only] = args
        && only == "-h"
        && dialect != Dialect::Ncat
    {
        return Err(summary());
    }
    let mut command = command(dialect);
    let takes_value = |long: &str| {
        let found = command.get_arguments().find(|arg| arg.get_long() == Some(long)).or_else(|| {
            let mut like =
                command.get_arguments().filter(|arg| arg.get_long().is_some_and(|name| name.starts_with(long)));
            like.next().filter(|_| like.next().is_none())
        });
        found.is_some_and(|arg| arg.get_action().takes_values())
    };
    let translated = letters::translate(dialect, args, takes_value).map_err(|error| spoken.refuse_letter(&error))?;
    let argv = std::iter::once(invocation.name.clone().into()).chain(translated);
    let args = command.try_get_matches_from_mut(argv).and_then(|matches| Args::from_arg_matches(&matches));
    let args = args.map_err(|error| spoken.refuse(&error))?;
    if args.summary {
        return Err(summary());
    }
    read::options(args, spoken)
}

/// The table of options, with the letters of `dialect` for its `--help`.
fn command(dialect: Dialect) -> clap::Command {
    let command = Args::command();
    if dialect == Dialect::OpenBsd {
        return command;
    }
    let letter_of = |long: &str| letters::table(dialect).iter().find(|letter| letter.long == long);
    let command = command.mut_args(|arg| {
        let letter = arg.get_long().and_then(letter_of).map(|letter| letter.letter);
        arg.short(letter)
    });
    if dialect == Dialect::Ncat { command.override_usage(NCAT_USAGE) } else { command }
}

/// What `-h` prints, on standard error as OpenBSD's does.
fn summary() -> Exit {
    let text = format!("Sockeye nc {}\n{USAGE}{SUMMARY}", env!("CARGO_PKG_VERSION"));
    Exit::Text { text, on_stderr: true, status: Status::YES }
}

/// The dialect of `--compat` or NC_COMPAT.
fn named(spoken: Dialect, name: &str) -> Result<Dialect, Exit> {
    [Dialect::OpenBsd, Dialect::Ncat, Dialect::Traditional]
        .into_iter()
        .find(|dialect| dialect.name() == name)
        .ok_or_else(|| {
            let name = escape(name);
            let message = format!("unknown dialect {name}: openbsd, ncat and traditional are known");
            Spoken { dialect: spoken, name: "nc" }.wrong(message)
        })
}

/// How a wrong line is refused.
#[derive(Clone, Copy, Debug)]
struct Spoken<'name> {
    dialect: Dialect,
    name: &'name str,
}

impl Spoken<'_> {
    /// What a wrong command line ends with.
    fn status(self) -> Status {
        Status(if self.dialect == Dialect::Ncat { 2 } else { 1 })
    }

    /// A value or a combination that cannot be.
    fn wrong(self, message: impl Into<String>) -> Exit {
        let message = message.into();
        match self.dialect {
            Dialect::Ncat => Exit::Text {
                text: format!("Ncat: {} QUITTING.\n", with_full_stop(&message)),
                on_stderr: true,
                status: self.status(),
            },
            Dialect::OpenBsd | Dialect::Traditional => Exit::Failure(Failure::new(self.status(), message)),
        }
    }

    /// The usage text, behind a line that says why if there is one.
    fn usage(self, why: &str) -> Exit {
        let usage = match self.dialect {
            Dialect::Ncat => {
                "Ncat: Try `--help' or man(1) ncat for more information, usage options and help. QUITTING.\n"
            }
            Dialect::OpenBsd | Dialect::Traditional => USAGE,
        };
        Exit::Text { text: format!("{why}{usage}"), on_stderr: true, status: self.status() }
    }

    fn refuse_letter(self, error: &LetterError) -> Exit {
        let name = escape(self.name);
        match error {
            LetterError::Unknown(letter) => {
                let shown = escape(&letter.to_string()).chars().next().unwrap_or('?');
                let hint = what::equivalent(self.dialect, *letter);
                self.hinted(self.usage(&format!("{name}: invalid option -- '{shown}'\n")), hint)
            }
            LetterError::NoValue(letter) => self.usage(&format!("{name}: option requires an argument -- '{letter}'\n")),
        }
    }

    /// Adds a line of our own behind the words of the replaced tool.
    fn hinted(self, exit: Exit, hint: Option<String>) -> Exit {
        match (exit, hint) {
            (Exit::Text { text, on_stderr, status }, Some(hint)) => {
                Exit::Text { text: format!("{text}{}: {hint}\n", escape(self.name)), on_stderr, status }
            }
            (exit, _) => exit,
        }
    }

    /// What clap found, in getopt_long(3)'s words.
    fn refuse(self, error: &clap::Error) -> Exit {
        let name = escape(self.name);
        let argument = match error.get(ContextKind::InvalidArg) {
            Some(ContextValue::String(argument)) => escape(argument).into_owned(),
            _ => String::new(),
        };
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Exit::Text { text: error.to_string(), on_stderr: false, status: Status::YES }
            }
            ErrorKind::UnknownArgument => {
                let hint = what::equivalent_long(&argument);
                self.hinted(self.usage(&format!("{name}: unrecognized option '{argument}'\n")), hint)
            }
            _ => {
                let said = error.to_string();
                let line = said.lines().next().unwrap_or_default();
                self.wrong(escape(line.strip_prefix("error: ").unwrap_or(line)))
            }
        }
    }
}

fn with_full_stop(message: &str) -> String {
    if message.ends_with(['.', '!', ')']) { message.to_owned() } else { format!("{message}.") }
}

#[cfg(test)]
mod tests;
