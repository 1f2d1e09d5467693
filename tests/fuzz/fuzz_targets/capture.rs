//! Capture files: none panics, and the reader of slices, that of streams, by frames and by batches, and that of pieces deliver the
//! same frames and the same error.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sockeye_capture::{Batch, Frame, ReadAt, SliceReader, StreamReader, dissect};

/// A reader that returns a few octets at a time, so that every field is once cut in two.
struct Trickle<'a> {
    octets: &'a [u8],
    step: usize,
}

impl std::io::Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.step.min(buffer.len()).min(self.octets.len());
        let (taken, rest) = self.octets.split_at(len);
        buffer[..len].copy_from_slice(taken);
        self.octets = rest;
        Ok(len)
    }
}

/// What there should be: frames, and how it ends.
struct Expected<'a> {
    frames: std::vec::IntoIter<Frame<'a>>,
    end: Option<String>,
}

impl<'a> Expected<'a> {
    fn of(octets: &'a [u8]) -> Self {
        let mut reader = SliceReader::new(octets);
        let mut frames = Vec::new();
        let end = loop {
            match reader.next_frame() {
                Ok(Some(frame)) => frames.push(frame),
                Ok(None) => break None,
                Err(error) => break Some(error.to_string()),
            }
        };
        Self { frames: frames.into_iter(), end }
    }

    fn meet(&mut self, frame: &Frame<'_>) {
        assert_eq!(self.frames.next().as_ref(), Some(frame));
    }

    /// What is left comes of `reader`.
    fn meet_rest<R: std::io::Read>(mut self, reader: &mut StreamReader<R>) {
        let end = loop {
            match reader.next_frame() {
                Ok(Some(frame)) => self.meet(&frame),
                Ok(None) => break None,
                Err(error) => break Some(error.to_string()),
            }
        };
        assert_eq!(self.frames.next(), None);
        assert_eq!(end, self.end);
    }
}

fuzz_target!(|octets: &[u8]| {
    let step = octets.last().map_or(1, |last| usize::from(*last) + 1);
    let expected = Expected::of(octets);
    for frame in expected.frames.as_slice() {
        dissect(frame.link_type, frame.octets, frame.original_len).for_each(drop);
    }
    expected.meet_rest(&mut StreamReader::new(Trickle { octets, step }));

    let mut expected = Expected::of(octets);
    let mut reader = StreamReader::new(Trickle { octets, step });
    let mut batch = Batch::default();
    let end = loop {
        match reader.next_batch(&mut batch) {
            Ok(true) => {
                assert!(!batch.is_empty());
                batch.frames().for_each(|frame| expected.meet(&frame));
            }
            Ok(false) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    match end {
        None => expected.meet_rest(&mut reader),
        Some(_) => assert!(expected.frames.next().is_none() && end == expected.end),
    }

    let mut expected = Expected::of(octets);
    let all: Arc<[u8]> = octets.into();
    let read_at: Arc<ReadAt> = Arc::new(move |space: &mut [u8], offset| {
        let rest = usize::try_from(offset).ok().and_then(|offset| all.get(offset..)).unwrap_or_default();
        let len = rest.len().min(space.len());
        space[..len].copy_from_slice(&rest[..len]);
        Ok(len)
    });
    let mut course = StreamReader::new(octets).course(step, Arc::clone(&read_at));
    let (mut from, len) = course.next_piece();
    loop {
        batch.load(from, len, &*read_at);
        if !course.find(&mut batch) {
            break;
        }
        batch.frames().for_each(|frame| expected.meet(&frame));
        from += len as u64;
    }
    expected.meet_rest(&mut course.into_reader());
});
