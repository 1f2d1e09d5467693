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

/// Flows whose checksums were not bad, found again by either end.
#[derive(Clone, Debug)]
pub struct Flows {
    slots: Box<[Option<Flow>]>,
}

impl Default for Flows {
    fn default() -> Self {
        Self { slots: vec![None; SLOTS].into_boxed_slice() }
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
        for end in [flow.src, flow.dst] {
            if let Some(slot) = self.slots.get_mut(place(end)) {
                *slot = Some(flow);
            }
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
        let flow = self.slots.get(place(end)).copied().flatten();
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
fn place((addr, port): Endpoint) -> usize {
    let low = match addr {
        IpAddr::V4(addr) => u32::from(addr),
        IpAddr::V6(addr) => {
            let [.., a, b, c, d] = addr.octets();
            u32::from_be_bytes([a, b, c, d])
        }
    };
    let mixed = low.wrapping_mul(0x9e37_79b1) ^ u32::from(port).wrapping_mul(0x85eb_ca6b);
    // The upper bits are the mixed ones.
    usize::from(mixed.to_be_bytes()[0])
}
