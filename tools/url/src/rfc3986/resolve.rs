//! A reference against a base.

use serde::Serialize;

use super::Components;

/// Which kind of reference it was, and so what was taken from the base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Branch {
    /// It has a scheme: nothing.
    Scheme,
    /// It has an authority: the scheme.
    Authority,
    /// Its path is absolute: scheme and authority.
    AbsolutePath,
    /// Its path is relative: also the base's path up to its last slash.
    RelativePath,
    /// It has a query only: also the whole path.
    Query,
    /// It has a fragment at most: also the query.
    Fragment,
}

impl Branch {
    /// What was done, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Scheme => "the reference has a scheme: nothing comes from the base",
            Self::Authority => "the reference has an authority: the scheme comes from the base",
            Self::AbsolutePath => "the reference's path begins with a slash: scheme and authority come from the base",
            Self::RelativePath => {
                "the reference's path is relative: it is put behind the base's path up to its last slash, and dot segments go"
            }
            Self::Query => "the reference has no path: the base's stays, its query goes",
            Self::Fragment => "the reference has neither path nor query: all but the fragment comes from the base",
        }
    }
}

/// Resolves `reference` against `base`. Not `strict`, a reference with the base's own scheme is read as if it had none,
/// as parsers before RFC 3986 did.
///
/// # Source
/// RFC 3986 section 5.2.2.
pub fn resolve(base: &Components, reference: &Components, strict: bool) -> (Components, Branch) {
    let own_scheme =
        reference.scheme.as_ref().zip(base.scheme.as_ref()).is_some_and(|(a, b)| a.eq_ignore_ascii_case(b));
    let scheme = reference.scheme.clone().filter(|_| strict || !own_scheme);
    let from_reference =
        Components { scheme: base.scheme.clone(), path: remove_dot_segments(&reference.path), ..reference.clone() };
    let (userinfo, host, port) = (base.userinfo.clone(), base.host.clone(), base.port.clone());
    let (target, branch) = if scheme.is_some() {
        (Components { scheme, ..from_reference }, Branch::Scheme)
    } else if reference.host.is_some() {
        (from_reference, Branch::Authority)
    } else if reference.path.is_empty() {
        let query = reference.query.clone().or_else(|| base.query.clone());
        let branch = if reference.query.is_some() { Branch::Query } else { Branch::Fragment };
        (Components { userinfo, host, port, path: base.path.clone(), query, ..from_reference }, branch)
    } else if reference.path.starts_with('/') {
        (Components { userinfo, host, port, ..from_reference }, Branch::AbsolutePath)
    } else {
        let path = remove_dot_segments(&merge(base, &reference.path));
        (Components { userinfo, host, port, path, ..from_reference }, Branch::RelativePath)
    };
    (target, branch)
}

/// RFC 3986 section 5.2.3.
fn merge(base: &Components, path: &str) -> String {
    if base.host.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    let kept = base.path.rfind('/').and_then(|slash| base.path.get(..=slash)).unwrap_or_default();
    format!("{kept}{path}")
}

/// Takes out `.` and `..`, with the segment before the latter.
///
/// # Source
/// RFC 3986 section 5.2.4; the letters are its steps.
pub fn remove_dot_segments(path: &str) -> String {
    let mut output = String::with_capacity(path.len());
    let mut input = path;
    while !input.is_empty() {
        if let Some(rest) = input.strip_prefix("../").or_else(|| input.strip_prefix("./")) {
            input = rest; // A
        } else if input.starts_with("/./") {
            input = input.get(2..).unwrap_or_default(); // B
        } else if input == "/." {
            input = "/";
        } else if input.starts_with("/../") || input == "/.." {
            // C
            input = input.get(3..).filter(|rest| !rest.is_empty()).unwrap_or("/");
            output.truncate(output.rfind('/').unwrap_or(0));
        } else if input == "." || input == ".." {
            input = ""; // D
        } else {
            // E: the segment with the slash before it.
            let slash = usize::from(input.starts_with('/'));
            let end = input.get(slash..).and_then(|rest| rest.find('/')).map_or(input.len(), |end| slash + end);
            let (segment, rest) = input.split_at(end);
            output.push_str(segment);
            input = rest;
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::normalise::normalise;
    use super::*;

    const BASE: &str = "http://a/b/c/d;p?q";

    fn resolved(base: &str, reference: &str, strict: bool) -> String {
        resolve(&Components::of(base), &Components::of(reference), strict).0.to_string()
    }

    #[test]
    fn the_normal_examples() {
        // RFC 3986 section 5.4.1, the whole table.
        for (reference, target) in [
            ("g:h", "g:h"),
            ("g", "http://a/b/c/g"),
            ("./g", "http://a/b/c/g"),
            ("g/", "http://a/b/c/g/"),
            ("/g", "http://a/g"),
            ("//g", "http://g"),
            ("?y", "http://a/b/c/d;p?y"),
            ("g?y", "http://a/b/c/g?y"),
            ("#s", "http://a/b/c/d;p?q#s"),
            ("g#s", "http://a/b/c/g#s"),
            ("g?y#s", "http://a/b/c/g?y#s"),
            (";x", "http://a/b/c/;x"),
            ("g;x", "http://a/b/c/g;x"),
            ("g;x?y#s", "http://a/b/c/g;x?y#s"),
            ("", "http://a/b/c/d;p?q"),
            (".", "http://a/b/c/"),
            ("./", "http://a/b/c/"),
            ("..", "http://a/b/"),
            ("../", "http://a/b/"),
            ("../g", "http://a/b/g"),
            ("../..", "http://a/"),
            ("../../", "http://a/"),
            ("../../g", "http://a/g"),
        ] {
            assert_eq!(resolved(BASE, reference, true), target, "{reference}");
            assert_eq!(resolved(BASE, reference, false), target, "{reference}");
        }
    }

    #[test]
    fn the_abnormal_examples() {
        // RFC 3986 section 5.4.2, the whole table.
        for (reference, target) in [
            ("../../../g", "http://a/g"),
            ("../../../../g", "http://a/g"),
            ("/./g", "http://a/g"),
            ("/../g", "http://a/g"),
            ("g.", "http://a/b/c/g."),
            (".g", "http://a/b/c/.g"),
            ("g..", "http://a/b/c/g.."),
            ("..g", "http://a/b/c/..g"),
            ("./../g", "http://a/b/g"),
            ("./g/.", "http://a/b/c/g/"),
            ("g/./h", "http://a/b/c/g/h"),
            ("g/../h", "http://a/b/c/h"),
            ("g;x=1/./y", "http://a/b/c/g;x=1/y"),
            ("g;x=1/../y", "http://a/b/c/y"),
            ("g?y/./x", "http://a/b/c/g?y/./x"),
            ("g?y/../x", "http://a/b/c/g?y/../x"),
            ("g#s/./x", "http://a/b/c/g#s/./x"),
            ("g#s/../x", "http://a/b/c/g#s/../x"),
        ] {
            assert_eq!(resolved(BASE, reference, true), target, "{reference}");
        }
        assert_eq!(resolved(BASE, "http:g", true), "http:g", "for strict parsers");
        assert_eq!(resolved(BASE, "http:g", false), "http://a/b/c/g", "for backward compatibility");
    }

    #[test]
    fn dot_segments_go_as_in_the_examples_of_the_section() {
        // RFC 3986 section 5.2.4.
        assert_eq!(remove_dot_segments("/a/b/c/./../../g"), "/a/g");
        assert_eq!(remove_dot_segments("mid/content=5/../6"), "mid/6");
    }

    #[test]
    fn what_would_be_read_otherwise_is_kept_apart() {
        // RFC 3986 sections 3.3 and 4.2: neither an authority nor a scheme may come out of a path.
        assert_eq!(resolved("foo:/a", "/.//b", true), "foo:/.//b");
        assert_eq!(Components { path: "a:b".into(), ..Components::default() }.to_string(), "./a:b");
    }

    #[test]
    fn each_kind_of_reference_is_named() {
        let branch = |reference: &str| resolve(&Components::of(BASE), &Components::of(reference), true).1;
        assert_eq!(branch("g:h"), Branch::Scheme);
        assert_eq!(branch("//g"), Branch::Authority);
        assert_eq!(branch("/g"), Branch::AbsolutePath);
        assert_eq!(branch("g"), Branch::RelativePath);
        assert_eq!(branch("?y"), Branch::Query);
        assert_eq!(branch("#s"), Branch::Fragment);
    }

    proptest! {
        // Where the standards agree: http, segments of unreserved characters.
        #[test]
        fn targets_are_those_of_the_url_crate(
            base in "http://[a-z]{1,4}(/[a-z.]{0,3}){1,4}(\\?[a-z]{0,2})?",
            reference in "((\\.\\.?|[a-z]{1,2}|)/){0,4}[a-z.]{0,2}(\\?[a-z]{0,2})?(#[a-z]{0,2})?",
        ) {
            // What follows two slashes is a host, and the crate skips further slashes before it.
            let after = reference.strip_prefix("//").unwrap_or("h");
            prop_assume!(after.starts_with(|first: char| first.is_ascii_lowercase()));
            let theirs = url::Url::parse(&base).unwrap().join(&reference);
            // The crate normalises while it parses, so the base's own dots are gone before the reference is merged.
            let ours = resolve(&normalise(&Components::of(&base)).0, &Components::of(&reference), true).0;
            let ours = normalise(&ours).0.to_string();
            if let Ok(theirs) = theirs {
                prop_assert_eq!(ours, theirs.as_str());
            }
        }

        #[test]
        fn no_dot_segment_is_left(path in "(/|\\.|a|%2e){0,12}") {
            let once = remove_dot_segments(&format!("/{path}"));
            prop_assert!(once.split('/').all(|segment| segment != "." && segment != ".."), "{}", once);
            prop_assert_eq!(remove_dot_segments(&once), once);
        }
    }
}
