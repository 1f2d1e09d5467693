//! Why a verdict is what it is: the facts as data, their words once.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Confined, Render, Text};

use crate::form::octets;
use crate::protocol::{Protocol, by_name};
use crate::verdict::{Check, Sums, Verdict};
use crate::why::{Entry, Reason};

/// A fact about a judgement that the bare numbers do not tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What is not needed any more was given up.
    Confined(Box<Confined>),
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
    /// A mistake gives what is stored.
    Reproduced {
        /// The frame's number.
        frame: u64,
        /// Whose checksum it is.
        #[serde(serialize_with = "by_name")]
        protocol: Protocol,
        /// The mistake.
        #[serde(serialize_with = "as_entry")]
        reason: Reason,
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
    fn words(&self) -> (&'static str, String) {
        match *self {
            Self::Confined(ref confined) => ("confined", confined.words()),
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
            Self::Reproduced { frame, protocol, ref reason } => {
                (protocol.name(), format!("frame {frame}: {}: {}", reason.name(), reason.long()))
            }
            Self::FirstOf { verdict, frame } => {
                (verdict.name(), format!("first in frame {frame}: {}", meaning(verdict)))
            }
        }
    }
}

pub(crate) fn as_entry<S: serde::Serializer>(reason: &Reason, serializer: S) -> Result<S::Ok, S::Error> {
    Entry(reason).serialize(serializer)
}

/// What a verdict says, and what follows from it.
pub(crate) fn meaning(verdict: Verdict) -> &'static str {
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
        Verdict::None => {
            "zero: the sender computed no checksum, as UDP may over IPv4 (RFC 768) and in tunnels over IPv6 (RFC 6935), SCTP where \
             both ends have agreed (RFC 9653) and RSVP and PGM always may"
        }
        Verdict::Illegal => {
            "0000 where it must be computed: of UDP over IPv6, which has no checksum of its own, receivers discard that, tunnels \
             apart (RFC 8200 section 8.1, RFC 6935), and of UDP-Lite always (RFC 3828 section 3.1)"
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
        text.prose(&format!("{about} "), &words)
    }
}
