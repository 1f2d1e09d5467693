//! Messages that are given to dig: text in hex, octets, captures. None panics, and no octet is made up.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::SliceReader;
use sockeye_dig::offline::{self, Kind, capture::Finder};

fuzz_target!(|octets: &[u8]| {
    let wanted = octets.last().map(|last| u64::from(last % 4)).filter(|wanted| *wanted > 0);
    if offline::kind(octets) == Kind::Capture {
        let mut finder = Finder::new(wanted);
        let mut found = 0;
        let mut take = |item: offline::Item| {
            assert!(wanted.is_none_or(|wanted| wanted == item.number));
            found += item.octets.len();
        };
        let mut reader = SliceReader::new(octets);
        while let Ok(Some(frame)) = reader.next_frame() {
            finder.frame(&frame, &mut take);
        }
        finder.end(&mut take);
        // A packet in a packet can be seen twice, no more.
        assert!(found <= octets.len() * 8);
    } else {
        let _ = offline::messages(octets, wanted);
    }
});
