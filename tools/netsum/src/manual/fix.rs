//! The man page about `netsum fix`.

use sockeye_cli::manual::Example;

/// What is changed, and what is not.
pub(super) const REPAIRING: &str = "\
`netsum fix IN OUT` writes a copy of a capture in which the bad checksums are right. Nothing else changes: not a good `ffff`
or `0000`, not the padding of Ethernet, not a block or option of pcapng, nor what stands behind a fault of the file. All that
`netsum verify` judges is repaired, over every link type and through every tunnel that it reads. An inner checksum comes
before the outer ones that cover it, which follow it.

Left alone, and counted: fragments and packets that were not captured whole, but for their IPv4 headers; packets with a
length that does not fit; partial checksums, which `--fill-partial` completes; and what an ICMP error quotes, which may be
just what a router complained about and is repaired with `--quoted`. `-v` lists each change, `--explain` also what was left.

With `--make-bad` good checksums are damaged, for an exercise: all, or about one in N, which ones and how being decided by
`--seed`. They are listed: that is the solution. `netsum fix` without it gives back the original to the octet.

OUT is replaced, as by editcap(1) and tcprewrite(1), but only by a complete file: after a full disk or an interrupt it is
as it was. It cannot be IN. As `-` it is standard output, and what was done is said on standard error. A compressed IN gives
an OUT that is not. Both may be pipes, and memory does not grow with them. IN that ends too early is copied to its end,
and the status is 2; of one that ends within its own header, or is no capture, there is no copy.

The frame check sequence of Ethernet is left as it is, and so are pcapng's hashes of packets: where a capture has them, they
do not fit the frames that were changed, which is said of the first.";

/// Executed by a test.
pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        says: "The same capture with a wrong checksum (S for R), repaired:",
        command: "{ printf '\\324\\303\\262\\241\\2\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\0\\0e\\0\\0\\0'\n  \
                  printf '\\0\\0\\0\\0\\0\\0\\0\\0\\41\\0\\0\\0\\41\\0\\0\\0'\n  \
                  printf 'E\\0\\0\\41\\0\\1\\0\\0\\100\\21f\\311\\12\\0\\0\\1\\12\\0\\0\\2'\n  \
                  printf '\\23\\210\\27p\\0\\15\\367SABCDE'; } > bad.pcap\n\
                  netsum fix -v bad.pcap good.pcap",
        shows: "f753      f752      10.0.0.1:5000 > 10.0.0.2:6000: was bad",
        status: 0,
    },
    Example {
        says: "Damaged for an exercise, and given to who is to find out:",
        command: "{ printf '\\324\\303\\262\\241\\2\\0\\4\\0\\0\\0\\0\\0\\0\\0\\0\\0\\377\\377\\0\\0e\\0\\0\\0'\n  \
                  printf '\\0\\0\\0\\0\\0\\0\\0\\0\\41\\0\\0\\0\\41\\0\\0\\0'\n  \
                  printf 'E\\0\\0\\41\\0\\1\\0\\0\\100\\21f\\311\\12\\0\\0\\1\\12\\0\\0\\2'\n  \
                  printf '\\23\\210\\27p\\0\\15\\367RABCDE'; } | netsum fix --make-bad - - | netsum verify -s -",
        shows: "1 frame, 2 checksums: 2 bad",
        status: 1,
    },
];
