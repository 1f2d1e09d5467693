//! Messages that can be recognised.

use sockeye_cli::manual::Example;

/// The section.
pub(super) const SECTION: (&str, &str) = (
    "Messages that can be recognised",
    "`--generate 1000x50@20ms` sends 50 messages of 1000 octets, one every 20 ms, instead of standard input: A's, then B's, C's and so on, with their number and how many there are in front: \
`1/50 AAAA...`. Messages that have no room for the numbers are letters alone. With `-u` each is a datagram, otherwise each is one write.

`--expect` on the other side counts what comes and says at the end, for each sender, how many messages were received, lost (and the first of their numbers), duplicated, reordered and truncated; \
the exit status is 1 if anything is not as it was sent. Over datagrams it ends by itself when all have come, and otherwise by `-w`. \
Over a stream it says in how many reads the messages came, for a stream does not keep them apart. From letters alone a loss can only be guessed: up to 25 in a row. \
What comes is written out as always.",
);

/// An example.
pub(super) const ACCOUNT: Example = Example {
    says: "Does everything arrive?",
    command: "nc -lu --expect -w 2 127.0.0.1 7014 >/dev/null &\n\
until ports -uln | grep -q 127.0.0.1:7014; do :; done\n\
nc -u -q 0 --generate 500x20@1ms 127.0.0.1 7014; wait",
    shows: "20 of 20 messages, 0 lost, 0 duplicated, 0 reordered, 0 truncated",
    status: 0,
};
