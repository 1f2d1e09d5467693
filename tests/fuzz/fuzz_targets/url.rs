//! URLs: no text panics, and every span lies inside the input.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_url::{dissect, spans};

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    let _ = spans::split(&text);
    let mut events = 0_usize;
    let _ = dissect::dissect(&text, &mut |_| events += 1);
});
