//! What the man page says beyond the options.

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The page.
pub const MANUAL: Manual = Manual {
    summary: "compute, explain and verify Internet checksums",
    synopsis: &["udp [-q] SRC:PORT DST:PORT DATA", "verify [-a | -s | --tsv] FILE"],
    description: DESCRIPTION,
    sections: &[
        ("Data", DATA),
        ("Reading the worksheet", WORKSHEET),
        ("Capturing and verifying", VERIFYING),
        ("Verdicts", VERDICTS),
        ("For other programs", PROGRAMS),
    ],
    examples: EXAMPLES,
    exit_status: &[
        (0, "The checksum was computed; nothing in the capture is bad."),
        (1, "The capture has a checksum that is bad or illegal."),
        (
            2,
            "The command line is wrong, or the input that it names cannot be read to its end. What stands in a capture \
             before it is cut off is reported first, whatever it is worth. Also a capture none of whose link types is read.",
        ),
        (4, "Standard output did not take the result."),
    ],
    caveats: CAVEATS,
    standards: "RFC 768 (UDP), RFC 791 (IPv4), RFC 792 (ICMP), RFC 9293 (TCP), RFC 4443 (ICMPv6), RFC 8200 section 8.1 \
                (the IPv6 pseudo-header), RFC 1071 (the sum).",
    see_also: &["nc(1)", "ports(1)", "lab(1)", "tcpdump(8)", "tshark(1)"],
};

const DESCRIPTION: &str = "\
`netsum udp` works out the checksum of a UDP datagram as a person does on paper: the pseudo-header and the header field by
field, every 16-bit word with the running total, each carry, the fold, the complement. The last word of the last line is
the checksum. With `--explain` it also says why each step is there.

`netsum verify` judges every checksum in a capture: of IPv4 headers, UDP, TCP, ICMP and ICMPv6.

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

const WORKSHEET: &str = "\
In the sum, `word` is two octets, the first of them the high one; `total` is the sum so far, with its carries standing to
the left of the low four digits; `+1` marks the words that carried. A lone last octet is shown as `45 (00)`: a zero octet
is put behind it for the sum, and is not sent. The fold adds the carries to the low four digits until none are left, and
the complement turns every bit over. Zero would mean that no checksum was computed, so `0000` goes out as `ffff`.";

const VERIFYING: &str = "\
To see the packets that this host exchanges with itself, and judge them:

  tcpdump -i lo -w lo.pcap udp port 6000
  netsum verify lo.pcap

The same without a file, each packet when it passes:

  tcpdump -i lo -U -w - udp port 6000 | netsum verify --all -

A capture with at most 40 checksums is listed whole. Of a larger one those are listed that are not good; `--all` lists
all, `--summary` none. The list has the frame's number, which is that of tcpdump and Wireshark, the place of the checksum
field in the frame, what the field holds and what it should hold. A table of counts comes last. With `--explain` the sums
stand above each line, so all are listed.

Files are pcap, in either order and with micro- or nanoseconds, and pcapng, with any mix of link types. Read are Ethernet,
VLAN tags, Linux cooked captures, BSD loopback, raw IP, PPP, PPPoE and MPLS; IPv4 with options and IPv6 with extension
headers, where the pseudo-header has the final destination of a routing header and the home address of a
mobile node. Octets behind the packet, such as the padding of Ethernet, are not summed.";

const VERDICTS: &str = "\
Each checksum gets one of these:

  good        everything covered, checksum included, sums to ffff
  bad         it does not
  partial     UDP or TCP: the sum of the pseudo-header and nothing else
  none        UDP over IPv4, 0000: the sender computed no checksum
  illegal     UDP over IPv6, 0000, which IPv6 allows in tunnels only
  unverified  not all that it covers is there, or a length does not fit

`partial` is what a sender leaves whose network interface computes the rest; it was captured before that. On a loopback
interface every UDP and TCP checksum is `partial`: no hardware ever completes it. `unverified` is what a fragment has, a
frame that was not captured whole, or one with a length that does not fit what encloses it.

Only `bad` and `illegal` count as bad. `ffff` is good where the complement is 0000, as it is for a receiver.";

const PROGRAMS: &str = "\
`--tsv` prints one line per checksum, without a heading: frame, protocol (`ip`, `udp`, `tcp`, `icmp`, `icmpv6`), offset of
the field in the frame in octets, stored value, calculated value or `-`, verdict.

`--json` prints one object per checksum (`\"record\":\"checksum\"`) and one at the end (`\"record\":\"summary\"`); of
`netsum udp` it prints one object with every field, word and fold.";

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
        says: "A capture of one datagram, written by hand (file header, record header, IPv4, UDP), and judged:",
        command: "{ printf '\\324\\303\\262\\241\\2\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\0\\0e\\0\\0\\0'\n  \
                  printf '\\0\\0\\0\\0\\0\\0\\0\\0\\41\\0\\0\\0\\41\\0\\0\\0'\n  \
                  printf 'E\\0\\0\\41\\0\\1\\0\\0\\100\\21f\\311\\12\\0\\0\\1\\12\\0\\0\\2'\n  \
                  printf '\\23\\210\\27p\\0\\15\\367RABCDE'; } | netsum verify -",
        shows: "1 frame, 2 checksums: nothing bad",
        status: 0,
    },
];

const CAVEATS: &str = "\
`partial` cannot be told from damage that happens to leave the pseudo-header's sum, one in 65,536.

Fragments are not reassembled: the checksum of a fragmented datagram stays `unverified`. Tunnels other than those above
are not looked into, nor are compressed captures. A host that leaves segmentation to its interface shows segments that
are larger than any on the wire.

Jumbograms (RFC 2675) are not computed by `netsum udp`. Zones such as `%eth0` are accepted and left out: they are never
sent, nor summed.";
