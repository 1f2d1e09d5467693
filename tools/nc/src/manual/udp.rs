//! The manual on what becomes of datagrams.

pub(super) const SECTION: (&str, &str) = (
    "What becomes of datagrams",
    "`--datagram` says what one datagram is: `read`, one read of the input (what is written to a pipe in packet mode, \
O_DIRECT in pipe(2), stays apart); `line`, a line without its line feed, so that an empty line is an empty datagram; a \
number of octets; or `file`, all of the input, an empty one too. `--read-size` limits the room for one that comes: what \
is cut off is lost, and how much that was is said. For TCP it limits each read.

With `-v`, a client says at the end whether the peer answered, was silent, or was closed, which is what ICMP port \
unreachable means. With `--status` the exit status says so too: 0 for answered, 5 for silent, 3 for closed. Silence says \
nothing about whether the datagrams arrived.

An interface that goes down, a route that is missing or a full queue does not end the sending: it is said once, what \
cannot be sent is lost, and when something goes out again, that is said with the number of datagrams lost.

A listener with `-l -u -k` answers nobody, as OpenBSD's. With `--reply last` standard input goes to whoever sent last, \
with `--reply each` to everybody who has sent (the last 1024 of them), and with `--reply 192.0.2.1:7000` to that one. \
`-v` says of each new peer that it came. The input is read when there is somebody to whom it can go.

Called `ncat`, a client with `-u` ends with its input, as ncat does: what has been read is sent, an answer that has come by then is \
printed, and nobody is waited for. `-q 1` waits for answers, and so do `--receive-limit`, `--status` and `--expect`.

A large receive buffer is asked for; `--explain` says what the system granted (net.core.rmem_max limits it). Datagrams \
that the kernel drops because it is full are counted, and said under `-v` with the next datagram that comes.",
);
