//! The command line of the `nc` and `netcat` names: OpenBSD's letters and its words when they are wrong.
//!
//! clap holds the table of options, from which `--help`, the man page and the completions are made. What it does not do
//! as getopt(3) does is in here: the texts, the statuses and the ways in which operands and options may stand together.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgAction, Parser};
use sockeye_cli::{Exit, Failure, Invocation, Presentation, Status};

use crate::number;
use crate::options::{FamilyChoice, Options, Role, Transport};
use crate::port;

/// What a wrong command line ends with, as OpenBSD's.
const USAGE_STATUS: Status = Status(1);

/// The options in short: printed behind a wrong one, in the shape that scripts know.
pub const USAGE: &str = "\
usage: nc [-46hklNnuv] [-p source_port] [-q seconds] [-s sourceaddr]
\t  [-w timeout] [--color when] [--explain] [--json] [--help]
\t  [--version] [destination] [port]
";

/// What `-h` prints behind [`USAGE`].
const SUMMARY: &str = "\
\tCommand Summary:
\t\t-4\t\tUse IPv4
\t\t-6\t\tUse IPv6
\t\t-h\t\tThis help text
\t\t-k\t\tKeep inbound sockets open for multiple connects
\t\t-l\t\tListen mode, for inbound connects
\t\t-N\t\tShutdown the network socket after EOF on stdin
\t\t-n\t\tSuppress name/port resolutions
\t\t-p port\t\tSpecify local port for remote connects
\t\t-q secs\t\tquit after EOF on stdin and delay of secs
\t\t-s sourceaddr\tLocal source address
\t\t-u\t\tUDP mode
\t\t-v\t\tVerbose
\t\t-w timeout\tTimeout for connects and final net reads
\t\t--color when\tColour: auto, always or never
\t\t--explain\tShow the socket calls on stderr, step by step
\t\t--json\t\tThe same as JSON Lines
\t\t--help\t\tEvery option in full
\t\t--version\tName and version
\tPort numbers can be individual or ranges: lo-hi [inclusive]
";

/// Connect and listen over TCP and UDP, and see how it is done
#[derive(Parser, Debug)]
#[command(
    name = "nc",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    args_override_self = true,
    override_usage = "nc [OPTIONS] DESTINATION PORT...\n       nc -l [OPTIONS] [ADDRESS] PORT"
)]
pub(crate) struct Args {
    /// Use IPv4 only
    #[arg(short = '4', overrides_with = "ipv6")]
    ipv4: bool,
    /// Use IPv6 only
    #[arg(short = '6', overrides_with = "ipv4")]
    ipv6: bool,
    /// Print a summary of the options on standard error
    #[arg(short = 'h')]
    summary: bool,
    /// With -l: when a peer has left, wait for the next
    #[arg(short = 'k')]
    keep_open: bool,
    /// Listen for a connection instead of making one
    #[arg(short = 'l')]
    listen: bool,
    /// When the input ends, shut down the sending direction of the connection
    #[arg(short = 'N')]
    shutdown: bool,
    /// Resolve nothing: addresses and ports in numbers only
    #[arg(short = 'n')]
    numeric: bool,
    /// The local port; with -l, the port to listen on
    #[arg(short = 'p', value_name = "PORT", allow_hyphen_values = true)]
    port: Option<String>,
    /// Leave this long after the input has ended, and shut down the sending direction then; a negative time is never
    #[arg(short = 'q', value_name = "SECONDS", allow_hyphen_values = true)]
    quit: Option<String>,
    /// The local address to send from; with -l and -p, the address to listen on
    #[arg(short = 's', value_name = "ADDRESS", allow_hyphen_values = true)]
    source: Option<String>,
    /// Use UDP instead of TCP
    #[arg(short = 'u')]
    udp: bool,
    /// Say on standard error what happens
    #[arg(short = 'v', action = ArgAction::Count)]
    verbose: u8,
    /// Give up a connection that is not made in this time, or on which nothing moves for this time
    #[arg(short = 'w', value_name = "SECONDS", allow_hyphen_values = true)]
    timeout: Option<String>,
    /// Print this help
    #[arg(long, action = ArgAction::HelpLong)]
    help: Option<bool>,
    /// Print name and version
    #[arg(long, action = ArgAction::Version)]
    version: Option<bool>,
    #[command(flatten)]
    presentation: Presentation,
    /// Where to connect to: a name or an address, and ports, ranges of ports or names of services. With -l: an address
    /// to listen on, if not on all, and a port
    #[arg(value_name = "OPERAND")]
    operands: Vec<String>,
}

/// Reads a command line.
///
/// # Errors
/// [`Exit`] if it is wrong, in OpenBSD's words and with its status 1, or if only help was asked for.
pub fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let argv = std::iter::once(invocation.name.clone().into()).chain(invocation.args.iter().cloned());
    let args = Args::try_parse_from(argv).map_err(|error| refuse(&invocation.name, &error))?;
    if args.summary {
        let text = format!("Sockeye nc {}\n{USAGE}{SUMMARY}", env!("CARGO_PKG_VERSION"));
        return Err(Exit::Text { text, on_stderr: true, status: Status::YES });
    }
    args.into_options()
}

impl Args {
    fn into_options(self) -> Result<Options, Exit> {
        let timeout = self.timeout.as_deref().map(|text| time("timeout", text)).transpose()?;
        let quit = match self.quit.as_deref() {
            // Any negative number is "never", which is also the default.
            Some(text) if number::time(text) == Err(number::NumberError::TooSmall) => None,
            Some(text) => Some(time("quit timer", text)?),
            None => None,
        };
        Ok(Options {
            family: match (self.ipv4, self.ipv6) {
                (true, _) => FamilyChoice::V4,
                (_, true) => FamilyChoice::V6,
                _ => FamilyChoice::Any,
            },
            presentation: self.presentation,
            transport: if self.udp { Transport::Udp } else { Transport::Tcp },
            numeric: self.numeric,
            verbose: self.verbose > 0,
            timeout,
            shutdown_at_eof: self.shutdown || quit.is_some(),
            quit_after_eof: quit,
            role: if self.listen { self.listener()? } else { self.client()? },
        })
    }

    /// `-l PORT`, `-l ADDRESS PORT`, or `-l -p PORT [-s ADDRESS]`, and no mixture of them.
    fn listener(self) -> Result<Role, Exit> {
        let options_say_where = self.port.is_some() || self.source.is_some();
        let mut operands = self.operands.into_iter();
        let (host, port) = match (operands.next(), operands.next(), operands.next()) {
            (None, ..) => (self.source, self.port.ok_or_else(|| wrong("missing port number"))?),
            (Some(_), ..) if options_say_where => return Err(usage("")),
            (Some(port), None, _) => (None, port),
            (Some(host), Some(port), None) => (Some(host), port),
            (Some(_), Some(_), Some(_)) => return Err(usage("")),
        };
        port::check_local(&port).map_err(|error| wrong(error.to_string()))?;
        Ok(Role::Listen { host, port, keep_open: self.keep_open })
    }

    /// `DESTINATION PORT...`.
    fn client(self) -> Result<Role, Exit> {
        let mut operands = self.operands.into_iter();
        let Some(host) = operands.next() else { return Err(usage("")) };
        let ports: Vec<String> = operands.collect();
        if ports.is_empty() {
            return Err(wrong("missing port number"));
        }
        if self.keep_open {
            return Err(wrong("must use -l with -k"));
        }
        if let Some(port) = &self.port {
            port::check_local(port).map_err(|error| wrong(error.to_string()))?;
        }
        let ports = ports
            .iter()
            .map(|port| port::parse(port).map_err(|error| wrong(error.to_string())))
            .collect::<Result<_, _>>()?;
        Ok(Role::Connect { host, ports, local_host: self.source, local_port: self.port })
    }
}

fn time(what: &str, text: &str) -> Result<std::time::Duration, Exit> {
    number::time(text).map_err(|fault| wrong(format!("{what} {fault}: {}", sockeye_cli::escape::escape(text))))
}

fn wrong(message: impl Into<String>) -> Exit {
    Exit::Failure(Failure::new(USAGE_STATUS, message))
}

/// The usage text, behind a line that says why if there is one.
fn usage(why: &str) -> Exit {
    Exit::Text { text: format!("{why}{USAGE}"), on_stderr: true, status: USAGE_STATUS }
}

/// What clap found, in getopt(3)'s words.
fn refuse(name: &str, error: &clap::Error) -> Exit {
    let name = sockeye_cli::escape::escape(name);
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => sockeye_cli::escape::escape(argument),
        _ => "".into(),
    };
    let long = argument.starts_with("--");
    // "-w <SECONDS>" is how clap names an option with a value.
    let letter: String = argument.chars().skip_while(|character| *character == '-').take(1).collect();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            Exit::Text { text: error.to_string(), on_stderr: false, status: Status::YES }
        }
        ErrorKind::UnknownArgument if long => usage(&format!("{name}: unrecognized option '{argument}'\n")),
        ErrorKind::UnknownArgument => usage(&format!("{name}: invalid option -- '{letter}'\n")),
        ErrorKind::InvalidValue
            if !long
                && matches!(error.get(ContextKind::InvalidValue), Some(ContextValue::String(value)) if value.is_empty()) =>
        {
            usage(&format!("{name}: option requires an argument -- '{letter}'\n"))
        }
        _ => {
            let said = error.to_string();
            let line = said.lines().next().unwrap_or_default();
            wrong(sockeye_cli::escape::escape(line.strip_prefix("error: ").unwrap_or(line)))
        }
    }
}

#[cfg(test)]
mod tests;
