//! Paths without dot segments.

use crate::path::dots;

/// The path, which begins with a slash, without `.` and `..`.
///
/// # Source
/// RFC 3986 section 5.2.4.
pub(super) fn without_dots(path: &[u8]) -> Vec<u8> {
    let segments: Vec<&[u8]> = path.get(1..).unwrap_or_default().split(|octet| *octet == b'/').collect();
    let mut kept: Vec<&[u8]> = Vec::with_capacity(segments.len());
    let last = segments.len().saturating_sub(1);
    for (index, segment) in segments.into_iter().enumerate() {
        match dots(segment) {
            None => kept.push(segment),
            Some(count) => {
                if count == 2 {
                    kept.pop();
                }
                if index == last {
                    kept.push(b"");
                }
            }
        }
    }
    let mut clean = Vec::with_capacity(path.len());
    for segment in kept {
        clean.push(b'/');
        clean.extend_from_slice(segment);
    }
    clean
}
