//! What two payloads have in common, and the words for it.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::checksum::Sum;
use sockeye_common::hex;

use crate::form::octets;
use crate::solve::explain::{Worked, parities, quoted};
use crate::solve::problem::Carrier;
use crate::solve::report::{Half, lengths, subject};
use crate::solve::sums::{MAX_LEN, MODULUS};

/// Whether two payloads have one checksum, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "comparison")]
pub struct Report {
    /// What carries them.
    pub protocol: Carrier,
    /// Whether their checksums are one.
    pub same: bool,
    /// Why.
    #[serde(flatten)]
    pub reason: Reason,
    /// The first.
    pub a: Side,
    /// The second.
    pub b: Side,
    /// Whether the sums are the two zeros of ones' complement, so that the one checksum is ffff and the other 0000.
    pub other_zero: bool,
    /// The same for every protocol, those that sum as many lengths beside each other.
    pub protocols: Vec<Row>,
}

/// One payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Side {
    /// How long it is.
    pub length_octets: usize,
    /// The folded sum of its words.
    pub sum: u16,
    /// How it is shown.
    #[serde(skip)]
    subject: String,
}

impl Side {
    /// The payload `data`.
    pub fn of(data: &[u8]) -> Self {
        Self { length_octets: data.len(), sum: Sum::new().add(data).folded(), subject: subject(data) }
    }
}

/// What both come to with one protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The protocol.
    pub protocol: Carrier,
    /// How often it sums the length.
    pub lengths_summed: u32,
    /// The sum of the first with its lengths, modulo 65535.
    pub a: u32,
    /// That of the second.
    pub b: u32,
    /// How much more the second is, modulo 65535.
    pub difference: u32,
    /// Whether it is nothing.
    pub same: bool,
}

/// Why two payloads have one checksum, or two.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// They are the same octets.
    Identical,
    /// They have the same words in another order.
    Reordered,
    /// One is the other with a suffix that adds nothing.
    NeutralSuffix {
        /// The length of what stands in front.
        base_length_octets: usize,
        /// The rule, worked out.
        worked: Worked,
    },
    /// The words differ and their sums are one.
    SumsMeet {
        /// Whether the lengths differ too.
        lengths_differ: bool,
    },
    /// The suffix of one would be neutral behind the other parity.
    ParityTrap {
        /// The length of what stands in front.
        base_length_octets: usize,
        /// The suffix.
        suffix_octets: String,
        /// What would be neutral here; none if the suffix has an odd length.
        swapped_octets: Option<String>,
        /// The rule, worked out.
        worked: Worked,
    },
    /// One is the other with a suffix that adds something.
    NotNeutral {
        /// The length of what stands in front.
        base_length_octets: usize,
        /// The rule, worked out.
        worked: Worked,
    },
    /// The sums of the words are one, and the lengths are not.
    LengthsDiffer {
        /// By how many octets.
        more: usize,
    },
    /// One has the words of the other with their octets exchanged.
    HalvesExchanged,
    /// The sums differ.
    SumsDiffer,
}

impl Reason {
    /// `suffix` behind `base` adds nothing.
    pub fn neutral(carrier: Carrier, base: &[u8], suffix: &[u8]) -> Self {
        let worked = Worked::of(carrier, suffix, Half::at(base.len()));
        Self::NeutralSuffix { base_length_octets: base.len(), worked }
    }

    /// `suffix` behind `base` adds something.
    pub fn not_neutral(carrier: Carrier, base: &[u8], suffix: &[u8]) -> Self {
        let worked = Worked::of(carrier, suffix, Half::at(base.len()));
        Self::NotNeutral { base_length_octets: base.len(), worked }
    }

    /// `suffix` behind `base` adds something, and would add nothing behind one octet more or less.
    pub fn trap(carrier: Carrier, base: &[u8], suffix: &[u8], swapped: Option<Vec<u8>>) -> Self {
        Self::ParityTrap {
            base_length_octets: base.len(),
            suffix_octets: hex::encode(suffix),
            swapped_octets: swapped.map(|octets| hex::encode(&octets)),
            worked: Worked::of(carrier, suffix, Half::at(base.len())),
        }
    }

    /// The reason in a sentence.
    pub fn words(&self, carrier: Carrier) -> String {
        match self {
            Self::Identical => "they are the same octets".to_owned(),
            Self::Reordered => {
                "they have the same words in another order, and a sum has no order (RFC 1071 section 2)".to_owned()
            }
            Self::NeutralSuffix { base_length_octets: base, worked } => {
                let (suffix, sum) = (worked.suffix(), worked_words(worked));
                format!("{suffix} is neutral behind {}: {sum}", octets(*base))
            }
            Self::SumsMeet { lengths_differ: false } => {
                "their words differ, but what some have more the others have less, modulo 65535".to_owned()
            }
            Self::SumsMeet { lengths_differ: true } if carrier.lengths() == 0 => {
                format!("their words sum to the same, modulo 65535, and {}", lengths(carrier))
            }
            Self::SumsMeet { lengths_differ: true } => {
                "what the words of one have more, its length has less, modulo 65535".to_owned()
            }
            Self::ParityTrap { base_length_octets: base, suffix_octets, swapped_octets, worked } => {
                trap_words(*base, suffix_octets, swapped_octets.as_deref(), worked)
            }
            Self::NotNeutral { base_length_octets: base, worked } => {
                let (suffix, sum) = (worked.suffix(), worked_words(worked));
                format!("{suffix} is not neutral behind {}: {sum}", octets(*base))
            }
            Self::LengthsDiffer { more } => {
                format!("their words sum to the same, but one has {} more, and {}", octets(*more), lengths(carrier))
            }
            Self::HalvesExchanged => {
                "one has the words of the other with high and low halves exchanged: only its byte order would make the \
                 sums one (RFC 1071 section 2 (B))"
                    .to_owned()
            }
            Self::SumsDiffer => format!("their sums differ, and {}", lengths(carrier)),
        }
    }
}

fn trap_words(base: usize, suffix: &str, swapped: Option<&str>, worked: &Worked) -> String {
    let (_, other) = parities(Half::at(base));
    let sum = worked_words(worked);
    let instead = match swapped {
        Some(swapped) if swapped.len() / 2 <= MAX_LEN => format!("Behind {base} it would be {}", quoted(swapped)),
        Some(_) => format!("Behind {base} it would be the same with its octets swapped in pairs"),
        None => format!("Behind {base} it is not, nor with its octets swapped in pairs, as its length is odd"),
    };
    format!(
        "{} is neutral only behind {other} number of octets. {instead}: high and low halves change places, and {sum}",
        quoted(suffix)
    )
}

/// `256*255 + 243 + 12 = 65535, which is 0 modulo 65535`.
fn worked_words(worked: &Worked) -> String {
    let modulo = match u64::from(MODULUS).checked_sub(worked.total) {
        Some(short) if short > 0 && worked.total > 0 => format!(", {short} short of 65535"),
        _ => format!(", which is {} modulo 65535", worked.residue),
    };
    format!("{}{modulo}", worked.sum())
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        for (name, side) in [("A", &self.a), ("B", &self.b)] {
            text.prose(&format!("{name}  "), &format!("{}: the words sum to {:04x}", side.subject, side.sum))?;
        }
        text.blank()?;
        let mut table = Table::new(Rules::Blank, ["protocol", "lengths", "A", "B", "B - A", "checksums"]);
        for rows in self.protocols.chunk_by(|one, other| one.lengths_summed == other.lengths_summed) {
            let Some(row) = rows.first() else { continue };
            let names: Vec<&str> = rows.iter().map(|row| row.protocol.keyword()).collect();
            let hex = |sum: u32| format!("{sum:04x}");
            let verdict = if row.same { "same" } else { "different" };
            table.row([
                names.join(", "),
                row.lengths_summed.to_string(),
                hex(row.a),
                hex(row.b),
                hex(row.difference),
                verdict.to_owned(),
            ]);
        }
        for line in table.lines(text.width().map(|width| width.saturating_sub(2))) {
            text.line(format!("  {line}"))?;
        }
        text.blank()?;
        let (role, verdict) = if self.same { (Role::Good, "Same") } else { (Role::Bad, "Different") };
        let verdict = text.paint(role, verdict);
        let whom =
            if self.protocol == Carrier::Raw { "" } else { ", whatever addresses, ports and other fields they share" };
        let name = self.protocol.name();
        text.prose("", &format!("{verdict} ({name}{whom}): {}.", self.reason.words(self.protocol)))?;
        if self.other_zero {
            text.prose(
                "",
                "Their sums are 0000 and ffff, the two zeros of ones' complement: computed anew the checksums are ffff and \
                 0000, and a receiver takes ffff for both.",
            )?;
        }
        Ok(())
    }
}

/// Two words side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The words at one offset.
    Words {
        /// Where.
        offset_octets: usize,
        /// The octets of the first, null behind its end.
        a: Option<String>,
        /// Those of the second.
        b: Option<String>,
        /// The sum of the first so far, carries left above the low 16 bits.
        a_total: u64,
        /// That of the second.
        b_total: u64,
    },
}

impl Event {
    /// The words at `offset`.
    pub fn words(offset: usize, octets: [Option<&[u8]>; 2], totals: [u64; 2]) -> Self {
        let ([a, b], [a_total, b_total]) = (octets.map(|octets| octets.map(hex::encode)), totals);
        Self::Words { offset_octets: offset, a, b, a_total, b_total }
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self::Words { offset_octets, a, b, a_total, b_total } = self;
        let word = |octets: &Option<String>| match octets.as_deref() {
            Some(octets) if octets.len() == 2 => format!("{octets}(00)"),
            Some(octets) => octets.to_owned(),
            None => "-".to_owned(),
        };
        let about = text.paint(Role::Dim, &format!("octet {offset_octets:4}:"));
        let differ = if a == b { "" } else { "  <" };
        let line = format!("{about} A {:6} total {a_total:05x}   B {:6} total {b_total:05x}{differ}", word(a), word(b));
        text.line(line)
    }
}
