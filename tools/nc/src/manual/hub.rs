//! Clients who hear each other, and who may connect.

use sockeye_cli::manual::Example;

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Brokers, chats, and who may connect",
    "With `--broker` a listener passes on what one client sends to all others, and what its standard input says to everybody. \
`--chat` does it by lines, with `<user1>` in front of each and an announcement of who comes and goes; control characters that somebody sends are shown as `\\033` and the like. A client that ends is let go. \
Whoever is slow has the others wait; whoever takes nothing at all for two seconds while they wait is turned out, which `-v` tells.

`-l -k` with `--max-conns` or `--serve event`, and always in the dialect of ncat, has many clients share the standard streams: what any of them sends is written out, \
and the input goes to all of them. The input is read only while somebody is there to take it. With `--send-only` its end is the end of the server.

`--allow` and `--deny` say who may connect: addresses, networks (`10.0.0.0/8`, `2001:db8::/32`), ranges of octets (`10.0-3.*.1`) and names, which are looked up once, at the start. \
`--allowfile` and `--denyfile` read more of them, separated by blanks or lines; what stands behind `#` is a comment, and here an octet may also be a list (`10.0.0.1,4`). \
Who is denied is not served although allowed, and if there are entries that allow, nobody else is. The connection is closed at once, which `-v` tells, and the listener goes on waiting; \
a datagram is dropped.",
);

/// An example.
pub(super) const DENIED: Example = Example {
    says: "Only this host's own network may use the server:",
    command: "nc -lvn --max-clients 1 --app echo --allow 127.0.0.0/8 --deny 127.0.0.9 127.0.0.1 7012 2>log &\n\
until ports -tln | grep -q 127.0.0.1:7012; do :; done\n\
echo hello | nc -N -s 127.0.0.9 127.0.0.1 7012\n\
echo hello | nc -N 127.0.0.1 7012; wait; grep denied log",
    shows: "not allowed",
    status: 0,
};
