//! Octets that a text writes down in hex: bare digits, or a dump with offsets.

use std::fmt;

use crate::number::behind_0x;

/// More octets than this, in all dumps of a text, are nothing that anybody wrote: each `*` may stand for very many.
const MAX_LEN: usize = 1 << 24;

/// Octets of one dump.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// The octets.
    pub octets: Vec<u8>,
    /// The offsets are written as tcpdump writes them: what is dumped may be a packet.
    pub is_packet: bool,
}

/// Why a text is not hex.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextError {
    /// A word that is not hex.
    Word {
        /// The line, from 1.
        line: usize,
        /// The word.
        word: String,
    },
    /// A word with an odd number of digits.
    Odd {
        /// The line, from 1.
        line: usize,
        /// The word.
        word: String,
    },
    /// Words of 16 bits in the order of whoever wrote them.
    HostOrder,
    /// Offsets that do not go with the number of octets before them.
    Offsets,
    /// No digit at all.
    Empty,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word { line, word } => write!(f, "line {line}: '{word}' is not hex"),
            Self::Odd { line, word } => write!(f, "line {line}: '{word}' has an odd number of digits"),
            Self::HostOrder => {
                f.write_str("words of 16 bits in host order, as hexdump and od -x write them: use xxd or od -t x1")
            }
            Self::Offsets => f.write_str("the offsets do not go with the octets before them"),
            Self::Empty => f.write_str("no hex digits"),
        }
    }
}

impl std::error::Error for TextError {}

/// Reads a text: a dump or several, each of which starts at offset zero, or bare hex digits.
///
/// In a dump, lines without an offset are left out. In bare digits, lines that begin with `#` or `;` are, and so is what
/// stands behind three blanks: dig writes the text of the octets there.
///
/// # Errors
/// [`TextError`]
pub fn parse(text: &str) -> Result<Vec<Dump>, TextError> {
    let starts = |line: &Line<'_>| u64::from_str_radix(line.offset, 16) == Ok(0) && !line.octets.is_empty();
    // What stands behind two blanks is mostly text; some put them between octets too.
    for gap in [2, 3] {
        let lines: Vec<Line<'_>> = text.lines().filter_map(|text| Line::parse(text, gap)).collect();
        if !lines.iter().any(starts) {
            continue;
        }
        if let Some(dumps) = [16, 8, 10].into_iter().find_map(|radix| assemble(&lines, radix)) {
            return Ok(dumps);
        }
        if gap == 3 {
            return Err(TextError::Offsets);
        }
    }
    bare(text).map(|octets| vec![Dump { octets, is_packet: false }])
}

/// A line of a dump.
#[derive(Clone, Debug)]
struct Line<'a> {
    offset: &'a str,
    octets: Vec<u8>,
    /// `*`: the line before comes again, up to the next offset.
    repeats: bool,
    is_packet: bool,
}

impl<'a> Line<'a> {
    /// Reads a line up to where so many blanks stand behind octets.
    fn parse(text: &'a str, gap: usize) -> Option<Self> {
        let text = text.trim_start();
        if text.trim_end() == "*" {
            return Some(Self { offset: "", octets: Vec::new(), repeats: true, is_packet: false });
        }
        let is_wire = text.starts_with(";; wire:");
        let text = text.strip_prefix(";; wire:").unwrap_or(text).trim_start();
        let (first, rest) = text.split_at_checked(text.find(char::is_whitespace).unwrap_or(text.len()))?;
        let (offset, colon) = first.strip_suffix(':').map_or((first, false), |offset| (offset, true));
        let (offset, prefixed) = offset.strip_prefix("0x").map_or((offset, false), |offset| (offset, true));
        if !(3..=16).contains(&offset.len()) || !offset.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        // hexdump -C and od -t x1z frame the text, so that gaps before it are between octets.
        let (rest, gap) = match rest.find('|').or(rest.find("  >")) {
            Some(end) => (rest.get(..end)?, usize::MAX),
            None => (rest, gap),
        };
        let words = words(rest, gap);
        if words.is_empty() && (is_wire || offset.len() < 6) {
            return None;
        }
        // Without a mark of its own an offset is longer than what follows.
        if !colon && !prefixed && words.iter().any(|word| word.len() != 2) {
            return None;
        }
        let mut octets = Vec::with_capacity(16);
        for word in words {
            octets.extend(crate::hex::decode(word).ok()?);
        }
        Some(Self { offset, octets, repeats: false, is_packet: colon && prefixed })
    }
}

/// The words of hex at the start of a text, up to a gap of so many blanks or a word that is none.
fn words(text: &str, gap: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let Some((word, behind)) = rest.split_at_checked(end) else { break };
        if !word.len().is_multiple_of(2) || !word.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            break;
        }
        words.push(word);
        rest = behind.trim_start();
        if behind.len().saturating_sub(rest.len()) >= gap {
            break;
        }
    }
    words
}

/// The dumps, if the offsets are right in this radix.
fn assemble(lines: &[Line<'_>], radix: u32) -> Option<Vec<Dump>> {
    let mut dumps: Vec<Dump> = Vec::new();
    let mut last: &[u8] = &[];
    let mut repeats = false;
    // In the dumps before this one.
    let mut before = 0_usize;
    for line in lines {
        if line.repeats {
            repeats = true;
            continue;
        }
        let offset = usize::from_str_radix(line.offset, radix).ok()?;
        if offset == 0 && !line.octets.is_empty() {
            before = before.saturating_add(dumps.last().map_or(0, |dump| dump.octets.len()));
            dumps.push(Dump { octets: Vec::new(), is_packet: line.is_packet });
        }
        let dump = dumps.last_mut()?;
        if std::mem::take(&mut repeats) && !last.is_empty() && before.saturating_add(offset) <= MAX_LEN {
            while dump.octets.len() < offset {
                dump.octets.extend_from_slice(last);
            }
        }
        if dump.octets.len() != offset {
            return None;
        }
        dump.octets.extend_from_slice(&line.octets);
        last = &line.octets;
    }
    Some(dumps)
}

/// Hex digits with whatever stands between octets in shells, sources and specifications.
fn bare(text: &str) -> Result<Vec<u8>, TextError> {
    let mut octets = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        // `34 bytes` is how dig heads the octets of a message that it cannot read.
        if line.starts_with(['#', ';']) || line.ends_with(" bytes") {
            continue;
        }
        let line = line.find("   ").and_then(|end| line.get(..end)).unwrap_or(line);
        if is_host_order(line) {
            return Err(TextError::HostOrder);
        }
        let separates = |character: char| character.is_whitespace() || ":,-{}[]()\"'\\;".contains(character);
        let in_string = line.contains("\\x");
        for word in line.split(separates).filter(|word| !word.is_empty()) {
            // `b"\x12"`: not the octet 0x0b.
            if in_string && word == "b" {
                continue;
            }
            let prefixed = behind_0x(word).or(word.strip_prefix('x'));
            let digits = prefixed.unwrap_or(word);
            if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(TextError::Word { line: index + 1, word: word.chars().take(40).collect() });
            }
            match (digits, prefixed) {
                // `0x5` in a list.
                (_, Some(_)) if digits.len() == 1 => octets.extend(u8::from_str_radix(digits, 16)),
                _ => octets.extend(
                    crate::hex::decode(digits)
                        .map_err(|_| TextError::Odd { line: index + 1, word: word.chars().take(40).collect() })?,
                ),
            }
        }
    }
    if octets.is_empty() { Err(TextError::Empty) } else { Ok(octets) }
}

/// `0000000 3412 8085`: the first line of hexdump and od -x.
fn is_host_order(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let offset = words.next().is_some_and(|word| word.len() >= 6 && word.bytes().all(|digit| digit == b'0'));
    offset && words.next().is_some_and(|word| word.len() == 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_is_no_more_octets_than_anybody_writes() {
        // An offset in no other radix.
        let dump = "000000 61\n*\n80000f 62\n";
        assert_eq!(parse(dump).unwrap()[0].octets.len(), 0x80_0010);
        assert!(parse(&dump.repeat(2)).is_err_and(|error| error == TextError::Offsets));
    }
}
