//! Physical lines to statements.

use super::{Mistake, Place};

/// Where a tab goes to.
const TAB: usize = 8;

/// What opens a block: at the left edge, and inside such a block.
const OPENERS: [&str; 2] = ["step", "expect"];

/// A statement: its lines, and the statements under it.
#[derive(Debug)]
pub(super) struct Statement<'a> {
    /// The first line and those that continue it, without indentation. An empty one stands for empty lines between.
    pub(super) pieces: Vec<Piece<'a>>,
    /// What is indented under it, if it opens a block.
    pub(super) block: Vec<Statement<'a>>,
}

/// A line, or the rest of one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece<'a> {
    /// Where it begins.
    pub(super) place: Place,
    /// What it says, without blanks at either end.
    pub(super) text: &'a str,
}

impl Piece<'_> {
    /// What follows the first `octets` of it.
    pub(super) fn after(self, octets: usize) -> Self {
        let (before, rest) = self.text.split_at_checked(octets).unwrap_or((self.text, ""));
        let text = rest.trim_start();
        let blanks = rest.len() - text.len();
        let column =
            self.place.column + before.chars().count() + rest.get(..blanks).map_or(0, |cut| cut.chars().count());
        Self { place: Place { column, ..self.place }, text }
    }
}

impl<'a> Statement<'a> {
    /// Its first word.
    pub(super) fn head(&self) -> Piece<'a> {
        let first = self.pieces.first().copied().unwrap_or(Piece { place: Place::default(), text: "" });
        Piece { text: first.text.split_whitespace().next().unwrap_or(""), ..first }
    }

    /// Its lines without the first word.
    pub(super) fn rest(&self) -> Vec<Piece<'a>> {
        let head = self.head().text.len();
        let mut pieces = self.pieces.clone();
        if let Some(first) = pieces.first_mut() {
            *first = first.after(head);
        }
        pieces
    }

    /// Its lines without the first word, as prose: lines are joined by a blank, an empty one makes a paragraph.
    ///
    /// # Errors
    /// [`Mistake`] if there are no words.
    pub(super) fn prose(&self, expected: &str) -> Result<String, Mistake> {
        let rest = self.rest();
        let mut text = String::new();
        for piece in &rest {
            match piece.text {
                "" if !text.is_empty() => text.push_str("\n\n"),
                words => {
                    if !text.is_empty() && !text.ends_with('\n') {
                        text.push(' ');
                    }
                    text.push_str(words);
                }
            }
        }
        if text.is_empty() {
            let place = rest.first().map_or(self.head().place, |piece| piece.place);
            return Err(place.wrong(format!("expected {expected}, found the end of the line")));
        }
        Ok(text)
    }
}

/// A line that says something.
struct Line<'a> {
    indent: usize,
    piece: Piece<'a>,
    /// Whether the line before it is empty.
    after_blank: bool,
}

/// Reads the statements of a file.
pub(super) fn statements<'a>(text: &'a str, mistakes: &mut Vec<Mistake>) -> Vec<Statement<'a>> {
    let mut lines = Vec::new();
    let mut after_blank = false;
    for (index, line) in text.lines().enumerate() {
        let said = line.trim();
        if said.is_empty() {
            after_blank = true;
        } else if !said.starts_with('#') {
            let (indent, before) = indentation(line);
            let place = Place { line: index + 1, column: before + 1 };
            lines.push(Line { indent, piece: Piece { place, text: said }, after_blank });
            after_blank = false;
        }
    }
    let mut rest = lines.as_slice();
    block(&mut rest, None, &OPENERS, mistakes)
}

/// How far a line is indented, and by how many characters.
fn indentation(line: &str) -> (usize, usize) {
    let mut indent = 0;
    let mut characters = 0;
    for character in line.chars().take_while(|character| character.is_whitespace()) {
        characters += 1;
        indent = if character == '\t' { (indent / TAB + 1) * TAB } else { indent + 1 };
    }
    (indent, characters)
}

/// Reads the statements that are indented more than `parent`; `openers` are the words that open blocks here and further in.
fn block<'a>(
    lines: &mut &[Line<'a>],
    parent: Option<usize>,
    openers: &[&str],
    mistakes: &mut Vec<Mistake>,
) -> Vec<Statement<'a>> {
    let inside = |indent: usize| parent.is_none_or(|parent| indent > parent);
    let mut statements: Vec<Statement<'a>> = Vec::new();
    let Some(edge) = lines.first().map(|line| line.indent) else { return statements };
    while let Some((line, rest)) = lines.split_first() {
        if !inside(line.indent) {
            break;
        }
        if line.indent != edge {
            mistakes.push(line.piece.place.wrong("indented less than the lines above it, and not under any other"));
        }
        *lines = rest;
        let mut statement = Statement { pieces: vec![line.piece], block: Vec::new() };
        match openers.split_first() {
            Some((opener, further)) if *opener == statement.head().text => {
                // Only what is indented more than the opener, wherever the block itself began.
                if lines.first().is_some_and(|next| next.indent > line.indent) {
                    statement.block = block(lines, Some(line.indent), further, mistakes);
                }
            }
            _ => {
                while let Some((next, rest)) = lines.split_first().filter(|(next, _)| next.indent > line.indent) {
                    if next.after_blank {
                        statement.pieces.push(Piece { text: "", ..next.piece });
                    }
                    statement.pieces.push(next.piece);
                    *lines = rest;
                }
            }
        }
        statements.push(statement);
    }
    statements
}
