//! DNSSEC's keys: their tag, the names of their algorithms.

/// The mnemonic of a DNSSEC algorithm.
///
/// # Source
/// IANA, DNS Security Algorithm Numbers, as far as dig knows them.
pub(crate) fn algorithm(number: u8) -> Option<&'static str> {
    Some(match number {
        1 => "RSAMD5",
        2 => "DH",
        3 => "DSA",
        5 => "RSASHA1",
        6 => "NSEC3DSA",
        7 => "NSEC3RSASHA1",
        8 => "RSASHA256",
        10 => "RSASHA512",
        12 => "ECCGOST",
        13 => "ECDSAP256SHA256",
        14 => "ECDSAP384SHA384",
        15 => "ED25519",
        16 => "ED448",
        252 => "INDIRECT",
        PRIVATE_DNS => "PRIVATEDNS",
        PRIVATE_OID => "PRIVATEOID",
        _ => return None,
    })
}

/// The algorithm that a name in front of the key says.
pub(super) const PRIVATE_DNS: u8 = 253;
/// The algorithm that an object identifier in front of the key says.
const PRIVATE_OID: u8 = 254;
/// The tag of a key, by which signatures refer to it. `rdata` is the whole of it.
///
/// # Source
/// RFC 4034 appendix B. RSA/MD5 has a tag of its own there (B.1), which dig no longer makes.
pub(crate) fn tag(rdata: &[u8]) -> u16 {
    let sum = rdata.chunks(2).fold(0_u32, |sum, pair| {
        let word = match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            [high] => u16::from_be_bytes([*high, 0]),
            _ => 0,
        };
        // At most 32768 words of 16 bits: no overflow.
        sum.wrapping_add(word.into())
    });
    let folded = sum.wrapping_add(sum >> 16) & 0xffff;
    u16::try_from(folded).unwrap_or_default()
}
