//! Servers and clients that the experiments need and no other tool of the suite is: what they say, without sockets.
//!
//! - [`http`]: a page over HTTP/1.0
//! - [`joke`]: the client of a knock-knock joke
//! - [`ping`]: round-trip times over UDP
//! - [`report`]: what all of them show

pub mod http;
pub mod joke;
pub mod ping;
pub mod report;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

/// What `lab serve` shall be.
#[derive(Clone, Debug, PartialEq)]
pub enum Serve {
    /// A web server with one page.
    Http {
        /// Where it listens.
        addr: SocketAddr,
        /// The page, or one of its own.
        page: Option<PathBuf>,
        /// With which certificate, if over TLS.
        tls: Option<Tls>,
    },
    /// A name server.
    Dns(Dns),
    /// A server that answers datagrams in capitals, and loses some.
    UpperLossy {
        /// Where it waits.
        addr: SocketAddr,
        /// Which part it loses, 0 to 1.
        loss: f64,
        /// From where the chances come.
        seed: u64,
    },
    /// A server that gives each client a process.
    Echo {
        /// Where it listens.
        addr: SocketAddr,
        /// What becomes of the processes.
        model: Model,
        /// Whether nothing is said of clients and processes.
        quiet: bool,
    },
}

/// How a certificate shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tls {
    /// What is right or wrong with it.
    pub certificate: Certificate,
    /// Whose it is.
    pub name: String,
    /// What the authority that signed it calls itself.
    pub issuer: String,
    /// Where the certificate of the authority that signed it is written.
    pub authority: Option<PathBuf>,
}

/// What is right or wrong with a certificate.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// Signed by the authority, for the name, valid now
    Valid,
    /// Signed by the authority, for the name, and its time is over
    Expired,
    /// Signed by the authority, for another name
    WrongName,
    /// Signed by itself
    SelfSigned,
}

/// How a server with a process for each client learns that one has ended.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// It never asks: they stay as zombies
    Zombies,
    /// It asks with waitpid when the next client comes: the last ones stay as zombies until then
    Waitpid,
    /// It asks with waitpid when a SIGCHLD comes, until there is none left that has ended
    Sigchld,
    /// It asks once with waitpid for each SIGCHLD: when several end together, some stay
    SigchldOnce,
    /// It ignores SIGCHLD, and never asks: none becomes a zombie
    Ignored,
}

/// A name server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dns {
    /// Where it waits, over UDP and TCP.
    pub addr: SocketAddr,
    /// The files of its zones.
    pub zones: Vec<PathBuf>,
    /// The file with the root servers from which it asks its way, if it does.
    pub hints: Option<PathBuf>,
}

/// What `lab client` shall be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Client {
    /// The other side of a knock-knock joke.
    KnockKnock {
        /// The server.
        addr: SocketAddr,
        /// How many jokes it wants to hear.
        jokes: u32,
    },
    /// Somebody who asks over UDP and measures how long answers take.
    UdpPing {
        /// The server.
        addr: SocketAddr,
        /// How many questions.
        count: u32,
        /// How long it waits for an answer.
        timeout: Duration,
        /// How long after an answer the next question goes out.
        interval: Duration,
    },
    /// Nobody: it only looks at what a server takes.
    Census {
        /// The server.
        addr: SocketAddr,
    },
    /// Many clients at once.
    Load(Crowd),
}

/// Many clients at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// The server.
    pub addr: SocketAddr,
    /// How many; several numbers come one after another.
    pub clients: Vec<u32>,
    /// How long each that was served stays at least.
    pub hold: Duration,
    /// How long each that was served waits at most until all are.
    pub stay: Duration,
    /// When those that are not served are given up.
    pub limit: Duration,
    /// What stands at the beginning of the line of a table, if one is wanted.
    pub name: Option<String>,
}
