//! What the man page says beyond the options.

mod fix;
mod live;
mod read;
mod solve;
mod why;

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The page.
pub const MANUAL: Manual = Manual {
    summary: "compute, explain and verify Internet checksums",
    synopsis: &[
        "udp | udplite | tcp | sctp [-q | --table] [FIELDS] SRC:PORT DST:PORT DATA",
        "icmpv6 | ip [-q | --table] [FIELDS] SRC DST [DATA]",
        "icmp | igmp | raw [-q | --table] [FIELDS] [GROUP] DATA",
        "packet [-q | --table] [--link TYPE] HEX",
        "frame [-q | --table] FILE NUMBER",
        "update [-q | --table] [--packet HEX] CHANGE... CHECKSUM...",
        "verify [-a | -s | --only VERDICT|PROTOCOL,...] [--tsv [-H]] FILE...",
        "verify --live IFACE [-c N] [--seconds N] [--promiscuous] [-s | --only ...] [--tsv [-H]]",
        "fix [-v] [--fill-partial] [--quoted] IN OUT",
        "fix --make-bad[=N] [--seed=NUMBER] IN OUT",
        "solve [-q] [-k K] [--set SET] [-n N | --count] [--force CHECKSUM] DATA",
        "solve [-q] --at OFFSET [--insert] [--force CHECKSUM] DATA",
        "same [-q] [--protocol PROTOCOL] A B",
    ],
    description: DESCRIPTION,
    sections: &[
        ("Data", DATA),
        ("Protocols", PROTOCOLS),
        ("Reading the worksheet", WORKSHEET),
        ("Packets that are there already", PACKETS),
        ("Bringing a checksum up to date", UPDATING),
        ("Capturing and verifying", VERIFYING),
        ("What is read", read::READ),
        ("Watching an interface", live::WATCHING),
        ("Verdicts", why::VERDICTS),
        ("Reasons", why::REASONS),
        ("Repairing", fix::REPAIRING),
        ("Attaching without changing the checksum", solve::SOLVING),
        ("Comparing payloads", solve::COMPARING),
        ("Confinement", CONFINEMENT),
        ("For other programs", PROGRAMS),
    ],
    examples: EXAMPLES,
    exit_status: &[
        (
            0,
            "The checksum was computed; nothing in the packet or capture is bad, or nothing bad passed; something was found; the \
             payloads have one checksum.",
        ),
        (
            1,
            "The packet or capture has a checksum that is bad or illegal, or its copy still has, or one passed; nothing was \
             found; the checksums differ.",
        ),
        (
            2,
            "The command line is wrong, or the input that it names cannot be read to its end. What stands in a capture \
             before it is cut off is reported first, whatever it is worth. Also a capture none of whose link types is read, a \
             packet without a checksum, an interface that does not exist, a copy whose file cannot be created, and with \
             `--quiet` a change that no checksum covers.",
        ),
        (
            3,
            "The interface is down, or went down or away; what was seen before is reported first, whatever it is worth.",
        ),
        (
            4,
            "Standard output, or the file of a copy, did not take all of the result, as on a full disk; or there is no permission to capture.",
        ),
    ],
    caveats: CAVEATS,
    standards: "RFC 1071 (the sum), RFC 1624 (its update) and RFC 1141 (the older one); RFC 768 (UDP), RFC 791 (IPv4), RFC \
                792 (ICMP), RFC 9293 (TCP), RFC 4443 (ICMPv6), RFC 3828 (UDP-Lite), RFC 2236 (IGMP), RFC 9260 appendix A \
                (SCTP's CRC32c) and RFC 9653 (its zero), RFC 8200 section 8.1 (the IPv6 pseudo-header), RFC 6935 and RFC \
                6936 (zero of UDP in tunnels over IPv6), RFC 2675 (jumbograms), RFC 4884 (extensions of ICMP errors), RFC \
                5722 and RFC 6946 (fragments); of what else is judged, RFC 2205 (RSVP), RFC 2328 and RFC 5340 (OSPF), RFC \
                2784 (GRE), RFC 3208 (PGM), RFC 4340 (DCCP), RFC 5533 (Shim6), RFC 6275 (Mobility Header), RFC 7401 (HIP), \
                RFC 7761 (PIM), RFC 7868 (EIGRP), RFC 9568 (VRRP).",
    see_also: &["nc(1)", "ports(1)", "lab(1)", "tcpdump(8)", "tshark(1)"],
};

const DESCRIPTION: &str = "\
`netsum udp` works out the checksum of a UDP datagram as a person does on paper: the pseudo-header and the header field by
field, every 16-bit word with the running total, each carry, the fold, the complement. The last word of the last line is
the checksum. With `--explain` it also says why each step is there. `udplite`, `tcp`, `icmp`, `icmpv6`, `igmp`, `ip`, `sctp`
and `raw` do the same for what they are named after.

`netsum verify` judges every checksum in a capture: of IPv4 headers, UDP, TCP, ICMP, SCTP, routing protocols and more, through
tunnels too.

`netsum solve` finds what may be attached to data, or put into it, so that its checksum stays or becomes another;
`netsum same` says whether two payloads have one checksum, and why.

Addresses and ports are numbers. Nothing is resolved, and nothing is sent.";

const DATA: &str = "\
The octets of a datagram are given in one argument:

  TEXT        the octets of the argument, without a line end
  hex:4142    hexadecimal digits, with blanks or colons between octets if you like
  @FILE       the octets of a file
  -           the octets of standard input, up to its end
  text:TEXT   TEXT, where it would be taken for one of the above

An empty argument is a datagram without data. An argument that begins with a dash and is no option needs `--` in front,
or `text:`. Over IPv4 a datagram has at most 65,507 octets of data, over IPv6 65,527.

To compare with what `nc` sends, mind the line end: `printf ABCDE | nc -u ...` sends five octets, `echo ABCDE | nc -u ...`
six.";

const PROTOCOLS: &str = "\
What a checksum covers, and what its zero means:

  ip        the IPv4 header with its options
  udp       IPv4 or IPv6 pseudo-header, header, data; a computed 0000 goes out as ffff
  udplite   the same, but of header and data only --coverage octets; 0000 is never sent
  tcp       pseudo-header, header, data; 0000 is sent as it is, as by all below
  icmp      the message
  icmpv6    IPv6 pseudo-header and message
  igmp      the message
  sctp      a CRC32c, 32 bits, of common header and chunks
  raw       the octets given, with --crc32c SCTP's CRC of them

0000 in a UDP datagram over IPv4 says that no checksum was computed (RFC 768). Over IPv6 that is not allowed (RFC 8200),
but for tunnels that both ends have agreed on (RFC 6935, RFC 6936). UDP-Lite's coverage is 0 for everything or at least 8,
the header; 1 to 7 are refused (RFC 3828).

Fields that are not given have values that make a plausible header: TCP's control bits are ACK, a TTL is 64, an ICMP message
is an echo request. The chunks of an SCTP packet are given as data, as they are on the wire, where they fill words of four
octets; other lengths are refused. Octets in options are hexadecimal digits, with `hex:` in front if you like. A jumbogram
(RFC 2675) is computed with `--jumbo`, up to a mebioctet of data.";

const WORKSHEET: &str = "\
In the sum, `word` is two octets, the first of them the high one; `total` is the sum so far, with its carries standing to
the left of the low four digits; `+1` marks the words that carried. A lone last octet is shown as `45 (00)`: a zero octet
is put behind it for the sum, and is not sent. The fold adds the carries to the low four digits until none are left, and
the complement turns every bit over. Zero would mean that no checksum of UDP was computed, so there `0000` goes out as
`ffff`. The octets are shown in network order, as they are sent, and as the number that a little-endian host has loaded
before ntohs(3). What is not covered is shown and not summed.

A CRC is a division, an octet a line: the low octet of the remainder and the octet itself, added without carries, are a place
in a table, which `--explain` prints; what stands there is added without carries to the rest of the remainder.

`--table` prints the words and the steps as tables, `--quiet` the checksum alone.";

const PACKETS: &str = "\
`netsum packet` takes a packet in hex, `netsum frame` one of a capture, and both work out every checksum in it from the outside
in. First stand its headers, each with its octets in the frame (the last one is not in 0..14), and the fields of Ethernet, which no
checksum covers. Below each checksum stands what the packet holds, what that is worth (see VERDICTS), and if it is not right, what reproduces it (see
REASONS): what other packets of its flow would tell is known to `netsum verify` alone. Hex is bare digits with whatever stands
between them, arrays of C (`xxd -i`), or a dump of `tcpdump -x` or `-xx`, `xxd`, `hexdump -C`, `od -t x1` or `tshark -x`, also of a
part of a file (`xxd -s`, `od -j`); several dumps are several packets. Words in host order, as of `od -x`, are refused, and what
`tshark -x` reassembled is left out. A file that is not text is the packet as it is.

A packet begins with its link layer or, as most dumps of tcpdump do, with IP. What it is taken for is said in the first line,
and `--link` says otherwise. What covers more than is there, as in a fragment, is not worked out.";

const UPDATING: &str = "\
Who changes a word of a packet need not sum the others again: with m the old word, m' the new one and HC the old checksum, the
new one is ~(~HC + ~m + m'), which is equation 3 of RFC 1624. `netsum update` shows it word by word. Beside it stands equation
2, HC + m + ~m', of RFC 1141, which comes to ffff where 0000 is right.

A CHECKSUM with its protocol in front, as in `ip:66c9` or `udp:f752`, is changed only by what it covers: the TTL is in the
header of IPv4, the addresses are in that and in the pseudo-headers, the ports in UDP, UDP-Lite, TCP and others. One without a
protocol is changed by everything. With `--quiet` it is an error if no CHECKSUM covers anything that changed. 0000 of UDP
stays, as no checksum was computed, and where 0000 comes out, ffff is sent.

With `--packet` the checksums are also summed afresh over the changed packet, and where no CHECKSUM is given, those of the packet
are brought up to date. A checksum that was wrong stays wrong, as it should: the receiver finds the damage.";

const VERIFYING: &str = "\
To see the packets that this host exchanges with itself, and judge them:

  tcpdump -i lo -w lo.pcap udp port 6000
  netsum verify lo.pcap

The same without a file, each packet when it passes:

  netsum verify --live lo

Or of those that a filter lets through:

  tcpdump -i lo -U -w - udp port 6000 | netsum verify --all -

A capture with at most 40 checksums is listed whole. Of a larger one those are listed that are not good; `--all` lists
all, `--summary` none, and `--only` those that it names: verdicts, protocols or both, as in `--only bad,illegal,udp` what is
bad or illegal of UDP. The table, the last line and the exit status are of all, whatever is listed. The list has the frame's number, which is that of tcpdump and Wireshark, the place of the checksum
field in the frame, what the field holds (`stored`) and what it should hold (`calc`ulated). A table of counts comes last. With `--explain` the sums
stand above each line, so all are listed.

Each of several files is judged for itself, under its name, and all of them together at the end. One that cannot be read
keeps no other from being judged.

Files are pcap, in either order and with micro- or nanoseconds, and pcapng, with any mix of link types, orders and units
of time; also what a patched libpcap (Kuznetzov) and Ixia's test sets (lcap) write. They may be compressed with gzip or
zstd, and are unpacked as they are read, from a pipe too, in memory that does not grow with the file.";

const CONFINEMENT: &str = "What is done with captures and packets is done without any right that it does not need. Once the file is \
open, `verify`, `frame`, `packet` and `fix` give up the rest: netsum runs no program, opens no other file, makes no socket, and has \
no capability, whoever started it; so does `verify --live` once the packet socket is open. Of several files `verify` can open those and no \
others, by root also where they are somebody else's (CAP_DAC_READ_SEARCH), and `fix` can rename and remove files, by root in others' folders \
too (CAP_DAC_OVERRIDE), so that its copy gets its name. What works with typed fields and data does so when the data is here.

The kernel holds netsum to it by `seccomp`(2) and Landlock; where the data is typed, by Landlock and `setrlimit`(2), which allows no new \
descriptor: a filter of system calls would cost more than the arithmetic. Where one of them is missing, on an old kernel or in a container, netsum goes on \
without it; `--explain` shows what took hold.";

const PROGRAMS: &str = "\
`--tsv` prints one line per checksum, without a heading: frame, protocol by the names above, offset of
the field in the frame in octets, stored value, calculated value or `-`, verdict. A field of a fragmented datagram has two
lines, `unverified` and later the verdict on the whole. With `--with-filename` the
file's name stands in front, as of grep.

`--json` prints one object per checksum (`\"record\":\"checksum\"`) and one at the end (`\"record\":\"summary\"`), each with
the `file`; of several files, the last summary is of all, its `file` null. Of what is worked out it prints one object
(`\"record\":\"working\"`) with every field, word and fold, behind one of the packet (`\"record\":\"packet\"`) where it was
there already; of `netsum update` one per checksum (`\"record\":\"update\"`).

Names are the same everywhere: `stored` is what a field holds, of `netsum update` the CHECKSUM that was given; `calculated` is
what it should hold, of `netsum update` what the change makes of it; `written` is what `netsum fix` put into the copy.
Each is a number, and beside it stands the same as it is sent, as `stored_octets` in hex.

In a summary, `verdicts` and `protocols` leave out what ICMP errors quote: `quoted` has the verdicts on that, `quoted_bad` how
many of them are bad or illegal. `checksums` is all together.

Of `netsum solve` it prints an object per suffix or word, and a summary of the suffixes, where `count` is null above 2^53 and
`count_digits` has every digit; of `netsum same` one object (`\"record\":\"comparison\"`).

Of `netsum fix` it prints an object per change (`\"record\":\"change\"`), with `--explain` an event for what was left alone
(`\"record\":\"left_alone\"`), and a summary.";

const EXAMPLES: &[Example] = &[
    Example {
        says: "A datagram with five octets of data, the last of which is padded:",
        command: "netsum udp 10.0.0.1:5000 10.0.0.2:6000 ABCDE",
        shows: "Checksum    f752",
        status: 0,
    },
    Example {
        says: "Six octets more, and the checksum is the same, because QUQUQU and the twelve that they add to the two \
               lengths sum to ffff. UQUQUQ does not do it: after five octets its high and low halves change places:",
        command: "netsum udp -q 10.0.0.1:5000 10.0.0.2:6000 ABCDEQUQUQU",
        shows: "f752",
        status: 0,
    },
    Example {
        says: "Over IPv6, with the reason for every step:",
        command: "netsum udp --explain '[fd00::1]:5000' '[fd00::2]:6000' hex:4142434445",
        shows: "Checksum    1151",
        status: 0,
    },
    Example {
        says: "The first segment of a connection, with the option that says how large segments may be, as a table:",
        command: "netsum tcp --table --flags syn --seq 1 --options 020405b4 10.0.0.1:5000 10.0.0.2:6000 ''",
        shows: "592b",
        status: 0,
    },
    Example {
        says: "The header of an IPv4 packet of 33 octets:",
        command: "netsum ip -q --length 33 --id 1 10.0.0.1 10.0.0.2",
        shows: "66c9",
        status: 0,
    },
    Example {
        says: "An SCTP packet with one chunk, COOKIE ACK:",
        command: "netsum sctp 10.0.0.1:5000 10.0.0.2:6000 hex:0b000004",
        shows: "Checksum    6101a7fe",
        status: 0,
    },
    Example {
        says: "Both checksums of a packet, as tcpdump -x shows it; the second is one too high:",
        command: "netsum packet '4500 0021 0001 0000 4011 66c9 0a00 0001 0a00 0002\n  \
                  1388 1770 000d f753 4142 4344 45'",
        shows: "Stored      f753: bad",
        status: 1,
    },
    Example {
        says: "What a translator of addresses does to both checksums of a datagram:",
        command: "netsum update --src 10.0.0.1:192.168.1.1 ip:66c9 udp:f752",
        shows: "Checksum     3faa",
        status: 0,
    },
    Example {
        says: "RFC 1624's own example, where equation 2 goes wrong:",
        command: "netsum update --word 5555:3285 dd2f",
        shows: "= ffff (RFC 1141)",
        status: 0,
    },
    Example {
        says: "A capture of one datagram, written by hand (file header, record header, IPv4, UDP), and judged:",
        command: "{ printf '\\324\\303\\262\\241\\2\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\0\\0e\\0\\0\\0'\n  \
                  printf '\\0\\0\\0\\0\\0\\0\\0\\0\\41\\0\\0\\0\\41\\0\\0\\0'\n  \
                  printf 'E\\0\\0\\41\\0\\1\\0\\0\\100\\21f\\311\\12\\0\\0\\1\\12\\0\\0\\2'\n  \
                  printf '\\23\\210\\27p\\0\\15\\367RABCDE'; } | netsum verify -",
        shows: "1 frame, 2 checksums: nothing bad",
        status: 0,
    },
    Example {
        says: "The same, compressed, in two files; lines for a program, with the file in front:",
        command: "{ printf '\\324\\303\\262\\241\\2\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\0\\0e\\0\\0\\0'\n  \
                  printf '\\0\\0\\0\\0\\0\\0\\0\\0\\41\\0\\0\\0\\41\\0\\0\\0'\n  \
                  printf 'E\\0\\0\\41\\0\\1\\0\\0\\100\\21f\\311\\12\\0\\0\\1\\12\\0\\0\\2'\n  \
                  printf '\\23\\210\\27p\\0\\15\\367RABCDE'; } | gzip > a.pcap.gz; cp a.pcap.gz b.pcap.gz\n\
                  netsum verify --tsv -H a.pcap.gz b.pcap.gz",
        shows: "b.pcap.gz\t1\tudp\t26\t0xf752\t0xf752\tgood",
        status: 0,
    },
    live::EXAMPLES[0],
    live::EXAMPLES[1],
    why::EXAMPLE,
    fix::EXAMPLES[0],
    fix::EXAMPLES[1],
    solve::EXAMPLES[0],
    solve::EXAMPLES[1],
    solve::EXAMPLES[2],
    solve::EXAMPLES[3],
    solve::EXAMPLES[4],
];

const CAVEATS: &str = "\
`partial` cannot be told from damage that happens to leave the pseudo-header's sum, one in 65,536.

A fragment inside a fragmented datagram, as in a tunnel, stays `unverified`. Tunnels other than those above
are not looked into. Behind MPLS labels IP is told by its version and Ethernet by an EtherType that is known;
encrypted frames of IEEE 802.11 and MACsec are left alone. A host that leaves segmentation to its interface shows segments that
are larger than any on the wire.

Zones such as `%eth0` are accepted and left out: they are never
sent, nor summed.";
