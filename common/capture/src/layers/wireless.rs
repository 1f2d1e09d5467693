//! Data frames of IEEE 802.11, and what radiotap puts in front of them.

use sockeye_common::wire::Reader;

use super::{Layer, Layers, Next, Stop};

const RADIOTAP_LEN: usize = 8;
/// Radiotap's fields that stand in front of Flags, or are it, and what the flags say.
const HAS_TSFT: u32 = 1;
const HAS_FLAGS: u32 = 2;
const MORE_PRESENCE: u32 = 1 << 31;
const FCS_AT_END: u8 = 0x10;
const DATA_PADDED: u8 = 0x20;
const FCS_LEN: usize = 4;

const HEADER_LEN: usize = 24;
const ADDRESS_LEN: usize = 6;
/// Bits of the first octet of Frame Control, and of the second.
const DATA: u8 = 0x08;
const TYPE: u8 = 0x0c;
const QOS: u8 = 0x80;
const NO_DATA: u8 = 0x40;
const TO_AND_FROM: u8 = 0x03;
const MORE_FRAGMENTS: u8 = 0x04;
const PROTECTED: u8 = 0x40;
const ORDER: u8 = 0x80;
const AGGREGATED: u8 = 0x80;

impl Layers<'_> {
    /// Radiotap: little-endian, its length in the third and fourth octet, fields aligned to their own size.
    ///
    /// # Source
    /// radiotap.org, "Radiotap", "TSFT", "Flags".
    pub(super) fn radiotap(&mut self) -> Option<Layer> {
        let [version, _, low, high, ..] = *self.fixed("radiotap", RADIOTAP_LEN)? else { return None };
        let header_len = usize::from(u16::from_le_bytes([low, high]));
        if version != 0 || header_len < RADIOTAP_LEN {
            return self.malformed("radiotap", "Length", self.at, header_len);
        }
        let flags = radiotap_flags(self.fixed("radiotap", header_len)?).unwrap_or(0);
        if flags & FCS_AT_END != 0 {
            self.end = self.end.saturating_sub(FCS_LEN).max(self.at.saturating_add(header_len));
        }
        // The padding that some devices leave behind the 802.11 header is not followed.
        let next = if flags & DATA_PADDED == 0 { Next::Wireless } else { Next::Nothing };
        Some(self.carrier(header_len, "radiotap", 0, 0, next))
    }

    /// A data frame that is neither encrypted, aggregated nor a fragment: IEEE 802.11 section 9.2.
    pub(super) fn wireless(&mut self) -> Option<Layer> {
        let octets = self.fixed("IEEE 802.11", 2)?;
        let [control, flags] = *octets else { return None };
        if control & TYPE != DATA || control & NO_DATA != 0 || flags & (PROTECTED | MORE_FRAGMENTS) != 0 {
            return self.stop_at(Stop::Payload);
        }
        let mut header_len = HEADER_LEN;
        if flags & TO_AND_FROM == TO_AND_FROM {
            header_len += ADDRESS_LEN;
        }
        if control & QOS != 0 {
            let [.., qos, _] = *self.fixed("IEEE 802.11", header_len + 2)? else { return None };
            if qos & AGGREGATED != 0 {
                return self.stop_at(Stop::Payload);
            }
            header_len += 2;
            if flags & ORDER != 0 {
                header_len += 4;
            }
        }
        let octets = self.fixed("IEEE 802.11", header_len)?;
        // The number of the fragment: one but the first starts in the middle of a packet.
        if octets.get(22)? & 0xf != 0 {
            return self.stop_at(Stop::Payload);
        }
        Some(self.carrier(header_len, "IEEE 802.11", 0, 0, Next::Llc))
    }
}

/// The Flags field, if there is one.
fn radiotap_flags(header: &[u8]) -> Option<u8> {
    let mut reader = Reader::at(header, 4)?;
    let number = |reader: &mut Reader<'_>| reader.u32("it_present").ok().map(u32::swap_bytes);
    let present = number(&mut reader)?;
    let mut more = present;
    while more & MORE_PRESENCE != 0 {
        more = number(&mut reader)?;
    }
    if present & HAS_FLAGS == 0 {
        return None;
    }
    if present & HAS_TSFT != 0 {
        let padding = reader.offset().next_multiple_of(8) - reader.offset();
        reader.skip(padding + 8, "TSFT").ok()?;
    }
    reader.u8("Flags").ok()
}
