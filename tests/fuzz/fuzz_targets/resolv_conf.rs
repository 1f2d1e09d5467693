//! resolv.conf: no text panics.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|octets: &[u8]| {
    let _ = sockeye_dig::resolv_conf::parse(&String::from_utf8_lossy(octets));
});
