//! Frames of every link type: none panics, every layer lies inside the frame, and the walk ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::{LinkType, dissect};

const LINK_TYPES: [LinkType; 12] = [
    LinkType::ETHERNET,
    LinkType::RAW,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType::PPP,
    LinkType::IPV4,
    LinkType::IPV6,
    LinkType::ETHERNET,
    LinkType::RAW,
    LinkType::NULL,
];

fuzz_target!(|input: (u8, u16, &[u8])| {
    let (choice, more, octets) = input;
    let link_type = LINK_TYPES[usize::from(choice) % LINK_TYPES.len()];
    let original_len = octets.len() + usize::from(more) % 64;
    let mut layers = 0;
    for layer in dissect(link_type, octets, original_len) {
        layers += 1;
        assert!(layers <= 64 + octets.len(), "the walk does not end");
        if let Some(checksum) = layer.checksum() {
            assert!(checksum.offset + checksum.algorithm.width() <= octets.len(), "{checksum:?} outside the frame");
        }
    }
});
