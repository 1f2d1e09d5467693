//! What a course does to a listener.

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "The life of a listener",
    "Some options stretch what otherwise takes a moment, so that another terminal can look at it with `ports`(1):

`--delay-listen` waits between bind(2) and listen(2): who connects then is refused. `--delay-accept` waits between \
listen(2) and accept(2): who connects then is connected by the kernel, may send, and waits. `--backlog` says how many may wait so. `--no-reuseaddr` shows what a \
server without SO_REUSEADDR meets: while its last connection is in TIME-WAIT, bind(2) fails. `--host-order-port` forgets \
htons(3): on this kind of machine port 8080 (0x1f90) becomes 36895 (0x901f), and nc says so. `--linger 0` ends a connection with a RST instead of a FIN.

`-S` signs the segments of a TCP connection with a password (RFC 2385), which it asks for on the terminal; whoever does not sign with the same one is not answered.

An option that the system refuses ends the run, and is named.",
);
