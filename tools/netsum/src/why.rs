//! Why a checksum is not what it should be: the mistakes that reproduce what the field holds.
//!
//! [`explain`] walks a frame again and tries hypotheses on each checksum that needs it. A mistake is
//! named if it gives the stored value exactly. Most do so by chance once in 65,535 times, so what is named is consistent
//! with what was captured and no more than that; where several fit, the most likely comes first.

mod arithmetic;
mod case;
mod flows;
mod hypothesis;
mod sctp;
#[cfg(test)]
mod tests;
mod words;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use sockeye_capture::{Frame, dissect};

use self::case::{Case, Network};
pub use self::flows::{Endpoint, Flows, Note};
use crate::verdict::{Check, Offload, Verdict};

/// A mistake that gives what is stored, or what is known besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Reason {
    /// The sum of the pseudo-header: the interface was to do the rest.
    Offload,
    /// The same with a length of zero, as drivers leave it that have their interface cut segments.
    OffloadWithoutLength,
    /// Nothing was filled in.
    LeftZero,
    /// A computed zero was sent as it is.
    ZeroNotReplaced,
    /// The other zero of ones' complement.
    OtherZero,
    /// An address changed after the sum was done: the IP header's is off by the same amount.
    AddressChanged {
        /// What one of the words must have been.
        words: Vec<Word>,
    },
    /// An address or port changed after the sum was done: another packet of the capture has the old one.
    EndpointChanged {
        /// Which side.
        side: Side,
        /// What it was when the sum was done: address, port, or both.
        was: String,
    },
    /// The Time to Live changed after the sum was done.
    TtlChanged {
        /// What it was.
        was: u8,
        /// What it is.
        is: u8,
    },
    /// The Type of Service octet changed after the sum was done.
    TosChanged {
        /// What it was.
        was: u8,
        /// What it is.
        is: u8,
    },
    /// The sum itself.
    NotComplemented,
    /// The right one, in the order of a little-endian host.
    OctetsSwapped,
    /// The pseudo-header was not summed.
    NoPseudoHeader,
    /// A pseudo-header was summed where there is none.
    PseudoHeaderAdded,
    /// UDP's length, which is summed twice, was summed once.
    LengthOnce {
        /// In octets.
        #[serde(rename = "length_octets")]
        length: usize,
    },
    /// The pseudo-header had no length.
    LengthLeftOut {
        /// In octets.
        #[serde(rename = "length_octets")]
        length: usize,
    },
    /// The pseudo-header's length did not count the transport header.
    LengthWithoutHeader {
        /// In octets.
        #[serde(rename = "header_octets")]
        header: usize,
    },
    /// The pseudo-header's length was in host order.
    LengthSwapped,
    /// The pseudo-header's protocol was in host order.
    ProtocolSwapped,
    /// Both were.
    LengthAndProtocolSwapped,
    /// The lone last octet was summed as the low half of a word.
    PadInFront {
        /// The octet.
        octet: u8,
    },
    /// The lone last octet was not summed.
    LastOctetLeftOut {
        /// The octet.
        octet: u8,
    },
    /// Octets behind the packet were summed.
    PaddingSummed {
        /// How many.
        #[serde(rename = "padding_octets")]
        padding: usize,
        /// Whether the pseudo-header's length counted them too.
        counted: bool,
    },
    /// The field was summed with what it held.
    FieldNotZeroed {
        /// What that was.
        held: Held,
    },
    /// Carries were not brought round.
    CarriesDropped {
        /// The sum with them, before the fold.
        total: u64,
    },
    /// The carries were brought round once, and the carry of that was dropped.
    FoldedOnce {
        /// The sum before the fold.
        total: u64,
    },
    /// An IP header's sum went on into what follows.
    BeyondHeader {
        /// How many octets were summed.
        #[serde(rename = "length_octets")]
        length: usize,
    },
    /// An IP header was summed without its options.
    OptionsLeftOut {
        /// How many octets they have.
        #[serde(rename = "options_octets")]
        options: usize,
    },
    /// Only the transport header was summed.
    DataLeftOut {
        /// How many octets of data there are.
        #[serde(rename = "data_octets")]
        data: usize,
    },
    /// The pseudo-header had the addresses of the IP header, not the final destination or the home address.
    HeaderAddresses,
    /// The pseudo-header's length was cut to 16 bits.
    LengthCut {
        /// In octets.
        #[serde(rename = "length_octets")]
        length: usize,
    },
    /// All of a UDP-Lite or DCCP packet was summed, whatever its coverage.
    CoverageIgnored,
    /// The pseudo-header had the coverage as its length.
    CoverageAsLength,
    /// Adler-32, SCTP's checksum before RFC 3309.
    Adler32,
    /// The CRC of Ethernet.
    Crc32,
    /// The CRC was taken over the old field.
    CrcFieldNotZeroed,
    /// The ones' complement sum in place of a CRC.
    InternetSum,
    /// One bit turned over after the sum was done.
    OneBit {
        /// Which bit of a 16-bit word.
        mask: u16,
        /// Whether it was set when the sum was done.
        was_set: bool,
        /// In how many words it can have been.
        places: usize,
        /// Where those words are in the frame, if they are few; the pseudo-header's are not in it.
        offsets: Vec<usize>,
    },
    /// No simple mistake gives it.
    Unknown {
        /// What was summed more than should have been, in ones' complement.
        difference: u32,
        /// What a word of the header must have been, if it was that one alone.
        words: Vec<Word>,
    },
}

/// Which side of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The sender's.
    Source,
    /// The receiver's.
    Destination,
}

/// What a checksum field held while it was summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// The right checksum: the result is zero.
    Right,
    /// The pseudo-header's sum that offload leaves.
    Partial,
    /// The checksum from before the last router.
    BeforeRouter,
}

/// A 16-bit word of a header, as it is and as it must have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    /// What it belongs to.
    pub field: &'static str,
    /// Where it is in the frame, in octets.
    #[serde(rename = "offset_octets")]
    pub offset: usize,
    /// What it must have been.
    pub was: u16,
    /// What it is.
    pub is: u16,
}

/// A reason as an entry of the JSON array.
pub struct Entry<'a>(pub &'a Reason);

impl Serialize for Entry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut data = serializer.serialize_struct("Reason", 3)?;
        data.serialize_field("code", self.0.code())?;
        data.serialize_field("name", self.0.name())?;
        data.serialize_field("values", self.0)?;
        data.end()
    }
}

/// Whether a checksum has reasons, as far as its verdict tells.
#[inline]
pub fn is_due(check: &Check) -> bool {
    match check.verdict {
        Verdict::Good => check.calculated.is_some_and(|calculated| calculated != check.stored),
        Verdict::Bad | Verdict::Partial | Verdict::Illegal => true,
        Verdict::None | Verdict::Unverified => false,
    }
}

/// The reasons for each of the checksums of `frame`, in the order in which they are judged. `flows` are those that were
/// met so far.
pub fn explain(frame: &Frame<'_>, flows: &Flows) -> Vec<Vec<Reason>> {
    let mut cases = Vec::new();
    let mut network = None;
    for layer in dissect(frame.link_type, frame.octets, frame.original_len) {
        network = Network::of(&layer).or(network);
        if let Some(checksum) = layer.checksum() {
            cases.push(Case::new(frame, layer, checksum, network, flows));
        }
    }
    case::relate(&mut cases);
    cases.iter().map(reasons).collect()
}

/// The reasons for one.
fn reasons(case: &Case<'_>) -> Vec<Reason> {
    if !is_due(&case.check) {
        return Vec::new();
    }
    match case.check.verdict {
        Verdict::Good => vec![Reason::OtherZero],
        Verdict::Partial if case.offload() == Some(Offload::WithoutLength) => vec![Reason::OffloadWithoutLength],
        Verdict::Partial => vec![Reason::Offload],
        Verdict::Illegal if case.check.calculated == Some(0xffff) => vec![Reason::ZeroNotReplaced],
        Verdict::Illegal => vec![Reason::LeftZero],
        _ => hypothesis::fitting(case),
    }
}
