//! What getaddrinfo(3) and getnameinfo(3) are asked, and what they answered: `+gai`.
//!
//! The calls are made in [`crate::shell`]; here stand the options, the request and the report.
//!
//! # Source
//! RFC 3493 section 6, and what glibc adds to it.

use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};

use sockeye_common::number::behind_0x;
use sockeye_sys::addrinfo::{AiFlags, Hints};
use sockeye_sys::gai::GaiError;
use sockeye_sys::nameinfo::NiFlags;
use sockeye_sys::{Family, Protocol, SockType};

mod meaning;
pub(crate) mod report;
mod surprise;

pub(crate) use meaning::is_numeric;
pub use meaning::{explain_entries, explain_name, explain_order};
pub use report::Report;
pub use surprise::{surprises, surprises_of_name};

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
    /// getaddrinfo(3) with a null pointer in place of hints, which to glibc is `AI_V4MAPPED|AI_ADDRCONFIG`.
    Bare {
        /// The node, or `None` for this host.
        node: Option<String>,
        /// The service, or `None` for port zero.
        service: Option<String>,
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
    compare: bool,
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
    ("idn_allow_unassigned", AiFlags::IDN_ALLOW_UNASSIGNED),
    ("idn_use_std3_ascii_rules", AiFlags::IDN_USE_STD3_ASCII_RULES),
];

/// The flags of getnameinfo(3) by the names that `+gai=` takes with `-x`.
pub const NI_NAMES: &[(&str, NiFlags)] = &[
    ("numerichost", NiFlags::NUMERICHOST),
    ("numericserv", NiFlags::NUMERICSERV),
    ("nofqdn", NiFlags::NOFQDN),
    ("namereqd", NiFlags::NAMEREQD),
    ("dgram", NiFlags::DGRAM),
    ("idn", NiFlags::IDN),
    ("idn_allow_unassigned", NiFlags::IDN_ALLOW_UNASSIGNED),
    ("idn_use_std3_ascii_rules", NiFlags::IDN_USE_STD3_ASCII_RULES),
];

/// The word among the flags that says: no hints at all.
const NO_HINTS: &str = "nohints";

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
        self.asked || self.compare
    }

    /// Whether the line asks everybody: `+compare`.
    pub(crate) fn compares(&self) -> bool {
        self.compare
    }

    /// Reads `+gai=..`, `+family=..` and the like, and `+compare`. The error is a sentence.
    pub(crate) fn option(&mut self, name: &str, value: Option<&str>) -> Result<(), String> {
        let needed = || value.ok_or_else(|| format!("+{name} needs a value: +{name}=.."));
        match name {
            "compare" => self.compare = true,
            "gai" | "flags" => {
                self.asked |= name == "gai";
                self.flags.extend(value.into_iter().flat_map(|value| value.split(',')).map(str::to_owned));
            }
            "family" => self.hints.family = Family(chosen(name, needed()?, "AF_", FAMILIES, |family| family.0)?),
            "socktype" => {
                self.hints.socktype = SockType(chosen(name, needed()?, "SOCK_", SOCKTYPES, |socktype| socktype.0)?);
            }
            "protocol" => {
                self.hints.protocol = Protocol(chosen(name, needed()?, "IPPROTO_", PROTOCOLS, |protocol| protocol.0)?);
            }
            _ => self.service = Some(needed()?.to_owned()),
        }
        Ok(())
    }

    /// The hints of `+compare`, once the whole line is read: one entry for each address, with the canonical name.
    pub(crate) fn compare_hints(&self, name: Option<&str>) -> Result<Hints, String> {
        if self.reverse.is_some() || name.is_none() {
            return Err("+compare takes a name".to_owned());
        }
        let Request::Forward { mut hints, .. } = self.forward(None)? else {
            return Err(format!("+compare does not go with {NO_HINTS}"));
        };
        if hints.socktype.0 == 0 && hints.protocol.0 == 0 {
            hints.socktype = SockType::STREAM;
        }
        hints.flags |= AiFlags::CANONNAME;
        Ok(hints)
    }

    /// The question, once the whole line is read. `resolve` finds the index of an interface in an address with a scope.
    /// The error is a sentence.
    pub(crate) fn request(
        &self,
        node: Option<String>,
        resolve: &mut dyn FnMut(&str) -> Option<SocketAddr>,
    ) -> Result<Request, String> {
        let Some(written) = &self.reverse else { return self.forward(node) };
        let mut flags = NiFlags::default();
        for name in &self.flags {
            flags |= NiFlags(chosen("gai", name, "NI_", NI_NAMES, |flag| flag.0)?);
        }
        let port = match &self.service {
            None => 0,
            Some(port) => port.parse().map_err(|_| format!("+service={port}: with -x a port number is needed"))?,
        };
        let addr = address(written).or_else(|| resolve(written).filter(|_| written.contains('%')));
        let mut addr = addr.ok_or_else(|| format!("-x '{written}' is not an IP address"))?;
        addr.set_port(port);
        Ok(Request::Reverse { addr, flags })
    }

    fn forward(&self, node: Option<String>) -> Result<Request, String> {
        let service = self.service.clone();
        if self.flags.iter().any(|name| name.eq_ignore_ascii_case(NO_HINTS)) {
            if self.flags.len() > 1 || self.hints != Hints::default() {
                return Err(format!("+gai={NO_HINTS} goes with no other hint"));
            }
            return Ok(Request::Bare { node, service });
        }
        let mut hints = self.hints;
        for name in &self.flags {
            hints.flags |= AiFlags(chosen("gai", name, "AI_", AI_NAMES, |flag| flag.0)?);
        }
        Ok(Request::Forward { node, service, hints })
    }
}

/// An address, IPv6 perhaps with the index of an interface as its scope. Names of interfaces are the shell's.
fn address(written: &str) -> Option<SocketAddr> {
    if let Ok(addr) = written.parse::<IpAddr>() {
        return Some(SocketAddr::new(addr, 0));
    }
    let (addr, scope) = written.split_once('%')?;
    let addr: Ipv6Addr = addr.parse().ok()?;
    Some(SocketAddrV6::new(addr, 0, 0, scope.parse().ok()?).into())
}

/// A value by the name that the option takes, by its name in C, or by its number: what the C library does not know is
/// its to refuse.
fn chosen<T: Copy>(
    option: &str,
    value: &str,
    prefix: &str,
    table: &[(&str, T)],
    number: fn(T) -> i32,
) -> Result<i32, String> {
    let short = value.get(..prefix.len()).filter(|start| start.eq_ignore_ascii_case(prefix));
    let short = short.and_then(|start| value.get(start.len()..)).unwrap_or(value);
    if let Some(row) = table.iter().find(|(name, _)| name.eq_ignore_ascii_case(short)) {
        return Ok(number(row.1));
    }
    let by_number = match behind_0x(value) {
        Some(digits) => u32::from_str_radix(digits, 16).ok().map(u32::cast_signed),
        None => value.parse().ok(),
    };
    by_number.ok_or_else(|| {
        let names: Vec<&str> = table.iter().map(|row| row.0).collect();
        format!("+{option}: '{value}' is not one of {}", names.join(" "))
    })
}

/// The exit status of a failed call: the EAI code without its sign and 20, and for those from -100 on 40 and what is
/// beyond 100, as 45 for `EAI_IDN_ENCODE`; 20 alone for codes that no C library was seen to have.
pub fn exit_status(error: &GaiError) -> u8 {
    status_of(error.code.0)
}

/// The same for a code by its number.
pub(crate) fn status_of(code: i32) -> u8 {
    match u8::try_from(code.unsigned_abs()) {
        Ok(code @ 1..=12) => code + EXIT_BASE,
        Ok(code @ 100..=110) => code - 100 + EXIT_BASE_LATE,
        _ => EXIT_BASE,
    }
}

/// EAI codes begin behind dig's own statuses: `EAI_NONAME` (-2) is 22.
pub const EXIT_BASE: u8 = 20;
/// Those of getaddrinfo_a(3) and of IDN begin here: `EAI_INPROGRESS` (-100) is 40.
pub const EXIT_BASE_LATE: u8 = 40;
