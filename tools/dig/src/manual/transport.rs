//! What the man page says of the transports.

pub(in crate::manual) const SECTION: (&str, &str) = ("Transports", "\
Without `-p` each transport has the port of its service: 53 for UDP and TCP, 853 for `+tls` and `+quic`, 443 for `+https` and
`+https3`, 80 for `+http-plain`. Over UDP a truncated answer is asked for again over TCP.

  +tcp             TCP, each message behind its length
  +tls             the same inside TLS (RFC 7858)
  +https[=PATH]    a POST of HTTP/2 inside TLS (RFC 8484); `+https-get` is a GET; PATH is /dns-query
  +http-plain      the same without TLS; also `+http-plain-get`
  +quic            a stream of QUIC (RFC 9250); not in dig
  +https3[=PATH]   a POST of HTTP/3; not in dig

As in dig, a certificate is verified where something says how: `+tls-ca` by this host's authorities, `+tls-ca=FILE` by those of a
PEM file, `+tls-hostname=NAME` for another name than the server's as it was written, `+tls-certfile=FILE` with
`+tls-keyfile=FILE` for servers that want one of ours. With `+tls` alone any certificate will do. One that does not prove who the
server is ends the lookup with status 0 and the line `;; TLS peer certificate verification for ADDRESS#PORT failed:` and
OpenSSL's words; a file that cannot be used says `;; TLS context cannot be created`. Where the handshake itself breaks,
`+tls` says nothing, as dig; `--explain` tells why, and tells the status of HTTP where dig says `failure`.

The timeout, 5 seconds for a datagram and 10 over a connection unless `+timeout` or resolv.conf says otherwise, holds for connecting,
handshakes and the answer together. The query time counts from sending the query.

`+keepopen` keeps a connection (`+tcp`, `+tls`, `+https`, `+http-plain`) for the next query to the same server. `+timing` shows how
long connecting, TLS (or QUIC, that shakes hands for both), the first octet of the answer since the query, and all of it took:

  ;; TIMING: connect 0.039 ms, TLS 1.911 ms, first octet 0.264 ms, whole answer 2.237 ms

With `--json` that is `timing`: `connect_us`, `tls_us`, `first_octet_us`, `whole_us`.

Other than dig: the server's name goes out in the handshake (SNI), `+notcp` behind `+tls` and `+https` behind `+http-plain` do not
send the query in the clear, a response without content-length and one behind an interim one (1xx) are taken, and what follows a
broken handshake is still asked. Key exchange by RSA alone, and TLS before 1.2, are not there.");
