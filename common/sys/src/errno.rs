//! The errors of socket calls by name, and what they mean.

/// The name of an error number of Linux, and what it means to somebody who called a socket function.
pub fn known(errno: i32) -> Option<(&'static str, &'static str)> {
    KNOWN.iter().find(|(number, ..)| *number == errno).map(|(_, name, meaning)| (*name, *meaning))
}

const KNOWN: &[(i32, &str, &str)] = &[
    (libc::EPERM, "EPERM", "a firewall rule or a missing privilege forbids it"),
    (libc::EACCES, "EACCES", "a privilege is missing: ports below 1024 and broadcasts need one"),
    (libc::EINVAL, "EINVAL", "the arguments do not fit together, or a route says no"),
    (libc::EINTR, "EINTR", "a signal came in between"),
    (libc::EIO, "EIO", "the device failed, or the terminal belongs to somebody else"),
    (libc::EBADF, "EBADF", "the descriptor is not open"),
    (libc::EAGAIN, "EAGAIN", "not ready now, or no local port is free"),
    (libc::ENOMEM, "ENOMEM", "the kernel has no memory for it"),
    (libc::EFAULT, "EFAULT", "an address outside our memory"),
    (libc::EBUSY, "EBUSY", "somebody else uses it"),
    (libc::ENOENT, "ENOENT", "no such path"),
    (libc::ENODEV, "ENODEV", "no such interface"),
    (libc::ENOTDIR, "ENOTDIR", "a part of the path is no directory"),
    (libc::EISDIR, "EISDIR", "the path is a directory"),
    (libc::ENFILE, "ENFILE", "the system has no more descriptors"),
    (libc::EMFILE, "EMFILE", "this process may not have more descriptors (ulimit -n)"),
    (libc::EFBIG, "EFBIG", "longer than a file may be"),
    (libc::EROFS, "EROFS", "the file system cannot be written to"),
    (libc::ENAMETOOLONG, "ENAMETOOLONG", "the path is longer than a sockaddr_un holds"),
    (libc::ELOOP, "ELOOP", "symbolic links lead in a circle"),
    (libc::ENOTSOCK, "ENOTSOCK", "the descriptor is no socket"),
    (libc::EDESTADDRREQ, "EDESTADDRREQ", "the socket has no peer, and none was named"),
    (libc::EPROTOTYPE, "EPROTOTYPE", "the socket at that path is of another type: stream or datagram"),
    (libc::ENOPROTOOPT, "ENOPROTOOPT", "the protocol does not have this option"),
    (libc::EPROTONOSUPPORT, "EPROTONOSUPPORT", "this kernel does not have the protocol"),
    (libc::ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "the family does not have this type of socket"),
    (libc::EOPNOTSUPP, "EOPNOTSUPP", "this type of socket cannot do that"),
    (libc::EPROTO, "EPROTO", "the protocol was violated"),
    (libc::EISCONN, "EISCONN", "the socket is connected already"),
    (libc::EALREADY, "EALREADY", "the last attempt is still going on"),
    (libc::ESHUTDOWN, "ESHUTDOWN", "the sending direction was shut down"),
    (libc::ENETRESET, "ENETRESET", "keepalive got no answer"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_and_every_name_is_there_once() {
        let numbers: std::collections::BTreeSet<_> = KNOWN.iter().map(|(number, ..)| number).collect();
        let names: std::collections::BTreeSet<_> = KNOWN.iter().map(|(_, name, _)| name).collect();
        assert_eq!((numbers.len(), names.len()), (KNOWN.len(), KNOWN.len()));
        assert_eq!(known(libc::EMFILE).map(|(name, _)| name), Some("EMFILE"));
        assert_eq!(known(4095), None);
    }
}
