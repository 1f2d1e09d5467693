//! The hypotheses, in the order in which they are tried and named.

use std::net::IpAddr;

use sockeye_capture::layers::{Header, Protocol};
use sockeye_common::addr::IpText;
use sockeye_common::checksum::{PseudoHeader, Sum, words};

use super::arithmetic::{add, folded, subtract};
use super::case::Case;
use super::flows::Endpoint;
use super::{Held, Reason, Side, Word, sctp};
use crate::verdict;

/// Places of a bit that are listed.
const FEW: usize = 4;

type Hypothesis = fn(&Case<'_>) -> Option<Reason>;

/// The most likely first: what senders and routers are known to do, then what programs get wrong, then damage on the way.
/// The manual has this order.
const HYPOTHESES: &[Hypothesis] = &[
    left_zero,
    address_changed,
    endpoint_changed,
    ttl_changed,
    tos_changed,
    not_complemented,
    octets_swapped,
    no_pseudo_header,
    pseudo_header_added,
    length_left_out,
    length_without_header,
    length_swapped,
    protocol_swapped,
    length_and_protocol_swapped,
    header_addresses,
    length_cut,
    pad_in_front,
    last_octet_left_out,
    padding_summed,
    field_not_zeroed,
    carries_dropped,
    beyond_header,
    options_left_out,
    data_left_out,
    coverage_ignored,
    coverage_as_length,
    one_bit,
];

/// All that fit; if none does, what is known all the same.
pub(super) fn fitting(case: &Case<'_>) -> Vec<Reason> {
    if case.stored().is_none() {
        return sctp::fitting(case);
    }
    let mut found: Vec<Reason> = HYPOTHESES.iter().filter_map(|hypothesis| hypothesis(case)).collect();
    if found.is_empty()
        && let Some(difference) = case.difference()
    {
        found.push(Reason::Unknown { difference: difference.into(), words: header_words(case) });
    }
    found
}

fn is_udp_or_tcp(case: &Case<'_>) -> bool {
    case.is(Protocol::Udp) || case.is(Protocol::Tcp)
}

fn left_zero(case: &Case<'_>) -> Option<Reason> {
    (case.stored() == Some(0)).then_some(Reason::LeftZero)
}

fn address_changed(case: &Case<'_>) -> Option<Reason> {
    case.is_off_together.then(|| Reason::AddressChanged {
        words: header_words(case).into_iter().filter(|word| word.field.contains("address")).collect(),
    })
}

fn endpoint_changed(case: &Case<'_>) -> Option<Reason> {
    case.checksum.pseudo_header?;
    let (from, to) = case.check.ports?;
    let ((src, dst), (sources, destinations)) = (case.check.addrs, &case.former);
    let sides = [(Side::Source, sources, (src, from)), (Side::Destination, destinations, (dst, to))];
    sides.into_iter().find_map(|(side, former, is)| {
        let mut was = former.iter().filter_map(|was| formerly(case, *was, is));
        was.next().map(|was| Reason::EndpointChanged { side, was })
    })
}

/// Which part of an endpoint, address or port or both, must have been that of `was`.
fn formerly(case: &Case<'_>, was: Endpoint, is: Endpoint) -> Option<String> {
    let addr = subtract(addr_sum(was.0), addr_sum(is.0));
    let port = subtract(was.1, is.1);
    if was.0 != is.0 && was.1 != is.1 && case.is_explained_by(add(addr, port)) {
        Some(verdict::endpoint(was.0, was.1))
    } else if was.0 != is.0 && case.is_explained_by(addr) {
        Some(IpText(was.0).to_string())
    } else if was.1 != is.1 && case.is_explained_by(port) {
        Some(format!("port {}", was.1))
    } else {
        None
    }
}

fn addr_sum(addr: IpAddr) -> u16 {
    match addr {
        IpAddr::V4(addr) => Sum::new().add(&addr.octets()).folded(),
        IpAddr::V6(addr) => Sum::new().add(&addr.octets()).folded(),
    }
}

fn ttl_changed(case: &Case<'_>) -> Option<Reason> {
    let Header::Ipv4(ip) = &case.layer.header else { return None };
    let is = ip.ttl;
    let high = |octet: u8| u16::from_be_bytes([octet, 0]);
    let was = (0..=u8::MAX).find(|was| case.is_explained_by(subtract(high(*was), high(is))))?;
    Some(Reason::TtlChanged { was, is })
}

fn tos_changed(case: &Case<'_>) -> Option<Reason> {
    let Header::Ipv4(_) = &case.layer.header else { return None };
    let is = *case.octets.get(case.layer.offset.checked_add(1)?)?;
    let was = (0..=u8::MAX).find(|was| case.is_explained_by(subtract((*was).into(), is.into())))?;
    Some(Reason::TosChanged { was, is })
}

fn not_complemented(case: &Case<'_>) -> Option<Reason> {
    case.is_complement_of(!case.sums()?.covered).then_some(Reason::NotComplemented)
}

fn octets_swapped(case: &Case<'_>) -> Option<Reason> {
    // Palindromes such as abab are not different when they are swapped, and good then.
    case.is_complement_of(case.sums()?.covered.swap_bytes()).then_some(Reason::OctetsSwapped)
}

fn no_pseudo_header(case: &Case<'_>) -> Option<Reason> {
    let pseudo = case.sums()?.pseudo_header?;
    case.is_explained_by(!pseudo).then_some(Reason::NoPseudoHeader)
}

fn pseudo_header_added(case: &Case<'_>) -> Option<Reason> {
    let upper = case.layer.upper().filter(|_| case.checksum.pseudo_header.is_none())?;
    let pseudo = upper.pseudo_header(case.checksum.covered.len).sum().folded();
    case.is_explained_by(pseudo).then_some(Reason::PseudoHeaderAdded)
}

fn length_left_out(case: &Case<'_>) -> Option<Reason> {
    let length = case.pseudo_len()?;
    case.is_explained_by(!folded(length)).then_some(if case.is(Protocol::Udp) {
        Reason::LengthOnce { length }
    } else {
        Reason::LengthLeftOut { length }
    })
}

fn length_without_header(case: &Case<'_>) -> Option<Reason> {
    let header = case.layer.header_len;
    (is_udp_or_tcp(case) && case.is_explained_by(!folded(header))).then_some(Reason::LengthWithoutHeader { header })
}

/// What the pseudo-header's length and protocol add if their octets change places, as they do on a little-endian host
/// without htons(3).
fn swapped(case: &Case<'_>) -> Option<(u16, u16)> {
    let number = match case.checksum.pseudo_header? {
        PseudoHeader::V4 { protocol, .. } => protocol,
        PseudoHeader::V6 { next_header, .. } => next_header,
    };
    let more = |word: u16| subtract(word.swap_bytes(), word);
    Some((more(folded(case.pseudo_len()?)), more(number.into())))
}

fn length_swapped(case: &Case<'_>) -> Option<Reason> {
    let (length, _) = swapped(case)?;
    case.is_explained_by(length).then_some(Reason::LengthSwapped)
}

fn protocol_swapped(case: &Case<'_>) -> Option<Reason> {
    let (_, protocol) = swapped(case)?;
    case.is_explained_by(protocol).then_some(Reason::ProtocolSwapped)
}

fn length_and_protocol_swapped(case: &Case<'_>) -> Option<Reason> {
    let (length, protocol) = swapped(case)?;
    case.is_explained_by(add(length, protocol)).then_some(Reason::LengthAndProtocolSwapped)
}

fn header_addresses(case: &Case<'_>) -> Option<Reason> {
    let network = case.network?;
    let pseudo = match (case.checksum.pseudo_header?, network.src, network.dst) {
        (PseudoHeader::V4 { protocol, length, .. }, IpAddr::V4(src), IpAddr::V4(dst)) => {
            PseudoHeader::V4 { src, dst, protocol, length }
        }
        (PseudoHeader::V6 { length, next_header, .. }, IpAddr::V6(src), IpAddr::V6(dst)) => {
            PseudoHeader::V6 { src, dst, length, next_header }
        }
        _ => return None,
    };
    (Some(pseudo) != case.checksum.pseudo_header && case.is_complement_of(case.with_pseudo(pseudo.sum().folded())?))
        .then_some(Reason::HeaderAddresses)
}

fn length_cut(case: &Case<'_>) -> Option<Reason> {
    let length = case.pseudo_len()?;
    let high = length.checked_shr(16).filter(|high| *high > 0)?;
    case.is_explained_by(!folded(high)).then_some(Reason::LengthCut { length })
}

fn pad_in_front(case: &Case<'_>) -> Option<Reason> {
    let octet = case.lone()?;
    case.is_explained_by(subtract(octet.into(), u16::from_be_bytes([octet, 0]))).then_some(Reason::PadInFront { octet })
}

fn last_octet_left_out(case: &Case<'_>) -> Option<Reason> {
    let octet = case.lone()?;
    case.is_explained_by(!u16::from_be_bytes([octet, 0])).then_some(Reason::LastOctetLeftOut { octet })
}

/// Up to the end of the frame, of it without an Ethernet check sequence that the capture kept, or of the IP payload.
fn padding_summed(case: &Case<'_>) -> Option<Reason> {
    // What is behind a partial coverage is no padding.
    if matches!(case.checksum.protocol, Protocol::Ip | Protocol::UdpLite | Protocol::Dccp) {
        return None;
    }
    let pseudo = case.sums()?.pseudo_header.unwrap_or(0);
    let payload = case.layer.upper().map(|upper| upper.segment.range().end);
    let ends = [Some(case.frame_end), case.octets.len().checked_sub(4), payload];
    ends.into_iter().flatten().filter(|end| *end > case.end()).find_map(|end| {
        let padding = end.checked_sub(case.end())?;
        let sum = add(pseudo, case.sum_to(end)?);
        let fits = |counted: u16, is: bool| {
            case.is_complement_of(add(sum, counted)).then_some(Reason::PaddingSummed { padding, counted: is })
        };
        fits(0, false).or_else(|| fits(case.pseudo_len().map(|_| folded(padding))?, true))
    })
}

fn field_not_zeroed(case: &Case<'_>) -> Option<Reason> {
    let sums = case.sums()?;
    let held = if case.is_explained_by(!sums.covered) && case.stored() != Some(0) {
        Held::Right
    } else if sums.pseudo_header.is_some_and(|pseudo| case.is_explained_by(pseudo)) {
        Held::Partial
    } else if case.is(Protocol::Ip) && case.is_complement_of(!0x0100) {
        Held::BeforeRouter
    } else {
        return None;
    };
    Some(Reason::FieldNotZeroed { held })
}

fn carries_dropped(case: &Case<'_>) -> Option<Reason> {
    let total = case.plain_total()?;
    let (low, high) = (total & 0xffff, total >> 16);
    let is_stored = |sum: u64| u16::try_from(sum & 0xffff).is_ok_and(|sum| case.claimed() == Some(sum));
    if is_stored(low) {
        Some(Reason::CarriesDropped { total })
    } else if is_stored(low + high) {
        Some(Reason::FoldedOnce { total })
    } else {
        None
    }
}

fn beyond_header(case: &Case<'_>) -> Option<Reason> {
    let Header::Ipv4(_) = &case.layer.header else { return None };
    let end = case.layer.payload.range().end;
    let length = end.checked_sub(case.layer.offset).filter(|_| end > case.end())?;
    case.is_complement_of(case.sum_to(end)?).then_some(Reason::BeyondHeader { length })
}

fn options_left_out(case: &Case<'_>) -> Option<Reason> {
    let fixed = match &case.layer.header {
        Header::Ipv4(_) => 20,
        _ => return None,
    };
    let options = case.layer.header_len.checked_sub(fixed).filter(|options| *options > 0)?;
    let sum = case.sum_to(case.layer.offset.checked_add(fixed)?)?;
    case.is_complement_of(sum).then_some(Reason::OptionsLeftOut { options })
}

fn data_left_out(case: &Case<'_>) -> Option<Reason> {
    let pseudo = case.sums()?.pseudo_header.unwrap_or(0);
    let header_end = case.layer.header_range().end;
    let data = case.end().checked_sub(header_end).filter(|data| *data > 0 && is_udp_or_tcp(case))?;
    case.is_complement_of(add(pseudo, case.sum_to(header_end)?)).then_some(Reason::DataLeftOut { data })
}

/// UDP-Lite's Checksum Coverage and DCCP's CsCov say how much is summed.
fn coverage_ignored(case: &Case<'_>) -> Option<Reason> {
    let end = case.layer.upper()?.segment.range().end;
    if !matches!(case.checksum.protocol, Protocol::UdpLite | Protocol::Dccp) || end <= case.end() {
        return None;
    }
    let pseudo = case.sums()?.pseudo_header.unwrap_or(0);
    case.is_complement_of(add(pseudo, case.sum_to(end)?)).then_some(Reason::CoverageIgnored)
}

fn coverage_as_length(case: &Case<'_>) -> Option<Reason> {
    let (covered, length) = (case.checksum.covered.len, case.pseudo_len()?);
    let is_partly = matches!(case.checksum.protocol, Protocol::UdpLite | Protocol::Dccp) && covered < length;
    (is_partly && case.is_explained_by(subtract(folded(covered), folded(length)))).then_some(Reason::CoverageAsLength)
}

fn one_bit(case: &Case<'_>) -> Option<Reason> {
    let difference = case.difference()?;
    let (mask, was_set) = if difference.is_power_of_two() {
        (difference, true)
    } else if (!difference).is_power_of_two() {
        (!difference, false)
    } else {
        return None;
    };
    // It is now what it was not. The field itself counts too: what it should hold is larger by as much.
    let is_place = |word: u16| (word & mask == 0) == was_set;
    let start = case.checksum.covered.start;
    let (pairs, lone) = case.checksum.covered.of(case.octets).as_chunks::<2>();
    let left_out = case.checksum.left_out.map_or(0..0, |(at, len)| at..at.saturating_add(len));
    // Of two octets, the one that has the bit; the octet that only pads is not there.
    let is_low = mask <= 0xff;
    let lone = lone.iter().filter(|_| !is_low).map(|octet| u16::from_be_bytes([*octet, 0]));
    let found = || pairs.iter().map(|pair| u16::from_be_bytes(*pair)).chain(lone.clone());
    let offsets = found().zip((start..).step_by(2)).filter(|(word, at)| is_place(*word) && !left_out.contains(at));
    let offsets = offsets.map(|(_, at)| if is_low { at.saturating_add(1) } else { at });
    // Mostly there are many: so they are only counted, which the compiler turns into vector code.
    let own = if left_out.is_empty() {
        let pairs = pairs.iter().filter(|pair| is_place(u16::from_be_bytes(**pair))).count();
        pairs.saturating_add(lone.clone().filter(|word| is_place(*word)).count())
    } else {
        offsets.clone().count()
    };
    let pseudo = case.checksum.pseudo_header.map_or_else(Vec::new, |pseudo| pseudo.octets());
    let places = own.saturating_add(words(&pseudo).filter(|word| is_place(*word)).count());
    let offsets = if places > FEW { Vec::new() } else { offsets.collect() };
    (places > 0).then_some(Reason::OneBit { mask, was_set, places, offsets })
}

/// What each word of the header and of its addresses must have been, if it alone changed.
fn header_words(case: &Case<'_>) -> Vec<Word> {
    let Some(difference) = case.difference() else { return Vec::new() };
    fields(case)
        .into_iter()
        .filter_map(|(field, offset)| {
            let word = case.octets.get(offset..offset.checked_add(2)?)?;
            let is = words(word).next()?;
            Some(Word { field, offset, was: add(is, difference), is })
        })
        .collect()
}

/// The words of the header that change on the way, and where they are.
fn fields(case: &Case<'_>) -> Vec<(&'static str, usize)> {
    let at = |offset: usize, field: &'static str, by: usize| (field, offset.saturating_add(by));
    let own = case.layer.offset;
    let mut fields = match &case.layer.header {
        Header::Udp(_) => vec![at(own, "source port", 0), at(own, "destination port", 2), at(own, "length", 4)],
        Header::Tcp(_) => vec![at(own, "source port", 0), at(own, "destination port", 2), at(own, "window", 14)],
        Header::Icmp(_) | Header::Icmpv6(_) => vec![at(own, "type and code", 0), at(own, "identifier", 4)],
        Header::Ipv4(_) => {
            vec![at(own, "total length", 2), at(own, "identification", 4), at(own, "flags and offset", 6)]
        }
        _ => Vec::new(),
    };
    let has_addresses = case.is(Protocol::Ip) || case.checksum.pseudo_header.is_some();
    if let Some(network) = case.network.filter(|network| network.src.is_ipv4() && has_addresses) {
        fields.extend([
            at(network.offset, "source address, first half", 12),
            at(network.offset, "source address, second half", 14),
            at(network.offset, "destination address, first half", 16),
            at(network.offset, "destination address, second half", 18),
        ]);
    }
    fields
}
