//! What is done to octets on their way.

use sockeye_cli::manual::Example;

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Lines, directions and limits",
    "`-C` sends each line feed as carriage return and line feed, and leaves alone what has one already. `-i` waits \
that long after each line that is sent. `-t` answers a Telnet server (RFC 854): every option that it offers or asks for is refused, and its commands do not reach \
standard output.

With `-u` all three are about datagrams: each is changed, paced or answered by itself. `--delay` waits that long between each read and the write that follows, both ways.

`-d` does not read standard input; with `-N` or `-q` the sending direction is shut down when the first octets of the peer have come. `--send-only` drops what comes and leaves when the input has ended and has arrived. `--recv-only` sends \
nothing and leaves when the peer has ended. `-W` leaves when that many reads or datagrams have come.",
);

/// The section on what is shown and kept.
pub(super) const SEEN: (&str, &str) = (
    "What went past",
    "`--segments` shows each read from the peer, each write to it, and each datagram on a line of its own on standard error: the time in seconds since the start, \
`>` for what went out and `<` for what came, with whom, how many octets, and the first of them. It shows that a stream has no boundaries and that datagrams have; \
with `--read-size 50` a datagram of 100 octets is cut, and the line says how much was lost. With `--json` each line is an object.

`-o` keeps a copy of everything, both ways, in a file, and `--hex-dump` a hex dump in ncat's form; in the traditional dialect `-o` is the hex dump of that netcat, with the direction in front. \
`--append-output` adds to the files. With `-k` one file is for all clients, and with `--ssl` it has what was said, not what was encrypted. \
A file that takes no more ends the conversation with an error, for a copy that is not whole would be taken for one that is.

`--escape` shows control octets of what comes as `\\x1b`, with line feeds, tabs and text in UTF-8 as they are; if standard output is no terminal, nothing is changed.",
);

/// An example.
pub(super) const LEDGER: Example = Example {
    says: "A datagram of 10 octets for which there is room for 4:",
    command: "nc -lu -w 500ms --segments --read-size 4 127.0.0.1 7013 2>log &\n\
until ports -uln | grep -q 127.0.0.1:7013; do :; done\n\
printf 0123456789 | nc -u -q 0 127.0.0.1 7013\n\
wait; cat log",
    shows: "4 octets of 10, 6 lost \"0123\"",
    status: 0,
};
