//! `mailto:` URIs.

use serde::Serialize;

use super::{Pair, decoded};
use crate::encode::{Set, encode};
use crate::rfc3986::Components;

/// To whom, and with which headers.
///
/// # Source
/// RFC 6068 section 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mailto {
    /// The addresses, those of `to` headers too, decoded.
    pub to: Vec<String>,
    /// The headers but `to`, decoded: a `+` is a plus. `body` is no header but the text.
    pub headers: Vec<Pair>,
    /// What RFC 6068 does not allow.
    pub faults: Vec<String>,
}

pub(super) fn read(uri: &Components) -> Mailto {
    // A comma that belongs to an address is encoded.
    let addresses = |list: &str| list.split(',').filter(|one| !one.is_empty()).map(decoded).collect::<Vec<_>>();
    let mut mailto = Mailto { to: addresses(&uri.path), headers: Vec::new(), faults: Vec::new() };
    if uri.host.is_some() {
        mailto.faults.push("no // stands behind mailto:".to_owned());
    }
    for field in uri.query.iter().flat_map(|query| query.split('&')).filter(|field| !field.is_empty()) {
        let Some((name, value)) = field.split_once('=') else {
            mailto.faults.push(format!("the header {} has no =", sockeye_cli::escape::escape(field)));
            continue;
        };
        match decoded(name) {
            to if to.eq_ignore_ascii_case("to") => mailto.to.extend(addresses(value)),
            name => mailto.headers.push(Pair { name, value: decoded(value) }),
        }
    }
    // Section 5: whoever writes them out as they are lets the URI add headers of its own.
    let broken = |header: &&Pair| {
        !header.name.eq_ignore_ascii_case("body")
            && [&header.name, &header.value].iter().any(|text| text.contains(['\r', '\n']))
    };
    for Pair { name, .. } in mailto.headers.iter().filter(broken) {
        let name = sockeye_cli::escape::escape(name);
        mailto.faults.push(format!("the header {name} has a line end, which belongs in the body alone"));
    }
    for address in &mailto.to {
        let sides = address.rsplit_once('@').filter(|_| !address.contains(char::is_control));
        if sides.is_none_or(|(local, domain)| local.is_empty() || domain.is_empty()) {
            mailto.faults.push(format!("{} is no address", sockeye_cli::escape::escape(address)));
        }
    }
    mailto
}

impl Mailto {
    /// The URI with all addresses in front, the names of their hosts and of headers in lower case, and encoded alike.
    ///
    /// # Source
    /// RFC 6068 section 2, number 4 (`to`) and 5; RFC 5321 section 2.4: of an address the local part alone knows capitals.
    pub(super) fn canonical(&self) -> String {
        let encoded = |text: &str| encode(text.as_bytes(), Set::Component, b"@");
        let address = |address: &String| match address.rsplit_once('@') {
            Some((local, domain)) => encoded(&format!("{local}@{}", domain.to_ascii_lowercase())),
            None => encoded(address),
        };
        let to: Vec<String> = self.to.iter().map(address).collect();
        let header =
            |Pair { name, value }: &Pair| format!("{}={}", encoded(&name.to_ascii_lowercase()), encoded(value));
        let headers: Vec<String> = self.headers.iter().map(header).collect();
        let mark = if headers.is_empty() { "" } else { "?" };
        format!("mailto:{}{mark}{}", to.join(","), headers.join("&"))
    }

    pub(super) fn rows(&self) -> Vec<(String, String)> {
        let to = self.to.iter().map(|address| ("to".to_owned(), address.clone()));
        to.chain(self.headers.iter().map(|header| (header.name.clone(), header.value.clone()))).collect()
    }
}
