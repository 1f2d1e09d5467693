//! Capture files: none panics, and the slice and the stream reader deliver the same frames and the same error.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::{CaptureError, SliceReader, StreamReader, dissect};

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

fuzz_target!(|octets: &[u8]| {
    let step = octets.last().map_or(1, |last| usize::from(*last) + 1);
    let mut slice = SliceReader::new(octets);
    let mut stream = StreamReader::new(Trickle { octets, step });
    loop {
        match (slice.next_frame(), stream.next_frame()) {
            (Ok(Some(one)), Ok(Some(other))) => {
                assert_eq!((one.number, one.link_type, one.octets), (other.number, other.link_type, other.octets));
                dissect(one.link_type, one.octets, one.original_len).for_each(drop);
            }
            (Ok(None), Ok(None)) => break,
            (Err(one), Err(other)) => {
                assert_eq!(one.to_string(), other.to_string());
                let _: CaptureError = one;
                break;
            }
            (one, other) => panic!("slice {one:?}, stream {other:?}"),
        }
    }
});
