//! What the man page says beyond the options.

use sockeye_cli::Manual;
use sockeye_cli::manual::Example;

mod apps;
mod calls;
mod lab_files;
mod pages;

/// The man page of `lab`.
pub const MANUAL: Manual = Manual {
    summary: "run the experiments of a socket-programming course, and check what is seen",
    synopsis: &["tour [--loopback | --pcap FILE] [--explain] [--json] [--color WHEN]", "run NAME|FILE [--fast] [--seed N] [--pcap DIR] [--html FILE [--answer]] [--keep-going]", "verify [NAME|FILE...] [--jobs N] [--skip-impossible]", "shell NAME|FILE [HOST]", "clean [--dry-run]", "list", "show NAME|FILE [--answer]", "check FILE", "probe", "calls [--stop] [SCRIPT...]", "serve APP [...]", "client KIND [...]"],
    description: "`lab` makes hosts on one machine, runs the other tools of the suite on them as a student would, captures \
what was on the wire, and says whether what happened is what theory predicts.

`lab list` names the experiments, `lab show NAME` tells what one is about, `lab run NAME` performs it, and `lab verify` \
performs them all. `lab tour` is where to begin: Alice takes a URL apart, asks `getaddrinfo`(3) for the address, and sends five \
octets with `nc`(1) to Bob, whose socket `ports`(1) has shown. `netsum`(1) works out the checksum by hand and verifies \
the one that was captured: f752, the example of the course. A TCP connection follows, from LISTEN to TIME-WAIT.",
    sections: &[
        (
            "Hosts",
            "A host is a network namespace; a cable is a veth pair, with checksum offload switched off so that a capture \
holds what a real wire would carry. Root can make them, and so can everybody where user namespaces are allowed. The \
prompt of a command, as in `bob$`, says on which host it runs.

`lab probe` says whether it can be done here, and what to set if not; and which of a wire, a switch and a router this kernel \
does not have. Where the system refuses, the tour stays on the loopback interface of this machine, uses ports that are free, and says \
so. There is no capture then.",
        ),
        (
            "Tools",
            "The tools are looked for beside `lab`. After `cargo run --bin lab`, which builds lab alone, lab has the same \
cargo build the others; nothing is downloaded for that.",
        ),
        lab_files::FILES,
        lab_files::NETWORK,
        lab_files::WIRES,
        lab_files::STEPS,
        lab_files::CHECKS,
        lab_files::FILTERS,
        pages::SECTION,
        apps::SECTION,
        calls::SECTION,
        (
            "What is left behind",
            "Nothing. Namespaces and cables vanish with the processes, processes are ended with lab, and its folder for \
temporary files is removed, also after SIGINT (Ctrl-C), SIGTERM and SIGHUP. Processes live in a PID namespace, so that the kernel \
ends them, and their children, even after SIGKILL; what then is left is that folder, sockeye-lab-* where temporary files go, and \
`lab clean` removes it. Where there can be no PID namespace, it also ends the processes.",
        ),
        (
            "JSON",
            "With `--json` every result has a `record`. A run has `experiment` first (`name`, `title`, `what`, `loopback`, `hosts`, `hint`, `seed`, `divisor`) and \
`finished` last (`experiment`, `checks`, `failed`, `steps_left_out`), and between them, in the order of time, what happened, each with `at_us` on the experiment's clock and its `step`: \
`step` (`title`, `why`); `command` (`node`, `label`, `line`, `pid`, `background`), `line` (`text`, and with `ended` whether its line end came), `typed` (`text`, null for the end of the input), `signalled` (`signal`) \
and `ended` (`status`) of a process, by its `node` and `label`; `clock`, where the clock is set to zero, with what it showed before as `was_us`; `frame` with its `number`, its `link`, the nodes at its ends \
(`from`, `to`), its `octets`, the addresses in them (`src`, `dst`), what a ladder says of it (`says`), its `fate` (arrived, lost, cut, queue_full, duplicate) and when it arrived \
(`arrived_us`); `state` of a socket (`node`, `protocol`, `local`, `peer`, `cookie`, and the state before and now, `from` and `to`, null where there is none); `fault` (`subject`, `text`), `verdict` (`check`, `passed`, `found`), `broke` (`why`) and `left_out` (what was seen and not kept: `kind` is lines, frames or states, `node`, `label`, `link`, `count`, `octets`). \
`lab verify` has `verified` for each and `summary`; `lab clean` \
has `process`, `folder` and `swept`. `lab list` has `experiment`, `lab show` has `show`, `lab check` has `lab_file`, or a `mistake` with its `line`, `column` and `message` for each. `lab probe` has `privilege`, `lab calls` has `call` with `returned`, \
`errno` (`code`, `name`, `text`), `octets` and `took_us`.",
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
            shows: "lab: tools: in",
            status: 0,
        },
        Example {
            says: "Why does a client need listen(2) on the other side?",
            command: "lab calls 'socket tcp; bind 127.0.0.1:7000; socket tcp; connect 127.0.0.1:7000; on 3 listen; connect 127.0.0.1:7000'",
            shows: "ECONNREFUSED",
            status: 0,
        },
        Example {
            says: "What do ten clients cost a server with a process for each?",
            command: "lab serve echo 127.0.0.1:7007 > /dev/null & ports wait 7007 && lab client load 127.0.0.1:7007; kill $!",
            shows: "served 10, failed 0",
            status: 0,
        },
        Example {
            says: "Run an experiment, quickly, and make a page of it for a report:",
            command: "lab run tour --fast --html tour.html && grep -c '<svg' tour.html > /dev/null && echo drawn",
            shows: "drawn",
            status: 0,
        },
        Example {
            says: "Does this machine show what theory says?",
            command: "lab verify tour byte-order",
            shows: "2 of 2 experiments showed what theory says",
            status: 0,
        },
        Example {
            says: "Try something by hand on one of its hosts:",
            command: "echo 'hop ping -c 1 10.0.0.2; ports -tln' | lab shell tour alice",
            shows: "1 received",
            status: 0,
        },
        Example {
            says: "Was anything left, where these temporary files are, by a lab that was killed?",
            command: "TMPDIR=$PWD lab clean --dry-run",
            shows: "Nothing was left.",
            status: 0,
        },
        Example { says: "Which experiments are there?", command: "lab list", shows: "tour", status: 0 },
        Example {
            says: "What is one about, what is typed in it, and what is asked?",
            command: "lab show byte-order",
            shows: "Bob forgets htons",
            status: 0,
        },
        Example {
            says: "Write one, and be told what is wrong with it:",
            command: "printf 'experiment x\\ntitle X\\nhost alice bob\\nlink alice:eth0 - bob:eth0\\n' | lab check -",
            shows: "4:17: expected an address such as 10.0.0.1/24, mtu, or -- (a cable)",
            status: 1,
        },
    ],
    exit_status: &[
        (0, "Everything that theory predicts was seen; with `probe`, hosts can be made here."),
        (
            1,
            "A check failed, or a tool did not do its part; the last lines say which. With `check`, the lab file has mistakes. With `probe`, no hosts can be made here; with \
`calls --stop`, a call has failed; with `client udp-ping`, nothing was answered, and with `client load`, not everybody was served.",
        ),
        (2, "The command line, a lab file, a zone file or the script of `calls` is wrong, or a file that was named cannot be read."),
        (
            3,
            "The network did not do it: with `client knock-knock` and `client census`, the server cannot be reached or has gone away; with `client udp-ping`, \
no route leads to it. Questions of `udp-ping` and clients of `load` that nobody answers are counted, and the status is 1.",
        ),
        (
            4,
            "This host did not do it: a tool is missing, the capture could not be kept, a file cannot be written (`--html`, `--pcap`, `--authority`), there was no descriptor or no memory \
to start a command.",
        ),
        (
            130,
            "Ctrl-C (SIGINT); other signals give 128 and their number. `lab shell` ends with the status of its shell, whatever that is. Hosts and files \
are taken away first, also where nobody reads what is printed: a reader who takes nothing for two seconds after the signal is not waited for.",
        ),
    ],
    caveats: "Linux only. A state of a socket that lasts less than 10 ms may be missed.

A host has a network of its own and nothing else: its commands run as whoever started lab and see the files of this machine. Read a \
lab file that is not yours before you run it, above all as root; `lab show FILE` lists what is typed.

How long a thing takes is measured on a machine that does other things too: where checks of times fail, run fewer at once (`--jobs 1`).

The servers are for experiments: one client after another, or a process for each, and no protection against those who mean harm.",
    standards: "RFC 768 (UDP and its checksum), RFC 9293 (TCP and its states), RFC 5952 (IPv6 addresses as text). `lab serve`: RFC 1034, RFC 1035, \
RFC 2308, RFC 6891 and RFC 7766 (DNS), RFC 1945 (HTTP/1.0), RFC 5246 and RFC 8446 (TLS). Captures: pcapng (draft-ietf-opsawg-pcapng).",
    see_also: &["addr(1)", "dig(1)", "hop(1)", "nc(1)", "netsum(1)", "ports(1)", "url(1)", "ip-netns(8)"],
};
