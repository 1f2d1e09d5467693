//! Natural numbers of a fixed number of 64-bit limbs: what counting suffixes needs, and nothing more.
//!
//! 64 octets out of 256 make 2^512 suffixes, one in 65,535 of which is counted; no sum or product here comes to its end.

use std::fmt;
use std::iter;

use serde::{Serialize, Serializer};
use sockeye_common::number::grouped;

/// A natural number below 2^(64·N), lowest limb first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Big<const N: usize>([u64; N]);

/// How many ways lead to one sum of at most 32 octets: below 256^32.
pub type Ways = Big<4>;
/// How many suffixes of at most 64 octets there are: below 256^64.
pub type Count = Big<8>;

/// The largest power of ten in a limb, and its exponent.
const DECIMAL_LIMB: (u64, usize) = (10_000_000_000_000_000_000, 19);

/// The largest number that every reader of JSON takes exactly: 2^53 - 1.
const JSON_EXACT: u64 = (1 << 53) - 1;

impl<const N: usize> Big<N> {
    /// Nothing.
    pub const ZERO: Self = Self([0; N]);

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|limb| *limb == 0)
    }

    /// The sum, modulo 2^(64·N).
    #[must_use]
    pub fn plus(mut self, other: &Self) -> Self {
        let mut carry = false;
        for (limb, other) in self.0.iter_mut().zip(other.0) {
            (*limb, carry) = limb.carrying(other, carry);
        }
        self
    }

    /// The difference, modulo 2^(64·N).
    #[must_use]
    pub fn minus(self, other: &Self) -> Self {
        // Two's complement: -x = !x + 1.
        let mut sum = Self(other.0.map(|limb| !limb));
        let mut carry = true;
        for (limb, other) in sum.0.iter_mut().zip(self.0) {
            (*limb, carry) = limb.carrying(other, carry);
        }
        sum
    }

    /// Which of the two is larger.
    pub fn is_below(&self, other: &Self) -> bool {
        self.0.iter().rev().lt(other.0.iter().rev())
    }

    /// The number nearest to it that a float holds.
    #[expect(clippy::cast_precision_loss, reason = "a ratio in a few digits is wanted")]
    pub fn to_f64(self) -> f64 {
        self.0.iter().rev().fold(0.0, |high, limb| high * 2_f64.powi(64) + *limb as f64)
    }

    /// The number, if every reader of JSON takes it exactly.
    pub fn exact_in_json(self) -> Option<u64> {
        let (low, high) = self.0.split_first()?;
        (high.iter().all(|limb| *limb == 0) && *low <= JSON_EXACT).then_some(*low)
    }

    /// A number below this one out of `random`, each as likely as the other; zero if this is zero.
    #[must_use]
    pub fn pick_below(&self, random: &mut dyn FnMut() -> u64) -> Self {
        let mut ones = 0;
        // No bit above the highest of `self` is drawn, so that half of the drawn numbers do at worst.
        let mask = self.0.iter().rev().map(|limb| {
            let mask = if ones == 0 { u64::MAX.checked_shr(limb.leading_zeros()).unwrap_or(0) } else { u64::MAX };
            ones |= mask;
            mask
        });
        let mask: Vec<u64> = mask.collect();
        if self.is_zero() {
            return Self::ZERO;
        }
        loop {
            let mut drawn = [0; N];
            for (limb, mask) in drawn.iter_mut().zip(mask.iter().rev()) {
                *limb = random() & mask;
            }
            if Self(drawn).is_below(self) {
                return Self(drawn);
            }
        }
    }

    /// Divides by `divisor` in place, and returns the remainder.
    fn divide(&mut self, divisor: u64) -> u64 {
        let mut rest = 0_u128;
        for limb in self.0.iter_mut().rev() {
            let dividend = rest << 64 | u128::from(*limb);
            *limb = low(dividend / u128::from(divisor));
            rest = dividend % u128::from(divisor);
        }
        low(rest)
    }

    /// The decimal digits.
    pub fn digits(&self) -> String {
        let mut rest = *self;
        let mut pieces = Vec::new();
        while !rest.is_zero() {
            pieces.push(rest.divide(DECIMAL_LIMB.0));
        }
        let mut pieces = pieces.iter().rev();
        let first = pieces.next().map_or("0".to_owned(), u64::to_string);
        iter::once(first).chain(pieces.map(|piece| format!("{piece:0width$}", width = DECIMAL_LIMB.1))).collect()
    }
}

impl Count {
    /// Adds the product of two numbers of ways.
    pub fn add_product(&mut self, a: &Ways, b: &Ways) {
        for (place, a) in a.0.iter().enumerate().filter(|(_, a)| **a != 0) {
            let mut carry = 0_u128;
            for (limb, b) in self.0.iter_mut().skip(place).zip(b.0.iter().copied().chain(iter::repeat(0))) {
                // At most 2^128 - 1: the square of 2^64 - 1, and twice 2^64 - 1.
                let sum = u128::from(*a) * u128::from(b) + u128::from(*limb) + carry;
                *limb = low(sum);
                carry = sum >> 64;
            }
        }
    }
}

impl<const N: usize> From<u64> for Big<N> {
    fn from(number: u64) -> Self {
        let mut limbs = [0; N];
        if let Some(low) = limbs.first_mut() {
            *low = number;
        }
        Self(limbs)
    }
}

/// With a comma between groups of three digits: `43,394,185`.
impl<const N: usize> fmt::Display for Big<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&grouped(&self.digits()))
    }
}

/// As its digits in a string: readers of JSON round large numbers.
impl<const N: usize> Serialize for Big<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digits())
    }
}

/// Addition of limbs with a carry in and out.
trait Carrying: Sized {
    fn carrying(self, other: Self, carry: bool) -> (Self, bool);
}

impl Carrying for u64 {
    fn carrying(self, other: Self, carry: bool) -> (Self, bool) {
        let (sum, over) = self.overflowing_add(other);
        let (sum, again) = sum.overflowing_add(carry.into());
        (sum, over || again)
    }
}

/// The low 64 bits.
#[expect(clippy::cast_possible_truncation, reason = "the low limb is wanted")]
const fn low(number: u128) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use sockeye_common::random::Random;

    fn of(number: u128) -> Ways {
        Big([low(number), low(number >> 64), 0, 0])
    }

    #[test]
    fn the_largest_count() {
        // 2^512 - 1, by bc(1).
        let most = Count::ZERO.minus(&Count::from(1));
        assert_eq!(
            most.digits(),
            "1340780792994259709957402499820584612747936582059239337772356144372176403007354697680187429816690342769003185\
             8186486050853753882811946569946433649006084095"
        );
        assert!(most.plus(&Count::from(1)).is_zero());
        assert_eq!(most.exact_in_json(), None);
        assert!((most.to_f64() / 2_f64.powi(512) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn grouping() {
        for (number, shown) in [(0, "0"), (999, "999"), (1000, "1,000"), (43_394_185, "43,394,185")] {
            assert_eq!(Count::from(number).to_string(), shown);
        }
        assert_eq!(format!("{:>6}", Count::from(1000)), " 1,000");
    }

    #[test]
    fn numbers_that_json_has() {
        assert_eq!(Count::from(JSON_EXACT).exact_in_json(), Some(JSON_EXACT));
        assert_eq!(Count::from(JSON_EXACT + 1).exact_in_json(), None);
    }

    #[test]
    fn every_number_below_is_picked() {
        let mut sequence = Random::new(1);
        let mut random = || sequence.draw();
        let mut seen = [false; 5];
        for _ in 0..64 {
            let picked = Count::from(5).pick_below(&mut random).exact_in_json().unwrap();
            seen[usize::try_from(picked).unwrap()] = true;
        }
        assert_eq!(seen, [true; 5]);
        assert!(Count::ZERO.pick_below(&mut random).is_zero());
        // Above the limb that is only just needed, nothing is drawn; below it, everything.
        let large = Big::<2>([0, 1]);
        assert!(large.pick_below(&mut random).is_below(&large));
    }

    proptest! {
        #[test]
        fn as_128_bits_do(a: u128, b: u128, small: u64) {
            let (a, b) = (a >> 1, b >> 1);
            prop_assert_eq!(of(a).plus(&of(b)), of(a + b));
            prop_assert_eq!(of(a + b).minus(&of(b)), of(a));
            prop_assert_eq!(of(a).is_below(&of(b)), a < b);
            prop_assert_eq!(of(a).digits(), a.to_string());
            let mut product = Count::from(small);
            product.add_product(&of(a >> 64), &of(b >> 64));
            prop_assert_eq!(product.digits(), ((a >> 64) * (b >> 64) + u128::from(small)).to_string());
        }

        #[test]
        fn products_of_many_limbs(a: u128, b: u128, c: u128) {
            // (a + b)·c = a·c + b·c, with carries into every limb.
            let (a, b) = (a >> 1, b >> 1);
            let (mut left, mut right) = (Count::ZERO, Count::ZERO);
            left.add_product(&of(a + b), &of(c));
            right.add_product(&of(a), &of(c));
            right.add_product(&of(b), &of(c));
            prop_assert_eq!(left, right);
        }
    }
}
