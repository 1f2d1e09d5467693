//! What the man page says beyond the options.

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

/// The man page of `lab`.
pub const MANUAL: Manual = Manual {
    summary: "run the experiments of a socket-programming course, and check what is seen",
    synopsis: &["tour [--loopback | --pcap FILE] [--explain] [--json] [--color WHEN]", "list", "probe"],
    description: "`lab` makes hosts on one machine, runs the other tools of the suite on them as a student would, captures \
what was on the wire, and says whether what happened is what theory predicts.

`lab tour` is the one experiment so far. Alice takes a URL apart, asks `getaddrinfo`(3) for the address, and sends five \
octets with `nc`(1) to Bob, whose socket `ports`(1) has shown. `netsum`(1) works out the checksum by hand and verifies \
the one that was captured: f752, the example of the course. A TCP connection follows, from LISTEN to TIME-WAIT.",
    sections: &[
        (
            "Hosts",
            "A host is a network namespace; a cable is a veth pair, with checksum offload switched off so that a capture \
holds what a real wire would carry. Root can make them, and so can everybody where user namespaces are allowed. The \
prompt of a command, as in `bob$`, says on which host it runs.

`lab probe` says whether it can be done here, and what to set if not. Where the system refuses, the tour stays on the loopback interface of this machine, uses ports that are free, and says \
so. There is no capture then.",
        ),
        (
            "Tools",
            "The tools are looked for beside `lab`. After `cargo run --bin lab`, which builds lab alone, lab has the same \
cargo build the others; nothing is downloaded for that.",
        ),
        (
            "What is left behind",
            "Nothing. Namespaces and cables vanish with the processes, processes are ended with lab, and its folder for \
temporary files is removed, also after SIGINT (Ctrl-C), SIGTERM and SIGHUP. Other signals, such as SIGKILL and SIGQUIT, leave \
that folder: sockeye-lab-* where temporary files go.",
        ),
        (
            "JSON",
            "With `--json` every result has a `record`: `stage` (once, at the start), `step` with its `scenes` (what was \
typed on which host, what it printed) and `checks`, and `verdict` at the end. `lab list` has `experiment`, `lab probe` has `privilege`.",
        ),
    ],
    examples: &[
        Example { says: "Take the tour:", command: "lab tour", shows: "checks passed", status: 0 },
        Example {
            says: "Keep what was sent, and look at it again:",
            command: "lab tour --pcap sent.pcap > /dev/null && netsum verify sent.pcap",
            shows: "f752",
            status: 0,
        },
        Example {
            says: "See what lab does behind the tour:",
            command: "lab tour --loopback --explain",
            shows: "nc is process",
            status: 0,
        },
        Example { says: "Which experiments are there?", command: "lab list", shows: "tour", status: 0 },
    ],
    exit_status: &[
        (0, "Everything that theory predicts was seen; with `probe`, hosts can be made here."),
        (1, "A check failed, or a tool did not do its part; the last lines say which. With `probe`, no hosts can be made here."),
        (2, "The command line is wrong."),
        (4, "This host did not do it: a tool is missing, the capture could not be kept."),
        (130, "Ctrl-C (SIGINT); other signals give 128 and their number."),
    ],
    caveats: "Linux only. The capture has the frames with the datagram in question, and no others.",
    standards: "RFC 768 (UDP and its checksum), RFC 9293 (TCP and its states).",
    see_also: &["dig(1)", "nc(1)", "netsum(1)", "ports(1)", "url(1)"],
};
