//! Verdicts: no capture panics netsum, and every checksum that it judges lies inside its frame.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::SliceReader;
use sockeye_netsum::verdict::judge;

fuzz_target!(|octets: &[u8]| {
    let mut reader = SliceReader::new(octets);
    while let Ok(Some(frame)) = reader.next_frame() {
        judge(&frame, &mut |check| {
            assert!(check.offset + 2 <= frame.octets.len(), "{check:?}");
            let _ = check.flow();
        });
    }
});
