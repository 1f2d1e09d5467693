//! A capture read in pieces, held together with one read as a stream.

use std::sync::Arc;

use super::*;
use crate::reader::ReadAt;

/// Reads at any place of `octets`, at most `most` at a time, with a signal in between now and then.
fn read_at(octets: &[u8], most: usize) -> Arc<ReadAt> {
    let octets = octets.to_vec();
    Arc::new(move |space: &mut [u8], offset| {
        if offset % 5 == 1 && space.len() > 1 && space[0] != 0xa5 {
            // The next attempt finds its mark.
            space[0] = 0xa5;
            return Err(io::ErrorKind::Interrupted.into());
        }
        let mut rest = octets.get(usize::try_from(offset).unwrap()..).unwrap_or_default();
        let len = space.len().min(most);
        rest.read(&mut space[..len])
    })
}

/// All frames by way of pieces, after the first few as a stream, and as a stream where the pieces end. How it ends; how many came
/// of pieces.
fn drain_pieces(octets: &[u8], piece_len: usize, most: usize, first: usize) -> (Vec<Seen>, Option<String>, usize) {
    let read_at = read_at(octets, most);
    let mut stream = StreamReader::new(octets);
    let mut seen = Vec::new();
    for _ in 0..first {
        match stream.next_frame() {
            Ok(Some(frame)) => seen.push(Seen::from(frame)),
            Ok(None) => return (seen, None, 0),
            Err(fault) => return (seen, Some(fault.to_string()), 0),
        }
    }
    let mut course = stream.course(piece_len, Arc::clone(&read_at));
    assert!(matches!(stream.next_frame(), Ok(None)), "the way was handed over");
    let (mut from, len) = course.next_piece();
    assert_eq!(len, piece_len);
    let mut batch = Batch::default();
    let before = seen.len();
    loop {
        batch.load(from, piece_len, &*read_at);
        if !course.find(&mut batch) {
            break;
        }
        seen.extend(batch.frames().map(Seen::from));
        from += piece_len as u64;
    }
    assert!(!course.find(&mut batch), "it is over");
    let of_pieces = seen.len() - before;
    let mut reader = course.into_reader();
    let (rest, end) = drain(&mut reader);
    seen.extend(rest);
    (seen, end, of_pieces)
}

#[test]
fn pieces_give_what_a_stream_gives() {
    for Vector { name, octets, .. } in vectors() {
        for cut in 0..=octets.len() {
            let prefix = &octets[..cut];
            let (seen, end) = drain_slice(prefix);
            for (piece_len, most, first) in [(1, 1, 0), (7, 3, 0), (40, 100, 1), (1 << 12, 1 << 12, 0)] {
                let (found, ended, of_pieces) = drain_pieces(prefix, piece_len, most, first);
                assert_eq!((&found, &ended), (&seen, &end), "{name} cut at {cut}, {piece_len}");
                // All that is whole is found in pieces: a stream is left with the end, or what is wrong there.
                assert_eq!(of_pieces, seen.len() - first.min(seen.len()), "{name} cut at {cut}, {piece_len}");
            }
        }
    }
}

#[test]
fn a_frame_that_is_too_long_ends_them() {
    let mut writer = pcap::Writer::new(vec![], LinkType::ETHERNET, Format::default()).unwrap();
    let large = vec![1; CHUNK_LEN + 1];
    for octets in [b"small", &large[..], b"behind"] {
        writer.write(Timestamp::default(), 0, octets).unwrap();
    }
    let octets = writer.into_inner();
    let (seen, end, of_pieces) = drain_pieces(&octets, 100, 1 << 20, 0);
    assert_eq!((seen, end), drain_slice(&octets));
    assert_eq!(of_pieces, 1);
}

#[test]
fn a_block_that_is_left_out_may_be_longer_than_many_pieces() {
    let mut blocks = Blocks::new("long", Big);
    blocks.section(0);
    blocks.block(1, &[0, 1, 0, 0, 0, 0, 0, 0]);
    blocks.block(0x0bad_0000, &vec![0; CHUNK_LEN * 2]);
    let at = blocks.enhanced(0, 5_000_000, b"x", 1, &[]);
    let octets = blocks.file.octets;
    assert!(at > CHUNK_LEN * 2);
    let (seen, end, of_pieces) = drain_pieces(&octets, 100, 1 << 20, 0);
    assert_eq!((seen.len(), &end, of_pieces), (1, &None, 1));
    assert_eq!((seen, end), drain_slice(&octets));
    // Cut inside of it, the fault is told from where it starts.
    let cut = &octets[..CHUNK_LEN];
    let (seen, end, _) = drain_pieces(cut, 100, 1 << 20, 0);
    assert!(end.is_some());
    assert_eq!((seen, end), drain_slice(cut));
}

#[test]
fn a_file_that_cannot_be_read_any_more() {
    let octets = vectors().remove(0).octets;
    let half = octets.len() / 2;
    let read_at: Arc<ReadAt> = Arc::new(move |space: &mut [u8], offset| match usize::try_from(offset).unwrap() {
        offset if offset < half => (&octets[offset..half]).read(space),
        _ => Err(io::Error::other("the disk broke")),
    });
    let mut course = StreamReader::new(io::empty()).course(1 << 12, Arc::clone(&read_at));
    let mut batch = Batch::default();
    batch.load(0, 1 << 12, &*read_at);
    while course.find(&mut batch) {}
    let (_, end) = drain(&mut course.into_reader());
    assert!(end.as_ref().is_some_and(|end| end.ends_with("the disk broke")), "{end:?}");
}
