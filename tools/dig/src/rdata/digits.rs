//! Octets as digits: hex, base 32, base 64, in words.

/// Words of so many digits, with something between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    /// Digits a word, a multiple of four; 0 for one word.
    pub(super) digits: usize,
    /// What stands between two words.
    pub(super) between: &'a str,
}

impl Words<'_> {
    /// All in one.
    pub(super) const ONE: Words<'static> = Words { digits: 0, between: "" };

    /// Appends the octets in base 64.
    pub(super) fn base64(self, text: &mut String, octets: &[u8]) {
        self.each(text, octets, self.digits / 4 * 3, base64);
    }

    /// Appends the octets in hex, with capitals.
    pub(super) fn hex(self, text: &mut String, octets: &[u8]) {
        self.each(text, octets, self.digits / 2, hex);
    }

    fn each(self, text: &mut String, octets: &[u8], step: usize, push: fn(&mut String, &[u8])) {
        if step == 0 {
            return push(text, octets);
        }
        for (index, word) in octets.chunks(step).enumerate() {
            if index > 0 {
                text.push_str(self.between);
            }
            push(text, word);
        }
    }
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32_HEX: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";

/// The digit for the lowest bits of `value`.
fn digit<const N: usize>(alphabet: &[u8; N], value: u64) -> char {
    usize::try_from(value).ok().and_then(|value| alphabet.get(value % N)).copied().map_or('=', char::from)
}

pub(super) fn hex(text: &mut String, octets: &[u8]) {
    text.reserve(octets.len().saturating_mul(2));
    for &octet in octets {
        text.push(digit(HEX, u64::from(octet >> 4)));
        text.push(digit(HEX, u64::from(octet)));
    }
}

/// Hex with small letters and something between two octets.
pub(super) fn small_hex(text: &mut String, octets: &[u8], between: &str) {
    for (index, &octet) in octets.iter().enumerate() {
        if index > 0 {
            text.push_str(between);
        }
        text.push(digit(HEX, u64::from(octet >> 4)).to_ascii_lowercase());
        text.push(digit(HEX, u64::from(octet)).to_ascii_lowercase());
    }
}

/// RFC 4648 section 4.
fn base64(text: &mut String, octets: &[u8]) {
    text.reserve(octets.len().div_ceil(3).saturating_mul(4));
    for group in octets.chunks(3) {
        let bits = group.iter().fold(0, |bits, octet| bits << 8 | u64::from(*octet)) << (8 * (3 - group.len()));
        for place in 0..4 {
            text.push(if place > group.len() { '=' } else { digit(BASE64, bits >> (18 - 6 * place)) });
        }
    }
}

/// RFC 4648 section 7, without padding.
pub(super) fn base32_hex(text: &mut String, octets: &[u8]) {
    for group in octets.chunks(5) {
        let bits = group.iter().fold(0, |bits, octet| bits << 8 | u64::from(*octet)) << (8 * (5 - group.len()));
        for place in 0..(group.len() * 8).div_ceil(5) {
            text.push(digit(BASE32_HEX, bits >> (35 - 5 * place)));
        }
    }
}

/// The octets of digits in base 32, in either case and without padding. Bits that are no octet any more do not count.
pub(crate) fn from_base32_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(digits.len() * 5 / 8);
    let (mut bits, mut held) = (0_u32, 0_u32);
    for digit in digits {
        bits = (bits << 5 | char::from(*digit).to_digit(32)?) & 0xfff;
        held += 5;
        if held >= 8 {
            held -= 8;
            octets.push(u8::try_from(bits >> held & 0xff).ok()?);
        }
    }
    Some(octets)
}

/// Whether a label is octets in base 32, whole and without a bit too many.
pub(super) fn is_base32_hex(label: &[u8]) -> bool {
    let value = |digit: u8| char::from(digit).to_digit(32);
    let spare = label.len().saturating_mul(5) % 8;
    let last = label.last().and_then(|digit| value(*digit));
    spare < 5
        && label.iter().all(|digit| value(*digit).is_some())
        && last.is_some_and(|last| last.trailing_zeros() >= u32::try_from(spare).unwrap_or_default())
}
