//! What can go wrong with SCTP's CRC32c.

use sockeye_common::checksum::Sum;
use sockeye_common::crc32c::Crc32c;

use super::Reason;
use super::case::Case;

/// The generator polynomial of Ethernet's CRC with its bits reversed: IEEE 802.3 section 3.2.9.
const ETHERNET: u32 = 0xedb8_8320;
/// The modulus of Adler-32: RFC 1950 section 8.2.
const ADLER: u32 = 65_521;

/// All that fit; if none does, that none does.
pub(super) fn fitting(case: &Case<'_>) -> Vec<Reason> {
    let stored = case.checksum.stored;
    let Some(calculated) = case.check.calculated else { return Vec::new() };
    let Some(packet) = zeroed(case) else { return Vec::new() };
    let mut found = Vec::new();
    if stored == adler32(&packet) {
        found.push(Reason::Adler32);
    }
    if stored == calculated.swap_bytes() {
        found.push(Reason::OctetsSwapped);
    }
    if stored == !calculated {
        found.push(Reason::NotComplemented);
    }
    let ethernet = crc32(&packet);
    if stored == ethernet || stored == ethernet.swap_bytes() {
        found.push(Reason::Crc32);
    }
    if Some(stored) == over_itself(case, calculated) {
        found.push(Reason::CrcFieldNotZeroed);
    }
    let internet = Sum::new().add(&packet).checksum().to_be_bytes();
    let [high, low] = internet;
    if stored != 0
        && (stored == u32::from_be_bytes([high, low, 0, 0]) || stored == u32::from_be_bytes([0, 0, high, low]))
    {
        found.push(Reason::InternetSum);
    }
    if found.is_empty() {
        found.push(Reason::Unknown { difference: stored ^ calculated, words: Vec::new() });
    }
    found
}

/// What is covered, with zero in the field.
fn zeroed(case: &Case<'_>) -> Option<Vec<u8>> {
    let mut packet = case.checksum.covered.of(case.octets).to_vec();
    let at = case.checksum.offset.checked_sub(case.checksum.covered.start)?;
    packet.get_mut(at..at.checked_add(4)?)?.fill(0);
    Some(packet)
}

/// The CRC over the packet with the right CRC in the field.
fn over_itself(case: &Case<'_>, right: u32) -> Option<u32> {
    let mut packet = zeroed(case)?;
    let at = case.checksum.offset.checked_sub(case.checksum.covered.start)?;
    packet.get_mut(at..at.checked_add(4)?)?.copy_from_slice(&right.to_be_bytes());
    Some(Crc32c::new().add(&packet).stored())
}

/// RFC 1950 section 9, done a step at a time.
fn adler32(octets: &[u8]) -> u32 {
    let (mut a, mut b) = (1_u32, 0_u32);
    for octet in octets {
        a = a.wrapping_add(u32::from(*octet)) % ADLER;
        b = b.wrapping_add(a) % ADLER;
    }
    b << 16 | a
}

/// Ethernet's CRC, a bit at a time.
fn crc32(octets: &[u8]) -> u32 {
    let mut remainder = u32::MAX;
    for octet in octets {
        remainder ^= u32::from(*octet);
        for _ in 0..8 {
            remainder = if remainder & 1 == 1 { remainder >> 1 ^ ETHERNET } else { remainder >> 1 };
        }
    }
    !remainder
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values() {
        // The check values of the catalogues, over 123456789.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(adler32(b"123456789"), 0x091e_01de);
    }
}
