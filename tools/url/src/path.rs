//! What a path and a name are made of: segments, the file at the end with its extension, labels.

use serde::Serialize;

use crate::component::{self, Component};
use crate::percent;
use crate::spans::{SchemeKind, Span, significant};

/// A piece of a path between two slashes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// Where it stands in the input; `None` where that cannot be told.
    pub span: Option<Span>,
    /// As the normalised URL has it.
    pub value: String,
    /// With percent-encoding undone; `None` if that is not UTF-8.
    pub decoded: Option<String>,
    /// The same in hexadecimal, if it is not UTF-8.
    pub decoded_octets: Option<String>,
}

/// The last segment of a path that does not end with a slash. Decoded; octets that are not UTF-8 are U+FFFD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// The whole segment: `archive.tar.gz`.
    pub name: String,
    /// What stands before the extension's dot: `archive.tar`.
    pub stem: String,
    /// What stands behind the last dot, if something stands before and behind it: `gz`. `.profile` and `a.` have none.
    pub extension: Option<String>,
    /// What stands behind each dot but one in front: `tar`, `gz`. Empty if there is no extension.
    pub extensions: Vec<String>,
}

/// A label of a domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    /// As it would be resolved.
    pub ascii: String,
    /// As people read it.
    pub unicode: String,
}

impl Segment {
    fn new(span: Option<Span>, value: &str) -> Self {
        let (decoded, decoded_octets) = component::decoded(value);
        Self { span, value: value.to_owned(), decoded, decoded_octets }
    }
}

/// The segments of the normalised path. An opaque or empty one has none; behind a slash at the end stands an empty one.
///
/// # Source
/// RFC 3986 section 3.3; WHATWG URL, section 4.1, "path".
pub fn segments(input: &str, path: &Component, kind: SchemeKind, opaque: bool) -> Vec<Segment> {
    let Some(list) = path.value.as_deref().and_then(|value| value.strip_prefix('/')).filter(|_| !opaque) else {
        return Vec::new();
    };
    let values: Vec<&str> = list.split('/').collect();
    let spans = path.span.map(|span| spans(input, span, kind)).unwrap_or_default();
    let means = |(span, value): (&Span, &&str)| percent::decode(&significant(span.of(input))) == percent::decode(value);
    // A drive letter, for one, makes another path of the same segments: no span is better than a wrong one.
    let known = spans.len() == values.len() && spans.iter().zip(&values).all(means);
    let span = |index: usize| spans.get(index).copied().filter(|_| known);
    values.iter().enumerate().map(|(index, value)| Segment::new(span(index), value)).collect()
}

/// Where the segments stand that are left when dot segments are resolved.
fn spans(input: &str, path: Span, kind: SchemeKind) -> Vec<Span> {
    let mut left: Vec<Span> = Vec::new();
    let mut rest = pieces(input, path, kind).into_iter().peekable();
    while let Some(piece) = rest.next() {
        let end = Span { start: piece.end, end: piece.end };
        match dots(significant(piece.of(input)).as_bytes()) {
            Some(1) => {}
            Some(_) => drop(left.pop()),
            None => {
                left.push(piece);
                continue;
            }
        }
        if rest.peek().is_none() {
            left.push(end);
        }
    }
    left
}

/// How many dots a dot segment has, of which each may be written `%2e`; `None` for any other segment.
pub(crate) fn dots(segment: &[u8]) -> Option<usize> {
    let mut rest = segment;
    let mut dots = 0;
    while let [b'.', after @ ..] | [b'%', b'2', b'e' | b'E', after @ ..] = rest {
        rest = after;
        dots += 1;
    }
    (rest.is_empty() && matches!(dots, 1 | 2)).then_some(dots)
}

/// The path between its slashes, and between its backslashes where they are slashes.
fn pieces(input: &str, path: Span, kind: SchemeKind) -> Vec<Span> {
    let is_slash = |character: char| character == '/' || (character == '\\' && kind != SchemeKind::Other);
    let text = path.of(input);
    let first = text.find(is_slash).filter(|_| text.starts_with(is_slash)).map_or(0, |_| 1);
    let mut start = path.start + first;
    let mut found = Vec::new();
    for piece in text.get(first..).unwrap_or_default().split(is_slash) {
        let end = start + piece.len();
        found.push(Span { start, end });
        start = end + 1;
    }
    found
}

/// The file at the end of the path whose segments these are.
pub fn file(segments: &[Segment]) -> Option<File> {
    let value = segments.last().map(|segment| segment.value.as_str()).filter(|value| !value.is_empty())?;
    let decode = |text: &str| String::from_utf8_lossy(&percent::decode(text)).into_owned();
    let cut = extension_start(value);
    let stem = cut.and_then(|dot| value.get(..dot)).unwrap_or(value);
    let extension = cut.and_then(|dot| value.get(dot + 1..)).map(decode);
    let extensions = match extension {
        // A dot in front hides the file and begins no extension.
        Some(_) => {
            value.trim_start_matches('.').split('.').skip(1).filter(|part| !part.is_empty()).map(decode).collect()
        }
        None => Vec::new(),
    };
    Some(File { name: decode(value), stem: decode(stem), extension, extensions })
}

/// Where the dot of the extension stands in a file's name.
pub(crate) fn extension_start(name: &str) -> Option<usize> {
    name.rfind('.').filter(|dot| *dot > 0 && dot + 1 < name.len())
}

/// The labels of a domain in both forms. The empty one of the root, behind a dot at the end, is none.
pub fn labels(ascii: &str, unicode: Option<&str>) -> Vec<Label> {
    let cut =
        |name: &str| -> Vec<String> { name.strip_suffix('.').unwrap_or(name).split('.').map(str::to_owned).collect() };
    let ascii = cut(ascii);
    let unicode = unicode.map(cut).filter(|labels| labels.len() == ascii.len()).unwrap_or_else(|| ascii.clone());
    ascii.into_iter().zip(unicode).map(|(ascii, unicode)| Label { ascii, unicode }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::dissect::{Dissection, dissect};

    fn of(text: &str) -> Dissection {
        dissect(text, &mut |_| {}).unwrap()
    }

    /// Each segment as the input has it, or `-`, and as the URL has it.
    fn pairs(text: &str) -> Vec<(String, String)> {
        let written = |segment: &Segment| segment.span.map_or("-".to_owned(), |span| span.of(text).to_owned());
        of(text).path_segments.iter().map(|segment| (written(segment), segment.value.clone())).collect()
    }

    #[test]
    fn segments_stand_where_they_stood() {
        let same = |names: &[&str]| -> Vec<(String, String)> {
            names.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect()
        };
        assert_eq!(pairs("http://h/a/b%20c/d"), same(&["a", "b%20c", "d"]));
        assert_eq!(pairs("http://h/a/b/"), same(&["a", "b", ""]));
        assert_eq!(pairs("http://h/a//b"), same(&["a", "", "b"]));
        assert_eq!(pairs("http://h/a/../b/./c"), same(&["b", "c"]));
        assert_eq!(pairs("http://h/a/%2E%2e/b/."), same(&["b", ""]));
        assert_eq!(pairs("http://h\\a\\b"), same(&["a", "b"]));
        assert_eq!(pairs("foo://h"), []);
        assert_eq!(pairs("mailto:a/b"), []);
        assert_eq!(pairs("file:///etc/hosts"), same(&["etc", "hosts"]));
        assert_eq!(pairs("file:x/y"), same(&["x", "y"]));
        assert_eq!(pairs("http://h"), same(&[""]));
        assert_eq!(pairs("http://h/ä"), [("ä".to_owned(), "%C3%A4".to_owned())]);
        assert_eq!(pairs("http://h/C:/../x"), same(&["x"]));
        // The library drops the empty segment; which segment is which cannot be told.
        assert_eq!(pairs("file://h//x").first().unwrap().0, "-");
    }

    #[test]
    fn what_is_not_text_is_octets() {
        let url = of("http://h/%ff/%E2%82%AC");
        assert_eq!(url.path_segments[0].decoded_octets.as_deref(), Some("ff"));
        assert_eq!(url.path_segments[0].decoded, None);
        assert_eq!(url.path_segments[1].decoded.as_deref(), Some("€"));
    }

    #[test]
    fn the_extension_is_behind_the_last_dot_and_a_hidden_file_has_none() {
        for (path, expected) in [
            ("a/archive.tar.gz", Some(("archive.tar.gz", "archive.tar", Some("gz"), &["tar", "gz"][..]))),
            ("index.html", Some(("index.html", "index", Some("html"), &["html"]))),
            (".profile", Some((".profile", ".profile", None, &[]))),
            (".config.json", Some((".config.json", ".config", Some("json"), &["json"]))),
            ("a.", Some(("a.", "a.", None, &[]))),
            ("a..b", Some(("a..b", "a.", Some("b"), &["b"]))),
            ("...", Some(("...", "...", None, &[]))),
            ("README", Some(("README", "README", None, &[]))),
            ("my%20file.t%78t", Some(("my file.txt", "my file", Some("txt"), &["txt"]))),
            ("%ff.bin", Some(("\u{fffd}.bin", "\u{fffd}", Some("bin"), &["bin"]))),
            ("a/", None),
            ("", None),
            ("a/..", None),
        ] {
            let file = of(&format!("http://h/{path}")).file;
            let file = file.as_ref().map(|file| {
                let extensions: Vec<&str> = file.extensions.iter().map(String::as_str).collect();
                (file.name.as_str(), file.stem.as_str(), file.extension.as_deref(), extensions)
            });
            let expected = expected.map(|(name, stem, extension, all)| (name, stem, extension, all.to_vec()));
            assert_eq!(file, expected, "{path}");
        }
        assert_eq!(of("mailto:a/b.c").file, None);
    }

    #[test]
    fn labels_have_both_forms() {
        let both = |text: &str| -> Vec<String> {
            of(text).host_labels.iter().map(|label| format!("{} {}", label.ascii, label.unicode)).collect()
        };
        assert_eq!(both("http://www.Bücher.example./"), ["www www", "xn--bcher-kva bücher", "example example"]);
        assert_eq!(both("http://127.0.0.1/"), Vec::<String>::new());
        assert_eq!(both("http://[::1]/"), Vec::<String>::new());
        assert_eq!(both("foo://a.b/"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn segments_joined_are_the_path(path in "[a-z/.%2e\\\\ ä:|]{0,24}", scheme in "http|file|foo") {
            let Ok(url) = dissect(&format!("{scheme}://h/{path}"), &mut |_| {}) else { return Ok(()) };
            let values: Vec<&str> = url.path_segments.iter().map(|segment| segment.value.as_str()).collect();
            prop_assert_eq!(Some(format!("/{}", values.join("/"))), url.path.value);
        }
    }
}
