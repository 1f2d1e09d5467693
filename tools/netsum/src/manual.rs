//! What the man page says beyond the options.

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The page.
pub const MANUAL: Manual = Manual {
    summary: "compute, explain and verify Internet checksums",
    synopsis: &["udp [-q] SRC:PORT DST:PORT DATA"],
    description:
        "`netsum` works out the checksums of IP and its transports as a person would on paper, and shows every \
step: which octets are summed, each 16-bit word with the running total, each carry, the fold and the complement.

Addresses and ports are numbers. Nothing is resolved and nothing is sent.",
    sections: &[],
    examples: &[Example {
        says: "The checksum of a datagram with five octets of data, the last of which is padded:",
        command: "netsum udp 10.0.0.1:5000 10.0.0.2:6000 ABCDE",
        shows: "f752",
        status: 0,
    }],
    exit_status: &[
        (0, "the checksum was computed"),
        (2, "the command line, or the input that it names, is wrong"),
        (4, "standard output did not take the result"),
    ],
    caveats: "",
    standards: "RFC 768 (UDP), RFC 1071 (the sum), RFC 8200 section 8.1 (IPv6 pseudo-header).",
    see_also: &["nc(1)", "ports(1)", "lab(1)"],
};
