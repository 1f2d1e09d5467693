//! The options of `lab serve` and `lab client`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use sockeye_cli::values::{number, seconds};
use sockeye_common::addr::{Endpoint, Service};

use crate::apps::{Certificate, Client, Crowd, Dns, Model, Serve, Tls};

/// Times are no longer than this, in seconds.
const DAY_S: f64 = 86_400.0;

#[derive(Args, Debug)]
pub(super) struct ServeArgs {
    #[command(subcommand)]
    app: App,
}

#[derive(Subcommand, Debug)]
enum App {
    /// A web server with one page, over HTTP/1.0, one client after another
    Http {
        /// Where it listens: ADDR:PORT or PORT; 80, or 443 over TLS
        #[arg(value_name = "ADDR", value_parser = listen)]
        addr: Option<SocketAddr>,
        /// The page; without, one that says that it works
        #[arg(long, value_name = "FILE")]
        page: Option<PathBuf>,
        /// Over TLS, with a certificate that is like this
        #[arg(long, value_name = "CERTIFICATE")]
        tls: Option<Certificate>,
        /// Whose certificate it is
        #[arg(long, value_name = "HOST", default_value = "localhost", requires = "tls")]
        name: String,
        /// What the authority calls itself
        #[arg(long, value_name = "NAME", default_value = "The authority of this lab", requires = "tls")]
        issuer: String,
        /// Where the certificate of the authority is written, as PEM, for those who shall trust it
        #[arg(long, value_name = "FILE", requires = "tls")]
        authority: Option<PathBuf>,
    },
    /// A name server for zones of files, or a resolver that asks its way from the root
    Dns {
        /// Files of zones, each with a SOA record
        #[arg(value_name = "ZONEFILE", required_unless_present = "hints")]
        zones: Vec<PathBuf>,
        /// Where it waits: ADDR:PORT or PORT
        #[arg(long, value_name = "ADDR", value_parser = listen, default_value = "53")]
        listen: SocketAddr,
        /// Resolve names: ask the root servers of this file, and those to whom they refer, and remember the answers
        #[arg(long, value_name = "FILE")]
        hints: Option<PathBuf>,
    },
    /// A server that answers datagrams in capitals, and loses some of them
    UpperLossy {
        /// Where it waits: ADDR:PORT or PORT
        #[arg(value_name = "ADDR", value_parser = listen, default_value = "12000")]
        addr: SocketAddr,
        /// How many of a hundred it loses
        #[arg(long, value_name = "PERCENT", default_value = "33.3", value_parser = part)]
        loss: f64,
        /// The same number, the same losses
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<u64>(..))]
        seed: u64,
    },
    /// A server that gives each client a process, and learns in one of several ways that one has ended, or never
    Echo {
        /// Where it listens: ADDR:PORT or PORT
        #[arg(value_name = "ADDR", value_parser = listen, default_value = "7")]
        addr: SocketAddr,
        /// Who waits for the processes
        #[arg(long, default_value = "sigchld")]
        model: Model,
        /// Say nothing of clients and processes
        #[arg(long)]
        quiet: bool,
    },
}

impl ServeArgs {
    pub(super) fn read(self) -> Serve {
        match self.app {
            App::Http { addr, page, tls, name, issuer, authority } => {
                let default = if tls.is_some() { 443 } else { 80 };
                let addr = addr.unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], default)));
                Serve::Http { addr, page, tls: tls.map(|certificate| Tls { certificate, name, issuer, authority }) }
            }
            App::Dns { zones, listen, hints } => Serve::Dns(Dns { addr: listen, zones, hints }),
            App::UpperLossy { addr, loss, seed } => Serve::UpperLossy { addr, loss, seed },
            App::Echo { addr, model, quiet } => Serve::Echo { addr, model, quiet },
        }
    }
}

#[derive(Args, Debug)]
pub(super) struct ClientArgs {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Subcommand, Debug)]
enum Kind {
    /// Hear a joke to its end
    KnockKnock {
        /// The server: ADDR:PORT
        #[arg(value_name = "ADDR", value_parser = server)]
        addr: SocketAddr,
        /// How many jokes
        #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::<u32>(1..))]
        jokes: u32,
    },
    /// Ask over UDP, wait for each answer as long as it may, and measure the round-trip times
    UdpPing {
        /// The server: ADDR:PORT
        #[arg(value_name = "ADDR", value_parser = server)]
        addr: SocketAddr,
        /// How many questions
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = number::<u32>(1..))]
        count: u32,
        /// How long an answer may take, in seconds
        #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds(0.0..=DAY_S))]
        timeout: Duration,
        /// How long to wait between two questions, in seconds
        #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = seconds(0.0..=DAY_S))]
        interval: Duration,
    },
    /// Say what a server of this host and its children take: processes, threads, zombies, memory
    Census {
        /// The server: ADDR:PORT
        #[arg(value_name = "ADDR", value_parser = server)]
        addr: SocketAddr,
    },
    /// Be many clients of an echo server at once, and say what that took
    Load {
        /// The server: ADDR:PORT
        #[arg(value_name = "ADDR", value_parser = server)]
        addr: SocketAddr,
        /// How many clients; several numbers, as in 1,10,100, come one after another
        #[arg(long, value_name = "N", value_delimiter = ',', default_value = "10", value_parser = number::<u32>(1..=100_000))]
        clients: Vec<u32>,
        /// How long each that was served stays at least, in seconds
        #[arg(long, value_name = "SECONDS", default_value = "0", value_parser = seconds(0.0..=DAY_S))]
        hold: Duration,
        /// How long each that was served waits for the others at most, in seconds
        #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = seconds(0.0..=DAY_S))]
        stay: Duration,
        /// When those that were not served are given up, in seconds
        #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds(0.0..=DAY_S))]
        limit: Duration,
        /// Make one line of a table for each number of clients, which begins with this
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
}

impl ClientArgs {
    pub(super) fn read(self) -> Client {
        match self.kind {
            Kind::KnockKnock { addr, jokes } => Client::KnockKnock { addr, jokes },
            Kind::UdpPing { addr, count, timeout, interval } => Client::UdpPing { addr, count, timeout, interval },
            Kind::Census { addr } => Client::Census { addr },
            Kind::Load { addr, clients, hold, stay, limit, name } => {
                Client::Load(Crowd { addr, clients, hold, stay, limit, name })
            }
        }
    }
}

/// `10.0.0.2:80`, `[::1]:80`, `80`.
fn listen(text: &str) -> Result<SocketAddr, String> {
    if let Ok(port) = number::<u16>(..)(text.strip_prefix(':').unwrap_or(text)) {
        return Ok(SocketAddr::from(([0, 0, 0, 0], port)));
    }
    server(text)
}

fn server(text: &str) -> Result<SocketAddr, String> {
    let endpoint: Endpoint = text.parse().map_err(|error| format!("{error}"))?;
    match endpoint.numeric() {
        Some(addr) => Ok(addr),
        None if endpoint.port.as_ref().and_then(Service::number).is_none() => {
            Err("a port is missing, as in 10.0.0.2:80".to_owned())
        }
        None => Err("a number is needed here; dig finds it for a name".to_owned()),
    }
}

/// Of a hundred, as a part of one.
fn part(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(percent) if !text.starts_with('+') && (0.0..=100.0).contains(&percent) => Ok(percent / 100.0),
        _ => Err("0 to 100".to_owned()),
    }
}
