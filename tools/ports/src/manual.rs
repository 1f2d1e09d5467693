//! What the man page says beyond the options.

mod backlog;
mod explain;
mod wait;
mod why;

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The man page.
pub(crate) const MANUAL: Manual = Manual {
    summary: "list sockets, their states and owners",
    synopsis: &[
        "[-tulanpH46] [--first-owner] [--explain] [--json] [--color WHEN]",
        "why [-tu] [--reuseaddr] [--reuseport] [--v6only] [--device INTERFACE] [--no-trial] PORT [ADDR]",
        "wait [-tu] [--state STATE] [--timeout SECONDS] PORT",
    ],
    description: "Lists the TCP and UDP sockets of this network namespace, as the kernel tells them over netlink \
(`sock_diag`(7)), one a line. Without `-t` or `-u` both protocols are listed, without `-4` or `-6` both families.

Without `-l` or `-a` only connections are listed: TCP from SYN-SENT to LAST-ACK, without half-open ones and TIME-WAIT, \
and connected UDP sockets. `-l` lists what waits for peers instead, `-a` everything. `ports -tulnp` and \
`ports -tanp` do what they do in `ss`(8) and `netstat`(8).

No privilege is needed, except for `-p` to see the processes of other users. How many owners are hidden for want of it \
is said on standard error.

No address is ever resolved, and nothing is sent on the network.",
    sections: &[
        (
            "Columns",
            "`Proto`: `tcp` or `udp` for sockets of the IPv4 family, `tcp6` or `udp6` for those of the IPv6 family. An \
IPv6 socket may carry IPv4, and then has addresses like `[::ffff:192.0.2.1]:80`.

`State`: for TCP as RFC 9293 spells it, in capitals. `BOUND` is a socket that has a port and neither listens nor \
connects (from Linux 6.8 on). UDP has no states; `connected` and `unconnected` say whether the process called \
`connect`(2).

`Recv-Q`, `Send-Q`: for TCP, octets that the process has not read, and octets that the peer has not acknowledged; a FIN \
counts as one, so that `Recv-Q` is at least 1 in CLOSE-WAIT. In LISTEN: connections that wait for `accept`(2), and how \
many may. For UDP, memory that unread and unsent datagrams take: more than their data, since the kernel counts its own \
buffers.

`Local`, `Peer`: address and port. `0.0.0.0` is every IPv4 address, `[::]` every IPv6 address, `*` every address of \
both. Behind a `%` stands the interface that the socket is bound to, as in `[fe80::1%eth0]:80` or `0.0.0.0%eth0:80`. \
`*` in place of a port is any.

`Owner`, with `-p`: every process that holds the socket, with its number and its descriptors. A name with blanks or \
brackets stands in quotes, and control characters are written as `\\xNN`. `-` means that no process has it: \
TIME-WAIT, a connection that waits for accept, one that the process has closed, a process outside this PID namespace; \
`?` a process that may not be looked into.

Where a row is too long for the terminal, its owner, and its peer too, stand on lines of their own below it. \
Into a pipe or a file, each socket is always one line.",
        ),
        why::SECTION,
        wait::SECTION,
        (
            "Output for programs",
            "`--json` prints one object a socket: `protocol`, `family`, `state`, `local_address`, `local_port`, \
`local_service`, `peer_address`, `peer_port`, `peer_service`, `interface`, `v6only`, `recv_queue_octets`, \
`send_queue_octets`, `accept_queue_connections`, `accept_queue_limit_connections`, `expires_ms` (until the kernel \
forgets a TIME-WAIT), `uid`, `inode`, `cookie`, `owners`, `owners_hidden`. What does not apply is null; so are the \
last two without `-p`.",
        ),
        (
            "Explanation",
            "`--explain` shows first which requests went to the kernel and how many sockets came, and how the owners were \
found; then, behind the listing, what each state in it means and who must act next.",
        ),
        explain::SECTION,
        backlog::SECTION,
    ],
    examples: &[
        explain::EXAMPLES[0],
        explain::EXAMPLES[1],
        backlog::EXAMPLES[0],
        Example {
            says: "Which ports are open, and whose are they?",
            command: "ports -tulnp",
            shows: "Owner",
            status: 0,
        },
        Example {
            says: "Everything about TCP, and what its states mean:",
            command: "ports -tanp --explain",
            shows: "asked NETLINK_SOCK_DIAG for AF_INET tcp",
            status: 0,
        },
        Example {
            says: "The UDP sockets as JSON Lines:",
            command: "ports -ua --json --explain",
            shows: "\"schema\":\"ports/1\"",
            status: 0,
        },
        why::BUSY,
        why::FREE,
        why::FOREIGN,
        wait::GONE,
    ],
    exit_status: &[
        (0, "The sockets were listed, even if there are none; `why`: every bind that was asked about would succeed."),
        (1, "`why`: a bind would fail; `wait`: the time is over."),
        (2, "The command line is wrong."),
        (4, "The kernel did not list them, or standard output did not take the list."),
    ],
    caveats: "Filters by state, address or port are not understood yet, and neither are sockets other than TCP and UDP. \
Where a kernel has no sock_diag for a kind of socket, the \
lists of /proc/net are read, which are not exact while sockets come and go.

Sockets that are only bound are not listed by kernels before Linux 6.8.

The names of services come from /etc/services alone.

A process that opens, passes on or closes a socket while the list is made may be missed: the kernel lists sockets, and \
/proc is read afterwards. With `--first-owner` other holders of the same socket are not looked for.",
    standards: "RFC 9293 (TCP states), RFC 5952 (IPv6 text), RFC 4007 (zones).",
    see_also: &["nc(1)", "ss(8)", "netstat(8)", "sock_diag(7)", "proc_pid_fd(5)", "services(5)"],
};
