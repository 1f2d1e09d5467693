//! The reasons in words: their codes and names, a short form for the listing, a long one for the explanation.

use super::{Held, Reason, Side, Word};

impl Reason {
    /// The word that a program knows it by.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Offload => "offload",
            Self::OffloadWithoutLength => "offload_without_length",
            Self::LeftZero => "left_zero",
            Self::ZeroNotReplaced => "zero_not_replaced",
            Self::OtherZero => "other_zero",
            Self::AddressChanged { .. } => "address_changed",
            Self::EndpointChanged { .. } => "endpoint_changed",
            Self::TtlChanged { .. } => "ttl_changed",
            Self::TosChanged { .. } => "tos_changed",
            Self::NotComplemented => "not_complemented",
            Self::OctetsSwapped => "octets_swapped",
            Self::NoPseudoHeader => "no_pseudo_header",
            Self::PseudoHeaderAdded => "pseudo_header_added",
            Self::LengthOnce { .. } => "length_once",
            Self::LengthLeftOut { .. } => "length_left_out",
            Self::LengthWithoutHeader { .. } => "length_without_header",
            Self::LengthSwapped => "length_swapped",
            Self::ProtocolSwapped => "protocol_swapped",
            Self::LengthAndProtocolSwapped => "length_and_protocol_swapped",
            Self::PadInFront { .. } => "pad_in_front",
            Self::LastOctetLeftOut { .. } => "last_octet_left_out",
            Self::PaddingSummed { .. } => "padding_summed",
            Self::FieldNotZeroed { .. } => "field_not_zeroed",
            Self::CarriesDropped { .. } => "carries_dropped",
            Self::FoldedOnce { .. } => "folded_once",
            Self::BeyondHeader { .. } => "beyond_header",
            Self::OptionsLeftOut { .. } => "options_left_out",
            Self::DataLeftOut { .. } => "data_left_out",
            Self::HeaderAddresses => "header_addresses",
            Self::LengthCut { .. } => "length_cut",
            Self::CoverageIgnored => "coverage_ignored",
            Self::CoverageAsLength => "coverage_as_length",
            Self::Adler32 => "adler32",
            Self::Crc32 => "crc32",
            Self::CrcFieldNotZeroed => "crc_field_not_zeroed",
            Self::InternetSum => "internet_sum",
            Self::OneBit { .. } => "one_bit",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The same for a person.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Offload => "left to the interface (offload)",
            Self::OffloadWithoutLength => "left to the interface without the length (segmentation offload)",
            Self::LeftZero => "left zero",
            Self::ZeroNotReplaced => "computed 0000 was not sent as ffff",
            Self::OtherZero => "ffff for 0000, which is the same sum",
            Self::AddressChanged { .. } => "stale: an address changed",
            Self::EndpointChanged { .. } => "stale: address or port changed",
            Self::TtlChanged { .. } => "stale: the TTL changed",
            Self::TosChanged { .. } => "stale: the TOS octet changed",
            Self::NotComplemented => "not complemented",
            Self::OctetsSwapped => "octets swapped",
            Self::NoPseudoHeader => "pseudo-header left out",
            Self::PseudoHeaderAdded => "pseudo-header summed where there is none",
            Self::LengthOnce { .. } => "length summed once, not twice",
            Self::LengthLeftOut { .. } => "length left out of the pseudo-header",
            Self::LengthWithoutHeader { .. } => "length in the pseudo-header without the header's",
            Self::LengthSwapped => "length of the pseudo-header in host order",
            Self::ProtocolSwapped => "protocol of the pseudo-header in host order",
            Self::LengthAndProtocolSwapped => "length and protocol of the pseudo-header in host order",
            Self::PadInFront { .. } => "pad octet on the wrong side",
            Self::LastOctetLeftOut { .. } => "lone last octet not summed",
            Self::PaddingSummed { .. } => "padding summed in",
            Self::FieldNotZeroed { .. } => "field not zeroed before the sum",
            Self::CarriesDropped { .. } => "carries dropped",
            Self::FoldedOnce { .. } => "last carry dropped",
            Self::BeyondHeader { .. } => "more than the header summed",
            Self::OptionsLeftOut { .. } => "options left out",
            Self::DataLeftOut { .. } => "data left out",
            Self::HeaderAddresses => "pseudo-header with the IP header's own addresses",
            Self::LengthCut { .. } => "length of the pseudo-header cut to 16 bits",
            Self::CoverageIgnored => "coverage ignored",
            Self::CoverageAsLength => "coverage as the pseudo-header's length",
            Self::Adler32 => "Adler-32 in place of CRC32c",
            Self::Crc32 => "CRC-32 of Ethernet in place of CRC32c",
            Self::CrcFieldNotZeroed => "field not zeroed before the CRC",
            Self::InternetSum => "ones' complement sum in place of CRC32c",
            Self::OneBit { .. } => "one bit turned over",
            Self::Unknown { .. } => "no simple cause found",
        }
    }

    /// A line for a listing.
    pub fn short(&self) -> String {
        let name = self.name();
        match self {
            Self::TtlChanged { was, is } => format!("{name} from {was} to {is} without an update"),
            Self::TosChanged { was, is } if (was ^ is) & !3 == 0 => {
                format!("stale: the ECN bits changed from {was:02x} to {is:02x} without an update")
            }
            Self::TosChanged { was, is } => format!("{name} from {was:02x} to {is:02x} without an update"),
            Self::AddressChanged { .. } => "stale: an address changed without an update (NAT)".to_owned(),
            Self::EndpointChanged { side, was } => format!("stale: the {} was {was} (NAT)", side.name()),
            Self::PaddingSummed { padding, .. } => format!("{padding} octets behind it summed in"),
            Self::OneBit { mask, places: 1, .. } => format!("{name}: {mask:04x} in one word"),
            Self::OneBit { mask, places, .. } => format!("{name}: {mask:04x} in one of {places} words"),
            Self::FieldNotZeroed { held: Held::Right } => "summed with the right checksum in the field".to_owned(),
            Self::FieldNotZeroed { held: Held::Partial } => "summed with offload's partial sum in the field".to_owned(),
            Self::FieldNotZeroed { held: Held::BeforeRouter } => {
                "summed with the last hop's checksum in the field".to_owned()
            }
            Self::Unknown { difference, .. } => format!("{name}: off by {difference:04x}"),
            _ => name.to_owned(),
        }
    }

    /// What speaks for it, with the numbers.
    pub fn long(&self) -> String {
        match self {
            Self::Offload => "the field holds the folded sum of the pseudo-header, not complemented".to_owned(),
            Self::OffloadWithoutLength => "the field holds the sum of the pseudo-header with a length of 0, which the \
                                           interface fills in for each segment that it cuts"
                .to_owned(),
            Self::LeftZero => "the field holds 0000: a sender that leaves all of it to its interface, or forgot it".to_owned(),
            Self::ZeroNotReplaced => "the sum is ffff and its complement 0000, which means \"none\" and must be sent as \
                                      ffff"
                .to_owned(),
            Self::OtherZero => "0000 and ffff are the same sum, and a receiver takes both".to_owned(),
            Self::AddressChanged { words } => format!(
                "the IP header's checksum and the transport's are off by the same amount, and an address is what both \
                 cover: by chance that happens once in 65,535 times 65,535. If it is one word: {}",
                list(words)
            ),
            Self::EndpointChanged { side, was } => format!(
                "with {was} as the {}, which other packets of this flow have, the sum is right",
                side.name()
            ),
            Self::TtlChanged { was, is } => {
                let hops = was.abs_diff(*is);
                format!("with a TTL of {was} in place of {is} the sum is right: a difference of {hops} times 0100")
            }
            Self::TosChanged { was, is } => format!("with {was:02x} as the second octet in place of {is:02x} the sum is right"),
            Self::NotComplemented => "the field holds the sum itself".to_owned(),
            Self::OctetsSwapped => "the field holds the right one with its octets the other way round: summed or stored \
                                    without htons(3), or the other way round"
                .to_owned(),
            Self::NoPseudoHeader => "the sum over the segment alone gives it".to_owned(),
            Self::PseudoHeaderAdded => "the sum with a pseudo-header in front gives it, which ICMP does not have".to_owned(),
            Self::LengthOnce { length } => format!(
                "with {length} (0x{length:04x}) summed once it is right: it belongs in the pseudo-header and in the header"
            ),
            Self::LengthLeftOut { length } => format!("without the {length} (0x{length:04x}) of the pseudo-header's length the sum gives it"),
            Self::LengthWithoutHeader { header } => format!(
                "with a length that is less by the header's {header} octets the sum gives it; it counts header and data"
            ),
            Self::LengthSwapped => "with the octets of the pseudo-header's length the other way round (no htons(3)) the sum gives it".to_owned(),
            Self::ProtocolSwapped => "with the protocol in the high half of its word (htons(3) left out, or done to an octet) the sum gives it".to_owned(),
            Self::LengthAndProtocolSwapped => "with the pseudo-header's length and protocol without htons(3) the sum gives it".to_owned(),
            Self::PadInFront { octet } => format!("with {octet:02x} at the end summed as 00{octet:02x} and not as {octet:02x}00 the sum gives it"),
            Self::LastOctetLeftOut { octet } => format!("without the {octet:02x} at the end, which has no second octet, the sum gives it"),
            Self::PaddingSummed { padding, counted } => format!(
                "the sum over the {padding} octets behind the packet too gives it{}",
                if *counted { ", with a length that counts them" } else { "" }
            ),
            Self::FieldNotZeroed { held } => match held {
                Held::Right => "a packet with a right checksum sums to ffff, field included: computed again over it, the \
                                result is 0000"
                    .to_owned(),
                Held::Partial => "with the partial sum that offload leaves as the field's old content the sum gives it".to_owned(),
                Held::BeforeRouter => "with the checksum of before the TTL was decremented as the field's old content \
                                       the sum gives it"
                    .to_owned(),
            },
            Self::CarriesDropped { total } => format!("the sum before the fold is {total:x}; its low 16 bits alone give it"),
            Self::FoldedOnce { total } => {
                format!("the sum before the fold is {total:x}; folding carries again, and without that carry it gives it")
            }
            Self::BeyondHeader { length } => format!("the sum over {length} octets gives it: header and what it carries"),
            Self::OptionsLeftOut { options } => format!("the sum over 20 octets gives it, without {options} octets of options"),
            Self::DataLeftOut { data } => format!("the sum without the {data} octets behind the header gives it"),
            Self::HeaderAddresses => "with the addresses as they stand in the IP header the sum gives it; the pseudo-header \
                                      has the final destination of a route and the home address of a mobile node"
                .to_owned(),
            Self::LengthCut { length } => format!("with the low 16 bits of the length {length} the sum gives it"),
            Self::CoverageIgnored => "the sum over the whole datagram gives it".to_owned(),
            Self::CoverageAsLength => "with the coverage as the pseudo-header's length the sum gives it".to_owned(),
            Self::Adler32 => "the Adler-32 of the packet gives it (RFC 2960, replaced by RFC 3309)".to_owned(),
            Self::Crc32 => "the CRC with Ethernet's polynomial gives it".to_owned(),
            Self::CrcFieldNotZeroed => "the CRC over the packet with the right one in its field gives it".to_owned(),
            Self::InternetSum => "the sum of RFC 1071 over the packet gives it".to_owned(),
            Self::OneBit { mask, was_set, places, offsets } => format!(
                "the sum is off by {}{mask:04x}, one bit: it was {} when the sum was done, and can be in {places} of the \
                 words{}",
                if *was_set { "" } else { "-" },
                if *was_set { "1" } else { "0" },
                at(offsets)
            ),
            Self::Unknown { difference, words } => format!(
                "the sum is off by {difference:04x}, which no mistake known here gives{}{}",
                if words.is_empty() { "" } else { ". If one word changed: " },
                list(words)
            ),
        }
    }
}

impl Side {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Destination => "destination",
        }
    }
}

fn list(words: &[Word]) -> String {
    let each = |Word { field, was, is, .. }: &Word| format!("{field} {is:04x} was {was:04x}");
    words.iter().map(each).collect::<Vec<_>>().join("; ")
}

fn at(offsets: &[usize]) -> String {
    if offsets.is_empty() {
        return String::new();
    }
    let each: Vec<String> = offsets.iter().map(ToString::to_string).collect();
    format!(", at octet {} of the frame", each.join(" or "))
}
