//! Frames of every link type: none panics, every layer lies inside the frame, and the walk ends.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::{LinkType, dissect};

/// Where a seed's first octet says which: add new ones at the end.
const LINK_TYPES: [LinkType; 25] = [
    LinkType::ETHERNET,
    LinkType::RAW,
    LinkType::NULL,
    LinkType::LOOP,
    LinkType::LINUX_SLL,
    LinkType::LINUX_SLL2,
    LinkType::PPP,
    LinkType::IPV4,
    LinkType::IPV6,
    LinkType::RAW_12,
    LinkType::RAW_14,
    LinkType::PPP_HDLC,
    LinkType::PPP_ETHER,
    LinkType::PPP_WITH_DIR,
    LinkType::C_HDLC,
    LinkType::FRELAY,
    LinkType::ATM_RFC1483,
    LinkType::FDDI,
    LinkType::TOKEN_RING,
    LinkType::IEEE802_11,
    LinkType::IEEE802_11_RADIOTAP,
    LinkType::NFLOG,
    LinkType::PFLOG,
    LinkType::ENC,
    LinkType::IPOIB,
];

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
