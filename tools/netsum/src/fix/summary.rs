//! What was done to a capture: the lines and the count.

use std::collections::BTreeMap;
use std::io;

use serde::{Serialize, Serializer};
use sockeye_capture::error::Compression;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

use super::frame::{Change, Editor, Left, Reason, Why};
use crate::protocol::Protocol;
use crate::verdict::Check;

/// The line above the others.
pub const HEADING: &str = "  frame  protocol  offset  stored    written";

/// What was done to a capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What was read, as the command line names it.
    pub file: String,
    /// What was written.
    pub out: String,
    /// Whether checksums were damaged, not repaired.
    pub damaging: bool,
    /// What the file was compressed with, which the other is not.
    pub compression: Option<Compression>,
    /// Frames read.
    pub frames: u64,
    /// Checksums judged.
    pub checksums: u64,
    /// Frames that were changed in front of a frame check sequence.
    pub stale_fcs: u64,
    changed: BTreeMap<(Protocol, Reason), u64>,
    left: BTreeMap<Why, u64>,
}

impl Summary {
    /// Of nothing yet.
    pub const fn new(file: String, out: String, damaging: bool) -> Self {
        Self {
            file,
            out,
            damaging,
            compression: None,
            frames: 0,
            checksums: 0,
            stale_fcs: 0,
            changed: BTreeMap::new(),
            left: BTreeMap::new(),
        }
    }

    /// Counts what `editor` did to a frame with so many octets of frame check sequence.
    pub fn count(&mut self, editor: &Editor, fcs_len: u8) {
        self.frames = self.frames.saturating_add(1);
        self.checksums = self.checksums.saturating_add(u64::try_from(editor.checks().len()).unwrap_or(u64::MAX));
        self.stale_fcs = self.stale_fcs.saturating_add(u64::from(fcs_len > 0 && !editor.changes.is_empty()));
        for change in &editor.changes {
            *self.changed.entry((change.check.protocol, change.reason)).or_default() += 1;
        }
        for left in &editor.left {
            *self.left.entry(left.why).or_default() += 1;
        }
    }

    /// How many checksums were rewritten.
    pub fn changed(&self) -> u64 {
        self.changed.values().sum()
    }

    /// How many bad ones are left.
    pub fn still_bad(&self) -> u64 {
        self.left.iter().filter(|(why, _)| why.is_damage()).map(|(_, count)| count).sum()
    }

    fn of(&self, protocol: Protocol) -> u64 {
        self.changed.iter().filter(|((of, _), _)| *of == protocol).map(|(_, count)| count).sum()
    }

    fn because(&self, reason: Reason) -> u64 {
        self.changed.iter().filter(|((_, because), _)| *because == reason).map(|(_, count)| count).sum()
    }

    /// What is worth knowing beside the table, a sentence each.
    fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<String> = Vec::new();
        let covering = self.because(Reason::Covering);
        if covering > 0 {
            remarks.push(format!("{covering} of them only because they cover another that was rewritten"));
        }
        for why in Why::ALL {
            if let Some(count) = self.left.get(&why) {
                remarks.push(format!("left alone: {count} {}", why.words()));
            }
        }
        if self.stale_fcs > 0 {
            let frames = counted(self.stale_fcs, "frame");
            remarks.push(format!("{frames} with a frame check sequence that was left as it was and is wrong now"));
        }
        if let Some(compression) = self.compression {
            remarks.push(format!("IN is compressed with {}, OUT is not", compression.name()));
        }
        remarks
    }

    /// All that the table does not say.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.remarks().into_iter().chain([self.sentence()])
    }

    /// The last line.
    fn sentence(&self) -> String {
        let verb = if self.damaging { "damaged" } else { "rewritten" };
        let left = match self.still_bad() {
            left if left > 0 && !self.damaging => format!(", {left} left bad"),
            _ => String::new(),
        };
        format!(
            "{}, {}: {} {verb}{left}",
            counted(self.frames, "frame"),
            counted(self.checksums, "checksum"),
            self.changed()
        )
    }
}

impl Render for Summary {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.changed() > 0 {
            let verb = if self.damaging { "damaged" } else { "rewritten" };
            let mut table = Table::new(Rules::Lines, ["protocol", verb]);
            for protocol in Protocol::ALL.iter().filter(|protocol| self.of(**protocol) > 0) {
                table.row([protocol.name().to_owned(), self.of(*protocol).to_string()]);
            }
            table.row(["all".to_owned(), self.changed().to_string()]);
            table.right(&[1]);
            text.table(&table)?;
        }
        for remark in self.remarks() {
            text.prose("", &remark)?;
        }
        let role = if self.still_bad() > 0 { Role::Bad } else { Role::Good };
        let sentence = text.paint(role, &self.sentence());
        text.prose("", &sentence)
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            record: &'a str,
            file: &'a str,
            out: &'a str,
            compression: Option<&'a str>,
            frames: u64,
            checksums: u64,
            changed: u64,
            protocols: BTreeMap<&'a str, u64>,
            reasons: BTreeMap<Reason, u64>,
            left: BTreeMap<Why, u64>,
            still_bad: u64,
            frames_with_stale_fcs: u64,
        }
        let reasons = [Reason::Bad, Reason::Illegal, Reason::Partial, Reason::Covering, Reason::Damage];
        Data {
            record: "summary",
            file: &self.file,
            out: &self.out,
            compression: self.compression.map(Compression::name),
            frames: self.frames,
            checksums: self.checksums,
            changed: self.changed(),
            protocols: Protocol::ALL.iter().map(|protocol| (protocol.name(), self.of(*protocol))).collect(),
            reasons: reasons.into_iter().map(|reason| (reason, self.because(reason))).collect(),
            left: Why::ALL.into_iter().map(|why| (why, self.left.get(&why).copied().unwrap_or(0))).collect(),
            still_bad: self.still_bad(),
            frames_with_stale_fcs: self.stale_fcs,
        }
        .serialize(serializer)
    }
}

/// The fields that both kinds of line have.
#[derive(Serialize)]
struct Place<'a> {
    record: &'a str,
    frame: u64,
    protocol: &'a str,
    offset_octets: usize,
    stored: u32,
    stored_octets: String,
}

impl<'a> Place<'a> {
    fn of(record: &'a str, check: &Check) -> Self {
        Self {
            record,
            frame: check.frame,
            protocol: check.protocol.name(),
            offset_octets: check.offset,
            stored: check.stored,
            stored_octets: check.digits(check.stored),
        }
    }
}

/// Where a continued line starts: below the protocol.
const INDENT: &str = "         ";

fn render_line(check: &Check, written: &str, words: &str, text: &mut Text<'_>) -> io::Result<()> {
    let columns = format!(
        "{:7}  {:8}  {:6}  {:8}  {written:8}",
        check.frame,
        check.protocol.name(),
        check.offset,
        check.digits(check.stored),
    );
    let said = format!("{}: {words}", check.flow());
    let width = columns.chars().chain(said.chars()).count().saturating_add(2);
    if width <= text.width().map_or(usize::MAX, usize::from) {
        return text.line(format!("{columns}  {said}"));
    }
    text.line(columns.trim_end())?;
    text.prose(INDENT, &said)
}

impl Render for Change {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        render_line(&self.check, &self.check.digits(self.written), self.reason.words(), text)
    }
}

impl Serialize for Change {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            #[serde(flatten)]
            place: Place<'a>,
            calculated: Option<u32>,
            calculated_octets: Option<String>,
            written: u32,
            written_octets: String,
            reason: Reason,
        }
        Data {
            place: Place::of("change", &self.check),
            calculated: self.check.calculated,
            calculated_octets: self.check.calculated.map(|calculated| self.check.digits(calculated)),
            written: self.written,
            written_octets: self.check.digits(self.written),
            reason: self.reason,
        }
        .serialize(serializer)
    }
}

impl Render for Left {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        render_line(&self.check, "-", &format!("left alone, {}", self.why.words()), text)
    }
}

impl Serialize for Left {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Data<'a> {
            #[serde(flatten)]
            place: Place<'a>,
            why: Why,
        }
        Data { place: Place::of("left_alone", &self.check), why: self.why }.serialize(serializer)
    }
}
