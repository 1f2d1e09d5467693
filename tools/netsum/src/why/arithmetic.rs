//! Ones' complement arithmetic on folded sums.

use sockeye_common::checksum::fold;

/// `a` and `b`, the carry brought round.
pub(super) fn add(a: u16, b: u16) -> u16 {
    fold(u64::from(a) + u64::from(b))
}

/// What must be added to `b` to get `a`.
pub(super) fn subtract(a: u16, b: u16) -> u16 {
    add(a, !b)
}

/// Whether two sums are the same: 0000 and ffff are.
pub(super) fn same(a: u16, b: u16) -> bool {
    a == b || (a ^ b == 0xffff && (a == 0 || b == 0))
}

/// A number that may have more than 16 bits, as a sum has it.
pub(super) fn folded(number: usize) -> u16 {
    u64::try_from(number).map_or(0, fold)
}
