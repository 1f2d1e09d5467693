//! The checksum worked out as it is done by hand, every step kept as data.
//!
//! [`Working::of`] is the slow, visible way. `sockeye_common::checksum::Sum` is the fast one, and a test holds the two to
//! one result.

use serde::{Serialize, Serializer};
use sockeye_cli::escape::escape_octets;
use sockeye_common::{hex, layout};

/// What a part of the summed octets is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The pseudo-header, which is summed and never sent.
    PseudoHeader,
    /// The header that holds the checksum, whose field counts as zero.
    Header,
    /// What the header is in front of.
    Data,
    /// What the checksum does not cover, although it lies among or behind what it does.
    LeftOut,
}

/// Octets that are summed in one go, and what they mean.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Which part this is.
    pub part: Part,
    /// What to call it: `UDP header`.
    pub title: String,
    /// Its fields in order; data has none.
    pub fields: Vec<Field>,
    /// Its octets.
    #[serde(serialize_with = "as_hex")]
    pub octets: Vec<u8>,
}

impl Section {
    /// A section that consists of `fields`.
    pub fn of_fields(part: Part, title: impl Into<String>, fields: Vec<Field>) -> Self {
        let octets = fields.iter().flat_map(|field| field.octets.iter().copied()).collect();
        Self { part, title: title.into(), fields, octets }
    }

    /// A section of octets without fields.
    pub fn of_data(title: impl Into<String>, octets: Vec<u8>) -> Self {
        Self { part: Part::Data, title: title.into(), fields: Vec::new(), octets }
    }

    /// A section of octets that are shown and not summed.
    pub fn left_out(title: impl Into<String>, octets: Vec<u8>) -> Self {
        Self { part: Part::LeftOut, ..Self::of_data(title, octets) }
    }

    /// Whether it counts.
    pub fn is_summed(&self) -> bool {
        self.part != Part::LeftOut
    }

    /// What the word at `offset` of this section is: the fields that lie in it, or the text of its octets.
    pub fn label(&self, offset: usize, octets: &[u8]) -> String {
        let end = offset.saturating_add(octets.len());
        let names: Vec<String> = self
            .fields
            .iter()
            .filter(|field| field.offset_octets < end && offset < field.end())
            .map(|field| field.name_at(offset))
            .collect();
        if self.fields.is_empty() { format!("\"{}\"", text(octets)) } else { names.join(", ") }
    }
}

/// One field of a header or pseudo-header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// The name in the RFC.
    pub name: &'static str,
    /// Where it starts, in octets from the start of its section.
    pub offset_octets: usize,
    /// Its octets in network order.
    #[serde(serialize_with = "as_hex")]
    pub octets: Vec<u8>,
    /// What they mean, in words.
    pub meaning: String,
}

impl Field {
    fn end(&self) -> usize {
        self.offset_octets.saturating_add(self.octets.len())
    }

    /// The name; with the number of the word where the field has several.
    fn name_at(&self, offset: usize) -> String {
        let words = self.octets.len() / 2;
        if words < 2 {
            return self.name.to_owned();
        }
        let index = offset.saturating_sub(self.offset_octets) / 2 + 1;
        format!("{} {index}/{words}", self.name)
    }
}

impl From<layout::Field> for Field {
    fn from(field: layout::Field) -> Self {
        Self { name: field.name, offset_octets: field.offset, octets: field.octets, meaning: field.meaning }
    }
}

/// One line of the addition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    /// Which part it belongs to.
    pub part: Part,
    /// Where it starts, in octets from the start of its part.
    pub offset_octets: usize,
    /// Its octets: two, or one where an odd octet ends the part.
    #[serde(serialize_with = "as_hex")]
    pub octets: Vec<u8>,
    /// Whether a zero octet was put behind a lone one.
    pub padded: bool,
    /// The word, high octet first.
    pub value: u16,
    /// The sum of all words up to and with this one, carries left above the low 16 bits.
    pub total: u64,
    /// Whether adding this word carried out of the low 16 bits.
    pub carry: bool,
    /// The fields that lie in it, or its octets as text.
    pub label: String,
}

/// One fold: the carries above the low 16 bits are cut off and added at the low end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fold {
    /// The sum before.
    pub total: u64,
    /// Its low 16 bits.
    pub low: u16,
    /// What stood above them.
    pub carries: u64,
    /// The two added.
    pub sum: u64,
}

/// The whole addition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Working {
    /// What is summed, in order.
    pub sections: Vec<Section>,
    /// The words of all sections.
    pub words: Vec<Word>,
    /// Their sum before the fold.
    pub total: u64,
    /// The folds; none if nothing carried.
    pub folds: Vec<Fold>,
    /// The sum in 16 bits.
    pub folded: u16,
    /// Its complement.
    pub complement: u16,
}

impl Working {
    /// Adds `sections` up, word by word.
    ///
    /// Every summed section but the last must have an even number of octets, as pseudo-headers and headers do: an odd one would
    /// be padded where the real sum goes on with the next octet.
    ///
    /// # Source
    /// RFC 1071 section 1.
    pub fn of(sections: Vec<Section>) -> Self {
        let mut words = Vec::new();
        let mut total = 0_u64;
        for section in sections.iter().filter(|section| section.is_summed()) {
            for (index, octets) in section.octets.chunks(2).enumerate() {
                let value = match octets {
                    [high, low] => u16::from_be_bytes([*high, *low]),
                    [high] => u16::from_be_bytes([*high, 0]),
                    _ => 0,
                };
                let before = total;
                total = total.saturating_add(value.into());
                let offset = index.saturating_mul(2);
                words.push(Word {
                    part: section.part,
                    offset_octets: offset,
                    octets: octets.to_vec(),
                    padded: octets.len() == 1,
                    value,
                    total,
                    carry: before >> 16 != total >> 16,
                    label: section.label(offset, octets),
                });
            }
        }
        let (folds, folded) = folds(total);
        Self { sections, words, total, folds, folded, complement: !folded }
    }

    /// How many words carried out of the low 16 bits.
    pub fn carries(&self) -> u64 {
        self.total >> 16
    }
}

/// The folds of `total`, and what they end in.
pub fn folds(total: u64) -> (Vec<Fold>, u16) {
    let mut folds = Vec::new();
    let mut rest = total;
    loop {
        if let Ok(folded) = u16::try_from(rest) {
            return (folds, folded);
        }
        let [.., high, low] = rest.to_be_bytes();
        let low = u16::from_be_bytes([high, low]);
        let carries = rest >> 16;
        let sum = u64::from(low).saturating_add(carries);
        folds.push(Fold { total: rest, low, carries, sum });
        rest = sum;
    }
}

/// Octets as text for a terminal, with quotes escaped.
pub fn text(octets: &[u8]) -> String {
    escape_octets(octets).replace('"', "\\\"")
}

/// Serializes octets as lower-case hex.
pub(crate) fn as_hex<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(octets))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::checksum::{self, Sum};

    use super::*;

    fn data(octets: &[u8]) -> Working {
        Working::of(vec![Section::of_data("Data", octets.to_vec())])
    }

    #[test]
    fn rfc_1071_section_3() {
        let working = data(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]);
        let totals: Vec<u64> = working.words.iter().map(|word| word.total).collect();
        assert_eq!(totals, [0x0001, 0xf204, 0x1_e6f9, 0x2_ddf0]);
        assert_eq!(working.words.iter().map(|word| word.carry).collect::<Vec<_>>(), [false, false, true, true]);
        assert_eq!(working.folds, [Fold { total: 0x2_ddf0, low: 0xddf0, carries: 2, sum: 0xddf2 }]);
        assert_eq!((working.folded, working.complement), (0xddf2, 0x220d));
    }

    #[test]
    fn a_fold_may_carry_again() {
        let working = data(&[0xff, 0xff, 0x00, 0x01, 0xff, 0xff]);
        assert_eq!(working.total, 0x1_ffff);
        assert_eq!(
            working.folds,
            [
                Fold { total: 0x1_ffff, low: 0xffff, carries: 1, sum: 0x1_0000 },
                Fold { total: 0x1_0000, low: 0, carries: 1, sum: 1 }
            ]
        );
        assert_eq!(working.folded, 1);
    }

    #[test]
    fn nothing_sums_to_zero() {
        let working = data(&[]);
        assert_eq!((working.total, working.folded, working.complement), (0, 0, 0xffff));
        assert!(working.words.is_empty() && working.folds.is_empty());
    }

    #[test]
    fn an_odd_octet_is_the_high_half() {
        let [word] = &data(b"E").words[..] else { panic!("one word") };
        assert_eq!((word.value, word.padded, word.octets.as_slice()), (0x4500, true, &b"E"[..]));
        assert_eq!(word.label, "\"E\"");
    }

    #[test]
    fn text_cannot_leave_its_quotes() {
        assert_eq!(text(b"a\"b\x1b\\"), "a\\\"b\\x1b\\\\");
    }

    proptest! {
        #[test]
        fn the_hand_and_the_machine_agree(octets: Vec<u8>) {
            let working = data(&octets);
            prop_assert_eq!(working.total, checksum::plain_sum(&octets));
            prop_assert_eq!(working.folded, Sum::new().add(&octets).folded());
            prop_assert_eq!(working.complement, checksum::compute(&octets));
            let carried = working.words.iter().filter(|word| word.carry).count();
            prop_assert_eq!(u64::try_from(carried).unwrap(), working.carries());
        }
    }
}
