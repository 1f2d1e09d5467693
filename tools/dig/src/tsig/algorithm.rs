//! The algorithms of transaction signatures: names, lengths, and the keyed digests.

use hmac::{KeyInit, Mac, SimpleHmac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::name::Name;

/// An algorithm of the registry that dig knows.
///
/// # Source
/// RFC 8945 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// hmac-md5
    Md5,
    /// hmac-sha1
    Sha1,
    /// hmac-sha224
    Sha224,
    /// hmac-sha256
    Sha256,
    /// hmac-sha384
    Sha384,
    /// hmac-sha512
    Sha512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Md5, Self::Sha1, Self::Sha224, Self::Sha256, Self::Sha384, Self::Sha512];

    /// As command line and key files write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "hmac-md5",
            Self::Sha1 => "hmac-sha1",
            Self::Sha224 => "hmac-sha224",
            Self::Sha256 => "hmac-sha256",
            Self::Sha384 => "hmac-sha384",
            Self::Sha512 => "hmac-sha512",
        }
    }

    /// As it stands in messages.
    pub fn wire_name(self) -> Name {
        let text = if self == Self::Md5 { "hmac-md5.sig-alg.reg.int" } else { self.name() };
        text.parse().unwrap_or_default()
    }

    /// The number of its keys in KEY records and private-key files, which BIND has given it.
    pub fn key_number(self) -> u8 {
        match self {
            Self::Md5 => 157,
            Self::Sha1 => 161,
            Self::Sha224 => 162,
            Self::Sha256 => 163,
            Self::Sha384 => 164,
            Self::Sha512 => 165,
        }
    }

    /// The length of its MAC, in octets.
    pub fn digest_len(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

/// A MAC in the making.
#[derive(Clone, Debug)]
pub(super) enum Digest {
    Md5(SimpleHmac<Md5>),
    Sha1(SimpleHmac<Sha1>),
    Sha224(SimpleHmac<Sha224>),
    Sha256(SimpleHmac<Sha256>),
    Sha384(SimpleHmac<Sha384>),
    Sha512(SimpleHmac<Sha512>),
}

/// The same for whichever it is.
macro_rules! whichever {
    ($digest:expr, $mac:ident => $what:expr) => {
        match $digest {
            Digest::Md5($mac) => $what,
            Digest::Sha1($mac) => $what,
            Digest::Sha224($mac) => $what,
            Digest::Sha256($mac) => $what,
            Digest::Sha384($mac) => $what,
            Digest::Sha512($mac) => $what,
        }
    };
}

impl Digest {
    pub(super) fn new(algorithm: Algorithm, secret: &[u8]) -> Self {
        match algorithm {
            Algorithm::Md5 => Self::Md5(keyed(secret)),
            Algorithm::Sha1 => Self::Sha1(keyed(secret)),
            Algorithm::Sha224 => Self::Sha224(keyed(secret)),
            Algorithm::Sha256 => Self::Sha256(keyed(secret)),
            Algorithm::Sha384 => Self::Sha384(keyed(secret)),
            Algorithm::Sha512 => Self::Sha512(keyed(secret)),
        }
    }

    pub(super) fn update(&mut self, octets: &[u8]) {
        whichever!(self, mac => mac.update(octets));
    }

    /// The whole MAC.
    pub(super) fn finish(self) -> Vec<u8> {
        whichever!(self, mac => mac.finalize().into_bytes().to_vec())
    }

    /// Whether the MAC begins with these octets, in a time that does not depend on how many of them are right.
    pub(super) fn matches(self, begin: &[u8]) -> bool {
        whichever!(self, mac => mac.verify_truncated_left(begin).is_ok())
    }
}

/// HMAC takes a key of any length.
fn keyed<M: KeyInit>(secret: &[u8]) -> M {
    M::new_from_slice(secret).unwrap_or_else(|_| M::new(&hmac::digest::Key::<M>::default()))
}
