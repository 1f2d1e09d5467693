//! The man page about `netsum solve` and `netsum same`.

use sockeye_cli::manual::Example;

/// What a suffix does.
pub(super) const SOLVING: &str = "\
Data may get a suffix, or one of its words another value, and the checksum stays what it was. `netsum solve` counts all
suffixes that do it and lists the first. An octet at an even offset is the high half of a word and weighs 256 in the sum,
one at an odd offset weighs 1. With H the sum of a suffix's octets in high halves, L of those in low ones, k octets keep
the checksum if

  256*H + L + 2*k = 0 (mod 65535)   UDP: the length is summed twice
  256*H + L + k   = 0 (mod 65535)   TCP and ICMPv6: it is summed once
  256*H + L       = 0 (mod 65535)   ICMP and the plain sum (--protocol raw)

What the data says does not matter, nor do addresses and ports: only whether its length is even or odd. That is the
parity trap: behind an odd number of octets the first octet of a suffix is a low half, so UQUQUQ is neutral behind ABCD,
QUQUQU behind ABCDE, and neither behind the other.

DATA is at most what the protocol can carry, and 256 MiB with `--protocol raw`.

The count is exact for up to 64 octets out of any set. Suffixes come in the order of their octets; with `--sample` they are
drawn, each as likely as the other, the same ones from the same seed. Printable ones are shown in quotation marks, with a
backslash before a quotation mark or a backslash, others as `hex:`. With `-q` they are written as DATA is, one a line.

`--set` takes a name, `hex:` and digits, or characters: `A-F` among them is a range, and `text:` in front takes a dash and
a name as they stand.

With `--force` the checksum becomes another. What it is now must be known: from the addresses and ports of a UDP datagram
(`--src`, `--dst`), from elsewhere (`--from`), or with `--protocol raw` from DATA alone. `--at` finds the word that does it
at an offset, even or odd, over what stands there or with `--insert` in front of it. There is one such word, or two where
it is 0000 or ffff, the two zeros of ones' complement. For the same reason 0000 and ffff are one checksum here: UDP sends
ffff where it computes 0000, and ffff is computed from zeros alone.";

/// What two payloads have in common.
pub(super) const COMPARING: &str = "\
`netsum same` says whether two payloads sent with the same addresses, ports and other header fields have one checksum. It
shows the sum of each, modulo 65535, with the length that is summed twice, once or not at all, and why they meet or not:
the same words in another order, a neutral suffix, or one that would be neutral behind a payload of the other parity. With
`--explain` the words stand side by side.";

/// Examples of both.
pub(super) const EXAMPLES: [Example; 5] = [
    Example {
        says: "How many printable suffixes of up to eight octets ABCDE may get, and the first of each length:",
        command: "netsum solve ABCDE",
        shows: "43,394,185",
        status: 0,
    },
    Example {
        says: "The only one of six octets out of Q and U:",
        command: "netsum solve -q -k 6 --set QU ABCDE",
        shows: "QUQUQU",
        status: 0,
    },
    Example {
        says: "Letters and digits drawn with a seed, and the checksum with them, which is that of ABCDE:",
        command: "netsum udp -q 10.0.0.1:5000 10.0.0.2:6000 \\\n  \
                  \"ABCDE$(netsum solve -q -k 6 -n 1 --set alnum --sample 1 ABCDE)\"",
        shows: "f752",
        status: 0,
    },
    Example {
        says: "The word at octet 2 that turns the checksum of a datagram into 1234:",
        command: "netsum solve --src 10.0.0.1:5000 --dst 10.0.0.2:6000 --force 1234 --at 2 ABCDE",
        shows: "\"AB(cE\"",
        status: 0,
    },
    Example {
        says: "Why UQUQUQ does not do what QUQUQU does:",
        command: "netsum same ABCDE ABCDEUQUQUQ",
        shows: "Behind 5 it would be \"QUQUQU\"",
        status: 1,
    },
];
