//! What the man page says of `+wire`.

pub(in crate::manual) const SECTION: (&str, &str) = ("Octets", "\
`+[no]wire` shows every message that is sent and every message that comes in octet by octet, in lines that begin with
`;; wire:` and so are comments to what reads zone files. A row has the offset, the octets in hex, the field as the
specification spells it, and what it says: names label by label, compression pointers with what they lead to, every bit of the
flags, EDNS options and rdata field by field. Every octet of the message is in exactly one row. Where a message breaks, what
stands before is told as usual, and the rest is dumped.

With `--json` each message is one line of type `event`: `event` is `wire`, `direction` is `sent` or `received`, and `rows` has
`offset`, `length_octets`, `hex`, `part`, `field`, `value`, `kind` and `bits` of each row.");
