//! Reasons and reassembly: no capture panics them, every checksum that is bad has a reason, and what is put together is
//! never more than what was there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::SliceReader;
use sockeye_netsum::reassembly::Reassembly;
use sockeye_netsum::verdict::{Verdict, judge};
use sockeye_netsum::why::{Flows, explain};

fuzz_target!(|octets: &[u8]| {
    let mut reader = SliceReader::new(octets);
    let mut reassembly = Reassembly::default();
    let mut flows = Flows::default();
    while let Ok(Some(frame)) = reader.next_frame() {
        let mut checks = Vec::new();
        judge(&frame, &mut |check| checks.push(check));
        let reasons = explain(&frame, &flows);
        assert_eq!(reasons.len(), checks.len());
        for (check, reasons) in checks.iter().zip(&reasons) {
            assert!(check.verdict != Verdict::Bad || !reasons.is_empty(), "{check:?}");
            for reason in reasons {
                let _ = (reason.short(), reason.long());
            }
            flows.note(check);
        }
        if let Some(datagram) = reassembly.take(&frame) {
            assert!(datagram.payload_len() <= octets.len());
            datagram.judge(Some(&flows), &mut |check, _| {
                assert!(check.frame <= frame.number && check.offset < octets.len())
            });
        }
    }
    let _ = reassembly.finish();
});
