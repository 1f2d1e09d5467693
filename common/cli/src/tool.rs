//! From argv to an exit status.

#![expect(
    clippy::disallowed_methods,
    reason = "the outermost shell: the only place where argv, the standard streams and the terminal are touched"
)]

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue};

use crate::escape::{escape, escape_controls, escape_octets};
use crate::failure::{Failure, Status};
use crate::manual::Manual;
use crate::options::Presentation;
use crate::output::{ExplainTo, Output, Terminal};
use crate::stream::Stream;

/// One executable of the suite.
pub trait Tool {
    /// The name: of the executable, the man page, the JSON schema.
    const NAME: &'static str;
    /// What the command line says.
    type Options;

    /// The options as clap describes them: the source of `--help`, the man page and the completions.
    fn command() -> clap::Command;

    /// What the man page says beyond the options.
    fn manual() -> Manual;

    /// Reads a command line.
    ///
    /// # Errors
    /// [`Exit`] if the run ends here: help was asked for, or the line is wrong.
    fn parse(invocation: &Invocation) -> Result<Self::Options, Exit>;

    /// How the user wants things shown.
    fn presentation(options: &Self::Options) -> Presentation;

    /// Where explanations go.
    fn explain_to() -> ExplainTo {
        ExplainTo::Stdout
    }

    /// Does what the options say.
    ///
    /// # Errors
    /// [`Failure`] if it came to no answer.
    fn run(options: &Self::Options, output: &mut Output<'_>) -> Result<Status, Failure>;
}

/// A command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The file stem of `argv[0]`: what the user called the tool.
    pub name: String,
    /// argv without `argv[0]`.
    pub args: Vec<OsString>,
}

/// A run that ends before it began.
#[derive(Debug)]
pub enum Exit {
    /// A text that was asked for (help, version), or a usage text that an older tool prints.
    Text {
        /// What to print, line ends included.
        text: String,
        /// On standard error, as some older tools do.
        on_stderr: bool,
        /// The exit status.
        status: Status,
    },
    /// The command line is wrong.
    Failure(Failure),
}

impl From<Failure> for Exit {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// The `main` of an executable that is a tool: `start!(sockeye_url::Url);`, with `#![cfg_attr(target_env = "gnu", no_main)]` before
/// it (see [`mod@sockeye_sys::entry`]).
#[macro_export]
macro_rules! start {
    ($tool:ty) => {
        #[cfg(target_env = "gnu")]
        $crate::sys::entry!(|| $crate::run::<$tool>().0);
        #[cfg(not(target_env = "gnu"))]
        fn main() -> std::process::ExitCode {
            $crate::main::<$tool>()
        }
    };
}

/// Runs a tool with the real argv and the real streams, where [`start!`](crate::start) does not call [`run`].
pub fn main<T: Tool>() -> ExitCode {
    ExitCode::from(run::<T>().0)
}

/// Runs a tool with the real argv and the real streams.
pub fn run<T: Tool>() -> Status {
    let mut argv = std::env::args_os();
    let name = argv
        .next()
        .and_then(|path| Path::new(&path).file_stem().map(|stem| stem.to_string_lossy().into_owned()))
        .unwrap_or_else(|| T::NAME.to_owned());
    let invocation = Invocation { name, args: argv.collect() };
    let stdout = io::stdout();
    let is_terminal = stdout.is_terminal();
    let width = sockeye_sys::stdio::columns(&stdout)
        // A terminal that does not know its size, such as a serial line.
        .or(is_terminal.then_some(80))
        .or_else(asked_width);
    match T::parse(&invocation) {
        Err(Exit::Text { text, on_stderr, status }) => print(spoken_name::<T>(&invocation), &text, on_stderr, status),
        Err(Exit::Failure(failure)) => {
            let mut output = Output::new(T::NAME, Terminal::default(), stdout_writer(), Stream::new(io::stderr()));
            output.rename(spoken_name::<T>(&invocation));
            end(&mut output, Err(failure))
        }
        Ok(options) => {
            let presentation = T::presentation(&options);
            let terminal = Terminal {
                stdout_colour: presentation.color.resolve(&stdout),
                stderr_colour: presentation.color.resolve(&io::stderr()),
                stdout_is_terminal: is_terminal,
                width,
            };
            let mut output = Output::new(T::NAME, terminal, stdout_writer(), Stream::new(io::stderr()));
            output.rename(spoken_name::<T>(&invocation)).present(presentation, T::explain_to());
            let ended = T::run(&options, &mut output);
            let status = end(&mut output, ended);
            // Everything is written, and the process ends: to give the memory back first is a hundredth of a short call.
            std::mem::forget(output);
            status
        }
    }
}

/// The environment variable by which a program that shows the output of ours says how wide it may be, in columns.
///
/// Not COLUMNS: that is about the terminal of a shell, and what goes into its pipes is as wide as it needs to be.
pub const COLUMNS: &str = "SOCKEYE_COLUMNS";

fn asked_width() -> Option<u16> {
    std::env::var(COLUMNS).ok()?.parse().ok().filter(|width| *width > 0)
}

/// What messages start with: the name that the user typed, unless the executable was renamed to something unspeakable.
fn spoken_name<T: Tool>(invocation: &Invocation) -> &str {
    let plain = |character: char| character.is_ascii_alphanumeric() || "._-".contains(character);
    if !invocation.name.is_empty() && invocation.name.chars().all(plain) { &invocation.name } else { T::NAME }
}

fn end(output: &mut Output<'_>, ended: Result<Status, Failure>) -> Status {
    let (status, said) = match ended {
        Ok(status) => (status, None),
        Err(failure) => {
            output.failure(&failure);
            (failure.status(), Some(failure.to_string()))
        }
    };
    match output.flush() {
        Ok(()) | Err(Failure::ClosedPipe) => status,
        Err(Failure::Silent(status)) => status,
        Err(failure) => {
            // The write that ended the run fails once more here; that is not a second fault.
            let message = failure.to_string();
            if said.as_ref() != Some(&message) {
                output.note(message);
            }
            failure.status()
        }
    }
}

fn print(tool: &str, text: &str, on_stderr: bool, status: Status) -> Status {
    if on_stderr {
        // Nobody is left to tell when standard error is gone.
        let _ = Stream::new(io::stderr()).write_all(text.as_bytes());
        return status;
    }
    let mut output = Output::new(tool, Terminal::default(), stdout_writer(), Stream::new(io::stderr()));
    let written = output.raw(text.as_bytes()).map(|()| status);
    end(&mut output, written)
}

/// Standard output, or a writer that fails as a closed descriptor does.
///
/// The runtime opens /dev/null in place of a closed descriptor 1, which would lose every result without a word.
fn stdout_writer() -> Box<dyn Write> {
    if sockeye_sys::stdio::stdout_was_closed() {
        return Box::new(ClosedDescriptor);
    }
    Box::new(Stream::new(io::stdout()))
}

struct ClosedDescriptor;

impl Write for ClosedDescriptor {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        const EBADF: i32 = 9;
        Err(io::Error::from_raw_os_error(EBADF))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Puts the command before the options of presentation that stand in front of it: `--json why 80` is `why --json 80`.
///
/// Any other option leaves the line as it is, for what the tool does without a command.
pub fn command_first(args: &[OsString], is_command: impl Fn(&str) -> bool) -> Vec<OsString> {
    let mut before = 0;
    let mut rest = args.iter().map(|arg| arg.to_str().unwrap_or_default());
    while let Some(arg) = rest.next() {
        before += match arg {
            "--json" | "--explain" => 1,
            "--color" if rest.next().is_some() => 2,
            with_value if with_value.starts_with("--color=") => 1,
            word if before > 0 && is_command(word) => {
                let (options, line) = args.split_at(before.min(args.len()));
                return line.iter().take(1).chain(options).chain(line.iter().skip(1)).cloned().collect();
            }
            _ => break,
        };
    }
    args.to_vec()
}

/// Reads a command line with clap.
///
/// # Errors
/// [`Exit`]: help and version as clap prints them; a wrong line as one sentence and status 2.
pub fn parse_clap<A: clap::Parser>(invocation: &Invocation) -> Result<A, Exit> {
    let argv = std::iter::once(OsString::from(&invocation.name)).chain(invocation.args.iter().cloned());
    A::try_parse_from(argv).map_err(|error| match error.kind() {
        clap::error::ErrorKind::DisplayHelp | clap::error::ErrorKind::DisplayVersion => {
            Exit::Text { text: error.to_string(), on_stderr: false, status: Status::YES }
        }
        clap::error::ErrorKind::InvalidUtf8 => Exit::Failure(not_utf8(&A::command(), invocation)),
        _ => Exit::Failure(
            Failure::usage(one_line(error)).hint(format!("see {} --help", asked_for(&A::command(), invocation))),
        ),
    })
}

/// Which argument is not text.
fn not_utf8(command: &clap::Command, invocation: &Invocation) -> Failure {
    let named = invocation.args.iter().find(|arg| arg.to_str().is_none()).map_or_else(
        || "an argument is not UTF-8".to_owned(),
        |arg| format!("argument {} is not UTF-8", escape_octets(arg.as_encoded_bytes())),
    );
    Failure::usage(named).hint(format!("see {} --help", asked_for(command, invocation)))
}

/// The tool, and the command of it that the line names if it names one: `netsum udp`.
fn asked_for(command: &clap::Command, invocation: &Invocation) -> String {
    let named = invocation.args.iter().find_map(|arg| command.find_subcommand(arg));
    let names = std::iter::once(command).chain(named).map(clap::Command::get_name);
    names.collect::<Vec<_>>().join(" ")
}

/// clap's message in one line: what is wrong and its tips, without the usage text.
fn one_line(mut error: clap::Error) -> String {
    // What the user wrote may have line ends of its own, and is not to be cut there.
    let quoted: Vec<(ContextKind, ContextValue)> = error
        .context()
        .filter(|(kind, _)| *kind != ContextKind::Usage)
        .map(|(kind, value)| (kind, escaped(value)))
        .collect();
    for (kind, value) in quoted {
        error.insert(kind, value);
    }
    let message = error.to_string();
    let said: Vec<&str> = message
        .lines()
        .take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"))
        .map(str::trim)
        // clap's advice to quote what it did not know is noise behind a plain "unexpected argument".
        .filter(|line| !line.is_empty() && !line.starts_with("tip: to pass"))
        .collect();
    let joined = said.join("; ");
    let joined = joined.strip_prefix("error: ").unwrap_or(&joined).replace(":; ", ": ");
    // What a value parser says stands in no context.
    escape_controls(&joined)
}

/// A piece of clap's message with nothing in it that acts on a terminal or ends the line.
fn escaped(value: &ContextValue) -> ContextValue {
    let styled = |text: &StyledStr| StyledStr::from(escape(&text.to_string()).into_owned());
    match value {
        ContextValue::String(text) => ContextValue::String(escape(text).into_owned()),
        ContextValue::Strings(texts) => {
            ContextValue::Strings(texts.iter().map(|text| escape(text).into_owned()).collect())
        }
        ContextValue::StyledStr(text) => ContextValue::StyledStr(styled(text)),
        ContextValue::StyledStrs(texts) => ContextValue::StyledStrs(texts.iter().map(styled).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser, Debug)]
    #[command(name = "netsum", version)]
    struct Args {
        #[command(flatten)]
        presentation: Presentation,
        #[arg(value_name = "FILE")]
        file: String,
    }

    fn said(args: &[&str]) -> String {
        let invocation = Invocation { name: "netsum".into(), args: args.iter().map(Into::into).collect() };
        match parse_clap::<Args>(&invocation).unwrap_err() {
            Exit::Failure(failure) => failure.to_string(),
            Exit::Text { text, .. } => text,
        }
    }

    #[test]
    fn a_wrong_line_is_one_sentence() {
        assert_eq!(said(&["--nope", "x"]), "unexpected argument '--nope' found (see netsum --help)");
        assert_eq!(
            said(&["--color=blue", "x"]),
            "invalid value 'blue' for '--color <WHEN>'; [possible values: auto, always, never] (see netsum --help)"
        );
        assert_eq!(said(&[]), "the following required arguments were not provided: <FILE> (see netsum --help)");
        assert!(!said(&["a", "\u{1b}[2J"]).contains('\u{1b}'));
        assert!(said(&["--help"]).contains("--explain"));
    }

    #[test]
    fn an_argument_that_is_no_text_is_named() {
        use std::os::unix::ffi::OsStringExt as _;
        let args = vec![OsString::from_vec(b"a\xff\x1b".to_vec())];
        let invocation = Invocation { name: "netsum".into(), args };
        let Exit::Failure(failure) = parse_clap::<Args>(&invocation).unwrap_err() else { panic!("no failure") };
        assert_eq!(failure.to_string(), "argument a\\xff\\x1b is not UTF-8 (see netsum --help)");
    }

    #[test]
    fn line_ends_in_an_argument_do_not_cut_the_sentence() {
        assert_eq!(said(&["--a\nb"]), "unexpected argument '--a\\nb' found (see netsum --help)");
        assert_eq!(said(&["x", "a\nUsage: b\\"]), "unexpected argument 'a\\nUsage: b\\\\' found (see netsum --help)");
    }
}
