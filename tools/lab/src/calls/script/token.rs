//! Words, texts, braces and what goes between two statements.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

use super::ScriptError;
use crate::backslash;

/// A piece of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) what: What,
    /// Its octets.
    pub(super) at: Range<usize>,
}

/// What a piece is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Word(String),
    /// What stood in quotation marks.
    Text(Vec<u8>),
    /// `;` or the end of a line.
    Separator,
    /// `{`
    Open,
    /// `}`
    Close,
}

impl Token {
    pub(super) fn wrong(&self, message: impl Into<String>) -> ScriptError {
        ScriptError { at: self.at.clone(), message: message.into() }
    }
}

/// Takes a script apart. `#` at the start of a word begins a comment, which ends with the line.
pub(super) fn split(text: &str) -> Result<Vec<Token>, ScriptError> {
    let mut tokens = Vec::new();
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let one = at..at + character.len_utf8();
        match character {
            ';' | '\n' => tokens.push(Token { what: What::Separator, at: one }),
            '{' => tokens.push(Token { what: What::Open, at: one }),
            '}' => tokens.push(Token { what: What::Close, at: one }),
            '"' => {
                let octets = quoted(&mut characters, at, text.len())?;
                let end = characters.peek().map_or(text.len(), |(at, _)| *at);
                tokens.push(Token { what: What::Text(octets), at: at..end });
            }
            '#' => while characters.next_if(|(_, character)| *character != '\n').is_some() {},
            blank if blank.is_whitespace() => {}
            first => {
                let mut word = String::from(first);
                while let Some((_, next)) = characters.next_if(|(_, next)| !ends_word(*next)) {
                    word.push(next);
                }
                let end = at + word.len();
                tokens.push(Token { what: What::Word(word), at: at..end });
            }
        }
    }
    Ok(tokens)
}

fn ends_word(character: char) -> bool {
    character.is_whitespace() || ";{}\"".contains(character)
}

/// The octets up to the quotation mark that ends a text which began at `start`.
fn quoted(characters: &mut Peekable<CharIndices<'_>>, start: usize, end: usize) -> Result<Vec<u8>, ScriptError> {
    let mut octets = Vec::new();
    let open = || ScriptError { at: start..end, message: "this text has no \" at its end".to_owned() };
    loop {
        let (at, character) = characters.next().ok_or_else(open)?;
        match character {
            '"' => return Ok(octets),
            '\\' => octets.push(backslash::octet(&mut characters.by_ref().map(|(_, next)| next)).ok_or_else(|| {
                let upto = characters.peek().map_or(end, |(at, _)| *at);
                ScriptError { at: at..upto, message: "expected \\\\, \\\", \\n, \\r, \\t or \\xHH".to_owned() }
            })?),
            other => octets.extend(other.encode_utf8(&mut [0; 4]).bytes()),
        }
    }
}
