//! Servers for many clients.

use sockeye_cli::manual::Example;

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Servers",
    "`--app` has a listener answer by itself, over TCP or with `-u` over UDP: `echo` sends back what comes (RFC 862), `discard` takes everything (RFC 863), \
`daytime` says the time (RFC 867), `chargen` sends a pattern without end (RFC 864), `upper` sends back what comes in capitals, `knock-knock` tells a joke, \
and `lossy-echo=0.25` is an echo that loses a quarter of the datagrams, or of the reads of a stream: the same ones in each run. \
With `-k` the server goes on for the next clients; without it, it ends with the first.

`--serve` says how several clients are served, and is what a course on sockets compares:

- `iterative`: one after the other; the others are connected by the kernel and wait in the backlog.
- `fork`: a process for each. Ended children are waited for, unless `--no-reap` shows what becomes of them otherwise: zombies, in state Z of `ps`(1).
- `thread`: a thread for each.
- `event`: one process and one thread, with `epoll`(7). This is what `--app` does if nothing else is said.

`-v` and `--explain` say which process or thread serves whom. `--max-conns` limits how many there are at the same time, and `--max-clients` how many in all: \
then the port is closed, and the server ends with its last client. Both `--serve` and `--max-clients` imply `-k`. \
The backlog is as long as the system allows, unless `--backlog` says otherwise. When there are no more file descriptors, the server says so, stops accepting, \
and goes on when a client has left. A client that does not read is not read from either, and holds nobody up. `-w` ends a connection on which nothing has moved for that long.

Over UDP a datagram from port 7, 13, 17 or 19 is not answered: such a service would answer the answer, and so on for ever.",
);

/// An example.
pub(super) const ECHO: Example = Example {
    says: "A server for as many clients as come, until two have been served, and the two:",
    command: "nc -l --max-clients 2 --app upper 127.0.0.1 7010 &\n\
until echo first | nc -N 127.0.0.1 7010; do :; done\n\
echo second | nc -N 127.0.0.1 7010; wait",
    shows: "SECOND",
    status: 0,
};

/// An example.
pub(super) const JOKE: Example = Example {
    says: "The server of a course, by a process for each client, and which process that is:",
    command: "nc -lvn --serve fork --max-clients 1 --app knock-knock 127.0.0.1 7011 2>log &\n\
until printf \"Who's there?\\nLettuce who?\\nn\\n\" | nc -N 127.0.0.1 7011; do :; done\n\
wait; grep process log",
    shows: "is served by process",
    status: 0,
};
