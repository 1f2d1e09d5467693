//! What the man page says of `ports watch`.

use sockeye_cli::manual::Example;

pub(super) const SYNOPSIS: &str =
    "watch [-tu46] [-c N] [--duration SECONDS] [--interval SECONDS] [--no-trace] [FILTER...]";

pub(super) const SECTION: (&str, &str) = (
    "Watching sockets",
    "`ports watch` prints a line for each change of the state of a socket: when, both ends (`<-` if the peer opened the \
connection, as far as a listener on the local port tells), the states, how long the one before had lasted, and a process that holds \
the socket. What was there at the start is not told of until it changes; then its state had lasted for more than what is said. \
Sockets that appear and close are told of too, and so are retransmissions and resets.

Without privilege there are two sources. The kernel lists the sockets every 50 ms (`--interval`), and it tells of each socket \
that it destroys. A state that is shorter than the interval may be missed; a socket of which nothing but its end was seen \
`opened and closed between two listings`. Where there are many sockets, those that open or close are listed more often than all, \
so that watching takes less than 5 % of a processor; `--explain` says how often.

As root there is a third one: a trace instance of its own, in which the kernel stamps each change of a TCP state, each \
retransmission, and each reset with its reason. No state of TCP is missed then, unless events are lost. UDP has none of these. The instance is removed at the end; after SIGKILL, by the \
next `ports watch`. Trace events do not name their network namespace: they count only where a listing or a close message of this \
namespace has the same socket. `--no-trace` does without them.

Where the kernel only says that it closed a connection that lives on in FIN-WAIT-2 or TIME-WAIT, that is what is told. On a terminal the last \
line says how long the next TIME-WAIT has left; everywhere else `-> TIME-WAIT ... (60.0 s left)` says it once, and `TIME-WAIT over` when it has ended. How long a TIME-WAIT that \
ended before its time had lasted is known only to the listing.

What is doubtful: a duration with `~` was not stamped by the kernel, and may be off by the interval or more at each end; `--json` has \
no bound of that. The reason of a reset is that of the last one that this machine sent to the same ends, which may have been an \
earlier connection's. When events or close messages are lost, a line on standard error says so; how many is not known, and lost \
events may have been another namespace's. The watch holds what is there: a few hundred octets for each socket, TIME-WAIT too.

A FILTER is what `ss`(8) takes: `'sport = :80 or dst 10.0.0.0/8'`. A socket is told of if it passes before or after the change, so \
that `state time-wait` shows when it begins and ends. Tests for processes, marks and control groups are refused.

It ends after `--count` lines or `--duration` seconds with status 0, and with 130 on Ctrl-C. With `--json`, each line is an object \
with `what` (`changed`, `retransmitted`, `reset_sent`, `reset_received`), `time`, `monotonic_us`, `seen_by` (`listing`, \
`close_message`, `tracepoint`), both ends, `accepted`, `from_state`, `to_state` (null before it appeared and when it is closed), \
`duration_us` or, where the beginning was not seen, `duration_at_least_us`, `expires_ms`, `timeouts_in_a_row`, `reset_reason`, \
`uid`, `inode`, `cookie` and `owner`.",
);

pub(super) const LIFE: Example = Example {
    says: "Watch a port while something connects to it:",
    command: "nc -lk 127.0.0.1 8080 & server=$!\n(until nc -z 127.0.0.1 8080; do :; done; while nc -z 127.0.0.1 8080; do :; done) 2>/dev/null &\nports watch -c 1 'sport = :8080'\nkill $server",
    shows: "127.0.0.1:8080",
    status: 0,
};

pub(super) const QUIET: Example = Example {
    says: "What a watch sees and what it may miss, for a second:",
    command: "ports watch --explain --duration 1 state time-wait",
    shows: "sockets here at the start",
    status: 0,
};
