//! What the man page says of `+trace`, `+tree`, `+nssearch`, `+dns64prefix`, `+diff` and `+watch`.

pub(in crate::manual) const SECTION: (&str, &str) = ("From the root down", "\
`+trace` asks the server at hand who serves the root, and then one server after the other, each for the name, until one
answers or none knows better. The names of servers are looked up as every program looks them up, and the servers of a zone
are asked in random order, as dig does.

`+trace +tree`, or `+tree` alone, asks every server of every zone on the way, all of a zone at the same time, and draws the way
as a tree. Of each server it says how long it took and what it said: an answer with AA or without, a referral, NODATA,
NXDOMAIN, REFUSED or another error, LAME for one that knows nothing of the zone or refers up or back, NO ANSWER and NO ADDRESS;
and whether it says something else than most of the others. `(glue)` stands behind an address that came with the referral; the
others were looked up. Of a zone 64 servers are asked at most, each at 16 addresses at most. Of each zone it says how its signatures hang together with the zone above:

  signed                 a DS record is the digest of one of the zone's keys
  BROKEN                 there are DS records, and none is of a key that the zone has
  unsigned, proven by NSEC or NSEC3
                         the parent proves that there is no DS record
  no DS, and no proof of that
                         the parent is signed and does not prove it

The numbers are key tags. Signatures themselves are not verified: that is `+validate`. With `+nodnssec` none of this is looked
at. With `--json` the whole tree is one line.

`+nssearch` asks the server at hand who serves the zone, and then each of them, 20 at most, all at the same time, for the zone's
SOA record.

`+dns64prefix` asks for the AAAA records of `ipv4only.arpa` and prints the prefixes under which the resolver makes them up.");

pub(in crate::manual) const SEVERAL: (&str, &str) = ("Several servers, again and again", "\
`+diff` asks every server at the same time: all `@SERVER`s, or all of `/etc/resolv.conf`, or with `+nssearch` all servers of the
zone, which are asked for the SOA record or for the TYPE that stands behind. It says in what they differ: status, flags,
records, TTL, the serial number of an SOA record, and with `+nsid` the identifier. `!` stands before a record that not all of
them have. The exit status is 0 if all say the same and 1 if not.

`+watch[=N]` asks again whenever the smallest TTL has run out, N times at most, and prints a line with the date when the
records have become others: `-` before what has gone, `+` before what has come. On a terminal standard error counts down. With
`--json` each time is one line of type `event`: `event` is `first`, `changed`, `same` or `failed`. Ctrl-C ends it with status 130.");
