//! `url connect`: what a client would ask the resolver, whom it would connect to, and what it would say first.
//!
//! [`Plan`] is worked out of a URL without asking anyone; [`run`] has its name resolved and shows it. Nothing is sent to the host.
//!
//! - [`first`]: the first octets, by scheme
//! - [`proxy`]: whether curl would go through a proxy instead
//! - `report`: the tables

pub mod first;
pub mod proxy;
mod report;

use serde::Serialize;
use sockeye_cli::{Failure, Output, Status};

use self::first::First;
use self::proxy::Proxy;
use crate::cli::Connect;
use crate::dissect::{self, Dissection, EffectivePort, HostKind};
use crate::explain::Event;
use crate::models::warning::HostWarning;
use crate::percent;
use crate::refusal::Refusal;
use crate::shell;
use crate::socket::{self, Socket};

/// What a client does with a URL, up to its first octets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The URL as it was given.
    pub input: String,
    /// That other readers of the URL go to another host.
    pub host_warning: Option<HostWarning>,
    /// Normalised.
    pub url: String,
    /// In lower case, without the colon.
    pub scheme: String,
    /// Why there is nothing to connect to, if there is not.
    pub why_none: Option<&'static str>,
    /// What getaddrinfo(3) is asked, as C writes it; `None` for an address, which needs no resolver.
    pub question: Option<String>,
    /// The port, and who says so.
    pub effective_port: EffectivePort,
    /// Host, port, transport and addresses.
    pub socket: Option<Socket>,
    /// What TLS says in the clear, if the scheme begins with it.
    pub tls: Option<Tls>,
    /// The head of the request, if the scheme speaks HTTP.
    pub http: Option<Http>,
    /// Who speaks first, and what.
    pub first: First,
    /// What the environment would have curl do instead.
    pub proxy: Option<Proxy>,
    /// What to mind, in sentences.
    pub warnings: Vec<String>,
}

/// What a client offers in its ClientHello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tls {
    /// The name in server_name: in ASCII, without a dot at its end.
    ///
    /// # Source
    /// RFC 6066 section 3.
    pub sni: Option<String>,
    /// Why there is none.
    pub why_no_sni: Option<&'static str>,
    /// The protocols in the order of preference; empty where no such extension is sent, as far as we know.
    ///
    /// # Source
    /// RFC 7301; IANA, TLS ALPN Protocol IDs.
    pub alpn: Vec<&'static str>,
}

/// What of a URL stands in the head of an HTTP request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Http {
    /// Path and query.
    ///
    /// # Source
    /// RFC 9112 section 3.2.1, origin-form.
    pub target: String,
    /// The value of Host: the port only where it is not the scheme's, an IPv6 address in brackets and without its zone.
    ///
    /// # Source
    /// RFC 9110 section 7.2; RFC 9844 on zones.
    pub host: String,
    /// The value of Authorization that the userinfo becomes.
    ///
    /// # Source
    /// RFC 7617 section 2.
    pub authorization: Option<String>,
    /// Whether it asks for a WebSocket.
    pub upgrade: bool,
}

impl Plan {
    /// What a client does with `url`. Addresses are known only if the host is one. `environment` has variables by name.
    pub fn new(url: &Dissection, environment: &[(String, String)]) -> Self {
        let scheme = url.scheme.value.clone().unwrap_or_default();
        let socket = url.socket.clone();
        let tls = socket.as_ref().and_then(|socket| Tls::of(socket, &scheme));
        let http = socket.as_ref().and_then(|_| Http::of(url, &scheme));
        let first = match &socket {
            Some(_) => First::of(url, &scheme, http.as_ref()),
            None => First::nobody(),
        };
        let proxy = socket.as_ref().and_then(|socket| Proxy::of(&scheme, &socket.host, environment));
        Self {
            input: url.input.clone(),
            host_warning: HostWarning::of(&url.input),
            url: url.with_zone().into_owned(),
            why_none: socket.is_none().then(|| socket::why_none(url)),
            question: socket.as_ref().filter(|socket| !socket.numeric).map(Socket::question),
            effective_port: url.effective_port.clone(),
            warnings: warnings(url, &scheme, tls.is_some(), http.as_ref()),
            scheme,
            socket,
            tls,
            http,
            first,
            proxy,
        }
    }
}

impl Tls {
    fn of(socket: &Socket, scheme: &str) -> Option<Self> {
        let alpn: &[_] = match scheme {
            "https" => &["h2", "http/1.1"],
            // RFC 6455 is over HTTP/1.1; RFC 8441's way over HTTP/2 is not begun with.
            "wss" => &["http/1.1"],
            "imaps" => &["imap"],
            "pop3s" => &["pop3"],
            "ftps" | "gophers" | "ipps" | "ircs" | "ldaps" | "mqtts" | "rtsps" | "sips" | "smtps" | "stuns"
            | "turns" => &[],
            _ => return None,
        };
        // The name that is resolved: of an opaque host it is percent-encoded in the URL, and perhaps in Unicode.
        let name = socket.host.strip_suffix('.').unwrap_or(&socket.host);
        let ascii = if name.is_ascii() { Some(name.to_owned()) } else { idna::domain_to_ascii(name).ok() };
        let (sni, why_no_sni) = match ascii {
            _ if socket.numeric => (None, Some("an address is no server name (RFC 6066 section 3)")),
            None => (None, Some("the name has no form in ASCII, as a server name has (RFC 6066 section 3)")),
            ascii => (ascii, None),
        };
        Some(Self { sni, why_no_sni, alpn: alpn.to_vec() })
    }
}

impl Http {
    fn of(url: &Dissection, scheme: &str) -> Option<Self> {
        matches!(scheme, "http" | "https" | "ws" | "wss").then_some(())?;
        let path = url.path.value.as_deref().unwrap_or_default();
        let query = url.query.value.as_ref().map(|query| format!("?{query}")).unwrap_or_default();
        let port = url.port.value.as_ref().map(|port| format!(":{port}")).unwrap_or_default();
        Some(Self {
            target: format!("{path}{query}"),
            host: format!("{}{port}", url.host.value.as_deref().unwrap_or_default()),
            authorization: authorization(url),
            upgrade: matches!(scheme, "ws" | "wss"),
        })
    }
}

/// The userinfo as HTTP sends it: its octets decoded, and in Base64.
fn authorization(url: &Dissection) -> Option<String> {
    let username = url.username.value.as_deref()?;
    let mut octets = percent::decode(username).into_owned();
    octets.push(b':');
    octets.extend_from_slice(&percent::decode(url.password.value.as_deref().unwrap_or_default()));
    Some(format!("Basic {}", base64(&octets)))
}

/// Base64 with its padding.
///
/// # Source
/// RFC 4648 section 4.
fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(octets.len().div_ceil(3) * 4);
    for group in octets.chunks(3) {
        let bits =
            (0..3).fold(0_usize, |bits, index| bits << 8 | usize::from(group.get(index).copied().unwrap_or_default()));
        for index in 0..4 {
            let digit = DIGITS.get(bits >> (18 - 6 * index) & 63).filter(|_| index <= group.len());
            text.push(digit.map_or('=', |digit| char::from(*digit)));
        }
    }
    text
}

fn warnings(url: &Dissection, scheme: &str, tls: bool, http: Option<&Http>) -> Vec<String> {
    let mut warnings = Vec::new();
    if http.is_some_and(|http| http.authorization.is_some()) {
        let how = if tls { "inside TLS" } else { "in the clear, and Base64 hides nothing" };
        warnings
            .push(format!("the userinfo goes to the host as a header, {how} (RFC 9110 section 4.2.4 deprecates it)"));
    }
    if percent::decode(url.username.value.as_deref().unwrap_or_default()).contains(&b':') && http.is_some() {
        warnings.push(
            "the username has a colon, behind which the server reads the password (RFC 7617 section 2)".to_owned(),
        );
    }
    if url.zone.is_there() && http.is_some() {
        warnings.push("the zone is for this host alone: it is not in the Host header (RFC 9844)".to_owned());
    }
    if url.host_kind == HostKind::Domain && url.host.value.as_deref().is_some_and(|host| host.ends_with('.')) && tls {
        warnings.push(
            "the dot behind the host is in the Host header and not in the server name (RFC 6066 section 3)".to_owned(),
        );
    }
    if url.socket.as_ref().is_some_and(|socket| socket.port.is_none()) {
        warnings.push(format!("neither the URL nor the scheme {scheme} says a port: nothing can be connected to"));
    }
    warnings
}

/// Resolves the URL's name, unless it shall not, and shows the plan.
///
/// # Errors
/// [`Failure`]: the URL is malformed (status 1), its name is not resolved, or the output cannot be written.
pub fn run(job: &Connect, output: &mut Output<'_>) -> Result<Status, Failure> {
    let url = match dissect::of(&job.url) {
        Ok(url) => url,
        Err(malformed) => return Refusal::from(malformed).with_status(Status::NO).end(output),
    };
    let scheme = url.scheme.value.as_deref().unwrap_or_default();
    let mut plan = Plan::new(&url, &shell::environment(&proxy::variables(scheme)));
    if let Some(warning) = &mut plan.host_warning {
        warning.tell(output, false)?;
    }
    let mut failure = None;
    if let Some(socket) = plan.socket.as_mut().filter(|_| job.resolve) {
        if let Err(refused) = shell::resolve(socket) {
            socket.failed = true;
            failure = Some(refused);
        } else {
            output.event(&Event::Resolved { call: socket.question(), count: socket.addresses.len() })?;
        }
    }
    if let Some(socket) = &plan.socket {
        output.narrate(|explain| Event::of_addresses(&socket.addresses, explain))?;
    }
    for event in report::events(&plan) {
        output.event(&event)?;
    }
    output.result(&plan)?;
    match failure {
        Some(failure) => Refusal::new(&job.url, failure).end(output),
        None if plan.socket.is_none() => Ok(Status::NO),
        None => Ok(Status::YES),
    }
}

#[cfg(test)]
mod tests;
