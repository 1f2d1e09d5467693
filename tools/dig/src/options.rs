//! What a command line asks for.

use std::net::{IpAddr, SocketAddr};

use sockeye_cli::{Presentation, Status};

use crate::gai::Request;
use crate::registry::{Class, Type};

/// EDNS as dig asks by default: 1232 octets fit every path without fragments.
pub const UDP_SIZE: u16 = 1232;

/// A whole command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// Text, JSON, explanations, colour.
    pub presentation: Presentation,
    /// What to say on standard error before anything is done.
    pub warnings: Vec<String>,
    /// What to write to standard output before anything is done.
    pub preamble: String,
    /// What to do.
    pub plan: Plan,
}

/// What to do.
#[derive(Clone, Debug)]
pub enum Plan {
    /// Nothing: the line is wrong, and this is how dig says so.
    Refuse(Refusal),
    /// Ask name servers.
    Lookups(Globals, Vec<Lookup>),
    /// Ask getaddrinfo(3) or getnameinfo(3).
    AddressInfo(Request),
}

/// dig's words for a wrong line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Lines on standard output, line ends included.
    pub stdout: String,
    /// Lines on standard error, without the tool's name.
    pub stderr: Vec<String>,
    /// A last line on standard error that starts with the tool's name.
    pub message: Option<String>,
    /// The exit status.
    pub status: Status,
}

impl Refusal {
    /// The refusal in one line: what dig says on standard error, then what it says on standard output.
    pub fn sentence(&self) -> String {
        let message = self.message.as_ref().or(self.stderr.first()).cloned().unwrap_or_default();
        match self.stdout.trim_end() {
            "" => message,
            detail => format!("{message}: {detail}"),
        }
    }
}

/// What holds for every lookup of the call, wherever it stands on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Globals {
    /// Only the rdata of answers.
    pub short: bool,
    /// Print the banner.
    pub banner: bool,
    /// The banner, if it was wanted where the first name stood.
    pub greeting: Option<String>,
    /// The servers' port.
    pub port: u16,
    /// Use IPv4.
    pub ipv4: bool,
    /// Use IPv6.
    pub ipv6: bool,
    /// Where queries come from.
    pub source: Option<SocketAddr>,
    /// How long to wait for an answer, in seconds; `None` for what resolv.conf says, or 5.
    pub timeout_s: Option<u32>,
}

/// One server to ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address; IPv6 with its scope.
    pub addr: SocketAddr,
    /// As it was written, on the line or in resolv.conf.
    pub written: String,
}

/// The cookie to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// None.
    No,
    /// Eight random octets, the same for every lookup of the call.
    Random,
    /// Hex digits as given.
    Given(String),
}

/// One lookup with its own options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookup {
    /// The name as it was written.
    pub name: String,
    /// The type to ask for.
    pub qtype: Type,
    /// The class to ask in.
    pub qclass: Class,
    /// The servers given with `@`; none means resolv.conf's.
    pub servers: Vec<Server>,
    /// Ask over TCP, once that has been said. Asking for ANY says it.
    pub tcp: Option<bool>,
    /// Do not ask again over TCP when an answer is truncated.
    pub ignore_truncation: bool,
    /// How often to ask; `None` for what resolv.conf says, or 3.
    pub tries: Option<u32>,
    /// Ask again with the server's cookie on BADCOOKIE.
    pub retry_bad_cookie: bool,
    /// Header flags.
    pub flags: Flags,
    /// EDNS version, or `None` for a message without EDNS.
    pub edns: Option<u8>,
    /// The largest datagram to take, in octets, if that was said: then the query has EDNS whatever else was said.
    pub udp_size: Option<u16>,
    /// DNSSEC OK.
    pub dnssec: bool,
    /// Ask for the server's identifier.
    pub nsid: bool,
    /// The cookie.
    pub cookie: Cookie,
    /// What to print.
    pub show: Show,
}

/// The header flags of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags {
    /// AA.
    pub aa: bool,
    /// TC.
    pub tc: bool,
    /// RD.
    pub rd: bool,
    /// RA.
    pub ra: bool,
    /// Z.
    pub z: bool,
    /// AD.
    pub ad: bool,
    /// CD.
    pub cd: bool,
}

/// Which parts of a message to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Show {
    /// Header, section headings, OPT, empty lines.
    pub comments: bool,
    /// The question.
    pub question: bool,
    /// The answer section.
    pub answer: bool,
    /// The authority section.
    pub authority: bool,
    /// The additional section.
    pub additional: bool,
    /// Query time, server, time of day, size.
    pub stats: bool,
    /// The query before it is sent.
    pub query: bool,
    /// The TTL of records.
    pub ttl: bool,
    /// The class of records.
    pub class: bool,
}

impl Default for Globals {
    fn default() -> Self {
        Self {
            short: false,
            banner: true,
            greeting: None,
            port: 53,
            ipv4: true,
            ipv6: true,
            source: None,
            timeout_s: None,
        }
    }
}

impl Globals {
    /// Whether the options allow this family. Both never rule out both.
    pub fn allows(&self, addr: IpAddr) -> bool {
        if addr.is_ipv4() { self.ipv4 } else { self.ipv6 }
    }
}

impl Default for Lookup {
    fn default() -> Self {
        Self {
            name: String::new(),
            qtype: Type::A,
            qclass: Class::IN,
            servers: Vec::new(),
            tcp: None,
            ignore_truncation: false,
            tries: None,
            retry_bad_cookie: true,
            flags: Flags { aa: false, tc: false, rd: true, ra: false, z: false, ad: true, cd: false },
            edns: Some(0),
            udp_size: None,
            dnssec: false,
            nsid: false,
            cookie: Cookie::Random,
            show: Show::default(),
        }
    }
}

impl Default for Show {
    fn default() -> Self {
        Self {
            comments: true,
            question: true,
            answer: true,
            authority: true,
            additional: true,
            stats: true,
            query: false,
            ttl: true,
            class: true,
        }
    }
}
