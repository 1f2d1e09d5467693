//! What getaddrinfo(3) and getnameinfo(3) are asked, and what they answered: `+gai`.
//!
//! The calls are made in [`crate::shell`]; here stand the options, the request and the report.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::{fmt, io};

use serde::{Serialize, Serializer};
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_sys::addrinfo::{AddrInfo, AiFlags, Hints};
use sockeye_sys::gai::GaiError;
use sockeye_sys::nameinfo::{NameInfo, NiFlags};
use sockeye_sys::{Family, Protocol, SockType};

mod meaning;

pub use meaning::{explain_entries, explain_name};

/// A question to the C library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// getaddrinfo(3).
    Forward {
        /// The node, or `None` for this host.
        node: Option<String>,
        /// The service, or `None` for port zero.
        service: Option<String>,
        /// The hints.
        hints: Hints,
    },
    /// getnameinfo(3).
    Reverse {
        /// The address and port.
        addr: SocketAddr,
        /// The flags.
        flags: NiFlags,
    },
}

/// The `+gai` options while the line is read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    asked: bool,
    flags: Vec<String>,
    service: Option<String>,
    hints: Hints,
    /// The address of `-x`.
    pub(crate) reverse: Option<String>,
}

/// The flags of getaddrinfo(3) by the names that `+gai=` takes.
pub const AI_NAMES: &[(&str, AiFlags)] = &[
    ("passive", AiFlags::PASSIVE),
    ("canonname", AiFlags::CANONNAME),
    ("numerichost", AiFlags::NUMERICHOST),
    ("v4mapped", AiFlags::V4MAPPED),
    ("all", AiFlags::ALL),
    ("addrconfig", AiFlags::ADDRCONFIG),
    ("idn", AiFlags::IDN),
    ("canonidn", AiFlags::CANONIDN),
    ("numericserv", AiFlags::NUMERICSERV),
];

/// The flags of getnameinfo(3) by the names that `+gai=` takes with `-x`.
pub const NI_NAMES: &[(&str, NiFlags)] = &[
    ("numerichost", NiFlags::NUMERICHOST),
    ("numericserv", NiFlags::NUMERICSERV),
    ("nofqdn", NiFlags::NOFQDN),
    ("namereqd", NiFlags::NAMEREQD),
    ("dgram", NiFlags::DGRAM),
    ("idn", NiFlags::IDN),
];

const FAMILIES: &[(&str, Family)] = &[("unspec", Family::UNSPEC), ("inet", Family::INET), ("inet6", Family::INET6)];

const SOCKTYPES: &[(&str, SockType)] = &[
    ("any", SockType(0)),
    ("stream", SockType::STREAM),
    ("dgram", SockType::DGRAM),
    ("raw", SockType::RAW),
    ("rdm", SockType::RDM),
    ("seqpacket", SockType::SEQPACKET),
];

const PROTOCOLS: &[(&str, Protocol)] = &[
    ("any", Protocol::IP),
    ("tcp", Protocol::TCP),
    ("udp", Protocol::UDP),
    ("sctp", Protocol::SCTP),
    ("dccp", Protocol::DCCP),
    ("udplite", Protocol::UDPLITE),
    ("icmp", Protocol::ICMP),
    ("icmpv6", Protocol::ICMPV6),
];

impl Draft {
    /// Whether the line asks the C library and no name server.
    pub(crate) fn asked(&self) -> bool {
        self.asked
    }

    /// Reads `+gai=..`, `+family=..` and the like. The error is a sentence.
    pub(crate) fn option(&mut self, name: &str, value: Option<&str>) -> Result<(), String> {
        let needed = || value.ok_or_else(|| format!("+{name} needs a value: +{name}=.."));
        match name {
            "gai" | "flags" => {
                self.asked |= name == "gai";
                self.flags.extend(value.into_iter().flat_map(|value| value.split(',')).map(str::to_owned));
            }
            "family" => self.hints.family = chosen(name, needed()?, FAMILIES)?,
            "socktype" => self.hints.socktype = chosen(name, needed()?, SOCKTYPES)?,
            "protocol" => {
                let value = needed()?;
                self.hints.protocol = match value.parse() {
                    Ok(number) => Protocol(number),
                    Err(_) => chosen(name, value, PROTOCOLS)?,
                };
            }
            _ => self.service = Some(needed()?.to_owned()),
        }
        Ok(())
    }

    /// The question, once the whole line is read. The error is a sentence.
    pub(crate) fn request(&self, node: Option<String>) -> Result<Request, String> {
        let Some(written) = &self.reverse else {
            let mut hints = self.hints;
            for name in &self.flags {
                hints.flags |= chosen("gai", name, AI_NAMES)?;
            }
            return Ok(Request::Forward { node, service: self.service.clone(), hints });
        };
        let mut flags = NiFlags::default();
        for name in &self.flags {
            flags |= chosen("gai", name, NI_NAMES)?;
        }
        let addr: IpAddr = written.parse().map_err(|_| format!("-x '{written}' is not an IP address"))?;
        let port = match &self.service {
            None => 0,
            Some(port) => port.parse().map_err(|_| format!("+service={port}: with -x a port number is needed"))?,
        };
        Ok(Request::Reverse { addr: SocketAddr::new(addr, port), flags })
    }
}

fn chosen<T: Copy>(option: &str, value: &str, table: &[(&str, T)]) -> Result<T, String> {
    table.iter().find(|(name, _)| name.eq_ignore_ascii_case(value)).map(|row| row.1).ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|row| row.0).collect();
        format!("+{option}: '{value}' is not one of {}", names.join(" "))
    })
}

/// The exit status of a failed call: the EAI code without its sign and 20, or 20 alone for codes beyond 12.
pub fn exit_status(error: &GaiError) -> u8 {
    match u8::try_from(error.code.0.unsigned_abs()) {
        Ok(code @ 1..=12) => code + EXIT_BASE,
        _ => EXIT_BASE,
    }
}

/// EAI codes begin behind dig's own statuses: `EAI_NONAME` (-2) is 22.
pub const EXIT_BASE: u8 = 20;

/// What came of a [`Request`].
#[derive(Debug, Serialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Report {
    /// getaddrinfo(3).
    Getaddrinfo {
        /// The node.
        node: Option<String>,
        /// The service.
        service: Option<String>,
        /// The hints.
        hints: ShownHints,
        /// The entries, in libc's order.
        entries: Vec<Entry>,
        /// Why there is none.
        error: Option<ShownError>,
    },
    /// getnameinfo(3).
    Getnameinfo {
        /// The address, IPv6 with its scope.
        #[serde(serialize_with = "address_with_scope")]
        address: SocketAddr,
        /// The port.
        port: u16,
        /// The flags.
        flags: Bits,
        /// The host's name.
        host: Option<String>,
        /// The service's name.
        service: Option<String>,
        /// Why there is none.
        error: Option<ShownError>,
    },
}

/// A number of a header file with its name there, if it has one: `{"code":2,"name":"AF_INET"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The number.
    pub code: i32,
    /// Its name; null for zero where that stands for any.
    pub name: Option<&'static str>,
}

/// Bits of a header file with the names of those that are set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bits {
    /// All of them as one number.
    pub code: i32,
    /// The names of those that have one.
    pub names: Vec<&'static str>,
    /// As in C, for people.
    #[serde(skip)]
    text: String,
}

/// Hints, by number and name.
#[derive(Debug, Serialize)]
pub struct ShownHints {
    /// `ai_flags`
    pub flags: Bits,
    /// `ai_family`
    pub family: Named,
    /// `ai_socktype`; zero is any.
    pub socktype: Named,
    /// `ai_protocol`; zero is any.
    pub protocol: Named,
}

/// One addrinfo.
#[derive(Debug, Serialize)]
pub struct Entry {
    /// `ai_family`
    pub family: Named,
    /// `ai_socktype`
    pub socktype: Named,
    /// `ai_protocol`; zero is any.
    pub protocol: Named,
    /// The address, IPv6 with its scope.
    #[serde(serialize_with = "address_with_scope")]
    pub address: SocketAddr,
    /// The port.
    pub port: u16,
    /// The scope of an IPv6 address; zero is none.
    pub scope_id: u32,
    /// `ai_canonname`
    pub canonname: Option<String>,
    /// The octets at `ai_addr`.
    pub sockaddr: String,
}

/// A failed call.
#[derive(Debug, Serialize)]
pub struct ShownError {
    /// The EAI number.
    pub code: i32,
    /// Its name, if it has one.
    pub name: Option<&'static str>,
    /// What gai_strerror(3) says.
    pub text: String,
    /// For `EAI_SYSTEM`, what errno says.
    pub errno: Option<String>,
}

fn address_with_scope<S: Serializer>(addr: &SocketAddr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&address(*addr))
}

fn address(addr: SocketAddr) -> String {
    match addr {
        SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        other => other.ip().to_string(),
    }
}

impl ShownError {
    fn new(error: &GaiError) -> Self {
        Self {
            code: error.code.0,
            name: error.code.name(),
            text: error.text(),
            errno: error.errno.as_ref().map(sockeye_cli::failure::errno_text),
        }
    }
}

impl Report {
    /// The report on getaddrinfo(3).
    pub fn forward(
        node: Option<String>,
        service: Option<String>,
        hints: &Hints,
        answer: &Result<Vec<AddrInfo>, GaiError>,
    ) -> Self {
        let hints = ShownHints {
            flags: Bits { code: hints.flags.0, names: hints.flags.names().collect(), text: hints.flags.to_string() },
            family: family(hints.family),
            socktype: socktype(hints.socktype),
            protocol: protocol(hints.protocol),
        };
        let entries = answer.as_deref().unwrap_or_default().iter().map(Entry::new).collect();
        let error = answer.as_ref().err().map(ShownError::new);
        Self::Getaddrinfo { node, service, hints, entries, error }
    }

    /// The report on getnameinfo(3).
    pub fn reverse(addr: SocketAddr, flags: NiFlags, answer: &Result<NameInfo, GaiError>) -> Self {
        let found = answer.as_ref().ok();
        Self::Getnameinfo {
            address: addr,
            port: addr.port(),
            flags: Bits { code: flags.0, names: flags.names().collect(), text: flags.to_string() },
            host: found.map(|found| found.host.clone()),
            service: found.map(|found| found.service.clone()),
            error: answer.as_ref().err().map(ShownError::new),
        }
    }
}

fn family(family: Family) -> Named {
    Named { code: family.0, name: family.name() }
}

fn socktype(socktype: SockType) -> Named {
    Named { code: socktype.0, name: socktype.name() }
}

/// Zero is any, not IPPROTO_IP.
fn protocol(protocol: Protocol) -> Named {
    Named { code: protocol.0, name: protocol.name().filter(|_| protocol.0 != 0) }
}

/// The name, or the number where there is none.
impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => f.pad(name),
            None => f.pad(&self.code.to_string()),
        }
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Entry {
    fn new(info: &AddrInfo) -> Self {
        let scope_id = match info.addr {
            SocketAddr::V6(v6) => v6.scope_id(),
            SocketAddr::V4(_) => 0,
        };
        Self {
            family: family(info.family),
            socktype: socktype(info.socktype),
            protocol: protocol(info.protocol),
            address: info.addr,
            port: info.addr.port(),
            scope_id,
            canonname: info.canonname.clone(),
            sockaddr: sockeye_common::hex::encode(&info.sockaddr),
        }
    }
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let quoted =
            |word: &Option<String>| word.as_ref().map_or("NULL".to_owned(), |word| format!("\"{}\"", escape(word)));
        match self {
            Self::Getaddrinfo { node, service, hints, entries, error } => {
                text.line(format!(";; getaddrinfo({}, {})", quoted(node), quoted(service)))?;
                let ShownHints { flags, family, socktype, protocol } = hints;
                text.line(format!(
                    ";; hints: ai_flags={flags} ai_family={family} ai_socktype={socktype} ai_protocol={protocol}"
                ))?;
                for entry in entries {
                    render_entry(entry, text)?;
                }
                render_error(error.as_ref(), text)
            }
            Self::Getnameinfo { address: addr, port, flags, host, service, error } => {
                text.line(format!(";; getnameinfo({}#{port}, {flags})", address(*addr)))?;
                if error.is_none() {
                    text.line(format!("host {}", quoted(host)))?;
                    text.line(format!("service {}", quoted(service)))?;
                }
                render_error(error.as_ref(), text)
            }
        }
    }
}

fn render_entry(entry: &Entry, text: &mut Text<'_>) -> io::Result<()> {
    let Entry { family, socktype, protocol, address: addr, port, sockaddr, .. } = entry;
    let address = text.paint(Role::Strong, &address(*addr));
    let mut line = format!("{family:<8} {socktype:<11} {protocol:<12} {address} {port} sockaddr={sockaddr}");
    if let Some(canonname) = &entry.canonname {
        // Writing to a String cannot fail.
        let _ = write!(line, " canonname={}", escape(canonname));
    }
    text.line(line)
}

fn render_error(error: Option<&ShownError>, text: &mut Text<'_>) -> io::Result<()> {
    let Some(ShownError { code, name, text: words, errno }) = error else { return Ok(()) };
    let errno = errno.as_ref().map_or(String::new(), |errno| format!(": {errno}"));
    let name = name.unwrap_or("EAI_?");
    let line = text.paint(Role::Bad, &format!(";; {name} ({code}): {words}{errno}"));
    text.line(line)
}
