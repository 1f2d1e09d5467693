//! The manual on scans.

use sockeye_cli::manual::Example;

pub(super) const SECTION: (&str, &str) = (
    "Port scanning",
    "`-z` finds out which ports somebody listens on, and sends no data over TCP:

  nc -zv host.example 20-30 80 https

Ports are asked at the same time, up to 1000 of them, and told in the order given; with `-r` the order is random. `-v` \
tells of each port whether the connection succeeded. A port that does not answer is given up after the time of `-w`; \
without it, when the kernel does, which takes two minutes. With `-i` one port is asked after the other, with that \
pause between them; with `-p`, too, one after the other. Each address of a name is tried in turn until one has the port \
open. A connection to ourselves, which the kernel may make on loopback, is not an open port.

With `-u` each port is sent one datagram of one octet, zero. ICMP port unreachable says that it is closed, an answer \
that it is open, any other ICMP error that it cannot be reached, and silence for the time of `-w` (two seconds without it) says nothing: somebody is there and does \
not answer to a zero, or a filter dropped it. For such a port, too, `-v` says `succeeded!` and the exit status is 0, as \
scripts expect; `--explain`, `--json` and `--status` say what it is: open or filtered. Hosts limit how many ICMP errors \
they send (Linux: six at once, then one a second); `-i 1s` gets an answer for each port.

With `--json`, each port is an object on standard output, with its `state`: `open`, `closed`, `filtered` (no answer \
over TCP), `open_or_filtered` (no answer over UDP) or `unreachable`. With `--status` the exit status is 0 if a port is \
open, otherwise 5 if one was silent, otherwise 3 if one is closed, and 1 if the network says that none can be reached.",
);

pub(super) const TCP: Example = Example {
    says: "Which of these ports are open?",
    command: "nc -zv 127.0.0.1 7001-7002",
    shows: "nc: connect to 127.0.0.1 port 7002 (tcp) failed: Connection refused",
    status: 1,
};

pub(super) const UDP: Example = Example {
    says: "Is this UDP port closed, open or silent? For a program:",
    command: "nc -zu --json 127.0.0.1 7001",
    shows: r#""state":"closed","reason":"Connection refused""#,
    status: 1,
};
