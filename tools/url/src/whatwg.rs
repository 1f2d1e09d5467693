//! The WHATWG model, by the `url` crate: whether a text is a URL, what it is normalised to, what was wrong with it.

use std::cell::RefCell;

use serde::Serialize;
use url::{ParseError, SyntaxViolation, Url};

/// Something that the standard tolerates and calls an error: how often, and what it is in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Its name in the standard's manner: `backslash`.
    pub violation: &'static str,
    /// How often it came up.
    pub count: usize,
    /// What it is.
    pub message: &'static str,
}

/// Parses `text` without a base URL. The violations are in the order in which they came up, each kind once.
///
/// # Errors
/// What the standard calls failure, as the crate names it.
///
/// # Source
/// WHATWG URL, section 4.4.
pub fn parse(text: &str) -> (Result<Url, ParseError>, Vec<Violation>) {
    let seen: RefCell<Vec<Violation>> = RefCell::default();
    let note = |violation: SyntaxViolation| {
        let (name, message) = words(violation);
        let mut seen = seen.borrow_mut();
        match seen.iter_mut().find(|known| known.violation == name) {
            Some(known) => known.count += 1,
            None => seen.push(Violation { violation: name, count: 1, message }),
        }
    };
    let parsed = Url::options().syntax_violation_callback(Some(&note)).parse(text);
    (parsed, seen.into_inner())
}

fn words(violation: SyntaxViolation) -> (&'static str, &'static str) {
    match violation {
        SyntaxViolation::Backslash => ("backslash", "a backslash stands where a slash belongs, and is read as one"),
        SyntaxViolation::C0SpaceIgnored => {
            ("c0_space_ignored", "blanks or control characters at the ends are not part of the URL")
        }
        SyntaxViolation::EmbeddedCredentials => {
            ("embedded_credentials", "a username or password in a URL is shown and logged wherever the URL is")
        }
        SyntaxViolation::ExpectedDoubleSlash => {
            ("expected_double_slash", "exactly two slashes belong behind this scheme")
        }
        SyntaxViolation::ExpectedFileDoubleSlash => ("expected_file_double_slash", "two slashes belong behind file:"),
        SyntaxViolation::FileWithHostAndWindowsDrive => {
            ("file_with_host_and_windows_drive", "a host stands before a drive letter")
        }
        SyntaxViolation::NonUrlCodePoint => {
            ("non_url_code_point", "a character that must be percent-encoded stands as it is")
        }
        SyntaxViolation::NullInFragment => ("null_in_fragment", "the fragment has a NUL"),
        SyntaxViolation::PercentDecode => ("percent_decode", "a % has no two hexadecimal digits behind it"),
        SyntaxViolation::TabOrNewlineIgnored => {
            ("tab_or_newline_ignored", "tabs or line ends inside are removed before parsing")
        }
        SyntaxViolation::UnencodedAtSign => {
            ("unencoded_at_sign", "an @ in the userinfo belongs there as %40; the last one ends the userinfo")
        }
        other => ("other", other.description()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One text for each kind that the crate knows.
    const KINDS: &[(&str, &str)] = &[
        ("http://h/a\\b", "backslash"),
        (" http://h/", "c0_space_ignored"),
        ("http://u@h/", "embedded_credentials"),
        ("http:/h/", "expected_double_slash"),
        ("file:/etc", "expected_file_double_slash"),
        ("file://h/C:/", "file_with_host_and_windows_drive"),
        ("http://h/a b", "non_url_code_point"),
        ("http://h/#\0x", "null_in_fragment"),
        ("http://h/%zz", "percent_decode"),
        ("http://h/a\tb", "tab_or_newline_ignored"),
        ("http://a@b@h/", "unencoded_at_sign"),
    ];

    #[test]
    fn every_kind_of_violation_has_words() {
        for (text, kind) in KINDS {
            let (parsed, violations) = parse(text);
            assert!(parsed.is_ok(), "{text}");
            assert!(violations.iter().any(|violation| violation.violation == *kind), "{text}: {violations:?}");
        }
        assert_eq!(KINDS.len(), 11);
        assert_eq!(parse("http://h/").1, []);
    }

    #[test]
    fn violations_of_a_kind_are_counted() {
        assert_eq!(parse("http:\\\\h\\a\\b").1.iter().find(|v| v.violation == "backslash").unwrap().count, 2);
    }
}
