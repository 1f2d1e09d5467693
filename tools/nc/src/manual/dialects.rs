//! The dialects.

use sockeye_cli::manual::Example;

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Dialects",
    "Called `ncat`, nc reads its short letters as ncat does; `--compat=openbsd`, `ncat` or `traditional` as the first option, or the variable `NC_COMPAT`, says so under any name. \
Every long option means the same in all of them, and `--help` shows them with the letters of the dialect; a letter that the dialect does not have is refused. What differs:

- `-k`: keep open; to the traditional nc SO_KEEPALIVE.
- `-d`: do not read standard input; to ncat a delay.
- `-i`: a wait between lines; to ncat the idle timeout.
- `-w`: for connecting and for silence; to ncat for connecting only.
- `-m`: the least TTL; to ncat the most connections.
- `-x`: a proxy; to ncat a file for a hex dump.
- `-o`: a copy of everything; to the traditional nc a hex dump.
- At the end of the input ncat shuts down the sending direction, as `-N` does. Its default port is 31337, it listens on IPv6 and IPv4, and with `-k` to many clients at once. \
A wrong line, a name that is not known and an address that cannot be bound end it with status 2, and what it says begins with `Ncat:`. `--nsock-engine` is taken and has no effect, which `-v` says.

`--what` in front of a line says what the line means here, letter by letter, what it means to the others, and how it is written for them; nothing else is done.",
);

/// An example.
pub(super) const WHAT: Example = Example {
    says: "What would this line of ncat's mean, and how is it said to OpenBSD nc?",
    command: "nc --compat=ncat --what -d 500ms --send-only example.net 7000",
    shows: "-d 500ms  Wait this long between reads and writes",
    status: 0,
};
