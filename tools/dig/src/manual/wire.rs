//! What the man page says of `+wire`.

pub(in crate::manual) const SECTION: (&str, &str) = ("Octets", "\
`+[no]wire` shows every message that is sent and every message that comes in octet by octet, in lines that begin with
`;; wire:` and so are comments to what reads zone files. A row has the offset, the octets in hex, the field as the
specification spells it, and what it says: names label by label, compression pointers with what they lead to, every bit of the
flags, EDNS options and rdata field by field. Every octet of the message is in exactly one row. Where a message breaks, what
stands before is told as usual, and the rest is dumped.

With `--json` each message is one line of type `event`: `event` is `wire`, `direction` is `sent` or `received`, and `rows` has
`offset`, `length_octets`, `hex`, `part`, `field`, `value`, `kind` and `bits` of each row.");

pub(in crate::manual) const GIVEN: (&str, &str) = ("Messages that are given", "\
`+decode=HEX` and `+decode=@FILE` ask nobody. They show a message that is there already as dig shows one that came, and with
all that the other options add: `+wire`, `+explain`, `+short`, `+yaml`, `+json`, `+multiline`. FILE is `-` for standard input, and
may hold

  octets of a message, or of a TCP stream, each message behind its length
  hex digits, as a word, a list, a string of C or Python
  a dump by xxd, od -t x1, hexdump -C, tcpdump -x, tshark -x, of `+wire`, or of dig's `Got bad packet`
  a capture (pcap or pcapng): UDP, and TCP streams put together
  any of these packed with gzip or zstd

A capture, and what has several messages, is listed. `+frame=N` shows the message that begins in frame N; then it may be on
any port, and not only on 53, 5353 and 5355. In place of dig's footer stands where the message is from. `+status` tells what
the answer was; without it the status is 0 for a message that was read to its end, 1 for one that breaks, has octets behind
its end, or is not there, and 8 for a file that cannot be read.");
