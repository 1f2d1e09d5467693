//! A capture judged by several threads and by one, held together octet for octet.

use std::ffi::OsStr;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

use proptest::prelude::*;
use sockeye_capture::{LinkType, Timestamp, pcap};
use sockeye_cli::output::Terminal;
use sockeye_cli::{Output, Status};
use sockeye_common::checksum::{PseudoHeader, Sum, udp_transmitted};

use crate::cli::Style;
use crate::listing::{Extent, LISTED_WHOLE};
use crate::only::Only;
use crate::shell::Capture;
use crate::verdict::Verdict;
use crate::verify::{Name, report};

/// Hands out a few octets at a time, so that there are many batches, which end anywhere.
struct Trickle {
    octets: Cursor<Vec<u8>>,
    step: usize,
}

impl Read for Trickle {
    fn read(&mut self, space: &mut [u8]) -> io::Result<usize> {
        let step = self.step.min(space.len());
        self.octets.read(&mut space[..step])
    }
}

/// What is to be in the checksum field of a datagram, and what becomes of the datagram.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Good,
    Partial,
    Absent,
    Bad(u16),
    /// Somebody put another source port in, and left the checksum: the flow with the old one tells.
    Translated(u16),
    BadHeader,
    /// In two fragments, which are put together again; the checksum is right or off by one.
    Fragments(bool),
    Cut(usize),
    NoIp,
    /// Longer than a batch may be.
    Huge,
}

/// Frames of a datagram from host 1 to host 2, ports as given.
fn frames(ports: [u16; 2], identification: u16, data: &[u8], fate: Fate) -> Vec<(Vec<u8>, usize)> {
    let length = u16::try_from(data.len() + 8).unwrap();
    let pseudo = PseudoHeader::V4 { src: [10, 0, 0, 1].into(), dst: [10, 0, 0, 2].into(), protocol: 17, length };
    let right = {
        let mut sum = pseudo.sum();
        udp_transmitted(sum.add_u16(ports[0]).add_u16(ports[1]).add_u16(length).add(data).checksum())
    };
    let stored = match fate {
        Fate::Partial => pseudo.sum().folded(),
        Fate::Absent => 0,
        Fate::Bad(by) => right.wrapping_add(by),
        Fate::Fragments(false) => right ^ 1,
        _ => right,
    };
    let src_port = if let Fate::Translated(port) = fate { port } else { ports[0] };
    let mut segment: Vec<u8> =
        [src_port, ports[1], length, stored].iter().flat_map(|word| word.to_be_bytes()).collect();
    segment.extend_from_slice(data);
    let packet = |payload: &[u8], flags: u16| {
        let total = u16::try_from(payload.len() + 20).unwrap();
        let words = [0x4500, total, identification, flags, 0x4011, 0, 0x0a00, 1, 0x0a00, 2];
        let mut header: Vec<u8> = words.iter().flat_map(|word: &u16| word.to_be_bytes()).collect();
        let checksum = Sum::new().add(&header).checksum() ^ u16::from(matches!(fate, Fate::BadHeader));
        header[10..12].copy_from_slice(&checksum.to_be_bytes());
        [&[2; 12][..], &[8, 0], &header, payload].concat()
    };
    let octets = match fate {
        Fate::Fragments(_) => {
            let (first, last) = segment.split_at(8);
            return [packet(first, 0x2000), packet(last, 1)].map(|octets| (octets.clone(), octets.len())).to_vec();
        }
        Fate::NoIp => [&[2; 12][..], &[8, 6], &segment].concat(),
        Fate::Huge => vec![0; 300 << 10],
        _ => packet(&segment, 0),
    };
    let len = octets.len();
    let kept = if let Fate::Cut(by) = fate { len - by.min(len) } else { len };
    vec![(octets[..kept].to_vec(), len)]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        12 => Just(Fate::Good),
        2 => Just(Fate::Partial),
        2 => Just(Fate::Absent),
        2 => (1_u16..4).prop_map(Fate::Bad),
        4 => (5000_u16..5008).prop_map(Fate::Translated),
        1 => Just(Fate::BadHeader),
        2 => any::<bool>().prop_map(Fate::Fragments),
        1 => (1_usize..60).prop_map(Fate::Cut),
        1 => Just(Fate::NoIp),
    ]
}

/// How a capture is read: as a stream, so many octets at a time, or in pieces of so many.
#[derive(Clone, Copy, Debug)]
enum Way {
    Stream(usize),
    Pieces(usize),
}

/// What becomes of the capture, and what is shown of it.
fn judged(octets: &[u8], way: Way, threads: usize, style: Style) -> (Result<Status, String>, String) {
    let step = if let Way::Stream(step) = way { step } else { 1 << 20 };
    let stream = Trickle { octets: Cursor::new(octets.to_vec()), step };
    let mut capture = Capture::new(Box::new(stream), "capture".to_owned(), None);
    capture.threads = threads;
    if let Way::Pieces(len) = way {
        let octets = octets.to_vec();
        let read_at = move |space: &mut [u8], offset| {
            octets.get(usize::try_from(offset).unwrap()..).unwrap_or_default().read(space)
        };
        capture.pieces = Some((Arc::new(read_at), len));
    }
    let mut stdout = Vec::new();
    let mut output = Output::new("netsum", Terminal::default(), &mut stdout, io::sink());
    let reported = report(&mut capture, Name::of(OsStr::new("capture")), style, &mut output).unwrap();
    output.flush().unwrap();
    drop(output);
    // A listing that still fits on a page shows what is good too, for which nobody is asked: each checksum has a row.
    let fits = matches!(style, Style::Listing(Extent::Fitting)) && reported.tally.checksums() <= LISTED_WHOLE as u64;
    // A stream that is cut ends with its fault; pieces give the reader back, which tells of it.
    let is_cut = matches!(way, Way::Stream(_)) && reported.end.is_err();
    assert!(threads == 1 || fits || is_cut || capture.threads == 1, "no thread was asked");
    assert!(threads == 1 || !fits || capture.threads == threads, "threads were asked for what is shown whole");
    (reported.end.map_err(|failure| failure.to_string()), String::from_utf8(stdout).unwrap())
}

const BAD: Only = Only::of_verdict(Verdict::Bad);

const STYLES: [Style; 7] = [
    Style::Tsv { with_filename: false, only: Only::ALL },
    Style::Tsv { with_filename: true, only: Only::ALL },
    Style::Tsv { with_filename: true, only: BAD },
    Style::Tsv { with_filename: false, only: Only::of_verdict(Verdict::Good) },
    Style::Listing(Extent::Only(BAD)),
    Style::Listing(Extent::Nothing),
    Style::Listing(Extent::Fitting),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn many_threads_say_what_one_says(
        datagrams in prop::collection::vec(
            (5000_u16..5008, 6000_u16..6004, prop::collection::vec(any::<u8>(), 1..40), fate()),
            60..200,
        ),
        huge in prop::option::weighted(0.2, 0..200_usize),
        cut in prop::option::of(any::<prop::sample::Index>()),
        way in prop_oneof![
            Just(Way::Stream(1 << 20)),
            (50_usize..3000).prop_map(Way::Stream),
            (1_usize..3000).prop_map(Way::Pieces),
        ],
        threads in 2_usize..5,
    ) {
        let mut writer = pcap::Writer::new(Vec::new(), LinkType::ETHERNET, pcap::Format::default()).unwrap();
        for (index, (from, to, data, fate)) in datagrams.iter().enumerate() {
            let fate = if huge == Some(index) { Fate::Huge } else { *fate };
            for (octets, len) in frames([*from, *to], u16::try_from(index).unwrap(), data, fate) {
                writer.write(Timestamp::default(), len, &octets).unwrap();
            }
        }
        let mut capture = writer.into_inner();
        if let Some(cut) = cut {
            capture.truncate(cut.index(capture.len()));
        }
        for style in STYLES {
            prop_assert_eq!(judged(&capture, way, threads, style), judged(&capture, Way::Stream(1 << 20), 1, style));
        }
    }
}

/// The reasons that need other flows are among what is held together above.
#[test]
fn a_flow_of_another_batch_gives_the_reason() {
    let mut writer = pcap::Writer::new(Vec::new(), LinkType::ETHERNET, pcap::Format::default()).unwrap();
    for number in 0..90 {
        let fate = if number == 80 { Fate::Translated(5001) } else { Fate::Good };
        for (octets, len) in frames([5000, 6000], number, b"ABCDE", fate) {
            writer.write(Timestamp::default(), len, &octets).unwrap();
        }
    }
    let capture = writer.into_inner();
    let ways = [(Way::Stream(1 << 20), 1), (Way::Stream(1 << 20), 3), (Way::Stream(100), 3), (Way::Pieces(100), 3)];
    for (way, threads) in ways {
        let (_, shown) = judged(&capture, way, threads, Style::Listing(Extent::Fitting));
        assert!(shown.contains("port 5000"), "{way:?}, {threads}: {shown}");
    }
}
