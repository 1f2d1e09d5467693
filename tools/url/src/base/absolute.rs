//! A reference and a base in one text: the states of WHATWG's parser that look at the base.

use std::borrow::Cow;

use crate::spans::{SchemeKind, Split, is_drive_letter, significant, split};

/// The text that is read without a base as `reference` is read against `base`, which is normalised; `None` if `base` has an
/// opaque path and `reference` is more than a fragment.
///
/// # Source
/// WHATWG URL section 4.4, "no scheme state" to "relative slash state", and "file state" to "file slash state".
pub(super) fn absolute(base: &str, reference: &str) -> Option<String> {
    let cut = split(base)?;
    let text = significant(reference.trim_matches(|character: char| character <= ' '));
    let scheme = cut.scheme.of(base);
    let rest = match split(&text).map(|of_reference| of_reference.scheme) {
        Some(own) if cut.kind == SchemeKind::Other || !own.of(&text).eq_ignore_ascii_case(scheme) => {
            return Some(text.into_owned());
        }
        Some(own) => text.get(own.end..)?.strip_prefix(':')?,
        None => &text,
    };
    let path = cut.path.of(base);
    let up_to = |end: usize| base.get(..end);
    let query_end = cut.query.map_or(cut.path.end, |query| query.end);
    if cut.authority.is_none() && !path.starts_with('/') {
        return up_to(query_end).filter(|_| rest.starts_with('#')).map(|all| format!("{all}{rest}"));
    }
    let is_slash = |character: char| cut.kind.is_slash(character);
    let slashes = rest.chars().take_while(|character| is_slash(*character)).count();
    let start = up_to(cut.path.start)?;
    Some(match (slashes, rest.chars().next()) {
        (2.., _) if cut.kind == SchemeKind::Special => format!("{scheme}://{}", rest.trim_start_matches(is_slash)),
        (2.., _) => format!("{scheme}://{}", rest.get(2..)?),
        (1, _) => {
            let behind = rest.get(1..)?;
            format!("{start}{}/{behind}", drive(&cut, path, behind))
        }
        (0, None) => up_to(query_end)?.to_owned(),
        (0, Some('#')) => format!("{}{rest}", up_to(query_end)?),
        (0, Some('?')) => format!("{}{rest}", up_to(cut.path.end)?),
        (0, Some(_)) => format!("{start}{}{rest}", directory(&cut, path, rest)),
    })
}

/// The drive letter of the base, with the slash before it, where a path that begins with a slash stays on that drive.
fn drive<'a>(base: &Split, path: &'a str, behind: &str) -> &'a str {
    let first = path.strip_prefix('/').and_then(|path| path.split('/').next()).unwrap_or_default();
    let stays = base.kind == SchemeKind::File && is_drive_letter(first) && !begins_with_drive_letter(behind);
    if stays { path.get(..3).unwrap_or_default() } else { "" }
}

/// What `rest` is put behind: the base's path up to its last slash, but for drive letters.
fn directory<'a>(base: &Split, path: &'a str, rest: &str) -> Cow<'a, str> {
    let is_file = base.kind == SchemeKind::File;
    match path.rfind('/') {
        _ if is_file && begins_with_drive_letter(rest) => "/".into(),
        // A drive letter alone is not shortened.
        Some(0) if is_file && is_drive_letter(path.get(1..).unwrap_or_default()) => format!("{path}/").into(),
        Some(last) => path.get(..=last).unwrap_or_default().into(),
        None => "/".into(),
    }
}

/// # Source
/// WHATWG URL section 4.2, "starts with a Windows drive letter".
fn begins_with_drive_letter(text: &str) -> bool {
    text.get(..2).is_some_and(is_drive_letter)
        && text.chars().nth(2).is_none_or(|third| matches!(third, '/' | '\\' | '?' | '#'))
}
