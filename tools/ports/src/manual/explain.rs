//! `ports explain` in the man page.

use sockeye_cli::manual::Example;

/// What it does.
pub(super) const SECTION: (&str, &str) = (
    "ports explain",
    "`ports explain` draws TCP's state machine and marks the states in which sockets of this namespace are now. \
`ports explain STATE` says what a state means, who must act next, and what leads into it and out of it; the state may be \
spelt as RFC 9293, `ss`(8) or `netstat`(8) do: `CLOSE-WAIT`, `close_wait`, `FIN_WAIT2`, `ESTAB`, `UNCONN`.

A bare number is a port; if a process has the same number, a line on standard error says so, and a number above 65535 can \
only be a process. `ports explain PORT` (`80`, `http`, `53/udp`, `127.0.0.1:80`) and `ports explain pid:PID` take the TCP and UDP sockets with that port at either \
end, or of that process, and say of each what its queues, its timer and its counters mean: what the process has not read, \
what the peer has not acknowledged, how often the kernel has tried and when it tries again, who must act next: the state says that, unless the connection waits for \
`accept`(2), the peer does not read, or nothing is answered. At most \
`--limit` of them, 10 unless told; `--no-drawing` leaves the state machine out.

With `--json`, objects whose `kind` is `machine` (`transitions`: `from`, `to`, `event`, `sends`; `present`), `state` \
(`state`, `other_names`, `meaning`, `next`, `entered_by`, `left_by`, `sockets`) or `socket` (`socket`, an object as a listing \
has it; `meaning`, `next`, `facts`: `about`, `text`). The status is 1 if there is no such socket, 4 if the process may not be looked into.",
);

/// How it is used.
pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        says: "What is CLOSE_WAIT, and who must act?",
        command: "ports explain CLOSE_WAIT",
        shows: "the process here must close(2)",
        status: 0,
    },
    Example {
        says: "The state machine of TCP, for a lecture:",
        command: "ports explain",
        shows: "FIN-WAIT-2",
        status: 0,
    },
];
