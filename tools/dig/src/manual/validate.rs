//! `+validate` in the man page.

/// What is judged, and what is shown of it.
pub(super) const SECTION: (&str, &str) = ("Validation", TEXT);

const TEXT: &str = "\
`+validate` has hickory-resolver look the name up once more through the server that answered, and validate what comes with
DNSSEC: *secure*, *insecure* (a zone on the way is proven to be unsigned), *bogus*, or *indeterminate*. Below the verdict
stand the zones from the trust anchor down, each with what its parent says of its keys (DS), its keys with their tags, and
until when its signatures last; then the signatures of the answer itself.

The trust anchors are the root's keys of 2017 and 2024, or with `+validate=FILE` those of a file of DNSKEY records as
dnssec-keygen(1) writes them.

hickory-resolver asks over UDP and TCP: with `+tls`, `+https`, `+quic` and the like, which keep the name from those who listen on the
way, `+validate` is refused.

The answer is shown as it came, whatever the verdict. With `+status` a bogus one has status 4, as a resolver that validates
would have said SERVFAIL.";
