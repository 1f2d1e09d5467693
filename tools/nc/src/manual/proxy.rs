//! Proxies.

use sockeye_cli::manual::Example;

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Proxies",
    "`-x` connects through a proxy: SOCKS 5 (RFC 1928), or with `-X 4` SOCKS 4 and 4a, with `-X connect` HTTP CONNECT. \
`--proxy` and `--proxy-type` say the same in ncat's words, where HTTP is what a proxy speaks if nothing is said. The port is 1080 for SOCKS and 3128 \
for HTTP, unless it stands behind the address; an IPv6 address with a port stands in brackets.

`--proxy-auth` gives user and password: RFC 1929 for SOCKS 5, the user alone for SOCKS 4, for HTTP Digest (RFC 7616: SHA-256 or MD5) or Basic (RFC 7617), whatever is the best that the proxy asks for. `-P` gives the user alone, and the password is asked for on the terminal when an HTTP proxy wants it; SOCKS takes no notice of it. But for Digest they go over the \
network as they are. The proxy looks up the name of the destination; `--proxy-dns local` does it here. `-w` limits each wait for the proxy. `--explain` \
shows every message to and from it.

A listener with `--proxy-type http` is an HTTP proxy itself, for CONNECT and for plain requests, which it forwards without what is between the client and it. \
Each client has one request and a process; without `-k` there is one client (called `ncat`: any number). `--proxy-auth` asks for a user and a password (Basic), and `--allow` and `--deny` limit who may come: \
without either, everybody who reaches this host can reach from it what it can reach.",
);

/// An example.
pub(super) const OURS: Example = Example {
    says: "A proxy, a server, and a client that goes through the one to the other:",
    command: "nc -l --proxy-type http 127.0.0.1 7015 &\n\
nc -l --app upper 127.0.0.1 7016 &\n\
until ports -tln | grep -q 127.0.0.1:7015 && ports -tln | grep -q 127.0.0.1:7016; do :; done\n\
echo hello | nc -N --proxy 127.0.0.1:7015 127.0.0.1 7016; wait",
    shows: "HELLO",
    status: 0,
};
