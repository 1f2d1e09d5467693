//! Unix-domain sockets, vsock and SCTP.

use sockeye_cli::manual::Example;

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Paths, virtual machines, SCTP",
    "With `-U` the destination is a path, and there are no ports; `@name` is a name in Linux's abstract namespace, for which there is no file. Everything that serves TCP \
serves it too: `-k`, `-e`, `--app`, `--broker`, `--ssl`. A path has at most 107 octets. A client waits for a listener that has as many clients waiting as it wants; `-w` limits that.

With `-u` as well it carries datagrams. A client of those needs a name to be answered: `-s` says which, and otherwise it makes one in a folder of its own under /tmp. \
Either is removed at the end, by a signal too, unless another file is there by then. Without `-k` a listener answers whoever sends first.

A listener leaves its path behind, as OpenBSD's does. The next one takes over a path to which nobody listens any more, which `-v` tells. \
Unlike OpenBSD's it does not take over one to which somebody listens, and a file that is no socket neither. `--explain` shows the process and the user at the other end.

`--vsock` connects a virtual machine and its host: the destination is a CID (`host`, `local`, or a number) and a port of 32 bits. \
`--sctp` uses an SCTP association as a stream; SCTP cannot end one direction alone, so that with `-N` both end. Both need a kernel that has them, and the error says if it has not.

`-F` makes the connection, through a proxy if that was asked for, passes the socket to the program at the other end of standard output (SCM_RIGHTS, `unix`(7)) and ends. \
Standard output must be a Unix-domain socket. `ssh`(1) makes one with `ProxyUseFdpass yes`, and then talks to the server itself, with no nc in between:

  ssh -o ProxyUseFdpass=yes -o 'ProxyCommand=nc -F -x proxy.example %h %p' server.example

`-g 192.0.2.1,192.0.2.2` sends IPv4 packets to these hosts first, which are to pass them on (loose source route, RFC 791). Routers and hosts drop such \
packets unless somebody has set `accept_source_route` there (`ip-sysctl`), so that it is of use in a laboratory only. IPv6 has no such routes any more (RFC 5095).",
);

/// An example.
pub(super) const PATH: Example = Example {
    says: "A service at a path, and somebody who asks it:",
    command: "nc -lU --app upper service.sock &\n\
until echo hello | nc -NU service.sock; do :; done; wait",
    shows: "HELLO",
    status: 0,
};
