//! Frames of every link type: none panics, every layer lies inside the frame, and the walk ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::dissect;

#[path = "../link_types.rs"]
mod link_types;

use link_types::LINK_TYPES;

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (choice, more, octets) = input;
    let link_type = LINK_TYPES[usize::from(choice) % LINK_TYPES.len()];
    let original_len = octets.len() + usize::from(more) % 64;
    let mut layers = 0;
    for layer in dissect(link_type, octets, original_len) {
        layers += 1;
        assert!(layers <= 64, "the walk does not end");
        assert!(octets.get(layer.header_range()).is_some(), "{layer:?} outside the frame");
        assert!(octets.get(layer.payload.range()).is_some(), "{layer:?} outside the frame");
        if let Some(checksum) = layer.checksum() {
            assert!(checksum.offset + checksum.algorithm.width() <= octets.len(), "{checksum:?} outside the frame");
            assert!(octets.get(checksum.covered.range()).is_some(), "{checksum:?} outside the frame");
        }
    }
});
