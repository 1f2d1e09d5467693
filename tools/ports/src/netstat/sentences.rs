//! The sentences that `netstat -s` has for counters.
//!
//! They are what net-tools 2.10 prints where it is given a counter of each name, found by giving it one; names that it does
//! not find in its own list stand by themselves there, and so they do here (`TCPTimeouts`, `TCPSackRecovery`).

/// When a sentence is printed, and below what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Also where the counter is zero.
    Always,
    /// If there is anything to count.
    Counted,
    /// Below the histogram of what came, if there is anything to count.
    Received,
    /// Below the histogram of what went, if there is anything to count.
    Sent,
    /// Not at all: a limit, and no counter.
    Hidden,
}

use Place::{Always, Counted, Hidden, Received, Sent};

/// The kernel's name of a counter, and the sentence, with `{}` in place of the number.
type Row = (&'static str, Place, &'static str);

/// The sentence of a counter; `None` if it stands by its own name.
pub(super) fn find(group: &str, name: &str) -> Option<(Place, &'static str)> {
    let lists: [&[Row]; 2] = match group {
        "Ip" => [IP, &[]],
        "Ip6" => [IP, IP6],
        "Icmp" => [ICMP, &[]],
        "Icmp6" => [ICMP6, &[]],
        "Tcp" => [TCP, &[]],
        "TcpExt" => [TCP_EXT, &[]],
        "Udp" => [UDP, UDP4],
        "Udp6" => [UDP, &[]],
        "Sctp" => [SCTP, &[]],
        _ => return None,
    };
    let row = lists.into_iter().flatten().find(|(known, ..)| *known == name);
    row.map(|(_, place, sentence)| (*place, *sentence))
}

/// Both versions of IP.
const IP: &[Row] = &[
    ("InReceives", Always, "{} total packets received"),
    ("InHdrErrors", Counted, "{} with invalid headers"),
    ("InAddrErrors", Counted, "{} with invalid addresses"),
    ("ForwDatagrams", Always, "{} forwarded"),
    ("InUnknownProtos", Counted, "{} with unknown protocol"),
    ("InDiscards", Always, "{} incoming packets discarded"),
    ("InDelivers", Always, "{} incoming packets delivered"),
    ("OutRequests", Always, "{} requests sent out"),
    ("OutDiscards", Counted, "{} outgoing packets dropped"),
    ("OutNoRoutes", Counted, "{} dropped because of missing route"),
    ("ReasmTimeout", Counted, "{} fragments dropped after timeout"),
    ("ReasmReqds", Counted, "{} reassemblies required"),
    ("ReasmOKs", Counted, "{} packets reassembled ok"),
    ("ReasmFails", Counted, "{} packet reassemblies failed"),
    ("FragOKs", Counted, "{} outgoing packets fragmented ok"),
    ("FragFails", Counted, "{} outgoing packets failed fragmentation"),
    ("FragCreates", Counted, "{} fragments created"),
    ("DefaultTTL", Hidden, ""),
];

/// IPv6 alone.
const IP6: &[Row] = &[
    ("InTooBigErrors", Counted, "{} with packets too big"),
    ("InNoRoutes", Counted, "{} incoming packets with no route"),
    ("InTruncatedPkts", Counted, "{} with truncated packets"),
    ("OutForwDatagrams", Always, "{} forwarded"),
    ("InMcastPkts", Counted, "{} incoming multicast packets"),
    ("OutMcastPkts", Counted, "{} outgoing multicast packets"),
];

const ICMP: &[Row] = &[
    ("InMsgs", Always, "{} ICMP messages received"),
    ("InErrors", Always, "{} input ICMP message failed"),
    ("InDestUnreachs", Received, "destination unreachable: {}"),
    ("InTimeExcds", Received, "timeout in transit: {}"),
    ("InParmProbs", Received, "wrong parameters: {}"),
    ("InSrcQuenchs", Received, "source quenches: {}"),
    ("InRedirects", Received, "redirects: {}"),
    ("InEchos", Received, "echo requests: {}"),
    ("InEchoReps", Received, "echo replies: {}"),
    ("InTimestamps", Received, "timestamp request: {}"),
    ("InTimestampReps", Received, "timestamp reply: {}"),
    ("InAddrMasks", Received, "address mask request: {}"),
    ("InAddrMaskReps", Received, "address mask replies: {}"),
    ("OutMsgs", Always, "{} ICMP messages sent"),
    ("OutErrors", Always, "{} ICMP messages failed"),
    ("OutDestUnreachs", Sent, "destination unreachable: {}"),
    ("OutTimeExcds", Sent, "time exceeded: {}"),
    ("OutParmProbs", Sent, "wrong parameters: {}"),
    ("OutSrcQuenchs", Sent, "source quench: {}"),
    ("OutRedirects", Sent, "redirect: {}"),
    ("OutEchos", Sent, "echo requests: {}"),
    ("OutEchoReps", Sent, "echo replies: {}"),
    ("OutTimestamps", Sent, "timestamp requests: {}"),
    ("OutTimestampReps", Sent, "timestamp replies: {}"),
    ("OutAddrMasks", Sent, "address mask requests: {}"),
    ("OutAddrMaskReps", Sent, "address mask replies: {}"),
];

const ICMP6: &[Row] = &[
    ("InMsgs", Always, "{} ICMP messages received"),
    ("InErrors", Always, "{} input ICMP message failed"),
    ("OutMsgs", Always, "{} ICMP messages sent"),
    ("InDestUnreachs", Received, "destination unreachable: {}"),
    ("InPktTooBigs", Received, "packets too big: {}"),
    ("InTimeExcds", Received, "received ICMPv6 time exceeded: {}"),
    ("InParmProblems", Received, "parameter problem: {}"),
    ("InEchos", Received, "echo requests: {}"),
    ("InEchoReplies", Received, "echo replies: {}"),
    ("InGroupMembQueries", Received, "group member queries: {}"),
    ("InGroupMembResponses", Received, "group member responses: {}"),
    ("InGroupMembReductions", Received, "group member reductions: {}"),
    ("InRouterSolicits", Received, "router solicits: {}"),
    ("InRouterAdvertisements", Received, "router advertisement: {}"),
    ("InNeighborSolicits", Received, "neighbour solicits: {}"),
    ("InNeighborAdvertisements", Received, "neighbour advertisement: {}"),
    ("InRedirects", Received, "redirects: {}"),
    ("OutDestUnreachs", Sent, "destination unreachable: {}"),
    ("OutPktTooBigs", Sent, "packets too big: {}"),
    ("OutTimeExcds", Sent, "sent ICMPv6 time exceeded: {}"),
    ("OutParmProblems", Sent, "parameter problem: {}"),
    ("OutEchos", Sent, "echo requests: {}"),
    ("OutEchoReplies", Sent, "echo replies: {}"),
    ("OutGroupMembQueries", Sent, "group member queries: {}"),
    ("OutGroupMembResponses", Sent, "group member responses: {}"),
    ("OutGroupMembReductions", Sent, "group member reductions: {}"),
    ("OutRouterSolicits", Sent, "router solicits: {}"),
    ("OutNeighborSolicits", Sent, "neighbor solicits: {}"),
    ("OutNeighborAdvertisements", Sent, "neighbor advertisements: {}"),
    ("OutRedirects", Sent, "redirects: {}"),
];

const TCP: &[Row] = &[
    ("ActiveOpens", Always, "{} active connection openings"),
    ("PassiveOpens", Always, "{} passive connection openings"),
    ("AttemptFails", Always, "{} failed connection attempts"),
    ("EstabResets", Always, "{} connection resets received"),
    ("CurrEstab", Always, "{} connections established"),
    ("InSegs", Always, "{} segments received"),
    ("OutSegs", Always, "{} segments sent out"),
    ("RetransSegs", Always, "{} segments retransmitted"),
    ("InErrs", Always, "{} bad segments received"),
    ("OutRsts", Always, "{} resets sent"),
    ("RtoAlgorithm", Hidden, ""),
    ("RtoMin", Hidden, ""),
    ("RtoMax", Hidden, ""),
    ("MaxConn", Hidden, ""),
];

const TCP_EXT: &[Row] = &[
    ("PAWSPassive", Counted, "{} passive connections rejected because of time stamp"),
    ("SockMallocOOM", Counted, "Ran {} times out of system memory during packet sending"),
    ("TCPAbortOnSyn", Counted, "{} connections reset due to unexpected SYN"),
    ("TCPDirectCopyFromBacklog", Counted, "{} bytes directly in process context from backlog"),
    ("TCPFACKReorder", Counted, "Detected reordering {} times using FACK"),
    ("TCPForwardRetrans", Counted, "{} forward retransmits"),
    ("TCPHPHitsToUser", Counted, "{} packet headers predicted and directly queued to user"),
    ("TCPLostRetransmits", Counted, "{} retransmits lost"),
    ("TCPPrequeued", Counted, "{} packets directly queued to recvmsg prequeue"),
    ("TCPSchedulerFailed", Counted, "{} times receiver scheduled too late for direct processing"),
    ("SyncookiesSent", Counted, "{} SYN cookies sent"),
    ("SyncookiesRecv", Counted, "{} SYN cookies received"),
    ("SyncookiesFailed", Counted, "{} invalid SYN cookies received"),
    ("EmbryonicRsts", Counted, "{} resets received for embryonic SYN_RECV sockets"),
    ("PruneCalled", Counted, "{} packets pruned from receive queue because of socket buffer overrun"),
    ("RcvPruned", Counted, "{} packets pruned from receive queue"),
    ("OfoPruned", Counted, "{} packets dropped from out-of-order queue because of socket buffer overrun"),
    ("OutOfWindowIcmps", Counted, "{} ICMP packets dropped because they were out-of-window"),
    ("LockDroppedIcmps", Counted, "{} ICMP packets dropped because socket was locked"),
    ("TW", Counted, "{} TCP sockets finished time wait in fast timer"),
    ("TWRecycled", Counted, "{} time wait sockets recycled by time stamp"),
    ("PAWSActive", Counted, "{} active connections rejected because of time stamp"),
    ("PAWSEstab", Counted, "{} packets rejected in established connections because of timestamp"),
    ("DelayedACKs", Counted, "{} delayed acks sent"),
    ("DelayedACKLocked", Counted, "{} delayed acks further delayed because of locked socket"),
    ("DelayedACKLost", Counted, "Quick ack mode was activated {} times"),
    ("ListenOverflows", Counted, "{} times the listen queue of a socket overflowed"),
    ("ListenDrops", Counted, "{} SYNs to LISTEN sockets dropped"),
    ("TCPHPHits", Always, "{} packet headers predicted"),
    ("TCPPureAcks", Counted, "{} acknowledgments not containing data payload received"),
    ("TCPHPAcks", Counted, "{} predicted acknowledgments"),
    ("TCPRenoRecovery", Counted, "{} times recovered from packet loss due to fast retransmit"),
    ("TCPSACKReorder", Counted, "Detected reordering {} times using SACK"),
    ("TCPRenoReorder", Counted, "Detected reordering {} times using reno fast retransmit"),
    ("TCPTSReorder", Counted, "Detected reordering {} times using time stamp"),
    ("TCPFullUndo", Counted, "{} congestion windows fully recovered without slow start"),
    ("TCPPartialUndo", Counted, "{} congestion windows partially recovered using Hoe heuristic"),
    ("TCPLossUndo", Counted, "{} congestion windows recovered without slow start after partial ack"),
    ("TCPRenoFailures", Counted, "{} timeouts after reno fast retransmit"),
    ("TCPLossFailures", Counted, "{} timeouts in loss state"),
    ("TCPFastRetrans", Counted, "{} fast retransmits"),
    ("TCPSlowStartRetrans", Counted, "{} retransmits in slow start"),
    ("TCPRcvCollapsed", Counted, "{} packets collapsed in receive queue due to low socket buffer"),
    ("TCPAbortOnData", Counted, "{} connections reset due to unexpected data"),
    ("TCPAbortOnClose", Counted, "{} connections reset due to early user close"),
    ("TCPAbortOnMemory", Counted, "{} connections aborted due to memory pressure"),
    ("TCPAbortOnTimeout", Counted, "{} connections aborted due to timeout"),
    ("TCPAbortOnLinger", Counted, "{} connections aborted after user close in linger timeout"),
    ("TCPAbortFailed", Counted, "{} times unable to send RST due to no memory"),
    ("TCPMemoryPressures", Counted, "TCP ran low on memory {} times"),
];

/// UDP over both versions of IP.
const UDP: &[Row] = &[
    ("InDatagrams", Always, "{} packets received"),
    ("NoPorts", Always, "{} packets to unknown port received"),
    ("InErrors", Always, "{} packet receive errors"),
    ("OutDatagrams", Always, "{} packets sent"),
];

/// UDP over IPv4 alone.
const UDP4: &[Row] =
    &[("RcvbufErrors", Always, "{} receive buffer errors"), ("SndbufErrors", Always, "{} send buffer errors")];

const SCTP: &[Row] = &[
    ("Aborteds", Always, "{} Number of Aborteds "),
    ("ActiveEstabs", Always, "{} Active Associations"),
    ("ChecksumErrors", Always, "{} Number of Packets with invalid Checksum"),
    ("CurrEstab", Always, "{} Current Associations"),
    ("FragUsrMsgs", Always, "{} Number of messages fragmented"),
    ("InCtrlChunks", Always, "{} Number of control chunks received"),
    ("InOrderChunks", Always, "{} Number of ordered chunks received"),
    ("InSCTPPacks", Always, "{} Number of SCTP packets received"),
    ("InUnorderChunks", Always, "{} Number of Unordered chunks received"),
    ("OutCtrlChunks", Always, "{} Number of control chunks sent"),
    ("OutOfBlues", Always, "{} Number of Out of Blue packets"),
    ("OutOrderChunks", Always, "{} Number of ordered chunks sent"),
    ("OutSCTPPacks", Always, "{} Number of SCTP packets sent"),
    ("OutUnorderChunks", Always, "{} Number of Unordered chunks sent"),
    ("PassiveEstabs", Always, "{} Passive Associations"),
    ("ReasmUsrMsgs", Always, "{} Number of messages reassembled "),
    ("Shutdowns", Always, "{} Number of Graceful Terminations"),
];
