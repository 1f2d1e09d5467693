//! A text to a URL.

use super::{CurlError, Rules, Url, has_options, host, is_supported, path, schemes};
use crate::percent;

/// CURL_MAX_INPUT_LENGTH, in octets.
const LIMIT: usize = 8_000_000;
/// The longest scheme.
pub(super) const SCHEME_LIMIT: usize = 40;

impl Url {
    /// Reads a URL.
    ///
    /// # Errors
    /// The first thing that libcurl does not like, in its order.
    pub fn parse(text: &[u8], rules: Rules) -> Result<Self, CurlError> {
        if text.is_empty() || text.len() > LIMIT || text.iter().any(|octet| is_junk(*octet, rules.spaces)) {
            return Err(CurlError::Malformed);
        }
        match scheme_length(text, rules.guess_scheme) {
            Some(length) => {
                let (scheme, rest) = text.split_at(length);
                let scheme = scheme.to_ascii_lowercase();
                let rest = rest.get(1..).unwrap_or_default();
                if scheme == b"file" { file(text, rest) } else { Self::with_scheme(scheme, rest, rules) }
            }
            None if rules.guess_scheme => {
                let mut url = Self { guessed: true, ..Self::default() };
                url.authority_and_more(text, false)?;
                url.scheme = schemes::guess(url.host.as_deref().unwrap_or_default()).into();
                Ok(url)
            }
            None => Err(CurlError::Scheme),
        }
    }

    fn with_scheme(scheme: Vec<u8>, rest: &[u8], rules: Rules) -> Result<Self, CurlError> {
        if !rules.any_scheme && !is_supported(&scheme) {
            return Err(CurlError::Unsupported);
        }
        let slashes = rest.iter().take_while(|octet| **octet == b'/').count();
        if !(1..=3).contains(&slashes) {
            return Err(CurlError::Slashes);
        }
        let mut url = Self { scheme, ..Self::default() };
        url.authority_and_more(rest.get(slashes..).unwrap_or_default(), true)?;
        Ok(url)
    }

    fn authority_and_more(&mut self, text: &[u8], has_scheme: bool) -> Result<(), CurlError> {
        let end = text.iter().position(|octet| b"/?#".contains(octet)).unwrap_or(text.len());
        let (authority, rest) = text.split_at(end);
        let host_and_port = match split_once(authority, b'@') {
            (userinfo, Some(after)) => {
                self.userinfo(userinfo);
                after
            }
            (all, None) => all,
        };
        let (name, port) = split_port(host_and_port)?;
        self.port = match port {
            Some(b"") if has_scheme => None,
            Some(digits) => Some(port_number(digits)?),
            None => None,
        };
        if name.is_empty() {
            return Err(CurlError::NoHost);
        }
        let (name, zone) = host::read(name)?;
        (self.host, self.zone) = (Some(name), zone);
        self.path_and_more(rest);
        Ok(())
    }

    fn userinfo(&mut self, text: &[u8]) {
        let colon = text.iter().position(|octet| *octet == b':').unwrap_or(text.len());
        let semicolon = Some(text).filter(|_| has_options(&self.scheme));
        let semicolon = semicolon.and_then(|text| text.iter().position(|octet| *octet == b';')).unwrap_or(text.len());
        let part = |from: usize, end: usize| text.get(from..end).map(<[u8]>::to_vec);
        self.user = part(0, colon.min(semicolon));
        let after = |at: usize, other: usize| {
            let end = if other > at { other } else { text.len() };
            (at < text.len()).then(|| part(at.saturating_add(1), end)).flatten()
        };
        self.password = after(colon, semicolon);
        self.options = after(semicolon, colon).filter(|options| !options.is_empty());
    }

    fn path_and_more(&mut self, text: &[u8]) {
        let (before, fragment) = split_once(text, b'#');
        let (path, query) = split_once(before, b'?');
        self.path = (!path.is_empty()).then(|| path::without_dots(&percent::encode_foreign(path)));
        self.query = query.map(percent::encode_foreign);
        self.fragment = fragment.map(percent::encode_foreign);
    }
}

fn is_junk(octet: u8, spaces: bool) -> bool {
    octet < b' ' || octet == 0x7f || (octet == b' ' && !spaces)
}

/// How long the scheme is; `None` if there is none. Where one may be guessed, only `:/` ends it: `host:80` has none.
pub(super) fn scheme_length(text: &[u8], guess: bool) -> Option<usize> {
    let length = text.iter().take_while(|octet| octet.is_ascii_alphanumeric() || b"+-.".contains(octet)).count();
    let begins = text.first().is_some_and(u8::is_ascii_alphabetic);
    let ends = match text.get(length..) {
        Some([b':', b'/', ..]) => true,
        Some([b':', ..]) => !guess,
        _ => false,
    };
    (begins && ends && length <= SCHEME_LIMIT).then_some(length)
}

fn split_once(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    let mut sides = text.splitn(2, |octet| *octet == separator);
    (sides.next().unwrap_or_default(), sides.next())
}

/// The host with its brackets, and what stands behind the colon.
fn split_port(text: &[u8]) -> Result<(&[u8], Option<&[u8]>), CurlError> {
    if !text.starts_with(b"[") {
        return Ok(split_once(text, b':'));
    }
    let close = text.iter().position(|octet| *octet == b']').ok_or(CurlError::Ipv6)?;
    let (host, rest) = text.split_at(close.saturating_add(1));
    match rest {
        [] => Ok((host, None)),
        [b':', port @ ..] => Ok((host, Some(port))),
        _ => Err(CurlError::Port),
    }
}

/// A port in decimal. Zeros may lead.
pub(super) fn port_number(digits: &[u8]) -> Result<u16, CurlError> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    let number = plain.then(|| str::from_utf8(digits).ok()?.parse().ok()).flatten();
    number.ok_or(CurlError::Port)
}

/// A file on this host: no host, or one of its two names, and no drive letter.
fn file(whole: &[u8], rest: &[u8]) -> Result<Url, CurlError> {
    const SHORTEST: usize = "file:/".len();
    if whole.len() <= SHORTEST {
        return Err(CurlError::File);
    }
    let path = match rest {
        [b'/', b'/', after @ ..] if after.starts_with(b"/") => after,
        [b'/', b'/', after @ ..] => ["localhost", "127.0.0.1"]
            .into_iter()
            .find_map(|name| {
                let (host, path) = after.split_at_checked(name.len())?;
                (host.eq_ignore_ascii_case(name.as_bytes()) && path.starts_with(b"/")).then_some(path)
            })
            .ok_or(CurlError::File)?,
        [b'/', ..] => rest,
        _ => return Err(CurlError::File),
    };
    if let [b'/', drive, b':' | b'|', after @ ..] = path
        && drive.is_ascii_alphabetic()
        && matches!(after, [] | [b'/' | b'\\', ..])
    {
        return Err(CurlError::File);
    }
    let mut url = Url { scheme: b"file".to_vec(), ..Url::default() };
    url.path_and_more(path);
    Ok(url)
}
