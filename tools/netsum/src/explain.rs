//! Why the sum is done as it is: the facts as data, their words once.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::protocol::{Protocol, by_name};
use crate::udp::{Family, octets};
use crate::verdict::{Check, Sums, Verdict};
use crate::working::{Working, text};

/// A fact about the computation that the bare numbers do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Addresses are summed although they are not part of the datagram.
    PseudoHeader {
        /// Which pseudo-header.
        family: Family,
        /// How long it is.
        length_octets: usize,
    },
    /// Both addresses are IPv4-mapped: such a socket sends IPv4.
    MappedAddresses,
    /// A zone stands behind an address, and no zone is ever sent.
    ZoneLeftOut,
    /// Length is in the pseudo-header and in the header.
    LengthTwice {
        /// Header and data, in octets.
        #[serde(rename = "length_octets")]
        length: u16,
    },
    /// The Checksum field is part of what is summed.
    FieldCountsAsZero,
    /// The data ended in a lone octet.
    Padded {
        /// The octet.
        octet: u8,
    },
    /// What stood above the low 16 bits comes back at the low end.
    Carried {
        /// How much that is.
        carries: u64,
    },
    /// The same sum over words with their octets swapped.
    OrderIndependent {
        /// The folded sum.
        folded: u16,
        /// The sum of the swapped words, before the fold.
        swapped_total: u64,
        /// The same, folded.
        swapped_folded: u16,
    },
    /// The complement makes the receiver's sum come out as all ones.
    Complemented {
        /// The folded sum.
        folded: u16,
        /// Its complement.
        complement: u16,
    },
    /// The complement was zero, and zero means "no checksum".
    ZeroBecameAllOnes,
    /// A checksum of a capture was summed again.
    Verified {
        /// The frame's number.
        frame: u64,
        /// Whose checksum it is.
        #[serde(serialize_with = "by_name")]
        protocol: Protocol,
        /// The folded sum of the pseudo-header, where there is one.
        pseudo_header_sum: Option<u16>,
        /// How many octets are covered besides.
        length_octets: usize,
        /// The folded sum of both, the field counting as zero.
        sum: u16,
        /// What the field holds.
        stored: u32,
        /// The folded sum with it.
        sum_with_stored: u16,
    },
    /// The first checksum with this verdict.
    FirstOf {
        /// The verdict.
        verdict: Verdict,
        /// The frame's number.
        frame: u64,
    },
}

impl Event {
    /// Sums the words of `working` again with their octets swapped.
    pub fn order_independence(working: &Working) -> Self {
        let swapped_total = working.words.iter().map(|word| u64::from(word.value.swap_bytes())).sum();
        Self::OrderIndependent {
            folded: working.folded,
            swapped_total,
            swapped_folded: sockeye_common::checksum::fold(swapped_total),
        }
    }

    /// How `check` came to its verdict, if it was summed at all.
    pub fn verified(check: &Check) -> Option<Self> {
        let Check { frame, protocol, stored, sums, .. } = *check;
        let Sums { pseudo_header, covered, with_stored, length } = sums?;
        Some(Self::Verified {
            frame,
            protocol,
            pseudo_header_sum: pseudo_header,
            length_octets: length,
            sum: covered,
            stored,
            sum_with_stored: with_stored,
        })
    }

    /// What it is about, and the words.
    fn words(self) -> (&'static str, String) {
        match self {
            Self::PseudoHeader { family, length_octets } => (
                "pseudo-header",
                format!(
                    "UDP knows ports but no addresses, so the sum takes {} from {family} with it: a datagram that was \
                     delivered to the wrong host fails ({})",
                    octets(length_octets),
                    match family {
                        Family::V4 => "RFC 768",
                        Family::V6 =>
                            "RFC 8200 section 8.1; IPv6 has no header checksum, so UDP's is not optional there",
                    }
                ),
            ),
            Self::MappedAddresses => (
                "IPv4-mapped",
                "a socket with ::ffff:a.b.c.d addresses sends IPv4, whose pseudo-header has the dotted quads alone; \
                 the sum below is that of an IPv6 packet with these very addresses"
                    .to_owned(),
            ),
            Self::ZoneLeftOut => (
                "zone",
                "what follows % names an interface of this host and is never sent or summed (RFC 4007)".to_owned(),
            ),
            Self::LengthTwice { length } => (
                "length",
                format!("{length} is summed twice: once in the pseudo-header, once as the Length of the UDP header"),
            ),
            Self::FieldCountsAsZero => (
                "checksum field",
                "it is part of the header that is summed, and counts as zero until the result is known".to_owned(),
            ),
            Self::Padded { octet } => (
                "padding",
                format!(
                    "{octet:02x} (\"{}\") stands alone at the end: it is the high half of a word whose low half is 00. \
                     The 00 is summed, not sent, and not counted in Length (RFC 768)",
                    text(&[octet])
                ),
            ),
            Self::Carried { carries: 0 } => {
                ("carries", "the sum fits in 16 bits, so there is nothing to bring round".to_owned())
            }
            Self::Carried { carries } => (
                "carries",
                format!(
                    "ones' complement addition brings what leaves at the top ({carries:x}) back in at the bottom: it is \
                     arithmetic modulo ffff, where 10000 and 1 are the same (RFC 1071 section 2)"
                ),
            ),
            Self::OrderIndependent { folded, swapped_total, swapped_folded } => (
                "byte order",
                format!(
                    "summing every word with its octets swapped gives {swapped_total:04x}, folded {swapped_folded:04x}: \
                     {folded:04x} swapped. A little-endian host may add words as it loads them and store the result as \
                     it is; words may also be added in any order (RFC 1071 section 2 (B))"
                ),
            ),
            Self::Complemented { folded, complement } => (
                "complement",
                format!(
                    "{folded:04x} + {complement:04x} = ffff, so whoever sums the datagram as received, checksum \
                     included, must get ffff (RFC 1071 section 1)"
                ),
            ),
            Self::ZeroBecameAllOnes => (
                "zero",
                "0000 in the field means that the sender computed no checksum, so a computed 0000 goes out as ffff: \
                 the other zero of ones' complement, and the receiver's sum is ffff just the same (RFC 768)"
                    .to_owned(),
            ),
            Self::Verified { frame, protocol, pseudo_header_sum, length_octets, sum, stored, sum_with_stored } => {
                let summed = match pseudo_header_sum {
                    Some(pseudo) => format!("pseudo-header {pseudo:04x} and {}", octets(length_octets)),
                    None => octets(length_octets),
                };
                let is = if sum_with_stored == 0xffff { "" } else { ", not ffff" };
                (
                    protocol.name(),
                    format!(
                        "frame {frame}: {summed} without the field sum to {sum:04x}; with the stored {stored:04x} they \
                         make {sum_with_stored:04x}{is}"
                    ),
                )
            }
            Self::FirstOf { verdict, frame } => {
                (verdict.name(), format!("first in frame {frame}: {}", meaning(verdict)))
            }
        }
    }
}

/// What a verdict says, and what follows from it.
fn meaning(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Good => "everything covered, checksum included, sums to ffff (RFC 1071 section 1)",
        Verdict::Bad => {
            "the sum is not ffff: the octets changed after the checksum was computed, or it was computed wrongly"
        }
        Verdict::Partial => {
            "the field holds the folded sum of the pseudo-header, not complemented: the sender left the rest to its \
             network interface, and the capture saw the packet before that. On the wire the field is complete; on a \
             loopback interface nobody ever completes it"
        }
        Verdict::None => "0000: the sender computed no checksum, which UDP allows over IPv4 (RFC 768)",
        Verdict::Illegal => {
            "0000 over IPv6, which has no checksum of its own: receivers discard it, tunnels apart (RFC 8200 section \
             8.1, RFC 6935)"
        }
        Verdict::Unverified => {
            "not everything that the checksum covers is in this frame: it is a fragment, or the capture kept only its \
             beginning, or a length contradicts what encloses it"
        }
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (about, words) = self.words();
        let about = text.paint(Role::Dim, &format!("{about}:"));
        text.line(format!("{about} {words}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::working::Section;

    #[test]
    fn swapped_words_give_the_swapped_sum() {
        let working = Working::of(vec![Section::of_data("Data", vec![0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7])]);
        assert_eq!(
            Event::order_independence(&working),
            // RFC 1071 section 3, the byte-swapped column.
            Event::OrderIndependent { folded: 0xddf2, swapped_total: 0x1_f2dc, swapped_folded: 0xf2dd }
        );
    }
}
