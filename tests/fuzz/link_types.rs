//! The link types that the target `layers` knows, shared with what makes its seeds.

use sockeye_capture::LinkType;

/// Where an input's first octet says which: add new ones at the end.
pub(crate) const LINK_TYPES: [LinkType; 26] = [
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
    LinkType::MPLS,
];
