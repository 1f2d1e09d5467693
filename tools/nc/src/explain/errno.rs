//! What the errors of socket calls mean, in words.

/// The name of an error number of Linux, and what it means to somebody who called a socket function.
pub(super) fn known(errno: i32) -> Option<(&'static str, &'static str)> {
    KNOWN.iter().find(|(number, ..)| *number == errno).map(|(_, name, meaning)| (*name, *meaning))
}

const KNOWN: &[(i32, &str, &str)] = &[
    (libc::EPERM, "EPERM", "a firewall rule or a missing privilege forbids it"),
    (libc::EACCES, "EACCES", "a privilege is missing: ports below 1024 and broadcasts need one"),
    (libc::EINVAL, "EINVAL", "the arguments do not fit together, or a route says no"),
    (libc::ENOSPC, "ENOSPC", "the disk is full"),
    (libc::EPIPE, "EPIPE", "the other side has closed and takes no more"),
    (libc::EMSGSIZE, "EMSGSIZE", "longer than a datagram can be"),
    (libc::EAFNOSUPPORT, "EAFNOSUPPORT", "this kernel does not have the address family"),
    (libc::EADDRINUSE, "EADDRINUSE", "another socket has this address and port"),
    (libc::EADDRNOTAVAIL, "EADDRNOTAVAIL", "no interface here has this address"),
    (libc::ENETDOWN, "ENETDOWN", "the interface is down"),
    (libc::ENETUNREACH, "ENETUNREACH", "no route leads there"),
    (libc::ECONNABORTED, "ECONNABORTED", "the peer gave up before accept"),
    (libc::ECONNRESET, "ECONNRESET", "the peer sent a RST: it closed without reading everything, or is gone"),
    (libc::ENOBUFS, "ENOBUFS", "the queue of the interface is full"),
    (libc::ENOTCONN, "ENOTCONN", "the socket has no peer"),
    (libc::ETIMEDOUT, "ETIMEDOUT", "no answer to any try: a filter drops it, or nobody is there"),
    (
        libc::ECONNREFUSED,
        "ECONNREFUSED",
        "somebody is there, and nothing listens on this port (RST, or ICMP port unreachable)",
    ),
    (libc::EHOSTDOWN, "EHOSTDOWN", "the host does not answer on the link"),
    (libc::EHOSTUNREACH, "EHOSTUNREACH", "a router, or nobody on the link, says that the host is not there"),
    (libc::EINPROGRESS, "EINPROGRESS", "the SYN is out and no answer came in time"),
];
