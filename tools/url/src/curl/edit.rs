//! Components set one by one, and a URL beside another.

use super::parse::{SCHEME_LIMIT, port_number, scheme_length};
use super::{CurlError, Rules, Show, Url, host, is_supported};
use crate::percent;
use crate::template::Part;

impl Url {
    /// Sets a component, or takes it away. `encode` makes of every octet that is not unreserved its percent-encoding.
    /// What belongs together (a host, a scheme and its port) is looked at by [`Url::parse`] of what comes out.
    ///
    /// # Errors
    /// What libcurl does not take for this component. Nothing has changed then, but that a refused host costs the zone.
    pub fn set(&mut self, part: Part, value: Option<&[u8]>, encode: bool, rules: Rules) -> Result<(), CurlError> {
        let text =
            |value: &[u8]| if encode { percent::encode_octets(value) } else { percent::with_small_digits(value) };
        match part {
            // A whole URL is parsed, not set.
            Part::Url => return Err(CurlError::Malformed),
            Part::Scheme => {
                self.scheme = value.map(|value| scheme(value, rules)).transpose()?.unwrap_or_default();
                self.guessed = false;
            }
            Part::Host => {
                self.zone = None;
                self.host = value.map(|value| checked_host(value, encode)).transpose()?;
            }
            Part::Port => self.port = value.map(port_number).transpose()?,
            Part::User => self.user = value.map(text),
            Part::Password => self.password = value.map(text),
            Part::Options => self.options = value.map(text),
            Part::Zoneid => self.zone = value.map(text),
            Part::Fragment => self.fragment = value.map(text),
            Part::Query => {
                self.query = value
                    .map(|value| if encode { percent::encode_query(value) } else { percent::with_small_digits(value) });
            }
            Part::Path => {
                self.path = value.map(|value| {
                    let value = if encode { percent::encode_path(value) } else { percent::with_small_digits(value) };
                    if value.starts_with(b"/") { value } else { [b"/", &*value].concat() }
                });
            }
        }
        Ok(())
    }

    /// The URL that `location` leads to from this one.
    ///
    /// # Errors
    /// What is wrong with what comes out.
    pub fn redirected(&self, location: &[u8], rules: Rules) -> Result<Self, CurlError> {
        if location.is_empty() {
            return Ok(self.clone());
        }
        if scheme_length(location, true).is_some() {
            return Self::parse(location, rules);
        }
        let mut base = Vec::new();
        Self { fragment: None, ..self.clone() }.append_text(Show::default(), &mut base);
        let authority = self.scheme.len().saturating_add("://".len());
        let position = |from: usize, stops: &[u8]| {
            let rest = base.get(from..).unwrap_or_default();
            let found = rest.iter().position(|octet| stops.contains(octet)).unwrap_or(rest.len());
            from.saturating_add(found)
        };
        let end = match location {
            [b'/', b'/', ..] => self.scheme.len().saturating_add(1),
            [b'/', ..] => position(authority, b"/?"),
            [b'#', ..] => base.len(),
            [b'?', ..] => position(authority, b"?"),
            _ => {
                let path = base.get(..position(authority, b"?")).unwrap_or_default();
                path.iter().rposition(|octet| *octet == b'/').map_or(path.len(), |slash| slash.saturating_add(1))
            }
        };
        base.truncate(end);
        // An authority is taken as it is; in what follows it blanks and octets outside ASCII are encoded.
        let plain = if location.starts_with(b"//") {
            location
                .iter()
                .skip(2)
                .position(|octet| b"/?".contains(octet))
                .map_or(location.len(), |at| at.saturating_add(2))
        } else {
            0
        };
        let mut in_query = false;
        for (index, octet) in location.iter().enumerate() {
            match octet {
                _ if index < plain => base.push(*octet),
                b' ' => base.extend_from_slice(if in_query { b"+" } else { b"%20" }),
                0x80.. => percent::encode_octet(*octet, &mut base),
                _ => base.push(*octet),
            }
            in_query |= *octet == b'?';
        }
        Self::parse(&base, rules)
    }
}

fn scheme(value: &[u8], rules: Rules) -> Result<Vec<u8>, CurlError> {
    if !rules.any_scheme && !is_supported(value) {
        return Err(CurlError::Unsupported);
    }
    // libcurl does not look at the last character; the URL that comes of it is refused by its parser.
    let (_, checked) = value.split_last().ok_or(CurlError::Scheme)?;
    let checked = if checked.is_empty() { value } else { checked };
    let spelled = scheme_length(&[checked, b":"].concat(), false) == Some(checked.len());
    (spelled && value.len() <= SCHEME_LIMIT).then(|| value.to_vec()).ok_or(CurlError::Scheme)
}

/// A host that was set. It is kept as it was given: whoever parses the URL again decodes and normalises it.
fn checked_host(value: &[u8], encode: bool) -> Result<Vec<u8>, CurlError> {
    let name =
        if encode && !value.starts_with(b"[") { percent::encode_octets(value) } else { percent::decode_octets(value) };
    let good = if name.starts_with(b"[") { host::read(&name).is_ok() } else { host::is_name(&name) };
    good.then(|| value.to_vec()).ok_or(CurlError::Hostname)
}
