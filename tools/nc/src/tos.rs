//! Names of the type of service (RFC 791) and of the differentiated services codepoints (RFC 2474).

use sockeye_common::number::behind_0x;

/// The octet that a keyword of `-T`, or a number in decimal or hex, means.
///
/// # Source
/// RFC 1349 section 4 for the old names, RFC 2474 for `csN`, RFC 2597 for `afNN`, RFC 3246 for `ef`.
pub fn parse(text: &str) -> Option<u8> {
    let named = match text {
        "critical" => Some(0xa0),
        "ef" => Some(0xb8),
        "inetcontrol" => Some(0xc0),
        "lowcost" => Some(0x02),
        "lowdelay" => Some(0x10),
        "netcontrol" => Some(0xe0),
        "reliability" => Some(0x04),
        "throughput" => Some(0x08),
        _ => None,
    };
    named.or_else(|| class(text)).or_else(|| number(text))
}

/// `cs0` to `cs7` and `af11` to `af43`.
fn class(text: &str) -> Option<u8> {
    let digits: Vec<u8> = text.get(2..)?.bytes().map(|digit| digit.wrapping_sub(b'0')).collect();
    match (text.get(..2)?, digits.as_slice()) {
        ("cs", [class @ 0..=7]) => Some(class << 5),
        ("af", [class @ 1..=4, drop @ 1..=3]) => Some(class << 5 | drop << 3),
        _ => None,
    }
}

fn number(text: &str) -> Option<u8> {
    behind_0x(text).map_or_else(|| text.parse().ok(), |hex| u8::from_str_radix(hex, 16).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_has_its_octet() {
        for (text, octet) in [
            ("lowcost", Some(0x02)),
            ("lowdelay", Some(0x10)),
            ("throughput", Some(0x08)),
            ("reliability", Some(0x04)),
            ("critical", Some(0xa0)),
            ("inetcontrol", Some(0xc0)),
            ("netcontrol", Some(0xe0)),
            ("ef", Some(0xb8)),
            ("cs0", Some(0)),
            ("cs7", Some(0xe0)),
            ("af11", Some(0x28)),
            ("af43", Some(0x98)),
            ("0x10", Some(0x10)),
            ("255", Some(255)),
            ("256", None),
            ("0x+8", None),
            ("cs8", None),
            ("af44", None),
            ("nosuch", None),
            ("", None),
        ] {
            assert_eq!(parse(text), octet, "{text}");
        }
    }
}
