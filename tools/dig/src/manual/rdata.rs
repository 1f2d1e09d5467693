//! What the man page says of records as text.

pub(super) const SECTION: (&str, &str) = ("Records as text", "\
Every type for which dig 9.18 has a form of its own is written in that form, from A to DSYNC, and rdata that is not what its
type says is no record here either: the message is malformed, or a bad packet in dig's words. Of all other types, and of types
that mean something in class IN only, the octets are written as RFC 3597 says; `+unknownformat` does so for every record.

With `+multiline` SOA, keys, signatures, digests and certificates take several lines between parentheses, with remarks behind
semicolons: what the numbers of an SOA count, of a key its role, algorithm and key tag. `+rrcomments` adds the remarks alone.
`+short` keeps to one line per record, whatever else is said.");
