//! The addition on paper: a [`Report`] as text.

use std::io;

use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::hex;

use crate::udp::Report;
use crate::working::{Fold, Part, Section, Word, Working};

/// Octets of data in a line.
const DATA_LINE_LEN: usize = 16;

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        for section in &self.working.sections {
            render_section(section, text)?;
        }
        render_sum(&self.working, text)?;
        for fold in &self.working.folds {
            text.line(format!("Fold        {}", fold_words(*fold)))?;
        }
        if self.working.folds.is_empty() {
            text.line(format!("Fold        {:04x}: nothing carried out of 16 bits", self.working.total))?;
        }
        text.line(format!("Complement  ~{:04x} = {:04x}", self.working.folded, self.working.complement))?;
        if self.zero_became_all_ones {
            text.line("Zero        0000 would mean \"no checksum\", so ffff is sent")?;
        }
        text.line(format!(
            "Octets      {} on the wire (network order); a little-endian host loads them as {:04x}",
            hex::spaced(&self.checksum.to_be_bytes()),
            self.checksum.swap_bytes()
        ))?;
        let checksum = text.paint(Role::Strong, &self.checksum_octets);
        text.line(format!("Checksum    {checksum}"))
    }
}

fn render_section(section: &Section, text: &mut Text<'_>) -> io::Result<()> {
    let title = text.paint(Role::Strong, &section.title);
    text.line(title)?;
    if section.part == Part::Data {
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
        text.line(format!("  {:width$} \"{}\"", hex::spaced(line), crate::working::text(line)))?;
    }
    Ok(())
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
    let octets = if word.padded { format!("{} (00)", hex::encode(&word.octets)) } else { hex::spaced(&word.octets) };
    let carry = if word.carry { text.paint(Role::Warning, "+1   ") } else { "     ".to_owned() };
    let total = format!("{:04x}", word.total);
    let padding = if word.padded { " and a padding octet" } else { "" };
    text.line(format!("  {octets:7}  {:04x}  {total:>digits$}  {carry}  {}{padding}", word.value, word.label))
}

/// `108ac: 08ac + 1 = 08ad`.
fn fold_words(fold: Fold) -> String {
    let Fold { total, low, carries, sum } = fold;
    format!("{total:04x}: {low:04x} + {carries:x} = {sum:04x}")
}
