//! Why a checksum is computed as it is: the facts as data, their words once.

use std::fmt;
use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::crc;
use crate::explain::{as_entry, meaning};
use crate::form::octets;
use crate::verdict::Verdict;
use crate::why;
use crate::working::{Working, text};

/// Entries of the CRC's table in a line.
const TABLE_LINE: usize = 8;

/// The version of IP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Family {
    /// Version 4.
    #[serde(rename = "ipv4")]
    V4,
    /// Version 6.
    #[serde(rename = "ipv6")]
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(addr: IpAddr) -> Self {
        if addr.is_ipv4() { Self::V4 } else { Self::V6 }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// A fact about the computation that the bare numbers do not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Reason {
    /// Addresses are summed although they are not part of the datagram.
    PseudoHeader {
        /// Which pseudo-header.
        family: Family,
        /// How long it is.
        length_octets: usize,
        /// Whose checksum takes it in.
        protocol: &'static str,
        /// What is protected by it.
        unit: &'static str,
        /// Whether the header has ports.
        has_ports: bool,
        /// Where the checksum is specified.
        source: &'static str,
    },
    /// No addresses are summed.
    NoPseudoHeader {
        /// Whose checksum does without.
        protocol: &'static str,
        /// What it covers instead.
        why: &'static str,
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
        /// Whose header.
        protocol: &'static str,
    },
    /// The length does not fit in its field of 16 bits.
    Jumbogram {
        /// Header and data, in octets.
        length_octets: usize,
    },
    /// Not all of the packet is covered.
    LeftOut {
        /// Whose checksum it is.
        protocol: &'static str,
        /// What is covered, in octets.
        covered_octets: usize,
        /// Header and data, in octets.
        length_octets: usize,
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
    /// The complement was zero, and the protocol has no rule about that.
    ZeroStays {
        /// Whose checksum it is.
        protocol: &'static str,
    },
    /// The complement was zero, and zero may not be sent.
    ZeroForbidden {
        /// Whose checksum it is.
        protocol: &'static str,
    },
    /// The table that an octet is looked up in.
    CrcTable {
        /// The generator polynomial, its bits reversed.
        polynomial: u32,
        /// What is left of each octet after eight divisions by it.
        entries: Vec<u32>,
    },
    /// The remainder became the CRC.
    CrcDivided {
        /// The remainder.
        remainder: u32,
        /// Its complement.
        complement: u32,
    },
    /// Not all that the checksum covers is there.
    Incomplete {
        /// What it is worth.
        verdict: Verdict,
    },
    /// What the field of the packet holds was compared with the result.
    Compared {
        /// What it holds, as it is sent.
        stored_octets: String,
        /// What it should hold.
        calculated_octets: String,
        /// What it is worth.
        verdict: Verdict,
    },
    /// A mistake gives what is stored.
    Reproduced {
        /// The mistake.
        #[serde(serialize_with = "as_entry")]
        reason: why::Reason,
    },
}

impl Reason {
    /// Sums the words of `working` again with their octets swapped.
    pub fn order_independence(working: &Working) -> Self {
        let swapped_total = working.words.iter().map(|word| u64::from(word.value.swap_bytes())).sum();
        Self::OrderIndependent {
            folded: working.folded,
            swapped_total,
            swapped_folded: sockeye_common::checksum::fold(swapped_total),
        }
    }

    /// The table of the CRC.
    pub fn crc_table() -> Self {
        let entries = (0..=u8::MAX).map(crc::entry).collect();
        Self::CrcTable { polynomial: sockeye_common::crc32c::POLYNOMIAL, entries }
    }

    /// What it is about, and the words.
    #[expect(clippy::too_many_lines, reason = "one arm a fact")]
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::PseudoHeader { family, length_octets, protocol, unit, has_ports, source } => (
                "pseudo-header",
                format!(
                    "{protocol} knows {} addresses, so the sum takes {} from {family} with it: a {unit} that was \
                     delivered to the wrong host fails ({})",
                    if *has_ports { "ports but no" } else { "no" },
                    octets(*length_octets),
                    match (family, *protocol) {
                        (Family::V4, _) => source,
                        (Family::V6, "UDP") =>
                            "RFC 8200 section 8.1; IPv6 has no header checksum, so UDP's is not optional there",
                        (Family::V6, _) => "RFC 8200 section 8.1; IPv6 has no header checksum",
                    }
                ),
            ),
            Self::NoPseudoHeader { why, .. } => ("no pseudo-header", (*why).to_owned()),
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
            Self::LengthTwice { length, protocol } => (
                "length",
                format!(
                    "{length} is summed twice: once in the pseudo-header, once as the Length of the {protocol} header"
                ),
            ),
            Self::Jumbogram { length_octets } => (
                "jumbogram",
                format!(
                    "{} are more than UDP's Length says, so that it is 0 and the length stands in the pseudo-header \
                     alone, which has 32 bits for it (RFC 2675 section 4)",
                    octets(*length_octets)
                ),
            ),
            Self::LeftOut { protocol, covered_octets, length_octets } => (
                "coverage",
                format!(
                    "the checksum of {protocol} covers {covered_octets} of the {}; the rest may be damaged without \
                     anybody's noticing",
                    octets(*length_octets)
                ),
            ),
            Self::FieldCountsAsZero => (
                "checksum field",
                "it is part of the header that is summed, and counts as zero until the result is known".to_owned(),
            ),
            Self::Padded { octet } => (
                "padding",
                format!(
                    "{octet:02x} (\"{}\") stands alone at the end: it is the high half of a word whose low half is 00. \
                     The 00 is summed, not sent, and not counted in any length (RFC 1071 section 1)",
                    text(&[*octet])
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
                    "{folded:04x} + {complement:04x} = ffff, so whoever sums the octets as received, checksum \
                     included, must get ffff (RFC 1071 section 1)"
                ),
            ),
            Self::ZeroBecameAllOnes => (
                "zero",
                "0000 in the field means that the sender computed no checksum, so a computed 0000 goes out as ffff: \
                 the other zero of ones' complement, and the receiver's sum is ffff just the same (RFC 768)"
                    .to_owned(),
            ),
            Self::ZeroStays { protocol } => (
                "zero",
                format!(
                    "the complement is 0000 and goes out as it is: {protocol} has no zero that says \"none\", so ffff in \
                     its place is UDP's rule and no other's"
                ),
            ),
            Self::ZeroForbidden { protocol } => {
                ("zero", format!("a computed 0000 goes out as ffff: {}", why_forbidden(protocol)))
            }
            Self::CrcTable { polynomial, .. } => (
                "CRC32c",
                format!(
                    "the octets are the bits of one long number, lowest bit first, which is divided without carries by \
                     the polynomial 1edc6f41 ({polynomial:08x} with its bits reversed); the table has what eight steps \
                     make of each octet (RFC 9260 appendix A)"
                ),
            ),
            Self::CrcDivided { remainder, complement } => (
                "CRC32c",
                format!(
                    "the remainder starts as ffffffff, so that leading zeros count, and its complement is sent, so that \
                     trailing zeros count: ~{remainder:08x} = {complement:08x}. It is sent lowest octet first, as the \
                     bits went in"
                ),
            ),
            Self::Incomplete { verdict } => (verdict.name(), meaning(*verdict).to_owned()),
            Self::Compared { stored_octets, calculated_octets, verdict } => (
                verdict.name(),
                format!(
                    "the field holds {stored_octets}, the sum calls for {calculated_octets}: {}",
                    meaning(*verdict)
                ),
            ),
            Self::Reproduced { reason } => ("why", format!("{}: {}", reason.name(), reason.long())),
        }
    }
}

fn why_forbidden(protocol: &str) -> &'static str {
    match protocol {
        "UDP-Lite" => "its checksum is not optional, and 0000 may not be sent (RFC 3828 section 3.1)",
        _ => {
            "0000 would say that none was computed, and over IPv6 receivers discard that (RFC 8200 section 8.1), tunnels \
             apart that say so (RFC 6935, RFC 6936)"
        }
    }
}

impl Render for Reason {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (about, words) = self.words();
        let about = text.paint(Role::Dim, &format!("{about}:"));
        text.prose(&format!("{about} "), &words)?;
        if let Self::CrcTable { entries, .. } = self {
            for (line, first) in entries.chunks(TABLE_LINE).zip((0..).step_by(TABLE_LINE)) {
                let entries: Vec<String> = line.iter().map(|entry| format!("{entry:08x}")).collect();
                text.line(format!("  {first:02x}  {}", entries.join(" ")))?;
            }
        }
        Ok(())
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
            Reason::order_independence(&working),
            // RFC 1071 section 3, the byte-swapped column.
            Reason::OrderIndependent { folded: 0xddf2, swapped_total: 0x1_f2dc, swapped_folded: 0xf2dd }
        );
    }
}
