//! The files of `-k` that tsig-keygen(8) writes: the key statement of named.conf, with its comments and includes.

use std::fmt;

use super::key::KeyText;

/// How deep files may include files.
const MAX_DEPTH: usize = 32;

/// Why a file gives no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFileFault {
    /// Something else than what may stand there.
    UnexpectedToken,
    /// The file ends inside quotes or a comment.
    UnexpectedEnd,
    /// A statement that is none, or a missing semicolon.
    Failure,
    /// Two keys, or a key with two secrets.
    Exists,
    /// No key.
    NotFound,
    /// A key without an algorithm or without a secret: dig ends there.
    Incomplete,
    /// `include` of all files of a pattern, which dig reads and we do not: we end there.
    Pattern,
    /// The file, or one that it includes, cannot be read; dig's word for why.
    File(&'static str),
}

/// dig's words.
impl fmt::Display for KeyFileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnexpectedToken => "unexpected token",
            Self::UnexpectedEnd => "unexpected end of input",
            Self::Failure => "failure",
            Self::Exists => "already exists",
            Self::NotFound => "not found",
            Self::Incomplete => "key must have algorithm and secret",
            Self::Pattern => "include of several files by a pattern: name each file",
            Self::File(why) => why,
        })
    }
}

impl std::error::Error for KeyFileFault {}

/// Reads a file that is included; the error is dig's word.
pub type Load<'a> = &'a mut dyn FnMut(&str) -> Result<Vec<u8>, &'static str>;

/// The key of a file.
///
/// # Errors
/// [`KeyFileFault`] for anything but one key statement.
pub fn parse(text: Vec<u8>, load: Load<'_>) -> Result<KeyText, KeyFileFault> {
    let mut parser = Parser { files: vec![File { octets: text, at: 0 }], load, has_faults: false };
    let mut key: Option<Statement> = None;
    loop {
        match parser.next(Quotes::No)? {
            Token::End => break,
            Token::Text(word) if word.eq_ignore_ascii_case(b"include") => parser.include()?,
            Token::Text(word) if word.eq_ignore_ascii_case(b"key") => {
                if key.is_some() {
                    return Err(KeyFileFault::Exists);
                }
                key = Some(parser.statement()?);
            }
            Token::Text(_) => parser.skip_statement()?,
            Token::Special(_) => return Err(KeyFileFault::UnexpectedToken),
        }
    }
    if parser.has_faults {
        return Err(KeyFileFault::Failure);
    }
    let key = key.ok_or(KeyFileFault::NotFound)?;
    match (key.algorithm, key.secret) {
        (Some(algorithm), Some(secret)) => Ok(KeyText { algorithm: Some(algorithm), name: key.name, secret }),
        _ => Err(KeyFileFault::Incomplete),
    }
}

/// `key NAME { algorithm ..; secret ..; };`
struct Statement {
    name: String,
    algorithm: Option<String>,
    secret: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Text(Vec<u8>),
    Special(u8),
    End,
}

/// Whether a word may stand in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    Yes,
    No,
}

struct File {
    octets: Vec<u8>,
    at: usize,
}

impl File {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.octets.get(self.at.saturating_add(ahead)).copied()
    }
}

struct Parser<'a> {
    /// The file that is read, behind those that include it.
    files: Vec<File>,
    load: Load<'a>,
    /// Something was wrong, but not so wrong as to stop there.
    has_faults: bool,
}

impl Parser<'_> {
    fn statement(&mut self) -> Result<Statement, KeyFileFault> {
        let mut statement = Statement { name: self.word()?, algorithm: None, secret: None };
        if self.next(Quotes::No)? != Token::Special(b'{') {
            return Err(KeyFileFault::UnexpectedToken);
        }
        loop {
            let word = match self.next(Quotes::No)? {
                Token::Text(word) => word.to_ascii_lowercase(),
                Token::Special(b'}') => break,
                _ => return Err(KeyFileFault::UnexpectedToken),
            };
            let field = match word.as_slice() {
                b"include" => {
                    self.include()?;
                    continue;
                }
                b"algorithm" => &mut statement.algorithm,
                b"secret" => &mut statement.secret,
                _ => {
                    self.skip_statement()?;
                    continue;
                }
            };
            if field.is_some() {
                return Err(KeyFileFault::Exists);
            }
            *field = Some(self.word()?);
            self.semicolon()?;
        }
        self.semicolon()?;
        Ok(statement)
    }

    /// `include "FILE";`: what the file has stands in its place.
    fn include(&mut self) -> Result<(), KeyFileFault> {
        let path = self.word()?;
        self.semicolon()?;
        if self.files.len() >= MAX_DEPTH {
            return Err(KeyFileFault::Failure);
        }
        if path.contains(['*', '?', '[']) {
            return Err(KeyFileFault::Pattern);
        }
        let octets = (self.load)(&path).map_err(KeyFileFault::File)?;
        self.files.push(File { octets, at: 0 });
        Ok(())
    }

    /// A statement that does not belong here: noted, and left out up to its semicolon.
    fn skip_statement(&mut self) -> Result<(), KeyFileFault> {
        self.has_faults = true;
        let mut depth: u32 = 0;
        loop {
            match self.next(Quotes::Yes)? {
                Token::Special(b';') if depth == 0 => return Ok(()),
                Token::Special(b'{') => depth = depth.saturating_add(1),
                Token::Special(b'}') => depth = depth.checked_sub(1).ok_or(KeyFileFault::UnexpectedToken)?,
                Token::End => return Err(KeyFileFault::UnexpectedToken),
                _ => {}
            }
        }
    }

    fn word(&mut self) -> Result<String, KeyFileFault> {
        match self.next(Quotes::Yes)? {
            Token::Text(word) => Ok(String::from_utf8_lossy(&word).into_owned()),
            _ => Err(KeyFileFault::UnexpectedToken),
        }
    }

    /// A semicolon, or a note that there is none.
    fn semicolon(&mut self) -> Result<(), KeyFileFault> {
        let before: Vec<usize> = self.files.iter().map(|file| file.at).collect();
        if self.next(Quotes::Yes)? != Token::Special(b';') {
            self.has_faults = true;
            for (file, at) in self.files.iter_mut().zip(before) {
                file.at = at;
            }
        }
        Ok(())
    }

    fn next(&mut self, quotes: Quotes) -> Result<Token, KeyFileFault> {
        loop {
            let included = self.files.len() > 1;
            let Some(file) = self.files.last_mut() else { return Ok(Token::End) };
            match token(file, quotes)? {
                Token::End if included => {
                    self.files.pop();
                }
                token => return Ok(token),
            }
        }
    }
}

fn token(file: &mut File, quotes: Quotes) -> Result<Token, KeyFileFault> {
    skip_blanks(file)?;
    let Some(first) = file.peek(0) else { return Ok(Token::End) };
    match first {
        b'"' if quotes == Quotes::Yes => quoted(file),
        b'{' | b'}' | b';' | b'!' | b'"' | b'/' => {
            file.at += 1;
            Ok(Token::Special(first))
        }
        _ => {
            let start = file.at;
            while file.peek(0).is_some_and(is_word) {
                file.at += 1;
            }
            Ok(Token::Text(file.octets.get(start..file.at).unwrap_or_default().to_vec()))
        }
    }
}

fn is_word(octet: u8) -> bool {
    !matches!(octet, b' ' | b'\t' | b'\r' | b'\n' | b'{' | b'}' | b';' | b'!' | b'"' | b'/' | b'#')
}

fn quoted(file: &mut File) -> Result<Token, KeyFileFault> {
    file.at += 1;
    let mut text = Vec::new();
    loop {
        let octet = file.peek(0).ok_or(KeyFileFault::UnexpectedEnd)?;
        file.at += 1;
        match octet {
            b'"' => return Ok(Token::Text(text)),
            b'\\' => {
                // Only a quote loses its backslash.
                let next = file.peek(0).ok_or(KeyFileFault::UnexpectedEnd)?;
                file.at += 1;
                if next != b'"' {
                    text.push(octet);
                }
                text.push(next);
            }
            octet => text.push(octet),
        }
    }
}

/// Leaves out blanks and comments: `# ..`, `// ..`, `/* .. */`.
fn skip_blanks(file: &mut File) -> Result<(), KeyFileFault> {
    loop {
        match (file.peek(0), file.peek(1)) {
            (Some(b' ' | b'\t' | b'\r' | b'\n'), _) => file.at += 1,
            (Some(b'#'), _) | (Some(b'/'), Some(b'/')) => {
                while file.peek(0).is_some_and(|octet| octet != b'\n') {
                    file.at += 1;
                }
            }
            (Some(b'/'), Some(b'*')) => {
                file.at += 2;
                while (file.peek(0), file.peek(1)) != (Some(b'*'), Some(b'/')) {
                    file.peek(1).ok_or(KeyFileFault::UnexpectedEnd)?;
                    file.at += 1;
                }
                file.at += 2;
            }
            _ => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
