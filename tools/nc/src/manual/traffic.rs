//! What is done to octets on their way.

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Lines, directions and limits",
    "Over a stream, `-C` sends each line feed as carriage return and line feed, and leaves alone what has one already. `-i` waits \
that long after each line that is sent. `-t` answers a Telnet server (RFC 854): every option that it offers or asks for is refused, and its commands do not reach \
standard output.

`-d` does not read standard input. `--send-only` drops what comes and leaves when the input has ended and has arrived. `--recv-only` sends \
nothing and leaves when the peer has ended. `-W` leaves when that many reads or datagrams have come.",
);
