//! What the options with a plus do.

/// The options that dig has, and those that it has not and that need no section of their own.
pub(super) const SECTION: (&str, &str) = ("Query options", TEXT);

const TEXT: &str = "\
Each is a word and may be cut short as in dig; with `no` in front of the word it is switched off. `dig -h` lists them too.

Whom and how often to ask:

  +[no]tcp, +[no]vc      over TCP; ANY, AXFR and IXFR always are
  +[no]ignore            take a truncated answer as it is
  +tries=N, +retry=N, +retries=N
                         how often to ask (3), or to ask again (2)
  +timeout=S             seconds to wait for an answer (5, over a connection 10)
  +[no]fail              a SERVFAIL is an answer, which is the default; with +nofail the next server is asked
  +[no]keepopen          one connection for consecutive queries to a server
  +[no]tls, +[no]https[=PATH], +[no]https-get, +[no]https-post, +[no]http-plain[=PATH], +[no]http-plain-get,
  +[no]http-plain-post, +[no]quic, +[no]https3[=PATH]
                         over TLS, HTTP/2, QUIC, HTTP/3; see TRANSPORTS
  +[no]tls-ca[=FILE], +[no]tls-hostname=NAME, +[no]tls-certfile=FILE, +[no]tls-keyfile=FILE
                         whom to believe, and who we are
  +[no]search, +[no]defname
                         try the names of the search list
  +[no]showsearch        the same, and show the answers on the way
  +ndots=N               how many dots a name needs to be asked for as it is (1)
  +domain=NAME           in place of the search list
  +[no]idnin, +[no]idnout
                         take and show names in Unicode; the default on a terminal
  +[no]trace, +[no]nssearch, +[no]dns64prefix
                         ask on from the root; ask every server of a zone; find a DNS64 prefix

What is in the query:

  +[no]recurse           set RD, which is the default; also +rdflag
  +[no]aaflag, +[no]aaonly, +[no]adflag, +[no]cdflag, +[no]raflag, +[no]tcflag, +[no]zflag
                         set a header flag; AD is the default
  +[no]opcode=OPCODE     a name or a number up to 15
  +[no]qid=N             this id, not a random one
  +[no]header-only       no question
  +[no]edns[=VERSION]    with EDNS, which is the default
  +[no]ednsnegotiation   on BADVERS ask again with the server's version, which is the default
  +[no]ednsflags[=N]     set further EDNS flags
  +bufsize[=N]           the largest datagram to take (1232)
  +[no]dnssec, +[no]do   set DNSSEC OK
  +[no]coflag            set compact answers OK
  +[no]nsid              ask for the server's identifier
  +[no]subnet=ADDRESS[/PREFIX]
                         the network that asks
  +[no]cookie[=HEX]      with a cookie, random by default
  +[no]badcookie         ask again on BADCOOKIE, which is the default
  +[no]showbadcookie     show the BADCOOKIE too
  +[no]expire            ask when the zone expires
  +[no]keepalive         ask how long a connection may idle
  +padding=N             pad the query to a multiple of N octets
  +[no]ednsopt[=CODE[:HEX]]
                         any option, by name or number; +noednsopt takes them back
  +[no]fuzztime[=N]      sign as if it were this second since 1970

What to print:

  +[no]short             only the rdata of answers
  +[no]all               everything, or nothing
  +[no]cmd, +[no]comments, +[no]question, +[no]answer, +[no]authority, +[no]additional, +[no]stats
                         the banner, the headings, the parts
  +[no]qr                the query before it is sent
  +[no]identify          who answered, where that would not be told
  +[no]besteffort        what can be read of a broken message, which is the default
  +[no]onesoa            the SOA record that ends a transfer only once
  +[no]yaml              as YAML
  +[no]ttlid, +[no]class TTL and class of records
  +[no]ttlunits          TTLs as 1h30m
  +[no]multiline         records over several lines, with remarks
  +[no]rrcomments        remarks without +multiline, or none with it
  +[no]crypto            keys and signatures, which is the default
  +[no]split[=N]         words of N digits in keys, signatures and hex
  +[no]unknownformat     rdata as RFC 3597 writes it
  +[no]expandaaaa        every digit of IPv6 addresses

What dig does not have:

  +[no]explain, +[no]json
                         as --explain and --json
  +[no]wire              every octet of query and answer
  +decode=HEX|@FILE, +frame=N
                         show a message that is given
  +[no]status            tell by the exit status what the answer was; see EXIT STATUS
  +[no]timing            connect, TLS and first octet apart
  +[no]tree              +trace as a tree, every server asked
  +[no]diff              ask every server, and say in what they differ
  +[no]watch[=N]         ask again when the TTL ends, N times at most
  +[no]validate[=FILE]   the DNSSEC chain, link by link
  +[no]bulk, +parallel=N with `-f`: answers as they arrive; how many lookups at once (64)
  +compat=9.18|9.20      whose output

What does not go together with these is refused, with the reason: none of them is taken and then left alone. An option of
`~/.digrc` gives way instead.

`+mapped`, `+dscp`, `+sigchase`, `+topdown`, `+trusted-key` and `+unexpected` are taken with a word of regret, as dig does.";
