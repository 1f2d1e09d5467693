//! Fragments put together again, so that the checksum of the whole datagram can be judged.
//!
//! What a receiver does is done here too: the first octets to arrive count, exact repetitions are ignored, a fragment that
//! overlaps another one spoils its datagram (RFC 5722; Linux does the same over IPv4), and what has not become whole in
//! time is given up. Time is that of the capture. Memory is bounded: the oldest datagram goes when there is no more room.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_capture::layers::{Fragment, Header, Layer, Presence};
use sockeye_capture::{Frame, LinkType, Timestamp, dissect};

use crate::verdict::{Check, Obstacle, fragment_of, judge_each};
use crate::why::{self, Flows, Reason};

/// Datagrams that are kept at a time.
const MAX_DATAGRAMS: usize = 4096;
/// Octets that are kept at a time, what it takes to keep them included: what Linux keeps (ipfrag_high_thresh), doubled.
const MAX_KEPT: usize = 8 << 20;
/// The same of those that are whole already and may be repeated.
const MAX_DONE: usize = 1 << 20;
/// What a fragment takes beside its octets.
const OVERHEAD: usize = 128;
/// The longest datagram: IPv4's Total Length and IPv6's Payload Length have 16 bits.
const MAX_LEN: usize = 65_535;
/// How long a datagram may take, in seconds of the capture: Linux's net.ipv4.ipfrag_time.
const IPV4_S: i64 = 30;
/// RFC 8200 section 4.5.
const IPV6_S: i64 = 60;

/// What is one datagram: RFC 791 section 3.2 has the protocol in it, RFC 8200 section 4.5 does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    src: IpAddr,
    dst: IpAddr,
    protocol: Option<u8>,
    identification: u32,
}

/// What a fragment brings.
#[derive(Clone, Debug)]
struct Piece {
    /// Where it belongs in the payload.
    start: usize,
    octets: Vec<u8>,
    frame: u64,
    /// Where its octets are in the frame.
    offset: usize,
}

impl Piece {
    fn end(&self) -> usize {
        self.start.saturating_add(self.octets.len())
    }
}

/// A datagram that is not whole yet.
#[derive(Clone, Debug)]
struct Part {
    /// Its place in the order of age.
    born: u64,
    since: Option<Timestamp>,
    /// The IP header, with what stands in front of the payload; the first fragment has it.
    head: Option<Vec<u8>>,
    /// By where they start, without overlap.
    pieces: BTreeMap<usize, Piece>,
    /// How long the payload is, once the last fragment is there.
    len: Option<usize>,
    /// How many octets of the payload are there.
    have: usize,
    /// What it takes to keep it.
    cost: usize,
    /// No fragment of it is taken any more.
    is_spoilt: bool,
}

/// How it went, in datagrams unless it says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Put together.
    #[serde(rename = "datagrams_whole")]
    pub whole: u64,
    /// Fragments that were needed for those.
    #[serde(rename = "fragments_of_whole")]
    pub fragments: u64,
    /// Given up: fragments overlap, or contradict each other about the length.
    #[serde(rename = "datagrams_spoilt")]
    pub spoilt: u64,
    /// Given up for want of room.
    #[serde(rename = "datagrams_dropped")]
    pub dropped: u64,
    /// Given up: fragments are missing, at the end of the capture or when their time was over.
    #[serde(rename = "datagrams_incomplete")]
    pub incomplete: u64,
    /// Fragments that were not captured whole, or cannot be any.
    pub unusable_fragments: u64,
}

/// The fragments that wait for others.
#[derive(Clone, Debug, Default)]
pub struct Reassembly {
    parts: Parts,
    /// Those that became whole last: what repeats them brings nothing new.
    done: Parts,
    born: u64,
    outcome: Outcome,
}

/// Datagrams by age.
#[derive(Clone, Debug, Default)]
struct Parts {
    by_key: BTreeMap<Key, Part>,
    /// The keys in the order in which their first fragments came.
    ages: BTreeMap<u64, Key>,
    /// What it takes to keep them.
    kept: usize,
}

impl Parts {
    fn insert(&mut self, key: Key, part: Part) {
        self.ages.insert(part.born, key);
        self.kept = self.kept.saturating_add(part.cost);
        self.by_key.insert(key, part);
    }

    fn remove(&mut self, key: &Key) -> Option<Part> {
        let part = self.by_key.remove(key)?;
        self.ages.remove(&part.born);
        self.kept = self.kept.saturating_sub(part.cost);
        Some(part)
    }

    /// The oldest, if they take more than `most` octets or are too many.
    fn surplus(&self, most: usize) -> Option<Key> {
        let is_full = self.kept > most || self.by_key.len() > MAX_DATAGRAMS;
        self.ages.first_key_value().filter(|_| is_full).map(|(_, key)| *key)
    }
}

/// A datagram that is whole.
#[derive(Clone, Debug)]
pub struct Datagram {
    /// IP header and payload.
    octets: Vec<u8>,
    head_len: usize,
    pieces: Vec<Placed>,
}

/// Where a piece of a datagram comes from.
#[derive(Clone, Copy, Debug)]
struct Placed {
    start: usize,
    len: usize,
    frame: u64,
    offset: usize,
}

/// A fragment as it stands in its frame.
struct Found<'a> {
    key: Key,
    fragment: Fragment,
    head: &'a [u8],
    payload: &'a [u8],
    offset: usize,
}

impl Reassembly {
    /// Takes in the fragment that `frame` has, if it has one, and returns the datagram that it makes whole.
    pub fn take(&mut self, frame: &Frame<'_>) -> Option<Datagram> {
        let Ok(found) = find(frame)? else {
            count(&mut self.outcome.unusable_fragments);
            return None;
        };
        let Found { key, .. } = found;
        if let Some(done) = self.done.by_key.get(&key) {
            if done.has(&found) && !is_over(done.since, frame.timestamp, &key) {
                return None;
            }
            // The identification is used again.
            self.done.remove(&key);
        }
        if self.parts.by_key.get(&key).is_some_and(|part| is_over(part.since, frame.timestamp, &key)) {
            self.give_up(&key);
        }
        let mut part = self.parts.remove(&key).unwrap_or_else(|| self.new_part(frame.timestamp));
        let was_spoilt = part.is_spoilt;
        part.add(frame.number, &found);
        if part.is_spoilt && !was_spoilt {
            count(&mut self.outcome.spoilt);
        }
        if part.is_whole() {
            let fragments = u64::try_from(part.pieces.len()).unwrap_or(u64::MAX);
            let datagram = part.assemble();
            if datagram.is_some() {
                count(&mut self.outcome.whole);
                self.outcome.fragments = self.outcome.fragments.saturating_add(fragments);
            } else {
                // With its header it is longer than any datagram.
                count(&mut self.outcome.spoilt);
            }
            self.done.insert(key, part);
            while let Some(key) = self.done.surplus(MAX_DONE) {
                self.done.remove(&key);
            }
            return datagram;
        }
        self.parts.insert(key, part);
        self.make_room();
        None
    }

    const fn new_part(&mut self, since: Option<Timestamp>) -> Part {
        let born = self.born;
        self.born = born.saturating_add(1);
        Part { born, since, head: None, pieces: BTreeMap::new(), len: None, have: 0, cost: OVERHEAD, is_spoilt: false }
    }

    /// How it went; what is not whole by now will not be.
    pub fn finish(mut self) -> Outcome {
        let keys: Vec<Key> = self.parts.ages.values().copied().collect();
        for key in keys {
            self.give_up(&key);
        }
        self.outcome
    }

    fn make_room(&mut self) {
        while let Some(key) = self.parts.surplus(MAX_KEPT) {
            if self.parts.remove(&key).is_some_and(|part| !part.is_spoilt) {
                count(&mut self.outcome.dropped);
            }
        }
    }

    fn give_up(&mut self, key: &Key) {
        if self.parts.remove(key).is_some_and(|part| !part.is_spoilt) {
            count(&mut self.outcome.incomplete);
        }
    }
}

impl Part {
    fn add(&mut self, frame: u64, found: &Found<'_>) {
        let Found { fragment, head, payload, offset, .. } = *found;
        if self.is_spoilt {
            return;
        }
        let start = fragment.offset;
        let end = start.saturating_add(payload.len());
        let contradicts = match self.len {
            Some(len) => end > len || (!fragment.more && end != len),
            None => !fragment.more && self.pieces.last_key_value().is_some_and(|(_, last)| last.end() > end),
        };
        if self.repeats(start, payload) {
            return;
        }
        let overlaps = self.pieces.range(..start).next_back().is_some_and(|(_, before)| before.end() > start)
            || self.pieces.range(start..).next().is_some_and(|(behind, _)| *behind < end);
        if contradicts || overlaps {
            self.is_spoilt = true;
            self.pieces.clear();
            self.head = None;
            self.cost = OVERHEAD;
            return;
        }
        if !fragment.more {
            self.len = Some(end);
        }
        if start == 0 {
            self.head = Some(head.to_vec());
            self.cost = self.cost.saturating_add(head.len());
        }
        self.have = self.have.saturating_add(payload.len());
        self.cost = self.cost.saturating_add(payload.len()).saturating_add(OVERHEAD);
        self.pieces.insert(start, Piece { start, octets: payload.to_vec(), frame, offset });
    }

    /// Whether the fragment `found` repeats one of this datagram, which is whole.
    fn has(&self, found: &Found<'_>) -> bool {
        let ends = found.fragment.offset.checked_add(found.payload.len()) == self.len;
        found.fragment.more != ends && self.repeats(found.fragment.offset, found.payload)
    }

    /// Whether all of it is there already, with the same octets.
    fn repeats(&self, start: usize, payload: &[u8]) -> bool {
        let mut at = start;
        let mut left = payload;
        let first = self.pieces.range(..=start).next_back().map_or(start, |(first, _)| *first);
        for piece in self.pieces.range(first..).map(|(_, piece)| piece) {
            let Some(have) = at.checked_sub(piece.start).and_then(|skip| piece.octets.get(skip..)) else {
                return false;
            };
            let len = have.len().min(left.len());
            let (Some(have), Some((same, rest))) = (have.get(..len), left.split_at_checked(len)) else { return false };
            if have != same {
                return false;
            }
            left = rest;
            at = at.saturating_add(len);
            if left.is_empty() {
                return true;
            }
        }
        false
    }

    fn is_whole(&self) -> bool {
        // Without overlaps, as many octets as there are to be are all of them.
        self.head.is_some() && self.len == Some(self.have)
    }

    /// `None` if it is longer than any datagram.
    fn assemble(&self) -> Option<Datagram> {
        let mut octets = self.head.clone()?;
        let head_len = octets.len();
        let mut pieces = Vec::with_capacity(self.pieces.len());
        for piece in self.pieces.values() {
            let Piece { start, octets: ref payload, frame, offset } = *piece;
            pieces.push(Placed { start, len: payload.len(), frame, offset });
            octets.extend_from_slice(payload);
        }
        set_headers(&mut octets, head_len, false)?;
        Some(Datagram { octets, head_len, pieces })
    }
}

/// Turns the headers of a first fragment into those of the whole datagram, or of a fragment that others follow.
fn set_headers(octets: &mut [u8], head_len: usize, more: bool) -> Option<()> {
    let len = octets.len();
    if octets.first()? >> 4 == 4 {
        octets.get_mut(2..4)?.copy_from_slice(&u16::try_from(len).ok()?.to_be_bytes());
        octets.get_mut(6..8)?.copy_from_slice(&[u8::from(more) << 5, 0]);
        return Some(());
    }
    let payload = u16::try_from(len.checked_sub(40)?).ok()?;
    octets.get_mut(4..6)?.copy_from_slice(&payload.to_be_bytes());
    // The Fragment header stays, and says if this is all: RFC 6946.
    let fragment = head_len.checked_sub(8)?;
    octets.get_mut(fragment.checked_add(2)?..fragment.checked_add(4)?)?.copy_from_slice(&[0, u8::from(more)]);
    Some(())
}

/// A packet as a frame without a link layer.
const fn raw(octets: &[u8]) -> Frame<'_> {
    Frame {
        number: 0,
        timestamp: None,
        interface: 0,
        link_type: LinkType::RAW,
        original_len: octets.len(),
        octets,
        file_offset: 0,
        fcs_len: 0,
    }
}

impl Datagram {
    /// The numbers of the frames that it came in, in the order of its octets.
    pub fn frames(&self) -> Vec<u64> {
        self.pieces.iter().map(|piece| piece.frame).collect()
    }

    /// How long the payload is, in octets.
    pub fn payload_len(&self) -> usize {
        self.octets.len().saturating_sub(self.head_len)
    }

    /// Hands out each checksum that was not judged in a fragment: with the frame and the offset of its field, and the
    /// reasons for it if `flows` are given to find them with.
    pub fn judge(&self, flows: Option<&Flows>, found: &mut dyn FnMut(Check, Vec<Reason>)) {
        let frame = raw(&self.octets);
        let mut checks = Vec::new();
        judge_each(&frame, |checksum, check| checks.push((checksum.covered.range(), check)));
        let flows = flows.filter(|_| checks.iter().any(|(_, check)| why::is_due(check)));
        let mut reasons = flows.map_or_else(Vec::new, |flows| why::explain(&frame, flows)).into_iter();
        let mut judged = None;
        for (covered, check) in checks {
            let why = reasons.next().unwrap_or_default();
            let Some((frame, offset)) = self.place(check.offset) else { continue };
            let is_in_first = covered.end <= self.first_end();
            if is_in_first && judged.get_or_insert_with(|| self.judged_in_first()).contains(&check.offset) {
                continue;
            }
            found(Check { frame, offset, ..check }, why);
        }
    }

    /// Where the first fragment ends, in the octets of all.
    fn first_end(&self) -> usize {
        self.head_len.saturating_add(self.pieces.first().map_or(0, |first| first.len))
    }

    /// The offsets of the checksums that were judged in the first fragment. In the others nobody looks for any, and in the
    /// first the length in a pseudo-header is not known.
    fn judged_in_first(&self) -> Vec<usize> {
        let mut judged = Vec::new();
        let Some(octets) = self.octets.get(..self.first_end()) else { return judged };
        let mut octets = octets.to_vec();
        if set_headers(&mut octets, self.head_len, true).is_some() {
            judge_each(&raw(&octets), |_, check| {
                if check.obstacle != Some(Obstacle::Fragment) {
                    judged.push(check.offset);
                }
            });
        }
        judged
    }

    /// The frame that an octet came in, and where it is there; `None` for the headers in front of the payload.
    fn place(&self, at: usize) -> Option<(u64, usize)> {
        let at = at.checked_sub(self.head_len)?;
        let index = self.pieces.partition_point(|piece| piece.start.saturating_add(piece.len) <= at);
        let piece = self.pieces.get(index)?;
        Some((piece.frame, piece.offset.checked_add(at.checked_sub(piece.start)?)?))
    }
}

/// A fragment that cannot be put together with others.
struct Unusable;

/// The fragment in `frame`: the outermost, if one holds another.
fn find<'a>(frame: &Frame<'a>) -> Option<Result<Found<'a>, Unusable>> {
    let mut network: Option<Layer> = None;
    for layer in dissect(frame.link_type, frame.octets, frame.original_len) {
        if matches!(layer.header, Header::Ipv4(_) | Header::Ipv6(_)) {
            network = Some(layer);
        }
        if let Some(fragment) = fragment_of(&layer) {
            return Some(usable(frame.octets, &network?, &layer, fragment).ok_or(Unusable));
        }
    }
    None
}

fn usable<'a>(octets: &'a [u8], network: &Layer, layer: &Layer, fragment: Fragment) -> Option<Found<'a>> {
    let key = match &network.header {
        Header::Ipv4(ip) => {
            let (src, dst) = (ip.src.into(), ip.dst.into());
            Key { src, dst, protocol: Some(ip.protocol), identification: fragment.identification }
        }
        Header::Ipv6(ip) => {
            let (src, dst) = (ip.src.into(), ip.dst.into());
            Key { src, dst, protocol: None, identification: fragment.identification }
        }
        _ => return None,
    };
    let payload = layer.payload.of(octets);
    let end = fragment.offset.checked_add(payload.len())?;
    // All but the last have a multiple of eight octets, and none is empty.
    let fits = layer.payload.presence == Presence::Whole
        && !payload.is_empty()
        && end <= MAX_LEN
        && (!fragment.more || payload.len().is_multiple_of(8));
    let head = octets.get(network.offset..layer.payload.start)?;
    fits.then_some(Found { key, fragment, head, payload, offset: layer.payload.start })
}

fn is_over(since: Option<Timestamp>, now: Option<Timestamp>, key: &Key) -> bool {
    let limit = if key.src.is_ipv4() { IPV4_S } else { IPV6_S };
    since.zip(now).is_some_and(|(since, now)| now.seconds.saturating_sub(since.seconds) > limit)
}

fn count(number: &mut u64) {
    *number = number.saturating_add(1);
}

#[cfg(test)]
mod tests;
