//! Domain names: the wire form with bounded decompression, and the text form with its escapes.

use std::fmt;

use sockeye_common::wire::Reader;

use crate::fault::{Fault, FaultKind};
use crate::span::Span;

/// The longest name, in octets on the wire, root label included.
pub const MAX_LEN: usize = 255;
/// The longest label, in octets.
pub const MAX_LABEL_LEN: usize = 63;
/// How many compression pointers a name may lead through: twice as many as it can have labels. A message of 64 KiB has room
/// for thousands in a row, and for thousands of names that begin at the last of them.
const MAX_POINTERS: usize = 256;

/// A whole name: labels without compression, as received (the case is kept).
///
/// # Source
/// RFC 1035 sections 3.1 and 4.1.4.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Name {
    /// Length octet and octets of each label, the root label's zero last.
    wire: Vec<u8>,
}

impl Default for Name {
    fn default() -> Self {
        Self::root()
    }
}

impl Name {
    /// The root: `.`
    pub fn root() -> Self {
        Self { wire: vec![0] }
    }

    /// The wire form without compression.
    pub fn as_wire(&self) -> &[u8] {
        &self.wire
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.wire.len() <= 1
    }

    /// The labels from left to right, without the root label.
    pub fn labels(&self) -> Labels<'_> {
        Labels { rest: &self.wire }
    }

    /// Whether both are the same name: ASCII letters match in either case.
    ///
    /// # Source
    /// RFC 4343.
    pub fn matches(&self, other: &Self) -> bool {
        // Length octets are below 64 and therefore no letters.
        self.wire.eq_ignore_ascii_case(&other.wire)
    }

    /// Whether this name lies in the subtree of `other` and is not its top.
    pub fn is_below(&self, other: &Self) -> bool {
        let (ours, theirs) = (self.labels().count(), other.labels().count());
        ours > theirs
            && self
                .labels()
                .skip(ours.saturating_sub(theirs))
                .zip(other.labels())
                .all(|(a, b)| a.eq_ignore_ascii_case(b))
    }

    /// The root, the name's last label, its last two, and so on to the name itself.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + '_ {
        let mut starts = vec![];
        let mut at = 0;
        while let Some(&length) = self.wire.get(at) {
            starts.push(at);
            if length == 0 {
                break;
            }
            at += usize::from(length) + 1;
        }
        starts.into_iter().rev().filter_map(|start| self.wire.get(start..).map(|wire| Self { wire: wire.to_vec() }))
    }

    /// The same name with its letters in lower case.
    ///
    /// # Source
    /// RFC 4034 section 6.2.
    #[must_use]
    pub fn to_lower_case(&self) -> Self {
        Self { wire: self.wire.to_ascii_lowercase() }
    }

    /// Reads a name, following compression pointers.
    ///
    /// A pointer must point before the name, or before where the last one pointed, so that a loop is impossible; and there
    /// may be 256 of them, so that the cost is linear. The reader ends behind the name, or behind its first pointer.
    ///
    /// # Errors
    /// [`Fault`]: what is wrong, and at which octet. Nothing is consumed then.
    pub fn parse(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let start = reader.offset();
        let mut cursor = reader.clone();
        let mut behind: Option<usize> = None;
        let mut lowest = start;
        let mut pointers = 0;
        let mut wire = Vec::with_capacity(32);
        loop {
            let at = cursor.offset();
            let length = cursor.u8("label length").map_err(Fault::end)?;
            match length {
                0 => {
                    wire.push(0);
                    break;
                }
                1..=0x3f => {
                    let label = cursor.octets(usize::from(length), "label").map_err(Fault::end)?;
                    // Room for the root label must remain.
                    if wire.len() + label.len() + 2 > MAX_LEN {
                        return Err(Fault::new(FaultKind::NameTooLong, "name", at));
                    }
                    wire.push(length);
                    wire.extend_from_slice(label);
                }
                0xc0..=0xff => {
                    let low = cursor.u8("compression pointer").map_err(Fault::end)?;
                    let target = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                    behind.get_or_insert(cursor.offset());
                    pointers += 1;
                    if pointers > MAX_POINTERS {
                        return Err(Fault::new(FaultKind::TooManyPointers, "compression pointer", at));
                    }
                    if target >= lowest {
                        return Err(Fault::new(FaultKind::BadPointer, "compression pointer", at));
                    }
                    lowest = target;
                    cursor = Reader::at(reader.input(), target).ok_or(Fault::new(
                        FaultKind::BadPointer,
                        "compression pointer",
                        at,
                    ))?;
                }
                _ => return Err(Fault::new(FaultKind::BadLabelType, "label length", at)),
            }
        }
        let end = behind.unwrap_or(cursor.offset());
        reader.skip(end.saturating_sub(start), "name").map_err(Fault::end)?;
        Ok(Self { wire })
    }

    /// Reads a name and where it lies.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_spanned(reader: &mut Reader<'_>) -> Result<(Self, Span), Fault> {
        let start = reader.offset();
        let name = Self::parse(reader)?;
        Ok((name, Span::between(start, reader.offset())))
    }
}

/// Reads text: `\DDD` is an octet, `\X` is X itself, and a name without a last dot is taken as absolute.
///
/// # Source
/// RFC 1035 section 5.1.
impl std::str::FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::UnexpectedEnd);
        }
        if text == "." {
            return Ok(Self::root());
        }
        let mut wire = Vec::with_capacity(text.len() + 2);
        let mut label: Vec<u8> = Vec::with_capacity(MAX_LABEL_LEN);
        let mut octets = text.bytes();
        // A dot at the end has closed the last label.
        let mut open = true;
        while let Some(octet) = octets.next() {
            open = true;
            match octet {
                b'.' => {
                    close_label(&mut wire, &mut label)?;
                    open = false;
                }
                b'\\' => label.push(escaped(&mut octets)?),
                plain => label.push(plain),
            }
            if label.len() > MAX_LABEL_LEN {
                return Err(NameError::LabelTooLong);
            }
        }
        if open {
            close_label(&mut wire, &mut label)?;
        }
        wire.push(0);
        if wire.len() > MAX_LEN {
            return Err(NameError::TooLong);
        }
        Ok(Self { wire })
    }
}

fn close_label(wire: &mut Vec<u8>, label: &mut Vec<u8>) -> Result<(), NameError> {
    if label.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    wire.push(u8::try_from(label.len()).map_err(|_| NameError::LabelTooLong)?);
    wire.append(label);
    Ok(())
}

/// What stands behind a backslash.
fn escaped(octets: &mut std::str::Bytes<'_>) -> Result<u8, NameError> {
    let first = octets.next().ok_or(NameError::UnexpectedEnd)?;
    if !first.is_ascii_digit() {
        return Ok(first);
    }
    let mut value = u32::from(first - b'0');
    for _ in 0..2 {
        let digit = octets.next().ok_or(NameError::UnexpectedEnd)?;
        if !digit.is_ascii_digit() {
            return Err(NameError::BadEscape);
        }
        value = value * 10 + u32::from(digit - b'0');
    }
    u8::try_from(value).map_err(|_| NameError::BadEscape)
}

/// Absolute, with its last dot. Octets that have a meaning in zone files get a backslash; all that is not visible
/// ASCII is `\DDD`.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl Name {
    /// As [`fmt::Display`], without the last dot unless it is the root.
    pub fn without_last_dot(&self) -> String {
        let mut text = self.to_string();
        if !self.is_root() {
            text.pop();
        }
        text
    }

    /// Appends what [`fmt::Display`] gives.
    pub fn push(&self, text: &mut String) {
        text.reserve(self.wire.len());
        // Writing to a String cannot fail.
        let _ = self.write(text);
    }

    /// Appends the name with the labels that are Unicode in disguise (`xn--`) as Unicode. Nothing is appended, and the
    /// result is false, if there is no such label or one of them is not what it says.
    ///
    /// # Source
    /// RFC 5890 section 2.3.2.1, UTS #46.
    pub fn push_unicode(&self, text: &mut String) -> bool {
        if !self.labels().any(|label| disguised(label).is_some()) {
            return false;
        }
        let start = text.len();
        for label in self.labels() {
            let Some(encoded) = disguised(label) else {
                let _ = write_label(text, label);
                text.push('.');
                continue;
            };
            let (unicode, result) = idna::domain_to_unicode(encoded);
            if result.is_err() || unicode.chars().any(char::is_control) {
                text.truncate(start);
                return false;
            }
            // The letters that were ASCII before keep their case: they stand in front of the last hyphen, in order.
            let plain =
                encoded.get(PREFIX.len()..).and_then(|rest| rest.rsplit_once('-')).map_or("", |(plain, _)| plain);
            let mut plain = plain.chars();
            text.extend(
                unicode.chars().map(|letter| if letter.is_ascii() { plain.next().unwrap_or(letter) } else { letter }),
            );
            text.push('.');
        }
        true
    }

    fn write(&self, out: &mut impl fmt::Write) -> fmt::Result {
        if self.is_root() {
            return out.write_str(".");
        }
        for label in self.labels() {
            write_label(out, label)?;
            out.write_char('.')?;
        }
        Ok(())
    }
}

/// What every label begins with that is Unicode in disguise.
const PREFIX: &str = "xn--";

/// The label as text, if it begins so.
fn disguised(label: &[u8]) -> Option<&str> {
    let starts = label.get(..PREFIX.len())?.eq_ignore_ascii_case(PREFIX.as_bytes());
    std::str::from_utf8(label).ok().filter(|_| starts)
}

fn write_label(out: &mut impl fmt::Write, label: &[u8]) -> fmt::Result {
    let mut rest = label;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|octet| is_plain(**octet)).count();
        let (run, behind) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.write_str(std::str::from_utf8(run).unwrap_or_default())?;
        let Some((&octet, behind)) = behind.split_first() else { return Ok(()) };
        match octet {
            0x21..=0x7e => {
                out.write_char('\\')?;
                out.write_char(char::from(octet))?;
            }
            _ => write!(out, "\\{octet:03}")?,
        }
        rest = behind;
    }
    Ok(())
}

/// Whether an octet stands for itself.
fn is_plain(octet: u8) -> bool {
    matches!(octet, 0x21..=0x7e) && !matches!(octet, b'"' | b'(' | b')' | b'.' | b';' | b'\\' | b'@' | b'$')
}

/// Labels from left to right.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Labels<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let (&length, rest) = self.rest.split_first()?;
        if length == 0 {
            return None;
        }
        let (label, rest) = rest.split_at_checked(usize::from(length))?;
        self.rest = rest;
        Some(label)
    }
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Two dots in a row, or a dot in front.
    EmptyLabel,
    /// More than 63 octets between two dots.
    LabelTooLong,
    /// More than 255 octets in all.
    TooLong,
    /// `\DDD` that is no number up to 255.
    BadEscape,
    /// A backslash without what belongs behind it, or no text at all.
    UnexpectedEnd,
}

/// dig's words.
impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EmptyLabel => "empty label",
            Self::LabelTooLong => "label too long",
            Self::TooLong => "ran out of space",
            Self::BadEscape => "bad escape",
            Self::UnexpectedEnd => "unexpected end of input",
        })
    }
}

impl std::error::Error for NameError {}

#[cfg(test)]
pub(crate) mod tests;
