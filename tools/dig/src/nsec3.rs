//! NSEC3: hashes of names, and the gaps between them.
//!
//! # Source
//! RFC 5155.

use ring::digest;

use crate::name::Name;
use crate::rdata;
use crate::record::Record;

/// The most iterations that are computed. RFC 9276 section 3.1 wants none at all.
const MOST_ITERATIONS: u32 = 500;

/// How names are hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameters {
    salt: Vec<u8>,
    iterations: u32,
}

impl Parameters {
    /// Those of an NSEC3 record; `None` if it is not by SHA-1, or wants too much work.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        let iterations = record.rdata.number("Iterations").filter(|iterations| *iterations <= MOST_ITERATIONS)?;
        let salt = record.rdata.octets_named("Salt")?.get(1..)?.to_vec();
        (record.rdata.number("Hash Algorithm") == Some(1)).then_some(Self { salt, iterations })
    }

    /// # Source
    /// RFC 5155 section 5.
    pub(crate) fn hash(&self, name: &Name) -> Vec<u8> {
        let mut octets = name.as_wire().to_ascii_lowercase();
        for _ in 0..=self.iterations {
            octets.extend_from_slice(&self.salt);
            octets = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &octets).as_ref().to_vec();
        }
        octets
    }
}

/// From the hash that owns a record to the next hash of the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    pub(crate) owner: Vec<u8>,
    next: Vec<u8>,
}

impl Gap {
    /// That of an NSEC3 record.
    pub(crate) fn of(record: &Record) -> Option<Self> {
        let owner = rdata::from_base32_hex(record.owner.labels().next()?)?;
        let next = record.rdata.octets_named("Next Hashed Owner Name")?.get(1..)?.to_vec();
        Some(Self { owner, next })
    }

    /// Whether a hash lies between the two. Behind the last one the first comes again.
    pub(crate) fn covers(&self, hash: &[u8]) -> bool {
        let (owner, next) = (self.owner.as_slice(), self.next.as_slice());
        if owner < next { owner < hash && hash < next } else { owner < hash || hash < next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_of_rfc_5155() {
        // RFC 5155 appendix A.
        let parameters = Parameters { salt: vec![0xaa, 0xbb, 0xcc, 0xdd], iterations: 12 };
        for (name, hash) in [
            ("example", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"),
            ("a.example", "35mthgpgcu1qg68fab165klnsnk3dpvl"),
            ("x.y.w.example", "2vptu5timamqttgl4luu9kg21e0aor3s"),
        ] {
            let computed = parameters.hash(&name.parse().unwrap());
            assert_eq!(rdata::from_base32_hex(hash.as_bytes()).unwrap(), computed, "{name}");
        }
    }
}
