//! SCTP's CRC32c worked out octet by octet, every step kept as data.
//!
//! [`Division::of`] is the slow, visible way. `sockeye_common::crc32c` is the fast one, and a test holds the two to one
//! result.

use serde::Serialize;
use sockeye_common::crc32c::POLYNOMIAL;

use crate::working::Section;

/// What one octet does to the remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Which section it belongs to, from 0.
    pub section: usize,
    /// Where it is, in octets from the start of its section.
    pub offset_octets: usize,
    /// The octet.
    pub octet: u8,
    /// The low octet of the remainder with `octet` added without carries: a place in the table.
    pub index: u8,
    /// What the table has there.
    pub entry: u32,
    /// The remainder afterwards: shifted down by an octet, `entry` added without carries.
    pub remainder: u32,
}

/// The whole division.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Division {
    /// What is divided, in order.
    pub sections: Vec<Section>,
    /// The remainder before the first octet.
    pub start: u32,
    /// The octets of all sections.
    pub steps: Vec<Step>,
    /// The remainder after the last.
    pub remainder: u32,
    /// Its complement, which is the CRC.
    pub complement: u32,
}

impl Division {
    /// Divides `sections`, octet by octet.
    ///
    /// # Source
    /// RFC 9260 appendix A.
    pub fn of(sections: Vec<Section>) -> Self {
        let start = u32::MAX;
        let mut remainder = start;
        let mut steps = Vec::new();
        for (number, section) in sections.iter().enumerate().filter(|(_, section)| section.is_summed()) {
            for (offset_octets, octet) in section.octets.iter().enumerate() {
                let [low, ..] = remainder.to_le_bytes();
                let index = low ^ octet;
                let entry = entry(index);
                remainder = (remainder >> 8) ^ entry;
                steps.push(Step { section: number, offset_octets, octet: *octet, index, entry, remainder });
            }
        }
        Self { sections, start, steps, remainder, complement: !remainder }
    }
}

/// What the table has for `index`: what is left of it after eight divisions by the polynomial.
pub fn entry(index: u8) -> u32 {
    (0..8).fold(u32::from(index), |rest, _| if rest & 1 == 1 { (rest >> 1) ^ POLYNOMIAL } else { rest >> 1 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::crc32c::Crc32c;

    use super::*;

    #[test]
    fn the_table_of_rfc_9260() {
        // RFC 9260 appendix A, crc_c[256], first and last entries.
        assert_eq!((entry(0), entry(1), entry(2)), (0, 0xf26b_8303, 0xe13b_70f7));
        assert_eq!((entry(254), entry(255)), (0x5f16_d052, 0xad7d_5351));
    }

    proptest! {
        #[test]
        fn the_hand_and_the_machine_agree(first: Vec<u8>, second: Vec<u8>) {
            let sections = [&first, &second].map(|octets| Section::of_data("Data", octets.clone()));
            let division = Division::of(sections.to_vec());
            prop_assert_eq!(division.complement, Crc32c::new().add(&first).add(&second).value());
            prop_assert_eq!(division.steps.len(), first.len() + second.len());
        }
    }
}
