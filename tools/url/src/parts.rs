//! What a template takes from a URL: of the WHATWG model from the crate's [`Url`], or by the short way from a [`Plain`] one; of
//! RFC 3986 from its [`Components`].

use std::borrow::Cow;

use url::Url;

use crate::plain::Plain;
use crate::rfc3986::Components;
use crate::scheme;
use crate::spans::{Split, is_ignored};
use crate::template::{HostForm, How, Part, Parts};
use crate::zone;

/// A URL as the crate read it, and what the crate does not keep.
#[derive(Clone, Debug)]
pub struct Whatwg<'a> {
    /// The URL, without the zone.
    pub url: &'a Url,
    /// The zone as the system knows it.
    pub zone: Option<Cow<'a, str>>,
    /// Whether the input had a port, be it the scheme's own.
    pub explicit_port: bool,
}

impl Parts for Whatwg<'_> {
    fn append(&self, part: Part, how: How, line: &mut Vec<u8>) -> bool {
        let url = self.url;
        let text = match part {
            Part::Url => return self.append_url(how, line),
            Part::Scheme => Some(url.scheme()),
            Part::User => Some(url.username()).filter(|name| !name.is_empty() || url.password().is_some()),
            Part::Password => url.password(),
            // The standard has none: what follows a semicolon is a part of the username or the password.
            Part::Options => None,
            Part::Host => return self.append_host(how.host, line),
            Part::Port => return self.append_port(how.default_port || self.explicit_port, line),
            Part::Path => Some(url.path()),
            Part::Query => url.query(),
            Part::Fragment => url.fragment(),
            Part::Zoneid => {
                let zone = self.zone.as_deref().map(zone::in_url);
                return zone.inspect(|zone| line.extend_from_slice(zone.as_bytes())).is_some();
            }
        };
        text.inspect(|text| line.extend_from_slice(text.as_bytes())).is_some()
    }

    fn query(&self) -> Option<&[u8]> {
        self.url.query().map(str::as_bytes)
    }

    fn has_explicit_port(&self) -> bool {
        self.explicit_port
    }
}

impl<'a> Whatwg<'a> {
    /// The URL that the parser made of `input`, which is `split`.
    pub fn new(input: &'a str, split: &Split, url: &'a Url) -> Self {
        let port = split.port.map(|port| port.of(input)).unwrap_or_default();
        Self { url, zone: zone::name(input, split), explicit_port: !port.trim_matches(is_ignored).is_empty() }
    }
}

impl Whatwg<'_> {
    fn append_host(&self, form: HostForm, line: &mut Vec<u8>) -> bool {
        let Some(host) = self.url.host_str() else { return false };
        match form {
            HostForm::Unicode if self.url.domain().is_some() => {
                line.extend_from_slice(unicode(host).as_bytes());
            }
            _ => line.extend_from_slice(host.as_bytes()),
        }
        true
    }

    fn append_port(&self, default: bool, line: &mut Vec<u8>) -> bool {
        let known = || scheme::lookup(self.url.scheme()).map(|scheme| scheme.port);
        let Some(port) = self.url.port().or_else(|| default.then(known).flatten()) else { return false };
        line.extend_from_slice(port.to_string().as_bytes());
        true
    }

    /// The whole URL, with what was asked for put into its authority.
    fn append_url(&self, how: How, line: &mut Vec<u8>) -> bool {
        let url = self.url;
        let keeps = how.keep_port && self.explicit_port;
        let plain = !how.default_port && !keeps && how.host != HostForm::Unicode && self.zone.is_none();
        let (Some(host), false) = (url.host_str(), plain) else {
            line.extend_from_slice(url.as_str().as_bytes());
            return true;
        };
        let behind_host = url::Position::AfterHost;
        line.extend_from_slice(url[..url::Position::BeforeHost].as_bytes());
        match &self.zone {
            Some(zone) => line.extend_from_slice(zone::put_into(host, &zone::in_url(zone)).as_bytes()),
            None => {
                self.append_host(how.host, line);
            }
        }
        if (how.default_port || keeps) && url.port().is_none() {
            line.push(b':');
            if !self.append_port(true, line) {
                line.pop();
            }
        }
        line.extend_from_slice(url[behind_host..].as_bytes());
        true
    }
}

fn unicode(host: &str) -> String {
    let (name, valid) = idna::domain_to_unicode(host);
    if valid.is_ok() { name } else { host.to_owned() }
}

/// A URI as it stands, for RFC 3986 changes nothing by reading. It has no zones: one that stands there nevertheless is shown.
impl Parts for Components {
    fn append(&self, part: Part, how: How, line: &mut Vec<u8>) -> bool {
        let sides = || self.userinfo.as_deref().map(|userinfo| userinfo.split_once(':').unwrap_or((userinfo, "")));
        let text = match part {
            Part::Url => {
                let host = self.host.as_deref().map(|host| in_form(host, how.host));
                let port = self.shown_port(how);
                let shown = Self { host, port, ..self.clone() };
                line.extend_from_slice(shown.to_string().as_bytes());
                return true;
            }
            Part::Port => {
                let port = self.shown_port(how);
                return port.inspect(|port| line.extend_from_slice(port.as_bytes())).is_some();
            }
            Part::Host => {
                let host = self.host.as_deref().map(|host| in_form(host, how.host));
                return host.inspect(|host| line.extend_from_slice(host.as_bytes())).is_some();
            }
            Part::Scheme => self.scheme.as_deref(),
            Part::User => sides().map(|(user, _)| user),
            Part::Password => self.userinfo.as_deref().and_then(|userinfo| Some(userinfo.split_once(':')?.1)),
            // Of libcurl alone.
            Part::Options => None,
            Part::Path => Some(&*self.path),
            Part::Query => self.query.as_deref(),
            Part::Fragment => self.fragment.as_deref(),
            Part::Zoneid => self.zone(),
        };
        text.inspect(|text| line.extend_from_slice(text.as_bytes())).is_some()
    }

    fn query(&self) -> Option<&[u8]> {
        self.query.as_deref().map(str::as_bytes)
    }

    fn has_explicit_port(&self) -> bool {
        self.port.as_deref().is_some_and(|port| !port.is_empty())
    }
}

impl Components {
    /// The port as it stands, or the scheme's where that is wanted and there is none.
    fn shown_port(&self, how: How) -> Option<String> {
        let scheme = self.scheme.as_deref().filter(|_| how.default_port && self.host.is_some());
        let known = scheme.and_then(|scheme| scheme::lookup(&scheme.to_ascii_lowercase()));
        match known {
            Some(known) if !self.has_explicit_port() => Some(known.port.to_string()),
            _ => self.port.clone(),
        }
    }

    fn zone(&self) -> Option<&str> {
        let (_, zone) = self.host.as_deref()?.strip_prefix('[')?.strip_suffix(']')?.split_once('%')?;
        Some(zone.strip_prefix("25").filter(|zone| !zone.is_empty()).unwrap_or(zone))
    }
}

fn in_form(host: &str, form: HostForm) -> String {
    if form == HostForm::Unicode { unicode(host) } else { host.to_owned() }
}

impl Parts for Plain<'_> {
    fn append(&self, part: Part, how: How, line: &mut Vec<u8>) -> bool {
        let span = match part {
            Part::Url if how.default_port && self.port.is_none() => {
                let (before, behind) = self.text.split_at_checked(self.host.end).unwrap_or((self.text, ""));
                line.extend_from_slice(before.as_bytes());
                line.extend_from_slice(format!(":{}", self.scheme.port).as_bytes());
                line.extend_from_slice(behind.as_bytes());
                return true;
            }
            Part::Port if how.default_port && self.port.is_none() => {
                line.extend_from_slice(self.scheme.port.to_string().as_bytes());
                return true;
            }
            Part::Url => {
                line.extend_from_slice(self.text.as_bytes());
                return true;
            }
            Part::Scheme => {
                line.extend_from_slice(self.scheme.name.as_bytes());
                return true;
            }
            Part::Host => Some(self.host),
            Part::Port => self.port.map(|(_, span)| span),
            Part::Path => Some(self.path),
            Part::Query => self.query,
            Part::Fragment => self.fragment,
            Part::User | Part::Password | Part::Options | Part::Zoneid => None,
        };
        span.inspect(|span| line.extend_from_slice(self.of(*span).as_bytes())).is_some()
    }

    fn query(&self) -> Option<&[u8]> {
        self.query.map(|span| self.of(span).as_bytes())
    }

    fn has_explicit_port(&self) -> bool {
        self.port.is_some()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::plain;
    use crate::template::Template;

    fn filled(url: &impl Parts, template: &str) -> String {
        let mut line = Vec::new();
        Template::parse(template.as_bytes(), How::default()).unwrap().fill(url, &mut line, &mut |_| {}).unwrap();
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_whole_url_has_what_was_asked_for() {
        let url = Url::parse("http://u@xn--bcher-kva.example/x").unwrap();
        let parts = Whatwg { url: &url, zone: None, explicit_port: false };
        assert_eq!(filled(&parts, "{url}"), url.as_str());
        assert_eq!(filled(&parts, "{default:url}"), "http://u@xn--bcher-kva.example:80/x");
        assert_eq!(filled(&parts, "{idn:url}"), "http://u@bücher.example/x");
        assert_eq!(
            filled(&parts, "{idn:host} {host} {user}|{password}|{port}|{default:port}"),
            "bücher.example xn--bcher-kva.example u|||80"
        );
        let url = Url::parse("http://[fe80::1]/").unwrap();
        let parts = Whatwg { url: &url, zone: Some("eth0".into()), explicit_port: false };
        assert_eq!(filled(&parts, "{url} {zoneid} {host}"), "http://[fe80::1%25eth0]/ eth0 [fe80::1]");
        let parts = Whatwg { zone: Some("a\u{202e}b".into()), ..parts };
        assert_eq!(filled(&parts, "{url} {url:zoneid}"), "http://[fe80::1%25a%E2%80%AEb]/ a%E2%80%AEb");
        let url = Url::parse("mailto:a@b.c").unwrap();
        let parts = Whatwg { url: &url, zone: None, explicit_port: false };
        assert_eq!(filled(&parts, "{default:url}|{host}|{path}|{default:port}"), "mailto:a@b.c||a@b.c|");
    }

    #[test]
    fn rfc_3986_shows_what_stands_there() {
        let uri = Components::of("HTTP://u:p:q@010.1:80/%7e/../a?x=1&y#f");
        assert_eq!(
            filled(
                &uri,
                "{url:scheme} {user} {password} {host} {port} {url:path} {query:x} {fragment} {port:explicit}"
            ),
            "HTTP u p:q 010.1 80 /%7e/../a 1 f yes"
        );
        assert_eq!(filled(&uri, "{url}"), "HTTP://u:p:q@010.1:80/%7e/../a?x=1&y#f");
        let bare = Components::of("//xn--bcher-kva.example");
        assert_eq!(
            filled(&bare, "{url}|{idn:url}|{scheme}|{default:port}|{user}"),
            "//xn--bcher-kva.example|//bücher.example|||"
        );
        assert_eq!(filled(&Components::of("Http://h:/"), "{default:url} {port:explicit}"), "Http://h:80/ no");
        assert_eq!(filled(&Components::of("http://[::1%25lo]/"), "{zoneid} {url:host}"), "lo [::1%25lo]");
    }

    proptest! {
        #[test]
        fn a_whole_url_is_of_octets_that_are_seen(
            text in "(http|foo|file)://([a\u{e4}@:]{0,3})?([a\u{e4}\u{202e}.]{1,4}|\\[::1(%|%25)([a\u{e4}\u{202e}\t\n%]|%e4|%C3%A4){1,3}\\])(:[8\t]{1,2})?/[\u{202e}\t a]{0,3}([?#]\\PC{0,3})?"
        ) {
            if let Ok((split, url)) = crate::dissect::parse(&text) {
                let parts = Whatwg::new(&text, &split, &url);
                let url = filled(&parts, "{url}{default:url}{url:zoneid}");
                prop_assert!(url.bytes().all(|octet| octet.is_ascii_graphic()), "{:?} became {:?}", text, url);
            }
        }

        #[test]
        fn the_short_way_fills_as_the_long_one(text in plain::tests::texts()) {
            let Some(short) = plain::read(&text) else { return Ok(()) };
            let url = Url::parse(&text).unwrap();
            let long = Whatwg { url: &url, zone: None, explicit_port: short.port.is_some() };
            for template in [
                "{url}|{scheme}|{user}|{password}|{options}|{host}|{port}|{path}|{query}|{fragment}|{zoneid}",
                "{default:url}|{default:port}|{idn:host}|{puny:host}|{url:path}|{url:query}",
                "{path:1}|{path:-1}|{host:1}|{host:-2}|{port:explicit}|{file}|{extension}|{query:a}|{query-all:a}",
            ] {
                let fill = |url: &dyn Parts| {
                    let mut line = Vec::new();
                    Template::parse(template.as_bytes(), How::default()).unwrap().fill(url, &mut line, &mut |_| {}).unwrap();
                    line
                };
                prop_assert_eq!(fill(&short), fill(&long), "{}", template);
            }
        }
    }
}
