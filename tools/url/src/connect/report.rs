//! A [`Plan`] for a person, and its steps.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::hex;

use super::first::Speaker;
use super::{Plan, Tls};
use crate::socket::Socket;

/// What a warning begins with.
const WARNING: &str = "Warning: ";

/// A step that the tables have no room for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    /// A TLS handshake goes before the first octets of the protocol.
    TlsFirst {
        /// The server name that goes in the clear.
        sni: Option<String>,
        /// The protocols on offer.
        alpn: Vec<&'static str>,
    },
    /// What the client says first, and where each line of it lies.
    FirstOctets {
        /// How many.
        length_octets: usize,
        /// In hexadecimal.
        octets: String,
    },
}

/// The steps of a plan.
pub(super) fn events(plan: &Plan) -> Vec<Event> {
    let tls = plan.tls.as_ref().map(|tls| Event::TlsFirst { sni: tls.sni.clone(), alpn: tls.alpn.clone() });
    let first = plan.first.octets.as_ref();
    let first = first.map(|octets| Event::FirstOctets { length_octets: octets.len() / 2, octets: octets.clone() });
    tls.into_iter().chain(first).collect()
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::TlsFirst { sni, alpn } => {
                let sni = sni.as_deref().map_or("without a server name".to_owned(), |name| {
                    format!("with the server name {}", escape(name))
                });
                let alpn =
                    if alpn.is_empty() { String::new() } else { format!(" and the protocols {}", alpn.join(", ")) };
                let lead = text.paint(Role::Dim, &format!("{:<10} {:>8}", "tls", ""));
                text.line(format!("{lead}  ClientHello {sni}{alpn}: both can be read on the way"))
            }
            Self::FirstOctets { length_octets, octets } => {
                let lead = text.paint(Role::Dim, &format!("{:<10} {:>8}", "first", ""));
                text.line(format!("{lead}  {length_octets} octets, as a client writes them:"))?;
                let octets = hex::decode(octets).unwrap_or_default();
                for (index, line) in octets.chunks(16).enumerate() {
                    let shown: String = line
                        .iter()
                        .map(|octet| if matches!(octet, b' '..=b'~') { char::from(*octet) } else { '.' })
                        .collect();
                    text.line(format!("  {:04x}  {:<47}  {shown}", index * 16, hex::spaced(line)))?;
                }
                Ok(())
            }
        }
    }
}

impl Plan {
    fn steps(&self, socket: &Socket) -> Vec<[String; 3]> {
        let mut rows = Vec::new();
        let mut row = |step: &str, what: String, why: String| rows.push([step.to_owned(), what, why]);
        match &self.question {
            Some(question) => row("resolve", escape(question).into_owned(), resolved(socket)),
            None => row("resolve", "-".to_owned(), "the host is an address".to_owned()),
        }
        let port = socket.port.map_or("no port".to_owned(), |port| format!("port {port}"));
        row("connect", format!("{}, {port}", socket.transport_words()), self.port_words());
        match &self.tls {
            Some(tls) => {
                row("TLS", tls_words(tls), tls.why_no_sni.unwrap_or("RFC 6066 section 3, RFC 7301").to_owned());
            }
            None => row("TLS", "-".to_owned(), "the scheme does not begin with it".to_owned()),
        }
        if let Some(http) = &self.http {
            let host = if self.effective_port.explicit
                && !http.host.ends_with(&format!(":{}", socket.port.unwrap_or_default()))
            {
                "RFC 9110 section 7.2: without the scheme's own port"
            } else if self.effective_port.explicit {
                "RFC 9110 section 7.2: with a port that is not the scheme's"
            } else {
                "RFC 9110 section 7.2"
            };
            row("Host", http.host.clone(), host.to_owned());
            row("target", http.target.clone(), "origin-form (RFC 9112 section 3.2.1); no fragment".to_owned());
            if let Some(authorization) = &http.authorization {
                row("Authorization", authorization.clone(), "from the userinfo (RFC 7617)".to_owned());
            }
        }
        if let Some(proxy) = &self.proxy {
            row("proxy", format!("{}={}", proxy.variable, escape(&proxy.value)), escape(&proxy.effect).into_owned());
        }
        rows
    }

    fn port_words(&self) -> String {
        let port = &self.effective_port;
        let service = port.service.map(|service| format!("; service {service}")).unwrap_or_default();
        match port.source {
            None => "nobody says which".to_owned(),
            Some(_) if port.explicit => format!("the URL says so{service}"),
            Some(source) => format!("the scheme's default ({source}){service}"),
        }
    }

    fn render_first(&self, text: &mut Text<'_>) -> io::Result<()> {
        let note = self.first.note.map(|note| format!(": {note}")).unwrap_or_default();
        match self.first.speaker {
            Speaker::Server => return text.prose("", &format!("The server speaks first{note}.")),
            Speaker::Both => return text.prose("", &format!("Both speak first{note}.")),
            Speaker::Unknown => return text.prose("", &format!("First octets{note}.")),
            Speaker::Nobody => return Ok(()),
            Speaker::Client => {}
        }
        let length = self.first.octets.as_ref().map_or(0, |octets| octets.len() / 2);
        let when = if self.tls.is_some() { ", inside TLS" } else { "" };
        text.prose("", &format!("The client speaks first, {length} octets{when}{note}."))?;
        for line in self.first.text.as_deref().unwrap_or_default().split_inclusive('\n') {
            text.line(format!("  {}", escape(line)))?;
        }
        Ok(())
    }
}

fn resolved(socket: &Socket) -> String {
    match socket.addresses.len() {
        _ if socket.failed => "failed".to_owned(),
        _ if !socket.resolved => "not asked".to_owned(),
        1 => "gave 1 address".to_owned(),
        count => format!("gave {count} addresses, tried in this order"),
    }
}

fn tls_words(tls: &Tls) -> String {
    let sni = tls.sni.as_deref().map_or("no server name".to_owned(), |name| format!("server name {}", escape(name)));
    if tls.alpn.is_empty() { sni } else { format!("{sni}; ALPN {}", tls.alpn.join(", ")) }
}

impl Render for Plan {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if let Some(warning) = &self.host_warning {
            warning.render(text, false)?;
        }
        let url = text.paint(Role::Strong, &escape(&self.url));
        text.line(url)?;
        let Some(socket) = &self.socket else {
            return text.prose("", &format!("Nothing to connect to: {}.", self.why_none.unwrap_or_default()));
        };
        let mut table = Table::new(Rules::Lines, ["Step", "What", "Why"]);
        for row in self.steps(socket) {
            table.row(row);
        }
        text.table(&table)?;
        if !socket.addresses.is_empty() {
            text.table(&socket.table("leave out --no-resolve"))?;
        }
        self.render_first(text)?;
        for warning in &self.warnings {
            text.prose(WARNING, &escape(warning))?;
        }
        text.line("Nothing was sent to the host.")
    }
}
