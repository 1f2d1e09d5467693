//! The protocols whose checksums are known.

use serde::Serialize;

/// Whose checksum it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// An IPv4 header.
    Ip,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
    /// ICMP.
    Icmp,
    /// ICMPv6.
    Icmpv6,
}

impl Protocol {
    /// All of them, as they stand in a summary.
    pub const ALL: [Self; 5] = [Self::Ip, Self::Udp, Self::Tcp, Self::Icmp, Self::Icmpv6];

    /// The word for it in listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Icmp => "icmp",
            Self::Icmpv6 => "icmpv6",
        }
    }
}
