//! What the errors of socket calls mean, in words.

/// The name of an error number of Linux, and what it means to somebody who called a socket function.
pub(super) fn known(errno: i32) -> Option<(&'static str, &'static str)> {
    KNOWN.iter().find(|(number, ..)| *number == errno).map(|(_, name, meaning)| (*name, *meaning))
}

const KNOWN: &[(i32, &str, &str)] = &[
    (1, "EPERM", "a firewall rule or a missing privilege forbids it"),
    (13, "EACCES", "a privilege is missing: ports below 1024 and broadcasts need one"),
    (22, "EINVAL", "the arguments do not fit together, or a route says no"),
    (28, "ENOSPC", "the disk is full"),
    (32, "EPIPE", "the other side has closed and takes no more"),
    (90, "EMSGSIZE", "longer than a datagram can be"),
    (97, "EAFNOSUPPORT", "this kernel does not have the address family"),
    (98, "EADDRINUSE", "another socket has this address and port"),
    (99, "EADDRNOTAVAIL", "no interface here has this address"),
    (100, "ENETDOWN", "the interface is down"),
    (101, "ENETUNREACH", "no route leads there"),
    (103, "ECONNABORTED", "the peer gave up before accept"),
    (104, "ECONNRESET", "the peer sent a RST: it closed without reading everything, or is gone"),
    (105, "ENOBUFS", "the queue of the interface is full"),
    (107, "ENOTCONN", "the socket has no peer"),
    (110, "ETIMEDOUT", "no answer to any try: a filter drops it, or nobody is there"),
    (111, "ECONNREFUSED", "somebody is there, and nothing listens on this port (RST, or ICMP port unreachable)"),
    (112, "EHOSTDOWN", "the host does not answer on the link"),
    (113, "EHOSTUNREACH", "a router, or nobody on the link, says that the host is not there"),
    (115, "EINPROGRESS", "the SYN is out and no answer came in time"),
];
