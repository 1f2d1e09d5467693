//! How a run ends: [`Status`] where it came to an answer, [`Failure`] where it did not.

use std::borrow::Cow;
use std::ops::Range;
use std::{fmt, io};

use crate::escape::{as_written, escape};
use crate::stream::GivenUp;

pub use sockeye_common::errno::cause as errno_text;

/// An exit status. Tools that replace an older one use its numbers; the named ones are the suite's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Status(pub u8);

impl Status {
    /// Answered yes.
    pub const YES: Self = Self(0);
    /// Answered no.
    pub const NO: Self = Self(1);
    /// The command line, or the input that it named, is wrong.
    pub const USAGE: Self = Self(2);
    /// The network, or the peer, did not do it.
    pub const NETWORK: Self = Self(3);
    /// This host did not do it: a full disk, a missing privilege, an absent kernel interface.
    pub const HOST: Self = Self(4);
}

/// Why a run ended without its answer.
#[derive(Debug)]
pub enum Failure {
    /// Something to say: `tool: message (hint)`, then the status.
    Fault {
        /// The exit status.
        status: Status,
        /// The call or thing, its address, and what is wrong.
        message: String,
        /// What to try, when we know it.
        hint: Option<String>,
        /// Lines below: what was written, and marks under what is wrong with it. Safe for a terminal.
        excerpt: Option<String>,
    },
    /// The reader of standard output went away: not an error of ours, and nothing to say.
    ClosedPipe,
    /// All that there is to say has been said; only the status is left.
    Silent(Status),
}

impl Failure {
    /// A failure with a status of the tool's own.
    pub fn new(status: Status, message: impl Into<String>) -> Self {
        Self::Fault { status, message: message.into(), hint: None, excerpt: None }
    }

    /// The command line or the input is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Status::USAGE, message)
    }

    /// The network or the peer did not do it.
    pub fn network(message: impl Into<String>) -> Self {
        Self::new(Status::NETWORK, message)
    }

    /// This host did not do it.
    pub fn host(message: impl Into<String>) -> Self {
        Self::new(Status::HOST, message)
    }

    /// A call that failed on a subject: `connect 127.0.0.1:81: Connection refused`.
    pub fn call(status: Status, call: &str, subject: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(status, format!("{call} {subject}: {}", errno_text(error)))
    }

    /// Adds what to try, in round brackets behind the message.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        match self {
            Self::Fault { status, message, excerpt, .. } => {
                Self::Fault { status, message, hint: Some(hint.into()), excerpt }
            }
            other => other,
        }
    }

    /// The same failure with another exit status.
    #[must_use]
    pub fn with_status(self, status: Status) -> Self {
        match self {
            Self::Fault { message, hint, excerpt, .. } => Self::Fault { status, message, hint, excerpt },
            Self::Silent(_) => Self::Silent(status),
            Self::ClosedPipe => self,
        }
    }

    /// Adds what was written, on a line below, and marks under `wrong`, a range of its octets.
    #[must_use]
    pub fn pointing(self, written: &str, wrong: Range<usize>) -> Self {
        // As it was typed, unless there is something in it that nobody sees.
        let plain = matches!(as_written(written), Cow::Borrowed(_));
        let part = |range: Range<usize>| {
            let part = written.get(range).unwrap_or_default();
            if plain { part.to_owned() } else { escape(part).into_owned() }
        };
        let (before, marked, after) =
            (part(0..wrong.start), part(wrong.clone()), part(wrong.end..written.len().max(wrong.end)));
        // A width of a format has sixteen bits, and an argument may be longer.
        let (blanks, marks) = (" ".repeat(before.chars().count()), "^".repeat(marked.chars().count().max(1)));
        let lines = format!("  {before}{marked}{after}\n  {blanks}{marks}\n");
        match self {
            Self::Fault { status, message, hint, .. } => Self::Fault { status, message, hint, excerpt: Some(lines) },
            other => other,
        }
    }

    /// What became of a write to standard output.
    pub fn from_stdout(error: &io::Error) -> Self {
        if let Some(GivenUp { signal }) = error.get_ref().and_then(|error| error.downcast_ref()) {
            return Self::Silent(Status(signal.saturating_add(128)));
        }
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::ClosedPipe
        } else {
            Self::call(Status::HOST, "write", "standard output", error)
        }
    }

    /// The exit status. A closed pipe is the reader's own decision and counts as a success.
    pub fn status(&self) -> Status {
        match self {
            Self::Fault { status, .. } | Self::Silent(status) => *status,
            Self::ClosedPipe => Status::YES,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fault { message, hint: None, .. } => f.write_str(message),
            Self::Fault { message, hint: Some(hint), .. } => write!(f, "{message} ({hint})"),
            Self::ClosedPipe => f.write_str("write standard output: Broken pipe"),
            Self::Silent(_) => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_call_reads_as_the_design_says() {
        let refused = io::Error::from_raw_os_error(111);
        let failure = Failure::call(Status::NETWORK, "connect", "127.0.0.1:81", &refused);
        assert_eq!(failure.to_string(), "connect 127.0.0.1:81: Connection refused");
        assert_eq!(failure.status(), Status::NETWORK);
        assert_eq!(Failure::usage("x").hint("try y").to_string(), "x (try y)");
    }

    #[test]
    fn what_is_wrong_is_marked_where_it_stands_when_it_is_safe_for_a_terminal() {
        let excerpt = |failure| match failure {
            Failure::Fault { excerpt, .. } => excerpt.unwrap_or_default(),
            _ => String::new(),
        };
        let failure = Failure::usage("no column pear").pointing("ü\u{1b},pear,state", 4..8).hint("peer?");
        assert_eq!(failure.to_string(), "no column pear (peer?)");
        assert_eq!(excerpt(failure), "  ü\\x1b,pear,state\n        ^^^^\n");
        let typed = r"type nc a\n b";
        assert_eq!(excerpt(Failure::usage("x").pointing(typed, 12..13)), format!("  {typed}\n              ^\n"));
        assert_eq!(excerpt(Failure::usage("x").pointing("ab", 2..2)), "  ab\n    ^\n", "behind the end");
        assert_eq!(excerpt(Failure::usage("x").pointing("ab", 7..9)), "  \n  ^\n", "no range of it");
        let long = "a".repeat(140_000);
        let shown = excerpt(Failure::usage("x").pointing(&long, 70_000..140_000));
        assert_eq!(shown, format!("  {long}\n  {}{}\n", " ".repeat(70_000), "^".repeat(70_000)));
    }

    #[test]
    fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
        assert!(matches!(Failure::from_stdout(&io::ErrorKind::BrokenPipe.into()), Failure::ClosedPipe));
        let full = Failure::from_stdout(&io::Error::from_raw_os_error(28));
        assert_eq!(full.to_string(), "write standard output: No space left on device");
        assert_eq!(full.status(), Status::HOST);
    }
}
