//! A line of parts that is broken between them where a terminal ends: nothing is cut.

use std::io;

use sockeye_cli::output::{Role, Text};

use crate::owners::each_owner;

/// How far the second line is indented: as far as the time of day and a blank reach.
const INDENT: usize = 13;

/// One part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// How many blanks are before it on the same line.
    blanks: usize,
    /// Where the line does not fit as a whole, another begins here.
    breaks: bool,
    /// The words, each piece with its colour.
    pieces: Vec<(Option<Role>, String)>,
}

impl Part {
    /// Words behind so many blanks.
    pub fn new(blanks: usize, role: Option<Role>, words: impl Into<String>) -> Self {
        Self { blanks, breaks: false, pieces: vec![(role, words.into())] }
    }

    /// Begins a line where the whole does not fit on one.
    #[must_use]
    pub fn breaking(self) -> Self {
        Self { breaks: true, ..self }
    }

    /// So many blanks before the words, on whichever line they come.
    #[must_use]
    pub fn indented(mut self, blanks: usize) -> Self {
        self.pieces.insert(0, (None, " ".repeat(blanks)));
        self
    }

    /// Appends words in another colour.
    #[must_use]
    pub fn with(mut self, role: Option<Role>, words: impl Into<String>) -> Self {
        self.pieces.push((role, words.into()));
        self
    }

    fn width(&self) -> usize {
        self.pieces.iter().map(|(_, words)| words.chars().count()).sum()
    }
}

/// What stands between commas, as parts behind so many blanks: a comma in a quoted name is none.
pub fn listed(blanks: usize, role: Option<Role>, list: &str) -> Vec<Part> {
    let mut each = each_owner(list).peekable();
    let (mut parts, mut before) = (Vec::new(), blanks);
    while let Some(words) = each.next() {
        let comma = if each.peek().is_some() { "," } else { "" };
        parts.push(Part::new(before, role, format!("{words}{comma}")));
        before = 1;
    }
    parts
}

/// Writes the parts, on one line if they fit.
///
/// # Errors
/// Whatever the writer says.
pub fn write(text: &mut Text<'_>, parts: &[Part]) -> io::Result<()> {
    write_within(text, parts, INDENT)
}

/// The same, with lines after the first so far indented.
///
/// # Errors
/// Whatever the writer says.
pub fn write_within(text: &mut Text<'_>, parts: &[Part], indent: usize) -> io::Result<()> {
    let limit = text.width().map_or(usize::MAX, usize::from);
    let whole: usize = parts.iter().map(|part| part.blanks.saturating_add(part.width())).sum();
    let (mut line, mut columns, mut fresh) = (String::new(), 0_usize, true);
    for part in parts {
        let blanks = if fresh { 0 } else { part.blanks };
        let end = columns.saturating_add(blanks).saturating_add(part.width());
        if !fresh && whole > limit && (part.breaks || end > limit) {
            text.line(&line)?;
            line = " ".repeat(indent);
            columns = indent;
        } else {
            line.push_str(&" ".repeat(blanks));
            columns = columns.saturating_add(blanks);
        }
        for (role, words) in &part.pieces {
            line.push_str(&role.map_or_else(|| words.clone(), |role| text.paint(role, words)));
        }
        columns = columns.saturating_add(part.width());
        fresh = false;
    }
    text.line(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_fits_is_one() {
        let mut octets = Vec::new();
        let parts =
            [Part::new(0, None, "12:00:00.000"), Part::new(1, None, "a").with(None, "b"), Part::new(2, None, "c")];
        write(&mut Text::plain(&mut octets), &parts).unwrap();
        assert_eq!(octets, b"12:00:00.000 ab  c\n", "nothing limits it");
    }

    #[test]
    fn a_list_breaks_between_owners_and_not_in_a_name() {
        let list = r#"nginx[1] fd 3 4, "a, b[9] fd 1"[2] fd 5, x[3] fd 6"#;
        let words: Vec<Part> = listed(2, None, list);
        let part = |blanks, words: &str| Part::new(blanks, None, words);
        assert_eq!(words, [part(2, "nginx[1] fd 3 4,"), part(1, r#""a, b[9] fd 1"[2] fd 5,"#), part(1, "x[3] fd 6")]);
        let mut octets = Vec::new();
        write_within(&mut Text::plain(&mut octets), &words, 4).unwrap();
        assert_eq!(String::from_utf8(octets).unwrap(), format!("{list}\n"));
    }
}
