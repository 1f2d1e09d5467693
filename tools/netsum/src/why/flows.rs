//! The flows of a capture, as far as they fit: where an address or port that somebody translated may be found as it was.

use std::net::IpAddr;

use crate::verdict::{Check, Verdict};

/// Places; a flow that hashes to a place that is taken replaces what is there.
const SLOTS: usize = 256;

/// Address and port.
pub type Endpoint = (IpAddr, u16);

/// One flow, in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Flow {
    src: Endpoint,
    dst: Endpoint,
}

/// A flow at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note {
    place: u8,
    flow: Flow,
}

/// Flows whose checksums were not bad, found again by either end.
#[derive(Clone, Debug)]
pub struct Flows {
    slots: Box<[Option<Flow>; SLOTS]>,
    /// Which places were filled since the last [`Flows::drain`], a bit for each.
    fresh: [u64; SLOTS / 64],
}

impl Default for Flows {
    fn default() -> Self {
        Self { slots: Box::new([None; SLOTS]), fresh: [0; SLOTS / 64] }
    }
}

impl Flows {
    /// Keeps the flow of `check`, if it has one and is not bad.
    #[inline]
    pub fn note(&mut self, check: &Check) {
        let Some((from, to)) = check.ports else { return };
        if check.quoted || matches!(check.verdict, Verdict::Bad | Verdict::Illegal) {
            return;
        }
        self.note_ends((check.addrs.0, from), (check.addrs.1, to));
    }

    /// Keeps a flow from `src` to `dst`.
    #[inline]
    pub fn note_ends(&mut self, src: Endpoint, dst: Endpoint) {
        let flow = Flow { src, dst };
        self.put(Note { place: place(src), flow });
        self.put(Note { place: place(dst), flow });
    }

    #[inline]
    fn put(&mut self, Note { place, flow }: Note) {
        let place = usize::from(place);
        if let (Some(slot), Some(bits)) = (self.slots.get_mut(place), self.fresh.get_mut(place / 64)) {
            *slot = Some(flow);
            *bits |= 1 << (place % 64);
        }
    }

    /// Appends to `notes` what was kept since the last time: whoever keeps that too knows as much.
    pub fn drain(&mut self, notes: &mut Vec<Note>) {
        for (bits, first) in self.fresh.iter_mut().zip((0_u8..).step_by(64)) {
            let mut left = std::mem::take(bits);
            while left != 0 {
                // Below 64.
                let place = first | left.trailing_zeros().to_le_bytes()[0];
                left &= left - 1;
                if let Some(flow) = self.slots.get(usize::from(place)).copied().flatten() {
                    notes.push(Note { place, flow });
                }
            }
        }
    }

    /// Appends to `notes` what is kept at the places where the reasons of `check` are looked for.
    pub fn excerpt(&self, check: &Check, notes: &mut Vec<Note>) {
        let Some((from, to)) = check.ports else { return };
        for end in [(check.addrs.0, from), (check.addrs.1, to)] {
            let place = place(end);
            if let Some(flow) = self.fresh_at(place) {
                notes.push(Note { place, flow });
            }
        }
    }

    /// What was kept at a place since the last [`Flows::drain`].
    fn fresh_at(&self, place: u8) -> Option<Flow> {
        let place = usize::from(place);
        let is_fresh = self.fresh.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1);
        self.slots.get(place).copied().flatten().filter(|_| is_fresh)
    }

    /// Keeps what another one did.
    pub fn adopt(&mut self, notes: &[Note]) {
        for note in notes {
            self.put(*note);
        }
    }

    /// What the source and what the destination of `check` may have been: the other ends of flows with the same end.
    pub(super) fn former(&self, check: &Check) -> (Vec<Endpoint>, Vec<Endpoint>) {
        let Some((from, to)) = check.ports else { return Default::default() };
        let (src, dst) = ((check.addrs.0, from), (check.addrs.1, to));
        (self.others(dst, src), self.others(src, dst))
    }

    /// The other ends of flows that have `end`, but for `known`.
    fn others(&self, end: Endpoint, known: Endpoint) -> Vec<Endpoint> {
        let flow = self.slots.get(usize::from(place(end))).copied().flatten();
        let others = flow.into_iter().filter_map(|flow| {
            if flow.src == end {
                Some(flow.dst)
            } else if flow.dst == end {
                Some(flow.src)
            } else {
                None
            }
        });
        others.filter(|other| *other != known && other.0.is_ipv4() == known.0.is_ipv4()).collect()
    }
}

/// Where a flow with this end is kept.
#[inline]
fn place((addr, port): Endpoint) -> u8 {
    let low = match addr {
        IpAddr::V4(addr) => u32::from(addr),
        IpAddr::V6(addr) => {
            let [.., a, b, c, d] = addr.octets();
            u32::from_be_bytes([a, b, c, d])
        }
    };
    let mixed = low.wrapping_mul(0x9e37_79b1) ^ u32::from(port).wrapping_mul(0x85eb_ca6b);
    // The upper bits are the mixed ones.
    mixed.to_be_bytes()[0]
}
