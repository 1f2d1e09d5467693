//! What `benches/run` cannot do from outside: `sum` compares our sum with pnet's, `make FILE FRAMES` writes a capture, and
//! `walk FILE` reads the frames of a capture and does nothing with them.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement: reads a file and the clock, prints, and stops at whatever goes wrong"
)]

use std::fs::File;
use std::hint::black_box;
use std::io::BufWriter;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Instant;

use sockeye_capture::{LinkType, StreamReader, Timestamp, pcap};
use sockeye_common::checksum::{PseudoHeader, Sum, udp_transmitted};

/// Octets that each measured turn sums, in pieces.
const TURN: usize = 32 << 20;
const TURNS: usize = 7;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["make", file, frames] => make(file, frames.parse().unwrap()),
        ["walk", file] => walk(file),
        [] | ["sum"] => sums(),
        _ => panic!("sum, make FILE FRAMES, or walk FILE"),
    }
}

/// A generator whose next numbers follow from its state alone (xorshift64*): the capture is the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

/// UDP between 200 hosts a side, a third over IPv6, a tenth with a VLAN tag; of a hundred datagrams one is bad, three are
/// partial, and two (over IPv4) have no checksum.
fn make(file: &str, frames: u32) {
    let file = BufWriter::with_capacity(1 << 20, File::create(file).unwrap());
    let mut writer = pcap::Writer::new(file, LinkType::ETHERNET, pcap::Format::default()).unwrap();
    let mut random = Random(0x5eed);
    let data: Vec<u8> = (0..4096).map(|_| random.below(256).to_le_bytes()[0]).collect();
    for number in 0..frames {
        let frame = frame(&mut random, &data);
        let timestamp = Timestamp { seconds: (number / 100_000).into(), nanoseconds: number % 100_000 * 10_000 };
        writer.write(timestamp, frame.len(), &frame).unwrap();
    }
    writer.into_inner().into_inner().unwrap();
}

fn frame(random: &mut Random, data: &[u8]) -> Vec<u8> {
    let v6 = random.below(3) == 0;
    let sides = [random.below(200), random.below(200)].map(|host| host.to_le_bytes()[0]);
    // Mostly small, some full: 325 octets on the mean.
    let len = if random.below(6) == 0 { 1300 + random.below(150) } else { 16 + random.below(200) };
    let start = usize::try_from(random.below(2000)).unwrap();
    let data = &data[start..start + usize::try_from(len).unwrap()];
    let length = u16::try_from(data.len() + 8).unwrap();
    let ports = [1024 + random.below(60_000), 53].map(|port| u16::try_from(port).unwrap());

    let pseudo = if v6 {
        let [src, dst] = sides.map(|host| Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, host.into()));
        PseudoHeader::V6 { src, dst, length: length.into(), next_header: 17 }
    } else {
        let [src, dst] = [(0, sides[0]), (1, sides[1])].map(|(net, host)| Ipv4Addr::new(10, 0, net, host));
        PseudoHeader::V4 { src, dst, protocol: 17, length }
    };
    let right = {
        let mut sum = pseudo.sum();
        udp_transmitted(sum.add_u16(ports[0]).add_u16(ports[1]).add_u16(length).add(data).checksum())
    };
    let stored = match random.below(100) {
        0 => right.wrapping_add(1),
        1..=3 => pseudo.sum().folded(),
        4 | 5 if !v6 => 0,
        _ => right,
    };

    let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    if random.below(10) == 0 {
        frame.extend_from_slice(&[0x81, 0, 0, 5]);
    }
    match pseudo {
        PseudoHeader::V4 { src, dst, .. } => {
            let mut header = [0x45, 0, 0, 0, 0, 1, 0, 0, 64, 17, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
            header[2..4].copy_from_slice(&(length + 20).to_be_bytes());
            header[12..16].copy_from_slice(&src.octets());
            header[16..20].copy_from_slice(&dst.octets());
            let checksum = Sum::new().add(&header).checksum().to_be_bytes();
            header[10..12].copy_from_slice(&checksum);
            frame.extend_from_slice(&[8, 0]);
            frame.extend_from_slice(&header);
        }
        PseudoHeader::V6 { src, dst, .. } => {
            frame.extend_from_slice(&[0x86, 0xdd, 0x60, 0, 0, 0]);
            frame.extend_from_slice(&length.to_be_bytes());
            frame.extend_from_slice(&[17, 64]);
            frame.extend_from_slice(&src.octets());
            frame.extend_from_slice(&dst.octets());
        }
    }
    for word in [ports[0], ports[1], length, stored] {
        frame.extend_from_slice(&word.to_be_bytes());
    }
    frame.extend_from_slice(data);
    frame
}

fn walk(file: &str) {
    let mut reader = StreamReader::new(File::open(file).unwrap());
    let (mut frames, mut octets) = (0_u64, 0);
    while let Some(frame) = reader.next_frame().unwrap() {
        frames += 1;
        octets += black_box(frame.octets).len();
    }
    println!("{frames} frames, {octets} octets");
}

fn sums() {
    println!("octets      ours GB/s   pnet GB/s   ratio");
    for len in [20, 64, 576, 1480, 8980, 65_536] {
        let data: Vec<u8> = (0..len).map(|index: usize| index.to_le_bytes()[0].wrapping_mul(89)).collect();
        let (mut ours, mut pnets) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            ours.push(rate(&data, |data| Sum::new().add(data).checksum()));
            // The word that pnet leaves out is behind the end.
            pnets.push(rate(&data, |data| pnet_packet::util::checksum(data, usize::MAX)));
        }
        let (ours, pnets) = (median(ours), median(pnets));
        println!("{len:6}  {ours:13.1}  {pnets:10.1}  {:6.2}", ours / pnets);
    }
}

fn rate(data: &[u8], sum: impl Fn(&[u8]) -> u16) -> f64 {
    let pieces = TURN / data.len();
    let start = Instant::now();
    for _ in 0..pieces {
        black_box(sum(black_box(data)));
    }
    let octets: u32 = (pieces * data.len()).try_into().unwrap();
    f64::from(octets) / start.elapsed().as_secs_f64() / 1e9
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
