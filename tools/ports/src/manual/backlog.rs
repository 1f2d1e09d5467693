//! `ports backlog` in the man page.

use sockeye_cli::manual::Example;

/// What it does.
pub(super) const SECTION: (&str, &str) = (
    "ports backlog",
    "`ports backlog [PORT]...` shows how full the accept queue of each TCP listener is: the connections that wait for \
`accept`(2), of the backlog that `listen`(2) and `net.core.somaxconn` set (the kernel lets one more wait), those that are \
half-open, the segments that the listener dropped, and who holds it. Below stand the counters of the namespace, by the names \
of /proc/net/netstat. The drops of a listener count SYNs and also last ACKs that found the queue full: the client then \
believes to be connected while the server does not.

`-f` (`--follow`) goes on and prints a line for each change, every `--interval` seconds (0.2), until `--count` changes or \
`--duration` seconds are over, standard output is closed, or ^C ends it (status 130): with how full the queue is then, and a line \
where a counter of the namespace has grown. What comes and goes between two looks is not seen, except in the \
drops.

With `--json`, an object a listener (`kind` is `listener`; `socket`, an object as a listing has it; `waiting_connections`, \
`limit_connections`, `half_open_connections`, `drops_segments`, `full`), one of `kind` `counters` (`listen_overflows`, \
`listen_drops`, `syn_queue_drops`, `syn_cookies_sent`), and with `-f` an event a change (`kind` is `change`; `change` is \
`appeared`, `moved` or `gone`: `time_unix_s`, `local`, `cookie`, `before`, `after`; or `counted`: `time_unix_s`, and the counters `before` \
and `after`). The status is 1 if nothing listens there.",
);

/// How it is used.
pub(super) const EXAMPLES: [Example; 1] = [Example {
    says: "Does a server fall behind with accept?",
    command: "nc -l 127.0.0.1 8080 & ports wait 8080 && ports backlog 8080; kill $!",
    shows: "Waiting",
    status: 0,
}];
