//! What went wrong with one URL: the sentence, and for a program what it is about.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::{ExplainTo, Terminal};
use sockeye_cli::{Failure, Output, Presentation, Render, Status, Text};

use crate::base::Resolution;
use crate::dissect::Malformed;
use crate::many;
use crate::models::{self, Comparison, Purpose};
use crate::rfc3986::reading::Reading;
use crate::spans::Span;

/// How much of a text a message quotes, in octets. A line may have a megabyte.
const QUOTED: usize = 200;

/// What went wrong with one URL.
#[derive(Debug)]
pub struct Refusal {
    /// What a person is told, and the status.
    pub failure: Failure,
    /// What it is about.
    pub about: About,
}

/// What a failure is about; what is not known is `None`.
#[derive(Debug, Default, Serialize)]
pub struct About {
    /// The URL, as it was given.
    pub input: Option<String>,
    /// The file that has it.
    pub file: Option<String>,
    /// Its line there, from 1.
    pub line: Option<u64>,
    /// What is wrong in it.
    pub span: Option<Span>,
    /// What it is by RFC 3986, where that takes it.
    pub purpose: Option<Purpose>,
    /// What both standards make of it, where they were asked.
    pub models: Option<Box<Comparison>>,
    /// How it came out of a reference and a base, where a base was given.
    pub resolution: Option<Box<Resolution>>,
}

/// A line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    message: &'a str,
    hint: Option<&'a str>,
    exit_status: u8,
    #[serde(flatten)]
    about: &'a About,
}

impl Refusal {
    /// A failure of `input`.
    pub fn new(input: &str, failure: Failure) -> Self {
        let reading = Reading::of(input);
        let purpose = reading.is_taken().then(|| models::purpose(&reading));
        Self { failure, about: About { input: Some(input.to_owned()), purpose, ..About::default() } }
    }

    /// The same, at a place: before its message stands `place`.
    #[must_use]
    pub fn at(self, place: &str, file: Option<(&str, u64)>) -> Self {
        let failure = many::at(place, self.failure);
        let (file, line) = file.map(|(file, line)| (file.to_owned(), line)).unzip();
        Self { failure, about: About { file, line, ..self.about } }
    }

    /// The same with the status of a wrong command line, or that of another answer.
    #[must_use]
    pub fn with_status(self, status: Status) -> Self {
        let failure = match self.failure {
            Failure::Fault { message, hint, excerpt, .. } => Failure::Fault { status, message, hint, excerpt },
            other => other,
        };
        Self { failure, ..self }
    }

    /// Says it as [`Self::show`], and ends the run.
    ///
    /// # Errors
    /// Always: [`Failure::Silent`] with its status, or that standard output does not take it.
    pub fn end<T>(&self, output: &mut Output<'_>) -> Result<T, Failure> {
        self.show(output)?;
        Err(Failure::Silent(self.failure.status()))
    }

    /// Says it on standard error and, with JSON, among the results.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it.
    pub fn show(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        let Failure::Fault { status, message, hint, .. } = &self.failure else { return Ok(()) };
        if !output.is_json() {
            output.failure(&self.failure);
            return Ok(());
        }
        let line = Line { message, hint: hint.as_deref(), exit_status: status.0, about: &self.about };
        output.raw(&line.json()?)?;
        output.flush()?;
        output.note(self.failure.to_string());
        Ok(())
    }
}

impl From<Malformed> for Refusal {
    fn from(malformed: Malformed) -> Self {
        let span = malformed.span;
        let Self { failure, about } = Self::new(&malformed.input.clone(), malformed.into());
        Self { failure, about: About { span, ..about } }
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self { failure, about: About::default() }
    }
}

impl Line<'_> {
    /// The line as [`Output::failure`] would write it if it had more than a sentence to say.
    fn json(&self) -> Result<Vec<u8>, Failure> {
        let mut octets = Vec::new();
        let mut output = Output::new("url", Terminal::default(), &mut octets, io::sink());
        output.present(Presentation { json: true, ..Presentation::default() }, ExplainTo::Stdout);
        output.result(self)?;
        output.flush()?;
        drop(output);
        let text = String::from_utf8(octets).unwrap_or_default();
        Ok(text.replacen(r#""type":"result""#, r#""type":"error""#, 1).into_bytes())
    }
}

impl Render for Line<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(escape(self.message))
    }
}

/// A text in quotation marks, escaped: of a long one what stands around octet `at`, with an ellipsis for the rest.
pub(crate) fn quoted(text: &str, at: usize) -> String {
    if text.len() <= QUOTED {
        return format!("\"{}\"", escape(text));
    }
    let boundary = |at: usize| (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let start = boundary(at.saturating_sub(QUOTED / 2).min(text.len() - QUOTED));
    let end = boundary(start.saturating_add(QUOTED));
    let mark = |cut: bool| if cut { "…" } else { "" };
    let part = escape(text.get(start..end).unwrap_or_default());
    format!("\"{}{part}{}\"", mark(start > 0), mark(end < text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_long_text_what_is_around_the_fault_is_quoted() {
        assert_eq!(quoted("a\u{1b}", 0), "\"a\\x1b\"");
        let long = "\u{e4}".repeat(1000);
        let around = quoted(&long, 1000);
        assert!(around.starts_with("\"…\u{e4}") && around.ends_with("\u{e4}…\""), "{around}");
        assert!((QUOTED - 4..QUOTED + 10).contains(&around.len()), "{around}");
        assert!(quoted(&long, 0).starts_with("\"\u{e4}"));
        assert!(quoted(&long, 5000).ends_with("\u{e4}\""), "behind the end");
        assert_eq!(quoted(&"x".repeat(QUOTED), 0).len(), QUOTED + 2);
    }
}
