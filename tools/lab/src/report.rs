//! What an experiment shows, as text and as JSON.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::stage::Privilege;

/// How wide prose is where nothing says how wide a line may be.
pub const COLUMNS: usize = 80;
/// No prose is wider than this: longer lines are hard to read.
pub const WIDEST: usize = 100;
/// Terminals put a tab stop at every eighth column.
const TAB: usize = 8;

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

/// How much of a command stands in a heading.
const HEADING: usize = 60;

/// A command as it stands in a heading: its beginning, if it is long.
pub fn abridged(line: &str) -> String {
    match line.char_indices().nth(HEADING) {
        Some((at, _)) => format!("{} ...", line.get(..at).unwrap_or_default().trim_end()),
        None => line.to_owned(),
    }
}

/// What to try next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "next")]
pub struct Next {
    /// What, in this order.
    pub suggestions: Vec<Suggestion>,
}

/// Something to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What to type.
    pub command: &'static str,
    /// What for.
    pub what_for: &'static str,
}

impl Render for Next {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.blank()?;
        let line = text.paint(Role::Heading, "What to try next");
        text.line(line)?;
        for suggestion in &self.suggestions {
            let command = text.paint(Role::Strong, suggestion.command);
            text.line(format!("  {command}"))?;
            let what_for = text.paint(Role::Dim, suggestion.what_for);
            text.line(format!("      {what_for}"))?;
        }
        Ok(())
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

/// Words, broken at the blanks into lines of at most so many characters.
pub fn wrapped(words: &str, columns: usize) -> Vec<String> {
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

    #[test]
    fn tabs_become_the_blanks_that_a_terminal_shows() {
        assert_eq!(expand_tabs("a\tb\n\tc"), "a       b\n        c");
    }

    #[test]
    fn a_long_command_is_abridged_in_a_heading() {
        assert_eq!(abridged("nc -l 1"), "nc -l 1");
        assert_eq!(abridged(&"é".repeat(60)), "é".repeat(60));
        assert_eq!(abridged(&format!("{} bcd", "a".repeat(59))), format!("{} ...", "a".repeat(59)));
    }

    #[test]
    fn prose_fits() {
        let lines = wrapped("one two three four", 9);
        assert_eq!(lines, ["one two", "three", "four"]);
        assert_eq!(wrapped("unbreakable", 3), ["unbreakable"]);
    }
}
