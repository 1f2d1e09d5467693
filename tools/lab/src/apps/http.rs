//! One page over HTTP/1.0.
//!
//! # Source
//! RFC 1945.

/// The longest head of a request that is read, in octets.
pub const HEAD_LIMIT: usize = 8192;

/// What a server shows if it was given no page.
pub const PAGE: &str =
    "<!DOCTYPE html>\n<title>It works</title>\n<h1>It works</h1>\n<p>You have come from a URL to a page.</p>\n";

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The first line of the request, as far as it is one.
    pub line: String,
    /// The status code.
    pub status: u16,
    /// The octets of the answer, head and body.
    pub octets: Vec<u8>,
}

/// How many octets the head of a request has, with the empty line that ends it; `None` while that has not come.
pub fn head_len(octets: &[u8]) -> Option<usize> {
    let ends = |end: &[u8]| octets.windows(end.len()).position(|window| window == end).map(|at| at + end.len());
    // A bare LF is taken for a line end, as from a hand at a keyboard.
    [ends(b"\r\n\r\n"), ends(b"\n\n")].into_iter().flatten().min()
}

/// The answer to a request whose head is `head`.
pub fn respond(head: &[u8], page: &[u8]) -> Response {
    let head = String::from_utf8_lossy(head);
    let line = head.lines().next().unwrap_or_default().to_owned();
    let mut words = line.split(' ');
    let request = (words.next(), words.next(), words.next(), words.next());
    let (status, reason, body) = match request {
        (Some("GET" | "HEAD"), Some("/" | "/index.html"), Some(version), None) if is_version(version) => {
            (200, "OK", page.to_vec())
        }
        (Some("GET" | "HEAD"), Some(target), Some(version), None) if is_version(version) && target.starts_with('/') => {
            (404, "Not Found", b"<h1>404 Not Found</h1>\n".to_vec())
        }
        (Some(method), Some(_), Some(version), None) if is_version(version) && is_token(method) => {
            (501, "Not Implemented", b"<h1>501 Not Implemented</h1>\n".to_vec())
        }
        _ => (400, "Bad Request", b"<h1>400 Bad Request</h1>\n".to_vec()),
    };
    let length = body.len();
    let mut octets = format!(
        "HTTP/1.0 {status} {reason}\r\nServer: sockeye-lab\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    if request.0 != Some("HEAD") {
        octets.extend(body);
    }
    Response { line, status, octets }
}

fn is_version(word: &str) -> bool {
    matches!(word.strip_prefix("HTTP/1."), Some(minor) if minor.len() == 1 && minor.bytes().all(|octet| octet.is_ascii_digit()))
}

fn is_token(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|octet| octet.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn said(head: &str) -> (u16, String) {
        let response = respond(head.as_bytes(), b"page");
        (response.status, String::from_utf8(response.octets).unwrap())
    }

    #[test]
    fn requests_get_their_status() {
        let (status, text) = said("GET / HTTP/1.0\r\n\r\n");
        assert_eq!(status, 200);
        assert!(text.starts_with("HTTP/1.0 200 OK\r\n") && text.ends_with("Content-Length: 4\r\n\r\npage"), "{text}");
        let (status, text) = said("HEAD /index.html HTTP/1.1\r\nHost: bob\r\n\r\n");
        assert!(status == 200 && text.ends_with("Content-Length: 4\r\n\r\n"), "{text}");
        assert_eq!(said("GET /other HTTP/1.0\r\n\r\n").0, 404);
        assert_eq!(said("POST / HTTP/1.0\r\n\r\n").0, 501);
        for wrong in [
            "GET /\r\n\r\n",
            "GET / HTTP/2\r\n\r\n",
            "get / HTTP/1.0\r\n\r\n",
            "\r\n\r\n",
            "GET  / HTTP/1.0\n\n",
            "GET x HTTP/1.00\n\n",
        ] {
            assert_eq!(said(wrong).0, 400, "{wrong:?}");
        }
    }

    #[test]
    fn a_head_ends_with_an_empty_line() {
        assert_eq!(head_len(b"GET / HTTP/1.0\r\nA: b\r\n"), None);
        assert_eq!(head_len(b"GET / HTTP/1.0\r\n\r\nmore"), Some(18));
        assert_eq!(head_len(b"GET / HTTP/1.0\n\nx\r\n\r\n"), Some(16));
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            head_len(&octets);
            respond(&octets, b"");
        }
    }
}
