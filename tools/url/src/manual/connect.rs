//! `url connect`.

/// What it shows and what it takes from where.
pub(super) const CONNECT: (&str, &str) = (
    "To the socket",
    "`url connect` shows what a client does with a URL up to its first octets, and does no more of it than to ask the resolver; \
`--no-resolve` leaves that out too. It shows the call of getaddrinfo(3) and its addresses in libc's order, each with its sockaddr; the port and who \
says so; what TLS says in the clear, a server name (never an address, never with a dot behind it) and the protocols on offer; the Host \
header (without the scheme's own port, IDN in ASCII, IPv6 in brackets and without its zone); the request target, in which an empty path is `/` and which \
never has the fragment; the Authorization that a userinfo becomes; and the octets of a GET, or of the request for a WebSocket. `--explain` \
shows them in hexadecimal, and each sockaddr field by field. Of other schemes it says who speaks first.

Where the environment has a proxy for the scheme, `url connect` says whether curl would go through it: `http_proxy` in lower case alone, others in \
lower or upper case, then `all_proxy`; `no_proxy` exempts names with all below them, addresses, prefixes, or everything by `*`.

The status is 1 where there is nothing to connect to.

If other readers of the URL go to another host, a warning says so before all else.

With `--json` there are `host_warning` (`input`, `hosts`, `why`), `question`, `effective_port`, `socket`, `tls` (`sni`, `why_no_sni`, `alpn`), `http` (`target`, `host`, `authorization`, \
`upgrade`), `first` (`speaker`, which is `client`, `server`, `both`, `unknown` or `nobody`, `octets` in hexadecimal, `text`, `note`), `proxy` \
(`variable`, `value`, `honoured`, `exempted_by`, `effect`), `why_none` and `warnings`; what there is none of is null.",
);
