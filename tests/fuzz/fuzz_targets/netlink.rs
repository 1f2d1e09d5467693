//! The kernel's answers: no octets panic the sock_diag parser, whatever a future kernel appends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_sys::Protocol;
use sockeye_sys::sock_diag::parse_batch;

fuzz_target!(|octets: &[u8]| {
    let mut rows = 0_usize;
    let _ = parse_batch(octets, Protocol::TCP, &mut |_| rows += 1);
    // A row takes a netlink header at least.
    assert!(rows <= octets.len() / 16);
});
