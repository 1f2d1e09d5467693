//! "Filters".

use sockeye_cli::manual::Example;

pub(super) const SECTION: (&str, &str) = (
    "Filters",
    "The operands are a filter in the language of `ss`(8). They are joined by blanks, so that quoting all of it or nothing \
is the same, as far as the shell lets brackets, `!`, `<`, `>`, `&` and `|` through.

`state S`: sockets in this state; `exclude S`: in any other. S is `established`, `syn-sent`, `syn-recv`, `fin-wait-1`, \
`fin-wait-2`, `time-wait`, `closed`, `close-wait`, `last-ack`, `listening`, `closing` or `bound`, with or without hyphens, \
in any case, as `ss` and `netstat`(8) spell them too; or a group: `all`; `connected`, all but `listening`, `closed` and \
`bound`; `synchronized`, these without `syn-sent`; `bucket`, `syn-recv` and `time-wait`; `big`, all but these two. Several \
side by side add up: `state syn-sent state syn-recv`; `exclude` takes away. At the head of a filter they hold for all of \
it. `closed` is also what has no states and no peer, and what is only `bound`: TCP's CLOSED. A filter that names a state overrules `-l`, `-a` and their absence.

`src HOST`, `dst HOST`, `host HOST`: the address here, there, or one of both. HOST is an address, `ADDRESS/LENGTH`, of IPv4 also `ADDRESS/MASK` \
(`10.0.0.0/255.0.0.0`), a name, \
`*`, any of them with `:PORT` behind it, or `:PORT` alone. `10/8` is 10.0.0.0/8. IPv6 needs brackets only if a port follows: \
`fd99::/16`, `[fd99::]/16`, `fe80::1%eth0`, `[::1]:22`. An IPv4 address or prefix also matches IPv6 sockets that carry it \
(`::ffff:192.0.2.1`); written as `::ffff:192.0.2.1` it matches only those. A name is looked up with `getaddrinfo`(3), which \
may ask the network; no other test does. Before HOST may stand `inet:` or `inet6:`. Of other families: `unix:PATTERN`, \
`link:PROTOCOL:INTERFACE`, `netlink:PROTOCOL:PORT`, `vsock:CID:PORT`; what begins with `/` or `@` is a Unix-domain name \
without `unix:` too.

`sport PORT`, `dport PORT`, `port PORT`: the port here, there, or one of both; `:PORT` alone is the last. PORT is a number (`80`, `0x50`), a \
range such as `80-90`, or a service, with or without a colon before it.

`dev INTERFACE`: bound to this interface, by name or index; 0 is none. `fwmark N` or `fwmark N/MASK`: the mark, which the \
kernel tells only to those with CAP_NET_ADMIN. `cgroup PATH`: the control group, below where cgroup2 is mounted. \
`autobound`: the kernel chose the local port: `bind`(2) did not, and it lies in net.ipv4.ip_local_port_range. Of accepted \
connections, SYN-RECEIVED and TIME-WAIT the kernel has forgotten who chose, so that only the range decides.

`pid N`, `process NAME`: held by this process, or by one of that name, where `*`, `?` and `[a-z]` stand for others; the name may stand as a listing shows it, in its quotes and with its escapes, and so may that of a Unix-domain socket. A socket \
whose owners are hidden matches neither that nor its opposite (`!=`, `not`), and their number is said on standard error. \
`uid N`, `user NAME`: made by this user; where the kernel keeps none, as of TIME-WAIT, neither that nor its opposite matches. `inode N`. `family 4`, `family 6`, `inet`, `inet6`: the family of the socket. `rcvq N`, `sndq N`: the queues. None of \
these is known to `ss`.

Behind the first word may stand `=` (or `==`, `eq`, nothing), `!=` (`ne`, `neq`), and for numbers and single ports `<` \
(`lt`), `<=` (`le`, `leq`), `>` (`gt`), `>=` (`ge`, `geq`). What has blanks, brackets or operators in it stands in quotes of \
its own: `'process = \"a b\"'`.

Tests are joined by `and` (`&`, `&&`, nothing), `or` (`|`, `||`) and `not` (`!`). `not` binds closest, then `and`, then `or`. \
`ss` promises the same and does another thing: it reads from left to right, so that `A or B and C` is `(A or B) and C`. \
Such a filter is answered as it stands here, and a warning on standard error shows both readings; brackets avoid it. \
`ss` also needs blanks around brackets and operators, takes states only at the head, and reads `dst fd99::2` as port 2 \
of `fd99:`.

As much of a filter as the kernel can test becomes a program that it runs over each socket; `--explain` shows the filter \
with all its brackets and that program, an operation a line, with the offset where the kernel goes on if the test fails.",
);

pub(super) const OF_A_PROCESS: Example = Example {
    says: "What does a process have open, as lsof -i -p would list it?",
    command: "ports -tuap pid $$ or process nginx",
    shows: "Owner",
    status: 0,
};
pub(super) const PRECEDENCE: Example = Example {
    says: "The clients of two services, unless they are on this host:",
    command: "ports -tn 'state established (sport = :22 or sport = :443) and not dst 127.0.0.0/8'",
    shows: "Peer",
    status: 0,
};
pub(super) const READING: Example = Example {
    says: "How is a filter read, and what does the kernel do with it?",
    command: "ports -ta --explain dst fd99::/16 or sport = :22 and dport '>' 1023",
    shows: "D_COND AF_INET6 fd99::/16",
    status: 0,
};
