//! Verdicts: no capture panics netsum, every checksum that it judges lies inside its frame, and the quick way says the same as the long one.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::SliceReader;
use sockeye_netsum::quick::{self, Quick};
use sockeye_netsum::verdict::{Check, judge};

fuzz_target!(|octets: &[u8]| {
    let mut reader = SliceReader::new(octets);
    let mut rows = Vec::new();
    while let Ok(Some(frame)) = reader.next_frame() {
        rows.clear();
        let walk = judge(&frame, &mut |check: Check| {
            assert!(check.offset + check.algorithm.width() <= frame.octets.len(), "{check:?}");
            let _ = check.flow();
            rows.push(check);
        });
        let Some(judged) = quick::judge(&frame) else { continue };
        assert!(!walk.is_fragment);
        let said = |check: &Quick| {
            let Quick { protocol, offset, stored, calculated, verdict } = *check;
            (protocol, offset, u32::from(stored), calculated.map(u32::from), verdict)
        };
        assert!(judged.checks().map(said).eq(rows.iter().map(|row| (
            row.protocol,
            row.offset,
            row.stored,
            row.calculated,
            row.verdict
        ))));
        let row = rows.last().expect("a checksum");
        let ends = row.ports.map(|(src, dst)| ((row.addrs.0, src), (row.addrs.1, dst)));
        assert_eq!(judged.ends(&frame), ends);
    }
});
