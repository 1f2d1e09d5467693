//! TLS.

pub(super) const SECTION: (&str, &str) = (
    "TLS",
    "With `--ssl` everything goes through TLS 1.2 or 1.3. A client checks the certificate of the server and its name \
against the certificates that the system trusts, or those of `--ssl-trustfile`; as `ncat` it does so only with \
`--ssl-verify`. A listener shows the certificate of `--ssl-cert`, or else one that it makes for this run and whose \
fingerprints `-v` tells. With `--ssl-verify` it asks its clients for certificates.

  nc --ssl -N www.example 443

A stream that ends without close_notify was cut off, and is an error. There is no DTLS: `--ssl` with `-u` is refused. \
`--explain` tells the version, the cipher suite and the certificates. Suites of `--ssl-ciphers` are named as in \
`openssl ciphers`; a wrong name lists those that there are.",
);
