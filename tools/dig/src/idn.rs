//! Names in Unicode: `+idnin` to the wire, `+idnout` from it.
//!
//! The tables are those of the `idna` crate (UTS 46, non-transitional as libidn2 with what dig asks of it); the words
//! are dig's.

use std::fmt;

use crate::name::{MAX_LABEL_LEN, MAX_LEN};

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
    let refused = |why| NotIdna { name: name.to_owned(), why };
    if let Some(why) = name.split('.').find_map(wrong_hyphens) {
        return Err(refused(why));
    }
    if name.is_ascii() && !name.split('.').any(starts_with_prefix) {
        if is_too_long(name) {
            return Err(refused(NAME_TOO_LONG));
        }
        if name.split('.').any(|label| label.len() > MAX_LABEL_LEN) {
            return Err(refused(LABEL_TOO_LONG));
        }
        return Ok(name.to_owned());
    }
    // One by one: a label that runs from right to left says nothing about the others.
    let labels: Result<Vec<_>, _> = name.split(DOTS).map(|label| label_to_wire(label).map_err(refused)).collect();
    let ascii = labels?.join(".");
    if is_too_long(&ascii) {
        return Err(refused(NAME_TOO_LONG));
    }
    Ok(if name.is_ascii() { name.to_owned() } else { ascii })
}

/// As libidn2 counts, in characters of the text: on the wire the name has 255 octets.
fn is_too_long(ascii: &str) -> bool {
    ascii.strip_suffix('.').unwrap_or(ascii).len() > MAX_LEN - 2
}

/// What stands between labels.
///
/// # Source
/// UTS 46 section 2.3.
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
/// What an A-label begins with.
///
/// # Source
/// RFC 5890 section 2.3.2.1.
const PREFIX: &str = "xn--";
const LABEL_TOO_LONG: &str = "domain label longer than 63 characters";
const NAME_TOO_LONG: &str = "domain name longer than 255 characters";
const DISALLOWED: &str = "string contains a disallowed character";

fn label_to_wire(label: &str) -> Result<String, &'static str> {
    if !label.is_ascii() && label.contains('\\') {
        return Err("A-label roundtrip failed");
    }
    let Some(ascii) = ascii(label) else { return Err(reason(label)) };
    // What is mapped to nothing may have stood beside a hyphen.
    let decoded = ascii.strip_prefix(PREFIX).and_then(idna::punycode::decode_to_string);
    if let Some(why) = wrong_hyphens(decoded.as_deref().unwrap_or(&ascii)) {
        return Err(why);
    }
    match ascii.len() > MAX_LABEL_LEN {
        true if starts_with_prefix(&ascii) => Err("punycode encoded data will be too large"),
        true => Err(LABEL_TOO_LONG),
        false => Ok(ascii),
    }
}

fn ascii(label: &str) -> Option<String> {
    idna::domain_to_ascii_cow(label.as_bytes(), idna::AsciiDenyList::EMPTY).ok().map(std::borrow::Cow::into_owned)
}

/// Why the tables do not allow a label, in the words of libidn2. The `idna` crate does not tell: this asks about its parts.
fn reason(label: &str) -> &'static str {
    if starts_with_prefix(label) {
        let decoded = label.get(PREFIX.len()..).and_then(idna::punycode::decode_to_string);
        return match decoded.filter(|text| !text.is_empty() && !label.ends_with('-')) {
            Some(text) => {
                wrong_hyphens(&text).unwrap_or("domain label has character forbidden in non-transitional mode (TR46)")
            }
            None => "string contains invalid punycode data",
        };
    }
    let is_joiner = |character| matches!(character, '\u{200c}' | '\u{200d}');
    if label.contains(is_joiner) {
        return "string contains a forbidden context-j character";
    }
    if label.chars().any(runs_from_right) {
        return "string has forbidden bi-directional properties";
    }
    // A mark that needs something to stand on is allowed behind a letter.
    if ascii(&format!("a{label}")).is_some() {
        return "string contains a forbidden leading combining character";
    }
    DISALLOWED
}

/// The blocks of the scripts that are written from right to left.
fn runs_from_right(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

/// The reasons that can be seen without tables.
fn wrong_hyphens(label: &str) -> Option<&'static str> {
    // What is encoded is looked at once it is decoded.
    if starts_with_prefix(label) {
        return None;
    }
    if label.chars().skip(2).take(2).eq(['-', '-']) {
        return Some("string contains forbidden two hyphens pattern");
    }
    if label.starts_with('-') || label.ends_with('-') {
        return Some("string start/ends with forbidden hyphen");
    }
    None
}

fn starts_with_prefix(label: &str) -> bool {
    label.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
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
            ("1a.\u{5d0}.test", "1a.xn--4db.test"),
            ("xn--bcher-kva.test", "xn--bcher-kva.test"),
            ("od\\032d.test", "od\\032d.test"),
            (".", "."),
            ("a\\.\u{fc}.test", "a\\.xn--tda.test"),
            ("\u{34f}xn--bcher-kva.test", "xn--bcher-kva.test"),
            (&format!("\u{fc}.{}", ["a"; 123].join(".")), &format!("xn--tda.{}", ["a"; 123].join("."))),
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
            ("xn--a.test", "domain label has character forbidden in non-transitional mode (TR46)"),
            ("a\u{200d}b.test", "string contains a forbidden context-j character"),
            ("\u{200c}.test", "string contains a forbidden context-j character"),
            ("\u{5d0}a.test", "string has forbidden bi-directional properties"),
            ("\u{301}a.test", "string contains a forbidden leading combining character"),
            ("a\u{2028}b.test", "string contains a disallowed character"),
            ("b\u{fc}\\.x.test", "A-label roundtrip failed"),
            ("\u{34f}-a.test", "string start/ends with forbidden hyphen"),
            ("a\u{ad}-.test", "string start/ends with forbidden hyphen"),
            ("\u{34f}-\u{fc}.test", "string start/ends with forbidden hyphen"),
            ("xn----eha.test", "string start/ends with forbidden hyphen"),
            ("xn-----eha", "string start/ends with forbidden hyphen"),
            ("xn--a-", "string contains invalid punycode data"),
            ("ab\u{34f}--\u{fc}.test", "string contains forbidden two hyphens pattern"),
            (&"\u{fc}".repeat(70), "punycode encoded data will be too large"),
            (&format!("{}.\u{fc}", "a".repeat(64)), "domain label longer than 63 characters"),
            (&"a".repeat(64), "domain label longer than 63 characters"),
            (&["a"; 128].join("."), "domain name longer than 255 characters"),
            (&"\\065".repeat(64), "domain name longer than 255 characters"),
            (&format!("\u{fc}.a{}", ".a".repeat(123)), "domain name longer than 255 characters"),
        ] {
            let said = to_wire(name).unwrap_err().to_string();
            assert_eq!(said, format!("'{name}' is not a legal IDNA2008 name ({why}), use +noidnin"));
        }
    }
}
