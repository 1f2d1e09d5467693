//! Socket options by short names.

use std::time::Duration;

/// An option of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketOption {
    /// As a script writes it.
    pub name: &'static str,
    /// As C writes it.
    pub c_name: &'static str,
    /// The level.
    pub level: i32,
    /// The number.
    pub number: i32,
    /// What its value is.
    pub kind: Kind,
    /// What it is for.
    pub meaning: &'static str,
}

/// What the value of an option is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// On or off.
    Flag,
    /// An int.
    Number,
    /// A struct linger: off, or seconds.
    Linger,
    /// A struct timeval: off, or a time.
    Timeout,
    /// An error number; only to be read.
    Error,
    /// A struct tcp_info, of which the state is shown; only to be read.
    Info,
}

/// A value to be set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// Of a flag or a number.
    Number(i32),
    /// Of a linger or a timeout; `None` is off.
    Time(Option<Duration>),
}

/// The option with this short name, or with this name in C.
pub fn find(name: &str) -> Option<&'static SocketOption> {
    OPTIONS.iter().find(|option| option.name == name || option.c_name.eq_ignore_ascii_case(name))
}

/// All of them.
pub fn all() -> &'static [SocketOption] {
    OPTIONS
}

const fn socket(
    name: &'static str,
    c_name: &'static str,
    number: i32,
    kind: Kind,
    meaning: &'static str,
) -> SocketOption {
    SocketOption { name, c_name, level: libc::SOL_SOCKET, number, kind, meaning }
}

const fn tcp(name: &'static str, c_name: &'static str, number: i32, kind: Kind, meaning: &'static str) -> SocketOption {
    SocketOption { name, c_name, level: libc::IPPROTO_TCP, number, kind, meaning }
}

const fn ip(name: &'static str, c_name: &'static str, number: i32, kind: Kind, meaning: &'static str) -> SocketOption {
    SocketOption { name, c_name, level: libc::IPPROTO_IP, number, kind, meaning }
}

const fn ip6(name: &'static str, c_name: &'static str, number: i32, kind: Kind, meaning: &'static str) -> SocketOption {
    SocketOption { name, c_name, level: libc::IPPROTO_IPV6, number, kind, meaning }
}

const OPTIONS: &[SocketOption] = &[
    socket(
        "reuseaddr",
        "SO_REUSEADDR",
        libc::SO_REUSEADDR,
        Kind::Flag,
        "bind(2) does not mind connections in TIME-WAIT",
    ),
    socket(
        "reuseport",
        "SO_REUSEPORT",
        libc::SO_REUSEPORT,
        Kind::Flag,
        "several sockets of one user may have the same address and port",
    ),
    socket("broadcast", "SO_BROADCAST", libc::SO_BROADCAST, Kind::Flag, "broadcast addresses may be sent to"),
    socket(
        "keepalive",
        "SO_KEEPALIVE",
        libc::SO_KEEPALIVE,
        Kind::Flag,
        "a silent peer is asked whether it is still there",
    ),
    socket("oobinline", "SO_OOBINLINE", libc::SO_OOBINLINE, Kind::Flag, "urgent data stays among the rest"),
    socket(
        "dontroute",
        "SO_DONTROUTE",
        libc::SO_DONTROUTE,
        Kind::Flag,
        "only neighbours are reached, no router is asked",
    ),
    socket(
        "linger",
        "SO_LINGER",
        libc::SO_LINGER,
        Kind::Linger,
        "how long close(2) waits for what is not acknowledged; 0 drops it and sends a RST",
    ),
    socket(
        "rcvbuf",
        "SO_RCVBUF",
        libc::SO_RCVBUF,
        Kind::Number,
        "octets that may wait to be read; the kernel takes twice what is asked for",
    ),
    socket(
        "sndbuf",
        "SO_SNDBUF",
        libc::SO_SNDBUF,
        Kind::Number,
        "octets that may wait to be acknowledged; the kernel takes twice what is asked for",
    ),
    socket("rcvlowat", "SO_RCVLOWAT", libc::SO_RCVLOWAT, Kind::Number, "recv(2) waits for so many octets"),
    socket(
        "rcvtimeo",
        "SO_RCVTIMEO",
        libc::SO_RCVTIMEO,
        Kind::Timeout,
        "recv(2) and accept(2) wait so long, and fail with EAGAIN then",
    ),
    socket("sndtimeo", "SO_SNDTIMEO", libc::SO_SNDTIMEO, Kind::Timeout, "send(2) and connect(2) wait so long"),
    socket(
        "error",
        "SO_ERROR",
        libc::SO_ERROR,
        Kind::Error,
        "what went wrong since it was last asked, such as a connect(2) that did not wait",
    ),
    socket("acceptconn", "SO_ACCEPTCONN", libc::SO_ACCEPTCONN, Kind::Flag, "whether it listens"),
    tcp(
        "nodelay",
        "TCP_NODELAY",
        libc::TCP_NODELAY,
        Kind::Flag,
        "small writes go out at once, without Nagle's algorithm",
    ),
    tcp(
        "cork",
        "TCP_CORK",
        libc::TCP_CORK,
        Kind::Flag,
        "only full segments go out, until this is off again or 200 ms have passed",
    ),
    tcp("quickack", "TCP_QUICKACK", libc::TCP_QUICKACK, Kind::Flag, "segments are acknowledged at once, for now"),
    tcp("maxseg", "TCP_MAXSEG", libc::TCP_MAXSEG, Kind::Number, "the longest segment, in octets"),
    tcp("keepidle", "TCP_KEEPIDLE", libc::TCP_KEEPIDLE, Kind::Number, "seconds of silence before a peer is asked"),
    tcp("keepintvl", "TCP_KEEPINTVL", libc::TCP_KEEPINTVL, Kind::Number, "seconds between two questions"),
    tcp(
        "keepcnt",
        "TCP_KEEPCNT",
        libc::TCP_KEEPCNT,
        Kind::Number,
        "questions without an answer before the connection is given up",
    ),
    tcp("syncnt", "TCP_SYNCNT", libc::TCP_SYNCNT, Kind::Number, "how often a SYN is sent again"),
    tcp(
        "defer-accept",
        "TCP_DEFER_ACCEPT",
        libc::TCP_DEFER_ACCEPT,
        Kind::Number,
        "seconds for which accept(2) waits for data",
    ),
    tcp(
        "user-timeout",
        "TCP_USER_TIMEOUT",
        libc::TCP_USER_TIMEOUT,
        Kind::Number,
        "milliseconds for which data may stay without an acknowledgement",
    ),
    tcp("info", "TCP_INFO", libc::TCP_INFO, Kind::Info, "what the kernel knows about the connection"),
    ip("ttl", "IP_TTL", libc::IP_TTL, Kind::Number, "routers that what goes out may pass"),
    ip("tos", "IP_TOS", libc::IP_TOS, Kind::Number, "the type of service of what goes out"),
    ip("freebind", "IP_FREEBIND", libc::IP_FREEBIND, Kind::Flag, "addresses may be bound that this host does not have"),
    ip("recverr", "IP_RECVERR", libc::IP_RECVERR, Kind::Flag, "ICMP errors are told of without a connect(2)"),
    ip6("hops", "IPV6_UNICAST_HOPS", libc::IPV6_UNICAST_HOPS, Kind::Number, "routers that what goes out may pass"),
    ip6("v6only", "IPV6_V6ONLY", libc::IPV6_V6ONLY, Kind::Flag, "IPv4 is left to other sockets"),
    ip6("recverr6", "IPV6_RECVERR", libc::IPV6_RECVERR, Kind::Flag, "ICMPv6 errors are told of without a connect(2)"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_option_has_one_name_of_each_kind_and_is_found_by_both() {
        let short: BTreeSet<_> = all().iter().map(|option| option.name).collect();
        let long: BTreeSet<_> = all().iter().map(|option| option.c_name).collect();
        assert_eq!((short.len(), long.len()), (all().len(), all().len()));
        for option in all() {
            assert_eq!((find(option.name), find(option.c_name)), (Some(option), Some(option)));
        }
        assert_eq!(find("so_linger").map(|option| option.name), Some("linger"));
        assert_eq!(find("reuse"), None);
    }
}
