//! What the man page says of `ports wait`.

use sockeye_cli::manual::Example;

pub(super) const SECTION: (&str, &str) = (
    "Waiting for a port",
    "`ports wait PORT` returns when something listens on the port; with `--state`, when a socket that has it as its local port is in \
that state. `gone` is when no process has such a socket, `free` when there is none at all, also no TIME-WAIT: then any `bind`(2) \
succeeds. UDP has no such states: `unconnected` (and `listen`, the default) is a socket that takes datagrams from \
anybody, `connected` one that takes them from one peer. An address before the port (`127.0.0.1:8080`) waits for \
sockets that take what is sent there.

No privilege is needed, and nothing is connected or bound: the kernel is asked for its listeners every 10 ms, which costs it some \
microseconds, or for all sockets every 50 ms. A state that lasts for less may be missed. Which state the port is in stands in the \
answer; after `--timeout`, a month at most, it comes with status 1.",
);

pub(super) const GONE: Example = Example {
    says: "Start a server once the old one is gone, and give up after ten seconds:",
    command: "ports wait 8080 --state free --timeout 10 && echo start",
    shows: "port 8080 is free",
    status: 0,
};
