//! The lines of a batch file, as dig cuts them.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use crate::args;

/// The longest piece that dig reads at once, in octets: what is longer goes on as a line of its own.
pub const LINE_MAX: usize = 1023;

/// How many words of a line dig reads. It leaves the others alone, without a word about it.
pub const WORDS_MAX: usize = 13;

/// The length of the next line of `input`, its line end included, or `None` if more has to be read to tell. `ended` says
/// that no more will come.
pub fn line_len(input: &[u8], ended: bool) -> Option<usize> {
    let piece = input.get(..LINE_MAX).unwrap_or(input);
    match piece.iter().position(|octet| *octet == b'\n') {
        Some(end) => Some(end + 1),
        None if piece.len() == LINE_MAX => Some(LINE_MAX),
        None => (ended && !piece.is_empty()).then_some(piece.len()),
    }
}

/// Whether dig passes over the line, as it does in front of the first one that it reads, and nowhere else: behind that, a
/// line `#` asks for the name `#`, and an empty line for the root's servers.
pub fn is_passed_over(line: &[u8]) -> bool {
    matches!(line.first(), Some(b'\r' | b'\n' | b'#' | b';'))
}

/// The words of a line. A zero octet ends it.
pub fn words(line: &[u8]) -> Vec<String> {
    let line = line.split(|octet| *octet == 0).next().unwrap_or_default();
    line.split(|octet| is_blank(*octet))
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| args::argument(OsStr::from_bytes(word)))
        .collect()
}

fn is_blank(octet: u8) -> bool {
    matches!(octet, b' ' | b'\t' | b'\r' | b'\n')
}

/// The name, if the line is one and nothing else: a single word of letters, digits, hyphens and underscores, with a dot in
/// it that no type and no class has.
pub fn plain_name(line: &[u8]) -> Option<&str> {
    let word = trim(line);
    let first = *word.first()?;
    let mut dots = false;
    for octet in word {
        match octet {
            b'.' => dots = true,
            b'-' | b'_' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {}
            _ => return None,
        }
    }
    (dots && first != b'-').then(|| std::str::from_utf8(word).ok()).flatten()
}

fn trim(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|octet| !is_blank(*octet)).unwrap_or(line.len());
    let end = line.iter().rposition(|octet| !is_blank(*octet)).map_or(start, |last| last + 1);
    line.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seen with dig 9.18.49.
    #[test]
    fn lines_are_cut_as_dig_cuts_them() {
        assert_eq!(line_len(b"a\nb", false), Some(2));
        assert_eq!(line_len(b"a", false), None);
        assert_eq!(line_len(b"a", true), Some(1));
        assert_eq!(line_len(b"", true), None);
        let long = [&[b'x'; LINE_MAX - 1][..], b"\n"].concat();
        assert_eq!(line_len(&long, false), Some(LINE_MAX));
        assert_eq!(line_len(&[b'x'; LINE_MAX + 1], false), Some(LINE_MAX), "the line end is the next line then");
        assert_eq!(line_len(&[b'x'; LINE_MAX - 1], false), None);
    }

    #[test]
    fn words_are_between_blanks_and_not_too_many() {
        assert_eq!(words(b" \ta.b  MX\r\n"), ["a.b", "MX"]);
        assert_eq!(words(b"'a b'\n"), ["'a", "b'"]);
        assert_eq!(words(b"a\0b c"), ["a"]);
        assert_eq!(words(b"\n"), [""; 0]);
        assert_eq!(words(&b"x ".repeat(20)).len(), WORDS_MAX);
        assert_eq!(words(b"\xff.x"), ["\\255.x"]);
    }

    #[test]
    fn a_plain_name_is_nothing_else() {
        for (line, name) in [
            (&b"a.b\n"[..], Some("a.b")),
            (b"  a-1._tcp.b. \r\n", Some("a-1._tcp.b.")),
            (b".", Some(".")),
            (b"mx\n", None),
            (b"a.b mx\n", None),
            (b"-x.y\n", None),
            (b"+short.\n", None),
            (b"@1.2.3.4\n", None),
            (b"a\\.b\n", None),
            (b"b\xc3\xbc.de\n", None),
            (b"ixfr=1.2\n", None),
            (b"\n", None),
        ] {
            assert_eq!(plain_name(line), name, "{line:?}");
        }
    }

    #[test]
    fn what_is_passed_over() {
        assert!([&b"# x\n"[..], b";x", b"\n", b"\r\n"].into_iter().all(is_passed_over));
        assert!(![&b" # x\n"[..], b"x", b""].into_iter().any(is_passed_over));
    }
}
