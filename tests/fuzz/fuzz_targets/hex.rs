//! Hex text: none panics, and what is read is what was written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_common::hex;

fuzz_target!(|octets: &[u8]| {
    if let Ok(read) = hex::decode(&String::from_utf8_lossy(octets)) {
        assert_eq!(hex::decode(&hex::spaced(&read)).as_ref(), Ok(&read));
    }
});
