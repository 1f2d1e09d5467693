//! A URL to a text, and its components for templates.

use super::{Url, default_port, has_options, idn, is_supported};
use crate::template::{HostForm, How, Part, Parts};

/// How a URL is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Show {
    /// Leave out the port of the scheme.
    pub hide_default_port: bool,
    /// Write it where the URL has none.
    pub add_default_port: bool,
    /// In which form a name.
    pub host: HostForm,
    /// Write the marks of an empty query and fragment.
    pub empty: bool,
}

impl Url {
    /// Whether there is enough of it to be written.
    pub fn is_whole(&self) -> bool {
        !self.scheme.is_empty() && (self.host.is_some() || self.scheme == b"file")
    }

    /// Appends the URL. `false` where its host has no such form; nothing useful is appended then.
    pub fn append_text(&self, show: Show, line: &mut Vec<u8>) -> bool {
        line.extend_from_slice(&self.scheme);
        line.extend_from_slice(b"://");
        if self.scheme != b"file" {
            let options = self.options.as_ref().filter(|_| has_options(&self.scheme) || !is_supported(&self.scheme));
            if self.user.is_some() || self.password.is_some() || options.is_some() {
                line.extend_from_slice(self.user.as_deref().unwrap_or_default());
                for (mark, part) in [(b':', self.password.as_ref()), (b';', options)] {
                    if let Some(part) = part {
                        line.push(mark);
                        line.extend_from_slice(part);
                    }
                }
                line.push(b'@');
            }
            if !self.append_host(show.host, true, line) {
                return false;
            }
            let default = default_port(&self.scheme);
            let port = match self.port {
                Some(port) if show.hide_default_port && default == Some(port) => None,
                None if show.add_default_port => default,
                port => port,
            };
            if let Some(port) = port {
                line.push(b':');
                append_number(port, line);
            }
        }
        line.extend_from_slice(self.path.as_deref().unwrap_or(b"/"));
        for (mark, part) in [(b'?', &self.query), (b'#', &self.fragment)] {
            if let Some(part) = part.as_ref().filter(|part| show.empty || !part.is_empty()) {
                line.push(mark);
                line.extend_from_slice(part);
            }
        }
        true
    }

    /// Appends the host in a form. `false` if it is there and has no such form.
    fn append_host(&self, form: HostForm, zone: bool, line: &mut Vec<u8>) -> bool {
        let Some(host) = &self.host else { return true };
        let converted = match form {
            HostForm::AsIs => None,
            HostForm::Punycode => match idn::to_ascii(host) {
                None => return false,
                converted => converted,
            },
            // trurl says so, and shows the name as it is.
            HostForm::Unicode => idn::to_unicode(host),
        };
        let host = converted.as_ref().unwrap_or(host);
        match (&self.zone, host.strip_suffix(b"]").filter(|_| zone)) {
            (Some(zone), Some(address)) => {
                line.extend_from_slice(address);
                line.extend_from_slice(b"%25");
                line.extend_from_slice(zone);
                line.push(b']');
            }
            _ => line.extend_from_slice(host),
        }
        true
    }

    /// Whether the host has this form.
    pub fn has_form(&self, form: HostForm) -> bool {
        let Some(host) = &self.host else { return true };
        match form {
            HostForm::AsIs => true,
            HostForm::Punycode => idn::to_ascii(host).is_some(),
            HostForm::Unicode => idn::to_unicode(host).is_some(),
        }
    }
}

fn append_number(number: u16, line: &mut Vec<u8>) {
    line.extend_from_slice(number.to_string().as_bytes());
}

/// A URL with what options say of how it is shown.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The URL.
    pub url: &'a Url,
    /// `--keep-port`.
    pub keep_port: bool,
    /// `--query-separator`.
    pub separator: u8,
}

impl View<'_> {
    /// How a whole URL is written for `how`.
    pub fn show(&self, how: How) -> Show {
        Show {
            hide_default_port: !self.keep_port && !how.default_port,
            add_default_port: how.default_port,
            host: how.host,
            empty: how.empty,
        }
    }
}

impl Parts for View<'_> {
    fn append(&self, part: Part, how: How, line: &mut Vec<u8>) -> bool {
        let url = self.url;
        let text = match part {
            Part::Url => return url.append_text(self.show(how), line),
            Part::Host => return url.host.is_some() && url.append_host(how.host, false, line),
            Part::Port => {
                let default =
                    || Some(how.default_port).filter(|wanted| *wanted).and_then(|_| default_port(&url.scheme));
                let port = url.port.or_else(default);
                if let Some(port) = port {
                    append_number(port, line);
                }
                return port.is_some();
            }
            Part::Scheme => Some(&*url.scheme),
            Part::User => url.user.as_deref(),
            Part::Password => url.password.as_deref(),
            Part::Options => url.options.as_deref(),
            Part::Path => Some(url.path.as_deref().unwrap_or(b"/")),
            Part::Query => url.query.as_deref().filter(|query| how.empty || !query.is_empty()),
            Part::Fragment => url.fragment.as_deref().filter(|fragment| how.empty || !fragment.is_empty()),
            Part::Zoneid => url.zone.as_deref(),
        };
        line.extend_from_slice(text.unwrap_or_default());
        text.is_some()
    }

    fn query(&self) -> Option<&[u8]> {
        self.url.query.as_deref()
    }

    fn separator(&self) -> u8 {
        self.separator
    }

    fn has_explicit_port(&self) -> bool {
        self.url.port.is_some()
    }
}
