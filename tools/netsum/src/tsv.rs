//! The lines of `--tsv`: frame, protocol, offset, stored, calculated, verdict.
//!
//! There may be millions: nothing is formatted by the library's machinery, which takes several times as long as judging. What
//! most lines are made of is put together in registers and written in pieces of a fixed length, each over what is too much of the
//! one before.

use crate::protocol::Protocol;
use crate::quick::{Judged, Quick};
use crate::verdict::{Check, Verdict};

/// Lines, one behind the other.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The first `len` are lines; the others are room, which is there before it is needed.
    octets: Vec<u8>,
    len: usize,
    number: Numeral,
}

/// A short line has room in so many octets, and so has what is written too much at its end.
const ROOM: usize = 64;

/// How much room is made at once.
const STEP: usize = 16 << 10;

impl Lines {
    /// The lines, in text.
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }

    /// How many octets they are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets them, and keeps the room.
    pub const fn clear(&mut self) {
        self.len = 0;
    }

    /// Appends `text` as it is.
    #[inline]
    pub fn push(&mut self, text: &[u8]) {
        self.make_room(text.len());
        let end = self.len.saturating_add(text.len());
        if let Some(space) = self.octets.get_mut(self.len..end) {
            space.copy_from_slice(text);
            self.len = end;
        }
    }

    #[inline]
    fn make_room(&mut self, len: usize) {
        let needed = self.len.saturating_add(len);
        if self.octets.len() < needed {
            self.octets.resize(needed.saturating_add(STEP), 0);
        }
    }

    /// Appends the lines of the plain frame number `frame`, each behind `prefix`.
    #[inline]
    pub fn quick(&mut self, prefix: &[u8], frame: u64, judged: &Judged<'_>) {
        // What is known of the outer one saves half of the work.
        if let Some(Quick { offset, stored, .. }) = judged.outer {
            self.line(prefix, frame, Protocol::Ip, offset, (stored, Some(stored)), Verdict::Good);
        }
        let Quick { protocol, offset, stored, calculated, verdict } = judged.inner;
        self.line(prefix, frame, protocol, offset, (stored, calculated), verdict);
    }

    #[expect(clippy::inline_always, reason = "what is known at one call is not at the other")]
    #[inline(always)]
    fn line(
        &mut self,
        prefix: &[u8],
        frame: u64,
        protocol: Protocol,
        offset: usize,
        columns: (u16, Option<u16>),
        verdict: Verdict,
    ) {
        if !prefix.is_empty() {
            self.push(prefix);
        }
        if self.short(frame, protocol, offset, columns, verdict).is_none() {
            let (stored, calculated) = columns;
            self.long(frame, protocol, offset, (stored.into(), calculated.map(u32::from), 4), verdict);
        }
    }

    /// Appends the line of a checksum.
    pub fn check(&mut self, check: &Check) {
        let Check { frame, protocol, algorithm, offset, stored, calculated, verdict, .. } = *check;
        self.long(frame, protocol, offset, (stored, calculated, algorithm.width() * 2), verdict);
    }

    /// `None` if the line is an unusual one; then nothing was appended.
    #[expect(clippy::inline_always, reason = "what is known at one call is not at the other")]
    #[inline(always)]
    fn short(
        &mut self,
        frame: u64,
        protocol: Protocol,
        offset: usize,
        (stored, calculated): (u16, Option<u16>),
        verdict: Verdict,
    ) -> Option<()> {
        let (digits, digits_len) = self.number.of(frame)?;
        let (middle, middle_len) = middle(protocol, offset)?;
        let hex = hex(u32::from(stored) << 16 | u32::from(calculated.unwrap_or(0)));
        let stored = TAB_0X << 40 | (hex >> 32) << 8 | TAB;
        let (verdict, verdict_len) = match verdict {
            Verdict::Good => (b"good\n\0\0\0", 5),
            Verdict::Partial => (b"partial\n", 8),
            Verdict::None => (b"none\n\0\0\0", 5),
            _ => return None,
        };
        let (calculated, calculated_len) = match calculated {
            Some(_) => ((TAB_0X & 0xffff) << 48 | (hex & 0xffff_ffff) << 16 | TAB << 8, 7),
            None => (u64::from_be_bytes(*b"-\t\0\0\0\0\0\0"), 2),
        };
        self.make_room(ROOM);
        let room = self.octets.get_mut(self.len..)?.first_chunk_mut::<ROOM>()?;
        let mut at = 0;
        put(room, &mut at, &digits.to_be_bytes(), digits_len);
        put(room, &mut at, &middle.to_be_bytes(), middle_len);
        put(room, &mut at, &stored.to_be_bytes(), 8);
        put(room, &mut at, &calculated.to_be_bytes(), calculated_len);
        put(room, &mut at, verdict, verdict_len);
        self.len = self.len.saturating_add(at);
        Some(())
    }

    /// Stored and calculated have so many hexadecimal digits.
    fn long(
        &mut self,
        frame: u64,
        protocol: Protocol,
        offset: usize,
        (stored, calculated, digits): (u32, Option<u32>, usize),
        verdict: Verdict,
    ) {
        let hex = |number: u32| hex(number).to_be_bytes();
        let (stored, calculated) = (hex(stored), calculated.map(hex));
        let first = stored.len().saturating_sub(digits);
        self.decimal(frame);
        self.push(b"\t");
        self.push(protocol.name().as_bytes());
        self.push(b"\t");
        self.decimal(u64::try_from(offset).unwrap_or(u64::MAX));
        self.push(b"\t0x");
        self.push(stored.get(first..).unwrap_or_default());
        self.push(if calculated.is_some() { b"\t0x" } else { b"\t-" });
        self.push(calculated.as_ref().and_then(|digits| digits.get(first..)).unwrap_or_default());
        self.push(b"\t");
        self.push(verdict.name().as_bytes());
        self.push(b"\n");
    }

    fn decimal(&mut self, number: u64) {
        let mut digits = [0; 20];
        let (mut len, mut rest) = (0, number);
        for digit in digits.iter_mut().rev() {
            // Below ten.
            *digit = b'0' | (rest % 10).to_le_bytes()[0];
            (len, rest) = (len + 1, rest / 10);
            if rest == 0 {
                break;
            }
        }
        self.push(digits.get(digits.len() - len..).unwrap_or_default());
    }
}

const TAB: u64 = 0x09;
/// A tab and `0x`.
const TAB_0X: u64 = 0x09_30_78;

/// Writes `piece` at `at`, of which `len` octets are wanted: what comes next is written over the others.
#[inline]
fn put<const N: usize>(room: &mut [u8; ROOM], at: &mut usize, piece: &[u8; N], len: usize) {
    if let Some(space) = room.get_mut(*at..).and_then(|room| room.first_chunk_mut::<N>()) {
        *space = *piece;
    }
    *at += len;
}

/// A tab, the name of the protocol, a tab, and the offset: left-aligned, and how long it is.
#[inline]
fn middle(protocol: Protocol, offset: usize) -> Option<(u64, usize)> {
    let offset = u64::try_from(offset).ok().filter(|offset| (10..100).contains(offset))?;
    let digits = (u64::from(b'0') << 8 | u64::from(b'0')) + ((offset / 10) << 8) + offset % 10;
    let name = match protocol {
        Protocol::Ip => return Some((u64::from_be_bytes(*b"\tip\t\0\0\0\0") | digits << 16, 6)),
        Protocol::Udp => u64::from_be_bytes(*b"\tudp\t\0\0\0"),
        Protocol::Tcp => u64::from_be_bytes(*b"\ttcp\t\0\0\0"),
        _ => return None,
    };
    Some((name | digits << 8, 7))
}

/// A number in decimal digits, of which mostly the next one is asked for.
#[derive(Clone, Copy, Debug, Default)]
struct Numeral {
    value: u64,
    /// Its digits, left-aligned.
    digits: u128,
    len: usize,
    /// One in the place of the last digit.
    unit: u128,
    /// How much more the last digit may be.
    left: u64,
}

impl Numeral {
    /// The digits of `value`, left-aligned, and how many there are; `None` if that is more than sixteen.
    #[inline]
    fn of(&mut self, value: u64) -> Option<(u128, usize)> {
        if value != self.value || self.len == 0 {
            if self.left > 0 && value == self.value.wrapping_add(1) {
                self.digits += self.unit;
                (self.value, self.left) = (value, self.left - 1);
            } else {
                *self = Self::new(value)?;
            }
        }
        Some((self.digits, self.len))
    }

    fn new(value: u64) -> Option<Self> {
        let (mut digits, mut len, mut rest) = (0_u128, 0, value);
        loop {
            if len == 16 {
                return None;
            }
            digits = digits >> 8 | u128::from(u64::from(b'0') + rest % 10) << 120;
            (len, rest) = (len + 1, rest / 10);
            if rest == 0 {
                break;
            }
        }
        Some(Self { value, digits, len, unit: 1 << (8 * (16 - len)), left: 9 - value % 10 })
    }
}

/// The hexadecimal digits of `number`, all eight at once, the first in the highest octet.
#[inline]
const fn hex(number: u32) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Each nibble is moved into an octet of its own.
    let apart = number as u64;
    let apart = (apart << 16 | apart) & 0x0000_ffff_0000_ffff;
    let apart = (apart << 8 | apart) & 0x00ff_00ff_00ff_00ff;
    let apart = (apart << 4 | apart) & (0x0f * EACH);
    // Six more than a letter's carries into the fifth bit of its octet.
    let letters = (apart + 6 * EACH) >> 4 & EACH;
    apart + b'0' as u64 * EACH + letters * (b'a' - b'0' - 10) as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_capture::layers::Algorithm;

    use super::*;
    use crate::samples::check;

    #[test]
    fn the_line_of_tsv() {
        let mut lines = Lines::default();
        let sctp = Check {
            protocol: Protocol::Sctp,
            algorithm: Algorithm::Crc32c,
            stored: 0x0a9f_e1d2,
            calculated: Some(0xffff_ffff),
            ..check(u64::MAX, Verdict::Bad)
        };
        for check in
            [check(7, Verdict::Bad), Check { calculated: None, offset: 0, ..check(10, Verdict::Unverified) }, sctp]
        {
            lines.check(&check);
        }
        lines.line(b"a\t", 123, Protocol::Ip, 24, (0x66c9, Some(0x66c9)), Verdict::Good);
        assert_eq!(
            String::from_utf8(lines.octets().to_vec()).unwrap(),
            "7\tudp\t40\t0x0001\t0x0002\tbad\n10\tudp\t0\t0x0001\t-\tunverified\n\
            18446744073709551615\tsctp\t40\t0x0a9fe1d2\t0xffffffff\tbad\n\
            a\t123\tip\t24\t0x66c9\t0x66c9\tgood\n"
        );
        lines.clear();
        assert!(lines.is_empty() && lines.octets().is_empty());
    }

    #[test]
    fn digits_as_the_library_has_them() {
        for number in
            (0..32).flat_map(|bit| [1_u32 << bit, u32::MAX >> bit, 0x0123_4567 << bit]).chain([0, 0x89ab_cdef])
        {
            assert_eq!(String::from_utf8(hex(number).to_be_bytes().to_vec()).unwrap(), format!("{number:08x}"));
            let mut decimal = Lines::default();
            decimal.push(b"n=");
            decimal.decimal(number.into());
            assert_eq!(decimal.octets(), format!("n={number}").as_bytes());
        }
    }

    #[test]
    fn numbers_one_after_the_other() {
        let mut numeral = Numeral::default();
        for number in (0..1200).chain(99_990..100_010).chain([7, 7, 6, 9_999_999_999_999_999]) {
            let (digits, len) = numeral.of(number).unwrap();
            assert_eq!(digits.to_be_bytes()[..len], *number.to_string().as_bytes());
        }
        assert_eq!(numeral.of(10_000_000_000_000_000), None);
        assert_eq!(numeral.of(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn a_short_line_is_a_long_one(
            frames in prop::collection::vec(prop_oneof![0..1000_u64, any::<u64>()], 1..20), offset in 0..200_usize,
            stored: u16, calculated: Option<u16>,
            protocol in prop::sample::select(&[Protocol::Ip, Protocol::Udp, Protocol::Tcp, Protocol::Icmp][..]),
            verdict in prop::sample::select(&Verdict::ALL[..]),
        ) {
            let (mut short, mut long) = (Lines::default(), Lines::default());
            for frame in frames {
                for frame in [frame, frame, frame.saturating_add(1)] {
                    short.line(b"", frame, protocol, offset, (stored, calculated), verdict);
                    long.long(frame, protocol, offset, (stored.into(), calculated.map(u32::from), 4), verdict);
                }
            }
            prop_assert_eq!(String::from_utf8_lossy(short.octets()), String::from_utf8_lossy(long.octets()));
        }
    }
}
