//! What an experiment shows, as text and as JSON.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::experiment::{Verdict, word_positions};
use crate::stage::{Kind, Ports, Privilege};

/// How wide prose is where nothing says how wide a line may be.
const COLUMNS: usize = 80;
/// No prose is wider than this: longer lines are hard to read.
const WIDEST: usize = 100;
/// Terminals put a tab stop at every eighth column.
const TAB: usize = 8;

/// An experiment begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "stage")]
pub struct Opening {
    /// Which experiment.
    pub experiment: &'static str,
    /// What the hosts are made of.
    pub hosts: Kind,
    /// Alice's address.
    pub alice_addr: String,
    /// Bob's address.
    pub bob_addr: String,
    /// The ports.
    pub ports: Ports,
    /// The same, and why, in plain sentences.
    pub says: String,
    /// What to do to get more than this machine allows now.
    pub hint: Option<String>,
}

impl Render for Opening {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        prose(text, &self.says)?;
        match &self.hint {
            Some(hint) => prose(text, hint),
            None => Ok(()),
        }
    }
}

/// A step is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "step")]
pub struct StepReport {
    /// From 1.
    pub number: usize,
    /// What was asked or done.
    pub title: &'static str,
    /// Why.
    pub why: String,
    /// What was typed and what came of it, in this order.
    pub scenes: Vec<Scene>,
    /// What to look at.
    pub notice: String,
    /// What had to be seen.
    pub checks: Vec<Verdict>,
    /// Why the step could not be done to its end.
    pub broke: Option<String>,
}

/// A command and its output, or more output of one that was started before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scene {
    /// Where it runs; null where all hosts are this machine.
    pub host: Option<&'static str>,
    /// What was typed.
    pub command: String,
    /// Whether this is the rest of what an earlier command printed.
    pub continued: bool,
    /// What it printed, as text.
    pub output: String,
    /// Its exit status, or null while it runs.
    pub status: Option<i32>,
}

impl Render for StepReport {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.blank()?;
        let title = text.paint(Role::Heading, &format!("{}. {}", self.number, self.title));
        text.line(title)?;
        prose(text, &self.why)?;
        for scene in &self.scenes {
            text.blank()?;
            scene.render(&self.checks, text)?;
        }
        text.blank()?;
        prose(text, &self.notice)?;
        for check in &self.checks {
            check.render(text)?;
        }
        match &self.broke {
            Some(why) => {
                let line = text.paint(Role::Bad, &format!("  ✗ {}", escape(why)));
                text.line(line)
            }
            None => Ok(()),
        }
    }
}

impl Scene {
    /// Who prints: the command, and its host where there are several.
    fn speaker(&self) -> String {
        self.host.map_or_else(|| self.command.clone(), |host| format!("{host}'s {}", self.command))
    }

    fn render(&self, checks: &[Verdict], text: &mut Text<'_>) -> io::Result<()> {
        let prompt = self.host.map_or_else(|| "$".to_owned(), |host| format!("{host}$"));
        let line = if self.continued {
            format!("  {}", text.paint(Role::Dim, &format!("{} goes on:", self.speaker())))
        } else {
            let command = text.paint(Role::Strong, &self.command);
            format!("  {} {command}", text.paint(Role::Dim, &prompt))
        };
        text.line(line)?;
        for line in self.output.lines() {
            let shown = highlighted(line, checks, text);
            text.line(format!("  {shown}").trim_end())?;
        }
        Ok(())
    }
}

/// The line, made safe for a terminal, with the words by which a passed check shows in colour.
fn highlighted(line: &str, checks: &[Verdict], text: &Text<'_>) -> String {
    let mut words: Vec<(usize, &str)> = checks
        .iter()
        .filter(|check| check.passed && check.found.as_deref() == Some(line))
        .flat_map(|check| {
            check.words.iter().flat_map(|word| word_positions(line, word).map(move |at| (at, word.as_str())))
        })
        .collect();
    words.sort_unstable();
    let mut shown = String::new();
    let mut from = 0;
    for (at, word) in words {
        // Words of two checks may overlap: the first one has it.
        if let Some(before) = line.get(from..at) {
            shown.push_str(&safe(before));
            shown.push_str(&text.paint(Role::Good, &safe(word)));
            from = at + word.len();
        }
    }
    shown.push_str(&safe(line.get(from..).unwrap_or_default()));
    shown
}

fn safe(text: &str) -> String {
    escape(text).into_owned()
}

/// Text with blanks in place of tabs, as a terminal shows it.
pub fn expand_tabs(text: &str) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut column = 0_usize;
    for character in text.chars() {
        match character {
            '\t' => {
                let blanks = TAB - column % TAB;
                expanded.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\n' => {
                expanded.push('\n');
                column = 0;
            }
            other => {
                expanded.push(other);
                column += 1;
            }
        }
    }
    expanded
}

impl Render for Verdict {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let line = if self.passed {
            format!("  {} {}", text.paint(Role::Good, "✓"), self.check)
        } else {
            let found = match &self.found {
                Some(found) => format!("found {}", escape(found)),
                None => "nothing shows it".to_owned(),
            };
            text.paint(Role::Bad, &format!("  ✗ {}: {found}", self.check))
        };
        text.line(line)
    }
}

/// An experiment is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "verdict")]
pub struct Closing {
    /// Which experiment.
    pub experiment: &'static str,
    /// How many things had to be seen.
    pub checks: usize,
    /// What was not seen, or could not be done.
    pub failed: Vec<String>,
    /// Where the capture is.
    pub capture: Option<String>,
    /// What to try next, and what for.
    pub next: Vec<Suggestion>,
}

/// Something to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What to type.
    pub command: &'static str,
    /// What for.
    pub what_for: &'static str,
}

impl Render for Closing {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.blank()?;
        let failed = self.failed.len();
        if failed == 0 {
            let line = format!("All {} checks passed: what was seen is what theory says.", self.checks);
            let line = text.paint(Role::Good, &line);
            text.line(line)?;
        } else {
            let line = text.paint(Role::Bad, &format!("{failed} of {} checks failed:", self.checks));
            text.line(line)?;
            for what in &self.failed {
                text.line(format!("  ✗ {}", escape(what)))?;
            }
        }
        if let Some(file) = &self.capture {
            text.line(format!("The capture is in {}.", escape(file)))?;
        }
        if !self.next.is_empty() {
            text.blank()?;
            let line = text.paint(Role::Heading, "What to try next");
            text.line(line)?;
        }
        for suggestion in &self.next {
            let command = text.paint(Role::Strong, suggestion.command);
            text.line(format!("  {command}"))?;
            let what_for = text.paint(Role::Dim, suggestion.what_for);
            text.line(format!("      {what_for}"))?;
        }
        Ok(())
    }
}

/// An experiment of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "experiment")]
pub struct Entry {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub summary: &'static str,
    /// How many steps it has.
    pub steps: usize,
    /// What to type.
    pub command: &'static str,
}

impl Render for Entry {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let name = text.paint(Role::Strong, self.name);
        text.line(format!("{name}: {} ({} steps; run it with `{}`)", self.summary, self.steps, self.command))
    }
}

/// What this machine allows: the answer of `lab probe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "privilege")]
pub struct Probed {
    /// The answer.
    #[serde(flatten)]
    pub privilege: Privilege,
}

impl Render for Probed {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        prose(text, &self.privilege.to_string())?;
        self.privilege.hint.as_ref().map_or(Ok(()), |hint| prose(text, hint))
    }
}

/// Words, broken at the blanks into lines that fit.
fn prose(text: &mut Text<'_>, words: &str) -> io::Result<()> {
    let columns = text.width().map_or(COLUMNS, usize::from).min(WIDEST);
    for line in wrapped(words, columns) {
        text.line(line)?;
    }
    Ok(())
}

fn wrapped(words: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &impl Render) -> String {
        let mut octets = Vec::new();
        value.render(&mut Text::plain(&mut octets)).unwrap();
        String::from_utf8(octets).unwrap()
    }

    fn step(checks: Vec<Verdict>, output: &str) -> StepReport {
        StepReport {
            number: 3,
            title: "See the socket",
            why: "Because.".into(),
            scenes: vec![Scene {
                host: Some("bob"),
                command: "ports -u".into(),
                continued: false,
                output: output.into(),
                status: Some(0),
            }],
            notice: "Look.".into(),
            checks,
            broke: None,
        }
    }

    #[test]
    fn a_step_is_heading_reason_command_output_notice_and_checks() {
        let check = |passed, found: Option<&str>| Verdict {
            check: "bob waits".into(),
            passed,
            found: found.map(str::to_owned),
            words: vec!["udp".into()],
        };
        assert_eq!(
            shown(&step(vec![check(true, Some("udp 6000"))], "udp 6000\n")),
            "\n3. See the socket\nBecause.\n\n  bob$ ports -u\n  udp 6000\n\nLook.\n  ✓ bob waits\n"
        );
        let failed = shown(&step(vec![check(false, None)], ""));
        assert!(failed.ends_with("  ✗ bob waits: nothing shows it\n"), "{failed}");
    }

    #[test]
    fn nothing_that_a_process_printed_acts_on_the_terminal() {
        let shown = shown(&step(Vec::new(), "a\u{1b}[2Jb\nc\rd\n"));
        assert!(shown.contains("  a\\x1b[2Jb\n  c\\rd\n"), "{shown}");
    }

    #[test]
    fn tabs_become_the_blanks_that_a_terminal_shows() {
        assert_eq!(expand_tabs("a\tb\n\tc"), "a       b\n        c");
    }

    #[test]
    fn prose_fits() {
        let lines = wrapped("one two three four", 9);
        assert_eq!(lines, ["one two", "three", "four"]);
        assert_eq!(wrapped("unbreakable", 3), ["unbreakable"]);
    }

    #[test]
    fn a_failure_is_named_at_the_end() {
        let closing = Closing {
            experiment: "tour",
            checks: 20,
            failed: vec!["the checksum is f752".into()],
            capture: None,
            next: Vec::new(),
        };
        assert_eq!(shown(&closing), "\n1 of 20 checks failed:\n  ✗ the checksum is f752\n");
    }
}
