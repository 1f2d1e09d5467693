//! Octets that a text writes down in hex: bare digits, or a dump with offsets.

use std::borrow::Cow;
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
    /// Words of 16 bits or more in the order of whoever wrote them.
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
                f.write_str("words in host order, as hexdump, od -x and od -t x4 write them: use xxd or od -t x1")
            }
            Self::Offsets => f.write_str("the offsets do not go with the octets before them"),
            Self::Empty => f.write_str("no hex digits"),
        }
    }
}

impl std::error::Error for TextError {}

/// Reads a text: a dump or several, each of which starts at offset zero, one of a part of a file, arrays of C, or bare
/// hex digits.
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
            if let Some(dumps) = part_of_file(&lines) {
                return Ok(dumps);
            }
            // tcpdump writes no part of a packet: the first line was lost.
            if lines.iter().any(|line| line.is_packet) {
                return Err(TextError::Offsets);
            }
            continue;
        }
        if let Some(dumps) = [16, 8, 10].into_iter().find_map(|radix| assemble(&lines, radix)) {
            return Ok(dumps);
        }
        if gap == 3 {
            return Err(TextError::Offsets);
        }
    }
    if is_in_words(text) {
        return Err(TextError::HostOrder);
    }
    let arrays = arrays(text);
    let texts = if arrays.is_empty() { vec![(0, text)] } else { arrays };
    texts.into_iter().map(|(line, text)| bare(text, line).map(|octets| Dump { octets, is_packet: false })).collect()
}

/// A text without what its writer took out of the packets or put together from them, which looks as the packets do:
/// the reassembled data of `tshark -x`, and the parts that `tcpdump -vv` does not explain.
#[must_use]
pub fn packets_only(text: &str) -> Cow<'_, str> {
    if !text.contains(" bytes):") && !text.contains("\n\t ") {
        return Cow::Borrowed(text);
    }
    let of_tcpdump = text.lines().any(|line| line.starts_with("\t0x"));
    let mut derived = false;
    let kept = text.lines().filter(|line| {
        if line.trim_end().ends_with(" bytes):") {
            derived = !["Frame (", "Packet ("].iter().any(|name| line.starts_with(name));
        } else if line.trim().is_empty() {
            derived = false;
        }
        let set_in = of_tcpdump && line.starts_with("\t ") && line.trim_start().starts_with("0x");
        !derived && !set_in
    });
    Cow::Owned(kept.fold(String::with_capacity(text.len()), |all, line| all + line + "\n"))
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

/// The dump of `xxd -s` or `od -j`, which starts behind the first octet of a file.
fn part_of_file(lines: &[Line<'_>]) -> Option<Vec<Dump>> {
    if lines.len() < 2 || lines.iter().any(|line| line.is_packet) {
        return None;
    }
    [16, 8, 10].into_iter().find_map(|radix| assemble(lines, radix))
}

/// The dumps, if the offsets are right in this radix.
fn assemble(lines: &[Line<'_>], radix: u32) -> Option<Vec<Dump>> {
    let mut dumps: Vec<Dump> = Vec::new();
    let mut last: &[u8] = &[];
    let mut repeats = false;
    // In the dumps before this one.
    let mut before = 0_usize;
    let mut start = 0_usize;
    for line in lines {
        if line.repeats {
            repeats = true;
            continue;
        }
        let offset = usize::from_str_radix(line.offset, radix).ok()?;
        if (offset == 0 || dumps.is_empty()) && !line.octets.is_empty() {
            start = offset;
            before = before.saturating_add(dumps.last().map_or(0, |dump| dump.octets.len()));
            dumps.push(Dump { octets: Vec::new(), is_packet: line.is_packet });
        }
        let offset = offset.checked_sub(start)?;
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

/// What stands in the braces of arrays of C, as `xxd -i` and Wireshark write them, each with the lines in front of it.
fn arrays(text: &str) -> Vec<(usize, &str)> {
    let lines_of = |text: &str| text.matches('\n').count();
    let mut arrays = Vec::new();
    let mut lines = 0_usize;
    let mut rest = text;
    while let Some((front, behind)) = rest.split_once('{') {
        lines = lines.saturating_add(lines_of(front));
        rest = behind;
        if front.trim_end().ends_with('=') {
            let Some((body, behind)) = behind.split_once('}') else { break };
            arrays.push((lines, body));
            lines = lines.saturating_add(lines_of(body));
            rest = behind;
        }
    }
    arrays
}

/// A line without the comments of C in it.
fn without_comments(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((code, behind)) = rest.split_once("/*") {
        kept.push_str(code);
        rest = behind.split_once("*/").map_or("", |(_, behind)| behind);
    }
    kept + rest
}

/// Hex digits with whatever stands between octets in shells, sources and specifications, behind so many other lines.
fn bare(text: &str, skipped: usize) -> Result<Vec<u8>, TextError> {
    let mut octets = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let index = skipped.saturating_add(index);
        let line = without_comments(line);
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

/// Whether offsets of od stand in front of words of 32 or 64 bits, or of 16 bits behind the start of a file.
fn is_in_words(text: &str) -> bool {
    let lines: Vec<Option<(&str, usize)>> = text.lines().map(offset_and_length).collect();
    lines.windows(2).any(|pair| {
        let &[Some((offset, length)), Some((next, _))] = pair else { return false };
        let follows = |radix| {
            let end = u64::from_str_radix(offset, radix).ok()?.checked_add(u64::try_from(length).ok()?)?;
            Some(Ok(end) == u64::from_str_radix(next, radix))
        };
        length > 0 && [16, 8, 10].into_iter().any(|radix| follows(radix) == Some(true))
    })
}

/// The offset of a line of od and how many octets its words have, which are longer than one octet.
fn offset_and_length(line: &str) -> Option<(&str, usize)> {
    let mut words = line.split("  >").next()?.split_whitespace();
    let offset = words.next().filter(|word| (6..=7).contains(&word.len()))?;
    let digits = words.try_fold(0_usize, |digits, word| {
        let is_hex = word.bytes().all(|digit| digit.is_ascii_hexdigit());
        (matches!(word.len(), 4 | 8 | 16) && is_hex).then(|| digits.saturating_add(word.len()))
    })?;
    Some((offset, digits / 2))
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

    fn octets(text: &str) -> Vec<Vec<u8>> {
        parse(text).unwrap_or_else(|error| panic!("{error}: {text}")).into_iter().map(|dump| dump.octets).collect()
    }

    #[test]
    fn a_dump_of_a_part_of_a_file_starts_where_the_part_does() {
        let lines = |offsets: [&str; 3], gap: &str| {
            let [first, second, end] = offsets;
            format!("{first}{gap}61 62 63 64\n{second}{gap}65\n{end}\n")
        };
        for text in [
            lines(["000028", "00002c", "00002d"], " "),
            lines(["0000050", "0000054", "0000055"], " "),
            lines(["0000040", "0000044", "0000045"], " "),
            lines(["00000028", "0000002c", "0000002d"], "  "),
            "00000028: 6162 6364  abcd\n0000002c: 65         e\n".to_owned(),
            "000028 61 62 63 64  >abcd<\n00002c 65           >e<\n00002d\n".to_owned(),
        ] {
            assert_eq!(octets(&text), [b"abcde"], "{text}");
        }
        // Repeated lines count from there too.
        assert_eq!(octets("000028 61 61\n*\n00002e 62\n00002f\n"), [b"aaaaaab"]);
        // tcpdump's first line is lost.
        assert_eq!(parse("\t0x0010:  6162\n\t0x0012:  6364\n"), Err(TextError::Offsets));
        // Nothing says that these are offsets.
        assert_eq!(octets("000028 61 62 63 64"), [[0, 0, 0x28, 0x61, 0x62, 0x63, 0x64]]);
    }

    #[test]
    fn words_longer_than_an_octet_may_be_in_any_order() {
        for text in [
            "000000 64636261 68676665\n000008\n",
            "000000 6867666564636261\n000008\n",
            "000028 6261 6463\n00002c\n",
            "000028 64636261  >abcd<\n00002c\n",
        ] {
            assert_eq!(parse(text), Err(TextError::HostOrder), "{text}");
        }
        // Bare digits in groups of four octets.
        assert_eq!(octets("00000000 61626364\n00000008 61626364"), [b"\0\0\0\0abcd\0\0\0\x08abcd"]);
    }

    #[test]
    fn arrays_of_c_are_dumps() {
        let array = "unsigned char a_pcap[] = {\n  0x61, 0x62, 0x63,\n  0x64\n};\n";
        assert_eq!(octets(&format!("{array}unsigned int a_pcap_len = 4;\n")), [b"abcd"]);
        let commented = "/* Frame (2 bytes) */\nstatic const unsigned char pkt1[2] = {\n0x61, 0x62 /* ab */\n};\n";
        assert_eq!(octets(&format!("{commented}{array}")), [b"ab".to_vec(), b"abcd".to_vec()]);
        let word = TextError::Word { line: 3, word: "0xg1".to_owned() };
        assert_eq!(parse("\nchar a[] = {\n 0xg1 }"), Err(word));
        let word = TextError::Word { line: 5, word: "0xg1".to_owned() };
        assert_eq!(parse("\nchar a[] = {\n 0x61 };\nchar b[] = {\n 0xg1 }"), Err(word));
    }

    #[test]
    fn what_others_made_of_packets_is_no_packet() {
        let tshark = "0000  61 62   ab\n\nFrame (2 bytes):\n0000  63 64   cd\nReassembled IPv4 (3 bytes):\n\
                      0000  65 66 67   efg\n\n0000  68   h\n";
        assert_eq!(octets(&packets_only(tshark)), [&b"ab"[..], b"cd", b"h"]);
        let tcpdump = "IP a > b: EIGRP\n\t  TLV, length: 12\n\t    0x0000:  6162\n\t0x0000:  6364 6162  cdab\n";
        assert_eq!(octets(&packets_only(tcpdump)), [b"cdab"]);
        // All of it set in: nothing tells them apart.
        let set_in = "\n\t  0x0000:  6364 6162  cdab\n";
        assert_eq!(octets(&packets_only(set_in)), [b"cdab"]);
    }
}
