//! Whether the numbers of TCP connections add up.

use std::collections::BTreeMap;

use super::network::told;
use super::{Finding, Scene};
use crate::filter::Filter;
use crate::frames::Annotated;
use crate::frames::packet::Flags;

/// What one side has sent, and what of it the other has acknowledged.
#[derive(Clone, Debug, Default)]
struct Side {
    name: String,
    /// The number behind its last octet; SYN and FIN count as one.
    next: u32,
    /// The number that its peer waits for.
    acknowledged: u32,
}

/// Both sides of a connection: the one that calls is first.
type Sides = [Side; 2];

impl Scene<'_> {
    pub(super) fn numbers(&self, link: &str, filter: &Filter) -> Finding {
        let mut connections: BTreeMap<usize, Sides> = BTreeMap::new();
        for frame in self.meant(link, filter, true) {
            let (Some(tcp), Some(segment)) = (frame.packet.tcp(), &frame.segment) else { continue };
            let calls = tcp.flags.has(Flags::SYN) && !tcp.flags.has(Flags::ACK);
            if calls && !connections.contains_key(&segment.connection) {
                let side = |name: &String| Side { name: name.clone(), ..Side::default() };
                connections.insert(segment.connection, [side(&frame.frame.from), side(&frame.frame.to)]);
            }
            // One that began before the first frame has no numbers to begin with.
            let Some(sides) = connections.get_mut(&segment.connection) else { continue };
            if let Some(wrong) = book(sides, frame) {
                return Finding::never(format!("{}: {wrong}", told(frame)));
            }
        }
        let whole = |sides: &Sides| sides.iter().all(|side| side.next != 0 && side.acknowledged == side.next);
        let shown: Vec<String> = connections.values().flatten().map(Side::told).collect();
        match connections.values().all(whole) {
            _ if connections.is_empty() => Finding::not_yet(self.what_there_is(link, true)),
            true => Finding::good(shown.join(", ")),
            false => Finding::not_yet(shown.join(", ")),
        }
    }
}

/// Adds a segment to its connection; what is wrong with its numbers, if something is.
fn book(sides: &mut Sides, frame: &Annotated<'_>) -> Option<String> {
    let (tcp, segment) = (frame.packet.tcp()?, frame.segment.as_ref()?);
    let [caller, called] = sides;
    let (mine, peer) = if frame.frame.from == caller.name { (caller, called) } else { (called, caller) };
    if tcp.flags.has(Flags::RST) {
        return None;
    }
    if segment.sequence > mine.next {
        return Some(format!("{} has sent nothing with number {} yet", mine.name, mine.next));
    }
    let len = tcp.len + u32::from(tcp.flags.has(Flags::SYN)) + u32::from(tcp.flags.has(Flags::FIN));
    mine.next = mine.next.max(segment.sequence.saturating_add(len));
    if tcp.flags.has(Flags::ACK) {
        if segment.acknowledgment > peer.next || segment.acknowledgment < peer.acknowledged {
            return Some(format!("{} has sent octets up to number {}", peer.name, i64::from(peer.next) - 1));
        }
        peer.acknowledged = segment.acknowledgment;
    }
    None
}

impl Side {
    fn told(&self) -> String {
        let Self { name, next, acknowledged } = self;
        format!("{name}'s numbers end with {}, and {acknowledged} is waited for", i64::from(*next) - 1)
    }
}
