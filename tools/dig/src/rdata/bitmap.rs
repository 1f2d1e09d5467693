//! Sets of types and of ports, a bit each.

use crate::registry::Type;

/// Whether the windows are in order, none is empty and none is longer than need be.
///
/// # Source
/// RFC 4034 section 4.1.2.
pub(super) fn is_sound(octets: &[u8]) -> bool {
    let mut rest = octets;
    let mut last: Option<u8> = None;
    while !rest.is_empty() {
        let Some(([window, length], behind)) = rest.split_first_chunk::<2>() else { return false };
        let Some((bits, behind)) = behind.split_at_checked(usize::from(*length)) else { return false };
        let in_order = last.is_none_or(|last| *window > last);
        if !in_order || bits.len() > 32 || bits.last().is_none_or(|last| *last == 0) {
            return false;
        }
        last = Some(*window);
        rest = behind;
    }
    true
}

/// Whether it is a bitmap as RFC 2535 had it: the types up to 127.
///
/// # Source
/// RFC 2535 section 5.2.
pub(super) fn is_sound_old(octets: &[u8]) -> bool {
    match (octets.first(), octets.last()) {
        (Some(first), Some(last)) => first & 0x80 == 0 && octets.len() <= 16 && *last != 0,
        _ => true,
    }
}

/// The types of a window bitmap, in their order.
pub(super) fn types(octets: &[u8]) -> impl Iterator<Item = Type> {
    windows(octets).flatten()
}

/// The types of each window by themselves.
pub(super) fn windows(octets: &[u8]) -> impl Iterator<Item = impl Iterator<Item = Type>> {
    let mut rest = octets;
    std::iter::from_fn(move || {
        let ([window, length], behind) = rest.split_first_chunk::<2>()?;
        let (bits, behind) = behind.split_at_checked(usize::from(*length))?;
        rest = behind;
        Some((u16::from(*window) << 8, bits))
    })
    .map(|(window, bits)| set(bits).filter_map(move |bit| Some(Type(window | u16::try_from(bit).ok()?))))
}

/// The numbers of the bits that are set; bit 0 is the highest of the first octet.
pub(super) fn set(bits: &[u8]) -> impl Iterator<Item = usize> {
    bits.iter().enumerate().flat_map(|(index, octet)| {
        (0..8).filter(move |bit| octet & (0x80 >> bit) != 0).map(move |bit| index.saturating_mul(8) + bit)
    })
}
