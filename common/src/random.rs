//! Numbers from a seed: the same seed, the same samples, on every machine.

/// SplitMix64.
///
/// # Source
/// Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014, section 5.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for every seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// The next number from 0, which may come, to 1, which does not. It has 53 bits, all that an f64 holds.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_a_sequence() {
        let mut random = Random::new(0);
        // The first output of SplitMix64 with seed 0 in every implementation.
        assert_eq!(random.draw(), 0xe220_a839_7b1d_cdaf);
        let halves = (0..10_000).filter(|_| random.unit() < 0.5).count();
        assert!((4_800..5_200).contains(&halves), "{halves}");
        assert_ne!(Random::new(1).draw(), Random::new(2).draw());
    }
}
