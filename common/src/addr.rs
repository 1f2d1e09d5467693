//! Hosts and endpoints as people write them: `host:port`, `[v6%zone]:port`, bare IPv6 addresses, service names.
//!
//! Nothing is resolved here. What is a number becomes a number, what is a name stays a name, and what is neither is an
//! [`AddrError`] that says where and why.
//!
//! # What was decided where texts are ambiguous
//! - A text with two colons or more and no brackets is a bare IPv6 address without a port, or an error.
//!   `2001:db8::1:8080` has no port; `[2001:db8::1]:8080` has.
//! - A text of digits and dots is a dotted quad or an error, never a name. So is one whose parts are all numbers with
//!   some in hexadecimal: getaddrinfo(3) would read `0x7f.1` as 127.0.0.1, and `010.0.0.1` as 8.0.0.1.
//! - A host name is letters, digits, hyphens, underscores, and anything outside ASCII that is neither blank nor control
//!   (whoever resolves it turns it into ASCII). It does not begin with a hyphen, as glibc has it; a dot may end it.
//!   Limits are 253 in all and 63 to a label, counted in characters, so that a name outside ASCII is not refused early.
//! - A service of digits alone is a port. Any other is a name, which has a letter (RFC 6335 section 5.1), and may have
//!   the underscores, dots and plus signs of /etc/services.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::str::FromStr;

mod error;
mod number;
#[cfg(test)]
mod tests;
mod text;

pub use error::{AddrError, Fault, Part};
pub use number::inet_aton;
pub use text::{IpText, ipv6_scope, mapped_v4};

/// The longest host name, in characters, without the dot at the end (RFC 1035 section 2.3.4).
const NAME_LIMIT: usize = 253;
/// The longest label (RFC 1035 section 2.3.4).
const LABEL_LIMIT: usize = 63;
/// IFNAMSIZ less the NUL at the end.
const ZONE_LIMIT: usize = 15;
/// NI_MAXSERV less the NUL at the end.
const SERVICE_LIMIT: usize = 31;

/// The zone of a scoped IPv6 address: an interface by name or by index.
///
/// # Source
/// RFC 4007 section 11. Which characters an interface name may hold: Linux, `dev_valid_name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Zone(String);

impl Zone {
    /// The zone of the interface with this index.
    pub fn from_index(index: u32) -> Self {
        Self(index.to_string())
    }

    /// The text after the `%`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The interface index, if it is written as a number. A name must be looked up (if_nametoindex).
    pub fn index(&self) -> Option<u32> {
        number::digits(&self.0).then(|| self.0.parse().ok()).flatten()
    }
}

/// A host: an address, or a name that is still to be resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Host {
    /// An IPv4 address.
    V4(Ipv4Addr),
    /// An IPv6 address.
    V6 {
        /// The address.
        addr: Ipv6Addr,
        /// Which link or site it is of, if it says so.
        zone: Option<Zone>,
    },
    /// A name, as it was written. [`Host::from_str`] makes only names within the limits of the module's documentation.
    Name(String),
}

impl Host {
    /// The address, unless the host is a name. The zone is left out.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::V4(addr) => Some(IpAddr::V4(*addr)),
            Self::V6 { addr, .. } => Some(IpAddr::V6(*addr)),
            Self::Name(_) => None,
        }
    }

    /// The zone of an IPv6 address that has one.
    pub fn zone(&self) -> Option<&Zone> {
        match self {
            Self::V6 { zone, .. } => zone.as_ref(),
            Self::V4(_) | Self::Name(_) => None,
        }
    }
}

/// A port, by number or by the name of a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Service {
    /// The port, in host order.
    Number(u16),
    /// A name that is still to be looked up, such as `http`.
    Name(String),
}

impl Service {
    /// The port, unless it is a name.
    pub fn number(&self) -> Option<u16> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Name(_) => None,
        }
    }
}

/// A host, and perhaps a port on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    /// Where.
    pub host: Host,
    /// On which port; `None` if the text had none.
    pub port: Option<Service>,
}

impl Endpoint {
    /// An endpoint with a port.
    pub fn new(host: Host, port: u16) -> Self {
        Self { host, port: Some(Service::Number(port)) }
    }

    /// The socket address, if nothing is left to be looked up: address, port, and zone (if any) are all numbers.
    ///
    /// `None` too if there is no port.
    pub fn numeric(&self) -> Option<SocketAddr> {
        let port = self.port.as_ref()?.number()?;
        Some(match &self.host {
            Host::V4(addr) => SocketAddr::V4(SocketAddrV4::new(*addr, port)),
            Host::V6 { addr, zone } => {
                let scope_id = zone.as_ref().map_or(Some(0), Zone::index)?;
                SocketAddr::V6(SocketAddrV6::new(*addr, port, 0, scope_id))
            }
            Host::Name(_) => return None,
        })
    }
}

impl From<IpAddr> for Host {
    fn from(addr: IpAddr) -> Self {
        match addr {
            IpAddr::V4(addr) => Self::V4(addr),
            IpAddr::V6(addr) => Self::V6 { addr, zone: None },
        }
    }
}

impl From<SocketAddr> for Endpoint {
    /// A scope id other than 0 becomes a numeric zone. The flow label has no text and is left out.
    fn from(addr: SocketAddr) -> Self {
        let host = match addr {
            SocketAddr::V4(v4) => Host::V4(*v4.ip()),
            SocketAddr::V6(v6) => {
                Host::V6 { addr: *v6.ip(), zone: (v6.scope_id() != 0).then(|| Zone::from_index(v6.scope_id())) }
            }
        };
        Self::new(host, addr.port())
    }
}

impl FromStr for Zone {
    type Err = AddrError;

    /// Reads an interface name or index, without the `%` in front.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        let forbidden = |character: char| {
            character.is_whitespace() || character.is_control() || matches!(character, '/' | '%' | ':' | '[' | ']')
        };
        check(text, Part::Zone, ZONE_LIMIT, text.len(), forbidden)?;
        Ok(Self(text.to_owned()))
    }
}

impl FromStr for Host {
    type Err = AddrError;

    /// Reads an address or a name. An IPv6 address may stand in brackets.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        if let Some(inner) = text.strip_prefix('[') {
            let (host, rest) = bracketed(inner).map_err(|error| error.after("["))?;
            return match rest.chars().next() {
                None => Ok(host),
                Some(':') => Err(AddrError::at(text, text.len() - rest.len(), Fault::PortNotWanted)),
                Some(_) => Err(AddrError::at(text, text.len() - rest.len(), Fault::AfterBracket)),
            };
        }
        if text.contains([':', '%']) {
            return v6(text).map_err(|error| match text.split_once(':') {
                Some((host, port)) if !port.contains(':') && !text.contains('%') => {
                    AddrError::at(text, host.len(), Fault::PortNotWanted)
                }
                _ => error,
            });
        }
        if let Some(addr) = number::dotted_quad(text)? {
            return Ok(Self::V4(addr));
        }
        name(text)?;
        Ok(Self::Name(text.to_owned()))
    }
}

impl FromStr for Service {
    type Err = AddrError;

    /// Reads a port number or the name of a service.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        if number::digits(text) {
            let too_large = || AddrError::at(text, 0, Fault::PortTooLarge { found: text.to_owned() });
            return text.parse().map(Self::Number).map_err(|_| too_large());
        }
        let forbidden =
            |character: char| !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.' | '+' | '*'));
        check(text, Part::Port, SERVICE_LIMIT, text.len(), forbidden)?;
        if !text.starts_with(|first: char| first.is_ascii_alphanumeric()) || !text.contains(char::is_alphabetic) {
            return Err(AddrError::at(text, 0, Fault::NotAPort { found: text.to_owned() }));
        }
        Ok(Self::Name(text.to_owned()))
    }
}

impl FromStr for Endpoint {
    type Err = AddrError;

    /// Reads `host`, `host:port`, `[v6]`, `[v6%zone]:port` or a bare IPv6 address.
    fn from_str(text: &str) -> Result<Self, AddrError> {
        if let Some(inner) = text.strip_prefix('[') {
            let (host, rest) = bracketed(inner).map_err(|error| error.after("["))?;
            let (before, _) = text.split_at(text.len() - rest.len());
            let port = match rest.strip_prefix(':') {
                Some(port) => Some(port.parse().map_err(|error: AddrError| error.after(before).after(":"))?),
                None if rest.is_empty() => None,
                None => return Err(AddrError::at(text, before.len(), Fault::AfterBracket)),
            };
            return Ok(Self { host, port });
        }
        let Some((host, port)) = text.rsplit_once(':') else {
            return Ok(Self { host: text.parse()?, port: None });
        };
        if host.contains(':') {
            let bare = v6(text).map_err(|error| error.or_brackets(host, port))?;
            return Ok(Self { host: bare, port: None });
        }
        let parsed = host.parse()?;
        let port = port.parse().map_err(|error: AddrError| error.after(host).after(":"))?;
        Ok(Self { host: parsed, port: Some(port) })
    }
}

/// What stands between the brackets, and what follows them. `text` starts after the `[`.
fn bracketed(text: &str) -> Result<(Host, &str), AddrError> {
    let Some((inner, rest)) = text.split_once(']') else {
        return Err(AddrError::at(text, text.len(), Fault::Unclosed));
    };
    if inner.is_empty() {
        return Err(AddrError::at(text, 0, Fault::Missing { part: Part::Host }));
    }
    if !inner.contains(':') {
        return Err(AddrError::at(text, 0, Fault::BracketsNotV6));
    }
    Ok((v6(inner)?, rest))
}

/// An IPv6 address with or without a zone.
fn v6(text: &str) -> Result<Host, AddrError> {
    let (addr, zone) = match text.split_once('%') {
        None => (text, None),
        Some((addr, _)) if !addr.contains(':') => {
            return Err(AddrError::at(text, addr.len(), Fault::ZoneNotV6));
        }
        Some((addr, zone)) => (addr, Some((addr, zone))),
    };
    let parsed = number::ipv6(addr)?;
    let zone = match zone {
        None => None,
        Some((addr, zone)) => Some(zone.parse().map_err(|error: AddrError| error.after(addr).after("%"))?),
    };
    Ok(Host::V6 { addr: parsed, zone })
}

/// Whether `text` may be a host name.
fn name(text: &str) -> Result<(), AddrError> {
    let forbidden = |character: char| match character {
        '-' | '_' | '.' => false,
        _ if character.is_ascii() => !character.is_ascii_alphanumeric(),
        _ => character.is_whitespace() || character.is_control(),
    };
    let relative = text.strip_suffix('.').unwrap_or(text);
    check(text, Part::Host, NAME_LIMIT, relative.chars().count(), forbidden)?;
    if text.starts_with('-') {
        return Err(AddrError::at(text, 0, Fault::HyphenFirst));
    }
    let mut start = 0;
    for label in relative.split('.') {
        let length = label.chars().count();
        if length == 0 {
            return Err(AddrError::at(text, start, Fault::EmptyLabel));
        }
        if length > LABEL_LIMIT {
            return Err(AddrError::at(text, start, Fault::TooLong { part: Part::Label, length, limit: LABEL_LIMIT }));
        }
        start += label.len() + 1;
    }
    Ok(())
}

/// What every part is held to: something is there, no character is forbidden, and it is not too long.
fn check(
    text: &str,
    part: Part,
    limit: usize,
    length: usize,
    forbidden: impl Fn(char) -> bool,
) -> Result<(), AddrError> {
    if text.is_empty() {
        return Err(AddrError::at(text, 0, Fault::Missing { part }));
    }
    if let Some((octet, character)) = text.char_indices().find(|(_, character)| forbidden(*character)) {
        return Err(AddrError::at(text, octet, Fault::Forbidden { part, character }));
    }
    if length > limit {
        return Err(AddrError::at(text, 0, Fault::TooLong { part, length, limit }));
    }
    Ok(())
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Host {
    /// RFC 5952 text without brackets: `fe80::1%eth0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(addr) => write!(f, "{addr}"),
            Self::V6 { addr, zone: None } => write!(f, "{}", IpText(IpAddr::V6(*addr))),
            Self::V6 { addr, zone: Some(zone) } => write!(f, "{}%{zone}", IpText(IpAddr::V6(*addr))),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for Endpoint {
    /// Brackets stand around an IPv6 address only where a port follows (RFC 5952 section 6).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.host, &self.port) {
            (host, None) => write!(f, "{host}"),
            (host @ Host::V6 { .. }, Some(port)) => write!(f, "[{host}]:{port}"),
            (host, Some(port)) => write!(f, "{host}:{port}"),
        }
    }
}
