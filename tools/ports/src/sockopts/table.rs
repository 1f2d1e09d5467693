//! The options that are read, and what each means.
//!
//! # Source
//! socket(7), ip(7), ipv6(7), tcp(7), udp(7), unix(7).

use std::fmt;

use serde::{Serialize, Serializer};

/// One socket option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opt {
    /// The name of the constant.
    pub name: &'static str,
    /// The level, as getsockopt(2) takes it.
    pub level: i32,
    /// The number.
    pub number: i32,
    /// How its value is laid out.
    pub shape: Shape,
    /// Which sockets have it.
    pub of: Of,
    /// What it means, when it is on.
    pub meaning: &'static str,
    /// Whether it is what somebody set: the kernel changes the others while a connection lives.
    pub steady: bool,
}

/// How a value is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An int that is on or off.
    Switch,
    /// An int in a unit, which may be empty.
    Number(&'static str),
    /// struct linger.
    Linger,
    /// struct timeval.
    Time,
    /// Characters, ended by NUL.
    Text,
}

/// Which sockets have an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// All.
    Any,
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// Those of the IPv4 family.
    V4,
    /// Those of the IPv6 family.
    V6,
}

/// What a socket is, as far as it decides about its options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nature {
    /// The address family (`SO_DOMAIN`).
    pub family: i32,
    /// The type (`SO_TYPE`).
    pub kind: i32,
    /// The protocol (`SO_PROTOCOL`).
    pub protocol: i32,
}

impl Opt {
    /// Whether it is what somebody set on such a socket: an accepted TCP connection has the hops of the SYN as those of its
    /// multicast.
    pub fn is_steady(&self, nature: Nature) -> bool {
        let of_syn = Of::Tcp.is(nature) && matches!(self.name, "IP_MULTICAST_TTL" | "IPV6_MULTICAST_HOPS");
        self.steady && !of_syn
    }
}

impl Of {
    /// Whether such a socket has it.
    pub fn is(self, nature: Nature) -> bool {
        match self {
            Self::Any => true,
            Self::Tcp => nature.protocol == libc::IPPROTO_TCP,
            Self::Udp => nature.protocol == libc::IPPROTO_UDP,
            Self::V4 => nature.family == libc::AF_INET,
            Self::V6 => nature.family == libc::AF_INET6,
        }
    }
}

/// A value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// On or off.
    Switch(bool),
    /// A number with its unit.
    Number(i64, &'static str),
    /// SO_LINGER: on, and its seconds.
    Linger(bool, i32),
    /// Microseconds; zero is "no limit".
    Time(i64),
    /// A text.
    Text(String),
}

impl Value {
    /// Reads what getsockopt(2) returned; `None` if it is too short.
    pub fn read(shape: Shape, octets: &[u8]) -> Option<Self> {
        let int = |octets: &[u8]| octets.try_into().ok().map(i32::from_ne_bytes);
        let long = |octets: &[u8]| octets.try_into().ok().map(i64::from_ne_bytes);
        Some(match shape {
            // Some are one octet.
            Shape::Switch => Self::Switch(octets.iter().any(|octet| *octet != 0) && !octets.is_empty()),
            Shape::Number(unit) => match octets {
                [octet] => Self::Number((*octet).into(), unit),
                octets => Self::Number(int(octets.get(..4)?)?.into(), unit),
            },
            Shape::Linger => Self::Linger(int(octets.get(..4)?)? != 0, int(octets.get(4..8)?)?),
            Shape::Time => Self::Time(long(octets.get(..8)?)? * 1_000_000 + long(octets.get(8..16)?)?),
            Shape::Text => {
                let text = octets.split(|octet| *octet == 0).next().unwrap_or_default();
                Self::Text(sockeye_cli::escape::escape_octets(text))
            }
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Switch(true) => f.write_str("on"),
            Self::Switch(false) | Self::Linger(false, _) => f.write_str("off"),
            Self::Number(number, "") => write!(f, "{number}"),
            Self::Number(number, unit) => write!(f, "{number} {unit}"),
            Self::Linger(true, seconds) => write!(f, "on, {seconds} s"),
            Self::Time(0) => f.write_str("none"),
            Self::Time(micros) => write!(f, "{}.{:06} s", micros / 1_000_000, micros % 1_000_000),
            Self::Text(text) if text.is_empty() => f.write_str("none"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Switch(on) => serializer.serialize_bool(*on),
            Self::Number(number, _) | Self::Time(number) => serializer.serialize_i64(*number),
            Self::Linger(false, _) => serializer.serialize_none(),
            Self::Linger(true, seconds) => serializer.serialize_i32(*seconds),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

const fn switch(name: &'static str, level: i32, number: i32, of: Of, meaning: &'static str) -> Opt {
    Opt { name, level, number, shape: Shape::Switch, of, meaning, steady: true }
}

const fn number(
    (name, unit): (&'static str, &'static str),
    level: i32,
    number: i32,
    of: Of,
    meaning: &'static str,
) -> Opt {
    Opt { name, level, number, shape: Shape::Number(unit), of, meaning, steady: true }
}

const fn moving(opt: Opt) -> Opt {
    Opt { steady: false, ..opt }
}

const fn shaped(shape: Shape, opt: Opt) -> Opt {
    Opt { shape, ..opt }
}

const SOCKET: i32 = libc::SOL_SOCKET;
const TCP: i32 = libc::IPPROTO_TCP;
const UDP: i32 = libc::IPPROTO_UDP;
const IP: i32 = libc::IPPROTO_IP;
const IPV6: i32 = libc::IPPROTO_IPV6;

/// Every option that is read, in the order in which they are shown.
pub const OPTIONS: &[Opt] = &[
    switch(
        "SO_REUSEADDR",
        SOCKET,
        libc::SO_REUSEADDR,
        Of::Any,
        "binds beside others that set it and do not listen, as TIME-WAIT",
    ),
    switch(
        "SO_REUSEPORT",
        SOCKET,
        libc::SO_REUSEPORT,
        Of::Any,
        "several sockets of one user share the port, each gets a part",
    ),
    switch("SO_ACCEPTCONN", SOCKET, libc::SO_ACCEPTCONN, Of::Any, "listens: listen(2) was called"),
    switch("SO_KEEPALIVE", SOCKET, libc::SO_KEEPALIVE, Of::Any, "asks a silent peer whether it is still there"),
    number(("TCP_KEEPIDLE", "s"), TCP, libc::TCP_KEEPIDLE, Of::Tcp, "silence before the first keepalive"),
    number(("TCP_KEEPINTVL", "s"), TCP, libc::TCP_KEEPINTVL, Of::Tcp, "between two keepalives"),
    number(("TCP_KEEPCNT", ""), TCP, libc::TCP_KEEPCNT, Of::Tcp, "unanswered keepalives that end the connection"),
    shaped(
        Shape::Linger,
        switch("SO_LINGER", SOCKET, libc::SO_LINGER, Of::Any, "close(2) waits for unsent data; with 0 s it sends RST"),
    ),
    switch("TCP_NODELAY", TCP, libc::TCP_NODELAY, Of::Tcp, "sends small segments at once (no Nagle)"),
    switch("TCP_CORK", TCP, libc::TCP_CORK, Of::Tcp, "holds back segments that are not full"),
    moving(switch("TCP_QUICKACK", TCP, libc::TCP_QUICKACK, Of::Tcp, "acknowledges at once instead of after a delay")),
    number(
        ("TCP_DEFER_ACCEPT", "s"),
        TCP,
        libc::TCP_DEFER_ACCEPT,
        Of::Tcp,
        "accept(2) returns only when data has come",
    ),
    number(
        ("TCP_USER_TIMEOUT", "ms"),
        TCP,
        libc::TCP_USER_TIMEOUT,
        Of::Tcp,
        "unacknowledged data for so long ends the connection",
    ),
    number(("TCP_SYNCNT", ""), TCP, libc::TCP_SYNCNT, Of::Tcp, "how often a SYN is sent again"),
    number(("TCP_LINGER2", "s"), TCP, libc::TCP_LINGER2, Of::Tcp, "how long an orphan stays in FIN-WAIT-2"),
    moving(number(("TCP_MAXSEG", "octets"), TCP, libc::TCP_MAXSEG, Of::Tcp, "the largest segment")),
    moving(number(
        ("TCP_WINDOW_CLAMP", "octets"),
        TCP,
        libc::TCP_WINDOW_CLAMP,
        Of::Tcp,
        "the largest window that is offered",
    )),
    number(("TCP_FASTOPEN", ""), TCP, libc::TCP_FASTOPEN, Of::Tcp, "data in the SYN: so many requests may wait"),
    number(
        ("TCP_NOTSENT_LOWAT", "octets"),
        TCP,
        libc::TCP_NOTSENT_LOWAT,
        Of::Tcp,
        "writable only while less than this is unsent",
    ),
    shaped(Shape::Text, switch("TCP_CONGESTION", TCP, libc::TCP_CONGESTION, Of::Tcp, "the congestion control")),
    shaped(
        Shape::Text,
        switch("TCP_ULP", TCP, libc::TCP_ULP, Of::Tcp, "a protocol in the kernel above TCP, such as tls"),
    ),
    moving(number(
        ("SO_RCVBUF", "octets"),
        SOCKET,
        libc::SO_RCVBUF,
        Of::Any,
        "receive buffer with the kernel's overhead: twice what was set",
    )),
    moving(number(
        ("SO_SNDBUF", "octets"),
        SOCKET,
        libc::SO_SNDBUF,
        Of::Any,
        "send buffer with the kernel's overhead: twice what was set",
    )),
    number(("SO_RCVLOWAT", "octets"), SOCKET, libc::SO_RCVLOWAT, Of::Any, "readable only when so much has come"),
    shaped(Shape::Time, switch("SO_RCVTIMEO", SOCKET, libc::SO_RCVTIMEO, Of::Any, "recv(2) gives up after this")),
    shaped(
        Shape::Time,
        switch("SO_SNDTIMEO", SOCKET, libc::SO_SNDTIMEO, Of::Any, "send(2) and connect(2) give up after this"),
    ),
    switch("SO_BROADCAST", SOCKET, libc::SO_BROADCAST, Of::Any, "may send to broadcast addresses"),
    switch("SO_OOBINLINE", SOCKET, libc::SO_OOBINLINE, Of::Any, "urgent data stays in the stream"),
    switch("SO_DONTROUTE", SOCKET, libc::SO_DONTROUTE, Of::Any, "sends to hosts on the link only"),
    shaped(
        Shape::Text,
        switch("SO_BINDTODEVICE", SOCKET, libc::SO_BINDTODEVICE, Of::Any, "only packets of this interface"),
    ),
    number(("SO_MARK", ""), SOCKET, libc::SO_MARK, Of::Any, "the mark of its packets, for routing and filters"),
    number(("SO_PRIORITY", ""), SOCKET, libc::SO_PRIORITY, Of::Any, "the priority in the queue of the interface"),
    number(("SO_BUSY_POLL", "us"), SOCKET, libc::SO_BUSY_POLL, Of::Any, "asks the device so long before it sleeps"),
    moving(number(
        ("SO_INCOMING_CPU", ""),
        SOCKET,
        libc::SO_INCOMING_CPU,
        Of::Any,
        "the processor that packets come in on",
    )),
    switch("SO_TIMESTAMP", SOCKET, libc::SO_TIMESTAMP, Of::Any, "datagrams come with their time"),
    number(("IP_TOS", ""), IP, libc::IP_TOS, Of::V4, "the type of service octet (DSCP and ECN)"),
    number(("IP_TTL", "hops"), IP, libc::IP_TTL, Of::V4, "how far its packets go"),
    number(
        ("IP_MTU_DISCOVER", ""),
        IP,
        libc::IP_MTU_DISCOVER,
        Of::V4,
        "path MTU discovery: 0 never, 1 by route, 2 always (DF), 3 probe",
    ),
    switch("IP_FREEBIND", IP, libc::IP_FREEBIND, Of::V4, "may bind addresses that are not here"),
    switch("IP_TRANSPARENT", IP, libc::IP_TRANSPARENT, Of::V4, "takes connections for addresses that are not here"),
    switch("IP_RECVERR", IP, libc::IP_RECVERR, Of::V4, "ICMP errors are kept for it"),
    switch("IP_PKTINFO", IP, libc::IP_PKTINFO, Of::V4, "datagrams come with their destination"),
    number(("IP_MULTICAST_TTL", "hops"), IP, libc::IP_MULTICAST_TTL, Of::V4, "how far its multicast goes"),
    switch("IP_MULTICAST_LOOP", IP, libc::IP_MULTICAST_LOOP, Of::V4, "its multicast comes back to this host"),
    switch("IP_MULTICAST_ALL", IP, libc::IP_MULTICAST_ALL, Of::V4, "takes every group of this host, not only its own"),
    switch("IPV6_V6ONLY", IPV6, libc::IPV6_V6ONLY, Of::V6, "no IPv4"),
    number(("IPV6_TCLASS", ""), IPV6, libc::IPV6_TCLASS, Of::V6, "the traffic class octet (DSCP and ECN)"),
    number(("IPV6_UNICAST_HOPS", "hops"), IPV6, libc::IPV6_UNICAST_HOPS, Of::V6, "how far its packets go"),
    number(("IPV6_MULTICAST_HOPS", "hops"), IPV6, libc::IPV6_MULTICAST_HOPS, Of::V6, "how far its multicast goes"),
    switch("IPV6_MULTICAST_LOOP", IPV6, libc::IPV6_MULTICAST_LOOP, Of::V6, "its multicast comes back to this host"),
    switch("IPV6_RECVPKTINFO", IPV6, libc::IPV6_RECVPKTINFO, Of::V6, "datagrams come with their destination"),
    switch("IPV6_FREEBIND", IPV6, libc::IPV6_FREEBIND, Of::V6, "may bind addresses that are not here"),
    switch(
        "IPV6_TRANSPARENT",
        IPV6,
        libc::IPV6_TRANSPARENT,
        Of::V6,
        "takes connections for addresses that are not here",
    ),
    switch("UDP_CORK", UDP, libc::UDP_CORK, Of::Udp, "collects sends into one datagram"),
    number(
        ("UDP_SEGMENT", "octets"),
        UDP,
        libc::UDP_SEGMENT,
        Of::Udp,
        "cuts what is sent into datagrams of this size (GSO)",
    ),
    switch("UDP_GRO", UDP, libc::UDP_GRO, Of::Udp, "receives several datagrams as one (GRO)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_the_kernel_lays_them_out() {
        let ints = |ints: &[i32]| -> Vec<u8> { ints.iter().flat_map(|int| int.to_ne_bytes()).collect() };
        let longs = |longs: &[i64]| -> Vec<u8> { longs.iter().flat_map(|long| long.to_ne_bytes()).collect() };
        let shown = |shape, octets: &[u8]| Value::read(shape, octets).map(|value| value.to_string());
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(shown(Shape::Switch, &ints(&[1])), text("on"));
        assert_eq!(shown(Shape::Switch, &[0]), text("off"));
        assert_eq!(shown(Shape::Number("s"), &ints(&[7200])), text("7200 s"));
        assert_eq!(shown(Shape::Number(""), &[64]), text("64"), "one octet is a number too");
        assert_eq!(shown(Shape::Linger, &ints(&[1, 5])), text("on, 5 s"));
        assert_eq!(shown(Shape::Linger, &ints(&[0, 5])), text("off"));
        assert_eq!(shown(Shape::Time, &longs(&[2, 500_000])), text("2.500000 s"));
        assert_eq!(shown(Shape::Time, &longs(&[0, 0])), text("none"));
        assert_eq!(shown(Shape::Text, b"cubic\0\0\0\0"), text("cubic"));
        assert_eq!(shown(Shape::Text, b"e\x1b0"), text("e\\x1b0"));
        for shape in [Shape::Number(""), Shape::Linger, Shape::Time] {
            assert_eq!(shown(shape, &[1, 2, 3]), None, "{shape:?}");
        }
    }

    #[test]
    fn every_option_stands_once_and_says_something() {
        let names: std::collections::BTreeSet<_> = OPTIONS.iter().map(|option| option.name).collect();
        let numbers: std::collections::BTreeSet<_> =
            OPTIONS.iter().map(|option| (option.level, option.number)).collect();
        assert_eq!((names.len(), numbers.len()), (OPTIONS.len(), OPTIONS.len()));
        assert!(OPTIONS.iter().all(|option| !option.meaning.is_empty()));
    }

    #[test]
    fn only_what_a_socket_has_is_read() {
        let tcp6 = Nature { family: libc::AF_INET6, kind: libc::SOCK_STREAM, protocol: libc::IPPROTO_TCP };
        let unix = Nature { family: libc::AF_UNIX, kind: libc::SOCK_STREAM, protocol: 0 };
        let of = |nature| [Of::Any, Of::Tcp, Of::Udp, Of::V4, Of::V6].map(|of| of.is(nature));
        assert_eq!(of(tcp6), [true, true, false, false, true]);
        assert_eq!(of(unix), [true, false, false, false, false]);
    }
}
