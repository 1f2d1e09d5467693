//! Proxies.

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Proxies",
    "`-x` connects through a proxy: SOCKS 5 (RFC 1928), or with `-X 4` SOCKS 4 and 4a, with `-X connect` HTTP CONNECT. \
`--proxy` and `--proxy-type` say the same in ncat's words, where HTTP is what a proxy speaks if nothing is said. The port is 1080 for SOCKS and 3128 \
for HTTP, unless it stands behind the address; an IPv6 address with a port stands in brackets.

`--proxy-auth` gives user and password: RFC 1929 for SOCKS 5, the user alone for SOCKS 4, for HTTP Digest (RFC 7616: SHA-256 or MD5) or Basic (RFC 7617), whatever is the best that the proxy asks for. `-P` gives the user alone, and the password is asked for on the terminal when an HTTP proxy wants it. But for Digest they go over the \
network as they are. The proxy looks up the name of the destination; `--proxy-dns local` does it here. `-w` limits each wait for the proxy. `--explain` \
shows every message to and from it.",
);
