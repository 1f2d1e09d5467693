//! `lab calls` in the man page.

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Socket calls, typed",
    "`lab calls` performs the calls of a script one after another and shows each with what it returned, as strace(1) does. A call \
that waits is shown before it returns. That a call fails is a result like any other: the script goes on, unless `--stop` is given. \
With `--explain` each call is followed by the octets of its sockaddr, by what its option or its error means, and by the state of a TCP socket.

`socket tcp|udp|tcp6|udp6` makes a socket, `bind ADDR:PORT`, `listen [N]`, `connect ADDR:PORT`, `disconnect`, `shutdown rd|wr|rdwr` \
and `close` act on it. `accept` makes the socket that the calls behind it use; `listener CALL` and `on FD CALL` name another one, and `on FD` alone \
uses that one from there on. After `close` the one that was made before is used again. Descriptors are those of the kernel: the first socket is 3. \
`:PORT` is 0.0.0.0:PORT. `hostorder` behind an address forgets htons(3).

`send TEXT`, `sendto ADDR:PORT TEXT`, `recv N` and `recvfrom N` move octets; behind them may stand `dontwait`, `oob`, `more` (to send), `peek`, \
`waitall`, `dontwait`, `oob` and `trunc` (to receive). TEXT is a word, or stands in quotation marks with \\n, \\r, \\t, \\0, \\\\, \\\" and \\xHH. \
100x is a hundred octets A, 100xB a hundred octets B. `write-until-full` sends until the kernel takes no more. `siocinq` and `siocoutq` say how many octets \
wait to be read, or to be acknowledged.

`setsockopt NAME VALUE` and `getsockopt NAME` know reuseaddr, reuseport, broadcast, keepalive, oobinline, dontroute, linger, rcvbuf, sndbuf, \
rcvlowat, rcvtimeo, sndtimeo, error, acceptconn, nodelay, cork, quickack, maxseg, keepidle, keepintvl, keepcnt, syncnt, defer-accept, user-timeout, info \
(the state), ttl, tos, freebind, recverr, hops, v6only, recverr6, and their names in C. A flag without a value is switched on; linger and the timeouts take a time or off. \
`getsockname`, `getpeername`, `poll in|out [TIME]` and `nonblock on|off` are there as well.

`pause TIME` does nothing for so long (2, 1.5 s, 200 ms). `wait` waits for a line of standard input, so that \
somebody else says when it goes on. `repeat N { CALL; CALL }` does it so often. # begins a comment.

Without a script, `lab calls` reads calls from standard input, line by line: type them, and look at `ports`(1) between two of them.",
);
