//! Why a query was refused, and where.

use std::fmt;
use std::ops::Range;

use sockeye_cli::escape::{escape, escape_controls};
use sockeye_cli::{Exit, Failure, Status};

/// A query that is refused: what is wrong, and a mark below the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The whole query.
    pub query: String,
    /// The octets of it that are wrong.
    pub span: Range<usize>,
    /// What is wrong, and what was expected.
    pub message: String,
    /// The query is built as one, but a host, a port, a mark or a name in it is wrong: ss ends otherwise then.
    pub of_value: bool,
}

impl Fault {
    pub(super) fn new(query: &str, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { query: query.to_owned(), span, message: message.into(), of_value: false }
    }

    /// The same, as one of a value.
    pub(super) fn of_value(self) -> Self {
        Self { of_value: true, ..self }
    }

    /// Where it is, in characters from 1.
    pub fn column(&self) -> usize {
        self.query.get(..self.span.start).unwrap_or_default().chars().count() + 1
    }
}

impl From<Fault> for Exit {
    /// The three lines on standard error, and the status of a wrong command line.
    fn from(fault: Fault) -> Self {
        Self::Text { text: format!("ports: {fault}\n"), on_stderr: true, status: Status::USAGE }
    }
}

impl From<Fault> for Failure {
    /// For what is found wrong only when names are looked up.
    fn from(fault: Fault) -> Self {
        let message = format!("filter, column {}: {}", fault.column(), escape_controls(&fault.message));
        Self::usage(message).pointing(&fault.query, fault.span)
    }
}

impl fmt::Display for Fault {
    /// Three lines: the message, the query, and a mark. What is not printable is escaped, and the mark stands where it
    /// then is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = |range: Range<usize>| escape(self.query.get(range).unwrap_or_default()).into_owned();
        let before = part(0..self.span.start);
        let wrong = part(self.span.clone());
        let after = part(self.span.end..self.query.len());
        // What a message quotes may be escaped already, or not.
        writeln!(f, "filter, column {}: {}", self.column(), escape_controls(&self.message))?;
        writeln!(f, "  {before}{wrong}{after}")?;
        // A width of a format has sixteen bits, and an argument may be longer.
        write!(f, "  {}{}", " ".repeat(before.chars().count()), "^".repeat(wrong.chars().count().max(1)))
    }
}

impl std::error::Error for Fault {}
