//! What the man page says of `ports log`.

use sockeye_cli::manual::Example;

pub(super) const SYNOPSIS: &str = "log [-tu46] [-c N] [--duration SECONDS] [FILTER...]";

pub(super) const SECTION: (&str, &str) = (
    "Logging closed connections",
    "`ports log` prints a line for each TCP connection and each UDP socket when the kernel destroys it: when, both ends, how long it \
was seen, octets sent, acknowledged and received, round-trip times, retransmissions, how it ended, and a process that held it. No \
privilege is needed. Listeners are left out.

How long: since it was first listed, which is up to 50 ms after it was made, until it was closed or listings lacked it; `unseen \
before` if it was never listed, and `more than` if it is older than the log.

Octets: without those that were sent again, and without SYN and FIN. The kernel counts the peer's FIN as an octet received unless \
it came late; where this is open, `received 10 or 11` is said of what was closed here first, and of every end `--json` has \
`received_octets` with and `received_may_count_fin`.

How it ended is concluded: TIME-WAIT is left where both sides closed and this one was first (`FIN, here first`); without it, our FIN was \
acknowledged (`FIN, peer first`) or was not, as after a reset, or if it was in FIN-WAIT and the peer's never came. If nothing was sent again and no probe went unanswered it was not given up: `reset by peer` where this side had neither closed nor left octets unread (`ss -K` here looks the same), else `reset`, with the octets that its process had not read: who closes without reading all sends a reset. With retransmissions it is `reset or given up`. Of a connection that is aborted here (SO_LINGER of zero seconds, or its \
listener closed before it was accepted) the kernel forgets the peer and all counts: what a listing had shown is told, with `reset \
here`; if none had, it cannot be told from one that failed to open: `no connection, or reset here`. One that was seen \
to be asked for in vain has `no connection`. \
The message comes when the socket's memory is freed: if the process keeps the descriptor open, when it closes that.

A line that is wider than the terminal is broken between two of its parts. Close messages that are lost are counted on standard error, as of `watch`.

With `--json`, each line is an object of type `event`, in which every field is always there: `event` (`closed`), `time`, `monotonic_us`, `protocol`, `family`, both ends, `interface`, \
`accepted` and `accepted_by` as of `watch`, `seen_for_us`, `seen_for_error_us` (by how much that may be wrong), `older_than_log`, \
`state_before`, `ended` (`closed_here_first`, `closed_by_peer_first`, `reset_by_peer`, `reset`, `reset_or_given_up`, `reset_here`, `no_connection`, `no_connection_or_reset_here`, \
`unknown`; null of UDP), \
`sent_octets`, `acked_octets`, `retransmitted_octets`, `received_octets`, `received_may_count_fin`, `unread_octets` (of those that were reset or given up), `rtt_us`, `min_rtt_us`, \
`retransmits`, `inode`, `cookie`, `owners`, and `tcp_info` with every field of the kernel's structure under its own name. \
`lost` is told as by `watch`.",
);

pub(super) const OCTETS: Example = Example {
    says: "How many octets went over each connection to a server?",
    command: "nc -lk 127.0.0.1 8080 >got & server=$!\nhello() { echo hello | nc -N 127.0.0.1 8080; }\n(until hello; do :; done; while hello; do :; done) 2>/dev/null &\nports log -t -c 1 'sport = :8080'\nkill $server",
    shows: "received 6",
    status: 0,
};
