//! The rows as text and as JSON.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use serde::ser::SerializeSeq as _;
use serde::{Serialize, Serializer};
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::hex;

use super::{Annotation, Bits, Part, PartKind, Row, RowKind};
use crate::fault::Fault;
use crate::transport::Transport;

/// In front of every line, so that what reads zone files takes it for a comment.
const PREFIX: &str = ";; wire:";
/// Octets beside which words stand.
const NARROW: usize = 8;
/// Octets in a line of their own.
const WIDE: usize = 16;
/// The columns of a field's name.
const FIELD: usize = 16;
/// What a line may have in all.
const WIDTH: usize = 100;
/// What is left for words: behind prefix, offset, octets and field, each with its blanks.
const WORDS: usize = WIDTH - (PREFIX.len() + 1) - (6 + 2) - (NARROW * 3 - 1 + 2) - (FIELD + 2);
/// How many lines of words a row has at most. A text may be as long as a message.
const LINES: usize = 4;

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From here to a server.
    Sent,
    /// From a server to here.
    Received,
    /// Neither: it was given.
    Given,
}

/// A message on its way, octet by octet.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Which way.
    pub direction: Direction,
    /// The server, or where a given message is from.
    pub peer: Option<SocketAddr>,
    /// How it travelled, if it did.
    pub transport: Option<Transport>,
    /// What it is.
    pub annotation: Annotation,
}

impl Wire {
    fn heading(&self) -> String {
        let length = self.annotation.octets.len();
        let what = match self.direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
            Direction::Given => "given",
        };
        let peer = match (self.direction, self.peer) {
            (Direction::Sent, Some(peer)) => format!(" to {peer}"),
            (_, Some(peer)) => format!(" from {peer}"),
            (_, None) => String::new(),
        };
        let how = self.transport.map(|transport| format!(" over {}", transport.name())).unwrap_or_default();
        let framing = match (self.transport, u16::try_from(length)) {
            (Some(Transport::Tcp | Transport::Tls | Transport::Quic), Ok(length)) => {
                format!(", behind their number: {}", hex::spaced(&length.to_be_bytes()))
            }
            _ => String::new(),
        };
        format!("{what}{peer}{how}: {}{framing}", super::words::octets(length))
    }
}

impl Render for Wire {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let heading = text.paint(Role::Strong, &format!("{PREFIX} {}", self.heading()));
        text.line(heading)?;
        for part in &self.annotation.parts {
            render_part(text, part)?;
            for row in &part.rows {
                if part.kind == PartKind::Read {
                    render_row(text, row, self.annotation.octets_of(row))?;
                } else {
                    dump(text, row, self.annotation.octets_of(row))?;
                }
            }
        }
        let end = text.paint(Role::Dim, PREFIX);
        text.line(end)
    }
}

fn render_part(text: &mut Text<'_>, part: &Part) -> io::Result<()> {
    let role = match part.kind {
        PartKind::Read => Role::Strong,
        PartKind::Trailing => Role::Warning,
        PartKind::Broken => Role::Bad,
    };
    let words = if part.summary.is_empty() { part.name.clone() } else { format!("{}: {}", part.name, part.summary) };
    for line in wrap(&words, WIDTH - PREFIX.len() - 1, LINES) {
        let line = text.paint(role, &format!("{PREFIX} {line}"));
        text.line(line)?;
    }
    Ok(())
}

/// The octets on the left, eight a line, the words on the right; when the words have ended, sixteen a line.
fn render_row(text: &mut Text<'_>, row: &Row, octets: &[u8]) -> io::Result<()> {
    let mut field = row.field;
    // A long name of a field takes from the words.
    let column = field.len().max(FIELD);
    let mut words = wrap(&row.value, (WORDS + FIELD).saturating_sub(column), LINES).into_iter();
    let (mut at, mut rest) = (row.span.offset, octets);
    let role = match row.kind {
        RowKind::Plain => None,
        RowKind::Label | RowKind::Pointer => Some(Role::Good),
        RowKind::Length => Some(Role::Dim),
        RowKind::Unknown => Some(Role::Warning),
    };
    loop {
        let said = words.next();
        let width = if said.is_some() || !field.is_empty() { NARROW } else { WIDE };
        let (line, behind) = rest.split_at_checked(width).unwrap_or((rest, &[]));
        let offset = if line.is_empty() { " ".repeat(6) } else { format!("0x{at:04x}") };
        let prefix = text.paint(Role::Dim, &format!("{PREFIX} {offset}"));
        let mut shown = format!("{prefix}  {}", hex::spaced(line));
        if width == NARROW {
            let said = said.unwrap_or_default();
            let said = role.map_or(said.clone(), |role| text.paint(role, &said));
            shown += &" ".repeat((NARROW * 3 - 1).saturating_sub((line.len() * 3).saturating_sub(1)));
            // Writing to a String cannot fail.
            let _ = write!(shown, "  {field:column$}  {said}");
            field = "";
        }
        text.line(shown.trim_end())?;
        at = at.saturating_add(line.len());
        rest = behind;
        if rest.is_empty() && words.len() == 0 {
            break;
        }
    }
    for bits in &row.bits {
        render_bits(text, row, bits, octets)?;
    }
    Ok(())
}

/// `1... .... .... ....  QR  1: a response`
fn render_bits(text: &mut Text<'_>, row: &Row, bits: &Bits, octets: &[u8]) -> io::Result<()> {
    let word = octets.iter().fold(0_u16, |word, octet| word << 8 | u16::from(*octet));
    let width = row.span.length.min(2) * 8;
    let mut drawn = String::new();
    for bit in (0..width).rev() {
        drawn.push(match (bits.mask >> bit & 1, word >> bit & 1) {
            (0, _) => '.',
            (_, 0) => '0',
            _ => '1',
        });
        if bit % 4 == 0 && bit > 0 {
            drawn.push(' ');
        }
    }
    let prefix = text.paint(Role::Dim, PREFIX);
    let hex = NARROW * 3 - 1;
    text.line(format!("{prefix}         {drawn:hex$}    {:1$}  {2}", bits.field, FIELD - 2, bits.value).trim_end())
}

/// What nobody could read, sixteen octets a line and beside them what of it is text.
fn dump(text: &mut Text<'_>, row: &Row, octets: &[u8]) -> io::Result<()> {
    for (index, line) in octets.chunks(WIDE).enumerate() {
        let at = row.span.offset.saturating_add(index * WIDE);
        let prefix = text.paint(Role::Dim, &format!("{PREFIX} 0x{at:04x}"));
        let letters: String =
            line.iter().map(|octet| if (0x20..0x7f).contains(octet) { char::from(*octet) } else { '.' }).collect();
        let hex = WIDE * 3 - 1;
        let shown = text.paint(Role::Warning, &format!("{:hex$}  |{letters}|", hex::spaced(line)));
        text.line(format!("{prefix}  {shown}"))?;
    }
    Ok(())
}

/// Words in lines of that many columns; a word that is longer is cut. What is behind the last line becomes `...`.
fn wrap(words: &str, width: usize, lines: usize) -> Vec<String> {
    let mut wrapped: Vec<String> = Vec::new();
    let mut line = String::new();
    let mut columns = 0;
    for word in words.split(' ') {
        let mut word = word;
        loop {
            let length = word.chars().count();
            let gap = usize::from(columns > 0);
            if columns + gap + length <= width {
                if gap > 0 {
                    line.push(' ');
                }
                line.push_str(word);
                columns += gap + length;
                break;
            }
            if columns > 0 {
                wrapped.push(std::mem::take(&mut line));
                columns = 0;
                continue;
            }
            let cut = word.char_indices().nth(width.max(1)).map_or(word.len(), |(at, _)| at);
            let (head, tail) = word.split_at(cut);
            wrapped.push(head.to_owned());
            word = tail;
        }
        if wrapped.len() > lines {
            break;
        }
    }
    if !line.is_empty() {
        wrapped.push(line);
    }
    if wrapped.len() > lines {
        wrapped.truncate(lines);
        if let Some(last) = wrapped.last_mut() {
            let kept = last.char_indices().nth(width.saturating_sub(4)).map_or(last.len(), |(at, _)| at);
            last.truncate(kept);
            last.push_str(" ...");
        }
    }
    wrapped
}

/// `"0x8000"`
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
pub(super) fn mask<S: Serializer>(mask: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("0x{mask:04x}"))
}

/// `{"event":"wire","direction":"sent",..,"rows":[..]}`
#[derive(Serialize)]
struct WireJson<'a> {
    event: &'static str,
    direction: Direction,
    peer: Option<SocketAddr>,
    transport: Option<Transport>,
    length_octets: usize,
    fault: Option<Fault>,
    rows: Rows<'a>,
}

struct Rows<'a>(&'a Annotation);

#[derive(Serialize)]
struct RowJson<'a> {
    offset: usize,
    length_octets: usize,
    hex: String,
    part: &'a str,
    field: &'static str,
    value: &'a str,
    kind: RowKind,
    bits: &'a [Bits],
}

impl Serialize for Wire {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let annotation = &self.annotation;
        WireJson {
            event: "wire",
            direction: self.direction,
            peer: self.peer,
            transport: self.transport,
            length_octets: annotation.octets.len(),
            fault: annotation.fault,
            rows: Rows(annotation),
        }
        .serialize(serializer)
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for (part, row) in self.0.rows() {
            list.serialize_element(&RowJson {
                offset: row.span.offset,
                length_octets: row.span.length,
                hex: hex::encode(self.0.octets_of(row)),
                part: &part.name,
                field: row.field,
                value: &row.value,
                kind: row.kind,
                bits: &row.bits,
            })?;
        }
        list.end()
    }
}
