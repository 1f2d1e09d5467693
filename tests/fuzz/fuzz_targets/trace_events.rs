//! The kernel's trace events: no format and no page of the ring buffer panics, and a page has no more events than room.
//!
//! Formats stand in front, with a line of `--` between them and behind the last; the rest is a page.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_ports::watch::ring::{Formats, format, overwritten, page};

const END: &[u8] = b"\n--\n";

fuzz_target!(|octets: &[u8]| {
    let mut formats = Formats::new();
    let mut rest = octets;
    while let Some(at) = rest.windows(END.len()).position(|window| window == END) {
        let (text, behind) = rest.split_at(at);
        let text = String::from_utf8_lossy(text);
        formats.extend(format(&text));
        let _ = overwritten(&text);
        rest = behind.get(END.len()..).unwrap_or_default();
    }
    let mut events = 0;
    page(rest, &formats, &mut |_| events += 1);
    // An event has a word in front.
    assert!(events <= rest.len() / 4);
});
