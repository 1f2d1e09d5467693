//! What the man page says of `ports watch`.

use sockeye_cli::manual::Example;

pub(super) const SYNOPSIS: &str =
    "watch [-tu46] [-c N] [--duration SECONDS] [--interval SECONDS] [--countdown SECONDS] [--no-trace] [FILTER...]";

pub(super) const SECTION: (&str, &str) = (
    "Watching sockets",
    "`ports watch` prints a line for each change of the state of a socket: when, both ends, the states, how long the one before had \
lasted, and a process that holds the socket. What was there at the start is not told of until it changes; then its state had \
lasted for more than what is said. Sockets that appear and close are told of too, and so are retransmissions and resets. A line \
that is wider than the terminal is broken before what happened, and nothing of it is cut; where there is no terminal, each is one line.

Without privilege there are two sources. The kernel lists the sockets, and it tells of each socket that it destroys. A state that \
is shorter than the time between two listings may be missed; a socket of which nothing but its end was seen `opened and closed \
between two listings`. Every 50 ms those are listed that open, close or listen, and all others if the kernel has opened a connection \
since, or a second has passed, or more of very many. Where that would take more than about 4 % of a processor, because very many sockets are closing or very many are \
open while others come, it is done less often: `--explain` says how often. `--interval` is kept whatever it costs, but for TIME-WAIT, of which \
the end is known beforehand.

As root there is a third one: a trace instance of its own, in which the kernel stamps each change of a TCP state, each \
retransmission, and each reset with its reason. No state of TCP is missed then, unless events are lost, and it need not be listed \
often for that: `--interval` is then about listeners and UDP, which has none of these. Trace events do not name their network namespace: \
they count only where a listing or a close message of this namespace has a socket with the same ends and, where the event tells \
it, the same cookie. Where two namespaces have connections with the same ends at the same time, as containers may have over loopback, \
the listing alone tells of this one's. `--no-trace` does without them.

The instance is removed at the end. After SIGKILL nobody can: it stays, takes a megabyte for each processor, and is removed by the next `ports \
watch` of root, or by `rmdir /sys/kernel/tracing/instances/sockeye-PID`.

`<-` is between the ends if the peer opened the connection: it was seen in SYN-RECEIVED, or somebody listens on its local port or \
did so in the two seconds before. `->` is everything else: it was seen in SYN-SENT, or no listener is known, which is wrong of \
connections that are older than the watch and have outlived their listener.

Where the kernel only says that it closed a connection that lives on in FIN-WAIT-2 or TIME-WAIT, that is what is told. On a terminal \
the last line counts down how long the next TIME-WAIT has left. `--countdown 10` says it of each every ten seconds, on a terminal or not; \
and `TIME-WAIT over` is told when it has ended. 10,000 sockets are followed through TIME-WAIT; of those beyond, a line on \
standard error tells how many there are, and their end is not told.

What is doubtful: a duration with `~` was not stamped by the kernel, and may be off by the time between two listings at each end; \
`--json` has the bound. The reason of a reset that comes in is that of the reset which this machine sent to the same ends within the \
second before it, after the connection was opened. When close messages or trace events are lost, a line on standard error says how many (since Linux 4.12); \
lost events may have been another namespace's.

A FILTER is what `ss`(8) takes: `'sport = :80 or dst 10.0.0.0/8'`. A socket is told of if it passes before or after the change, so \
that `state time-wait` shows when it begins and ends. Tests for processes, marks and control groups are refused.

It ends after `--count` lines or `--duration` seconds with status 0, and with 130 on Ctrl-C.

With `--json`, each line is an object of type `event`. Every field is always there, and null where it says nothing: \
`event` (`changed`, `time_wait`, `retransmitted`, `reset_sent`, `reset_received`), `time` (UTC), `monotonic_us`, `time_error_us` (it \
happened then, or by so much earlier), `seen_by` (`listing`, `close_message`, `tracepoint`), `protocol`, `family`, `local_address`, \
`local_port`, `peer_address`, `peer_port`, `interface` (`index` and `name`), `accepted` and how that is known, `accepted_by` (`syn_sent`, `syn_received`, \
`listener`, `no_listener`), `from_state` and `to_state` (null before it appeared and when it is closed), `duration_us` or, where the \
beginning was not seen, `duration_at_least_us`, `duration_error_us` (by how much either may be wrong), `expires_ms` (of TIME-WAIT), \
`timeouts_in_a_row`, `reset_reason`, `uid`, `inode`, `cookie`, and `owners`, each with `pid`, `fd`, `command` and `command_hex` (null where nobody has looked yet). \
Besides these there are `lost` with `what` (`close_messages`, `trace_events`, `unmatched_trace_events`) and `count`, and `not_followed` with `sockets`.",
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

pub(super) const WAITS: Example = Example {
    says: "Count down a TIME-WAIT, for programs:",
    command: "nc -lk 127.0.0.1 8080 >got & server=$!\nuntil echo hello | nc -N 127.0.0.1 8080; do :; done\nports watch --countdown 0.5 -c 1 --json state time-wait; kill $server",
    shows: "\"event\":\"time_wait\"",
    status: 0,
};
