//! Where a field lies in a message.

use std::ops::Range;

/// The octets that a field takes. Offset and length are in octets, from the start of the message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first octet.
    pub offset: usize,
    /// How many.
    pub length: usize,
}

impl Span {
    /// The octets from `start` up to, not including, `end`.
    pub fn between(start: usize, end: usize) -> Self {
        Self { offset: start, length: end.saturating_sub(start) }
    }

    /// One past the last octet.
    pub fn end(self) -> usize {
        self.offset.saturating_add(self.length)
    }

    /// As a range, for slicing.
    pub fn range(self) -> Range<usize> {
        self.offset..self.end()
    }
}
