//! What the man page says of `ports options`.

use sockeye_cli::manual::Example;

pub(super) const SECTION: (&str, &str) = (
    "Options of other processes",
    "`ports options PID/FD` shows the options of a socket of another process, `PID` those of all its sockets, `:PORT` those of every \
socket that has the local port. Beside each stands what it means, and a `*` where it differs from a new socket of the same kind: \
that is what the program has set. `--changed` shows those alone. Values that the kernel changes by itself (buffers, segment size, a \
priority that follows from IP_TOS, the multicast hops of a TCP connection) are shown without a mark.

The socket is reached through a copy of the descriptor (`pidfd_getfd`(2), Linux 5.6); nothing is set. That needs a process of the \
same user that may be traced, or CAP_SYS_PTRACE: where `kernel.yama.ptrace_scope` is not 0, root. The status is 1 for a \
process without sockets, a descriptor that is closed or no socket, and a port that no process has, 4 for a process that is not there or may not be looked into, also if other operands were shown. The new socket is made in the \
same network namespace; where that may not be entered, it says so and marks none.",
);

pub(super) const OWN: Example = Example {
    says: "What has the shell's child set on its listener?",
    command: "nc -l 127.0.0.1 8080 & ports wait 8080; ports options :8080; kill $!",
    shows: "binds beside others that set it and do not listen",
    status: 0,
};
