//! Frames and records made by hand, for tests.

use std::net::Ipv4Addr;

use sockeye_common::checksum::{PseudoHeader, Sum};

use super::packet::Flags;
use crate::model::{Address, End, Lab, Link, Medium, Network, Node, NodeKind, Step};
use crate::record::{Fate, Frame, Record, What};

pub(crate) const ALICE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
pub(crate) const BOB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);
pub(crate) const SYN: u8 = Flags::SYN;
pub(crate) const ACK: u8 = Flags::ACK;
pub(crate) const FIN: u8 = Flags::FIN;
pub(crate) const RST: u8 = Flags::RST;
pub(crate) const PSH: u8 = Flags::PSH;

/// Two hosts on a cable, and one step.
pub(crate) fn lab() -> Lab {
    let node = |name: &str| Node { name: name.into(), kind: NodeKind::Host };
    let end = |node: &str, addr: Ipv4Addr| End {
        node: node.into(),
        interface: "eth0".into(),
        addresses: vec![Address { addr: addr.into(), prefix: 24 }],
        mtu: None,
    };
    Lab {
        name: "sample".into(),
        title: "A sample".into(),
        network: Network {
            nodes: vec![node("alice"), node("bob")],
            links: vec![Link {
                name: "alice-bob".into(),
                ends: [end("alice", ALICE), end("bob", BOB)],
                medium: Medium::Cable,
            }],
            ..Network::default()
        },
        steps: vec![Step { title: "All of it".into(), ..Step::default() }],
        ..Lab::default()
    }
}

/// A record of a frame on the cable, at this millisecond.
pub(crate) fn sent(number: u64, ms: i64, octets: Vec<u8>) -> Record {
    let from_alice = octets.get(11) == Some(&1);
    let (from, to) = if from_alice { ("alice", "bob") } else { ("bob", "alice") };
    let frame = Frame {
        number,
        link: "alice-bob".into(),
        from: from.into(),
        to: to.into(),
        arrived_us: Some(ms * 1000),
        fate: Fate::Arrived,
        octets,
    };
    Record { at_us: ms * 1000, step: 1, what: What::Frame(frame) }
}

/// The same frames, one each millisecond.
pub(crate) fn run(frames: impl IntoIterator<Item = Vec<u8>>) -> Vec<Record> {
    (1_u8..).zip(frames).map(|(number, octets)| sent(number.into(), number.into(), octets)).collect()
}

fn ethernet(from_alice: bool, ether_type: u16, payload: &[u8]) -> Vec<u8> {
    let (src, dst) = if from_alice { (1, 2) } else { (2, 1) };
    [&[2, 0, 0, 0, 0, dst, 2, 0, 0, 0, 0, src][..], &ether_type.to_be_bytes(), payload].concat()
}

pub(crate) fn ipv4(src: Ipv4Addr, dst: Ipv4Addr, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let length = u16::try_from(20 + payload.len()).unwrap();
    let mut header = vec![0x45, 0];
    header.extend(length.to_be_bytes());
    header.extend([0, 1, 0x40, 0, 64, protocol, 0, 0]);
    header.extend(src.octets());
    header.extend(dst.octets());
    let sum = Sum::new().add(&header).checksum();
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    header.extend(payload);
    header
}

fn upper(src: Ipv4Addr, dst: Ipv4Addr, protocol: u8, at: usize, mut segment: Vec<u8>) -> Vec<u8> {
    let length = u16::try_from(segment.len()).unwrap();
    let mut sum = match protocol {
        1 => Sum::new(),
        _ => PseudoHeader::V4 { src, dst, protocol, length }.sum(),
    };
    let sum = sum.add(&segment).checksum();
    segment[at..at + 2].copy_from_slice(&sum.to_be_bytes());
    ethernet(src == ALICE, 0x0800, &ipv4(src, dst, protocol, &segment))
}

/// A segment of the connection of alice's port 40000 and bob's port 7000. The initial sequence numbers are 1,000 and 5,000.
pub(crate) fn segment(from_alice: bool, flags: u8, seq: u32, ack: u32, data: &[u8]) -> Vec<u8> {
    segment_with(from_alice, flags, (seq, ack), 512, data)
}

pub(crate) fn segment_with(from_alice: bool, flags: u8, (seq, ack): (u32, u32), window: u16, data: &[u8]) -> Vec<u8> {
    let (src, dst, own, peer, ports) =
        if from_alice { (ALICE, BOB, 1000, 5000, [40000_u16, 7000]) } else { (BOB, ALICE, 5000, 1000, [7000, 40000]) };
    let options: &[u8] = if flags & SYN != 0 { &[2, 4, 5, 0xb4] } else { &[] };
    let mut header: Vec<u8> = ports.iter().flat_map(|port| port.to_be_bytes()).collect();
    header.extend((seq + own).to_be_bytes());
    header.extend((if flags & ACK != 0 { ack + peer } else { 0_u32 }).to_be_bytes());
    header.extend([if options.is_empty() { 0x50 } else { 0x60 }, flags]);
    header.extend(window.to_be_bytes());
    header.extend([0; 4]);
    header.extend(options);
    header.extend(data);
    upper(src, dst, 6, 16, header)
}

pub(crate) fn udp(from_alice: bool, dst_port: u16, data: &[u8]) -> Vec<u8> {
    let (src, dst) = if from_alice { (ALICE, BOB) } else { (BOB, ALICE) };
    let length = u16::try_from(8 + data.len()).unwrap();
    let header = [&40000_u16.to_be_bytes()[..], &dst_port.to_be_bytes(), &length.to_be_bytes(), &[0, 0], data].concat();
    upper(src, dst, 17, 6, header)
}

pub(crate) fn arp(operation: u8) -> Vec<u8> {
    let mut packet = vec![0, 1, 8, 0, 6, 4, 0, operation];
    let (alice, bob) = ([2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]);
    let parts = match operation {
        1 => (alice, ALICE, [0; 6], BOB),
        _ => (bob, BOB, alice, ALICE),
    };
    packet.extend(parts.0.into_iter().chain(parts.1.octets()).chain(parts.2).chain(parts.3.octets()));
    ethernet(operation == 1, 0x0806, &packet)
}

pub(crate) fn icmp(from_alice: bool, head: [u8; 8], data: &[u8]) -> Vec<u8> {
    let (src, dst) = if from_alice { (ALICE, BOB) } else { (BOB, ALICE) };
    upper(src, dst, 1, 2, [&head[..], data].concat())
}

/// Bob says that nobody is at the port that this frame of alice is for.
pub(crate) fn unreachable(frame: &[u8]) -> Vec<u8> {
    icmp(false, [3, 3, 0, 0, 0, 0, 0, 0], &frame[14..42])
}

/// A whole connection: opened, five octets, closed by both.
pub(crate) fn connection() -> Vec<Vec<u8>> {
    vec![
        segment(true, SYN, 0, 0, b""),
        segment(false, SYN | ACK, 0, 1, b""),
        segment(true, ACK, 1, 1, b""),
        segment(true, ACK | PSH, 1, 1, b"ABCDE"),
        segment(false, ACK, 1, 6, b""),
        segment(true, ACK | FIN, 6, 1, b""),
        segment(false, ACK, 1, 7, b""),
        segment(false, ACK | FIN, 1, 7, b""),
        segment(true, ACK, 7, 2, b""),
    ]
}
