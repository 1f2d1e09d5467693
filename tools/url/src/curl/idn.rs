//! Names in ASCII and in Unicode.
//!
//! libcurl asks libidn2, which goes by IDNA 2008 and maps as UTS #46 without its transitional rules. Here it is the idna
//! crate, which goes by UTS #46: the same for nearly every name.

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// The name in ASCII; `None` if it has none.
pub(super) fn to_ascii(host: &[u8]) -> Option<Vec<u8>> {
    if host.is_ascii() {
        return Some(host.to_vec());
    }
    let ascii =
        Uts46::new().to_ascii(host, AsciiDenyList::EMPTY, Hyphens::Check, DnsLength::VerifyAllowRootDot).ok()?;
    Some(ascii.into_owned().into_bytes())
}

/// The name in Unicode; `None` if one of its labels claims to be Punycode and is not.
pub(super) fn to_unicode(host: &[u8]) -> Option<Vec<u8>> {
    let is_punycode = |label: &[u8]| label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case(b"xn--"));
    if !host.is_ascii() || !host.split(|octet| *octet == b'.').any(is_punycode) {
        return Some(host.to_vec());
    }
    let (name, correct) = Uts46::new().to_unicode(host, AsciiDenyList::EMPTY, Hyphens::Check);
    correct.ok().map(|()| name.into_owned().into_bytes())
}
