//! What an HTTP proxy asks for before it serves: Basic (RFC 7617) and Digest (RFC 7616) authentication.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use sockeye_common::hex;

/// How a digest is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Algorithm {
    Md5,
    Sha256,
}

impl Algorithm {
    /// In hex, as everything in a digest is.
    fn hash(self, text: &str) -> String {
        match self {
            Self::Md5 => hex::encode(&Md5::digest(text.as_bytes())),
            Self::Sha256 => hex::encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()).as_ref()),
        }
    }
}

/// What a proxy has asked for with one challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Digest { realm: String, nonce: String, opaque: Option<String>, algorithm: Algorithm, session: bool, qop: bool },
}

/// Reads the challenges of Proxy-Authenticate fields; several may be in one (RFC 9110 section 11.6.1). What is not
/// understood is left out.
fn challenges(fields: &[String]) -> Vec<Challenge> {
    let mut found = Vec::new();
    for field in fields {
        let mut scheme: Option<String> = None;
        let mut params: Vec<(String, String)> = Vec::new();
        for part in parts(field) {
            // `Digest realm="x"` begins a challenge, `nonce="y"` belongs to the one before.
            let (head, value) = part.split_once('=').map_or((part.as_str(), None), |(head, value)| (head, Some(value)));
            let (begins, name) = match head.trim().split_once(' ') {
                Some((scheme, name)) => (Some(scheme), name.trim()),
                None if value.is_none() => (Some(head.trim()), ""),
                None => (None, head.trim()),
            };
            if let Some(begins) = begins {
                found.extend(scheme.take().and_then(|scheme| challenge(&scheme, &params)));
                params.clear();
                scheme = Some(begins.to_ascii_lowercase());
            }
            if let Some(value) = value {
                params.push((name.to_ascii_lowercase(), unquoted(value.trim())));
            }
        }
        found.extend(scheme.and_then(|scheme| challenge(&scheme, &params)));
    }
    found
}

/// The parts between commas that are not in quotation marks.
fn parts(field: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for char in field.chars() {
        match char {
            ',' if !quoted => parts.push(std::mem::take(&mut part)),
            char => {
                if char == '"' && !escaped {
                    quoted = !quoted;
                }
                part.push(char);
            }
        }
        escaped = quoted && char == '\\' && !escaped;
    }
    parts.push(part);
    parts
}

/// The text of a quoted-string (RFC 9110 section 5.6.4), or of a token.
fn unquoted(text: &str) -> String {
    let Some(inner) = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) else { return text.to_owned() };
    let mut plain = String::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(char) = chars.next() {
        plain.extend(if char == '\\' { chars.next() } else { Some(char) });
    }
    plain
}

fn challenge(scheme: &str, params: &[(String, String)]) -> Option<Challenge> {
    let param = |wanted: &str| params.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    match scheme {
        "basic" => Some(Challenge::Basic),
        "digest" => {
            let (algorithm, session) = match param("algorithm").unwrap_or_default().to_ascii_lowercase().as_str() {
                "" | "md5" => (Algorithm::Md5, false),
                "md5-sess" => (Algorithm::Md5, true),
                "sha-256" => (Algorithm::Sha256, false),
                "sha-256-sess" => (Algorithm::Sha256, true),
                _ => return None,
            };
            // auth-int would cover a body, and CONNECT has none.
            let qop = match param("qop") {
                None => false,
                Some(list) if list.split(',').any(|qop| qop.trim().eq_ignore_ascii_case("auth")) => true,
                Some(_) => return None,
            };
            let (realm, nonce) = (param("realm").unwrap_or_default(), param("nonce")?);
            Some(Challenge::Digest { realm, nonce, opaque: param("opaque"), algorithm, session, qop })
        }
        _ => None,
    }
}

/// Whether a challenge says that all was right but the nonce.
pub(super) fn is_stale(field: &str) -> bool {
    parts(field).iter().any(|part| {
        let (name, value) = part.split_once('=').unwrap_or_default();
        let name = name.rsplit(' ').next().unwrap_or_default();
        name.eq_ignore_ascii_case("stale") && unquoted(value.trim()).eq_ignore_ascii_case("true")
    })
}

/// The value of a Proxy-Authorization field that answers the best of what was asked for, if anything of it is known here.
///
/// `cnonce` is a number of ours that nobody has seen before.
pub(super) fn answer(
    fields: &[String],
    user: &str,
    password: &str,
    method: &str,
    uri: &str,
    cnonce: &str,
) -> Option<String> {
    let best = challenges(fields).into_iter().max_by_key(|challenge| match challenge {
        Challenge::Basic => None,
        Challenge::Digest { algorithm, .. } => Some(*algorithm),
    })?;
    let Challenge::Digest { realm, nonce, opaque, algorithm, session, qop } = best else {
        return Some(format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))));
    };
    // RFC 7616 section 3.4.1 and 3.4.2.
    let mut secret = algorithm.hash(&format!("{user}:{realm}:{password}"));
    if session {
        secret = algorithm.hash(&format!("{secret}:{nonce}:{cnonce}"));
    }
    let about = algorithm.hash(&format!("{method}:{uri}"));
    let response = if qop {
        algorithm.hash(&format!("{secret}:{nonce}:00000001:{cnonce}:auth:{about}"))
    } else {
        algorithm.hash(&format!("{secret}:{nonce}:{about}"))
    };
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let name = match (algorithm, session) {
        (Algorithm::Md5, false) => "MD5",
        (Algorithm::Md5, true) => "MD5-sess",
        (Algorithm::Sha256, false) => "SHA-256",
        (Algorithm::Sha256, true) => "SHA-256-sess",
    };
    let numbered = if qop { ", qop=auth, nc=00000001" } else { "" };
    let ours = if qop || session { format!(", cnonce={}", quoted(cnonce)) } else { String::new() };
    let opaque = opaque.map_or_else(String::new, |opaque| format!(", opaque={}", quoted(&opaque)));
    Some(format!(
        "Digest username={}, realm={}, nonce={}, uri={}, response=\"{response}\", algorithm={name}\
         {numbered}{ours}{opaque}",
        quoted(user),
        quoted(&realm),
        quoted(&nonce),
        quoted(uri),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONCE: &str = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
    const CNONCE: &str = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";

    fn response(value: &str) -> &str {
        value.split("response=\"").nth(1).unwrap().split('"').next().unwrap()
    }

    /// RFC 7616 section 3.9.1.
    #[test]
    fn the_digests_are_those_of_the_rfc() {
        let field = |algorithm: &str| {
            format!(
                "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm={algorithm}, \
                 nonce=\"{NONCE}\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
            )
        };
        let answered = |fields: &[String]| answer(fields, "Mufasa", "Circle of Life", "GET", "/dir/index.html", CNONCE);
        let (md5, sha) = (field("MD5"), field("SHA-256"));
        assert_eq!(response(&answered(std::slice::from_ref(&md5)).unwrap()), "8ca523f5e9506fed4657c9700eebdbec");
        let best = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";
        // The better of two, in one field or in two, whatever their order.
        assert_eq!(response(&answered(&[sha.clone(), md5.clone()]).unwrap()), best);
        let both = format!("Basic realm=\"x, y\", {md5}, {sha}");
        let value = answered(&[both]).unwrap();
        assert_eq!(response(&value), best);
        for part in ["qop=auth, nc=00000001", "opaque=\"FQhe/qaU925", "algorithm=SHA-256", "uri=\"/dir/index.html\""] {
            assert!(value.contains(part), "{value}");
        }
    }

    /// RFC 2617 section 3.5 has the numbers for MD5 with qop; without it RFC 2069's rule is left.
    #[test]
    fn older_proxies_and_basic_ones_are_answered() {
        let old = vec!["Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"".to_owned()];
        let value = answer(&old, "Mufasa", "Circle Of Life", "GET", "/dir/index.html", "c").unwrap();
        assert_eq!(response(&value), "670fd8c2df070c60b045671b8b24ff02");
        assert!(!value.contains("qop") && !value.contains("cnonce"), "{value}");
        let basic = vec!["Basic realm=\"x\"".to_owned()];
        assert_eq!(
            answer(&basic, "Aladdin", "open sesame", "CONNECT", "h:1", "c").unwrap(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
        for unknown in ["Negotiate", "Digest realm=\"x\", nonce=\"y\", algorithm=SHA-512-256", "Digest realm=x", ""] {
            assert_eq!(answer(&[unknown.to_owned()], "u", "p", "CONNECT", "h:1", "c"), None, "{unknown}");
        }
        let quoted = vec!["Digest realm=\"a \\\"b\\\", c\", nonce=n".to_owned()];
        assert!(answer(&quoted, "u", "p", "CONNECT", "h:1", "c").unwrap().contains("realm=\"a \\\"b\\\", c\""));
    }

    proptest! {
        #[test]
        fn no_challenge_makes_it_panic(field in ".{0,80}", other in "(Digest|Basic) [a-z]{1,6}=\"?[a-z\"\\\\,]{0,9}\"?(, nonce=\"x\")?") {
            let _ = answer(&[field, other], "u", "p", "CONNECT", "h:1", "c");
        }
    }
}
