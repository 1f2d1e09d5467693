//! What getaddrinfo(3) and getnameinfo(3) answered, as text and as JSON.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::{fmt, io};

use serde::{Serialize, Serializer};
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::sockaddr::Sockaddr;
use sockeye_sys::addrinfo::{AddrInfo, Hints};
use sockeye_sys::gai::GaiError;
use sockeye_sys::nameinfo::{NameInfo, NiFlags};
use sockeye_sys::{Family, Protocol, SockType};

use crate::printer::address;

/// What came of a [`Request`](super::Request).
#[derive(Debug, Serialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Report {
    /// getaddrinfo(3).
    Getaddrinfo {
        /// The node.
        node: Option<String>,
        /// The service.
        service: Option<String>,
        /// The hints; null if there were none.
        hints: Option<ShownHints>,
        /// What may surprise in the question or its answer.
        warnings: Vec<String>,
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
        /// The octets that the call was pointed at.
        sockaddr: String,
        /// The flags.
        flags: Bits,
        /// What may surprise in the question or its answer.
        warnings: Vec<String>,
        /// The host's name.
        host: Option<String>,
        /// The service's name.
        service: Option<String>,
        /// Why there is none.
        error: Option<ShownError>,
    },
}

/// A report as JSON shows it: with what it is.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "address_info")]
pub(crate) struct Shown<'a> {
    /// The report.
    #[serde(flatten)]
    pub(crate) report: &'a Report,
}

impl Render for Shown<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.report.render(text)
    }
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownError {
    /// The EAI number.
    pub code: i32,
    /// Its name, if it has one.
    pub name: Option<&'static str>,
    /// What gai_strerror(3) says.
    pub text: String,
    /// For `EAI_SYSTEM`, what errno says.
    pub errno: Option<Errno>,
}

/// The cause of `EAI_SYSTEM`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Errno {
    /// Its number.
    pub code: Option<i32>,
    /// What strerror(3) says.
    pub text: String,
}

fn address_with_scope<S: Serializer>(addr: &SocketAddr, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&address(*addr))
}

impl ShownError {
    /// What the C library says.
    pub fn new(error: &GaiError) -> Self {
        let errno = error
            .errno
            .as_ref()
            .map(|errno| Errno { code: errno.raw_os_error(), text: sockeye_cli::failure::errno_text(errno) });
        Self { code: error.code.0, name: error.code.name(), text: error.text(), errno }
    }
}

impl Report {
    /// The report on getaddrinfo(3).
    pub fn forward(
        node: Option<String>,
        service: Option<String>,
        hints: Option<&Hints>,
        warnings: Vec<String>,
        answer: &Result<Vec<AddrInfo>, GaiError>,
    ) -> Self {
        let hints = hints.map(|hints| ShownHints {
            flags: Bits { code: hints.flags.0, names: hints.flags.names().collect(), text: hints.flags.to_string() },
            family: family(hints.family),
            socktype: socktype(hints.socktype),
            protocol: protocol(hints.protocol),
        });
        let entries = answer.as_deref().unwrap_or_default().iter().map(Entry::new).collect();
        let error = answer.as_ref().err().map(ShownError::new);
        Self::Getaddrinfo { node, service, hints, warnings, entries, error }
    }

    /// The report on getnameinfo(3).
    pub fn reverse(
        addr: SocketAddr,
        flags: NiFlags,
        warnings: Vec<String>,
        answer: &Result<NameInfo, GaiError>,
    ) -> Self {
        let found = answer.as_ref().ok();
        Self::Getnameinfo {
            address: addr,
            port: addr.port(),
            sockaddr: sockeye_common::hex::encode(&Sockaddr::from(addr).emit()),
            warnings,
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
            Self::Getaddrinfo { node, service, hints, warnings, entries, error } => {
                text.line(format!(";; getaddrinfo({}, {})", quoted(node), quoted(service)))?;
                text.line(match hints {
                    Some(ShownHints { flags, family, socktype, protocol }) => format!(
                        ";; hints: ai_flags={flags} ai_family={family} ai_socktype={socktype} ai_protocol={protocol}"
                    ),
                    None => ";; hints: NULL".to_owned(),
                })?;
                render_warnings(warnings, text)?;
                for entry in entries {
                    render_entry(entry, text)?;
                }
                render_error(error.as_ref(), text)
            }
            Self::Getnameinfo { address: addr, port, sockaddr, flags, warnings, host, service, error } => {
                text.line(format!(";; getnameinfo({}#{port}, {flags})", address(*addr)))?;
                text.line(format!(";; sockaddr={sockaddr}"))?;
                render_warnings(warnings, text)?;
                if error.is_none() {
                    text.line(format!("host {}", quoted(host)))?;
                    text.line(format!("service {}", quoted(service)))?;
                }
                render_error(error.as_ref(), text)
            }
        }
    }
}

fn render_warnings(warnings: &[String], text: &mut Text<'_>) -> io::Result<()> {
    warnings.iter().try_for_each(|warning| {
        let line = text.paint(Role::Warning, &format!(";; WARNING: {}", escape(warning)));
        text.line(line)
    })
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
    let Some(error) = error else { return Ok(()) };
    let line = text.paint(Role::Bad, &format!(";; {error}"));
    text.line(line)
}

/// `EAI_NONAME (-2): Name or service not known`, and for `EAI_SYSTEM` what errno says.
impl fmt::Display for ShownError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, name, text, errno } = self;
        write!(f, "{} ({code}): {text}", name.unwrap_or("EAI_?"))?;
        match errno {
            Some(Errno { code: Some(code), text }) => write!(f, ": {text} (errno {code})"),
            Some(Errno { code: None, text }) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}
