//! The files of `-k` that old dnssec-keygen(8) wrote: `Kname.+NNN+NNNNN.key` and `.private`.

use super::key::decode;
use super::{Algorithm, Key};
use crate::name::Name;

/// The paths of both files, whichever of them, or of what they have in common, was given.
pub fn paths(given: &str) -> (String, String) {
    let base = [".private", ".key", "."].iter().find_map(|end| given.strip_suffix(end)).unwrap_or(given);
    (format!("{base}.key"), format!("{base}.private"))
}

/// The key that both files give, or `None` if they are not those of one HMAC key.
///
/// # Source
/// RFC 2535 section 3 for the KEY record; the private format of BIND, version 1.
pub fn parse(public: &str, private: &str) -> Option<Key> {
    let (name, number, published) = record(public)?;
    let field = |label: &str| private.lines().find_map(|line| line.strip_prefix(label)?.strip_prefix(':'));
    field("Private-key-format")?.trim().strip_prefix("v1.")?;
    if field("Algorithm")?.split_ascii_whitespace().next()?.parse() != Ok(number) {
        return None;
    }
    let algorithm = Algorithm::ALL.into_iter().find(|algorithm| algorithm.key_number() == number)?;
    let secret = decode(field("Key")?)?;
    if secret != published {
        return None;
    }
    let bits = match decode(field("Bits")?)?.as_slice() {
        [high, low] => u16::from_be_bytes([*high, *low]),
        _ => return None,
    };
    Some(Key::new(&name, algorithm, bits.into(), secret))
}

/// The algorithm of a public key as SIG(0) has it, if the `.key` file is none for HMAC.
///
/// # Source
/// RFC 2931; IANA's DNS Security Algorithm Numbers, of which BIND uses those above 156 for HMAC.
pub fn sig0_algorithm(public: &str) -> Option<u8> {
    record(public).map(|(_, number, _)| number).filter(|number| *number < 157)
}

/// Name, algorithm and key of the KEY record in a `.key` file.
fn record(text: &str) -> Option<(Name, u8, Vec<u8>)> {
    let line =
        text.lines().map(|line| line.split(';').next().unwrap_or_default()).find(|line| !line.trim().is_empty())?;
    let mut words = line.split_ascii_whitespace();
    let name = words.next()?.parse().ok()?;
    // A TTL and a class may stand before the type.
    let mut words = words.skip_while(|word| !word.eq_ignore_ascii_case("KEY")).skip(1);
    let (_flags, _protocol) = (words.next()?.parse::<u16>().ok()?, words.next()?.parse::<u8>().ok()?);
    let number = words.next()?.parse().ok()?;
    Some((name, number, decode(&words.collect::<String>())?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "; made by hand\nK. 3600 IN KEY 512 3 163 YWJj ZGVm\n";
    const PRIVATE: &str = "Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\nKey: YWJjZGVm\nBits: AIA=\n";

    #[test]
    fn both_files_make_a_key() {
        let key = parse(PUBLIC, PRIVATE).unwrap();
        assert_eq!((key.name.to_string().as_str(), key.algorithm), ("k.", Algorithm::Sha256));
        assert_eq!((key.mac_len, key.secret_bits()), (Some(16), 48));
    }

    #[test]
    fn files_that_do_not_belong_together() {
        for (public, private) in [
            ("", PRIVATE),
            (PUBLIC, ""),
            ("K. IN DNSKEY 512 3 163 YWJjZGVm", PRIVATE),
            ("K. IN KEY 512 3 161 YWJjZGVm", PRIVATE),
            ("K. IN KEY 512 3 163 YWJj", PRIVATE),
            ("K..x IN KEY 512 3 163 YWJjZGVm", PRIVATE),
            (PUBLIC, &PRIVATE.replace("Bits: AIA=", "")),
            (PUBLIC, &PRIVATE.replace("v1.3", "v2.0")),
        ] {
            assert_eq!(parse(public, private), None, "{public} {private}");
        }
    }

    #[test]
    fn a_public_key_is_for_sig0() {
        assert_eq!(sig0_algorithm("host.test. IN KEY 512 3 13 YWJj"), Some(13));
        assert_eq!(sig0_algorithm(PUBLIC), None);
        assert_eq!(sig0_algorithm("host.test. IN DNSKEY 512 3 13 YWJj"), None);
    }

    #[test]
    fn any_of_their_names() {
        for given in ["d/Kk.+163+1.private", "d/Kk.+163+1.key", "d/Kk.+163+1.", "d/Kk.+163+1"] {
            assert_eq!(paths(given), ("d/Kk.+163+1.key".to_owned(), "d/Kk.+163+1.private".to_owned()));
        }
    }
}
