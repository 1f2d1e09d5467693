//! Programs for connections.

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Programs",
    "`-e` and `-c` run a program that has the connection as its standard input and output, at either end of it. `-e` takes a file and \
arguments, separated by spaces; a backslash takes the character behind it as it is. `-c` is a line for /bin/sh. The program finds in its environment \
with whom it talks: `NCAT_REMOTE_ADDR`, `NCAT_REMOTE_PORT`, `NCAT_LOCAL_ADDR`, `NCAT_LOCAL_PORT` and `NCAT_PROTO`.

With `-l -k` each client has a program of its own, at most 100 or `--max-conns` at the same time; who comes then waits until one ends. \
With `--ssl` the program speaks in the clear and nc speaks TLS for it, with a process of its own for each client. \
With `-u` the program has the datagrams of one peer, of whoever sends first if nc listens; it must read whole datagrams, for a read that is too short loses the rest of one. \
A listener without an address gives the program to everybody who reaches this host, and says so on a terminal.",
);
