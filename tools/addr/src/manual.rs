//! What the man page says beyond the options.

mod commands;
mod examples;

use sockeye_cli::Manual;

/// The man page of `addr`.
pub const MANUAL: Manual = Manual {
    summary: "show addresses and networks in every notation, with the arithmetic",
    synopsis: &[
        "[--explain] [--json] [--color WHEN] [-f FILE] [ADDRESS...]",
        "--get TEMPLATE [-f FILE] [ADDRESS...]",
        "port [-u] PORT...",
        "order [--bits BITS] VALUE...",
        "split NETWORK (-n COUNT | -p LENGTH) [--limit COUNT]",
        "vlsm NETWORK SIZE...",
        "supernet [-f FILE] [NETWORK...]",
        "range FIRST-LAST",
        "overlap [-a] [--limit COUNT] [-f FILE] [NETWORK...]",
        "same A B",
        "lpm (TABLE | --route NETWORK=VIA...) [-f FILE] [ADDRESS...]",
        "if [INTERFACE...]",
        "mac MAC...",
        "eui64 MAC [NETWORK...]",
        "special [NETWORK...]",
    ],
    description: "`addr` shows an address in every notation: decimal, hexadecimal, octal, binary and octet by octet; the name \
under which the DNS keeps it; what IANA reserved it for; what inet_aton(3), inet_pton(3) and getaddrinfo(3) make of the text, \
and why they differ; and the octets of the structure that bind(2) and connect(2) take.

Of a network it shows mask, wildcard, first and last address, how many there are, and the bits with the boundary drawn. Its \
commands cut, join and compare networks, look routes up, and turn octets round. With `--explain` each shows the arithmetic first, as it \
is done on paper.

Nothing is sent and nobody is asked: a name is no address here.",
    sections: &[
        commands::NOTATIONS,
        commands::ADDRESSES,
        commands::NETWORKS,
        commands::PLANS,
        commands::SAME,
        commands::ROUTES,
        commands::ORDER,
        commands::MACS,
        commands::MANY,
        commands::JSON,
        (
            "Confinement",
            "Before it looks at what it was given, `addr` gives up what it does not need: it runs no program, opens no file but those of \
the command line, makes no socket, and has no capability, whoever started it. What is still needed stays: to read files that are somebody else's, if root named them \
(CAP_DAC_READ_SEARCH); a socket by which the kernel is \
asked for the name of an interface, as in `fe80::1%eth0` or in lines of a file; netlink, for `if`; the C library, which reads files and asks others, \
for the services of `port`.

The kernel holds `addr` to it by `seccomp`(2) and Landlock; where all is on the command line, by Landlock and `setrlimit`(2), which allows no \
new descriptor: a filter of system calls would cost more than the work. Where one of them is missing, on an old kernel or in a container, \
`addr` goes on without it; `--explain` shows what took hold.",
        ),
    ],
    examples: examples::EXAMPLES,
    exit_status: &[
        (0, "Yes: every text was read; networks overlap; the two are the same, or near; every address has a route."),
        (
            1,
            "No: a text to be shown is no address, network, MAC address, port or number, as in `addr 1.2.3.400` (the others are shown nevertheless); no two networks \
overlap; the two are not the same; an address has no route, or one that refuses it; subnets do not fit; there is no such interface or service; a network is in no \
special range; the MAC address of `eui64` is a group's.",
        ),
        (2, "The command line is wrong, which is so too where a command that reckons with addresses or networks (`split`, `vlsm`, `supernet`, `range`, `overlap`, `same`, `lpm`, \
`eui64`, `special`) is given what is none; or a file cannot be opened; or a line of a file of networks, of a table or of addresses of `lpm` is none."),
        (4, "This host failed: standard output does not take what is written, a file cannot be read, the kernel cannot be asked."),
    ],
    caveats: "What the C library reads is asked of the C library of this host: another one may read otherwise. That of musl, for one, \
has an inet_pton(3) of its own.

The names of services come from this host too (nsswitch.conf, /etc/services).",
    standards: "RFC 791, RFC 4632 and RFC 3021 for IPv4 and its networks; RFC 4291, RFC 5952 and RFC 6164 for IPv6. RFC 1112, RFC 2365, RFC 3306, RFC 3956, \
RFC 4607, RFC 5771 and RFC 6676 for groups. RFC 3056, RFC 4380, RFC 5214, RFC 6052 and RFC 8215 for IPv4 addresses in IPv6 addresses. RFC 1035, RFC 2317 \
and RFC 3596 for names. RFC 2464, RFC 9542 and RFC 9568 for MAC addresses. RFC 1122 and RFC 1812 for what hosts and routers do with addresses that no host has, RFC 6335 for ports. RFC 6890 and RFC 8190: the special-purpose registries of IANA, \
as of 2025-10-09.",
    see_also: &["dig(1)", "url(1)", "ports(1)", "inet(3)", "inet_pton(3)", "getaddrinfo(3)", "ip(7)", "ipv6(7)"],
};
