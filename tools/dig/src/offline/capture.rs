//! The messages of a capture: datagrams, and what comes out of TCP streams.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use sockeye_capture::layers::{Tcp, Udp};
use sockeye_capture::{Frame, Header, Layer, Timestamp, dissect};

use super::{Item, Origin};
use crate::header;
use crate::transport::Transport;

/// The ports on which messages are looked for: DNS, multicast DNS, LLMNR.
const PORTS: [u16; 3] = [53, 5353, 5355];
const FIN: u8 = 0x01;
const SYN: u8 = 0x02;

/// Finds messages, frame by frame.
#[derive(Debug, Default)]
pub struct Finder {
    /// Only messages that begin in this frame, on whatever port.
    wanted: Option<u64>,
    streams: HashMap<(SocketAddr, SocketAddr), Stream>,
}

/// One direction of a connection.
#[derive(Debug, Default)]
struct Stream {
    /// The sequence number that comes next.
    next: u32,
    /// What has come and is no whole message yet.
    buffer: VecDeque<u8>,
    /// The frames that the octets of the buffer came in, and how many each.
    pieces: VecDeque<Piece>,
    /// Something in it was no message: it is no stream of them.
    is_other: bool,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    frame: u64,
    time: Option<Timestamp>,
    length: usize,
}

impl Finder {
    /// A finder of all messages on the ports of DNS, or of those that begin in one frame.
    pub fn new(wanted: Option<u64>) -> Self {
        Self { wanted, streams: HashMap::new() }
    }

    /// Takes a frame and hands over the messages that end in it.
    pub fn frame(&mut self, frame: &Frame<'_>, found: &mut dyn FnMut(Item)) {
        // What an ICMP error quotes was sent before, and may be in the capture by itself.
        for layer in dissect(frame.link_type, frame.octets, frame.original_len).filter(|layer| !layer.quoted) {
            match layer.header {
                Header::Udp(udp) => self.datagram(frame, &layer, &udp, found),
                Header::Tcp(tcp) => self.segment(frame, &layer, &tcp, found),
                _ => {}
            }
        }
    }

    /// Hands over what is left in streams: messages whose end was not captured.
    pub fn end(&mut self, found: &mut dyn FnMut(Item)) {
        let mut left = Vec::new();
        for (ends, mut stream) in self.streams.drain() {
            stream.cut(ends, &mut |item| left.push(item));
        }
        left.sort_by_key(|item| item.number);
        left.into_iter().filter(|item| self.wanted.is_none_or(|wanted| wanted == item.number)).for_each(found);
    }

    fn is_wanted(&self, frame: u64) -> bool {
        self.wanted.is_none_or(|wanted| wanted == frame)
    }

    fn datagram(&self, frame: &Frame<'_>, layer: &Layer, udp: &Udp, found: &mut dyn FnMut(Item)) {
        let is_dns = PORTS.contains(&udp.src_port) || PORTS.contains(&udp.dst_port);
        let octets = layer.payload.of(frame.octets);
        if !self.is_wanted(frame.number) || !(is_dns || self.wanted.is_some()) || octets.is_empty() {
            return;
        }
        let src = SocketAddr::new(udp.upper.src, udp.src_port);
        let dst = SocketAddr::new(udp.upper.dst, udp.dst_port);
        found(Item {
            number: frame.number,
            octets: octets.to_vec(),
            missing: layer.payload.len.saturating_sub(layer.payload.captured),
            origin: Some(Origin { src, dst, transport: Transport::Udp, time: frame.timestamp }),
        });
    }

    fn segment(&mut self, frame: &Frame<'_>, layer: &Layer, tcp: &Tcp, found: &mut dyn FnMut(Item)) {
        let is_dns = PORTS.contains(&tcp.src_port) || PORTS.contains(&tcp.dst_port);
        let ends = (SocketAddr::new(tcp.upper.src, tcp.src_port), SocketAddr::new(tcp.upper.dst, tcp.dst_port));
        // A stream on another port begins with the frame that was asked for.
        let begins_here = self.wanted == Some(frame.number);
        if !is_dns && !begins_here && !self.streams.contains_key(&ends) {
            return;
        }
        let wanted = self.wanted;
        let mut wanted_only = |item: Item| {
            if wanted.is_none_or(|wanted| wanted == item.number) {
                found(item);
            }
        };
        if tcp.flags & SYN != 0 {
            let next = tcp.sequence.wrapping_add(1);
            if let Some(mut before) = self.streams.insert(ends, Stream { next, ..Stream::default() }) {
                before.cut(ends, &mut wanted_only);
            }
            return;
        }
        let stream = self.streams.entry(ends).or_insert_with(|| Stream { next: tcp.sequence, ..Stream::default() });
        stream.segment(frame, layer, tcp.sequence, ends, &mut wanted_only);
        if tcp.flags & FIN != 0 {
            stream.cut(ends, &mut wanted_only);
        }
    }
}

impl Stream {
    fn segment(
        &mut self,
        frame: &Frame<'_>,
        layer: &Layer,
        sequence: u32,
        ends: (SocketAddr, SocketAddr),
        found: &mut dyn FnMut(Item),
    ) {
        let octets = layer.payload.of(frame.octets);
        let ahead = sequence.wrapping_sub(self.next);
        let octets = if ahead == 0 {
            octets
        } else if ahead < 1 << 31 {
            // A segment is not in the capture: what is there is cut, and a message is hoped to begin here.
            self.cut(ends, found);
            self.next = sequence;
            octets
        } else {
            // Sent again: what is new of it.
            let known = usize::try_from(self.next.wrapping_sub(sequence)).unwrap_or(usize::MAX);
            octets.get(known..).unwrap_or_default()
        };
        if octets.is_empty() || self.is_other {
            return;
        }
        // A segment is shorter than 64 KiB.
        self.next = self.next.wrapping_add(u32::try_from(octets.len()).unwrap_or_default());
        self.buffer.extend(octets);
        self.pieces.push_back(Piece { frame: frame.number, time: frame.timestamp, length: octets.len() });
        while let Some(length) = self.length() {
            if length < header::LEN {
                self.is_other = true;
                self.buffer.clear();
                self.pieces.clear();
            }
            if self.buffer.len() < length.saturating_add(2) || self.is_other {
                break;
            }
            self.take(length, 0, ends, found);
        }
        if layer.payload.captured < layer.payload.len {
            self.cut(ends, found);
            let missing = u32::try_from(layer.payload.len.saturating_sub(layer.payload.captured)).unwrap_or_default();
            self.next = self.next.wrapping_add(missing);
        }
    }

    /// The length that stands in front of the next message.
    fn length(&self) -> Option<usize> {
        let (high, low) = (self.buffer.front()?, self.buffer.get(1)?);
        Some(usize::from(u16::from_be_bytes([*high, *low])))
    }

    /// Takes a message of that many octets, of which `missing` never came.
    fn take(&mut self, length: usize, missing: usize, ends: (SocketAddr, SocketAddr), found: &mut dyn FnMut(Item)) {
        let taken = length.saturating_sub(missing).saturating_add(2).min(self.buffer.len());
        let octets = self.buffer.drain(..taken).skip(2).collect();
        let mut left = taken;
        let mut first: Option<Piece> = None;
        while let Some(piece) = self.pieces.front_mut().filter(|_| left > 0) {
            first.get_or_insert(*piece);
            let of_it = piece.length.min(left);
            piece.length -= of_it;
            left -= of_it;
            if piece.length == 0 {
                self.pieces.pop_front();
            }
        }
        let Some(first) = first else { return };
        let (src, dst) = ends;
        let origin = Some(Origin { src, dst, transport: Transport::Tcp, time: first.time });
        found(Item { number: first.frame, octets, missing, origin });
    }

    /// What is left of a message whose end will not come.
    fn cut(&mut self, ends: (SocketAddr, SocketAddr), found: &mut dyn FnMut(Item)) {
        if let Some(length) = self.length().filter(|_| !self.is_other) {
            let missing = length.saturating_add(2).saturating_sub(self.buffer.len());
            if self.buffer.len() > 2 {
                self.take(length, missing, ends, found);
            }
        }
        self.buffer.clear();
        self.pieces.clear();
    }
}
