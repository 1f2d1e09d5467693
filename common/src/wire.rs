//! Cursors over octets: the only code in Sockeye that takes octets apart.
//!
//! Every read names the field that it reads, so that a truncation says where and of what. No accessor method can panic.

use std::fmt;

use crate::order::ByteOrder;

/// The input ended before the field did. Offsets and lengths are in octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truncated {
    /// The field, as the specification spells it.
    pub field: &'static str,
    /// Where the field starts, from the start of the input.
    pub offset: usize,
    /// How many octets the field needs.
    pub needed: usize,
    /// How many octets were left.
    pub available: usize,
}

impl fmt::Display for Truncated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, offset, needed, available } = self;
        write!(f, "truncated at octet {offset}: {field} needs {needed}, {available} left")
    }
}

impl std::error::Error for Truncated {}

/// Reads fields from the front of a slice.
///
/// Multi-octet integers are in network order unless the method says otherwise.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    input: &'a [u8],
    offset: usize,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `input`.
    pub fn new(input: &'a [u8]) -> Self {
        Self { input, offset: 0 }
    }

    /// A reader of the same input at `offset`, or `None` if that is past the end. One past the last octet is allowed.
    pub fn at(input: &'a [u8], offset: usize) -> Option<Self> {
        (offset <= input.len()).then_some(Self { input, offset })
    }

    /// How many octets have been read.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// How many octets are left.
    pub fn remaining(&self) -> usize {
        self.input.len().saturating_sub(self.offset)
    }

    /// Whether every octet has been read.
    pub fn is_empty(&self) -> bool {
        self.remaining() == 0
    }

    /// The octets not yet read. Does not advance.
    pub fn rest(&self) -> &'a [u8] {
        self.input.get(self.offset..).unwrap_or_default()
    }

    /// The whole input, whatever has been read of it.
    pub fn input(&self) -> &'a [u8] {
        self.input
    }

    /// The next `len` octets.
    ///
    /// # Errors
    /// [`Truncated`] if fewer are left; nothing is consumed then.
    pub fn octets(&mut self, len: usize, field: &'static str) -> Result<&'a [u8], Truncated> {
        let taken = self.offset.checked_add(len).and_then(|end| self.input.get(self.offset..end)).ok_or(Truncated {
            field,
            offset: self.offset,
            needed: len,
            available: self.remaining(),
        })?;
        self.offset += len;
        Ok(taken)
    }

    /// The next `N` octets as an array.
    ///
    /// # Errors
    /// [`Truncated`] if fewer are left; nothing is consumed then.
    pub fn array<const N: usize>(&mut self, field: &'static str) -> Result<[u8; N], Truncated> {
        let mut array = [0; N];
        array.copy_from_slice(self.octets(N, field)?);
        Ok(array)
    }

    /// Leaves out `len` octets.
    ///
    /// # Errors
    /// [`Truncated`] if fewer are left.
    pub fn skip(&mut self, len: usize, field: &'static str) -> Result<(), Truncated> {
        self.octets(len, field).map(|_| ())
    }

    /// One octet.
    ///
    /// # Errors
    /// [`Truncated`] at the end of the input.
    pub fn u8(&mut self, field: &'static str) -> Result<u8, Truncated> {
        self.array(field).map(u8::from_be_bytes)
    }

    /// A 16-bit integer in network order.
    ///
    /// # Errors
    /// [`Truncated`] if fewer than two octets are left.
    pub fn u16(&mut self, field: &'static str) -> Result<u16, Truncated> {
        self.array(field).map(u16::from_be_bytes)
    }

    /// A 32-bit integer in network order.
    ///
    /// # Errors
    /// [`Truncated`] if fewer than four octets are left.
    pub fn u32(&mut self, field: &'static str) -> Result<u32, Truncated> {
        self.array(field).map(u32::from_be_bytes)
    }

    /// A 64-bit integer in network order.
    ///
    /// # Errors
    /// [`Truncated`] if fewer than eight octets are left.
    pub fn u64(&mut self, field: &'static str) -> Result<u64, Truncated> {
        self.array(field).map(u64::from_be_bytes)
    }

    /// A 16-bit integer in the given order, for formats that say their order in the file.
    ///
    /// # Errors
    /// [`Truncated`] if fewer than two octets are left.
    pub fn u16_in(&mut self, order: ByteOrder, field: &'static str) -> Result<u16, Truncated> {
        self.array(field).map(|octets| order.u16(octets))
    }

    /// A 32-bit integer in the given order.
    ///
    /// # Errors
    /// [`Truncated`] if fewer than four octets are left.
    pub fn u32_in(&mut self, order: ByteOrder, field: &'static str) -> Result<u32, Truncated> {
        self.array(field).map(|octets| order.u32(octets))
    }

    /// A 64-bit integer in the given order.
    ///
    /// # Errors
    /// [`Truncated`] if fewer than eight octets are left.
    pub fn u64_in(&mut self, order: ByteOrder, field: &'static str) -> Result<u64, Truncated> {
        self.array(field).map(|octets| order.u64(octets))
    }
}

/// Appends fields to a buffer, in network order unless the method says otherwise.
#[derive(Clone, Debug, Default)]
pub struct Writer {
    octets: Vec<u8>,
}

impl Writer {
    /// A writer of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many octets have been written.
    pub fn len(&self) -> usize {
        self.octets.len()
    }

    /// Whether nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// What has been written so far.
    pub fn as_slice(&self) -> &[u8] {
        &self.octets
    }

    /// What has been written.
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// Appends one octet.
    pub fn u8(&mut self, value: u8) -> &mut Self {
        self.octets.push(value);
        self
    }

    /// Appends 16 bits in network order.
    pub fn u16(&mut self, value: u16) -> &mut Self {
        self.octets(&value.to_be_bytes())
    }

    /// Appends 32 bits in network order.
    pub fn u32(&mut self, value: u32) -> &mut Self {
        self.octets(&value.to_be_bytes())
    }

    /// Appends 64 bits in network order.
    pub fn u64(&mut self, value: u64) -> &mut Self {
        self.octets(&value.to_be_bytes())
    }

    /// Appends 16 bits in the given order.
    pub fn u16_in(&mut self, order: ByteOrder, value: u16) -> &mut Self {
        self.octets(&order.u16_octets(value))
    }

    /// Appends 32 bits in the given order.
    pub fn u32_in(&mut self, order: ByteOrder, value: u32) -> &mut Self {
        self.octets(&order.u32_octets(value))
    }

    /// Appends octets as they are.
    pub fn octets(&mut self, octets: &[u8]) -> &mut Self {
        self.octets.extend_from_slice(octets);
        self
    }

    /// Overwrites 16 bits written earlier, for a length or a checksum that is known only afterwards.
    ///
    /// Returns `false`, and changes nothing, if two octets at `offset` were not written yet.
    pub fn patch_u16(&mut self, offset: usize, value: u16) -> bool {
        let Some(field) = offset.checked_add(2).and_then(|end| self.octets.get_mut(offset..end)) else { return false };
        field.copy_from_slice(&value.to_be_bytes());
        true
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_truncation_names_field_offset_and_shortfall() {
        let mut reader = Reader::new(&[1, 2, 3]);
        assert_eq!(reader.u16("Length"), Ok(0x0102));
        let fault = reader.u32("Serial").unwrap_err();
        assert_eq!(fault, Truncated { field: "Serial", offset: 2, needed: 4, available: 1 });
        assert_eq!(fault.to_string(), "truncated at octet 2: Serial needs 4, 1 left");
        assert_eq!(reader.u8("Last"), Ok(3), "a failed read consumes nothing");
    }

    #[test]
    fn a_length_near_usize_max_is_a_truncation() {
        let mut reader = Reader::new(&[0; 4]);
        reader.skip(1, "x").unwrap();
        assert!(reader.octets(usize::MAX, "x").is_err());
    }

    #[test]
    fn patching_what_is_not_there_changes_nothing() {
        let mut writer = Writer::new();
        writer.u16(7).u8(9);
        assert!(writer.patch_u16(1, 0xaabb));
        assert!(!writer.patch_u16(2, 0) && !writer.patch_u16(usize::MAX, 0));
        assert_eq!(writer.into_octets(), [0, 0xaa, 0xbb]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(a: u8, b: u16, c: u32, d: u64, tail: Vec<u8>) {
            let mut writer = Writer::new();
            writer.u8(a).u16(b).u32(c).u64(d).u16_in(ByteOrder::Little, b).u32_in(ByteOrder::Little, c).octets(&tail);
            let octets = writer.into_octets();
            let mut reader = Reader::new(&octets);
            prop_assert_eq!(reader.u8("a").unwrap(), a);
            prop_assert_eq!(reader.u16("b").unwrap(), b);
            prop_assert_eq!(reader.u32("c").unwrap(), c);
            prop_assert_eq!(reader.u64("d").unwrap(), d);
            prop_assert_eq!(reader.u16_in(ByteOrder::Little, "b").unwrap(), b);
            prop_assert_eq!(reader.u32_in(ByteOrder::Little, "c").unwrap(), c);
            prop_assert_eq!(reader.rest(), &tail[..]);
        }

        #[test]
        fn no_sequence_of_reads_overruns(input: Vec<u8>, lengths in proptest::collection::vec(0_usize..64, 0..32)) {
            let mut reader = Reader::new(&input);
            for len in lengths {
                let before = reader.remaining();
                match reader.octets(len, "x") {
                    Ok(taken) => prop_assert_eq!(taken.len(), len),
                    Err(fault) => prop_assert!(fault.available < len && reader.remaining() == before),
                }
            }
        }
    }
}
