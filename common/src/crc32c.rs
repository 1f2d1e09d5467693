//! CRC32c (Castagnoli), the checksum of SCTP.

/// The generator polynomial 0x1EDC6F41 with its bits reversed: octets go in with their lowest bit first.
pub const POLYNOMIAL: u32 = 0x82f6_3b78;

/// What `TABLES[n][octet]` does to the remainder when `octet` is followed by n others.
static TABLES: [[u32; 256]; 8] = tables();

#[expect(clippy::indexing_slicing, reason = "evaluated when this is compiled")]
const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut octet = 0;
    while octet < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "below 256")]
        let mut remainder = octet as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = if remainder & 1 == 1 { (remainder >> 1) ^ POLYNOMIAL } else { remainder >> 1 };
            bit += 1;
        }
        tables[0][octet] = remainder;
        octet += 1;
    }
    let mut behind = 1;
    while behind < 8 {
        let mut octet = 0;
        while octet < 256 {
            let before = tables[behind - 1][octet];
            tables[behind][octet] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            octet += 1;
        }
        behind += 1;
    }
    tables
}

/// A CRC32c that is being computed; pieces may have any length.
///
/// # Source
/// RFC 9260 appendix A.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crc32c {
    remainder: u32,
}

impl Default for Crc32c {
    fn default() -> Self {
        Self::new()
    }
}

impl Crc32c {
    /// The state before the first octet: all ones.
    pub const fn new() -> Self {
        Self { remainder: u32::MAX }
    }

    /// Takes in `octets`.
    #[expect(clippy::indexing_slicing, reason = "an octet indexes 256 entries")]
    pub fn add(&mut self, octets: &[u8]) -> &mut Self {
        let (eights, rest) = octets.as_chunks::<8>();
        for eight in eights {
            // The remainder meets the first four octets; then each octet goes by the table of its distance from the end.
            let mixed = (u64::from_le_bytes(*eight) ^ u64::from(self.remainder)).to_le_bytes();
            self.remainder = TABLES
                .iter()
                .rev()
                .zip(mixed)
                .fold(0, |remainder, (table, octet)| remainder ^ table[usize::from(octet)]);
        }
        let [table, ..] = &TABLES;
        for octet in rest {
            let [low, ..] = self.remainder.to_le_bytes();
            self.remainder = (self.remainder >> 8) ^ table[usize::from(low ^ octet)];
        }
        self
    }

    /// The remainder so far, not yet complemented.
    pub const fn remainder(self) -> u32 {
        self.remainder
    }

    /// The CRC: the complement of the remainder.
    pub const fn value(self) -> u32 {
        !self.remainder
    }

    /// The CRC as SCTP's Checksum field holds it, read as a number in network order: its octets go out lowest first.
    pub const fn stored(self) -> u32 {
        self.value().swap_bytes()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bit_by_bit(octets: &[u8]) -> u32 {
        !octets.iter().fold(u32::MAX, |remainder, octet| {
            (0..8).fold(remainder ^ u32::from(*octet), |remainder, _| {
                if remainder & 1 == 1 { (remainder >> 1) ^ POLYNOMIAL } else { remainder >> 1 }
            })
        })
    }

    #[test]
    fn rfc_3720_appendix_b_4() {
        let counting: Vec<u8> = (0..32).collect();
        for (octets, stored) in [
            (&[0; 32][..], 0xaa36_918a_u32),
            (&[0xff; 32], 0x43ab_a862),
            (&counting, 0x4e79_dd46),
            (b"123456789", 0x8392_06e3),
        ] {
            assert_eq!(Crc32c::new().add(octets).stored(), stored, "{octets:02x?}");
        }
    }

    proptest! {
        #[test]
        fn any_pieces_are_as_bit_by_bit(octets: Vec<u8>, cut: prop::sample::Index) {
            let (first, second) = octets.split_at(cut.index(octets.len() + 1));
            prop_assert_eq!(Crc32c::new().add(first).add(second).value(), bit_by_bit(&octets));
        }
    }
}
