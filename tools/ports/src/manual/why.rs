//! What the man page says of `ports why`.

use sockeye_cli::manual::Example;

pub(super) const SECTION: (&str, &str) = (
    "Why a port is not to be had",
    "`ports why PORT [ADDR]` says whether `bind`(2) would succeed, with which errno it fails, which sockets are in the way, \
who holds them and until when, and what helps. Without an address it asks twice: for `0.0.0.0`, which most servers in C \
bind, and for `[::]`, which takes IPv4 too unless `--v6only` is given. Port 0 asks for one that the kernel chooses, and shows \
how full the range is. The protocol is TCP unless `-u` or `PORT/udp` says UDP.

The answer comes twice: by rules from the list of sockets, and from the kernel, by a trial: a socket is bound with the options \
that were asked for (`--reuseaddr`, `--reuseport`, `--v6only`, `--device`) and closed at once. It never listens or connects. \
What helps is tried in the same way, also on other addresses and ports. For the microseconds that a trial takes, `bind`(2) of \
another program can fail because of it: `--no-trial` avoids that where a server is just about to start. \
The two should agree; where they do not, both are shown. `--no-trial` leaves the trial out. A UDP socket that would share the \
port of another is never tried, since it would take datagrams from it. What a trial proves of options that no list shows \
(whether a closed socket had set `SO_REUSEADDR`) stands beside the socket.

In the way are: a listener, a socket that is only bound, a connection (also one whose listener is gone, and one of a client: its \
local port is taken), one that the kernel still closes, and TIME-WAIT. `SO_REUSEADDR` helps beside those that have set it too and \
do not listen. For TIME-WAIT that is the closed socket: a server that did not set it is not helped by a successor that does. \
`SO_REUSEPORT` helps where all sockets set it and belong to one user. `[::]` without `IPV6_V6ONLY` is in the way of every IPv4 \
address too, and what is left of its connections over IPv6 is in the way of `0.0.0.0`.

The kernel looks at the address, and whether the port needs a capability, before it looks at other sockets: where it stops there, that stands first. What would help against it (`IP_FREEBIND` for an address that is not here) is followed by what `bind`(2) would then fail with.

A port of the range from which the kernel takes those of connections (`net.ipv4.ip_local_port_range`) is named too: it may be free \
now and taken when the server starts, unless `net.ipv4.ip_local_reserved_ports` keeps it.

Each network namespace has ports of its own. Whoever may enter the others (CAP_SYS_ADMIN) is told who waits on the port there, by \
the names that `--netns all` gives them: that is not in the way, and often where the server is that one looks for.

A port that is a well-known one with its octets swapped (36895 for 8080) is named: somebody forgot `htons`(3).",
);

pub(super) const BUSY: Example = Example {
    says: "Why does bind say `Address already in use`, and what helps?",
    command: "nc -l 127.0.0.1 8080 & ports wait 8080; ports why 8080; kill $!",
    shows: "it listens: SO_REUSEADDR does not help",
    status: 0,
};

pub(super) const FREE: Example = Example {
    says: "May this host bind UDP port 5353 beside others that set SO_REUSEADDR?",
    command: "ports why 5353/udp 127.0.0.1 --reuseaddr",
    shows: "works",
    status: 0,
};

pub(super) const FOREIGN: Example = Example {
    says: "An address that is not here:",
    command: "ports why 8080 192.0.2.1",
    shows: "EADDRNOTAVAIL",
    status: 1,
};
