//! Why suffixes do what they do: the facts as data, their words once.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::hex;

use super::problem::Carrier;
use super::report::{Half, congruence, lengths};
use super::show::{shown, swapped};
use super::sums::{MAX_LEN, MODULUS};
use crate::form::octets;

/// The rule, worked out for one suffix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Worked {
    /// What carries the data.
    pub protocol: Carrier,
    /// The suffix, in hex.
    pub suffix_octets: String,
    /// The sum of its octets in high halves.
    pub high_sum: u64,
    /// The sum of its octets in low halves.
    pub low_sum: u64,
    /// What the longer length adds.
    pub lengths: u64,
    /// All of it.
    pub total: u64,
    /// The same, modulo 65535.
    pub residue: u64,
}

/// A fact about the solutions that the bare octets do not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What of the length is summed.
    LengthsSummed {
        /// What carries the data.
        protocol: Carrier,
        /// How often.
        times: u32,
    },
    /// Which octets weigh 256 and which weigh one.
    Halves {
        /// The data's length.
        data_length_octets: usize,
        /// Where the next octet falls.
        first_half: Half,
    },
    /// How the solutions were counted.
    Counted {
        /// The longest suffix.
        length_octets: usize,
        /// How many octets the set has.
        set_octets: usize,
    },
    /// The rule, worked out for one suffix.
    Worked(Worked),
    /// The same suffix behind data of the other parity.
    ParityTrap {
        /// Where the first octet falls here.
        first_half: Half,
        /// The suffix that does it here.
        suffix_octets: String,
        /// Whether it does it behind the other parity too.
        either_parity: bool,
        /// The same with its octets swapped in pairs, which does it behind the other parity; none if the length is odd.
        swapped_octets: Option<String>,
    },
    /// Nothing but zeros is summed so far.
    SumOfZeros,
    /// The wanted checksum is the other zero.
    OtherZero {
        /// What carries the data.
        protocol: Carrier,
        /// What was wanted.
        wanted: u16,
        /// What comes out.
        checksum: u16,
    },
    /// Both zeros of ones' complement are answers.
    TwoZeros,
    /// The sum that a change of the checksum takes.
    Change {
        /// The checksum now.
        now: u16,
        /// The checksum that is wanted.
        wanted: u16,
        /// What the sum must gain, modulo 65535.
        gain: u32,
    },
    /// A word at an odd offset.
    WordAcross {
        /// Where.
        offset_octets: usize,
    },
}

impl Worked {
    /// The rule for `suffix`, whose first octet is in `first`.
    pub fn of(carrier: Carrier, suffix: &[u8], first: Half) -> Self {
        let sum = |start: usize| suffix.iter().skip(start).step_by(2).map(|octet| u64::from(*octet)).sum::<u64>();
        let (high, low) = if first == Half::High { (sum(0), sum(1)) } else { (sum(1), sum(0)) };
        let lengths = u64::try_from(suffix.len()).unwrap_or(0) * u64::from(carrier.lengths());
        let total = 256 * high + low + lengths;
        Self {
            protocol: carrier,
            suffix_octets: hex::encode(suffix),
            high_sum: high,
            low_sum: low,
            lengths,
            total,
            residue: total % u64::from(MODULUS),
        }
    }

    /// The suffix as it is shown.
    pub fn suffix(&self) -> String {
        quoted(&self.suffix_octets)
    }

    /// `256*255 + 243 + 12 = 65535`.
    pub fn sum(&self) -> String {
        let Self { protocol, high_sum, low_sum, lengths, total, .. } = self;
        let lengths = if protocol.lengths() == 0 { String::new() } else { format!(" + {lengths}") };
        format!("256*{high_sum} + {low_sum}{lengths} = {total}")
    }
}

impl Event {
    /// What becomes of `suffix` behind data of the other parity.
    pub fn parity_trap(suffix: &[u8], first: Half) -> Self {
        let is_even = suffix.len().is_multiple_of(2);
        let worked = Worked::of(Carrier::Raw, suffix, first);
        Self::ParityTrap {
            first_half: first,
            suffix_octets: hex::encode(suffix),
            // 256*H + L and 256*L + H differ by 255*(H - L), and 255*257 is 65535.
            either_parity: worked.high_sum % 257 == worked.low_sum % 257,
            swapped_octets: is_even.then(|| hex::encode(&swapped(suffix))),
        }
    }

    fn words(&self) -> (&'static str, String) {
        match self {
            Self::LengthsSummed { protocol, times } => ("length", length_words(*protocol, *times)),
            Self::Halves { data_length_octets, first_half } => ("halves", half_words(*data_length_octets, *first_half)),
            Self::Counted { length_octets, set_octets } => (
                "count",
                format!(
                    "none of the {set_octets}^{length_octets} suffixes is tried: the ways to every sum H of the high \
                     halves and every L of the low ones are added up octet by octet, and those of each H are multiplied \
                     by those of the one L that fits it"
                ),
            ),
            Self::Worked(worked) => {
                let (suffix, sum, residue) = (worked.suffix(), worked.sum(), worked.residue);
                ("worked", format!("{suffix}: {sum}, which is {residue} modulo 65535"))
            }
            Self::ParityTrap { suffix_octets, either_parity: true, .. } => (
                "parity",
                format!(
                    "{} does it behind any number of octets, as its high and its low halves sum to the same, modulo 257",
                    quoted(suffix_octets)
                ),
            ),
            Self::ParityTrap { first_half, suffix_octets, swapped_octets, .. } => {
                ("parity", trap_words(*first_half, suffix_octets, swapped_octets.as_deref()))
            }
            Self::SumOfZeros => (
                "zeros",
                "the octets are all zero, and only zeros sum to 0000. Whatever is added sums to ffff, the other zero: the \
                 checksum ffff stays right for both, but who computes it anew gets 0000"
                    .to_owned(),
            ),
            Self::OtherZero { protocol, wanted, checksum } => ("zero", zero_words(*protocol, *wanted, *checksum)),
            Self::TwoZeros => (
                "two answers",
                "0000 and ffff are the two zeros of ones' complement, so either does it (RFC 1071 section 2)".to_owned(),
            ),
            Self::Change { now, wanted, gain } => (
                "change",
                format!(
                    "the checksum is the complement of the sum, so what it loses the sum must gain: {now:04x} - \
                     {wanted:04x} = {gain:04x} modulo ffff (RFC 1624)"
                ),
            ),
            Self::WordAcross { offset_octets } => (
                "odd offset",
                format!(
                    "octets {offset_octets} and {} lie in two words: the first is a low half and the second a high one, so \
                     the answer has its octets swapped (RFC 1071 section 2 (B))",
                    offset_octets.saturating_add(1)
                ),
            ),
        }
    }
}

fn half_words(data_len: usize, first: Half) -> String {
    let pad = if first == Half::Low { ", and takes the place of the zero that padded the last word" } else { "" };
    format!(
        "the sum is of 16-bit words, high octet first, so an octet at an even offset weighs 256 and one at an odd offset 1. \
         Behind {} the next is a {} half{pad}; what the octets before are does not matter, and neither do addresses and \
         ports",
        octets(data_len),
        first.name()
    )
}

fn zero_words(carrier: Carrier, wanted: u16, checksum: u16) -> String {
    if carrier == Carrier::Udp && wanted == 0 {
        return format!("0000 would say that no checksum was computed, so {checksum:04x} is sent instead (RFC 768)");
    }
    format!(
        "{wanted:04x} and {checksum:04x} are the two zeros of ones' complement. ffff is the complement of 0000, and only \
         zeros sum to that: computed anew the checksum is {checksum:04x}. A receiver takes either"
    )
}

fn length_words(carrier: Carrier, times: u32) -> String {
    let why = match carrier {
        Carrier::Udp => "in the pseudo-header and as Length of the header (RFC 768, RFC 8200 section 8.1)",
        Carrier::Tcp => "in the pseudo-header; its own header has no length (RFC 9293 section 3.1)",
        Carrier::Icmpv6 => "in the pseudo-header (RFC 4443 section 2.3)",
        Carrier::Icmp => "neither in a pseudo-header nor in its own (RFC 792)",
        Carrier::Raw => "only the octets themselves (--protocol says what carries them)",
    };
    let adds = match times {
        0 => "adds nothing by itself".to_owned(),
        times => format!("adds {times} by itself"),
    };
    format!("{}, {why}: each octet more {adds}. The rule is {}", lengths(carrier), congruence(carrier, 0))
}

fn trap_words(first: Half, suffix: &str, swapped: Option<&str>) -> String {
    let (here, there) = parities(first);
    match swapped {
        Some(other) => format!(
            "{} does it behind {here} number of octets only. Behind {there} one high and low halves change places, and it \
             would have to be {}",
            quoted(suffix),
            quoted(other)
        ),
        None => format!(
            "{} does it behind {here} number of octets only. Behind {there} one high and low halves change places, and as \
             its length is odd, swapping its octets in pairs does not make up for it",
            quoted(suffix)
        ),
    }
}

/// The number of octets in front, here and in the other case.
pub fn parities(first: Half) -> (&'static str, &'static str) {
    if first == Half::High { ("an even", "an odd") } else { ("an odd", "an even") }
}

/// A suffix that stands in an event as hex; of one that is longer than any that is found, its length.
pub fn quoted(suffix: &str) -> String {
    match suffix.len() / 2 {
        0..=MAX_LEN => hex::decode(suffix).map_or_else(|_| suffix.to_owned(), |octets| shown(&octets)),
        more => format!("the suffix of {}", octets(more)),
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (about, words) = self.words();
        let about = text.paint(Role::Dim, &format!("{about}:"));
        text.prose(&format!("{about} "), &words)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::solve::problem::residue;

    #[test]
    fn the_worked_example() {
        // 3*51 in low halves, 3*55 in high ones, and twice six: ffff.
        let worked = Worked::of(Carrier::Udp, b"QUQUQU", Half::Low);
        assert_eq!((worked.sum().as_str(), worked.residue), ("256*255 + 243 + 12 = 65535", 0));
        let (_, words) = Event::parity_trap(b"QUQUQU", Half::Low).words();
        assert!(words.starts_with("\"QUQUQU\" does it behind an odd number of octets only."), "{words}");
        assert!(words.ends_with("it would have to be \"UQUQUQ\""), "{words}");
        let (_, words) = Event::parity_trap(b"QQQ", Half::High).words();
        assert!(words.contains("its length is odd"), "{words}");
        for either in [&b"QQQQ"[..], b"abba", b"\xff\x00\x02\x00"] {
            let (_, words) = Event::parity_trap(either, Half::High).words();
            assert!(words.contains("behind any number"), "{words}");
        }
    }

    #[test]
    fn a_sum_of_more_than_32_bits() {
        let worked = Worked::of(Carrier::Raw, &vec![0xff; 200_000], Half::High);
        assert_eq!((worked.sum().as_str(), worked.residue), ("256*25500000 + 25500000 = 6553500000", 0));
        assert_eq!(worked.suffix(), "the suffix of 200000 octets");
    }

    proptest! {
        #[test]
        fn the_trap_is_as_said(suffix in prop::collection::vec(prop::sample::select(vec![0_u8, 1, 2, 255]), 0..7)) {
            let Event::ParityTrap { either_parity, swapped_octets, .. } = Event::parity_trap(&suffix, Half::High) else {
                unreachable!()
            };
            let behind_odd = |suffix: &[u8]| residue(&[&[0], suffix].concat());
            prop_assert_eq!(either_parity, behind_odd(&suffix) == residue(&suffix));
            if let Some(swapped) = swapped_octets {
                prop_assert_eq!(behind_odd(&hex::decode(&swapped).unwrap()), residue(&suffix));
            }
        }
    }
}
