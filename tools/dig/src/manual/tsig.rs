//! What the man page says of `-k` and `-y`.

pub(in crate::manual) const SECTION: (&str, &str) = ("Signatures", "\
`-k FILE` signs every query with the key of a file (TSIG, RFC 8945), and what comes back has to be signed with it too. The
file is what tsig-keygen(8) writes: one `key` statement of named.conf, with its comments and includes. A pair of files
`Kname.+NNN+NNNNN.key` and `.private` for HMAC is read as well; one for SIG(0), an include with a wildcard and an empty secret
are refused. `-y [HMAC:]NAME:SECRET` gives the key on the line, where others
can see it; `-k` counts more. HMAC is `hmac-md5`, which is what is meant when it is left out, `hmac-sha1`, `hmac-sha224`,
`hmac-sha256`, `hmac-sha384` or `hmac-sha512`; `hmac-sha256-128` sends and wants the first 128 bits of a signature.

`Couldn't verify signature` says that an answer is not signed as it should be: `expected a TSIG or SIG(0)` that it is not signed
at all, `tsig verify failure` that the key is another one or the answer was changed, `tsig indicates error` that the server did
not accept the query's signature, `clocks are unsynchronized` what it says. With `+explain` the cause is told in a sentence. As
in dig, the answer is shown and the status is 0; without a key that can be read the query goes out unsigned.

`+fuzztime[=SECONDS]` signs with that time, or with 1646972129, in place of the time of day.");
