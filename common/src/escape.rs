//! Text from outside, made safe for a terminal.
//!
//! What came from the network, a file, or another process may hold control octets that move the cursor, change the
//! title or rewrite lines that were printed before. Here they become visible instead.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a terminal may act on `character` instead of showing it: C0 and C1 controls, line and paragraph
/// separators, and the marks that change the direction of the text around them.
pub fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether `character` [acts], or a terminal shows nothing for it: two names that look alike would not be the same.
///
/// # Source
/// Unicode 16, DerivedCoreProperties.txt, Default_Ignorable_Code_Point, without variation selectors; and the interlinear
/// annotations.
fn is_unseen(character: char) -> bool {
    acts(character)
        || matches!(
            character,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{3164}' | '\u{ffa0}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}'
        )
}

/// `text` with every character that is not seen as `\t`, `\n`, `\r`, `\xNN` or `\u{..}`, and a backslash doubled.
pub fn escape(text: &str) -> Cow<'_, str> {
    // Most texts are of these alone, and octets are looked at faster than characters.
    let plain = text.bytes().all(|octet| matches!(octet, b' '..=b'~') && octet != b'\\');
    if plain || !text.chars().any(|character| is_unseen(character) || character == '\\') {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        push(&mut escaped, character);
    }
    Cow::Owned(escaped)
}

/// `text` as it stands if all of it can be seen, otherwise as [`escape`] writes it: for what the user has written, where a
/// backslash is one.
pub fn as_written(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) { escape(text) } else { Cow::Borrowed(text) }
}

/// A character in quotation marks, as [`escape`] writes it: for a message that names it.
pub fn quoted(character: char) -> String {
    let mut quoted = String::from("'");
    push(&mut quoted, character);
    quoted.push('\'');
    quoted
}

/// `octets` as text: what is UTF-8 like [`escape`], every other octet as `\xNN`.
pub fn escape_octets(octets: &[u8]) -> String {
    let mut escaped = String::with_capacity(octets.len());
    for chunk in octets.utf8_chunks() {
        chunk.valid().chars().for_each(|character| push(&mut escaped, character));
        for octet in chunk.invalid() {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "\\x{octet:02x}");
        }
    }
    escaped
}

/// A word as a shell reads it back: in quotation marks if it needs them.
pub fn shell_word(word: &str) -> Cow<'_, str> {
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_./:,+=@%".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        Cow::Borrowed(word)
    } else {
        Cow::Owned(format!("'{}'", word.replace('\'', "'\\''")))
    }
}

/// What [acts] on a terminal as [`escape`] writes it, and everything else as it is: for text that quotes escaped text.
pub fn escape_controls(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if acts(character) {
            push(&mut escaped, character);
        } else {
            escaped.push(character);
        }
    }
    escaped
}

fn push(escaped: &mut String, character: char) {
    let _ = match character {
        '\\' => escaped.write_str("\\\\"),
        '\t' => escaped.write_str("\\t"),
        '\n' => escaped.write_str("\\n"),
        '\r' => escaped.write_str("\\r"),
        unseen if is_unseen(unseen) && u32::from(unseen) < 0x80 => write!(escaped, "\\x{:02x}", u32::from(unseen)),
        unseen if is_unseen(unseen) => write!(escaped, "{}", unseen.escape_unicode()),
        plain => escaped.write_char(plain),
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_shell_reads_a_word_back() {
        for (word, shown) in [("10.0.0.2:80", "10.0.0.2:80"), ("", "''"), ("it's", "'it'\\''s'"), ("a b", "'a b'")] {
            assert_eq!(shell_word(word), shown);
        }
    }

    #[test]
    fn a_terminal_sees_no_control_octet() {
        assert_eq!(escape("plain, bücher"), "plain, bücher");
        assert!(matches!(escape("plain"), Cow::Borrowed(_)));
        assert_eq!(escape("\u{1b}[2Jx\u{7f}"), "\\x1b[2Jx\\x7f");
        assert_eq!(escape("a\tb\r\n"), "a\\tb\\r\\n");
        assert_eq!(escape("\u{9b}31m\u{202e}"), "\\u{9b}31m\\u{202e}");
        assert_eq!(escape("\u{61c}\u{200f}\u{2029}\u{2066}\u{feff}"), "\\u{61c}\\u{200f}\\u{2029}\\u{2066}\\u{feff}");
        for unseen in ['\u{ad}', '\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{2064}', '\u{180e}', '\u{e0041}'] {
            assert_eq!(escape(&format!("a{unseen}b")), format!("a{}b", unseen.escape_unicode()));
        }
        assert_eq!(escape("\u{fe0f}\u{301}"), "\u{fe0f}\u{301}", "what changes how its neighbour looks is seen");
        assert_eq!(escape_controls("a\u{200d}b\u{1b}"), "a\u{200d}b\\x1b", "dig quotes a name as it was given");
        assert_eq!(escape("back\\slash"), "back\\\\slash");
        assert_eq!(as_written(r"printf 'a\r\n'"), r"printf 'a\r\n'");
        assert_eq!(as_written("\\x1b \u{1b}"), r"\\x1b \x1b", "what was typed and what it is called differ");
        assert_eq!(escape_octets(b"A\xffB\x00"), "A\\xffB\\x00");
        assert_eq!(['x', '\u{1b}', '\u{202e}', '\\'].map(quoted), ["'x'", "'\\x1b'", "'\\u{202e}'", "'\\\\'"]);
    }

    proptest! {
        #[test]
        fn nothing_that_acts_survives(octets: Vec<u8>) {
            prop_assert!(!escape_octets(&octets).chars().any(is_unseen));
        }

        #[test]
        fn text_and_octets_agree(text: String) {
            prop_assert_eq!(escape(&text).into_owned(), escape_octets(text.as_bytes()));
        }
    }
}
