//! The other dialect.

pub(super) const SECTION: (&str, &str) = ("Host", TEXT);

const TEXT: &str = "\
Called by the name `host`, through a link, this is BIND's host: `host [-aACdilnrsTUvVw46] [-c CLASS] [-m FLAG] [-N NDOTS]
[-p PORT] [-R NUMBER] [-t TYPE] [-W SECONDS] NAME [SERVER]`. Its options, texts, streams and exit statuses are those of host 9.18.

  host web.lab.test
  web.lab.test has address 192.0.2.80
  web.lab.test has IPv6 address 2001:db8::80

Without `-t` it asks for A, and then for AAAA and MX of what the aliases lead to. A short name is tried with each domain of the search
list; of an address the name is asked for. `-v` and `-d` print whole messages, `-a` and `-A` ask for ANY as well, `-C` asks every
server of a zone for its SOA record, `-l` lists the hosts of a zone by a transfer. The status is 1 if anything was not found or nobody answered, 2 for a type or a class that is
none.

`--explain`, `--json`, `--color`, `--help` and `--version` may stand anywhere in front of a `--`. `-m` shows nothing here: there is
no memory of BIND's to show, and `-D`, which traces BIND's own functions, is refused. Where `-C` is left with one address, as with
`-4`, this one waits for its answer, where BIND's host says that nobody could be reached. Octets of a name that are not UTF-8 are
printed as `\\DDD`.";
