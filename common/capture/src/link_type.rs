//! The registry of link types (LINKTYPE_ values) as a newtype.

use std::fmt;

/// What the first octets of a frame are. Unknown values survive and print as `LINKTYPE_n`.
///
/// # Source
/// The registry of draft-ietf-opsawg-pcaplinktype.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkType(pub u16);

macro_rules! link_types {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $text:literal;)*) => {
        impl LinkType {
            $($(#[$doc])* pub const $name: Self = Self($value);)*

            /// The registered name without its LINKTYPE_ prefix, as tcpdump and capinfos know it.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($text),)*
                    _ => None,
                }
            }

            /// The first one with that name, in either case.
            pub fn named(text: &str) -> Option<Self> {
                let name = [$(($text, Self::$name)),*].into_iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
                name.map(|(_, known)| known)
            }
        }
    };
}

link_types! {
    /// BSD loopback: a 32-bit address family in the order of the host that captured.
    NULL = 0, "NULL";
    /// Ethernet.
    ETHERNET = 1, "EN10MB";
    /// Token Ring.
    TOKEN_RING = 6, "IEEE802";
    /// SLIP.
    SLIP = 8, "SLIP";
    /// PPP, with or without address and control octets.
    PPP = 9, "PPP";
    /// FDDI.
    FDDI = 10, "FDDI";
    /// Raw IP, as BSD/OS and most DLT_RAW numbers it in a file by mistake.
    RAW_12 = 12, "RAW";
    /// Raw IP, as OpenBSD numbers it.
    RAW_14 = 14, "RAW";
    /// PPP in HDLC-like framing, or Cisco HDLC.
    PPP_HDLC = 50, "PPP_SERIAL";
    /// PPPoE session and discovery, from the PPPoE header on.
    PPP_ETHER = 51, "PPP_ETHER";
    /// RFC 1483 LLC or SNAP over ATM.
    ATM_RFC1483 = 100, "ATM_RFC1483";
    /// Raw IPv4 or IPv6: the version is in the first four bits.
    RAW = 101, "RAW";
    /// Cisco HDLC.
    C_HDLC = 104, "C_HDLC";
    /// IEEE 802.11.
    IEEE802_11 = 105, "IEEE802_11";
    /// Frame Relay.
    FRELAY = 107, "FRELAY";
    /// OpenBSD loopback: a 32-bit address family in network order.
    LOOP = 108, "LOOP";
    /// OpenBSD enc(4): what IPsec has yet to encrypt, or has decrypted.
    ENC = 109, "ENC";
    /// Linux "cooked" capture, version 1.
    LINUX_SLL = 113, "LINUX_SLL";
    /// OpenBSD packet filter log.
    PFLOG = 117, "PFLOG";
    /// IEEE 802.11 with radiotap.
    IEEE802_11_RADIOTAP = 127, "IEEE802_11_RADIO";
    /// PPP with a direction octet.
    PPP_WITH_DIR = 166, "PPP_WITH_DIRECTION";
    /// MPLS, from the first label on.
    MPLS = 219, "MPLS";
    /// USB packets of Linux.
    USB_LINUX_MMAPPED = 220, "USB_LINUX_MMAPPED";
    /// Raw IPv4.
    IPV4 = 228, "IPV4";
    /// Raw IPv6.
    IPV6 = 229, "IPV6";
    /// Linux netfilter log.
    NFLOG = 239, "NFLOG";
    /// IP over InfiniBand.
    IPOIB = 242, "IPOIB";
    /// Netlink messages.
    NETLINK = 253, "NETLINK";
    /// Linux "cooked" capture, version 2.
    LINUX_SLL2 = 276, "LINUX_SLL2";
}

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "LINKTYPE_{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_ones_have_names_and_unknown_ones_survive() {
        assert_eq!(LinkType(1).to_string(), "EN10MB");
        assert_eq!(LinkType(14).to_string(), "RAW");
        assert_eq!(LinkType(65535).to_string(), "LINKTYPE_65535");
    }

    #[test]
    fn a_name_is_found_in_either_case() {
        for known in (0..=u16::MAX).map(LinkType) {
            if let Some(name) = known.name() {
                // Several are called RAW.
                let named = LinkType::named(&name.to_ascii_lowercase());
                assert_eq!(named.and_then(LinkType::name), Some(name));
            }
        }
        assert_eq!((LinkType::named("65535"), LinkType::named("")), (None, None));
    }
}
