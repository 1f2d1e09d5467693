//! A query as tokens. Blanks are not needed around brackets and operators, unlike in ss.

use std::ops::Range;

use super::fault::Fault;
use super::predicate::Relation;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Not,
    And,
    Or,
    Relation(Relation),
    /// A word, a number, an address. Never empty, unless it stands in quotes.
    Word,
}

/// A token, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    /// Without quotes.
    pub(super) text: &'a str,
    pub(super) span: Range<usize>,
    /// In quotes: then it is never a word of the language.
    pub(super) quoted: bool,
}

/// Cuts a query into tokens.
///
/// # Errors
/// [`Fault`] for a quotation mark without its other.
pub(super) fn tokens(query: &str) -> Result<Vec<Token<'_>>, Fault> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = query.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        if first.is_whitespace() {
            at += first.len_utf8();
            continue;
        }
        let token = next(query, rest, at, first)?;
        at = token.span.end;
        tokens.push(token);
    }
    Ok(tokens)
}

/// Longest first.
const SYMBOLS: [(&str, Kind); 13] = [
    ("&&", Kind::And),
    ("||", Kind::Or),
    ("==", Kind::Relation(Relation::Equal)),
    ("!=", Kind::Relation(Relation::Unequal)),
    ("<=", Kind::Relation(Relation::AtMost)),
    (">=", Kind::Relation(Relation::AtLeast)),
    ("&", Kind::And),
    ("|", Kind::Or),
    ("=", Kind::Relation(Relation::Equal)),
    ("<", Kind::Relation(Relation::Below)),
    (">", Kind::Relation(Relation::Above)),
    ("(", Kind::Open),
    (")", Kind::Close),
];

/// The token at the start of `rest`, which begins with `first`, no blank.
fn next<'a>(query: &str, rest: &'a str, at: usize, first: char) -> Result<Token<'a>, Fault> {
    let token = |kind, text: &'a str| Token { kind, text, span: at..at + text.len(), quoted: false };
    let symbol = SYMBOLS
        .into_iter()
        .find_map(|(text, kind)| Some(token(kind, rest.get(..text.len())?)).filter(|_| rest.starts_with(text)));
    if let Some(symbol) = symbol {
        return Ok(symbol);
    }
    if first == '!' {
        return Ok(token(Kind::Not, rest.get(..1).unwrap_or_default()));
    }
    if first == '"' || first == '\'' {
        let inside = rest.get(1..).unwrap_or_default();
        let Some(text) = quoted(inside, first) else {
            return Err(Fault::new(query, at..at + 1, format!("the quotation mark {first} has no other")));
        };
        return Ok(Token { kind: Kind::Word, text, span: at..at + text.len() + 2, quoted: true });
    }
    Ok(token(Kind::Word, rest.get(..word_length(rest)).unwrap_or(rest)))
}

/// What stands before the other quotation mark. One with a backslash before it is part of a name, as listings show it,
/// unless there is no further one.
fn quoted(inside: &str, mark: char) -> Option<&str> {
    let mut escaped = false;
    let end = inside.char_indices().find(|(_, character)| {
        let ends = *character == mark && !escaped;
        escaped = *character == '\\' && !escaped;
        ends
    });
    match end {
        Some((at, _)) => inside.get(..at),
        None => inside.split_once(mark).map(|(text, _)| text),
    }
}

/// Whether a text is one word without quotation marks.
pub(super) fn is_bare_word(text: &str) -> bool {
    match tokens(text).as_deref() {
        Ok([token]) => token.kind == Kind::Word && !token.quoted && token.span == (0..text.len()),
        _ => false,
    }
}

/// How many octets the word at the start of `rest` has. At least one.
fn word_length(rest: &str) -> usize {
    let mut bracket_ends = 0;
    for (at, character) in rest.char_indices() {
        if at < bracket_ends {
            continue;
        }
        if character == '[' {
            // What stands in brackets belongs together: `[::1]:22`, and `[!a-z]` of a pattern.
            let inside = rest.get(at..).unwrap_or_default();
            let end = inside.find(|inner: char| inner == ']' || inner.is_whitespace());
            bracket_ends =
                end.filter(|end| inside.get(*end..).is_some_and(|end| end.starts_with(']'))).map_or(at, |end| at + end);
        }
        let unequal = character == '!' && rest.get(at..).is_some_and(|here| here.starts_with("!="));
        if character.is_whitespace() || matches!(character, '(' | ')' | '&' | '|' | '=' | '<' | '>') || unequal {
            return at;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(query: &str) -> Vec<&str> {
        tokens(query).unwrap().into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn blanks_are_not_needed() {
        assert_eq!(
            texts("(sport=:7004)&!dport>=:80"),
            ["(", "sport", "=", ":7004", ")", "&", "!", "dport", ">=", ":80"]
        );
        assert_eq!(texts("a||b&&c|d&e==f!=g"), ["a", "||", "b", "&&", "c", "|", "d", "&", "e", "==", "f", "!=", "g"]);
        assert_eq!(texts("dst [fd99::]/16:80 src fe80::1%eth0"), ["dst", "[fd99::]/16:80", "src", "fe80::1%eth0"]);
    }

    #[test]
    fn brackets_and_quotes_keep_together() {
        assert_eq!(texts("process=[!a=b]*)"), ["process", "=", "[!a=b]*", ")"]);
        assert_eq!(texts("src [::1)"), ["src", "[::1", ")"]);
        assert_eq!(texts("process = 'a) b (c'"), ["process", "=", "a) b (c"]);
        assert_eq!(tokens("a \"b").unwrap_err().column(), 3);
        assert_eq!(texts(r#"process "x\"[9] fd 1," sport 1"#), ["process", r#"x\"[9] fd 1,"#, "sport", "1"]);
        assert_eq!(texts(r#"process "a\\" or"#), ["process", r"a\\", "or"]);
        assert_eq!(texts(r#"process "c:\""#), ["process", r"c:\"]);
    }

    #[test]
    fn spans_are_where_the_tokens_stand() {
        let query = " ü != 'x y' ";
        let spans: Vec<_> = tokens(query).unwrap().into_iter().map(|token| query.get(token.span).unwrap()).collect();
        assert_eq!(spans, ["ü", "!=", "'x y'"]);
    }
}
