//! What the registries' numbers mean, a plain sentence each.

use crate::registry::{ExtendedError, Opcode, Rcode};
use sockeye_common::words::counted;

/// What a status says about the name.
///
/// # Source
/// RFC 1035 section 4.1.1, RFC 2136 section 2.2, RFC 6891 section 9, RFC 7873 section 8, RFC 8490 section 10.4,
/// RFC 8945 section 3.
pub(super) fn rcode(rcode: Rcode) -> &'static str {
    match rcode.0 {
        0 => "the server could answer; whether there are records is in the answer section",
        1 => "the server could not read the query",
        2 => "the server tried and failed: its own fault, or that of the servers that it asked",
        3 => "there is no such name",
        4 => "the server does not do this kind of query",
        5 => "the server will not answer this, or not to us",
        6 => "an update wanted a name not to exist, and it does",
        7 => "an update wanted an RRset not to exist, and it does",
        8 => "an update wanted an RRset to exist, and it does not",
        9 => "the server is no authority for the zone, or the signature over the query is not accepted",
        10 => "a name of the update is not in its zone",
        11 => "the server does not do this kind of stateful operation",
        16 => "the server does not speak this version of EDNS (or, in a signature, BADSIG: it is wrong)",
        17 => "the server does not know the key of the signature",
        18 => "the clocks are too far apart for the signature",
        19 => "the server does not make keys in this way",
        20 => "there is a key of this name already",
        21 => "the server does not know the algorithm of the signature",
        22 => "the signature is cut shorter than the server takes",
        23 => "the server wants its own cookie in the query",
        _ => "see the list of RCODEs at IANA",
    }
}

/// What a message of another kind than a standard query does.
///
/// # Source
/// RFC 1035 section 4.1.1, RFC 3425, RFC 1996, RFC 2136, RFC 8490.
pub(super) fn opcode(opcode: Opcode) -> Option<&'static str> {
    Some(match opcode.0 {
        0 => return None,
        1 => "an inverse query, from data to names: nobody does that any more (RFC 3425)",
        2 => "a question about the server's status, which was never defined",
        4 => "a primary tells a secondary that the zone has changed",
        5 => "a change to a zone, and not a question",
        6 => "a stateful operation on a connection that stays",
        _ => "a kind of message that has no definition",
    })
}

/// What an extended error means.
///
/// # Source
/// RFC 8914 section 4; IANA, Extended DNS Error Codes, for those from 25 on.
pub(super) fn extended_error(code: ExtendedError) -> &'static str {
    match code.0 {
        0 => "a reason that has no number, if anything the text says it",
        1 => "the zone is signed with an algorithm that the server does not know: it counts as unsigned",
        2 => "the parent's digest is of a kind that the server does not know: the zone counts as unsigned",
        3 => "the records are past their TTL: the server could not get fresh ones",
        4 => "the server made this answer up by its own rules",
        5 => "validation came to no verdict",
        6 => "validation failed: the data or their signatures were changed, or the zone is broken",
        7 => "a signature is past its time: the zone was not signed again",
        8 => "a signature is of the future: a clock is wrong, on one side",
        9 => "the parent refers to a key that the zone does not have",
        10 => "the zone should be signed, and signatures are missing",
        11 => "no key of the zone may sign zones",
        12 => "the proof that there is nothing is missing",
        13 => "the server remembers that this failed not long ago",
        14 => "the server is not ready, still loading",
        15 => "the operator of the server does not serve this name",
        16 => "somebody made the operator of the server not serve this name",
        17 => "the client asked its server not to serve such names",
        18 => "the server does not serve this client",
        19 => "an old NO past its time: the server could not ask again",
        20 => "the server is no authority for the zone and was told not to look elsewhere",
        21 => "the server does not do this",
        22 => "none of the zone's servers could be reached or answered well",
        23 => "something went wrong between the server and those that it asked",
        24 => "the server has the zone, but what it has is not in order",
        25 => "a signature ends before it begins",
        26 => "0-RTT data, which the server does not take for this",
        27 => "names are hashed more often than the server is willing to",
        28 => "the server may not tell this by its policy",
        29 => "the answer was made from proofs in the cache, and nobody was asked",
        30 => "a question of a type that may not be asked",
        _ => "see the list of Extended DNS Error Codes at IANA",
    }
}

/// What a DS record's digest is made with.
///
/// # Source
/// RFC 4034 appendix A.2, RFC 4509, RFC 5933, RFC 6605; RFC 8624 section 3.3 for what should be used.
pub(super) fn digest_type(number: u32) -> &'static str {
    match number {
        0 => "none: it asks that the DS record be removed",
        1 => "SHA-1, which validators take but nobody should make any more",
        2 => "SHA-256",
        3 => "GOST R 34.11-94, which few validators know",
        4 => "SHA-384",
        _ => "a kind that has no name here: a validator that does not know it leaves the record out",
    }
}

/// Seconds since 1970 as a date in UTC: `2026-12-20 00:00:00 UTC`. They count modulo 2^32: the time meant is the one
/// nearest to `now`.
pub(super) fn date(seconds: u32, now: u32) -> String {
    let mut stamp = String::new();
    crate::rdata::time::stamp(&mut stamp, seconds, Some(now));
    let parts =
        (stamp.get(..4), stamp.get(4..6), stamp.get(6..8), stamp.get(8..10), stamp.get(10..12), stamp.get(12..));
    match parts {
        (Some(year), Some(month), Some(day), Some(hour), Some(minute), Some(second)) => {
            format!("{year}-{month}-{day} {hour}:{minute}:{second} UTC")
        }
        _ => stamp,
    }
}

/// `12 days`: the largest unit that fits, and the next one if the first is few.
pub(super) fn about(seconds: u32) -> String {
    const UNITS: [(&str, u32); 4] = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];
    for (name, length) in UNITS {
        let count = seconds / length;
        if count > 0 {
            return counted(count, name);
        }
    }
    "0 seconds".to_owned()
}
