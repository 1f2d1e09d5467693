//! Names in Unicode: `+idnin` to the wire, `+idnout` from it.
//!
//! The tables are those of the `idna` crate (UTS 46, non-transitional as libidn2 with what dig asks of it); the words
//! are dig's.

use std::fmt;

/// Why a name has no form for the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotIdna {
    name: String,
    why: &'static str,
}

/// The name with every label in its ASCII form. A name that is ASCII already keeps its case; in any other all letters
/// become small ones.
///
/// # Errors
/// [`NotIdna`] for a label that IDNA2008 does not allow.
///
/// # Source
/// RFC 5891 section 4; UTS 46 section 4.
pub fn to_wire(name: &str) -> Result<String, NotIdna> {
    if let Some(why) = name.split('.').find_map(refused) {
        return Err(NotIdna { name: name.to_owned(), why });
    }
    let is_encoded = |label: &str| starts_with_prefix(label);
    if name.is_ascii() && !name.split('.').any(is_encoded) {
        return Ok(name.to_owned());
    }
    let ascii = idna::domain_to_ascii_cow(name.as_bytes(), idna::AsciiDenyList::EMPTY).map_err(|_| {
        let why = if name.split('.').any(is_encoded) {
            "string contains invalid punycode data"
        } else {
            "string contains a disallowed character"
        };
        NotIdna { name: name.to_owned(), why }
    })?;
    if ascii.split('.').any(|label| starts_with_prefix(label) && label.len() > crate::name::MAX_LABEL_LEN) {
        return Err(NotIdna { name: name.to_owned(), why: "punycode encoded data will be too large" });
    }
    Ok(if name.is_ascii() { name.to_owned() } else { ascii.into_owned() })
}

/// The reasons that can be seen without tables.
fn refused(label: &str) -> Option<&'static str> {
    let hyphens = label.chars().skip(2).take(2).eq(['-', '-']);
    if hyphens && !starts_with_prefix(label) {
        return Some("string contains forbidden two hyphens pattern");
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Some("string start/ends with forbidden hyphen");
    }
    None
}

fn starts_with_prefix(label: &str) -> bool {
    label.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("xn--"))
}

impl fmt::Display for NotIdna {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not a legal IDNA2008 name ({}), use +noidnin", self.name, self.why)
    }
}

/// What dig says where the locale's characters are not UTF-8.
pub fn not_utf8(name: &str) -> NotIdna {
    NotIdna { name: name.to_owned(), why: "could not convert string to UTF-8" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_to_the_wire() {
        for (name, wire) in [
            ("b\u{fc}cher.lab.test", "xn--bcher-kva.lab.test"),
            ("B\u{fc}cher.LAB.test.", "xn--bcher-kva.lab.test."),
            ("xn--bcher-kva.LAB.test", "xn--bcher-kva.LAB.test"),
            ("\u{65e5}\u{672c}\u{3002}test", "xn--wgv71a.test"),
            ("\u{fc}..*.test", "xn--tda..*.test"),
            ("stra\u{df}e.test", "xn--strae-oqa.test"),
            ("a_b.test", "a_b.test"),
            ("xn--bcher-kva.test", "xn--bcher-kva.test"),
            ("od\\032d.test", "od\\032d.test"),
            (".", "."),
        ] {
            assert_eq!(to_wire(name).unwrap(), wire, "{name}");
        }
    }

    #[test]
    fn names_that_are_none() {
        for (name, why) in [
            ("ab--c.test", "string contains forbidden two hyphens pattern"),
            ("xn--0.test", "string contains invalid punycode data"),
            ("\u{fc}-.test", "string start/ends with forbidden hyphen"),
        ] {
            let said = to_wire(name).unwrap_err().to_string();
            assert_eq!(said, format!("'{name}' is not a legal IDNA2008 name ({why}), use +noidnin"));
        }
    }
}
