//! What a segment is among those before it: which part of its connection it plays, and what was there already.
//!
//! Each link has its own account, since a frame that a router forwards is seen on two of them, and one that is lost on
//! the way only on the first.

use std::collections::BTreeMap;
use std::net::IpAddr;

use sockeye_capture::details::TcpOption;

use super::packet::{Flags, Packet, Tcp};

/// The part that a segment plays in its connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The first of the handshake.
    Syn,
    /// The second of the handshake.
    SynAck,
    /// The third of the handshake.
    Opens,
    /// The first FIN of the two.
    FirstFin,
    /// The other side's FIN.
    SecondFin,
    /// Acknowledges the first FIN.
    AcksFin,
    /// Acknowledges the second FIN, when both are acknowledged: nothing follows.
    LastAck,
    /// A reset that answers a SYN: nobody listens.
    Refuses,
    /// A reset of a connection.
    Resets,
    /// Data or acknowledgements in between.
    Goes,
}

/// What is to be said of a segment besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// All of its octets were sent before.
    Retransmission,
    /// It fills a gap: its octets should have come earlier.
    OutOfOrder,
    /// Octets before it have not been seen here.
    Gap,
    /// Asks whether the peer is still there.
    KeepAlive,
    /// Asks whether the peer's window has opened.
    WindowProbe,
    /// Answers one of those two.
    ProbeAck,
    /// An acknowledgement that says what the one before it said, while octets are on their way.
    DuplicateAck,
    /// An acknowledgement that changes the window alone.
    WindowUpdate,
    /// The window is 0: nothing more can be sent.
    ZeroWindow,
}

impl Remark {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Retransmission => "retransmission",
            Self::OutOfOrder => "out of order",
            Self::Gap => "octets before it are missing",
            Self::KeepAlive => "keepalive",
            Self::WindowProbe => "window probe",
            Self::ProbeAck => "answers the probe",
            Self::DuplicateAck => "duplicate ACK",
            Self::WindowUpdate => "window update",
            Self::ZeroWindow => "zero window",
        }
    }
}

/// A segment in its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Which connection, from 1 over all links.
    pub connection: usize,
    /// Its sequence number, counted from the sender's initial one.
    pub sequence: u32,
    /// Its acknowledgment number, counted from the receiver's initial one; 0 without ACK.
    pub acknowledgment: u32,
    /// Its window in octets, scaled if both sides agreed on that.
    pub window: u32,
    /// Its part.
    pub part: Part,
    /// What else is to be said of it, in order.
    pub remarks: Vec<Remark>,
}

/// An address and a port.
pub type Endpoint = (IpAddr, u16);

/// One direction of a connection on a link.
#[derive(Clone, Debug, Default)]
struct Way {
    /// The initial sequence number.
    initial: Option<u32>,
    /// The sequence number behind the last octet seen.
    next: Option<u32>,
    /// Octets before `next` that were not seen: from, to.
    gaps: Vec<(u32, u32)>,
    /// The number of its FIN.
    fin: Option<u32>,
    /// The last acknowledgment number and the window with it.
    last_ack: Option<(u32, u16)>,
    /// The shift that it offered.
    shift: Option<u8>,
    /// Its last segment asked whether the other side is there.
    probes: bool,
}

/// A connection on a link. The first way is that of the lower endpoint.
#[derive(Clone, Debug, Default)]
struct Account {
    number: usize,
    ways: [Way; 2],
    /// Which ways have sent a SYN, and which of them one that acknowledges nothing.
    syns: [bool; 2],
    calls: [bool; 2],
    /// Whether the handshake is over.
    open: bool,
    /// The way that sent the first FIN.
    first_fin: Option<usize>,
    /// Which FINs have been acknowledged, by the way that sent them.
    fins_acked: [bool; 2],
    reset: bool,
}

/// Follows all connections.
#[derive(Clone, Debug, Default)]
pub struct Flows {
    accounts: BTreeMap<(String, Endpoint, Endpoint), Account>,
    /// The initial sequence number of the client tells one connection of two endpoints from the next one.
    numbers: BTreeMap<(Endpoint, Endpoint), (usize, Option<u32>)>,
    count: usize,
}

/// Whether `a` comes before `b`, in numbers that go round.
const fn before(a: u32, b: u32) -> bool {
    let distance = b.wrapping_sub(a);
    distance != 0 && distance < 1 << 31
}

impl Flows {
    /// Takes the next frame that was sent on `link`, and says what it is in its connection if it is TCP. Where it was lost,
    /// the next one of its kind may play its part.
    pub fn segment(&mut self, link: &str, packet: &Packet, lost: bool) -> Option<Segment> {
        let (ip, tcp) = (packet.ip?, packet.tcp()?);
        let (src, dst) = ((ip.src, tcp.src_port), (ip.dst, tcp.dst_port));
        let way = usize::from(src > dst);
        let ends = if src > dst { (dst, src) } else { (src, dst) };
        let key = (link.to_owned(), ends.0, ends.1);
        let begins = tcp.flags.has(Flags::SYN) && !tcp.flags.has(Flags::ACK);
        let anew = self.accounts.get(&key).is_none_or(|account| begins && account.is_another(way, tcp));
        if anew {
            let number = self.number(ends, begins.then_some(tcp.sequence));
            self.accounts.insert(key.clone(), Account { number, ..Account::default() });
        }
        self.accounts.get_mut(&key).map(|account| account.take(way, tcp, lost))
    }

    /// The number of the connection that begins with this sequence number on some link.
    fn number(&mut self, ends: (Endpoint, Endpoint), initial: Option<u32>) -> usize {
        match self.numbers.get(&ends) {
            Some((number, known)) if initial.is_none() || *known == initial => *number,
            _ => {
                self.count += 1;
                self.numbers.insert(ends, (self.count, initial));
                self.count
            }
        }
    }
}

impl Account {
    /// Whether a SYN begins another connection of the same endpoints.
    fn is_another(&self, way: usize, tcp: &Tcp) -> bool {
        let [low, high] = &self.ways;
        let (mine, peer) = if way == 0 { (low, high) } else { (high, low) };
        match mine.initial {
            Some(initial) => initial != tcp.sequence,
            // Both may call each other at once; otherwise it is a new one.
            None => peer.initial.is_none() || self.open || self.reset,
        }
    }

    fn take(&mut self, way: usize, tcp: &Tcp, lost: bool) -> Segment {
        let [low, high] = &mut self.ways;
        let (mine, peer) = if way == 0 { (low, high) } else { (high, low) };
        let mut remarks = mine.account(tcp, peer);
        let syn = tcp.flags.has(Flags::SYN);
        if syn {
            mine.shift = tcp.options.iter().find_map(|option| match option {
                TcpOption::WindowScale(shift) => Some((*shift).min(14)),
                _ => None,
            });
        }
        let shift = if syn || peer.shift.is_none() { 0 } else { mine.shift.unwrap_or(0) };
        let window = u32::from(tcp.window) << shift;
        if tcp.flags.has(Flags::ACK) {
            remarks.extend(mine.acknowledge(tcp, peer));
        }
        let acknowledgment = if tcp.flags.has(Flags::ACK) {
            // A side of which nothing was seen yet: it counts from what is acknowledged first.
            tcp.acknowledgment.wrapping_sub(*peer.initial.get_or_insert(tcp.acknowledgment.wrapping_sub(1)))
        } else {
            0
        };
        let sequence = tcp.sequence.wrapping_sub(mine.initial.unwrap_or(tcp.sequence));
        if tcp.window == 0 && !tcp.flags.has(Flags::RST | Flags::SYN) {
            remarks.push(Remark::ZeroWindow);
        }
        let before = (self.open, self.fins_acked);
        let part = self.part(way, tcp);
        if lost {
            (self.open, self.fins_acked) = before;
        }
        remarks.sort_unstable();
        remarks.dedup();
        Segment { connection: self.number, sequence, acknowledgment, window, part, remarks }
    }

    fn part(&mut self, way: usize, tcp: &Tcp) -> Part {
        let ack = tcp.flags.has(Flags::ACK);
        if tcp.flags.has(Flags::RST) {
            self.reset = true;
            // What answers a SYN, and has sent none itself.
            let refuses = !self.open && self.sent_syn(1 - way) && !self.sent_syn(way);
            return if refuses { Part::Refuses } else { Part::Resets };
        }
        if tcp.flags.has(Flags::SYN) {
            // Both have called each other: the second segment of each says so, and there is no third.
            self.open |= ack && self.calls == [true, true];
            if let (Some(syn), Some(call)) = (self.syns.get_mut(way), self.calls.get_mut(way)) {
                *syn = true;
                *call |= !ack;
            }
            return if ack { Part::SynAck } else { Part::Syn };
        }
        let acks_fin = ack && self.acknowledges_fin(way, tcp.acknowledgment);
        if tcp.flags.has(Flags::FIN) {
            self.open = true;
            let first = *self.first_fin.get_or_insert(way);
            return if first == way { Part::FirstFin } else { Part::SecondFin };
        }
        if ack && !self.open {
            self.open = true;
            // Where the capture began later, what opens was before it.
            return if self.syns == [true, true] { Part::Opens } else { Part::Goes };
        }
        match (acks_fin, self.fins_acked) {
            (true, [true, true]) => Part::LastAck,
            (true, _) => Part::AcksFin,
            _ => Part::Goes,
        }
    }

    fn sent_syn(&self, way: usize) -> bool {
        self.syns.get(way).copied().unwrap_or(false)
    }

    /// Whether this is the first to acknowledge the other side's FIN.
    fn acknowledges_fin(&mut self, way: usize, acknowledgment: u32) -> bool {
        let other = 1 - way;
        let fin = self.ways.get(other).and_then(|peer| peer.fin);
        let covers = fin.is_some_and(|fin| before(fin, acknowledgment));
        self.fins_acked.get_mut(other).is_some_and(|acked| covers && !std::mem::replace(acked, covers))
    }
}

impl Way {
    /// Books the octets of a segment, and says what of them was there before.
    fn account(&mut self, tcp: &Tcp, peer: &Self) -> Vec<Remark> {
        let (syn, fin) = (tcp.flags.has(Flags::SYN), tcp.flags.has(Flags::FIN));
        if tcp.flags.has(Flags::RST) {
            self.initial.get_or_insert(tcp.sequence);
            return Vec::new();
        }
        let len = tcp.len.wrapping_add(u32::from(syn)).wrapping_add(u32::from(fin));
        let end = tcp.sequence.wrapping_add(len);
        // Where the capture began later, the first octet counts as 1, as behind a SYN.
        self.initial.get_or_insert(if syn { tcp.sequence } else { tcp.sequence.wrapping_sub(1) });
        if fin {
            self.fin = Some(end.wrapping_sub(1));
        }
        let Some(next) = self.next else {
            self.next = Some(end);
            return Vec::new();
        };
        self.probes = !syn && !fin && tcp.len <= 1 && tcp.sequence.wrapping_add(1) == next;
        if self.probes {
            let closed = peer.last_ack.is_some_and(|(_, window)| window == 0);
            return vec![if closed { Remark::WindowProbe } else { Remark::KeepAlive }];
        }
        if before(next, tcp.sequence) {
            self.gaps.push((next, tcp.sequence));
            self.next = Some(end);
            return vec![Remark::Gap];
        }
        if before(next, end) {
            self.next = Some(end);
        }
        if len == 0 || !before(tcp.sequence, next) {
            return Vec::new();
        }
        vec![if self.fill(tcp.sequence, end) { Remark::OutOfOrder } else { Remark::Retransmission }]
    }

    /// Takes these octets out of the gaps; false if they were in none.
    fn fill(&mut self, from: u32, to: u32) -> bool {
        let gaps = std::mem::take(&mut self.gaps);
        let mut filled = false;
        for (start, end) in gaps {
            if !before(start, to) || !before(from, end) {
                self.gaps.push((start, end));
                continue;
            }
            filled = true;
            if before(start, from) {
                self.gaps.push((start, from));
            }
            if before(to, end) {
                self.gaps.push((to, end));
            }
        }
        filled
    }

    /// Books an acknowledgement, and says what of it was there before.
    fn acknowledge(&mut self, tcp: &Tcp, peer: &mut Self) -> Option<Remark> {
        let before_this = self.last_ack.replace((tcp.acknowledgment, tcp.window));
        let probed = std::mem::take(&mut peer.probes);
        let plain = tcp.len == 0 && !tcp.flags.has(Flags::SYN | Flags::FIN | Flags::RST);
        if !plain || self.probes {
            return None;
        }
        let (acknowledgment, window) = before_this?;
        if acknowledgment != tcp.acknowledgment {
            return None;
        }
        if probed {
            return Some(Remark::ProbeAck);
        }
        if window != tcp.window {
            return Some(Remark::WindowUpdate);
        }
        let outstanding = peer.next.is_some_and(|next| before(tcp.acknowledgment, next));
        outstanding.then_some(Remark::DuplicateAck)
    }
}
