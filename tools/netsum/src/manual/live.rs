//! The man page about `netsum verify --live`.

use sockeye_cli::manual::Example;

/// What is seen, until when, and what of it is lost.
pub(super) const WATCHING: &str = "\
`netsum verify --live IFACE` judges the frames of an interface when they pass, in both directions, and lists every checksum
at once; `--summary` lists none, and `--tsv` and `--json` are as for a file, with the interface in place of the file. It
says `listening on IFACE` on standard error when nothing passes unseen any more. The interface must be up. `any` is all
interfaces, also those that come later.

That needs CAP_NET_RAW: run it as root, or grant it with `setcap cap_net_raw+ep` to the program. Nothing is sent, and the
interface is left as it is: frames to other hosts are seen only where they arrive anyway, or with `--promiscuous`.

It ends after `--count` frames, after `--seconds`, when nobody reads its output any more, or by SIGINT (Ctrl-C), SIGTERM
or SIGHUP; each time with the summary, and with status 1 if something bad passed, otherwise 0. Frames that passed before the
end are judged first, for which it takes up to 0.15 seconds more. If the interface goes down or away, what was seen is
reported, and then that, with status 3; `any` goes on.

Frames wait in a ring of 16 MiB that the kernel fills. When it is full, because frames come faster than they are judged or
shown, the kernel drops what comes and counts it: the summary says how many, and `--json` has it as `kernel_drops`.

A frame on the loopback interface leaves and arrives at once, and is judged once. A VLAN tag that the kernel took off is put
back, so that offsets are those on the wire. What this host sends is seen before its interface completes the checksum: it is
`partial`, as is all on loopback. The kernel says of a CRC32c which one is left to the interface; it is `partial` too. What
leaves or arrives as one large segment (GSO, GRO) is judged as that.";

/// Executed by a test.
pub(super) const EXAMPLES: [Example; 2] = [
    Example {
        says: "Whatever passes any interface within half a second:",
        command: "netsum verify --live any --seconds 0.5",
        shows: "listening on any",
        status: 0,
    },
    Example {
        says: "Which interfaces there are is said when the one that is asked for is not:",
        command: "netsum verify --live nosuch",
        shows: "no such interface (there are: lo",
        status: 2,
    },
];
