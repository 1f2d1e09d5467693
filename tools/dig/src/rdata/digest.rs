//! The lengths of digests, in octets.

/// A digest of a key, or `None` if nobody has said.
///
/// # Source
/// IANA, Delegation Signer (DS) Digest Algorithms, as far as dig knows them.
pub(super) fn of_key(kind: u8) -> Option<usize> {
    match kind {
        1 => Some(20),
        2 => Some(32),
        4 => Some(48),
        _ => None,
    }
}

/// A fingerprint of a key, or `None` if nobody has said.
///
/// # Source
/// RFC 4255 section 3.1.2, RFC 6594.
pub(super) fn of_fingerprint(kind: u8) -> Option<usize> {
    match kind {
        1 => Some(20),
        2 => Some(32),
        _ => None,
    }
}

/// A digest of a zone, or `None` if nobody has said.
///
/// # Source
/// RFC 8976 section 2.2.3.
pub(super) fn of_zone(algorithm: u8) -> Option<usize> {
    match algorithm {
        1 => Some(48),
        2 => Some(64),
        _ => None,
    }
}

/// What a digest of a zone has at least.
///
/// # Source
/// RFC 8976 section 2.2.4.
pub(super) const SHORTEST_OF_ZONE: usize = 12;
