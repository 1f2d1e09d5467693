//! The Internet checksum: the ones' complement sum of RFC 1071, the pseudo-headers, and the update of RFC 1624.
//!
//! [`Sum`] is the fast path; [`words`] and [`plain_sum`] are the addition as it is done by hand, for those who show it.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::layout::{Field, Layout};

/// Octets that are added in one turn of the loop.
const LINE_LEN: usize = 32;

/// Zeros, then ones: cut at n, it keeps the last n octets of a line and nothing else.
const MASKS: [u8; 2 * LINE_LEN] = {
    let mut masks = [0; 2 * LINE_LEN];
    let (_, ones) = masks.split_at_mut(LINE_LEN);
    ones.copy_from_slice(&[0xff; LINE_LEN]);
    masks
};

/// A running ones' complement sum.
///
/// Pieces may have any length: an octet that was left over from one piece is joined with the first of the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Folded to 16 bits after every piece.
    folded: u16,
    /// Whether an odd number of octets has been added.
    odd: bool,
}

impl Sum {
    /// The sum of nothing.
    pub const fn new() -> Self {
        Self { folded: 0, odd: false }
    }

    /// Adds `octets` as 16-bit words in network order.
    ///
    /// # Source
    /// RFC 1071 section 2 (A) parallel summation, (B) byte order independence, (C) odd octets.
    #[inline]
    pub fn add(&mut self, octets: &[u8]) -> &mut Self {
        let piece = if octets.len() < LINE_LEN { short_sum(octets) } else { long_sum(octets) };
        // A piece that starts on an odd octet has every octet in the other half of its word.
        let piece = if self.odd { piece.swap_bytes() } else { piece };
        self.folded = add_folded(self.folded, piece);
        self.odd ^= octets.len() % 2 == 1;
        self
    }

    /// Adds one 16-bit word.
    #[inline]
    pub const fn add_u16(&mut self, word: u16) -> &mut Self {
        let word = if self.odd { word.swap_bytes() } else { word };
        self.folded = add_folded(self.folded, word);
        self
    }

    /// The sum with all carries added back in, not complemented.
    pub const fn folded(self) -> u16 {
        self.folded
    }

    /// The checksum: the complement of the folded sum. Not yet subject to UDP's rule for zero ([`udp_transmitted`]).
    pub const fn checksum(self) -> u16 {
        !self.folded
    }
}

/// Adds with the carry brought round.
const fn add_folded(a: u16, b: u16) -> u16 {
    let (sum, carry) = a.overflowing_add(b);
    // Cannot overflow again: a sum that carried is at most 0xfffe.
    sum.wrapping_add(carry as u16)
}

/// The folded sum of octets that start on an even one, eight at a time.
///
/// Words are added in little-endian order and swapped once at the end, which RFC 1071 section 2 (B) allows.
#[inline]
fn short_sum(octets: &[u8]) -> u16 {
    let (words, rest) = octets.as_chunks::<8>();
    let mut total: u128 = words.iter().map(|word| u128::from(u64::from_le_bytes(*word))).sum();
    let (quads, rest) = rest.as_chunks::<4>();
    total += quads.iter().map(|quad| u128::from(u32::from_le_bytes(*quad))).sum::<u128>();
    let (pairs, last) = rest.as_chunks::<2>();
    total += pairs.iter().map(|pair| u128::from(u16::from_le_bytes(*pair))).sum::<u128>();
    total += last.iter().map(|octet| u128::from(*octet)).sum::<u128>();
    fold_wide(total).swap_bytes()
}

/// The same of a line at least.
///
/// What does not fill a line is taken out of the last full one with a mask: branches on the length of a frame are guessed
/// wrong half of the time, and that takes longer than the sum.
fn long_sum(octets: &[u8]) -> u16 {
    let (lines, rest) = octets.as_chunks::<LINE_LEN>();
    // Two, so that neither carry waits for the other. What overflows 64 bits is kept above them: no length is too much.
    let (mut even, mut odd) = (0_u128, 0_u128);
    for line in lines {
        let [a, b, c, d] = quarters(line);
        even += u128::from(a) + u128::from(c);
        odd += u128::from(b) + u128::from(d);
    }
    let whole = fold_wide(even + odd);
    let mask = MASKS.get(rest.len()..).and_then(|masks| masks.first_chunk());
    let (Some(last), Some(mask)) = (octets.last_chunk(), mask) else { return whole.swap_bytes() };
    let tail = quarters(last).into_iter().zip(quarters(mask)).map(|(word, mask)| u128::from(word & mask)).sum();
    let tail = fold_wide(tail);
    // The words of an odd number of octets are the others when they are counted from the end.
    let tail = if octets.len() % 2 == 1 { tail.swap_bytes() } else { tail };
    add_folded(whole, tail).swap_bytes()
}

/// The four words of a line.
#[inline]
fn quarters(line: &[u8; LINE_LEN]) -> [u64; 4] {
    match *line.as_chunks::<8>().0 {
        [a, b, c, d] => [a, b, c, d].map(u64::from_le_bytes),
        _ => [0; 4],
    }
}

/// Adds the carries of a wide sum back in; without branches, as [`fold`] has them.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "each half is taken by itself")]
const fn fold_wide(total: u128) -> u16 {
    let (sum, carry) = (total as u64).overflowing_add((total >> 64) as u64);
    // Cannot overflow again, as in add_folded.
    let total = sum.wrapping_add(carry as u64);
    let (sum, carry) = (total as u32).overflowing_add((total >> 32) as u32);
    let total = sum.wrapping_add(carry as u32);
    add_folded(total as u16, (total >> 16) as u16)
}

/// Adds the carries back into the low 16 bits until none is left.
///
/// # Source
/// RFC 1071 section 4.1.
pub const fn fold(mut total: u64) -> u16 {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    // At most 0xffff here.
    #[expect(clippy::cast_possible_truncation, reason = "the loop ends only at 16 bits")]
    let folded = total as u16;
    folded
}

/// An address as the sum of its 32-bit words, which folds to that of its 16-bit words.
fn fold_address(address: u128) -> u64 {
    let words = address.to_be_bytes();
    words.as_chunks::<4>().0.iter().map(|word| u64::from(u32::from_be_bytes(*word))).sum()
}

/// The 16-bit words of `octets` in network order; an odd last octet is the high half of a word whose low half is zero.
///
/// # Source
/// RFC 1071 section 1, (1).
pub fn words(octets: &[u8]) -> impl ExactSizeIterator<Item = u16> + '_ {
    octets.chunks(2).map(|pair| match pair {
        [high, low] => u16::from_be_bytes([*high, *low]),
        [high] => u16::from_be_bytes([*high, 0]),
        _ => 0,
    })
}

/// The plain sum of [`words`], carries kept above the low 16 bits: what an adding machine shows before the fold.
pub fn plain_sum(octets: &[u8]) -> u64 {
    // Not by way of `words`, which the compiler does not turn into vector code.
    let (pairs, last) = octets.as_chunks::<2>();
    let last = last.iter().map(|octet| u64::from(*octet) << 8).sum::<u64>();
    pairs.iter().map(|pair| u64::from(u16::from_be_bytes(*pair))).sum::<u64>() + last
}

/// The checksum of `octets`, the checksum field itself being zero.
pub fn compute(octets: &[u8]) -> u16 {
    Sum::new().add(octets).checksum()
}

/// Whether `octets` with their checksum field in place add up to all ones.
///
/// # Source
/// RFC 1071 section 1, (3).
pub fn verify(octets: &[u8]) -> bool {
    Sum::new().add(octets).folded() == 0xffff
}

/// What UDP transmits for a computed checksum: zero means "none", so a computed zero goes out as all ones.
///
/// # Source
/// RFC 768, "Checksum"; RFC 8200 section 8.1.
pub const fn udp_transmitted(checksum: u16) -> u16 {
    if checksum == 0 { 0xffff } else { checksum }
}

/// The checksum after the 16-bit word `old` of the covered octets became `new`.
///
/// # Source
/// RFC 1624 section 3, equation 3: HC' = ~(~HC + ~m + m').
pub const fn update(checksum: u16, old: u16, new: u16) -> u16 {
    !add_folded(add_folded(!checksum, !old), new)
}

/// What the transport checksum covers besides the segment or datagram itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PseudoHeader {
    /// Twelve octets: RFC 768, RFC 9293 section 3.1.
    V4 {
        /// Source address.
        src: Ipv4Addr,
        /// Destination address.
        dst: Ipv4Addr,
        /// IP protocol number: 17 for UDP.
        protocol: u8,
        /// Length of the transport header and data, in octets.
        length: u16,
    },
    /// Forty octets: RFC 8200 section 8.1.
    V6 {
        /// Source address.
        src: Ipv6Addr,
        /// Destination address: with a routing header, the final one.
        dst: Ipv6Addr,
        /// Length of the upper-layer packet, in octets.
        length: u32,
        /// The upper-layer protocol number: 17 for UDP.
        next_header: u8,
    },
}

impl PseudoHeader {
    /// The octets, zero fields included.
    pub fn octets(&self) -> Vec<u8> {
        match self {
            Self::V4 { src, dst, protocol, length } => {
                [&src.octets()[..], &dst.octets(), &[0, *protocol], &length.to_be_bytes()].concat()
            }
            Self::V6 { src, dst, length, next_header } => {
                [&src.octets()[..], &dst.octets(), &length.to_be_bytes(), &[0, 0, 0, *next_header]].concat()
            }
        }
    }

    /// The length of the upper-layer packet, in octets.
    pub const fn length(&self) -> u32 {
        match self {
            Self::V4 { length, .. } => *length as u32,
            Self::V6 { length, .. } => *length,
        }
    }

    /// The sum of the pseudo-header alone, without building it.
    pub fn sum(&self) -> Sum {
        let total = match self {
            Self::V4 { src, dst, protocol, length } => {
                u64::from(src.to_bits()) + u64::from(dst.to_bits()) + u64::from(*protocol) + u64::from(*length)
            }
            Self::V6 { src, dst, length, next_header } => {
                let halves = [src.to_bits(), dst.to_bits()].map(fold_address);
                halves.iter().sum::<u64>() + u64::from(*length) + u64::from(*next_header)
            }
        };
        Sum { folded: fold(total), odd: false }
    }

    /// The fields in order, with the names of the RFCs.
    pub fn fields(&self) -> Vec<Field> {
        match self {
            Self::V4 { src, dst, protocol, length } => Layout::new()
                .field("Source Address", &src.octets(), src.to_string())
                .field("Destination Address", &dst.octets(), dst.to_string())
                .field("zero", &[0], "0")
                .field("Protocol", &[*protocol], protocol.to_string())
                .field("Length", &length.to_be_bytes(), format!("{length} octets"))
                .into_fields(),
            Self::V6 { src, dst, length, next_header } => Layout::new()
                .field("Source Address", &src.octets(), src.to_string())
                .field("Destination Address", &dst.octets(), dst.to_string())
                .field("Upper-Layer Packet Length", &length.to_be_bytes(), format!("{length} octets"))
                .field("zero", &[0; 3], "0")
                .field("Next Header", &[*next_header], next_header.to_string())
                .into_fields(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where from, octets, plain sum, folded sum.
    const VECTORS: &[(&str, &[u8], u64, u16)] = &[
        ("RFC 1071 section 3", &[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7], 0x2ddf0, 0xddf2),
        ("nothing", &[], 0, 0),
        ("an odd octet is a high half", &[0xab], 0xab00, 0xab00),
        ("a carry out of the first fold", &[0xff, 0xff, 0xff, 0xff], 0x1fffe, 0xffff),
        ("RFC 791 header of reference/netsum.md, TTL 64", &[0x66, 0xc9, 0x99, 0x36], 0xffff, 0xffff),
    ];

    #[test]
    fn vectors() {
        for (from, octets, plain, folded) in VECTORS {
            assert_eq!(plain_sum(octets), *plain, "{from}");
            assert_eq!(words(octets).map(u64::from).sum::<u64>(), *plain, "{from}");
            assert_eq!(fold(*plain), *folded, "{from}");
            assert_eq!(Sum::new().add(octets).folded(), *folded, "{from}");
            assert_eq!(compute(octets), !folded, "{from}");
        }
    }

    #[test]
    fn rfc_1624_section_4() {
        // HC = 0xDD2F, m = 0x5555, m' = 0x3285: the naive equation 2 gives 0xFFFF, equation 3 gives 0x0000.
        assert_eq!(update(0xdd2f, 0x5555, 0x3285), 0x0000);
        // reference/netsum.md: TTL 64 becomes 63 beside protocol 17.
        assert_eq!(update(0x66c9, 0x4011, 0x3f11), 0x67c9);
        // NAT 10.0.0.1 becomes 192.168.1.1: IP 66c9 becomes af20, UDP f752 becomes 3faa.
        let translated = |checksum| update(update(checksum, 0x0a00, 0xc0a8), 0x0001, 0x0101);
        assert_eq!((translated(0x66c9), translated(0xf752)), (0xaf20, 0x3faa));
    }

    fn udp_v4(data: &[u8]) -> u16 {
        let length = 8 + u16::try_from(data.len()).unwrap();
        let pseudo =
            PseudoHeader::V4 { src: Ipv4Addr::new(10, 0, 0, 1), dst: Ipv4Addr::new(10, 0, 0, 2), protocol: 17, length };
        pseudo.sum().add_u16(5000).add_u16(6000).add_u16(length).add_u16(0).add(data).checksum()
    }

    fn udp_v6(data: &[u8]) -> u16 {
        let length = 8 + u16::try_from(data.len()).unwrap();
        let pseudo = PseudoHeader::V6 {
            src: "fd00::1".parse().unwrap(),
            dst: "fd00::2".parse().unwrap(),
            length: length.into(),
            next_header: 17,
        };
        pseudo.sum().add_u16(5000).add_u16(6000).add_u16(length).add_u16(0).add(data).checksum()
    }

    #[test]
    fn the_worked_example_of_the_course() {
        // reference/netsum.md, B1: scapy, tshark and tcpdump agree on these.
        for (data, v4, v6) in [
            ("ABCDE", 0xf752, 0x1151),
            ("ABCDEUQUQUQ", 0x0347, 0x1d45),
            ("ABCDEQUQUQU", 0xf752, 0x1151),
            ("ABCD", 0x3c55, 0x5653),
            ("ABCDUQUQUQ", 0x3c55, 0x5653),
        ] {
            assert_eq!(udp_v4(data.as_bytes()), v4, "{data}");
            assert_eq!(udp_v6(data.as_bytes()), v6, "{data}");
        }
    }

    #[test]
    fn a_computed_zero_goes_out_as_all_ones() {
        assert_eq!(udp_transmitted(0), 0xffff);
        assert_eq!(udp_transmitted(0xffff), 0xffff);
        assert_eq!(udp_transmitted(0xf752), 0xf752);
    }

    #[test]
    fn wide_equals_slow_for_every_short_length_at_eight_alignments() {
        let octets: Vec<u8> = (0..2112_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        for alignment in 0..8 {
            for len in 0..=2100 {
                let piece = &octets[alignment..alignment + len];
                assert_eq!(Sum::new().add(piece).folded(), fold(plain_sum(piece)), "{len} octets at {alignment}");
            }
        }
    }

    #[test]
    fn all_ones_beyond_every_accumulator() {
        // A 32-bit accumulator overflows past 128 KiB (pnet 0.35 does), a 64-bit one here with the second line.
        let octets = vec![0xff; (2 << 20) + 4];
        assert_eq!(Sum::new().add(&octets).folded(), 0xffff);
    }

    #[test]
    fn pseudo_header_layouts() {
        let v4 = PseudoHeader::V4 { src: [10, 0, 0, 1].into(), dst: [10, 0, 0, 2].into(), protocol: 17, length: 13 };
        assert_eq!(v4.octets(), [10, 0, 0, 1, 10, 0, 0, 2, 0, 17, 0, 13]);
        assert_eq!(v4.fields()[4].offset, 10);
        let v6 = PseudoHeader::V6 {
            src: Ipv6Addr::LOCALHOST,
            dst: Ipv6Addr::LOCALHOST,
            length: 0x0001_0008,
            next_header: 17,
        };
        assert_eq!(v6.octets().len(), 40);
        assert_eq!(&v6.octets()[32..], [0, 1, 0, 8, 0, 0, 0, 17]);
        for pseudo in [v4, v6] {
            assert_eq!(pseudo.sum().folded(), fold(plain_sum(&pseudo.octets())));
            assert_eq!(pseudo.octets(), pseudo.fields().into_iter().flat_map(|field| field.octets).collect::<Vec<_>>());
        }
    }

    proptest! {
        #[test]
        fn wide_equals_slow(octets: Vec<u8>) {
            prop_assert_eq!(Sum::new().add(&octets).folded(), fold(plain_sum(&octets)));
        }

        #[test]
        fn any_cut_gives_the_same_sum(octets: Vec<u8>, cuts: Vec<prop::sample::Index>) {
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(octets.len() + 1)).collect();
            cuts.sort_unstable();
            let mut sum = Sum::new();
            let mut start = 0;
            for cut in cuts {
                sum.add(&octets[start..cut]);
                start = cut;
            }
            sum.add(&octets[start..]);
            prop_assert_eq!(sum.folded(), fold(plain_sum(&octets)));
        }

        #[test]
        fn a_stored_checksum_verifies(mut octets in prop::collection::vec(any::<u8>(), 2..64)) {
            octets[0] = 0;
            octets[1] = 0;
            let checksum = compute(&octets).to_be_bytes();
            octets[..2].copy_from_slice(&checksum);
            prop_assert!(verify(&octets));
        }

        #[test]
        fn an_update_equals_a_fresh_computation(octets in prop::collection::vec(any::<u8>(), 4..64), at: prop::sample::Index, new: u16) {
            let mut octets = octets;
            octets.truncate(octets.len() / 2 * 2);
            // RFC 1624 keeps +0 and -0 apart only while one covered word is not zero, as in every real header.
            octets[0] |= 0x40;
            let at = at.index(octets.len() / 2 - 1) * 2 + 2;
            let old = u16::from_be_bytes([octets[at], octets[at + 1]]);
            let before = compute(&octets);
            octets[at..at + 2].copy_from_slice(&new.to_be_bytes());
            prop_assert_eq!(update(before, old, new), compute(&octets));
        }
    }
}
