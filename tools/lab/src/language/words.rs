//! The words of a statement.

use super::lines::{Piece, Statement};
use super::{Mistake, Place};
use crate::backslash;

/// A word: without blanks, but for those between quotation marks.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<'a> {
    /// As it is written.
    pub(super) text: &'a str,
    /// Where it begins.
    pub(super) place: Place,
}

impl Word<'_> {
    /// "expected this, found that".
    pub(super) fn instead_of(self, expected: impl std::fmt::Display) -> Mistake {
        self.place.wrong(format!("expected {expected}, found {:?}", self.text))
    }
}

/// The words of a statement that were not read yet.
#[derive(Clone, Debug)]
pub(super) struct Words<'a> {
    words: std::vec::IntoIter<Word<'a>>,
    end: Place,
}

impl<'a> Words<'a> {
    /// The words after the first. A `#` at the beginning of a word hides the rest of its line.
    ///
    /// # Errors
    /// [`Mistake`] if a quotation mark is not closed in its line.
    pub(super) fn of(statement: &Statement<'a>) -> Result<Self, Mistake> {
        Self::of_pieces(&statement.rest(), statement.head().place)
    }

    /// The words of these lines; `end` is where one is missing if there is none.
    ///
    /// # Errors
    /// [`Mistake`] if a quotation mark is not closed in its line.
    pub(super) fn of_pieces(pieces: &[Piece<'a>], mut end: Place) -> Result<Self, Mistake> {
        let mut words = Vec::new();
        for mut piece in pieces.iter().copied() {
            while !piece.text.is_empty() && !piece.text.starts_with('#') {
                let length = word_length(piece)?;
                let text = piece.text.get(..length).unwrap_or(piece.text);
                words.push(Word { text, place: piece.place });
                end = Place { column: piece.place.column + text.chars().count(), ..piece.place };
                piece = piece.after(length);
            }
        }
        Ok(Self { words: words.into_iter(), end })
    }

    /// The next word, without taking it.
    pub(super) fn peek(&self) -> Option<Word<'a>> {
        self.words.as_slice().first().copied()
    }

    /// Takes the next word.
    ///
    /// # Errors
    /// [`Mistake`] if there is none.
    pub(super) fn next(&mut self, expected: &str) -> Result<Word<'a>, Mistake> {
        self.words.next().ok_or_else(|| self.end.wrong(format!("expected {expected}, found the end of the statement")))
    }

    /// Takes the next word if it is this one.
    pub(super) fn take(&mut self, text: &str) -> bool {
        let is = self.peek().is_some_and(|word| word.text == text);
        if is {
            self.words.next();
        }
        is
    }

    /// Takes this word.
    ///
    /// # Errors
    /// [`Mistake`] if another one stands here.
    pub(super) fn expect(&mut self, text: &str) -> Result<(), Mistake> {
        let word = self.next(text)?;
        if word.text == text { Ok(()) } else { Err(word.instead_of(text)) }
    }

    /// Takes the next word if it begins with a quotation mark, and reads it.
    ///
    /// # Errors
    /// [`Mistake`] if it has no closing mark or an escape that is none.
    pub(super) fn string_if_any(&mut self) -> Result<Option<String>, Mistake> {
        let Some(word) = self.peek().filter(|word| word.text.starts_with('"')) else { return Ok(None) };
        self.words.next();
        unquoted(word.text, word.place).map(Some)
    }

    /// Takes a text in quotation marks.
    ///
    /// # Errors
    /// [`Mistake`] if it is none.
    pub(super) fn string(&mut self, expected: &str) -> Result<String, Mistake> {
        let expected = format!("{expected} in quotation marks");
        if let Some(string) = self.string_if_any()? {
            return Ok(string);
        }
        Err(self.next(&expected)?.instead_of(expected))
    }

    /// Where the next word is, or the end.
    pub(super) fn place(&self) -> Place {
        self.peek().map_or(self.end, |word| word.place)
    }

    /// Nothing more is expected.
    ///
    /// # Errors
    /// [`Mistake`] if there is more.
    pub(super) fn end(&mut self) -> Result<(), Mistake> {
        match self.words.next() {
            None => Ok(()),
            Some(word) => Err(word.instead_of("the end of the statement")),
        }
    }
}

/// How long the first word is, in octets. Blanks between quotation marks belong to it.
fn word_length(piece: Piece<'_>) -> Result<usize, Mistake> {
    let mut opened = None;
    let mut escaped = false;
    for (column, (at, character)) in piece.text.char_indices().enumerate() {
        match character {
            _ if escaped => escaped = false,
            '\\' if opened.is_some() => escaped = true,
            '"' => opened = if opened.is_some() { None } else { Some(column) },
            _ if character.is_whitespace() && opened.is_none() => return Ok(at),
            _ => {}
        }
    }
    match opened {
        None => Ok(piece.text.len()),
        Some(column) => {
            let place = Place { column: piece.place.column + column, ..piece.place };
            Err(place.wrong("expected a closing quotation mark, found the end of the line"))
        }
    }
}

/// The text between quotation marks, which are there.
pub(super) fn unquoted(quoted: &str, place: Place) -> Result<String, Mistake> {
    let at = |column: usize| Place { column: place.column + column, ..place };
    let mut text = String::new();
    let mut characters = quoted.chars().enumerate().skip(1);
    while let Some((column, character)) = characters.next() {
        match character {
            '"' => {
                return match characters.next() {
                    None => Ok(text),
                    Some((column, _)) => Err(at(column).wrong("expected a blank after the closing quotation mark")),
                };
            }
            '\\' => {
                let octet = backslash::octet(&mut characters.by_ref().map(|(_, next)| next));
                let Some(octet) = octet.filter(u8::is_ascii) else {
                    return Err(at(column).wrong("expected \\n, \\r, \\t, \\0, \\\", \\\\ or \\xHH up to 7f"));
                };
                text.push(char::from(octet));
            }
            other => text.push(other),
        }
    }
    Err(place.wrong("expected a closing quotation mark"))
}
