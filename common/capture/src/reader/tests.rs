//! Captures built octet by octet, read by both readers, whole and cut at every octet.
#![expect(clippy::cast_possible_truncation, reason = "the lengths of these vectors are small")]

mod pieces;

use std::io::Cursor;

use proptest::prelude::*;
use sockeye_common::order::ByteOrder::{self, Big, Little};
use sockeye_common::wire::Writer;

use super::*;
use crate::frame::Timestamp;
use crate::input::CHUNK_LEN;
use crate::link_type::LinkType;
use crate::pcap::{self, Format, Precision};
use crate::rewrite::{RewriteError, Rewriter};

/// A frame without its lifetime.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    number: u64,
    timestamp: Option<(i64, u32)>,
    interface: u32,
    link_type: u16,
    original_len: usize,
    octets: Vec<u8>,
    file_offset: u64,
    fcs_len: u8,
}

impl From<Frame<'_>> for Seen {
    fn from(frame: Frame<'_>) -> Self {
        Self {
            number: frame.number,
            timestamp: frame.timestamp.map(|stamp| (stamp.seconds, stamp.nanoseconds)),
            interface: frame.interface,
            link_type: frame.link_type.0,
            original_len: frame.original_len,
            octets: frame.octets.to_vec(),
            file_offset: frame.file_offset,
            fcs_len: frame.fcs_len,
        }
    }
}

/// A capture under construction: its octets, and what reading it must give.
#[derive(Clone)]
struct Vector {
    name: &'static str,
    octets: Vec<u8>,
    expected: Vec<Seen>,
    /// Where a cut leaves a capture that is whole.
    ends: Vec<usize>,
}

impl Vector {
    fn expect(&mut self, at: usize, octets: &[u8], like: &Seen) {
        let number = self.expected.len() as u64 + 1;
        self.expected.push(Seen { number, octets: octets.to_vec(), file_offset: at as u64, ..like.clone() });
    }
}

fn like(timestamp: Option<(i64, u32)>, interface: u32, link_type: u16, original_len: usize) -> Seen {
    Seen { number: 0, timestamp, interface, link_type, original_len, octets: vec![], file_offset: 0, fcs_len: 0 }
}

fn put(order: ByteOrder, values: &[u32]) -> Vec<u8> {
    let mut writer = Writer::new();
    for value in values {
        writer.u32_in(order, *value);
    }
    writer.into_octets()
}

fn classic(name: &'static str, order: ByteOrder, magic: u32, nanoseconds_per_tick: u32) -> Vector {
    let mut file = Vector { name, octets: put(order, &[magic]), expected: vec![], ends: vec![] };
    file.octets.extend(order.u16_octets(2));
    file.octets.extend(order.u16_octets(4));
    // Both reserved fields hold garbage; the snaplen is below the frames' lengths, as in real files.
    file.octets.extend(put(order, &[0xffff_ffff, 7, 4, 1]));
    file.ends.push(file.octets.len());
    for (seconds, ticks, original_len, octets) in
        [(1, 2, 9, &b"frame"[..]), (u32::MAX, 999_999, 0, b""), (0, 1, 3, b"a frame above the limit")]
    {
        file.octets.extend(put(order, &[seconds, ticks, octets.len() as u32, original_len]));
        let stamp = (i64::from(seconds), ticks * nanoseconds_per_tick);
        let original_len = octets.len().max(original_len as usize);
        file.expect(file.octets.len(), octets, &like(Some(stamp), 0, 1, original_len));
        file.octets.extend(octets);
        file.ends.push(file.octets.len());
    }
    file
}

/// A pcapng file under construction.
struct Blocks {
    order: ByteOrder,
    file: Vector,
}

impl Blocks {
    fn new(name: &'static str, order: ByteOrder) -> Self {
        Self { order, file: Vector { name, octets: vec![], expected: vec![], ends: vec![] } }
    }

    /// Appends a block; returns where its body starts.
    fn block(&mut self, block_type: u32, body: &[u8]) -> usize {
        let padding = body.len().wrapping_neg() % 4;
        let total = (body.len() + padding + 12) as u32;
        self.file.octets.extend(put(self.order, &[block_type, total]));
        let start = self.file.octets.len();
        self.file.octets.extend(body);
        self.file.octets.extend(vec![0xee; padding]);
        self.file.octets.extend(put(self.order, &[total]));
        self.file.ends.push(self.file.octets.len());
        start
    }

    fn section(&mut self, section_length: u64) {
        let mut body = put(self.order, &[0x1a2b_3c4d]);
        body.extend(self.order.u16_octets(1));
        body.extend(self.order.u16_octets(0));
        let [high, low] = [(section_length >> 32) as u32, section_length as u32];
        body.extend(put(self.order, &if self.order == Big { [high, low] } else { [low, high] }));
        body.extend(self.options(&[(4, b"sockeye")]));
        self.block(0x0a0d_0d0a, &body);
    }

    fn options(&self, options: &[(u16, &[u8])]) -> Vec<u8> {
        let mut octets = vec![];
        for (code, value) in options {
            octets.extend(self.order.u16_octets(*code));
            octets.extend(self.order.u16_octets(value.len() as u16));
            octets.extend(*value);
            octets.extend(vec![0; value.len().wrapping_neg() % 4]);
        }
        octets.extend([0; 4]);
        octets
    }

    fn interface(&mut self, link_type: u16, snaplen: u32, options: &[(u16, &[u8])]) {
        let mut body = self.order.u16_octets(link_type).to_vec();
        body.extend([0; 2]);
        body.extend(put(self.order, &[snaplen]));
        body.extend(self.options(options));
        self.block(1, &body);
    }

    fn enhanced(
        &mut self,
        interface: u32,
        ticks: u64,
        octets: &[u8],
        original_len: u32,
        options: &[(u16, &[u8])],
    ) -> usize {
        let mut body =
            put(self.order, &[interface, (ticks >> 32) as u32, ticks as u32, octets.len() as u32, original_len]);
        body.extend(octets);
        body.extend(vec![0; octets.len().wrapping_neg() % 4]);
        body.extend(self.options(options));
        self.block(6, &body) + 20
    }

    fn simple(&mut self, original_len: u32, octets: &[u8]) -> usize {
        let mut body = put(self.order, &[original_len]);
        body.extend(octets);
        self.block(3, &body) + 4
    }

    fn obsolete(&mut self, interface: u16, ticks: u64, octets: &[u8], original_len: u32) -> usize {
        let mut body = self.order.u16_octets(interface).to_vec();
        body.extend(self.order.u16_octets(0xffff));
        body.extend(put(self.order, &[(ticks >> 32) as u32, ticks as u32, octets.len() as u32, original_len]));
        body.extend(octets);
        self.block(2, &body) + 20
    }
}

/// Every kind of block, two interfaces that differ in all they can.
fn pcapng(name: &'static str, order: ByteOrder) -> Blocks {
    let mut blocks = Blocks::new(name, order);
    blocks.section(u64::MAX);
    blocks.interface(1, 6, &[(2, b"eth0")]);
    let offset = match order {
        Big => 1000_i64.to_be_bytes(),
        Little => 1000_i64.to_le_bytes(),
    };
    blocks.interface(101, 0, &[(9, &[0x80 | 0x0a]), (14, &offset), (13, &[4])]);
    // An interface statistics block, a name resolution block, a custom one, one that nobody knows.
    for block_type in [5, 4, 0x0bad, 0x8000_1234] {
        blocks.block(block_type, b"whatever");
    }
    let at = blocks.enhanced(0, 1_500_000, b"first", 60, &[(1, b"a comment")]);
    blocks.file.expect(at, b"first", &like(Some((1, 500_000_000)), 0, 1, 60));
    let at = blocks.enhanced(1, (1 << 32) + 1024 + 256, b"above any limit", 15, &[]);
    blocks.file.expect(
        at,
        b"above any limit",
        &Seen { fcs_len: 4, ..like(Some((4_194_304 + 1001, 250_000_000)), 1, 101, 15) },
    );
    let flags = order.u32_octets(2 << 5 | 1);
    let at = blocks.enhanced(1, 0, b"", 0, &[(2, &flags)]);
    blocks.file.expect(at, b"", &Seen { fcs_len: 2, ..like(Some((1000, 0)), 1, 101, 0) });
    let at = blocks.enhanced(1, 0, b"z", 1, &[(2, &[0; 4])]);
    blocks.file.expect(at, b"z", &Seen { fcs_len: 4, ..like(Some((1000, 0)), 1, 101, 1) });
    let at = blocks.simple(100, b"6 of it");
    blocks.file.expect(at, b"6 of i", &like(None, 0, 1, 100));
    let at = blocks.simple(3, b"all");
    blocks.file.expect(at, b"all", &like(None, 0, 1, 3));
    let at = blocks.obsolete(0, 3, b"old", 4);
    blocks.file.expect(at, b"old", &like(Some((0, 3_000)), 0, 1, 4));
    blocks
}

fn vectors() -> Vec<Vector> {
    // A second section in the other order knows nothing of the first one's interfaces.
    let mut two_sections = pcapng("two sections", Little);
    two_sections.order = Big;
    two_sections.section(u64::MAX);
    two_sections.interface(276, 0, &[]);
    let at = two_sections.enhanced(0, 7, b"second", 6, &[]);
    two_sections.file.expect(at, b"second", &like(Some((0, 7_000)), 0, 276, 6));
    // Options that lie about their length end the walk, not the capture.
    let mut odd_options = Blocks::new("odd options", Little);
    odd_options.section(3);
    odd_options.block(1, &[1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0xff, 0xff, 3]);
    let at = odd_options.enhanced(0, 5_000_000, b"x", 1, &[(0x4242, b"?")]);
    odd_options.file.expect(at, b"x", &like(Some((5, 0)), 0, 1, 1));
    // No options at all, and a block whose length is not a multiple of four.
    let mut bare = Blocks::new("bare", Big);
    bare.section(0);
    bare.block(1, &[0, 12, 0, 0, 0, 0, 0, 0]);
    let start = bare.file.octets.len();
    bare.file.octets.extend([0, 0, 0, 3, 0, 0, 0, 17, 0, 0, 0, 1, b'y', 0, 0, 0, 17]);
    bare.file.ends.push(bare.file.octets.len());
    bare.file.expect(start + 12, b"y", &like(None, 0, 12, 1));
    vec![
        classic("big-endian microseconds", Big, 0xa1b2_c3d4, 1_000),
        classic("little-endian microseconds", Little, 0xa1b2_c3d4, 1_000),
        classic("big-endian nanoseconds", Big, 0xa1b2_3c4d, 1),
        classic("little-endian nanoseconds", Little, 0xa1b2_3c4d, 1),
        pcapng("big-endian pcapng", Big).file,
        pcapng("little-endian pcapng", Little).file,
        two_sections.file,
        odd_options.file,
        bare.file,
    ]
}

/// All that a source gives, its end as text: `None` for a clean one. Asks on after the end: nothing may come.
fn drain(source: &mut dyn FrameSource) -> (Vec<Seen>, Option<String>) {
    let mut seen = vec![];
    let end = loop {
        match source.next_frame() {
            Ok(Some(frame)) => seen.push(Seen::from(frame)),
            Ok(None) => break None,
            Err(fault) => break Some(fault.to_string()),
        }
    };
    assert!(matches!(source.next_frame(), Ok(None)), "nothing comes after the end");
    (seen, end)
}

/// The same by way of batches, and one frame by one where those end.
fn drain_batches<R: Read>(reader: &mut StreamReader<R>) -> (Vec<Seen>, Option<String>) {
    let (mut seen, mut batch) = (vec![], Batch::default());
    let end = loop {
        match reader.next_batch(&mut batch) {
            Ok(true) => {
                assert_eq!(batch.frame(batch.len()), None);
                let alone = (0..batch.len()).filter_map(|index| batch.frame(index));
                assert!(batch.frames().eq(alone) && !batch.is_empty());
                seen.extend(batch.frames().map(Seen::from));
            }
            Ok(false) => match reader.next_frame() {
                Ok(Some(frame)) => seen.push(Seen::from(frame)),
                Ok(None) => break None,
                Err(fault) => break Some(fault.to_string()),
            },
            Err(CaptureError::Io { source, .. }) if source.kind() == io::ErrorKind::WouldBlock => {}
            Err(fault) => break Some(fault.to_string()),
        }
    };
    assert!(matches!((reader.next_batch(&mut batch), reader.next_frame()), (Ok(false), Ok(None))));
    (seen, end)
}

fn drain_slice(octets: &[u8]) -> (Vec<Seen>, Option<String>) {
    drain(&mut SliceReader::new(octets))
}

fn fault(octets: &[u8]) -> CaptureError {
    SliceReader::new(octets).find_map(Result::err).expect("a fault")
}

/// A stream that gives at most so many octets at a time, in turn; 0 is an interruption by a signal.
struct Choppy<'a> {
    rest: &'a [u8],
    chunks: std::iter::Cycle<std::slice::Iter<'a, usize>>,
}

impl<'a> Choppy<'a> {
    fn new(rest: &'a [u8], chunks: &'a [usize]) -> Self {
        Self { rest, chunks: chunks.iter().cycle() }
    }
}

impl Read for Choppy<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.chunks.next() {
            Some(0) => Err(io::ErrorKind::Interrupted.into()),
            chunk => {
                let len = buffer.len().min(chunk.copied().unwrap_or(1));
                self.rest.read(&mut buffer[..len])
            }
        }
    }
}

#[test]
fn a_file_written_down_by_hand() {
    #[rustfmt::skip]
    let octets = [
        0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0,
        0x15, 0xcd, 0x5b, 0x07, 0x40, 0xe2, 0x01, 0, 2, 0, 0, 0, 0x40, 0, 0, 0, 0x45, 0x00,
    ];
    let stamp = Some(Timestamp { seconds: 123_456_789, nanoseconds: 123_456_000 });
    let mut reader = SliceReader::new(&octets);
    let frame = Frame {
        number: 1,
        timestamp: stamp,
        interface: 0,
        link_type: LinkType::RAW,
        original_len: 64,
        octets: &[0x45, 0],
        file_offset: 40,
        fcs_len: 0,
    };
    assert_eq!(reader.next_frame().unwrap(), Some(frame));
    assert_eq!(reader.next_frame().unwrap(), None);
    assert_eq!((reader.position(), reader.interfaces().len()), (42, 1));
    assert_eq!(reader.interfaces()[0].snaplen, 0x0004_0000);
}

#[test]
fn every_vector_reads_as_expected() {
    for vector in vectors() {
        assert_eq!(drain_slice(&vector.octets), (vector.expected.clone(), None), "{}", vector.name);
        let mut stream = StreamReader::new(&vector.octets[..]);
        assert_eq!(drain(&mut stream), (vector.expected, None), "{} as a stream", vector.name);
        assert_eq!(stream.position(), vector.octets.len() as u64);
    }
}

#[test]
fn every_prefix_gives_what_is_whole_and_then_an_error() {
    for Vector { name, octets, expected, ends } in vectors() {
        for cut in 0..octets.len() {
            let prefix = &octets[..cut];
            let (seen, end) = drain_slice(prefix);
            assert_eq!(drain(&mut StreamReader::new(prefix)), (seen.clone(), end.clone()), "{name} cut at {cut}");
            for chunks in [&[CHUNK_LEN][..], &[1], &[0, 7, 40]] {
                let mut reader = StreamReader::new(Choppy::new(prefix, chunks));
                assert_eq!(drain_batches(&mut reader), (seen.clone(), end.clone()), "{name} cut at {cut}, {chunks:?}");
            }
            assert_eq!(end.is_none(), ends.contains(&cut), "{name} cut at {cut}: {end:?}");
            // A frame counts once its record or block is there as a whole.
            let last_end = ends.iter().rev().find(|end| **end <= cut).copied().unwrap_or(0) as u64;
            let whole = expected.iter().filter(|frame| frame.file_offset + frame.octets.len() as u64 <= last_end);
            assert!(seen.iter().eq(whole), "{name} cut at {cut}");
        }
    }
}

#[test]
fn a_cut_names_what_is_missing() {
    let whole = classic("", Little, 0xa1b2_c3d4, 1_000).octets;
    for (cut, expected) in [
        (3, "cut off in a file header at octet 0: Magic Number needs 4 octets, 3 left"),
        (20, "cut off in a file header at octet 4: rest of the header needs 20 octets, 16 left"),
        (25, "cut off in a packet record at octet 24: record header needs 16 octets, 1 left"),
        (42, "cut off in a packet record at octet 40: Packet Data needs 5 octets, 2 left"),
    ] {
        assert_eq!(drain_slice(&whole[..cut]).1.as_deref(), Some(expected));
    }
    let blocks = pcapng("", Big).file.octets;
    for (cut, expected) in [
        (6, "cut off in a block at octet 0: Block Type and Total Length needs 8 octets, 6 left"),
        (9, "cut off in a Section Header Block at octet 8: Byte-Order Magic needs 4 octets, 1 left"),
        (30, "cut off in a Section Header Block at octet 8: body needs 36 octets, 22 left"),
    ] {
        assert_eq!(drain_slice(&blocks[..cut]).1.as_deref(), Some(expected));
    }
}

#[test]
fn what_is_no_capture_says_what_it_is() {
    for (octets, expected) in [
        (&[][..], "empty: a capture starts with a magic number"),
        (b"BZh9", "compressed with bzip2, which is not read directly: unpack it with `bzip2 -dc` first"),
        (
            &[0x28, 0xb5, 0x2f, 0xfd, 4],
            "compressed with zstd, which is not read directly: unpack it with `zstd -dc` first",
        ),
        (b"snoop\0\0\0", "a snoop capture, which is not read: convert it with `editcap -F pcapng` first"),
        (&[0x4d, 0x3c, 0x2b, 0xa1], "a capture of Navtel's libpcap, which is not read"),
        (b"GET / HTTP/1.1", "not a pcap or pcapng capture: it starts with 47 45 54 20"),
    ] {
        assert_eq!(fault(octets).to_string(), expected);
        assert_eq!(drain(&mut StreamReader::new(octets)).1.as_deref(), Some(expected));
    }
}

#[test]
fn damage_is_typed() {
    let mut octets = classic("", Big, 0xa1b2_c3d4, 1_000).octets;
    octets[32..36].copy_from_slice(&(MAX + 1).to_be_bytes());
    let limit = u64::from(MAX);
    assert!(
        matches!(fault(&octets), CaptureError::TooLong { offset: 32, length, limit: l, .. } if length == limit + 1 && l == limit)
    );
    octets[4..6].copy_from_slice(&[0, 3]);
    assert!(matches!(fault(&octets), CaptureError::Version { offset: 4, major: 3, minor: 4, expected: 2, .. }));

    let start = |order| {
        let mut blocks = Blocks::new("", order);
        blocks.section(0);
        blocks
    };
    let mut blocks = start(Big);
    blocks.enhanced(0, 0, b"", 0, &[]);
    assert!(matches!(
        fault(&blocks.file.octets),
        CaptureError::UnknownInterface { interface: 0, known: 0, offset: 44, .. }
    ));
    for (block_type, missing) in [(1, "LinkType"), (2, "Interface ID"), (6, "Interface ID")] {
        let mut blocks = start(Little);
        blocks.block(block_type, b"");
        assert!(
            matches!(fault(&blocks.file.octets), CaptureError::BeyondBlock { field, offset: 52, available: 0, .. } if field == missing),
            "{block_type}"
        );
    }
    let mut blocks = start(Big);
    blocks.interface(1, 0, &[]);
    blocks.simple(9, b"12345678");
    assert!(matches!(fault(&blocks.file.octets), CaptureError::BeyondBlock { needed: 9, available: 8, .. }));
    for (block_type, total, trailing) in [(5_u32, 16_u32, 20), (1, 16, 20)] {
        let mut octets = start(Big).file.octets;
        octets.extend(put(Big, &[block_type, total, 0, trailing]));
        assert!(
            matches!(fault(&octets), CaptureError::LengthsDiffer { leading: 16, trailing: 20, offset: 56, .. }),
            "block type {block_type}: {:?}",
            fault(&octets)
        );
    }
    for (block_type, total) in [(5, 11), (1, 0), (6, 8)] {
        let mut octets = start(Big).file.octets;
        octets.extend(put(Big, &[block_type, total, 0, total]));
        assert!(matches!(fault(&octets), CaptureError::TooShort { offset: 48, minimum: 12, .. }));
    }
    let mut octets = start(Big).file.octets;
    octets.extend(put(Big, &[6, 0x7fff_ffff]));
    assert!(matches!(fault(&octets), CaptureError::TooLong { offset: 48, length: 0x7fff_ffff, .. }));
    let mut octets = start(Big).file.octets;
    octets[8] = 0;
    assert!(matches!(fault(&octets), CaptureError::ByteOrderMagic { offset: 8, found: [0, 0x2b, 0x3c, 0x4d] }));
    octets[8] = 0x1a;
    octets[13] = 2;
    assert!(matches!(fault(&octets), CaptureError::Version { offset: 12, major: 2, minor: 0, expected: 1, .. }));
}

const MAX: u32 = crate::decoder::MAX_FRAME_LEN;

#[test]
fn the_link_type_field_has_more_than_the_link_type() {
    let mut octets = classic("", Big, 0xa1b2_c3d4, 1_000).octets;
    // Two 16-bit units of FCS, present; reserved bits set.
    octets[20..24].copy_from_slice(&0x27ff_0001_u32.to_be_bytes());
    let (seen, end) = drain_slice(&octets);
    assert_eq!((seen[0].link_type, seen[0].fcs_len, end), (1, 4, None));
    octets[20] = 0x20;
    assert_eq!(drain_slice(&octets).0[0].fcs_len, 0);
}

#[test]
fn the_frame_check_sequence_of_an_interface_is_counted_in_bits() {
    // Less than eight bits are octets, as in files whose writers counted so.
    for (length, octets) in [(0, 0), (2, 2), (4, 4), (8, 1), (16, 2), (32, 4), (255, 32)] {
        let mut blocks = Blocks::new("", Little);
        blocks.section(u64::MAX);
        blocks.interface(1, 0, &[(13, &[length])]);
        blocks.enhanced(0, 0, b"frame", 5, &[]);
        assert_eq!(drain_slice(&blocks.file.octets).0[0].fcs_len, octets, "{length}");
    }
}

#[test]
fn interfaces_without_end_are_refused() {
    const MOST: usize = 1 << 20;
    let mut blocks = Blocks::new("", Little);
    blocks.section(u64::MAX);
    let start = blocks.file.octets.len();
    blocks.interface(1, 0, &[]);
    let description = blocks.file.octets.split_off(start);
    blocks.file.octets.extend(description.repeat(MOST));
    assert!(drain_slice(&blocks.file.octets).1.is_none());
    blocks.file.octets.extend(&description);
    let at = (start + MOST * description.len()) as u64;
    assert!(matches!(
        fault(&blocks.file.octets),
        CaptureError::TooLong { offset, field: "Interface ID", length: 0x10_0000, limit: 0xf_ffff, .. } if offset == at
    ));
}

#[test]
fn the_lengths_of_old_versions_are_the_other_way_round() {
    for (minor, fields, captured) in [(2, [9, 4], 4), (3, [9, 4], 4), (3, [4, 9], 4), (4, [4, 9], 4)] {
        let mut octets = classic("", Big, 0xa1b2_c3d4, 1_000).octets[..24].to_vec();
        octets[7] = minor;
        octets.extend(put(Big, &[0, 0, fields[0], fields[1]]));
        octets.extend(b"data");
        let (seen, end) = drain_slice(&octets);
        assert_eq!((seen[0].octets.len(), seen[0].original_len, end), (captured, 9, None), "2.{minor}");
    }
}

#[test]
fn the_dialects_of_classic_pcap() {
    let mut patched = put(Little, &[0xa1b2_cd34, 0x0004_0002, 0, 0, 100, 1]);
    // Behind the lengths: interface index, protocol, packet type, padding.
    patched.extend(put(Little, &[1, 500_000, 4, 60, 3, 0x0800, b'a'.into()]));
    patched.truncate(patched.len() - 4);
    patched.extend(b"data");
    let mut ixia = put(Big, &[0x1c00_01ac, 0x0002_0004, 0, 0, 100, 1, 4096]);
    ixia.extend(put(Big, &[1, 500_000, 4, 60]));
    ixia.extend(b"data");
    let mut software = ixia.clone();
    software[3] = 0xab;
    let seen = |at, nanoseconds| Seen {
        number: 1,
        octets: b"data".to_vec(),
        file_offset: at,
        ..like(Some((1, nanoseconds)), 0, 1, 60)
    };
    for (octets, expected) in
        [(patched, seen(48, 500_000_000)), (ixia, seen(44, 500_000_000)), (software, seen(44, 500_000_000))]
    {
        assert_eq!(drain_slice(&octets), (vec![expected], None));
        for cut in 0..octets.len() {
            let (seen, end) = drain_slice(&octets[..cut]);
            assert_eq!((seen.len(), end.is_none()), (0, cut == if octets[0] == 0x1c { 28 } else { 24 }), "{cut}");
        }
    }
}

#[test]
fn a_fraction_above_a_second_is_carried_over() {
    let mut octets = classic("", Big, 0xa1b2_c3d4, 1_000).octets;
    octets[28..32].copy_from_slice(&2_000_001_u32.to_be_bytes());
    assert_eq!(drain_slice(&octets).0[0].timestamp, Some((3, 1_000)));
}

#[test]
fn a_length_that_lies_costs_no_memory() {
    let mut octets = classic("", Big, 0xa1b2_c3d4, 1_000).octets[..24].to_vec();
    octets.extend(put(Big, &[0, 0, MAX, MAX]));
    let mut stream = StreamReader::new(&octets[..]);
    assert!(matches!(stream.next_frame(), Err(CaptureError::Truncated { available: 0, .. })));
    assert_eq!(stream.walk.input.capacity(), CHUNK_LEN);
}

#[test]
fn a_large_block_without_packet_is_not_held() {
    let mut blocks = Blocks::new("", Little);
    blocks.section(0);
    blocks.interface(1, 0, &[]);
    let body_len = 64 << 20;
    let total = body_len as u32 + 12;
    blocks.file.octets.extend(put(Little, &[0x0bad, total]));
    let trailer = put(Little, &[total]);
    blocks.order = Little;
    let mut after = Blocks::new("", Little);
    after.enhanced(0, 0, b"behind", 6, &[]);
    let stream = Cursor::new(&blocks.file.octets)
        .chain(io::repeat(0).take(body_len))
        .chain(&trailer[..])
        .chain(&after.file.octets[..]);
    let mut reader = StreamReader::new(stream);
    assert_eq!(reader.next_frame().unwrap().map(|frame| frame.octets.to_vec()), Some(b"behind".to_vec()));
    assert_eq!(reader.next_frame().unwrap(), None);
    assert_eq!(reader.walk.input.capacity(), CHUNK_LEN);
}

#[test]
fn a_frame_larger_than_the_buffer() {
    let large: Vec<u8> = (0..CHUNK_LEN * 3).map(|i| (i % 251) as u8).collect();
    let mut writer = pcap::Writer::new(vec![], LinkType::ETHERNET, Format::default()).unwrap();
    for octets in [&large[..], b"small", &large] {
        writer.write(Timestamp::default(), 0, octets).unwrap();
    }
    let octets = writer.into_inner();
    let (seen, end) = drain(&mut StreamReader::new(&octets[..]));
    assert_eq!((seen.len(), end), (3, None));
    assert!(seen[0].octets == large && seen[1].octets == b"small" && seen[2].octets == large);
    assert_eq!(drain_batches(&mut StreamReader::new(&octets[..])), (seen, None));
    // What fits is found again behind it.
    let mut reader = StreamReader::new(&octets[..]);
    let mut batch = Batch::default();
    assert!(!reader.next_batch(&mut batch).unwrap() && batch.is_empty());
    reader.next_frame().unwrap();
    assert!(reader.next_batch(&mut batch).unwrap());
    assert_eq!(batch.frames().map(|frame| frame.number).collect::<Vec<_>>(), [2]);
}

/// Gives one octet and would block, in turn; then fails.
struct Reluctant<'a>(&'a [u8], bool);

impl Read for Reluctant<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.1 = !self.1;
        match (self.1, self.0) {
            (true, _) => Err(io::ErrorKind::WouldBlock.into()),
            (false, []) => Err(io::Error::other("the wire broke")),
            (false, _) => self.0.read(&mut buffer[..1]),
        }
    }
}

#[test]
fn a_stream_that_would_block_is_resumed_and_one_that_fails_is_over() {
    for vector in vectors() {
        let mut reader = StreamReader::new(Reluctant(&vector.octets, false));
        let mut seen = vec![];
        let fault = loop {
            match reader.next_frame() {
                Ok(Some(frame)) => seen.push(Seen::from(frame)),
                Ok(None) => panic!("the stream fails before it ends"),
                Err(CaptureError::Io { source, .. }) if source.kind() == io::ErrorKind::WouldBlock => {}
                Err(fault) => break fault,
            }
        };
        assert_eq!(seen, vector.expected, "{}", vector.name);
        assert_eq!(fault.to_string(), format!("read at octet {}: the wire broke", vector.octets.len()));
        assert!(matches!(reader.next_frame(), Ok(None)));
        let mut reader = StreamReader::new(Reluctant(&vector.octets, false));
        assert_eq!(drain_batches(&mut reader), (vector.expected, Some(fault.to_string())), "{}", vector.name);
    }
}

fn any_order() -> impl Strategy<Value = ByteOrder> {
    prop_oneof![Just(Big), Just(Little)]
}

/// What a rewriter that turns over every octet of every frame makes of it.
fn turned_over(octets: &[u8], chunks: &[usize]) -> Vec<u8> {
    let mut rewriter = Rewriter::new(Choppy::new(octets, chunks), vec![]);
    while let Ok(Some(frame)) = rewriter.next_frame() {
        let turned: Vec<u8> = frame.octets.iter().map(|octet| !octet).collect();
        rewriter.octets_mut().copy_from_slice(&turned);
    }
    rewriter.finish().unwrap()
}

#[test]
fn every_prefix_is_copied_but_for_what_is_changed() {
    for Vector { name, octets, .. } in vectors() {
        for cut in 0..=octets.len() {
            let prefix = &octets[..cut];
            let mut expected = prefix.to_vec();
            for frame in drain_slice(prefix).0 {
                let at = usize::try_from(frame.file_offset).unwrap();
                expected[at..at + frame.octets.len()].iter_mut().for_each(|octet| *octet = !*octet);
            }
            assert!(turned_over(prefix, &[1, 7, 0, 64]) == expected, "{name} cut at {cut}");
        }
    }
}

#[test]
fn a_large_capture_is_copied_in_a_small_buffer() {
    let mut file = classic("", Little, 0xa1b2_c3d4, 1_000).octets;
    let record = file.split_off(24);
    let records = 3 * CHUNK_LEN / record.len();
    for _ in 0..records {
        file.extend(&record);
    }
    let mut rewriter = Rewriter::new(&file[..], vec![]);
    while rewriter.next_frame().unwrap().is_some() {}
    assert_eq!(rewriter.buffered(), CHUNK_LEN);
    assert!(rewriter.finish().unwrap() == file);
}

#[test]
fn a_copy_that_cannot_be_written_is_no_fault_of_the_capture() {
    struct Full;
    impl io::Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(28))
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let file = classic("", Little, 0xa1b2_c3d4, 1_000).octets;
    let mut rewriter = Rewriter::new(Choppy::new(&file, &[16]), Full);
    let fault = loop {
        match rewriter.next_frame() {
            Ok(Some(_)) => {}
            Ok(None) => panic!("it cannot be written"),
            Err(fault) => break fault,
        }
    };
    assert!(matches!(&fault, RewriteError::Write(error) if error.raw_os_error() == Some(28)), "{fault}");
}

proptest! {
    #[test]
    fn slice_and_stream_agree_however_it_is_chopped(
        which in 0_usize..9,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        mut chunks in prop::collection::vec(0_usize..80, 0..8),
    ) {
        let mut octets = vectors().swap_remove(which).octets;
        for (at, octet) in damage {
            let at = at.index(octets.len());
            octets[at] = octet;
        }
        chunks.push(1);
        prop_assert_eq!(drain(&mut StreamReader::new(Choppy::new(&octets, &chunks))), drain_slice(&octets));
    }

    #[test]
    fn no_octets_behind_a_magic_number_panic(which in 0_usize..9, keep in 4_usize..64, tail: Vec<u8>) {
        let mut octets = vectors().swap_remove(which).octets;
        octets.truncate(keep);
        octets.extend(tail);
        prop_assert_eq!(drain(&mut StreamReader::new(&octets[..])), drain_slice(&octets));
    }

    #[test]
    fn what_is_written_is_read_back(
        order in any_order(),
        nano: bool,
        link_type: u16,
        frames in prop::collection::vec((any::<u32>(), 0_u32..1_000_000_000, any::<u16>(), any::<Vec<u8>>()), 0..8),
    ) {
        let precision = if nano { Precision::Nano } else { Precision::Micro };
        let format = Format { order, precision, snaplen: 0 };
        let mut writer = pcap::Writer::new(vec![], LinkType(link_type), format).unwrap();
        for (seconds, nanoseconds, original_len, octets) in &frames {
            let stamp = Timestamp { seconds: i64::from(*seconds), nanoseconds: *nanoseconds };
            writer.write(stamp, usize::from(*original_len), octets).unwrap();
        }
        let written = writer.into_inner();
        let (seen, end) = drain_slice(&written);
        prop_assert_eq!(end, None);
        prop_assert_eq!(seen.len(), frames.len());
        for (seen, (seconds, nanoseconds, original_len, octets)) in seen.iter().zip(&frames) {
            let nanoseconds = if nano { *nanoseconds } else { nanoseconds / 1_000 * 1_000 };
            prop_assert_eq!(seen.timestamp, Some((i64::from(*seconds), nanoseconds)));
            prop_assert_eq!(&seen.octets, octets);
            prop_assert_eq!(seen.original_len, octets.len().max(usize::from(*original_len)));
            prop_assert_eq!(seen.link_type, link_type);
        }
    }
}

#[test]
fn the_writer_refuses_what_the_format_cannot_say() {
    let mut writer = pcap::Writer::new(vec![], LinkType::RAW, Format::default()).unwrap();
    for seconds in [-1, 1 << 32] {
        let refused = writer.write(Timestamp { seconds, nanoseconds: 0 }, 0, b"x").unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }
    assert_eq!(writer.into_inner().len(), 24, "nothing half written");
}
