//! ss's words for numbers.

use sockeye_sys::sock_diag::TimerKind;

/// A state, by the kernel's number.
pub(super) fn state(number: u8) -> &'static str {
    match number {
        1 => "ESTAB",
        2 => "SYN-SENT",
        // 12 is a connection request that has no socket yet.
        3 | 12 => "SYN-RECV",
        4 => "FIN-WAIT-1",
        5 => "FIN-WAIT-2",
        6 => "TIME-WAIT",
        // 13 is bound and nothing else.
        7 | 13 => "UNCONN",
        8 => "CLOSE-WAIT",
        9 => "LAST-ACK",
        10 => "LISTEN",
        11 => "CLOSING",
        _ => "UNKNOWN",
    }
}

/// What a timer is for; `None` if there is none.
pub(super) fn timer(kind: TimerKind) -> Option<&'static str> {
    Some(match kind {
        TimerKind::Off => return None,
        TimerKind::Retransmission => "on",
        TimerKind::KeepAlive => "keepalive",
        TimerKind::TimeWait => "timewait",
        TimerKind::ZeroWindowProbe => "persist",
        // ss has no word for it.
        TimerKind::DelayedAck => "delack",
        TimerKind::Unknown(_) => "unknown",
    })
}

/// A netlink protocol.
///
/// # Source
/// Linux, include/uapi/linux/netlink.h.
pub(super) fn netlink(protocol: u8) -> Option<&'static str> {
    Some(match protocol {
        0 => "rtnl",
        1 => "unused",
        2 => "usersock",
        3 => "fw",
        4 => "tcpdiag",
        5 => "nflog",
        6 => "xfrm",
        7 => "selinux",
        8 => "iscsi",
        9 => "audit",
        10 => "fiblookup",
        11 => "connector",
        12 => "nft",
        13 => "ip6fw",
        14 => "dec-rt",
        15 => "uevent",
        16 => "genl",
        18 => "scsi-trans",
        19 => "ecryptfs",
        20 => "rdma",
        21 => "crypto",
        _ => return None,
    })
}

/// The EtherTypes that a packet socket is likely to be bound to.
///
/// # Source
/// IANA, IEEE 802 Numbers; Linux, include/uapi/linux/if_ether.h, for those below 1536.
pub(super) fn ethertype(number: u16) -> Option<&'static str> {
    Some(match number {
        0x0001 => "802_3",
        0x0002 => "ax25",
        0x0004 => "802_2",
        0x0005 => "snap",
        0x0009 => "localtalk",
        0x000c => "can",
        0x0060 => "loop",
        0x0800 => "ip",
        0x0805 => "x25",
        0x0806 => "arp",
        0x6003 => "dna_rt",
        0x6558 => "teb",
        0x8035 => "rarp",
        0x809b => "atalk",
        0x80f3 => "aarp",
        0x8100 => "802.1Q",
        0x8137 => "ipx",
        0x86dd => "ipv6",
        0x8847 => "mpls_uc",
        0x8848 => "mpls_mc",
        0x8863 => "ppp_disc",
        0x8864 => "ppp_ses",
        0x8892 => "profinet",
        0x88a2 => "aoe",
        0x88a4 => "ethercat",
        0x88a8 => "802.1ad",
        0x88ca => "tipc",
        0x88cc => "LLDP",
        _ => return None,
    })
}
