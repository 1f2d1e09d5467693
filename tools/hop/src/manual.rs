//! What the man page says beyond the options.

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The man page.
pub const MANUAL: Manual = Manual {
    summary: "ping and traceroute in one, with the working shown",
    synopsis: &[
        "[-46] [--names] HOST",
        "ping [--icmp | -U | -T] [-46bnqDf] [-c COUNT] [-i SECONDS] [-l COUNT] [-W SECONDS] [-w SECONDS] [-s OCTETS] [-t HOPS] [-M HOW] [-I ADDRESS|INTERFACE] [-p PORT] [--sport PORT] [--flow FLOW] [--tos NUMBER] [--names] HOST",
        "trace [-I | -U | -T] [-46nF] [-q COUNT] [-f HOPS] [-m HOPS] [-N COUNT] [-w MAX,HERE,NEAR] [-s ADDRESS] [-i INTERFACE] [-p PORT] [--sport PORT] [--size OCTETS | --mtu] [--flow FLOW] [--tos NUMBER] [--names] HOST",
    ],
    description: "`hop ping` sends probes to a host again and again and counts what comes back. `hop trace` finds the routers on the \
way: it sends probes that may pass one router, then two, and so on, and each router that throws one away says so. `hop HOST` does both: \
a trace with UDP, then four pings; its status is that of the pings.

Probes are ICMP echo requests, UDP datagrams or TCP connections, over IPv4 or IPv6. A trace takes UDP if nothing is said, pings \
take ICMP. The letters are those of ping(8) and traceroute(8); where they clash, each command keeps its own.

Of a name the first address that getaddrinfo(3) gives is taken. Nothing else is looked up: `--names` asks for the names of routers.",
    sections: &[
        (
            "Without root",
            "UDP and TCP need no privilege: the kernel queues the ICMP errors about what a socket sent (`IP_RECVERR`), and they are \
read from there. TCP connects with connect(2) and closes at once with a reset; open and refused both mean that the host was reached.

ICMP is sent by a datagram socket where the group of the user is within `net.ipv4.ping_group_range`, else by a raw socket, which takes root or \
CAP_NET_RAW. Where neither is allowed, pings for which nothing was said take UDP to port 33434 instead, and one sentence says so; `--icmp` \
and `trace -I` fail with status 4. These let ICMP through:

  sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"
  setcap cap_net_raw+ep /path/to/hop

Who may have a raw socket is also told what routers quote: `--explain` shows the TTL that a probe had when it got there.",
        ),
        (
            "Confinement",
            "Before it looks up a name, hop becomes the user who called, if its executable is set-user-ID, and keeps no capabilities but \
those by which sockets are made. Once it has the sockets of its probes, it gives up what it does not need any more, before the first probe goes out: it runs no \
program, opens no file, makes no other sockets, and has no capability, whoever started it. What is still needed stays: a socket by which the kernel is asked for the name of an interface; sockets with one probe each, for TCP and for `--flow vary`; with `--names` the C library, which reads \
files and asks others; raw sockets until the pings begin, for `hop HOST`.

The kernel holds it to that by `seccomp`(2) and Landlock. Where one of them is missing, on an old kernel or in a container, hop goes on \
without it; `--explain` shows what took hold.",
        ),
        (
            "Pings",
            "Each answer is a line. An answer is an echo reply, a datagram, an ICMP port unreachable or protocol unreachable of the host \
itself, an open connection or a refused one; any other ICMP error is shown in words with who sent it, and counts as no answer. \
`no answer yet` is said of a probe when the next one is sent.

The end is a summary: what was sent, received and lost; duplicates; answers `out of order`, that came after one to a later \
probe; `damaged` echo replies with other data than was sent; the round trips, where `mdev` is that of ping(8), `p95` what 95 of 100 do not \
exceed, and `jitter` that of RFC 3550; how long there was no answer, from the first probe without one to the next that had one; the \
errors; and how many routers were on the way back, guessed from the TTL.

Without `-c` and `-w` it goes on until a signal ends it (Ctrl-C), and then shows the summary too. SIGINT does so even where it was ignored, as in what a script puts into the background. SIGQUIT (Ctrl-\\) asks how far it is: a line on standard error, \
that of ping(8), and pings go on. In it `ewma` is a moving mean, in which each round trip counts an eighth.

`-l 3` sends the first three probes at once, and `-f -l 3` has as many under way. `-b` lets ICMP go to a broadcast address: whoever is \
there may answer, and all answers but the first count as duplicates. Linux does not answer to that unless `net.ipv4.icmp_echo_ignore_broadcasts` is 0.

Times are the kernel's: from handing \
the probe over to the stamp that the answer got when it came in; of TCP, to the end of connect(2).",
        ),
        (
            "Traces",
            "A line is a hop: who answered, the round trip of each probe, a `*` where none came within `-w`, and the marks of \
traceroute(8): `!N` no route, `!H` host unreachable, `!P` protocol unreachable, `!X` prohibited, `!S` source route failed or beyond \
scope, `!F-1400` fragmentation needed, MTU 1400, `!V` and `!C` precedence, `!<code>` others; `!T0` is a router that quotes another TTL than the 1 that runs out there. Several addresses at one hop are several ways. `asymm 5` says that \
the answer seems to have come over 5 links, judged by its TTL. MPLS labels and interfaces that routers tell (RFC 4950, RFC 5837) are lines below.

It ends with the first hop where the host answers or somebody says that it cannot be reached, or that the probe is too long (`-F`), or after \
`-m` hops. A TCP probe that the host answers says `open` or `refused`. Then sentences \
say what the stars and the end mean: a router that is silent while a later one throws a probe away is no break, since routers send few ICMP errors or none. \
A refusal proves no hop before it. Where a router was seen before, its refusal stands at the hop behind it, even if only a probe with a larger TTL \
got it; where it was not, a sentence says between which hops it may be. One that comes after `-w` ends the trace, too. ARP gives up after three seconds, and then the \
last router says `!H`: `-w` below 4 does not wait for that.

Of up to 16 probes under way, none waits longer than `-w`: at most MAX seconds, HERE times the round trip of another probe of the \
same hop, or NEAR times that of a later hop, but half a second in any case. HERE or NEAR of 0 is no limit.",
        ),
        (
            "One flow",
            "Routers that have several ways choose one by a hash over addresses, protocol and ports, and of ICMP often the checksum. \
With `--flow fixed`, which is what happens, all of that is the same for every probe, so that a trace shows one way that exists. Probes \
differ where routers do not look: the sequence number and two octets of data that make up for it, of ICMP; the data, and with it the \
checksum, of UDP. TCP probes come from one port, one after the other (where nobody answers, `-w` for each: -q 1 and -w 1 make that bearable; a ping takes another port while the one before has no answer, unless `--sport` says which: then that one is given up), and no IPv6 flow label is set. `--flow vary` gives each probe a \
port or an ICMP checksum of its own: it finds the other ways, and TCP probes may go side by side.

Routers quote eight octets of a UDP datagram at least. Without a raw socket that is too little to tell which probe an answer is \
about; if that happens, probes go one by one, and the end says so.",
        ),
        (
            "Path MTU",
            "`trace --mtu` sends the longest packets there are and forbids to fragment them. Whoever cannot pass one on tells its MTU, and the same \
hop is asked again with that; a router that tells none, or nonsense, makes it the next smaller usual size (RFC 1191). What this host remembers of \
the path is ignored. Where nobody answers to long packets although the hop before did, short ones are tried; if they get through, the longest that does is \
searched for by halves, two packets a size, and `MTU 1400 says nobody`. Each size that vanishes costs the time of `-w`.",
        ),
        (
            "Output for programs",
            "`--json` has a line for each record: `start`, then of pings `answer`, `no_answer_yet`, `not_sent`, `so_far` (after SIGQUIT) and `summary`, of a trace `hop` and \
`trace`. Times are in microseconds. `--explain` adds events: socket calls and options, each probe with its octets, each answer with what it quotes.",
        ),
    ],
    examples: &[
        Example {
            says: "Is the host there, and how far is it in time?",
            command: "hop ping -U -c 3 -i 0.1 127.0.0.1",
            shows: "3 sent, 3 received, 0 % lost",
            status: 0,
        },
        Example {
            says: "Is anybody listening at a TCP port? A refusal is an answer, too:",
            command: "hop ping -T -p 9 -c 1 127.0.0.1",
            shows: "refused by 127.0.0.1: seq=1",
            status: 0,
        },
        Example { says: "The way to a host:", command: "hop trace ::1", shows: " 1  ::1  ", status: 0 },
        Example {
            says: "What is sent, and what comes back:",
            command: "hop trace -q 1 --explain 127.0.0.1",
            shows: "ICMP type 3 code 3, port unreachable",
            status: 0,
        },
        Example {
            says: "The longest packet that gets through:",
            command: "hop trace --mtu -q 1 127.0.0.1 | tail -1",
            shows: "path MTU 65535 octets",
            status: 0,
        },
        Example {
            says: "A host that cannot be reached from here:",
            command: "hop ping -U -c 1 192.0.2.1",
            shows: "Network is unreachable (this host has no route to it)",
            status: 3,
        },
        Example {
            says: "The summary for a program:",
            command: "hop ping -T -q -c 2 -i 0.1 --json 127.0.0.1 | grep '\"record\":\"summary\"'",
            shows: "\"lost_percent\":0.0",
            status: 0,
        },
    ],
    exit_status: &[
        (0, "pings: an answer came, or with -c and -w as many as -c says; a trace: a probe arrived"),
        (1, "pings: no answer came, or not as many; a trace: none arrived"),
        (2, "the command line is wrong"),
        (3, "the host has no address, or there is no route to it"),
        (4, "this system does not let probes be sent, or the output cannot be written"),
    ],
    caveats: "A signal that ends pings or a trace leads to the summary and to status 0 or 1, as with ping(8). Where nobody takes the summary for two seconds, the status is 128 and the number of the signal.

Linux limits how many ICMP errors it sends to one host (net.ipv4.icmp_ratelimit): pings with UDP faster than one a second miss answers \
that were never sent.

A TCP connection that nobody answers is tried again by the kernel, after a second and then more rarely, for as long as hop waits for it; an answer after that is one to any of these.

`ping -f` shows no dots.",
    standards: "RFC 792 and RFC 4443 (ICMP), RFC 1191, RFC 8201 and RFC 4821 (path MTU), RFC 4884 (extensions), RFC 4950 (MPLS), RFC 5837 (interfaces), \
RFC 3550 (jitter).",
    see_also: &["dig(1)", "lab(1)", "nc(1)", "netsum(1)", "ports(1)", "ping(8)", "traceroute(8)", "tracepath(8)"],
};
