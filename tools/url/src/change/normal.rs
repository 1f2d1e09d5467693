//! Components decoded and encoded again: every octet that may stand as it is does, and no other.

use crate::percent;

/// A component in its normal form, or `None` if it has that.
pub fn component(text: &[u8]) -> Option<Vec<u8>> {
    changed(text, percent::encode_octets(&percent::decode_octets(text)))
}

/// The same of a path, segment by segment: `%2f` is no slash.
pub fn path(text: &[u8]) -> Option<Vec<u8>> {
    let segments = text.split(|octet| *octet == b'/');
    let normal: Vec<Vec<u8>> =
        segments.map(|segment| percent::encode_octets(&percent::decode_octets(segment))).collect();
    changed(text, normal.join(&b'/'))
}

/// What is written with capital digits throughout stays as it is: that is how libcurl encodes, and how it stores is in
/// small ones.
fn changed(text: &[u8], normal: Vec<u8>) -> Option<Vec<u8>> {
    (percent::with_capital_digits(&normal) != text).then_some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capital_digits_stay_if_there_are_no_others() {
        for (text, normal) in [
            ("/%2B%2F", "/%2B%2F"),
            ("/%2B%2f", "/%2b%2f"),
            ("/a%C3%A4a", "/a%C3%A4a"),
            ("/%41/;", "/A/%3b"),
            ("/%2f/%", "/%2f/%25"),
        ] {
            assert_eq!(path(text.as_bytes()).unwrap_or(text.into()), normal.as_bytes(), "{text}");
        }
    }
}
