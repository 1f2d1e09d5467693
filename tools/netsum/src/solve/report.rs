//! What was found, for a person and for a program.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::hex;
use sockeye_common::number::grouped;

use super::big::Count;
use super::problem::{Carrier, Problem};
use super::show::{printable, shown};
use crate::form::octets;
use crate::working::as_hex;

/// Which half of a word an octet falls in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Half {
    /// The first octet of a word.
    High,
    /// The second.
    Low,
}

impl Half {
    /// Where the octet at this offset falls.
    pub const fn at(offset: usize) -> Self {
        if offset.is_multiple_of(2) { Self::High } else { Self::Low }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::High => Self::Low,
            Self::Low => Self::High,
        }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Low => "low",
        }
    }
}

/// One suffix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suffix {
    /// `suffix`.
    record: &'static str,
    /// How long it is.
    length_octets: usize,
    /// Its octets.
    #[serde(serialize_with = "as_hex")]
    pub octets: Vec<u8>,
    /// The same as text, if all of it is printable.
    text: Option<String>,
    /// The checksum with it, if that is known.
    checksum: Option<u16>,
    /// The same as it is sent.
    checksum_octets: Option<String>,
}

impl Suffix {
    /// `octets` behind the data of `problem`.
    pub fn of(problem: &Problem, octets: Vec<u8>) -> Self {
        let checksum = problem.checksum_with(&octets);
        Self {
            record: "suffix",
            length_octets: octets.len(),
            text: printable(&octets).map(str::to_owned),
            octets,
            checksum,
            checksum_octets: checksum.map(|checksum| format!("{checksum:04x}")),
        }
    }
}

impl Render for Suffix {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(format!("  {}", shown(&self.octets)))
    }
}

/// How many suffixes of one length there are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tally {
    /// The length.
    pub length_octets: usize,
    /// How many, if every reader of JSON takes the number exactly.
    count: Option<u64>,
    /// How many, in decimal digits.
    pub count_digits: Count,
    /// One in so many of all suffixes of this length out of the set.
    one_in: Option<f64>,
    /// The first of them.
    #[serde(skip)]
    pub first: Option<Vec<u8>>,
}

impl Tally {
    /// `count` suffixes of `length` octets out of a set of `symbols`.
    pub fn of(length: usize, count: Count, symbols: usize) -> Self {
        let symbols = f64::from(u32::try_from(symbols).unwrap_or(u32::MAX));
        let all = symbols.powi(i32::try_from(length).unwrap_or(i32::MAX));
        Self {
            length_octets: length,
            count: count.exact_in_json(),
            count_digits: count,
            one_in: (!count.is_zero()).then(|| all / count.to_f64()),
            first: None,
        }
    }
}

/// What was asked, and how many suffixes do it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Summary {
    /// `summary`.
    pub record: &'static str,
    /// What carries the data.
    pub protocol: Carrier,
    /// How often the length is part of the sum.
    pub lengths_summed: u32,
    /// The data's length.
    pub data_length_octets: usize,
    /// Where the first octet of a suffix falls.
    pub first_half: Half,
    /// The checksum now, if it is known.
    pub checksum: Option<u16>,
    /// The checksum that is wanted; null if it is to stay.
    pub wanted: Option<u16>,
    /// What 256*H + L + lengths_summed*k must be, modulo 65535.
    pub residue: u32,
    /// The set that suffixes are taken from.
    pub set: String,
    /// How many octets it has.
    pub set_octets: usize,
    /// The seed that suffixes are drawn with; null if the first are listed.
    pub seed: Option<u64>,
    /// How many suffixes there are of each length.
    pub suffixes: Vec<Tally>,
    /// The data, as it is shown.
    #[serde(skip)]
    pub subject: String,
    /// The heading over the first suffixes, if they are shown.
    #[serde(skip)]
    pub first: Option<&'static str>,
}

/// The most octets of data that are shown in a sentence.
const SHOWN_LEN: usize = 32;

/// `"ABCDE", 5 octets`; of long data, its length.
pub fn subject(data: &[u8]) -> String {
    let count = octets(data.len());
    match data.len() {
        0 => "No octets".to_owned(),
        1..=SHOWN_LEN => format!("{}, {count}", shown(data)),
        _ => format!("Data of {count}"),
    }
}

/// `256*H + L + 2*k = 0 (mod 65535)`.
pub fn congruence(carrier: Carrier, residue: u32) -> String {
    let lengths = match carrier.lengths() {
        0 => String::new(),
        1 => " + k".to_owned(),
        times => format!(" + {times}*k"),
    };
    format!("256*H + L{lengths} = {residue} (mod 65535)")
}

/// `UDP sums the length twice`.
pub fn lengths(carrier: Carrier) -> &'static str {
    match carrier {
        Carrier::Udp => "UDP sums the length twice",
        Carrier::Tcp => "TCP sums the length once",
        Carrier::Icmp => "ICMP sums no length",
        Carrier::Icmpv6 => "ICMPv6 sums the length once",
        Carrier::Raw => "no length is summed",
    }
}

/// `keep the checksum f752`, `turn the checksum f752 into 1234`.
pub fn goal(now: Option<u16>, wanted: Option<u16>) -> String {
    match (now, wanted) {
        (Some(now), Some(wanted)) => format!("turn the checksum {now:04x} into {wanted:04x}"),
        (Some(now), None) => format!("keep the checksum {now:04x}"),
        (None, _) => "keep the checksum".to_owned(),
    }
}

impl Render for Summary {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let parity = if self.first_half == Half::High { "an even" } else { "an odd" };
        let halves = format!(
            "{}, {parity} number: of what follows, the 1st, 3rd, .. octet is a {} half, the 2nd, 4th, .. a {} one",
            self.subject,
            self.first_half.name(),
            self.first_half.other().name()
        );
        text.prose("", &halves)?;
        text.prose("", &format!("{}, so k octets {} if", lengths(self.protocol), goal(self.checksum, self.wanted)))?;
        let rule = text.paint(Role::Strong, &congruence(self.protocol, self.residue));
        text.prose("  ", &format!("{rule}, H the sum of those in high halves, L of those in low ones"))?;
        text.blank()?;
        let many = self.suffixes.iter().map(|tally| tally.length_octets).max();
        let mut headings = vec!["k", "suffixes", "one in"];
        headings.extend(self.first);
        let mut table = Table::new(Rules::Blank, headings);
        table.right(&[0, 1, 2]);
        for tally in &self.suffixes {
            let one_in = tally.one_in.map_or("-".to_owned(), |ratio| grouped(&format!("{ratio:.0}")));
            let mut row = vec![tally.length_octets.to_string(), tally.count_digits.to_string(), one_in];
            if self.first.is_some() {
                row.push(tally.first.as_ref().map_or("-".to_owned(), |first| shown(first)));
            }
            table.row(row);
        }
        // A count of a hundred digits is worth more than the width of a terminal.
        let width = text.width().filter(|_| many.is_some_and(|many| many <= 16)).map(|width| width.saturating_sub(2));
        for line in table.lines(width) {
            text.line(format!("  {line}"))?;
        }
        Ok(())
    }
}

/// One word that does what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    /// `word`.
    record: &'static str,
    /// What carries the data.
    protocol: Carrier,
    /// Where it stands.
    offset_octets: usize,
    /// Whether the octets from there on were moved behind it.
    inserted: bool,
    /// Its octets.
    #[serde(serialize_with = "as_hex")]
    pub octets: Vec<u8>,
    /// The same as text, if it is printable.
    text: Option<String>,
    /// What stood there before, if it was overwritten.
    replaced_octets: Option<String>,
    /// The checksum before, if it is known.
    checksum_before: Option<u16>,
    /// The checksum that is wanted; null if it is to stay.
    wanted: Option<u16>,
    /// The checksum with it, if that is known.
    pub checksum: Option<u16>,
    /// The same as it is sent.
    checksum_octets: Option<String>,
    /// All the data with it.
    #[serde(serialize_with = "as_hex")]
    data_octets: Vec<u8>,
}

impl Word {
    /// `word` at `at` in the data of `problem`.
    pub fn of(problem: &Problem, at: usize, inserted: bool, word: [u8; 2]) -> Self {
        let data = problem.with_word(at, inserted, word);
        let checksum = problem.checksum_of(&data);
        let replaced = problem.data.get(at..at.saturating_add(2)).filter(|_| !inserted);
        Self {
            record: "word",
            protocol: problem.carrier,
            offset_octets: at,
            inserted,
            octets: word.to_vec(),
            text: printable(&word).map(str::to_owned),
            replaced_octets: replaced.map(hex::encode),
            checksum_before: problem.now,
            wanted: problem.wanted,
            checksum,
            checksum_octets: checksum.map(|checksum| format!("{checksum:04x}")),
            data_octets: data,
        }
    }
}

impl Render for Word {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let octets = text.paint(Role::Strong, &hex::spaced(&self.octets));
        let quoted = self.text.as_ref().map_or(String::new(), |_| format!(" {}", shown(&self.octets)));
        let replaced = self.replaced_octets.as_ref().map_or("inserted".to_owned(), |old| format!("instead of {old}"));
        let checksum = self.checksum_octets.as_ref().map_or(String::new(), |sum| format!(": checksum {sum}"));
        text.prose("  ", &format!("{octets}{quoted} at octet {}, {replaced}{checksum}", self.offset_octets))?;
        if self.data_octets.len() <= SHOWN_LEN {
            text.line(format!("  {}", shown(&self.data_octets)))?;
        }
        Ok(())
    }
}
