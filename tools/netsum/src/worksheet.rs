//! The working on paper: a [`Report`] as text, and as tables.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::hex;

use crate::crc::{Division, Step};
use crate::solve::show::is_printable;
use crate::subject::{Report, Steps};
use crate::why::Reason;
use crate::working::{Fold, Section, Word, Working};

/// Octets of data in a line.
const DATA_LINE_LEN: usize = 16;

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        for section in self.steps.sections() {
            render_section(section, text)?;
        }
        match &self.steps {
            Steps::Sum(working) => render_sum(working, text)?,
            Steps::Crc(division) => render_division(division, text)?,
        }
        for (what, words) in self.conclusion() {
            text.prose(&format!("{what:10}  "), &words)?;
        }
        let checksum = text.paint(Role::Strong, &self.calculated_octets);
        text.line(format!("Checksum    {checksum}"))?;
        self.render_stored(text)
    }
}

/// A [`Report`] as tables.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Tables<'a>(pub &'a Report);

impl Render for Tables<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.table(&match &self.0.steps {
            Steps::Sum(working) => sum_table(working),
            Steps::Crc(division) => division_table(division),
        })?;
        let mut conclusion = Table::new(Rules::Lines, ["step", "result"]);
        for row in self.0.conclusion() {
            conclusion.row([row.0.to_owned(), row.1]);
        }
        conclusion.row(["Checksum", &self.0.calculated_octets]);
        text.table(&conclusion)?;
        self.0.render_stored(text)
    }
}

impl Report {
    /// What follows from the last total, a step each.
    fn conclusion(&self) -> Vec<(&'static str, String)> {
        let mut rows = Vec::new();
        match &self.steps {
            Steps::Sum(working) => {
                rows.extend(working.folds.iter().map(|fold| ("Fold", fold_words(*fold))));
                if working.folds.is_empty() {
                    rows.push(("Fold", format!("{:04x}: nothing carried out of 16 bits", working.total)));
                }
                rows.push(("Complement", format!("~{:04x} = {:04x}", working.folded, working.complement)));
            }
            Steps::Crc(division) => {
                rows.push(("Complement", format!("~{:08x} = {:08x}", division.remainder, division.complement)));
            }
        }
        if self.zero_became_all_ones {
            rows.push(("Zero", "0000 would mean \"no checksum\", so ffff is sent".to_owned()));
        }
        let sent = hex::decode(&self.calculated_octets).unwrap_or_default();
        let sent = hex::spaced(&sent);
        rows.push(("Octets", match self.steps {
            Steps::Sum(_) => format!(
                "{sent} on the wire (network order); a little-endian host loads them as {:04x}, and ntohs(3) makes that \
                 {:04x}",
                self.calculated_little_endian, self.calculated
            ),
            Steps::Crc(_) => format!(
                "{sent} on the wire (the CRC's lowest first); a little-endian host loads them as {:08x}, the CRC itself",
                self.calculated_little_endian
            ),
        }));
        rows
    }

    /// What the packet has, where it has something.
    fn render_stored(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (Some(stored), Some(verdict)) = (&self.stored_octets, self.verdict) else { return Ok(()) };
        let shown = match crate::listing::role(verdict) {
            Some(role) => text.paint(role, verdict.name()),
            None => verdict.name().to_owned(),
        };
        text.line(format!("Stored      {stored}: {shown}"))?;
        render_why(&self.why, text)
    }
}

/// The reasons for a verdict, a line each below what is stored.
pub(crate) fn render_why(why: &[Reason], text: &mut Text<'_>) -> io::Result<()> {
    for (reason, nth) in why.iter().zip(0..) {
        let lead = if nth == 0 { "why: " } else { "or:  " };
        text.prose(&format!("            {lead}"), &reason.short())?;
    }
    Ok(())
}

fn render_section(section: &Section, text: &mut Text<'_>) -> io::Result<()> {
    let title = text.paint(Role::Strong, &section.title);
    text.prose("", &title)?;
    if section.fields.is_empty() {
        render_data(&section.octets, text)?;
    } else {
        let mut table = Table::new(Rules::Blank, ["octets", "field", "value"]);
        for field in &section.fields {
            table.row([hex::spaced(&field.octets), field.name.to_owned(), field.meaning.clone()]);
        }
        for line in table.lines(text.width().map(|width| width.saturating_sub(2))) {
            text.line(format!("  {line}"))?;
        }
    }
    text.blank()
}

fn render_data(octets: &[u8], text: &mut Text<'_>) -> io::Result<()> {
    let width = octets.len().min(DATA_LINE_LEN) * 3;
    for line in octets.chunks(DATA_LINE_LEN) {
        text.line(format!("  {:width$} {}", hex::spaced(line), beside(line)))?;
    }
    Ok(())
}

/// Octets as text beside their digits: in quotes, or as `hexdump -C` has them where some need more than one character.
fn beside(octets: &[u8]) -> String {
    let quoted = crate::working::text(octets);
    if quoted.len() == octets.len() {
        return format!("\"{quoted}\"");
    }
    let dotted = |octet: &u8| if is_printable(&[*octet]) { char::from(*octet) } else { '.' };
    format!("|{}|", octets.iter().map(dotted).collect::<String>())
}

/// The columns of the sum. Written line by line: a full datagram has 32,768 words.
fn render_sum(working: &Working, text: &mut Text<'_>) -> io::Result<()> {
    let title = text.paint(Role::Strong, "Sum of 16-bit words, high octet first");
    text.line(title)?;
    let digits = format!("{:04x}", working.total).len().max("total".len());
    text.line(format!("  octets   word  {:>digits$}  carry", "total"))?;
    let mut part = None;
    for word in &working.words {
        if part.is_some_and(|part| part != word.part) {
            text.blank()?;
        }
        part = Some(word.part);
        render_word(word, digits, text)?;
    }
    text.blank()
}

fn render_word(word: &Word, digits: usize, text: &mut Text<'_>) -> io::Result<()> {
    let octets = word_octets(word);
    let carry = if word.carry { text.paint(Role::Warning, "+1   ") } else { "     ".to_owned() };
    let total = format!("{:04x}", word.total);
    text.line(format!("  {octets:7}  {:04x}  {total:>digits$}  {carry}  {}", word.value, word_label(word)))
}

/// Its octets; a lone one with the zero behind it that is not sent.
fn word_octets(word: &Word) -> String {
    if word.padded { format!("{} (00)", hex::encode(&word.octets)) } else { hex::spaced(&word.octets) }
}

fn word_label(word: &Word) -> String {
    format!("{}{}", word.label, if word.padded { " and a padding octet" } else { "" })
}

fn sum_table(working: &Working) -> Table {
    let mut table = Table::new(Rules::Lines, ["what", "octets", "word", "total", "carry"]);
    table.right(&[3]);
    for word in &working.words {
        let carry = if word.carry { "+1" } else { "" };
        let (value, total) = (format!("{:04x}", word.value), format!("{:04x}", word.total));
        table.row([word_label(word), word_octets(word), value, total, carry.to_owned()]);
    }
    table
}

/// `108ac: 08ac + 1 = 08ad`.
pub fn fold_words(fold: Fold) -> String {
    let Fold { total, low, carries, sum } = fold;
    format!("{total:04x}: {low:04x} + {carries:x} = {sum:04x}")
}

fn render_division(division: &Division, text: &mut Text<'_>) -> io::Result<()> {
    let title =
        text.paint(Role::Strong, "CRC32c, octet by octet: remainder = remainder >> 8 xor table[low octet xor octet]");
    text.prose("", &title)?;
    text.line("  octet  table[..]      remainder")?;
    text.line(format!("                        {:08x}", division.start))?;
    let mut section = None;
    for step in &division.steps {
        if section.is_some_and(|section| section != step.section) {
            text.blank()?;
        }
        section = Some(step.section);
        let Step { octet, index, entry, remainder, .. } = *step;
        let line =
            format!("  {octet:02x}     [{index:02x}] {entry:08x}  {remainder:08x}  {}", step_label(division, step));
        text.line(line.trim_end())?;
    }
    text.blank()
}

/// The field at its first octet, and data as text.
fn step_label(division: &Division, step: &Step) -> String {
    let Some(section) = division.sections.get(step.section) else { return String::new() };
    if section.fields.is_empty() {
        return section.label(step.offset_octets, &[step.octet]);
    }
    let field = section.fields.iter().find(|field| field.offset_octets == step.offset_octets);
    field.map(|field| field.name.to_owned()).unwrap_or_default()
}

fn division_table(division: &Division) -> Table {
    let mut table = Table::new(Rules::Lines, ["what", "octet", "index", "table", "remainder"]);
    for step in &division.steps {
        table.row([
            step_label(division, step),
            format!("{:02x}", step.octet),
            format!("{:02x}", step.index),
            format!("{:08x}", step.entry),
            format!("{:08x}", step.remainder),
        ]);
    }
    table
}
