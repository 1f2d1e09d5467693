//! A message octet by octet: which octets are which field, and what they say.
//!
//! Every octet of the message is in exactly one [`Row`], and the rows stand in the order of the octets: `Walk` can only
//! go forward and leaves nothing out. Where a message breaks, all before that is told as usual and the rest is kept as it is.

use serde::Serialize;
use sockeye_common::wire::{Reader, Truncated};

use crate::edns::Edns;
use crate::fault::{Fault, FaultKind};
use crate::header;
use crate::message::{Message, Section};
use crate::name::Name;
use crate::rdata::Rdata;
use crate::record::Record;
use crate::registry::{Class, Opcode, Rcode, Type};
use crate::span::Span;

mod fields;
mod option;
mod render;
mod words;

pub use render::{Direction, Wire};
pub(crate) use words::type_words;

/// A message taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// The message.
    pub octets: Vec<u8>,
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// Where it breaks, if it does.
    pub fault: Option<Fault>,
}

/// A part of a message: the header, a question, a record, or what cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which: `header`, `question 1`, `answer 2`.
    pub name: String,
    /// What is in it, in a few words.
    pub summary: String,
    /// What kind of part it is.
    pub kind: PartKind,
    /// Its octets.
    pub rows: Vec<Row>,
}

/// The kinds of parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartKind {
    /// One that was read.
    Read,
    /// Octets behind the last record.
    Trailing,
    /// From where the message breaks up to its end.
    Broken,
}

/// Octets that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which octets. Never none.
    pub span: Span,
    /// The field, as the specification spells it.
    pub field: &'static str,
    /// What they say, in words that are safe for a terminal.
    pub value: String,
    /// What they are, for the eye.
    pub kind: RowKind,
    /// What single bits of them say.
    pub bits: Vec<Bits>,
}

/// What the octets of a row are, for the eye.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// A number, an address, a text.
    Plain,
    /// A label of a name, or its end.
    Label,
    /// A compression pointer.
    Pointer,
    /// A number of octets or of records that follow.
    Length,
    /// Nobody knows what they mean.
    Unknown,
}

/// One bit of a row, or a few that are one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bits {
    /// Which bits of the sixteen.
    #[serde(serialize_with = "render::mask")]
    pub mask: u16,
    /// The field, as the specification spells it.
    pub field: &'static str,
    /// What it says.
    pub value: String,
}

impl Annotation {
    /// Takes a message apart, as far as it can be read.
    pub fn new(octets: &[u8]) -> Self {
        let irregular = Message::parse(octets).map(|message| message.irregularities).unwrap_or_default();
        let mut walk = Walk { octets, at: 0, parts: Vec::new(), irregular };
        let fault = walk.message().err();
        walk.rest(fault);
        Self { octets: octets.to_vec(), parts: walk.parts, fault }
    }

    /// All rows with the parts that they belong to, in the order of the octets.
    pub fn rows(&self) -> impl Iterator<Item = (&Part, &Row)> {
        self.parts.iter().flat_map(|part| part.rows.iter().map(move |row| (part, row)))
    }

    /// The octets of a row.
    pub fn octets_of(&self, row: &Row) -> &[u8] {
        self.octets.get(row.span.range()).unwrap_or_default()
    }
}

/// Goes through a message from its first octet to its last.
struct Walk<'a> {
    octets: &'a [u8],
    /// The first octet that is in no row yet.
    at: usize,
    parts: Vec<Part>,
    irregular: Vec<Fault>,
}

impl<'a> Walk<'a> {
    fn message(&mut self) -> Result<(), Fault> {
        let (opcode, counts) = self.header()?;
        let names = section_names(opcode);
        let ([question, names @ ..], [questions, counts @ ..]) = (names, counts);
        for number in 1..=questions {
            self.question(question, number)?;
        }
        let sections = [Section::Answer, Section::Authority, Section::Additional];
        for ((name, section), count) in names.into_iter().zip(sections).zip(counts) {
            for number in 1..=count {
                self.record(name, section, number)?;
            }
        }
        Ok(())
    }

    /// A cursor where the walk is.
    fn reader(&self) -> Reader<'a> {
        Reader::at(self.octets, self.at).unwrap_or(Reader::new(&[]))
    }

    fn part(&mut self, name: String) {
        self.parts.push(Part { name, summary: String::new(), kind: PartKind::Read, rows: Vec::new() });
    }

    fn summarize(&mut self, summary: String) {
        if let Some(part) = self.parts.last_mut() {
            part.summary = summary;
        }
    }

    /// Puts the next octets into a row. There are that many: the caller has read them.
    fn row(&mut self, length: usize, field: &'static str, kind: RowKind, value: impl Into<String>) {
        let end = self.at.saturating_add(length).min(self.octets.len());
        let span = Span::between(self.at, end);
        self.at = end;
        let Some(part) = self.parts.last_mut().filter(|_| span.length > 0) else { return };
        part.rows.push(Row { span, field, value: value.into(), kind, bits: Vec::new() });
    }

    fn bits(&mut self, bits: Vec<Bits>) {
        if let Some(row) = self.parts.last_mut().and_then(|part| part.rows.last_mut()) {
            row.bits = bits;
        }
    }

    fn u16(&mut self, field: &'static str, kind: RowKind, words: impl FnOnce(u16) -> String) -> Result<u16, Fault> {
        let value = self.reader().u16(field).map_err(Fault::end)?;
        self.row(2, field, kind, words(value));
        Ok(value)
    }

    fn u32(&mut self, field: &'static str, words: impl FnOnce(u32) -> String) -> Result<u32, Fault> {
        let value = self.reader().u32(field).map_err(Fault::end)?;
        self.row(4, field, RowKind::Plain, words(value));
        Ok(value)
    }

    fn header(&mut self) -> Result<(Opcode, [u16; 4]), Fault> {
        self.part("header".to_owned());
        self.u16("ID", RowKind::Plain, |id| format!("{id}: ties an answer to its query"))?;
        let bits = self.u16("flags", RowKind::Plain, words::flags_summary)?;
        self.bits(words::flags(bits));
        let opcode = header::Header { bits, ..Default::default() }.opcode();
        let names = section_names(opcode);
        let mut counts = [0; 4];
        for ((count, field), section) in counts.iter_mut().zip(words::counts(opcode)).zip(names) {
            *count = self.u16(field, RowKind::Length, |count| words::count(count, section))?;
        }
        self.summarize(format!("{} octets, the same fields in every message", header::LEN));
        Ok((opcode, counts))
    }

    fn question(&mut self, section: &str, number: u16) -> Result<(), Fault> {
        self.part(format!("{section} {number}"));
        self.note_irregularity();
        let qname = self.name("QNAME", self.octets.len())?;
        let qtype = Type(self.u16("QTYPE", RowKind::Plain, |number| words::rtype(Type(number)))?);
        let qclass = Class(self.u16("QCLASS", RowKind::Plain, |number| words::class(Class(number)))?);
        self.add_to_summary(&format!("{qname} {qclass} {qtype}"));
        Ok(())
    }

    fn record(&mut self, name: &str, section: Section, number: u16) -> Result<(), Fault> {
        let start = self.reader();
        self.part(format!("{name} {number}"));
        self.note_irregularity();
        let owner = self.name("NAME", self.octets.len())?;
        let rtype = Type(self.u16("TYPE", RowKind::Plain, |number| words::rtype(Type(number)))?);
        if rtype == Type::OPT {
            return self.opt(&start, section);
        }
        let class = Class(self.u16("CLASS", RowKind::Plain, |number| words::class(Class(number)))?);
        self.u32("TTL", words::ttl)?;
        let rdata = self.rdlength()?;
        self.add_to_summary(&format!("{owner} {class} {rtype}"));
        if rtype.0 == 0 {
            return Err(Fault::new(FaultKind::FormErr, "TYPE", rdata.offset.saturating_sub(10)));
        }
        let rdata = Rdata::parse(self.octets, rdata, rtype, class)?;
        self.rdata(rtype, &rdata);
        Ok(())
    }

    /// RDLENGTH, and the octets that it promises.
    fn rdlength(&mut self) -> Result<Span, Fault> {
        let left = self.octets.len().saturating_sub(self.at.saturating_add(2));
        let length = self.u16("RDLENGTH", RowKind::Length, |length| {
            let more =
                if usize::from(length) > left { format!(", but the message has {left} more") } else { String::new() };
            format!("{} of rdata{more}", words::octets(length.into()))
        })?;
        let span = Span { offset: self.at, length: length.into() };
        if span.length > left {
            return Err(Fault::new(FaultKind::UnexpectedEnd, "RDATA", self.at));
        }
        Ok(span)
    }

    /// The rest of an OPT record, whose class and TTL are something else.
    fn opt(&mut self, start: &Reader<'_>, section: Section) -> Result<(), Fault> {
        self.u16("UDP payload size", RowKind::Plain, |size| format!("{size}: the largest datagram to send back"))?;
        let low = u16::from(self.octets.get(3).copied().unwrap_or_default() & 0xf);
        let mut reader = self.reader();
        let high = reader.u8("EXTENDED-RCODE").map_err(Fault::end)?;
        let rcode = Rcode(u16::from(high) << 4 | low);
        self.row(1, "EXTENDED-RCODE", RowKind::Plain, format!("{high}: upper bits of {} ({rcode})", rcode.0));
        let version = reader.u8("VERSION").map_err(Fault::end)?;
        self.row(1, "VERSION", RowKind::Plain, format!("{version}: of EDNS"));
        let flags = self.u16("EDNS flags", RowKind::Plain, |flags| format!("0x{flags:04x}"))?;
        self.bits(words::edns_flags(flags));
        let rdata = self.rdlength()?;
        let place = if section == Section::Additional { "" } else { ", which belongs into the additional section" };
        self.add_to_summary(&format!("EDNS (OPT){place}"));
        let record = Record::parse(&mut start.clone())?;
        // What is wrong with an option is found in one place; here all before it is told.
        let fault = Edns::parse(&record, self.octets).err();
        while self.at < rdata.end() {
            self.option(rdata.end(), fault)?;
        }
        fault.map_or(Ok(()), Err)
    }

    /// A name: a row for each label, one for a pointer and where it leads, one for the end. `limit` is where the field ends
    /// at the latest.
    fn name(&mut self, field: &'static str, limit: usize) -> Result<Name, Fault> {
        let input = self.octets.get(..limit).unwrap_or(self.octets);
        let start = Reader::at(input, self.at).unwrap_or(Reader::new(&[]));
        let whole = Name::parse(&mut start.clone());
        let shown = whole.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut reader = start.clone();
        loop {
            let label_at = reader.offset();
            let length = match (reader.u8("label length"), &whole) {
                (Ok(length), _) => length,
                (Err(_), Err(fault)) => return Err(*fault),
                (Err(end), Ok(_)) => return Err(Fault::end(end)),
            };
            match length {
                0 if label_at == start.offset() => {
                    self.row(1, field, RowKind::Label, ". (the root: no labels)");
                }
                0 => self.row(1, field, RowKind::Label, format!("end of {shown}")),
                1..=0x3f => {
                    let Ok(label) = reader.octets(length.into(), "label") else { return whole };
                    // A name that grows too long ends here.
                    if whole.as_ref().err().is_some_and(|fault| fault.offset == label_at) {
                        return whole;
                    }
                    self.row(1 + label.len(), field, RowKind::Label, words::label(label));
                    continue;
                }
                0xc0..=0xff => {
                    let name = whole?;
                    let words = words::pointer(self.octets, label_at, &name, label_at > start.offset());
                    self.row(2, field, RowKind::Pointer, words);
                    return Ok(name);
                }
                _ => return whole,
            }
            return whole;
        }
    }

    /// What the reader of messages found here and took nevertheless.
    fn note_irregularity(&mut self) {
        if let Some(fault) = self.irregular.iter().find(|fault| fault.offset == self.at) {
            let note = match fault.field {
                "QNAME" => "another question than the first, or the same again",
                "QCLASS" | "CLASS" => "of another class than the rest",
                _ => "not where it may stand",
            };
            self.summarize(note.to_owned());
        }
    }

    fn add_to_summary(&mut self, words: &str) {
        if let Some(part) = self.parts.last_mut() {
            part.summary =
                if part.summary.is_empty() { words.to_owned() } else { format!("{words}: {}", part.summary) };
        }
    }

    /// What no row has yet: octets behind the message, or all from where it breaks.
    fn rest(&mut self, fault: Option<Fault>) {
        let left = self.octets.len().saturating_sub(self.at);
        let Some(fault) = fault else {
            if left > 0 {
                self.part("trailing".to_owned());
                self.summarize(format!(
                    "{} behind the last record, of which the header says nothing",
                    words::octets(left)
                ));
                self.kind(PartKind::Trailing);
                self.row(left, "trailing", RowKind::Unknown, String::new());
            }
            return;
        };
        self.part("undecoded".to_owned());
        self.kind(PartKind::Broken);
        self.summarize(words::fault(&fault, self.at, left));
        if let Some(before) = fault.offset.checked_sub(self.at).filter(|before| *before < left) {
            self.row(before, "before the fault", RowKind::Unknown, String::new());
        }
        self.row(self.octets.len(), fault.field, RowKind::Unknown, String::new());
    }

    fn kind(&mut self, kind: PartKind) {
        if let Some(part) = self.parts.last_mut() {
            part.kind = kind;
        }
    }
}

/// What the four sections are called.
///
/// # Source
/// RFC 1035 section 4.1; RFC 2136 section 2 for updates.
fn section_names(opcode: Opcode) -> [&'static str; 4] {
    if opcode == Opcode::UPDATE {
        ["zone", "prerequisite", "update", "additional"]
    } else {
        ["question", "answer", "authority", "additional"]
    }
}

impl From<Truncated> for Fault {
    fn from(truncated: Truncated) -> Self {
        Self::end(truncated)
    }
}

#[cfg(test)]
mod tests;
