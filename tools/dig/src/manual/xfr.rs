//! What the man page says of zone transfers.

pub(in crate::manual) const SECTION: (&str, &str) = ("Zone transfers", "\
`AXFR` asks for a whole zone and `IXFR=SERIAL` for what changed in it since that serial. AXFR goes over a connection whatever
the line says; IXFR does unless `+notcp` stands on it, and over UDP the answer is one datagram. Records are printed message by
message while they come, without headings (`+comments` brings them back), and a zone of any size takes the memory of one
message. The footer counts records, messages and octets. `; Transfer failed.` stands where the server refuses; as in dig the
status is 0 then. With `-k` every message is verified, and those in between that have no signature of their own by the next one
that has (RFC 8945 section 5.3.1). Where the last one has none, nothing vouches for what came since the last signed one: `+explain`
tells so.");
