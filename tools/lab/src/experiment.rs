//! An experiment as data: steps, what is done in each, and what must be seen.
//!
//! Nothing here runs anything. The shell performs [`Action`]s and keeps a [`Transcript`] of each process; [`judge`] then
//! compares the transcripts with what theory says.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use sockeye_cli::escape::shell_word;

/// The name by which a step speaks of a process.
pub type Label = &'static str;

/// One step of an experiment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What is asked or done, in a few words.
    pub title: &'static str,
    /// Why, in a sentence or two.
    pub why: String,
    /// What is done, in this order.
    pub actions: Vec<Action>,
    /// What to look at in the output.
    pub notice: String,
    /// What must be seen.
    pub expectations: Vec<Expectation>,
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Runs a command to its end.
    Run(Label, CommandLine),
    /// Starts a command that goes on, and waits for this sign that it is ready.
    Start(Label, CommandLine, Sign),
    /// Waits for this sign in what a command has printed since it was last shown.
    Await(Label, Sign),
    /// Ends the input of a command that was started and waits for its end.
    EndInput(Label),
    /// Kills a command that was started and would go on.
    Kill(Label),
    /// Begins to keep the frames that `host` receives or sends on `interface` with `port` in their UDP header.
    Capture {
        /// Where.
        host: &'static str,
        /// On which of its interfaces.
        interface: &'static str,
        /// Which datagrams.
        port: u16,
    },
    /// Ends the capture and writes it to this file of the working folder.
    WriteCapture(&'static str),
}

/// Something in the output of a command that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sign {
    /// A line with this in it, and the line's end: a line may come in pieces.
    Line(String),
    /// This text, be it at the end of a line or not.
    Text(String),
}

impl Sign {
    /// Whether `printed` shows it.
    pub fn is_in(&self, printed: &str) -> bool {
        match self {
            Self::Line(part) => printed.split_inclusive('\n').any(|line| line.ends_with('\n') && line.contains(part)),
            Self::Text(text) => printed.contains(text),
        }
    }
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(part) => write!(f, "a line with {part:?}"),
            Self::Text(text) => write!(f, "{text:?}"),
        }
    }
}

/// A command line, in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandLine {
    /// The host on which it is typed.
    pub host: &'static str,
    /// The tool of the suite.
    pub tool: &'static str,
    /// Its arguments.
    pub args: Vec<String>,
    /// What it reads.
    pub input: Input,
    /// Only the lines with this text are shown and kept, as `grep -F` does it.
    pub only: Option<String>,
}

/// What a command reads from its standard input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// Nothing: `/dev/null`.
    Nothing,
    /// A text without a line end.
    Text(&'static str),
    /// What is typed, until [`Action::EndInput`].
    Typed,
}

impl CommandLine {
    /// A command without input. The arguments are one string, cut at the blanks.
    pub fn new(host: &'static str, tool: &'static str, args: impl AsRef<str>) -> Self {
        let args = args.as_ref().split_whitespace().map(str::to_owned).collect();
        Self { host, tool, args, input: Input::Nothing, only: None }
    }

    /// Gives it something to read.
    #[must_use]
    pub fn reading(self, input: Input) -> Self {
        Self { input, ..self }
    }

    /// Leaves lines without `text` out, if there is one.
    #[must_use]
    pub fn only(self, text: Option<String>) -> Self {
        Self { only: text, ..self }
    }

    /// The line as a user types it.
    pub fn typed(&self) -> String {
        let input = match self.input {
            Input::Text(text) => format!("printf {} | ", shell_word(text)),
            Input::Nothing | Input::Typed => String::new(),
        };
        let args = self.args.iter().map(String::as_str);
        let words: Vec<_> = std::iter::once(self.tool).chain(args).map(shell_word).collect();
        let only = self.only.as_ref().map(|text| format!(" | grep -F {}", shell_word(text))).unwrap_or_default();
        format!("{input}{}{only}", words.join(" "))
    }
}

/// What theory says, and where it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// In a sentence.
    pub says: String,
    /// The process in whose output it shows.
    pub of: Label,
    /// What shows it.
    pub evidence: Evidence,
}

impl Expectation {
    /// `says` holds if a line of the output of `of` has every one of `parts`.
    pub fn line<const N: usize>(says: impl Into<String>, of: Label, parts: [&str; N]) -> Self {
        Self { says: says.into(), of, evidence: Evidence::Line(parts.map(str::to_owned).to_vec()) }
    }

    /// `says` holds if the last word of the output of `of` is this one.
    pub fn last_word(says: impl Into<String>, of: Label, word: impl Into<String>) -> Self {
        Self { says: says.into(), of, evidence: Evidence::LastWord(word.into()) }
    }

    /// `says` holds if `of` has ended with this status.
    pub fn status(says: impl Into<String>, of: Label, status: i32) -> Self {
        Self { says: says.into(), of, evidence: Evidence::Status(status) }
    }
}

/// How an output shows a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// A line has all of these words; each may have several parts, such as `10.0.0.2:6000`.
    Line(Vec<String>),
    /// The last word of the last line.
    LastWord(String),
    /// The exit status.
    Status(i32),
}

/// What a process printed, on both streams as a terminal shows them, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// Everything that it printed.
    pub text: String,
    /// Its exit status, once it has ended.
    pub status: Option<i32>,
}

/// What became of an expectation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// What theory says.
    pub check: String,
    /// Whether it was seen.
    pub passed: bool,
    /// The line, word or status that shows it; without it, what was there in its place.
    pub found: Option<String>,
    /// The words in that line by which it shows.
    #[serde(skip)]
    pub words: Vec<String>,
}

/// Compares what was seen with what theory says.
pub fn judge(expectation: &Expectation, transcripts: &BTreeMap<Label, Transcript>) -> Verdict {
    let verdict = |passed, found, words| Verdict { check: expectation.says.clone(), passed, found, words };
    let Some(transcript) = transcripts.get(expectation.of) else { return verdict(false, None, Vec::new()) };
    match &expectation.evidence {
        Evidence::Line(words) => {
            let has_all = |line: &&str| words.iter().all(|word| has_word(line, word));
            let line = transcript.text.lines().find(has_all);
            verdict(line.is_some(), line.map(str::to_owned), words.clone())
        }
        Evidence::LastWord(word) => {
            let last = transcript.text.split_whitespace().next_back();
            let line = transcript.text.lines().rfind(|line| !line.trim().is_empty());
            let passed = last == Some(word);
            verdict(passed, if passed { line } else { last }.map(str::to_owned), vec![word.clone()])
        }
        Evidence::Status(status) => {
            verdict(transcript.status == Some(*status), transcript.status.map(|status| status.to_string()), Vec::new())
        }
    }
}

/// Whether `word` stands in `line` and does not go on: port 600 is not in `10.0.0.2:6000`.
pub fn has_word(line: &str, word: &str) -> bool {
    word_positions(line, word).next().is_some()
}

/// Where `word` stands in `line`, in octets from its start.
pub fn word_positions<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let goes_on = |character: Option<char>| character.is_some_and(char::is_alphanumeric);
    line.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = line.get(..*at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !word.is_empty() && !goes_on(before) && !goes_on(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str, status: Option<i32>) -> BTreeMap<Label, Transcript> {
        BTreeMap::from([("nc", Transcript { text: text.to_owned(), status })])
    }

    #[test]
    fn a_line_must_have_every_word_and_no_longer_one() {
        let socket = Expectation::line("bob waits", "nc", ["udp", "10.0.0.2:6000"]);
        let seen = judge(&socket, &printed("Proto Local\nudp  10.0.0.2:6000  *:*\n", None));
        assert!(seen.passed);
        assert_eq!(seen.found.as_deref(), Some("udp  10.0.0.2:6000  *:*"));
        for wrong in ["", "udp 10.0.0.2:60001", "udp 110.0.0.2:6000", "tcp 10.0.0.2:6000", "udp\n10.0.0.2:6000"] {
            assert!(!judge(&socket, &printed(wrong, None)).passed, "{wrong:?}");
        }
        assert!(!judge(&Expectation { of: "other", ..socket }, &printed("udp 10.0.0.2:6000", None)).passed);
    }

    #[test]
    fn a_wrong_checksum_is_caught_and_named() {
        let sum = Expectation::last_word("the sum", "nc", "f752");
        assert!(judge(&sum, &printed("Fold f752\nChecksum    f752\n", Some(0))).passed);
        let wrong = judge(&sum, &printed("f752\nChecksum    f740\n", Some(0)));
        assert_eq!((wrong.passed, wrong.found.as_deref()), (false, Some("f740")));
        assert_eq!(judge(&sum, &printed("", Some(0))).found, None);
    }

    #[test]
    fn a_process_that_has_not_ended_has_no_status() {
        let good = Expectation::status("all good", "nc", 0);
        assert!(judge(&good, &printed("", Some(0))).passed);
        assert!(!judge(&good, &printed("", Some(1))).passed);
        assert!(!judge(&good, &printed("", None)).passed);
    }

    #[test]
    fn half_a_line_is_no_line_yet() {
        let line = Sign::Line("received on".into());
        assert!(!line.is_in("Bound\nConnection received on 10.0.0.1 50"));
        assert!(line.is_in("Bound\nConnection received on 10.0.0.1 5000\n"));
        assert!(Sign::Text("ABCDE".into()).is_in("5000\nABCDE"));
        assert!(!Sign::Text("ABCDE".into()).is_in("ABCD"));
    }

    #[test]
    fn a_line_is_shown_as_it_is_typed() {
        let nc = CommandLine::new("alice", "nc", "-u -n -p 5000 10.0.0.2 6000").reading(Input::Text("ABCDE"));
        assert_eq!(nc.typed(), "printf ABCDE | nc -u -n -p 5000 10.0.0.2 6000");
        let url = CommandLine::new("alice", "url", "http://10.0.0.2:6000/hello?x=1#top");
        assert_eq!(url.typed(), "url 'http://10.0.0.2:6000/hello?x=1#top'");
        let ports = CommandLine::new("bob", "ports", "-u -a").only(Some(":6000".into()));
        assert_eq!(ports.typed(), "ports -u -a | grep -F :6000");
    }
}
