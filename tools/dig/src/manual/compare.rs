//! What the man page says of `+compare`.

pub(in crate::manual) const SECTION: (&str, &str) = ("Comparing the sources", "\
`+compare NAME` asks every source for one name and puts the answers side by side: what programs get, and why that is not what
`dig` shows.

The hosts file: the lines about the name, by number.

Sources: what the `hosts:` line of `/etc/nsswitch.conf` names, in order. Each is asked by itself, as `getent -s` does it; `then`
says whether the C library asks on, with the actions in brackets (`[NOTFOUND=return]`), and `*` marks the one that answers. A
module that is not installed is told, and how long one took that took a second or longer.

DNS: the names that come of the search list in the order in which the C library asks for them until one has an address, with
status (NODATA, NXDOMAIN and SERVFAIL apart) and TTL of A and AAAA. They are asked by `dig` itself, at the nameserver lines of
`/etc/resolv.conf` as the C library reads them, or at `@SERVER`; other options of a query hold too. A `-` marks what the C
library does not come to; the name as it is stands there in any case, because `dig` asks for it.

getaddrinfo: what the C library returns, in its order, with the source address that the kernel would use, scope, label and
precedence, and for each address the rule of RFC 6724 that puts it before the next one; `*` marks the one that a program tries
first. Labels, precedences and scopes are those of `/etc/gai.conf`, or the C library's own, which are older than RFC 6724 in
glibc. `+family=`, `+socktype=` and `+gai=` change the hints.

Other programs: what `getent hosts`, `ahosts`, `ahostsv4` and `ahostsv6` would print, which ask otherwise.

`;; DIFFERENCE:` stands before each disagreement, in a sentence. With `--json` they are in `disagreements`, with a `kind` each:
`hosts_and_dns`, `search_list`, `idn`, `sources`, `not_its_source`, `not_installed`, `comment`, `asking_ends`, `nsswitch_malformed`,
`servers`, `getent_hosts`, `addrconfig`, `errors`, `unreachable`, `order`, `gai_conf`, `rfc6724`.

Nothing but the name servers is sent anything: the source address comes from connecting a datagram socket. Where nscd listens
the C library asks that first, which is told. What the C library finds with HOSTALIASES is not followed.");
